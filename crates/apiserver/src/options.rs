//! The options of verbs (CreateOptions, UpdateOptions, …): read, checked, in
//! upstream's words.

use skeg_meta::{FieldError, FieldErrorKind, GroupKind, Status, fields, labels};
use skeg_registry::validation::metadata::{MANAGER_LEN_MAX, manager_faults};
use skeg_schema::Value;

use crate::error::{Error, Result};
use crate::query::{Query, parse_int};

/// What to do about unknown and duplicate fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// Drop them silently.
    Ignore,
    /// Drop them and tell.
    Warn,
    /// Refuse.
    Strict,
}

/// Options that all writes share.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Nothing is persisted.
    pub dry_run: bool,
    /// Who owns the fields; empty: derived from the user agent.
    pub field_manager: String,
    /// About unknown fields.
    pub field_validation: FieldValidation,
    /// An apply takes what others own.
    pub force: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            field_manager: String::new(),
            field_validation: FieldValidation::Warn,
            force: false,
        }
    }
}

fn field_error(
    kind: FieldErrorKind,
    field: &str,
    bad_value: Value,
    detail: impl Into<String>,
) -> FieldError {
    FieldError {
        kind,
        field: field.to_owned(),
        bad_value,
        detail: detail.into(),
    }
}

fn invalid(kind: &'static str, errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Status::invalid(&GroupKind::new("meta.k8s.io", kind), "", errors).into())
}

fn check_dry_run(values: &[String], errors: &mut Vec<FieldError>) {
    if values.iter().any(|v| v != "All") {
        let list = Value::Array(values.iter().map(|v| Value::from(v.as_str())).collect());
        errors.push(field_error(
            FieldErrorKind::NotSupported,
            "dryRun",
            list,
            "supported values: \"All\"",
        ));
    }
}

fn check_manager(manager: &str, errors: &mut Vec<FieldError>) {
    if manager.len() > MANAGER_LEN_MAX {
        errors.push(field_error(
            FieldErrorKind::TooLong,
            "fieldManager",
            Value::Null,
            format!("may not be more than {MANAGER_LEN_MAX} bytes"),
        ));
    }
    for fault in manager_faults(manager) {
        errors.push(field_error(
            FieldErrorKind::Invalid,
            "fieldManager",
            manager.into(),
            fault,
        ));
    }
}

impl WriteOptions {
    /// Reads and checks; `kind` is `CreateOptions`, `UpdateOptions` or
    /// `PatchOptions`.
    pub fn read(query: &Query, kind: &'static str) -> Result<Self> {
        Self::read_for(query, kind, false)
    }

    /// Reads and checks those of an apply.
    pub fn read_apply(query: &Query) -> Result<Self> {
        Self::read_for(query, "PatchOptions", true)
    }

    fn read_for(query: &Query, kind: &'static str, apply: bool) -> Result<Self> {
        let dry: Vec<String> = query.all("dryRun").map(str::to_owned).collect();
        let manager = query.get("fieldManager").unwrap_or_default();
        let validation = query.first("fieldValidation").unwrap_or_default();
        let mut errors = Vec::new();
        let force = query.first("force");
        if apply {
            if manager.is_empty() {
                errors.push(field_error(
                    FieldErrorKind::Required,
                    "fieldManager",
                    Value::Null,
                    "is required for apply patch",
                ));
            }
        } else if kind == "PatchOptions" && force.is_some() {
            errors.push(field_error(
                FieldErrorKind::Forbidden,
                "force",
                Value::Null,
                "may not be specified for non-apply patch",
            ));
        }
        check_manager(manager, &mut errors);
        check_dry_run(&dry, &mut errors);
        let field_validation = match validation {
            "" | "Warn" => FieldValidation::Warn,
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            other => {
                errors.push(field_error(
                    FieldErrorKind::NotSupported,
                    "fieldValidation",
                    other.into(),
                    "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
                ));
                FieldValidation::Warn
            }
        };
        invalid(kind, errors)?;
        Ok(Self {
            dry_run: !dry.is_empty(),
            field_manager: manager.to_owned(),
            field_validation,
            force: force.is_some_and(|v| !matches!(v.to_ascii_lowercase().as_str(), "false" | "0")),
        })
    }
}

/// What happens to dependents, if the request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They stay, without owner.
    Orphan,
    /// They go afterwards.
    Background,
    /// They go first.
    Foreground,
}

/// Options of delete and deletecollection.
#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    /// Nothing is persisted.
    pub dry_run: bool,
    /// Wanted grace.
    pub grace_period_seconds: Option<i64>,
    /// The old way to say it.
    pub orphan_dependents: Option<bool>,
    /// The new way.
    pub propagation: Option<Propagation>,
    /// The object must be this one.
    pub uid: Option<String>,
    /// The object must be of this version.
    pub resource_version: Option<String>,
    /// The request is about a whole collection; those who admit see no name.
    pub of_collection: bool,
    /// The object is to go because it cannot be read. What can be stays.
    pub ignore_read_error: bool,
}

