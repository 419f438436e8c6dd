//! JSONPath as kubectl has it: templates over objects whose kind is known only
//! at run time. The language is client-go's `util/jsonpath`.
//!
//! | in a template | stands for |
//! |---|---|
//! | text outside braces | itself |
//! | `{.a.b}`, `{.a['b']}`, `{$.a}`, `{@.a}` | a field; a dot in its name is written `\.` |
//! | `{.a[0]}`, `{.a[-1]}`, `{.a[0:3]}`, `{.a[::2]}`, `{.a[*]}`, `{.a.*}` | elements |
//! | `{.a['b','c']}`, `{.a[0,2]}` | several |
//! | `{.a[?(@.b=="c")]}`, `{.a[?(@.b)]}` | elements that pass: `==`, `!=`, `<`, `<=`, `>`, `>=`, or have it |
//! | `{..b}` | every `b` at any depth |
//! | `{range .a[*]}…{end}` | what stands between, for each element |
//! | `{"\n"}`, `{'text'}`, `{1}`, `{true}` | a literal |
//!
//! Several results are parted by a space; lists and objects are written as
//! JSON. Members of objects come in the order in which they stand.
//!
//! ```
//! use skeg_client::JsonPath;
//! use skeg_schema::json;
//!
//! let pods = json!({"items": [
//!     {"metadata": {"name": "a"}, "status": {"phase": "Running"}},
//!     {"metadata": {"name": "b"}, "status": {"phase": "Failed"}},
//! ]});
//! let path = JsonPath::parse(r#"{.items[?(@.status.phase=="Running")].metadata.name}"#)?;
//! assert_eq!(path.render(&pods)?, "a");
//! let path = JsonPath::parse(r#"{range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}"#)?;
//! assert_eq!(path.render(&pods)?, "a\tRunning\nb\tFailed\n");
//! # Ok::<(), skeg_client::JsonPathError>(())
//! ```

mod eval;
mod parse;
#[cfg(test)]
mod tests;

use skeg_schema::Value;

const RELAXED: &str = "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";

/// A path that cannot be read, or that an object has nothing for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonPathError(pub(crate) String);

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Field(String),
    Wildcard,
    Recursive,
    /// From, to, step.
    Slice([Bound; 3]),
    Union(Vec<Vec<Node>>),
    Filter {
        left: Vec<Node>,
        right: Vec<Node>,
        operator: String,
    },
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// Text, or a path.
    Path(Vec<Node>),
    /// What stands between `{range}` and `{end}`.
    Range(Vec<Node>, Vec<Piece>),
}

/// One of the numbers of a slice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bound {
    value: Option<i64>,
    /// It was not said, and follows from the one before.
    derived: bool,
}

/// A template of paths. See the [module](self) for its language.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPath {
    pieces: Vec<Piece>,
    allow_missing: bool,
}

impl JsonPath {
    /// Reads a template: `{.metadata.name}`.
    ///
    /// # Errors
    /// It is malformed.
    pub fn parse(template: &str) -> Result<Self, JsonPathError> {
        Ok(Self {
            pieces: parse::template(template)?,
            allow_missing: false,
        })
    }

    /// Reads one path as `kubectl get -o custom-columns` and `--sort-by` take it:
    /// with braces and a dot at the beginning, or without (`metadata.name`).
    ///
    /// # Errors
    /// It is malformed, or more than one path.
    pub fn parse_relaxed(path: &str) -> Result<Self, JsonPathError> {
        let bare = match (path.strip_prefix('{'), path.strip_suffix('}')) {
            (Some(_), Some(_)) if path.len() > 1 => &path[1..path.len() - 1],
            (None, None) => path,
            _ => "",
        };
        if bare.contains(['{', '}']) || (bare.is_empty() && !path.is_empty()) {
            return Err(JsonPathError(RELAXED.to_owned()));
        }
        let bare = bare.strip_prefix('.').unwrap_or(bare);
        let template = match bare {
            "" => String::new(),
            bare if bare.starts_with('[') => format!("{{{bare}}}"),
            bare => format!("{{.{bare}}}"),
        };
        Self::parse(&template)
    }

    /// Takes fields that are missing for nothing, instead of an error.
    #[must_use]
    pub fn allow_missing(mut self) -> Self {
        self.allow_missing = true;
        self
    }

    /// What the paths lead to: a list for each piece of the template, in order;
    /// the pieces of a range once for each of its elements.
    ///
    /// # Errors
    /// A field is missing, or a list has not so many elements.
    pub fn find(&self, object: &Value) -> Result<Vec<Vec<Value>>, JsonPathError> {
        eval::find(&self.pieces, object, self.allow_missing)
    }

    /// The template with what its paths lead to.
    ///
    /// # Errors
    /// As [`JsonPath::find`].
    pub fn render(&self, object: &Value) -> Result<String, JsonPathError> {
        let mut text = String::new();
        for results in self.find(object)? {
            for (at, value) in results.iter().enumerate() {
                if at > 0 {
                    text.push(' ');
                }
                match value {
                    Value::Array(_) | Value::Object(_) => {
                        text.push_str(&value.sorted().to_string());
                    }
                    Value::Null => text.push_str("null"),
                    value => text.push_str(&skeg_schema::go::print(value)),
                }
            }
        }
        Ok(text)
    }
}

impl std::str::FromStr for JsonPath {
    type Err = JsonPathError;

    fn from_str(template: &str) -> Result<Self, Self::Err> {
        Self::parse(template)
    }
}
