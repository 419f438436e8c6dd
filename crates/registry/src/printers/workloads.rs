//! Rows of apps, batch and autoscaling.

use super::Printer;
use super::text::{self, age, labels, selector};
use crate::tree::{self, at, has, i0, list, path, s};
use skeg_meta::Time;
use skeg_schema::Value;

/// The printer of a resource of these groups.
pub fn printer(group: &str, resource: &str) -> Option<Printer> {
    Some(match (group, resource) {
        ("apps", "deployments") => |o, now| {
            let status = at(o, "status");
            let (names, images) = text::containers(path(o, &["spec", "template", "spec"]));
            vec![
                tree::name_of(o).into(),
                format!(
                    "{}/{}",
                    i0(status, "readyReplicas"),
                    i0(at(o, "spec"), "replicas")
                )
                .into(),
                i0(status, "updatedReplicas").into(),
                i0(status, "availableReplicas").into(),
                age(o, now).into(),
                names.into(),
                images.into(),
                selector(path(o, &["spec", "selector"])).into(),
            ]
        },
        ("apps", "replicasets") => |o, now| {
            let (names, images) = text::containers(path(o, &["spec", "template", "spec"]));
            vec![
                tree::name_of(o).into(),
                i0(at(o, "spec"), "replicas").into(),
                i0(at(o, "status"), "replicas").into(),
                i0(at(o, "status"), "readyReplicas").into(),
                age(o, now).into(),
                names.into(),
                images.into(),
                selector(path(o, &["spec", "selector"])).into(),
            ]
        },
        ("apps", "statefulsets") => |o, now| {
            let (names, images) = text::containers(path(o, &["spec", "template", "spec"]));
            vec![
                tree::name_of(o).into(),
                format!(
                    "{}/{}",
                    i0(at(o, "status"), "readyReplicas"),
                    i0(at(o, "spec"), "replicas")
                )
                .into(),
                age(o, now).into(),
                names.into(),
                images.into(),
            ]
        },
        ("apps", "daemonsets") => |o, now| {
            let status = at(o, "status");
            let (names, images) = text::containers(path(o, &["spec", "template", "spec"]));
            vec![
                tree::name_of(o).into(),
                i0(status, "desiredNumberScheduled").into(),
                i0(status, "currentNumberScheduled").into(),
                i0(status, "numberReady").into(),
                i0(status, "updatedNumberScheduled").into(),
                i0(status, "numberAvailable").into(),
                labels(path(o, &["spec", "template", "spec", "nodeSelector"])).into(),
                age(o, now).into(),
                names.into(),
                images.into(),
                selector(path(o, &["spec", "selector"])).into(),
            ]
        },
        ("apps", "controllerrevisions") => |o, now| {
            let owner = list(at(o, "metadata"), "ownerReferences")
                .iter()
                .find(|r| tree::b(r, "controller"))
                .map_or("<none>".to_owned(), |r| {
                    let version = s(r, "apiVersion");
                    let group = version.split_once('/').map_or("", |g| g.0).to_lowercase();
                    let kind = s(r, "kind").to_lowercase();
                    if group.is_empty() {
                        format!("{kind}/{}", s(r, "name"))
                    } else {
                        format!("{kind}.{group}/{}", s(r, "name"))
                    }
                });
            vec![
                tree::name_of(o).into(),
                owner.into(),
                i0(o, "revision").into(),
                age(o, now).into(),
            ]
        },
        ("batch", "jobs") => job,
        ("batch", "cronjobs") => cron_job,
        ("autoscaling", "horizontalpodautoscalers") => autoscaler,
        _ => return None,
    })
}

