//! A server with TLS that answers what a test says: a webhook, or another API
//! server.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use parking_lot::Mutex;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: http::HeaderMap,
    pub body: Value,
}

type Respond = dyn Fn(&Seen) -> Option<(u16, Value)> + Send + Sync;

/// A running server.
pub struct Hook {
    pub port: u16,
    /// The authority that its certificate is of, PEM.
    pub ca: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _cancel: DropGuard,
}

impl Hook {
    /// Serves `names`; who is answered `None` waits for ever.
    pub async fn start(
        names: &[&str],
        respond: impl Fn(&Seen) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca_params = CertificateParams::new(Vec::new()).unwrap();
        ca_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = ca_params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::from_params(&ca_params, &ca_key);
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                rustls_pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let cancel = CancellationToken::new();
        let respond: Arc<Respond> = Arc::new(respond);
        let (log, stop) = (seen.clone(), cancel.clone());
        tokio::spawn(async move {
            loop {
                let tcp = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted.unwrap().0,
                };
                let (acceptor, respond, log) = (acceptor.clone(), respond.clone(), log.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(tcp).await else {
                        return;
                    };
                    let service =
                        service_fn(move |request| answer(request, respond.clone(), log.clone()));
                    let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self {
            port,
            ca: ca.pem(),
            seen,
            _cancel: cancel.drop_guard(),
        }
    }

    /// A webhook that answers reviews.
    pub async fn reviewing(
        respond: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        Self::start(&["127.0.0.1", "hook.default.svc"], move |seen| {
            let mut response = respond(&seen.body["request"])?;
            response["uid"] = seen.body["request"]["uid"].clone();
            Some((
                200,
                json!({
                    "apiVersion": seen.body["apiVersion"],
                    "kind": "AdmissionReview",
                    "response": response,
                }),
            ))
        })
        .await
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }

    /// The CA bundle as objects hold it.
    pub fn bundle(&self) -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(&self.ca)
    }

    /// A `clientConfig` with a URL.
    pub fn client_config(&self) -> Value {
        json!({"url": format!("https://127.0.0.1:{}/hook", self.port), "caBundle": self.bundle()})
    }
}

async fn answer(
    request: Request<Incoming>,
    respond: Arc<Respond>,
    log: Arc<Mutex<Vec<Seen>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let seen = Seen {
        path: parts
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    };
    log.lock().push(seen.clone());
    match respond(&seen) {
        Some((code, body)) => {
            let mut response = Response::builder().status(code);
            if let Some(place) = body["location"].as_str() {
                response = response.header("location", place);
            }
            for name in ["content-type", "etag"] {
                if let Some(value) = body["headers"][name].as_str() {
                    response = response.header(name, value);
                }
            }
            if body["headers"]["content-type"].is_null() {
                response = response.header("content-type", "application/json");
            }
            Ok(response
                .body(Full::new(Bytes::from(body.to_string())))
                .unwrap())
        }
        None => std::future::pending().await,
    }
}
