//! Owner references: who an object goes with.

use std::sync::Arc;

use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::{Object, ObjectMeta, OwnerReference};
use skeg_schema::{Value, json};

/// Whether an object is controlled by the one with this uid.
#[must_use]
pub fn is_controlled_by(meta: &ObjectMeta, uid: &str) -> bool {
    meta.controller()
        .is_some_and(|reference| reference.uid == uid)
}

/// The group in an API version.
fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether a reference points at a kind, in whatever version of its group.
#[must_use]
pub fn refers_to<K: Object>(reference: &OwnerReference) -> bool {
    reference.kind == K::GVK.kind && group_of(&reference.api_version) == K::GVK.group
}

/// Why an object cannot be owned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// An object has one controller at most.
    #[error("{object} is controlled by {kind} {name} already")]
    AlreadyControlled {
        /// The object.
        object: String,
        /// The controller's kind.
        kind: String,
        /// The controller's name.
        name: String,
    },
    /// An owner in a namespace owns objects of that namespace only.
    #[error("an owner in namespace {owner:?} cannot own {object} in namespace {namespace:?}")]
    OtherNamespace {
        /// The owner's namespace.
        owner: String,
        /// The object.
        object: String,
        /// The object's namespace; empty where it lives in none.
        namespace: String,
    },
    /// The owner has not been created, or was not read from the server.
    #[error("the owner {0} has no uid: read it from the server first")]
    NoUid(String),
}

fn describe<K: Object>(object: &K) -> String {
    let meta = object.meta();
    let name = if meta.name.is_empty() {
        &meta.generate_name
    } else {
        &meta.name
    };
    format!("{} {name}", K::GVK.kind)
}

fn check_scope<O: Object, K: Object>(owner: &O, object: &K) -> Result<(), OwnerError> {
    let (over, under) = (owner.meta(), object.meta());
    if over.uid.is_empty() {
        return Err(OwnerError::NoUid(describe(owner)));
    }
    // Who lives in no namespace may own anything.
    if O::NAMESPACED && over.namespace != under.namespace {
        return Err(OwnerError::OtherNamespace {
            owner: over.namespace.clone(),
            object: describe(object),
            namespace: under.namespace.clone(),
        });
    }
    Ok(())
}

fn same_owner(a: &OwnerReference, b: &OwnerReference) -> bool {
    a.kind == b.kind && a.name == b.name && group_of(&a.api_version) == group_of(&b.api_version)
}

/// Puts a reference in, or in the place of the one to the same owner.
fn put(references: &mut Vec<OwnerReference>, reference: OwnerReference) {
    match references
        .iter_mut()
        .find(|there| same_owner(there, &reference))
    {
        Some(there) => *there = reference,
        None => references.push(reference),
    }
}

/// Makes an object go with its controller: it is deleted with it, and changes
/// of it are the controller's business.
///
/// # Errors
/// Another controls the object, or the owner lives in another namespace, or
/// was never created.
///
/// ```
/// use skeg_api::core::v1::{ConfigMap, Pod};
/// use skeg_meta::ObjectMeta;
///
/// let mut pod = Pod { metadata: ObjectMeta::named("shop", "web"), ..Pod::default() };
/// pod.metadata.uid = "5a0f".to_owned();
/// let mut map = ConfigMap { metadata: ObjectMeta::named("shop", "settings"), ..Default::default() };
/// skeg_runtime::set_controller_reference(&pod, &mut map)?;
/// assert!(skeg_runtime::is_controlled_by(&map.metadata, "5a0f"));
/// # Ok::<(), skeg_runtime::OwnerError>(())
/// ```
pub fn set_controller_reference<O: Object, K: Object>(
    owner: &O,
    object: &mut K,
) -> Result<(), OwnerError> {
    check_scope(owner, object)?;
    let reference = owner.controller_reference();
    if let Some(there) = object.meta().controller()
        && !same_owner(there, &reference)
    {
        return Err(OwnerError::AlreadyControlled {
            object: describe(object),
            kind: there.kind.clone(),
            name: there.name.clone(),
        });
    }
    put(&mut object.meta_mut().owner_references, reference);
    Ok(())
}

/// Makes an object go with an owner that does not control it: it is deleted
/// when the last of its owners is.
///
/// # Errors
/// The owner lives in another namespace, or was never created.
pub fn set_owner_reference<O: Object, K: Object>(
    owner: &O,
    object: &mut K,
) -> Result<(), OwnerError> {
    check_scope(owner, object)?;
    let reference = OwnerReference {
        controller: None,
        block_owner_deletion: None,
        ..owner.controller_reference()
    };
    put(&mut object.meta_mut().owner_references, reference);
    Ok(())
}

/// Takes the references to an owner out of an object; whether there was one.
pub fn remove_owner_reference<O: Object, K: Object>(owner: &O, object: &mut K) -> bool {
    let reference = owner.controller_reference();
    let references = &mut object.meta_mut().owner_references;
    let before = references.len();
    references.retain(|there| !same_owner(there, &reference));
    references.len() < before
}

