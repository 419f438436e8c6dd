//! Who owns whom: the metadata of every object that matters here, and what a
//! change of it asks for. No IO.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use skeg_client::ApiResource;
use skeg_meta::{ObjectMeta, OwnerReference};
use skeg_runtime::ObjectName;

/// The finalizer of an owner that goes after its dependents.
pub(super) const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an owner whose dependents stay.
pub(super) const ORPHAN: &str = "orphan";
/// How many owners are remembered as gone (upstream's `absentOwnerCache`).
const ABSENT_LEN_MAX: usize = 500;

/// The identity of one object for all time.
pub(super) type Uid = Arc<str>;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Task {
    /// Whether this object is to go.
    Delete(Uid),
    /// The dependents of this object, which are to stay.
    Orphan(Uid),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Delete(uid) => write!(f, "delete {uid}"),
            Task::Orphan(uid) => write!(f, "orphan {uid}"),
        }
    }
}

/// One object.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) resource: Arc<ApiResource>,
    pub(super) name: ObjectName,
    pub(super) owners: Vec<OwnerReference>,
    /// Whether it is being deleted.
    pub(super) deleting: bool,
    /// Whether it is being deleted, and waits for its dependents to go first.
    pub(super) waits: bool,
    orphans: bool,
}

impl Node {
    fn of(resource: &Arc<ApiResource>, meta: &ObjectMeta) -> Self {
        let deleting = meta.deletion_timestamp.is_some();
        Self {
            resource: Arc::clone(resource),
            name: ObjectName::of(meta),
            owners: meta.owner_references.clone(),
            deleting,
            waits: deleting && has_finalizer(meta, FOREGROUND),
            orphans: deleting && has_finalizer(meta, ORPHAN),
        }
    }

    /// Whether a reference from an object of that namespace names this one: an
    /// owner lives in the same namespace, or in none.
    fn is_named_by(&self, reference: &OwnerReference, namespace: &str) -> bool {
        self.resource.kind == reference.kind
            && self.name.name == reference.name
            && (self.name.namespace.is_empty() || self.name.namespace == namespace)
    }

    /// Whether it keeps the owner with this uid from going before it.
    pub(super) fn blocks(&self, owner: &str) -> bool {
        self.owners
            .iter()
            .any(|reference| reference.uid == owner && reference.block_owner_deletion == Some(true))
    }
}

/// Whether an object has a finalizer.
pub(super) fn has_finalizer(meta: &ObjectMeta, finalizer: &str) -> bool {
    meta.finalizers.iter().any(|held| held == finalizer)
}

/// Every object, and whose dependents they are.
#[derive(Default)]
pub(super) struct Graph {
    nodes: HashMap<Uid, Node>,
    dependents: HashMap<Uid, BTreeSet<Uid>>,
    absent: Absent,
}

impl Graph {
    /// An object is there, or has changed.
    pub(super) fn observe(&mut self, resource: &Arc<ApiResource>, meta: &ObjectMeta) -> Vec<Task> {
        let mut tasks = Vec::new();
        let uid: Uid = meta.uid.as_str().into();
        let new = Node::of(resource, meta);
        let old = self.nodes.remove(&uid);
        let held = old.as_ref().map_or(&[][..], |old| &old.owners);
        for owner in held {
            let kept = new
                .owners
                .iter()
                .find(|reference| reference.uid == owner.uid);
            if kept.is_none() {
                self.unlink(&owner.uid, &uid);
            }
            let blocked = owner.block_owner_deletion == Some(true);
            let blocks = kept.is_some_and(|kept| kept.block_owner_deletion == Some(true));
            if blocked && !blocks {
                self.look_at_waiting_owner(&owner.uid, &mut tasks);
            }
        }
        let added = new.owners.iter().filter(|owner| !held.contains(owner));
        let mut doubtful = false;
        for owner in added {
            self.dependents
                .entry(owner.uid.as_str().into())
                .or_default()
                .insert(Uid::clone(&uid));
            // Whether an owner that is not known is there, the server knows.
            doubtful |= match self.nodes.get(owner.uid.as_str()) {
                Some(node) => node.waits || !node.is_named_by(owner, &new.name.namespace),
                None => true,
            };
        }
        if doubtful {
            tasks.push(Task::Delete(Uid::clone(&uid)));
        }
        if new.waits && !old.as_ref().is_some_and(|old| old.waits) {
            tasks.extend(
                self.dependents
                    .get(&uid)
                    .into_iter()
                    .flatten()
                    .cloned()
                    .map(Task::Delete),
            );
            tasks.push(Task::Delete(Uid::clone(&uid)));
        }
        if new.orphans && !old.as_ref().is_some_and(|old| old.orphans) {
            tasks.push(Task::Orphan(Uid::clone(&uid)));
        }
        self.nodes.insert(uid, new);
        tasks
    }

