//! PATCH of one object and its subresources of the same kind.

use http::{Response, header};
use skeg_client::Payload;
use skeg_meta::{FieldError, FieldErrorKind, GroupKind, SharedObject, Status};
use skeg_schema::{Object, Value, conform, decode_json, decode_json_free, encode_json_sent};

use super::{access, check_name, filled, manager, match_namespace, visible_tree, write_cx};
use crate::call::Req;
use crate::decode::{self, Expected};
use crate::error::{Error, Result};
use crate::go;
use crate::managed_fields;
use crate::negotiate;
use crate::objects::update::{self, Change, Live};
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

/// A patch that was read.
pub struct Patch {
    /// The patch itself.
    pub tree: Value,
    /// What is said twice in it, or is no part of an operation.
    pub complaints: Vec<String>,
}

/// What is to complain of in the operations of a JSON patch.
fn of_operations(tree: &Value, repeated: Vec<String>) -> Vec<String> {
    const KNOWN: [&str; 4] = ["op", "path", "from", "value"];
    let operations = tree.as_array().into_iter().flatten().enumerate();
    let unknown = operations.flat_map(|(at, operation)| {
        let members = operation.as_object().into_iter().flat_map(Object::iter);
        members
            .filter(|(name, _)| KNOWN.iter().all(|known| **known != ***name))
            .map(move |(name, _)| format!("unknown field {}", go::quote(&format!("[{at}].{name}"))))
    });
    let all = repeated.into_iter().chain(unknown);
    all.map(|complaint| format!("json patch {complaint}"))
        .collect()
}

/// The patch of a request.
pub async fn read_patch(req: &Req<'_>, kind: PatchType) -> Result<Patch> {
    let bytes = req.read_body().await?;
    let decoded = decode_json_free(&bytes).map_err(|_| Error::bad_request("invalid JSON patch"))?;
    let (tree, mut complaints) = (decoded.value, decoded.complaints);
    if kind == PatchType::Json {
        complaints = of_operations(&tree, complaints);
    }
    if patch::too_deep(&tree, 200) {
        return Err(Error::bad_request("the patch is nested too deeply"));
    }
    Ok(Patch { tree, complaints })
}

/// 400 of a merge patch that is no object.
fn no_merge(tree: &Value) -> Error {
    Error::bad_request(match decode::form_of(tree) {
        Some(form) => format!(
            "error decoding patch: json: cannot unmarshal {form} into Go value of type map[string]interface {{}}"
        ),
        None => "Invalid JSON Patch".to_owned(),
    })
}

