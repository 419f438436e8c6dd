//! Strategic merge patches from differences, in the form that kubectl gives
//! them: `$patch: delete` for elements of merged lists, `$setElementOrder`
//! where their order is at stake, `$deleteFromPrimitiveList` for sets and
//! `$retainKeys` for unions.

use std::collections::HashSet;

use skeg_schema::patch::strategic::{FieldMeta, PatchSchema};
use skeg_schema::{Key, Object, Value};

use super::{DiffError, under};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";

/// Which differences count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// What `new` lacks is deleted.
    pub deletions: bool,
    /// What `new` has is added and changed.
    pub changes: bool,
    /// A list whose merge keys repeat is replaced: it cannot be merged. A
    /// three-way patch must not, lest it take what is not its own.
    pub replace_ambiguous: bool,
}

impl Options {
    pub(super) const TWO_WAY: Self = Self {
        deletions: true,
        changes: true,
        replace_ambiguous: true,
    };
}

pub(super) fn between<S: PatchSchema>(
    old: &Value,
    new: &Value,
    schema: S,
    options: Options,
) -> Result<Value, DiffError> {
    let empty = Object::new();
    let old = old.as_object().unwrap_or(&empty);
    let new = new.as_object().unwrap_or(&empty);
    Ok(Value::Object(maps(
        "",
        old,
        new,
        Some(schema),
        false,
        options,
    )?))
}

fn kind(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}

