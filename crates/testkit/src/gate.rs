//! What every request to a cluster passes: it is counted, struck by faults, and
//! written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, HeaderValue};
use http::{Request, Response, StatusCode};
use skeg_apiserver::{ApiServer, Interceptor, Severed};
use skeg_client::{InProcess, Payload, SharedEvent};
use skeg_meta::{GroupResource, Status};
use skeg_runtime::Clock;
use skeg_schema::Value;

use crate::about::About;
use crate::faults::{Fault, Faults, Strike};
use crate::traffic::Traffic;

/// Stands before the server.
pub(crate) struct Gate {
    /// Requests on their way through the server.
    pub(crate) requests: Arc<AtomicUsize>,
    pub(crate) faults: Faults,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A request that counts as being answered.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(of: &Arc<AtomicUsize>) -> Self {
        of.fetch_add(1, Ordering::AcqRel);
        Self(of.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Interceptor for Gate {
    fn intercept<'a>(
        &'a self,
        server: &'a ApiServer,
        request: Request<Payload>,
    ) -> BoxFuture<'a, Response<Payload>> {
        let about = About::of(&request);
        async move {
            let counted = Counted::new(&self.requests);
            let strike = if self.faults.is_empty() {
                None
            } else {
                self.faults.strike(&about)
            };
            match strike {
                None => self.pass(server, &about, request).await,
                Some(strike) => self.struck(server, &about, request, strike, counted).await,
            }
        }
        .boxed()
    }
}

impl Gate {
    async fn pass(
        &self,
        server: &ApiServer,
        about: &About,
        request: Request<Payload>,
    ) -> Response<Payload> {
        let (request, noted) = self.traffic.begin(about, request).await;
        let response = server.answer(request).await;
        let response = self.traffic.end(noted, response);
        if about.verb == "watch" {
            return self.breakable(about, response);
        }
        response
    }

    /// A watch that rules set later end or hold back.
    fn breakable(&self, about: &About, response: Response<Payload>) -> Response<Payload> {
        response.map(|body| match body {
            Payload::Events(events) => Payload::Events(self.broken(about, events)),
            Payload::Stream(pieces) => Payload::Stream(self.broken(about, pieces)),
            other => other,
        })
    }

    fn broken<T: Send + 'static>(
        &self,
        about: &About,
        events: BoxStream<'static, T>,
    ) -> BoxStream<'static, T> {
        let (faults, about) = (self.faults.clone(), about.clone());
        let rules = self.faults.clone();
        let of = about.clone();
        events
            .then(move |event| {
                let held = rules.holds(&of);
                async move {
                    if let Some(mut lifted) = held {
                        // The rule going away lifts it too.
                        let _ = lifted.wait_for(|lifted| *lifted).await;
                    }
                    event
                }
            })
            .take_while(move |_| futures::future::ready(!faults.partitions(&about)))
            .boxed()
    }

    async fn struck(
        &self,
        server: &ApiServer,
        about: &About,
        mut request: Request<Payload>,
        strike: Strike,
        counted: Counted,
    ) -> Response<Payload> {
        let in_process = request.extensions().get::<InProcess>().is_some();
        let resource = GroupResource::new(about.group.clone(), about.resource.clone());
        let refusal = match &strike.fault {
            Fault::Conflict => Status::conflict(
                &resource,
                &about.name,
                "the object has been modified; please apply your changes to the latest version and try again",
            ),
            Fault::TooManyRequests { retry_after } => Status::too_many_requests(
                "the server has received too many requests and has asked us to try again later",
                i32::try_from(*retry_after).unwrap_or(i32::MAX),
            ),
            Fault::InternalError => Status::internal_error("a fault was injected"),
            Fault::Unavailable => {
                Status::failure(503, "ServiceUnavailable", "a fault was injected")
            }
            Fault::Refusal {
                code,
                reason,
                message,
            } => Status::failure(i32::from(*code), reason, message.clone()),
            Fault::Partition => return severed(),
            Fault::LostAnswer => {
                drop(self.pass(server, about, request).await);
                return severed();
            }
            Fault::Latency(pause) => {
                // Who waits for the clock does not keep it from moving.
                drop(counted);
                self.clock.sleep(*pause).await;
                let _counted = Counted::new(&self.requests);
                return self.pass(server, about, request).await;
            }
            Fault::DroppedWatch { after } => {
                let response = self.pass(server, about, request).await;
                return cut(response, *after, None);
            }
            Fault::ExpiredWatch { after } => {
                // In this form the end can be written for any client.
                let json = http::HeaderValue::from_static("application/json");
                request.headers_mut().insert(http::header::ACCEPT, json);
                let response = self.pass(server, about, request).await;
                let gone = Status::failure(
                    410,
                    "Expired",
                    "too old resource version: a fault was injected",
                );
                return cut(response, *after, Some(gone));
            }
            Fault::Stale if about.verb == "get" => {
                return self.one_as_of(server, about, request, strike.since).await;
            }
            Fault::Stale => {
                if about.verb == "list" {
                    as_of(&mut request, strike.since);
                }
                return self.pass(server, about, request).await;
            }
        };
        self.traffic.refused(about, &refusal);
        refuse(refusal, in_process)
    }
}

