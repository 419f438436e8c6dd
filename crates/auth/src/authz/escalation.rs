//! Nobody hands out rights that they do not hold: the checks on writes of
//! roles and bindings.

use skeg_schema::Value;

use super::rules::{PolicyRule, compact_rules, covers};
use super::{Attributes, Authorizer, Rbac, RoleRef};
use crate::text::{quote, quote_list};
use crate::user::{UserInfo, names};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Why a role or binding may not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EscalationError {
    /// Rights would be handed out that the writer does not hold. The text is
    /// the grounds of a Forbidden status for the object.
    #[error("{0}")]
    Forbidden(String),
    /// The role that a binding names does not exist. The status is NotFound
    /// for the binding's resource and this name.
    #[error("role {0} not found")]
    RoleNotFound(String),
    /// A binding to what is no kind of role. Upstream takes it for a fault of its
    /// own: 500, with this text and no reason.
    #[error("unsupported role reference kind: {}", quote(.0))]
    UnknownRoleKind(String),
}

/// A role that someone wants to write.
#[derive(Clone, Copy, Debug)]
pub struct RoleWrite<'a> {
    /// `roles` or `clusterroles`.
    pub resource: &'a str,
    /// The role's namespace, empty for a ClusterRole.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its rules.
    pub rules: &'a [PolicyRule],
    /// Whether it has an aggregation rule that selects something, or had one.
    pub aggregated: bool,
}

/// May `user` write this role? For an update ask only if the rules (or the
/// aggregation rule) change.
///
/// # Errors
/// No, and why.
pub async fn check_role(
    rbac: &Rbac,
    authorizer: &dyn Authorizer,
    user: &UserInfo,
    role: &RoleWrite<'_>,
) -> Result<(), EscalationError> {
    let RoleWrite {
        resource,
        namespace,
        name,
        rules,
        aggregated,
    } = *role;
    if user.in_group(names::MASTERS)
        || may(authorizer, user, "escalate", resource, namespace, name).await
    {
        return Ok(());
    }
    confirm(rbac, user, namespace, rules)?;
    if aggregated {
        // An aggregation rule can gather anything.
        let any = |text: &str| vec![text.to_owned()];
        let everything = [
            PolicyRule {
                verbs: any("*"),
                api_groups: any("*"),
                resources: any("*"),
                ..PolicyRule::default()
            },
            PolicyRule {
                verbs: any("*"),
                non_resource_urls: any("*"),
                ..PolicyRule::default()
            },
        ];
        confirm(rbac, user, "", &everything).map_err(|_| {
            EscalationError::Forbidden(
                "must have cluster-admin privileges to use the aggregationRule".to_owned(),
            )
        })?;
    }
    Ok(())
}

/// May `user` write a binding in `namespace` (empty: of the cluster) to `role`?
///
/// # Errors
/// No, and why.
pub async fn check_binding(
    rbac: &Rbac,
    authorizer: &dyn Authorizer,
    user: &UserInfo,
    namespace: &str,
    role: &RoleRef,
) -> Result<(), EscalationError> {
    if user.in_group(names::MASTERS) {
        return Ok(());
    }
    let resource = if role.cluster {
        "clusterroles"
    } else {
        "roles"
    };
    if may(authorizer, user, "bind", resource, namespace, &role.name).await {
        return Ok(());
    }
    let rules = rbac
        .role_rules(role, namespace)
        .ok_or_else(|| EscalationError::RoleNotFound(role.name.clone()))?;
    confirm(rbac, user, namespace, &rules)
}

/// A role or binding that someone wants to write, as its tree.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// `roles`, `clusterroles`, `rolebindings` or `clusterrolebindings`.
    pub resource: &'a str,
    /// Its namespace, empty for those of the cluster.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The object as it would be stored.
    pub new: &'a Value,
    /// What it replaces.
    pub old: Option<&'a Value>,
}

