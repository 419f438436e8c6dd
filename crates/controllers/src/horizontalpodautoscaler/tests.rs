use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_api::autoscaling::v2::{
    CrossVersionObjectReference, ExternalMetricSource, MetricIdentifier, MetricSpec, MetricTarget,
    ObjectMetricSource, PodsMetricSource,
};
use skeg_client::{Client, Payload, Transport, TransportError};
use skeg_meta::{LabelSelector, ObjectMeta, Quantity, SharedObject};
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use skeg_schema::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;

#[tokio::test]
async fn a_target_that_is_missing_is_said() {
    let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
    api.put(&autoscaler("h", Vec::new()));
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    api.until("it says so", |api| {
        let hpa = api.get::<HorizontalPodAutoscaler>("a", "h");
        hpa.is_some_and(|hpa| {
            let mut all = hpa.status.conditions.iter();
            all.any(|c| c.reason == "FailedGetScale" && c.status == "False")
        })
    })
    .await;
    cancel.cancel();
    running.await.expect("it ends");
}

fn autoscaler(name: &str, metrics: Vec<MetricSpec>) -> HorizontalPodAutoscaler {
    let mut hpa = HorizontalPodAutoscaler {
        metadata: ObjectMeta::named("a", name),
        ..HorizontalPodAutoscaler::default()
    };
    hpa.spec.max_replicas = 10;
    hpa.spec.scale_target_ref.kind = "Deployment".to_owned();
    hpa.spec.scale_target_ref.api_version = "apps/v1".to_owned();
    hpa.spec.scale_target_ref.name = "web".to_owned();
    hpa.spec.metrics = metrics;
    hpa
}

/// A server with a Deployment of two pods and with aggregated metrics APIs,
/// whose answers are given by their paths.
#[derive(Clone)]
struct Aggregated {
    api: FakeApi,
    answers: Arc<BTreeMap<String, Value>>,
    asked: Arc<Mutex<Vec<String>>>,
    replicas: Arc<Mutex<i64>>,
}

impl Aggregated {
    fn new(answers: &[(&str, Value)]) -> Self {
        let api = FakeApi::new();
        for name in ["one", "two"] {
            let mut pod = Pod {
                metadata: ObjectMeta::named("a", name),
                ..Pod::default()
            };
            pod.metadata.labels = [("app".to_owned(), "web".to_owned())].into();
            pod.status.phase = "Running".to_owned();
            pod.status.conditions = vec![skeg_api::core::v1::PodCondition {
                type_: "Ready".to_owned(),
                status: "True".to_owned(),
                ..Default::default()
            }];
            api.put(&pod);
        }
        Self {
            api,
            answers: Arc::new(
                answers
                    .iter()
                    .map(|(path, answer)| ((*path).to_owned(), answer.clone()))
                    .collect(),
            ),
            asked: Arc::default(),
            replicas: Arc::new(Mutex::new(2)),
        }
    }

    fn scale(&self) -> Value {
        let replicas = *self.replicas.lock();
        json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale",
            "metadata": {"name": "web", "namespace": "a"},
            "spec": {"replicas": replicas},
            "status": {"replicas": replicas, "selector": "app=web"},
        })
    }
}

impl Transport for Aggregated {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let path = request.uri().to_string();
        if path.ends_with("/deployments/web/scale") {
            if let Payload::Object(scale) = request.body() {
                let wanted = scale
                    .value()
                    .at(&["spec", "replicas"])
                    .and_then(Value::as_i64);
                *self.replicas.lock() = wanted.unwrap_or(0);
            }
            let answer = Payload::Object(SharedObject::from_tree(self.scale()));
            return async move { Ok(http::Response::new(answer)) }.boxed();
        }
        let foreign = path.contains("metrics.k8s.io") || path == "/api" || path == "/apis";
        if !foreign {
            return self.api.call(request);
        }
        self.asked.lock().push(path.clone());
        let mut response = http::Response::new(Payload::Empty);
        match self.answers.get(&path) {
            Some(answer) => {
                let bytes = answer.to_string().into_bytes();
                *response.body_mut() = Payload::from(bytes);
            }
            None => *response.status_mut() = http::StatusCode::NOT_FOUND,
        }
        async move { Ok(response) }.boxed()
    }

    fn in_process(&self) -> bool {
        true
    }
}

