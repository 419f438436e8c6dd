//! Everything that a server serves, at one time.

use serde::{Deserialize, Serialize};
use skeg_meta::GroupVersionKind;
use skeg_schema::{Object, Value, json};

use super::{ApiGroup, DiscoveredResource, text, texts};
use crate::resource::ApiResource;

/// Everything that a server serves: its groups in its own order of preference,
/// their versions with the preferred one first, and their resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub(super) groups: Vec<CatalogGroup>,
}

/// A group with its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogGroup {
    /// Its name; empty for the core group.
    pub name: String,
    /// Its versions, the preferred one first.
    pub versions: Vec<CatalogVersion>,
}

/// A version of a group with its resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogVersion {
    /// Its name.
    pub name: String,
    /// Whether an aggregated server does not answer, so that this is what is
    /// remembered of it, or nothing.
    pub stale: bool,
    /// Its resources.
    pub resources: Vec<DiscoveredResource>,
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Catalog {
    /// From two documents of aggregated discovery (`/api` and `/apis`).
    pub(super) fn from_documents<'v>(documents: impl IntoIterator<Item = &'v Value>) -> Self {
        let groups = documents
            .into_iter()
            .flat_map(|document| items(&document["items"]))
            .map(group)
            .collect();
        Self { groups }
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[CatalogGroup] {
        &self.groups
    }

    /// The groups as names.
    #[must_use]
    pub fn group_names(&self) -> Vec<ApiGroup> {
        let names = |group: &CatalogGroup| ApiGroup {
            name: group.name.clone(),
            versions: group.versions.iter().map(|v| v.name.clone()).collect(),
        };
        self.groups.iter().map(names).collect()
    }

    /// Every resource in every version, in the server's order of preference.
    pub fn resources(&self) -> impl Iterator<Item = &DiscoveredResource> {
        self.groups
            .iter()
            .flat_map(|group| &group.versions)
            .flat_map(|version| &version.resources)
    }

    /// Every resource once, in the version that the server prefers.
    pub fn preferred_resources(&self) -> impl Iterator<Item = &DiscoveredResource> {
        self.groups.iter().flat_map(|group| {
            group
                .versions
                .iter()
                .enumerate()
                .flat_map(move |(at, version)| {
                    version.resources.iter().filter(move |resource| {
                        !group.versions[..at].iter().any(|better| {
                            better
                                .resources
                                .iter()
                                .any(|have| have.resource.plural == resource.resource.plural)
                        })
                    })
                })
        })
    }

    /// The resource of a kind.
    #[must_use]
    pub fn by_kind(&self, gvk: &GroupVersionKind) -> Option<&DiscoveredResource> {
        self.resources().find(|have| {
            let resource = &have.resource;
            resource.kind == gvk.kind
                && resource.version == gvk.version
                && resource.group == gvk.group
        })
    }

    /// Whether a group, or a version of it, is served.
    #[must_use]
    pub fn has_group(&self, group: &str, version: Option<&str>) -> bool {
        self.groups
            .iter()
            .filter(|have| have.name == group)
            .flat_map(|have| &have.versions)
            .any(|have| version.is_none_or(|version| have.name == version))
    }

    /// Whether a resource is served, perhaps with a subresource:
    /// `("", "v1", "pods/resize")`. The question to ask before a feature is
    /// used that older servers lack.
    #[must_use]
    pub fn has_resource(&self, group: &str, version: &str, resource: &str) -> bool {
        let (plural, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        self.resources().any(|have| {
            have.resource.plural == plural
                && have.resource.version == version
                && have.resource.group == group
                && (subresource.is_empty() || have.subresources.iter().any(|s| s == subresource))
        })
    }

    /// The groups and versions of aggregated servers that do not answer.
    #[must_use]
    pub fn stale(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for group in &self.groups {
            for version in group.versions.iter().filter(|version| version.stale) {
                stale.push(format!("{}/{}", group.name, version.name));
            }
        }
        stale
    }
}

fn group(document: &Value) -> CatalogGroup {
    let name = text(&document["metadata"]["name"]);
    let versions = items(&document["versions"])
        .iter()
        .map(|version| {
            let version_name = text(&version["version"]);
            CatalogVersion {
                stale: version["freshness"] == "Stale",
                resources: items(&version["resources"])
                    .iter()
                    .map(|resource| discovered(&name, &version_name, resource))
                    .collect(),
                name: version_name,
            }
        })
        .collect();
    CatalogGroup { name, versions }
}

fn discovered(group: &str, version: &str, document: &Value) -> DiscoveredResource {
    DiscoveredResource {
        resource: ApiResource {
            group: group.to_owned().into(),
            version: version.to_owned().into(),
            plural: text(&document["resource"]).into(),
            kind: text(&document["responseKind"]["kind"]).into(),
            namespaced: document["scope"] == "Namespaced",
        },
        singular: text(&document["singularResource"]),
        verbs: texts(&document["verbs"]),
        short_names: texts(&document["shortNames"]),
        categories: texts(&document["categories"]),
        subresources: items(&document["subresources"])
            .iter()
            .map(|subresource| text(&subresource["subresource"]))
            .collect(),
    }
}

/// A document of aggregated discovery for one group, made of what an older
/// server says of it piece by piece.
pub(super) fn document_of(
    name: &str,
    versions: &[(String, Option<Vec<DiscoveredResource>>)],
) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|(version, resources)| {
            let stale = resources.is_none();
            let resources: Vec<Value> = resources.iter().flatten().map(resource_document).collect();
            json!({
                "version": version.as_str(),
                "freshness": if stale { "Stale" } else { "Current" },
                "resources": resources,
            })
        })
        .collect();
    let mut metadata = Object::new();
    metadata.insert("name", name);
    json!({"metadata": metadata, "versions": versions})
}

fn resource_document(resource: &DiscoveredResource) -> Value {
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|name| json!({"subresource": name.as_str()}))
        .collect();
    json!({
        "resource": &*resource.resource.plural,
        "responseKind": {"kind": &*resource.resource.kind},
        "scope": if resource.resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular.as_str(),
        "verbs": resource.verbs.clone(),
        "shortNames": resource.short_names.clone(),
        "categories": resource.categories.clone(),
        "subresources": subresources,
    })
}

/// What the disk keeps of a server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Seconds since 1970 at which the server said so.
    pub(super) fetched: u64,
    /// The documents, each with the tag by which the server knows it.
    pub(super) documents: Vec<(String, Value)>,
}
