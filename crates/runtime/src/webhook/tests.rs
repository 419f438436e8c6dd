//! Answers, rotation and injection, without a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Client, Payload, Transport, TransportError};
use skeg_meta::FieldError;
use skeg_schema::{FieldValue as _, Value, json};
use tokio::sync::watch;

use super::admission::{Admission, Change, Denial, Tree, Verdict};
use super::authority::{Authorities, Lifetimes};
use super::inject::{Place, Target, keep, missing};
use super::review::{Reviewer, mutating, validating};

fn question(object: Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "u", "operation": "CREATE", "name": "a", "namespace": "n",
            "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
            "resource": {"group": "", "version": "v1", "resource": "configmaps"},
            "userInfo": {"username": "alice", "groups": ["dev"]},
            "object": object, "oldObject": null, "dryRun": true,
        },
    })
}

fn map() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "unknown": 1}, "data": {"k": "v"}})
}

async fn response(hook: &Reviewer, review: Value) -> Value {
    let mut answer = hook(review).await.expect("an answer");
    assert_eq!(answer["kind"], "AdmissionReview");
    assert_eq!(answer["response"]["uid"], "u");
    answer
        .get_mut("response")
        .map(Value::take)
        .expect("a response")
}

fn patch(response: &Value) -> Value {
    let mut bytes = skeg_schema::ByteString::default();
    bytes.set(response["patch"].clone()).expect("base64");
    skeg_schema::decode_json_any(&bytes).expect("a patch")
}

#[tokio::test]
async fn a_changed_object_becomes_a_patch() {
    let hook = mutating(|request: Admission<ConfigMap>| async move {
        assert!(request.dry_run && request.old_object.is_none());
        assert_eq!(request.user.username, "alice");
        let mut map = request.object.expect("created");
        map.metadata
            .labels
            .insert("by".to_owned(), "hook".to_owned());
        map.data.insert("k".to_owned(), "w".to_owned());
        Change::to(map).warn("changed").audit("a", "b")
    });
    let answer = response(&hook, question(map())).await;
    assert_eq!(answer["allowed"], true);
    assert_eq!(answer["patchType"], "JSONPatch");
    assert_eq!(answer["warnings"], json!(["changed"]));
    assert_eq!(answer["auditAnnotations"], json!({"a": "b"}));
    // Fields that the struct does not have are left alone.
    let mut object = map();
    skeg_schema::patch::json::apply(&mut object, &patch(&answer)).expect("applies");
    let mut expect = map();
    expect.set_at(&["metadata", "labels"], json!({"by": "hook"}));
    expect.set_at(&["data", "k"], "w");
    assert_eq!(object, expect);
}

#[tokio::test]
async fn an_unchanged_object_has_no_patch() {
    let hook =
        mutating(|request: Admission<ConfigMap>| async move { Ok::<_, Denial>(request.object) });
    let answer = response(&hook, question(map())).await;
    assert_eq!(answer, json!({"uid": "u", "allowed": true}));
}

#[tokio::test]
async fn an_object_of_another_kind_is_not_taken_for_ours() {
    let hook = validating(|_: Admission<ConfigMap>| async { Ok::<_, Denial>(()) });
    assert_eq!(response(&hook, question(map())).await["allowed"], true);
    for (version, kind) in [("v1", "Secret"), ("x.io/v1", "ConfigMap")] {
        let mut other = map();
        other.set_at(&["apiVersion"], version);
        other.set_at(&["kind"], kind);
        let answer = response(&hook, question(other)).await;
        assert_eq!(answer["status"]["code"], 400);
        let message = answer["status"]["message"].as_str().expect("a message");
        assert_eq!(
            message,
            format!(
                "cannot read the object as a ConfigMap: it is a {version} {kind} and no v1 \
                 ConfigMap; hooks for several kinds take Admission<Tree>"
            )
        );
    }
    let any = validating(|_: Admission<Tree>| async { Ok::<_, Denial>(()) });
    let mut secret = map();
    secret.set_at(&["kind"], "Secret");
    assert_eq!(response(&any, question(secret)).await["allowed"], true);
}

