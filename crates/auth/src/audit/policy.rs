//! What is written about which request: `audit.k8s.io/v1` Policy.

use std::path::Path;

use skeg_meta::{FieldError, FieldPath, names};
use skeg_schema::Value;

use crate::authz::Attributes;
use crate::shape::{FileKind, Shape, items, text, texts};
use crate::text::aggregate_errors;

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

const FILE: FileKind = FileKind {
    kind: "Policy",
    group: "audit.k8s.io",
    versions: &["v1"],
    is_implied: true,
    members: &[
        ("metadata", Shape::Any),
        (
            "rules",
            Shape::Objects(&[
                ("level", Shape::Text),
                ("users", Shape::Texts),
                ("userGroups", Shape::Texts),
                ("verbs", Shape::Texts),
                (
                    "resources",
                    Shape::Objects(&[
                        ("group", Shape::Text),
                        ("resources", Shape::Texts),
                        ("resourceNames", Shape::Texts),
                    ]),
                ),
                ("namespaces", Shape::Texts),
                ("nonResourceURLs", Shape::Texts),
                ("omitStages", Shape::Texts),
                ("omitManagedFields", Shape::Bool),
            ]),
        ),
        ("omitStages", Shape::Texts),
        ("omitManagedFields", Shape::Bool),
    ],
};

/// The stages that are known; nothing happens at others.
fn stages(value: &Value) -> Vec<Stage> {
    texts(value)
        .iter()
        .filter_map(|text| Stage::parse(text))
        .collect()
}

fn check_stages(stages: &[String], path: &FieldPath, errors: &mut Vec<FieldError>) {
    for (i, stage) in stages.iter().enumerate() {
        if Stage::parse(stage).is_none() {
            errors.push(FieldError::invalid(
                path.index(i),
                stage.as_str(),
                "allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic",
            ));
        }
    }
}

fn list(texts: &[String]) -> Value {
    Value::Array(
        texts
            .iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
    )
}

impl Rule {
    /// Only good if no errors were added.
    fn read(value: &Value, path: &FieldPath, errors: &mut Vec<FieldError>) -> Self {
        let at = path.child("level");
        let level = match text(value, "level") {
            "" => {
                errors.push(FieldError::required(at, ""));
                None
            }
            told => Level::parse(told).or_else(|| {
                let known = ["None", "Metadata", "Request", "RequestResponse"];
                errors.push(FieldError::not_supported(at, told, &known));
                None
            }),
        };
        let rule = Self {
            level: level.unwrap_or(Level::None),
            users: texts(&value["users"]),
            groups: texts(&value["userGroups"]),
            verbs: texts(&value["verbs"]),
            resources: items(&value["resources"])
                .iter()
                .map(|entry| Resources {
                    group: text(entry, "group").to_owned(),
                    names: texts(&entry["resources"]),
                    objects: texts(&entry["resourceNames"]),
                })
                .collect(),
            namespaces: texts(&value["namespaces"]),
            paths: texts(&value["nonResourceURLs"]),
            omit_stages: stages(&value["omitStages"]),
            omit_managed_fields: value["omitManagedFields"].as_bool(),
        };
        rule.check(&texts(&value["omitStages"]), path, errors);
        rule
    }

