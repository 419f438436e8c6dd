//! Times and durations of the API.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use skeg_schema::time::{Instant, parse};
use skeg_schema::{DecodeError, FieldValue, Mismatch, Taken, Value, Wire, time_of};

fn instant(timestamp: jiff::Timestamp) -> Instant {
    let (mut seconds, mut nanos) = (timestamp.as_second(), timestamp.subsec_nanosecond());
    if nanos < 0 {
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    Instant {
        seconds,
        nanos: u32::try_from(nanos).unwrap_or_default(),
    }
}

fn timestamp(instant: Instant) -> Option<jiff::Timestamp> {
    jiff::Timestamp::new(
        instant.seconds,
        i32::try_from(instant.nanos).unwrap_or_default(),
    )
    .ok()
}

macro_rules! time {
    ($name:ident, $micro:literal, $write:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub jiff::Timestamp);

        impl $name {
            /// The present.
            #[must_use]
            pub fn now() -> Self {
                Self(jiff::Timestamp::now())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&instant(self.0).$write())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let instant = parse(text, $micro)?;
                timestamp(instant)
                    .map(Self)
                    .ok_or_else(|| format!("parsing time {text:?}: out of range"))
            }
        }

        impl From<jiff::Timestamp> for $name {
            fn from(timestamp: jiff::Timestamp) -> Self {
                Self(timestamp)
            }
        }

        impl FieldValue for $name {
            fn to_value(&self) -> Value {
                Value::String(self.to_string())
            }

            fn set(&mut self, value: Value) -> Result<(), Mismatch> {
                *self = match &value {
                    Value::Null => Self::default(),
                    Value::String(text) => text.parse().map_err(|_| Mismatch::new("a time"))?,
                    _ => return Err(Mismatch::new("a time")),
                };
                Ok(())
            }

            fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
                let Wire::Bytes(bytes, _) = wire else {
                    return Ok(Taken::No);
                };
                let found = time_of(bytes).and_then(|(seconds, nanos)| {
                    // What the text would have.
                    let nanos = if $micro { nanos / 1000 * 1000 } else { 0 };
                    timestamp(Instant { seconds, nanos })
                });
                match found {
                    Some(found) => *self = Self(found),
                    None => return Ok(Taken::No),
                }
                Ok(Taken::Yes)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

time!(
    Time,
    false,
    to_seconds_text,
    "A time; it is written in whole seconds: `2026-01-02T03:04:05Z`."
);
time!(
    MicroTime,
    true,
    to_micro_text,
    "A time; it is written in microseconds: `2026-01-02T03:04:05.000000Z`."
);

impl Time {
    /// The same time without what is finer than a second, as it comes back from the server.
    #[must_use]
    pub fn truncated(self) -> Self {
        timestamp(Instant {
            seconds: instant(self.0).seconds,
            nanos: 0,
        })
        .map_or(self, Self)
    }
}

impl From<MicroTime> for Time {
    fn from(time: MicroTime) -> Self {
        Self(time.0)
    }
}

impl From<Time> for MicroTime {
    fn from(time: Time) -> Self {
        Self(time.0)
    }
}

/// A duration as Go writes it: `1h30m0s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration(pub std::time::Duration);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.write_str("0s");
        }
        let fraction = |f: &mut fmt::Formatter<'_>, value: u128, unit: u128, name: &str| {
            let rest = value % unit;
            if rest == 0 {
                return write!(f, "{}{name}", value / unit);
            }
            let digits = unit.ilog10() as usize;
            let text = format!("{rest:0digits$}");
            write!(f, "{}.{}{name}", value / unit, text.trim_end_matches('0'))
        };
        if nanos < 1000 {
            return write!(f, "{nanos}ns");
        }
        if nanos < 1_000_000 {
            return fraction(f, nanos, 1000, "µs");
        }
        if nanos < 1_000_000_000 {
            return fraction(f, nanos, 1_000_000, "ms");
        }
        let seconds = nanos / 1_000_000_000;
        if seconds >= 3600 {
            write!(f, "{}h", seconds / 3600)?;
        }
        if seconds >= 60 {
            write!(f, "{}m", seconds / 60 % 60)?;
        }
        fraction(f, nanos % 60_000_000_000, 1_000_000_000, "s")
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for Duration {
    type Err = String;

    /// As Go's `time.ParseDuration`; negative ones are refused.
    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("time: invalid duration {}", skeg_schema::go::quote(text));
        if text == "0" {
            return Ok(Self::default());
        }
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut nanos = 0f64;
        let mut whole = 0u128;
        while !rest.is_empty() {
            let number = rest
                .bytes()
                .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
                .count();
            let (digits, after) = rest.split_at(number);
            let letters = after
                .bytes()
                .take_while(|byte| !byte.is_ascii_digit() && *byte != b'.')
                .count();
            let (unit, after) = after.split_at(letters);
            if digits.is_empty() {
                return Err(invalid());
            }
            let factor: u128 = match unit {
                "ns" => 1,
                "us" | "µs" | "μs" => 1000,
                "ms" => 1_000_000,
                "s" => 1_000_000_000,
                "m" => 60_000_000_000,
                "h" => 3_600_000_000_000,
                "" => {
                    return Err(format!(
                        "time: missing unit in duration {}",
                        skeg_schema::go::quote(text)
                    ));
                }
                _ => {
                    return Err(format!(
                        "time: unknown unit {} in duration {}",
                        skeg_schema::go::quote(unit),
                        skeg_schema::go::quote(text)
                    ));
                }
            };
            match digits.parse::<u64>() {
                Ok(number) => whole = whole.saturating_add(u128::from(number) * factor),
                Err(_) => nanos += digits.parse::<f64>().map_err(|_| invalid())? * factor as f64,
            }
            rest = after;
        }
        let total = whole.saturating_add(nanos as u128);
        match u64::try_from(total)
            .ok()
            .filter(|total| i64::try_from(*total).is_ok())
        {
            Some(total) => Ok(Self(std::time::Duration::from_nanos(total))),
            None => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_form() {
        let time: Time = "2026-11-21T10:11:12.9+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-21T09:11:12Z");
        let micro: MicroTime = "2026-11-21T10:11:12.000100Z".parse().unwrap();
        assert_eq!(micro.to_string(), "2026-11-21T10:11:12.000100Z");
        assert_eq!(
            Time::from(micro).truncated().to_string(),
            "2026-11-21T10:11:12Z"
        );
        assert!("x".parse::<Time>().is_err());
        let before: Time = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(before.to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn durations_as_go_writes_them() {
        for (text, written) in [
            ("90m", "1h30m0s"),
            ("1.5s", "1.5s"),
            ("100ms", "100ms"),
            ("2h", "2h0m0s"),
            ("0", "0s"),
            ("1m30s", "1m30s"),
            ("1500us", "1.5ms"),
        ] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), written);
        }
        let json = serde_json::to_string(&Duration(std::time::Duration::from_secs(90))).unwrap();
        assert_eq!(json, "\"1m30s\"");
        assert_eq!(
            serde_json::from_str::<Duration>(&json).unwrap().0.as_secs(),
            90
        );
        assert!(serde_json::from_str::<Duration>("\"x\"").is_err());
        assert!(serde_json::from_str::<Duration>("90").is_err());
        assert_eq!(
            "5".parse::<Duration>(),
            Err("time: missing unit in duration \"5\"".to_owned())
        );
        assert_eq!(
            "5x".parse::<Duration>(),
            Err("time: unknown unit \"x\" in duration \"5x\"".to_owned())
        );
        assert_eq!(
            "x".parse::<Duration>(),
            Err("time: invalid duration \"x\"".to_owned())
        );
    }
}
