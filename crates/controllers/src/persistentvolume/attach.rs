//! Volumes that must be attached to a node before a pod there can use them:
//! says so by a VolumeAttachment, and takes that back when no pod is left.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use skeg_api::core::v1::{AttachedVolume, Node, PersistentVolume, PersistentVolumeClaim, Pod};
use skeg_api::storage::v1::{
    CSIDriver, VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec,
};
use skeg_client::{Api, DeleteOptions, Error};
use skeg_meta::ObjectMeta;
use skeg_runtime::{Controller, Informer, Next, ObjectName, ReconcileError, WorkQueue};

use crate::Context;
use crate::podgc::{BY_NODE, index_by_node};
use crate::workload::{is_terminal, unless_gone};

const NAME: &str = "persistentvolume-attach-detach-controller";
const WORKERS: usize = 2;
const MANAGED: &str = "volumes.kubernetes.io/controller-managed-attach-detach";
/// A node that still uses a volume is asked again.
const IN_USE_PAUSE: Duration = Duration::from_secs(5);

struct Attacher {
    context: Context,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    drivers: Informer<CSIDriver>,
    attachments: Informer<VolumeAttachment>,
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
        let to = self.queue.clone();
        self.attachments
            .on_change(move |delta| to.add(ObjectName::cluster(&*delta.object().spec.node_name)));
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
        for one in wanted.iter().filter(|one| !held.contains_key(&one.name)) {
            self.attach(name, one).await?;
        }
        let mut again = Next::Done;
        for (attachment, unique) in self.unwanted(&held, &wanted) {
            let in_use = node.as_ref().is_some_and(|node| {
                let mut used = node.status.volumes_in_use.iter();
                unique.is_some_and(|unique| used.any(|one| *one == unique))
            });
            if in_use {
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

    /// What pods on a node use and must be attached for that.
    fn wanted(&self, node: &str) -> BTreeSet<Use> {
        let pods = self.pods.store().by_index(BY_NODE, node);
        let running = pods.iter().filter(|pod| !is_terminal(pod));
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
