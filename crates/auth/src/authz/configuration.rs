//! `AuthorizationConfiguration` (apiserver.config.k8s.io): who decides, in
//! which order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use skeg_client::{Config, Kubeconfig};
use skeg_meta::{FieldError, FieldPath, names};
use skeg_schema::Value;

use super::webhook::{WebhookAuthorizer, WebhookAuthorizerOptions};
use super::{Abac, Decision};
use crate::authn::ReviewVersion;
use crate::expr::{Compiler, Expression, Wanted};
use crate::shape::{FileKind, Read, Shape, items, text};
use crate::text::{aggregate, aggregate_errors, quote};
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
    /// Its type, as configurations name it; `None`: a webhook, which comes and goes.
    pub fn lasting_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::Node => "Node",
            Self::Rbac => "RBAC",
            Self::AlwaysAllow => "AlwaysAllow",
            Self::AlwaysDeny => "AlwaysDeny",
            Self::Abac(_) => "ABAC",
            Self::Webhook(_) => return None,
        })
    }

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

const FILE: FileKind = FileKind {
    kind: "AuthorizationConfiguration",
    group: "apiserver.config.k8s.io",
    versions: &["v1", "v1beta1", "v1alpha1"],
    is_implied: false,
    members: &[(
        "authorizers",
        Shape::Objects(&[
            ("type", Shape::Text),
            ("name", Shape::Text),
            (
                "webhook",
                Shape::Object(&[
                    ("authorizedTTL", Shape::Text),
                    ("cacheAuthorizedRequests", Shape::Bool),
                    ("unauthorizedTTL", Shape::Text),
                    ("cacheUnauthorizedRequests", Shape::Bool),
                    ("timeout", Shape::Text),
                    ("subjectAccessReviewVersion", Shape::Text),
                    ("matchConditionSubjectAccessReviewVersion", Shape::Text),
                    ("failurePolicy", Shape::Text),
                    (
                        "connectionInfo",
                        Shape::Object(&[("type", Shape::Text), ("kubeConfigFile", Shape::Text)]),
                    ),
                    (
                        "matchConditions",
                        Shape::Objects(&[("expression", Shape::Text)]),
                    ),
                ]),
            ),
        ]),
    )],
};

/// The kinds of authorizers, by upstream's names and in the order in which they are told.
pub const MODES: [&str; 6] = [
    "ABAC",
    "AlwaysAllow",
    "AlwaysDeny",
    "Node",
    "RBAC",
    "Webhook",
];

/// A webhook that was found good.
struct Checked<'v> {
    value: &'v Value,
    timeout: Duration,
    authorized_ttl: Duration,
    unauthorized_ttl: Duration,
    conditions: Vec<Arc<dyn Expression>>,
}

/// What a file says of a duration.
enum Told {
    /// Nothing, or none.
    Nothing,
    Some(Duration),
    /// As Go prints it.
    Negative(String),
}

/// A duration as Go writes it (`1m30s`, `500ms`); what is none was refused before.
fn duration(value: &Value, key: &str) -> Told {
    let text = text(value, key);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    match digits.parse::<skeg_meta::Duration>() {
        Ok(duration) if duration.0.is_zero() => Told::Nothing,
        Ok(duration) if is_negative => Told::Negative(format!("-{duration}")),
        Ok(duration) => Told::Some(duration.0),
        Err(_) => Told::Nothing,
    }
}

/// The words about the first text that should be a duration and is none.
fn no_duration(entries: &[Value]) -> Option<String> {
    let webhooks = entries.iter().map(|entry| &entry["webhook"]);
    let texts = webhooks.flat_map(|webhook| {
        ["authorizedTTL", "unauthorizedTTL", "timeout"].map(|key| &webhook[key])
    });
    texts.filter_map(Value::as_str).find_map(|text| {
        match text.strip_prefix('-').unwrap_or(text).parse() {
            Ok(skeg_meta::Duration(_)) => None,
            Err(words) if text.starts_with('-') => {
                // All of the text is shown, its sign too.
                let shown = |text: &str| quote(text);
                let unsigned: &str = text.strip_prefix('-').unwrap_or(text);
                let words: String = words;
                Some(words.replace(&shown(unsigned), &shown(text)))
            }
            Err(words) => Some(words),
        }
    })
}

fn ttl(
    value: &Value,
    key: &str,
    path: &FieldPath,
    default: u64,
    errors: &mut Vec<FieldError>,
) -> Duration {
    match duration(value, key) {
        Told::Nothing => Duration::from_secs(default),
        Told::Some(time) => time,
        Told::Negative(shown) => {
            errors.push(FieldError::invalid(path.child(key), shown, "must be > 0s"));
            Duration::ZERO
        }
    }
}

