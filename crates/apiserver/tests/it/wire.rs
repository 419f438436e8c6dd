//! Over sockets.

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::PrivateKeyDer;
use skeg_apiserver::Listener;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::support::{ADMIN, ALICE, MAPS, PATIENCE, Server};

pub async fn serve(
    server: &Server,
) -> (
    std::net::SocketAddr,
    CancellationToken,
    tokio::task::JoinHandle<()>,
) {
    let listener = Listener::bind_plain("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let cancel = CancellationToken::new();
    let task = tokio::spawn(listener.serve(server.api.clone(), cancel.clone()));
    (address, cancel, task)
}

#[tokio::test]
async fn http2_carries_many_requests_at_once() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let (address, cancel, task) = serve(&server).await;
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) = hyper::client::conn::http2::handshake::<_, _, Empty<bytes::Bytes>>(
        TokioExecutor::new(),
        io,
    )
    .await
    .unwrap();
    let driver = tokio::spawn(connection);
    let requests = (0..50).map(|_| {
        let request = http::Request::get(format!("http://{address}{MAPS}/a"))
            .header("authorization", format!("Bearer {ADMIN}"))
            .body(Empty::new())
            .unwrap();
        let mut sender = sender.clone();
        async move { sender.send_request(request).await.unwrap() }
    });
    for answer in futures::future::join_all(requests).await {
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"{\"kind\":\"ConfigMap\""));
    }
    drop(sender);
    cancel.cancel();
    tokio::time::timeout(PATIENCE, task)
        .await
        .expect("the listener ends")
        .unwrap();
    let _ = driver.await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {MAPS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ADMIN}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        4 << 20
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let sending = tokio::spawn(async move {
        // The server may close before everything is sent.
        let _ = writer.write_all(&vec![b' '; 4 << 20]).await;
        // Kept open: a client that has closed its half wants no answer any more.
        writer
    });
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, reader.read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
    sending.abort();
}

/// The head of a POST, with a body that nobody reads.
fn unread(token: &str, length: usize, more: &str) -> String {
    format!(
        "POST {MAPS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
    )
}

/// Reads an answer over HTTP/1.1: its head, in lower case.
async fn head_of(reader: &mut (impl AsyncReadExt + Unpin)) -> String {
    let reading = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(reader.read_u8().await.expect("an answer"));
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).expect("a length");
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        reader.read_exact(&mut vec![0; length]).await.unwrap();
        head
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("an answer in time")
}

#[tokio::test]
async fn a_body_that_nobody_read_does_not_end_the_connection() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    for (token, code) in [("nobody", "401"), (ALICE, "403"), ("nobody", "401")] {
        let (length, head) = (200 << 10, unread(token, 200 << 10, ""));
        let sending = async {
            writer.write_all(head.as_bytes()).await.unwrap();
            writer.write_all(&vec![b' '; length]).await.unwrap();
        };
        let (head, ()) = tokio::join!(head_of(&mut reader), sending);
        assert!(head.starts_with(&format!("http/1.1 {code} ")), "{head}");
        assert!(!head.contains("connection: close"), "{head}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_with_an_answer_says_so() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    let cases = [
        (unread("nobody", 1 << 20, ""), 1 << 20),
        (unread("nobody", 10, "expect: 100-continue\r\n"), 0),
    ];
    for (head, length) in cases {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        writer.write_all(head.as_bytes()).await.unwrap();
        // What is not read is taken all the same, so that the answer arrives.
        writer.write_all(&vec![b' '; length]).await.unwrap();
        let head = head_of(&mut reader).await;
        assert!(head.starts_with("http/1.1 401 "), "{head}");
        assert!(head.contains("connection: close"), "{head}");
        let mut more = Vec::new();
        let end = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut more)).await;
        assert_eq!(end.expect("the end in time").expect("an end"), 0);
    }
}

#[tokio::test]
async fn plain_http_to_the_port_of_tls_is_told_so() {
    let made = rcgen::generate_simple_self_signed(vec!["skeg.test".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let server = Server::start().await;
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), Arc::new(tls)).await;
    let listener = listener.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(listener.serve(server.api.clone(), CancellationToken::new()));

    for request in [
        "GET /version HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST / HTTP/1.1",
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        // It comes in two pieces, of which the first tells nothing.
        let (first, rest) = request.split_at(2);
        stream.write_all(first.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(rest.as_bytes()).await.unwrap();
        let mut told = String::new();
        let reading = stream.read_to_string(&mut told);
        tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("an answer in time")
            .unwrap();
        let expected =
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
        assert_eq!(told, expected);
    }

    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(client))
        .connect("skeg.test".try_into().unwrap(), stream)
        .await
        .unwrap();
    let (mut reader, mut writer) = tokio::io::split(stream);
    let length = 1 << 20;
    let head = unread("nobody", length, "");
    writer.write_all(head.as_bytes()).await.unwrap();
    writer.write_all(&vec![b' '; length]).await.unwrap();
    let head = head_of(&mut reader).await;
    assert!(head.starts_with("http/1.1 401 "), "{head}");
    assert!(head.contains("connection: close"), "{head}");
}

#[tokio::test]
async fn who_ends_answers_what_was_asked() {
    let server = Server::start().await;
    let (address, cancel, task) = serve(&server).await;
    // One that has no end is not waited for.
    let watching = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut events, mut watcher) = watching.into_split();
    let watch = format!(
        "GET {MAPS}?watch=true HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN}\r\n\r\n"
    );
    watcher.write_all(watch.as_bytes()).await.unwrap();
    let mut begun = [0; 12];
    events.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");

    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let head = unread(ADMIN, 7, "expect: 100-continue\r\n");
    writer.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    reader.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");

    cancel.cancel();
    tokio::task::yield_now().await;
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(10)).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!task.is_finished(), "the request is waited for");
    tokio::time::resume();
    writer.write_all(b"garbage").await.unwrap();
    let head = head_of(&mut reader).await;
    assert!(head.starts_with("http/1.1 400 "), "{head}");
    tokio::time::timeout(PATIENCE, task)
        .await
        .expect("the listener ends though a watch is open")
        .unwrap();
    drop((events, watcher));
}
