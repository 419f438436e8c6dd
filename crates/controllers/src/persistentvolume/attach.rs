//! Volumes that must be attached to a node before a pod there can use them:
//! says so by a VolumeAttachment, and takes that back when no pod is left.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use skeg_api::core::v1::{AttachedVolume, Node, PersistentVolume, PersistentVolumeClaim, Pod};
use skeg_api::storage::v1::{
    CSIDriver, VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec,
};
use skeg_client::{Api, DeleteOptions, Error};
use skeg_meta::ObjectMeta;
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError, WorkQueue};

use crate::Context;
use crate::podgc::{BY_NODE, index_by_node};
use crate::workload::unless_gone;

const NAME: &str = "persistentvolume-attach-detach-controller";
const WORKERS: usize = 2;
const MANAGED: &str = "volumes.kubernetes.io/controller-managed-attach-detach";
/// A node that still uses a volume is asked again.
const IN_USE_PAUSE: Duration = Duration::from_secs(5);
/// A node that is not healthy keeps its volumes so long
/// (upstream's `ReconcilerMaxWaitForUnmountDuration`).
const UNMOUNT_MAX: SignedDuration = SignedDuration::from_mins(6);
/// Whoever gives a node this taint knows that it is switched off.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

struct Attacher {
    context: Context,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    drivers: Informer<CSIDriver>,
    attachments: Informer<VolumeAttachment>,
    /// Since when nodes use volumes that no pod of theirs needs, by attachment.
    unwanted_since: Mutex<BTreeMap<String, Timestamp>>,
    queue: WorkQueue<ObjectName>,
}

/// A volume on a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    /// Of the VolumeAttachment.
    name: String,
    driver: String,
    /// As a node names it.
    unique: String,
    volume: String,
}

/// Runs the controller, a node at a time.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Attacher {
        pods: context.informers.informer(),
        nodes: context.informers.informer(),
        claims: context.informers.informer(),
        volumes: context.informers.informer(),
        drivers: context.informers.informer(),
        attachments: context.informers.informer(),
        unwanted_since: Mutex::default(),
        queue: context.queue(),
        context,
    });
    index_by_node(this.pods.store());
    this.listen();
    this.nodes.synced().await;
    this.pods.synced().await;
    this.claims.synced().await;
    this.volumes.synced().await;
    this.drivers.synced().await;
    this.attachments.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |node| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&node.name).await) }
        })
        .await;
}

