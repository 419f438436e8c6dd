//! What must be allowed for an identity: a question for each of its parts, in
//! upstream's order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

use skeg_meta::FieldPath;

use super::figures::Figures;
use super::{Constrained, ImpersonationError, NODE_NAME, forbidden, node_name};
use crate::authz::{Attributes, Authorizer};
use crate::shape::check_domain_prefixed;
use crate::text::{aggregate_errors, quote};
use crate::user::{UserInfo, names};

const AUTHENTICATION: &str = "authentication.k8s.io";
/// From so many groups or extra values on, a constrained form asks for all of
/// them at once first.
const MANY: usize = 4;
/// What an authorizer sees of a service account that acts as its own node,
/// instead of all that it carries: the keys of that.
const ASSOCIATED_KEYS: &str = "authentication.kubernetes.io/associated-node-keys";

/// Asks for one identity in one form.
pub(super) struct Questions<'a> {
    /// `None` is the plain form.
    pub form: Option<Constrained>,
    pub request: &'a Attributes<'a>,
    pub authorizer: &'a dyn Authorizer,
    pub figures: &'a Figures,
}

impl Questions<'_> {
    /// Whether the caller may take on `wanted` for this request.
    pub(super) async fn check(&self, wanted: &UserInfo) -> Result<(), ImpersonationError> {
        let caller = self.caller();
        if let Some(form) = self.form {
            let verb = format!("impersonate-on:{}:{}", form.name(), self.request.verb);
            self.ask(&Attributes {
                user: &caller,
                verb: &verb,
                ..*self.request
            })
            .await?;
        }
        self.ask(&self.name(&caller, wanted)).await?;
        if !wanted.uid.is_empty() {
            let uids = self.part(&caller, AUTHENTICATION, "uids");
            let name = &wanted.uid;
            self.ask(&Attributes { name, ..uids }).await?;
        }
        self.groups(&caller, &wanted.groups).await?;
        self.extra(&caller, &wanted.extra).await
    }

    /// A service account that acts as its own node may do so on every node.
    fn caller(&self) -> Cow<'_, UserInfo> {
        let user = self.request.user;
        if self.form != Some(Constrained::AssociatedNode) {
            return Cow::Borrowed(user);
        }
        let keys = user.extra.keys().cloned().collect();
        debug_assert!(user.extra.contains_key(NODE_NAME));
        Cow::Owned(UserInfo {
            extra: BTreeMap::from([(ASSOCIATED_KEYS.to_owned(), keys)]),
            ..user.clone()
        })
    }

    async fn ask(&self, asked: &Attributes<'_>) -> Result<(), ImpersonationError> {
        let since = Instant::now();
        let answer = self.authorizer.authorize(asked).await;
        let form = self.form.map_or("legacy", Constrained::name);
        self.figures.asked(form, answer.allowed(), since.elapsed());
        if answer.allowed() {
            return Ok(());
        }
        let reason: Cow<'_, str> = match &answer.error {
            None => Cow::Borrowed(&answer.reason),
            Some(error) if answer.reason.is_empty() => Cow::Borrowed(error),
            Some(error) => Cow::Owned(format!("{error}: {}", answer.reason)),
        };
        Err(forbidden(asked, &reason))
    }

    fn part<'p>(
        &'p self,
        caller: &'p UserInfo,
        group: &'static str,
        resource: &'static str,
    ) -> Attributes<'p> {
        let verb = self.form.map_or("impersonate", Constrained::verb);
        Attributes {
            version: "v1",
            ..Attributes::resource(caller, verb, group, resource)
        }
    }

    /// The API group of users, groups and service accounts.
    fn group(&self) -> &'static str {
        match self.form {
            Some(_) => AUTHENTICATION,
            None => "",
        }
    }

    fn name<'p>(&'p self, caller: &'p UserInfo, wanted: &'p UserInfo) -> Attributes<'p> {
        let (resource, namespace, name) = match self.form {
            // Whichever node it is: the caller's own.
            Some(Constrained::AssociatedNode) => ("nodes", "", "*"),
            Some(Constrained::ArbitraryNode) => {
                ("nodes", "", node_name(&wanted.name).unwrap_or_default())
            }
            _ => match names::split_service_account(&wanted.name) {
                Some((namespace, name)) => ("serviceaccounts", namespace, name),
                None => ("users", "", wanted.name.as_str()),
            },
        };
        Attributes {
            namespace,
            name,
            ..self.part(caller, self.group(), resource)
        }
    }

    async fn groups(&self, caller: &UserInfo, groups: &[String]) -> Result<(), ImpersonationError> {
        let about = self.part(caller, self.group(), "groups");
        if self.form.is_some() {
            if groups.iter().any(String::is_empty) {
                let reason = "impersonating the empty string group is not allowed";
                return Err(forbidden(&about, reason));
            }
            // Nobody becomes a master by a right to become somebody.
            if groups.iter().any(|group| group == names::MASTERS) {
                let name = names::MASTERS;
                let reason = "impersonating the system:masters group is not allowed";
                return Err(forbidden(&Attributes { name, ..about }, reason));
            }
            if groups.len() >= MANY && self.ask(&Attributes { name: "*", ..about }).await.is_ok() {
                return Ok(());
            }
        }
        for name in groups {
            self.ask(&Attributes { name, ..about }).await?;
        }
        Ok(())
    }

    async fn extra(
        &self,
        caller: &UserInfo,
        extra: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), ImpersonationError> {
        let about = self.part(caller, AUTHENTICATION, "userextras");
        if self.form.is_some() {
            for (key, values) in extra {
                if let Some(fault) = fault_of_extra(key, values) {
                    return Err(forbidden(&about, &fault));
                }
            }
            let is_large =
                extra.len() >= MANY || extra.values().map(Vec::len).sum::<usize>() >= MANY;
            let all = Attributes {
                subresource: "*",
                name: "*",
                ..about
            };
            if is_large && self.ask(&all).await.is_ok() {
                return Ok(());
            }
        }
        for (subresource, values) in extra {
            for name in values {
                self.ask(&Attributes {
                    subresource,
                    name,
                    ..about
                })
                .await?;
            }
        }
        Ok(())
    }
}

/// Why a constrained form does not take an extra attribute, whoever asks.
fn fault_of_extra(key: &str, values: &[String]) -> Option<String> {
    if key.is_empty() {
        return Some("impersonating the empty string key in extra is not allowed".to_owned());
    }
    let mut errors = Vec::new();
    check_domain_prefixed(key, &FieldPath::new("extra.key"), &mut errors);
    if let Some(words) = aggregate_errors(&errors) {
        return Some(format!(
            "impersonating an invalid key in extra is not allowed: {words}"
        ));
    }
    if key != key.to_lowercase() {
        let key = quote(key);
        return Some(format!(
            "impersonating a non-lowercase key in extra is not allowed: {key}"
        ));
    }
    values
        .iter()
        .any(String::is_empty)
        .then(|| "impersonating the empty string value in extra is not allowed".to_owned())
}
