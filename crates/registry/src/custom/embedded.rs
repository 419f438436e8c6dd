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

/// Brings the metadata of embedded objects into form. Answers the paths of
/// unknown fields.
///
/// # Errors
/// The path, the value and the words of what does not fit.
pub fn coerce(tree: &mut Value, schema: &Node, path: &str) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    walk(tree, schema, path, &mut unknown)?;
    Ok(unknown)
}

fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn walk(
    tree: &mut Value,
    schema: &Node,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<(), String> {
    match tree {
        Value::Object(members) => {
            if schema.embedded && !path.is_empty() {
                for name in ["apiVersion", "kind"] {
                    if let Some(value) = members.get(name)
                        && !value.is_string()
                    {
                        return Err(format!(
                            "{}: Invalid value: {value}: must be a string",
                            child(path, name)
                        ));
                    }
                }
                if let Some(meta) = members.get_mut("metadata") {
                    let place = child(path, "metadata");
                    let (formed, more) = coerce_metadata(meta).map_err(|why| {
                        if let Value::Object(members) = meta {
                            members.sort_keys();
                        }
                        format!("{place}: Invalid value: {meta}: {why}")
                    })?;
                    unknown.extend(more.iter().map(|name| child(&place, name)));
                    *meta = formed;
                }
            }
            for (name, value) in members.iter_mut() {
                if schema.embedded && &**name == "metadata" {
                    continue;
                }
                if let Some(inner) = schema.member(name) {
                    walk(value, inner, &child(path, name), unknown)?;
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                for (at, item) in items.iter_mut().enumerate() {
                    walk(item, inner, &format!("{path}[{at}]"), unknown)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Rules for embedded objects.
pub fn validate(tree: &Value, schema: &Node, path: &str, errs: &mut Vec<FieldError>) {
    match tree {
        Value::Object(members) => {
            if schema.embedded && !path.is_empty() {
                object(tree, path, errs);
            }
            for (name, value) in members.iter() {
                if let Some(inner) = schema.property(name) {
                    validate(value, inner, &child(path, name), errs);
                } else if let Some(inner) = schema.additional_node() {
                    validate(value, inner, &format!("{path}[{name}]"), errs);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                for (at, item) in items.iter().enumerate() {
                    validate(item, inner, &format!("{path}[{at}]"), errs);
                }
            }
        }
        _ => {}
    }
}

/// Rules for one object: what it is, and its metadata.
pub fn object(tree: &Value, path: &str, errs: &mut Vec<FieldError>) {
    let text = |name: &str| tree[name].as_str().unwrap_or_default();
    let api_version = text("apiVersion");
    if api_version.is_empty() {
        errs.push(FieldError::required(child(path, "apiVersion"), ""));
    } else if api_version.matches('/').count() > 1 {
        errs.push(FieldError::invalid(
            child(path, "apiVersion"),
            api_version,
            format!("unexpected GroupVersion string: {api_version}"),
        ));
    }
    if text("kind").is_empty() {
        errs.push(FieldError::required(child(path, "kind"), ""));
    } else {
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
