//! The objects of flow control are kept as they should be: those that every
//! server has are made again when they are gone and brought up to date unless
//! an administrator has taken them over; and flow schemas are told whether
//! their level exists.

use skeg_auth::flow::ADJUST_INTERVAL;
use skeg_auth::{UserInfo, names};
use skeg_registry::objects::{Gr, Objects as _};
use skeg_schema::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ApiServer;
use crate::error::{Error, Result};
use crate::objects::access::Access;
use crate::objects::{WriteCx, apply, create, update};
use crate::served::Served;

const GROUP: &str = "flowcontrol.apiserver.k8s.io";
const SCHEMAS: &str = "flowschemas";
const LEVELS: &str = "prioritylevelconfigurations";
/// Who writes the specs, and who the statuses.
const PRODUCER: &str = "api-priority-and-fairness-config-producer-v1";
const CONSUMER: &str = "api-priority-and-fairness-config-consumer-v1";
/// Says whether the server may change the spec.
const AUTO_UPDATE: &str = "apf.kubernetes.io/autoupdate-spec";
/// After a change, objects are left alone for so long.
const UPKEEP_DELAY: Duration = Duration::from_secs(60);

/// What to do about an object that every server has.
#[derive(Debug, PartialEq)]
enum Step {
    Leave,
    Write(Value),
}

fn name_of(tree: &Value) -> &str {
    tree["metadata"]["name"].as_str().unwrap_or_default()
}

fn is_mandatory(name: &str) -> bool {
    matches!(name, "exempt" | "catch-all")
}

/// Whether the server keeps the spec of `live`. Without a word of it in the
/// object: as long as nobody has changed it.
fn is_kept(live: &Value) -> bool {
    match live["metadata"]["annotations"][AUTO_UPDATE].as_str() {
        Some("true") => true,
        Some("false") => false,
        _ => live["metadata"]["generation"].as_i64() == Some(1),
    }
}

/// Compares an object with how it should be.
fn step(live: &Value, wanted: &Value) -> Step {
    let mandatory = is_mandatory(name_of(wanted));
    let kept = mandatory || is_kept(live);
    let mut spec = wanted["spec"].clone();
    // How many seats are set aside for exempt requests is for users to say.
    if live["spec"]["type"].as_str() == Some("Exempt")
        && let Some(exempt) = live["spec"].get("exempt")
    {
        spec.set_at(&["exempt"], exempt.clone());
    }
    let mark = if kept { "true" } else { "false" };
    let marked = live["metadata"]["annotations"][AUTO_UPDATE].as_str() == Some(mark);
    if marked && (!kept || live["spec"] == spec) {
        return Step::Leave;
    }
    let mut tree = live.clone();
    tree.set_at(&["metadata", "annotations", AUTO_UPDATE], mark);
    if kept {
        tree.set_at(&["spec"], spec);
    }
    Step::Write(tree)
}

/// The condition that a flow schema should have; `None`: it has it.
fn dangling(schema: &Value, found: bool, now: &str) -> Option<Value> {
    let level = schema["spec"]["priorityLevelConfiguration"]["name"]
        .as_str()
        .unwrap_or_default();
    let (status, reason, end) = if found {
        ("False", "Found", "and it exists")
    } else {
        ("True", "NotFound", "but there is no such object")
    };
    let message = format!(
        "This FlowSchema references the PriorityLevelConfiguration object named {} {end}",
        crate::go::quote(level)
    );
    let conditions = schema["status"]["conditions"].as_array();
    let before =
        conditions.and_then(|all| all.iter().find(|c| c["type"].as_str() == Some("Dangling")));
    let same = |key: &str, value: &str| before.is_some_and(|c| c[key].as_str() == Some(value));
    if same("status", status) && same("reason", reason) && same("message", &message) {
        return None;
    }
    let since = before
        .filter(|_| same("status", status))
        .and_then(|c| c["lastTransitionTime"].as_str())
        .unwrap_or(now);
    Some(json!({
        "type": "Dangling",
        "status": status,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message
    }))
}

fn is_of_flow(kind: &str) -> bool {
    matches!(kind, "PriorityLevelConfiguration" | "FlowSchema")
}

