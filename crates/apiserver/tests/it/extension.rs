//! Custom kinds of Rust structs, and webhook servers of the runtime, against
//! this server.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skeg_api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration,
};
use skeg_api::core::v1::{ConfigMap, PodTemplateSpec, Secret};
use skeg_auth::UserInfo;
use skeg_client::crd::{self, CrdError, WebhookClientConfig};
use skeg_client::{Api, Client, ListOptions, Patch, PatchOptions};
use skeg_derive::{CustomResource, JsonSchema};
use skeg_meta::{Object, ObjectMeta};
use skeg_runtime::webhook::{
    Admission, Certificates, Change, Conversion, Denial, Running, Tree, Verdict, WebhookServer,
};
use skeg_schema::json;
use tokio_util::sync::CancellationToken;

use crate::support::{PATIENCE, Server};

mod v1 {
    use super::*;

    /// A shop.
    #[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema, PartialEq)]
    #[crd(
        group = "shop.example.com", version = "v1", kind = "Shop", namespaced, status = super::Status,
        short_names = ["sh"], derive(PartialEq), selectable = ".spec.owner",
        scale(spec_replicas = ".spec.tills", status_replicas = ".status.open"),
        column(name = "Tills", type = "integer", json_path = ".spec.tills"),
    )]
    pub struct ShopSpec {
        /// How many tills there are.
        #[schema(min = 0, max = 9, default = 1)]
        #[serde(default)]
        pub tills: i32,
        pub owner: String,
        #[schema(rule(rule = "self.size() != 3", message = "not three"))]
        #[serde(default)]
        pub goods: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub template: Option<PodTemplateSpec>,
    }
}

mod v2 {
    use super::*;

