//! The adapter: watches services and endpoint slices and keeps a [`Proxy`] in step.

mod convert;

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use skeg_api::{core::v1::Service, discovery::v1::EndpointSlice};
use skeg_client::Client;
use skeg_runtime::{Informer, ObjectName, SharedInformerFactory, StoreIndex, SystemClock};
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

pub use convert::{SERVICE_NAME_LABEL, service_of, service_ports};

use crate::{Error, Proxy, ProxyConfig, ServicePort, ServicePortName, SyncReport};

/// Changes that come closer together than this are applied together.
const COALESCE: Duration = Duration::from_millis(5);
/// How long to wait after the kernel has refused.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked whether the table is still there.
const VERIFY: Duration = Duration::from_secs(30);
const BY_SERVICE: StoreIndex<EndpointSlice, ObjectName> =
    StoreIndex::new("service", |slice| service_of(slice).into_iter().collect());

/// Settings of [`run`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Settings of the proxy itself.
    pub proxy: ProxyConfig,
    /// The name of this node: endpoints with it are local.
    pub node_name: String,
}

/// Keeps the kernel's rules in step with the cluster's services until cancelled. What it made
/// stays, so that connections go on without it.
///
/// Needs to watch `services` and `endpointslices`. A kernel that refuses is tried again;
/// the only error is one of opening netlink.
pub async fn run(client: Client, options: Options, cancel: CancellationToken) -> Result<(), Error> {
    let stop = cancel.child_token();
    let informers = SharedInformerFactory::new(client, SystemClock::new(), stop.clone());
    let result = run_with_informers(&informers, options, cancel).await;
    stop.cancel();
    informers.ended().await;
    result
}

/// The same with informers that others in the process use too.
pub async fn run_with_informers(
    informers: &SharedInformerFactory,
    options: Options,
    cancel: CancellationToken,
) -> Result<(), Error> {
    let Options { proxy, node_name } = options;
    let proxy = Arc::new(Mutex::new(blocking(move || Proxy::open(proxy)).await?));
    let services = informers.informer::<Service>();
    let slices = informers.informer::<EndpointSlice>();

    let dirty = Arc::new(Dirty::default());
    services.on_change({
        let dirty = Arc::clone(&dirty);
        move |delta| dirty.add(ObjectName::of(&delta.object().metadata))
    });
    slices.on_change({
        let dirty = Arc::clone(&dirty);
        move |delta| {
            // A slice may change its service.
            let both = [delta.old(), Some(delta.object())];
            for name in both
                .into_iter()
                .flatten()
                .filter_map(|slice| service_of(slice))
            {
                dirty.add(name);
            }
        }
    });
    let synced = async {
        services.synced().await;
        slices.synced().await;
    };
    tokio::select! {
        () = cancel.cancelled() => return Ok(()),
        () = synced => {}
    }

    let mut worker = Worker {
        proxy,
        services,
        slices,
        node_name,
        ports: HashMap::new(),
        first: true,
    };
    let mut verify = time::interval(VERIFY);
    verify.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        let outcome = worker.apply(dirty.take()).await;
        let pause = match outcome {
            Ok(report) => {
                tracing::debug!(?report, "services applied");
                COALESCE
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "services not applied; trying again"
                );
                dirty.signal.notify_one();
                RETRY
            }
        };
        tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            () = time::sleep(pause) => {}
        }
        tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            () = dirty.signal.notified() => {}
            _ = verify.tick() => worker.verify().await,
        }
    }
}

/// Services that changed since they were looked at last. Never longer than there are services.
#[derive(Default)]
struct Dirty {
    names: Mutex<HashSet<ObjectName>>,
    signal: Notify,
}

impl Dirty {
    fn add(&self, name: ObjectName) {
        self.names.lock().insert(name);
        self.signal.notify_one();
    }

    fn take(&self) -> HashSet<ObjectName> {
        mem::take(&mut *self.names.lock())
    }
}

struct Worker {
    proxy: Arc<Mutex<Proxy>>,
    services: Informer<Service>,
    slices: Informer<EndpointSlice>,
    node_name: String,
    /// What each service was turned into.
    ports: HashMap<ObjectName, Vec<ServicePortName>>,
    first: bool,
}

impl Worker {
    async fn apply(&mut self, names: HashSet<ObjectName>) -> Result<SyncReport, Error> {
        let mut changed: Vec<ServicePort> = Vec::new();
        let mut removed: Vec<ServicePortName> = Vec::new();
        for name in names {
            let new = match self.services.store().get(&name) {
                Some(service) => {
                    let slices = self.slices.store().by_index(&BY_SERVICE, &name);
                    service_ports(&service, &slices, &self.node_name)
                }
                None => Vec::new(),
            };
            let old = match new.is_empty() {
                true => self.ports.remove(&name),
                false => {
                    let names = new.iter().map(|port| port.name.clone()).collect();
                    self.ports.insert(name, names)
                }
            };
            for port in old.unwrap_or_default() {
                if !new.iter().any(|new| new.name == port) {
                    removed.push(port);
                }
            }
            changed.extend(new);
        }
        // The order decides who gets an address that two ask for.
        changed.sort_by(|a, b| a.name.cmp(&b.name));
        let (proxy, first) = (Arc::clone(&self.proxy), mem::take(&mut self.first));
        blocking(move || {
            let mut proxy = proxy.lock();
            // The first time everything is replaced, also when there are no services.
            if first {
                proxy.sync(&changed)
            } else {
                proxy.apply(changed, &removed)
            }
        })
        .await
    }

    async fn verify(&self) {
        let proxy = Arc::clone(&self.proxy);
        match blocking(move || proxy.lock().verify()).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the services' packet filter table was gone; made anew"),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot look after the services' packet filter table"
            ),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::TaskLost)?
}
