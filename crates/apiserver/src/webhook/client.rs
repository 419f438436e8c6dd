//! Calls of webhooks: a JSON body there, a JSON body back.

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use skeg_schema::Value;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::WebhookCredentials;
use super::dial::{Dialer, Peer, Place, Trust};
use crate::go;
use crate::metrics::requests::{Asked, Requests};
use crate::server::ReplyBody;

/// Bytes of an answer.
const ANSWER_LEN_MAX: usize = 16 * 1024 * 1024;
/// Bytes of an answer that an error message quotes.
const QUOTED_LEN_MAX: usize = 2048;
/// What HTTPS listens on unless told otherwise.
const HTTPS_PORT: u16 = 443;

/// A `clientConfig` of a webhook configuration or a conversion. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    peer: Arc<Peer>,
    /// `https://host:port/path`
    url: Arc<str>,
}

impl ClientConfig {
    /// Reads `url` or `service`, and `caBundle`.
    ///
    /// # Errors
    /// Neither is there, or the URL makes no sense.
    pub fn parse(tree: &Value) -> Result<Self, String> {
        use base64::Engine;
        let bundle = tree["caBundle"].as_str().unwrap_or_default();
        let trust = if bundle.is_empty() {
            Trust::System
        } else {
            let pem = base64::engine::general_purpose::STANDARD
                .decode(bundle)
                .map_err(|_| "illegal base64 data in the CA bundle".to_owned())?;
            Trust::Bundle(pem.into())
        };
        let (place, url) = match tree["url"].as_str().filter(|url| !url.is_empty()) {
            Some(url) => (host_of(url)?, url.to_owned()),
            None => {
                let service = &tree["service"];
                let name = service["name"].as_str().unwrap_or_default();
                if name.is_empty() {
                    return Err("webhook configuration must have either service or URL".to_owned());
                }
                let port = service["port"].as_i64().unwrap_or(HTTPS_PORT.into());
                let place = Place::Service {
                    namespace: service["namespace"].as_str().unwrap_or_default().to_owned(),
                    name: name.to_owned(),
                    port: u16::try_from(port).map_err(|_| format!("no port {port}"))?,
                };
                let path = service["path"].as_str().unwrap_or_default();
                let slash = if path.starts_with('/') { "" } else { "/" };
                let url = format!("https://{place}{slash}{path}");
                (place, url)
            }
        };
        Ok(Self {
            peer: Arc::new(Peer {
                place,
                trust,
                identified: false,
                user: None,
            }),
            url: url.into(),
        })
    }

    /// As the user whom credentials have for its host.
    #[must_use]
    pub fn with_credentials(self, credentials: Option<&WebhookCredentials>) -> Self {
        let target = self.peer.place.to_string();
        match credentials.and_then(|credentials| credentials.of(&target)) {
            None => self,
            user => Self {
                peer: Arc::new(Peer {
                    user,
                    ..(*self.peer).clone()
                }),
                url: self.url,
            },
        }
    }

    /// The whole URL of a call.
    pub fn url(&self, timeout: Duration) -> String {
        format!("{}?timeout={}s", self.url, rounded_up(timeout))
    }
}

fn host_of(url: &str) -> Result<Place, String> {
    let uri: http::Uri = url
        .parse()
        .map_err(|error| format!("parse {}: {error}", go::quote(url)))?;
    let host = uri.host().ok_or_else(|| format!("no host in {url}"))?;
    Ok(Place::Host {
        name: host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
        port: uri.port_u16().unwrap_or(HTTPS_PORT),
    })
}

/// Whole seconds, as servers are told.
fn rounded_up(timeout: Duration) -> u64 {
    timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0)
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// Upstream's words.
    pub message: String,
    /// The HTTP code that was answered; 0: none was.
    pub code: u16,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}

impl From<CallError> for String {
    fn from(error: CallError) -> Self {
        error.message
    }
}

/// Calls webhooks. Cheap to clone.
#[derive(Clone)]
pub struct WebhookClient {
    dialer: Arc<Dialer>,
    figures: Arc<Requests>,
}

impl WebhookClient {
    /// Over these connections.
    pub fn new(dialer: Arc<Dialer>) -> Self {
        let figures = Arc::default();
        Self { dialer, figures }
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut skeg_auth::metrics::Text) {
        self.figures.render(text);
    }

    /// Gets what is there: the code and the body of the answer. Cancelling it abandons the
    /// request.
    ///
    /// # Errors
    /// No connection, or no answer.
    pub(crate) async fn get(&self, peer: &Peer, url: &str) -> Result<(u16, Bytes), String> {
        let mut request = Request::new(ReplyBody::Full(Bytes::new()));
        *request.uri_mut() = url
            .parse()
            .map_err(|error: http::uri::InvalidUri| error.to_string())?;
        let response = self.dialer.request(peer, request).await?;
        let code = response.status().as_u16();
        match read(response.into_body()).await {
            Ok(body) => Ok((code, body)),
            Err(Failure::Transport(why)) => Err(why),
            Err(Failure::Call(error)) => Err(error.message),
        }
    }