/// Changes an object by a patch.
pub async fn patch(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let kind = patch_type(req)?;
    if kind == PatchType::Apply {
        return super::apply::apply(req, served).await;
    }
    let wanted = negotiate::for_kind(req, served)?;
    let read = read_patch(req, kind).await;
    let options = WriteOptions::read(req.query, "PatchOptions")?;
    let Patch { tree, complaints } = read?;
    skeg_auth::audit::request_patch(&tree);
    let manager = manager(req, &options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    let mut transform = |live: Option<&Live>| {
        let (group, resource) = served.group_resource();
        let live = live.ok_or_else(|| Error::not_found(group, resource, &req.info.name))?;
        if complaints.is_empty()
            && let Some(obj) = apply_unbooked(served, live, &tree, kind)
        {
            return settled(req, served, obj);
        }
        let patched = apply(&live.object, &tree, kind, served.resource.desc.ty)?;
        finish(req, served, patched, (&tree, &complaints), kind, &options)
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

/// The same without a look at managedFields, which are booked anew anyway.
/// `None`: the patch may mean them, or there is something to complain of.
fn apply_unbooked(served: &Served, live: &Live, tree: &Value, kind: PatchType) -> Option<Value> {
    let ty = served.resource.desc.ty;
    let merges = matches!(kind, PatchType::Merge | PatchType::Strategic);
    let means_them = tree["metadata"]
        .as_object()
        .is_some_and(|patch| patch.keys().any(|key| key.ends_with("managedFields")));
    if served.resource.custom.is_some() || !merges || means_them {
        return None;
    }
    let mut current = managed_fields::unbooked(live.tree());
    // A merge makes the same of an absent field and of its zero, which goes again
    // below; order counts only for who keeps text.
    if kind != PatchType::Merge || keeps_text(ty) {
        current = filled(current, &live.object);
    }
    let mut patched = apply_to(current, tree, kind, ty).ok()?;
    if kind == PatchType::Strategic && patch::fit(&mut patched, ty).is_some() {
        return None;
    }
    (says_kind(&patched, served) && conform(&mut patched, ty, &decode::strict())).then_some(patched)
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
        PatchType::Merge => {
            if !tree.is_object() {
                return Err(no_merge(tree));
            }
            patch::merge::apply(&mut current, tree);
            if keeps_text(ty) {
                patch::merge::sort_touched(&mut current, tree);
            }
        }
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
            name_kind(&mut current, ty);
        }
    }
    Ok(current)
}

/// Says again what an object is, whatever a patch said of it: a strategic merge
/// changes a typed object, whose kind is not among its fields.
fn name_kind(tree: &mut Value, ty: skeg_schema::TypeId) {
    let desc = ty.desc();
    let version = match desc.api_group {
        "" => desc.version.to_owned(),
        group => format!("{group}/{}", desc.version),
    };
    for (name, value) in [("kind", desc.go), ("apiVersion", &version)] {
        if matches!(tree[name], Value::Null | Value::String(_)) {
            tree.set_at(&[name], value);
        }
    }
}

/// Whether objects of a type have a part whose text is kept as it was written.
fn keeps_text(ty: skeg_schema::TypeId) -> bool {
    let raw =
        |field: &skeg_schema::FieldDesc| matches!(field.ty, skeg_schema::FieldType::RawExtension);
    ty.desc().fields.iter().any(raw)
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

/// Why a kind is not known, without who was to handle it: nobody was asked yet.
pub fn bare(why: &str) -> &str {
    why.find("no kind ").map_or(why, |at| &why[at..])
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
    (tree, told): (&Value, &[String]),
    kind: PatchType,
    options: &WriteOptions,
) -> Result<Value> {
    let desc = served.resource.desc;
    // In this order upstream writes and reads what it made of a patch.
    match kind {
        PatchType::Merge => patch::merge::sort_touched(&mut patched, tree),
        PatchType::Json => patch::json::sort_touched(&mut patched, tree),
        PatchType::Strategic | PatchType::Apply => {}
    }
    let shown = |patched: &Value| match kind {
        PatchType::Strategic => go::print(&patch::spent(tree)),
        _ => String::from_utf8_lossy(&sent(patched)).into_owned(),
    };
    if kind == PatchType::Strategic
        && let Some(why) = patch::fit(&mut patched, desc.ty)
    {
        return Err(unfit(shown(&patched), &why));
    }
    if let Some(kind) = &served.resource.custom {
        let shown_text = patched.sorted().to_string();
        let (mut obj, more) = crate::custom::of_patch(kind, patched, &shown_text)?;
        let complaints = [told, &more].concat();
        decode::complain(req, complaints, options.field_validation, |text| {
            unfit(shown_text.clone(), text)
        })?;
        match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
        check_name(&obj, desc.namespaced, &req.info.namespace, &req.info.name)?;
        return Ok(obj);
    }
    let obj = if told.is_empty()
        && says_kind(&patched, served)
        && conform(&mut patched, desc.ty, &decode::strict())
    {
        patched
    } else {
        let bytes = match kind {
            PatchType::Strategic => patched.to_string().into_bytes(),
            _ => sent(&patched),
        };
        let expected = Expected::of(&served.resource);
        if let Some(why) = decode::not_named(&patched) {
            return Err(unfit(shown(&patched), &why));
        }
        decode::require_kind(&patched, &expected, &bytes)
            .map_err(|error| unfit(shown(&patched), bare(&error.to_string())))?;
        let decoded = decode_json(&bytes, desc.ty, &decode::strict()).map_err(|error| {
            let why = match kind {
                PatchType::Strategic => patch::refused(&error.to_string()),
                _ => error.to_string(),
            };
            unfit(shown(&patched), &why)
        })?;
        let complaints = [told, &decoded.complaints].concat();
        decode::complain(req, complaints, options.field_validation, |text| {
            unfit(shown(&patched), text)
        })?;
        let obj = match decoded.value {
            Value::Null => Value::object(),
            value => value,
        };
        decode::typed(obj, &expected)
    };
    settled(req, served, obj)
}

/// The result of a patch, with the numbers that it brought.
fn sent(patched: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode_json_sent(patched, &mut out);
    out
}

/// Defaults what a patch came to, and checks whose it is.
fn settled(req: &Req<'_>, served: &Served, mut obj: Value) -> Result<Value> {
    let desc = served.resource.desc;
    served.resource.strategy.default(&mut obj);
    match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
    check_name(&obj, desc.namespaced, &req.info.namespace, &req.info.name)?;
    Ok(obj)
}
