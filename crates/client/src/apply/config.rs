//! Apply configurations.

use std::fmt;
use std::marker::PhantomData;

use skeg_meta::{Object, OwnerReference};
use skeg_schema::{DecodeOptions, Value};

use super::extract;
use super::said::Said;
use crate::patch::Patch;

/// What a manager wants to own of an object: any part of it, every field
/// optional. See the [module](mod@crate::apply) for how one is written.
pub struct Apply<K> {
    tree: Value,
    error: Option<ApplyError>,
    kind: PhantomData<fn() -> K>,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// A value does not fit its field.
    #[error("{0}")]
    Value(String),
    /// A field does not exist.
    #[error("{kind} has no field {field}")]
    UnknownField {
        /// The kind.
        kind: String,
        /// The field, from the object on.
        field: String,
    },
    /// The configuration is of another kind.
    #[error("the configuration is of {found}, not of {wanted}")]
    OtherKind {
        /// What it is of.
        found: String,
        /// What it should be of.
        wanted: String,
    },
    /// It has no name.
    #[error("an apply names its object: set metadata.name; the server makes no names for it")]
    NoName,
    /// It holds what only the server writes.
    #[error("metadata.managedFields must not be applied; start from Apply::of or Apply::extract")]
    ManagedFields,
    /// A path cannot be followed.
    #[error("{path}: {why}")]
    Path {
        /// The path.
        path: String,
        /// Why not.
        why: String,
    },
}

impl<K> Clone for Apply<K> {
    fn clone(&self) -> Self {
        Self {
            tree: self.tree.clone(),
            error: self.error.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Apply<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Apply {}", self.tree)
    }
}

impl<K> PartialEq for Apply<K> {
    fn eq(&self, other: &Self) -> bool {
        self.tree == other.tree && self.error == other.error
    }
}

/// How serde words that a field which must be there is not.
const MISSING: &str = "missing field `";

/// What stands in an object's metadata by the server's hand.
const SERVERS: [&str; 9] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
    "generateName",
];

impl<K: Object> Apply<K> {
    fn from_parts(tree: Value, error: Option<ApplyError>) -> Self {
        Self {
            tree,
            error,
            kind: PhantomData,
        }
    }

