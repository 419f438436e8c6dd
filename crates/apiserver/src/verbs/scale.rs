//! The scale subresource: an object of one kind seen through a few fields.

use http::Response;
use skeg_client::Payload;
use skeg_meta::SharedObject;
use skeg_registry::scale;
use skeg_registry::strategy::ScalePaths;
use skeg_schema::{DecodeOptions, TypeId, Value, decode_json, encode_json, encode_json_any};

use super::{access, check_name, manager, write_cx};
use crate::call::Req;
use crate::decode::{self, Expected};
use crate::error::{Error, Result};
use crate::managed_fields::{self, Node, OneVersion};
use crate::negotiate::{self, Transform};
use crate::objects;
use crate::objects::update::{self, Change, Live};
use crate::options::WriteOptions;
use crate::patch::PatchType;
use crate::reply;
use crate::served::Served;
use crate::table;

const NO_KIND: &str =
    "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"";

fn expected() -> Result<Expected> {
    let ty = TypeId::by_gvk("autoscaling", "v1", "Scale")
        .ok_or_else(|| Error::internal_error("the tables have no Scale"))?;
    Ok(Expected {
        ty,
        group: "autoscaling",
        version: "v1",
        kind: "Scale",
        internal: ty,
        older: &[],
    })
}

fn paths(served: &Served) -> Result<&ScalePaths> {
    served
        .resource
        .strategy
        .scale()
        .ok_or_else(Error::no_such_resource)
}

fn answer(
    req: &Req<'_>,
    wanted: negotiate::Wanted,
    paths: &ScalePaths,
    object: &SharedObject,
) -> Result<Response<Payload>> {
    let mut tree = scale::get(paths, &object.value());
    if object.revision() > 0 {
        tree.set_at(
            &["metadata", "resourceVersion"],
            object.revision().to_string(),
        );
    }
    let ty = expected()?.ty;
    if let Transform::Table(version) = wanted.transform
        && !req.in_process
    {
        let shared = SharedObject::from_value(tree, ty, object.revision());
        let rows = table::Options::read(req.query)?.at(req.server.now());
        let value = table::of_scale(&shared, paths.custom, version, rows);
        let body = negotiate::encode::tree(&value, None, wanted.format, wanted.pretty);
        return Ok(reply::bytes(200, wanted.format.media_type(), body));
    }
    if req.in_process {
        let shared = SharedObject::from_value(tree, ty, object.revision());
        return Ok(Response::new(Payload::Object(shared)));
    }
    let go_name = if paths.custom {
        "v1.Scale".to_owned()
    } else {
        reply::internal_name(ty)
    };
    reply::tree(req, wanted, 200, (ty, &go_name), tree)
}

/// GET.
pub async fn get(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let info = req.info;
    let version = req.query.get("resourceVersion").unwrap_or_default();
    let object =
        objects::read::get(req.server, served, &info.namespace, &info.name, version).await?;
    let paths = paths(served)?;
    if paths.custom && object.value().at(paths.spec_replicas).is_none() {
        return Err(Error::internal_error(of_replicas(paths, "does not exist")));
    }
    answer(req, wanted, paths, &object)
}

/// PUT.
pub async fn update(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let options = WriteOptions::read(req.query, "UpdateOptions")?;
    let read = decode::read(req, &expected()?, options.field_validation).await;
    // Upstream does not know how the Scale of a custom resource is called.
    let scale = read.map_err(|error| match served.resource.custom {
        Some(_) if error.code() == 400 => Error::bad_request(NO_KIND),
        _ => error,
    })?;
    check_name(&scale, true, &req.info.namespace, &req.info.name)?;
    let make = |_: &Value| Ok(scale.clone());
    let uid = uid(&scale).filter(|uid| !uid.is_empty());
    change(req, served, wanted, &options, uid, &make).await
}

/// PATCH.
pub async fn patch(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let kind = super::patch::patch_type(req)?;
    if kind == PatchType::Apply {
        return apply(req, served).await;
    }
    let wanted = negotiate::for_kind(req, served)?;
    let options = WriteOptions::read(req.query, "PatchOptions")?;
    let read = super::patch::read_patch(req, kind).await?;
    let expected = expected()?;
    let make = |current: &Value| patched(req, current, &read, kind, &expected, &options);
    change(req, served, wanted, &options, None, &make).await
}

