//! `format()` and how values are shown in messages.

use crate::ast::{Expr, Kind};
use crate::error::EvalError;
use crate::lib_std::double_text;
use crate::types::Type;
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

/// Part of a pattern.
enum Piece {
    Text(char),
    /// The letter behind `%`, and how many digits are wanted behind the point.
    Clause(char, usize),
}

/// The parts of a pattern, up to the first that is none.
struct Pieces<'p>(std::iter::Peekable<std::str::Chars<'p>>);

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let c = self.0.next()?;
        if c != '%' || self.0.next_if_eq(&'%').is_some() {
            return Some(Ok(Piece::Text(c)));
        }
        Some(self.clause())
    }
}

impl Pieces<'_> {
    fn clause(&mut self) -> Result<Piece, String> {
        let mut precision = PRECISION;
        if self.0.next_if_eq(&'.').is_some() {
            let mut digits = String::new();
            while let Some(digit) = self.0.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if self.0.peek().is_none() {
                return Err("could not parse formatting clause: error while parsing precision: could not find end of precision specifier".to_owned());
            }
            let parsed = digits.parse().ok();
            precision = parsed.filter(|precision| *precision <= MAX_PRECISION).ok_or_else(|| {
                format!(
                    "could not parse formatting clause: error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing {digits:?}: invalid syntax"
                )
            })?;
        }
        match self.0.next() {
            None => Err("unexpected end of string".to_owned()),
            Some(clause) if "sdfebxXo".contains(clause) => Ok(Piece::Clause(clause, precision)),
            Some(other) => Err(format!(
                "could not parse formatting clause: unrecognized formatting clause \"{other}\""
            )),
        }
    }
}

/// `%s` and its kind, filled from a list.
pub(crate) fn format(pattern: &str, args: &[Val<'_>]) -> Result<String, EvalError> {
    let mut out = String::new();
    let mut used = 0;
    for piece in Pieces(pattern.chars().peekable()) {
        let (clause, precision) = match piece.map_err(EvalError::new)? {
            Piece::Text(c) => {
                out.push(c);
                continue;
            }
            Piece::Clause(clause, precision) => (clause, precision),
        };
        let Some(arg) = args.get(used) else {
            return Err(EvalError::new(format!("index {used} out of range")));
        };
        used += 1;
        out.push_str(&one(clause, precision, arg)?);
    }
    Ok(out)
}

/// What is wrong with a pattern and its arguments before they have values: the
/// place of the fault, if it is an argument's, and its words.
pub(crate) fn check(
    pattern: &str,
    args: &[Expr],
    type_of: &dyn Fn(&Expr) -> Type,
) -> Result<(), (Option<u32>, String)> {
    let mut used = 0;
    for piece in Pieces(pattern.chars().peekable()) {
        let Piece::Clause(clause, _) = piece.map_err(|why| (None, why))? else {
            continue;
        };
        let Some(arg) = args.get(used) else {
            return Err((None, format!("index {used} out of range")));
        };
        used += 1;
        fits(clause, arg, type_of)?;
    }
    if used < args.len() {
        let given = args.len();
        return Err((
            None,
            format!("too many arguments supplied to string.format (expected {used}, got {given})"),
        ));
    }
    Ok(())
}

fn fits(
    clause: char,
    arg: &Expr,
    type_of: &dyn Fn(&Expr) -> Type,
) -> Result<(), (Option<u32>, String)> {
    let ty = type_of(arg);
    let fine = match (clause, &ty) {
        (_, Type::Dyn | Type::Error | Type::Param(_)) => true,
        ('s', Type::Opaque(..) | Type::Struct(..)) => false,
        ('s', _) => true,
        ('d' | 'o', ty) => matches!(ty, Type::Int | Type::Uint),
        ('f' | 'e', ty) => matches!(ty, Type::Double | Type::String),
        ('b', ty) => matches!(ty, Type::Int | Type::Uint | Type::Bool),
        (_, ty) => matches!(ty, Type::Int | Type::Uint | Type::String | Type::Bytes),
    };
    if !fine {
        return Err((Some(arg.at), refusal(clause, ty.runtime_name())));
    }
    let parts: Vec<&Expr> = match &arg.kind {
        Kind::List { items, .. } if clause == 's' => items.iter().collect(),
        Kind::Map(entries) if clause == 's' => {
            let both = entries.iter().flat_map(|entry| [&entry.key, &entry.value]);
            both.collect()
        }
        _ => Vec::new(),
    };
    parts
        .into_iter()
        .try_for_each(|part| fits(clause, part, type_of))
}

fn refusal(clause: char, given: &str) -> String {
    let words = match clause {
        's' => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
        }
        'd' => "decimal clause can only be used on integers",
        'f' => "fixed-point clause can only be used on doubles",
        'e' => "scientific clause can only be used on doubles",
        'b' => "only integers and bools can be formatted as binary",
        'o' => "octal clause can only be used on integers",
        _ => "only integers, byte buffers, and strings can be formatted as hex",
    };
    format!("error during formatting: {words}, was given {given}")
}

fn refused(clause: char, arg: &Val<'_>) -> EvalError {
    EvalError::new(refusal(clause, arg.type_of().runtime_name()))
}

fn one(clause: char, precision: usize, arg: &Val<'_>) -> Result<String, EvalError> {
    Ok(match clause {
        's' => shown(arg, false)?,
        'd' => match arg {
            Val::Int(value) => value.to_string(),
            Val::Uint(value) => value.to_string(),
            _ => return Err(refused('d', arg)),
        },
        'f' => match float(arg) {
            Some(value) => fixed(value, precision),
            None => return Err(refused('f', arg)),
        },
        'e' => match float(arg) {
            Some(value) => scientific(value, precision),
            None => return Err(refused('e', arg)),
        },
        'b' => match arg {
            Val::Bool(value) => u8::from(*value).to_string(),
            Val::Int(value) => signed(*value, |n| format!("{n:b}")),
            Val::Uint(value) => format!("{value:b}"),
            _ => return Err(refused('b', arg)),
        },
        'o' => match arg {
            Val::Int(value) => signed(*value, |n| format!("{n:o}")),
            Val::Uint(value) => format!("{value:o}"),
            _ => return Err(refused('o', arg)),
        },
        _ => {
            let hex = match arg {
                Val::Int(value) => signed(*value, |n| format!("{n:x}")),
                Val::Uint(value) => format!("{value:x}"),
                Val::String(text) => hex(text.as_bytes()),
                Val::Bytes(bytes) => hex(bytes),
                _ => {
                    return Err(refused('x', arg));
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
    if value < 0.0 {
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

/// As English writes it: `1.500000×10⁰³`.
fn scientific(value: f64, precision: usize) -> String {
    if let Some(text) = special(value) {
        // As wide as a number would be.
        let width = if precision == 0 { 0 } else { precision };
        return format!("{text:>width$}");
    }
    // Upstream writes six digits, whatever it is told, and no sign of zero.
    let value = if value == 0.0 { 0.0 } else { value };
    let text = format!("{value:.6e}");
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
    format!("{digits}×10{sign}{raised}")
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
        Val::Bytes(bytes) if std::str::from_utf8(bytes).is_err() => {
            return Err(EvalError::new(
                "error during formatting: could not convert argument \"invalid UTF-8 in bytes, cannot convert to string\" to string",
            ));
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
            return Err(refused('s', other));
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
