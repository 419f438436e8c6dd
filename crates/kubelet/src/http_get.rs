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
    let url = format!(
        "{}://{host}:{port}{path}",
        if https { "https" } else { "http" }
    );
    let said = |error: &dyn std::fmt::Display| format!("Get \"{url}\": {error}");
    let mut request = Request::builder().uri(&path);
    for header in &action.http_headers {
        request = request.header(&header.name, &header.value);
    }
    let headers = request.headers_ref().cloned().unwrap_or_default();
    if !headers.contains_key(header::HOST) {
        request = request.header(header::HOST, format!("{host}:{port}"));
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
    let work = async {
        let tcp = TcpStream::connect((host.as_str(), port))
            .await
            .map_err(|error| said(&error))?;
        if https {
            let name = ServerName::IpAddress(pod_ip.into());
            let tls = connector()
                .connect(name, tcp)
                .await
                .map_err(|error| said(&error))?;
            exchange(tls, request).await.map_err(|error| said(&error))
        } else {
            exchange(tcp, request).await.map_err(|error| said(&error))
        }
    };
    tokio::time::timeout(timeout, work)
        .await
        .unwrap_or_else(|_| {
            Err(said(
                &"context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            ))
        })
}

async fn exchange<T>(
    io: T,
    request: Request<Empty<Bytes>>,
) -> Result<(StatusCode, String), hyper::Error>
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
    // A body that is too long or breaks off does not change the verdict.
    let body = match Limited::new(response.into_body(), BODY_BYTES_MAX)
        .collect()
        .await
    {
        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    serving.abort();
    Ok((status, body))
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
