//! Discovery with a memory, and one on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use skeg_meta::GroupKind;
use skeg_schema::{Value, json};
use tokio::sync::Mutex;

use super::catalog::{Catalog, Kept, document_of};
use super::mapper::{MapError, RestMapper};
use super::{DiscoveredResource, text};
use crate::client::{Client, collect};
use crate::disk;
use crate::error::Error;

/// Both forms of aggregated discovery, the newer first, then the old one.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
     application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
/// How long an answer is good, as with kubectl: resources come and go rarely.
const TTL: Duration = Duration::from_secs(600);
/// The longest document that is taken.
const DOCUMENT_LEN_MAX: usize = 64 << 20;

/// What a server serves, asked once and remembered.
///
/// Servers since 1.27 tell everything in two documents, which are asked for
/// again by their tags and come only when they have changed; older ones are
/// asked group by group. [`Discovery::resolve`] and [`Discovery::kind`] ask
/// anew when they do not find what they look for: it may have been installed
/// since.
///
/// ```no_run
/// # async fn f(client: skeg_client::Client) -> Result<(), skeg_client::Error> {
/// use skeg_client::{Discovery, DynamicApi, ListOptions};
///
/// let discovery = Discovery::new(client.clone());
/// let deployments = discovery.resolve("deploy").await?;
/// let api = DynamicApi::namespaced(client, deployments.resource, "default");
/// let all = api.list(&ListOptions::default()).await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Discovery {
    client: Client,
    ttl: Duration,
    disk: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    mapper: Option<Arc<RestMapper>>,
    kept: Kept,
    /// Whether the disk has been looked at.
    read: bool,
    /// The memory may be used, but must be compared with the server's.
    invalid: bool,
}

fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

