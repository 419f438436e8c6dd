//! Creating an object.

use skeg_schema::Value;
use skeg_store::{Expect, Key, LATEST};
use std::sync::Arc;

use super::{
    Dedup, WriteCx, Written, announce, dedup_owner_references, fate, meta_text, settle,
    stored_object,
};
use crate::admit::Operation;
use crate::error::{Error, Result};
use crate::served::Served;

/// Names that are tried for a generateName before giving up.
const NAME_ATTEMPTS: usize = 8;
/// Letters and digits of generated names: none that make words or are mixed up.
const SUFFIX_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LEN: usize = 5;
/// Longest generateName that is kept whole.
const GENERATED_PREFIX_MAX: usize = 63 - SUFFIX_LEN;

/// A name made from a generateName.
fn generated_name(prefix: &str) -> String {
    let mut end = prefix.len().min(GENERATED_PREFIX_MAX);
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    let mut name = prefix[..end].to_owned();
    for _ in 0..SUFFIX_LEN {
        name.push(char::from(
            SUFFIX_LETTERS[fastrand::usize(..SUFFIX_LETTERS.len())],
        ));
    }
    name
}

/// An object says that it is in another namespace than its request.
pub(crate) const ELSEWHERE: &str =
    "the namespace of the provided object does not match the namespace sent on the request";

/// Stores a new object. `obj` is decoded and defaulted, its namespace checked.
pub(crate) async fn create(
    served: &Served,
    cx: &mut WriteCx<'_>,
    mut obj: Value,
) -> Result<Written> {
    for field in [
        "creationTimestamp",
        "uid",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ] {
        obj.remove_at(&["metadata", field]);
    }
    dedup_owner_references(&mut obj, Dedup::AsSent, &mut cx.warnings);
    let empty = Value::object();
    cx.track(served, &empty, &mut obj, true).await;
    cx.unnamed = meta_text(&obj, "name").is_empty();
    crate::admit::mutate(served, cx, Operation::Create, &mut obj, None).await?;
    dedup_owner_references(&mut obj, Dedup::Admitted, &mut cx.warnings);
    let wants_generated = !meta_text(&obj, "generateName").is_empty();
    let generate = wants_generated && meta_text(&obj, "name").is_empty();
    if !generate {
        return match create_named(served, cx, obj).await {
            Err(error) if wants_generated && error.is_already_exists() => Err(name_conflict(error)),
            other => other,
        };
    }
    for attempt in 1..=NAME_ATTEMPTS {
        let mut candidate = obj.clone();
        let name = generated_name(meta_text(&obj, "generateName"));
        candidate.set_at(&["metadata", "name"], name);
        match create_named(served, cx, candidate).await {
            Err(error) if error.is_already_exists() => {
                if attempt == NAME_ATTEMPTS {
                    return Err(name_conflict(error));
                }
            }
            other => return other,
        }
    }
    Err(Error::internal_error("no name could be generated"))
}

fn name_conflict(error: Error) -> Error {
    match error {
        Error::Status(mut status) => {
            status
                .message
                .push_str(", the server was not able to generate a unique name for the object");
            if let Some(details) = &mut status.details {
                details.retry_after_seconds = 1;
            }
            Error::Status(status)
        }
        other => other,
    }
}

