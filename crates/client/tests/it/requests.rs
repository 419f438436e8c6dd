//! Verbs, bodies, errors and retries.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Pod};
use skeg_client::manifests::{self, Applier, Mode};
use skeg_client::subresource::{EvictOptions, ProxyRequest};
use skeg_client::{
    Api, ApiResource, Client, Config, Credentials, DeleteOptions, Deleted, DynamicApi, Error, List,
    ListOptions, LogOptions, MetadataApi, Patch, PatchOptions, RetryPolicy, WatchOptions,
};
use skeg_meta::{ObjectMeta, SharedObject};
use skeg_schema::json;

use crate::server::{Answer, Server};

const MAP: &str = r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"a","resourceVersion":"7"},"data":{"k":"v"}}"#;
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

async fn rig(answers: Vec<Answer>) -> (Server, Client) {
    let server = Server::start(None, answers).await;
    let client =
        Client::from_config(&Config::new(format!("http://{}", server.address))).expect("client");
    (server, client)
}

fn map() -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named("a", "m"),
        data: [("k".to_owned(), "v".to_owned())].into(),
        ..ConfigMap::default()
    }
}

fn envelope(object: &ConfigMap) -> Vec<u8> {
    SharedObject::from_typed(object.clone().into())
        .protobuf()
        .to_vec()
}

#[tokio::test]
async fn built_in_kinds_travel_as_protobuf() {
    let (server, client) = rig(vec![Answer::new(201, PROTOBUF, envelope(&map()))]).await;
    let created = Api::all(client).create(map()).await.expect("create");
    assert_eq!(*created, map());
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /api/v1/namespaces/a/configmaps");
    assert_eq!(seen.header("content-type"), PROTOBUF);
    assert!(seen.header("accept").starts_with(PROTOBUF));
    // Under the name of the program, this test.
    assert!(seen.header("user-agent").starts_with("it-"));
    assert_eq!(seen.body, envelope(&map()));
}

#[tokio::test]
async fn a_server_may_answer_json() {
    let list = format!(
        r#"{{"kind":"ConfigMapList","apiVersion":"v1","metadata":{{"resourceVersion":"9","continue":"t","remainingItemCount":3}},"items":[{MAP}]}}"#
    );
    let (server, client) = rig(vec![Answer::json(200, MAP), Answer::json(200, &list)]).await;
    let api = Api::<ConfigMap>::namespaced(client, "a");
    assert_eq!(api.get("m").await.expect("get").data["k"], "v");
    let page = api
        .list(&ListOptions::default().labels("x=y").limit(1))
        .await
        .expect("list");
    assert_eq!(
        (
            page.resource_version.as_str(),
            page.continue_token.as_deref(),
            page.remaining
        ),
        ("9", Some("t"), Some(3))
    );
    assert_eq!(page.items[0].metadata.resource_version, "7");
    assert_eq!(
        server.seen()[1].line,
        "GET /api/v1/namespaces/a/configmaps?labelSelector=x%3Dy&limit=1"
    );
}

#[tokio::test]
async fn trees_keep_fields_that_only_the_server_knows() {
    let web = r#"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","namespace":"a","resourceVersion":"7"},"spec":{"novel":{"x":[1]},"replicas":1,"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}}},"status":{}}"#;
    let list = format!(
        r#"{{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{{"resourceVersion":"9"}},"items":[{web}]}}"#
    );
    let answers = vec![
        Answer::json(200, web),
        Answer::json(200, web),
        Answer::json(200, &list),
    ];
    let (server, client) = rig(answers).await;
    let api = DynamicApi::namespaced(client, ApiResource::of::<Deployment>(), "a");
    let scaled = api.modify("web", |tree| tree.set_at(&["spec", "replicas"], 2));
    assert_eq!(
        scaled.await.expect("modified").value()["spec"]["novel"]["x"],
        json!([1])
    );
    let listed = api.list(&ListOptions::default()).await.expect("list");
    assert_eq!(listed.items[0].value()["spec"]["novel"], json!({"x": [1]}));
    let typed = listed.items[0].typed::<Deployment>().expect("a deployment");
    assert_eq!(typed.spec.replicas, Some(1));
    let seen = server.seen();
    assert_eq!(seen[0].header("accept"), "application/json");
    assert_eq!(seen[1].header("content-type"), "application/json");
    let sent = skeg_schema::decode_json_any(&seen[1].body).expect("JSON");
    assert_eq!(sent["spec"]["novel"], json!({"x": [1]}));
    assert_eq!(sent["spec"]["replicas"], json!(2));
}

