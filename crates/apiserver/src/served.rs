//! The resources that this server serves, and where each is found.

use bytes::Bytes;
use foldhash::fast::RandomState;
use skeg_meta::{GroupVersionKind, SharedObject};
use skeg_registry::custom::Family;
use skeg_registry::resource::{Backing, Resource};
use skeg_schema::Value;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::cache::Cacher;
use crate::discovery::Discovery;
use crate::stored::{self, Form};

/// One served resource of one version.
pub struct Served {
    /// Its row in the resource table.
    pub resource: Resource,
    /// Its place in the table; tells versions of one resource apart.
    pub index: usize,
    /// The cache of its stored objects, shared by all its versions; `None` for
    /// what is not stored.
    pub cacher: Option<Arc<Cacher>>,
    /// How its objects are stored, if they are no custom resources.
    pub form: Form,
}

impl Served {
    /// The key below which its objects are, with the last slash.
    pub fn prefix(&self) -> String {
        self.key(&["/"])
    }

    /// The key below which the objects of a namespace are.
    pub fn prefix_of(&self, namespace: &str) -> String {
        if namespace.is_empty() || !self.resource.desc.namespaced {
            self.prefix()
        } else {
            self.key(&["/", namespace, "/"])
        }
    }

    /// The key of an object.
    pub fn key_of(&self, namespace: &str, name: &str) -> String {
        if self.resource.desc.namespaced {
            self.key(&["/", namespace, "/", name])
        } else {
            self.key(&["/", name])
        }
    }

    fn key(&self, parts: &[&str]) -> String {
        let prefix = self.resource.storage_prefix;
        let len = prefix.len() + parts.iter().map(|part| part.len()).sum::<usize>();
        let mut key = String::with_capacity(len);
        key.push_str(prefix);
        for part in parts {
            key.push_str(part);
        }
        key
    }

    /// Whether the served version is the stored one.
    pub(crate) fn served_as_stored(&self) -> bool {
        match &self.resource.custom {
            Some(kind) => kind.family.storage_api_version == self.resource.desc.api_version(),
            None => {
                self.resource.conversion.is_none()
                    && self.resource.storage_type == self.resource.desc.ty
            }
        }
    }

    /// An object made from a tree of this version.
    pub fn object(&self, tree: Value, revision: u64) -> SharedObject {
        if self.resource.custom.is_none() {
            return SharedObject::from_value(tree, self.resource.desc.ty, revision);
        }
        let mut tree = tree;
        set_revision(&mut tree, revision);
        SharedObject::from_custom(tree)
    }

    /// A stored object as this version shows it.
    pub fn view(&self, object: &SharedObject) -> SharedObject {
        if let Some(kind) = &self.resource.custom {
            let (given, wanted) = (object.gvk(), self.resource.desc);
            if given.version == wanted.version && given.group == wanted.group {
                return object.clone();
            }
            let mut tree = (*object.value()).clone();
            kind.shown(&mut tree);
            return SharedObject::from_custom(tree);
        }
        if self.served_as_stored() {
            return object.clone();
        }
        let mut tree = (*object.value()).clone();
        self.convert_from_storage(&mut tree);
        SharedObject::from_value(tree, self.resource.desc.ty, object.revision())
    }

    /// The same for many.
    pub fn views(&self, objects: Vec<SharedObject>) -> Vec<SharedObject> {
        if self.served_as_stored() && self.resource.custom.is_none() {
            return objects;
        }
        objects.iter().map(|object| self.view(object)).collect()
    }

    /// Sets kind and apiVersion of this version, and converts.
    pub fn convert_from_storage(&self, tree: &mut Value) {
        if let Some(kind) = &self.resource.custom {
            kind.shown(tree);
            return;
        }
        if let Some(conversion) = self.resource.conversion {
            (conversion.from_storage)(tree);
        }
        tree.set_at(&["kind"], self.resource.desc.kind);
        tree.set_at(&["apiVersion"], self.resource.desc.api_version());
    }

    /// The stored bytes of a tree of this version.
    pub fn encode_for_storage(&self, tree: &mut Value) -> Bytes {
        if self.resource.custom.is_none() && self.resource.conversion.is_none() {
            let version = tree.remove_at(&["metadata", "resourceVersion"]);
            let bytes = self.form.write(&self.resource, tree);
            if let Some(version) = version {
                tree.set_at(&["metadata", "resourceVersion"], version);
            }
            return bytes;
        }
        let mut tree = tree.clone();
        if let Some(kind) = &self.resource.custom {
            kind.stored(&mut tree);
            tree.remove_at(&["metadata", "resourceVersion"]);
            return SharedObject::from_custom(tree).json_line_once().into();
        }
        if let Some(conversion) = self.resource.conversion {
            (conversion.to_storage)(&mut tree);
        }
        tree.remove_at(&["metadata", "resourceVersion"]);
        self.form.write(&self.resource, &tree)
    }

