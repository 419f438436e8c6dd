//! Objects from files and texts.

use std::path::Path;

use skeg_client::manifests::{Applier, Manifest, Mode, parse, read};
use skeg_meta::SharedObject;

use crate::cluster::Cluster;
use crate::error::Error;

/// Whose fields the objects of a test are, and where those go that name no namespace.
const MANAGER: &str = "test";
const NAMESPACE: &str = "default";

impl Cluster {
    /// Applies the files of a folder and those in it, or one file: namespaces
    /// and definitions of custom resources first, until they are served.
    ///
    /// # Errors
    /// A file cannot be read or is no manifest, or the server refuses an object.
    pub async fn load(&self, path: impl AsRef<Path>) -> Result<Vec<SharedObject>, Error> {
        self.apply_all(&read(path)?).await
    }

    /// Applies the documents of a text, as [`Cluster::load`] does.
    ///
    /// # Errors
    /// It is no manifest, or the server refuses an object.
    pub async fn apply(&self, yaml: &str) -> Result<Vec<SharedObject>, Error> {
        self.apply_all(&parse(yaml, "the manifest")?).await
    }

    async fn apply_all(&self, manifests: &[Manifest]) -> Result<Vec<SharedObject>, Error> {
        let applier = Applier::new(self.client(), MANAGER)
            .mode(Mode::Force)
            .namespace(NAMESPACE);
        let report = applier.apply(manifests).await?;
        let objects = report.changes.into_iter().map(|change| change.object);
        Ok(objects.flatten().collect())
    }
}
