//! The typed structs of `meta` and `api`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::Output;
use super::facts::{Facts, Field, Message, RawType, Resource, Ty};

const HEAD: &str = "// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.\n\n";

/// The group whose kinds are custom resources, yet have typed structs.
const SNAPSHOT: &str = "snapshot.storage.k8s.io";

/// Types of `meta` whose texts are mostly known at compile time.
const NAMES: &[&str] = &[
    "GroupKind",
    "GroupResource",
    "GroupVersion",
    "GroupVersionKind",
    "GroupVersionResource",
];

/// Volume sources that are common enough to stand in the volume itself. The
/// others are boxed, which keeps a volume small.
const IN_PLACE: &[&str] = &[
    "configMap",
    "emptyDir",
    "hostPath",
    "persistentVolumeClaim",
    "secret",
    "projected",
    "downwardAPI",
    "csi",
    "nfs",
    "local",
    "claimRef",
    "nodeAffinity",
];

/// Fields of what every pod has many of that few pods set, and that are large:
/// they are boxed, which keeps lists and informers of pods small.
const RARE: &[(&str, &[&str])] = &[
    ("Container", RARE_OF_CONTAINERS),
    ("EphemeralContainer", RARE_OF_CONTAINERS),
    ("ContainerState", &["terminated"]),
    ("ContainerStatus", &["resources"]),
    ("EnvVar", &["valueFrom"]),
    ("PodSpec", &["affinity", "dnsConfig", "resources"]),
    ("PodStatus", &["extendedResourceClaimStatus", "resources"]),
    ("SecurityContext", RARE_OF_SECURITY),
    ("PodSecurityContext", RARE_OF_SECURITY),
    (
        "VolumeProjection",
        &["clusterTrustBundle", "podCertificate"],
    ),
];
const RARE_OF_CONTAINERS: &[&str] = &[
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
    "securityContext",
];
const RARE_OF_SECURITY: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "windowsOptions",
];

