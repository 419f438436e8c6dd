//! The verbs, from the request's options to its answer.

pub mod apply;
pub mod connect;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
mod pace;
pub mod patch;
pub mod scale;
pub mod update;
pub mod virtuals;
pub mod watch;

use skeg_meta::SharedObject;
use skeg_schema::Value;

use crate::call::Req;
use crate::error::{Error, Result};
use crate::managed_fields::manager_of_agent;
use crate::objects::WriteCx;
use crate::objects::access::Access;
use crate::options::WriteOptions;

/// The namespace of a request must be that of its object; an object without
/// one gets it.
fn match_namespace(namespaced: bool, namespace: &str, obj: &mut Value) -> Result<()> {
    if !namespaced {
        obj.remove_at(&["metadata", "namespace"]);
        return Ok(());
    }
    let given = obj["metadata"]["namespace"].as_str().unwrap_or_default();
    if given.is_empty() {
        obj.set_at(&["metadata", "namespace"], namespace);
    } else if given != namespace {
        return Err(Error::bad_request(crate::objects::create::ELSEWHERE));
    }
    Ok(())
}

/// Name and namespace of an object must be those of the URL.
fn check_name(obj: &Value, namespaced: bool, namespace: &str, name: &str) -> Result<()> {
    let given = obj["metadata"]["name"].as_str().unwrap_or_default();
    if given.is_empty() {
        return Err(Error::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )));
    }
    if given != name {
        return Err(Error::bad_request(format!(
            "the name of the object ({given}) does not match the name on the URL ({name})"
        )));
    }
    let given = obj["metadata"]["namespace"].as_str().unwrap_or_default();
    if namespaced && !given.is_empty() && given != namespace {
        return Err(Error::bad_request(format!(
            "the namespace of the object ({given}) does not match the namespace on the request ({namespace})"
        )));
    }
    Ok(())
}

/// The manager that a write is booked under.
fn manager(req: &Req<'_>, options: &WriteOptions) -> String {
    if options.field_manager.is_empty() {
        manager_of_agent(req.agent())
    } else {
        options.field_manager.clone()
    }
}

/// A write on behalf of a request.
fn write_cx<'a>(
    req: &'a Req<'_>,
    access: &'a Access,
    dry_run: bool,
    manager: Option<&'a str>,
) -> WriteCx<'a> {
    WriteCx {
        server: req.server,
        access,
        user: &req.user,
        namespace: &req.info.namespace,
        name: &req.info.name,
        unnamed: false,
        subresource: &req.info.subresource,
        booked_as: &req.info.subresource,
        verb: req.info.verb.as_str(),
        dry_run,
        now: req.server.now(),
        manager,
        admission: true,
        query: Some(req.query),
        warnings: Vec::new(),
    }
}

/// Access of strategies to other objects, on behalf of a request.
fn access(req: &Req<'_>) -> Access {
    Access::new(req.server.clone(), req.user.clone())
}

/// The tree of an object with its zeroes written out, as a client sees it.
fn visible_tree(object: &SharedObject) -> Value {
    filled((*object.value()).clone(), object)
}

fn filled(mut tree: Value, object: &SharedObject) -> Value {
    if let Some(ty) = object.type_id() {
        skeg_schema::fill(&mut tree, ty);
    }
    tree
}
