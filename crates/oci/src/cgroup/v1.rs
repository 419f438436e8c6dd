//! Version 1: a hierarchy for each controller.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{Limits, Result, Usage, distinct, file, keyed, make, read_u64, write};

/// What is looked for among the mounts.
pub(super) const CONTROLLERS: &[&str] = &[
    "cpu",
    "cpuacct",
    "cpuset",
    "memory",
    "pids",
    "devices",
    "name=systemd",
];

/// The hierarchies in which every container has a group.
const ALWAYS: &[&str] = &["cpu", "cpuacct", "memory", "pids", "devices"];

type Controllers = BTreeMap<String, PathBuf>;

pub(super) fn create(controllers: &Controllers, path: &str, limits: &Limits) -> Result<()> {
    let mounts = ALWAYS.iter().filter_map(|name| controllers.get(*name));
    for mount in distinct(mounts) {
        make(&mount.join(path))?;
    }
    apply(controllers, path, limits)
}

pub(super) fn apply(controllers: &Controllers, path: &str, limits: &Limits) -> Result<()> {
    let folder = |name: &str| controllers.get(name).map(|mount| mount.join(path));
    if let Some(cpu) = folder("cpu") {
        if let Some(shares) = limits.cpu_shares {
            write(&cpu, "cpu.shares", &shares.clamp(2, 262_144).to_string())?;
        }
        if let Some(quota) = limits.cpu_quota_us {
            let period = limits.cpu_period_us.unwrap_or(100_000);
            let quota = if quota <= 0 { -1 } else { quota };
            // The pair must be valid at every step: without a quota any period is.
            write(&cpu, "cpu.cfs_quota_us", "-1")?;
            write(&cpu, "cpu.cfs_period_us", &period.to_string())?;
            write(&cpu, "cpu.cfs_quota_us", &quota.to_string())?;
        }
    }
    if let Some(cpus) = &limits.cpuset_cpus
        && let Some(mount) = controllers.get("cpuset")
    {
        make_cpuset(mount, path)?;
        write(&mount.join(path), "cpuset.cpus", cpus)?;
    }
    if let (Some(memory), Some(bytes)) = (folder("memory"), limits.memory_bytes) {
        let bytes = if bytes <= 0 { -1 } else { bytes }.to_string();
        let (plain, both) = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes");
        // Memory with swap, where the kernel counts swap, must never be less than memory
        // alone: a limit that grows starts with the one, a limit that shrinks with the other.
        let counts_swap = memory.join(both).exists();
        let before = counts_swap && write(&memory, both, &bytes).is_ok();
        write(&memory, plain, &bytes)?;
        if counts_swap && !before {
            write(&memory, both, &bytes)?;
        }
    }
    if let (Some(pids), Some(limit)) = (folder("pids"), limits.pids) {
        let limit = if limit <= 0 {
            "max".to_owned()
        } else {
            limit.to_string()
        };
        write(&pids, "pids.max", &limit)?;
    }
    Ok(())
}

/// A new cpuset is empty and lets no process in: each level takes over what is above it.
fn make_cpuset(mount: &Path, path: &str) -> Result<()> {
    let mut above = mount.to_owned();
    for part in path.split('/') {
        let folder = above.join(part);
        make(&folder)?;
        for name in ["cpuset.cpus", "cpuset.mems"] {
            let own = fs::read_to_string(folder.join(name)).unwrap_or_default();
            if own.trim().is_empty() {
                let source = above.join(name);
                let value = fs::read_to_string(&source).map_err(|e| file("read", &source, e))?;
                write(&folder, name, value.trim())?;
            }
        }
        above = folder;
    }
    Ok(())
}

pub(super) fn usage(controllers: &Controllers, path: &str) -> Usage {
    let folder = |name: &str| controllers.get(name).map(|mount| mount.join(path));
    let mut usage = Usage::default();
    if let Some(cpu) = folder("cpuacct") {
        usage.cpu_nanos = read_u64(&cpu.join("cpuacct.usage")).unwrap_or(0);
    }
    if let Some(memory) = folder("memory") {
        usage.memory_bytes = read_u64(&memory.join("memory.usage_in_bytes")).unwrap_or(0);
        let stat = fs::read_to_string(memory.join("memory.stat")).unwrap_or_default();
        usage.inactive_file_bytes = keyed(&stat, "total_inactive_file").unwrap_or(0);
        usage.anonymous_bytes = keyed(&stat, "total_rss").unwrap_or(0);
        let limit = read_u64(&memory.join("memory.limit_in_bytes"));
        // Without a limit the file shows the largest number of whole pages.
        usage.memory_limit_bytes = limit.filter(|limit| *limit < i64::MAX as u64 / 2);
    }
    if let Some(pids) = folder("pids") {
        usage.pids = read_u64(&pids.join("pids.current")).unwrap_or(0);
    }
    usage.oom_kills = oom_kills(controllers, path);
    usage
}

pub(super) fn oom_kills(controllers: &Controllers, path: &str) -> u64 {
    let Some(mount) = controllers.get("memory") else {
        return 0;
    };
    let text = fs::read_to_string(mount.join(path).join("memory.oom_control"));
    text.ok()
        .and_then(|text| keyed(&text, "oom_kill"))
        .unwrap_or(0)
}