pub(super) fn write(
    facts: &Facts,
    meta: &Path,
    api: &Path,
    outputs: &mut Vec<Output>,
) -> Result<()> {
    let mut modules: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    let mut in_meta = String::new();
    for (id, message) in facts.messages.iter().enumerate() {
        let raw = facts.raw(message);
        if raw.group == "meta" {
            // Lists are generic, and the beta version only repeats.
            if raw.version == "v1" && raw.name != "List" {
                write_struct(facts, id, message, &mut in_meta)?;
            }
            continue;
        }
        let out = modules
            .entry(&raw.group)
            .or_default()
            .entry(&raw.version)
            .or_default();
        match list_item(facts, message) {
            Some(item) => writeln!(
                out,
                "/// A list of [`{item}`].\npub type {} = skeg_meta::List<{item}>;\n",
                raw.name
            )?,
            None => write_struct(facts, id, message, out)?,
        }
    }
    for raw in &facts.types {
        let values: Vec<&str> = raw
            .values
            .iter()
            .filter_map(|value| value.as_str())
            .collect();
        if raw.alias.as_deref() != Some("string")
            || values.is_empty()
            || raw.version == "v1beta1" && raw.group == "meta"
        {
            continue;
        }
        let out = match raw.group.as_str() {
            "meta" => &mut in_meta,
            "types" | "intstr" => continue,
            "resource" if raw.version == "-" => continue,
            group => modules
                .entry(group)
                .or_default()
                .entry(&raw.version)
                .or_default(),
        };
        write_constants(raw, &values, out)?;
    }
    outputs.push(Output {
        path: meta.join("generated.rs"),
        text: format!(
            "{HEAD}#![allow(missing_docs)]\n\nuse std::borrow::Cow;\nuse std::collections::BTreeMap;\n\nuse skeg_schema::{{Value, message}};\n\nuse crate::{{FieldsV1, Time}};\n\n{in_meta}"
        ),
    });
    let mut all = format!(
        "{HEAD}//! Every typed struct.\n\nuse skeg_schema::Message;\n\n/// Makes an empty struct of each type.\npub const STRUCTS: &[fn() -> Box<dyn Message>] = &[\n"
    );
    for message in &facts.messages {
        let raw = facts.raw(message);
        if raw.group == "meta" {
            if raw.version == "v1" && raw.name != "List" {
                writeln!(all, "|| Box::new(skeg_meta::{}::default()),", raw.name)?;
            }
        } else {
            writeln!(
                all,
                "|| Box::new(skeg_api::{}::{}::{}::default()),",
                raw.group, raw.version, raw.name
            )?;
        }
    }
    all.push_str("];\n");
    outputs.push(Output {
        path: api.with_file_name("tests").join("it/structs.rs"),
        text: all,
    });
    let mut groups = format!("{HEAD}//! A module per group and version.\n\n");
    for (group, versions) in modules {
        writeln!(
            groups,
            "/// Group `{group}`.\n#[cfg(feature = \"{group}\")]\npub mod {group} {{"
        )?;
        for (version, text) in versions {
            writeln!(groups, "pub mod {version};")?;
            let mut uses = String::new();
            for (word, line) in [
                ("BTreeMap<", "use std::collections::BTreeMap;\n"),
                ("ByteString", "use skeg_schema::ByteString;\n"),
                ("<Value>", "use skeg_schema::Value;\n"),
                (": Value,", "use skeg_schema::Value;\n"),
            ] {
                if text.contains(word) && !uses.contains(line) {
                    uses.push_str(line);
                }
            }
            let names: Vec<&str> = [
                "IntOrString",
                "List",
                "ListMeta",
                "MicroTime",
                "ObjectMeta",
                "Quantity",
                "Time",
            ]
            .into_iter()
            .filter(|name| {
                [
                    format!(": {name},"),
                    format!("<{name}>"),
                    format!("String, {name}>"),
                ]
                .iter()
                .any(|pattern| text.contains(pattern))
            })
            .collect();
            if !names.is_empty() {
                writeln!(uses, "use skeg_meta::{{{}}};", names.join(", "))?;
            }
            outputs.push(Output {
                path: api.join("groups").join(group).join(format!("{version}.rs")),
                text: format!(
                    "{HEAD}//! Group `{group}`, version `{version}`. Names and meanings are those of the Kubernetes API reference.\n#![allow(missing_docs)]\n\n{uses}\n{text}"
                ),
            });
        }
        groups.push_str("}\n");
    }
    outputs.push(Output {
        path: api.join("groups.rs"),
        text: groups,
    });
    Ok(())
}

/// The item's name, when a message is the list of a kind with metadata.
fn list_item<'a>(facts: &'a Facts, message: &Message) -> Option<&'a str> {
    let raw = facts.raw(message);
    let kind = raw.name.strip_suffix("List")?;
    let items = message.fields.iter().find(|field| field.json == "items")?;
    let Ty::List(item) = &items.ty else {
        return None;
    };
    let Ty::Message(item) = &**item else {
        return None;
    };
    let item = &facts.messages[*item];
    let item_raw = facts.raw(item);
    (raw.root && item_raw.root && item_raw.name == kind && has_meta(item))
        .then_some(item_raw.name.as_str())
}

fn has_meta(message: &Message) -> bool {
    message.type_meta
        && message
            .fields
            .iter()
            .any(|field| field.json == "metadata" && field.raw.ty.ends_with("ObjectMeta"))
}

