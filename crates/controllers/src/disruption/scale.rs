//! How many pods their controllers want.

use std::collections::HashMap;

use skeg_api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use skeg_api::autoscaling::v1::Scale as ScaleObject;
use skeg_api::core::v1::{Pod, ReplicationController};
use skeg_client::{ApiResource, Client, DiscoveredResource, DynamicApi};
use skeg_meta::{Object, ObjectMeta, OwnerReference};
use skeg_runtime::{Informer, SharedInformerFactory, refers_to};

use super::plan::Scale;
use crate::served;

/// The controllers whose scale is known without asking.
#[derive(Clone)]
pub(super) struct Controllers {
    replica_sets: Informer<ReplicaSet>,
    deployments: Informer<Deployment>,
    stateful_sets: Informer<StatefulSet>,
    replication_controllers: Informer<ReplicationController>,
    client: Client,
}

impl Controllers {
    pub(super) fn new(informers: &SharedInformerFactory, client: Client) -> Self {
        Self {
            replica_sets: informers.informer(),
            deployments: informers.informer(),
            stateful_sets: informers.informer(),
            replication_controllers: informers.informer(),
            client,
        }
    }

    pub(super) async fn synced(&self) {
        tokio::join!(
            self.replica_sets.synced(),
            self.deployments.synced(),
            self.stateful_sets.synced(),
            self.replication_controllers.synced()
        );
    }

    /// Calls a handler when a scale may have changed: with the namespace.
    pub(super) fn on_change(&self, changed: impl Fn(&str) + Clone + Send + Sync + 'static) {
        fn each<K: Object>(
            informer: &Informer<K>,
            replicas: fn(&K) -> Option<i32>,
            changed: impl Fn(&str) + Send + Sync + 'static,
        ) {
            informer.on_change(move |delta| {
                let new = delta.object();
                let same = |old: &K| {
                    replicas(old) == replicas(new)
                        && old.meta().owner_references == new.meta().owner_references
                };
                if !delta.old().is_some_and(|old| same(old)) {
                    changed(&new.meta().namespace);
                }
            });
        }
        each(&self.replica_sets, |set| set.spec.replicas, changed.clone());
        each(
            &self.deployments,
            |deployment| deployment.spec.replicas,
            changed.clone(),
        );
        each(
            &self.stateful_sets,
            |set| set.spec.replicas,
            changed.clone(),
        );
        each(
            &self.replication_controllers,
            |controller| controller.spec.replicas,
            changed,
        );
    }

    /// How many pods the controllers of these want altogether.
    pub(super) async fn scale<'a>(
        &self,
        pods: impl Iterator<Item = &'a Pod>,
    ) -> Result<Scale, String> {
        let mut scale = Scale::default();
        let mut owners: HashMap<(&str, &str), (&OwnerReference, &Pod)> = HashMap::new();
        for pod in pods {
            match pod.metadata.controller() {
                Some(owner) => {
                    owners
                        .entry((&owner.uid, &pod.metadata.namespace))
                        .or_insert((owner, pod));
                }
                None => scale.has_unmanaged = true,
            }
        }
        // Sets of one Deployment count once.
        let mut wanted: HashMap<String, i32> = HashMap::new();
        for (owner, pod) in owners.into_values() {
            if let Some((uid, replicas)) = self.known(owner, &pod.metadata.namespace) {
                wanted.insert(uid, replicas);
            } else {
                wanted.insert(owner.uid.clone(), self.asked(owner, pod).await?);
            }
        }
        scale.pods = wanted
            .values()
            .fold(0, |sum, replicas| sum.saturating_add(*replicas));
        Ok(scale)
    }

    fn known(&self, owner: &OwnerReference, namespace: &str) -> Option<(String, i32)> {
        let is_it = |meta: &ObjectMeta| meta.uid == owner.uid;
        if refers_to::<ReplicaSet>(owner) {
            let set = self
                .replica_sets
                .get(namespace, &owner.name)
                .filter(|set| is_it(&set.metadata))?;
            if let Some(above) = set
                .metadata
                .controller()
                .filter(|above| refers_to::<Deployment>(above))
            {
                let deployment = self.deployments.get(namespace, &above.name)?;
                let same = deployment.metadata.uid == above.uid;
                return same.then(|| (above.uid.clone(), deployment.spec.replicas.unwrap_or(1)));
            }
            return Some((owner.uid.clone(), set.spec.replicas.unwrap_or(1)));
        }
        let replicas = if refers_to::<StatefulSet>(owner) {
            self.stateful_sets
                .get(namespace, &owner.name)
                .filter(|set| is_it(&set.metadata))?
                .spec
                .replicas
        } else if refers_to::<ReplicationController>(owner) {
            let controllers = &self.replication_controllers;
            controllers
                .get(namespace, &owner.name)
                .filter(|held| is_it(&held.metadata))?
                .spec
                .replicas
        } else {
            return None;
        };
        Some((owner.uid.clone(), replicas.unwrap_or(1)))
    }

    /// The scale that any other controller tells.
    async fn asked(&self, owner: &OwnerReference, pod: &Pod) -> Result<i32, String> {
        let nobody = || format!("found no controllers for pod {:?}", pod.metadata.name);
        let (group, version) = owner
            .api_version
            .split_once('/')
            .unwrap_or(("", &owner.api_version));
        let resource = match ApiResource::built_in(group, version, &owner.kind) {
            Some(resource) => resource,
            None => self.discover(group, version, &owner.kind).await?.resource,
        };
        let api = DynamicApi::namespaced(
            self.client.clone(),
            resource,
            pod.metadata.namespace.as_str(),
        );
        match api
            .get_subresource::<ScaleObject>(&owner.name, "scale")
            .await
        {
            Ok(scale) if scale.metadata.uid == owner.uid => Ok(scale.spec.replicas),
            Ok(_) => Err(nobody()),
            Err(error) if error.is_not_found() => {
                let found = self.discover(group, version, &owner.kind).await?;
                if found.subresources.iter().any(|name| name == "scale") {
                    return Err(nobody());
                }
                let plural = &found.resource.plural;
                let what = match group {
                    "" => plural.to_string(),
                    group => format!("{plural}.{group}"),
                };
                Err(format!("{what} does not implement the scale subresource"))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// What the server says of a kind, which may be a custom one.
    async fn discover(
        &self,
        group: &str,
        version: &str,
        kind: &str,
    ) -> Result<DiscoveredResource, String> {
        let is_it = |known: &DiscoveredResource| known.resource.kind == kind;
        let found = served::find(&self.client, group, [version.to_owned()], is_it).await;
        found.map_err(|error| error.to_string())?.ok_or_else(|| {
            let version = match group {
                "" => version.to_owned(),
                group => format!("{group}/{version}"),
            };
            format!("no matches for kind {kind:?} in version {version:?}")
        })
    }
}
