//! Options of the verbs, and how they are written into a query.

mod delete;
mod log;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use delete::{DeleteOptions, Propagation};
pub use log::LogOptions;
pub use read::{GetOptions, ListOptions, VersionMatch, WatchOptions};
pub use write::{CreateOptions, FieldValidation, PatchOptions, UpdateOptions};

/// What a query leaves as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A query string that is being written.
#[derive(Clone, Debug, Default)]
pub struct Query(String);

impl Query {
    /// Adds a parameter.
    pub fn push(&mut self, name: &str, value: impl AsRef<str>) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(name, QUERY));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value.as_ref(), QUERY));
    }

    /// Adds a parameter unless it is empty.
    pub fn push_text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.push(name, value);
        }
    }

    /// Adds a flag if it is set.
    fn push_flag(&mut self, name: &str, value: bool) {
        if value {
            self.push(name, "true");
        }
    }

    /// Adds a number if there is one.
    fn push_number(&mut self, name: &str, number: Option<impl ToString>) {
        if let Some(number) = number {
            self.push(name, number.to_string());
        }
    }

    /// The query, without a question mark.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no parameter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Options that can be written into a query.
pub trait QueryOptions: Send + Sync {
    /// Writes them.
    fn write(&self, query: &mut Query);
}

/// Whole seconds, at least one: servers take 0 for no bound at all.
fn seconds(time: Duration) -> u64 {
    let more = u64::from(time.subsec_nanos() > 0);
    time.as_secs().saturating_add(more).max(1)
}

/// Why options cannot go together, and what to do about it.
pub(crate) type Refused = Result<(), &'static str>;
