//! Informers with more to say than their kind.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use skeg_client::telemetry::Recorder;
use skeg_client::{Api, ApiResource, Error};
use skeg_meta::{Object, SharedObject};
use skeg_schema::Value;

use super::{Decode, Informer, OnError, SharedInformerFactory};
use crate::cached::Cached;
use crate::dynamic::DynamicObject;
use crate::source::{ApiSource, Selected, Source};

/// How an informer is to be run.
pub(super) struct Plan<K> {
    /// Where it reads: a part of the objects each.
    pub(super) parts: Vec<Part>,
    pub(super) transform: Option<Decode<K>>,
    pub(super) on_error: Option<OnError>,
    pub(super) resync: Option<Duration>,
    pub(super) leased: bool,
    /// Whether lists are streamed; none for what the factory says.
    pub(super) stream_lists: Option<bool>,
}

/// What is read of one namespace, or of all.
pub(super) struct Part {
    pub(super) namespace: Option<String>,
    pub(super) source: Arc<dyn Source>,
}

impl<K> Plan<K> {
    pub(super) fn over(source: Arc<dyn Source>) -> Self {
        let namespace = None;
        Self {
            parts: vec![Part { namespace, source }],
            transform: None,
            on_error: None,
            resync: None,
            leased: false,
            stream_lists: None,
        }
    }
}

impl<K> Plan<K> {
    /// What is read, for messages.
    pub(super) fn what(&self) -> &str {
        self.parts.first().map_or("", |part| part.source.what())
    }

    /// Who is told of what becomes of reading.
    pub(super) fn recorder(&self) -> Option<Arc<dyn Recorder>> {
        let client = self.parts.first()?.source.client()?;
        client.recorder().cloned()
    }
}

/// Makes the source of one namespace, or of all.
type MakeSource =
    Box<dyn Fn(&SharedInformerFactory, &Scope, Option<&str>) -> Arc<dyn Source> + Send>;

/// Which objects.
#[derive(Default)]
struct Scope {
    /// In these namespaces; none of them: in all.
    namespaces: BTreeSet<String>,
    /// Not even in the namespaces of the factory.
    everywhere: bool,
    labels: String,
    fields: String,
}

/// An informer that is being described. Those that are described alike are one.
///
/// ```no_run
/// use skeg_api::core::v1::Pod;
/// # fn example(informers: &skeg_runtime::SharedInformerFactory) {
/// let pods = informers
///     .build::<Pod>()
///     .namespace("shop")
///     .labels("app=web")
///     .keep_only(&["metadata.labels", "spec.nodeName", "status.phase"])
///     .stop_when_unused()
///     .start();
/// # }
/// ```
#[must_use = "nothing is read until it is started"]
pub struct InformerBuilder<K> {
    factory: SharedInformerFactory,
    what: String,
    /// Whether objects of the resource live in namespaces.
    namespaced: bool,
    scope: Scope,
    source: MakeSource,
    decode: Decode<K>,
    /// Whether objects are kept as `decode` makes them, and not as they came.
    whole: bool,
    /// What else is said, as part of the key under which informers are shared.
    forms: String,
    on_error: Option<OnError>,
    resync: Option<Duration>,
    leased: bool,
    stream_lists: Option<bool>,
}

impl<K: Object> InformerBuilder<K> {
    pub(super) fn typed(factory: &SharedInformerFactory) -> Self {
        let source: MakeSource = Box::new(|factory, scope, namespace| {
            let client = factory.client().clone();
            let api = match namespace {
                None => Api::<K>::all(client),
                Some(namespace) => Api::namespaced(client, namespace),
            };
            Arc::new(
                ApiSource::new(api)
                    .labels(&scope.labels)
                    .fields(&scope.fields),
            )
        });
        Self::new(factory, String::new(), K::NAMESPACED, source)
    }

    /// Without the record of who owns which field, which often is the larger
    /// half of an object. What is written from such an object keeps the record.
    pub fn without_managed_fields(self) -> Self {
        self.transform("-managedFields", |object: &mut K| {
            object.meta_mut().managed_fields = Vec::new();
        })
    }

    /// Changes each object before it is kept. Informers whose changes have the
    /// same name are taken for the same.
    pub fn transform(
        mut self,
        name: &str,
        change: impl Fn(&mut K) + Send + Sync + 'static,
    ) -> Self {
        let before = self.decode;
        self.decode = Arc::new(move |object| {
            let mut object = before(object)?;
            // A copy is made only where somebody else in the process has the object too.
            change(Arc::make_mut(&mut object));
            Ok(object)
        });
        self.whole = true;
        self.form("transform", name)
    }

