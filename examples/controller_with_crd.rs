//! A controller of a kind of one's own: every `Greeting` gets a ConfigMap with
//! its text, and says in its status how often it has been written.
//!
//! The definition is brought to the cluster first. Try it with:
//!
//! ```sh
//! kubectl apply -f - <<YAML
//! apiVersion: examples.skeg.dev/v1
//! kind: Greeting
//! metadata: {name: hello, namespace: default}
//! spec: {to: world}
//! YAML
//! kubectl get greetings
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skeg_api::core::v1::ConfigMap;
use skeg_client::crd;
use skeg_client::{Api, Client, CustomResource, JsonSchema, Patch, PatchOptions};
use skeg_meta::Object as _;
use skeg_runtime::{ControllerBuilder, Manager, Next, ObjectName, ReconcileError};
use skeg_schema::json;

/// A greeting to somebody.
#[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema)]
#[crd(
    group = "examples.skeg.dev",
    version = "v1",
    kind = "Greeting",
    namespaced
)]
#[crd(status = GreetingStatus, short_names = ["gr"])]
#[crd(
    column("To", "string", ".spec.to"),
    column("Text", "string", ".status.text")
)]
struct GreetingSpec {
    /// Who is greeted.
    #[schema(min_length = 1, max_length = 63)]
    to: String,
    /// How: `Hello`, unless said otherwise.
    #[serde(default = "hello")]
    #[schema(rule("!self.endsWith(' ')", "must not end with a space"))]
    word: String,
}

fn hello() -> String {
    "Hello".to_owned()
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct GreetingStatus {
    /// What has been written.
    text: String,
}

struct Context {
    client: Client,
}

async fn reconcile(context: Arc<Context>, name: ObjectName) -> Result<Next, ReconcileError> {
    let greetings: Api<Greeting> = Api::namespaced(context.client.clone(), &*name.namespace);
    let Some(greeting) = greetings.get_opt(&name.name).await? else {
        return Ok(Next::Done);
    };
    let text = format!("{}, {}!", greeting.spec.word, greeting.spec.to);
    let maps: Api<ConfigMap> = Api::namespaced(context.client.clone(), &*name.namespace);
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {
            "name": format!("greeting-{}", name.name),
            // The ConfigMap goes with the Greeting.
            "ownerReferences": vec![skeg_schema::message_to_value(&greeting.controller_reference())],
        },
        "data": {"text": text.as_str()},
    });
    let options = PatchOptions::apply("greeter").force();
    maps.patch(
        &format!("greeting-{}", name.name),
        &Patch::Apply(map),
        &options,
    )
    .await?;
    if greeting
        .status
        .as_ref()
        .is_none_or(|status| status.text != text)
    {
        let status = Patch::Merge(json!({"status": {"text": text}}));
        greetings
            .patch_status(&name.name, &status, &PatchOptions::default())
            .await?;
    }
    Ok(Next::Done)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let client = Client::from_environment()?;
    crd::apply(&client, Greeting::crd()).await?;
    let mut manager = Manager::new("greeter", client.clone());
    manager.add(
        ControllerBuilder::<Greeting>::new("greetings")
            .owns::<ConfigMap>()
            .reconcile(Context { client }, reconcile),
    );
    manager.run().await?;
    Ok(())
}
