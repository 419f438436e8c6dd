//! POST of a collection.

use http::Response;
use skeg_client::Payload;

use super::{access, manager, match_namespace, write_cx};
use crate::audit;
use crate::call::Req;
use crate::decode;
use crate::error::Result;
use crate::negotiate;
use crate::objects;
use crate::options::WriteOptions;
use crate::reply;
use crate::served::Served;

/// Creates an object.
pub async fn create(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let options = WriteOptions::read(req.query, "CreateOptions")?;
    let mut obj = decode::read_object(req, &served.resource, options.field_validation).await?;
    let desc = served.resource.desc;
    let ty = served.resource.custom.is_none().then_some(desc.ty);
    audit::request_object(&obj, ty);
    match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
    let manager = manager(req, &options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    let written = objects::create::create(served, &mut cx, obj).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let written = written?;
    reply::object(req, served, wanted, 201, &written.object)
}
