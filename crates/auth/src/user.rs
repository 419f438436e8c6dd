//! Identities.

use std::collections::BTreeMap;

/// Who a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// The name, unique in the cluster: `alice`, `system:node:n1`, ….
    pub name: String,
    /// Identifies the user over time; may be empty.
    pub uid: String,
    /// Group names, in the order in which they were given.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// A user of these groups, without uid and extra.
    pub fn new(name: impl Into<String>, groups: &[&str]) -> Self {
        Self {
            name: name.into(),
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Whoever shows no credentials.
    pub fn anonymous() -> Self {
        Self::new(names::ANONYMOUS, &[names::UNAUTHENTICATED])
    }

    /// Whether it is nobody known.
    pub fn is_anonymous(&self) -> bool {
        self.name == names::ANONYMOUS || self.in_group(names::UNAUTHENTICATED)
    }

    /// Whether the user is of `group`.
    pub fn in_group(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g == group)
    }

    /// Adds `system:authenticated`, unless the groups already say whether the
    /// user is authenticated.
    pub(crate) fn with_authenticated_group(mut self) -> Self {
        let told = self.in_group(names::AUTHENTICATED) || self.in_group(names::UNAUTHENTICATED);
        if self.name != names::ANONYMOUS && !told {
            self.groups.push(names::AUTHENTICATED.to_owned());
        }
        self
    }
}

/// User and group names with a meaning.
pub mod names {
    /// The user of requests without credentials.
    pub const ANONYMOUS: &str = "system:anonymous";
    /// The group of everyone who proved an identity.
    pub const AUTHENTICATED: &str = "system:authenticated";
    /// The group of everyone who did not.
    pub const UNAUTHENTICATED: &str = "system:unauthenticated";
    /// The group that may do everything.
    pub const MASTERS: &str = "system:masters";
    /// The group of all kubelets.
    pub const NODES: &str = "system:nodes";
    /// What the name of a kubelet's user begins with.
    pub const NODE_PREFIX: &str = "system:node:";
    /// The group of all service accounts.
    pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
    /// The scheduler.
    pub const SCHEDULER: &str = "system:kube-scheduler";
    /// The controller manager.
    pub const CONTROLLER_MANAGER: &str = "system:kube-controller-manager";
    /// The service proxy.
    pub const PROXY: &str = "system:kube-proxy";
    /// The API server itself.
    pub const API_SERVER: &str = "system:apiserver";

    const SERVICE_ACCOUNT_PREFIX: &str = "system:serviceaccount:";

    /// The user name of a service account.
    pub fn service_account(namespace: &str, name: &str) -> String {
        format!("{SERVICE_ACCOUNT_PREFIX}{namespace}:{name}")
    }

    /// The groups of a service account.
    pub fn service_account_groups(namespace: &str) -> Vec<String> {
        vec![
            SERVICE_ACCOUNTS.to_owned(),
            format!("{SERVICE_ACCOUNTS}:{namespace}"),
        ]
    }

    /// Namespace and name, if `user` is a service account's user name.
    pub fn split_service_account(user: &str) -> Option<(&str, &str)> {
        let (namespace, name) = user.strip_prefix(SERVICE_ACCOUNT_PREFIX)?.split_once(':')?;
        (is_label(namespace) && is_subdomain(name)).then_some((namespace, name))
    }

    fn is_label(text: &str) -> bool {
        let edge = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let bytes = text.as_bytes();
        bytes.len() <= 63
            && bytes.first().is_some_and(|c| edge(*c))
            && bytes.last().is_some_and(|c| edge(*c))
            && bytes.iter().all(|c| edge(*c) || *c == b'-')
    }

    fn is_subdomain(text: &str) -> bool {
        text.len() <= 253
            && text.split('.').all(|part| {
                let edge = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
                let bytes = part.as_bytes();
                bytes.first().is_some_and(|c| edge(*c))
                    && bytes.last().is_some_and(|c| edge(*c))
                    && bytes.iter().all(|c| edge(*c) || *c == b'-')
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_account_names() {
        let check = |user: &str, expect: Option<(&str, &str)>| {
            assert_eq!(names::split_service_account(user), expect, "{user}");
        };
        check("system:serviceaccount:ns:robot", Some(("ns", "robot")));
        check("system:serviceaccount:ns:a.b", Some(("ns", "a.b")));
        check("system:serviceaccount:ns:", None);
        check("system:serviceaccount::x", None);
        check("system:serviceaccount:N:x", None);
        check("system:serviceaccount:a:b:c", None);
        check("alice", None);
    }

    #[test]
    fn authenticated_group_is_added_once() {
        let user = UserInfo::new("a", &["g"])
            .with_authenticated_group()
            .with_authenticated_group();
        assert_eq!(user.groups, ["g", names::AUTHENTICATED]);
        assert_eq!(
            UserInfo::anonymous().with_authenticated_group(),
            UserInfo::anonymous()
        );
    }
}
