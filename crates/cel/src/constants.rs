//! What is known before anything is evaluated, as cel-go finds it when it makes
//! a program: lists and maps of constants, and conversions of them, are
//! constants and cost nothing.

use std::sync::Arc;

use crate::ast::{Expr, Kind, op};
use crate::error::EvalError;
use crate::eval::lacking;
use crate::functions::Functions;
use crate::regex;
use crate::value::{Entries, Map, Val};

/// Functions that convert, or tell the type.
const CONVERSIONS: &[&str] = &[
    "bool",
    "bytes",
    "double",
    "duration",
    "int",
    "string",
    "timestamp",
    "type",
    "uint",
];

/// Puts constants where they are known.
///
/// # Errors
///
/// A constant cannot be converted, or is no regular expression where one is
/// wanted. What could be put in its place was.
pub(crate) fn fold(expr: &mut Expr, functions: &Functions) -> Result<(), EvalError> {
    let mut folder = Folder {
        functions,
        fault: None,
    };
    folder.fold(expr);
    folder.fault.map_or(Ok(()), Err)
}

struct Folder<'f> {
    functions: &'f Functions,
    fault: Option<EvalError>,
}

impl Folder<'_> {
    fn fold(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            Kind::Literal(_) | Kind::Ident(_) => {}
            Kind::Select { operand, .. } => self.fold(operand),
            Kind::Call(call) => {
                for part in call.target.iter_mut().chain(&mut call.args) {
                    self.fold(part);
                }
            }
            Kind::List { items, .. } => items.iter_mut().for_each(|item| self.fold(item)),
            Kind::Map(entries) => {
                for entry in entries {
                    self.fold(&mut entry.key);
                    self.fold(&mut entry.value);
                }
            }
            Kind::Struct { fields, .. } => {
                for field in fields {
                    self.fold(&mut field.value);
                }
            }
            Kind::Fold(fold) => {
                self.fold(&mut fold.range);
                self.fold(&mut fold.condition);
                self.fold(&mut fold.init);
                self.fold(&mut fold.step);
                self.fold(&mut fold.result);
            }
        }
        if let Some(kind) = self.known(&expr.kind) {
            expr.kind = kind;
        }
    }

    fn known(&mut self, kind: &Kind) -> Option<Kind> {
        match kind {
            Kind::List { items, optional } if optional.is_empty() => {
                let values: Option<Vec<_>> = items.iter().map(literal).collect();
                values.map(|values| Kind::Literal(Val::from(values)))
            }
            Kind::Map(parts) => {
                let mut entries = Entries::default();
                // Of a key that is there more than once the last value stays.
                for part in parts {
                    let (key, value) = (literal(&part.key)?, literal(&part.value)?);
                    if part.optional || !entries.set(key, value) {
                        return None;
                    }
                }
                Some(Kind::Literal(Val::Map(Map::Entries(Arc::new(entries)))))
            }
            Kind::Call(call) => {
                let name = &*call.function;
                let pattern = match (name, call.target.is_some()) {
                    ("find" | "findAll" | "matches", true) => call.args.first(),
                    ("matches", false) => call.args.get(1),
                    _ => None,
                };
                if let Some(Kind::Literal(Val::String(pattern))) = pattern.map(|expr| &expr.kind)
                    && let Err(why) = regex::compile(pattern)
                {
                    self.refuse(EvalError::new(why));
                }
                let [argument] = call.args.as_slice() else {
                    return None;
                };
                if call.target.is_some() {
                    return None;
                }
                if name == "dyn" {
                    return literal(argument).map(Kind::Literal);
                }
                if !CONVERSIONS.contains(&name) {
                    return None;
                }
                let given = [literal(argument)?];
                let (_, overloads) = self.functions.get(name)?;
                let overload = overloads.iter().find(|overload| overload.takes(&given));
                let converted = match overload {
                    Some(overload) => (overload.run)(&given),
                    None => Err(lacking(name, &given)),
                };
                converted
                    .map_err(|error| self.refuse(error))
                    .ok()
                    .map(Kind::Literal)
            }
            _ => None,
        }
    }

    fn refuse(&mut self, error: EvalError) {
        self.fault.get_or_insert(error);
    }
}

fn literal(expr: &Expr) -> Option<Val<'static>> {
    match &expr.kind {
        Kind::Literal(value) => Some(value.clone()),
        _ => None,
    }
}

/// Whether a call looks into a list of constants: that costs nothing.
pub(crate) fn is_membership(function: &str, args: &[Expr]) -> bool {
    function == op::IN
        && matches!(args, [_, list] if matches!(&list.kind, Kind::Literal(Val::List(_))))
}
