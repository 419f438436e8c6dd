//! What the metrics APIs tell: what pods use, and numbers of any kind, of pods,
//! of other objects and from outside.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use skeg_api::autoscaling::v2::{CrossVersionObjectReference, MetricIdentifier};
use skeg_client::{ApiResource, Client, DynamicApi, Error, ListOptions};
use skeg_meta::Quantity;
use skeg_meta::labels::Selector;
use skeg_schema::Value;

use super::replicas::Sample;
use crate::{Context, served};

/// How long a measurement covers where that is not said.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
const CUSTOM: &str = "custom.metrics.k8s.io";
const EXTERNAL: &str = "external.metrics.k8s.io";
/// Versions of the API of custom metrics that are understood, the better first.
const CUSTOM_VERSIONS: &[&str] = &["v1beta2", "v1beta1"];

/// What the chosen pods use of a resource, each by its name; with a container
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
                words(&error, "pods.metrics.k8s.io")
            )
        })?;
    if list.items.is_empty() {
        return Err("no metrics returned from resource metrics API".to_owned());
    }
    let mut samples = BTreeMap::new();
    for item in &list.items {
        let value = item.value();
        let used = match container {
            Some(container) => of_container(&value, resource, container).ok_or_else(|| {
                format!(
                    "failed to get container metrics: container {container} not present in metrics for pod {namespace}/{}",
                    item.name()
                )
            })?,
            None => of_pod(&value, resource),
        };
        if let Some(used) = used {
            let window = text(&value, "window").and_then(|window| window.parse().ok());
            let sample = sample(context, &value, used, window);
            samples.insert(item.name().to_owned(), sample);
        }
    }
    Ok(samples)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn millis(text: &str) -> Option<i64> {
    let quantity: Quantity = text.parse().ok()?;
    Some(quantity.milli_value())
}

fn sample(context: &Context, of: &Value, value: i64, window: Option<SignedDuration>) -> Sample {
    Sample {
        value,
        at: text(of, "timestamp")
            .and_then(|at| at.parse().ok())
            .unwrap_or_else(|| context.clock.now()),
        window: window.unwrap_or(WINDOW),
    }
}

fn usage(container: &Value, resource: &str) -> Option<i64> {
    millis(container.get("usage")?.get(resource)?.as_str()?)
}

/// A pod of which a part was not measured was not measured.
fn of_pod(pod: &Value, resource: &str) -> Option<i64> {
    let containers = pod.get("containers")?.as_array()?;
    if containers.is_empty() {
        return None;
    }
    containers.iter().map(|one| usage(one, resource)).sum()
}

/// What one container uses, if that was measured; `None` without the container.
fn of_container(pod: &Value, resource: &str, container: &str) -> Option<Option<i64>> {
    let containers = pod.get("containers")?.as_array()?;
    let found = containers
        .iter()
        .find(|one| text(one, "name") == Some(container))?;
    Some(usage(found, resource))
}

/// A server that does not know the group says no more than that in its own name.
fn words(error: &Error, what: &str) -> String {
    let own = error
        .status()
        .is_some_and(|status| status.details.is_some() && !status.message.is_empty());
    if error.is_not_found() && !own {
        format!("the server could not find the requested resource (get {what})")
    } else {
        error.to_string()
    }
}

/// The root of the API of custom metrics, in the version that is served.
async fn custom_root(client: &Client) -> Result<String, String> {
    let failed = |words: &str| format!("unable to fetch metrics from custom metrics API: {words}");
    let served = served::versions(client, CUSTOM).await;
    let served = served.map_err(|error| failed(&error.to_string()))?;
    let mut known = CUSTOM_VERSIONS.iter();
    match known.find(|known| served.iter().any(|version| version == *known)) {
        Some(version) => Ok(format!("/apis/{CUSTOM}/{version}")),
        None => Err(failed(&format!(
            "no custom metrics API ({CUSTOM}) registered"
        ))),
    }
}

