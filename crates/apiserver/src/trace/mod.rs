//! Traces: a span for each recorded request and for its parts, sent over OTLP.
//!
//! Whether a request is recorded is the caller's word where the caller is
//! trusted (KEP-647: members of system:masters and system:monitoring), else
//! chance at the configured rate; the caller's span is then linked to, not
//! continued. Spans hold no query, no body and no header but the client's name.

mod config;
mod context;
mod export;
mod proto;

pub use config::TracingConfiguration;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use skeg_auth::UserInfo;
use skeg_grpc::client::Endpoint;
use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::core::Options;
use crate::request_info::RequestInfo;
use context::SpanContext;
use proto::{KIND_INTERNAL, KIND_SERVER, KeyValue, Link, STATUS_ERROR, Span, SpanStatus};

/// Whose word on recording is taken.
const TRUSTED: [&str; 2] = ["system:masters", "system:monitoring"];
const MILLION: u32 = 1_000_000;

tokio::task_local! {
    static CURRENT: Current;
}

/// The span whose work the task does.
#[derive(Clone)]
struct Current {
    tracer: Arc<Tracer>,
    context: SpanContext,
}

/// Takes the spans of a server.
pub(crate) struct Tracer {
    spans: mpsc::Sender<Span>,
    rate: u32,
    /// Spans that were not sent.
    lost: Arc<AtomicU64>,
}

impl Tracer {
    /// Starts sending to the configured collector, until `cancel`.
    ///
    /// # Errors
    /// The endpoint is no address.
    pub fn start(
        config: &TracingConfiguration,
        options: &Options,
        cancel: CancellationToken,
    ) -> Result<Arc<Self>, String> {
        let endpoint = Endpoint::parse(&config.endpoint).ok_or_else(|| {
            format!(
                "endpoint: want HOST:PORT or unix:///PATH, not {:?}",
                config.endpoint
            )
        })?;
        let service = vec![
            KeyValue::text("service.name", "apiserver"),
            KeyValue::text(
                "service.instance.id",
                format!("{}:{}", options.advertise_address, options.advertise_port),
            ),
            KeyValue::text("service.version", env!("CARGO_PKG_VERSION")),
        ];
        let (sender, receiver) = mpsc::channel(export::QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        tokio::spawn(export::run(
            endpoint,
            service,
            receiver,
            lost.clone(),
            cancel,
        ));
        Ok(Arc::new(Self {
            spans: sender,
            rate: config.sampling_rate_per_million,
            lost,
        }))
    }

    /// Tells how many spans no collector has.
    pub fn render(&self, out: &mut skeg_auth::metrics::Text) {
        let name = "skeg_apiserver_tracing_spans_lost_total";
        let help = "Spans that were not sent, because the collector was away or too slow.";
        out.head(name, "counter", "ALPHA", help);
        out.sample(name, &[], self.lost.load(Ordering::Relaxed) as f64);
    }

    fn send(&self, span: Span) {
        if self.spans.try_send(span).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Begins the span of a request, if it is recorded.
    pub fn begin(self: &Arc<Self>, headers: &HeaderMap) -> Begun {
        let caller = SpanContext::of(headers);
        Begun {
            tracer: self.clone(),
            chosen: self.rate > 0 && fastrand::u32(0..MILLION) < self.rate,
            span: fastrand::u64(1..).to_be_bytes(),
            trace: fastrand::u128(1..).to_be_bytes(),
            caller,
            start: now(),
        }
    }
}

/// A request of which it is not yet known who asks.
pub(crate) struct Begun {
    tracer: Arc<Tracer>,
    chosen: bool,
    trace: [u8; 16],
    span: [u8; 8],
    caller: Option<SpanContext>,
    start: u64,
}

impl Begun {
    /// Decides, now that it is known.
    pub fn decide(self, user: &UserInfo) -> Option<RequestSpan> {
        let trusted = user
            .groups
            .iter()
            .any(|group| TRUSTED.contains(&group.as_str()));
        let parent = self.caller.filter(|_| trusted);
        let recorded = parent.map_or(self.chosen, |parent| parent.sampled);
        recorded.then(|| RequestSpan {
            current: Current {
                tracer: self.tracer,
                context: SpanContext {
                    trace: parent.map_or(self.trace, |parent| parent.trace),
                    span: self.span,
                    sampled: true,
                },
            },
            parent: parent.map(|parent| parent.span),
            link: self.caller.filter(|_| !trusted),
            start: self.start,
        })
    }
}

/// The span of a request that is recorded.
pub(crate) struct RequestSpan {
    current: Current,
    parent: Option<[u8; 8]>,
    link: Option<SpanContext>,
    start: u64,
}

impl RequestSpan {
    /// Ends it with the answer's code.
    pub fn end(self, parts: &Parts, info: &RequestInfo<'_>, id: &str, code: StatusCode) {
        let context = self.current.context;
        let method = &parts.method;
        let mut attributes = vec![
            KeyValue::text("http.request.method", method.as_str()),
            KeyValue::text("url.path", info.path),
            KeyValue::text("audit-id", id),
            KeyValue::int("http.response.status_code", i64::from(code.as_u16())),
        ];
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|v| v.to_str().ok());
        if let Some(agent) = agent {
            attributes.push(KeyValue::text("user_agent.original", agent));
        }
        self.current.tracer.send(Span {
            trace_id: context.trace.to_vec(),
            span_id: context.span.to_vec(),
            parent_span_id: self.parent.map(Vec::from).unwrap_or_default(),
            name: format!("{method} {}", template(info)),
            kind: KIND_SERVER,
            start_time_unix_nano: self.start,
            end_time_unix_nano: now(),
            attributes,
            links: self
                .link
                .map(|link| Link {
                    trace_id: link.trace.to_vec(),
                    span_id: link.span.to_vec(),
                })
                .into_iter()
                .collect(),
            status: code.is_server_error().then(|| SpanStatus {
                message: String::new(),
                code: STATUS_ERROR,
            }),
        });
    }
}

/// The path without what is different for each object, so that names are few.
fn template<'a>(info: &RequestInfo<'a>) -> Cow<'a, str> {
    if !info.is_resource {
        return Cow::Borrowed(info.path);
    }
    let mut out = match &*info.group {
        "" => "/api".to_owned(),
        group => format!("/apis/{group}"),
    };
    let mut push = |part: &str| {
        out.push('/');
        out.push_str(part);
    };
    push(&info.version);
    if !info.namespace.is_empty() && info.resource != "namespaces" {
        push("namespaces/{namespace}");
    }
    push(&info.resource);
    if !info.name.is_empty() {
        push("{name}");
    }
    if !info.subresource.is_empty() {
        push(&info.subresource);
    }
    Cow::Owned(out)
}

