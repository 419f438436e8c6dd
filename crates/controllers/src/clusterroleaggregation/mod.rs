//! Cluster roles that are the sum of others: their rules are those of every
//! role that their selectors choose.

use std::sync::Arc;

use skeg_api::rbac::v1::{ClusterRole, PolicyRule};
use skeg_client::{Api, Patch, PatchOptions};
use skeg_meta::labels::Selector;
use skeg_runtime::{Controller, Next, ObjectName, ReconcileError};
use skeg_schema::{Value, json, message_to_value};

use crate::Context;

/// The controller, and the manager of the fields that it applies.
const NAME: &str = "clusterrole-aggregation-controller";
const WORKERS: usize = 5;
const UNSUPPORTED_MEDIA_TYPE: i32 = 415;

/// Runs the controller that sums roles up.
pub(crate) async fn run(context: Context) {
    let roles = context.informers.informer::<ClusterRole>();
    let queue = context.queue::<ObjectName>();
    let (to, known) = (queue.clone(), roles.clone());
    roles.on_change(move |delta| {
        let unchanged = delta.old().is_some_and(|old| {
            let new = delta.object();
            old.rules == new.rules
                && old.metadata.labels == new.metadata.labels
                && old.aggregation_rule == new.aggregation_rule
        });
        if unchanged {
            return;
        }
        // Any role may be part of any sum.
        let sums = known
            .store()
            .list()
            .into_iter()
            .filter(|role| role.aggregation_rule.is_some());
        sums.for_each(|role| to.add(ObjectName::of(&role.metadata)));
    });
    roles.synced().await;
    let client = context.client.clone();
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let role = roles.store().get(&name);
            let rules = role
                .as_ref()
                .and_then(|role| plan(role, &roles.store().list()));
            let api = Api::<ClusterRole>::all(client.clone());
            async move {
                let Some(rules) = rules else {
                    return Ok::<_, ReconcileError>(Next::Done);
                };
                let rules = rules?;
                let options = PatchOptions::apply(NAME).force();
                let applied = api
                    .patch(&name.name, &apply(&name.name, &rules), &options)
                    .await;
                let written = match (applied, role) {
                    // Where the server applies nothing.
                    (Err(error), Some(role)) if error.code() == UNSUPPORTED_MEDIA_TYPE => {
                        let mut role = ClusterRole::clone(&role);
                        role.rules = rules;
                        api.update(role).await
                    }
                    (applied, _) => applied,
                };
                match written {
                    Err(error) if !error.is_not_found() => Err(error.into()),
                    _ => Ok(Next::Done),
                }
            }
        })
        .await;
}

/// The rules that a role should have, if they are not those it has.
fn plan(
    role: &ClusterRole,
    roles: &[Arc<ClusterRole>],
) -> Option<Result<Vec<PolicyRule>, ReconcileError>> {
    let rule = role.aggregation_rule.as_ref()?;
    let mut sum: Vec<PolicyRule> = Vec::new();
    for selector in &rule.cluster_role_selectors {
        let selector = match Selector::from_label_selector(Some(selector)) {
            Ok(selector) => selector,
            Err(error) => return Some(Err(ReconcileError::terminal(error))),
        };
        let mut parts: Vec<&ClusterRole> = roles
            .iter()
            .map(Arc::as_ref)
            .filter(|part| {
                part.metadata.name != role.metadata.name && selector.matches(&part.metadata.labels)
            })
            .collect();
        parts.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        for rule in parts.into_iter().flat_map(|part| &part.rules) {
            if !sum.contains(rule) {
                sum.push(rule.clone());
            }
        }
    }
    (sum != role.rules).then_some(Ok(sum))
}

fn apply(name: &str, rules: &[PolicyRule]) -> Patch {
    let rules: Vec<Value> = rules.iter().map(|rule| message_to_value(rule)).collect();
    Patch::Apply(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }))
}

#[cfg(test)]
mod tests {
    use skeg_api::rbac::v1::AggregationRule;
    use skeg_meta::LabelSelector;

    use super::*;

    fn role(name: &str, label: &str, resources: &[&str]) -> Arc<ClusterRole> {
        let mut role = ClusterRole::default();
        role.metadata.name = name.into();
        role.metadata.labels.insert("to".into(), label.into());
        role.rules = resources
            .iter()
            .map(|resource| PolicyRule {
                resources: vec![(*resource).into()],
                ..Default::default()
            })
            .collect();
        Arc::new(role)
    }

    fn check(roles: &[Arc<ClusterRole>], held: &[&str], expect: Option<&[&str]>) {
        let mut sum = ClusterRole::clone(&role("sum", "sum", held));
        let labels = [("to".to_owned(), "sum".to_owned())].into();
        let selector = LabelSelector {
            match_labels: labels,
            ..Default::default()
        };
        sum.aggregation_rule = Some(AggregationRule {
            cluster_role_selectors: vec![selector],
        });
        let rules = plan(&sum, roles).map(|rules| rules.expect("the selector is good"));
        let found = rules.map(|rules| {
            rules
                .iter()
                .flat_map(|rule| rule.resources.clone())
                .collect::<Vec<_>>()
        });
        assert_eq!(
            found,
            expect.map(|expect| expect.iter().map(ToString::to_string).collect())
        );
    }

    #[test]
    fn rules_are_summed_up_once_in_the_order_of_names() {
        let roles = [
            role("b", "sum", &["pods", "secrets"]),
            role("a", "sum", &["pods"]),
            role("c", "other", &["nodes"]),
        ];
        check(&roles, &[], Some(&["pods", "secrets"]));
        check(&roles, &["pods", "secrets"], None);
        check(&[role("sum", "sum", &["nodes"])], &["nodes"], Some(&[]));
    }

    #[test]
    fn a_role_that_is_no_sum_is_left_alone() {
        assert!(plan(&role("a", "x", &["pods"]), &[]).is_none());
    }
}
