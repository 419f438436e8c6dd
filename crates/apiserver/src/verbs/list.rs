//! GET of a collection.

use http::Response;
use skeg_client::Payload;

use crate::call::Req;
use crate::error::Result;
use crate::negotiate;
use crate::objects;
use crate::options::ListOptions;
use crate::reply;
use crate::selectors;
use crate::served::Served;

/// Answers a page of objects.
pub async fn list(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let options = ListOptions::read(req.query, false)?;
    let filter = selectors::filter(
        served,
        &req.info.namespace,
        &options.label_selector,
        &options.field_selector,
        None,
    )?;
    let page = objects::read::list(req.server, served, &filter, &options).await?;
    reply::list(req, served, wanted, page)
}