    /// Of an object of this name; nothing of it is owned yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let mut tree = Value::object();
        tree.set_at(&["apiVersion"], K::GVK.api_version());
        tree.set_at(&["kind"], &*K::GVK.kind);
        tree.set_at(&["metadata", "name"], name.into());
        Self::from_parts(tree, None)
    }

    pub(super) fn from_said(object: &K, said: Said, name: String) -> Self {
        let mut config = Self::new(name);
        if let Some(error) = said.error {
            config.error = Some(ApplyError::Value(error));
            return config;
        }
        let Value::Object(members) = said.part(&object.to_tree(), K::type_id()) else {
            return config;
        };
        for (key, value) in members {
            match (key.as_ref(), value) {
                ("metadata", Value::Object(metadata)) => {
                    for (key, value) in metadata.into_iter().filter(|(key, _)| key != "name") {
                        let into = config.tree.at_mut(&["metadata"]);
                        if let Some(into) = into.and_then(Value::as_object_mut) {
                            into.insert(key, value);
                        }
                    }
                }
                (_, value) => {
                    if let Some(into) = config.tree.as_object_mut() {
                        into.insert(key, value);
                    }
                }
            }
        }
        config
    }

    /// Of everything that a struct holds but its status and what the server
    /// writes into its metadata. Fields of built-in kinds that hold their type's
    /// zero and are no `Option` cannot be told from unset ones and are left out:
    /// [`Apply::set`] says them.
    #[must_use]
    pub fn of(object: &K) -> Self {
        let mut tree = object.to_tree();
        if let Some(members) = tree.as_object_mut() {
            members.remove("status");
        }
        Self::stripped(tree)
    }

    /// Of a struct's status alone, for [`Api::apply_status`](crate::Api::apply_status).
    #[must_use]
    pub fn of_status(object: &K) -> Self {
        let mut config = Self::new(object.meta().name.clone());
        let mut tree = object.to_tree();
        if let Some(status) = tree.get_mut("status").map(Value::take) {
            config.tree.set_at(&["status"], status);
        }
        config
    }

    fn stripped(mut tree: Value) -> Self {
        if let Some(metadata) = tree.at_mut(&["metadata"]).and_then(Value::as_object_mut) {
            metadata.retain(|key, _| !SERVERS.contains(&key));
        }
        tree.set_at(&["apiVersion"], K::GVK.api_version());
        tree.set_at(&["kind"], &*K::GVK.kind);
        Self::from_parts(tree, None)
    }

    /// Of a tree, as it stands in a file.
    ///
    /// # Errors
    /// The tree is of another kind, or holds fields or values that the kind
    /// does not have.
    pub fn from_tree(tree: Value) -> Result<Self, ApplyError> {
        let text = |key: &str| tree[key].as_str().unwrap_or_default().to_owned();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        if kind != K::GVK.kind || api_version != K::GVK.api_version() {
            return Err(ApplyError::OtherKind {
                found: format!("{api_version} {kind}"),
                wanted: format!("{} {}", K::GVK.api_version(), K::GVK.kind),
            });
        }
        let config = Self::from_parts(tree, None);
        config.check()?;
        Ok(config)
    }

    /// The part of an object that a manager owns by apply: what it applied
    /// last, to be changed and applied again. Where the manager owns nothing,
    /// the configuration only names the object.
    #[must_use]
    pub fn extract(object: &K, manager: &str) -> Self {
        Self::extract_from(object, manager, "")
    }

    /// The part of an object that a manager owns by apply through a subresource
    /// (`status`).
    #[must_use]
    pub fn extract_from(object: &K, manager: &str, subresource: &str) -> Self {
        let meta = object.meta();
        let mut config = Self::new(meta.name.clone());
        if !meta.namespace.is_empty() {
            config = config.namespace(meta.namespace.clone());
        }
        let owned = meta.managed_fields.iter().find(|entry| {
            entry.manager == manager
                && entry.operation == "Apply"
                && entry.subresource == subresource
        });
        if let Some(fields) = owned.and_then(|entry| entry.fields_v1.as_ref()) {
            let part = extract::part(&object.to_tree(), &fields.value(), K::type_id());
            merge(&mut config.tree, part);
        }
        config
    }

    /// In this namespace. [`Api`](crate::Api) of one namespace needs none.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.tree
            .set_at(&["metadata", "namespace"], namespace.into());
        self
    }

    fn entry(mut self, map: &'static str, key: String, value: Value) -> Self {
        if self.tree.at(&["metadata", map]).is_none() {
            self.tree.set_at(&["metadata", map], Value::object());
        }
        if let Some(map) = self.tree.at_mut(&["metadata", map])
            && let Some(map) = map.as_object_mut()
        {
            map.insert(key, value);
        }
        self
    }

    /// With a label.
    #[must_use]
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.entry("labels", key.into(), Value::String(value.into()))
    }

    /// With an annotation.
    #[must_use]
    pub fn annotation(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.entry("annotations", key.into(), Value::String(value.into()))
    }

    fn push(mut self, list: &'static str, item: Value) -> Self {
        if self.tree.at(&["metadata", list]).is_none() {
            self.tree
                .set_at(&["metadata", list], Value::Array(Vec::new()));
        }
        if let Some(list) = self.tree.at_mut(&["metadata", list])
            && let Some(list) = list.as_array_mut()
        {
            list.push(item);
        }
        self
    }

    /// With an owner.
    #[must_use]
    pub fn owner(self, owner: &OwnerReference) -> Self {
        self.push("ownerReferences", skeg_schema::FieldValue::to_value(owner))
    }

    /// With a finalizer.
    #[must_use]
    pub fn finalizer(self, finalizer: impl Into<String>) -> Self {
        self.push("finalizers", Value::String(finalizer.into()))
    }

    /// Sets one field, by its path in JSON's names; elements of lists are named
    /// by a key: `spec.template.spec.containers[name=web].image`. What is
    /// missing on the way is made.
    ///
    /// # Errors
    /// The kind has no such field, or the value is not of its type.
    pub fn set(mut self, path: &str, value: impl Into<Value>) -> Result<Self, ApplyError> {
        *place(&mut self.tree, path)? = value.into();
        self.check()?;
        Ok(self)
    }

    /// Gives up one field, by its path as in [`Apply::set`]. When this is
    /// applied the field goes, unless another owns it too.
    #[must_use]
    pub fn unset(mut self, path: &str) -> Self {
        if let Some((parent, last)) = split_last(path)
            && let Some(parent) = find(&mut self.tree, &parent)
        {
            match (parent, last) {
                (Value::Object(members), Segment::Member(key)) => {
                    members.remove(&key);
                }
                (Value::Array(items), Segment::Element(key, value)) => {
                    items.retain(|item| !is_element(item, &key, &value));
                }
                _ => {}
            }
        }
        self
    }

    /// Changes the configuration as if it were the object: what the function
    /// sets is owned, what it empties is given up.
    ///
    /// # Errors
    /// The configuration does not fit the kind's struct, which holds all fields
    /// that must be there: [`Apply::set`] sets one without them.
    ///
    /// ```
    /// use skeg_api::core::v1::ConfigMap;
    /// use skeg_client::Apply;
    ///
    /// let config = Apply::<ConfigMap>::new("settings").edit(|map| {
    ///     map.data.insert("colour".to_owned(), "green".to_owned());
    /// })?;
    /// assert_eq!(config.into_tree()?["data"]["colour"], "green");
    /// # Ok::<(), skeg_client::apply::ApplyError>(())
    /// ```
    pub fn edit(mut self, change: impl FnOnce(&mut K)) -> Result<Self, ApplyError> {
        let mut object = self.object()?;
        let before = object.to_tree();
        change(&mut object);
        let change = crate::diff::json(&before, &object.to_tree());
        let difference = crate::diff::merge(&before, &object.to_tree());
        if !change.is_empty() {
            skeg_schema::patch::merge::apply(&mut self.tree, &difference);
        }
        Ok(self)
    }

    /// The configuration as a struct, with defaults where it says nothing.
    ///
    /// # Errors
    /// It does not fit the kind's struct.
    pub fn object(&self) -> Result<K, ApplyError> {
        K::from_tree(self.tree.clone()).map_err(|error| {
            let mut text = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                text = format!("{text}: {source}");
            }
            ApplyError::Value(text)
        })
    }

    /// The object's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.tree
            .at(&["metadata", "name"])
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The configuration as it is now, right or wrong.
    #[must_use]
    pub fn tree(&self) -> &Value {
        &self.tree
    }

    /// Whether the kind has all the fields and the values are of their types.
    /// A configuration owns a part: fields of a custom kind that must be there
    /// may be missing, as others may own them. What stands behind the first such
    /// field is left to the server.
    ///
    /// # Errors
    /// They are not.
    pub fn check(&self) -> Result<(), ApplyError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        if self.name().is_empty() {
            return Err(ApplyError::NoName);
        }
        if self.tree.at(&["metadata", "managedFields"]).is_some() {
            return Err(ApplyError::ManagedFields);
        }
        let Some(ty) = K::type_id() else {
            return match self.object() {
                Err(ApplyError::Value(text)) if text.contains(MISSING) => Ok(()),
                other => other.map(drop),
            };
        };
        let mut bytes = Vec::with_capacity(512);
        skeg_schema::encode_json_any(&self.tree, &mut bytes);
        let decoded = skeg_schema::decode_json(&bytes, ty, &DecodeOptions::strict())
            .map_err(|error| ApplyError::Value(error.to_string()))?;
        match decoded.unknown.into_iter().next() {
            Some(field) => Err(ApplyError::UnknownField {
                kind: K::GVK.kind.into_owned(),
                field,
            }),
            None => Ok(()),
        }
    }

    /// The configuration as a tree.
    ///
    /// # Errors
    /// As [`Apply::check`].
    pub fn into_tree(self) -> Result<Value, ApplyError> {
        self.check()?;
        Ok(self.tree)
    }

    /// The patch that applies it.
    ///
    /// # Errors
    /// As [`Apply::check`].
    pub fn patch(&self) -> Result<Patch, ApplyError> {
        self.check()?;
        Ok(Patch::Apply(self.tree.clone()))
    }
}

