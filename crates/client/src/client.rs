//! The client: sends requests over a transport and reads the answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::BoxStream;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, Request, Response};
use skeg_meta::{SharedObject, Status};
use skeg_schema::Value;

use crate::api::{List, WatchEvent};
use crate::attempt::{self, Observed};
use crate::breaker::{Breaker, Guarded};
use crate::clock::{Clock, SystemClock};
use crate::codec::{self, Answer, Decoder, Format, Instead};
use crate::config::{Config, Impersonation};
use crate::error::Error;
use crate::frames::Frames;
use crate::limit::{Limited, Priority, RateLimit, RateLimiter};
use crate::listing::{self, Broken};
use crate::options::{Query, QueryOptions};
use crate::payload::{BoxError, Payload, SharedEvent};
use crate::retry::{RetryPolicy, Safety};
use crate::telemetry::{Event, Recorder};
use crate::transport::{InProcess, Transport, TransportError};
use crate::wait::{self, WaitError};

/// The longest whole body that is taken.
const BODY_LEN_MAX: usize = 1 << 30;
/// The longest body of a refusal that is read.
const REFUSAL_LEN_MAX: usize = 1 << 20;
/// How often a request is sent again that the server did not take.
const NOT_TAKEN_MAX: u32 = 3;

/// A client of one API server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    namespace: String,
    user_agent: HeaderValue,
    /// Whether somebody has said the name, or it is that of the executable.
    is_named: bool,
    retry: RetryPolicy,
    timeout: Option<Duration>,
    jitter: fn() -> f64,
    recorder: Option<Arc<dyn Recorder>>,
    /// Writes the headers of a trace.
    propagator: Option<Propagator>,
    /// As whom every request acts.
    impersonation: HeaderMap,
    priority: Priority,
    clock: Arc<dyn Clock>,
    limiter: Option<RateLimiter>,
}

/// Writes headers into every request.
type Propagator = Arc<dyn Fn(&mut HeaderMap) + Send + Sync>;

