//! The static tables of `schema`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::Output;
use super::facts::{Facts, Field, Ty, Wire};

const HEAD: &str = "// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.\n";

pub(super) fn write(facts: &Facts, folder: &Path, outputs: &mut Vec<Output>) -> Result<()> {
    let mut by_group: BTreeMap<&str, String> = BTreeMap::new();
    for (id, message) in facts.messages.iter().enumerate() {
        let raw = facts.raw(message);
        let out = by_group.entry(&raw.group).or_default();
        let proto = if !raw.protobuf.is_empty() {
            raw.protobuf.clone()
        } else {
            let package = match raw.group.as_str() {
                "meta" => "k8s.io.apimachinery.pkg.apis.meta".to_owned(),
                "apiextensions" => {
                    "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions".to_owned()
                }
                "apiregistration" => "k8s.io.kube_aggregator.pkg.apis.apiregistration".to_owned(),
                group => format!("k8s.io.api.{group}"),
            };
            format!("{package}.{}.{}", raw.version, raw.name)
        };
        writeln!(out, "pub(super) static T{id}: MessageDesc = MessageDesc {{")?;
        writeln!(
            out,
            "name: {:?}, go: {:?}, api_group: {:?}, version: {:?},",
            message.name, raw.name, raw.api_group, raw.version
        )?;
        writeln!(
            out,
            "proto_name: {proto:?}, root: {}, in_every_group: {},",
            raw.root || raw.option,
            raw.option && !raw.root
        )?;
        writeln!(
            out,
            "type_meta: {}, atomic: {},",
            message.type_meta,
            facts.atomic(id)
        )?;
        writeln!(out, "fields: &[")?;
        for field in &message.fields {
            write_field(
                facts,
                field,
                KINDED.contains(&(message.name.as_str(), field.json.as_str())),
                out,
            )?;
        }
        writeln!(out, "],\nwire: {},", layout(&message.wire))?;
        writeln!(
            out,
            "markers: &{:?},\nslots: Slots::new(),\n}};",
            raw.markers
        )?;
    }
    let mut root = format!(
        "{HEAD}//! The tables themselves.\n\nuse crate::MessageDesc;\n\npub use resources::RESOURCES;\n\n"
    );
    for group in by_group.keys() {
        writeln!(root, "mod {};", module(group))?;
    }
    writeln!(root, "mod resources;\n")?;
    writeln!(
        root,
        "/// Every message type; a `TypeId` is a place in here."
    )?;
    writeln!(root, "pub static TYPES: &[&MessageDesc] = &[")?;
    for (id, message) in facts.messages.iter().enumerate() {
        writeln!(root, "&{}::T{id},", module(&facts.raw(message).group))?;
    }
    writeln!(
        root,
        "];\n\n/// The registered kinds among them.\npub static ROOTS: &[u16] = &["
    )?;
    for (id, message) in facts.messages.iter().enumerate() {
        let raw = facts.raw(message);
        if raw.root || raw.option {
            write!(root, "{id},")?;
        }
    }
    writeln!(root, "];")?;
    let schema = facts
        .messages
        .iter()
        .position(|message| message.name == "apiextensions/v1.JSONSchemaProps");
    let schema = schema.context("no type for schemas")?;
    writeln!(
        root,
        "\n/// The type of a schema in a CustomResourceDefinition.\npub const JSON_SCHEMA_PROPS: crate::TypeId = crate::TypeId({schema});"
    )?;
    outputs.push(Output {
        path: folder.join("mod.rs"),
        text: root,
    });
    for (group, text) in by_group {
        let mut names = vec!["FieldDesc", "FieldType::*", "MessageDesc", "Slots"];
        for (name, sign) in [
            ("ListType", "ListType::"),
            ("TypeId", "TypeId("),
            ("WireEntry::Embed", "Embed("),
            ("WireEntry::Field", " &[Field("),
        ] {
            if text.contains(sign)
                || (name == "WireEntry::Field" && text.contains("wire: &[Field("))
            {
                names.push(name);
            }
        }
        outputs.push(Output {
            path: folder.join(format!("{}.rs", module(group))),
            text: format!(
                "{HEAD}#[allow(clippy::wildcard_imports)]\nuse crate::desc::{{{}}};\n\nconst fn f(json: &'static str, go: &'static str, go_type: &'static str, number: u32, ty: crate::FieldType) -> FieldDesc {{ FieldDesc::new(json, go, go_type, number, ty) }}\n\n{text}",
                names.join(", ")
            ),
        });
    }
    outputs.push(Output {
        path: folder.join("resources.rs"),
        text: resources(facts)?,
    });
    Ok(())
}

