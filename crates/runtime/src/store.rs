//! What an informer knows: the objects, and indexes over them.

use std::any::{Any, TypeId};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;
use skeg_meta::labels::Selector;

use crate::cached::Cached;
use crate::held::{Held, Opened};
use crate::name::ObjectName;

/// The objects that an informer knows. Cheap to clone; reading never waits for
/// the server. Objects are shared and must not be changed in place.
pub struct Store<K> {
    state: Arc<RwLock<State<K>>>,
}

impl<K> Clone for Store<K> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

struct State<K> {
    /// In the order of namespace and name, so that a namespace is a range and
    /// every reader sees the same order.
    objects: BTreeMap<ObjectName, Held<K>>,
    /// What was decoded of those that are packed.
    opened: Opened<K>,
    indexes: Vec<Box<dyn Follow<K>>>,
    /// The entries of those that are known by name: `Names<Q>`, by the name and
    /// the type of the keys.
    named: HashMap<(&'static str, TypeId), Box<dyn Any + Send + Sync>>,
}

/// What can be a key of an index.
pub trait IndexKey: Clone + Eq + Hash + Ord + Send + Sync + 'static {}

impl<Q: Clone + Eq + Hash + Ord + Send + Sync + 'static> IndexKey for Q {}

/// An index, whatever its keys are.
trait Follow<K>: Send + Sync {
    fn add(&self, name: &ObjectName, object: &K);
    fn remove(&self, name: &ObjectName, object: &K);
}

type Names<Q> = Arc<RwLock<HashMap<Q, BTreeSet<ObjectName>>>>;

struct Typed<K, Q> {
    keys_of: Box<dyn Fn(&K) -> Vec<Q> + Send + Sync>,
    names: Names<Q>,
}

impl<K, Q: IndexKey> Follow<K> for Typed<K, Q> {
    fn add(&self, name: &ObjectName, object: &K) {
        let mut names = self.names.write();
        for key in (self.keys_of)(object) {
            names.entry(key).or_default().insert(name.clone());
        }
    }

    fn remove(&self, name: &ObjectName, object: &K) {
        let mut names = self.names.write();
        for key in (self.keys_of)(object) {
            if let Some(under) = names.get_mut(&key) {
                under.remove(name);
                if under.is_empty() {
                    names.remove(&key);
                }
            }
        }
    }
}

/// The objects of a store by a key of some type. Cheap to clone.
pub struct TypedIndex<K, Q> {
    store: Store<K>,
    names: Names<Q>,
}

impl<K, Q> Clone for TypedIndex<K, Q> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            names: Arc::clone(&self.names),
        }
    }
}

impl<K: Cached, Q: IndexKey> TypedIndex<K, Q> {
    /// The objects under a key, by namespace and name.
    #[must_use]
    pub fn get<B>(&self, key: &B) -> Vec<Arc<K>>
    where
        Q: Borrow<B>,
        B: Eq + Hash + ?Sized,
    {
        // The store's lock first, as writers take them.
        let state = self.store.state.read();
        let names = self.names.read();
        let names = names.get(key).into_iter().flatten();
        names.filter_map(|name| state.get(name)).collect()
    }

    /// The keys that there are, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<Q> {
        let mut keys: Vec<Q> = self.names.read().keys().cloned().collect();
        keys.sort();
        keys
    }
}

/// An index that is known by its name: a constant of a program, so that what
/// nobody declared cannot be asked for. A store makes it when it is asked for
/// the first time, and keeps it.
///
/// ```
/// # use skeg_api::core::v1::Pod;
/// # use skeg_runtime::{Informer, StoreIndex};
/// const BY_NODE: StoreIndex<Pod> =
///     StoreIndex::new("spec.nodeName", |pod| vec![pod.spec.node_name.clone()]);
///
/// # fn example(pods: Informer<Pod>) {
/// let on_this_node = pods.store().by_index(&BY_NODE, "node-1");
/// # }
/// ```
pub struct StoreIndex<K, Q = String> {
    name: &'static str,
    keys_of: fn(&K) -> Vec<Q>,
}

