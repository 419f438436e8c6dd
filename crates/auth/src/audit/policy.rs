//! What is written about which request: `audit.k8s.io/v1` Policy.

use skeg_schema::{Value, decode_yaml_any};
use std::path::Path;

use crate::authz::Attributes;

/// How much is written of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// Who did what, when.
    Metadata,
    /// And the object sent.
    Request,
    /// And the object answered.
    RequestResponse,
}

impl Level {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Metadata => "Metadata",
            Self::Request => "Request",
            Self::RequestResponse => "RequestResponse",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::None,
            Self::Metadata,
            Self::Request,
            Self::RequestResponse,
        ]
        .into_iter()
        .find(|level| level.as_str() == text)
    }
}

/// When an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The request came.
    RequestReceived,
    /// The head of the answer to a request without end was sent.
    ResponseStarted,
    /// The answer was sent.
    ResponseComplete,
    /// The handler broke.
    Panic,
}

impl Stage {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestReceived => "RequestReceived",
            Self::ResponseStarted => "ResponseStarted",
            Self::ResponseComplete => "ResponseComplete",
            Self::Panic => "Panic",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::RequestReceived,
            Self::ResponseStarted,
            Self::ResponseComplete,
            Self::Panic,
        ]
        .into_iter()
        .find(|stage| stage.as_str() == text)
    }
}

/// What the policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How much is written.
    pub level: Level,
    /// Stages at which nothing is.
    pub omit_stages: Vec<Stage>,
    /// Objects are written without their managed fields.
    pub omit_managed_fields: bool,
}

/// A policy file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("cannot read the audit policy {path}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no policy.
    #[error("the audit policy is not valid: {0}")]
    Invalid(String),
}

#[derive(Debug)]
struct Rule {
    level: Level,
    users: Vec<String>,
    groups: Vec<String>,
    verbs: Vec<String>,
    resources: Vec<Resources>,
    namespaces: Vec<String>,
    paths: Vec<String>,
    omit_stages: Vec<Stage>,
    omit_managed_fields: Option<bool>,
}

#[derive(Debug)]
struct Resources {
    group: String,
    names: Vec<String>,
    objects: Vec<String>,
}

/// A policy: the first rule that a request meets decides.
#[derive(Debug)]
pub struct Policy {
    rules: Vec<Rule>,
    omit_stages: Vec<Stage>,
    omit_managed_fields: bool,
}

fn texts(value: &Value, what: &str) -> Result<Vec<String>, PolicyError> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                item.as_str().map(str::to_owned).ok_or_else(|| {
                    PolicyError::Invalid(format!("{what} must be a list of strings"))
                })
            })
            .collect(),
        _ => Err(PolicyError::Invalid(format!(
            "{what} must be a list of strings"
        ))),
    }
}

fn known(object: &Value, what: &str, members: &[&str]) -> Result<(), PolicyError> {
    let Some(object) = object.as_object() else {
        return Err(PolicyError::Invalid(format!("{what} must be an object")));
    };
    match object.keys().find(|k| !members.contains(&k.as_ref())) {
        None => Ok(()),
        Some(key) => Err(PolicyError::Invalid(format!(
            "{what} has an unknown field {key:?}"
        ))),
    }
}

fn stages(value: &Value, what: &str) -> Result<Vec<Stage>, PolicyError> {
    texts(value, what)?
        .iter()
        .map(|text| {
            Stage::parse(text).ok_or_else(|| {
                PolicyError::Invalid(format!(
                    "{what}: {text:?} is none of RequestReceived, ResponseStarted, ResponseComplete, Panic"
                ))
            })
        })
        .collect()
}

