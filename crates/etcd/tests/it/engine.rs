//! The engine beyond the contract: leases of a real etcd, TLS, a server that
//! goes away, what is moved between stores.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use skeg_etcd::{ClientFiles, Etcd, EtcdOptions, Server, client_config, server_config};
use skeg_store::dump::Dump;
use skeg_store::{Embedded, Error, Expect, KeyRange, LATEST, Store, WatchOptions};
use tokio_util::sync::CancellationToken;

use crate::support::{Faced, RealEtcd, connect, tool};

const PATIENCE: Duration = Duration::from_secs(30);

async fn put(store: &dyn Store, key: &str, value: &str) -> u64 {
    let value = value.to_owned().into();
    store
        .put_if(key.into(), value, Expect::Any, None)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_of_a_real_etcd_end() {
    let Some(program) = tool("etcd") else {
        return;
    };
    let etcd = RealEtcd::new(program);
    let store = connect(etcd.start()).await;
    let lease = store
        .grant_lease(Duration::from_millis(1500))
        .await
        .unwrap();
    assert_eq!(lease.ttl, Duration::from_secs(2));
    store
        .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease.id))
        .await
        .unwrap();
    assert_eq!(store.keep_lease_alive(lease.id).await.unwrap().keys, 1);
    let mut watch = store
        .watch(KeyRange::prefix("/e"), WatchOptions { from: LATEST })
        .await
        .unwrap();
    let batch = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
    let events = batch.unwrap().unwrap().events;
    assert_eq!(events[0].kind, skeg_store::EventKind::Delete);
    let gone = store.lease(lease.id).await;
    assert!(matches!(gone, Err(Error::LeaseNotFound { .. })));
    let late = store
        .put_if("/e".into(), "v".into(), Expect::Any, Some(lease.id))
        .await;
    assert!(matches!(late, Err(Error::LeaseNotFound { id }) if id == lease.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_outlive_the_server() {
    let temporary = tempfile::tempdir().unwrap();
    let open = || Embedded::open(temporary.path(), skeg_store::Options::default()).unwrap();
    let faced = Faced::start(open(), skeg_etcd::Options::default()).await;
    let port = faced.port;
    let store = connect(port).await;
    put(&*store, "/w/a", "1").await;
    let mut watch = store
        .watch(KeyRange::prefix("/w/"), WatchOptions { from: 2 })
        .await
        .unwrap();
    let first = watch.next().await.unwrap().unwrap();
    assert_eq!(first.events.len(), 1);
    faced.stop().await;
    // Whether a write has happened would not be known: it is not tried again.
    let down = store.put_if("/w/b".into(), "1".into(), Expect::Any, None);
    let down = down.await.unwrap_err();
    assert!(matches!(down, Error::Unavailable { .. }), "{down}");
    let waiting = store.clone();
    let read = tokio::spawn(async move { waiting.get(b"/w/a", LATEST).await });

    let again = Arc::new(open());
    put(&*again, "/w/a", "2").await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    let stopping = CancellationToken::new();
    let server = Server::new(again, skeg_etcd::Options::default(), stopping.clone());
    let serving = tokio::spawn(server.serve(listener, None));
    let next = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
    let next = next.unwrap().unwrap();
    assert_eq!(next.events[0].kv.value, "2");
    assert_eq!(next.events.len(), 1, "nothing is delivered twice");
    let read = tokio::time::timeout(PATIENCE, read).await.unwrap();
    let read = read.unwrap().unwrap().unwrap();
    assert_eq!(read.value, "2", "a read waits for the server");
    stopping.cancel();
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_is_there_and_grows() {
    let Some(program) = tool("etcd") else {
        return;
    };
    let etcd = RealEtcd::new(program);
    let store = connect(etcd.start()).await;
    let lease = store.grant_lease(Duration::from_secs(900)).await.unwrap();
    for i in 0..1200 {
        put(&*store, &format!("/k/{:04}", i % 1100), &i.to_string()).await;
    }
    store
        .put_if("/leased".into(), "v".into(), Expect::Absent, Some(lease.id))
        .await
        .unwrap();
    store
        .delete_if("/k/0003".into(), Expect::Any)
        .await
        .unwrap();
    let dump = Dump::of_store(&*store).await.unwrap();
    assert_eq!(dump.kvs.len(), 1100);

    // Into a folder everything is as it was.
    let temporary = tempfile::tempdir().unwrap();
    dump.restore_into(temporary.path()).unwrap();
    let embedded = Embedded::open(temporary.path(), skeg_store::Options::default()).unwrap();
    let now = Dump::of_store(&embedded).await.unwrap();
    assert_eq!((now.revision, &now.kvs), (dump.revision, &dump.kvs));
    assert_eq!(embedded.lease(lease.id).await.unwrap().keys, 1);

    // Into another etcd revisions go on.
    let other = RealEtcd::new(tool("etcd").unwrap());
    let target = connect(other.start()).await;
    let reached = now.replay_into(&*target).await.unwrap();
    assert!(reached >= dump.revision);
    let moved = Dump::of_store(&*target).await.unwrap();
    let plain = |dump: &Dump| -> Vec<_> {
        let kvs = dump.kvs.iter();
        kvs.map(|kv| (kv.key.clone(), kv.value.clone())).collect()
    };
    assert_eq!(plain(&moved), plain(&dump));
    assert_eq!(moved.leases.len(), 1);
}

/// A CA with a server's and a client's certificate, by the machine's openssl.
fn certificates(dir: &Path) -> bool {
    let script = "
        set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj /CN=ca -keyout ca.key -out ca.crt
        for who in server client; do
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
                -subj /CN=$who -keyout $who.key -out $who.csr
            printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n' > ext
            openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
                -extfile ext -out $who.crt
        done";
    let made = Command::new("sh")
        .args(["-c", script])
        .current_dir(dir)
        .output();
    made.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ends_show_certificates() {
    let dir = tempfile::tempdir().unwrap();
    if !certificates(dir.path()) {
        eprintln!("skipped: openssl cannot make certificates here");
        return;
    }
    let file = |name: &str| dir.path().join(name);
    let config = server_config(
        &file("server.crt"),
        &file("server.key"),
        Some(&file("ca.crt")),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stopping = CancellationToken::new();
    let store = Arc::new(Embedded::in_memory());
    let server = Server::new(store, skeg_etcd::Options::default(), stopping.clone());
    let serving = tokio::spawn(server.serve(listener, Some(config.unwrap())));
    let options = |identity| EtcdOptions {
        endpoints: vec![format!("https://127.0.0.1:{port}")],
        tls: Some(ClientFiles {
            ca: file("ca.crt"),
            identity,
        }),
        ..EtcdOptions::default()
    };
    let identity = Some((file("client.crt"), file("client.key")));
    let etcd = Etcd::connect(&options(identity)).await.unwrap();
    put(&etcd, "/k", "v").await;
    assert!(Etcd::connect(&options(None)).await.is_err());
    if let Some(etcdctl) = tool("etcdctl") {
        let output = tokio::process::Command::new(etcdctl)
            .arg(format!("--endpoints=https://127.0.0.1:{port}"))
            .arg(format!("--cacert={}", file("ca.crt").display()))
            .arg(format!("--cert={}", file("client.crt").display()))
            .arg(format!("--key={}", file("client.key").display()))
            .args(["get", "/k"])
            .output()
            .await
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "/k\nv\n");
    }
    let missing = ClientFiles {
        ca: file("none.crt"),
        identity: None,
    };
    let error = client_config(&missing).unwrap_err();
    assert!(error.to_string().contains("none.crt"));
    stopping.cancel();
    serving.await.unwrap();
}

/// What a kube-apiserver asks of its etcd, asked with its own client.
#[tokio::test(flavor = "multi_thread")]
async fn a_kube_apiserver_gets_what_it_asks_for() {
    let Some(program) = tool("etcd-kube") else {
        return;
    };
    let faced = Faced::in_memory().await;
    let asking = tokio::process::Command::new(program)
        .arg(format!("127.0.0.1:{}", faced.port))
        .output();
    let output = tokio::time::timeout(PATIENCE * 2, asking)
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_asked_as_of_any_grpc_server() {
    use skeg_grpc::client::{Channel, Endpoint};
    #[derive(Clone, PartialEq, prost::Message)]
    struct Asked {
        #[prost(string, tag = "1")]
        service: String,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    struct Told {
        #[prost(int32, tag = "1")]
        status: i32,
    }
    let faced = Faced::in_memory().await;
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{}", faced.port)).unwrap();
    let channel = Channel::new(vec![endpoint], None);
    let ask = async |service: &str| {
        let request = Asked {
            service: service.to_owned(),
        };
        channel
            .unary::<_, Told>("/grpc.health.v1.Health/Check", &request)
            .await
    };
    let told = ask("").await.unwrap();
    // SERVING
    assert_eq!(told.status, 1);
    let refused = ask("none").await.unwrap_err();
    assert_eq!(refused.code, skeg_grpc::Code::NotFound);
    faced.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_etcd_that_is_started_later_is_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = EtcdOptions {
        endpoints: vec![format!("http://{}", listener.local_addr().unwrap())],
        wait: PATIENCE,
        ..EtcdOptions::default()
    };
    let connecting = tokio::spawn(async move { Etcd::connect(&options).await });
    // Who listens at first is not up yet.
    drop(listener.accept().await.unwrap());
    let stopping = CancellationToken::new();
    let store = Arc::new(Embedded::in_memory());
    let server = Server::new(store, skeg_etcd::Options::default(), stopping.clone());
    let serving = tokio::spawn(server.serve(listener, None));
    let connected = tokio::time::timeout(PATIENCE, connecting).await.unwrap();
    put(&connected.unwrap().unwrap(), "/k", "v").await;
    stopping.cancel();
    serving.await.unwrap();
}

/// A member without a leader: it ends each watch, which must want that, and
/// answers whatever else with nothing. Its port.
async fn cut_off() -> u16 {
    use hyper::body::Incoming;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use skeg_grpc::server::{failed, unary};
    use skeg_grpc::{Code, Status};

    #[derive(Clone, PartialEq, prost::Message)]
    struct Nothing {}

    async fn answer(
        request: http::Request<Incoming>,
    ) -> Result<http::Response<skeg_grpc::server::Answer>, std::convert::Infallible> {
        let wants = request.headers().get("hasleader").cloned();
        let is_watch = request.uri().path() == "/etcdserverpb.Watch/Watch";
        Ok(match wants.is_some_and(|value| value == "true") {
            true if is_watch => failed(&Status::new(Code::Unavailable, "etcdserver: no leader")),
            _ => {
                unary(request.into_body(), 1 << 20, async |_: Nothing| {
                    Ok(Nothing {})
                })
                .await
            }
        })
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let service = hyper::service::service_fn(answer);
            tokio::spawn(builder.serve_connection(TokioIo::new(stream), service));
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_leaves_a_member_that_has_no_leader() {
    let faced = Faced::in_memory().await;
    put(&*faced.store, "/k", "v").await;
    let endpoint = |port: u16| format!("http://127.0.0.1:{port}");
    let options = EtcdOptions {
        endpoints: vec![endpoint(cut_off().await), endpoint(faced.port)],
        ..EtcdOptions::default()
    };
    let store = Etcd::connect(&options).await.unwrap();
    let watch = || store.watch(KeyRange::prefix("/"), WatchOptions { from: 2 });
    let ended = watch().await.map(drop).unwrap_err();
    assert!(ended.to_string().contains("no leader"), "{ended}");
    let next = tokio::time::timeout(PATIENCE, watch().await.unwrap().next()).await;
    assert_eq!(next.unwrap().unwrap().unwrap().events[0].kv.value, "v");
    faced.stop().await;
}
