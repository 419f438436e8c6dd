//! Points in time and lengths of time.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp as Instant};

use crate::error::EvalError;

/// A point in time between the years 1 and 9999, and the offset that it was
/// written with, which shows when it is written again.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// In UTC: jiff's own points in time end some hours before the year 9999 does.
    utc: DateTime,
    offset_seconds: i32,
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.utc == other.utc
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.utc.cmp(&other.utc)
    }
}

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

const SECOND: i64 = 1_000_000_000;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

fn overflow() -> EvalError {
    EvalError::new("timestamp overflow")
}

impl Timestamp {
    fn checked(utc: DateTime, offset_seconds: i32) -> Result<Self, EvalError> {
        if utc.year() >= 1 {
            Ok(Self {
                utc,
                offset_seconds,
            })
        } else {
            Err(overflow())
        }
    }

    /// Seconds since 1970.
    ///
    /// # Errors
    ///
    /// The time is out of range.
    pub fn from_seconds(seconds: i64) -> Result<Self, EvalError> {
        let utc = EPOCH.checked_add(SignedDuration::from_secs(seconds));
        Self::checked(utc.map_err(|_| overflow())?, 0)
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        // A fraction before 1970 is counted downwards.
        let passed = self.utc.duration_since(EPOCH);
        passed.as_secs() - i64::from(passed.subsec_nanos() < 0)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.utc == DateTime::constant(1, 1, 1, 0, 0, 0, 0)
    }

    pub(crate) fn plus(self, duration: Duration) -> Result<Self, EvalError> {
        let moved = self.utc.checked_add(SignedDuration::from_nanos(duration.0));
        Self::checked(moved.map_err(|_| overflow())?, self.offset_seconds)
    }

    pub(crate) fn minus(self, other: Self) -> Result<Duration, EvalError> {
        i64::try_from(self.utc.duration_since(other.utc).as_nanos())
            .map(Duration)
            .map_err(|_| EvalError::new("integer overflow"))
    }

    /// The time in a zone: a name, or an offset like `-08:30`.
    pub(crate) fn in_zone(self, zone: Option<&str>) -> Result<DateTime, EvalError> {
        let zone = match zone {
            None => return Ok(self.utc),
            Some(text) if text.contains(':') => return Ok(self.moved(offset_of(text)?)),
            Some(text) => zone_of(text)?,
        };
        let instant = TimeZone::UTC.to_timestamp(self.utc).unwrap_or(Instant::MAX);
        Ok(self.moved(zone.to_offset(instant).seconds()))
    }

    /// As clocks show it so many seconds east of Greenwich.
    fn moved(self, offset_seconds: i32) -> DateTime {
        self.utc
            .saturating_add(SignedDuration::from_secs(i64::from(offset_seconds)))
    }
}

/// The zone of a name; names are told apart by case.
fn zone_of(text: &str) -> Result<TimeZone, EvalError> {
    // The server's own zone is UTC.
    if matches!(text, "" | "UTC" | "Local") {
        return Ok(TimeZone::UTC);
    }
    if text.starts_with(['/', '\\']) || text.contains("..") {
        return Err(EvalError::new("time: invalid location name"));
    }
    match TimeZone::get(text) {
        Ok(zone) if zone.iana_name() == Some(text) => Ok(zone),
        _ => Err(EvalError::new(format!("unknown time zone {text}"))),
    }
}

/// The seconds of `hours:minutes`, of which neither has a bound.
fn offset_of(text: &str) -> Result<i32, EvalError> {
    let number = |part: &str| {
        part.parse::<i32>()
            .map_err(|_| EvalError::new(format!("strconv.Atoi: parsing {part:?}: invalid syntax")))
    };
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let sign = if text.starts_with('-') { -60 } else { 60 };
    Ok(hours
        .saturating_mul(3600)
        .saturating_add(minutes.saturating_mul(sign)))
}

