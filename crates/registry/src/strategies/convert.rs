//! Resources that are served in two forms and stored in one.

use crate::resource::Conversion;
use crate::tree::{self, at, has, list, s, set};
use skeg_schema::{Value, json};

/// How a served form differs from the stored one.
pub fn conversion(group: &str, version: &str, resource: &str) -> Option<Conversion> {
    match (group, version, resource) {
        ("events.k8s.io", "v1", "events") => Some(Conversion {
            to_storage: event_to_core,
            from_storage: event_from_core,
        }),
        ("autoscaling", "v1", "horizontalpodautoscalers") => Some(Conversion {
            to_storage: autoscaler_to_v2,
            from_storage: autoscaler_to_v1,
        }),
        _ => None,
    }
}

// events.k8s.io name → core name
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("regarding", "involvedObject"),
    ("note", "message"),
    ("reportingController", "reportingComponent"),
    ("deprecatedSource", "source"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedCount", "count"),
];

fn event_to_core(v: &mut Value) {
    set(v, "apiVersion", "v1");
    set(v, "kind", "Event");
    for (new, core) in EVENT_FIELDS {
        if let Some(value) = tree::remove(v, new) {
            set(v, *core, value);
        }
    }
}

fn event_from_core(v: &mut Value) {
    set(v, "apiVersion", "events.k8s.io/v1");
    set(v, "kind", "Event");
    for (new, core) in EVENT_FIELDS {
        if let Some(value) = tree::remove(v, core) {
            set(v, *new, value);
        }
    }
}

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";

fn annotation_json(v: &mut Value, key: &'static str) -> Option<Value> {
    let meta = tree::get_mut(v, "metadata")?;
    let all = tree::get_mut(meta, "annotations")?;
    let text = tree::remove(all, key)?;
    if tree::is_zero(all) {
        tree::remove(meta, "annotations");
    }
    skeg_schema::decode_json_any(text.as_str()?.as_bytes()).ok()
}

fn annotate(v: &mut Value, key: &'static str, value: &Value) {
    let all = tree::obj_mut(tree::obj_mut(v, "metadata"), "annotations");
    set(all, key, value.to_string());
}

fn cpu_metric(target: i64) -> Value {
    json!({
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}},
    })
}

fn is_cpu(m: &Value) -> bool {
    s(m, "type") == "Resource"
        && tree::sp(m, &["resource", "name"]) == "cpu"
        && !tree::path(m, &["resource", "target", "averageUtilization"]).is_null()
}

// A reference to a metric in the words of version 1, and back: (old, new path).
type Words = &'static [(&'static str, &'static [&'static str])];

/// Type of the metric, its member, and that member's fields in version 1.
const TARGETS: &[(&str, &str, Words)] = &[
    (
        "Object",
        "object",
        &[
            ("target", &["describedObject"]),
            ("metricName", &["metric", "name"]),
            ("targetValue", &["target", "value"]),
            ("selector", &["metric", "selector"]),
            ("averageValue", &["target", "averageValue"]),
        ],
    ),
    (
        "Pods",
        "pods",
        &[
            ("metricName", &["metric", "name"]),
            ("targetAverageValue", &["target", "averageValue"]),
            ("selector", &["metric", "selector"]),
        ],
    ),
    (
        "Resource",
        "resource",
        &[
            ("name", &["name"]),
            (
                "targetAverageUtilization",
                &["target", "averageUtilization"],
            ),
            ("targetAverageValue", &["target", "averageValue"]),
        ],
    ),
    (
        "ContainerResource",
        "containerResource",
        &[
            ("name", &["name"]),
            (
                "targetAverageUtilization",
                &["target", "averageUtilization"],
            ),
            ("targetAverageValue", &["target", "averageValue"]),
            ("container", &["container"]),
        ],
    ),
    (
        "External",
        "external",
        &[
            ("metricName", &["metric", "name"]),
            ("metricSelector", &["metric", "selector"]),
            ("targetValue", &["target", "value"]),
            ("targetAverageValue", &["target", "averageValue"]),
        ],
    ),
];

