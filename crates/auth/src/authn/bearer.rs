//! Bearer tokens in the headers of requests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONNECTION, SEC_WEBSOCKET_PROTOCOL, UPGRADE};

use super::notes;

const WEBSOCKET_PREFIX: &str = "base64url.bearer.authorization.k8s.io.";
/// Warns of what looks like a token and is none.
const EXTRA_SPACE: &str = "the provided Authorization header contains extra space before the bearer token, and is ignored";

/// The token in `Authorization: Bearer …`.
pub(super) fn of_header(headers: &HeaderMap) -> Option<String> {
    // No token has bytes beyond ASCII: who sends them is told that it is invalid.
    let value = String::from_utf8_lossy(headers.get(AUTHORIZATION)?.as_bytes());
    let mut parts = value.trim().splitn(3, ' ');
    if !parts.next()?.eq_ignore_ascii_case("bearer") {
        return None;
    }
    match parts.next()? {
        "" => {
            if parts.next().is_some() {
                notes::warn(EXTRA_SPACE);
            }
            None
        }
        token => Some(token.to_owned()),
    }
}

/// The token in a WebSocket's subprotocol (browsers cannot set headers).
///
/// # Errors
/// There is one that cannot be used, in upstream's words.
pub(super) fn of_websocket(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    if !wants_websocket(headers) {
        return Ok(None);
    }
    let mut token = None;
    let mut others = false;
    for value in headers.get_all(SEC_WEBSOCKET_PROTOCOL) {
        for protocol in value.to_str().unwrap_or_default().split(',') {
            let Some(encoded) = protocol.trim().strip_prefix(WEBSOCKET_PREFIX) else {
                others = true;
                continue;
            };
            if token.is_some() {
                return Err("multiple base64.bearer.authorization tokens specified");
            }
            let bytes = URL_SAFE_NO_PAD
                .decode(encoded)
                .map_err(|_| "invalid base64.bearer.authorization token encoding")?;
            let text = String::from_utf8(bytes)
                .map_err(|_| "invalid base64.bearer.authorization token")?;
            token = Some(text);
        }
    }
    let token = token.filter(|token| !token.is_empty());
    // One is left to answer with once the token is taken away.
    if token.is_some() && !others {
        return Err("missing additional subprotocol");
    }
    Ok(token)
}

fn wants_websocket(headers: &HeaderMap) -> bool {
    let is_websocket = headers
        .get(UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let upgrades = headers.get_all(CONNECTION).iter().any(|value| {
        let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
        value.contains("upgrade")
    });
    is_websocket && upgrades
}
