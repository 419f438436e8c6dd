//! The GET requests of probes and hooks. Certificates are not checked, as the
//! API documentation of HTTPGetAction says.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use skeg_api::core::v1::{Container, HTTPGetAction, TCPSocketAction};
use skeg_client::tls::{self, TlsVersion, Trust};
use skeg_meta::IntOrString;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How much of an answer is read.
const BODY_BYTES_MAX: usize = 10 << 10;
/// How often an answer may point elsewhere (Go's).
const REDIRECTS_MAX: usize = 10;

/// A port by number, or by the name that the container gives it.
pub(crate) fn port(wanted: &IntOrString, container: &Container) -> Option<u16> {
    match wanted {
        IntOrString::Int(number) => u16::try_from(*number).ok().filter(|port| *port > 0),
        IntOrString::String(name) => container
            .ports
            .iter()
            .find(|port| port.name == *name)
            .and_then(|port| u16::try_from(port.container_port).ok())
            .or_else(|| name.parse().ok()),
    }
}

/// Opens a connection and closes it.
///
/// # Errors
/// What to tell a person.
pub(crate) async fn connect(
    action: &TCPSocketAction,
    container: &Container,
    pod_ip: IpAddr,
    timeout: Duration,
) -> Result<(), String> {
    let host = if action.host.is_empty() {
        pod_ip.to_string()
    } else {
        action.host.clone()
    };
    let port =
        port(&action.port, container).ok_or_else(|| format!("unknown port {}", action.port))?;
    let address = format!("{host}:{port}");
    match tokio::time::timeout(timeout, TcpStream::connect(&address)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("dial tcp {address}: {error}")),
        Err(_) => Err(format!("dial tcp {address}: i/o timeout")),
    }
}

/// Whether a request goes on where an answer points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// The first answer counts.
    Ignored,
    /// Within the same host, ten times at most; the last answer counts.
    WithinHost,
}

/// Where a request goes.
#[derive(Clone, Debug)]
struct Place {
    https: bool,
    host: String,
    port: u16,
    /// With the query.
    path: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}{}", self.host, self.port, self.path)
    }
}

impl Place {
    /// Where an answer points to; None: to another host, or nowhere.
    fn follow(&self, location: &str) -> Option<Self> {
        let to: http::Uri = match location.parse() {
            Ok(to) => to,
            // Beside this one.
            Err(_) => format!("{}/{location}", self.folder()).parse().ok()?,
        };
        let path = to.path_and_query().map_or("/", |path| path.as_str());
        let Some(host) = to.host() else {
            let path = path.to_owned();
            return Some(Self {
                path,
                ..self.clone()
            });
        };
        if to.scheme().is_none() && !location.starts_with("//") {
            // Only a name: `login` looks like a host.
            let path = format!("{}/{location}", self.folder());
            return Some(Self {
                path,
                ..self.clone()
            });
        }
        let https = to
            .scheme_str()
            .map_or(self.https, |scheme| scheme == "https");
        let port = to.port_u16().unwrap_or(if https { 443 } else { 80 });
        host.eq_ignore_ascii_case(&self.host).then(|| Self {
            https,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }

    fn folder(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Sends a GET request and gives status and the beginning of the body.
///
/// # Errors
/// What to tell a person.
pub(crate) async fn get(
    action: &HTTPGetAction,
    container: &Container,
    pod_ip: IpAddr,
    agent: &str,
    timeout: Duration,
    redirects: Redirects,
) -> Result<(StatusCode, String), String> {
    let host = if action.host.is_empty() {
        pod_ip.to_string()
    } else {
        action.host.clone()
    };
    let port =
        port(&action.port, container).ok_or_else(|| format!("unknown port {}", action.port))?;
    let https = action.scheme.eq_ignore_ascii_case("https");
    let path = if action.path.starts_with('/') {
        action.path.clone()
    } else {
        format!("/{}", action.path)
    };
    let first = Place {
        https,
        host,
        port,
        path,
    };
    let url = first.to_string();
    let work = async {
        let mut place = first;
        for _ in 0..=REDIRECTS_MAX {
            let answer = ask(&place, action, pod_ip, agent).await?;
            let to = (redirects == Redirects::WithinHost)
                .then(|| place.follow(answer.location.as_deref()?))
                .flatten();
            match to {
                Some(to) => place = to,
                None => return Ok((answer.status, answer.body)),
            }
        }
        Err(format!(
            "Get \"{place}\": stopped after {REDIRECTS_MAX} redirects"
        ))
    };
    tokio::time::timeout(timeout, work)
        .await
        .unwrap_or_else(|_| {
            Err(format!(
                "Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            ))
        })
}

async fn ask(
    place: &Place,
    action: &HTTPGetAction,
    pod_ip: IpAddr,
    agent: &str,
) -> Result<Answer, String> {
    let said = |error: &dyn std::fmt::Display| format!("Get \"{place}\": {error}");
    let mut request = Request::builder().uri(&place.path);
    for header in &action.http_headers {
        request = request.header(&header.name, &header.value);
    }
    let headers = request.headers_ref().cloned().unwrap_or_default();
    if !headers.contains_key(header::HOST) {
        request = request.header(header::HOST, format!("{}:{}", place.host, place.port));
    }
    if !headers.contains_key(header::USER_AGENT) {
        request = request.header(header::USER_AGENT, agent);
    }
    if !headers.contains_key(header::ACCEPT) {
        request = request.header(header::ACCEPT, "*/*");
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|error| said(&error))?;
    let tcp = TcpStream::connect((place.host.as_str(), place.port))
        .await
        .map_err(|error| said(&error))?;
    if !place.https {
        return exchange(tcp, request).await.map_err(|error| said(&error));
    }
    let name = ServerName::IpAddress(pod_ip.into());
    let tls = connector()
        .connect(name, tcp)
        .await
        .map_err(|error| said(&error))?;
    exchange(tls, request).await.map_err(|error| said(&error))
}

struct Answer {
    status: StatusCode,
    body: String,
    /// Where it says to go on, if it does.
    location: Option<String>,
}

async fn exchange<T>(io: T, request: Request<Empty<Bytes>>) -> Result<Answer, hyper::Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io)).await?;
    let serving = tokio::spawn(connection);
    let response = sender.send_request(request).await;
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            serving.abort();
            return Err(error);
        }
    };
    let status = response.status();
    let goes_on = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(header::LOCATION).filter(|_| goes_on);
    let location = location.and_then(|to| Some(to.to_str().ok()?.to_owned()));
    // A body that is too long or breaks off does not change the verdict.
    let body = match Limited::new(response.into_body(), BODY_BYTES_MAX)
        .collect()
        .await
    {
        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    serving.abort();
    Ok(Answer {
        status,
        body,
        location,
    })
}

/// Takes any certificate: a probe asks whether somebody answers, not who.
fn connector() -> tokio_rustls::TlsConnector {
    let config = tls::client_config(&Trust::Anyone, None, TlsVersion::default(), &[])
        .expect("whoever trusts anyone needs no certificates");
    Arc::new(config).into()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_get_gives_status_and_body() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = i32::from(listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            let mut seen = vec![0; 1024];
            let n = peer.read(&mut seen).await.unwrap();
            peer.write_all(b"HTTP/1.1 503 no\r\ncontent-length: 4\r\n\r\nbusy")
                .await
                .unwrap();
            String::from_utf8_lossy(&seen[..n]).into_owned()
        });
        let action = HTTPGetAction {
            path: "ready".into(),
            port: IntOrString::Int(port),
            ..Default::default()
        };
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (status, body) = get(
            &action,
            &Container::default(),
            ip,
            "kube-probe/1.37",
            Duration::from_secs(5),
            Redirects::Ignored,
        )
        .await
        .unwrap();
        assert_eq!((status.as_u16(), body.as_str()), (503, "busy"));
        let seen = server.await.unwrap();
        assert!(seen.starts_with("GET /ready HTTP/1.1\r\n"), "{seen}");
        assert!(
            seen.to_lowercase().contains("user-agent: kube-probe/1.37"),
            "{seen}"
        );
    }

