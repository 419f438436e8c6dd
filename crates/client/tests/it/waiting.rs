//! Waiting, evictions, access reviews and rollouts by script.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::Pod;
use skeg_client::access::Can;
use skeg_client::drain::{Drain, DrainError, DrainEvent};
use skeg_client::streams::Logs;
use skeg_client::subresource::{EvictOptions, Evicted, ProxyRequest};
use skeg_client::{
    Api, ApiResource, Client, Config, DeleteOptions, DynamicApi, Error, Payload, Transport,
    TransportError, rollout, wait,
};

use crate::server::{Answer, Options, Server};

async fn rig(answers: Vec<Answer>) -> (Server, Client) {
    let server = Server::start(None, answers).await;
    let config = Config::new(format!("http://{}", server.address));
    (server, Client::from_config(&config).expect("client"))
}

fn pod(version: u32, ready: &str) -> String {
    format!(
        r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"p","namespace":"a","resourceVersion":"{version}"}},"spec":{{}},"status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"{ready}"}}]}}}}"#
    )
}

fn list(version: u32, items: &[String]) -> Answer {
    Answer::json(
        200,
        &format!(
            r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"{version}"}},"items":[{}]}}"#,
            items.join(",")
        ),
    )
}

fn event(kind: &str, object: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n")
}

fn lines(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.line).collect()
}

#[tokio::test]
async fn conditions_are_waited_for_over_lost_watches() {
    let expired =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}"#;
    let (server, client) = rig(vec![
        list(5, &[pod(5, "False")]),
        // A watch that ends, one that tells of expiry, and the list after that.
        Answer::json(200, &event("MODIFIED", &pod(6, "False"))),
        Answer::json(200, &event("ERROR", expired)),
        list(9, &[pod(8, "False")]),
        Answer::json(200, &event("MODIFIED", &pod(10, "True"))),
    ])
    .await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let ready = wait::await_condition(&pods, "p", wait::pod_ready())
        .await
        .expect("ready")
        .expect("a pod");
    assert_eq!(ready.metadata.resource_version, "10");
    let asked = lines(&server);
    assert!(
        asked[0].ends_with("/pods?fieldSelector=metadata.name%3Dp"),
        "{asked:?}"
    );
    assert!(asked[1].contains("watch=true") && asked[1].contains("resourceVersion=5"));
    assert!(
        asked[2].contains("resourceVersion=6"),
        "taken up where it was"
    );
    assert!(asked[4].contains("resourceVersion=9"), "{asked:?}");
}

/// Lists, and ends every watch at once.
#[derive(Clone, Default)]
struct Curt(Arc<AtomicUsize>);

impl Transport for Curt {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = if query.contains("watch=true") {
            let watches = self.0.fetch_add(1, Ordering::Relaxed);
            assert!(watches < 100, "it asks without a pause");
            Payload::Stream(futures::stream::empty().boxed())
        } else {
            let list = r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}"#;
            Payload::from(list.as_bytes().to_vec())
        };
        let mut response = http::Response::new(body);
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert("content-type", json);
        Box::pin(async { Ok(response) })
    }
}

#[tokio::test(start_paused = true)]
async fn watches_that_end_at_once_are_asked_for_with_pauses() {
    let minute = Duration::from_secs(60);
    let rig = || {
        let server = Curt::default();
        let client = Client::new(Arc::new(server.clone()));
        (server.0, Api::<Pod>::namespaced(client, "a"))
    };
    let bounds = |watches: Arc<AtomicUsize>| {
        let watches = watches.load(Ordering::Relaxed);
        assert!((5..30).contains(&watches), "{watches} in a minute");
    };
    let (watches, pods) = rig();
    let waited = wait::within(minute, wait::await_condition(&pods, "p", wait::pod_ready()));
    let waited = waited.await.expect_err("never");
    assert!(waited.is_timeout(), "{waited:?}");
    assert_eq!(waited.to_string(), "not within 60 s: pods p is not there");
    bounds(watches);
    let (watches, pods) = rig();
    let mut lines = Logs::of_selected(&pods, "app=web")
        .follow_restarts()
        .lines();
    let line = tokio::time::timeout(minute, lines.next()).await;
    assert!(line.is_err(), "{line:?}");
    bounds(watches);
}

