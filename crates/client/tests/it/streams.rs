//! Exec, attach and port-forward against a server that speaks as kubelets do.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{SinkExt, StreamExt};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_client::streams::spdy;
use skeg_client::streams::websocket::{CLOSE, ERROR, RESIZE, STDERR, STDIN, STDOUT, Tunnel, over};
use skeg_client::streams::{ExecOptions, ForwardError, PortForwarder, StreamProtocol};
use skeg_client::{Api, Client, Config, Error, Payload, Transport, TransportError, Upgraded};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// What the server knows how to speak.
#[derive(Clone, Copy, PartialEq)]
enum Speaks {
    V5,
    V4,
    SpdyOnly,
    Nothing,
}

#[derive(Clone)]
struct Node {
    speaks: Speaks,
    seen: Arc<Mutex<Vec<String>>>,
    /// Breaks a connection that has switched.
    cut: Arc<Notify>,
}

const SUCCESS: &str = r#"{"metadata":{},"status":"Success"}"#;
const SEVEN: &str = r#"{"metadata":{},"status":"Failure","message":"exit code 7","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}"#;

async fn rig(speaks: Speaks) -> (Node, Api<Pod>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    let node = Node {
        speaks,
        seen: Arc::default(),
        cut: Arc::default(),
    };
    let served = node.clone();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let node = served.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let node = node.clone();
                    async move { Ok::<_, Infallible>(node.answer(request)) }
                });
                // How a connection ends is the client's business.
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection_with_upgrades(TokioIo::new(tcp), service)
                    .await;
            });
        }
    });
    let config = Config::new(format!("http://{address}"));
    let client = Client::from_config(&config).expect("a client");
    (node, Api::namespaced(client, "a"))
}

fn header<'a>(request: &'a Request<Incoming>, name: &str) -> &'a str {
    let value = request.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

impl Node {
    fn answer(&self, mut request: Request<Incoming>) -> Response<Full<Bytes>> {
        let line = format!(
            "{} {} {}",
            request.method(),
            request.uri(),
            header(&request, "upgrade")
        );
        self.seen.lock().push(line);
        let refuse = |code: u16, body: &'static str| {
            let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
            *response.status_mut() = StatusCode::from_u16(code).expect("a code");
            response
        };
        if request.uri().path().contains("/nobody/") {
            return refuse(
                404,
                r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"#,
            );
        }
        let forwards = request.uri().path().ends_with("/portforward");
        let mut response = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header("connection", "Upgrade");
        let websocket = header(&request, "upgrade") == "websocket";
        if websocket {
            let offered = header(&request, "sec-websocket-protocol").to_owned();
            let known: &[&str] = match (self.speaks, forwards) {
                (Speaks::V5, true) => &["SPDY/3.1+portforward.k8s.io"],
                (Speaks::V5, false) => &["v5.channel.k8s.io", "v4.channel.k8s.io"],
                (Speaks::V4, false) => &["v4.channel.k8s.io"],
                _ => &[],
            };
            let chosen = known
                .iter()
                .find(|known| offered.split(", ").any(|offered| offered == **known));
            let Some(chosen) = chosen else {
                return refuse(400, "no such subprotocol");
            };
            let accept = derive_accept_key(header(&request, "sec-websocket-key").as_bytes());
            response = response
                .header("upgrade", "websocket")
                .header("sec-websocket-accept", accept)
                .header("sec-websocket-protocol", *chosen);
        } else if self.speaks == Speaks::Nothing {
            return refuse(400, "upgrade request required");
        } else {
            let version = header(&request, "x-stream-protocol-version").to_owned();
            response = response
                .header("upgrade", "SPDY/3.1")
                .header("x-stream-protocol-version", version);
        }
        let switching = hyper::upgrade::on(&mut request);
        let cut = Arc::clone(&self.cut);
        tokio::spawn(async move {
            let mut wire = TokioIo::new(switching.await.expect("an upgrade"));
            let (io, mut end) = Upgraded::pair(1 << 16);
            tokio::spawn(async move {
                tokio::select! {
                    // How it ends is the client's business.
                    _ = tokio::io::copy_bidirectional(&mut wire, &mut end) => {}
                    () = cut.notified() => {}
                }
            });
            match (websocket, forwards) {
                (true, true) => {
                    forward(spdy::accept(Tunnel::new(over(io, Role::Server).await))).await;
                }
                (false, true) => forward(spdy::accept(io)).await,
                (true, false) => channels(io).await,
                (false, false) => streams(io).await,
            }
        });
        response.body(Full::new(Bytes::new())).expect("an answer")
    }
}

