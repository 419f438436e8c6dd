//! Every state that a cluster had: objects as they were at a revision, and what
//! changed between two.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use skeg_meta::{Object, SharedObject};
use skeg_schema::Value;
use skeg_store::{Embedded, EventKind, KeyRange, KeyValue, RangeOptions, Store, WatchOptions};

use crate::cluster::Cluster;
use crate::error::Error;

const ROOT: &str = "/registry/";
/// How much of a value is shown in a change.
const SHOWN_LEN_MAX: usize = 60;
/// Fields of which nobody wants to read.
const SILENT: [&str; 4] = [
    "metadata.managedFields",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.uid",
];

/// A stored value as an object.
fn object_of(kv: &KeyValue) -> Option<SharedObject> {
    skeg_apiserver::read_stored(&kv.value, kv.mod_revision)
}

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The object came into being.
    Created,
    /// It was changed.
    Updated,
    /// It went away.
    Deleted,
}

/// One change of one object.
#[derive(Clone)]
pub struct Change {
    /// The revision that it made.
    pub revision: u64,
    /// What it did.
    pub kind: ChangeKind,
    /// The object before.
    pub before: Option<SharedObject>,
    /// The object after.
    pub after: Option<SharedObject>,
}

impl Change {
    /// The object, as it is or was.
    #[must_use]
    pub fn object(&self) -> Option<&SharedObject> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The fields that differ, with their values before and after.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldChange> {
        let tree = |object: &Option<SharedObject>| {
            object
                .as_ref()
                .map_or(Value::Null, |object| (*object.value()).clone())
        };
        fields(&tree(&self.before), &tree(&self.after))
    }

    /// `Deployment default/web`.
    #[must_use]
    pub fn subject(&self) -> String {
        self.object().map(subject).unwrap_or_default()
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.revision, self.kind, self.subject())
    }
}

/// `Deployment default/web`.
pub(crate) fn subject(object: &SharedObject) -> String {
    let kind = &object.gvk().kind;
    if object.namespace().is_empty() {
        format!("{kind} {}", object.name())
    } else {
        format!("{kind} {}/{}", object.namespace(), object.name())
    }
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// `status.replicas`, `spec.containers[0].image`.
    pub path: String,
    /// The value before; null if there was none.
    pub before: Value,
    /// The value after; null if there is none.
    pub after: Value,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Value| {
            let text = value.to_string();
            match text.char_indices().nth(SHOWN_LEN_MAX) {
                Some((at, _)) => format!("{}…", &text[..at]),
                None => text,
            }
        };
        match (&self.before, &self.after) {
            (Value::Null, after) => write!(f, "+{} {}", self.path, shown(after)),
            (before, Value::Null) => write!(f, "-{} {}", self.path, shown(before)),
            (before, after) => {
                write!(f, "{} {} → {}", self.path, shown(before), shown(after))
            }
        }
    }
}

/// The fields in which two trees differ, without those of which nobody wants to
/// read.
pub(crate) fn fields(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    differ(String::new(), before, after, &mut found);
    found.retain(|change| !SILENT.iter().any(|path| change.path.starts_with(path)));
    found
}

