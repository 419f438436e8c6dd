//! A small HTTP client: one connection a request, redirects, TLS with the system's authorities.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls};

use super::RegistryOptions;

pub(super) type Response = http::Response<Incoming>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const REDIRECTS_MAX: usize = 6;
const PROXY_ANSWER_BYTES_MAX: usize = 16 << 10;

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
        let proxy = Proxy::find(is_tls, host, |name| std::env::var(name).ok());
        let connecting = connect(host, port, is_tls, proxy.as_ref());
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| format!("connect to {authority}: no answer"))?
            .map_err(|error| format!("connect to {authority}: {error}"))?;
        // Without TLS a proxy wants to see the whole address.
        let path = match &proxy {
            Some(_) if !is_tls => uri.to_string(),
            _ => uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
        };
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

/// A proxy of the environment: where it listens, and what to show it.
#[derive(Debug, PartialEq)]
struct Proxy {
    address: String,
    credentials: Option<String>,
}

impl Proxy {
    /// The proxy for a host by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, also in
    /// small letters. Loopback addresses have none.
    fn find(is_tls: bool, host: &str, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let either = |name: &str| {
            let found = variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
            found.filter(|value| !value.is_empty())
        };
        let text = either(if is_tls { "HTTPS_PROXY" } else { "HTTP_PROXY" });
        let text = text.or_else(|| either("ALL_PROXY"))?;
        let loopback = host == "localhost"
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        let excepted = either("NO_PROXY").is_some_and(|list| {
            list.split(',')
                .map(str::trim)
                .filter(|entry| !entry.is_empty())
                .any(|entry| {
                    let domain = entry.trim_start_matches('.');
                    entry == "*"
                        || host == domain
                        || host
                            .strip_suffix(domain)
                            .is_some_and(|rest| rest.ends_with('.'))
                })
        });
        if loopback || excepted {
            return None;
        }
        let rest = text
            .split_once("://")
            .map_or(text.as_str(), |(_, rest)| rest);
        let rest = rest.trim_end_matches('/');
        let (credentials, address) = match rest.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials.to_owned()), address),
            None => (None, rest),
        };
        let address = match address.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => address.to_owned(),
            _ => format!("{address}:3128"),
        };
        Some(Self {
            address,
            credentials,
        })
    }
}

/// Connects to a host, by a proxy's tunnel where there is one.
async fn connect(
    host: &str,
    port: u16,
    is_tls: bool,
    proxy: Option<&Proxy>,
) -> std::io::Result<TcpStream> {
    let Some(proxy) = proxy else {
        return TcpStream::connect((host, port)).await;
    };
    let mut stream = TcpStream::connect(&proxy.address).await?;
    if !is_tls {
        return Ok(stream);
    }
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some(credentials) = &proxy.credentials {
        let encoded = base64::engine::general_purpose::STANDARD.encode(credentials);
        request += &format!("Proxy-Authorization: Basic {encoded}\r\n");
    }
    request += "\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() > PROXY_ANSWER_BYTES_MAX {
            return Err(std::io::Error::other("the proxy's answer is too long"));
        }
        // Byte by byte: what follows belongs to TLS.
        answer.push(stream.read_u8().await?);
    }
    let first = String::from_utf8_lossy(&answer);
    let first = first.lines().next().unwrap_or_default();
    if first.split(' ').nth(1) == Some("200") {
        Ok(stream)
    } else {
        Err(std::io::Error::other(format!(
            "the proxy {} answers {first:?}",
            proxy.address
        )))
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
    fn proxies_are_found() {
        let check = |is_tls: bool, host: &str, variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Proxy::find(is_tls, host, variable).map(|proxy| proxy.address)
        };
        let https = ("HTTPS_PROXY", "http://user:word@proxy.corp:8080/");
        assert_eq!(
            check(true, "a.b", &[https]).as_deref(),
            Some("proxy.corp:8080")
        );
        assert_eq!(check(false, "a.b", &[https]), None);
        assert_eq!(
            check(false, "a.b", &[("all_proxy", "p")]).as_deref(),
            Some("p:3128")
        );
        for host in ["localhost", "127.0.0.1", "x.corp", "corp"] {
            assert_eq!(
                check(true, host, &[https, ("no_proxy", "y, .corp")]),
                None,
                "{host}"
            );
        }
        assert!(check(true, "xcorp", &[https, ("no_proxy", "corp")]).is_some());
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
