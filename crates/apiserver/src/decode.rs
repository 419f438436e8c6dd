//! From a request's body to a tree of the expected kind, with upstream's
//! words for everything that can be wrong with it.

use skeg_registry::resource::Resource;
use skeg_schema::{
    DecodeError, DecodeOptions, TypeId, Value, decode_json, decode_json_any, decode_protobuf,
    decode_yaml, envelope,
};

use crate::call::Req;
use crate::error::{Error, Result};
use crate::negotiate::{self, Format};
use crate::options::FieldValidation;
use crate::reply::internal_name;

/// Bytes of a body that messages show.
const SUMMARY_LEN: usize = 30;
/// Where upstream's scheme was made; part of its messages.
const SCHEME: &str = "pkg/runtime/scheme.go:111";
/// Versions that upstream's scheme still knows, though nobody serves them.
const RETIRED: &[&str] = &[
    "extensions/v1beta1",
    "apps/v1beta1",
    "apps/v1beta2",
    "batch/v1beta1",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "policy/v1beta1",
    "networking.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1beta1",
    "storage.k8s.io/v1beta1",
];

/// What is expected in a body.
#[derive(Clone, Copy)]
pub struct Expected {
    /// Its type.
    pub ty: TypeId,
    /// API group of the endpoint.
    pub group: &'static str,
    /// API version of the endpoint.
    pub version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The type that it is inside of upstream's server: that of the stored
    /// version.
    pub internal: TypeId,
    /// Older versions of the same form that are taken too.
    pub older: &'static [&'static str],
}

impl Expected {
    /// An object of the resource itself.
    pub fn of(resource: &Resource) -> Self {
        let desc = resource.desc;
        Self {
            ty: desc.ty,
            group: desc.group,
            version: desc.version,
            kind: desc.kind,
            internal: resource.storage_type,
            older: &[],
        }
    }

    fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// `{"a":…` as text, anything else in hexadecimal, both shortened.
pub fn summary(body: &[u8]) -> String {
    let cut = &body[..body.len().min(SUMMARY_LEN)];
    let more = if body.len() > SUMMARY_LEN { " ..." } else { "" };
    match body.first() {
        None => "<empty>".to_owned(),
        Some(b'{') => format!("{}{more}", String::from_utf8_lossy(cut)),
        Some(_) => {
            let hex: String = cut.iter().map(|b| format!("{b:02x}")).collect();
            format!("{hex}{more}")
        }
    }
}

fn unrecognized(expected: &Expected, why: &str, body: &[u8]) -> Error {
    Error::bad_request(format!(
        "the object provided is unrecognized (must be of type {}): {why} ({})",
        expected.kind,
        summary(body)
    ))
}

/// What JSON is called in a message about the type.
fn json_kind(body: &[u8]) -> Option<&'static str> {
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'[') => Some("array"),
        Some(b'"') => Some("string"),
        Some(b't' | b'f') => Some("bool"),
        Some(b'-' | b'0'..=b'9') => Some("number"),
        _ => None,
    }
}

/// The decoder's words when apiVersion and kind cannot be read.
pub fn not_an_object(kind: &str) -> String {
    format!(
        "couldn't get version/kind; json parse error: json: cannot unmarshal {kind} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}"
    )
}

/// What JSON of this form is called.
pub fn form_of(tree: &Value) -> Option<&'static str> {
    match tree {
        Value::Array(_) => Some("array"),
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("bool"),
        Value::Int(_) | Value::Float(_) => Some("number"),
        Value::Object(_) => Some("object"),
        Value::Null => None,
    }
}

/// The decoder's words when apiVersion or kind is no text, or there is nothing
/// that could have them.
pub fn not_named(tree: &Value) -> Option<String> {
    let Some(members) = tree.as_object() else {
        return form_of(tree).map(not_an_object);
    };
    members.iter().find_map(|(name, value)| {
        let named = matches!(&**name, "apiVersion" | "kind");
        let form = form_of(value).filter(|form| named && *form != "string")?;
        Some(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {form} into Go struct field .{name} of type string"
        ))
    })
}

/// A decoded body.
pub struct Body {
    /// The tree; kind and apiVersion are those of the endpoint.
    pub value: Value,
    /// Unknown and repeated fields.
    pub complaints: Vec<String>,
}

/// Complains of unknown and repeated fields; keeps empty lists that upstream
/// sees as set, for the booking of ownership.
pub fn strict() -> DecodeOptions {
    DecodeOptions {
        keep_empty: true,
        ..DecodeOptions::strict()
    }
}

