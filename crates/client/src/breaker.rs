//! Leaves a server alone that fails: a circuit breaker.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::payload::Payload;
use crate::telemetry::{Event, Recorder};
use crate::transport::{Transport, TransportError};

/// When a server is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// After so many failures in a row no request is sent for a while. Failures
    /// are lost connections, timeouts and the codes 500, 502, 503 and 504; a
    /// refusal (also 429) shows that the server is well.
    pub failures_max: u32,
    /// How long at first. It doubles each time that the server still fails.
    pub pause: Duration,
    /// The longest.
    pub pause_max: Duration,
    /// How many requests try at a time whether the server is well again.
    pub probes: u32,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures_max: 5,
            pause: Duration::from_secs(1),
            pause_max: Duration::from_secs(30),
            probes: 1,
        }
    }
}

/// A circuit breaker for one server. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Breaker(Arc<Shared>);

struct Shared {
    policy: BreakerPolicy,
    state: Mutex<State>,
    server: String,
    recorder: Option<Arc<dyn Recorder>>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// Failures in a row.
    failures: u32,
    circuit: Circuit,
}

#[derive(Clone, Copy, Debug)]
enum Circuit {
    Closed,
    /// Nothing is sent before `until`.
    Open {
        until: Instant,
        pause: Duration,
    },
    /// Some requests try whether the server is well.
    HalfOpen {
        probes: u32,
        pause: Duration,
    },
}

/// A request that was let through. What became of it must be said; a request
/// that is given up counts neither way.
struct Pass {
    of: Breaker,
    is_probe: bool,
    is_told: bool,
}

impl Pass {
    fn tell(mut self, is_failure: bool) {
        self.is_told = true;
        self.of.told(self.is_probe, is_failure);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if !self.is_told && self.is_probe {
            let mut state = self.of.0.state.lock();
            if let Circuit::HalfOpen { probes, .. } = &mut state.circuit {
                *probes = probes.saturating_sub(1);
            }
        }
    }
}

impl Breaker {
    /// A breaker that lets all through as yet.
    #[must_use]
    pub fn new(
        policy: BreakerPolicy,
        server: impl Into<String>,
        recorder: Option<Arc<dyn Recorder>>,
    ) -> Self {
        Self(Arc::new(Shared {
            policy,
            state: Mutex::new(State {
                failures: 0,
                circuit: Circuit::Closed,
            }),
            server: server.into(),
            recorder,
        }))
    }

    /// Whether requests are kept from the server just now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.0.state.lock().circuit, Circuit::Open { until, .. } if Instant::now() < until)
    }

    fn enter(&self) -> Result<Pass, TransportError> {
        let mut state = self.0.state.lock();
        let pass = |is_probe| Pass {
            of: self.clone(),
            is_probe,
            is_told: false,
        };
        let refused = |state: &State, wait| TransportError::CircuitOpen {
            server: self.0.server.clone(),
            failures: state.failures,
            wait,
        };
        let now = Instant::now();
        match state.circuit {
            Circuit::Closed => Ok(pass(false)),
            Circuit::Open { until, .. } if now < until => Err(refused(&state, until - now)),
            Circuit::Open { pause, .. } => {
                state.circuit = Circuit::HalfOpen { probes: 1, pause };
                Ok(pass(true))
            }
            Circuit::HalfOpen { probes, pause } if probes < self.0.policy.probes.max(1) => {
                state.circuit = Circuit::HalfOpen {
                    probes: probes + 1,
                    pause,
                };
                Ok(pass(true))
            }
            Circuit::HalfOpen { pause, .. } => Err(refused(&state, pause)),
        }
    }

    fn told(&self, is_probe: bool, is_failure: bool) {
        let policy = &self.0.policy;
        let mut state = self.0.state.lock();
        let was_closed = matches!(state.circuit, Circuit::Closed);
        if is_failure {
            state.failures = state.failures.saturating_add(1);
        } else if is_probe || was_closed {
            // A straggler's success says nothing about a server that has failed since.
            state.failures = 0;
        }
        let now = Instant::now();
        let open = |pause: Duration| Circuit::Open {
            until: now + pause,
            pause,
        };
        let next = match (state.circuit, is_failure) {
            (Circuit::Closed, true) if state.failures >= policy.failures_max.max(1) => {
                Some(open(policy.pause))
            }
            (Circuit::HalfOpen { pause, .. }, true) if is_probe => {
                Some(open(pause.saturating_mul(2).min(policy.pause_max)))
            }
            (Circuit::HalfOpen { .. }, false) if is_probe => Some(Circuit::Closed),
            _ => None,
        };
        let Some(next) = next else { return };
        state.circuit = next;
        let (is_open, failures) = (!matches!(next, Circuit::Closed), state.failures);
        drop(state);
        let server = &*self.0.server;
        if is_open {
            tracing::warn!(
                server,
                failures,
                "the server fails; it is left alone for a while"
            );
        } else {
            tracing::info!(server, "the server is well again");
        }
        if let Some(recorder) = &self.0.recorder {
            recorder.record(&Event::Circuit { server, is_open });
        }
    }
}

