//! Reading cron schedules, with the words that a wrong one is refused with.

struct Bounds {
    min: u64,
    max: u64,
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: [Bounds; 5] = [
    Bounds {
        min: 0,
        max: 59,
        names: &[],
    },
    Bounds {
        min: 0,
        max: 23,
        names: &[],
    },
    Bounds {
        min: 1,
        max: 31,
        names: &[],
    },
    Bounds {
        min: 1,
        max: 12,
        names: MONTHS,
    },
    Bounds {
        min: 0,
        max: 6,
        names: DAYS,
    },
];

/// Checks a schedule of five fields or a descriptor such as `@daily`.
pub fn parse(schedule: &str) -> Result<(), String> {
    if let Some(rest) = schedule.strip_prefix('@') {
        return descriptor(schedule, rest);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!(
            "expected exactly 5 fields, found {}: [{}]",
            fields.len(),
            fields.join(" ")
        ));
    }
    for (text, bounds) in fields.iter().zip(&FIELDS) {
        for part in text.split(',').filter(|part| !part.is_empty()) {
            range(part, bounds)?;
        }
    }
    Ok(())
}

fn descriptor(whole: &str, rest: &str) -> Result<(), String> {
    if matches!(
        rest,
        "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly"
    ) {
        return Ok(());
    }
    if let Some(duration) = rest.strip_prefix("every ") {
        // Times in the past are taken, and mean the shortest one.
        let size = duration.strip_prefix('-').unwrap_or(duration);
        return match size.parse::<skeg_meta::Duration>() {
            Ok(_) => Ok(()),
            Err(words) => Err(format!("failed to parse duration {whole}: {words}")),
        };
    }
    Err(format!("unrecognized descriptor: {whole}"))
}

fn range(text: &str, bounds: &Bounds) -> Result<(), String> {
    let parts: Vec<&str> = text.split('/').collect();
    let ends: Vec<&str> = parts[0].split('-').collect();
    let (start, mut end) = if ends[0] == "*" || ends[0] == "?" {
        (bounds.min, bounds.max)
    } else {
        let start = number(ends[0], bounds)?;
        match ends.len() {
            1 => (start, start),
            2 => (start, number(ends[1], bounds)?),
            _ => return Err(format!("too many hyphens: {text}")),
        }
    };
    let step = match parts[1..] {
        [] => 1,
        [step] => {
            let step = integer(step)?;
            if ends.len() == 1 {
                end = bounds.max;
            }
            step
        }
        _ => return Err(format!("too many slashes: {text}")),
    };
    if start < bounds.min {
        return Err(format!(
            "beginning of range ({start}) below minimum ({}): {text}",
            bounds.min
        ));
    }
    if end > bounds.max {
        return Err(format!(
            "end of range ({end}) above maximum ({}): {text}",
            bounds.max
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {text}"
        ));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    Ok(())
}

fn number(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let named = bounds
        .names
        .iter()
        .zip(bounds.min..)
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    match named {
        Some((_, n)) => Ok(n),
        None => integer(text),
    }
}

/// What Go's `strconv.Atoi` takes, but nothing below zero.
fn integer(text: &str) -> Result<u64, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    match text.parse::<i64>() {
        Ok(n) => u64::try_from(n).map_err(|_| format!("negative number ({n}) not allowed: {text}")),
        Err(e) => {
            let words = match e.kind() {
                PosOverflow | NegOverflow => "value out of range",
                _ => "invalid syntax",
            };
            Err(format!(
                "failed to parse int from {text}: strconv.Atoi: parsing {text:?}: {words}"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn schedules() {
        for fine in [
            "* * * * *",
            "*/5 0-3 1,15 jan mon-fri",
            "@daily",
            "@every 1h30m",
            "@every -1.5h",
            "1,,2 * * * *",
        ] {
            assert_eq!(parse(fine), Ok(()), "{fine}");
        }
        for (bad, words) in [
            ("nope", "expected exactly 5 fields, found 1: [nope]"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            (
                "* * * * 5-1",
                "beginning of range (5) beyond end of range (1): 5-1",
            ),
            ("@often", "unrecognized descriptor: @often"),
            (
                "@every 5",
                "failed to parse duration @every 5: time: missing unit in duration \"5\"",
            ),
            (
                "@every 5 d",
                "failed to parse duration @every 5 d: time: unknown unit \" d\" in duration \"5 d\"",
            ),
            (
                "70/0 * * * *",
                "beginning of range (70) beyond end of range (59): 70/0",
            ),
            (
                "*/0 * * * *",
                "step of range should be a positive number: */0",
            ),
            (
                "a/b/c * * * *",
                "failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax",
            ),
            ("1/2/3 * * * *", "too many slashes: 1/2/3"),
            (
                "99999999999999999999 * * * *",
                "failed to parse int from 99999999999999999999: strconv.Atoi: parsing \"99999999999999999999\": value out of range",
            ),
        ] {
            assert_eq!(parse(bad), Err(words.to_owned()));
        }
    }
}
