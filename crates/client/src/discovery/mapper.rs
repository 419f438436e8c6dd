//! Between kinds, resources and what users call them.

use skeg_meta::{GroupKind, GroupVersionKind, GroupVersionResource};

use super::DiscoveredResource;
use super::catalog::Catalog;

/// Why a name means nothing, or too much. In the words of kubectl.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// No resource, short name or kind has this name.
    #[error("the server doesn't have a resource type {}", quote(.0))]
    NoResourceType(String),
    /// A kind is not served.
    #[error("no matches for kind {} in {}", quote(.kind), places(.group, .versions))]
    NoKind {
        /// The group.
        group: String,
        /// The kind.
        kind: String,
        /// The versions that were looked at, with their group; none for all.
        versions: Vec<String>,
    },
    /// A resource is not served.
    #[error("no matches for {0}")]
    NoResource(GroupVersionResource),
    /// Several groups have such a resource.
    #[error("{wanted} matches multiple resources {}", listed(.resources))]
    Ambiguous {
        /// What was asked for.
        wanted: GroupVersionResource,
        /// What it may mean.
        resources: Vec<GroupVersionResource>,
    },
}

fn quote(text: &str) -> String {
    skeg_schema::go::quote(text)
}

fn places(group: &str, versions: &[String]) -> String {
    match versions {
        [] => format!("group {}", quote(group)),
        [one] => format!("version {}", quote(one)),
        many => {
            let quoted: Vec<String> = many.iter().map(|version| quote(version)).collect();
            format!("versions [{}]", quoted.join(" "))
        }
    }
}

fn listed(resources: &[GroupVersionResource]) -> String {
    let texts: Vec<String> = resources.iter().map(ToString::to_string).collect();
    format!("[{}]", texts.join(" "))
}

impl MapError {
    /// Whether there is no such thing, or not yet.
    #[must_use]
    pub fn is_no_match(&self) -> bool {
        !matches!(self, MapError::Ambiguous { .. })
    }
}

/// Finds resources by kind and by what users call them, as kubectl does: the
/// server's order of groups and versions decides where several would do.
#[derive(Clone, Debug, Default)]
pub struct RestMapper {
    catalog: Catalog,
}

impl std::ops::Deref for RestMapper {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.catalog
    }
}

/// How the words of a partial name relate to a group.
fn in_group(have: &str, wanted: &str, exact: bool) -> bool {
    if exact {
        have == wanted
    } else {
        have.starts_with(wanted)
    }
}

impl RestMapper {
    /// Of everything that a server serves.
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        Self { catalog }
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// What a word of a user means: a plural, a singular, a short name or a
    /// kind, alone or with a group (`deployments.apps`, the beginning of the
    /// group will do) or with a version and a group (`deployments.v1.apps`).
    ///
    /// # Errors
    /// Nothing has this name.
    pub fn resolve(&self, name: &str) -> Result<&DiscoveredResource, MapError> {
        let lower = name.to_lowercase();
        let (plural, rest) = split(&lower);
        let found = versioned(rest)
            .and_then(|(version, group)| self.resource(group, version, plural).ok())
            .or_else(|| self.resource(rest, "", plural).ok());
        if let Some(found) = found {
            return Ok(found);
        }
        let (kind, rest) = split(name);
        versioned(rest)
            .and_then(|(version, group)| {
                self.kind(
                    &GroupKind::new(group.to_owned(), kind.to_owned()),
                    &[version],
                )
                .ok()
            })
            .or_else(|| {
                self.kind(&GroupKind::new(rest.to_owned(), kind.to_owned()), &[])
                    .ok()
            })
            .or_else(|| self.kind_in_any_group(kind, rest))
            .ok_or_else(|| MapError::NoResourceType(plural.to_owned()))
    }

    /// A kind without a group is looked for in every group.
    fn kind_in_any_group(&self, kind: &str, group: &str) -> Option<&DiscoveredResource> {
        if !group.is_empty() {
            return None;
        }
        self.catalog
            .preferred_resources()
            .find(|have| have.resource.kind == kind)
    }

    /// The resource with a plural, a singular or a short name. Group and version
    /// may be empty, which is any; the beginning of a group will do.
    ///
    /// # Errors
    /// There is none.
    pub fn resource(
        &self,
        group: &str,
        version: &str,
        name: &str,
    ) -> Result<&DiscoveredResource, MapError> {
        self.resources_named(group, version, name)
            .into_iter()
            .next()
            .ok_or_else(|| MapError::NoResource(partial(group, version, name)))
    }

