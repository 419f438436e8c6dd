//! Comprehensions: loops over lists and maps.

use std::sync::Arc;

use super::{Evaluator, Out};
use crate::ast::{Expr, Fold, Kind, op};
use crate::cost::MAKE_LIST;
use crate::error::EvalError;
use crate::value::{List, Val};

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn fold(&mut self, fold: &Fold) -> Out<'a> {
        if fold.is_bind() {
            // A name that is not used costs nothing.
            if !fold.result.mentions(&fold.accu) {
                return self.eval(&fold.result);
            }
            let value = self.eval(&fold.init)?;
            self.locals.push((fold.accu.clone(), value));
            let result = self.eval(&fold.result);
            self.locals.pop();
            return result;
        }
        let range = self.eval(&fold.range)?;
        let init = self.eval(&fold.init)?;
        let outside = self.locals.len();
        let result = self.iterate(fold, range, init);
        self.locals.truncate(outside);
        let accu = result?;
        self.locals.push((fold.accu.clone(), accu));
        let result = self.eval(&fold.result);
        self.locals.truncate(outside);
        result
    }

    fn iterate(&mut self, fold: &Fold, range: Val<'a>, init: Val<'a>) -> Out<'a> {
        let mut accu: Out<'a> = Ok(init);
        let mut round = |this: &mut Self, first: Val<'a>, second: Option<Val<'a>>| {
            let outside = this.locals.len();
            let held = std::mem::replace(&mut accu, Ok(Val::Null));
            let go_on = this.round(fold, held, first, second);
            this.locals.truncate(outside);
            let (next, more) = go_on?;
            accu = next;
            Ok::<bool, EvalError>(more)
        };
        match &range {
            Val::List(list) => {
                for (place, item) in list.iter().enumerate() {
                    let item = item?;
                    let more = if fold.var2.is_some() {
                        let place = i64::try_from(place).unwrap_or(i64::MAX);
                        round(self, Val::Int(place), Some(item))?
                    } else {
                        round(self, item, None)?
                    };
                    if !more {
                        break;
                    }
                }
            }
            Val::Map(map) => {
                for (key, value) in map.iter() {
                    let second = match fold.var2 {
                        Some(_) => Some(value?),
                        None => None,
                    };
                    if !round(self, key, second)? {
                        break;
                    }
                }
            }
            other => {
                let name = other.go_name();
                return Err(EvalError::new(match fold.var2 {
                    Some(_) => format!("unsupported comprehension range type: {name}"),
                    None => format!("got '{name}', expected iterable type"),
                }));
            }
        }
        accu
    }

    /// One round of a loop: the next value, and whether to go on.
    fn round(
        &mut self,
        fold: &Fold,
        accu: Out<'a>,
        first: Val<'a>,
        second: Option<Val<'a>>,
    ) -> Result<(Out<'a>, bool), EvalError> {
        // Errors are carried along: a later item may still decide.
        let (held, failed) = match accu {
            Ok(value) => (value, None),
            Err(error) => (Val::Null, Some(error)),
        };
        if let Some(error) = &failed {
            // Only `all` and `exists` carry an error along.
            return self.round_with_error(fold, error.clone(), first, second);
        }
        self.locals.push((fold.accu.clone(), held));
        let accu_at = self.locals.len() - 1;
        self.locals.push((fold.var.clone(), first));
        if let (Some(name), Some(value)) = (&fold.var2, second) {
            self.locals.push((name.clone(), value));
        }
        match self.eval(&fold.condition)? {
            Val::Bool(true) => {}
            _ => {
                let held = std::mem::replace(&mut self.locals[accu_at].1, Val::Null);
                return Ok((Ok(held), false));
            }
        }
        if let Some(step) = appends(fold) {
            return self.append(step, accu_at).map(|value| (Ok(value), true));
        }
        match self.eval(&fold.step) {
            Ok(value) => Ok((Ok(value), true)),
            Err(error) if error.is_absorbed() && carries_errors(fold) => Ok((Err(error), true)),
            Err(error) => Err(error),
        }
    }

    fn round_with_error(
        &mut self,
        fold: &Fold,
        error: EvalError,
        first: Val<'a>,
        second: Option<Val<'a>>,
    ) -> Result<(Out<'a>, bool), EvalError> {
        self.locals.push((fold.var.clone(), first));
        if let (Some(name), Some(value)) = (&fold.var2, second) {
            self.locals.push((name.clone(), value));
        }
        let Kind::Call(call) = &fold.step.kind else {
            return Err(error);
        };
        let deciding = &*call.function == op::OR;
        match self.eval(&call.args[1]) {
            Ok(Val::Bool(value)) if value == deciding => Ok((Ok(Val::Bool(value)), true)),
            Err(other) if !other.is_absorbed() => Err(other),
            _ => Ok((Err(error), true)),
        }
    }

    /// Adds to a list or a map that is carried along, in place.
    fn append(&mut self, step: &Expr, accu_at: usize) -> Out<'a> {
        let Kind::Call(call) = &step.kind else {
            return self.eval(step);
        };
        if &*call.function == op::CONDITIONAL {
            return match self.eval(&call.args[0])? {
                Val::Bool(true) => self.append(&call.args[1], accu_at),
                Val::Bool(false) => Ok(std::mem::replace(&mut self.locals[accu_at].1, Val::Null)),
                _ => Err(EvalError::no_such_overload()),
            };
        }
        let item = match &call.args[1].kind {
            Kind::List { items, .. } => {
                let item = self.eval(&items[0])?;
                self.pay(MAKE_LIST + 2)?;
                item
            }
            // A list of a constant is there already.
            Kind::Literal(Val::List(list)) => {
                self.pay(2)?;
                match list.get(0) {
                    Some(item) => item?,
                    None => return Err(EvalError::no_such_overload()),
                }
            }
            _ => return self.eval(step),
        };
        match std::mem::replace(&mut self.locals[accu_at].1, Val::Null) {
            Val::List(List::Items(mut held)) => {
                Arc::make_mut(&mut held).push(item);
                Ok(Val::List(List::Items(held)))
            }
            _ => Err(EvalError::no_such_overload()),
        }
    }
}

/// The step of a loop that only adds to a list, where it can be done in place.
fn appends(fold: &Fold) -> Option<&Expr> {
    let adds = |expr: &Expr| match &expr.kind {
        Kind::Call(call) => {
            &*call.function == op::ADD
                && matches!(&call.args[0].kind, Kind::Ident(name) if *name == fold.accu)
                && match &call.args[1].kind {
                    Kind::List { items, optional } => items.len() == 1 && optional.is_empty(),
                    Kind::Literal(Val::List(list)) => list.len() == 1,
                    _ => false,
                }
        }
        _ => false,
    };
    if &*fold.accu != crate::ast::ACCU {
        return None;
    }
    if adds(&fold.step) {
        return Some(&fold.step);
    }
    match &fold.step.kind {
        Kind::Call(call) if &*call.function == op::CONDITIONAL => {
            let keeps = matches!(&call.args[2].kind, Kind::Ident(name) if *name == fold.accu);
            (adds(&call.args[1]) && keeps).then_some(&fold.step)
        }
        _ => None,
    }
}

/// Whether a loop is `all` or `exists`.
fn carries_errors(fold: &Fold) -> bool {
    matches!(&fold.step.kind, Kind::Call(call) if matches!(&*call.function, op::AND | op::OR))
        && &*fold.accu == crate::ast::ACCU
}
