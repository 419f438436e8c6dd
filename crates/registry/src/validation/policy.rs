//! Rules of rbac.authorization.k8s.io, policy and autoscaling.

use super::{metadata, names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::gates::Feature;
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s};
use skeg_meta::Quantity;
use skeg_schema::Value;

/// A Role (`namespaced`) or ClusterRole.
pub fn role(obj: &Value, namespaced: bool, errs: &mut Errs) {
    let path = Path::root("rules");
    for (n, r) in list(obj, "rules").iter().enumerate() {
        rule(r, namespaced, &path.index(n), errs);
    }
    let aggregation = at(obj, "aggregationRule");
    if aggregation.is_null() {
        return;
    }
    let path = Path::root("aggregationRule");
    let path = path.child("clusterRoleSelectors");
    let selectors = list(aggregation, "clusterRoleSelectors");
    if selectors.is_empty() {
        errs.required(
            &path,
            "at least one clusterRoleSelector required if aggregationRule is non-nil",
        );
    }
    for (n, sel) in selectors.iter().enumerate() {
        let at_path = path.index(n);
        metadata::label_selector(sel, &at_path, errs);
        if !metadata::selector_is_usable(sel) {
            errs.invalid(&at_path, Value::Null, "invalid label selector.");
        }
    }
}

fn rule(r: &Value, namespaced: bool, path: &Path<'_>, errs: &mut Errs) {
    let urls = list(r, "nonResourceURLs");
    if !urls.is_empty() {
        let shown = || Value::Array(urls.to_vec());
        let u_path = path.child("nonResourceURLs");
        if namespaced {
            errs.invalid(
                &u_path,
                shown(),
                "namespaced rules cannot apply to non-resource URLs",
            );
        }
        let regular = ["apiGroups", "resources", "resourceNames"]
            .iter()
            .any(|f| !list(r, f).is_empty());
        if regular {
            errs.invalid(
                &u_path,
                shown(),
                "rules cannot apply to both regular resources and non-resource URLs",
            );
        }
        return;
    }
    if list(r, "apiGroups").is_empty() {
        errs.required(
            &path.child("apiGroups"),
            "resource rules must supply at least one api group",
        );
    }
    if list(r, "resources").is_empty() {
        errs.required(
            &path.child("resources"),
            "resource rules must supply at least one resource",
        );
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// A RoleBinding (`namespaced`) or ClusterRoleBinding.
pub fn binding(obj: &Value, namespaced: bool, errs: &mut Errs) {
    let role = at(obj, "roleRef");
    let path = Path::root("roleRef");
    errs.one_of(&path.child("apiGroup"), s(role, "apiGroup"), &[RBAC]);
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    errs.one_of(&path.child("kind"), s(role, "kind"), kinds);
    let name = s(role, "name");
    if !name.is_empty() {
        errs.invalid_all(&path.child("name"), name, names::path_segment(name, false));
    }
    let subjects = Path::root("subjects");
    for (n, subject) in list(obj, "subjects").iter().enumerate() {
        self::subject(subject, namespaced, &subjects.index(n), errs);
    }
}

fn subject(v: &Value, namespaced: bool, path: &Path<'_>, errs: &mut Errs) {
    let (kind, name, group) = (s(v, "kind"), s(v, "name"), s(v, "apiGroup"));
    match kind {
        "ServiceAccount" => {
            if !name.is_empty() {
                errs.invalid_all(
                    &path.child("name"),
                    name,
                    names::dns1123_subdomain(name, false),
                );
            }
            if !group.is_empty() {
                errs.not_supported(&path.child("apiGroup"), group, &[""]);
            }
            if !namespaced && s(v, "namespace").is_empty() {
                errs.required(&path.child("namespace"), "");
            }
        }
        "User" | "Group" => {
            if group != RBAC {
                errs.not_supported(&path.child("apiGroup"), group, &[RBAC]);
            }
        }
        other => errs.not_supported(
            &path.child("kind"),
            other,
            &["ServiceAccount", "User", "Group"],
        ),
    }
}

/// A changed binding keeps its role.
pub fn binding_update(new: &Value, old: &Value, namespaced: bool, errs: &mut Errs) {
    binding(new, namespaced, errs);
    if !tree::same(at(new, "roleRef"), at(old, "roleRef")) {
        errs.invalid(
            &Path::root("roleRef"),
            dump::go(at(new, "roleRef"), "rbac/v1.RoleRef"),
            IMMUTABLE,
        );
    }
}

/// A PodDisruptionBudget.
pub fn budget(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if has(spec, "minAvailable") && has(spec, "maxUnavailable") {
        errs.invalid(
            &path,
            dump::go(spec, "policy/v1.PodDisruptionBudgetSpec"),
            "minAvailable and maxUnavailable cannot be both set",
        );
    }
    for f in ["minAvailable", "maxUnavailable"] {
        if has(spec, f) {
            numbers::int_or_percent(at(spec, f), &path.child(f), errs);
            numbers::at_most_100_percent(at(spec, f), &path.child(f), errs);
        }
    }
    if has(spec, "selector") {
        metadata::label_selector(at(spec, "selector"), &path.child("selector"), errs);
    }
    if let Some(policy) = at(spec, "unhealthyPodEvictionPolicy").as_str() {
        errs.one_of(
            &path.child("unhealthyPodEvictionPolicy"),
            policy,
            &["AlwaysAllow", "IfHealthyBudget"],
        );
    }
}

/// A PodDisruptionBudget's changed status.
pub fn budget_status(new: &Value, errs: &mut Errs) {
    let st = at(new, "status");
    let path = Path::root("status");
    conditions(list(st, "conditions"), &path.child("conditions"), errs);
    for f in [
        "disruptionsAllowed",
        "currentHealthy",
        "desiredHealthy",
        "expectedPods",
    ] {
        numbers::non_negative(st, f, &path, errs);
    }
}

const BAD_REASON: &str = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

fn is_reason(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ',' | ':');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(inner)
}

const REASON_LEN_MAX: usize = 1024;
const MESSAGE_LEN_MAX: usize = 32 << 10;

/// Conditions of the common form.
pub fn conditions(all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = std::collections::HashSet::new();
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        let kind = s(c, "type");
        if !seen.insert(kind) {
            errs.duplicate(&at_path, kind);
        }
        if kind.is_empty() {
            errs.required(&at_path.child("type"), "is required");
        } else {
            errs.invalid_all(&at_path.child("type"), kind, names::qualified_name(kind));
        }
        match s(c, "status") {
            "" => errs.required(&at_path.child("status"), ""),
            status => errs.one_of(
                &at_path.child("status"),
                status,
                &["False", "True", "Unknown"],
            ),
        }
        if let Some(generation) = tree::i(c, "observedGeneration")
            && generation < 0
        {
            errs.invalid(
                &at_path.child("observedGeneration"),
                generation,
                "must be greater than or equal to zero",
            );
        }
        if !has(c, "lastTransitionTime") {
            errs.required(&at_path.child("lastTransitionTime"), "");
        }
        let reason = s(c, "reason");
        if reason.is_empty() {
            errs.required(&at_path.child("reason"), "");
        } else if !is_reason(reason) {
            errs.invalid(&at_path.child("reason"), reason, BAD_REASON);
        }
        if reason.len() > REASON_LEN_MAX {
            errs.too_long(&at_path.child("reason"), REASON_LEN_MAX);
        }
        if s(c, "message").len() > MESSAGE_LEN_MAX {
            errs.too_long(&at_path.child("message"), MESSAGE_LEN_MAX);
        }
    }
}

