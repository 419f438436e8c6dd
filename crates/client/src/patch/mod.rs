//! Patches, in the four forms that the API takes.

mod json_patch;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use skeg_meta::Object;
use skeg_schema::patch::{self, Tables};
use skeg_schema::{TypeId, Value};

use crate::diff::{self, DiffError};

pub(crate) use json_patch::push_segment;
pub use json_patch::{JsonPatch, pointer};

/// A change of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// RFC 6902: a list of operations.
    Json(Value),
    /// RFC 7386: a partial object; lists are replaced whole.
    Merge(Value),
    /// A partial object; lists of built-in kinds are merged by their keys.
    Strategic(Value),
    /// Server-side apply: what the manager wants to hold, as a tree.
    Apply(Value),
    /// Server-side apply of YAML as it stands in a file.
    ApplyYaml(Cow<'static, str>),
}

/// Why a patch cannot be carried out here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// An operation of a JSON patch cannot be carried out.
    #[error(transparent)]
    Json(#[from] patch::json::JsonPatchError),
    /// A strategic merge patch does not fit the object.
    #[error(transparent)]
    Strategic(#[from] patch::strategic::StrategicError),
    /// A strategic merge needs a built-in kind, whose lists have merge keys.
    #[error("a strategic merge patch needs a built-in kind; use a merge patch")]
    NoMergeKeys,
    /// What an apply does depends on who owns which field: only the server knows.
    #[error("only a server can carry out an apply")]
    Apply,
}

impl Patch {
    /// The body's media type.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self {
            Patch::Json(_) => "application/json-patch+json",
            Patch::Merge(_) => "application/merge-patch+json",
            Patch::Strategic(_) => "application/strategic-merge-patch+json",
            Patch::Apply(_) | Patch::ApplyYaml(_) => "application/apply-patch+yaml",
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Bytes {
        match self {
            Patch::Json(value)
            | Patch::Merge(value)
            | Patch::Strategic(value)
            | Patch::Apply(value) => {
                let mut bytes = Vec::with_capacity(256);
                skeg_schema::encode_json_any(value, &mut bytes);
                bytes.into()
            }
            Patch::ApplyYaml(text) => Bytes::copy_from_slice(text.as_bytes()),
        }
    }

    /// Whether this is a server-side apply.
    #[must_use]
    pub fn is_apply(&self) -> bool {
        matches!(self, Patch::Apply(_) | Patch::ApplyYaml(_))
    }

    /// Whether the patch says nothing, so that it need not be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Patch::Json(value) => value.as_array().is_some_and(Vec::is_empty),
            Patch::Merge(value) | Patch::Strategic(value) | Patch::Apply(value) => {
                value.as_object().is_some_and(skeg_schema::Object::is_empty)
            }
            Patch::ApplyYaml(text) => text.trim().is_empty(),
        }
    }

    /// A JSON patch that turns one state of an object into another.
    #[must_use]
    pub fn json_between<K: Object>(old: &K, new: &K) -> Self {
        diff::json(&old.to_tree(), &new.to_tree()).into()
    }

    /// A merge patch that turns one state of an object into another: what a
    /// controller sends that has changed a copy of what it read. It overwrites
    /// lists; say [`Patch::at_version`] where that could lose another's change.
    ///
    /// ```
    /// use skeg_api::core::v1::ConfigMap;
    /// use skeg_client::Patch;
    ///
    /// let old = ConfigMap::default();
    /// let mut new = old.clone();
    /// new.data.insert("a".to_owned(), "1".to_owned());
    /// assert_eq!(Patch::merge_between(&old, &new).to_string(), r#"{"data":{"a":"1"}}"#);
    /// ```
    #[must_use]
    pub fn merge_between<K: Object>(old: &K, new: &K) -> Self {
        Patch::Merge(diff::merge(&old.to_tree(), &new.to_tree()))
    }

    /// A strategic merge patch that turns one state of an object into another,
    /// and touches only those elements of lists that differ. Custom kinds, which
    /// have no merge keys, get a merge patch.
    ///
    /// # Errors
    /// An element of a list lacks the key by which the list is merged.
    pub fn strategic_between<K: Object>(old: &K, new: &K) -> Result<Self, DiffError> {
        let (old, new) = (old.to_tree(), new.to_tree());
        Ok(match K::type_id().filter(|ty| ty.desc().has_protobuf()) {
            Some(ty) => Patch::Strategic(diff::strategic(&old, &new, ty)?),
            None => Patch::Merge(diff::merge(&old, &new)),
        })
    }

    /// The same change, refused by the server (409) when the object is no
    /// longer at this version. An apply must not say a version; it stays as it is.
    #[must_use]
    pub fn at_version(mut self, resource_version: &str) -> Self {
        match &mut self {
            Patch::Json(operations) => {
                let test = JsonPatch::new().at_version(resource_version);
                if let (Some(operations), Value::Array(test)) =
                    (operations.as_array_mut(), test.into_value())
                {
                    operations.splice(0..0, test);
                }
            }
            Patch::Merge(value) | Patch::Strategic(value) => {
                value.set_at(&["metadata", "resourceVersion"], resource_version);
            }
            Patch::Apply(_) | Patch::ApplyYaml(_) => {}
        }
        self
    }

    /// Carries the patch out here, on a tree, as a server would: for tests, or
    /// to see beforehand what would come of it. `ty` is the tree's type in the
    /// tables, which a strategic merge needs.
    ///
    /// # Errors
    /// As a server would refuse it; and an apply, which only a server can do.
    pub fn apply_to(&self, tree: &mut Value, ty: Option<TypeId>) -> Result<(), PatchError> {
        match self {
            Patch::Json(operations) => {
                let mut changed = tree.clone();
                patch::json::apply(&mut changed, operations)?;
                *tree = changed;
            }
            Patch::Merge(change) => patch::merge::apply(tree, change),
            Patch::Strategic(change) => {
                let tables = Tables(ty.ok_or(PatchError::NoMergeKeys)?);
                *tree = patch::strategic::apply(tree.clone(), change.clone(), tables)?;
            }
            Patch::Apply(_) | Patch::ApplyYaml(_) => return Err(PatchError::Apply),
        }
        Ok(())
    }
}