impl Rule {
    fn read(value: &Value, at: usize) -> Result<Self, PolicyError> {
        let what = format!("rules[{at}]");
        known(
            value,
            &what,
            &[
                "level",
                "users",
                "userGroups",
                "verbs",
                "resources",
                "namespaces",
                "nonResourceURLs",
                "omitStages",
                "omitManagedFields",
            ],
        )?;
        let text = value["level"].as_str().unwrap_or_default();
        let level = Level::parse(text).ok_or_else(|| {
            PolicyError::Invalid(format!(
                "{what}.level: {text:?} is none of None, Metadata, Request, RequestResponse"
            ))
        })?;
        let list = |key: &str| texts(&value[key], &format!("{what}.{key}"));
        let mut resources = Vec::new();
        for entry in value["resources"].as_array().into_iter().flatten() {
            let what = format!("{what}.resources");
            known(entry, &what, &["group", "resources", "resourceNames"])?;
            resources.push(Resources {
                group: entry["group"].as_str().unwrap_or_default().to_owned(),
                names: texts(&entry["resources"], &what)?,
                objects: texts(&entry["resourceNames"], &what)?,
            });
        }
        let rule = Self {
            level,
            users: list("users")?,
            groups: list("userGroups")?,
            verbs: list("verbs")?,
            resources,
            namespaces: list("namespaces")?,
            paths: list("nonResourceURLs")?,
            omit_stages: stages(&value["omitStages"], &format!("{what}.omitStages"))?,
            omit_managed_fields: value["omitManagedFields"].as_bool(),
        };
        rule.check(&what)?;
        Ok(rule)
    }

    fn check(&self, what: &str) -> Result<(), PolicyError> {
        let of_resources = !self.resources.is_empty() || !self.namespaces.is_empty();
        if !self.paths.is_empty() && of_resources {
            return Err(PolicyError::Invalid(format!(
                "{what}: rules cannot apply to both regular resources and non-resource URLs"
            )));
        }
        for path in &self.paths {
            let star = path.find('*');
            if path != "*"
                && (!path.starts_with('/') || star.is_some_and(|at| at + 1 != path.len()))
            {
                return Err(PolicyError::Invalid(format!(
                    "{what}.nonResourceURLs: {path:?} must begin with '/', and '*' may only stand at its end"
                )));
            }
        }
        for resources in &self.resources {
            if resources.group.contains('/') {
                return Err(PolicyError::Invalid(format!(
                    "{what}.resources: {:?} is a group with a version",
                    resources.group
                )));
            }
            if !resources.objects.is_empty() && resources.names.is_empty() {
                return Err(PolicyError::Invalid(format!(
                    "{what}.resources: resourceNames need resources"
                )));
            }
        }
        Ok(())
    }

    fn is_met(&self, asked: &Attributes<'_>) -> bool {
        let has = |list: &[String], text: &str| list.is_empty() || list.iter().any(|l| l == text);
        has(&self.users, &asked.user.name)
            && (self.groups.is_empty() || self.groups.iter().any(|g| asked.user.in_group(g)))
            && has(&self.verbs, asked.verb)
            && if !self.namespaces.is_empty() || !self.resources.is_empty() {
                asked.resource_request
                    && has(&self.namespaces, asked.namespace)
                    && (self.resources.is_empty() || self.resources.iter().any(|r| r.has(asked)))
            } else if !self.paths.is_empty() {
                !asked.resource_request
                    && self.paths.iter().any(|path| match path.strip_suffix('*') {
                        Some(start) => asked.path.starts_with(start),
                        None => asked.path == path,
                    })
            } else {
                true
            }
    }
}

impl Resources {
    fn has(&self, asked: &Attributes<'_>) -> bool {
        if self.group != asked.group {
            return false;
        }
        if self.names.is_empty() {
            return true;
        }
        if !self.objects.is_empty() && !self.objects.iter().any(|o| o == asked.name) {
            return false;
        }
        let whole = asked.resource_and_subresource();
        self.names.iter().any(|name| {
            *name == *whole
                || name == "*"
                || (!asked.subresource.is_empty()
                    && name.strip_prefix("*/") == Some(asked.subresource))
                || name.strip_suffix("/*") == Some(asked.resource)
        })
    }
}

