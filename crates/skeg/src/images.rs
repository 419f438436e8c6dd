//! Operations on this machine's images: by a running cluster's runtime when
//! there is one (it must know of every change), else on the files themselves.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use skeg_cri::engine::Engine;
use skeg_cri::{ImageService, PullRequest, RegistryAuth};
use skeg_oci::image::{self, ImageStore, Progress, Reference, Registry, RegistryOptions};
use tokio::sync::mpsc;

use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};

/// So many reports of progress wait; more are dropped.
const PROGRESS_MAX: usize = 16;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Import an archive or layout.
    Import(PathBuf),
    /// All images.
    List,
    /// Fetch an image.
    Pull {
        /// Its name.
        image: String,
        /// Credentials to try, in this order.
        auth: Vec<RegistryAuth>,
    },
    /// Remove an image.
    Remove(String),
}

/// Where it is done.
#[derive(Clone)]
pub enum Images {
    /// By the runtime of this process.
    Engine(Arc<Engine>),
    /// On the files, nobody else using them.
    Files {
        /// The images.
        store: Arc<ImageStore>,
        /// Where sandboxes are written down.
        sandboxes: PathBuf,
    },
}

impl Images {
    /// The files of a cluster that does not run.
    ///
    /// # Errors
    /// They cannot be opened.
    pub fn files(dir: &DataDir) -> Result<Self> {
        dir.create()?;
        let path = dir.root().join("images");
        let store = ImageStore::open(&path).or_fail(
            format!("cannot open the images in {}", path.display()),
            "run as root, or as the owner of the data folder",
        )?;
        let sandboxes = dir.root().join("runtime").join("pods");
        Ok(Self::Files {
            store: Arc::new(store),
            sandboxes,
        })
    }

    fn store(&self) -> &Arc<ImageStore> {
        match self {
            Self::Engine(engine) => engine.images(),
            Self::Files { store, .. } => store,
        }
    }

