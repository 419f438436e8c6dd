//! The seam to admission: the built-in plugins now; webhooks and policies will
//! hang here too.

use skeg_registry::admission::{Attributes, Chain};
pub use skeg_registry::admission::Operation;
use skeg_registry::context::Ctx;
use skeg_schema::Value;

use crate::error::Result;
use crate::objects::WriteCx;
use crate::served::Served;

/// The plugins of a server.
pub type Plugins = Chain;

fn attributes<'a>(
    served: &Served,
    cx: &'a WriteCx<'_>,
    operation: Operation,
) -> Attributes<'a> {
    let ctx = Ctx { subresource: cx.booked_as, ..cx.ctx() };
    Attributes { ctx, desc: served.resource.desc, operation }
}

/// Lets plugins fill in.
pub async fn mutate(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &mut Value,
    old: Option<&Value>,
) -> Result<()> {
    if !cx.admission {
        return Ok(());
    }
    let plugins = &cx.server.inner.admission;
    let warnings = plugins.admit(&attributes(served, cx, operation), obj, old).await?;
    cx.warnings.extend(warnings);
    Ok(())
}

/// Lets plugins refuse. Without an object it is a deletion of `old`.
pub async fn validate(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: Option<&Value>,
    old: Option<&Value>,
) -> Result<()> {
    if !cx.admission {
        return Ok(());
    }
    let plugins = &cx.server.inner.admission;
    let gone = Value::Null;
    let obj = obj.unwrap_or(&gone);
    let warnings = plugins.validate(&attributes(served, cx, operation), obj, old).await?;
    cx.warnings.extend(warnings);
    Ok(())
}
