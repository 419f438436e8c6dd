//! How Go prints things, where upstream's messages show it.

use std::fmt::Write as _;

use crate::Value;
use crate::value::is_source;

/// A text in Go's quotes (`strconv.Quote`, `%q`).
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                write_infallible(&mut out, format_args!("\\x{:02x}", c as u32))
            }
            c if is_printed(c) => out.push(c),
            c if (c as u32) < 0x1_0000 => {
                write_infallible(&mut out, format_args!("\\u{:04x}", c as u32))
            }
            c => write_infallible(&mut out, format_args!("\\U{:08x}", c as u32)),
        }
    }
    out.push('"');
    out
}

fn write_infallible(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("writing to a string cannot fail");
}

/// Whether Go takes a character for printable. Close enough: spaces other than
/// the plain one, controls and private use are not.
#[must_use]
pub fn is_printed(c: char) -> bool {
    c == ' '
        || !(c.is_whitespace()
            || c.is_control()
            || matches!(c as u32, 0xAD | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xE000..=0xF8FF | 0xFEFF | 0xFFF9..=0xFFFB | 0xF_0000..))
}

/// A float as Go's `encoding/json` writes it.
pub(crate) fn write_float(number: f64, out: &mut Vec<u8>) {
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        out.extend_from_slice(digits.as_bytes());
        out.push(b'e');
        match exponent.strip_prefix('-') {
            // Go writes at least two digits and takes away a leading zero of negative ones: e-9, e+21.
            Some(negative) => {
                out.push(b'-');
                out.extend_from_slice(negative.as_bytes());
            }
            None => {
                out.push(b'+');
                out.extend_from_slice(exponent.as_bytes());
            }
        }
    } else {
        out.extend_from_slice(format!("{number}").as_bytes());
    }
}

/// `fmt.Sprintf("%v")` of a float: an exponent of at least two digits from a million up and below
/// a ten thousandth, `1e+06`; `+Inf`.
#[must_use]
pub fn print_float(number: f64) -> String {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if number.is_finite() && !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ if number.is_infinite() => (if number > 0.0 { "+Inf" } else { "-Inf" }).to_owned(),
        _ => format!("{number}"),
    }
}

/// `fmt.Sprintf("%v")` of a decoded JSON value: `map[a:1 b:[x y]]`.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::Bool(b) => {
            write_infallible(out, format_args!("{b}"));
        }
        Value::Int(i) => {
            write_infallible(out, format_args!("{i}"));
        }
        Value::Float(f) => out.push_str(&print_float(*f)),
        Value::String(s) => out.push_str(s),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let keys = map.iter().map(|(key, _)| key);
            let mut keys: Vec<&str> = keys
                .filter(|key| !is_source(key))
                .map(AsRef::as_ref)
                .collect();
            keys.sort_unstable();
            out.push_str("map[");
            for (i, key) in keys.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                if let Some(v) = map.get(key) {
                    write_value(out, v);
                }
            }
            out.push(']');
        }
    }
}

/// The Go type that a decoded JSON value has.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_like_go() {
        assert_eq!(quote("a\"b\\\n\u{1}é\u{2028}"), r#""a\"b\\\n\x01é\u2028""#);
    }

    #[test]
    fn floats_like_go() {
        for (number, text) in [
            (1.0, "1"),
            (0.5, "0.5"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (-2.5e30, "-2.5e+30"),
            (1e20, "100000000000000000000"),
        ] {
            let mut out = Vec::new();
            write_float(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        for (number, text) in [
            (1.0, "1"),
            (100_000.5, "100000.5"),
            (1e6, "1e+06"),
            (0.00001, "1e-05"),
            (0.0001, "0.0001"),
            (999_999.0, "999999"),
            (1_795_000_000.0, "1.795e+09"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (2_000_000.5, "2.0000005e+06"),
            (-5e-8, "-5e-08"),
            (0.0001, "0.0001"),
            (9.3e18, "9.3e+18"),
        ] {
            assert_eq!(print_float(number), text);
        }
    }
}
