//! Tokens of other issuers (OpenID Connect): who signed them, what they claim,
//! whom that makes here.

mod config;
mod keys;
mod read;

pub use config::{Anonymous, AuthenticationConfiguration, ConfigurationError, Issuer, OidcOptions};

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use skeg_meta::Time;
use skeg_schema::{Object, Value};

use super::jose::Token;
use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::text::quote;
use crate::user::UserInfo;
use config::{ClaimRule, Mapping};
use keys::KeySource;

/// A clock may be wrong by so many seconds where a token is not valid yet.
const LEEWAY_SECONDS: i64 = 300;

/// Authenticates by the tokens of one issuer.
pub struct OidcTokens {
    issuer: Issuer,
    keys: KeySource,
    audiences: Vec<String>,
}

impl OidcTokens {
    /// Fetches the issuer's keys from now on. `audiences` are the API server's
    /// own, for which every accepted token is good.
    ///
    /// # Errors
    /// The issuer's certificate authority is not usable.
    pub fn new(issuer: Issuer, audiences: Vec<String>) -> Result<Self, ConfigurationError> {
        let keys = KeySource::new(&issuer)?;
        Ok(Self {
            issuer,
            keys,
            audiences,
        })
    }

    /// Whether keys were fetched already.
    pub fn is_ready(&self) -> bool {
        self.keys.is_ready()
    }

