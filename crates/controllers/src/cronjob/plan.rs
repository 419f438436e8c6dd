//! When a CronJob is to run.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use skeg_api::batch::v1::CronJob;

use super::schedule::Schedule;

/// More missed times than this are worth a warning.
const MISSED_MAX: i64 = 100;
/// A little later than its time, so that clocks may differ (upstream's `nextScheduleDelta`).
const DELTA: Duration = Duration::from_millis(100);

/// The times around now.
pub(super) struct Times {
    /// When it should have started last.
    pub due: Option<Timestamp>,
    /// Very many times were missed.
    pub many_missed: bool,
    /// There is no such time at all (the 31st of February).
    pub never: bool,
    /// When to look again.
    pub wait: Option<Duration>,
}

/// Reads the schedule; in the events' reason and words where it cannot be read.
pub(super) fn schedule(job: &CronJob) -> Result<(Schedule, TimeZone), (&'static str, String)> {
    let zone = match &job.spec.time_zone {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).map_err(|_| {
            let words = format!("invalid timeZone: {name:?}: unknown time zone {name}");
            ("UnknownTimeZone", words)
        })?,
    };
    let text = &job.spec.schedule;
    Schedule::parse(text, zone.clone())
        .map(|schedule| (schedule, zone))
        .map_err(|error| {
            let words = format!("unparseable schedule: {text:?} : {error}");
            ("UnparseableSchedule", words)
        })
}

/// What its schedule says at this time.
pub(super) fn times(job: &CronJob, schedule: &Schedule, now: Timestamp) -> Times {
    let created = job.metadata.creation_timestamp.map_or(now, |time| time.0);
    let last = job.status.last_schedule_time.map_or(created, |time| time.0);
    let deadline = job.spec.starting_deadline_seconds;
    // Times before the deadline are not made up for.
    let earliest = deadline
        .and_then(|seconds| now.checked_sub(SignedDuration::from_secs(seconds)).ok())
        .map_or(last, |limit| limit.max(last));
    let due = (earliest <= now)
        .then(|| schedule.latest(earliest, now))
        .flatten();
    let next = schedule.next(due.unwrap_or(last.min(now)).max(earliest.min(now)));
    Times {
        due,
        many_missed: missed(schedule, earliest, now) > MISSED_MAX,
        never: schedule.next(earliest).is_none(),
        wait: next
            .and_then(|next| Duration::try_from(next.duration_since(now)).ok())
            .map(|wait| wait + DELTA),
    }
}

// About how many times there were: as many as the first two say.
fn missed(schedule: &Schedule, earliest: Timestamp, now: Timestamp) -> i64 {
    let Some(first) = schedule.next(earliest).filter(|first| *first <= now) else {
        return 0;
    };
    let Some(second) = schedule.next(first) else {
        return 1;
    };
    let between = (second.as_second() - first.as_second()).max(1);
    (now.as_second() - first.as_second()) / between + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Time;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn cron(schedule: &str, last: &str, deadline: Option<i64>) -> CronJob {
        let mut job = CronJob::default();
        job.spec.schedule = schedule.to_owned();
        job.spec.starting_deadline_seconds = deadline;
        job.metadata.creation_timestamp = Some(Time(time("2020-01-01T00:00:00Z")));
        job.status.last_schedule_time = Some(Time(time(last)));
        job
    }

    #[test]
    fn what_is_due() {
        let now = time("2026-11-21T12:00:30Z");
        for (schedule_text, last, deadline, expect) in [
            (
                "0 0 1 1 *",
                "2025-03-01T00:00:00Z",
                None,
                Some("2026-01-01T00:00:00Z"),
            ),
            ("0 0 1 1 *", "2025-03-01T00:00:00Z", Some(60), None),
            ("* * * * *", "2026-11-21T12:00:00Z", None, None),
            (
                "* * * * *",
                "2026-11-21T11:58:00Z",
                Some(60),
                Some("2026-11-21T12:00:00Z"),
            ),
        ] {
            let job = cron(schedule_text, last, deadline);
            let (schedule, _) = schedule(&job).expect("a schedule");
            let times = times(&job, &schedule, now);
            assert_eq!(
                times.due,
                expect.map(time),
                "{schedule_text} {last} {deadline:?}"
            );
            assert!(times.wait.is_some_and(|wait| !wait.is_zero()));
        }
    }

    #[test]
    fn many_missed_times() {
        let now = time("2026-11-21T12:00:30Z");
        let job = cron("* * * * *", "2026-11-21T09:00:00Z", None);
        let (schedule, _) = schedule(&job).expect("a schedule");
        assert!(times(&job, &schedule, now).many_missed);
        let job = cron("* * * * *", "2026-11-21T11:00:00Z", None);
        assert!(!times(&job, &schedule, now).many_missed);
    }
}