    /// Does it. `progress` hears of a pull.
    ///
    /// # Errors
    /// It cannot be done.
    pub async fn perform(
        &self,
        operation: Operation,
        progress: impl Fn(u64, u64, &'static str) + Send + Sync,
    ) -> Result<Value> {
        match operation {
            Operation::List => Ok(self.list()),
            Operation::Import(path) => self.import(&path).await,
            Operation::Pull { image, auth } => self.pull(&image, auth, progress).await,
            Operation::Remove(image) => self.remove(&image).await,
        }
    }

    fn list(&self) -> Value {
        let mut rows: Vec<Value> = self
            .store()
            .list()
            .iter()
            .map(|record| {
                json!({
                    "id": record.id,
                    "names": record.tags,
                    "digests": record.digests,
                    "sizeBytes": record.size_bytes,
                })
            })
            .collect();
        rows.sort_by_key(|row| row["names"].to_string());
        json!({"images": rows})
    }

    async fn import(&self, path: &Path) -> Result<Value> {
        let (store, path) = (self.store().clone(), path.to_owned());
        let what = format!("cannot import {}", path.display());
        let imported = tokio::task::spawn_blocking(move || image::import(&store, &path, None))
            .await?
            .or_fail(
                what,
                "it must be an OCI layout (folder or tar) or an archive of `docker save`",
            )?;
        let names: Vec<String> = imported
            .iter()
            .map(|record| record.tags.first().unwrap_or(&record.id).clone())
            .collect();
        Ok(json!({"imported": names}))
    }

    async fn pull(
        &self,
        image: &str,
        auth: Vec<RegistryAuth>,
        progress: impl Fn(u64, u64, &'static str) + Send + Sync,
    ) -> Result<Value> {
        let what = format!("cannot pull {image}");
        let remedy = "check the name and that this machine reaches the registry; --username with\n\
                      --password-stdin, or --auth-file, where it wants to know who asks\n\
                      without one: `docker save` elsewhere, `skeg image import` here";
        let id = match self {
            Self::Engine(engine) => {
                let (sender, mut reports) = mpsc::channel(PROGRESS_MAX);
                let request = PullRequest {
                    image: image.to_owned(),
                    auth,
                };
                let pull = engine.pull_image(request, Some(sender));
                tokio::pin!(pull);
                loop {
                    tokio::select! {
                        id = &mut pull => break id.or_fail(what, remedy)?,
                        Some(report) = reports.recv() => {
                            progress(report.done_bytes, report.total_bytes, report.phase);
                        }
                    }
                }
            }
            Self::Files { store, .. } => {
                let reference =
                    Reference::parse(image).or_fail(what.clone(), "correct the name")?;
                let registry = Registry::new(RegistryOptions::default());
                let told = |p: Progress| progress(p.done_bytes, p.total_bytes, p.phase);
                let credentials: Vec<_> = auth.into_iter().map(Into::into).collect();
                let record = registry
                    .pull(store, &reference, &credentials, told)
                    .await
                    .or_fail(what, remedy)?;
                record.id.clone()
            }
        };
        Ok(json!({"pulled": image, "id": id}))
    }

    async fn remove(&self, image: &str) -> Result<Value> {
        let unknown = || {
            Failure::new(
                format!("there is no image {image}"),
                "`skeg image list` names those there are",
            )
        };
        if self
            .store()
            .get(image)
            .or_fail("cannot read the name", "correct it")?
            .is_none()
        {
            bail!(unknown());
        }
        match self {
            Self::Engine(engine) => engine
                .remove_image(image)
                .await
                .or_fail(format!("cannot remove {image}"), "see `skeg logs`")?,
            Self::Files { store, sandboxes } => {
                if std::fs::read_dir(sandboxes).is_ok_and(|mut d| d.next().is_some()) {
                    bail!(Failure::new(
                        "containers of this cluster run, and only the cluster knows which images they use",
                        "start it (skeg up --detach) and remove the image then",
                    ));
                }
                let (store, image) = (store.clone(), image.to_owned());
                let what = format!("cannot remove {image}");
                tokio::task::spawn_blocking(move || store.remove(&image, &HashSet::new()))
                    .await?
                    .or_fail(what, "run as root")?;
            }
        }
        Ok(json!({"removed": image}))
    }
}

impl Operation {
    /// As a request of the control socket.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Import(path) => json!({"op": "import", "path": path}),
            Self::List => json!({"op": "list"}),
            Self::Pull { image, auth } => {
                let auth = auth.iter().map(|auth| {
                    json!({
                        "username": auth.username,
                        "password": auth.password,
                        "registryToken": auth.registry_token,
                        "identityToken": auth.identity_token,
                    })
                });
                json!({"op": "pull", "image": image, "auth": auth.collect::<Vec<_>>()})
            }
            Self::Remove(image) => json!({"op": "remove", "image": image}),
        }
    }

    /// Back from a request.
    pub fn from_value(value: &Value) -> Option<Self> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        match value["op"].as_str()? {
            "import" => text("path").map(|path| Self::Import(path.into())),
            "list" => Some(Self::List),
            "pull" => {
                let auth = value["auth"].as_array().into_iter().flatten().map(|auth| {
                    let text = |key: &str| auth[key].as_str().unwrap_or_default().to_owned();
                    RegistryAuth {
                        username: text("username"),
                        password: text("password"),
                        registry_token: text("registryToken"),
                        identity_token: text("identityToken"),
                    }
                });
                let image = text("image")?;
                Some(Self::Pull {
                    image,
                    auth: auth.collect(),
                })
            }
            "remove" => text("image").map(Self::Remove),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_the_socket() {
        for operation in [
            Operation::Import("/a b".into()),
            Operation::List,
            Operation::Pull {
                image: "x".into(),
                auth: vec![RegistryAuth {
                    username: "u".into(),
                    password: "p".into(),
                    ..RegistryAuth::default()
                }],
            },
            Operation::Remove("y".into()),
        ] {
            assert_eq!(
                Operation::from_value(&operation.to_value()),
                Some(operation)
            );
        }
        assert_eq!(Operation::from_value(&json!({"op": "shred"})), None);
    }

    #[tokio::test]
    async fn a_folder_without_images() {
        let temp = tempfile::tempdir().unwrap();
        let images = Images::files(&DataDir::new(temp.path())).unwrap();
        let quiet = |_, _, _| {};
        let list = images.perform(Operation::List, quiet).await.unwrap();
        assert_eq!(list, json!({"images": []}));
        let error = images
            .perform(Operation::Remove("x".into()), quiet)
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "there is no image x");
        let error = images
            .perform(Operation::Import("/nosuch".into()), quiet)
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "cannot import /nosuch");
    }
}