/// Sends the input back when it has ended; tells its length on the error output.
async fn channels(io: Upgraded) {
    let mut socket = over(io, Role::Server).await;
    let mut input = Vec::new();
    let mut sizes = String::new();
    loop {
        let Some(Ok(message)) = socket.next().await else {
            return;
        };
        let Message::Binary(content) = message else {
            continue;
        };
        match content.split_first() {
            Some((&STDIN, piece)) => input.extend_from_slice(piece),
            Some((&RESIZE, size)) => sizes = String::from_utf8_lossy(size).into_owned(),
            Some((&CLOSE, [STDIN])) => break,
            _ => {}
        }
        // Without an end, this is all.
        if input.ends_with(b"!") {
            break;
        }
    }
    let message = |channel: u8, content: &[u8]| {
        let mut bytes = vec![channel];
        bytes.extend_from_slice(content);
        Message::Binary(bytes.into())
    };
    for piece in input.chunks(10_000) {
        let _ = socket.send(message(STDOUT, piece)).await;
    }
    let told = format!("{} bytes {sizes}", input.len());
    let _ = socket.send(message(STDERR, told.as_bytes())).await;
    let _ = socket.send(message(ERROR, SEVEN.as_bytes())).await;
    let _ = socket.close(None).await;
}

/// The same over SPDY.
async fn streams(io: Upgraded) {
    let mut opened = spdy::accept(io);
    let (mut stdin, mut stdout, mut stderr, mut error) = (None, None, None, None);
    while error.is_none() || stdin.is_none() || stdout.is_none() || stderr.is_none() {
        let Some(stream) = opened.recv().await else {
            return;
        };
        match stream.header("streamType") {
            Some("stdin") => stdin = Some(stream),
            Some("stdout") => stdout = Some(stream),
            Some("stderr") => stderr = Some(stream),
            Some("error") => error = Some(stream),
            other => panic!("stream {other:?}"),
        }
    }
    let mut input = Vec::new();
    stdin
        .expect("stdin")
        .io
        .read_to_end(&mut input)
        .await
        .expect("input");
    let mut stdout = stdout.expect("stdout").io;
    stdout.write_all(&input).await.expect("output");
    stdout.shutdown().await.expect("its end");
    let mut stderr = stderr.expect("stderr").io;
    let told = format!("{} bytes ", input.len());
    stderr.write_all(told.as_bytes()).await.expect("output");
    stderr.shutdown().await.expect("its end");
    let mut error = error.expect("error").io;
    error.write_all(SUCCESS.as_bytes()).await.expect("a status");
    error.shutdown().await.expect("its end");
}

/// Sends everything back in capitals when it has ended, on port 7 as it comes;
/// refuses port 9.
async fn forward(mut opened: tokio::sync::mpsc::Receiver<spdy::Stream>) {
    let mut waiting: HashMap<String, spdy::Stream> = HashMap::new();
    while let Some(stream) = opened.recv().await {
        let id = stream.header("requestID").expect("an id").to_owned();
        let Some(mut error) = waiting.remove(&id) else {
            assert_eq!(stream.header("streamType"), Some("error"));
            waiting.insert(id, stream);
            continue;
        };
        assert_eq!(stream.header("streamType"), Some("data"));
        if stream.header("port") == Some("9") {
            error
                .io
                .write_all(b"nothing listens")
                .await
                .expect("a word");
            continue;
        }
        if stream.header("port") == Some("7") {
            tokio::spawn(async move {
                let (mut from, mut to) = tokio::io::split(stream.io);
                drop(tokio::io::copy(&mut from, &mut to).await);
                drop((to.shutdown().await, error));
            });
            continue;
        }
        let mut data = stream.io;
        tokio::spawn(async move {
            let mut text = String::new();
            data.read_to_string(&mut text).await.expect("a text");
            let answer = text.to_uppercase();
            data.write_all(answer.as_bytes()).await.expect("an answer");
            data.shutdown().await.expect("its end");
            drop(error);
        });
    }
}

