//! Paths to fields, on the stack: nothing is allocated until an error is made.

use std::fmt;

/// A field's place, as a chain of segments back to the root.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Child(&'a str),
    Index(usize),
    Key(&'a str),
    /// No name: prints as its parent.
    Nil,
}

impl<'a> Path<'a> {
    /// The whole object: prints as `<nil>` alone and as nothing in front of
    /// children.
    pub const NIL: Path<'static> = Path {
        parent: None,
        segment: Segment::Nil,
    };

    /// A first segment.
    pub const fn root(name: &'a str) -> Self {
        Path {
            parent: None,
            segment: Segment::Child(name),
        }
    }

    /// `path.name`
    pub const fn child<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path {
            parent: Some(self),
            segment: Segment::Child(name),
        }
    }

    /// `path[3]`
    pub const fn index<'b>(&'b self, i: usize) -> Path<'b> {
        Path {
            parent: Some(self),
            segment: Segment::Index(i),
        }
    }

    /// `path[key]`
    pub const fn key<'b>(&'b self, key: &'b str) -> Path<'b> {
        Path {
            parent: Some(self),
            segment: Segment::Key(key),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> Result<bool, fmt::Error> {
        let before = match self.parent {
            Some(p) => p.write(f)?,
            None => false,
        };
        match self.segment {
            Segment::Child(name) => {
                if before {
                    f.write_str(".")?;
                }
                f.write_str(name)?;
            }
            Segment::Index(i) => write!(f, "[{i}]")?,
            Segment::Key(key) => write!(f, "[{key}]")?,
            Segment::Nil => return Ok(before),
        }
        Ok(true)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.write(f)? {
            f.write_str("<nil>")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_as_upstream_prints_them() {
        let spec = Path::root("spec");
        let containers = spec.child("containers");
        let first = containers.index(0);
        assert_eq!(first.child("image").to_string(), "spec.containers[0].image");
        let labels = Path::root("metadata").child("labels").to_string();
        assert_eq!(labels, "metadata.labels");
        assert_eq!(
            Path::root("spec").child("hard").key("a/b").to_string(),
            "spec.hard[a/b]"
        );
        assert_eq!(Path::NIL.to_string(), "<nil>");
        assert_eq!(Path::NIL.child("spec").to_string(), "spec");
    }
}
