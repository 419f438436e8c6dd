//! Table rows as kubectl shows them. Columns are in the resource table; here
//! are the cells.

mod core;
mod pods;
mod rest;
mod text;

pub use text::age;
mod workloads;

pub use text::since;

use crate::tree;
use skeg_meta::Time;
use skeg_schema::Value;
use skeg_schema::resources::ResourceDesc;

/// One row: a cell for each column of the resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The cells.
    pub cells: Vec<Value>,
    /// Conditions of the row (`Completed`).
    pub conditions: Vec<Value>,
}

/// The row of an object in the served version's form.
pub fn row(desc: &ResourceDesc, obj: &Value, now: Time) -> Row {
    let mut row = Row {
        cells: cells(desc, obj, now),
        conditions: Vec::new(),
    };
    if desc.group.is_empty() && desc.resource == "pods" {
        row.conditions = pods::conditions(obj);
    }
    // A row has as many cells as there are columns, whatever the printer says.
    row.cells
        .resize(desc.printer_columns.len().max(1), Value::from(""));
    row
}

fn cells(desc: &ResourceDesc, obj: &Value, now: Time) -> Vec<Value> {
    let print = core::printer(desc.group, desc.resource)
        .or_else(|| workloads::printer(desc.group, desc.resource))
        .or_else(|| rest::printer(desc.group, desc.version, desc.resource));
    match print {
        Some(print) => print(obj, now),
        None => desc
            .printer_columns
            .iter()
            .map(|c| match c.name {
                "Name" => Value::from(tree::name_of(obj)),
                "Created At" => Value::from(tree::sp(obj, &["metadata", "creationTimestamp"])),
                "Age" => Value::from(text::age(obj, now)),
                _ => Value::from(""),
            })
            .collect(),
    }
}

/// Makes the cells of an object.
type Printer = fn(&Value, Time) -> Vec<Value>;
