//! Pulls from registries (the OCI distribution protocol).

mod auth;
mod http;

use std::{
    fs,
    io::{Read, Write as _},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use ::http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;

use self::{auth::Authorization, http::HttpClient};
use super::{
    Digest, Hasher, ImageConfig, ImageError, ImageRecord, ImageStore, OnFile as _, Reference,
    Result,
    manifest::{DOCUMENT_BYTES_MAX, Descriptor, Document, Manifest},
    store::layer_names,
};

/// How many layers are fetched at a time.
const PARALLEL_MAX: usize = 3;
const ATTEMPTS_MAX: usize = 4;

const MANIFEST_TYPES: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// Credentials for one registry.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
    /// A bearer token for the registry itself.
    pub registry_token: String,
    /// A token to exchange for access tokens.
    pub identity_token: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// How to reach registries.
#[derive(Clone, Debug, Default)]
pub struct RegistryOptions {
    /// Registries (`host` or `host:port`) that speak plain HTTP. Loopback ones may do so always.
    pub plain_http: Vec<String>,
}

/// How far a pull is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that have arrived.
    pub done_bytes: u64,
    /// Bytes of all layers; 0 before the manifest is known.
    pub total_bytes: u64,
    /// `resolving`, `downloading`, `unpacking` or `done`.
    pub phase: &'static str,
}

/// A client of registries.
pub struct Registry {
    http: HttpClient,
}

impl Registry {
    /// A client; nothing is connected yet.
    pub fn new(options: RegistryOptions) -> Self {
        Self {
            http: HttpClient::new(options),
        }
    }

    /// Fetches an image into a store. The credentials are tried in their order; without any
    /// the pull is anonymous. Cancelling it keeps what has arrived whole.
    pub async fn pull(
        &self,
        store: &Arc<ImageStore>,
        reference: &Reference,
        credentials: &[Credentials],
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Arc<ImageRecord>> {
        if reference.is_local() {
            return Err(ImageError::LocalOnly(reference.to_string()));
        }
        progress(Progress {
            done_bytes: 0,
            total_bytes: 0,
            phase: "resolving",
        });
        let _hold = store.hold();
        let anonymous = [Credentials::default()];
        let all = if credentials.is_empty() {
            &anonymous[..]
        } else {
            credentials
        };
        let mut refused = None;
        for credentials in all {
            let pull = Pull {
                http: &self.http,
                reference,
                authorization: Authorization::new(credentials.clone()),
            };
            match pull.run(store, &progress).await {
                Err(error @ ImageError::Unauthorized { .. }) => refused = Some(error),
                other => return other,
            }
        }
        Err(refused.unwrap_or_else(|| ImageError::Unauthorized {
            image: reference.to_string(),
            message: "no credentials".into(),
        }))
    }
}

struct Pull<'a> {
    http: &'a HttpClient,
    reference: &'a Reference,
    authorization: Authorization,
}

