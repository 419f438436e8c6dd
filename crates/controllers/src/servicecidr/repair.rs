//! Services and the IPAddress objects that hold their addresses, brought back
//! together where one was lost: each address of a service has its object, and no
//! object of ours is nobody's.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::Service;
use skeg_api::networking::v1::{IPAddress, ParentReference};
use skeg_client::{Api, Client, DeleteOptions};
use skeg_meta::ObjectMeta;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue,
};

use crate::Context;
use crate::workload::unless_gone;

const NAME: &str = "ipaddress-repair-controller";
const MANAGED_BY: &str = "ipaddress.kubernetes.io/managed-by";
const ALLOCATOR: &str = "ipallocator.k8s.io";
const FAMILY: &str = "ipaddress.kubernetes.io/ip-family";
/// An address is taken before its service is there, and let go after it: so long
/// one may be without the other.
const GRACE: Duration = Duration::from_secs(60);

struct Repair {
    client: Client,
    recorder: EventRecorder,
    services: Informer<Service>,
    addresses: Informer<IPAddress>,
    queue: WorkQueue<ObjectName>,
}

/// The addresses that a service has of its own.
fn addresses_of(service: &Service) -> impl Iterator<Item = IpAddr> {
    let spec = &service.spec;
    let external = spec.type_ == "ExternalName";
    let first = Some(&spec.cluster_ip).filter(|ip| spec.cluster_ips.is_empty() && !ip.is_empty());
    spec.cluster_ips
        .iter()
        .chain(first)
        .filter(move |_| !external)
        .filter_map(|ip| ip.parse().ok())
}

/// Runs the repair. What needs it is looked at twice, a while apart: by the
/// caches, and then at the server.
pub(crate) async fn run(context: Context) {
    // No service account of upstream's may write addresses: the API server does
    // this there, and so it is done in its name here.
    let this = Arc::new(Repair {
        client: context.informers.client().clone(),
        recorder: context.recorder("ipallocator-repair-controller"),
        services: context.informers.informer(),
        addresses: context.informers.informer(),
        queue: context.queue(),
    });
    let handler = Arc::clone(&this);
    this.services.on_change(move |delta| {
        let now = match &delta {
            Delta::Deleted { .. } => Vec::new(),
            _ => addresses_of(delta.object()).collect::<Vec<_>>(),
        };
        let before = delta.old().unwrap_or(delta.object());
        for address in now.iter().copied().chain(addresses_of(before)) {
            handler.look(&address.to_string());
        }
    });
    let handler = Arc::clone(&this);
    this.addresses
        .on_change(move |delta| handler.look(&delta.object().metadata.name));
    this.services.synced().await;
    this.addresses.synced().await;
    Controller::new(NAME, this.queue.clone())
        .run(context.cancel.clone(), move |name: ObjectName| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name.name).await) }
        })
        .await;
}

impl Repair {
    fn look(&self, address: &str) {
        self.queue.add_after(ObjectName::cluster(address), GRACE);
    }

    /// The service that has an address, by the cache.
    fn holder(&self, address: IpAddr) -> Option<Arc<Service>> {
        let all = self.services.store().list();
        all.into_iter()
            .find(|service| addresses_of(service).any(|own| own == address))
    }

    async fn sync(&self, name: &str) -> Result<Next, ReconcileError> {
        let Ok(address) = name.parse::<IpAddr>() else {
            return Ok(Next::Done);
        };
        let held = self.addresses.get("", name);
        match (self.holder(address), held) {
            (Some(service), None) => self.restore(&service, name, address).await?,
            (holder, Some(held)) if is_ours(&held) => {
                let right = holder.is_some_and(|service| names(&held, &service.metadata));
                if !right {
                    self.free(&held, address).await?;
                }
            }
            _ => {}
        }
        Ok(Next::Done)
    }

