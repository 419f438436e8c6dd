//! Tokens of service accounts as credentials.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use serde_json::Value;

use super::legacy::LegacyUses;
use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::jwt::{Unverified, VerifyingKey};
use crate::metrics::Text;
use crate::text::{quote, quote_list};
use crate::token::{BoundObject, Clock, ObjectRef, TokenIssuer, TokenLookup};
use crate::user::{UserInfo, names};

/// Tokens whose signature has been checked are remembered, at most so many.
const CACHE_LEN_MAX: usize = 4096;

/// How far apart the clocks of two machines may be.
const LEEWAY_SECONDS: i64 = 60;

/// Knows the tokens that a [`TokenIssuer`] has issued.
///
/// Checking a signature costs tens of microseconds, so verified claims are
/// kept by the token's digest. Expiry and the objects behind the token are
/// looked at on every request: a deleted account is refused at once.
pub struct ServiceAccountTokens {
    issuers: Vec<String>,
    own_audiences: Vec<String>,
    keys: Vec<VerifyingKey>,
    clock: Clock,
    lookup: Arc<dyn TokenLookup>,
    verified: Mutex<HashMap<Vec<u8>, Arc<Claims>>>,
    legacy: LegacyUses,
}

/// What a verified token says.
struct Claims {
    id: Option<String>,
    audiences: Vec<String>,
    /// `i64::MAX` for one that never ends.
    expires_at: i64,
    not_before: Option<i64>,
    issued_at: Option<i64>,
    warn_after: Option<i64>,
    namespace: String,
    account: ObjectRef,
    pod: Option<ObjectRef>,
    secret: Option<ObjectRef>,
    node: Option<ObjectRef>,
}

impl ServiceAccountTokens {
    /// Accepts what `issuer` signs.
    pub fn new(issuer: &TokenIssuer, lookup: Arc<dyn TokenLookup>) -> Self {
        Self {
            issuers: issuer.issuers(),
            own_audiences: issuer.audiences().to_vec(),
            keys: issuer.keys(),
            clock: issuer.clock().clone(),
            lookup,
            verified: Mutex::default(),
            legacy: LegacyUses::default(),
        }
    }

    pub(super) fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    pub(super) fn own_audiences(&self) -> &[String] {
        &self.own_audiences
    }

