//! Resource quotas: how much of them is used.
//!
//! Admission charges what is created; here is counted what is there, whenever
//! something goes, ends, or a quota changes. A kind is only watched once a
//! quota speaks of it.

mod usage;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_api::core::v1::{PersistentVolumeClaim, Pod, ResourceQuota, ResourceQuotaStatus, Service};
use skeg_api::resource::v1::ResourceClaim;
use skeg_client::{Api, ApiResource};
use skeg_runtime::{
    Cached, Controller, Delta, Informer, Next, ObjectName, PartialObject, ReconcileError, WorkQueue,
};
use skeg_schema::resources::RESOURCES;

use crate::{Context, defined};
use usage::Amounts;

const NAME: &str = "resourcequota-controller";
const WORKERS: usize = 2;
/// How long after something new a quota is counted again, lest admission,
/// which charged it already, and the watch disagree for a moment.
const SETTLE: Duration = Duration::from_secs(5);
/// How long after a quota that speaks of an undefined kind is looked at again.
const RECOUNT: Duration = Duration::from_secs(30);
/// How often all is counted again, whatever was heard (`--resource-quota-sync-period`).
const RESYNC: Duration = Duration::from_secs(5 * 60);
/// Kinds that are counted by their bare name.
const BARE: [&str; 4] = [
    "configmaps",
    "secrets",
    "replicationcontrollers",
    "resourcequotas",
];

/// Runs the controller of quotas.
pub(crate) async fn run(context: Context) {
    let quotas = context.informers.informer::<ResourceQuota>();
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    quotas.on_change(move |delta| {
        let new = delta.object();
        if !delta.old().is_some_and(|old| old.spec == new.spec) {
            to.add(ObjectName::of(&new.metadata));
        }
    });
    quotas.synced().await;
    let counter = Arc::new(Counter {
        context: context.clone(),
        quotas,
        queue: queue.clone(),
        sources: Mutex::default(),
    });
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let counter = Arc::clone(&counter);
            async move { counter.reconcile(&name).await }
        })
        .await;
}

/// The kinds that quotas speak of so far.
#[derive(Default)]
struct Sources {
    pods: Option<Informer<Pod>>,
    services: Option<Informer<Service>>,
    claims: Option<Informer<PersistentVolumeClaim>>,
    devices: Option<Informer<ResourceClaim>>,
    counted: HashMap<String, Informer<PartialObject>>,
}

struct Counter {
    context: Context,
    quotas: Informer<ResourceQuota>,
    queue: WorkQueue<ObjectName>,
    sources: Mutex<Sources>,
}

/// What a name in a quota speaks of.
#[derive(Debug, PartialEq)]
enum Subject {
    Pods,
    Services,
    Claims,
    Devices,
    /// The number of objects of a kind.
    Count(ApiResource),
}

fn subject(name: &str) -> Option<Subject> {
    if BARE.contains(&name) {
        return counted(name).map(Subject::Count);
    }
    match name.strip_prefix("count/") {
        Some("pods") => return Some(Subject::Pods),
        Some("services") => return Some(Subject::Services),
        Some("persistentvolumeclaims") => return Some(Subject::Claims),
        Some("resourceclaims.resource.k8s.io") => return Some(Subject::Devices),
        Some(kind) => return counted(kind).map(Subject::Count),
        None => {}
    }
    if name.ends_with(usage::DEVICES) {
        return Some(Subject::Devices);
    }
    if name == "services" || name.starts_with("services.") {
        return Some(Subject::Services);
    }
    let is_claims = |name: &str| name == "persistentvolumeclaims" || name == "requests.storage";
    if is_claims(name) || name.contains(".storageclass.storage.k8s.io/") {
        return Some(Subject::Claims);
    }
    let compute = ["requests.", "limits."]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    let is_plain = matches!(compute, "cpu" | "memory" | "ephemeral-storage")
        || compute.starts_with("hugepages-");
    let is_extended = name.starts_with("requests.") && compute.contains('/');
    (name == "pods" || is_plain || is_extended).then_some(Subject::Pods)
}

/// The kind of `secrets` or `deployments.apps`.
fn counted(name: &str) -> Option<ApiResource> {
    let (resource, group) = name.split_once('.').unwrap_or((name, ""));
    RESOURCES
        .iter()
        .find(|desc| {
            (desc.resource, desc.group) == (resource, group)
                // Nobody counts events.
                && resource != "events"
                && desc.namespaced
                && desc.served_by_default()
                && desc.has_verb("list")
                && desc.has_verb("watch")
        })
        .map(ApiResource::from_desc)
}

