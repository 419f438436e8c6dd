//! Whether they may.

mod abac;
mod configuration;
pub mod escalation;
mod node;
mod rbac;
mod rules;
mod selectors;
mod webhook;

pub use abac::{Abac, PolicyFileError};
pub use configuration::{AuthorizationConfigurationError, MODES, Member, read_configuration};
pub use node::NodeAuthorizer;
pub use rbac::{Rbac, RoleRef};
pub use rules::{PolicyRule, compact_rules, covers};
pub use selectors::Selectors;
pub use webhook::{WebhookAuthorizer, WebhookAuthorizerOptions};

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;

use crate::text::quote;
use crate::user::{UserInfo, names};

/// What someone wants to do. Empty text means "not given".
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    /// Who.
    pub user: &'a UserInfo,
    /// `get`, `list`, `watch`, `create`, …; of other paths the lower-case HTTP method.
    pub verb: &'a str,
    /// The namespace; of a Namespace object its own name.
    pub namespace: &'a str,
    /// The API group; empty is the core group.
    pub group: &'a str,
    /// The API version.
    pub version: &'a str,
    /// The plural resource name.
    pub resource: &'a str,
    /// `status`, `log`, ….
    pub subresource: &'a str,
    /// The object's name.
    pub name: &'a str,
    /// The path of a request that is not for a resource.
    pub path: &'a str,
    /// Whether it is for a resource.
    pub resource_request: bool,
    /// What a list, watch or deletecollection is narrowed to.
    pub selectors: &'a Selectors,
}

impl<'a> Attributes<'a> {
    /// A request for a resource; fill in the rest with `..`.
    pub fn resource(user: &'a UserInfo, verb: &'a str, group: &'a str, resource: &'a str) -> Self {
        Self {
            user,
            verb,
            namespace: "",
            group,
            version: "",
            resource,
            subresource: "",
            name: "",
            path: "",
            resource_request: true,
            selectors: &selectors::NONE,
        }
    }

    /// A request for a path that is no resource.
    pub fn path(user: &'a UserInfo, verb: &'a str, path: &'a str) -> Self {
        Self {
            path,
            resource_request: false,
            ..Self::resource(user, verb, "", "")
        }
    }

    /// `pods/log`, or the resource alone.
    pub fn resource_and_subresource(&self) -> Cow<'a, str> {
        if self.subresource.is_empty() {
            Cow::Borrowed(self.resource)
        } else {
            Cow::Owned(format!("{}/{}", self.resource, self.subresource))
        }
    }

    /// The sentence of a refusal, without the `pods "p" is forbidden: ` that
    /// a Status for a resource begins with. For other paths the Status' message is
    /// `forbidden: ` and this.
    pub fn refusal(&self, reason: &str) -> String {
        let user = quote(&self.user.name);
        let mut text = if !self.resource_request {
            format!("User {user} cannot {} path {}", self.verb, quote(self.path))
        } else {
            let what = quote(&self.resource_and_subresource());
            let group = quote(self.group);
            let scope = if self.namespace.is_empty() {
                "at the cluster scope".to_owned()
            } else {
                format!("in the namespace {}", quote(self.namespace))
            };
            format!(
                "User {user} cannot {} resource {what} in API group {group} {scope}",
                self.verb
            )
        };
        text = harmless(&text);
        if !reason.is_empty() {
            text.push_str(": ");
            text.push_str(reason);
        }
        text
    }
}

/// A text that no browser takes for HTML (apiserver/pkg/endpoints/handlers/responsewriters).
pub fn harmless(text: &str) -> String {
    if !text.contains(['&', '<', '>']) {
        return text.to_owned();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What an authorizer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes, and no other authorizer is asked.
    Allow,
    /// No, and no other authorizer is asked.
    Deny,
    /// Not because of me.
    NoOpinion,
}

/// A decision and its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The decision.
    pub decision: Decision,
    /// Why; may be empty.
    pub reason: Arc<str>,
    /// What went wrong while deciding. Without a yes, the request fails.
    pub error: Option<Arc<str>>,
}

impl Authorization {
    /// Yes.
    pub fn allow(reason: impl Into<Arc<str>>) -> Self {
        Self {
            decision: Decision::Allow,
            reason: reason.into(),
            error: None,
        }
    }

    /// Not because of me.
    pub fn no_opinion(reason: impl Into<Arc<str>>) -> Self {
        Self {
            decision: Decision::NoOpinion,
            reason: reason.into(),
            error: None,
        }
    }

    /// Whether it is a yes.
    pub fn allowed(&self) -> bool {
        self.decision == Decision::Allow
    }
}

/// What an authorizer allows somebody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownRules {
    /// The rules.
    pub rules: Vec<PolicyRule>,
    /// Why that is not all; empty: it is all.
    pub gaps: Vec<String>,
}

impl KnownRules {
    /// It does not tell by rules what it allows.
    fn gap(why: &str) -> Self {
        Self {
            rules: Vec::new(),
            gaps: vec![why.to_owned()],
        }
    }

    /// All that is missing as one message; nothing if nothing is.
    pub fn fault(&self) -> Option<String> {
        (!self.gaps.is_empty()).then(|| crate::text::aggregate(&self.gaps))
    }
}

/// One source of permission.
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// Decides.
    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization;

    /// What it is called where it tells, among others, why it has no opinion: upstream's
    /// mode in small letters, a webhook's own name. Empty for one that is not named.
    fn name(&self) -> &str {
        ""
    }

    /// What it allows somebody in a namespace, as far as rules can tell.
    fn known_rules(&self, _: &UserInfo, _namespace: &str) -> KnownRules {
        KnownRules::default()
    }

    /// Adds its metrics.
    fn render(&self, _: &mut crate::metrics::Text) {}
}

