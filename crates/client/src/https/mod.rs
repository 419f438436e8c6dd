//! Requests over HTTPS: pooled connections, HTTP/2 where the server speaks it.

mod auth;
mod body;
mod connect;
mod gunzip;
mod headers;
mod material;
mod observe;
mod pool;
mod proxy;
mod race;
mod socket;
mod wakes;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue,
    PROXY_AUTHORIZATION,
};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

use crate::config::{self, Compression, Config, ConfigError, Credentials, ProxyChoice};
use crate::payload::{BoxError, Payload};
use crate::tls::{self, Trust};
use crate::transport::{Transport, TransportError};
use crate::upgrade::{Upgraded, is_upgrade};

use auth::Auth;
use body::{Answer, Outgoing};
use connect::Dialer;
pub(crate) use headers::impersonate;
use material::Material;
use pool::{Lease, Lost, Pool};
use proxy::Proxy;

/// A transport over HTTP and HTTPS.
pub struct HttpsTransport {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    base: Base,
    auth: Auth,
    material: Option<Material>,
    /// Headers that every request has.
    headers: HeaderMap,
    /// As whom every request acts that names nobody else.
    impersonation: HeaderMap,
    /// Requests of plain HTTP through a proxy have the whole URL.
    plain_proxy: Option<Option<HeaderValue>>,
    packs: bool,
    read_timeout: Option<Duration>,
    watch_idle_timeout: Option<Duration>,
}

struct Base {
    scheme: Scheme,
    authority: Authority,
    /// Host and port, for HTTP/1.1 and for metrics.
    host: HeaderValue,
    server: Arc<str>,
    /// Without a slash at the end.
    prefix: String,
    /// The path and the query as they were given.
    exactly: PathAndQuery,
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
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(invalid(&"the scheme must be http or https"));
        }
        let authority = uri
            .authority()
            .cloned()
            .ok_or_else(|| invalid(&"no host"))?;
        if authority.as_str().contains('@') {
            // Not repeated, as it may be a password.
            return Err(ConfigError::invalid(
                "server",
                "must not have a name and a password; write them into the user of the kubeconfig",
            ));
        }
        let port = authority.as_str().rsplit_once(':').map(|(_, port)| port);
        let port = port.filter(|port| !port.ends_with(']') && !port.is_empty());
        if let Some(port) = port
            && authority.port_u16().is_none()
        {
            return Err(invalid(&format!(
                "{port:?} is no port: a number up to 65535"
            )));
        }
        let default_port = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let shown = match authority.port_u16() {
            Some(port) if port == default_port => authority.host(),
            _ => authority.as_str(),
        };
        Ok(Self {
            host: HeaderValue::from_str(shown).map_err(|error| invalid(&error))?,
            server: authority.as_str().into(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            exactly: uri
                .path_and_query()
                .cloned()
                .unwrap_or_else(|| PathAndQuery::from_static("/")),
            scheme,
            authority,
            text: server.to_owned(),
        })
    }

    fn port(&self) -> u16 {
        let default_port = if self.scheme == Scheme::HTTPS {
            443
        } else {
            80
        };
        self.authority.port_u16().unwrap_or(default_port)
    }

    fn path(&self, uri: &Uri) -> Result<PathAndQuery, BoxError> {
        let asked = uri
            .path_and_query()
            .cloned()
            .unwrap_or_else(|| PathAndQuery::from_static("/"));
        if self.prefix.is_empty() {
            return Ok(asked);
        }
        Ok(PathAndQuery::from_maybe_shared(format!(
            "{}{asked}",
            self.prefix
        ))?)
    }

    fn absolute(&self, path: PathAndQuery) -> Result<Uri, BoxError> {
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
        let host = config::bare(base.authority.host()).to_owned();
        let is_https = base.scheme == Scheme::HTTPS;
        let (material, tls) = if is_https {
            let (material, tls) = Material::new(config)?;
            (Some(material), Some(tls))
        } else {
            (None, None)
        };
        let server_name =
            if is_https {
                let name = config.server_name.as_deref().unwrap_or(&host);
                Some(tls::server_name(name).map_err(|error| {
                    ConfigError::invalid(format!("server name {name:?}"), error)
                })?)
            } else {
                None
            };
        let proxy_url = match &config.proxy {
            ProxyChoice::Direct => None,
            ProxyChoice::Through(url) => Some(url.clone()),
            ProxyChoice::Environment => {
                config::of_environment(is_https, &host, base.port(), |name| {
                    std::env::var(name).ok()
                })?
            }
        };
        let trust = match &material {
            Some(material) => material.trust()?,
            None => Trust::System,
        };
        let proxy = proxy_url.map(|url| Proxy::new(url, &trust)).transpose()?;
        let plain_proxy = proxy
            .as_ref()
            .filter(|proxy| !is_https && proxy.forwards_plain())
            .map(|proxy| {
                proxy
                    .authorization()
                    .map(|text| {
                        let mut value = HeaderValue::from_str(&text).map_err(|_| {
                            ConfigError::invalid(
                                "proxy-url",
                                "its password cannot stand in a header",
                            )
                        })?;
                        value.set_sensitive(true);
                        Ok(value)
                    })
                    .transpose()
            })
            .transpose()?;
        let mut headers = HeaderMap::new();
        if let Credentials::FrontProxy(user) = &config.credentials {
            headers::front_proxy(user, &mut headers)?;
        }
        let mut impersonation = HeaderMap::new();
        if let Some(whom) = &config.impersonation {
            impersonate(whom, &mut impersonation)?;
        }
        let observed = observe::Connections {
            server: Arc::clone(&base.server),
            recorder: config.recorder.clone(),
        };
        let dialer = Dialer {
            port: base.port(),
            server_name,
            proxy,
            timeout: config.connect_timeout,
            host: host.clone(),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                pool: Pool::new(dialer, tls, config.pool, observed),
                base,
                auth: Auth::new(config)?,
                material,
                headers,
                impersonation,
                plain_proxy,
                packs: match config.compression {
                    Compression::Auto => !config::is_loopback(&host),
                    Compression::Always => true,
                    Compression::Never => false,
                },
                read_timeout: config.read_timeout,
                watch_idle_timeout: config.watch_idle_timeout,
            }),
        })
    }

    /// Sends a request to the very URL of the configuration, with its query.
    pub(crate) fn call_exactly(
        &self,
        mut request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let path = inner.base.exactly.clone();
            *request.uri_mut() = Uri::from(path.clone());
            inner.call(request, path).await
        })
    }
}

