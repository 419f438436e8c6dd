//! A server that answers by script.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub http2: bool,
    pub client_certificate: bool,
    /// The client's certificate, as DER.
    pub certificate: Option<Vec<u8>>,
    /// The URI as it was written (HTTP/1.1).
    pub uri: String,
    /// Counts the connections.
    pub connection: usize,
}

/// What answers a request.
type Responder = Arc<dyn Fn(&Seen) -> Option<Answer> + Send + Sync>;

/// How a server is.
#[derive(Default)]
pub struct Options {
    pub tls: Option<rustls::ServerConfig>,
    /// How many streams a connection of HTTP/2 may have.
    pub streams_max: Option<u32>,
    /// An answer is given once a permit is there.
    pub gate: Option<Arc<Semaphore>>,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// An answer: code, headers, and pieces of a body, the last of which may be an error.
pub struct Answer {
    code: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Bytes>,
    breaks: bool,
    hangs: bool,
}

impl Answer {
    pub fn new(code: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            code,
            headers: vec![("content-type", content_type.to_owned())],
            pieces: vec![body.into()],
            breaks: false,
            hangs: false,
        }
    }

    pub fn json(code: u16, body: &str) -> Self {
        Self::new(code, "application/json", body.to_owned())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn then(mut self, piece: impl Into<Bytes>) -> Self {
        self.pieces.push(piece.into());
        self
    }

    /// Then nothing more comes, and no end.
    pub fn silent(mut self) -> Self {
        self.hangs = true;
        self
    }

    pub fn broken(mut self) -> Self {
        self.breaks = true;
        self
    }
}

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// A server that gives these answers one after the other.
    pub async fn start(tls: Option<rustls::ServerConfig>, answers: Vec<Answer>) -> Self {
        let answers = Mutex::new(VecDeque::from(answers));
        let options = Options {
            tls,
            ..Options::default()
        };
        Self::with(options, move |_| answers.lock().pop_front()).await
    }

    /// A server that answers each request so.
    pub async fn with(
        options: Options,
        answer: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let server = Self {
            address,
            seen: Arc::clone(&seen),
        };
        let acceptor = options.tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
        let (answer, gate): (Responder, _) = (Arc::new(answer), options.gate);
        let mut builder = auto::Builder::new(TokioExecutor::new());
        if let Some(streams) = options.streams_max {
            builder.http2().max_concurrent_streams(streams);
        }
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((tcp, _)) = listener.accept().await {
                connection += 1;
                let (builder, acceptor) = (builder.clone(), acceptor.clone());
                let (seen, answer, gate) = (Arc::clone(&seen), Arc::clone(&answer), gate.clone());
                tokio::spawn(async move {
                    let service = |http2, certificate: Option<Vec<u8>>| {
                        service_fn(move |request: Request<Incoming>| {
                            let (seen, answer, gate) =
                                (Arc::clone(&seen), Arc::clone(&answer), gate.clone());
                            let certificate = certificate.clone();
                            async move {
                                let request = take(request, connection, http2, certificate).await;
                                seen.lock().push(request.clone());
                                if let Some(gate) = gate {
                                    gate.acquire().await.expect("an open gate").forget();
                                }
                                Ok::<_, Infallible>(respond(answer(&request)))
                            }
                        })
                    };
                    // How a connection ends is the client's business.
                    let _ = match acceptor {
                        None => {
                            builder
                                .serve_connection(TokioIo::new(tcp), service(false, None))
                                .await
                        }
                        Some(acceptor) => {
                            let Ok(tls) = acceptor.accept(tcp).await else {
                                return;
                            };
                            let session = tls.get_ref().1;
                            let certificate = session
                                .peer_certificates()
                                .and_then(|chain| Some(chain.first()?.to_vec()));
                            let service =
                                service(session.alpn_protocol() == Some(b"h2"), certificate);
                            builder.serve_connection(TokioIo::new(tls), service).await
                        }
                    };
                });
            }
        });
        server
    }

    /// Waits until so many requests have come.
    pub async fn until_seen(&self, count: usize) {
        wait_for(|| self.seen.lock().len() >= count).await;
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }
}

async fn take(
    request: Request<Incoming>,
    connection: usize,
    http2: bool,
    certificate: Option<Vec<u8>>,
) -> Seen {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map(|path| path.to_string());
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    Seen {
        line: format!("{} {}", parts.method, path.unwrap_or_default()),
        headers: parts.headers,
        body,
        http2,
        client_certificate: certificate.is_some(),
        certificate,
        uri: parts.uri.to_string(),
        connection,
    }
}

/// A program that runs one of these tests, and nothing else, after these words.
pub fn alone(before: &[&str], test: &str) -> Command {
    let own = std::env::current_exe().expect("the tests");
    let own = own.to_str().expect("a path in UTF-8");
    let words = [before, &[own, test, "--exact", "--nocapture"]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).kill_on_drop(true);
    command
}

/// Waits until something is so.
pub async fn wait_for(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), waiting)
        .await
        .expect("it comes to be so");
}

fn respond(answer: Option<Answer>) -> Response<Body> {
    let Some(answer) = answer else {
        let body = Full::new(Bytes::from("the script is over"))
            .map_err(|never| match never {})
            .boxed_unsync();
        return Response::builder()
            .status(500)
            .body(body)
            .expect("an answer");
    };
    let mut response = Response::builder().status(answer.code);
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let mut pieces: Vec<Result<Frame<Bytes>, std::io::Error>> = answer
        .pieces
        .into_iter()
        .map(|piece| Ok(Frame::data(piece)))
        .collect();
    if answer.breaks {
        pieces.push(Err(std::io::Error::other("broken off")));
    }
    // Each piece goes out by itself.
    let pieces = futures::stream::iter(pieces).then(|piece| async {
        tokio::task::yield_now().await;
        piece
    });
    let pieces = if answer.hangs {
        pieces.chain(futures::stream::pending()).left_stream()
    } else {
        pieces.right_stream()
    };
    response
        .body(StreamBody::new(pieces).boxed_unsync())
        .expect("an answer")
}
