//! Tokens of service accounts: issuing them, and what the server tells others
//! so that they can check them (OpenID Connect discovery).

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::jwt::SigningPair;
pub use crate::jwt::{KeyError, VerifyingKey};
use crate::user::names;

/// Seconds since 1970, of the machine's clock or of a test's.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// What is known of an object that a token belongs or is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundObject {
    /// Its uid now.
    pub uid: String,
    /// When its deletion was asked for, in seconds since 1970.
    pub deleted_at: Option<i64>,
}

/// A Secret of type `kubernetes.io/service-account-token`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSecret {
    /// Its uid.
    pub uid: String,
    /// The token that it holds.
    pub token: Vec<u8>,
    /// Whether its deletion was asked for.
    pub is_deleting: bool,
    /// The day at which the token was last used, as its label says.
    pub last_used: String,
    /// The day since which the token is not taken, as its label says.
    pub invalid_since: String,
}

/// How the authenticator asks whether the objects behind a token still exist.
#[async_trait]
pub trait TokenLookup: Send + Sync {
    /// The service account of this name.
    async fn service_account(&self, namespace: &str, name: &str) -> Option<BoundObject>;
    /// The pod of this name.
    async fn pod(&self, namespace: &str, name: &str) -> Option<BoundObject>;
    /// The secret of this name.
    async fn secret(&self, namespace: &str, name: &str) -> Option<BoundObject>;
    /// The node of this name.
    async fn node(&self, name: &str) -> Option<BoundObject>;
    /// The secret of this name that holds a token.
    async fn token_secret(&self, namespace: &str, name: &str) -> Option<TokenSecret> {
        let _ = (namespace, name);
        None
    }
    /// The secrets that a service account lists.
    async fn account_secrets(&self, namespace: &str, name: &str) -> Vec<String> {
        let _ = (namespace, name);
        Vec::new()
    }
    /// The token of this secret was used on that day for the first time.
    async fn token_used(&self, namespace: &str, name: &str, uid: &str, date: &str) {
        let _ = (namespace, name, uid, date);
    }
}

/// Who issues tokens that are kept in Secrets.
pub(crate) const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
const LEGACY_NAMESPACE: &str = "kubernetes.io/serviceaccount/namespace";
const LEGACY_SECRET: &str = "kubernetes.io/serviceaccount/secret.name";
const LEGACY_ACCOUNT: &str = "kubernetes.io/serviceaccount/service-account.name";
const LEGACY_UID: &str = "kubernetes.io/serviceaccount/service-account.uid";

/// What a token in a Secret says.
pub(crate) struct LegacyClaims {
    pub(crate) namespace: String,
    pub(crate) account: ObjectRef,
    pub(crate) secret: String,
}

impl LegacyClaims {
    /// Reads the claims of a token whose signature is good.
    pub(crate) fn read(claims: &Value) -> Result<Self, String> {
        let text = |key: &str, name: &str| match claims.get(key).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(format!("{name} claim is missing")),
        };
        let subject = text("sub", "sub")?;
        let out = Self {
            namespace: text(LEGACY_NAMESPACE, "namespace")?,
            secret: text(LEGACY_SECRET, "secretName")?,
            account: ObjectRef {
                name: text(LEGACY_ACCOUNT, "serviceAccountName")?,
                uid: text(LEGACY_UID, "serviceAccountUID")?,
            },
        };
        if subject != names::service_account(&out.namespace, &out.account.name) {
            return Err("sub claim is invalid".to_owned());
        }
        Ok(out)
    }
}

/// What a token names: an object by name and uid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectRef {
    /// The object's name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// What a token is bound to; it ends with that object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A pod, and the node that it runs on.
    Pod {
        /// The pod.
        pod: ObjectRef,
        /// Its node; the uid is empty if the node is not known.
        node: Option<ObjectRef>,
    },
    /// A secret.
    Secret(ObjectRef),
    /// A node.
    Node(ObjectRef),
}

/// A TokenRequest, checked.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    /// The service account's namespace.
    pub namespace: String,
    /// The service account.
    pub account: ObjectRef,
    /// Who the token is for; the issuer's own audiences if empty.
    pub audiences: Vec<String>,
    /// How long it is good, as asked for.
    pub expiration_seconds: i64,
    /// What it is bound to.
    pub binding: Option<Binding>,
}

