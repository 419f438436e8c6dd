//! Claims for devices: made from templates for the pods that name these, and
//! free again when the pods that had them have ended.

use std::sync::Arc;

use skeg_api::core::v1::{Pod, PodResourceClaim};
use skeg_api::resource::v1::{ResourceClaim, ResourceClaimTemplate};
use skeg_client::{Api, DeleteOptions, Error, Patch};
use skeg_meta::{Object, ObjectMeta, OwnerReference};
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue, is_controlled_by,
};
use skeg_schema::{Value, json};

use crate::Context;
use crate::workload::{Owned, unless_gone};

const NAME: &str = "resourceclaim-controller";
const WORKERS: usize = 10;
const POD_CLAIM: &str = "resource.kubernetes.io/pod-claim-name";
const FINALIZER: &str = "resource.kubernetes.io/delete-protection";

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Task {
    Pod(ObjectName),
    Claim(ObjectName),
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Task::Pod(name) => write!(f, "pod {name}"),
            Task::Claim(name) => write!(f, "claim {name}"),
        }
    }
}

struct Claims {
    context: Context,
    recorder: EventRecorder,
    pods: Informer<Pod>,
    claims: Informer<ResourceClaim>,
    templates: Informer<ResourceClaimTemplate>,
    queue: WorkQueue<Task>,
}

/// Runs the controller of claims for devices.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Claims {
        recorder: context.recorder("resource_claim"),
        pods: context.informers.informer(),
        claims: context.informers.informer(),
        templates: context.informers.informer(),
        queue: context.queue(),
        context,
    });
    this.listen();
    this.pods.synced().await;
    this.claims.synced().await;
    this.templates.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |task| {
            let this = Arc::clone(&this);
            async move {
                unless_gone(match task {
                    Task::Pod(name) => this.sync_pod(&name).await,
                    Task::Claim(name) => this.sync_claim(&name).await,
                })
            }
        })
        .await;
}

/// A pod names a template that is not there.
#[derive(Debug, thiserror::Error)]
#[error("resource claim template {0:?}: resourceclaimtemplate.resource.k8s.io {0:?} not found")]
struct NoTemplate(String);

/// Whether a pod will never need its claims again.
fn is_done(pod: &Pod) -> bool {
    pod.is_finished() || (pod.metadata.is_deleting() && pod.spec.node_name.is_empty())
}

