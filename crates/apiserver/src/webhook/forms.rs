//! The objects of a request in the versions that webhooks want.

use bytes::Bytes;
use skeg_schema::{DecodeOptions, TypeId, Value, decode_json, encode_json, encode_json_any};

use super::review::{Gvk, Gvr, Request};
use crate::ApiServer;
use crate::custom::convert;
use crate::decode::not_registered;
use crate::error::{Error, Result};
use crate::objects::access::Access;
use crate::objects::versions::KindVersions;
use crate::served::Served;

/// A write that is to be admitted.
pub struct Subject<'a> {
    /// What webhooks are told of it.
    pub request: Request<'a>,
    /// The resource.
    pub(crate) served: &'a Served,
    /// The server.
    pub(crate) server: &'a ApiServer,
    /// The other objects.
    pub(crate) access: &'a Access,
    /// Its objects are of the resource's own kind, not of a subresource's.
    pub own_kind: bool,
}

fn type_of(kind: &Gvk) -> Option<TypeId> {
    TypeId::by_gvk(&kind.group, &kind.version, &kind.kind)
}

/// Whether a kind is one of the server's own, of which it knows the fields.
pub(super) fn is_typed(kind: &Gvk) -> bool {
    type_of(kind).is_some()
}

fn api_version(kind: &Gvk) -> String {
    if kind.group.is_empty() {
        kind.version.clone()
    } else {
        format!("{}/{}", kind.group, kind.version)
    }
}

fn write(tree: &Value, kind: &Gvk) -> Vec<u8> {
    let mut tree = tree.clone();
    tree.set_at(&["kind"], kind.kind.as_str());
    tree.set_at(&["apiVersion"], api_version(kind));
    let mut out = Vec::new();
    match type_of(kind) {
        Some(ty) => encode_json(&tree, ty, &mut out),
        None => encode_json_any(&tree, &mut out),
    }
    out
}

