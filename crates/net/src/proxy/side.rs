//! One address family's table: what it holds, and what has to change.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use super::{
    compile::{Bytes, Class, Compiled, Data, FrontKind, MapName, compile},
    model::{L4Protocol, ProxyConfig, ServicePort, ServicePortName},
    program,
};
use crate::{
    conntrack::Stale,
    nft::{Batch, Element, Family},
};

type Key = (MapName, Bytes);

/// What has to change.
pub(super) struct Change {
    pub(super) batch: Batch,
    pub(super) added: usize,
    pub(super) removed: usize,
}

/// A class that fronts use.
#[derive(Clone, Copy, Debug)]
struct ClassUse {
    number: u32,
    fronts: usize,
    /// Whether the kernel has its chain.
    made: bool,
}

#[derive(Debug)]
pub(super) struct Side {
    family: Family,
    config: ProxyConfig,
    table: String,
    /// Whether the kernel has a table of this family.
    active: bool,
    compiled: HashMap<ServicePortName, Compiled>,
    /// Whose a front is: the first service port that asked for it.
    owners: HashMap<Key, ServicePortName>,
    /// Service ports that did not get all their fronts.
    contested: HashSet<ServicePortName>,
    /// How many service ports need a shared element.
    shared: HashMap<Key, usize>,
    classes: HashMap<(FrontKind, Class), ClassUse>,
    next_class: u32,
    // What is planned and not in the kernel yet.
    removals: HashSet<Key>,
    additions: HashMap<Key, Data>,
    stale: Vec<Stale>,
}

impl Side {
    pub(super) fn new(family: Family, config: ProxyConfig) -> Self {
        let table = config.names.proxy_table();
        Self {
            family,
            config,
            table,
            active: false,
            compiled: HashMap::new(),
            owners: HashMap::new(),
            contested: HashSet::new(),
            shared: HashMap::new(),
            classes: HashMap::new(),
            next_class: program::CLASS_FIRST,
            removals: HashSet::new(),
            additions: HashMap::new(),
            stale: Vec::new(),
        }
    }

    pub(super) fn family(&self) -> Family {
        self.family
    }

    /// Whether the kernel has a table of this family.
    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Takes changed service ports in: works out what has to be added and removed.
    pub(super) fn plan(
        &mut self,
        ports: &HashMap<ServicePortName, ServicePort>,
        touched: &[ServicePortName],
    ) {
        let freed = self.plan_these(ports, touched);
        // A front that came free may be wanted by another.
        if freed && !self.contested.is_empty() {
            let mut again: Vec<_> = self.contested.drain().collect();
            again.sort();
            self.plan_these(ports, &again);
        }
    }

    /// Answers whether a front came free.
    fn plan_these(
        &mut self,
        ports: &HashMap<ServicePortName, ServicePort>,
        touched: &[ServicePortName],
    ) -> bool {
        let mut work = Vec::with_capacity(touched.len());
        let mut freed = false;
        for name in touched {
            let old = self.compiled.remove(name).unwrap_or_default();
            let new = match ports.get(name) {
                Some(port) => compile(port, self.family, Some(&old)),
                None => Compiled::default(),
            };
            for key in old.elements.keys() {
                if is_front(key.0) && !new.elements.contains_key(key) {
                    self.owners.remove(key);
                    freed = true;
                }
            }
            work.push((name, old, new));
        }
        for (name, _, new) in &mut work {
            self.claim(name, new);
        }
        // Removals of all come before additions of any, so that an element which moves from
        // one service to another is known to stay.
        for (name, old, new) in &work {
            for (key, data) in &old.elements {
                if new.elements.get(key) != Some(data) {
                    self.remove(key, data);
                }
            }
            self.note_stale(name, ports.get(*name), old, new);
        }
        for (_, old, new) in &work {
            for (key, data) in &new.elements {
                if old.elements.get(key) != Some(data) {
                    self.add(key, data);
                }
            }
        }
        for (name, _, new) in work {
            if !new.elements.is_empty() {
                self.compiled.insert(name.clone(), new);
            }
        }
        freed
    }

