//! What an informer knows: the objects, and indexes over them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::cached::Cached;
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
    objects: BTreeMap<ObjectName, Arc<K>>,
    indexes: HashMap<&'static str, Index<K>>,
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
                indexes: HashMap::new(),
            })),
        }
    }
}

impl<K: Cached> Store<K> {
    /// The object of a name.
    #[must_use]
    pub fn get(&self, name: &ObjectName) -> Option<Arc<K>> {
        self.state.read().objects.get(name).cloned()
    }

    /// Every object, by namespace and name.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<K>> {
        self.state.read().objects.values().cloned().collect()
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
            .map(|(_, object)| Arc::clone(object))
            .collect()
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
            .filter_map(|name| state.objects.get(name).cloned())
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
        for (name, object) in &state.objects {
            index.add(name, object);
        }
        state.indexes.insert(name, index);
    }

    /// Puts an object in; the one that was there before.
    pub(crate) fn put(&self, name: ObjectName, object: Arc<K>) -> Option<Arc<K>> {
        let mut state = self.state.write();
        let State { objects, indexes } = &mut *state;
        let old = objects.insert(name.clone(), Arc::clone(&object));
        for index in indexes.values_mut() {
            if let Some(old) = &old {
                index.remove(&name, old);
            }
            index.add(&name, &object);
        }
        old
    }

    /// Takes an object out.
    pub(crate) fn take(&self, name: &ObjectName) -> Option<Arc<K>> {
        let mut state = self.state.write();
        let State { objects, indexes } = &mut *state;
        let old = objects.remove(name)?;
        for index in indexes.values_mut() {
            index.remove(name, &old);
        }
        Some(old)
    }

    /// The names of every object.
    pub(crate) fn names(&self) -> Vec<ObjectName> {
        self.state.read().objects.keys().cloned().collect()
    }
}
