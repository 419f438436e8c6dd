//! What pods request.

use std::collections::BTreeMap;

use skeg_meta::Quantity;

use crate::core::v1::{Container, Pod, PodSpec, ResourceRequirements};

/// Amounts by the resource's name: `cpu`, `memory`, `example.com/gpu`.
pub type ResourceList = BTreeMap<String, Quantity>;

fn add(sum: &mut ResourceList, other: &ResourceList) {
    for (name, amount) in other {
        *sum.entry(name.clone()).or_default() += *amount;
    }
}

fn raise_to(sum: &mut ResourceList, other: &ResourceList) {
    for (name, amount) in other {
        let have = sum.entry(name.clone()).or_default();
        if *amount > *have {
            *have = *amount;
        }
    }
}

impl PodSpec {
    /// What the pod requests of a node, as the scheduler counts it: containers
    /// and sidecars together, or what an init container needs beside the
    /// sidecars started before it, whichever is more; what the pod requests as
    /// a whole instead, where it does; and its overhead.
    ///
    /// ```
    /// use skeg_api::core::v1::PodSpec;
    ///
    /// let spec: PodSpec = serde_json::from_str(r#"{
    ///     "initContainers": [
    ///         {"name": "proxy", "restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}}},
    ///         {"name": "setup", "resources": {"requests": {"cpu": "2"}}}],
    ///     "containers": [{"name": "main", "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}],
    ///     "overhead": {"cpu": "10m"}
    /// }"#).unwrap();
    /// let requests = spec.requests();
    /// assert_eq!(requests["cpu"].to_string(), "2110m");
    /// assert_eq!(requests["memory"].to_string(), "1Gi");
    /// ```
    #[must_use]
    pub fn requests(&self) -> ResourceList {
        let mut sum = self.sum(
            |container| &container.resources.requests,
            |own| &own.requests,
        );
        add(&mut sum, &self.overhead);
        sum
    }

    /// The most that the pod may use, counted in the same way. Overhead raises
    /// only limits that there are.
    #[must_use]
    pub fn limits(&self) -> ResourceList {
        let mut sum = self.sum(|container| &container.resources.limits, |own| &own.limits);
        for (name, amount) in &self.overhead {
            if let Some(limit) = sum.get_mut(name) {
                *limit += *amount;
            }
        }
        sum
    }

    fn sum(
        &self,
        of: impl Fn(&Container) -> &ResourceList,
        of_pod: impl Fn(&ResourceRequirements) -> &ResourceList,
    ) -> ResourceList {
        let mut running = ResourceList::new();
        for container in &self.containers {
            add(&mut running, of(container));
        }
        let mut sidecars = ResourceList::new();
        let mut starting = ResourceList::new();
        for container in &self.init_containers {
            if container.is_sidecar() {
                add(&mut sidecars, of(container));
                raise_to(&mut starting, &sidecars);
            } else {
                let mut need = sidecars.clone();
                add(&mut need, of(container));
                raise_to(&mut starting, &need);
            }
        }
        add(&mut running, &sidecars);
        raise_to(&mut running, &starting);
        if let Some(whole) = &self.resources {
            running.extend(
                of_pod(whole)
                    .iter()
                    .map(|(name, amount)| (name.clone(), *amount)),
            );
        }
        running
    }
}

impl Pod {
    /// What the pod requests of a node: [`PodSpec::requests`].
    #[must_use]
    pub fn requests(&self) -> ResourceList {
        self.spec.requests()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spec: &str, requests: &str, limits: &str) {
        let spec: PodSpec = serde_json::from_str(spec).unwrap();
        let show = |list: &ResourceList| {
            let texts: Vec<String> = list.iter().map(|(k, v)| format!("{k}={v}")).collect();
            texts.join(" ")
        };
        assert_eq!(show(&spec.requests()), requests);
        assert_eq!(show(&spec.limits()), limits);
    }

    #[test]
    fn what_runs_together_adds_up() {
        check(
            r#"{"initContainers": [
                    {"name": "a", "resources": {"requests": {"cpu": "3", "x.io/gpu": "1"}}},
                    {"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}],
                "containers": [
                    {"name": "b", "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": "1"}}},
                    {"name": "c", "resources": {"requests": {"cpu": "500m", "memory": "64Mi"}}}],
                "overhead": {"cpu": "100m", "memory": "1Mi"}}"#,
            "cpu=3100m memory=65Mi x.io/gpu=1",
            "cpu=3100m",
        );
        check(
            r#"{"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "4"}},
                "containers": [{"name": "b", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}]}"#,
            "cpu=2 memory=1Gi",
            "cpu=4",
        );
        check(r#"{"containers": [{"name": "b"}]}"#, "", "");
    }
}
