//! Version 2: one hierarchy, controllers handed down level by level.

use std::{fs, path::Path};

use super::{CgroupError, Limits, Result, Usage, keyed, make, read_u64};

const CONTROLLERS: &[&str] = &["cpu", "memory", "pids", "cpuset", "io"];

pub(super) fn create(root: &Path, path: &str, limits: &Limits) -> Result<()> {
    // Every level above the group must hand its controllers down; the group itself must not,
    // or no process could be in it.
    let mut folder = root.to_owned();
    for part in path.split('/') {
        hand_down(&folder);
        folder.push(part);
        make(&folder)?;
    }
    apply(&folder, limits)
}

/// Enables what can be enabled; a controller that is bound elsewhere is left out, and a limit
/// that needs it fails.
fn hand_down(folder: &Path) {
    let file = folder.join("cgroup.subtree_control");
    let enabled = fs::read_to_string(&file).unwrap_or_default();
    for controller in CONTROLLERS {
        if !enabled.split_whitespace().any(|name| name == *controller) {
            let _ = fs::write(&file, format!("+{controller}"));
        }
    }
}

fn write(folder: &Path, name: &'static str, value: &str) -> Result<()> {
    if !folder.join(name).exists() {
        let controller = name.split('.').next().unwrap_or(name);
        return Err(CgroupError::NotEnabled(controller, folder.to_owned()));
    }
    super::write(folder, name, value)
}

pub(super) fn apply(folder: &Path, limits: &Limits) -> Result<()> {
    if let Some(shares) = limits.cpu_shares {
        write(folder, "cpu.weight", &weight_of(shares).to_string())?;
    }
    if let Some(quota) = limits.cpu_quota_us {
        let period = limits.cpu_period_us.unwrap_or(100_000);
        let quota = if quota <= 0 {
            "max".to_owned()
        } else {
            quota.to_string()
        };
        write(folder, "cpu.max", &format!("{quota} {period}"))?;
    }
    if let Some(cpus) = &limits.cpuset_cpus {
        write(folder, "cpuset.cpus", cpus)?;
    }
    if let Some(bytes) = limits.memory_bytes {
        let unlimited = bytes <= 0;
        let bytes = if unlimited {
            "max".to_owned()
        } else {
            bytes.to_string()
        };
        write(folder, "memory.max", &bytes)?;
        if folder.join("memory.swap.max").exists() {
            write(
                folder,
                "memory.swap.max",
                if unlimited { "max" } else { "0" },
            )?;
        }
    }
    if limits.oom_group && folder.join("memory.oom.group").exists() {
        write(folder, "memory.oom.group", "1")?;
    }
    if let Some(limit) = limits.pids {
        let limit = if limit <= 0 {
            "max".to_owned()
        } else {
            limit.to_string()
        };
        write(folder, "pids.max", &limit)?;
    }
    Ok(())
}

/// Shares of version 1 (2–262144, 1024 a core) as a weight of version 2 (1–10000, 100 the default).
fn weight_of(shares: u64) -> u64 {
    1 + (shares.clamp(2, 262_144) - 2) * 9_999 / 262_142
}

pub(super) fn usage(folder: &Path) -> Usage {
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let cpu = text("cpu.stat");
    let memory = text("memory.stat");
    Usage {
        cpu_nanos: keyed(&cpu, "usage_usec").unwrap_or(0) * 1000,
        memory_bytes: read_u64(&folder.join("memory.current")).unwrap_or(0),
        inactive_file_bytes: keyed(&memory, "inactive_file").unwrap_or(0),
        anonymous_bytes: keyed(&memory, "anon").unwrap_or(0),
        memory_limit_bytes: read_u64(&folder.join("memory.max")),
        pids: read_u64(&folder.join("pids.current")).unwrap_or(0),
        oom_kills: oom_kills(folder),
    }
}

pub(super) fn oom_kills(folder: &Path) -> u64 {
    let text = fs::read_to_string(folder.join("memory.events"));
    text.ok()
        .and_then(|text| keyed(&text, "oom_kill"))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::weight_of;

    #[test]
    fn shares_become_weights() {
        for (shares, weight) in [
            (0, 1),
            (2, 1),
            (1024, 39),
            (262_144, 10_000),
            (u64::MAX, 10_000),
        ] {
            assert_eq!(weight_of(shares), weight, "{shares}");
        }
    }
}
