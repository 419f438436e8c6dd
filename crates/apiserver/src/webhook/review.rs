//! The question that a webhook is asked, and its answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use skeg_auth::UserInfo;
use skeg_meta::Status;
use skeg_registry::tree;
use skeg_schema::{Object, Value, encode_json_any, json};

use super::answer::{self, shown_kind};
use crate::go;

/// Versions of AdmissionReview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewVersion {
    /// Checked strictly.
    V1,
    /// The old one, which leaves much open.
    V1Beta1,
}

impl ReviewVersion {
    /// By name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "v1" => Some(ReviewVersion::V1),
            "v1beta1" => Some(ReviewVersion::V1Beta1),
            _ => None,
        }
    }

    fn api_version(self) -> &'static str {
        match self {
            ReviewVersion::V1 => "admission.k8s.io/v1",
            ReviewVersion::V1Beta1 => "admission.k8s.io/v1beta1",
        }
    }
}

/// A kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gvk {
    /// API group.
    pub group: String,
    /// API version.
    pub version: String,
    /// The kind.
    pub kind: String,
}

impl Gvk {
    fn value(&self) -> Value {
        json!({"group": self.group.as_str(), "version": self.version.as_str(), "kind": self.kind.as_str()})
    }
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gvr {
    /// API group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Plural name.
    pub resource: String,
}

impl Gvr {
    fn value(&self) -> Value {
        json!({"group": self.group.as_str(), "version": self.version.as_str(), "resource": self.resource.as_str()})
    }
}

/// What is asked about, whoever is asked.
pub struct Request<'a> {
    /// Kind of the object in the request.
    pub kind: Gvk,
    /// Resource of the request.
    pub resource: Gvr,
    /// Subresource, or empty.
    pub subresource: &'a str,
    /// Name, or empty if the server is to make one.
    pub name: &'a str,
    /// Namespace; a namespace's own name for itself.
    pub namespace: &'a str,
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    pub operation: &'static str,
    /// Who asks.
    pub user: &'a UserInfo,
    /// Nothing will be persisted.
    pub dry_run: bool,
    /// The options of the operation.
    pub options: Value,
}

/// What differs between those who are asked.
pub struct Shown<'a> {
    /// Kind in which objects are shown.
    pub kind: &'a Gvk,
    /// The resource that the rule named.
    pub resource: &'a Gvr,
    /// JSON of the new object.
    pub object: Option<&'a [u8]>,
    /// JSON of the old object.
    pub old: Option<&'a [u8]>,
}

fn user_info(user: &UserInfo) -> Value {
    let mut out = Object::new();
    if !user.name.is_empty() {
        out.insert("username", user.name.as_str());
    }
    if !user.uid.is_empty() {
        out.insert("uid", user.uid.as_str());
    }
    let texts =
        |list: &[String]| Value::Array(list.iter().map(|t| Value::from(t.as_str())).collect());
    if !user.groups.is_empty() {
        out.insert("groups", texts(&user.groups));
    }
    if !user.extra.is_empty() {
        let extra: Object = user
            .extra
            .iter()
            .map(|(key, values)| (key.clone().into(), texts(values)))
            .collect();
        out.insert("extra", extra);
    }
    Value::Object(out)
}

impl Request<'_> {
    /// The members of `request` that webhooks and CEL expressions see, without
    /// the objects.
    pub fn members(&self, uid: &str, kind: &Gvk, resource: &Gvr) -> Object {
        let mut out = Object::new();
        out.insert("uid", uid);
        out.insert("kind", kind.value());
        out.insert("resource", resource.value());
        if !self.subresource.is_empty() {
            out.insert("subResource", self.subresource);
        }
        out.insert("requestKind", self.kind.value());
        out.insert("requestResource", self.resource.value());
        if !self.subresource.is_empty() {
            out.insert("requestSubResource", self.subresource);
        }
        if !self.name.is_empty() {
            out.insert("name", self.name);
        }
        if !self.namespace.is_empty() {
            out.insert("namespace", self.namespace);
        }
        out.insert("operation", self.operation);
        out.insert("userInfo", user_info(self.user));
        out
    }

    /// The body of the question.
    pub fn body(&self, version: ReviewVersion, uid: &str, shown: &Shown<'_>) -> Bytes {
        let mut out = Vec::with_capacity(
            1024 + shown.object.map_or(0, <[u8]>::len) + shown.old.map_or(0, <[u8]>::len),
        );
        out.extend_from_slice(b"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"");
        out.extend_from_slice(version.api_version().as_bytes());
        out.extend_from_slice(b"\",\"request\":");
        let members = Value::Object(self.members(uid, shown.kind, shown.resource));
        encode_json_any(&members, &mut out);
        // The objects are spliced in as they stand.
        out.pop();
        for (key, raw) in [("object", shown.object), ("oldObject", shown.old)] {
            out.extend_from_slice(format!(",\"{key}\":").as_bytes());
            out.extend_from_slice(raw.unwrap_or(b"null"));
        }
        out.extend_from_slice(if self.dry_run {
            b",\"dryRun\":true"
        } else {
            b",\"dryRun\":false"
        });
        out.extend_from_slice(b",\"options\":");
        encode_json_any(&self.options, &mut out);
        out.extend_from_slice(b"}}");
        Bytes::from(out)
    }
}

