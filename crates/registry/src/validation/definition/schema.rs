//! Rules of the schemas of custom resources.

use super::{defaults, structure};
use crate::custom::formats;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, list, pairs, s, sorted_pairs};
use skeg_schema::Value;
use skeg_schema::dynamic::{META_FIELDS, Node};
use std::collections::BTreeSet;

const TYPES: &[&str] = &["array", "boolean", "integer", "number", "object", "string"];
const LIST_TYPE: &str = "x-kubernetes-list-type";
const LIST_KEYS: &str = "x-kubernetes-list-map-keys";
const MAP_TYPE: &str = "x-kubernetes-map-type";

/// Which rules hold where the walk is.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    /// The whole schema.
    root: bool,
    /// Below the metadata of a resource.
    in_meta: bool,
    /// Why no default may stand here.
    no_default: Option<&'a str>,
}

/// The schema of a version; `path` is what it stands in, `old` what stood there.
pub fn check(schema: &Value, old: Option<&Value>, status: bool, path: &Path<'_>, errs: &mut Errs) {
    let place = path.child("openAPIV3Schema");
    if status {
        below_status(schema, &place, path, errs);
    }
    if b(schema, "nullable") {
        errs.forbidden(
            &path.child("openAPIV3Schema.nullable"),
            "nullable cannot be true at the root",
        );
    }
    let root = Place {
        root: true,
        ..Place::default()
    };
    // What is not supported has no structure to look at.
    let supported = !unsupported(schema);
    if supported && has_anywhere(schema, "$schema") {
        let mut found = Errs::new();
        walk(schema, root, &place, &mut found);
        crate::custom::rules::check_definition(schema, old, false, &place, &mut found);
        if found.is_empty() {
            let words = "OpenAPIV3Schema 'schema' is not supported";
            errs.invalid(&place, "", words);
        }
        errs.append(found);
        return;
    }
    let structural = supported && {
        let mut found = Errs::new();
        structure::check(schema, &place, &mut found);
        if found.is_empty() {
            let node = Node::compile(schema);
            defaults::check(&node, &place, &mut found);
        }
        let fine = found.is_empty();
        errs.append(found);
        fine
    };
    let mut found = Errs::new();
    walk(schema, root, &place, &mut found);
    crate::custom::rules::check_definition(schema, old, structural, &place, &mut found);
    errs.append(found);
}

// With a status subresource, the root may only say what the status does not lose.
fn below_status(schema: &Value, place: &Path<'_>, path: &Path<'_>, errs: &mut Errs) {
    const REFUSED: &[&str] = &[
        "id",
        "$schema",
        "$ref",
        "nullable",
        "enum",
        "maxProperties",
        "minProperties",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "additionalProperties",
        "patternProperties",
        "dependencies",
        "additionalItems",
        "definitions",
        "default",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
    ];
    let ty = s(schema, "type");
    // What a Go struct has at zero is not set.
    let set = |field: &&&str| match at(schema, field) {
        Value::Object(_) => true,
        other => !crate::tree::is_zero(other),
    };
    let first = REFUSED.iter().find(set);
    if !ty.is_empty() && ty != "object" && !matches!(first, Some(&"id" | &"$schema" | &"$ref")) {
        errs.invalid(
            &path.child("openAPIV3Schema.type"),
            ty,
            "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled",
        );
    } else if first.is_some() {
        errs.invalid(
            place,
            schema.clone(),
            "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled",
        );
    }
}

fn walk(schema: &Value, place: Place<'_>, path: &Path<'_>, errs: &mut Errs) {
    standard(schema, place, path, errs);
    let inner = Place {
        root: false,
        ..place
    };
    if b(schema, "uniqueItems") {
        errs.forbidden(
            &path.child("uniqueItems"),
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        );
    }
    let additional = at(schema, "additionalProperties");
    if !additional.is_null() {
        let some = pairs(at(schema, "properties")).next().is_some();
        if some && *additional != Value::Bool(true) {
            errs.forbidden(
                &path.child("additionalProperties"),
                "additionalProperties and properties are mutual exclusive",
            );
        }
        let below = Place {
            no_default: place
                .in_meta
                .then_some("inside additionalProperties applying to object metadata"),
            ..inner
        };
        if additional.is_object() {
            walk(additional, below, &path.child("additionalProperties"), errs);
        }
    }
    let properties = path.child("properties");
    for (name, property) in sorted_pairs(at(schema, "properties")) {
        let resource = place.root || b(schema, "x-kubernetes-embedded-resource");
        let why = format!("in top-level {name}");
        let below = if resource && META_FIELDS.contains(&name) {
            Place {
                in_meta: true,
                no_default: place.root.then_some(why.as_str()).or(place.no_default),
                root: false,
            }
        } else {
            inner
        };
        walk(property, below, &properties.key(name), errs);
    }
    if at(schema, "not").is_object() {
        walk(at(schema, "not"), inner, &path.child("not"), errs);
    }
    for field in ["allOf", "oneOf", "anyOf"] {
        let place = path.child(field);
        for (n, one) in list(schema, field).iter().enumerate() {
            walk(one, inner, &place.index(n), errs);
        }
    }
    if at(schema, "items").is_object() {
        walk(at(schema, "items"), inner, &path.child("items"), errs);
    }
    extensions(schema, path, errs);
}

