//! Acting as someone else: what the `Impersonate-…` headers ask for, what
//! must be allowed for it, and who the request then comes from.

mod checks;
mod figures;

use std::collections::BTreeMap;
use std::time::Instant;

use http::HeaderMap;
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;

use crate::authz::{Attributes, Authorizer};
use crate::metrics::Text;
use crate::text::quote;
use crate::user::{UserInfo, names};
use checks::Questions;
use figures::Figures;

const USER: &str = "impersonate-user";
const GROUP: &str = "impersonate-group";
const UID: &str = "impersonate-uid";
const EXTRA_PREFIX: &str = "impersonate-extra-";

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
    figures: Figures,
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
        let since = Instant::now();
        let outcome = self.decide(wanted, request, authorizer).await;
        let form = match &outcome {
            Ok((_, Some(form))) => form.name(),
            Ok((_, None)) => "legacy",
            Err(_) => "",
        };
        self.figures
            .attempted(form, outcome.is_ok(), since.elapsed());
        let (user, form) = outcome?;
        Ok(Some(Impersonated {
            user,
            constraint: form.map(Constrained::verb),
        }))
    }

    /// Adds the metrics.
    pub fn render(&self, out: &mut Text) {
        self.figures.render(out);
    }

    async fn decide(
        &self,
        wanted: UserInfo,
        request: &Attributes<'_>,
        authorizer: &dyn Authorizer,
    ) -> Result<(UserInfo, Option<Constrained>), ImpersonationError> {
        let caller = &request.user.name;
        let mut forms: Vec<_> = modes(&wanted, request.user).into_iter().map(Some).collect();
        forms.push(None);
        let last = self.last.lock().get(caller).copied();
        forms.sort_by_key(|form| last != Some(*form));
        let mut refused = None;
        for form in forms {
            let questions = Questions {
                form,
                request,
                authorizer,
                figures: &self.figures,
            };
            match questions.check(&wanted).await {
                Err(error) => refused = refused.or(Some(error)),
                Ok(()) => {
                    self.remember(caller, form);
                    let user = match form {
                        Some(mode) => mode.effective(wanted),
                        None => effective(wanted),
                    };
                    return Ok((user, form));
                }
            }
        }
        // The plain form applies to everybody: it has refused.
        let none = ImpersonationError::BadRequest("nobody can be impersonated".to_owned());
        Err(refused.unwrap_or(none))
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

/// The node whose kubelet has this user name. A name that no node can have is
/// somebody else's.
fn node_name(user: &str) -> Option<&str> {
    user.strip_prefix(names::NODE_PREFIX)
        .filter(|name| skeg_meta::names::dns1123_subdomain(name).is_empty())
}

/// The forms that an identity may be taken on in, the narrowest first.
fn modes(wanted: &UserInfo, caller: &UserInfo) -> Vec<Constrained> {
    // A node has its groups by its name; who asks for more asks for a user.
    let bare = wanted.groups.is_empty() && wanted.extra.is_empty() && wanted.uid.is_empty();
    if let Some(node) = node_name(&wanted.name) {
        let here = names::split_service_account(&caller.name).is_some()
            && caller
                .extra
                .get(NODE_NAME)
                .is_some_and(|names| matches!(names.as_slice(), [one] if one == node));
        return match (bare, here) {
            (true, true) => vec![Constrained::AssociatedNode, Constrained::ArbitraryNode],
            (true, false) => vec![Constrained::ArbitraryNode],
            (false, _) => Vec::new(),
        };
    }
    match names::split_service_account(&wanted.name) {
        Some(_) if bare => vec![Constrained::ServiceAccount],
        Some(_) => Vec::new(),
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

    fn effective(self, mut wanted: UserInfo) -> UserInfo {
        if matches!(self, Self::AssociatedNode | Self::ArbitraryNode) {
            wanted.groups = vec![names::NODES.to_owned()];
        }
        effective(wanted)
    }
}

/// The identity as the headers name it.
fn read(headers: &HeaderMap) -> Result<Option<UserInfo>, ImpersonationError> {
    // Bytes, whatever they are: who would be passed over would act as himself.
    let text = |name: &str| {
        let value = headers.get(name);
        value.map_or_else(String::new, |value| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        })
    };
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let Some(escaped) = name.as_str().strip_prefix(EXTRA_PREFIX) else {
            continue;
        };
        let key = percent_decode_str(escaped)
            .decode_utf8()
            .map_or_else(|_| escaped.to_owned(), |decoded| decoded.into_owned());
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
mod tests;
