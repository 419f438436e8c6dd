//! Objects from files and texts.

use std::path::Path;

use skeg_client::manifests::{Applier, Manifest, Mode, parse, read};
use skeg_meta::SharedObject;
use skeg_schema::Value;

use crate::cluster::Cluster;
use crate::error::Error;
#[cfg(doc)]
use crate::history::At;

/// Whose fields the objects of a test are, and where those go that name no namespace.
const MANAGER: &str = "test";
const NAMESPACE: &str = "default";
/// What stands in an object's metadata by the server's hand, and what names
/// others by uids that were given there.
const SERVERS: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "ownerReferences",
];

/// Leaves out what a server has written into an object that was stored.
fn as_new(object: &mut Value) {
    let stored = object.at(&["metadata", "managedFields"]).is_some();
    let metadata = object.at_mut(&["metadata"]).and_then(Value::as_object_mut);
    if let Some(metadata) = metadata.filter(|_| stored) {
        metadata.retain(|key, _| !SERVERS.contains(&key));
    }
}

impl Cluster {
    /// Applies the files of a folder and those in it, or one file: namespaces
    /// and definitions of custom resources first, until they are served.
    ///
    /// What a server has written into the metadata of objects ([`At::dump`]) is
    /// left out, and with it the references to owners, whom their uids name.
    ///
    /// # Errors
    /// There is no such file or folder, a file cannot be read or is no
    /// manifest, or the server refuses an object.
    pub async fn load(&self, path: impl AsRef<Path>) -> Result<Vec<SharedObject>, Error> {
        let path = path.as_ref();
        if !path.exists() {
            // Tests run in the folder of their crate, which is not where all are started.
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            let whole = whole.display();
            return Err(Error::Option(format!(
                "there is nothing to load: no file or folder {whole}"
            )));
        }
        let mut manifests = read(path)?;
        for manifest in &mut manifests {
            as_new(&mut manifest.tree);
        }
        self.apply_all(&manifests).await
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
