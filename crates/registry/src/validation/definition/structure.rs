//! What makes a schema structural (KEP-1111): every field has a type outside of
//! logical compositions, and what those mention is declared outside of them too.

use crate::custom::patterns;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, b, has, list, pairs, s, sorted_pairs};
use skeg_schema::Value;

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

/// All faults, sorted.
pub fn check(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut found = Errs::new();
    invariants(schema, Level::Root, path, &mut found);
    complete(schema, path, &mut found);
    let mut found = found.into_list();
    found.sort_by_key(ToString::to_string);
    errs.extend(found);
}

fn invariants(schema: &Value, level: Level, path: &Path<'_>, errs: &mut Errs) {
    let ty = s(schema, "type");
    let flag = |name: &str| b(schema, name);
    let embedded = flag("x-kubernetes-embedded-resource");
    let int_or_string = flag("x-kubernetes-int-or-string");
    let preserve = flag("x-kubernetes-preserve-unknown-fields");
    let t_path = path.child("type");
    if ty == "array" && !at(schema, "items").is_object() {
        errs.required(&path.child("items"), "must be specified");
    }
    let untyped = ty.is_empty() && !int_or_string && !preserve;
    if embedded && ty != "object" {
        const WORDS: &str = "must be object if x-kubernetes-embedded-resource is true";
        if ty.is_empty() {
            errs.required(&t_path, WORDS);
        } else {
            errs.invalid(&t_path, ty, WORDS);
        }
    }
    let none = pairs(at(schema, "properties")).next().is_none();
    if embedded && !preserve && none {
        errs.required(
            &path.child("properties"),
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        );
    }
    match level {
        Level::Root if !ty.is_empty() && ty != "object" => {
            errs.invalid(&t_path, ty, "must be object at the root");
        }
        _ if !untyped || embedded => {}
        Level::Root => errs.required(&t_path, "must not be empty at the root"),
        Level::Item => errs.required(&t_path, "must not be empty for specified array items"),
        Level::Field => errs.required(&t_path, "must not be empty for specified object fields"),
    }
    pattern(schema, path, errs);
    let additional = at(schema, "additionalProperties");
    let a_path = path.child("additionalProperties");
    if !additional.is_null() && embedded {
        errs.forbidden(
            &a_path,
            "must not be used if x-kubernetes-embedded-resource is set",
        );
    }
    if !additional.is_null() && level == Level::Root {
        errs.forbidden(&a_path, "must not be used at the root");
    }
    if level == Level::Root || embedded {
        type_meta(schema, level == Level::Root, path, errs);
    }
    if int_or_string {
        for name in [
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
        ] {
            if flag(name) {
                errs.invalid(
                    &path.child(name),
                    true,
                    "must be false if x-kubernetes-int-or-string is true",
                );
            }
        }
    }
    compositions(schema, int_or_string, path, errs);
    if at(schema, "items").is_object() {
        invariants(at(schema, "items"), Level::Item, &path.child("items"), errs);
    }
    let properties = path.child("properties");
    for (name, property) in sorted_pairs(at(schema, "properties")) {
        invariants(property, Level::Field, &properties.key(name), errs);
    }
    if additional.is_object() {
        invariants(additional, Level::Field, &a_path, errs);
    }
}

fn pattern(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    let pattern = s(schema, "pattern");
    if !pattern.is_empty()
        && let Some(why) = patterns::fault(pattern)
    {
        errs.invalid(
            &path.child("pattern"),
            pattern,
            format!("must be a valid regular expression, but isn't: {why}"),
        );
    }
}

fn type_meta(schema: &Value, root: bool, path: &Path<'_>, errs: &mut Errs) {
    let properties = path.child("properties");
    for (name, wanted) in [
        ("metadata", "object"),
        ("kind", "string"),
        ("apiVersion", "string"),
    ] {
        if let Some(property) = at(schema, "properties").get(name)
            && s(property, "type") != wanted
        {
            errs.invalid(
                &properties.key(name).child("type"),
                s(property, "type"),
                format!("must be {wanted}"),
            );
        }
    }
    let metadata = at(schema, "properties").get("metadata");
    let Some(metadata) = metadata.filter(|_| root) else {
        return;
    };
    let other_field = pairs(metadata)
        .any(|(key, value)| !matches!(key, "type" | "properties" | "default") && !value.is_null());
    let other_property =
        pairs(at(metadata, "properties")).any(|(name, _)| !matches!(name, "name" | "generateName"));
    if other_field || other_property {
        errs.forbidden(
            &properties.key("metadata"),
            "must not specify anything other than name and generateName, but metadata is implicitly specified",
        );
    }
}

/// `[{type: integer}, {type: string}]`, in either order of keys.
fn is_int_or_string(list: &[Value]) -> bool {
    let only =
        |value: &Value, wanted: &str| s(value, "type") == wanted && pairs(value).count() == 1;
    matches!(list, [a, b] if only(a, "integer") && only(b, "string"))
}

