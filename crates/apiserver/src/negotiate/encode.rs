//! Writing objects, lists and events in the negotiated form. Forms that an
//! object keeps are used as they are; lists are joined from them.

use bytes::Bytes;
use skeg_meta::{SharedObject, Status};
use skeg_registry::resource::Resource;
use skeg_schema::{
    Object, TypeId, Value, encode_json, encode_json_any, encode_json_pretty, encode_protobuf,
    encode_yaml, envelope, json,
};

use super::pieces::{JsonList, ProtobufList, varint};
use super::{Format, MetaVersion, Transform, Wanted};
use crate::table;

fn finish_json(mut json: Vec<u8>, pretty: bool) -> Bytes {
    if pretty {
        return Bytes::from(encode_json_pretty(&json));
    }
    json.push(b'\n');
    Bytes::from(json)
}

/// A tree of a known type in a plain format.
pub fn tree(value: &Value, ty: Option<TypeId>, format: Format, pretty: bool) -> Bytes {
    match (format, ty) {
        (Format::Json, ty) => {
            let mut out = Vec::new();
            match ty {
                Some(ty) => encode_json(value, ty, &mut out),
                None => encode_json_any(value, &mut out),
            }
            finish_json(out, pretty)
        }
        (Format::Yaml, ty) => Bytes::from(encode_yaml(&complete(value, ty))),
        (Format::Protobuf, Some(ty)) => {
            let mut raw = Vec::new();
            encode_protobuf(value, ty, &mut raw);
            let text = |key: &str| value[key].as_str().unwrap_or_default();
            Bytes::from(envelope::wrap(text("apiVersion"), text("kind"), &raw))
        }
        (Format::Protobuf, None) => tree(value, ty, Format::Json, pretty),
    }
}

/// The tree as its JSON would be read again: with the zeroes that the type
/// always writes.
fn complete(value: &Value, ty: Option<TypeId>) -> Value {
    let Some(ty) = ty else { return value.clone() };
    let mut out = Vec::new();
    encode_json(value, ty, &mut out);
    skeg_schema::decode_json_any(&out).unwrap_or_else(|_| value.clone())
}

/// A Status.
pub fn status(status: &Status, wanted: Wanted) -> Bytes {
    let value = status.to_value();
    tree(
        &value,
        TypeId::by_name("meta/v1.Status"),
        wanted.format,
        wanted.pretty,
    )
}

/// A Status that does not say what it is.
pub fn nameless_status(status: &Status) -> String {
    let mut value = status.to_value();
    for name in ["kind", "apiVersion"] {
        value.remove_at(&[name]);
    }
    value.set_at(&["metadata"], Value::object());
    let json = tree(&value, None, Format::Json, false);
    String::from_utf8_lossy(&json).into_owned()
}

/// A Status for those with whom no form was agreed on.
pub fn raw_status(shown: &Status) -> Bytes {
    let pretty = Wanted {
        pretty: true,
        ..Wanted::JSON
    };
    status(shown, pretty)
}

/// An object of a served resource, already in its version.
pub fn object(resource: &Resource, object: &SharedObject, wanted: Wanted) -> Bytes {
    match wanted.transform {
        Transform::None => plain(object, wanted),
        Transform::Partial(version) => partial_tree(&object.value(), version, wanted),
        Transform::Table(version) => {
            let rows = table::Options::default();
            let value = table::of_objects(
                resource,
                std::slice::from_ref(object),
                version,
                rows,
                table::ListMeta {
                    resource_version: object.revision(),
                    ..Default::default()
                },
            );
            tree(&value, None, wanted.format, wanted.pretty)
        }
        // Refused before anything is done.
        Transform::PartialList(_) => plain(object, wanted),
    }
}

/// An object that nobody else is likely to ask for in this form.
pub fn object_once(resource: &Resource, shown: &SharedObject, wanted: Wanted) -> Bytes {
    match (wanted.transform, wanted.format) {
        (Transform::None, Format::Json) if !wanted.pretty => Bytes::from(shown.json_line_once()),
        _ => object(resource, shown, wanted),
    }
}

