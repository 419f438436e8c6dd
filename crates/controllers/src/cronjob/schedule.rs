//! Cron schedules: which times they name.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp};

/// A schedule in a time zone.
#[derive(Debug)]
pub(super) enum Schedule {
    /// Minutes, hours, days of the month, months and days of the week.
    Fields(Box<Fields>),
    /// `@every 1h`: so long after the last time.
    Every(Duration),
}

#[derive(Debug)]
pub(super) struct Fields {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// A day must fit both kinds of days when one of them is any day, else either.
    any_day: bool,
    any_weekday: bool,
    zone: TimeZone,
}

/// A schedule is looked ahead of for so long; one that never comes ends there.
const YEARS_MAX: i64 = 5;

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Schedule {
    /// Reads a schedule.
    pub(super) fn parse(text: &str, zone: TimeZone) -> Result<Self, String> {
        if let Some(period) = text.strip_prefix("@every ") {
            let period: SignedDuration = period
                .parse()
                .map_err(|error| format!("failed to parse duration {text}: {error}"))?;
            let seconds = period.as_secs().max(1);
            return Ok(Self::Every(Duration::from_secs(seconds.unsigned_abs())));
        }
        let text = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(format!(
                "expected exactly 5 fields, found {}: [{}]",
                fields.len(),
                fields.join(" ")
            ));
        };
        // `*/2` is no longer any day, `*/1` is.
        let any = |field: &str| {
            field.split(',').any(|part| {
                let step = part.split_once('/').map_or("1", |(_, step)| step);
                part.starts_with(['*', '?']) && step.parse() == Ok(1)
            })
        };
        Ok(Self::Fields(Box::new(Fields {
            minutes: bits(minutes, 0, 59, &[], 0)?,
            hours: bits(hours, 0, 23, &[], 0)?,
            days: bits(days, 1, 31, &[], 0)?,
            months: bits(months, 1, 12, MONTHS, 1)?,
            weekdays: bits(weekdays, 0, 6, WEEKDAYS, 0)?,
            any_day: any(days),
            any_weekday: any(weekdays),
            zone,
        })))
    }

    /// The first time after `after`.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(period) => {
                let whole = Timestamp::from_second(after.as_second()).ok()?;
                whole.checked_add(*period).ok()
            }
            Self::Fields(fields) => fields.next(after),
        }
    }

    /// The last time after `after` and not after `now`.
    pub(super) fn latest(&self, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
        if let Self::Every(period) = self {
            let first = self.next(after)?;
            let passed = u64::try_from(now.as_second() - first.as_second()).ok()?;
            let whole = passed - passed % period.as_secs();
            return first.checked_add(Duration::from_secs(whole)).ok();
        }
        // Looks back ever further, so that a dense schedule is not walked from its beginning.
        const HOUR: i64 = 3600;
        for hours in [1, 24, 24 * 40, 24 * 400, 24 * 366 * YEARS_MAX] {
            let start = now
                .checked_sub(SignedDuration::from_secs(hours * HOUR))
                .unwrap_or(after)
                .max(after);
            let times = std::iter::successors(self.next(start), |time| self.next(*time));
            if let Some(last) = times.take_while(|time| *time <= now).last() {
                return Some(last);
            }
            if start == after {
                return None;
            }
        }
        None
    }
}

impl Fields {
    fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let local = self.zone.to_datetime(after);
        let mut date = local.date();
        let mut from = i32::from(local.hour()) * 60 + i32::from(local.minute()) + 1;
        let last = date.checked_add(Span::new().years(YEARS_MAX)).ok()?;
        while date <= last {
            if self.fits(date) {
                while let Some(minute) = self.minute_from(from) {
                    let (hour, minute) = (minute / 60, minute % 60);
                    let time = DateTime::from_parts(
                        date,
                        jiff::civil::time(
                            i8::try_from(hour).ok()?,
                            i8::try_from(minute).ok()?,
                            0,
                            0,
                        ),
                    );
                    // Times that a change of clocks leaves out do not come that day.
                    let zoned = self.zone.to_ambiguous_zoned(time);
                    if !matches!(zoned.offset(), AmbiguousOffset::Gap { .. }) {
                        let found = zoned.compatible().ok()?.timestamp();
                        if found > after {
                            return Some(found);
                        }
                    }
                    from = hour * 60 + minute + 1;
                }
            }
            from = 0;
            date = if has(self.months, date.month()) {
                date.tomorrow().ok()?
            } else {
                // On to the first of the next month.
                date.last_of_month().tomorrow().ok()?
            };
        }
        None
    }

    fn fits(&self, date: Date) -> bool {
        if !has(self.months, date.month()) {
            return false;
        }
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        if self.any_day || self.any_weekday {
            day && weekday
        } else {
            day || weekday
        }
    }

    /// The first minute of a day, counted from midnight, that is not before `from`.
    fn minute_from(&self, from: i32) -> Option<i32> {
        (from..24 * 60).find(|minute| {
            let fits = |bits: u64, n: i32| bits & (1 << n) != 0;
            fits(self.hours, minute / 60) && fits(self.minutes, minute % 60)
        })
    }
}