impl DeleteOptions {
    /// As those who admit see it.
    pub fn to_tree(&self) -> Value {
        let mut out = skeg_schema::json!({"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"});
        if let Some(seconds) = self.grace_period_seconds {
            out.set_at(&["gracePeriodSeconds"], seconds);
        }
        if let Some(uid) = &self.uid {
            out.set_at(&["preconditions", "uid"], uid.as_str());
        }
        if let Some(version) = &self.resource_version {
            out.set_at(&["preconditions", "resourceVersion"], version.as_str());
        }
        if let Some(orphan) = self.orphan_dependents {
            out.set_at(&["orphanDependents"], orphan);
        }
        if let Some(propagation) = self.propagation {
            let word = match propagation {
                Propagation::Orphan => "Orphan",
                Propagation::Background => "Background",
                Propagation::Foreground => "Foreground",
            };
            out.set_at(&["propagationPolicy"], word);
        }
        if self.dry_run {
            out.set_at(&["dryRun"], skeg_schema::json!(["All"]));
        }
        out
    }

    /// From query parameters, when there is no body.
    pub fn read(query: &Query) -> Result<Self> {
        let mut tree = Value::object();
        if let Some(text) = query.first("gracePeriodSeconds") {
            tree.set_at(
                &["gracePeriodSeconds"],
                parse_int(text).map_err(Error::bad_request)?,
            );
        }
        if let Some(text) = query.first("orphanDependents") {
            tree.set_at(&["orphanDependents"], is_true(text));
        }
        if let Some(text) = query.first("propagationPolicy") {
            tree.set_at(&["propagationPolicy"], text);
        }
        if let Some(text) = query.first("ignoreStoreReadErrorWithClusterBreakingPotential") {
            tree.set_at(&[UNSAFE], is_true(text));
        }
        for key in ["uid", "resourceVersion"] {
            if let Some(text) = query.get(key) {
                tree.set_at(&["preconditions", key], text);
            }
        }
        let dry: Vec<Value> = query.all("dryRun").map(Value::from).collect();
        if !dry.is_empty() {
            tree.set_at(&["dryRun"], Value::Array(dry));
        }
        Self::from_tree(&tree)
    }

    /// From a decoded DeleteOptions; checks it.
    pub fn from_tree(tree: &Value) -> Result<Self> {
        let mut errors = Vec::new();
        let dry: Vec<String> = tree["dryRun"]
            .as_array()
            .map(|items| {
                items
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default();
        let orphan_dependents = tree["orphanDependents"].as_bool();
        let policy = tree["propagationPolicy"].as_str();
        if let (Some(text), Some(_)) = (policy, orphan_dependents) {
            errors.push(field_error(
                FieldErrorKind::Invalid,
                "propagationPolicy",
                text.into(),
                "orphanDependents and deletionPropagation cannot be both set",
            ));
        }
        let propagation = match policy {
            None => None,
            Some("Orphan") => Some(Propagation::Orphan),
            Some("Background") => Some(Propagation::Background),
            Some("Foreground") => Some(Propagation::Foreground),
            Some(other) => {
                errors.push(field_error(
                    FieldErrorKind::NotSupported,
                    "propagationPolicy",
                    other.into(),
                    "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                ));
                None
            }
        };
        check_dry_run(&dry, &mut errors);
        let ignore_read_error = tree[UNSAFE].as_bool() == Some(true);
        if ignore_read_error {
            check_unsafe(tree, &mut errors);
        }
        invalid("DeleteOptions", errors)?;
        let precondition = |key: &str| tree["preconditions"][key].as_str().map(str::to_owned);
        Ok(Self {
            dry_run: !dry.is_empty(),
            grace_period_seconds: tree["gracePeriodSeconds"].as_i64(),
            orphan_dependents,
            propagation,
            uid: precondition("uid"),
            resource_version: precondition("resourceVersion"),
            of_collection: false,
            ignore_read_error,
        })
    }

    /// Refuses what is not there for whole collections.
    pub fn check_of_collection(&self) -> Result<()> {
        let refused = self.ignore_read_error.then(|| {
            let why = "is not allowed with DELETECOLLECTION, try again after removing the option";
            field_error(FieldErrorKind::Invalid, UNSAFE, true.into(), why)
        });
        invalid("DeleteOptions", refused.into_iter().collect())
    }
}

/// The option to delete what cannot be read.
const UNSAFE: &str = "ignoreStoreReadErrorWithClusterBreakingPotential";

/// What it cannot be asked together with.
fn check_unsafe(tree: &Value, errors: &mut Vec<FieldError>) {
    let others = [
        "propagationPolicy",
        "orphanDependents",
        "gracePeriodSeconds",
        "preconditions",
    ];
    for other in others {
        if !tree[other].is_null() {
            let why = format!("cannot be set together with .{other}");
            errors.push(field_error(
                FieldErrorKind::Invalid,
                UNSAFE,
                true.into(),
                why,
            ));
        }
    }
}

/// How Go reads a flag of a query.
fn is_true(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "false" | "0")
}

/// How a list's resourceVersion is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Exactly that one.
    Exact,
    /// That one or a newer one.
    NotOlderThan,
}

/// Options of list, watch and deletecollection, not yet resolved against the
/// kind's labels.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// As given; empty: newest.
    pub resource_version: String,
    /// How it is meant.
    pub version_match: Option<Match>,
    /// At most so many; 0: all.
    pub limit: i64,
    /// Token of the page before.
    pub continue_token: String,
    /// Seconds until a watch ends.
    pub timeout_seconds: Option<i64>,
    /// Whether bookmarks are wanted.
    pub bookmarks: bool,
    /// Whether a watch begins with what is there.
    pub send_initial_events: Option<bool>,
    /// A watch.
    pub watch: bool,
    /// As given.
    pub label_selector: String,
    /// As given.
    pub field_selector: String,
}

impl ListOptions {
    /// Reads and checks.
    pub fn read(query: &Query, watch: bool) -> Result<Self> {
        let timeout_seconds = query.int("timeoutSeconds").map_err(Error::bad_request)?;
        let limit = query.int("limit").map_err(Error::bad_request)?.unwrap_or(0);
        let text = |key: &str| query.get(key).unwrap_or_default().to_owned();
        let send_initial_events = query
            .first("sendInitialEvents")
            .map(|v| !matches!(v.to_ascii_lowercase().as_str(), "false" | "0"));
        let mut options = Self {
            resource_version: text("resourceVersion"),
            version_match: None,
            limit,
            continue_token: text("continue"),
            timeout_seconds,
            bookmarks: query.flag("allowWatchBookmarks"),
            send_initial_events,
            watch,
            label_selector: text("labelSelector"),
            field_selector: text("fieldSelector"),
        };
        // Selectors that cannot be read are told before what does not go together.
        let unread = |error: String| Error::bad_request(error);
        labels::Selector::parse(&options.label_selector).map_err(|e| unread(e.to_string()))?;
        fields::Selector::parse(&options.field_selector).map_err(|e| unread(e.to_string()))?;
        options.check(&text("resourceVersionMatch"))?;
        Ok(options)
    }