/// Steps from the name on. Also what PUT of an absent object does.
pub(super) async fn create_named(
    served: &Served,
    cx: &mut WriteCx<'_>,
    mut obj: Value,
) -> Result<Written> {
    let desc = served.resource.desc;
    // Who admits may have put it elsewhere.
    let given = meta_text(&obj, "namespace");
    if desc.namespaced && !given.is_empty() && given != cx.namespace {
        return Err(Error::bad_request(ELSEWHERE));
    }
    obj.set_at(&["metadata", "uid"], uuid::Uuid::new_v4().to_string());
    obj.set_at(&["metadata", "creationTimestamp"], cx.now.to_string());
    if desc.namespaced {
        obj.set_at(&["metadata", "namespace"], cx.namespace);
    }
    if let Some(kind) = &served.resource.custom
        && kind.family.terminating
    {
        return Err(Error::about(
            403,
            "Forbidden",
            desc.group,
            desc.resource,
            meta_text(&obj, "name"),
            "is forbidden: create not allowed while custom resource definition is terminating",
        ));
    }
    let finish = match served.resource.strategy.hooks() {
        Some(hooks) => Some(hooks.begin_create(&cx.ctx(), &mut obj).await?),
        None => None,
    };
    let mut warnings = Vec::new();
    let checked =
        skeg_registry::generic::before_create(&served.resource, &cx.ctx(), &mut obj, &mut warnings);
    cx.warnings.extend(warnings);
    checked?;
    crate::admit::validate(served, cx, Operation::Create, &obj, None).await?;
    // The store's own check: of a number, and of what is stored alone.
    if !cx.dry_run {
        let version = meta_text(&obj, "resourceVersion").parse::<u64>();
        if version.is_ok_and(|version| version != 0) {
            return Err(Error::internal(
                "resourceVersion should not be set on objects to be created",
            ));
        }
        obj.remove_at(&["metadata", "resourceVersion"]);
    }
    let name = meta_text(&obj, "name").to_owned();
    let key = served.key_of(cx.namespace, &name);
    if cx.dry_run {
        let store = &cx.server.inner.store;
        if store
            .get(key.as_bytes(), LATEST)
            .await
            .map_err(Error::from_store)?
            .is_some()
        {
            return Err(Box::pin(already_exists(served, cx, &name)).await);
        }
        // Told as if it had been stored and read again.
        let bytes = served.stored_bytes(cx.server, &mut obj).await?;
        let stored = stored_object(served, bytes, 0)?;
        return Ok(Written {
            object: served.viewed(cx.server, &stored).await?,
            created: true,
        });
    }
    let store = &cx.server.inner.store;
    let lease = match served
        .resource
        .strategy
        .ttl_seconds(&obj)
        .map(|ttl| cx.server.ttl_of(ttl))
    {
        Some(ttl) => Some(
            Box::pin((cx.server.inner.leases).get(&**store, ttl, cx.server.inner.monotonic()))
                .await
                .map_err(Error::from_store)?,
        ),
        None => None,
    };
    let bytes = served.stored_bytes(cx.server, &mut obj).await?;
    let obj = Arc::new(obj);
    announce(served, &bytes, &obj);
    let write = fate::Put {
        key: Key::from(key),
        bytes: bytes.clone(),
        expect: Expect::Absent,
        lease,
    };
    let revision = match fate::put(cx.server, served, write, finish).await {
        Ok(revision) => revision,
        Err(error) if error.is_conflict() => {
            return Err(Box::pin(already_exists(served, cx, &name)).await);
        }
        Err(error) => return Err(Error::from_store(error)),
    };
    let stored = stored_object(served, bytes, revision)?;
    settle(served, &stored, revision).await;
    if let Some(hooks) = served.resource.strategy.hooks() {
        hooks.after_write(&cx.ctx(), &obj, None).await;
    }
    Ok(Written {
        object: served.viewed(cx.server, &stored).await?,
        created: true,
    })
}

/// 409; tells if the one that is there is on its way out.
async fn already_exists(served: &Served, cx: &WriteCx<'_>, name: &str) -> Error {
    let (group, resource) = served.group_resource();
    let mut error = Error::about(
        409,
        "AlreadyExists",
        group,
        resource,
        name,
        "already exists",
    );
    let key = served.key_of(cx.namespace, name);
    let found = super::read::get_by_key(cx.server, served, &key).await;
    if let Ok(Some(object)) = found
        && !meta_text(&object.value(), "deletionTimestamp").is_empty()
        && let Error::Status(status) = &mut error
    {
        status.message = format!("object is being deleted: {}", status.message);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_short() {
        let name = generated_name("conf-");
        assert_eq!(name.len(), 10);
        assert!(name.starts_with("conf-"));
        assert_eq!(generated_name(&"x".repeat(100)).len(), 63);
    }
}
