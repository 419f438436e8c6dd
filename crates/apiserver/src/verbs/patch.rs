//! PATCH of one object and its subresources of the same kind.

use http::{Response, header};
use skeg_client::Payload;
use skeg_meta::{FieldError, FieldErrorKind, GroupKind, SharedObject, Status};
use skeg_schema::{Value, conform, decode_json, decode_json_any, encode_json_any};

use super::{access, check_name, manager, match_namespace, visible_tree, write_cx};
use crate::call::Req;
use crate::decode::{self, Expected};
use crate::error::{Error, Result};
use crate::go;
use crate::negotiate;
use crate::objects::update::{self, Change};
use crate::options::WriteOptions;
use crate::patch::json::JsonPatchError;
use crate::patch::strategic::StrategicError;
use crate::patch::{self, PatchType, Tables};
use crate::reply;
use crate::served::Served;

/// The patch type of a request; 415 for others.
pub fn patch_type(req: &Req<'_>) -> Result<PatchType> {
    let header = req
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    PatchType::of_media_type(header)
        .ok_or_else(|| Error::router(415, "UnsupportedMediaType", "415: Unsupported Media Type"))
}

/// Refuses a patch of a type that the resource does not take.
pub fn check_type(req: &Req<'_>, served: &Served) -> Result<()> {
    let merges_by_table = |kind: &Result<PatchType>| matches!(kind, Ok(PatchType::Strategic));
    let kind = patch_type(req);
    if served.resource.custom.is_some() && (kind.is_err() || merges_by_table(&kind)) {
        return Err(Error::simple(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        ));
    }
    kind.map(drop)
}

/// The patch itself.
pub async fn read_patch(req: &Req<'_>, kind: PatchType) -> Result<Value> {
    let bytes = req.read_body().await?;
    let tree = decode_json_any(&bytes).map_err(|_| Error::bad_request("invalid JSON patch"))?;
    if patch::too_deep(&tree, 200) {
        return Err(Error::bad_request("the patch is nested too deeply"));
    }
    if kind == PatchType::Merge && !tree.is_object() {
        return Err(Error::bad_request(
            "invalid JSON patch: a merge patch is an object",
        ));
    }
    Ok(tree)
}

/// Changes an object by a patch.
pub async fn patch(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let kind = patch_type(req)?;
    if kind == PatchType::Apply {
        return super::apply::apply(req, served).await;
    }
    let wanted = negotiate::negotiate(req.headers, req.query, false)?;
    let tree = read_patch(req, kind).await;
    let options = WriteOptions::read(req.query, "PatchOptions")?;
    let tree = tree?;
    skeg_auth::audit::request_patch(&tree);
    reply::check_one(wanted, served)?;
    let manager = manager(req, &options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    let mut transform = |live: Option<&SharedObject>| {
        let (group, resource) = served.group_resource();
        let live = live.ok_or_else(|| Error::not_found(group, resource, &req.info.name))?;
        let patched = apply(live, &tree, kind, served.resource.desc.ty)?;
        finish(req, served, patched, &tree, kind, &options)
    };
    let change = Change {
        transform: &mut transform,
        create: false,
        uid: None,
    };
    let written = update::update(served, &mut cx, change).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let written = written?;
    reply::object(req, served, wanted, 200, &written.object)
}

/// Applies a patch to what a client sees of an object.
pub fn apply(
    live: &SharedObject,
    tree: &Value,
    kind: PatchType,
    ty: skeg_schema::TypeId,
) -> Result<Value> {
    let current = visible_tree(live);
    apply_to(current, tree, kind, ty)
}

/// Applies a patch to a tree.
pub fn apply_to(
    mut current: Value,
    tree: &Value,
    kind: PatchType,
    ty: skeg_schema::TypeId,
) -> Result<Value> {
    match kind {
        PatchType::Json => {
            patch::json::apply(&mut current, tree).map_err(|error| match error {
                JsonPatchError::Decode(_) => Error::bad_request(error.to_string()),
                JsonPatchError::TooMany(_) => {
                    Error::simple(413, "RequestEntityTooLarge", error.to_string())
                }
                JsonPatchError::Failed(_) => Error::rejected(),
            })?;
        }
        PatchType::Merge => patch::merge::apply(&mut current, tree),
        // What is applied goes another way; see `super::apply`.
        PatchType::Apply => return Err(Error::rejected()),
        PatchType::Strategic => {
            current =
                patch::strategic::apply(current, tree.clone(), Tables(ty)).map_err(|error| {
                    match error {
                        StrategicError::Bad(text) => Error::bad_request(text),
                        StrategicError::Internal(text) => Error::internal(text),
                    }
                })?;
        }
    }
    Ok(current)
}

/// 422 for a patch whose result is no object of the kind.
pub fn unfit(shown: String, why: &str) -> Error {
    let error = FieldError {
        kind: FieldErrorKind::Invalid,
        field: "patch".to_owned(),
        bad_value: Value::from(shown),
        detail: why.to_owned(),
    };
    Status::invalid(&GroupKind::new("", ""), "", vec![error]).into()
}

/// Whether a tree says that it is of the served kind and version.
fn says_kind(tree: &Value, served: &Served) -> bool {
    let desc = served.resource.desc;
    let version = tree["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    tree["kind"].as_str() == Some(desc.kind) && group == desc.group && version == desc.version
}

/// Decodes, checks and defaults the result of a patch.
fn finish(
    req: &Req<'_>,
    served: &Served,
    mut patched: Value,
    tree: &Value,
    kind: PatchType,
    options: &WriteOptions,
) -> Result<Value> {
    let desc = served.resource.desc;
    let shown = |patched: &Value| match kind {
        PatchType::Strategic => go::print(tree),
        _ => patched.to_string(),
    };
    if kind == PatchType::Strategic
        && let Some(why) = patch::mismatch(&patched, desc.ty)
    {
        return Err(unfit(shown(&patched), &why));
    }
    if let Some(kind) = &served.resource.custom {
        let shown_text = patched.to_string();
        let (mut obj, complaints) = crate::custom::of_patch(kind, patched)?;
        decode::complain(req, complaints, options.field_validation, |text| {
            unfit(shown_text.clone(), text)
        })?;
        match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
        check_name(&obj, desc.namespaced, &req.info.namespace, &req.info.name)?;
        return Ok(obj);
    }
    let mut obj =
        if says_kind(&patched, served) && conform(&mut patched, desc.ty, &decode::strict()) {
            patched
        } else {
            let mut bytes = Vec::new();
            encode_json_any(&patched, &mut bytes);
            let decoded = decode_json(&bytes, desc.ty, &decode::strict())
                .map_err(|error| unfit(shown(&patched), &error.to_string()))?;
            decode::complain(req, decoded.complaints, options.field_validation, |text| {
                unfit(shown(&patched), text)
            })?;
            let mut obj = decoded.value;
            if obj.is_null() {
                obj = Value::object();
            }
            decode::require_kind(&obj, &Expected::of(&served.resource), &bytes)
                .map_err(|error| unfit(shown(&patched), &error.to_string()))?;
            obj
        };
    served.resource.strategy.default(&mut obj);
    match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
    check_name(&obj, desc.namespaced, &req.info.namespace, &req.info.name)?;
    Ok(obj)
}
