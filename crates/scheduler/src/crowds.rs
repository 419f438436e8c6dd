//! How many pods of each sort sit on each node: who asks for pods by their
//! labels looks at the sorts, of which there are few, and not at every pod.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::Pod;
use skeg_meta::labels::Selector;

/// So many pods by the names of their nodes; none is 0.
pub(crate) type Crowd = HashMap<String, i64>;

/// What pods of one sort have in common within their namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sort {
    labels: BTreeMap<String, String>,
    leaving: bool,
}

impl Sort {
    fn of(pod: &Pod) -> Self {
        Self {
            labels: pod.metadata.labels.clone(),
            leaving: pod.metadata.is_deleting(),
        }
    }
}

/// All pods that have a node, by namespace and sort. Copies share what has not changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowds {
    namespaces: HashMap<String, Arc<HashMap<Sort, Arc<Crowd>>>>,
}

impl Crowds {
    /// Whether both count as the same.
    pub(crate) fn alike(one: &Pod, other: &Pod) -> bool {
        one.metadata.labels == other.metadata.labels
            && one.metadata.is_deleting() == other.metadata.is_deleting()
            && one.metadata.namespace == other.metadata.namespace
    }

    /// A pod sits on a node from now on.
    pub(crate) fn add(&mut self, pod: &Pod, node: &str) {
        let namespace = pod.metadata.namespace.as_str();
        if !self.namespaces.contains_key(namespace) {
            self.namespaces.insert(namespace.to_owned(), Arc::default());
        }
        let Some(sorts) = self.namespaces.get_mut(namespace) else {
            return;
        };
        let crowd = Arc::make_mut(sorts).entry(Sort::of(pod)).or_default();
        let crowd = Arc::make_mut(crowd);
        match crowd.get_mut(node) {
            Some(count) => *count += 1,
            None => drop(crowd.insert(node.to_owned(), 1)),
        }
    }

    /// A pod sits there no longer.
    pub(crate) fn remove(&mut self, pod: &Pod, node: &str) {
        let namespace = pod.metadata.namespace.as_str();
        let Some(sorts) = self.namespaces.get_mut(namespace) else {
            return;
        };
        let sorts = Arc::make_mut(sorts);
        let sort = Sort::of(pod);
        let Some(crowd) = sorts.get_mut(&sort) else {
            return;
        };
        let crowd = Arc::make_mut(crowd);
        if let Some(count) = crowd.get_mut(node) {
            *count -= 1;
            if *count == 0 {
                crowd.remove(node);
            }
        }
        if crowd.is_empty() {
            sorts.remove(&sort);
        }
        if sorts.is_empty() {
            self.namespaces.remove(namespace);
        }
    }

    /// The pods of a namespace that a selector selects and that are to stay.
    pub(crate) fn selected(&self, namespace: &str, selector: &Selector) -> Arc<Crowd> {
        let sorts = self.namespaces.get(namespace);
        let mut found = sorts
            .into_iter()
            .flat_map(|sorts| sorts.iter())
            .filter(|(sort, _)| !sort.leaving && selector.matches(&sort.labels))
            .map(|(_, crowd)| crowd);
        let Some(first) = found.next() else {
            return Arc::default();
        };
        let mut sum = Arc::clone(first);
        for crowd in found {
            let sum = Arc::make_mut(&mut sum);
            for (node, count) in &**crowd {
                match sum.get_mut(node) {
                    Some(held) => *held += count,
                    None => drop(sum.insert(node.clone(), *count)),
                }
            }
        }
        sum
    }

    /// Every sort, also those that leave, with its namespace and labels.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>, &Crowd)> {
        self.namespaces.iter().flat_map(|(namespace, sorts)| {
            sorts
                .iter()
                .map(move |(sort, crowd)| (namespace.as_str(), &sort.labels, &**crowd))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::pod;

    #[test]
    fn crowds_are_what_counting_every_pod_gives() {
        let labelled = |name: &str, app: &str, leaving: bool| {
            let mut pod = pod(name, "1", "1Mi");
            pod.metadata.labels.insert("app".into(), app.into());
            pod.metadata.labels.insert("name".into(), name.into());
            pod.metadata.deletion_timestamp = leaving.then(skeg_meta::Time::now);
            pod
        };
        let pods = [
            (labelled("a", "x", false), "n1"),
            (labelled("b", "x", false), "n1"),
            (labelled("c", "x", false), "n2"),
            (labelled("d", "y", false), "n2"),
            (labelled("e", "x", true), "n3"),
        ];
        let mut crowds = Crowds::default();
        for (pod, node) in &pods {
            crowds.add(pod, node);
        }
        let count = |crowds: &Crowds, selector: &str| {
            let selector = Selector::parse(selector).unwrap();
            let crowd = crowds.selected("default", &selector);
            let mut nodes: Vec<_> = crowd.iter().map(|(name, n)| (name.clone(), *n)).collect();
            nodes.sort();
            nodes
        };
        let expect = |nodes: &[(&str, i64)]| -> Vec<(String, i64)> {
            nodes.iter().map(|(name, n)| ((*name).into(), *n)).collect()
        };
        assert_eq!(count(&crowds, "app=x"), expect(&[("n1", 2), ("n2", 1)]));
        assert_eq!(count(&crowds, "name=d"), expect(&[("n2", 1)]));
        let mut fewer = crowds.clone();
        fewer.remove(&pods[0].0, "n1");
        assert_eq!(count(&fewer, "app=x"), expect(&[("n1", 1), ("n2", 1)]));
        assert_eq!(count(&crowds, "app=x"), expect(&[("n1", 2), ("n2", 1)]));
        assert!(crowds.selected("other", &Selector::everything()).is_empty());
        for (pod, node) in &pods {
            crowds.remove(pod, node);
        }
        assert_eq!(crowds.all().count(), 0);
    }
}
