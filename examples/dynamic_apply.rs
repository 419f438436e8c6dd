//! Applies YAML files of whatever kinds, as `kubectl apply --server-side
//! --prune --applyset` does: namespaces and definitions first, and what is no
//! longer in the files goes.
//!
//! `cargo run --example dynamic_apply -- FILE_OR_FOLDER`

use skeg_client::Client;
use skeg_client::manifests::{self, Applier, ApplySet, Prune};

const BUILT_IN: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: green}
---
apiVersion: example.com/v1
kind: Colour
metadata: {name: green}
spec: {hex: '00ff00'}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: colours.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: colours, singular: colour, kind: Colour}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {hex: {type: string}}}
";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let manifests = match std::env::args().nth(1) {
        Some(path) => manifests::read(path)?,
        None => manifests::parse(BUILT_IN, "the example")?,
    };
    let client = Client::from_environment()?;
    let set = ApplySet::config_map(client.default_namespace(), "dynamic-apply");
    let applier = Applier::new(client, "dynamic-apply").prune(Prune::ApplySet(set));
    for change in applier.apply(&manifests).await?.changes {
        println!("{change}");
    }
    Ok(())
}