impl Attacher {
    fn listen(self: &Arc<Self>) {
        let to = self.queue.clone();
        self.nodes
            .on_change(move |delta| to.add(ObjectName::cluster(&*delta.object().metadata.name)));
        let to = self.queue.clone();
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let has = |volume: &skeg_api::core::v1::Volume| {
                volume.persistent_volume_claim.is_some() || volume.ephemeral.is_some()
            };
            if !pod.spec.node_name.is_empty() && pod.spec.volumes.iter().any(has) {
                to.add(ObjectName::cluster(&*pod.spec.node_name));
            }
        });
        let this = Arc::clone(self);
        self.attachments.on_change(move |delta| {
            let attachment = delta.object();
            if matches!(delta, Delta::Deleted { .. }) {
                let name = attachment.metadata.name.as_str();
                this.unwanted_since.lock().remove(name);
            }
            this.queue
                .add(ObjectName::cluster(&*attachment.spec.node_name));
        });
        // A claim that is bound only now may be one that pods on nodes wait for.
        let this = Arc::clone(self);
        self.claims.on_change(move |delta| {
            let claim = delta.object();
            let bound = delta.old().is_none_or(|old| old.status.phase != "Bound")
                && claim.status.phase == "Bound";
            if bound {
                for pod in this.pods.store().in_namespace(&claim.metadata.namespace) {
                    if !pod.spec.node_name.is_empty() {
                        this.queue.add(ObjectName::cluster(&*pod.spec.node_name));
                    }
                }
            }
        });
    }

    async fn sync(&self, name: &str) -> Result<Next, ReconcileError> {
        let node = self.nodes.get("", name);
        let managed = node.as_ref().is_some_and(|node| {
            let annotation = node.metadata.annotations.get(MANAGED);
            annotation.is_some_and(|value| value == "true")
        });
        let wanted = if managed {
            self.wanted(name)
        } else {
            BTreeSet::new()
        };
        let held: BTreeMap<String, Arc<VolumeAttachment>> = self
            .attachments
            .store()
            .list()
            .into_iter()
            .filter(|one| one.spec.node_name == name)
            .map(|one| (one.metadata.name.clone(), one))
            .collect();
        if node.is_some() && !managed {
            // Its kubelet attaches by itself.
            return Ok(Next::Done);
        }
        {
            let mut since = self.unwanted_since.lock();
            for one in &wanted {
                since.remove(&one.name);
            }
        }
        for one in wanted.iter().filter(|one| !held.contains_key(&one.name)) {
            self.attach(name, one).await?;
        }
        let mut again = Next::Done;
        for (attachment, unique) in self.unwanted(&held, &wanted) {
            let in_use = node.as_ref().is_some_and(|node| {
                let mut used = node.status.volumes_in_use.iter();
                unique.is_some_and(|unique| used.any(|one| *one == unique))
            });
            if in_use && !self.is_given_up(node.as_deref(), &attachment) {
                again = Next::After(IN_USE_PAUSE);
            } else {
                self.detach(&attachment).await?;
            }
        }
        if let Some(node) = node {
            self.report(&node, &wanted, &held).await?;
        }
        Ok(again)
    }

    /// Whether a volume is taken from a node that still says it uses it: the node
    /// is switched off, or has been ill for too long.
    fn is_given_up(&self, node: Option<&Node>, attachment: &VolumeAttachment) -> bool {
        let now = self.context.clock.now();
        let since = {
            let mut all = self.unwanted_since.lock();
            *all.entry(attachment.metadata.name.clone()).or_insert(now)
        };
        let Some(node) = node else {
            return true;
        };
        let mut taints = node.spec.taints.iter();
        taints.any(|taint| taint.key == OUT_OF_SERVICE)
            || !node.is_ready() && since + UNMOUNT_MAX < now
    }

    /// What pods on a node use and must be attached for that.
    fn wanted(&self, node: &str) -> BTreeSet<Use> {
        let pods = self.pods.store().by_index(BY_NODE, node);
        let running = pods.iter().filter(|pod| !pod.is_finished());
        running
            .flat_map(|pod| {
                let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
                pod.spec.volumes.iter().filter_map(move |volume| {
                    let claim = match (&volume.persistent_volume_claim, &volume.ephemeral) {
                        (Some(source), _) => source.claim_name.clone(),
                        (None, Some(_)) => format!("{name}-{}", volume.name),
                        (None, None) => return None,
                    };
                    self.use_of(node, &*self.claims.get(namespace, &claim)?)
                })
            })
            .collect()
    }

    fn use_of(&self, node: &str, claim: &PersistentVolumeClaim) -> Option<Use> {
        let volume = self.volumes.get("", &claim.spec.volume_name)?;
        if claim.status.phase != "Bound" {
            return None;
        }
        self.use_of_volume(node, &volume)
    }

    fn use_of_volume(&self, node: &str, volume: &PersistentVolume) -> Option<Use> {
        let csi = volume.spec.csi.as_ref()?;
        let driver = self.drivers.get("", &csi.driver);
        if driver.is_some_and(|driver| driver.spec.attach_required == Some(false)) {
            return None;
        }
        let unique = format!("{}^{}", csi.driver, csi.volume_handle);
        Some(Use {
            name: attachment_name(&csi.volume_handle, &csi.driver, node),
            driver: csi.driver.clone(),
            unique: format!("kubernetes.io/csi/{unique}"),
            volume: volume.metadata.name.clone(),
        })
    }

    /// Attachments that this controller made and nobody needs, with the volumes'
    /// names on the node.
    fn unwanted(
        &self,
        held: &BTreeMap<String, Arc<VolumeAttachment>>,
        wanted: &BTreeSet<Use>,
    ) -> Vec<(Arc<VolumeAttachment>, Option<String>)> {
        let needed = |name: &str| wanted.iter().any(|one| one.name == name);
        held.values()
            .filter(|one| !needed(&one.metadata.name) && !one.metadata.is_deleting())
            .filter_map(|one| {
                let volume = one.spec.source.persistent_volume_name.as_ref()?;
                let volume = self.volumes.get("", volume);
                let own = volume.and_then(|v| self.use_of_volume(&one.spec.node_name, &v));
                // Those by other names are other people's.
                let ours = own.as_ref().is_none_or(|own| own.name == one.metadata.name);
                let made = one.metadata.name.starts_with("csi-");
                (ours && made).then(|| (Arc::clone(one), own.map(|own| own.unique)))
            })
            .collect()
    }

    async fn attach(&self, node: &str, one: &Use) -> Result<(), Error> {
        let attachment = VolumeAttachment {
            metadata: ObjectMeta::named("", &*one.name),
            spec: VolumeAttachmentSpec {
                attacher: one.driver.clone(),
                node_name: node.to_owned(),
                source: VolumeAttachmentSource {
                    persistent_volume_name: Some(one.volume.clone()),
                    ..VolumeAttachmentSource::default()
                },
            },
            ..VolumeAttachment::default()
        };
        match self.api().create(attachment).await {
            Err(error) if error.is_already_exists() => Ok(()),
            result => result.map(drop),
        }
    }

    async fn detach(&self, attachment: &VolumeAttachment) -> Result<(), Error> {
        let options = DeleteOptions::default().uid(&*attachment.metadata.uid);
        let name = &attachment.metadata.name;
        match self.api().delete(name, &options).await {
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            result => result.map(drop),
        }
    }

    fn api(&self) -> Api<VolumeAttachment> {
        Api::all(self.context.client.clone())
    }

    /// Tells the node's kubelet which volumes it has.
    async fn report(
        &self,
        node: &Node,
        wanted: &BTreeSet<Use>,
        held: &BTreeMap<String, Arc<VolumeAttachment>>,
    ) -> Result<(), Error> {
        let attached = wanted.iter().filter_map(|one| {
            let attachment = held.get(&one.name)?;
            let path = attachment.status.attachment_metadata.get("devicePath");
            (attachment.status.attached && !attachment.metadata.is_deleting()).then(|| {
                AttachedVolume {
                    name: one.unique.clone(),
                    device_path: path.cloned().unwrap_or_default(),
                }
            })
        });
        let attached: Vec<AttachedVolume> = attached.collect();
        if attached == node.status.volumes_attached {
            return Ok(());
        }
        let mut next = node.clone();
        next.status.volumes_attached = attached;
        let api = Api::<Node>::all(self.context.client.clone());
        api.update_status(next).await.map(drop)
    }
}

