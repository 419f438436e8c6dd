//! The filters that every request passes, whichever way it came.

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use http::{HeaderMap, HeaderValue, Request, Response, header};
use parking_lot::Mutex;
use skeg_auth::audit::{Record, Stage, annotate, with as audit_scope};
use skeg_auth::authn::noted;
use skeg_auth::authz::{Attributes, Decision, Selectors, harmless};
use skeg_auth::impersonation::{self, ImpersonationError};
use skeg_auth::{RequestHead, UserInfo};
use skeg_client::{AssertedUser, InProcess, Payload, UpgradeOffer, Upgraded};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::ApiServer;
use crate::audit::{self, Arrived};
use crate::error::{Error, Result};
use crate::go;
use crate::metrics::filters::{Filter, validation_of};
use crate::metrics::layers::{self, Layer};
use crate::metrics::{Answered, RequestLabels};
use crate::query::Query;
use crate::reply;
use crate::request_info::{RequestInfo, Verb, decoded};
use crate::seam::{Asker, LastOfConnection};
use crate::server::{Awaited, Connection};
use crate::trace;

/// Bytes of a request's body.
pub(crate) const BODY_LEN_MAX: usize = 3 * 1024 * 1024;
/// Bytes that are read of a body that is too long.
const BODY_LEN_DRAINED: usize = 16 * BODY_LEN_MAX;
/// Characters of all warnings of one answer.
const WARNINGS_LEN_MAX: usize = 4096;
/// Characters of each of them where they are too many together.
const WARNING_LEN_MAX: usize = 256;

type BodyStream = BoxStream<'static, Result<Bytes, skeg_client::BoxError>>;

/// The client's connection, once it has been told to switch protocols.
pub(crate) type Switched = BoxFuture<'static, Result<Upgraded, hyper::Error>>;

/// The connection that a request may switch: its socket, or what a caller in
/// the process offers.
fn switched(extensions: &mut http::Extensions) -> Option<Switched> {
    if let Some(socket) = extensions.remove::<hyper::upgrade::OnUpgrade>() {
        return Some(
            async move { Ok(Upgraded::new(hyper_util::rt::TokioIo::new(socket.await?))) }.boxed(),
        );
    }
    let offered = extensions.remove::<UpgradeOffer>()?.take()?;
    Some(futures::future::ready(Ok(offered)).boxed())
}

/// A request on its way through the server.
pub(crate) struct Req<'a> {
    pub server: &'a ApiServer,
    pub info: &'a RequestInfo<'a>,
    pub query: &'a Query,
    pub headers: &'a HeaderMap,
    pub uri: &'a http::Uri,
    pub user: Arc<UserInfo>,
    pub in_process: bool,
    /// What the request is known by in audits; empty inside the process where nobody audits.
    pub id: &'a str,
    /// Where the connection comes from, if from a network.
    pub client: Option<IpAddr>,
    body: Mutex<Option<Payload>>,
    upgrade: Mutex<Option<Switched>>,
    warnings: Mutex<Vec<String>>,
    /// Bytes of the body and one more; 0 until it is read.
    body_len: AtomicUsize,
    /// It was not let in.
    refused: AtomicBool,
}

