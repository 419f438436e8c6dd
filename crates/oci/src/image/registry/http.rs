//! A small HTTP client: one connection a request, redirects, TLS with the system's authorities.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, rustls};

use super::RegistryOptions;

pub(super) type Response = http::Response<Incoming>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const REDIRECTS_MAX: usize = 6;

/// Where distributions keep the authorities that they trust.
const AUTHORITY_FILES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

pub(super) struct HttpClient {
    options: RegistryOptions,
    tls: OnceLock<Result<TlsConnector, String>>,
}

impl HttpClient {
    pub fn new(options: RegistryOptions) -> Self {
        Self {
            options,
            tls: OnceLock::new(),
        }
    }

    /// Whether a registry is spoken to without TLS: those listed, and loopback ones.
    pub fn is_plain(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let name = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
            || self.options.plain_http.iter().any(|plain| plain == host)
    }

    pub async fn get(&self, url: &str, headers: HeaderMap) -> Result<Response, String> {
        self.send(Method::GET, url, headers, Bytes::new()).await
    }

    pub async fn post_form(&self, url: &str, form: String) -> Result<Response, String> {
        let mut headers = HeaderMap::new();
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form_type);
        self.send(Method::POST, url, headers, form.into()).await
    }

    /// The next piece of a body; a connection on which nothing comes for long is given up.
    pub async fn next_frame(&self, body: &mut Incoming) -> Option<Result<Frame<Bytes>, String>> {
        match tokio::time::timeout(IDLE_TIMEOUT, body.frame()).await {
            Ok(frame) => Some(frame?.map_err(|error| error.to_string())),
            Err(_) => Some(Err("nothing came for a minute".into())),
        }
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response, String> {
        let mut uri: Uri = url.parse().map_err(|_| format!("bad address {url:?}"))?;
        for _ in 0..REDIRECTS_MAX {
            let response = self
                .send_once(&method, &uri, &headers, body.clone())
                .await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            let location = location.ok_or("a redirection that names no location")?;
            let next = resolve(&uri, location)?;
            if next.authority() != uri.authority() {
                // Storage behind a registry must not see the registry's credentials.
                headers.remove(header::AUTHORIZATION);
            }
            if uri.scheme_str() == Some("https") && next.scheme_str() != Some("https") {
                return Err(format!("redirected from https to {next}"));
            }
            uri = next;
        }
        Err(format!("more than {REDIRECTS_MAX} redirections from {url}"))
    }

    async fn send_once(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response, String> {
        let authority = uri
            .authority()
            .ok_or_else(|| format!("{uri} names no host"))?;
        let is_tls = uri.scheme_str() == Some("https");
        if !is_tls && uri.scheme_str() != Some("http") {
            return Err(format!("{uri}: neither http nor https"));
        }
        let port = authority
            .port_u16()
            .unwrap_or(if is_tls { 443 } else { 80 });
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let connecting = TcpStream::connect((host, port));
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| format!("connect to {authority}: no answer"))?
            .map_err(|error| format!("connect to {authority}: {error}"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, authority.as_str())
            .header(
                header::USER_AGENT,
                concat!("skeg/", env!("CARGO_PKG_VERSION")),
            )
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        request.headers_mut().extend(headers.clone());
        let answer = if is_tls {
            let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
            let connected = self.tls()?.connect(name, stream);
            let stream = tokio::time::timeout(CONNECT_TIMEOUT, connected)
                .await
                .map_err(|_| format!("TLS with {authority}: no answer"))?
                .map_err(|error| format!("TLS with {authority}: {error}"))?;
            exchange(TokioIo::new(stream), request).await
        } else {
            exchange(TokioIo::new(stream), request).await
        };
        answer.map_err(|error| format!("{authority}: {error}"))
    }

    fn tls(&self) -> Result<&TlsConnector, String> {
        self.tls
            .get_or_init(connector)
            .as_ref()
            .map_err(Clone::clone)
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Response, String>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
        .await
        .map_err(|error| error.to_string())?;
    // Ends with the response's body, or when that is dropped.
    tokio::spawn(connection);
    match tokio::time::timeout(IDLE_TIMEOUT, sender.send_request(request)).await {
        Ok(response) => response.map_err(|error| error.to_string()),
        Err(_) => Err("no answer for a minute".into()),
    }
}

fn connector() -> Result<TlsConnector, String> {
    let own = std::env::var("SSL_CERT_FILE").ok();
    let files = own
        .iter()
        .map(String::as_str)
        .chain(AUTHORITY_FILES.iter().copied());
    let mut roots = rustls::RootCertStore::empty();
    for file in files {
        let Ok(certificates) = CertificateDer::pem_file_iter(file) else {
            continue;
        };
        roots.add_parsable_certificates(certificates.filter_map(Result::ok));
        if !roots.is_empty() {
            break;
        }
    }
    if roots.is_empty() {
        return Err(
            "no certificate authorities on this machine; install the package \
            ca-certificates, or set SSL_CERT_FILE"
                .into(),
        );
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn resolve(base: &Uri, location: &str) -> Result<Uri, String> {
    let bad = |error: &dyn std::fmt::Display| format!("redirected to {location:?}: {error}");
    if location.starts_with('/') && !location.starts_with("//") {
        let mut parts = base.clone().into_parts();
        parts.path_and_query = Some(location.parse().map_err(|error| bad(&error))?);
        return Uri::from_parts(parts).map_err(|error| bad(&error));
    }
    location.parse().map_err(|error| bad(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_and_listed_registries_are_plain() {
        let options = RegistryOptions {
            plain_http: vec!["reg.example:80".into()],
        };
        let client = HttpClient::new(options);
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:5000",
            "[::1]:5000",
            "reg.example:80",
        ] {
            assert!(client.is_plain(host), "{host}");
        }
        for host in ["reg.example", "10.0.0.1:5000", "docker.io"] {
            assert!(!client.is_plain(host), "{host}");
        }
    }

    #[test]
    fn redirections_are_resolved() {
        let base: Uri = "https://a.b/v2/x?y=1".parse().unwrap();
        assert_eq!(
            resolve(&base, "/z?q").unwrap().to_string(),
            "https://a.b/z?q"
        );
        assert_eq!(
            resolve(&base, "https://c.d/e").unwrap().to_string(),
            "https://c.d/e"
        );
        assert!(resolve(&base, "http://[").is_err());
    }
}
