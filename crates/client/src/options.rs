//! Options of the verbs, and how they are written into a query.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use skeg_schema::{Object, Value};

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

    fn push_flag(&mut self, name: &str, value: bool) {
        if value {
            self.push(name, "true");
        }
    }

    fn push_dry_run(&mut self, dry_run: bool) {
        if dry_run {
            self.push("dryRun", "All");
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

/// Why options cannot go together, and what to do about it.
pub(crate) type Refused = Result<(), &'static str>;

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

/// What the server does about fields that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// Drops them.
    Ignore,
    /// Drops them and warns.
    Warn,
    /// Refuses the request.
    Strict,
}

impl FieldValidation {
    fn as_str(self) -> &'static str {
        match self {
            FieldValidation::Ignore => "Ignore",
            FieldValidation::Warn => "Warn",
            FieldValidation::Strict => "Strict",
        }
    }
}

/// Options of get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetOptions {
    /// At this version or a later one; `"0"` takes whatever the server has at hand.
    pub resource_version: String,
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

    /// How long the server may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
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

    /// From whatever the server has at hand, without asking the store.
    #[must_use]
    pub fn any_version(mut self) -> Self {
        self.resource_version = "0".to_owned();
        self.resource_version_match = None;
        self
    }
}

impl QueryOptions for ListOptions {
    fn write(&self, query: &mut Query) {
        query.push_text("labelSelector", &self.label_selector);
        query.push_text("fieldSelector", &self.field_selector);
        if let Some(limit) = self.limit {
            query.push("limit", limit.to_string());
        }
        query.push_text("continue", &self.continue_token);
        query.push_text("resourceVersion", &self.resource_version);
        if let Some(exactness) = self.resource_version_match {
            query.push("resourceVersionMatch", exactness.as_str());
        }
        if let Some(timeout) = self.timeout {
            query.push("timeoutSeconds", timeout.as_secs().to_string());
        }
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
}

impl WatchOptions {
    /// Begins with every object as it is and a bookmark that ends them, at this
    /// version or a later one; empty for the newest.
    #[must_use]
    pub fn initial_events(mut self, not_older_than: impl Into<String>) -> Self {
        self.send_initial_events = true;
        self.resource_version = not_older_than.into();
        self
    }

    /// When the server ends the watch.
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
        query.push_text("labelSelector", &self.label_selector);
        query.push_text("fieldSelector", &self.field_selector);
        query.push_text("resourceVersion", &self.resource_version);
        query.push_flag(
            "allowWatchBookmarks",
            self.bookmarks || self.send_initial_events,
        );
        if self.send_initial_events {
            query.push("sendInitialEvents", "true");
            query.push("resourceVersionMatch", VersionMatch::NotOlderThan.as_str());
        }
        if let Some(timeout) = self.timeout {
            query.push("timeoutSeconds", timeout.as_secs().to_string());
        }
    }
}

/// Options of create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateOptions {
    /// Go through everything but the write.
    pub dry_run: bool,
    /// The name under which the fields are owned; the program's name otherwise.
    pub field_manager: String,
    /// What about fields that the server does not know.
    pub field_validation: Option<FieldValidation>,
}

impl CreateOptions {
    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Owns the fields under this name.
    #[must_use]
    pub fn manager(mut self, name: impl Into<String>) -> Self {
        self.field_manager = name.into();
        self
    }

    /// What about fields that the server does not know.
    #[must_use]
    pub fn field_validation(mut self, validation: FieldValidation) -> Self {
        self.field_validation = Some(validation);
        self
    }

    /// Whether the options go together.
    pub(crate) fn check(&self) -> Refused {
        check_manager(&self.field_manager)
    }
}

/// What the server takes as a manager's name.
fn check_manager(name: &str) -> Refused {
    const LEN_MAX: usize = 128;
    if name.chars().count() > LEN_MAX {
        return Err("a field manager's name has at most 128 characters: choose a shorter one");
    }
    if name.chars().any(char::is_control) {
        return Err("a field manager's name holds printable characters only: leave the others out");
    }
    Ok(())
}

