//! The nodes that reading makes.

use super::{MAX_DEPTH, MAX_NODES, Parser};
use crate::ast::{Call, Expr, Kind};
use crate::value::Val;

impl Parser<'_> {
    pub(crate) fn new_expr(&mut self, at: u32, kind: Kind) -> Expr {
        if self.next_id >= MAX_NODES && !self.stopped {
            self.stopped = true;
            self.pos = self.lexemes.len() - 1;
            self.errors
                .add_without_place(format!("expression has more than {MAX_NODES} parts"));
        }
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        Expr { id, at, kind }
    }

    /// A copy of a tree whose nodes have numbers of their own.
    pub(crate) fn copy(&mut self, expr: &Expr) -> Expr {
        let mut copy = if self.stopped {
            Expr {
                id: 0,
                at: expr.at,
                kind: Kind::Literal(Val::Null),
            }
        } else {
            expr.clone()
        };
        self.renumber(&mut copy);
        copy
    }

    fn renumber(&mut self, expr: &mut Expr) {
        if self.stopped {
            return;
        }
        expr.id = self.new_expr(expr.at, Kind::Literal(Val::Null)).id;
        match &mut expr.kind {
            Kind::Literal(_) | Kind::Ident(_) => {}
            Kind::Select { operand, .. } => self.renumber(operand),
            Kind::Call(call) => {
                if let Some(target) = &mut call.target {
                    self.renumber(target);
                }
                call.args.iter_mut().for_each(|arg| self.renumber(arg));
            }
            Kind::List { items, .. } => items.iter_mut().for_each(|item| self.renumber(item)),
            Kind::Map(entries) => {
                for entry in entries {
                    self.renumber(&mut entry.key);
                    self.renumber(&mut entry.value);
                }
            }
            Kind::Struct { fields, .. } => {
                for field in fields {
                    self.renumber(&mut field.value);
                }
            }
            Kind::Fold(fold) => {
                for part in [
                    &mut fold.range,
                    &mut fold.init,
                    &mut fold.condition,
                    &mut fold.step,
                    &mut fold.result,
                ] {
                    self.renumber(part);
                }
            }
        }
    }

    pub(super) fn nothing(&mut self, at: u32) -> Expr {
        self.new_expr(at, Kind::Literal(Val::Null))
    }

    pub(crate) fn call(&mut self, at: u32, function: &str, args: Vec<Expr>) -> Expr {
        let call = Call {
            function: function.into(),
            target: None,
            args,
        };
        self.new_expr(at, Kind::Call(Box::new(call)))
    }

    pub(crate) fn member_call(
        &mut self,
        at: u32,
        function: &str,
        target: Expr,
        args: Vec<Expr>,
    ) -> Expr {
        let call = Call {
            function: function.into(),
            target: Some(target),
            args,
        };
        self.new_expr(at, Kind::Call(Box::new(call)))
    }
}

/// How deep a tree is; stops counting behind the limit.
pub(super) fn depth(expr: &Expr) -> usize {
    fn at(expr: &Expr, level: usize) -> usize {
        if level > MAX_DEPTH {
            return level;
        }
        let below = |parts: &mut dyn Iterator<Item = &Expr>| {
            parts.map(|part| at(part, level + 1)).max().unwrap_or(level)
        };
        match &expr.kind {
            Kind::Literal(_) | Kind::Ident(_) => level,
            Kind::Select { operand, .. } => at(operand, level + 1),
            Kind::Call(call) => below(&mut call.target.iter().chain(&call.args)),
            Kind::List { items, .. } => below(&mut items.iter()),
            Kind::Map(entries) => below(&mut entries.iter().flat_map(|e| [&e.key, &e.value])),
            Kind::Struct { fields, .. } => below(&mut fields.iter().map(|f| &f.value)),
            Kind::Fold(fold) => below(
                &mut [
                    &fold.range,
                    &fold.init,
                    &fold.condition,
                    &fold.step,
                    &fold.result,
                ]
                .into_iter(),
            ),
        }
    }
    at(expr, 1)
}
