//! The APIServices of the cluster: which server answers which group version.

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_registry::tree;
use skeg_schema::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

use crate::webhook::dial::{Peer, Place, Trust};

/// The group of APIServices.
pub const GROUP: &str = "apiregistration.k8s.io";
/// Their plural name.
pub const RESOURCE: &str = "apiservices";

/// One APIService.
pub struct ApiService {
    /// Its name, `version.group`.
    pub name: String,
    /// The group that it registers.
    pub group: String,
    /// The version.
    pub version: String,
    /// Where the group stands among groups: higher is earlier.
    pub group_priority: i64,
    /// Where the version stands in its group.
    pub version_priority: i64,
    /// The server that answers; `None`: this one.
    pub remote: Option<Peer>,
    /// The condition `Available`.
    pub available: bool,
    /// The object is kept by this server.
    pub automanaged: bool,
}

impl ApiService {
    fn parse(name: &str, object: &Value) -> Self {
        use base64::Engine;
        let spec = &object["spec"];
        let service = &spec["service"];
        let remote = service["name"].as_str().map(|target| {
            let bundle = base64::engine::general_purpose::STANDARD
                .decode(tree::s(spec, "caBundle"))
                .unwrap_or_default();
            let trust = if tree::b(spec, "insecureSkipTLSVerify") {
                Trust::Anyone
            } else if bundle.is_empty() {
                Trust::System
            } else {
                Trust::Bundle(bundle.into())
            };
            Peer {
                place: Place::Service {
                    namespace: tree::s(service, "namespace").to_owned(),
                    name: target.to_owned(),
                    port: tree::i(service, "port")
                        .and_then(|port| u16::try_from(port).ok())
                        .unwrap_or(443),
                },
                trust,
                identified: true,
                user: None,
            }
        });
        Self {
            name: name.to_owned(),
            group: tree::s(spec, "group").to_owned(),
            version: tree::s(spec, "version").to_owned(),
            group_priority: tree::i0(spec, "groupPriorityMinimum"),
            version_priority: tree::i0(spec, "versionPriority"),
            remote,
            available: is_available(object),
            automanaged: tree::label(object, super::AUTOMANAGED).is_some(),
        }
    }
}

/// Whether the condition `Available` is true.
pub(super) fn is_available(object: &Value) -> bool {
    tree::list(&object["status"], "conditions")
        .iter()
        .any(|c| tree::s(c, "type") == "Available" && tree::s(c, "status") == "True")
}

/// Group and version.
type Gv = (String, String);

/// APIServices by what they register.
pub type Snapshot = BTreeMap<Gv, Arc<ApiService>>;

/// All APIServices. Fed from the watch cache before a write of one is answered.
pub struct Registered {
    by_name: Mutex<BTreeMap<String, Arc<ApiService>>>,
    snapshot: ArcSwap<Snapshot>,
    any_remote: AtomicBool,
    changes: watch::Sender<u64>,
}

impl Default for Registered {
    fn default() -> Self {
        Self {
            by_name: Mutex::default(),
            snapshot: ArcSwap::default(),
            any_remote: AtomicBool::new(false),
            changes: watch::Sender::new(0),
        }
    }
}

impl Registered {
    /// What is registered now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The remote server of a group version.
    pub fn remote(&self, group: &str, version: &str) -> Option<Arc<ApiService>> {
        if !self.any_remote.load(Ordering::Acquire) {
            return None;
        }
        self.snapshot
            .load()
            .get(&(group.to_owned(), version.to_owned()))
            .filter(|service| service.remote.is_some())
            .cloned()
    }

    /// All remote ones.
    pub fn remotes(&self) -> Vec<Arc<ApiService>> {
        self.snapshot
            .load()
            .values()
            .filter(|service| service.remote.is_some())
            .cloned()
            .collect()
    }

    /// Counts changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn publish(&self, by_name: &BTreeMap<String, Arc<ApiService>>) {
        let snapshot: Snapshot = by_name
            .values()
            .map(|s| ((s.group.clone(), s.version.clone()), s.clone()))
            .collect();
        let any_remote = snapshot.values().any(|service| service.remote.is_some());
        self.snapshot.store(Arc::new(snapshot));
        self.any_remote.store(any_remote, Ordering::Release);
        self.changes.send_modify(|count| *count += 1);
    }
}

impl ObjectObserver for Registered {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[(GROUP, RESOURCE)]
    }

    fn upsert(&self, _: &str, _: &str, name: &str, object: &Value) {
        let mut by_name = self.by_name.lock();
        by_name.insert(name.to_owned(), Arc::new(ApiService::parse(name, object)));
        self.publish(&by_name);
    }

    fn remove(&self, _: &str, _: &str, name: &str) {
        let mut by_name = self.by_name.lock();
        by_name.remove(name);
        self.publish(&by_name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn remote_and_local_ones() {
        let all = Registered::default();
        all.upsert(RESOURCE, "", "v1.", &json!({"spec": {"version": "v1"}}));
        let spec =
            json!({"group": "g", "version": "v1", "service": {"namespace": "n", "name": "s"}});
        all.upsert(RESOURCE, "", "v1.g", &json!({"spec": spec}));
        assert!(all.remote("", "v1").is_none());
        let found = all.remote("g", "v1").expect("a remote one");
        assert!(!found.available);
        assert_eq!(
            found.remote.as_ref().map(|peer| peer.place.to_string()),
            Some("s.n.svc:443".to_owned())
        );
        all.remove(RESOURCE, "", "v1.g");
        assert!(all.remotes().is_empty());
    }
}
