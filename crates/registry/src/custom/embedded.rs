//! Metadata of objects and of objects embedded in them: it has the form of
//! ObjectMeta whatever the schema says.

use crate::errors::Errs;
use crate::path::Path;
use crate::validation::metadata;
use skeg_meta::FieldError;
use skeg_schema::dynamic::Node;
use skeg_schema::{DecodeOptions, TypeId, Value, decode_json, encode_json, encode_json_any};

/// What a metadata tree is brought into.
fn object_meta() -> TypeId {
    TypeId::by_name("meta/v1.ObjectMeta").expect("the tables have ObjectMeta")
}

/// The metadata as ObjectMeta has it, and the names in it that it does not
/// know.
///
/// # Errors
/// It does not fit; the text is the decoder's.
pub fn coerce_metadata(meta: &Value) -> Result<(Value, Vec<String>), String> {
    let mut bytes = Vec::new();
    encode_json_any(meta, &mut bytes);
    let decoded =
        decode_json(&bytes, object_meta(), &DecodeOptions::strict()).map_err(|e| e.to_string())?;
    let mut shown = Vec::new();
    encode_json(&decoded.value, object_meta(), &mut shown);
    let value = skeg_schema::decode_json_any(&shown).map_err(|e| e.to_string())?;
    Ok((value, decoded.unknown))
}

/// Brings the metadata of embedded objects into form; `resource` says whether the
/// tree itself is such a one. Answers the paths of unknown fields.
///
/// # Errors
/// What does not fit.
pub fn coerce(
    tree: &mut Value,
    schema: &Node,
    resource: bool,
    path: &str,
) -> Result<Vec<String>, FieldError> {
    let mut unknown = Vec::new();
    walk(tree, schema, resource, path, &mut unknown)?;
    Ok(unknown)
}

fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The schema and the path of a member.
fn member<'n>(schema: &'n Node, path: &str, name: &str) -> Option<(&'n Node, String)> {
    match schema.property(name) {
        Some(inner) => Some((inner, child(path, name))),
        None => Some((schema.additional_node()?, format!("{path}[{name}]"))),
    }
}

fn walk(
    tree: &mut Value,
    schema: &Node,
    resource: bool,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<(), FieldError> {
    match tree {
        Value::Object(members) => {
            if resource {
                for name in ["apiVersion", "kind"] {
                    if let Some(value) = members.get(name)
                        && !value.is_string()
                    {
                        let place = child(path, name);
                        return Err(FieldError::invalid(
                            place,
                            value.clone(),
                            "must be a string",
                        ));
                    }
                }
                if let Some(meta) = members.get_mut("metadata") {
                    let place = child(path, "metadata");
                    let (formed, more) = coerce_metadata(meta)
                        .map_err(|why| FieldError::invalid(&place, meta.sorted(), why))?;
                    unknown.extend(more.iter().map(|name| child(&place, name)));
                    *meta = formed;
                }
            }
            for (name, value) in members.iter_mut() {
                if resource && &**name == "metadata" {
                    continue;
                }
                if let Some((inner, place)) = member(schema, path, name) {
                    walk(value, inner, inner.embedded, &place, unknown)?;
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                for (at, item) in items.iter_mut().enumerate() {
                    let place = format!("{path}[{at}]");
                    walk(item, inner, inner.embedded, &place, unknown)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Rules for embedded objects; `resource` says whether the tree itself is one.
pub fn validate(
    tree: &Value,
    schema: &Node,
    resource: bool,
    path: &str,
    errs: &mut Vec<FieldError>,
) {
    match tree {
        Value::Object(members) => {
            if resource {
                object(tree, path, errs);
            }
            for (name, value) in members.iter() {
                if let Some((inner, place)) = member(schema, path, name) {
                    validate(value, inner, inner.embedded, &place, errs);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                for (at, item) in items.iter().enumerate() {
                    let place = format!("{path}[{at}]");
                    validate(item, inner, inner.embedded, &place, errs);
                }
            }
        }
        _ => {}
    }
}

// What an object is, and its metadata.
fn object(tree: &Value, path: &str, errs: &mut Vec<FieldError>) {
    let text = |name: &str| tree[name].as_str().unwrap_or_default();
    for name in ["apiVersion", "kind"] {
        match tree.get(name) {
            None => errs.push(FieldError::required(child(path, name), "")),
            Some(given) if given.as_str() == Some("") => {
                let place = child(path, name);
                errs.push(FieldError::invalid(place, "", "must not be empty"));
            }
            Some(_) => {}
        }
    }
    let api_version = text("apiVersion");
    if api_version.matches('/').count() > 1 {
        errs.push(FieldError::invalid(
            child(path, "apiVersion"),
            api_version,
            format!("unexpected GroupVersion string: {api_version}"),
        ));
    }
    if !text("kind").is_empty() {
        for why in crate::validation::names::dns1035_label(&text("kind").to_lowercase(), false) {
            errs.push(FieldError::invalid(
                child(path, "kind"),
                text("kind"),
                format!("may have mixed case, but should otherwise match: {why}"),
            ));
        }
    }
    let meta = &tree["metadata"];
    if !meta.is_object() {
        return;
    }
    let place = child(path, "metadata");
    let mut found = Errs::new();
    let namespaced = !meta["namespace"].as_str().unwrap_or_default().is_empty();
    // Names of embedded objects may be absent.
    let mut named = meta.clone();
    if meta["name"].as_str().unwrap_or_default().is_empty() {
        named.set_at(&["name"], "fakename");
    }
    metadata::object_meta(
        &named,
        namespaced,
        &|name, prefix| crate::validation::names::path_segment(name, prefix),
        &Path::root(&place),
        &mut found,
    );
    errs.extend(found.into_list());
}