impl Subject<'_> {
    /// The same resource in other versions and groups.
    pub(crate) fn equivalents(&self) -> Vec<(Gvk, Gvr)> {
        let own = &self.served.resource;
        self.server
            .inner
            .table()
            .iter()
            .filter(|other| {
                other.resource.storage_prefix == own.storage_prefix
                    && (other.resource.desc.group != own.desc.group
                        || other.resource.desc.version != own.desc.version)
            })
            .map(|other| {
                let desc = other.resource.desc;
                let kind = if self.own_kind {
                    Gvk {
                        group: desc.group.to_owned(),
                        version: desc.version.to_owned(),
                        kind: desc.kind.to_owned(),
                    }
                } else {
                    self.request.kind.clone()
                };
                let resource = Gvr {
                    group: desc.group.to_owned(),
                    version: desc.version.to_owned(),
                    resource: desc.resource.to_owned(),
                };
                (kind, resource)
            })
            .collect()
    }

    async fn convert(&self, tree: &Value, from: &Gvk, to: &Gvk) -> Result<Value> {
        if let Some(kind) = self.served.converted_by_webhook() {
            return convert::convert_one(self.server, kind, &api_version(to), tree).await;
        }
        let versions = KindVersions::new(self.served, self.server.inner.table(), "");
        versions
            .convert_anywhere(tree, &api_version(from), &api_version(to))
            .ok_or_else(|| {
                Error::internal_error(format!(
                    "converting ({}) to ({}): unknown conversion",
                    api_version(from),
                    api_version(to)
                ))
            })
    }

    /// A tree of the request's kind as JSON of another.
    pub(crate) async fn encode(&self, tree: &Value, kind: &Gvk) -> Result<Bytes> {
        if *kind == self.request.kind {
            return Ok(write(tree, kind).into());
        }
        let converted = self.convert(tree, &self.request.kind, kind).await?;
        Ok(write(&converted, kind).into())
    }

    /// JSON that a webhook or a policy made, of its kind, as a tree of the
    /// request's kind with its defaults.
    ///
    /// # Errors
    /// It does not decode, or says that it is of another kind.
    pub(crate) async fn read(&self, json: &Value, kind: &Gvk) -> Result<Value> {
        self.read_with(json, kind, &DecodeOptions::default()).await
    }

    /// The same; fields that the kind does not have are an error.
    ///
    /// # Errors
    /// As those of [`Subject::read`], with all such fields.
    pub(crate) async fn read_strictly(&self, json: &Value, kind: &Gvk) -> Result<Value> {
        self.read_with(json, kind, &DecodeOptions::strict()).await
    }

    async fn read_with(&self, json: &Value, kind: &Gvk, options: &DecodeOptions) -> Result<Value> {
        let (mut tree, of) = match type_of(kind) {
            Some(_) => {
                let given = given_kind(json, kind);
                let ty = Self::known_type(&given, kind)?;
                let mut bytes = Vec::new();
                encode_json_any(json, &mut bytes);
                let decoded = decode_json(&bytes, ty, options)
                    .map_err(|error| Error::internal(error.to_string()))?;
                if !decoded.complaints.is_empty() {
                    let all = decoded.complaints.join(", ");
                    return Err(Error::internal(format!("strict decoding error: {all}")));
                }
                (decoded.value, given)
            }
            None => (json.clone(), kind.clone()),
        };
        if of != self.request.kind {
            tree = self.convert(&tree, &of, &self.request.kind).await?;
        }
        if self.own_kind {
            self.served.resource.strategy.default(&mut tree);
        }
        Ok(tree)
    }

    /// The type of what says that it is `given` where a `kind` should be.
    fn known_type(given: &Gvk, kind: &Gvk) -> Result<TypeId> {
        let shown = |kind: &Gvk| format!("{}.{}", kind.version, kind.kind);
        let Some(ty) = type_of(given) else {
            return Err(Error::internal(not_registered(
                &given.kind,
                &api_version(given),
            )));
        };
        if given.kind != kind.kind {
            return Err(Error::internal(format!(
                "converting ({}) to ({}): unknown conversion",
                shown(given),
                shown(kind)
            )));
        }
        Ok(ty)
    }
}

/// What JSON says that it is; what it does not say is as in `kind`.
fn given_kind(json: &Value, kind: &Gvk) -> Gvk {
    let text = |name: &str| json[name].as_str().unwrap_or_default();
    let (group, version) = match text("apiVersion") {
        "" => (&*kind.group, &*kind.version),
        given => given.rsplit_once('/').unwrap_or(("", given)),
    };
    let name = match text("kind") {
        "" => &kind.kind,
        name => name,
    };
    Gvk {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: name.to_owned(),
    }
}

/// JSON of the objects, written once for each version that is asked for.
pub(super) struct Forms<'a> {
    subject: &'a Subject<'a>,
    old: Option<&'a Value>,
    written: Vec<Written>,
}

struct Written {
    kind: Gvk,
    object: Option<Bytes>,
    old: Option<Bytes>,
}

impl<'a> Forms<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, old: Option<&'a Value>) -> Self {
        Self {
            subject,
            old,
            written: Vec::new(),
        }
    }

    /// The objects changed.
    pub(super) fn forget(&mut self) {
        self.written.clear();
    }

    /// New (none on a deletion) and old object.
    pub(super) async fn shown(
        &mut self,
        obj: &Value,
        kind: &Gvk,
    ) -> Result<(Option<Bytes>, Option<Bytes>)> {
        if let Some(found) = self.written.iter().find(|w| w.kind == *kind) {
            return Ok((found.object.clone(), found.old.clone()));
        }
        let object = match obj {
            Value::Null => None,
            obj => Some(self.subject.encode(obj, kind).await?),
        };
        let old = match self.old {
            Some(old) => Some(self.subject.encode(old, kind).await?),
            None => None,
        };
        self.written.push(Written {
            kind: kind.clone(),
            object: object.clone(),
            old: old.clone(),
        });
        Ok((object, old))
    }
}