#[tokio::test]
async fn manifests_are_applied_strictly_and_whole() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: a}\nspec: {replica: 3}\n";
    let manifests = manifests::parse(text, "web.yaml").expect("a manifest");
    let missing =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"#;
    let there = r#"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","namespace":"a","resourceVersion":"7"},"spec":{}}"#;
    let (server, client) = rig(vec![
        Answer::json(404, missing),
        Answer::json(201, there),
        Answer::json(200, there),
        Answer::json(200, there),
    ])
    .await;
    let applier = Applier::new(client, "ci").mode(Mode::ClientSide);
    applier.apply(&manifests).await.expect("created");
    applier.apply(&manifests).await.expect("patched");
    let seen = server.seen();
    for (at, verb) in [(1, "POST"), (3, "PATCH")] {
        let line = &seen[at].line;
        assert!(line.starts_with(verb), "{line}");
        assert!(line.contains("fieldValidation=Strict"), "{line}");
        let sent = skeg_schema::decode_json_any(&seen[at].body).expect("JSON");
        assert_eq!(sent["spec"]["replica"], json!(3), "{verb}");
    }
}

fn page(version: u32, name: &str, token: &str) -> Answer {
    let body = format!(
        r#"{{"kind":"ConfigMapList","apiVersion":"v1","metadata":{{"resourceVersion":"{version}","continue":"{token}"}},"items":[{{"metadata":{{"name":"{name}"}}}}]}}"#
    );
    Answer::json(200, &body)
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let expired =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}"#;
    let (server, client) = rig(vec![
        page(5, "a", "t"),
        page(5, "b", ""),
        page(5, "a", "t"),
        page(5, "b", ""),
        page(5, "a", "t"),
        Answer::json(410, expired),
        page(9, "c", ""),
        page(5, "a", "t"),
        Answer::json(410, expired),
    ])
    .await;
    let maps = Api::<ConfigMap>::namespaced(client, "a");
    let options = ListOptions::default().labels("x=y").any_version();
    let pages = maps.pages(&options.clone().limit(1)).try_collect();
    let pages: Vec<List<_>> = pages.await.expect("pages");
    assert_eq!(pages.len(), 2);
    let all = maps.list_all(&options).await.expect("all");
    let names = |list: &List<Arc<ConfigMap>>| -> Vec<_> {
        let names = list.items.iter();
        names.map(|map| map.metadata.name.clone()).collect()
    };
    assert_eq!(names(&all), ["a", "b"]);
    assert_eq!(all.resource_version, "5");
    assert_eq!((all.continue_token, all.remaining), (None, None));
    let all = maps.list_all(&options).await.expect("all");
    assert_eq!(
        (names(&all), all.resource_version.as_str()),
        (vec!["c".to_owned()], "9")
    );
    let mut pages = maps.pages(&options);
    assert!(pages.next().await.expect("a page").is_ok());
    let error = pages.next().await.expect("an end").expect_err("expired");
    assert!(error.is_expired());
    assert!(pages.next().await.is_none());
    let lines: Vec<_> = server.seen().into_iter().map(|seen| seen.line).collect();
    let path = "GET /api/v1/namespaces/a/configmaps?labelSelector=x%3Dy";
    assert_eq!(lines[0], format!("{path}&limit=1&resourceVersion=0"));
    assert_eq!(lines[1], format!("{path}&limit=1&continue=t"));
    assert_eq!(lines[2], format!("{path}&limit=500&resourceVersion=0"));
    assert_eq!(lines[6], format!("{path}&resourceVersion=0"));
}

