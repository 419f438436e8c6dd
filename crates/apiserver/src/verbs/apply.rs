//! Server-side apply: PATCH with `application/apply-patch+yaml`.

use http::Response;
use skeg_client::Payload;
use skeg_meta::SharedObject;
use skeg_schema::{
    DecodeError, DecodeOptions, Value, decode_json, decode_yaml, encode_json_any, fill,
};

use super::{access, check_name, match_namespace, visible_tree, write_cx};
use crate::call::Req;
use crate::decode;
use crate::error::{Error, Result};

use crate::managed_fields::{self, apply as ssa};
use crate::negotiate;
use crate::objects::update::{self, Change};
use crate::objects::versions::KindVersions;
use crate::options::{FieldValidation, WriteOptions};
use crate::reply;
use crate::served::Served;

/// What is applied, as it was sent.
pub struct Config {
    tree: Result<Value>,
    complaints: Vec<String>,
}

impl Config {
    /// Reads a body; what is wrong with it is told when it is used.
    pub fn read(bytes: &[u8]) -> Self {
        let decoded = match decode_yaml(bytes, None, &DecodeOptions::strict()) {
            Ok(decoded) => decoded,
            Err(error) => {
                let text = match &error {
                    DecodeError::TooLarge { .. } => error.to_string(),
                    _ => format!("error encoding patch: {}", yaml_error(&error.to_string())),
                };
                return Self {
                    tree: Err(Error::bad_request(text)),
                    complaints: Vec::new(),
                };
            }
        };
        let tree = match decoded.value {
            Value::Null => Ok(Value::object()),
            tree @ Value::Object(_) => Ok(tree),
            other => {
                let what = match &other {
                    Value::Array(_) => "array",
                    Value::String(_) => "string",
                    Value::Bool(_) => "bool",
                    _ => "number",
                };
                Err(Error::bad_request(format!(
                    "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {what} into Go value of type map[string]interface {{}}"
                )))
            }
        };
        Self {
            tree,
            complaints: decoded.complaints,
        }
    }

    /// The tree.
    ///
    /// # Errors
    /// The body is none.
    pub fn tree(&self) -> Result<&Value> {
        self.tree.as_ref().map_err(Clone::clone)
    }

    /// Warns of or refuses what the request asks about.
    ///
    /// # Errors
    /// A key stands twice, and the request does not want that.
    pub fn complain(&self, req: &Req<'_>, options: &WriteOptions) -> Result<()> {
        if options.field_validation == FieldValidation::Strict && !self.complaints.is_empty() {
            return Err(Error::bad_request(format!(
                "error strict decoding YAML: error converting YAML to JSON: {}",
                self.complaints.join(", ")
            )));
        }
        decode::complain(
            req,
            self.complaints.clone(),
            options.field_validation,
            |text| Error::bad_request(text.to_owned()),
        )
    }
}

/// The parser's own words.
fn yaml_error(text: &str) -> &str {
    text.find("yaml: ").map_or(text, |at| &text[at..])
}

/// Applies to an object, or makes it.
pub async fn apply(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::negotiate(req.headers, req.query, false)?;
    let bytes = req.read_body().await?;
    let options = WriteOptions::read_apply(req.query)?;
    reply::check_one(wanted, served)?;
    let config = Config::read(&bytes);
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, None);
    let now = cx.now.to_string();
    let versions = KindVersions::new(served, &req.server.inner.table, cx.booked_as);
    let write = managed_fields::Write {
        manager: &options.field_manager,
        api_version: versions.own(),
        subresource: cx.booked_as,
        now: &now,
        versions: &versions,
        disowned: None,
        creating: false,
    };
    let mut transform = |live: Option<&SharedObject>| {
        let tree = config.tree()?;
        let applied = applied(served, live, tree, options.force, &write)?;
        config.complain(req, &options)?;
        finish(req, served, live, applied, tree)
    };
    let change = Change {
        transform: &mut transform,
        create: req.info.subresource.is_empty(),
        uid: None,
    };
    let written = update::apply(served, &mut cx, change).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let written = written?;
    let code = if written.created { 201 } else { 200 };
    reply::object(req, served, wanted, code, &written.object)
}

fn applied(
    served: &Served,
    live: Option<&SharedObject>,
    tree: &Value,
    force: bool,
    write: &managed_fields::Write<'_>,
) -> Result<Value> {
    let desc = served.resource.desc;
    let write = managed_fields::Write {
        creating: live.is_none(),
        disowned: None,
        ..*write
    };
    let current = match live {
        Some(live) => visible_tree(live),
        None => {
            let mut blank = ssa::blank(write.api_version, desc.kind);
            fill(&mut blank, desc.ty);
            blank
        }
    };
    let applied = ssa::apply(current, tree, desc.kind, force, &write)?;
    Ok(applied.object)
}

/// Makes an object of the kind of what was merged: decodes, defaults, checks.
fn finish(
    req: &Req<'_>,
    served: &Served,
    live: Option<&SharedObject>,
    mut merged: Value,
    tree: &Value,
) -> Result<Value> {
    let desc = served.resource.desc;
    let booked = merged.remove_at(&["metadata", "managedFields"]);
    let mut bytes = Vec::new();
    encode_json_any(&merged, &mut bytes);
    let decoded = decode_json(&bytes, desc.ty, &DecodeOptions::default()).map_err(|error| {
        Error::internal(format!(
            "failed to convert new object ({}) to proper version: unable to convert unstructured object to {}: {error}",
            ssa::about(tree),
            ssa::about(tree).split("; ").nth(1).unwrap_or_default(),
        ))
    })?;
    let mut obj = decoded.value;
    served.resource.strategy.default(&mut obj);
    if let Some(booked) = booked {
        obj.set_at(&["metadata", "managedFields"], booked);
    }
    if live.is_none()
        && let Some(uid) = obj["metadata"]["uid"]
            .as_str()
            .filter(|uid| !uid.is_empty())
    {
        return Err(Error::conflict(
            desc.group,
            desc.resource,
            &req.info.name,
            &format!(
                "uid mismatch: the provided object specified uid {}, and no existing object was found",
                uid
            ),
        ));
    }
    match_namespace(desc.namespaced, &req.info.namespace, &mut obj)?;
    check_name(&obj, desc.namespaced, &req.info.namespace, &req.info.name)?;
    Ok(obj)
}
