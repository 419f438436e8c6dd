//! Requests that switch protocols.

use base64::Engine;
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, Method, Request};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::client::Client;
use crate::error::Error;
use crate::payload::Payload;
use crate::retry::RetryPolicy;
use crate::upgrade::Upgraded;

const SPDY: &str = "SPDY/3.1";
const SPDY_VERSION: &str = "x-stream-protocol-version";

/// What is spoken with the server for exec, attach and port-forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamProtocol {
    /// WebSocket, or SPDY where the server does not understand that.
    #[default]
    Auto,
    /// WebSocket only.
    WebSocket,
    /// SPDY/3.1 only.
    Spdy,
}

/// A connection that speaks what it was asked for.
pub(super) struct Switched {
    pub(super) io: Upgraded,
    /// Which of the offered protocols the server has chosen.
    pub(super) protocol: &'static str,
}

/// Whether another protocol may fare better after this refusal.
fn worth_another(error: &Error) -> bool {
    match error {
        // Who we are, and whether the pod exists, does not depend on the protocol.
        Error::Api(status) => !matches!(status.code, 401 | 404 | 429),
        Error::Decode { .. } => true,
        _ => false,
    }
}

/// Switches by the first of the ways that the server goes along with.
pub(super) async fn switch(
    client: &Client,
    target: &str,
    how: StreamProtocol,
    websocket: &[&'static str],
    spdy: &'static str,
) -> Result<(Switched, StreamProtocol), Error> {
    let refused = match how {
        StreamProtocol::Spdy => None,
        StreamProtocol::WebSocket | StreamProtocol::Auto => {
            match to_websocket(client, target, websocket).await {
                Ok(switched) => return Ok((switched, StreamProtocol::WebSocket)),
                Err(error) if how == StreamProtocol::Auto && worth_another(&error) => Some(error),
                Err(error) => return Err(error),
            }
        }
    };
    match to_spdy(client, target, spdy).await {
        Ok(switched) => {
            if let Some(refused) = &refused {
                tracing::debug!(error = %refused.chain(), "the server does not take WebSockets; SPDY is spoken");
            }
            Ok((switched, StreamProtocol::Spdy))
        }
        // The server's own words say more than that it does not switch.
        Err(error) => Err(match (error, refused) {
            (error @ Error::Api(_), _) | (error, None) => error,
            (_, Some(refused)) => refused,
        }),
    }
}

/// # Errors
/// The server refused, does something else, or could not be reached.
async fn to_websocket(
    client: &Client,
    target: &str,
    offered: &[&'static str],
) -> Result<Switched, Error> {
    let mut nonce = [0_u8; 16];
    fastrand::fill(&mut nonce);
    let key = base64::engine::general_purpose::STANDARD.encode(nonce);
    let mut request = client.request(Method::GET, target.to_owned(), "*/*")?;
    let headers = request.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_KEY, ascii(&key));
    headers.insert(SEC_WEBSOCKET_PROTOCOL, ascii(&offered.join(", ")));
    let (headers, io) = send(client, request).await?;
    if text(&headers, SEC_WEBSOCKET_ACCEPT.as_str()) != derive_accept_key(key.as_bytes()) {
        return Err(Error::decode(target, "the WebSocket handshake failed"));
    }
    let protocol = chosen(offered, text(&headers, SEC_WEBSOCKET_PROTOCOL.as_str()));
    let protocol = protocol.map_err(|message| Error::decode(target, message))?;
    Ok(Switched { io, protocol })
}

/// # Errors
/// The server refused, does something else, or could not be reached.
async fn to_spdy(client: &Client, target: &str, version: &'static str) -> Result<Switched, Error> {
    let mut request = client.request(Method::POST, target.to_owned(), "*/*")?;
    let headers = request.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static(SPDY));
    headers.insert(SPDY_VERSION, HeaderValue::from_static(version));
    let (headers, io) = send(client, request).await?;
    let protocol = chosen(&[version], text(&headers, SPDY_VERSION));
    let protocol = protocol.map_err(|message| Error::decode(target, message))?;
    Ok(Switched { io, protocol })
}

/// What is base64 or a constant can stand in a header.
fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim()
}

fn chosen(offered: &[&'static str], answered: &str) -> Result<&'static str, String> {
    let found = offered.iter().find(|offered| **offered == answered);
    found.copied().ok_or_else(|| {
        format!(
            "the server speaks {answered:?}; offered was {}",
            offered.join(", ")
        )
    })
}

async fn send(client: &Client, request: Request<Payload>) -> Result<(HeaderMap, Upgraded), Error> {
    let target = request.uri().path().to_owned();
    // What such a request starts must not be started twice.
    let client = client.clone().with_retry(RetryPolicy::none());
    let response = client.send(request).await?;
    let code = response.status();
    let (parts, body) = response.into_parts();
    match body {
        Payload::Upgraded(io) => Ok((parts.headers, io)),
        _ => Err(Error::decode(
            target,
            format!("the server does not switch protocols (it answered {code})"),
        )),
    }
}