#[tokio::test]
async fn lists_in_protobuf() {
    let mut raw = Vec::new();
    let metadata = skeg_meta::ListMeta {
        resource_version: "9".to_owned(),
        ..Default::default()
    };
    let mut meta = Vec::new();
    skeg_schema::message_to_protobuf(&metadata, &mut meta);
    let mut field = |number: u8, bytes: &[u8]| {
        raw.push(number << 3 | 2);
        raw.push(u8::try_from(bytes.len()).expect("short"));
        raw.extend_from_slice(bytes);
    };
    field(1, &meta);
    for _ in 0..2 {
        let mut item = Vec::new();
        skeg_schema::message_to_protobuf(&map(), &mut item);
        field(2, &item);
    }
    let body = skeg_schema::envelope::wrap("v1", "ConfigMapList", &raw);
    let (_, client) = rig(vec![
        Answer::new(200, PROTOBUF, body.clone()),
        Answer::new(200, PROTOBUF, body),
    ])
    .await;
    let typed = Api::<ConfigMap>::all(client.clone())
        .list(&ListOptions::default())
        .await
        .expect("typed");
    assert_eq!(
        (typed.items.len(), typed.resource_version.as_str()),
        (2, "9")
    );
    assert_eq!(*typed.items[1], map());
    let dynamic = DynamicApi::all(client, ApiResource::of::<ConfigMap>());
    let trees = dynamic.list(&ListOptions::default()).await.expect("trees");
    assert_eq!(trees.items[0].value()["data"]["k"], "v");
    assert_eq!(trees.items[0].value()["kind"], "ConfigMap");
}

#[tokio::test]
async fn custom_resources_are_trees() {
    let body = r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":3}}"#;
    let (server, client) = rig(vec![Answer::json(201, body)]).await;
    let resource = ApiResource {
        group: "example.com".into(),
        version: "v1".into(),
        plural: "widgets".into(),
        kind: "Widget".into(),
        namespaced: true,
    };
    let api = DynamicApi::namespaced(client, resource, "a");
    let widget = api
        .create(
            json!({"metadata": {"name": "w"}, "spec": {"size": 3}}),
            &Default::default(),
        )
        .await;
    assert_eq!(widget.expect("create").value()["spec"]["size"], 3i64);
    let seen = &server.seen()[0];
    assert_eq!(
        (seen.line.as_str(), seen.header("content-type")),
        (
            "POST /apis/example.com/v1/namespaces/a/widgets",
            "application/json"
        )
    );
    assert_eq!(seen.header("accept"), "application/json");
}

#[tokio::test]
async fn the_metadata_of_one_object_is_asked_for_alone() {
    let body = r#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"p","namespace":"a","uid":"u"}}"#;
    let (server, client) = rig(vec![Answer::json(200, body)]).await;
    let pods = ApiResource::of::<Pod>();
    let api = MetadataApi::namespaced(client.clone(), pods.clone(), "a");
    let pod = api.get("p").await.expect("get");
    assert_eq!((pod.uid(), &*pod.gvk().kind), ("u", "Pod"));
    // Neither is sent.
    for (api, name) in [(api, ""), (MetadataApi::all(client, pods), "p")] {
        assert!(matches!(api.get(name).await, Err(Error::Request { .. })));
    }
    let [seen] = &server.seen()[..] else {
        panic!("{} requests", server.seen().len());
    };
    assert_eq!(seen.line, "GET /api/v1/namespaces/a/pods/p");
    let accept = seen.header("accept");
    assert!(accept.contains("as=PartialObjectMetadata;"), "{accept}");
}

#[tokio::test]
async fn refusals_are_the_servers_words() {
    let refusal = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \"m\" not found","reason":"NotFound","details":{"name":"m","kind":"configmaps"},"code":404}"#;
    let answers = vec![
        Answer::json(404, refusal),
        Answer::new(502, "text/html", "<h1>gateway</h1>"),
        Answer::json(404, refusal),
    ];
    let (_, client) = rig(answers).await;
    let api = Api::<ConfigMap>::namespaced(client, "a");
    let error = api.get("m").await.expect_err("not found");
    assert!(error.is_not_found() && !error.is_conflict());
    assert_eq!(error.to_string(), r#"configmaps "m" not found"#);
    assert_eq!(
        error
            .status()
            .and_then(|status| status.details.clone())
            .map(|details| details.name)
            .as_deref(),
        Some("m")
    );
    let error = api.get("m").await.expect_err("gateway");
    assert_eq!(
        (error.code(), error.reason(), error.to_string().as_str()),
        (
            502,
            "InternalError",
            "the server answered 502 Bad Gateway to GET /api/v1/namespaces/a/configmaps/m: <h1>gateway</h1>"
        )
    );
    assert!(error.is_transient());
    assert!(api.get_opt("m").await.expect("none").is_none());
}

