//! Speaks to a proxy until it has opened the way to the server.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::connect::{Stream, tcp};
use crate::config::{ConfigError, ProxyScheme, ProxyUrl};
use crate::payload::BoxError;
use crate::tls::{self, TlsVersion, Trust};

/// The longest head of an answer that a proxy may give.
const HEAD_LEN_MAX: usize = 16 << 10;

/// A proxy that is ready to be asked.
pub(super) struct Proxy {
    url: ProxyUrl,
    /// TLS to the proxy itself.
    tls: Option<(Arc<rustls::ClientConfig>, ServerName<'static>)>,
}

impl Proxy {
    /// `trust` is whose certificates are believed of the server. A proxy may
    /// also have one that the system trusts.
    pub(super) fn new(url: ProxyUrl, trust: &Trust) -> Result<Self, ConfigError> {
        let tls = if url.scheme == ProxyScheme::Https {
            let invalid = |error| ConfigError::invalid(format!("proxy {url}"), error);
            let trust = match trust {
                Trust::Bundle(pem) => Trust::BundleAndSystem(pem.clone()),
                other => other.clone(),
            };
            let config = tls::client_config(&trust, None, TlsVersion::default(), &[b"http/1.1"])
                .map_err(invalid)?;
            Some((
                Arc::new(config),
                tls::server_name(&url.host).map_err(invalid)?,
            ))
        } else {
            None
        };
        Ok(Self { url, tls })
    }

    /// Whether requests of plain HTTP go to the proxy as they are.
    pub(super) fn forwards_plain(&self) -> bool {
        self.url.scheme != ProxyScheme::Socks5
    }

    /// The value of `Proxy-Authorization`.
    pub(super) fn authorization(&self) -> Option<String> {
        let (name, password) = self.url.credentials.as_ref()?;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        Some(format!("Basic {pair}"))
    }

    /// Opens a connection to the proxy itself.
    pub(super) async fn open(&self) -> Result<Stream, BoxError> {
        let stream = tcp(&self.url.host, self.url.port)
            .await
            .map_err(|error| self.failed(error))?;
        let stream = Stream::Plain(stream);
        match &self.tls {
            Some((tls, name)) => stream
                .encrypt(tls, name.clone())
                .await
                .map_err(|error| self.failed(error)),
            None => Ok(stream),
        }
    }

    fn failed(&self, why: impl std::fmt::Display) -> BoxError {
        format!("proxy {}: {why}", self.url).into()
    }
}

/// Has the proxy open the way to a server.
pub(super) async fn tunnel(
    proxy: &Proxy,
    stream: &mut Stream,
    host: &str,
    port: u16,
) -> Result<(), BoxError> {
    let opened = match proxy.url.scheme {
        ProxyScheme::Socks5 => {
            let credentials = proxy.url.credentials.as_ref();
            socks5(stream, credentials, host, port).await
        }
        _ => http_connect(stream, proxy.authorization(), host, port).await,
    };
    opened.map_err(|error| proxy.failed(error))
}

async fn http_connect(
    stream: &mut Stream,
    authorization: Option<String>,
    host: &str,
    port: u16,
) -> Result<(), BoxError> {
    let host = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let mut head = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n");
    if let Some(authorization) = authorization {
        head.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.flush().await?;
    // Byte by byte at the end, so that nothing of what follows is taken.
    let mut answer = Vec::with_capacity(256);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= HEAD_LEN_MAX {
            return Err("its answer to CONNECT is too long".into());
        }
        answer.push(stream.read_u8().await?);
    }
    let line = answer
        .split(|&byte| byte == b'\r')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let code = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|code| code.parse::<u16>().ok());
    match code {
        Some(200..=299) => Ok(()),
        Some(407) => {
            Err("it wants a name and a password (407); write them into the proxy's URL".into())
        }
        _ => Err(format!("it does not let us through to {host}: {:?}", line.trim()).into()),
    }
}

/// RFC 1928, and RFC 1929 for name and password.
async fn socks5(
    stream: &mut Stream,
    credentials: Option<&(String, String)>,
    host: &str,
    port: u16,
) -> Result<(), BoxError> {
    const VERSION: u8 = 5;
    const NOTHING: u8 = 0;
    const PASSWORD: u8 = 2;
    let greeting: &[u8] = match credentials {
        Some(_) => &[VERSION, 2, NOTHING, PASSWORD],
        None => &[VERSION, 1, NOTHING],
    };
    stream.write_all(greeting).await?;
    stream.flush().await?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).await?;
    match (answer, credentials) {
        ([VERSION, NOTHING], _) => {}
        ([VERSION, PASSWORD], Some((name, password))) => {
            let mut message = vec![1];
            for text in [name, password] {
                let len = u8::try_from(text.len())
                    .map_err(|_| "a name or a password of more than 255 bytes")?;
                message.push(len);
                message.extend_from_slice(text.as_bytes());
            }
            stream.write_all(&message).await?;
            stream.flush().await?;
            stream.read_exact(&mut answer).await?;
            if answer[1] != 0 {
                return Err("it does not take our name and password".into());
            }
        }
        ([VERSION, _], Some(_)) => return Err("it takes no name and password".into()),
        ([VERSION, _], None) => {
            return Err("it wants a name and a password; write them into the proxy's URL".into());
        }
        _ => return Err("it does not speak SOCKS 5".into()),
    }
    let mut message = vec![VERSION, 1, 0];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            message.push(1);
            message.extend_from_slice(&ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            message.push(4);
            message.extend_from_slice(&ip.octets());
        }
        Err(_) => {
            let len = u8::try_from(host.len()).map_err(|_| "a host name of more than 255 bytes")?;
            message.extend_from_slice(&[3, len]);
            message.extend_from_slice(host.as_bytes());
        }
    }
    message.extend_from_slice(&port.to_be_bytes());
    stream.write_all(&message).await?;
    stream.flush().await?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    if head[0] != VERSION {
        return Err("it does not speak SOCKS 5".into());
    }
    if head[1] != 0 {
        let why = match head[1] {
            2 => "its rules forbid it",
            3 => "the network cannot be reached",
            4 => "the host cannot be reached",
            5 => "the connection was refused",
            6 => "the time ran out",
            7 => "it does not open connections",
            8 => "it does not know that kind of address",
            _ => "it failed",
        };
        return Err(format!("it does not let us through to {host}:{port}: {why}").into());
    }
    let rest = match head[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await?),
        _ => return Err("it does not speak SOCKS 5".into()),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await?;
    Ok(())
}
