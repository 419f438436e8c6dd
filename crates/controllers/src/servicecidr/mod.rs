//! Ranges of service addresses: each says when it is ready, and none goes while
//! addresses of it are in use.

mod range;
mod repair;

use std::sync::Arc;
use std::time::Duration;

use skeg_api::networking::v1::{IPAddress, ServiceCIDR};
use skeg_client::{Api, Patch, PatchOptions};
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError, WorkQueue};
use skeg_schema::{Value, json};

use crate::Context;
use crate::workload::unless_gone;
use range::Range;

pub(crate) use repair::run as run_repair;

const NAME: &str = "service-cidr-controller";
const WORKERS: usize = 5;
const FINALIZER: &str = "networking.k8s.io/service-cidr-finalizer";
/// How long a range that is deleted stays, so that every API server has seen it
/// and gives no more of its addresses away (upstream's `deletionGracePeriod`).
const GRACE: Duration = Duration::from_secs(10);

struct Ranges {
    context: Context,
    ranges: Informer<ServiceCIDR>,
    addresses: Informer<IPAddress>,
    queue: WorkQueue<ObjectName>,
}

/// Runs the controller of service ranges.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Ranges {
        ranges: context.informers.informer(),
        addresses: context.informers.informer(),
        queue: context.queue(),
        context,
    });
    let handler = Arc::clone(&this);
    this.ranges.on_change(move |delta| {
        handler.queue.add(ObjectName::of(&delta.object().metadata));
        // What is left of one may lie in another that waits to go.
        handler.add_overlapping(delta.object());
    });
    let handler = Arc::clone(&this);
    this.addresses.on_change(move |delta| {
        if matches!(delta, Delta::Deleted { .. })
            && let Some(address) = Range::host(&delta.object().metadata.name)
        {
            for range in handler.ranges.store().list() {
                if parse(&range).iter().any(|one| one.contains(&address)) {
                    handler.queue.add(ObjectName::of(&range.metadata));
                }
            }
        }
    });
    this.ranges.synced().await;
    this.addresses.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

fn parse(range: &ServiceCIDR) -> Vec<Range> {
    let all = range.spec.cidrs.iter();
    all.filter_map(|cidr| Range::parse(cidr)).collect()
}

impl Ranges {
    fn add_overlapping(&self, range: &ServiceCIDR) {
        let own = parse(range);
        for other in self.ranges.store().list() {
            let touches = parse(&other)
                .iter()
                .any(|a| own.iter().any(|b| a.contains(b) || b.contains(a)));
            if touches {
                self.queue.add(ObjectName::of(&other.metadata));
            }
        }
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(range) = self.ranges.store().get(name) else {
            return Ok(Next::Done);
        };
        let Some(deleted) = range.metadata.deletion_timestamp else {
            return self.make_ready(&range).await;
        };
        if !range.metadata.finalizers.iter().any(|f| f == FINALIZER) {
            return Ok(Next::Done);
        }
        if !self.is_free(&range) {
            let message = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR";
            self.say(&range, "False", "Terminating", message).await?;
            return Ok(Next::Done);
        }
        let gone_for = self.context.clock.now().duration_since(deleted.0);
        let gone_for = Duration::try_from(gone_for).unwrap_or_default();
        if gone_for < GRACE {
            return Ok(Next::After(GRACE - gone_for));
        }
        let mut released = ServiceCIDR::clone(&range);
        released.metadata.finalizers.retain(|f| f != FINALIZER);
        self.api().update(released).await?;
        Ok(Next::Done)
    }

    async fn make_ready(&self, range: &ServiceCIDR) -> Result<Next, ReconcileError> {
        if !range.metadata.finalizers.iter().any(|f| f == FINALIZER) {
            let mut held = range.clone();
            held.metadata.finalizers.push(FINALIZER.to_owned());
            self.api().update(held).await?;
        }
        let ready = range.status.conditions.iter();
        if !ready
            .clone()
            .any(|c| c.type_ == "Ready" && c.status == "True")
        {
            self.say(range, "True", "", "Kubernetes Service CIDR is ready")
                .await?;
        }
        Ok(Next::Done)
    }

    /// Whether every address in it also lies in a range that stays.
    fn is_free(&self, range: &ServiceCIDR) -> bool {
        let others: Vec<Range> = self
            .ranges
            .store()
            .list()
            .iter()
            .filter(|other| {
                other.metadata.name != range.metadata.name && !other.metadata.is_deleting()
            })
            .flat_map(|other| parse(other))
            .collect();
        let addresses = self.addresses.store().list();
        parse(range)
            .iter()
            .filter(|own| !others.iter().any(|other| other.contains(own)))
            .all(|own| {
                addresses
                    .iter()
                    .filter_map(|address| Range::host(&address.metadata.name))
                    .filter(|address| own.contains(address))
                    .all(|address| others.iter().any(|other| other.contains(&address)))
            })
    }

    fn api(&self) -> Api<ServiceCIDR> {
        Api::all(self.context.client.clone())
    }

    async fn say(
        &self,
        range: &ServiceCIDR,
        status: &str,
        reason: &str,
        message: &str,
    ) -> Result<(), ReconcileError> {
        let known = range.status.conditions.iter().find(|c| c.type_ == "Ready");
        if known.is_some_and(|c| c.status == status && c.reason == reason && c.message == message) {
            return Ok(());
        }
        let mut config = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "ServiceCIDR",
            "metadata": {"name": range.metadata.name.as_str()},
            "status": {"conditions": [{
                "type": "Ready",
                "status": status,
                "message": message,
                "lastTransitionTime": self.context.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            }]},
        });
        if !reason.is_empty() {
            for condition in config
                .at_mut(&["status", "conditions"])
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                condition.set_at(&["reason"], reason);
            }
        }
        let patch = Patch::Apply(config);
        let options = PatchOptions::apply(NAME).force();
        self.api()
            .patch_status(&range.metadata.name, &patch, &options)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{ObjectMeta, Time};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    fn cidr(name: &str, cidr: &str) -> ServiceCIDR {
        let mut range = ServiceCIDR {
            metadata: ObjectMeta::named("", name),
            ..ServiceCIDR::default()
        };
        range.spec.cidrs.push(cidr.to_owned());
        range
    }

    #[tokio::test]
    async fn a_range_goes_when_its_addresses_are_free() {
        let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
        let mut going = cidr("going", "10.1.0.0/24");
        going.metadata.finalizers.push(FINALIZER.to_owned());
        let long_ago = clock.shared().now() - jiff::SignedDuration::from_hours(1);
        going.metadata.deletion_timestamp = Some(Time(long_ago));
        api.put(&going);
        api.put(&IPAddress {
            metadata: ObjectMeta::named("", "10.1.0.7"),
            ..IPAddress::default()
        });
        api.put(&cidr("stays", "10.2.0.0/24"));
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        let ready = |api: &FakeApi, name: &str| {
            let range = api.get::<ServiceCIDR>("", name)?;
            Some(range.status.conditions.first()?.status.clone())
        };
        api.until("both say how they are", |api| {
            ready(api, "stays").as_deref() == Some("True")
                && ready(api, "going").as_deref() == Some("False")
        })
        .await;
        api.remove::<IPAddress>("", "10.1.0.7");
        api.until("it is let go", |api| {
            api.get::<ServiceCIDR>("", "going")
                .is_none_or(|range| range.metadata.finalizers.is_empty())
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