#[tokio::test]
async fn a_refusal_with_code_200_is_a_refusal_for_every_verb() {
    // Sorted, as those who are not written in Go write it.
    let sorted = r#"{"apiVersion":"v1","code":403,"details":{"name":"m","kind":"configmaps"},"kind":"Status","message":"no","metadata":{},"reason":"Forbidden","status":"Failure"}"#;
    let first = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"no","reason":"Forbidden","code":403}"#;
    let protobuf = {
        // The envelope: the type, and a Status (status, message, reason, code).
        let mut status = vec![0x12, 7];
        status.extend_from_slice(b"Failure");
        status.extend_from_slice(&[0x1a, 2, b'n', b'o', 0x22, 9]);
        status.extend_from_slice(b"Forbidden");
        status.extend_from_slice(&[0x30, 0x93, 0x03]);
        let mut bytes = b"k8s\0\x0a\x0c\x0a\x02v1\x12\x06Status\x12".to_vec();
        bytes.push(u8::try_from(status.len()).expect("short"));
        bytes.extend_from_slice(&status);
        bytes
    };
    let bodies = [
        ("application/json", first.as_bytes().to_vec()),
        ("application/json", sorted.as_bytes().to_vec()),
        (PROTOBUF, protobuf),
    ];
    for (content_type, body) in bodies {
        let answers = (0..9).map(|_| Answer::new(200, content_type, body.clone()));
        let (server, client) = rig(answers.collect()).await;
        let api = Api::<ConfigMap>::namespaced(client.clone(), "a");
        let any = DynamicApi::namespaced(client, ApiResource::of::<ConfigMap>(), "a");
        let list = ListOptions::default();
        let delete = DeleteOptions::default();
        let patch = Patch::Merge(json!({}));
        let outcomes = [
            api.get("m").await.map(drop),
            api.list(&list).await.map(drop),
            api.list_shared(&list).await.map(drop),
            any.list(&list).await.map(drop),
            api.create(map()).await.map(drop),
            api.update(map()).await.map(drop),
            api.patch("m", &patch, &PatchOptions::default())
                .await
                .map(drop),
            api.delete("m", &delete).await.map(drop),
            api.delete_collection(&delete, &list).await,
        ];
        for (at, outcome) in outcomes.into_iter().enumerate() {
            let error = outcome.expect_err("a refusal");
            assert!(
                error.is_forbidden(),
                "{at} {content_type}: {}",
                error.chain()
            );
            assert_eq!(error.code(), 403, "{at} {content_type}");
        }
        assert_eq!(server.seen().len(), 9);
    }
}

#[tokio::test]
async fn a_refused_discovery_says_so() {
    let refusal = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}"#;
    let (_, client) = rig(vec![Answer::json(200, refusal)]).await;
    let error = client.get_json("/apis").await.expect_err("a refusal");
    assert!(error.is_forbidden(), "{}", error.chain());
}

#[tokio::test]
async fn what_is_no_list_is_no_empty_list() {
    let bodies = [
        r#"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":{}}"#,
        r#"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":"no"}"#,
        r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}"#,
        "[]",
        "7",
    ];
    for body in bodies {
        let (_, client) = rig(vec![Answer::json(200, body)]).await;
        let api = Api::<ConfigMap>::namespaced(client, "a");
        let error = api.list(&ListOptions::default()).await.expect_err(body);
        assert!(matches!(error, Error::Decode { .. }), "{body}: {error:?}");
    }
    let body = r#"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":null}"#;
    let (_, client) = rig(vec![Answer::json(200, body)]).await;
    let api = Api::<ConfigMap>::all(client);
    let list = api.list(&ListOptions::default()).await;
    let list = list.expect("an empty list");
    assert_eq!((&list).into_iter().count(), 0);
}

#[tokio::test]
async fn a_page_that_names_itself_ends_the_list() {
    let answers = (0..3).map(|_| page(7, "m", "again")).collect();
    let (server, client) = rig(answers).await;
    let all = Api::<ConfigMap>::all(client)
        .list_all(&ListOptions::default())
        .await;
    assert!(matches!(all, Err(Error::Decode { .. })), "{all:?}");
    assert_eq!(server.seen().len(), 2);
}