    /// A shop, whose owners are several.
    #[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema, PartialEq)]
    #[crd(
        group = "shop.example.com", version = "v2", kind = "Shop", namespaced, status = super::Status,
        short_names = ["sh"], derive(PartialEq), deprecated = "too new",
    )]
    pub struct ShopSpec {
        pub tills: i32,
        #[schema(min_items = 1)]
        pub owners: Vec<String>,
        #[serde(default)]
        pub goods: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub template: Option<PodTemplateSpec>,
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Status {
    open: i32,
}

impl From<v1::Shop> for v2::Shop {
    fn from(old: v1::Shop) -> Self {
        Self {
            metadata: old.metadata,
            spec: v2::ShopSpec {
                tills: old.spec.tills,
                owners: old.spec.owner.split('+').map(str::to_owned).collect(),
                goods: old.spec.goods,
                template: old.spec.template,
            },
            status: old.status,
        }
    }
}

impl TryFrom<v2::Shop> for v1::Shop {
    type Error = String;

    fn try_from(new: v2::Shop) -> Result<Self, String> {
        if new.spec.owners.iter().any(|owner| owner.contains('+')) {
            return Err("an owner has a + in its name".to_owned());
        }
        Ok(Self {
            metadata: new.metadata,
            spec: v1::ShopSpec {
                tills: new.spec.tills,
                owner: new.spec.owners.join("+"),
                goods: new.spec.goods,
                template: new.spec.template,
            },
            status: new.status,
        })
    }
}

fn client(server: &Server) -> Client {
    Client::new(server.api.transport(UserInfo {
        name: "admin".to_owned(),
        groups: vec!["system:masters".to_owned()],
        ..UserInfo::default()
    }))
}

fn shop(name: &str, owner: &str) -> v1::Shop {
    let spec = v1::ShopSpec {
        tills: 2,
        owner: owner.to_owned(),
        goods: Vec::new(),
        template: Some(PodTemplateSpec {
            metadata: ObjectMeta {
                labels: [("a".to_owned(), "b".to_owned())].into(),
                ..ObjectMeta::default()
            },
            ..PodTemplateSpec::default()
        }),
    };
    v1::Shop::new(name, spec).within("default")
}

#[tokio::test]
async fn a_derived_kind_is_served() {
    let server = Server::start().await;
    let client = client(&server);
    let served = crd::apply(&client, v1::Shop::crd()).await.expect("served");
    assert_eq!(served.metadata.name, "shops.shop.example.com");
    assert!(
        served
            .status
            .conditions
            .iter()
            .all(|condition| condition.type_ != "NonStructuralSchema"),
        "{:?}",
        served.status
    );
    // Once more changes nothing.
    let again = crd::apply(&client, v1::Shop::crd()).await.expect("served");
    assert_eq!(again.metadata.generation, served.metadata.generation);

    let shops: Api<v1::Shop> = Api::namespaced(client.clone(), "default");
    let mut template = shop("a", "ann");
    // A container is needed, or the object is refused by nobody: the schema asks for the list.
    template
        .spec
        .template
        .as_mut()
        .expect("a template")
        .spec
        .containers = vec![skeg_api::core::v1::Container {
        name: "c".to_owned(),
        ..skeg_api::core::v1::Container::default()
    }];
    let made = shops.create(template.clone()).await.expect("made");
    assert_eq!(made.spec, template.spec, "nothing was pruned");
    let status = json!({"status": {"open": 1}});
    let patched = shops
        .patch_status("a", &Patch::Merge(status), &PatchOptions::default())
        .await
        .expect("patched");
    assert_eq!(patched.status, Some(Status { open: 1 }));
    let list = shops
        .list(&ListOptions::default().fields("spec.owner=ann"))
        .await
        .expect("listed");
    assert_eq!(list.items.len(), 1);
    assert_eq!(list.items[0].metadata.name, "a");

    for (change, expect) in [
        (
            json!({"spec": {"tills": 10}}),
            "should be less than or equal to 9",
        ),
        (json!({"spec": {"goods": ["a", "b", "c"]}}), "not three"),
        (json!({"spec": {"owner": null}}), "Required value"),
    ] {
        let error = shops
            .patch("a", &Patch::Merge(change), &PatchOptions::default())
            .await
            .expect_err("refused");
        assert!(error.to_string().contains(expect), "{error}");
    }
}

#[tokio::test]
async fn a_definition_that_cannot_be_is_not_sent() {
    let server = Server::start().await;
    let client = client(&server);
    let mut broken = v1::Shop::crd();
    broken.spec.scope = "World".to_owned();
    let error = crd::apply(&client, broken).await.expect_err("refused");
    assert!(matches!(error, CrdError::Invalid { .. }), "{error}");
    crd::apply(&client, v1::Shop::crd()).await.expect("served");
    // Another group's kind may not take its short name; the plural decides about the names.
    let missing = crd::wait(&client, "nothing.example.com", PATIENCE).await;
    assert!(matches!(missing, Err(CrdError::Gone { .. })));
}

async fn converting(client: &Client, cancel: &CancellationToken) -> Running {
    let name = "shops.shop.example.com";
    let running = WebhookServer::new()
        .convert(
            "/convert",
            Conversion::<v2::Shop>::hub().version::<v1::Shop>(),
        )
        .certificates(Certificates::in_secret(
            client.clone(),
            "default",
            "hooks-ca",
            ["127.0.0.1"],
        ))
        .ca_of_conversion(client.clone(), name)
        .start("127.0.0.1:0", cancel.clone())
        .await
        .expect("started");
    let url = format!("https://{}/convert", running.address());
    let both = crd::merge([v1::Shop::crd(), v2::Shop::crd()], "v1").expect("one kind");
    let config = WebhookClientConfig {
        url: Some(url),
        ..WebhookClientConfig::default()
    };
    crd::apply(client, crd::with_conversion_webhook(both, config))
        .await
        .expect("served");
    tokio::time::timeout(PATIENCE, running.ready())
        .await
        .expect("the definition knows the authority");
    running
}

#[tokio::test]
async fn versions_are_converted() {
    let server = Server::start().await;
    let client = client(&server);
    let cancel = CancellationToken::new();
    let running = converting(&client, &cancel).await;

    let old: Api<v1::Shop> = Api::namespaced(client.clone(), "default");
    let new: Api<v2::Shop> = Api::namespaced(client.clone(), "default");
    let mut first = shop("a", "ann+bob");
    first.spec.template = None;
    old.create(first).await.expect("made");
    let read = new.get("a").await.expect("converted");
    assert_eq!(read.spec.owners, ["ann", "bob"]);
    let mut changed = (*read).clone();
    changed.spec.owners.push("cid".to_owned());
    changed
        .metadata
        .labels
        .insert("k".to_owned(), "v".to_owned());
    new.update(changed).await.expect("updated");
    let back = old.get("a").await.expect("read");
    assert_eq!(back.spec.owner, "ann+bob+cid");
    assert_eq!(back.metadata.labels["k"], "v");
    assert_eq!(back.metadata.uid, read.metadata.uid);
    // What cannot be converted is refused in the converter's own words.
    let mut wrong = (*new.get("a").await.expect("read")).clone();
    wrong.spec.owners = vec!["x+y".to_owned()];
    let error = new.update(wrong).await.expect_err("refused").to_string();
    assert!(error.contains("an owner has a + in its name"), "{error}");

    // The authority lies in the Secret, with its key, for the next replica.
    let secrets: Api<Secret> = Api::namespaced(client.clone(), "default");
    let secret = secrets.get("hooks-ca").await.expect("made");
    assert_eq!(secret.data["ca.crt"].0, running.ca_bundle().as_bytes());
    assert_eq!(secret.data.len(), 3);
    let second = WebhookServer::new()
        .certificates(Certificates::in_secret(
            client.clone(),
            "default",
            "hooks-ca",
            ["127.0.0.1"],
        ))
        .start("127.0.0.1:0", cancel.clone())
        .await
        .expect("started");
    assert_eq!(second.ca_bundle(), running.ca_bundle());
    cancel.cancel();
    tokio::time::timeout(PATIENCE, async {
        running.ended().await;
        second.ended().await;
    })
    .await
    .expect("both end");
}

fn hook_configuration(kind: &str, name: &str, url: &str, policy: &str) -> skeg_schema::Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name},
        "webhooks": [{
            "name": format!("{name}.example.com"),
            "clientConfig": {"url": url},
            "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": policy,
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}],
        }],
    })
}