impl Req<'_> {
    /// The headers for who the request is passed on to, with the client among those that it came
    /// through.
    pub fn forwarded_headers(&self) -> HeaderMap {
        crate::proxy::forwarded(self.headers, self.client)
    }

    /// The body's object, if the caller handed one over.
    pub fn take_object(&self) -> Option<skeg_meta::SharedObject> {
        let mut body = self.body.lock();
        match body.take() {
            Some(Payload::Object(object)) => Some(object),
            other => {
                *body = other;
                None
            }
        }
    }

    /// The body as it comes.
    pub fn take_body(&self) -> Payload {
        self.body.lock().take().unwrap_or_default()
    }

    /// The whole body, of bounded size.
    pub async fn read_body(&self) -> Result<Bytes> {
        let body = self.read_bounded().await?;
        self.body_len.store(body.len() + 1, Ordering::Relaxed);
        Ok(body)
    }

    async fn read_bounded(&self) -> Result<Bytes> {
        match self.take_body() {
            Payload::Empty => Ok(Bytes::new()),
            Payload::Bytes(bytes) if bytes.len() <= BODY_LEN_MAX => Ok(bytes),
            Payload::Bytes(_) => Err(Error::too_large(BODY_LEN_MAX)),
            Payload::Stream(mut stream) => {
                let mut out = BytesMut::new();
                while let Some(piece) = stream.next().await {
                    let piece = piece.map_err(|e| {
                        Error::bad_request(format!("the body of the request cannot be read: {e}"))
                    })?;
                    if out.len() + piece.len() > BODY_LEN_MAX {
                        drain(stream, out.len() + piece.len()).await;
                        return Err(Error::too_large(BODY_LEN_MAX));
                    }
                    out.extend_from_slice(&piece);
                }
                Ok(out.freeze())
            }
            Payload::Object(object) => Ok(object.json()),
            _ => Err(Error::bad_request("the body of the request is no object")),
        }
    }

    /// The connection, when the client wants to switch protocols.
    pub fn take_upgrade(&self) -> Option<Switched> {
        self.upgrade.lock().take()
    }

    /// Adds a warning to the answer; repeated ones are told once.
    pub fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        let mut warnings = self.warnings.lock();
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// Adds a warning that stands before all others.
    pub fn warn_first(&self, text: &str) {
        let mut warnings = self.warnings.lock();
        warnings.retain(|known| known != text);
        warnings.insert(0, text.to_owned());
    }

    /// Adds several warnings.
    pub fn warn_all(&self, texts: Vec<String>) {
        for text in texts {
            self.warn(text);
        }
    }

    /// The client's program.
    pub fn agent(&self) -> &str {
        self.headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }
}

/// Reads on for a while and forgets what it reads: a client that is still
/// writing would not see the answer otherwise.
async fn drain(mut stream: BodyStream, mut seen: usize) {
    while seen < BODY_LEN_DRAINED {
        match stream.next().await {
            Some(Ok(piece)) => seen += piece.len(),
            _ => return,
        }
    }
}

struct Inflight<'a>(&'a AtomicI64);

impl Drop for Inflight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Requests without end: they have no deadline.
fn is_long_running(info: &RequestInfo<'_>) -> bool {
    matches!(info.verb, Verb::Watch | Verb::Proxy)
        || !info.is_resource && info.path.starts_with("/debug/pprof/")
        || matches!(
            info.subresource.as_ref(),
            "exec" | "attach" | "portforward" | "proxy" | "log"
        )
}

