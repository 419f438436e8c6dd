//! Points in time and lengths of time.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Zoned};

use crate::error::EvalError;

/// A point in time between the years 1 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(jiff::Timestamp);

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

const MIN_SECOND: i64 = -62_135_596_800;
const MAX_SECOND: i64 = 253_402_300_799;
const SECOND: i64 = 1_000_000_000;

fn overflow() -> EvalError {
    EvalError::new("timestamp overflow")
}

impl Timestamp {
    fn checked(value: jiff::Timestamp) -> Result<Self, EvalError> {
        if (MIN_SECOND..=MAX_SECOND).contains(&value.as_second()) {
            Ok(Self(value))
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
        Self::checked(jiff::Timestamp::from_second(seconds).map_err(|_| overflow())?)
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        // A fraction before 1970 is counted downwards.
        let second = self.0.as_second();
        second - i64::from(self.0.subsec_nanosecond() < 0)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0.as_second() == MIN_SECOND && self.0.subsec_nanosecond() == 0
    }

    pub(crate) fn plus(self, duration: Duration) -> Result<Self, EvalError> {
        let moved = self.0.checked_add(SignedDuration::from_nanos(duration.0));
        Self::checked(moved.map_err(|_| overflow())?)
    }

    pub(crate) fn minus(self, other: Self) -> Result<Duration, EvalError> {
        i64::try_from(self.0.as_nanosecond() - other.0.as_nanosecond())
            .map(Duration)
            .map_err(|_| EvalError::new("integer overflow"))
    }

    /// The time in a zone: a name, or an offset like `-08:30`.
    pub(crate) fn in_zone(self, zone: Option<&str>) -> Result<Zoned, EvalError> {
        let zone = match zone {
            None => TimeZone::UTC,
            Some(text) => zone_of(text)?,
        };
        Ok(self.0.to_zoned(zone))
    }
}

fn zone_of(text: &str) -> Result<TimeZone, EvalError> {
    let Some(colon) = text.find(':') else {
        if text.is_empty() || text == "UTC" {
            return Ok(TimeZone::UTC);
        }
        return TimeZone::get(text)
            .map_err(|_| EvalError::new(format!("unknown time zone {text}")));
    };
    let number = |part: &str| {
        part.parse::<i32>()
            .map_err(|_| EvalError::new(format!("strconv.Atoi: parsing {part:?}: invalid syntax")))
    };
    let hours = number(&text[..colon])?;
    let minutes = number(&text[colon + 1..])?;
    if !(0..60).contains(&minutes) {
        return Err(EvalError::new(format!(
            "timezone offset minutes out of range [0, 59]: {text}"
        )));
    }
    let negative = text.starts_with('-');
    let seconds = hours.saturating_mul(3600) + if negative { -60 } else { 60 } * minutes;
    Offset::from_seconds(seconds)
        .map(TimeZone::fixed)
        .map_err(|_| EvalError::new(format!("unknown time zone {text}")))
}

/// As `string()` writes it: RFC 3339 with as much of a fraction as there is.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A strict RFC 3339 time.
pub(crate) fn parse_timestamp(text: &str) -> Result<Timestamp, EvalError> {
    let invalid =
        || EvalError::new("type conversion error from 'string' to 'google.protobuf.Timestamp'");
    if !has_rfc3339_form(text) {
        return Err(invalid());
    }
    match text.parse() {
        Ok(parsed) => Timestamp::checked(parsed),
        // The last hours of the year 9999 are beyond jiff's times.
        Err(_) if text.starts_with("9999-12-3") && is_time_of_day(&text[11..19]) => {
            Ok(Timestamp(jiff::Timestamp::MAX))
        }
        Err(_) => Err(invalid()),
    }
}

fn has_rfc3339_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let fixed = digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && matches!(bytes.get(10), Some(b'T' | b't'))
        && digits(11..13)
        && bytes.get(13) == Some(&b':')
        && digits(14..16)
        && bytes.get(16) == Some(&b':')
        && digits(17..19);
    if !fixed {
        return false;
    }
    let mut rest = &bytes[19..];
    if rest.first() == Some(&b'.') {
        let count = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return false;
        }
        rest = &rest[1 + count..];
    }
    match rest {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

fn is_time_of_day(text: &str) -> bool {
    text.parse::<jiff::civil::Time>().is_ok()
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
    let time = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Timestamp::checked(time).ok()
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
