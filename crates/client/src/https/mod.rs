//! Requests over HTTPS: pooled connections, HTTP/2 where the server speaks it.

mod connect;
mod tls;
mod token;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, BodyStream, Empty, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use crate::codec;
use crate::config::{Config, ConfigError, Credentials, Impersonation};
use crate::payload::{BoxError, Payload};
use crate::transport::{Transport, TransportError};
use crate::upgrade::{Upgraded, is_upgrade};

use connect::Connector;
use token::TokenFile;

/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// How often a connection in use is tested for life.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long the answer to such a test may take.
const PING_TIMEOUT: Duration = Duration::from_secs(15);

type Body = UnsyncBoxBody<bytes::Bytes, BoxError>;

/// A transport over HTTP and HTTPS.
pub struct HttpsTransport {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Connector, Body>,
    /// Opens a connection for each request that switches protocols.
    upgrades: Pool<Connector, Body>,
    base: Base,
    /// Headers that every request has.
    headers: HeaderMap,
    token: Option<TokenFile>,
}

struct Base {
    scheme: http::uri::Scheme,
    authority: http::uri::Authority,
    /// Without a slash at the end.
    prefix: String,
    text: String,
}

impl Base {
    fn parse(server: &str) -> Result<Self, ConfigError> {
        let invalid = |message: &dyn std::fmt::Display| {
            ConfigError::invalid(format!("server {server:?}"), message)
        };
        let with_scheme = if server.contains("://") {
            server.to_owned()
        } else {
            format!("http://{server}")
        };
        let uri: Uri = with_scheme
            .parse()
            .map_err(|error: http::uri::InvalidUri| invalid(&error))?;
        let scheme = uri.scheme().cloned().ok_or_else(|| invalid(&"no scheme"))?;
        if scheme != http::uri::Scheme::HTTP && scheme != http::uri::Scheme::HTTPS {
            return Err(invalid(&"the scheme must be http or https"));
        }
        let authority = uri
            .authority()
            .cloned()
            .ok_or_else(|| invalid(&"no host"))?;
        Ok(Self {
            scheme,
            authority,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            text: server.to_owned(),
        })
    }

    fn join(&self, uri: &Uri) -> Result<Uri, BoxError> {
        let asked = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let path = format!("{}{asked}", self.prefix);
        Ok(Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()?)
    }
}

impl HttpsTransport {
    /// A transport to the server of a configuration. Connects when it is first used.
    ///
    /// # Errors
    /// The configuration is unusable.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let base = Base::parse(&config.server)?;
        let tls = if base.scheme == http::uri::Scheme::HTTPS {
            Some(tls::client_config(config)?)
        } else {
            None
        };
        let server_name = config
            .server_name
            .as_deref()
            .map(|name| tls::server_name(name))
            .transpose()?;
        let connector = Connector::new(tls, server_name, config.connect_timeout);
        let upgrades = Pool::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector.for_upgrades());
        let pool = Pool::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http2_adaptive_window(true)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(false)
            .build(connector);
        let mut headers = HeaderMap::new();
        let mut token = None;
        match &config.credentials {
            Credentials::None => {}
            Credentials::Token(text) => {
                headers.insert(
                    AUTHORIZATION,
                    secret(&format!("Bearer {}", text.trim()), "token")?,
                );
            }
            Credentials::TokenFile(path) => token = Some(TokenFile::new(path.clone())),
            Credentials::Basic { username, password } => {
                use base64::Engine;
                let pair = base64::engine::general_purpose::STANDARD
                    .encode(format!("{username}:{password}"));
                headers.insert(AUTHORIZATION, secret(&format!("Basic {pair}"), "password")?);
            }
        }
        if let Some(impersonation) = &config.impersonation {
            impersonate(impersonation, &mut headers)?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                upgrades,
                base,
                headers,
                token,
            }),
        })
    }
}

