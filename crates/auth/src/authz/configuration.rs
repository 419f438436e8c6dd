//! `AuthorizationConfiguration` (apiserver.config.k8s.io): who decides, in
//! which order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skeg_client::{Config, Kubeconfig};
use skeg_schema::{Value, decode_yaml_any};

use super::webhook::{WebhookAuthorizer, WebhookAuthorizerOptions};
use super::{Abac, Decision};
use crate::authn::ReviewVersion;
use crate::expr::{Compiler, Wanted};
use crate::webhook::Remote;

/// The longest that another program may take.
const TIMEOUT_MAX: Duration = Duration::from_secs(30);
/// Conditions of one webhook.
const CONDITIONS_LEN_MAX: usize = 64;

/// A configuration is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authorization configuration is not valid: {0}")]
pub struct AuthorizationConfigurationError(pub String);

fn wrong<T>(why: impl Into<String>) -> Result<T, AuthorizationConfigurationError> {
    Err(AuthorizationConfigurationError(why.into()))
}

/// One that decides.
#[derive(Clone)]
pub enum Member {
    /// Nodes may do what concerns them.
    Node,
    /// Roles and bindings.
    Rbac,
    /// Everybody may do everything.
    AlwaysAllow,
    /// Nobody may do anything.
    AlwaysDeny,
    /// Another program is asked.
    Webhook(Arc<WebhookAuthorizer>),
    /// Policies of a file.
    Abac(Arc<Abac>),
}

