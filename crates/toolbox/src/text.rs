//! `echo`, `printf`, and other small texts.

use std::time::Duration;

/// What `echo` prints.
pub(crate) fn echo(args: &[String]) -> String {
    let (mut line_end, mut escapes, mut rest) = (true, false, args);
    while let [first, more @ ..] = rest
        && let Some(letters) = first.strip_prefix('-')
        && !letters.is_empty()
        && letters.chars().all(|letter| "neE".contains(letter))
    {
        for letter in letters.chars() {
            match letter {
                'n' => line_end = false,
                'e' => escapes = true,
                _ => escapes = false,
            }
        }
        rest = more;
    }
    let text = rest.join(" ");
    let mut text = if escapes { unescape(&text) } else { text };
    if line_end {
        text.push('\n');
    }
    text
}

/// Resolves `\n` and the like.
fn unescape(text: &str) -> String {
    let mut clear = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            clear.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => clear.push('\n'),
            Some('t') => clear.push('\t'),
            Some('r') => clear.push('\r'),
            Some('a') => clear.push('\x07'),
            Some('\\') => clear.push('\\'),
            Some('e') => clear.push('\x1b'),
            Some('0') => {
                let mut value = 0;
                for _ in 0..3 {
                    let Some(digit) = letters.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    value = value * 8 + digit;
                    letters.next();
                }
                clear.extend(char::from_u32(value));
            }
            Some(other) => clear.extend(['\\', other]),
            None => clear.push('\\'),
        }
    }
    clear
}

/// What `printf` prints; the format is used again while arguments are left.
pub(crate) fn printf(args: &[String]) -> Result<String, String> {
    let [format, values @ ..] = args else {
        return Err("missing format".into());
    };
    let format = unescape(format);
    let mut values = values.iter();
    let mut text = String::new();
    loop {
        let before = values.len();
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                text.push(letter);
                continue;
            }
            let mut flags = String::new();
            let kind = loop {
                match letters.next() {
                    Some(c) if c.is_ascii_digit() || "-+ .#".contains(c) => flags.push(c),
                    Some(c) => break c,
                    None => return Err("format ends in %".into()),
                }
            };
            if kind == '%' {
                text.push('%');
                continue;
            }
            let value = values.next().map_or("", String::as_str);
            let shown = match kind {
                's' => value.to_owned(),
                'b' => unescape(value),
                'c' => value.chars().take(1).collect(),
                'd' | 'i' | 'u' => number(value)?.to_string(),
                'x' => format!("{:x}", number(value)?),
                'X' => format!("{:X}", number(value)?),
                'o' => format!("{:o}", number(value)?),
                other => return Err(format!("%{other} is not known")),
            };
            text.push_str(&pad(&shown, &flags));
        }
        if values.len() == 0 || values.len() == before {
            return Ok(text);
        }
    }
}

fn number(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| format!("{text}: not a number"))
}

fn pad(text: &str, flags: &str) -> String {
    let (flags, cut) = match flags.split_once('.') {
        Some((flags, cut)) => (flags, cut.parse::<usize>().ok()),
        None => (flags, None),
    };
    let text: String = text.chars().take(cut.unwrap_or(usize::MAX)).collect();
    let left = flags.starts_with('-');
    let zero = flags.starts_with('0');
    let width = flags
        .trim_start_matches(['-', '+', ' ', '#', '0'])
        .parse()
        .unwrap_or(0usize);
    let missing = width.min(10_000).saturating_sub(text.chars().count());
    match (left, zero) {
        (true, _) => text + &" ".repeat(missing),
        (false, true) => "0".repeat(missing) + &text,
        (false, false) => " ".repeat(missing) + &text,
    }
}

/// The sum of durations like `1`, `0.5`, `2m`; `None` is for ever.
pub(crate) fn duration(args: &[String]) -> Result<Option<Duration>, String> {
    let mut sum = Duration::ZERO;
    for arg in args {
        if matches!(arg.as_str(), "infinity" | "inf") {
            return Ok(None);
        }
        let (number, unit) = match arg.find(|c: char| c.is_ascii_alphabetic()) {
            Some(at) => arg.split_at(at),
            None => (arg.as_str(), "s"),
        };
        let factor = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return Err(format!("invalid time {arg:?}")),
        };
        let number: f64 = number
            .parse()
            .map_err(|_| format!("invalid time {arg:?}"))?;
        let duration = Duration::try_from_secs_f64(number * factor);
        let duration = duration.map_err(|_| format!("invalid time {arg:?}"))?;
        sum = sum.checked_add(duration).ok_or("too long")?;
    }
    if args.is_empty() {
        return Err("missing time".into());
    }
    Ok(Some(sum))
}

/// Bytes of sizes like `64`, `10k`, `5M`, `1Gi`.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let at = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let shift = match unit
        .trim_end_matches(['i', 'B', 'b'])
        .to_ascii_lowercase()
        .as_str()
    {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(args: &[&str]) -> Vec<String> {
        args.iter().map(|arg| arg.to_string()).collect()
    }

    #[test]
    fn texts_are_formatted() {
        assert_eq!(echo(&list(&["a", "b"])), "a b\n");
        assert_eq!(echo(&list(&["-ne", "a\\tb"])), "a\tb");
        assert_eq!(echo(&list(&["-x"])), "-x\n");
        let check = |args: &[&str], expect: &str| {
            assert_eq!(printf(&list(args)).as_deref(), Ok(expect), "{args:?}");
        };
        check(&["%s=%d\\n", "a", "1", "b", "2"], "a=1\nb=2\n");
        check(&["%5s|%-5s|%05d", "a", "b", "7"], "    a|b    |00007");
        check(&["100%%"], "100%");
        assert!(printf(&list(&["%d", "x"])).is_err());
    }

    #[test]
    fn times_and_sizes_are_read() {
        assert_eq!(
            duration(&list(&["1.5", "1m"])),
            Ok(Some(Duration::from_millis(61_500)))
        );
        assert_eq!(duration(&list(&["infinity"])), Ok(None));
        assert!(duration(&list(&["-1"])).is_err() && duration(&[]).is_err());
        assert_eq!(bytes("10Mi"), Some(10 << 20));
        assert_eq!(bytes("x"), None);
    }
}
