//! Between bytes on the wire and objects.

use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use skeg_meta::{ListMeta, Object, SharedObject, Status};
use skeg_schema::{TypeId, Value, envelope};

use crate::api::{List, WatchEvent};
use crate::error::Error;
use crate::payload::BoxError;
use crate::resource::ApiResource;

/// The media type of protobuf in its envelope.
pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";
/// What is asked for where both forms are known.
pub(crate) const PROTOBUF_OR_JSON: &str = "application/vnd.kubernetes.protobuf, application/json";

/// In which form bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Protobuf,
}

impl Format {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let protobuf = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().starts_with(PROTOBUF));
        if protobuf {
            Format::Protobuf
        } else {
            Format::Json
        }
    }
}

/// Makes objects of one kind from bytes, in some form.
pub(crate) trait Decoder<T = SharedObject>: Send + Sync {
    /// From protobuf without its envelope.
    fn protobuf(&self, raw: &[u8]) -> Result<T, BoxError>;
    /// From JSON.
    fn json(&self, bytes: &[u8]) -> Result<T, BoxError>;
    /// From a tree, which may lack kind and apiVersion.
    fn tree(&self, value: Value) -> Result<T, BoxError>;
    /// What is kept of an object that does not fit; none when it is an error.
    fn unfit(&self, value: Value) -> Option<T> {
        let _ = value;
        None
    }
    /// Whether protobuf may be asked for.
    fn takes_protobuf(&self) -> bool;
    /// Whether what it writes fits its kind for certain, so that a server in the same
    /// process need not read it.
    fn fits(&self) -> bool {
        true
    }
    /// An object as it is sent, with its media type.
    fn write(&self, object: &SharedObject) -> (Bytes, &'static str) {
        if self.takes_protobuf() {
            (object.protobuf(), PROTOBUF)
        } else {
            (object.json(), JSON)
        }
    }
    /// What a bookmark says: its resource version, and whether it ends the
    /// initial events.
    fn bookmark(&self, object: &T) -> (String, bool);
}

/// The annotation of the bookmark that ends the initial events.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

/// What a bookmark says that is a shared object.
pub(crate) fn shared_bookmark(object: &SharedObject) -> (String, bool) {
    let tree = object.value_once();
    let end = tree
        .at(&["metadata", "annotations", INITIAL_EVENTS_END])
        .and_then(Value::as_str);
    (object.resource_version().to_owned(), end == Some("true"))
}

fn speaks_protobuf<K: Object>() -> bool {
    <K as Object>::type_id().is_some_and(|ty| ty.desc().has_protobuf())
}

/// Keeps what came as protobuf as it came, and as a tree what does not fit the
/// struct, so that one such object does not take all others along; what informers
/// hold.
pub(crate) struct Packed<K>(PhantomData<fn() -> K>);

impl<K> Packed<K> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K: Object> Decoder for Packed<K> {
    fn protobuf(&self, raw: &[u8]) -> Result<SharedObject, BoxError> {
        Ok(SharedObject::from_wire::<K>(raw)?)
    }

    fn json(&self, bytes: &[u8]) -> Result<SharedObject, BoxError> {
        Typed::<K>::new().json(bytes)
    }

    fn tree(&self, value: Value) -> Result<SharedObject, BoxError> {
        Typed::<K>::new().tree(value)
    }

    fn unfit(&self, mut value: Value) -> Option<SharedObject> {
        let named = value.at(&["metadata", "name"]).and_then(Value::as_str);
        named.filter(|name| !name.is_empty())?;
        let object = value.as_object_mut()?;
        object.insert("kind", &*K::GVK.kind);
        object.insert("apiVersion", K::GVK.api_version());
        Some(SharedObject::from_tree(value))
    }

    fn takes_protobuf(&self) -> bool {
        speaks_protobuf::<K>()
    }

    fn bookmark(&self, object: &SharedObject) -> (String, bool) {
        shared_bookmark(object)
    }
}