impl<K, Q> StoreIndex<K, Q> {
    /// An index of this name, under which an object stands by these keys. Two
    /// with one name and one type of keys are the same: the first asked for counts.
    #[must_use]
    pub const fn new(name: &'static str, keys_of: fn(&K) -> Vec<Q>) -> Self {
        Self { name, keys_of }
    }
}

impl<K, Q> std::fmt::Debug for StoreIndex<K, Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoreIndex").field(&self.name).finish()
    }
}

impl<K: Cached> Default for Store<K> {
    fn default() -> Self {
        Self {
            state: Arc::new(RwLock::new(State {
                objects: BTreeMap::new(),
                opened: Opened::default(),
                indexes: Vec::new(),
                named: HashMap::new(),
            })),
        }
    }
}

impl<K: Cached> Store<K> {
    /// The object of a name. None, too, for one that is there and cannot be read:
    /// see [`Store::unreadable`].
    #[must_use]
    pub fn get(&self, name: &ObjectName) -> Option<Arc<K>> {
        self.state.read().get(name)
    }

    /// Why an object that is there cannot be read as what the store keeps;
    /// none for those that can, and for those that are not there. No other
    /// method shows such an object, until it is written anew and fits.
    #[must_use]
    pub fn unreadable(&self, name: &ObjectName) -> Option<String> {
        let state = self.state.read();
        match state.objects.get(name)? {
            Held::Whole(_) => None,
            // Who asks wants the object next: it is decoded once for both.
            Held::Packed(packed) => state.opened.decoded(packed, state.objects.len()).err(),
            Held::Unreadable(unreadable) => Some(unreadable.error.clone()),
        }
    }

