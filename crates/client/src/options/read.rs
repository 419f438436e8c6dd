//! Options of what reads: get, list, watch.

use std::time::Duration;

use super::{Query, QueryOptions, Refused, seconds};

/// How exactly a list must be at the version it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionMatch {
    /// At that version or a later one.
    NotOlderThan,
    /// At exactly that version.
    Exact,
}

impl VersionMatch {
    fn as_str(self) -> &'static str {
        match self {
            VersionMatch::NotOlderThan => "NotOlderThan",
            VersionMatch::Exact => "Exact",
        }
    }
}

fn write_selectors(query: &mut Query, labels: &str, fields: &str) {
    query.push_text("labelSelector", labels);
    query.push_text("fieldSelector", fields);
}

/// Options of get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetOptions {
    /// At this version or a later one; `"0"` takes whatever the server has at hand.
    pub resource_version: String,
}

impl GetOptions {
    /// At this version or a later one.
    #[must_use]
    pub fn not_older_than(version: impl Into<String>) -> Self {
        Self {
            resource_version: version.into(),
        }
    }

    /// Whatever the server has at hand, without asking the store.
    #[must_use]
    pub fn any_version() -> Self {
        Self::not_older_than("0")
    }
}

impl QueryOptions for GetOptions {
    fn write(&self, query: &mut Query) {
        query.push_text("resourceVersion", &self.resource_version);
    }
}

/// Options of list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Only objects whose labels match.
    pub label_selector: String,
    /// Only objects whose fields match.
    pub field_selector: String,
    /// At most so many objects; the rest by [`ListOptions::continue_token`].
    pub limit: Option<u32>,
    /// Goes on where an earlier page ended.
    pub continue_token: String,
    /// The version to list at; empty for the newest, `"0"` for whatever the server has at hand.
    pub resource_version: String,
    /// How exactly.
    pub resource_version_match: Option<VersionMatch>,
    /// How long the server may take.
    pub timeout: Option<Duration>,
}

impl ListOptions {
    /// Only objects whose labels match (`app=web,tier!=db`).
    #[must_use]
    pub fn labels(mut self, selector: impl Into<String>) -> Self {
        self.label_selector = selector.into();
        self
    }

    /// Only objects whose fields match (`spec.nodeName=n1`).
    #[must_use]
    pub fn fields(mut self, selector: impl Into<String>) -> Self {
        self.field_selector = selector.into();
        self
    }

    /// At most so many objects in a page.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Goes on where an earlier page ended.
    #[must_use]
    pub fn continue_from(mut self, token: impl Into<String>) -> Self {
        self.continue_token = token.into();
        self
    }

    /// At this version or a later one.
    #[must_use]
    pub fn not_older_than(mut self, version: impl Into<String>) -> Self {
        self.resource_version = version.into();
        self.resource_version_match = Some(VersionMatch::NotOlderThan);
        self
    }

    /// At exactly this version, which the server may no longer have.
    #[must_use]
    pub fn at_exactly(mut self, version: impl Into<String>) -> Self {
        self.resource_version = version.into();
        self.resource_version_match = Some(VersionMatch::Exact);
        self
    }

    /// How long the server may take, to the second.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// From whatever the server has at hand, without asking the store.
    #[must_use]
    pub fn any_version(mut self) -> Self {
        self.resource_version = "0".to_owned();
        self.resource_version_match = None;
        self
    }

    /// Whether the options go together.
    pub(crate) fn check(&self) -> Refused {
        let version = self.resource_version.as_str();
        if !self.continue_token.is_empty() && self.resource_version_match.is_some() {
            return Err(
                "a continue token holds the version of its list: leave resource_version_match unset, or begin a new list",
            );
        }
        if !self.continue_token.is_empty() && !matches!(version, "" | "0") {
            return Err(
                "a continue token holds the version of its list: leave resource_version empty, or begin a new list",
            );
        }
        match self.resource_version_match {
            Some(_) if version.is_empty() => Err(
                "resource_version_match says how to take a version: name one, by not_older_than or at_exactly",
            ),
            Some(VersionMatch::Exact) if version == "0" => Err(
                "version 0 stands for any version and cannot be matched exactly: use any_version, or name a version for at_exactly",
            ),
            _ => Ok(()),
        }
    }
}

impl QueryOptions for ListOptions {
    fn write(&self, query: &mut Query) {
        write_selectors(query, &self.label_selector, &self.field_selector);
        query.push_number("limit", self.limit);
        query.push_text("continue", &self.continue_token);
        query.push_text("resourceVersion", &self.resource_version);
        if let Some(exactness) = self.resource_version_match {
            query.push("resourceVersionMatch", exactness.as_str());
        }
        query.push_number("timeoutSeconds", self.timeout.map(seconds));
    }
}

/// Options of watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// Only objects whose labels match.
    pub label_selector: String,
    /// Only objects whose fields match.
    pub field_selector: String,
    /// Events after this version; empty begins with every object as it is now.
    pub resource_version: String,
    /// Whether the server is to send bookmarks; it is, unless told otherwise.
    pub bookmarks: bool,
    /// Whether the watch begins with every object as it is and a bookmark that ends them.
    pub send_initial_events: bool,
    /// When the server ends the watch; it chooses itself otherwise.
    pub timeout: Option<Duration>,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            label_selector: String::new(),
            field_selector: String::new(),
            resource_version: String::new(),
            bookmarks: true,
            send_initial_events: false,
            timeout: None,
        }
    }
}

impl WatchOptions {
    /// Events after this version.
    #[must_use]
    pub fn from_version(version: impl Into<String>) -> Self {
        Self {
            resource_version: version.into(),
            ..Self::default()
        }
    }

    /// Only objects whose labels match.
    #[must_use]
    pub fn labels(mut self, selector: impl Into<String>) -> Self {
        self.label_selector = selector.into();
        self
    }

    /// Only objects whose fields match.
    #[must_use]
    pub fn fields(mut self, selector: impl Into<String>) -> Self {
        self.field_selector = selector.into();
        self
    }

    /// Begins with every object as it is and a bookmark that ends them, at this
    /// version or a later one; empty for the newest.
    #[must_use]
    pub fn initial_events(mut self, not_older_than: impl Into<String>) -> Self {
        self.send_initial_events = true;
        self.resource_version = not_older_than.into();
        self
    }

    /// When the server ends the watch, to the second.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Without bookmarks.
    #[must_use]
    pub fn without_bookmarks(mut self) -> Self {
        self.bookmarks = false;
        self
    }

    /// Whether the options go together.
    pub(crate) fn check(&self) -> Refused {
        if self.send_initial_events && !self.bookmarks {
            return Err(
                "initial events are ended by a bookmark: leave bookmarks on, or do without initial events",
            );
        }
        Ok(())
    }
}

impl QueryOptions for WatchOptions {
    fn write(&self, query: &mut Query) {
        query.push("watch", "true");
        write_selectors(query, &self.label_selector, &self.field_selector);
        query.push_text("resourceVersion", &self.resource_version);
        query.push_flag(
            "allowWatchBookmarks",
            self.bookmarks || self.send_initial_events,
        );
        if self.send_initial_events {
            query.push("sendInitialEvents", "true");
            query.push("resourceVersionMatch", VersionMatch::NotOlderThan.as_str());
        }
        query.push_number("timeoutSeconds", self.timeout.map(seconds));
    }
}
