//! Finalizers: an object stays until what belongs to it outside is gone too.

use std::sync::Arc;

use skeg_client::{Api, BoxError, Error, Patch, PatchOptions};
use skeg_meta::Object;
use skeg_schema::{Value, json};

use crate::controller::{Next, ReconcileError};

/// How often a write that came too late is tried again at once.
const TRIES: usize = 5;

/// What is to be done about an object that has a finalizer.
#[derive(Clone, Debug)]
pub enum Finalize<K> {
    /// It is there: bring about what it asks for. The finalizer is in place.
    Apply(Arc<K>),
    /// It is being deleted: take away what belongs to it. Once that is
    /// [done](Next::Done) the finalizer goes, and the object with the last of them.
    Cleanup(Arc<K>),
}

/// Why a reconcile with a finalizer failed.
#[derive(Debug, thiserror::Error)]
pub enum FinalizerError {
    /// The finalizer could not be put in.
    #[error("cannot add the finalizer")]
    Add(#[source] Error),
    /// The finalizer could not be taken out.
    #[error("cannot remove the finalizer")]
    Remove(#[source] Error),
}

/// Reconciles an object that needs something done before it goes.
///
/// Makes sure that the finalizer is in place before `reconcile` is asked to
/// [`Finalize::Apply`], and takes it out after `reconcile` has answered
/// [`Finalize::Cleanup`] by `Ok(Next::Done)`. `Ok(Next::After(_))` keeps it: the
/// cleanup goes on later. Both may be asked again and must be idempotent. An
/// object that is being deleted and has no such finalizer is left alone.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use skeg_api::core::v1::ConfigMap;
/// # use skeg_client::Api;
/// # use skeg_runtime::{Finalize, Next, ReconcileError, finalize};
/// # async fn make_bucket(_: &ConfigMap) -> Result<(), std::io::Error> { Ok(()) }
/// # async fn drop_bucket(_: &ConfigMap) -> Result<(), std::io::Error> { Ok(()) }
/// async fn reconcile(api: Api<ConfigMap>, map: Arc<ConfigMap>) -> Result<Next, ReconcileError> {
///     finalize(&api, "example.com/bucket", map, |event| async move {
///         match event {
///             Finalize::Apply(map) => make_bucket(&map).await?,
///             Finalize::Cleanup(map) => drop_bucket(&map).await?,
///         }
///         Ok::<_, ReconcileError>(Next::Done)
///     })
///     .await
/// }
/// ```
///
/// # Errors
/// `reconcile` failed, or the finalizer could not be put in or taken out.
pub async fn finalize<K, F, R, E>(
    api: &Api<K>,
    finalizer: &str,
    object: Arc<K>,
    reconcile: F,
) -> Result<Next, ReconcileError>
where
    K: Object,
    F: FnOnce(Finalize<K>) -> R,
    R: Future<Output = Result<Next, E>>,
    E: Into<BoxError>,
{
    let has = has_finalizer(&*object, finalizer);
    let outcome = match (object.meta().is_deleting(), has) {
        (true, false) => return Ok(Next::Done),
        (true, true) => {
            let cleaned = reconcile(Finalize::Cleanup(Arc::clone(&object))).await;
            match cleaned.map_err(ReconcileError::from_any)? {
                Next::Done => {}
                // What is to go takes its time.
                later => return Ok(later),
            }
            let removed = remove_finalizer(api, &*object, finalizer).await;
            removed.map_err(FinalizerError::Remove)?;
            return Ok(Next::Done);
        }
        (false, true) => reconcile(Finalize::Apply(object)).await,
        (false, false) => {
            let added = add_finalizer(api, object, finalizer).await;
            match added.map_err(FinalizerError::Add)? {
                Some(object) => reconcile(Finalize::Apply(object)).await,
                // It went in the meantime, and left nothing.
                None => return Ok(Next::Done),
            }
        }
    };
    outcome.map_err(ReconcileError::from_any)
}

/// Whether an object has a finalizer.
#[must_use]
pub fn has_finalizer<K: Object>(object: &K, finalizer: &str) -> bool {
    object
        .meta()
        .finalizers
        .iter()
        .any(|there| there == finalizer)
}

/// Puts a finalizer in; the object with it, or none when the object is gone,
/// is being deleted, or another has its name now.
///
/// # Errors
/// As for every request.
pub async fn add_finalizer<K: Object>(
    api: &Api<K>,
    object: Arc<K>,
    finalizer: &str,
) -> Result<Option<Arc<K>>, Error> {
    let uid = object.meta().uid.clone();
    change(api, object, |object| {
        let meta = object.meta();
        if meta.uid != uid || meta.is_deleting() {
            return Change::Gone;
        }
        if has_finalizer(object, finalizer) {
            return Change::None;
        }
        let there = meta.finalizers.iter().map(String::as_str);
        Change::To(there.chain([finalizer]).map(Value::from).collect())
    })
    .await
}

/// Takes a finalizer out; the object without it, or none when the object is gone.
///
/// # Errors
/// As for every request.
pub async fn remove_finalizer<K: Object>(
    api: &Api<K>,
    object: &K,
    finalizer: &str,
) -> Result<Option<Arc<K>>, Error> {
    let uid = object.meta().uid.clone();
    change(api, Arc::new(object.clone()), |object| {
        if object.meta().uid != uid {
            return Change::Gone;
        }
        if !has_finalizer(object, finalizer) {
            return Change::None;
        }
        let others = object.meta().finalizers.iter();
        let others = others.filter(|there| *there != finalizer);
        Change::To(others.map(|other| Value::from(other.as_str())).collect())
    })
    .await
}

enum Change {
    To(Vec<Value>),
    None,
    Gone,
}

/// Changes an object's finalizers. Others may do so too, so the write holds
/// only for the version that was looked at.
async fn change<K: Object>(
    api: &Api<K>,
    mut object: Arc<K>,
    wanted: impl Fn(&K) -> Change,
) -> Result<Option<Arc<K>>, Error> {
    // Over all namespaces there is no path to one object.
    let api = match api.namespace() {
        Some(_) => api.clone(),
        None => Api::namespaced(api.client().clone(), object.meta().namespace.as_str()),
    };
    let mut tries = TRIES;
    loop {
        let finalizers = match wanted(&object) {
            Change::To(finalizers) => finalizers,
            Change::None => return Ok(Some(object)),
            Change::Gone => return Ok(None),
        };
        let meta = object.meta();
        let patch = Patch::Merge(json!({"metadata": {
            "uid": meta.uid.as_str(),
            "resourceVersion": meta.resource_version.as_str(),
            "finalizers": Value::Array(finalizers),
        }}));
        let name = meta.name.clone();
        match api.patch(&name, &patch, &PatchOptions::default()).await {
            Ok(object) => return Ok(Some(object)),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.is_conflict() && tries > 1 => {
                tries -= 1;
                match api.get_opt(&name).await? {
                    Some(newer) => object = newer,
                    None => return Ok(None),
                }
            }
            Err(error) => return Err(error),
        }
    }
}
