//! Conversion between the versions of a custom kind.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::FutureExt as _;
use skeg_meta::Object;
use skeg_schema::{Value, json};

use super::admission::Subject;
use super::review::{Reviewer, Trouble, guarded, request_of};

type Convert = Arc<dyn Fn(Value) -> Result<Value, String> + Send + Sync>;

/// How the versions of a kind become each other: each by way of one version,
/// the hub `H`, which knows all that any of them knows.
///
/// Versions are structs with `From` or `TryFrom` both ways. Metadata is kept
/// as it is, but for labels and annotations, which a conversion may change.
///
/// ```
/// use skeg_api::autoscaling::{v1, v2};
/// # use skeg_meta::Object;
/// # use skeg_runtime::webhook::Conversion;
/// # fn conversion<New: Object + TryFrom<Old>, Old: Object + TryFrom<New>>() -> Conversion<New>
/// # where <New as TryFrom<Old>>::Error: std::fmt::Display, <Old as TryFrom<New>>::Error: std::fmt::Display {
/// Conversion::<New>::hub().version::<Old>()
/// # }
/// ```
pub struct Conversion<H> {
    /// By API version: to the hub, and from it.
    versions: BTreeMap<String, (Convert, Convert)>,
    hub: PhantomData<fn() -> H>,
}

impl<H> Clone for Conversion<H> {
    fn clone(&self) -> Self {
        Self {
            versions: self.versions.clone(),
            hub: PhantomData,
        }
    }
}

impl<H> fmt::Debug for Conversion<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversion")
            .field("versions", &self.versions.keys())
            .finish_non_exhaustive()
    }
}

/// What converts one version into another, by way of their structs.
fn converter<A, B>() -> Convert
where
    A: Object,
    B: Object + TryFrom<A>,
    <B as TryFrom<A>>::Error: fmt::Display,
{
    Arc::new(|tree| {
        let from = A::GVK.api_version();
        let object =
            A::of_tree(tree).map_err(|error| format!("cannot read it as {from}: {error}"))?;
        B::try_from(object)
            .map(|converted| converted.to_tree())
            .map_err(|error| {
                let to = B::GVK.api_version();
                format!("cannot convert it from {from} to {to}: {error}")
            })
    })
}

impl<H: Object> Conversion<H> {
    /// The hub by itself.
    #[must_use]
    pub fn hub() -> Self {
        let same: Convert = Arc::new(Ok);
        Self {
            versions: BTreeMap::from([(H::GVK.api_version(), (Arc::clone(&same), same))]),
            hub: PhantomData,
        }
    }

    /// Another version, which becomes the hub's and is made of it.
    #[must_use]
    pub fn version<K>(mut self) -> Self
    where
        K: Object + TryFrom<H>,
        H: TryFrom<K>,
        <K as TryFrom<H>>::Error: fmt::Display,
        <H as TryFrom<K>>::Error: fmt::Display,
    {
        self.versions.insert(
            K::GVK.api_version(),
            (converter::<K, H>(), converter::<H, K>()),
        );
        self
    }

    /// One object in another version.
    ///
    /// # Errors
    /// A version is not known, or the object cannot be converted.
    pub fn convert(&self, object: &Value, to: &str) -> Result<Value, String> {
        let from = object["apiVersion"].as_str().unwrap_or_default();
        let metadata = &object["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        let told = |error: String| match metadata["namespace"].as_str() {
            Some(namespace) => format!("{} {namespace}/{name}: {error}", H::GVK.kind),
            None => format!("{} {name}: {error}", H::GVK.kind),
        };
        if object["kind"] != *H::GVK.kind {
            return Err(told(format!(
                "is a {}, not a {}",
                object["kind"],
                H::GVK.kind
            )));
        }
        if from == to {
            return Ok(object.clone());
        }
        let known = |version: &str| {
            self.versions
                .get(version)
                .ok_or_else(|| told(format!("the version {version} is not known")))
        };
        let ((to_hub, _), (_, from_hub)) = (known(from)?, known(to)?);
        let mut made = to_hub(object.clone())
            .and_then(|hub| from_hub(hub))
            .map_err(told)?;
        made.set_at(&["apiVersion"], to);
        keep_metadata(metadata, &mut made);
        Ok(made)
    }

    pub(super) fn reviewer(self) -> Reviewer {
        let conversion = Arc::new(self);
        Arc::new(move |body| {
            let conversion = Arc::clone(&conversion);
            async move { conversion.review(body).await }.boxed()
        })
    }

    async fn review(&self, mut body: Value) -> Result<Value, Trouble> {
        let mut request = request_of(&mut body, "ConversionReview", "apiextensions.k8s.io")?;
        let uid = request["uid"].clone();
        let to = request["desiredAPIVersion"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let Some(Value::Array(objects)) = request.get_mut("objects").map(Value::take) else {
            return Err((400, "a ConversionReview without objects".to_owned()));
        };
        let converted = guarded(async {
            objects
                .iter()
                .map(|object| self.convert(object, &to))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
        let response = match converted {
            Ok(objects) => json!({
                "uid": uid, "convertedObjects": objects, "result": {"status": "Success"},
            }),
            Err(message) => json!({
                "uid": uid, "convertedObjects": [],
                "result": {"status": "Failure", "message": message},
            }),
        };
        Ok(json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "response": response,
        }))
    }
}

/// Gives a converted object the metadata it came with, but for labels and
/// annotations: the server refuses every other change.
fn keep_metadata(old: &Value, made: &mut Value) {
    let mut metadata = old.clone();
    for free in ["labels", "annotations"] {
        let said = made["metadata"][free].clone();
        if let Some(members) = metadata.as_object_mut() {
            if said.is_null() {
                members.remove(free);
            } else {
                members.insert(free, said);
            }
        }
    }
    if let Some(members) = made.as_object_mut() {
        members.insert("metadata", metadata);
    }
}
