//! One request onward over a fresh connection, its answer back; connections
//! that switch protocols are joined and left alone.

use futures::{FutureExt, StreamExt};
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use skeg_client::{Payload, is_upgrade};

use super::NodeStream;
use crate::call::Switched;
use crate::error::{Error, Result};
use crate::server::ReplyBody;

/// Headers that belong to one connection, not to the request.
const HOP_BY_HOP: &[HeaderName] = &[
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Headers that the other side must not see: the client's credentials.
const PRIVATE: &[&str] = &["authorization", "x-forwarded-access-token"];

/// The headers of a request that go on with it.
pub fn onward_headers(headers: &HeaderMap, upgrading: bool) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let kept_for_upgrade =
            upgrading && (*name == header::CONNECTION || *name == header::UPGRADE);
        let hidden = PRIVATE.contains(&name.as_str()) || name.as_str().starts_with("impersonate-");
        // A browser's token travels as a subprotocol.
        let token = *name == header::SEC_WEBSOCKET_PROTOCOL
            && value
                .to_str()
                .is_ok_and(|v| v.starts_with("base64url.bearer."));
        if kept_for_upgrade || !(HOP_BY_HOP.contains(name) || hidden || token) {
            out.append(name.clone(), value.clone());
        }
    }
    out
}

/// The headers of a request that is passed on, with the client behind those that it says it came
/// through.
pub fn forwarded(headers: &HeaderMap, client: Option<IpAddr>) -> HeaderMap {
    const FORWARDED_FOR: &str = "x-forwarded-for";
    let mut out = headers.clone();
    let Some(client) = client else {
        return out;
    };
    let before = headers.get_all(FORWARDED_FOR).iter();
    let before = before.filter_map(|hop| hop.to_str().ok());
    let mut all: Vec<String> = before.map(str::to_owned).collect();
    all.push(client.to_string());
    if let Ok(hops) = http::HeaderValue::from_str(&all.join(", ")) {
        out.insert(FORWARDED_FOR, hops);
    }
    out
}

/// Sends `method path` with these headers and this body over `stream`.
pub async fn forward(
    stream: Box<dyn NodeStream>,
    method: http::Method,
    path: &str,
    host: &str,
    headers: &HeaderMap,
    body: Payload,
    client: Option<Switched>,
) -> Result<Response<Payload>> {
    let unreachable = |error: &dyn std::fmt::Display| {
        Error::simple(
            503,
            "ServiceUnavailable",
            format!("error trying to reach service: {error}"),
        )
    };
    let upgrading = is_upgrade(headers) && client.is_some();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake::<_, ReplyBody>(TokioIo::new(stream))
            .await
            .map_err(|e| unreachable(&e))?;
    tokio::spawn(connection.with_upgrades().map(|ended| {
        if let Err(error) = ended {
            tracing::debug!(%error, "a proxied connection ended");
        }
    }));
    let mut request = Request::new(ReplyBody::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = path
        .parse()
        .map_err(|_| Error::bad_request("the path cannot be proxied"))?;
    *request.headers_mut() = onward_headers(headers, upgrading);
    if let Ok(host) = http::HeaderValue::from_str(host) {
        request.headers_mut().insert(header::HOST, host);
    }
    let mut response = sender
        .send_request(request)
        .await
        .map_err(|e| unreachable(&e))?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let Some(client) = client else {
            return Err(unreachable(&"the other side switched protocols unasked"));
        };
        let backend = hyper::upgrade::on(&mut response);
        tokio::spawn(join(client, backend));
        let (parts, _) = response.into_parts();
        return Ok(Response::from_parts(parts, Payload::Empty));
    }
    let (mut parts, body) = response.into_parts();
    for name in HOP_BY_HOP {
        parts.headers.remove(name);
    }
    // The sender lives as long as the body, so that the connection does.
    let stream = body
        .into_data_stream()
        .map(move |piece| {
            let _alive = &sender;
            piece.map_err(|e| Box::new(e) as Box<dyn std::error::Error + Send + Sync>)
        })
        .boxed();
    Ok(Response::from_parts(parts, Payload::Stream(stream)))
}

async fn join(client: Switched, backend: hyper::upgrade::OnUpgrade) {
    let (mut client, backend) = match tokio::try_join!(client, backend) {
        Ok(both) => both,
        Err(error) => {
            tracing::debug!(%error, "a connection could not switch protocols");
            return;
        }
    };
    let mut backend = TokioIo::new(backend);
    if let Err(error) = tokio::io::copy_bidirectional(&mut client, &mut backend).await {
        tracing::debug!(%error, "a joined connection ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_client_is_the_last_hop() {
        let mut headers = HeaderMap::new();
        let client = "10.0.0.9".parse().ok();
        assert_eq!(forwarded(&headers, client)["x-forwarded-for"], "10.0.0.9");
        headers.append("x-forwarded-for", http::HeaderValue::from_static("1.1.1.1"));
        headers.append("x-forwarded-for", http::HeaderValue::from_static("2.2.2.2"));
        let hops = forwarded(&headers, client);
        assert_eq!(hops["x-forwarded-for"], "1.1.1.1, 2.2.2.2, 10.0.0.9");
        assert_eq!(hops.get_all("x-forwarded-for").iter().count(), 1);
        assert_eq!(forwarded(&headers, None), headers);
    }

    #[test]
    fn credentials_stay_here() {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(
            "x-stream-protocol-version",
            HeaderValue::from_static("v4.channel.k8s.io"),
        );
        let plain = onward_headers(&headers, false);
        assert!(!plain.contains_key(header::AUTHORIZATION) && !plain.contains_key(header::UPGRADE));
        assert!(plain.contains_key("x-stream-protocol-version"));
        assert!(onward_headers(&headers, true).contains_key(header::UPGRADE));
        assert!(is_upgrade(&headers));
    }
}
