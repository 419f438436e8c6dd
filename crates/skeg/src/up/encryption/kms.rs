//! Key management services over gRPC on a socket of this machine (package `v2`
//! of k8s.io/kms).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use skeg_auth::metrics::{Family, Histogram};
use skeg_grpc::client::{Channel, Endpoint};
use skeg_store::encryption::{KeyService, Kms, ServiceStatus, Wrapped};

use super::file::KmsSettings;

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

#[derive(Clone, PartialEq, Message)]
pub(super) struct StatusRequest {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StatusResponse {
    #[prost(string, tag = "1")]
    pub(super) version: String,
    #[prost(string, tag = "2")]
    pub(super) healthz: String,
    #[prost(string, tag = "3")]
    pub(super) key_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DecryptRequest {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) ciphertext: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) uid: String,
    #[prost(string, tag = "3")]
    pub(super) key_id: String,
    #[prost(btree_map = "string, bytes", tag = "4")]
    pub(super) annotations: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DecryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) plaintext: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct EncryptRequest {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) plaintext: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) uid: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct EncryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) ciphertext: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) key_id: String,
    #[prost(btree_map = "string, bytes", tag = "3")]
    pub(super) annotations: BTreeMap<String, Vec<u8>>,
}

pub(super) const STATUS: &str = "/v2.KeyManagementService/Status";
pub(super) const ENCRYPT: &str = "/v2.KeyManagementService/Encrypt";
pub(super) const DECRYPT: &str = "/v2.KeyManagementService/Decrypt";

/// Provider, method, code.
pub(super) type CallLabels = (String, &'static str, String);

/// Times of calls.
#[derive(Debug)]
pub(super) struct CallTimes(pub(super) Histogram);

/// From 0.1 ms on, each twice the one before.
const BOUNDS: &[f64] = &[
    0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.2048,
    0.4096, 0.8192, 1.6384, 3.2768, 6.5536, 13.1072, 26.2144, 52.4288,
];

impl Default for CallTimes {
    fn default() -> Self {
        Self(Histogram::new(BOUNDS))
    }
}

/// All calls of key services.
#[derive(Debug, Default)]
pub(super) struct Calls(pub(super) Family<CallLabels, CallTimes>);

struct Remote {
    name: String,
    channel: Channel,
    timeout: Duration,
    calls: Arc<Calls>,
}

/// A provider over the service at a socket. It is connected when it is first
/// asked.
///
/// # Errors
/// The endpoint is no socket.
pub(super) fn connect(settings: &KmsSettings, calls: Arc<Calls>) -> Result<Arc<Kms>, String> {
    let endpoint = match settings.endpoint.strip_prefix("unix:///@") {
        // Linux' sockets without a file.
        Some(name) => Some(Endpoint::Unix(format!("\0{name}").into())),
        None => Endpoint::parse(&settings.endpoint),
    };
    let endpoint = endpoint.ok_or_else(|| format!("{:?} is no socket", settings.endpoint))?;
    let remote = Remote {
        name: settings.name.clone(),
        channel: Channel::new(vec![endpoint], None),
        timeout: settings.timeout,
        calls,
    };
    Ok(Kms::new(&settings.name, Arc::new(remote)))
}

impl Remote {
    async fn call<Req: Message, Res: Message + Default>(
        &self,
        path: &'static str,
        request: &Req,
    ) -> Result<Res, String> {
        let started = Instant::now();
        let called = tokio::time::timeout(self.timeout, self.channel.unary(path, request)).await;
        let (code, result) = match called {
            Ok(Ok(response)) => ("OK".to_owned(), Ok(response)),
            Ok(Err(status)) => {
                let code = format!("{:?}", status.code);
                let why = format!("rpc error: code = {code} desc = {}", status.message);
                (code, Err(why))
            }
            Err(_) => {
                let why = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
                ("DeadlineExceeded".to_owned(), Err(why.to_owned()))
            }
        };
        let labels = (self.name.clone(), path, code);
        let times = self.calls.0.get(&labels, CallTimes::default);
        times.0.observe(started.elapsed().as_secs_f64());
        result
    }
}

impl KeyService for Remote {
    fn status(&self) -> BoxFuture<'_, Result<ServiceStatus, String>> {
        Box::pin(async {
            let status: StatusResponse = self.call(STATUS, &StatusRequest {}).await?;
            Ok(ServiceStatus {
                version: status.version,
                healthz: status.healthz,
                key_id: status.key_id,
            })
        })
    }

    fn encrypt<'a>(
        &'a self,
        uid: &'a str,
        plain: &'a [u8],
    ) -> BoxFuture<'a, Result<Wrapped, String>> {
        Box::pin(async move {
            let request = EncryptRequest {
                plaintext: plain.to_vec(),
                uid: uid.to_owned(),
            };
            let made: EncryptResponse = self.call(ENCRYPT, &request).await?;
            Ok(Wrapped {
                ciphertext: made.ciphertext,
                key_id: made.key_id,
                annotations: made.annotations,
            })
        })
    }

    fn decrypt<'a>(
        &'a self,
        uid: &'a str,
        wrapped: &'a Wrapped,
    ) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        Box::pin(async move {
            let request = DecryptRequest {
                ciphertext: wrapped.ciphertext.clone(),
                uid: uid.to_owned(),
                key_id: wrapped.key_id.clone(),
                annotations: wrapped.annotations.clone(),
            };
            let opened: DecryptResponse = self.call(DECRYPT, &request).await?;
            Ok(opened.plaintext)
        })
    }
}