/// Drivers find attachments by this name too.
fn attachment_name(handle: &str, driver: &str, node: &str) -> String {
    let sum = digest(&SHA256, format!("{handle}{driver}{node}").as_bytes());
    let mut name = "csi-".to_owned();
    for byte in sum.as_ref() {
        // Writing to a string never fails.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::{CSIPersistentVolumeSource, NodeCondition, Taint};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    /// A node that uses a volume which no pod needs.
    fn stuck(api: &FakeApi) -> Node {
        let mut volume = PersistentVolume {
            metadata: ObjectMeta::named("", "v"),
            ..PersistentVolume::default()
        };
        volume.spec.csi = Some(CSIPersistentVolumeSource {
            driver: "d".into(),
            volume_handle: "h".into(),
            ..CSIPersistentVolumeSource::default()
        });
        api.put(&volume);
        let mut attachment = VolumeAttachment {
            metadata: ObjectMeta::named("", attachment_name("h", "d", "n")),
            ..VolumeAttachment::default()
        };
        attachment.spec.attacher = "d".into();
        attachment.spec.node_name = "n".into();
        attachment.spec.source.persistent_volume_name = Some("v".into());
        api.put(&attachment);
        let mut node = Node {
            metadata: ObjectMeta::named("", "n"),
            ..Node::default()
        };
        node.metadata
            .annotations
            .insert(MANAGED.into(), "true".into());
        node.status.volumes_in_use = vec!["kubernetes.io/csi/d^h".into()];
        node.status.conditions.push(NodeCondition {
            type_: "Ready".into(),
            status: "False".into(),
            ..NodeCondition::default()
        });
        node
    }

    async fn until_gone(api: &FakeApi, clock: &ManualClock) -> Duration {
        let start = clock.shared().now();
        for _ in 0..1_000_000 {
            if api.all::<VolumeAttachment>().is_empty() {
                let took = clock.shared().now().duration_since(start);
                return Duration::try_from(took).expect("time goes on");
            }
            tokio::task::yield_now().await;
            if clock.sleepers() > 0 {
                clock.advance(Duration::from_secs(1));
            }
        }
        panic!("never");
    }

    #[tokio::test]
    async fn a_node_that_is_ill_loses_its_volumes_in_time() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        api.put(&stuck(&api));
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        assert!(until_gone(&api, &clock).await >= Duration::from_secs(360));
        cancel.cancel();
        running.await.expect("it ends");
    }

    #[tokio::test]
    async fn a_node_that_is_switched_off_loses_them_at_once() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        let mut node = stuck(&api);
        node.spec.taints.push(Taint {
            key: OUT_OF_SERVICE.into(),
            effect: "NoExecute".into(),
            ..Taint::default()
        });
        api.put(&node);
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        api.until("it is detached", |api| {
            api.all::<VolumeAttachment>().is_empty()
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }

    #[test]
    fn attachments_are_named_by_what_they_attach() {
        assert_eq!(
            attachment_name(
                "vol-attach-node-one",
                "attach-node-one.example.com",
                "attach-node-one"
            ),
            "csi-5df9e6526ffdf85e5d291825773231675e473a7c012d69c0c92c145f81c3bff1"
        );
    }
}