    pub(super) fn lookup(&self) -> &dyn TokenLookup {
        &*self.lookup
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn legacy_uses(&self) -> &LegacyUses {
        &self.legacy
    }

    /// The claims of `token` once its signature is known to be good; `None`
    /// if it is not a token of this issuer at all.
    fn claims(&self, token: &str) -> Result<Option<Arc<Claims>>, AuthnError> {
        let key = digest(&SHA256, token.as_bytes()).as_ref().to_vec();
        if let Some(claims) = self.verified.lock().get(&key) {
            return Ok(Some(claims.clone()));
        }
        let Some(parsed) = Unverified::parse(token) else {
            return Ok(None);
        };
        let issuer = parsed.claims.get("iss").and_then(Value::as_str);
        if !issuer.is_some_and(|issuer| self.issuers.iter().any(|known| known == issuer)) {
            return Ok(None);
        }
        if !parsed.verify(&self.keys) {
            return Err(AuthnError::new("failed to verify the token's signature"));
        }
        let claims = Claims::read(&parsed.claims)
            .map(Arc::new)
            .ok_or_else(|| AuthnError::new("the token's claims could not be validated"))?;
        let mut verified = self.verified.lock();
        if verified.len() >= CACHE_LEN_MAX {
            let now = (self.clock)();
            verified.retain(|_, claims| claims.expires_at > now.saturating_sub(LEEWAY_SECONDS));
            if verified.len() >= CACHE_LEN_MAX {
                verified.clear();
            }
        }
        verified.insert(key, claims.clone());
        Ok(Some(claims))
    }

    async fn check(&self, claims: &Claims) -> Result<(), AuthnError> {
        let now = (self.clock)();
        let refuse = |why: &str| Err(AuthnError::new(why));
        // The order and the leeway are those of go-jose.
        if claims.not_before.is_some_and(|t| now + LEEWAY_SECONDS < t) {
            return refuse("service account token is not valid yet");
        }
        if now.saturating_sub(LEEWAY_SECONDS) > claims.expires_at {
            return refuse("service account token has expired");
        }
        if claims.issued_at.is_some_and(|t| now + LEEWAY_SECONDS < t) {
            return refuse(
                "service account token claims could not be validated due to unexpected validation error",
            );
        }
        // Kubernetes' own deletions leave bound tokens good for a moment, so
        // that a pod can end in order.
        let gone = |object: &BoundObject| {
            object
                .deleted_at
                .is_some_and(|at| now > at.saturating_add(LEEWAY_SECONDS))
        };
        let namespace = &claims.namespace;
        let account = self
            .lookup
            .service_account(namespace, &claims.account.name)
            .await;
        let name = &claims.account.name;
        match account {
            None => return refuse(&format!("serviceaccounts {} not found", quote(name))),
            Some(found) if found.uid != claims.account.uid => {
                return refuse(&format!(
                    "service account UID ({}) does not match claim ({})",
                    found.uid, claims.account.uid
                ));
            }
            Some(found) if gone(&found) => {
                let words = format!("service account {namespace}/{name} has been deleted");
                return refuse(&words);
            }
            Some(_) => {}
        }
        let bound = [
            ("secret", &claims.secret),
            ("pod", &claims.pod),
            ("node", &claims.node),
        ];
        for (kind, reference) in bound {
            let Some(reference) = reference else { continue };
            // The node in a pod's token is information, not a binding.
            if kind == "node" && claims.pod.is_some() {
                continue;
            }
            let found = match kind {
                "pod" => self.lookup.pod(namespace, &reference.name).await,
                "secret" => self.lookup.secret(namespace, &reference.name).await,
                _ => self.lookup.node(&reference.name).await,
            };
            match found {
                Some(found) if found.uid != reference.uid => {
                    return refuse(&format!(
                        "{kind} UID ({}) does not match service account {kind} ref claim ({})",
                        found.uid, reference.uid
                    ));
                }
                Some(found) if !gone(&found) => {}
                _ => return refuse("service account token has been invalidated"),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl TokenAuthenticator for ServiceAccountTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let Some(claims) = self.claims(token)? else {
            return self.legacy(token, audiences).await;
        };
        // Tokens without an audience are the API server's own.
        let held = if claims.audiences.is_empty() {
            &self.own_audiences
        } else {
            &claims.audiences
        };
        let good: Vec<String> = audiences
            .iter()
            .filter(|a| held.contains(a))
            .cloned()
            .collect();
        if good.is_empty() && !audiences.is_empty() {
            return Err(AuthnError::new(format!(
                "token audiences {} is invalid for the target audiences {}",
                quote_list(held),
                quote_list(audiences),
            )));
        }
        self.check(&claims).await?;
        let user = claims.user();
        if let Some(warn_after) = claims.warn_after.filter(|after| *after != 0) {
            self.bound_used(&user.name, warn_after);
        }
        Ok(Some(AuthenticatedUser {
            user: Arc::new(user),
            audiences: good,
        }))
    }

    fn render(&self, out: &mut Text) {
        self.legacy.render(out);
    }
}

impl Claims {
    fn read(claims: &Value) -> Option<Self> {
        let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
        let private = claims.get("kubernetes.io")?;
        let reference = |key: &str| {
            let value = private.get(key)?;
            Some(ObjectRef {
                name: text(value, "name")?,
                uid: text(value, "uid").unwrap_or_default(),
            })
        };
        let audiences = match claims.get("aud") {
            Some(Value::Array(items)) => items
                .iter()
                .map(|a| a.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            Some(Value::String(one)) => vec![one.clone()],
            None => Vec::new(),
            Some(_) => return None,
        };
        // None for what is no time; a token need not say any.
        let time = |key: &str| match claims.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(told) => {
                let whole = told.as_i64().or(told.as_f64().map(|f| f as i64));
                whole.map(Some)
            }
        };
        let namespace = text(private, "namespace")?;
        let account = reference("serviceaccount")?;
        if claims.get("sub")?.as_str()? != names::service_account(&namespace, &account.name) {
            return None;
        }
        Some(Self {
            id: text(claims, "jti"),
            audiences,
            expires_at: time("exp")?.unwrap_or(i64::MAX),
            not_before: time("nbf")?,
            issued_at: time("iat")?,
            warn_after: private.get("warnafter").and_then(Value::as_i64),
            namespace,
            account,
            pod: reference("pod"),
            secret: reference("secret"),
            node: reference("node"),
        })
    }

    fn user(&self) -> UserInfo {
        let mut extra = BTreeMap::new();
        let mut put = |key: &str, value: String| {
            extra.insert(format!("authentication.kubernetes.io/{key}"), vec![value]);
        };
        if let Some(id) = &self.id {
            put("credential-id", format!("JTI={id}"));
        }
        if let Some(pod) = &self.pod {
            put("pod-name", pod.name.clone());
            put("pod-uid", pod.uid.clone());
        }
        if let Some(node) = &self.node {
            put("node-name", node.name.clone());
            if !node.uid.is_empty() {
                put("node-uid", node.uid.clone());
            }
        }
        let user = UserInfo {
            name: names::service_account(&self.namespace, &self.account.name),
            uid: self.account.uid.clone(),
            groups: names::service_account_groups(&self.namespace),
            extra,
        };
        user.with_authenticated_group()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};

    use super::*;
    use crate::token::{Binding, TokenSpec};

    #[derive(Default)]
    struct Objects(Mutex<HashMap<String, BoundObject>>);

    impl Objects {
        fn put(&self, key: &str, uid: &str, deleted_at: Option<i64>) {
            self.0.lock().insert(
                key.into(),
                BoundObject {
                    uid: uid.into(),
                    deleted_at,
                },
            );
        }

        fn get(&self, key: String) -> Option<BoundObject> {
            self.0.lock().get(&key).cloned()
        }
    }

    #[async_trait]
    impl TokenLookup for Objects {
        async fn service_account(&self, namespace: &str, name: &str) -> Option<BoundObject> {
            self.get(format!("sa/{namespace}/{name}"))
        }
        async fn pod(&self, namespace: &str, name: &str) -> Option<BoundObject> {
            self.get(format!("pod/{namespace}/{name}"))
        }
        async fn secret(&self, namespace: &str, name: &str) -> Option<BoundObject> {
            self.get(format!("secret/{namespace}/{name}"))
        }
        async fn node(&self, name: &str) -> Option<BoundObject> {
            self.get(format!("node/{name}"))
        }
    }

    const START: i64 = 1_800_000_000;
    const API: &str = "https://kubernetes.default.svc.cluster.local";

    struct World {
        now: Arc<AtomicI64>,
        objects: Arc<Objects>,
        issuer: TokenIssuer,
        tokens: ServiceAccountTokens,
    }

    fn world() -> World {
        let now = Arc::new(AtomicI64::new(START));
        let time = now.clone();
        let clock: Clock = Arc::new(move || time.load(Ordering::SeqCst));
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let issuer = TokenIssuer::new(API, vec![API.into()], key, clock).unwrap();
        let objects = Arc::new(Objects::default());
        objects.put("sa/ns/robot", "u1", None);
        objects.put("pod/ns/p", "u2", None);
        objects.put("secret/ns/s", "u3", None);
        objects.put("node/n", "u4", None);
        let tokens = ServiceAccountTokens::new(&issuer, objects.clone());
        World {
            now,
            objects,
            issuer,
            tokens,
        }
    }

    fn reference(name: &str, uid: &str) -> ObjectRef {
        ObjectRef {
            name: name.into(),
            uid: uid.into(),
        }
    }

    fn spec(binding: Option<Binding>) -> TokenSpec {
        TokenSpec {
            namespace: "ns".into(),
            account: reference("robot", "u1"),
            audiences: vec![],
            expiration_seconds: 3600,
            binding,
        }
    }

    async fn ask(world: &World, token: &str) -> Result<Arc<UserInfo>, String> {
        match world.tokens.authenticate_token(token, &[API.into()]).await {
            Ok(Some(found)) => Ok(found.user),
            Ok(None) => Err("unknown".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn a_pod_token_carries_who_and_where() {
        let world = world();
        let binding = Binding::Pod {
            pod: reference("p", "u2"),
            node: Some(reference("n", "u4")),
        };
        let issued = world.issuer.issue(&spec(Some(binding))).unwrap();
        let user = ask(&world, &issued.token).await.unwrap();
        assert_eq!(user.name, "system:serviceaccount:ns:robot");
        assert_eq!(user.uid, "u1");
        assert_eq!(
            user.groups,
            [
                "system:serviceaccounts",
                "system:serviceaccounts:ns",
                "system:authenticated"
            ]
        );
        let extra = |key: &str| &user.extra[&format!("authentication.kubernetes.io/{key}")][0];
        assert_eq!(extra("pod-name"), "p");
        assert_eq!(extra("pod-uid"), "u2");
        assert_eq!(extra("node-name"), "n");
        assert_eq!(extra("node-uid"), "u4");
        assert_eq!(*extra("credential-id"), format!("JTI={}", issued.id));
    }

    #[tokio::test]
    async fn tokens_end() {
        let world = world();
        let plain = world.issuer.issue(&spec(None)).unwrap();
        let of_secret = world
            .issuer
            .issue(&spec(Some(Binding::Secret(reference("s", "u3")))))
            .unwrap();
        let of_node = world
            .issuer
            .issue(&spec(Some(Binding::Node(reference("n", "old")))))
            .unwrap();
        assert!(ask(&world, &plain.token).await.is_ok());
        assert!(ask(&world, &of_secret.token).await.is_ok());
        let refused = async |token: &str, expect: &str| {
            assert_eq!(ask(&world, token).await.unwrap_err(), expect);
        };
        refused(
            &of_node.token,
            "node UID (u4) does not match service account node ref claim (old)",
        )
        .await;
        let invalidated = "service account token has been invalidated";
        world.objects.put("secret/ns/s", "u3", Some(START - 61));
        refused(&of_secret.token, invalidated).await;
        world.objects.put("secret/ns/s", "u5", None);
        refused(
            &of_secret.token,
            "secret UID (u5) does not match service account secret ref claim (u3)",
        )
        .await;
        world.objects.0.lock().remove("secret/ns/s");
        refused(&of_secret.token, invalidated).await;

        world.objects.put("sa/ns/robot", "u1", Some(START - 61));
        refused(&plain.token, "service account ns/robot has been deleted").await;
        world.objects.put("sa/ns/robot", "another", None);
        refused(
            &plain.token,
            "service account UID (another) does not match claim (u1)",
        )
        .await;
        world.objects.0.lock().remove("sa/ns/robot");
        refused(&plain.token, "serviceaccounts \"robot\" not found").await;
        world.objects.put("sa/ns/robot", "u1", None);
        // Clocks may differ by a minute.
        world.now.store(START + 3660, Ordering::SeqCst);
        assert!(ask(&world, &plain.token).await.is_ok());
        world.now.store(START - 61, Ordering::SeqCst);
        assert!(ask(&world, &plain.token).await.is_err());
        world.now.store(START + 3661, Ordering::SeqCst);
        assert!(
            ask(&world, &plain.token)
                .await
                .unwrap_err()
                .ends_with("expired")
        );
    }

    #[tokio::test]
    async fn audiences() {
        let world = world();
        let mut wanted = spec(None);
        wanted.audiences = vec!["vault".into()];
        let token = world.issuer.issue(&wanted).unwrap().token;
        assert_eq!(
            ask(&world, &token).await.unwrap_err(),
            format!("token audiences [\"vault\"] is invalid for the target audiences [\"{API}\"]")
        );
        let both = ["vault".to_owned(), "other".to_owned()];
        let found = world
            .tokens
            .authenticate_token(&token, &both)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.audiences, ["vault"]);
    }

    #[tokio::test]
    async fn another_key_is_refused_and_another_issuer_unknown() {
        let world = world();
        let other = self::world();
        let token = other.issuer.issue(&spec(None)).unwrap().token;
        assert!(ask(&world, &token).await.unwrap_err().contains("signature"));
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let foreign =
            TokenIssuer::new("https://elsewhere", vec![], key, Arc::new(|| START)).unwrap();
        let token = foreign.issue(&spec(None)).unwrap().token;
        assert_eq!(ask(&world, &token).await.unwrap_err(), "unknown");
    }

    #[tokio::test]
    async fn pods_that_only_want_a_warning_get_a_year() {
        let world = world();
        let mut wanted = spec(Some(Binding::Pod {
            pod: reference("p", "u2"),
            node: None,
        }));
        wanted.expiration_seconds = 3607;
        let issued = world.issuer.issue(&wanted).unwrap();
        assert_eq!(issued.expires_at, START + 3607);
        world.now.store(START + 4000, Ordering::SeqCst);
        assert!(ask(&world, &issued.token).await.is_ok());
    }

    #[tokio::test]
    async fn tokens_outlive_a_new_key_and_a_new_name() {
        let mut w = world();
        let spec = TokenSpec {
            namespace: "ns".into(),
            account: reference("robot", "u1"),
            audiences: vec![],
            expiration_seconds: 3600,
            binding: None,
        };
        let old = w.issuer.issue(&spec).unwrap().token;
        let old_key = w.issuer.signing_key().clone();
        let clock = w.issuer.clock().clone();
        let renewed = TokenIssuer::new(
            "https://new",
            vec!["https://new".into(), API.into()],
            KeyPair::generate().unwrap(),
            clock,
        )
        .unwrap()
        .with_expiration_max(600);
        let keys = vec![renewed.signing_key().clone(), old_key];
        let renewed = renewed
            .with_keys(keys)
            .with_further_issuers(vec![API.into()]);
        w.tokens = ServiceAccountTokens::new(&renewed, w.objects.clone());
        let audiences = vec![API.to_owned()];
        let believed = w.tokens.authenticate_token(&old, &audiences).await;
        assert!(believed.unwrap().is_some(), "the old key is still known");
        let new = renewed.issue(&spec).unwrap();
        assert_eq!(new.expires_at, START + 600);
        let believed = w.tokens.authenticate_token(&new.token, &audiences).await;
        assert!(believed.unwrap().is_some(), "the new one signs");
        assert_eq!(renewed.key_set()["keys"].as_array().unwrap().len(), 2);
        let told = renewed.discovery("u");
        assert_eq!(
            told["id_token_signing_alg_values_supported"],
            serde_json::json!(["ES256", "RS256"])
        );
        // The clock jumps far ahead, and back.
        w.now.store(START + 661, Ordering::SeqCst);
        assert!(
            w.tokens
                .authenticate_token(&new.token, &audiences)
                .await
                .is_err()
        );
        w.now.store(START - 3600, Ordering::SeqCst);
        assert!(
            w.tokens
                .authenticate_token(&new.token, &audiences)
                .await
                .is_err()
        );
        w.now.store(START, Ordering::SeqCst);
        let again = w.tokens.authenticate_token(&new.token, &audiences).await;
        assert!(again.unwrap().is_some(), "a jump spoils no good token");
    }
}
