//! Resources and subresources that are answered, not stored.

use http::Response;
use skeg_client::Payload;
use skeg_meta::SharedObject;
use skeg_registry::virtuals;
use skeg_schema::TypeId;
use skeg_schema::Value;
use skeg_schema::resources::SubresourceDesc;
use std::sync::Arc;

use super::{access, manager, match_namespace, write_cx};
use crate::admit::{self, Operation};
use crate::call::Req;
use crate::decode::{self, Expected};
use crate::error::{Error, Result};
use crate::managed_fields;
use crate::negotiate;
use crate::options::{ListOptions, WriteOptions};
use crate::reply::{self, Page};
use crate::selectors;
use crate::served::Served;

/// POST or GET of a collection that is not stored.
pub async fn collection(
    req: &Req<'_>,
    served: &Arc<Served>,
    verb: &str,
) -> Result<Response<Payload>> {
    let wanted = if verb == "create" {
        negotiate::negotiate_without_tables(req.headers, req.query)?
    } else {
        negotiate::negotiate(req.headers, req.query)?
    };
    let access = access(req);
    if verb == "list" {
        let cx = write_cx(req, &access, false, None);
        let env = req.server.virtual_env();
        let trees = virtuals::list(&env, &cx.ctx(), served.resource.desc).await;
        let ty = served.resource.desc.ty;
        let options = ListOptions::read(req.query, false)?;
        let filter = selectors::filter(
            served,
            &req.info.namespace,
            &options.label_selector,
            &options.field_selector,
            None,
        )?;
        let items = trees
            .into_iter()
            .map(|tree| SharedObject::from_value(tree, ty, 0))
            .filter(|object| filter.matches(object))
            .collect();
        reply::check_many(wanted, served)?;
        return reply::list(
            req,
            served,
            wanted,
            Page {
                items,
                ..Page::default()
            },
        );
    }
    if verb != "create" {
        return Err(Error::method_not_allowed());
    }
    let options = WriteOptions::read(req.query, "CreateOptions")?;
    let expected = Expected::of(&served.resource);
    let mut body = decode::read(req, &expected, options.field_validation).await?;
    served.resource.strategy.default(&mut body);
    crate::audit::request_object(&body, Some(expected.ty));
    let desc = served.resource.desc;
    match_namespace(desc.namespaced, &req.info.namespace, &mut body)?;
    let manager = manager(req, &options);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    own_fields(&mut body, &expected, "", &manager, cx.now);
    admit::mutate_body(served, &mut cx, Operation::Create, &mut body).await?;
    admit::validate(served, &mut cx, Operation::Create, &body, None).await?;
    let env = req.server.virtual_env();
    let outcome = virtuals::create(&env, &cx.ctx(), desc, body).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let (code, tree) = outcome?;
    answer(req, wanted, code, tree, desc.ty)
}

/// GET of an object that is not stored.
pub async fn object(req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
    let wanted = negotiate::negotiate(req.headers, req.query)?;
    let access = access(req);
    let cx = write_cx(req, &access, false, None);
    let env = req.server.virtual_env();
    let desc = served.resource.desc;
    let tree = virtuals::get(&env, &cx.ctx(), desc, &req.info.name).await?;
    reply::check_one(wanted, served)?;
    reply::object(
        req,
        served,
        wanted,
        200,
        &SharedObject::from_value(tree, desc.ty, 0),
    )
}

/// POST of a subresource that makes something.
pub async fn create_subresource(
    req: &Req<'_>,
    served: &Arc<Served>,
    sub: &'static SubresourceDesc,
) -> Result<Response<Payload>> {
    let wanted = negotiate::negotiate_without_tables(req.headers, req.query)?;
    let options = WriteOptions::read(req.query, "CreateOptions")?;
    let ty = sub
        .ty
        .ok_or_else(|| Error::internal_error(format!("the tables have no {}", sub.kind)))?;
    // Upstream still decodes the beta form of what it serves as v1 there.
    let older: &[&str] = if sub.group == "policy" {
        &["v1beta1"]
    } else {
        &[]
    };
    let expected = Expected {
        ty,
        group: sub.group,
        version: sub.version,
        kind: sub.kind,
        internal: ty,
        older,
    };
    let mut body = decode::read(req, &expected, options.field_validation).await?;
    let desc = served.resource.desc;
    virtuals::default(desc, sub.name, &mut body);
    crate::audit::request_object(&body, Some(expected.ty));
    match_namespace(desc.namespaced, &req.info.namespace, &mut body)?;
    let manager = manager(req, &options);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, Some(&manager));
    own_fields(&mut body, &expected, sub.name, &manager, cx.now);
    admit::mutate_body(served, &mut cx, Operation::Create, &mut body).await?;
    admit::validate(served, &mut cx, Operation::Create, &body, None).await?;
    let env = req.server.virtual_env();
    let odd = virtuals::warning(&env, desc, sub.name, &body);
    let outcome = virtuals::create_subresource(&env, &cx.ctx(), desc, body).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let (code, tree) = outcome?;
    req.warn_all(odd.into_iter().collect());
    answer(req, wanted, code, tree, ty)
}

/// Books the fields of an object that is only answered.
fn own_fields(
    body: &mut Value,
    expected: &Expected,
    subresource: &str,
    manager: &str,
    now: skeg_meta::Time,
) {
    let api_version = format!("{}/{}", expected.group, expected.version);
    let write = managed_fields::Write {
        manager,
        api_version: api_version.trim_start_matches('/'),
        subresource,
        now: &now.to_string(),
        versions: &managed_fields::OneVersion {
            node: managed_fields::Node::Message(expected.ty),
            // Who asks for a review may fill in its answer, and then owns that.
            ignored: if subresource.is_empty() {
                &[]
            } else {
                &[&["f:status"]]
            },
        },
        disowned: None,
        creating: true,
        folded: false,
    };
    managed_fields::update(&Value::object(), body, &write);
}

/// An object of the expected type, or a Status.
fn answer(
    req: &Req<'_>,
    wanted: negotiate::Wanted,
    code: u16,
    tree: Value,
    ty: TypeId,
) -> Result<Response<Payload>> {
    if tree["kind"].as_str() == Some("Status")
        && let Some(status) = skeg_meta::Status::from_value(&tree)
    {
        return Ok(reply::status(req, wanted, code, status));
    }
    let go_name = reply::internal_name(ty);
    reply::tree(req, wanted, code, (ty, &go_name), tree)
}