    /// An object is gone.
    pub(super) fn forget(&mut self, uid: &str) -> Vec<Task> {
        let mut tasks = Vec::new();
        let Some(node) = self.nodes.remove(uid) else {
            return tasks;
        };
        for owner in &node.owners {
            self.unlink(&owner.uid, uid);
            self.look_at_waiting_owner(&owner.uid, &mut tasks);
        }
        if let Some(dependents) = self.dependents.get(uid) {
            tasks.extend(dependents.iter().cloned().map(Task::Delete));
            self.absent.add(uid.to_owned());
        }
        tasks
    }

    /// These are all the objects of a kind that there are: what else is known of it is gone.
    pub(super) fn keep_only(
        &mut self,
        resource: &Arc<ApiResource>,
        present: &HashSet<String>,
    ) -> Vec<Task> {
        let gone: Vec<Uid> = self
            .nodes
            .iter()
            .filter(|(uid, node)| {
                Arc::ptr_eq(&node.resource, resource) && !present.contains(&***uid)
            })
            .map(|(uid, _)| Uid::clone(uid))
            .collect();
        gone.iter().flat_map(|uid| self.forget(uid)).collect()
    }

    fn unlink(&mut self, owner: &str, dependent: &str) {
        if let Some(dependents) = self.dependents.get_mut(owner) {
            dependents.remove(dependent);
            if dependents.is_empty() {
                self.dependents.remove(owner);
            }
        }
    }

    fn look_at_waiting_owner(&self, owner: &str, tasks: &mut Vec<Task>) {
        if let Some((uid, node)) = self.nodes.get_key_value(owner)
            && node.waits
        {
            tasks.push(Task::Delete(Uid::clone(uid)));
        }
    }

    /// The object with this uid.
    pub(super) fn node(&self, uid: &str) -> Option<&Node> {
        self.nodes.get(uid)
    }

    /// The dependents of an object, without those that name it wrongly.
    pub(super) fn dependents(&self, owner: &str) -> Vec<(Uid, Node)> {
        let Some(node) = self.nodes.get(owner) else {
            return Vec::new();
        };
        let named = |dependent: &Node| {
            let mut references = dependent
                .owners
                .iter()
                .filter(|reference| reference.uid == owner);
            references.any(|reference| node.is_named_by(reference, &dependent.name.namespace))
        };
        let dependents = self.dependents.get(owner).into_iter().flatten();
        dependents
            .filter_map(|uid| Some((Uid::clone(uid), self.nodes.get(uid)?.clone())))
            .filter(|(_, dependent)| named(dependent))
            .collect()
    }

    /// Whether a reference from a namespace is known to lead nowhere.
    pub(super) fn is_absent(&self, reference: &OwnerReference, namespace: &str) -> bool {
        self.absent.has(&reference.uid) || self.absent.has(&coordinates(reference, namespace))
    }

    /// A reference from a namespace was found to lead nowhere.
    pub(super) fn note_absent(&mut self, reference: &OwnerReference, namespace: &str) {
        self.absent.add(coordinates(reference, namespace));
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.dependents.is_empty()
    }
}

fn coordinates(reference: &OwnerReference, namespace: &str) -> String {
    let OwnerReference {
        api_version,
        kind,
        name,
        uid,
        ..
    } = reference;
    format!("{api_version} {kind} {namespace}/{name} {uid}")
}

/// What is known not to be there; the oldest is forgotten first.
#[derive(Default)]
struct Absent {
    order: VecDeque<Arc<str>>,
    known: HashSet<Arc<str>>,
}