    #[test]
    fn redirects_stay_with_the_host() {
        let at = Place {
            https: false,
            host: "10.1.2.3".into(),
            port: 8080,
            path: "/a/b?c=d".into(),
        };
        for (location, expect) in [
            ("/login?x=y", Some("http://10.1.2.3:8080/login?x=y")),
            ("login", Some("http://10.1.2.3:8080/a/login")),
            ("login.html", Some("http://10.1.2.3:8080/a/login.html")),
            ("https://10.1.2.3/", Some("https://10.1.2.3:443/")),
            ("http://10.1.2.3:9/x", Some("http://10.1.2.3:9/x")),
            ("http://example.com/", None),
        ] {
            let to = at.follow(location).map(|to| to.to_string());
            assert_eq!(to.as_deref(), expect, "{location}");
        }
    }

    #[tokio::test]
    async fn the_answer_at_the_end_of_a_way_counts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = i32::from(listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            loop {
                let (mut peer, _) = listener.accept().await.unwrap();
                let mut seen = vec![0; 1024];
                let n = peer.read(&mut seen).await.unwrap();
                let said = match String::from_utf8_lossy(&seen[..n]) {
                    seen if seen.starts_with("GET /ready ") => "302 go\r\nlocation: /login",
                    seen if seen.starts_with("GET /round ") => "307 go\r\nlocation: /round",
                    _ => "500 no",
                };
                let answer = format!("HTTP/1.1 {said}\r\ncontent-length: 0\r\n\r\n");
                peer.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let check = async |path: &str, redirects| {
            let action = HTTPGetAction {
                path: path.into(),
                port: IntOrString::Int(port),
                ..Default::default()
            };
            let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let (container, patience) = (Container::default(), Duration::from_secs(5));
            let got = get(
                &action,
                &container,
                ip,
                "kube-probe/1.37",
                patience,
                redirects,
            );
            got.await.map(|(status, _)| status.as_u16())
        };
        assert_eq!(check("/ready", Redirects::Ignored).await, Ok(302));
        assert_eq!(check("/ready", Redirects::WithinHost).await, Ok(500));
        let said = check("/round", Redirects::WithinHost).await.unwrap_err();
        assert!(said.contains("stopped after 10 redirects"), "{said}");
    }

    #[tokio::test]
    async fn a_closed_port_is_told() {
        let closed = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let action = TCPSocketAction {
            port: IntOrString::Int(i32::from(closed)),
            ..Default::default()
        };
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let said = connect(&action, &Container::default(), ip, Duration::from_secs(5))
            .await
            .unwrap_err();
        assert!(said.starts_with("dial tcp 127.0.0.1:"), "{said}");
    }
}