/// Decodes bytes.
pub fn decode(body: &[u8], format: Format, expected: &Expected) -> Result<Body> {
    match format {
        Format::Json => json(body, expected),
        Format::Yaml => yaml(body, expected),
        Format::Protobuf => protobuf(body, expected),
    }
}

fn json(body: &[u8], expected: &Expected) -> Result<Body> {
    match decode_json(body, expected.ty, &strict()) {
        Ok(decoded) if decoded.value.is_null() => {
            finish(Value::object(), decoded.complaints, expected, body)
        }
        Ok(decoded) => finish(decoded.value, decoded.complaints, expected, body),
        Err(DecodeError::Syntax(why)) => {
            let why = format!("couldn't get version/kind; json parse error: {why}");
            Err(unrecognized(expected, &why, body))
        }
        Err(error) => {
            if let Some(kind) = json_kind(body) {
                return Err(unrecognized(expected, &not_an_object(kind), body));
            }
            let given = decode_json_any(body).unwrap_or_default();
            if let Some(why) = not_named(&given) {
                return Err(unrecognized(expected, &why, body));
            }
            let (version, kind) = check_kind(&given, expected, body)?;
            Err(cannot_be_handled(
                &version,
                &kind,
                expected,
                &error.to_string(),
            ))
        }
    }
}

fn yaml(body: &[u8], expected: &Expected) -> Result<Body> {
    match decode_yaml(body, Some(expected.ty), &strict()) {
        Ok(decoded) if decoded.value.is_null() => {
            finish(Value::object(), decoded.complaints, expected, body)
        }
        Ok(decoded) => finish(decoded.value, decoded.complaints, expected, body),
        Err(DecodeError::Type(why)) => {
            let given = skeg_schema::decode_yaml_any(body).unwrap_or_default();
            if let Some(why) = not_named(&given) {
                return Err(unrecognized(expected, &why, body));
            }
            let (version, kind) = check_kind(&given, expected, body)?;
            Err(cannot_be_handled(&version, &kind, expected, &why))
        }
        Err(error) => Err(unrecognized(expected, &error.to_string(), body)),
    }
}

fn protobuf(body: &[u8], expected: &Expected) -> Result<Body> {
    if body == envelope::MAGIC {
        return Err(unrecognized(expected, "empty body", body));
    }
    let unknown =
        envelope::unwrap(body).map_err(|error| unrecognized(expected, &error.to_string(), body))?;
    let mut type_meta = Value::object();
    type_meta.set_at(&["apiVersion"], unknown.api_version);
    type_meta.set_at(&["kind"], unknown.kind);
    let (version, kind) = check_kind(&type_meta, expected, body)?;
    let value = decode_protobuf(unknown.raw, expected.ty)
        .map_err(|error| cannot_be_handled(&version, &kind, expected, &error.to_string()))?;
    Ok(Body {
        value: typed(value, expected),
        complaints: Vec::new(),
    })
}

fn finish(value: Value, complaints: Vec<String>, expected: &Expected, body: &[u8]) -> Result<Body> {
    check_kind(&value, expected, body)?;
    Ok(Body {
        value: typed(value, expected),
        complaints,
    })
}

/// The tree with the endpoint's kind and apiVersion.
pub fn typed(mut value: Value, expected: &Expected) -> Value {
    value.set_at(&["kind"], expected.kind);
    value.set_at(&["apiVersion"], expected.api_version());
    value
}

fn cannot_be_handled(version: &str, kind: &str, expected: &Expected, why: &str) -> Error {
    Error::bad_request(format!(
        "{kind} in version {} cannot be handled as a {}: {why}",
        crate::go::quote(version),
        expected.kind
    ))
}

/// Checks what a body says of itself against the endpoint; answers version
/// and kind with what is left out filled in.
fn check_kind(given: &Value, expected: &Expected, body: &[u8]) -> Result<(String, String)> {
    let api_version = given["apiVersion"].as_str().unwrap_or_default();
    let kind = match given["kind"].as_str() {
        None | Some("") => expected.kind,
        Some(kind) => kind,
    };
    if api_version.matches('/').count() > 1 {
        let why = format!("unexpected GroupVersion string: {api_version}");
        return Err(unrecognized(expected, &why, body));
    }
    let (group, version) = match api_version.split_once('/') {
        _ if api_version.is_empty() => (expected.group, expected.version),
        Some((group, version)) => (group, version),
        None => ("", api_version),
    };
    let known = version == expected.version || expected.older.contains(&version);
    if (group, kind) == (expected.group, expected.kind) && known {
        return Ok((version.to_owned(), kind.to_owned()));
    }
    let registered = TypeId::by_gvk(group, version, kind);
    let retired = kind == expected.kind && RETIRED.contains(&api_version);
    if registered.is_none() && !retired {
        let shown = if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        };
        let why = not_registered(kind, &shown);
        return Err(cannot_be_handled(version, kind, expected, &why));
    }
    if kind == expected.kind {
        return Err(Error::bad_request(format!(
            "the API version in the data ({api_version}) does not match the expected API version ({})",
            expected.api_version()
        )));
    }
    let why = format!(
        "converting ({version}.{kind}) to ({}): unknown conversion",
        internal_name(expected.internal)
    );
    Err(cannot_be_handled(version, kind, expected, &why))
}

