//! Acting as someone else: what the `Impersonate-…` headers ask for, what
//! must be allowed for it, and who the request then comes from.

use std::collections::BTreeMap;

use http::HeaderMap;
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;

use crate::authz::{Attributes, Authorizer};
use crate::text::quote;
use crate::user::{UserInfo, names};

const USER: &str = "impersonate-user";
const GROUP: &str = "impersonate-group";
const UID: &str = "impersonate-uid";
const EXTRA_PREFIX: &str = "impersonate-extra-";
const AUTHENTICATION: &str = "authentication.k8s.io";

/// Impersonation is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImpersonationError {
    /// The headers do not make sense; the message of a BadRequest status.
    #[error("{0}")]
    BadRequest(String),
    /// The caller may not; a Forbidden status for this object.
    #[error("{message}")]
    Forbidden {
        /// The API group of `resource`.
        group: String,
        /// `users`, `groups`, `serviceaccounts`, `userextras`, `uids` or
        /// `nodes`; that of the request, where the action itself is refused,
        /// and empty if that is about none.
        resource: String,
        /// Who or what was to be impersonated, or is acted on.
        name: String,
        /// The grounds, from [`Attributes::refusal`].
        message: String,
    },
}

/// Whether the request asks for impersonation at all.
pub fn is_requested(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .any(|name| name.as_str().starts_with("impersonate-"))
}

/// Whom a request acts as, and what gave the right to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonated {
    /// The other user.
    pub user: UserInfo,
    /// The verb of a constrained form (`impersonate:user-info`), by which only
    /// this action was allowed; `None` of the plain one.
    pub constraint: Option<&'static str>,
}

/// Callers whose form is remembered.
const REMEMBERED_MAX: usize = 1024;

/// By which form each caller impersonated last. That one is tried first the
/// next time, and tells why if none is allowed.
#[derive(Debug, Default)]
pub struct Modes {
    last: Mutex<BTreeMap<String, Option<Constrained>>>,
}

impl Modes {
    /// Who the request acts as: `None` without impersonation headers. `request`
    /// is what it asks for, by whoever makes it.
    ///
    /// The constrained forms are tried first (KEP-5284): one right for the
    /// action, `impersonate-on:MODE:VERB`, and one for every part of the
    /// identity, `impersonate:MODE`. Without them every part is asked of
    /// `authorizer` with the plain verb `impersonate`.
    ///
    /// # Errors
    /// The headers are wrong or the caller may not, in the words of the form
    /// that was tried first.
    pub async fn impersonate(
        &self,
        headers: &HeaderMap,
        request: &Attributes<'_>,
        authorizer: &dyn Authorizer,
    ) -> Result<Option<Impersonated>, ImpersonationError> {
        if !is_requested(headers) {
            return Ok(None);
        }
        let Some(wanted) = read(headers)? else {
            return Ok(None);
        };
        let caller = &request.user.name;
        let mut forms: Vec<_> = modes(&wanted, request.user).into_iter().map(Some).collect();
        forms.push(None);
        let last = self.last.lock().get(caller).copied();
        forms.sort_by_key(|form| last != Some(*form));
        let mut refused = None;
        for form in forms {
            let outcome = match form {
                Some(mode) => mode.check(&wanted, request, authorizer).await,
                None => check_all(checks(&wanted), request.user, "impersonate", authorizer).await,
            };
            match outcome {
                Err(error) => refused = refused.or(Some(error)),
                Ok(()) => {
                    self.remember(caller, form);
                    return Ok(Some(Impersonated {
                        user: match form {
                            Some(mode) => mode.effective(wanted),
                            None => effective(wanted),
                        },
                        constraint: form.map(Constrained::verb),
                    }));
                }
            }
        }
        refused.map_or(Ok(None), Err)
    }

    fn remember(&self, caller: &str, form: Option<Constrained>) {
        let mut last = self.last.lock();
        if last.get(caller) == Some(&form) {
            return;
        }
        if last.len() >= REMEMBERED_MAX {
            last.clear();
        }
        last.insert(caller.to_owned(), form);
    }
}

fn forbidden(asked: &Attributes<'_>, reason: &str) -> ImpersonationError {
    let of_resource = |text: &str| match asked.resource_request {
        true => text.to_owned(),
        false => String::new(),
    };
    ImpersonationError::Forbidden {
        group: of_resource(asked.group),
        resource: of_resource(asked.resource),
        name: of_resource(asked.name),
        message: asked.refusal(reason),
    }
}

