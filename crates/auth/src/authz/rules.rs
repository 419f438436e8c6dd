//! Policy rules: what one allows, and whether some allow all that others do.

use skeg_schema::Value;

use super::Attributes;
use crate::text::quote_list;

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRule {
    /// Verbs, `*` is all.
    pub verbs: Vec<String>,
    /// API groups, `*` is all.
    pub api_groups: Vec<String>,
    /// Resources: `pods`, `pods/log`, `*/scale`, `*`.
    pub resources: Vec<String>,
    /// Object names; empty is all.
    pub resource_names: Vec<String>,
    /// Paths, with `*` at their end at most.
    pub non_resource_urls: Vec<String>,
}

impl PolicyRule {
    /// Reads a rule from its tree; what is not as it should be counts as absent.
    pub fn from_value(value: &Value) -> Self {
        let list = |key: &str| {
            let items = value.get(key).and_then(Value::as_array).map(|a| a.iter());
            items
                .into_iter()
                .flatten()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        };
        Self {
            verbs: list("verbs"),
            api_groups: list("apiGroups"),
            resources: list("resources"),
            resource_names: list("resourceNames"),
            non_resource_urls: list("nonResourceURLs"),
        }
    }

    /// The rules of a Role or ClusterRole.
    pub fn all_from_role(role: &Value) -> Vec<Self> {
        let rules = role
            .get("rules")
            .and_then(Value::as_array)
            .map(|a| a.iter());
        rules.into_iter().flatten().map(Self::from_value).collect()
    }

    /// Whether it allows this.
    pub fn allows(&self, attributes: &Attributes<'_>) -> bool {
        let has = |items: &[String], wanted: &str| items.iter().any(|i| i == "*" || i == wanted);
        if !has(&self.verbs, attributes.verb) {
            return false;
        }
        if !attributes.resource_request {
            return self
                .non_resource_urls
                .iter()
                .any(|rule| url_matches(rule, attributes.path));
        }
        has(&self.api_groups, attributes.group)
            && self
                .resources
                .iter()
                .any(|rule| resource_matches(rule, attributes))
            && (self.resource_names.is_empty()
                || self
                    .resource_names
                    .iter()
                    .any(|name| name == attributes.name))
    }

    /// One rule for each single thing that this one allows.
    fn break_down(&self) -> Vec<Self> {
        let one = |text: &String| vec![text.clone()];
        let mut out = Vec::new();
        for group in &self.api_groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let single = Self {
                        verbs: one(verb),
                        api_groups: one(group),
                        resources: one(resource),
                        ..Self::default()
                    };
                    if self.resource_names.is_empty() {
                        out.push(single);
                    } else {
                        out.extend(self.resource_names.iter().map(|name| Self {
                            resource_names: one(name),
                            ..single.clone()
                        }));
                    }
                }
            }
        }
        for url in &self.non_resource_urls {
            for verb in &self.verbs {
                out.push(Self {
                    verbs: one(verb),
                    non_resource_urls: one(url),
                    ..Self::default()
                });
            }
        }
        out
    }

    /// Whether it allows the single thing that `single` allows.
    fn covers(&self, single: &Self) -> bool {
        let all = |held: &[String], wanted: &[String]| {
            held.iter().any(|h| h == "*") || wanted.iter().all(|w| held.contains(w))
        };
        let names = &self.resource_names;
        all(&self.verbs, &single.verbs)
            && all(&self.api_groups, &single.api_groups)
            && single
                .resources
                .iter()
                .all(|r| resource_covered(&self.resources, r))
            && single
                .non_resource_urls
                .iter()
                .all(|u| url_covered(&self.non_resource_urls, u))
            && if single.resource_names.is_empty() {
                names.is_empty()
            } else {
                names.is_empty() || single.resource_names.iter().all(|n| names.contains(n))
            }
    }

    /// The rule as refusals print it.
    pub(crate) fn compact_text(&self) -> String {
        let parts: Vec<String> = [
            ("APIGroups", &self.api_groups),
            ("Resources", &self.resources),
            ("NonResourceURLs", &self.non_resource_urls),
            ("ResourceNames", &self.resource_names),
            ("Verbs", &self.verbs),
        ]
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(name, items)| format!("{name}:{}", quote_list(items)))
        .collect();
        format!("{{{}}}", parts.join(", "))
    }
}

fn resource_matches(rule: &str, attributes: &Attributes<'_>) -> bool {
    if rule == "*" {
        return true;
    }
    let (resource, subresource) = match rule.split_once('/') {
        Some(parts) => parts,
        None => (rule, ""),
    };
    subresource == attributes.subresource
        && (resource == attributes.resource || (resource == "*" && !subresource.is_empty()))
}

fn url_matches(rule: &str, path: &str) -> bool {
    match rule.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix.trim_end_matches('*')),
        None => rule == path,
    }
}

fn resource_covered(held: &[String], wanted: &str) -> bool {
    held.iter().any(|h| {
        h == "*"
            || h == wanted
            || h.strip_prefix("*/").is_some_and(|sub| {
                wanted
                    .split_once('/')
                    .is_some_and(|(_, wanted)| wanted == sub)
            })
    })
}

fn url_covered(held: &[String], wanted: &str) -> bool {
    held.iter()
        .any(|h| h == wanted || (h.ends_with('*') && url_matches(h, wanted)))
}

