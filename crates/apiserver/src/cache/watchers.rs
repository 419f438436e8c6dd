//! Those who watch, by what they watch: an event looks only at watchers of its
//! namespace and name, and at each distinct filter once.

use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;

use super::{Change, Delivery, Event, Filter};

/// One who watches.
pub struct Watcher {
    /// Changes up to this revision are none of its business.
    pub since: u64,
    /// It wants bookmarks.
    pub bookmarks: bool,
    /// Where its changes go.
    pub sender: mpsc::Sender<Delivery>,
}

/// Watchers with the same filter.
struct Group {
    filter: Filter,
    members: Vec<(u64, Watcher)>,
}

/// Groups by namespace and by name; empty stands for all.
type Scopes = HashMap<String, HashMap<String, Vec<Group>>>;

/// All watchers of a cache.
#[derive(Default)]
pub struct Watchers {
    scopes: Scopes,
    /// Namespace and name under which a watcher is found.
    places: HashMap<u64, (String, String)>,
    next: u64,
}

impl Watchers {
    /// Adds one, and says by which number it can be removed.
    pub fn add(&mut self, filter: Filter, watcher: Watcher) -> u64 {
        let id = self.next;
        self.next += 1;
        let namespace = filter.namespace.clone().unwrap_or_default();
        let name = filter.exact_name().unwrap_or_default().to_owned();
        let groups = self
            .scopes
            .entry(namespace.clone())
            .or_default()
            .entry(name.clone())
            .or_default();
        match groups.iter_mut().find(|group| group.filter.same(&filter)) {
            Some(group) => group.members.push((id, watcher)),
            None => groups.push(Group {
                filter,
                members: vec![(id, watcher)],
            }),
        }
        self.places.insert(id, (namespace, name));
        id
    }

    /// Removes one, if it is still there.
    pub fn remove(&mut self, id: u64) {
        let Some((namespace, name)) = self.places.remove(&id) else {
            return;
        };
        let Some(by_name) = self.scopes.get_mut(&namespace) else {
            return;
        };
        if let Some(groups) = by_name.get_mut(&name) {
            for group in groups.iter_mut() {
                if let Some(at) = group.members.iter().position(|(known, _)| *known == id) {
                    group.members.swap_remove(at);
                    break;
                }
            }
            groups.retain(|group| !group.members.is_empty());
            if groups.is_empty() {
                by_name.remove(&name);
            }
        }
        if by_name.is_empty() {
            self.scopes.remove(&namespace);
        }
    }