fn patched(
    req: &Req<'_>,
    current: &Value,
    read: &super::patch::Patch,
    kind: PatchType,
    expected: &Expected,
    options: &WriteOptions,
) -> Result<Value> {
    let tree = &read.tree;
    let mut bytes = Vec::new();
    encode_json(current, expected.ty, &mut bytes);
    let visible = skeg_schema::decode_json_any(&bytes).unwrap_or_default();
    let mut result = super::patch::apply_to(visible, tree, kind, expected.ty)?;
    // In this order upstream writes and reads what it made of a patch.
    match kind {
        PatchType::Merge => crate::patch::merge::sort_touched(&mut result, tree),
        PatchType::Json => crate::patch::json::sort_touched(&mut result, tree),
        PatchType::Strategic | PatchType::Apply => {}
    }
    let mut bytes = Vec::new();
    encode_json_any(&result, &mut bytes);
    let shown = match kind {
        PatchType::Strategic => crate::go::print(tree),
        _ => result.to_string(),
    };
    if let Some(why) = decode::not_named(&result) {
        return Err(super::patch::unfit(shown, &why));
    }
    decode::require_kind(&result, expected, &bytes).map_err(|error| {
        super::patch::unfit(shown.clone(), super::patch::bare(&error.to_string()))
    })?;
    let decoded = decode_json(&bytes, expected.ty, &DecodeOptions::strict())
        .map_err(|error| super::patch::unfit(shown.clone(), &error.to_string()))?;
    let complaints = [&*read.complaints, &decoded.complaints].concat();
    decode::complain(req, complaints, options.field_validation, |text| {
        super::patch::unfit(shown, text)
    })?;
    check_name(&decoded.value, true, &req.info.namespace, &req.info.name)?;
    Ok(decoded.value)
}

/// Upstream takes a Scale that was merged for an object of the custom kind.
const NO_VERSION: &str =
    "to proper version: request to convert CR to an invalid group/version: autoscaling/v1";

/// Server-side apply of a Scale.
async fn apply(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let bytes = req.read_body().await?;
    let options = WriteOptions::read_apply(req.query)?;
    let config = super::apply::Config::read(&bytes);
    let paths = paths(served)?;
    let custom = served.resource.custom.is_some();
    let expected = expected()?;
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, None);
    cx.subresource = "";
    cx.booked_as = "scale";
    let now = cx.now.to_string();
    let (group, resource) = served.group_resource();
    let versions = OneVersion {
        node: Node::Message(expected.ty),
        ignored: &[],
    };
    let write = managed_fields::Write {
        manager: &options.field_manager,
        api_version: "autoscaling/v1",
        subresource: "scale",
        now: &now,
        versions: &versions,
        disowned: None,
        creating: false,
        folded: false,
    };
    let api_version = served.resource.desc.api_version();
    let mut transform = |live: Option<&Live>| {
        let live = live.ok_or_else(|| Error::not_found(group, resource, &req.info.name))?;
        let live = &live.object;
        let mut current = current(paths, live);
        managed_fields::scale::to_scale(&live.value(), paths.spec_replicas, &mut current);
        skeg_schema::fill(&mut current, expected.ty);
        let booked = current.remove_at(&["metadata", "managedFields"]);
        let tree = config.tree()?;
        let nobody = |booked: &Value| booked.as_array().is_none_or(Vec::is_empty);
        let is_scale = tree["apiVersion"] == "autoscaling/v1" && tree["kind"] == expected.kind;
        if custom && is_scale && booked.as_ref().is_none_or(nobody) {
            // Upstream books what is there before it looks at what is applied.
            return Err(Error::internal(format!(
                "failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale) {NO_VERSION}"
            )));
        }
        let applied = managed_fields::apply::apply(
            current,
            booked.as_ref(),
            tree,
            expected.kind,
            options.force,
            &write,
        )?;
        if custom && applied.changed {
            // Upstream takes what it merged for an object of the custom kind.
            return Err(Error::internal(format!(
                "failed to convert new object ({}) {NO_VERSION}",
                managed_fields::apply::about(tree)
            )));
        }
        config.complain(req, &options)?;
        let scale = applied.object;
        check_name(&scale, true, &req.info.namespace, &req.info.name)?;
        check_replicas(paths, &scale)?;
        let mut obj = (*live.value()).clone();
        obj.remove_at(&["metadata", "resourceVersion"]);
        scale::apply(paths, &mut obj, &scale)?;
        managed_fields::scale::to_parent(&mut obj, &api_version, paths.spec_replicas, &scale);
        Ok(obj)
    };
    let change = Change {
        transform: &mut transform,
        create: false,
        uid: None,
    };
    let written = update::apply(served, &mut cx, change).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    answer(req, wanted, paths, &written?.object)
}