#[tokio::test]
async fn what_is_gone_is_deleted_and_a_refusal_ends_the_wait() {
    let (_, client) = rig(vec![
        list(5, &[pod(5, "True")]),
        Answer::json(200, &event("DELETED", &pod(6, "True"))),
    ])
    .await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let gone = wait::await_condition(&pods, "p", wait::deleted()).await;
    assert!(gone.expect("an end").is_none());
    let forbidden = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"no","code":403}"#;
    let (_, client) = rig(vec![Answer::json(403, forbidden)]).await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let error = wait::await_condition(&pods, "p", wait::pod_ready()).await;
    assert!(matches!(error, Err(wait::WaitError::Watch { source, .. }) if source.is_forbidden()));
}

fn pod_of(version: u32, uid: &str) -> String {
    format!(
        r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"p","namespace":"a","uid":"{uid}","resourceVersion":"{version}"}},"spec":{{}}}}"#
    )
}

#[tokio::test]
async fn an_object_that_another_has_followed_is_gone() {
    let follow = || {
        vec![
            list(5, &[pod_of(5, "old")]),
            // Its end fell between a lost watch and the list after it.
            Answer::json(
                410,
                r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}"#,
            ),
            list(9, &[pod_of(8, "new")]),
        ]
    };
    let (_, client) = rig(follow()).await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let gone = wait::await_condition(&pods, "p", wait::deleted_uid("old"));
    let other = gone.await.expect("an end").expect("another");
    assert_eq!(other.metadata.uid, "new");
    let deleted = Answer::json(200, &pod_of(5, "old"));
    let (server, client) = rig([deleted].into_iter().chain(follow()).collect()).await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let options = DeleteOptions::default().grace(3);
    pods.delete_and_wait("p", &options).await.expect("gone");
    let asked = lines(&server);
    assert_eq!(asked[0], "DELETE /api/v1/namespaces/a/pods/p");
    assert_eq!(asked.len(), 4, "{asked:?}");
    let status = r#"{"kind":"Status","apiVersion":"v1","status":"Success","details":{"name":"p","kind":"pods","uid":"old"}}"#;
    let answers = vec![Answer::json(200, status), list(9, &[pod_of(8, "new")])];
    let (_, client) = rig(answers).await;
    let pods = DynamicApi::namespaced(client, ApiResource::of::<Pod>(), "a");
    pods.delete_and_wait("p", &options).await.expect("gone");
    let missing =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"#;
    let (_, client) = rig(vec![Answer::json(404, missing)]).await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let error = pods.delete_and_wait("p", &options).await;
    assert!(matches!(error, Err(wait::WaitError::Delete { source, .. }) if source.is_not_found()));
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_asked_for_again_some_times() {
    let garbage = || Answer::json(200, "<html>try later</html>\n");
    let (_, client) = rig(vec![
        list(5, &[pod(5, "False")]),
        garbage(),
        list(6, &[pod(6, "False")]),
        garbage(),
        list(7, &[pod(7, "False")]),
        Answer::json(200, &event("MODIFIED", &pod(8, "True"))),
    ])
    .await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let ready = wait::await_condition(&pods, "p", wait::pod_ready());
    let ready = ready.await.expect("ready").expect("a pod");
    assert_eq!(ready.metadata.resource_version, "8");
}

/// Answers with a page that is no object.
struct Garbled(Arc<AtomicUsize>);