fn check_connection(value: &Value, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let told = value["kubeConfigFile"].as_str();
    let at = path.child("kubeConfigFile");
    let mut invalid = |file: &str, words: String| {
        errors.push(FieldError::invalid(&at, file, words));
    };
    match text(value, "type") {
        "" => errors.push(FieldError::required(path.child("type"), "")),
        "InClusterConfig" => {
            if let Some(file) = told {
                invalid(file, "can only be set when type=KubeConfigFile".to_owned());
            }
        }
        "KubeConfigFile" => match told {
            None | Some("") => errors.push(FieldError::required(&at, "")),
            Some(file) if !file.starts_with('/') => {
                invalid(file, "must be an absolute path".to_owned());
            }
            Some(file) => match std::fs::metadata(file) {
                Ok(about) if about.is_file() => {}
                Ok(_) => invalid(file, "must be a regular file".to_owned()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let words =
                        format!("error loading file: stat {file}: no such file or directory");
                    invalid(file, words);
                }
                Err(error) => invalid(file, format!("error loading file: {error}")),
            },
        },
        _ => errors.push(FieldError::not_supported(
            path.child("type"),
            shown_connection(value),
            &["InClusterConfig", "KubeConfigFile"],
        )),
    }
}

/// The whole of it is shown where its type is wrong, by the names of Go's type.
fn shown_connection(value: &Value) -> Value {
    let mut shown = skeg_schema::json!({"Type": text(value, "type")});
    shown.set_at(&["KubeConfigFile"], value["kubeConfigFile"].clone());
    shown
}

fn check_conditions(
    entries: &[Value],
    path: &FieldPath,
    cel: &dyn Compiler,
    errors: &mut Vec<FieldError>,
) -> Vec<Arc<dyn Expression>> {
    let mut conditions = Vec::new();
    if entries.len() > CONDITIONS_LEN_MAX {
        let error = FieldError::too_many(path, entries.len(), CONDITIONS_LEN_MAX);
        errors.push(error);
        return conditions;
    }
    for (at, entry) in entries.iter().enumerate() {
        let path = path.index(at).child("expression");
        let expression = text(entry, "expression");
        let is_told = |other: &Value| text(other, "expression") == expression;
        if expression.trim().is_empty() {
            errors.push(FieldError::required(path, ""));
        } else if entries[..at].iter().any(is_told) {
            errors.push(FieldError::duplicate(path, expression));
        } else {
            match cel.compile(expression, &["request"], Wanted::BoolNamed) {
                Ok(compiled) => conditions.push(compiled),
                Err(words) => errors.push(FieldError::invalid(path, expression, words)),
            }
        }
    }
    conditions
}

fn webhook(
    checked: Checked<'_>,
    name: &str,
) -> Result<WebhookAuthorizer, AuthorizationConfigurationError> {
    let value = checked.value;
    let what = |e: &dyn std::fmt::Display| {
        AuthorizationConfigurationError(format!("the webhook of authorizer {name}: {e}"))
    };
    let connection = &value["connectionInfo"];
    let config = if text(connection, "type") == "InClusterConfig" {
        Config::in_cluster()
    } else {
        let path = Path::new(text(connection, "kubeConfigFile"));
        Kubeconfig::from_file(path).and_then(|file| file.config(None))
    };
    let remote = Remote::of_webhook(config.map_err(|e| what(&e))?, checked.timeout);
    let version: Result<ReviewVersion, _> = text(value, "subjectAccessReviewVersion").parse();
    let kept = |flag: &str, ttl: Duration| match value[flag].as_bool() {
        Some(false) => Duration::ZERO,
        _ => ttl,
    };
    Ok(WebhookAuthorizer::new(
        remote.map_err(|e| what(&e))?,
        WebhookAuthorizerOptions {
            name: name.to_owned(),
            version: version.map_err(|e| what(&e))?,
            authorized_ttl: kept("cacheAuthorizedRequests", checked.authorized_ttl),
            unauthorized_ttl: kept("cacheUnauthorizedRequests", checked.unauthorized_ttl),
            on_failure: match text(value, "failurePolicy") {
                "NoOpinion" => Decision::NoOpinion,
                _ => Decision::Deny,
            },
            conditions: checked.conditions,
        },
    ))
}

