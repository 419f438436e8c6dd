//! Looks at one object of the graph and does what its owners' state asks for.
//! Nothing is deleted on the graph's word alone: the server is asked first.

use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::ObjectReference;
use skeg_client::{Client, DeleteOptions, DynamicApi, Error, Patch, PatchOptions, Propagation};
use skeg_meta::{ObjectMeta, OwnerReference, SharedObject};
use skeg_runtime::{
    Cached, EventRecorder, EventType, Next, PartialObject, ReconcileError, WorkQueue,
};
use skeg_schema::{Value, json};

use super::graph::{FOREGROUND, Graph, Node, ORPHAN, Task, Uid, has_finalizer};
use super::kinds::Kinds;
use crate::Context;

/// How often taking a finalizer away is tried before the object is put back.
const TRIES: usize = 5;

pub(super) struct Collector {
    client: Client,
    graph: Arc<Mutex<Graph>>,
    queue: WorkQueue<Task>,
    kinds: Arc<Kinds>,
    recorder: EventRecorder,
}

/// What an object's owners are up to.
#[derive(Debug, Default, PartialEq)]
struct Owners {
    /// They are there and stay.
    solid: Vec<OwnerReference>,
    /// They are not there.
    dangling: Vec<OwnerReference>,
    /// They wait for their dependents to go.
    waiting: Vec<OwnerReference>,
}

/// What becomes of an object.
#[derive(Debug, PartialEq)]
enum Decision {
    Keep,
    /// It stays, but not as a dependent of these.
    LetGo(Vec<String>),
    Delete(Propagation),
    /// It goes before its owner, and its own dependents before it.
    DeleteForeground,
}

fn decide(owners: &Owners, meta: &ObjectMeta, has_dependents: bool) -> Decision {
    if !owners.solid.is_empty() {
        let lost: Vec<String> = owners
            .dangling
            .iter()
            .chain(&owners.waiting)
            .map(|reference| reference.uid.clone())
            .collect();
        return if lost.is_empty() {
            Decision::Keep
        } else {
            Decision::LetGo(lost)
        };
    }
    if !owners.waiting.is_empty() && has_dependents {
        return Decision::DeleteForeground;
    }
    // What was asked of the object itself before counts on.
    Decision::Delete(if has_finalizer(meta, ORPHAN) {
        Propagation::Orphan
    } else if has_finalizer(meta, FOREGROUND) {
        Propagation::Foreground
    } else {
        Propagation::Background
    })
}

/// What a reference leads to.
enum Found {
    Absent,
    Owner(Box<ObjectMeta>),
    /// It can lead nowhere: an object in no namespace names an owner in one.
    Impossible,
}

impl Collector {
    pub(super) fn new(
        context: &Context,
        graph: Arc<Mutex<Graph>>,
        queue: WorkQueue<Task>,
        kinds: Arc<Kinds>,
        component: &str,
    ) -> Self {
        Self {
            client: context.client.clone(),
            graph,
            queue,
            kinds,
            recorder: context.recorder(component),
        }
    }

    pub(super) async fn reconcile(&self, task: &Task) -> Result<Next, ReconcileError> {
        let (Task::Delete(uid) | Task::Orphan(uid)) = task;
        let Some(node) = self.graph.lock().node(uid).cloned() else {
            return Ok(Next::Done);
        };
        match task {
            Task::Delete(_) => self.collect(uid, &node).await,
            Task::Orphan(_) => self.orphan(uid, &node).await,
        }
    }

    fn api(&self, node: &Node) -> DynamicApi {
        DynamicApi::namespaced(
            self.client.clone(),
            (*node.resource).clone(),
            node.name.namespace.as_str(),
        )
    }

    /// The object as it is, if it still is that one.
    async fn latest(&self, uid: &str, node: &Node) -> Result<Option<ObjectMeta>, ReconcileError> {
        let found = self.api(node).get_opt(&node.name.name).await?;
        Ok(found
            .map(|object| metadata(&object))
            .transpose()?
            .filter(|meta| meta.uid == uid))
    }

    async fn collect(&self, uid: &Uid, node: &Node) -> Result<Next, ReconcileError> {
        if node.deleting && !node.waits {
            return Ok(Next::Done);
        }
        // What is gone already is told by the watch.
        let Some(latest) = self.latest(uid, node).await? else {
            return Ok(Next::Done);
        };
        if node.waits {
            return self.release_waiting(uid, node).await;
        }
        if latest.owner_references.is_empty() {
            return Ok(Next::Done);
        }
        self.report_misplaced(uid, node, &latest.owner_references);
        let Some(owners) = self.owners(node, &latest).await? else {
            return Ok(Next::Done);
        };
        let dependents = self.graph.lock().dependents(uid);
        match decide(&owners, &latest, !dependents.is_empty()) {
            Decision::Keep => {}
            Decision::LetGo(lost) => self.let_go(uid, node, &lost).await?,
            Decision::Delete(propagation) => self.delete(node, &latest, propagation).await?,
            Decision::DeleteForeground => {
                if dependents.iter().any(|(_, dependent)| dependent.waits) {
                    // A circle: nobody would ever be the first to go.
                    self.unblock(uid, node, &latest).await?;
                }
                self.delete(node, &latest, Propagation::Foreground).await?;
            }
        }
        Ok(Next::Done)
    }

