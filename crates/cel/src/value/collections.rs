//! Lists and maps, of a tree or made on the way.

use std::sync::Arc;

use skeg_schema::{FieldType, Object, Value};

use super::{List, Map, Part, Val};
use crate::decl::{ListKind, Shape};
use crate::error::EvalError;
use crate::escape::unescape;

impl<'a> List<'a> {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Tree(items, _) => items.len(),
            Self::Items(items) | Self::Kept(items, _) => items.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One item.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Result<Val<'a>, EvalError>> {
        match self {
            Self::Tree(items, part) => Some(Val::part(items.get(at)?, part.element())),
            Self::Items(items) | Self::Kept(items, _) => items.get(at).cloned().map(Ok),
        }
    }

    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = Result<Val<'a>, EvalError>> + '_ {
        (0..self.len()).map(|at| self.get(at).expect("the place is in the list"))
    }

    /// The items as values.
    ///
    /// # Errors
    ///
    /// An item does not fit its declaration.
    pub fn to_vec(&self) -> Result<Vec<Val<'a>>, EvalError> {
        self.iter().collect()
    }

    fn kind(&self) -> &ListKind {
        match self {
            Self::Tree(_, part) => part.list_kind(),
            Self::Items(_) => &ListKind::Atomic,
            Self::Kept(_, kind) => kind,
        }
    }

    /// Whether two lists are equal, as the kind of the first one says. Items
    /// of a list made on the way that cannot be compared are no difference.
    pub(super) fn same(&self, other: &List<'_>) -> Result<bool, EvalError> {
        if self.len() != other.len() {
            return Ok(false);
        }
        match self.kind() {
            ListKind::Atomic => {
                for (a, b) in self.iter().zip(other.iter()) {
                    match a.and_then(|a| a.same(&b?)) {
                        Ok(true) => {}
                        Ok(false) => return Ok(false),
                        Err(error) if self.is_structural() => return Err(error),
                        Err(_) => {}
                    }
                }
                Ok(true)
            }
            ListKind::Set => {
                self.check_scalars()?;
                other.check_scalars()?;
                Ok(self.iter().all(|item| {
                    item.is_ok_and(|item| {
                        other.iter().any(|held| held.is_ok_and(|h| item.equals(&h)))
                    })
                }))
            }
            ListKind::Map(keys) => Ok(self.iter().all(|item| {
                item.is_ok_and(|item| {
                    other
                        .iter()
                        .flatten()
                        .find(|held| same_keys(&item, held, keys))
                        .is_some_and(|held| item.equals(&held))
                })
            })),
        }
    }

    fn is_structural(&self) -> bool {
        matches!(self, Self::Tree(_, part) if part.is_structural())
    }

    /// Items of sets are what keys can be.
    fn check_scalars(&self) -> Result<(), EvalError> {
        for item in self.iter() {
            if matches!(item?, Val::List(_) | Val::Map(_)) {
                return Err(EvalError::new(
                    "listSet operations are only supported on lists of scalar values",
                ));
            }
        }
        Ok(())
    }

    /// Two lists as one; sets and maps merge, and stay what they are.
    pub(crate) fn plus(self, other: List<'a>) -> Result<List<'a>, EvalError> {
        let kind = match &self {
            Self::Kept(_, kind) => kind.clone(),
            other => Arc::new(other.kind().clone()),
        };
        if *kind == ListKind::Set {
            self.check_scalars()?;
            other.check_scalars()?;
        }
        let mut items = match self {
            Self::Items(items) | Self::Kept(items, _) => items,
            tree @ Self::Tree(..) => Arc::new(tree.to_vec()?),
        };
        let held = Arc::make_mut(&mut items);
        // Items of a map that come twice on the right stay two.
        let before = held.len();
        for item in other.iter() {
            let item = item?;
            let place = match &*kind {
                ListKind::Atomic => None,
                ListKind::Set => held.iter().position(|h| h.equals(&item)),
                ListKind::Map(keys) => {
                    (held[..before].iter()).position(|h| same_keys(h, &item, keys))
                }
            };
            match place {
                Some(at) => held[at] = item,
                None => held.push(item),
            }
        }
        Ok(match *kind {
            ListKind::Atomic => Self::Items(items),
            _ => Self::Kept(items, kind),
        })
    }
}

fn same_keys(a: &Val<'_>, b: &Val<'_>, keys: &[String]) -> bool {
    let (Val::Map(a), Val::Map(b)) = (a, b) else {
        return false;
    };
    keys.iter().all(|key| {
        let name = crate::escape::escape(key).unwrap_or_default();
        match (a.field(&name), b.field(&name)) {
            (Ok(Some(a)), Ok(Some(b))) => a.equals(&b),
            (Ok(None), Ok(None)) => true,
            _ => false,
        }
    })
}