/// May `user` write this role or binding? Other resources may be written as
/// far as this is concerned. To be asked before every create, update and patch.
///
/// # Errors
/// No, and why.
pub async fn check_write(
    rbac: &Rbac,
    authorizer: &dyn Authorizer,
    user: &UserInfo,
    write: &Write<'_>,
) -> Result<(), EscalationError> {
    let Write {
        resource,
        namespace,
        name,
        new,
        old,
    } = *write;
    // The garbage collector may always let an object go.
    if old.is_some_and(|old| without_gc_fields(old) == without_gc_fields(new)) {
        return Ok(());
    }
    match resource {
        "roles" | "clusterroles" => {
            let rules = PolicyRule::all_from_role(new);
            let aggregated = is_aggregated(new) || old.is_some_and(is_aggregated);
            let role = RoleWrite {
                resource,
                namespace,
                name,
                rules: &rules,
                aggregated,
            };
            check_role(rbac, authorizer, user, &role).await
        }
        "rolebindings" | "clusterrolebindings" => {
            let kind = new.at(&["roleRef", "kind"]).and_then(Value::as_str);
            let kind = kind.unwrap_or_default();
            if !matches!(kind, "Role" | "ClusterRole") && !user.in_group(names::MASTERS) {
                return Err(EscalationError::UnknownRoleKind(kind.to_owned()));
            }
            let role = RoleRef::from_binding(new);
            check_binding(rbac, authorizer, user, namespace, &role).await
        }
        _ => Ok(()),
    }
}

/// Whether a ClusterRole gathers the rules of others: one without selectors does not.
fn is_aggregated(role: &Value) -> bool {
    role.at(&["aggregationRule", "clusterRoleSelectors"])
        .and_then(Value::as_array)
        .is_some_and(|selectors| !selectors.is_empty())
}

fn without_gc_fields(object: &Value) -> Value {
    let mut object = object.clone();
    for field in [
        "ownerReferences",
        "finalizers",
        "managedFields",
        "resourceVersion",
    ] {
        object.remove_at(&["metadata", field]);
    }
    object
}

async fn may(
    authorizer: &dyn Authorizer,
    user: &UserInfo,
    verb: &str,
    resource: &str,
    namespace: &str,
    name: &str,
) -> bool {
    let asked = Attributes::resource(user, verb, GROUP, resource);
    let asked = Attributes {
        version: "*",
        namespace,
        name,
        ..asked
    };
    authorizer.authorize(&asked).await.allowed()
}

fn confirm(
    rbac: &Rbac,
    user: &UserInfo,
    namespace: &str,
    wanted: &[PolicyRule],
) -> Result<(), EscalationError> {
    let (held, errors) = rbac.rules_for(user, namespace);
    let missing = compact_rules(covers(&held, wanted));
    if missing.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = missing.iter().map(PolicyRule::compact_text).collect();
    lines.sort();
    lines.dedup();
    let mut text = format!(
        "user {} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
        quote(&user.name),
        quote_list(&user.groups),
        lines.join("\n"),
    );
    if !errors.is_empty() {
        text.push_str(&format!("; resolution errors: [{}]", errors.join(" ")));
    }
    Err(EscalationError::Forbidden(text))
}

#[cfg(test)]
mod tests {
    use super::super::rules::rule;
    use super::*;
    use crate::ObjectObserver;
    use skeg_schema::json;