impl Counter {
    /// Counts a namespace's quotas again when an object of it goes, and after one comes.
    fn follow<K: Cached>(&self, informer: &Informer<K>, freed: fn(&K, &K) -> bool) {
        let (to, quotas) = (self.queue.clone(), self.quotas.clone());
        informer.on_change(move |delta| {
            let pause = match &delta {
                Delta::Added { initial: true, .. } => return,
                Delta::Added { .. } => SETTLE,
                Delta::Deleted { .. } => Duration::ZERO,
                Delta::Updated { old, new } if freed(old, new) => Duration::ZERO,
                Delta::Updated { .. } => return,
            };
            for quota in quotas
                .store()
                .in_namespace(&delta.object().object_meta().namespace)
            {
                to.add_after(ObjectName::of(&quota.metadata), pause);
            }
        });
    }

    fn pods(&self) -> Informer<Pod> {
        let mut sources = self.sources.lock();
        sources
            .pods
            .get_or_insert_with(|| {
                let pods = self.context.informers.informer::<Pod>();
                // At the beginning of time no pod is overdue.
                let ends = |old: &Pod, new: &Pod| {
                    usage::counts(old, Timestamp::MIN) && !usage::counts(new, Timestamp::MIN)
                };
                self.follow(&pods, ends);
                pods
            })
            .clone()
    }

    fn services(&self) -> Informer<Service> {
        let mut sources = self.sources.lock();
        sources
            .services
            .get_or_insert_with(|| {
                let services = self.context.informers.informer::<Service>();
                self.follow(&services, |old, new| {
                    usage::service(old) != usage::service(new)
                });
                services
            })
            .clone()
    }

    fn claims(&self) -> Informer<PersistentVolumeClaim> {
        let mut sources = self.sources.lock();
        sources
            .claims
            .get_or_insert_with(|| {
                let claims = self.context.informers.informer::<PersistentVolumeClaim>();
                self.follow(&claims, |old, new| usage::claim(old) != usage::claim(new));
                claims
            })
            .clone()
    }

    fn devices(&self) -> Informer<ResourceClaim> {
        let mut sources = self.sources.lock();
        sources
            .devices
            .get_or_insert_with(|| {
                let claims = self.context.informers.informer::<ResourceClaim>();
                self.follow(&claims, |_, _| false);
                claims
            })
            .clone()
    }

    fn objects(&self, resource: &ApiResource) -> Informer<PartialObject> {
        let key = format!("{}.{}", resource.plural, resource.group);
        let mut sources = self.sources.lock();
        sources
            .counted
            .entry(key)
            .or_insert_with(|| {
                let objects = self.context.informers.partial(resource);
                self.follow(&objects, |_, _| false);
                objects
            })
            .clone()
    }

    async fn reconcile(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(quota) = self.quotas.store().get(name) else {
            return Ok(Next::Done);
        };
        let (used, unknown) = self.count(&quota).await?;
        let next = Next::After(if unknown { RECOUNT } else { RESYNC });
        let status = ResourceQuotaStatus {
            hard: quota.spec.hard.clone(),
            used,
        };
        if quota.status == status {
            return Ok(next);
        }
        let mut told = ResourceQuota::clone(&quota);
        told.status = status;
        let api =
            Api::<ResourceQuota>::namespaced(self.context.client.clone(), name.namespace.as_str());
        match api.update_status(told).await {
            Err(error) if error.is_not_found() => Ok(Next::Done),
            result => Ok(result.map(|_| next)?),
        }
    }

    /// The custom kind of `widgets.example.com`, while it is defined.
    async fn custom(&self, name: &str) -> Result<Option<ApiResource>, ReconcileError> {
        let Some((resource, group)) = name.split_once('.') else {
            return Ok(None);
        };
        let all = defined::all(&self.context.client).await?;
        Ok(all.into_iter().find(|one| {
            one.namespaced && (one.plural.as_ref(), one.group.as_ref()) == (resource, group)
        }))
    }

