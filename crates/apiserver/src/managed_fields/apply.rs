//! Server-side apply of one tree to one object.

use skeg_meta::{Status, StatusCause, StatusDetails};
use skeg_schema::{Object, Value, decode_json_any};

use super::Write;
use super::compare::{Form, compare};
use super::entries::{self, Entry, Operation};
use super::set::FieldSet;
use super::typed;
use super::updater::{self, Conflict, Unapplied};
use crate::error::Error;

/// Stands for all who wrote an object before anybody applied to it.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";
/// Where `kubectl apply` keeps what it last applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The manager for which that annotation counts.
const KUBECTL: &str = "kubectl";
/// Longest annotations of an object, all together.
const ANNOTATIONS_MAX: usize = 256 << 10;

/// What became of an object.
pub struct Applied {
    /// The object with its managedFields.
    pub object: Value,
    /// It is another than before, managedFields aside.
    pub changed: bool,
}

/// Why something was not applied.
pub enum Refusal {
    /// Others own what would be changed.
    Conflict(Vec<(String, Vec<String>)>),
    /// What is applied is not fit for it.
    BadRequest(String),
    /// What is applied does not fit the schema.
    Unfit(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::BadRequest(text) => Error::bad_request(text),
            Refusal::Unfit(text) => Error::internal(text),
            Refusal::Conflict(conflicts) => conflict_status(&conflicts).into(),
        }
    }
}

fn conflict_status(conflicts: &[(String, Vec<String>)]) -> Status {
    let count: usize = conflicts.iter().map(|(_, paths)| paths.len()).sum();
    let message = match conflicts {
        [(manager, paths)] if paths.len() == 1 => {
            format!(
                "Apply failed with 1 conflict: conflict with {manager}: {}",
                paths[0]
            )
        }
        _ => {
            let mut lines = Vec::with_capacity(count + conflicts.len());
            for (manager, paths) in conflicts {
                lines.push(format!("conflicts with {manager}:"));
                lines.extend(paths.iter().map(|path| format!("- {path}")));
            }
            format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
        }
    };
    let causes = conflicts
        .iter()
        .flat_map(|(manager, paths)| {
            paths.iter().map(move |path| StatusCause {
                reason: "FieldManagerConflict".to_owned(),
                message: format!("conflict with {manager}"),
                field: path.clone(),
            })
        })
        .collect();
    Status {
        status: "Failure".to_owned(),
        message,
        reason: "Conflict".to_owned(),
        code: 409,
        details: Some(StatusDetails {
            causes,
            ..Default::default()
        }),
        ..Status::default()
    }
}

/// `GROUP/VERSION, Kind=KIND` of a tree.
fn kind_of(tree: &Value) -> String {
    let api_version = tree["apiVersion"].as_str().unwrap_or_default();
    let kind = tree["kind"].as_str().unwrap_or_default();
    match api_version.matches('/').count() {
        0 => format!("/{api_version}, Kind={kind}"),
        1 => format!("{api_version}, Kind={kind}"),
        _ => "/, Kind=".to_owned(),
    }
}