/// The scheme's words about a kind that nobody knows.
pub(crate) fn not_registered(kind: &str, api_version: &str) -> String {
    format!(
        "no kind {} is registered for version {} in scheme \"{SCHEME}\"",
        crate::go::quote(kind),
        crate::go::quote(api_version)
    )
}

/// Refuses a tree that says it is of another kind or version.
pub fn require_kind(given: &Value, expected: &Expected, body: &[u8]) -> Result<()> {
    check_kind(given, expected, body).map(drop)
}

/// The body of a create or update of a served resource, defaults filled in.
pub async fn read_object(
    req: &Req<'_>,
    resource: &Resource,
    validation: FieldValidation,
) -> Result<Value> {
    if let Some(kind) = &resource.custom {
        return crate::custom::read(req, kind, validation).await;
    }
    let mut obj = read(req, &Expected::of(resource), validation).await?;
    resource.strategy.default(&mut obj);
    Ok(obj)
}

/// Reads and decodes the body of a request; warns or refuses as the request
/// asks about fields that are not known.
pub async fn read(
    req: &Req<'_>,
    expected: &Expected,
    validation: FieldValidation,
) -> Result<Value> {
    if let Some(object) = req.take_object() {
        return Ok(typed((*object.value()).clone(), expected));
    }
    let format = negotiate::body_format(req.headers);
    let bytes = req.read_body().await?;
    let body = decode(&bytes, format?, expected)?;
    complain(req, body.complaints, validation, |text| {
        cannot_be_handled(expected.version, expected.kind, expected, text)
    })?;
    Ok(body.value)
}

/// Warns of or refuses unknown and repeated fields.
pub fn complain(
    req: &Req<'_>,
    complaints: Vec<String>,
    validation: FieldValidation,
    refuse: impl FnOnce(&str) -> Error,
) -> Result<()> {
    if complaints.is_empty() {
        return Ok(());
    }
    match validation {
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            for complaint in complaints {
                // What the YAML parser found comes as one text; each line is a
                // warning of its own.
                match complaint.strip_prefix("yaml: unmarshal errors:\n") {
                    Some(lines) => lines.lines().for_each(|line| req.warn(line.trim())),
                    None => req.warn(complaint),
                }
            }
            Ok(())
        }
        FieldValidation::Strict => Err(refuse(&format!(
            "strict decoding error: {}",
            complaints.join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Expected {
        let ty = TypeId::by_gvk("", "v1", "ConfigMap").expect("kind");
        Expected {
            ty,
            group: "",
            version: "v1",
            kind: "ConfigMap",
            internal: ty,
            older: &[],
        }
    }

    #[test]
    fn refusals_in_upstreams_words() {
        let check = |body: &str, expect: &str| {
            let got = decode(body.as_bytes(), Format::Json, &expected());
            assert_eq!(
                got.err().map(|e| e.to_string()).as_deref(),
                Some(expect),
                "{body}"
            );
        };
        check(
            "",
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
        );
        check(
            "[]",
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } (5b5d)",
        );
        check(
            "{\"apiVersion\": \"v1\", \"kind\": \"Secret\"}",
            "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion",
        );
        check(
            "{\"apiVersion\": \"v2\", \"kind\": \"ConfigMap\"}",
            "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version \"v2\" in scheme \"pkg/runtime/scheme.go:111\"",
        );
        check(
            "{\"metadata\":{\"name\":5}}",
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string",
        );
    }

    #[test]
    fn kinds_are_filled_in() {
        let body = decode(
            b"{\"metadata\":{\"name\":\"a\"}}",
            Format::Json,
            &expected(),
        )
        .expect("fine");
        assert_eq!(body.value["kind"], "ConfigMap");
        assert_eq!(body.value["apiVersion"], "v1");
        assert!(decode(b"null", Format::Json, &expected()).is_ok());
    }
}