    fn world() -> Rbac {
        let rbac = Rbac::new();
        rbac.upsert("roles", "ns", "adm", &json!({"rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
            {"apiGroups": [GROUP], "resources": ["roles"], "verbs": ["bind"], "resourceNames": ["big"]}
        ]}));
        rbac.upsert(
            "roles",
            "ns",
            "big",
            &json!({"rules": [
                {"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}
            ]}),
        );
        rbac.upsert(
            "roles",
            "ns",
            "large",
            &json!({"rules": [
                {"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}
            ]}),
        );
        rbac.upsert(
            "rolebindings",
            "ns",
            "adm",
            &json!({
                "roleRef": {"kind": "Role", "name": "adm"},
                "subjects": [{"kind": "User", "name": "dev"}]
            }),
        );
        rbac
    }

    fn dev() -> UserInfo {
        UserInfo::new("dev", &["system:authenticated"])
    }

    #[tokio::test]
    async fn roles() {
        let rbac = world();
        let ask = async |user: &UserInfo, rule: PolicyRule, aggregated| {
            let rules = [rule];
            let role = RoleWrite {
                resource: "roles",
                namespace: "ns",
                name: "x",
                rules: &rules,
                aggregated,
            };
            check_role(&rbac, &rbac, user, &role).await
        };
        assert_eq!(
            ask(&dev(), rule("get", "", "pods", "-"), false).await,
            Ok(())
        );
        let refused = ask(&dev(), rule("get,delete", "", "pods,secrets", "-"), false).await;
        assert_eq!(
            refused.unwrap_err().to_string(),
            "user \"dev\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC \
             permissions not currently held:\n\
             {APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}\n\
             {APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"delete\"]}"
        );
        let master = UserInfo::new("root", &["system:masters"]);
        assert_eq!(ask(&master, rule("*", "*", "*", "-"), true).await, Ok(()));
        let refused = ask(&dev(), rule("get", "", "pods", "-"), true)
            .await
            .unwrap_err();
        assert!(refused.to_string().starts_with("must have cluster-admin"));
    }

    #[tokio::test]
    async fn writes() {
        let rbac = world();
        let ask = async |resource: &str, new: Value, old: Option<Value>| {
            let write = Write {
                resource,
                namespace: "ns",
                name: "x",
                new: &new,
                old: old.as_ref(),
            };
            check_write(&rbac, &rbac, &dev(), &write).await.is_ok()
        };
        let role = |labels: Value, finalizers: Value| {
            json!({
                "metadata": {"labels": labels, "finalizers": finalizers},
                "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
            })
        };
        let old = role(json!({}), json!(["f"]));
        assert!(!ask("roles", old.clone(), None).await);
        assert!(ask("roles", role(json!({}), json!([])), Some(old.clone())).await);
        assert!(!ask("roles", role(json!({"a": "b"}), json!([])), Some(old)).await);
        let to = |name: &str| json!({"roleRef": {"kind": "Role", "name": name}});
        assert!(ask("rolebindings", to("big"), None).await);
        assert!(!ask("rolebindings", to("large"), None).await);
        assert!(ask("configmaps", json!({}), None).await);
        assert!(!ask("rolebindings", json!({"roleRef": {"kind": "Foo"}}), None).await);
    }

    #[tokio::test]
    async fn who_may_not_use_an_aggregation_rule_may_not_take_it_away() {
        let rbac = world();
        let role =
            |selectors: Value| json!({"aggregationRule": {"clusterRoleSelectors": selectors}});
        let ask = async |new: Value, old: Option<Value>| {
            let write = Write {
                resource: "clusterroles",
                namespace: "",
                name: "x",
                new: &new,
                old: old.as_ref(),
            };
            check_write(&rbac, &rbac, &dev(), &write).await.is_ok()
        };
        let some = role(json!([{"matchLabels": {"a": "b"}}]));
        assert!(!ask(some.clone(), None).await);
        assert!(!ask(json!({"rules": []}), Some(some)).await);
        assert!(
            ask(role(json!([])), None).await,
            "it is invalid, which others tell"
        );
    }

    #[tokio::test]
    async fn bindings() {
        let rbac = world();
        let ask = async |name: &str| {
            let role = RoleRef {
                cluster: false,
                name: name.into(),
            };
            check_binding(&rbac, &rbac, &dev(), "ns", &role).await
        };
        // The verb bind on that one role.
        assert_eq!(ask("big").await, Ok(()));
        assert!(matches!(
            ask("large").await,
            Err(EscalationError::Forbidden(_))
        ));
        assert_eq!(
            ask("none").await,
            Err(EscalationError::RoleNotFound("none".into()))
        );
    }
}
