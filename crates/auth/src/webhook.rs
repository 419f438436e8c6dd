//! Asking another program over HTTPS: where it is stands in a kubeconfig file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use skeg_client::{Config, HttpsTransport, Kubeconfig, Payload, Transport, TransportError};
use skeg_schema::{Value, decode_json_any};

use crate::text::quote;

/// Bytes of an answer.
const ANSWER_LEN_MAX: usize = 4 * 1024 * 1024;

/// Who asks.
const AGENT: &str = concat!("skeg/", env!("CARGO_PKG_VERSION"));
/// Characters of an error.
const MESSAGE_LEN_MAX: usize = 500;

/// A request to another program failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WebhookError {
    /// The kubeconfig is not usable.
    #[error("the configuration of the webhook is not usable: {0}")]
    Config(String),
    /// There was no answer.
    #[error("{0}")]
    Unreachable(String),
    /// The connection was lost on the way.
    #[error("{0}")]
    Lost(String),
    /// There was none in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It answered with an error.
    #[error("{message}")]
    Refused {
        /// HTTP code.
        code: u16,
        /// What a client of Kubernetes makes of it: who asks is not shown what
        /// another program says to the server.
        message: String,
        /// Whether it says when to ask again.
        retry_after: bool,
    },
    /// Its answer is not what it should be.
    #[error("the answer cannot be read: {0}")]
    Malformed(String),
}

impl WebhookError {
    /// Whether to ask again, as upstream's clients of webhooks do: who is not there,
    /// or took all the time there was, is not given more of it.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Lost(_) => true,
            Self::Refused {
                code, retry_after, ..
            } => *retry_after || matches!(code, 429 | 500 | 502 | 504 | 505),
            Self::Unreachable(_) | Self::Config(_) | Self::Malformed(_) | Self::TimedOut(_) => {
                false
            }
        }
    }
}

/// Reason and message of an answer of another server that is no success, by what it said
/// (upstream's `NewGenericServerResponse`).
pub fn of_other_server(code: u16, said: &str) -> (&'static str, String) {
    let (reason, fixed) = match code {
        400 => (
            "BadRequest",
            "the server rejected our request for an unknown reason",
        ),
        401 => (
            "Unauthorized",
            "the server has asked for the client to provide credentials",
        ),
        403 => ("Forbidden", said),
        404 => (
            "NotFound",
            "the server could not find the requested resource",
        ),
        405 => (
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        ),
        406 if matches!(said, "" | "unknown") => (
            "NotAcceptable",
            "the server was unable to respond with a content type that the client supports",
        ),
        406 => ("NotAcceptable", said),
        409 => ("Conflict", "the server reported a conflict"),
        415 => ("UnsupportedMediaType", said),
        422 => (
            "Invalid",
            "the server rejected our request due to an error in our request",
        ),
        429 => (
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
        ),
        503 => (
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted, but may still be processing the request",
        ),
        500.. => {
            let said = quote(said);
            let message = format!(
                "an error on the server ({said}) has prevented the request from succeeding"
            );
            return ("InternalError", message);
        }
        _ => {
            let message = format!(
                "the server responded with the status code {code} but did not return more information"
            );
            return ("", message);
        }
    };
    (reason, fixed.to_owned())
}

/// The status of a review that was answered. What is no review of this version says
/// nothing, lest its silence be taken for an opinion; its `flags` are truth values.
pub(crate) fn status_of<'a>(
    answer: &'a Value,
    api_version: &str,
    kind: &str,
    flags: &[&str],
) -> Result<&'a Value, WebhookError> {
    let malformed = |why: String| Err(WebhookError::Malformed(why));
    if !matches!(answer, Value::Null | Value::Object(_)) {
        return malformed("couldn't get version/kind; it is no object".to_owned());
    }
    let told = |key: &str| answer[key].as_str().filter(|text| !text.is_empty());
    let is = (
        told("apiVersion").unwrap_or(api_version),
        told("kind").unwrap_or(kind),
    );
    if is != (api_version, kind) {
        let short = |version: &str| version.rsplit('/').next().unwrap_or_default().to_owned();
        return malformed(format!(
            "converting ({}.{}) to ({}.{kind}): unknown conversion",
            short(is.0),
            is.1,
            short(api_version)
        ));
    }
    let status = &answer["status"];
    for flag in flags {
        let value = &status[*flag];
        if !matches!(value, Value::Null | Value::Bool(_)) {
            return malformed(format!(
                "json: cannot unmarshal {value} into Go struct field {kind}Status.status.{flag} of type bool"
            ));
        }
    }
    Ok(status)
}

