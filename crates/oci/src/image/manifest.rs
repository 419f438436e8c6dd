//! Manifests, indexes and configurations, as far as they are needed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Digest, ImageError, Result};

/// The largest manifest, index or configuration that is read.
pub(super) const DOCUMENT_BYTES_MAX: u64 = 8 << 20;
const LAYERS_MAX: usize = 127;

/// A pointer to content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    #[serde(default)]
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its length in bytes.
    #[serde(default)]
    pub size: u64,
    /// For which machines.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// More about it.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// A kind of machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`.
    #[serde(default)]
    pub architecture: String,
    /// `linux`.
    #[serde(default)]
    pub os: String,
}

/// A manifest or an index: which of the two shows by what is in it.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub config: Option<Descriptor>,
    #[serde(default)]
    pub layers: Vec<Descriptor>,
    #[serde(default)]
    pub manifests: Vec<Descriptor>,
}

/// A manifest: configuration and layers.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
}

impl Document {
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .map_err(|error| ImageError::BadImage(format!("unreadable manifest: {error}")))
    }

    /// The manifest, when this is one.
    pub fn manifest(self) -> Result<Option<Manifest>> {
        let Some(config) = self.config else {
            return Ok(None);
        };
        if self.layers.len() > LAYERS_MAX {
            let message = format!("{} layers, more than {LAYERS_MAX}", self.layers.len());
            return Err(ImageError::BadImage(message));
        }
        Ok(Some(Manifest {
            config,
            layers: self.layers,
        }))
    }

    /// The entry of an index for this machine.
    pub fn for_this_machine(&self) -> Result<&Descriptor> {
        let architecture = architecture();
        let fits = |descriptor: &&Descriptor| {
            descriptor.platform.as_ref().is_none_or(|platform| {
                platform.os == "linux" && platform.architecture == architecture
            })
        };
        let found = self.manifests.iter().find(fits);
        found.ok_or_else(|| ImageError::NoPlatform(format!("linux/{architecture}")))
    }
}

/// This machine's architecture in the words of images.
pub(super) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The configuration of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// Machine that it was made for.
    #[serde(default)]
    pub architecture: String,
    /// When it was made, as it says.
    #[serde(default)]
    pub created: Option<String>,
    /// How to run it.
    #[serde(default)]
    pub config: Option<RunConfig>,
    /// Its layers.
    #[serde(default)]
    pub rootfs: RootFs,
}

/// How to run an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RunConfig {
    /// `user[:group]`.
    pub user: Option<String>,
    /// `NAME=value`.
    pub env: Option<Vec<String>>,
    /// Program and first arguments.
    pub entrypoint: Option<Vec<String>>,
    /// Further arguments, or the program when there is no entry point.
    pub cmd: Option<Vec<String>>,
    /// Folder to start in.
    pub working_dir: Option<String>,
    /// Signal that asks it to end.
    pub stop_signal: Option<String>,
}

/// The layers of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RootFs {
    /// Digests of the unpacked layers, the lowest first.
    #[serde(default)]
    pub diff_ids: Vec<Digest>,
}

impl ImageConfig {
    pub(super) fn parse(bytes: &[u8], layers: usize) -> Result<Self> {
        let config: Self = serde_json::from_slice(bytes)
            .map_err(|error| ImageError::BadImage(format!("unreadable configuration: {error}")))?;
        if config.rootfs.diff_ids.len() != layers {
            let message = format!(
                "the configuration names {} layers, the manifest {layers}",
                config.rootfs.diff_ids.len()
            );
            return Err(ImageError::BadImage(message));
        }
        Ok(config)
    }
}

/// Identities of each layer together with all below it.
pub(super) fn chain_ids(diff_ids: &[Digest]) -> Vec<Digest> {
    let mut chain: Vec<Digest> = Vec::with_capacity(diff_ids.len());
    for diff_id in diff_ids {
        let id = match chain.last() {
            None => *diff_id,
            Some(below) => Digest::of(format!("{below} {diff_id}").as_bytes()),
        };
        chain.push(id);
    }
    chain
}