impl Discovery {
    /// Of the server of this client, remembered for ten minutes, in memory.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            ttl: TTL,
            disk: None,
            state: Mutex::default(),
        }
    }

    /// Remembered for so long; nothing is remembered for no time.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Remembered in a file of this folder too, so that the next process need
    /// not ask. The folder must be one server's alone.
    #[must_use]
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.disk = Some(dir.into());
        self
    }

    /// The client below.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Everything that the server serves.
    ///
    /// # Errors
    /// As for every request. Aggregated servers that do not answer are no
    /// error: [`Catalog::stale`] names them.
    pub async fn catalog(&self) -> Result<Arc<RestMapper>, Error> {
        let mut state = self.state.lock().await;
        if !state.read {
            state.read = true;
            if let Some(kept) = self.disk.as_deref().and_then(read) {
                state.mapper = Some(Arc::new(mapper_of(&kept)));
                state.kept = kept;
            }
        }
        let age = seconds_now().saturating_sub(state.kept.fetched);
        if let Some(mapper) = state.mapper.clone()
            && !state.invalid
            && age < self.ttl.as_secs()
        {
            return Ok(mapper);
        }
        let kept = self.fetch(&state.kept).await?;
        let mapper = match state.mapper.clone() {
            Some(mapper) if kept.documents == state.kept.documents => mapper,
            _ => Arc::new(mapper_of(&kept)),
        };
        if let Some(dir) = &self.disk {
            // What cannot be kept is asked for again.
            if let Err(error) = write(dir, &kept) {
                tracing::debug!(%error, dir = %dir.display(), "discovery is not kept on disk");
            }
        }
        state.kept = kept;
        state.invalid = false;
        state.mapper = Some(mapper.clone());
        Ok(mapper)
    }

    /// The server is asked the next time, whatever is remembered.
    pub async fn invalidate(&self) {
        self.state.lock().await.invalid = true;
    }

    /// The resource that a word of a user means: a plural, a singular, a short
    /// name or a kind, perhaps with a version and a group
    /// (`deploy`, `deployments.apps`, `deployments.v1.apps`).
    ///
    /// # Errors
    /// There is none ([`Error::is_no_match`]), or discovery fails.
    pub async fn resolve(&self, name: &str) -> Result<DiscoveredResource, Error> {
        self.find(|mapper| mapper.resolve(name).cloned()).await
    }

    /// The resource of a kind, in the first of these versions that is served;
    /// in the preferred one when none is named.
    ///
    /// # Errors
    /// As [`Discovery::resolve`].
    pub async fn kind(
        &self,
        kind: &GroupKind,
        versions: &[&str],
    ) -> Result<DiscoveredResource, Error> {
        self.find(|mapper| mapper.kind(kind, versions).cloned())
            .await
    }

    /// The resource of an object, by its `apiVersion` and `kind`.
    ///
    /// # Errors
    /// As [`Discovery::resolve`].
    pub async fn of_object(&self, tree: &Value) -> Result<DiscoveredResource, Error> {
        let gvk = skeg_meta::GroupVersionKind::from_api_version(
            tree["apiVersion"].as_str().unwrap_or_default(),
            tree["kind"].as_str().unwrap_or_default(),
        );
        self.kind(&gvk.group_kind(), &[&*gvk.version]).await
    }

    async fn find<T>(&self, look: impl Fn(&RestMapper) -> Result<T, MapError>) -> Result<T, Error> {
        let mapper = self.catalog().await?;
        match look(&mapper) {
            Err(error) if error.is_no_match() => {
                self.invalidate().await;
                let newer = self.catalog().await?;
                if Arc::ptr_eq(&mapper, &newer) {
                    return Err(error.into());
                }
                Ok(look(&newer)?)
            }
            found => Ok(found?),
        }
    }

    async fn fetch(&self, kept: &Kept) -> Result<Kept, Error> {
        let mut documents = Vec::with_capacity(2);
        for (at, path) in ["/api", "/apis"].into_iter().enumerate() {
            documents.push(match self.document(path, kept.documents.get(at)).await? {
                Some(document) => document,
                // An older server: what it says is not tagged.
                None => (String::new(), self.legacy(path).await?),
            });
        }
        Ok(Kept {
            fetched: seconds_now(),
            documents,
        })
    }

    /// A document of aggregated discovery; none from a server that has none.
    async fn document(
        &self,
        path: &str,
        kept: Option<&(String, Value)>,
    ) -> Result<Option<(String, Value)>, Error> {
        let mut request = self
            .client
            .request(Method::GET, path.to_owned(), AGGREGATED)?;
        let kept = kept.filter(|(tag, _)| !tag.is_empty());
        if let Some(tag) = kept.and_then(|(tag, _)| HeaderValue::from_str(tag).ok()) {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let response = match self.client.send(request).await {
            Ok(response) => response,
            Err(error) if error.code() == 304 => return Ok(kept.cloned()),
            // The server does not know the media type.
            Err(error) if error.code() == 406 => return Ok(None),
            Err(error) => return Err(error),
        };
        let tag = response
            .headers()
            .get(ETAG)
            .and_then(|tag| tag.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = collect(response.into_body(), DOCUMENT_LEN_MAX)
            .await
            .map_err(|source| Error::Body {
                target: path.to_owned(),
                source,
            })?;
        let document =
            skeg_schema::decode_json_any(&body).map_err(|error| Error::decode(path, error))?;
        Ok((document["kind"] == "APIGroupDiscoveryList").then_some((tag, document)))
    }

    async fn legacy(&self, path: &str) -> Result<Value, Error> {
        let groups = if path == "/api" {
            let core = self.client.get_json("/api").await?;
            vec![(String::new(), super::texts(&core["versions"]))]
        } else {
            let named = self.client.get_json("/apis").await?;
            super::named_groups(&named)
                .into_iter()
                .map(|group| (group.name, group.versions))
                .collect()
        };
        let mut items = Vec::with_capacity(groups.len());
        for (group, versions) in groups {
            let mut found = Vec::with_capacity(versions.len());
            for version in versions {
                let resources = match self.client.resources(&group, &version).await {
                    Ok(resources) => Some(resources),
                    // A group that has just gone, whose server is down, or of
                    // which we may know nothing.
                    Err(error)
                        if error.is_not_found() || error.is_forbidden() || error.is_transient() =>
                    {
                        None
                    }
                    Err(error) => return Err(error),
                };
                found.push((version, resources));
            }
            items.push(document_of(&group, &found));
        }
        Ok(json!({"kind": "APIGroupDiscoveryList", "items": items}))
    }
}

fn mapper_of(kept: &Kept) -> RestMapper {
    RestMapper::new(Catalog::from_documents(
        kept.documents.iter().map(|(_, document)| document),
    ))
}

const FILE: &str = "discovery.json";

fn read(dir: &Path) -> Option<Kept> {
    let bytes = disk::read(&dir.join(FILE), 2 * DOCUMENT_LEN_MAX)?;
    let kept: Kept = serde_json::from_slice(&bytes).ok()?;
    // A file of another time or hand is as good as none.
    let whole = kept.documents.len() == 2
        && kept.fetched <= seconds_now()
        && kept
            .documents
            .iter()
            .all(|(_, document)| text(&document["kind"]) == "APIGroupDiscoveryList");
    whole.then_some(kept)
}

fn write(dir: &Path, kept: &Kept) -> std::io::Result<()> {
    let bytes = serde_json::to_vec(kept).map_err(std::io::Error::other)?;
    disk::replace(&dir.join(FILE), &bytes)
}