impl Claims {
    fn listen(self: &Arc<Self>) {
        let this = Arc::clone(self);
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            if pod.spec.resource_claims.is_empty() {
                return;
            }
            let gone = matches!(delta, Delta::Deleted { .. });
            if gone || is_done(pod) {
                for claim in this.names_of(pod) {
                    this.queue.add(Task::Claim(claim));
                }
            }
            if !gone {
                this.queue.add(Task::Pod(ObjectName::of(&pod.metadata)));
            }
        });
        let this = Arc::clone(self);
        self.claims.on_change(move |delta| {
            let claim = delta.object();
            let name = ObjectName::of(&claim.metadata);
            if let Some(owner) = claim.metadata.controller().filter(|o| o.kind == "Pod") {
                let namespace = claim.metadata.namespace.clone();
                this.queue
                    .add(Task::Pod(ObjectName::new(namespace, owner.name.clone())));
            }
            if !matches!(delta, Delta::Deleted { .. }) {
                this.queue.add(Task::Claim(name));
            }
        });
        let this = Arc::clone(self);
        self.templates.on_change(move |delta| {
            let template = &delta.object().metadata;
            for pod in this.pods.store().in_namespace(&template.namespace) {
                let mut claims = pod.spec.resource_claims.iter();
                if claims.any(|claim| {
                    claim.resource_claim_template_name.as_deref() == Some(&template.name)
                }) {
                    this.queue.add(Task::Pod(ObjectName::of(&pod.metadata)));
                }
            }
        });
    }

    /// The claims that a pod has, as far as that is known.
    fn names_of(&self, pod: &Pod) -> Vec<ObjectName> {
        let namespace = &pod.metadata.namespace;
        let named = pod
            .spec
            .resource_claims
            .iter()
            .filter_map(|claim| claim.resource_claim_name.clone());
        let made = pod
            .status
            .resource_claim_statuses
            .iter()
            .filter_map(|status| status.resource_claim_name.clone());
        let owned = self.claims.owned_by(&pod.metadata.uid);
        let owned = owned.iter().map(|claim| claim.metadata.name.clone());
        named
            .chain(made)
            .chain(owned)
            .map(|name| ObjectName::new(namespace.clone(), name))
            .collect()
    }

    async fn sync_pod(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(pod) = self.pods.store().get(name) else {
            return Ok(Next::Done);
        };
        if is_done(&pod) || pod.metadata.is_deleting() {
            return Ok(Next::Done);
        }
        let mut made: Vec<(String, String)> = Vec::new();
        for wanted in &pod.spec.resource_claims {
            let Some(template) = &wanted.resource_claim_template_name else {
                continue;
            };
            let mut known = pod.status.resource_claim_statuses.iter();
            if let Some(status) = known.find(|status| status.name == wanted.name) {
                // One without a name needs none.
                let Some(claim) = &status.resource_claim_name else {
                    continue;
                };
                if self.is_there(&pod, claim).await? {
                    continue;
                }
            }
            match self.claim_for(&pod, wanted, template).await {
                Ok(claim) => made.push((wanted.name.clone(), claim)),
                Err(error) => {
                    let message = format!("PodResourceClaim {}: {error}", wanted.name);
                    let reason = "FailedResourceClaimCreation";
                    self.recorder
                        .event(&*pod, EventType::Warning, reason, message);
                    return Err(error);
                }
            }
        }
        if !made.is_empty() {
            let statuses: Vec<Value> = made
                .iter()
                .map(|(name, claim)| json!({"name": name.as_str(), "resourceClaimName": claim.as_str()}))
                .collect();
            let patch = Patch::Strategic(json!({
                "metadata": {"uid": pod.metadata.uid.as_str()},
                "status": {"resourceClaimStatuses": statuses},
            }));
            let api = Api::<Pod>::namespaced(self.context.client.clone(), &*name.namespace);
            api.patch_status(&name.name, &patch, &Default::default())
                .await?;
        }
        if !pod.spec.node_name.is_empty() {
            self.reserve(&pod).await?;
        }
        Ok(Next::Done)
    }

    /// Whether a claim that was made for a pod is still there, and the pod's: somebody may
    /// have deleted it.
    async fn is_there(&self, pod: &Pod, claim: &str) -> Result<bool, ReconcileError> {
        let namespace = pod.metadata.namespace.as_str();
        let is_own = |claim: &ResourceClaim| {
            let owner = claim.metadata.controller();
            owner.is_some_and(|owner| owner.uid == pod.metadata.uid)
        };
        let name = ObjectName::new(namespace.to_owned(), claim.to_owned());
        if self
            .claims
            .store()
            .get(&name)
            .is_some_and(|claim| is_own(&claim))
        {
            return Ok(true);
        }
        // It may be that it was made just now, and that nobody has told of it yet.
        let api = Api::<ResourceClaim>::namespaced(self.context.client.clone(), namespace);
        match api.get(claim).await {
            Ok(found) => Ok(is_own(&found)),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The name of the claim that was made for a pod, now or before.
    async fn claim_for(
        &self,
        pod: &Arc<Pod>,
        wanted: &PodResourceClaim,
        template: &str,
    ) -> Result<String, ReconcileError> {
        let owned = self.claims.owned_by(&pod.metadata.uid);
        let known = owned
            .iter()
            .find(|claim| claim.metadata.annotations.get(POD_CLAIM) == Some(&wanted.name));
        if let Some(known) = known {
            return Ok(known.metadata.name.clone());
        }
        let namespace = pod.metadata.namespace.as_str();
        let found = self.templates.get(namespace, template);
        let template = found.ok_or_else(|| NoTemplate(template.to_owned()))?;
        let api = Api::<ResourceClaim>::namespaced(self.context.client.clone(), namespace);
        let claim = api.create(new_claim(pod, &wanted.name, &template)).await?;
        Ok(claim.metadata.name.clone())
    }

    /// A pod that came to its node without the scheduler has nobody else who
    /// reserves its claims.
    async fn reserve(&self, pod: &Pod) -> Result<(), Error> {
        for name in self.names_of(pod) {
            let Some(claim) = self.claims.store().get(&name) else {
                continue;
            };
            let reserved = &claim.status.reserved_for;
            let has = reserved.iter().any(|one| one.uid == pod.metadata.uid);
            if has || claim.status.allocation.is_none() {
                continue;
            }
            let mut next = ResourceClaim::clone(&claim);
            next.status
                .reserved_for
                .push(skeg_api::resource::v1::ResourceClaimConsumerReference {
                    resource: "pods".to_owned(),
                    name: pod.metadata.name.clone(),
                    uid: pod.metadata.uid.clone(),
                    ..Default::default()
                });
            self.claim_api(&name).update_status(next).await?;
        }
        Ok(())
    }

    fn claim_api(&self, name: &ObjectName) -> Api<ResourceClaim> {
        Api::namespaced(self.context.client.clone(), &*name.namespace)
    }

    async fn sync_claim(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(mut claim) = self.claims.store().get(name) else {
            return Ok(Next::Done);
        };
        let mut kept = claim.status.reserved_for.clone();
        let mut checked = Vec::with_capacity(kept.len());
        for consumer in kept.drain(..) {
            let is_pod = consumer.api_group.is_empty() && consumer.resource == "pods";
            if !is_pod || self.needs(name, &consumer.name, &consumer.uid).await? {
                checked.push(consumer);
            }
        }
        let free = checked.is_empty();
        // The scheduler holds a claim before it says what is allocated for it.
        let lets_go = lets_go(&claim, checked.len());
        let drop_allocation = lets_go && claim.status.allocation.is_some();
        if checked.len() < claim.status.reserved_for.len() || drop_allocation {
            let mut next = ResourceClaim::clone(&claim);
            next.status.reserved_for = checked;
            if free {
                next.status.allocation = None;
                next.status.devices.clear();
            }
            claim = self.claim_api(name).update_status(next).await?;
        }
        let held = claim.metadata.finalizers.iter().any(|one| one == FINALIZER);
        if lets_go && held && claim.status.allocation.is_none() {
            let mut next = ResourceClaim::clone(&claim);
            next.metadata.finalizers.retain(|one| one != FINALIZER);
            claim = self.claim_api(name).update(next).await?;
        }
        if free && !claim.metadata.is_deleting() && self.is_orphan(&claim).await? {
            let options = DeleteOptions::default().uid(&*claim.metadata.uid);
            self.claim_api(name).delete(&name.name, &options).await?;
        }
        Ok(Next::Done)
    }

    /// Whether a pod is there and may still need its claims.
    async fn needs(&self, claim: &ObjectName, pod: &str, uid: &str) -> Result<bool, Error> {
        let mut found = self.pods.get(&claim.namespace, pod);
        if found.as_ref().is_none_or(|pod| pod.metadata.uid != uid) {
            // The cache may be behind.
            let client = self.context.client.clone();
            let api = Api::<Pod>::namespaced(client, &*claim.namespace);
            found = api.get_opt(pod).await?;
        }
        Ok(found.is_some_and(|pod| pod.metadata.uid == uid && !is_done(&pod)))
    }

    /// Whether it was made for a pod that has ended.
    async fn is_orphan(&self, claim: &ResourceClaim) -> Result<bool, Error> {
        let Some(owner) = claim.metadata.controller().filter(|o| o.kind == "Pod") else {
            return Ok(false);
        };
        let name = ObjectName::of(&claim.metadata);
        Ok(is_controlled_by(&claim.metadata, &owner.uid)
            && !self.needs(&name, &owner.name, &owner.uid).await?)
    }
}

/// Whether a claim need not be held any more: so many of its consumers are left,
/// and it is deleted or had others.
fn lets_go(claim: &ResourceClaim, left: usize) -> bool {
    left == 0 && (claim.metadata.is_deleting() || !claim.status.reserved_for.is_empty())
}

/// A name that tells of both, also where it is cut (upstream's).
fn generate_name(pod: &str, claim: &str) -> String {
    const LEN_MAX: usize = 57;
    let whole = format!("{pod}-{claim}-");
    if whole.len() <= LEN_MAX {
        return whole;
    }
    // Each by its share.
    let cut = |text: &str| -> String {
        let share = text.len() * LEN_MAX / whole.len();
        text.chars().take(share).collect()
    };
    format!("{}-{}", cut(pod), cut(claim))
}

fn new_claim(pod: &Pod, name: &str, template: &ResourceClaimTemplate) -> ResourceClaim {
    let from = &template.spec.metadata;
    let mut annotations = from.annotations.clone();
    annotations.insert(POD_CLAIM.to_owned(), name.to_owned());
    ResourceClaim {
        metadata: ObjectMeta {
            generate_name: generate_name(&pod.metadata.name, name),
            namespace: pod.metadata.namespace.clone(),
            labels: from.labels.clone(),
            annotations,
            owner_references: vec![OwnerReference {
                block_owner_deletion: None,
                ..pod.controller_reference()
            }],
            ..ObjectMeta::default()
        },
        spec: template.spec.spec.clone(),
        ..ResourceClaim::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[test]
    fn a_claim_is_held_while_devices_are_found_for_it() {
        let mut claim = ResourceClaim::default();
        assert!(!lets_go(&claim, 0));
        claim.metadata.deletion_timestamp = Some(skeg_meta::Time(jiff::Timestamp::UNIX_EPOCH));
        assert!(lets_go(&claim, 0));
        claim.metadata.deletion_timestamp = None;
        claim.status.reserved_for.push(Default::default());
        assert!(lets_go(&claim, 0));
        assert!(!lets_go(&claim, 1));
    }

    #[test]
    fn long_names_are_cut_by_their_share() {
        assert_eq!(generate_name("p", "c"), "p-c-");
        let (pod, claim) = ("p".repeat(71), "c".repeat(22));
        let expect = format!("{}-{}", "p".repeat(42), "c".repeat(13));
        assert_eq!(generate_name(&pod, &claim), expect);
    }

    #[tokio::test]
    async fn a_claim_is_made_once_and_named_in_the_pods_status() {
        let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
        api.put(&ResourceClaimTemplate {
            metadata: ObjectMeta::named("a", "t"),
            ..ResourceClaimTemplate::default()
        });
        let mut pod = Pod {
            metadata: ObjectMeta::named("a", "p"),
            ..Pod::default()
        };
        pod.spec.resource_claims.push(PodResourceClaim {
            name: "d".to_owned(),
            resource_claim_template_name: Some("t".to_owned()),
            ..PodResourceClaim::default()
        });
        api.put(&pod);
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        let named = |api: &FakeApi| {
            let pod = api.get::<Pod>("a", "p")?;
            let status = pod.status.resource_claim_statuses.first()?.clone();
            status.resource_claim_name
        };
        api.until("it is named", |api| named(api).is_some()).await;
        let name = named(&api).expect("a name");
        assert!(name.starts_with("p-d-"), "{name}");
        assert!(api.get::<ResourceClaim>("a", &name).is_some());
        // Somebody deletes it.
        api.remove::<ResourceClaim>("a", &name);
        api.until("another is named", |api| {
            named(api).is_some_and(|other| other != name)
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
