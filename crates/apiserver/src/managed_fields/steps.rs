//! A small map by step: sets of fields have few members a level, and are
//! copied and thrown away more often than they are searched.

use super::element::Element;

/// Values by element, in the order of the elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps<T> {
    entries: Vec<(Element, T)>,
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T> Steps<T> {
    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Where an element is, or would be.
    fn place(&self, element: &Element) -> Result<usize, usize> {
        // Most come in order.
        match self.entries.last() {
            None => Err(0),
            Some((last, _)) if last < element => Err(self.entries.len()),
            _ => self
                .entries
                .binary_search_by(|(known, _)| known.cmp(element)),
        }
    }

    /// What is known of an element.
    pub fn get(&self, element: &Element) -> Option<&T> {
        self.place(element).ok().map(|at| &self.entries[at].1)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, element: &Element) -> Option<&mut T> {
        match self.place(element) {
            Ok(at) => Some(&mut self.entries[at].1),
            Err(_) => None,
        }
    }

    /// Where a field is.
    fn field_place(&self, name: &str) -> Option<usize> {
        self.entries
            .binary_search_by(|(known, _)| known.cmp_field(name))
            .ok()
    }

    /// What is known of a field, to be changed.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut T> {
        let at = self.field_place(name)?;
        Some(&mut self.entries[at].1)
    }

    /// Takes a field out.
    pub fn remove_field(&mut self, name: &str) {
        if let Some(at) = self.field_place(name) {
            self.entries.remove(at);
        }
    }

    /// Puts a value in; what was there is replaced.
    pub fn insert(&mut self, element: Element, value: T) {
        match self.place(&element) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (element, value)),
        }
    }

    /// Puts a value in, or together with the one that is there.
    pub fn join(&mut self, element: Element, value: T, join: impl FnOnce(&mut T, T)) {
        match self.place(&element) {
            Ok(at) => join(&mut self.entries[at].1, value),
            Err(at) => self.entries.insert(at, (element, value)),
        }
    }

    /// Takes an element out.
    pub fn remove(&mut self, element: &Element) {
        if let Ok(at) = self.place(element) {
            self.entries.remove(at);
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Element, &T)> {
        self.entries.iter().map(|(element, value)| (element, value))
    }

    /// All, in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Element, &mut T)> {
        self.entries
            .iter_mut()
            .map(|(element, value)| (&*element, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_whatever_comes_first() {
        let field = |name: &str| Element::Field(name.to_owned().into());
        let mut steps = Steps::default();
        for name in ["b", "d", "a", "c", "b"] {
            steps.join(field(name), 1, |held, more| *held += more);
        }
        let all: Vec<(String, i32)> = steps.iter().map(|(e, n)| (e.to_string(), *n)).collect();
        let expect = [(".a", 1), (".b", 2), (".c", 1), (".d", 1)];
        assert_eq!(all, expect.map(|(name, n)| (name.to_owned(), n)));
        steps.remove(&field("c"));
        steps.insert(field("a"), 7);
        assert_eq!(
            (steps.get(&field("a")), steps.get(&field("c"))),
            (Some(&7), None)
        );
        assert_eq!(steps.len(), 3);
        steps.insert(Element::Index(1), 8);
        assert_eq!(steps.field_mut("d"), Some(&mut 1));
        assert_eq!(steps.field_mut("c"), None);
        steps.remove_field("a");
        steps.remove_field("x");
        assert_eq!(steps.len(), 3);
    }
}
