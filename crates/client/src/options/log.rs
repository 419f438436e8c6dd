//! Options of the log of a pod.

use std::time::Duration;

use super::{Query, QueryOptions};

/// Which log of a pod, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// The container; may be empty when the pod has only one.
    pub container: String,
    /// Go on as the container writes.
    pub follow: bool,
    /// The log of the container's last run.
    pub previous: bool,
    /// Only what is younger than this.
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

impl QueryOptions for LogOptions {
    fn write(&self, query: &mut Query) {
        query.push_text("container", &self.container);
        query.push_flag("follow", self.follow);
        query.push_flag("previous", self.previous);
        query.push_number(
            "sinceSeconds",
            self.since.map(|since| since.as_secs().max(1)),
        );
        query.push_text("sinceTime", &self.since_time);
        query.push_flag("timestamps", self.timestamps);
        query.push_number("tailLines", self.tail_lines);
        query.push_number("limitBytes", self.limit_bytes);
    }
}
