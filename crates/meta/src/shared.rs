//! One version of one object, in every form anybody asks for.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use skeg_schema::envelope::{self, Index, Splice};
use skeg_schema::{DecodeError, DecodeOptions, Mismatch, TypeId, Value};

use crate::forms::{self, Keeper, Kept};
use crate::sorted::{Sorted, write_sorted};
use crate::wire::Wire;
use crate::{GroupVersionKind, Object};

/// Why an object cannot be had in a form.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObjectError {
    /// The bytes cannot be decoded.
    #[error("cannot decode the object")]
    Decode(#[from] DecodeError),
    /// The tree does not fit the typed struct.
    #[error("the object does not fit its type")]
    Mismatch(#[from] Mismatch),
    /// The tree does not fit the struct of a custom kind.
    #[error("the object does not fit its type")]
    Custom(#[from] skeg_schema::ValueError),
    /// The object is of another kind.
    #[error("the object is a {found}, not a {wanted}")]
    OtherKind {
        /// What it is.
        found: String,
        /// What was asked for.
        wanted: String,
    },
    /// The object has no protobuf form (a custom resource).
    #[error("the object has no protobuf form")]
    NoProtobuf,
}

type Typed = Arc<dyn Any + Send + Sync>;

/// What the other forms are made from.
#[derive(Clone)]
enum Source {
    /// As it lies in the store: an envelope or JSON.
    Stored(Bytes),
    /// The sorted JSON of a custom resource.
    Sorted(Sorted),
    /// A tree.
    Tree(Arc<Value>),
    /// A typed struct, and how to make a tree of it.
    Typed(Typed, fn(&Typed) -> Value),
}

struct Inner {
    source: Source,
    /// The type in the tables; `None` for custom resources.
    ty: Option<TypeId>,
    gvk: GroupVersionKind,
    index: Index,
    /// Whether the source says the resource version itself.
    versioned: bool,
    /// Where the resource version belongs in a source that is stored protobuf.
    splice: Option<Splice>,
    value: OnceLock<Arc<Value>>,
    json: Kept,
    /// Not of what is stored in protobuf, which is a copy away.
    protobuf: OnceLock<Bytes>,
    typed: OnceLock<Typed>,
    selected: OnceLock<Selected>,
}

/// The fields that a reader of them has found.
#[derive(Clone)]
struct Selected {
    reader: usize,
    fields: Arc<[(&'static str, String)]>,
}

impl Keeper for Inner {
    fn kept(&self) -> &Kept {
        &self.json
    }
}

/// One version of one object. Cloning it is cheap; its forms (tree, JSON,
/// protobuf, typed struct) are made when first asked for, once for everybody.
#[derive(Clone)]
pub struct SharedObject {
    form: Form,
}

#[derive(Clone)]
enum Form {
    Whole(Arc<Inner>),
    /// As it came over the wire; nothing is decoded.
    Wire(Arc<Wire>),
}

fn version_text(revision: u64) -> String {
    if revision == 0 {
        String::new()
    } else {
        revision.to_string()
    }
}

fn index_of(value: &Value) -> Index {
    let metadata = &value["metadata"];
    let text = |key: &str| metadata[key].as_str().unwrap_or_default().to_owned();
    let labels = metadata["labels"].as_object().map(|labels| {
        labels
            .iter()
            .map(|(key, value)| {
                (
                    key.to_string(),
                    value.as_str().unwrap_or_default().to_owned(),
                )
            })
            .collect()
    });
    Index {
        name: text("name"),
        namespace: text("namespace"),
        uid: text("uid"),
        resource_version: text("resourceVersion"),
        labels: labels.unwrap_or_default(),
    }
}

fn gvk_of(ty: TypeId) -> GroupVersionKind {
    let desc = ty.desc();
    // The kinds that every group has stand in v1 when they stand alone.
    let group = if desc.in_every_group {
        ""
    } else {
        desc.api_group
    };
    GroupVersionKind::new(group, desc.version, desc.go)
}

fn splice_of(source: &Source, ty: Option<TypeId>, version: &str) -> Option<Splice> {
    let Source::Stored(bytes) = source else {
        return None;
    };
    if !envelope::is_enveloped(bytes) {
        return None;
    }
    let raw = envelope::unwrap(bytes).ok()?.raw;
    let before = raw.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    Some(Splice::of(raw, ty?, version)?.behind(before))
}

fn set_version(value: &mut Value, version: &str) {
    if version.is_empty() {
        value.remove_at(&["metadata", "resourceVersion"]);
    } else {
        value.set_at(&["metadata", "resourceVersion"], version);
    }
}

impl SharedObject {
    fn build(
        source: Source,
        ty: Option<TypeId>,
        gvk: GroupVersionKind,
        index: Index,
        versioned: bool,
    ) -> Self {
        let splice = splice_of(&source, ty, &index.resource_version);
        Self {
            form: Form::Whole(Arc::new(Inner {
                source,
                ty,
                gvk,
                index,
                versioned,
                splice,
                value: OnceLock::new(),
                json: Kept::default(),
                protobuf: OnceLock::new(),
                typed: OnceLock::new(),
                selected: OnceLock::new(),
            })),
        }
    }

    /// From a tree of a built-in kind. Its resource version becomes `revision`; 0 is none.
    #[must_use]
    pub fn from_value(mut value: Value, ty: TypeId, revision: u64) -> Self {
        let version = version_text(revision);
        set_version(&mut value, &version);
        let index = index_of(&value);
        Self::build(
            Source::Tree(Arc::new(value)),
            Some(ty),
            gvk_of(ty),
            index,
            true,
        )
    }

    /// From a tree of any kind, custom ones too; kind and resource version are those in the tree.
    #[must_use]
    pub fn from_tree(value: Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        let gvk = GroupVersionKind::from_api_version(text("apiVersion"), text("kind"));
        let ty = TypeId::by_gvk(&gvk.group, &gvk.version, &gvk.kind);
        let index = index_of(&value);
        Self::build(Source::Tree(Arc::new(value)), ty, gvk, index, true)
    }

    /// From a tree of a custom resource, whatever its kind is called; its resource
    /// version is that in the tree.
    #[must_use]
    pub fn from_custom(value: Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        let gvk = GroupVersionKind::from_api_version(text("apiVersion"), text("kind"));
        let index = index_of(&value);
        Self::build(Source::Tree(Arc::new(value)), None, gvk, index, true)
    }

    /// From the tree of a custom resource as it was read from stored bytes, with
    /// its resource version. Only bytes are kept, those in the store where they
    /// say the same.
    #[must_use]
    pub fn from_stored_tree(tree: &Value, gvk: GroupVersionKind, stored: &Bytes) -> Self {
        let index = index_of(tree);
        let sorted = Sorted::of(tree, &index.resource_version, stored);
        Self::build(Source::Sorted(sorted), None, gvk, index, true)
    }

    /// From a typed struct; its resource version is the struct's.
    #[must_use]
    pub fn from_typed<K: Object>(object: Arc<K>) -> Self {
        let meta = object.meta();
        let index = Index {
            name: meta.name.clone(),
            namespace: meta.namespace.clone(),
            uid: meta.uid.clone(),
            resource_version: meta.resource_version.clone(),
            labels: meta.labels.clone(),
        };
        let to_tree: fn(&Typed) -> Value = |typed| {
            typed
                .downcast_ref::<K>()
                .map_or(Value::Null, Object::to_tree)
        };
        let typed: Typed = object;
        let shared = Self::build(
            Source::Typed(typed.clone(), to_tree),
            <K as Object>::type_id(),
            K::GVK,
            index,
            true,
        );
        // Nobody else has it yet, so that this cannot fail.
        let _ = shared.whole().typed.set(typed);
        shared
    }

    /// From the bytes of the store: an envelope or JSON, without a resource
    /// version. Only the metadata is read now.
    ///
    /// # Errors
    /// The bytes are no such object.
    pub fn from_stored(bytes: Bytes, ty: TypeId, revision: u64) -> Result<Self, ObjectError> {
        let mut index = if envelope::is_enveloped(&bytes) {
            envelope::index(envelope::unwrap(&bytes)?.raw, ty)?
        } else {
            index_of(&skeg_schema::decode_json(&bytes, ty, &DecodeOptions::default())?.value)
        };
        index.resource_version = version_text(revision);
        Ok(Self::build(
            Source::Stored(bytes),
            Some(ty),
            gvk_of(ty),
            index,
            false,
        ))
    }

    /// From the bytes of a custom resource in the store: JSON without a resource version.
    ///
    /// # Errors
    /// The bytes are not JSON.
    pub fn from_stored_custom(bytes: &[u8], revision: u64) -> Result<Self, ObjectError> {
        let mut value = skeg_schema::decode_json_any(bytes)?;
        set_version(&mut value, &version_text(revision));
        Ok(Self::from_tree(value))
    }

    /// From protobuf without its envelope, as it came over the wire: kept as it
    /// is, and decoded for whoever asks, each time anew.
    ///
    /// # Errors
    /// The bytes are no object of this kind, or the kind has no protobuf form.
    pub fn from_wire<K: Object>(raw: &[u8]) -> Result<Self, ObjectError> {
        let ty = <K as Object>::type_id().ok_or(ObjectError::NoProtobuf)?;
        Ok(Self {
            form: Form::Wire(Arc::new(Wire::new(raw, ty, const { &K::GVK })?)),
        })
    }

    /// Whether it is kept in the bytes in which it came over the wire, so that
    /// whoever holds it holds nothing else.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        matches!(self.form, Form::Wire(_))
    }

    /// Its forms; those of what came over the wire begin with a tree.
    fn whole(&self) -> &Arc<Inner> {
        match &self.form {
            Form::Whole(inner) => inner,
            Form::Wire(wire) => wire.whole().whole(),
        }
    }

    /// The same object at another revision; 0 is none.
    #[must_use]
    pub fn with_revision(&self, revision: u64) -> Self {
        let version = version_text(revision);
        if version == self.resource_version() {
            return self.clone();
        }
        let inner = self.whole();
        let index = Index {
            resource_version: version,
            ..inner.index.clone()
        };
        Self::build(
            inner.source.clone(),
            inner.ty,
            inner.gvk.clone(),
            index,
            false,
        )
    }

    /// Its group, version and kind.
    #[must_use]
    pub fn gvk(&self) -> &GroupVersionKind {
        match &self.form {
            Form::Whole(inner) => &inner.gvk,
            Form::Wire(wire) => wire.gvk(),
        }
    }

    /// Its type in the tables; `None` for custom resources.
    #[must_use]
    pub fn type_id(&self) -> Option<TypeId> {
        match &self.form {
            Form::Whole(inner) => inner.ty,
            Form::Wire(wire) => Some(wire.ty()),
        }
    }

    /// Its namespace; empty where it has none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match &self.form {
            Form::Whole(inner) => &inner.index.namespace,
            Form::Wire(wire) => wire.namespace(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.form {
            Form::Whole(inner) => &inner.index.name,
            Form::Wire(wire) => wire.name(),
        }
    }

    /// Its UID.
    #[must_use]
    pub fn uid(&self) -> &str {
        match &self.form {
            Form::Whole(inner) => &inner.index.uid,
            Form::Wire(wire) => wire.uid(),
        }
    }

    /// Its resource version; empty where it has none.
    #[must_use]
    pub fn resource_version(&self) -> &str {
        match &self.form {
            Form::Whole(inner) => &inner.index.resource_version,
            Form::Wire(wire) => wire.resource_version(),
        }
    }

    /// Its resource version as a revision of the store; 0 where it is none.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.resource_version().parse().unwrap_or_default()
    }

    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.whole().index.labels
    }

    /// Whether two handles are of the same version of the same object in memory.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (&self.form, &other.form) {
            (Form::Whole(one), Form::Whole(other)) => Arc::ptr_eq(one, other),
            (Form::Wire(one), Form::Wire(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    fn tree(&self) -> Result<Arc<Value>, ObjectError> {
        if let Some(value) = self.whole().value.get() {
            return Ok(value.clone());
        }
        let inner = &**self.whole();
        let version = &inner.index.resource_version;
        let made = match &inner.source {
            Source::Tree(value) if inner.versioned => value.clone(),
            Source::Tree(value) => {
                let mut value = (**value).clone();
                set_version(&mut value, version);
                Arc::new(value)
            }
            Source::Typed(typed, to_tree) => {
                let mut value = to_tree(typed);
                if !inner.versioned {
                    set_version(&mut value, version);
                }
                Arc::new(value)
            }
            Source::Stored(bytes) => {
                let mut value = self.decode(bytes)?;
                set_version(&mut value, version);
                Arc::new(value)
            }
            Source::Sorted(sorted) => {
                let mut value = self.decode(&sorted.text)?;
                set_version(&mut value, version);
                Arc::new(value)
            }
        };
        Ok(inner.value.get_or_init(|| made).clone())
    }

    fn decode(&self, bytes: &Bytes) -> Result<Value, ObjectError> {
        self.decode_by(bytes, skeg_schema::decode_protobuf)
    }

    fn decode_by(
        &self,
        bytes: &Bytes,
        decode_protobuf: fn(&[u8], TypeId) -> Result<Value, DecodeError>,
    ) -> Result<Value, ObjectError> {
        let Some(ty) = self.whole().ty else {
            return Ok(skeg_schema::decode_json_any(bytes)?);
        };
        if envelope::is_enveloped(bytes) {
            let mut value = decode_protobuf(envelope::unwrap(bytes)?.raw, ty)?;
            skeg_schema::restore_kinds(&mut value, ty);
            Ok(value)
        } else {
            Ok(skeg_schema::decode_json(bytes, ty, &DecodeOptions::default())?.value)
        }
    }

    /// The tree, lean for built-in kinds; see [`skeg_schema::fill`].
    ///
    /// # Errors
    /// The stored bytes cannot be decoded.
    pub fn try_value(&self) -> Result<Arc<Value>, ObjectError> {
        self.tree()
    }

    /// The tree, without keeping one that is not there yet: for who looks at
    /// it once. An empty object where the stored bytes are broken.
    #[must_use]
    pub fn value_once(&self) -> Arc<Value> {
        if let Form::Wire(wire) = &self.form
            && let Some(tree) = wire.tree_once()
        {
            return Arc::new(tree);
        }
        let inner = self.whole();
        match (&inner.source, inner.value.get()) {
            (Source::Stored(bytes) | Source::Sorted(Sorted { text: bytes, .. }), None) => {
                let mut value = self.decode(bytes).unwrap_or_else(|_| Value::object());
                set_version(&mut value, &inner.index.resource_version);
                Arc::new(value)
            }
            _ => self.value(),
        }
    }

    /// The same, but who owns what may be told by text: see
    /// [`skeg_schema::decode_protobuf_folded`].
    #[must_use]
    pub fn value_folded(&self) -> Arc<Value> {
        let Form::Whole(inner) = &self.form else {
            return self.value_once();
        };
        if let (Source::Stored(bytes), None) = (&inner.source, inner.value.get())
            && let Ok(mut value) = self.decode_by(bytes, skeg_schema::decode_protobuf_folded)
        {
            set_version(&mut value, &inner.index.resource_version);
            return Arc::new(value);
        }
        self.value_once()
    }

    /// The same version without the forms that were made of it so far.
    #[must_use]
    pub fn bare(&self) -> Self {
        if !matches!(self.whole().source, Source::Stored(_) | Source::Sorted(_)) {
            return self.clone();
        }
        let whole = self.whole();
        Self {
            form: Form::Whole(Arc::new(Inner {
                source: whole.source.clone(),
                ty: whole.ty,
                gvk: whole.gvk.clone(),
                index: whole.index.clone(),
                versioned: whole.versioned,
                splice: whole.splice,
                value: OnceLock::new(),
                json: Kept::default(),
                protobuf: OnceLock::new(),
                typed: OnceLock::new(),
                selected: whole.selected.clone(),
            })),
        }
    }

    /// Fields of the object, which are read once and kept, as they are asked for
    /// again and again. `reader` tells those apart who read other fields.
    pub fn fields(
        &self,
        reader: usize,
        read: impl Fn(&Value) -> Vec<(&'static str, String)>,
    ) -> Arc<[(&'static str, String)]> {
        let selected = self.whole().selected.get_or_init(|| Selected {
            reader,
            fields: read(&self.value_once()).into(),
        });
        if selected.reader == reader {
            selected.fields.clone()
        } else {
            read(&self.value_once()).into()
        }
    }

    /// The tree; an empty object where the stored bytes are broken.
    #[must_use]
    pub fn value(&self) -> Arc<Value> {
        self.tree().unwrap_or_else(|_| Arc::new(Value::object()))
    }

    /// Compact JSON without a line feed at its end: kind and apiVersion first
    /// for built-in kinds, keys in alphabetical order for custom ones. It is
    /// kept for the next who asks, while there is room.
    #[must_use]
    pub fn json(&self) -> Bytes {
        if let Some(json) = self.whole().json.get() {
            return json;
        }
        let json = self.make_json();
        if !self.is_json() {
            forms::keep(self.whole(), &json);
        }
        json
    }

    /// The same, without keeping it if it is not there yet: for who expects
    /// nobody else to ask.
    #[must_use]
    pub fn json_once(&self) -> Bytes {
        match self.whole().json.get() {
            Some(json) => json,
            None => self.make_json(),
        }
    }

    /// The same with a line feed behind it.
    #[must_use]
    pub fn json_line_once(&self) -> Vec<u8> {
        let mut out = match self.whole().json.get() {
            Some(json) => {
                let mut out = Vec::with_capacity(json.len() + 1);
                out.extend_from_slice(&json);
                out
            }
            None => match self.write_stored_json() {
                Some(out) => out,
                None => Vec::from(self.make_json()),
            },
        };
        out.push(b'\n');
        out
    }

    /// Reads [`json`](Self::json) in place.
    pub fn with_json<R>(&self, mut read: impl FnMut(&[u8]) -> R) -> R {
        if let (Source::Sorted(sorted), true) = (&self.whole().source, self.is_json()) {
            return read(&sorted.text);
        }
        match self.whole().json.with(|json| read(json)) {
            Some(out) => out,
            None => read(&self.json()),
        }
    }

    /// How many bytes it takes as it was stored; `None` where it was never
    /// read from a store.
    pub fn stored_len(&self) -> Option<usize> {
        match &self.whole().source {
            Source::Stored(bytes) => Some(bytes.len()),
            Source::Sorted(sorted) => Some(sorted.text.len()),
            Source::Tree(_) | Source::Typed(..) => None,
        }
    }

    /// Whether its source is its JSON.
    fn is_json(&self) -> bool {
        let whole = self.whole();
        let told = |sorted: &Sorted| whole.versioned && sorted.version_at.is_none();
        matches!(&whole.source, Source::Sorted(sorted) if told(sorted))
    }

    fn make_json(&self) -> Bytes {
        if let Some(json) = self.stored_json() {
            return json;
        }
        let whole = self.whole();
        if let Source::Sorted(sorted) = &whole.source
            && (whole.versioned || sorted.version_at.is_some())
        {
            return sorted.json(&whole.index.resource_version);
        }
        let value = self.value_once();
        let mut out = Vec::with_capacity(1024);
        match self.whole().ty {
            Some(ty) => skeg_schema::encode_json(&value, ty, &mut out),
            None => write_sorted(&value, &mut out),
        }
        Bytes::copy_from_slice(&out)
    }

    fn stored_json(&self) -> Option<Bytes> {
        // No larger than it must be.
        Some(Bytes::copy_from_slice(&self.write_stored_json()?))
    }

    /// JSON straight from stored protobuf, when no tree is there anyway.
    fn write_stored_json(&self) -> Option<Vec<u8>> {
        let inner = &**self.whole();
        let (Source::Stored(bytes), Some(ty), None) = (&inner.source, inner.ty, inner.value.get())
        else {
            return None;
        };
        if !envelope::is_enveloped(bytes) || skeg_schema::holds_kinds(ty) {
            return None;
        }
        let unknown = envelope::unwrap(bytes).ok()?;
        let mut out = Vec::with_capacity(bytes.len() * 5 / 2);
        skeg_schema::protobuf_to_json_at(
            unknown.raw,
            ty,
            Some((unknown.api_version, unknown.kind)),
            &inner.index.resource_version,
            &mut out,
        )
        .ok()?;
        Some(out)
    }

    /// Protobuf in its envelope.
    ///
    /// # Errors
    /// A custom resource has no such form, or the stored bytes are broken.
    pub fn try_protobuf(&self) -> Result<Bytes, ObjectError> {
        if let Some(bytes) = self.whole().protobuf.get() {
            return Ok(bytes.clone());
        }
        let inner = &**self.whole();
        let ty = inner.ty.ok_or(ObjectError::NoProtobuf)?;
        let wrap = |raw: &[u8]| {
            let wrapped = envelope::wrap(&inner.gvk.api_version(), &inner.gvk.kind, raw);
            Bytes::from(wrapped)
        };
        if let Source::Stored(bytes) = &inner.source
            && envelope::is_enveloped(bytes)
        {
            let raw = envelope::unwrap(bytes)?.raw;
            let version = &inner.index.resource_version;
            return Ok(wrap(&envelope::with_resource_version(raw, ty, version)?));
        }
        let mut raw = Vec::with_capacity(512);
        skeg_schema::encode_protobuf(&*self.tree()?, ty, &mut raw);
        Ok(inner.protobuf.get_or_init(|| wrap(&raw)).clone())
    }

    /// How [`protobuf`](Self::protobuf), without its envelope, lies in what is
    /// stored; `None` where it does not. The bytes are not looked at.
    #[must_use]
    pub fn splice(&self) -> Option<&Splice> {
        self.whole().splice.as_ref()
    }

    /// Writes what [`splice`](Self::splice) tells of.
    pub fn write_spliced(&self, out: &mut Vec<u8>) {
        if let (Source::Stored(bytes), Some(splice)) = (&self.whole().source, &self.whole().splice)
        {
            splice.write(bytes, &self.whole().index.resource_version, out);
        }
    }

    /// Protobuf in its envelope; empty where there is no such form.
    #[must_use]
    pub fn protobuf(&self) -> Bytes {
        self.try_protobuf().unwrap_or_default()
    }

    /// The typed struct, decoded once for everybody.
    ///
    /// # Errors
    /// The object is of another kind, or does not fit the struct.
    pub fn typed<K: Object>(&self) -> Result<Arc<K>, ObjectError> {
        let other = || ObjectError::OtherKind {
            found: self.gvk().to_string(),
            wanted: K::GVK.to_string(),
        };
        if *self.gvk() != K::GVK {
            return Err(other());
        }
        if let Form::Wire(wire) = &self.form {
            // Who reads it again keeps what was decoded.
            return K::shared_from_protobuf(wire.raw());
        }
        if let Some(typed) = self.whole().typed.get() {
            return typed.clone().downcast().map_err(|_| other());
        }
        let mut object = match &self.whole().source {
            Source::Typed(typed, _) => typed.downcast_ref::<K>().cloned().ok_or_else(other)?,
            // What is stored is decoded for the struct alone; there is no tree.
            Source::Stored(bytes)
                if envelope::is_enveloped(bytes) && self.whole().value.get().is_none() =>
            {
                K::from_protobuf(envelope::unwrap(bytes)?.raw)?
            }
            Source::Stored(bytes) if self.whole().value.get().is_none() => {
                K::from_tree(self.decode(bytes)?)?
            }
            Source::Sorted(_) => K::from_tree(Arc::unwrap_or_clone(self.value_once()))?,
            _ => K::from_tree((*self.tree()?).clone())?,
        };
        let version = &self.whole().index.resource_version;
        if object.meta().resource_version != *version {
            object.meta_mut().resource_version.clone_from(version);
        }
        let made: Typed = Arc::new(object);
        self.whole()
            .typed
            .get_or_init(|| made)
            .clone()
            .downcast()
            .map_err(|_| other())
    }
}

impl fmt::Debug for SharedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &**self.whole();
        write!(f, "{} ", inner.gvk.kind)?;
        if !inner.index.namespace.is_empty() {
            write!(f, "{}/", inner.index.namespace)?;
        }
        write!(f, "{}@{}", inner.index.name, inner.index.resource_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn config_map() -> TypeId {
        TypeId::by_gvk("", "v1", "ConfigMap").unwrap()
    }

    fn tree() -> Value {
        json!({
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": {"name": "a", "namespace": "n", "uid": "u", "labels": {"k": "v"}, "annotations": {"x": "y"}},
            "data": {"b": "1", "a": "2"},
        })
    }

    #[test]
    fn all_forms_tell_the_revision() {
        let object = SharedObject::from_value(tree(), config_map(), 7);
        let stored = SharedObject::from_value(tree(), config_map(), 0).protobuf();
        let stored = SharedObject::from_stored(stored, config_map(), 7).unwrap();
        let json = r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7","labels":{"k":"v"},"annotations":{"x":"y"}},"data":{"a":"2","b":"1"}}"#;
        for object in [&object, &stored] {
            assert_eq!(object.json(), json);
            assert_eq!(
                (
                    object.revision(),
                    object.name(),
                    object.namespace(),
                    object.uid()
                ),
                (7, "a", "n", "u")
            );
            assert_eq!(object.labels().get("k").map(String::as_str), Some("v"));
            assert_eq!(object.value()["metadata"]["resourceVersion"], "7");
        }
        assert_eq!(object.protobuf(), stored.protobuf());
        let later = stored.with_revision(8);
        assert_eq!(later.value()["metadata"]["resourceVersion"], "8");
        assert_eq!(later.protobuf(), object.with_revision(8).protobuf());
        assert_eq!(stored.revision(), 7);
    }

    #[test]
    fn custom_resources_have_no_protobuf() {
        let object = SharedObject::from_tree(
            json!({"kind": "W", "apiVersion": "x.io/v1", "metadata": {"name": "a"}, "b": {"z": 1, "a": 2}}),
        );
        assert_eq!(
            object.json(),
            r#"{"apiVersion":"x.io/v1","b":{"a":2,"z":1},"kind":"W","metadata":{"name":"a"}}"#
        );
        assert!(object.try_protobuf().is_err());
        assert_eq!(object.gvk().group, "x.io");
    }

    #[test]
    fn stored_custom_resources_are_held_as_bytes() {
        let gvk = || GroupVersionKind::new("x.io", "v1", "W");
        let mut tree = json!({"kind": "W", "apiVersion": "x.io/v1", "b": {"z": 1, "a": 2},
            "metadata": {"name": "a", "uid": "u", "labels": {"k": "v"}}});
        let stored = SharedObject::from_custom(tree.clone()).json();
        tree.set_at(&["metadata", "resourceVersion"], "7");
        let expected = SharedObject::from_custom(tree.clone());
        let object = SharedObject::from_stored_tree(&tree, gvk(), &stored);
        assert!(matches!(
            &object.whole().source,
            Source::Sorted(sorted) if sorted.text.as_ptr() == stored.as_ptr()
        ));
        tree.set_at(&["spec"], json!({"defaulted": true}));
        let defaulted = SharedObject::from_custom(tree.clone());
        let other = SharedObject::from_stored_tree(&tree, gvk(), &stored);
        for (object, expected) in [(&object, &expected), (&other, &defaulted)] {
            for object in [object, &object.bare()] {
                assert_eq!(object.json_once(), expected.json());
                assert_eq!(object.json(), expected.json());
                assert_eq!(object.with_json(<[u8]>::to_vec), expected.json());
                assert_eq!(object.value_once(), expected.value());
                assert_eq!(object.value(), expected.value());
            }
            let later = object.with_revision(12);
            let mut tree = (*expected.value()).clone();
            tree.set_at(&["metadata", "resourceVersion"], "12");
            assert_eq!(later.json(), SharedObject::from_custom(tree.clone()).json());
            assert_eq!(*later.value(), tree);
            assert_eq!((later.name(), later.revision()), ("a", 12));
            assert_eq!(object.gvk(), expected.gvk());
        }
        // Without a member behind the version there is no place for it.
        let mut tree = json!({"metadata": {"name": "a"}});
        let stored = SharedObject::from_custom(tree.clone()).json();
        tree.set_at(&["metadata", "resourceVersion"], "7");
        let object = SharedObject::from_stored_tree(&tree, gvk(), &stored);
        assert_eq!(object.json(), SharedObject::from_custom(tree).json());
    }

    #[test]
    fn templates_of_claims_say_their_kind() {
        let ty = TypeId::by_gvk("apps", "v1", "StatefulSet").unwrap();
        let tree = json!({"kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "a"},
            "spec": {"volumeClaimTemplates": [{"metadata": {"name": "d"}}]}});
        let stored = SharedObject::from_value(tree, ty, 0).protobuf();
        let object = SharedObject::from_stored(stored, ty, 1).unwrap();
        assert!(String::from_utf8_lossy(&object.json()).contains(
            r#"[{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"d"}"#
        ));
        assert_eq!(
            object
                .value()
                .at(&["spec", "volumeClaimTemplates"])
                .unwrap()[0]["kind"],
            "PersistentVolumeClaim"
        );
    }

    #[test]
    fn broken_bytes_are_refused() {
        assert!(
            SharedObject::from_stored(Bytes::from_static(b"k8s\0\xff"), config_map(), 1).is_err()
        );
        assert!(SharedObject::from_stored(Bytes::from_static(b"{"), config_map(), 1).is_err());
    }
}
