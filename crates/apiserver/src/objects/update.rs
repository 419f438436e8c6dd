//! Changing an object: read, change, compare-and-swap, again if somebody else
//! was first and the request does not mind.

use skeg_auth::authz::Attributes;
use skeg_meta::SharedObject;
use skeg_schema::Value;
use skeg_store::{Expect, Key, KeyValue};
use std::sync::{Arc, OnceLock};

use super::{
    Dedup, WriteCx, Written, announce, check_name, dedup_owner_references, fate, meta_text, settle,
    stored_object,
};
use crate::admit::Operation;
use crate::error::{Error, Result};
use crate::served::Served;

/// Lost races after which a change gives up.
const ATTEMPTS_MAX: usize = 64;
/// What optimistic concurrency says.
const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

/// Makes the new tree from the live one (`None`: there is none, and the
/// request is a PUT that may create).
pub(crate) type Transform<'t> = dyn FnMut(Option<&Live>) -> Result<Value> + Send + 't;

/// How a change is made.
pub(crate) struct Change<'t> {
    /// Makes the new tree, decoded and defaulted, in the served version.
    pub transform: &'t mut Transform<'t>,
    /// An absent object may be created (PUT).
    pub create: bool,
    /// The live object's uid must be this.
    pub uid: Option<&'t str>,
}

/// The live object under a key with its exact stored value.
pub(crate) struct Live {
    pub kv: Arc<KeyValue>,
    /// In the served version.
    pub object: SharedObject,
    tree: OnceLock<Arc<Value>>,
}

impl Live {
    /// The object's tree, in which who owns what may be told by text: see
    /// [`managed_fields::unfold`](crate::managed_fields::unfold).
    pub fn tree(&self) -> &Value {
        self.tree.get_or_init(|| self.object.value_folded())
    }
}

pub(super) async fn read_live(
    served: &Served,
    cx: &WriteCx<'_>,
    key: &str,
) -> Result<Option<Live>> {
    let Some(kv) = super::read::stored(cx.server, key).await? else {
        return Ok(None);
    };
    let stored = super::read::decoded(served, key, &kv)?;
    let object = served.viewed(cx.server, &stored).await?;
    Ok(Some(Live {
        kv,
        object,
        tree: OnceLock::new(),
    }))
}

/// Changes an object.
pub(crate) async fn update(
    served: &Served,
    cx: &mut WriteCx<'_>,
    change: Change<'_>,
) -> Result<Written> {
    let may_create = change.create
        && cx.subresource.is_empty()
        && served.resource.strategy.allow_create_on_update();
    change_or_create(served, cx, change, may_create, Booked::Here).await
}

/// Changes an object by a transformation that books the ownership of fields
/// itself; of an absent object `change.create` alone says whether it is made.
pub(crate) async fn apply(
    served: &Served,
    cx: &mut WriteCx<'_>,
    change: Change<'_>,
) -> Result<Written> {
    let may_create = change.create;
    change_or_create(served, cx, change, may_create, Booked::ByTransform).await
}

/// Who books the ownership of fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Booked {
    /// These functions, after the transformation.
    Here,
    /// The transformation has done it.
    ByTransform,
}

async fn change_or_create(
    served: &Served,
    cx: &mut WriteCx<'_>,
    change: Change<'_>,
    may_create: bool,
    booked: Booked,
) -> Result<Written> {
    let (group, resource) = served.group_resource();
    check_name(cx.name)?;
    let key = served.key_of(cx.namespace, cx.name);
    let Change { transform, uid, .. } = change;
    let told = cx.warnings.len();
    for _ in 0..ATTEMPTS_MAX {
        cx.warnings.truncate(told);
        let Some(live) = read_live(served, cx, &key).await? else {
            if !may_create {
                return Err(Error::not_found(group, resource, cx.name));
            }
            if let Some(uid) = uid {
                // Who names a uid does not mean to create.
                return Err(uid_conflict(served, cx, &key, uid, ""));
            }
            let made = Box::pin(create_by_update(served, cx, transform, booked)).await;
            match made {
                // Somebody else was first: then it is theirs that is changed.
                Err(error) if !cx.dry_run && error.is_already_exists() => continue,
                made => return made,
            }
        };
        if let Some(uid) = uid.filter(|uid| *uid != live.object.uid()) {
            return Err(uid_conflict(served, cx, &key, uid, live.object.uid()));
        }
        match attempt(served, cx, transform, &live, &key, booked).await? {
            Some(written) => return Ok(written),
            None => continue,
        }
    }
    Err(Error::conflict(group, resource, cx.name, MODIFIED))
}

