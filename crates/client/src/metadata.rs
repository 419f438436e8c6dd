//! Reads only the metadata of objects, of whatever resource: the server leaves
//! the rest out.

use std::sync::Arc;

use futures::stream::BoxStream;
use http::Method;
use skeg_meta::SharedObject;
use skeg_schema::{Object, TypeId, Value};

use crate::client::{Client, target};
use crate::codec::{self, Answer, Decoder};
use crate::error::Error;
use crate::options::{GetOptions, ListOptions, QueryOptions, Refused, WatchOptions};
use crate::payload::{BoxError, SharedEvent, SharedList};
use crate::resource::ApiResource;

/// What is asked for, the best first; a server that knows nothing of it gives
/// whole objects.
const LIST: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json";
const ONE: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json";

/// Gets, lists and watches the metadata of the objects of a resource, custom
/// ones too. Cheap to clone.
///
/// The objects come as trees of `apiVersion`, `kind` and `metadata`; from a
/// server in the process, which has nothing to save by it, whole.
#[derive(Clone)]
pub struct MetadataApi {
    client: Client,
    resource: ApiResource,
    namespace: Option<String>,
    decoder: Arc<dyn Decoder>,
}

impl std::fmt::Debug for MetadataApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetadataApi")
            .field("resource", &self.resource)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl MetadataApi {
    /// All namespaces, or the one scope of a kind that lives in none.
    #[must_use]
    pub fn all(client: Client, resource: ApiResource) -> Self {
        Self::new(client, resource, None)
    }

    /// One namespace; the empty one stands for all. Kinds that live in none
    /// ignore it.
    #[must_use]
    pub fn namespaced(client: Client, resource: ApiResource, namespace: impl Into<String>) -> Self {
        Self::new(client, resource, Some(namespace.into()))
    }

    fn new(client: Client, resource: ApiResource, namespace: Option<String>) -> Self {
        let decoder = Arc::new(MetadataOnly {
            api_version: resource.api_version(),
            kind: resource.kind.to_string(),
        });
        Self {
            client,
            resource,
            // As in Go: the empty one stands for all.
            namespace: namespace.filter(|namespace| !namespace.is_empty()),
            decoder,
        }
    }

    /// The client below.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> &ApiResource {
        &self.resource
    }

    fn request(
        &self,
        name: Option<&str>,
        options: &dyn QueryOptions,
        accept: &'static str,
    ) -> Result<http::Request<crate::Payload>, Error> {
        let path = self
            .resource
            .checked_path(self.namespace.as_deref(), name, None)?;
        let accept = if self.client.in_process() {
            codec::JSON
        } else {
            accept
        };
        self.client
            .request(Method::GET, target(path, options), accept)
    }

    /// Options that do not go together are an error before anything is sent.
    fn allowed(&self, refused: Refused) -> Result<(), Error> {
        refused.map_err(|why| Error::Request {
            target: self.resource.path(self.namespace.as_deref(), None, None),
            message: why.to_owned(),
        })
    }

    /// Gets an object.
    ///
    /// # Errors
    /// `is_not_found()` when there is none; else as for every request.
    pub async fn get(&self, name: &str) -> Result<SharedObject, Error> {
        let request = self.request(Some(name), &GetOptions::default(), ONE)?;
        match self.client.one(request, &*self.decoder).await? {
            Answer::Object(object) => Ok(object),
            Answer::Status(status) => Err(Error::decode(
                name,
                format!("expected an object, not a Status: {}", status.message),
            )),
        }
    }

    /// Lists objects: one page, if there is a limit.
    ///
    /// # Errors
    /// As for every request.
    pub async fn list(&self, options: &ListOptions) -> Result<SharedList, Error> {
        self.allowed(options.check())?;
        let request = self.request(None, options, LIST)?;
        let decoder = Arc::clone(&self.decoder);
        Ok(self.client.page(request, decoder, Ok).await?.into())
    }

    /// Watches objects.
    ///
    /// # Errors
    /// As for every request. What ends a watch that has begun comes in the stream.
    pub async fn watch(
        &self,
        options: &WatchOptions,
    ) -> Result<BoxStream<'static, Result<SharedEvent, Error>>, Error> {
        self.allowed(options.check())?;
        let request = self.request(None, options, ONE)?;
        let decoder = Arc::clone(&self.decoder);
        self.client.events(request, decoder, Ok).await
    }
}

/// Decodes into trees of nothing but metadata, whatever comes.
struct MetadataOnly {
    api_version: String,
    kind: String,
}

impl MetadataOnly {
    fn object(&self, metadata: Value) -> SharedObject {
        let mut tree = Object::new();
        tree.insert("apiVersion", self.api_version.as_str());
        tree.insert("kind", self.kind.as_str());
        tree.insert("metadata", metadata);
        // Not of the kind's type, of which most is missing.
        SharedObject::from_custom(Value::Object(tree))
    }
}

impl Decoder for MetadataOnly {
    fn protobuf(&self, raw: &[u8]) -> Result<SharedObject, BoxError> {
        // Metadata is the first field of every kind.
        let ty = TypeId::by_name("meta/v1.PartialObjectMetadata").ok_or("no such type")?;
        self.tree(skeg_schema::decode_protobuf(raw, ty)?)
    }

    fn json(&self, bytes: &[u8]) -> Result<SharedObject, BoxError> {
        self.tree(skeg_schema::decode_json_any(bytes)?)
    }

    fn tree(&self, mut value: Value) -> Result<SharedObject, BoxError> {
        let metadata = value.get_mut("metadata").map(Value::take);
        Ok(self.object(metadata.unwrap_or_default()))
    }

    fn takes_protobuf(&self) -> bool {
        true
    }

    fn bookmark(&self, object: &SharedObject) -> (String, bool) {
        crate::codec::shared_bookmark(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn nothing_but_metadata_is_kept() {
        let decoder = MetadataOnly {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
        };
        let bytes = br#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"p","namespace":"a","uid":"u"}}"#;
        let object = decoder.json(bytes).expect("decoded");
        let expect = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p", "namespace": "a", "uid": "u"},
        });
        assert_eq!(*object.value(), expect);
        let whole = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": "n"}});
        let object = decoder.tree(whole).expect("decoded");
        assert!(object.value()["spec"].is_null());
        assert_eq!((object.name(), &*object.gvk().kind), ("p", "Pod"));
    }
}
