//! `cargo xtask bench`: every figure that the documents name is measured here.

use anyhow::{Result, bail};

use crate::shell;

#[derive(clap::Args)]
pub struct Options {
    /// Which benchmarks to run; all when none is named.
    names: Vec<String>,
}

type Bench = fn() -> Result<()>;

/// The benchmarks, in the order in which they run.
const BENCHES: &[(&str, Bench)] = &[("store", store)];

pub fn run(options: &Options) -> Result<()> {
    for name in &options.names {
        if !BENCHES.iter().any(|(known, _)| known == name) {
            let known: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
            bail!(
                "no benchmark is called {name}; there are {}",
                known.join(", ")
            );
        }
    }
    machine()?;
    for (name, bench) in BENCHES {
        if options.names.is_empty() || options.names.iter().any(|wanted| wanted == name) {
            println!("\n== {name}");
            bench()?;
        }
    }
    Ok(())
}

/// Says what machine the figures are of.
fn machine() -> Result<()> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism()?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let total = memory
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("MemTotal:")
        .trim();
    println!(
        "machine: {cores} cores of {model}, {total}, Linux {}",
        kernel.trim()
    );
    Ok(())
}

fn store() -> Result<()> {
    crate::setup::run()?;
    shell::run(
        "cargo",
        &[
            "run",
            "--release",
            "--quiet",
            "-p",
            "skeg-store",
            "--example",
            "bench_store",
        ],
    )
}
