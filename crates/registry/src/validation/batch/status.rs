//! Rules of a Job's changed status. Most hold only for what a write changes:
//! a status from before a rule was made may stay as it is.

use super::condition;
use super::policies::intervals;
use crate::errors::{Errs, IMMUTABLE, omitted};
use crate::path::Path;
use crate::tree::{at, b, has, i, i0, list, s, same};
use crate::validation::numbers;
use skeg_schema::Value;
use std::collections::HashSet;

/// What a write of a status changes.
struct Change<'a> {
    new: &'a Value,
    old: &'a Value,
}

impl<'a> Change<'a> {
    fn now(&self, f: &str) -> &'a Value {
        at(at(self.new, "status"), f)
    }

    fn before(&self, f: &str) -> &'a Value {
        at(at(self.old, "status"), f)
    }

    /// Whether any of these fields changes.
    fn of(&self, fields: &[&str]) -> bool {
        fields.iter().any(|f| !same(self.now(f), self.before(f)))
    }

    fn is(&self, kind: &str) -> bool {
        condition(self.new, kind)
    }

    fn was(&self, kind: &str) -> bool {
        condition(self.old, kind)
    }

    /// Whether any of these conditions turns True or ceases to be.
    fn turns(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.is(kind) != self.was(kind))
    }

    fn is_finished(&self) -> bool {
        self.is("Complete") || self.is("Failed")
    }

    fn finish_changes(&self) -> bool {
        self.is_finished() != (self.was("Complete") || self.was("Failed"))
    }
}

/// A Job's changed status.
pub fn job_status(new: &Value, old: &Value, errs: &mut Errs) {
    let change = Change { new, old };
    let path = Path::root("status");
    counters(at(new, "status"), &path, errs);
    endings(&change, &path, errs);
    finished(&change, &path, errs);
    indexes(&change, &path, errs);
    running(&change, &path, errs);
    let clash = |both: bool, words: &str, errs: &mut Errs| {
        if both {
            errs.invalid(&path.child("conditions"), omitted(), words);
        }
    };
    let met = change.is("SuccessCriteriaMet");
    clash(
        met && change.is("Failed"),
        "cannot set SuccessCriteriaMet=True and Failed=true conditions",
        errs,
    );
    clash(
        met && change.is("FailureTarget"),
        "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions",
        errs,
    );
    clash(
        has(at(new, "spec"), "successPolicy") && !met && change.is("Complete"),
        "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
        errs,
    );
    transitions(&change, &path, errs);
}

fn counters(status: &Value, path: &Path<'_>, errs: &mut Errs) {
    for f in ["active", "succeeded", "failed", "ready", "terminating"] {
        numbers::non_negative(status, f, path, errs);
    }
    let uncounted = at(status, "uncountedTerminatedPods");
    let path = path.child("uncountedTerminatedPods");
    let mut seen = HashSet::new();
    for f in ["succeeded", "failed"] {
        let uids = list(uncounted, f).iter().filter_map(Value::as_str);
        for (n, uid) in uids.enumerate() {
            if uid.is_empty() {
                errs.invalid(&path.child(f).index(n), uid, "must not be empty");
            } else if !seen.insert(uid) {
                errs.duplicate(&path.child(f).index(n), uid);
            }
        }
    }
}