/// What a request is in the eyes of the timeouts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A watch that is sent bookmarks.
    Watch,
    /// A watch that may be silent for ever, or a log that is followed.
    Silent,
    Other,
}

fn kind(uri: &Uri) -> Kind {
    let is = |pair: &str, name: &str| {
        pair.strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('='))
            .is_some_and(|value| matches!(value, "true" | "1"))
    };
    let pairs = || uri.query().unwrap_or_default().split('&');
    if pairs().any(|pair| is(pair, "watch")) {
        if pairs().any(|pair| is(pair, "allowWatchBookmarks")) {
            Kind::Watch
        } else {
            Kind::Silent
        }
    } else if pairs().any(|pair| is(pair, "follow")) {
        Kind::Silent
    } else {
        Kind::Other
    }
}

impl Inner {
    /// The headers of this transport, and who we are.
    async fn prepare(&self, headers: &mut HeaderMap) -> Result<auth::Grant, TransportError> {
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        if !headers.contains_key("impersonate-user") {
            for (name, value) in &self.impersonation {
                headers.append(name, value.clone());
            }
        }
        self.authenticate(headers).await
    }

    async fn authenticate(&self, headers: &mut HeaderMap) -> Result<auth::Grant, TransportError> {
        let grant = self
            .auth
            .grant()
            .await
            .map_err(TransportError::Credentials)?;
        if let Some(value) = &grant.header {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if let Some(material) = &self.material {
            let changed = material
                .changed(grant.identity.as_ref())
                .map_err(|error| TransportError::Credentials(error.into()))?;
            if let Some(tls) = changed {
                self.pool.rotate(tls);
            }
        }
        Ok(grant)
    }

    async fn call(
        &self,
        request: Request<Payload>,
        path: PathAndQuery,
    ) -> Result<Response<Payload>, TransportError> {
        let (mut parts, body) = request.into_parts();
        let kind = kind(&parts.uri);
        // Who has set it unpacks by itself.
        let packs =
            self.packs && kind == Kind::Other && !parts.headers.contains_key(ACCEPT_ENCODING);
        if packs {
            parts
                .headers
                .insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let grant = self.prepare(&mut parts.headers).await?;
        let spare = self
            .auth
            .may_change()
            .then(|| {
                let mut again = Request::new(());
                *again.method_mut() = parts.method.clone();
                *again.headers_mut() = parts.headers.clone();
                Some((again.into_parts().0, body.try_clone()?))
            })
            .flatten();
        let answer = self.send(parts, body, path.clone(), kind).await?;
        let answer = match spare {
            Some((mut parts, body)) if answer.0.status() == StatusCode::UNAUTHORIZED => {
                self.auth.reject(&grant);
                parts.headers.remove(AUTHORIZATION);
                let other = self.authenticate(&mut parts.headers).await?;
                let is_same = other.header == grant.header
                    && other.identity.as_ref().map(|(serial, _)| serial)
                        == grant.identity.as_ref().map(|(serial, _)| serial);
                if is_same {
                    answer
                } else {
                    drop(answer);
                    tracing::debug!("other credentials are tried");
                    self.send(parts, body, path, kind).await?
                }
            }
            _ => answer,
        };
        Ok(self.finish(answer, packs, kind))
    }

    async fn send(
        &self,
        mut parts: http::request::Parts,
        body: Payload,
        path: PathAndQuery,
        kind: Kind,
    ) -> Result<(Response<Incoming>, Lease), TransportError> {
        let absolute = self
            .base
            .absolute(path.clone())
            .map_err(TransportError::Request)?;
        let origin_form = match &self.plain_proxy {
            Some(authorization) => {
                if let Some(value) = authorization {
                    parts.headers.insert(PROXY_AUTHORIZATION, value.clone());
                }
                absolute.clone()
            }
            None => Uri::from(path),
        };
        let body = Outgoing::new(body, &mut parts.headers);
        let mut request = Request::new(body);
        *request.method_mut() = parts.method;
        *request.uri_mut() = absolute;
        *request.headers_mut() = parts.headers;
        let host = (!request.headers().contains_key(HOST)).then(|| self.base.host.clone());
        let sending = self.pool.send(request, origin_form, host);
        let silence_max = match kind {
            Kind::Watch => self.watch_idle_timeout,
            Kind::Silent => None,
            Kind::Other => self.read_timeout,
        };
        let sent =
            match silence_max {
                None => sending.await,
                Some(max) => tokio::time::timeout(max, sending).await.map_err(|_| {
                    TransportError::Timeout {
                        server: self.base.text.clone(),
                        seconds: max.as_secs(),
                    }
                })?,
            };
        sent.map_err(|lost| {
            let server = self.base.text.clone();
            match lost {
                Lost::Unconnected(source) => TransportError::Connect { server, source },
                Lost::NotTaken(source) => TransportError::NotTaken { server, source },
                Lost::Midway(source) => TransportError::Lost { server, source },
            }
        })
    }

    fn finish(
        &self,
        (response, lease): (Response<Incoming>, Lease),
        packs: bool,
        kind: Kind,
    ) -> Response<Payload> {
        let (mut parts, body) = response.into_parts();
        let gzipped = packs
            && parts
                .headers
                .get(CONTENT_ENCODING)
                .is_some_and(|value| value == "gzip");
        if gzipped {
            parts.headers.remove(CONTENT_ENCODING);
            parts.headers.remove(CONTENT_LENGTH);
        }
        let silence_max = match kind {
            Kind::Watch => self.watch_idle_timeout,
            Kind::Silent => None,
            Kind::Other => self.read_timeout,
        };
        let answer = Answer::new(body, gzipped, silence_max, lease);
        Response::from_parts(parts, Payload::Stream(answer.boxed()))
    }

    /// Sends a request that asks for another protocol, over a connection of its own.
    async fn upgrade(
        &self,
        request: Request<Payload>,
    ) -> Result<Response<Payload>, TransportError> {
        let (mut parts, body) = request.into_parts();
        let path = self
            .base
            .path(&parts.uri)
            .map_err(TransportError::Request)?;
        let grant = self.prepare(&mut parts.headers).await?;
        let server = || self.base.text.clone();
        let lost = |error: hyper::Error| TransportError::Lost {
            server: server(),
            source: beneath(&error),
        };
        let stream = self
            .pool
            .dial_http1()
            .await
            .map_err(|source| TransportError::Connect {
                server: server(),
                source,
            })?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(lost)?;
        tokio::spawn(connection.with_upgrades());
        let uri = match &self.plain_proxy {
            Some(authorization) => {
                if let Some(value) = authorization {
                    parts.headers.insert(PROXY_AUTHORIZATION, value.clone());
                }
                self.base.absolute(path).map_err(TransportError::Request)?
            }
            None => Uri::from(path),
        };
        let body = Outgoing::new(body, &mut parts.headers);
        let mut request = Request::new(body);
        *request.method_mut() = parts.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = parts.headers;
        request
            .headers_mut()
            .entry(HOST)
            .or_insert_with(|| self.base.host.clone());
        let sending = sender.send_request(request);
        let mut response =
            match self.read_timeout {
                None => sending.await,
                Some(max) => tokio::time::timeout(max, sending).await.map_err(|_| {
                    TransportError::Timeout {
                        server: server(),
                        seconds: max.as_secs(),
                    }
                })?,
            }
            .map_err(lost)?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let io = hyper::upgrade::on(&mut response).await.map_err(lost)?;
            let (parts, _) = response.into_parts();
            let io = Upgraded::new(TokioIo::new(io));
            return Ok(Response::from_parts(parts, Payload::Upgraded(io)));
        }
        if response.status() == StatusCode::UNAUTHORIZED {
            self.auth.reject(&grant);
        }
        Ok(self.finish((response, Lease::none()), false, Kind::Silent))
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

impl Transport for HttpsTransport {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            if is_upgrade(request.headers()) {
                return inner.upgrade(request).await;
            }
            let path = inner
                .base
                .path(request.uri())
                .map_err(TransportError::Request)?;
            inner.call(request, path).await
        })
    }

