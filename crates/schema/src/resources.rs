//! Every resource of the API: the one list of kinds from which routing,
//! discovery, names and columns derive.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::TypeId;
pub use crate::tables::RESOURCES;

/// Under which configuration upstream serves a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServedWhen {
    /// Always.
    Default,
    /// With `runtime-config` `api/all=true`.
    RuntimeConfig,
    /// With this and all alpha and beta feature gates.
    FeatureGates,
}

/// A subresource.
#[derive(Debug)]
pub struct SubresourceDesc {
    /// Its name: `status`.
    pub name: &'static str,
    /// The group of its kind.
    pub group: &'static str,
    /// The version of its kind.
    pub version: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// Its verbs, sorted.
    pub verbs: &'static [&'static str],
    /// The type of its kind.
    pub ty: Option<TypeId>,
}

/// A column of a printed table.
#[derive(Debug)]
pub struct ColumnDesc {
    /// The heading.
    pub name: &'static str,
    /// `string`, `integer`, `date`, …
    pub ty: &'static str,
    /// `name` for the column that names the object.
    pub format: &'static str,
    /// 0 is always shown; more only with `-o wide`.
    pub priority: i32,
}

/// A resource of one group and version.
#[derive(Debug)]
pub struct ResourceDesc {
    /// The group; empty for the core group.
    pub group: &'static str,
    /// The version.
    pub version: &'static str,
    /// The plural, as in paths.
    pub resource: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The singular.
    pub singular: &'static str,
    /// Whether its objects stand in namespaces.
    pub namespaced: bool,
    /// Its verbs, sorted.
    pub verbs: &'static [&'static str],
    /// Short names.
    pub short_names: &'static [&'static str],
    /// Categories such as `all`.
    pub categories: &'static [&'static str],
    /// The hash of its stored version that discovery shows; empty where none is.
    pub storage_version_hash: &'static str,
    /// Its subresources, by name.
    pub subresources: &'static [SubresourceDesc],
    /// The type of its objects.
    pub ty: TypeId,
    /// The type of its lists, where it has lists.
    pub list_ty: Option<TypeId>,
    /// Whether deleting answers the object instead of a Status.
    pub returns_deleted: bool,
    /// Under which configuration it is served.
    pub served: ServedWhen,
    /// The columns of its table.
    pub printer_columns: &'static [ColumnDesc],
}

impl ResourceDesc {
    /// `v1`, `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether it is served without any flags.
    #[must_use]
    pub fn served_by_default(&self) -> bool {
        self.served == ServedWhen::Default
    }

    /// Whether it has a verb.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.contains(&verb)
    }

    /// A subresource by its name.
    #[must_use]
    pub fn subresource(&self, name: &str) -> Option<&'static SubresourceDesc> {
        self.subresources
            .iter()
            .find(|subresource| subresource.name == name)
    }
}

/// The resource with this group, version and plural.
#[must_use]
pub fn by_gvr(group: &str, version: &str, resource: &str) -> Option<&'static ResourceDesc> {
    type Index = HashMap<(&'static str, &'static str, &'static str), &'static ResourceDesc>;
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX
        .get_or_init(|| {
            RESOURCES
                .iter()
                .map(|desc| ((desc.group, desc.version, desc.resource), desc))
                .collect()
        })
        .get(&(group, version, resource))
        .copied()
}

/// The resource whose objects have this group, version and kind.
#[must_use]
pub fn by_gvk(group: &str, version: &str, kind: &str) -> Option<&'static ResourceDesc> {
    RESOURCES
        .iter()
        .find(|desc| desc.kind == kind && desc.version == version && desc.group == group)
}