/// Says the same to everybody.
pub struct Always(pub bool);

#[async_trait]
impl Authorizer for Always {
    async fn authorize(&self, _: &Attributes<'_>) -> Authorization {
        if self.0 {
            Authorization::allow("")
        } else {
            Authorization::no_opinion("Everything is forbidden.")
        }
    }

    fn name(&self) -> &str {
        if self.0 { "alwaysallow" } else { "alwaysdeny" }
    }

    fn known_rules(&self, _: &UserInfo, _namespace: &str) -> KnownRules {
        let all = || vec!["*".to_owned()];
        let everything = PolicyRule {
            verbs: all(),
            api_groups: all(),
            resources: all(),
            non_resource_urls: all(),
            ..PolicyRule::default()
        };
        KnownRules {
            rules: self.0.then_some(everything).into_iter().collect(),
            gaps: Vec::new(),
        }
    }
}

/// The group `system:masters` may do everything, whatever the roles say. Rules
/// of a user do not tell of it: those of cluster-admin, which the group is bound
/// to, do.
pub struct Masters;

#[async_trait]
impl Authorizer for Masters {
    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization {
        if attributes.user.in_group(names::MASTERS) {
            Authorization::allow("")
        } else {
            Authorization::no_opinion("")
        }
    }
}

/// Several authorizers in turn: the first with an opinion decides.
pub struct AuthorizerUnion {
    members: Vec<Arc<dyn Authorizer>>,
}

impl AuthorizerUnion {
    /// In this order.
    pub fn new(members: Vec<Arc<dyn Authorizer>>) -> Self {
        Self { members }
    }
}

#[async_trait]
impl Authorizer for AuthorizerUnion {
    /// The first opinion; without one, the reasons of all by their names, a line each.
    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization {
        let mut reasons: Vec<Arc<str>> = Vec::new();
        let mut errors: Vec<String> = Vec::new();
        for member in &self.members {
            let answer = member.authorize(attributes).await;
            if answer.decision != Decision::NoOpinion {
                return answer;
            }
            if !answer.reason.is_empty() {
                reasons.push(match member.name() {
                    "" => answer.reason,
                    name => format!("{name}: {}", answer.reason).into(),
                });
            }
            if let Some(error) = answer.error {
                errors.push(error.to_string());
            }
        }
        let mut none = match reasons.as_slice() {
            [] => Authorization::no_opinion(""),
            [one] => Authorization::no_opinion(one.clone()),
            many => Authorization::no_opinion(many.join("\n")),
        };
        if !errors.is_empty() {
            none.error = Some(crate::text::aggregate(&errors).into());
        }
        none
    }

    fn known_rules(&self, user: &UserInfo, namespace: &str) -> KnownRules {
        let mut all = KnownRules::default();
        for member in &self.members {
            let known = member.known_rules(user, namespace);
            all.rules.extend(known.rules);
            all.gaps.extend(known.gaps);
        }
        all
    }

    fn render(&self, out: &mut crate::metrics::Text) {
        for member in &self.members {
            member.render(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_read_as_recorded() {
        let user = UserInfo::new("nobody", &[]);
        let pods = Attributes::resource(&user, "list", "", "pods");
        let check = |attributes: Attributes<'_>, reason: &str, expect: &str| {
            assert_eq!(attributes.refusal(reason), expect);
        };
        check(
            Attributes {
                namespace: "ns",
                ..pods
            },
            "",
            "User \"nobody\" cannot list resource \"pods\" in API group \"\" in the namespace \"ns\"",
        );
        check(
            Attributes {
                subresource: "log",
                group: "g",
                ..pods
            },
            "why",
            "User \"nobody\" cannot list resource \"pods/log\" in API group \"g\" at the cluster scope: why",
        );
        check(
            Attributes::path(&user, "post", "/some/path"),
            "",
            "User \"nobody\" cannot post path \"/some/path\"",
        );
        check(
            Attributes::path(&user, "get", "/a&b<c>"),
            "<why>",
            "User \"nobody\" cannot get path \"/a&amp;b&lt;c&gt;\": <why>",
        );
    }

    #[tokio::test]
    async fn a_union_takes_the_first_opinion_and_collects_reasons() {
        struct Says(Authorization);
        #[async_trait]
        impl Authorizer for Says {
            async fn authorize(&self, _: &Attributes<'_>) -> Authorization {
                self.0.clone()
            }
        }
        let user = UserInfo::new("u", &["system:masters"]);
        let attributes = Attributes::resource(&user, "get", "", "pods");
        let says = |a| Arc::new(Says(a)) as Arc<dyn Authorizer>;
        let silent = AuthorizerUnion::new(vec![
            says(Authorization::no_opinion("a")),
            says(Authorization::no_opinion("")),
            says(Authorization::no_opinion("b")),
            Arc::new(Always(false)),
        ]);
        assert_eq!(
            silent.authorize(&attributes).await,
            Authorization::no_opinion("a\nb\nalwaysdeny: Everything is forbidden.")
        );
        let masters = AuthorizerUnion::new(vec![
            Arc::new(Masters),
            says(Authorization {
                decision: Decision::Deny,
                reason: "".into(),
                error: None,
            }),
        ]);
        assert!(masters.authorize(&attributes).await.allowed());
    }
}
