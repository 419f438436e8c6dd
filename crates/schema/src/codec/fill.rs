//! What upstream prints for absent fields, put into a tree and taken out of it.

use super::json_write::{is_raw, printed};
use super::schema_props;
use crate::message::is_zero;
use crate::{FieldType, Key, Object, TypeId, Value};

/// Makes a lean tree what upstream's JSON would show: fields in Go's order,
/// those that are never omitted put in with their zero value
/// (`"status":{}`, `"containers":null`), empty ones that are omitted taken out.
/// Members that the type does not know are left out.
pub fn fill(value: &mut Value, ty: TypeId) {
    let mut members = match value.take() {
        Value::Object(members) => members,
        _ => Object::new(),
    };
    let mut filled = Object::with_capacity(members.len() + 2);
    for field in ty.desc().fields {
        let mut member = members.remove(field.json);
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
    let desc = ty.desc();
    let Value::Object(members) = value else {
        return;
    };
    members.retain(|key, member| {
        let Some(field) = desc.field(key) else {
            return true;
        };
        lean_value(member, &field.ty);
        let nothing = member.is_null() && !(field.pointer && is_raw(&field.ty));
        !nothing && (field.pointer || !is_zero(&field.ty, member))
    });
}

fn lean_value(value: &mut Value, ty: &FieldType) {
    match (ty, &mut *value) {
        (FieldType::Message(id), _) => lean(value, *id),
        (FieldType::List(inner), Value::Array(items)) => {
            items.iter_mut().for_each(|item| lean_element(item, inner))
        }
        (FieldType::Map(inner), Value::Object(members)) => {
            members
                .iter_mut()
                .for_each(|(_, member)| lean_element(member, inner));
        }
        (
            FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings,
            Value::Object(_),
        ) => {
            lean(value, schema_props());
        }
        (FieldType::SchemaOrArray, Value::Array(items)) => {
            items.iter_mut().for_each(|item| lean(item, schema_props()))
        }
        _ => {}
    }
}

fn lean_element(value: &mut Value, ty: &FieldType) {
    if value.is_null() {
        *value = super::json_read::zero(ty);
    }
    lean_value(value, ty);
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