/// Puts one tree into another.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(there) => merge(there, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (into, from) => *into = from,
    }
}

/// One step of a path.
enum Segment {
    Member(String),
    Element(String, String),
}

fn segments(path: &str) -> Result<Vec<Segment>, ApplyError> {
    let wrong = |why: &str| ApplyError::Path {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(element) = rest.strip_prefix('[') {
            let (element, after) = element
                .split_once(']')
                .ok_or_else(|| wrong("a bracket is not closed"))?;
            let (key, value) = element
                .split_once('=')
                .ok_or_else(|| wrong("elements are named by key: [name=web]"))?;
            segments.push(Segment::Element(key.to_owned(), value.to_owned()));
            rest = after.strip_prefix('.').unwrap_or(after);
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end == 0 {
            return Err(wrong("a name is empty"));
        }
        segments.push(Segment::Member(rest[..end].to_owned()));
        rest = &rest[end..];
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    if segments.is_empty() {
        return Err(wrong("it is empty"));
    }
    Ok(segments)
}

fn split_last(path: &str) -> Option<(Vec<Segment>, Segment)> {
    let mut segments = segments(path).ok()?;
    let last = segments.pop()?;
    Some((segments, last))
}

fn is_element(item: &Value, key: &str, value: &str) -> bool {
    match item.get(key) {
        Some(Value::String(text)) => text == value,
        Some(other) => {
            let text = other.to_string();
            text == value
        }
        None => false,
    }
}

fn find<'v>(tree: &'v mut Value, way: &[Segment]) -> Option<&'v mut Value> {
    let mut here = tree;
    for segment in way {
        here = match segment {
            Segment::Member(key) => here.get_mut(key)?,
            Segment::Element(key, value) => here
                .as_array_mut()?
                .iter_mut()
                .find(|item| is_element(item, key, value))?,
        };
    }
    Some(here)
}

