//! A webhook server: it labels ConfigMaps, refuses some, and converts a kind
//! between two versions. Its certificates are made and rotated by itself, and
//! written into the configurations.
//!
//! ```sh
//! cargo run --example webhook -- 127.0.0.1:8443
//! kubectl create configmap a --from-literal=say=hello   # gets a label
//! kubectl create configmap b --from-literal=say=no      # is refused
//! kubectl get tickets.v2.examples.skeg.dev -o yaml      # is converted
//! ```

use serde::{Deserialize, Serialize};
use skeg_api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration,
};
use skeg_api::core::v1::ConfigMap;
use skeg_client::crd::{self, WebhookClientConfig};
use skeg_client::{Api, Client, Patch, PatchOptions};
use skeg_meta::Object;
use skeg_runtime::webhook::{Admission, Certificates, Conversion, Denial, WebhookServer};
use skeg_schema::{Value, json};
use tokio_util::sync::CancellationToken;

mod v1 {
    use skeg_client::{CustomResource, JsonSchema};

    /// A ticket for somebody.
    #[derive(Clone, Debug, super::Serialize, super::Deserialize, CustomResource, JsonSchema)]
    #[crd(
        group = "examples.skeg.dev",
        version = "v1",
        kind = "Ticket",
        namespaced
    )]
    pub struct TicketSpec {
        /// Given name and family name.
        pub name: String,
    }
}

mod v2 {
    use skeg_client::{CustomResource, JsonSchema};

    /// A ticket for somebody whose names are told apart.
    #[derive(Clone, Debug, super::Serialize, super::Deserialize, CustomResource, JsonSchema)]
    #[crd(
        group = "examples.skeg.dev",
        version = "v2",
        kind = "Ticket",
        namespaced
    )]
    pub struct TicketSpec {
        pub given: String,
        pub family: String,
    }
}

impl From<v1::Ticket> for v2::Ticket {
    fn from(old: v1::Ticket) -> Self {
        let (given, family) = old
            .spec
            .name
            .split_once(' ')
            .unwrap_or((&old.spec.name, ""));
        let (given, family) = (given.to_owned(), family.to_owned());
        Self {
            metadata: old.metadata,
            spec: v2::TicketSpec { given, family },
        }
    }
}

impl From<v2::Ticket> for v1::Ticket {
    fn from(new: v2::Ticket) -> Self {
        let name = format!("{} {}", new.spec.given, new.spec.family);
        Self {
            metadata: new.metadata,
            spec: v1::TicketSpec {
                name: name.trim_end().to_owned(),
            },
        }
    }
}

/// The label goes onto every ConfigMap.
async fn label(request: Admission<ConfigMap>) -> Result<Option<ConfigMap>, Denial> {
    let Some(mut map) = request.object else {
        return Ok(None);
    };
    map.metadata
        .labels
        .insert("examples.skeg.dev/by".to_owned(), "webhook".to_owned());
    Ok(Some(map))
}

/// ConfigMaps that say no are refused.
async fn check(request: Admission<ConfigMap>) -> Result<(), Denial> {
    match request.object.and_then(|mut map| map.data.remove("say")) {
        Some(say) if say == "no" => Err(Denial::new("a ConfigMap must not say no")),
        _ => Ok(()),
    }
}

async fn apply<K: Object>(client: &Client, tree: Value) -> Result<(), skeg_client::Error> {
    let name = tree["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let options = PatchOptions::apply("webhook-example");
    Api::<K>::all(client.clone())
        .patch(&name, &Patch::Apply(tree), &options)
        .await?;
    Ok(())
}

fn configuration(kind: &str, url: String) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind,
        "metadata": {"name": "examples.skeg.dev"},
        "webhooks": [{
            "name": "configmaps.examples.skeg.dev", "clientConfig": {"url": url},
            "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Ignore",
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE", "UPDATE"]}],
        }],
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8443".to_owned());
    let client = Client::from_environment()?;
    let cancel = CancellationToken::new();
    // In a cluster the hooks are behind a service: `Certificates::in_secret`
    // with its name, and `service` instead of `url` below.
    let running = WebhookServer::new()
        .mutate("/label", label)
        .validate("/check", check)
        .convert(
            "/convert",
            Conversion::<v2::Ticket>::hub().version::<v1::Ticket>(),
        )
        .certificates(Certificates::in_memory(["127.0.0.1"]))
        .ca_of_mutating(client.clone(), "examples.skeg.dev")
        .ca_of_validating(client.clone(), "examples.skeg.dev")
        .ca_of_conversion(client.clone(), "tickets.examples.skeg.dev")
        .start(&address, cancel.clone())
        .await?;
    let url = |path: &str| format!("https://{}{path}", running.address());
    apply::<MutatingWebhookConfiguration>(
        &client,
        configuration("MutatingWebhookConfiguration", url("/label")),
    )
    .await?;
    apply::<ValidatingWebhookConfiguration>(
        &client,
        configuration("ValidatingWebhookConfiguration", url("/check")),
    )
    .await?;
    let config = WebhookClientConfig {
        url: Some(url("/convert")),
        ..WebhookClientConfig::default()
    };
    let both = crd::merge([v1::Ticket::crd(), v2::Ticket::crd()], "v1")?;
    crd::apply(&client, crd::with_conversion_webhook(both, config)).await?;
    running.ready().await;
    println!("ready on {}", running.address());
    tokio::signal::ctrl_c().await?;
    cancel.cancel();
    running.ended().await;
    Ok(())
}