fn has(bits: u64, n: i8) -> bool {
    u32::try_from(n).is_ok_and(|n| bits & (1 << n) != 0)
}

// The numbers of a field: `1,5-9/2,*/15,mon`.
fn bits(field: &str, min: u32, max: u32, names: &[&str], first: u32) -> Result<u64, String> {
    let number = |text: &str| {
        let lower = text.to_lowercase();
        let named = names.iter().position(|name| *name == lower);
        match named.and_then(|n| u32::try_from(n).ok()) {
            Some(n) => Ok(n + first),
            None => text
                .parse::<u32>()
                .map_err(|_| format!("failed to parse int from {text}")),
        }
    };
    let mut all = 0;
    for part in field.split(',').filter(|part| !part.is_empty()) {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, Some(number(step)?)),
            None => (part, None),
        };
        let (start, end) = match span.split_once('-') {
            Some((start, end)) => (number(start)?, number(end)?),
            None if span == "*" || span == "?" => (min, max),
            None if step.is_some() => (number(span)?, max),
            None => (number(span)?, number(span)?),
        };
        if start < min || end > max || start > end || step == Some(0) {
            return Err(format!("out of range: {part}"));
        }
        for n in (start..=end).step_by(step.unwrap_or(1) as usize) {
            all |= 1 << n;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn next_times() {
        for (schedule, after, expect) in [
            ("* * * * *", "2026-01-01T00:00:10Z", "2026-01-01T00:01:00Z"),
            (
                "*/15 * * * *",
                "2026-01-01T00:15:00Z",
                "2026-01-01T00:30:00Z",
            ),
            ("0 0 1 1 *", "2025-03-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            (
                "30 4 1,15 * 5",
                "2026-01-02T05:00:00Z",
                "2026-01-09T04:30:00Z",
            ),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            // Any day is `*` alone: with a step either kind of day will do.
            (
                "0 0 */10 * 1",
                "2026-01-01T00:00:00Z",
                "2026-01-05T00:00:00Z",
            ),
            (
                "0 0 */1 * 1",
                "2026-01-01T00:00:00Z",
                "2026-01-05T00:00:00Z",
            ),
            (
                "0 0 2,,3 * *",
                "2026-01-02T00:00:00Z",
                "2026-01-03T00:00:00Z",
            ),
            (
                "0 22 * * mon-fri",
                "2026-01-02T22:00:00Z",
                "2026-01-05T22:00:00Z",
            ),
            ("@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            ("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"),
            (
                "5-10/5 3 * * *",
                "2026-01-01T03:05:00Z",
                "2026-01-01T03:10:00Z",
            ),
        ] {
            let schedule_of = Schedule::parse(schedule, TimeZone::UTC).expect(schedule);
            assert_eq!(
                schedule_of.next(time(after)),
                Some(time(expect)),
                "{schedule}"
            );
        }
        let never = Schedule::parse("0 0 31 2 *", TimeZone::UTC).expect("it can be read");
        assert_eq!(never.next(time("2026-01-01T00:00:00Z")), None);
    }

    #[test]
    fn latest_times() {
        let now = time("2026-11-21T12:00:30Z");
        for (schedule, after, expect) in [
            (
                "* * * * *",
                "2020-01-01T00:00:00Z",
                Some("2026-11-21T12:00:00Z"),
            ),
            (
                "0 0 1 1 *",
                "2025-03-01T00:00:00Z",
                Some("2026-01-01T00:00:00Z"),
            ),
            ("0 0 1 1 *", "2026-03-01T00:00:00Z", None),
            (
                "@every 1m",
                "2026-11-21T11:00:00Z",
                Some("2026-11-21T12:00:00Z"),
            ),
            ("@every 1h", "2026-11-21T12:00:00Z", None),
        ] {
            let schedule_of = Schedule::parse(schedule, TimeZone::UTC).expect(schedule);
            let found = schedule_of.latest(time(after), now);
            assert_eq!(found, expect.map(time), "{schedule} after {after}");
        }
    }

    #[test]
    fn zones_and_their_clocks() {
        let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
        let schedule = Schedule::parse("0 0 1 1 *", tokyo).expect("a schedule");
        let after = time("2025-03-01T00:00:00Z");
        assert_eq!(schedule.next(after), Some(time("2025-12-31T15:00:00Z")));
        // 02:30 does not come on the day when clocks are put forward.
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let schedule = Schedule::parse("30 2 * * *", berlin).expect("a schedule");
        let after = time("2026-03-28T12:00:00Z");
        assert_eq!(schedule.next(after), Some(time("2026-03-30T00:30:00Z")));
    }

    #[test]
    fn wrong_ones_are_refused() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* * * * 7",
            "*/0 * * * *",
            "@never",
            "5-1 * * * *",
        ] {
            assert!(Schedule::parse(text, TimeZone::UTC).is_err(), "{text}");
        }
    }
}
