//! Rules of the kinds that keep pods running.

use super::metadata::{self, is_empty_selector, selector_is_usable, selector_matches};
use super::numbers;
use super::{names, pod, storage};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, path as walk, s, same};
use skeg_schema::{Object, Value};

pub(super) fn selector_json(v: &Value) -> Value {
    if v.is_null() {
        return Value::Null;
    }
    dump::json(v, "meta/v1.LabelSelector")
}

/// Only pods that start again make sense under these.
fn always_restarts(spec: &Value, path: &Path<'_>, what: &str, errs: &mut Errs) {
    let pod = walk(spec, &["template", "spec"]);
    let path = path.child("template");
    let path = path.child("spec");
    let policy = s(pod, "restartPolicy");
    if policy != "Always" {
        errs.not_supported(&path.child("restartPolicy"), policy, &["Always"]);
    }
    if has(pod, "activeDeadlineSeconds") {
        errs.forbidden(
            &path.child("activeDeadlineSeconds"),
            format!("activeDeadlineSeconds in {what} is not Supported"),
        );
    }
}

// The selector must select the template.
fn template_labels(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(spec, "selector");
    if !selector_is_usable(selector) || is_empty_selector(selector) {
        return;
    }
    let labels = walk(spec, &["template", "metadata", "labels"]);
    if !selector_matches(selector, labels) {
        errs.invalid(
            &path.child("template").child("metadata").child("labels"),
            metadata::shown_labels(labels),
            "`selector` does not match template `labels`",
        );
    }
}

fn required_selector(spec: &Value, path: &Path<'_>, empty: &str, errs: &mut Errs) {
    let selector = at(spec, "selector");
    let path = path.child("selector");
    if selector.is_null() {
        errs.required(&path, "");
        return;
    }
    metadata::label_selector(selector, &path, errs);
    if is_empty_selector(selector) {
        errs.invalid(&path, selector_json(selector), empty);
    }
}

/// A ReplicaSet, or the spec of a Deployment's.
pub fn replica_set(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    errs.non_negative(&path.child("replicas"), i0(spec, "replicas"));
    errs.non_negative(&path.child("minReadySeconds"), i0(spec, "minReadySeconds"));
    required_selector(
        spec,
        &path,
        "empty selector is invalid for deployment",
        errs,
    );
    pod_template_for_replicas(spec, &path, errs);
}

fn pod_template_for_replicas(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(spec, "selector");
    if selector.is_null() || !selector_is_usable(selector) {
        if !selector.is_null() {
            errs.invalid(
                &path.child("selector"),
                selector_json(selector),
                "invalid label selector",
            );
        } else {
            // A nil selector matches nothing, so the labels are wrong too.
            let labels = walk(spec, &["template", "metadata", "labels"]);
            errs.invalid(
                &path.child("template").child("metadata").child("labels"),
                metadata::shown_labels(labels),
                "`selector` does not match template `labels`",
            );
        }
    } else {
        template_labels(spec, path, errs);
    }
    if selector.is_null() || selector_is_usable(selector) {
        pod::template(at(spec, "template"), &path.child("template"), errs);
        always_restarts(spec, path, "ReplicaSet", errs);
    }
}

/// A changed ReplicaSet keeps its selector.
pub fn replica_set_update(new: &Value, old: &Value, errs: &mut Errs) {
    replica_set(new, errs);
    immutable_selector(new, old, errs);
}

/// The selector may not change.
pub fn immutable_selector(new: &Value, old: &Value, errs: &mut Errs) {
    let (n, o) = (
        walk(new, &["spec", "selector"]),
        walk(old, &["spec", "selector"]),
    );
    if !same(n, o) {
        let path = Path::root("spec");
        errs.invalid(&path.child("selector"), selector_json(n), IMMUTABLE);
    }
}

/// A Deployment.
pub fn deployment(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    errs.non_negative(&path.child("replicas"), i0(spec, "replicas"));
    required_selector(
        spec,
        &path,
        "empty selector is invalid for deployment",
        errs,
    );
    pod_template_for_replicas(spec, &path, errs);
    strategy(at(spec, "strategy"), &path.child("strategy"), errs);
    let ready = i0(spec, "minReadySeconds");
    errs.non_negative(&path.child("minReadySeconds"), ready);
    numbers::non_negative(spec, "revisionHistoryLimit", &path, errs);
    if let Some(deadline) = tree::i(spec, "progressDeadlineSeconds") {
        let at_path = path.child("progressDeadlineSeconds");
        errs.non_negative(&at_path, deadline);
        if deadline <= ready {
            errs.invalid(&at_path, deadline, "must be greater than minReadySeconds");
        }
    }
}

