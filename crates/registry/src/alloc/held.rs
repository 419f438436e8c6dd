//! Who has something: each holding is told from a later one of the same thing.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

/// Things that are held by one each.
#[derive(Debug)]
pub(super) struct Holdings<T> {
    all: BTreeMap<T, u64>,
    last: u64,
}

impl<T> Default for Holdings<T> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            last: 0,
        }
    }
}

impl<T: Ord + Copy> Holdings<T> {
    /// Takes it, if it is free.
    pub(super) fn take(&mut self, thing: T) -> bool {
        if self.all.contains_key(&thing) {
            return false;
        }
        self.last += 1;
        self.all.insert(thing, self.last);
        true
    }

    pub(super) fn has(&self, thing: T) -> bool {
        self.all.contains_key(&thing)
    }

    /// The number of the holding, while it lasts.
    pub(super) fn number(&self, thing: T) -> Option<u64> {
        self.all.get(&thing).copied()
    }

    pub(super) fn release(&mut self, thing: T) {
        self.all.remove(&thing);
    }

    /// Gives it back unless it was taken anew since.
    pub(super) fn release_numbered(&mut self, thing: T, number: u64) {
        if self.number(thing) == Some(number) {
            self.release(thing);
        }
    }

    /// Exactly these are held, by whoever held them before.
    pub(super) fn reset(&mut self, things: impl IntoIterator<Item = T>) {
        let before = std::mem::take(&mut self.all);
        for thing in things {
            match before.get(&thing) {
                Some(number) => drop(self.all.insert(thing, *number)),
                None => drop(self.take(thing)),
            }
        }
    }

    pub(super) fn count(&self, range: impl RangeBounds<T>) -> u64 {
        self.all.range(range).count() as u64
    }
}
