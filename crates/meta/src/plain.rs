//! Users' own structs as objects.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skeg_schema::Value;

use crate::{Object, ObjectError};

/// Makes a struct of one's own an [`Object`](crate::Object), so that the API,
/// informers and controllers take it: a struct with a field `metadata:
/// ObjectMeta` and serde. It may be a part of a kind that matters to its
/// program, or a kind of which there is no other struct; for a kind of one's
/// own there is `#[derive(CustomResource)]`.
///
/// Group, version, kind, plural, and whether its objects live in namespaces:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use skeg_meta::{Object, ObjectMeta};
///
/// #[derive(Clone, Debug, Serialize, Deserialize)]
/// struct Certificate {
///     metadata: ObjectMeta,
///     spec: CertificateSpec,
/// }
///
/// #[derive(Clone, Debug, Serialize, Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct CertificateSpec {
///     secret_name: String,
/// }
///
/// skeg_meta::serde_object!(Certificate, "cert-manager.io", "v1", "Certificate", "certificates", true);
///
/// let tree = skeg_schema::json!({"metadata": {"name": "a"}, "spec": {"secretName": "s", "other": 1}});
/// let certificate = Certificate::from_tree(tree)?;
/// assert_eq!(certificate.spec.secret_name, "s");
/// assert_eq!(certificate.to_tree()["kind"], "Certificate");
/// # Ok::<(), skeg_meta::ObjectError>(())
/// ```
///
/// Fields that the struct does not have are lost when it is read, so that such
/// a struct must not be used with `update`; patches and applies are safe.
#[macro_export]
macro_rules! serde_object {
    ($name:ty, $group:literal, $version:literal, $kind:literal, $plural:literal, $namespaced:literal $(,)?) => {
        impl $crate::Object for $name {
            const GVK: $crate::GroupVersionKind =
                $crate::GroupVersionKind::of($group, $version, $kind);
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = $namespaced;

            fn type_id() -> ::std::option::Option<$crate::schema::TypeId> {
                // Built-in kinds travel as protobuf whatever struct they end in.
                $crate::schema::TypeId::by_gvk($group, $version, $kind)
            }
            fn meta(&self) -> &$crate::ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut $crate::ObjectMeta {
                &mut self.metadata
            }
            fn to_tree(&self) -> $crate::schema::Value {
                $crate::plain::to_tree(self)
            }
            fn from_tree(
                tree: $crate::schema::Value,
            ) -> ::std::result::Result<Self, $crate::ObjectError> {
                $crate::plain::from_tree(tree)
            }
            fn from_protobuf(bytes: &[u8]) -> ::std::result::Result<Self, $crate::ObjectError> {
                $crate::plain::from_protobuf(bytes)
            }
        }
    };
}

/// The tree of an object through serde. What cannot be said in JSON is left
/// out as a whole; the server then tells what is missing.
#[must_use]
pub fn to_tree<K: Object + Serialize>(object: &K) -> Value {
    let mut tree = skeg_schema::serialize_value(object).unwrap_or_else(|_| Value::object());
    if let Some(members) = tree.as_object_mut() {
        members.insert("apiVersion", K::GVK.api_version());
        members.insert("kind", &*K::GVK.kind);
    }
    tree
}

/// An object from its tree through serde.
///
/// # Errors
/// The tree does not fit the struct.
pub fn from_tree<K: Object + DeserializeOwned>(tree: Value) -> Result<K, ObjectError> {
    skeg_schema::deserialize_value(tree).map_err(ObjectError::Custom)
}

/// An object from protobuf through serde, if the kind is built in.
///
/// # Errors
/// The bytes are no such message, or do not fit the struct.
pub fn from_protobuf<K: Object + DeserializeOwned>(bytes: &[u8]) -> Result<K, ObjectError> {
    let ty = K::type_id().ok_or(ObjectError::NoProtobuf)?;
    let mut tree = skeg_schema::decode_protobuf(bytes, ty)?;
    // Structs may insist on what JSON always shows.
    skeg_schema::fill(&mut tree, ty);
    drop_nulls(&mut tree);
    K::from_tree(tree)
}

fn drop_nulls(tree: &mut Value) {
    match tree {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members
                .iter_mut()
                .for_each(|(_, member)| drop_nulls(member));
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
