//! Sets of completion indexes, as they are written: `1,3-5,7`.

use std::collections::BTreeSet;
use std::fmt;

use skeg_api::core::v1::Pod;

/// Under which key a pod says its index.
pub(super) const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// A set of indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Indexes(pub(super) BTreeSet<i32>);

impl Indexes {
    /// Reads a set; of indexes below `completions` only. What is no number is left out.
    pub(super) fn parse(text: &str, completions: i32) -> Self {
        let mut set = BTreeSet::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            if let (Ok(first), Ok(last)) = (first.parse::<i32>(), last.parse::<i32>()) {
                set.extend(first.max(0)..=last.min(completions - 1));
            }
        }
        Self(set)
    }

    pub(super) fn contains(&self, index: i32) -> bool {
        self.0.contains(&index)
    }

    pub(super) fn count(&self) -> i32 {
        i32::try_from(self.0.len()).unwrap_or(i32::MAX)
    }

    pub(super) fn count_in(&self, other: &Self) -> i32 {
        i32::try_from(self.0.intersection(&other.0).count()).unwrap_or(i32::MAX)
    }
}

impl fmt::Display for Indexes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.iter().copied().peekable();
        let mut separator = "";
        while let Some(first) = rest.next() {
            let mut last = first;
            while rest.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            write!(f, "{separator}{first}")?;
            separator = ",";
            // Two neighbours are no range.
            match last - first {
                0 => {}
                1 => write!(f, ",{last}")?,
                _ => write!(f, "-{last}")?,
            }
        }
        Ok(())
    }
}

/// The index that a pod says it has, if it is one below `completions`.
pub(super) fn index_of(pod: &Pod, completions: i32) -> Option<i32> {
    let index = pod.metadata.annotations.get(INDEX)?.parse::<i32>().ok()?;
    (index >= 0 && index < completions).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::Indexes;

    #[test]
    fn read_and_written() {
        for text in ["", "0", "0,1", "0-2", "1,3-5,7", "0,2"] {
            assert_eq!(Indexes::parse(text, 10).to_string(), text);
        }
        assert_eq!(Indexes::parse("0-9,20", 3).to_string(), "0-2");
        assert_eq!(Indexes::parse("x,1-,2", 3).to_string(), "2");
    }
}