/// The single rules in `wanted` that no rule of `held` covers.
pub fn covers(held: &[PolicyRule], wanted: &[PolicyRule]) -> Vec<PolicyRule> {
    wanted
        .iter()
        .flat_map(PolicyRule::break_down)
        .filter(|single| !held.iter().any(|rule| rule.covers(single)))
        .collect()
}

/// Joins rules for the same resource (and name) into one with all verbs, as
/// far as they are that simple. Order is kept.
pub fn compact_rules(rules: Vec<PolicyRule>) -> Vec<PolicyRule> {
    let mut out: Vec<PolicyRule> = Vec::with_capacity(rules.len());
    for rule in rules {
        let simple = |r: &PolicyRule| {
            r.api_groups.len() == 1
                && r.resources.len() == 1
                && r.resource_names.len() <= 1
                && r.non_resource_urls.is_empty()
        };
        let same = |r: &&mut PolicyRule| {
            simple(r)
                && r.api_groups == rule.api_groups
                && r.resources == rule.resources
                && r.resource_names == rule.resource_names
        };
        match out.iter_mut().find(same).filter(|_| simple(&rule)) {
            Some(found) => {
                for verb in rule.verbs {
                    if !found.verbs.contains(&verb) {
                        found.verbs.push(verb);
                    }
                }
            }
            None => out.push(rule),
        }
    }
    out
}

#[cfg(test)]
pub(crate) fn rule(verbs: &str, groups: &str, resources: &str, names: &str) -> PolicyRule {
    let list = |text: &str| match text {
        "-" => vec![],
        text => text.split(',').map(str::to_owned).collect(),
    };
    PolicyRule {
        verbs: list(verbs),
        api_groups: list(groups),
        resources: list(resources),
        resource_names: list(names),
        non_resource_urls: vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::UserInfo;

    #[test]
    fn resources() {
        let user = UserInfo::new("u", &[]);
        let check = |rule: PolicyRule, group, resource: &str, name, expect| {
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            let base = Attributes::resource(&user, "get", group, resource);
            let attributes = Attributes {
                subresource,
                name,
                ..base
            };
            assert_eq!(rule.allows(&attributes), expect, "{rule:?} {attributes:?}");
        };
        check(rule("get", "", "pods", "-"), "", "pods", "x", true);
        check(rule("get", "", "pods", "-"), "", "pods/log", "x", false);
        check(rule("get", "", "pods/log", "-"), "", "pods/log", "x", true);
        check(rule("get", "", "pods/log", "-"), "", "pods", "x", false);
        check(rule("get", "", "*", "-"), "", "pods/log", "x", true);
        check(
            rule("get", "*", "*/scale", "-"),
            "apps",
            "deployments/scale",
            "x",
            true,
        );
        check(
            rule("get", "*", "*/scale", "-"),
            "apps",
            "deployments",
            "x",
            false,
        );
        check(rule("get", "apps", "pods", "-"), "", "pods", "x", false);
        check(rule("*", "", "pods", "a,b"), "", "pods", "b", true);
        check(rule("*", "", "pods", "a,b"), "", "pods", "c", false);
        check(rule("*", "", "pods", "a"), "", "pods", "", false);
        check(rule("list", "", "pods", "-"), "", "pods", "", false);
    }

    #[test]
    fn paths() {
        let user = UserInfo::new("u", &[]);
        let check = |url: &str, path, expect| {
            let rule = PolicyRule {
                verbs: vec!["get".into()],
                non_resource_urls: vec![url.into()],
                ..PolicyRule::default()
            };
            assert_eq!(
                rule.allows(&Attributes::path(&user, "get", path)),
                expect,
                "{url} {path}"
            );
            assert!(!rule.allows(&Attributes::path(&user, "post", path)));
            assert!(!rule.allows(&Attributes::resource(&user, "get", "", "pods")));
        };
        check("/healthz", "/healthz", true);
        check("/healthz", "/healthz/ping", false);
        check("/api/*", "/api/v1", true);
        check("/api/*", "/api", false);
        check("*", "/anything", true);
    }

    #[test]
    fn what_is_missing_prints_as_recorded() {
        let held = [
            rule("get,list", "", "pods", "-"),
            rule("get", "", "configmaps", "one"),
            rule("*", "apps", "*/scale", "-"),
        ];
        let check = |wanted: PolicyRule, expect: &[&str]| {
            let missing = compact_rules(covers(&held, &[wanted]));
            let texts: Vec<String> = missing.iter().map(PolicyRule::compact_text).collect();
            assert_eq!(texts, expect);
        };
        check(rule("get", "", "pods", "-"), &[]);
        check(rule("get", "", "configmaps", "one"), &[]);
        check(rule("update", "apps", "deployments/scale", "-"), &[]);
        check(
            rule("get,delete", "", "pods,secrets", "-"),
            &[
                "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}",
                "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"delete\"]}",
            ],
        );
        check(
            rule("get", "", "configmaps", "one,two"),
            &[
                "{APIGroups:[\"\"], Resources:[\"configmaps\"], ResourceNames:[\"two\"], Verbs:[\"get\"]}",
            ],
        );
        check(
            rule("*", "*", "*", "-"),
            &["{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}"],
        );
        check(
            PolicyRule {
                verbs: vec!["get".into()],
                non_resource_urls: vec!["/metrics".into()],
                ..PolicyRule::default()
            },
            &["{NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}"],
        );
    }
}
