//! When a request is sent again.

use std::time::Duration;

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap};

use crate::error::Error;
use crate::transport::TransportError;

/// When a request is sent again.
///
/// Whatever the policy, a request that the server certainly did not take (it
/// closed the connection at that moment) is sent again at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most; 1 sends nothing again.
    pub attempts_max: u32,
    /// The first pause after a failure; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause, also where the server asks for a longer one.
    pub pause_max: Duration,
    /// Whether requests are sent again when no connection could be opened,
    /// writes too: they have not reached the server.
    pub unconnected: bool,
    /// Whether reads are sent again after 500, 502, 503 and 504 without
    /// `Retry-After`.
    pub server_errors: bool,
    /// Whether writes that may be carried out twice without harm (PUT, DELETE,
    /// apply) are treated as reads are. After a lost connection, a PUT with a
    /// resource version may then find its own conflict, and a DELETE that the
    /// object is gone.
    pub idempotent_writes: bool,
}

impl Default for RetryPolicy {
    /// What client-go does: the server is obeyed when it names a time, and
    /// reads are sent again after a lost connection.
    fn default() -> Self {
        Self {
            attempts_max: 6,
            pause: Duration::from_millis(100),
            pause_max: Duration::from_secs(30),
            unconnected: false,
            server_errors: false,
            idempotent_writes: false,
        }
    }
}

/// What a request is in the eyes of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    /// Changes nothing.
    Read,
    /// Changes the same thing in the same way when it is carried out again.
    Idempotent,
    /// Anything else.
    Other,
}

impl Safety {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let is_apply = || {
            headers
                .get(CONTENT_TYPE)
                .is_some_and(|value| value.as_bytes().starts_with(b"application/apply-patch"))
        };
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => Safety::Read,
            Method::PUT | Method::DELETE => Safety::Idempotent,
            Method::PATCH if is_apply() => Safety::Idempotent,
            _ => Safety::Other,
        }
    }
}

impl RetryPolicy {
    /// Sends nothing again.
    #[must_use]
    pub fn none() -> Self {
        Self {
            attempts_max: 1,
            ..Self::default()
        }
    }

    /// For programs that run for long and had rather wait than fail: also after
    /// failures to connect and trouble within the server, and also writes that
    /// may be carried out twice.
    #[must_use]
    pub fn persistent() -> Self {
        Self {
            attempts_max: 10,
            unconnected: true,
            server_errors: true,
            idempotent_writes: true,
            ..Self::default()
        }
    }

    /// How long to pause before the next attempt; none to give up.
    pub(crate) fn pause_before_next(
        &self,
        attempt: u32,
        error: &Error,
        safety: Safety,
        jitter: f64,
    ) -> Option<Duration> {
        if attempt >= self.attempts_max {
            return None;
        }
        let is_safe = match safety {
            Safety::Read => true,
            Safety::Idempotent => self.idempotent_writes,
            Safety::Other => false,
        };
        let doubled = || {
            let doubled = self.pause.saturating_mul(1 << (attempt - 1).min(16));
            Some(doubled.min(self.pause_max).mul_f64(1.0 + jitter))
        };
        match error {
            Error::Api(status) if matches!(status.code, 429 | 500..=599) => {
                match error.retry_after() {
                    Some(pause) => Some(pause.min(self.pause_max)),
                    None if self.server_errors
                        && is_safe
                        && matches!(status.code, 500 | 502..=504) =>
                    {
                        doubled()
                    }
                    None => None,
                }
            }
            Error::Transport { source, .. } => match source {
                TransportError::Lost { .. } | TransportError::Timeout { .. } if is_safe => {
                    doubled()
                }
                TransportError::Connect { .. } if self.unconnected => doubled(),
                TransportError::CircuitOpen { wait, .. } if self.unconnected => {
                    Some((*wait).max(self.pause).min(self.pause_max))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{Status, StatusDetails};

    fn overloaded(seconds: i32) -> Error {
        Error::Api(Box::new(Status {
            code: 429,
            reason: "TooManyRequests".to_owned(),
            details: Some(StatusDetails {
                retry_after_seconds: seconds,
                ..StatusDetails::default()
            }),
            ..Status::default()
        }))
    }

    fn lost() -> Error {
        Error::Transport {
            verb: "GET".to_owned(),
            target: "/api".to_owned(),
            source: TransportError::Lost {
                server: "s".to_owned(),
                source: "reset".into(),
            },
        }
    }

    #[test]
    fn the_server_decides_when_it_names_a_time() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.pause_before_next(1, &overloaded(2), Safety::Other, 0.0),
            Some(Duration::from_secs(2))
        );
        assert_eq!(
            policy.pause_before_next(1, &overloaded(900), Safety::Other, 0.0),
            Some(policy.pause_max)
        );
        assert_eq!(
            policy.pause_before_next(1, &overloaded(0), Safety::Other, 0.0),
            None
        );
        assert_eq!(
            policy.pause_before_next(6, &overloaded(2), Safety::Other, 0.0),
            None
        );
    }

    #[test]
    fn a_write_is_not_sent_twice_on_suspicion() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.pause_before_next(1, &lost(), Safety::Other, 0.0),
            None
        );
        assert_eq!(
            policy.pause_before_next(1, &lost(), Safety::Read, 0.0),
            Some(Duration::from_millis(100))
        );
        assert_eq!(
            policy.pause_before_next(3, &lost(), Safety::Read, 0.0),
            Some(Duration::from_millis(400))
        );
    }

    fn unconnected() -> Error {
        Error::Transport {
            verb: "GET".to_owned(),
            target: "/api".to_owned(),
            source: TransportError::Connect {
                server: "s".to_owned(),
                source: "refused".into(),
            },
        }
    }

    #[test]
    fn the_persistent_go_on() {
        let (calm, persistent) = (RetryPolicy::default(), RetryPolicy::persistent());
        let next = |policy: RetryPolicy, error: &Error, safety| {
            policy.pause_before_next(1, error, safety, 0.0).is_some()
        };
        for (error, safety, expect) in [
            (unconnected(), Safety::Other, true),
            (lost(), Safety::Idempotent, true),
            (lost(), Safety::Other, false),
            (trouble(503), Safety::Read, true),
            (trouble(503), Safety::Idempotent, true),
            (trouble(503), Safety::Other, false),
            (trouble(501), Safety::Read, false),
            (trouble(404), Safety::Read, false),
        ] {
            assert_eq!(
                next(persistent, &error, safety),
                expect,
                "{error} {safety:?}"
            );
            let calmly = matches!(error, Error::Transport { .. }) && safety == Safety::Read;
            assert_eq!(next(calm, &error, safety), calmly, "{error} {safety:?}");
        }
    }

    fn trouble(code: i32) -> Error {
        Error::Api(Box::new(Status {
            code,
            ..Status::default()
        }))
    }

    #[test]
    fn what_may_be_carried_out_twice() {
        let mut headers = HeaderMap::new();
        assert_eq!(Safety::of(&Method::GET, &headers), Safety::Read);
        assert_eq!(Safety::of(&Method::POST, &headers), Safety::Other);
        assert_eq!(Safety::of(&Method::DELETE, &headers), Safety::Idempotent);
        assert_eq!(Safety::of(&Method::PATCH, &headers), Safety::Other);
        let apply = http::HeaderValue::from_static("application/apply-patch+yaml");
        headers.insert(CONTENT_TYPE, apply);
        assert_eq!(Safety::of(&Method::PATCH, &headers), Safety::Idempotent);
    }
}
