//! Where a kind lives: group, version, plural, scope; and the paths that follow from it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use skeg_meta::Object;
use skeg_schema::TypeId;

/// What a segment of a path leaves as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@');

/// A resource as the API serves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiResource {
    /// The group; empty for the core group.
    pub group: Cow<'static, str>,
    /// The version.
    pub version: Cow<'static, str>,
    /// The plural, as it stands in paths.
    pub plural: Cow<'static, str>,
    /// The kind.
    pub kind: Cow<'static, str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl ApiResource {
    /// The resource of a typed kind.
    #[must_use]
    pub fn of<K: Object>() -> Self {
        Self {
            group: K::GVK.group,
            version: K::GVK.version,
            plural: Cow::Borrowed(K::PLURAL),
            kind: K::GVK.kind,
            namespaced: K::NAMESPACED,
        }
    }

    /// A built-in resource by its group, version and kind.
    #[must_use]
    pub fn built_in(group: &str, version: &str, kind: &str) -> Option<Self> {
        skeg_schema::resources::by_gvk(group, version, kind).map(Self::from_desc)
    }

    /// The resource of a row of the table of built-in resources.
    #[must_use]
    pub fn from_desc(desc: &'static skeg_schema::resources::ResourceDesc) -> Self {
        Self {
            group: Cow::Borrowed(desc.group),
            version: Cow::Borrowed(desc.version),
            plural: Cow::Borrowed(desc.resource),
            kind: Cow::Borrowed(desc.kind),
            namespaced: desc.namespaced,
        }
    }

    /// `v1` or `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The type in the tables, if the kind is built in.
    #[must_use]
    pub fn type_id(&self) -> Option<TypeId> {
        TypeId::by_gvk(&self.group, &self.version, &self.kind)
    }

    /// The path of a collection, an object or a subresource.
    #[must_use]
    pub fn path(
        &self,
        namespace: Option<&str>,
        name: Option<&str>,
        subresource: Option<&str>,
    ) -> String {
        let mut path = String::with_capacity(96);
        if self.group.is_empty() {
            path.push_str("/api/");
        } else {
            path.push_str("/apis/");
            path.push_str(&self.group);
            path.push('/');
        }
        path.push_str(&self.version);
        if let Some(namespace) =
            namespace.filter(|namespace| !namespace.is_empty() && self.namespaced)
        {
            path.push_str("/namespaces/");
            path.extend(utf8_percent_encode(namespace, SEGMENT));
        }
        path.push('/');
        path.push_str(&self.plural);
        if let Some(name) = name {
            path.push('/');
            path.extend(utf8_percent_encode(name, SEGMENT));
        }
        if let Some(subresource) = subresource {
            path.push('/');
            path.push_str(subresource);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        kind: (&str, &str, &str),
        namespace: Option<&str>,
        name: Option<&str>,
        sub: Option<&str>,
        expect: &str,
    ) {
        let resource = ApiResource::built_in(kind.0, kind.1, kind.2).expect("built in");
        assert_eq!(resource.path(namespace, name, sub), expect);
    }

    #[test]
    fn paths() {
        check(("", "v1", "Pod"), None, None, None, "/api/v1/pods");
        check(
            ("", "v1", "Pod"),
            Some("a"),
            Some("p"),
            Some("log"),
            "/api/v1/namespaces/a/pods/p/log",
        );
        check(
            ("", "v1", "Node"),
            Some("a"),
            Some("n"),
            None,
            "/api/v1/nodes/n",
        );
        check(
            ("apps", "v1", "Deployment"),
            Some("a"),
            None,
            None,
            "/apis/apps/v1/namespaces/a/deployments",
        );
        check(
            ("rbac.authorization.k8s.io", "v1", "ClusterRole"),
            None,
            Some("system:a/b?c"),
            None,
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:a%2Fb%3Fc",
        );
    }
}
