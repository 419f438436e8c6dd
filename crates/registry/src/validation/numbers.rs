//! Integers, percentages, ports, quantities.

use super::names;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree;
use skeg_meta::Quantity;
use skeg_schema::Value;

/// 1-65535
pub fn port(v: i64, path: &Path<'_>, errs: &mut Errs) {
    if !(1..=65535).contains(&v) {
        errs.invalid(path, v, names::PORT_RANGE);
    }
}

/// A port by number or by name.
pub fn port_or_name(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    match v {
        Value::Int(n) => port(*n, path, errs),
        Value::String(name) => errs.invalid_all(path, name, names::port_name(name)),
        _ => port(0, path, errs),
    }
}

/// A field that may not be negative, when present.
pub fn non_negative(parent: &Value, field: &str, path: &Path<'_>, errs: &mut Errs) {
    if let Some(v) = tree::i(parent, field) {
        errs.non_negative(&path.child(field), v);
    }
}

/// An integer not below zero, or a percentage.
pub fn int_or_percent(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    match v {
        Value::String(text) => errs.invalid_all(path, text, names::percent(text)),
        Value::Int(n) => errs.non_negative(path, *n),
        _ => {}
    }
}

/// The number before `%`, if that is what it is.
pub fn percent_of(v: &Value) -> Option<i64> {
    let text = v.as_str()?;
    if !names::percent(text).is_empty() {
        return None;
    }
    Some(atoi(text.trim_end_matches('%')))
}

/// A text as Go's `Atoi` gives it when nobody looks at its error: zero for what is no
/// number, and the nearest one for what is too large.
fn atoi(text: &str) -> i64 {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.parse::<i64>()
        .unwrap_or_else(|error| match error.kind() {
            PosOverflow => i64::MAX,
            NegOverflow => i64::MIN,
            _ => 0,
        })
}

/// A percentage may not exceed 100.
pub fn at_most_100_percent(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    if percent_of(v).is_some_and(|p| p > 100) {
        errs.invalid(path, v.clone(), "must not be greater than 100%");
    }
}

/// Zero as a number or as a percentage.
pub fn is_zero_or_percent(v: &Value) -> bool {
    match v {
        Value::Int(n) => *n == 0,
        // What is no percentage is a number all the same, if it is one.
        other => {
            let number = || other.as_str().map(atoi);
            percent_of(other).or_else(number).unwrap_or(0) == 0
        }
    }
}

/// A quantity of the tree; trees only hold quantities that decode.
pub fn quantity(v: &Value) -> Quantity {
    match v {
        Value::String(text) => text.parse().unwrap_or_default(),
        Value::Int(n) => Quantity::new(*n, Default::default()),
        _ => Quantity::default(),
    }
}

/// A whole amount?
pub fn is_integer(q: &Quantity) -> bool {
    q.nanos() % 1_000_000_000 == 0
}
