use super::*;
use crate::UserInfo;
use crate::webhook::tests::Played;
use parking_lot::Mutex;
use skeg_meta::Time;
use skeg_schema::{decode_json_any, json};

const POLICY: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n\
    - {level: Metadata, resources: [{group: '', resources: [secrets]}]}\n\
    - {level: None, users: [quiet]}\n\
    - {level: RequestResponse, omitManagedFields: true, omitStages: [RequestReceived]}\n";

struct World {
    _dir: tempfile::TempDir,
    log: PathBuf,
    auditor: Arc<Auditor>,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("policy.yaml");
    std::fs::write(&policy, POLICY).unwrap();
    let log = dir.path().join("audit.log");
    let options = AuditOptions {
        policy_file: Some(policy),
        log_path: Some(log.clone()),
        ..AuditOptions::default()
    };
    let auditor = Auditor::start(&options, &CancellationToken::new())
        .unwrap()
        .unwrap();
    World {
        _dir: dir,
        log,
        auditor,
    }
}

impl World {
    fn events(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        text.lines()
            .map(|line| decode_json_any(line.as_bytes()).unwrap())
            .collect()
    }

    fn begin(&self, user: &str, resource: &str) -> Option<Arc<Record>> {
        let user = UserInfo::new(user, &["system:authenticated"]);
        let asked = Attributes {
            namespace: "ns",
            version: "v1",
            ..Attributes::resource(&user, "create", "", resource)
        };
        self.auditor.begin(Begin {
            asked: &asked,
            id: "id-1",
            uri: "/api/v1/namespaces/ns/secrets?dryRun=All",
            agent: "kubectl",
            sources: vec!["10.0.0.1".into()],
            received: "2026-01-02T03:04:05Z".parse::<Time>().unwrap(),
        })
    }
}

fn secret() -> Value {
    json!({
        "kind": "Secret",
        "metadata": {"name": "s", "managedFields": [{"manager": "m"}]},
        "data": {"password": "c2VjcmV0"}
    })
}

#[tokio::test]
async fn a_request_is_told_by_stages() {
    let world = world();
    assert!(world.begin("quiet", "pods").is_none());
    let record = world.begin("alice", "secrets").unwrap();
    record.stage_done(Stage::RequestReceived).await.unwrap();
    with(Some(record.clone()), async {
        annotate("authorization.k8s.io/decision", "allow");
        annotate("authorization.k8s.io/decision", "forbid");
        request_object(&secret());
    })
    .await;
    record.response(201, None, Some(secret()));
    record.stage_done(Stage::ResponseComplete).await.unwrap();
    record.stage_done(Stage::ResponseComplete).await.unwrap();
    let events = world.events();
    assert_eq!(events.len(), 2);
    let mut first = events[0].clone();
    first.as_object_mut().unwrap().remove("stageTimestamp");
    assert_eq!(
        first,
        json!({
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": "Metadata",
            "auditID": "id-1",
            "stage": "RequestReceived",
            "requestURI": "/api/v1/namespaces/ns/secrets?dryRun=All",
            "verb": "create",
            "user": {"username": "alice", "groups": ["system:authenticated"]},
            "sourceIPs": ["10.0.0.1"],
            "userAgent": "kubectl",
            "objectRef": {"resource": "secrets", "namespace": "ns", "apiVersion": "v1"},
            "requestReceivedTimestamp": "2026-01-02T03:04:05.000000Z"
        })
    );
    let last = &events[1];
    assert_eq!(last["objectRef"]["name"], json!("s"));
    assert_eq!(last["responseStatus"], json!({"metadata": {}, "code": 201}));
    assert_eq!(
        last["annotations"],
        json!({"authorization.k8s.io/decision": "allow"})
    );
    assert!(!last.to_string().contains("c2VjcmV0"), "{last}");
}

#[tokio::test]
async fn objects_are_written_where_the_policy_says_so() {
    let world = world();
    let record = world.begin("alice", "configmaps").unwrap();
    record.stage_done(Stage::RequestReceived).await.unwrap();
    record.impersonated(&UserInfo::new("bob", &[]), None);
    with(Some(record.clone()), async { request_object(&secret()) }).await;
    let status = json!({"status": "Failure", "reason": "Forbidden", "message": "no", "code": 403});
    record.response(403, Some(&status), Some(status.clone()));
    record.stage_done(Stage::ResponseComplete).await.unwrap();
    let events = world.events();
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["impersonatedUser"], json!({"username": "bob"}));
    assert_eq!(
        event["requestObject"]["data"]["password"],
        json!("c2VjcmV0")
    );
    assert_eq!(event["requestObject"]["metadata"], json!({"name": "s"}));
    assert_eq!(
        event["responseStatus"],
        json!({"metadata": {}, "status": "Failure", "message": "no", "reason": "Forbidden", "code": 403})
    );
    assert_eq!(event["responseObject"]["code"], json!(403));
}

