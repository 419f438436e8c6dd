//! What can be done with stored objects, below the verbs: create, read,
//! update, delete, with everything that upstream does around the storage.

pub mod access;
pub(crate) mod apply;
pub mod create;
pub mod delete;
mod fate;
pub mod read;
pub mod update;
pub(crate) mod versions;

use skeg_auth::UserInfo;
use skeg_meta::{SharedObject, Time};
use skeg_registry::context::Ctx;
use skeg_schema::Value;
use skeg_store::Revision;
use std::sync::Arc;

use crate::ApiServer;
use crate::error::{Error, Result};
use crate::managed_fields;
use crate::served::Served;

use access::Access;

/// A write on its way: who, where, how.
pub(crate) struct WriteCx<'a> {
    /// The server.
    pub server: &'a ApiServer,
    /// Access of strategies and plugins to other objects.
    pub access: &'a Access,
    /// Who writes.
    pub user: &'a UserInfo,
    /// Namespace of the request.
    pub namespace: &'a str,
    /// Name of the request; empty on create.
    pub name: &'a str,
    /// What is created was sent without a name.
    pub unnamed: bool,
    /// Subresource, or empty, as strategies are told.
    pub subresource: &'a str,
    /// Subresource under which ownership of fields is booked and admission is
    /// asked.
    pub booked_as: &'a str,
    /// The verb of the request.
    pub verb: &'a str,
    /// Nothing is persisted.
    pub dry_run: bool,
    /// Time of the request.
    pub now: Time,
    /// Who owns the fields; `None`: ownership is not tracked.
    pub manager: Option<&'a str>,
    /// Admission is asked.
    pub admission: bool,
    /// The options of the request, where it came from outside.
    pub query: Option<&'a crate::query::Query>,
    /// Warnings so far.
    pub warnings: Vec<String>,
}

impl WriteCx<'_> {
    /// What strategies see of it.
    pub fn ctx(&self) -> Ctx<'_> {
        Ctx {
            user: self.user,
            namespace: self.namespace,
            name: self.name,
            subresource: self.subresource,
            verb: self.verb,
            now: self.now,
            dry_run: self.dry_run,
            features: self.server.inner.options.enablement.features(),
            objects: self.access,
        }
    }

    /// A Scale without a count has no field to own: the count of an object
    /// that is scaled to nothing belongs to nobody.
    fn unscaled(&self, served: &Served, new: &Value) -> Option<Vec<String>> {
        if self.booked_as != "scale" {
            return None;
        }
        let path = served.resource.strategy.scale()?.spec_replicas;
        let count = new.at(path).and_then(Value::as_i64).unwrap_or(0);
        (count == 0).then(|| path.iter().map(|name| format!("f:{name}")).collect())
    }

    /// Brings managedFields of `new` up to date. Where a webhook converts the
    /// versions of managers, cancelling it abandons the call.
    pub async fn track(&self, served: &Served, live: &Value, new: &mut Value, creating: bool) {
        let Some(manager) = self.manager else { return };
        let desc = served.resource.desc;
        let now = self.now.to_string();
        let versions =
            versions::KindVersions::new(served, self.server.inner.table(), self.booked_as);
        let write = managed_fields::Write {
            manager,
            api_version: versions.own(),
            subresource: self.booked_as,
            now: &now,
            versions: &versions,
            disowned: self.unscaled(served, new),
            creating,
            folded: served.resource.custom.is_none(),
        };
        if served.converted_by_webhook().is_none() {
            managed_fields::update(live, new, &write);
        } else {
            loop {
                let mut booked = new.clone();
                managed_fields::update(live, &mut booked, &write);
                match Box::pin(versions.satisfy(self.server)).await {
                    Ok(true) => {}
                    Ok(false) => {
                        *new = booked;
                        break;
                    }
                    // As upstream has it: what was booked stays.
                    Err(_) => {
                        managed_fields::keep(live, new);
                        break;
                    }
                }
            }
        }
        if served.resource.custom.is_none() {
            skeg_schema::lean_but_lists(new, desc.ty);
        }
    }
}

/// The outcome of a write.
pub(crate) struct Written {
    /// The object, in the served version.
    pub object: SharedObject,
    /// It was created.
    pub created: bool,
}

/// When owners that stand twice are looked for, which the warning tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dedup {
    AsSent,
    /// After admission; patches are looked at only now.
    Admitted,
}

/// Owner references that name the same owner twice are told once, with a
/// warning.
pub(crate) fn dedup_owner_references(obj: &mut Value, when: Dedup, warnings: &mut Vec<String>) {
    let Some(Value::Array(owners)) = obj.at_mut(&["metadata", "ownerReferences"]) else {
        return;
    };
    let mut seen: Vec<Value> = Vec::with_capacity(owners.len());
    let mut repeated: Vec<String> = Vec::new();
    for owner in owners.iter() {
        if seen.contains(owner) {
            let uid = owner["uid"].as_str().unwrap_or_default().to_owned();
            if !repeated.contains(&uid) {
                repeated.push(uid);
            }
        } else {
            seen.push(owner.clone());
        }
    }
    if repeated.is_empty() {
        return;
    }
    *owners = seen;
    let after = match when {
        Dedup::AsSent => "",
        Dedup::Admitted => " after mutating admission happens",
    };
    warnings.push(format!(
        ".metadata.ownerReferences contains duplicate entries{after}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
        repeated.join(", ")
    ));
}

/// Shows the cache the tree of what is about to be stored, which observers want
/// to see. It has no resource version yet.
pub(crate) fn announce(served: &Served, bytes: &bytes::Bytes, tree: &Arc<Value>) {
    if let Some(cacher) = &served.cacher
        && cacher.is_observed()
        && served.resource.custom.is_none()
        && served.served_as_stored()
    {
        cacher.expect(bytes, tree);
    }
}

/// Hands a stored object to the cache and waits until the cache has it, so
/// that whoever reads after this write sees it.
pub(crate) async fn settle(served: &Served, stored: &SharedObject, revision: Revision) {
    if let Some(cacher) = &served.cacher {
        cacher.offer(stored.clone());
        cacher.wait_for_own(revision).await;
    }
}

/// The object that was just stored.
pub(crate) fn stored_object(
    served: &Served,
    bytes: bytes::Bytes,
    revision: Revision,
) -> Result<SharedObject> {
    served
        .decode_stored(bytes, revision)
        .ok_or_else(|| Error::internal_error("the stored object cannot be read back"))
}

/// Refuses names that are no part of a key.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let why = match name {
        "." => "may not be '.'",
        ".." => "may not be '..'",
        name if name.contains('/') => "may not contain '/'",
        name if name.contains('%') => "may not contain '%'",
        _ => return Ok(()),
    };
    Err(Error::bad_request(format!(
        "Name parameter invalid: {}: {why}",
        crate::go::quote(name)
    )))
}

/// Text of a field of metadata.
pub(crate) fn meta_text<'v>(tree: &'v Value, key: &str) -> &'v str {
    tree["metadata"][key].as_str().unwrap_or_default()
}
