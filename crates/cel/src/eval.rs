//! From tree to value.
//!
//! Every step has a price, and evaluation ends when the budget is spent. The
//! prices are those of the estimate (see [`crate::cost`]) at the sizes that
//! values really have.

mod loops;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ast::{Call, Expr, Kind, op};
use crate::constants::is_membership;
use crate::cost::{ASK, MAKE_LIST, MAKE_MAP, MAKE_MESSAGE, REGEX, TRAVERSE, scaled, sorts_texts};
use crate::env::{Inner, Program};
use crate::error::EvalError;
use crate::value::{Entries, Map, Message, Text, Val};

/// The values of variables, and variables that are computed when they are asked for.
#[derive(Default)]
pub struct Activation<'a> {
    values: Vec<(String, Val<'a>)>,
    computed: Vec<(String, Program)>,
    memo: Mutex<HashMap<String, Result<Val<'a>, EvalError>>>,
}

impl<'a> Activation<'a> {
    /// No variables.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One variable more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Val<'a>) -> Self {
        self.values.push((name.into(), value));
        self
    }

    /// A member of the variable `variables`, computed when it is asked for
    /// and then kept. It sees the same variables.
    #[must_use]
    pub fn with_computed(mut self, name: impl Into<String>, program: Program) -> Self {
        self.computed.push((name.into(), program));
        self
    }

    fn get(&self, name: &str) -> Option<&Val<'a>> {
        self.values
            .iter()
            .rev()
            .find(|(held, _)| held == name)
            .map(|(_, value)| value)
    }
}

type Out<'a> = Result<Val<'a>, EvalError>;

/// How deep computed variables may ask for one another.
const MAX_COMPUTED_DEPTH: usize = 64;

pub(crate) struct Evaluator<'p, 'a> {
    program: &'p Inner,
    activation: &'p Activation<'a>,
    locals: Vec<(Arc<str>, Val<'a>)>,
    cost: u64,
    limit: u64,
    depth: usize,
}

/// Evaluates; gives the value and what it cost.
pub(crate) fn run<'a>(
    program: &Inner,
    activation: &Activation<'a>,
    limit: u64,
    depth: usize,
) -> (Out<'a>, u64) {
    let mut evaluator = Evaluator {
        program,
        activation,
        locals: Vec::new(),
        cost: 0,
        limit,
        depth,
    };
    let value = evaluator.eval(&program.expr);
    (value, evaluator.cost)
}

/// The size of a value as prices are made of it.
fn size(value: &Val<'_>) -> u64 {
    match value {
        Val::Optional(Some(inner)) => size(inner),
        Val::Ip(address) => {
            if address.is_ipv4() {
                4
            } else {
                16
            }
        }
        Val::Cidr(_, bits) => u64::from(*bits).div_ceil(8),
        value => value.size().map_or(1, |size| size as u64),
    }
}

fn traversal(value: &Val<'_>) -> u64 {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded down, as defined"
        )]
        Val::String(text) => (text.len() as f64 * TRAVERSE) as u64,
        Val::Bytes(bytes) => bytes.len() as u64 / 10,
        Val::List(list) => list.iter().flatten().map(|item| traversal(&item)).sum(),
        Val::Map(map) => map
            .iter()
            .map(|(key, value)| traversal(&key) + value.map_or(0, |value| traversal(&value)))
            .sum(),
        _ => 1,
    }
}

