//! Tokens of other issuers (OpenID Connect): who signed them, what they claim,
//! whom that makes here.

mod claims;
mod config;
mod figures;
mod keys;
mod read;

pub use config::{Anonymous, AuthenticationConfiguration, ConfigurationError, Issuer, OidcOptions};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use skeg_meta::Time;
use skeg_schema::{Object, Value};

use super::jose::Token;
use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::expr::Expression;
use crate::metrics::Text;
use crate::text::{quote, quote_list};
use crate::user::UserInfo;
use config::{ClaimRule, Mapping};
pub(crate) use figures::Figures;
use keys::KeySource;

/// A clock may be wrong by so many seconds where a token is not valid yet.
const LEEWAY_SECONDS: i64 = 60;
const NOT_TEXTS: &str = "expression must return a string or a list of strings";

/// Authenticates by the tokens of one issuer.
pub struct OidcTokens {
    issuer: Issuer,
    keys: KeySource,
    audiences: Vec<String>,
    figures: Arc<Figures>,
    /// As metrics name the issuer.
    hash: String,
}

impl OidcTokens {
    /// Fetches the issuer's keys from now on. `audiences` are the API server's
    /// own, for which every accepted token is good.
    ///
    /// # Errors
    /// The issuer's certificate authority is not usable.
    pub fn new(issuer: Issuer, audiences: Vec<String>) -> Result<Self, ConfigurationError> {
        Self::counted(issuer, audiences, Arc::default())
    }

    /// Counted with other issuers.
    ///
    /// # Errors
    /// As of [`OidcTokens::new`].
    pub(crate) fn counted(
        issuer: Issuer,
        audiences: Vec<String>,
        figures: Arc<Figures>,
    ) -> Result<Self, ConfigurationError> {
        let keys = KeySource::new(&issuer, figures.clone())?;
        Ok(Self {
            hash: figures::hash(issuer.url.as_bytes()),
            issuer,
            keys,
            audiences,
            figures,
        })
    }

