//! Which types can stand for which.

use std::collections::HashMap;
use std::sync::Arc;

use crate::types::Type;

/// What type parameters were found to be.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    found: HashMap<Arc<str>, Type>,
    /// What was there before the assignment under way, to go back to it.
    before: Vec<(Arc<str>, Option<Type>)>,
}

impl Mapping {
    pub(crate) fn add(&mut self, name: Arc<str>, ty: Type) {
        self.found.insert(name, ty);
    }

    fn learn(&mut self, name: &Arc<str>, ty: Type) {
        let held = self.found.insert(name.clone(), ty);
        self.before.push((name.clone(), held));
    }

    fn find(&self, ty: &Type) -> Option<&Type> {
        match ty {
            Type::Param(name) => self.found.get(name),
            _ => None,
        }
    }

    /// A type with what is known of its parameters; what is not known becomes
    /// dynamic when `to_dyn` is set.
    pub(crate) fn substitute(&self, ty: &Type, to_dyn: bool) -> Type {
        if let Some(found) = self.find(ty) {
            return self.substitute(found, to_dyn);
        }
        match ty {
            Type::Param(_) if to_dyn => Type::Dyn,
            Type::List(item) => Type::list(self.substitute(item, to_dyn)),
            Type::Map(key, value) => {
                Type::map(self.substitute(key, to_dyn), self.substitute(value, to_dyn))
            }
            Type::Opaque(name, parts) if !parts.is_empty() => Type::Opaque(
                name.clone(),
                parts
                    .iter()
                    .map(|part| self.substitute(part, to_dyn))
                    .collect(),
            ),
            Type::Type(Some(inner)) => Type::Type(Some(Arc::new(self.substitute(inner, to_dyn)))),
            other => other.clone(),
        }
    }

    /// Whether a value of the one type can stand where the other is asked
    /// for; learns what parameters are when it can.
    pub(crate) fn assign(&mut self, pairs: &[(&Type, &Type)]) -> bool {
        let fits = pairs.iter().all(|(a, b)| self.assignable(a, b));
        if fits {
            self.before.clear();
            return true;
        }
        while let Some((name, held)) = self.before.pop() {
            match held {
                Some(held) => self.found.insert(name, held),
                None => self.found.remove(&name),
            };
        }
        false
    }

    fn assignable(&mut self, a: &Type, b: &Type) -> bool {
        if let Type::Param(_) = b {
            let (valid, bound) = self.stands_for(a, b);
            if valid {
                return true;
            }
            if bound {
                return false;
            }
        }
        if let Type::Param(_) = a {
            return self.stands_for(b, a).0;
        }
        if matches!(a, Type::Dyn | Type::Error) || matches!(b, Type::Dyn | Type::Error) {
            return true;
        }
        match (a, b) {
            (Type::Null, other) | (other, Type::Null) => matches!(
                other,
                Type::Null | Type::Struct(..) | Type::Opaque(..) | Type::Timestamp | Type::Duration
            ),
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(a), Type::List(b)) => self.assignable(a, b),
            (Type::Map(ak, av), Type::Map(bk, bv)) => {
                self.assignable(ak, bk) && self.assignable(av, bv)
            }
            (Type::Opaque(an, ap), Type::Opaque(bn, bp)) => {
                an == bn
                    && ap.len() == bp.len()
                    && ap.iter().zip(bp.iter()).all(|(a, b)| self.assignable(a, b))
            }
            (a, b) => a == b,
        }
    }

    /// Whether a type can be what a parameter stands for, and whether the
    /// parameter stands for something already.
    fn stands_for(&mut self, ty: &Type, param: &Type) -> (bool, bool) {
        if ty == param {
            return (true, true);
        }
        let Type::Param(name) = param else {
            return (false, false);
        };
        if let Some(found) = self.find(param).cloned() {
            if *ty == found {
                return (true, true);
            }
            if self.assignable(ty, &found) {
                let general = most_general(ty, &found);
                if self.does_not_occur(param, &general) {
                    self.learn(name, general);
                }
                return (true, true);
            }
            return (false, true);
        }
        if self.does_not_occur(param, ty) {
            self.learn(name, ty.clone());
            return (true, false);
        }
        (false, false)
    }

    fn does_not_occur(&self, param: &Type, within: &Type) -> bool {
        if param == within {
            return false;
        }
        match within {
            Type::Param(_) => self
                .find(within)
                .is_none_or(|found| self.does_not_occur(param, found)),
            Type::List(item) => self.does_not_occur(param, item),
            Type::Map(key, value) => {
                self.does_not_occur(param, key) && self.does_not_occur(param, value)
            }
            Type::Opaque(_, parts) => parts.iter().all(|part| self.does_not_occur(param, part)),
            Type::Type(Some(inner)) => self.does_not_occur(param, inner),
            _ => true,
        }
    }
}

/// The more general of two types that go together.
pub(crate) fn most_general(a: &Type, b: &Type) -> Type {
    if less_specific(a, b) {
        a.clone()
    } else {
        b.clone()
    }
}

fn less_specific(a: &Type, b: &Type) -> bool {
    if matches!(a, Type::Dyn | Type::Param(_)) {
        return true;
    }
    if matches!(b, Type::Dyn | Type::Param(_)) {
        return false;
    }
    match (a, b) {
        (Type::Opaque(an, ap), Type::Opaque(bn, bp)) => {
            an == bn
                && ap.len() == bp.len()
                && ap.iter().zip(bp.iter()).all(|(a, b)| less_specific(a, b))
        }
        (Type::List(a), Type::List(b)) => less_specific(a, b),
        (Type::Map(ak, av), Type::Map(bk, bv)) => less_specific(ak, bk) && less_specific(av, bv),
        (Type::Type(_), Type::Type(_)) => true,
        (a, b) => a == b,
    }
}
