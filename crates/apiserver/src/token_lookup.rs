//! Whether the objects behind a service account token still exist.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_auth::authn::{INVALID_SINCE, LAST_USED, SecretLookup};
use skeg_auth::token::{BoundObject, TokenIssuer, TokenLookup, TokenSecret};
use skeg_auth::{UserInfo, names};
use skeg_meta::{SharedObject, Time};
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::tree;
use skeg_schema::Value;
use std::sync::{Arc, Weak};

use crate::ApiServer;
use crate::core::Inner;
use crate::objects::access::Access;

/// How often a label is written when others write at the same time.
const LABEL_TRIES: usize = 3;

/// Answers from the watch caches. Knows the server weakly: the server's
/// authenticator holds the lookup.
struct Lookup {
    server: Weak<Inner>,
}

impl ApiServer {
    /// What signs the tokens of service accounts.
    pub fn token_issuer(&self) -> Option<Arc<TokenIssuer>> {
        self.inner.issuer.clone()
    }

    /// Tells authenticators of service account tokens about objects.
    pub fn token_lookup(&self) -> Arc<dyn TokenLookup> {
        Arc::new(Lookup {
            server: Arc::downgrade(&self.inner),
        })
    }

    /// Tells the authenticator of bootstrap tokens about Secrets.
    pub fn secret_lookup(&self) -> Arc<dyn SecretLookup> {
        Arc::new(Lookup {
            server: Arc::downgrade(&self.inner),
        })
    }
}

#[async_trait]
impl SecretLookup for Lookup {
    async fn secret(&self, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let object = self.object(Gr::SECRETS, namespace, name).await?;
        Some(object.value())
    }
}

impl Lookup {
    async fn object(&self, gr: Gr, namespace: &str, name: &str) -> Option<SharedObject> {
        let inner = self.server.upgrade()?;
        let served = inner.table().find_any(gr.0, gr.1)?.clone();
        let key = served.key_of(namespace, name);
        let server = ApiServer { inner };
        // A token may be used right after its object was made elsewhere, so
        // what the cache does not have is looked for in the store.
        match served.cacher.as_ref().and_then(|cacher| cacher.get(&key)) {
            Some(object) => Some(object),
            None => crate::objects::read::get_by_key(&server, &served, &key)
                .await
                .ok()?,
        }
    }

    async fn find(&self, gr: Gr, namespace: &str, name: &str) -> Option<BoundObject> {
        let object = self.object(gr, namespace, name).await?;
        let deleted_at = object.value()["metadata"]["deletionTimestamp"]
            .as_str()
            .and_then(|text| text.parse::<Time>().ok())
            .map(|time| time.0.as_second());
        Some(BoundObject {
            uid: object.uid().to_owned(),
            deleted_at,
        })
    }
}

#[async_trait]
impl TokenLookup for Lookup {
    async fn service_account(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.find(Gr::SERVICE_ACCOUNTS, namespace, name).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.find(Gr::PODS, namespace, name).await
    }

    async fn secret(&self, namespace: &str, name: &str) -> Option<BoundObject> {
        self.find(Gr::SECRETS, namespace, name).await
    }

    async fn node(&self, name: &str) -> Option<BoundObject> {
        self.find(Gr::NODES, "", name).await
    }

    async fn token_secret(&self, namespace: &str, name: &str) -> Option<TokenSecret> {
        let object = self.object(Gr::SECRETS, namespace, name).await?;
        let tree = object.value();
        let token = tree["data"]["token"].as_str().unwrap_or_default();
        let label = |key| tree::label(&tree, key).unwrap_or_default().to_owned();
        Some(TokenSecret {
            uid: object.uid().to_owned(),
            token: STANDARD.decode(token).unwrap_or_default(),
            is_deleting: tree::is_deleting(&tree),
            last_used: label(LAST_USED),
            invalid_since: label(INVALID_SINCE),
        })
    }

    async fn account_secrets(&self, namespace: &str, name: &str) -> Vec<String> {
        let account = self.object(Gr::SERVICE_ACCOUNTS, namespace, name).await;
        let account = account.map(|account| account.value());
        let secrets = account.as_deref().map(|tree| tree::list(tree, "secrets"));
        let secrets = secrets.unwrap_or_default().iter();
        secrets
            .map(|secret| tree::s(secret, "name").to_owned())
            .collect()
    }

    /// Another server may do the same: who comes late finds it done.
    async fn token_used(&self, namespace: &str, name: &str, uid: &str, date: &str) {
        let Some(inner) = self.server.upgrade() else {
            return;
        };
        let user = Arc::new(UserInfo::new(names::API_SERVER, &[names::MASTERS]));
        let access = Access::new(ApiServer { inner }, user);
        for _ in 0..LABEL_TRIES {
            let secret = match access.get(Gr::SECRETS, namespace, name).await {
                Ok(Some(secret)) if tree::sp(&secret, &["metadata", "uid"]) == uid => secret,
                _ => return,
            };
            let mut secret = (*secret).clone();
            secret.set_at(&["metadata", "labels", LAST_USED], date);
            let secrets = access.update(Gr::SECRETS, namespace, "", secret);
            match secrets.await {
                Err(status) if status.code == 409 => {}
                Err(status) => {
                    tracing::warn!(namespace, name, error = %status.message, "cannot tell when a token was last used");
                    return;
                }
                Ok(_) => return,
            }
        }
    }
}