    fn check(&self, omit_stages: &[String], path: &FieldPath, errors: &mut Vec<FieldError>) {
        let at_paths = path.child("nonResourceURLs");
        for (i, url) in self.paths.iter().enumerate() {
            let at = at_paths.index(i);
            let mut invalid = |words: &str| {
                errors.push(FieldError::invalid(&at, url.as_str(), words));
            };
            if url != "*" && !url.starts_with('/') {
                invalid("non-resource URL rules must begin with a '/' character");
            }
            if url.find('*').is_some_and(|star| star + 1 < url.len()) {
                invalid("non-resource URL wildcards '*' must be the final character of the rule");
            }
        }
        let at = path.child("resources");
        for resources in &self.resources {
            let faults = names::dns1123_subdomain(&resources.group);
            if !matches!(&*resources.group, "" | "*") && !faults.is_empty() {
                errors.push(FieldError::invalid(
                    at.child("group"),
                    resources.group.as_str(),
                    faults.join(","),
                ));
            }
            if !resources.objects.is_empty() && resources.names.is_empty() {
                errors.push(FieldError::invalid(
                    at.child("resourceNames"),
                    list(&resources.objects),
                    "using resourceNames requires at least one resource",
                ));
            }
        }
        check_stages(omit_stages, &path.child("omitStages"), errors);
        let of_resources = !self.resources.is_empty() || !self.namespaces.is_empty();
        if !self.paths.is_empty() && of_resources {
            errors.push(FieldError::invalid(
                at_paths,
                list(&self.paths),
                "rules cannot apply to both regular resources and non-resource URLs",
            ));
        }
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
        if self.group != "*" && self.group != asked.group {
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
        Self::parse(&text).map_err(|error| match error {
            PolicyError::Invalid(why) => {
                PolicyError::Invalid(format!("{why}: from file {}", path.display()))
            }
            other => other,
        })
    }

    /// Reads YAML or JSON. What a strict decoder does not take is only logged:
    /// a policy with a field that is not known is still one.
    ///
    /// # Errors
    /// It is no policy; all that is wrong is told, in upstream's words.
    pub fn parse(text: &[u8]) -> Result<Self, PolicyError> {
        let read = FILE
            .read(text)
            .map_err(|why| PolicyError::Invalid(format!("failed decoding: {why}")))?;
        if !read.complaints.is_empty() {
            let complaints = read.complaints.join(", ");
            tracing::warn!(
                "the audit policy contains errors, falling back to lenient decoding: {complaints}"
            );
        }
        let value = read.value;
        let (path, mut errors) = (FieldPath::new("rules"), Vec::new());
        let stages_path = FieldPath::new("omitStages");
        check_stages(&texts(&value["omitStages"]), &stages_path, &mut errors);
        let rules: Vec<Rule> = items(&value["rules"])
            .iter()
            .enumerate()
            .map(|(at, rule)| Rule::read(rule, &path.index(at), &mut errors))
            .collect();
        if let Some(words) = aggregate_errors(&errors) {
            return Err(PolicyError::Invalid(words));
        }
        if rules.is_empty() {
            let words = "loaded illegal policy with 0 rules";
            return Err(PolicyError::Invalid(words.to_owned()));
        }
        Ok(Self {
            rules,
            omit_stages: stages(&value["omitStages"]),
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
    fn a_policy_need_not_say_what_it_is() {
        let unsaid = POLICY.replace("kind: Policy\n", "");
        assert!(Policy::parse(unsaid.as_bytes()).is_ok());
        let nothing = unsaid.replace("apiVersion: audit.k8s.io/v1\n", "");
        assert!(Policy::parse(nothing.as_bytes()).is_err());
    }

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
            let told = error.strip_prefix("the audit policy is not valid: ");
            assert_eq!(told, Some(expect));
        };
        check("[]", "loaded illegal policy with 0 rules");
        check(
            "[{level: Some}]",
            r#"rules[0].level: Unsupported value: "Some": supported values: "None", "Metadata", "Request", "RequestResponse""#,
        );
        check(
            "[{level: None, verbs: get}]",
            "failed decoding: json: cannot unmarshal string into field rules[0].verbs of type array",
        );
        check(
            "[{level: None, nonResourceURLs: [/, x, /*/y]}]",
            "[rules[0].nonResourceURLs[1]: Invalid value: \"x\": non-resource URL rules must begin with a '/' character, \
             rules[0].nonResourceURLs[2]: Invalid value: \"/*/y\": non-resource URL wildcards '*' must be the final character of the rule]",
        );
        check(
            "[{level: None}, {nonResourceURLs: ['/'], namespaces: [a], omitStages: [Late]}]",
            "[rules[1].level: Required value, \
             rules[1].omitStages[0]: Invalid value: \"Late\": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic, \
             rules[1].nonResourceURLs: Invalid value: [\"/\"]: rules cannot apply to both regular resources and non-resource URLs]",
        );
        let words = names::dns1123_subdomain_words();
        check(
            "[{level: None, resources: [{group: Apps}, {resourceNames: [j]}]}]",
            &format!(
                "[rules[0].resources.group: Invalid value: \"Apps\": {words}, \
                 rules[0].resources.resourceNames: Invalid value: [\"j\"]: using resourceNames requires at least one resource]"
            ),
        );
        assert!(Policy::parse(b"kind: Policy\nrules: []").is_err());
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let text = "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: x}\nomitStages: [Panic]\nmore: 1\nrules: [{level: Metadata, foo: 1}]";
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let user = UserInfo::new("a", &[]);
        let verdict = policy.evaluate(&Attributes::path(&user, "get", "/"));
        assert_eq!(verdict.level, Level::Metadata);
        assert_eq!(verdict.omit_stages, [Stage::Panic]);
    }

    #[test]
    fn stages_of_the_whole_policy_are_checked_and_a_star_is_every_group() {
        let head = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";
        let wrong = format!("{head}omitStages: [Foo, Panic]\nrules: [{{level: Foo}}]");
        let told = Policy::parse(wrong.as_bytes()).unwrap_err().to_string();
        let stages = "omitStages[0]: Invalid value: \"Foo\": allowed stages are \
                      RequestReceived,ResponseStarted,ResponseComplete,Panic";
        assert!(
            told.contains(&format!("[{stages}, rules[0].level: ")),
            "{told}"
        );
        let all = format!(
            "{head}rules: [{{level: Metadata, resources: [{{group: '*', resources: [pods]}}]}}]"
        );
        let policy = Policy::parse(all.as_bytes()).unwrap();
        let user = UserInfo::default();
        let level = |group: &'static str, resource: &'static str| {
            let asked = Attributes::resource(&user, "get", group, resource);
            policy.evaluate(&asked).level
        };
        assert_eq!(level("", "pods"), Level::Metadata);
        assert_eq!(level("metrics.k8s.io", "pods"), Level::Metadata);
        assert_eq!(level("", "secrets"), Level::None);
    }
}
