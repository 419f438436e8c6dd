//! Whole programs: leaders, fail-over, health, metrics, and how they end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::authentication::v1::TokenReview;
use skeg_api::coordination::v1::Lease;
use skeg_api::core::v1::ConfigMap;
use skeg_client::Api;
use skeg_meta::Status;
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{
    ClusterObject, Clusters, ControllerBuilder, ControllerError, LeaderOptions, Manager,
    ManagerError, ManagerHandle, ManualClock, Next, ObjectName, ReconcileError,
    SharedInformerFactory,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::controllers::{Log, map};

struct Program {
    handle: ManagerHandle,
    running: JoinHandle<Result<(), ManagerError>>,
    log: Log,
}

async fn note(log: Arc<Log>, name: ObjectName) -> Result<Next, ReconcileError> {
    log.add(name);
    Ok(Next::Done)
}

fn program(server: &FakeApi, clock: &ManualClock, identity: &str) -> Program {
    let log = Log::new();
    let mut manager = Manager::with_clock("maps", server.client(), clock.shared())
        .leader_election(LeaderOptions::new("a", "maps", identity))
        .without_signals();
    let controller = ControllerBuilder::<ConfigMap>::new("maps").reconcile(log.clone(), note);
    manager.add(controller);
    Program {
        handle: manager.handle(),
        running: tokio::spawn(manager.run()),
        log,
    }
}

/// Lets the time pass until something holds.
async fn until(clock: &ManualClock, mut holds: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if holds() {
            return;
        }
        clock.advance(Duration::from_millis(100));
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
    }
    panic!("it never came to that");
}

#[tokio::test]
async fn the_second_takes_over_when_the_first_ends() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m")).await.expect("create");
    let first = program(&server, &clock, "first");
    first.handle.elected().await;
    assert_eq!(first.log.wait(1).await, ["a/m"]);
    let second = program(&server, &clock, "second");
    for _ in 0..100 {
        clock.advance(Duration::from_millis(500));
        tokio::task::yield_now().await;
    }
    assert!(!second.handle.leads() && second.log.take().is_empty());

    first.handle.stop();
    first
        .running
        .await
        .expect("no panic")
        .expect("ended in order");
    let lease: Arc<Lease> = server.get("a", "maps").expect("the lease");
    assert_eq!(lease.spec.holder_identity.as_deref(), Some(""), "given up");
    until(&clock, || second.handle.leads()).await;
    assert_eq!(second.log.wait(1).await, ["a/m"]);
    second.handle.stop();
    second
        .running
        .await
        .expect("no panic")
        .expect("ended in order");
}

#[tokio::test]
async fn a_program_ends_with_an_informer_that_panics() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m")).await.expect("create");
    let mut manager = Manager::with_clock("maps", server.client(), clock.shared());
    manager = manager.without_signals();
    let log = Log::new();
    let prepared = || ControllerBuilder::<ConfigMap>::new("maps").reconcile(log.clone(), note);
    manager.add(prepared());
    let maps = manager.informer::<ConfigMap>();
    let _index = maps.store().index(|map: &ConfigMap| -> Vec<String> {
        assert!(map.metadata.name != "bad", "a bad name");
        Vec::new()
    });
    let metrics = manager.metrics().clone();
    let running = tokio::spawn(manager.run());
    assert_eq!(log.wait(1).await, ["a/m"]);
    api.create(map("bad")).await.expect("create");
    let error = running.await.expect("no panic").expect_err("it ends");
    assert!(
        matches!(&error, ManagerError::Informer(panic) if panic.message == "a bad name"),
        "{error}"
    );
    let told = metrics.render();
    assert!(
        told.contains("informer_panics_total{resource=\"configmaps\"} 1"),
        "{told}"
    );

    // Controllers that run alone end likewise, be it of one cluster or of many.
    let bad = |informers: &SharedInformerFactory| {
        let build = informers.build::<ConfigMap>();
        let panics = |map: &mut ConfigMap| assert!(map.metadata.name != "bad", "no");
        build.transform("panics", panics).start()
    };
    let cancel = CancellationToken::new();
    let informers = SharedInformerFactory::new(server.client(), clock.shared(), cancel.clone());
    let alone = tokio::spawn({
        let (prepared, informers) = (prepared(), informers.clone());
        async move { prepared.run(&informers, CancellationToken::new()).await }
    });
    let _panicked = bad(&informers);
    let error = alone.await.expect("no panic").expect_err("it ends");
    assert!(matches!(error, ControllerError::Informer(_)), "{error}");

    let clusters = Clusters::with_clock(clock.shared());
    let cluster = clusters.join("east", server.client());
    let many = ControllerBuilder::<ConfigMap>::new("maps").reconcile_clusters(
        &clusters,
        (),
        |_: Arc<()>, _: ClusterObject| async { Ok::<_, ReconcileError>(Next::Done) },
    );
    let _panicked = bad(cluster.informers());
    let error = many.run(&informers, cancel).await.expect_err("it ends");
    assert!(matches!(error, ControllerError::Informer(_)), "{error}");
}