const CURRENTS: &[(&str, &str, Words)] = &[
    (
        "Object",
        "object",
        &[
            ("target", &["describedObject"]),
            ("metricName", &["metric", "name"]),
            ("currentValue", &["current", "value"]),
            ("selector", &["metric", "selector"]),
            ("averageValue", &["current", "averageValue"]),
        ],
    ),
    (
        "Pods",
        "pods",
        &[
            ("metricName", &["metric", "name"]),
            ("currentAverageValue", &["current", "averageValue"]),
            ("selector", &["metric", "selector"]),
        ],
    ),
    (
        "Resource",
        "resource",
        &[
            ("name", &["name"]),
            (
                "currentAverageUtilization",
                &["current", "averageUtilization"],
            ),
            ("currentAverageValue", &["current", "averageValue"]),
        ],
    ),
    (
        "ContainerResource",
        "containerResource",
        &[
            ("name", &["name"]),
            (
                "currentAverageUtilization",
                &["current", "averageUtilization"],
            ),
            ("currentAverageValue", &["current", "averageValue"]),
            ("container", &["container"]),
        ],
    ),
    (
        "External",
        "external",
        &[
            ("metricName", &["metric", "name"]),
            ("metricSelector", &["metric", "selector"]),
            ("currentValue", &["current", "value"]),
            ("currentAverageValue", &["current", "averageValue"]),
        ],
    ),
];

