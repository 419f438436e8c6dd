//! Roles and bindings, compiled to an index by subject.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::RwLock;
use skeg_schema::Value;

use super::rules::PolicyRule;
use super::{Attributes, Authorization, Authorizer, KnownRules};
use crate::ObjectObserver;
use crate::text::{aggregate, quote};
use crate::user::{UserInfo, names};

/// The role that a binding gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleRef {
    /// Whether it is a ClusterRole (else a Role of the binding's namespace).
    pub cluster: bool,
    /// The role's name.
    pub name: String,
}

impl RoleRef {
    /// Reads the `roleRef` of a binding.
    pub fn from_binding(binding: &Value) -> Self {
        let text = |key| {
            binding
                .at(&["roleRef", key])
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        Self {
            cluster: text("kind") == "ClusterRole",
            name: text("name").to_owned(),
        }
    }
}

/// The RBAC authorizer. It is fed through [`ObjectObserver`].
///
/// A decision looks up the user and each group: first in the bindings of the
/// cluster, then in those of the request's namespace. No binding of anyone
/// else is looked at.
#[derive(Default)]
pub struct Rbac {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    cluster_roles: HashMap<String, Arc<[PolicyRule]>>,
    /// By namespace, then name.
    roles: HashMap<String, HashMap<String, Arc<[PolicyRule]>>>,
    cluster: Scope,
    namespaces: HashMap<String, Scope>,
}

/// The bindings of the cluster, or of a namespace.
#[derive(Default)]
struct Scope {
    bindings: BTreeMap<String, Vec<(Subject, Arc<Grant>)>>,
    users: HashMap<String, Vec<Arc<Grant>>>,
    groups: HashMap<String, Vec<Arc<Grant>>>,
}

enum Subject {
    User(String),
    Group(String),
}

/// What a binding gives to one of its subjects.
struct Grant {
    binding: String,
    role: RoleRef,
    /// What an allowed request is told.
    reason: Arc<str>,
}

impl Rbac {
    /// An index without roles: nobody may do anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// All rules that apply to `user` in `namespace` (empty: in the whole
    /// cluster only), and what could not be resolved.
    pub fn rules_for(&self, user: &UserInfo, namespace: &str) -> (Vec<PolicyRule>, Vec<String>) {
        let state = self.state.read();
        let mut rules = Vec::new();
        let mut errors = Vec::new();
        state.visit(user, namespace, |_, found| {
            match found {
                Ok(found) => rules.extend(found.iter().cloned()),
                Err(error) => errors.push(error),
            }
            true
        });
        (rules, errors)
    }

    /// The rules of the role that a binding in `namespace` (empty: of the
    /// cluster) refers to; `None` if there is no such role.
    pub fn role_rules(&self, role: &RoleRef, namespace: &str) -> Option<Arc<[PolicyRule]>> {
        self.state.read().role(role, namespace).cloned()
    }
}

impl State {
    fn role(&self, role: &RoleRef, namespace: &str) -> Option<&Arc<[PolicyRule]>> {
        if role.cluster {
            self.cluster_roles.get(&role.name)
        } else {
            self.roles.get(namespace)?.get(&role.name)
        }
    }

    /// Calls `each` with every grant to `user` until it answers false.
    fn visit(
        &self,
        user: &UserInfo,
        namespace: &str,
        mut each: impl FnMut(&Grant, Result<&[PolicyRule], String>) -> bool,
    ) {
        let scopes = [
            Some((&self.cluster, "")),
            (!namespace.is_empty())
                .then(|| self.namespaces.get(namespace).map(|s| (s, namespace)))
                .flatten(),
        ];
        for (scope, namespace) in scopes.into_iter().flatten() {
            let by_user = scope.users.get(&user.name);
            let by_group = user
                .groups
                .iter()
                .filter_map(|group| scope.groups.get(group));
            let mut found: Vec<&Arc<Grant>> =
                by_user.into_iter().chain(by_group).flatten().collect();
            found.sort_by(|a, b| a.binding.cmp(&b.binding));
            // One binding may name a user and a group of his.
            found.dedup_by(|a, b| a.binding == b.binding);
            for grant in found {
                let rules = self
                    .role(&grant.role, namespace)
                    .map(|r| &**r)
                    .ok_or_else(|| {
                        let kind = if grant.role.cluster {
                            "clusterrole"
                        } else {
                            "role"
                        };
                        format!("{kind}.{GROUP} {} not found", quote(&grant.role.name))
                    });
                if !each(grant, rules) {
                    return;
                }
            }
        }
    }

    fn scope_mut(&mut self, namespace: &str) -> &mut Scope {
        if namespace.is_empty() {
            &mut self.cluster
        } else {
            self.namespaces.entry(namespace.to_owned()).or_default()
        }
    }
}

impl Scope {
    fn set(&mut self, name: &str, subjects: Vec<(Subject, Arc<Grant>)>) {
        self.unset(name);
        for (subject, grant) in &subjects {
            let (index, key) = self.index(subject);
            index.entry(key).or_default().push(grant.clone());
        }
        self.bindings.insert(name.to_owned(), subjects);
    }