    /// Takes the fronts of a service port for it; those that are taken already it loses.
    fn claim(&mut self, name: &ServicePortName, new: &mut Compiled) {
        let fronts: Vec<Key> = new
            .elements
            .keys()
            .filter(|key| is_front(key.0))
            .cloned()
            .collect();
        self.contested.remove(name);
        for front in fronts {
            match self.owners.entry(front.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(name.clone());
                }
                Entry::Occupied(entry) if entry.get() == name => {}
                Entry::Occupied(entry) => {
                    tracing::warn!(
                        service = %name, holder = %entry.get(),
                        "address and port are another service's already; left to it"
                    );
                    self.contested.insert(name.clone());
                    new.elements
                        .retain(|(map, key), _| !belongs_to(*map, key, &front));
                }
            }
        }
    }

    fn remove(&mut self, key: &Key, data: &Data) {
        if key.0.is_shared() {
            let Some(count) = self.shared.get_mut(key) else {
                return;
            };
            *count -= 1;
            if *count > 0 {
                return;
            }
            self.shared.remove(key);
        }
        self.count_class(key.0, data, false);
        // One that was never sent need not be removed.
        if self.additions.remove(key).is_none() {
            self.removals.insert(key.clone());
        }
    }

    fn add(&mut self, key: &Key, data: &Data) {
        if key.0.is_shared() {
            let count = self.shared.entry(key.clone()).or_default();
            *count += 1;
            if *count > 1 {
                return;
            }
            if self.removals.remove(key) {
                return;
            }
        }
        self.count_class(key.0, data, true);
        self.additions.insert(key.clone(), data.clone());
    }

    fn count_class(&mut self, map: MapName, data: &Data, more: bool) {
        let Data::Class(class) = data else { return };
        let Some(kind) = FrontKind::ALL
            .into_iter()
            .find(|kind| kind.classes() == map)
        else {
            return;
        };
        if program::class_chain(kind, *class).is_none() {
            return;
        }
        let next = &mut self.next_class;
        let class_use = self.classes.entry((kind, *class)).or_insert_with(|| {
            let number = *next;
            *next = next.wrapping_add(1).max(program::CLASS_FIRST);
            ClassUse {
                number,
                fronts: 0,
                made: false,
            }
        });
        if more {
            class_use.fronts += 1;
        } else {
            class_use.fronts -= 1;
        }
    }

    fn note_stale(
        &mut self,
        name: &ServicePortName,
        port: Option<&ServicePort>,
        old: &Compiled,
        new: &Compiled,
    ) {
        // A service that is gone is known by its elements only; its fronts were its own.
        let protocol = port.map_or_else(|| protocol_of(old), |port| Some(port.protocol));
        if protocol != Some(L4Protocol::Udp) {
            return;
        }
        let targets: Vec<_> = old
            .targets
            .iter()
            .filter(|t| !new.targets.contains(t))
            .copied()
            .collect();
        let unclaimed = old.targets.is_empty() && !new.targets.is_empty();
        let mut fronts = old.fronts.clone();
        fronts.extend(new.fronts.iter().filter(|f| !old.fronts.contains(f)));
        let lost_front = old.fronts.iter().any(|f| !new.fronts.contains(f));
        let targets = if lost_front {
            old.targets.clone()
        } else {
            targets
        };
        if unclaimed || !targets.is_empty() {
            tracing::trace!(service = %name, "UDP flows may be stale");
            self.stale.push(Stale {
                protocol: L4Protocol::Udp,
                fronts,
                targets,
                unclaimed,
            });
        }
    }

    /// What has to be sent to the kernel to reach the plan; none when nothing.
    pub(super) fn changes(&mut self) -> Option<Change> {
        if !self.active {
            return self.everything();
        }
        if self.removals.is_empty() && self.additions.is_empty() {
            return None;
        }
        let mut batch = Batch::new(self.family, &self.table);
        let mut by_map: BTreeMap<MapName, Vec<&Key>> = BTreeMap::new();
        for key in &self.removals {
            by_map.entry(key.0).or_default().push(key);
        }
        for (map, keys) in by_map {
            batch.delete_elements(map.name(), keys.iter().map(|key| member(map, &key.1)));
        }
        self.make_classes(&mut batch);
        write_elements(&mut batch, &self.classes, self.additions.iter());
        for ((kind, class), class_use) in &self.classes {
            if class_use.fronts == 0 && class_use.made {
                program::delete_class(&mut batch, *kind, *class, class_use.number);
            }
        }
        Some(Change {
            batch,
            added: self.additions.len(),
            removed: self.removals.len(),
        })
    }

    /// The whole table; none when no service has an address of this family.
    pub(super) fn everything(&mut self) -> Option<Change> {
        if self.compiled.is_empty() && self.family == Family::Ip6 && !self.active {
            self.removals.clear();
            self.additions.clear();
            return None;
        }
        let mut batch = Batch::new(self.family, &self.table);
        batch.replace_table();
        program::write(&mut batch, self.family, &self.config);
        self.classes.retain(|_, class_use| class_use.fronts > 0);
        for class_use in self.classes.values_mut() {
            class_use.made = false;
        }
        self.make_classes(&mut batch);
        let own = self
            .compiled
            .values()
            .flat_map(|c| c.elements.iter())
            .filter(|(key, _)| !key.0.is_shared());
        let shared = self.shared.keys().map(|key| (key, &Data::Member));
        let elements: Vec<_> = own.chain(shared).collect();
        let added = elements.len();
        write_elements(&mut batch, &self.classes, elements.into_iter());
        Some(Change {
            batch,
            added,
            removed: 0,
        })
    }

    fn make_classes(&self, batch: &mut Batch) {
        for ((kind, class), class_use) in &self.classes {
            if class_use.fronts > 0 && !class_use.made {
                program::add_class(batch, self.family, *kind, *class, class_use.number);
            }
        }
    }

    /// The kernel has taken the plan; answers the flows that are stale now.
    pub(super) fn settle(&mut self) -> Vec<Stale> {
        self.active = true;
        self.removals.clear();
        self.additions.clear();
        self.classes.retain(|_, class_use| class_use.fronts > 0);
        for class_use in self.classes.values_mut() {
            class_use.made = true;
        }
        std::mem::take(&mut self.stale)
    }
}