    /// Keeps only the fields at these paths (`spec.nodeName`), and of the
    /// metadata what tells objects apart: names, uid, version, generation,
    /// times of birth and deletion.
    pub fn keep_only(mut self, paths: &[&str]) -> Self {
        let kept: BTreeSet<String> = paths
            .iter()
            .chain(IDENTITY)
            .map(|path| (*path).to_owned())
            .collect();
        let name: Vec<&str> = kept.iter().map(String::as_str).collect();
        let name = name.join(",");
        let before = self.decode;
        self.decode = Arc::new(move |object| {
            let mut tree = before(object)?.to_tree();
            prune(&mut tree, "", &kept);
            Ok(Arc::new(K::from_tree(tree)?))
        });
        self.whole = true;
        self.form("keep", &name)
    }
}

/// What every object keeps.
const IDENTITY: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata.creationTimestamp",
    "metadata.deletionTimestamp",
    "metadata.generation",
    "metadata.name",
    "metadata.namespace",
    "metadata.resourceVersion",
    "metadata.uid",
];

/// Takes out of a tree what lies on no path that is kept.
fn prune(tree: &mut Value, at: &str, kept: &BTreeSet<String>) {
    match tree {
        Value::Object(object) => object.retain(|key, value| {
            let path = if at.is_empty() {
                key.to_owned()
            } else {
                format!("{at}.{key}")
            };
            if kept.contains(&path) {
                return true;
            }
            let inner = format!("{path}.");
            let leads = kept
                .range(inner.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&inner));
            if leads {
                prune(value, &path, kept);
            }
            leads
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| prune(item, at, kept)),
        _ => {}
    }
}

impl<K: Cached> InformerBuilder<K> {
    fn new(
        factory: &SharedInformerFactory,
        what: String,
        namespaced: bool,
        source: MakeSource,
    ) -> Self {
        Self {
            factory: factory.clone(),
            what,
            namespaced,
            scope: Scope::default(),
            source,
            decode: Arc::new(|object: &SharedObject| K::from_shared(object)),
            whole: false,
            forms: String::new(),
            on_error: None,
            resync: None,
            leased: false,
            stream_lists: None,
        }
    }

    pub(crate) fn of_resource(factory: &SharedInformerFactory, resource: &ApiResource) -> Self {
        let what = resource.path(None, None, None);
        let (resource, namespaced) = (resource.clone(), resource.namespaced);
        let source: MakeSource = Box::new(move |factory, scope, namespace| {
            let client = factory.client().clone();
            let source = K::dynamic_source(&resource, client, namespace);
            if scope.labels.is_empty() && scope.fields.is_empty() {
                return source;
            }
            Arc::new(Selected::new(source, &scope.labels, &scope.fields))
        });
        Self::new(factory, what, namespaced, source)
    }

    fn form(mut self, kind: &str, name: &str) -> Self {
        self.forms.push('\n');
        self.forms.push_str(kind);
        self.forms.push(' ');
        self.forms.push_str(name);
        self
    }

    /// Only objects of one namespace.
    pub fn namespace(self, namespace: &str) -> Self {
        self.namespaces([namespace])
    }

    /// Only objects of these namespaces, each of which is listed and watched for itself: for
    /// programs that may read no others. Of no namespaces at all: as if nothing was said.
    pub fn namespaces(mut self, namespaces: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scope.namespaces = namespaces.into_iter().map(Into::into).collect();
        self
    }

    /// Objects of all namespaces, though the factory's informers read some.
    pub fn all_namespaces(mut self) -> Self {
        self.scope.namespaces.clear();
        self.scope.everywhere = true;
        self
    }