impl ApiServer {
    /// Lends seats, and keeps the objects, until `cancel`.
    pub(crate) fn spawn_flow(&self, cancel: CancellationToken) {
        let Some(flow) = &self.inner.flow else { return };
        let changed = flow.changed.clone();
        let server = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(ADJUST_INTERVAL);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            // Everything is looked at once at the start.
            let mut statuses = true;
            let mut upkeep_at = Some(Instant::now());
            loop {
                let mut ticked = false;
                tokio::select! {
                    () = cancel.cancelled() => return,
                    _ = tick.tick() => ticked = true,
                    () = changed.notified() => {
                        statuses = true;
                        upkeep_at.get_or_insert_with(|| Instant::now() + UPKEEP_DELAY);
                    }
                }
                let Some(inner) = server.upgrade() else {
                    return;
                };
                let server = ApiServer { inner };
                if ticked && let Some(flow) = &server.inner.flow {
                    flow.control.adjust();
                }
                if !server.inner.ready.load(Ordering::Acquire) {
                    continue;
                }
                if upkeep_at.is_some_and(|at| at <= Instant::now()) {
                    upkeep_at = None;
                    if let Err(error) = server.keep_flow_objects().await {
                        tracing::warn!(%error, "objects of flow control cannot be kept up to date");
                        upkeep_at = Some(Instant::now() + UPKEEP_DELAY);
                    }
                }
                if statuses {
                    statuses = false;
                    if let Err(error) = server.tell_flow_schemas().await {
                        tracing::warn!(%error, "a flow schema's condition cannot be written");
                        statuses = true;
                    }
                }
            }
        });
    }

    fn flow_objects(&self, resource: &str) -> Option<(Arc<Served>, BTreeMap<String, Arc<Value>>)> {
        let served = self.inner.table().find(GROUP, "v1", resource)?.clone();
        let (objects, _) = served.cacher.as_ref()?.list(&served.prefix());
        let trees = objects
            .iter()
            .map(|object| (object.name().to_owned(), served.view(object).value()))
            .collect();
        Some((served, trees))
    }

    async fn keep_flow_objects(&self) -> Result<()> {
        let parameters = self.bootstrap_parameters();
        let wanted: Vec<Value> = skeg_registry::bootstrap::objects(&parameters, is_of_flow)
            .into_iter()
            .map(|made| made.object)
            .collect();
        for (resource, kind) in [
            (LEVELS, "PriorityLevelConfiguration"),
            (SCHEMAS, "FlowSchema"),
        ] {
            let Some((served, mut live)) = self.flow_objects(resource) else {
                return Ok(());
            };
            for tree in wanted.iter().filter(|t| t["kind"].as_str() == Some(kind)) {
                let mut tree = tree.clone();
                served.resource.strategy.default(&mut tree);
                match live.remove(name_of(&tree)) {
                    None => {
                        tree.remove_at(&["status"]);
                        match self.write_flow(&served, None, tree).await {
                            Err(error) if !error.is_already_exists() => return Err(error),
                            _ => {}
                        }
                    }
                    Some(found) => {
                        if let Step::Write(new) = step(&found, &tree) {
                            let name = name_of(&new).to_owned();
                            self.write_flow(&served, Some(&name), new).await?;
                        }
                    }
                }
            }
            // What the server made once and has no use for any more.
            for (name, tree) in live {
                if tree["metadata"]["annotations"][AUTO_UPDATE].as_str() == Some("true") {
                    let uid = tree["metadata"]["uid"].as_str().unwrap_or_default();
                    let options = json!({"preconditions": {"uid": uid}});
                    let access = self.flow_access();
                    let deleted = access
                        .delete(Gr(GROUP, resource), "", &name, &options)
                        .await;
                    deleted.map_err(Error::from)?;
                }
            }
        }
        Ok(())
    }

    async fn tell_flow_schemas(&self) -> Result<()> {
        let (Some((served, schemas)), Some((_, levels))) =
            (self.flow_objects(SCHEMAS), self.flow_objects(LEVELS))
        else {
            return Ok(());
        };
        let now = self.now().to_string();
        for (name, tree) in schemas {
            let level = tree["spec"]["priorityLevelConfiguration"]["name"]
                .as_str()
                .unwrap_or_default();
            let Some(condition) = dangling(&tree, levels.contains_key(level), &now) else {
                continue;
            };
            let written = self.apply_condition(&served, &name, condition).await;
            match written {
                Err(error) if error.code() != 409 && !error.is_not_found() => return Err(error),
                // Whoever changed it has notified us.
                _ => {}
            }
        }
        Ok(())
    }

    /// Books the condition under the name of who tells it.
    async fn apply_condition(&self, served: &Served, name: &str, condition: Value) -> Result<()> {
        let config = json!({
            "kind": "FlowSchema",
            "apiVersion": (format!("{GROUP}/v1")),
            "metadata": {"name": name},
            "status": {"conditions": [condition]}
        });
        let (user, access) = (flow_user(), self.flow_access());
        let mut cx = self.flow_cx(&access, &user, name, "status", CONSUMER);
        let applying = apply::Applying {
            config: Ok(&config),
            manager: CONSUMER,
            force: true,
            after: &mut |_| Ok(()),
        };
        apply::apply(served, &mut cx, applying).await.map(drop)
    }

    fn flow_cx<'a>(
        &'a self,
        access: &'a Access,
        user: &'a UserInfo,
        name: &'a str,
        subresource: &'static str,
        manager: &'static str,
    ) -> WriteCx<'a> {
        WriteCx {
            server: self,
            access,
            user,
            namespace: "",
            name,
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
        }
    }

    fn flow_access(&self) -> Access {
        Access::new(self.clone(), Arc::new(flow_user()))
    }

    /// Creates an object, or (given its name) writes what was made of it,
    /// unless somebody else was there first.
    async fn write_flow(&self, served: &Served, name: Option<&str>, tree: Value) -> Result<()> {
        let (user, access) = (flow_user(), self.flow_access());
        let mut cx = self.flow_cx(&access, &user, name.unwrap_or_default(), "", PRODUCER);
        if name.is_none() {
            return create::create(served, &mut cx, tree).await.map(drop);
        }
        let mut transform = |_: Option<&update::Live>| Ok(tree.clone());
        let change = update::Change {
            transform: &mut transform,
            create: false,
            uid: None,
        };
        update::update(served, &mut cx, change).await.map(drop)
    }
}