impl Transport for Garbled {
    fn call(
        &self,
        _request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let page = Payload::from(b"<html>try later</html>".to_vec());
        Box::pin(async { Ok(http::Response::new(page)) })
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_can_never_be_read_end_the_wait() {
    let calls = Arc::<AtomicUsize>::default();
    let client = Client::new(Arc::new(Garbled(Arc::clone(&calls))));
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let ended = wait::await_condition(&pods, "p", wait::pod_ready()).await;
    assert!(
        matches!(
            &ended,
            Err(wait::WaitError::Watch {
                source: Error::Decode { .. },
                ..
            })
        ),
        "{ended:?}"
    );
    assert_eq!(calls.load(Ordering::Relaxed), 6);
}

#[tokio::test(start_paused = true)]
async fn waiting_is_bounded() {
    let never = std::future::pending::<Result<(), wait::WaitError>>();
    let error = wait::within(Duration::from_secs(60), never).await;
    let error = error.expect_err("too long");
    assert_eq!(error.to_string(), "not within 60 s");
}

#[tokio::test]
async fn evictions_say_what_became_of_them() {
    let blocked = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Cannot evict pod as it would violate the pod's disruption budget.","reason":"TooManyRequests","details":{"causes":[{"reason":"DisruptionBudget","message":"The disruption budget b needs 1 healthy pods and has 1 currently"}],"retryAfterSeconds":10},"code":429}"#;
    let missing =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"#;
    let done = r#"{"kind":"Status","apiVersion":"v1","status":"Success","code":201}"#;
    let (server, client) = rig(vec![
        Answer::json(429, blocked),
        Answer::json(201, done),
        Answer::json(404, missing),
        Answer::json(429, "busy"),
    ])
    .await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let options = EvictOptions::default().grace(3).uid("u");
    match pods.evict("p", &options).await.expect("an answer") {
        Evicted::Blocked {
            message,
            retry_after,
        } => {
            assert!(message.contains("budget b needs 1"), "{message}");
            assert_eq!(retry_after, Some(Duration::from_secs(10)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        pods.evict("p", &options).await.expect("an answer"),
        Evicted::Accepted
    );
    assert_eq!(
        pods.evict("p", &options).await.expect("an answer"),
        Evicted::Gone
    );
    let error = pods.evict("p", &options).await.expect_err("overloaded");
    assert!(error.is_too_many_requests());
    assert_eq!(
        lines(&server)[0],
        "POST /api/v1/namespaces/a/pods/p/eviction"
    );
}

/// Forty pods, of which all but one are held back by a budget.
#[tokio::test]
async fn pods_that_are_held_back_hold_up_no_others() {
    let named = |name: &str| {
        format!(
            r#"{{"metadata":{{"name":"{name}","namespace":"a","uid":"u-{name}","ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"r","controller":true}}]}},"spec":{{"nodeName":"n"}}}}"#
        )
    };
    let mut names: Vec<_> = (0..39).map(|n| format!("held-{n}")).collect();
    names.push("free".to_owned());
    let pods: Vec<_> = names.iter().map(|name| named(name)).collect();
    let pods = format!(
        r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"5"}},"items":[{}]}}"#,
        pods.join(",")
    );
    let served = r#"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["get"]},{"name":"pods/eviction","kind":"Eviction","namespaced":true,"verbs":["create"]}]}"#;
    let server = Server::with(Options::default(), move |seen| {
        let line = seen.line.as_str();
        Some(if line.starts_with("PATCH /api/v1/nodes/n") {
            Answer::json(200, r#"{"kind":"Node","apiVersion":"v1","metadata":{"name":"n"}}"#)
        } else if line == "GET /api/v1" {
            Answer::json(200, served)
        } else if line.contains("spec.nodeName") {
            Answer::json(200, &pods)
        } else if line.ends_with("/pods/free/eviction") {
            Answer::json(201, r#"{"kind":"Status","apiVersion":"v1","status":"Success","code":201}"#)
        } else if line.ends_with("/eviction") {
            Answer::json(429, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"held back","reason":"TooManyRequests","details":{"causes":[{"reason":"DisruptionBudget","message":"no"}],"retryAfterSeconds":10},"code":429}"#)
        } else {
            list(6, &[])
        })
    })
    .await;
    let config = Config::new(format!("http://{}", server.address));
    let client = Client::from_config(&config).expect("client");
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let draining = tokio::spawn(async move {
        Drain::new()
            .node(&client, "n", move |event| drop(tell.send(event)))
            .await
    });
    let gone = DrainEvent::Gone {
        pod: "a/free".to_owned(),
    };
    let waiting = async {
        while let Some(event) = told.recv().await {
            if event == gone {
                return true;
            }
        }
        false
    };
    let waited = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    assert!(waited.expect("it goes while the others wait"));
    assert!(!draining.is_finished());
    draining.abort();
}

/// A node with the pods a, b and c, whose evictions are answered so, in turn.
async fn drained(
    eviction: impl Fn(&str, usize) -> Answer + Send + Sync + 'static,
) -> (Result<(), DrainError>, Vec<String>) {
    let pods: Vec<_> = ["a", "b", "c"].iter().map(|name| format!(
        r#"{{"metadata":{{"name":"{name}","namespace":"a","uid":"u-{name}","ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"r","controller":true}}]}},"spec":{{"nodeName":"n"}}}}"#
    )).collect();
    let pods = format!(
        r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"5"}},"items":[{}]}}"#,
        pods.join(",")
    );
    let served = r#"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["get"]},{"name":"pods/eviction","kind":"Eviction","namespaced":true,"verbs":["create"]}]}"#;
    let asked = AtomicUsize::new(0);
    let server = Server::with(Options::default(), move |seen| {
        let line = seen.line.as_str();
        Some(if line.starts_with("PATCH /api/v1/nodes/n") {
            Answer::json(
                200,
                r#"{"kind":"Node","apiVersion":"v1","metadata":{"name":"n"}}"#,
            )
        } else if line == "GET /api/v1" {
            Answer::json(200, served)
        } else if line.contains("spec.nodeName") {
            Answer::json(200, &pods)
        } else if let Some(path) = line.strip_suffix("/eviction") {
            let pod = path.rsplit('/').next().unwrap_or_default();
            eviction(pod, asked.fetch_add(1, Ordering::Relaxed))
        } else {
            list(6, &[])
        })
    })
    .await;
    let config = Config::new(format!("http://{}", server.address));
    let client = Client::from_config(&config).expect("client");
    let gone = parking_lot::Mutex::new(Vec::new());
    let tell = |event| {
        if let DrainEvent::Gone { pod } = event {
            gone.lock().push(pod);
        }
    };
    let outcome = Drain::new().node(&client, "n", tell).await;
    let mut gone = gone.into_inner();
    gone.sort();
    (outcome, gone)
}

