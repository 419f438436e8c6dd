//! From a definition to rows of the resource table.

use super::columns::Column;
use super::jsonpath::JsonPath;
use super::{Family, Kind, repair, version_order};
use crate::resource::{Backing, Resource};
use crate::strategy::ScalePaths;
use crate::tree::{self, at, b, list, s, sp};
use base64::Engine as _;
use parking_lot::Mutex;
use skeg_schema::dynamic::{intern, intern_list};
use skeg_schema::resources::{ResourceDesc, ServedWhen, SubresourceDesc};
use skeg_schema::{TypeId, Value};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

const VERBS: &[&str] = &[
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "create",
    "update",
    "watch",
];
const SUB_VERBS: &[&str] = &["get", "patch", "update"];

/// The rows of the served versions of a definition whose names are accepted.
pub fn rows(definition: &Value) -> Vec<Resource> {
    let spec = at(definition, "spec");
    let group = intern(s(spec, "group"));
    let versions = list(spec, "versions");
    let Some(storage) = versions.iter().find(|v| b(v, "storage")) else {
        return Vec::new();
    };
    let api_version = |version: &str| intern(&format!("{group}/{version}"));
    let conditions = list(at(definition, "status"), "conditions");
    let family = Arc::new(Family {
        name: tree::name_of(definition).to_owned(),
        storage_api_version: api_version(s(storage, "name")),
        schemas: versions
            .iter()
            .map(|v| {
                let schema = repair::compile(tree::path(v, &["schema", "openAPIV3Schema"]));
                (api_version(s(v, "name")), Arc::new(schema))
            })
            .collect(),
        webhook: (sp(spec, &["conversion", "strategy"]) == "Webhook")
            .then(|| Arc::new(tree::path(spec, &["conversion", "webhook"]).clone())),
        terminating: conditions
            .iter()
            .any(|c| s(c, "type") == "Terminating" && s(c, "status") == "True"),
    });
    versions
        .iter()
        .filter(|v| b(v, "served"))
        .map(|version| row(definition, version, &family))
        .collect()
}

fn row(definition: &Value, version: &Value, family: &Arc<Family>) -> Resource {
    let spec = at(definition, "spec");
    let group = s(spec, "group");
    let api_version = format!("{group}/{}", s(version, "name"));
    let subresources = at(version, "subresources");
    let desc = describe(definition, version, family.storage_api_version);
    let scale = at(subresources, "scale");
    let paths: Vec<&str> = list(version, "selectableFields")
        .iter()
        .map(|f| s(f, "jsonPath").trim_start_matches('.'))
        .collect();
    let labels = intern_list(&paths);
    let mut columns: Vec<Column> = list(version, "additionalPrinterColumns")
        .iter()
        .map(Column::read)
        .collect();
    if columns.is_empty() {
        columns.push(Column::age());
    }
    let kind = Arc::new(Kind {
        desc,
        list_kind: intern(&list_kind(definition)),
        family: family.clone(),
        schema: family.schema(&api_version).cloned().unwrap_or_default(),
        columns,
        scale: scale.is_object().then(|| ScalePaths {
            spec_replicas: names_of(s(scale, "specReplicasPath")),
            status_replicas: names_of(s(scale, "statusReplicasPath")),
            selector: names_of(s(scale, "labelSelectorPath")),
            selector_is_map: false,
            custom: true,
        }),
        status: subresources.get("status").is_some(),
        selectable: labels
            .iter()
            .filter_map(|label| Some((*label, JsonPath::parse(&format!(".{label}"))?)))
            .collect(),
        labels,
        deprecation: deprecation(definition, version),
        rules: OnceLock::new(),
    });
    Resource {
        desc,
        strategy: kind.clone(),
        storage_prefix: intern(&format!("/registry/{group}/{}", desc.resource)),
        storage_type: desc.ty,
        storage_api_version: family.storage_api_version,
        conversion: None,
        backing: Backing::Stored,
        custom: Some(kind),
    }
}

