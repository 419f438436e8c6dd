//! The tree of an expression.

use std::sync::Arc;

use crate::value::Val;

/// The number of a node; the tables of the checker are indexed by it.
pub(crate) type Id = u32;

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) id: Id,
    /// Where messages point: a code point's place in the text.
    pub(crate) at: u32,
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A constant.
    Literal(Val<'static>),
    /// A variable.
    Ident(Arc<str>),
    /// `operand.field`, or `has(operand.field)`.
    Select {
        operand: Box<Expr>,
        field: Arc<str>,
        test: bool,
    },
    /// A call; operators are calls too.
    Call(Box<Call>),
    /// `[a, ?b]`
    List {
        items: Vec<Expr>,
        optional: Vec<usize>,
    },
    /// `{k: v, ?k: v}`
    Map(Vec<Entry>),
    /// `Name{field: value}`
    Struct { name: Arc<str>, fields: Vec<Field> },
    /// What macros become.
    Fold(Box<Fold>),
}

/// A call of a function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) function: Arc<str>,
    pub(crate) target: Option<Expr>,
    pub(crate) args: Vec<Expr>,
}

/// One entry of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Expr,
    pub(crate) value: Expr,
    pub(crate) optional: bool,
}

/// One field of a message.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Where messages point: the colon.
    pub(crate) at: u32,
    pub(crate) name: Arc<str>,
    pub(crate) value: Expr,
    pub(crate) optional: bool,
}

/// A loop over a list or a map that carries one value along.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    pub(crate) range: Expr,
    pub(crate) var: Arc<str>,
    pub(crate) var2: Option<Arc<str>>,
    pub(crate) accu: Arc<str>,
    pub(crate) init: Expr,
    pub(crate) condition: Expr,
    pub(crate) step: Expr,
    pub(crate) result: Expr,
}

impl Fold {
    /// Whether this is no loop but a name for a value.
    pub(crate) fn is_bind(&self) -> bool {
        let empty = match &self.range.kind {
            Kind::List { items, .. } => items.is_empty(),
            Kind::Literal(Val::List(list)) => list.is_empty(),
            _ => false,
        };
        empty
            && matches!(&self.condition.kind, Kind::Literal(Val::Bool(false)))
            && &*self.accu != ACCU
    }
}

/// The variable that a loop carries along; no expression can name it.
pub(crate) const ACCU: &str = "@result";
/// The loop variable of what is no loop.
pub(crate) const UNUSED: &str = "#unused";

/// The functions that operators call.
pub(crate) mod op {
    pub(crate) const CONDITIONAL: &str = "_?_:_";
    pub(crate) const AND: &str = "_&&_";
    pub(crate) const OR: &str = "_||_";
    pub(crate) const NOT: &str = "!_";
    pub(crate) const NEGATE: &str = "-_";
    pub(crate) const EQUALS: &str = "_==_";
    pub(crate) const NOT_EQUALS: &str = "_!=_";
    pub(crate) const LESS: &str = "_<_";
    pub(crate) const LESS_EQUALS: &str = "_<=_";
    pub(crate) const GREATER: &str = "_>_";
    pub(crate) const GREATER_EQUALS: &str = "_>=_";
    pub(crate) const ADD: &str = "_+_";
    pub(crate) const SUBTRACT: &str = "_-_";
    pub(crate) const MULTIPLY: &str = "_*_";
    pub(crate) const DIVIDE: &str = "_/_";
    pub(crate) const MODULO: &str = "_%_";
    pub(crate) const INDEX: &str = "_[_]";
    pub(crate) const OPT_INDEX: &str = "_[?_]";
    pub(crate) const OPT_SELECT: &str = "_?._";
    pub(crate) const IN: &str = "@in";
    pub(crate) const NOT_STRICTLY_FALSE: &str = "@not_strictly_false";
    pub(crate) const MAP_INSERT: &str = "cel.@mapInsert";
}

impl Expr {
    /// Whether a variable of this name is in it.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let mut found = false;
        self.walk(&mut |part| {
            found |= matches!(&part.kind, Kind::Ident(held) if **held == *name);
        });
        found
    }

    /// Calls `see` for this node and all below it.
    pub(crate) fn walk(&self, see: &mut dyn FnMut(&Expr)) {
        see(self);
        match &self.kind {
            Kind::Literal(_) | Kind::Ident(_) => {}
            Kind::Select { operand, .. } => operand.walk(see),
            Kind::Call(call) => {
                if let Some(target) = &call.target {
                    target.walk(see);
                }
                call.args.iter().for_each(|arg| arg.walk(see));
            }
            Kind::List { items, .. } => items.iter().for_each(|item| item.walk(see)),
            Kind::Map(entries) => {
                for entry in entries {
                    entry.key.walk(see);
                    entry.value.walk(see);
                }
            }
            Kind::Struct { fields, .. } => fields.iter().for_each(|field| field.value.walk(see)),
            Kind::Fold(fold) => {
                for part in [
                    &fold.range,
                    &fold.init,
                    &fold.condition,
                    &fold.step,
                    &fold.result,
                ] {
                    part.walk(see);
                }
            }
        }
    }
}
