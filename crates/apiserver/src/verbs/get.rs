//! GET of one object.

use http::Response;
use skeg_client::Payload;

use crate::call::Req;
use crate::error::{Error, Result};
use crate::negotiate;
use crate::objects;
use crate::reply;
use crate::served::Served;

/// Answers one object.
pub async fn get(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    if req.query.flag("export") {
        return Err(Error::bad_request(
            "the export parameter, deprecated since v1.14, is no longer supported",
        ));
    }
    let version = req.query.get("resourceVersion").unwrap_or_default();
    let found = objects::read::get(
        req.server,
        served,
        &req.info.namespace,
        &req.info.name,
        version,
    )
    .await?;
    reply::object(req, served, wanted, 200, &found)
}
