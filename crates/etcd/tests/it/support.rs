//! Servers to test against: the embedded store behind etcd's API, and a real
//! etcd where the tool is built.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use skeg_etcd::{Etcd, EtcdOptions, Server};
use skeg_store::{Embedded, Options, Store};
use tokio_util::sync::CancellationToken;

/// Where `tests/tools/build.sh` puts a program, if it has been built.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/tools/bin")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not built (tests/tools/build.sh {name})");
    None
}

pub async fn connect(port: u16) -> Arc<dyn Store> {
    let options = EtcdOptions {
        endpoints: vec![format!("http://127.0.0.1:{port}")],
        ..EtcdOptions::default()
    };
    Arc::new(Etcd::connect(&options).await.unwrap())
}

/// An embedded store that is served. Dropping it stops the server.
pub struct Faced {
    pub port: u16,
    pub store: Arc<Embedded>,
    stopping: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

impl Faced {
    pub async fn start(store: Embedded, presented: skeg_etcd::Options) -> Faced {
        let store = Arc::new(store);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopping = CancellationToken::new();
        let server = Server::new(store.clone(), presented, stopping.clone());
        let serving = tokio::spawn(server.serve(listener, None));
        Faced {
            port,
            store,
            stopping,
            serving,
        }
    }

    pub async fn in_memory() -> Faced {
        let options = Options::default();
        let store = Embedded::in_memory_with(options);
        Faced::start(store, skeg_etcd::Options::default()).await
    }

    pub async fn stop(self) {
        self.stopping.cancel();
        self.serving.await.unwrap();
        self.store.close().await.unwrap();
    }
}

/// A running etcd.
pub struct RealEtcd {
    program: PathBuf,
    dir: tempfile::TempDir,
    child: Mutex<Option<(Child, u16)>>,
}

impl RealEtcd {
    pub fn new(program: PathBuf) -> RealEtcd {
        RealEtcd {
            program,
            dir: tempfile::tempdir().unwrap(),
            child: Mutex::new(None),
        }
    }

    /// Starts it, or starts it again on its data; its port.
    pub fn start(&self) -> u16 {
        self.stop();
        let (client, peer) = (free_port(), free_port());
        let child = Command::new(&self.program)
            .arg("--data-dir")
            .arg(self.dir.path())
            .arg(format!("--listen-client-urls=http://127.0.0.1:{client}"))
            .arg(format!("--advertise-client-urls=http://127.0.0.1:{client}"))
            .arg(format!("--listen-peer-urls=http://127.0.0.1:{peer}"))
            .args([
                "--unsafe-no-fsync",
                "--log-level=fatal",
                "--max-txn-ops=10000",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        *self.child.lock() = Some((child, client));
        let address = SocketAddr::from(([127, 0, 0, 1], client));
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "etcd did not start");
            std::thread::yield_now();
        }
        client
    }

    pub fn stop(&self) {
        if let Some((mut child, _)) = self.child.lock().take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for RealEtcd {
    fn drop(&mut self) {
        self.stop();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
