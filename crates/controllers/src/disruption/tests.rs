//! Budgets over pods of custom controllers, against a server in memory.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_client::{Client, Payload, Transport, TransportError};
use skeg_meta::{IntOrString, LabelSelector, ObjectMeta, OwnerReference};
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use skeg_schema::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;

/// A server that answers some paths as told.
#[derive(Clone)]
struct Server {
    api: FakeApi,
    answers: Arc<BTreeMap<&'static str, Value>>,
}

impl Transport for Server {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let path = request.uri().to_string();
        let mut response = http::Response::new(Payload::Empty);
        match self.answers.get(&*path) {
            Some(answer) => {
                *response.body_mut() = Payload::from(answer.to_string().into_bytes());
            }
            None if path.contains("example.com") => {
                *response.status_mut() = http::StatusCode::NOT_FOUND;
            }
            None => return self.api.call(request),
        }
        async move { Ok(response) }.boxed()
    }

    fn in_process(&self) -> bool {
        true
    }
}

/// The message of the budget's condition, or how many pods it expects.
async fn outcome(answers: &[(&'static str, Value)]) -> String {
    let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
    let server = Server {
        api: FakeApi::new(),
        answers: Arc::new(answers.iter().cloned().collect()),
    };
    let labels: BTreeMap<String, String> = [("app".to_owned(), "web".to_owned())].into();
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", "p"),
        ..Pod::default()
    };
    pod.metadata.labels = labels.clone();
    pod.metadata.owner_references = vec![OwnerReference {
        api_version: "example.com/v1".to_owned(),
        kind: "Herd".to_owned(),
        name: "h".to_owned(),
        uid: "u".to_owned(),
        controller: Some(true),
        ..OwnerReference::default()
    }];
    server.api.put(&pod);
    let mut budget = PodDisruptionBudget {
        metadata: ObjectMeta::named("a", "b"),
        ..PodDisruptionBudget::default()
    };
    budget.spec.max_unavailable = Some(IntOrString::Int(1));
    budget.spec.selector = Some(LabelSelector {
        match_labels: labels,
        ..LabelSelector::default()
    });
    server.api.put(&budget);
    let client = Client::new(Arc::new(server.clone()));
    let context = Context::for_client(client, clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    let told = |api: &FakeApi| {
        let budget = api.get::<PodDisruptionBudget>("a", "b")?;
        let condition = budget.status.conditions.first()?;
        Some(match &*condition.reason {
            "SyncFailed" => condition.message.clone(),
            _ => budget.status.expected_pods.to_string(),
        })
    };
    let seen = |api: &FakeApi| told(api).is_some();
    server.api.until("it is looked at", seen).await;
    cancel.cancel();
    running.await.expect("it ends");
    told(&server.api).expect("it was there")
}

#[tokio::test]
async fn custom_controllers_tell_their_scale() {
    const KINDS: &str = "/apis/example.com/v1";
    const SCALE: &str = "/apis/example.com/v1/namespaces/a/herds/h/scale";
    let kinds = |names: &[&str]| {
        let one = |name: &&str| json!({"name": *name, "kind": "Herd", "namespaced": true});
        json!({"resources": names.iter().map(one).collect::<Vec<Value>>()})
    };
    let scale = |uid: &str| {
        json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale",
            "metadata": {"name": "h", "namespace": "a", "uid": uid}, "spec": {"replicas": 7},
        })
    };
    let (plain, scaled) = (kinds(&["herds"]), kinds(&["herds", "herds/scale"]));
    let nobody = "found no controllers for pod \"p\"";

    let found = [(KINDS, scaled.clone()), (SCALE, scale("u"))];
    assert_eq!(outcome(&found).await, "7");
    let another = [(KINDS, scaled.clone()), (SCALE, scale("other"))];
    assert_eq!(outcome(&another).await, nobody);
    assert_eq!(outcome(&[(KINDS, scaled)]).await, nobody);
    assert_eq!(
        outcome(&[(KINDS, plain)]).await,
        "herds.example.com does not implement the scale subresource"
    );
    assert_eq!(
        outcome(&[]).await,
        "no matches for kind \"Herd\" in version \"example.com/v1\""
    );
}
