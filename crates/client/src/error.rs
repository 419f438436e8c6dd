//! What can go wrong when asking an API server for something.

use std::time::Duration;

use skeg_meta::Status;

use crate::payload::BoxError;
use crate::transport::TransportError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused; its own words.
    #[error("{}", refusal(.0))]
    Api(Box<Status>),
    /// No answer came.
    #[error("{verb} {target}: no answer")]
    Transport {
        /// The HTTP method.
        verb: String,
        /// The path that was asked for.
        target: String,
        /// Why not.
        source: TransportError,
    },
    /// The answer broke off.
    #[error("{target}: the answer broke off")]
    Body {
        /// What was being read.
        target: String,
        /// How.
        source: BoxError,
    },
    /// The answer makes no sense.
    #[error("{target}: cannot read the answer")]
    Decode {
        /// What was being read.
        target: String,
        /// Why not.
        source: BoxError,
    },
    /// The request makes no sense; it was not sent.
    #[error("{target}: {message}")]
    Request {
        /// What was to be sent.
        target: String,
        /// What is wrong with it.
        message: String,
    },
    /// The configuration is unusable.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// A kind or a resource is not what the server serves.
    #[error(transparent)]
    NoMatch(#[from] crate::discovery::MapError),
}

fn refusal(status: &Status) -> String {
    if !status.message.is_empty() {
        status.message.clone()
    } else if !status.reason.is_empty() {
        format!("{} (code {})", status.reason, status.code)
    } else {
        format!("refused with code {}", status.code)
    }
}

impl Error {
    pub(crate) fn decode(target: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Error::Decode {
            target: target.into(),
            source: source.into(),
        }
    }