fn registered() -> [(&'static str, Value); 2] {
    let group = json!({"name": "custom.metrics.k8s.io", "versions": [
        {"groupVersion": "custom.metrics.k8s.io/v1beta1", "version": "v1beta1"},
        {"groupVersion": "custom.metrics.k8s.io/v1beta2", "version": "v1beta2"}]});
    [
        ("/api", json!({"versions": ["v1"]})),
        ("/apis", json!({"groups": [group]})),
    ]
}

/// What an autoscaler of one metric comes to: its conditions' reasons and
/// messages, its metrics' status, the replicas, and what the APIs were asked.
async fn outcome(
    metric: MetricSpec,
    answers: &[(&str, Value)],
) -> (String, Value, i64, Vec<String>) {
    let server = Aggregated::new(answers);
    outcome_of(server, autoscaler("h", vec![metric])).await
}

async fn outcome_of(
    server: Aggregated,
    hpa: HorizontalPodAutoscaler,
) -> (String, Value, i64, Vec<String>) {
    let (cancel, clock) = (CancellationToken::new(), ManualClock::new());
    server.api.put(&hpa);
    let client = Client::new(Arc::new(server.clone()));
    let context = Context::for_client(client, clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    let active = |api: &FakeApi| {
        let hpa = api.get::<HorizontalPodAutoscaler>("a", "h")?;
        let mut all = hpa.status.conditions.iter();
        let found = all.find(|c| c.type_ == "ScalingActive")?;
        Some(format!("{}: {}", found.reason, found.message))
    };
    server
        .api
        .until("it is looked at", |api| active(api).is_some())
        .await;
    cancel.cancel();
    running.await.expect("it ends");
    let hpa = server.api.get::<HorizontalPodAutoscaler>("a", "h");
    let status = hpa.map(|hpa| skeg_schema::message_to_value(&hpa.status));
    let metrics = status
        .and_then(|status| status.get("currentMetrics").cloned())
        .unwrap_or(Value::Null);
    let asked = server.asked.lock().clone();
    let replicas = *server.replicas.lock();
    let words = active(&server.api).expect("it was there");
    (words, metrics, replicas, asked)
}

fn metric(name: &str, label: Option<&str>) -> MetricIdentifier {
    MetricIdentifier {
        name: name.to_owned(),
        selector: label.map(|label| LabelSelector {
            match_labels: [("verb".to_owned(), label.to_owned())].into(),
            ..LabelSelector::default()
        }),
    }
}

fn target(kind: &str, amount: &str) -> MetricTarget {
    let amount: Option<Quantity> = amount.parse().ok();
    MetricTarget {
        type_: kind.to_owned(),
        value: amount.filter(|_| kind == "Value"),
        average_value: amount.filter(|_| kind == "AverageValue"),
        ..MetricTarget::default()
    }
}

fn external(kind: &str, amount: &str) -> MetricSpec {
    MetricSpec {
        type_: "External".to_owned(),
        external: Some(ExternalMetricSource {
            metric: metric("queue", Some("get")),
            target: target(kind, amount),
        }),
        ..MetricSpec::default()
    }
}

fn object(kind: &str, amount: &str) -> MetricSpec {
    MetricSpec {
        type_: "Object".to_owned(),
        object: Some(ObjectMetricSource {
            described_object: CrossVersionObjectReference {
                kind: "Service".to_owned(),
                name: "web".to_owned(),
                api_version: "v1".to_owned(),
            },
            metric: metric("hits", None),
            target: target(kind, amount),
        }),
        ..MetricSpec::default()
    }
}

const EXTERNAL: &str =
    "/apis/external.metrics.k8s.io/v1beta1/namespaces/a/queue?labelSelector=verb%3Dget";
const OBJECT: &str = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/a/services/web/hits";

fn values(values: &[&str]) -> Value {
    let items = values.iter().map(|value| json!({"value": *value}));
    json!({"items": items.collect::<Vec<Value>>()})
}

#[tokio::test]
async fn numbers_of_pods() {
    let spec = MetricSpec {
        type_: "Pods".to_owned(),
        pods: Some(PodsMetricSource {
            metric: metric("hits", None),
            target: target("AverageValue", "10"),
        }),
        ..MetricSpec::default()
    };
    let (words, ..) = outcome(spec.clone(), &[("/api", json!({})), ("/apis", json!({}))]).await;
    assert_eq!(
        words,
        "FailedGetPodsMetric: the HPA was unable to compute the replica count: unable to get metric hits: \
         unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
    );
    let path =
        "/apis/custom.metrics.k8s.io/v1beta2/namespaces/a/pods/*/hits?labelSelector=app%3Dweb";
    let of = |name: &str| json!({"describedObject": {"kind": "Pod", "name": name}, "value": "20"});
    let [api, apis] = registered();
    let given = (path, json!({"items": [of("one"), of("two")]}));
    let (words, status, replicas, asked) = outcome(spec, &[api, apis, given]).await;
    assert!(asked.iter().any(|asked| asked == path), "{asked:?}");
    assert_eq!(
        words,
        "ValidMetricFound: the HPA was able to successfully calculate a replica count from pods metric hits"
    );
    assert_eq!(replicas, 4);
    assert_eq!(
        status,
        json!([{"type": "Pods", "pods": {"metric": {"name": "hits"}, "current": {"averageValue": "20"}}}])
    );
}

#[tokio::test]
async fn numbers_of_an_object() {
    let [api, apis] = registered();
    let answers = [api, apis, (OBJECT, values(&["1500m"]))];
    let (words, ..) = outcome(object("Value", "1"), &answers[..2]).await;
    assert!(
        words.contains(": unable to get metric hits on Service a/web: unable to fetch metrics"),
        "{words}"
    );
    let (words, status, replicas, _) = outcome(object("Value", "1"), &answers).await;
    assert!(words.ends_with("from Service metric hits"), "{words}");
    assert_eq!(replicas, 3);
    assert_eq!(status[0]["object"]["current"], json!({"value": "1500m"}));
    let (words, status, replicas, _) = outcome(object("AverageValue", "500m"), &answers).await;
    assert!(words.ends_with("from external metric hits(nil)"), "{words}");
    assert_eq!(replicas, 3);
    assert_eq!(
        status[0]["object"]["current"],
        json!({"averageValue": "750m"})
    );
}

#[tokio::test]
async fn numbers_from_outside() {
    let answers = [(EXTERNAL, values(&["6", "2"]))];
    let (words, status, replicas, _) = outcome(external("AverageValue", "2"), &answers).await;
    assert!(
        words.ends_with(
            "from external metric queue(&LabelSelector{MatchLabels:map[string]string{verb: get,},\
             MatchExpressions:[]LabelSelectorRequirement{},})"
        ),
        "{words}"
    );
    assert_eq!(replicas, 4);
    assert_eq!(
        status[0]["external"]["current"],
        json!({"averageValue": "4"})
    );
    let (_, status, replicas, _) = outcome(external("Value", "8"), &answers).await;
    assert_eq!(
        (replicas, &status[0]["external"]["current"]),
        (2, &json!({"value": "8"}))
    );
    let (words, _, replicas, _) = outcome(external("Value", "8"), &[]).await;
    assert_eq!(replicas, 2);
    assert!(
        words.ends_with(
            "the server could not find the requested resource (get queue.external.metrics.k8s.io)"
        ),
        "{words}"
    );
}

#[tokio::test]
async fn two_that_scale_the_same_pods_are_told() {
    let server = Aggregated::new(&[(EXTERNAL, values(&["8"]))]);
    let (cancel, clock) = (CancellationToken::new(), ManualClock::new());
    for name in ["h", "i"] {
        server
            .api
            .put(&autoscaler(name, vec![external("Value", "8")]));
    }
    let client = Client::new(Arc::new(server.clone()));
    let context = Context::for_client(client, clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    server
        .api
        .until("one says so", |api| {
            api.all::<HorizontalPodAutoscaler>().iter().any(|hpa| {
                hpa.status.conditions.iter().any(|c| {
                    c.message
                        == "pods by selector app=web are controlled by multiple HPAs: [{h a} {i a}]"
                })
            })
        })
        .await;
    cancel.cancel();
    running.await.expect("it ends");
}

/// What becomes of a target without replicas, given what its autoscaler did before.
async fn of_none(min: i32, condition: Option<&str>, usage: &str) -> (String, i64) {
    let server = Aggregated::new(&[(EXTERNAL, values(&[usage]))]);
    *server.replicas.lock() = 0;
    let mut hpa = autoscaler("h", vec![external("Value", "8")]);
    hpa.spec.min_replicas = Some(min);
    hpa.status
        .conditions
        .extend(condition.map(|status| HorizontalPodAutoscalerCondition {
            type_: "ScaledToZero".to_owned(),
            status: status.to_owned(),
            ..HorizontalPodAutoscalerCondition::default()
        }));
    let (words, _, replicas, _) = outcome_of(server, hpa).await;
    let reason = words.split(':').next().unwrap_or_default().to_owned();
    (reason, replicas)
}

#[tokio::test]
async fn only_what_it_took_away_is_given_back() {
    let disabled = ("ScalingDisabled".to_owned(), 0);
    let found = |replicas| ("ValidMetricFound".to_owned(), replicas);
    assert_eq!(of_none(0, None, "16").await, disabled);
    assert_eq!(of_none(0, Some("False"), "16").await, disabled);
    assert_eq!(of_none(1, None, "16").await, disabled);
    assert_eq!(of_none(0, Some("True"), "16").await, found(2));
    assert_eq!(of_none(0, Some("True"), "0").await, found(0));
    // Meanwhile zero is no longer allowed.
    assert_eq!(of_none(2, Some("True"), "8").await, found(2));
}
