//! Attribute-based access control: policies in a file, one JSON object a line
//! (the Kubernetes documentation, "Using ABAC Authorization").

use std::path::Path;

use async_trait::async_trait;
use skeg_schema::{Value, decode_json_any};

use super::rules::PolicyRule;
use super::{Attributes, Authorization, Authorizer, KnownRules};
use crate::user::{UserInfo, names};

/// Bytes of the file.
const FILE_LEN_MAX: u64 = 16 << 20;
const GROUP: &str = "abac.authorization.kubernetes.io/";
/// Verbs that change nothing.
const READING: [&str; 3] = ["get", "list", "watch"];

/// The file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyFileError(String);

/// What one line allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Policy {
    user: String,
    group: String,
    is_readonly: bool,
    api_group: String,
    resource: String,
    namespace: String,
    path: String,
}

/// Allows what a file says.
#[derive(Clone, Debug, Default)]
pub struct Abac {
    policies: Vec<Policy>,
}

impl Abac {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or a line of it is no policy.
    pub fn from_file(path: &Path) -> Result<Self, PolicyFileError> {
        let shown = path.display();
        let wrong = |why: String| PolicyFileError(format!("cannot use {shown}: {why}"));
        let size = std::fs::metadata(path).map_or(0, |about| about.len());
        if size > FILE_LEN_MAX {
            return Err(wrong(format!("larger than {FILE_LEN_MAX} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Self::parse(&text).map_err(wrong)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut policies = Vec::new();
        let mut is_versioned = true;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |why: String| format!("line {}: {why}", index + 1);
            let tree = decode_json_any(line.as_bytes()).map_err(|e| wrong(e.to_string()))?;
            let version = tree["apiVersion"].as_str().unwrap_or_default();
            policies.push(match (version, tree["kind"].as_str().unwrap_or_default()) {
                ("", "") => {
                    is_versioned = false;
                    old(&tree)
                }
                (version, "Policy") if version.starts_with(GROUP) => current(&tree["spec"]),
                (version, kind) => {
                    return Err(wrong(format!("{version:?}, {kind:?} is no Policy")));
                }
            });
        }
        if !is_versioned {
            tracing::warn!("policies without a version are deprecated; use v1beta1");
        }
        Ok(Self { policies })
    }
}

fn text(tree: &Value, key: &str) -> String {
    tree[key].as_str().unwrap_or_default().to_owned()
}

/// Everybody who has proved who they are.
fn everybody(policy: &mut Policy) {
    if policy.user == "*" || policy.group == "*" {
        policy.user.clear();
        names::AUTHENTICATED.clone_into(&mut policy.group);
    }
}

fn current(spec: &Value) -> Policy {
    let mut out = Policy {
        user: text(spec, "user"),
        group: text(spec, "group"),
        is_readonly: spec["readonly"].as_bool() == Some(true),
        api_group: text(spec, "apiGroup"),
        resource: text(spec, "resource"),
        namespace: text(spec, "namespace"),
        path: text(spec, "nonResourcePath"),
    };
    everybody(&mut out);
    out
}

/// Lines without a version: what is not said is allowed.
fn old(tree: &Value) -> Policy {
    let mut out = Policy {
        api_group: "*".to_owned(),
        ..current(tree)
    };
    if out.user.is_empty() && out.group.is_empty() {
        names::AUTHENTICATED.clone_into(&mut out.group);
    }
    out.path.clear();
    if out.namespace.is_empty() && out.resource.is_empty() {
        "*".clone_into(&mut out.path);
    }
    for part in [&mut out.namespace, &mut out.resource] {
        if part.is_empty() {
            "*".clone_into(part);
        }
    }
    out
}

impl Policy {
    fn concerns(&self, user: &UserInfo) -> bool {
        let named = !self.user.is_empty() || !self.group.is_empty();
        named
            && (self.user.is_empty() || self.user == user.name)
            && (self.group.is_empty() || user.in_group(&self.group))
    }

    fn allows(&self, asked: &Attributes<'_>) -> bool {
        let any = |allowed: &str, asked: &str| allowed == "*" || allowed == asked;
        if self.is_readonly && !READING.contains(&asked.verb) {
            return false;
        }
        if asked.resource_request {
            return any(&self.namespace, asked.namespace)
                && any(&self.resource, asked.resource)
                && any(&self.api_group, asked.group);
        }
        match self.path.strip_suffix('*') {
            Some(prefix) => asked.path.starts_with(prefix.trim_end_matches('*')),
            None => self.path == asked.path && !self.path.is_empty(),
        }
    }

    fn rules(&self, namespace: &str) -> Vec<PolicyRule> {
        let verbs = match self.is_readonly {
            true => READING.iter().map(ToString::to_string).collect(),
            false => vec!["*".to_owned()],
        };
        let mut out = Vec::new();
        if !self.resource.is_empty() && (self.namespace == "*" || self.namespace == namespace) {
            out.push(PolicyRule {
                verbs: verbs.clone(),
                api_groups: vec![self.api_group.clone()],
                resources: vec![self.resource.clone()],
                ..PolicyRule::default()
            });
        }
        if !self.path.is_empty() {
            out.push(PolicyRule {
                verbs,
                non_resource_urls: vec![self.path.clone()],
                ..PolicyRule::default()
            });
        }
        out
    }
}

#[async_trait]
impl Authorizer for Abac {
    fn name(&self) -> &str {
        "abac"
    }

    async fn authorize(&self, asked: &Attributes<'_>) -> Authorization {
        let mut policies = self.policies.iter();
        if policies.any(|policy| policy.concerns(asked.user) && policy.allows(asked)) {
            return Authorization::allow("");
        }
        Authorization::no_opinion("No policy matched.")
    }

    fn known_rules(&self, user: &UserInfo, namespace: &str) -> KnownRules {
        let concern = self.policies.iter();
        let concern = concern.filter(|policy| policy.concerns(user));
        KnownRules {
            rules: concern.flat_map(|policy| policy.rules(namespace)).collect(),
            gaps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
# The documentation's examples.
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": "alice", "namespace": "*", "resource": "*", "apiGroup": "*"}}
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": "bob", "namespace": "projectCaribou", "resource": "pods", "readonly": true}}
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"group": "system:authenticated", "readonly": true, "nonResourcePath": "/version*"}}
{"user": "old", "resource": "events"}
{"group": "oldest"}
"#;

    async fn check(user: &UserInfo, asked: Attributes<'_>, expect: bool) {
        let abac = Abac::parse(FILE).unwrap();
        let asked = Attributes { user, ..asked };
        let answer = abac.authorize(&asked).await;
        assert_eq!(answer.allowed(), expect, "{asked:?}");
    }

    #[tokio::test]
    async fn lines_allow() {
        let group = names::AUTHENTICATED;
        let (alice, bob) = (UserInfo::new("alice", &[]), UserInfo::new("bob", &[group]));
        let (old, oldest) = (UserInfo::new("old", &[]), UserInfo::new("x", &["oldest"]));
        let of = |verb, api_group, resource, namespace| Attributes {
            namespace,
            ..Attributes::resource(&alice, verb, api_group, resource)
        };
        check(&alice, of("delete", "apps", "deployments", "ns"), true).await;
        check(&alice, Attributes::path(&alice, "get", "/x"), false).await;
        check(&bob, of("list", "", "pods", "projectCaribou"), true).await;
        check(&bob, of("create", "", "pods", "projectCaribou"), false).await;
        check(&bob, of("list", "", "pods", "other"), false).await;
        check(&bob, of("list", "apps", "pods", "projectCaribou"), false).await;
        check(&bob, Attributes::path(&bob, "get", "/version/x"), true).await;
        check(&bob, Attributes::path(&bob, "post", "/version"), false).await;
        check(&old, of("create", "any", "events", "ns"), true).await;
        check(&old, of("create", "any", "pods", "ns"), false).await;
        check(&old, Attributes::path(&old, "get", "/"), false).await;
        check(&oldest, of("create", "any", "pods", "ns"), true).await;
        check(&oldest, Attributes::path(&oldest, "put", "/any"), true).await;
    }

    #[test]
    fn rules_of_somebody() {
        let abac = Abac::parse(FILE).unwrap();
        let bob = UserInfo::new("bob", &[names::AUTHENTICATED]);
        let rules = abac.known_rules(&bob, "projectCaribou").rules;
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0].verbs, READING);
        assert_eq!(abac.known_rules(&bob, "other").rules.len(), 1);
    }

    #[test]
    fn lines_that_are_no_policies_are_told() {
        let told = |text: &str| Abac::parse(text).unwrap_err();
        assert!(told("\n{").starts_with("line 2: "));
        let strange = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}";
        assert_eq!(told(strange), "line 1: \"v1\", \"Pod\" is no Policy");
    }
}
