//! Who owns what after a write.

use skeg_schema::Value;
use std::borrow::Cow;

use super::compare::{Difference, Form, compare};
use super::element::same;
use super::entries::Entry;
use super::merge;
use super::node::Node;
use super::set::FieldSet;
use super::typed;

/// Fields that nobody owns.
const STRIPPED: &[&[&str]] = &[
    &["f:apiVersion"],
    &["f:kind"],
    &["f:metadata"],
    &["f:metadata", "f:name"],
    &["f:metadata", "f:namespace"],
    &["f:metadata", "f:creationTimestamp"],
    &["f:metadata", "f:selfLink"],
    &["f:metadata", "f:uid"],
    &["f:metadata", "f:clusterName"],
    &["f:metadata", "f:generation"],
    &["f:metadata", "f:managedFields"],
    &["f:metadata", "f:resourceVersion"],
];

/// The versions of a kind.
pub trait Versions: Send + Sync {
    /// The schema of one; `None`: there is no such version (any more).
    fn node(&self, api_version: &str) -> Option<Node<'_>>;

    /// A tree of one version in another, both as Go would print them.
    fn convert(&self, tree: &Value, from: &str, to: &str) -> Option<Value>;

    /// Whether there is a way into a version at all. A manager of one that has merely no
    /// schema is forgotten; of one that there is no way into, upstream gives up.
    fn knows(&self, _api_version: &str) -> bool {
        true
    }

    /// Whether a tree of another version fits the schema of this one once it
    /// is called by its name, which is all that conversion does to it.
    fn fits(&self, _tree: &Value, _api_version: &str) -> bool {
        true
    }

    /// Paths that a write in a version does not touch whatever it says.
    fn ignored(&self, api_version: &str) -> &[&'static [&'static str]];
}

/// A kind that has but one version.
pub struct OneVersion<'s> {
    /// Its schema.
    pub node: Node<'s>,
    /// Paths that writes do not touch.
    pub ignored: &'s [&'static [&'static str]],
}

impl Versions for OneVersion<'_> {
    fn node(&self, _: &str) -> Option<Node<'_>> {
        Some(self.node)
    }

    fn convert(&self, tree: &Value, _: &str, _: &str) -> Option<Value> {
        Some(tree.clone())
    }

    fn ignored(&self, _: &str) -> &[&'static [&'static str]] {
        self.ignored
    }
}

/// A conflict: what another manager owns and this write would change.
#[derive(Debug)]
pub struct Conflict {
    /// The other.
    pub entry: Entry,
    /// The fields.
    pub fields: FieldSet,
}

/// Drops what nobody owns.
pub fn strip(set: &mut FieldSet) {
    for path in STRIPPED {
        set.drop_path(path);
    }
}

fn exclude(difference: &mut Difference, paths: &[&'static [&'static str]]) {
    for path in paths {
        difference.each(|set| set.cut(path));
    }
}

/// Why a tree is not to be had in another version.
enum Unconverted {
    /// There is no such version.
    Missing,
    /// What conversion made of it does not fit the schema there.
    Unfit(String),
}

impl Unconverted {
    /// What is refused for it; a version that is missing hinders nobody.
    fn told(self, doing: &str) -> Option<Unapplied> {
        match self {
            Self::Missing => None,
            Self::Unfit(text) => Some(Unapplied::Unfit(format!("{doing}{text}"))),
        }
    }
}

/// Why something was not applied.
#[derive(Debug)]
pub enum Unapplied {
    /// Others own what would be changed.
    Conflicts(Vec<Conflict>),
    /// The object cannot be told in the version of one of its managers.
    Unfit(String),
}

fn in_version<'t>(
    tree: &'t Value,
    from: &str,
    to: &str,
    versions: &dyn Versions,
) -> Result<Cow<'t, Value>, Unconverted> {
    if from == to {
        return Ok(Cow::Borrowed(tree));
    }
    let Some(made) = versions.convert(tree, from, to) else {
        return Err(Unconverted::Missing);
    };
    // Conversion of built-in kinds makes nothing that their types do not have.
    if let Some(node @ Node::CustomObject(_)) = versions.node(to)
        && let Some(text) = typed::validate(&made, node)
    {
        return Err(Unconverted::Unfit(text));
    }
    Ok(Cow::Owned(made))
}

