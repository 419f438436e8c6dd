//! The members of an object: few are looked through, of more it is known where they stand.

use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, OnceLock};

use hashbrown::HashTable;

use super::{Key, Value, same};

/// How many members are still looked through.
const FEW: usize = 8;

/// How many members are still found by their ends, which are quickly looked at. Objects of the
/// API have fewer; only maps that a request brings have more, up to hundreds of thousands.
const SOME: usize = 96;

/// Keys that nobody outside knows: names cannot be chosen to clash.
static HASHES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

fn hash(name: &str) -> u64 {
    HASHES.hash_one(name)
}

/// A name as it stands: dereferencing one is a call of its own.
#[inline(always)]
fn text(name: &Key) -> &str {
    match name {
        Key::Borrowed(name) => name,
        Key::Owned(name) => name,
    }
}

/// The members in the order in which they were added.
#[derive(Clone, Debug)]
pub(super) enum Entries {
    Few(Vec<(Key, Value)>),
    Many(Box<Many>),
}

#[derive(Clone, Debug)]
pub(super) struct Many {
    members: Vec<(Key, Value)>,
    /// By name, where a member stands; made when one is looked for.
    places: OnceLock<Places>,
}

#[derive(Clone, Debug)]
enum Places {
    /// One more than a member's place; 0 where none is.
    Some(Box<[u8; SLOTS]>),
    All(HashTable<usize>),
}

/// More than twice as many as there are members.
const SLOTS: usize = 256;

impl Places {
    fn of(members: &[(Key, Value)]) -> Self {
        if members.len() <= SOME {
            let mut places = Self::Some(Box::new([0; SLOTS]));
            for at in 0..members.len() {
                places.add(members, at);
            }
            return places;
        }
        let mut places = HashTable::with_capacity(members.len());
        for (at, (name, _)) in members.iter().enumerate() {
            places.insert_unique(hash(name), at, |at| hash(&members[*at].0));
        }
        Self::All(places)
    }

    /// Notes one of the members. `false`: there is no more room.
    fn add(&mut self, members: &[(Key, Value)], at: usize) -> bool {
        let name = &*members[at].0;
        match self {
            Self::Some(_) if at >= SOME => return false,
            Self::Some(slots) => {
                let mut slot = super::hash(name) % SLOTS;
                while slots[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                slots[slot] = at as u8 + 1;
            }
            Self::All(places) => {
                places.insert_unique(hash(name), at, |at| hash(&members[*at].0));
            }
        }
        true
    }

    fn find(&self, members: &[(Key, Value)], name: &str) -> Option<usize> {
        match self {
            Self::Some(slots) => {
                let mut slot = super::hash(name) % SLOTS;
                loop {
                    let at = usize::from(slots[slot]).checked_sub(1)?;
                    if same(text(&members[at].0), name) {
                        return Some(at);
                    }
                    slot = (slot + 1) % SLOTS;
                }
            }
            Self::All(places) => {
                let found = places.find(hash(name), |at| same(&members[*at].0, name));
                found.copied()
            }
        }
    }
}

impl Many {
    #[inline]
    fn place(&self, key: &str) -> Option<usize> {
        let places = match self.places.get() {
            Some(places) => places,
            None => self.places.get_or_init(|| Places::of(&self.members)),
        };
        places.find(&self.members, key)
    }

    fn push(&mut self, member: (Key, Value)) {
        self.members.push(member);
        if let Some(places) = self.places.get_mut()
            && !places.add(&self.members, self.members.len() - 1)
        {
            self.places.take();
        }
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self::new()
    }
}

impl Entries {
    pub const fn new() -> Self {
        Self::Few(Vec::new())
    }

    pub fn of(members: Vec<(Key, Value)>) -> Self {
        let mut entries = Self::Few(members);
        entries.settle();
        entries
    }

    pub fn with_capacity(members: usize) -> Self {
        Self::Few(Vec::with_capacity(members))
    }

    #[inline]
    pub fn as_slice(&self) -> &[(Key, Value)] {
        match self {
            Self::Few(members) => members,
            Self::Many(many) => &many.members,
        }
    }

    /// The members, whose names and places stay.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [(Key, Value)] {
        match self {
            Self::Few(members) => members,
            Self::Many(many) => &mut many.members,
        }
    }

    /// The members, to be moved about.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Vec<(Key, Value)>) -> T) -> T {
        let members = match self {
            Self::Few(members) => members,
            Self::Many(many) => {
                many.places.take();
                &mut many.members
            }
        };
        let outcome = change(members);
        self.settle();
        outcome
    }

    pub fn into_vec(self) -> Vec<(Key, Value)> {
        match self {
            Self::Few(members) => members,
            Self::Many(many) => many.members,
        }
    }

    /// Adds a member that is known to be new.
    #[inline]
    pub fn push(&mut self, key: Key, value: Value) {
        match self {
            Self::Few(members) if members.len() < FEW => members.push((key, value)),
            Self::Few(_) => self.change(|members| members.push((key, value))),
            Self::Many(many) => many.push((key, value)),
        }
    }

    #[inline]
    pub fn position(&self, key: &str) -> Option<usize> {
        match self {
            Self::Few(members) => members.iter().position(|(name, _)| same(text(name), key)),
            Self::Many(many) => many.place(key),
        }
    }

    /// What has become many is known by place from now on.
    fn settle(&mut self) {
        if let Self::Few(members) = self
            && members.len() > FEW
        {
            *self = Self::Many(Box::new(Many {
                members: std::mem::take(members),
                places: OnceLock::new(),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Object;
    use super::*;

    const MANY: usize = 4 * SOME;

    #[test]
    fn many_members_are_found_as_few_are() {
        let name = |at: usize| Key::Owned(format!("name-{at}"));
        let mut object = Object::new();
        for at in 0..MANY {
            assert!(object.insert(name(at), at as i64).is_none());
            assert_eq!(
                object.insert(name(at), at as i64),
                Some(Value::Int(at as i64))
            );
            assert_eq!(object.len(), at + 1);
            assert!(!object.contains_key("name"));
        }
        let copy = object.clone();
        for at in (0..MANY).step_by(2) {
            assert_eq!(object.remove(&name(at)), Some(Value::Int(at as i64)));
        }
        for at in 0..MANY {
            let held = (at % 2 == 1).then_some(Value::Int(at as i64));
            assert_eq!(object.get(&name(at)), held.as_ref());
            assert_eq!(object.get_mut(&name(at)).cloned(), held);
        }
        assert_eq!(copy.len(), MANY);
        let mut both = copy.clone();
        both.retain(|_, value| value.as_i64().is_some_and(|at| at % 2 == 0));
        both.append(&mut object);
        assert!(object.is_empty());
        assert_eq!(both, copy);
        both.sort_keys();
        assert!(both.keys().is_sorted());
        assert_eq!(both.get("name-7"), Some(&Value::Int(7)));
        assert_eq!(both, both.clone().into_iter().rev().collect());
    }

    #[test]
    fn an_object_is_no_larger_for_it() {
        assert_eq!(size_of::<Object>(), size_of::<Vec<Value>>());
    }
}