fn write_elements<'a>(
    batch: &mut Batch,
    classes: &HashMap<(FrontKind, Class), ClassUse>,
    elements: impl Iterator<Item = (&'a Key, &'a Data)>,
) {
    let mut by_map: BTreeMap<MapName, Vec<(&[u8], &Data)>> = BTreeMap::new();
    for (key, data) in elements {
        by_map.entry(key.0).or_default().push((&key.1, data));
    }
    for (map, mut list) in by_map {
        list.sort_unstable_by_key(|(key, _)| *key);
        let kind = FrontKind::ALL
            .into_iter()
            .find(|kind| kind.classes() == map);
        let numbers: Vec<[u8; 4]> = list
            .iter()
            .map(|(_, data)| match (data, kind) {
                (Data::Class(Class::Drop), _) => program::CLASS_DROP.to_ne_bytes(),
                (Data::Class(class), Some(kind)) => classes
                    .get(&(kind, *class))
                    .map_or(program::CLASS_REFUSE, |class_use| class_use.number)
                    .to_ne_bytes(),
                _ => [0; 4],
            })
            .collect();
        let elements = list
            .iter()
            .zip(&numbers)
            .map(|((key, data), number)| match data {
                Data::Member => member(map, key),
                Data::Class(_) => Element::Pair(key, number),
                Data::Value(value) => Element::Pair(key, value),
            });
        batch.add_elements(map.name(), elements);
    }
}

/// An element without data.
fn member(map: MapName, key: &[u8]) -> Element<'_> {
    if map == MapName::Allowed {
        let (first, last) = key.split_at(key.len() / 2);
        Element::Range(first, last)
    } else {
        Element::Key(key)
    }
}

fn is_front(map: MapName) -> bool {
    FrontKind::ALL.into_iter().any(|kind| kind.classes() == map)
}

/// Whether an element exists because of a front (itself included).
fn belongs_to(map: MapName, key: &[u8], front: &Key) -> bool {
    let Some(kind) = FrontKind::ALL
        .into_iter()
        .find(|kind| kind.classes() == front.0)
    else {
        return false;
    };
    let keyed = [
        kind.classes(),
        kind.endpoints(),
        kind.tokens(),
        kind.sticky(),
    ];
    let guards = [MapName::Guarded, MapName::Allowed];
    (keyed.contains(&map) || kind == FrontKind::Vip && guards.contains(&map))
        && key.starts_with(&front.1)
}

/// The protocol of a compiled service port, read from one of its front's keys: it stands in
/// front of the port, each padded to four bytes.
fn protocol_of(compiled: &Compiled) -> Option<L4Protocol> {
    let (_, key) = compiled.elements.keys().find(|key| is_front(key.0))?;
    match key.get(key.len().checked_sub(8)?)? {
        6 => Some(L4Protocol::Tcp),
        17 => Some(L4Protocol::Udp),
        132 => Some(L4Protocol::Sctp),
        _ => None,
    }
}