/// Takes from every manager but `keep` what a write changed; where `told`, the
/// fields of the managers that lose something are told.
///
/// `removed` fields are nobody's from now on.
fn take(
    entries: &mut Vec<Entry>,
    keep: impl Fn(&Entry) -> bool,
    old: &Value,
    new: &Value,
    version: &str,
    known: &Difference,
    form: Form,
    versions: &dyn Versions,
    told: bool,
) -> Result<Vec<Conflict>, Unapplied> {
    if entries.iter().all(&keep) {
        return Ok(Vec::new());
    }
    let mut conflicts = Vec::new();
    let mut others: Vec<(String, Option<Difference>)> = Vec::new();
    let mut gone: Vec<usize> = Vec::new();
    for (at, entry) in entries.iter_mut().enumerate() {
        if keep(entry) {
            continue;
        }
        let difference = if entry.api_version == version {
            known
        } else {
            if !others.iter().any(|(v, _)| *v == entry.api_version) {
                let there = &entry.api_version;
                let converted = |tree, words| {
                    in_version(tree, version, there, versions)
                        .map_err(|why| why.told(&format!("failed to convert {words} object: ")))
                };
                let both = converted(old, "old")
                    .and_then(|old| converted(new, "new").map(|new| (old, new)));
                let difference = match (both, versions.node(there)) {
                    (Err(Some(unapplied)), _) => return Err(unapplied),
                    (Ok((old, new)), Some(node)) => {
                        let mut difference = compare(&old, &new, node, form);
                        exclude(&mut difference, versions.ignored(there));
                        Some(difference)
                    }
                    _ => None,
                };
                others.push((there.clone(), difference));
            }
            match others.iter().find(|(v, _)| *v == entry.api_version) {
                Some((_, Some(difference))) => difference,
                _ => {
                    gone.push(at);
                    continue;
                }
            }
        };
        let mut fields = entry.fields.intersection(&difference.modified);
        fields.absorb(entry.fields.intersection(&difference.added));
        if !fields.is_empty() {
            if told {
                conflicts.push(Conflict {
                    entry: entry.clone(),
                    fields: fields.clone(),
                });
            }
            entry.fields.subtract(&fields);
        }
        entry.fields.subtract(&difference.removed);
    }
    for at in gone.into_iter().rev() {
        entries.remove(at);
    }
    Ok(conflicts)
}

/// What a write by other means than apply does to ownership. `me` has no
/// fields yet.
pub fn update(
    entries: &mut Vec<Entry>,
    mut me: Entry,
    old: &Value,
    new: &Value,
    disowned: Option<&[&str]>,
    versions: &dyn Versions,
) -> Result<(), Unapplied> {
    let version = me.api_version.clone();
    let Some(node) = versions.node(&version) else {
        return Ok(());
    };
    for entry in entries.iter_mut() {
        if let Some(node) = versions.node(&entry.api_version) {
            typed::reconcile(&mut entry.fields, node);
        }
    }
    let mut difference = compare(old, new, node, Form::Go);
    exclude(&mut difference, versions.ignored(&version));
    take(
        entries,
        |_| false,
        old,
        new,
        &version,
        &difference,
        Form::Go,
        versions,
        false,
    )?;
    me.fields = difference.modified;
    me.fields.absorb(difference.added);
    strip(&mut me.fields);
    if let Some(path) = disowned {
        me.fields.cut(path);
        for entry in entries
            .iter_mut()
            .filter(|e| e.manager == me.manager && e.subresource == me.subresource)
        {
            entry.fields.cut(path);
        }
    }
    if !me.fields.is_empty() {
        match entries.iter_mut().find(|entry| entry.same_manager(&me)) {
            Some(entry) => {
                entry.fields.union(&me.fields);
                entry.time = me.time;
            }
            None => entries.push(me),
        }
    }
    entries.retain(|entry| !entry.fields.is_empty());
    Ok(())
}

/// What an apply makes of an object. `Ok(None)`: nothing changes in it.
/// The time of `me` is set when something does.
///
/// # Errors
/// Others own what would be changed, and `force` is not set; or the object does not fit
/// the version of a manager.
pub fn apply(
    entries: &mut Vec<Entry>,
    me: &Entry,
    live: &Value,
    config: &Value,
    force: bool,
    versions: &dyn Versions,
) -> Result<Option<Value>, Unapplied> {
    let version = me.api_version.as_str();
    let Some(node) = versions.node(version) else {
        return Ok(None);
    };
    let mut seen = vec![version.to_owned()];
    for entry in entries.iter_mut() {
        // Nothing else is ever unfit.
        if matches!(node, Node::CustomObject(_)) && !seen.contains(&entry.api_version) {
            if let Err(why) = in_version(live, version, &entry.api_version, versions)
                && let Some(unapplied) = why.told("")
            {
                return Err(unapplied);
            }
            seen.push(entry.api_version.clone());
        }
        if let Some(node) = versions.node(&entry.api_version) {
            typed::reconcile(&mut entry.fields, node);
        }
    }
    let merged = merge::merge(Some(live), Some(config), node).unwrap_or_default();
    let mut fields = typed::field_set(config, node);
    for path in versions.ignored(version) {
        fields.cut(path);
    }
    let at = entries.iter().position(|entry| entry.same_manager(me));
    let last = at.map(|at| entries[at].clone());
    let mine = Entry {
        fields,
        time: last.as_ref().and_then(|last| last.time.clone()),
        ..me.clone()
    };
    match at {
        Some(at) => entries[at] = mine,
        None => entries.push(mine),
    }
    let new = match last {
        // Who applies what it applied before gives nothing up.
        Some(last) if gives_up_nothing(entries, me, &last, node) => merged,
        Some(last) if !last.fields.is_empty() => prune(merged, entries, &last, version, versions)
            .map_err(|why| match why {
            Unapplied::Unfit(text) => Unapplied::Unfit(format!("failed to prune fields: {text}")),
            conflicts => conflicts,
        })?,
        _ => merged,
    };
    let mut difference = compare(live, &new, node, Form::Plain);
    exclude(&mut difference, versions.ignored(version));
    let mut conflicts = take(
        entries,
        |entry| entry.same_manager(me),
        live,
        &new,
        version,
        &difference,
        Form::Plain,
        versions,
        !force,
    )?;
    if !force && !conflicts.is_empty() {
        conflicts.sort_by_key(|conflict| conflict.entry.identity());
        return Err(Unapplied::Conflicts(conflicts));
    }
    let unchanged = same(live, &new);
    for entry in entries.iter_mut().filter(|entry| entry.same_manager(me)) {
        strip(&mut entry.fields);
        if !unchanged {
            entry.time.clone_from(&me.time);
        }
    }
    entries.retain(|entry| !entry.fields.is_empty());
    Ok((!unchanged).then_some(new))
}

