//! Rules of Jobs and CronJobs.

mod cron;
mod policies;
mod status;
mod update;

pub use cron::cron_job;
pub use status::job_status;
pub use update::job_update;

use super::network::prefixed_path;
use super::{metadata, names, numbers, pod};
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, i, list, path as walk, s};
use policies::{failure_policy, success_policy};
use skeg_schema::Value;

const UID_LABEL: &str = "batch.kubernetes.io/controller-uid";
const NAME_LABEL: &str = "batch.kubernetes.io/job-name";
const OLD_UID_LABEL: &str = "controller-uid";
const OLD_NAME_LABEL: &str = "job-name";
const INDEXED_MAX: i64 = 100_000;

fn condition(obj: &Value, kind: &str) -> bool {
    list(at(obj, "status"), "conditions")
        .iter()
        .any(|c| s(c, "type") == kind && s(c, "status") == "True")
}

/// A Job.
pub fn job(obj: &Value, errs: &mut Errs) {
    generated_selector(obj, errs);
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    job_spec(spec, &path, errs);
    if s(spec, "completionMode") == "Indexed"
        && let Some(n) = i(spec, "completions").filter(|n| *n > 0)
    {
        let pod_name = format!("{}-{}", tree::name_of(obj), n - 1);
        for _ in names::dns1123_label(&pod_name, false) {
            errs.invalid(
                &Path::root("metadata").child("name"),
                tree::name_of(obj),
                format!("will not able to create pod with invalid DNS label: {pod_name}"),
            );
        }
    }
}

fn generated_selector(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    if b(spec, "manualSelector") || !has(spec, "selector") {
        return;
    }
    let labels = walk(spec, &["template", "metadata", "labels"]);
    let path = Path::root("spec");
    let path = path.child("template");
    let path = path.child("metadata");
    let path = path.child("labels");
    let uid = tree::sp(obj, &["metadata", "uid"]);
    let name = tree::name_of(obj);
    if uid.is_empty() {
        return;
    }
    let mut want = |key: &str, value: &str| match labels.get(key).and_then(Value::as_str) {
        None => errs.required(&path.key(key), format!("must be '{value}'")),
        Some(v) if v != value => {
            errs.invalid(
                &path.key(key),
                metadata::shown_labels(labels),
                format!("must be '{value}'"),
            );
        }
        Some(_) => {}
    };
    want(OLD_UID_LABEL, uid);
    want(OLD_NAME_LABEL, name);
    want(UID_LABEL, uid);
    want(NAME_LABEL, name);
    let expected = skeg_schema::json!({
        OLD_UID_LABEL: uid, OLD_NAME_LABEL: name, UID_LABEL: uid, NAME_LABEL: name,
    });
    let selector = at(spec, "selector");
    let usable = metadata::selector_is_usable(selector);
    if usable && !metadata::selector_matches(selector, &expected) {
        errs.invalid(
            &Path::root("spec").child("selector"),
            dump::json(selector, "meta/v1.LabelSelector"),
            "`selector` not auto-generated",
        );
    }
}

fn job_spec(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    common(spec, path, errs);
    let selector = at(spec, "selector");
    if selector.is_null() {
        errs.required(&path.child("selector"), "");
    } else {
        metadata::label_selector(selector, &path.child("selector"), errs);
    }
    if metadata::selector_is_usable(selector) {
        let labels = walk(spec, &["template", "metadata", "labels"]);
        if !metadata::selector_matches(selector, labels) {
            errs.invalid(
                &path.child("template").child("metadata").child("labels"),
                metadata::shown_labels(labels),
                "`selector` does not match template `labels`",
            );
        }
    }
}