const EVICTED: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Success","code":201}"#;

#[tokio::test]
async fn a_pod_that_cannot_be_evicted_keeps_no_others() {
    let forbidden = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}"#;
    let (outcome, gone) = drained(move |pod, _| match pod {
        "b" => Answer::json(201, EVICTED),
        _ => Answer::json(403, forbidden),
    })
    .await;
    assert_eq!(gone, ["a/b"]);
    let Err(DrainError::Several { node, mut errors }) = outcome else {
        panic!("{outcome:?}");
    };
    errors.sort_by_key(ToString::to_string);
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        (node.as_str(), texts),
        (
            "n",
            ["cannot evict pod a/a", "cannot evict pod a/c"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    let (outcome, gone) = drained(move |pod, _| match pod {
        "b" => Answer::json(403, forbidden),
        _ => Answer::json(201, EVICTED),
    })
    .await;
    assert_eq!(gone, ["a/a", "a/c"]);
    assert!(matches!(outcome, Err(DrainError::Evict { pod, .. }) if pod == "a/b"));
}

#[tokio::test]
async fn evictions_are_asked_for_again_when_the_server_has_trouble() {
    let trouble = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"leader changed","reason":"InternalError","code":500}"#;
    let (outcome, gone) = drained(move |_, asked| match asked {
        0..2 => Answer::json(500, trouble),
        _ => Answer::json(201, EVICTED),
    })
    .await;
    outcome.expect("drained");
    assert_eq!(gone, ["a/a", "a/b", "a/c"]);
}

#[tokio::test]
async fn questions_of_access_are_asked() {
    let answer = |allowed: bool, kind: &str| {
        let body = format!(
            r#"{{"kind":"{kind}","apiVersion":"authorization.k8s.io/v1","metadata":{{}},"spec":{{}},"status":{{"allowed":{allowed},"reason":"r"}}}}"#
        );
        Answer::json(201, &body)
    };
    let (server, client) = rig(vec![
        answer(true, "SelfSubjectAccessReview"),
        answer(false, "SubjectAccessReview"),
        answer(true, "LocalSubjectAccessReview"),
    ])
    .await;
    let mine = Can::of::<Deployment>("patch")
        .namespace("a")
        .subresource("scale");
    assert!(client.can_i(mine.clone()).await.expect("an answer"));
    let decision = client
        .can(mine.clone().by("bob").group("dev"))
        .await
        .expect("an answer");
    assert!(!decision.allowed && decision.reason == "r");
    let local = client
        .can_within("a", mine.clone().by("bob"))
        .await
        .expect("an answer");
    assert!(local.allowed);
    assert_eq!(
        lines(&server),
        [
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "POST /apis/authorization.k8s.io/v1/subjectaccessreviews",
            "POST /apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews"
        ]
    );
    let error = client.can_i(mine.by("bob")).await.expect_err("of another");
    assert!(matches!(error, Error::Request { .. }));
}

