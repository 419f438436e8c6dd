//! What selects pods: services, and the controllers that make them. A pod that
//! says nothing of its spread is kept apart from those that are selected with it.

use std::collections::{BTreeMap, HashMap};

use skeg_api::core::v1::Pod;
use skeg_meta::LabelSelector;
use skeg_meta::labels::Selector;

type Labels = BTreeMap<String, String>;

/// The selectors of services and controllers.
#[derive(Clone, Debug, Default)]
pub struct Workloads {
    /// By namespace and name.
    services: HashMap<String, BTreeMap<String, Labels>>,
    /// By kind, namespace and name.
    controllers: HashMap<(&'static str, String, String), LabelSelector>,
}

impl Workloads {
    /// A service is new, has changed, or is gone; one without a selector selects nothing.
    pub fn set_service(&mut self, namespace: &str, name: &str, selector: Option<&Labels>) {
        let selector = selector.filter(|selector| !selector.is_empty());
        match selector {
            Some(selector) => {
                let here = self.services.entry(namespace.to_owned()).or_default();
                here.insert(name.to_owned(), selector.clone());
            }
            None => {
                if let Some(here) = self.services.get_mut(namespace) {
                    here.remove(name);
                    if here.is_empty() {
                        self.services.remove(namespace);
                    }
                }
            }
        }
    }

    /// A controller (`ReplicaSet`, `StatefulSet`, `ReplicationController`) is
    /// new, has changed, or is gone.
    pub fn set_controller(
        &mut self,
        kind: &'static str,
        namespace: &str,
        name: &str,
        selector: Option<&LabelSelector>,
    ) {
        let key = (kind, namespace.to_owned(), name.to_owned());
        match selector {
            Some(selector) => drop(self.controllers.insert(key, selector.clone())),
            None => drop(self.controllers.remove(&key)),
        }
    }

    /// What selects a pod by all of its services and its controller; `None`
    /// where nothing does.
    #[must_use]
    pub fn selector_of(&self, pod: &Pod) -> Option<Selector> {
        let meta = &pod.metadata;
        let mut all = LabelSelector::default();
        let services = self.services.get(meta.namespace.as_str());
        for selector in services.into_iter().flat_map(BTreeMap::values) {
            let selects = selector
                .iter()
                .all(|(key, value)| meta.labels.get(key) == Some(value));
            if selects {
                all.match_labels.extend(selector.clone());
            }
        }
        if let Some(owner) = meta.controller() {
            let kind = match (owner.api_version.as_str(), owner.kind.as_str()) {
                ("apps/v1", "ReplicaSet") => "ReplicaSet",
                ("apps/v1", "StatefulSet") => "StatefulSet",
                ("v1", "ReplicationController") => "ReplicationController",
                _ => "",
            };
            let key = (kind, meta.namespace.to_string(), owner.name.clone());
            if let Some(selector) = self.controllers.get(&key) {
                all.match_labels.extend(selector.match_labels.clone());
                let expressions = selector.match_expressions.iter().cloned();
                all.match_expressions.extend(expressions);
            }
        }
        if all.match_labels.is_empty() && all.match_expressions.is_empty() {
            return None;
        }
        Selector::from_label_selector(Some(&all)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::OwnerReference;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn services_and_the_controller_select_together() {
        let mut all = Workloads::default();
        let mut pod = crate::testing::pod("p", "1", "1Mi");
        pod.metadata.labels = labels(&[("app", "web"), ("tier", "front")]);
        assert!(all.selector_of(&pod).is_none());
        all.set_service("default", "web", Some(&labels(&[("app", "web")])));
        all.set_service("default", "db", Some(&labels(&[("app", "db")])));
        all.set_service("other", "web", Some(&labels(&[("tier", "front")])));
        let selector = |all: &Workloads, pod: &Pod| all.selector_of(pod).map(|s| s.to_string());
        assert_eq!(selector(&all, &pod).as_deref(), Some("app=web"));
        pod.metadata.owner_references.push(OwnerReference {
            api_version: "apps/v1".into(),
            kind: "ReplicaSet".into(),
            name: "rs".into(),
            controller: Some(true),
            ..OwnerReference::default()
        });
        let of_set = LabelSelector {
            match_labels: labels(&[("tier", "front")]),
            ..LabelSelector::default()
        };
        all.set_controller("ReplicaSet", "default", "rs", Some(&of_set));
        assert_eq!(selector(&all, &pod).as_deref(), Some("app=web,tier=front"));
        all.set_service("default", "web", None);
        assert_eq!(selector(&all, &pod).as_deref(), Some("tier=front"));
    }
}
