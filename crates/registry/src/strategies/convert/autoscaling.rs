//! autoscaling/v1 and v2: what version 1 has no field for travels in annotations.

use crate::tree::{self, at, has, list, s, set};
use crate::validation::numbers::quantity;
use skeg_meta::Quantity;
use skeg_schema::{DecodeOptions, Key, TypeId, Value, decode_json, json};

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";

/// How Go prints a quantity that nobody set.
const ZERO: &str = "0";

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

/// What a field of version 1 is called: the same in both directions, or with the
/// side in front (`targetValue`, `currentValue`).
#[derive(Clone, Copy)]
enum Word {
    Plain(&'static str),
    Sided(&'static str),
}

/// Where it stands in version 2: below the metric, or below the side.
type Place = &'static [&'static str];

/// Whether a metric is one of the spec or of the status.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Side(&'static str);

const TARGET: Side = Side("target");
const CURRENT_SIDE: Side = Side("current");
/// Stands for the side in a [`Place`].
const SIDE: &str = "";

impl Side {
    fn word(self, word: Word) -> Key {
        match word {
            Word::Plain(name) => Key::Borrowed(name),
            Word::Sided(name) => Key::Owned(format!("{}{name}", self.0)),
        }
    }

    fn step(self, step: &'static str) -> &'static str {
        if step == SIDE { self.0 } else { step }
    }
}

use Word::{Plain, Sided};

const VALUE: (Word, Place) = (Sided("Value"), &[SIDE, "value"]);
const AVERAGE: (Word, Place) = (Sided("AverageValue"), &[SIDE, "averageValue"]);
const UTILIZATION: (Word, Place) = (Sided("AverageUtilization"), &[SIDE, "averageUtilization"]);
const METRIC_NAME: (Word, Place) = (Plain("metricName"), &["metric", "name"]);
const SELECTOR: (Word, Place) = (Plain("selector"), &["metric", "selector"]);
const NAME: (Word, Place) = (Plain("name"), &["name"]);

/// Type of the metric, its member, and that member's fields.
const WORDS: &[(&str, &str, &[(Word, Place)])] = &[
    (
        "Object",
        "object",
        &[
            (Plain("target"), &["describedObject"]),
            METRIC_NAME,
            VALUE,
            SELECTOR,
            (Plain("averageValue"), &[SIDE, "averageValue"]),
        ],
    ),
    ("Pods", "pods", &[METRIC_NAME, AVERAGE, SELECTOR]),
    ("Resource", "resource", &[NAME, UTILIZATION, AVERAGE]),
    (
        "ContainerResource",
        "containerResource",
        &[
            NAME,
            UTILIZATION,
            AVERAGE,
            (Plain("container"), &["container"]),
        ],
    ),
    (
        "External",
        "external",
        &[
            METRIC_NAME,
            (Plain("metricSelector"), &["metric", "selector"]),
            VALUE,
            AVERAGE,
        ],
    ),
];

fn metric_to_v1(m: &Value, side: Side) -> Value {
    let kind = s(m, "type");
    let mut out = json!({"type": kind});
    let Some((_, member, words)) = WORDS.iter().find(|(k, _, _)| *k == kind) else {
        return out;
    };
    let source = at(m, member);
    if source.is_null() {
        return out;
    }
    let plain = plain_quantity(kind, side);
    let mut inner = Value::object();
    for (word, place) in *words {
        let v = place.iter().fold(source, |v, step| at(v, side.step(step)));
        let old = side.word(*word);
        if old == "target" {
            set(&mut inner, old, reference(v));
        } else if !v.is_null() {
            set(&mut inner, old, v.clone());
        } else if plain.is_some_and(|p| place.last() == Some(&p)) {
            set(&mut inner, old, ZERO);
        }
    }
    set(&mut out, *member, inner);
    out
}

/// The quantity that version 1 has no way to leave out, by its name in version 2.
fn plain_quantity(kind: &str, side: Side) -> Option<&'static str> {
    match (kind, side) {
        ("Object", _) | ("External", CURRENT_SIDE) => Some("value"),
        ("Pods", _) | ("Resource" | "ContainerResource", CURRENT_SIDE) => Some("averageValue"),
        _ => None,
    }
}

// The members of a reference in the order of its Go type.
fn reference(v: &Value) -> Value {
    let mut out = Value::object();
    for f in ["kind", "name", "apiVersion"] {
        tree::copy(&mut out, v, f);
    }
    out
}

fn metric_to_v2(m: &Value, side: Side) -> Value {
    let kind = s(m, "type");
    let mut out = json!({"type": kind});
    let Some((_, member, words)) = WORDS.iter().find(|(k, _, _)| *k == kind) else {
        return out;
    };
    let source = at(m, member);
    if source.is_null() {
        return out;
    }
    let mut inner = Value::object();
    for (word, place) in *words {
        let v = at(source, &side.word(*word));
        if v.is_null() {
            continue;
        }
        match place {
            [one] => set(&mut inner, *one, v.clone()),
            [outer, last] => {
                let outer = side.step(outer);
                set(tree::obj_mut(&mut inner, outer), *last, v.clone());
            }
            _ => {}
        }
    }
    let value = tree::obj_mut(&mut inner, side.0);
    match plain_quantity(kind, side) {
        // Beside an average, a value of zero is one that was not given.
        Some("value")
            if side == TARGET
                && has(value, "averageValue")
                && quantity(at(value, "value")) == Quantity::default() =>
        {
            tree::remove(value, "value");
        }
        Some(place) => tree::default_to(value, place, ZERO),
        None => {}
    }
    if side == TARGET {
        let how = target_type(kind, value);
        set(value, "type", how);
    }
    set(&mut out, *member, inner);
    out
}

fn target_type(kind: &str, target: &Value) -> &'static str {
    let has = |field| has(target, field);
    match kind {
        "Object" if !has("averageValue") => "Value",
        "External" if has("value") => "Value",
        "Resource" | "ContainerResource" if has("averageUtilization") => "Utilization",
        _ => "AverageValue",
    }
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

fn decoded(v: &Value, ty: TypeId) -> Option<Value> {
    let text = v.to_string();
    let decoded = decode_json(text.as_bytes(), ty, &DecodeOptions::default());
    decoded.ok().map(|d| d.value)
}

// What is not of the type is as if it was not there.
fn annotation_list(v: &mut Value, key: &'static str, of: &str) -> Option<Vec<Value>> {
    let ty = TypeId::by_name(of)?;
    match annotation_json(v, key)? {
        Value::Array(all) => all.iter().map(|m| decoded(m, ty)).collect(),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

fn annotated_metrics(v: &mut Value) -> Vec<Value> {
    annotation_list(v, METRICS, "autoscaling/v1.MetricSpec").unwrap_or_default()
}

fn annotated_behavior(v: &mut Value) -> Option<Value> {
    let ty = TypeId::by_name("autoscaling/v2.HorizontalPodAutoscalerBehavior")?;
    let behavior = lower_keys(&annotation_json(v, BEHAVIOR)?);
    decoded(&behavior, ty).filter(|b| !tree::is_zero(b))
}

/// Whether an autoscaler of version 1 measures something that it has no field for.
pub fn measures_more(v1: &Value) -> bool {
    tree::annotation(v1, METRICS).is_some() && !annotated_metrics(&mut v1.clone()).is_empty()
}

/// The annotations of version 1 that are parts of the spec.
pub const SPEC: [&str; 2] = [METRICS, BEHAVIOR];
/// Those that are parts of the status.
pub const STATUS: [&str; 2] = [CURRENT, CONDITIONS];

/// Gives an object of version 1 these annotations as the old one has them.
pub fn keep_hidden(new: &mut Value, old: &Value, keys: [&'static str; 2]) {
    for key in keys {
        match tree::annotation(old, key).map(str::to_owned) {
            Some(text) => {
                let meta = tree::obj_mut(new, "metadata");
                set(tree::obj_mut(meta, "annotations"), key, text);
            }
            None => {
                annotation_json(new, key);
            }
        }
    }
}

/// Version 2 keeps none of the annotations in which version 1 hides its fields.
pub fn drop_hidden(v: &mut Value) {
    for key in [METRICS, CURRENT, CONDITIONS, BEHAVIOR] {
        annotation_json(v, key);
    }
}

/// autoscaling/v1 → v2 as it is stored, with the defaults of version 2.
pub(super) fn to_stored(v: &mut Value) {
    to_v2(v);
    crate::defaults::misc::autoscaler(v);
}

/// autoscaling/v1 → v2: what v1 has no field for travels in annotations.
pub fn to_v2(v: &mut Value) {
    set(v, "apiVersion", "autoscaling/v2");
    let mut metrics: Vec<Value> = annotated_metrics(v)
        .iter()
        .map(|m| metric_to_v2(m, TARGET))
        .collect();
    let behavior = annotated_behavior(v);
    let current = annotation_list(v, CURRENT, "autoscaling/v1.MetricStatus");
    let conditions = annotation_list(
        v,
        CONDITIONS,
        "autoscaling/v1.HorizontalPodAutoscalerCondition",
    );
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
            set(spec, "behavior", b);
        }
    }
    let status = tree::obj_mut(v, "status");
    let cpu = tree::remove(status, "currentCPUUtilizationPercentage").and_then(|n| n.as_i64());
    let seen: Vec<Value> = match current {
        Some(all) => all.iter().map(|m| metric_to_v2(m, CURRENT_SIDE)).collect(),
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
    if let Some(c) = conditions.filter(|c| !c.is_empty()) {
        set(status, "conditions", Value::Array(c));
    }
}

/// autoscaling/v2 → v1.
pub(super) fn to_v1(v: &mut Value) {
    set(v, "apiVersion", "autoscaling/v1");
    let mut rest = Vec::new();
    let mut behavior = None;
    if let Some(spec) = tree::get_mut(v, "spec") {
        // The first metric of the processor is told, wherever it stands.
        let processor =
            |m: &&Value| s(m, "type") == "Resource" && tree::sp(m, &["resource", "name"]) == "cpu";
        let target = list(spec, "metrics")
            .iter()
            .find(processor)
            .and_then(|m| tree::path(m, &["resource", "target", "averageUtilization"]).as_i64());
        rest.extend(
            list(spec, "metrics")
                .iter()
                .filter(|m| !is_cpu(m))
                .map(|m| metric_to_v1(m, TARGET)),
        );
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
            current.push(metric_to_v1(m, CURRENT_SIDE));
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
        to_v2(&mut v);
        assert_eq!(
            tree::path(
                &v["spec"]["metrics"][0],
                &["resource", "target", "averageUtilization"]
            ),
            &Value::Int(50)
        );
        to_v1(&mut v);
        assert_eq!(v, v1);
    }

    fn annotated(metrics: &str) -> Value {
        json!({
            "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "a", "annotations": {METRICS: metrics}},
            "spec": {"maxReplicas": 3},
        })
    }

    #[test]
    fn metrics_in_an_annotation_get_the_quantities_that_go_fills() {
        for (v1, v2, back) in [
            (
                r#"[{"type":"Object","object":{"target":{"kind":"D","name":"n"},"metricName":"m","targetValue":"0","averageValue":"3"}}]"#,
                json!([{"type": "Object", "object": {
                    "describedObject": {"kind": "D", "name": "n"},
                    "metric": {"name": "m"},
                    "target": {"averageValue": "3", "type": "AverageValue"},
                }}]),
                r#"[{"type":"Object","object":{"target":{"kind":"D","name":"n"},"metricName":"m","targetValue":"0","averageValue":"3"}}]"#,
            ),
            (
                r#"[{"type":"Pods","pods":{"metricName":"m"},"more":1}]"#,
                json!([{"type": "Pods", "pods": {
                    "metric": {"name": "m"},
                    "target": {"averageValue": "0", "type": "AverageValue"},
                }}]),
                r#"[{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"0"}}]"#,
            ),
            (
                r#"[{"type":"Resource","resource":{"name":"memory"}}]"#,
                json!([{"type": "Resource", "resource": {
                    "name": "memory", "target": {"type": "AverageValue"},
                }}]),
                r#"[{"type":"Resource","resource":{"name":"memory"}}]"#,
            ),
        ] {
            let mut v = annotated(v1);
            to_v2(&mut v);
            assert_eq!(v["spec"]["metrics"], v2, "{v1}");
            assert!(tree::annotation(&v, METRICS).is_none());
            to_v1(&mut v);
            assert_eq!(tree::annotation(&v, METRICS), Some(back));
        }
    }

    #[test]
    fn the_hidden_parts_of_the_status_stay_as_they_were() {
        let mut new = annotated("[]");
        tree::set(
            tree::obj_mut(tree::obj_mut(&mut new, "metadata"), "annotations"),
            CONDITIONS,
            "[1]",
        );
        let mut old = annotated("[2]");
        tree::set(
            tree::obj_mut(tree::obj_mut(&mut old, "metadata"), "annotations"),
            CURRENT,
            "[3]",
        );
        keep_hidden(&mut new, &old, STATUS);
        assert_eq!(
            new["metadata"]["annotations"],
            json!({METRICS: "[]", CURRENT: "[3]"})
        );
        keep_hidden(&mut new, &Value::Null, STATUS);
        assert_eq!(new["metadata"]["annotations"], json!({METRICS: "[]"}));
    }

    #[test]
    fn annotations_that_do_not_fit_are_dropped() {
        for wrong in ["nonsense", r#"[{"type":5}]"#, "{}", "null"] {
            let mut v = annotated(wrong);
            assert!(!measures_more(&v), "{wrong}");
            to_stored(&mut v);
            assert!(tree::annotation(&v, METRICS).is_none());
            assert_eq!(
                v["spec"]["metrics"][0]["resource"]["name"],
                Value::from("cpu")
            );
        }
    }

    #[test]
    fn the_status_of_a_resource_shows_a_zero_average() {
        let mut v = json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "a"}, "spec": {"maxReplicas": 3},
            "status": {"currentReplicas": 1, "desiredReplicas": 1, "currentMetrics": [
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 7}}},
            ]},
        });
        to_v1(&mut v);
        assert_eq!(
            tree::annotation(&v, CURRENT),
            Some(
                r#"[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":7,"currentAverageValue":"0"}}]"#
            )
        );
        assert_eq!(
            v["status"]["currentCPUUtilizationPercentage"],
            Value::Int(7)
        );
    }
}