/// Which object of which kind, as messages about a tree tell it.
pub fn about(tree: &Value) -> String {
    let text = |key: &str| {
        tree["metadata"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    format!("{}/{}; {}", text("namespace"), text("name"), kind_of(tree))
}

/// Applies `config` to `live`, both as clients see them, `live` without its
/// managedFields, which are `booked`. For an object that is not there, `live`
/// holds what an empty one shows.
///
/// # Errors
/// See [`Refusal`].
pub fn apply(
    live: Value,
    booked: Option<&Value>,
    config: &Value,
    kind: &str,
    force: bool,
    write: &Write<'_>,
) -> Result<Applied, Refusal> {
    if config["apiVersion"].as_str() != Some(write.api_version)
        || config["kind"].as_str() != Some(kind)
    {
        return Err(Refusal::BadRequest(format!(
            "invalid object type: {}",
            kind_of(config)
        )));
    }
    if matches!(
        config.at(&["metadata", "managedFields"]),
        Some(Value::Array(_))
    ) {
        return Err(Refusal::BadRequest(
            "metadata.managedFields must be nil".to_owned(),
        ));
    }
    let Some(node) = write.versions.node(write.api_version) else {
        return Err(Refusal::Unfit("the kind has no schema".to_owned()));
    };
    if let Some(text) = typed::validate(config, node) {
        return Err(Refusal::Unfit(format!(
            "failed to create typed patch object ({}): {text}",
            about(config)
        )));
    }
    let mut entries = entries::decode(booked).unwrap_or_default();
    let me = Entry {
        manager: write.manager.to_owned(),
        operation: Operation::Apply,
        api_version: write.api_version.to_owned(),
        subresource: write.subresource.to_owned(),
        time: Some(write.now.to_owned()),
        fields: FieldSet::default(),
    };
    if entries.is_empty() && !write.creating {
        let before = Entry {
            manager: BEFORE_FIRST_APPLY.to_owned(),
            operation: Operation::Update,
            ..me.clone()
        };
        let nothing = Value::object();
        updater::update(&mut entries, before, &nothing, &live, None, write.versions)
            .map_err(refused)?;
    }
    // Who takes what others own meets no conflict, and needs nothing to go back to.
    let before = (!force).then(|| entries.clone());
    let mut owners = entries;
    let outcome = match updater::apply(&mut owners, &me, &live, config, force, write.versions) {
        Ok(new) => new,
        Err(why @ Unapplied::Unfit(_)) => return Err(refused(why)),
        Err(Unapplied::Conflicts(conflicts)) => {
            let allowed = if write.manager == KUBECTL {
                last_applied(&live, write)
            } else {
                None
            };
            let left = without(conflicts, allowed.as_ref());
            if !left.is_empty() {
                return Err(Refusal::Conflict(left));
            }
            // `kubectl apply` without the server wrote what is in the way.
            owners = before.unwrap_or_default();
            updater::apply(&mut owners, &me, &live, config, true, write.versions)
                .map_err(refused)?
        }
    };
    let changed = outcome.is_some();
    let mut object = outcome.unwrap_or(live);
    entries::store(&mut object, owners, write.folded);
    if write.manager == KUBECTL {
        renew_last_applied(&mut object, config);
    }
    Ok(Applied { object, changed })
}

fn refused(why: Unapplied) -> Refusal {
    match why {
        Unapplied::Unfit(text) => Refusal::Unfit(text),
        Unapplied::Conflicts(conflicts) => Refusal::Conflict(without(conflicts, None)),
    }
}

/// Conflicts but for those about allowed fields, by manager.
fn without(conflicts: Vec<Conflict>, allowed: Option<&FieldSet>) -> Vec<(String, Vec<String>)> {
    conflicts
        .into_iter()
        .filter_map(|mut conflict| {
            if let Some(allowed) = allowed {
                conflict.fields.subtract(allowed);
            }
            let paths = conflict.fields.paths();
            (!paths.is_empty()).then(|| (conflict.entry.shown(), paths))
        })
        .collect()
}

/// What the annotation of `kubectl apply` names and the object still says.
fn last_applied(live: &Value, write: &Write<'_>) -> Option<FieldSet> {
    let text = live["metadata"]["annotations"][LAST_APPLIED].as_str()?;
    let tree = decode_json_any(text.as_bytes()).ok()?;
    if tree["apiVersion"].as_str() != Some(write.api_version) {
        return None;
    }
    let node = write.versions.node(write.api_version)?;
    if typed::validate(&tree, node).is_some() {
        return None;
    }
    let mut fields = typed::field_set(&tree, node);
    let difference = compare(&tree, live, node, Form::Plain);
    fields.subtract(&difference.modified);
    fields.subtract(&difference.added);
    fields.subtract(&difference.removed);
    Some(fields)
}

/// Keeps the annotation of `kubectl apply`, where there is one, in line.
fn renew_last_applied(object: &mut Value, config: &Value) {
    let known = object["metadata"]["annotations"][LAST_APPLIED]
        .as_str()
        .is_some_and(|text| !text.is_empty());
    if !known {
        return;
    }
    let mut tree = config.clone();
    if let Some(Value::Object(annotations)) = tree.at_mut(&["metadata", "annotations"]) {
        annotations.remove(LAST_APPLIED);
    }
    tree.sort();
    let text = format!("{tree}\n");
    let Some(Value::Object(annotations)) = object.at_mut(&["metadata", "annotations"]) else {
        return;
    };
    annotations.insert(LAST_APPLIED, text);
    let size: usize = annotations
        .iter()
        .map(|(key, value)| key.len() + value.as_str().map_or(0, str::len))
        .sum();
    if size > ANNOTATIONS_MAX {
        annotations.remove(LAST_APPLIED);
    }
}

/// The kind and version of a tree and nothing else.
pub fn blank(api_version: &str, kind: &str) -> Value {
    let mut out = Object::with_capacity(2);
    out.insert("kind", kind);
    out.insert("apiVersion", api_version);
    Value::Object(out)
}