impl Gate {
    /// A single object as it was. Servers keep older states for lists only, so
    /// this one is asked for a list of one.
    async fn one_as_of(
        &self,
        server: &ApiServer,
        about: &About,
        mut request: Request<Payload>,
        revision: u64,
    ) -> Response<Payload> {
        let in_process = request.extensions().get::<InProcess>().is_some();
        let collection = request.uri().path().rsplit_once('/');
        let list = collection.map_or_else(String::new, |(path, _)| {
            format!("{path}?fieldSelector=metadata.name%3D{}", about.name)
        });
        if let Ok(uri) = list.parse() {
            *request.uri_mut() = uri;
        }
        as_of(&mut request, revision);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.remove(ACCEPT_ENCODING);
        let response = self.pass(server, about, request).await;
        if response.status() != StatusCode::OK {
            return response;
        }
        let (mut head, body) = response.into_parts();
        head.headers.remove(CONTENT_LENGTH);
        match only_item(body).await {
            Some(one) => Response::from_parts(head, one),
            None => {
                let resource = GroupResource::new(about.group.clone(), about.resource.clone());
                refuse(Status::not_found(&resource, &about.name), in_process)
            }
        }
    }
}

/// The object of a list of one.
async fn only_item(list: Payload) -> Option<Payload> {
    let bytes = match list {
        Payload::List(list) => return list.items.into_iter().next().map(Payload::Object),
        Payload::Bytes(bytes) => bytes.to_vec(),
        Payload::Stream(pieces) => pieces
            .try_fold(Vec::new(), |mut all, piece| async move {
                all.extend_from_slice(&piece);
                Ok(all)
            })
            .await
            .ok()?,
        _ => return None,
    };
    let mut list = skeg_schema::decode_json_any(&bytes).ok()?;
    let text = |key: &str| list[key].as_str().unwrap_or_default().to_owned();
    let (kind, api_version) = (text("kind"), text("apiVersion"));
    let items = list.get_mut("items").map(Value::take);
    let Some(Value::Array(items)) = items else {
        return None;
    };
    let mut one = items.into_iter().next()?;
    one.set_at(&["kind"], kind.strip_suffix("List").unwrap_or(&kind));
    one.set_at(&["apiVersion"], api_version);
    Some(one.to_string().into_bytes().into())
}

fn severed() -> Response<Payload> {
    let mut response = Response::new(Payload::Empty);
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.extensions_mut().insert(Severed);
    response
}

fn refuse(status: Status, in_process: bool) -> Response<Payload> {
    let code = u16::try_from(status.code).unwrap_or(500);
    let mut response = Response::new(Payload::Empty);
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry = status
        .details
        .as_ref()
        .map(|details| details.retry_after_seconds);
    if let Some(seconds) = retry.filter(|seconds| *seconds > 0) {
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, seconds.into());
    }
    *response.body_mut() = if in_process {
        Payload::Status(Box::new(status))
    } else {
        response.headers_mut().insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/json"),
        );
        let mut tree = skeg_schema::message_to_value(&status);
        tree.set_at(&["kind"], "Status");
        tree.set_at(&["apiVersion"], "v1");
        tree.to_string().into_bytes().into()
    };
    response
}

/// A watch that ends after some events; `last` is told at the end.
fn cut(response: Response<Payload>, after: u32, last: Option<Status>) -> Response<Payload> {
    let after = usize::try_from(after).unwrap_or(usize::MAX);
    response.map(|body| match body {
        Payload::Events(events) => {
            let end = last.map(|status| SharedEvent::Error(Box::new(status)));
            Payload::Events(events.take(after).chain(stream::iter(end)).boxed())
        }
        Payload::Stream(pieces) => {
            let end = last.map(|status| {
                let mut tree = skeg_schema::message_to_value(&status);
                tree.set_at(&["kind"], "Status");
                tree.set_at(&["apiVersion"], "v1");
                let frame = skeg_schema::json!({"type": "ERROR", "object": tree});
                Ok(format!("{frame}\n").into_bytes().into())
            });
            Payload::Stream(pieces.take(after).chain(stream::iter(end)).boxed())
        }
        other => other,
    })
}

/// Makes a list one of an older state.
fn as_of(request: &mut Request<Payload>, revision: u64) {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default();
    if query.contains("continue=") {
        return;
    }
    let kept = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("resourceVersion"));
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    query.push(format!("resourceVersion={revision}"));
    query.push("resourceVersionMatch=Exact".to_owned());
    if let Ok(uri) = format!("{path}?{}", query.join("&")).parse() {
        *request.uri_mut() = uri;
    }
}