const METRIC_TYPES: &[&str] = &[
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];

// How much the version of a reference is to say.
#[derive(Clone, Copy, PartialEq)]
enum Version {
    /// It names a group.
    Grouped,
    /// It can be read.
    Readable,
    /// It was so before.
    Any,
}

/// A HorizontalPodAutoscaler in version 2; `old` is what it was.
pub fn autoscaler(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let min = tree::i(spec, "minReplicas");
    let max = i0(spec, "maxReplicas");
    if let Some(m) = min
        && max < m
    {
        errs.invalid(
            &path.child("maxReplicas"),
            max,
            "must be greater than or equal to `minReplicas`",
        );
    }
    let target = at(spec, "scaleTargetRef");
    let t_path = path.child("scaleTargetRef");
    let kept = old.is_some_and(|old| {
        let before = tree::path(old, &["spec", "scaleTargetRef"]);
        ["apiVersion", "kind"].map(|f| s(before, f)) == ["apiVersion", "kind"].map(|f| s(target, f))
    });
    let wanted = match s(target, "kind") {
        _ if kept => Version::Any,
        // The only kind of the core group that scales.
        "ReplicationController" => Version::Readable,
        _ => Version::Grouped,
    };
    target_ref(target, wanted, &t_path, errs);
    let unreadable = |m: &Value| {
        s(m, "type") == "Object"
            && unreadable(tree::sp(m, &["object", "describedObject", "apiVersion"]))
    };
    let before = old.map_or(&[][..], |old| list(at(old, "spec"), "metrics"));
    let described = if before.iter().any(unreadable) {
        Version::Any
    } else {
        Version::Readable
    };
    let m_path = path.child("metrics");
    metrics(list(spec, "metrics"), min, described, &m_path, errs);
    behavior(at(spec, "behavior"), &path.child("behavior"), errs);
    // Declared rules come after the written ones.
    let was = old.and_then(|old| tree::i(at(old, "spec"), "minReplicas"));
    let zero_is_fine = errs.features().on(Feature::HPAScaleToZero) || was == Some(0);
    let least = i64::from(!zero_is_fine);
    if let Some(m) = min
        && m < least
    {
        errs.invalid(
            &path.child("minReplicas"),
            m,
            format!("must be greater than or equal to {least}"),
        );
    }
    match max {
        0 => errs.required(&path.child("maxReplicas"), ""),
        m if m < 0 => errs.invalid(
            &path.child("maxReplicas"),
            m,
            "must be greater than or equal to 1",
        ),
        _ => {}
    }
}

