//! What upstream prints for absent fields, put into a tree and taken out of it.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::json_write::{is_raw, printed};
use super::places::Places;
use super::schema_props;
use crate::message::is_zero;
use crate::{FieldType, Key, Object, Omit, TypeId, Value};

/// Makes a lean tree what upstream's JSON would show: fields in Go's order,
/// those that are never omitted put in with their zero value
/// (`"status":{}`, `"containers":null`), empty ones that are omitted taken out.
/// Members that the type does not know are left out.
pub fn fill(value: &mut Value, ty: TypeId) {
    let mut members = match value.take() {
        Value::Object(members) => members,
        _ => Object::new(),
    };
    let desc = ty.desc();
    let places = Places::places(&members, desc);
    let mut filled = Object::with_capacity(members.len() + 2);
    for (field, place) in desc.fields.iter().zip(places) {
        let at = usize::from(place).checked_sub(1);
        let mut member = at.and_then(|at| members.value_mut(at)).map(Value::take);
        if !printed(field, member.as_ref()) {
            continue;
        }
        let value = match &mut member {
            Some(value) if !value.is_null() => {
                fill_value(value, &field.ty);
                value.take()
            }
            _ if field.pointer => Value::Null,
            _ => absent(&field.ty),
        };
        filled.push(Key::Borrowed(field.json), value);
    }
    *value = Value::Object(filled);
}

/// Takes out of a tree what Go's structs cannot tell from absent, as decoders do.
/// Members that the type does not know are kept.
pub fn lean(value: &mut Value, ty: TypeId) {
    shrink(value, ty, false);
}

/// The same, but lists that are never left out and are empty stay: messages
/// tell them from unset ones.
pub fn lean_but_lists(value: &mut Value, ty: TypeId) {
    shrink(value, ty, true);
}

fn shrink(value: &mut Value, ty: TypeId, lists: bool) {
    let desc = ty.desc();
    let Value::Object(members) = value else {
        return;
    };
    let mut hint = 0;
    members.retain(|key, member| {
        let Some((at, field)) = desc.find(key, hint) else {
            return true;
        };
        hint = at + 1;
        lean_value(member, &field.ty, lists);
        if lists && field.omit == Omit::Never && matches!(member, Value::Array(_)) {
            return true;
        }
        let nothing = member.is_null() && !(field.pointer && is_raw(&field.ty));
        !nothing && (field.pointer || !is_zero(&field.ty, member))
    });
}

fn lean_value(value: &mut Value, ty: &FieldType, lists: bool) {
    match (ty, &mut *value) {
        (FieldType::Message(id), _) => shrink(value, *id, lists),
        (FieldType::List(inner), Value::Array(items)) => items
            .iter_mut()
            .for_each(|item| lean_element(item, inner, lists)),
        (FieldType::Map(inner), Value::Object(members)) => {
            members
                .iter_mut()
                .for_each(|(_, member)| lean_element(member, inner, lists));
        }
        (
            FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings,
            Value::Object(_),
        ) => {
            shrink(value, schema_props(), lists);
        }
        (FieldType::SchemaOrArray, Value::Array(items)) => items
            .iter_mut()
            .for_each(|item| shrink(item, schema_props(), lists)),
        _ => {}
    }
}

fn lean_element(value: &mut Value, ty: &FieldType, lists: bool) {
    if value.is_null() {
        *value = super::json_read::zero(ty);
    }
    lean_value(value, ty, lists);
}

/// Whether objects of a type hold elements that say their kind; see [`restore_kinds`].
#[must_use]
pub fn holds_kinds(ty: TypeId) -> bool {
    static HOLDERS: OnceLock<HashSet<TypeId>> = OnceLock::new();
    let holders = HOLDERS.get_or_init(|| {
        let mut holders = HashSet::new();
        // Types hold each other; what holds a holder is one, until nothing is added.
        loop {
            let before = holders.len();
            for ty in TypeId::all() {
                let holds = ty.desc().fields.iter().any(|field| {
                    field.kinded
                        || field
                            .ty
                            .message()
                            .is_some_and(|inner| holders.contains(&inner))
                });
                if holds {
                    holders.insert(ty);
                }
            }
            if holders.len() == before {
                return holders;
            }
        }
    });
    holders.contains(&ty)
}

/// Puts `kind` and `apiVersion` into elements that say them and lost them in
/// protobuf, as upstream's conversion does with what it reads from the store.
pub fn restore_kinds(value: &mut Value, ty: TypeId) {
    if !holds_kinds(ty) {
        return;
    }
    let Value::Object(members) = value else {
        return;
    };
    for field in ty.desc().fields {
        let Some(inner) = field
            .ty
            .message()
            .filter(|inner| field.kinded || holds_kinds(*inner))
        else {
            continue;
        };
        let Some(member) = members.get_mut(field.json) else {
            continue;
        };
        let each = |element: &mut Value| {
            restore_kinds(element, inner);
            if let Some(members) = element.as_object_mut().filter(|_| field.kinded) {
                let mut whole = Object::with_capacity(members.len() + 2);
                whole.push(Key::Borrowed("kind"), Value::from(inner.desc().go));
                whole.push(
                    Key::Borrowed("apiVersion"),
                    Value::from(inner.desc().api_version()),
                );
                members.remove("kind");
                members.remove("apiVersion");
                whole.append(members);
                *members = whole;
            }
        };
        match member {
            Value::Array(items) => items.iter_mut().for_each(each),
            other => each(other),
        }
    }
}

fn absent(ty: &FieldType) -> Value {
    match ty {
        FieldType::List(_) | FieldType::Map(_) | FieldType::Strings | FieldType::Bytes => {
            Value::Null
        }
        FieldType::Message(id) => {
            let mut value = Value::object();
            fill(&mut value, *id);
            value
        }
        _ => super::json_read::zero(ty),
    }
}

fn fill_value(value: &mut Value, ty: &FieldType) {
    match (ty, &mut *value) {
        (FieldType::Message(id), _) => fill(value, *id),
        (FieldType::List(inner), Value::Array(items)) => {
            items.iter_mut().for_each(|item| fill_value(item, inner))
        }
        (FieldType::Map(inner), Value::Object(members)) => {
            for (_, member) in members.iter_mut() {
                fill_value(member, inner);
            }
        }
        (
            FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings,
            Value::Object(_),
        ) => {
            fill(value, schema_props());
        }
        (FieldType::SchemaOrArray, Value::Array(items)) => {
            items.iter_mut().for_each(|item| fill(item, schema_props()));
        }
        (FieldType::Time | FieldType::MicroTime, Value::String(text))
            if crate::message::is_unset_time(text) =>
        {
            *value = Value::Null;
        }
        _ => {}
    }
}