/// Whether what a manager owns by now is all that it owned the last time. Custom resources
/// are looked at in the versions of all their managers even so.
fn gives_up_nothing(entries: &[Entry], me: &Entry, last: &Entry, node: Node<'_>) -> bool {
    let alike = |entry: &Entry| entry.api_version == me.api_version;
    last.api_version == me.api_version
        && (!matches!(node, Node::CustomObject(_)) || entries.iter().all(alike))
        && entries
            .iter()
            .any(|entry| entry.same_manager(me) && entry.fields.covers(&last.fields))
}

/// Takes out what this manager applied the last time, does not apply now, and
/// nobody else owns.
fn prune(
    merged: Value,
    entries: &[Entry],
    last: &Entry,
    version: &str,
    versions: &dyn Versions,
) -> Result<Value, Unapplied> {
    let there = last.api_version.as_str();
    let Some(node) = versions.node(there) else {
        return Ok(merged);
    };
    let at_last = match in_version(&merged, version, there, versions) {
        Ok(tree) => tree.into_owned(),
        Err(why) => {
            let told = why.told("failed to convert merged object to last applied version: ");
            return told.map_or(Ok(merged), Err);
        }
    };
    let last_named = last.fields.with_named(node);
    let mut pruned = merge::remove(&at_last, &last_named, node);
    // Back comes what others own, in the versions in which they own it; the
    // version of the last apply first.
    let mut order: Vec<&str> = vec![there];
    for entry in entries {
        if !order.contains(&entry.api_version.as_str()) {
            order.push(&entry.api_version);
        }
    }
    let mut current: &str = there;
    let mut whole = at_last.clone();
    for to in order {
        let mut owned = FieldSet::default();
        for entry in entries.iter().filter(|entry| entry.api_version == to) {
            owned.union(&entry.fields);
        }
        if owned.is_empty() {
            continue;
        }
        let converted = |tree, words| {
            in_version(tree, current, to, versions).map_err(|why| {
                why.told(&format!(
                    "failed add back owned items: failed to convert {words} object at version {to}: "
                ))
            })
        };
        let both = converted(&whole, "merged")
            .and_then(|whole| converted(&pruned, "pruned").map(|pruned| (whole, pruned)));
        let (whole_there, pruned_there) = match both {
            Ok((whole, pruned)) => (whole.into_owned(), pruned.into_owned()),
            Err(Some(unapplied)) => return Err(unapplied),
            Err(None) => continue,
        };
        let Some(node) = versions.node(to) else {
            continue;
        };
        let mut lost = typed::field_set(&whole_there, node).with_named(node);
        let mut kept = typed::field_set(&pruned_there, node).with_named(node);
        kept.union(&owned.with_named(node));
        lost.subtract(&kept);
        pruned = merge::remove(&whole_there, &lost, node);
        whole = whole_there;
        current = to;
    }
    // And what was never this manager's.
    let pruned = match in_version(&pruned, current, there, versions) {
        Ok(pruned) => pruned,
        Err(why) => {
            let doing = "failed add back dangling items: failed to convert pruned object to last applied version: ";
            return why.told(doing).map_or(Ok(merged), Err);
        }
    };
    let kept = typed::field_set(&pruned, node).with_named(node);
    let mut lost = typed::field_set(&at_last, node).with_named(node);
    lost.subtract(&kept);
    let lost = lost.intersection(&last_named);
    let result = merge::remove(&at_last, &lost, node);
    match in_version(&result, there, version, versions) {
        Ok(result) => Ok(result.into_owned()),
        Err(why) => why.told("").map_or(Ok(merged), Err),
    }
}
