//! Structural schemas of custom resources, as declarations see them.

use skeg_schema::dynamic::Node;
use skeg_schema::{ListType, Value};

use crate::decl::{ListKind, StructuralSchema};

impl StructuralSchema for Node {
    fn type_name(&self) -> &str {
        self.kind.name()
    }

    fn format(&self) -> &str {
        self.rules.as_deref().map_or("", |rules| &rules.format)
    }

    fn for_each_property(&self, see: &mut dyn FnMut(&str, &dyn StructuralSchema)) {
        for (name, node) in &self.properties {
            see(name, node);
        }
    }

    fn items(&self) -> Option<&dyn StructuralSchema> {
        self.items.as_deref().map(|node| node as _)
    }

    fn additional_properties(&self) -> Option<&dyn StructuralSchema> {
        self.additional_node().map(|node| node as _)
    }

    fn is_int_or_string(&self) -> bool {
        self.int_or_string
    }

    fn is_embedded_resource(&self) -> bool {
        self.embedded
    }

    fn max_length(&self) -> Option<i64> {
        self.rules.as_deref()?.max_length
    }

    fn max_items(&self) -> Option<i64> {
        self.rules.as_deref()?.max_items
    }

    fn max_properties(&self) -> Option<i64> {
        self.rules.as_deref()?.max_properties
    }

    fn enum_values(&self) -> &[Value] {
        self.rules.as_deref().map_or(&[], |rules| &rules.allowed)
    }

    fn is_required(&self, property: &str) -> bool {
        self.rules
            .as_deref()
            .is_some_and(|rules| rules.required.iter().any(|name| &**name == property))
    }

    fn has_default(&self) -> bool {
        self.default.is_some()
    }

    fn list_kind(&self) -> ListKind {
        match self.list_type {
            Some(ListType::Set) => ListKind::Set,
            Some(ListType::Map) => {
                ListKind::Map(self.list_map_keys.iter().map(ToString::to_string).collect())
            }
            _ => ListKind::Atomic,
        }
    }
}
