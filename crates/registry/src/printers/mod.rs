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
use std::cmp::Reverse;
use std::sync::Arc;

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
    // A row has a cell for each column, whatever the printer says.
    let columns = desc.printer_columns.len().max(1).max(row.cells.len());
    row.cells.resize(columns, Value::from(""));
    row
}

/// Which row of a list is marked as the default: of the storage classes that want to be it
/// the newest, by its place. An object that is told for itself never is.
pub fn default_of(desc: &ResourceDesc, objects: impl Iterator<Item = Arc<Value>>) -> Option<usize> {
    if (desc.group, desc.resource) != ("storage.k8s.io", "storageclasses") {
        return None;
    }
    let asks = |class: &Value| {
        [
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class",
        ]
        .iter()
        .any(|name| tree::annotation(class, name) == Some("true"))
    };
    // Times of seconds are in the order of their texts; of those of one second the first by
    // name counts.
    let key = |class: &Value| {
        let time = tree::sp(class, &["metadata", "creationTimestamp"]).to_owned();
        (time, Reverse(tree::name_of(class).to_owned()))
    };
    objects
        .enumerate()
        .filter(|(_, class)| asks(class))
        .max_by_key(|(_, class)| key(class))
        .map(|(at, _)| at)
}

/// The order of the rows of a list, as places in it, where it is another than that of the
/// names: flow schemas are shown in the order in which they are asked.
pub fn order_of(
    desc: &ResourceDesc,
    objects: impl Iterator<Item = Arc<Value>>,
) -> Option<Vec<usize>> {
    if (desc.group, desc.resource) != ("flowcontrol.apiserver.k8s.io", "flowschemas") {
        return None;
    }
    let key = |schema: &Value| {
        let precedence = tree::i0(tree::at(schema, "spec"), "matchingPrecedence");
        (precedence, tree::name_of(schema).to_owned())
    };
    let mut order: Vec<_> = objects
        .enumerate()
        .map(|(place, schema)| (key(&schema), place))
        .collect();
    order.sort_unstable();
    Some(order.into_iter().map(|(_, place)| place).collect())
}

impl Row {
    /// Shows that this is the default one.
    pub fn mark_default(&mut self) {
        if let Some(cell) = self.cells.first_mut()
            && let Some(shown) = cell.as_str()
        {
            *cell = Value::from(format!("{shown} (default)"));
        }
    }
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
                "Created At" => text::created(obj),
                "Age" => Value::from(text::age(obj, now)),
                _ => Value::from(""),
            })
            .collect(),
    }
}

/// Makes the cells of an object.
type Printer = fn(&Value, Time) -> Vec<Value>;

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;
    use skeg_schema::resources::RESOURCES;

    #[test]
    fn flow_schemas_are_in_the_order_of_their_precedence() {
        let of = |resource: &str| RESOURCES.iter().find(|desc| desc.resource == resource);
        let schema = |name: &str, precedence: i64| {
            Arc::new(json!({
                "metadata": {"name": name},
                "spec": {"matchingPrecedence": precedence},
            }))
        };
        let all = [schema("a", 9), schema("c", 2), schema("b", 2)];
        let desc = of("flowschemas").expect("a resource");
        assert_eq!(order_of(desc, all.iter().cloned()), Some(vec![2, 1, 0]));
        assert_eq!(
            order_of(of("pods").expect("a resource"), all.into_iter()),
            None
        );
    }

    #[test]
    fn one_storage_class_of_a_list_is_the_default() {
        let of = |resource: &str| RESOURCES.iter().find(|desc| desc.resource == resource);
        let desc = of("storageclasses").expect("a resource");
        let class = |name: &str, second: u8, asks: &str| {
            Arc::new(json!({"metadata": {
                "name": name,
                "creationTimestamp": format!("2026-01-01T00:00:0{second}Z"),
                "annotations": {"storageclass.kubernetes.io/is-default-class": asks},
            }}))
        };
        let check = |classes: &[Arc<Value>], expect: Option<usize>| {
            assert_eq!(default_of(desc, classes.iter().cloned()), expect);
        };
        check(&[], None);
        check(&[class("a", 1, "false")], None);
        check(&[class("a", 1, "true"), class("b", 2, "true")], Some(1));
        check(&[class("b", 1, "true"), class("a", 1, "true")], Some(1));
        check(&[class("a", 1, "true"), class("b", 2, "false")], Some(0));
        let pods = of("pods").expect("a resource");
        assert_eq!(default_of(pods, [class("a", 1, "true")].into_iter()), None);

        let mut row = row(desc, &class("a", 1, "true"), Time::now());
        assert_eq!(row.cells[0].as_str(), Some("a"));
        row.mark_default();
        assert_eq!(row.cells[0].as_str(), Some("a (default)"));
    }
}
