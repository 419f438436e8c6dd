//! Over sockets.

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use skeg_apiserver::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::support::{ADMIN, MAPS, PATIENCE, Server};

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