// Which conditions and times stand together.
fn endings(change: &Change<'_>, path: &Path<'_>, errs: &mut Errs) {
    let conditions = path.child("conditions");
    let complete = change.is("Complete");
    if complete && change.is("Failed") && change.turns(&["Complete", "Failed"]) {
        errs.invalid(
            &conditions,
            omitted(),
            "cannot set Complete=True and Failed=true conditions",
        );
    }
    if complete && change.is("FailureTarget") && change.turns(&["Complete", "FailureTarget"]) {
        errs.invalid(
            &conditions,
            omitted(),
            "cannot set Complete=True and FailureTarget=true conditions",
        );
    }
    let done = change.now("completionTime");
    let done_path = path.child("completionTime");
    if change.turns(&["Complete"]) || change.of(&["completionTime"]) {
        if !complete && !done.is_null() {
            errs.invalid(
                &done_path,
                done.clone(),
                "cannot set completionTime when there is no Complete=True condition",
            );
        }
        if complete && done.is_null() {
            errs.required(&done_path, "completionTime is required for Complete jobs");
        }
    }
    let start = change.now("startTime");
    if change.of(&["startTime", "completionTime"])
        && let (Some(start), Some(end)) = (instant(start), instant(done))
        && end < start
    {
        errs.invalid(
            &done_path,
            done.clone(),
            "must be equal to or after `startTime`",
        );
    }
    if change.is("Failed")
        && !change.is("FailureTarget")
        && (change.turns(&["Failed"]) || change.of(&["failedIndexes"]))
    {
        errs.invalid(
            &conditions,
            omitted(),
            "cannot set Failed=True condition without the FailureTarget=true condition",
        );
    }
    if complete
        && !change.is("SuccessCriteriaMet")
        && change.turns(&["Complete", "SuccessCriteriaMet"])
    {
        errs.invalid(
            &conditions,
            omitted(),
            "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
        );
    }
}

fn instant(v: &Value) -> Option<jiff::Timestamp> {
    v.as_str().and_then(|text| text.parse().ok())
}

// What a finished Job may not have.
fn finished(change: &Change<'_>, path: &Path<'_>, errs: &mut Errs) {
    if !change.is_finished() {
        return;
    }
    let (status, spec) = (at(change.new, "status"), at(change.new, "spec"));
    let concerns = |f: &str| change.finish_changes() || change.of(&[f]);
    if i0(status, "active") > 0 && concerns("active") {
        errs.invalid(
            &path.child("active"),
            i0(status, "active"),
            "active>0 is invalid for finished job",
        );
    }
    let never_ran = b(spec, "suspend") && i(spec, "completions") == Some(0);
    if change.now("startTime").is_null() && !never_ran && concerns("startTime") {
        errs.required(
            &path.child("startTime"),
            "startTime is required for finished job",
        );
    }
    let uncounted = change.now("uncountedTerminatedPods");
    let waits = ["succeeded", "failed"]
        .iter()
        .any(|f| !list(uncounted, f).is_empty());
    if waits && concerns("uncountedTerminatedPods") {
        errs.invalid(
            &path.child("uncountedTerminatedPods"),
            crate::dump::go(uncounted, "batch/v1.UncountedTerminatedPods"),
            "must be empty for finished job",
        );
    }
}

// How many pods end, and how many are ready.
fn running(change: &Change<'_>, path: &Path<'_>, errs: &mut Errs) {
    let status = at(change.new, "status");
    let terminating = i0(status, "terminating");
    let concerned = change.finish_changes() || change.of(&["terminating"]);
    if change.is_finished() && terminating > 0 && concerned {
        errs.invalid(
            &path.child("terminating"),
            terminating,
            "terminating>0 is invalid for finished job",
        );
    }
    let ready = i0(status, "ready");
    if has(status, "ready") && ready > i0(status, "active") && change.of(&["ready", "active"]) {
        errs.invalid(
            &path.child("ready"),
            ready,
            "cannot set more ready pods than active",
        );
    }
}