    /// The same where only one group may have it: for programs that must not
    /// take one for another.
    ///
    /// # Errors
    /// There is none, or more than one group has one.
    pub fn only_resource(
        &self,
        group: &str,
        version: &str,
        name: &str,
    ) -> Result<&DiscoveredResource, MapError> {
        let mut found = self.resources_named(group, version, name);
        let first = match found.first() {
            Some(first) => *first,
            None => return Err(MapError::NoResource(partial(group, version, name))),
        };
        found.retain(|have| have.resource.group != first.resource.group);
        if found.is_empty() {
            return Ok(first);
        }
        let mut resources: Vec<GroupVersionResource> = std::iter::once(first)
            .chain(found)
            .map(|have| {
                let resource = &have.resource;
                GroupVersionResource::new(
                    resource.group.clone(),
                    resource.version.clone(),
                    resource.plural.clone(),
                )
            })
            .collect();
        // One a group, in the version that counts.
        resources.dedup_by(|later, earlier| later.group == earlier.group);
        Err(MapError::Ambiguous {
            wanted: partial(group, version, name),
            resources,
        })
    }

    /// Every resource that a plural, singular or short name may mean, the one
    /// that counts first.
    #[must_use]
    pub fn resources_named(
        &self,
        group: &str,
        version: &str,
        name: &str,
    ) -> Vec<&DiscoveredResource> {
        let name = name.to_lowercase();
        let called = |exact: bool, called: &dyn Fn(&DiscoveredResource) -> bool| {
            self.catalog
                .resources()
                .filter(|have| version.is_empty() || have.resource.version == version)
                .filter(|have| group.is_empty() || in_group(&have.resource.group, group, exact))
                .filter(|have| called(have))
                .collect::<Vec<_>>()
        };
        let by_name =
            |have: &DiscoveredResource| *have.resource.plural == *name || have.singular == name;
        let by_short_name = |have: &DiscoveredResource| have.short_names.contains(&name);
        // A short name gives way to a name, the beginning of a group to a group.
        for exact in [true, false] {
            let mut found = called(exact, &by_name);
            if found.is_empty() {
                found = called(exact, &by_short_name);
                // A short name stands for one group's resource.
                if let Some(first) = found.first().copied() {
                    found.retain(|have| {
                        have.resource.group == first.resource.group
                            && have.resource.plural == first.resource.plural
                    });
                }
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The resource of a kind, in the first of these versions that is served;
    /// in the preferred one when none is named.
    ///
    /// # Errors
    /// The kind is not served, or not in these versions.
    pub fn kind(
        &self,
        kind: &GroupKind,
        versions: &[&str],
    ) -> Result<&DiscoveredResource, MapError> {
        let all = || {
            self.catalog
                .resources()
                .filter(|have| have.resource.kind == kind.kind && have.resource.group == kind.group)
        };
        let found = if versions.is_empty() {
            all().next()
        } else {
            versions
                .iter()
                .find_map(|version| all().find(|have| have.resource.version == *version))
        };
        found.ok_or_else(|| {
            let mut searched: Vec<String> = versions
                .iter()
                .map(|version| {
                    GroupVersionKind::new(kind.group.clone(), (*version).to_owned(), "")
                        .api_version()
                })
                .collect();
            searched.sort_unstable();
            searched.dedup();
            MapError::NoKind {
                group: kind.group.to_string(),
                kind: kind.kind.to_string(),
                versions: searched,
            }
        })
    }

    /// The kind of a resource.
    ///
    /// # Errors
    /// As [`RestMapper::resource`].
    pub fn kind_of(
        &self,
        group: &str,
        version: &str,
        name: &str,
    ) -> Result<GroupVersionKind, MapError> {
        let resource = &self.resource(group, version, name)?.resource;
        Ok(GroupVersionKind::new(
            resource.group.clone(),
            resource.version.clone(),
            resource.kind.clone(),
        ))
    }

    /// The resources of a category (`all`), in their preferred versions.
    #[must_use]
    pub fn category(&self, name: &str) -> Vec<&DiscoveredResource> {
        self.catalog
            .preferred_resources()
            .filter(|have| have.categories.iter().any(|category| category == name))
            .collect()
    }

    /// Everything that a list of words means, as after `kubectl get`: names
    /// with commas between them, categories opened up; each resource once.
    ///
    /// # Errors
    /// One of the words means nothing.
    pub fn resolve_all(&self, names: &str) -> Result<Vec<&DiscoveredResource>, MapError> {
        let mut found: Vec<&DiscoveredResource> = Vec::new();
        for name in names.split(',').filter(|name| !name.is_empty()) {
            let of_category = self.category(name);
            let means = if of_category.is_empty() {
                vec![self.resolve(name)?]
            } else {
                of_category
            };
            for resource in means {
                if !found.contains(&resource) {
                    found.push(resource);
                }
            }
        }
        Ok(found)
    }
}

/// What stands before the first dot, and after it.
fn split(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or((name, ""))
}

/// A version and a group, if there may be both.
fn versioned(rest: &str) -> Option<(&str, &str)> {
    if rest.is_empty() {
        return None;
    }
    Some(rest.split_once('.').unwrap_or((rest, "")))
}

fn partial(group: &str, version: &str, name: &str) -> GroupVersionResource {
    GroupVersionResource::new(group.to_owned(), version.to_owned(), name.to_owned())
}
