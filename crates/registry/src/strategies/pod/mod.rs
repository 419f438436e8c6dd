//! Pods.

mod app_armor;
mod overlaps;
mod subresources;
pub mod warnings;

use super::dropped;
use super::kind::Kind;
use crate::context::Ctx;
use crate::defaults;
use crate::errors::Errs;
use crate::generic::{bump_generation, keep, set_generation};
use crate::strategy::{DeleteOptions, FieldLabels, Grace};
use crate::tree::{self, at, list, s, same, set};
use crate::validation::pod as rules;
use skeg_schema::{Value, json};

/// The row of pods.
pub fn kind() -> Kind {
    Kind {
        default: defaults::pod::pod,
        create,
        carry_over: app_armor::carry_over,
        update,
        validate: |_, obj, errs| rules::create(obj, errs),
        validate_update: Some(validate_update),
        status_prepare,
        status_rules,
        sub_prepare: Some(subresources::prepare),
        sub_rules: Some(subresources::rules),
        warnings: |obj, old| {
            // Pods are changed by machines, and often.
            if old.is_some() {
                return Vec::new();
            }
            warnings::pod(obj, old)
        },
        canonicalize: |obj| {
            defaults::pod::service_account(tree::obj_mut(obj, "spec"));
        },
        returns_object: true,
        fields,
        labels: FieldLabels {
            aliases: &[("spec.host", "spec.nodeName")],
            ..FieldLabels::core(&[
                "spec.nodeName",
                "spec.restartPolicy",
                "spec.schedulerName",
                "spec.serviceAccountName",
                "spec.hostNetwork",
                "status.phase",
                "status.podIP",
                "status.podIPs",
                "status.nominatedNodeName",
            ])
        },
        grace,
        status_resets: &[
            &["f:spec"],
            &["f:metadata", "f:deletionTimestamp"],
            &["f:metadata", "f:ownerReferences"],
        ],
        status: false,
        ..Kind::PLAIN
    }
}

fn fields(obj: &Value) -> Vec<(&'static str, String)> {
    let (spec, status) = (at(obj, "spec"), at(obj, "status"));
    let ip = list(status, "podIPs")
        .first()
        .map_or(s(status, "podIP"), |ip| s(ip, "ip"));
    vec![
        ("spec.nodeName", s(spec, "nodeName").to_owned()),
        ("spec.restartPolicy", s(spec, "restartPolicy").to_owned()),
        ("spec.schedulerName", s(spec, "schedulerName").to_owned()),
        (
            "spec.serviceAccountName",
            s(spec, "serviceAccountName").to_owned(),
        ),
        ("spec.hostNetwork", tree::b(spec, "hostNetwork").to_string()),
        ("status.phase", s(status, "phase").to_owned()),
        ("status.podIP", ip.to_owned()),
        ("status.podIPs", String::new()),
        (
            "status.nominatedNodeName",
            s(status, "nominatedNodeName").to_owned(),
        ),
    ]
}

fn create(ctx: &Ctx<'_>, obj: &mut Value) {
    set_generation(obj, 1);
    dropped::pod_spec(ctx.features, tree::obj_mut(obj, "spec"), &tree::NULL);
    defaults::pod::pod_level(tree::obj_mut(obj, "spec"));
    let qos = rules::resources::qos_class(at(obj, "spec"));
    let mut status = json!({"phase": "Pending", "qosClass": qos});
    if !list(at(obj, "spec"), "schedulingGates").is_empty() {
        set(
            &mut status,
            "conditions",
            json!([{
                "type": "PodScheduled",
                "status": "False",
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
                "lastProbeTime": null,
                "lastTransitionTime": ctx.now.to_string(),
            }]),
        );
    }
    set(obj, "status", status);
    merge_label_keys(obj);
}

fn update(ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
    keep(new, old, "status");
    let spec = tree::obj_mut(new, "spec");
    let before = at(old, "spec");
    dropped::pod_spec(ctx.features, spec, before);
    // A pod's own resources do not change here: they are filled up if that makes them what
    // they were, and pods of older releases may have less than is filled in today.
    let mut filled = spec.clone();
    defaults::pod::pod_level(&mut filled);
    if !tree::has(before, "resources") || same(at(&filled, "resources"), at(before, "resources")) {
        *spec = filled;
    }
    bump_generation(new, old, &["spec"]);
}

fn validate_update(_ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
    rules::whole(new, errs);
    rules::update::update(new, old, errs);
}

fn status_prepare(ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
    keep(new, old, "spec");
    let old_meta = at(old, "metadata").clone();
    let meta = tree::obj_mut(new, "metadata");
    tree::copy(meta, &old_meta, "deletionTimestamp");
    tree::copy(meta, &old_meta, "ownerReferences");
    let before = at(old, "status");
    let qos = at(before, "qosClass").clone();
    let status = tree::obj_mut(new, "status");
    dropped::pod_status(ctx.features, status, before);
    keep_claims(status, before);
    keep_observed(status, before);
    if s(status, "qosClass").is_empty() && !qos.is_null() {
        set(status, "qosClass", qos);
    }
    defaults::pod::pod(new);
}

