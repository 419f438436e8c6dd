//! Volumes that must be attached to a node before a pod there can use them:
//! says so by a VolumeAttachment, and takes that back when no pod is left.

mod told;

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
use skeg_runtime::{
    Controller, Delta, EventRecorder, Informer, Next, ObjectName, ReconcileError, WorkQueue,
};

use crate::Context;
use crate::podgc::BY_NODE;
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
    /// Volumes for one node at a time.
    exclusive: Mutex<Exclusive>,
    recorder: EventRecorder,
    queue: WorkQueue<ObjectName>,
}

/// Where volumes are that one node may have at a time.
#[derive(Default)]
struct Exclusive {
    /// The node that a volume was given to, as soon as it is.
    given: BTreeMap<String, String>,
    /// The nodes that were told that they must wait for a volume.
    waiting: BTreeMap<String, BTreeSet<String>>,
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
        exclusive: Mutex::default(),
        recorder: context.recorder("attachdetach-controller"),
        queue: context.queue(),
        context,
    });
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
                this.is_free(attachment);
            }
            this.tell_outcome(&delta);
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
        for (volume, waiting) in &mut self.exclusive.lock().waiting {
            if !wanted.iter().any(|one| one.volume == *volume) {
                waiting.remove(name);
            }
        }
        for one in wanted.iter().filter(|one| !held.contains_key(&one.name)) {
            let Err(others) = self.take(name, one) else {
                if let Err(error) = self.attach(name, one).await {
                    self.exclusive.lock().given.remove(&one.volume);
                    return Err(error.into());
                }
                continue;
            };
            let mut exclusive = self.exclusive.lock();
            let waiting = exclusive.waiting.entry(one.volume.clone()).or_default();
            if waiting.insert(name.to_owned()) {
                drop(exclusive);
                self.tell_refused(name, one, &others);
            }
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

    /// Gives a volume to a node, unless it may be at one only and is at others: those.
    fn take(&self, node: &str, one: &Use) -> Result<(), Vec<String>> {
        let volume = self.volumes.get("", &one.volume);
        let for_many = volume.is_none_or(|volume| {
            let modes = &volume.spec.access_modes;
            let many = ["ReadWriteMany", "ReadOnlyMany"];
            // What says nothing is let be.
            modes.is_empty() || modes.iter().any(|mode| many.contains(&mode.as_str()))
        });
        if for_many {
            return Ok(());
        }
        let attachments = self.attachments.store().list();
        let at = attachments
            .iter()
            .filter(|held| held.spec.source.persistent_volume_name.as_ref() == Some(&one.volume));
        let mut exclusive = self.exclusive.lock();
        let mut others: BTreeSet<String> = at.map(|held| held.spec.node_name.clone()).collect();
        others.extend(exclusive.given.get(&one.volume).cloned());
        others.remove(node);
        if !others.is_empty() {
            return Err(others.into_iter().collect());
        }
        exclusive.given.insert(one.volume.clone(), node.to_owned());
        if let Some(waiting) = exclusive.waiting.get_mut(&one.volume) {
            waiting.remove(node);
        }
        Ok(())
    }

    /// A volume is at a node no more: those that wait for it are looked at.
    fn is_free(&self, attachment: &VolumeAttachment) {
        let Some(volume) = &attachment.spec.source.persistent_volume_name else {
            return;
        };
        let mut exclusive = self.exclusive.lock();
        let node = &attachment.spec.node_name;
        if exclusive.given.get(volume) == Some(node) {
            exclusive.given.remove(volume);
        }
        for waiting in exclusive.waiting.remove(volume).unwrap_or_default() {
            self.queue.add(ObjectName::cluster(&*waiting));
        }
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
        let uses = self.uses(node).into_iter();
        uses.map(|(_, one)| one).collect()
    }

    /// The pods on a node that use a volume.
    fn users(&self, node: &str, volume: &str) -> Vec<Arc<Pod>> {
        let uses = self.uses(node).into_iter();
        uses.filter(|(_, one)| one.volume == volume)
            .map(|(pod, _)| pod)
            .collect()
    }

    fn uses(&self, node: &str) -> Vec<(Arc<Pod>, Use)> {
        let pods = self.pods.store().by_index(&BY_NODE, node);
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
                    let claim = self.claims.get(namespace, &claim)?;
                    Some((Arc::clone(pod), self.use_of(node, &claim)?))
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
mod tests;