    /// The object of stored bytes.
    pub fn decode_stored(&self, bytes: Bytes, revision: u64) -> Option<SharedObject> {
        if let Some(kind) = &self.resource.custom {
            return read_custom(&kind.family, &bytes, revision);
        }
        stored::read(bytes, self.resource.storage_type, revision).ok()
    }

    /// Group and plural name, as messages show them.
    pub fn group_resource(&self) -> (&'static str, &'static str) {
        (self.resource.desc.group, self.resource.desc.resource)
    }
}

/// A custom resource as it is stored, with the defaults of its version.
pub fn read_custom(family: &Family, bytes: &Bytes, revision: u64) -> Option<SharedObject> {
    let mut tree = family.read(bytes)?;
    set_revision(&mut tree, revision);
    let api_version = tree["apiVersion"].as_str().unwrap_or_default();
    let kind = tree["kind"].as_str().unwrap_or_default();
    let known = (family.schemas.iter()).find(|(known, _)| *known == api_version);
    let gvk = match known.and_then(|(known, _)| known.rsplit_once('/')) {
        Some((group, version)) => GroupVersionKind::new(group, version, kind.to_owned()),
        None => GroupVersionKind::from_api_version(api_version, kind),
    };
    let text = bytes.slice(..bytes.trim_ascii_end().len());
    Some(SharedObject::from_stored_tree(&tree, gvk, &text))
}

fn set_revision(tree: &mut Value, revision: u64) {
    if revision > 0 {
        tree.set_at(&["metadata", "resourceVersion"], revision.to_string());
    } else {
        tree.remove_at(&["metadata", "resourceVersion"]);
    }
}

type ByName<T> = HashMap<&'static str, T, RandomState>;

/// All served resources.
pub struct Table {
    all: Vec<Arc<Served>>,
    by_group: ByName<ByName<ByName<Arc<Served>>>>,
    /// Of each resource of a group, the version in which it is stored.
    stored: ByName<ByName<Arc<Served>>>,
    /// Written when first asked for.
    discovery: OnceLock<Arc<Discovery>>,
}

impl Table {
    /// Finds a place for each row.
    pub fn new(all: Vec<Arc<Served>>) -> Self {
        let mut by_group: ByName<ByName<ByName<Arc<Served>>>> = HashMap::default();
        let mut stored: ByName<ByName<Arc<Served>>> = HashMap::default();
        for served in &all {
            let desc = served.resource.desc;
            by_group
                .entry(desc.group)
                .or_default()
                .entry(desc.version)
                .or_default()
                .insert(desc.resource, served.clone());
            stored
                .entry(desc.group)
                .or_default()
                .entry(desc.resource)
                .and_modify(|known| {
                    let (stands, stood) = (served.served_as_stored(), known.served_as_stored());
                    if (stands, known.index) > (stood, served.index) {
                        *known = served.clone();
                    }
                })
                .or_insert_with(|| served.clone());
        }
        Self {
            all,
            by_group,
            stored,
            discovery: OnceLock::new(),
        }
    }

    /// The discovery documents; `address` is where clients reach the server.
    pub fn discovery(&self, address: &str) -> Arc<Discovery> {
        let made = self.discovery.get_or_init(|| {
            let rows: Vec<&Resource> = self.all.iter().map(|served| &served.resource).collect();
            Arc::new(Discovery::new(&rows, address))
        });
        made.clone()
    }

    /// Whether the server itself has this group, without any definition.
    pub fn has_built_in_group(&self, group: &str) -> bool {
        group.is_empty()
            || self.by_group.get(group).is_some_and(|versions| {
                versions
                    .values()
                    .flat_map(HashMap::values)
                    .any(|served| served.resource.custom.is_none())
            })
    }

    /// By group, version and plural name.
    pub fn find(&self, group: &str, version: &str, resource: &str) -> Option<&Arc<Served>> {
        self.by_group.get(group)?.get(version)?.get(resource)
    }

    /// By group and plural name, in the version in which objects are stored,
    /// else in the one that comes first in the table.
    pub fn find_any(&self, group: &str, resource: &str) -> Option<&Arc<Served>> {
        self.stored.get(group)?.get(resource)
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Served>> {
        self.all.iter()
    }

    /// The caches, each once.
    pub fn cachers(&self) -> Vec<(&'static str, &'static str, Arc<Cacher>)> {
        let mut out: Vec<(&'static str, &'static str, Arc<Cacher>)> = Vec::new();
        for served in &self.all {
            if let Some(cacher) = &served.cacher
                && !out.iter().any(|(_, _, known)| Arc::ptr_eq(known, cacher))
            {
                let (group, resource) = served.group_resource();
                out.push((group, resource, cacher.clone()));
            }
        }
        out
    }
}

/// Whether objects of this row are stored.
pub fn is_stored(resource: &Resource) -> bool {
    resource.backing == Backing::Stored
}