/// Reads a file's content.
///
/// # Errors
/// It is not valid, or names a file that is not usable. All that is wrong with
/// its fields is told, in upstream's words.
pub fn read_configuration(
    content: &[u8],
    cel: &dyn Compiler,
) -> Result<Vec<Member>, AuthorizationConfigurationError> {
    let value = FILE
        .read(content)
        .and_then(Read::strict)
        .map_err(AuthorizationConfigurationError)?;
    let entries = items(&value["authorizers"]);
    if let Some(words) = no_duration(entries) {
        return wrong(words);
    }
    let mut errors = Vec::new();
    let mut webhooks = check(entries, cel, &mut errors).into_iter();
    if let Some(words) = aggregate_errors(&errors) {
        return wrong(words);
    }
    // Metrics and logs tell the members apart by their names.
    let misnamed: Vec<String> = entries
        .iter()
        .map(|entry| (text(entry, "type"), text(entry, "name")))
        .filter(|(kind, name)| *kind != "Webhook" && *name != kind.to_lowercase())
        .map(|(kind, name)| {
            let expected = kind.to_lowercase();
            format!("expected name {expected} for authorizer {kind} instead of {name}")
        })
        .collect();
    if !misnamed.is_empty() {
        return wrong(aggregate(&misnamed));
    }
    let mut members = Vec::new();
    for entry in entries {
        let kind = text(entry, "type");
        if kind == "Webhook" {
            if let Some(checked) = webhooks.next() {
                let webhook = webhook(checked, text(entry, "name"))?;
                members.push(Member::Webhook(Arc::new(webhook)));
            }
            continue;
        }
        match Member::of_mode(kind) {
            Some(member) => members.push(member),
            None => {
                return wrong(format!(
                    "an authorizer of type {kind} is not to be had here"
                ));
            }
        }
    }
    Ok(members)
}

fn check<'v>(
    entries: &'v [Value],
    cel: &dyn Compiler,
    errors: &mut Vec<FieldError>,
) -> Vec<Checked<'v>> {
    let root = FieldPath::new("authorizers");
    if entries.is_empty() {
        let words = "at least one authorization mode must be defined";
        errors.push(FieldError::required(&root, words));
    }
    let mut webhooks = Vec::new();
    let mut types: Vec<&str> = Vec::new();
    let mut names_seen: Vec<&str> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let path = root.index(at);
        let (kind, name) = (text(entry, "type"), text(entry, "name"));
        let at_type = path.child("type");
        if kind.is_empty() {
            errors.push(FieldError::required(at_type, ""));
            continue;
        }
        if !MODES.contains(&kind) {
            errors.push(FieldError::not_supported(at_type, kind, &MODES));
            continue;
        }
        if kind != "Webhook" && types.contains(&kind) {
            errors.push(FieldError::duplicate(at_type, kind));
            continue;
        }
        types.push(kind);
        let at_name = path.child("name");
        let faults = names::dns1123_subdomain(name);
        if name.is_empty() {
            errors.push(FieldError::required(at_name, ""));
        } else if names_seen.contains(&name) {
            errors.push(FieldError::duplicate(at_name, name));
        } else if !faults.is_empty() {
            let words = format!("authorizer name is invalid: {}", faults.join(", "));
            errors.push(FieldError::invalid(at_name, name, words));
        }
        names_seen.push(name);
        let webhook = &entry["webhook"];
        match (kind, webhook.is_null()) {
            ("Webhook", true) => {
                let words = "required when type=Webhook";
                errors.push(FieldError::required(path.child("webhook"), words));
            }
            ("Webhook", false) => webhooks.push(check_webhook(webhook, &path, cel, errors)),
            (_, true) => {}
            (_, false) => errors.push(FieldError::invalid(
                path.child("webhook"),
                "non-null",
                "may only be specified when type=Webhook",
            )),
        }
    }
    webhooks
}

