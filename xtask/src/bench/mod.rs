//! `cargo xtask bench`: every figure that the documents name is measured here.
//!
//! A line is a figure and its target, and says when the target was missed. The
//! binary is the release build, which is made first when it is not there.

mod api;
mod build;
mod client;
mod envtest;
mod figure;
mod idle;
mod kube;
mod pods;
mod service;
mod size;
mod start;
mod testkit;

use anyhow::{Result, bail};

use crate::shell;

#[derive(clap::Args)]
pub struct Options {
    /// Which benchmarks to run; all but `build` and `client` when none is named.
    names: Vec<String>,
    /// Measure the debug build, whose figures say little, to try the benchmarks themselves.
    #[arg(long)]
    debug: bool,
    /// Measure the release binary that is there, though sources may have changed since.
    #[arg(long)]
    no_build: bool,
}

impl Options {
    /// The folder of the binary that is measured.
    pub fn profile(&self) -> &'static str {
        if self.debug { "debug" } else { "release" }
    }
}

struct Bench {
    name: &'static str,
    /// Measures the binary, which must have been built.
    binary: bool,
    /// Runs only when it is named.
    on_demand: bool,
    run: fn(&Options) -> Result<()>,
}

/// The benchmarks, in the order in which they run.
const BENCHES: &[Bench] = &[
    Bench {
        name: "size",
        binary: true,
        on_demand: false,
        run: size::run,
    },
    Bench {
        name: "start",
        binary: true,
        on_demand: false,
        run: start::run,
    },
    Bench {
        name: "idle",
        binary: true,
        on_demand: false,
        run: idle::run,
    },
    Bench {
        name: "pods",
        binary: true,
        on_demand: false,
        run: pods::run,
    },
    Bench {
        name: "service",
        binary: true,
        on_demand: false,
        run: service::run,
    },
    Bench {
        name: "api",
        binary: true,
        on_demand: false,
        run: api::run,
    },
    Bench {
        name: "client",
        binary: true,
        on_demand: true,
        run: client::run,
    },
    Bench {
        name: "testkit",
        binary: false,
        on_demand: false,
        run: testkit::run,
    },
    Bench {
        name: "store",
        binary: false,
        on_demand: false,
        run: |_| store(),
    },
    Bench {
        name: "build",
        binary: false,
        on_demand: true,
        run: |_| build::run(),
    },
];

pub fn run(options: &Options) -> Result<()> {
    for name in &options.names {
        if !BENCHES.iter().any(|bench| bench.name == name) {
            let known: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
            bail!(
                "no benchmark is called {name}; there are {}",
                known.join(", ")
            );
        }
    }
    let wanted: Vec<&Bench> = BENCHES
        .iter()
        .filter(|bench| {
            if options.names.is_empty() {
                !bench.on_demand
            } else {
                options.names.iter().any(|name| name == bench.name)
            }
        })
        .collect();
    if wanted.iter().any(|bench| bench.binary) && !options.debug && !options.no_build {
        println!("building the release binary, unless it is there");
        shell::run("cargo", &["build", "--release", "--quiet", "-p", "skeg"])?;
    }
    machine()?;
    let mut failed = Vec::new();
    for bench in wanted {
        println!("\n== {}", bench.name);
        if let Err(error) = (bench.run)(options) {
            println!("{}: {error:#}", bench.name);
            failed.push(bench.name);
        }
    }
    figure::closing();
    if !failed.is_empty() {
        bail!("not measured: {}", failed.join(", "));
    }
    Ok(())
}

/// Says what machine the figures are of, and how busy others keep it.
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
    let load = std::fs::read_to_string("/proc/loadavg")?;
    println!(
        "machine: {cores} cores of {model}, {total}, Linux {}, load {}",
        kernel.trim(),
        load.split(' ').next().unwrap_or_default()
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
