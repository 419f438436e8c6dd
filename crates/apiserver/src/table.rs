//! `as=Table`: columns from the resource table, cells from the printers.

use skeg_meta::SharedObject;
use skeg_registry::printers;
use skeg_registry::resource::Resource;
use skeg_schema::openapi::column_description;
use skeg_schema::{Object, Value, json};

use crate::error::{Error, Result};
use crate::negotiate::MetaVersion;
use crate::query::Query;

/// What of the object goes into a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Include {
    /// Only its metadata.
    #[default]
    Metadata,
    /// All of it.
    Object,
    /// Nothing.
    None,
}

/// Options of a table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What of the object goes into a row.
    pub include: Include,
    /// Columns are left out (all events of a watch but the first).
    pub no_headers: bool,
    /// The time from which ages are told; the machine's if it is not given.
    pub now: Option<skeg_meta::Time>,
}

impl Options {
    /// With ages as of `now`.
    pub fn at(self, now: skeg_meta::Time) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    /// From `?includeObject=`.
    pub fn read(query: &Query) -> Result<Self> {
        let include = match query.first("includeObject").unwrap_or_default() {
            "" | "Metadata" => Include::Metadata,
            "Object" => Include::Object,
            "None" => Include::None,
            other => {
                return Err(Error::bad_request(format!(
                    "Unable to convert to Table as requested: includeObject: Invalid value: {}: must be 'Metadata', 'Object', 'None', or empty",
                    crate::go::quote(other)
                )));
            }
        };
        Ok(Self {
            include,
            no_headers: false,
            now: None,
        })
    }
}

/// Metadata of the table itself.
#[derive(Clone, Debug, Default)]
pub struct ListMeta {
    /// Its resource version.
    pub resource_version: u64,
    /// Token of the next page, or empty.
    pub continue_token: String,
    /// How many are left, if known.
    pub remaining: Option<i64>,
}

/// The table of some objects of one resource, each told for itself.
pub fn of_objects(
    resource: &Resource,
    objects: &[SharedObject],
    version: MetaVersion,
    options: Options,
    meta: ListMeta,
) -> Value {
    let rows = rows(resource, objects, version, options, None);
    finish(resource, rows, version, options, meta)
}

/// The table of a list, in which one may be the default.
pub fn of_list(
    resource: &Resource,
    objects: &[SharedObject],
    version: MetaVersion,
    options: Options,
    meta: ListMeta,
) -> Value {
    let trees = || objects.iter().map(SharedObject::value);
    let default = printers::default_of(resource.desc, trees());
    let mut rows = rows(resource, objects, version, options, default);
    if let Some(order) = printers::order_of(resource.desc, trees()) {
        rows = order
            .into_iter()
            .map(|place| std::mem::take(&mut rows[place]))
            .collect();
    }
    finish(resource, rows, version, options, meta)
}

fn rows(
    resource: &Resource,
    objects: &[SharedObject],
    version: MetaVersion,
    options: Options,
    default: Option<usize>,
) -> Vec<Value> {
    let now = options.now.unwrap_or_else(skeg_meta::Time::now);
    objects
        .iter()
        .enumerate()
        .map(|(at, object)| {
            let tree = object.value();
            let mut row = row(resource, &tree, now);
            if default == Some(at) {
                row.mark_default();
            }
            let mut out = Object::with_capacity(3);
            out.insert("cells", Value::Array(row.cells));
            if !row.conditions.is_empty() {
                out.insert("conditions", Value::Array(row.conditions));
            }
            let shown = match options.include {
                Include::None => Value::Null,
                Include::Object => (*tree).clone(),
                Include::Metadata => json!({
                    "kind": "PartialObjectMetadata",
                    "apiVersion": version.api_version(),
                    "metadata": tree["metadata"].clone(),
                }),
            };
            out.insert("object", shown);
            Value::Object(out)
        })
        .collect()
}

