//! The forms in which objects lie in the store.
//!
//! They are upstream's, so that a store may be handed from one server to the
//! other and read by programs that know it: protobuf in an envelope unless
//! another media type is asked for; JSON for definitions (in v1beta1) and
//! APIServices, whatever is asked for. What is read is known by how it begins.

mod definition;

pub(crate) use definition::NAME as DEFINITION;

use bytes::Bytes;
use skeg_meta::{ObjectError, SharedObject};
use skeg_registry::Resource;
use skeg_schema::{
    DecodeError, DecodeOptions, TypeId, Value, decode_json_any, decode_yaml, encode_json,
    encode_protobuf, encode_yaml, envelope,
};

/// The form in which objects of built-in kinds are stored, where upstream leaves
/// a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageMediaType {
    /// `application/vnd.kubernetes.protobuf`
    #[default]
    Protobuf,
    /// `application/json`
    Json,
    /// `application/yaml`
    Yaml,
}

impl StorageMediaType {
    /// All of them with their names, in the order of their names.
    pub const ALL: [(&str, Self); 3] = [
        ("application/json", Self::Json),
        ("application/vnd.kubernetes.protobuf", Self::Protobuf),
        ("application/yaml", Self::Yaml),
    ];

    /// By name; nothing means protobuf.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::default());
        }
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, media)| *media)
    }
}

/// The form of the objects of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What can be chosen.
    Chosen(StorageMediaType),
    /// JSON of v1beta1, of definitions.
    Definition,
}

impl Form {
    /// The form of a resource's objects.
    pub fn of(resource: &Resource, chosen: StorageMediaType) -> Self {
        match resource.desc.group {
            "apiextensions.k8s.io" => Self::Definition,
            "apiregistration.k8s.io" => Self::Chosen(StorageMediaType::Json),
            _ => Self::Chosen(chosen),
        }
    }

    /// What is stored of a tree, which has no resource version.
    pub fn write(self, resource: &Resource, tree: &Value) -> Bytes {
        let ty = resource.storage_type;
        let api_version = resource.storage_api_version;
        let bytes = match self {
            Self::Definition => definition::write(tree),
            Self::Chosen(StorageMediaType::Protobuf) => {
                let mut raw = Vec::with_capacity(1024);
                encode_protobuf(tree, ty, &mut raw);
                envelope::wrap(api_version, ty.desc().go, &raw)
            }
            Self::Chosen(StorageMediaType::Json) => {
                let mut json = json_of(tree, ty, api_version);
                json.push(b'\n');
                json
            }
            Self::Chosen(StorageMediaType::Yaml) => {
                let json = json_of(tree, ty, api_version);
                // As it is read again, with what the type always writes.
                encode_yaml(&decode_json_any(&json).unwrap_or_default()).into_bytes()
            }
        };
        // The store keeps it, no larger than it must be.
        Bytes::from(bytes.into_boxed_slice())
    }
}

fn json_of(tree: &Value, ty: TypeId, api_version: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    if tree["kind"] == ty.desc().go && tree["apiVersion"] == api_version {
        encode_json(tree, ty, &mut out);
    } else {
        let mut tree = tree.clone();
        tree.set_at(&["kind"], ty.desc().go);
        tree.set_at(&["apiVersion"], api_version);
        encode_json(&tree, ty, &mut out);
    }
    out
}

/// The object of stored bytes of a built-in kind, in any form.
///
/// # Errors
/// The bytes are no such object.
pub fn read(bytes: Bytes, ty: TypeId, revision: u64) -> Result<SharedObject, ObjectError> {
    if envelope::is_enveloped(&bytes) {
        return SharedObject::from_stored(bytes, ty, revision);
    }
    let tree = if bytes.trim_ascii_start().first() == Some(&b'{') {
        if ty.desc().name != definition::NAME {
            return SharedObject::from_stored(bytes, ty, revision);
        }
        definition::read(&bytes, ty)?
    } else {
        decode_yaml(&bytes, Some(ty), &DecodeOptions::default())?.value
    };
    if tree["kind"] != ty.desc().go {
        let found = tree["kind"].as_str().unwrap_or_default();
        let why = format!("the stored object is a {found:?}, not a {}", ty.desc().go);
        return Err(DecodeError::Type(why).into());
    }
    // Held in memory as most are, which is what is fastest to show.
    let mut raw = Vec::with_capacity(bytes.len());
    encode_protobuf(&tree, ty, &mut raw);
    let desc = ty.desc();
    let bytes = envelope::wrap(&desc.api_version(), desc.go, &raw);
    SharedObject::from_stored(bytes.into(), ty, revision)
}

/// The object of stored bytes of any kind, by what they say of themselves;
/// `None` where they are none.
#[must_use]
pub fn read_stored(bytes: &Bytes, revision: u64) -> Option<SharedObject> {
    let typed = |api_version: &str, kind: &str| {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        TypeId::by_gvk(group, version, kind)
    };
    if let Ok(inside) = envelope::unwrap(bytes) {
        let ty = typed(inside.api_version, inside.kind)?;
        return read(bytes.clone(), ty, revision).ok();
    }
    let tree = decode_json_any(bytes).ok()?;
    let text = |key: &str| tree[key].as_str().unwrap_or_default();
    let ty = match (text("apiVersion"), text("kind")) {
        (definition::V1BETA1, kind) => typed(definition::V1, kind),
        (api_version, kind) => typed(api_version, kind),
    };
    match ty {
        Some(ty) => read(bytes.clone(), ty, revision).ok(),
        None => SharedObject::from_stored_custom(bytes, revision).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn row(group: &str, resource: &str) -> Resource {
        let table = skeg_registry::resource::table();
        let mut rows = table.into_iter();
        rows.find(|row| (row.desc.group, row.desc.resource) == (group, resource))
            .expect("it is served")
    }

    #[test]
    fn every_form_is_read_back() {
        let row = row("", "configmaps");
        let tree = json!({"kind": "ConfigMap", "apiVersion": "v1",
            "metadata": {"name": "a", "namespace": "n", "labels": {"k": "v"}},
            "data": {"yes": "<no>", "lines": "one\ntwo\n", "number": "1"}});
        let expected = SharedObject::from_value(tree.clone(), row.storage_type, 7);
        let check = |name: &str, starts: &[u8]| {
            let media = StorageMediaType::parse(name).expect("a known name");
            let bytes = Form::of(&row, media).write(&row, &tree);
            assert!(bytes.starts_with(starts), "{name}: {bytes:?}");
            let object = read(bytes, row.storage_type, 7).expect("it is readable");
            assert_eq!(object.json(), expected.json(), "{name}");
            assert_eq!(object.protobuf(), expected.protobuf(), "{name}");
            assert_eq!(object.labels(), expected.labels(), "{name}");
            assert_eq!(object.revision(), 7);
        };
        check("", b"k8s\0");
        check("application/vnd.kubernetes.protobuf", b"k8s\0");
        check(
            "application/json",
            br#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","#,
        );
        check("application/yaml", b"apiVersion: v1\ndata:\n");
        assert_eq!(StorageMediaType::parse("application/cbor"), None);
    }

    #[test]
    fn what_is_no_object_is_told() {
        let ty = row("", "configmaps").storage_type;
        for bytes in [
            "",
            "{",
            "k8s\0\u{7f}",
            "- a\n- b\n",
            "kind: Secret\napiVersion: v1\n",
            "\u{0}",
        ] {
            assert!(read(Bytes::from(bytes), ty, 1).is_err(), "{bytes:?}");
        }
    }
}
