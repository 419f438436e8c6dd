//! Puts a controller together: what it is for, what it owns and watches, and
//! the function that reconciles.

mod run;
mod sources;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream, StreamExt};
use skeg_client::{ApiResource, BoxError};
use skeg_meta::Object;

use crate::cached::Cached;
use crate::clusters::{ClusterObject, Clusters};
use crate::controller::{Next, ReconcileError};
use crate::informer::{Informer, SharedInformerFactory};
use crate::limit::RateLimit;
use crate::name::ObjectName;
use crate::partial::PartialObject;
use crate::predicate::Predicate;

pub(crate) use run::Env;
pub use run::{ControllerError, PreparedController};
use sources::{Engage, Owned, Subject, engage};

/// How long caches may take to be read for the first time.
const SYNC_TIMEOUT: Duration = Duration::from_secs(120);

type Choose<W> = Arc<dyn Fn(&SharedInformerFactory) -> Informer<W> + Send + Sync>;

/// A controller of a kind that is being put together.
///
/// ```no_run
/// use std::sync::Arc;
/// use skeg_api::apps::v1::Deployment;
/// use skeg_api::core::v1::{ConfigMap, Secret};
/// use skeg_client::Client;
/// use skeg_runtime::{ControllerBuilder, Manager, Next, ObjectName, Predicate};
///
/// struct Ctx {
///     client: Client,
/// }
///
/// async fn reconcile(ctx: Arc<Ctx>, name: ObjectName) -> Result<Next, skeg_client::Error> {
///     Ok(Next::Done)
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::from_environment()?;
/// let mut manager = Manager::new("shops", client.clone());
/// let controller = ControllerBuilder::<ConfigMap>::new("shop")
///     .filter(Predicate::resource_version_changed())
///     .owns::<Deployment>()
///     .watches(|secret: &Secret| [ObjectName::new(&*secret.metadata.namespace, "shop")])
///     .workers(4)
///     .reconcile(Ctx { client }, reconcile);
/// manager.add(controller);
/// manager.run().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing runs until it is given a function that reconciles"]
pub struct ControllerBuilder<K> {
    name: Cow<'static, str>,
    subject: Subject,
    primary: Choose<K>,
    filter: Predicate<K>,
    sources: Vec<Engage>,
    feeds: Vec<BoxStream<'static, ObjectName>>,
    settings: Settings,
}

/// How a controller runs.
#[derive(Clone, Debug)]
struct Settings {
    workers: usize,
    limit: RateLimit,
    /// So many a second, and a burst, for all failures together.
    bucket: Option<(f64, u32)>,
    timeout: Option<Duration>,
    sync_timeout: Duration,
    resync: Option<Duration>,
    leader_only: bool,
}

impl<K: Object> ControllerBuilder<K> {
    /// A controller of a kind, under a name that is different from others'.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        let subject = Subject::of(&ApiResource::of::<K>());
        Self::over(name, subject, |informers| informers.informer::<K>())
    }
}

impl<K: Cached> ControllerBuilder<K> {
    /// A controller of a resource that is known only at run time, or of which
    /// the metadata will do: `K` is [`DynamicObject`](crate::DynamicObject) or
    /// [`PartialObject`].
    pub fn of_resource(name: impl Into<Cow<'static, str>>, resource: &ApiResource) -> Self {
        let subject = Subject::of(resource);
        let resource = resource.clone();
        Self::over(name, subject, move |informers| {
            crate::informer::InformerBuilder::of_resource(informers, &resource).start()
        })
    }

