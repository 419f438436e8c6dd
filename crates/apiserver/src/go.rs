//! Texts as Go prints them: messages of the API show quoted strings, durations
//! and whole maps in Go's own notation, and clients compare them.

use skeg_schema::Value;
pub use skeg_schema::go::{print, type_name};
use std::fmt::Write as _;
use std::time::Duration;

/// `strconv.Quote`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `fmt.Sprintf("%T")` of a decoded JSON value.
pub fn full_type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
        other => type_name(other),
    }
}

/// `fmt.Sprintf("%#v")` of a decoded JSON value.
pub fn syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::String(text) => quote(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(map) => {
            let mut members: Vec<(&str, &Value)> =
                map.iter().map(|(k, v)| (k.as_ref(), v)).collect();
            members.sort_by_key(|(key, _)| *key);
            let members: Vec<String> = members
                .into_iter()
                .map(|(key, value)| format!("{}:{}", quote(key), syntax(value)))
                .collect();
            format!("map[string]interface {{}}{{{}}}", members.join(", "))
        }
        other => print(other),
    }
}

/// `time.ParseDuration`; negative ones come out as zero.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0f64;
    while !rest.is_empty() {
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let figure = &rest[..number];
        if figure.is_empty() || figure == "." || figure.matches('.').count() > 1 {
            return Err(invalid());
        }
        let value: f64 = figure.parse().map_err(|_| invalid())?;
        rest = &rest[number..];
        let unit_len = rest.len()
            - rest
                .trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.')
                .len();
        let unit = &rest[..unit_len];
        rest = &rest[unit_len..];
        total += value
            * match unit {
                "" => return Err(format!("time: missing unit in duration {}", quote(text))),
                "ns" => 1e-9,
                "us" | "µs" | "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                other => {
                    return Err(format!(
                        "time: unknown unit {} in duration {}",
                        quote(other),
                        quote(text)
                    ));
                }
            };
    }
    if negative {
        return Ok(Duration::ZERO);
    }
    // Go counts nanoseconds in 64 bits.
    let given = Duration::try_from_secs_f64(total).map_err(|_| invalid())?;
    match i64::try_from(given.as_nanos()) {
        Ok(_) => Ok(given),
        Err(_) => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn values_print_as_in_go() {
        let v = json!({"b": [1, "x", null], "a": {"c": true}});
        assert_eq!(print(&v), "map[a:map[c:true] b:[1 x <nil>]]");
        assert_eq!(quote("a\t\"b\"\u{7}"), "\"a\\t\\\"b\\\"\\a\"");
    }

    #[test]
    fn durations() {
        let check = |text: &str, expect: Result<u64, &str>| {
            let got = parse_duration(text).map(|d| d.as_millis() as u64);
            assert_eq!(got, expect.map_err(str::to_owned), "{text}");
        };
        let long = "99999999999h";
        check(long, Err("time: invalid duration \"99999999999h\""));
        check("30s", Ok(30_000));
        check("1h1m0.5s", Ok(3_660_500));
        check("0", Ok(0));
        check("-1s", Ok(0));
        check("abc", Err("time: invalid duration \"abc\""));
        check("5", Err("time: missing unit in duration \"5\""));
        check("5x", Err("time: unknown unit \"x\" in duration \"5x\""));
    }
}