// More than a group and a version.
fn unreadable(version: &str) -> bool {
    version.matches('/').count() > 1
}

fn target_ref(r: &Value, wanted: Version, path: &Path<'_>, errs: &mut Errs) {
    for f in ["kind", "name"] {
        let v = s(r, f);
        if v.is_empty() {
            errs.required(&path.child(f), "");
        } else {
            errs.invalid_all(&path.child(f), v, names::path_segment(v, false));
        }
    }
    let version = s(r, "apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let words = match wanted {
        Version::Any => return,
        _ if unreadable(version) => format!("unexpected GroupVersion string: {version}"),
        Version::Grouped if group.is_empty() => "apiVersion must specify API group".to_owned(),
        Version::Grouped | Version::Readable => return,
    };
    errs.invalid(&path.child("apiVersion"), version, words);
}

fn metrics(all: &[Value], min: Option<i64>, described: Version, path: &Path<'_>, errs: &mut Errs) {
    let mut from_zero = false;
    for (n, m) in all.iter().enumerate() {
        let at_path = path.index(n);
        metric(m, described, &at_path, errs);
        from_zero |= matches!(s(m, "type"), "Object" | "External");
    }
    if min == Some(0) && !from_zero {
        errs.forbidden(
            path,
            "must specify at least one Object or External metric to support scaling to zero replicas",
        );
    }
}

fn metric(m: &Value, described: Version, path: &Path<'_>, errs: &mut Errs) {
    let kind = s(m, "type");
    if kind.is_empty() {
        errs.required(&path.child("type"), "must specify a metric source type");
    }
    if !METRIC_TYPES.contains(&kind) {
        errs.not_supported(&path.child("type"), kind, METRIC_TYPES);
    }
    let field = match kind {
        "Object" => "object",
        "Pods" => "pods",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "External" => "external",
        _ => "",
    };
    let present: Vec<&str> = [
        "object",
        "external",
        "pods",
        "resource",
        "containerResource",
    ]
    .into_iter()
    .filter(|f| has(m, f))
    .collect();
    // Only the first of several is looked at.
    if let Some(f) = present.first() {
        source(f, at(m, f), described, &path.child(f), errs);
    }
    if field.is_empty() {
        errs.not_supported(&path.child("type"), kind, METRIC_TYPES);
    } else if !has(m, field) {
        errs.required(
            &path.child(field),
            "must populate information for the given metric source",
        );
    }
    if present.len() > 1 {
        for f in present.into_iter().filter(|f| *f != field) {
            errs.forbidden(&path.child(f), "must populate the given metric source only");
        }
    }
}

fn source(kind: &str, v: &Value, described: Version, path: &Path<'_>, errs: &mut Errs) {
    let target = at(v, "target");
    let t_path = path.child("target");
    match kind {
        "object" => {
            target_ref(
                at(v, "describedObject"),
                described,
                &path.child("describedObject"),
                errs,
            );
            identifier(v, path, errs);
            metric_target(target, &t_path, errs);
            if !has(target, "value") && !has(target, "averageValue") {
                errs.required(
                    &t_path.child("averageValue"),
                    "must set either a target value or averageValue",
                );
            }
        }
        "external" => {
            identifier(v, path, errs);
            metric_target(target, &t_path, errs);
            match (has(target, "value"), has(target, "averageValue")) {
                (false, false) => errs.required(
                    &t_path.child("averageValue"),
                    "must set either a target value for metric or a per-pod target",
                ),
                (true, true) => errs.forbidden(
                    &t_path.child("value"),
                    "may not set both a target value for metric and a per-pod target",
                ),
                _ => {}
            }
        }
        "pods" => {
            identifier(v, path, errs);
            metric_target(target, &t_path, errs);
            if !has(target, "averageValue") {
                errs.required(
                    &t_path.child("averageValue"),
                    "must specify a positive target averageValue",
                );
            }
        }
        _ => {
            let name = s(v, "name");
            let n_path = path.child("name");
            if name.is_empty() {
                errs.required(&n_path, "must specify a resource name");
            } else if kind == "containerResource" {
                super::pod::resources::container_resource_name(name, &n_path, errs);
            }
            if kind == "containerResource" {
                let c = s(v, "container");
                let c_path = path.child("container");
                if c.is_empty() {
                    errs.required(&c_path, "must specify a container");
                } else {
                    errs.invalid_all(&c_path, c, names::dns1123_label(c, false));
                }
            }
            metric_target(target, &t_path, errs);
            match (
                has(target, "averageUtilization"),
                has(target, "averageValue"),
            ) {
                (false, false) => errs.required(
                    &t_path.child("averageUtilization"),
                    "must set either a target raw value or a target utilization",
                ),
                (true, true) => errs.forbidden(
                    &t_path.child("averageValue"),
                    "may not set both a target raw value and a target utilization",
                ),
                _ => {}
            }
        }
    }
}