fn plain(object: &SharedObject, wanted: Wanted) -> Bytes {
    match wanted.format {
        Format::Json if wanted.pretty => Bytes::from(encode_json_pretty(&object.json())),
        Format::Json => {
            let json = object.json();
            let mut out = Vec::with_capacity(json.len() + 1);
            out.extend_from_slice(&json);
            out.push(b'\n');
            Bytes::from(out)
        }
        Format::Yaml => Bytes::from(encode_yaml(&complete(&object.value(), object.type_id()))),
        Format::Protobuf => object.protobuf(),
    }
}

fn partial_type(version: MetaVersion) -> Option<TypeId> {
    TypeId::by_name(match version {
        MetaVersion::V1 => "meta/v1.PartialObjectMetadata",
        MetaVersion::V1Beta1 => "meta/v1beta1.PartialObjectMetadata",
    })
    .or_else(|| TypeId::by_name("meta/v1.PartialObjectMetadata"))
}

fn partial_list_type(version: MetaVersion) -> Option<TypeId> {
    TypeId::by_name(match version {
        MetaVersion::V1 => "meta/v1.PartialObjectMetadataList",
        MetaVersion::V1Beta1 => "meta/v1beta1.PartialObjectMetadataList",
    })
}

/// Only the metadata of an object.
pub fn partial(object: &Value, version: MetaVersion) -> Value {
    let mut out = Object::with_capacity(3);
    out.insert("kind", "PartialObjectMetadata");
    out.insert("apiVersion", version.api_version());
    out.insert("metadata", object["metadata"].clone());
    Value::Object(out)
}

/// The same, written.
pub fn partial_tree(object: &Value, version: MetaVersion, wanted: Wanted) -> Bytes {
    tree(
        &partial(object, version),
        partial_type(version),
        wanted.format,
        wanted.pretty,
    )
}

/// A list and what its metadata says.
pub struct List<'a> {
    /// The objects, already in the served version.
    pub items: Vec<SharedObject>,
    /// Its resource version.
    pub resource_version: u64,
    /// Token of the next page, or empty.
    pub continue_token: &'a str,
    /// How many are left after this page, if known.
    pub remaining: Option<i64>,
}

impl List<'_> {
    fn meta(&self) -> Value {
        let mut meta = Object::with_capacity(3);
        if self.resource_version > 0 {
            meta.insert("resourceVersion", self.resource_version.to_string());
        }
        if !self.continue_token.is_empty() {
            meta.insert("continue", self.continue_token);
        }
        if let Some(remaining) = self.remaining {
            meta.insert("remainingItemCount", remaining);
        }
        Value::Object(meta)
    }
}

/// The bytes of a list, made while they are taken.
pub type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

fn all(pieces: impl Iterator<Item = Bytes>) -> Vec<u8> {
    pieces.collect::<Vec<_>>().concat()
}

fn one(bytes: Bytes) -> Pieces {
    Box::new(std::iter::once(bytes))
}

/// A list, in pieces.
pub fn list(resource: &Resource, list: List<'_>, wanted: Wanted, rows: table::Options) -> Pieces {
    match (wanted.transform, wanted.format) {
        (Transform::None, Format::Json) => {
            let pieces = json_list(resource, list);
            if wanted.pretty {
                one(Bytes::from(encode_json_pretty(&all(pieces))))
            } else {
                Box::new(pieces)
            }
        }
        (Transform::None, Format::Protobuf) => Box::new(protobuf_list(resource, list)),
        (Transform::None, Format::Yaml) => {
            let json = all(json_list(resource, list));
            let value = skeg_schema::decode_json_any(&json).unwrap_or_default();
            one(Bytes::from(encode_yaml(&value)))
        }
        (Transform::Table(version), _) => {
            let meta = table::ListMeta {
                resource_version: list.resource_version,
                continue_token: list.continue_token.to_owned(),
                remaining: list.remaining,
            };
            let value = table::of_list(resource, &list.items, version, rows, meta);
            one(tree(&value, None, wanted.format, wanted.pretty))
        }
        (Transform::Partial(version) | Transform::PartialList(version), format) => {
            let items: Vec<Value> = (list.items.iter())
                .map(|object| partial(&object.value(), version))
                .collect();
            // They are gathered one by one, into what was nothing.
            let mut value = json!({
                "kind": "PartialObjectMetadataList",
                "apiVersion": version.api_version(),
                "metadata": list.meta(),
            });
            if !items.is_empty() {
                value.set_at(&["items"], Value::Array(items));
            } else if format != Format::Protobuf {
                value.set_at(&["items"], Value::Null);
                return one(tree(&value, None, format, wanted.pretty));
            }
            one(tree(
                &value,
                partial_list_type(version),
                format,
                wanted.pretty,
            ))
        }
    }
}