/// A token and what became of the request.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: String,
    /// The audiences that it is good for.
    pub audiences: Vec<String>,
    /// Its end as the requester is told, in seconds since 1970.
    pub expires_at: i64,
    /// Its id (`jti`), for the audit log.
    pub id: String,
}

/// A token cannot be signed, or its request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Tokens cannot be signed with the key that was given.
    #[error("the service account key is of no use")]
    Key(#[source] KeyError),
    /// The crypto library failed.
    #[error("cannot sign the token")]
    Sign,
}

/// The lifetime that pods ask for when they only want to be warned: such a
/// token is good for a year, and used after this time counts as stale.
const WARN_ONLY_SECONDS: i64 = 3607;
const EXTENDED_SECONDS: i64 = 365 * 24 * 3600;

/// Signs service account tokens, and says whose are believed.
pub struct TokenIssuer {
    issuer: String,
    /// Whose tokens are believed besides.
    further_issuers: Vec<String>,
    audiences: Vec<String>,
    key: SigningPair,
    /// What tokens may be signed with.
    keys: Vec<VerifyingKey>,
    expiration_max_seconds: Option<i64>,
    extends: bool,
    clock: Clock,
}

impl TokenIssuer {
    /// `issuer` is the URL in `iss`, `audiences` are the API server's own,
    /// `key` a private key of RSA, P-256 or P-384.
    ///
    /// # Errors
    /// Tokens cannot be signed with the key.
    pub fn new(
        issuer: impl Into<String>,
        audiences: Vec<String>,
        key: KeyPair,
        clock: Clock,
    ) -> Result<Self, TokenError> {
        let key = SigningPair::new(key).map_err(TokenError::Key)?;
        Ok(Self {
            issuer: issuer.into(),
            further_issuers: Vec::new(),
            audiences,
            keys: vec![key.public().clone()],
            key,
            expiration_max_seconds: None,
            extends: true,
            clock,
        })
    }

    /// Tokens of these issuers are believed too: what was issued before the
    /// issuer was renamed.
    #[must_use]
    pub fn with_further_issuers(mut self, issuers: Vec<String>) -> Self {
        self.further_issuers = issuers;
        self
    }

    /// Tokens may be signed with these keys and no others: what was signed
    /// before a new key took over goes on being believed.
    #[must_use]
    pub fn with_keys(mut self, keys: Vec<VerifyingKey>) -> Self {
        self.keys = keys;
        self
    }

    /// The key that signs.
    pub fn signing_key(&self) -> &VerifyingKey {
        self.key.public()
    }

    /// No token lives longer than this.
    #[must_use]
    pub fn with_expiration_max(mut self, seconds: i64) -> Self {
        self.expiration_max_seconds = Some(seconds);
        self
    }

    /// How many seconds a token lives at most, where that is bounded.
    pub fn expiration_max(&self) -> Option<i64> {
        self.expiration_max_seconds
    }

    /// Whether tokens of pods outlive what they asked for.
    #[must_use]
    pub fn with_extended_tokens(mut self, extends: bool) -> Self {
        self.extends = extends;
        self
    }

    /// The URL in `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whose tokens are believed.
    pub(crate) fn issuers(&self) -> Vec<String> {
        let mut all = vec![self.issuer.clone()];
        all.extend(self.further_issuers.iter().cloned());
        all
    }

