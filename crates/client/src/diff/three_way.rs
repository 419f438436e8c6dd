//! kubectl apply's three-way difference.

use skeg_schema::patch::Tables;
use skeg_schema::patch::strategic::PatchSchema;
use skeg_schema::{Object, TypeId, Value};

use super::{DiffError, merge, strategic, under};
use crate::patch::Patch;

/// The annotation in which `kubectl apply` keeps what it applied last.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What was applied last to an object, by its annotation; none where nothing was.
///
/// # Errors
/// The annotation does not hold a JSON object.
pub fn last_applied(live: &Value) -> Result<Option<Value>, DiffError> {
    let Some(text) = live
        .at(&["metadata", "annotations", LAST_APPLIED])
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    match skeg_schema::decode_json_any(text.as_bytes()) {
        Ok(tree @ Value::Object(_)) => Ok(Some(tree)),
        _ => Err(DiffError::LastApplied),
    }
}

/// Writes into a manifest's annotation what the manifest says, as `kubectl
/// apply` does before it compares and sends.
pub fn stamp_last_applied(manifest: &mut Value) {
    let annotations = ["metadata", "annotations"];
    let had = manifest.remove_at(&["metadata", "annotations", LAST_APPLIED]);
    if had.is_some()
        && manifest
            .at(&annotations)
            .and_then(Value::as_object)
            .is_some_and(Object::is_empty)
    {
        manifest.remove_at(&annotations);
    }
    // kubectl writes the annotations even where there are none.
    let mut plain = manifest.clone();
    if plain.at(&annotations).is_none() {
        plain.set_at(&annotations, Value::object());
    }
    plain.sort();
    manifest.set_at(
        &["metadata", "annotations", LAST_APPLIED],
        format!("{plain}\n"),
    );
}

/// A comparison of what was applied last, what is wanted now and what is there:
/// fields that were applied and are wanted no longer are deleted, fields that
/// are wanted are set, and what others have set stays.
///
/// ```
/// use skeg_client::diff::ThreeWay;
/// use skeg_schema::json;
///
/// let last = json!({"data": {"a": "1", "b": "2"}});
/// let wanted = json!({"data": {"a": "9"}});
/// let live = json!({"data": {"a": "1", "b": "2", "other": "x"}});
/// let patch = ThreeWay::new(&wanted, &live).last_applied(Some(&last)).patch()?;
/// assert_eq!(patch.to_string(), r#"{"data":{"b":null,"a":"9"}}"#);
/// # Ok::<(), skeg_client::diff::DiffError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ThreeWay<'a> {
    last: Option<&'a Value>,
    wanted: &'a Value,
    live: &'a Value,
    ty: Option<TypeId>,
    overwrite: bool,
}

impl<'a> ThreeWay<'a> {
    /// Of what is wanted and what is there. Without more, nothing was applied
    /// before, and the patch is a merge patch.
    #[must_use]
    pub fn new(wanted: &'a Value, live: &'a Value) -> Self {
        Self {
            last: None,
            wanted,
            live,
            ty: None,
            overwrite: true,
        }
    }

    /// What was applied last: [`last_applied`].
    #[must_use]
    pub fn last_applied(mut self, last: Option<&'a Value>) -> Self {
        self.last = last;
        self
    }

    /// The kind's type in the tables: the patch is then a strategic one.
    /// Custom kinds have none.
    #[must_use]
    pub fn of_type(mut self, ty: Option<TypeId>) -> Self {
        self.ty = ty.filter(|ty| ty.desc().has_protobuf());
        self
    }

    /// Whether fields that another has changed since the last apply are taken
    /// all the same; they are, unless told otherwise.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// The patch.
    ///
    /// # Errors
    /// The patch would change which object it is; a merged list lacks its merge
    /// key; or, without overwriting, another has changed a field.
    pub fn patch(&self) -> Result<Patch, DiffError> {
        let nothing = Value::object();
        let last = self.last.unwrap_or(&nothing);
        let (tree, patch): (Value, fn(Value) -> Patch) = match self.ty {
            Some(ty) => (self.strategic(last, ty)?, Patch::Strategic),
            None => (self.merge(last)?, Patch::Merge),
        };
        for identity in [&["apiVersion"][..], &["kind"], &["metadata", "name"]] {
            if tree.at(identity).is_some() {
                return Err(DiffError::OtherObject);
            }
        }
        if !self.overwrite {
            self.refuse_conflicts(last, &tree)?;
        }
        Ok(patch(tree))
    }