    /// Whether the issuer can be found.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn check(&self) -> Result<(), String> {
        self.keys.find().await.map_err(|error| {
            format!(
                "oidc: authenticator for issuer {} is not healthy: {error}",
                quote(&self.issuer.url)
            )
        })
    }

    fn check_times(&self, claims: &Value, now: i64) -> Result<(), String> {
        let end = claims::seconds(claims, "exp");
        if end.is_none_or(|end| end <= now) {
            let end = claims::printed(end);
            return Err(format!("oidc: token is expired (Token Expiry: {end})"));
        }
        match claims::seconds(claims, "nbf") {
            Some(begin) if begin > now + LEEWAY_SECONDS => Err(format!(
                "oidc: current time {} before the nbf (not before) time: {}",
                claims::printed(Some(now)),
                claims::printed(Some(begin))
            )),
            _ => Ok(()),
        }
    }

    fn check_audience(&self, claims: &Value) -> Result<(), String> {
        let given = claims::texts(&claims["aud"])
            .map_err(|error| format!("oidc: failed to unmarshal claims: {error}"))?;
        let mut wanted = self.issuer.audiences.clone();
        if wanted.iter().any(|audience| given.contains(audience)) {
            return Ok(());
        }
        let given = quote_list(&given);
        Err(match wanted.as_slice() {
            [one] => format!("oidc: expected audience {} got {given}", quote(one)),
            _ => {
                wanted.sort();
                let wanted = quote_list(&wanted);
                format!("oidc: expected audience in {wanted} got {given}")
            }
        })
    }

    /// Whether the token is the issuer's, for us, and good now.
    async fn verify(&self, token: &Token<'_>) -> Result<(), String> {
        if !self.issuer.algorithms.contains(&token.algorithm) {
            let mut known = self.issuer.algorithms.clone();
            known.sort();
            return Err(format!(
                "oidc: verify token: oidc: id token signed with unsupported algorithm, expected {} got {}",
                quote_list(&known),
                quote(&token.algorithm)
            ));
        }
        self.keys.verify(token).await?;
        let told = |error| format!("oidc: verify token: {error}");
        claims::check_registered(&token.claims).map_err(told)?;
        // One audience is go-oidc's affair, several are looked at in the end.
        let single = self.issuer.audiences.len() == 1;
        if single {
            self.check_audience(&token.claims).map_err(told)?;
        }
        self.check_times(&token.claims, Time::now().0.as_second())
            .map_err(told)?;
        match single {
            true => Ok(()),
            false => self.check_audience(&token.claims).map_err(told),
        }
    }

    /// The identity behind believed claims.
    fn user(&self, claims: &Value) -> Result<UserInfo, String> {
        let issuer = &self.issuer;
        let told = claims::as_doubles(claims);
        let name = match &issuer.username {
            Mapping::Nothing => String::new(),
            Mapping::Claim { claim, prefix } => {
                let name = claims::text(claims, claim).map_err(|error| {
                    format!("oidc: parse username claims {}: {error}", quote(claim))
                })?;
                if claim == "email" {
                    claims::check_email(claims)?;
                }
                format!("{prefix}{name}")
            }
            Mapping::Expression(expression) => text_of(expression, &told, "username")?,
        };
        if name.is_empty() {
            return Err(match issuer.username {
                Mapping::Expression(_) => {
                    "oidc: empty username via CEL expression is not allowed".to_owned()
                }
                _ => "oidc: username cannot be empty".to_owned(),
            });
        }
        let groups = match &issuer.groups {
            Mapping::Nothing => Vec::new(),
            Mapping::Claim { claim, prefix } => claims::texts(&claims[claim.as_str()])
                .map_err(|error| format!("oidc: parse groups claim {}: {error}", quote(claim)))?
                .into_iter()
                .map(|group| format!("{prefix}{group}"))
                .collect(),
            Mapping::Expression(expression) => expression
                .evaluate(&[("claims", &told)])
                .and_then(texts_of)
                .map_err(|error| {
                    format!("oidc: error evaluating group claim expression: {error}")
                })?,
        };
        let uid = match &issuer.uid {
            Mapping::Nothing => String::new(),
            Mapping::Claim { claim, .. } => claims::text(claims, claim)
                .map_err(|error| format!("oidc: parse uid claim {}: {error}", quote(claim)))?,
            Mapping::Expression(expression) => text_of(expression, &told, "uid")?,
        };
        let mut extra = BTreeMap::new();
        let values: Vec<_> = issuer
            .extra
            .iter()
            .map(|(_, expression, _)| expression.evaluate(&[("claims", &told)]))
            .collect::<Result<_, String>>()?;
        for ((key, _, text), value) in issuer.extra.iter().zip(values) {
            let values = texts_of(value).map_err(|error| {
                format!("oidc: error evaluating extra claim expression: {text}: {error}")
            })?;
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
        let mut expressions = Vec::new();
        for rule in &self.issuer.claim_rules {
            match rule {
                ClaimRule::Required { claim, value } => {
                    if claims::claim(claims, claim).is_none() {
                        return Err(format!(
                            "oidc: required claim {claim} not present in ID token"
                        ));
                    }
                    let given = claims::text(claims, claim)
                        .map_err(|error| format!("oidc: parse claim {claim}: {error}"))?;
                    if given != *value {
                        return Err(format!(
                            "oidc: required claim {claim} value does not match. Got = {given}, want = {value}"
                        ));
                    }
                }
                ClaimRule::Expression(expression, message) => {
                    expressions.push((expression, message));
                }
            }
        }
        let told = claims::as_doubles(claims);
        check_expressions(&expressions, ("claims", &told))
            .map_err(|error| format!("oidc: error evaluating claim validation expression: {error}"))
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
        let rules: Vec<_> = self.issuer.user_rules.iter().map(|(e, m)| (e, m)).collect();
        check_expressions(&rules, ("user", &tree))
            .map_err(|error| format!("oidc: error evaluating user info validation rule: {error}"))
    }

    async fn judge(&self, token: &Token<'_>) -> Result<UserInfo, String> {
        self.verify(token).await?;
        let claims = &token.claims;
        let user = self.user(claims)?;
        self.check_rules(claims)?;
        self.check_user(&user)?;
        Ok(user)
    }
}

/// All are evaluated before one is looked at.
fn check_expressions(
    rules: &[(&Arc<dyn Expression>, &String)],
    variable: (&str, &Value),
) -> Result<(), String> {
    let values: Vec<_> = rules
        .iter()
        .map(|(expression, _)| expression.evaluate(&[variable]))
        .collect::<Result<_, String>>()?;
    for ((_, message), value) in rules.iter().zip(values) {
        match value {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Err((*message).clone()),
            _ => return Err("validation expression must return a boolean".to_owned()),
        }
    }
    Ok(())
}

fn text_of(expression: &Arc<dyn Expression>, claims: &Value, what: &str) -> Result<String, String> {
    let told = |error| format!("oidc: error evaluating {what} claim expression: {error}");
    match expression.evaluate(&[("claims", claims)]).map_err(told)? {
        Some(Value::String(text)) => Ok(text),
        _ => Err(told(format!(
            "{what} claim expression must return a string"
        ))),
    }
}

/// What an expression gives: a text, a list of them, or nothing.
fn texts_of(value: Option<Value>) -> Result<Vec<String>, String> {
    let all: Option<Vec<String>> = match value {
        Some(Value::Null) => Some(Vec::new()),
        Some(Value::String(one)) => Some(vec![one]),
        Some(Value::Array(many)) => many.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    let mut all = all.ok_or_else(|| NOT_TEXTS.to_owned())?;
    all.retain(|text| !text.is_empty());
    Ok(all)
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
        let since = Instant::now();
        let outcome = self.judge(&token).await;
        let took = since.elapsed();
        self.figures.judged(&self.hash, outcome.is_ok(), took);
        let user = outcome.map_err(AuthnError::new)?;
        Ok(Some(AuthenticatedUser {
            user: Arc::new(user.with_authenticated_group()),
            audiences,
        }))
    }

    fn render(&self, out: &mut Text) {
        self.figures.render(out);
    }
}

#[cfg(test)]
mod tests;