fn list_kind(resource: &Resource) -> String {
    if let Some(kind) = &resource.custom {
        return kind.list_kind.to_owned();
    }
    match resource.desc.list_ty {
        Some(ty) => ty.desc().go.to_owned(),
        None => format!("{}List", resource.desc.kind),
    }
}

fn json_list(resource: &Resource, list: List<'_>) -> JsonList {
    let api_version = resource.desc.api_version();
    let mut head = Vec::with_capacity(160);
    head.extend_from_slice(b"{\"kind\":\"");
    head.extend_from_slice(list_kind(resource).as_bytes());
    head.extend_from_slice(b"\",\"apiVersion\":\"");
    head.extend_from_slice(api_version.as_bytes());
    head.extend_from_slice(b"\",\"metadata\":");
    let mut meta = list.meta();
    // Lists of custom resources always tell of the next page, also of none.
    if resource.custom.is_some() && list.continue_token.is_empty() {
        meta.set_at(&["continue"], "");
    }
    encode_json_any(&meta, &mut head);
    head.extend_from_slice(b",\"items\":[");
    let kind = format!(
        "{{\"kind\":\"{}\",\"apiVersion\":\"{api_version}\"",
        resource.desc.kind
    );
    JsonList::new(head, kind, list.items)
}

fn protobuf_list(resource: &Resource, list: List<'_>) -> ProtobufList {
    let mut meta = Vec::new();
    if let Some(ty) = TypeId::by_name("meta/v1.ListMeta") {
        encode_protobuf(&list.meta(), ty, &mut meta);
    }
    ProtobufList::new(
        &resource.desc.api_version(),
        &list_kind(resource),
        &meta,
        list.items,
    )
}

/// One frame of a watch: a line of JSON, or a message with its length in front.
pub fn watch_frame(kind: &str, object: &[u8], format: Format) -> Bytes {
    match format {
        Format::Json | Format::Yaml => {
            let object = object.strip_suffix(b"\n").unwrap_or(object);
            let mut out = Vec::with_capacity(object.len() + 40);
            out.extend_from_slice(b"{\"type\":\"");
            out.extend_from_slice(kind.as_bytes());
            out.extend_from_slice(b"\",\"object\":");
            out.extend_from_slice(object);
            out.extend_from_slice(b"}\n");
            Bytes::from(out)
        }
        Format::Protobuf => {
            // meta/v1.WatchEvent {type = 1, object = 2 (RawExtension {raw = 1})},
            // itself without an envelope.
            let mut extension = Vec::with_capacity(object.len() + 8);
            extension.push(0x0a);
            varint(object.len() as u64, &mut extension);
            extension.extend_from_slice(object);
            let mut event = Vec::with_capacity(extension.len() + 24);
            event.push(0x0a);
            varint(kind.len() as u64, &mut event);
            event.extend_from_slice(kind.as_bytes());
            event.push(0x12);
            varint(extension.len() as u64, &mut event);
            event.extend_from_slice(&extension);
            let mut out = Vec::with_capacity(event.len() + 4);
            out.extend_from_slice(&(event.len() as u32).to_be_bytes());
            out.extend_from_slice(&event);
            Bytes::from(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        assert_eq!(
            &watch_frame("ADDED", b"{}\n", Format::Json)[..],
            b"{\"type\":\"ADDED\",\"object\":{}}\n"
        );
        let frame = watch_frame("ADDED", b"k8s\0", Format::Protobuf);
        assert_eq!(
            u32::from_be_bytes(frame[..4].try_into().expect("four")) as usize,
            frame.len() - 4
        );
    }
}