impl<'a> Evaluator<'_, 'a> {
    fn pay(&mut self, price: u64) -> Result<(), EvalError> {
        self.cost = self.cost.saturating_add(price);
        if self.cost > self.limit {
            Err(EvalError::Budget)
        } else {
            Ok(())
        }
    }

    fn eval(&mut self, expr: &Expr) -> Out<'a> {
        match &expr.kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Ident(name) => self.ident(name),
            Kind::Select {
                operand,
                field,
                test,
            } => self.select(operand, field, *test),
            Kind::Call(call) => self.call(expr, call),
            Kind::List { items, optional } => self.list(items, optional),
            Kind::Map(_) => self.map(expr),
            Kind::Struct { .. } => self.message(expr),
            Kind::Fold(fold) => self.fold(fold),
        }
    }

    fn ident(&mut self, name: &str) -> Out<'a> {
        self.pay(1)?;
        if let Some((_, value)) = self.locals.iter().rev().find(|(held, _)| **held == *name) {
            return Ok(value.clone());
        }
        match self.activation.get(name) {
            Some(value) => Ok(value.clone()),
            None => Err(EvalError::new(format!("no such attribute(s): {name}"))),
        }
    }

    /// A variable that is computed when it is asked for.
    fn computed(&mut self, operand: &Expr, field: &str) -> Option<Out<'a>> {
        let Kind::Ident(name) = &operand.kind else {
            return None;
        };
        if &**name != "variables" || self.activation.computed.is_empty() {
            return None;
        }
        let memo = || {
            self.activation
                .memo
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(held) = memo().get(field) {
            return Some(held.clone());
        }
        let (_, program) = self
            .activation
            .computed
            .iter()
            .find(|(held, _)| held == field)?;
        if self.depth >= MAX_COMPUTED_DEPTH {
            return Some(Err(EvalError::new("variables nest too deeply")));
        }
        let left = self.limit.saturating_sub(self.cost);
        let (value, cost) = run(&program.0, self.activation, left, self.depth + 1);
        let value = match (&value, self.pay(cost)) {
            (_, Err(error)) => Err(error),
            (Err(EvalError::Failed(message)), Ok(())) => Err(EvalError::new(format!(
                "composited variable {field:?} fails to evaluate: {message}"
            ))),
            _ => value,
        };
        if !matches!(value, Err(EvalError::Pending(_) | EvalError::Budget)) {
            memo().insert(field.to_owned(), value.clone());
        }
        Some(value)
    }

    fn select(&mut self, operand: &Expr, field: &str, test: bool) -> Out<'a> {
        if let Some(value) = self.computed(operand, field) {
            self.pay(2)?;
            return if test {
                Ok(Val::Bool(value.is_ok()))
            } else {
                value
            };
        }
        let value = self.operand(operand)?;
        let optional = matches!(value, Val::Optional(_));
        let value = match value {
            Val::Optional(None) => {
                return Ok(if test { Val::Bool(false) } else { Val::none() });
            }
            Val::Optional(Some(inner)) => (*inner).clone(),
            value => value,
        };
        let found = field_of(&value, field)?;
        if test {
            return Ok(Val::Bool(found.is_some()));
        }
        if found.is_some() {
            self.pay(1)?;
        }
        match found {
            Some(value) if optional => Ok(Val::some(value)),
            Some(value) => Ok(value),
            None if optional => Ok(Val::none()),
            None => Err(EvalError::no_such_key(field)),
        }
    }

    fn optional_select(&mut self, call: &Call) -> Out<'a> {
        let [operand, field] = call.args.as_slice() else {
            return Err(EvalError::no_such_overload());
        };
        let Kind::Literal(Val::String(field)) = &field.kind else {
            return Err(EvalError::no_such_overload());
        };
        if let Some(value) = self.computed(operand, field) {
            return value.map(Val::some);
        }
        let value = match self.operand(operand)? {
            Val::Optional(None) => return Ok(Val::none()),
            Val::Optional(Some(inner)) => (*inner).clone(),
            value => value,
        };
        self.optional(field_of(&value, field)?)
    }

    /// What is looked into; what is no way from a variable costs one more, as
    /// the variable does.
    fn operand(&mut self, operand: &Expr) -> Out<'a> {
        let value = self.eval(operand)?;
        let chosen =
            matches!(&operand.kind, Kind::Call(call) if &*call.function == op::CONDITIONAL);
        if !chosen && !is_path(operand) {
            self.pay(1)?;
        }
        Ok(value)
    }

    /// What was found, if it was; only then it costs anything.
    fn optional(&mut self, found: Option<Val<'a>>) -> Out<'a> {
        match found {
            Some(value) => {
                self.pay(1)?;
                Ok(Val::some(value))
            }
            None => Ok(Val::none()),
        }
    }

    fn index(&mut self, call: &Call, optional: bool) -> Out<'a> {
        let [operand, index] = call.args.as_slice() else {
            return Err(EvalError::no_such_overload());
        };
        let value = self.operand(operand)?;
        let index = self.eval(index)?;
        let asked = optional;
        let (value, optional) = match value {
            Val::Optional(None) => return Ok(Val::none()),
            Val::Optional(Some(inner)) => ((*inner).clone(), true),
            value => (value, optional),
        };
        let found = match &value {
            Val::List(list) => {
                let place = match &index {
                    Val::Int(at) => usize::try_from(*at).ok(),
                    Val::Uint(at) => usize::try_from(*at).ok(),
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "it is whole and not negative"
                    )]
                    Val::Double(at) if at.fract() == 0.0 && *at >= 0.0 => Some(*at as usize),
                    Val::Double(at) => {
                        return Err(EvalError::new(format!(
                            "unsupported index value {at} in list"
                        )));
                    }
                    other => {
                        return Err(EvalError::new(format!(
                            "unsupported index type '{}' in list",
                            other.type_of().runtime_name()
                        )));
                    }
                };
                match place.and_then(|place| list.get(place)) {
                    Some(item) => Ok(item?),
                    None => Err(EvalError::new(format!(
                        "index out of bounds: {}",
                        crate::format_string::plain(&index)
                    ))),
                }
            }
            Val::Map(map) => map
                .get(&index)?
                .ok_or_else(|| EvalError::no_such_key(crate::format_string::plain(&index))),
            Val::Message(_) => match &index {
                Val::String(field) => {
                    field_of(&value, field)?.ok_or_else(|| EvalError::no_such_key(&**field))
                }
                _ => Err(EvalError::no_such_overload()),
            },
            _ => Err(EvalError::no_such_key(crate::format_string::plain(&index))),
        };
        match (asked, optional) {
            (true, _) | (false, true) => self.optional(found.ok()),
            (false, false) => {
                let found = found?;
                self.pay(1)?;
                Ok(found)
            }
        }
    }

    /// `&&` and `||`: what one side decides is not changed by an error of the other.
    fn logic(&mut self, call: &Call, deciding: bool) -> Out<'a> {
        let [left, right] = call.args.as_slice() else {
            return Err(EvalError::no_such_overload());
        };
        let left = match self.eval(left) {
            Ok(Val::Bool(value)) if value == deciding => return Ok(Val::Bool(deciding)),
            Err(error) if !error.is_absorbed() => return Err(error),
            other => other,
        };
        let right = match self.eval(right) {
            Ok(Val::Bool(value)) if value == deciding => return Ok(Val::Bool(deciding)),
            Err(error) if !error.is_absorbed() => return Err(error),
            other => other,
        };
        match (left?, right?) {
            (Val::Bool(_), Val::Bool(_)) => Ok(Val::Bool(!deciding)),
            _ => Err(EvalError::no_such_overload()),
        }
    }

    fn call(&mut self, expr: &Expr, call: &Call) -> Out<'a> {
        match &*call.function {
            op::AND => return self.logic(call, false),
            op::OR => return self.logic(call, true),
            op::CONDITIONAL => {
                return match self.eval(&call.args[0])? {
                    Val::Bool(true) => self.branch(&call.args[1]),
                    Val::Bool(false) => self.branch(&call.args[2]),
                    _ => Err(EvalError::no_such_overload()),
                };
            }
            op::NOT_STRICTLY_FALSE => {
                self.pay(1)?;
                return match self.eval(&call.args[0]) {
                    Ok(Val::Bool(false)) => Ok(Val::Bool(false)),
                    Err(error) if !error.is_absorbed() => Err(error),
                    _ => Ok(Val::Bool(true)),
                };
            }
            op::INDEX => return self.index(call, false),
            op::OPT_INDEX => return self.index(call, true),
            op::OPT_SELECT => return self.optional_select(call),
            "or" | "orValue" if call.target.is_some() => return self.otherwise(expr, call),
            _ => {}
        }
        let mut args = Vec::with_capacity(call.args.len() + 1);
        if let Some(target) = &call.target {
            args.push(self.eval(target)?);
        }
        for arg in &call.args {
            args.push(self.eval(arg)?);
        }
        self.apply(expr, call, &args)
    }

    /// A side of a condition: where it is a variable, or part of one, the way
    /// to the variable is free.
    fn branch(&mut self, expr: &Expr) -> Out<'a> {
        let value = self.eval(expr)?;
        if is_path(expr) {
            self.cost = self.cost.saturating_sub(1);
        }
        Ok(value)
    }

    /// `or` and `orValue` look at the other side only when they need it.
    fn otherwise(&mut self, expr: &Expr, call: &Call) -> Out<'a> {
        let Some(target) = &call.target else {
            return Err(EvalError::no_such_overload());
        };
        let held = self.eval(target)?;
        if let Val::Optional(Some(value)) = &held {
            return Ok(if &*call.function == "or" {
                held
            } else {
                (**value).clone()
            });
        }
        let is_none = matches!(held, Val::Optional(None));
        let mut args = vec![held];
        for arg in &call.args {
            args.push(self.eval(arg)?);
        }
        match args.pop() {
            // What stands in for nothing costs what it costs itself.
            Some(other)
                if is_none
                    && (&*call.function == "orValue" || matches!(other, Val::Optional(_))) =>
            {
                Ok(other)
            }
            other => {
                args.extend(other);
                self.apply(expr, call, &args)
            }
        }
    }

    fn apply(&mut self, expr: &Expr, call: &Call, args: &[Val<'a>]) -> Out<'a> {
        let overloads = self
            .program
            .functions
            .get(&call.function)
            .map_or(&[][..], |(_, overloads)| overloads);
        let chosen = self.program.calls.get(&expr.id);
        let overload = chosen
            .into_iter()
            .flatten()
            .filter_map(|place| overloads.get(*place))
            .find(|overload| overload.takes(args))
            .ok_or_else(|| lacking(&call.function, args))?;
        // What a call costs is known before it for all but its result.
        if &*call.function == "check" {
            self.pay(ASK)?;
            return (overload.run)(args);
        }
        let price = if is_membership(&call.function, &call.args) {
            Some(0)
        } else {
            price(&call.function, overload.id, args)
        };
        if let Some(price) = price {
            self.pay(price)?;
        }
        let result = (overload.run)(args)?;
        if price.is_none() {
            self.pay(scaled(size(&result), 2.0 * TRAVERSE))?;
        }
        Ok(result)
    }

    fn list(&mut self, items: &[Expr], optional: &[usize]) -> Out<'a> {
        let mut values = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let value = self.eval(item)?;
            if !optional.contains(&place) {
                values.push(value);
                continue;
            }
            match value {
                Val::Optional(Some(value)) => values.push((*value).clone()),
                Val::Optional(None) => {}
                other => {
                    return Err(EvalError::new(format!(
                        "cannot initialize optional list element from non-optional value {}",
                        crate::format_string::plain(&other)
                    )));
                }
            }
        }
        self.pay(MAKE_LIST)?;
        Ok(Val::from(values))
    }

    fn map(&mut self, expr: &Expr) -> Out<'a> {
        let Kind::Map(parts) = &expr.kind else {
            return Err(EvalError::no_such_overload());
        };
        let mut entries = Entries::default();
        for part in parts {
            let key = self.eval(&part.key)?;
            let mut value = self.eval(&part.value)?;
            if part.optional {
                value = match value {
                    Val::Optional(Some(value)) => (*value).clone(),
                    Val::Optional(None) => continue,
                    other => return Err(not_optional(&key, &other)),
                };
            }
            if !matches!(
                key,
                Val::String(_) | Val::Int(_) | Val::Uint(_) | Val::Bool(_)
            ) {
                return Err(EvalError::new("unsupported key type"));
            }
            // Of a key that comes twice, the later value stays.
            entries.set(key, value);
        }
        self.pay(MAKE_MAP)?;
        Ok(Val::Map(Map::Entries(Arc::new(entries))))
    }

    fn message(&mut self, expr: &Expr) -> Out<'a> {
        let Kind::Struct { name, fields } = &expr.kind else {
            return Err(EvalError::no_such_overload());
        };
        let mut made = Vec::with_capacity(fields.len());
        for field in fields {
            let mut value = self.eval(&field.value)?;
            if field.optional {
                value = match value {
                    Val::Optional(Some(value)) => (*value).clone(),
                    Val::Optional(None) => continue,
                    other => {
                        let key = Val::String(Text::Shared(field.name.clone()));
                        return Err(not_optional(&key, &other));
                    }
                };
            }
            made.push((field.name.clone(), value));
        }
        self.pay(MAKE_MESSAGE)?;
        Ok(Val::Message(Arc::new(Message {
            name: name.clone(),
            fields: made,
        })))
    }
}

