//! Asking another program over HTTPS: where it is stands in a kubeconfig file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use futures::StreamExt as _;
use http::{Method, Request, header};
use skeg_client::{Config, HttpsTransport, Kubeconfig, Payload, Transport};
use skeg_schema::{Value, decode_json_any};

/// Bytes of an answer.
const ANSWER_LEN_MAX: usize = 4 * 1024 * 1024;

/// A request to another program failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WebhookError {
    /// The kubeconfig is not usable.
    #[error("the configuration of the webhook is not usable: {0}")]
    Config(String),
    /// There was no answer.
    #[error("{0}")]
    Unreachable(String),
    /// There was none in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It answered with an error.
    #[error("answered with code {code}: {message}")]
    Refused {
        /// HTTP code.
        code: u16,
        /// Begin of the body.
        message: String,
    },
    /// Its answer is not what it should be.
    #[error("the answer cannot be read: {0}")]
    Malformed(String),
}

impl WebhookError {
    /// Whether to ask again, as upstream's clients of webhooks do: who took all the
    /// time there was is not given it again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { code, .. } => matches!(code, 429 | 500 | 502 | 504 | 505),
            Self::Config(_) | Self::Malformed(_) | Self::TimedOut(_) => false,
        }
    }
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
        Self::new(config, timeout)
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
            .header(header::ACCEPT, "application/json");
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Payload::from(bytes::Bytes::from(body)))
            .map_err(|e| WebhookError::Config(e.to_string()))?;
        let work = async {
            let response = self
                .transport
                .call(request)
                .await
                .map_err(|e| WebhookError::Unreachable(with_causes(&e)))?;
            let code = response.status().as_u16();
            let answer = read(response.into_body()).await?;
            if !(200..300).contains(&code) {
                let text = String::from_utf8_lossy(&answer);
                return Err(WebhookError::Refused {
                    code,
                    message: text.chars().take(500).collect(),
                });
            }
            Ok(answer)
        };
        match tokio::time::timeout(self.timeout, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(WebhookError::TimedOut(self.timeout)),
        }
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
            let told = format!("answered with code {code}: {{\"code\":{code}}}");
            assert_eq!(error.to_string(), told);
        }
        assert!(!WebhookError::TimedOut(Duration::from_secs(1)).is_transient());
    }
}
