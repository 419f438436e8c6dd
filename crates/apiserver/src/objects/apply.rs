//! Server-side apply to stored objects: what one manager wants an object to
//! say, merged into what it says.

use skeg_schema::{DecodeOptions, Value, conform, decode_json, encode_json_any, fill};

use super::update::{self, Change, Live};
use super::versions::KindVersions;
use super::{WriteCx, Written};
use crate::error::{Error, Result};
use crate::managed_fields::{self, apply as ssa};
use crate::patch;
use crate::served::Served;

/// What is applied.
pub(crate) struct Applying<'a> {
    /// The tree.
    pub config: Result<&'a Value>,
    /// Who applies.
    pub manager: &'a str,
    /// What others own is taken from them.
    pub force: bool,
    /// Looks at the outcome before it is written.
    pub after: &'a mut (dyn FnMut(&mut Value) -> Result<()> + Send),
}

/// Applies to the object that `cx` names; makes it if it is not there and no
/// subresource is meant. `cx.manager` is not looked at.
pub(crate) async fn apply(
    served: &Served,
    cx: &mut WriteCx<'_>,
    applying: Applying<'_>,
) -> Result<Written> {
    let Applying {
        config,
        manager,
        force,
        after,
    } = applying;
    let now = cx.now.to_string();
    let name = cx.name;
    let versions = KindVersions::new(served, cx.server.inner.table(), cx.booked_as);
    let write = managed_fields::Write {
        manager,
        api_version: versions.own(),
        subresource: cx.booked_as,
        now: &now,
        versions: &versions,
        disowned: None,
        creating: false,
        folded: served.resource.custom.is_none(),
    };
    let create = cx.subresource.is_empty();
    loop {
        let mut transform = |live: Option<&Live>| {
            let config = config.clone()?;
            let merged = merged(served, live, config, force, &write);
            if versions.is_wanting() {
                return Err(Error::internal_error("versions are to be converted first"));
            }
            let mut obj = finish(served, name, live, merged?, config)?;
            after(&mut obj)?;
            Ok(obj)
        };
        let change = Change {
            transform: &mut transform,
            create,
            uid: None,
        };
        let outcome = update::apply(served, cx, change).await;
        if !Box::pin(versions.satisfy(cx.server)).await? {
            return outcome;
        }
    }
}

/// The tree of an object with its zeroes written out, as a client sees it, but
/// without its managedFields.
fn visible_tree(live: &Live) -> Value {
    let mut tree = managed_fields::unbooked(live.tree());
    if let Some(ty) = live.object.type_id() {
        skeg_schema::fill(&mut tree, ty);
    }
    tree
}

fn merged(
    served: &Served,
    live: Option<&Live>,
    tree: &Value,
    force: bool,
    write: &managed_fields::Write<'_>,
) -> Result<Value> {
    let desc = served.resource.desc;
    let write = managed_fields::Write {
        creating: live.is_none(),
        disowned: None,
        ..*write
    };
    let booked = live.and_then(|live| live.tree().at(&["metadata", "managedFields"]));
    let current = match live {
        Some(live) => visible_tree(live),
        None => {
            let mut blank = ssa::blank(write.api_version, desc.kind);
            if served.resource.custom.is_none() {
                fill(&mut blank, desc.ty);
            }
            blank
        }
    };
    let applied = ssa::apply(current, booked, tree, desc.kind, force, &write)?;
    Ok(applied.object)
}

/// Makes an object of the kind of what was merged: decodes, defaults, checks.
fn finish(
    served: &Served,
    name: &str,
    live: Option<&Live>,
    mut merged: Value,
    tree: &Value,
) -> Result<Value> {
    let desc = served.resource.desc;
    let booked = merged.remove_at(&["metadata", "managedFields"]);
    let mut obj = match &served.resource.custom {
        Some(kind) => crate::custom::of_applied(kind, merged)?,
        None => of_table(served, merged, tree)?,
    };
    served.resource.strategy.default(&mut obj);
    if let Some(booked) = booked {
        obj.set_at(&["metadata", "managedFields"], booked);
    }
    if live.is_none()
        && let Some(uid) = obj["metadata"]["uid"]
            .as_str()
            .filter(|uid| !uid.is_empty())
    {
        return Err(Error::conflict(
            desc.group,
            desc.resource,
            name,
            &format!(
                "uid mismatch: the provided object specified uid {}, and no existing object was found",
                uid
            ),
        ));
    }
    Ok(obj)
}

fn of_table(served: &Served, mut merged: Value, tree: &Value) -> Result<Value> {
    let desc = served.resource.desc;
    // Faults tell an empty list from none.
    let options = DecodeOptions {
        keep_empty: true,
        ..DecodeOptions::default()
    };
    if conform(&mut merged, desc.ty, &options) {
        return Ok(merged);
    }
    let unfit = |why: String| {
        Error::internal(format!(
            "failed to convert new object ({}) to proper version: unable to convert unstructured object to {}: {}",
            ssa::about(tree),
            ssa::about(tree).split("; ").nth(1).unwrap_or_default(),
            why,
        ))
    };
    if let Some(why) = patch::fit(&mut merged, desc.ty) {
        return Err(unfit(why));
    }
    let mut bytes = Vec::new();
    encode_json_any(&merged, &mut bytes);
    let decoded = decode_json(&bytes, desc.ty, &options)
        .map_err(|error| unfit(patch::refused(&error.to_string())))?;
    Ok(decoded.value)
}