/// An object among others that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}")]
struct Unreadable {
    /// Its namespace and its name.
    name: String,
    source: BoxError,
}

/// What comes of an object in JSON that could not be decoded: what the decoder
/// takes in its place, or an error that says which it is.
pub(crate) fn unfit<T>(
    decoder: &dyn Decoder<T>,
    object: Option<Value>,
    error: BoxError,
) -> Result<T, BoxError> {
    let Some(object) = object else {
        return Err(error);
    };
    let text = |key: &str| {
        let found = object.at(&["metadata", key]).and_then(Value::as_str);
        found.unwrap_or_default()
    };
    let name = match (text("namespace"), text("name")) {
        (_, "") => return Err(error),
        ("", name) => name.to_owned(),
        (namespace, name) => format!("{namespace}/{name}"),
    };
    decoder.unfit(object).ok_or_else(|| {
        Box::new(Unreadable {
            name,
            source: error,
        })
        .into()
    })
}

/// Decodes straight into a typed kind.
pub(crate) struct Typed<K>(PhantomData<fn() -> K>);

impl<K> Typed<K> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K: Object> Decoder<Arc<K>> for Typed<K> {
    fn protobuf(&self, raw: &[u8]) -> Result<Arc<K>, BoxError> {
        Ok(K::shared_from_protobuf(raw)?)
    }

    fn json(&self, bytes: &[u8]) -> Result<Arc<K>, BoxError> {
        Ok(K::from_json(bytes)?.into())
    }

    fn tree(&self, value: Value) -> Result<Arc<K>, BoxError> {
        Ok(K::from_tree(value)?.into())
    }

    fn takes_protobuf(&self) -> bool {
        speaks_protobuf::<K>()
    }

    fn bookmark(&self, object: &Arc<K>) -> (String, bool) {
        let meta = object.meta();
        let end = meta.annotations.get(INITIAL_EVENTS_END);
        let end = end.is_some_and(|end| end == "true");
        (meta.resource_version.clone(), end)
    }
}

impl<K: Object> Decoder for Typed<K> {
    fn protobuf(&self, raw: &[u8]) -> Result<SharedObject, BoxError> {
        Ok(SharedObject::from_typed(K::shared_from_protobuf(raw)?))
    }

    fn json(&self, bytes: &[u8]) -> Result<SharedObject, BoxError> {
        Ok(SharedObject::from_typed(K::from_json(bytes)?.into()))
    }

    fn tree(&self, value: Value) -> Result<SharedObject, BoxError> {
        Ok(SharedObject::from_typed(K::from_tree(value)?.into()))
    }

    fn takes_protobuf(&self) -> bool {
        speaks_protobuf::<K>()
    }

    fn bookmark(&self, object: &SharedObject) -> (String, bool) {
        shared_bookmark(object)
    }
}

/// Decodes into trees, which travel as JSON, also where a kind is built in: a
/// tree keeps the fields that only a newer server knows, protobuf loses them.
pub(crate) struct Trees {
    ty: Option<TypeId>,
    api_version: String,
    kind: String,
}

impl Trees {
    pub(crate) fn new(resource: &ApiResource) -> Self {
        Self {
            ty: resource.type_id(),
            api_version: resource.api_version(),
            kind: resource.kind.to_string(),
        }
    }
}

impl Decoder for Trees {
    // A tree may hold anything: the server has to tell what is wrong with it.
    fn fits(&self) -> bool {
        false
    }

    fn protobuf(&self, raw: &[u8]) -> Result<SharedObject, BoxError> {
        let ty = self.ty.ok_or("protobuf of a kind that is not built in")?;
        self.tree(skeg_schema::decode_protobuf(raw, ty)?)
    }

    fn json(&self, bytes: &[u8]) -> Result<SharedObject, BoxError> {
        self.tree(skeg_schema::decode_json_any(bytes)?)
    }

