//! Peers that mean harm, over sockets: nobody else notices.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, Server};
use crate::wire::serve;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `GET /livez` in HPACK: three entries of its static table, and a path.
const LIVEZ: &[u8] = b"\x82\x86\x41\x01x\x04\x06/livez";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    bytes.push(kind);
    bytes.push(flags);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

async fn open(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    stream
}

/// Whether a well-behaved peer is answered.
async fn answers(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer))
        .await
        .expect("an answer in time")
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Sends `next(0), next(1), …` until the server ends the connection; what it
/// said last, and how many pieces it took.
async fn until_cut(
    address: SocketAddr,
    pieces_max: u32,
    mut next: impl FnMut(u32) -> Vec<u8>,
) -> (Vec<u8>, u32) {
    let (mut reader, mut writer) = open(address).await.into_split();
    let said = tokio::spawn(async move {
        let mut said = Vec::new();
        // An end by reset is an end too.
        let _ = reader.read_to_end(&mut said).await;
        said
    });
    let mut sent = 0;
    while sent < pieces_max && !said.is_finished() {
        if writer.write_all(&next(sent)).await.is_err() {
            break;
        }
        sent += 1;
    }
    drop(writer);
    let said = tokio::time::timeout(PATIENCE, said)
        .await
        .expect("the connection ends")
        .unwrap();
    (said, sent)
}

/// Kinds of the frames in what a server said.
fn kinds(mut said: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [a, b, c, kind, ..] = *said {
        kinds.push(kind);
        let len = 9 + u32::from_be_bytes([0, a, b, c]) as usize;
        said = said.get(len..).unwrap_or_default();
    }
    kinds
}

#[tokio::test]
async fn nobody_known_keeps_a_connection() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    let mut stream = open(address).await;
    let request = frame(HEADERS, END_STREAM | END_HEADERS, 1, LIVEZ);
    stream.write_all(&request).await.unwrap();
    let mut said = Vec::new();
    let read = async {
        while !kinds(&said).contains(&GOAWAY) {
            assert!(stream.read_buf(&mut said).await.unwrap() > 0, "{said:?}");
        }
    };
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("told to go");
    assert!(kinds(&said).contains(&HEADERS), "{said:?}");
}

#[tokio::test]
async fn requests_taken_back_at_once_hold_up_nobody() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    let flood = until_cut(address, 20_000, |n| {
        let stream = 2 * n + 1;
        let mut both = frame(HEADERS, END_STREAM | END_HEADERS, stream, LIVEZ);
        both.extend(frame(RST_STREAM, 0, stream, &8u32.to_be_bytes()));
        both
    });
    let others = async {
        for _ in 0..20 {
            answers(address).await;
        }
    };
    tokio::join!(flood, others);
    answers(address).await;
}

#[tokio::test]
async fn headers_without_end_end_the_connection() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    // One literal header after the other, never indexed, of about 4 KiB each.
    let mut field = b"\x00\x01y".to_vec();
    field.extend_from_slice(b"\x7f\x81\x1f");
    field.extend(vec![b'z'; 0x7f + 0xf81]);
    let pieces_max = 16_000;
    let (said, sent) = until_cut(address, pieces_max, |n| match n {
        0 => frame(HEADERS, END_STREAM, 1, LIVEZ),
        _ => frame(CONTINUATION, 0, 1, &field),
    })
    .await;
    assert!(sent < pieces_max, "it took {sent} pieces");
    let kinds = kinds(&said);
    assert!(
        kinds.contains(&GOAWAY) || kinds.contains(&RST_STREAM) || kinds == [SETTINGS],
        "{kinds:?}"
    );
    answers(address).await;
}

#[tokio::test]
async fn more_streams_than_allowed_are_refused() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    // Requests whose bodies never come: each would wait for its own.
    let post = b"\x83\x86\x41\x01x\x04\x24/api/v1/namespaces/default/configmap";
    let (said, _) = until_cut(address, 3_000, |n| {
        frame(HEADERS, END_HEADERS, 2 * n + 1, post)
    })
    .await;
    let kinds = kinds(&said);
    assert!(
        kinds.contains(&RST_STREAM) || kinds.contains(&GOAWAY),
        "{kinds:?}"
    );
    answers(address).await;
}

/// An answer that does not wait for the request's body is whole: the stream is let go
/// behind it, without an error, which curl and others take for the answer's failure.
#[tokio::test]
async fn answers_before_the_body_are_whole() {
    let server = Server::start().await;
    let (address, _cancel, _task) = serve(&server).await;
    // One that nobody serves, and one that wants to know who asks.
    let paths = ["/nothing", "/api/v1/namespaces/default/configmaps"];
    for path in paths {
        let mut stream = open(address).await;
        let mut post = b"\x83\x86\x41\x01x\x04".to_vec();
        post.push(path.len() as u8);
        post.extend_from_slice(path.as_bytes());
        post.extend_from_slice(b"\x00\x0dauthorization\x0aBearer bad");
        let mut request = frame(HEADERS, END_HEADERS, 1, &post);
        request.extend(frame(0, 0, 1, &[b'x'; 1000]));
        stream.write_all(&request).await.unwrap();
        let mut seen = Vec::new();
        let reading = async {
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await.unwrap();
                let len = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
                let mut payload = vec![0; len];
                stream.read_exact(&mut payload).await.unwrap();
                let of_stream = head[5..] == [0, 0, 0, 1];
                match head[3] {
                    RST_STREAM if of_stream => return payload,
                    kind if of_stream => seen.push((kind, head[4] & END_STREAM != 0)),
                    _ => {}
                }
            }
        };
        let reset = tokio::time::timeout(PATIENCE, reading).await;
        assert_eq!(reset.expect("an end in time"), [0; 4], "{path}");
        assert_eq!(seen.first().map(|seen| seen.0), Some(HEADERS), "{path}");
        assert!(seen.last().is_some_and(|seen| seen.1), "{path}: {seen:?}");
    }
}