impl Policy {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read or is no policy.
    pub fn from_file(path: &Path) -> Result<Self, PolicyError> {
        let text = std::fs::read(path).map_err(|source| PolicyError::Read {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads YAML or JSON.
    ///
    /// # Errors
    /// It is no policy.
    pub fn parse(text: &[u8]) -> Result<Self, PolicyError> {
        let value = decode_yaml_any(text).map_err(|e| PolicyError::Invalid(e.to_string()))?;
        let members = [
            "apiVersion",
            "kind",
            "metadata",
            "rules",
            "omitStages",
            "omitManagedFields",
        ];
        known(&value, "the policy", &members)?;
        if value["apiVersion"].as_str() != Some("audit.k8s.io/v1")
            || value["kind"].as_str() != Some("Policy")
        {
            return Err(PolicyError::Invalid(
                "it must be of apiVersion audit.k8s.io/v1 and kind Policy".to_owned(),
            ));
        }
        let rules: Vec<Rule> = value["rules"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(at, rule)| Rule::read(rule, at))
            .collect::<Result<_, _>>()?;
        if rules.is_empty() {
            return Err(PolicyError::Invalid("it has no rules".to_owned()));
        }
        Ok(Self {
            rules,
            omit_stages: stages(&value["omitStages"], "omitStages")?,
            omit_managed_fields: value["omitManagedFields"].as_bool() == Some(true),
        })
    }

    /// What is written of a request.
    pub fn evaluate(&self, asked: &Attributes<'_>) -> Verdict {
        let Some(rule) = self.rules.iter().find(|rule| rule.is_met(asked)) else {
            return Verdict {
                level: Level::None,
                omit_stages: self.omit_stages.clone(),
                omit_managed_fields: self.omit_managed_fields,
            };
        };
        let mut omit_stages = self.omit_stages.clone();
        omit_stages.extend(rule.omit_stages.iter().copied());
        Verdict {
            level: rule.level,
            omit_stages,
            omit_managed_fields: rule.omit_managed_fields.unwrap_or(self.omit_managed_fields),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserInfo;

    const POLICY: &str = r#"
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:kube-proxy"]
  verbs: [watch]
  resources: [{group: "", resources: [endpoints, services]}]
- level: None
  nonResourceURLs: ["/healthz*", "/version"]
- level: Metadata
  resources:
  - {group: "", resources: [secrets, "pods/*"], resourceNames: []}
- level: Request
  namespaces: [kube-system]
  omitManagedFields: true
- level: RequestResponse
  userGroups: [dev]
  resources: [{group: apps, resources: ["*/scale"]}]
  omitStages: [ResponseStarted]
- level: Metadata
  resources: [{group: batch, resources: [jobs], resourceNames: [j]}]
"#;

    #[test]
    fn rules_decide_in_order() {
        let policy = Policy::parse(POLICY.as_bytes()).unwrap();
        let check = |user: &str, verb: &str, group: &str, what: &str, ns: &str, level: Level| {
            let user = UserInfo::new(user, &["dev"]);
            let (resource, name) = what.split_once('=').unwrap_or((what, ""));
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            let asked = Attributes {
                namespace: ns,
                subresource,
                name,
                ..Attributes::resource(&user, verb, group, resource)
            };
            assert_eq!(policy.evaluate(&asked).level, level, "{group} {what}");
        };
        check(
            "system:kube-proxy",
            "watch",
            "",
            "services",
            "",
            Level::None,
        );
        check("a", "get", "", "secrets", "x", Level::Metadata);
        check("a", "get", "", "pods/log", "x", Level::Metadata);
        check("a", "get", "", "pods", "x", Level::Metadata);
        check("a", "get", "", "nodes", "x", Level::None);
        check("a", "get", "", "configmaps", "kube-system", Level::Request);
        check(
            "a",
            "get",
            "apps",
            "deployments/scale",
            "x",
            Level::RequestResponse,
        );
        check("a", "get", "batch", "jobs=j", "x", Level::Metadata);
        check("a", "get", "batch", "jobs=k", "x", Level::None);
        let user = UserInfo::new("a", &[]);
        let path = |path| policy.evaluate(&Attributes::path(&user, "get", path));
        assert_eq!(path("/healthz/ping").level, Level::None);
        assert_eq!(path("/healthz").omit_stages, [Stage::RequestReceived]);
    }

    #[test]
    fn faults_are_told() {
        let check = |rules: &str, expect: &str| {
            let text = format!("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: {rules}\n");
            let error = Policy::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("[]", "no rules");
        check("[{level: Some}]", "rules[0].level");
        check("[{level: None, verb: [get]}]", "unknown field \"verb\"");
        check(
            "[{level: None, nonResourceURLs: ['x']}]",
            "must begin with '/'",
        );
        check(
            "[{level: None, nonResourceURLs: ['/'], namespaces: [a]}]",
            "both",
        );
        check("[{level: None, omitStages: [Late]}]", "omitStages");
        assert!(Policy::parse(b"kind: Policy\nrules: []").is_err());
    }
}