/// The name of the executable.
fn program() -> String {
    let path = std::env::args_os().next().map(std::path::PathBuf::from);
    let name = path.as_deref().and_then(std::path::Path::file_stem);
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The user agent of a program, as client-go words it.
fn agent_of(program: &str) -> HeaderValue {
    /// Of the 128 that a field manager may have.
    const NAME_LEN_MAX: usize = 100;
    let is_plain = |c: &char| c.is_ascii_graphic() && *c != '/';
    let name: String = program
        .chars()
        .filter(is_plain)
        .take(NAME_LEN_MAX)
        .collect();
    let name = if name.is_empty() {
        "skeg-client"
    } else {
        &name
    };
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let agent = format!(
        "{name}/{} ({os}/{arch}) skeg-client",
        env!("CARGO_PKG_VERSION")
    );
    HeaderValue::from_str(&agent).unwrap_or(HeaderValue::from_static("skeg-client"))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("in_process", &self.transport.in_process())
            .field("user_agent", &self.settings.user_agent)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client over this transport.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            settings: Arc::new(Settings {
                namespace: "default".to_owned(),
                user_agent: agent_of(&program()),
                is_named: false,
                retry: RetryPolicy::default(),
                timeout: None,
                jitter: fastrand::f64,
                recorder: None,
                propagator: None,
                impersonation: HeaderMap::new(),
                priority: Priority::default(),
                clock: SystemClock::new(),
                limiter: None,
            }),
            transport,
        }
    }

    /// A client over HTTPS.
    ///
    /// # Errors
    /// The configuration is unusable: certificates that are none, a server that is no URL.
    pub fn from_config(config: &Config) -> Result<Self, Error> {
        let mut transport: Arc<dyn Transport> =
            Arc::new(crate::https::HttpsTransport::new(config)?);
        if let Some(policy) = config.breaker {
            let server = transport.server().unwrap_or_default().to_owned();
            let breaker = Breaker::new(policy, server, config.recorder.clone());
            transport = Arc::new(Guarded::new(transport, breaker));
        }
        let limiter = config.rate_limit.map(RateLimiter::new);
        if let Some(limiter) = &limiter {
            let limited = Limited::new(transport, limiter.clone());
            transport = Arc::new(limited.recorded(config.recorder.clone()));
        }
        let mut client = Self::new(transport);
        let settings = Arc::make_mut(&mut client.settings);
        settings.namespace.clone_from(&config.namespace);
        settings.timeout = config.timeout;
        settings.limiter = limiter;
        settings.recorder.clone_from(&config.recorder);
        Ok(client)
    }

    /// A client from wherever a configuration is found: `KUBECONFIG`, the
    /// pod's service account, `~/.kube/config`.
    ///
    /// # Errors
    /// No configuration is found, or it is unusable.
    pub fn from_environment() -> Result<Self, Error> {
        Self::from_config(&Config::from_environment()?)
    }

    /// The same client under another program's name; that of the executable
    /// otherwise. The server takes the part before the first slash as the name of
    /// the field manager. A name that cannot stand in a header is not taken, which
    /// is logged.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: &str) -> Self {
        match HeaderValue::from_str(user_agent) {
            Ok(value) => {
                let settings = Arc::make_mut(&mut self.settings);
                settings.user_agent = value;
                settings.is_named = true;
            }
            Err(error) => tracing::warn!(user_agent, %error, "not taken as the name of a program"),
        }
        self
    }

    /// The same client under the name of a program, unless it was given one by
    /// [`Client::with_user_agent`].
    #[must_use]
    pub fn with_default_program(mut self, program: &str) -> Self {
        if !self.settings.is_named {
            Arc::make_mut(&mut self.settings).user_agent = agent_of(program);
        }
        self
    }

    /// The name under which the server keeps what this client writes, unless the
    /// options of a write say another.
    #[must_use]
    pub fn field_manager(&self) -> &str {
        let agent = self.settings.user_agent.to_str().unwrap_or_default();
        agent.split('/').next().unwrap_or_default()
    }

    /// Goes by another clock: one that tests move. Pauses between the attempts
    /// of a request or a watch, of drains, followed logs and a rate limit keep to
    /// it; time limits of requests keep to the machine's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        let settings = Arc::make_mut(&mut self.settings);
        if let Some(limiter) = &settings.limiter {
            limiter.set_clock(Arc::clone(&clock));
        }
        settings.clock = clock;
        self
    }

    /// The clock that it goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.settings.clock
    }

    /// The same client, which keeps to a limit of its own, beside one of its
    /// configuration.
    #[must_use]
    pub fn with_rate_limit(mut self, limit: RateLimit) -> Self {
        let limiter = RateLimiter::new(limit);
        limiter.set_clock(Arc::clone(&self.settings.clock));
        let limited = Limited::new(self.transport, limiter.clone());
        self.transport = Arc::new(limited.recorded(self.settings.recorder.clone()));
        Arc::make_mut(&mut self.settings).limiter = Some(limiter);
        self
    }

    /// Bounds how long something may take, by the client's clock:
    /// [`wait::within`](crate::wait::within) goes by the machine's.
    ///
    /// # Errors
    /// It took too long: it says how what was watched was last. Else its own.
    pub async fn within<T>(
        &self,
        timeout: Duration,
        work: impl Future<Output = Result<T, WaitError>>,
    ) -> Result<T, WaitError> {
        wait::unless(work, self.sleep(timeout), timeout.as_secs()).await
    }

    /// Waits between attempts.
    pub(crate) async fn sleep(&self, pause: Duration) {
        self.settings.clock.sleep(pause).await;
    }

    /// The same client with another retry policy.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        Arc::make_mut(&mut self.settings).retry = retry;
        self
    }

    /// The same client with a bound on how long a request that is no stream may take.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Option<Duration>) -> Self {
        Arc::make_mut(&mut self.settings).timeout = timeout;
        self
    }

    /// The same client with another default namespace.
    #[must_use]
    pub fn with_default_namespace(mut self, namespace: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.settings).namespace = namespace.into();
        self
    }

    /// The same client, whose requests have this priority where they wait for
    /// the rate limit ([`Config::rate_limit`]).
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        Arc::make_mut(&mut self.settings).priority = priority;
        self
    }

    /// The same client, telling this recorder of its requests.
    #[must_use]
    pub fn with_recorder(mut self, recorder: Arc<dyn Recorder>) -> Self {
        Arc::make_mut(&mut self.settings).recorder = Some(recorder);
        self
    }

    /// Who is told of this client's requests.
    #[must_use]
    pub fn recorder(&self) -> Option<&Arc<dyn Recorder>> {
        self.settings.recorder.as_ref()
    }

    /// The same client, writing headers of its caller's own into every request:
    /// the trace context of a tracing system, for one.
    #[must_use]
    pub fn with_propagator(
        mut self,
        propagator: impl Fn(&mut HeaderMap) + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.settings).propagator = Some(Arc::new(propagator));
        self
    }

    /// The same client, acting as somebody else in every request. Its own user
    /// must be allowed to `impersonate` that user.
    ///
    /// ```
    /// # use skeg_client::{Client, Config, Impersonation};
    /// # let client = Client::from_config(&Config::new("http://localhost:8080"))?;
    /// let jane = client.impersonate(&Impersonation::user("jane").group("developers"))?;
    /// # Ok::<(), skeg_client::Error>(())
    /// ```
    ///
    /// # Errors
    /// The user has no name, or names that cannot stand in headers.
    pub fn impersonate(&self, whom: &Impersonation) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        crate::https::impersonate(whom, &mut headers)?;
        let mut client = self.clone();
        Arc::make_mut(&mut client.settings).impersonation = headers;
        Ok(client)
    }

    /// The same client over another transport, which may stand before this one:
    /// a limit, a breaker, a cache.
    #[must_use]
    pub fn with_layer(
        mut self,
        layer: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>,
    ) -> Self {
        self.transport = layer(self.transport);
        self
    }

    /// The namespace that the configuration names; `default` otherwise.
    #[must_use]
    pub fn default_namespace(&self) -> &str {
        &self.settings.namespace
    }

    /// Whether the server is in this process.
    #[must_use]
    pub fn in_process(&self) -> bool {
        self.transport.in_process()
    }

    /// Sends a request and gives the answer as it comes; refusals become errors.
    ///
    /// The URI is a path with a query. Requests are sent again by the client's
    /// [`RetryPolicy`]. Dropping the future gives the request up, though the
    /// server may have carried it out.
    ///
    /// # Errors
    /// No answer came, or the server refused.
    pub async fn send(&self, request: Request<Payload>) -> Result<Response<Payload>, Error> {
        let (mut parts, mut body) = request.into_parts();
        if !parts.headers.contains_key(USER_AGENT) {
            parts
                .headers
                .insert(USER_AGENT, self.settings.user_agent.clone());
        }
        if self.transport.in_process() {
            parts.extensions.insert(InProcess);
        }
        if !self.settings.impersonation.is_empty()
            && !parts.headers.contains_key("impersonate-user")
        {
            parts.headers.extend(self.settings.impersonation.clone());
        }
        if let Some(propagator) = &self.settings.propagator {
            propagator(&mut parts.headers);
        }
        attempt::propagate(&mut parts);
        if self.settings.priority != Priority::default()
            && parts.extensions.get::<Priority>().is_none()
        {
            parts.extensions.insert(self.settings.priority);
        }
        let policy = parts
            .extensions
            .get::<RetryPolicy>()
            .copied()
            .unwrap_or(self.settings.retry);
        let safety = Safety::of(&parts.method, &parts.headers);
        let mut observed = Observed::new(
            &*self.transport,
            self.settings.recorder.as_ref(),
            &mut parts,
        );
        let begun = tokio::time::Instant::now();
        let mut attempt = 1;
        let mut not_taken = 0;
        loop {
            let spare = body.try_clone();
            let mut again = Request::new(());
            *again.method_mut() = parts.method.clone();
            *again.uri_mut() = parts.uri.clone();
            *again.headers_mut() = parts.headers.clone();
            *again.extensions_mut() = parts.extensions.clone();
            let (again, ()) = again.into_parts();
            let sending = self.transport.call(Request::from_parts(again, body));
            let mut error = match observed.attempt(sending).await {
                Ok(response)
                    if response.status().is_success() || response.status().is_informational() =>
                {
                    warn_of(&response);
                    return Ok(response);
                }
                Ok(response) => {
                    let asked = format!("{} {}", parts.method, parts.uri.path());
                    Error::Api(Box::new(refusal(response, &asked).await))
                }
                Err(source) => Error::Transport {
                    verb: parts.method.to_string(),
                    target: parts.uri.path().to_owned(),
                    source,
                },
            };
            let is_not_taken = matches!(
                error,
                Error::Transport {
                    source: TransportError::NotTaken { .. },
                    ..
                }
            );
            let pause = if is_not_taken && not_taken < NOT_TAKEN_MAX {
                not_taken += 1;
                Some(Duration::ZERO)
            } else {
                let jitter = (self.settings.jitter)();
                policy.pause_before_next(attempt, &error, safety, jitter)
            };
            let (Some(pause), Some(spare)) = (pause, spare) else {
                // What is told is how long it was waited for altogether.
                if let Error::Transport {
                    source: TransportError::Timeout { seconds, .. },
                    ..
                } = &mut error
                {
                    *seconds = begun.elapsed().as_secs().max(*seconds);
                }
                return Err(error);
            };
            tracing::debug!(attempt, ?pause, error = %error.chain(), path = parts.uri.path(), "request sent again");
            observed.again(&error);
            self.sleep(pause).await;
            attempt += 1;
            body = spare;
        }
    }

    /// Sends a request and reads the whole answer, which must be bytes.
    ///
    /// # Errors
    /// No answer came, it broke off, or the server refused.
    pub async fn bytes(&self, request: Request<Payload>) -> Result<Bytes, Error> {
        let target = request.uri().path().to_owned();
        self.bounded(&target.clone(), async {
            let response = self.send(request).await?;
            match response.into_body() {
                Payload::Object(object) => Ok(object.json()),
                body => collect(body, BODY_LEN_MAX)
                    .await
                    .map_err(|source| Error::Body { target, source }),
            }
        })
        .await
    }

    /// Gets a path as JSON, whatever it is: `/version`, `/apis`, `/openapi/v2`.
    ///
    /// # Errors
    /// No answer came, the server refused, or the answer is no JSON.
    pub async fn get_json(&self, path_and_query: &str) -> Result<Value, Error> {
        let request = self.request(Method::GET, path_and_query.to_owned(), codec::JSON)?;
        let bytes = self.bytes(request).await?;
        json_of(path_and_query, &bytes)
    }

    /// Posts JSON to a path that is no object's, and reads the JSON that answers it.
    ///
    /// # Errors
    /// No answer came, the server refused, or the answer is no JSON.
    pub async fn post_json(&self, path_and_query: &str, body: &Value) -> Result<Value, Error> {
        let mut bytes = Vec::new();
        skeg_schema::encode_json_any(body, &mut bytes);
        let mut request = self.request(Method::POST, path_and_query.to_owned(), codec::JSON)?;
        let json = HeaderValue::from_static(codec::JSON);
        request.headers_mut().insert(CONTENT_TYPE, json);
        *request.body_mut() = Payload::from(bytes);
        let answer = self.bytes(request).await?;
        json_of(path_and_query, &answer)
    }

    /// Gets a path as text: `/healthz`, `/metrics`.
    ///
    /// # Errors
    /// No answer came, or the server refused.
    pub async fn get_text(&self, path_and_query: &str) -> Result<String, Error> {
        let request = self.request(Method::GET, path_and_query.to_owned(), "*/*")?;
        Ok(String::from_utf8_lossy(&self.bytes(request).await?).into_owned())
    }

    pub(crate) fn request(
        &self,
        method: Method,
        target: String,
        accept: &'static str,
    ) -> Result<Request<Payload>, Error> {
        let uri = target
            .parse()
            .map_err(|error: http::uri::InvalidUri| Error::Request {
                message: error.to_string(),
                target,
            })?;
        let mut request = Request::new(Payload::Empty);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static(accept));
        Ok(request)
    }

    /// Gives a request its object, in the form that suits the transport.
    pub(crate) fn attach(
        &self,
        request: &mut Request<Payload>,
        object: SharedObject,
        decoder: &dyn Decoder,
    ) {
        if self.transport.in_process() && decoder.fits() {
            *request.body_mut() = Payload::Object(object);
            return;
        }
        let (bytes, media_type) = decoder.write(&object);
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        *request.body_mut() = Payload::Bytes(bytes);
    }

    /// A request about one object.
    pub(crate) async fn one(
        &self,
        request: Request<Payload>,
        decoder: &dyn Decoder,
    ) -> Result<Answer, Error> {
        let target = request.uri().path().to_owned();
        self.bounded(&target.clone(), async {
            let response = self.send(request).await?;
            let format = Format::of(response.headers());
            match response.into_body() {
                Payload::Object(object) => Ok(Answer::Object(object)),
                Payload::Status(status) => Ok(Answer::Status(status)),
                body => {
                    let bytes =
                        collect(body, BODY_LEN_MAX)
                            .await
                            .map_err(|source| Error::Body {
                                target: target.clone(),
                                source,
                            })?;
                    codec::decode_answer(&bytes, format, decoder)
                        .map_err(|error| Error::decode(target, error))
                }
            }
            .and_then(|answer| match answer {
                Answer::Status(status) if codec::is_refusal(&status) => Err(Error::Api(status)),
                answer => Ok(answer),
            })
        })
        .await
    }

    /// A request for a list, whose items become what the decoder makes of them,
    /// or are converted where they are shared within the process.
    pub(crate) async fn page<T: Send + 'static>(
        &self,
        request: Request<Payload>,
        decoder: Arc<dyn Decoder<T>>,
        convert: impl Fn(SharedObject) -> Result<T, Error>,
    ) -> Result<List<T>, Error> {
        let target = request.uri().path().to_owned();
        self.bounded(&target.clone(), async {
            let response = self.send(request).await?;
            let format = Format::of(response.headers());
            match response.into_body() {
                Payload::List(list) => List::from_shared(list, convert),
                Payload::Status(status) => Err(codec::instead(target, status)),
                body => listing::read(body, format, decoder)
                    .await
                    .map_err(|broken| match broken {
                        Broken::Body(source) => Error::Body { target, source },
                        Broken::Decode(error) => match error.downcast::<Instead>() {
                            Ok(instead) => codec::instead(target, instead.0),
                            Err(error) => Error::decode(target, error),
                        },
                    }),
            }
        })
        .await
    }

    /// A request whose answer nobody needs, unless it is a refusal.
    pub(crate) async fn done(&self, request: Request<Payload>) -> Result<(), Error> {
        let target = request.uri().path().to_owned();
        self.bounded(&target, async {
            let response = self.send(request).await?;
            let format = Format::of(response.headers());
            let refusal = match response.into_body() {
                Payload::Status(status) => Some(status).filter(|status| codec::is_refusal(status)),
                body @ (Payload::Bytes(_) | Payload::Stream(_)) => {
                    // What is longer, or breaks off, is not taken for a Status.
                    let bytes = collect(body, REFUSAL_LEN_MAX).await.unwrap_or_default();
                    codec::refusal_in(&bytes, format)
                }
                _ => None,
            };
            refusal.map_or(Ok(()), |status| Err(Error::Api(status)))
        })
        .await
    }

    /// A request for a watch. The stream ends when the watch does; after an
    /// error it gives nothing more. Events within the process are converted.
    pub(crate) async fn events<T: 'static, E: From<WatchEvent<T>> + Send + 'static>(
        &self,
        request: Request<Payload>,
        decoder: Arc<dyn Decoder<T>>,
        convert: impl Fn(SharedEvent) -> Result<E, Error> + Send + 'static,
    ) -> Result<BoxStream<'static, Result<E, Error>>, Error> {
        let target = request.uri().path().to_owned();
        let response = self.send(request).await?;
        if let Some(recorder) = &self.settings.recorder {
            let resource = target.rsplit('/').next().unwrap_or_default();
            recorder.record(&Event::WatchStarted { resource });
        }
        let format = Format::of(response.headers());
        let of_watch = may_be_watch(response.headers());
        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        match response.into_body() {
            Payload::Stream(_) if !of_watch => Err(Error::decode(
                target,
                format!(
                    "the answer to a watch is {:?}",
                    content_type
                        .as_ref()
                        .map_or("", |value| value.to_str().unwrap_or_default())
                ),
            )),
            Payload::Events(events) => Ok(events.map(convert).boxed()),
            Payload::Stream(body) => {
                let decode =
                    move |frame: &[u8]| codec::decode_event(frame, format, &*decoder).map(E::from);
                Ok(Frames::new(body, format).decoded(decode, target).boxed())
            }
            _ => Err(Error::decode(target, "the answer to a watch is no stream")),
        }
    }

    /// Bounds what is no stream.
    pub(crate) async fn bounded<T>(
        &self,
        target: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(timeout) = self.settings.timeout else {
            return work.await;
        };
        tokio::time::timeout(timeout, work)
            .await
            .unwrap_or_else(|_| {
                Err(Error::Transport {
                    verb: "request".to_owned(),
                    target: target.to_owned(),
                    source: crate::transport::TransportError::Timeout {
                        server: self.transport.server().unwrap_or("the server").to_owned(),
                        seconds: timeout.as_secs(),
                    },
                })
            })
    }
}