fn is_failure(result: &Result<http::StatusCode, &TransportError>) -> bool {
    match result {
        Ok(code) => matches!(code.as_u16(), 500 | 502..=504),
        // Our own trouble is not the server's.
        Err(TransportError::Credentials(_) | TransportError::Request(_)) => false,
        Err(_) => true,
    }
}

/// A transport that leaves its server alone when it fails.
pub struct Guarded {
    below: Arc<dyn Transport>,
    breaker: Breaker,
}

impl Guarded {
    /// Guards this transport by this breaker.
    #[must_use]
    pub fn new(below: Arc<dyn Transport>, breaker: Breaker) -> Self {
        Self { below, breaker }
    }
}

impl Transport for Guarded {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let (breaker, below) = (self.breaker.clone(), Arc::clone(&self.below));
        Box::pin(async move {
            let pass = breaker.enter()?;
            let answer = below.call(request).await;
            pass.tell(is_failure(&answer.as_ref().map(http::Response::status)));
            answer
        })
    }

    fn in_process(&self) -> bool {
        self.below.in_process()
    }

    fn server(&self) -> Option<&str> {
        self.below.server()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        let policy = BreakerPolicy {
            failures_max: 2,
            pause: Duration::from_secs(1),
            pause_max: Duration::from_secs(3),
            probes: 1,
        };
        Breaker::new(policy, "s", None)
    }

    fn pass(breaker: &Breaker) -> Pass {
        breaker.enter().unwrap_or_else(|error| panic!("{error}"))
    }

    #[tokio::test(start_paused = true)]
    async fn opens_probes_and_closes() {
        let breaker = breaker();
        pass(&breaker).tell(true);
        pass(&breaker).tell(false);
        pass(&breaker).tell(true);
        assert!(!breaker.is_open(), "two failures, but not in a row");
        let straggler = pass(&breaker);
        pass(&breaker).tell(true);
        assert!(breaker.is_open());
        let error = breaker.enter().err().expect("open").to_string();
        assert_eq!(
            error,
            "s has failed 2 times in a row; it is not asked for another 1000 ms"
        );
        straggler.tell(false);
        assert!(breaker.is_open(), "a straggler closes nothing");

        tokio::time::advance(Duration::from_millis(1001)).await;
        let probe = pass(&breaker);
        assert!(breaker.enter().is_err(), "one probe at a time");
        drop(probe);
        let probe = pass(&breaker);
        probe.tell(true);
        assert!(breaker.is_open());
        tokio::time::advance(Duration::from_millis(1001)).await;
        assert!(breaker.is_open(), "the pause has doubled");
        tokio::time::advance(Duration::from_secs(1)).await;
        pass(&breaker).tell(false);
        assert!(!breaker.is_open());
        pass(&breaker).tell(true);
        assert!(!breaker.is_open(), "failures are counted anew");
    }

    #[test]
    fn refusals_are_no_failures() {
        for (code, expect) in [
            (200, false),
            (404, false),
            (429, false),
            (500, true),
            (501, false),
            (503, true),
        ] {
            let code = http::StatusCode::from_u16(code).expect("a code");
            assert_eq!(is_failure(&Ok(code)), expect, "{code}");
        }
        let ours = TransportError::Credentials("no plugin".into());
        assert!(!is_failure(&Err(&ours)));
    }
}
