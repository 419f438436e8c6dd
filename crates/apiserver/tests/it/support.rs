//! A server to ask, and what it answered.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{HeaderMap, Request};
use serde_json::Value;
use skeg_apiserver::ApiServer;
use skeg_auth::authn::{RequestAuthenticator, StaticTokens};
use skeg_auth::authz::{AuthorizerUnion, Masters, Rbac};
use skeg_auth::pki::KeyPair;
use skeg_auth::token::{TokenIssuer, system_clock};
use skeg_client::Payload;
use tokio_util::sync::{CancellationToken, DropGuard};

/// May do everything.
pub const ADMIN: &str = "admin-token";
/// May do what its roles allow.
pub const ALICE: &str = "alice-token";
const USERS: &str = "admin-token,admin,1,system:masters\nalice-token,alice,2\n";
/// How long anything may take that should take no time.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// ConfigMaps of a namespace of no importance.
pub const MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// No token of the server under test lives longer.
pub const YEAR_SECONDS: i64 = 365 * 24 * 3600;

/// A server with an empty store.
pub struct Server {
    pub api: ApiServer,
    _cancel: DropGuard,
}

/// A whole answer.
pub struct Answer {
    pub code: u16,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e} in {:?}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The object, given that the code is the expected one.
    pub fn expect(&self, code: u16) -> Value {
        assert_eq!(self.code, code, "{}", self.text());
        self.json()
    }

    /// The message of a refusal.
    pub fn refused(&self, code: u16, reason: &str) -> String {
        let body = self.expect(code);
        assert_eq!(body["kind"], "Status");
        assert_eq!(body["reason"], reason, "{body}");
        body["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(skeg_apiserver::Options::default()).await
    }

    pub async fn start_with(options: skeg_apiserver::Options) -> Self {
        Self::start_over(Arc::new(skeg_store::Embedded::in_memory()), options).await
    }

    /// A server over a store that the test keeps too.
    pub async fn start_over(
        store: Arc<dyn skeg_store::Store>,
        options: skeg_apiserver::Options,
    ) -> Self {
        let server = Self::over(store, options).await;
        server.api.bootstrap().await.unwrap();
        server
    }

    /// A server that has not made its first objects yet.
    pub async fn before_bootstrap() -> Self {
        let store = Arc::new(skeg_store::Embedded::in_memory());
        Self::over(store, skeg_apiserver::Options::default()).await
    }

    async fn over(store: Arc<dyn skeg_store::Store>, options: skeg_apiserver::Options) -> Self {
        let audiences = vec!["https://kubernetes.default.svc".to_owned()];
        let tokens = Arc::new(StaticTokens::parse(USERS, audiences.clone()).unwrap());
        let rbac = Arc::new(Rbac::new());
        let cancel = CancellationToken::new();
        let issuer = TokenIssuer::new(
            "https://kubernetes.default.svc",
            audiences.clone(),
            KeyPair::generate().unwrap(),
            system_clock(),
        )
        .unwrap()
        .with_expiration_max(YEAR_SECONDS);
        let api = ApiServer::builder(store)
            .request_authenticator(Arc::new(RequestAuthenticator::new(tokens, audiences, true)))
            .authorizer(Arc::new(AuthorizerUnion::new(vec![
                Arc::new(Masters),
                rbac.clone(),
            ])))
            .rbac(rbac)
            .token_issuer(Arc::new(issuer))
            .options(options)
            .start(cancel.clone())
            .await
            .unwrap();
        Self {
            api,
            _cancel: cancel.drop_guard(),
        }
    }

    /// Asks as the given user, with further headers and a body.
    pub async fn ask(
        &self,
        token: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> http::Response<Payload> {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Payload::from(body.into())).unwrap();
        tokio::time::timeout(PATIENCE, self.api.call(request))
            .await
            .expect("an answer in time")
    }

    /// Asks and reads the whole answer.
    pub async fn ask_all(
        &self,
        token: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let (parts, body) = self.ask(token, line, headers, body).await.into_parts();
        let bytes = match body {
            Payload::Empty => Bytes::new(),
            Payload::Bytes(bytes) => bytes,
            Payload::Stream(mut pieces) => {
                let mut bytes = Vec::new();
                while let Some(piece) = pieces.next().await {
                    bytes.extend_from_slice(&piece.unwrap());
                }
                bytes.into()
            }
            other => panic!("{line} is answered by {other:?}"),
        };
        Answer {
            code: parts.status.as_u16(),
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask_all(ADMIN, &format!("GET {path}"), &[], "").await
    }

    /// A write of JSON.
    pub async fn send(&self, line: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.ask_all(ADMIN, line, &headers, body.to_string()).await
    }

    pub async fn patch(&self, path: &str, kind: &str, body: Value) -> Answer {
        let content = format!("application/{kind}");
        let headers = [("content-type", content.as_str())];
        self.ask_all(ADMIN, &format!("PATCH {path}"), &headers, body.to_string())
            .await
    }

    pub async fn delete(&self, path: &str, options: Value) -> Answer {
        self.send(&format!("DELETE {path}"), options).await
    }

    /// Makes ConfigMaps of these names.
    pub async fn make_maps(&self, names: &[&str]) {
        for name in names {
            self.send(&format!("POST {MAPS}"), map(name))
                .await
                .expect(201);
        }
    }

    /// Begins a watch; the frames are JSON.
    pub async fn watch(&self, path: &str) -> Watch {
        Watch::of(self.ask(ADMIN, &format!("GET {path}"), &[], "").await)
    }

    /// A watch in another form than plain JSON.
    pub async fn watch_as(&self, path: &str, accept: &str) -> Watch {
        let accept = [("accept", accept)];
        Watch::of(self.ask(ADMIN, &format!("GET {path}"), &accept, "").await)
    }
}

/// Lets the time pass after which the server looks for itself.
pub async fn later() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
}

/// A ConfigMap.
pub fn map(name: &str) -> Value {
    serde_json::json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": {"k": "v"},
    })
}

/// A running watch.
pub struct Watch {
    frames: BoxStream<'static, Result<Bytes, skeg_client::BoxError>>,
    rest: Vec<u8>,
}

impl Watch {
    /// The watch that is the answer to a request.
    pub fn of(answer: http::Response<Payload>) -> Self {
        assert_eq!(answer.status(), 200);
        match answer.into_body() {
            Payload::Stream(frames) => Watch {
                frames,
                rest: Vec::new(),
            },
            other => panic!("a watch is answered by {other:?}"),
        }
    }

    /// The next event; `None` when the watch is over.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let frame = tokio::time::timeout(PATIENCE, self.frames.next()).await;
            match frame.expect("an event in time") {
                Some(bytes) => self.rest.extend_from_slice(&bytes.unwrap()),
                None => return None,
            }
        }
    }

    /// Type and name of the next event.
    pub async fn next_name(&mut self) -> (String, String) {
        let event = self.next().await.expect("an event");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&event["type"]),
            text(&event["object"]["metadata"]["name"]),
        )
    }
}
