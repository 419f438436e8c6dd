//! Which requests a rule of a webhook or a policy is about.

use skeg_meta::LabelSelector;
use skeg_meta::labels::Selector;
use skeg_registry::tree;
use skeg_schema::Value;

/// A resource as rules name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// API group.
    pub group: &'a str,
    /// API version.
    pub version: &'a str,
    /// Plural name.
    pub resource: &'a str,
    /// Subresource, or empty.
    pub subresource: &'a str,
    /// It lives in a namespace. Namespaces themselves do not.
    pub namespaced: bool,
}

/// One of `rules` or `resourceRules`.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    operations: Vec<String>,
    groups: Vec<String>,
    versions: Vec<String>,
    /// Resource and subresource.
    resources: Vec<(String, String)>,
    names: Vec<String>,
    scope: Scope,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scope {
    #[default]
    Any,
    Namespaced,
    Cluster,
}

fn texts(tree: &Value, key: &str) -> Vec<String> {
    tree::list(tree, key)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn lists(list: &[String], wanted: &str) -> bool {
    list.iter().any(|entry| entry == "*" || entry == wanted)
}

impl Rule {
    /// Reads one rule.
    pub fn parse(rule: &Value) -> Self {
        let resources = texts(rule, "resources")
            .into_iter()
            .map(|text| match text.split_once('/') {
                Some((resource, sub)) => (resource.to_owned(), sub.to_owned()),
                None => (text, String::new()),
            })
            .collect();
        Self {
            operations: texts(rule, "operations"),
            groups: texts(rule, "apiGroups"),
            versions: texts(rule, "apiVersions"),
            resources,
            names: texts(rule, "resourceNames"),
            scope: match tree::s(rule, "scope") {
                "Namespaced" => Scope::Namespaced,
                "Cluster" => Scope::Cluster,
                _ => Scope::Any,
            },
        }
    }

    /// Reads the list of rules under a key.
    pub fn parse_all(tree: &Value, key: &str) -> Vec<Self> {
        tree::list(tree, key).iter().map(Self::parse).collect()
    }

    /// Whether it is about this operation on this resource.
    pub fn matches(&self, operation: &str, asked: &Asked<'_>) -> bool {
        let scope = match self.scope {
            Scope::Any => true,
            Scope::Namespaced => asked.namespaced,
            Scope::Cluster => !asked.namespaced,
        };
        scope
            && lists(&self.operations, operation)
            && lists(&self.groups, asked.group)
            && lists(&self.versions, asked.version)
            && self.resources.iter().any(|(resource, sub)| {
                (resource == "*" || resource == asked.resource)
                    && (sub == "*" || sub == asked.subresource)
            })
    }

    /// Whether it is about an object of this name (policies only).
    pub fn names(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|known| known == name)
    }
}

/// Reads a label selector; absent, it selects everything, as it is defaulted.
///
/// # Errors
/// A requirement makes no sense; in upstream's words.
pub fn selector(tree: &Value) -> Result<Selector, String> {
    let mut selector = LabelSelector::default();
    if !tree.is_null() {
        skeg_schema::message_from_value(tree.clone(), &mut selector).map_err(|e| e.to_string())?;
    }
    Selector::from_label_selector(Some(&selector))
}

/// Whether the labels of an object pass.
pub fn passes(selector: &Selector, object: &Value) -> bool {
    selector.matches_with(|key| object["metadata"]["labels"][key].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn rules() {
        let check = |rule: Value, operation: &str, path: &str, namespaced: bool, expect: bool| {
            let parts: Vec<&str> = path.split('/').collect();
            let asked = Asked {
                group: parts[0],
                version: parts[1],
                resource: parts[2],
                subresource: parts.get(3).copied().unwrap_or_default(),
                namespaced,
            };
            assert_eq!(
                Rule::parse(&rule).matches(operation, &asked),
                expect,
                "{rule} {operation} {path}"
            );
        };
        let rule = |resources: &[&str], scope: &str| {
            let resources = resources
                .iter()
                .map(|r| Value::from(*r))
                .collect::<Vec<_>>();
            json!({
                "operations": ["CREATE", "UPDATE"], "apiGroups": [""], "apiVersions": ["*"],
                "resources": resources, "scope": scope,
            })
        };
        check(rule(&["pods"], "*"), "CREATE", "/v1/pods", true, true);
        check(rule(&["pods"], "*"), "DELETE", "/v1/pods", true, false);
        check(
            rule(&["pods"], "*"),
            "UPDATE",
            "/v1/pods/status",
            true,
            false,
        );
        check(
            rule(&["pods/*"], "*"),
            "UPDATE",
            "/v1/pods/status",
            true,
            true,
        );
        check(rule(&["*"], "*"), "UPDATE", "/v1/pods/status", true, false);
        check(rule(&["*/*"], "*"), "UPDATE", "/v1/pods/status", true, true);
        check(
            rule(&["*/scale"], "*"),
            "UPDATE",
            "/v1/replicationcontrollers/scale",
            true,
            true,
        );
        check(
            rule(&["*"], "Cluster"),
            "CREATE",
            "/v1/namespaces",
            false,
            true,
        );
        check(
            rule(&["*"], "Namespaced"),
            "CREATE",
            "/v1/namespaces",
            false,
            false,
        );
        check(
            rule(&["*"], "*"),
            "CREATE",
            "apps/v1/deployments",
            true,
            false,
        );
    }

    #[test]
    fn selectors() {
        let selector =
            selector(&json!({"matchExpressions": [{"key": "skip", "operator": "DoesNotExist"}]}))
                .expect("a selector");
        assert!(passes(&selector, &json!({"metadata": {}})));
        assert!(!passes(
            &selector,
            &json!({"metadata": {"labels": {"skip": "1"}}})
        ));
        assert!(passes(
            &super::selector(&Value::Null).expect("everything"),
            &Value::Null
        ));
    }
}