impl ApiServer {
    /// Answers one request, past what intercepts them.
    pub async fn answer(&self, request: Request<Payload>) -> Response<Payload> {
        let started = Instant::now();
        let (mut parts, body) = request.into_parts();
        let upgrade = switched(&mut parts.extensions);
        let in_process = parts.extensions.get::<InProcess>().is_some();
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let path = decoded(parts.uri.path());
        let info = RequestInfo::parse(&parts.method, parts.uri.path(), &path, &query);
        let counter = if info.verb.reads() {
            &self.inner.metrics.inflight_reading
        } else {
            &self.inner.metrics.inflight_writing
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let inflight = Inflight(counter);
        let mut warnings = Vec::new();
        let id = if in_process && self.inner.auditor.is_none() {
            String::new()
        } else {
            audit::request_id(&parts.headers)
        };
        let mut asker = None;
        let mut record = None;
        let mut stranger = false;
        let mut begun = self
            .inner
            .tracer
            .as_ref()
            .map(|tracer| tracer.begin(&parts.headers));
        let mut span = None;
        let mut answered = Answered {
            endless: is_long_running(&info),
            inside: in_process,
            validation: validation_of(&query),
            ..Answered::default()
        };
        // Who ends does not wait for requests without end.
        let awaited = parts.extensions.remove::<Awaited>();
        let awaited = awaited.filter(|_| !answered.endless);
        let mut late = false;
        let handled = async {
            if info.undetermined {
                return Err(undetermined(&parts.uri));
            }
            let limit = self.time_limit(&info, &query)?;
            let arrived = Arrived {
                parts: &parts,
                info: &info,
                query: &query,
                id: &id,
                received: self.now(),
            };
            // Polled where it stands: what is passed on is moved as a whole.
            let work = pin!(async {
                let (user, notes) = noted(self.authenticate(&parts)).await;
                let user = match user {
                    Ok(user) => user,
                    Err(error) => {
                        stranger = true;
                        self.audit_stranger(&arrived, &notes).await;
                        return Err(error);
                    }
                };
                stranger = user.is_anonymous();
                record = self.begin_audit(&arrived, &user).await?;
                if let Some(record) = &record {
                    audit::annotate_all(record, &notes);
                }
                span = begun.take().and_then(|begun| begun.decide(&user));
                let user = self.impersonate(&arrived, user, record.as_deref()).await?;
                if self.inner.interceptor.is_some() {
                    asker = Some(Asker(user.clone()));
                }
                let req = Req {
                    server: self,
                    info: &info,
                    query: &query,
                    headers: &parts.headers,
                    uri: &parts.uri,
                    user,
                    in_process,
                    id: &id,
                    client: audit::remote_ip(&parts),
                    body: Mutex::new(Some(body)),
                    upgrade: Mutex::new(upgrade),
                    warnings: Mutex::new(notes.warnings),
                    body_len: AtomicUsize::new(0),
                    refused: AtomicBool::new(false),
                };
                let let_in = trace::with(span.as_ref(), Box::pin(self.let_in(&req, limit)));
                let response = audit_scope(record.clone(), let_in).await;
                warnings = req.warnings.into_inner();
                answered.body_len = req.body_len.into_inner().checked_sub(1);
                answered.terminated = req.refused.into_inner();
                Ok(response)
            });
            match limit {
                None => work.await,
                // Within this nothing can begin.
                Some(limit) if limit < Duration::from_micros(1) => {
                    late = true;
                    Err(timed_out())
                }
                Some(limit) => match tokio::time::timeout(limit, work).await {
                    Ok(result) => result,
                    Err(_) => {
                        late = true;
                        Err(timed_out())
                    }
                },
            }
        };
        let (outcome, spent) = {
            let handled = pin!(AssertUnwindSafe(handled).catch_unwind());
            layers::during(handled).await
        };
        let outcome = outcome.unwrap_or_else(|panic| {
            self.inner.metrics.panics.fetch_add(1, Ordering::Relaxed);
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            tracing::error!(path = info.path, what, "a request handler panicked");
            if let Some(record) = &record {
                record.broken(what);
                drop(record.stage(Stage::Panic));
            }
            Err(Error::internal_error("the request could not be handled"))
        });
        let mut response = match outcome {
            Ok(response) => response,
            // Of these, a 403 is one of impersonation.
            Err(error) => reply::refusal(error, &parts.headers, &query, in_process),
        };
        drop(inflight);
        if let Some(asker) = asker {
            response.extensions_mut().insert(asker);
        }
        if stranger {
            response.extensions_mut().insert(LastOfConnection);
        }
        add_headers(&mut response, &warnings, in_process, &id);
        if let Some(record) = record {
            for (key, time) in spent.annotations(started.elapsed()) {
                record.annotate(key, time);
            }
            audit::answered(record, is_long_running(&info), &mut response).await;
        }
        if let Some(span) = span {
            span.end(&parts, &info, &id, response.status());
        }
        let labels = self.labels(&info, &query, &parts.headers);
        answered.took = started.elapsed();
        answered.waited = spent.waiting();
        answered.terminated |= late;
        self.inner.metrics.observe(&labels, answered, &mut response);
        if let Some(awaited) = awaited {
            response.extensions_mut().insert(awaited);
        }
        if parts.method == http::Method::HEAD {
            reply::leave_out_body(&mut response);
        }
        response
    }

    /// How long the request may take; `None`: it has no end.
    fn time_limit(&self, info: &RequestInfo<'_>, query: &Query) -> Result<Option<Duration>> {
        if !well_encoded(info.raw_path) {
            return Err(Error::bad_request("invalid URL escape in the path"));
        }
        if is_long_running(info) {
            return Ok(None);
        }
        let mut limit = self.inner.options.request_timeout;
        if let Some(text) = query.get("timeout") {
            let given = go::parse_duration(text).map_err(|e| {
                Error::bad_request(format!(
                    "invalid timeout specified in the request URL - {e}"
                ))
            })?;
            if given > Duration::ZERO {
                limit = limit.min(given);
            }
        }
        Ok(Some(limit))
    }

    /// Flow control, authorization and the handler.
    async fn let_in(&self, req: &Req<'_>, limit: Option<Duration>) -> Response<Payload> {
        let info = req.info;
        let verb = info.verb_name();
        let selectors = selectors(info, req.query);
        let attributes = attributes(info, &req.user, &verb, &selectors);
        let entry = if info.verb == Verb::Watch || limit.is_some() {
            let limit = limit.unwrap_or(self.inner.options.request_timeout);
            let since = Instant::now();
            let waiting = Layer::Queue.begin();
            let entered = self.enter_flow(info, req.query, &attributes, limit).await;
            drop(waiting);
            let filters = &self.inner.metrics.filters;
            filters.passed(Filter::PriorityAndFairness, since.elapsed());
            match entered {
                Ok(entry) => entry,
                Err(refusal) => {
                    req.refused.store(true, Ordering::Relaxed);
                    return refusal;
                }
            }
        } else {
            None
        };
        let uri = req
            .uri
            .path_and_query()
            .map_or(info.raw_path, |u| u.as_str());
        let mut response =
            match trace::part("authorize", self.authorize(info, &attributes, uri)).await {
                Ok(()) => trace::part("handle", Box::pin(self.dispatch(req)))
                    .await
                    .unwrap_or_else(|error| {
                        reply::error(error, req.headers, req.query, req.in_process)
                    }),
                Err(error) => reply::refusal(error, req.headers, req.query, req.in_process),
            };
        if let Some(entry) = entry {
            if !req.in_process {
                entry.add_headers(response.headers_mut());
            }
            entry.attach(info, &mut response);
        }
        response
    }

    async fn authenticate(&self, parts: &http::request::Parts) -> Result<Arc<UserInfo>> {
        if let Some(user) = parts.extensions.get::<AssertedUser>() {
            return Ok(Arc::new(UserInfo {
                name: user.name.clone(),
                uid: user.uid.clone(),
                groups: user.groups.clone(),
                extra: user.extra.clone(),
            }));
        }
        let peer = parts
            .extensions
            .get::<Connection>()
            .and_then(|c| c.peer.as_ref());
        let head = RequestHead {
            headers: &parts.headers,
            peer,
            path: parts.uri.path(),
        };
        let since = Instant::now();
        let outcome = self.inner.authenticator.authenticate(&head).await;
        let result = match &outcome {
            Ok(Some(_)) => "success",
            Ok(None) => "failure",
            Err(_) => "error",
        };
        self.inner.metrics.authenticated(result, since);
        Layer::Authentication.took(since.elapsed());
        let filters = &self.inner.metrics.filters;
        filters.passed(Filter::Authentication, since.elapsed());
        match outcome {
            Ok(Some(found)) => {
                filters.user(&found.user.name);
                Ok(found.user)
            }
            Ok(None) => Err(Error::simple(401, "Unauthorized", "Unauthorized")),
            Err(error) => {
                tracing::debug!(%error, "credentials refused");
                Err(Error::simple(401, "Unauthorized", "Unauthorized"))
            }
        }
    }

    async fn impersonate(
        &self,
        arrived: &Arrived<'_>,
        user: Arc<UserInfo>,
        record: Option<&Record>,
    ) -> Result<Arc<UserInfo>> {
        let headers = &arrived.parts.headers;
        if !impersonation::is_requested(headers) {
            return Ok(user);
        }
        let _within = Layer::Impersonation.begin();
        let authorizer = &*self.inner.authorizer;
        let outcome = {
            let (verb, selectors) = (arrived.info.verb_name(), arrived.selectors());
            let request = arrived.attributes(&user, &verb, &selectors);
            let modes = &self.inner.impersonation;
            modes.impersonate(headers, &request, authorizer).await
        };
        match outcome {
            Ok(None) => Ok(user),
            Ok(Some(other)) => {
                if let Some(record) = record {
                    record.impersonated(&other.user, other.constraint);
                }
                Ok(Arc::new(other.user))
            }
            Err(ImpersonationError::BadRequest(message)) => Err(Error::bad_request(message)),
            Err(ImpersonationError::Forbidden {
                group,
                resource,
                name,
                message,
            }) if !resource.is_empty() => Err(Error::about(
                403,
                "Forbidden",
                &group,
                &resource,
                &name,
                &format!("is forbidden: {message}"),
            )),
            Err(ImpersonationError::Forbidden { message, .. }) => Err(Error::router(
                403,
                "Forbidden",
                format!("forbidden: {message}"),
            )),
        }
    }

    async fn authorize(
        &self,
        info: &RequestInfo<'_>,
        attributes: &Attributes<'_>,
        uri: &str,
    ) -> Result<()> {
        let since = Instant::now();
        let answer = self.inner.authorizer.authorize(attributes).await;
        let result = match answer.decision {
            Decision::Allow => "allowed",
            _ if answer.error.is_some() => "error",
            Decision::Deny => "denied",
            Decision::NoOpinion => "no-opinion",
        };
        self.inner.metrics.authorized(result, since);
        Layer::Authorization.took(since.elapsed());
        let filters = &self.inner.metrics.filters;
        filters.passed(Filter::Authorization, since.elapsed());
        if answer.allowed() {
            annotate("authorization.k8s.io/decision", "allow");
            annotate("authorization.k8s.io/reason", &*answer.reason);
            return Ok(());
        }
        if let Some(error) = &answer.error {
            annotate("authorization.k8s.io/reason", "internal error");
            return Err(Error::Text(
                500,
                harmless(&format!(
                    "Internal Server Error: {}: {error}\n",
                    go::quote(uri)
                )),
            ));
        }
        annotate("authorization.k8s.io/decision", "forbid");
        annotate("authorization.k8s.io/reason", &*answer.reason);
        let refusal = attributes.refusal(&answer.reason);
        if !info.is_resource {
            return Err(Error::router(
                403,
                "Forbidden",
                format!("forbidden: {refusal}"),
            ));
        }
        Err(Error::about(
            403,
            "Forbidden",
            &info.group,
            &info.resource,
            &info.name,
            &format!("is forbidden: {refusal}"),
        ))
    }

    fn labels(&self, info: &RequestInfo<'_>, query: &Query, headers: &HeaderMap) -> RequestLabels {
        let dry_run = query.first("dryRun").is_some();
        let table = self.inner.table();
        let served = table.find(&info.group, &info.version, &info.resource);
        let Some(served) = served else {
            let path = match info.path {
                "/healthz" => "/healthz",
                "/livez" => "/livez",
                "/readyz" => "/readyz",
                "/metrics" => "/metrics",
                "/version" => "/version",
                _ => "",
            };
            return RequestLabels {
                verb: method_label(info.method),
                group: "",
                version: "",
                resource: "",
                subresource: path,
                scope: "",
                dry_run,
            };
        };
        let desc = served.resource.desc;
        let subresource = desc
            .subresources
            .iter()
            .find(|s| s.name == info.subresource)
            .map_or("", |s| s.name);
        let verb = match info.verb {
            Verb::List => "LIST",
            Verb::Watch => "WATCH",
            Verb::DeleteCollection => "DELETECOLLECTION",
            _ if is_long_running(info) => "CONNECT",
            Verb::Patch if is_apply(headers) => "APPLY",
            _ => method_label(info.method),
        };
        let scope = if !info.name.is_empty() || info.verb == Verb::Create {
            "resource"
        } else if !info.namespace.is_empty() {
            "namespace"
        } else {
            "cluster"
        };
        RequestLabels {
            verb,
            group: desc.group,
            version: desc.version,
            resource: desc.resource,
            subresource,
            scope,
            dry_run,
        }
    }
}

/// What a request asks for.
pub(crate) fn attributes<'a>(
    info: &'a RequestInfo<'_>,
    user: &'a UserInfo,
    verb: &'a str,
    selectors: &'a Selectors,
) -> Attributes<'a> {
    Attributes {
        namespace: &info.namespace,
        version: &info.version,
        subresource: &info.subresource,
        name: &info.name,
        path: info.path,
        resource_request: info.is_resource,
        selectors,
        ..Attributes::resource(user, verb, &info.group, &info.resource)
    }
}

