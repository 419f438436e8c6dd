//! The keys of an issuer: found by its discovery document, fetched again when
//! a token is signed by an unknown one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use skeg_client::Config;
use skeg_schema::{Value, decode_json_any};

use super::config::{ConfigurationError, Issuer};
use super::figures::{Figures, hash};
use crate::authn::jose::{self, Key, Token};
use crate::text::quote;
use crate::webhook::Remote;

/// An issuer must answer within this time.
const TIMEOUT: Duration = Duration::from_secs(30);
/// An issuer that could not be found is looked for again after this time.
const SEARCH_INTERVAL: Duration = Duration::from_secs(10);
/// What a token is told while its issuer is not found.
const NOT_INITIALIZED: &str = "oidc: authenticator not initialized";
const BAD_SIGNATURE: &str =
    "oidc: verify token: failed to verify signature: failed to verify id token signature";

/// Reads documents: by HTTPS, in tests from a table.
pub(super) type Fetch =
    dyn Fn(String) -> futures::future::BoxFuture<'static, Result<Vec<u8>, String>> + Send + Sync;

/// The keys of one issuer.
pub(super) struct KeySource {
    url: String,
    discovery_url: String,
    fetch: Arc<Fetch>,
    /// Where they are; found once.
    keys_url: RwLock<Option<String>>,
    keys: RwLock<Arc<Vec<Key>>>,
    /// How often they were asked for.
    fetches: AtomicU64,
    /// One at a time; when the issuer was last looked for in vain.
    fetching: tokio::sync::Mutex<Option<Instant>>,
    figures: Arc<Figures>,
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

fn parse(document: &[u8]) -> Result<Value, String> {
    decode_json_any(document).map_err(|e| e.to_string())
}

impl KeySource {
    pub(super) fn new(issuer: &Issuer, figures: Arc<Figures>) -> Result<Self, ConfigurationError> {
        let mut config = Config::new(issuer.discovery_url.clone());
        config.ca = issuer.ca_pem.clone();
        // Bad certificates are told at the start.
        Remote::new(config, TIMEOUT).map_err(|e| ConfigurationError(e.to_string()))?;
        let fetch = over_https(issuer.ca_pem.clone());
        Ok(Self::fetched_by(issuer, fetch, figures))
    }

    pub(super) fn fetched_by(issuer: &Issuer, fetch: Arc<Fetch>, figures: Arc<Figures>) -> Self {
        Self {
            url: issuer.url.clone(),
            discovery_url: issuer.discovery_url.clone(),
            fetch,
            keys_url: RwLock::default(),
            keys: RwLock::default(),
            fetches: AtomicU64::new(0),
            fetching: tokio::sync::Mutex::new(None),
            figures,
        }
    }

    fn is_signed(&self, token: &Token<'_>) -> bool {
        let keys = self.keys.read().clone();
        token.is_signed_by(&keys)
    }

    /// Whether the issuer signed the token. Keys are fetched for every token
    /// that none of the known ones has signed: the issuer may have a new one.
    pub(super) async fn verify(&self, token: &Token<'_>) -> Result<(), String> {
        let seen = self.fetches.load(Ordering::Acquire);
        if self.is_signed(token) {
            return Ok(());
        }
        let mut fetching = self.fetching.lock().await;
        // Somebody else may have fetched them while we waited.
        if self.fetches.load(Ordering::Acquire) == seen {
            let lately = fetching.is_some_and(|at| at.elapsed() < SEARCH_INTERVAL);
            if lately || self.search(&mut fetching).await.is_err() {
                return Err(NOT_INITIALIZED.to_owned());
            }
            let fetched = self.fetch_keys().await;
            self.fetches.fetch_add(1, Ordering::Release);
            *self.keys.write() = Arc::new(fetched.map_err(|error| {
                format!("oidc: verify token: failed to verify signature: fetching keys {error}")
            })?);
        }
        drop(fetching);
        match self.is_signed(token) {
            true => Ok(()),
            false => Err(BAD_SIGNATURE.to_owned()),
        }
    }

    /// Finds the issuer, if it is not found yet.
    ///
    /// # Errors
    /// It does not answer as an issuer does.
    pub(super) async fn find(&self) -> Result<(), String> {
        self.search(&mut *self.fetching.lock().await).await
    }

    async fn search(&self, failed: &mut Option<Instant>) -> Result<(), String> {
        if self.keys_url.read().is_some() {
            return Ok(());
        }
        match self.discover().await {
            Ok(url) => {
                *failed = None;
                *self.keys_url.write() = Some(url);
                Ok(())
            }
            Err(error) => {
                *failed = Some(Instant::now());
                tracing::warn!(error, issuer = self.url, "an issuer cannot be found");
                Err(error)
            }
        }
    }

    /// Where the issuer's keys are.
    async fn discover(&self) -> Result<String, String> {
        let document = parse(&(self.fetch)(self.discovery_url.clone()).await?)?;
        let issuer = document["issuer"].as_str().unwrap_or_default();
        if issuer != self.url {
            return Err(format!(
                "oidc: issuer did not match the issuer returned by provider, expected {} got {}",
                quote(&self.url),
                quote(issuer)
            ));
        }
        match document["jwks_uri"].as_str().unwrap_or_default() {
            "" => Err("provider did not return JWKS URL".to_owned()),
            url => Ok(url.to_owned()),
        }
    }

    async fn fetch_keys(&self) -> Result<Vec<Key>, String> {
        let url = self.keys_url.read().clone().unwrap_or_default();
        let issuer = hash(self.url.as_bytes());
        let outcome = match (self.fetch)(url).await {
            Ok(document) => parse(&document).map(|set| (document, jose::keys(&set))),
            Err(error) => Err(error),
        };
        match outcome {
            Ok((document, keys)) => {
                self.figures.fetched(&issuer, Some(&document));
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(
                    error,
                    issuer = self.url,
                    "an issuer's keys cannot be fetched"
                );
                self.figures.fetched(&issuer, None);
                Err(error)
            }
        }
    }
}