/// What a webhook decided.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The request may go on.
    pub allowed: bool,
    /// Why not.
    pub status: Option<Status>,
    /// JSON patch of a mutating webhook.
    pub patch: Vec<u8>,
    /// What it says that this is.
    pub patch_type: Option<String>,
    /// For the audit log.
    pub annotations: Vec<(String, String)>,
    /// For the client.
    pub warnings: Vec<String>,
}

/// All versions of a review.
const KNOWN: &[&str] = &["admission.k8s.io/v1", "admission.k8s.io/v1beta1"];

/// Whether the members of an answer are of their types.
fn check_types(response: &Value) -> Result<(), String> {
    let member = |name: &str| format!("AdmissionResponse.response.{name}");
    for (name, ty) in [("uid", "types.UID"), ("patchType", "v1.PatchType")] {
        answer::typed(&response[name], &member(name), ty, |value| {
            matches!(value, Value::String(_))
        })?;
    }
    answer::typed(&response["allowed"], &member("allowed"), "bool", |value| {
        matches!(value, Value::Bool(_))
    })?;
    let is_text = |value: &Value| matches!(value, Value::String(_));
    for warning in tree::list(response, "warnings") {
        answer::typed(warning, &member("warnings"), "string", is_text)?;
    }
    Ok(())
}

/// Go's words for what is no base64.
fn undecodable(error: &base64::DecodeError, text: &str) -> String {
    use base64::DecodeError::{InvalidByte, InvalidLastSymbol};
    let at = match error {
        InvalidByte(at, _) | InvalidLastSymbol(at, _) => *at,
        _ => text.len(),
    };
    format!("illegal base64 data at input byte {at}")
}