fn not_optional(key: &Val<'_>, value: &Val<'_>) -> EvalError {
    EvalError::new(format!(
        "cannot initialize optional entry '{}' from non-optional value {}",
        crate::format_string::plain(key),
        crate::format_string::plain(value)
    ))
}

fn field_of<'a>(value: &Val<'a>, field: &str) -> Result<Option<Val<'a>>, EvalError> {
    match value {
        Val::Map(map) => map.field(field),
        Val::Message(message) => Ok(message
            .fields
            .iter()
            .find(|(name, _)| **name == *field)
            .map(|(_, value)| value.clone())),
        Val::List(_) => Err(EvalError::new("unsupported index type 'string' in list")),
        // What has no fields has not this one.
        _ => Ok(None),
    }
}

/// Whether an expression is a variable, or looks into something.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Ident(_) => true,
        Kind::Select { test, .. } => !test,
        Kind::Call(call) => {
            matches!(&*call.function, op::INDEX | op::OPT_INDEX | op::OPT_SELECT)
        }
        _ => false,
    }
}

/// The words for a call that no form of a function takes: operators ask their
/// first operand, functions tell what they were given.
pub(crate) fn lacking(function: &str, args: &[Val<'_>]) -> EvalError {
    let first = args.first();
    let number = matches!(first, Some(Val::Int(_) | Val::Uint(_) | Val::Double(_)));
    let text = matches!(first, Some(Val::String(_)));
    let time = matches!(first, Some(Val::Duration(_) | Val::Timestamp(_)));
    let bytes = matches!(first, Some(Val::Bytes(_)));
    let can = match function {
        op::ADD => number || text || time || bytes || matches!(first, Some(Val::List(_))),
        op::SUBTRACT | op::MULTIPLY | op::DIVIDE => number || text || time,
        op::MODULO => (number && !matches!(first, Some(Val::Double(_)))) || text || time,
        op::NEGATE => {
            let fits = matches!(first, Some(Val::Int(_) | Val::Double(_) | Val::Bool(_)));
            fits || text || time
        }
        op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS => {
            number || text || time || bytes || matches!(first, Some(Val::Bool(_)))
        }
        "size" => time,
        "contains" | "startsWith" | "endsWith" | "matches" | "find" | "findAll" | "or"
        | "orValue" => true,
        "sort" => text || time,
        "flatten" => {
            let of = match first {
                Some(Val::Map(_)) => "map(dyn, dyn)".to_owned(),
                Some(Val::Optional(_)) => "optional_type(dyn)".to_owned(),
                first => first.map_or_else(String::new, |first| {
                    first.type_of().runtime_name().to_owned()
                }),
            };
            return EvalError::new(format!("no such overload: {of}.flatten()"));
        }
        function if function.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let given: Vec<String> = args
                .iter()
                .map(|arg| arg.type_of().runtime_name().to_owned())
                .collect();
            return EvalError::new(format!(
                "no such overload: {function}({})",
                given.join(", ")
            ));
        }
        _ => true,
    };
    if can {
        EvalError::no_such_overload()
    } else {
        EvalError::new(format!("no such overload: {function}"))
    }
}