    fn tree(&self, mut value: Value) -> Result<SharedObject, BoxError> {
        let object = value.as_object_mut().ok_or("not an object")?;
        if !object.contains_key("kind") {
            object.insert("kind", self.kind.as_str());
        }
        if !object.contains_key("apiVersion") {
            object.insert("apiVersion", self.api_version.as_str());
        }
        Ok(SharedObject::from_tree(value))
    }

    fn takes_protobuf(&self) -> bool {
        false
    }

    fn write(&self, object: &SharedObject) -> (Bytes, &'static str) {
        let mut out = Vec::with_capacity(1024);
        skeg_schema::encode_json_any(&object.value(), &mut out);
        (out.into(), JSON)
    }

    fn bookmark(&self, object: &SharedObject) -> (String, bool) {
        shared_bookmark(object)
    }
}

/// What a write or a read of one object brings back.
pub(crate) enum Answer {
    Object(SharedObject),
    Status(Box<Status>),
}

/// Decodes the answer to a request about one object.
pub(crate) fn decode_answer(
    bytes: &[u8],
    format: Format,
    decoder: &dyn Decoder,
) -> Result<Answer, BoxError> {
    match format {
        Format::Protobuf => {
            let unknown = envelope::unwrap(bytes)?;
            if unknown.kind == "Status" && unknown.api_version == "v1" {
                return Ok(Answer::Status(Box::new(status_from_protobuf(unknown.raw)?)));
            }
            Ok(Answer::Object(decoder.protobuf(unknown.raw)?))
        }
        Format::Json => {
            if let Some(status) = status_from_json(bytes) {
                return Ok(Answer::Status(Box::new(status)));
            }
            Ok(Answer::Object(decoder.json(bytes)?))
        }
    }
}

pub(crate) fn status_from_protobuf(raw: &[u8]) -> Result<Status, BoxError> {
    let mut status = Status::default();
    skeg_schema::message_from_protobuf(raw, &mut status)?;
    Ok(status)
}

/// A Status, if that is what the bytes are. Upstream writes `kind` first, so
/// that a glance at the head saves parsing other objects twice; those who sort
/// the members write short ones, which are searched whole.
fn status_from_json(bytes: &[u8]) -> Option<Status> {
    const SHORT_LEN_MAX: usize = 4096;
    let head = if bytes.len() <= SHORT_LEN_MAX {
        bytes
    } else {
        &bytes[..64]
    };
    if !head.windows(8).any(|window| window == b"\"Status\"") {
        return None;
    }
    status_from_tree(skeg_schema::decode_json_any(bytes).ok()?)
}

/// A Status, if that is what the tree is.
pub(crate) fn status_from_tree(tree: Value) -> Option<Status> {
    if tree["kind"] != "Status" || tree["apiVersion"] != "v1" {
        return None;
    }
    let mut status = Status::default();
    skeg_schema::message_from_value(tree, &mut status).ok()?;
    Some(status)
}

/// A Status came where something else was asked for.
#[derive(Debug, thiserror::Error)]
#[error("a Status instead: {}", .0.message)]
pub(crate) struct Instead(pub(crate) Box<Status>);

/// The error of a Status that came instead of what was asked for: a refusal is
/// one whatever the HTTP code says (client-go's `Result.Into`).
pub(crate) fn instead(target: impl Into<String>, status: Box<Status>) -> Error {
    if is_refusal(&status) {
        Error::Api(status)
    } else {
        Error::decode(target, Instead(status))
    }
}

/// Whether a Status says that nothing came of it.
pub(crate) fn is_refusal(status: &Status) -> bool {
    status.status == "Failure"
}

/// Whether the type in an envelope is that of a Status.
pub(crate) fn is_type_of_status(bytes: &[u8]) -> bool {
    let mut found = 0;
    for field in Fields(bytes) {
        if let Ok((1, Some(b"v1")) | (2, Some(b"Status"))) = field {
            found += 1;
        }
    }
    found == 2
}