    /// Every object, by namespace and name.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<K>> {
        let state = self.state.read();
        let objects = state.objects.values();
        objects.filter_map(|held| state.open(held)).collect()
    }

    /// The objects of a namespace, by name.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> Vec<Arc<K>> {
        let state = self.state.read();
        let from = ObjectName::new(namespace, "");
        state
            .objects
            .range((Bound::Included(from), Bound::Unbounded))
            .take_while(|(name, _)| name.namespace == namespace)
            .filter_map(|(_, held)| state.open(held))
            .collect()
    }

    /// The objects with certain labels, by namespace and name: in one namespace,
    /// or in all.
    #[must_use]
    pub fn selected(&self, namespace: Option<&str>, selector: &Selector) -> Vec<Arc<K>> {
        let matches = |object: &K| selector.matches(&object.object_meta().labels);
        match namespace {
            Some(namespace) => {
                let mut objects = self.in_namespace(namespace);
                objects.retain(|object| matches(object));
                objects
            }
            None => self.filtered(matches),
        }
    }

    /// The objects that pass a test, by namespace and name.
    #[must_use]
    pub fn filtered(&self, test: impl Fn(&K) -> bool) -> Vec<Arc<K>> {
        // Without the lock: the test may read the store.
        let held: Vec<Held<K>> = self.state.read().objects.values().cloned().collect();
        held.iter()
            .filter_map(|held| self.open(held))
            .filter(|object| test(object))
            .collect()
    }

    /// An index by a key of any type, which lives as long as the store. Each
    /// call makes another: keep it. The function must not read the store, which is
    /// being written when it is called.
    ///
    /// ```
    /// # use skeg_api::core::v1::Pod;
    /// # fn example(pods: skeg_runtime::Informer<Pod>) {
    /// let by_node = pods.store().index(|pod| vec![pod.spec.node_name.clone()]);
    /// let on_this_node = by_node.get("node-1");
    /// # }
    /// ```
    #[must_use]
    pub fn index<Q: IndexKey>(
        &self,
        keys_of: impl Fn(&K) -> Vec<Q> + Send + Sync + 'static,
    ) -> TypedIndex<K, Q> {
        let names = self.state.write().index(keys_of);
        TypedIndex {
            store: self.clone(),
            names,
        }
    }

    /// The objects that stand under a key in an index, by namespace and name.
    #[must_use]
    pub fn by_index<Q, B>(&self, index: &StoreIndex<K, Q>, key: &B) -> Vec<Arc<K>>
    where
        Q: IndexKey + Borrow<B>,
        B: Eq + Hash + ?Sized,
    {
        self.named_index(index).get(key)
    }

    /// An index that is known by its name: made now, unless it was before.
    pub fn named_index<Q: IndexKey>(&self, index: &StoreIndex<K, Q>) -> TypedIndex<K, Q> {
        let key = (index.name, TypeId::of::<Q>());
        let known = |state: &State<K>| -> Option<Names<Q>> {
            let names = state.named.get(&key)?.downcast_ref::<Names<Q>>()?;
            Some(Arc::clone(names))
        };
        let found = known(&self.state.read());
        let names = found.unwrap_or_else(|| {
            let mut state = self.state.write();
            // Somebody else may have made it just now.
            known(&state).unwrap_or_else(|| {
                let names = state.index(index.keys_of);
                state.named.insert(key, Box::new(Arc::clone(&names)));
                names
            })
        });
        TypedIndex {
            store: self.clone(),
            names,
        }
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.read().objects.len()
    }

    /// Whether there is no object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts an object in; what was there before.
    pub(crate) fn put(&self, name: ObjectName, new: Held<K>) -> Option<Held<K>> {
        let mut state = self.state.write();
        state.opened.tend();
        if state.indexes.is_empty() {
            return state.objects.insert(name, new);
        }
        let object = state.open(&new);
        let old = state.objects.insert(name.clone(), new);
        let before = old.as_ref().and_then(|held| state.open(held));
        state.reindex(&name, before.as_deref(), object.as_deref());
        old
    }

    /// Takes an object out.
    pub(crate) fn take(&self, name: &ObjectName) -> Option<Held<K>> {
        let mut state = self.state.write();
        let old = state.objects.remove(name)?;
        if !state.indexes.is_empty() {
            let before = state.open(&old);
            state.reindex(name, before.as_deref(), None);
        }
        Some(old)
    }

    /// The object that something held is, decoded if need be.
    pub(crate) fn open(&self, held: &Held<K>) -> Option<Arc<K>> {
        self.state.read().open(held)
    }

    /// The object as it was last when it could be read.
    pub(crate) fn last(&self, held: &Held<K>) -> Option<Arc<K>> {
        match held {
            Held::Unreadable(unreadable) => unreadable.last.clone(),
            held => self.open(held),
        }
    }

    /// The object of a name as it was last when it could be read.
    pub(crate) fn last_of(&self, name: &ObjectName) -> Option<Arc<K>> {
        let held = self.state.read().objects.get(name)?.clone();
        self.last(&held)
    }

    /// The names of every object.
    pub(crate) fn names(&self) -> Vec<ObjectName> {
        self.state.read().objects.keys().cloned().collect()
    }
}

impl<K: Cached> State<K> {
    fn get(&self, name: &ObjectName) -> Option<Arc<K>> {
        self.open(self.objects.get(name)?)
    }

    fn open(&self, held: &Held<K>) -> Option<Arc<K>> {
        match held {
            Held::Whole(object) => Some(Arc::clone(object)),
            Held::Packed(packed) => self.opened.open(packed, self.objects.len()),
            Held::Unreadable(_) => None,
        }
    }

    /// Makes an index over what there is, which follows what comes.
    fn index<Q: IndexKey>(
        &mut self,
        keys_of: impl Fn(&K) -> Vec<Q> + Send + Sync + 'static,
    ) -> Names<Q> {
        let names = Arc::new(RwLock::new(HashMap::new()));
        let index = Typed {
            keys_of: Box::new(keys_of),
            names: Arc::clone(&names),
        };
        for (name, held) in &self.objects {
            if let Some(object) = self.open(held) {
                index.add(name, &object);
            }
        }
        self.indexes.push(Box::new(index));
        names
    }

    fn reindex(&self, name: &ObjectName, old: Option<&K>, new: Option<&K>) {
        for index in &self.indexes {
            if let Some(old) = old {
                index.remove(name, old);
            }
            if let Some(new) = new {
                index.add(name, new);
            }
        }
    }
}
