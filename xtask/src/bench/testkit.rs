//! The test kit: what `Cluster::start()` takes, and what a cluster costs.

use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

use super::{Options, figure};
use crate::shell;

/// What the figures of `crates/testkit/examples/startup.rs` should be at most.
const TARGETS: &[(&str, f64)] = &[
    ("first cluster of a process, ready", 50.0),
    ("first cluster of a process, memory", 20.0),
    ("further clusters, ready, p50", 50.0),
    ("further clusters, memory each", 20.0),
];

pub fn run(options: &Options) -> Result<()> {
    let mut build = vec![
        "build",
        "--quiet",
        "-p",
        "skeg-testkit",
        "--example",
        "startup",
    ];
    if !options.debug {
        build.push("--release");
    }
    if !options.no_build {
        shell::run("cargo", &build)?;
    }
    let program = shell::binary(options.profile())
        .with_file_name("examples")
        .join("startup");
    let out = Command::new(&program)
        .arg("figures")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("start {}", program.display()))?;
    if !out.status.success() {
        bail!("{} ended with {}", program.display(), out.status);
    }
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        let mut fields = line.split('\t');
        let (Some(name), Some(value), Some(unit)) = (fields.next(), fields.next(), fields.next())
        else {
            bail!("not a figure: {line:?}");
        };
        let value: f64 = value.parse().context("a figure")?;
        match TARGETS.iter().find(|(target, _)| *target == name) {
            Some((_, most)) => figure::at_most(name, value, *most, unit),
            None => figure::plain(name, value, unit),
        }
    }
    Ok(())
}