    /// Only objects whose labels match (`app=web,tier!=db`).
    pub fn labels(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.scope.labels);
        self
    }

    /// Only objects whose fields match (`spec.nodeName=n1`).
    pub fn fields(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.scope.fields);
        self
    }

    /// Decodes every object when it comes, and keeps it so. Otherwise objects
    /// that came over the wire are kept as the bytes they came in, which take a
    /// fifth of the room, and are decoded when somebody reads them: that costs
    /// some microseconds for each that was not read lately. Informers that change
    /// what they keep keep it decoded anyway.
    pub fn keep_decoded(mut self) -> Self {
        self.whole = true;
        self.form("decoded", "")
    }

    /// Tells every handler of every object once more in this rhythm, as an
    /// update from itself to itself. A safety net, seldom needed.
    pub fn resync(mut self, period: Duration) -> Self {
        self.resync = Some(period);
        let name = format!("{} ms", period.as_millis());
        self.form("resync", &name)
    }

    /// Ends the informer, and its watch, when the last handle to it is dropped;
    /// subscriptions that are held count too. Others, and their watches, live until the
    /// token of their factory is cancelled, whether anybody holds them or not.
    pub fn stop_when_unused(mut self) -> Self {
        self.leased = true;
        self.form("leased", "")
    }

    /// Whether to begin by a watch that starts with the whole list, where the
    /// server can; otherwise as [`SharedInformerFactory::stream_lists`] says.
    pub fn stream_lists(mut self, stream_lists: bool) -> Self {
        self.stream_lists = Some(stream_lists);
        self.form("stream", if stream_lists { "yes" } else { "no" })
    }

    /// Calls a hook when reading fails. It is tried again in any case. Only the
    /// hook of whoever starts the informer is called.
    pub fn on_error(mut self, hook: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(hook));
        self
    }

    /// The informer, started unless one like it runs.
    #[must_use]
    pub fn start(mut self) -> Informer<K> {
        if self.namespaced && !self.scope.everywhere && self.scope.namespaces.is_empty() {
            self.scope.namespaces = self.factory.namespaces();
        }
        let Scope {
            namespaces,
            labels,
            fields,
            ..
        } = &self.scope;
        let named: Vec<&str> = namespaces.iter().map(String::as_str).collect();
        let key = format!(
            "{}\n{}\n{labels}\n{fields}{}",
            self.what,
            if named.is_empty() {
                "*".to_owned()
            } else {
                named.join(",")
            },
            self.forms
        );
        let factory = self.factory.clone();
        factory.shared(key, |factory| Plan {
            parts: match namespaces.is_empty() {
                true => vec![Part {
                    namespace: None,
                    source: (self.source)(factory, &self.scope, None),
                }],
                false => namespaces
                    .iter()
                    .map(|namespace| Part {
                        namespace: Some(namespace.clone()),
                        source: (self.source)(factory, &self.scope, Some(namespace)),
                    })
                    .collect(),
            },
            // Without a change the object is shared with the rest of the process,
            // and stays as it came.
            transform: self.whole.then_some(self.decode),
            on_error: self.on_error,
            resync: self.resync,
            leased: self.leased,
            stream_lists: self.stream_lists,
        })
    }
}

impl SharedInformerFactory {
    /// The informer of any resource, custom ones too, as trees.
    #[must_use]
    pub fn dynamic(&self, resource: &ApiResource) -> Informer<DynamicObject> {
        self.build_dynamic(resource).start()
    }

    /// An informer of any resource as trees, with more to say.
    pub fn build_dynamic(&self, resource: &ApiResource) -> InformerBuilder<DynamicObject> {
        InformerBuilder::of_resource(self, resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::testing::FakeApi;
    use skeg_api::core::v1::ConfigMap;
    use skeg_meta::ObjectMeta;
    use skeg_schema::json;
    use tokio_util::sync::CancellationToken;

    /// Whether an object that came over the wire is decoded still after many
    /// others have been read.
    fn stays_decoded(informer: &Informer<ConfigMap>) -> bool {
        for at in 0..600 {
            let map = ConfigMap {
                metadata: ObjectMeta::named("n", format!("m-{at}")),
                ..ConfigMap::default()
            };
            let mut raw = Vec::new();
            skeg_schema::message_to_protobuf(&map, &mut raw);
            let object = SharedObject::from_wire::<ConfigMap>(&raw).unwrap();
            informer.inner.apply(object);
        }
        let first = Arc::downgrade(&informer.get("n", "m-0").unwrap());
        for at in 1..600 {
            informer.get("n", &format!("m-{at}")).unwrap();
        }
        first.upgrade().is_some()
    }

    #[tokio::test]
    async fn kept_as_it_came_unless_told_otherwise() {
        let client = FakeApi::new().client();
        let cancel = CancellationToken::new();
        let factory = SharedInformerFactory::new(client, SystemClock::new(), cancel);
        assert!(!stays_decoded(&factory.informer::<ConfigMap>()));
        // What says nothing about objects does not change how they are kept.
        let build = || factory.build::<ConfigMap>();
        let rhythm = build().resync(Duration::from_secs(60)).stop_when_unused();
        assert!(!stays_decoded(&rhythm.start()));
        assert!(stays_decoded(&build().keep_decoded().start()));
        assert!(stays_decoded(&build().without_managed_fields().start()));
    }

    #[test]
    fn pruned_to_paths() {
        let mut tree = json!({
            "kind": "Pod",
            "metadata": {"name": "p", "labels": {"a": "b"}, "annotations": {"x": "y"}},
            "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}, {"image": "j"}]},
            "status": {"phase": "Running"},
        });
        let kept = [
            "kind",
            "metadata.name",
            "metadata.labels",
            "spec.containers.image",
        ];
        let kept = kept.iter().map(|path| (*path).to_owned()).collect();
        prune(&mut tree, "", &kept);
        let expect = json!({
            "kind": "Pod",
            "metadata": {"name": "p", "labels": {"a": "b"}},
            "spec": {"containers": [{"image": "i"}, {"image": "j"}]},
        });
        assert_eq!(tree, expect);
    }
}
