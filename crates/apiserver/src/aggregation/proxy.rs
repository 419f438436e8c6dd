//! Requests that another API server answers.

use futures::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use skeg_auth::UserInfo;
use skeg_client::{Payload, is_upgrade};
use std::time::Duration;

use super::ApiService;
use crate::call::Req;
use crate::error::{Error, Result};
use crate::proxy::onward_headers;
use crate::query::Query;
use crate::server::ReplyBody;
use crate::webhook::dial::Peer;

/// Characters of extra keys that stand in header names as they are.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// Characters that stand in queries as they are.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How long another server may take to say what it serves.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(5);

/// What is answered when the other server cannot be asked.
fn service_unavailable() -> Error {
    Error::Text(503, "service unavailable\n".to_owned())
}

/// What is answered when the other server does not answer.
fn failed(why: &str) -> Error {
    Error::Text(503, format!("{why}\n"))
}

/// A query as Go writes it: by key, with its own escapes, and without what it
/// cannot read.
fn encoded(query: &Query) -> String {
    let mut pairs: Vec<&(String, String)> = query.pairs().iter().collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let escape = |text: &str| {
        let escaped = utf8_percent_encode(text, UNRESERVED).to_string();
        escaped.replace("%20", "+")
    };
    let pairs = pairs
        .into_iter()
        .map(|(key, value)| format!("{}={}", escape(key), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Whether a path is the one of a group version itself, as upstream tells: by
/// its three parts.
fn is_discovery(path: &str) -> bool {
    path.trim_matches('/').split('/').count() == 3
}

/// Where another server sends clients, it might send them anywhere with what only we may do
/// (upstream's `--aggregator-reject-forwarding-redirect`).
fn redirected() -> Error {
    let why = "the backend attempted to redirect this request, which is not permitted";
    Error::Text(502, why.to_owned())
}

/// Says who asks, to a server that believes our certificate.
pub(super) fn identity_headers(headers: &mut HeaderMap, user: &UserInfo) {
    let gone: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let says = name.as_str().strip_prefix("x-remote-");
            says.is_some_and(|says| {
                matches!(says, "user" | "uid" | "group") || says.starts_with("extra-")
            })
        })
        .cloned()
        .collect();
    for name in gone {
        headers.remove(name);
    }
    let mut add = |name: &str, value: &str| {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    };
    add("x-remote-user", &user.name);
    if !user.uid.is_empty() {
        add("x-remote-uid", &user.uid);
    }
    for group in &user.groups {
        add("x-remote-group", group);
    }
    for (key, values) in &user.extra {
        let key = utf8_percent_encode(key, ESCAPED).to_string().to_lowercase();
        for value in values {
            add(&format!("x-remote-extra-{key}"), value);
        }
    }
}

/// Group and version of a path below `/apis`.
pub fn group_version(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.strip_prefix("/apis/")?.split('/');
    let group = parts.next().filter(|g| !g.is_empty())?;
    let version = parts.next().filter(|v| !v.is_empty())?;
    Some((group, version))
}

impl super::Aggregator {
    /// Who else answers this path.
    pub fn remote_of(&self, path: &str) -> Option<std::sync::Arc<ApiService>> {
        let (group, version) = group_version(path)?;
        self.registered.remote(group, version)
    }

    /// Passes a request on, and its answer back.
    pub(crate) async fn pass_on(
        &self,
        req: &Req<'_>,
        service: &ApiService,
    ) -> Result<Response<Payload>> {
        let Some(peer) = service.remote.as_ref().filter(|_| service.available) else {
            return Err(service_unavailable());
        };
        let mut path = req.info.raw_path.to_owned();
        let query = encoded(req.query);
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
        if !is_discovery(req.info.path) {
            return self.send(req, peer, &path).await;
        }
        let sent = tokio::time::timeout(DISCOVERY_TIMEOUT, self.send(req, peer, &path));
        sent.await
            .unwrap_or_else(|_| Err(failed("context deadline exceeded")))
    }

    /// What another server is told with a request: who asks, through whom, and by which id.
    fn headers_of(&self, req: &Req<'_>) -> HeaderMap {
        let mut headers = req.forwarded_headers();
        identity_headers(&mut headers, &req.user);
        if let Ok(id) = HeaderValue::from_str(req.id)
            && !req.id.is_empty()
        {
            headers.insert("audit-id", id);
        }
        headers
    }

    /// The same for a path of our choice.
    pub(super) async fn send(
        &self,
        req: &Req<'_>,
        peer: &Peer,
        path: &str,
    ) -> Result<Response<Payload>> {
        let Ok(host) = self.dialer.resolver().routed(&peer.place) else {
            return Err(service_unavailable());
        };
        if let Some(upgrade) = is_upgrade(req.headers)
            .then(|| req.take_upgrade())
            .flatten()
        {
            let stream = self.dialer.dial(peer).await.map_err(|why| failed(&why))?;
            let headers = self.headers_of(req);
            return crate::proxy::forward(
                Box::new(stream),
                req.info.method.clone(),
                path,
                &host,
                &headers,
                req.take_body(),
                Some(upgrade),
            )
            .await;
        }
        let body = match req.take_body() {
            Payload::Object(object) => Payload::Bytes(object.json()),
            other => other,
        };
        // What passes through is as long as the client said; else the body tells its length.
        let passes = matches!(body, Payload::Stream(_));
        let mut request = Request::new(ReplyBody::from(body));
        *request.method_mut() = req.info.method.clone();
        *request.uri_mut() = format!("https://{host}{path}")
            .parse()
            .map_err(|_| Error::bad_request("the path cannot be proxied"))?;
        let mut headers = onward_headers(&self.headers_of(req), false);
        // HTTP/2 names the server otherwise.
        headers.remove(header::HOST);
        if !passes {
            headers.remove(header::CONTENT_LENGTH);
        }
        headers.extend(crate::trace::outgoing());
        *request.headers_mut() = headers;
        let asked = self.dialer.request(peer, request).await;
        let response = asked.map_err(|why| failed(&why))?;
        let (mut parts, body) = response.into_parts();
        if parts.status.is_redirection() && parts.headers.contains_key(header::LOCATION) {
            return Err(redirected());
        }
        parts.headers = onward_headers(&parts.headers, false);
        parts.version = http::Version::default();
        let stream = body
            .into_data_stream()
            .map(|piece| piece.map_err(|e| Box::new(e) as skeg_client::BoxError))
            .boxed();
        Ok(Response::from_parts(parts, Payload::Stream(stream)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_says_who_asks() {
        let mut headers = HeaderMap::new();
        headers.insert("x-remote-user", HeaderValue::from_static("forged"));
        headers.insert("x-remote-extra-a", HeaderValue::from_static("forged"));
        let user = UserInfo {
            name: "u".to_owned(),
            uid: "1".to_owned(),
            groups: vec!["g".to_owned(), "h".to_owned()],
            extra: [("example.com/Key".to_owned(), vec!["v".to_owned()])].into(),
        };
        identity_headers(&mut headers, &user);
        let all = |name: &str| -> Vec<&str> {
            headers
                .get_all(name)
                .iter()
                .filter_map(|v| v.to_str().ok())
                .collect()
        };
        assert_eq!(all("x-remote-user"), ["u"]);
        assert_eq!(all("x-remote-uid"), ["1"]);
        assert_eq!(all("x-remote-group"), ["g", "h"]);
        assert_eq!(all("x-remote-extra-example.com%2fkey"), ["v"]);
        assert!(all("x-remote-extra-a").is_empty());
    }

    #[test]
    fn queries_are_written_anew() {
        let check = |raw: &str, expect: &str| assert_eq!(encoded(&Query::parse(raw)), expect);
        check("", "");
        check("limit=1&a", "a=&limit=1");
        check("b=2&a=z&a=b", "a=z&a=b&b=2");
        check("q=a%20b+c%2Fd~", "q=a+b+c%2Fd~");
        check("broken=%zz&semi;colon=1&k=v", "k=v");
    }

    #[test]
    fn paths() {
        assert!(is_discovery("/apis/g/v1/"));
        assert!(!is_discovery("/apis/g/v1/things"));
        assert_eq!(group_version("/apis/g/v1/things"), Some(("g", "v1")));
        assert_eq!(group_version("/apis/g"), None);
        assert_eq!(group_version("/api/v1"), None);
    }
}