impl Member {
    /// By the names of `--authorization-mode`, but for `Webhook`.
    pub fn of_mode(mode: &str) -> Option<Self> {
        Some(match mode {
            "Node" => Self::Node,
            "RBAC" => Self::Rbac,
            "AlwaysAllow" => Self::AlwaysAllow,
            "AlwaysDeny" => Self::AlwaysDeny,
            _ => return None,
        })
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn known(
    value: &Value,
    what: &str,
    members: &[&str],
) -> Result<(), AuthorizationConfigurationError> {
    match value {
        Value::Null => Ok(()),
        Value::Object(object) => match object.keys().find(|k| !members.contains(&k.as_ref())) {
            None => Ok(()),
            Some(key) => wrong(format!("{what}: unknown field {key:?}")),
        },
        _ => wrong(format!("{what}: must be an object")),
    }
}

/// A duration as Go writes it: `1m30s`, `500ms`.
fn duration(
    value: &Value,
    key: &str,
    what: &str,
) -> Result<Option<Duration>, AuthorizationConfigurationError> {
    let text = text(value, key);
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<skeg_meta::Duration>() {
        Ok(duration) => Ok(Some(duration.0)),
        Err(_) => wrong(format!("{what}.{key}: {text:?} is no duration")),
    }
}

/// Reads a file's content.
///
/// # Errors
/// It is not valid, or names a file that is not usable.
pub fn read_configuration(
    content: &[u8],
    cel: &dyn Compiler,
) -> Result<Vec<Member>, AuthorizationConfigurationError> {
    let value =
        decode_yaml_any(content).map_err(|e| AuthorizationConfigurationError(e.to_string()))?;
    known(&value, "the file", &["apiVersion", "kind", "authorizers"])?;
    let version = text(&value, "apiVersion").strip_prefix("apiserver.config.k8s.io/");
    if text(&value, "kind") != "AuthorizationConfiguration"
        || !matches!(version, Some("v1" | "v1beta1" | "v1alpha1"))
    {
        return wrong(
            "it must be of kind AuthorizationConfiguration and apiVersion apiserver.config.k8s.io/v1",
        );
    }
    let mut members = Vec::new();
    let mut types: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (at, entry) in value["authorizers"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let what = format!("authorizers[{at}]");
        known(entry, &what, &["type", "name", "webhook"])?;
        let (kind, name) = (text(entry, "type"), text(entry, "name"));
        if name.is_empty() {
            return wrong(format!("{what}.name: is required"));
        }
        if names.contains(&name) {
            return wrong(format!("{what}.name: {name:?} stands twice"));
        }
        names.push(name);
        if kind != "Webhook" && types.contains(&kind) {
            return wrong(format!("{what}.type: {kind:?} stands twice"));
        }
        types.push(kind);
        if kind == "Webhook" {
            if entry["webhook"].is_null() {
                return wrong(format!("{what}.webhook: is required"));
            }
            let webhook = webhook(&entry["webhook"], name, &format!("{what}.webhook"), cel)?;
            members.push(Member::Webhook(Arc::new(webhook)));
            continue;
        }
        let Some(member) = Member::of_mode(kind) else {
            return wrong(format!(
                "{what}.type: {kind:?} is none of AlwaysAllow, AlwaysDeny, Node, RBAC, Webhook"
            ));
        };
        if !entry["webhook"].is_null() {
            return wrong(format!(
                "{what}.webhook: may only be specified when type=Webhook"
            ));
        }
        members.push(member);
    }
    if members.is_empty() {
        return wrong("authorizers: at least one authorization mode must be defined");
    }
    Ok(members)
}

fn webhook(
    value: &Value,
    name: &str,
    what: &str,
    cel: &dyn Compiler,
) -> Result<WebhookAuthorizer, AuthorizationConfigurationError> {
    known(
        value,
        what,
        &[
            "authorizedTTL",
            "cacheAuthorizedRequests",
            "unauthorizedTTL",
            "cacheUnauthorizedRequests",
            "timeout",
            "subjectAccessReviewVersion",
            "matchConditionSubjectAccessReviewVersion",
            "failurePolicy",
            "connectionInfo",
            "matchConditions",
        ],
    )?;
    let timeout = match duration(value, "timeout", what)? {
        None => return wrong(format!("{what}.timeout: is required")),
        Some(time) if time.is_zero() || time > TIMEOUT_MAX => {
            return wrong(format!("{what}.timeout: must be > 0s and <= 30s"));
        }
        Some(time) => time,
    };
    let kept = |flag: &str, key: &str, default: u64| {
        if value[flag].as_bool() == Some(false) {
            return Ok(Duration::ZERO);
        }
        Ok(duration(value, key, what)?.unwrap_or(Duration::from_secs(default)))
    };
    let version: ReviewVersion = match text(value, "subjectAccessReviewVersion").parse() {
        Ok(version) => version,
        Err(e) => return wrong(format!("{what}.subjectAccessReviewVersion: {e}")),
    };
    let on_failure = match text(value, "failurePolicy") {
        "NoOpinion" => Decision::NoOpinion,
        "Deny" => Decision::Deny,
        other => {
            return wrong(format!(
                "{what}.failurePolicy: {other:?} is neither NoOpinion nor Deny"
            ));
        }
    };
    let mut conditions = Vec::new();
    let entries = value["matchConditions"].as_array();
    if entries.is_some_and(|entries| entries.len() > CONDITIONS_LEN_MAX) {
        return wrong(format!(
            "{what}.matchConditions: must have at most {CONDITIONS_LEN_MAX} items"
        ));
    }
    for (at, entry) in entries.into_iter().flatten().enumerate() {
        let what = format!("{what}.matchConditions[{at}]");
        known(entry, &what, &["expression"])?;
        let expression = text(entry, "expression");
        match cel.compile(expression, &["request"], Wanted::Bool) {
            Ok(compiled) => conditions.push((expression.to_owned(), compiled)),
            Err(e) => return wrong(format!("{what}.expression: {e}")),
        }
    }
    if !conditions.is_empty() && text(value, "matchConditionSubjectAccessReviewVersion") != "v1" {
        return wrong(format!(
            "{what}.matchConditionSubjectAccessReviewVersion: must be v1 when matchConditions are defined"
        ));
    }
    let connection = &value["connectionInfo"];
    known(
        connection,
        &format!("{what}.connectionInfo"),
        &["type", "kubeConfigFile"],
    )?;
    let config = match text(connection, "type") {
        "KubeConfigFile" => {
            let path = PathBuf::from(text(connection, "kubeConfigFile"));
            Kubeconfig::from_file(&path).and_then(|file| file.config(None))
        }
        "InClusterConfig" => Config::in_cluster(),
        other => {
            return wrong(format!(
                "{what}.connectionInfo.type: {other:?} is neither KubeConfigFile nor InClusterConfig"
            ));
        }
    };
    let config = match config {
        Ok(config) => config,
        Err(e) => return wrong(format!("{what}.connectionInfo: {e}")),
    };
    let remote = match Remote::new(config, timeout) {
        Ok(remote) => remote,
        Err(e) => return wrong(format!("{what}.connectionInfo: {e}")),
    };
    Ok(WebhookAuthorizer::new(
        remote,
        WebhookAuthorizerOptions {
            name: name.to_owned(),
            version,
            authorized_ttl: kept("cacheAuthorizedRequests", "authorizedTTL", 300)?,
            unauthorized_ttl: kept("cacheUnauthorizedRequests", "unauthorizedTTL", 30)?,
            on_failure,
            conditions,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Expression;

    struct Small;

    impl Compiler for Small {
        fn compile(
            &self,
            text: &str,
            _: &[&str],
            _: Wanted,
        ) -> Result<Arc<dyn Expression>, String> {
            Err(format!("cannot compile {text}"))
        }
    }

    fn file(kubeconfig: &str) -> String {
        format!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n\
             - {{type: Node, name: node}}\n\
             - type: Webhook\n  name: w\n  webhook:\n    timeout: 3s\n    subjectAccessReviewVersion: v1\n\
             \x20   failurePolicy: Deny\n    unauthorizedTTL: 1m30s\n    connectionInfo: {{type: KubeConfigFile, kubeConfigFile: {kubeconfig}}}\n\
             - {{type: RBAC, name: rbac}}\n"
        )
    }

    #[test]
    fn members_in_their_order_and_faults() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("webhook.kubeconfig");
        std::fs::write(
            &path,
            "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1/ask'}}]\n",
        )
        .unwrap();
        let whole = file(&path.display().to_string());
        let members = read_configuration(whole.as_bytes(), &Small).unwrap();
        assert!(matches!(
            members.as_slice(),
            [Member::Node, Member::Webhook(_), Member::Rbac]
        ));
        let check = |from: &str, to: &str, expect: &str| {
            let text = whole.replace(from, to);
            assert_ne!(text, whole);
            let error = read_configuration(text.as_bytes(), &Small).err().unwrap();
            assert!(error.to_string().contains(expect), "{error}");
        };
        check("timeout: 3s", "timeout: 31s", "must be > 0s and <= 30s");
        check("    timeout: 3s\n", "", "timeout: is required");
        check("Policy: Deny", "Policy: Ask", "failurePolicy");
        check("Version: v1\n", "Version: v2\n", "neither v1 nor v1beta1");
        check("type: RBAC", "type: Node", "stands twice");
        check("name: rbac", "name: node", "stands twice");
        check("type: RBAC", "type: ABAC", "is none of");
        check("1m30s", "soon", "no duration");
        check(
            "failurePolicy: Deny",
            "failurePolicy: Deny\n    matchConditions: [{expression: x}]",
            "cannot compile x",
        );
    }
}
