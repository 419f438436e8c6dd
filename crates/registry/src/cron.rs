//! Reading cron schedules, with the words that a wrong one is refused with.

struct Bounds {
    min: u32,
    max: u32,
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
        for part in text.split(',') {
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
        return if go_duration(duration) {
            Ok(())
        } else {
            Err(format!(
                "failed to parse duration {whole}: time: invalid duration {duration:?}"
            ))
        };
    }
    Err(format!("unrecognized descriptor: {whole}"))
}

// 1h30m, 5s, 100ms
fn go_duration(text: &str) -> bool {
    let mut rest = text;
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        if digits == 0 {
            return false;
        }
        rest = &rest[digits..];
        let unit = ["ns", "us", "ms", "s", "m", "h"]
            .iter()
            .filter(|u| rest.starts_with(**u))
            .max_by_key(|u| u.len());
        match unit {
            Some(u) => rest = &rest[u.len()..],
            None => return false,
        }
    }
    true
}

fn range(text: &str, bounds: &Bounds) -> Result<(), String> {
    let (span, step) = match text.split('/').collect::<Vec<_>>()[..] {
        [span] => (span, None),
        [span, step] => (span, Some(step)),
        _ => return Err(format!("too many slashes: {text}")),
    };
    let ends: Vec<&str> = span.split('-').collect();
    let single = ends.len() == 1;
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
    if let Some(step) = step {
        let step_n: u32 = step.parse().map_err(|_| {
            format!(
                "failed to parse int from {step}: strconv.Atoi: parsing {step:?}: invalid syntax"
            )
        })?;
        if single {
            end = bounds.max;
        }
        if step_n == 0 {
            return Err(format!("step of range should be a positive number: {text}"));
        }
    }
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
    Ok(())
}

fn number(text: &str, bounds: &Bounds) -> Result<u32, String> {
    if let Some(n) = bounds
        .names
        .iter()
        .position(|n| n.eq_ignore_ascii_case(text))
    {
        return Ok(n as u32 + bounds.min);
    }
    text.parse().map_err(|_| {
        format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax")
    })
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
        ] {
            assert_eq!(parse(bad), Err(words.to_owned()));
        }
    }
}
