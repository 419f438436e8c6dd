//! Objects that are there without anybody asking: made when they are absent,
//! left alone when they are there.

use futures::{StreamExt, TryStreamExt};
use skeg_auth::UserInfo;
use skeg_auth::authz::{PolicyRule, covers};
use skeg_auth::names;
use skeg_registry::bootstrap::{Existing, Parameters};
use skeg_schema::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::ApiServer;
use crate::error::Error;
use crate::identity::Identity;
use crate::objects::access::Access;
use crate::objects::{WriteCx, create, update};
use crate::ranges::{self, DefaultRange};
use crate::served::Served;

/// Who says that the first range of service addresses is ready.
const SERVICE_CIDR_MANAGER: &str = "kubernetes-service-cidr-controller";

/// Kinds of objects that are made again when they are gone, in this order.
const RESTORED: [&[&str]; 2] = [&["Namespace"], &["ServiceCIDR", "Service"]];

/// How often that is looked at, as upstream's controllers do.
const RESTORE_INTERVAL: Duration = Duration::from_secs(10);

/// Initial objects that are written at the same time.
const WRITES_AT_ONCE: usize = 64;

/// One of the objects could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the initial {kind} {name:?}: {why}")]
pub struct BootstrapError {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

impl ApiServer {
    /// Makes the initial objects; `/readyz` answers `ok` afterwards.
    ///
    /// # Errors
    /// An object could not be stored.
    pub async fn bootstrap(&self) -> Result<(), BootstrapError> {
        self.make(|kind| kind == "Namespace").await?;
        let identity = Identity::of(self);
        let lease = async {
            if let Some(identity) = &identity {
                identity.renew(self).await;
            }
        };
        let (made, ()) = tokio::join!(self.make(|kind| kind != "Namespace"), lease);
        made?;
        self.autoregistration().await;
        self.inner.ready.store(true, Ordering::Release);
        self.spawn_restoring();
        tokio::spawn(crate::aggregation::follow_authorities(self.clone()));
        if let Some(identity) = identity {
            identity.spawn(self);
        }
        Ok(())
    }

    /// Makes again what may be deleted but must always be there: the namespaces of the system,
    /// the service of the API server, the range of service addresses, and what aggregated
    /// servers read. A running server does so every ten seconds.
    ///
    /// # Errors
    /// An object could not be stored.
    pub async fn restore(&self) -> Result<(), BootstrapError> {
        for kinds in RESTORED {
            self.make(|kind| kinds.contains(&kind)).await?;
        }
        crate::aggregation::publish_authentication(self).await;
        Ok(())
    }