/// Upstream lets the words of its storage layer through here.
fn uid_conflict(served: &Served, cx: &WriteCx<'_>, key: &str, wanted: &str, found: &str) -> Error {
    let (group, resource) = served.group_resource();
    // A dry run is refused before it gets to the layer that knows where everything lies.
    let key = match cx.dry_run {
        true => super::read::plain_key(key),
        false => key,
    };
    Error::conflict(
        group,
        resource,
        cx.name,
        &format!(
            "StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}"
        ),
    )
}

async fn create_by_update(
    served: &Served,
    cx: &mut WriteCx<'_>,
    transform: &mut Transform<'_>,
    booked: Booked,
) -> Result<Written> {
    let mut new = transform(None)?;
    if cx.admission {
        may_create(served, cx).await?;
    }
    dedup_owner_references(&mut new, Dedup::AsSent, &mut cx.warnings);
    new.remove_at(&["metadata", "resourceVersion"]);
    if booked == Booked::Here {
        cx.track(served, &Value::object(), &mut new, true).await;
    }
    crate::admit::mutate(served, cx, Operation::Create, &mut new, None).await?;
    super::create::create_named(served, cx, new).await
}

/// Who changes an object that is not there must be allowed to create it.
async fn may_create(served: &Served, cx: &WriteCx<'_>) -> Result<()> {
    let desc = served.resource.desc;
    let attributes = Attributes {
        namespace: cx.namespace,
        version: desc.version,
        name: cx.name,
        ..Attributes::resource(cx.user, "create", desc.group, desc.resource)
    };
    let answer = cx.server.inner.authorizer.authorize(&attributes).await;
    if answer.allowed() {
        return Ok(());
    }
    let refusal = attributes.refusal(&answer.reason);
    Err(Error::about(
        403,
        "Forbidden",
        desc.group,
        desc.resource,
        cx.name,
        &format!("is forbidden: {refusal}"),
    ))
}

