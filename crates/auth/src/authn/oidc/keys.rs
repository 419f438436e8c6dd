//! The keys of an issuer: found by its discovery document, fetched again when
//! a token is signed by an unknown one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use skeg_client::Config;
use skeg_schema::Value;

use super::config::{ConfigurationError, Issuer};
use crate::authn::jose::{self, Key, Token};
use crate::webhook::Remote;

/// An issuer must answer within this time.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Keys are fetched again at most this often.
const REFRESH_INTERVAL: Duration = Duration::from_secs(10);

/// Reads documents: by HTTPS, in tests from a table.
pub(super) type Fetch =
    dyn Fn(String) -> futures::future::BoxFuture<'static, Result<Value, String>> + Send + Sync;

/// The keys of one issuer.
pub(super) struct KeySource {
    url: String,
    discovery_url: String,
    fetch: Arc<Fetch>,
    keys: RwLock<Option<Arc<Vec<Key>>>>,
    fetched: Mutex<Option<Instant>>,
    /// One at a time.
    fetching: tokio::sync::Mutex<()>,
}

fn over_https(ca_pem: Option<Vec<u8>>) -> Arc<Fetch> {
    Arc::new(move |url: String| {
        let mut config = Config::new(url);
        config.ca = ca_pem.clone();
        Box::pin(async move {
            let remote = Remote::new(config, TIMEOUT).map_err(|e| e.to_string())?;
            remote.get().await.map_err(|e| e.to_string())
        })
    })
}

impl KeySource {
    pub(super) fn new(issuer: &Issuer) -> Result<Self, ConfigurationError> {
        let mut config = Config::new(issuer.discovery_url.clone());
        config.ca = issuer.ca_pem.clone();
        // Bad certificates are told at the start.
        Remote::new(config, TIMEOUT).map_err(|e| ConfigurationError(e.to_string()))?;
        Ok(Self::fetched_by(issuer, over_https(issuer.ca_pem.clone())))
    }

    pub(super) fn fetched_by(issuer: &Issuer, fetch: Arc<Fetch>) -> Self {
        Self {
            url: issuer.url.clone(),
            discovery_url: issuer.discovery_url.clone(),
            fetch,
            keys: RwLock::new(None),
            fetched: Mutex::new(None),
            fetching: tokio::sync::Mutex::new(()),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.keys.read().is_some()
    }

    #[cfg(test)]
    pub(super) fn fetched(&self) -> parking_lot::MutexGuard<'_, Option<Instant>> {
        self.fetched.lock()
    }

    fn known(&self) -> Option<Arc<Vec<Key>>> {
        self.keys.read().clone()
    }

    /// Whether the issuer signed the token.
    pub(super) async fn verify(&self, token: &Token<'_>) -> Result<(), String> {
        if let Some(keys) = self.known()
            && token.is_signed_by(&keys)
        {
            return Ok(());
        }
        let _one = self.fetching.lock().await;
        // Somebody else may have fetched them while we waited.
        if let Some(keys) = self.known()
            && token.is_signed_by(&keys)
        {
            return Ok(());
        }
        let lately = self
            .fetched
            .lock()
            .is_some_and(|at| at.elapsed() < REFRESH_INTERVAL);
        if !lately {
            *self.fetched.lock() = Some(Instant::now());
            match self.fetch_keys().await {
                Ok(keys) => *self.keys.write() = Some(Arc::new(keys)),
                Err(error) => {
                    tracing::warn!(
                        error,
                        issuer = self.url,
                        "an issuer's keys cannot be fetched"
                    );
                    if self.known().is_none() {
                        return Err("oidc: authenticator not initialized".to_owned());
                    }
                }
            }
        }
        match self.known() {
            Some(keys) if token.is_signed_by(&keys) => Ok(()),
            Some(_) => Err("oidc: verify token: failed to verify signature: failed to verify id token signature".to_owned()),
            None => Err("oidc: authenticator not initialized".to_owned()),
        }
    }

    async fn fetch_keys(&self) -> Result<Vec<Key>, String> {
        let document = (self.fetch)(self.discovery_url.clone()).await?;
        let issuer = document["issuer"].as_str().unwrap_or_default();
        if issuer != self.url {
            return Err(format!(
                "oidc: issuer did not match the issuer returned by provider, expected {:?} got {issuer:?}",
                self.url
            ));
        }
        let url = document["jwks_uri"].as_str().unwrap_or_default();
        if url.is_empty() {
            return Err("the discovery document has no jwks_uri".to_owned());
        }
        let set = (self.fetch)(url.to_owned()).await?;
        let keys = jose::keys(&set);
        if keys.is_empty() {
            return Err("the key set holds no key that can be used".to_owned());
        }
        Ok(keys)
    }
}
