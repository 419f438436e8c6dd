//! Bootstrap tokens: `ID.SECRET`, kept in Secrets of kube-system, by which a
//! machine asks for its first certificate.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skeg_meta::Time;
use skeg_schema::Value;

use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::user::UserInfo;

const NAMESPACE: &str = "kube-system";
const SECRET_TYPE: &str = "bootstrap.kubernetes.io/token";
const GROUP: &str = "system:bootstrappers";

/// Looks up Secrets.
#[async_trait]
pub trait SecretLookup: Send + Sync {
    /// The Secret of this name, whole.
    async fn secret(&self, namespace: &str, name: &str) -> Option<Arc<Value>>;
}

/// A [`SecretLookup`] that is set once the API server is there.
#[derive(Default)]
pub struct DeferredSecrets(OnceLock<Arc<dyn SecretLookup>>);

impl DeferredSecrets {
    /// From now on, asks `lookup`. The first call counts.
    pub fn set(&self, lookup: Arc<dyn SecretLookup>) {
        let _ = self.0.set(lookup);
    }
}

#[async_trait]
impl SecretLookup for DeferredSecrets {
    async fn secret(&self, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.0.get()?.secret(namespace, name).await
    }
}

/// Authenticates by bootstrap tokens.
pub struct BootstrapTokens {
    secrets: Arc<dyn SecretLookup>,
    audiences: Vec<String>,
}

impl BootstrapTokens {
    /// The tokens are good for `audiences` (the API server's).
    pub fn new(secrets: Arc<dyn SecretLookup>, audiences: Vec<String>) -> Self {
        Self { secrets, audiences }
    }
}

/// Id and secret of a token.
fn split(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.split_once('.')?;
    let fine = |text: &str, len: usize| {
        text.len() == len
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    (fine(id, 6) && fine(secret, 16)).then_some((id, secret))
}

fn data(secret: &Value, key: &str) -> String {
    secret["data"][key]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// Whether a group is one that tokens may give.
fn is_group(group: &str) -> bool {
    let Some(rest) = group.strip_prefix("system:bootstrappers:") else {
        return false;
    };
    rest.len() <= 256
        && rest
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b':' || b == b'-')
        && rest
            .bytes()
            .last()
            .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Whose token it is, if the Secret is a good one for it.
fn user(secret: &Value, id: &str, given: &str, now: Time) -> Option<UserInfo> {
    let deleted = !secret["metadata"]["deletionTimestamp"].is_null();
    if secret["type"].as_str() != Some(SECRET_TYPE) || deleted {
        return None;
    }
    let known = data(secret, "token-secret");
    let same =
        aws_lc_rs::constant_time::verify_slices_are_equal(known.as_bytes(), given.as_bytes());
    if same.is_err() || data(secret, "token-id") != id {
        return None;
    }
    let expiration = data(secret, "expiration");
    if !expiration.is_empty() {
        match expiration.parse::<Time>() {
            Ok(end) if end.0 > now.0 => {}
            _ => return None,
        }
    }
    if data(secret, "usage-bootstrap-authentication") != "true" {
        return None;
    }
    let mut groups = vec![GROUP.to_owned()];
    for group in data(secret, "auth-extra-groups").split(',') {
        if group.is_empty() {
            continue;
        }
        if !is_group(group) {
            tracing::warn!(
                id,
                group,
                "a bootstrap token has a group that it may not give"
            );
            return None;
        }
        if !groups.iter().any(|g| g == group) {
            groups.push(group.to_owned());
        }
    }
    groups.sort();
    Some(UserInfo {
        name: format!("system:bootstrap:{id}"),
        groups,
        ..UserInfo::default()
    })
}

#[async_trait]
impl TokenAuthenticator for BootstrapTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let Some((id, given)) = split(token) else {
            return Ok(None);
        };
        let audiences: Vec<String> = audiences
            .iter()
            .filter(|a| self.audiences.contains(a))
            .cloned()
            .collect();
        if audiences.is_empty() && !self.audiences.is_empty() {
            return Ok(None);
        }
        let name = format!("bootstrap-token-{id}");
        let Some(secret) = self.secrets.secret(NAMESPACE, &name).await else {
            return Ok(None);
        };
        Ok(
            user(&secret, id, given, Time::now()).map(|user| AuthenticatedUser {
                user: Arc::new(user.with_authenticated_group()),
                audiences,
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn secret(changes: &[(&'static str, &str)]) -> Value {
        let mut secret = json!({"type": SECRET_TYPE, "metadata": {}});
        for (key, text) in [
            ("token-id", "abcdef"),
            ("token-secret", "0123456789abcdef"),
            ("usage-bootstrap-authentication", "true"),
        ]
        .iter()
        .chain(changes)
        {
            secret.set_at(&["data", key], STANDARD.encode(text));
        }
        secret
    }

    #[test]
    fn which_secrets_are_good() {
        let now: Time = "2026-01-02T00:00:00Z".parse().unwrap();
        let check = |changes: &[(&'static str, &str)], given: &str, expect: Option<&[&str]>| {
            let got = user(&secret(changes), "abcdef", given, now);
            let expect: Option<Vec<String>> =
                expect.map(|g| g.iter().map(|s| (*s).to_owned()).collect());
            assert_eq!(got.map(|u| u.groups), expect, "{changes:?}");
        };
        let good = "0123456789abcdef";
        check(&[], good, Some(&[GROUP]));
        check(&[], "0123456789abcdee", None);
        check(
            &[("expiration", "2026-01-03T00:00:00Z")],
            good,
            Some(&[GROUP]),
        );
        check(&[("expiration", "2026-01-01T00:00:00Z")], good, None);
        check(&[("expiration", "some day")], good, None);
        check(&[("usage-bootstrap-authentication", "false")], good, None);
        check(&[("token-id", "other0")], good, None);
        let groups = (
            "auth-extra-groups",
            "system:bootstrappers:a,system:bootstrappers:b-1",
        );
        let all = [GROUP, "system:bootstrappers:a", "system:bootstrappers:b-1"];
        check(&[groups], good, Some(&all));
        check(&[("auth-extra-groups", "system:masters")], good, None);
        assert_eq!(split("abcdef.0123456789abcdef"), Some(("abcdef", good)));
        assert_eq!(split("abcdeF.0123456789abcdef"), None);
        assert_eq!(split("abcdef.0123456789abcde"), None);
    }
}