fn compositions(schema: &Value, int_or_string: bool, path: &Path<'_>, errs: &mut Errs) {
    let skip_any = int_or_string && is_int_or_string(list(schema, "anyOf"));
    let skip_first = int_or_string
        && !skip_any
        && list(schema, "allOf")
            .first()
            .is_some_and(|first| is_int_or_string(list(first, "anyOf")));
    for field in ["anyOf", "oneOf", "allOf"] {
        if field == "anyOf" && skip_any {
            continue;
        }
        let place = path.child(field);
        for (n, one) in list(schema, field).iter().enumerate() {
            let skip = field == "allOf" && n == 0 && skip_first;
            nested(one, skip, &place.index(n), errs);
        }
    }
    if at(schema, "not").is_object() {
        nested(at(schema, "not"), false, &path.child("not"), errs);
    }
}

// Inside of compositions only values are restricted.
fn nested(schema: &Value, skip_any: bool, path: &Path<'_>, errs: &mut Errs) {
    const FORBIDDEN: &[(&str, &str)] = &[
        ("type", "must be empty to be structural"),
        ("title", "must be empty to be structural"),
        ("description", "must be empty to be structural"),
        ("default", "must be undefined to be structural"),
        ("nullable", "must be false to be structural"),
        ("externalDocs", "must be undefined to be structural"),
        ("additionalProperties", "must be undefined to be structural"),
        (
            "x-kubernetes-preserve-unknown-fields",
            "must be false to be structural",
        ),
        (
            "x-kubernetes-embedded-resource",
            "must be false to be structural",
        ),
        (
            "x-kubernetes-int-or-string",
            "must be false to be structural",
        ),
        (
            "x-kubernetes-list-map-keys",
            "must be empty to be structural",
        ),
        (
            "x-kubernetes-list-type",
            "must be undefined to be structural",
        ),
        (
            "x-kubernetes-map-type",
            "must be undefined to be structural",
        ),
        ("x-kubernetes-validations", "must be empty to be structural"),
    ];
    for (field, words) in FORBIDDEN {
        let given = at(schema, field);
        let empty = matches!(given, Value::String(text) if text.is_empty());
        let off = *given == Value::Bool(false) && *field != "default";
        if has(schema, field) && !off && !empty {
            errs.forbidden(&path.child(field), *words);
        }
    }
    pattern(schema, path, errs);
    // Nothing may restrict the metadata of resources from here.
    if at(schema, "properties").get("metadata").is_some() {
        errs.forbidden(
            &path.child("properties").key("metadata"),
            "must not be specified in a nested context",
        );
    }
    for field in ["anyOf", "oneOf", "allOf"] {
        if field == "anyOf" && skip_any {
            continue;
        }
        let place = path.child(field);
        for (n, one) in list(schema, field).iter().enumerate() {
            nested(one, false, &place.index(n), errs);
        }
    }
    if at(schema, "not").is_object() {
        nested(at(schema, "not"), false, &path.child("not"), errs);
    }
    if at(schema, "items").is_object() {
        nested(at(schema, "items"), false, &path.child("items"), errs);
    }
    let properties = path.child("properties");
    for (name, property) in sorted_pairs(at(schema, "properties")) {
        nested(property, false, &properties.key(name), errs);
    }
}

// What the compositions of the whole schema mention is declared outside of them;
// those further down are not asked, as upstream does not.
fn complete(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    for field in ["allOf", "anyOf", "oneOf"] {
        let place = path.child(field);
        for (n, one) in list(schema, field).iter().enumerate() {
            mentioned(one, Some(schema), &place.index(n), path, errs);
        }
    }
    if at(schema, "not").is_object() {
        mentioned(
            at(schema, "not"),
            Some(schema),
            &path.child("not"),
            path,
            errs,
        );
    }
}

fn mentioned(
    inner: &Value,
    outer: Option<&Value>,
    inner_path: &Path<'_>,
    outer_path: &Path<'_>,
    errs: &mut Errs,
) {
    for field in ["allOf", "anyOf", "oneOf"] {
        let place = inner_path.child(field);
        for (n, one) in list(inner, field).iter().enumerate() {
            mentioned(one, outer, &place.index(n), outer_path, errs);
        }
    }
    if at(inner, "not").is_object() {
        mentioned(
            at(inner, "not"),
            outer,
            &inner_path.child("not"),
            outer_path,
            errs,
        );
    }
    let because = |path: &Path<'_>| format!("because it is defined in {path}");
    if at(inner, "items").is_object() {
        let i_path = inner_path.child("items");
        let o_path = outer_path.child("items");
        match outer.map(|o| at(o, "items")).filter(|i| i.is_object()) {
            Some(items) => mentioned(at(inner, "items"), Some(items), &i_path, &o_path, errs),
            None => errs.required(&o_path, because(&i_path)),
        }
    }
    let (i_path, o_path) = (
        inner_path.child("properties"),
        outer_path.child("properties"),
    );
    for (name, property) in sorted_pairs(at(inner, "properties")) {
        let (i_path, o_path) = (i_path.key(name), o_path.key(name));
        match outer.and_then(|o| at(o, "properties").get(name)) {
            Some(declared) => mentioned(property, Some(declared), &i_path, &o_path, errs),
            None => errs.required(&o_path, because(&i_path)),
        }
    }
}