/// A changed Deployment keeps its selector.
pub fn deployment_update(new: &Value, old: &Value, errs: &mut Errs) {
    deployment(new, errs);
    immutable_selector(new, old, errs);
}

fn strategy(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let rolling = path.child("rollingUpdate");
    match s(v, "type") {
        "Recreate" => {
            if has(v, "rollingUpdate") {
                errs.forbidden(
                    &rolling,
                    "may not be specified when strategy `type` is 'Recreate'",
                );
            }
        }
        "RollingUpdate" => {
            if !has(v, "rollingUpdate") {
                errs.required(&rolling, "this should be defaulted and never be nil");
                return;
            }
            let r = at(v, "rollingUpdate");
            let (surge, unavailable) = (at(r, "maxSurge"), at(r, "maxUnavailable"));
            numbers::int_or_percent(unavailable, &rolling.child("maxUnavailable"), errs);
            numbers::int_or_percent(surge, &rolling.child("maxSurge"), errs);
            if numbers::is_zero_or_percent(unavailable) && numbers::is_zero_or_percent(surge) {
                errs.invalid(
                    &rolling.child("maxUnavailable"),
                    unavailable.clone(),
                    "may not be 0 when `maxSurge` is 0",
                );
            }
            numbers::at_most_100_percent(unavailable, &rolling.child("maxUnavailable"), errs);
        }
        _ => errs.not_supported(
            path,
            dump::go(v, "apps/v1.DeploymentStrategy"),
            &["Recreate", "RollingUpdate"],
        ),
    }
}

fn counts(status: &Value, fields: &[&str], path: &Path<'_>, errs: &mut Errs) {
    for f in fields {
        if let Some(v) = tree::i(status, f) {
            errs.non_negative(&path.child(f), v);
        }
    }
}

fn not_above(status: &Value, fields: &[&str], path: &Path<'_>, errs: &mut Errs) {
    let total = i0(status, "replicas");
    for f in fields {
        let v = i0(status, f);
        if v > total {
            errs.invalid(&path.child(f), v, "cannot be greater than status.replicas");
        }
    }
}

fn available_not_above_ready(status: &Value, path: &Path<'_>, errs: &mut Errs) {
    let available = i0(status, "availableReplicas");
    if available > i0(status, "readyReplicas") {
        errs.invalid(
            &path.child("availableReplicas"),
            available,
            "cannot be greater than readyReplicas",
        );
    }
}

/// A Deployment's changed status.
pub fn deployment_status(new: &Value, old: &Value, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let path = Path::root("status");
    counts(
        st,
        &[
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
        ],
        &path,
        errs,
    );
    collisions(st, before, &path, errs, false);
    not_above(
        st,
        &["updatedReplicas", "readyReplicas", "availableReplicas"],
        &path,
        errs,
    );
    available_not_above_ready(st, &path, errs);
    collisions(st, before, &path, errs, true);
}

fn collisions(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs, compare: bool) {
    let at_path = path.child("collisionCount");
    let n = tree::i(new, "collisionCount");
    if !compare {
        if let Some(n) = n {
            errs.non_negative(&at_path, n);
        }
        return;
    }
    if let Some(o) = tree::i(old, "collisionCount")
        && n.unwrap_or(0) < o
    {
        errs.invalid(&at_path, n.unwrap_or(0), "cannot be decremented");
    }
}

/// A ReplicaSet's or ReplicationController's changed status.
pub fn replicas_status(new: &Value, errs: &mut Errs) {
    let st = at(new, "status");
    let path = Path::root("status");
    counts(
        st,
        &[
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "observedGeneration",
            "terminatingReplicas",
        ],
        &path,
        errs,
    );
    not_above(
        st,
        &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
        &path,
        errs,
    );
    available_not_above_ready(st, &path, errs);
}