async fn check_all(
    checks: Vec<Check<'_>>,
    caller: &UserInfo,
    verb: &str,
    authorizer: &dyn Authorizer,
) -> Result<(), ImpersonationError> {
    for check in checks {
        let asked = check.attributes(caller, verb);
        let answer = authorizer.authorize(&asked).await;
        if !answer.allowed() {
            return Err(forbidden(&asked, &answer.reason));
        }
    }
    Ok(())
}

/// A constrained form of impersonation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Constrained {
    AssociatedNode,
    ArbitraryNode,
    ServiceAccount,
    UserInfo,
}

/// The extra attribute that tells on which node a service account's pod runs.
const NODE_NAME: &str = "authentication.kubernetes.io/node-name";

/// The forms that an identity may be taken on in, the narrowest first.
fn modes(wanted: &UserInfo, caller: &UserInfo) -> Vec<Constrained> {
    let node = wanted.name.strip_prefix(names::NODE_PREFIX);
    // A node has its groups by its name; who asks for more asks for a user.
    let bare = wanted.groups.is_empty() && wanted.extra.is_empty() && wanted.uid.is_empty();
    match node {
        Some(node) if bare && !node.is_empty() => {
            let here = names::split_service_account(&caller.name).is_some()
                && caller
                    .extra
                    .get(NODE_NAME)
                    .is_some_and(|names| matches!(names.as_slice(), [one] if one == node));
            if here {
                vec![Constrained::AssociatedNode, Constrained::ArbitraryNode]
            } else {
                vec![Constrained::ArbitraryNode]
            }
        }
        Some(_) => Vec::new(),
        None if names::split_service_account(&wanted.name).is_some() => {
            if bare {
                vec![Constrained::ServiceAccount]
            } else {
                Vec::new()
            }
        }
        None => vec![Constrained::UserInfo],
    }
}

impl Constrained {
    fn name(self) -> &'static str {
        self.verb().strip_prefix("impersonate:").unwrap_or_default()
    }

    fn verb(self) -> &'static str {
        match self {
            Self::AssociatedNode => "impersonate:associated-node",
            Self::ArbitraryNode => "impersonate:arbitrary-node",
            Self::ServiceAccount => "impersonate:serviceaccount",
            Self::UserInfo => "impersonate:user-info",
        }
    }

    async fn check(
        self,
        wanted: &UserInfo,
        request: &Attributes<'_>,
        authorizer: &dyn Authorizer,
    ) -> Result<(), ImpersonationError> {
        let verb = format!("impersonate-on:{}:{}", self.name(), request.verb);
        let action = Attributes {
            verb: &verb,
            ..*request
        };
        let answer = authorizer.authorize(&action).await;
        if !answer.allowed() {
            return Err(forbidden(&action, &answer.reason));
        }
        let checks = self.checks(wanted);
        // Nobody becomes a master by a right to become somebody.
        let master =
            |check: &&Check<'_>| check.resource == "groups" && check.name == names::MASTERS;
        if let Some(check) = checks.iter().find(master) {
            return Err(forbidden(&check.attributes(request.user, self.verb()), ""));
        }
        check_all(checks, request.user, self.verb(), authorizer).await
    }

    fn checks(self, wanted: &UserInfo) -> Vec<Check<'_>> {
        let node = |name| {
            vec![Check {
                group: AUTHENTICATION,
                resource: "nodes",
                subresource: "",
                namespace: "",
                name,
            }]
        };
        match self {
            // Whichever node it is: the caller's own.
            Self::AssociatedNode => node("*"),
            Self::ArbitraryNode => node(
                wanted
                    .name
                    .strip_prefix(names::NODE_PREFIX)
                    .unwrap_or_default(),
            ),
            Self::ServiceAccount | Self::UserInfo => {
                let mut checks = checks(wanted);
                for check in &mut checks {
                    check.group = AUTHENTICATION;
                }
                checks
            }
        }
    }

    fn effective(self, mut wanted: UserInfo) -> UserInfo {
        if matches!(self, Self::AssociatedNode | Self::ArbitraryNode) {
            wanted.groups = vec![names::NODES.to_owned()];
        }
        effective(wanted)
    }
}

