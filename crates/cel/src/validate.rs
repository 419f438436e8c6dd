//! What is checked of constants once types fit.

use std::collections::HashSet;

use crate::ast::{Call, Expr, Id, Kind};
use crate::format_string;
use crate::regex;
use crate::source::{CompileErrors, Source};
use crate::time::{Duration, parse_timestamp};
use crate::types::Type;
use crate::value::Val;

/// The seconds since 1970 that a timestamp has, from the year 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Checks constants of durations, times and regular expressions, and that
/// lists and maps hold one type, and that patterns fit what fills them.
pub(crate) fn validate(expr: &Expr, types: &[Type], source: &Source, errors: &mut CompileErrors) {
    // What format() is given may differ in type.
    let mut exempt: HashSet<Id> = HashSet::new();
    expr.walk(&mut |expr| {
        if let Kind::Call(call) = &expr.kind
            && &*call.function == "format"
        {
            for arg in &call.args {
                arg.walk(&mut |part| {
                    exempt.insert(part.id);
                });
            }
        }
    });
    expr.walk(&mut |expr| match &expr.kind {
        Kind::List { .. } | Kind::Map(_) if exempt.contains(&expr.id) => {}
        Kind::Call(call) => {
            formatted(expr, call, types, source, errors);
            let argument = match (&*call.function, call.target.is_some()) {
                ("duration" | "timestamp", false) if call.args.len() == 1 => call.args.first(),
                ("matches", true) => call.args.first(),
                ("matches", false) => call.args.get(1),
                _ => None,
            };
            let Some(argument) = argument else { return };
            if let ("timestamp", Kind::Literal(Val::Int(seconds))) =
                (&*call.function, &argument.kind)
                && !SECONDS.contains(seconds)
            {
                errors.add(source, argument.at, "invalid timestamp argument".to_owned());
            }
            let Kind::Literal(Val::String(text)) = &argument.kind else {
                return;
            };
            let fine = match &*call.function {
                "duration" => Duration::parse(text).is_some(),
                "timestamp" => parse_timestamp(text).is_ok(),
                _ => regex::compile(text).is_ok(),
            };
            if !fine {
                errors.add(
                    source,
                    argument.at,
                    format!("invalid {} argument", call.function),
                );
            }
        }
        Kind::List { items, optional } => {
            let parts = items.iter().enumerate();
            same_type(
                parts.map(|(place, item)| (item, optional.contains(&place))),
                types,
                source,
                errors,
            );
        }
        Kind::Map(entries) => {
            same_type(
                entries.iter().map(|entry| (&entry.key, false)),
                types,
                source,
                errors,
            );
            same_type(
                entries.iter().map(|entry| (&entry.value, entry.optional)),
                types,
                source,
                errors,
            );
        }
        _ => {}
    });
}

// Patterns that are known, with arguments that are counted.
fn formatted(
    expr: &Expr,
    call: &Call,
    types: &[Type],
    source: &Source,
    errors: &mut CompileErrors,
) {
    if let ("format", Some(target), [args]) = (&*call.function, &call.target, &*call.args)
        && let Kind::Literal(Val::String(pattern)) = &target.kind
        && let Kind::List { items, .. } = &args.kind
        && let Err((at, why)) = format_string::check(pattern, items, &|e| type_of(types, e.id))
    {
        errors.add(source, at.unwrap_or(expr.at), why);
    }
}

fn type_of(types: &[Type], id: Id) -> Type {
    types.get(id as usize).cloned().unwrap_or(Type::Dyn)
}

fn same_type<'e>(
    parts: impl Iterator<Item = (&'e Expr, bool)>,
    types: &[Type],
    source: &Source,
    errors: &mut CompileErrors,
) {
    let mut first: Option<Type> = None;
    for (part, optional) in parts {
        let mut ty = type_of(types, part.id);
        if optional && let Some(inner) = ty.unwrap_optional() {
            ty = inner.clone();
        }
        match &first {
            None => first = Some(ty),
            Some(held) if *held == ty => {}
            Some(held) => {
                errors.add(
                    source,
                    part.at,
                    format!("expected type '{held}' but found '{ty}'"),
                );
                // One says enough.
                return;
            }
        }
    }
}