fn module(group: &str) -> String {
    format!("t_{group}")
}

fn ty(ty: &Ty) -> String {
    match ty {
        Ty::Scalar(name) => (*name).to_owned(),
        Ty::Message(id) => format!("Message(TypeId({id}))"),
        Ty::List(inner) => format!("List(&{})", self::ty(inner)),
        Ty::Map(inner) => format!("Map(&{})", self::ty(inner)),
    }
}

fn layout(wire: &[Wire]) -> String {
    let entries: Vec<String> = wire
        .iter()
        .map(|entry| match entry {
            Wire::Field(number, at) => format!("Field({number}, {at})"),
            Wire::Embed(number, inner) => format!("Embed({number}, {})", layout(inner)),
        })
        .collect();
    format!("&[{}]", entries.join(", "))
}

fn write_field(facts: &Facts, field: &Field, kinded: bool, out: &mut String) -> Result<()> {
    let raw = &field.raw;
    write!(
        out,
        "f({:?}, {:?}, {:?}, {}, {})",
        field.json,
        raw.go,
        field.go_type,
        raw.pb,
        ty(&field.ty)
    )?;
    if field.pointer {
        out.push_str(".ptr()");
    }
    if raw.omit.contains("zero") {
        out.push_str(".oz()");
    } else if raw.omit.contains("empty") {
        out.push_str(".oe()");
    }
    let marked = |name: &str| raw.markers.iter().any(|marker| marker == name);
    let value = |name: &str| {
        raw.markers
            .iter()
            .find_map(|marker| marker.strip_prefix(name)?.strip_prefix('='))
    };
    let declared = value("default");
    if marked("required") || (!marked("optional") && raw.omit.is_empty()) {
        out.push_str(".req()");
    }
    if !raw.patch_strategy.is_empty() || !raw.patch_merge_key.is_empty() {
        write!(
            out,
            ".patch({:?}, {:?})",
            raw.patch_strategy, raw.patch_merge_key
        )?;
    }
    if let Some(list_type) = value("listType").or_else(|| value("k8s:listType")) {
        let name = match list_type {
            "map" => "Map",
            "set" => "Set",
            _ => "Atomic",
        };
        let keys: Vec<&str> = raw
            .markers
            .iter()
            .filter_map(|marker| marker.strip_prefix("listMapKey="))
            .collect();
        write!(out, ".list(ListType::{name}, &{keys:?})")?;
    }
    let own_type_is_atomic = matches!(field.ty, Ty::Message(id) if facts.atomic(id));
    if marked("mapType=atomic")
        || marked("structType=atomic")
        || (own_type_is_atomic && !marked("structType=granular"))
    {
        out.push_str(".atomic()");
    }
    if kinded {
        out.push_str(".kinded()");
    }
    if !field.enum_values.is_empty() {
        write!(out, ".one_of(&{:?})", field.enum_values)?;
    }
    if let Some(default) = declared {
        write!(out, ".or({default:?})")?;
    }
    if !raw.markers.is_empty() {
        write!(out, ".marks(&{:?})", raw.markers)?;
    }
    out.push_str(",\n");
    Ok(())
}

/// Fields in whose elements upstream's conversion sets `kind` and `apiVersion`.
const KINDED: &[(&str, &str)] = &[("apps/v1.StatefulSetSpec", "volumeClaimTemplates")];

