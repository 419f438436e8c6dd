//! Options of the log of a pod.

use std::time::Duration;

use skeg_meta::Time;

use super::{Query, QueryOptions, Refused, seconds};

/// Which log of a pod, and how much of it.
///
/// ```
/// use std::time::Duration;
/// use skeg_client::LogOptions;
/// let recent = LogOptions::of("web").since(Duration::from_secs(600)).timestamps();
/// let ended = LogOptions::of("web").previous().tail(20);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// The container; may be empty when the pod has only one.
    pub container: String,
    /// Go on as the container writes.
    pub follow: bool,
    /// The log of the container's last run.
    pub previous: bool,
    /// Only what is younger than this, to the second.
    pub since: Option<Duration>,
    /// Only what is younger than this time (RFC 3339).
    pub since_time: String,
    /// Begin each line with its time.
    pub timestamps: bool,
    /// Only so many lines from the end.
    pub tail_lines: Option<i64>,
    /// Only so many bytes.
    pub limit_bytes: Option<i64>,
}

impl LogOptions {
    /// Of this container.
    #[must_use]
    pub fn of(container: impl Into<String>) -> Self {
        Self {
            container: container.into(),
            ..Self::default()
        }
    }

    /// Goes on as the container writes.
    #[must_use]
    pub fn follow(mut self) -> Self {
        self.follow = true;
        self
    }

    /// The log of the container's last run.
    #[must_use]
    pub fn previous(mut self) -> Self {
        self.previous = true;
        self
    }

    /// Only what is younger than this, to the second.
    #[must_use]
    pub fn since(mut self, age: Duration) -> Self {
        self.since = Some(age);
        self
    }

    /// Only what was written after this time.
    #[must_use]
    pub fn since_time(mut self, time: Time) -> Self {
        self.since_time = time.to_string();
        self
    }

    /// Begins each line with its time.
    #[must_use]
    pub fn timestamps(mut self) -> Self {
        self.timestamps = true;
        self
    }

    /// Only so many lines from the end.
    #[must_use]
    pub fn tail(mut self, lines: u32) -> Self {
        self.tail_lines = Some(i64::from(lines));
        self
    }

    /// Only so many bytes, at least one.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: u64) -> Self {
        self.limit_bytes = Some(i64::try_from(bytes.max(1)).unwrap_or(i64::MAX));
        self
    }

    /// Whether the options go together.
    pub(crate) fn check(&self) -> Refused {
        if self.since.is_some() && !self.since_time.is_empty() {
            return Err("a log begins at one point: leave since or since_time unset");
        }
        if self.tail_lines.is_some_and(|lines| lines < 0) {
            return Err("tail_lines cannot be negative: leave it unset for the whole log");
        }
        if self.limit_bytes.is_some_and(|bytes| bytes < 1) {
            return Err("limit_bytes must be at least 1: leave it unset for the whole log");
        }
        Ok(())
    }
}

impl QueryOptions for LogOptions {
    fn write(&self, query: &mut Query) {
        query.push_text("container", &self.container);
        query.push_flag("follow", self.follow);
        query.push_flag("previous", self.previous);
        query.push_number("sinceSeconds", self.since.map(seconds));
        query.push_text("sinceTime", &self.since_time);
        query.push_flag("timestamps", self.timestamps);
        query.push_number("tailLines", self.tail_lines);
        query.push_number("limitBytes", self.limit_bytes);
    }
}
