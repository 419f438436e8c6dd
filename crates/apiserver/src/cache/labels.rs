//! Which objects have a label: lists by label read the index, not all objects.

use skeg_meta::labels::{Operator, Selector};
use skeg_store::Key;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Keys of objects by label and value.
#[derive(Default)]
pub struct LabelIndex {
    by_label: HashMap<String, HashMap<String, BTreeSet<Key>>>,
}

impl LabelIndex {
    /// An object has these labels now.
    pub fn insert(&mut self, key: &Key, labels: &BTreeMap<String, String>) {
        for (label, value) in labels {
            if !self.by_label.contains_key(label) {
                self.by_label.insert(label.clone(), HashMap::new());
            }
            let Some(values) = self.by_label.get_mut(label) else {
                continue;
            };
            match values.get_mut(value) {
                Some(keys) => {
                    keys.insert(key.clone());
                }
                None => {
                    values.insert(value.clone(), BTreeSet::from([key.clone()]));
                }
            }
        }
    }

    /// An object has these labels no more.
    pub fn remove(&mut self, key: &Key, labels: &BTreeMap<String, String>) {
        for (label, value) in labels {
            let Some(values) = self.by_label.get_mut(label) else {
                continue;
            };
            if let Some(keys) = values.get_mut(value) {
                keys.remove(key);
                if keys.is_empty() {
                    values.remove(value);
                }
            }
            if values.is_empty() {
                self.by_label.remove(label);
            }
        }
    }

    /// The sets of keys of which some pass the selector, and no others do;
    /// `None`: the selector says nothing that the index knows.
    pub fn candidates(&self, selector: &Selector) -> Option<Vec<&BTreeSet<Key>>> {
        let len = |sets: &Vec<&BTreeSet<Key>>| sets.iter().map(|keys| keys.len()).sum::<usize>();
        selector
            .requirements()?
            .iter()
            .filter(|requirement| {
                matches!(
                    requirement.operator(),
                    Operator::In | Operator::Equals | Operator::DoubleEquals
                )
            })
            .map(|requirement| {
                let values = self.by_label.get(requirement.key());
                requirement
                    .values()
                    .iter()
                    .filter_map(|value| values?.get(value))
                    .collect::<Vec<_>>()
            })
            .min_by_key(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn the_smallest_set_is_taken() {
        let mut index = LabelIndex::default();
        for at in 0..10 {
            let key = Key::from(format!("/p/{at}"));
            let own = labels(&[("app", "a"), ("group", if at < 2 { "x" } else { "y" })]);
            index.insert(&key, &own);
        }
        let count = |index: &LabelIndex, text: &str| {
            let selector = Selector::parse(text).expect("a selector");
            index
                .candidates(&selector)
                .map(|sets| sets.iter().map(|s| s.len()).sum::<usize>())
        };
        assert_eq!(count(&index, "app=a,group=x"), Some(2));
        assert_eq!(count(&index, "group in (x,y)"), Some(10));
        assert_eq!(count(&index, "group=z"), Some(0));
        assert_eq!(count(&index, "group!=x"), None);
        index.remove(&Key::from("/p/0"), &labels(&[("app", "a"), ("group", "x")]));
        assert_eq!(count(&index, "group=x"), Some(1));
        index.remove(&Key::from("/p/1"), &labels(&[("app", "a"), ("group", "x")]));
        assert_eq!(count(&index, "group=x"), Some(0));
    }
}