fn identifier(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let name = tree::sp(v, &["metric", "name"]);
    let path = path.child("metric");
    let path = path.child("name");
    if name.is_empty() {
        errs.required(&path, "must specify a metric name");
    } else {
        errs.invalid_all(&path, name, names::path_segment(name, false));
    }
}

fn metric_target(t: &Value, path: &Path<'_>, errs: &mut Errs) {
    let kind = s(t, "type");
    if kind.is_empty() {
        errs.required(&path.child("type"), "must specify a metric target type");
    }
    if !matches!(kind, "Utilization" | "Value" | "AverageValue") {
        errs.invalid(
            &path.child("type"),
            kind,
            "must be either Utilization, Value, or AverageValue",
        );
    }
    for f in ["value", "averageValue"] {
        if has(t, f) {
            let q = numbers::quantity(at(t, f));
            if q <= Quantity::default() {
                errs.invalid(&path.child(f), q.to_string(), "must be positive");
            }
        }
    }
    if let Some(n) = tree::i(t, "averageUtilization")
        && n < 1
    {
        errs.invalid(
            &path.child("averageUtilization"),
            n,
            "must be greater than 0",
        );
    }
}

fn behavior(b: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WINDOW_MAX: i64 = 3600;
    const PERIOD_MAX: i64 = 1800;
    for side in ["scaleUp", "scaleDown"] {
        let r = at(b, side);
        if r.is_null() {
            continue;
        }
        let s_path = path.child(side);
        if let Some(w) = tree::i(r, "stabilizationWindowSeconds") {
            let w_path = s_path.child("stabilizationWindowSeconds");
            if w < 0 {
                errs.invalid(&w_path, w, "must be greater than or equal to zero");
            }
            if w > WINDOW_MAX {
                errs.invalid(
                    &w_path,
                    w,
                    format!("must be less than or equal to {WINDOW_MAX}"),
                );
            }
        }
        if let Some(select) = at(r, "selectPolicy").as_str() {
            errs.one_of(
                &s_path.child("selectPolicy"),
                select,
                &["Disabled", "Max", "Min"],
            );
        }
        let policies = list(r, "policies");
        let p_path = s_path.child("policies");
        if policies.is_empty() {
            errs.required(&p_path, "must specify at least one Policy");
        }
        for (n, p) in policies.iter().enumerate() {
            let at_path = p_path.index(n);
            errs.one_of(&at_path.child("type"), s(p, "type"), &["Percent", "Pods"]);
            if i0(p, "value") <= 0 {
                errs.invalid(
                    &at_path.child("value"),
                    i0(p, "value"),
                    "must be greater than zero",
                );
            }
            let period = i0(p, "periodSeconds");
            if period <= 0 {
                errs.invalid(
                    &at_path.child("periodSeconds"),
                    period,
                    "must be greater than zero",
                );
            }
            if period > PERIOD_MAX {
                errs.invalid(
                    &at_path.child("periodSeconds"),
                    period,
                    format!("must be less than or equal to {PERIOD_MAX}"),
                );
            }
        }
        if has(r, "tolerance") && numbers::quantity(at(r, "tolerance")) < Quantity::default() {
            errs.invalid(
                &s_path.child("tolerance"),
                at(r, "tolerance").clone(),
                "must be greater than or equal to 0",
            );
        }
    }
}

/// A HorizontalPodAutoscaler's changed status.
pub fn autoscaler_status(new: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    for f in ["currentReplicas", "desiredReplicas"] {
        errs.non_negative(&path.child(f), i0(at(new, "status"), f));
    }
}