    /// The server's word, if it gave one.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            Error::Api(status) => Some(status),
            _ => None,
        }
    }

    /// The server's HTTP code, or 0.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.status().map_or(0, |status| status.code)
    }

    /// The server's reason (`NotFound`), or empty.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.status().map_or("", |status| status.reason.as_str())
    }

    /// The reason decides where there is one, else the code.
    fn is(&self, reason: &str, code: i32) -> bool {
        self.status().is_some_and(|status| {
            status.reason == reason
                || (status.code == code && (status.reason.is_empty() || status.reason == "Unknown"))
        })
    }

    /// The object, or the resource, does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is("NotFound", 404)
    }

    /// An object of that name exists.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        self.reason() == "AlreadyExists"
    }

    /// The object has changed since it was read, or a precondition failed.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is("Conflict", 409)
    }

    /// The object is not valid.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.is("Invalid", 422)
    }

    /// The request is malformed.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.is("BadRequest", 400)
    }

    /// The caller may not do that.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is("Forbidden", 403)
    }

    /// The caller is not known.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is("Unauthorized", 401)
    }

    /// The version asked for is no longer there; list again.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.is("Expired", 410) || self.reason() == "Gone"
    }

    /// The server wants to be asked later.
    #[must_use]
    pub fn is_too_many_requests(&self) -> bool {
        self.is("TooManyRequests", 429)
    }

    /// The server could not answer in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.is("Timeout", 504)
            || self.reason() == "ServerTimeout"
            || matches!(
                self,
                Error::Transport {
                    source: TransportError::Timeout { .. },
                    ..
                }
            )
    }

    /// Discovery does not know the kind or the resource.
    #[must_use]
    pub fn is_no_match(&self) -> bool {
        matches!(self, Error::NoMatch(error) if error.is_no_match())
    }

    /// What was asked for is gone for good: [`Error::is_expired`] under the
    /// name that its HTTP code has.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_expired() || self.code() == 410
    }

    /// The server had trouble of its own (any code from 500 on).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.code() >= 500
    }

    /// Trouble within the server (500).
    #[must_use]
    pub fn is_internal_error(&self) -> bool {
        self.is("InternalError", 500)
    }

    /// The server, or one behind it, cannot answer just now.
    #[must_use]
    pub fn is_service_unavailable(&self) -> bool {
        self.is("ServiceUnavailable", 503)
    }

    /// No answer came, or it broke off; whatever the server would have said is
    /// not known.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(self, Error::Transport { .. } | Error::Body { .. })
    }

    /// The server could not be reached at all.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Error::Transport {
                source: TransportError::Connect { .. } | TransportError::CircuitOpen { .. },
                ..
            }
        )
    }

    /// There are no credentials to be shown: a plugin failed, a file is missing,
    /// a login has ended.
    #[must_use]
    pub fn is_credentials(&self) -> bool {
        matches!(
            self,
            Error::Transport {
                source: TransportError::Credentials(_),
                ..
            }
        )
    }

    /// The object is larger than the server takes.
    #[must_use]
    pub fn is_request_entity_too_large(&self) -> bool {
        self.is("RequestEntityTooLarge", 413)
    }

    /// The server does not take bodies of this media type.
    #[must_use]
    pub fn is_unsupported_media_type(&self) -> bool {
        self.is("UnsupportedMediaType", 415)
    }

    /// The server has no form of the answer that the caller takes.
    #[must_use]
    pub fn is_not_acceptable(&self) -> bool {
        self.is("NotAcceptable", 406)
    }

    /// The resource does not have this verb.
    #[must_use]
    pub fn is_method_not_supported(&self) -> bool {
        self.is("MethodNotAllowed", 405)
    }

    /// The resource version asked for lies in the server's future.
    #[must_use]
    pub fn is_too_large_resource_version(&self) -> bool {
        self.has_cause("ResourceVersionTooLarge")
    }

    /// The object's namespace is being deleted.
    #[must_use]
    pub fn is_namespace_terminating(&self) -> bool {
        self.is_forbidden() && self.has_cause("NamespaceTerminating")
    }

    fn has_cause(&self, reason: &str) -> bool {
        self.status()
            .and_then(|status| status.details.as_ref())
            .is_some_and(|details| details.causes.iter().any(|cause| cause.reason == reason))
    }

    /// Whether the same request may well succeed later: no answer, overload,
    /// or trouble within the server.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            // Credentials that are missing stay so until somebody does something.
            Error::Transport { source, .. } => !matches!(
                source,
                TransportError::Credentials(_) | TransportError::Request(_)
            ),
            Error::Body { .. } => true,
            Error::Api(status) => matches!(status.code, 429 | 500 | 502..=504),
            _ => false,
        }
    }

    /// How long the server wants to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.status()?.details.as_ref()?.retry_after_seconds;
        u64::try_from(seconds)
            .ok()
            .filter(|&seconds| seconds > 0)
            .map(Duration::from_secs)
    }

    /// What a person may do about it, where that can be said.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        Some(if self.is_unauthorized() {
            "the server does not know these credentials: check the user of the kubeconfig's context, or log in again"
        } else if self.is_namespace_terminating() {
            "the namespace is being deleted: wait until it is gone, or use another"
        } else if self.is_forbidden() {
            "the user lacks a permission: bind a Role or ClusterRole that has it (`kubectl auth can-i` tells which there are)"
        } else if self.is_already_exists() {
            "an object of that name exists: update or apply it instead"
        } else if self.is_conflict() {
            "the object has changed since it was read: read it again and repeat the change"
        } else if self.is_expired() {
            "the version asked for is too old: list again without it"
        } else if self.is_too_many_requests() {
            "the server is overloaded or limits this client: send fewer requests at a time"
        } else if self.is_unreachable() {
            "check that the server runs, and the server, proxy-url and certificate-authority of the kubeconfig's cluster"
        } else if self.is_timeout() {
            "the server is slow or overloaded: try again, ask for less at a time, or allow more time"
        } else {
            return None;
        })
    }

    /// This error and what caused it, in one line.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Error::Api(Box::new(status))
    }
}