/// Clients that are older than these fields write statuses without them; the
/// devices of a pod could not be given back then.
fn keep_claims(status: &mut Value, before: &Value) {
    for field in [
        "resourceClaimStatuses",
        "extendedResourceClaimStatus",
        "nodeAllocatableResourceClaimStatuses",
    ] {
        if at(status, field).is_null() {
            tree::copy(status, before, field);
        }
    }
}

/// Writers that do not know which generation they saw do not take back what others said.
fn keep_observed(status: &mut Value, before: &Value) {
    const FIELD: &str = "observedGeneration";
    let keep = |new: &mut Value, old: &Value| {
        if tree::i0(new, FIELD) == 0 && tree::i0(old, FIELD) != 0 {
            tree::copy(new, old, FIELD);
        }
    };
    keep(status, before);
    // A type may stand there more than once.
    let mut left: Vec<&Value> = list(before, "conditions").iter().collect();
    for condition in tree::list_mut(status, "conditions") {
        let kind = s(condition, "type");
        if let Some(found) = left.iter().position(|old| s(old, "type") == kind) {
            keep(condition, left.remove(found));
        }
    }
}

fn status_rules(_ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
    rules::status::status(new, old, errs);
    if errs.is_empty() {
        errs.warn(warnings::status(new));
    }
}

/// A pod that runs is given time; one that never ran, or has ended, is not.
fn grace(obj: &Value, options: &DeleteOptions) -> Grace {
    let spec = at(obj, "spec");
    let mut period = options
        .grace_period_seconds
        .or_else(|| tree::i(spec, "terminationGracePeriodSeconds"))
        .unwrap_or(0);
    if s(spec, "nodeName").is_empty() {
        period = 0;
    }
    if matches!(tree::sp(obj, &["status", "phase"]), "Failed" | "Succeeded") {
        period = 0;
    }
    if period < 0 {
        period = 1;
    }
    Grace::Seconds(period)
}

/// matchLabelKeys become requirements of their term's selector, with the
/// values of this pod.
fn merge_label_keys(obj: &mut Value) {
    let labels = tree::path(obj, &["metadata", "labels"]).clone();
    let Some(spec) = tree::get_mut(obj, "spec") else {
        return;
    };
    if let Some(affinity) = tree::get_mut(spec, "affinity") {
        for kind in ["podAffinity", "podAntiAffinity"] {
            let Some(side) = tree::get_mut(affinity, kind) else {
                continue;
            };
            for t in tree::list_mut(side, "requiredDuringSchedulingIgnoredDuringExecution") {
                merge_term(t, &labels);
            }
            for w in tree::list_mut(side, "preferredDuringSchedulingIgnoredDuringExecution") {
                if let Some(t) = tree::get_mut(w, "podAffinityTerm") {
                    merge_term(t, &labels);
                }
            }
        }
    }
    for c in tree::list_mut(spec, "topologySpreadConstraints") {
        merge_term(c, &labels);
    }
}

fn merge_term(term: &mut Value, labels: &Value) {
    if !tree::has(term, "labelSelector") {
        return;
    }
    let mut add = Vec::new();
    for (field, operator) in [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")] {
        for key in list(term, field).iter().filter_map(Value::as_str) {
            if let Some(v) = labels.get(key) {
                add.push(json!({"key": key, "operator": operator, "values": [v.clone()]}));
            }
        }
    }
    if add.is_empty() {
        return;
    }
    let selector = tree::obj_mut(term, "labelSelector");
    if let Some(all) = tree::vec_mut(selector, "matchExpressions") {
        all.extend(add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_not_forgotten_by_old_clients() {
        let before = json!({
            "phase": "Pending",
            "resourceClaimStatuses": [{"name": "d", "resourceClaimName": "p-d"}],
            "extendedResourceClaimStatus": {"resourceClaimName": "p-e"},
        });
        let mut status = json!({"phase": "Running"});
        keep_claims(&mut status, &before);
        let mut kept = before.clone();
        set(&mut kept, "phase", "Running");
        assert_eq!(status, kept);
        // Who knows the field may empty it, or say something else.
        for claims in [json!([]), json!([{"name": "d", "resourceClaimName": "x"}])] {
            let mut status = json!({"resourceClaimStatuses": claims.clone()});
            keep_claims(&mut status, &before);
            assert_eq!(status["resourceClaimStatuses"], claims);
        }
        let mut status = json!({});
        keep_claims(&mut status, &json!({}));
        assert_eq!(status, json!({}));
    }
}