    /// A service has an address that nothing holds for it.
    async fn restore(
        &self,
        service: &Service,
        name: &str,
        address: IpAddr,
    ) -> Result<(), ReconcileError> {
        let meta = &service.metadata;
        let api = Api::<Service>::namespaced(self.client.clone(), &*meta.namespace);
        let fresh = api.get_opt(&meta.name).await?;
        let has = |service: &Arc<Service>| addresses_of(service).any(|own| own == address);
        let addresses = Api::<IPAddress>::all(self.client.clone());
        if !fresh.as_ref().is_some_and(has) || addresses.get_opt(name).await?.is_some() {
            return Ok(());
        }
        let family = if address.is_ipv6() { "IPv6" } else { "IPv4" };
        let mut made = IPAddress {
            metadata: ObjectMeta::named("", name),
            ..IPAddress::default()
        };
        let labels = &mut made.metadata.labels;
        labels.insert(FAMILY.to_owned(), family.to_owned());
        labels.insert(MANAGED_BY.to_owned(), ALLOCATOR.to_owned());
        made.spec.parent_ref = Some(ParentReference {
            resource: "services".to_owned(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            ..ParentReference::default()
        });
        match addresses.create(made).await {
            Err(error) if error.is_already_exists() => return Ok(()),
            outcome => drop(outcome?),
        }
        let message = format!("Cluster IP [{family}]: {address} is not allocated; repairing");
        self.recorder.event(
            service,
            EventType::Warning,
            "ClusterIPNotAllocated",
            message,
        );
        Ok(())
    }

    /// An address is held for a service that does not have it.
    async fn free(&self, held: &IPAddress, address: IpAddr) -> Result<(), ReconcileError> {
        if let Some(parent) = &held.spec.parent_ref {
            let api = Api::<Service>::namespaced(self.client.clone(), &*parent.namespace);
            let service = api.get_opt(&parent.name).await?;
            if service.is_some_and(|service| addresses_of(&service).any(|own| own == address)) {
                return Ok(());
            }
        }
        let api = Api::<IPAddress>::all(self.client.clone());
        let options = DeleteOptions::default().uid(&*held.metadata.uid);
        match api.delete(&held.metadata.name, &options).await {
            Err(error) if error.is_not_found() || error.is_conflict() => return Ok(()),
            outcome => drop(outcome?),
        }
        let parent = held.spec.parent_ref.clone().unwrap_or_default();
        let message = format!(
            "IPAddress: {address} for Service {}/{} appears to have leaked: cleaning up",
            parent.namespace, parent.name
        );
        self.recorder
            .event(held, EventType::Warning, "IPAddressNotAllocated", message);
        Ok(())
    }
}

fn is_ours(address: &IPAddress) -> bool {
    let manager = address.metadata.labels.get(MANAGED_BY);
    manager.is_some_and(|manager| manager == ALLOCATOR)
}

fn names(address: &IPAddress, service: &ObjectMeta) -> bool {
    address.spec.parent_ref.as_ref().is_some_and(|parent| {
        parent.resource == "services"
            && parent.namespace == service.namespace
            && parent.name == service.name
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    fn address(name: &str, service: &str, ours: bool) -> IPAddress {
        let mut address = IPAddress {
            metadata: ObjectMeta::named("", name),
            ..IPAddress::default()
        };
        if ours {
            let labels = &mut address.metadata.labels;
            labels.insert(MANAGED_BY.to_owned(), ALLOCATOR.to_owned());
        }
        address.spec.parent_ref = Some(ParentReference {
            resource: "services".to_owned(),
            namespace: "a".to_owned(),
            name: service.to_owned(),
            ..ParentReference::default()
        });
        address
    }

    #[tokio::test]
    async fn addresses_and_services_are_brought_together() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        for (name, ip) in [("whole", "10.0.0.1"), ("bare", "10.0.0.2")] {
            let mut service = Service {
                metadata: ObjectMeta::named("a", name),
                ..Service::default()
            };
            service.spec.cluster_ip = ip.to_owned();
            service.spec.cluster_ips = vec![ip.to_owned()];
            api.put(&service);
        }
        api.put(&address("10.0.0.1", "whole", true));
        api.put(&address("10.0.0.3", "gone", true));
        api.put(&address("10.0.0.4", "gone", false));
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        let names = |api: &FakeApi| -> Vec<String> {
            let all = api.all::<IPAddress>();
            all.iter().map(|one| one.metadata.name.clone()).collect()
        };
        let start = clock.shared().now();
        for _ in 0..1_000_000 {
            if names(&api) == ["10.0.0.1", "10.0.0.2", "10.0.0.4"] {
                break;
            }
            tokio::task::yield_now().await;
            if clock.sleepers() > 0 {
                clock.advance(Duration::from_secs(1));
            }
        }
        assert_eq!(names(&api), ["10.0.0.1", "10.0.0.2", "10.0.0.4"]);
        let took = clock.shared().now().duration_since(start);
        assert!(took >= jiff::SignedDuration::from_secs(60));
        cancel.cancel();
        running.await.expect("it ends");
    }
}
