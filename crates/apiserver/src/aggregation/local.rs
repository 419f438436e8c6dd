//! The APIServices of what this server answers itself: one for each built-in
//! group version, made at the start, and one for each version of a custom
//! group, as definitions come and go.

use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_registry::objects::Objects;
use skeg_registry::tree;
use skeg_schema::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Notify;

use super::registered::GROUP;
use super::{APISERVICES, AUTOMANAGED, publish_authentication};
use crate::ApiServer;

/// Groups as upstream orders them.
const GROUP_PRIORITIES: &[(&str, i64)] = &[
    ("", 18000),
    ("apps", 17800),
    ("events.k8s.io", 17750),
    ("authentication.k8s.io", 17700),
    ("authorization.k8s.io", 17600),
    ("autoscaling", 17500),
    ("batch", 17400),
    ("certificates.k8s.io", 17300),
    ("networking.k8s.io", 17200),
    ("policy", 17100),
    ("rbac.authorization.k8s.io", 17000),
    ("storage.k8s.io", 16800),
    ("apiextensions.k8s.io", 16700),
    ("admissionregistration.k8s.io", 16700),
    ("scheduling.k8s.io", 16600),
    ("coordination.k8s.io", 16500),
    ("node.k8s.io", 16300),
    ("discovery.k8s.io", 16200),
    ("resource.k8s.io", 16200),
    ("flowcontrol.apiserver.k8s.io", 16100),
    ("internal.apiserver.k8s.io", 16000),
    ("storagemigration.k8s.io", 15800),
    ("lifecycle.k8s.io", 15700),
];
/// Built-in groups that are not named above.
const OTHER_GROUP_PRIORITY: i64 = 15000;
/// Versions whose place is not the usual one of their stage.
const VERSION_PRIORITIES: &[(&str, &str, i64)] = &[
    ("", "v1", 1),
    ("autoscaling", "v2", 30),
    ("flowcontrol.apiserver.k8s.io", "v1", 21),
    ("resource.k8s.io", "v1", 21),
    ("resource.k8s.io", "v1beta2", 15),
    ("resource.k8s.io", "v1alpha3", 1),
    ("admissionregistration.k8s.io", "v1beta1", 12),
    ("coordination.k8s.io", "v1beta1", 13),
    ("coordination.k8s.io", "v1alpha2", 12),
    ("scheduling.k8s.io", "v1alpha3", 3),
    ("lifecycle.k8s.io", "v1alpha1", 1),
];
/// Custom groups come last.
const CUSTOM_GROUP_PRIORITY: i64 = 1000;
const CUSTOM_VERSION_PRIORITY: i64 = 100;
/// The label of what was made at the start, and of what is kept in step.
const ON_START: &str = "onstart";
const IN_STEP: &str = "true";

/// Group and version.
type Gv = (String, String);

fn group_priority(group: &str) -> i64 {
    GROUP_PRIORITIES
        .iter()
        .find(|(known, _)| *known == group)
        .map_or(OTHER_GROUP_PRIORITY, |(_, priority)| *priority)
}

fn version_priority(group: &str, version: &str) -> i64 {
    VERSION_PRIORITIES
        .iter()
        .find(|(g, v, _)| *g == group && *v == version)
        .map_or_else(
            || {
                if version.contains("alpha") || version.contains("beta") {
                    9
                } else {
                    15
                }
            },
            |(_, _, priority)| *priority,
        )
}

fn name_of((group, version): &Gv) -> String {
    format!("{version}.{group}")
}

/// The group versions of custom resources, as definitions say.
#[derive(Default)]
pub struct Definitions {
    by_name: Mutex<BTreeMap<String, Vec<Gv>>>,
    changed: Notify,
}

impl Definitions {
    fn wanted(&self) -> BTreeSet<Gv> {
        self.by_name.lock().values().flatten().cloned().collect()
    }
}

impl ObjectObserver for Definitions {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[("apiextensions.k8s.io", "customresourcedefinitions")]
    }

    fn upsert(&self, _: &str, _: &str, name: &str, object: &Value) {
        let established = tree::list(&object["status"], "conditions")
            .iter()
            .any(|c| tree::s(c, "type") == "Established" && tree::s(c, "status") == "True");
        let group = tree::sp(object, &["spec", "group"]);
        let versions = tree::list(&object["spec"], "versions")
            .iter()
            .filter(|v| established && tree::b(v, "served"))
            .map(|v| (group.to_owned(), tree::s(v, "name").to_owned()))
            .collect();
        let before = self.by_name.lock().insert(name.to_owned(), versions);
        if before.as_ref() != self.by_name.lock().get(name) {
            self.changed.notify_one();
        }
    }

    fn remove(&self, _: &str, _: &str, name: &str) {
        self.by_name.lock().remove(name);
        self.changed.notify_one();
    }
}

