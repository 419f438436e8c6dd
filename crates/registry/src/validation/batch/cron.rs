//! Rules of CronJobs.

use super::common;
use crate::cron;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, s};
use crate::validation::{metadata, numbers};
use skeg_schema::Value;

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
