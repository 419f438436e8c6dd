//! Rows of pods: the state that kubectl sums up in one word.

use super::text;
use crate::tree::{self, at, has, i0, list, s};
use skeg_meta::Time;
use skeg_schema::{Value, json};

/// Pods that have ended are shown as such by clients that ask for it.
pub fn conditions(pod: &Value) -> Vec<Value> {
    match tree::sp(pod, &["status", "phase"]) {
        "Succeeded" => vec![json!({
            "type": "Completed", "status": "True", "reason": "Succeeded",
            "message": "The pod has completed successfully.",
        })],
        "Failed" => vec![json!({
            "type": "Completed", "status": "True", "reason": "Failed",
            "message": "The pod failed.",
        })],
        _ => Vec::new(),
    }
}

struct Summary {
    reason: String,
    ready: i64,
    total: i64,
    restarts: i64,
    last_restart: Option<String>,
    /// Of them those of sidecars, which go on counting when the others are done.
    sidecar_restarts: i64,
    last_sidecar_restart: Option<String>,
}

fn newest(a: &mut Option<String>, time: &str) {
    if !time.is_empty() && a.as_deref().is_none_or(|old| old < time) {
        *a = Some(time.to_owned());
    }
}

fn summary(pod: &Value) -> Summary {
    let (spec, status) = (at(pod, "spec"), at(pod, "status"));
    let phase = s(status, "phase");
    let mut sum = Summary {
        reason: if s(status, "reason").is_empty() {
            phase.to_owned()
        } else {
            s(status, "reason").to_owned()
        },
        ready: 0,
        total: i64::try_from(list(spec, "containers").len()).unwrap_or(0),
        restarts: 0,
        last_restart: None,
        sidecar_restarts: 0,
        last_sidecar_restart: None,
    };
    for c in list(status, "conditions") {
        if s(c, "type") == "PodScheduled" && s(c, "reason") == "SchedulingGated" {
            sum.reason = "SchedulingGated".into();
        }
    }
    let sidecar = |name: &str| {
        list(spec, "initContainers")
            .iter()
            .any(|c| s(c, "name") == name && s(c, "restartPolicy") == "Always")
    };
    sum.total += i64::try_from(
        list(spec, "initContainers")
            .iter()
            .filter(|c| s(c, "restartPolicy") == "Always")
            .count(),
    )
    .unwrap_or(0);
    let initializing = init(&mut sum, spec, status, &sidecar);
    if !initializing || initialized(status) {
        main(&mut sum, status);
    }
    if has(at(pod, "metadata"), "deletionTimestamp") {
        if s(status, "reason") == "NodeLost" {
            sum.reason = "Unknown".into();
        } else if !matches!(phase, "Succeeded" | "Failed") {
            sum.reason = "Terminating".into();
        }
    }
    sum
}

fn initialized(status: &Value) -> bool {
    list(status, "conditions")
        .iter()
        .find(|c| s(c, "type") == "Initialized")
        .is_some_and(|c| s(c, "status") == "True")
}

fn init(sum: &mut Summary, spec: &Value, status: &Value, sidecar: &dyn Fn(&str) -> bool) -> bool {
    let count = list(spec, "initContainers").len();
    for (n, c) in list(status, "initContainerStatuses").iter().enumerate() {
        sum.restarts += i0(c, "restartCount");
        newest(
            &mut sum.last_restart,
            tree::sp(c, &["lastState", "terminated", "finishedAt"]),
        );
        let state = at(c, "state");
        let (ended, waiting) = (at(state, "terminated"), at(state, "waiting"));
        let is_sidecar = sidecar(s(c, "name"));
        if is_sidecar {
            sum.sidecar_restarts += i0(c, "restartCount");
            newest(
                &mut sum.last_sidecar_restart,
                tree::sp(c, &["lastState", "terminated", "finishedAt"]),
            );
        }
        if !ended.is_null() && i0(ended, "exitCode") == 0 {
            continue;
        }
        if is_sidecar && at(c, "started").as_bool() == Some(true) {
            if tree::b(c, "ready") {
                sum.ready += 1;
            }
            continue;
        }
        sum.reason = if !ended.is_null() {
            let reason = s(ended, "reason");
            if !reason.is_empty() {
                format!("Init:{reason}")
            } else if i0(ended, "signal") != 0 {
                format!("Init:Signal:{}", i0(ended, "signal"))
            } else {
                format!("Init:ExitCode:{}", i0(ended, "exitCode"))
            }
        } else if !matches!(s(waiting, "reason"), "" | "PodInitializing") {
            format!("Init:{}", s(waiting, "reason"))
        } else {
            format!("Init:{n}/{count}")
        };
        return true;
    }
    false
}

