//! Tolerations, gates, topology spread.

use super::affinity;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, s};
use crate::validation::{metadata, names};
use skeg_schema::Value;
use std::collections::HashSet;

/// `tolerations`.
pub fn tolerations(all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, t) in all.iter().enumerate() {
        let at_path = path.index(n);
        let (key, operator, value, effect) =
            (s(t, "key"), s(t, "operator"), s(t, "value"), s(t, "effect"));
        if !key.is_empty() {
            errs.invalid_all(&at_path.child("key"), key, names::qualified_name(key));
        }
        if key.is_empty() && operator != "Exists" {
            errs.invalid(
                &at_path.child("operator"),
                operator,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            );
        }
        if has(t, "tolerationSeconds") && effect != "NoExecute" {
            errs.invalid(
                &at_path.child("effect"),
                effect,
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match operator {
            "Equal" | "" => {
                let wrong = names::label_value(value);
                if !wrong.is_empty() {
                    errs.invalid(&at_path.child("operator"), value, wrong.join(";"));
                }
            }
            "Exists" => {
                if !value.is_empty() {
                    errs.invalid(
                        &at_path.child("operator"),
                        value,
                        "value must be empty when `operator` is 'Exists'",
                    );
                }
            }
            // Known, but behind a feature that is off.
            other @ ("Lt" | "Gt") => errs.not_supported(
                &at_path.child("operator"),
                other,
                &["Equal", "Exists", "Lt", "Gt"],
            ),
            other => errs.not_supported(&at_path.child("operator"), other, &["Equal", "Exists"]),
        }
        if !effect.is_empty() {
            errs.one_of(
                &at_path.child("effect"),
                effect,
                &["NoSchedule", "PreferNoSchedule", "NoExecute"],
            );
        }
    }
}

/// `readinessGates`.
pub fn readiness_gates(gates: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, g) in gates.iter().enumerate() {
        let v = s(g, "conditionType");
        errs.invalid_all(
            &path.index(n).child("conditionType"),
            v,
            names::qualified_name(v),
        );
    }
}

/// `schedulingGates`.
pub fn gates(gates: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, g) in gates.iter().enumerate() {
        let v = s(g, "name");
        let at_path = path.index(n);
        errs.invalid_all(&at_path, v, names::qualified_name(v));
        if !seen.insert(v) {
            errs.duplicate(&at_path, v);
        }
    }
}

/// `topologySpreadConstraints`.
pub fn spread(constraints: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, c) in constraints.iter().enumerate() {
        let at_path = path.index(n);
        let skew = tree::i0(c, "maxSkew");
        if skew <= 0 {
            errs.invalid(&at_path.child("maxSkew"), skew, "must be greater than zero");
        }
        let key = s(c, "topologyKey");
        if key.is_empty() {
            errs.required(&at_path.child("topologyKey"), "can not be empty");
        }
        let action = s(c, "whenUnsatisfiable");
        errs.one_of(
            &at_path.child("whenUnsatisfiable"),
            action,
            &["DoNotSchedule", "ScheduleAnyway"],
        );
        if constraints[n + 1..]
            .iter()
            .any(|o| s(o, "topologyKey") == key && s(o, "whenUnsatisfiable") == action)
        {
            errs.duplicate(
                &at_path.child("{topologyKey, whenUnsatisfiable}"),
                format!("{{{key}, {action}}}"),
            );
        }
        if let Some(min) = tree::i(c, "minDomains") {
            if min <= 0 {
                errs.invalid(
                    &at_path.child("minDomains"),
                    min,
                    "must be greater than zero",
                );
            }
            if action != "DoNotSchedule" {
                errs.invalid(
                    &at_path.child("minDomains"),
                    min,
                    format!(
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                    ),
                );
            }
        }
        for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            if let Some(v) = at(c, field).as_str() {
                errs.one_of(&at_path.child(field), v, &["Honor", "Ignore"]);
            }
        }
        affinity::label_keys(c, &at_path, errs);
        if has(c, "labelSelector") {
            metadata::label_selector(
                at(c, "labelSelector"),
                &at_path.child("labelSelector"),
                errs,
            );
        }
    }
}