/// The identity as the headers name it.
fn read(headers: &HeaderMap) -> Result<Option<UserInfo>, ImpersonationError> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let Some(escaped) = name.as_str().strip_prefix(EXTRA_PREFIX) else {
            continue;
        };
        let key = percent_decode_str(escaped)
            .decode_utf8()
            .map_or_else(|_| escaped.to_owned(), |decoded| decoded.to_lowercase());
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        extra.entry(key).or_default().push(value);
    }
    let groups = headers
        .get_all(GROUP)
        .iter()
        .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
        .collect();
    let wanted = UserInfo {
        name: text(USER),
        uid: text(UID),
        groups,
        extra,
    };
    if !wanted.name.is_empty() {
        return Ok(Some(wanted));
    }
    if wanted.groups.is_empty() && wanted.extra.is_empty() && wanted.uid.is_empty() {
        return Ok(None);
    }
    Err(ImpersonationError::BadRequest(format!(
        "requested {} without impersonating a user name",
        printed(&wanted)
    )))
}

/// The identity as Go prints it.
fn printed(user: &UserInfo) -> String {
    let strings = |items: &[String]| {
        let quoted: Vec<String> = items.iter().map(|i| quote(i)).collect();
        format!("[]string{{{}}}", quoted.join(", "))
    };
    let groups = if user.groups.is_empty() {
        "[]string(nil)".to_owned()
    } else {
        strings(&user.groups)
    };
    let extra = if user.extra.is_empty() {
        "map[string][]string(nil)".to_owned()
    } else {
        let pairs: Vec<String> = user
            .extra
            .iter()
            .map(|(k, v)| format!("{}:{}", quote(k), strings(v)))
            .collect();
        format!("map[string][]string{{{}}}", pairs.join(", "))
    };
    format!(
        "&user.DefaultInfo{{Name:{}, UID:{}, Groups:{groups}, Extra:{extra}}}",
        quote(&user.name),
        quote(&user.uid),
    )
}

struct Check<'a> {
    group: &'static str,
    resource: &'static str,
    subresource: &'a str,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> Check<'a> {
    fn attributes(&self, caller: &'a UserInfo, verb: &'a str) -> Attributes<'a> {
        Attributes {
            version: "v1",
            subresource: self.subresource,
            namespace: self.namespace,
            name: self.name,
            ..Attributes::resource(caller, verb, self.group, self.resource)
        }
    }
}

fn checks(wanted: &UserInfo) -> Vec<Check<'_>> {
    let base = Check {
        group: "",
        resource: "users",
        subresource: "",
        namespace: "",
        name: "",
    };
    let mut out = Vec::new();
    match names::split_service_account(&wanted.name) {
        Some((namespace, name)) => {
            out.push(Check {
                resource: "serviceaccounts",
                namespace,
                name,
                ..base
            });
        }
        None => out.push(Check {
            name: &wanted.name,
            ..base
        }),
    }
    let other = |group, resource, subresource, name| Check {
        group,
        resource,
        subresource,
        namespace: "",
        name,
    };
    out.extend(
        wanted
            .groups
            .iter()
            .map(|g| other("", "groups", "", g.as_str())),
    );
    for (key, values) in &wanted.extra {
        out.extend(
            values
                .iter()
                .map(|v| other(AUTHENTICATION, "userextras", key.as_str(), v.as_str())),
        );
    }
    if !wanted.uid.is_empty() {
        out.push(other(AUTHENTICATION, "uids", "", &wanted.uid));
    }
    out
}