fn unsupported(schema: &Value) -> bool {
    UNSUPPORTED.iter().any(|(field, _)| has(schema, field))
        || at(schema, "items").is_array()
        || at(schema, "x-kubernetes-preserve-unknown-fields").as_bool() == Some(false)
        || inner(schema)
            .into_iter()
            .any(|(_, inner)| unsupported(inner))
}

fn has_anywhere(schema: &Value, field: &str) -> bool {
    has(schema, field)
        || inner(schema)
            .into_iter()
            .any(|(_, i)| has_anywhere(i, field))
}

/// Formats below that nobody checks, each once.
pub fn unknown_formats(schema: &Value, ty: &str, found: &mut Vec<String>) {
    let own = s(schema, "type");
    let ty = if own.is_empty() { ty } else { own };
    let format = s(schema, "format");
    let known = match ty {
        "integer" => matches!(format, "int32" | "int64"),
        "number" => matches!(format, "float" | "double"),
        "string" => formats::check(format, "").is_some(),
        other => other.is_empty(),
    };
    if !format.is_empty() && !known && !found.iter().any(|other| other == format) {
        found.push(format.to_owned());
    }
    for (same, inner) in inner(schema) {
        unknown_formats(inner, if same { ty } else { "" }, found);
    }
}

/// The types of elements below that lists of type set cannot tell apart.
pub fn sets_of_trees<'s>(schema: &'s Value, found: &mut BTreeSet<&'s str>) {
    let ty = tree::sp(schema, &["items", "type"]);
    if s(schema, LIST_TYPE) == "set" && matches!(ty, "array" | "object") {
        found.insert(ty);
    }
    for (_, inner) in inner(schema) {
        sets_of_trees(inner, found);
    }
}

/// The schemas directly below one, and whether each is of the same value.
fn inner(schema: &Value) -> Vec<(bool, &Value)> {
    let properties = pairs(at(schema, "properties")).map(|(_, inner)| (false, inner));
    let single = [
        ("items", false),
        ("additionalProperties", false),
        ("not", true),
    ];
    let single = single
        .into_iter()
        .map(|(field, same)| (same, at(schema, field)))
        .filter(|(_, inner)| inner.is_object());
    let compositions = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .flat_map(|field| list(schema, field).iter().map(|inner| (true, inner)));
    properties.chain(single).chain(compositions).collect()
}

const UNSUPPORTED: &[(&str, &str)] = &[
    ("id", "id is not supported"),
    ("additionalItems", "additionalItems is not supported"),
    ("patternProperties", "patternProperties is not supported"),
    ("definitions", "definitions is not supported"),
    ("dependencies", "dependencies is not supported"),
    ("$ref", "$ref is not supported"),
];

fn standard(schema: &Value, place: Place<'_>, path: &Path<'_>, errs: &mut Errs) {
    let ty = s(schema, "type");
    if !ty.is_empty() && !TYPES.contains(&ty) {
        errs.not_supported(&path.child("type"), ty, TYPES);
    }
    if has(schema, "default")
        && let Some(why) = place.no_default
    {
        errs.forbidden(&path.child("default"), format!("must not be set {why}"));
    }
    for (field, text) in UNSUPPORTED {
        if has(schema, field) {
            errs.forbidden(&path.child(field), *text);
        }
    }
    if ty == "null" {
        errs.forbidden(
            &path.child("type"),
            "type cannot be set to null, use nullable as an alternative",
        );
    }
    if at(schema, "items").is_array() {
        errs.forbidden(
            &path.child("items"),
            "items must be a schema object and not an array",
        );
    }
    if place.in_meta && b(schema, "x-kubernetes-embedded-resource") {
        errs.forbidden(
            &path.child("x-kubernetes-embedded-resource"),
            "must not be used inside of resource meta",
        );
    }
}

fn must_be(schema: &Value, wanted: &str, because: &str, path: &Path<'_>, errs: &mut Errs) {
    let words = format!("must be {wanted} if {because} is specified");
    match s(schema, "type") {
        "" => errs.required(&path.child("type"), words),
        ty if ty != wanted => errs.invalid(&path.child("type"), ty, words),
        _ => {}
    }
}

