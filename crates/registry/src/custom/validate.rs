//! Whether an object holds to its schema: types, value validations and
//! formats, in upstream's order and words. What was wrong already and has not
//! changed is let through (ratcheting).

use self::number::{is_whole, number};
use super::formats;
use super::patterns;
use skeg_meta::{FieldError, FieldErrorKind};
use skeg_schema::ListType;
use skeg_schema::Value;
use skeg_schema::dynamic::{Additional, Kind, Node, Rules};
use skeg_schema::go::quote;

mod number;

/// Nothing more is looked for after so many faults.
const FAULTS_MAX: usize = 2000;

/// One fault: `field` is the place, empty for the whole object.
struct Fault {
    kind: FieldErrorKind,
    field: Option<String>,
    value: Value,
    detail: String,
}

impl Fault {
    fn reads_as(&self, other: &Self) -> bool {
        (&self.field, &self.detail, self.kind) == (&other.field, &other.detail, other.kind)
    }
}

#[derive(Default)]
struct Outcome {
    faults: Vec<Fault>,
    /// How many checks went well: tells which alternative came closest.
    matches: usize,
}

impl Outcome {
    fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    fn merge(&mut self, other: Outcome) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.extend(other.faults);
        }
        self.matches += other.matches;
    }

    /// Tells once what a schema and its alternatives say in the same words.
    fn distinct(&mut self) {
        let mut told: Vec<Fault> = Vec::with_capacity(self.faults.len());
        for fault in std::mem::take(&mut self.faults) {
            if !told.iter().any(|known| known.reads_as(&fault)) {
                told.push(fault);
            }
        }
        self.faults = told;
    }

    fn add(&mut self, kind: FieldErrorKind, path: &str, value: Value, detail: String) {
        self.faults.push(Fault {
            kind,
            field: Some(path.to_owned()),
            value,
            detail,
        });
    }

    fn invalid(&mut self, path: &str, value: impl Into<Value>, rest: &str) {
        let detail = format!("{path} in body {rest}");
        self.add(FieldErrorKind::Invalid, path, value.into(), detail);
    }

    fn wrong_type(&mut self, path: &str, wanted: &str, found: &str) {
        let detail = format!("{path} in body must be of type {wanted}: {}", quote(found));
        self.add(
            FieldErrorKind::TypeInvalid,
            path,
            Value::from(found),
            detail,
        );
    }

    /// A fault that upstream tells without a place.
    fn whole(&mut self, detail: String) {
        self.faults.push(Fault {
            kind: FieldErrorKind::Invalid,
            field: None,
            value: Value::from(""),
            detail,
        });
    }
}

/// The faults of `value`; `old` is what stood there before, on updates.
/// `base` is put in front of all paths (empty for whole objects).
pub fn validate(value: &Value, schema: &Node, old: Option<&Value>, base: &str) -> Vec<FieldError> {
    let mut outcome = Outcome::default();
    outcome.merge(node(value, schema, old, ""));
    outcome
        .faults
        .into_iter()
        .map(|fault| {
            let place = fault.field.as_deref().unwrap_or_default();
            let place = place.trim_start_matches('.');
            let field = match (base.is_empty(), place.is_empty()) {
                (true, true) => "<nil>".to_owned(),
                (true, false) => place.to_owned(),
                (false, true) => base.to_owned(),
                (false, false) => format!("{base}.{place}"),
            };
            FieldError {
                kind: fault.kind,
                field,
                bad_value: fault.value,
                detail: fault.detail,
            }
        })
        .collect()
}

/// What the OpenAPI machinery calls the type of a value.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn node(value: &Value, schema: &Node, old: Option<&Value>, path: &str) -> Outcome {
    let mut out = Outcome::default();
    check_type(value, schema, path, &mut out);
    let rules = schema.rules.as_deref();
    if !value.is_null() {
        if let Some(rules) = rules {
            compositions(value, rules, path, &mut out);
            match value {
                Value::String(text) => {
                    string(text, rules, path, &mut out);
                    let format = known_format(schema);
                    if let Some(false) = formats::check(format, text) {
                        let detail =
                            format!("{path} in body must be of type {format}: {}", quote(text));
                        out.add(FieldErrorKind::TypeInvalid, path, value.clone(), detail);
                    }
                }
                Value::Int(_) | Value::Float(_) => number(value, schema, rules, path, &mut out),
                _ => {}
            }
        } else if let Value::Float(_) = value {
            number(value, schema, &Rules::default(), path, &mut out);
        }
        if let Value::Array(items) = value {
            array(items, schema, old, path, &mut out);
        }
    }
    if let Some(rules) = rules {
        allowed(value, rules, path, &mut out);
    }
    if let Value::Object(_) = value {
        object(value, schema, old, path, &mut out);
    }
    if !out.is_valid() && rules.is_some_and(is_composed) {
        out.distinct();
    }
    // What did not change stays as it is, however wrong.
    if !out.is_valid() && old.is_some_and(|old| unchanged(value, old, schema)) {
        out.faults.clear();
    }
    out
}