/// Reads an answer; `mutating`: it may hold a patch.
///
/// # Errors
/// Upstream's words for what is wrong with it.
pub fn verdict(
    bytes: &[u8],
    version: ReviewVersion,
    uid: &str,
    mutating: bool,
) -> Result<Verdict, Unusable> {
    let review = answer::decode(bytes, version.api_version(), KNOWN, "AdmissionReview")
        .map_err(Unusable::Undecoded)?;
    let (api_version, kind) = (tree::s(&review, "apiVersion"), tree::s(&review, "kind"));
    let invalid = |why: String| Err(Unusable::Invalid(why));
    let response = &review["response"];
    check_types(response).map_err(Unusable::Undecoded)?;
    if response.is_null() {
        return invalid("webhook response was absent".to_owned());
    }
    if version == ReviewVersion::V1 {
        let given = tree::s(response, "uid");
        if given != uid {
            return invalid(format!(
                "expected response.uid={}, got {}",
                go::quote(uid),
                go::quote(given)
            ));
        }
        let wanted = shown_kind(version.api_version(), "AdmissionReview");
        let got = shown_kind(api_version, kind);
        if wanted != got {
            return invalid(format!("expected webhook response of {wanted}, got {got}"));
        }
    }
    let given = tree::s(response, "patch");
    let patch = STANDARD
        .decode(given)
        .map_err(|error| Unusable::Undecoded(undecodable(&error, given)))?;
    let patch_type = response["patchType"].as_str();
    let patch = match (mutating, version) {
        (true, ReviewVersion::V1) => {
            match (patch.is_empty(), patch_type) {
                (false, None) => {
                    return invalid(
                        "webhook returned response.patch but not response.patchType".to_owned(),
                    );
                }
                (true, Some(_)) => {
                    return invalid(
                        "webhook returned response.patchType but not response.patch".to_owned(),
                    );
                }
                (false, Some("")) => {
                    return invalid(
                        "webhook returned invalid response.patchType of \"\"".to_owned(),
                    );
                }
                _ => {}
            }
            patch
        }
        (true, ReviewVersion::V1Beta1) => patch,
        (false, ReviewVersion::V1) => {
            if !patch.is_empty() {
                return invalid("validating webhook may not return response.patch".to_owned());
            }
            if patch_type.is_some() {
                return invalid("validating webhook may not return response.patchType".to_owned());
            }
            Vec::new()
        }
        (false, ReviewVersion::V1Beta1) => Vec::new(),
    };
    Ok(Verdict {
        allowed: tree::b(response, "allowed"),
        status: status_of(&response["status"]),
        patch,
        patch_type: patch_type.map(str::to_owned),
        annotations: tree::entries(response, "auditAnnotations")
            .filter_map(|(key, value)| Some((key.to_owned(), value.as_str()?.to_owned())))
            .collect(),
        warnings: tree::list(response, "warnings")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
}

/// The operations of a patch.
///
/// # Errors
/// It is none, in the decoder's words.
pub fn operations(patch: &[u8]) -> Result<Vec<Value>, String> {
    let tree = skeg_schema::decode_json_any(patch).map_err(|error| error.to_string())?;
    let unread = |tree: &Value, ty: &str| {
        let form = crate::decode::form_of(tree).unwrap_or_default();
        format!("json: cannot unmarshal {form} into Go value of type jsonpatch.{ty}")
    };
    let operations = match tree {
        Value::Array(operations) => operations,
        Value::Null => Vec::new(),
        other => return Err(unread(&other, "Patch")),
    };
    match operations
        .iter()
        .find(|item| !matches!(item, Value::Object(_) | Value::Null))
    {
        Some(item) => Err(unread(item, "Operation")),
        None => Ok(operations),
    }
}

/// Webhooks leave out what kind of object a Status is.
fn status_of(given: &Value) -> Option<Status> {
    if given.is_null() {
        return None;
    }
    let mut tree = given.clone();
    tree.set_at(&["kind"], "Status");
    tree.set_at(&["apiVersion"], "v1");
    Status::from_value(&tree)
}

/// Why an answer says nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It cannot be read.
    Undecoded(String),
    /// It can, and is not what was asked for.
    Invalid(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserInfo {
        UserInfo {
            name: "u".to_owned(),
            groups: vec!["g".to_owned()],
            ..UserInfo::default()
        }
    }

    #[test]
    fn questions() {
        let user = user();
        let kind = Gvk {
            group: "apps".to_owned(),
            version: "v1".to_owned(),
            kind: "Deployment".to_owned(),
        };
        let resource = Gvr {
            group: "apps".to_owned(),
            version: "v1".to_owned(),
            resource: "deployments".to_owned(),
        };
        let request = Request {
            kind: kind.clone(),
            resource: resource.clone(),
            subresource: "",
            name: "d",
            namespace: "ns",
            operation: "CREATE",
            user: &user,
            dry_run: false,
            options: json!({"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"}),
        };
        let shown = Shown {
            kind: &kind,
            resource: &resource,
            object: Some(b"{\"a\":1}"),
            old: None,
        };
        let body = request.body(ReviewVersion::V1, "id", &shown);
        assert_eq!(
            std::str::from_utf8(&body).expect("text"),
            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"id\",\"kind\":{\"group\":\"apps\",\"version\":\"v1\",\"kind\":\"Deployment\"},\"resource\":{\"group\":\"apps\",\"version\":\"v1\",\"resource\":\"deployments\"},\"requestKind\":{\"group\":\"apps\",\"version\":\"v1\",\"kind\":\"Deployment\"},\"requestResource\":{\"group\":\"apps\",\"version\":\"v1\",\"resource\":\"deployments\"},\"name\":\"d\",\"namespace\":\"ns\",\"operation\":\"CREATE\",\"userInfo\":{\"username\":\"u\",\"groups\":[\"g\"]},\"object\":{\"a\":1},\"oldObject\":null,\"dryRun\":false,\"options\":{\"kind\":\"CreateOptions\",\"apiVersion\":\"meta.k8s.io/v1\"}}}"
        );
    }

    #[test]
    fn answers() {
        let check = |answer: Value, mutating: bool, expect: &str| {
            let mut bytes = Vec::new();
            encode_json_any(&answer, &mut bytes);
            let got = match verdict(&bytes, ReviewVersion::V1, "id", mutating) {
                Ok(verdict) => format!("allowed={}", verdict.allowed),
                Err(Unusable::Undecoded(why) | Unusable::Invalid(why)) => why,
            };
            assert_eq!(got, expect, "{answer}");
        };
        let review = |response: Value| json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response});
        check(
            review(json!({"uid": "id", "allowed": true})),
            true,
            "allowed=true",
        );
        check(review(Value::Null), true, "webhook response was absent");
        check(
            review(json!({"uid": "other"})),
            true,
            "expected response.uid=\"id\", got \"other\"",
        );
        check(
            json!({"response": {"uid": "id"}}),
            true,
            "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=",
        );
        check(
            review(json!({"uid": "id", "patch": "W10="})),
            true,
            "webhook returned response.patch but not response.patchType",
        );
        check(
            review(json!({"uid": "id", "patchType": "JSONPatch"})),
            false,
            "validating webhook may not return response.patchType",
        );
    }
}
