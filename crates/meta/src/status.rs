//! What a refused request is answered, worded as upstream words it.

use std::collections::HashSet;

use skeg_schema::{Message as _, StaticMessage as _, Value};

use crate::{
    FieldError, GroupKind, GroupResource, Status, StatusCause, StatusDetails, status_reason,
};

/// Joins messages as upstream does: one stands alone, several stand in
/// brackets, equal ones once.
#[must_use]
pub fn join_errors<T: ToString>(errors: &[T]) -> String {
    let mut seen = HashSet::new();
    let mut texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.retain(|text| seen.insert(text.clone()));
    match texts.as_slice() {
        [] => "<nil>".to_owned(),
        [one] => one.clone(),
        _ => format!("[{}]", texts.join(", ")),
    }
}

fn details(resource: &GroupResource, name: &str) -> Option<StatusDetails> {
    Some(StatusDetails {
        name: name.to_owned(),
        group: resource.group.to_string(),
        kind: resource.resource.to_string(),
        ..StatusDetails::default()
    })
}

impl Status {
    /// A refusal with a code, a reason and words.
    #[must_use]
    pub fn failure(code: i32, reason: &str, message: impl Into<String>) -> Self {
        Self {
            status: "Failure".to_owned(),
            message: message.into(),
            reason: reason.to_owned(),
            code,
            ..Self::default()
        }
    }

    /// Success, without words.
    #[must_use]
    pub fn success() -> Self {
        Self {
            status: "Success".to_owned(),
            code: 200,
            ..Self::default()
        }
    }

    fn about(self, resource: &GroupResource, name: &str) -> Self {
        Self {
            details: details(resource, name),
            ..self
        }
    }