fn common(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    for f in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
    ] {
        numbers::non_negative(spec, f, path, errs);
    }
    let per_index = i(spec, "backoffLimitPerIndex");
    let failed_max = i(spec, "maxFailedIndexes");
    if let Some(n) = failed_max {
        errs.non_negative(&path.child("maxFailedIndexes"), n);
        if per_index.is_none() {
            errs.required(
                &path.child("backoffLimitPerIndex"),
                "when maxFailedIndexes is specified",
            );
        }
    }
    let managed = s(spec, "managedBy");
    if has(spec, "managedBy") {
        let path = path.child("managedBy");
        match managed {
            "" => errs.required(&path, ""),
            _ => prefixed_path(managed, &path, errs),
        }
        if managed.len() > 63 {
            errs.too_long(&path, 63);
        }
    }
    let completions = i(spec, "completions");
    let mode = s(spec, "completionMode");
    if has(spec, "completionMode") {
        if mode != "NonIndexed" && mode != "Indexed" {
            errs.not_supported(
                &path.child("completionMode"),
                mode,
                &["NonIndexed", "Indexed"],
            );
        }
        if mode == "Indexed" {
            if completions.is_none() {
                errs.required(
                    &path.child("completions"),
                    "when completion mode is Indexed",
                );
            }
            if let Some(p) = i(spec, "parallelism").filter(|p| *p > INDEXED_MAX) {
                errs.invalid(
                    &path.child("parallelism"),
                    p,
                    format!("must be less than or equal to {INDEXED_MAX} when completion mode is Indexed"),
                );
            }
            if let (Some(c), Some(m)) = (completions, failed_max)
                && m > c
            {
                errs.invalid(
                    &path.child("maxFailedIndexes"),
                    m,
                    "must be less than or equal to completions",
                );
            }
            if let Some(m) = failed_max.filter(|m| *m > INDEXED_MAX) {
                errs.invalid(
                    &path.child("maxFailedIndexes"),
                    m,
                    format!("must be less than or equal to {INDEXED_MAX}"),
                );
            }
            if per_index.is_some() && completions.is_some_and(|c| c > INDEXED_MAX) {
                many_indexes(spec, failed_max, path, errs);
            }
        }
    }
    if !has(spec, "completionMode") || mode == "NonIndexed" {
        if let Some(n) = per_index {
            errs.invalid(
                &path.child("backoffLimitPerIndex"),
                n,
                "requires indexed completion mode",
            );
        }
        if let Some(n) = failed_max {
            errs.invalid(
                &path.child("maxFailedIndexes"),
                n,
                "requires indexed completion mode",
            );
        }
    }
    if has(spec, "podFailurePolicy") {
        failure_policy(spec, &path.child("podFailurePolicy"), errs);
    }
    if has(spec, "successPolicy") {
        if mode != "Indexed" {
            errs.invalid(
                &path.child("successPolicy"),
                dump::go(at(spec, "successPolicy"), "batch/v1.SuccessPolicy"),
                "requires indexed completion mode",
            );
        } else {
            success_policy(spec, &path.child("successPolicy"), errs);
        }
    }
    if let Some(policy) = at(spec, "podReplacementPolicy").as_str() {
        let at_path = path.child("podReplacementPolicy");
        if has(spec, "podFailurePolicy") {
            errs.one_of(&at_path, policy, &["Failed"]);
        } else {
            errs.one_of(&at_path, policy, &["Failed", "TerminatingOrFailed"]);
        }
    }
    pod::template(at(spec, "template"), &path.child("template"), errs);
    let restart = tree::sp(spec, &["template", "spec", "restartPolicy"]);
    let t_path = path.child("template");
    let t_path = t_path.child("spec");
    let restart_path = t_path.child("restartPolicy");
    if matches!(restart, "Always" | "") {
        errs.required(&restart_path, "valid values: \"OnFailure\", \"Never\"");
    } else if !matches!(restart, "OnFailure" | "Never") {
        errs.not_supported(&restart_path, restart, &["OnFailure", "Never"]);
    } else if has(spec, "podFailurePolicy") && restart != "Never" {
        errs.invalid(
            &restart_path,
            restart,
            "only \"Never\" is supported when podFailurePolicy is specified",
        );
    }
}

/// Of a job with very many indexes few may run or fail at once.
fn many_indexes(spec: &Value, failed_max: Option<i64>, path: &Path<'_>, errs: &mut Errs) {
    const AT_ONCE_MAX: i64 = 10_000;
    let words = format!(
        "must be less than or equal to {AT_ONCE_MAX} when completions are above {INDEXED_MAX} and used with backoff limit per index"
    );
    if failed_max.is_none() {
        errs.required(
            &path.child("maxFailedIndexes"),
            format!("must be specified when completions is above {INDEXED_MAX}"),
        );
    }
    for (field, v) in [
        ("parallelism", i(spec, "parallelism")),
        ("maxFailedIndexes", failed_max),
    ] {
        if let Some(v) = v.filter(|v| *v > AT_ONCE_MAX) {
            errs.invalid(&path.child(field), v, words.as_str());
        }
    }
}
