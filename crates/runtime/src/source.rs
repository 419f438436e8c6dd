//! Where a reflector reads.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use skeg_client::{
    Api, Client, DynamicApi, Error, ListOptions, MetadataApi, SharedEvent, SharedList, WatchOptions,
};
use skeg_meta::Object;

/// Events of a watch.
pub type SharedEvents = BoxStream<'static, Result<SharedEvent, Error>>;

/// Where a reflector reads: one resource, in all namespaces or in one, perhaps
/// by selectors. Selectors in the options are overwritten by the source's own.
pub trait Source: Send + Sync + 'static {
    /// Lists.
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>>;
    /// Watches.
    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>>;
    /// What is read, for messages.
    fn what(&self) -> &str;
    /// Whether the server is in this process, where a list costs no encoding.
    fn in_process(&self) -> bool;
    /// The client that it reads by, to tell its recorder of watches that are renewed.
    fn client(&self) -> Option<&Client> {
        None
    }
}

/// A typed kind, in the scope of its [`Api`]: all namespaces, or one.
pub struct ApiSource<K> {
    api: Api<K>,
    labels: String,
    fields: String,
}

impl<K: Object> ApiSource<K> {
    /// Everything in the scope of an API.
    #[must_use]
    pub fn new(api: Api<K>) -> Self {
        Self {
            api,
            labels: String::new(),
            fields: String::new(),
        }
    }

    /// Only objects whose labels match (`app=web,tier!=db`).
    #[must_use]
    pub fn labels(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.labels);
        self
    }

    /// Only objects whose fields match (`spec.nodeName=n1`).
    #[must_use]
    pub fn fields(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.fields);
        self
    }
}

impl<K: Object> Source for ApiSource<K> {
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>> {
        let options = options
            .labels(self.labels.as_str())
            .fields(self.fields.as_str());
        async move { self.api.list_shared(&options).await }.boxed()
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>> {
        let options = options
            .labels(self.labels.as_str())
            .fields(self.fields.as_str());
        async move { self.api.watch_shared(&options).await }.boxed()
    }

    fn what(&self) -> &str {
        K::PLURAL
    }

    fn in_process(&self) -> bool {
        self.api.client().in_process()
    }

    fn client(&self) -> Option<&Client> {
        Some(self.api.client())
    }
}

impl Source for DynamicApi {
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>> {
        async move { self.list_shared(&options).await }.boxed()
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>> {
        async move { DynamicApi::watch(self, &options).await }.boxed()
    }

    fn what(&self) -> &str {
        &self.resource().plural
    }

    fn in_process(&self) -> bool {
        DynamicApi::client(self).in_process()
    }

    fn client(&self) -> Option<&Client> {
        Some(DynamicApi::client(self))
    }
}

impl Source for MetadataApi {
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>> {
        async move { MetadataApi::list(self, &options).await }.boxed()
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>> {
        async move { MetadataApi::watch(self, &options).await }.boxed()
    }

    fn what(&self) -> &str {
        &self.resource().plural
    }

    fn in_process(&self) -> bool {
        MetadataApi::client(self).in_process()
    }

    fn client(&self) -> Option<&Client> {
        Some(MetadataApi::client(self))
    }
}

/// A source, of which selectors choose some objects.
pub(crate) struct Selected {
    source: Arc<dyn Source>,
    labels: String,
    fields: String,
}

impl Selected {
    pub(crate) fn new(source: Arc<dyn Source>, labels: &str, fields: &str) -> Self {
        Self {
            source,
            labels: labels.to_owned(),
            fields: fields.to_owned(),
        }
    }
}

impl Source for Selected {
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>> {
        let options = options.labels(self.labels.as_str());
        self.source.list(options.fields(self.fields.as_str()))
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>> {
        let options = options.labels(self.labels.as_str());
        self.source.watch(options.fields(self.fields.as_str()))
    }

    fn what(&self) -> &str {
        self.source.what()
    }

    fn in_process(&self) -> bool {
        self.source.in_process()
    }

    fn client(&self) -> Option<&Client> {
        self.source.client()
    }
}
