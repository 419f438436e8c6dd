//! The tables agree with themselves.

use std::collections::HashSet;

use skeg_schema::resources::{RESOURCES, by_gvr};
use skeg_schema::{FieldType, ListType, TypeId, WireEntry};

#[test]
fn names_and_numbers_are_unique() {
    let mut names = HashSet::new();
    for ty in TypeId::all() {
        let desc = ty.desc();
        assert!(names.insert(desc.name), "{} twice", desc.name);
        assert_eq!(TypeId::by_name(desc.name), Some(ty));
        let mut json = HashSet::new();
        // The decoder counts seen fields in a word of 128 bits.
        assert!(desc.fields.len() <= 128, "{}", desc.name);
        for field in desc.fields {
            assert!(
                json.insert(field.json),
                "{}.{} twice",
                desc.name,
                field.json
            );
            if field.list_type == Some(ListType::Map) {
                assert!(
                    !field.list_map_keys.is_empty(),
                    "{}.{} has no keys",
                    desc.name,
                    field.json
                );
                let element = field.ty.message().unwrap().desc();
                for key in field.list_map_keys {
                    assert!(
                        element.field(key).is_some(),
                        "{}.{}: no {key}",
                        desc.name,
                        field.json
                    );
                }
            }
            if !field.patch_merge_key.is_empty()
                && let FieldType::List(FieldType::Message(id)) = field.ty
            {
                assert!(
                    id.desc().field(field.patch_merge_key).is_some(),
                    "{}.{}",
                    desc.name,
                    field.json
                );
            }
            if !field.default.is_empty() {
                assert!(
                    field.default_value().is_some(),
                    "{}.{}: {}",
                    desc.name,
                    field.json,
                    field.default
                );
            }
        }
        check_wire(desc.name, desc.wire, desc.fields.len());
    }
    assert!(names.len() > 900);
}

fn check_wire(name: &str, wire: &[WireEntry], fields: usize) {
    let mut last = 0;
    for entry in wire {
        let number = match entry {
            WireEntry::Field(number, at) => {
                assert!(usize::from(*at) < fields, "{name}");
                *number
            }
            WireEntry::Embed(number, inner) => {
                check_wire(name, inner, fields);
                *number
            }
        };
        assert!(number > last, "{name}: {number} after {last}");
        last = number;
    }
}

#[test]
fn resources_are_found() {
    assert_eq!(RESOURCES.len(), 100);
    for desc in RESOURCES {
        assert!(std::ptr::eq(
            by_gvr(desc.group, desc.version, desc.resource).unwrap(),
            desc
        ));
        assert_eq!(desc.ty.desc().go, desc.kind);
        assert!(
            !desc.has_verb("list") || desc.list_ty.is_some(),
            "{}",
            desc.resource
        );
        for sub in desc.subresources {
            assert!(
                sub.ty.is_some(),
                "{}/{}: no {}",
                desc.resource,
                sub.name,
                sub.kind
            );
        }
    }
    let pods = by_gvr("", "v1", "pods").unwrap();
    assert_eq!(pods.short_names, ["po"]);
    assert!(pods.served_by_default() && pods.namespaced);
    assert_eq!(
        pods.subresource("eviction")
            .map(|sub| (sub.group, sub.kind)),
        Some(("policy", "Eviction"))
    );
    assert_eq!(pods.printer_columns[0].name, "Name");
    assert_eq!(
        TypeId::by_gvk("apps", "v1", "DeleteOptions"),
        TypeId::by_gvk("", "v1", "DeleteOptions")
    );
    assert_eq!(TypeId::by_gvk("apps", "v1", "Pod"), None);
}
