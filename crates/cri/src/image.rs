//! Images.

use std::path::PathBuf;

/// Credentials for a registry.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RegistryAuth {
    /// User name.
    pub username: String,
    /// Password or personal token.
    pub password: String,
    /// A bearer token for the registry itself, in place of the two above.
    pub registry_token: String,
    /// An identity token to exchange for access tokens.
    pub identity_token: String,
}

impl From<RegistryAuth> for skeg_oci::image::Credentials {
    fn from(auth: RegistryAuth) -> Self {
        Self {
            username: auth.username,
            password: auth.password,
            registry_token: auth.registry_token,
            identity_token: auth.identity_token,
        }
    }
}

impl std::fmt::Debug for RegistryAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryAuth")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// What `pull_image` is given.
#[derive(Clone, Debug, Default)]
pub struct PullRequest {
    /// Name as the user wrote it: `nginx`, `ghcr.io/a/b:1`, `x@sha256:…`.
    pub image: String,
    /// Credentials to try, in this order; without any the pull is anonymous.
    pub auth: Vec<RegistryAuth>,
}

/// How far a pull is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// Bytes that have arrived, of all blobs.
    pub done_bytes: u64,
    /// Bytes of all blobs; 0 before the manifest is known.
    pub total_bytes: u64,
    /// What goes on: `resolving`, `downloading`, `unpacking`, `done`.
    pub phase: &'static str,
}

/// A row of `list_images`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSummary {
    /// Digest of the configuration: `sha256:…`.
    pub id: String,
    /// Names with tags, normalised: `docker.io/library/nginx:latest`.
    pub repo_tags: Vec<String>,
    /// Names with digests of the manifest.
    pub repo_digests: Vec<String>,
    /// Bytes on disk, packed.
    pub size_bytes: u64,
    /// May not be collected while unused (the toolbox).
    pub pinned: bool,
}

/// The answer to `image_status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageInfo {
    /// As in a list.
    pub summary: ImageSummary,
    /// Numeric user of the image, if it names one by number.
    pub uid: Option<u32>,
    /// Name of the image's user, if it names one by name. Neither: root.
    pub username: String,
    /// Entry point.
    pub entrypoint: Vec<String>,
    /// Arguments.
    pub cmd: Vec<String>,
}

/// Space that images take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesystemUsage {
    /// Folder of the image store.
    pub mountpoint: PathBuf,
    /// Bytes that the store uses.
    pub used_bytes: u64,
    /// Files that the store uses.
    pub inodes_used: u64,
    /// Bytes of the whole file system.
    pub capacity_bytes: u64,
    /// Bytes that are free on the file system.
    pub available_bytes: u64,
    /// Inodes of the whole file system.
    pub inodes: u64,
    /// Free inodes of the file system.
    pub inodes_free: u64,
}
