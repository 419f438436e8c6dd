//! Discovery, legacy and aggregated, written once from the resource table.

mod document;
mod gnostic;
mod openapi;
mod v2;

pub use document::{APIS_V2, Document};
pub use openapi::{OpenApi, RemoteV2};

use skeg_registry::resource::Resource;
use skeg_schema::resources::SubresourceDesc;
use skeg_schema::{Object, Value, json};
use std::collections::HashMap;

/// Order of the groups, as upstream's priorities make it. A group that is not
/// named comes last.
const GROUP_ORDER: &[&str] = &[
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "storagemigration.k8s.io",
];

/// All discovery documents of a server.
pub struct Discovery {
    documents: HashMap<String, Document>,
    aggregated: HashMap<&'static str, Document>,
}

struct Group<'r> {
    name: &'static str,
    versions: Vec<(&'static str, Vec<&'r Resource>)>,
}

fn grouped<'r>(table: &[&'r Resource]) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for &resource in table {
        let desc = resource.desc;
        let at = groups
            .iter()
            .position(|g| g.name == desc.group)
            .unwrap_or_else(|| {
                groups.push(Group {
                    name: desc.group,
                    versions: Vec::new(),
                });
                groups.len() - 1
            });
        let versions = &mut groups[at].versions;
        match versions.iter_mut().find(|(v, _)| *v == desc.version) {
            Some((_, list)) => list.push(resource),
            None => versions.push((desc.version, vec![resource])),
        }
    }
    for group in &mut groups {
        group
            .versions
            .sort_by_key(|v| skeg_registry::custom::version_order(v.0));
        for (_, list) in &mut group.versions {
            list.sort_by_key(|r| r.desc.resource);
        }
    }
    groups.sort_by_key(|g| {
        GROUP_ORDER
            .iter()
            .position(|known| *known == g.name)
            .unwrap_or(GROUP_ORDER.len())
    });
    groups
}

/// v2 before v1 before v1beta1 before v1alpha1.
pub fn version_rank(version: &str) -> (u8, u32, u32) {
    let rest = version.strip_prefix('v').unwrap_or(version);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let major = rest[..digits].parse().unwrap_or(0);
    let tail = &rest[digits..];
    let (stage, minor) = if tail.is_empty() {
        (2, "0")
    } else if let Some(minor) = tail.strip_prefix("beta") {
        (1, minor)
    } else if let Some(minor) = tail.strip_prefix("alpha") {
        (0, minor)
    } else {
        (0, "0")
    };
    (stage, major, minor.parse().unwrap_or(0))
}

fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

fn strings(list: &[&str]) -> Value {
    Value::Array(list.iter().map(|s| Value::from(*s)).collect())
}

fn api_group(group: &Group<'_>) -> Object {
    let entry = |version: &str| json!({"groupVersion": group_version(group.name, version), "version": version});
    let mut out = Object::new();
    out.insert("name", group.name);
    out.insert(
        "versions",
        Value::Array(group.versions.iter().map(|(v, _)| entry(v)).collect()),
    );
    if let Some((first, _)) = group.versions.first() {
        out.insert("preferredVersion", entry(first));
    }
    out
}

fn resource_list(group: &str, version: &str, resources: &[&Resource]) -> Value {
    let mut items = Vec::new();
    for resource in resources {
        let desc = resource.desc;
        let mut item = Object::new();
        item.insert("name", desc.resource);
        item.insert("singularName", desc.singular);
        item.insert("namespaced", desc.namespaced);
        item.insert("kind", desc.kind);
        item.insert("verbs", strings(desc.verbs));
        if !desc.short_names.is_empty() {
            item.insert("shortNames", strings(desc.short_names));
        }
        if !desc.categories.is_empty() {
            item.insert("categories", strings(desc.categories));
        }
        if !desc.storage_version_hash.is_empty() {
            item.insert("storageVersionHash", desc.storage_version_hash);
        }
        items.push(Value::Object(item));
        for sub in desc.subresources {
            let mut item = Object::new();
            item.insert("name", format!("{}/{}", desc.resource, sub.name));
            item.insert("singularName", "");
            item.insert("namespaced", desc.namespaced);
            if foreign(desc.group, desc.version, sub) {
                item.insert("group", sub.group);
                item.insert("version", sub.version);
            }
            item.insert("kind", sub.kind);
            item.insert("verbs", strings(sub.verbs));
            items.push(Value::Object(item));
        }
    }
    let mut out = Object::new();
    out.insert("kind", "APIResourceList");
    if !group.is_empty() {
        out.insert("apiVersion", "v1");
    }
    out.insert("groupVersion", group_version(group, version));
    out.insert("resources", Value::Array(items));
    Value::Object(out)
}

