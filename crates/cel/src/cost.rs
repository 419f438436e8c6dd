//! What an expression may cost, estimated from its types and their bounds.

mod calls;

use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::{ACCU, Call, Expr, Fold, Id, Kind, op};
use crate::checker::Checked;
use crate::decl::DeclType;
use crate::functions::Functions;
use crate::types::Type;
use crate::value::Val;

/// What traversing one character costs.
pub(crate) const TRAVERSE: f64 = 0.1;
/// What one character of a regular expression costs.
pub(crate) const REGEX: f64 = 0.25;
pub(crate) const MAKE_LIST: u64 = 10;
pub(crate) const MAKE_MAP: u64 = 30;
pub(crate) const MAKE_MESSAGE: u64 = 40;
/// What asking the authorizer costs.
pub(crate) const ASK: u64 = 350_000;

/// A range: of sizes or of costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostEstimate {
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
}

type Range = CostEstimate;

const UNKNOWN: Range = Range {
    min: 0,
    max: u64::MAX,
};
const ONE: Range = Range { min: 1, max: 1 };
const ZERO: Range = Range { min: 0, max: 0 };

/// A size times a factor, rounded up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the figures are defined so, and casts saturate"
)]
pub(crate) fn scaled(size: u64, factor: f64) -> u64 {
    (size as f64 * factor).ceil() as u64
}

/// Whether a form of `sort` or `sortBy` puts texts or bytes in order.
pub(crate) fn sorts_texts(id: &str) -> bool {
    id.starts_with("list_string_") || id.starts_with("list_bytes_")
}

impl CostEstimate {
    const fn fixed(value: u64) -> Self {
        Self {
            min: value,
            max: value,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.saturating_add(other.max),
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_mul(other.min),
            max: self.max.saturating_mul(other.max),
        }
    }

    fn scaled(self, factor: f64) -> Self {
        Self {
            min: scaled(self.min, factor),
            max: scaled(self.max, factor),
        }
    }

    fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// The sizes of a container's keys and values.
#[derive(Clone, Copy)]
struct EntrySize {
    list: bool,
    key: Range,
    value: Range,
}

impl EntrySize {
    fn union(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        let (a, b) = (a?, b?);
        Some(Self {
            list: a.list,
            key: a.key.union(b.key),
            value: a.value.union(b.value),
        })
    }
}

#[derive(Clone)]
struct Local {
    name: Arc<str>,
    path: Path,
    size: Option<Range>,
    entry: Option<EntrySize>,
}

type Path = Vec<Arc<str>>;

/// A part of an expression as functions look at it.
struct Node<'e> {
    path: Path,
    ty: Type,
    expr: Option<&'e Expr>,
    size: Option<Range>,
}

/// The cost of a call and the size of what it gives.
struct CallCost {
    cost: Range,
    size: Option<Range>,
}

impl From<Range> for CallCost {
    fn from(cost: Range) -> Self {
        Self { cost, size: None }
    }
}

struct Estimator<'e> {
    checked: &'e Checked,
    functions: &'e Functions,
    variables: &'e HashMap<String, DeclType>,
    paths: HashMap<Id, Path>,
    sizes: HashMap<Id, Range>,
    entries: HashMap<Id, EntrySize>,
    locals: Vec<Local>,
}

/// Estimates the cost of a checked expression.
pub(crate) fn estimate(
    expr: &Expr,
    checked: &Checked,
    functions: &Functions,
    variables: &HashMap<String, DeclType>,
) -> CostEstimate {
    let mut estimator = Estimator {
        checked,
        functions,
        variables,
        paths: HashMap::new(),
        sizes: HashMap::new(),
        entries: HashMap::new(),
        locals: Vec::new(),
    };
    estimator.cost(expr)
}

fn joined(mut path: Path, part: &str) -> Path {
    path.push(part.into());
    path
}