#[tokio::test]
async fn a_leader_that_is_cut_off_ends_before_another_begins() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut manager = Manager::with_clock("maps", server.client(), clock.shared())
        .leader_election(LeaderOptions::new("a", "maps", "first"))
        .without_signals();
    let log = Log::new();
    for name in ["leading", "everywhere"] {
        let log = log.clone();
        let work = move |cancel: tokio_util::sync::CancellationToken| async move {
            cancel.cancelled().await;
            log.add(name);
            Ok::<_, std::io::Error>(())
        };
        match name {
            "leading" => manager.add_task(name, work),
            _ => manager.add_task_everywhere(name, work),
        }
    }
    let handle = manager.handle();
    let running = tokio::spawn(manager.run());
    handle.elected().await;
    // It hears nothing from now on, not even refusals.
    server.lose("get", "leases", usize::MAX);
    server.lose("update", "leases", usize::MAX);
    until(&clock, || running.is_finished()).await;
    let error = running.await.expect("no panic").expect_err("lost");
    assert!(matches!(error, ManagerError::LeadershipLost));
    assert!(!handle.leads());
    assert_eq!(log.take().len(), 2, "all of it has ended");
}

/// Whoever has lost the Lease ends before another may lead, whatever still runs.
#[tokio::test]
async fn work_that_does_not_end_does_not_keep_a_lost_leader() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let options = LeaderOptions {
        lease: Duration::from_millis(10_100),
        ..LeaderOptions::new("a", "maps", "first")
    };
    let mut manager = Manager::with_clock("maps", server.client(), clock.shared())
        .leader_election(options)
        .without_signals();
    manager.add_task("stuck", |_| async move {
        std::future::pending::<()>().await;
        Ok::<_, std::io::Error>(())
    });
    let handle = manager.handle();
    let running = tokio::spawn(manager.run());
    handle.elected().await;
    server.lose("get", "leases", usize::MAX);
    server.lose("update", "leases", usize::MAX);
    until(&clock, || !handle.leads()).await;
    // A tenth of a second is left of the Lease.
    let ended = tokio::time::timeout(Duration::from_secs(10), running).await;
    let error = ended
        .expect("it ends")
        .expect("no panic")
        .expect_err("lost");
    assert!(matches!(error, ManagerError::LeadershipLost), "{error}");
}