/// Upstream tells of a webhook's members as if they were the authorizer's.
fn check_webhook<'v>(
    value: &'v Value,
    path: &FieldPath,
    cel: &dyn Compiler,
    errors: &mut Vec<FieldError>,
) -> Checked<'v> {
    let at = path.child("timeout");
    let mut timeout = Duration::ZERO;
    match duration(value, "timeout") {
        Told::Nothing => errors.push(FieldError::required(at, "")),
        Told::Some(time) if time <= TIMEOUT_MAX => timeout = time,
        Told::Some(time) => {
            let shown = skeg_meta::Duration(time).to_string();
            errors.push(FieldError::invalid(at, shown, "must be > 0s and <= 30s"));
        }
        Told::Negative(shown) => {
            errors.push(FieldError::invalid(at, shown, "must be > 0s and <= 30s"));
        }
    }
    let authorized_ttl = ttl(value, "authorizedTTL", path, 300, errors);
    let unauthorized_ttl = ttl(value, "unauthorizedTTL", path, 30, errors);
    let told = |key: &str| (path.child(key), text(value, key));
    match told("subjectAccessReviewVersion") {
        (at, "") => errors.push(FieldError::required(at, "")),
        (_, "v1" | "v1beta1") => {}
        (at, other) => errors.push(FieldError::not_supported(at, other, &["v1", "v1beta1"])),
    }
    match told("matchConditionSubjectAccessReviewVersion") {
        (at, "") => {
            if !items(&value["matchConditions"]).is_empty() {
                let words = "required if match conditions are specified";
                errors.push(FieldError::required(at, words));
            }
        }
        (_, "v1") => {}
        (at, other) => errors.push(FieldError::not_supported(at, other, &["v1"])),
    }
    match told("failurePolicy") {
        (at, "") => errors.push(FieldError::required(at, "")),
        (_, "NoOpinion" | "Deny") => {}
        (at, other) => errors.push(FieldError::not_supported(at, other, &["NoOpinion", "Deny"])),
    }
    check_connection(
        &value["connectionInfo"],
        &path.child("connectionInfo"),
        errors,
    );
    let conditions = items(&value["matchConditions"]);
    let conditions = check_conditions(conditions, &path.child("matchConditions"), cel, errors);
    Checked {
        value,
        timeout,
        authorized_ttl,
        unauthorized_ttl,
        conditions,
    }
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
            assert_eq!(error.0, expect);
        };
        let webhook = |from: &str, to: &str, expect: &str| {
            check(from, to, &format!("authorizers[1].{expect}"));
        };
        webhook(
            "timeout: 3s",
            "timeout: 31s",
            r#"timeout: Invalid value: "31s": must be > 0s and <= 30s"#,
        );
        webhook("    timeout: 3s\n", "", "timeout: Required value");
        webhook(
            "1m30s",
            "-1m30s",
            r#"unauthorizedTTL: Invalid value: "-1m30s": must be > 0s"#,
        );
        webhook(
            "Policy: Deny",
            "Policy: Ask",
            r#"failurePolicy: Unsupported value: "Ask": supported values: "NoOpinion", "Deny""#,
        );
        webhook(
            "Version: v1\n",
            "Version: v2\n",
            r#"subjectAccessReviewVersion: Unsupported value: "v2": supported values: "v1", "v1beta1""#,
        );
        webhook(
            "Policy: Deny",
            "Policy: Deny\n    matchConditionSubjectAccessReviewVersion: v2",
            r#"matchConditionSubjectAccessReviewVersion: Unsupported value: "v2": supported values: "v1""#,
        );
        webhook(
            "name: w",
            "name: A_b",
            &format!(
                "name: Invalid value: \"A_b\": authorizer name is invalid: {}",
                names::dns1123_subdomain_words()
            ),
        );
        let file = format!("kubeConfigFile: {}", path.display());
        webhook(
            &file,
            "kubeConfigFile: a/b",
            r#"connectionInfo.kubeConfigFile: Invalid value: "a/b": must be an absolute path"#,
        );
        webhook(
            &file,
            "kubeConfigFile: /no/where",
            r#"connectionInfo.kubeConfigFile: Invalid value: "/no/where": error loading file: stat /no/where: no such file or directory"#,
        );
        webhook(
            "type: KubeConfigFile, kubeConfigFile: /",
            "type: InClusterConfig, kubeConfigFile: /",
            &format!(
                "connectionInfo.kubeConfigFile: Invalid value: \"{}\": can only be set when type=KubeConfigFile",
                path.display()
            ),
        );
        check(
            "type: RBAC",
            "type: Node",
            r#"authorizers[2].type: Duplicate value: "Node""#,
        );
        check(
            "name: rbac",
            "name: node",
            r#"authorizers[2].name: Duplicate value: "node""#,
        );
        check(
            "name: rbac",
            "name: roles",
            "expected name rbac for authorizer RBAC instead of roles",
        );
        check(
            "type: RBAC",
            "type: Roles",
            r#"authorizers[2].type: Unsupported value: "Roles": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook""#,
        );
        check("1m30s", "soon", "time: invalid duration \"soon\"");
        check(
            "name: rbac",
            "nom: rbac",
            r#"strict decoding error: unknown field "authorizers[2].nom""#,
        );
        // Everything at once, in upstream's order.
        check(
            "failurePolicy: Deny",
            "matchConditions: [{expression: x}, {expression: x}, {expression: ' '}]",
            "[authorizers[1].matchConditionSubjectAccessReviewVersion: Required value: required if match conditions are specified, \
             authorizers[1].failurePolicy: Required value, \
             authorizers[1].matchConditions[0].expression: Invalid value: \"x\": cannot compile x, \
             authorizers[1].matchConditions[1].expression: Duplicate value: \"x\", \
             authorizers[1].matchConditions[2].expression: Required value]",
        );
        let empty = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n";
        assert_eq!(
            read_configuration(empty.as_bytes(), &Small)
                .err()
                .unwrap()
                .0,
            "authorizers: Required value: at least one authorization mode must be defined"
        );
    }
}