#[tokio::test]
async fn batches_are_sent_and_losses_counted() {
    let seen: Arc<Mutex<Vec<usize>>> = Arc::default();
    let told = seen.clone();
    let remote = Remote::over(
        Arc::new(Played(move |_: &str, body: Value| {
            let items = body["items"].as_array().unwrap().len();
            if items == 1 {
                return (503, json!({}));
            }
            told.lock().push(items);
            (200, json!({}))
        })),
        "/",
        Duration::from_secs(5),
    );
    let options = BatchOptions {
        buffer_size: 5,
        max_size: 3,
        max_wait: Duration::ZERO,
        throttle: None,
        batch_bytes_max: usize::MAX,
    };
    let counts = Arc::new(Counts::default());
    let cancel = CancellationToken::new();
    let batcher = Batcher::start(
        Arc::new(Sink::Remote(remote)),
        options,
        Duration::ZERO,
        counts.clone(),
        &cancel,
    );
    let event = || {
        Arc::new(Encoded {
            json: b"{}".to_vec(),
            line: Vec::new(),
        })
    };
    // The task has not run yet: five find a place.
    let placed = (0..8).filter(|_| batcher.push(event()).is_ok()).count();
    assert_eq!(placed, 5);
    while seen.lock().iter().sum::<usize>() < 5 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*seen.lock(), [3, 2]);
    // What cannot be sent is counted in the end.
    batcher.push(event()).unwrap();
    while counts.errors.get(&"webhook", Counter::default).get() == 0 {
        tokio::task::yield_now().await;
    }
    // And what waits at the end is sent.
    for _ in 0..2 {
        batcher.push(event()).unwrap();
    }
    cancel.cancel();
    while seen.lock().iter().sum::<usize>() < 7 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn large_events_are_cut() {
    let world = world();
    let backend = Backend {
        sink: world.auditor.backends[0].sink.clone(),
        mode: Mode::Blocking,
        truncation: Truncation {
            enabled: true,
            event_len_max: 200,
            batch_len_max: 1000,
        },
        batcher: None,
        backoff: Duration::ZERO,
    };
    let event = json!({"auditID": "x", "requestObject": {"a": ("x".repeat(300))}});
    let cut = String::from_utf8(backend.cut(&event).unwrap().json).unwrap();
    assert_eq!(
        cut,
        "{\"auditID\":\"x\",\"annotations\":{\"audit.k8s.io/truncated\":\"true\"}}"
    );
    assert!(
        backend
            .cut(&json!({"auditID": ("x".repeat(300))}))
            .is_none()
    );
}

#[test]
fn lines_for_people() {
    let event = json!({
        "requestReceivedTimestamp": "T", "auditID": "x", "stage": "ResponseComplete",
        "verb": "get", "user": {"username": "alice", "groups": ["a", "b"]},
        "requestURI": "/", "responseStatus": {"code": 200}, "sourceIPs": ["::1"]
    });
    assert_eq!(
        String::from_utf8(legacy_line(&event)).unwrap(),
        "T AUDIT: id=\"x\" stage=\"ResponseComplete\" ip=\"::1\" method=\"get\" user=\"alice\" groups=\"\\\"a\\\",\\\"b\\\"\" as=\"<self>\" asgroups=\"<lookup>\" user-agent=\"\" namespace=\"<none>\" uri=\"/\" response=\"200\"\n"
    );
}

#[tokio::test]
async fn who_is_asked_within_a_request_is_waited_for() {
    let arrived = Arc::new(Mutex::new(0));
    let backend = |mode, code: u16| {
        let arrived = arrived.clone();
        let played = Played(move |_: &str, _: Value| {
            *arrived.lock() += 1;
            (code, json!({}))
        });
        let remote = Remote::over(Arc::new(played), "/", Duration::from_secs(5));
        Backend {
            sink: Arc::new(Sink::Remote(remote)),
            mode,
            truncation: Truncation::default(),
            batcher: None,
            backoff: Duration::ZERO,
        }
    };
    let check = async |mode, code: u16, stage, expect: bool| {
        let world = world();
        let auditor = Auditor {
            policy: Policy::from_file(&world._dir.path().join("policy.yaml")).unwrap(),
            backends: vec![backend(mode, code)],
            counts: world.auditor.counts.clone(),
        };
        let before = *arrived.lock();
        let done = auditor.write(json!({}), stage).done().await;
        assert_eq!(done.is_ok(), expect, "{mode:?} {code}");
        assert!(*arrived.lock() > before, "nobody has waited");
    };
    check(Mode::Blocking, 200, Stage::RequestReceived, true).await;
    check(Mode::Blocking, 503, Stage::RequestReceived, true).await;
    check(Mode::BlockingStrict, 200, Stage::RequestReceived, true).await;
    check(Mode::BlockingStrict, 503, Stage::RequestReceived, false).await;
    check(Mode::BlockingStrict, 503, Stage::ResponseComplete, true).await;
}