/// 500 of a path that tells a verb and no resource.
fn undetermined(uri: &http::Uri) -> Error {
    let asked = uri.path_and_query().map_or("/", |target| target.as_str());
    let text = format!(
        "Internal Server Error: {}: failed to create RequestInfo: unable to determine kind and namespace from url, {asked}\n",
        go::quote(asked)
    );
    let shown = text.replace('&', "&amp;").replace('<', "&lt;");
    Error::Text(500, shown.replace('>', "&gt;"))
}

/// 504, as the filter that measures time tells it: it knows of no forms of
/// answers, nor what a Status is called.
fn timed_out() -> Error {
    Error::Late("Timeout: request did not complete within the allotted timeout".to_owned())
}

fn is_apply(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.as_bytes().starts_with(b"application/apply-patch"))
}

fn method_label(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "other",
    }
}

/// What a request about many objects is narrowed to. The old paths below
/// `/watch/` do not heed selectors everywhere, and are not authorized by them.
pub(crate) fn selectors(info: &RequestInfo<'_>, query: &Query) -> Selectors {
    let many = matches!(info.verb, Verb::List | Verb::Watch | Verb::DeleteCollection);
    if !many || info.watch_prefix {
        return Selectors::default();
    }
    let text = |name| query.get(name).unwrap_or_default();
    Selectors::parse(text("fieldSelector"), text("labelSelector"))
}