#[tokio::test]
async fn some_run_without_leading() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let first = program(&server, &clock, "first");
    first.handle.elected().await;
    let log = Log::new();
    let mut manager = Manager::with_clock("maps", server.client(), clock.shared())
        .leader_election(LeaderOptions::new("a", "maps", "second"))
        .without_signals();
    manager.add(
        ControllerBuilder::<ConfigMap>::new("all")
            .everywhere()
            .reconcile(log.clone(), note),
    );
    let (tasks, told) = (log.clone(), log.clone());
    manager.add_task("leads", move |_| async move {
        tasks.add("must not run");
        Ok::<_, std::io::Error>(())
    });
    manager.add_task_everywhere("runs", move |cancel| async move {
        told.add("runs");
        cancel.cancelled().await;
        told.add("ends");
        Ok::<_, std::io::Error>(())
    });
    let handle = manager.handle();
    let running = tokio::spawn(manager.run());
    assert_eq!(log.wait(1).await, ["runs"]);
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m")).await.expect("create");
    assert_eq!(log.wait(1).await, ["a/m"]);
    assert!(!handle.leads());
    handle.stop();
    running.await.expect("no panic").expect("ended");
    assert_eq!(log.take(), ["ends"]);
}

#[tokio::test]
async fn what_fails_ends_all() {
    let server = FakeApi::new();
    let mut manager = Manager::new("x", server.client()).without_signals();
    manager.add_task("broken", |_| async { Err::<(), _>("no") });
    let error = manager.run().await.expect_err("it failed");
    assert_eq!(error.to_string(), "broken failed");

    let mut manager = Manager::new("x", server.client()).without_signals();
    manager.add_task_everywhere("mad", |_| async {
        assert!(server_is_sane(), "no");
        Ok::<_, std::io::Error>(())
    });
    let error = manager.run().await.expect_err("it panicked");
    assert!(matches!(error, ManagerError::Task { name, .. } if name == "mad"));

    let mut manager = Manager::new("x", server.client()).without_signals();
    for _ in 0..2 {
        let twice = ControllerBuilder::<ConfigMap>::new("twice");
        manager.add(twice.reconcile(Log::new(), note));
    }
    let error = manager.run().await.expect_err("two of one name");
    assert!(matches!(error, ManagerError::NameTaken(name) if name == "twice"));

    let options = LeaderOptions::new("a", "x", "me").times(
        Duration::from_secs(5),
        Duration::from_secs(10),
        Duration::from_secs(2),
    );
    let manager = Manager::new("x", server.client()).without_signals();
    let error = manager.leader_election(options).run().await;
    assert!(matches!(error, Err(ManagerError::Leader(_))));
}

fn server_is_sane() -> bool {
    std::hint::black_box(false)
}

async fn get(address: SocketAddr, path: &str, token: Option<&str>) -> (u16, String) {
    let mut socket = tokio::net::TcpStream::connect(address)
        .await
        .expect("connect");
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
    let token = token.unwrap_or_default();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{token}\r\n");
    socket.write_all(request.as_bytes()).await.expect("write");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("read");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let code = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    (code.expect("a code"), body.to_owned())
}