impl Absent {
    fn add(&mut self, what: String) {
        let what: Arc<str> = what.into();
        if !self.known.insert(Arc::clone(&what)) {
            return;
        }
        self.order.push_back(what);
        if self.order.len() > ABSENT_LEN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn has(&self, what: &str) -> bool {
        self.known.contains(what)
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::ConfigMap;
    use skeg_meta::Time;

    use super::*;

    fn maps() -> Arc<ApiResource> {
        Arc::new(ApiResource::of::<ConfigMap>())
    }

    fn object(name: &str, owners: &[(&str, bool)]) -> ObjectMeta {
        let mut meta = ObjectMeta::named("ns", name);
        meta.uid = name.into();
        let reference = |(owner, block): &(&str, bool)| OwnerReference {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            name: (*owner).into(),
            uid: (*owner).into(),
            block_owner_deletion: Some(*block),
            ..Default::default()
        };
        meta.owner_references = owners.iter().map(reference).collect();
        meta
    }

    fn going(mut meta: ObjectMeta, finalizer: &str) -> ObjectMeta {
        meta.deletion_timestamp = Some(Time::now());
        meta.finalizers = vec![finalizer.into()];
        meta
    }

    fn told(tasks: Vec<Task>) -> Vec<String> {
        tasks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn dependents_are_looked_at_when_their_owner_goes() {
        let (mut graph, maps) = (Graph::default(), maps());
        assert!(graph.observe(&maps, &object("boss", &[])).is_empty());
        assert!(
            graph
                .observe(&maps, &object("dep", &[("boss", false)]))
                .is_empty()
        );
        assert_eq!(told(graph.forget("boss")), ["delete dep"]);
        assert!(graph.is_absent(
            &object("x", &[("boss", false)]).owner_references[0],
            "other"
        ));
        assert!(graph.forget("dep").is_empty());
        assert!(graph.is_empty());
    }

    #[test]
    fn an_owner_that_nobody_knows_is_doubted() {
        let (mut graph, maps) = (Graph::default(), maps());
        assert_eq!(
            told(graph.observe(&maps, &object("dep", &[("boss", false)]))),
            ["delete dep"]
        );
        graph.observe(&maps, &object("boss", &[]));
        let mut elsewhere = object("far", &[("boss", false)]);
        elsewhere.namespace = "other".into();
        assert_eq!(told(graph.observe(&maps, &elsewhere)), ["delete far"]);
        let found: Vec<_> = graph
            .dependents("boss")
            .into_iter()
            .map(|(uid, _)| uid)
            .collect();
        assert_eq!(found, ["dep".into()]);
    }

    #[test]
    fn a_waiting_owner_is_looked_at_when_a_dependent_lets_go() {
        let (mut graph, maps) = (Graph::default(), maps());
        graph.observe(&maps, &object("boss", &[]));
        graph.observe(&maps, &object("a", &[("boss", true)]));
        graph.observe(&maps, &object("b", &[("boss", true)]));
        graph.observe(&maps, &object("c", &[("boss", true)]));
        let boss = going(object("boss", &[]), FOREGROUND);
        assert_eq!(
            told(graph.observe(&maps, &boss)),
            ["delete a", "delete b", "delete c", "delete boss"]
        );
        assert!(graph.observe(&maps, &boss).is_empty());
        assert_eq!(told(graph.forget("a")), ["delete boss"]);
        assert_eq!(
            told(graph.observe(&maps, &object("b", &[("boss", false)]))),
            ["delete boss", "delete b"]
        );
        assert_eq!(
            told(graph.observe(&maps, &object("c", &[]))),
            ["delete boss"]
        );
    }

    #[test]
    fn orphaning_begins_once() {
        let (mut graph, maps) = (Graph::default(), maps());
        let boss = going(object("boss", &[]), ORPHAN);
        assert_eq!(told(graph.observe(&maps, &boss)), ["orphan boss"]);
        assert!(graph.observe(&maps, &boss).is_empty());
    }

    #[test]
    fn what_a_new_list_lacks_is_gone() {
        let (mut graph, maps) = (Graph::default(), maps());
        graph.observe(&maps, &object("boss", &[]));
        graph.observe(&maps, &object("dep", &[("boss", false)]));
        let present = HashSet::from(["dep".to_owned()]);
        assert_eq!(told(graph.keep_only(&maps, &present)), ["delete dep"]);
        assert!(graph.node("boss").is_none());
    }

    #[test]
    fn what_is_absent_is_remembered_within_bounds() {
        let mut absent = Absent::default();
        for n in 0..=ABSENT_LEN_MAX {
            absent.add(n.to_string());
        }
        assert!(!absent.has("0") && absent.has("1"));
        assert_eq!(absent.known.len(), ABSENT_LEN_MAX);
    }
}
