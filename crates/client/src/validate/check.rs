//! The walk over an object and its schema.

use skeg_schema::{Object, Value};

use super::{Problem, ProblemKind, Schemas};

/// More problems than this are of no use.
const PROBLEMS_MAX: usize = 100;
/// How deep a schema is followed.
const DEPTH_MAX: usize = 200;

pub(super) struct Check<'a> {
    schemas: &'a Schemas,
    depth: usize,
    pub(super) problems: Vec<Problem>,
}

/// What a value is called in messages.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "map",
    }
}

/// The name that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    let direct = schema["$ref"].as_str();
    // A reference with a default or a description beside it.
    let wrapped = || match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => only["$ref"].as_str(),
        _ => None,
    };
    direct.or_else(wrapped)?.rsplit('/').next()
}

fn flag(schema: &Value, key: &str) -> bool {
    schema[key].as_bool().unwrap_or(false)
}

/// Whether numbers and text may stand here.
fn takes_both(schema: &Value) -> bool {
    let variants = || {
        ["oneOf", "anyOf"].into_iter().any(|key| {
            schema[key].as_array().is_some_and(|variants| {
                let has = |ty: &str| variants.iter().any(|variant| variant["type"] == ty);
                has("string") && (has("number") || has("integer"))
            })
        })
    };
    flag(schema, "x-kubernetes-int-or-string") || schema["format"] == "int-or-string" || variants()
}

impl<'a> Check<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self {
            schemas,
            depth: 0,
            problems: Vec::new(),
        }
    }

    fn report(&mut self, path: &str, kind: ProblemKind) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem {
                path: path.to_owned(),
                kind,
            });
        }
    }

    pub(super) fn named(&mut self, name: &str, value: &Value, path: &str) {
        if let Some(schema) = self.schemas.definitions.get(name) {
            // In version 2 a quantity is a string, and yet may be a number.
            let number = matches!(value, Value::Int(_) | Value::Float(_));
            if number && (name.ends_with(".Quantity") || name.ends_with(".IntOrString")) {
                return;
            }
            self.value(schema, value, path, name);
        }
    }

    /// `within` is the place in the schema, for messages.
    fn value(&mut self, schema: &Value, value: &Value, path: &str, within: &str) {
        if value.is_null() || self.depth >= DEPTH_MAX {
            return;
        }
        if let Some(name) = reference(schema) {
            self.depth += 1;
            self.named(name, value, path);
            self.depth -= 1;
            return;
        }
        if takes_both(schema) && matches!(value, Value::Int(_) | Value::Float(_) | Value::String(_))
        {
            return;
        }
        let expected = schema["type"].as_str().unwrap_or_default();
        let fits = match expected {
            "object" => matches!(value, Value::Object(_)),
            "array" => matches!(value, Value::Array(_)),
            "string" => matches!(value, Value::String(_)),
            "boolean" => matches!(value, Value::Bool(_)),
            "integer" => match value {
                Value::Int(_) => true,
                Value::Float(number) => number.fract() == 0.0,
                _ => false,
            },
            "number" => matches!(value, Value::Int(_) | Value::Float(_)),
            // Anything, or something that only a server can judge.
            _ => true,
        };
        if !fits {
            let expected = if expected == "object" {
                "map"
            } else {
                expected
            };
            self.report(
                path,
                ProblemKind::WrongType {
                    schema: within.to_owned(),
                    found: type_of(value),
                    expected: expected.to_owned(),
                },
            );
            return;
        }
        self.allowed(schema, value, path);
        self.depth += 1;
        match value {
            Value::Object(members) => self.members(schema, members, path, within),
            Value::Array(items) => {
                if let Some(element) = schema.get("items") {
                    for (at, item) in items.iter().enumerate() {
                        self.value(element, item, &format!("{path}[{at}]"), within);
                    }
                }
            }
            _ => {}
        }
        self.depth -= 1;
    }

    fn allowed(&mut self, schema: &Value, value: &Value, path: &str) {
        let Some(allowed) = schema["enum"].as_array() else {
            return;
        };
        // An empty text is an unset one.
        if allowed.contains(value) || *value == "" {
            return;
        }
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.report(
            path,
            ProblemKind::NotAllowed {
                found: text(value),
                allowed: allowed.iter().map(text).collect(),
            },
        );
    }

    fn members(&mut self, schema: &Value, members: &Object, path: &str, within: &str) {
        let known = schema["properties"].as_object();
        let others = schema.get("additionalProperties");
        let anything = flag(schema, "x-kubernetes-preserve-unknown-fields")
            || (known.is_none() && others.is_none());
        let embedded = flag(schema, "x-kubernetes-embedded-resource");
        for (name, value) in members.iter() {
            let path = format!("{path}.{name}");
            let property = known.and_then(|known| known.get(name));
            if let Some(property) = property {
                self.value(property, value, &path, &format!("{within}.{name}"));
            } else if let Some(other @ Value::Object(_)) = others {
                self.value(other, value, &path, within);
            } else if !anything
                && others != Some(&Value::Bool(true))
                && !(embedded && matches!(&**name, "apiVersion" | "kind" | "metadata"))
            {
                let parent = path.strip_suffix(&format!(".{name}")).unwrap_or(&path);
                let kind = ProblemKind::UnknownField {
                    field: name.to_string(),
                    schema: within.to_owned(),
                };
                self.report(parent, kind);
            }
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            if members.get(name).is_none_or(Value::is_null) {
                let kind = ProblemKind::MissingField {
                    field: name.to_owned(),
                    schema: within.to_owned(),
                };
                self.report(path, kind);
            }
        }
    }
}