fn cat() -> ExecOptions {
    ExecOptions::new(["cat", "a b"]).container("c").stdin()
}

#[tokio::test]
async fn a_program_runs_over_a_websocket() {
    let (node, pods) = rig(Speaks::V5).await;
    let process = pods.exec("p", &cat()).await.expect("exec");
    assert_eq!(process.protocol(), "v5.channel.k8s.io");
    let input = vec![b'x'; 1_000_000];
    let result = process.output_of(&input).await.expect("an end");
    assert_eq!(result.status.code(), 7);
    assert_eq!(result.stdout, input);
    assert_eq!(result.stderr_text(), "1000000 bytes ");
    assert_eq!(
        *node.seen.lock(),
        [
            "GET /api/v1/namespaces/a/pods/p/exec?command=cat&command=a%20b&container=c&stdin=true&stdout=true&stderr=true websocket"
        ]
    );
}

#[tokio::test]
async fn terminals_have_sizes() {
    let (node, pods) = rig(Speaks::V5).await;
    let options = cat().terminal(80, 24);
    let mut process = pods.exec("p", &options).await.expect("exec");
    assert!(process.stderr.is_none());
    process.resize(100, 30).await.expect("another size");
    let resizer = process.resizer().expect("a terminal");
    drop(process.stdin.take());
    let status = process.wait().await.expect("an end");
    assert_eq!(status.code(), 7);
    assert!(node.seen.lock()[0].contains("stdin=true&stdout=true&tty=true"));
    drop(resizer);
    let (_, pods) = rig(Speaks::V5).await;
    let process = pods.exec("p", &cat()).await.expect("exec");
    assert!(process.resize(1, 1).await.is_err(), "no terminal");
}

#[tokio::test]
async fn old_servers_are_spoken_to_in_spdy() {
    for speaks in [Speaks::SpdyOnly, Speaks::V4] {
        let (node, pods) = rig(speaks).await;
        let process = pods.exec("p", &cat()).await.expect("exec");
        assert_eq!(
            process.protocol(),
            "SPDY/3.1",
            "only it can end an input here"
        );
        let input = vec![b'x'; 1_000_000];
        let result = process.output_of(&input).await.expect("an end");
        assert!(result.status.success());
        assert_eq!(result.stdout, input);
        let seen = node.seen.lock().clone();
        assert!(
            seen[0].starts_with("GET ") && seen[0].ends_with("websocket"),
            "{seen:?}"
        );
        assert!(
            seen[1].starts_with("POST ") && seen[1].ends_with("SPDY/3.1"),
            "{seen:?}"
        );
        assert_eq!(seen.len(), 2);
    }
}

#[tokio::test]
async fn the_older_channels_are_taken_when_asked_for() {
    let (_, pods) = rig(Speaks::V4).await;
    let options = cat().protocol(StreamProtocol::WebSocket);
    let process = pods.exec("p", &options).await.expect("exec");
    assert_eq!(process.protocol(), "v4.channel.k8s.io");
    let result = process.output_of(b"hello!").await.expect("an end");
    assert_eq!(result.stdout, b"hello!");
}

#[tokio::test]
async fn refusals_are_told_as_they_are() {
    let (node, pods) = rig(Speaks::V5).await;
    let error = pods.exec("nobody", &cat()).await.expect_err("no pod");
    assert!(error.is_not_found(), "{}", error.chain());
    assert_eq!(node.seen.lock().len(), 1, "SPDY would not find it either");
    let (node, pods) = rig(Speaks::Nothing).await;
    let error = pods.exec("p", &cat()).await.expect_err("no protocol");
    assert_eq!(error.code(), 400, "{}", error.chain());
    assert_eq!(node.seen.lock().len(), 2);
    let empty = ExecOptions::new(Vec::<String>::new());
    let error = pods.exec("p", &empty).await.expect_err("no command");
    assert!(matches!(error, Error::Request { .. }));
    assert_eq!(node.seen.lock().len(), 2, "nothing was sent");
}