/// Whether an object goes with an owner, which may or may not control it.
#[must_use]
pub fn has_owner<O: Object>(meta: &ObjectMeta, owner: &O) -> bool {
    let reference = owner.controller_reference();
    let references = &mut meta.owner_references.iter();
    references.any(|there| same_owner(there, &reference) && there.uid == reference.uid)
}

/// Takes an object that nobody controls into an owner's control, on the server.
///
/// # Errors
/// `is_not_found()` when it is gone; `is_invalid()` when another was quicker;
/// `is_conflict()` when another object has its name now, or, of a custom kind,
/// when the object has changed.
pub async fn adopt<O: Object, K: Object>(
    api: &Api<K>,
    owner: &O,
    object: &K,
) -> Result<Arc<K>, Error> {
    let reference = owner.controller_reference();
    let patch = match K::type_id() {
        Some(_) => Patch::Strategic(json!({"metadata": {
            "uid": object.meta().uid.as_str(),
            "ownerReferences": [tree_of(&reference)],
        }})),
        None => {
            let mut references = object.meta().owner_references.clone();
            put(&mut references, reference);
            whole(object, &references)
        }
    };
    let options = PatchOptions::default();
    api.patch(&object.meta().name, &patch, &options).await
}

/// Lets an object out of an owner's control, on the server; none when it is gone.
///
/// # Errors
/// `is_conflict()` when an object of a custom kind has changed; else as for
/// every request.
pub async fn release<O: Object, K: Object>(
    api: &Api<K>,
    owner: &O,
    object: &K,
) -> Result<Option<Arc<K>>, Error> {
    let uid = &owner.meta().uid;
    let built_in = K::type_id().is_some();
    let patch = if built_in {
        Patch::Strategic(json!({"metadata": {
            "uid": object.meta().uid.as_str(),
            "ownerReferences": [{"$patch": "delete", "uid": uid.as_str()}],
        }}))
    } else {
        let mut references = object.meta().owner_references.clone();
        references.retain(|reference| reference.uid != *uid);
        whole(object, &references)
    };
    let options = PatchOptions::default();
    match api.patch(&object.meta().name, &patch, &options).await {
        Ok(object) => Ok(Some(object)),
        Err(error) if error.is_not_found() => Ok(None),
        // Another object of its name, or no owner left: no longer ours in any case.
        Err(error) if built_in && (error.is_conflict() || error.is_invalid()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Lists of custom kinds are not merged, so they are written whole, and only
/// onto the version that was looked at.
fn whole<K: Object>(object: &K, references: &[OwnerReference]) -> Patch {
    Patch::Merge(json!({"metadata": {
        "uid": object.meta().uid.as_str(),
        "resourceVersion": object.meta().resource_version.as_str(),
        "ownerReferences": Value::Array(references.iter().map(tree_of).collect()),
    }}))
}

fn tree_of(reference: &OwnerReference) -> Value {
    skeg_schema::message_to_value(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::{ConfigMap, Node, Pod};

    fn pod(namespace: &str, name: &str, uid: &str) -> Pod {
        let mut pod = Pod {
            metadata: ObjectMeta::named(namespace, name),
            ..Pod::default()
        };
        uid.clone_into(&mut pod.metadata.uid);
        pod
    }

    fn map() -> ConfigMap {
        ConfigMap {
            metadata: ObjectMeta::named("a", "m"),
            ..ConfigMap::default()
        }
    }

    #[test]
    fn one_controller_and_several_owners() {
        let (first, second) = (pod("a", "first", "1"), pod("a", "second", "2"));
        let mut map = map();
        set_owner_reference(&second, &mut map).expect("owned");
        set_controller_reference(&first, &mut map).expect("controlled");
        set_controller_reference(&first, &mut map).expect("controlled by the same");
        assert_eq!(map.metadata.owner_references.len(), 2);
        let refused = set_controller_reference(&second, &mut map).expect_err("it has one");
        assert_eq!(
            refused.to_string(),
            "ConfigMap m is controlled by Pod first already"
        );
        assert!(is_controlled_by(&map.metadata, "1") && has_owner(&map.metadata, &second));
        assert!(remove_owner_reference(&first, &mut map));
        assert!(!remove_owner_reference(&first, &mut map));
        set_controller_reference(&second, &mut map).expect("free again");
        assert_eq!(map.metadata.owner_references.len(), 1);
    }

    #[test]
    fn namespaces_are_not_crossed() {
        let refused = set_controller_reference(&pod("b", "p", "1"), &mut map());
        assert!(matches!(refused, Err(OwnerError::OtherNamespace { .. })));
        let mut node = Node {
            metadata: ObjectMeta::named("", "n"),
            ..Node::default()
        };
        let refused = set_controller_reference(&pod("b", "p", "1"), &mut node);
        assert!(matches!(refused, Err(OwnerError::OtherNamespace { .. })));
        let refused = set_controller_reference(&node, &mut map());
        assert_eq!(refused, Err(OwnerError::NoUid("Node n".to_owned())));
        node.metadata.uid = "n1".to_owned();
        set_controller_reference(&node, &mut map()).expect("of the whole cluster");
    }
}
