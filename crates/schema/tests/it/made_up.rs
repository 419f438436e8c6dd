//! Makes up objects of any type from the tables.

use fastrand::Rng;
use skeg_schema::{FieldType, Key, Object, TypeId, Value};

fn text(rng: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "a", "web", "0", "-", ": ", "#", "é", "\u{2028}", "<&>", "\"", "\\", "\n", "true", " ",
        "😀", "\u{7f}", "\t",
    ];
    (0..1 + rng.usize(..4))
        .map(|_| PIECES[rng.usize(..PIECES.len())])
        .collect()
}

fn any(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..if depth == 0 { 4 } else { 6 }) {
        0 => Value::Bool(rng.bool()),
        1 => Value::Int(rng.i64(..)),
        2 => Value::Float(f64::from(rng.i32(..)) + 0.5),
        3 => Value::String(text(rng)),
        4 => (0..rng.usize(..3)).map(|_| any(rng, depth - 1)).collect(),
        _ => {
            let members =
                (0..rng.usize(..3)).map(|at| (Key::Owned(format!("k{at}")), any(rng, depth - 1)));
            Value::Object(members.collect())
        }
    }
}

/// A value that is not its type's zero.
fn value(rng: &mut Rng, ty: &FieldType, depth: usize) -> Value {
    let schema = TypeId::by_name("apiextensions/v1.JSONSchemaProps").unwrap();
    match ty {
        FieldType::String => Value::String(text(rng)),
        FieldType::Bool => Value::Bool(true),
        FieldType::Int32 => Value::Int(i64::from(rng.i32(1..)) * if rng.bool() { 1 } else { -1 }),
        FieldType::Int64 => Value::Int(rng.i64(1..) * if rng.bool() { 1 } else { -1 }),
        FieldType::Double => {
            if rng.bool() {
                Value::Float(f64::from(rng.i32(..)) / 8.0 + 0.0625)
            } else {
                Value::Int(i64::from(rng.i32(1..)))
            }
        }
        FieldType::Bytes => Value::from(["YQ==", "YWI=", "YWJj", "/+8="][rng.usize(..4)]),
        FieldType::Time => Value::String(format!(
            "20{:02}-0{}-1{}T0{}:00:5{}Z",
            rng.u8(10..99),
            rng.u8(1..9),
            rng.u8(..9),
            rng.u8(..9),
            rng.u8(..9)
        )),
        FieldType::MicroTime => Value::String(format!(
            "20{:02}-01-02T03:04:05.{:06}Z",
            rng.u8(10..99),
            rng.u32(1..999_999)
        )),
        FieldType::Quantity => Value::from(
            [
                "1", "100m", "1500m", "128Mi", "1Gi", "3k", "12e6", "-5", "1n",
            ][rng.usize(..9)],
        ),
        FieldType::IntOrString => {
            if rng.bool() {
                Value::Int(i64::from(rng.i32(1..)))
            } else {
                Value::String(text(rng))
            }
        }
        FieldType::RawExtension | FieldType::FieldsV1 | FieldType::Json | FieldType::Any => {
            let mut made = any(rng, 2);
            // What is empty may be taken for absent.
            if made == Value::object() {
                made = Value::from("x");
            }
            made
        }
        FieldType::SchemaOrArray if rng.bool() && depth > 0 => {
            vec![object(rng, schema, depth - 1)].into()
        }
        FieldType::SchemaOrBool if rng.bool() => Value::Bool(true),
        FieldType::SchemaOrStrings if rng.bool() => vec![text(rng)].into(),
        FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings => {
            object(rng, schema, depth.saturating_sub(1))
        }
        FieldType::Strings => (0..1 + rng.usize(..3))
            .map(|_| Value::String(text(rng)))
            .collect(),
        FieldType::Message(id) => object(rng, *id, depth.saturating_sub(1)),
        FieldType::List(inner) => (0..1 + rng.usize(..3))
            .map(|_| value(rng, inner, depth.saturating_sub(1)))
            .collect(),
        FieldType::Map(inner) => {
            let mut members = Object::new();
            for _ in 0..1 + rng.usize(..3) {
                let made = value(rng, inner, depth.saturating_sub(1));
                members.insert(text(rng), made);
            }
            Value::Object(members)
        }
    }
}

/// A lean tree of a type.
pub fn object(rng: &mut Rng, ty: TypeId, depth: usize) -> Value {
    let mut members = Object::new();
    for field in ty.desc().fields {
        let skip = match depth {
            0 => matches!(
                field.ty,
                FieldType::Message(_)
                    | FieldType::List(_)
                    | FieldType::Map(_)
                    | FieldType::SchemaOrArray
                    | FieldType::SchemaOrBool
                    | FieldType::SchemaOrStrings
            ),
            _ => rng.u8(..3) == 0,
        };
        if skip {
            continue;
        }
        let made = value(rng, &field.ty, depth);
        if field.pointer || made != Value::object() {
            members.insert(field.json, made);
        }
    }
    Value::Object(members)
}