    fn unset(&mut self, name: &str) {
        for (subject, _) in self.bindings.remove(name).unwrap_or_default() {
            let (index, key) = self.index(&subject);
            if let Some(grants) = index.get_mut(&key) {
                grants.retain(|grant| grant.binding != name);
                if grants.is_empty() {
                    index.remove(&key);
                }
            }
        }
    }

    fn index(&mut self, subject: &Subject) -> (&mut HashMap<String, Vec<Arc<Grant>>>, String) {
        match subject {
            Subject::User(name) => (&mut self.users, name.clone()),
            Subject::Group(name) => (&mut self.groups, name.clone()),
        }
    }
}

const GROUP: &str = "rbac.authorization.k8s.io";

#[async_trait]
impl Authorizer for Rbac {
    fn name(&self) -> &str {
        "rbac"
    }

    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization {
        let state = self.state.read();
        let mut allowed = None;
        let mut errors = Vec::new();
        state.visit(attributes.user, attributes.namespace, |grant, rules| {
            match rules {
                Ok(rules) if rules.iter().any(|rule| rule.allows(attributes)) => {
                    allowed = Some(grant.reason.clone());
                }
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
            allowed.is_none()
        });
        match allowed {
            Some(reason) => Authorization::allow(reason),
            None if errors.is_empty() => Authorization::no_opinion(""),
            None => Authorization::no_opinion(format!("RBAC: {}", aggregate(&errors))),
        }
    }

    fn known_rules(&self, user: &UserInfo, namespace: &str) -> KnownRules {
        let (rules, gaps) = self.rules_for(user, namespace);
        KnownRules { rules, gaps }
    }
}

impl ObjectObserver for Rbac {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (GROUP, "clusterroles"),
            (GROUP, "roles"),
            (GROUP, "clusterrolebindings"),
            (GROUP, "rolebindings"),
        ]
    }

    fn upsert(&self, resource: &str, namespace: &str, name: &str, object: &Value) {
        match resource {
            "clusterroles" => {
                let rules = PolicyRule::all_from_role(object).into();
                self.state
                    .write()
                    .cluster_roles
                    .insert(name.to_owned(), rules);
            }
            "roles" => {
                let rules = PolicyRule::all_from_role(object).into();
                let mut state = self.state.write();
                state
                    .roles
                    .entry(namespace.to_owned())
                    .or_default()
                    .insert(name.to_owned(), rules);
            }
            "clusterrolebindings" | "rolebindings" => {
                let subjects = subjects(namespace, name, object);
                self.state.write().scope_mut(namespace).set(name, subjects);
            }
            _ => {}
        }
    }

