//! What a server serves: its groups, versions and resources, what users call
//! them, its release and its features.

mod cache;
mod catalog;
mod mapper;
#[cfg(test)]
mod tests;
mod version;

pub use cache::Discovery;
pub use catalog::{Catalog, CatalogGroup, CatalogVersion};
pub use mapper::{MapError, RestMapper};
pub use version::ServerVersion;

use skeg_schema::Value;

use crate::client::Client;
use crate::error::Error;
use crate::resource::ApiResource;

/// A group and its versions, the preferred one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiGroup {
    /// The group's name; empty for the core group.
    pub name: String,
    /// Its versions.
    pub versions: Vec<String>,
}

/// A resource, and what it can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredResource {
    /// The resource.
    pub resource: ApiResource,
    /// Its name for one.
    pub singular: String,
    /// Its verbs.
    pub verbs: Vec<String>,
    /// Its short names.
    pub short_names: Vec<String>,
    /// The categories that it is in (`all`).
    pub categories: Vec<String>,
    /// The names of its subresources.
    pub subresources: Vec<String>,
}

impl DiscoveredResource {
    /// Whether it has a verb.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|have| have == verb)
    }
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The groups of the document at `/apis`.
fn named_groups(document: &Value) -> Vec<ApiGroup> {
    let all = document["groups"].as_array().map(Vec::as_slice);
    all.unwrap_or_default()
        .iter()
        .map(|group| {
            let preferred = text(&group["preferredVersion"]["version"]);
            let all = group["versions"].as_array().map(Vec::as_slice);
            let mut versions: Vec<String> = all
                .unwrap_or_default()
                .iter()
                .map(|version| text(&version["version"]))
                .collect();
            // Stable: the others keep their order.
            versions.sort_by_key(|version| *version != preferred);
            ApiGroup {
                name: text(&group["name"]),
                versions,
            }
        })
        .collect()
}

/// The resources of the document of a group and version.
fn listed_resources(group: &str, version: &str, list: &Value) -> Vec<DiscoveredResource> {
    let mut resources: Vec<DiscoveredResource> = Vec::new();
    for item in list["resources"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
    {
        let name = text(&item["name"]);
        if let Some((parent, subresource)) = name.split_once('/') {
            // Subresources follow their resource, though not at once.
            if let Some(parent) = resources
                .iter_mut()
                .find(|have| have.resource.plural == parent)
            {
                parent.subresources.push(subresource.to_owned());
            }
            continue;
        }
        resources.push(DiscoveredResource {
            resource: ApiResource {
                group: group.to_owned().into(),
                version: version.to_owned().into(),
                plural: name.into(),
                kind: text(&item["kind"]).into(),
                namespaced: item["namespaced"].as_bool().unwrap_or_default(),
            },
            singular: text(&item["singularName"]),
            verbs: texts(&item["verbs"]),
            short_names: texts(&item["shortNames"]),
            categories: texts(&item["categories"]),
            subresources: Vec::new(),
        });
    }
    resources
}

impl Client {
    /// The server's version (`v1.37.1`).
    ///
    /// # Errors
    /// As for every request.
    pub async fn server_version(&self) -> Result<String, Error> {
        Ok(text(&self.get_json("/version").await?["gitVersion"]))
    }

    /// The groups that the server serves, the core group first.
    ///
    /// # Errors
    /// As for every request.
    pub async fn groups(&self) -> Result<Vec<ApiGroup>, Error> {
        let core = self.get_json("/api").await?;
        let mut groups = vec![ApiGroup {
            name: String::new(),
            versions: texts(&core["versions"]),
        }];
        groups.extend(named_groups(&self.get_json("/apis").await?));
        Ok(groups)
    }

    /// The resources of a group and version.
    ///
    /// # Errors
    /// As for every request.
    pub async fn resources(
        &self,
        group: &str,
        version: &str,
    ) -> Result<Vec<DiscoveredResource>, Error> {
        let path = if group.is_empty() {
            format!("/api/{version}")
        } else {
            format!("/apis/{group}/{version}")
        };
        Ok(listed_resources(
            group,
            version,
            &self.get_json(&path).await?,
        ))
    }

    /// Every resource in its group's preferred version that has all of these
    /// verbs. Groups that do not answer (an aggregated server that is down)
    /// are named beside what was found.
    ///
    /// # Errors
    /// The list of groups cannot be had.
    pub async fn preferred_resources(
        &self,
        verbs: &[&str],
    ) -> Result<(Vec<DiscoveredResource>, Vec<(String, Error)>), Error> {
        let mut found = Vec::new();
        let mut failed = Vec::new();
        for group in self.groups().await? {
            for (rank, version) in group.versions.iter().enumerate() {
                match self.resources(&group.name, version).await {
                    // Later versions add only what earlier ones lack.
                    Ok(resources) => found.extend(resources.into_iter().filter(
                        |resource: &DiscoveredResource| {
                            verbs.iter().all(|verb| resource.has_verb(verb))
                        },
                    )),
                    Err(error) => failed.push((format!("{}/{version}", group.name), error)),
                }
                if rank > 0 {
                    let mut seen = std::collections::HashSet::new();
                    found.retain(|resource: &DiscoveredResource| {
                        seen.insert((
                            resource.resource.group.clone(),
                            resource.resource.plural.clone(),
                        ))
                    });
                }
            }
        }
        Ok((found, failed))
    }
}
