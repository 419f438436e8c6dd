//! Where a reflector reads.

use std::marker::PhantomData;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use skeg_client::{
    Api, Client, DynamicApi, Error, ListOptions, SharedEvent, SharedList, WatchOptions,
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
}

/// A typed kind.
pub(crate) struct TypedSource<K> {
    api: Api<K>,
    labels: String,
    fields: String,
    kind: PhantomData<fn() -> K>,
}

impl<K: Object> TypedSource<K> {
    pub(crate) fn new(client: Client, labels: &str, fields: &str) -> Self {
        Self {
            api: Api::all(client),
            labels: labels.to_owned(),
            fields: fields.to_owned(),
            kind: PhantomData,
        }
    }
}

impl<K: Object> Source for TypedSource<K> {
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
        self.client().in_process()
    }
}
