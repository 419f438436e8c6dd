//! A small HTTPS client for measuring and for sending what no proper client sends.
//!
//! It blocks, it speaks HTTP/1.1 on one connection, and it gives away the bytes
//! beneath, all of which the libraries of the product rightly hide.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The longest body that is read whole.
const BODY_MAX: usize = 64 << 20;

/// Where a server is, and how it is trusted.
#[derive(Clone)]
pub struct Address {
    pub socket: SocketAddr,
    tls: Arc<ClientConfig>,
    token: String,
}

/// One connection.
pub struct Connection {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    token: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("the answer {} is not JSON", self.status))
    }

    /// The answer, if it says that all went well.
    pub fn ok(self) -> Result<Self> {
        ensure!(
            (200..300).contains(&self.status),
            "answered {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        Ok(self)
    }
}

impl Address {
    /// A server whose certificate `ca` signed, asked with a token.
    pub fn new(socket: SocketAddr, ca: &Path, token: &str) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        let der =
            CertificateDer::from_pem_file(ca).with_context(|| format!("read {}", ca.display()))?;
        roots.add(der)?;
        let mut tls = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            socket,
            tls: Arc::new(tls),
            token: token.to_owned(),
        })
    }

    /// Connects; whatever then takes longer than `patience` is an error.
    pub fn connect(&self, patience: Duration) -> Result<Connection> {
        let tcp = TcpStream::connect_timeout(&self.socket, patience)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(patience))?;
        tcp.set_write_timeout(Some(patience))?;
        let tls = ClientConnection::new(
            Arc::clone(&self.tls),
            ServerName::IpAddress(self.socket.ip().into()),
        )?;
        Ok(Connection {
            stream: BufReader::new(StreamOwned::new(tls, tcp)),
            token: self.token.clone(),
        })
    }

    /// One request on a connection of its own.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.connect(Duration::from_secs(20))?
            .send("GET", path, b"")
    }
}

impl Connection {
    /// Sends a request with a JSON body, or none when it is empty, and reads the answer.
    pub fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Answer> {
        self.begin(method, path, body)?;
        self.answer()
    }

    /// Sends a request whose answer somebody reads later.
    pub fn begin(&mut self, method: &str, path: &str, body: &[u8]) -> Result<()> {
        let kind = if method == "PATCH" {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: skeg\r\nAccept: application/json\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.token,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.raw(&request)
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(bytes)?;
        stream.flush()?;
        Ok(())
    }

    /// Reads an answer whole.
    pub fn answer(&mut self) -> Result<Answer> {
        let (status, length) = self.head()?;
        let mut body = Vec::new();
        match length {
            Length::None => {}
            Length::Known(length) => {
                ensure!(length <= BODY_MAX, "a body of {length} bytes");
                body.resize(length, 0);
                self.stream.read_exact(&mut body)?;
            }
            Length::Chunked => while self.chunk(&mut body)? {},
            Length::UntilClosed => {
                self.stream
                    .by_ref()
                    .take(BODY_MAX as u64)
                    .read_to_end(&mut body)?;
            }
        }
        Ok(Answer { status, body })
    }

    /// Starts a watch, whose events are then read one by one.
    pub fn watch(mut self, path: &str) -> Result<Events> {
        self.begin("GET", path, b"")?;
        let (status, length) = self.head()?;
        ensure!(
            status == 200 && matches!(length, Length::Chunked),
            "the watch of {path} was answered with {status}"
        );
        Ok(Events {
            connection: self,
            unread: Vec::new(),
        })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        let n = self
            .stream
            .by_ref()
            .take(64 << 10)
            .read_until(b'\n', &mut line)?;
        ensure!(n > 0, "the connection ended");
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// Reads status and headers.
    fn head(&mut self) -> Result<(u16, Length)> {
        let first = self.line()?;
        let status = first
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.get(2..5))
            .and_then(|code| code.parse::<u16>().ok())
            .with_context(|| format!("not an HTTP answer: {first:?}"))?;
        let mut length = Length::UntilClosed;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                bail!("not a header: {line:?}");
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Known(value.trim().parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            }
        }
        if status == 204 || status == 304 || status < 200 {
            length = Length::None;
        }
        Ok((status, length))
    }

    /// Appends the next chunk to `body`; false when it was the last.
    fn chunk(&mut self, body: &mut Vec<u8>) -> Result<bool> {
        let line = self.line()?;
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default(), 16)
            .with_context(|| format!("not the length of a chunk: {line:?}"))?;
        ensure!(body.len() + size <= BODY_MAX, "a chunk of {size} bytes");
        let start = body.len();
        body.resize(start + size, 0);
        self.stream.read_exact(&mut body[start..])?;
        self.line()?;
        Ok(size > 0)
    }
}

enum Length {
    None,
    Known(usize),
    Chunked,
    UntilClosed,
}

/// The events of a watch in JSON.
pub struct Events {
    connection: Connection,
    unread: Vec<u8>,
}

impl Events {
    /// The next event, or an error when the watch has ended or nothing came in time.
    pub fn next(&mut self) -> Result<serde_json::Value> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Ok(serde_json::from_slice(&line)?);
            }
            ensure!(
                self.connection.chunk(&mut self.unread)?,
                "the watch has ended"
            );
        }
    }
}
