//! The calling end: one HTTP/2 connection to one of some endpoints, made again
//! when it breaks.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, TE};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use prost::Message;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::{Code, Deframer, Status, frame};

const CONNECT: Duration = Duration::from_secs(5);

/// An idle connection is tried so often, and given up after as long without an
/// answer.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Messages of a request stream that wait for the connection to take them.
const STREAM_QUEUE: usize = 64;

/// Answers are bounded by what was asked for, not by this.
const MESSAGE_BYTES_MAX: usize = i32::MAX as usize;

/// Where a server is.
#[derive(Debug, Clone, PartialEq)]
pub enum Endpoint {
    /// With the host's name if it speaks TLS.
    Tcp {
        /// `host:port`.
        authority: String,
        /// The name that its certificate must have.
        tls: Option<ServerName<'static>>,
    },
    /// A socket of this machine.
    Unix(std::path::PathBuf),
}

impl Endpoint {
    /// Reads `http://host:port`, `https://host:port` or `unix:///path`.
    pub fn parse(url: &str) -> Option<Endpoint> {
        if let Some(path) = url.strip_prefix("unix://") {
            return path.starts_with('/').then(|| Endpoint::Unix(path.into()));
        }
        let (is_tls, rest) = match url.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            Some(_) => return None,
            None => (false, url),
        };
        let authority: http::uri::Authority = rest.trim_end_matches('/').parse().ok()?;
        authority.port_u16()?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let tls = match is_tls {
            true => Some(ServerName::try_from(host).ok()?),
            false => None,
        };
        Some(Endpoint::Tcp {
            authority: authority.to_string(),
            tls,
        })
    }

    /// For people.
    pub fn name(&self) -> String {
        match self {
            Endpoint::Tcp { authority, .. } => authority.clone(),
            Endpoint::Unix(path) => path.display().to_string(),
        }
    }
}

