//! What an informer knows: the objects, and indexes over them.

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

/// Under which keys an object stands in an index.
pub type IndexFn<K> = Arc<dyn Fn(&K) -> Vec<String> + Send + Sync>;

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
    indexes: HashMap<&'static str, Index<K>>,
    typed: Vec<Box<dyn Follow<K>>>,
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

struct Index<K> {
    keys_of: IndexFn<K>,
    entries: HashMap<String, BTreeSet<ObjectName>>,
}

impl<K> Index<K> {
    fn add(&mut self, name: &ObjectName, object: &K) {
        for key in (self.keys_of)(object) {
            self.entries.entry(key).or_default().insert(name.clone());
        }
    }

    fn remove(&mut self, name: &ObjectName, object: &K) {
        for key in (self.keys_of)(object) {
            if let Some(names) = self.entries.get_mut(&key) {
                names.remove(name);
                if names.is_empty() {
                    self.entries.remove(&key);
                }
            }
        }
    }
}

impl<K: Cached> Default for Store<K> {
    fn default() -> Self {
        Self {
            state: Arc::new(RwLock::new(State {
                objects: BTreeMap::new(),
                opened: Opened::default(),
                indexes: HashMap::new(),
                typed: Vec::new(),
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
        let state = self.state.read();
        let objects = state.objects.values();
        objects
            .filter_map(|held| state.open(held))
            .filter(|object| test(object))
            .collect()
    }

    /// An index by a key of any type, which lives as long as the store. Each
    /// call makes another: keep it.
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
        let mut state = self.state.write();
        let names = Arc::new(RwLock::new(HashMap::new()));
        let typed = Typed {
            keys_of: Box::new(keys_of),
            names: Arc::clone(&names),
        };
        for (name, held) in &state.objects {
            if let Some(object) = state.open(held) {
                typed.add(name, &object);
            }
        }
        state.typed.push(Box::new(typed));
        TypedIndex {
            store: self.clone(),
            names,
        }
    }

    /// The objects that stand under a key in an index; none when there is no such index.
    #[must_use]
    pub fn by_index(&self, index: &str, key: &str) -> Vec<Arc<K>> {
        let state = self.state.read();
        let names = state
            .indexes
            .get(index)
            .and_then(|index| index.entries.get(key));
        names
            .into_iter()
            .flatten()
            .filter_map(|name| state.get(name))
            .collect()
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

    /// Adds an index, unless there is one of that name.
    pub fn add_index(
        &self,
        name: &'static str,
        keys_of: impl Fn(&K) -> Vec<String> + Send + Sync + 'static,
    ) {
        let mut state = self.state.write();
        if state.indexes.contains_key(name) {
            return;
        }
        let mut index = Index {
            keys_of: Arc::new(keys_of),
            entries: HashMap::new(),
        };
        for (name, held) in &state.objects {
            if let Some(object) = state.open(held) {
                index.add(name, &object);
            }
        }
        state.indexes.insert(name, index);
    }

    /// Puts an object in; what was there before.
    pub(crate) fn put(&self, name: ObjectName, new: Held<K>) -> Option<Held<K>> {
        let mut state = self.state.write();
        state.opened.tend();
        if state.indexes.is_empty() && state.typed.is_empty() {
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
        if !state.indexes.is_empty() || !state.typed.is_empty() {
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

    fn reindex(&mut self, name: &ObjectName, old: Option<&K>, new: Option<&K>) {
        for index in &self.typed {
            if let Some(old) = old {
                index.remove(name, old);
            }
            if let Some(new) = new {
                index.add(name, new);
            }
        }
        for index in self.indexes.values_mut() {
            if let Some(old) = old {
                index.remove(name, old);
            }
            if let Some(new) = new {
                index.add(name, new);
            }
        }
    }
}
