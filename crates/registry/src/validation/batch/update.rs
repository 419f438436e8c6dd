//! What of a Job may change.

use super::{condition, job_spec};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, b, has, i, list, path as walk, s, same};
use skeg_schema::Value;

/// Parts of a suspended, never started Job's template that may still change.
const DIRECTIVES: &[&str] = &["nodeSelector", "affinity", "tolerations", "schedulingGates"];

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
    immutable(
        "selector",
        &|v| dump::json(v, "meta/v1.LabelSelector"),
        errs,
    );
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
    if s(n, "completionMode") != "Indexed" || before.is_none() {
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
    let mut kept = n.clone();
    let suspended = b(at(old, "spec"), "suspend") && !has(at(old, "status"), "startTime")
        || b(at(old, "spec"), "suspend") && condition(old, "Suspended");
    let never_started = b(at(old, "spec"), "suspend") && !has(at(old, "status"), "startTime");
    if suspended {
        if let Some(spec) = tree::get_mut(&mut kept, "spec") {
            let old_spec = at(o, "spec");
            for f in DIRECTIVES {
                if never_started || *f != "schedulingGates" {
                    tree::copy(spec, old_spec, f);
                }
            }
            for kind in ["containers", "initContainers"] {
                let before = list(old_spec, kind).to_vec();
                for (c, b) in tree::list_mut(spec, kind).iter_mut().zip(&before) {
                    tree::copy(c, b, "resources");
                }
            }
        }
        let meta = tree::obj_mut(&mut kept, "metadata");
        for f in ["labels", "annotations"] {
            tree::copy(meta, at(o, "metadata"), f);
        }
    }
    if same(&kept, o) {
        return;
    }
    if never_started {
        // Labels and annotations may change now, so only the spec is at fault.
        errs.invalid(
            &path.child("template").child("spec"),
            dump::go(at(n, "spec"), "core/v1.PodSpec"),
            IMMUTABLE,
        );
    } else {
        errs.invalid(
            &path.child("template"),
            dump::go(n, "core/v1.PodTemplateSpec"),
            IMMUTABLE,
        );
    }
}