impl QueryOptions for CreateOptions {
    fn write(&self, query: &mut Query) {
        query.push_dry_run(self.dry_run);
        query.push_text("fieldManager", &self.field_manager);
        if let Some(validation) = self.field_validation {
            query.push("fieldValidation", validation.as_str());
        }
    }
}

/// Options of update.
pub type UpdateOptions = CreateOptions;

/// Options of patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// Go through everything but the write.
    pub dry_run: bool,
    /// The name under which the fields are owned; an apply must have one.
    pub field_manager: String,
    /// What about fields that the server does not know.
    pub field_validation: Option<FieldValidation>,
    /// Take fields from other managers; for apply only.
    pub force: bool,
}

impl PatchOptions {
    /// For an apply under this manager's name.
    #[must_use]
    pub fn apply(manager: impl Into<String>) -> Self {
        Self {
            field_manager: manager.into(),
            ..Self::default()
        }
    }

    /// Takes fields from other managers.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }
}

impl PatchOptions {
    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Owns the fields under this name.
    #[must_use]
    pub fn manager(mut self, name: impl Into<String>) -> Self {
        self.field_manager = name.into();
        self
    }

    /// What about fields that the server does not know.
    #[must_use]
    pub fn field_validation(mut self, validation: FieldValidation) -> Self {
        self.field_validation = Some(validation);
        self
    }

    /// Whether the options go together, and with the patch.
    pub(crate) fn check(&self, is_apply: bool) -> Refused {
        if is_apply && self.field_manager.is_empty() {
            return Err("an apply must name its field manager: use PatchOptions::apply(name)");
        }
        if self.force && !is_apply {
            return Err("only an apply can be forced: leave force off, or send Patch::Apply");
        }
        check_manager(&self.field_manager)
    }
}

impl QueryOptions for PatchOptions {
    fn write(&self, query: &mut Query) {
        query.push_dry_run(self.dry_run);
        query.push_text("fieldManager", &self.field_manager);
        if let Some(validation) = self.field_validation {
            query.push("fieldValidation", validation.as_str());
        }
        query.push_flag("force", self.force);
    }
}

/// What becomes of an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They stay.
    Orphan,
    /// They are deleted afterwards.
    Background,
    /// They are deleted first.
    Foreground,
}

impl Propagation {
    /// As the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Orphan => "Orphan",
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
        }
    }
}

/// Options of delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// How long the object has to end by itself; the kind decides otherwise.
    pub grace_period_seconds: Option<i64>,
    /// What becomes of its dependents; the kind decides otherwise.
    pub propagation: Option<Propagation>,
    /// Delete only the object with this uid.
    pub uid: String,
    /// Delete only the object at this version.
    pub resource_version: String,
    /// Go through everything but the write.
    pub dry_run: bool,
}

impl DeleteOptions {
    /// At once.
    #[must_use]
    pub fn now() -> Self {
        Self::default().grace(0)
    }

    /// With this grace period.
    #[must_use]
    pub fn grace(mut self, seconds: i64) -> Self {
        self.grace_period_seconds = Some(seconds);
        self
    }

    /// With this policy for dependents.
    #[must_use]
    pub fn propagation(mut self, propagation: Propagation) -> Self {
        self.propagation = Some(propagation);
        self
    }