impl<'e> Estimator<'e> {
    fn ty(&self, expr: &Expr) -> &Type {
        self.checked
            .types
            .get(expr.id as usize)
            .unwrap_or(&Type::Dyn)
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| *local.name == *name)
    }

    fn path(&self, expr: &Expr) -> Path {
        if let Kind::Ident(name) = &expr.kind
            && let Some(local) = self.local(name)
        {
            return local.path.clone();
        }
        self.paths.get(&expr.id).cloned().unwrap_or_default()
    }

    /// The declared bound at a path.
    fn declared_size(&self, path: &Path) -> Option<Range> {
        let (root, rest) = path.split_first()?;
        // What does not begin at a variable is looked up as if it were the
        // object itself: upstream's estimates are made so, and must be matched.
        let mut decl = self
            .variables
            .get(&**root)
            .or_else(|| self.variables.get("self"))?
            .clone();
        for part in rest {
            decl = match &**part {
                "@items" | "@values" => decl.element()?.clone(),
                "@keys" => match decl.shape() {
                    // Keys are strings without a bound of their own.
                    crate::decl::Shape::Map(_) => DeclType::string(),
                    _ => return None,
                },
                field => decl.field(field)?,
            };
        }
        Some(Range {
            min: 0,
            max: decl.max_elements(),
        })
    }

    fn size(&mut self, expr: &Expr) -> Option<Range> {
        if let Some(size) = self.sizes.get(&expr.id) {
            return Some(*size);
        }
        let own = match &expr.kind {
            Kind::Literal(value) => match value {
                Val::Type(_) => None,
                value => Some(value.size().map_or(1, |size| size as u64)),
            },
            Kind::List { items, .. } => Some(items.len() as u64),
            Kind::Map(entries) => Some(entries.len() as u64),
            _ => None,
        };
        if let Some(own) = own {
            return Some(Range::fixed(own));
        }
        let path = self.path(expr);
        if let Some(size) = self.declared_size(&path) {
            self.sizes.insert(expr.id, size);
            return Some(size);
        }
        if is_scalar(self.ty(expr)) {
            return Some(ONE);
        }
        if let Kind::Ident(name) = &expr.kind {
            return self.local(name).and_then(|local| local.size);
        }
        None
    }

    fn size_or_unknown(&mut self, expr: &Expr) -> Range {
        self.size(expr).unwrap_or(UNKNOWN)
    }

    fn set_size(&mut self, expr: &Expr, size: Option<Range>) {
        if let Some(size) = size {
            self.sizes.insert(expr.id, size);
        }
    }

    fn entry(&self, expr: &Expr) -> Option<EntrySize> {
        if let Some(entry) = self.entries.get(&expr.id) {
            return Some(*entry);
        }
        match &expr.kind {
            Kind::Ident(name) => self.local(name).and_then(|local| local.entry),
            _ => None,
        }
    }

    fn set_entry(&mut self, expr: &Expr, entry: Option<EntrySize>) {
        if let Some(entry) = entry {
            self.entries.insert(expr.id, entry);
        }
    }

    fn cost(&mut self, expr: &'e Expr) -> Range {
        match &expr.kind {
            // The name of a type is a variable, one that nothing is declared of.
            Kind::Literal(Val::Type(_)) => {
                self.paths.insert(expr.id, vec!["type".into()]);
                ONE
            }
            Kind::Literal(_) => ZERO,
            Kind::Ident(name) => {
                let path = match self.local(name) {
                    Some(local) => local.path.clone(),
                    None => vec![name.clone()],
                };
                self.paths.insert(expr.id, path);
                ONE
            }
            Kind::Select {
                operand,
                field,
                test,
            } => {
                let sum = self.cost(operand);
                if *test {
                    return sum;
                }
                let path = joined(self.path(operand), field);
                self.paths.insert(expr.id, path);
                match self.ty(operand) {
                    Type::Map(..) | Type::Struct(..) | Type::Param(_) => sum.plus(ONE),
                    _ => sum,
                }
            }
            Kind::Call(call) => self.call(expr, call),
            Kind::List { items, .. } => {
                let mut sum = Range::fixed(MAKE_LIST);
                let mut item_size = Range {
                    min: if items.is_empty() { 0 } else { u64::MAX },
                    max: 0,
                };
                for item in items {
                    sum = sum.plus(self.cost(item));
                    item_size = item_size.union(self.size_or_unknown(item));
                }
                let entry = EntrySize {
                    list: true,
                    key: ONE,
                    value: item_size,
                };
                self.set_entry(expr, Some(entry));
                sum
            }
            Kind::Map(entries) => {
                let mut sum = Range::fixed(MAKE_MAP);
                let empty = Range {
                    min: if entries.is_empty() { 0 } else { u64::MAX },
                    max: 0,
                };
                let (mut key, mut value) = (empty, empty);
                for entry in entries {
                    sum = sum.plus(self.cost(&entry.key));
                    sum = sum.plus(self.cost(&entry.value));
                    key = key.union(self.size_or_unknown(&entry.key));
                    value = value.union(self.size_or_unknown(&entry.value));
                }
                let entry = EntrySize {
                    list: false,
                    key,
                    value,
                };
                self.set_entry(expr, Some(entry));
                sum
            }
            Kind::Struct { fields, .. } => fields
                .iter()
                .fold(Range::fixed(MAKE_MESSAGE), |sum, field| {
                    sum.plus(self.cost(&field.value))
                }),
            Kind::Fold(fold) if fold.is_bind() => {
                let mut sum = self.cost(&fold.range);
                sum = sum.plus(self.cost(&fold.init));
                let local = Local {
                    name: fold.accu.clone(),
                    path: self.path(&fold.init),
                    size: self.size(&fold.init),
                    entry: self.entry(&fold.init),
                };
                self.locals.push(local);
                sum = sum.plus(self.cost(&fold.result));
                let size = self.size(&fold.result);
                let entry = self.entry(&fold.result);
                self.locals.pop();
                self.set_size(expr, size);
                self.set_entry(expr, entry);
                sum
            }
            Kind::Fold(fold) => self.fold(expr, fold),
        }
    }

    fn iteration(&self, name: &Arc<str>, range: &Expr, which: Which) -> Local {
        let entry = self.entry(range);
        let list = match entry {
            Some(entry) => entry.list,
            None => matches!(self.ty(range), Type::List(_)),
        };
        let (part, size) = match (which, list) {
            (Which::Key, true) => ("@indices", entry.map(|entry| entry.key)),
            (Which::Key | Which::Single, false) => ("@keys", entry.map(|entry| entry.key)),
            (Which::Value | Which::Single, true) => ("@items", entry.map(|entry| entry.value)),
            (Which::Value, false) => ("@values", entry.map(|entry| entry.value)),
        };
        Local {
            name: name.clone(),
            path: joined(self.path(range), part),
            size,
            entry: None,
        }
    }

    fn fold(&mut self, expr: &Expr, fold: &'e Fold) -> Range {
        let mut sum = self.cost(&fold.range);
        sum = sum.plus(self.cost(&fold.init));
        let accu = Local {
            name: fold.accu.clone(),
            path: self.path(&fold.init),
            size: self.size(&fold.init),
            entry: self.entry(&fold.init),
        };
        let outside = self.locals.len();
        self.locals.push(accu);
        match &fold.var2 {
            Some(var2) => {
                let key = self.iteration(&fold.var, &fold.range, Which::Key);
                let value = self.iteration(var2, &fold.range, Which::Value);
                self.locals.push(key);
                self.locals.push(value);
            }
            None => {
                let single = self.iteration(&fold.var, &fold.range, Which::Single);
                self.locals.push(single);
            }
        }
        let each = self.cost(&fold.condition);
        let each = each.plus(self.cost(&fold.step));
        self.locals.truncate(outside + 1);
        sum = sum.plus(self.cost(&fold.result));
        self.locals.truncate(outside);
        let count = self.size_or_unknown(&fold.range);
        sum = sum.plus(count.times(each));
        match &fold.init.kind {
            Kind::Literal(_) => {
                let size = self.size(&fold.init);
                self.set_size(expr, size);
            }
            Kind::List { .. } | Kind::Map(_) => {
                self.set_size(expr, Some(count));
                let entry = self.entry(&fold.step);
                self.set_entry(expr, entry);
            }
            _ => {}
        }
        sum
    }

    fn node(&mut self, expr: &'e Expr) -> Node<'e> {
        let mut path = self.path(expr);
        if path.first().is_some_and(|root| &**root == ACCU) {
            path.clear();
        }
        Node {
            path,
            ty: self.ty(expr).clone(),
            expr: Some(expr),
            size: self.size(expr),
        }
    }

    fn call(&mut self, expr: &'e Expr, call: &'e Call) -> Range {
        if &*call.function == "dyn" && call.args.len() == 1 {
            let arg = &call.args[0];
            let cost = self.cost(arg);
            let size = self.size(arg);
            self.set_size(expr, size);
            let entry = self.entry(arg);
            self.set_entry(expr, entry);
            return cost.plus(ONE);
        }
        let mut args = Vec::new();
        let mut costs = Vec::new();
        for arg in &call.args {
            costs.push(self.cost(arg));
            args.push(self.node(arg));
        }
        let chosen: &[usize] = match self.checked.calls.get(&expr.id) {
            Some(chosen) => chosen,
            // Optional selections have no function.
            None if &*call.function == op::OPT_SELECT => &[],
            None => return ZERO,
        };
        let mut sum = ZERO;
        let mut target = None;
        if let Some(on) = &call.target {
            sum = sum.plus(self.cost(on));
            target = Some(self.node(on));
        }
        let arg_sum = costs.iter().fold(ZERO, |sum, cost| sum.plus(*cost));
        if chosen.is_empty() {
            return sum.plus(arg_sum).plus(ONE);
        }
        let overloads = self
            .functions
            .get(&call.function)
            .map_or(&[][..], |(_, overloads)| overloads);
        let mut total = Range {
            min: u64::MAX,
            max: 0,
        };
        let mut size: Option<Range> = None;
        for place in chosen {
            let Some(overload) = overloads.get(*place) else {
                continue;
            };
            let one = self.overload(expr, call, overload.id, target.as_ref(), &args, &costs);
            let own = matches!(overload.id, "logical_or" | "logical_and" | "conditional");
            let cost = if own {
                one.cost
            } else {
                one.cost.plus(arg_sum)
            };
            total = total.union(cost);
            size = match (size, one.size) {
                (Some(a), Some(b)) => Some(a.union(b)),
                (a, b) => a.or(b),
            };
            let part = match overload.id {
                "index_list" => "@items",
                "index_map" => "@values",
                _ => "",
            };
            if !part.is_empty() {
                size = self.entry(&call.args[0]).map(|entry| entry.value);
                let path = joined(self.path(&call.args[0]), part);
                self.paths.insert(expr.id, path);
            }
            if size.is_none() {
                size = self.size(expr);
            }
        }
        self.set_size(expr, size);
        sum.plus(total)
    }

    fn size_of(&self, node: &Node<'_>) -> Range {
        node.size
            .or_else(|| self.declared_size(&node.path))
            .unwrap_or(UNKNOWN)
    }

    /// The items of a list.
    fn items(&self, list: &Node<'_>) -> Option<Node<'static>> {
        let ty = match &list.ty {
            Type::List(item) => (**item).clone(),
            Type::Map(key, _) => (**key).clone(),
            Type::Opaque(_, parts) => parts.first()?.clone(),
            _ => return None,
        };
        let path = if list.path.is_empty() {
            Path::new()
        } else {
            joined(list.path.clone(), "@items")
        };
        Some(Node {
            path,
            ty,
            expr: None,
            size: None,
        })
    }
}

#[derive(Clone, Copy)]
enum Which {
    Key,
    Value,
    Single,
}

fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Double | Type::Duration | Type::Int | Type::Timestamp | Type::Uint => {
            true
        }
        other => other.unwrap_optional().is_some_and(is_scalar),
    }
}