fn maps<S: PatchSchema>(
    path: &str,
    old: &Object,
    new: &Object,
    schema: Option<S>,
    retain_keys: bool,
    options: Options,
) -> Result<Object, DiffError> {
    let mut patch = Object::new();
    for (key, wanted) in new.iter() {
        let Some(there) = old.get(key) else {
            if options.changes {
                patch.insert(key.clone(), wanted.clone());
            }
            continue;
        };
        if kind(there) != kind(wanted) {
            if options.changes {
                patch.insert(key.clone(), wanted.clone());
            }
            continue;
        }
        let meta = schema.and_then(|schema| schema.field(key));
        match (there, wanted) {
            (Value::Object(there), Value::Object(wanted)) => {
                if meta.is_some_and(|meta| meta.replace) {
                    if options.changes && there != wanted {
                        patch.insert(key.clone(), wanted.clone());
                    }
                    continue;
                }
                let below = maps(
                    &under(path, key),
                    there,
                    wanted,
                    meta.and_then(|meta| meta.inner),
                    meta.is_some_and(|meta| meta.retain_keys),
                    options,
                )?;
                if !below.is_empty() {
                    patch.insert(key.clone(), below);
                }
            }
            (Value::Array(there), Value::Array(wanted)) => match meta.filter(|meta| meta.merge) {
                Some(meta) => {
                    let list = List {
                        path: under(path, key),
                        key,
                        meta,
                        options,
                    };
                    list.compare(there, wanted, &mut patch)?;
                }
                None if options.changes && there != wanted => {
                    patch.insert(key.clone(), wanted.clone());
                }
                None => {}
            },
            _ if options.changes && there != wanted => {
                patch.insert(key.clone(), wanted.clone());
            }
            _ => {}
        }
    }
    let gone = |key: &str| !new.contains_key(key);
    if options.deletions {
        for key in old.keys().filter(|key| gone(key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    if retain_keys {
        let mut kept: Vec<&Key> = new
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| key)
            .collect();
        let clears = old.iter().any(|(key, value)| !value.is_null() && gone(key));
        if !kept.is_empty() && (!patch.is_empty() || clears) {
            kept.sort_unstable();
            let kept: Vec<&str> = kept.into_iter().map(|key| &**key).collect();
            patch.insert(RETAIN_KEYS, kept);
        }
    }
    Ok(patch)
}

/// A list that is merged.
struct List<'a, S> {
    path: String,
    key: &'a str,
    meta: FieldMeta<S>,
    options: Options,
}

/// A merge key's value as Go prints it, which is how elements are told apart.
fn identity(value: &Value) -> String {
    skeg_schema::go::print(value)
}

impl<S: PatchSchema> List<'_, S> {
    fn directive(&self, name: &str) -> String {
        format!("{name}/{}", self.key)
    }

    fn compare(&self, old: &[Value], new: &[Value], patch: &mut Object) -> Result<(), DiffError> {
        if old.is_empty() {
            if !new.is_empty() && self.options.changes {
                patch.insert(self.key.to_owned(), new.to_vec());
            }
            return Ok(());
        }
        let is_object = |value: &&Value| matches!(value, Value::Object(_));
        match old.iter().chain(new).filter(is_object).count() {
            0 => self.scalars(old, new, patch),
            objects if objects == old.len() + new.len() => self.elements(old, new, patch)?,
            _ => {
                return Err(DiffError::MixedList {
                    path: self.path.clone(),
                });
            }
        }
        Ok(())
    }

    fn scalars(&self, old: &[Value], new: &[Value], patch: &mut Object) {
        let mut removed: Vec<Value> = Vec::new();
        if self.options.deletions {
            for item in old {
                if !new.contains(item) && !removed.contains(item) {
                    removed.push(item.clone());
                }
            }
        }
        let mut added: Vec<Value> = Vec::new();
        if self.options.changes {
            for item in new {
                if !old.contains(item) && !added.contains(item) {
                    added.push(item.clone());
                }
            }
        }
        let ordered = !removed.is_empty() || (self.options.changes && old != new);
        if !added.is_empty() {
            patch.insert(self.key.to_owned(), added);
        }
        if !removed.is_empty() {
            patch.insert(self.directive("$deleteFromPrimitiveList"), removed);
        }
        // An order of nothing is refused.
        if ordered && !new.is_empty() {
            patch.insert(self.directive("$setElementOrder"), new.to_vec());
        }
    }

    /// The value of the merge key of every element.
    fn keys(&self, items: &[Value]) -> Result<Vec<String>, DiffError> {
        items
            .iter()
            .map(|item| {
                item.get(self.meta.merge_key)
                    .map(identity)
                    .ok_or_else(|| DiffError::NoMergeKey {
                        path: self.path.clone(),
                        key: self.meta.merge_key.to_owned(),
                    })
            })
            .collect()
    }

    fn elements(&self, old: &[Value], new: &[Value], patch: &mut Object) -> Result<(), DiffError> {
        let merge_key = self.meta.merge_key;
        let (old_keys, new_keys) = (self.keys(old)?, self.keys(new)?);
        let repeats = |keys: &[String]| {
            let mut seen = HashSet::new();
            !keys.iter().all(|key| seen.insert(key))
        };
        if self.options.replace_ambiguous && (repeats(&old_keys) || repeats(&new_keys)) {
            if old != new {
                let mut whole = vec![Value::Object(
                    [(Key::Borrowed(DIRECTIVE), Value::from("replace"))]
                        .into_iter()
                        .collect(),
                )];
                whole.extend_from_slice(new);
                patch.insert(self.key.to_owned(), whole);
            }
            return Ok(());
        }
        let mut changed: Vec<Value> = Vec::new();
        let before = counterparts((old, &old_keys), (new, &new_keys));
        // In the order of the new list, as the server wants it.
        for ((wanted, key), before) in new.iter().zip(&new_keys).zip(before) {
            match before {
                Some(at) => {
                    let (Value::Object(there), Value::Object(wanted)) = (&old[at], wanted) else {
                        continue;
                    };
                    let path = format!("{}[{merge_key}={key}]", self.path);
                    let mut below = maps(
                        &path,
                        there,
                        wanted,
                        self.meta.inner,
                        self.meta.retain_keys,
                        self.options,
                    )?;
                    if !below.is_empty() {
                        below.insert(merge_key, wanted.get(merge_key).cloned());
                        changed.push(Value::Object(below));
                    }
                }
                None if self.options.changes => changed.push(wanted.clone()),
                None => {}
            }
        }
        if self.options.deletions {
            for (there, key) in old.iter().zip(&old_keys) {
                if !new_keys.contains(key) {
                    let mut gone = Object::with_capacity(2);
                    gone.insert(DIRECTIVE, "delete");
                    gone.insert(merge_key, there.get(merge_key).cloned());
                    changed.push(Value::Object(gone));
                }
            }
        }
        if !changed.is_empty() || (self.options.changes && !same_order(&old_keys, &new_keys)) {
            let order: Vec<Value> = new
                .iter()
                .map(|item| {
                    let mut only_key = Object::with_capacity(1);
                    only_key.insert(merge_key, item.get(merge_key).cloned());
                    Value::Object(only_key)
                })
                .collect();
            if !changed.is_empty() {
                patch.insert(self.key.to_owned(), changed);
            }
            if !order.is_empty() {
                patch.insert(self.directive("$setElementOrder"), order);
            }
        }
        Ok(())
    }
}

/// For each new element the old one that it is compared with. Where a merge key
/// occurs more than once (the ports 53 of TCP and of UDP), those that are equal
/// belong together, and the others in their order.
fn counterparts(old: (&[Value], &[String]), new: (&[Value], &[String])) -> Vec<Option<usize>> {
    let mut taken = vec![false; old.0.len()];
    let mut found = vec![None; new.0.len()];
    for exact in [true, false] {
        for (index, (wanted, key)) in new.0.iter().zip(new.1).enumerate() {
            if found[index].is_some() {
                continue;
            }
            let mut candidates = old.0.iter().zip(old.1).enumerate();
            let free = candidates.find(|(at, (there, have))| {
                !taken[*at] && *have == key && (!exact || *there == wanted)
            });
            if let Some((at, _)) = free {
                taken[at] = true;
                found[index] = Some(at);
            }
        }
    }
    found
}

/// Whether what both lists have stands in the same order.
fn same_order(old: &[String], new: &[String]) -> bool {
    let left = old.iter().filter(|key| new.contains(key));
    let right = new.iter().filter(|key| old.contains(key));
    left.eq(right)
}