/// The refusal that a whole answer is, if it is one.
pub(crate) fn refusal_in(bytes: &[u8], format: Format) -> Option<Box<Status>> {
    let status = match format {
        Format::Protobuf => envelope::unwrap(bytes)
            .ok()
            .filter(|unknown| unknown.kind == "Status" && unknown.api_version == "v1")
            .and_then(|unknown| status_from_protobuf(unknown.raw).ok()),
        Format::Json => status_from_json(bytes),
    };
    status.filter(is_refusal).map(Box::new)
}

/// The Status of a refusal: the server's, or one made from the HTTP code when
/// the body is something else (a proxy's page, plain text), which then says
/// what was asked, too.
pub(crate) fn decode_refusal(
    code: http::StatusCode,
    bytes: &[u8],
    headers: &HeaderMap,
    asked: &dyn std::fmt::Display,
) -> Status {
    let decoded = match Format::of(headers) {
        Format::Protobuf => envelope::unwrap(bytes)
            .ok()
            .filter(|unknown| unknown.kind == "Status")
            .and_then(|unknown| status_from_protobuf(unknown.raw).ok()),
        Format::Json => status_from_json(bytes),
    };
    let mut status = decoded.unwrap_or_else(|| {
        const MESSAGE_LEN_MAX: usize = 512;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MESSAGE_LEN_MAX)]);
        let text = text.trim();
        Status {
            status: "Failure".to_owned(),
            reason: reason_of(code).to_owned(),
            message: if text.is_empty() {
                format!("the server answered {code} to {asked}")
            } else {
                format!("the server answered {code} to {asked}: {text}")
            },
            ..Status::default()
        }
    });
    if status.code == 0 {
        status.code = i32::from(code.as_u16());
    }
    // Retry-After may stand in the header alone.
    let seconds = headers
        .get(http::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<i32>().ok());
    if let Some(seconds) = seconds {
        let details = status.details.get_or_insert_with(Default::default);
        if details.retry_after_seconds == 0 {
            details.retry_after_seconds = seconds;
        }
    }
    status
}

fn reason_of(code: http::StatusCode) -> &'static str {
    match code.as_u16() {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        500..=599 => "InternalError",
        _ => "Unknown",
    }
}

fn list_meta<T>(meta: ListMeta, list: &mut List<T>) {
    list.resource_version = meta.resource_version;
    list.continue_token = Some(meta.continue_).filter(|token| !token.is_empty());
    list.remaining = meta.remaining_item_count;
}

/// A tree of JSON.
pub(crate) fn tree_of(bytes: &[u8]) -> Result<Value, BoxError> {
    Ok(skeg_schema::decode_json_any(bytes)?)
}

/// The metadata of a list, from the list without its items.
pub(crate) fn list_meta_from_tree<T>(mut tree: Value, list: &mut List<T>) -> Result<(), BoxError> {
    if tree.as_object().is_none() {
        return Err("the list is no object".into());
    }
    if !matches!(tree["items"], Value::Null | Value::Array(_)) {
        return Err("items is no array".into());
    }
    if let Some(status) = status_from_tree(tree.clone()) {
        return Err(Instead(Box::new(status)).into());
    }
    if let Some(meta) = tree.get_mut("metadata").map(Value::take)
        && !meta.is_null()
    {
        list_meta(skeg_schema::from_value(meta)?, list);
    }
    Ok(())
}

/// The metadata of a list.
pub(crate) fn list_meta_from_protobuf<T>(bytes: &[u8], list: &mut List<T>) -> Result<(), BoxError> {
    let mut meta = ListMeta::default();
    skeg_schema::message_from_protobuf(bytes, &mut meta)?;
    list_meta(meta, list);
    Ok(())
}

/// The fields of a protobuf message: number, and the bytes of those that have a length.
struct Fields<'a>(&'a [u8]);