    /// Sees what has become of an object's owners; `None` when that cannot be known.
    async fn owners(
        &self,
        node: &Node,
        latest: &ObjectMeta,
    ) -> Result<Option<Owners>, ReconcileError> {
        let mut owners = Owners::default();
        for reference in &latest.owner_references {
            match self.find(reference, &node.name.namespace).await? {
                Found::Absent => owners.dangling.push(reference.clone()),
                Found::Owner(owner) if owner.is_deleting() && has_finalizer(&owner, FOREGROUND) => {
                    owners.waiting.push(reference.clone());
                }
                Found::Owner(_) => owners.solid.push(reference.clone()),
                Found::Impossible => return Ok(None),
            }
        }
        Ok(Some(owners))
    }

    async fn find(
        &self,
        reference: &OwnerReference,
        namespace: &str,
    ) -> Result<Found, ReconcileError> {
        let resource = self.kinds.resource_of(reference)?;
        let namespace = if resource.namespaced { namespace } else { "" };
        if self.graph.lock().is_absent(reference, namespace) {
            return Ok(Found::Absent);
        }
        if resource.namespaced && namespace.is_empty() {
            return Ok(Found::Impossible);
        }
        let api = DynamicApi::namespaced(self.client.clone(), resource, namespace);
        if let Some(owner) = api.get_opt(&reference.name).await? {
            let owner = metadata(&owner)?;
            if owner.uid == reference.uid {
                return Ok(Found::Owner(Box::new(owner)));
            }
        }
        self.graph.lock().note_absent(reference, namespace);
        Ok(Found::Absent)
    }

    /// Tells of owners that are there, but in another namespace; an object that
    /// is in none can have no owner in one.
    fn report_misplaced(&self, uid: &Uid, node: &Node, references: &[OwnerReference]) {
        let namespace = &node.name.namespace;
        for reference in references {
            let elsewhere = {
                let graph = self.graph.lock();
                let owner = graph.node(&reference.uid);
                owner.is_some_and(|owner| {
                    !owner.name.namespace.is_empty() && owner.name.namespace != *namespace
                })
            };
            if elsewhere {
                let OwnerReference {
                    api_version,
                    kind,
                    name,
                    uid: owner,
                    ..
                } = reference;
                let note = format!(
                    "ownerRef [{api_version}/{kind}, namespace: {namespace}, name: {name}, uid: {owner}] does not exist in namespace {namespace:?}"
                );
                let about = ObjectReference {
                    kind: node.resource.kind.to_string(),
                    api_version: node.resource.api_version(),
                    namespace: namespace.clone(),
                    name: node.name.name.clone(),
                    uid: uid.to_string(),
                    ..Default::default()
                };
                self.recorder.event_about(
                    about,
                    EventType::Warning,
                    "OwnerRefInvalidNamespace",
                    note,
                );
            }
        }
    }

    /// Lets an owner go whose dependents no longer hold it.
    async fn release_waiting(&self, uid: &Uid, node: &Node) -> Result<Next, ReconcileError> {
        let mut blocking = self.graph.lock().dependents(uid);
        blocking.retain(|(_, dependent)| dependent.blocks(uid));
        if blocking.is_empty() {
            self.remove_finalizer(uid, node, FOREGROUND).await?;
        }
        for (dependent, held) in blocking {
            if !held.waits {
                self.queue.add(Task::Delete(dependent));
            }
        }
        Ok(Next::Done)
    }

    async fn orphan(&self, uid: &Uid, node: &Node) -> Result<Next, ReconcileError> {
        let dependents = self.graph.lock().dependents(uid);
        let lost = [uid.to_string()];
        for (dependent, held) in dependents {
            self.let_go(&dependent, &held, &lost).await?;
        }
        self.remove_finalizer(uid, node, ORPHAN).await?;
        Ok(Next::Done)
    }

    async fn delete(
        &self,
        node: &Node,
        latest: &ObjectMeta,
        propagation: Propagation,
    ) -> Result<(), Error> {
        let options = DeleteOptions::default()
            .propagation(propagation)
            .uid(latest.uid.as_str())
            .version(latest.resource_version.as_str());
        gone_is_fine(self.api(node).delete(&node.name.name, &options).await)
    }

