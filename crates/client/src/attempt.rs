//! What is told of a request: metrics, a span, the headers of its trace.

use std::sync::Arc;

use http::header::HeaderValue;
use http::request::Parts;
use http::{Response, StatusCode};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::error::Error;
use crate::payload::Payload;
use crate::telemetry::{Event, Recorder, TraceContext};
use crate::transport::{Transport, TransportError};

/// By which a server's audit log knows a request.
const REQUEST_ID: &str = "audit-id";

/// Writes the headers of the trace that a request belongs to, if it does.
pub(crate) fn propagate(parts: &mut Parts) {
    let context = parts
        .extensions
        .get::<TraceContext>()
        .cloned()
        .or_else(TraceContext::current);
    if let Some(context) = context {
        context.child().write(&mut parts.headers);
    }
}

/// A UUID (version 4) as text.
fn request_id() -> String {
    let bits = fastrand::u128(..);
    let bits = (bits & !(0xf << 76) | (4 << 76)) & !(0x3 << 62) | (2 << 62);
    let text = format!("{bits:032x}");
    let (a, b, c, d, e) = (
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    );
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// A request that is told of: nothing within the process, where requests are
/// too cheap for it.
pub(crate) struct Observed<'a> {
    recorder: Option<&'a Arc<dyn Recorder>>,
    server: &'a str,
    method: http::Method,
    span: Span,
    again: u64,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(
        transport: &'a dyn Transport,
        recorder: Option<&'a Arc<dyn Recorder>>,
        parts: &mut Parts,
    ) -> Self {
        let mut span = Span::none();
        if let Some(server) = transport.server() {
            let id = request_id();
            if tracing::enabled!(tracing::Level::DEBUG) {
                let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
                let path = parts.uri.path();
                span = tracing::debug_span!(
                    "HTTP",
                    otel.name = %format_args!("{} {path}", parts.method),
                    otel.kind = "client",
                    otel.status_code = tracing::field::Empty,
                    http.request.method = %parts.method,
                    http.request.resend_count = tracing::field::Empty,
                    http.response.status_code = tracing::field::Empty,
                    error.r#type = tracing::field::Empty,
                    server.address = host,
                    server.port = port,
                    url.path = path,
                    request_id = id,
                );
            }
            if !parts.headers.contains_key(REQUEST_ID)
                && let Ok(id) = HeaderValue::from_str(&id)
            {
                parts.headers.insert(REQUEST_ID, id);
            }
        }
        Self {
            recorder,
            server: transport.server().unwrap_or("in-process"),
            method: parts.method.clone(),
            span,
            again: 0,
        }
    }

    /// One attempt.
    pub(crate) async fn attempt(
        &self,
        sending: impl Future<Output = Result<Response<Payload>, TransportError>>,
    ) -> Result<Response<Payload>, TransportError> {
        if self.recorder.is_none() && self.span.is_none() {
            return sending.await;
        }
        let begun = Instant::now();
        let answer = sending.instrument(self.span.clone()).await;
        let code = answer.as_ref().ok().map(Response::status);
        if let Some(recorder) = self.recorder {
            recorder.record(&Event::Request {
                method: self.method.as_str(),
                server: self.server,
                code: code.map(|code| code.as_u16()),
                took: begun.elapsed(),
            });
        }
        self.note(code, answer.as_ref().err());
        answer
    }

    fn note(&self, code: Option<StatusCode>, error: Option<&TransportError>) {
        if self.span.is_none() {
            return;
        }
        if let Some(code) = code {
            self.span.record("http.response.status_code", code.as_u16());
        }
        let kind = match (error, code) {
            (Some(error), _) => error.kind(),
            (None, Some(code)) if code.is_client_error() || code.is_server_error() => {
                self.span.record("error.type", code.as_str());
                self.span.record("otel.status_code", "ERROR");
                return;
            }
            _ => return,
        };
        self.span.record("error.type", kind);
        self.span.record("otel.status_code", "ERROR");
    }

    /// There will be another attempt because of this.
    pub(crate) fn again(&mut self, error: &Error) {
        self.again += 1;
        self.span.record("http.request.resend_count", self.again);
        if let Some(recorder) = self.recorder {
            recorder.record(&Event::Retry {
                method: self.method.as_str(),
                server: self.server,
                code: u16::try_from(error.code()).ok().filter(|&code| code > 0),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_uuids() {
        let id = request_id();
        let lens: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lens, [8, 4, 4, 4, 12]);
        assert!(id[14..].starts_with('4'), "{id}");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        assert_ne!(id, request_id());
    }
}
