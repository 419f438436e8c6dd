//! With a key service of the test's own, on a socket.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;

use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use skeg_grpc::server::{Answer, failed, unary};
use skeg_grpc::{Code, Status};
use skeg_store::{Embedded, Expect, LATEST};

use super::kms::{
    DECRYPT, DecryptRequest, DecryptResponse, ENCRYPT, EncryptRequest, EncryptResponse, STATUS,
    StatusRequest, StatusResponse,
};
use super::*;

const KEY: &str = "/registry/secrets/default/a";

/// A service that turns bytes over by its key's number.
struct Plugin {
    key: Mutex<u8>,
    healthz: Mutex<&'static str>,
}

fn turned(bytes: &[u8], by: u8) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ by).collect()
}

async fn answer(plugin: Arc<Plugin>, request: http::Request<Incoming>) -> http::Response<Answer> {
    let key = *plugin.key.lock();
    let path = request.uri().path().to_owned();
    let body = request.into_body();
    match path.as_str() {
        STATUS => {
            unary(body, 1 << 20, async |_: StatusRequest| {
                Ok(StatusResponse {
                    version: "v2".to_owned(),
                    healthz: (*plugin.healthz.lock()).to_owned(),
                    key_id: key.to_string(),
                })
            })
            .await
        }
        ENCRYPT => {
            unary(body, 1 << 20, async |asked: EncryptRequest| {
                Ok(EncryptResponse {
                    ciphertext: turned(&asked.plaintext, key),
                    key_id: key.to_string(),
                    annotations: BTreeMap::from([("by.kms.example".to_owned(), vec![key])]),
                })
            })
            .await
        }
        DECRYPT => {
            unary(body, 1 << 20, async |asked: DecryptRequest| {
                let by = asked.annotations["by.kms.example"][0];
                if asked.key_id != by.to_string() {
                    return Err(Status::new(Code::InvalidArgument, "another key"));
                }
                Ok(DecryptResponse {
                    plaintext: turned(&asked.ciphertext, by),
                })
            })
            .await
        }
        _ => failed(&Status::new(Code::Unimplemented, "no such method")),
    }
}

fn serve(socket: &Path) -> Arc<Plugin> {
    let plugin = Arc::new(Plugin {
        key: Mutex::new(1),
        healthz: Mutex::new("ok"),
    });
    let listener = tokio::net::UnixListener::bind(socket).unwrap();
    let served = plugin.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let served = served.clone();
            tokio::spawn(async move {
                let service = hyper::service::service_fn(move |request| {
                    let served = served.clone();
                    async move { Ok::<_, Infallible>(answer(served, request).await) }
                });
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await
            });
        }
    });
    plugin
}

struct Fixture {
    plugin: Arc<Plugin>,
    inner: Arc<dyn Store>,
    file: PathBuf,
    dir: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let fixture = Fixture {
            plugin: serve(&dir.path().join("kms.sock")),
            inner: Arc::new(Embedded::in_memory()),
            file: dir.path().join("encryption.yaml"),
            dir,
        };
        fixture.write(&fixture.kms());
        fixture
    }

    fn kms(&self) -> String {
        let socket = self.dir.path().join("kms.sock");
        format!(
            "- kms: {{apiVersion: v2, name: one, endpoint: 'unix://{}'}}",
            socket.display()
        )
    }

    fn write(&self, providers: &str) {
        let text = format!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  {}\n",
            providers.replace('\n', "\n  ")
        );
        std::fs::write(&self.file, text).unwrap();
    }

    async fn open(&self, reloads: bool) -> Arc<Encryption> {
        Encryption::open(self.inner.clone(), &self.file, reloads)
            .await
            .unwrap()
    }

    async fn raw(&self) -> String {
        let kv = self.inner.get(KEY.as_bytes(), LATEST).await.unwrap();
        String::from_utf8_lossy(&kv.unwrap().value).into_owned()
    }
}

async fn put(store: &dyn Store, value: &'static str) {
    let put = store.put_if(KEY.into(), value.into(), Expect::Any, None);
    put.await.unwrap();
}

async fn get(store: &dyn Store) -> String {
    let kv = store.get(KEY.as_bytes(), LATEST).await.unwrap().unwrap();
    String::from_utf8_lossy(&kv.value).into_owned()
}

#[tokio::test]
async fn a_service_on_a_socket_encrypts() {
    let fixture = Fixture::new();
    let first = fixture.open(false).await;
    put(&*first.store(), "secret").await;
    assert!(fixture.raw().await.starts_with("k8s:enc:kms:v2:one:"));
    assert_eq!(first.health(), Ok(()));

    let second = fixture.open(false).await;
    assert_eq!(get(&*second.store()).await, "secret");
    *fixture.plugin.healthz.lock() = "sealed";
    let services = second.services.lock().clone();
    let why = "kmsv2 Provider one is not healthy, error: got unexpected healthz status: sealed";
    assert_eq!(probe(&services, |_| true).await, Err(why.to_owned()));
    assert_eq!(second.health(), Err(format!("kms-provider-0: {why}")));

    let text = second.figures.render(&services, &second.calls);
    for line in [
        "apiserver_storage_envelope_transformation_cache_misses_total 1\n",
        "kms_operations_latency_seconds_count{grpc_status_code=\"OK\",method_name=\"/v2.KeyManagementService/Decrypt\",provider_name=\"one\"} 1\n",
        "apiserver_storage_data_key_generation_duration_seconds_count 1\n",
        ",transformation_type=\"from_storage\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn the_file_is_read_again_and_a_broken_one_is_not_used() {
    let fixture = Fixture::new();
    fixture.write("- identity: {}");
    let encryption = fixture.open(true).await;
    assert_eq!(encryption.health(), Ok(()));
    put(&*encryption.store(), "plain").await;
    assert_eq!(fixture.raw().await, "plain");

    fixture.write(&format!("{}\n- identity: {{}}", fixture.kms()));
    encryption.look().await;
    assert_eq!(get(&*encryption.store()).await, "plain");
    put(&*encryption.store(), "sealed").await;
    assert!(fixture.raw().await.starts_with("k8s:enc:kms:v2:one:"));

    fixture.write("- rot13: {}");
    encryption.look().await;
    assert_eq!(get(&*encryption.store()).await, "sealed");
    put(&*encryption.store(), "again").await;
    assert!(fixture.raw().await.starts_with("k8s:enc:kms:v2:one:"));
    let services = encryption.services.lock().clone();
    let text = encryption.figures.render(&services, &encryption.calls);
    for status in ["failure", "success"] {
        let line = format!("status=\"{status}\"}} 1\n");
        assert!(text.contains(&line), "{line} is not in {text}");
    }
}
