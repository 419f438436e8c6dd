//! Times as the API writes them: RFC 3339 in UTC, in whole seconds or with
//! exactly six digits of a second.

/// Seconds since 1970 and nanoseconds of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds within the second.
    pub nanos: u32,
}

/// The time that Go takes for unset, the first second of year 1.
pub const ZERO_SECONDS: i64 = -62_135_596_800;
/// The last second of year 9999.
const LAST_SECONDS: i64 = 253_402_300_799;

/// The layout upstream names in messages about a [`crate::FieldType::Time`].
const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";
/// The layout upstream names in messages about a [`crate::FieldType::MicroTime`].
const LAYOUT_MICRO: &str = "2006-01-02T15:04:05.000000Z07:00";

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// As Go's times quote: bytes that are not plain text by their numbers.
fn quote(text: impl AsRef<[u8]>) -> String {
    let mut out = String::from('"');
    for byte in text.as_ref() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// Reads a time as Go's `time.Parse` would.
///
/// # Errors
/// Go's message, such as `parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"`.
pub fn parse(text: &str, micro: bool) -> Result<Instant, String> {
    let layout = if micro { LAYOUT_MICRO } else { LAYOUT };
    let fail = |rest: &[u8], what: &str| {
        Err(format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(text),
            quote(layout),
            quote(rest),
            quote(what)
        ))
    };
    let range = |what: &str| Err(format!("parsing time {}: {what} out of range", quote(text)));
    let mut rest = text.as_bytes();
    let mut parts = [0i64; 6];
    let steps: [(usize, &str, Option<&str>); 6] = [
        (4, "2006", Some("-")),
        (2, "01", Some("-")),
        (2, "02", Some("T")),
        (2, "15", Some(":")),
        (2, "04", Some(":")),
        (2, "05", None),
    ];
    for (part, (digits, name, literal)) in parts.iter_mut().zip(steps) {
        // Go lets hours have one digit.
        let short = name == "15"
            && rest.first().is_some_and(u8::is_ascii_digit)
            && !rest.get(1).is_some_and(u8::is_ascii_digit);
        let digits = if short { 1 } else { digits };
        let Some(field) = rest
            .get(..digits)
            .filter(|field| field.iter().all(u8::is_ascii_digit))
        else {
            return fail(rest, name);
        };
        *part = field
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        rest = &rest[digits..];
        let (unit, allowed) = match name {
            "01" => ("month", 1..=12),
            "15" => ("hour", 0..=23),
            "04" => ("minute", 0..=59),
            "05" => ("second", 0..=59),
            _ => ("", i64::MIN..=i64::MAX),
        };
        if !allowed.contains(part) {
            return range(unit);
        }
        if let Some(literal) = literal {
            match rest.strip_prefix(literal.as_bytes()) {
                Some(after) => rest = after,
                None => return fail(rest, literal),
            }
        }
    }
    let [year, month, day, hour, minute, second] = parts;
    let mut nanos = 0u32;
    let mut fraction = rest
        .split_first()
        .filter(|(point, _)| matches!(point, b'.' | b','))
        .map(|(_, after)| after.iter().take_while(|c| c.is_ascii_digit()).count());
    if micro {
        match &mut fraction {
            Some(digits) if *digits >= 6 => *digits = 6,
            _ => return fail(rest, ".000000"),
        }
    }
    if let Some(digits) = fraction.filter(|digits| *digits > 0) {
        for place in 0..9 {
            let digit = if place < digits {
                rest[1 + place] - b'0'
            } else {
                0
            };
            nanos = nanos * 10 + u32::from(digit);
        }
        rest = &rest[1 + digits..];
    }
    let offset = match rest {
        [b'Z', tail @ ..] => {
            rest = tail;
            0
        }
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, tail @ ..]
            if [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit()) =>
        {
            let number = |a: &u8, b: &u8| i64::from(a - b'0') * 10 + i64::from(b - b'0');
            let (hours, minutes) = (number(h1, h2), number(m1, m2));
            if hours > 24 {
                return range("time zone offset hour");
            }
            if minutes > 60 {
                return range("time zone offset minute");
            }
            rest = tail;
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return fail(rest, "Z07:00"),
    };
    if !rest.is_empty() {
        return Err(format!(
            "parsing time {}: extra text: {}",
            quote(text),
            quote(rest)
        ));
    }
    if day < 1 || day > days_in(year, month) {
        return range("day");
    }
    let seconds =
        days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Ok(Instant { seconds, nanos })
}