/// Kinds whose deletion answers the object, as upstream's OpenAPI has it.
const RETURNS_DELETED: &[&str] = &[
    "CSIDriver",
    "CSINode",
    "DeviceClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourceQuota",
    "ResourceSlice",
    "Service",
    "ServiceAccount",
    "StorageClass",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

fn list(text: &str) -> String {
    let parts: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
    format!("&{parts:?}")
}

fn resources(facts: &Facts) -> Result<String> {
    let mut out = format!(
        "{HEAD}use crate::TypeId;\nuse crate::resources::{{ColumnDesc, ResourceDesc, ServedWhen, SubresourceDesc}};\n\nconst fn c(name: &'static str, ty: &'static str, format: &'static str, priority: i32) -> ColumnDesc {{ ColumnDesc {{ name, ty, format, priority }} }}\n\nconst fn s(name: &'static str, group: &'static str, version: &'static str, kind: &'static str, verbs: &'static [&'static str], ty: Option<TypeId>) -> SubresourceDesc {{ SubresourceDesc {{ name, group, version, kind, verbs, ty }} }}\n\n/// Every resource of every group and version.\npub static RESOURCES: &[ResourceDesc] = &[\n"
    );
    let id = |group: &str, version: &str, kind: &str| -> Option<usize> {
        facts.kind(group, version, kind)
    };
    for resource in &facts.resources {
        let [
            group,
            version,
            plural,
            kind,
            singular,
            namespaced,
            verbs,
            short,
            categories,
            hash,
            subresources,
            served,
        ] = resource.columns.as_slice()
        else {
            anyhow::bail!(
                "a line of resources.tsv has {} columns",
                resource.columns.len()
            )
        };
        let ty = id(group, version, kind)
            .with_context(|| format!("no type {group}/{version}.{kind}"))?;
        let list_ty = id(group, version, &format!("{kind}List")).map(|id| format!("TypeId({id})"));
        let served = match served.as_str() {
            "default" => "Default",
            "runtime-config api/all=true" => "RuntimeConfig",
            _ => "FeatureGates",
        };
        let mut subs = String::new();
        for sub in subresources.split(';').filter(|sub| !sub.is_empty()) {
            let (name, rest) = sub.split_once('=').context("a subresource's name")?;
            let (sub_kind, verbs) = rest.split_once(':').context("a subresource's verbs")?;
            let parts: Vec<&str> = sub_kind.split('/').collect();
            let (sub_group, sub_version, sub_kind) = match parts.as_slice() {
                [kind] => (group.as_str(), version.as_str(), *kind),
                [version, kind] => ("", *version, *kind),
                [group, version, kind] => (*group, *version, *kind),
                _ => anyhow::bail!("subresource {sub}"),
            };
            let ty = id(sub_group, sub_version, sub_kind).map(|id| format!("TypeId({id})"));
            let ty = ty.map_or("None".to_owned(), |ty| format!("Some({ty})"));
            write!(
                subs,
                "s({name:?}, {sub_group:?}, {sub_version:?}, {sub_kind:?}, {}, {ty}), ",
                list(verbs)
            )?;
        }
        let mut columns = String::new();
        let printer = facts.printers.iter().find(|printer| {
            printer.group == *group && printer.version == *version && printer.resource == *plural
        });
        for column in printer
            .map(|printer| printer.columns.as_slice())
            .unwrap_or_default()
        {
            write!(
                columns,
                "c({:?}, {:?}, {:?}, {}), ",
                column.name, column.ty, column.format, column.priority
            )?;
        }
        writeln!(
            out,
            "ResourceDesc {{ group: {group:?}, version: {version:?}, resource: {plural:?}, kind: {kind:?}, singular: {singular:?}, namespaced: {namespaced}, verbs: {}, short_names: {}, categories: {}, storage_version_hash: {hash:?}, subresources: &[{subs}], ty: TypeId({ty}), list_ty: {}, returns_deleted: {}, served: ServedWhen::{served}, printer_columns: &[{columns}] }},",
            list(verbs),
            list(short),
            list(categories),
            list_ty.map_or("None".to_owned(), |ty| format!("Some({ty})")),
            RETURNS_DELETED.contains(&kind.as_str()),
        )?;
    }
    out.push_str("];\n");
    Ok(out)
}
