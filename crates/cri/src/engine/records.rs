//! What the engine keeps in files, so that its next run finds pods again.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{ContainerConfig, SandboxConfig};

pub(super) const SANDBOX_FILE: &str = "sandbox.json";
pub(super) const CONTAINER_FILE: &str = "container.json";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SandboxRecord {
    pub id: String,
    pub config: SandboxConfig,
    pub created_unix_nanos: u64,
    pub ips: Vec<IpAddr>,
    /// The shim's process; 0 before it was started.
    pub shim_pid: i32,
    /// It was stopped by request.
    pub stopped: bool,
    /// Its shim and its network were made; before, it is no sandbox yet.
    pub finished: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ContainerRecord {
    pub id: String,
    pub sandbox: String,
    pub config: ContainerConfig,
    pub image_id: String,
    pub image_ref: String,
    pub image_stop_signal: Option<String>,
    /// The layers that it stands on, which must stay.
    pub layers: Vec<String>,
    pub cgroup: String,
    pub log_path: PathBuf,
    pub created_unix_nanos: u64,
}

/// Writes a record so that a reader sees the old or the new one.
pub(super) fn write(path: &Path, record: &impl Serialize) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    fs::write(&temporary, serde_json::to_vec(record)?)?;
    fs::rename(&temporary, path)
}

pub(super) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

pub(super) fn now_unix_nanos() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn time_of(unix_nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(unix_nanos)
}

/// 64 random hexadecimal digits.
pub(super) fn new_id() -> io::Result<String> {
    let mut bytes = [0; 32];
    io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