fn main(sum: &mut Summary, status: &Value) {
    // Restarts of steps that are done no longer matter; those of sidecars do.
    sum.restarts = sum.sidecar_restarts;
    sum.last_restart = sum.last_sidecar_restart.take();
    let mut running = false;
    // Why a container failed, of several the first.
    let mut failed = None;
    for c in list(status, "containerStatuses").iter().rev() {
        sum.restarts += i0(c, "restartCount");
        newest(
            &mut sum.last_restart,
            tree::sp(c, &["lastState", "terminated", "finishedAt"]),
        );
        let state = at(c, "state");
        let (ended, waiting) = (at(state, "terminated"), at(state, "waiting"));
        if !s(waiting, "reason").is_empty() {
            sum.reason = s(waiting, "reason").to_owned();
        } else if !ended.is_null() {
            sum.reason = if !s(ended, "reason").is_empty() {
                s(ended, "reason").to_owned()
            } else if i0(ended, "signal") != 0 {
                format!("Signal:{}", i0(ended, "signal"))
            } else {
                format!("ExitCode:{}", i0(ended, "exitCode"))
            };
            if i0(ended, "exitCode") != 0 {
                failed = Some(sum.reason.clone());
            }
        } else if tree::b(c, "ready") && has(state, "running") {
            running = true;
            sum.ready += 1;
        }
    }
    if sum.reason == "Completed" {
        let ready = list(status, "conditions")
            .iter()
            .any(|c| s(c, "type") == "Ready" && s(c, "status") == "True");
        match failed {
            _ if running && ready => sum.reason = "Running".to_owned(),
            Some(reason) => sum.reason = reason,
            None if running => sum.reason = "NotReady".to_owned(),
            None => {}
        }
    }
}

/// The cells of a pod.
pub fn cells(pod: &Value, now: Time) -> Vec<Value> {
    let sum = summary(pod);
    let (spec, status) = (at(pod, "spec"), at(pod, "status"));
    let restarts = match &sum.last_restart {
        Some(time) if sum.restarts != 0 => {
            format!("{} ({} ago)", sum.restarts, text::since(time, now))
        }
        _ => sum.restarts.to_string(),
    };
    let ip = list(status, "podIPs")
        .first()
        .map_or(s(status, "podIP"), |ip| s(ip, "ip"));
    let gates = list(spec, "readinessGates");
    let gates = if gates.is_empty() {
        "<none>".to_owned()
    } else {
        let fine = gates
            .iter()
            .filter(|g| {
                list(status, "conditions")
                    .iter()
                    .find(|c| s(c, "type") == s(g, "conditionType"))
                    .is_some_and(|c| s(c, "status") == "True")
            })
            .count();
        format!("{fine}/{}", gates.len())
    };
    vec![
        tree::name_of(pod).into(),
        format!("{}/{}", sum.ready, sum.total).into(),
        sum.reason.into(),
        restarts.into(),
        text::age(pod, now).into(),
        text::or(ip, "<none>"),
        text::or(s(spec, "nodeName"), "<none>"),
        text::or(s(status, "nominatedNodeName"), "<none>"),
        gates.into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pod: Value, expect: [&str; 4]) {
        let cells = cells(&pod, "2026-01-01T00:10:00Z".parse().unwrap());
        let got: Vec<&str> = cells[1..5].iter().map(|c| c.as_str().unwrap()).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn what_failed_is_told_before_what_is_done() {
        let pod = |conditions: Value, statuses: Value| {
            json!({
                "metadata": {"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
                "status": {
                    "phase": "Running", "conditions": conditions, "containerStatuses": statuses,
                },
            })
        };
        let ended = |code: i64, reason: &str| {
            let state = json!({"terminated": {"exitCode": code, "reason": reason}});
            json!({"name": "x", "restartCount": 0, "state": state})
        };
        let running = json!({
            "name": "x", "restartCount": 0, "ready": true, "state": {"running": {}},
        });
        let done = ended(0, "Completed");
        let all =
            |second: &Value, third: &Value| json!([done.clone(), second.clone(), third.clone()]);
        let row = |ready: &'static str, shown: &'static str| [ready, shown, "0", "10m"];
        let failed = ended(1, "Error");
        check(pod(json!([]), all(&failed, &failed)), row("0/3", "Error"));
        check(pod(json!([]), all(&failed, &running)), row("1/3", "Error"));
        check(pod(json!([]), all(&done, &running)), row("1/3", "NotReady"));
        let ready = json!([{"type": "Ready", "status": "True"}]);
        check(pod(ready, all(&failed, &running)), row("1/3", "Running"));
    }

    #[test]
    fn states() {
        let meta = json!({"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"});
        check(
            json!({"metadata": meta.clone(), "spec": {"containers": [{"name": "a"}, {"name": "b"}]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "a", "ready": true, "restartCount": 0, "state": {"running": {}}},
                {"name": "b", "ready": false, "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": {"finishedAt": "2026-01-01T00:09:00Z"}}},
            ]}}),
            ["1/2", "CrashLoopBackOff", "4 (60s ago)", "10m"],
        );
        check(
            json!({"metadata": meta.clone(), "spec": {"containers": [{"name": "a"}], "initContainers": [{"name": "i"}, {"name": "j"}]},
            "status": {"phase": "Pending", "initContainerStatuses": [
                {"name": "i", "restartCount": 0, "state": {"terminated": {"exitCode": 0}}},
                {"name": "j", "restartCount": 0, "state": {"running": {}}},
            ]}}),
            ["0/1", "Init:1/2", "0", "10m"],
        );
        check(
            json!({"metadata": meta, "spec": {"containers": [{"name": "a"}]},
            "status": {"phase": "Succeeded", "containerStatuses": [
                {"name": "a", "ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
            ]}}),
            ["0/1", "Completed", "0", "10m"],
        );
    }
}