fn is_composed(rules: &Rules) -> bool {
    let compositions = [&rules.any_of, &rules.one_of, &rules.all_of];
    rules.not.is_some() || compositions.iter().any(|inner| !inner.is_empty())
}

fn check_type(value: &Value, schema: &Node, path: &str, out: &mut Outcome) {
    let wanted = if schema.int_or_string {
        "integer,string"
    } else {
        schema.kind.name()
    };
    if wanted.is_empty() {
        return;
    }
    let fits = match value {
        Value::Null => schema.nullable,
        Value::String(_) => schema.int_or_string || schema.kind == Kind::String,
        Value::Int(_) => {
            schema.int_or_string || matches!(schema.kind, Kind::Integer | Kind::Number)
        }
        Value::Float(f) => {
            schema.kind == Kind::Number
                || (is_whole(*f) && (schema.int_or_string || schema.kind == Kind::Integer))
        }
        Value::Bool(_) => schema.kind == Kind::Boolean,
        Value::Array(_) => schema.kind == Kind::Array,
        Value::Object(_) => schema.kind == Kind::Object,
    };
    let format = known_format(schema);
    // Upstream leaves the types of texts and lists to the check of formats, which looks at texts only.
    let left_open = !format.is_empty()
        && matches!(value, Value::Array(_))
        && !matches!(schema.kind, Kind::Integer | Kind::Number);
    if fits || left_open {
        out.matches += 1;
    } else if !format.is_empty()
        && !matches!(value, Value::Null | Value::String(_) | Value::Array(_))
    {
        // Of the two, it is the formats that are held beside each other.
        let found = match value {
            Value::Int(_) => "int64",
            Value::Float(_) => "float64",
            _ => "",
        };
        out.wrong_type(path, format, found);
    } else {
        out.wrong_type(path, wanted, type_name(value));
    }
}

fn shown(path: &str) -> &str {
    path.strip_prefix('.').unwrap_or(path)
}

fn compositions(value: &Value, rules: &Rules, path: &str, out: &mut Outcome) {
    if !rules.any_of.is_empty() {
        let mut best: Option<Outcome> = None;
        let mut found = None;
        for inner in &rules.any_of {
            let result = node(value, inner, None, path);
            if result.is_valid() {
                found = Some(result);
                break;
            }
            if best.as_ref().is_none_or(|b| result.matches > b.matches) {
                best = Some(result);
            }
        }
        if found.is_none() {
            out.whole(format!(
                "{:?} must validate at least one schema (anyOf)",
                shown(path)
            ));
        }
        out.merge(found.or(best).unwrap_or_default());
    }
    if !rules.one_of.is_empty() {
        let mut best: Option<Outcome> = None;
        let mut first = None;
        let mut count = 0;
        for inner in &rules.one_of {
            let result = node(value, inner, None, path);
            if result.is_valid() {
                count += 1;
                best = None;
                first.get_or_insert(result);
            } else if count == 0 && best.as_ref().is_none_or(|b| result.matches > b.matches) {
                best = Some(result);
            }
        }
        if count == 1 {
            out.merge(first.unwrap_or_default());
        } else {
            let found = match count {
                0 => "Found none valid".to_owned(),
                n => format!("Found {n} valid alternatives"),
            };
            out.whole(format!(
                "{:?} must validate one and only one schema (oneOf). {found}",
                shown(path)
            ));
            out.merge(best.unwrap_or_default());
        }
    }
    if !rules.all_of.is_empty() {
        let mut valid = 0;
        for inner in &rules.all_of {
            let result = node(value, inner, None, path);
            if result.is_valid() {
                valid += 1;
            }
            out.merge(result);
        }
        if valid != rules.all_of.len() {
            let none = if valid == 0 { ". None validated" } else { "" };
            out.whole(format!(
                "{:?} must validate all the schemas (allOf){none}",
                shown(path)
            ));
        }
    }
    if let Some(inner) = &rules.not
        && node(value, inner, None, path).is_valid()
    {
        out.whole(format!(
            "{:?} must not validate the schema (not)",
            shown(path)
        ));
    }
}