    /// 400: the request makes no sense.
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::failure(400, status_reason::BAD_REQUEST, message)
    }

    /// 401: who are you?
    #[must_use]
    pub fn unauthorized(message: impl Into<String>) -> Self {
        let message: String = message.into();
        let message = if message.is_empty() {
            "not authorized".to_owned()
        } else {
            message
        };
        Self::failure(401, status_reason::UNAUTHORIZED, message)
    }

    /// 403: you may not. Without a resource or a name they are left out.
    #[must_use]
    pub fn forbidden(resource: &GroupResource, name: &str, why: impl std::fmt::Display) -> Self {
        let message = if resource.resource.is_empty() {
            format!("forbidden: {why}")
        } else if name.is_empty() {
            format!("{resource} is forbidden: {why}")
        } else {
            format!("{resource} \"{name}\" is forbidden: {why}")
        };
        Self::failure(403, status_reason::FORBIDDEN, message).about(resource, name)
    }

    /// 404: there is no such object.
    #[must_use]
    pub fn not_found(resource: &GroupResource, name: &str) -> Self {
        Self::failure(
            404,
            status_reason::NOT_FOUND,
            format!("{resource} \"{name}\" not found"),
        )
        .about(resource, name)
    }

    /// 404: there is no such resource.
    #[must_use]
    pub fn no_such_resource() -> Self {
        let status = Self::failure(
            404,
            status_reason::NOT_FOUND,
            "the server could not find the requested resource",
        );
        Self {
            details: Some(StatusDetails::default()),
            ..status
        }
    }

    /// 405: the resource does not have this verb.
    #[must_use]
    pub fn method_not_supported(resource: &GroupResource, verb: &str) -> Self {
        let message = format!("{verb} is not supported on resources of kind \"{resource}\"");
        Self::failure(405, status_reason::METHOD_NOT_ALLOWED, message).about(resource, "")
    }

    /// 406: none of the media types the client takes.
    #[must_use]
    pub fn not_acceptable(message: impl Into<String>) -> Self {
        Self::failure(406, status_reason::NOT_ACCEPTABLE, message)
    }

    /// 409: there is such an object already.
    #[must_use]
    pub fn already_exists(resource: &GroupResource, name: &str) -> Self {
        Self::failure(
            409,
            status_reason::ALREADY_EXISTS,
            format!("{resource} \"{name}\" already exists"),
        )
        .about(resource, name)
    }

    /// 409: no unique name was found.
    #[must_use]
    pub fn generate_name_conflict(
        resource: &GroupResource,
        name: &str,
        retry_after_seconds: i32,
    ) -> Self {
        let message = format!(
            "{resource} \"{name}\" already exists, the server was not able to generate a unique name for the object"
        );
        let mut status =
            Self::failure(409, status_reason::ALREADY_EXISTS, message).about(resource, name);
        status.set_retry_after(retry_after_seconds);
        status
    }

    /// 409: somebody was faster.
    #[must_use]
    pub fn conflict(resource: &GroupResource, name: &str, why: impl std::fmt::Display) -> Self {
        let message = format!("Operation cannot be fulfilled on {resource} \"{name}\": {why}");
        Self::failure(409, status_reason::CONFLICT, message).about(resource, name)
    }

    /// 409: the object was changed since it was read.
    #[must_use]
    pub fn modified(resource: &GroupResource, name: &str) -> Self {
        Self::conflict(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        )
    }

    /// 410: a watch or a list is from too long ago.
    #[must_use]
    pub fn expired(message: impl Into<String>) -> Self {
        Self::failure(410, status_reason::EXPIRED, message)
    }

    /// 410: what was there is no more.
    #[must_use]
    pub fn gone(message: impl Into<String>) -> Self {
        Self::failure(410, status_reason::GONE, message)
    }

    /// 413: too much.
    #[must_use]
    pub fn request_entity_too_large(message: impl std::fmt::Display) -> Self {
        Self::failure(
            413,
            status_reason::REQUEST_ENTITY_TOO_LARGE,
            format!("Request entity too large: {message}"),
        )
    }

    /// 415: a media type that is not read here.
    #[must_use]
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::failure(415, status_reason::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// 422: the object breaks rules; all are told at once.
    #[must_use]
    pub fn invalid(kind: &GroupKind, name: &str, errors: Vec<FieldError>) -> Self {
        let causes = errors
            .iter()
            .map(|error| StatusCause {
                reason: error.kind.reason().to_owned(),
                message: error.body(),
                field: error.field.clone(),
            })
            .collect();
        let mut message = format!("{kind} \"{name}\" is invalid");
        if !errors.is_empty() {
            message.push_str(": ");
            message.push_str(&join_errors(&errors));
        }
        let mut status = Self::failure(422, status_reason::INVALID, message);
        status.details = Some(StatusDetails {
            group: kind.group.to_string(),
            kind: kind.kind.to_string(),
            name: name.to_owned(),
            causes,
            ..StatusDetails::default()
        });
        status
    }

    /// 429: later, please.
    #[must_use]
    pub fn too_many_requests(message: impl Into<String>, retry_after_seconds: i32) -> Self {
        let mut status = Self::failure(429, status_reason::TOO_MANY_REQUESTS, message);
        status.set_retry_after(retry_after_seconds);
        status
    }

    /// 500: something broke here.
    #[must_use]
    pub fn internal_error(why: impl std::fmt::Display) -> Self {
        let mut status = Self::failure(
            500,
            status_reason::INTERNAL_ERROR,
            format!("Internal error occurred: {why}"),
        );
        status.details = Some(StatusDetails {
            causes: vec![StatusCause {
                message: why.to_string(),
                ..StatusCause::default()
            }],
            ..StatusDetails::default()
        });
        status
    }

    /// 500 without a reason: how upstream answers an error that nobody gave a code.
    #[must_use]
    pub fn plain_error(message: impl Into<String>) -> Self {
        Self::failure(500, "", message)
    }

    /// 503: not now.
    #[must_use]
    pub fn service_unavailable(message: impl Into<String>) -> Self {
        Self::failure(503, status_reason::SERVICE_UNAVAILABLE, message)
    }

    /// 504: it took too long.
    #[must_use]
    pub fn timeout(message: impl std::fmt::Display, retry_after_seconds: i32) -> Self {
        let mut status = Self::failure(504, status_reason::TIMEOUT, format!("Timeout: {message}"));
        status.set_retry_after(retry_after_seconds);
        status
    }

    /// 500: the server could not finish; trying again may help.
    #[must_use]
    pub fn server_timeout(resource: &GroupResource, verb: &str, retry_after_seconds: i32) -> Self {
        let message = format!(
            "The {verb} operation against {resource} could not be completed at this time, please try again."
        );
        let mut status =
            Self::failure(500, status_reason::SERVER_TIMEOUT, message).about(resource, "");
        status.set_retry_after(retry_after_seconds);
        status
    }

    /// When to come again; nothing is said for 0.
    pub fn set_retry_after(&mut self, seconds: i32) {
        if seconds > 0 || self.details.is_some() {
            self.details.get_or_insert_default().retry_after_seconds = seconds;
        }
    }

    /// As a tree, with `kind` and `apiVersion`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        skeg_schema::message_to_value(self)
    }

    /// From a tree; `None` where it is no Status.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        if value.get("kind").and_then(Value::as_str) != Some("Status") {
            return None;
        }
        skeg_schema::from_value(value.clone()).ok()
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        skeg_schema::message_to_json(self, &mut out);
        out
    }

    /// As protobuf in its envelope.
    #[must_use]
    pub fn to_protobuf(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(256);
        skeg_schema::message_to_protobuf(self, &mut raw);
        let desc = Self::TYPE.desc();
        debug_assert_eq!(self.message_type(), Self::TYPE);
        skeg_schema::envelope::wrap(&desc.api_version(), desc.go, &raw)
    }

    /// Whether it has a reason.
    #[must_use]
    pub fn is(&self, reason: &str) -> bool {
        self.reason == reason
    }
}