fn of_replicas(paths: &ScalePaths, words: &str) -> String {
    let path = paths.spec_replicas.join(".");
    format!("the spec replicas field \".{path}\" {words}")
}

/// Stands for a count that was never set, until the request sets it.
const NO_REPLICAS: i64 = i32::MIN as i64;

/// The Scale that a write begins with.
fn current(paths: &ScalePaths, live: &SharedObject) -> Value {
    let mut scale = scale::get(paths, &live.value());
    let version = live.revision().to_string();
    scale.set_at(&["metadata", "resourceVersion"], version);
    if paths.custom && live.value().at(paths.spec_replicas).is_none() {
        scale.set_at(&["spec", "replicas"], NO_REPLICAS);
    }
    scale
}

/// A custom resource has no count of its own accord.
fn check_replicas(paths: &ScalePaths, scale: &Value) -> Result<()> {
    if paths.custom && scale["spec"]["replicas"].as_i64() == Some(NO_REPLICAS) {
        return Err(Error::bad_request(of_replicas(paths, "cannot be empty")));
    }
    Ok(())
}

fn uid(scale: &Value) -> Option<&str> {
    scale.at(&["metadata", "uid"])?.as_str()
}

/// A Scale that names a uid means the object that has it. That of a custom
/// resource looks at the uid of a PUT only, which is held against the object
/// when it is read.
fn same_uid(served: &Served, scale: &Value, own: &str) -> Result<()> {
    match uid(scale) {
        Some(uid) if !uid.is_empty() && uid != own && served.resource.custom.is_none() => {
            let (group, resource) = served.group_resource();
            let why = format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {own}"
            );
            let resource = format!("{resource}/scale");
            Err(Error::conflict(group, &resource, name_of(scale), &why))
        }
        _ => Ok(()),
    }
}

fn name_of(scale: &Value) -> &str {
    let name = scale.at(&["metadata", "name"]).and_then(Value::as_str);
    name.unwrap_or_default()
}

async fn change(
    req: &Req<'_>,
    served: &Served,
    wanted: negotiate::Wanted,
    options: &WriteOptions,
    wanted_uid: Option<&str>,
    make: &(dyn Fn(&Value) -> Result<Value> + Send + Sync),
) -> Result<Response<Payload>> {
    let paths = paths(served)?;
    let manager = manager(req, options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    // For the kind this is an update of the object itself; ownership is
    // booked under the subresource.
    cx.subresource = "";
    cx.booked_as = "scale";
    let (group, resource) = served.group_resource();
    let mut transform = |live: Option<&Live>| {
        let live = live.ok_or_else(|| Error::not_found(group, resource, &req.info.name))?;
        let live = &live.object;
        let mut current = current(paths, live);
        // Patches see it; what they make of it counts for nothing.
        managed_fields::scale::to_scale(&live.value(), paths.spec_replicas, &mut current);
        let scale = make(&current)?;
        same_uid(served, &scale, live.uid())?;
        check_replicas(paths, &scale)?;
        let mut obj = (*live.value()).clone();
        obj.remove_at(&["metadata", "resourceVersion"]);
        if paths.custom {
            // Who says nothing of the version means the one there is.
            let revision = live.revision().to_string();
            obj.set_at(&["metadata", "resourceVersion"], revision);
        }
        scale::apply(paths, &mut obj, &scale)?;
        Ok(obj)
    };
    let change = Change {
        transform: &mut transform,
        create: false,
        uid: wanted_uid,
    };
    let written = update::update(served, &mut cx, change).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    answer(req, wanted, paths, &written?.object)
}