/// Another program at an URL.
#[derive(Clone)]
pub struct Remote {
    transport: Arc<dyn Transport>,
    path: String,
    timeout: Duration,
}

impl Remote {
    /// As the current context of a kubeconfig file says.
    ///
    /// # Errors
    /// The file is not usable.
    pub fn from_kubeconfig(path: &Path, timeout: Duration) -> Result<Self, WebhookError> {
        let config = Kubeconfig::from_file(path)
            .and_then(|file| file.config(None))
            .map_err(|e| WebhookError::Config(with_causes(&e)))?;
        Self::of_webhook(config, timeout)
    }

    /// A webhook: it is told how long it may take, and a query in the URL of its
    /// server is left out, as client-go does.
    ///
    /// # Errors
    /// It is not usable.
    pub fn of_webhook(config: Config, timeout: Duration) -> Result<Self, WebhookError> {
        let mut out = Self::new(config, timeout)?;
        let path = out
            .path
            .split_once('?')
            .map_or(&*out.path, |(path, _)| path);
        out.path = format!("{path}?timeout={}", skeg_meta::Duration(timeout));
        Ok(out)
    }

    /// As `config` says; its server may have a path.
    ///
    /// # Errors
    /// It is not usable.
    pub fn new(mut config: Config, timeout: Duration) -> Result<Self, WebhookError> {
        let wrong = |why: String| WebhookError::Config(why);
        let uri: http::Uri = config
            .server
            .parse()
            .map_err(|e| wrong(format!("server {:?}: {e}", config.server)))?;
        let path = uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str)
            .to_owned();
        if let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) {
            config.server = format!("{scheme}://{authority}");
        }
        let transport = HttpsTransport::new(&config).map_err(|e| wrong(with_causes(&e)))?;
        Ok(Self {
            transport: Arc::new(transport),
            path,
            timeout,
        })
    }

    /// Over another transport.
    pub fn over(transport: Arc<dyn Transport>, path: &str, timeout: Duration) -> Self {
        Self {
            transport,
            path: path.to_owned(),
            timeout,
        }
    }

    /// Sends JSON and reads JSON.
    ///
    /// # Errors
    /// No answer, or one that is none.
    pub async fn post(&self, body: &Value) -> Result<Value, WebhookError> {
        let mut bytes = Vec::new();
        skeg_schema::encode_json_any(body, &mut bytes);
        let answer = self.send(Method::POST, &self.path, bytes).await?;
        if answer.is_empty() {
            return Err(WebhookError::Malformed("0-length response".to_owned()));
        }
        decode_json_any(&answer).map_err(|e| WebhookError::Malformed(e.to_string()))
    }

    /// Sends bytes of JSON; whatever the answer is, it is well if its code is.
    ///
    /// # Errors
    /// No answer, or the code of an error.
    pub async fn deliver(&self, body: Vec<u8>) -> Result<(), WebhookError> {
        self.send(Method::POST, &self.path, body).await.map(drop)
    }

    /// Reads what is at its own path.
    ///
    /// # Errors
    /// No answer, or the code of an error.
    pub async fn get(&self) -> Result<Vec<u8>, WebhookError> {
        let answer = self.send(Method::GET, &self.path, Vec::new()).await?;
        Ok(answer.to_vec())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<BytesMut, WebhookError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "application/json, */*")
            .header(header::USER_AGENT, AGENT);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Payload::from(bytes::Bytes::from(body)))
            .map_err(|e| WebhookError::Config(e.to_string()))?;
        let work = async {
            let response = self.transport.call(request).await.map_err(|e| match &e {
                TransportError::Lost { .. } | TransportError::NotTaken { .. } => {
                    WebhookError::Lost(with_causes(&e))
                }
                _ => WebhookError::Unreachable(with_causes(&e)),
            })?;
            let code = response.status().as_u16();
            let headers = response.headers().clone();
            let answer = read(response.into_body()).await?;
            match (200..300).contains(&code) {
                true => Ok(answer),
                false => Err(refused(code, &headers, &answer)),
            }
        };
        match tokio::time::timeout(self.timeout, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(WebhookError::TimedOut(self.timeout)),
        }
    }
}

