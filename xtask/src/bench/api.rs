//! What the API server takes for the work of an API server.
//!
//! The load comes from `crates/client/examples/load_api.rs`, a process of its
//! own: 64 connections by HTTP/2 and TLS with a client certificate. What counts
//! is the CPU time of the server, which does not depend on the load tool.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Options, figure};
use crate::server::Server;
use crate::shell;

/// Each figure that has a goal, and the goal.
const GOALS: &[(&str, f64)] = &[
    ("create a ConfigMap of 1 KiB, CPU", 80.0),
    ("create a ConfigMap of 1 KiB, p99", 15.0),
    ("get, CPU", 40.0),
    ("merge patch, CPU", 90.0),
    ("server-side apply, CPU", 120.0),
    ("create a small pod, CPU", 120.0),
    ("list 10,000 pods, JSON, CPU", 15.0),
    ("list 10,000 pods, protobuf, CPU", 10.0),
    ("list 100 of 10,000 by a label, p50", 0.5),
    ("100 watchers, CPU a delivery", 5.0),
    ("100 watchers, p99", 5.0),
    ("memory with 10,000 ConfigMaps and 10,000 pods", 120.0),
    ("an idle watch of 10,000", 20.0),
    ("100 CRDs, served after", 500.0),
    ("100 CRDs of 60 objects each, memory", 30.0),
];

/// The works, each with a server of its own.
const ROUNDS: &[&[&str]] = &[
    &["writes"],
    &["fill", "lists"],
    &["watches"],
    &["idle-watches"],
    &["crds"],
    &["fill", "neighbour"],
];

pub fn run(options: &Options) -> Result<()> {
    let mut build = vec![
        "build",
        "--quiet",
        "-p",
        "skeg-client",
        "--example",
        "load_api",
    ];
    if !options.debug {
        build.push("--release");
    }
    shell::run("cargo", &build)?;
    let tool = shell::binary(options.profile())
        .with_file_name("examples")
        .join("load_api");
    for works in ROUNDS {
        let server = Server::started(options.profile(), &["--roles", "apiserver"])?;
        let pid = server.pid().context("the server does not run")?;
        let out = Command::new(&tool)
            .arg(server.kubeconfig())
            .arg(pid.to_string())
            .args(*works)
            .output()
            .context("start the load")?;
        print(&String::from_utf8_lossy(&out.stdout));
        if !out.status.success() {
            bail!(
                "the load ended with {}: {}",
                out.status,
                String::from_utf8_lossy(&out.stderr)
            );
        }
    }
    at_rest(options)
}

fn print(lines: &str) {
    for line in lines.lines() {
        let mut fields = line.split('\t');
        let (Some(name), Some(value), Some(unit)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let value: f64 = value.parse().unwrap_or(f64::NAN);
        match GOALS.iter().find(|(known, _)| *known == name) {
            Some((_, goal)) => figure::at_most(name, value, *goal, unit),
            None => figure::plain(name, value, unit),
        }
    }
}

/// The API server alone, when nobody asks.
fn at_rest(options: &Options) -> Result<()> {
    const SPAN: Duration = Duration::from_secs(20);
    let mut server = Server::new(options.profile(), &["--roles", "apiserver"])?;
    figure::at_most(
        "cold start to ready",
        figure::millis(server.up()?),
        500.0,
        "ms",
    );
    let pid = server.pid().context("the server does not run")?;
    // Here time itself is what is measured over.
    std::thread::sleep(SPAN);
    let before = super::idle::Usage::of(pid)?;
    std::thread::sleep(SPAN);
    let after = super::idle::Usage::of(pid)?;
    figure::at_most(
        "idle, memory",
        after.resident_kib as f64 / 1024.0,
        40.0,
        "MiB",
    );
    figure::at_most(
        "idle, CPU",
        after.cpu.saturating_sub(before.cpu).as_secs_f64() / SPAN.as_secs_f64() * 100.0,
        0.2,
        "%",
    );
    Ok(())
}
