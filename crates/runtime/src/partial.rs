//! Objects of any kind, of which only the metadata is kept.

use std::sync::Arc;

use skeg_client::{ApiResource, BoxError, Client, MetadataApi};
use skeg_meta::{GroupVersionKind, ObjectMeta, SharedObject};
use skeg_schema::envelope;

use crate::cached::Cached;
use crate::informer::{Informer, InformerBuilder, SharedInformerFactory};
use crate::source::Source;

/// An object of any kind, of which only the metadata is kept: what garbage
/// collection and the like need of everything.
#[derive(Clone, Debug)]
pub struct PartialObject {
    gvk: GroupVersionKind,
    meta: ObjectMeta,
}

impl PartialObject {
    /// The group, version and kind.
    #[must_use]
    pub fn gvk(&self) -> &GroupVersionKind {
        &self.gvk
    }

    /// The metadata.
    #[must_use]
    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl Cached for PartialObject {
    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError> {
        let mut meta = ObjectMeta::default();
        match object.type_id() {
            // The stored bytes will do; a tree would stay with the object for good.
            Some(ty) => {
                let bytes = object.try_protobuf()?;
                let raw = envelope::unwrap(&bytes)?.raw;
                skeg_schema::message_from_protobuf(metadata_of(raw, ty)?, &mut meta)?;
            }
            None => skeg_schema::message_from_value(object.value()["metadata"].clone(), &mut meta)?,
        }
        Ok(Arc::new(Self {
            gvk: object.gvk().clone(),
            meta,
        }))
    }

    fn object_meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn dynamic_source(
        resource: &ApiResource,
        client: Client,
        namespace: Option<&str>,
    ) -> Arc<dyn Source> {
        let resource = resource.clone();
        Arc::new(match namespace {
            None => MetadataApi::all(client, resource),
            Some(namespace) => MetadataApi::namespaced(client, resource, namespace),
        })
    }
}

/// The bytes of an encoded object's metadata. Its version is in there only
/// where the object has one in its bytes.
fn metadata_of(raw: &[u8], ty: skeg_schema::TypeId) -> Result<&[u8], BoxError> {
    let number = ty
        .desc()
        .field("metadata")
        .map(|field| u64::from(field.number))
        .ok_or("a kind without metadata")?;
    let mut rest = raw;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let len = match tag & 7 {
            0 => {
                varint(&mut rest)?;
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut rest)?)?,
            5 => 4,
            other => return Err(format!("protobuf wire type {other}").into()),
        };
        let field = rest.get(..len).ok_or(CUT_SHORT)?;
        rest = &rest[len..];
        if tag >> 3 == number && tag & 7 == 2 {
            return Ok(field);
        }
    }
    Ok(&[])
}

const CUT_SHORT: &str = "protobuf message cut short";

fn varint(rest: &mut &[u8]) -> Result<u64, BoxError> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or(CUT_SHORT)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("protobuf varint too long".into())
}

impl SharedInformerFactory {
    /// The informer of the metadata of any resource, custom ones too.
    #[must_use]
    pub fn partial(&self, resource: &ApiResource) -> Informer<PartialObject> {
        self.build_partial(resource).start()
    }

    /// An informer of the metadata of any resource, with more to say.
    pub fn build_partial(&self, resource: &ApiResource) -> InformerBuilder<PartialObject> {
        InformerBuilder::of_resource(self, resource)
    }
}