fn job(o: &Value, now: Time) -> Vec<Value> {
    let (spec, status) = (at(o, "spec"), at(o, "status"));
    let succeeded = i0(status, "succeeded");
    let completions = match (tree::i(spec, "completions"), tree::i(spec, "parallelism")) {
        (Some(c), _) => format!("{succeeded}/{c}"),
        (None, Some(p)) if p > 1 => format!("{succeeded}/1 of {p}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let start = s(status, "startTime");
    let seconds = |t: &str| t.parse::<jiff::Timestamp>().map(|t| t.as_second()).ok();
    let duration = match (seconds(start), seconds(s(status, "completionTime"))) {
        (None, _) => String::new(),
        (Some(a), Some(b)) => text::duration(b - a),
        (Some(a), None) => text::duration(now.0.as_second() - a),
    };
    let is = |kind: &str| text::condition(o, kind).is_some_and(|c| s(c, "status") == "True");
    let state = if is("Complete") {
        "Complete"
    } else if is("Failed") {
        "Failed"
    } else if tree::is_deleting(o) {
        "Terminating"
    } else if is("Suspended") {
        "Suspended"
    } else if is("FailureTarget") {
        "FailureTarget"
    } else if is("SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    };
    let (names, images) = text::containers(path(o, &["spec", "template", "spec"]));
    vec![
        tree::name_of(o).into(),
        state.into(),
        completions.into(),
        duration.into(),
        age(o, now).into(),
        names.into(),
        images.into(),
        selector(path(o, &["spec", "selector"])).into(),
    ]
}

fn cron_job(o: &Value, now: Time) -> Vec<Value> {
    let (spec, status) = (at(o, "spec"), at(o, "status"));
    let template = path(spec, &["jobTemplate", "spec"]);
    let (names, images) = text::containers(path(template, &["template", "spec"]));
    let last = s(status, "lastScheduleTime");
    let last = if last.is_empty() {
        "<none>".to_owned()
    } else {
        text::since(last, now)
    };
    let suspend = match at(spec, "suspend").as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    vec![
        tree::name_of(o).into(),
        s(spec, "schedule").into(),
        at(spec, "timeZone").as_str().map_or("<none>", |z| z).into(),
        suspend.into(),
        i64::try_from(list(status, "active").len())
            .unwrap_or(0)
            .into(),
        last.into(),
        age(o, now).into(),
        names.into(),
        images.into(),
        selector(at(template, "selector")).into(),
    ]
}

fn autoscaler(o: &Value, now: Time) -> Vec<Value> {
    let o = if s(o, "apiVersion") == "autoscaling/v1" {
        let mut v2 = o.clone();
        if let Some(c) =
            crate::strategies::convert::conversion("autoscaling", "v1", "horizontalpodautoscalers")
        {
            (c.to_storage)(&mut v2);
        }
        // The old field comes first in nearly all objects; its place is lost.
        if tree::has(at(o, "spec"), "targetCPUUtilizationPercentage")
            && let Some(all) = v2
                .at_mut(&["spec", "metrics"])
                .and_then(Value::as_array_mut)
        {
            all.rotate_right(1);
        }
        v2
    } else {
        o.clone()
    };
    let (spec, status) = (at(&o, "spec"), at(&o, "status"));
    let target = at(spec, "scaleTargetRef");
    let min = tree::i(spec, "minReplicas").map_or("<unset>".to_owned(), |m| m.to_string());
    vec![
        tree::name_of(&o).into(),
        format!("{}/{}", s(target, "kind"), s(target, "name")).into(),
        metrics(list(spec, "metrics"), list(status, "currentMetrics")).into(),
        min.into(),
        i0(spec, "maxReplicas").into(),
        i0(status, "currentReplicas").into(),
        age(&o, now).into(),
    ]
}

const SHOWN: usize = 2;
const UNKNOWN: &str = "<unknown>";
const NO_QUANTITY: &str = "<nil>";

fn metrics(specs: &[Value], statuses: &[Value]) -> String {
    if specs.is_empty() {
        return "<none>".into();
    }
    let all: Vec<String> = specs
        .iter()
        .enumerate()
        .map(|(n, m)| metric(m, statuses.get(n).unwrap_or(&tree::NULL)))
        .collect();
    let text = all
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if all.len() > SHOWN {
        format!("{text} + {} more...", all.len() - SHOWN)
    } else {
        text
    }
}

fn metric(m: &Value, status: &Value) -> String {
    let value = |v: &Value, f: &str| match at(v, f) {
        Value::String(t) => Some(t.clone()),
        Value::Int(n) => Some(n.to_string()),
        _ => None,
    };
    let kind = s(m, "type");
    let source = match kind {
        "External" => "external",
        "Pods" => "pods",
        "Object" => "object",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        _ => return "<unknown type>".into(),
    };
    let target = path(m, &[source, "target"]);
    let current = match at(status, source) {
        Value::Null => None,
        measured => Some(at(measured, "current")),
    };
    let wanted = |field: &str| value(target, field).unwrap_or_else(|| NO_QUANTITY.to_owned());
    // A quantity that is not told where its source is, is shown as Go shows a nil.
    let now = |field: &str, otherwise: &str| match current {
        None => UNKNOWN.to_owned(),
        Some(current) => value(current, field).unwrap_or_else(|| otherwise.to_owned()),
    };
    let has_average = has(target, "averageValue");
    match kind {
        "Pods" => {
            let now = now("averageValue", NO_QUANTITY);
            format!("{now}/{}", wanted("averageValue"))
        }
        "External" | "Object" if has_average => {
            let now = now("averageValue", UNKNOWN);
            format!("{now}/{} (avg)", wanted("averageValue"))
        }
        "External" | "Object" => {
            let now = now("value", NO_QUANTITY);
            format!("{now}/{}", wanted("value"))
        }
        _ => {
            let name = s(at(m, source), "name");
            if has_average {
                let now = now("averageValue", NO_QUANTITY);
                return format!("{name}: {now}/{}", wanted("averageValue"));
            }
            let used = current.and_then(|current| value(current, "averageUtilization"));
            let used = used.map_or(UNKNOWN.to_owned(), |share| format!("{share}%"));
            let wanted = value(target, "averageUtilization")
                .map_or("<auto>".to_owned(), |share| format!("{share}%"));
            format!("{name}: {used}/{wanted}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_is_measured_and_not_told_is_nil() {
        let target = |kind: &str, field: &'static str| json!({"type": kind, field: "9"});
        let shown = |kind: &str, source: &'static str, target: Value, status: Value| {
            let spec = json!({"type": kind, source: {"name": "cpu", "target": target}});
            metric(&spec, &status)
        };
        let average = || target("AverageValue", "averageValue");
        let value = || target("Value", "value");
        let none = || json!({});
        for (kind, source, wanted, nothing, something) in [
            (
                "Resource",
                "resource",
                average(),
                "cpu: <unknown>/9",
                "cpu: <nil>/9",
            ),
            ("Pods", "pods", average(), "<unknown>/9", "<nil>/9"),
            ("External", "external", value(), "<unknown>/9", "<nil>/9"),
            (
                "External",
                "external",
                average(),
                "<unknown>/9 (avg)",
                "<unknown>/9 (avg)",
            ),
            ("Object", "object", value(), "<unknown>/9", "<nil>/9"),
        ] {
            assert_eq!(
                shown(kind, source, wanted.clone(), none()),
                nothing,
                "{kind}"
            );
            let measured = json!({source: {"current": {}}});
            assert_eq!(shown(kind, source, wanted, measured), something, "{kind}");
        }
    }
}
