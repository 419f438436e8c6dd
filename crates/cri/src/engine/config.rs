//! What an engine is told about its surroundings.

use std::{path::PathBuf, sync::Arc};

use skeg_oci::image::{BuiltinImage, RegistryOptions};

use crate::SandboxNetwork;

/// The configuration of an [`Engine`](super::Engine).
#[derive(Clone)]
pub struct EngineConfig {
    /// Keeps instances on one machine apart; part of cgroup names. Letters, digits and dashes.
    pub instance: String,
    /// Folder for sandboxes and containers.
    pub state_dir: PathBuf,
    /// Folder for images.
    pub image_dir: PathBuf,
    /// The program that is executed as shim: one that calls [`crate::shim::dispatch`].
    pub program: PathBuf,
    /// Connects sandboxes to the pod network.
    pub network: Arc<dyn SandboxNetwork>,
    /// The image that needs no pull.
    pub builtin: Option<BuiltinImage>,
    /// How to reach registries.
    pub registry: RegistryOptions,
    /// Layers are copied for each container even where the kernel could merge them.
    pub copy_layers: bool,
    /// A container's log is rotated when it would grow above this.
    pub log_bytes_max: u64,
    /// Files of a log, the current one among them.
    pub log_files_max: u32,
    /// Processes and threads of a container that sets no limit of its own.
    pub default_pids_limit: i64,
}

impl EngineConfig {
    /// A configuration with usual sizes; this program is its own shim.
    pub fn new(
        instance: impl Into<String>,
        data_dir: impl Into<PathBuf>,
        network: Arc<dyn SandboxNetwork>,
    ) -> Self {
        let data_dir = data_dir.into();
        Self {
            instance: instance.into(),
            state_dir: data_dir.join("runtime"),
            image_dir: data_dir.join("images"),
            program: PathBuf::from("/proc/self/exe"),
            network,
            builtin: None,
            registry: RegistryOptions::default(),
            copy_layers: false,
            log_bytes_max: 10 << 20,
            log_files_max: 5,
            default_pids_limit: 4096,
        }
    }

    /// The name of the instance's top cgroup.
    pub fn cgroup_root(&self) -> String {
        format!("skeg-{}", self.instance)
    }
}