    /// The API server's own audiences.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn keys(&self) -> Vec<VerifyingKey> {
        self.keys.clone()
    }

    /// Issues a token.
    ///
    /// # Errors
    /// The crypto library failed.
    pub fn issue(&self, spec: &TokenSpec) -> Result<IssuedToken, TokenError> {
        let now = (self.clock)();
        let audiences = if spec.audiences.is_empty() {
            &self.audiences
        } else {
            &spec.audiences
        };
        let own = audiences.iter().all(|a| self.audiences.contains(a));
        let pod_bound = matches!(spec.binding, Some(Binding::Pod { .. }));
        let asked = spec.expiration_seconds;
        let seconds = self
            .expiration_max_seconds
            .map_or(asked, |max| asked.min(max));
        let extended = self.extends && own && pod_bound && seconds == WARN_ONLY_SECONDS;
        let told_end = now.saturating_add(seconds);
        let end = if extended {
            now.saturating_add(EXTENDED_SECONDS)
        } else {
            told_end
        };
        let id = uuid::Uuid::new_v4().to_string();

        let reference = |r: &ObjectRef| json!({"name": r.name, "uid": r.uid});
        let mut private = json!({
            "namespace": spec.namespace,
            "serviceaccount": reference(&spec.account),
        });
        match &spec.binding {
            Some(Binding::Pod { pod, node }) => {
                private["pod"] = reference(pod);
                if let Some(node) = node {
                    private["node"] = if node.uid.is_empty() {
                        json!({"name": node.name})
                    } else {
                        reference(node)
                    };
                }
            }
            Some(Binding::Secret(secret)) => private["secret"] = reference(secret),
            Some(Binding::Node(node)) => private["node"] = reference(node),
            None => {}
        }
        if extended {
            private["warnafter"] = told_end.into();
        }
        let claims = json!({
            "aud": audiences,
            "exp": end,
            "iat": now,
            "iss": self.issuer,
            "jti": id,
            "kubernetes.io": private,
            "nbf": now,
            "sub": names::service_account(&spec.namespace, &spec.account.name),
        });
        let token = self.key.sign(&claims).ok_or(TokenError::Sign)?;
        Ok(IssuedToken {
            token,
            audiences: audiences.clone(),
            expires_at: told_end,
            id,
        })
    }

    /// Issues a token that is kept in a Secret, and is good as long as that is
    /// there.
    ///
    /// # Errors
    /// The crypto library failed.
    pub fn issue_legacy(
        &self,
        namespace: &str,
        account: &ObjectRef,
        secret: &str,
    ) -> Result<String, TokenError> {
        let claims = json!({
            "iss": LEGACY_ISSUER,
            LEGACY_NAMESPACE: namespace,
            LEGACY_SECRET: secret,
            LEGACY_ACCOUNT: account.name,
            LEGACY_UID: account.uid,
            "sub": names::service_account(namespace, &account.name),
        });
        self.key.sign(&claims).ok_or(TokenError::Sign)
    }

    /// The body of `/openid/v1/jwks`.
    pub fn key_set(&self) -> Value {
        json!({"keys": self.keys().iter().map(VerifyingKey::jwk).collect::<Vec<_>>()})
    }

    /// The body of `/.well-known/openid-configuration`; `jwks_uri` is where
    /// [`TokenIssuer::key_set`] is served.
    pub fn discovery(&self, jwks_uri: &str) -> Value {
        let mut algorithms: Vec<&str> = self.keys.iter().map(VerifyingKey::algorithm).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        json!({
            "issuer": self.issuer,
            "jwks_uri": jwks_uri,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
        })
    }
}

/// A lookup that is given its source later: authenticators are made before
/// the API server that knows the objects. Until then every token is refused.
#[derive(Default)]
pub struct DeferredLookup {
    source: std::sync::OnceLock<Arc<dyn TokenLookup>>,
}

impl DeferredLookup {
    /// Gives the source; only the first counts.
    pub fn set(&self, source: Arc<dyn TokenLookup>) {
        let _ = self.source.set(source);
    }
}

#[async_trait]
impl TokenLookup for DeferredLookup {
    async fn service_account(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.source.get()?.service_account(namespace, name).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.source.get()?.pod(namespace, name).await
    }

    async fn secret(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.source.get()?.secret(namespace, name).await
    }

    async fn node(&self, name: &str) -> Option<BoundObject> {
        self.source.get()?.node(name).await
    }

    async fn token_secret(&self, namespace: &str, name: &str) -> Option<TokenSecret> {
        self.source.get()?.token_secret(namespace, name).await
    }

    async fn account_secrets(&self, namespace: &str, name: &str) -> Vec<String> {
        match self.source.get() {
            Some(source) => source.account_secrets(namespace, name).await,
            None => Vec::new(),
        }
    }

    async fn token_used(&self, namespace: &str, name: &str, uid: &str, date: &str) {
        if let Some(source) = self.source.get() {
            source.token_used(namespace, name, uid, date).await;
        }
    }
}
