//! HTTP requests that the API server passes on to a pod, a service or a node.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use skeg_meta::HasProxy;

use crate::api::Api;
use crate::client::collect;
use crate::error::Error;
use crate::payload::Payload;

/// The longest whole answer that is taken.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A request to a pod, a service or a node, by way of the API server.
///
/// ```
/// use skeg_client::subresource::ProxyRequest;
/// let request = ProxyRequest::get("/metrics?format=text").port("http");
/// let post = ProxyRequest::post("/api/items", "{}").header("content-type", "application/json");
/// ```
#[derive(Clone)]
pub struct ProxyRequest {
    method: Method,
    path: String,
    port: String,
    https: bool,
    headers: HeaderMap,
    body: Bytes,
    invalid: Option<String>,
}

impl fmt::Debug for ProxyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl ProxyRequest {
    /// Any method, with a path and a query as they go behind the proxy.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            port: String::new(),
            https: false,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            invalid: None,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST of this body.
    #[must_use]
    pub fn post(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self::new(Method::POST, path).body(body)
    }

    /// To this port, by its number or its name; the only one, or 80, otherwise.
    #[must_use]
    pub fn port(mut self, port: impl ToString) -> Self {
        self.port = port.to_string();
        self
    }

    /// By HTTPS. The API server does not verify certificates behind the proxy.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.https = true;
        self
    }

    /// With a header. `Authorization` never goes behind the proxy.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            _ => self.invalid = Some(format!("{name:?} cannot be a header with that value")),
        }
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The object's name as a proxy takes it: `https:NAME:PORT`.
    fn target(&self, name: &str) -> String {
        match (self.https, self.port.as_str()) {
            (true, port) => format!("https:{name}:{port}"),
            (false, "") => name.to_owned(),
            (false, port) => format!("{name}:{port}"),
        }
    }
}

/// What came from behind the proxy.
pub struct ProxyAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Payload,
    target: String,
}

impl fmt::Debug for ProxyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl ProxyAnswer {
    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The whole body, of at most 64 MiB.
    ///
    /// # Errors
    /// It broke off, or is larger.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let target = self.target;
        let collected = collect(self.body, ANSWER_BYTES_MAX).await;
        collected.map_err(|source| Error::Body { target, source })
    }

    /// The whole body as text; what is no UTF-8 is replaced.
    ///
    /// # Errors
    /// As [`ProxyAnswer::bytes`].
    pub async fn text(self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// The body as it comes.
    #[must_use]
    pub fn into_body(self) -> Payload {
        self.body
    }
}

impl<K: HasProxy> Api<K> {
    /// Sends a request to what is behind an object: a pod, a service or a node.
    ///
    /// # Errors
    /// As for every request; what the other side refuses comes as an error, too,
    /// with its words as the message.
    pub async fn proxy(&self, name: &str, request: &ProxyRequest) -> Result<ProxyAnswer, Error> {
        let tail = request.path.trim_start_matches('/');
        // A port does not make up for a name.
        self.core.path(Some(name), None)?;
        let path = self.core.path(Some(&request.target(name)), Some("proxy"))?;
        let target = format!("{path}/{tail}");
        if let Some(message) = &request.invalid {
            return Err(Error::Request {
                target,
                message: message.clone(),
            });
        }
        let client = self.client();
        let mut sent = client.request(request.method.clone(), target.clone(), "*/*")?;
        for (name, value) in &request.headers {
            sent.headers_mut().append(name.clone(), value.clone());
        }
        *sent.body_mut() = request.body.clone().into();
        let response = client.send(sent).await?;
        let (parts, body) = response.into_parts();
        Ok(ProxyAnswer {
            status: parts.status,
            headers: parts.headers,
            body,
            target,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_scheme_and_port() {
        assert_eq!(ProxyRequest::get("/").target("a"), "a");
        assert_eq!(ProxyRequest::get("/").port(80).target("a"), "a:80");
        assert_eq!(
            ProxyRequest::get("/").port("web").https().target("a"),
            "https:a:web"
        );
        assert_eq!(ProxyRequest::get("/").https().target("a"), "https:a:");
    }
}
