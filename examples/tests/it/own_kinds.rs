//! The examples with kinds and webhooks of their own.

use skeg_api::apiextensions::v1::CustomResourceDefinition;
use skeg_api::core::v1::ConfigMap;
use skeg_api::ext::HasConditions;
use skeg_client::{
    Api, ApiResource, CreateOptions, DeleteOptions, DynamicApi, Patch, PatchOptions, json,
};
use skeg_meta::ObjectMeta;
use skeg_testkit::Cluster;

use crate::runtime::{Example, PATIENCE, until};

fn resource(version: &'static str, plural: &'static str, kind: &'static str) -> ApiResource {
    ApiResource {
        group: "examples.skeg.dev".into(),
        version: version.into(),
        plural: plural.into(),
        kind: kind.into(),
        namespaced: true,
    }
}

#[tokio::test]
async fn controller_with_crd() {
    let cluster = Cluster::start().await.expect("a cluster");
    let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
    let _example = Example::start("controller_with_crd", &kubeconfig, &[], &[]);
    cluster
        .expect::<CustomResourceDefinition>("greetings.examples.skeg.dev")
        .to(|definition| definition.condition_is_true("Established"))
        .within(PATIENCE)
        .await;
    let resource = resource("v1", "greetings", "Greeting");
    let greetings = DynamicApi::default_namespaced(cluster.client(), resource);
    let hello = json!({
        "apiVersion": "examples.skeg.dev/v1", "kind": "Greeting",
        "metadata": {"name": "hello"}, "spec": {"to": "world"},
    });
    let options = CreateOptions::default();
    greetings.create(hello, &options).await.expect("create");
    let says = |text: &'static str| {
        let is = move |map: &ConfigMap| map.data.get("text").is_some_and(|have| have == text);
        cluster
            .expect::<ConfigMap>("greeting-hello")
            .to(is)
            .within(PATIENCE)
    };
    says("Hello, world!").await;
    let word = |word: &str| Patch::Merge(json!({"spec": {"word": word}}));
    let (morning, options) = (word("Good morning"), PatchOptions::default());
    let patched = greetings.patch("hello", &morning, &options).await;
    patched.expect("patch");
    says("Good morning, world!").await;
    until("the status says it", || async {
        let hello = greetings.get("hello").await.expect("get");
        hello.value()["status"]["text"] == "Good morning, world!"
    })
    .await;
    let refused = greetings.patch("hello", &word("Hi "), &options).await;
    let refused = refused.expect_err("the rule forbids it").to_string();
    assert!(refused.contains("must not end with a space"), "{refused}");
    let options = DeleteOptions::default();
    greetings.delete("hello", &options).await.expect("delete");
    cluster
        .expect_gone::<ConfigMap>("greeting-hello")
        .within(PATIENCE)
        .await;
}

#[tokio::test]
async fn webhook() {
    let cluster = Cluster::start().await.expect("a cluster");
    let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
    let mut example = Example::start("webhook", &kubeconfig, &[], &["127.0.0.1:0"]);
    example.says("ready on").await;
    let maps = Api::<ConfigMap>::default_namespaced(cluster.client());
    let map = |say: &str| {
        let mut map = ConfigMap {
            metadata: ObjectMeta::named("default", "m"),
            ..ConfigMap::default()
        };
        map.data.insert("say".to_owned(), say.to_owned());
        map
    };
    // The server learns of its hooks in its own time.
    until("it labels", || async {
        let dry = CreateOptions::default().dry_run();
        let made = maps.create_with(map("hello"), &dry).await.expect("create");
        let by = made.metadata.labels.get("examples.skeg.dev/by");
        by.is_some_and(|by| by == "webhook")
    })
    .await;
    until("it refuses", || async {
        let dry = CreateOptions::default().dry_run();
        let made = maps.create_with(map("no"), &dry).await;
        made.is_err_and(|why| why.to_string().contains("a ConfigMap must not say no"))
    })
    .await;

    let tickets = |version: &'static str| {
        let resource = resource(version, "tickets", "Ticket");
        DynamicApi::default_namespaced(cluster.client(), resource)
    };
    let ada = json!({
        "apiVersion": "examples.skeg.dev/v1", "kind": "Ticket",
        "metadata": {"name": "ada"}, "spec": {"name": "Ada Lovelace"},
    });
    let (old, options) = (tickets("v1"), CreateOptions::default());
    old.create(ada, &options).await.expect("create");
    let converted = tickets("v2").get("ada").await.expect("get");
    let spec = json!({"given": "Ada", "family": "Lovelace"});
    assert_eq!(converted.value()["spec"], spec);
}