    /// Takes owners away from an object.
    async fn let_go(&self, uid: &Uid, node: &Node, lost: &[String]) -> Result<(), ReconcileError> {
        if node.resource.type_id().is_some() {
            let gone: Vec<Value> = lost
                .iter()
                .map(|owner| json!({"$patch": "delete", "uid": owner.as_str()}))
                .collect();
            let patch =
                Patch::Strategic(json!({"metadata": {"uid": &**uid, "ownerReferences": gone}}));
            return Ok(self.patch(node, &patch).await?);
        }
        let Some(latest) = self.latest(uid, node).await? else {
            return Ok(());
        };
        let kept = latest
            .owner_references
            .iter()
            .filter(|reference| !lost.contains(&reference.uid));
        Ok(self
            .patch(node, &owners_patch(&latest, kept.cloned()))
            .await?)
    }

    /// Makes an object hold none of its owners.
    async fn unblock(&self, uid: &Uid, node: &Node, latest: &ObjectMeta) -> Result<(), Error> {
        tracing::debug!(object = %node.name, uid = &**uid, "breaks a circle of owners that wait for each other");
        let unblocked = latest
            .owner_references
            .iter()
            .cloned()
            .map(|reference| OwnerReference {
                block_owner_deletion: Some(false),
                ..reference
            });
        self.patch(node, &owners_patch(latest, unblocked)).await
    }

    async fn patch(&self, node: &Node, patch: &Patch) -> Result<(), Error> {
        gone_is_fine(
            self.api(node)
                .patch(&node.name.name, patch, &PatchOptions::default())
                .await,
        )
    }

    async fn remove_finalizer(
        &self,
        uid: &Uid,
        node: &Node,
        finalizer: &str,
    ) -> Result<(), ReconcileError> {
        let mut tries = 0;
        loop {
            let Some(latest) = self.latest(uid, node).await? else {
                return Ok(());
            };
            if !has_finalizer(&latest, finalizer) {
                return Ok(());
            }
            let kept: Vec<Value> = latest
                .finalizers
                .iter()
                .filter(|held| *held != finalizer)
                .map(|held| Value::from(held.as_str()))
                .collect();
            let patch = Patch::Merge(json!({"metadata": {
                "resourceVersion": latest.resource_version.as_str(),
                "finalizers": kept,
            }}));
            tries += 1;
            match self.patch(node, &patch).await {
                Err(error) if error.is_conflict() && tries < TRIES => {}
                result => return Ok(result?),
            }
        }
    }
}

fn owners_patch(latest: &ObjectMeta, owners: impl Iterator<Item = OwnerReference>) -> Patch {
    let owners: Vec<Value> = owners
        .map(|owner| skeg_schema::message_to_value(&owner))
        .collect();
    Patch::Merge(json!({"metadata": {
        "resourceVersion": latest.resource_version.as_str(),
        "ownerReferences": owners,
    }}))
}

/// What is gone needs nothing any more.
fn gone_is_fine<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is_not_found() => Ok(()),
        result => result.map(drop),
    }
}

fn metadata(object: &SharedObject) -> Result<ObjectMeta, ReconcileError> {
    let partial = PartialObject::from_shared(object).map_err(ReconcileError::retry)?;
    Ok(partial.meta().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_decide() {
        fn check(
            solid: usize,
            dangling: usize,
            waiting: usize,
            dependents: bool,
            finalizer: &str,
            expect: Decision,
        ) {
            let some = |count: usize, name: &str| -> Vec<OwnerReference> {
                (0..count)
                    .map(|_| OwnerReference {
                        uid: name.into(),
                        ..Default::default()
                    })
                    .collect()
            };
            let owners = Owners {
                solid: some(solid, "s"),
                dangling: some(dangling, "d"),
                waiting: some(waiting, "w"),
            };
            let meta = ObjectMeta {
                finalizers: vec![finalizer.into()],
                ..Default::default()
            };
            assert_eq!(decide(&owners, &meta, dependents), expect);
        }
        check(1, 0, 0, false, "", Decision::Keep);
        check(
            1,
            1,
            1,
            true,
            "",
            Decision::LetGo(vec!["d".into(), "w".into()]),
        );
        check(0, 1, 0, true, "", Decision::Delete(Propagation::Background));
        check(0, 1, 0, true, ORPHAN, Decision::Delete(Propagation::Orphan));
        check(
            0,
            1,
            0,
            true,
            FOREGROUND,
            Decision::Delete(Propagation::Foreground),
        );
        check(
            0,
            0,
            1,
            false,
            "",
            Decision::Delete(Propagation::Background),
        );
        check(0, 1, 1, true, "", Decision::DeleteForeground);
    }
}