/// A ReplicationController.
pub fn replication_controller(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let selector = at(spec, "selector");
    if tree::is_zero(selector) {
        errs.required(&path.child("selector"), "");
    }
    controller_template(spec, &path, errs);
    errs.non_negative(&path.child("replicas"), i0(spec, "replicas"));
    errs.non_negative(&path.child("minReadySeconds"), i0(spec, "minReadySeconds"));
}

/// What an old ReplicationController has of newer kinds, by its annotations, cannot be
/// carried over an update (upstream's `NonConvertibleFields`).
pub fn not_convertible(new: &Value, old: &Value, errs: &mut Errs) {
    const PREFIX: &str = "non-convertible.kubernetes.io";
    for (key, value) in tree::sorted_pairs(walk(old, &["metadata", "annotations"])) {
        let mut parts = key.split('/');
        let (Some(prefix), Some(field), None) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if !prefix.starts_with(PREFIX) {
            continue;
        }
        if !field.contains("selector") {
            let value = value.as_str().unwrap_or_default();
            errs.not_found_detail(&Path::root(field), value, "unknown non-convertible field");
            continue;
        }
        let selector = |of: &Value| walk(of, &["spec", "selector"]).clone();
        let now = selector(new);
        if !tree::same(&now, &selector(old)) {
            errs.invalid(
                &Path::root("spec").child("selector"),
                now.sorted(),
                "cannot update non-convertible selector",
            );
        }
    }
}

fn controller_template(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(spec, "selector");
    let template = at(spec, "template");
    if template.is_null() {
        errs.required(&path.child("template"), "");
        return;
    }
    let labels = walk(template, &["metadata", "labels"]);
    if !tree::is_zero(selector) && tree::pairs(selector).any(|(k, v)| labels.get(k) != Some(v)) {
        errs.invalid(
            &path.child("template").child("metadata").child("labels"),
            metadata::shown_labels(labels),
            "`selector` does not match template `labels`",
        );
    }
    pod::template(template, &path.child("template"), errs);
    always_restarts(spec, path, "ReplicationController", errs);
}

/// A StatefulSet.
pub fn stateful_set(obj: &Value, errs: &mut Errs) {
    set_rules(obj, false, errs);
}

/// What may not change is not judged again in an old one.
fn set_rules(obj: &Value, is_old: bool, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    match s(spec, "podManagementPolicy") {
        "" => errs.required(&path.child("podManagementPolicy"), ""),
        "OrderedReady" | "Parallel" => {}
        other => errs.invalid(
            &path.child("podManagementPolicy"),
            other,
            "must be 'OrderedReady' or 'Parallel'",
        ),
    }
    let update = at(spec, "updateStrategy");
    let update_path = path.child("updateStrategy");
    let rolling = at(update, "rollingUpdate");
    match s(update, "type") {
        "" => errs.required(&update_path, ""),
        "OnDelete" => {
            if !rolling.is_null() {
                errs.invalid(
                    &update_path.child("rollingUpdate"),
                    dump::go(rolling, "apps/v1.RollingUpdateStatefulSetStrategy"),
                    "only allowed for updateStrategy 'RollingUpdate'",
                );
            }
        }
        "RollingUpdate" => {
            if !rolling.is_null() {
                let r_path = update_path.child("rollingUpdate");
                errs.non_negative(&r_path.child("partition"), i0(rolling, "partition"));
                if has(rolling, "maxUnavailable") {
                    let v = at(rolling, "maxUnavailable");
                    let p = r_path.child("maxUnavailable");
                    numbers::int_or_percent(v, &p, errs);
                    if numbers::is_zero_or_percent(v) {
                        errs.invalid(&p, v.clone(), "cannot be 0");
                    }
                    numbers::at_most_100_percent(v, &p, errs);
                }
            }
        }
        _ => errs.invalid(
            &update_path,
            dump::go(update, "apps/v1.StatefulSetUpdateStrategy"),
            "must be 'RollingUpdate' or 'OnDelete'",
        ),
    }
    let retention = at(spec, "persistentVolumeClaimRetentionPolicy");
    if !retention.is_null() {
        let r_path = path.child("persistentVolumeClaimRetentionPolicy");
        for f in ["whenDeleted", "whenScaled"] {
            let v = s(retention, f);
            errs.one_of(&r_path.child(f), v, &["Retain", "Delete"]);
        }
    }
    errs.non_negative(&path.child("replicas"), i0(spec, "replicas"));
    errs.non_negative(&path.child("minReadySeconds"), i0(spec, "minReadySeconds"));
    if has(spec, "ordinals") {
        errs.non_negative(
            &path.child("ordinals").child("start"),
            i0(at(spec, "ordinals"), "start"),
        );
    }
    let service = s(spec, "serviceName");
    if !service.is_empty() && !is_old {
        errs.invalid_all(
            &path.child("serviceName"),
            service,
            names::dns1123_label(service, false),
        );
    }
    required_selector(
        spec,
        &path,
        "empty selector is invalid for statefulset",
        errs,
    );
    let claims = if is_old {
        &[]
    } else {
        list(spec, "volumeClaimTemplates")
    };
    for (n, t) in claims.iter().enumerate() {
        storage::claim_spec(
            at(t, "spec"),
            &path.child("volumeClaimTemplates").index(n).child("spec"),
            errs,
        );
    }
    let selector = at(spec, "selector");
    if !selector.is_null() && !selector_is_usable(selector) {
        errs.invalid(&path.child("selector"), selector_json(selector), "");
    } else {
        template_or_null(spec, &path, errs);
    }
    always_restarts(spec, &path, "StatefulSet", errs);
}