fn extensions(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    if at(schema, "x-kubernetes-preserve-unknown-fields").as_bool() == Some(false) {
        errs.invalid(
            &path.child("x-kubernetes-preserve-unknown-fields"),
            false,
            "must be true or undefined",
        );
    }
    if has(schema, MAP_TYPE) {
        must_be(schema, "object", MAP_TYPE, path, errs);
        errs.one_of(
            &path.child(MAP_TYPE),
            s(schema, MAP_TYPE),
            &["atomic", "granular"],
        );
    }
    let list_type = s(schema, LIST_TYPE);
    let items = at(schema, "items");
    let i_path = path.child("items");
    if has(schema, LIST_TYPE) && s(schema, "type") != "array" {
        must_be(schema, "array", LIST_TYPE, path, errs);
    } else if list_type == "set" && items.is_object() {
        const WORDS: &str = "must be atomic as item of a list with x-kubernetes-list-type=set";
        match s(items, "type") {
            "array" if has(items, LIST_TYPE) && s(items, LIST_TYPE) != "atomic" => {
                errs.invalid(&i_path.child(LIST_TYPE), s(items, LIST_TYPE), WORDS);
            }
            "object" if s(items, MAP_TYPE) != "atomic" => {
                // The list type is shown, whatever the map type is.
                errs.invalid(&i_path.child(MAP_TYPE), at(items, LIST_TYPE).clone(), WORDS);
            }
            _ => {}
        }
    }
    if has(schema, LIST_TYPE) {
        errs.one_of(&path.child(LIST_TYPE), list_type, &["atomic", "set", "map"]);
    }
    let keys = list(schema, LIST_KEYS);
    if !keys.is_empty() && list_type != "map" {
        const WORDS: &str = "must be map if x-kubernetes-list-map-keys is non-empty";
        if has(schema, LIST_TYPE) {
            errs.invalid(&path.child(LIST_TYPE), list_type, WORDS);
        } else {
            errs.required(&path.child(LIST_TYPE), WORDS);
        }
    }
    if list_type == "map" {
        keyed(schema, keys, items, path, errs);
    }
    if matches!(list_type, "set" | "map") && items.is_object() {
        present_keys(list_type, keys, items, &i_path, errs);
    }
}

fn keyed(schema: &Value, keys: &[Value], items: &Value, path: &Path<'_>, errs: &mut Errs) {
    let k_path = path.child(LIST_KEYS);
    if keys.is_empty() {
        errs.required(
            &k_path,
            "must not be empty if x-kubernetes-list-type is map",
        );
    }
    let i_path = path.child("items");
    if items.is_null() {
        errs.required(
            &i_path,
            "must have a schema if x-kubernetes-list-type is map",
        );
        return;
    }
    if !items.is_object() {
        return;
    }
    if s(items, "type") != "object" {
        errs.invalid(
            &i_path.child("type"),
            s(items, "type"),
            "must be object if parent array's x-kubernetes-list-type is map",
        );
        return;
    }
    let properties = i_path.child("properties");
    for (n, key) in keys.iter().enumerate() {
        let name = key.as_str().unwrap_or_default();
        match at(items, "properties").get(name) {
            Some(property) if matches!(s(property, "type"), "array" | "object") => {
                errs.invalid(
                    &properties.key(name).child("type"),
                    s(items, "type"),
                    "must be a scalar type if parent array's x-kubernetes-list-type is map",
                );
            }
            Some(_) => {}
            None => errs.invalid(
                &k_path,
                at(schema, LIST_KEYS).clone(),
                "entries must all be names of item properties",
            ),
        }
        if keys[..n].contains(key) {
            errs.invalid(
                &k_path,
                at(schema, LIST_KEYS).clone(),
                "must not contain duplicate entries",
            );
        }
    }
}

fn present_keys(list_type: &str, keys: &[Value], items: &Value, path: &Path<'_>, errs: &mut Errs) {
    if b(items, "nullable") {
        errs.forbidden(
            &path.child("nullable"),
            format!("cannot be nullable when x-kubernetes-list-type is {list_type}"),
        );
    }
    if list_type != "map" {
        return;
    }
    let properties = path.child("properties");
    for key in keys {
        let name = key.as_str().unwrap_or_default();
        let Some(property) = at(items, "properties").get(name) else {
            continue;
        };
        let place = properties.key(name);
        if !list(items, "required").contains(key) && !has(property, "default") {
            errs.required(
                &place.child("default"),
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
            );
        }
        if b(property, "nullable") {
            errs.forbidden(
                &place.child("nullable"),
                "this property is in x-kubernetes-list-map-keys, so it cannot be nullable",
            );
        }
    }
}
