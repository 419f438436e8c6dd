//! What a cluster without workloads takes: memory, CPU, writes to the disk.

use std::time::Duration;

use anyhow::{Context, Result};

use super::{Options, figure};
use crate::server::{self, Server};
use crate::shell;

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
        (after.cpu - before.cpu).as_secs_f64() / MEASURE.as_secs_f64() * 100.0,
        0.5,
        "%",
    );
    figure::at_most(
        "written to disk a minute",
        (after.written - before.written) as f64 / kib / minutes,
        64.0,
        "KiB",
    );
    Ok(())
}

/// What a process has taken so far.
struct Usage {
    resident_kib: u64,
    anonymous_kib: u64,
    cpu: Duration,
    /// Bytes, by the account of the block layer.
    written: u64,
}

impl Usage {
    fn of(pid: u32) -> Result<Self> {
        let read = |name: &str| {
            let path = format!("/proc/{pid}/{name}");
            std::fs::read_to_string(&path).with_context(|| format!("read {path}"))
        };
        let status = read("status")?;
        let io = read("io")?;
        let stat = read("stat")?;
        let ticks: u64 = shell::output("getconf", &["CLK_TCK"])?.trim().parse()?;
        Ok(Self {
            resident_kib: field(&status, "VmRSS:")?,
            anonymous_kib: field(&status, "RssAnon:")?,
            cpu: cpu(&stat, ticks).context("the times in /proc/PID/stat")?,
            written: field(&io, "write_bytes:")?,
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

/// User and system time: fields 14 and 15, where field 2 may hold blanks within parentheses.
fn cpu(stat: &str, ticks: u64) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis(
        (user + system) * 1_000 / ticks.max(1),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_files_are_read() {
        let stat = "42 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 9 0 77";
        assert_eq!(cpu(stat, 100), Some(Duration::from_secs(2)));
        assert_eq!(
            field("rchar: 7\nwrite_bytes: 4096\n", "write_bytes:").unwrap(),
            4096
        );
        assert!(Usage::of(std::process::id()).is_ok());
    }
}