#[tokio::test]
async fn refusals_have_their_words() {
    let hook = validating(|request: Admission<Tree>| async move {
        let object = request.any_object().expect("an object");
        match object["data"]["k"].as_str() {
            Some("v") => Err(Denial::new("no tea").code(418).reason("Teapot")),
            Some("w") => Err(Denial::invalid(&[FieldError::invalid(
                "data[k]",
                "w",
                "must be x",
            )])),
            _ => Ok(()),
        }
    });
    let answer = response(&hook, question(map())).await;
    assert_eq!(answer["allowed"], false, "said, as Go says it: {answer}");
    assert_eq!(answer["status"]["message"], "no tea");
    assert_eq!(answer["status"]["code"], 418);
    assert_eq!(answer["status"]["reason"], "Teapot");
    let mut other = map();
    other.set_at(&["data", "k"], "w");
    let answer = response(&hook, question(other.clone())).await;
    assert_eq!(answer["status"]["code"], 422);
    assert_eq!(
        answer["status"]["details"]["causes"],
        json!([{"reason": "FieldValueInvalid", "message": "Invalid value: \"w\": must be x", "field": "data[k]"}])
    );
    other.set_at(&["data", "k"], "x");
    assert_eq!(response(&hook, question(other)).await["allowed"], true);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered() {
    let hook = validating(|_: Admission<ConfigMap>| async { Verdict::allow() });
    for (review, expect) in [
        (
            json!({"kind": "Pod"}),
            "expected a AdmissionReview, got \"Pod\"",
        ),
        (
            json!({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1"}),
            "expected admission.k8s.io/v1, got \"admission.k8s.io/v1beta1\"",
        ),
        (
            json!({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}),
            "a AdmissionReview without a request",
        ),
    ] {
        assert_eq!(hook(review).await, Err((400, expect.to_owned())));
    }
    let mut wrong = map();
    wrong.set_at(&["data", "k"], 3);
    let answer = response(&hook, question(wrong)).await;
    assert_eq!(answer["status"]["code"], 400);
    assert_eq!(
        answer["status"]["message"],
        "cannot read the object as a ConfigMap: the object does not fit its type: data[k]: not a string"
    );
}

#[tokio::test]
async fn a_panic_is_trouble() {
    let hook = validating(|request: Admission<Tree>| async move {
        assert!(request.namespace.is_empty(), "no");
        Verdict::allow()
    });
    assert_eq!(
        hook(question(map())).await,
        Err((500, "the webhook panicked".to_owned()))
    );
}

const DAY: i64 = 24 * 3600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds).expect("a time")
}

#[test]
fn authorities_overlap_and_are_heard_of_before_they_sign() {
    let lifetimes = Lifetimes {
        authority: Duration::from_secs(90 * 24 * 3600),
        serving: Duration::from_secs(24 * 3600),
        settle: Duration::from_secs(3600),
    };
    let mut authorities = Authorities::default();
    let mut signers = Vec::new();
    let mut now = 0;
    // A year, from one due time to the next.
    while now < 365 * DAY {
        authorities.renew(at(now), &lifetimes).expect("renewed");
        let signer = authorities.signer(at(now), &lifetimes).expect("one signs");
        // Whoever signs is trusted by who has read the bundle an hour ago, and lives.
        assert!(
            now == 0
                || signer.made <= at(now - 3600).as_second()
                || signers.is_empty()
                || signers == [signer.made]
        );
        assert!(
            signer.ends > at(now).as_second() + DAY,
            "it outlives what it signs"
        );
        assert!(authorities.bundle().contains(&signer.certificate_pem));
        assert!(authorities.0.len() <= 2);
        if signers.last() != Some(&signer.made) {
            signers.push(signer.made);
        }
        let next = authorities.next(at(now), &lifetimes);
        assert!(next > at(now).as_second());
        now = next - at(0).as_second();
    }
    assert_eq!(signers.len(), 7, "every sixty days");
}

#[test]
fn bundles_are_written_where_they_are_missing() {
    let text = skeg_schema::ByteString(b"pem".to_vec()).to_value();
    let configuration = json!({
        "metadata": {"resourceVersion": "7"},
        "webhooks": [
            {"name": "a", "clientConfig": {"url": "https://a"}},
            {"name": "b", "clientConfig": {"url": "https://b", "caBundle": text.clone()}},
            {"name": "c", "clientConfig": {"url": "https://c", "caBundle": "b2xk"}},
        ],
    });
    let operations = missing(&configuration, Place::Mutating, "pem");
    assert_eq!(
        Value::from(operations.clone()),
        json!([
            {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
            {"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": text.clone()},
            {"op": "add", "path": "/webhooks/2/clientConfig/caBundle", "value": text.clone()},
        ])
    );
    let mut written = configuration;
    skeg_schema::patch::json::apply(&mut written, &operations.into()).expect("applies");
    assert!(missing(&written, Place::Mutating, "pem").is_empty());
    let crd = json!({"spec": {"conversion": {"webhook": {"clientConfig": {}}}}});
    assert_eq!(
        missing(&crd, Place::Conversion, "pem"),
        [
            json!({"op": "add", "path": "/spec/conversion/webhook/clientConfig/caBundle", "value": text})
        ]
    );
    assert!(missing(&json!({"spec": {}}), Place::Conversion, "pem").is_empty());
}

/// Has a configuration with its bundle, and ends every watch at once.
#[derive(Clone, Default)]
struct Curt(Arc<AtomicUsize>);

impl Transport for Curt {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let query = request.uri().query().unwrap_or_default();
        let body = if query.contains("watch=true") {
            let watches = self.0.fetch_add(1, Ordering::Relaxed);
            assert!(watches < 100, "it asks without a pause");
            Payload::Stream(futures::stream::empty().boxed())
        } else {
            let text = r#"{"kind":"MutatingWebhookConfiguration","apiVersion":"admissionregistration.k8s.io/v1","metadata":{"name":"w","resourceVersion":"5"},"webhooks":[{"name":"a","clientConfig":{"caBundle":"cGVt"}}]}"#;
            Payload::from(text.as_bytes().to_vec())
        };
        let mut response = http::Response::new(body);
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert("content-type", json);
        Box::pin(async { Ok(response) })
    }
}

#[tokio::test(start_paused = true)]
async fn watches_that_end_at_once_are_asked_for_with_pauses() {
    let server = Curt::default();
    let target = Target {
        place: Place::Mutating,
        name: "w".to_owned(),
        client: Client::new(Arc::new(server.clone())),
    };
    let (_bundles, bundle) = watch::channel("pem".into());
    let (done, written) = watch::channel(false);
    let keeping = keep(target, bundle, done);
    let kept = tokio::time::timeout(Duration::from_secs(60), keeping).await;
    assert!(kept.is_err() && *written.borrow());
    let watches = server.0.load(Ordering::Relaxed);
    assert!((3..30).contains(&watches), "{watches} in a minute");
}

#[tokio::test]
async fn hooks_are_measured_under_controller_runtimes_names() {
    let metrics = crate::Metrics::new();
    let cancel = tokio_util::sync::CancellationToken::new();
    let server = super::WebhookServer::new()
        .validate("/maps", |_: Admission<ConfigMap>| async {
            Ok::<(), Denial>(())
        })
        .validate("/bad", |_: Admission<ConfigMap>| async {
            if true {
                panic!("boom");
            }
            Ok::<(), Denial>(())
        })
        .measured(&metrics);
    let running = server.start("127.0.0.1:0", cancel.clone()).await.unwrap();
    let mut config = skeg_client::Config::new(format!("https://{}", running.address()));
    config.ca = Some(running.ca_bundle().into_bytes());
    let client = Client::from_config(&config).unwrap();
    let ask = async |path: &str| {
        let mut body = Vec::new();
        skeg_schema::encode_json_any(&question(map()), &mut body);
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .body(Payload::Bytes(body.into()))
            .unwrap();
        let client = client.clone().with_retry(skeg_client::RetryPolicy::none());
        client.send(request).await.is_ok()
    };
    assert!(ask("/maps").await);
    assert!(!ask("/bad").await);
    let text = metrics.render();
    for line in [
        "controller_runtime_webhook_requests_total{webhook=\"/maps\",code=\"200\"} 1",
        "controller_runtime_webhook_requests_total{webhook=\"/maps\",code=\"500\"} 0",
        "controller_runtime_webhook_requests_total{webhook=\"/bad\",code=\"500\"} 1",
        "controller_runtime_webhook_latency_seconds_count{webhook=\"/maps\"} 1",
        "controller_runtime_webhook_requests_in_flight{webhook=\"/maps\"} 0",
        "controller_runtime_webhook_panics_total 1",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    cancel.cancel();
    running.ended().await;
}

#[tokio::test]
async fn a_hook_sees_what_the_request_was_for() {
    let hook = validating(|request: Admission<Tree>| async move {
        assert_eq!(request.kind.kind, "ConfigMap");
        assert_eq!(request.request_kind.kind, "Other");
        assert_eq!(request.request_resource.resource, "others");
        assert_eq!(request.request_subresource, "status");
        assert_eq!(request.options["kind"], "CreateOptions");
        Ok::<(), Denial>(())
    });
    let mut review = question(map());
    review.set_at(
        &["request", "requestKind"],
        json!({"group": "g", "version": "v1", "kind": "Other"}),
    );
    review.set_at(
        &["request", "requestResource"],
        json!({"group": "g", "version": "v1", "resource": "others"}),
    );
    review.set_at(&["request", "requestSubResource"], "status");
    review.set_at(&["request", "options"], json!({"kind": "CreateOptions"}));
    assert_eq!(response(&hook, review).await["allowed"], true);
    // Where nothing was converted, it is what the hook is about.
    let hook = validating(|request: Admission<Tree>| async move {
        assert_eq!(request.request_kind, request.kind);
        assert_eq!(request.request_resource, request.resource);
        Ok::<(), Denial>(())
    });
    assert_eq!(response(&hook, question(map())).await["allowed"], true);
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_comes_later_is_noticed_at_once() {
    use crate::testing::FakeApi;
    use skeg_client::{ApiResource, DynamicApi};

    let server = FakeApi::new();
    let target = Target {
        place: Place::Validating,
        name: "late".to_owned(),
        client: server.client(),
    };
    let (_bundle, bundles) = watch::channel("a bundle".into());
    let (done, mut is_done) = watch::channel(false);
    let kept = tokio::spawn(keep(target, bundles, done));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let group = "admissionregistration.k8s.io";
    let resource = ApiResource::built_in(group, "v1", "ValidatingWebhookConfiguration");
    let configurations = DynamicApi::all(server.client(), resource.expect("a kind"));
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "late"}, "webhooks": [{"name": "a.b.c", "clientConfig": {}}],
    });
    let begun = tokio::time::Instant::now();
    let made = configurations
        .create(configuration, &Default::default())
        .await;
    made.expect("it is made");
    is_done.wait_for(|done| *done).await.expect("it is kept");
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    let stored = configurations.get("late").await.expect("it is there");
    let bundle = stored.value()["webhooks"][0]["clientConfig"]["caBundle"].clone();
    assert_eq!(bundle, json!("YSBidW5kbGU="));
    kept.abort();
}