/// Makes our own APIServices, then keeps those of custom groups in step.
pub async fn run(server: ApiServer) {
    let built_in = built_in(&server);
    let known = server.inner.aggregator.registered.snapshot();
    let missing = built_in.iter().filter(|gv| !known.contains_key(*gv));
    // At once, so that they cost the store one commit.
    let made = futures::future::join_all(missing.map(|gv| {
        let priorities = (group_priority(&gv.0), version_priority(&gv.0, &gv.1));
        make(&server, gv, priorities, ON_START)
    }))
    .await;
    drop(known);
    let all = made.into_iter().all(|made| made);
    server.inner.aggregator.begun.send_replace(Some(all));
    publish_authentication(&server).await;
    let definitions = server.inner.aggregator.definitions.clone();
    let cancel = server.inner.cancel.clone();
    loop {
        sync(&server, &definitions.wanted(), &built_in).await;
        tokio::select! {
            () = cancel.cancelled() => return,
            () = definitions.changed.notified() => {}
        }
    }
}

/// What is to be registered at the start.
fn built_in(server: &ApiServer) -> BTreeSet<Gv> {
    let built_in = server.inner.built_in.iter();
    let built_in = built_in.map(|served| served.resource.desc);
    built_in
        // The registry of services is not a service itself.
        .filter(|desc| desc.group != GROUP)
        .map(|desc| (desc.group.to_owned(), desc.version.to_owned()))
        .collect()
}

impl ApiServer {
    /// Whether every group version had its service once.
    pub(crate) fn autoregistered(&self) -> Result<(), String> {
        let aggregator = &self.inner.aggregator;
        let is_served = self.inner.table().has_built_in_group(GROUP);
        if !is_served || *aggregator.begun.borrow() == Some(true) {
            return Ok(());
        }
        let known = aggregator.registered.snapshot();
        let built_in = built_in(self);
        let missing = built_in.iter().filter(|gv| !known.contains_key(*gv));
        let missing: Vec<String> = missing.map(name_of).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!("missing APIService: [{}]", missing.join(" ")))
    }

    /// Returns when services were made for what is built in, or could not be.
    pub(crate) async fn autoregistration(&self) {
        let mut begun = self.inner.aggregator.begun.subscribe();
        tokio::select! {
            () = self.inner.cancel.cancelled() => {}
            _ = begun.wait_for(Option::is_some) => {}
        }
    }
}

async fn sync(server: &ApiServer, wanted: &BTreeSet<Gv>, built_in: &BTreeSet<Gv>) {
    let known = server.inner.aggregator.registered.snapshot();
    for gv in wanted {
        if !known.contains_key(gv) && !built_in.contains(gv) {
            let priorities = (CUSTOM_GROUP_PRIORITY, CUSTOM_VERSION_PRIORITY);
            make(server, gv, priorities, IN_STEP).await;
        }
    }
    let access = server.own_access();
    for (gv, service) in known.iter() {
        let ours = service.automanaged && service.remote.is_none();
        if ours && !wanted.contains(gv) && !built_in.contains(gv) {
            let options = json!({});
            if let Err(error) = access
                .delete(APISERVICES, "", &service.name, &options)
                .await
            {
                tracing::warn!(
                    name = service.name,
                    error = error.message,
                    "an APIService stays"
                );
            }
        }
    }
}

/// Makes a service; false when that was not possible.
async fn make(server: &ApiServer, gv: &Gv, (group, version): (i64, i64), label: &str) -> bool {
    let mut spec = json!({"version": gv.1.as_str(), "groupPriorityMinimum": group, "versionPriority": version});
    if !gv.0.is_empty() {
        spec.set_at(&["group"], gv.0.as_str());
    }
    let mut object = json!({
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": name_of(gv)},
        "spec": spec,
    });
    object.set_at(&["metadata", "labels", AUTOMANAGED], label);
    let made = server.own_access().create(APISERVICES, "", object).await;
    if let Err(status) = made
        && !status.is("AlreadyExists")
    {
        tracing::warn!(name = name_of(gv), error = status.message, "no APIService");
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        assert_eq!(
            (group_priority("apps"), version_priority("apps", "v1")),
            (17800, 15)
        );
        assert_eq!(version_priority("storage.k8s.io", "v1beta1"), 9);
        assert_eq!(version_priority("autoscaling", "v2"), 30);
        assert_eq!(name_of(&(String::new(), "v1".to_owned())), "v1.");
    }

    #[test]
    fn established_versions_only() {
        let all = Definitions::default();
        let crd = |status: &str| {
            json!({
                "spec": {"group": "g", "versions": [{"name": "v1", "served": true}, {"name": "v0"}]},
                "status": {"conditions": [{"type": "Established", "status": status}]},
            })
        };
        all.upsert("", "", "c", &crd("False"));
        assert!(all.wanted().is_empty());
        all.upsert("", "", "c", &crd("True"));
        assert_eq!(
            all.wanted(),
            BTreeSet::from([("g".to_owned(), "v1".to_owned())])
        );
        all.remove("", "", "c");
        assert!(all.wanted().is_empty());
    }
}
