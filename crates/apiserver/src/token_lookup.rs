//! Whether the objects behind a service account token still exist.

use async_trait::async_trait;
use skeg_auth::authn::SecretLookup;
use skeg_auth::token::{BoundObject, TokenLookup};
use skeg_meta::{SharedObject, Time};
use skeg_registry::objects::Gr;
use skeg_schema::Value;
use std::sync::{Arc, Weak};

use crate::ApiServer;
use crate::core::Inner;

/// Answers from the watch caches. Knows the server weakly: the server's
/// authenticator holds the lookup.
struct Lookup {
    server: Weak<Inner>,
}

impl ApiServer {
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
}
