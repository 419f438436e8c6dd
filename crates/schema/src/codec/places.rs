//! Where the members of an object stand, by the fields of its type.

use crate::{MessageDesc, Object, Value};

/// No type has more fields.
const FIELDS_MAX: usize = 128;

/// The members of an object by field: who writes all fields of a type looks
/// each up, and most are absent.
pub struct Places<'m> {
    members: &'m [(crate::Key, Value)],
    /// By field, one more than the member's place; 0: there is none.
    places: [u16; FIELDS_MAX],
}

impl<'m> Places<'m> {
    /// Finds the members that are fields of a type.
    #[must_use]
    pub fn of(members: &'m Object, desc: &'static MessageDesc) -> Self {
        Self {
            places: Self::places(members, desc),
            members: members.entries(),
        }
    }

    /// By field, one more than the member's place; 0: there is none.
    pub(super) fn places(members: &Object, desc: &'static MessageDesc) -> [u16; FIELDS_MAX] {
        let mut places = [0; FIELDS_MAX];
        let mut hint = 0;
        // Decoders keep what no type knows out: there are no more members than fields.
        for (place, (name, _)) in (1..=u16::MAX).zip(members.entries()) {
            if let Some((at, _)) = desc.find(name, hint) {
                places[at] = place;
                hint = at + 1;
            }
        }
        places
    }

    /// The member of the field at a place in [`MessageDesc::fields`].
    #[must_use]
    #[inline]
    pub fn get(&self, field: usize) -> Option<&'m Value> {
        match usize::from(self.places[field]) {
            0 => None,
            place => Some(&self.members[place - 1].1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TypeId;

    #[test]
    fn all_fields_of_all_types_have_a_place() {
        for ty in TypeId::all() {
            let desc = ty.desc();
            assert!(desc.fields.len() <= FIELDS_MAX, "{}", desc.name);
            let mut object = Object::new();
            object.push("no field of any type".into(), Value::Null);
            for (at, field) in desc.fields.iter().enumerate().rev().step_by(2) {
                object.push(
                    field.json.into(),
                    Value::Int(i64::try_from(at).expect("small")),
                );
            }
            let places = Places::of(&object, desc);
            for (at, field) in desc.fields.iter().enumerate() {
                assert_eq!(places.get(at), object.get(field.json), "{}", desc.name);
            }
        }
    }
}
