//! Errors of requests: a Status, once, in upstream's words.

use skeg_meta::{Status, StatusDetails};
use std::fmt;

/// What a handler answers when it cannot do what it was asked.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A Status on its way to the client, or one of the few plain texts.
#[derive(Debug, Clone)]
pub enum Error {
    /// A Status object.
    Status(Box<Status>),
    /// Plain text, where upstream's multiplexer answers and no API handler.
    Text(u16, String),
    /// 504 of a request whose time is over, with its message.
    Late(String),
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Error::Status(Box::new(status))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Status(status) => f.write_str(&status.message),
            Error::Text(_, text) | Error::Late(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// A Status without details.
    pub fn simple(code: u16, reason: &str, message: impl Into<String>) -> Self {
        Status {
            status: "Failure".to_owned(),
            message: message.into(),
            reason: reason.to_owned(),
            code: i32::from(code),
            ..Status::default()
        }
        .into()
    }

    /// A Status with empty details, as the router's refusals have them.
    pub fn router(code: u16, reason: &str, message: impl Into<String>) -> Self {
        Status {
            status: "Failure".to_owned(),
            message: message.into(),
            reason: reason.to_owned(),
            code: i32::from(code),
            details: Some(StatusDetails::default()),
            ..Status::default()
        }
        .into()
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::simple(400, "BadRequest", message)
    }

    /// 500 without a reason: an error that upstream did not expect.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::simple(500, "", message)
    }

    /// 500 with its reason and cause, as `NewInternalError`.
    pub fn internal_error(message: impl fmt::Display) -> Self {
        let message = message.to_string();
        let mut error = Self::simple(
            500,
            "InternalError",
            format!("Internal error occurred: {message}"),
        );
        if let Error::Status(status) = &mut error {
            status.details = Some(StatusDetails {
                causes: vec![skeg_meta::StatusCause {
                    message,
                    ..Default::default()
                }],
                ..Default::default()
            });
        }
        error
    }

    /// 404 for a path that belongs to a known group.
    pub fn no_such_resource() -> Self {
        Self::router(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
    }

    /// 404 for a path that nobody knows.
    pub fn no_such_path() -> Self {
        Error::Text(404, "404 page not found\n".to_owned())
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self::router(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    /// 405 of a resource that is known, but not with this verb.
    pub fn not_supported_on(group: &str, resource: &str, verb: &str) -> Self {
        let named = if group.is_empty() {
            resource.to_owned()
        } else {
            format!("{resource}.{group}")
        };
        let mut error = Self::simple(
            405,
            "MethodNotAllowed",
            format!("{verb} is not supported on resources of kind \"{named}\""),
        );
        if let Error::Status(status) = &mut error {
            status.details = Some(skeg_meta::StatusDetails {
                group: group.to_owned(),
                kind: resource.to_owned(),
                ..Default::default()
            });
        }
        error
    }

    /// 422 of a JSON patch that does not apply.
    pub fn rejected() -> Self {
        Self::router(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
        )
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        Self::simple(
            413,
            "RequestEntityTooLarge",
            format!("Request entity too large: limit is {limit}"),
        )
    }

    /// 409 of optimistic concurrency.
    pub fn conflict(group: &str, resource: &str, name: &str, message: &str) -> Self {
        let qualified = if group.is_empty() {
            resource.to_owned()
        } else {
            format!("{resource}.{group}")
        };
        let mut error = Self::simple(
            409,
            "Conflict",
            format!(
                "Operation cannot be fulfilled on {qualified} {}: {message}",
                crate::go::quote(name)
            ),
        );
        error.set_details(group, resource, name);
        error
    }

    pub fn set_details(&mut self, group: &str, kind: &str, name: &str) {
        if let Error::Status(status) = self {
            status.details = Some(StatusDetails {
                group: group.to_owned(),
                kind: kind.to_owned(),
                name: name.to_owned(),
                ..Default::default()
            });
        }
    }

    /// A named Status about one object: reason, code and the tail of
    /// `RESOURCE.GROUP "NAME" `.
    pub fn about(
        code: u16,
        reason: &str,
        group: &str,
        resource: &str,
        name: &str,
        tail: &str,
    ) -> Self {
        let qualified = if group.is_empty() {
            resource.to_owned()
        } else {
            format!("{resource}.{group}")
        };
        let message = if name.is_empty() {
            format!("{qualified} {tail}")
        } else {
            format!("{qualified} {} {tail}", crate::go::quote(name))
        };
        let mut error = Self::simple(code, reason, message);
        error.set_details(group, resource, name);
        error
    }

    /// 404 of an object.
    pub fn not_found(group: &str, resource: &str, name: &str) -> Self {
        let mut error = Self::about(404, "NotFound", group, resource, name, "not found");
        if name.is_empty() {
            // Upstream quotes the empty name.
            if let Error::Status(status) = &mut error {
                let qualified = if group.is_empty() {
                    resource.to_owned()
                } else {
                    format!("{resource}.{group}")
                };
                status.message = format!("{qualified} \"\" not found");
            }
        }
        error
    }

    /// The HTTP code.
    pub fn code(&self) -> u16 {
        match self {
            Error::Status(status) => u16::try_from(status.code).unwrap_or(500),
            Error::Text(code, _) => *code,
            Error::Late(_) => 504,
        }
    }

    /// Whether the object was not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Status(s) if s.reason == "NotFound")
    }

    /// Whether the object was there already.
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Error::Status(s) if s.reason == "AlreadyExists")
    }

    /// The Status, also of a plain text.
    pub fn into_status(self) -> Status {
        match self {
            Error::Status(status) => *status,
            Error::Text(code, text) => {
                let reason = if code == 404 {
                    "NotFound"
                } else {
                    "InternalError"
                };
                match Self::simple(code, reason, text.trim_end()) {
                    Error::Status(status) => *status,
                    Error::Text(..) | Error::Late(_) => Status::default(),
                }
            }
            Error::Late(message) => Status {
                status: "Failure".to_owned(),
                message,
                reason: "Timeout".to_owned(),
                details: Some(StatusDetails::default()),
                code: 504,
                ..Status::default()
            },
        }
    }

    /// The store's refusals and failures.
    pub fn from_store(error: skeg_store::Error) -> Self {
        match &error {
            skeg_store::Error::NoSpace { .. } => Self::simple(
                503,
                "ServiceUnavailable",
                format!("the store cannot write: {error}"),
            ),
            skeg_store::Error::TooLarge { .. } => {
                Self::internal("etcdserver: request is too large")
            }
            skeg_store::Error::Compacted { .. } => Self::simple(
                410,
                "Expired",
                "The resourceVersion for the provided list is too old.",
            ),
            // As etcd's client tells of it; it is none of the errors with a
            // reason of its own.
            skeg_store::Error::Unavailable { reason, .. } => match reason {
                said if said.starts_with("etcdserver: ") => Self::internal(said.as_str()),
                other => Self::internal(format!("rpc error: code = Unavailable desc = {other}")),
            },
            _ => Self::internal_error(&error),
        }
    }
}