/// The selector of a metric as the query knows it; none selects nothing in
/// particular.
fn selector_of(metric: &MetricIdentifier) -> Result<String, String> {
    let Some(selector) = &metric.selector else {
        return Ok(String::new());
    };
    Ok(Selector::from_label_selector(Some(selector))?.to_string())
}

fn query(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(key);
        out.push('=');
        escape(value, &mut out);
    }
    out
}

/// What is not plain in a path or a query is written as bytes.
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

fn segment(text: &str) -> String {
    let mut out = String::new();
    escape(text, &mut out);
    out
}

fn items(list: &Value) -> &[Value] {
    list.get("items")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn value_of(item: &Value) -> i64 {
    text(item, "value").and_then(millis).unwrap_or(0)
}

/// A number that each of the chosen pods has, by the pods' names.
pub(super) async fn of_each_pod(
    context: &Context,
    namespace: &str,
    selector: &str,
    metric: &MetricIdentifier,
) -> Result<BTreeMap<String, Sample>, String> {
    let root = custom_root(&context.client).await?;
    let path = format!(
        "{root}/namespaces/{namespace}/pods/*/{}{}",
        segment(&metric.name),
        query(&[
            ("labelSelector", selector),
            ("metricLabelSelector", &selector_of(metric)?),
        ])
    );
    let list = context.client.get_json(&path).await.map_err(|error| {
        let words = words(&error, &format!("pods.{CUSTOM} *"));
        format!("unable to fetch metrics from custom metrics API: {words}")
    })?;
    if items(&list).is_empty() {
        return Err("no metrics returned from custom metrics API".to_owned());
    }
    let named = items(&list).iter().filter_map(|item| {
        let name = item.at(&["describedObject", "name"])?.as_str()?;
        let window = ["windowSeconds", "window"]
            .into_iter()
            .find_map(|key| item.get(key)?.as_i64())
            .map(SignedDuration::from_secs);
        Some((
            name.to_owned(),
            sample(context, item, value_of(item), window),
        ))
    });
    Ok(named.collect())
}

/// A number that an object has. `plural` is the object's resource.
pub(super) async fn of_object(
    context: &Context,
    namespace: &str,
    object: &CrossVersionObjectReference,
    plural: &str,
    metric: &MetricIdentifier,
) -> Result<i64, String> {
    let root = custom_root(&context.client).await?;
    let group = object
        .api_version
        .split_once('/')
        .map_or("", |(group, _)| group);
    let query = query(&[("metricLabelSelector", &selector_of(metric)?)]);
    let (name, metric) = (segment(&object.name), segment(&metric.name));
    let resource = if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    };
    // An autoscaler sees its own namespace only, whatever the name says.
    let path = if group.is_empty() && object.kind == "Namespace" {
        format!("{root}/namespaces/{namespace}/metrics/{metric}{query}")
    } else {
        format!("{root}/namespaces/{namespace}/{resource}/{name}/{metric}{query}")
    };
    let list = context.client.get_json(&path).await.map_err(|error| {
        let words = words(&error, &format!("{resource}.{CUSTOM} {}", object.name));
        format!("unable to fetch metrics from custom metrics API: {words}")
    })?;
    match items(&list) {
        [one] => Ok(value_of(one)),
        other => Err(format!(
            "unable to fetch metrics from custom metrics API: the custom metrics API server returned {} results when we asked for exactly one",
            other.len()
        )),
    }
}

/// The sum of a number from outside the cluster.
pub(super) async fn external(
    context: &Context,
    namespace: &str,
    metric: &MetricIdentifier,
) -> Result<i64, String> {
    let path = format!(
        "/apis/{EXTERNAL}/v1beta1/namespaces/{namespace}/{}{}",
        segment(&metric.name),
        query(&[("labelSelector", &selector_of(metric)?)])
    );
    let list = context.client.get_json(&path).await.map_err(|error| {
        let words = words(&error, &format!("{}.{EXTERNAL}", metric.name));
        format!("unable to fetch metrics from external metrics API: {words}")
    })?;
    if items(&list).is_empty() {
        return Err("no metrics returned from external metrics API".to_owned());
    }
    Ok(items(&list).iter().map(value_of).sum())
}