/// What a call costs; `None` where its result says.
fn price(function: &str, id: &str, args: &[Val<'_>]) -> Option<u64> {
    let of = |at: usize| args.get(at).map_or(1, size);
    let text = |at: usize| scaled(of(at), TRAVERSE);
    let regex = |length: u64, pattern: u64| {
        scaled(length.saturating_add(1), TRAVERSE).saturating_mul(scaled(pattern, REGEX))
    };
    Some(match function {
        "fieldSelector" | "labelSelector" => {
            MAKE_LIST + text(1) + scaled(of(1), 0.5) * (MAKE_LIST + MAKE_MESSAGE)
        }
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" | "includes" => {
            args.first().map_or(0, traversal)
        }
        "url"
        | "lowerAscii"
        | "upperAscii"
        | "substring"
        | "trim"
        | "jsonpatch.escapeKey"
        | "cidr"
        | "isIP"
        | "isCIDR"
        | "quantity"
        | "isQuantity"
        | "semver"
        | "isSemver" => text(0),
        "ip" if id != "cidr_ip" => text(0),
        "replace" | "split" | "ip.isCanonical" => scaled(of(0), 2.0 * TRAVERSE),
        "join" => return None,
        "find" | "findAll" | "matches" => regex(of(0), of(1)),
        "containsIP" | "containsCIDR" => {
            let mut cost = scaled(2 * of(0), TRAVERSE);
            if function == "containsCIDR" {
                cost += text(0) + 1;
            }
            if id.ends_with("_string") {
                cost += text(1);
            }
            cost
        }
        "validate" => match args.first() {
            Some(Val::Format(format)) => regex(of(1), format.regex_size),
            _ => 1,
        },
        _ => match id {
            "starts_with_string" | "ends_with_string" => text(1),
            "string_to_bytes" | "bytes_to_string" | "strings_quote" | "string_format" => text(0),
            "in_list" => of(1),
            "contains_string" => text(0).saturating_mul(text(1)),
            "equals"
            | "not_equals"
            | "less_string"
            | "greater_string"
            | "less_equals_string"
            | "greater_equals_string"
            | "less_bytes"
            | "greater_bytes"
            | "less_equals_bytes"
            | "greater_equals_bytes" => match args {
                [Val::Ip(_) | Val::Cidr(..) | Val::Quantity(_), _] => 1,
                _ => scaled(of(0).min(of(1)), TRAVERSE),
            },
            "add_string" | "add_bytes" => scaled(of(0) + of(1), TRAVERSE),
            "list_reverse" | "list_flatten" => MAKE_LIST + 1 + of(0),
            "list_flatten_int" => match args.get(1) {
                Some(Val::Int(depth)) => {
                    let depth = u64::try_from(*depth).unwrap_or(0);
                    of(0).saturating_mul(depth).saturating_add(MAKE_LIST + 1)
                }
                _ => MAKE_LIST + 1,
            },
            "list_slice" => match args {
                [_, Val::Int(start), Val::Int(end)] => {
                    let length = end.saturating_sub(*start);
                    MAKE_LIST + 1 + u64::try_from(length).unwrap_or(0).min(of(0))
                }
                _ => MAKE_LIST + 1,
            },
            "lists_range" => match args.first() {
                Some(Val::Int(size)) => MAKE_LIST + 1 + u64::try_from(*size).unwrap_or(0),
                _ => MAKE_LIST + 1,
            },
            "list_distinct" => MAKE_LIST + 1 + 2 * of(0).saturating_mul(of(0)),
            "list_sets_contains_list" | "list_sets_intersects_list" => {
                1 + of(0).saturating_mul(of(1))
            }
            "list_sets_equivalent_list" => 1 + 2 * of(0).saturating_mul(of(1)),
            id if id.ends_with("_sort") || id.ends_with("_sortByAssociatedKeys") => {
                let pairs = of(0).saturating_mul(of(0));
                // Texts cost a twentieth more.
                let texts = if sorts_texts(id) { pairs / 10 } else { 0 };
                pairs
                    .saturating_mul(2)
                    .saturating_add(texts + MAKE_LIST + 1)
            }
            "@mapInsert_map_map" | "@mapInsert_map_key_value" => 1,
            _ => 1,
        },
    })
}
