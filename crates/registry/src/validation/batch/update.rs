//! What of a Job may change.

use super::{condition, job_spec};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, b, has, i, i0, list, path as walk, s, same};
use crate::validation::apps::selector_json;
use skeg_schema::Value;

/// Parts of the template of a suspended Job that may change while no pod of it runs, beside
/// what it says of nodes in its affinity.
const DIRECTIVES: &[&str] = &["nodeSelector", "tolerations", "schedulingGates"];

/// A changed Job.
pub fn job_update(new: &Value, old: &Value, errs: &mut Errs) {
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let path = Path::root("spec");
    job_spec(n, &path, errs);
    completions(n, o, &path, errs);
    let immutable = |f: &'static str, shown: &dyn Fn(&Value) -> Value, errs: &mut Errs| {
        if !same(at(n, f), at(o, f)) || has(n, f) != has(o, f) {
            errs.invalid(&path.child(f), shown(at(n, f)), IMMUTABLE);
        }
    };
    immutable("selector", &selector_json, errs);
    template_update(new, old, &path, errs);
    immutable("completionMode", &Value::clone, errs);
    immutable(
        "podFailurePolicy",
        &|v| {
            if v.is_null() {
                Value::Null
            } else {
                dump::go(v, "batch/v1.PodFailurePolicy")
            }
        },
        errs,
    );
    immutable("backoffLimitPerIndex", &Value::clone, errs);
    immutable("managedBy", &Value::clone, errs);
    immutable(
        "successPolicy",
        &|v| {
            if v.is_null() {
                Value::Null
            } else {
                dump::go(v, "batch/v1.SuccessPolicy")
            }
        },
        errs,
    );
}

fn completions(n: &Value, o: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (now, before) = (i(n, "completions"), i(o, "completions"));
    if now == before {
        return;
    }
    let path = path.child("completions");
    let shown = now.map_or(Value::Null, Value::Int);
    if s(n, "completionMode") == "Indexed" && now.is_none() {
        // Missing where it is required; that is said already.
        return;
    }
    if s(n, "completionMode") != "Indexed" {
        errs.invalid(&path, shown, IMMUTABLE);
        return;
    }
    if now != i(n, "parallelism") {
        errs.invalid(
            &path,
            shown,
            "can only be modified in tandem with spec.parallelism",
        );
    }
}

fn template_update(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (n, o) = (
        walk(new, &["spec", "template"]),
        walk(old, &["spec", "template"]),
    );
    let (was, status) = (at(old, "spec"), at(old, "status"));
    let at_rest = condition(old, "Suspended") && i0(status, "active") == 0;
    if !b(was, "suspend") || has(status, "startTime") && !at_rest {
        if !same(n, o) {
            errs.invalid(
                &path.child("template"),
                dump::go(n, "core/v1.PodTemplateSpec"),
                IMMUTABLE,
            );
        }
        return;
    }
    let (spec, before) = (at(n, "spec"), at(o, "spec"));
    if !same(&with_what_may_change(spec, before), before) {
        errs.invalid(
            &path.child("template").child("spec"),
            dump::go(spec, "core/v1.PodSpec"),
            IMMUTABLE,
        );
    }
}

/// The spec of a template, with what of a suspended job's may change as it was before.
fn with_what_may_change(spec: &Value, before: &Value) -> Value {
    let mut kept = spec.clone();
    for f in DIRECTIVES {
        tree::copy(&mut kept, before, f);
    }
    // What an affinity says of pods may not change.
    let others = |spec: &Value| {
        let mut affinity = at(spec, "affinity").clone();
        affinity.remove_at(&["nodeAffinity"]);
        affinity
    };
    let (rest, rest_before) = (others(spec), others(before));
    if same(&rest, &rest_before) || tree::is_zero(&rest) && tree::is_zero(&rest_before) {
        tree::copy(&mut kept, before, "affinity");
    }
    for kind in ["containers", "initContainers"] {
        let containers = tree::list_mut(&mut kept, kind).iter_mut();
        for (container, before) in containers.zip(list(before, kind)) {
            tree::copy(container, before, "resources");
        }
    }
    kept
}
