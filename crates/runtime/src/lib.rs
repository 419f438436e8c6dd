//! What programs that look after Kubernetes objects stand on: watches that
//! lose nothing, shared informers, work queues, controllers, leader election,
//! and a manager that wires them together.
//!
//! | to | use |
//! |---|---|
//! | run a program of controllers | [`Manager`], [`ControllerBuilder`] |
//! | say which events matter | [`Predicate`] |
//! | say when to come back, or that trying again is in vain | [`Next`], [`ReconcileError`] |
//! | read from memory instead of the server | [`SharedInformerFactory`], [`Informer`], [`Store`], [`StoreIndex`] |
//! | keep less in memory | [`InformerBuilder::keep_only`], [`InformerBuilder::without_managed_fields`], [`SharedInformerFactory::partial`] |
//! | follow a resource, or one object | [`watcher()`], [`watch_object`] |
//! | clean up before an object goes | [`finalize`] |
//! | own objects | [`set_controller_reference`], [`adopt`], [`release`] |
//! | write only what differs | [`create_or_update`], [`create_or_patch`], [`patch_status_if_changed`] |
//! | say how an object is doing | [`SetCondition`], [`EventRecorder`] |
//! | work in one process at a time | [`LeaderElector`] |
//! | work over several clusters | [`Clusters`], [`ControllerBuilder::reconcile_clusters`] |
//! | be watched over | [`HealthChecks`], [`Metrics`], [`MetricsGuard`] |
//! | build a loop of one's own | [`WorkQueue`], [`Controller`], [`RateLimiter`], [`Expectations`] |
//! | test without a cluster and without waiting | [`testing::FakeApi`], [`ManualClock`] |
//!
//! # A cache of what is there
//!
//! ```no_run
//! use skeg_api::core::v1::Pod;
//! use skeg_client::Client;
//! use skeg_runtime::{Delta, SharedInformerFactory, SystemClock};
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn f(client: Client) {
//! let cancel = CancellationToken::new();
//! let factory = SharedInformerFactory::new(client, SystemClock::new(), cancel);
//! // One watch and one copy of each object, whoever else asks for pods.
//! let pods = factory.informer::<Pod>();
//! let by_node = pods.store().index(|pod: &Pod| vec![pod.spec.node_name.clone()]);
//! pods.on_change(|delta| {
//!     if let Delta::Deleted { object, .. } = delta {
//!         println!("{} is gone", object.metadata.name);
//!     }
//! });
//! pods.synced().await;
//! println!("{} pods, {} of them on node-1", pods.store().len(), by_node.get("node-1").len());
//! # }
//! ```
//!
//! # A program of controllers
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//! use skeg_api::apps::v1::Deployment;
//! use skeg_api::core::v1::{ConfigMap, Service};
//! use skeg_client::Api;
//! use skeg_meta::ObjectMeta;
//! use skeg_runtime::{
//!     ControllerBuilder, EventRecorder, EventType, LeaderOptions, Manager, Next, ObjectName,
//!     Predicate, ReconcileError, create_or_update, set_controller_reference,
//! };
//!
//! struct Context {
//!     deployments: skeg_runtime::Informer<Deployment>,
//!     client: skeg_client::Client,
//!     events: EventRecorder,
//! }
//!
//! /// Every deployment gets a service of its name.
//! async fn reconcile(context: Arc<Context>, name: ObjectName) -> Result<Next, ReconcileError> {
//!     let Some(deployment) = context.deployments.get(&name.namespace, &name.name) else {
//!         return Ok(Next::Done);
//!     };
//!     let services: Api<Service> = Api::namespaced(context.client.clone(), &*name.namespace);
//!     let wanted = Service {
//!         metadata: ObjectMeta::named(&name.namespace, &name.name),
//!         ..Service::default()
//!     };
//!     let written = create_or_update(&services, wanted, |service| {
//!         set_controller_reference(&*deployment, service)?;
//!         service.spec.selector = deployment.spec.template.metadata.labels.clone();
//!         Ok(())
//!     });
//!     let (_, done) = written.await?;
//!     let message = format!("the service: {done:?}");
//!     context.events.event(&*deployment, EventType::Normal, "Exposed", message);
//!     // Looked at again in an hour, when nothing more urgent waits.
//!     Ok(Next::AfterWithPriority(Duration::from_secs(3600), skeg_runtime::LOW_PRIORITY))
//! }
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let mut manager = Manager::from_environment("exposer")?
//!     .leader_election(LeaderOptions::of_process("default", "exposer"))
//!     .health("0.0.0.0:8081")
//!     .metrics_on("0.0.0.0:8080");
//! let context = Context {
//!     deployments: manager.informer(),
//!     client: manager.client().clone(),
//!     events: manager.events("exposer"),
//! };
//! let controller = ControllerBuilder::<Deployment>::new("exposer")
//!     .filter(Predicate::generation_changed())
//!     .owns::<Service>()
//!     .watches(|map: &ConfigMap| [ObjectName::new(&*map.metadata.namespace, &*map.metadata.name)])
//!     .workers(4)
//!     .reconcile(context, reconcile);
//! manager.add(controller);
//! manager.run().await?;
//! # Ok(()) }
//! ```
//!
//! Everything works on [`skeg_client`] alone, against any API server, and
//! holds no timer while there is nothing to do. Time is injected ([`Clock`]).
//!
//! It must not know any server, nor any one controller.

#![deny(missing_docs)]

mod backoff;
mod builder;
mod cached;
mod clock;
mod clusters;
mod controller;
mod dynamic;
mod ensure;
mod events;
mod expectations;
mod finalizer;
mod held;
mod informer;
mod leader;
mod limit;
mod manager;
mod metrics;
mod name;
mod owner;
mod partial;
mod predicate;
mod queue;
mod reflector;
mod serve;
mod source;
mod store;
pub mod testing;
mod watcher;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use backoff::{Backoff, BackoffPolicy};
pub use builder::{ControllerBuilder, ControllerError, PreparedController};
pub use cached::Cached;
pub use clock::{Clock, ManualClock, SystemClock};
pub use clusters::{
    Cluster, ClusterChange, ClusterObject, ClusterProvider, Clusters, SecretClusters,
};
pub use controller::{Controller, Next, ReconcileError};
pub use dynamic::DynamicObject;
pub use ensure::{
    EnsureError, Ensured, create_or_patch, create_or_update, patch_status_if_changed,
    update_status_if_changed,
};
pub use events::{EventApi, EventRecorder, EventType, reference};
pub use expectations::Expectations;
pub use finalizer::{
    Finalize, FinalizerError, add_finalizer, finalize, has_finalizer, remove_finalizer,
};
pub use informer::{
    Delta, Informer, InformerBuilder, InformerPanic, SharedInformerFactory, Subscription,
};
pub use leader::{LeaderElector, LeaderError, LeaderOptions, unique_identity};
pub use limit::{Bucket, Exponential, FastSlow, MaxOf, RateLimit, RateLimiter};
pub use manager::{Manager, ManagerAddresses, ManagerError, ManagerHandle};
pub use metrics::{ControllerMetrics, Counter, Gauge, Histogram, Labels, Metrics, QueueMetrics};
pub use name::ObjectName;
pub use owner::{
    OwnerError, adopt, has_owner, is_controlled_by, refers_to, release, remove_owner_reference,
    set_controller_reference, set_owner_reference,
};
pub use partial::PartialObject;
pub use predicate::Predicate;
pub use queue::{LOW_PRIORITY, QueueItem, Work, WorkQueue};
pub use reflector::{Reflector, Sink};
pub use serve::{Check, HealthChecks, MetricsGuard};
pub use skeg_meta::conditions::{ConditionFields, Conditions, SetCondition};
pub use source::{ApiSource, SharedEvents, Source};
pub use store::{IndexKey, Store, StoreIndex, TypedIndex};
/// What ends the work of this library, in the version that it takes.
pub use tokio_util::sync::CancellationToken;
pub use watcher::{Step, Watcher, WatcherEvent, WatcherOptions, watch_object, watcher};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
