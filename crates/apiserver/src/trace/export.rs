//! Sending spans to a collector, in batches, never in the way of a request.

use skeg_grpc::client::{Channel, Endpoint};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::proto::{
    ExportRequest, ExportResponse, KeyValue, Resource, ResourceSpans, Scope, ScopeSpans, Span,
};

/// Spans that wait to be sent; more are dropped and counted.
pub(super) const QUEUE: usize = 2048;
/// Spans of one request to the collector.
const BATCH: usize = 512;
/// A batch that does not fill is sent after this long.
const DELAY: Duration = Duration::from_secs(1);
/// A collector may take this long to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Sends what comes until `cancel`, then what is left.
pub(super) async fn run(
    endpoint: Endpoint,
    service: Vec<KeyValue>,
    mut spans: mpsc::Receiver<Span>,
    lost: Arc<AtomicU64>,
    cancel: CancellationToken,
) {
    let name = endpoint.name();
    let channel = Channel::new(vec![endpoint], None);
    let mut reachable = true;
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let more = tokio::select! {
            more = fill(&mut spans, &mut batch) => more,
            () = cancel.cancelled() => {
                spans.close();
                spans.recv_many(&mut batch, BATCH).await > 0
            }
        };
        if batch.is_empty() {
            if more {
                continue;
            }
            return;
        }
        let count = batch.len() as u64;
        let request = request(&service, std::mem::take(&mut batch));
        let sent = channel.unary::<_, ExportResponse>(EXPORT, &request);
        let failure = match tokio::time::timeout(TIMEOUT, sent).await {
            Ok(Ok(answer)) => {
                let rejected = answer.partial_success.unwrap_or_default();
                lost.fetch_add(
                    u64::try_from(rejected.rejected_spans).unwrap_or_default(),
                    Ordering::Relaxed,
                );
                None
            }
            Ok(Err(status)) => Some(status.to_string()),
            Err(_) => Some(format!("no answer within {} s", TIMEOUT.as_secs())),
        };
        // Once a change, not once a batch.
        match (&failure, reachable) {
            (Some(error), true) => {
                tracing::warn!(
                    endpoint = name,
                    error,
                    "traces cannot be sent and are dropped"
                );
            }
            (None, false) => tracing::info!(endpoint = name, "traces are sent again"),
            _ => {}
        }
        reachable = failure.is_none();
        if failure.is_some() {
            lost.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// Waits for a span, and then a while for more; whether there can be any.
async fn fill(spans: &mut mpsc::Receiver<Span>, batch: &mut Vec<Span>) -> bool {
    let Some(first) = spans.recv().await else {
        return false;
    };
    batch.push(first);
    let end = tokio::time::Instant::now() + DELAY;
    while batch.len() < BATCH {
        let room = BATCH - batch.len();
        match tokio::time::timeout_at(end, spans.recv_many(batch, room)).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    true
}

fn request(service: &[KeyValue], spans: Vec<Span>) -> ExportRequest {
    ExportRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: service.to_vec(),
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(Scope {
                    name: "skeg-apiserver".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                }),
                spans,
            }],
        }],
    }
}
