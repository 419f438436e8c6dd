//! Recordings played back: a client without a cluster, which is answered as was
//! recorded, and only if it asks the same.

use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use http::{Request, Response, StatusCode, header};
use parking_lot::Mutex;
use skeg_client::{Client, Payload, RetryPolicy, Transport, TransportError};
use skeg_meta::Status;
use skeg_schema::Value;

use crate::error::Error;
use crate::record::read_whole;

/// One request with its answer.
struct Exchange {
    method: String,
    target: String,
    agent: String,
    body: Value,
    code: u16,
    answer: Value,
    events: Vec<Value>,
    used: bool,
}

impl Exchange {
    fn told(&self) -> String {
        let Self { method, target, .. } = self;
        format!("{method} {target}")
    }
}

struct Inner {
    exchanges: Vec<Exchange>,
    /// What was asked and is not in the recording.
    strange: Vec<String>,
}

/// A recording that is played back.
#[derive(Clone)]
pub struct Replay {
    inner: Arc<Mutex<Inner>>,
}

fn number(tree: &Value, key: &str) -> i64 {
    tree[key].as_i64().unwrap_or_default()
}

impl Replay {
    /// Reads a recording that [`Builder::record`](crate::Builder::record) wrote.
    /// Only what programs asked whose user agent contains `agent` is played back;
    /// the clients of a test are called `test`.
    ///
    /// # Errors
    /// The file cannot be read, or is no recording.
    pub fn open(file: impl AsRef<Path>, agent: &str) -> Result<Self, Error> {
        let path = file.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let mut numbered: Vec<(i64, Exchange)> = Vec::new();
        for line in text.lines() {
            let mut tree = skeg_schema::decode_json_any(line.as_bytes()).map_err(|error| {
                Error::Recording {
                    origin: path.display().to_string(),
                    why: error.to_string(),
                }
            })?;
            let mut take = |key: &str| tree.get_mut(key).map(Value::take).unwrap_or_default();
            let event = take("event");
            if !event.is_null() {
                let of = number(&tree, "of");
                if let Some((_, exchange)) = numbered.iter_mut().find(|(known, _)| *known == of) {
                    exchange.events.push(event);
                }
                continue;
            }
            let (body, answer) = (take("request"), take("answer"));
            let text = |key: &str| tree[key].as_str().unwrap_or_default().to_owned();
            let exchange = Exchange {
                method: text("method"),
                target: text("target"),
                agent: text("agent"),
                body,
                code: u16::try_from(number(&tree, "code")).unwrap_or(500),
                answer,
                events: Vec::new(),
                used: false,
            };
            numbered.push((number(&tree, "number"), exchange));
        }
        let exchanges = numbered.into_iter().map(|(_, exchange)| exchange);
        let exchanges = exchanges.filter(|exchange| exchange.agent.contains(agent));
        Ok(Self {
            inner: Arc::new(Mutex::new(Inner {
                exchanges: exchanges.collect(),
                strange: Vec::new(),
            })),
        })
    }

    /// A client that is answered from the recording: each request by the first
    /// of its kind that was not used yet. A request that is not recorded is
    /// refused, and told by [`Replay::assert_same`].
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(Arc::new(self.clone()))
            .with_user_agent("test")
            .with_retry(RetryPolicy::none())
    }

    /// What is recorded and was not asked.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let inner = self.inner.lock();
        let unused = inner.exchanges.iter().filter(|exchange| !exchange.used);
        unused.map(Exchange::told).collect()
    }

    /// What was asked and is not recorded.
    #[must_use]
    pub fn strange(&self) -> Vec<String> {
        self.inner.lock().strange.clone()
    }

    /// # Panics
    /// Something else was asked than is recorded.
    #[track_caller]
    pub fn assert_same(&self) {
        let (strange, missing) = (self.strange(), self.missing());
        assert!(
            strange.is_empty() && missing.is_empty(),
            "asked and not recorded:\n  {}\nrecorded and not asked:\n  {}",
            strange.join("\n  "),
            missing.join("\n  ")
        );
    }

    fn answer(&self, method: &str, target: &str, body: &Value) -> Response<Payload> {
        let mut inner = self.inner.lock();
        let same = |exchange: &&mut Exchange| {
            !exchange.used && exchange.method == method && exchange.target == target
        };
        let found = inner
            .exchanges
            .iter_mut()
            .filter(same)
            .find(|exchange| exchange.body == *body);
        let Some(exchange) = found else {
            let other = inner.exchanges.iter().find(|exchange| {
                !exchange.used && exchange.method == method && exchange.target == target
            });
            let told = match other {
                None => format!("{method} {target}"),
                Some(other) => {
                    let fields = crate::history::fields(&other.body, body);
                    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
                    format!("{method} {target} with another body: {}", fields.join(", "))
                }
            };
            inner.strange.push(told.clone());
            let status = Status::failure(501, "NotRecorded", format!("not recorded: {told}"));
            let mut response = Response::new(Payload::Status(Box::new(status)));
            *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
            return response;
        };
        exchange.used = true;
        let code = StatusCode::from_u16(exchange.code).unwrap_or(StatusCode::BAD_GATEWAY);
        let is_watch = exchange.target.contains("watch=");
        let body = if is_watch && code.is_success() {
            let frames: Vec<_> = exchange
                .events
                .iter()
                .map(|event| Ok(format!("{event}\n").into_bytes().into()))
                .collect();
            // Nothing else was heard; the watch stays open.
            Payload::Stream(stream::iter(frames).chain(stream::pending()).boxed())
        } else {
            exchange.answer.to_string().into_bytes().into()
        };
        let mut response = Response::new(body);
        *response.status_mut() = code;
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl Transport for Replay {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let this = self.clone();
        async move {
            let (request, tree) = read_whole(request).await;
            let target = request.uri().to_string();
            Ok(this.answer(request.method().as_str(), &target, &tree))
        }
        .boxed()
    }

    /// As the clients of a cluster, so that they ask the same.
    fn in_process(&self) -> bool {
        true
    }
}