    fn spawn_restoring(&self) {
        let (server, cancel) = (Arc::downgrade(&self.inner), self.inner.cancel.clone());
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(RESTORE_INTERVAL);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            // All of it was made a moment ago.
            tick.tick().await;
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    _ = tick.tick() => {}
                }
                let Some(inner) = server.upgrade() else {
                    return;
                };
                if let Err(error) = (ApiServer { inner }).restore().await {
                    tracing::warn!(%error, "an object that must be there cannot be made again");
                }
            }
        });
    }

    /// What the initial objects say of this server.
    pub(crate) fn bootstrap_parameters(&self) -> Parameters {
        let options = &self.inner.options;
        Parameters {
            kubernetes_ip: self.inner.services.kubernetes_ip(),
            service_cidrs: options.service_cidr.split(',').map(str::to_owned).collect(),
            secure_port: options.advertise_port,
            now: self.now(),
        }
    }

    async fn make(&self, kinds: impl Fn(&str) -> bool) -> Result<(), BootstrapError> {
        let user = UserInfo::new(names::API_SERVER, &[names::MASTERS, names::AUTHENTICATED]);
        let access = Access::new(self.clone(), Arc::new(user.clone()));
        let objects = skeg_registry::bootstrap::objects(&self.bootstrap_parameters(), kinds);
        let writes = objects
            .into_iter()
            .map(|made| self.ensure(&access, &user, made.object, made.manager, made.existing));
        futures::stream::iter(writes)
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect()
            .await
    }

    fn served_kind(&self, tree: &Value) -> Option<Arc<Served>> {
        let api_version = tree["apiVersion"].as_str()?;
        let kind = tree["kind"].as_str()?;
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        self.inner
            .table()
            .iter()
            .find(|served| {
                let desc = served.resource.desc;
                desc.kind == kind && desc.version == version && desc.group == group
            })
            .cloned()
    }

    async fn ensure(
        &self,
        access: &Access,
        user: &UserInfo,
        mut tree: Value,
        manager: &str,
        existing: Existing,
    ) -> Result<(), BootstrapError> {
        let text = |tree: &Value, key: &str| {
            tree["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let (name, namespace) = (text(&tree, "name"), text(&tree, "namespace"));
        let kind = tree["kind"].as_str().unwrap_or_default().to_owned();
        let failed = |why: String| BootstrapError {
            kind: kind.clone(),
            name: name.clone(),
            why,
        };
        // What --runtime-config has switched off has no objects either.
        let Some(served) = self.served_kind(&tree) else {
            return Ok(());
        };
        let key = served.key_of(&namespace, &name);
        let found = crate::objects::read::get_by_key(self, &served, &key).await;
        let found = found.map_err(|e| failed(e.to_string()))?;
        served.resource.strategy.default(&mut tree);
        let status = tree.get("status").cloned();
        let cx = |subresource: &'static str| WriteCx {
            server: self,
            access,
            user,
            namespace: &namespace,
            name: if subresource.is_empty() { "" } else { &name },
            unnamed: false,
            subresource,
            booked_as: subresource,
            verb: "update",
            dry_run: false,
            now: self.now(),
            manager: Some(manager),
            admission: false,
            query: None,
            warnings: Vec::new(),
        };
        if let Some(found) = found {
            if kind == "ServiceCIDR" {
                let live = found.value();
                match ranges::default_range(&live, &tree) {
                    DefaultRange::Keep => return Ok(()),
                    DefaultRange::Extend => {}
                    DefaultRange::TellReady => {
                        let status = status.unwrap_or(Value::Null);
                        let told = self.tell_ready(&served, &mut cx("status"), &status).await;
                        return told.map_err(|e| failed(e.to_string()));
                    }
                    DefaultRange::Warn { reason, message } => {
                        self.warn_of_range(access, user, &live, &reason, message)
                            .await;
                        return Ok(());
                    }
                }
            }
            let missing = |live: &Value| match existing {
                Existing::Keep if kind == "ServiceCIDR" => ranges::extended(live, &tree),
                Existing::Keep => None,
                Existing::Reconcile => missing(live, &tree),
            };
            if missing(&found.value()).is_none() {
                return Ok(());
            }
            let mut transform = |live: Option<&update::Live>| {
                let Some(live) = live else {
                    return Err(Error::internal_error("it vanished"));
                };
                let live = live.object.value();
                Ok(missing(&live).unwrap_or_else(|| (*live).clone()))
            };
            let change = update::Change {
                transform: &mut transform,
                create: false,
                uid: None,
            };
            let mut cx = WriteCx {
                name: &name,
                unnamed: false,
                ..cx("")
            };
            let outcome = update::update(&served, &mut cx, change).await;
            return outcome.map(drop).map_err(|e| failed(e.to_string()));
        }
        match create::create(&served, &mut cx(""), tree).await {
            Ok(_) => {}
            Err(error) if error.is_already_exists() => return Ok(()),
            Err(error) => return Err(failed(error.to_string())),
        }
        let status = status.filter(|_| served.resource.desc.subresource("status").is_some());
        let Some(status) = status else {
            return Ok(());
        };
        if kind == "ServiceCIDR" {
            let told = self.tell_ready(&served, &mut cx("status"), &status).await;
            return told.map_err(|e| failed(e.to_string()));
        }
        let mut transform = |live: Option<&update::Live>| {
            let Some(live) = live else {
                return Err(Error::internal_error("it vanished"));
            };
            let mut tree = (*live.object.value()).clone();
            tree.set_at(&["status"], status.clone());
            Ok(tree)
        };
        let change = update::Change {
            transform: &mut transform,
            create: false,
            uid: None,
        };
        let outcome = update::update(&served, &mut cx("status"), change).await;
        outcome.map(drop).map_err(|e| failed(e.to_string()))
    }
}

