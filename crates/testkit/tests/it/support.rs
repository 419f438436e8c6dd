//! What the tests share.

use skeg_api::core::v1::{ConfigMap, Namespace};
use skeg_meta::ObjectMeta;
use skeg_testkit::Cluster;

/// An empty config map.
pub fn map(namespace: &str, name: impl Into<String>) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named(namespace, name),
        ..ConfigMap::default()
    }
}

/// A namespace.
pub fn namespace(name: &str) -> Namespace {
    Namespace {
        metadata: ObjectMeta::named("", name),
        ..Namespace::default()
    }
}

/// A deployment of one container.
pub fn deployment(name: &str, replicas: u32) -> String {
    format!(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: main, image: hello}}]}}
"
    )
}

/// A pod of one container.
pub fn pod(name: &str, more: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  containers: [{{name: main, image: hello}}]
{more}
"
    )
}

/// A cluster whose time stands still.
pub async fn still() -> Cluster {
    Cluster::builder()
        .virtual_time()
        .start()
        .await
        .expect("a cluster")
}
