//! The shim: one small process per pod that holds its namespaces and containers.
//!
//! It is this same binary, executed anew under the name [`ARGV0`]. It has one thread and no
//! runtime, so it may fork: it makes the pod's namespaces, starts containers, reaps them,
//! writes their logs, and hands descriptors (terminals, pipes, forwarded ports) to whoever
//! asks over its socket. It outlives the process that started it.

mod container;
mod log;
pub(crate) mod protocol;
mod sandbox;
mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use skeg_oci::cgroup::Cgroups;

/// The name by which this binary is called to be a shim.
pub const ARGV0: &str = "skeg-shim";

/// What a shim reads from [`CONFIG_FILE`] in its folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ShimConfig {
    pub hostname: String,
    pub own_network: bool,
    pub own_ipc: bool,
    pub share_pid: bool,
    pub host_pid: bool,
    pub sysctls: Vec<(String, String)>,
    pub shm_bytes: u64,
    pub cgroups: Cgroups,
    /// The group of the shim itself.
    pub holder_cgroup: String,
    pub log_bytes_max: u64,
    pub log_files_max: u32,
}

pub(crate) const CONFIG_FILE: &str = "shim.json";
pub(crate) const SOCKET_FILE: &str = "shim.sock";
pub(crate) const SPEC_FILE: &str = "spec.json";
pub(crate) const RECORD_FILE: &str = "state.json";

/// The folder of a container in its sandbox's.
pub(crate) fn container_folder(sandbox: &Path, container: &str) -> PathBuf {
    sandbox.join("containers").join(container)
}

/// Becomes a shim, and does not return, when this process was started as one; otherwise
/// returns at once. Call it first thing in `main`, before any thread is started.
pub fn dispatch() {
    let mut args = std::env::args_os();
    if args.next().is_none_or(|name| name != ARGV0) {
        return;
    }
    let (mode, folder) = (
        args.next().unwrap_or_default(),
        args.next().unwrap_or_default(),
    );
    let folder = PathBuf::from(folder);
    let outcome = match mode.to_str() {
        Some("pod") => sandbox::run(&folder).map_err(|error| error.to_string()),
        Some("probe-overlay") => {
            skeg_oci::runtime::probe_overlay(&folder).map_err(|error| error.full())
        }
        _ => Err("this name is for the pods' shims; skeg starts them itself".to_owned()),
    };
    if let Err(message) = outcome {
        // Whoever started it reads its standard output.
        println!("error: {message}");
        std::process::exit(1);
    }
    std::process::exit(0);
}