fn write_struct(facts: &Facts, id: usize, message: &Message, out: &mut String) -> Result<()> {
    let raw = facts.raw(message);
    let name_like = raw.group == "meta" && NAMES.contains(&raw.name.as_str());
    writeln!(out, "/// `{}`.", raw.name)?;
    let derives = if name_like {
        "Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord"
    } else {
        "Clone, Default, PartialEq"
    };
    writeln!(out, "#[derive({derives})]\npub struct {} {{", raw.name)?;
    let fields: Vec<&Field> = message
        .fields
        .iter()
        .filter(|field| !field.type_meta)
        .collect();
    let mut names = Vec::new();
    for field in &fields {
        let name = field_name(field);
        let text = if name_like {
            "Cow<'static, str>".to_owned()
        } else {
            rust_type(facts, raw, id, field)
        };
        writeln!(out, "pub {name}: {text},")?;
        names.push(name);
    }
    writeln!(out, "}}\n")?;
    let call = if raw.group == "meta" {
        "message!"
    } else {
        "skeg_schema::message!"
    };
    write!(out, "{call} {{ {} = {id} {{ ", raw.name)?;
    for (at, name) in names.iter().enumerate() {
        write!(out, "{at} {name}, ")?;
    }
    writeln!(out, "}} }}\n")?;
    if raw.root && has_meta(message) && raw.group != "meta" {
        let resource = facts.resources.iter().find(|resource| {
            resource.columns[0] == raw.api_group
                && resource.columns[1] == raw.version
                && resource.columns[3] == raw.name
        });
        // A version that no server has any more: as the kind is called in another
        // version of its group, or in the group that it went to.
        let known = resource.or_else(|| {
            let alike = |resource: &&Resource| resource.columns[3] == raw.name;
            let mut all = facts.resources.iter().filter(alike);
            all.clone()
                .find(|resource| resource.columns[0] == raw.api_group)
                .or_else(|| all.next())
        });
        let (plural, namespaced) = match known {
            Some(resource) => (resource.columns[2].clone(), resource.columns[5].clone()),
            None => match raw.name.as_str() {
                "VolumeSnapshotClass" => ("volumesnapshotclasses".to_owned(), "false".to_owned()),
                "VolumeSnapshotContent" => {
                    ("volumesnapshotcontents".to_owned(), "false".to_owned())
                }
                name => (format!("{}s", name.to_lowercase()), "true".to_owned()),
            },
        };
        let list = facts
            .messages
            .iter()
            .position(|other| other.name == format!("{}List", message.name));
        let list = list.unwrap_or(id);
        writeln!(
            out,
            "skeg_meta::object! {{ {}, {:?}, {:?}, {plural:?}, {namespaced}, {list} }}\n",
            raw.name, raw.api_group, raw.version
        )?;
        for (subresource, name) in [
            ("status", "HasStatus"),
            ("scale", "HasScale"),
            ("proxy", "HasProxy"),
        ] {
            let has = match resource {
                Some(resource) => resource.columns[10]
                    .split(';')
                    .any(|have| have.split('=').next() == Some(subresource)),
                // Kinds that come as custom resources have their status apart.
                None => {
                    subresource == "status"
                        && raw.api_group == SNAPSHOT
                        && message.fields.iter().any(|field| field.json == "status")
                }
            };
            if has {
                writeln!(out, "impl skeg_meta::{name} for {} {{}}\n", raw.name)?;
            }
        }
    }
    Ok(())
}

fn rust_type(facts: &Facts, owner: &RawType, id: usize, field: &Field) -> String {
    let inner = type_text(facts, owner, &field.ty);
    let scalar_time = matches!(field.ty, Ty::Scalar("Time" | "MicroTime"));
    if let (true, Ty::Message(target)) = (field.pointer, &field.ty) {
        let volume = ["Volume", "PersistentVolumeSpec"].contains(&owner.name.as_str())
            && owner.group == "core";
        let rare = owner.group == "core"
            && RARE
                .iter()
                .any(|(name, fields)| *name == owner.name && fields.contains(&field.json.as_str()));
        let boxed = (volume && !IN_PLACE.contains(&field.json.as_str()))
            || rare
            || reaches(facts, *target, id, &mut BTreeSet::new());
        if boxed {
            return format!("Option<Box<{inner}>>");
        }
    }
    if field.pointer || scalar_time {
        format!("Option<{inner}>")
    } else {
        inner
    }
}