/// A clock that tells of pauses, and makes none.
struct Impatient(tokio::sync::mpsc::UnboundedSender<Duration>);

impl skeg_client::Clock for Impatient {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, pause: Duration) -> futures::future::BoxFuture<'static, ()> {
        self.0.send(pause).expect("somebody listens");
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn attempts_wait_by_the_clock_that_was_given() {
    let busy = Answer::json(
        429,
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":20}}"#,
    );
    let (server, client) = rig(vec![busy, Answer::json(200, MAP)]).await;
    let (slept, mut pauses) = tokio::sync::mpsc::unbounded_channel();
    let client = client.with_clock(Arc::new(Impatient(slept)));
    let api = Api::<ConfigMap>::namespaced(client, "a");
    api.get("m").await.expect("the second answer");
    assert!(
        pauses
            .recv()
            .await
            .is_some_and(|pause| pause >= Duration::from_secs(20))
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn patches_and_deletions() {
    let done = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"m","kind":"configmaps","uid":"u"}}"#;
    let (server, client) = rig(vec![
        Answer::json(200, MAP),
        Answer::json(200, done),
        Answer::json(200, MAP),
    ])
    .await;
    let api = Api::<ConfigMap>::namespaced(client, "a");
    let apply = Patch::Apply(json!({"kind": "ConfigMap", "apiVersion": "v1", "data": {"k": "v"}}));
    api.patch("m", &apply, &PatchOptions::apply("me").force())
        .await
        .expect("apply");
    assert!(matches!(
        api.delete("m", &DeleteOptions::now().uid("u")).await,
        Ok(Deleted::Status(_))
    ));
    assert!(matches!(
        api.delete("m", &DeleteOptions::default()).await,
        Ok(Deleted::Object(_))
    ));
    let seen = server.seen();
    assert_eq!(
        seen[0].line,
        "PATCH /api/v1/namespaces/a/configmaps/m?fieldManager=me&force=true"
    );
    assert_eq!(
        seen[0].header("content-type"),
        "application/apply-patch+yaml"
    );
    assert_eq!(
        seen[1].body,
        r#"{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"preconditions":{"uid":"u"}}"#
    );
    assert!(seen[2].body.is_empty());
}

