//! Where a kind lives: group, version, plural, scope; and the paths that follow from it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use skeg_meta::{Object, names};
use skeg_schema::TypeId;

use crate::error::Error;

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

    /// The same as [`ApiResource::path`], unless a name is missing or would
    /// lead elsewhere: servers read `a%2Flog` as the log of `a`.
    pub(crate) fn checked_path(
        &self,
        namespace: Option<&str>,
        name: Option<&str>,
        subresource: Option<&str>,
    ) -> Result<String, Error> {
        let namespace = namespace.filter(|_| self.namespaced);
        for (segment, what) in [(namespace, "namespace"), (name, "name")] {
            let wrong = segment.map(names::path_segment).unwrap_or_default();
            if !wrong.is_empty() {
                let segment = segment.unwrap_or_default();
                let why = wrong.join("; ");
                return Err(self.refused(format!("{segment:?} cannot be a {what}: {why}")));
            }
        }
        match name {
            // The path would be that of the collection.
            Some("") => Err(self.refused("an object must have a name".to_owned())),
            Some(_) if self.namespaced && namespace.is_none() => Err(self.without_namespace()),
            _ => Ok(self.path(namespace, name, subresource)),
        }
    }

    /// Something that must be sent to one namespace was sent to all of them.
    pub(crate) fn without_namespace(&self) -> Error {
        self.refused(format!(
            "a {} lives in a namespace; none was named: use `namespaced` in place of `all`",
            self.kind
        ))
    }

    fn refused(&self, message: String) -> Error {
        Error::Request {
            target: self.path(None, None, None),
            message,
        }
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

    #[test]
    fn names_lead_nowhere_else() {
        let pods = ApiResource::built_in("", "v1", "Pod").expect("built in");
        for (namespace, name, expect) in [
            (Some("a"), Some("p"), Ok("/api/v1/namespaces/a/pods/p")),
            (None, None, Ok("/api/v1/pods")),
            (
                Some("a"),
                Some("p/log"),
                Err("\"p/log\" cannot be a name: "),
            ),
            (Some("a"), Some(".."), Err("\"..\" cannot be a name: ")),
            (Some("a"), Some("p%2Flog"), Err("cannot be a name: ")),
            (
                Some("a/pods"),
                None,
                Err("\"a/pods\" cannot be a namespace: "),
            ),
            (Some("a"), Some(""), Err("must have a name")),
            (None, Some("p"), Err("use `namespaced`")),
        ] {
            let found = pods.checked_path(namespace, name, None);
            match (&found, expect) {
                (Ok(path), Ok(expect)) => assert_eq!(path, expect),
                (Err(error), Err(expect)) => assert!(error.to_string().contains(expect), "{error}"),
                _ => panic!("{namespace:?} {name:?}: {found:?}"),
            }
        }
        let nodes = ApiResource::built_in("", "v1", "Node").expect("built in");
        let found = nodes.checked_path(Some("a/b"), Some("n"), None);
        assert_eq!(found.expect("they live in none"), "/api/v1/nodes/n");
    }
}