#[tokio::test]
async fn a_connection_that_breaks_is_no_end() {
    let (client, mut server) = Upgraded::pair(1 << 16);
    // A server that says nothing and goes.
    let gone = tokio::spawn(async move {
        let mut some = [0; 16];
        let _ = server.read(&mut some).await;
    });
    let connection = spdy::connect(client);
    assert!(connection.open(&[("streamType", "error")]).await.is_err());
    gone.await.expect("gone");
}

/// Takes connections and says nothing.
#[tokio::test]
async fn who_never_answers_is_not_waited_for_longer_than_was_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut config = Config::new(format!(
        "http://{}",
        listener.local_addr().expect("an address")
    ));
    config.read_timeout = Some(std::time::Duration::from_millis(50));
    let silent = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    let client = Client::from_config(&config).expect("a client");
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let error = pods.exec("p", &cat()).await.expect_err("no answer");
    assert!(error.is_timeout(), "{error:?}");
    let error = pods.port_forward("p").await.expect_err("no answer");
    assert!(error.is_timeout(), "{error:?}");
    silent.abort();
}

/// Never answers.
struct Silent;

impl Transport for Silent {
    fn call(
        &self,
        _request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_way_that_does_not_open_is_given_up() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let listener = PortForwarder::to_pod(Client::new(Arc::new(Silent)), "a", "p")
        .on_error(move |error| drop(tell.send(why(error))))
        .listen("127.0.0.1:0", 80)
        .await
        .expect("a port");
    let _connection = TcpStream::connect(listener.local_addr())
        .await
        .expect("connected");
    let told = told.recv().await.expect("an error");
    assert!(told.ends_with("no way to it within 30 s"), "{told}");
}

#[tokio::test]
async fn ports_are_forwarded() {
    for speaks in [Speaks::V5, Speaks::SpdyOnly] {
        let (_, pods) = rig(speaks).await;
        let forward = pods.port_forward("p").await.expect("a way");
        let mut streams = Vec::new();
        for n in 0..3 {
            let mut stream = forward.connect(80).await.expect("a connection");
            let text = format!("question {n} ").repeat(10_000);
            stream.write_all(text.as_bytes()).await.expect("a question");
            stream.shutdown().await.expect("its end");
            streams.push((stream, text));
        }
        for (mut stream, text) in streams {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.expect("an answer");
            assert_eq!(answer, text.to_uppercase());
        }
        let mut refused = forward.connect(9).await.expect("a connection");
        let mut answer = String::new();
        let error = refused
            .read_to_string(&mut answer)
            .await
            .expect_err("refused");
        assert_eq!(error.to_string(), "nothing listens");
    }
}

#[tokio::test]
async fn a_way_that_breaks_is_no_end() {
    for speaks in [Speaks::V5, Speaks::SpdyOnly] {
        let (node, pods) = rig(speaks).await;
        let (tell, mut told) = mpsc::unbounded_channel();
        let forwarder = PortForwarder::to_pod(pods.client().clone(), "a", "p")
            .on_error(move |error| drop(tell.send(why(error))))
            .listen("127.0.0.1:0", 7)
            .await
            .expect("a port");
        let open = async || {
            let address = forwarder.local_addr();
            let mut local = TcpStream::connect(address).await.expect("a connection");
            local.write_all(b"hello").await.expect("a word");
            let mut echo = [0; 5];
            local.read_exact(&mut echo).await.expect("its echo");
            local
        };
        let mut ended = open().await;
        ended.shutdown().await.expect("its end");
        assert_eq!(ended.read(&mut [0; 16]).await.expect("an end"), 0);
        let mut waiting = open().await;
        node.cut.notify_one();
        let error = waiting.read(&mut [0; 16]).await.expect_err("no end");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        let told = told.recv().await.expect("told");
        assert!(
            told.starts_with("connection to port 7 of pod p: the "),
            "{told}"
        );
        drop(open().await);
    }
}

fn why(error: &ForwardError) -> String {
    let source = std::error::Error::source(error).expect("a cause");
    format!("{error}: {source}")
}
