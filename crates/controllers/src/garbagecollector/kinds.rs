//! The kinds whose objects can be collected, and those that own: built-in ones
//! always, custom ones while they are defined.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_client::{ApiResource, DynamicApi};
use skeg_meta::{OwnerReference, SharedObject};
use skeg_runtime::{BackoffPolicy, ReconcileError, Reflector, Sink, WorkQueue};
use skeg_schema::resources::RESOURCES;
use tokio_util::sync::CancellationToken;

use super::graph::{Graph, Task};
use super::{Feed, Reading};
use crate::{Context, defined};

/// The built-in kinds whose objects can be collected: each once, in its first
/// served version.
pub(super) fn built_in() -> Vec<ApiResource> {
    let mut seen = HashSet::new();
    RESOURCES
        .iter()
        .filter(|desc| desc.served_by_default())
        .filter(|desc| {
            ["list", "watch", "delete"]
                .iter()
                .all(|verb| desc.verbs.contains(verb))
        })
        // Events are many, and own nothing.
        .filter(|desc| desc.resource != "events")
        .filter(|desc| seen.insert((desc.group, desc.resource)))
        .map(ApiResource::from_desc)
        .collect()
}

struct Defined {
    versions: Vec<ApiResource>,
    feed: Arc<Feed>,
    reading: CancellationToken,
}

/// The custom kinds of now; fed by the watch of their definitions.
pub(super) struct Kinds {
    context: Context,
    graph: Arc<Mutex<Graph>>,
    queue: WorkQueue<Task>,
    reading: CancellationToken,
    defined: Mutex<HashMap<String, Defined>>,
    unread: Reading,
}

impl Kinds {
    pub(super) fn new(
        context: &Context,
        graph: &Arc<Mutex<Graph>>,
        queue: &WorkQueue<Task>,
        reading: &CancellationToken,
        unread: Reading,
    ) -> Arc<Self> {
        Arc::new(Self {
            context: context.clone(),
            graph: Arc::clone(graph),
            queue: queue.clone(),
            reading: reading.clone(),
            defined: Mutex::default(),
            unread,
        })
    }

    /// The resource that a reference speaks of.
    pub(super) fn resource_of(
        &self,
        reference: &OwnerReference,
    ) -> Result<ApiResource, ReconcileError> {
        let defined = self.defined.lock();
        built_in_of(reference)
            .or_else(|| {
                defined
                    .values()
                    .flat_map(|one| &one.versions)
                    .find(|resource| {
                        resource.kind == reference.kind
                            && resource.api_version() == reference.api_version
                    })
                    .cloned()
            })
            .ok_or_else(|| {
                let OwnerReference {
                    api_version, kind, ..
                } = reference;
                ReconcileError::retry(format!(
                    "unable to get REST mapping for {api_version}/{kind}."
                ))
            })
    }

    fn set(&self, definition: &SharedObject) {
        let versions = defined::versions(&definition.value());
        let mut known = self.defined.lock();
        if let Some(one) = known.get(definition.name())
            && one.versions == versions
        {
            return;
        }
        let before = known.remove(definition.name());
        if let Some(first) = versions.first().cloned() {
            let feed = Arc::new(Feed::new(first.clone(), &self.graph, &self.queue, None));
            let reading = self.reading.child_token();
            read(&self.context, first, feed.clone(), &reading);
            let one = Defined {
                versions,
                feed,
                reading,
            };
            known.insert(definition.name().to_owned(), one);
        }
        drop(known);
        if let Some(before) = before {
            before.end();
        }
    }

    fn forget(&self, name: &str) {
        let gone = self.defined.lock().remove(name);
        if let Some(gone) = gone {
            gone.end();
        }
    }
}

impl Defined {
    /// Its objects went with it.
    fn end(&self) {
        self.reading.cancel();
        self.feed.replace(Vec::new());
    }
}

impl Sink for Kinds {
    fn replace(&self, definitions: Vec<SharedObject>) {
        let present: HashSet<&str> = definitions.iter().map(SharedObject::name).collect();
        let known: Vec<String> = self.defined.lock().keys().cloned().collect();
        for name in known.iter().filter(|name| !present.contains(name.as_str())) {
            self.forget(name);
        }
        definitions.iter().for_each(|one| self.set(one));
        self.unread.done();
    }

    fn apply(&self, definition: SharedObject) {
        self.set(&definition);
    }

    fn remove(&self, definition: SharedObject) {
        self.forget(definition.name());
    }
}

/// Reads one kind into its feed until `reading` ends.
pub(super) fn read(
    context: &Context,
    resource: ApiResource,
    feed: Arc<dyn Sink>,
    reading: &CancellationToken,
) {
    let source = DynamicApi::all(context.informers.client().clone(), resource);
    let clock = Arc::clone(&context.clock);
    let reflector = Reflector::new(Arc::new(source), feed, clock, BackoffPolicy::default());
    let reading = reading.clone();
    tokio::spawn(async move {
        let _ = reading.run_until_cancelled(reflector.run()).await;
    });
}

fn built_in_of(reference: &OwnerReference) -> Option<ApiResource> {
    let (group, version) = reference
        .api_version
        .split_once('/')
        .unwrap_or(("", &reference.api_version));
    RESOURCES
        .iter()
        .find(|desc| {
            (desc.group, desc.version, desc.kind) == (group, version, reference.kind.as_str())
                && desc.verbs.contains(&"get")
                && desc.served_by_default()
        })
        .map(ApiResource::from_desc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_speak_of_resources() {
        let of = |api_version: &str, kind: &str| {
            let reference = OwnerReference {
                api_version: api_version.into(),
                kind: kind.into(),
                ..Default::default()
            };
            built_in_of(&reference).map(|resource| resource.plural.into_owned())
        };
        assert_eq!(of("v1", "Pod").as_deref(), Some("pods"));
        assert_eq!(of("apps/v1", "ReplicaSet").as_deref(), Some("replicasets"));
        assert_eq!(of("apps/v1", "Pod"), None);
    }
}