impl<'a> Map<'a> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Tree(object, _) => object.len(),
            Self::Entries(entries) => entries.items.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    ///
    /// # Errors
    ///
    /// The value does not fit its declaration.
    pub fn get(&self, key: &Val<'_>) -> Result<Option<Val<'a>>, EvalError> {
        match self {
            Self::Tree(..) => match key {
                Val::String(key) => self.field(key),
                _ => Ok(None),
            },
            Self::Entries(entries) => Ok(entries.get(key).cloned()),
        }
    }

    /// The value of a text key, or of a field.
    ///
    /// # Errors
    ///
    /// The value does not fit its declaration.
    pub fn field(&self, name: &str) -> Result<Option<Val<'a>>, EvalError> {
        let (object, part) = match self {
            Self::Entries(entries) => return Ok(entries.get(&Val::from(name)).cloned()),
            Self::Tree(object, part) => (*object, part),
        };
        let found = match part {
            Part::Declared(decl) => match decl.shape() {
                Shape::Object(_) => {
                    let Some((_, field)) =
                        decl.object_field(name).or_else(|| decl.json_field(name))
                    else {
                        return Ok(None);
                    };
                    // A field that is null is taken for one that is not there.
                    object
                        .get(&field.json)
                        .filter(|value| !value.is_null())
                        .map(|value| (value, Part::Declared(&field.decl)))
                }
                Shape::Message(id) => message_field(object, *id, name),
                Shape::Map(value) => object.get(name).map(|found| (found, Part::Declared(value))),
                _ => object.get(name).map(|value| (value, Part::Free)),
            },
            Part::Static(FieldType::Message(id)) => message_field(object, *id, name),
            Part::Static(FieldType::Map(value)) => {
                object.get(name).map(|found| (found, Part::Static(value)))
            }
            _ => object.get(name).map(|value| (value, Part::Free)),
        };
        found
            .map(|(value, part)| Val::part(value, part))
            .transpose()
    }

    /// The entries. The keys of an object are its fields' names as identifiers;
    /// what is not declared has none, and no value, as what is null has none.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (Val<'a>, Result<Val<'a>, EvalError>)> + '_> {
        match self {
            Self::Tree(object, Part::Declared(decl))
                if matches!(decl.shape(), Shape::Object(_)) =>
            {
                let decl = *decl;
                Box::new(object.iter().map(move |(json, value)| {
                    let Some((ident, field)) = decl.json_field(json) else {
                        return (Val::Null, Err(EvalError::no_such_key(&**json)));
                    };
                    let value = if value.is_null() {
                        Err(EvalError::no_such_key(ident))
                    } else {
                        Val::part(value, Part::Declared(&field.decl))
                    };
                    (Val::from(ident), value)
                }))
            }
            Self::Tree(object, part) => {
                let element = part.element();
                Box::new(object.iter().map(move |(key, value)| {
                    (Val::from(&**key), Val::part(value, element.clone()))
                }))
            }
            Self::Entries(entries) => Box::new(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Ok(value.clone()))),
            ),
        }
    }

    /// Whether two maps are equal: what the first one has, the other has too.
    pub(super) fn same(&self, other: &Map<'_>) -> Result<bool, EvalError> {
        if self.len() != other.len() {
            return Ok(false);
        }
        match self {
            Self::Tree(object, part) if part.is_structural() => {
                for (json, value) in object.iter() {
                    if !self.same_entry(json, value, other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(self.iter().all(|(key, value)| {
                let (Ok(value), Ok(Some(held))) = (value, other.get(&key)) else {
                    return false;
                };
                value.same(&held).unwrap_or(true)
            })),
        }
    }

    /// Whether an entry of an object of a schema is the other's too.
    fn same_entry(&self, json: &str, value: &Value, other: &Map<'_>) -> Result<bool, EvalError> {
        let own = self.field(json);
        if let Ok(None) = own {
            // What is not declared, or null, differs from another such value only.
            return Ok(match other {
                Map::Tree(theirs, _) => theirs.get(json).is_none_or(|held| held == value),
                Map::Entries(_) => true,
            });
        }
        match (other.field(json), own) {
            (Ok(Some(held)), Ok(Some(own))) => own.same(&held),
            (Ok(Some(_)) | Err(_), Err(error)) => Err(error),
            _ => Ok(false),
        }
    }
}

fn message_field<'a>(
    object: &'a Object,
    id: skeg_schema::TypeId,
    name: &str,
) -> Option<(&'a Value, Part<'a>)> {
    let json = unescape(name)?;
    let field = id.desc().field(&json)?;
    object
        .get(&json)
        .map(|value| (value, Part::Static(&field.ty)))
}