fn list_kind(definition: &Value) -> String {
    match sp(definition, &["status", "acceptedNames", "listKind"]) {
        "" => format!("{}List", sp(definition, &["spec", "names", "kind"])),
        name => name.to_owned(),
    }
}

fn names_of(path: &str) -> &'static [&'static str] {
    let parts: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
    intern_list(&parts)
}

/// The hash of the stored version that discovery shows.
fn storage_hash(api_version: &str, kind: &str) -> String {
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        format!("{api_version}/{kind}").as_bytes(),
    );
    base64::engine::general_purpose::STANDARD.encode(&digest.as_ref()[..8])
}

// Descriptions live as long as the process, each distinct one once.
fn describe(definition: &Value, version: &Value, storage: &str) -> &'static ResourceDesc {
    static MADE: OnceLock<Mutex<HashMap<String, &'static ResourceDesc>>> = OnceLock::new();
    let spec = at(definition, "spec");
    let names = tree::path(definition, &["status", "acceptedNames"]);
    let has = |name: &str| at(version, "subresources").get(name).is_some();
    let (status, scale) = (has("status"), has("scale"));
    let (group, version) = (s(spec, "group"), s(version, "name"));
    let key = format!(
        "{group}/{version} {} {status} {scale} {storage} {names}",
        s(spec, "scope")
    );
    let mut made = MADE.get_or_init(Mutex::default).lock();
    if let Some(known) = made.get(&key) {
        return known;
    }
    let texts = |field: &str| {
        let all: Vec<&str> = list(names, field)
            .iter()
            .filter_map(Value::as_str)
            .collect();
        intern_list(&all)
    };
    let (group, version, kind) = (intern(group), intern(version), intern(s(names, "kind")));
    let ty = TypeId::by_name("meta/v1.PartialObjectMetadata")
        .expect("the tables have PartialObjectMetadata");
    let mut subresources = Vec::new();
    if status {
        subresources.push(SubresourceDesc {
            name: "status",
            group,
            version,
            kind,
            verbs: SUB_VERBS,
            ty: Some(ty),
        });
    }
    if scale {
        subresources.push(SubresourceDesc {
            name: "scale",
            group: "autoscaling",
            version: "v1",
            kind: "Scale",
            verbs: SUB_VERBS,
            ty: TypeId::by_gvk("autoscaling", "v1", "Scale"),
        });
    }
    let desc: &'static ResourceDesc = Box::leak(Box::new(ResourceDesc {
        group,
        version,
        resource: intern(s(names, "plural")),
        kind,
        singular: intern(s(names, "singular")),
        namespaced: s(spec, "scope") == "Namespaced",
        verbs: VERBS,
        short_names: texts("shortNames"),
        categories: texts("categories"),
        storage_version_hash: intern(&storage_hash(storage, kind)),
        subresources: Box::leak(subresources.into_boxed_slice()),
        ty,
        list_ty: None,
        returns_deleted: false,
        served: ServedWhen::Default,
        printer_columns: &[],
    }));
    made.insert(key, desc);
    desc
}

fn deprecation(definition: &Value, version: &Value) -> Option<&'static str> {
    if !b(version, "deprecated") {
        return None;
    }
    if let Some(own) = at(version, "deprecationWarning").as_str() {
        return Some(intern(own));
    }
    let spec = at(definition, "spec");
    let group = s(spec, "group");
    let kind = sp(spec, &["names", "kind"]);
    let name = s(version, "name");
    let mut better: Vec<&str> = list(spec, "versions")
        .iter()
        .filter(|v| b(v, "served") && !b(v, "deprecated"))
        .map(|v| s(v, "name"))
        .filter(|other| version_order(other) < version_order(name))
        .collect();
    better.sort_by_key(|v| version_order(v));
    let mut text = format!("{group}/{name} {kind} is deprecated");
    if let Some(best) = better.first() {
        text.push_str(&format!("; use {group}/{best} {kind}"));
    }
    Some(intern(&text))
}
