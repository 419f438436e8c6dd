//! Making objects what they should be, and writing only what differs.

use std::sync::Arc;

use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::Object;
use skeg_schema::{Object as Tree, Value};

/// What had to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ensured {
    /// Nothing: the object was as it should be.
    Unchanged,
    /// The object was not there.
    Created,
    /// The object was changed.
    Updated,
    /// Only its status was changed.
    StatusUpdated,
    /// The object was changed, and its status as well.
    BothUpdated,
}

/// Why an object is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum EnsureError {
    /// A request failed.
    #[error(transparent)]
    Client(#[from] Error),
    /// The change made another object of it.
    #[error("the change renamed {0}")]
    Renamed(String),
    /// The change refused.
    #[error("cannot say what the object should be")]
    Change(#[source] skeg_client::BoxError),
}

fn renamed<K: Object>(before: &K, after: &K) -> Result<(), EnsureError> {
    let (before, after) = (before.meta(), after.meta());
    if before.name != after.name || before.namespace != after.namespace {
        return Err(EnsureError::Renamed(before.name.clone()));
    }
    Ok(())
}

/// The API of an object's own namespace.
fn api_of<K: Object>(api: &Api<K>, object: &K) -> Api<K> {
    match api.namespace() {
        Some(_) => api.clone(),
        None => Api::namespaced(api.client().clone(), object.meta().namespace.as_str()),
    }
}

/// Creates an object, or changes the one that is there, by the same function.
///
/// `object` names it; `change` makes it what it should be, whether it is new
/// or was read from the server. Nothing is written when nothing differs. The
/// whole object is written: [`create_or_patch`] leaves alone what others
/// change meanwhile.
///
/// `change` should set the fields that it is about, one by one: a spec put in
/// place of the whole takes away what the server has filled in, and so differs,
/// and is written, at every call. For whole specs there is
/// [`Api::apply`](skeg_client::Api::apply), which owns only what it says.
///
/// ```no_run
/// # use skeg_api::core::v1::ConfigMap;
/// # use skeg_client::Api;
/// # use skeg_meta::ObjectMeta;
/// # use skeg_runtime::{EnsureError, Ensured, create_or_update};
/// # async fn example(api: Api<ConfigMap>) -> Result<(), EnsureError> {
/// let map = ConfigMap { metadata: ObjectMeta::named("shop", "settings"), ..Default::default() };
/// let (map, ensured) = create_or_update(&api, map, |map| {
///     map.data.insert("colour".to_owned(), "green".to_owned());
///     Ok(())
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A request failed (`is_conflict()` when another wrote at the same time), or
/// the change refused.
pub async fn create_or_update<K: Object>(
    api: &Api<K>,
    object: K,
    change: impl FnOnce(&mut K) -> Result<(), skeg_client::BoxError>,
) -> Result<(Arc<K>, Ensured), EnsureError> {
    let api = api_of(api, &object);
    let Some(there) = api.get_opt(&object.meta().name).await? else {
        let mut new = object;
        change(&mut new).map_err(EnsureError::Change)?;
        return Ok((api.create(new).await?, Ensured::Created));
    };
    let mut wanted = (*there).clone();
    change(&mut wanted).map_err(EnsureError::Change)?;
    renamed(&*there, &wanted)?;
    if there.to_tree() == wanted.to_tree() {
        return Ok((there, Ensured::Unchanged));
    }
    Ok((api.update(wanted).await?, Ensured::Updated))
}

/// As [`create_or_update`], though of an object that is there only what the
/// function changes is written: the status as the status, the rest as the rest.
///
/// # Errors
/// As [`create_or_update`]; there are no conflicts.
pub async fn create_or_patch<K: Object>(
    api: &Api<K>,
    object: K,
    change: impl FnOnce(&mut K) -> Result<(), skeg_client::BoxError>,
) -> Result<(Arc<K>, Ensured), EnsureError> {
    let api = api_of(api, &object);
    let options = PatchOptions::default();
    let name = object.meta().name.clone();
    let Some(there) = api.get_opt(&name).await? else {
        let mut new = object;
        change(&mut new).map_err(EnsureError::Change)?;
        let mut wanted = new.to_tree();
        let created = api.create(new).await?;
        // A status is not written by a create, where it is a subresource.
        let wanted = status_of(&mut wanted);
        let patch = difference(&status_of(&mut created.to_tree()), &wanted);
        let object = match patch {
            Some(patch) => patch_status(&api, &name, patch).await?,
            None => created,
        };
        return Ok((object, Ensured::Created));
    };
    let mut wanted = (*there).clone();
    change(&mut wanted).map_err(EnsureError::Change)?;
    renamed(&*there, &wanted)?;
    let (mut before, mut after) = (there.to_tree(), wanted.to_tree());
    let status = difference(&status_of(&mut before), &status_of(&mut after));
    let rest = difference(&before, &after);
    let ensured = match (&rest, &status) {
        (None, None) => Ensured::Unchanged,
        (Some(_), None) => Ensured::Updated,
        (None, Some(_)) => Ensured::StatusUpdated,
        (Some(_), Some(_)) => Ensured::BothUpdated,
    };
    let mut object = there;
    if let Some(rest) = rest {
        object = api.patch(&name, &Patch::Merge(rest), &options).await?;
    }
    if let Some(status) = status {
        object = patch_status(&api, &name, status).await?;
    }
    Ok((object, ensured))
}

/// Writes what differs between the statuses of two versions of an object; none
/// when nothing does. What others write into the status meanwhile is left alone.
///
/// # Errors
/// As for every request.
pub async fn patch_status_if_changed<K: Object>(
    api: &Api<K>,
    old: &K,
    new: &K,
) -> Result<Option<Arc<K>>, Error> {
    let api = api_of(api, new);
    let before = status_of(&mut old.to_tree());
    match difference(&before, &status_of(&mut new.to_tree())) {
        None => Ok(None),
        Some(patch) => Ok(Some(patch_status(&api, &new.meta().name, patch).await?)),
    }
}

/// Writes an object's status by an update, which fails when the object has
/// changed since it was read; none when its status is as in `old`.
///
/// # Errors
/// `is_conflict()` when the object has changed; else as for every request.
pub async fn update_status_if_changed<K: Object>(
    api: &Api<K>,
    old: &K,
    new: K,
) -> Result<Option<Arc<K>>, Error> {
    if status_of(&mut old.to_tree()) == status_of(&mut new.to_tree()) {
        return Ok(None);
    }
    Ok(Some(api_of(api, &new).update_part("status", new).await?))
}

async fn patch_status<K: Object>(api: &Api<K>, name: &str, patch: Value) -> Result<Arc<K>, Error> {
    let mut body = Tree::new();
    body.insert("status", patch);
    let patch = Patch::Merge(Value::Object(body));
    // Whether the kind has a status is known only to those who ask for one.
    api.patch_part(name, "status", &patch, &PatchOptions::default())
        .await
}

/// Takes the status out of an object's tree; empty where there is none.
fn status_of(tree: &mut Value) -> Value {
    let status = tree.as_object_mut().and_then(|tree| tree.remove("status"));
    let status = status.filter(|status| !status.is_null());
    status.unwrap_or_else(Value::object)
}

/// The merge patch that makes one object of another; none when nothing differs.
fn difference(old: &Value, new: &Value) -> Option<Value> {
    let patch = skeg_client::diff::merge(old, new);
    let differs = patch.as_object().is_some_and(|patch| !patch.is_empty());
    differs.then_some(patch)
}
