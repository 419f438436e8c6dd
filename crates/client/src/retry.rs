//! When a request is sent again.

use std::time::Duration;

use crate::error::Error;

/// When a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most; 1 sends nothing again.
    pub attempts_max: u32,
    /// The first pause after a lost connection; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause, also where the server asks for a longer one.
    pub pause_max: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 6,
            pause: Duration::from_millis(100),
            pause_max: Duration::from_secs(30),
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

    /// How long to pause before the next attempt; none to give up.
    ///
    /// The server is obeyed when it names a time (429 and 503). Otherwise only
    /// reads are sent again, and only when the connection was lost.
    pub(crate) fn pause_before_next(
        &self,
        attempt: u32,
        error: &Error,
        is_read: bool,
        jitter: f64,
    ) -> Option<Duration> {
        if attempt >= self.attempts_max {
            return None;
        }
        match error {
            Error::Api(status) if matches!(status.code, 429 | 500..=599) => {
                error.retry_after().map(|pause| pause.min(self.pause_max))
            }
            Error::Transport { source, .. } if is_read && !source.is_unsent() => {
                let doubled = self.pause.saturating_mul(1 << (attempt - 1).min(16));
                Some(doubled.min(self.pause_max).mul_f64(1.0 + jitter))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportError;
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
            policy.pause_before_next(1, &overloaded(2), false, 0.0),
            Some(Duration::from_secs(2))
        );
        assert_eq!(
            policy.pause_before_next(1, &overloaded(900), false, 0.0),
            Some(policy.pause_max)
        );
        assert_eq!(
            policy.pause_before_next(1, &overloaded(0), false, 0.0),
            None
        );
        assert_eq!(
            policy.pause_before_next(6, &overloaded(2), false, 0.0),
            None
        );
    }

    #[test]
    fn a_write_is_not_sent_twice_on_suspicion() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.pause_before_next(1, &lost(), false, 0.0), None);
        assert_eq!(
            policy.pause_before_next(1, &lost(), true, 0.0),
            Some(Duration::from_millis(100))
        );
        assert_eq!(
            policy.pause_before_next(3, &lost(), true, 0.0),
            Some(Duration::from_millis(400))
        );
    }
}
