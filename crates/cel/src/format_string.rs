//! `format()` and how values are shown in messages.

use crate::error::EvalError;
use crate::lib_std::double_text;
use crate::value::{Map, Val};

/// How many digits stand behind the point where none are named.
const PRECISION: usize = 6;
/// More digits than a float can need.
const MAX_PRECISION: usize = 1100;

/// A value as messages show it.
pub(crate) fn plain(value: &Val<'_>) -> String {
    match value {
        Val::Null => "null".to_owned(),
        Val::Bool(value) => value.to_string(),
        Val::Int(value) => value.to_string(),
        Val::Uint(value) => value.to_string(),
        Val::Double(value) => double_text(*value),
        Val::String(text) => text.to_string(),
        Val::Timestamp(value) => value.to_string(),
        Val::Duration(value) => value.to_string(),
        Val::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.type_of().runtime_name().to_owned(),
    }
}

/// `%s` and its kind, filled from a list.
pub(crate) fn format(pattern: &str, args: &[Val<'_>]) -> Result<String, EvalError> {
    let mut out = String::new();
    let mut args = args.iter();
    let mut used = 0;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            out.push('%');
            continue;
        }
        let mut precision = PRECISION;
        if chars.peek() == Some(&'.') {
            chars.next();
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            precision = digits
                .parse()
                .ok()
                .filter(|precision| *precision <= MAX_PRECISION)
                .ok_or_else(|| {
                    failed(&format!(
                        "error while parsing precision: strconv.Atoi: parsing {digits:?}: invalid syntax"
                    ))
                })?;
        }
        let Some(clause) = chars.next() else {
            return Err(failed("unexpected end of string"));
        };
        if !"sdfebxXo".contains(clause) {
            return Err(failed(&format!(
                "could not parse formatting clause: unrecognized formatting clause \"{clause}\""
            )));
        }
        let Some(arg) = args.next() else {
            return Err(EvalError::new(format!("index {used} out of range")));
        };
        used += 1;
        out.push_str(&one(clause, precision, arg)?);
    }
    Ok(out)
}

fn failed(why: &str) -> EvalError {
    EvalError::new(why)
}

fn refused(clause: &str, takes: &str, arg: &Val<'_>) -> EvalError {
    EvalError::new(format!(
        "error during formatting: {clause} clause can only be used on {takes}, was given {}",
        arg.type_of().runtime_name()
    ))
}

fn one(clause: char, precision: usize, arg: &Val<'_>) -> Result<String, EvalError> {
    Ok(match clause {
        's' => shown(arg, false)?,
        'd' => match arg {
            Val::Int(value) => value.to_string(),
            Val::Uint(value) => value.to_string(),
            _ => return Err(refused("decimal", "integers", arg)),
        },
        'f' => match float(arg) {
            Some(value) => fixed(value, precision),
            None => return Err(refused("fixed-point", "doubles", arg)),
        },
        'e' => match float(arg) {
            Some(value) => scientific(value, precision),
            None => return Err(refused("scientific", "doubles", arg)),
        },
        'b' => match arg {
            Val::Bool(value) => u8::from(*value).to_string(),
            Val::Int(value) => signed(*value, |n| format!("{n:b}")),
            Val::Uint(value) => format!("{value:b}"),
            _ => return Err(refused("binary", "integers and bools", arg)),
        },
        'o' => match arg {
            Val::Int(value) => signed(*value, |n| format!("{n:o}")),
            Val::Uint(value) => format!("{value:o}"),
            _ => return Err(refused("octal", "integers", arg)),
        },
        _ => {
            let hex = match arg {
                Val::Int(value) => signed(*value, |n| format!("{n:x}")),
                Val::Uint(value) => format!("{value:x}"),
                Val::String(text) => hex(text.as_bytes()),
                Val::Bytes(bytes) => hex(bytes),
                _ => {
                    return Err(refused("hex", "integers, byte buffers, and strings", arg));
                }
            };
            if clause == 'X' {
                hex.to_uppercase()
            } else {
                hex
            }
        }
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signed(value: i64, digits: impl Fn(u64) -> String) -> String {
    let text = digits(value.unsigned_abs());
    if value < 0 { format!("-{text}") } else { text }
}

fn float(arg: &Val<'_>) -> Option<f64> {
    match arg {
        Val::Double(value) => Some(*value),
        Val::String(text) => match &**text {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        return Some("NaN".to_owned());
    }
    value
        .is_infinite()
        .then(|| if value > 0.0 { "∞" } else { "-∞" }.to_owned())
}

/// As English writes it, with commas between thousands.
fn fixed(value: f64, precision: usize) -> String {
    if let Some(text) = special(value) {
        return text;
    }
    let text = format!("{:.precision$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value.is_sign_negative() {
        out.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// As English writes it: `1.500000 × 10⁰³`.
fn scientific(value: f64, precision: usize) -> String {
    if let Some(text) = special(value) {
        return text;
    }
    let text = format!("{value:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(rest) => ("⁻", rest),
        None => ("", exponent),
    };
    let raised: String = format!("{exponent:0>2}")
        .chars()
        .filter_map(|digit| {
            "⁰¹²³⁴⁵⁶⁷⁸⁹"
                .chars()
                .nth(digit.to_digit(10).unwrap_or(0) as usize)
        })
        .collect();
    format!("{digits}\u{202f}×\u{202f}10{sign}{raised}")
}

/// `%s`; inside of lists and maps, texts stand in quotes.
fn shown(value: &Val<'_>, inside: bool) -> Result<String, EvalError> {
    Ok(match value {
        Val::String(text) if inside => skeg_schema::go::quote(text),
        Val::Bytes(bytes) if inside => {
            format!(
                "b{}",
                skeg_schema::go::quote(&String::from_utf8_lossy(bytes))
            )
        }
        Val::Double(value) if inside => match special(*value) {
            Some(_) => skeg_schema::go::quote(&double_text(*value)),
            None => format!("{value:.PRECISION$}"),
        },
        Val::Timestamp(at) if inside => format!("timestamp(\"{at}\")"),
        Val::Duration(length) if inside => format!("duration(\"{length}\")"),
        Val::List(list) => {
            let mut parts = Vec::new();
            for item in list.iter() {
                parts.push(shown(&item?, true)?);
            }
            format!("[{}]", parts.join(", "))
        }
        Val::Map(map) => shown_map(map)?,
        Val::Null
        | Val::Bool(_)
        | Val::Int(_)
        | Val::Uint(_)
        | Val::Double(_)
        | Val::String(_)
        | Val::Bytes(_)
        | Val::Timestamp(_)
        | Val::Duration(_) => plain(value),
        Val::Type(ty) => ty.runtime_name().to_owned(),
        other => {
            return Err(refused(
                "string",
                "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps",
                other,
            ));
        }
    })
}

fn shown_map(map: &Map<'_>) -> Result<String, EvalError> {
    let mut parts = Vec::new();
    for (key, value) in map.iter() {
        parts.push((shown(&key, true)?, shown(&value?, true)?));
    }
    parts.sort();
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    Ok(format!("{{{}}}", parts.join(", ")))
}