impl ApiServer {
    /// Says that the default range is ready. Upstream has a controller in the server
    /// for it, which applies.
    async fn tell_ready(
        &self,
        served: &Served,
        cx: &mut WriteCx<'_>,
        status: &Value,
    ) -> Result<(), Error> {
        let desc = served.resource.desc;
        let config = skeg_schema::json!({
            "apiVersion": (desc.api_version()),
            "kind": (desc.kind),
            "metadata": {"name": (cx.name)},
            "status": (status.clone()),
        });
        let applying = crate::objects::apply::Applying {
            config: Ok(&config),
            manager: SERVICE_CIDR_MANAGER,
            force: true,
            after: &mut |_| Ok(()),
        };
        let outcome = crate::objects::apply::apply(served, cx, applying).await;
        outcome.map(drop)
    }

    /// Writes an event about the default range, once for as long as the server runs.
    async fn warn_of_range(
        &self,
        access: &Access,
        user: &UserInfo,
        range: &Value,
        reason: &str,
        message: String,
    ) {
        if self.inner.range_reported.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!(reason, "{message}");
        let now = self.now();
        let event = ranges::event(range, SERVICE_CIDR_MANAGER, reason, &message, &now);
        let Some(served) = self.served_kind(&event) else {
            return;
        };
        let mut cx = WriteCx {
            server: self,
            access,
            user,
            namespace: "default",
            unnamed: false,
            name: "",
            subresource: "",
            booked_as: "",
            verb: "create",
            dry_run: false,
            now,
            manager: Some(SERVICE_CIDR_MANAGER),
            admission: false,
            query: None,
            warnings: Vec::new(),
        };
        if let Err(error) = create::create(&served, &mut cx, event).await {
            tracing::warn!(%error, "an event about the default ServiceCIDR cannot be written");
        }
    }
}

/// Says `false` where an administrator wants no additions.
const AUTO_UPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";

/// A role or binding with the rules and subjects that it should have and does
/// not; `None` when nothing is missing, or nothing may be added.
fn missing(live: &Value, wanted: &Value) -> Option<Value> {
    if live["metadata"]["annotations"][AUTO_UPDATE].as_str() == Some("false") {
        return None;
    }
    let list = |tree: &Value, key: &str| tree[key].as_array().cloned().unwrap_or_default();
    let mut rules = list(live, "rules");
    let held: Vec<PolicyRule> = rules.iter().map(PolicyRule::from_value).collect();
    let absent = list(wanted, "rules")
        .into_iter()
        .filter(|rule| !covers(&held, &[PolicyRule::from_value(rule)]).is_empty());
    let mut changed = false;
    for rule in absent {
        rules.push(rule);
        changed = true;
    }
    let mut subjects = list(live, "subjects");
    for subject in list(wanted, "subjects") {
        if live["roleRef"] == wanted["roleRef"] && !subjects.contains(&subject) {
            subjects.push(subject);
            changed = true;
        }
    }
    if !changed {
        return None;
    }
    let mut tree = live.clone();
    for (key, list) in [("rules", rules), ("subjects", subjects)] {
        if !list.is_empty() {
            tree.set_at(&[key], list);
        }
    }
    Some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn rule(verbs: &[&str]) -> Value {
        json!({"apiGroups": [""], "resources": ["pods"], "verbs": verbs.to_vec()})
    }

    #[test]
    fn what_is_covered_is_not_added_again() {
        let live = json!({"rules": [rule(&["get", "list", "watch"])]});
        assert_eq!(missing(&live, &json!({"rules": [rule(&["list"])]})), None);
        let wanted = json!({"rules": [rule(&["get"]), rule(&["delete"])]});
        let after = missing(&live, &wanted).unwrap();
        assert_eq!(
            after["rules"],
            json!([rule(&["get", "list", "watch"]), rule(&["delete"])])
        );
    }

    #[test]
    fn subjects_are_added_and_none_are_taken() {
        let role = json!({"kind": "ClusterRole", "name": "r"});
        let (a, b) = (
            json!({"kind": "User", "name": "a"}),
            json!({"kind": "User", "name": "b"}),
        );
        let live = json!({"roleRef": role.clone(), "subjects": [a.clone()]});
        let wanted = json!({"roleRef": role, "subjects": [b.clone()]});
        assert_eq!(missing(&live, &wanted).unwrap()["subjects"], json!([a, b]));
    }

    #[test]
    fn an_administrator_may_forbid_it() {
        let mut live = json!({"rules": []});
        live.set_at(&["metadata", "annotations", AUTO_UPDATE], "false");
        assert_eq!(missing(&live, &json!({"rules": [rule(&["get"])]})), None);
    }
}