/// The template with a volume for each claim template, as its pods will have.
fn with_claims(spec: &Value) -> Value {
    let mut template = at(spec, "template").clone();
    let claims = list(spec, "volumeClaimTemplates");
    if claims.is_empty() {
        return template;
    }
    let mut volumes: Vec<Value> = Vec::new();
    for (n, claim) in claims.iter().enumerate() {
        let name = tree::name_of(claim);
        // Upstream keeps one volume for each name.
        if claims[..n].iter().all(|other| tree::name_of(other) != name) {
            volumes.push(skeg_schema::json!({
                "name": name, "persistentVolumeClaim": {"claimName": "claim"},
            }));
        }
    }
    let pod = tree::obj_mut(&mut template, "spec");
    for v in list(pod, "volumes") {
        if !claims.iter().any(|c| tree::name_of(c) == s(v, "name")) {
            volumes.push(v.clone());
        }
    }
    tree::set(pod, "volumes", Value::Array(volumes));
    template
}

fn template_or_null(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(spec, "selector");
    if selector.is_null() {
        let labels = walk(spec, &["template", "metadata", "labels"]);
        errs.invalid(
            &path.child("template").child("metadata").child("labels"),
            metadata::shown_labels(labels),
            "`selector` does not match template `labels`",
        );
    } else {
        template_labels(spec, path, errs);
    }
    pod::template(&with_claims(spec), &path.child("template"), errs);
}

/// A changed StatefulSet: all but a few fields stay.
pub fn stateful_set_update(new: &Value, old: &Value, errs: &mut Errs) {
    set_rules(new, true, errs);
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let path = Path::root("spec");
    for f in [
        "selector",
        "volumeClaimTemplates",
        "serviceName",
        "podManagementPolicy",
    ] {
        if same(at(n, f), at(o, f)) {
            continue;
        }
        let v = at(n, f);
        let shown = match f {
            "selector" => selector_json(v),
            // Whether an empty list was sent is not known here: recorded is that.
            "volumeClaimTemplates" if tree::is_zero(v) => Value::Array(Vec::new()),
            "volumeClaimTemplates" => dump::go_list(v, "core/v1.PersistentVolumeClaim"),
            _ => Value::from(v.as_str().unwrap_or("")),
        };
        errs.invalid(&path.child(f), shown, IMMUTABLE);
    }
}

/// A StatefulSet's changed status.
pub fn stateful_set_status(new: &Value, old: &Value, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let path = Path::root("status");
    counts(
        st,
        &[
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
        ],
        &path,
        errs,
    );
    collisions(st, before, &path, errs, false);
    not_above(
        st,
        &[
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
        ],
        &path,
        errs,
    );
    let available = i0(st, "availableReplicas");
    if available > i0(st, "readyReplicas") {
        errs.invalid(
            &path.child("availableReplicas"),
            available,
            "cannot be greater than status.readyReplicas",
        );
    }
    collisions(st, before, &path, errs, true);
}

