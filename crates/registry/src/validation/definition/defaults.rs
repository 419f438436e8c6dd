//! Defaults of schemas: each must be what its schema takes.

use crate::custom::{embedded, rules, validate};
use crate::errors::Errs;
use crate::path::Path;
use skeg_meta::{FieldError, join_errors};
use skeg_schema::dynamic::{self, META_FIELDS, Node};
use skeg_schema::{Object, Value};

/// All defaults of a schema.
pub fn check(node: &Node, path: &Path<'_>, errs: &mut Errs) {
    let resource = Resource {
        node,
        steps: Vec::new(),
        in_meta: false,
    };
    walk(node, resource, path, errs);
}

/// The resource, whole or embedded, that a default is a part of.
#[derive(Clone)]
struct Resource<'n> {
    node: &'n Node,
    /// The way from it to the default: names, `None` for elements of lists.
    steps: Vec<Option<&'n str>>,
    /// The default belongs to what the resource is called or to its metadata.
    in_meta: bool,
}

impl<'n> Resource<'n> {
    fn below(&self, step: Option<&'n str>) -> Self {
        let mut below = self.clone();
        below.steps.push(step);
        below
    }

    /// A resource with nothing but this default, and a name where it has none.
    fn around(&self, default: &Value) -> Value {
        let mut tree = default.clone();
        for step in self.steps.iter().rev() {
            tree = match step {
                Some(name) => {
                    let mut members = Object::new();
                    members.insert((*name).to_owned(), tree);
                    Value::Object(members)
                }
                None => Value::Array(vec![tree]),
            };
        }
        for (name, value) in [("kind", "Validation"), ("apiVersion", "validation/v1")] {
            if let Value::Object(members) = &mut tree {
                members.entry_or_insert_with(name, || Value::from(value));
            }
        }
        tree
    }
}

fn walk(node: &Node, resource: Resource<'_>, path: &Path<'_>, errs: &mut Errs) {
    let resource = if node.embedded {
        Resource {
            node,
            steps: Vec::new(),
            in_meta: false,
        }
    } else {
        resource
    };
    let itself = resource.steps.is_empty();
    if let Some(default) = node.default.as_deref() {
        let place = path.child("default");
        if resource.in_meta {
            in_metadata(default, node, &resource, &place, errs);
        } else {
            plain(default, node, itself, &place, errs);
        }
    }
    if let Some(items) = node.items.as_deref() {
        let place = path.child("items");
        walk(items, resource.below(None), &place, errs);
    }
    let properties = path.child("properties");
    for (name, inner) in &node.properties {
        let mut below = resource.below(Some(name));
        below.in_meta |= itself && META_FIELDS.contains(&&**name);
        walk(inner, below, &properties.key(name), errs);
    }
}

// A default within the metadata of a resource is tried as a part of one.
fn in_metadata(
    default: &Value,
    node: &Node,
    resource: &Resource<'_>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let mut tree = resource.around(default);
    let mut found = Vec::new();
    match embedded::coerce(&mut tree, resource.node, true, "") {
        Err(fault) => found.push(fault),
        Ok(_) => embedded::validate(&tree, resource.node, true, "", &mut found),
    }
    if !found.is_empty() {
        let words = format!("must result in valid metadata: {}", join_errors(&found));
        errs.invalid(path, default.clone(), words);
        return;
    }
    errs.extend(by_schema(default, node, &path.to_string()));
}

// `itself`: the default is of a resource, whole or embedded.
fn plain(default: &Value, node: &Node, itself: bool, path: &Path<'_>, errs: &mut Errs) {
    let mut pruned = default.clone();
    dynamic::prune(&mut pruned, node, itself);
    if pruned != *default {
        errs.invalid(path, default.clone(), "must not have unknown fields");
    }
    let place = path.to_string();
    let mut formed = default.clone();
    if let Err(fault) = embedded::coerce(&mut formed, node, itself, &place) {
        errs.extend([fault]);
        return;
    }
    let mut found = Vec::new();
    embedded::validate(&formed, node, itself, &place, &mut found);
    if found.is_empty() {
        found = by_schema(&formed, node, &place);
    }
    errs.extend(found);
}

fn by_schema(default: &Value, node: &Node, place: &str) -> Vec<FieldError> {
    let found = validate::validate(default, node, None, place);
    if found.is_empty() {
        rules::check_default(default, node, place)
    } else {
        found
    }
}
