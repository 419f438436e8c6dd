//! What the client tells of itself: metrics by a [`Recorder`], spans by
//! `tracing`, and the trace context of W3C that goes along with requests.
//!
//! # Metrics
//!
//! [`Config::recorder`](crate::Config::recorder) takes anything that implements
//! [`Recorder`]. [`Prometheus`] is one that needs no further crate and writes
//! the text that Prometheus reads, under the names of client-go. With the
//! feature `metrics`, `MetricsFacade` passes all on to the crate `metrics`.
//!
//! # Spans
//!
//! Each request over HTTPS is in a span `HTTP` of the level debug whose fields
//! have the names of OpenTelemetry's semantic conventions (`otel.name`,
//! `http.request.method`, `url.path`, `server.address`,
//! `http.response.status_code`, `http.request.resend_count`, `error.type`),
//! and `request_id`, which goes to the server as `Audit-ID` and so stands in its
//! audit log. Nothing secret is in a span, an event or an error.
//!
//! # Propagation
//!
//! A [`TraceContext`] in a request's extensions, or around the code that sends
//! it ([`TraceContext::scope`]), goes along as `traceparent` and `tracestate`,
//! with a new parent id for each request. Those who use OpenTelemetry's own
//! crates give [`Client::with_propagator`](crate::Client::with_propagator) a
//! function that writes the headers.

#[cfg(feature = "metrics")]
mod facade;
mod prometheus;
mod trace;

use std::time::Duration;

#[cfg(feature = "metrics")]
pub use facade::MetricsFacade;
pub use prometheus::Prometheus;
pub use trace::{TraceContext, TraceContextError};

/// Is told what the client does. Called from within requests: it must be quick
/// and must not block.
pub trait Recorder: Send + Sync + 'static {
    /// Something has happened.
    fn record(&self, event: &Event<'_>);
}

/// Something that has happened. All texts but `resource` are of a small set, so
/// that they may be labels of metrics.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request was answered or failed; each attempt by itself.
    Request {
        /// The HTTP method.
        method: &'a str,
        /// The server's host and port.
        server: &'a str,
        /// The HTTP code, or none when no answer came.
        code: Option<u16>,
        /// Until the head of the answer.
        took: Duration,
    },
    /// A request is sent again.
    Retry {
        /// The HTTP method.
        method: &'a str,
        /// The server's host and port.
        server: &'a str,
        /// The HTTP code because of which, or none when no answer came.
        code: Option<u16>,
    },
    /// A request has passed the client's rate limit.
    RateLimit {
        /// The HTTP method.
        method: &'a str,
        /// The server's host and port.
        server: &'a str,
        /// How long it waited.
        waited: Duration,
    },
    /// A connection is open.
    ConnectionOpened {
        /// The server's host and port.
        server: &'a str,
        /// `h2` or `http/1.1`.
        protocol: &'a str,
    },
    /// A connection is closed.
    ConnectionClosed {
        /// The server's host and port.
        server: &'a str,
        /// `h2` or `http/1.1`.
        protocol: &'a str,
    },
    /// The circuit breaker has opened (the server is left alone) or closed.
    Circuit {
        /// The server's host and port.
        server: &'a str,
        /// Whether it is open.
        is_open: bool,
    },
    /// Credentials were fetched from a plugin or a provider.
    Credentials {
        /// `exec` or `oidc`.
        source: &'a str,
        /// How long it took.
        took: Duration,
        /// Whether there are any.
        is_ok: bool,
    },
    /// A watch was begun.
    WatchStarted {
        /// The resource's plural name.
        resource: &'a str,
    },
    /// A watch has ended and is begun again. Told by those who do so:
    /// reflectors and informers.
    WatchRestarted {
        /// The resource's plural name.
        resource: &'a str,
        /// Why, in a word: `ended`, `expired`, `error`.
        reason: &'a str,
    },
    /// An object does not fit the struct of its kind. Told by informers, which
    /// go on without it.
    Unreadable {
        /// The resource's plural name.
        resource: &'a str,
    },
}