fn string(text: &str, rules: &Rules, path: &str, out: &mut Outcome) {
    let chars = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if let Some(max) = rules.max_length
        && chars() > max
    {
        let detail = match max {
            ..=-1 => "value is too long".to_owned(),
            1 => "may not be more than 1 byte".to_owned(),
            _ => format!("may not be more than {max} bytes"),
        };
        out.add(FieldErrorKind::TooLong, path, Value::Null, detail);
        return;
    }
    if let Some(min) = rules.min_length
        && chars() < min
    {
        out.invalid(path, text, &format!("should be at least {min} chars long"));
        return;
    }
    if !rules.pattern.is_empty() && !patterns::matches(&rules.pattern, text) {
        out.invalid(path, text, &format!("should match '{}'", rules.pattern));
        return;
    }
    out.matches += 1;
}

/// The format of a schema, if it is one of its type.
fn known_format(schema: &Node) -> &str {
    let format = schema
        .rules
        .as_deref()
        .map_or("", |rules| rules.format.as_str());
    let known = match schema.kind {
        Kind::Integer => matches!(format, "int32" | "int64"),
        Kind::Number => matches!(format, "float" | "double"),
        Kind::String | Kind::Any => formats::check(format, "").is_some(),
        Kind::Boolean | Kind::Array | Kind::Object => false,
    };
    if known { format } else { "" }
}

/// The old element that a new one of a list of type map stands for.
pub fn correlated<'o>(schema: &Node, old: Option<&'o Value>, item: &Value) -> Option<&'o Value> {
    if schema.list_type != Some(ListType::Map) {
        return None;
    }
    let items = schema.items.as_deref()?;
    let key_of = |element: &Value, key: &str| {
        let given = &element[key];
        match items.property(key).and_then(|p| p.default.as_deref()) {
            Some(default) if given.is_null() => default.clone(),
            _ => given.clone(),
        }
    };
    let same = |a: &Value, b: &Value| {
        schema
            .list_map_keys
            .iter()
            .all(|key| key_of(a, key) == key_of(b, key))
    };
    let mut found = old?.as_array()?.iter().filter(|other| same(other, item));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether a value is as it was. Elements of lists of type map may have changed
/// places; members that the schema does not declare count as changed.
pub fn unchanged(value: &Value, old: &Value, schema: &Node) -> bool {
    match (value, old) {
        (Value::Array(items), Value::Array(before)) => {
            if schema.list_type != Some(ListType::Map) {
                return value == old;
            }
            items.len() == before.len()
                && items.iter().all(|item| {
                    let inner = schema.items.as_deref();
                    inner
                        .zip(correlated(schema, Some(old), item))
                        .is_some_and(|(inner, before)| unchanged(item, before, inner))
                })
        }
        (Value::Object(members), Value::Object(before)) => {
            members.len() == before.len()
                && members.iter().all(|(name, member)| {
                    schema
                        .member(name)
                        .zip(before.get(name))
                        .is_some_and(|(inner, before)| unchanged(member, before, inner))
                })
        }
        _ => value == old,
    }
}

fn array(items: &[Value], schema: &Node, old: Option<&Value>, path: &str, out: &mut Outcome) {
    if let Some(inner) = schema.items.as_deref() {
        for (at, item) in items.iter().enumerate() {
            let before = correlated(schema, old, item);
            out.merge(node(item, inner, before, &format!("{path}[{at}]")));
        }
    }
    let Some(rules) = schema.rules.as_deref() else {
        return;
    };
    let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if let Some(min) = rules.min_items
        && len < min
    {
        out.invalid(path, len, &format!("should have at least {min} items"));
    }
    if let Some(max) = rules.max_items
        && len > max
    {
        too_many(path, len, max, out);
    }
    out.matches += 1;
}

fn too_many(path: &str, found: i64, max: i64, out: &mut Outcome) {
    let detail = match max {
        ..=-1 => "has too many items".to_owned(),
        1 => "must have at most 1 item".to_owned(),
        _ => format!("must have at most {max} items"),
    };
    out.add(FieldErrorKind::TooMany, path, Value::Int(found), detail);
}