/// Does the work of a request, so that its parts find the span.
pub(crate) async fn with<T>(span: Option<&RequestSpan>, work: impl Future<Output = T>) -> T {
    match span {
        None => work.await,
        Some(span) => CURRENT.scope(span.current.clone(), work).await,
    }
}

/// Does a part of the work, as a span of its own if the request is recorded.
pub(crate) async fn part<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    let Ok(above) = CURRENT.try_with(Clone::clone) else {
        return work.await;
    };
    let start = now();
    let context = SpanContext {
        span: fastrand::u64(1..).to_be_bytes(),
        ..above.context
    };
    let current = Current {
        tracer: above.tracer.clone(),
        context,
    };
    let outcome = CURRENT.scope(current, work).await;
    above.tracer.send(Span {
        trace_id: context.trace.to_vec(),
        span_id: context.span.to_vec(),
        parent_span_id: above.context.span.to_vec(),
        name: name.to_owned(),
        kind: KIND_INTERNAL,
        start_time_unix_nano: start,
        end_time_unix_nano: now(),
        ..Span::default()
    });
    outcome
}

/// The header that continues the trace at a server that is asked on the way.
pub(crate) fn outgoing() -> Option<(HeaderName, HeaderValue)> {
    let current = CURRENT.try_with(Clone::clone).ok()?;
    Some((
        HeaderName::from_static(context::HEADER),
        current.context.header()?,
    ))
}

/// Now, in ns since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}