/// The place at a path, made where it is not there.
fn place<'v>(tree: &'v mut Value, path: &str) -> Result<&'v mut Value, ApplyError> {
    let wrong = |why: String| ApplyError::Path {
        path: path.to_owned(),
        why,
    };
    let mut here = tree;
    for segment in segments(path)? {
        match segment {
            Segment::Member(key) => {
                if here.is_null() {
                    *here = Value::object();
                }
                let members = here
                    .as_object_mut()
                    .ok_or_else(|| wrong(format!("{key} is looked for in what is no object")))?;
                here = members.entry_or_insert_with(key, || Value::Null);
            }
            Segment::Element(key, value) => {
                if here.is_null() {
                    *here = Value::Array(Vec::new());
                }
                let items = here.as_array_mut().ok_or_else(|| {
                    wrong(format!("[{key}={value}] is looked for in what is no list"))
                })?;
                let at = match items.iter().position(|item| is_element(item, &key, &value)) {
                    Some(at) => at,
                    None => {
                        let number = value.parse::<i64>().ok().filter(|_| key.ends_with("ort"));
                        let mut item = Value::object();
                        if let Some(members) = item.as_object_mut() {
                            members.insert(key, number.map_or(Value::String(value), Value::Int));
                        }
                        items.push(item);
                        items.len() - 1
                    }
                };
                here = &mut items[at];
            }
        }
    }
    Ok(here)
}