#[tokio::test]
async fn health_and_metrics() {
    let server = FakeApi::new();
    server.lose("list", "configmaps", 1);
    let log = Log::new();
    let mut manager = Manager::new("x", server.client())
        .health("127.0.0.1:0")
        .metrics_on("127.0.0.1:0 ".trim())
        .without_signals();
    let well = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let check = Arc::clone(&well);
    manager.checks().add_life("disk", move || {
        let well = check.load(std::sync::atomic::Ordering::Relaxed);
        async move { if well { Ok(()) } else { Err("full".to_owned()) } }
    });
    manager.add(ControllerBuilder::<ConfigMap>::new("maps").reconcile(log.clone(), note));
    let handle = manager.handle();
    let running = tokio::spawn(manager.run());
    let addresses = handle.addresses().await;
    let at = addresses.health.expect("health");
    assert_eq!(get(at, "/healthz", None).await, (200, "ok".to_owned()));
    assert_eq!(get(at, "/healthz/disk", None).await.0, 200);
    assert_eq!(get(at, "/healthz/unknown", None).await.0, 404);
    let (code, text) = get(at, "/livez?verbose", None).await;
    assert_eq!(
        (code, text.as_str()),
        (200, "[+]disk ok\n[+]ping ok\nlivez check passed\n")
    );
    let (code, text) = get(at, "/readyz", None).await;
    assert_eq!(code, 500, "nothing has been read yet");
    assert!(
        text.contains("[-]informer-sync failed: reason withheld"),
        "{text}"
    );
    well.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(get(at, "/healthz", None).await.0, 500);
    assert_eq!(get(at, "/healthz?exclude=disk", None).await.0, 200);
    // The first list was lost; the second comes after a pause of the real clock.
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m")).await.expect("create");
    log.wait(1).await;
    assert_eq!(get(at, "/readyz", None).await.0, 200);
    let metrics = addresses.metrics.expect("metrics");
    let (code, text) = get(metrics, "/metrics", None).await;
    assert_eq!(code, 200);
    for line in [
        "controller_runtime_max_concurrent_reconciles{controller=\"maps\"} 1",
        "# TYPE controller_runtime_reconcile_time_seconds histogram",
        "workqueue_adds_total{name=\"maps\",controller=\"maps\"} 1",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    handle.stop();
    running.await.expect("no panic").expect("ended");
    assert!(
        tokio::net::TcpStream::connect(at).await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn metrics_are_for_those_who_may() {
    let server = FakeApi::new();
    let manager = Manager::new("x", server.client())
        .metrics_on("127.0.0.1:0")
        .guard_metrics()
        .without_signals();
    let handle = manager.handle();
    let running = tokio::spawn(manager.run());
    let at = handle.addresses().await.metrics.expect("metrics");
    assert_eq!(get(at, "/metrics", None).await.0, 401);
    // The fake server answers a review with what it was sent: not authenticated.
    assert_eq!(get(at, "/metrics", Some("t")).await.0, 401);
    assert_eq!(get(at, "/metrics", Some("t")).await.0, 401);
    let asked = || server.all::<TokenReview>().len();
    assert_eq!(asked(), 1, "a verdict is remembered");
    server.refuse(
        "create",
        "tokenreviews",
        9,
        Status::failure(500, "InternalError", "no"),
    );
    assert_eq!(get(at, "/metrics", Some("u")).await.0, 500);
    handle.stop();
    running.await.expect("no panic").expect("ended");
}

#[test]
fn programs_write_under_their_own_name() {
    let client = FakeApi::new().client();
    // That of the executable, this test.
    assert!(client.field_manager().starts_with("it-"));
    let manager = Manager::new("shop", client.clone());
    assert_eq!(manager.client().field_manager(), "shop");
    let manager = Manager::new("shop", client.with_user_agent("till/2"));
    assert_eq!(manager.client().field_manager(), "till");
}

#[cfg(feature = "webhook")]
#[tokio::test]
async fn webhooks_are_part_of_readiness() {
    use skeg_runtime::webhook::{Certificates, WebhookServer};

    let server = FakeApi::new();
    let start = |hooks: WebhookServer| {
        let hooks = hooks.certificates(Certificates::in_memory(["localhost"]));
        let mut manager = Manager::new("maps", server.client())
            .health("127.0.0.1:0")
            .without_signals();
        manager.add_webhooks(hooks, "127.0.0.1:0");
        (manager.handle(), tokio::spawn(manager.run()))
    };
    // Nobody can call them before a configuration knows their authority.
    let unknown = WebhookServer::new().ca_of_validating(server.client(), "missing");
    let (handle, running) = start(unknown);
    let at = handle.addresses().await.health.expect("health");
    let (code, text) = get(at, "/readyz", None).await;
    assert_eq!(code, 500);
    assert!(text.contains("[-]webhooks-127.0.0.1:0 failed"), "{text}");
    handle.stop();
    running.await.expect("no panic").expect("no error");
    let (handle, running) = start(WebhookServer::new());
    let at = handle.addresses().await.health.expect("health");
    let ready = async { while get(at, "/readyz", None).await.0 != 200 {} };
    let ready = tokio::time::timeout(Duration::from_secs(30), ready).await;
    assert!(ready.is_ok());
    handle.stop();
    running.await.expect("no panic").expect("no error");
}
