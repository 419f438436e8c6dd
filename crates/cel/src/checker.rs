//! Which types the parts of an expression have, and which functions they call.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::{Call, Expr, Fold, Id, Kind, op};
use crate::decl::DeclType;
use crate::escape::is_reserved;
use crate::functions::{Functions, Overload};
use crate::source::{CompileErrors, Source};
use crate::types::Type;
use crate::unify::{Mapping, most_general};
use crate::value::Val;

/// What is known in an environment.
pub(crate) struct Scope<'e> {
    pub(crate) functions: &'e Functions,
    pub(crate) variables: &'e HashMap<String, DeclType>,
    /// Whether `Object{…}` and `JSONPatch{…}` can be made.
    pub(crate) mutation: bool,
    /// Whether lists and maps may hold several types.
    pub(crate) mixed: bool,
}

/// The forms of a function that a call may mean, by their places.
pub(crate) type Chosen = Vec<usize>;

/// What was found out.
pub(crate) struct Checked {
    pub(crate) types: Vec<Type>,
    pub(crate) calls: HashMap<Id, Chosen>,
}

struct Checker<'e> {
    scope: &'e Scope<'e>,
    source: &'e Source,
    errors: CompileErrors,
    types: Vec<Option<Type>>,
    calls: HashMap<Id, Chosen>,
    mapping: Mapping,
    next_param: usize,
    locals: Vec<(Arc<str>, Type)>,
}

/// Checks a tree and writes full names into it.
pub(crate) fn check(
    expr: &mut Expr,
    count: Id,
    source: &Source,
    scope: &Scope<'_>,
) -> Result<Checked, CompileErrors> {
    let mut checker = Checker {
        scope,
        source,
        errors: CompileErrors::default(),
        types: vec![None; count as usize],
        calls: HashMap::new(),
        mapping: Mapping::default(),
        next_param: 0,
        locals: Vec::new(),
    };
    checker.check(expr);
    if !checker.errors.is_empty() {
        return Err(checker.errors);
    }
    let mapping = checker.mapping;
    let types = checker
        .types
        .into_iter()
        .map(|ty| ty.map_or(Type::Dyn, |ty| mapping.substitute(&ty, true)))
        .collect();
    Ok(Checked {
        types,
        calls: checker.calls,
    })
}

/// The fields of what a JSON patch is made of.
pub(crate) fn json_patch() -> DeclType {
    DeclType::object(
        "JSONPatch",
        vec![
            ("op".to_owned(), DeclType::string()),
            ("path".to_owned(), DeclType::string()),
            ("from".to_owned(), DeclType::string()),
            ("value".to_owned(), DeclType::dynamic()),
        ],
    )
}

/// The value of a type's name.
fn type_named(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "null_type" => Type::Null,
        "list" => Type::list(Type::Dyn),
        "map" => Type::map(Type::Dyn, Type::Dyn),
        "type" => Type::Type(None),
        "optional_type" => Type::optional(Type::Dyn),
        "google.protobuf.Timestamp" => Type::Timestamp,
        "google.protobuf.Duration" => Type::Duration,
        "net.IP" => crate::types::parse(":net.IP"),
        "net.CIDR" => crate::types::parse(":net.CIDR"),
        _ => return None,
    })
}

/// A declared field by its name as an identifier; reserved words may be written
/// as they are.
fn field_named(decl: &DeclType, ident: &str) -> Option<DeclType> {
    decl.field(ident).or_else(|| {
        is_reserved(ident)
            .then(|| decl.field(&format!("__{ident}__")))
            .flatten()
    })
}

/// The name that a chain of selections spells.
fn qualified(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Ident(name) => Some(name.to_string()),
        Kind::Select {
            operand,
            field,
            test: false,
        } => Some(format!("{}.{field}", qualified(operand)?)),
        _ => None,
    }
}

