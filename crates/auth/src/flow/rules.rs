//! Which flow schema a request belongs to.

use skeg_schema::Value;

use crate::authz::Attributes;
use crate::user::names;

/// The rules of a flow schema, read once.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    subjects: Vec<Subject>,
    resources: Vec<ResourceRule>,
    paths: Vec<PathRule>,
}

#[derive(Debug)]
enum Subject {
    AnyUser,
    User(String),
    AnyGroup,
    Group(String),
    /// Namespace and name; `None`: any name.
    Account(String, Option<String>),
}

#[derive(Debug)]
struct ResourceRule {
    verbs: Names,
    groups: Names,
    resources: Names,
    namespaces: Names,
    cluster_scope: bool,
}

#[derive(Debug)]
struct PathRule {
    verbs: Names,
    paths: Vec<Path>,
}

#[derive(Debug)]
enum Path {
    Exact(String),
    Below(String),
}

/// A list of names; `None` stands for `*`.
#[derive(Debug)]
struct Names(Option<Vec<String>>);

impl Names {
    fn read(list: &Value) -> Self {
        let names = texts(list);
        Self(if names.iter().any(|n| n == "*") {
            None
        } else {
            Some(names)
        })
    }

    fn has(&self, name: &str) -> bool {
        match &self.0 {
            None => true,
            Some(names) => names.iter().any(|n| n == name),
        }
    }

    /// Whether `resource/subresource` is among them.
    fn has_resource(&self, resource: &str, subresource: &str) -> bool {
        let Some(names) = &self.0 else { return true };
        if subresource.is_empty() {
            return names.iter().any(|n| n == resource);
        }
        names.iter().any(|n| {
            n.strip_prefix(resource)
                .and_then(|rest| rest.strip_prefix('/'))
                == Some(subresource)
        })
    }
}

fn texts(list: &Value) -> Vec<String> {
    items(list)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], |items| items)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

impl Subject {
    fn read(value: &Value) -> Option<Self> {
        Some(match text(value, "kind") {
            "User" => match text(&value["user"], "name") {
                "*" => Self::AnyUser,
                name => Self::User(name.to_owned()),
            },
            "Group" => match text(&value["group"], "name") {
                "*" => Self::AnyGroup,
                name => Self::Group(name.to_owned()),
            },
            "ServiceAccount" => {
                let account = &value["serviceAccount"];
                let name = text(account, "name");
                Self::Account(
                    text(account, "namespace").to_owned(),
                    (name != "*").then(|| name.to_owned()),
                )
            }
            _ => return None,
        })
    }

    fn is(&self, asked: &Attributes<'_>) -> bool {
        match self {
            Self::AnyUser => true,
            Self::User(name) => asked.user.name == *name,
            Self::AnyGroup => !asked.user.groups.is_empty(),
            Self::Group(group) => asked.user.in_group(group),
            Self::Account(namespace, name) => names::split_service_account(&asked.user.name)
                .is_some_and(|(ns, n)| {
                    ns == namespace && name.as_ref().is_none_or(|name| name == n)
                }),
        }
    }
}

impl ResourceRule {
    fn read(value: &Value) -> Self {
        Self {
            verbs: Names::read(&value["verbs"]),
            groups: Names::read(&value["apiGroups"]),
            resources: Names::read(&value["resources"]),
            namespaces: Names::read(&value["namespaces"]),
            cluster_scope: value["clusterScope"].as_bool() == Some(true),
        }
    }

    fn is(&self, asked: &Attributes<'_>) -> bool {
        let scope = if asked.namespace.is_empty() {
            self.cluster_scope
        } else {
            self.namespaces.has(asked.namespace)
        };
        scope
            && self.verbs.has(asked.verb)
            && self.groups.has(asked.group)
            && self
                .resources
                .has_resource(asked.resource, asked.subresource)
    }
}

impl PathRule {
    fn read(value: &Value) -> Self {
        let paths = texts(&value["nonResourceURLs"])
            .into_iter()
            .map(|path| match path.strip_suffix('*') {
                Some(start) => Path::Below(start.to_owned()),
                None => Path::Exact(path),
            })
            .collect();
        Self {
            verbs: Names::read(&value["verbs"]),
            paths,
        }
    }

    fn is(&self, asked: &Attributes<'_>) -> bool {
        self.verbs.has(asked.verb)
            && self.paths.iter().any(|path| match path {
                Path::Exact(path) => asked.path == path,
                Path::Below(start) => asked.path.starts_with(start.as_str()),
            })
    }
}

impl Rules {
    /// Reads `spec.rules`.
    pub(super) fn read(rules: &Value) -> Self {
        let read = |rule: &Value| Rule {
            subjects: items(&rule["subjects"])
                .iter()
                .filter_map(Subject::read)
                .collect(),
            resources: items(&rule["resourceRules"])
                .iter()
                .map(ResourceRule::read)
                .collect(),
            paths: items(&rule["nonResourceRules"])
                .iter()
                .map(PathRule::read)
                .collect(),
        };
        Self(items(rules).iter().map(read).collect())
    }

    /// Whether any of them is met.
    pub(super) fn are_met(&self, asked: &Attributes<'_>) -> bool {
        self.0.iter().any(|rule| {
            rule.subjects.iter().any(|subject| subject.is(asked))
                && if asked.resource_request {
                    rule.resources.iter().any(|rule| rule.is(asked))
                } else {
                    rule.paths.iter().any(|rule| rule.is(asked))
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserInfo;
    use skeg_schema::json;

    #[test]
    fn rules_are_met() {
        let rules = Rules::read(&json!([{
            "subjects": [
                {"kind": "User", "user": {"name": "alice"}},
                {"kind": "Group", "group": {"name": "dev"}},
                {"kind": "ServiceAccount", "serviceAccount": {"namespace": "ns", "name": "*"}}
            ],
            "resourceRules": [{
                "verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"],
                "namespaces": ["ns"]
            }],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["/healthz", "/api/*"]}]
        }]));
        let check = |user: &UserInfo, verb, what: &str, namespace, expect: bool| {
            let (resource, subresource) = what.split_once('.').unwrap_or((what, ""));
            let asked = Attributes {
                namespace,
                subresource,
                ..Attributes::resource(user, verb, "", resource)
            };
            assert_eq!(
                rules.are_met(&asked),
                expect,
                "{verb} {what} in {namespace:?}"
            );
        };
        let alice = UserInfo::new("alice", &[]);
        check(&alice, "get", "pods", "ns", true);
        check(&alice, "get", "pods.log", "ns", true);
        check(&alice, "get", "pods.exec", "ns", false);
        check(&alice, "delete", "pods", "ns", false);
        check(&alice, "get", "pods", "other", false);
        check(&alice, "list", "pods", "", false);
        check(&UserInfo::new("x", &["dev"]), "get", "pods", "ns", true);
        check(&UserInfo::new("x", &["ops"]), "get", "pods", "ns", false);
        let robot = UserInfo::new("system:serviceaccount:ns:robot", &[]);
        check(&robot, "get", "pods", "ns", true);
        let other = UserInfo::new("system:serviceaccount:n2:robot", &[]);
        check(&other, "get", "pods", "ns", false);
        for (path, expect) in [("/healthz", true), ("/healthz/x", false), ("/api/v1", true)] {
            assert_eq!(
                rules.are_met(&Attributes::path(&alice, "get", path)),
                expect,
                "{path}"
            );
        }
    }
}