#[tokio::test]
async fn dynamic_subresources_are_checked_first() {
    let served = r#"{"kind":"APIResourceList","groupVersion":"x.io/v1","resources":[{"name":"widgets","kind":"Widget","namespaced":true,"verbs":["get"]},{"name":"widgets/status","kind":"Widget","namespaced":true,"verbs":["get"]}]}"#;
    let (server, client) = rig(vec![Answer::json(200, served)]).await;
    let maps = ApiResource::built_in("", "v1", "ConfigMap").expect("built in");
    let maps = DynamicApi::namespaced(client.clone(), maps, "a");
    let error = maps.get_scale("m").await.expect_err("no scale");
    assert_eq!(error.to_string(), "configmaps: ConfigMap has no scale");
    assert!(server.seen().is_empty());
    let widgets = ApiResource {
        group: "x.io".into(),
        version: "v1".into(),
        plural: "widgets".into(),
        kind: "Widget".into(),
        namespaced: true,
    };
    let widgets = DynamicApi::namespaced(client, widgets, "a");
    let error = widgets.get_scale("w").await.expect_err("no scale");
    assert_eq!(error.to_string(), "widgets: Widget has no scale");
    assert_eq!(lines(&server), ["GET /apis/x.io/v1"]);
}

#[tokio::test]
async fn requests_go_behind_the_proxy() {
    let (server, client) = rig(vec![
        Answer::new(200, "text/plain", "hello").header("x-own", "1"),
    ])
    .await;
    let pods: Api<Pod> = Api::namespaced(client, "a");
    let request = ProxyRequest::post("/api/items?x=1", "{}")
        .port("http")
        .header("content-type", "application/json");
    let answer = pods.proxy("p", &request).await.expect("an answer");
    assert_eq!(answer.headers()["x-own"], "1");
    assert_eq!(answer.text().await.expect("a text"), "hello");
    let seen = &server.seen()[0];
    assert_eq!(
        seen.line,
        "POST /api/v1/namespaces/a/pods/p:http/proxy/api/items?x=1"
    );
    assert_eq!(
        (seen.header("content-type"), &seen.body[..]),
        ("application/json", &b"{}"[..])
    );
}

#[tokio::test]
async fn a_rollout_is_undone_to_the_template_before() {
    let deployment = r#"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d","namespace":"a","uid":"du","resourceVersion":"5"},"spec":{"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"i:2"}]}}}}"#;
    let set = |revision: u32, image: &str, owner: &str| {
        format!(
            r#"{{"metadata":{{"name":"d-{revision}","namespace":"a","annotations":{{"deployment.kubernetes.io/revision":"{revision}"}},"ownerReferences":[{{"apiVersion":"apps/v1","kind":"Deployment","name":"d","uid":"{owner}","controller":true}}]}},"spec":{{"selector":{{}},"template":{{"metadata":{{"labels":{{"app":"d","pod-template-hash":"h{revision}"}}}},"spec":{{"containers":[{{"name":"c","image":"{image}"}}]}}}}}}}}"#
        )
    };
    let sets = format!(
        r#"{{"kind":"ReplicaSetList","apiVersion":"apps/v1","metadata":{{}},"items":[{},{},{}]}}"#,
        set(3, "i:2", "du"),
        set(9, "i:9", "other"),
        set(1, "i:1", "du")
    );
    let (server, client) = rig(vec![
        Answer::json(200, deployment),
        Answer::json(200, &sets),
        Answer::json(200, deployment),
    ])
    .await;
    let deployments: Api<Deployment> = Api::namespaced(client, "a");
    let revision = rollout::undo(&deployments, "d", None)
        .await
        .expect("undone");
    assert_eq!(revision, 1);
    let seen = server.seen();
    assert!(seen[1].line.ends_with("/replicasets?labelSelector=app%3Dd"));
    assert_eq!(
        seen[2].header("content-type"),
        "application/json-patch+json"
    );
    let body = String::from_utf8_lossy(&seen[2].body).into_owned();
    assert!(
        body.contains("i:1") && !body.contains("pod-template-hash"),
        "{body}"
    );
}