/// The body, as text.
impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Patch::Json(value)
            | Patch::Merge(value)
            | Patch::Strategic(value)
            | Patch::Apply(value) => value.fmt(f),
            Patch::ApplyYaml(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::apps::v1::Deployment;
    use skeg_api::core::v1::Container;
    use skeg_api::snapshot::v1::VolumeSnapshot;
    use skeg_meta::ObjectMeta;
    use skeg_schema::json;

    use super::*;

    fn deployment() -> Deployment {
        let mut deployment = Deployment {
            metadata: ObjectMeta::named("n", "web"),
            ..Deployment::default()
        };
        for name in ["a", "b"] {
            deployment.spec.template.spec.containers.push(Container {
                name: name.to_owned(),
                image: "x:1".to_owned(),
                ..Container::default()
            });
        }
        deployment
    }

    #[test]
    fn patches_between_typed_objects() {
        let old = deployment();
        let mut new = old.clone();
        new.spec.replicas = Some(3);
        new.spec.template.spec.containers[1].image = "x:2".to_owned();
        for patch in [
            Patch::json_between(&old, &new),
            Patch::merge_between(&old, &new),
            Patch::strategic_between(&old, &new).unwrap(),
        ] {
            assert!(!patch.is_empty());
            let mut tree = old.to_tree();
            patch.apply_to(&mut tree, Deployment::type_id()).unwrap();
            assert_eq!(Deployment::from_tree(tree).unwrap(), new, "{patch}");
        }
        assert_eq!(
            Patch::strategic_between(&old, &new).unwrap().to_string(),
            r#"{"spec":{"replicas":3,"template":{"spec":{"containers":[{"image":"x:2","name":"b"}],"$setElementOrder/containers":[{"name":"a"},{"name":"b"}]}}}}"#
        );
        assert!(Patch::json_between(&old, &old).is_empty());
        assert!(Patch::merge_between(&old, &old).is_empty());
        assert!(Patch::strategic_between(&old, &old).unwrap().is_empty());
    }

    #[test]
    fn custom_kinds_get_a_merge_patch() {
        let old = VolumeSnapshot::default();
        let mut new = old.clone();
        new.metadata.name = "s".to_owned();
        let patch = Patch::strategic_between(&old, &new).unwrap();
        assert_eq!(patch, Patch::Merge(json!({"metadata": {"name": "s"}})));
    }

    #[test]
    fn a_version_goes_along() {
        let merge = Patch::Merge(json!({"spec": {}})).at_version("5");
        assert_eq!(
            merge.to_string(),
            r#"{"spec":{},"metadata":{"resourceVersion":"5"}}"#
        );
        let patch = Patch::Json(json!([])).at_version("5");
        let mut stale = json!({"metadata": {"resourceVersion": "6"}});
        assert!(patch.apply_to(&mut stale, None).is_err());
        assert_eq!(
            Patch::Strategic(json!({})).apply_to(&mut stale, None),
            Err(PatchError::NoMergeKeys)
        );
    }
}
