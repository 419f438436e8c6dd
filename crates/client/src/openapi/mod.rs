//! A server's description of its kinds: OpenAPI v3, document by document, and
//! v2, which is one.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Method;
use http::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use skeg_meta::GroupVersionKind;
use skeg_schema::Value;
use tokio::sync::Mutex;

use crate::client::{Client, collect};
use crate::disk;
use crate::error::Error;
use crate::validate::Schemas;

/// The longest document that is taken.
const DOCUMENT_LEN_MAX: usize = 128 << 20;
/// How many documents are remembered.
const DOCUMENTS_MAX: usize = 512;

/// Reads a server's OpenAPI documents. Those of version 3 have their contents'
/// hash in their address, and are asked for once; that of version 2 comes again
/// only when it has changed.
///
/// ```no_run
/// # async fn f(client: skeg_client::Client, manifest: skeg_schema::Value) -> Result<(), skeg_client::Error> {
/// use skeg_client::openapi::OpenApi;
///
/// let openapi = OpenApi::new(client);
/// for problem in openapi.schemas_of(&manifest).await?.validate(&manifest) {
///     println!("{problem}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct OpenApi {
    client: Client,
    disk: Option<PathBuf>,
    v3: Mutex<BTreeMap<String, (String, Arc<Value>)>>,
    v2: Mutex<Option<(String, Arc<Value>)>>,
}

impl OpenApi {
    /// Of the server of this client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            disk: None,
            v3: Mutex::default(),
            v2: Mutex::default(),
        }
    }

    /// Keeps the documents of version 3 in this folder, too, so that the next
    /// process need not ask for them. The folder must be one server's alone.
    #[must_use]
    pub fn cache_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.disk = Some(dir.into());
        self
    }

    /// The documents of version 3: name (`api/v1`, `apis/apps/v1`) and address.
    ///
    /// # Errors
    /// As for every request; `is_not_found()` from servers before 1.24.
    pub async fn paths(&self) -> Result<BTreeMap<String, String>, Error> {
        let index = self.client.get_json("/openapi/v3").await?;
        let paths = index["paths"].as_object();
        Ok(paths
            .into_iter()
            .flat_map(|paths| paths.iter())
            .filter_map(|(name, path)| {
                let address = path["serverRelativeURL"].as_str()?;
                Some((name.to_string(), address.to_owned()))
            })
            .collect())
    }

    /// A document of version 3; none where the server has no such one.
    ///
    /// # Errors
    /// As for every request.
    pub async fn document(&self, name: &str) -> Result<Option<Arc<Value>>, Error> {
        let Some(address) = self.paths().await?.remove(name) else {
            return Ok(None);
        };
        if let Some((known, document)) = self.v3.lock().await.get(name)
            && *known == address
        {
            return Ok(Some(document.clone()));
        }
        let document = Arc::new(self.fetch(name, &address).await?);
        let mut kept = self.v3.lock().await;
        if kept.len() < DOCUMENTS_MAX || kept.contains_key(name) {
            kept.insert(name.to_owned(), (address, document.clone()));
        }
        Ok(Some(document))
    }

    /// A document from the disk, or else from the server.
    async fn fetch(&self, name: &str, address: &str) -> Result<Value, Error> {
        let dir = self.disk.as_deref();
        let Some(path) = dir.and_then(|dir| file_of(dir, name, address)) else {
            return self.client.get_json(address).await;
        };
        if let Some(document) = read(&path, address) {
            return Ok(document);
        }
        let document = self.client.get_json(address).await?;
        let mut content = format!("{address}\n").into_bytes();
        skeg_schema::encode_json_any(&document, &mut content);
        if let Err(error) = disk::replace(&path, &content) {
            let path = path.display();
            tracing::debug!(%path, %error, "a document is not kept");
        }
        Ok(document)
    }

    /// The document of version 2.
    ///
    /// # Errors
    /// As for every request.
    pub async fn v2(&self) -> Result<Arc<Value>, Error> {
        const PATH: &str = "/openapi/v2";
        let mut kept = self.v2.lock().await;
        let mut request = self
            .client
            .request(Method::GET, PATH.to_owned(), crate::codec::JSON)?;
        if let Some((tag, _)) = &*kept
            && let Ok(tag) = HeaderValue::from_str(tag)
        {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let response = match (self.client.send(request).await, &*kept) {
            (Err(error), Some((_, known))) if error.code() == 304 => return Ok(known.clone()),
            (response, _) => response?,
        };
        let tag = response
            .headers()
            .get(ETAG)
            .and_then(|tag| tag.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = collect(response.into_body(), DOCUMENT_LEN_MAX).await;
        let body = body.map_err(|source| Error::Body {
            target: PATH.to_owned(),
            source,
        })?;
        let document =
            skeg_schema::decode_json_any(&body).map_err(|error| Error::decode(PATH, error))?;
        let document = Arc::new(document);
        if !tag.is_empty() {
            *kept = Some((tag, document.clone()));
        }
        Ok(document)
    }

    /// What the server says of the kind of an object and of all kinds of its
    /// group and version; nothing where it does not know them.
    ///
    /// # Errors
    /// As for every request.
    pub async fn schemas_of(&self, object: &Value) -> Result<Schemas, Error> {
        let gvk = GroupVersionKind::from_api_version(
            object["apiVersion"].as_str().unwrap_or_default(),
            object["kind"].as_str().unwrap_or_default(),
        );
        self.schemas(&gvk.group, &gvk.version).await
    }

    /// What the server says of the kinds of a group and version.
    ///
    /// # Errors
    /// As for every request.
    pub async fn schemas(&self, group: &str, version: &str) -> Result<Schemas, Error> {
        let name = if group.is_empty() {
            format!("api/{version}")
        } else {
            format!("apis/{group}/{version}")
        };
        let mut schemas = Schemas::new();
        match self.document(&name).await {
            Ok(Some(document)) => schemas.add(&document),
            Ok(None) => {}
            // An old server has version 2 alone.
            Err(error) if error.is_not_found() => schemas.add(&*self.v2().await?),
            Err(error) => return Err(error),
        }
        Ok(schemas)
    }
}

/// Where a document is kept: none for what its address does not tell from an
/// older one, or whose name is not fit for a file's.
fn file_of(dir: &Path, name: &str, address: &str) -> Option<PathBuf> {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/');
    let fits = !name.is_empty() && name.len() <= 200 && name.bytes().all(is_fit);
    if !fits || !address.contains("hash=") || address.contains('\n') {
        return None;
    }
    Some(dir.join(format!("openapi-v3_{}.json", name.replace('/', "_"))))
}

/// A document that was kept, if it is the one of this address.
fn read(path: &Path, address: &str) -> Option<Value> {
    let content = disk::read(path, DOCUMENT_LEN_MAX)?;
    let rest = content.strip_prefix(address.as_bytes())?;
    skeg_schema::decode_json_any(rest.strip_prefix(b"\n")?).ok()
}
