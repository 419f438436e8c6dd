//! What is heard becomes the snapshot, and wakes who may fit now.

use std::sync::Arc;

use skeg_api::apps::v1::{ReplicaSet, StatefulSet};
use skeg_api::core::v1::{
    Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, ReplicationController, Service,
};
use skeg_api::resource::v1::{DeviceClass, DeviceTaintRule, ResourceClaim, ResourceSlice};
use skeg_api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use skeg_meta::{LabelSelector, Object};
use skeg_runtime::{Delta, Informer, SharedInformerFactory};
use skeg_schema::{Message, Value};

use super::Scheduler;
use crate::devices::Devices;
use crate::queue::Change;
use crate::resources::PodRequest;
use crate::volumes::Volumes;

/// Whether a pod needs no room any more.
fn finished(pod: &Pod) -> bool {
    pod.is_finished()
}

fn will_want_a_node(pod: &Pod) -> bool {
    pod.spec.node_name.is_empty() && pod.metadata.deletion_timestamp.is_none() && !finished(pod)
}

/// Whether a pod on a node asks for less of anything than it did.
fn asks_for_less(old: &Pod, new: &Pod) -> bool {
    let [old, new] = [old, new].map(|pod| PodRequest::of(pod).exact);
    let [cpu, memory, storage] = [old.milli_cpu, old.memory_bytes, old.ephemeral_storage_bytes];
    new.milli_cpu < cpu
        || new.memory_bytes < memory
        || new.ephemeral_storage_bytes < storage
        || old.others.keys().any(|name| new.of(name) < old.of(name))
}

/// Whether a change of a node may make room for somebody.
fn makes_room(old: &Node, new: &Node) -> bool {
    old.spec != new.spec
        || old.metadata.labels != new.metadata.labels
        || old.status.allocatable != new.status.allocatable
        || old.status.declared_features != new.status.declared_features
}

/// What is there of an object now, shared.
fn now_of<K>(delta: &Delta<'_, K>) -> Option<Arc<K>> {
    match delta {
        Delta::Deleted { .. } => None,
        _ => Some(delta.object().clone()),
    }
}

/// What is there of an object now, as a tree.
fn tree_of<K: Message + 'static>(delta: &Delta<'_, K>) -> Option<Value> {
    match delta {
        Delta::Deleted { .. } => None,
        _ => Some(skeg_schema::message_to_value(&**delta.object())),
    }
}

