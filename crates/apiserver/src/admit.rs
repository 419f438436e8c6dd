//! The seam to admission: the built-in plugins now; webhooks and policies will
//! hang here too.

use skeg_auth::authz::escalation::{self, EscalationError};
pub use skeg_registry::admission::Operation;
use skeg_registry::admission::{Attributes, Chain};
use skeg_registry::context::Ctx;
use skeg_schema::Value;

use crate::error::{Error, Result};
use crate::objects::WriteCx;
use crate::served::Served;

/// The group whose objects give rights.
const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

/// The plugins of a server.
pub type Plugins = Chain;

fn attributes<'a>(served: &Served, cx: &'a WriteCx<'_>, operation: Operation) -> Attributes<'a> {
    let ctx = Ctx {
        subresource: cx.booked_as,
        ..cx.ctx()
    };
    Attributes {
        ctx,
        desc: served.resource.desc,
        operation,
    }
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
    let warnings = plugins
        .admit(&attributes(served, cx, operation), obj, old)
        .await?;
    cx.warnings.extend(warnings);
    Ok(())
}

/// Nobody hands out rights that they do not have.
async fn check_escalation(
    served: &Served,
    cx: &WriteCx<'_>,
    obj: &Value,
    old: Option<&Value>,
) -> Result<()> {
    let desc = served.resource.desc;
    let inner = &cx.server.inner;
    let Some(rbac) = inner.rbac.as_ref().filter(|_| desc.group == RBAC_GROUP) else {
        return Ok(());
    };
    let name = obj["metadata"]["name"].as_str().unwrap_or_default();
    let write = escalation::Write {
        resource: desc.resource,
        namespace: cx.namespace,
        name,
        new: obj,
        old,
    };
    match escalation::check_write(rbac, &*inner.authorizer, cx.user, &write).await {
        Ok(()) => Ok(()),
        Err(EscalationError::Forbidden(why)) => Err(Error::about(
            403,
            "Forbidden",
            desc.group,
            desc.resource,
            name,
            &format!("is forbidden: {why}"),
        )),
        Err(EscalationError::RoleNotFound(role)) => {
            Err(Error::not_found(desc.group, desc.resource, &role))
        }
    }
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
    if let Some(obj) = obj {
        check_escalation(served, cx, obj, old).await?;
    }
    let plugins = &cx.server.inner.admission;
    let gone = Value::Null;
    let obj = obj.unwrap_or(&gone);
    let warnings = plugins
        .validate(&attributes(served, cx, operation), obj, old)
        .await?;
    cx.warnings.extend(warnings);
    Ok(())
}