fn differ(path: String, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    if SILENT.contains(&path.as_str()) {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut keys: Vec<&str> = old.keys().map(|key| &**key).collect();
            for key in new.keys() {
                if !old.contains_key(key) {
                    keys.push(key);
                }
            }
            for key in keys {
                let path = if path.is_empty() {
                    key.to_owned()
                } else {
                    format!("{path}.{key}")
                };
                differ(path, &before[key], &after[key], found);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let told = found.len();
            for (label, one, other) in paired(old, new) {
                differ(format!("{path}[{label}]"), one, other, found);
            }
            // The order alone.
            if found.len() == told {
                found.push(FieldChange {
                    path,
                    before: before.clone(),
                    after: after.clone(),
                });
            }
        }
        _ => found.push(FieldChange {
            path,
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

/// The elements of two lists that belong together: by their type or name where all have one of
/// their own, else by their place.
fn paired<'a>(old: &'a [Value], new: &'a [Value]) -> Vec<(String, &'a Value, &'a Value)> {
    let labels = |list: &'a [Value]| {
        let label = |value: &'a Value| value["type"].as_str().or_else(|| value["name"].as_str());
        let labels: Option<Vec<&str>> = list.iter().map(label).collect();
        labels.filter(|all| all.iter().collect::<BTreeSet<_>>().len() == all.len())
    };
    let null = &Value::Null;
    let (Some(before), Some(after)) = (labels(old), labels(new)) else {
        let places = 0..old.len().max(new.len());
        let at = |list: &'a [Value], place: usize| list.get(place).unwrap_or(null);
        return places
            .map(|place| (place.to_string(), at(old, place), at(new, place)))
            .collect();
    };
    let find = |labels: &[&str], list: &'a [Value], label: &str| {
        let place = labels.iter().position(|one| *one == label);
        place.map_or(null, |place| &list[place])
    };
    let added = after.iter().filter(|label| !before.contains(label));
    let all = before.iter().chain(added);
    all.map(|label| {
        let (one, other) = (find(&before, old, label), find(&after, new, label));
        ((*label).to_owned(), one, other)
    })
    .collect()
}

/// A cluster as it was at a revision.
pub struct At {
    store: Arc<Embedded>,
    revision: u64,
}

impl At {
    /// The revision.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// All objects of the cluster.
    ///
    /// # Errors
    /// There was or is no such revision.
    pub async fn objects(&self) -> Result<Vec<SharedObject>, Error> {
        if self.revision == 0 {
            // The store takes 0 for the newest.
            return Ok(Vec::new());
        }
        let newest = self.store.current_revision().await?;
        if self.revision > newest {
            return Err(Error::Option(format!(
                "the cluster is at revision {newest}; {} is to come",
                self.revision
            )));
        }
        let options = RangeOptions {
            limit: 0,
            revision: self.revision,
        };
        let found = self.store.range(&KeyRange::prefix(ROOT), options).await?;
        Ok(found.kvs.iter().filter_map(|kv| object_of(kv)).collect())
    }

    /// The objects of a kind, in all namespaces.
    ///
    /// # Errors
    /// There was or is no such revision.
    pub async fn list<K: Object>(&self) -> Result<Vec<Arc<K>>, Error> {
        let wanted = K::GVK;
        let all = self.objects().await?;
        Ok(all
            .into_iter()
            .filter(|object| object.gvk().group == wanted.group && object.gvk().kind == wanted.kind)
            .filter_map(|object| object.typed::<K>().ok())
            .collect())
    }

    /// One object of a kind; `name` with its namespace before a slash where it
    /// is not in `default`.
    ///
    /// # Errors
    /// There was or is no such revision.
    pub async fn get<K: Object>(&self, name: &str) -> Result<Option<Arc<K>>, Error> {
        let (namespace, name) = crate::expect::split::<K>(name);
        let all = self.list::<K>().await?;
        Ok(all
            .into_iter()
            .find(|object| object.meta().name == name && object.meta().namespace == namespace))
    }

    /// Writes all objects to a folder: a YAML file each, as they were stored.
    /// [`Cluster::load`] takes the folder.
    ///
    /// # Errors
    /// There was or is no such revision, or a file cannot be written.
    pub async fn dump(&self, dir: impl AsRef<Path>) -> Result<usize, Error> {
        let all = self.objects().await?;
        for object in &all {
            let namespace = match object.namespace() {
                "" => "_cluster",
                namespace => namespace,
            };
            let path = dir.as_ref().join(namespace).join(format!(
                "{}.{}.yaml",
                object.gvk().kind.to_lowercase(),
                object.name().replace([':', '/'], "_")
            ));
            let failed = |source| Error::File {
                action: "write",
                path: path.clone(),
                source,
            };
            if let Some(dir) = path.parent() {
                std::fs::create_dir_all(dir).map_err(failed)?;
            }
            std::fs::write(&path, skeg_schema::encode_yaml(&object.value())).map_err(failed)?;
        }
        Ok(all.len())
    }
}

impl Cluster {
    /// The cluster as it was at a revision: that of any object that was seen,
    /// or of a line of a timeline. At 0 nothing was there.
    #[must_use]
    pub fn at(&self, revision: u64) -> At {
        At {
            store: self.inner.store.clone(),
            revision,
        }
    }

    /// Every change after a revision, in order. 0 is the cluster's beginning;
    /// [`Cluster::begun`] is where the test's begins.
    ///
    /// # Errors
    /// The history does not reach back so far.
    pub async fn changes(&self, after: u64) -> Result<Vec<Change>, Error> {
        let store = &self.inner.store;
        let until = store.current_revision().await?;
        let mut found = Vec::new();
        if after >= until {
            return Ok(found);
        }
        let options = WatchOptions { from: after + 1 };
        let mut changes = store.watch(KeyRange::prefix(ROOT), options).await?;
        changes.request_progress();
        let mut reached = after;
        while reached < until
            && let Some(batch) = changes.next().await
        {
            let batch = batch?;
            reached = batch.revision;
            for event in &batch.events {
                let before = event.prev.as_ref().and_then(|kv| object_of(kv));
                let (kind, after) = match event.kind {
                    EventKind::Delete => (ChangeKind::Deleted, None),
                    EventKind::Put if event.is_create() => {
                        (ChangeKind::Created, object_of(&event.kv))
                    }
                    EventKind::Put => (ChangeKind::Updated, object_of(&event.kv)),
                };
                if before.is_none() && after.is_none() {
                    // Allocators and other things that are no objects.
                    continue;
                }
                found.push(Change {
                    revision: event.revision(),
                    kind,
                    before,
                    after,
                });
            }
        }
        Ok(found)
    }

    /// What is different between two revisions, by object: several changes of
    /// one are one.
    ///
    /// # Errors
    /// The history does not reach back so far.
    pub async fn diff(&self, from: u64, to: u64) -> Result<Vec<Change>, Error> {
        let index = |objects: Vec<SharedObject>| -> BTreeMap<String, SharedObject> {
            objects
                .into_iter()
                .map(|object| {
                    (
                        format!("{} {}", object.gvk().group, subject(&object)),
                        object,
                    )
                })
                .collect()
        };
        let mut old = index(self.at(from).objects().await?);
        let new = index(self.at(to).objects().await?);
        let mut found = Vec::new();
        for (key, after) in new {
            let before = old.remove(&key);
            if before
                .as_ref()
                .is_some_and(|before| before.revision() == after.revision())
            {
                continue;
            }
            found.push(Change {
                revision: after.revision(),
                kind: if before.is_some() {
                    ChangeKind::Updated
                } else {
                    ChangeKind::Created
                },
                before,
                after: Some(after),
            });
        }
        found.extend(old.into_values().map(|before| Change {
            revision: to,
            kind: ChangeKind::Deleted,
            before: Some(before),
            after: None,
        }));
        Ok(found)
    }

    /// The revision at which the cluster was handed to the test.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.inner.begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn differences_are_told_by_field() {
        let old = json!({"metadata": {"name": "a", "resourceVersion": "1"}, "spec": {"replicas": 1, "gone": true},
            "status": {"conditions": [{"type": "Ready", "status": "False"}]}});
        let new = json!({"metadata": {"name": "a", "resourceVersion": "2"}, "spec": {"replicas": 3},
            "status": {"conditions": [{"type": "Ready", "status": "True"}], "replicas": 3}});
        let told: Vec<String> = fields(&old, &new).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "spec.replicas 1 → 3",
                "-spec.gone true",
                "status.conditions[Ready].status \"False\" → \"True\"",
                "+status.replicas 3",
            ]
        );
    }

    #[test]
    fn elements_are_paired_by_their_names() {
        let told = |old: Value, new: Value| -> Vec<String> {
            fields(&old, &new).iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            told(
                json!({"c": [{"name": "z", "image": "i"}]}),
                json!({"c": [{"name": "a"}, {"name": "z", "image": "j"}]}),
            ),
            ["c[z].image \"i\" → \"j\"", "+c[a] {\"name\":\"a\"}"]
        );
        assert_eq!(
            told(
                json!({"c": [{"type": "a"}, {"type": "b"}]}),
                json!({"c": [{"type": "b"}]}),
            ),
            ["-c[a] {\"type\":\"a\"}"]
        );
        assert_eq!(
            told(
                json!({"c": [{"name": "a"}, {"name": "b"}]}),
                json!({"c": [{"name": "b"}, {"name": "a"}]})
            ),
            ["c [{\"name\":\"a\"},{\"name\":\"b\"}] → [{\"name\":\"b\"},{\"name\":\"a\"}]"]
        );
        assert_eq!(
            told(json!({"c": [1, 2]}), json!({"c": [1, 3]})),
            ["c[1] 2 → 3"]
        );
    }
}
