//! The table of functions: what they take, what they give, since when.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::error::EvalError;
use crate::types::{self, Type};
use crate::value::Val;
use crate::{
    lib_authz, lib_format, lib_lists, lib_net, lib_quantity, lib_std, lib_strings, lib_time,
};

/// What runs a function.
pub(crate) type Run = for<'a> fn(&[Val<'a>]) -> Result<Val<'a>, EvalError>;

/// A row of the table.
pub(crate) struct Row {
    name: &'static str,
    id: &'static str,
    member: bool,
    args: &'static str,
    result: &'static str,
    since: u16,
    until: u16,
    patch_only: bool,
    run: Run,
}

/// A function.
pub(crate) const fn function(
    name: &'static str,
    id: &'static str,
    args: &'static str,
    result: &'static str,
    run: Run,
) -> Row {
    Row {
        name,
        id,
        member: false,
        args,
        result,
        since: 0,
        until: u16::MAX,
        patch_only: false,
        run,
    }
}

/// A function that is called on its first argument.
pub(crate) const fn method(
    name: &'static str,
    id: &'static str,
    args: &'static str,
    result: &'static str,
    run: Run,
) -> Row {
    let mut row = function(name, id, args, result, run);
    row.member = true;
    row
}

impl Row {
    /// Since which minor version of Kubernetes 1 it is there.
    pub(crate) const fn since(mut self, minor: u16) -> Self {
        self.since = minor;
        self
    }

    /// Only where JSON patches are made.
    pub(crate) const fn patch_only(mut self) -> Self {
        self.patch_only = true;
        self
    }
}

/// One form of a function.
pub(crate) struct Overload {
    pub(crate) id: &'static str,
    pub(crate) member: bool,
    pub(crate) args: Vec<Type>,
    pub(crate) result: Type,
    pub(crate) params: Vec<Arc<str>>,
    pub(crate) run: Run,
}

impl Overload {
    fn of(row: &Row) -> Self {
        let args: Vec<Type> = row
            .args
            .split(' ')
            .filter(|text| !text.is_empty())
            .map(types::parse)
            .collect();
        let result = types::parse(row.result);
        let mut params = Vec::new();
        for ty in args.iter().chain([&result]) {
            collect_params(ty, &mut params);
        }
        Self {
            id: row.id,
            member: row.member,
            args,
            result,
            params,
            run: row.run,
        }
    }

    /// Whether values can be its arguments.
    pub(crate) fn takes(&self, args: &[Val<'_>]) -> bool {
        // What puts in order looks at its items itself.
        let sorts = self.id.ends_with("_sort") || self.id.ends_with("_sortByAssociatedKeys");
        self.args.len() == args.len()
            && self
                .args
                .iter()
                .zip(args)
                .all(|(ty, arg)| fits(ty, arg) && (sorts || begins(ty, arg)))
    }
}

/// Whether a list's first item, by which it is known, is of a scalar type that
/// is asked for.
fn begins(ty: &Type, value: &Val<'_>) -> bool {
    match (ty, value) {
        (Type::List(item), Val::List(list)) if !matches!(**item, Type::List(_)) => {
            match list.get(0) {
                Some(Ok(first)) => fits(item, &first),
                _ => true,
            }
        }
        _ => true,
    }
}

fn collect_params(ty: &Type, into: &mut Vec<Arc<str>>) {
    match ty {
        Type::Param(name) if !into.contains(name) => into.push(name.clone()),
        Type::List(item) => collect_params(item, into),
        Type::Map(key, value) => {
            collect_params(key, into);
            collect_params(value, into);
        }
        Type::Opaque(_, parts) => parts.iter().for_each(|part| collect_params(part, into)),
        Type::Type(Some(inner)) => collect_params(inner, into),
        _ => {}
    }
}

fn fits(ty: &Type, value: &Val<'_>) -> bool {
    match (ty, value) {
        (Type::Dyn | Type::Param(_), _)
        | (Type::Null, Val::Null)
        | (Type::Bool, Val::Bool(_))
        | (Type::Int, Val::Int(_))
        | (Type::Uint, Val::Uint(_))
        | (Type::Double, Val::Double(_))
        | (Type::String, Val::String(_))
        | (Type::Bytes, Val::Bytes(_))
        | (Type::Timestamp, Val::Timestamp(_))
        | (Type::Duration, Val::Duration(_))
        | (Type::List(_), Val::List(_))
        | (Type::Map(..), Val::Map(_))
        | (Type::Type(_), Val::Type(_)) => true,
        (Type::Opaque(..), Val::Optional(_)) => ty.unwrap_optional().is_some(),
        (Type::Struct(name, _) | Type::Opaque(name, _), value) => {
            value.type_of().runtime_name() == &**name
        }
        _ => false,
    }
}

/// The functions of one version.
pub(crate) struct Functions {
    by_name: HashMap<&'static str, Vec<Overload>>,
}

impl Functions {
    /// The functions of Kubernetes 1.`minor`, with those of JSON patches or not.
    pub(crate) fn of(minor: u16, patch: bool) -> Arc<Self> {
        type Cache = std::sync::Mutex<HashMap<(u16, bool), Arc<Functions>>>;
        static CACHE: OnceLock<Cache> = OnceLock::new();
        let mut cache = CACHE
            .get_or_init(Cache::default)
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        cache
            .entry((minor, patch))
            .or_insert_with(|| Arc::new(Self::build(minor, patch)))
            .clone()
    }

    fn build(minor: u16, patch: bool) -> Self {
        let mut by_name: HashMap<&'static str, Vec<Overload>> = HashMap::new();
        let rows = [
            lib_time::ROWS,
            lib_strings::ROWS,
            lib_net::ROWS,
            lib_quantity::ROWS,
            lib_format::ROWS,
            lib_authz::ROWS,
        ];
        let parts = lib_std::PARTS.into_iter().chain(lib_lists::PARTS);
        for row in parts.chain(rows).flatten() {
            let there = row.since <= minor && minor < row.until && (patch || !row.patch_only);
            if there {
                by_name.entry(row.name).or_default().push(Overload::of(row));
            }
        }
        Self { by_name }
    }

    /// The forms of a function.
    pub(crate) fn get(&self, name: &str) -> Option<(&'static str, &[Overload])> {
        self.by_name
            .get_key_value(name)
            .map(|(name, overloads)| (*name, overloads.as_slice()))
    }
}

/// A text argument.
pub(crate) fn text<'v>(args: &'v [Val<'_>], at: usize) -> Result<&'v str, EvalError> {
    args.get(at)
        .and_then(Val::as_str)
        .ok_or_else(EvalError::no_such_overload)
}

/// A number argument.
pub(crate) fn int(args: &[Val<'_>], at: usize) -> Result<i64, EvalError> {
    args.get(at)
        .and_then(Val::as_int)
        .ok_or_else(EvalError::no_such_overload)
}

/// A list argument.
pub(crate) fn list<'v, 'a>(
    args: &'v [Val<'a>],
    at: usize,
) -> Result<&'v crate::value::List<'a>, EvalError> {
    match args.get(at) {
        Some(Val::List(list)) => Ok(list),
        _ => Err(EvalError::no_such_overload()),
    }
}