/// As `string()` writes it: RFC 3339 with as much of a fraction as there is.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset_seconds / 60;
        write!(f, "{}", self.moved(self.offset_seconds))?;
        match minutes {
            0 => f.write_str("Z"),
            _ => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// An RFC 3339 time, as Go reads it: the hour may have one digit, the fraction
/// any number of them, behind a full stop or a comma.
pub(crate) fn parse_timestamp(text: &str) -> Result<Timestamp, EvalError> {
    let invalid =
        || EvalError::new("type conversion error from 'string' to 'google.protobuf.Timestamp'");
    let (local, offset_seconds) = read_timestamp(text).ok_or_else(invalid)?;
    let behind = SignedDuration::from_secs(-i64::from(offset_seconds));
    Timestamp::checked(
        local.checked_add(behind).map_err(|_| overflow())?,
        offset_seconds,
    )
}

fn read_timestamp(text: &str) -> Option<(DateTime, i32)> {
    let mut rest = text.as_bytes();
    let mut number = |digits: std::ops::RangeInclusive<usize>, before: &[u8]| -> Option<i32> {
        let (found, behind) = rest.split_first()?;
        if !before.is_empty() {
            if !before.contains(found) {
                return None;
            }
            rest = behind;
        }
        let count = rest.iter().take(*digits.end());
        let count = count.take_while(|byte| byte.is_ascii_digit()).count();
        let (taken, behind) = rest.split_at(count);
        rest = behind;
        digits.contains(&count).then(|| {
            taken
                .iter()
                .fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0'))
        })
    };
    let year = number(4..=4, b"")?;
    let month = number(2..=2, b"-")?;
    let day = number(2..=2, b"-")?;
    let hour = number(1..=2, b"T")?;
    let minute = number(2..=2, b":")?;
    let second = number(2..=2, b":")?;
    let mut nanos = 0;
    if let [b'.' | b',', fraction @ ..] = rest
        && fraction.first().is_some_and(u8::is_ascii_digit)
    {
        let count = fraction.iter().take_while(|byte| byte.is_ascii_digit());
        let (taken, behind) = fraction.split_at(count.count());
        let digits = taken.iter().chain([&b'0'; 9]).take(9);
        nanos = digits.fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0'));
        rest = behind;
    }
    let offset_seconds = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2]
            if [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) =>
        {
            let of = |tens: &u8, ones: &u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
            let (hours, minutes) = (of(h1, h2), of(m1, m2));
            if hours > 24 || minutes > 60 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
        }
        _ => return None,
    };
    let small = |value: i32| i8::try_from(value).ok();
    let local = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        nanos,
    );
    Some((local.ok()?, offset_seconds))
}

/// A time of a tree.
pub(crate) fn parse_date_time(text: &str) -> Option<Timestamp> {
    // The library of formats takes a blank or no zone's colon too; RFC 3339 is what all write.
    parse_timestamp(text).ok()
}

/// A day of a tree.
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    if text.len() != 10 {
        return None;
    }
    let date: Date = text.parse().ok()?;
    Timestamp::checked(date.at(0, 0, 0, 0), 0).ok()
}

impl Duration {
    /// Go's form: `1h30m`, `-1.5s`, `0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, mut rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let whole_len = rest.bytes().take_while(u8::is_ascii_digit).count();
            let whole = &rest[..whole_len];
            rest = &rest[whole_len..];
            let mut fraction = "";
            if let Some(behind) = rest.strip_prefix('.') {
                let length = behind.bytes().take_while(u8::is_ascii_digit).count();
                fraction = &behind[..length];
                rest = &behind[length..];
            }
            if whole.is_empty() && fraction.is_empty() {
                return None;
            }
            let unit_len = rest
                .find(|c: char| c == '.' || c.is_ascii_digit())
                .unwrap_or(rest.len());
            let unit: i128 = match &rest[..unit_len] {
                "ns" => 1,
                "us" | "µs" | "μs" => 1_000,
                "ms" => 1_000_000,
                "s" => 1_000_000_000,
                "m" => 60_000_000_000,
                "h" => 3_600_000_000_000,
                _ => return None,
            };
            rest = &rest[unit_len..];
            if whole.len() > 20 {
                return None;
            }
            let whole: i128 = if whole.is_empty() {
                0
            } else {
                whole.parse().ok()?
            };
            total = total.checked_add(whole.checked_mul(unit)?)?;
            if !fraction.is_empty() {
                let fraction = &fraction[..fraction.len().min(18)];
                let value: i128 = fraction.parse().ok()?;
                let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
                total += value * unit / scale;
            }
        }
        i64::try_from(if negative { -total } else { total })
            .ok()
            .map(Self)
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, EvalError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or_else(|| EvalError::new("integer overflow"))
    }

    pub(crate) fn minus(self, other: Self) -> Result<Self, EvalError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or_else(|| EvalError::new("integer overflow"))
    }

    pub(crate) fn negated(self) -> Result<Self, EvalError> {
        self.0
            .checked_neg()
            .map(Self)
            .ok_or_else(|| EvalError::new("integer overflow"))
    }
}

/// As `string()` writes it: seconds.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(
            clippy::cast_precision_loss,
            reason = "as Go writes a duration's seconds"
        )]
        let seconds = (self.0 / SECOND) as f64 + (self.0 % SECOND) as f64 / SECOND as f64;
        write!(f, "{seconds}s")
    }
}