/// The message.
impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_recorded() {
        let pods = GroupResource::new("", "pods");
        let jobs = GroupResource::new("batch", "jobs");
        for (status, json) in [
            (
                Status::not_found(&jobs, "work"),
                r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"jobs.batch \"work\" not found","reason":"NotFound","details":{"name":"work","group":"batch","kind":"jobs"},"code":404}"#,
            ),
            (
                Status::bad_request("invalid JSON patch"),
                r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"invalid JSON patch","reason":"BadRequest","code":400}"#,
            ),
            (
                Status::forbidden(&pods, "p", "no"),
                r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"p\" is forbidden: no","reason":"Forbidden","details":{"name":"p","kind":"pods"},"code":403}"#,
            ),
            (
                Status::invalid(
                    &GroupKind::new("apps", "Deployment"),
                    "d",
                    vec![
                        FieldError::required("spec.x", ""),
                        FieldError::forbidden("spec.y", "no"),
                    ],
                ),
                r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Deployment.apps \"d\" is invalid: [spec.x: Required value, spec.y: Forbidden: no]","reason":"Invalid","details":{"name":"d","group":"apps","kind":"Deployment","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.x"},{"reason":"FieldValueForbidden","message":"Forbidden: no","field":"spec.y"}]},"code":422}"#,
            ),
            (
                Status::internal_error("boom"),
                r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Internal error occurred: boom","reason":"InternalError","details":{"causes":[{"message":"boom"}]},"code":500}"#,
            ),
        ] {
            assert_eq!(String::from_utf8(status.to_json()).unwrap(), json);
            assert_eq!(Status::from_value(&status.to_value()), Some(status));
        }
    }

    #[test]
    fn equal_messages_stand_once() {
        assert_eq!(join_errors(&["a", "b", "a"]), "[a, b]");
        assert_eq!(join_errors(&["a", "a"]), "a");
    }
}