    fn over(
        name: impl Into<Cow<'static, str>>,
        subject: Subject,
        primary: impl Fn(&SharedInformerFactory) -> Informer<K> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            subject,
            primary: Arc::new(primary),
            filter: Predicate::default(),
            sources: Vec::new(),
            feeds: Vec::new(),
            settings: Settings {
                workers: 1,
                limit: RateLimit::default(),
                bucket: None,
                timeout: None,
                sync_timeout: SYNC_TIMEOUT,
                resync: None,
                leader_only: true,
            },
        }
    }

    /// Reads the kind by another informer than that of the whole cluster: of a
    /// namespace, by selectors, trimmed.
    pub fn informer(
        mut self,
        choose: impl Fn(&SharedInformerFactory) -> Informer<K> + Send + Sync + 'static,
    ) -> Self {
        self.primary = Arc::new(choose);
        self
    }

    /// Reconciles only after events of the kind itself that are worth it.
    pub fn filter(mut self, filter: Predicate<K>) -> Self {
        self.filter = filter;
        self
    }

    /// Reconciles the controller of an object of this kind when that changes. All
    /// objects of the kind are read that the program's informers read
    /// ([`SharedInformerFactory::in_namespace`]); fewer by
    /// [`ControllerBuilder::owns_informer`].
    pub fn owns<C: Object>(self) -> Self {
        self.owns_with::<C>(Predicate::default())
    }

    /// As [`ControllerBuilder::owns`], after events that are worth it.
    pub fn owns_with<C: Object>(self, filter: Predicate<C>) -> Self {
        self.owns_informer(|informers| informers.informer::<C>(), filter)
    }

    /// As [`ControllerBuilder::owns_with`], of the objects of an informer that one
    /// chooses: of a namespace, by selectors, trimmed.
    pub fn owns_informer<C: Cached>(
        self,
        choose: impl Fn(&SharedInformerFactory) -> Informer<C> + Send + Sync + 'static,
        filter: Predicate<C>,
    ) -> Self {
        let map = self.subject.owner_of::<C>(Owned::ByController);
        self.source(choose, filter, map)
    }

    /// Reconciles every owner of an object of this kind when that changes, not
    /// only its controller.
    pub fn owned_by_any<C: Object>(self) -> Self {
        let map = self.subject.owner_of::<C>(Owned::ByAnyone);
        self.source(
            |informers| informers.informer::<C>(),
            Predicate::default(),
            map,
        )
    }

    /// As [`ControllerBuilder::owns`], for a resource of which only the
    /// metadata is read: the cheapest way to notice what happens to what one owns.
    pub fn owns_resource(self, resource: &ApiResource) -> Self {
        let map = self.subject.owner_of::<PartialObject>(Owned::ByController);
        let resource = resource.clone();
        let choose = move |informers: &SharedInformerFactory| informers.partial(&resource);
        self.source(choose, Predicate::default(), map)
    }

    /// Reconciles what a function says when an object of another kind changes.
    /// It is asked for the object as it was and as it is, and must be quick.
    pub fn watches<W, I>(self, map: impl Fn(&W) -> I + Send + Sync + 'static) -> Self
    where
        W: Object,
        I: IntoIterator<Item = ObjectName>,
    {
        self.watches_with(Predicate::default(), map)
    }

    /// As [`ControllerBuilder::watches`], after events that are worth it.
    pub fn watches_with<W, I>(
        self,
        filter: Predicate<W>,
        map: impl Fn(&W) -> I + Send + Sync + 'static,
    ) -> Self
    where
        W: Object,
        I: IntoIterator<Item = ObjectName>,
    {
        self.watches_informer(|informers| informers.informer::<W>(), filter, map)
    }

    /// As [`ControllerBuilder::watches`], of the objects of an informer that
    /// one chooses.
    pub fn watches_informer<W, I>(
        self,
        choose: impl Fn(&SharedInformerFactory) -> Informer<W> + Send + Sync + 'static,
        filter: Predicate<W>,
        map: impl Fn(&W) -> I + Send + Sync + 'static,
    ) -> Self
    where
        W: Cached,
        I: IntoIterator<Item = ObjectName>,
    {
        let map = move |object: &W| map(object).into_iter().collect();
        self.source(choose, filter, Arc::new(map))
    }

    /// Reconciles what comes out of a stream: a channel, a timer, events of
    /// something that is no Kubernetes. The stream may end.
    pub fn feed(mut self, names: impl Stream<Item = ObjectName> + Send + 'static) -> Self {
        self.feeds.push(names.boxed());
        self
    }

    fn source<W: Cached>(
        mut self,
        choose: impl Fn(&SharedInformerFactory) -> Informer<W> + Send + Sync + 'static,
        filter: Predicate<W>,
        map: sources::Map<W>,
    ) -> Self {
        self.sources.push(engage(Arc::new(choose), filter, map));
        self
    }

    /// With so many workers. One object is never reconciled twice at a time.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers.max(1);
        self
    }

    /// How long an object that fails waits.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.settings.limit = limit;
        self
    }

    /// Bounds all failures together: so many tries a second, and a burst.
    pub fn retry_bucket(mut self, per_second: f64, burst: u32) -> Self {
        self.settings.bucket = Some((per_second, burst));
        self
    }

    /// With a bound on how long a reconcile may take. One that takes longer is
    /// dropped where it waits, and has failed.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// With another bound on how long caches may take to be read for the first
    /// time, after which the controller fails. Two minutes otherwise.
    pub fn sync_timeout(mut self, timeout: Duration) -> Self {
        self.settings.sync_timeout = timeout;
        self
    }

    /// Reconciles everything in this rhythm, though nothing has changed, behind
    /// whatever else there is to do.
    pub fn resync(mut self, period: Duration) -> Self {
        self.settings.resync = Some(period);
        self
    }

    /// Runs in every process, not only in the one that leads.
    pub fn everywhere(mut self) -> Self {
        self.settings.leader_only = false;
        self
    }

    /// Reconciles by a function, which is given a context of one's own. The
    /// function may fail with any error, and is called again then.
    pub fn reconcile<C, F, R, E>(self, context: C, reconcile: F) -> PreparedController
    where
        C: Send + Sync + 'static,
        F: Fn(Arc<C>, ObjectName) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Next, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let reconcile = with_context(Arc::new(context), reconcile);
        let (parts, feeds) = self.into_parts();
        run::in_one_cluster(parts, feeds, reconcile)
    }

    /// As [`ControllerBuilder::reconcile`], over objects in several clusters
    /// that come and go. [`ControllerBuilder::feed`] has no meaning here.
    pub fn reconcile_clusters<C, F, R, E>(
        self,
        clusters: &Clusters,
        context: C,
        reconcile: F,
    ) -> PreparedController
    where
        C: Send + Sync + 'static,
        F: Fn(Arc<C>, ClusterObject) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Next, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let reconcile = with_context(Arc::new(context), reconcile);
        let (parts, _) = self.into_parts();
        run::in_clusters(parts, clusters.clone(), reconcile)
    }

    fn into_parts(self) -> (run::Parts, Vec<BoxStream<'static, ObjectName>>) {
        let own = |object: &K| vec![object.object_name()];
        let mut sources = self.sources;
        sources.insert(0, engage(self.primary, self.filter, Arc::new(own)));
        let parts = run::Parts {
            name: self.name,
            sources,
            settings: self.settings,
        };
        (parts, self.feeds)
    }
}

/// A function that reconciles, whatever its context and its errors are.
type Reconcile<T> =
    Box<dyn Fn(T) -> BoxFuture<'static, Result<Next, ReconcileError>> + Send + Sync>;

fn with_context<C, T, F, R, E>(context: Arc<C>, reconcile: F) -> Reconcile<T>
where
    C: Send + Sync + 'static,
    F: Fn(Arc<C>, T) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Next, E>> + Send + 'static,
    E: Into<BoxError>,
{
    Box::new(move |item| {
        let outcome = reconcile(Arc::clone(&context), item);
        Box::pin(async move { outcome.await.map_err(ReconcileError::from_any) })
    })
}