/// The JSON that an answer is, unless it is a refusal.
fn json_of(target: &str, bytes: &[u8]) -> Result<Value, Error> {
    match codec::refusal_in(bytes, Format::Json) {
        Some(status) => Err(Error::Api(status)),
        None => skeg_schema::decode_json_any(bytes).map_err(|error| Error::decode(target, error)),
    }
}

/// Whether an answer of this type may be a watch; one that names none is taken
/// for JSON, as client-go does.
fn may_be_watch(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let whole = value.to_str().unwrap_or_default();
    let media_type = whole.split(';').next().unwrap_or_default().trim();
    [codec::JSON, codec::PROTOBUF]
        .iter()
        .any(|known| media_type.eq_ignore_ascii_case(known))
}

/// A path with a query.
pub(crate) fn target(mut path: String, options: &dyn QueryOptions) -> String {
    let mut query = Query::default();
    options.write(&mut query);
    if !query.is_empty() {
        path.push('?');
        path.push_str(query.as_str());
    }
    path
}

fn warn_of(response: &Response<Payload>) {
    for warning in response.headers().get_all(http::header::WARNING) {
        if let Ok(text) = warning.to_str() {
            tracing::warn!(warning = text, "the server warns");
        }
    }
}

async fn refusal(response: Response<Payload>, asked: &str) -> Status {
    let code = response.status();
    let headers = response.headers().clone();
    match response.into_body() {
        Payload::Status(status) => {
            let mut status = *status;
            if status.code == 0 {
                status.code = i32::from(code.as_u16());
            }
            status
        }
        Payload::Object(object) => {
            codec::decode_refusal(code, &object.json(), &HeaderMap::new(), &asked)
        }
        body => {
            let bytes = collect(body, REFUSAL_LEN_MAX).await.unwrap_or_default();
            codec::decode_refusal(code, &bytes, &headers, &asked)
        }
    }
}

/// Reads a body to its end.
pub(crate) async fn collect(body: Payload, len_max: usize) -> Result<Bytes, BoxError> {
    match body {
        Payload::Empty => Ok(Bytes::new()),
        Payload::Bytes(bytes) => Ok(bytes),
        Payload::Stream(mut stream) => {
            let mut first = match stream.next().await {
                Some(piece) => piece?,
                None => return Ok(Bytes::new()),
            };
            let mut whole: Option<BytesMut> = None;
            while let Some(piece) = stream.next().await {
                let piece = piece?;
                let whole = whole
                    .get_or_insert_with(|| BytesMut::from(std::mem::take(&mut first).as_ref()));
                if whole.len() + piece.len() > len_max {
                    return Err(format!("a body of more than {len_max} bytes").into());
                }
                whole.extend_from_slice(&piece);
            }
            Ok(whole.map_or(first, BytesMut::freeze))
        }
        other => Err(format!("unexpected body {other:?}").into()),
    }
}