impl Instant {
    /// Whether Go takes it for unset.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.seconds == ZERO_SECONDS && self.nanos == 0
    }

    /// As a [`crate::FieldType::Time`] is written: `2026-01-02T03:04:05Z`.
    #[must_use]
    pub fn to_seconds_text(self) -> String {
        let mut out = self.head();
        out.push('Z');
        out
    }

    /// As a [`crate::FieldType::MicroTime`] is written: `2026-01-02T03:04:05.000000Z`.
    #[must_use]
    pub fn to_micro_text(self) -> String {
        let mut out = self.head();
        out.push('.');
        let micros = self.nanos.min(999_999_999) / 1000;
        for power in [100_000, 10_000, 1000, 100, 10, 1] {
            out.push(char::from(b'0' + (micros / power % 10) as u8));
        }
        out.push('Z');
        out
    }

    /// Whether `text`, from which it was read, is how it is written in whole seconds.
    pub(crate) fn is_written_as(self, text: &str) -> bool {
        const LEN: usize = "2006-01-02T15:04:05Z".len();
        text.len() == LEN && text.ends_with('Z') && self.seconds >= ZERO_SECONDS
    }

    fn head(self) -> String {
        let seconds = self.seconds.clamp(ZERO_SECONDS, LAST_SECONDS);
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400);
        let mut text = *b"0000-00-00T00:00:00";
        for (at, number) in [
            (0, year / 100),
            (2, year % 100),
            (5, month),
            (8, day),
            (11, of_day / 3600),
            (14, of_day / 60 % 60),
            (17, of_day % 60),
        ] {
            text[at] += (number / 10) as u8;
            text[at + 1] += (number % 10) as u8;
        }
        let mut out = String::with_capacity(27);
        out.push_str(std::str::from_utf8(&text).expect("digits are ASCII"));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, seconds, written) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            (
                "2024-02-29T23:59:59.75Z",
                1_709_251_199,
                "2024-02-29T23:59:59Z",
            ),
            (
                "2026-11-21T10:00:00+02:00",
                1_795_248_000,
                "2026-11-21T08:00:00Z",
            ),
            ("0001-01-01T00:00:00Z", ZERO_SECONDS, "0001-01-01T00:00:00Z"),
        ] {
            let instant = parse(text, false).unwrap();
            assert_eq!(
                (instant.seconds, instant.to_seconds_text().as_str()),
                (seconds, written),
                "{text}"
            );
            assert_eq!(instant.is_written_as(text), text == written, "{text}");
        }
        let early = "0000-12-31T23:59:59Z";
        assert!(!parse(early, false).unwrap().is_written_as(early));
        let micro = parse("2026-01-02T03:04:05.012345Z", true).unwrap();
        assert_eq!(micro.to_micro_text(), "2026-01-02T03:04:05.012345Z");
    }

    #[test]
    fn refusals_are_worded_as_go_words_them() {
        let zone = "2006-01-02T15:04:05Z07:00";
        for (text, micro, message) in [
            ("yesterday", false, format!("parsing time \"yesterday\" as \"{zone}\": cannot parse \"yesterday\" as \"2006\"")),
            ("Ü\n", false, format!("parsing time \"\\xc3\\x9c\\x0a\" as \"{zone}\": cannot parse \"\\xc3\\x9c\\x0a\" as \"2006\"")),
            ("2026-01-02", false, format!("parsing time \"2026-01-02\" as \"{zone}\": cannot parse \"\" as \"T\"")),
            ("2026-13-02T00:00:00Z", false, "parsing time \"2026-13-02T00:00:00Z\": month out of range".to_owned()),
            ("2026-02-30T00:00:00Z", false, "parsing time \"2026-02-30T00:00:00Z\": day out of range".to_owned()),
            (
                "2026-01-02T03:04:05Z",
                true,
                "parsing time \"2026-01-02T03:04:05Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"".to_owned(),
            ),
        ] {
            assert_eq!(parse(text, micro), Err(message));
        }
    }
}