impl Pull<'_> {
    async fn run(
        &self,
        store: &Arc<ImageStore>,
        progress: &(impl Fn(Progress) + Send + Sync),
    ) -> Result<Arc<ImageRecord>> {
        let (manifest, digest) = self.resolve().await?;
        let config = self.blob_bytes(&manifest.config).await?;
        let config = ImageConfig::parse(&config, manifest.layers.len())?;
        let diff_ids = &config.rootfs.diff_ids;
        let present = store.layers_present(diff_ids);
        let total_bytes = manifest.layers[present..]
            .iter()
            .map(|layer| layer.size)
            .sum();
        let done = AtomicU64::new(0);
        let report = |phase| {
            let done_bytes = done.load(Ordering::Relaxed).min(total_bytes);
            progress(Progress {
                done_bytes,
                total_bytes,
                phase,
            });
        };
        report("downloading");
        let slots = Semaphore::new(PARALLEL_MAX);
        let fetches = manifest.layers[present..].iter().map(|layer| {
            let (slots, done, report) = (&slots, &done, &report);
            async move {
                // The semaphore is never closed.
                let _slot = slots.acquire().await;
                self.fetch_blob(store, layer, |bytes| {
                    done.fetch_add(bytes, Ordering::Relaxed);
                    report("downloading");
                })
                .await
            }
        });
        futures::future::try_join_all(fetches).await?;
        report("unpacking");
        for (place, layer) in manifest.layers.iter().enumerate().skip(present) {
            let (store, diff_ids, path) = (
                store.clone(),
                diff_ids.clone(),
                store.blob_path(&layer.digest),
            );
            let unpacking = tokio::task::spawn_blocking(move || {
                store.add_layer(&diff_ids, place, || {
                    let file = fs::File::open(&path).on("open", &path)?;
                    Ok(Box::new(file) as Box<dyn Read>)
                })
            });
            unpacking
                .await
                .map_err(|error| ImageError::BadImage(error.to_string()))??;
        }
        let reference = self.reference;
        let tag = reference
            .tag()
            .map(|tag| format!("{}:{tag}", reference.name()));
        let record = ImageRecord {
            id: manifest.config.digest.to_string(),
            tags: tag
                .filter(|_| reference.digest().is_none())
                .into_iter()
                .collect(),
            digests: [reference.with_digest(digest)].into(),
            layers: layer_names(diff_ids),
            size_bytes: manifest.layers.iter().map(|layer| layer.size).sum(),
            config,
            pinned: false,
        };
        let record = store.insert(record)?;
        for layer in &manifest.layers {
            // Unpacked, the packed form is of no more use.
            let _ = fs::remove_file(store.blob_path(&layer.digest));
        }
        progress(Progress {
            done_bytes: total_bytes,
            total_bytes,
            phase: "done",
        });
        Ok(record)
    }

    /// The manifest for this machine, and the digest of what the name stands for.
    async fn resolve(&self) -> Result<(Manifest, Digest)> {
        let wanted = match (self.reference.digest(), self.reference.tag()) {
            (Some(digest), _) => digest.to_string(),
            (None, tag) => tag.unwrap_or("latest").to_owned(),
        };
        let (bytes, digest) = self.document(&wanted, self.reference.digest()).await?;
        let document = Document::parse(&bytes)?;
        if document.config.is_some() {
            let manifest = document.manifest()?;
            let missing = || ImageError::BadImage("manifest without a configuration".into());
            return Ok((manifest.ok_or_else(missing)?, digest));
        }
        let inner = document.for_this_machine()?.digest;
        let (bytes, _) = self.document(&inner.to_string(), Some(inner)).await?;
        let manifest = Document::parse(&bytes)?.manifest()?;
        let nested = || ImageError::BadImage("index within an index".into());
        Ok((manifest.ok_or_else(nested)?, digest))
    }

    async fn document(&self, wanted: &str, expected: Option<Digest>) -> Result<(Vec<u8>, Digest)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(MANIFEST_TYPES));
        let response = self.get(&format!("manifests/{wanted}"), headers).await?;
        let bytes = self.collect(response).await?;
        let found = Digest::of(&bytes);
        match expected {
            Some(expected) if expected != found => {
                let what = "the manifest that the registry sent".to_owned();
                Err(ImageError::DigestMismatch {
                    what,
                    expected,
                    found,
                })
            }
            _ => Ok((bytes, found)),
        }
    }

    async fn blob_bytes(&self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        let response = self
            .get(&format!("blobs/{}", descriptor.digest), HeaderMap::new())
            .await?;
        let bytes = self.collect(response).await?;
        let (expected, found) = (descriptor.digest, Digest::of(&bytes));
        if expected != found {
            let what = "the configuration that the registry sent".to_owned();
            return Err(ImageError::DigestMismatch {
                what,
                expected,
                found,
            });
        }
        Ok(bytes)
    }

    async fn collect(&self, response: http::Response) -> Result<Vec<u8>> {
        let limited =
            http_body_util::Limited::new(response.into_body(), DOCUMENT_BYTES_MAX as usize);
        let bytes = limited
            .collect()
            .await
            .map_err(|error| self.unavailable(error.to_string()))?;
        Ok(bytes.to_bytes().to_vec())
    }

    /// Fetches a layer to its place in the store, going on where a broken connection left off.
    async fn fetch_blob(
        &self,
        store: &ImageStore,
        descriptor: &Descriptor,
        arrived: impl Fn(u64) + Send + Sync,
    ) -> Result<()> {
        let path = store.blob_path(&descriptor.digest);
        if path.exists() {
            arrived(descriptor.size);
            return Ok(());
        }
        let scratch = store.scratch()?;
        let part = scratch.join("part");
        let fetched = self.fetch_to(&part, descriptor, arrived).await;
        let kept = fetched.and_then(|()| fs::rename(&part, &path).on("rename", &part));
        let _ = super::store::remove_all(&scratch);
        kept
    }

    async fn fetch_to(
        &self,
        part: &std::path::Path,
        descriptor: &Descriptor,
        arrived: impl Fn(u64) + Send + Sync,
    ) -> Result<()> {
        let mut file = fs::File::create(part).on("create", part)?;
        let mut hasher = Hasher::new();
        let mut length: u64 = 0;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.fetch_rest(
                descriptor,
                &mut file,
                part,
                &mut hasher,
                &mut length,
                &arrived,
            );
            match outcome.await {
                Ok(()) => break,
                Err(ImageError::Unavailable { message, .. }) if attempt < ATTEMPTS_MAX => {
                    tracing::debug!(digest = %descriptor.digest, attempt, message, "layer broke off");
                }
                Err(error) => return Err(error),
            }
        }
        let (expected, found) = (descriptor.digest, hasher.finish());
        if expected != found {
            let what = "a layer that the registry sent".to_owned();
            return Err(ImageError::DigestMismatch {
                what,
                expected,
                found,
            });
        }
        Ok(())
    }

    async fn fetch_rest(
        &self,
        descriptor: &Descriptor,
        file: &mut fs::File,
        part: &std::path::Path,
        hasher: &mut Hasher,
        length: &mut u64,
        arrived: &(impl Fn(u64) + Send + Sync),
    ) -> Result<()> {
        let mut headers = HeaderMap::new();
        if *length > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={length}-"))
        {
            headers.insert(header::RANGE, range);
        }
        let response = self
            .get(&format!("blobs/{}", descriptor.digest), headers)
            .await?;
        let mut skip = if response.status() == StatusCode::PARTIAL_CONTENT {
            0
        } else {
            *length
        };
        let mut body = response.into_body();
        while let Some(frame) = self.http.next_frame(&mut body).await {
            let frame = frame.map_err(|message| self.unavailable(message))?;
            let Ok(mut data) = frame.into_data() else {
                continue;
            };
            // A registry that does not know ranges begins anew.
            let skipped = skip.min(data.len() as u64);
            skip -= skipped;
            let _ = data.split_to(skipped as usize);
            file.write_all(&data).on("write", part)?;
            hasher.update(&data);
            *length += data.len() as u64;
            if descriptor.size > 0 && *length > descriptor.size {
                let message = format!("layer {} is longer than announced", descriptor.digest);
                return Err(ImageError::BadImage(message));
            }
            arrived(data.len() as u64);
        }
        if *length < descriptor.size {
            return Err(self.unavailable("the connection broke off".into()));
        }
        Ok(())
    }

    /// Asks the registry, presenting what it wants to see.
    async fn get(&self, what: &str, headers: HeaderMap) -> Result<http::Response> {
        let host = match self.reference.domain() {
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        let scheme = if self.http.is_plain(host) {
            "http"
        } else {
            "https"
        };
        let url = format!("{scheme}://{host}/v2/{}/{what}", self.reference.path());
        let mut challenged = false;
        loop {
            let mut headers = headers.clone();
            if let Some(value) = self.authorization.header() {
                headers.insert(header::AUTHORIZATION, value);
            }
            let response = self.http.get(&url, headers).await;
            let response = response.map_err(|message| self.unavailable(message))?;
            match response.status() {
                status if status.is_success() => return Ok(response),
                StatusCode::UNAUTHORIZED if !challenged => {
                    challenged = true;
                    let answered = self
                        .authorization
                        .answer(self.http, response.headers(), self.reference.path())
                        .await;
                    answered.map_err(|message| self.unauthorized(message))?;
                }
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    let message = "pull access denied, repository does not exist or may require \
                        authorization";
                    return Err(self.unauthorized(message.into()));
                }
                StatusCode::NOT_FOUND => {
                    return Err(ImageError::NotFound {
                        image: self.reference.to_string(),
                    });
                }
                status => {
                    return Err(self.unavailable(format!("unexpected status {status} from {url}")));
                }
            }
        }
    }

    fn unavailable(&self, message: String) -> ImageError {
        ImageError::Unavailable {
            image: self.reference.to_string(),
            message,
        }
    }

    fn unauthorized(&self, message: String) -> ImageError {
        ImageError::Unauthorized {
            image: self.reference.to_string(),
            message,
        }
    }
}