/// Whether a struct holds another one, in place.
fn reaches(facts: &Facts, from: usize, to: usize, seen: &mut BTreeSet<usize>) -> bool {
    if from == to {
        return true;
    }
    if !seen.insert(from) {
        return false;
    }
    facts.messages[from]
        .fields
        .iter()
        .any(|field| match field.ty {
            Ty::Message(next) => reaches(facts, next, to, seen),
            _ => false,
        })
}

fn type_text(facts: &Facts, owner: &RawType, ty: &Ty) -> String {
    match ty {
        Ty::Scalar(name) => match *name {
            "String" => "String",
            "Bool" => "bool",
            "Int32" => "i32",
            "Int64" => "i64",
            "Double" => "f64",
            "Bytes" => "ByteString",
            "Strings" => "Vec<String>",
            "Time" => "Time",
            "MicroTime" => "MicroTime",
            "Quantity" => "Quantity",
            "IntOrString" => "IntOrString",
            "FieldsV1" => "FieldsV1",
            _ => "Value",
        }
        .to_owned(),
        Ty::Message(id) => {
            let raw = facts.raw(&facts.messages[*id]);
            if raw.group == owner.group && raw.version == owner.version {
                raw.name.clone()
            } else if raw.group == "meta" {
                if ["ObjectMeta", "ListMeta"].contains(&raw.name.as_str()) {
                    raw.name.clone()
                } else {
                    format!("skeg_meta::{}", raw.name)
                }
            } else {
                format!("crate::{}::{}::{}", raw.group, raw.version, raw.name)
            }
        }
        Ty::List(inner) => format!("Vec<{}>", type_text(facts, owner, inner)),
        Ty::Map(inner) => format!("BTreeMap<String, {}>", type_text(facts, owner, inner)),
    }
}

fn write_constants(raw: &RawType, values: &[&str], out: &mut String) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut lines = String::new();
    for value in values {
        let name = snake(&value.replace(['-', '.', '/', ' ', ':'], "_")).to_uppercase();
        let name = name.replace("__", "_");
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            || !seen.insert(name.clone())
        {
            continue;
        }
        writeln!(lines, "pub const {name}: &str = {value:?};")?;
    }
    if !lines.is_empty() {
        writeln!(
            out,
            "/// Values of `{}`.\npub mod {} {{\n{lines}}}\n",
            raw.name,
            snake(&raw.name)
        )?;
    }
    Ok(())
}

fn field_name(field: &Field) -> String {
    let name = if field.json.starts_with('$') {
        snake(&field.raw.go)
    } else {
        snake(&field.json.replace('-', "_"))
    };
    match name.as_str() {
        "type" | "ref" | "continue" | "enum" | "static" | "match" | "where" | "in" | "for"
        | "if" | "else" | "mod" | "use" | "fn" | "self" | "super" | "crate" | "as" | "box"
        | "do" | "final" | "macro" | "override" | "priv" | "typeof" | "yield" | "try" | "async"
        | "await" | "dyn" | "loop" | "impl" | "trait" | "return" => format!("{name}_"),
        _ => name,
    }
}

/// `podIPs` as `pod_ips`.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            let before = chars[at - 1];
            let after = chars.get(at + 1).copied();
            // The plural of an acronym is one word: `IPs`, `URLs`.
            let plural = after == Some('s')
                && chars
                    .get(at + 2)
                    .is_none_or(|next| next.is_ascii_uppercase());
            let starts_word = after.is_some_and(|next| next.is_ascii_lowercase()) && !plural;
            if before != '_' && (!before.is_ascii_uppercase() || starts_word) {
                out.push('_');
            }
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn names_are_snake_case() {
        for (from, to) in [
            ("podIPs", "pod_ips"),
            ("clusterIP", "cluster_ip"),
            ("nonResourceURLs", "non_resource_urls"),
            ("scaleIO", "scale_io"),
            ("hostIPC", "host_ipc"),
            ("podCIDRs", "pod_cidrs"),
            ("APIGroup", "api_group"),
            ("IPFamilyPolicy", "ip_family_policy"),
            ("targetWWNs", "target_wwns"),
        ] {
            assert_eq!(snake(from), to);
        }
    }
}
