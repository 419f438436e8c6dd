//! DELETE of one object, or of all in a collection.

use http::Response;
use skeg_auth::authz::Attributes;
use skeg_client::Payload;
use skeg_schema::{
    DecodeError, DecodeOptions, TypeId, Value, decode_json, decode_json_any, decode_protobuf,
    decode_yaml, envelope,
};

use super::{access, write_cx};
use crate::call::Req;
use crate::decode::{form_of, not_an_object};
use crate::error::{Error, Result};
use crate::negotiate::{self, Format};
use crate::objects;
use crate::objects::delete::{self, Deleted};
use crate::options::{self, ListOptions};
use crate::reply;
use crate::selectors;
use crate::served::Served;

/// DeleteOptions from the body, or from the query when there is none.
async fn delete_options(req: &Req<'_>) -> Result<options::DeleteOptions> {
    if let Some(object) = req.take_object() {
        return options::DeleteOptions::from_tree(&object.value());
    }
    let bytes = req.read_body().await?;
    if bytes.is_empty() {
        return options::DeleteOptions::read(req.query);
    }
    let format = negotiate::body_format(req.headers)?;
    let Some(ty) = TypeId::by_gvk("meta.k8s.io", "v1", "DeleteOptions")
        .or_else(|| TypeId::by_name("meta/v1.DeleteOptions"))
    else {
        return Err(Error::internal_error("the tables have no DeleteOptions"));
    };
    let tree = decode_options(&bytes, format, ty)?;
    // As upstream writes it, which has read it into its own form by then.
    let mut read = skeg_schema::Object::new();
    read.insert("kind", "DeleteOptions");
    read.insert("apiVersion", "meta.k8s.io/__internal");
    if let Value::Object(members) = &tree {
        for (name, value) in members {
            if !matches!(&**name, "kind" | "apiVersion") {
                read.insert(name.clone(), value.clone());
            }
        }
    }
    skeg_auth::audit::request_patch(&Value::Object(read));
    let kind = tree["kind"].as_str().unwrap_or_default();
    if !kind.is_empty() && kind != "DeleteOptions" {
        let version = match tree["apiVersion"].as_str().unwrap_or_default() {
            "" => "meta.k8s.io/v1",
            version => version,
        };
        return Err(Error::bad_request(format!(
            "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
            crate::go::quote(kind),
            crate::go::quote(version)
        )));
    }
    options::DeleteOptions::from_tree(&tree)
}

/// What is no object has no kind that could be looked for.
fn check_form(body: Option<Value>) -> Result<()> {
    match body
        .filter(|body| !body.is_object())
        .as_ref()
        .and_then(form_of)
    {
        Some(form) => Err(Error::bad_request(not_an_object(form))),
        None => Ok(()),
    }
}

fn decode_options(bytes: &[u8], format: Format, ty: TypeId) -> Result<Value> {
    let plain = DecodeOptions::default();
    let fail = |error: DecodeError| {
        let text = error.to_string();
        Error::bad_request(match error {
            DecodeError::Syntax(_) => {
                format!("couldn't get version/kind; json parse error: {text}")
            }
            _ => text,
        })
    };
    let value = match format {
        Format::Json => {
            check_form(decode_json_any(bytes).ok())?;
            decode_json(bytes, ty, &plain).map_err(fail)?.value
        }
        Format::Yaml => {
            let any = decode_yaml(bytes, None, &plain).ok();
            check_form(any.map(|decoded| decoded.value))?;
            decode_yaml(bytes, Some(ty), &plain).map_err(fail)?.value
        }
        Format::Protobuf => {
            let unknown = envelope::unwrap(bytes).map_err(fail)?;
            decode_protobuf(unknown.raw, ty).map_err(fail)?
        }
    };
    Ok(if value.is_null() {
        Value::object()
    } else {
        value
    })
}

/// Deletes an object.
pub async fn delete(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let options = delete_options(req).await?;
    if options.ignore_read_error {
        skeg_auth::audit::annotate("apiserver.k8s.io/unsafe-delete-ignore-read-error", "");
        may_ignore_errors(req, served).await?;
    }
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, None);
    let outcome = delete::delete(served, &mut cx, &options).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    match outcome? {
        Deleted::Object(object) => {
            // The old way to ask for cascading deletion is answered so when
            // the object is still there.
            let code = if options.orphan_dependents == Some(false) {
                202
            } else {
                200
            };
            reply::object(req, served, wanted, code, &object)
        }
        Deleted::Status(status) => Ok(reply::status(req, wanted, 200, *status)),
    }
}

/// Who deletes what cannot be read must be allowed that too.
async fn may_ignore_errors(req: &Req<'_>, served: &Served) -> Result<()> {
    const VERB: &str = "unsafe-delete-ignore-read-errors";
    let desc = served.resource.desc;
    let attributes = Attributes {
        namespace: &req.info.namespace,
        version: desc.version,
        name: &req.info.name,
        ..Attributes::resource(&req.user, VERB, desc.group, desc.resource)
    };
    let answer = req.server.inner.authorizer.authorize(&attributes).await;
    if answer.allowed() {
        return Ok(());
    }
    Err(Error::about(
        403,
        "Forbidden",
        desc.group,
        desc.resource,
        &req.info.name,
        &format!(
            "is forbidden: not permitted to do \"{VERB}\", reason: {}",
            answer.reason
        ),
    ))
}

/// Deletes all objects of a collection that pass the selectors; answers them
/// as they were.
pub async fn delete_collection(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let list_options = ListOptions::read(req.query, false)?;
    let filter = selectors::filter(
        served,
        &req.info.namespace,
        &list_options.label_selector,
        &list_options.field_selector,
        None,
    )?;
    let mut options = delete_options(req).await?;
    options.of_collection = true;
    options.check_of_collection()?;
    let page = objects::read::list(req.server, served, &filter, &list_options).await?;
    let access = access(req);
    for object in &page.items {
        let mut cx = write_cx(req, &access, options.dry_run, None);
        cx.name = object.name();
        cx.namespace = object.namespace();
        match delete::delete(served, &mut cx, &options).await {
            Ok(_) => {}
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    reply::list(req, served, wanted, page)
}
