//! Deleting objects: grace, finalizers, what happens to dependents.

use skeg_meta::{SharedObject, Status, StatusDetails, Time};
use skeg_registry::strategy::{self, GarbageCollection, Grace};
use skeg_schema::Value;
use skeg_store::{Expect, Key, Revision};

use super::update::{Live, read_live};
use super::{WriteCx, check_name, fate, meta_text, settle, stored_object};
use crate::error::{Error, Result};
use crate::options::{DeleteOptions, Propagation};
use crate::served::Served;

/// Dependents lose their owner.
const ORPHAN: &str = "orphan";
/// Dependents go first.
const FOREGROUND: &str = "foregroundDeletion";
/// Lost races after which a deletion gives up.
const ATTEMPTS_MAX: usize = 64;

/// What became of a deletion.
pub(crate) enum Deleted {
    /// The object as it is now, or as it last was.
    Object(SharedObject),
    /// It is gone; a Status says which one it was.
    Status(Box<Status>),
}

/// Deletes one object.
pub(crate) async fn delete(
    served: &Served,
    cx: &mut WriteCx<'_>,
    options: &DeleteOptions,
) -> Result<Deleted> {
    let (group, resource) = served.group_resource();
    check_name(cx.name)?;
    let key = served.key_of(cx.namespace, cx.name);
    if options.ignore_read_error {
        return delete_unread(served, cx, &key).await;
    }
    let policy_given = options.propagation.is_some() || options.orphan_dependents.is_some();
    for attempt_number in 0..ATTEMPTS_MAX {
        let Some(live) = read_live(served, cx, &key).await? else {
            return Err(Error::not_found(group, resource, cx.name));
        };
        let old = live.object.value();
        if attempt_number == 0 {
            cx.warnings.extend(
                served
                    .resource
                    .strategy
                    .warnings_on_delete(&old, policy_given),
            );
        }
        check_preconditions(served, cx, options, &live)?;
        crate::admit::delete(served, cx, options, &old).await?;
        if let Some(outcome) = attempt(served, cx, options, &live, &key).await? {
            return Ok(outcome);
        }
    }
    Err(Error::conflict(
        group,
        resource,
        cx.name,
        "the object was changed too often",
    ))
}

/// Takes an object out of the store that cannot be read, past finalizers and whoever
/// admits deletions (KEP-3926).
async fn delete_unread(served: &Served, cx: &WriteCx<'_>, key: &str) -> Result<Deleted> {
    let (group, resource) = served.group_resource();
    let store = &cx.server.inner.store;
    for _ in 0..ATTEMPTS_MAX {
        let expect = match store.get(key.as_bytes(), skeg_store::LATEST).await {
            Ok(None) => return Err(Error::not_found(group, resource, cx.name)),
            Ok(Some(kv)) => {
                let readable = match super::read::decoded(served, key, &kv) {
                    Ok(object) => served.viewed(cx.server, &object).await.is_ok(),
                    Err(_) => false,
                };
                if readable {
                    return Err(Error::conflict(
                        group,
                        resource,
                        cx.name,
                        &format!(
                            "StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: unsafe deletion is not allowed because the object is decodable from storage"
                        ),
                    ));
                }
                Expect::ModRevision(kv.mod_revision)
            }
            // Its revision is not known then.
            Err(skeg_store::Error::Encryption { .. }) => Expect::Present,
            Err(error) => return Err(Error::from_store(error)),
        };
        let done = || {
            Deleted::Status(Box::new(Status {
                status: "Success".to_owned(),
                code: 200,
                details: Some(StatusDetails {
                    kind: served.resource.desc.kind.to_owned(),
                    name: cx.name.to_owned(),
                    ..Default::default()
                }),
                ..Default::default()
            }))
        };
        if cx.dry_run {
            return Ok(done());
        }
        match store.delete_if(Key::from(key), expect).await {
            Ok(committed) => {
                if let Some(cacher) = &served.cacher {
                    cacher.wait_for_own(committed.revision).await;
                }
                return Ok(done());
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(Error::from_store(error)),
        }
    }
    let why = "the object was changed too often";
    Err(Error::conflict(group, resource, cx.name, why))
}

fn check_preconditions(
    served: &Served,
    cx: &WriteCx<'_>,
    options: &DeleteOptions,
    live: &Live,
) -> Result<()> {
    let desc = served.resource.desc;
    let found = live.object.uid();
    let version = live.kv.mod_revision.to_string();
    if matches!(desc.resource, "namespaces" | "customresourcedefinitions") {
        // These two are compared by upstream's storage of their own, with other words.
        let pairs = [
            ("UID", options.uid.as_deref(), found),
            (
                "ResourceVersion",
                options.resource_version.as_deref(),
                &*version,
            ),
        ];
        for (what, asked, found) in pairs {
            if let Some(asked) = asked.filter(|asked| *asked != found) {
                let words = format!(
                    "precondition failed: {what} in precondition: {asked}, {what} in object meta: {found}"
                );
                return Err(Error::conflict(desc.group, desc.resource, cx.name, &words));
            }
        }
        return Ok(());
    }
    // Upstream names the kind here, not the resource.
    let conflict = |text: String| Error::conflict(desc.group, desc.kind, cx.name, &text);
    if let Some(uid) = options.uid.as_deref().filter(|uid| *uid != found) {
        return Err(conflict(format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({found}). The object might have been deleted and then recreated"
        )));
    }
    let asked = options.resource_version.as_deref();
    if let Some(asked) = asked.filter(|asked| *asked != version) {
        return Err(conflict(format!(
            "the ResourceVersion in the precondition ({asked}) does not match the ResourceVersion in record ({version}). The object might have been modified"
        )));
    }
    Ok(())
}

