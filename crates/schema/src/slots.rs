//! Where the fields of a type stand, by name.

use std::sync::OnceLock;

use crate::FieldDesc;
use crate::value::{hash, same};

/// The places of a type's fields; made when the type is first read or written.
#[derive(Debug)]
pub(crate) struct Slots(OnceLock<Made>);

#[derive(Debug)]
struct Made {
    /// A hash table: a power of two of slots, half at least free; one more than a field's place, 0
    /// where none is.
    slots: Box<[u8]>,
    /// The places in the order of the names.
    sorted: Box<[u8]>,
}

impl Slots {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    #[inline]
    fn made(&self, fields: &[FieldDesc]) -> &Made {
        match self.0.get() {
            Some(made) => made,
            None => self.0.get_or_init(|| Made::of(fields)),
        }
    }

    /// The place of the field with this name. `fields` are always the same.
    #[inline]
    pub(crate) fn find(&self, fields: &[FieldDesc], name: &str) -> Option<usize> {
        let slots = &self.made(fields).slots;
        let mask = slots.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            let place = usize::from(slots[slot]).checked_sub(1)?;
            if same(fields[place].json, name) {
                return Some(place);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The places of all fields in the order of their names.
    #[inline]
    pub(crate) fn sorted(&self, fields: &[FieldDesc]) -> &[u8] {
        &self.made(fields).sorted
    }
}

impl Made {
    #[cold]
    fn of(fields: &[FieldDesc]) -> Self {
        let mut slots = vec![0; (2 * fields.len() + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        for (place, field) in (1..=u8::MAX).zip(fields) {
            let mut slot = hash(field.json) & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = place;
        }
        let mut sorted: Vec<u8> = (0..u8::MAX).take(fields.len()).collect();
        sorted.sort_by_key(|place| fields[usize::from(*place)].json);
        Self {
            slots: slots.into(),
            sorted: sorted.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::TypeId;

    #[test]
    fn fields_are_found_by_name_and_nothing_else_is() {
        let all: Vec<&'static str> = TypeId::all()
            .flat_map(|ty| ty.desc().fields)
            .map(|field| field.json)
            .collect();
        let strangers = ["", "a", "ab", "abc", "managedfields", "ö"];
        for desc in TypeId::all().map(TypeId::desc) {
            assert!(desc.fields.len() < 255, "{}", desc.name);
            let names = desc.sorted_places().map(|at| desc.fields[at].json);
            let sorted: Vec<&str> = names.collect();
            assert_eq!(sorted.len(), desc.fields.len());
            assert!(sorted.is_sorted(), "{}", desc.name);
            for hint in [0, 2, usize::MAX - 1] {
                for name in all.iter().step_by(17).chain(&strangers) {
                    let found = desc.find(name, hint).map(|(at, _)| at);
                    let stands = desc.fields.iter().position(|field| field.json == *name);
                    assert_eq!(found, stands, "{name} of {}", desc.name);
                }
                for (at, field) in desc.fields.iter().enumerate() {
                    assert_eq!(desc.find(field.json, hint).map(|(at, _)| at), Some(at));
                }
            }
        }
    }
}
