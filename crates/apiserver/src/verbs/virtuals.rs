//! Resources and subresources that are answered, not stored.

use http::Response;
use skeg_client::Payload;
use skeg_schema::resources::SubresourceDesc;
use std::sync::Arc;

use crate::call::Req;
use crate::error::{Error, Result};
use crate::served::Served;

/// POST or GET of a collection that is not stored.
pub async fn collection(
    _req: &Req<'_>,
    _served: &Arc<Served>,
    _verb: &str,
) -> Result<Response<Payload>> {
    Err(Error::method_not_allowed())
}

/// GET of an object that is not stored.
pub async fn object(_req: &Req<'_>, _served: &Arc<Served>) -> Result<Response<Payload>> {
    Err(Error::no_such_resource())
}

/// POST of a subresource.
pub async fn create_subresource(
    _req: &Req<'_>,
    _served: &Arc<Served>,
    _sub: &'static SubresourceDesc,
) -> Result<Response<Payload>> {
    Err(Error::method_not_allowed())
}
