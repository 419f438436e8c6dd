//! A document that does not change: its encodings and its ETag.

use bytes::Bytes;
use skeg_schema::{
    TypeId, Value, encode_json_any, encode_json_pretty, encode_protobuf, encode_yaml, envelope,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use crate::negotiate::Format;

/// apiVersion of aggregated discovery.
pub const APIS_V2: &str = "apidiscovery.k8s.io/v2";

/// A fixed answer.
pub struct Document {
    type_name: String,
    value: Value,
    json: Bytes,
    etag: String,
    protobuf: OnceLock<Bytes>,
}

impl Document {
    /// A document of the named message type.
    pub fn new(type_name: &str, value: Value) -> Self {
        let mut json = Vec::new();
        encode_json_any(&value, &mut json);
        let mut high = DefaultHasher::new();
        json.hash(&mut high);
        let mut low = DefaultHasher::new();
        (type_name, &json).hash(&mut low);
        let etag = format!("\"{:016X}{:016X}\"", high.finish(), low.finish());
        Self {
            type_name: type_name.to_owned(),
            value,
            json: Bytes::from(json),
            etag,
            protobuf: OnceLock::new(),
        }
    }

    /// The content.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Changes when the content does.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// The bytes in a format.
    pub fn bytes(&self, format: Format, pretty: bool) -> Bytes {
        match format {
            Format::Json if pretty => Bytes::from(encode_json_pretty(&self.json)),
            Format::Json => self.json.clone(),
            Format::Yaml => Bytes::from(encode_yaml(&self.value)),
            Format::Protobuf => self.protobuf.get_or_init(|| self.encode()).clone(),
        }
    }

    fn encode(&self) -> Bytes {
        let Some(ty) = TypeId::by_name(&self.type_name) else {
            return self.json.clone();
        };
        let mut raw = Vec::new();
        encode_protobuf(&self.value, ty, &mut raw);
        let text = |key: &str| self.value[key].as_str().unwrap_or_default();
        let version = match text("apiVersion") {
            "" => "v1",
            version => version,
        };
        Bytes::from(envelope::wrap(version, text("kind"), &raw))
    }
}
