//! An operator written with the crate `kube`, run against a cluster of the test
//! kit: custom resource, watch, server-side apply, finalizer, owned objects.
//! Prints a line "ok NAME" or "FAIL NAME: why" for each check.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::finalizer::{Event, finalizer};
use kube::runtime::wait::{await_condition, conditions};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Client, CustomResource, CustomResourceExt, Resource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const PATIENCE: Duration = Duration::from_secs(30);
const MANAGER: &str = "greeter";
const FINALIZER: &str = "kube-program.example/greeter";

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(
    group = "kube-program.example",
    version = "v1",
    kind = "Greeting",
    namespaced,
    status = "GreetingStatus"
)]
struct GreetingSpec {
    to: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
struct GreetingStatus {
    greeted: String,
}

#[derive(Debug)]
struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

fn failed(error: impl std::error::Error) -> Failed {
    Failed(error.to_string())
}

/// A config map and a secret for each greeting; the status says who was greeted.
async fn reconcile(greeting: Arc<Greeting>, client: Arc<Client>) -> Result<Action, Failed> {
    let client = Client::clone(&client);
    let namespace = greeting.namespace().unwrap_or_default();
    let greetings = Api::<Greeting>::namespaced(client.clone(), &namespace);
    finalizer(&greetings, FINALIZER, greeting, |event| async {
        match event {
            Event::Apply(greeting) => apply(&client, &namespace, &greeting).await,
            Event::Cleanup(greeting) => {
                let maps = Api::<ConfigMap>::namespaced(client.clone(), &namespace);
                let farewell = ConfigMap {
                    metadata: ObjectMeta {
                        name: Some(format!("farewell-{}", greeting.name_any())),
                        ..ObjectMeta::default()
                    },
                    ..ConfigMap::default()
                };
                match maps.create(&PostParams::default(), &farewell).await {
                    Err(kube::Error::Api(status)) if status.code == 409 => {}
                    result => drop(result.map_err(failed)?),
                }
                Ok(Action::await_change())
            }
        }
    })
    .await
    .map_err(failed)
}

async fn apply(client: &Client, namespace: &str, greeting: &Greeting) -> Result<Action, Failed> {
    let name = greeting.name_any();
    let text = format!("hello {}", greeting.spec.to);
    let metadata = ObjectMeta {
        name: Some(name.clone()),
        owner_references: greeting.controller_owner_ref(&()).map(|owner| vec![owner]),
        ..ObjectMeta::default()
    };
    let force = PatchParams::apply(MANAGER).force();
    let map = ConfigMap {
        metadata: metadata.clone(),
        data: Some(BTreeMap::from([("text".to_owned(), text.clone())])),
        ..ConfigMap::default()
    };
    let maps = Api::<ConfigMap>::namespaced(client.clone(), namespace);
    maps.patch(&name, &force, &Patch::Apply(map))
        .await
        .map_err(failed)?;
    let secret = Secret {
        metadata,
        ..Secret::default()
    };
    let secrets = Api::<Secret>::namespaced(client.clone(), namespace);
    secrets
        .patch(&name, &force, &Patch::Apply(secret))
        .await
        .map_err(failed)?;
    let status = serde_json::json!({
        "apiVersion": Greeting::api_version(&()),
        "kind": Greeting::kind(&()),
        "status": {"greeted": text},
    });
    let greetings = Api::<Greeting>::namespaced(client.clone(), namespace);
    greetings
        .patch_status(&name, &force, &Patch::Apply(status))
        .await
        .map_err(failed)?;
    Ok(Action::await_change())
}

/// Waits until an object is as wanted.
async fn until<K>(api: &Api<K>, name: &str, is: impl Fn(&K) -> bool) -> Result<K>
where
    K: Resource + Clone + std::fmt::Debug + Send + serde::de::DeserializeOwned + 'static,
{
    let config = watcher::Config::default().fields(&format!("metadata.name={name}"));
    let mut objects = watcher(api.clone(), config).applied_objects().boxed();
    let wait = async {
        while let Some(object) = objects.try_next().await? {
            if is(&object) {
                return Ok(object);
            }
        }
        anyhow::bail!("the watch ended")
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .context("nothing came in time")?
}

async fn gone<K>(api: &Api<K>, name: &str, uid: &str) -> Result<()>
where
    K: Resource + Clone + std::fmt::Debug + Send + serde::de::DeserializeOwned + 'static,
{
    let deleted = await_condition(api.clone(), name, conditions::is_deleted(uid));
    tokio::time::timeout(PATIENCE, deleted)
        .await
        .context("it stays")??;
    Ok(())
}

struct Checks {
    client: Client,
}

impl Checks {
    fn greetings(&self) -> Api<Greeting> {
        Api::default_namespaced(self.client.clone())
    }

    fn maps(&self) -> Api<ConfigMap> {
        Api::default_namespaced(self.client.clone())
    }

    async fn definition(&self) -> Result<()> {
        let definitions = Api::<CustomResourceDefinition>::all(self.client.clone());
        let name = Greeting::crd_name();
        let params = PatchParams::apply(MANAGER).force();
        definitions
            .patch(name, &params, &Patch::Apply(Greeting::crd()))
            .await?;
        let established = await_condition(definitions, name, conditions::is_crd_established());
        tokio::time::timeout(PATIENCE, established)
            .await
            .context("not established")??;
        Ok(())
    }

    async fn applies(&self) -> Result<()> {
        let greeting = Greeting::new(
            "one",
            GreetingSpec {
                to: "world".to_owned(),
            },
        );
        self.greetings()
            .create(&PostParams::default(), &greeting)
            .await?;
        let text = |map: &ConfigMap| map.data.as_ref().and_then(|data| data.get("text").cloned());
        let map = until(&self.maps(), "one", |map| text(map).is_some()).await?;
        ensure!(text(&map).as_deref() == Some("hello world"), "{map:?}");
        let managers = map.metadata.managed_fields.unwrap_or_default();
        ensure!(
            managers
                .iter()
                .any(|entry| entry.manager.as_deref() == Some(MANAGER)
                    && entry.operation.as_deref() == Some("Apply")),
            "{managers:?}"
        );
        let is = |greeting: &Greeting| {
            greeting
                .status
                .as_ref()
                .is_some_and(|status| status.greeted == "hello world")
        };
        until(&self.greetings(), "one", is).await?;
        Ok(())
    }

    async fn follows(&self) -> Result<()> {
        let change = serde_json::json!({"spec": {"to": "moon"}});
        self.greetings()
            .patch("one", &PatchParams::default(), &Patch::Merge(change))
            .await?;
        let is = |map: &ConfigMap| {
            let text = map.data.as_ref().and_then(|data| data.get("text"));
            text.is_some_and(|text| text == "hello moon")
        };
        until(&self.maps(), "one", is).await?;
        Ok(())
    }

    async fn makes_again(&self) -> Result<()> {
        let map = self.maps().get("one").await?;
        let uid = map.uid().unwrap_or_default();
        self.maps().delete("one", &DeleteParams::default()).await?;
        until(&self.maps(), "one", |map| {
            map.uid().unwrap_or_default() != uid
        })
        .await?;
        Ok(())
    }

    async fn finalizes(&self) -> Result<()> {
        let greeting = self.greetings().get("one").await?;
        ensure!(
            greeting.finalizers().contains(&FINALIZER.to_owned()),
            "no finalizer"
        );
        let uid = greeting.uid().unwrap_or_default();
        self.greetings()
            .delete("one", &DeleteParams::default())
            .await?;
        gone(&self.greetings(), "one", &uid).await?;
        self.maps().get("farewell-one").await?;
        Ok(())
    }

    /// The kit has a garbage collector.
    async fn is_collected(&self) -> Result<()> {
        let secrets = Api::<Secret>::default_namespaced(self.client.clone());
        if let Some(secret) = secrets.get_opt("one").await? {
            gone(&secrets, "one", &secret.uid().unwrap_or_default()).await?;
        }
        Ok(())
    }

    async fn is_refused(&self) -> Result<()> {
        let wrong = serde_json::json!({
            "apiVersion": "kube-program.example/v1", "kind": "Greeting",
            "metadata": {"name": "wrong"}, "spec": {"to": 7},
        });
        let params = PatchParams::apply(MANAGER);
        let refused = self
            .greetings()
            .patch("wrong", &params, &Patch::Apply(wrong))
            .await;
        let Err(kube::Error::Api(status)) = refused else {
            anyhow::bail!("it was taken");
        };
        ensure!(
            matches!(status.code, 422 | 500) && status.message.contains("spec.to"),
            "{status:?}"
        );
        Ok(())
    }

    async fn pages(&self) -> Result<()> {
        for number in 0..25 {
            let map = ConfigMap {
                metadata: ObjectMeta {
                    name: Some(format!("page-{number:02}")),
                    labels: Some(BTreeMap::from([("page".to_owned(), "yes".to_owned())])),
                    ..ObjectMeta::default()
                },
                ..ConfigMap::default()
            };
            self.maps().create(&PostParams::default(), &map).await?;
        }
        let mut params = ListParams::default().labels("page=yes").limit(10);
        let mut names = Vec::new();
        loop {
            let page = self.maps().list(&params).await?;
            let token = page.metadata.continue_.clone().unwrap_or_default();
            names.extend(page.into_iter().map(|map| map.name_any()));
            if token.is_empty() {
                break;
            }
            params = params.continue_token(&token);
        }
        ensure!(names.len() == 25, "{names:?}");
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::try_default().await?;
    let checks = Checks {
        client: client.clone(),
    };
    let mut fine = tell("definition", checks.definition().await);
    let greetings = Api::<Greeting>::all(client.clone());
    let controller = Controller::new(greetings, watcher::Config::default())
        .owns(
            Api::<ConfigMap>::all(client.clone()),
            watcher::Config::default(),
        )
        .run(
            reconcile,
            |_, _, _| Action::requeue(Duration::from_secs(1)),
            Arc::new(client),
        )
        .for_each(|result| async move {
            if let Err(error) = result {
                eprintln!("{error}");
            }
        });
    let running = tokio::spawn(controller);
    fine &= tell("operator-applies", checks.applies().await);
    fine &= tell("operator-follows", checks.follows().await);
    fine &= tell("operator-makes-again", checks.makes_again().await);
    fine &= tell("operator-finalizes", checks.finalizes().await);
    fine &= tell("garbage-is-collected", checks.is_collected().await);
    fine &= tell("nonsense-is-refused", checks.is_refused().await);
    fine &= tell("lists-have-pages", checks.pages().await);
    running.abort();
    std::process::exit(i32::from(!fine))
}

fn tell(name: &str, outcome: Result<()>) -> bool {
    match &outcome {
        Ok(()) => println!("ok {name}"),
        Err(error) => println!("FAIL {name}: {error:#}"),
    }
    outcome.is_ok()
}