/// The subresource's kind is of another group or version than its parent.
fn foreign(group: &str, version: &str, sub: &SubresourceDesc) -> bool {
    sub.group != group || sub.version != version
}

fn response_kind(group: &str, version: &str, kind: &str) -> Value {
    json!({"group": group, "version": version, "kind": kind})
}

fn aggregated_group(group: &Group<'_>) -> Value {
    let mut metadata = Object::new();
    if !group.name.is_empty() {
        metadata.insert("name", group.name);
    }
    let versions = group
        .versions
        .iter()
        .map(|(version, resources)| {
            let resources: Vec<Value> = resources.iter().map(|r| aggregated_resource(r)).collect();
            json!({"version": *version, "resources": resources, "freshness": "Current"})
        })
        .collect();
    let mut out = Object::new();
    out.insert("metadata", metadata);
    out.insert("versions", Value::Array(versions));
    Value::Object(out)
}

fn aggregated_resource(resource: &Resource) -> Value {
    let desc = resource.desc;
    let mut out = Object::new();
    out.insert("resource", desc.resource);
    out.insert("responseKind", response_kind("", "", desc.kind));
    out.insert(
        "scope",
        if desc.namespaced {
            "Namespaced"
        } else {
            "Cluster"
        },
    );
    out.insert("singularResource", desc.singular);
    out.insert("verbs", strings(desc.verbs));
    if !desc.short_names.is_empty() {
        out.insert("shortNames", strings(desc.short_names));
    }
    if !desc.categories.is_empty() {
        out.insert("categories", strings(desc.categories));
    }
    if !desc.subresources.is_empty() {
        let subs = desc
            .subresources
            .iter()
            .map(|sub| {
                let kind = if foreign(desc.group, desc.version, sub) {
                    response_kind(sub.group, sub.version, sub.kind)
                } else {
                    response_kind("", "", sub.kind)
                };
                json!({"subresource": sub.name, "responseKind": kind, "verbs": strings(sub.verbs)})
            })
            .collect();
        out.insert("subresources", Value::Array(subs));
    }
    Value::Object(out)
}

fn with_kind(kind: &str, mut rest: Object) -> Value {
    let mut out = Object::new();
    out.insert("kind", kind);
    out.insert("apiVersion", "v1");
    for (key, value) in std::mem::take(&mut rest) {
        out.insert(key, value);
    }
    Value::Object(out)
}

impl Discovery {
    /// Writes all documents. `address` is where clients reach the server.
    pub fn new(table: &[&Resource], address: &str) -> Self {
        let groups = grouped(table);
        let mut documents = HashMap::new();
        let mut add = |path: String, name: &str, value: Value| {
            documents.insert(path, Document::new(name, value));
        };
        add(
            "/api".to_owned(),
            "meta/v1.APIVersions",
            json!({
                "kind": "APIVersions",
                "versions": ["v1"],
                "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
            }),
        );
        let mut list = Vec::new();
        for group in &groups {
            for (version, resources) in &group.versions {
                let path = if group.name.is_empty() {
                    format!("/api/{version}")
                } else {
                    format!("/apis/{}/{version}", group.name)
                };
                add(
                    path,
                    "meta/v1.APIResourceList",
                    resource_list(group.name, version, resources),
                );
            }
            if !group.name.is_empty() {
                list.push(Value::Object(api_group(group)));
                add(
                    format!("/apis/{}", group.name),
                    "meta/v1.APIGroup",
                    with_kind("APIGroup", api_group(group)),
                );
            }
        }
        let mut rest = Object::new();
        rest.insert("groups", Value::Array(list));
        add(
            "/apis".to_owned(),
            "meta/v1.APIGroupList",
            with_kind("APIGroupList", rest),
        );
        let aggregate = |core: bool| {
            let items = groups
                .iter()
                .filter(|g| g.name.is_empty() == core)
                .map(aggregated_group)
                .collect();
            Document::new(
                "apidiscovery/v2.APIGroupDiscoveryList",
                json!({
                    "kind": "APIGroupDiscoveryList",
                    "apiVersion": APIS_V2,
                    "metadata": {},
                    "items": Value::Array(items),
                }),
            )
        };
        let aggregated = HashMap::from([("/api", aggregate(true)), ("/apis", aggregate(false))]);
        Self {
            documents,
            aggregated,
        }
    }

    /// The legacy document at `path` (without last slash).
    pub fn document(&self, path: &str) -> Option<&Document> {
        self.documents.get(path)
    }

    /// The aggregated document at `/api` or `/apis`.
    pub fn aggregated(&self, path: &str) -> Option<&Document> {
        self.aggregated.get(path)
    }

    /// Paths of all documents.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }
}
