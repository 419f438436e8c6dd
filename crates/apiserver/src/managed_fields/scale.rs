//! Ownership of the count of a scaled object, as its scale subresource shows
//! it, and back.

use skeg_schema::Value;

use super::entries::{self, Entry};
use super::set::FieldSet;

/// The version of scales.
const SCALE: &str = "autoscaling/v1";
const COUNT: &[&str] = &["f:spec", "f:replicas"];

fn path_set(path: &[&str]) -> FieldSet {
    let mut set = FieldSet::leaf();
    for step in path.iter().rev() {
        let name = step.strip_prefix("f:").unwrap_or(step).to_owned();
        let mut above = FieldSet::default();
        above.attach(super::element::Element::Field(name.into()), set);
        set = above;
    }
    set
}

fn has(set: &FieldSet, path: &[&str]) -> bool {
    !set.intersection(&path_set(path)).is_empty()
}

/// The managedFields of a scale: who owns the count of its object.
pub fn to_scale(parent: &Value, count: &[&str], scale: &mut Value) {
    let known = entries::decode(parent.at(&["metadata", "managedFields"])).unwrap_or_default();
    let of_scale = known
        .into_iter()
        .filter(|entry| has(&entry.fields, count))
        .map(|entry| Entry {
            api_version: SCALE.to_owned(),
            fields: path_set(COUNT),
            ..entry
        })
        .collect();
    entries::store(scale, of_scale, false);
}

/// Books in the object what became of the ownership of its scale.
pub fn to_parent(parent: &mut Value, api_version: &str, count: &[&str], scale: &Value) {
    let mut known = entries::decode(parent.at(&["metadata", "managedFields"])).unwrap_or_default();
    let owners: Vec<Entry> = entries::decode(scale.at(&["metadata", "managedFields"]))
        .unwrap_or_default()
        .into_iter()
        .filter(|entry| has(&entry.fields, COUNT))
        .collect();
    let same = |a: &Entry, b: &Entry| {
        a.manager == b.manager && a.operation == b.operation && a.subresource == b.subresource
    };
    let whole = path_set(count);
    for entry in &mut known {
        if !owners.iter().any(|owner| same(owner, entry)) {
            entry.fields.subtract(&whole);
        }
    }
    for owner in owners {
        match known.iter_mut().find(|entry| same(entry, &owner)) {
            Some(entry) => entry.fields.union(&whole),
            None => known.push(Entry {
                api_version: api_version.to_owned(),
                time: None,
                fields: whole.clone(),
                ..owner
            }),
        }
    }
    known.retain(|entry| !entry.fields.is_empty());
    entries::store(parent, known, false);
}