/// Adds the groups that everyone of this kind is in.
fn effective(mut wanted: UserInfo) -> UserInfo {
    if wanted.groups.is_empty()
        && let Some((namespace, _)) = names::split_service_account(&wanted.name)
    {
        wanted.groups = names::service_account_groups(namespace);
    }
    if wanted.name == names::ANONYMOUS {
        if !wanted.in_group(names::UNAUTHENTICATED) {
            wanted.groups.push(names::UNAUTHENTICATED.to_owned());
        }
        return wanted;
    }
    wanted.with_authenticated_group()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ObjectObserver;
    use crate::authz::{Masters, Rbac};
    use http::{HeaderName, HeaderValue};
    use skeg_schema::json;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        map
    }

    async fn impersonate(
        headers: &HeaderMap,
        request: &Attributes<'_>,
        authorizer: &dyn Authorizer,
    ) -> Result<Option<Impersonated>, ImpersonationError> {
        Modes::default()
            .impersonate(headers, request, authorizer)
            .await
    }

    async fn as_master(pairs: &[(&str, &str)]) -> Result<Option<UserInfo>, String> {
        let admin = UserInfo::new("admin", &["system:masters"]);
        let request = Attributes::resource(&admin, "list", "", "pods");
        impersonate(&headers(pairs), &request, &Masters)
            .await
            .map(|found| found.map(|found| found.user))
            .map_err(|e| e.to_string())
    }

    #[tokio::test]
    async fn identities() {
        let check = async |pairs: &[(&str, &str)], expect: &[&str]| {
            assert_eq!(
                as_master(pairs).await.unwrap().unwrap().groups,
                expect,
                "{pairs:?}"
            );
        };
        check(&[("Impersonate-User", "carol")], &["system:authenticated"]).await;
        check(
            &[
                ("Impersonate-User", "carol"),
                ("Impersonate-Group", "a"),
                ("impersonate-group", "b"),
            ],
            &["a", "b", "system:authenticated"],
        )
        .await;
        check(
            &[("Impersonate-User", "system:serviceaccount:ns:robot")],
            &[
                "system:serviceaccounts",
                "system:serviceaccounts:ns",
                "system:authenticated",
            ],
        )
        .await;
        check(
            &[("Impersonate-User", "system:anonymous")],
            &["system:unauthenticated"],
        )
        .await;
        check(
            &[
                ("Impersonate-User", "x"),
                ("Impersonate-Group", "system:unauthenticated"),
            ],
            &["system:unauthenticated"],
        )
        .await;
        let user = as_master(&[
            ("Impersonate-User", "carol"),
            ("Impersonate-Uid", "u-1"),
            ("Impersonate-Extra-Acme.com%2Fproject", "p1"),
        ])
        .await
        .unwrap()
        .unwrap();
        assert_eq!(user.uid, "u-1");
        assert_eq!(user.extra["acme.com/project"], ["p1"]);
        assert_eq!(as_master(&[("Accept", "x")]).await, Ok(None));
    }

    #[tokio::test]
    async fn parts_without_a_user() {
        let check = async |pairs: &[(&str, &str)], expect: &str| {
            let expect = format!(
                "requested &user.DefaultInfo{{{expect}}} without impersonating a user name"
            );
            assert_eq!(as_master(pairs).await, Err(expect));
        };
        check(
            &[("Impersonate-Group", "devs")],
            "Name:\"\", UID:\"\", Groups:[]string{\"devs\"}, Extra:map[string][]string(nil)",
        )
        .await;
        check(
            &[("Impersonate-Uid", "u")],
            "Name:\"\", UID:\"u\", Groups:[]string(nil), Extra:map[string][]string(nil)",
        )
        .await;
        check(
            &[("Impersonate-Extra-A", "b")],
            "Name:\"\", UID:\"\", Groups:[]string(nil), Extra:map[string][]string{\"a\":[]string{\"b\"}}",
        )
        .await;
    }

    #[tokio::test]
    async fn each_part_must_be_allowed() {
        let rbac = Rbac::new();
        rbac.upsert(
            "clusterroles",
            "",
            "imp",
            &json!({"rules": [{
                "apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"],
                "resourceNames": ["carol"]
            }]}),
        );
        rbac.upsert(
            "clusterrolebindings",
            "",
            "imp",
            &json!({
                "roleRef": {"kind": "ClusterRole", "name": "imp"},
                "subjects": [{"kind": "User", "name": "alice"}]
            }),
        );
        let alice = UserInfo::new("alice", &[]);
        let request = Attributes::resource(&alice, "list", "", "pods");
        let modes = Modes::default();
        let check = async |pairs: &[(&str, &str)], expect: (&str, &str, &str)| {
            let error = modes
                .impersonate(&headers(pairs), &request, &rbac)
                .await
                .unwrap_err();
            let ImpersonationError::Forbidden {
                resource,
                name,
                message,
                ..
            } = error
            else {
                panic!("{error}")
            };
            assert_eq!((&*resource, name.as_str(), message.as_str()), expect);
        };
        let carol = ("Impersonate-User", "carol");
        // Who never impersonated is told of the narrowest form.
        check(
            &[("Impersonate-User", "dave")],
            ("pods", "", "User \"alice\" cannot impersonate-on:user-info:list resource \"pods\" in API group \"\" at the cluster scope"),
        )
        .await;
        assert!(
            modes
                .impersonate(&headers(&[carol]), &request, &rbac)
                .await
                .unwrap()
                .is_some_and(|found| found.constraint.is_none())
        );
        check(
            &[("Impersonate-User", "dave")],
            ("users", "dave", "User \"alice\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"),
        )
        .await;
        check(
            &[carol, ("Impersonate-Extra-Scopes", "v")],
            ("userextras", "v", "User \"alice\" cannot impersonate resource \"userextras/scopes\" in API group \"authentication.k8s.io\" at the cluster scope"),
        )
        .await;
        check(
            &[("Impersonate-User", "system:serviceaccount:ns:x")],
            ("serviceaccounts", "x", "User \"alice\" cannot impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"ns\""),
        )
        .await;
    }

    #[tokio::test]
    async fn constrained_forms_allow_some_actions_only() {
        let rbac = Rbac::new();
        let rule = |group: &str, resource: &str, verb: &str, names: &[&str]| {
            let mut rule = json!({"apiGroups": [group], "resources": [resource], "verbs": [verb]});
            if !names.is_empty() {
                rule.set_at(&["resourceNames"], json!(names.to_vec()));
            }
            rule
        };
        let rules = vec![
            rule("", "pods", "impersonate-on:user-info:list", &[]),
            rule(AUTHENTICATION, "users", "impersonate:user-info", &["carol"]),
            rule("", "pods", "impersonate-on:associated-node:get", &[]),
            rule(AUTHENTICATION, "nodes", "impersonate:associated-node", &[]),
            rule("", "pods", "impersonate-on:serviceaccount:get", &[]),
            rule(
                AUTHENTICATION,
                "serviceaccounts",
                "impersonate:serviceaccount",
                &["robot"],
            ),
        ];
        rbac.upsert("clusterroles", "", "r", &json!({"rules": rules}));
        let binding = json!({
            "roleRef": {"kind": "ClusterRole", "name": "r"},
            "subjects": [{"kind": "ServiceAccount", "namespace": "ns", "name": "agent"}]
        });
        rbac.upsert("clusterrolebindings", "", "r", &binding);
        let mut agent = UserInfo::new("system:serviceaccount:ns:agent", &[]);
        agent.extra.insert(NODE_NAME.into(), vec!["n1".into()]);
        let check =
            async |verb: &str, pairs: &[(&str, &str)], expect: Result<(&str, &[&str]), &str>| {
                let request = Attributes::resource(&agent, verb, "", "pods");
                let got = impersonate(&headers(pairs), &request, &rbac).await;
                match (got, expect) {
                    (Ok(Some(found)), Ok((constraint, groups))) => {
                        assert_eq!(found.constraint, Some(constraint));
                        assert_eq!(found.user.groups, groups);
                    }
                    (Err(ImpersonationError::Forbidden { resource, .. }), Err(expect)) => {
                        assert_eq!(resource, expect);
                    }
                    (got, expect) => panic!("{verb} {pairs:?}: {got:?}, not {expect:?}"),
                }
            };
        let carol = [("Impersonate-User", "carol")];
        let everyone: &[&str] = &["system:authenticated"];
        check("list", &carol, Ok(("impersonate:user-info", everyone))).await;
        check("get", &carol, Err("pods")).await;
        check("list", &[("Impersonate-User", "dave")], Err("users")).await;
        let node = |name| [("Impersonate-User", name)];
        let nodes: &[&str] = &["system:nodes", "system:authenticated"];
        let mode = "impersonate:associated-node";
        check("get", &node("system:node:n1"), Ok((mode, nodes))).await;
        check("get", &node("system:node:n2"), Err("pods")).await;
        check("list", &node("system:node:n1"), Err("pods")).await;
        let robot = [("Impersonate-User", "system:serviceaccount:ns:robot")];
        let groups: &[&str] = &[
            "system:serviceaccounts",
            "system:serviceaccounts:ns",
            "system:authenticated",
        ];
        check("get", &robot, Ok(("impersonate:serviceaccount", groups))).await;
        check("list", &robot, Err("pods")).await;
    }
}