impl Checker<'_> {
    fn error(&mut self, at: u32, message: String) {
        self.errors.add(self.source, at, message);
    }

    fn set(&mut self, id: Id, ty: Type) {
        if let Some(place) = self.types.get_mut(id as usize) {
            *place = Some(ty);
        }
    }

    fn get(&self, expr: &Expr) -> Type {
        self.types
            .get(expr.id as usize)
            .cloned()
            .flatten()
            .unwrap_or(Type::Error)
    }

    fn undeclared(&mut self, at: u32, name: &str) {
        self.error(
            at,
            format!("undeclared reference to '{name}' (in container '')"),
        );
    }

    fn new_param(&mut self) -> Type {
        let name = format!("_var{}", self.next_param);
        self.next_param += 1;
        Type::Param(name.into())
    }

    fn check(&mut self, expr: &mut Expr) {
        let (id, at) = (expr.id, expr.at);
        let ty = match &mut expr.kind {
            Kind::Literal(value) => value.type_of(),
            Kind::Ident(name) => {
                let name = name.clone();
                self.check_ident(expr, &name)
            }
            Kind::Select { .. } => self.check_select(expr),
            Kind::Call(_) => self.check_call(expr),
            Kind::List { items, optional } => self.check_list(items, optional),
            Kind::Map(_) => self.check_map(expr),
            Kind::Struct { .. } => self.check_struct(expr, at),
            Kind::Fold(fold) => self.check_fold(fold),
        };
        self.set(id, ty);
    }

    /// What a name is declared to be.
    fn lookup(&self, name: &str) -> Option<(Type, Option<Type>)> {
        let plain = name.strip_prefix('.').unwrap_or(name);
        if plain.len() == name.len()
            && let Some((_, ty)) = self.locals.iter().rev().find(|(held, _)| **held == *name)
        {
            return Some((ty.clone(), None));
        }
        if let Some(decl) = self.scope.variables.get(plain) {
            return Some((decl.to_type(), None));
        }
        let ty = type_named(plain)?;
        Some((Type::Type(Some(Arc::new(ty.clone()))), Some(ty)))
    }

    fn check_ident(&mut self, expr: &mut Expr, name: &str) -> Type {
        match self.lookup(name) {
            Some((ty, value)) => {
                expr.kind = match value {
                    Some(value) => Kind::Literal(Val::Type(value)),
                    None => Kind::Ident(name.strip_prefix('.').unwrap_or(name).into()),
                };
                ty
            }
            None => {
                self.undeclared(expr.at, name);
                Type::Error
            }
        }
    }

    fn check_select(&mut self, expr: &mut Expr) -> Type {
        if let Some(name) = qualified(expr) {
            // A declared name with dots comes before a field.
            let root = name.split('.').next().unwrap_or("");
            let is_local = self.locals.iter().any(|(held, _)| **held == *root);
            if !is_local && let Some((ty, value)) = self.lookup(&name) {
                expr.kind = match value {
                    Some(value) => Kind::Literal(Val::Type(value)),
                    None => Kind::Ident(name.strip_prefix('.').unwrap_or(&name).into()),
                };
                return ty;
            }
        }
        let at = expr.at;
        let Kind::Select {
            operand,
            field,
            test,
        } = &mut expr.kind
        else {
            return Type::Error;
        };
        let (field, test) = (field.clone(), *test);
        let ty = self.check_field(at, operand, &field, false);
        if test { Type::Bool } else { ty }
    }

    fn check_field(&mut self, at: u32, operand: &mut Expr, field: &str, optional: bool) -> Type {
        self.check(operand);
        let operand_type = self.mapping.substitute(&self.get(operand), false);
        let (target, is_optional) = match operand_type.unwrap_optional() {
            Some(inner) => (inner.clone(), true),
            None => (operand_type.clone(), false),
        };
        let result = match &target {
            Type::Map(_, value) => (**value).clone(),
            Type::Struct(name, decl) => match decl {
                Some(decl) => match field_named(decl, field) {
                    Some(field) => field.to_type(),
                    None => {
                        self.error(at, format!("undefined field '{field}'"));
                        Type::Error
                    }
                },
                None => {
                    let message = format!("unexpected failed resolution of '{name}'");
                    self.error(at, message);
                    Type::Error
                }
            },
            Type::Param(_) => {
                self.mapping.assign(&[(&Type::Dyn, &target)]);
                Type::Dyn
            }
            Type::Dyn | Type::Error => Type::Dyn,
            other => {
                let message = format!("type '{other}' does not support field selection");
                self.error(at, message);
                Type::Dyn
            }
        };
        let result = if is_optional || optional {
            Type::optional(result)
        } else {
            result
        };
        self.mapping.substitute(&result, false)
    }

    fn check_call(&mut self, expr: &mut Expr) -> Type {
        let (id, at) = (expr.id, expr.at);
        let Kind::Call(call) = &mut expr.kind else {
            return Type::Error;
        };
        if &*call.function == op::OPT_SELECT {
            return self.check_optional_select(at, call);
        }
        for arg in &mut call.args {
            self.check(arg);
        }
        if call.target.is_none() {
            let name = call.function.strip_prefix('.').unwrap_or(&call.function);
            let Some((name, overloads)) = self.scope.functions.get(name) else {
                let name = call.function.clone();
                self.undeclared(at, &name);
                return Type::Error;
            };
            call.function = name.into();
            return self.resolve(id, at, call, overloads);
        }
        if let Some(prefix) = call.target.as_ref().and_then(qualified) {
            let full = format!("{prefix}.{}", call.function);
            let full = full.strip_prefix('.').unwrap_or(&full);
            if let Some((name, overloads)) = self.scope.functions.get(full) {
                call.function = name.into();
                call.target = None;
                return self.resolve(id, at, call, overloads);
            }
        }
        if let Some(target) = &mut call.target {
            self.check(target);
        }
        match self.scope.functions.get(&call.function) {
            Some((_, overloads)) => self.resolve(id, at, call, overloads),
            None => {
                let name = call.function.clone();
                self.undeclared(at, &name);
                Type::Error
            }
        }
    }

    fn check_optional_select(&mut self, at: u32, call: &mut Call) -> Type {
        let [operand, field] = call.args.as_mut_slice() else {
            return Type::Error;
        };
        let Kind::Literal(Val::String(field)) = &field.kind else {
            return Type::Error;
        };
        let field = field.to_string();
        self.check_field(at, operand, &field, true)
    }

    fn resolve(&mut self, id: Id, at: u32, call: &Call, overloads: &[Overload]) -> Type {
        let mut args: Vec<Type> = Vec::with_capacity(call.args.len() + 1);
        let member = call.target.is_some();
        args.extend(call.target.iter().map(|target| self.get(target)));
        args.extend(call.args.iter().map(|arg| self.get(arg)));
        let mut chosen = Chosen::new();
        if matches!(&*call.function, op::AND | op::OR) {
            let mut result = Type::Bool;
            for (arg, ty) in call.args.iter().zip(&args) {
                if !self.mapping.assign(&[(ty, &Type::Bool)]) {
                    let message = format!("expected type 'bool' but found '{ty}'");
                    self.error(arg.at, message);
                    result = Type::Error;
                }
            }
            self.calls.insert(id, vec![0]);
            return result;
        }
        let mut result: Option<Type> = None;
        for (place, overload) in overloads.iter().enumerate() {
            if overload.member != member || overload.args.len() != args.len() {
                continue;
            }
            let mut fresh = Mapping::default();
            for name in &overload.params {
                let param = self.new_param();
                fresh.add(name.clone(), param);
            }
            let wanted: Vec<Type> = overload
                .args
                .iter()
                .map(|arg| fresh.substitute(arg, false))
                .collect();
            let pairs: Vec<(&Type, &Type)> = args.iter().zip(&wanted).collect();
            if !self.mapping.assign(&pairs) {
                continue;
            }
            chosen.push(place);
            let returned = fresh.substitute(&overload.result, false);
            let returned = self.mapping.substitute(&returned, false);
            result = Some(match result {
                None => returned,
                Some(held) if held.is_dyn() || held == returned => held,
                Some(_) => Type::Dyn,
            });
        }
        if let Some(result) = result {
            self.calls.insert(id, chosen);
            return result;
        }
        let shown: Vec<String> = args
            .iter()
            .map(|arg| self.mapping.substitute(arg, true).to_string())
            .collect();
        let signature = if member {
            format!("{}.({})", shown[0], shown[1..].join(", "))
        } else {
            format!("({})", shown.join(", "))
        };
        let message = format!(
            "found no matching overload for '{}' applied to '{signature}'",
            call.function
        );
        self.error(at, message);
        Type::Error
    }

    /// The type that two items have together.
    fn join(&mut self, at: u32, held: Option<Type>, next: Type) -> Type {
        let Some(held) = held else {
            return next;
        };
        if self.mapping.assign(&[(&held, &next)]) {
            return most_general(&held, &next);
        }
        // Newer versions look at literals when types are known, and let what
        // `format` is given differ.
        if self.scope.mixed {
            return Type::Dyn;
        }
        let message = format!("expected type '{held}' but found '{next}'");
        self.error(at, message);
        Type::Error
    }

    /// What stands behind a `?`.
    fn unwrapped(&mut self, expr: &Expr, optional: bool) -> Type {
        let ty = self.get(expr);
        if !optional {
            return ty;
        }
        if let Some(inner) = ty.unwrap_optional() {
            return inner.clone();
        }
        if !ty.is_dyn() {
            let wanted = Type::optional(ty.clone());
            self.error(
                expr.at,
                format!("expected type '{wanted}' but found '{ty}'"),
            );
        }
        ty
    }

    fn check_list(&mut self, items: &mut [Expr], optional: &[usize]) -> Type {
        let mut joined = None;
        for (place, item) in items.iter_mut().enumerate() {
            self.check(item);
            let ty = self.unwrapped(item, optional.contains(&place));
            joined = Some(self.join(item.at, joined, ty));
        }
        let item = joined.unwrap_or_else(|| self.new_param());
        Type::list(item)
    }

    fn check_map(&mut self, expr: &mut Expr) -> Type {
        let Kind::Map(entries) = &mut expr.kind else {
            return Type::Error;
        };
        let (mut key, mut value) = (None, None);
        for entry in entries {
            self.check(&mut entry.key);
            let ty = self.get(&entry.key);
            key = Some(self.join(entry.key.at, key, ty));
            self.check(&mut entry.value);
            let ty = self.unwrapped(&entry.value, entry.optional);
            value = Some(self.join(entry.value.at, value, ty));
        }
        let key = key.unwrap_or_else(|| self.new_param());
        let value = value.unwrap_or_else(|| self.new_param());
        Type::map(key, value)
    }

    fn check_struct(&mut self, expr: &mut Expr, at: u32) -> Type {
        let Kind::Struct { name, fields } = &mut expr.kind else {
            return Type::Error;
        };
        let plain: Arc<str> = name.strip_prefix('.').unwrap_or(name).into();
        let made = if self.scope.mutation && &*plain == "JSONPatch" {
            json_patch()
        } else if self.scope.mutation && (&*plain == "Object" || plain.starts_with("Object.")) {
            DeclType::open(&plain)
        } else if type_named(&plain).is_some() {
            self.error(at, format!("'{plain}' is not a message type"));
            return Type::Error;
        } else {
            let name = name.to_string();
            self.undeclared(at, &name);
            for field in fields.iter_mut() {
                self.check(&mut field.value);
            }
            return Type::Error;
        };
        *name = plain;
        for field in fields {
            self.check(&mut field.value);
            let wanted = match made.field(&field.name) {
                Some(decl) => decl.to_type(),
                None => {
                    let message = format!("undefined field '{}'", field.name);
                    self.error(field.at, message);
                    Type::Error
                }
            };
            let ty = self.unwrapped(&field.value, field.optional);
            if !self.mapping.assign(&[(&wanted, &ty)]) {
                let message = format!(
                    "expected type of field '{}' is '{wanted}' but provided type is '{ty}'",
                    field.name
                );
                self.error(field.at, message);
            }
        }
        made.to_type()
    }

    fn assert(&mut self, expr: &Expr, wanted: &Type) {
        let ty = self.get(expr);
        if !self.mapping.assign(&[(wanted, &ty)]) {
            let message = format!("expected type '{wanted}' but found '{ty}'");
            self.error(expr.at, message);
        }
    }

    fn check_fold(&mut self, fold: &mut Fold) -> Type {
        self.check(&mut fold.range);
        self.check(&mut fold.init);
        let range = self.mapping.substitute(&self.get(&fold.range), false);
        let accu = self.get(&fold.init);
        let outside = self.locals.len();
        self.locals.push((fold.accu.clone(), accu.clone()));
        let (first, second) = match &range {
            Type::List(item) if fold.var2.is_some() => (Type::Int, (**item).clone()),
            Type::List(item) => ((**item).clone(), Type::Dyn),
            Type::Map(key, value) => ((**key).clone(), (**value).clone()),
            Type::Dyn | Type::Error | Type::Param(_) => {
                self.mapping.assign(&[(&Type::Dyn, &range)]);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                self.error(fold.range.at, message);
                (Type::Error, Type::Error)
            }
        };
        let inside = self.locals.len();
        self.locals.push((fold.var.clone(), first));
        if let Some(var2) = &fold.var2 {
            self.locals.push((var2.clone(), second));
        }
        self.check(&mut fold.condition);
        self.assert(&fold.condition, &Type::Bool);
        self.check(&mut fold.step);
        self.assert(&fold.step, &accu);
        self.locals.truncate(inside);
        self.check(&mut fold.result);
        self.locals.truncate(outside);
        self.mapping.substitute(&self.get(&fold.result), false)
    }
}