fn flow_user() -> UserInfo {
    UserInfo::new(names::API_SERVER, &[names::MASTERS, names::AUTHENTICATED])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(name: &str, shares: i64, mark: Option<&str>, generation: i64) -> Value {
        let mut tree = json!({
            "metadata": {"name": name, "generation": generation},
            "spec": {"type": "Limited", "limited": {"nominalConcurrencyShares": shares}}
        });
        if let Some(mark) = mark {
            tree.set_at(&["metadata", "annotations", AUTO_UPDATE], mark);
        }
        tree
    }

    #[test]
    fn who_keeps_a_spec() {
        let check = |name, shares, mark, generation, expect: Option<(i64, &str)>| {
            let wanted = level(name, 20, Some("true"), 1);
            let got = match step(&level(name, shares, mark, generation), &wanted) {
                Step::Leave => None,
                Step::Write(tree) => Some((
                    tree["spec"]["limited"]["nominalConcurrencyShares"]
                        .as_i64()
                        .unwrap(),
                    tree["metadata"]["annotations"][AUTO_UPDATE]
                        .as_str()
                        .unwrap()
                        .to_owned(),
                )),
            };
            assert_eq!(got.as_ref().map(|(n, s)| (*n, s.as_str())), expect);
        };
        check("system", 20, Some("true"), 1, None);
        check("system", 7, Some("true"), 2, Some((20, "true")));
        check("system", 7, Some("false"), 2, None);
        check("system", 7, None, 2, Some((7, "false")));
        check("system", 7, None, 1, Some((20, "true")));
        check("catch-all", 7, Some("false"), 2, Some((20, "true")));
    }

    #[test]
    fn conditions_change_with_the_level() {
        let mut schema = json!({"spec": {"priorityLevelConfiguration": {"name": "l"}}});
        let first = dangling(&schema, true, "t1").unwrap();
        assert_eq!(first["status"], json!("False"));
        schema.set_at(&["status", "conditions"], vec![first]);
        assert_eq!(dangling(&schema, true, "t2"), None);
        let second = dangling(&schema, false, "t2").unwrap();
        assert_eq!(
            second["message"].as_str(),
            Some(
                "This FlowSchema references the PriorityLevelConfiguration object named \"l\" but there is no such object"
            )
        );
        assert_eq!(second["lastTransitionTime"], json!("t2"));
    }
}