    /// Posts JSON and gives the body of a successful answer. Cancelling it
    /// abandons the call.
    ///
    /// # Errors
    /// No connection, no answer in time, or one that is no success.
    pub async fn post(
        &self,
        config: &ClientConfig,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, CallError> {
        let url = config.url(timeout);
        let failed = |why: &str| CallError {
            message: format!("Post {}: {why}", go::quote(&url)),
            code: 0,
        };
        let (since, sent) = (Instant::now(), body.len());
        let outcome = tokio::time::timeout(timeout, self.exchange(config, &url, body)).await;
        let (code, received) = match &outcome {
            Ok(Ok((code, answer))) => (Some(*code), Some(answer.len())),
            Ok(Err(Failure::Call(error))) => (Some(error.code), None),
            Ok(Err(Failure::Transport(_))) | Err(_) => (None, None),
        };
        self.figures.count(&Asked {
            host: config.peer.place.to_string(),
            verb: "POST",
            code,
            took: since.elapsed(),
            sent,
            received,
        });
        match outcome {
            Ok(Ok((_, answer))) => Ok(answer),
            Ok(Err(Failure::Call(error))) => Err(error),
            Ok(Err(Failure::Transport(why))) => Err(failed(&why)),
            Err(_) => Err(failed("context deadline exceeded")),
        }
    }

    async fn exchange(
        &self,
        config: &ClientConfig,
        url: &str,
        body: Bytes,
    ) -> Result<(u16, Bytes), Failure> {
        let mut request = Request::new(ReplyBody::Full(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url
            .parse()
            .map_err(|e: http::uri::InvalidUri| Failure::Transport(e.to_string()))?;
        let headers = request.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "application/json"),
            (header::ACCEPT, "application/json, */*"),
            (header::USER_AGENT, "kube-apiserver-admission"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.extend(crate::trace::outgoing());
        if let Some(user) = &config.peer.user
            && let Some(text) = user.authorization().await.map_err(Failure::Transport)?
        {
            let mut value = HeaderValue::try_from(text)
                .map_err(|error| Failure::Transport(error.to_string()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let response = self
            .dialer
            .request(&config.peer, request)
            .await
            .map_err(Failure::Transport)?;
        let code = response.status().as_u16();
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let content_type = content_type.to_owned();
        let body = read(response.into_body()).await?;
        let message = match (200..=206).contains(&code) {
            true if body.is_empty() => format!(
                "0-length response with status code: {code} and content type: {content_type}"
            ),
            true => return Ok((code, body)),
            false => refusal(code, &content_type, &body),
        };
        Err(Failure::Call(CallError { message, code }))
    }
}

enum Failure {
    Transport(String),
    Call(CallError),
}

async fn read(mut body: Incoming) -> Result<Bytes, Failure> {
    let mut out = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| Failure::Transport(e.to_string()))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        if out.len() + piece.len() > ANSWER_LEN_MAX {
            return Err(Failure::Transport(format!(
                "the answer is longer than {ANSWER_LEN_MAX} bytes"
            )));
        }
        out.extend_from_slice(&piece);
    }
    Ok(out.freeze())
}

/// What upstream's client says of an answer that is no success and no Status.
fn refusal(code: u16, content_type: &str, body: &[u8]) -> String {
    if let Ok(tree) = skeg_schema::decode_json_any(body)
        && tree["kind"].as_str() == Some("Status")
        && let Some(message) = tree["message"].as_str()
    {
        return message.to_owned();
    }
    let end = body.len().min(QUOTED_LEN_MAX);
    let quoted = String::from_utf8_lossy(&body[..end]);
    // Only what says that it is text is shown.
    let is_text = content_type.is_empty() || content_type.starts_with("text/");
    let text = if is_text { quoted.trim() } else { "unknown" };
    skeg_auth::webhook::of_other_server(code, text).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn urls_of_calls() {
        let check = |tree: Value, expect: &str| {
            let config = ClientConfig::parse(&tree).expect("a configuration");
            assert_eq!(config.url(Duration::from_millis(1500)), expect);
        };
        check(
            json!({"service": {"namespace": "ns", "name": "gone", "path": "/x"}}),
            "https://gone.ns.svc:443/x?timeout=2s",
        );
        check(
            json!({"service": {"namespace": "ns", "name": "gone", "port": 8443}}),
            "https://gone.ns.svc:8443/?timeout=2s",
        );
        check(
            json!({"url": "https://h.example.com/path"}),
            "https://h.example.com/path?timeout=2s",
        );
        assert!(ClientConfig::parse(&json!({})).is_err());
    }

    #[test]
    fn answers_that_are_no_success() {
        assert_eq!(
            refusal(500, "text/plain", b"boom\n"),
            "an error on the server (\"boom\") has prevented the request from succeeding"
        );
        assert_eq!(
            refusal(502, "application/json", b"gate"),
            "an error on the server (\"unknown\") has prevented the request from succeeding"
        );
        assert_eq!(
            refusal(404, "", b""),
            "the server could not find the requested resource"
        );
        assert_eq!(
            refusal(418, "", b""),
            "the server responded with the status code 418 but did not return more information"
        );
    }
}