    fn server(&self) -> Option<&str> {
        Some(&self.inner.base.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(server: &str, path: &str) -> String {
        let base = Base::parse(server).expect("server");
        let path = base.path(&path.parse().expect("path")).expect("path");
        base.absolute(path).expect("uri").to_string()
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
        for (server, port) in [
            ("https://h:99999", "99999"),
            ("h:x", "x"),
            ("[::1]:-1", "-1"),
        ] {
            let error = Base::parse(server).err().expect("no port");
            let error = crate::error::Error::from(error).chain();
            assert!(error.contains(port), "{error}");
        }
        assert!(Base::parse("https://[::1]").is_ok_and(|base| base.port() == 443));
        let error = Base::parse("https://me:secret@h")
            .err()
            .expect("a password");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn kinds_by_the_query() {
        let check = |uri: &str, expect: Kind| {
            assert!(kind(&uri.parse().expect("uri")) == expect, "{uri}");
        };
        check(
            "/api/v1/pods?watch=true&allowWatchBookmarks=true",
            Kind::Watch,
        );
        check("/api/v1/pods?limit=1&watch=1", Kind::Silent);
        check("/api/v1/namespaces/a/pods/b/log?follow=true", Kind::Silent);
        check("/api/v1/pods?watch=false", Kind::Other);
        check("/api/v1/pods", Kind::Other);
    }
}