fn well_encoded(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            match bytes.get(at + 1..at + 3) {
                Some(hex) if hex.iter().all(u8::is_ascii_hexdigit) => at += 3,
                _ => return false,
            }
        } else {
            at += 1;
        }
    }
    true
}

fn add_headers(response: &mut Response<Payload>, warnings: &[String], in_process: bool, id: &str) {
    let headers = response.headers_mut();
    for warning in told(warnings) {
        if let Ok(value) = HeaderValue::from_bytes(warning_header(warning).as_bytes()) {
            headers.append(header::WARNING, value);
        }
    }
    if in_process {
        return;
    }
    if let Ok(mut id) = HeaderValue::from_str(id) {
        // It never comes again: HTTP/2 need not remember it.
        id.set_sensitive(true);
        headers.insert("audit-id", id);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert_with(|| HeaderValue::from_static("no-cache, private"));
}

/// The warnings that are told: none that a header cannot hold, and when they
/// become too many, the beginnings of those so far.
fn told(warnings: &[String]) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut total, mut cut) = (0, false);
    for text in warnings {
        if text.is_empty() || text.contains(char::is_control) {
            continue;
        }
        let text = if cut { beginning(text) } else { text };
        total += text.chars().count();
        if total > WARNINGS_LEN_MAX && cut {
            total -= text.chars().count();
            continue;
        }
        out.push(text);
        if total > WARNINGS_LEN_MAX {
            cut = true;
            out.iter_mut().for_each(|text| *text = beginning(text));
            total = out.iter().map(|text| text.chars().count()).sum();
        }
    }
    out
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(WARNING_LEN_MAX);
    end.map_or(text, |(end, _)| &text[..end])
}

/// `299 - "text"`, quotes and backslashes escaped.
fn warning_header(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 10);
    out.push_str("299 - \"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_quoted() {
        assert_eq!(
            warning_header("unknown field \"a\""),
            "299 - \"unknown field \\\"a\\\"\""
        );
    }

    #[test]
    fn warnings_that_are_told() {
        let many: Vec<String> = (0..24)
            .map(|n| format!("{n} {}", "m".repeat(250)))
            .collect();
        assert_eq!(told(&many).len(), 17);
        let long = ["a".repeat(4000), "b".repeat(4000), "c".repeat(300)];
        let lengths: Vec<usize> = told(&long).iter().map(|text| text.len()).collect();
        assert_eq!(lengths, [256, 256, 256]);
        let odd = ["", "a\nb", "c"].map(str::to_owned);
        assert_eq!(told(&odd), ["c"]);
    }

    #[test]
    fn paths_with_stray_percent_signs() {
        assert!(well_encoded("/a/%2Fb"));
        assert!(!well_encoded("/a/%zz"));
        assert!(!well_encoded("/a/%2"));
    }
}