/// The table of a Scale, whose columns are other ones for kinds that are defined by clients.
pub fn of_scale(
    object: &SharedObject,
    is_custom: bool,
    version: MetaVersion,
    options: Options,
) -> Value {
    let tree = object.value();
    let age = printers::age(&tree, options.now.unwrap_or_else(skeg_meta::Time::now));
    // Nothing is told of none: the Scale is read as the plain tree that is sent.
    let desired = match tree["spec"]["replicas"].as_i64().unwrap_or(0) {
        0 if is_custom => Value::Null,
        desired => Value::Int(desired),
    };
    let available = tree["status"]["replicas"].as_i64().unwrap_or(0);
    let shown = match options.include {
        Include::None => Value::Null,
        Include::Object => (*tree).clone(),
        Include::Metadata => json!({
            "kind": "PartialObjectMetadata",
            "apiVersion": version.api_version(),
            "metadata": tree["metadata"].clone(),
        }),
    };
    let column = |name: &str, ty: &str, format: &str| json!({"name": name, "type": ty, "format": format, "description": column_description(name), "priority": 0});
    json!({
        "kind": "Table",
        "apiVersion": version.api_version(),
        "metadata": {"resourceVersion": object.revision().to_string()},
        "columnDefinitions": [
            column("Name", "string", if is_custom { "name" } else { "" }),
            column("Desired", "integer", ""),
            column("Available", "integer", ""),
            column("Age", if is_custom { "date" } else { "string" }, ""),
        ],
        "rows": [{"cells": [object.name(), desired, available, age], "object": shown}],
    })
}

fn row(resource: &Resource, tree: &Value, now: skeg_meta::Time) -> printers::Row {
    let Some(kind) = &resource.custom else {
        return printers::row(resource.desc, tree, now);
    };
    let name = Value::from(
        tree["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    );
    let cells = kind.columns().iter().map(|column| column.cell(tree, now));
    printers::Row {
        cells: std::iter::once(name).chain(cells).collect(),
        conditions: Vec::new(),
    }
}

fn custom_columns(kind: &skeg_registry::custom::Kind) -> Value {
    let name = json!({"name": "Name", "type": "string", "format": "name", "description": column_description("Name"), "priority": 0});
    let columns = kind.columns().iter().map(|column| column.definition());
    std::iter::once(name).chain(columns).collect()
}

fn finish(
    resource: &Resource,
    rows: Vec<Value>,
    version: MetaVersion,
    options: Options,
    meta: ListMeta,
) -> Value {
    let mut list_meta = Object::new();
    if meta.resource_version > 0 {
        list_meta.insert("resourceVersion", meta.resource_version.to_string());
    }
    if !meta.continue_token.is_empty() {
        list_meta.insert("continue", meta.continue_token);
    }
    if let Some(remaining) = meta.remaining {
        list_meta.insert("remainingItemCount", remaining);
    }
    // Tables of APIServices are made by another server of upstream's, which tells
    // columns each time.
    let no_headers = options.no_headers && resource.desc.resource != "apiservices";
    let columns = if no_headers {
        Value::Null
    } else if let Some(kind) = &resource.custom {
        custom_columns(kind)
    } else {
        resource
            .desc
            .printer_columns
            .iter()
            .map(|c| {
                json!({
                    "name": c.name,
                    "type": c.ty,
                    "format": c.format,
                    "description": column_description(c.name),
                    "priority": c.priority,
                })
            })
            .collect()
    };
    let mut out = Object::with_capacity(5);
    out.insert("kind", "Table");
    out.insert("apiVersion", version.api_version());
    out.insert("metadata", list_meta);
    out.insert("columnDefinitions", columns);
    // Kinds without a printer of their own have no rows instead of none.
    let plain = resource
        .desc
        .printer_columns
        .iter()
        .any(|c| c.name == "Created At");
    out.insert(
        "rows",
        if rows.is_empty() && plain {
            Value::Null
        } else {
            Value::Array(rows)
        },
    );
    Value::Object(out)
}