/// A request's body.
#[derive(Debug)]
enum Outgoing {
    Once(Option<Bytes>),
    Stream(mpsc::Receiver<Bytes>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Outgoing::Once(data) => Poll::Ready(data.take().map(|data| Ok(Frame::data(data)))),
            Outgoing::Stream(receiver) => receiver
                .poll_recv(cx)
                .map(|data| data.map(|data| Ok(Frame::data(data)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Outgoing::Once(None))
    }
}

/// A way to call one of some servers that are alike.
#[derive(Debug)]
pub struct Channel {
    endpoints: Vec<Endpoint>,
    tls: Option<Arc<rustls::ClientConfig>>,
    connection: Mutex<Connection>,
    /// How many connections have been made.
    number: AtomicU64,
}

#[derive(Debug, Default)]
struct Connection {
    sender: Option<SendRequest<Outgoing>>,
    /// When no endpoint could be reached, and why.
    failed: Option<(Instant, Status)>,
    /// The endpoint to try first.
    endpoint: usize,
}

impl Channel {
    /// Connects when it is first used; `tls` is for `https`.
    pub fn new(endpoints: Vec<Endpoint>, tls: Option<Arc<rustls::ClientConfig>>) -> Channel {
        Channel {
            endpoints,
            tls,
            connection: Mutex::default(),
            number: AtomicU64::new(0),
        }
    }

    /// The endpoints, for people.
    pub fn name(&self) -> String {
        let names: Vec<String> = self.endpoints.iter().map(Endpoint::name).collect();
        names.join(", ")
    }

    /// Which connection is used now: each has a number of its own, 0 is none yet.
    pub fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }

    /// Goes to another endpoint with the next call, if there is another and the
    /// connection of this number is used still. Calls on it go on.
    pub async fn leave(&self, number: u64) {
        if self.endpoints.len() < 2 {
            return;
        }
        let mut connection = self.connection.lock().await;
        if self.number() == number {
            connection.sender = None;
        }
    }

    async fn sender(&self) -> Result<SendRequest<Outgoing>, Status> {
        let since = Instant::now();
        let mut connection = self.connection.lock().await;
        if let Some(sender) = &connection.sender
            && !sender.is_closed()
        {
            return Ok(sender.clone());
        }
        // Who waited while somebody else tried them all knows enough.
        if let Some((at, status)) = &connection.failed
            && *at >= since
        {
            return Err(status.clone());
        }
        let mut last = Status::new(Code::Unavailable, "there is no endpoint");
        for offset in 0..self.endpoints.len() {
            let index = (connection.endpoint + offset) % self.endpoints.len();
            let endpoint = &self.endpoints[index];
            let tried = tokio::time::timeout(CONNECT, self.connect(endpoint)).await;
            let error = match tried {
                Ok(Ok(sender)) => {
                    connection.sender = Some(sender.clone());
                    self.number.fetch_add(1, Ordering::AcqRel);
                    // If it breaks, the others come first.
                    connection.endpoint = index + 1;
                    return Ok(sender);
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer in time".to_owned(),
            };
            last = Status::new(Code::Unavailable, format!("{}: {error}", endpoint.name()));
        }
        connection.failed = Some((Instant::now(), last.clone()));
        Err(last)
    }

    async fn connect(&self, endpoint: &Endpoint) -> std::io::Result<SendRequest<Outgoing>> {
        match endpoint {
            Endpoint::Unix(path) => handshake(UnixStream::connect(path).await?).await,
            Endpoint::Tcp { authority, tls } => {
                let stream = TcpStream::connect(authority).await?;
                stream.set_nodelay(true)?;
                match (tls, &self.tls) {
                    (None, _) => handshake(stream).await,
                    (Some(name), Some(config)) => {
                        let connector = TlsConnector::from(config.clone());
                        handshake(connector.connect(name.clone(), stream).await?).await
                    }
                    (Some(_), None) => Err(std::io::Error::other("https needs a CA file")),
                }
            }
        }
    }

    async fn send(
        &self,
        path: &'static str,
        metadata: &[(&'static str, &'static str)],
        body: Outgoing,
    ) -> Result<http::Response<Incoming>, Status> {
        let mut sender = self.sender().await?;
        let unavailable = |error: hyper::Error| {
            let mut text = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                text.push_str(&format!(": {source}"));
            }
            Status::new(Code::Unavailable, text)
        };
        sender.ready().await.map_err(unavailable)?;
        let mut request = http::Request::post(format!("http://localhost{path}"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/grpc"))
            .header(TE, HeaderValue::from_static("trailers"));
        for (name, value) in metadata {
            request = request.header(*name, *value);
        }
        let request = request
            .body(body)
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        let response = sender.send_request(request).await.map_err(unavailable)?;
        match Status::take(response.headers()) {
            Some(Err(status)) => Err(status),
            _ if response.status() != http::StatusCode::OK => Err(Status::new(
                Code::Unavailable,
                format!("answered with HTTP status {}", response.status()),
            )),
            _ => Ok(response),
        }
    }

    /// Calls with one message; the one that answers.
    ///
    /// # Errors
    /// What the server says; `Unavailable` if it cannot be reached or broke off.
    pub async fn unary<Req: Message, Res: Message + Default>(
        &self,
        path: &'static str,
        request: &Req,
    ) -> Result<Res, Status> {
        let body = Outgoing::Once(Some(frame(request)));
        let mut answers = Answers::<Res>::new(self.send(path, &[], body).await?.into_body());
        let answer = answers.next().await?;
        let answer = answer.ok_or_else(|| Status::new(Code::Internal, "the answer is empty"))?;
        // The trailers say whether it went well to its end.
        while answers.next().await?.is_some() {}
        Ok(answer)
    }

    /// Calls with a stream of messages, answered with one; `metadata` goes along
    /// as headers.
    ///
    /// # Errors
    /// As [`Channel::unary`].
    pub async fn stream<Req: Message, Res: Message + Default>(
        &self,
        path: &'static str,
        metadata: &[(&'static str, &'static str)],
        first: &Req,
    ) -> Result<(Requests<Req>, Answers<Res>), Status> {
        let (sender, receiver) = mpsc::channel(STREAM_QUEUE);
        let requests = Requests {
            sender,
            message: PhantomData,
        };
        // There is room for it.
        requests.try_send(first);
        let response = self
            .send(path, metadata, Outgoing::Stream(receiver))
            .await?;
        Ok((requests, Answers::new(response.into_body())))
    }
}

async fn handshake<S>(stream: S) -> std::io::Result<SendRequest<Outgoing>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(16 << 20)
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
    Ok(sender)
}

/// Where the messages of a request stream go; dropping it ends the stream.
#[derive(Debug)]
pub struct Requests<M> {
    sender: mpsc::Sender<Bytes>,
    message: PhantomData<fn(M)>,
}

impl<M: Message> Requests<M> {
    /// Sends a message if the stream takes one now.
    pub fn try_send(&self, message: &M) -> bool {
        self.sender.try_send(frame(message)).is_ok()
    }
}

/// The messages of an answer.
#[derive(Debug)]
pub struct Answers<M> {
    body: Incoming,
    deframer: Deframer,
    ready: VecDeque<M>,
    ended: Option<Result<(), Status>>,
}

impl<M: Message + Default> Answers<M> {
    fn new(body: Incoming) -> Answers<M> {
        Answers {
            body,
            deframer: Deframer::default(),
            ready: VecDeque::new(),
            ended: None,
        }
    }

    /// The next message; `None` at a good end. Cancelling loses nothing.
    ///
    /// # Errors
    /// How the call ended otherwise.
    pub async fn next(&mut self) -> Result<Option<M>, Status> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    /// [`Answers::next`] for hand-written futures.
    ///
    /// # Errors
    /// As there.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<M>, Status>> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Poll::Ready(Ok(Some(message)));
            }
            if let Some(ended) = &self.ended {
                return Poll::Ready(ended.clone().map(|()| None));
            }
            let next = std::pin::pin!(self.body.frame());
            let frame = match std::future::Future::poll(next, cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(frame) => frame,
            };
            match frame {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.deframer.push(data);
                        while let Some(message) = self.deframer.next(MESSAGE_BYTES_MAX)? {
                            self.ready.push_back(message);
                        }
                    } else if let Some(trailers) = frame.trailers_ref() {
                        self.ended = Status::take(trailers);
                    }
                }
                Some(Err(error)) => {
                    let status = Status::new(Code::Unavailable, error.to_string());
                    self.ended = Some(Err(status));
                }
                None => {
                    let cut = Status::new(Code::Unavailable, "the answer has no end");
                    self.ended = Some(Err(cut));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read() {
        let tcp = |text: &str| match Endpoint::parse(text) {
            Some(Endpoint::Tcp { authority, tls }) => Some((authority, tls.is_some())),
            _ => None,
        };
        assert_eq!(tcp("http://a:1"), Some(("a:1".to_owned(), false)));
        assert_eq!(tcp("a:1"), Some(("a:1".to_owned(), false)));
        assert_eq!(tcp("https://[::1]:2/"), Some(("[::1]:2".to_owned(), true)));
        assert_eq!(tcp("ftp://a:1"), None);
        assert_eq!(tcp("http://a"), None);
        assert_eq!(
            Endpoint::parse("unix:///run/x"),
            Some(Endpoint::Unix("/run/x".into()))
        );
    }
}