    fn strategic(&self, last: &Value, ty: TypeId) -> Result<Value, DiffError> {
        let schema = Tables(ty);
        let part = |old, deletions, changes| {
            let options = strategic::Options {
                deletions,
                changes,
                replace_ambiguous: false,
            };
            strategic::between(old, self.wanted, schema, options)
        };
        let changes = part(self.live, false, true)?;
        let mut deletions = part(last, true, false)?;
        if let (Value::Object(into), Value::Object(changes)) = (&mut deletions, changes) {
            join(into, changes, Some(schema));
        }
        Ok(deletions)
    }

    fn merge(&self, last: &Value) -> Result<Value, DiffError> {
        let part = |old| merge::between(old, self.wanted).unwrap_or_else(Value::object);
        let changes = without_deletions(part(self.live));
        let mut deletions = only_deletions(part(last)).unwrap_or_else(Value::object);
        if let Some(nulls) = said_nulls(self.wanted, Some(last)) {
            overlay(&mut deletions, nulls);
        }
        contradiction("", &deletions, &changes)?;
        overlay(&mut deletions, changes);
        Ok(deletions)
    }

    /// What the patch touches must be as it was applied last.
    fn refuse_conflicts(&self, last: &Value, patch: &Value) -> Result<(), DiffError> {
        let theirs = match self.ty {
            Some(ty) => {
                strategic::between(last, self.live, Tables(ty), strategic::Options::TWO_WAY)?
            }
            None => merge::between(last, self.live).unwrap_or_else(Value::object),
        };
        let (Some(ours), Some(theirs)) = (patch.as_object(), theirs.as_object()) else {
            return Ok(());
        };
        match first_conflict("", ours, theirs, self.ty.map(Tables)) {
            Some(path) => Err(DiffError::Conflict { path }),
            None => Ok(()),
        }
    }
}

fn overlay(target: &mut Value, changes: Value) {
    match (target, changes) {
        (Value::Object(target), Value::Object(changes)) => {
            for (key, change) in changes {
                match target.get_mut(&key) {
                    Some(there) => overlay(there, change),
                    None => {
                        target.insert(key, change);
                    }
                }
            }
        }
        (target, changes) => *target = changes,
    }
}

fn without_deletions(patch: Value) -> Value {
    match patch {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .filter_map(|(key, member)| {
                let held = member.as_object().is_some_and(|member| !member.is_empty());
                let kept = without_deletions(member);
                // What held nothing but deletions says nothing; an empty object is wanted.
                let says_nothing = held && kept.as_object().is_some_and(Object::is_empty);
                (!says_nothing).then_some((key, kept))
            })
            .collect::<Object>()
            .into(),
        other => other,
    }
}