    fn check(&mut self, version_match: &str) -> Result<()> {
        let mut errors = Vec::new();
        let forbidden = |field: &str, detail: &str| {
            field_error(FieldErrorKind::Forbidden, field, Value::Null, detail)
        };
        if self.watch {
            self.check_watch(version_match, &mut errors);
            invalid("ListOptions", errors)?;
            return Ok(());
        }
        if !version_match.is_empty() {
            if self.resource_version.is_empty() {
                errors.push(forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden unless resourceVersion is provided",
                ));
            }
            if !self.continue_token.is_empty() {
                errors.push(forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden when continue is provided",
                ));
            }
            match version_match {
                "Exact" => {
                    self.version_match = Some(Match::Exact);
                    if self.resource_version == "0" {
                        errors.push(forbidden(
                            "resourceVersionMatch",
                            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
                        ));
                    }
                }
                "NotOlderThan" => self.version_match = Some(Match::NotOlderThan),
                other => errors.push(field_error(
                    FieldErrorKind::NotSupported,
                    "resourceVersionMatch",
                    other.into(),
                    "supported values: \"Exact\", \"NotOlderThan\", \"\"",
                )),
            }
        }
        if self.send_initial_events.is_some() {
            errors.push(forbidden(
                "sendInitialEvents",
                "sendInitialEvents is forbidden for list",
            ));
        }
        invalid("ListOptions", errors)
    }

    fn check_watch(&mut self, version_match: &str, errors: &mut Vec<FieldError>) {
        let forbidden = |field: &str, detail: &str| {
            field_error(FieldErrorKind::Forbidden, field, Value::Null, detail)
        };
        if self.send_initial_events.is_some() && version_match != "NotOlderThan" {
            errors.push(forbidden(
                "resourceVersionMatch",
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            ));
        }
        if !version_match.is_empty() {
            if self.send_initial_events.is_none() {
                errors.push(forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
                ));
            }
            if version_match == "NotOlderThan" {
                self.version_match = Some(Match::NotOlderThan);
            } else {
                errors.push(field_error(
                    FieldErrorKind::NotSupported,
                    "resourceVersionMatch",
                    version_match.into(),
                    "supported values: \"NotOlderThan\"",
                ));
            }
        }
        // Who begins with what is there is taken to have asked for a match.
        let from_state =
            self.send_initial_events.is_none() && matches!(&*self.resource_version, "" | "0");
        let matched = !version_match.is_empty() || from_state;
        if matched && !self.continue_token.is_empty() {
            errors.push(forbidden(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden when continue is provided",
            ));
        }
    }
}
