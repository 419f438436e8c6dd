//! What the typed and the dynamic API share: one resource in one scope, with
//! shared objects going in and coming out.

use std::sync::Arc;

use futures::stream::BoxStream;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request};
use skeg_meta::{Object, SharedObject, Status};

use crate::api::{List, WatchEvent, typed};
use crate::client::{Client, target};
use crate::codec::{self, Answer, Decoder, Typed};
use crate::error::Error;
use crate::options::{
    CreateOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions, QueryOptions,
    UpdateOptions, WatchOptions,
};
use crate::patch::Patch;
use crate::payload::{Payload, SharedEvent, SharedList};
use crate::resource::ApiResource;

/// No options.
struct Nothing;

impl QueryOptions for Nothing {
    fn write(&self, _query: &mut crate::options::Query) {}
}

/// What became of a deletion.
#[derive(Clone, Debug)]
pub enum Deleted<T> {
    /// The object as it is now: gone, or waiting for its finalizers or its grace period.
    Object(T),
    /// The server's word that it is done.
    Status(Box<Status>),
}

#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) client: Client,
    pub(crate) resource: ApiResource,
    pub(crate) namespace: Option<String>,
    pub(crate) decoder: Arc<dyn Decoder>,
}

impl Scope {
    fn accept(decoder: &dyn Decoder) -> &'static str {
        if decoder.takes_protobuf() {
            codec::PROTOBUF_OR_JSON
        } else {
            codec::JSON
        }
    }

    pub(crate) fn path(
        &self,
        name: Option<&str>,
        subresource: Option<&str>,
    ) -> Result<String, Error> {
        self.resource
            .checked_path(self.namespace.as_deref(), name, subresource)
    }

    /// What is done to a collection of one namespace cannot be done to all.
    fn one_namespace(&self) -> Result<(), Error> {
        if self.resource.namespaced && self.namespace.is_none() {
            return Err(self.resource.without_namespace());
        }
        Ok(())
    }

    /// Options that do not go together are an error before anything is sent.
    pub(crate) fn allowed(
        &self,
        refused: crate::options::Refused,
        name: Option<&str>,
    ) -> Result<(), Error> {
        refused.map_err(|why| Error::Request {
            target: self.resource.path(self.namespace.as_deref(), name, None),
            message: why.to_owned(),
        })
    }

    fn request(
        &self,
        method: Method,
        name: Option<&str>,
        subresource: Option<&str>,
        options: &dyn QueryOptions,
        decoder: &dyn Decoder,
    ) -> Result<Request<Payload>, Error> {
        let path = self.path(name, subresource)?;
        self.client
            .request(method, target(path, options), Self::accept(decoder))
    }

    async fn object(
        &self,
        request: Request<Payload>,
        decoder: &dyn Decoder,
    ) -> Result<SharedObject, Error> {
        let path = request.uri().path().to_owned();
        match self.client.one(request, decoder).await? {
            Answer::Object(object) => Ok(object),
            Answer::Status(status) => Err(codec::instead(path, status)),
        }
    }

    pub(crate) async fn get(
        &self,
        name: &str,
        options: &GetOptions,
    ) -> Result<SharedObject, Error> {
        let decoder = &*self.decoder;
        self.object(
            self.request(Method::GET, Some(name), None, options, decoder)?,
            decoder,
        )
        .await
    }

    pub(crate) async fn list<T: Send + 'static>(
        &self,
        options: &ListOptions,
        decoder: Arc<dyn Decoder<T>>,
        convert: impl Fn(SharedObject) -> Result<T, Error>,
    ) -> Result<List<T>, Error> {
        self.allowed(options.check(), None)?;
        let request = self.request(Method::GET, None, None, options, &*self.decoder)?;
        self.client.page(request, decoder, convert).await
    }

    pub(crate) async fn list_shared(
        &self,
        options: &ListOptions,
        decoder: Arc<dyn Decoder>,
    ) -> Result<SharedList, Error> {
        Ok(self.list(options, decoder, Ok).await?.into())
    }

    pub(crate) async fn watch<T: 'static, E: From<WatchEvent<T>> + Send + 'static>(
        &self,
        options: &WatchOptions,
        decoder: Arc<dyn Decoder<T>>,
        convert: impl Fn(SharedEvent) -> Result<E, Error> + Send + 'static,
    ) -> Result<BoxStream<'static, Result<E, Error>>, Error> {
        self.allowed(options.check(), None)?;
        let request = self.request(Method::GET, None, None, options, &*self.decoder)?;
        self.client.events(request, decoder, convert).await
    }

    pub(crate) async fn watch_shared(
        &self,
        options: &WatchOptions,
        decoder: Arc<dyn Decoder>,
    ) -> Result<BoxStream<'static, Result<SharedEvent, Error>>, Error> {
        self.watch(options, decoder, Ok).await
    }

    pub(crate) async fn create(
        &self,
        object: SharedObject,
        options: &CreateOptions,
    ) -> Result<SharedObject, Error> {
        self.allowed(options.check(), None)?;
        let decoder = &*self.decoder;
        // A client of all namespaces creates where the object says.
        let scope = self.narrowed(&object);
        scope.one_namespace()?;
        let mut request = scope.request(Method::POST, None, None, options, decoder)?;
        self.client.attach(&mut request, object, decoder);
        self.object(request, decoder).await
    }

    /// The scope narrowed to the namespace of an object, for a client of all namespaces.
    pub(crate) fn narrowed(&self, object: &SharedObject) -> Scope {
        let mut narrowed = self.clone();
        if narrowed.namespace.is_none() && !object.namespace().is_empty() {
            narrowed.namespace = Some(object.namespace().to_owned());
        }
        narrowed
    }

    pub(crate) async fn update(
        &self,
        object: SharedObject,
        subresource: Option<&str>,
        options: &UpdateOptions,
    ) -> Result<SharedObject, Error> {
        self.allowed(options.check(), None)?;
        let name = object.name().to_owned();
        let scope = self.narrowed(&object);
        scope
            .send_object(
                Method::PUT,
                &name,
                subresource,
                object,
                options,
                &*self.decoder,
            )
            .await
    }

    /// Sends an object, perhaps of another kind, to an object or its subresource.
    pub(crate) async fn send_object(
        &self,
        method: Method,
        name: &str,
        subresource: Option<&str>,
        object: SharedObject,
        options: &dyn QueryOptions,
        decoder: &dyn Decoder,
    ) -> Result<SharedObject, Error> {
        match self
            .send_for_answer(method, name, subresource, object, options, decoder)
            .await?
        {
            Answer::Object(object) => Ok(object),
            Answer::Status(status) => {
                let path = format!("{name}/{}", subresource.unwrap_or_default());
                Err(codec::instead(path, status))
            }
        }
    }

    /// The same where the server may answer with a Status.
    pub(crate) async fn send_for_answer(
        &self,
        method: Method,
        name: &str,
        subresource: Option<&str>,
        object: SharedObject,
        options: &dyn QueryOptions,
        decoder: &dyn Decoder,
    ) -> Result<Answer, Error> {
        let mut request = self.request(method, Some(name), subresource, options, decoder)?;
        self.client.attach(&mut request, object, decoder);
        self.client.one(request, decoder).await
    }

    /// Gets a subresource, of whatever kind it is.
    pub(crate) async fn get_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
    ) -> Result<Arc<R>, Error> {
        let decoder = Typed::<R>::new();
        let (name, subresource) = (Some(name), Some(subresource));
        let request = self.request(Method::GET, name, subresource, &Nothing, &decoder)?;
        typed(&self.object(request, &decoder).await?)
    }

    /// Creates (`POST`) or replaces (`PUT`) a subresource, of whatever kind it is.
    pub(crate) async fn send_subresource<R: Object>(
        &self,
        method: Method,
        name: &str,
        subresource: &str,
        object: Arc<R>,
        options: &CreateOptions,
    ) -> Result<Arc<R>, Error> {
        self.allowed(options.check(), Some(name))?;
        let (object, decoder) = (SharedObject::from_typed(object), Typed::<R>::new());
        let subresource = Some(subresource);
        let sent = self.send_object(method, name, subresource, object, options, &decoder);
        typed(&sent.await?)
    }

    /// Changes a subresource, of whatever kind it is.
    pub(crate) async fn patch_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<R>, Error> {
        let decoder = Typed::<R>::new();
        let patched = self.patch(name, Some(subresource), patch, options, &decoder);
        typed(&patched.await?)
    }

    pub(crate) async fn patch(
        &self,
        name: &str,
        subresource: Option<&str>,
        patch: &Patch,
        options: &PatchOptions,
        decoder: &dyn Decoder,
    ) -> Result<SharedObject, Error> {
        self.allowed(options.check(patch.is_apply()), Some(name))?;
        let mut request = self.request(Method::PATCH, Some(name), subresource, options, decoder)?;
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(patch.content_type()));
        *request.body_mut() = Payload::Bytes(patch.body());
        self.object(request, decoder).await
    }

    fn set_delete_body(request: &mut Request<Payload>, options: &DeleteOptions) {
        if let Some(body) = options.body() {
            let mut bytes = Vec::with_capacity(128);
            skeg_schema::encode_json_any(&body, &mut bytes);
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(codec::JSON));
            *request.body_mut() = Payload::Bytes(bytes.into());
        }
    }

    pub(crate) async fn delete(
        &self,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Answer, Error> {
        self.allowed(options.check(), Some(name))?;
        let mut request =
            self.request(Method::DELETE, Some(name), None, &Nothing, &*self.decoder)?;
        Self::set_delete_body(&mut request, options);
        self.client.one(request, &*self.decoder).await
    }

    pub(crate) async fn delete_collection(
        &self,
        options: &DeleteOptions,
        list: &ListOptions,
    ) -> Result<(), Error> {
        self.allowed(options.check(), None)?;
        self.allowed(list.check(), None)?;
        self.one_namespace()?;
        let mut request = self.request(Method::DELETE, None, None, list, &*self.decoder)?;
        Self::set_delete_body(&mut request, options);
        // The answer is a list of what was deleted, or a Status; nobody needs it.
        self.client.done(request).await
    }

    pub(crate) async fn stream(
        &self,
        name: &str,
        subresource: &str,
        options: &dyn QueryOptions,
    ) -> Result<Payload, Error> {
        let path = self.path(Some(name), Some(subresource))?;
        let request = self
            .client
            .request(Method::GET, target(path, options), "*/*")?;
        Ok(self.client.send(request).await?.into_body())
    }
}
