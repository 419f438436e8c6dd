//! PUT of one object, also of its status and other subresources of the same
//! kind.

use http::Response;
use skeg_client::Payload;

use super::{access, check_name, manager, match_namespace, write_cx};
use crate::audit;
use crate::call::Req;
use crate::decode;
use crate::error::Result;
use crate::negotiate;
use crate::objects::update::{self, Change};
use crate::options::WriteOptions;
use crate::reply;
use crate::served::Served;

/// Replaces an object.
pub async fn update(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let options = WriteOptions::read(req.query, "UpdateOptions")?;
    let mut obj = decode::read_object(req, &served.resource, options.field_validation).await?;
    let desc = served.resource.desc;
    let ty = served.resource.custom.is_none().then_some(desc.ty);
    audit::request_object(&obj, ty);
    let info = req.info;
    match_namespace(desc.namespaced, &info.namespace, &mut obj)?;
    check_name(&obj, desc.namespaced, &info.namespace, &info.name)?;
    let uid = obj["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let manager = manager(req, &options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    let mut transform = |_: Option<&update::Live>| Ok(obj.clone());
    let change = Change {
        transform: &mut transform,
        create: true,
        uid: Some(uid.as_str()).filter(|uid| !uid.is_empty()),
    };
    let written = update::update(served, &mut cx, change).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let written = written?;
    let code = if written.created { 201 } else { 200 };
    reply::object(req, served, wanted, code, &written.object)
}