fn only_deletions(patch: Value) -> Option<Value> {
    match patch {
        Value::Null => Some(Value::Null),
        Value::Object(members) => {
            let kept: Object = members
                .into_iter()
                .filter_map(|(key, member)| Some((key, only_deletions(member)?)))
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        _ => None,
    }
}

/// The nulls that a manifest says and did not say before: they unset what a default or
/// another has set.
fn said_nulls(wanted: &Value, last: Option<&Value>) -> Option<Value> {
    match wanted {
        Value::Null => last
            .is_none_or(|last| !last.is_null())
            .then_some(Value::Null),
        Value::Object(members) => {
            let said = members.iter().filter_map(|(key, member)| {
                let last = last.and_then(|last| last.get(key));
                Some((key.clone(), said_nulls(member, last)?))
            });
            let said: Object = said.collect();
            (!said.is_empty()).then_some(Value::Object(said))
        }
        _ => None,
    }
}

fn contradiction(path: &str, deletions: &Value, changes: &Value) -> Result<(), DiffError> {
    match (deletions, changes) {
        (Value::Object(deletions), Value::Object(changes)) => {
            for (key, deletion) in deletions.iter() {
                if let Some(change) = changes.get(key) {
                    contradiction(&under(path, key), deletion, change)?;
                }
            }
            Ok(())
        }
        _ => Err(DiffError::Contradiction {
            path: path.to_owned(),
        }),
    }
}

/// Puts the changes of one strategic patch into another that only deletes.
fn join<S: PatchSchema>(into: &mut Object, changes: Object, schema: Option<S>) {
    for (key, change) in changes {
        let meta = schema.and_then(|schema| schema.field(&key));
        match (into.get_mut(&key), change) {
            (Some(Value::Object(there)), Value::Object(change))
                if !meta.is_some_and(|meta| meta.replace) =>
            {
                join(there, change, meta.and_then(|meta| meta.inner));
            }
            (Some(Value::Array(there)), Value::Array(change))
                if !key.starts_with('$') && meta.is_some_and(|meta| meta.merge) =>
            {
                let merge_key = meta.map(|meta| meta.merge_key).unwrap_or_default();
                let inner = meta.and_then(|meta| meta.inner);
                let gone = std::mem::take(there);
                *there = join_lists(gone, change, merge_key, inner);
            }
            (_, change) => {
                into.insert(key, change);
            }
        }
    }
    put_in_order(into, schema);
}

/// The server wants the elements of a patch in the order that the patch asks
/// for; those that are deleted come last.
fn put_in_order<S: PatchSchema>(patch: &mut Object, schema: Option<S>) {
    let orders: Vec<(String, Vec<Value>)> = patch
        .iter()
        .filter_map(|(key, order)| {
            let field = key.strip_prefix("$setElementOrder/")?;
            Some((field.to_owned(), order.as_array()?.clone()))
        })
        .collect();
    for (field, order) in orders {
        let merge_key = schema
            .and_then(|schema| schema.field(&field))
            .map(|meta| meta.merge_key)
            .unwrap_or_default();
        let Some(items) = patch.get_mut(&field).and_then(Value::as_array_mut) else {
            continue;
        };
        items.sort_by_key(|item| {
            let same = |ordered: &Value| {
                if merge_key.is_empty() {
                    ordered == item
                } else {
                    item.get(DIRECTIVE).is_none() && ordered.get(merge_key) == item.get(merge_key)
                }
            };
            order.iter().position(same).unwrap_or(usize::MAX)
        });
    }
}

/// Changes first, in their order, then what only deletes.
fn join_lists<S: PatchSchema>(
    deletions: Vec<Value>,
    changes: Vec<Value>,
    merge_key: &str,
    inner: Option<S>,
) -> Vec<Value> {
    let mut deletions: Vec<Option<Value>> = deletions.into_iter().map(Some).collect();
    let mut joined = Vec::with_capacity(deletions.len() + changes.len());
    for change in changes {
        let same = deletions.iter_mut().find(|deletion| {
            deletion.as_ref().is_some_and(|deletion| {
                deletion.get(DIRECTIVE).is_none()
                    && deletion.get(merge_key).is_some()
                    && deletion.get(merge_key) == change.get(merge_key)
            })
        });
        joined.push(match (same.and_then(Option::take), change) {
            (Some(Value::Object(mut there)), Value::Object(change)) => {
                join(&mut there, change, inner);
                Value::Object(there)
            }
            (_, change) => change,
        });
    }
    joined.extend(deletions.into_iter().flatten());
    joined
}

const DIRECTIVE: &str = "$patch";

/// The first field that two patches set to different things.
fn first_conflict<S: PatchSchema>(
    path: &str,
    ours: &Object,
    theirs: &Object,
    schema: Option<S>,
) -> Option<String> {
    let said = ours
        .iter()
        .filter(|(key, _)| !key.starts_with("$setElementOrder") && *key != LAST_APPLIED);
    for (key, our) in said {
        let Some(their) = theirs.get(key).filter(|their| *their != our) else {
            continue;
        };
        let meta = schema.and_then(|schema| schema.field(key));
        let inner = meta.and_then(|meta| meta.inner);
        let merge_key = meta
            .filter(|meta| meta.merge)
            .map(|meta| meta.merge_key)
            .unwrap_or_default();
        let path = under(path, key);
        let found = match (our, their) {
            (Value::Object(our), Value::Object(their)) => first_conflict(&path, our, their, inner),
            // Scalars of a merged list are added and taken out one by one.
            (Value::Array(_), Value::Array(_))
                if merge_key.is_empty() && meta.is_some_and(|meta| meta.merge) =>
            {
                None
            }
            (Value::Array(our), Value::Array(their)) if !merge_key.is_empty() => {
                our.iter().find_map(|our| {
                    let wanted = our.get(merge_key)?;
                    let their = their
                        .iter()
                        .find(|item| item.get(merge_key) == Some(wanted))?;
                    let path = format!("{path}[{merge_key}={}]", skeg_schema::go::print(wanted));
                    first_conflict(&path, our.as_object()?, their.as_object()?, inner)
                })
            }
            _ => Some(path),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
