//! Questions of the form "may X do Y to Z".

use std::collections::BTreeMap;

use skeg_api::authorization::v1::{
    FieldSelectorAttributes, LabelSelectorAttributes, NonResourceAttributes, ResourceAttributes,
    SelfSubjectAccessReviewSpec, SubjectAccessReviewSpec,
};
use skeg_meta::Object;
use skeg_schema::resources::RESOURCES;

use crate::resource::ApiResource;

#[derive(Clone, Debug, PartialEq)]
enum What {
    Resource(Box<ResourceAttributes>),
    Path(NonResourceAttributes),
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Who {
    user: String,
    uid: String,
    groups: Vec<String>,
    extra: BTreeMap<String, Vec<String>>,
}

/// Something that somebody may or may not do. Unless [`Can::by`] says otherwise,
/// it is the caller who does it.
#[derive(Clone, Debug, PartialEq)]
pub struct Can {
    what: What,
    who: Who,
}

impl Can {
    /// A verb (`get`, `create`, `*`) on a kind, in all namespaces.
    #[must_use]
    pub fn of<K: Object>(verb: &str) -> Self {
        Self::on(verb, &ApiResource::of::<K>())
    }

    /// The same for a resource that is known only at run time.
    #[must_use]
    pub fn on(verb: &str, resource: &ApiResource) -> Self {
        Self {
            what: What::Resource(Box::new(ResourceAttributes {
                verb: verb.to_owned(),
                group: resource.group.to_string(),
                version: resource.version.to_string(),
                resource: resource.plural.to_string(),
                ..ResourceAttributes::default()
            })),
            who: Who::default(),
        }
    }

    /// A verb on a resource by its name, with its group: `deployments.apps`, `pods`, `*`.
    /// A bare name is one of the core group, or else of the group that has it in
    /// Kubernetes itself (`deployments`); that of a custom kind needs its group.
    #[must_use]
    pub fn named(verb: &str, resource: &str) -> Self {
        let bare = || {
            let rows = RESOURCES.iter().filter(|row| row.resource == resource);
            // The core group is the one without a name.
            let group = rows
                .map(|row| row.group)
                .min_by_key(|group| !group.is_empty());
            (resource, group.unwrap_or_default())
        };
        let (resource, group) = resource.split_once('.').unwrap_or_else(bare);
        Self {
            what: What::Resource(Box::new(ResourceAttributes {
                verb: verb.to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                ..ResourceAttributes::default()
            })),
            who: Who::default(),
        }
    }

    /// A verb (that of HTTP, in lower case) on a path that is no resource.
    #[must_use]
    pub fn path(verb: &str, path: &str) -> Self {
        Self {
            what: What::Path(NonResourceAttributes {
                path: path.to_owned(),
                verb: verb.to_owned(),
            }),
            who: Who::default(),
        }
    }

    /// Reading a path that is no resource.
    #[must_use]
    pub fn get_path(path: &str) -> Self {
        Self::path("get", path)
    }

    fn with(mut self, set: impl FnOnce(&mut ResourceAttributes)) -> Self {
        // A path has none of these; the server decides about the path alone.
        if let What::Resource(attributes) = &mut self.what {
            set(attributes);
        }
        self
    }

    /// In this namespace.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        self.with(|attributes| attributes.namespace = namespace.into())
    }

    /// To the object of this name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with(|attributes| attributes.name = name.into())
    }

    /// To this subresource (`log`, `exec`, `status`).
    #[must_use]
    pub fn subresource(self, subresource: impl Into<String>) -> Self {
        self.with(|attributes| attributes.subresource = subresource.into())
    }

    /// To a list or watch with this selector (`app=web`).
    #[must_use]
    pub fn labels(self, selector: impl Into<String>) -> Self {
        self.with(|attributes| {
            attributes.label_selector = Some(LabelSelectorAttributes {
                raw_selector: selector.into(),
                ..LabelSelectorAttributes::default()
            });
        })
    }

    /// To a list or watch with this selector (`spec.nodeName=a`).
    #[must_use]
    pub fn fields(self, selector: impl Into<String>) -> Self {
        self.with(|attributes| {
            attributes.field_selector = Some(FieldSelectorAttributes {
                raw_selector: selector.into(),
                ..FieldSelectorAttributes::default()
            });
        })
    }

    /// Done by this user.
    #[must_use]
    pub fn by(mut self, user: impl Into<String>) -> Self {
        self.who.user = user.into();
        self
    }

    /// Done by the service account of this name.
    #[must_use]
    pub fn by_service_account(mut self, namespace: &str, name: &str) -> Self {
        self.who.user = format!("system:serviceaccount:{namespace}:{name}");
        self.who.groups = vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{namespace}"),
            "system:authenticated".to_owned(),
        ];
        self
    }

    /// Done by a user in this group; may be said several times.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.who.groups.push(group.into());
        self
    }

    /// Done by a user with this uid.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.who.uid = uid.into();
        self
    }

    /// Done by a user with this further attribute.
    #[must_use]
    pub fn extra(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let values = self.who.extra.entry(key.into()).or_default();
        values.push(value.into());
        self
    }

    pub(super) fn is_of_another(&self) -> bool {
        self.who != Who::default()
    }

    fn parts(what: What) -> (Option<ResourceAttributes>, Option<NonResourceAttributes>) {
        match what {
            What::Resource(attributes) => (Some(*attributes), None),
            What::Path(attributes) => (None, Some(attributes)),
        }
    }

    pub(super) fn into_self(self) -> SelfSubjectAccessReviewSpec {
        let (resource_attributes, non_resource_attributes) = Self::parts(self.what);
        SelfSubjectAccessReviewSpec {
            resource_attributes,
            non_resource_attributes,
        }
    }

    pub(super) fn into_subject(self) -> SubjectAccessReviewSpec {
        let (resource_attributes, non_resource_attributes) = Self::parts(self.what);
        SubjectAccessReviewSpec {
            resource_attributes,
            non_resource_attributes,
            user: self.who.user,
            groups: self.who.groups,
            extra: self.who.extra,
            uid: self.who.uid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::apps::v1::Deployment;

    #[test]
    fn questions_name_everything() {
        let can = Can::of::<Deployment>("patch")
            .namespace("a")
            .name("web")
            .subresource("scale");
        assert!(!can.is_of_another());
        let spec = can.into_self();
        let attributes = spec.resource_attributes.expect("a resource");
        assert_eq!(
            (attributes.group.as_str(), attributes.resource.as_str()),
            ("apps", "deployments")
        );
        assert_eq!(attributes.subresource, "scale");
        let named = Can::named("get", "widgets.example.com")
            .by("bob")
            .group("dev");
        assert!(named.is_of_another());
        let spec = named.into_subject();
        assert_eq!(spec.user, "bob");
        let attributes = spec.resource_attributes.expect("a resource");
        assert_eq!(attributes.group, "example.com");
        let group = |resource: &str| {
            let spec = Can::named("get", resource).into_self();
            spec.resource_attributes.expect("a resource").group
        };
        assert_eq!(group("deployments"), "apps");
        assert_eq!([group("events"), group("*"), group("pods")], ["", "", ""]);
        let spec = Can::get_path("/healthz").into_self();
        assert!(spec.resource_attributes.is_none());
        assert!(spec.non_resource_attributes.is_some());
    }
}