    /// One, if it is still there.
    pub fn get(&self, id: u64) -> Option<&Watcher> {
        let (namespace, name) = self.places.get(&id)?;
        let groups = self.scopes.get(namespace)?.get(name)?;
        let mut all = groups.iter().flat_map(|group| &group.members);
        all.find(|(known, _)| *known == id)
            .map(|(_, watcher)| watcher)
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.scopes.clear();
        self.places.clear();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Every one.
    pub fn iter(&self) -> impl Iterator<Item = &Watcher> {
        self.scopes
            .values()
            .flat_map(HashMap::values)
            .flatten()
            .flat_map(|group| group.members.iter().map(|(_, watcher)| watcher))
    }

    /// Sends events to all whom they concern, to each of them one after the
    /// other: who is woken by the first finds the others. Who has no room is
    /// removed, and told to `slow`.
    pub fn deliver(&mut self, events: &[Arc<Event>], slow: &dyn Fn()) {
        if self.places.is_empty() {
            return;
        }
        let mut rest = events;
        while let Some(first) = rest.first() {
            let namespace = first.object.namespace();
            let same = |event: &&Arc<Event>| event.object.namespace() == namespace;
            let len = rest.iter().take_while(same).count();
            let (these, others) = rest.split_at(len);
            self.deliver_in("", these, slow);
            if !namespace.is_empty() {
                self.deliver_in(namespace, these, slow);
            }
            rest = others;
        }
    }

    /// Sends events of one namespace to those who watch `space`.
    fn deliver_in(&mut self, space: &str, events: &[Arc<Event>], slow: &dyn Fn()) {
        let Some(by_name) = self.scopes.get(space) else {
            return;
        };
        let mut gone: Vec<u64> = Vec::new();
        if let Some(groups) = by_name.get("") {
            send(groups, events, slow, &mut gone);
        }
        for event in events {
            if let Some(groups) = by_name.get(event.object.name()) {
                send(groups, std::slice::from_ref(event), slow, &mut gone);
            }
        }
        for id in gone {
            self.remove(id);
        }
    }
}

fn send(groups: &[Group], events: &[Arc<Event>], slow: &dyn Fn(), gone: &mut Vec<u64>) {
    for group in groups {
        let seen: Vec<(Change, &Arc<Event>)> = events
            .iter()
            .filter_map(|event| Some((group.filter.see(event)?, event)))
            .collect();
        if seen.is_empty() {
            continue;
        }
        for (id, watcher) in &group.members {
            // What comes behind a lost event would hide the loss.
            if gone.contains(id) {
                continue;
            }
            for (change, event) in &seen {
                if event.revision <= watcher.since {
                    continue;
                }
                let delivery = Delivery::Change(*change, Arc::clone(event));
                match watcher.sender.try_send(delivery) {
                    Ok(()) => continue,
                    Err(mpsc::error::TrySendError::Full(_)) => slow(),
                    Err(mpsc::error::TrySendError::Closed(_)) => {}
                }
                gone.push(*id);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::filter::FieldTerm;
    use skeg_meta::SharedObject;
    use skeg_schema::{TypeId, json};

    fn watcher() -> (Watcher, mpsc::Receiver<Delivery>) {
        let (sender, receiver) = mpsc::channel(1);
        let watcher = Watcher {
            since: 0,
            bookmarks: false,
            sender,
        };
        (watcher, receiver)
    }

    fn event(namespace: &str, name: &str, revision: u64) -> Arc<Event> {
        let ty = TypeId::by_gvk("", "v1", "ConfigMap").expect("kind");
        let tree = json!({"metadata": {"name": name, "namespace": namespace}});
        let object = SharedObject::from_value(tree, ty, revision);
        Arc::new(Event::put(revision, object, None))
    }

    #[test]
    fn events_reach_those_of_their_namespace() {
        let mut watchers = Watchers::default();
        let in_namespace = |ns: &str| Filter {
            namespace: Some(ns.to_owned()),
            ..Filter::default()
        };
        let (one, mut of_a) = watcher();
        let (two, mut of_b) = watcher();
        let (three, mut of_all) = watcher();
        let first = watchers.add(in_namespace("a"), one);
        watchers.add(in_namespace("b"), two);
        watchers.add(Filter::default(), three);
        watchers.deliver(&[event("a", "x", 1)], &|| {});
        assert!(of_a.try_recv().is_ok());
        assert!(of_b.try_recv().is_err());
        assert!(of_all.try_recv().is_ok());
        watchers.remove(first);
        assert_eq!(watchers.len(), 2);
        watchers.deliver(&[event("a", "x", 2)], &|| {});
        assert!(of_a.try_recv().is_err());
    }

    #[test]
    fn who_is_too_slow_is_removed() {
        let mut watchers = Watchers::default();
        let (one, _receiver) = watcher();
        watchers.add(Filter::default(), one);
        let slow = std::cell::Cell::new(0);
        for revision in 1..4 {
            watchers.deliver(&[event("a", "x", revision)], &|| slow.set(slow.get() + 1));
        }
        assert_eq!((watchers.len(), slow.get()), (0, 1));
    }

    /// Whoever lost an event gets none behind it, even if there is room by then.
    #[test]
    fn nothing_comes_behind_a_lost_event() {
        let mut watchers = Watchers::default();
        let (one, receiver) = watcher();
        let by_name = Filter {
            fields: vec![FieldTerm {
                label: "metadata.name".to_owned(),
                value: "x".to_owned(),
                equal: true,
            }],
            ..Filter::default()
        };
        watchers.add(by_name, one);
        let receiver = std::cell::RefCell::new(receiver);
        watchers.deliver(&[event("a", "x", 1)], &|| {});
        let drained = std::cell::Cell::new(0);
        watchers.deliver(&[event("a", "x", 2), event("a", "x", 3)], &|| {
            while receiver.borrow_mut().try_recv().is_ok() {
                drained.set(drained.get() + 1);
            }
        });
        assert_eq!((watchers.len(), drained.get()), (0, 1));
        assert!(receiver.borrow_mut().try_recv().is_err());
    }
}