fn map(name: &str, data: &[(&str, &str)]) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named("default", name),
        data: data
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..ConfigMap::default()
    }
}

#[tokio::test]
async fn objects_are_admitted_over_tls() {
    let server = Server::start().await;
    let client = client(&server);
    let cancel = CancellationToken::new();
    let running = WebhookServer::new()
        .mutate("/label", |request: Admission<ConfigMap>| async move {
            let Some(mut map) = request.object else {
                return Change::none();
            };
            map.metadata
                .labels
                .insert("by".to_owned(), request.user.username);
            Change::to(map).warn("labelled")
        })
        .validate("/check", |request: Admission<Tree>| async move {
            let object = request.any_object().expect("an object");
            match object["data"]["say"].as_str() {
                Some("no") => Verdict::deny(Denial::new("no tea").code(418).reason("Teapot")),
                Some("panic") => panic!("as asked"),
                _ => Verdict::allow(),
            }
        })
        .certificates(Certificates::in_memory(["127.0.0.1"]))
        .ca_of_mutating(client.clone(), "label")
        .ca_of_validating(client.clone(), "check")
        .start("127.0.0.1:0", cancel.clone())
        .await
        .expect("started");
    let url = |path: &str| format!("https://{}{path}", running.address());
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let tree = hook_configuration(
        "MutatingWebhookConfiguration",
        "label",
        &url("/label"),
        "Fail",
    );
    mutating
        .create(MutatingWebhookConfiguration::from_tree(tree).expect("a configuration"))
        .await
        .expect("made");
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let tree = hook_configuration(
        "ValidatingWebhookConfiguration",
        "check",
        &url("/check"),
        "Fail",
    );
    validating
        .create(ValidatingWebhookConfiguration::from_tree(tree).expect("a configuration"))
        .await
        .expect("made");
    tokio::time::timeout(PATIENCE, running.ready())
        .await
        .expect("both know the authority");

    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "default");
    // The server hears of the configurations by its own watch.
    let started = tokio::time::Instant::now();
    let mut at = 0;
    let made = loop {
        at += 1;
        match maps.create(map(&format!("m{at}"), &[("k", "v")])).await {
            Ok(made) if made.metadata.labels.contains_key("by") => break made,
            Ok(_) | Err(_) if started.elapsed() < PATIENCE => tokio::task::yield_now().await,
            other => panic!("never labelled: {other:?}"),
        }
    };
    assert_eq!(made.metadata.labels["by"], "admin");
    assert_eq!(made.data["k"], "v");
    let error = maps
        .create(map("bad", &[("say", "no")]))
        .await
        .expect_err("refused");
    assert_eq!((error.code(), error.reason()), (418, "Teapot"));
    assert_eq!(
        error.to_string(),
        "admission webhook \"check.example.com\" denied the request: no tea"
    );
    let error = maps
        .create(map("panics", &[("say", "panic")]))
        .await
        .expect_err("the policy is to fail");
    assert_eq!(error.code(), 500);
    assert!(
        error.to_string().contains("the webhook panicked"),
        "{error}"
    );
    // Whoever takes the bundle away gets it back.
    let patch =
        json!({"webhooks": [{"name": "label.example.com", "clientConfig": {"caBundle": null}}]});
    let taken = mutating
        .patch("label", &Patch::Strategic(patch), &PatchOptions::default())
        .await
        .expect("patched");
    assert!(taken.webhooks[0].client_config.ca_bundle.is_empty());
    let back = async {
        loop {
            let now = mutating.get("label").await.expect("read");
            if now.webhooks[0].client_config.ca_bundle.0 == running.ca_bundle().as_bytes() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, back)
        .await
        .expect("written again");
    cancel.cancel();
    tokio::time::timeout(PATIENCE, running.ended())
        .await
        .expect("ends");
}

#[test]
fn kinds_are_shared_like_built_in_ones() {
    let shop = Arc::new(shop("a", "ann"));
    let shared = skeg_meta::SharedObject::from_typed(shop.clone());
    assert!(shared.type_id().is_none());
    assert!(shared.try_protobuf().is_err());
    let typed = shared.typed::<v1::Shop>().expect("the same kind");
    assert!(Arc::ptr_eq(&typed, &shop));
    assert!(shared.typed::<v2::Shop>().is_err());
    let tree = shared.value();
    assert_eq!(tree["spec"]["owner"], "ann");
    assert_eq!(v1::Shop::from_tree((*tree).clone()).expect("a shop"), *shop);
}
