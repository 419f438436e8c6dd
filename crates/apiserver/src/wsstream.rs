//! Streaming answers over a WebSocket: browsers, and clients that know nothing
//! else, watch and read logs that way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use skeg_client::streams::websocket::over;
use skeg_client::{BoxError, Payload, is_upgrade};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::Utf8Bytes};
use tokio_util::sync::CancellationToken;

use crate::call::Req;
use crate::error::{Error, Result};

/// How long a client may take one message.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// How pieces become messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Text as it is.
    Text,
    /// Bytes as they are.
    Binary,
    /// Bytes in base64, as text.
    Base64,
}

/// What a client of a byte stream may ask for, in the order of our liking.
const STREAMS: &[(&str, Framing)] = &[
    ("binary.k8s.io", Framing::Binary),
    ("base64.binary.k8s.io", Framing::Base64),
];

/// Whether a request wants a WebSocket.
pub fn is_asked(headers: &HeaderMap) -> bool {
    is_upgrade(headers)
        && headers
            .get(header::UPGRADE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.eq_ignore_ascii_case("websocket"))
}

/// The protocol of a byte stream that the client names, or none where it names none.
fn stream_protocol(headers: &HeaderMap) -> Result<(Option<&'static str>, Framing)> {
    let asked: Vec<&str> = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim)
        // A browser's token travels so.
        .filter(|p| !p.is_empty() && !p.starts_with("base64url.bearer.authorization.k8s.io."))
        .collect();
    if asked.is_empty() {
        return Ok((None, Framing::Binary));
    }
    asked
        .iter()
        .find_map(|p| STREAMS.iter().find(|(name, _)| name == p))
        .map(|(name, framing)| (Some(*name), *framing))
        .ok_or_else(|| Error::simple(403, "Forbidden", "no WebSocket protocol of these is known"))
}

/// Switches to a WebSocket that carries a stream of bytes, such as a log. An
/// empty message comes first, so that clients know that it began.
pub fn bytes(
    req: &Req<'_>,
    pieces: BoxStream<'static, std::result::Result<Bytes, BoxError>>,
) -> Result<Response<Payload>> {
    let (protocol, framing) = stream_protocol(req.headers)?;
    let hello = futures::stream::iter([Ok(Bytes::new())]);
    let response = switch(req, hello.chain(pieces).boxed(), framing)?;
    Ok(named(response, protocol))
}

/// Switches to a WebSocket that carries messages, such as the events of a watch.
/// Clients must say where they come from, as upstream has it here.
pub fn messages(
    req: &Req<'_>,
    frames: BoxStream<'static, std::result::Result<Bytes, BoxError>>,
    framing: Framing,
) -> Result<Response<Payload>> {
    if !req.headers.contains_key(header::ORIGIN) {
        return Err(Error::simple(403, "Forbidden", "null origin"));
    }
    let asked = req.headers.get(header::SEC_WEBSOCKET_PROTOCOL).cloned();
    let mut response = switch(req, frames, framing)?;
    if let Some(asked) = asked.filter(|v| !v.as_bytes().contains(&b',')) {
        response
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, asked);
    }
    Ok(response)
}

fn named(mut response: Response<Payload>, protocol: Option<&'static str>) -> Response<Payload> {
    if let Some(protocol) = protocol {
        response.headers_mut().insert(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(protocol),
        );
    }
    response
}

fn switch(
    req: &Req<'_>,
    pieces: BoxStream<'static, std::result::Result<Bytes, BoxError>>,
    framing: Framing,
) -> Result<Response<Payload>> {
    let version = req.headers.get(header::SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|v| v != "13") {
        return Err(Error::bad_request("missing or bad WebSocket Version"));
    }
    let key = req
        .headers
        .get(header::SEC_WEBSOCKET_KEY)
        .ok_or_else(|| Error::bad_request("missing Sec-WebSocket-Key"))?;
    let accept = derive_accept_key(key.as_bytes());
    let client = req
        .take_upgrade()
        .ok_or_else(|| Error::bad_request("this connection cannot switch protocols"))?;
    let cancel = req.server.inner.cancel.clone();
    tokio::spawn(async move {
        match client.await {
            Ok(io) => carry(io, pieces, framing, cancel).await,
            Err(error) => tracing::debug!(%error, "a connection could not switch protocols"),
        }
    });
    let mut response = Response::new(Payload::Empty);
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    Ok(response)
}

fn message(piece: Bytes, framing: Framing) -> Message {
    match framing {
        Framing::Binary => Message::Binary(piece),
        Framing::Base64 => Message::text(STANDARD.encode(&piece)),
        Framing::Text => Message::text(String::from_utf8_lossy(&piece).into_owned()),
    }
}

/// Carries the pieces until they end or the client does; what the client sends
/// is not looked at.
async fn carry(
    io: skeg_client::Upgraded,
    mut pieces: BoxStream<'static, std::result::Result<Bytes, BoxError>>,
    framing: Framing,
    cancel: CancellationToken,
) {
    let (mut sink, mut source) = over(io, Role::Server).await.split();
    loop {
        let piece = tokio::select! {
            () = cancel.cancelled() => break,
            heard = source.next() => match heard {
                // Answers to pings go out with the next message.
                Some(Ok(message)) if !message.is_close() => continue,
                _ => return,
            },
            piece = pieces.next() => piece,
        };
        let Some(Ok(piece)) = piece else { break };
        let sent = tokio::time::timeout(SEND_TIMEOUT, sink.send(message(piece, framing))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
    let normal = CloseFrame {
        code: CloseCode::Normal,
        reason: Utf8Bytes::default(),
    };
    let end = async {
        drop(sink.send(Message::Close(Some(normal))).await);
        drop(sink.close().await);
    };
    drop(tokio::time::timeout(SEND_TIMEOUT, end).await);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn asked_for() {
        let check = |pairs: &[(&'static str, &'static str)], expect: bool| {
            assert_eq!(is_asked(&headers(pairs)), expect, "{pairs:?}");
        };
        check(&[], false);
        check(&[("connection", "Upgrade"), ("upgrade", "SPDY/3.1")], false);
        check(
            &[
                ("connection", "keep-alive, Upgrade"),
                ("upgrade", "WebSocket"),
            ],
            true,
        );
    }

    #[test]
    fn protocols() {
        let check = |value: &'static str, expect: Option<(Option<&str>, Framing)>| {
            let headers = headers(&[("sec-websocket-protocol", value)]);
            assert_eq!(stream_protocol(&headers).ok(), expect, "{value}");
        };
        check(
            "binary.k8s.io",
            Some((Some("binary.k8s.io"), Framing::Binary)),
        );
        check(
            "base64url.bearer.authorization.k8s.io.eA, base64.binary.k8s.io",
            Some((Some("base64.binary.k8s.io"), Framing::Base64)),
        );
        check(
            "base64url.bearer.authorization.k8s.io.eA",
            Some((None, Framing::Binary)),
        );
        check("v4.channel.k8s.io", None);
    }
}
