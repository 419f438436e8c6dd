//! Questions to other servers about what they serve.

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, header};
use http_body_util::BodyExt;
use skeg_auth::UserInfo;
use skeg_schema::Value;
use std::time::Duration;

use super::proxy::identity_headers;
use crate::ApiServer;
use crate::server::ReplyBody;
use crate::webhook::dial::Peer;

/// How long an answer may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a document.
const DOCUMENT_LEN_MAX: usize = 16 * 1024 * 1024;
/// The only form of aggregated discovery that is asked for, and taken.
const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// In whose name a server is asked, and how.
#[derive(Clone, Default)]
pub(super) struct Asking {
    user: &'static str,
    groups: &'static [&'static str],
    accept: Option<&'static str>,
    /// What is known already.
    etag: Option<String>,
}

impl Asking {
    /// The same, but only for what is not this.
    pub(super) fn knowing(self, etag: Option<String>) -> Self {
        Self { etag, ..self }
    }
}

/// Who asks for what is served, with all rights.
pub(super) const ROOT: Asking = Asking {
    user: "system:kube-aggregator",
    groups: &["system:masters"],
    accept: Some(ACCEPT),
    etag: None,
};
/// Who asks for a list of resources.
pub(super) const LEGACY: Asking = Asking {
    groups: &[],
    accept: Some("application/json"),
    ..ROOT
};
/// Who asks for OpenAPI of version 2.
pub(super) const OPENAPI_V2: Asking = Asking {
    user: "system:aggregator",
    ..LEGACY
};
/// The same, of version 3.
pub(super) const OPENAPI_V3: Asking = Asking {
    accept: None,
    ..OPENAPI_V2
};

/// An answer as it came.
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) etag: Option<String>,
    content_type: String,
    body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Option<Value> {
        skeg_schema::decode_json_any(&self.body).ok()
    }

    /// Whether it is aggregated discovery, of the one version that is taken.
    pub(super) fn is_aggregated(&self) -> bool {
        let mut wanted = vec!["g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"];
        let parts = self.content_type.split(';').map(str::trim);
        for part in parts {
            wanted.retain(|w| *w != part);
        }
        wanted.is_empty()
    }
}

/// Asks; `None`: there is no answer, which upstream takes for a 503.
pub(super) async fn fetch(
    server: &ApiServer,
    peer: &Peer,
    path: &str,
    asking: &Asking,
) -> Option<Answer> {
    let work = async {
        let dialer = &server.inner.aggregator.dialer;
        let host = dialer.resolver().routed(&peer.place).ok()?;
        let mut request = Request::new(ReplyBody::Empty);
        *request.uri_mut() = format!("https://{host}{path}").parse().ok()?;
        let user = UserInfo {
            name: asking.user.to_owned(),
            groups: asking.groups.iter().map(|&g| g.to_owned()).collect(),
            ..UserInfo::default()
        };
        identity_headers(request.headers_mut(), &user);
        let headers = request.headers_mut();
        if let Some(accept) = asking.accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        if let Some(etag) = &asking.etag {
            headers.insert(header::IF_NONE_MATCH, etag.parse().ok()?);
        }
        let response = dialer.request(peer, request).await.ok()?;
        let (parts, mut body) = response.into_parts();
        let mut out = BytesMut::new();
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame.ok()?.into_data() {
                if out.len() + piece.len() > DOCUMENT_LEN_MAX {
                    return None;
                }
                out.extend_from_slice(&piece);
            }
        }
        let text = |name| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
        Some(Answer {
            code: parts.status.as_u16(),
            etag: text(header::ETAG).filter(|etag| !etag.is_empty()),
            content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
            body: out.freeze(),
        })
    };
    let answer = tokio::time::timeout(FETCH_TIMEOUT, work).await.ok()?;
    answer.filter(|answer| answer.code != 503)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_aggregated_discovery() {
        let check = |content_type: &str, expect: bool| {
            let answer = Answer {
                code: 200,
                etag: None,
                content_type: content_type.to_owned(),
                body: Bytes::new(),
            };
            assert_eq!(answer.is_aggregated(), expect, "{content_type}");
        };
        check(ACCEPT, true);
        check(&ACCEPT.replace(';', "; "), true);
        check(&ACCEPT.replace("v2", "v2beta1"), false);
        check("application/json", false);
    }
}
