//! Spans as a collector gets them.

use std::convert::Infallible;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use prost::Message;
use skeg_apiserver::{Options, TracingConfiguration};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::{ADMIN, ALICE, MAPS, PATIENCE, Server, map};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// As much of OTLP as is looked at, read by numbers of its own.
#[derive(Clone, PartialEq, Message)]
struct Export {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<OfResource>,
}

#[derive(Clone, PartialEq, Message)]
struct OfResource {
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<OfScope>,
}

#[derive(Clone, PartialEq, Message)]
struct OfScope {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(bytes = "vec", tag = "1")]
    trace: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(fixed64, tag = "7")]
    start: u64,
    #[prost(fixed64, tag = "8")]
    end: u64,
    #[prost(message, repeated, tag = "13")]
    links: Vec<Link>,
}

#[derive(Clone, PartialEq, Message)]
struct Link {
    #[prost(bytes = "vec", tag = "1")]
    trace: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Taken {}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A collector, where it is, and the spans that it takes.
async fn collector() -> (String, mpsc::UnboundedReceiver<Span>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sender = sender.clone();
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let sender = sender.clone();
                async move {
                    let take = async |export: Export| {
                        for span in export
                            .resources
                            .into_iter()
                            .flat_map(|of| of.scopes)
                            .flat_map(|of| of.spans)
                        {
                            let _ = sender.send(span);
                        }
                        Ok(Taken {})
                    };
                    let body = request.into_body();
                    Ok::<_, Infallible>(skeg_grpc::server::unary(body, 1 << 20, take).await)
                }
            });
            tokio::spawn(
                http2::Builder::new(TokioExecutor::new())
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (address, receiver)
}

async fn traced(rate: u32) -> (Server, mpsc::UnboundedReceiver<Span>) {
    let (endpoint, spans) = collector().await;
    let server = Server::start_with(Options {
        tracing: Some(TracingConfiguration {
            endpoint,
            sampling_rate_per_million: rate,
        }),
        ..Options::default()
    })
    .await;
    (server, spans)
}

/// The next span of that name.
async fn next(spans: &mut mpsc::UnboundedReceiver<Span>, name: &str) -> Span {
    let wanted = async {
        loop {
            let span = spans.recv().await.expect("the collector runs");
            if span.name == name {
                return span;
            }
        }
    };
    tokio::time::timeout(PATIENCE + Duration::from_secs(10), wanted)
        .await
        .unwrap_or_else(|_| panic!("no span {name}"))
}

#[tokio::test]
async fn a_trusted_callers_trace_goes_on() {
    let (server, mut spans) = traced(0).await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", &*parent)];
    server
        .ask_all(ADMIN, &format!("GET {MAPS}/none"), &headers, "")
        .await
        .expect(404);
    let handled = next(&mut spans, "handle").await;
    let asked = next(
        &mut spans,
        "GET /api/v1/namespaces/{namespace}/configmaps/{name}",
    )
    .await;
    assert_eq!(
        (hex(&asked.trace), hex(&asked.parent)),
        (TRACE.into(), PARENT.into())
    );
    assert_eq!((&handled.trace, &handled.parent), (&asked.trace, &asked.id));
    assert!(asked.start <= handled.start && handled.end <= asked.end);
}

#[tokio::test]
async fn a_strangers_trace_is_linked_to_and_not_continued() {
    let (server, mut spans) = traced(1_000_000).await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    server
        .ask_all(
            ALICE,
            &format!("POST {MAPS}"),
            &[
                ("traceparent", &parent),
                ("content-type", "application/json"),
            ],
            map("a").to_string(),
        )
        .await
        .expect(403);
    let asked = next(&mut spans, "POST /api/v1/namespaces/{namespace}/configmaps").await;
    assert_ne!(hex(&asked.trace), TRACE);
    assert!(asked.parent.is_empty());
    assert_eq!(hex(&asked.links[0].trace), TRACE);
}