/// A DaemonSet.
pub fn daemon_set(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let selector = at(spec, "selector");
    metadata::label_selector(selector, &path.child("selector"), errs);
    if selector_is_usable(selector) {
        let labels = walk(spec, &["template", "metadata", "labels"]);
        let matches = selector_matches(selector, labels);
        if !selector.is_null() && !is_empty_selector(selector) && !matches || selector.is_null() {
            errs.invalid(
                &path.child("template").child("metadata").child("labels"),
                metadata::shown_labels(labels),
                "`selector` does not match template `labels`",
            );
        }
    }
    if !selector.is_null() && is_empty_selector(selector) {
        errs.invalid(
            &path.child("selector"),
            selector_json(selector),
            "empty selector is invalid for daemonset",
        );
    }
    pod::template(at(spec, "template"), &path.child("template"), errs);
    always_restarts(spec, &path, "DaemonSet", errs);
    errs.non_negative(&path.child("minReadySeconds"), i0(spec, "minReadySeconds"));
    daemon_strategy(
        at(spec, "updateStrategy"),
        &path.child("updateStrategy"),
        errs,
    );
    numbers::non_negative(spec, "revisionHistoryLimit", &path, errs);
}

fn daemon_strategy(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    match s(v, "type") {
        "OnDelete" => {}
        "RollingUpdate" => {
            let rolling = path.child("rollingUpdate");
            if !has(v, "rollingUpdate") {
                errs.required(&rolling, "");
                return;
            }
            let r = at(v, "rollingUpdate");
            let (surge, unavailable) = (at(r, "maxSurge"), at(r, "maxUnavailable"));
            numbers::int_or_percent(unavailable, &rolling.child("maxUnavailable"), errs);
            numbers::int_or_percent(surge, &rolling.child("maxSurge"), errs);
            numbers::at_most_100_percent(unavailable, &rolling.child("maxUnavailable"), errs);
            numbers::at_most_100_percent(surge, &rolling.child("maxSurge"), errs);
            let (no_unavailable, no_surge) = (
                numbers::is_zero_or_percent(unavailable),
                numbers::is_zero_or_percent(surge),
            );
            if !no_unavailable && !no_surge {
                errs.invalid(
                    &rolling.child("maxSurge"),
                    surge.clone(),
                    "may not be set when maxUnavailable is non-zero",
                );
            } else if no_unavailable && no_surge {
                errs.required(
                    &rolling.child("maxUnavailable"),
                    "cannot be 0 when maxSurge is 0",
                );
            }
        }
        _ => errs.not_supported(
            path,
            dump::go(v, "apps/v1.DaemonSetUpdateStrategy"),
            &["RollingUpdate", "OnDelete"],
        ),
    }
}

/// A changed DaemonSet keeps its selector.
pub fn daemon_set_update(new: &Value, old: &Value, errs: &mut Errs) {
    immutable_selector(new, old, errs);
    daemon_set(new, errs);
}

/// A DaemonSet's changed status.
pub fn daemon_set_status(new: &Value, old: &Value, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let path = Path::root("status");
    counts(
        st,
        &[
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
        ],
        &path,
        errs,
    );
    collisions(st, before, &path, errs, false);
    collisions(st, before, &path, errs, true);
}

/// A ControllerRevision.
pub fn controller_revision(obj: &Value, errs: &mut Errs) {
    let data = at(obj, "data");
    let path = Path::root("data");
    match data {
        Value::Null => errs.required(&path, "data is mandatory"),
        Value::Object(_) => {}
        _ => errs.required(&path, "data must be a valid JSON object"),
    }
    errs.non_negative(&Path::root("revision"), i0(obj, "revision"));
}

/// A changed ControllerRevision keeps its data.
pub fn controller_revision_update(new: &Value, old: &Value, errs: &mut Errs) {
    controller_revision(new, errs);
    // Upstream compares bytes.
    let text = |obj: &Value| match at(obj, "data").as_object().and_then(Object::source) {
        Some(source) => source.to_owned(),
        None => at(obj, "data").to_string(),
    };
    if text(new) != text(old) {
        errs.invalid(&Path::root("data"), at(new, "data").clone(), IMMUTABLE);
    }
}

/// A PodTemplate.
pub fn pod_template(obj: &Value, errs: &mut Errs) {
    pod::template(at(obj, "template"), &Path::root("template"), errs);
}
