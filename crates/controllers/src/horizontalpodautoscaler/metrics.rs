//! What the pods use, as the resource metrics API tells.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use skeg_client::{ApiResource, DynamicApi, Error, ListOptions};
use skeg_schema::Value;

use super::replicas::Sample;
use crate::Context;

/// How long a measurement covers where that is not said.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// The use of a resource by the chosen pods, each by its name; with a container
/// only by this one.
pub(super) async fn of_pods(
    context: &Context,
    namespace: &str,
    selector: &str,
    resource: &str,
    container: Option<&str>,
) -> Result<BTreeMap<String, Sample>, String> {
    let metrics = ApiResource {
        group: "metrics.k8s.io".into(),
        version: "v1beta1".into(),
        plural: "pods".into(),
        kind: "PodMetrics".into(),
        namespaced: true,
    };
    let api = DynamicApi::namespaced(context.client.clone(), metrics, namespace);
    let list = api
        .list(&ListOptions::default().labels(selector))
        .await
        .map_err(|error| {
            format!(
                "unable to fetch metrics from resource metrics API: {}",
                words(&error)
            )
        })?;
    if list.items.is_empty() {
        return Err("no metrics returned from resource metrics API".to_owned());
    }
    let mut samples = BTreeMap::new();
    for item in &list.items {
        let value = item.value();
        if let Some(sample) = sample(&value, resource, container, context) {
            samples.insert(item.name().to_owned(), sample);
        }
    }
    Ok(samples)
}

// A server that does not know the group has no more to say than that.
fn words(error: &Error) -> String {
    if error.is_not_found() {
        "the server could not find the requested resource (get pods.metrics.k8s.io)".to_owned()
    } else {
        error.to_string()
    }
}

fn sample(
    pod: &Value,
    resource: &str,
    container: Option<&str>,
    context: &Context,
) -> Option<Sample> {
    let containers = pod.get("containers")?.as_array()?;
    let mut sum = 0;
    let mut found = false;
    for one in containers {
        let name = one.get("name").and_then(Value::as_str);
        if container.is_some() && container != name {
            continue;
        }
        // A pod of which a part was not measured was not measured.
        let usage = one.get("usage")?.get(resource)?.as_str()?;
        let quantity: skeg_meta::Quantity = usage.parse().ok()?;
        sum += quantity.milli_value();
        found = true;
    }
    let text = |key: &str| pod.get(key).and_then(Value::as_str);
    found.then(|| Sample {
        value: sum,
        at: text("timestamp")
            .and_then(|at| at.parse().ok())
            .unwrap_or_else(|| context.clock.now()),
        window: text("window")
            .and_then(|window| window.parse().ok())
            .unwrap_or(WINDOW),
    })
}