/// What an answer comes to whose code is one of an error.
fn refused(code: u16, headers: &HeaderMap, body: &[u8]) -> WebhookError {
    let told = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let retry_after = told(header::RETRY_AFTER).and_then(|text| text.parse::<u32>().ok());
    let is_text = told(header::CONTENT_TYPE).is_none_or(|media| media.starts_with("text/"));
    let status = decode_json_any(body).ok();
    let status = status.filter(|status| status["kind"] == "Status");
    let message = match status
        .as_ref()
        .and_then(|status| status["message"].as_str())
    {
        Some(message) => message.to_owned(),
        None if is_text => of_other_server(code, String::from_utf8_lossy(body).trim()).1,
        None => of_other_server(code, "unknown").1,
    };
    WebhookError::Refused {
        code,
        message: message.chars().take(MESSAGE_LEN_MAX).collect(),
        retry_after: retry_after.is_some_and(|seconds| seconds > 0),
    }
}

async fn read(body: Payload) -> Result<BytesMut, WebhookError> {
    let mut out = BytesMut::new();
    match body {
        Payload::Empty => {}
        Payload::Bytes(bytes) => out.extend_from_slice(&bytes),
        Payload::Stream(mut stream) => {
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|e| WebhookError::Unreachable(e.to_string()))?;
                if out.len() + piece.len() > ANSWER_LEN_MAX {
                    return Err(WebhookError::Malformed(format!(
                        "it is longer than {ANSWER_LEN_MAX} bytes"
                    )));
                }
                out.extend_from_slice(&piece);
            }
        }
        _ => return Err(WebhookError::Malformed("it is no bytes".to_owned())),
    }
    Ok(out)
}

/// An error and what caused it, in a line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use futures::FutureExt as _;
    use futures::future::BoxFuture;
    use http::Response;
    use skeg_client::TransportError;

    /// Another program, played by a function of path and body.
    pub(crate) struct Played<F>(pub F);

    impl<F: Fn(&str, Value) -> (u16, Value) + Send + Sync + 'static> Transport for Played<F> {
        fn call(
            &self,
            request: Request<Payload>,
        ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
            let path = request.uri().path().to_owned();
            let body = match request.into_body() {
                Payload::Bytes(bytes) => decode_json_any(&bytes).unwrap(),
                _ => Value::Null,
            };
            let (code, answer) = (self.0)(&path, body);
            let response = Response::builder()
                .status(code)
                .body(Payload::Bytes(answer.to_string().into()))
                .unwrap();
            async move { Ok(response) }.boxed()
        }
    }

    #[test]
    fn webhooks_are_told_how_long_they_may_take() {
        let config = Config::new("https://hook.example/ask?timeout=5s");
        let remote = Remote::of_webhook(config, Duration::from_secs(30)).unwrap();
        assert_eq!(remote.path, "/ask?timeout=30s");
    }

    #[tokio::test]
    async fn codes_of_errors_are_errors() {
        let played = Played(|path: &str, body: Value| {
            assert_eq!(path, "/ask");
            (
                body["code"]
                    .as_i64()
                    .and_then(|code| u16::try_from(code).ok())
                    .unwrap_or(200),
                body,
            )
        });
        let remote = Remote::over(Arc::new(played), "/ask", Duration::from_secs(5));
        let ask = skeg_schema::json!({});
        assert_eq!(remote.post(&ask).await.unwrap(), ask);
        for (code, transient) in [
            (400, false),
            (429, true),
            (500, true),
            (503, false),
            (504, true),
        ] {
            let ask = skeg_schema::json!({"code": code});
            let error = remote.post(&ask).await.unwrap_err();
            assert_eq!(error.is_transient(), transient, "{code}");
            // What it said besides is not for who asked.
            assert!(!error.to_string().contains("code\":"), "{error}");
        }
        let status = skeg_schema::json!({"kind": "Status", "message": "why", "code": 503});
        let error = remote.post(&status).await.unwrap_err();
        assert_eq!(error.to_string(), "why");
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        let error = refused(503, &headers, b"{}");
        assert!(error.is_transient());
        assert!(!WebhookError::Unreachable(String::new()).is_transient());
        assert!(!WebhookError::TimedOut(Duration::from_secs(1)).is_transient());
    }
}