    #[cfg(test)]
    fn keys_fetched(&self) -> parking_lot::MutexGuard<'_, Option<std::time::Instant>> {
        self.keys.fetched()
    }

    fn check_times(&self, claims: &Value, now: i64) -> Result<(), String> {
        let seconds = |key: &str| {
            claims[key]
                .as_i64()
                .or_else(|| claims[key].as_f64().map(|f| f as i64))
        };
        match seconds("exp") {
            Some(end) if end > now => {}
            Some(end) => {
                return Err(format!(
                    "oidc: verify token: oidc: token is expired (Token Expiry: {})",
                    at(end)
                ));
            }
            None => return Err("oidc: verify token: oidc: token has no expiry".to_owned()),
        }
        if seconds("nbf").is_some_and(|begin| begin > now + LEEWAY_SECONDS) {
            return Err(
                "oidc: verify token: oidc: current time is before the nbf (not before) time"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn check_audience(&self, claims: &Value) -> Result<(), String> {
        let given: Vec<&str> = match &claims["aud"] {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if self
            .issuer
            .audiences
            .iter()
            .any(|a| given.contains(&a.as_str()))
        {
            return Ok(());
        }
        Err(format!(
            "oidc: verify token: oidc: expected audience in {} got {}",
            crate::text::quote_list(&self.issuer.audiences),
            crate::text::quote_list(&given)
        ))
    }

    /// The identity behind believed claims.
    fn user(&self, claims: &Value) -> Result<UserInfo, String> {
        let issuer = &self.issuer;
        let name =
            match &issuer.username {
                Mapping::Nothing => String::new(),
                Mapping::Claim { claim, prefix } => {
                    let name = claims[claim.as_str()].as_str().ok_or_else(|| {
                        format!(
                            "oidc: parse username claims {}: claim not present",
                            quote(claim)
                        )
                    })?;
                    if claim == "email" {
                        check_email(claims)?;
                    }
                    format!("{prefix}{name}")
                }
                Mapping::Expression(expression) => {
                    match expression.evaluate(&[("claims", claims)])? {
                    Value::String(name) => name,
                    _ => return Err("oidc: error evaluating username claim expression: username claim must be a string".to_owned()),
                }
                }
            };
        if name.is_empty() {
            return Err("oidc: username cannot be empty".to_owned());
        }
        let groups = match &issuer.groups {
            Mapping::Nothing => Vec::new(),
            Mapping::Claim { claim, prefix } => match &claims[claim.as_str()] {
                Value::Null => Vec::new(),
                value => texts(value)
                    .ok_or_else(|| {
                        format!(
                            "oidc: parse groups claim {}: it is neither a string nor a list of them",
                            quote(claim)
                        )
                    })?
                    .into_iter()
                    .map(|group| format!("{prefix}{group}"))
                    .collect(),
            },
            Mapping::Expression(expression) => texts(&expression.evaluate(&[("claims", claims)])?)
                .ok_or("oidc: error evaluating group claim expression: expression must return a string or a list of strings")?
                .into_iter()
                .filter(|group| !group.is_empty())
                .collect(),
        };
        let uid = match &issuer.uid {
            Mapping::Nothing => String::new(),
            Mapping::Claim { claim, .. } => claims[claim.as_str()]
                .as_str()
                .ok_or_else(|| {
                    format!("oidc: parse uid claim {}: claim not present", quote(claim))
                })?
                .to_owned(),
            Mapping::Expression(expression) => {
                match expression.evaluate(&[("claims", claims)])? {
                    Value::String(uid) => uid,
                    _ => return Err(
                        "oidc: error evaluating uid claim expression: uid claim must be a string"
                            .to_owned(),
                    ),
                }
            }
        };
        let mut extra = BTreeMap::new();
        for (key, expression) in &issuer.extra {
            let values: Vec<String> = texts(&expression.evaluate(&[("claims", claims)])?)
                .ok_or_else(|| {
                    format!("oidc: error evaluating extra claim expression for {key}: expression must return a string or a list of strings")
                })?
                .into_iter()
                .filter(|value| !value.is_empty())
                .collect();
            if !values.is_empty() {
                extra.insert(key.clone(), values);
            }
        }
        if let Some(id) = claims["jti"].as_str().filter(|id| !id.is_empty()) {
            extra.insert(
                "authentication.kubernetes.io/credential-id".to_owned(),
                vec![format!("JTI={id}")],
            );
        }
        Ok(UserInfo {
            name,
            uid,
            groups,
            extra,
        })
    }

    fn check_rules(&self, claims: &Value) -> Result<(), String> {
        for rule in &self.issuer.claim_rules {
            match rule {
                ClaimRule::Required { claim, value } => match claims[claim.as_str()].as_str() {
                    None => {
                        return Err(format!(
                            "oidc: required claim {claim} not present in ID token"
                        ));
                    }
                    Some(given) if given == value => {}
                    Some(given) => {
                        return Err(format!(
                            "oidc: required claim {claim} value does not match. Got = {given}, want = {value}"
                        ));
                    }
                },
                ClaimRule::Expression(expression, message) => {
                    match expression.evaluate(&[("claims", claims)])? {
                        Value::Bool(true) => {}
                        _ => {
                            return Err(format!(
                                "oidc: error evaluating claim validation expression: {message}"
                            ));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn check_user(&self, user: &UserInfo) -> Result<(), String> {
        if self.issuer.user_rules.is_empty() {
            return Ok(());
        }
        let list = |items: &[String]| {
            Value::Array(items.iter().map(|i| Value::from(i.as_str())).collect())
        };
        let mut tree = Object::new();
        tree.insert("username", user.name.as_str());
        tree.insert("uid", user.uid.as_str());
        tree.insert("groups", list(&user.groups));
        let extra: Object = user
            .extra
            .iter()
            .map(|(key, values)| (key.clone().into(), list(values)))
            .collect();
        tree.insert("extra", extra);
        let tree = Value::Object(tree);
        for (expression, message) in &self.issuer.user_rules {
            match expression.evaluate(&[("user", &tree)])? {
                Value::Bool(true) => {}
                _ => {
                    return Err(format!(
                        "oidc: error evaluating user info validation rule: {message}"
                    ));
                }
            }
        }
        Ok(())
    }
}

fn at(seconds: i64) -> String {
    let time = Time::now();
    let ahead = seconds - time.0.as_second();
    match time
        .0
        .checked_add(std::time::Duration::from_secs(ahead.unsigned_abs()))
    {
        Ok(later) if ahead >= 0 => Time(later).to_string(),
        _ => time
            .0
            .checked_sub(std::time::Duration::from_secs(ahead.unsigned_abs()))
            .map_or_else(|_| seconds.to_string(), |earlier| Time(earlier).to_string()),
    }
}

/// A string or a list of strings.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => many.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// An address that the issuer does not vouch for is no name.
fn check_email(claims: &Value) -> Result<(), String> {
    match &claims["email_verified"] {
        Value::Null | Value::Bool(true) => Ok(()),
        Value::Bool(false) => Err("oidc: email not verified".to_owned()),
        _ => Err("oidc: parse 'email_verified' claim: it is no boolean".to_owned()),
    }
}

#[async_trait]
impl TokenAuthenticator for OidcTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let Some(token) = Token::parse(token) else {
            return Ok(None);
        };
        if token.issuer() != self.issuer.url {
            return Ok(None);
        }
        let audiences: Vec<String> = audiences
            .iter()
            .filter(|a| self.audiences.contains(a))
            .cloned()
            .collect();
        if audiences.is_empty() && !self.audiences.is_empty() {
            return Ok(None);
        }
        let failed = |message: String| AuthnError::new(message);
        let claims = &token.claims;
        self.check_audience(claims).map_err(failed)?;
        self.check_times(claims, Time::now().0.as_second())
            .map_err(failed)?;
        if !self.issuer.algorithms.contains(&token.algorithm) {
            return Err(AuthnError::new(format!(
                "oidc: verify token: oidc: id token signed with unsupported algorithm, expected {} got {}",
                crate::text::quote_list(&self.issuer.algorithms),
                quote(&token.algorithm)
            )));
        }
        self.keys.verify(&token).await.map_err(failed)?;
        self.check_rules(claims).map_err(failed)?;
        let user = self.user(claims).map_err(failed)?;
        self.check_user(&user).map_err(failed)?;
        Ok(Some(AuthenticatedUser {
            user: Arc::new(user.with_authenticated_group()),
            audiences,
        }))
    }
}

#[cfg(test)]
mod tests;
