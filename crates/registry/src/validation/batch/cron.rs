//! Rules of CronJobs.

use super::common;
use crate::cron;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, s};
use crate::validation::numbers;
use skeg_schema::Value;

/// A CronJob; `old` is what it was before a change.
pub fn cron_job(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    const NAME_MAX: usize = 52;
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let before = old.map(|old| at(old, "spec"));
    schedule(spec, before, &path.child("schedule"), errs);
    numbers::non_negative(spec, "startingDeadlineSeconds", &path, errs);
    if before.is_none_or(|o| at(o, "timeZone").as_str() != at(spec, "timeZone").as_str()) {
        time_zone(spec, &path.child("timeZone"), errs);
    }
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
    if old.is_none() && name.len() > NAME_MAX {
        errs.invalid(
            &Path::root("metadata").child("name"),
            name,
            format!("must be no more than {NAME_MAX} characters"),
        );
    }
    // A declared rule, told after those that are written.
    if s(spec, "schedule").is_empty() {
        errs.required(&path.child("schedule"), "");
    }
}

fn schedule(spec: &Value, before: Option<&Value>, path: &Path<'_>, errs: &mut Errs) {
    let text = s(spec, "schedule");
    if text.is_empty() {
        return;
    }
    if let Err(words) = parse(text) {
        errs.invalid(path, text, words);
    }
    if !text.contains("TZ") {
        return;
    }
    // Those that had a zone in their schedule may keep it.
    let had = before.is_some_and(|o| s(o, "schedule").contains("TZ"));
    if !had {
        errs.invalid(
            path,
            text,
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        );
    } else if has(spec, "timeZone") {
        errs.invalid(
            path,
            text,
            "cannot use both timeZone field and TZ or CRON_TZ in schedule",
        );
    }
}

/// A schedule, with a time zone in front or without.
fn parse(text: &str) -> Result<(), String> {
    let zoned = ["TZ=", "CRON_TZ="]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix)?.split_once(' '));
    let Some((zone, rest)) = zoned else {
        if ["TZ=", "CRON_TZ="]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            // What Go's parser falls over.
            let words = "invalid schedule format: runtime error: slice bounds out of range [:-1]";
            return Err(words.to_owned());
        }
        return cron::parse(text);
    };
    if zone.contains("..") || zone.starts_with(['/', '\\']) {
        return Err(format!(
            "provided bad location {zone}: time: invalid location name"
        ));
    }
    if !is_zone(zone) {
        return Err(format!(
            "provided bad location {zone}: unknown time zone {zone}"
        ));
    }
    cron::parse(rest.trim())
}

/// What Go finds a zone by: a name of the database as it is written there, or
/// two of its own.
fn is_zone(name: &str) -> bool {
    let found = || {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        Some(zone.iana_name() == Some(name))
    };
    matches!(name, "" | "UTC" | "Local") || found().unwrap_or(false)
}

fn time_zone(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const PART_MAX: usize = 14;
    let Some(zone) = at(spec, "timeZone").as_str() else {
        return;
    };
    if zone.is_empty() {
        errs.invalid(path, zone, "timeZone must be nil or non-empty string");
        return;
    }
    let unknown = format!("unknown time zone {zone}");
    let well_formed = zone.split('/').all(|part| {
        !matches!(part, "" | "." | "..")
            && part.len() <= PART_MAX
            && !part.starts_with('-')
            && part
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b".-_+".contains(&c))
    });
    if !well_formed {
        errs.invalid(path, zone, unknown);
        return;
    }
    if zone.eq_ignore_ascii_case("local") {
        errs.invalid(
            path,
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    }
    if !is_zone(zone) {
        errs.invalid(path, zone, unknown);
    }
}

fn job_template(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let template = at(spec, "jobTemplate");
    let job = at(template, "spec");
    let path = path.child("spec");
    common(job, &path, errs);
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
}

#[cfg(test)]
mod tests {
    use super::is_zone;

    #[test]
    fn zones_are_known_as_they_are_written() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "US/Eastern",
            "Etc/GMT+5",
            "Asia/Calcutta",
        ] {
            assert!(is_zone(name), "{name}");
        }
        for name in [
            "europe/berlin",
            "EUROPE/BERLIN",
            "utc",
            "local",
            "Mars/Base",
        ] {
            assert!(!is_zone(name), "{name}");
        }
    }
}