/// The answer about an object that is gone.
fn gone(served: &Served, object: &SharedObject) -> Deleted {
    if served.resource.strategy.returns_object_on_delete() {
        return Deleted::Object(object.clone());
    }
    let (group, resource) = served.group_resource();
    Deleted::Status(Box::new(Status {
        status: "Success".to_owned(),
        details: Some(StatusDetails {
            group: group.to_owned(),
            kind: resource.to_owned(),
            name: object.name().to_owned(),
            uid: object.uid().to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }))
}

enum Graceful {
    /// Delete at once.
    No,
    /// The object was marked and waits so long.
    Yes(i64),
    /// It was marked before; nothing changes.
    Pending,
}

/// Marks `obj` for a graceful deletion, if its kind has that.
fn begin_graceful(
    served: &Served,
    cx: &WriteCx<'_>,
    options: &DeleteOptions,
    obj: &mut Value,
) -> Graceful {
    // Who asks for less than nothing means soon, not at once.
    let wanted = options.grace_period_seconds;
    let wanted = wanted.map(|seconds| if seconds < 0 { 1 } else { seconds });
    let asked = strategy::DeleteOptions {
        grace_period_seconds: wanted,
    };
    let strategy = &served.resource.strategy;
    let marked = !meta_text(obj, "deletionTimestamp").is_empty();
    if marked {
        let grace = obj["metadata"]["deletionGracePeriodSeconds"]
            .as_i64()
            .unwrap_or(0);
        if grace == 0 {
            return Graceful::No;
        }
        return match wanted {
            Some(shorter) if shorter < grace => {
                shorten(obj, grace, shorter);
                Graceful::Yes(shorter)
            }
            _ => Graceful::Pending,
        };
    }
    let Grace::Seconds(seconds) = strategy.graceful_delete(&cx.ctx(), obj, &asked) else {
        return Graceful::No;
    };
    obj.set_at(&["metadata", "deletionTimestamp"], later(cx.now, seconds));
    obj.set_at(&["metadata", "deletionGracePeriodSeconds"], seconds);
    count_generation(obj);
    strategy.begin_deletion(&cx.ctx(), obj);
    Graceful::Yes(seconds)
}

fn later(time: Time, seconds: i64) -> String {
    let moved = time
        .0
        .saturating_add(jiff::SignedDuration::from_secs(seconds));
    moved.map_or(time, Time).to_string()
}

fn shorten(obj: &mut Value, grace: i64, shorter: i64) {
    if let Ok(at) = meta_text(obj, "deletionTimestamp").parse::<Time>() {
        obj.set_at(
            &["metadata", "deletionTimestamp"],
            later(at, shorter - grace),
        );
    }
    obj.set_at(&["metadata", "deletionGracePeriodSeconds"], shorter);
}

fn count_generation(obj: &mut Value) {
    let generation = obj["metadata"]["generation"].as_i64().unwrap_or(0);
    if generation > 0 {
        obj.set_at(&["metadata", "generation"], generation + 1);
    }
}

/// The finalizers that the wanted handling of dependents asks for; `None`:
/// they are as they should be.
fn finalizers_for(served: &Served, options: &DeleteOptions, obj: &Value) -> Option<Vec<Value>> {
    let default = served.resource.strategy.default_garbage_collection(obj);
    if default == GarbageCollection::Unsupported {
        return None;
    }
    let present: Vec<Value> = obj["metadata"]["finalizers"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let has = |name: &str| present.iter().any(|f| f.as_str() == Some(name));
    let (orphan, foreground) = match (options.orphan_dependents, options.propagation) {
        (Some(orphan), _) => (orphan, false),
        (None, Some(Propagation::Orphan)) => (true, false),
        (None, Some(Propagation::Background)) => (false, false),
        (None, Some(Propagation::Foreground)) => (false, true),
        (None, None) if has(ORPHAN) => (true, false),
        (None, None) if has(FOREGROUND) => (false, true),
        (None, None) => (default == GarbageCollection::Orphan, false),
    };
    if orphan == has(ORPHAN) && foreground == has(FOREGROUND) {
        return None;
    }
    let mut wanted: Vec<Value> = present
        .into_iter()
        .filter(|f| !matches!(f.as_str(), Some(ORPHAN | FOREGROUND)))
        .collect();
    if orphan {
        wanted.push(Value::from(ORPHAN));
    }
    if foreground {
        wanted.push(Value::from(FOREGROUND));
    }
    Some(wanted)
}

fn set_finalizers(obj: &mut Value, finalizers: Vec<Value>) {
    if finalizers.is_empty() {
        obj.remove_at(&["metadata", "finalizers"]);
    } else {
        obj.set_at(&["metadata", "finalizers"], Value::Array(finalizers));
    }
}

/// One round. `None`: somebody else was first.
async fn attempt(
    served: &Served,
    cx: &mut WriteCx<'_>,
    options: &DeleteOptions,
    live: &Live,
    key: &str,
) -> Result<Option<Deleted>> {
    let mut obj = (*live.object.value()).clone();
    let marked = !meta_text(&obj, "deletionTimestamp").is_empty();
    if marked && served.resource.strategy.holds_deletion(&obj) {
        // Whoever asks again changes nothing.
        return Ok(Some(Deleted::Object(live.object.clone())));
    }
    if let Some(finalizer) = served.resource.strategy.deletion_finalizer()
        && meta_text(&obj, "deletionTimestamp").is_empty()
    {
        begin_cleanup(served, cx, finalizer, &mut obj);
        return store_marked(served, cx, live, key, obj).await;
    }
    let graceful = begin_graceful(served, cx, options, &mut obj);
    if matches!(graceful, Graceful::Pending) {
        return Ok(Some(gone(served, &live.object)));
    }
    if let Some(finalizers) = finalizers_for(served, options, &obj) {
        set_finalizers(&mut obj, finalizers);
    }
    let held = obj["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|f| !f.is_empty())
        || served.resource.strategy.holds_deletion(&obj);
    let waits = match graceful {
        Graceful::Yes(seconds) => seconds > 0,
        _ => false,
    };
    if !held && !waits {
        if matches!(graceful, Graceful::Yes(_)) {
            return end_grace(served, cx, live, key, obj).await;
        }
        let removed = remove(served, cx, live, key).await?;
        return Ok(removed.map(|at| gone(served, &live.object.with_revision(at))));
    }
    if matches!(graceful, Graceful::No) {
        mark(served, cx, &mut obj);
    }
    store_marked(served, cx, live, key, obj).await
}

/// Marks an object whose kind cleans up after it.
fn begin_cleanup(served: &Served, cx: &WriteCx<'_>, finalizer: &str, obj: &mut Value) {
    obj.set_at(&["metadata", "deletionTimestamp"], cx.now.to_string());
    let mut finalizers = obj["metadata"]["finalizers"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if !finalizers.iter().any(|f| f.as_str() == Some(finalizer)) {
        finalizers.push(Value::from(finalizer));
    }
    set_finalizers(obj, finalizers);
    served.resource.strategy.begin_deletion(&cx.ctx(), obj);
}

/// An object whose kind has grace, and that gets none: everyone who watches
/// sees it marked before it goes.
async fn end_grace(
    served: &Served,
    cx: &WriteCx<'_>,
    live: &Live,
    key: &str,
    obj: Value,
) -> Result<Option<Deleted>> {
    let marked = match store_marked(served, cx, live, key, obj).await? {
        Some(Deleted::Object(object)) => object,
        other => return Ok(other),
    };
    if cx.dry_run {
        return Ok(Some(gone(served, &marked)));
    }
    for _ in 0..ATTEMPTS_MAX {
        // Whoever sees the mark may delete it too, and is welcome to.
        let live = match read_live(served, cx, key).await? {
            Some(live) if live.object.uid() == marked.uid() => live,
            _ => return Ok(Some(gone(served, &marked))),
        };
        if let Some(at) = remove(served, cx, &live, key).await? {
            return Ok(Some(gone(served, &live.object.with_revision(at))));
        }
    }
    Ok(None)
}

/// Marks an object that only its finalizers hold.
fn mark(served: &Served, cx: &WriteCx<'_>, obj: &mut Value) {
    if served.resource.strategy.holds_deletion(obj) {
        if meta_text(obj, "deletionTimestamp").is_empty() {
            obj.set_at(&["metadata", "deletionTimestamp"], cx.now.to_string());
            served.resource.strategy.begin_deletion(&cx.ctx(), obj);
        }
        return;
    }
    if obj["metadata"]["deletionGracePeriodSeconds"].is_null() {
        count_generation(obj);
    }
    if meta_text(obj, "deletionTimestamp").is_empty() {
        obj.set_at(&["metadata", "deletionTimestamp"], cx.now.to_string());
        served.resource.strategy.begin_deletion(&cx.ctx(), obj);
    }
    obj.set_at(&["metadata", "deletionGracePeriodSeconds"], 0i64);
}

async fn store_marked(
    served: &Served,
    cx: &WriteCx<'_>,
    live: &Live,
    key: &str,
    mut obj: Value,
) -> Result<Option<Deleted>> {
    let bytes = served.stored_bytes(cx.server, &mut obj).await?;
    if bytes == live.kv.value {
        return Ok(Some(Deleted::Object(live.object.clone())));
    }
    if cx.dry_run {
        let object = served.object(obj, live.kv.mod_revision);
        return Ok(Some(Deleted::Object(object)));
    }
    let store = &cx.server.inner.store;
    let expect = Expect::ModRevision(live.kv.mod_revision);
    match store
        .put_if(Key::from(key), bytes.clone(), expect, live.kv.lease)
        .await
    {
        Ok(revision) => {
            let stored = stored_object(served, bytes, revision)?;
            settle(served, &stored, revision).await;
            let object = served.viewed(cx.server, &stored).await?;
            Ok(Some(Deleted::Object(object)))
        }
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(Error::from_store(error)),
    }
}

/// Takes an object out of the store; answers the revision of that. `None`:
/// somebody else was first.
pub(super) async fn remove(
    served: &Served,
    cx: &WriteCx<'_>,
    live: &Live,
    key: &str,
) -> Result<Option<Revision>> {
    if cx.dry_run {
        return Ok(Some(live.kv.mod_revision));
    }
    let hooks = served.resource.strategy.hooks();
    let finish = hooks.map(|hooks| hooks.begin_delete(&live.object.value()));
    let removal = fate::Removal {
        key: Key::from(key),
        expect: Expect::ModRevision(live.kv.mod_revision),
    };
    match fate::remove(cx.server, served, removal, finish).await {
        Ok(committed) => {
            if let Some(cacher) = &served.cacher {
                cacher.wait_for_own(committed.revision).await;
            }
            if let Some(hooks) = hooks {
                hooks.after_delete(&cx.ctx(), &live.object.value()).await;
            }
            Ok(Some(committed.revision))
        }
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(Error::from_store(error)),
    }
}