    /// Only the object with this uid.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = uid.into();
        self
    }

    /// Only the object at this version.
    #[must_use]
    pub fn version(mut self, resource_version: impl Into<String>) -> Self {
        self.resource_version = resource_version.into();
        self
    }

    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Whether the options go together. What the API calls `orphanDependents`
    /// is [`Propagation::Orphan`], so that the two cannot contradict each other.
    pub(crate) fn check(&self) -> Refused {
        match self.grace_period_seconds {
            Some(seconds) if seconds < 0 => {
                Err("a grace period cannot be negative: use now() to delete at once")
            }
            _ => Ok(()),
        }
    }

    /// The request's body; none when every option is left to the server.
    #[must_use]
    pub fn body(&self) -> Option<Value> {
        if *self == Self::default() {
            return None;
        }
        let mut body = Object::with_capacity(6);
        body.insert("kind", "DeleteOptions");
        body.insert("apiVersion", "v1");
        if let Some(seconds) = self.grace_period_seconds {
            body.insert("gracePeriodSeconds", seconds);
        }
        if !self.uid.is_empty() || !self.resource_version.is_empty() {
            let mut preconditions = Object::with_capacity(2);
            if !self.uid.is_empty() {
                preconditions.insert("uid", self.uid.as_str());
            }
            if !self.resource_version.is_empty() {
                preconditions.insert("resourceVersion", self.resource_version.as_str());
            }
            body.insert("preconditions", preconditions);
        }
        if let Some(propagation) = self.propagation {
            body.insert("propagationPolicy", propagation.as_str());
        }
        if self.dry_run {
            body.insert("dryRun", vec!["All"]);
        }
        Some(Value::Object(body))
    }
}

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
        if let Some(since) = self.since {
            query.push("sinceSeconds", since.as_secs().max(1).to_string());
        }
        query.push_text("sinceTime", &self.since_time);
        query.push_flag("timestamps", self.timestamps);
        if let Some(lines) = self.tail_lines {
            query.push("tailLines", lines.to_string());
        }
        if let Some(bytes) = self.limit_bytes {
            query.push("limitBytes", bytes.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(options: &dyn QueryOptions) -> String {
        let mut query = Query::default();
        options.write(&mut query);
        query.as_str().to_owned()
    }

    #[test]
    fn defaults_say_nothing() {
        assert_eq!(query(&GetOptions::default()), "");
        assert_eq!(query(&ListOptions::default()), "");
        assert_eq!(query(&CreateOptions::default()), "");
        assert_eq!(query(&PatchOptions::default()), "");
        assert_eq!(DeleteOptions::default().body(), None);
    }

    #[test]
    fn selectors_are_escaped() {
        let options = ListOptions::default().labels("app in (a,b)").limit(5);
        assert_eq!(
            query(&options),
            "labelSelector=app%20in%20%28a%2Cb%29&limit=5"
        );
    }

    #[test]
    fn a_streaming_list_asks_for_what_it_needs() {
        let options = WatchOptions {
            send_initial_events: true,
            bookmarks: false,
            ..WatchOptions::default()
        };
        assert_eq!(
            query(&options),
            "watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        );
    }

    #[test]
    fn deletion_carries_its_preconditions() {
        let body = DeleteOptions::now()
            .uid("u")
            .propagation(Propagation::Foreground)
            .body();
        assert_eq!(
            body.map(|body| body.to_string()).as_deref(),
            Some(
                r#"{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"preconditions":{"uid":"u"},"propagationPolicy":"Foreground"}"#
            )
        );
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_a_remedy() {
        let lists = [
            (ListOptions::default().at_exactly("5").limit(3), ""),
            (ListOptions::default().not_older_than("0"), ""),
            (ListOptions::default().continue_from("t").limit(3), ""),
            (
                ListOptions::default().at_exactly("0"),
                "cannot be matched exactly: use any_version",
            ),
            (
                ListOptions {
                    resource_version_match: Some(VersionMatch::Exact),
                    ..ListOptions::default()
                },
                "name one, by not_older_than or at_exactly",
            ),
            (
                ListOptions::default().at_exactly("5").continue_from("t"),
                "leave resource_version_match unset",
            ),
        ];
        let check = |refused: Refused, expect: &str| match refused {
            Ok(()) => assert_eq!(expect, ""),
            Err(why) => assert!(!expect.is_empty() && why.contains(expect), "{why}"),
        };
        for (options, expect) in lists {
            check(options.check(), expect);
        }
        let watch = WatchOptions::default().initial_events("7");
        check(watch.check(), "");
        check(watch.without_bookmarks().check(), "leave bookmarks on");
        check(
            PatchOptions::default().force().check(false),
            "leave force off",
        );
        check(
            PatchOptions::apply("").check(true),
            "PatchOptions::apply(name)",
        );
        check(PatchOptions::apply("a\n").check(true), "printable");
        check(
            CreateOptions::default().manager("x".repeat(129)).check(),
            "shorter",
        );
        check(DeleteOptions::default().grace(-1).check(), "use now()");
        check(DeleteOptions::now().check(), "");
    }
}