    /// What there is of everything that a quota limits, and whether it speaks of
    /// kinds that nobody defines so far.
    async fn count(&self, quota: &ResourceQuota) -> Result<(Amounts, bool), ReconcileError> {
        let namespace = &quota.metadata.namespace;
        let scoped = usage::is_scoped(&quota.spec);
        let mut all = Amounts::new();
        let mut known = Amounts::new();
        let (mut pods, mut services, mut claims, mut devices) = (false, false, false, false);
        let mut unknown = false;
        for name in quota.spec.hard.keys() {
            let mut found = subject(name);
            if found.is_none()
                && let Some(counted) = name.strip_prefix("count/")
            {
                found = self.custom(counted).await?.map(Subject::Count);
                unknown |= found.is_none();
            }
            let Some(subject) = found else {
                continue;
            };
            known.insert(name.clone(), usage::count(0));
            match subject {
                Subject::Pods => pods = true,
                Subject::Services => services = true,
                Subject::Claims => claims = true,
                Subject::Devices => devices = true,
                Subject::Count(_) if scoped => {}
                Subject::Count(resource) => {
                    let objects = self.objects(&resource);
                    objects.synced().await;
                    all.insert(
                        name.clone(),
                        usage::count(objects.store().in_namespace(namespace).len()),
                    );
                }
            }
        }
        if pods {
            let informer = self.pods();
            informer.synced().await;
            let now = self.context.clock.now();
            let held = informer.store().in_namespace(namespace);
            held.iter()
                .filter(|pod| usage::in_scope(&quota.spec, pod))
                .for_each(|pod| usage::add(&mut all, &usage::pod_at(pod, now)));
        }
        if services && !scoped {
            let informer = self.services();
            informer.synced().await;
            let held = informer.store().in_namespace(namespace);
            held.iter()
                .for_each(|service| usage::add(&mut all, &usage::service(service)));
        }
        if devices && !scoped {
            let informer = self.devices();
            informer.synced().await;
            let held = informer.store().in_namespace(namespace);
            held.iter()
                .for_each(|claim| usage::add(&mut all, &usage::devices(claim)));
        }
        if claims {
            let informer = self.claims();
            informer.synced().await;
            let held = informer.store().in_namespace(namespace);
            held.iter()
                .filter(|claim| usage::claim_in_scope(&quota.spec, claim))
                .for_each(|claim| usage::add(&mut all, &usage::claim(claim)));
        }
        // Only what is limited is told; what nobody knows is not.
        all.retain(|name, _| known.contains_key(name));
        known.extend(all);
        Ok((known, unknown))
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::Secret;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[test]
    fn names_speak_of_kinds() {
        let of = |name: &str| match subject(name) {
            Some(Subject::Count(resource)) => resource.plural.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(of("count/deployments.apps"), "deployments");
        assert_eq!(of("count/secrets"), "secrets");
        assert_eq!(of("configmaps"), "configmaps");
        assert_eq!(of("count/nothing.at.all"), "None");
        assert_eq!(of("services.nodeports"), "Some(Services)");
        assert_eq!(
            of("gold.storageclass.storage.k8s.io/requests.storage"),
            "Some(Claims)"
        );
        assert_eq!(of("requests.storage"), "Some(Claims)");
        assert_eq!(of("count/pods"), "Some(Pods)");
        assert_eq!(of("x.deviceclass.resource.k8s.io/devices"), "Some(Devices)");
        assert_eq!(of("count/events"), "None");
        for name in [
            "pods",
            "cpu",
            "limits.memory",
            "requests.hugepages-2Mi",
            "requests.example.com/gpu",
        ] {
            assert_eq!(of(name), "Some(Pods)");
        }
        assert_eq!(of("limits.example.com/gpu"), "None");
    }

    #[tokio::test]
    async fn quotas_tell_what_is_there() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        let mut secret = Secret::default();
        secret.metadata.name = "s".into();
        secret.metadata.namespace = "ns".into();
        api.put(&secret);
        let mut quota = ResourceQuota::default();
        quota.metadata.name = "q".into();
        quota.metadata.namespace = "ns".into();
        let hard = ["count/secrets", "pods", "unknown"];
        quota.spec.hard = hard
            .iter()
            .map(|name| ((*name).to_owned(), usage::count(2)))
            .collect();
        api.put(&quota);
        let running = tokio::spawn(run(Context::for_client(
            api.client(),
            clock.shared(),
            cancel.clone(),
        )));
        let used = |api: &FakeApi| -> Vec<String> {
            let quota = api.get::<ResourceQuota>("ns", "q").expect("it is there");
            quota
                .status
                .used
                .iter()
                .map(|(name, amount)| format!("{name}={amount}"))
                .collect()
        };
        api.until("it is counted", |api| {
            used(api) == ["count/secrets=1", "pods=0"]
        })
        .await;
        api.remove::<Secret>("ns", "s");
        api.until("it is counted again", |api| {
            used(api) == ["count/secrets=0", "pods=0"]
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
