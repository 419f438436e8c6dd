//! Flow control in the way of requests: their width, the answer to those that
//! are not let in, and the upkeep of the objects that it goes by.

mod upkeep;

use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use skeg_auth::authz::Attributes;
use skeg_auth::flow::{Class, FlowControl, ListWork, Permit, Rejection, Width};
use skeg_client::Payload;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

use crate::ApiServer;
use crate::cache::Cacher;
use crate::query::Query;
use crate::reply;
use crate::request_info::{RequestInfo, Verb};

const SCHEMA_HEADER: HeaderName = HeaderName::from_static("x-kubernetes-pf-flowschema-uid");
const LEVEL_HEADER: HeaderName = HeaderName::from_static("x-kubernetes-pf-prioritylevel-uid");
/// A request waits for at most this part of the time that it may take.
const PATIENCE_PART: u32 = 4;

/// The flow control of a server.
pub(crate) struct Flow {
    pub control: Arc<FlowControl>,
    changed: Arc<Notify>,
}

impl Flow {
    /// With `total` seats.
    pub fn new(total: u32) -> Self {
        let changed = Arc::new(Notify::new());
        let notify = changed.clone();
        Self {
            control: FlowControl::new(total, move || notify.notify_one()),
            changed,
        }
    }
}

/// What a request was classified as, and the seats it has.
pub(crate) struct Entry {
    class: Arc<Class>,
    permit: Permit,
}

impl Entry {
    /// Tells the client how it was classified.
    pub fn add_headers(&self, headers: &mut HeaderMap) {
        add_headers(&self.class, headers);
    }

    /// Keeps the seats until the body is sent. Of a watch they are given back
    /// once it has begun.
    pub fn attach(self, info: &RequestInfo<'_>, response: &mut Response<Payload>) {
        use futures::StreamExt;
        if info.verb == Verb::Watch || !matches!(response.body(), Payload::Stream(_)) {
            return;
        }
        let permit = self.permit;
        if let Payload::Stream(stream) = std::mem::take(response.body_mut()) {
            let held = stream.map(move |piece| {
                let _ = &permit;
                piece
            });
            *response.body_mut() = Payload::Stream(held.boxed());
        }
    }
}

fn add_headers(class: &Class, headers: &mut HeaderMap) {
    headers.insert(SCHEMA_HEADER, class.schema_uid.clone());
    headers.insert(LEVEL_HEADER, class.level_uid.clone());
}

/// The answer to a request that is not let in.
fn refusal(class: &Class, retry_after: u64) -> Response<Payload> {
    let mut response = too_many(retry_after);
    add_headers(class, response.headers_mut());
    response
}

fn too_many(retry_after: u64) -> Response<Payload> {
    let mut response = reply::plain_error(429, "Too many requests, please try again later.\n");
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

impl ApiServer {
    /// Lets a request in, when there are seats for it. `Err`: the answer.
    pub(crate) async fn enter_flow(
        &self,
        info: &RequestInfo<'_>,
        query: &Query,
        asked: &Attributes<'_>,
        limit: Duration,
    ) -> Result<Option<Entry>, Response<Payload>> {
        let Some(flow) = &self.inner.flow else {
            return self.enter_unfair(info, asked);
        };
        let Some(class) = flow.control.classify(asked) else {
            return Ok(None);
        };
        let width = if class.is_exempt() {
            Width::ONE
        } else {
            self.width(info, query, class.seats_max())
        };
        let patience = limit / PATIENCE_PART;
        match flow.control.enter(&class, asked, width, patience).await {
            Ok(permit) => Ok(Some(Entry { class, permit })),
            Err(why) => {
                if why != Rejection::Cancelled {
                    tracing::debug!(
                        schema = class.name(),
                        level = class.level(),
                        reason = why.as_str(),
                        "a request was not let in"
                    );
                }
                let retry_after = flow.control.retry_after_seconds(&class);
                Err(refusal(&class, retry_after))
            }
        }
    }

    /// Without priority and fairness: so many that read and so many that write
    /// at a time, whoever they are.
    fn enter_unfair(
        &self,
        info: &RequestInfo<'_>,
        asked: &Attributes<'_>,
    ) -> Result<Option<Entry>, Response<Payload>> {
        use std::sync::atomic::Ordering::Relaxed;
        if info.verb == Verb::Watch || asked.user.in_group(skeg_auth::names::MASTERS) {
            return Ok(None);
        }
        let options = &self.inner.options;
        let metrics = &self.inner.metrics;
        let (running, limit) = if info.verb.reads() {
            (&metrics.inflight_reading, options.max_requests_inflight)
        } else {
            (
                &metrics.inflight_writing,
                options.max_mutating_requests_inflight,
            )
        };
        // The request itself is counted already.
        if limit > 0 && running.load(Relaxed) > i64::from(limit) {
            return Err(too_many(1));
        }
        Ok(None)
    }

    fn width(&self, info: &RequestInfo<'_>, query: &Query, max: u32) -> Width {
        if !info.is_resource {
            return Width::ONE;
        }
        let cacher = || {
            let table = self.inner.table();
            let served = table.find(&info.group, &info.version, &info.resource)?;
            served.cacher.clone()
        };
        match info.verb {
            Verb::List => Width::list(&list_work(info, query, cacher().as_deref()), max),
            Verb::Watch if begins_with_all(query) => {
                Width::list(&list_work(info, query, cacher().as_deref()), max)
            }
            Verb::Create | Verb::Update | Verb::Patch | Verb::Delete
                if !(info.resource == "serviceaccounts" && info.subresource == "token") =>
            {
                let watchers = cacher().map_or(0, |c| c.counts().1);
                Width::write(watchers, max)
            }
            _ => Width::ONE,
        }
    }
}

/// Whether a watch sends first what there is.
fn begins_with_all(query: &Query) -> bool {
    query.flag("sendInitialEvents") || matches!(query.get("resourceVersion"), None | Some("" | "0"))
}

/// What a list, or a watch that begins with all, is about to do.
fn list_work(info: &RequestInfo<'_>, query: &Query, cacher: Option<&Cacher>) -> ListWork {
    let given = |name: &str| query.get(name).is_some_and(|v| !v.is_empty());
    let limit = query.int("limit").ok().flatten().unwrap_or(0);
    let at_revision = given("resourceVersion") && query.get("resourceVersion") != Some("0");
    let cached = info.verb == Verb::Watch
        || match query.get("resourceVersionMatch") {
            None | Some("") => !(given("continue") || limit > 0 && at_revision),
            Some(how) => how == "NotOlderThan",
        };
    ListWork {
        stored: cacher.map_or(0, |c| c.counts().0),
        average_bytes: cacher.map_or(0, Cacher::average_bytes),
        limit: usize::try_from(limit).unwrap_or(0),
        single: !info.name.is_empty(),
        selective: given("labelSelector") || given("fieldSelector"),
        cached,
    }
}