impl Scheduler {
    /// An informer of a kind whose every change is handed on.
    fn hear<K: Object>(
        self: &Arc<Self>,
        informers: &SharedInformerFactory,
        hears: impl Fn(&Self, Delta<'_, K>) + Send + Sync + 'static,
    ) -> Informer<K> {
        let informer = informers.informer::<K>();
        let scheduler = self.clone();
        informer.on_change(move |delta| hears(&scheduler, delta));
        informer
    }

    /// Hears of all that decisions are made on; ends when all of it is known.
    pub(super) async fn listen(self: &Arc<Self>, informers: &SharedInformerFactory) {
        let namespaces = self.hear(informers, |this, delta| this.namespace(&delta));
        let nodes = self.hear(informers, |this, delta| this.node(&delta));
        let pods = self.hear(informers, |this, delta| this.pod(&delta));
        let slices = self.hear::<ResourceSlice>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, tree_of(&delta));
            this.devices(|devices| devices.set_slice(name, now.as_ref()));
        });
        let classes = self.hear::<DeviceClass>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, tree_of(&delta));
            this.devices(|devices| devices.set_class(name, now));
        });
        let rules = self.hear::<DeviceTaintRule>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, now_of(&delta));
            this.devices(|devices| devices.set_rule(name, now));
        });
        let claims = self.hear::<ResourceClaim>(informers, |this, delta| {
            let (meta, now) = (&delta.object().metadata, tree_of(&delta));
            let key = (meta.namespace.to_string(), meta.name.to_string());
            this.devices(|devices| devices.set_claim(key, now));
            this.claims_heard.send_modify(|count| *count += 1);
        });
        let persistent = self.hear::<PersistentVolume>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, now_of(&delta));
            this.volumes(|volumes| volumes.set_volume(name, now));
            this.claims_heard.send_modify(|count| *count += 1);
        });
        let storage_classes = self.hear::<StorageClass>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, now_of(&delta));
            this.volumes(|volumes| volumes.set_class(name, now));
        });
        let storage_claims = self.hear::<PersistentVolumeClaim>(informers, |this, delta| {
            let (meta, now) = (&delta.object().metadata, now_of(&delta));
            let key = (meta.namespace.to_string(), meta.name.to_string());
            this.volumes(|volumes| volumes.set_claim(key, now));
            this.claims_heard.send_modify(|count| *count += 1);
        });
        let csi_nodes = self.hear::<CSINode>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, now_of(&delta));
            this.volumes(|volumes| volumes.set_csi_node(name, now.as_deref()));
        });
        let attachments = self.hear::<VolumeAttachment>(informers, |this, delta| {
            let now = now_of(&delta);
            let of = now.as_deref().and_then(|now| {
                let volume = now.spec.source.persistent_volume_name.as_deref()?;
                Some((now.spec.node_name.as_str(), volume))
            });
            let name = &delta.object().metadata.name;
            this.volumes(|volumes| volumes.set_attachment(name, of));
        });
        let drivers = self.hear::<CSIDriver>(informers, |this, delta| {
            let (name, now) = (&delta.object().metadata.name, now_of(&delta));
            this.volumes(|volumes| volumes.set_driver(name, now.as_deref()));
        });
        let capacities = self.hear::<CSIStorageCapacity>(informers, |this, delta| {
            let (meta, now) = (&delta.object().metadata, now_of(&delta));
            let key = (meta.namespace.to_string(), meta.name.to_string());
            this.volumes(|volumes| volumes.set_capacity(key, now));
        });
        self.listen_to_workloads(informers).await;
        tokio::join!(drivers.synced(), capacities.synced());
        tokio::join!(
            csi_nodes.synced(),
            attachments.synced(),
            self.budgets.synced()
        );
        tokio::join!(
            persistent.synced(),
            storage_claims.synced(),
            storage_classes.synced()
        );
        tokio::join!(pods.synced(), nodes.synced(), namespaces.synced());
        tokio::join!(
            slices.synced(),
            classes.synced(),
            claims.synced(),
            rules.synced()
        );
    }

    /// Hears of what selects pods. It wakes nobody: it only makes nodes better.
    async fn listen_to_workloads(self: &Arc<Self>, informers: &SharedInformerFactory) {
        let services = self.hear::<Service>(informers, |this, delta| {
            if delta
                .old()
                .is_some_and(|old| old.spec.selector == delta.object().spec.selector)
            {
                return;
            }
            let (meta, now) = (&delta.object().metadata, now_of(&delta));
            let selector = now.as_ref().map(|now| &now.spec.selector);
            let mut state = this.state.lock();
            let all = state.snapshot.workloads_mut();
            all.set_service(&meta.namespace, &meta.name, selector);
        });
        let replica_sets = self.hear::<ReplicaSet>(informers, |this, delta| {
            this.controller("ReplicaSet", &delta, |set| set.spec.selector.clone());
        });
        let stateful_sets = self.hear::<StatefulSet>(informers, |this, delta| {
            this.controller("StatefulSet", &delta, |set| set.spec.selector.clone());
        });
        let controllers = self.hear::<ReplicationController>(informers, |this, delta| {
            this.controller("ReplicationController", &delta, |set| {
                Some(LabelSelector {
                    match_labels: set.spec.selector.clone(),
                    ..LabelSelector::default()
                })
            });
        });
        tokio::join!(
            services.synced(),
            replica_sets.synced(),
            stateful_sets.synced(),
            controllers.synced()
        );
    }

    fn controller<K: Object>(
        &self,
        kind: &'static str,
        delta: &Delta<'_, K>,
        selector: impl Fn(&K) -> Option<LabelSelector>,
    ) {
        let meta = delta.object().meta();
        let now = now_of(delta).and_then(|now| selector(&now));
        if now.is_some() && delta.old().is_some_and(|old| selector(old) == now) {
            return;
        }
        let mut state = self.state.lock();
        let all = state.snapshot.workloads_mut();
        all.set_controller(kind, &meta.namespace, &meta.name, now.as_ref());
    }

    fn namespace(&self, delta: &Delta<'_, Namespace>) {
        let meta = &delta.object().metadata;
        let labels = match delta {
            Delta::Deleted { .. } => None,
            _ => Some(meta.labels.clone()),
        };
        self.state.lock().snapshot.set_namespace(&meta.name, labels);
    }

    fn node(&self, delta: &Delta<'_, Node>) {
        let mut state = self.state.lock();
        match delta {
            Delta::Added { object, .. } => {
                state.snapshot.set_node((*object).clone());
                state.queue.changed(Change::Node, self.clock.monotonic());
            }
            Delta::Updated { old, new } => {
                state.snapshot.set_node((*new).clone());
                if makes_room(old, new) {
                    state.queue.changed(Change::Node, self.clock.monotonic());
                }
            }
            Delta::Deleted { object } => {
                state.snapshot.remove_node(&object.metadata.name);
                let now = self.clock.monotonic();
                state.queue.changed(Change::NodeGone, now);
                // Pods that wait for volumes there are told.
                self.claims_heard.send_modify(|count| *count += 1);
            }
        }
        drop(state);
        self.stirred.notify_one();
    }

    /// Whether a pod wants a node from us.
    fn waits(&self, pod: &Pod) -> bool {
        let profile = self.configuration.profile(&pod.spec.scheduler_name);
        profile.is_some_and(|profile| !profile.gates || pod.spec.scheduling_gates.is_empty())
            && will_want_a_node(pod)
    }

    /// Whether a pod wants a node from us as soon as its gates are gone.
    fn is_gated(&self, pod: &Pod) -> bool {
        let profile = self.configuration.profile(&pod.spec.scheduler_name);
        profile.is_some() && will_want_a_node(pod)
    }

    fn pod(&self, delta: &Delta<'_, Pod>) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let now = self.clock.monotonic();
        let pod = delta.object();
        let uid = pod.metadata.uid.as_str();
        let gone = matches!(delta, Delta::Deleted { .. });
        if gone || finished(pod) {
            state.queue.remove(uid);
            state.promise_no_more(uid, now);
            if state.snapshot.remove(uid) {
                state.queue.changed(Change::PodLeft, now);
            }
        } else if !pod.spec.node_name.is_empty() {
            state.queue.remove(uid);
            state.nominated.remove(uid);
            let came = state.snapshot.place_of(uid) != Some(pod.spec.node_name.as_str());
            let relabelled = matches!(delta, Delta::Updated { old, new }
                if old.metadata.labels != new.metadata.labels);
            let shrank = matches!(delta, Delta::Updated { old, new }
                if old.spec != new.spec && asks_for_less(old, new));
            state.snapshot.place(pod.clone(), &pod.spec.node_name);
            if came || relabelled {
                state.queue.changed(Change::PodCame, now);
            }
            if shrank {
                state.queue.changed(Change::PodLeft, now);
            }
        } else if self.waits(pod) {
            // A pod that counts on a node already is being bound.
            if state.snapshot.place_of(uid).is_none() {
                state.nominate(pod, now);
                state.queue.add(pod.clone(), now);
            }
        } else {
            state.queue.remove(uid);
            // Room is held for those that wait for their gates, too.
            if self.is_gated(pod) {
                state.nominate(pod, now);
            } else {
                state.promise_no_more(uid, now);
            }
        }
        self.stirred.notify_one();
    }

    /// Changes what is known of devices; who waits for them is tried again.
    fn devices(&self, change: impl FnOnce(&mut Devices)) {
        let mut state = self.state.lock();
        let state = &mut *state;
        change(state.snapshot.devices_mut());
        state.queue.changed(Change::Devices, self.clock.monotonic());
        self.stirred.notify_one();
    }

    /// Changes what is known of volumes; who waits for them is tried again.
    fn volumes(&self, change: impl FnOnce(&mut Volumes)) {
        let mut state = self.state.lock();
        let state = &mut *state;
        change(state.snapshot.volumes_mut());
        state.queue.changed(Change::Volumes, self.clock.monotonic());
        self.stirred.notify_one();
    }
}