fn metric_to_v1(m: &Value, table: &[(&str, &'static str, Words)]) -> Value {
    let kind = s(m, "type");
    let mut out = json!({"type": kind});
    let Some((_, member, words)) = table.iter().find(|(k, _, _)| *k == kind) else {
        return out;
    };
    let source = at(m, member);
    if source.is_null() {
        return out;
    }
    let mut inner = Value::object();
    for (old, new) in *words {
        let v = tree::path(source, new);
        if *old == "target" {
            set(&mut inner, "target", reference(v));
        } else if !v.is_null() {
            set(&mut inner, *old, v.clone());
        }
    }
    set(&mut out, *member, inner);
    out
}

// The members of a reference in the order of its Go type.
fn reference(v: &Value) -> Value {
    let mut out = Value::object();
    for f in ["kind", "name", "apiVersion"] {
        tree::copy(&mut out, v, f);
    }
    out
}

fn metric_to_v2(m: &Value, table: &[(&str, &'static str, Words)]) -> Value {
    let kind = s(m, "type");
    let mut out = json!({"type": kind});
    let Some((_, member, words)) = table.iter().find(|(k, _, _)| *k == kind) else {
        return out;
    };
    let source = at(m, member);
    if source.is_null() {
        return out;
    }
    let mut inner = Value::object();
    for (old, new) in *words {
        let v = at(source, old);
        if v.is_null() {
            continue;
        }
        match new {
            [one] => set(&mut inner, *one, v.clone()),
            [outer, last] => set(tree::obj_mut(&mut inner, outer), *last, v.clone()),
            _ => {}
        }
    }
    if let Some(target) = tree::get_mut(&mut inner, "target") {
        let how = if has(target, "averageUtilization") {
            "Utilization"
        } else if has(target, "averageValue") {
            tree::remove(target, "value");
            "AverageValue"
        } else {
            "Value"
        };
        set(target, "type", how);
    }
    set(&mut out, *member, inner);
    out
}

// Go's JSON of the internal type has its fields' names, with a capital first.
fn lower_keys(v: &Value) -> Value {
    match v {
        Value::Array(items) => Value::Array(items.iter().map(lower_keys).collect()),
        Value::Object(_) => {
            let mut out = Value::object();
            for (k, v) in tree::pairs(v).filter(|(_, v)| !v.is_null()) {
                let mut name = k.to_owned();
                if let Some(first) = name.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                set(&mut out, name, lower_keys(v));
            }
            out
        }
        other => other.clone(),
    }
}

fn annotation_list(v: &mut Value, key: &'static str) -> Option<Vec<Value>> {
    match annotation_json(v, key) {
        Some(Value::Array(all)) => Some(all),
        _ => None,
    }
}

/// autoscaling/v1 → v2: what v1 has no field for travels in annotations.
fn autoscaler_to_v2(v: &mut Value) {
    set(v, "apiVersion", "autoscaling/v2");
    let metrics = annotation_list(v, METRICS).unwrap_or_default();
    let mut metrics: Vec<Value> = metrics.iter().map(|m| metric_to_v2(m, TARGETS)).collect();
    let behavior = annotation_json(v, BEHAVIOR);
    let current = annotation_list(v, CURRENT);
    let conditions = annotation_json(v, CONDITIONS);
    if let Some(spec) = tree::get_mut(v, "spec") {
        if let Some(n) =
            tree::remove(spec, "targetCPUUtilizationPercentage").and_then(|n| n.as_i64())
        {
            metrics.push(cpu_metric(n));
        }
        if !metrics.is_empty() {
            set(spec, "metrics", Value::Array(metrics));
        }
        if let Some(b) = behavior {
            set(spec, "behavior", lower_keys(&b));
        }
    }
    let status = tree::obj_mut(v, "status");
    let cpu = tree::remove(status, "currentCPUUtilizationPercentage").and_then(|n| n.as_i64());
    let seen: Vec<Value> = match current {
        Some(all) => all.iter().map(|m| metric_to_v2(m, CURRENTS)).collect(),
        None => cpu
            .map(|n| {
                json!({
                    "type": "Resource",
                    "resource": {"name": "cpu", "current": {"averageUtilization": n}},
                })
            })
            .into_iter()
            .collect(),
    };
    if !seen.is_empty() {
        set(status, "currentMetrics", Value::Array(seen));
    }
    if let Some(c) = conditions {
        set(status, "conditions", c);
    }
}

/// autoscaling/v2 → v1.
fn autoscaler_to_v1(v: &mut Value) {
    set(v, "apiVersion", "autoscaling/v1");
    let mut rest = Vec::new();
    let mut target = None;
    let mut behavior = None;
    if let Some(spec) = tree::get_mut(v, "spec") {
        for m in list(spec, "metrics") {
            if is_cpu(m) {
                target = tree::path(m, &["resource", "target", "averageUtilization"]).as_i64();
            } else {
                rest.push(metric_to_v1(m, TARGETS));
            }
        }
        tree::remove(spec, "metrics");
        behavior = tree::remove(spec, "behavior").filter(|b| !b.is_null());
        if let Some(n) = target {
            set(spec, "targetCPUUtilizationPercentage", n);
        }
    }
    let mut current = Vec::new();
    let mut conditions = None;
    if let Some(status) = tree::get_mut(v, "status") {
        let mut cpu = None;
        for m in list(status, "currentMetrics") {
            let n = tree::path(m, &["resource", "current", "averageUtilization"]);
            if s(m, "type") == "Resource"
                && tree::sp(m, &["resource", "name"]) == "cpu"
                && !n.is_null()
            {
                cpu = n.as_i64();
            }
            current.push(metric_to_v1(m, CURRENTS));
        }
        tree::remove(status, "currentMetrics");
        conditions = tree::remove(status, "conditions").filter(|c| !tree::is_zero(c));
        if let Some(n) = cpu {
            set(status, "currentCPUUtilizationPercentage", n);
        }
        if !has(status, "currentReplicas") {
            set(status, "currentReplicas", 0);
        }
    }
    if !rest.is_empty() {
        annotate(v, METRICS, &Value::Array(rest));
    }
    if let Some(b) = behavior {
        let shown = crate::dump::go(&b, "autoscaling/v2.HorizontalPodAutoscalerBehavior");
        annotate(v, BEHAVIOR, &shown);
    }
    if !current.is_empty() {
        annotate(v, CURRENT, &Value::Array(current));
    }
    if let Some(c) = conditions {
        annotate(v, CONDITIONS, &c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_autoscaler_goes_there_and_back() {
        let v1 = json!({
            "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "a"},
            "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 50},
            "status": {"currentReplicas": 0, "desiredReplicas": 0},
        });
        let mut v = v1.clone();
        autoscaler_to_v2(&mut v);
        assert_eq!(
            tree::path(
                &v["spec"]["metrics"][0],
                &["resource", "target", "averageUtilization"]
            ),
            &Value::Int(50)
        );
        autoscaler_to_v1(&mut v);
        assert_eq!(v, v1);
    }

    #[test]
    fn an_event_goes_there_and_back() {
        let new = json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "note": "n", "regarding": {"kind": "Pod"}});
        let mut v = new.clone();
        event_to_core(&mut v);
        assert_eq!(v["message"], Value::from("n"));
        event_from_core(&mut v);
        assert!(tree::same(&v, &new));
    }
}
