//! Rules of Jobs and CronJobs.

use super::{metadata, names, numbers, pod};
use crate::cron;
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, b, has, i, i0, list, path as walk, s, same};
use skeg_schema::Value;
use std::collections::HashSet;

const UID_LABEL: &str = "batch.kubernetes.io/controller-uid";
const NAME_LABEL: &str = "batch.kubernetes.io/job-name";
const OLD_UID_LABEL: &str = "controller-uid";
const OLD_NAME_LABEL: &str = "job-name";
const INDEXED_MAX: i64 = 100_000;

fn labels_json(v: &Value) -> Value {
    if tree::is_zero(v) {
        Value::Null
    } else {
        dump::json(v, "")
    }
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
    if b(spec, "manualSelector") {
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
                labels_json(labels),
                format!("must be '{value}'"),
            );
        }
        Some(_) => {}
    };
    want(OLD_UID_LABEL, uid);
    want(OLD_NAME_LABEL, name);
    want(UID_LABEL, uid);
    want(NAME_LABEL, name);
    let selector = walk(spec, &["selector", "matchLabels", UID_LABEL]);
    let old = walk(spec, &["selector", "matchLabels", OLD_UID_LABEL]);
    let matches = [selector, old].iter().any(|v| v.as_str() == Some(uid));
    let only = tree::pairs(walk(spec, &["selector", "matchLabels"])).count() == 1
        && list(at(spec, "selector"), "matchExpressions").is_empty();
    if !matches || !only {
        errs.invalid(
            &Path::root("spec").child("selector"),
            dump::json(at(spec, "selector"), "meta/v1.LabelSelector"),
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
                labels_json(labels),
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
        match names::domain_prefixed_path(managed) {
            None => errs.invalid(
                &path.child("managedBy"),
                managed,
                "must be a domain-prefixed path (such as \"acme.io/foo\")",
            ),
            Some(wrong) => errs.invalid_all(&path.child("managedBy"), managed, wrong),
        }
        if managed.len() > 63 {
            errs.too_long(&path.child("managedBy"), 63);
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
            if let (Some(c), Some(_)) = (completions, per_index)
                && c > INDEXED_MAX
            {
                match failed_max {
                    None => errs.required(
                        &path.child("maxFailedIndexes"),
                        "must be specified when completions is above 100000",
                    ),
                    Some(m) if m > 10_000 => errs.invalid(
                        &path.child("maxFailedIndexes"),
                        m,
                        "must be less than or equal to 10000 when completions are above 100000 and used with backoffLimitPerIndex",
                    ),
                    Some(_) => {}
                }
            }
        }
    }
    if mode != "Indexed" {
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

fn failure_policy(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const RULES_MAX: usize = 20;
    let rules = list(at(spec, "podFailurePolicy"), "rules");
    let rules_path = path.child("rules");
    if rules.len() > RULES_MAX {
        errs.too_many(&rules_path, rules.len(), RULES_MAX);
    }
    let containers: HashSet<&str> = ["containers", "initContainers"]
        .iter()
        .flat_map(|k| list(walk(spec, &["template", "spec"]), k))
        .map(|c| s(c, "name"))
        .collect();
    for (n, rule) in rules.iter().enumerate() {
        let r_path = rules_path.index(n);
        let action = s(rule, "action");
        const ACTIONS: &[&str] = &["Count", "FailIndex", "FailJob", "Ignore"];
        match action {
            "" => errs.required(
                &r_path.child("action"),
                "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]",
            ),
            "FailIndex" if !has(spec, "backoffLimitPerIndex") => errs.invalid(
                &r_path.child("action"),
                action,
                "requires the backoffLimitPerIndex to be set",
            ),
            other => errs.one_of(&r_path.child("action"), other, ACTIONS),
        }
        if has(rule, "onExitCodes") {
            exit_codes(
                at(rule, "onExitCodes"),
                &containers,
                &r_path.child("onExitCodes"),
                errs,
            );
        }
        let conditions = list(rule, "onPodConditions");
        if conditions.len() > RULES_MAX {
            errs.too_many(
                &r_path.child("onPodConditions"),
                conditions.len(),
                RULES_MAX,
            );
        }
        for (m, c) in conditions.iter().enumerate() {
            let c_path = r_path.child("onPodConditions");
            let c_path = c_path.index(m);
            let kind = s(c, "type");
            errs.invalid_all(&c_path.child("type"), kind, names::qualified_name(kind));
            match s(c, "status") {
                "" => errs.required(
                    &c_path.child("status"),
                    "valid values: [\"False\" \"True\" \"Unknown\"]",
                ),
                other => errs.one_of(
                    &c_path.child("status"),
                    other,
                    &["False", "True", "Unknown"],
                ),
            }
        }
        match (has(rule, "onExitCodes"), !conditions.is_empty()) {
            (true, true) => errs.invalid(
                &r_path,
                crate::errors::omitted(),
                "specifying both OnExitCodes and OnPodConditions is not supported",
            ),
            (false, false) => errs.invalid(
                &r_path,
                crate::errors::omitted(),
                "specifying one of OnExitCodes and OnPodConditions is required",
            ),
            _ => {}
        }
    }
}

fn exit_codes(v: &Value, containers: &HashSet<&str>, path: &Path<'_>, errs: &mut Errs) {
    let operator = s(v, "operator");
    match operator {
        "" => errs.required(&path.child("operator"), "valid values: [\"In\" \"NotIn\"]"),
        other => errs.one_of(&path.child("operator"), other, &["In", "NotIn"]),
    }
    if let Some(name) = at(v, "containerName").as_str()
        && !containers.contains(name)
    {
        errs.invalid(
            &path.child("containerName"),
            name,
            "must be one of the container or initContainer names in the pod template",
        );
    }
    let values = list(v, "values");
    let v_path = path.child("values");
    if values.is_empty() {
        errs.invalid(
            &v_path,
            Value::Array(Vec::new()),
            "at least one value is required",
        );
    } else if values.len() > 255 {
        errs.too_many(&v_path, values.len(), 255);
    }
    let mut ordered = true;
    let mut seen = HashSet::new();
    let mut last = i64::MIN;
    for (n, code) in values.iter().filter_map(Value::as_i64).enumerate() {
        if operator == "In" && code == 0 {
            errs.invalid(&v_path.index(n), code, "must not be 0 for the In operator");
        }
        if !seen.insert(code) {
            errs.duplicate(&v_path.index(n), code);
        }
        ordered &= code >= last;
        last = code;
    }
    if !ordered {
        errs.invalid(&v_path, Value::Array(values.to_vec()), "must be ordered");
    }
}

fn success_policy(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let rules = list(at(spec, "successPolicy"), "rules");
    let rules_path = path.child("rules");
    if rules.is_empty() {
        errs.required(
            &rules_path,
            "at least one rules must be specified when the successPolicy is specified",
        );
    }
    if rules.len() > 20 {
        errs.too_many(&rules_path, rules.len(), 20);
    }
    let completions = i0(spec, "completions");
    for (n, rule) in rules.iter().enumerate() {
        let path = rules_path.index(n);
        let count = i(rule, "succeededCount");
        let indexes = at(rule, "succeededIndexes").as_str();
        if count.is_none() && indexes.is_none() {
            errs.required(
                &path,
                "at least one of succeededCount or succeededIndexes must be specified",
            );
        }
        let mut total = None;
        if let Some(text) = indexes {
            match parse_indexes(text, completions) {
                Ok(n) => total = Some(n),
                Err(words) => errs.invalid(
                    &path.child("succeededIndexes"),
                    text,
                    format!("error parsing succeededIndexes: {words}"),
                ),
            }
        }
        if let Some(c) = count {
            let c_path = path.child("succeededCount");
            errs.non_negative(&c_path, c);
            if c > completions {
                errs.invalid(
                    &c_path,
                    c,
                    format!("must be less than or equal to {completions} (the number of specified completions)"),
                );
            }
            if let Some(total) = total
                && c > total
            {
                errs.invalid(
                    &c_path,
                    c,
                    format!("must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"),
                );
            }
        }
    }
}

// "1,3-5": how many indexes, all below `completions` and increasing.
fn parse_indexes(text: &str, completions: i64) -> Result<i64, String> {
    let mut total = 0;
    let mut last: Option<i64> = None;
    if text.is_empty() {
        return Ok(0);
    }
    for part in text.split(',') {
        let ends: Vec<&str> = part.split('-').collect();
        if ends.len() > 2 {
            return Err(format!(
                "the fragment {part:?} violates the requirement that an index interval can have at most two parts separated by '-'"
            ));
        }
        let parse = |t: &str| {
            t.parse::<i64>()
                .map_err(|_| format!("cannot convert string to integer for index: {t:?}"))
        };
        let check = |n: i64, t: &str, last: Option<i64>| {
            if n >= completions {
                return Err(format!("too large index: {t:?}"));
            }
            if let Some(l) = last
                && n <= l
            {
                return Err(format!("non-increasing order, previous: {l}, current: {n}"));
            }
            Ok(())
        };
        let first = parse(ends[0])?;
        check(first, ends[0], last)?;
        last = Some(first);
        if let Some(end) = ends.get(1) {
            let end_n = parse(end)?;
            check(end_n, end, last)?;
            total += end_n - first + 1;
            last = Some(end_n);
        } else {
            total += 1;
        }
    }
    Ok(total)
}

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

fn condition(obj: &Value, kind: &str) -> bool {
    list(at(obj, "status"), "conditions")
        .iter()
        .any(|c| s(c, "type") == kind && s(c, "status") == "True")
}

/// A Job's changed status.
pub fn job_status(new: &Value, old: &Value, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let path = Path::root("status");
    for f in ["active", "succeeded", "failed", "ready", "terminating"] {
        numbers::non_negative(st, f, &path, errs);
    }
    let uncounted = at(st, "uncountedTerminatedPods");
    if !uncounted.is_null() {
        let u_path = path.child("uncountedTerminatedPods");
        let mut seen = HashSet::new();
        for f in ["succeeded", "failed"] {
            for (n, uid) in list(uncounted, f)
                .iter()
                .filter_map(Value::as_str)
                .enumerate()
            {
                if uid.is_empty() {
                    errs.invalid(&u_path.child(f).index(n), uid, "must not be empty");
                } else if !seen.insert(uid) {
                    errs.duplicate(&u_path.child(f).index(n), uid);
                }
            }
        }
    }
    job_end(new, old, &path, errs);
    let start = (at(st, "startTime"), at(before, "startTime"));
    if !start.1.is_null() && !same(start.0, start.1) && !b(at(new, "spec"), "suspend") {
        errs.invalid(
            &path.child("startTime"),
            start.0.clone(),
            "field is immutable for unsuspended job once set",
        );
    }
}

// What a job's end means for its counters and times.
fn job_end(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let indexed = s(at(new, "spec"), "completionMode") == "Indexed";
    let (complete, failed) = (condition(new, "Complete"), condition(new, "Failed"));
    let was_complete = condition(old, "Complete");
    for f in ["failed", "succeeded"] {
        if i0(st, f) < i0(before, f) && !(f == "succeeded" && indexed) {
            errs.invalid(
                &path.child(f),
                i0(st, f),
                format!("cannot decrease the {f} counter"),
            );
        }
    }
    let done = at(st, "completionTime");
    if complete && done.is_null() && !was_complete {
        errs.required(
            &path.child("completionTime"),
            "completionTime is required for Complete jobs",
        );
    }
    if !complete && !done.is_null() {
        errs.invalid(
            &path.child("completionTime"),
            done.clone(),
            "cannot set completionTime when there is no Complete=True condition",
        );
    }
    let conditions = path.child("conditions");
    let mut clash = |both: bool, words: &str| {
        if both {
            errs.invalid(&conditions, crate::errors::omitted(), words);
        }
    };
    clash(
        complete && failed,
        "cannot set Complete=True and Failed=true conditions",
    );
    clash(
        condition(new, "FailureTarget") && complete,
        "cannot set Complete=True and FailureTarget=true conditions",
    );
    clash(
        condition(new, "SuccessCriteriaMet") && failed,
        "cannot set SuccessCriteriaMet=True and Failed=true conditions",
    );
    clash(
        complete && !condition(new, "SuccessCriteriaMet") && !was_complete,
        "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
    );
    clash(
        failed && !condition(new, "FailureTarget") && !condition(old, "Failed"),
        "cannot set Failed=True condition without the FailureTarget=true condition",
    );
    if (complete || failed) && i0(st, "active") > 0 {
        errs.invalid(
            &path.child("active"),
            i0(st, "active"),
            "active>0 is invalid for finished job",
        );
    }
    let ready = i0(st, "ready");
    if ready > i0(st, "active") && has(st, "ready") {
        errs.invalid(
            &path.child("ready"),
            ready,
            "cannot set more ready pods than active",
        );
    }
    if !indexed && !s(st, "completedIndexes").is_empty() {
        errs.invalid(
            &path.child("completedIndexes"),
            s(st, "completedIndexes"),
            "cannot set non-empty completedIndexes when non-indexed completion mode",
        );
    }
}

/// A CronJob.
pub fn cron_job(obj: &Value, check_name: bool, errs: &mut Errs) {
    const NAME_MAX: usize = 52;
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let schedule = s(spec, "schedule");
    if schedule.is_empty() {
        errs.required(&path.child("schedule"), "");
    } else if schedule.contains("TZ") {
        errs.invalid(
            &path.child("schedule"),
            schedule,
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        );
    } else if let Err(words) = cron::parse(schedule) {
        errs.invalid(&path.child("schedule"), schedule, words);
    }
    if let Some(zone) = at(spec, "timeZone").as_str() {
        let z_path = path.child("timeZone");
        if zone.is_empty() {
            errs.invalid(&z_path, zone, "timeZone must be nil or non-empty string");
        } else if zone.eq_ignore_ascii_case("local") {
            errs.invalid(
                &z_path,
                zone,
                "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
            );
        } else if jiff::tz::TimeZone::get(zone).is_err() {
            errs.invalid(&z_path, zone, format!("unknown time zone {zone}"));
        }
    }
    numbers::non_negative(spec, "startingDeadlineSeconds", &path, errs);
    match s(spec, "concurrencyPolicy") {
        "" => errs.required(&path.child("concurrencyPolicy"), ""),
        other => errs.one_of(
            &path.child("concurrencyPolicy"),
            other,
            &["Allow", "Forbid", "Replace"],
        ),
    }
    job_template(spec, &path.child("jobTemplate"), errs);
    numbers::non_negative(spec, "successfulJobsHistoryLimit", &path, errs);
    numbers::non_negative(spec, "failedJobsHistoryLimit", &path, errs);
    let name = tree::name_of(obj);
    if check_name && name.len() > NAME_MAX {
        errs.invalid(
            &Path::root("metadata").child("name"),
            name,
            format!("must be no more than {NAME_MAX} characters"),
        );
    }
}

fn job_template(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let template = at(spec, "jobTemplate");
    let meta = at(template, "metadata");
    metadata::annotations(at(meta, "annotations"), &path.child("annotations"), errs);
    metadata::labels(at(meta, "labels"), &path.child("labels"), errs);
    let job = at(template, "spec");
    let path = path.child("spec");
    if has(job, "selector") {
        errs.invalid(
            &path.child("selector"),
            dump::json(at(job, "selector"), "meta/v1.LabelSelector"),
            "`selector` will be auto-generated",
        );
    }
    if b(job, "manualSelector") {
        errs.not_supported(&path.child("manualSelector"), true, &["nil", "false"]);
    }
    common(job, &path, errs);
}

#[cfg(test)]
mod tests {
    use super::parse_indexes;

    #[test]
    fn index_lists() {
        for (text, expect) in [
            ("0", Ok(1)),
            ("0,2-4", Ok(4)),
            ("", Ok(0)),
            ("9", Err("too large index: \"9\"")),
            ("2,1", Err("non-increasing order, previous: 2, current: 1")),
            (
                "a",
                Err("cannot convert string to integer for index: \"a\""),
            ),
        ] {
            assert_eq!(
                parse_indexes(text, 5),
                expect.map_err(str::to_owned),
                "{text}"
            );
        }
    }
}