// The lists of indexes that have succeeded and failed.
fn indexes(change: &Change<'_>, path: &Path<'_>, errs: &mut Errs) {
    let (status, spec) = (at(change.new, "status"), at(change.new, "spec"));
    let completions = i(spec, "completions");
    let done = s(status, "completedIndexes");
    let failed = at(status, "failedIndexes").as_str();
    let per_index = has(spec, "backoffLimitPerIndex");
    let parse = |text: &str, field: &'static str, errs: &mut Errs| {
        let Err(words) = intervals(text, completions.unwrap_or(0)) else {
            return;
        };
        errs.invalid(
            &path.child(field),
            text,
            format!("error parsing {field}: {words}"),
        );
    };
    if change.of(&["completedIndexes"]) && completions.is_some() {
        parse(done, "completedIndexes", errs);
    }
    if change.of(&["failedIndexes"]) && completions.is_some() && per_index {
        parse(failed.unwrap_or_default(), "failedIndexes", errs);
    }
    if change.of(&["completedIndexes"])
        && s(spec, "completionMode") != "Indexed"
        && !done.is_empty()
    {
        errs.invalid(
            &path.child("completedIndexes"),
            done,
            "cannot set non-empty completedIndexes when non-indexed completion mode",
        );
    }
    if change.of(&["failedIndexes"])
        && !per_index
        && let Some(text) = failed
    {
        errs.invalid(
            &path.child("failedIndexes"),
            text,
            "cannot set non-null failedIndexes when backoffLimitPerIndex is null",
        );
    }
    if change.of(&["failedIndexes", "completedIndexes"])
        && let (Some(text), Some(limit)) = (failed, completions)
        && let Some(index) = overlap(&readable(done, limit), &readable(text, limit))
    {
        errs.invalid(
            &path.child("failedIndexes"),
            text,
            format!("failedIndexes and completedIndexes overlap at index: {index}"),
        );
    }
}

/// The intervals of a list that can be read; what is wrong with others is told elsewhere.
fn readable(text: &str, limit: i64) -> Vec<(i64, i64)> {
    let parts = text.split(',');
    let read = parts.map(|part| intervals(part, limit).unwrap_or_default());
    read.flatten().collect()
}

fn overlap(a: &[(i64, i64)], b: &[(i64, i64)]) -> Option<i64> {
    a.iter()
        .flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))))
        .filter(|(first, last)| first <= last)
        .map(|(first, _)| first)
        .min()
}

// What may not be taken back.
fn transitions(change: &Change<'_>, path: &Path<'_>, errs: &mut Errs) {
    let (status, before) = (at(change.new, "status"), at(change.old, "status"));
    let spec = at(change.new, "spec");
    let kept = |kind: &str, errs: &mut Errs, words: String| {
        if change.was(kind) && !change.is(kind) {
            errs.invalid(&path.child("conditions"), omitted(), words);
        }
    };
    for kind in ["Failed", "Complete", "FailureTarget"] {
        let words = format!("cannot disable the terminal {kind}=True condition");
        kept(kind, errs, words);
    }
    // A Job that may be scaled down forgets what it no longer has to do.
    let elastic =
        s(spec, "completionMode") == "Indexed" && i(spec, "completions") == i(spec, "parallelism");
    for f in ["failed", "succeeded"] {
        if i0(status, f) < i0(before, f) && !(f == "succeeded" && elastic) {
            errs.invalid(
                &path.child(f),
                i0(status, f),
                format!("cannot decrease the {f} counter"),
            );
        }
    }
    let (done, now) = (
        change.before("completionTime"),
        change.now("completionTime"),
    );
    if !done.is_null() && !now.is_null() && change.of(&["completionTime"]) {
        errs.invalid(&path.child("completionTime"), now.clone(), IMMUTABLE);
    }
    // One that goes on begins anew.
    let goes_on = change.was("Suspended")
        && list(status, "conditions")
            .iter()
            .any(|c| s(c, "type") == "Suspended" && s(c, "status") == "False");
    let started = !change.before("startTime").is_null();
    if started && change.of(&["startTime"]) && !goes_on && !b(spec, "suspend") {
        errs.invalid(
            &path.child("startTime"),
            change.now("startTime").clone(),
            "field is immutable for unsuspended job once set",
        );
    }
    kept(
        "SuccessCriteriaMet",
        errs,
        "cannot disable the SuccessCriteriaMet=True condition".to_owned(),
    );
    if change.was("Complete")
        && !change.was("SuccessCriteriaMet")
        && change.is("SuccessCriteriaMet")
    {
        errs.invalid(
            &path.child("conditions"),
            omitted(),
            "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions",
        );
    }
}
