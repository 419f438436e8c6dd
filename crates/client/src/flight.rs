//! Equal reads at the same time become one.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use http::{Method, Request, Response};
use parking_lot::Mutex;

use crate::client::collect;
use crate::payload::{BoxError, Payload};
use crate::transport::{Transport, TransportError};

/// The longest answer that is shared.
const BODY_LEN_MAX: usize = 1 << 30;

/// Headers that differ from request to request and make no difference.
const PASSED_OVER: &[&str] = &["audit-id", "traceparent", "tracestate", "user-agent"];

type Answer = Result<Arc<(http::response::Parts, Bytes)>, Arc<TransportError>>;
type Flight = BoxFuture<'static, Answer>;
type Flights = Arc<Mutex<HashMap<String, WeakShared<Flight>>>>;

/// A transport on which equal reads that are under way at the same time are
/// sent once: each caller gets the one answer, without a copy of its bytes.
///
/// A read that begins after a write over this transport has begun or ended does
/// not join an earlier one, so that everybody reads their own writes.
pub struct Coalesced {
    below: Arc<dyn Transport>,
    flights: Flights,
}

impl Coalesced {
    /// Coalesces the reads over this transport.
    #[must_use]
    pub fn new(below: Arc<dyn Transport>) -> Self {
        Self {
            below,
            flights: Flights::default(),
        }
    }
}

/// What makes two requests equal; none for those that cannot be shared.
fn key(request: &Request<Payload>) -> Option<String> {
    let is_plain = matches!(request.body(), Payload::Empty);
    let is_stream = request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .any(|pair| pair.starts_with("watch=") || pair.starts_with("follow="));
    if *request.method() != Method::GET
        || !is_plain
        || is_stream
        || crate::upgrade::is_upgrade(request.headers())
    {
        return None;
    }
    let mut headers: Vec<(&str, &[u8])> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .filter(|(name, _)| !PASSED_OVER.contains(name))
        .collect();
    headers.sort_unstable();
    let mut key = request.uri().to_string();
    for (name, value) in headers {
        key.push('\n');
        key.push_str(name);
        key.push(':');
        key.push_str(&String::from_utf8_lossy(value));
    }
    Some(key)
}

async fn fly(below: Arc<dyn Transport>, request: Request<Payload>) -> Answer {
    let response = below.call(request).await.map_err(Arc::new)?;
    let (parts, body) = response.into_parts();
    let bytes = collect(body, BODY_LEN_MAX).await.map_err(|source| {
        Arc::new(TransportError::Lost {
            server: below.server().unwrap_or("the server").to_owned(),
            source,
        })
    })?;
    Ok(Arc::new((parts, bytes)))
}

impl Transport for Coalesced {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let below = Arc::clone(&self.below);
        if below.in_process() {
            return below.call(request);
        }
        let Some(key) = key(&request) else {
            let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
            if is_read {
                return below.call(request);
            }
            let flights = Arc::clone(&self.flights);
            return Box::pin(async move {
                flights.lock().clear();
                let answer = below.call(request).await;
                flights.lock().clear();
                answer
            });
        };
        let flight: Shared<Flight> = {
            let mut flights = self.flights.lock();
            match flights.get(&key).and_then(WeakShared::upgrade) {
                Some(flight) => flight,
                None => {
                    let flight = fly(below, request).boxed().shared();
                    // Those that nobody waits for any more make room.
                    flights.retain(|_, flight| flight.upgrade().is_some());
                    if let Some(weak) = flight.downgrade() {
                        flights.insert(key.clone(), weak);
                    }
                    flight
                }
            }
        };
        let flights = Arc::clone(&self.flights);
        Box::pin(async move {
            let answer = flight.clone().await;
            {
                // It has landed: nobody joins it any more.
                let mut flights = flights.lock();
                let is_this = flights
                    .get(&key)
                    .and_then(WeakShared::upgrade)
                    .is_some_and(|known| known.ptr_eq(&flight));
                if is_this {
                    flights.remove(&key);
                }
            }
            match answer {
                Ok(answer) => {
                    let (parts, bytes) = &*answer;
                    Ok(Response::from_parts(parts.clone(), bytes.clone().into()))
                }
                Err(error) => Err(copied(&error)),
            }
        })
    }

    fn in_process(&self) -> bool {
        self.below.in_process()
    }

    fn server(&self) -> Option<&str> {
        self.below.server()
    }
}

/// The same error for another caller.
fn copied(error: &Arc<TransportError>) -> TransportError {
    let text = |source: &BoxError| BoxError::from(source.to_string());
    match &**error {
        TransportError::Connect { server, source } => TransportError::Connect {
            server: server.clone(),
            source: text(source),
        },
        TransportError::Lost { server, source } => TransportError::Lost {
            server: server.clone(),
            source: text(source),
        },
        TransportError::NotTaken { server, source } => TransportError::NotTaken {
            server: server.clone(),
            source: text(source),
        },
        TransportError::CircuitOpen {
            server,
            failures,
            wait,
        } => TransportError::CircuitOpen {
            server: server.clone(),
            failures: *failures,
            wait: *wait,
        },
        TransportError::Timeout { server, seconds } => TransportError::Timeout {
            server: server.clone(),
            seconds: *seconds,
        },
        TransportError::Credentials(source) => TransportError::Credentials(text(source)),
        TransportError::Request(source) => TransportError::Request(text(source)),
        TransportError::Stopped => TransportError::Stopped,
    }
}