/// Whether a value is one that is allowed. As upstream's validator does it, a number is
/// converted to what the allowed one is: fractions are cut off for a whole number, and a
/// whole number is a character for a text.
fn is_allowed(known: &Value, value: &Value) -> bool {
    match (known, value) {
        (Value::Int(known), Value::Float(number)) => *known == *number as i64,
        (Value::Float(known), Value::Int(number)) => *known == *number as f64,
        (Value::String(known), Value::Int(number)) => {
            let character = u32::try_from(*number).ok().and_then(char::from_u32);
            known
                .chars()
                .eq([character.unwrap_or(char::REPLACEMENT_CHARACTER)])
        }
        _ => known == value,
    }
}

fn allowed(value: &Value, rules: &Rules, path: &str, out: &mut Outcome) {
    if rules.allowed.is_empty() || rules.allowed.iter().any(|known| is_allowed(known, value)) {
        return;
    }
    let known: Vec<String> = rules
        .allowed
        .iter()
        .map(|v| match v {
            Value::String(text) => format!("{text:?}"),
            other => format!("{:?}", other.to_string()),
        })
        .collect();
    let detail = format!("supported values: {}", known.join(", "));
    out.add(FieldErrorKind::NotSupported, path, value.sorted(), detail);
}

fn object(value: &Value, schema: &Node, old: Option<&Value>, path: &str, out: &mut Outcome) {
    let Some(members) = value.as_object() else {
        return;
    };
    let rules = schema.rules.as_deref();
    let len = i64::try_from(members.len()).unwrap_or(i64::MAX);
    if let Some(min) = rules.and_then(|r| r.min_properties)
        && len < min
    {
        out.invalid(path, len, &format!("should have at least {min} properties"));
    }
    if let Some(max) = rules.and_then(|r| r.max_properties)
        && len > max
    {
        too_many(path, len, max, out);
    }
    let child = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    // Of what the object is, old and new tell nothing: both have been converted.
    let before = |name: &str| {
        let named = path.is_empty() && matches!(name, "apiVersion" | "kind");
        old.filter(|_| !named).and_then(|old| old.get(name))
    };
    if let Some(additional) = &schema.additional {
        let mut names: Vec<&str> = members.keys().map(|k| &**k).collect();
        names.sort_unstable();
        names.retain(|name| schema.property(name).is_none());
        for name in names {
            // At the top there is nothing before the dot.
            let place = format!("{path}.{name}");
            match additional {
                Additional::Any => {}
                Additional::Nothing => {
                    let detail = format!("{place} in body is a forbidden property");
                    out.add(
                        FieldErrorKind::Invalid,
                        path,
                        Value::from(name.to_owned()),
                        detail,
                    );
                }
                Additional::Node(inner) => {
                    out.merge(node(&value[name], inner, before(name), &place));
                }
            }
        }
    }
    for (name, inner) in &schema.properties {
        if let Some(member) = members.get(name) {
            out.merge(node(member, inner, before(name), &child(name)));
        }
    }
    let required = rules.map_or(&[][..], |rules| &rules.required);
    for (n, name) in required.iter().enumerate() {
        // What is required twice is missed once.
        if !members.contains_key(name) && !required[..n].contains(name) {
            let place = format!("{path}.{name}");
            out.add(FieldErrorKind::Required, &place, Value::Null, String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn faults(schema: Value, value: Value, old: Option<Value>) -> Vec<String> {
        validate(&value, &Node::compile(&schema), old.as_ref(), "")
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_is_forbidden_beside_the_properties_is_refused() {
        let schema = json!({"type": "object", "properties": {"p": {
            "type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}},
        }}});
        let told = |value: Value| faults(schema.clone(), json!({"p": value}), None);
        assert_eq!(told(json!({"a": "b"})), [""; 0]);
        assert_eq!(
            told(json!({"a": "b", "zz": 1})),
            [r#"p: Invalid value: "zz": p.zz in body is a forbidden property"#]
        );
        let node = Node::compile(&schema);
        let mut kept = json!({"p": {"zz": 1}});
        skeg_schema::dynamic::prune(&mut kept, &node, false);
        assert_eq!(kept, json!({"p": {"zz": 1}}));
    }

    #[test]
    fn what_is_allowed_is_compared_as_go_converts_it() {
        let told = |schema: Value, value: Value| faults(schema, value, None);
        let number = json!({"type": "number", "enum": [1, 2.5]});
        for fine in [json!(1), json!(1.5), json!(2.5)] {
            assert_eq!(told(number.clone(), fine), [""; 0]);
        }
        assert_eq!(told(number, json!(3.5)).len(), 1);
        let either = json!({"x-kubernetes-int-or-string": true, "enum": [1, "a"]});
        assert_eq!(told(either.clone(), json!(97)), [""; 0]);
        assert_eq!(told(either, json!(98)).len(), 1);
        let text = told(json!({"type": "string", "enum": ["a"]}), json!(97));
        assert_eq!(text.len(), 1, "of its type alone: {text:?}");
    }

    #[test]
    fn faults_in_upstreams_words() {
        let schema = json!({"type": "object", "properties": {
            "n": {"type": "integer", "minimum": 1},
            "l": {"type": "array", "items": {"type": "integer"}},
            "e": {"type": "string", "enum": ["a", "b"]},
            "o": {"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}},
        }});
        let got = faults(
            schema,
            json!({"n": 0, "l": [1, "x", 1.5], "e": "c", "o": {}}),
            None,
        );
        assert_eq!(
            got,
            [
                r#"e: Unsupported value: "c": supported values: "a", "b""#,
                r#"l[1]: Invalid value: "string": l[1] in body must be of type integer: "string""#,
                r#"l[2]: Invalid value: "number": l[2] in body must be of type integer: "number""#,
                r#"<nil>: Invalid value: "": Checked value must be of type integer (default format) in l[2]"#,
                "n: Invalid value: 0: n in body should be greater than or equal to 1",
                "o.c: Required value",
            ]
        );
    }

    #[test]
    fn what_alternatives_say_too_is_told_once() {
        let schema = json!({"type": "object", "properties": {
            "e": {"type": "string", "enum": ["a"], "anyOf": [{"enum": ["a"]}, {"minLength": 3}]},
            "o": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "enum": ["a"]},
        }});
        assert_eq!(
            faults(
                schema,
                json!({"e": "b", "o": {"z": 1, "b": [{"d": 1, "c": 2}]}}),
                None
            ),
            [
                r#"<nil>: Invalid value: "": "e" must validate at least one schema (anyOf)"#,
                r#"e: Unsupported value: "b": supported values: "a""#,
                r#"o: Unsupported value: {"b":[{"c":2,"d":1}],"z":1}: supported values: "a""#,
            ]
        );
    }

    #[test]
    fn old_faults_that_did_not_change_are_let_through() {
        let schema = json!({"type": "object", "properties": {
            "s": {"type": "string", "maxLength": 2},
            "l": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer", "maximum": 1}}}},
        }});
        let old = json!({"s": "long", "l": [{"k": "a", "v": 5}]});
        let mut new = old.clone();
        new.set_at(&["x"], 1);
        assert!(faults(schema.clone(), new, Some(old.clone())).is_empty());
        let moved = json!({"s": "long", "l": [{"k": "b", "v": 1}, {"k": "a", "v": 5}]});
        assert!(faults(schema.clone(), moved, Some(old.clone())).is_empty());
        // As do lists whose elements have only changed places.
        let short = json!({"type": "object", "properties": {"l": {"type": "array", "maxItems": 1,
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "properties": {"k": {"type": "string"}}}}}});
        let (ab, ba) = (
            json!([{"k": "a"}, {"k": "b"}]),
            json!([{"k": "b"}, {"k": "a"}]),
        );
        let other = json!([{"k": "b"}, {"k": "c"}]);
        let found = |l: &Value| {
            faults(
                short.clone(),
                json!({"l": l.clone()}),
                Some(json!({"l": ab.clone()})),
            )
        };
        assert!(found(&ba).is_empty());
        assert_eq!(found(&other).len(), 1);
        let worse = json!({"s": "longer", "l": [{"k": "a", "v": 6}]});
        assert_eq!(faults(schema, worse, Some(old)).len(), 2);
    }

    #[test]
    fn what_an_object_is_must_be_right_now() {
        let schema = json!({"type": "object", "properties": {
            "apiVersion": {"type": "string", "enum": ["a/v1"]},
            "in": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["K"]}}},
        }});
        let object = json!({"apiVersion": "a/v2", "metadata": {}, "in": {"kind": "L"}});
        assert_eq!(
            faults(schema, object.clone(), Some(object)),
            [r#"apiVersion: Unsupported value: "a/v2": supported values: "a/v1""#]
        );
    }
}
