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
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub http2: bool,
    pub client_certificate: bool,
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
}

impl Answer {
    pub fn new(code: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            code,
            headers: vec![("content-type", content_type.to_owned())],
            pieces: vec![body.into()],
            breaks: false,
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
    pub async fn start(tls: Option<rustls::ServerConfig>, answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
        let server = Self {
            address,
            seen: Arc::clone(&seen),
        };
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (seen, answers, acceptor) =
                    (Arc::clone(&seen), Arc::clone(&answers), acceptor.clone());
                tokio::spawn(async move {
                    let answer = |http2, client_certificate| {
                        service_fn(move |request: Request<Incoming>| {
                            let (seen, answers) = (Arc::clone(&seen), Arc::clone(&answers));
                            async move {
                                let (parts, body) = request.into_parts();
                                let path = parts.uri.path_and_query().map(|path| path.to_string());
                                let body = body
                                    .collect()
                                    .await
                                    .map(|body| body.to_bytes())
                                    .unwrap_or_default();
                                seen.lock().push(Seen {
                                    line: format!("{} {}", parts.method, path.unwrap_or_default()),
                                    headers: parts.headers,
                                    body,
                                    http2,
                                    client_certificate,
                                });
                                let next = answers.lock().pop_front();
                                Ok::<_, Infallible>(respond(next))
                            }
                        })
                    };
                    let builder = auto::Builder::new(TokioExecutor::new());
                    // How a connection ends is the client's business.
                    let _ = match acceptor {
                        None => {
                            builder
                                .serve_connection(TokioIo::new(tcp), answer(false, false))
                                .await
                        }
                        Some(acceptor) => {
                            let Ok(tls) = acceptor.accept(tcp).await else {
                                return;
                            };
                            let session = tls.get_ref().1;
                            let service = answer(
                                session.alpn_protocol() == Some(b"h2"),
                                session.peer_certificates().is_some(),
                            );
                            builder.serve_connection(TokioIo::new(tls), service).await
                        }
                    };
                });
            }
        });
        server
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }
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
    response
        .body(StreamBody::new(pieces).boxed_unsync())
        .expect("an answer")
}