/// One round. `None`: somebody else was first.
async fn attempt(
    served: &Served,
    cx: &mut WriteCx<'_>,
    transform: &mut Transform<'_>,
    live: &Live,
    key: &str,
    booked: Booked,
) -> Result<Option<Written>> {
    let (group, resource) = served.group_resource();
    let mut new = transform(Some(live))?;
    let old = live.tree();
    if cx.verb != "patch" {
        dedup_owner_references(&mut new, Dedup::AsSent, &mut cx.warnings);
    }
    if booked == Booked::Here {
        cx.track(served, old, &mut new, false).await;
    }
    crate::admit::mutate(served, cx, Operation::Update, &mut new, Some(old)).await?;
    dedup_owner_references(&mut new, Dedup::Admitted, &mut cx.warnings);
    let wanted = super::read::parse_revision(meta_text(&new, "resourceVersion"))
        .map_err(|e| Error::internal(e.split(": ").skip(3).collect::<Vec<_>>().join(": ")))?;
    let revision = live.kv.mod_revision;
    if wanted == 0 {
        if !served.resource.strategy.allow_unconditional_update() {
            return Err(must_have_version(served, cx.name));
        }
        new.set_at(&["metadata", "resourceVersion"], revision.to_string());
    } else if wanted != revision {
        return Err(Error::conflict(group, resource, cx.name, MODIFIED));
    }
    let finish = match served.resource.strategy.hooks() {
        Some(hooks) if cx.subresource.is_empty() => {
            Some(hooks.begin_update(&cx.ctx(), &mut new, old).await?)
        }
        _ => None,
    };
    let mut warnings = Vec::new();
    let resource = &served.resource;
    let checked =
        skeg_registry::generic::before_update(resource, &cx.ctx(), &mut new, old, &mut warnings);
    cx.warnings.extend(warnings);
    checked?;
    crate::admit::validate(served, cx, Operation::Update, &new, Some(old)).await?;
    if ends_deletion(served, &new, old) {
        let gone = Box::pin(super::delete::remove(served, cx, live, key))
            .await?
            .is_some();
        if gone && let Some(finish) = finish {
            finish.done(true);
        }
        return Ok(gone.then(|| Written {
            object: served.object(new, revision),
            created: false,
        }));
    }
    let bytes = served.stored_bytes(cx.server, &mut new).await?;
    // What is stored in an outdated form, with an old key for example, is written
    // again although it stays the same.
    let is_same = bytes == live.kv.value;
    let is_stale = is_same
        && !cx.dry_run
        && (cx.server.inner.store.is_stale(key.as_bytes()).await).map_err(Error::from_store)?;
    if is_same && !is_stale {
        if let Some(finish) = finish {
            finish.done(true);
        }
        return Ok(Some(Written {
            object: live.object.clone(),
            created: false,
        }));
    }
    if cx.dry_run {
        let stored = stored_object(served, bytes, revision)?;
        return Ok(Some(Written {
            object: served.viewed(cx.server, &stored).await?,
            created: false,
        }));
    }
    let store = &cx.server.inner.store;
    let lease = match served
        .resource
        .strategy
        .ttl_seconds(&new)
        .map(|ttl| cx.server.ttl_of(ttl))
    {
        Some(ttl) => Some(
            Box::pin((cx.server.inner.leases).get(&**store, ttl, cx.server.inner.monotonic()))
                .await
                .map_err(Error::from_store)?,
        ),
        None => None,
    };
    let new = Arc::new(new);
    announce(served, &bytes, &new);
    let expect = Expect::ModRevision(revision);
    let write = fate::Put {
        key: Key::from(key),
        bytes: bytes.clone(),
        expect,
        lease,
    };
    match fate::put(cx.server, served, write, finish).await {
        Ok(revision) => {
            let stored = stored_object(served, bytes, revision)?;
            settle(served, &stored, revision).await;
            if let Some(hooks) = served.resource.strategy.hooks() {
                hooks.after_write(&cx.ctx(), &new, Some(old)).await;
            }
            Ok(Some(Written {
                object: served.viewed(cx.server, &stored).await?,
                created: false,
            }))
        }
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(Error::from_store(error)),
    }
}

/// The last finalizer of an object that waits for nothing else is gone.
fn ends_deletion(served: &Served, new: &Value, old: &Value) -> bool {
    let finalizers = new["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|f| !f.is_empty());
    let deleted = !meta_text(old, "deletionTimestamp").is_empty();
    let grace = old["metadata"]["deletionGracePeriodSeconds"]
        .as_i64()
        .unwrap_or(0);
    !finalizers && deleted && grace == 0 && !served.resource.strategy.holds_deletion(new)
}

fn must_have_version(served: &Served, name: &str) -> Error {
    let desc = served.resource.desc;
    let error = skeg_meta::FieldError {
        kind: skeg_meta::FieldErrorKind::Invalid,
        field: "metadata.resourceVersion".to_owned(),
        bad_value: Value::from(0i64),
        detail: "must be specified for an update".to_owned(),
    };
    let kind = skeg_meta::GroupKind::new(desc.group, desc.resource);
    skeg_meta::Status::invalid(&kind, name, vec![error]).into()
}