const TRUNCATED: &str = "protobuf message cut short";

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, BoxError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(TRUNCATED)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("protobuf varint too long".into())
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], BoxError> {
        let len = usize::try_from(len).map_err(|_| TRUNCATED)?;
        if len > self.0.len() {
            return Err(TRUNCATED.into());
        }
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Result<(u64, Option<&'a [u8]>), BoxError> {
        let tag = self.varint()?;
        let bytes = match tag & 7 {
            0 => {
                self.varint()?;
                None
            }
            1 => {
                self.take(8)?;
                None
            }
            2 => {
                let len = self.varint()?;
                Some(self.take(len)?)
            }
            5 => {
                self.take(4)?;
                None
            }
            other => return Err(format!("protobuf wire type {other}").into()),
        };
        Ok((tag >> 3, bytes))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Option<&'a [u8]>), BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Decodes one frame of a watch.
pub(crate) fn decode_event<T>(
    frame: &[u8],
    format: Format,
    decoder: &dyn Decoder<T>,
) -> Result<WatchEvent<T>, BoxError> {
    match format {
        Format::Protobuf => {
            let mut kind = "";
            let mut object: &[u8] = &[];
            for field in Fields(frame) {
                match field? {
                    (1, Some(text)) => kind = std::str::from_utf8(text)?,
                    (2, Some(raw_extension)) => {
                        for field in Fields(raw_extension) {
                            if let (1, Some(raw)) = field? {
                                object = raw;
                            }
                        }
                    }
                    _ => {}
                }
            }
            let unknown = envelope::unwrap(object)?;
            match kind {
                "ERROR" => Ok(WatchEvent::Error(Box::new(status_from_protobuf(
                    unknown.raw,
                )?))),
                _ => event(kind, decoder.protobuf(unknown.raw)?, decoder),
            }
        }
        Format::Json => {
            let mut value = skeg_schema::decode_json_any(frame)?;
            let Some(object) = value.get_mut("object").map(Value::take) else {
                let status = status_from_tree(value).ok_or("an event without an object")?;
                return Ok(WatchEvent::Error(Box::new(status)));
            };
            match value["type"].as_str().unwrap_or_default() {
                "ERROR" => {
                    let mut status = Status::default();
                    skeg_schema::message_from_value(object, &mut status)?;
                    Ok(WatchEvent::Error(Box::new(status)))
                }
                "BOOKMARK" => Ok(tree_bookmark(&object)),
                kind => {
                    let object = decoder.tree(object).or_else(|error| {
                        let mut whole = skeg_schema::decode_json_any(frame)?;
                        let object = whole.get_mut("object").map(Value::take);
                        unfit(decoder, object, error)
                    });
                    event(kind, object?, decoder)
                }
            }
        }
    }
}

/// A bookmark has metadata alone: the fields that a custom kind must have are
/// missing, so that it is no object of the kind.
fn tree_bookmark<T>(object: &Value) -> WatchEvent<T> {
    let text = |path: &[&str]| object.at(path).and_then(Value::as_str);
    let end = text(&["metadata", "annotations", INITIAL_EVENTS_END]);
    let version = text(&["metadata", "resourceVersion"]);
    WatchEvent::Bookmark {
        resource_version: version.unwrap_or_default().to_owned(),
        initial_events_end: end == Some("true"),
    }
}

fn event<T>(kind: &str, object: T, decoder: &dyn Decoder<T>) -> Result<WatchEvent<T>, BoxError> {
    Ok(match kind {
        "ADDED" => WatchEvent::Added(object),
        "MODIFIED" => WatchEvent::Modified(object),
        "DELETED" => WatchEvent::Deleted(object),
        "BOOKMARK" => {
            let (resource_version, initial_events_end) = decoder.bookmark(&object);
            WatchEvent::Bookmark {
                resource_version,
                initial_events_end,
            }
        }
        other => return Err(format!("unknown type of event {other:?}").into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::Pod;
    use skeg_api::snapshot::v1::VolumeSnapshot;

    #[test]
    fn custom_resources_are_not_asked_for_in_protobuf() {
        assert!(Packed::<Pod>::new().takes_protobuf());
        assert!(!Packed::<VolumeSnapshot>::new().takes_protobuf());
    }
}