fn secret(text: &str, what: &str) -> Result<HeaderValue, ConfigError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| ConfigError::invalid(what, "has characters that cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn impersonate(impersonation: &Impersonation, headers: &mut HeaderMap) -> Result<(), ConfigError> {
    let value = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| {
            ConfigError::invalid(format!("impersonated {text:?}"), "cannot stand in a header")
        })
    };
    headers.insert("impersonate-user", value(&impersonation.user)?);
    if !impersonation.uid.is_empty() {
        headers.insert("impersonate-uid", value(&impersonation.uid)?);
    }
    for group in &impersonation.groups {
        headers.append("impersonate-group", value(group)?);
    }
    for (key, values) in &impersonation.extra {
        let key = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
        let name = HeaderName::from_bytes(format!("impersonate-extra-{key}").as_bytes())
            .map_err(|error| ConfigError::invalid("impersonated extra", error))?;
        for text in values {
            headers.append(name.clone(), value(text)?);
        }
    }
    Ok(())
}

impl Inner {
    async fn call(&self, request: Request<Payload>) -> Result<Response<Payload>, TransportError> {
        let (mut parts, body) = request.into_parts();
        parts.uri = self
            .base
            .join(&parts.uri)
            .map_err(TransportError::Request)?;
        for (name, value) in &self.headers {
            parts.headers.append(name, value.clone());
        }
        if let Some(token) = &self.token {
            parts.headers.insert(
                AUTHORIZATION,
                token.header().map_err(TransportError::Credentials)?,
            );
        }
        let body = encode(body, &mut parts.headers);
        let pool = if is_upgrade(&parts.headers) {
            &self.upgrades
        } else {
            &self.pool
        };
        let mut response = pool
            .request(Request::from_parts(parts, body))
            .await
            .map_err(|error| {
                let server = self.base.text.clone();
                let source = beneath(&error);
                if error.is_connect() {
                    TransportError::Connect { server, source }
                } else {
                    TransportError::Lost { server, source }
                }
            })?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let upgraded =
                hyper::upgrade::on(&mut response)
                    .await
                    .map_err(|error| TransportError::Lost {
                        server: self.base.text.clone(),
                        source: error.into(),
                    })?;
            let (parts, _) = response.into_parts();
            let io = Upgraded::new(TokioIo::new(upgraded));
            return Ok(Response::from_parts(parts, Payload::Upgraded(io)));
        }
        let (parts, body) = response.into_parts();
        let stream = BodyStream::new(body).filter_map(|frame| async {
            match frame {
                Ok(frame) => frame.into_data().ok().map(Ok),
                Err(error) => Some(Err(beneath(&error))),
            }
        });
        Ok(Response::from_parts(parts, Payload::Stream(stream.boxed())))
    }
}

/// The causes of an error in one line, without hyper's own words.
fn beneath(error: &(dyn std::error::Error + 'static)) -> BoxError {
    let mut texts = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        cause = error.source();
    }
    if texts.is_empty() {
        error.to_string().into()
    } else {
        texts.join(": ").into()
    }
}

fn encode(payload: Payload, headers: &mut HeaderMap) -> Body {
    let whole = |bytes| {
        Full::new(bytes)
            .map_err(|never| match never {})
            .boxed_unsync()
    };
    match payload {
        Payload::Empty
        | Payload::Events(_)
        | Payload::List(_)
        | Payload::Status(_)
        | Payload::Upgraded(_) => Empty::new().map_err(|never| match never {}).boxed_unsync(),
        Payload::Bytes(bytes) => whole(bytes),
        Payload::Stream(stream) => {
            StreamBody::new(stream.map(|piece| piece.map(Frame::data))).boxed_unsync()
        }
        Payload::Object(object) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(codec::JSON));
            whole(object.json())
        }
    }
}

impl Transport for HttpsTransport {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.call(request).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(server: &str, path: &str) -> String {
        let base = Base::parse(server).expect("server");
        base.join(&path.parse().expect("path"))
            .expect("uri")
            .to_string()
    }

    #[test]
    fn the_servers_path_goes_before() {
        assert_eq!(
            join("https://h:6443", "/api/v1/pods?limit=1"),
            "https://h:6443/api/v1/pods?limit=1"
        );
        assert_eq!(
            join("https://h/k8s/clusters/c1/", "/apis"),
            "https://h/k8s/clusters/c1/apis"
        );
        assert_eq!(join("localhost:8080", "/api"), "http://localhost:8080/api");
    }

    #[test]
    fn what_is_no_server_is_refused() {
        assert!(Base::parse("ftp://h").is_err());
        assert!(Base::parse("https://").is_err());
    }
}