    fn remove(&self, resource: &str, namespace: &str, name: &str) {
        let mut state = self.state.write();
        match resource {
            "clusterroles" => {
                state.cluster_roles.remove(name);
            }
            "roles" => {
                if let Some(roles) = state.roles.get_mut(namespace) {
                    roles.remove(name);
                    if roles.is_empty() {
                        state.roles.remove(namespace);
                    }
                }
            }
            "clusterrolebindings" => state.cluster.unset(name),
            "rolebindings" => {
                if let Some(scope) = state.namespaces.get_mut(namespace) {
                    scope.unset(name);
                    if scope.bindings.is_empty() {
                        state.namespaces.remove(namespace);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The subjects of a binding with what each is given.
fn subjects(namespace: &str, name: &str, binding: &Value) -> Vec<(Subject, Arc<Grant>)> {
    let role = RoleRef::from_binding(binding);
    let of = if namespace.is_empty() {
        format!("ClusterRoleBinding {}", quote(name))
    } else {
        format!("RoleBinding {}", quote(&format!("{name}/{namespace}")))
    };
    let role_kind = if role.cluster { "ClusterRole" } else { "Role" };
    let through = format!(
        "RBAC: allowed by {of} of {role_kind} {} to",
        quote(&role.name)
    );
    let listed = binding
        .get("subjects")
        .and_then(Value::as_array)
        .map(|a| a.iter());
    listed
        .into_iter()
        .flatten()
        .filter_map(|subject| {
            let text = |key| subject.get(key).and_then(Value::as_str).unwrap_or_default();
            let who = text("name");
            let (subject, told) = match text("kind") {
                "User" => (
                    Subject::User(who.to_owned()),
                    format!("User {}", quote(who)),
                ),
                "Group" => (
                    Subject::Group(who.to_owned()),
                    format!("Group {}", quote(who)),
                ),
                "ServiceAccount" => {
                    let of = Some(text("namespace"))
                        .filter(|n| !n.is_empty())
                        .unwrap_or(namespace);
                    let told = quote(&format!("{who}/{of}"));
                    let user = names::service_account(of, who);
                    (Subject::User(user), format!("ServiceAccount {told}"))
                }
                _ => return None,
            };
            let grant = Grant {
                binding: name.to_owned(),
                role: role.clone(),
                reason: format!("{through} {told}").into(),
            };
            Some((subject, Arc::new(grant)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn role(groups: &str, resources: &str, verbs: &str) -> Value {
        json!({"rules": [{"apiGroups": [groups], "resources": [resources], "verbs": [verbs]}]})
    }

    fn binding(kind: &str, role: &str, subjects: Value) -> Value {
        json!({"roleRef": {"apiGroup": GROUP, "kind": kind, "name": role}, "subjects": subjects})
    }

    async fn ask(rbac: &Rbac, user: &UserInfo, namespace: &str, resource: &str) -> Authorization {
        let attributes = Attributes::resource(user, "get", "", resource);
        rbac.authorize(&Attributes {
            namespace,
            ..attributes
        })
        .await
    }

    #[tokio::test]
    async fn a_role_takes_effect_and_ends() {
        let rbac = Rbac::new();
        let user = UserInfo::new("u", &["g"]);
        rbac.upsert("roles", "ns", "r", &role("", "pods", "get"));
        let subjects = json!([
            {"kind": "User", "name": "u"},
            {"kind": "Group", "name": "g"},
            {"kind": "ServiceAccount", "name": "s"}
        ]);
        rbac.upsert("rolebindings", "ns", "b", &binding("Role", "r", subjects));
        let yes = ask(&rbac, &user, "ns", "pods").await;
        assert!(yes.allowed());
        assert_eq!(
            &*yes.reason,
            "RBAC: allowed by RoleBinding \"b/ns\" of Role \"r\" to User \"u\""
        );
        let by_group = ask(&rbac, &UserInfo::new("x", &["g"]), "ns", "pods").await;
        assert!(by_group.reason.ends_with("to Group \"g\""));
        let account = UserInfo::new("system:serviceaccount:ns:s", &[]);
        let by_account = ask(&rbac, &account, "ns", "pods").await;
        assert!(by_account.reason.ends_with("to ServiceAccount \"s/ns\""));

        assert!(!ask(&rbac, &user, "other", "pods").await.allowed());
        assert!(!ask(&rbac, &user, "", "pods").await.allowed());
        assert!(!ask(&rbac, &user, "ns", "secrets").await.allowed());

        rbac.upsert("roles", "ns", "r", &role("", "secrets", "get"));
        assert!(!ask(&rbac, &user, "ns", "pods").await.allowed());
        assert!(ask(&rbac, &user, "ns", "secrets").await.allowed());

        rbac.remove("roles", "ns", "r");
        let missing = ask(&rbac, &user, "ns", "secrets").await;
        assert!(!missing.allowed());
        assert_eq!(
            &*missing.reason,
            "RBAC: role.rbac.authorization.k8s.io \"r\" not found"
        );

        rbac.remove("rolebindings", "ns", "b");
        assert_eq!(
            ask(&rbac, &user, "ns", "secrets").await,
            Authorization::no_opinion("")
        );
    }

    #[tokio::test]
    async fn cluster_bindings_hold_everywhere() {
        let rbac = Rbac::new();
        rbac.upsert("clusterroles", "", "view", &role("", "pods", "get"));
        let subjects = json!([{"kind": "Group", "name": "g"}]);
        rbac.upsert(
            "clusterrolebindings",
            "",
            "b",
            &binding("ClusterRole", "view", subjects),
        );
        let user = UserInfo::new("u", &["g"]);
        let yes = ask(&rbac, &user, "any", "pods").await;
        assert_eq!(
            &*yes.reason,
            "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"view\" to Group \"g\""
        );
        assert!(ask(&rbac, &user, "", "pods").await.allowed());

        let subjects = json!([{"kind": "User", "name": "w"}]);
        rbac.upsert(
            "rolebindings",
            "ns",
            "b",
            &binding("ClusterRole", "view", subjects),
        );
        let other = UserInfo::new("w", &[]);
        let yes = ask(&rbac, &other, "ns", "pods").await;
        assert_eq!(
            &*yes.reason,
            "RBAC: allowed by RoleBinding \"b/ns\" of ClusterRole \"view\" to User \"w\""
        );
        assert!(!ask(&rbac, &other, "", "pods").await.allowed());
    }

    #[test]
    fn rules_come_cluster_first_and_once() {
        let rbac = Rbac::new();
        rbac.upsert("clusterroles", "", "c", &role("", "nodes", "get"));
        rbac.upsert("roles", "ns", "r", &role("", "pods", "get"));
        let both = json!([{"kind": "User", "name": "u"}, {"kind": "Group", "name": "g"}]);
        rbac.upsert(
            "clusterrolebindings",
            "",
            "z",
            &binding("ClusterRole", "c", both.clone()),
        );
        rbac.upsert("rolebindings", "ns", "a", &binding("Role", "r", both));
        let (rules, errors) = rbac.rules_for(&UserInfo::new("u", &["g"]), "ns");
        let resources: Vec<_> = rules.iter().map(|r| r.resources[0].as_str()).collect();
        assert_eq!(resources, ["nodes", "pods"]);
        assert!(errors.is_empty());
    }
}