#[tokio::test]
async fn senseless_requests_are_not_sent() {
    let (server, client) = rig(vec![]).await;
    let api = Api::<ConfigMap>::namespaced(client.clone(), "a");
    let apply = Patch::Apply(json!({}));
    let refused = |outcome: Result<_, Error>| matches!(outcome, Err(Error::Request { .. }));
    assert!(refused(
        api.patch("m", &apply, &PatchOptions::default())
            .await
            .map(|_| ())
    ));
    assert!(refused(
        api.patch(
            "m",
            &Patch::Merge(json!({})),
            &PatchOptions::default().force()
        )
        .await
        .map(|_| ())
    ));
    assert!(refused(
        api.delete("", &DeleteOptions::default()).await.map(|_| ())
    ));
    let all = Api::<ConfigMap>::all(client.clone());
    assert!(refused(all.get("m").await.map(|_| ())));
    // The paths would be those of the log and of every namespace.
    assert!(refused(api.get("m/log").await.map(|_| ())));
    let elsewhere = Api::<ConfigMap>::namespaced(client.clone(), "a/pods");
    assert!(refused(
        elsewhere.list(&ListOptions::default()).await.map(|_| ())
    ));
    let nowhere = all.create(ConfigMap::default()).await;
    assert!(refused(nowhere.map(|_| ())));
    let (delete, list) = (DeleteOptions::default(), ListOptions::default());
    assert!(refused(all.delete_collection(&delete, &list).await));
    let empty = Api::<ConfigMap>::namespaced(client.clone(), "");
    assert!(refused(empty.delete_collection(&delete, &list).await));

    let resource = ApiResource::of::<ConfigMap>();
    let metadata = MetadataApi::namespaced(client.clone(), resource.clone(), "a");
    let exact = ListOptions::default().at_exactly("0");
    assert!(refused(metadata.list(&exact).await.map(|_| ())));
    let endless = WatchOptions::default()
        .initial_events("")
        .without_bookmarks();
    assert!(refused(metadata.watch(&endless).await.map(|_| ())));
    assert!(refused(metadata.get("..").await.map(|_| ())));
    let dynamic = DynamicApi::namespaced(client.clone(), resource, "a");
    assert!(refused(dynamic.list(&exact).await.map(|_| ())));

    let pods = Api::<Pod>::namespaced(client, "a");
    let log = LogOptions {
        since_time: "2026-01-01T00:00:00Z".to_owned(),
        ..LogOptions::default().since(Duration::from_secs(5))
    };
    assert!(refused(pods.logs("p", &log).await.map(|_| ())));
    let evict = EvictOptions::default().grace(-1);
    assert!(refused(pods.evict("p", &evict).await.map(|_| ())));
    let unnamed = ProxyRequest::get("/").port(80);
    assert!(refused(pods.proxy("", &unnamed).await.map(|_| ())));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn overload_is_waited_out() {
    let busy = || Answer::json(429, "busy").header("retry-after", "1");
    let (server, client) = rig(vec![busy(), busy(), Answer::json(200, MAP), busy(), busy()]).await;
    let retry = RetryPolicy {
        attempts_max: 3,
        pause_max: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    let api = Api::<ConfigMap>::namespaced(client.with_retry(retry), "a");
    api.create(map()).await.expect("at the third attempt");
    assert_eq!(server.seen().len(), 3);
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.body == envelope(&map())),
        "the body is sent each time"
    );
    let pods = Api::<Pod>::namespaced(api.client().clone(), "a");
    let error = pods
        .evict("p", &Default::default())
        .await
        .expect_err("a budget");
    assert!(error.is_too_many_requests());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(
        server.seen().len(),
        4,
        "the answer to an eviction is the caller's to judge"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let (_, client) = rig(vec![
        Answer::new(200, "application/json", &MAP[..40]).broken(),
    ])
    .await;
    let error = Api::<ConfigMap>::namespaced(client, "a")
        .get("m")
        .await
        .expect_err("cut");
    assert!(matches!(error, Error::Body { .. }), "{}", error.chain());
    assert!(error.is_transient());
}

#[tokio::test]
async fn nobody_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let client = Client::from_config(&Config::new(format!("http://{address}"))).expect("client");
    let error = Api::<ConfigMap>::namespaced(client, "a")
        .get("m")
        .await
        .expect_err("nobody");
    let expect = format!(
        "GET /api/v1/namespaces/a/configmaps/m: no answer: cannot connect to http://{address}: "
    );
    assert!(error.chain().starts_with(&expect), "{}", error.chain());
    assert!(error.chain().contains("refused"), "{}", error.chain());
}

#[tokio::test]
async fn logs_come_as_they_are() {
    let (server, client) = rig(vec![Answer::new(200, "text/plain", "one\n").then("two\n")]).await;
    let options = LogOptions {
        container: "c".to_owned(),
        tail_lines: Some(5),
        ..LogOptions::default()
    };
    let log = Api::<Pod>::namespaced(client, "a")
        .logs("p", &options)
        .await
        .expect("log");
    assert_eq!(log, "one\ntwo\n");
    assert_eq!(
        server.seen()[0].line,
        "GET /api/v1/namespaces/a/pods/p/log?container=c&tailLines=5"
    );
}

#[tokio::test]
async fn tokens_and_impersonation() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("token");
    let server = Server::start(None, vec![Answer::json(200, MAP), Answer::json(200, MAP)]).await;
    let mut config = Config::new(format!("http://{}/prefix/", server.address));
    config.credentials = Credentials::TokenFile(path.clone());
    config.impersonation = Some(skeg_client::Impersonation {
        user: "alice".to_owned(),
        groups: vec!["dev".to_owned(), "ops".to_owned()],
        ..Default::default()
    });
    let api = Api::<ConfigMap>::namespaced(Client::from_config(&config).expect("client"), "a");
    let error = api.get("m").await.expect_err("no file yet");
    assert!(
        error.chain().contains("cannot read the credentials"),
        "{}",
        error.chain()
    );
    std::fs::write(&path, "first\n").expect("write");
    api.get("m").await.expect("get");
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "GET /prefix/api/v1/namespaces/a/configmaps/m");
    assert_eq!(
        (
            seen.header("authorization"),
            seen.header("impersonate-user")
        ),
        ("Bearer first", "alice")
    );
    assert_eq!(seen.headers.get_all("impersonate-group").iter().count(), 2);
}
