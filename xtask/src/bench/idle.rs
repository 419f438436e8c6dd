//! What a cluster without workloads takes: memory, CPU, writes to the disk.

use std::time::Duration;

use anyhow::{Context, Result};

use super::{Options, figure};
use crate::server::{self, Server};

const SETTLE: Duration = Duration::from_secs(60);
const MEASURE: Duration = Duration::from_secs(60);

pub fn run(options: &Options) -> Result<()> {
    if server::is_root() {
        measure(options, "everything with a node", server::NODE)
    } else {
        println!("skipped: a node needs root");
        measure(options, "without a node", &["--no-node"])
    }
}

fn measure(options: &Options, what: &str, args: &[&str]) -> Result<()> {
    let server = Server::started(options.profile(), args)?;
    let pid = server.pid().context("the server does not run")?;
    // Here time itself is what is measured over.
    std::thread::sleep(SETTLE);
    let before = Usage::of(pid)?;
    std::thread::sleep(MEASURE);
    let after = Usage::of(pid)?;
    let minutes = MEASURE.as_secs_f64() / 60.0;
    let kib = 1024.0;
    figure::at_most(
        &format!("resident memory, {what}"),
        after.resident_kib as f64 / kib,
        60.0,
        "MiB",
    );
    figure::plain(
        "  of it not backed by files",
        after.anonymous_kib as f64 / kib,
        "MiB",
    );
    figure::at_most(
        "CPU, share of a core",
        after.cpu.saturating_sub(before.cpu).as_secs_f64() / MEASURE.as_secs_f64() * 100.0,
        0.5,
        "%",
    );
    figure::at_most(
        "written to disk a minute",
        (after.written - before.written) as f64 / kib / minutes,
        64.0,
        "KiB",
    );
    figure::plain(
        "  passed to write calls, sockets among them",
        (after.passed - before.passed) as f64 / kib / minutes,
        "KiB",
    );
    Ok(())
}

/// What a process has taken so far.
pub struct Usage {
    pub resident_kib: u64,
    anonymous_kib: u64,
    pub cpu: Duration,
    /// Bytes, by the account of the block layer.
    written: u64,
    /// Bytes passed to write calls, sockets among them.
    passed: u64,
}

impl Usage {
    pub fn of(pid: u32) -> Result<Self> {
        let read = |name: &str| {
            let path = format!("/proc/{pid}/{name}");
            std::fs::read_to_string(&path).with_context(|| format!("read {path}"))
        };
        let status = read("status")?;
        let io = read("io")?;
        Ok(Self {
            resident_kib: field(&status, "VmRSS:")?,
            anonymous_kib: field(&status, "RssAnon:")?,
            cpu: cpu(pid)?,
            written: field(&io, "write_bytes:")?,
            passed: field(&io, "wchar:")?,
        })
    }
}

fn field(text: &str, name: &str) -> Result<u64> {
    text.lines()
        .find_map(|line| {
            line.strip_prefix(name)?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .with_context(|| format!("no {name} in it"))
}

/// The time that the threads of a process have run, exact to the nanosecond where
/// ticks would overlook who runs for less than one. A thread that has ended is
/// not counted: a server at rest starts few.
fn cpu(pid: u32) -> Result<Duration> {
    let mut nanos = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let Ok(text) = std::fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let ran = text.split(' ').next().unwrap_or_default();
        nanos += ran.parse::<u64>().context("not a time in schedstat")?;
    }
    Ok(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_files_are_read() {
        assert_eq!(
            field("rchar: 7\nwrite_bytes: 4096\n", "write_bytes:").unwrap(),
            4096
        );
        assert!(Usage::of(std::process::id()).is_ok());
    }
}
