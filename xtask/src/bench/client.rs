//! What programs pay for their client: ours beside the crate `kube` and
//! client-go, against one server in one run.
//!
//! The programs are `crates/runtime/examples/bench_client.rs` and those below
//! `tests/bench-client`; each does one work and prints its own figures.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::{Options, figure};
use crate::server::Server;
use crate::shell;

/// Events that a watch is measured over.
const EVENTS: usize = 50_000;

/// The clients, in the order in which they are measured.
const CLIENTS: &[&str] = &["ours", "kube", "client-go"];

/// A figure of a work, and how it is to compare: with which client, and which
/// share of its figure is the most.
struct Goal {
    work: &'static str,
    figure: &'static str,
    peer: &'static str,
    share: f64,
}

const GOALS: &[Goal] = &[
    Goal {
        work: "list",
        figure: "time",
        peer: "kube",
        share: 1.0 / 3.0,
    },
    Goal {
        work: "list",
        figure: "peak memory",
        peer: "kube",
        share: 1.0 / 3.0,
    },
    Goal {
        work: "watch",
        figure: "CPU",
        peer: "kube",
        share: 0.5,
    },
    Goal {
        work: "informer",
        figure: "memory",
        peer: "client-go",
        share: 0.5,
    },
];

/// The works, and what they are called.
const WORKS: &[(&str, &str)] = &[
    ("list", "list of 10,000 pods"),
    ("watch", "watch of 50,000 events"),
    ("create", "10,000 creates, 64 in flight"),
    ("cold", "new client to first answer"),
    ("informer", "informer of 10,000 pods"),
];

/// Figures by name, with their units.
type Figures = BTreeMap<String, (f64, String)>;

pub fn run(options: &Options) -> Result<()> {
    let programs = programs(options)?;
    let server = Server::started(options.profile(), &["--roles", "apiserver"])?;
    let pid = server.pid().context("the server does not run")?;
    let kubeconfig = server.kubeconfig();
    let load = example(options, "load_api");
    let filled = Command::new(load)
        .arg(&kubeconfig)
        .arg(pid.to_string())
        .arg("fill")
        .stdout(Stdio::null())
        .status()
        .context("start the load")?;
    if !filled.success() {
        bail!("the load ended with {filled}");
    }
    for name in ["made-ours", "made-kube", "made-go"] {
        let body =
            format!(r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{name}"}}}}"#);
        server
            .connect()?
            .send("POST", "/api/v1/namespaces", body.as_bytes())?;
    }
    for (work, title) in WORKS {
        let mut all: Vec<(&str, Figures)> = Vec::new();
        for (name, program) in CLIENTS.iter().zip(&programs) {
            let figures = match *work {
                "watch" => watch(program, &programs[0], &kubeconfig)?,
                _ => collect(Command::new(program).arg(&kubeconfig).arg(work))?,
            };
            all.push((name, figures));
        }
        print(work, title, &all);
    }
    super::envtest::measure(options, &server)?;
    drop(server);
    if options.no_build {
        println!("skipped: what building the smallest controller takes");
        return Ok(());
    }
    hello()
}

fn example(options: &Options, name: &str) -> PathBuf {
    shell::binary(options.profile())
        .with_file_name("examples")
        .join(name)
}

/// Builds the programs, in the order of [`CLIENTS`]; or takes those that are there.
fn programs(options: &Options) -> Result<Vec<PathBuf>> {
    let scratch = shell::scratch("bench-client")?;
    let (kube, go) = (scratch.join("kube"), scratch.join("bench-go"));
    let found = vec![
        example(options, "bench_client"),
        kube.join(shell::TRIPLE).join("release/bench-kube"),
        go.clone(),
    ];
    if options.no_build {
        return Ok(found);
    }
    for (package, name) in [
        ("skeg-client", "load_api"),
        ("skeg-runtime", "bench_client"),
    ] {
        let mut build = vec!["build", "--quiet", "-p", package, "--example", name];
        if !options.debug {
            build.push("--release");
        }
        shell::run("cargo", &build)?;
    }
    let folder = shell::root().join("tests/bench-client");
    build(
        Command::new("cargo")
            .args([
                "build",
                "--quiet",
                "--release",
                "--locked",
                "--bin",
                "bench-kube",
            ])
            .env("CARGO_TARGET_DIR", &kube)
            .current_dir(folder.join("kube")),
    )?;
    build(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&go)
            .arg(".")
            .current_dir(folder.join("go")),
    )?;
    Ok(found)
}

fn build(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// Runs a program to its end and reads its figures.
fn collect(command: &mut Command) -> Result<Figures> {
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start {command:?}"))?;
    if !out.status.success() {
        bail!(
            "{command:?} ended with {}: {}",
            out.status,
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(parse(&String::from_utf8_lossy(&out.stdout)))
}

fn parse(lines: &str) -> Figures {
    lines
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let name = fields.next()?.to_owned();
            let value = fields.next()?.parse().ok()?;
            Some((name, (value, fields.next()?.to_owned())))
        })
        .collect()
}

/// A program watches while ours makes the events.
fn watch(program: &Path, producer: &Path, kubeconfig: &Path) -> Result<Figures> {
    let mut watcher = Command::new(program)
        .arg(kubeconfig)
        .args(["watch", &EVENTS.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("start the watch")?;
    let out = watcher.stdout.take().context("its output")?;
    let mut lines = BufReader::new(out).lines();
    let ready = lines.next().context("the watch ended")??;
    if ready != "ready" {
        bail!("the watch says {ready:?}");
    }
    collect(
        Command::new(producer)
            .arg(kubeconfig)
            .args(["produce", &EVENTS.to_string()]),
    )?;
    let rest: Vec<String> = lines.collect::<std::io::Result<_>>()?;
    let status = watcher.wait()?;
    if !status.success() {
        bail!("the watch ended with {status}");
    }
    Ok(parse(&rest.join("\n")))
}

fn print(work: &str, title: &str, all: &[(&str, Figures)]) {
    let Some((_, ours)) = all.first() else { return };
    for (name, (value, unit)) in ours {
        let label = |who: &str| format!("{title}, {name}, {who}");
        let goal = GOALS
            .iter()
            .find(|goal| goal.work == work && goal.figure == name);
        let of = |peer: &str| {
            let (_, figures) = all.iter().find(|(who, _)| *who == peer)?;
            figures.get(name).map(|(value, _)| *value)
        };
        match goal.and_then(|goal| Some(of(goal.peer)? * goal.share)) {
            Some(most) => figure::at_most(&label("ours"), *value, round(most), unit),
            None => figure::plain(&label("ours"), *value, unit),
        }
        for (who, figures) in all.iter().skip(1) {
            if let Some((value, unit)) = figures.get(name) {
                figure::plain(&label(who), *value, unit);
            }
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// What building the smallest controller takes, from nothing.
fn hello() -> Result<()> {
    let folder = shell::root().join("tests/bench-client");
    let ours = build_hello(&folder.join("hello"), "hello-controller")?;
    let kube = build_hello(&folder.join("kube"), "hello")?;
    figure::at_most(
        "hello-controller from nothing, CPU, ours",
        ours.cpu,
        round(kube.cpu),
        "s",
    );
    figure::plain("hello-controller from nothing, CPU, kube", kube.cpu, "s");
    figure::plain("hello-controller from nothing, time, ours", ours.wall, "s");
    figure::plain("hello-controller from nothing, time, kube", kube.wall, "s");
    figure::plain("hello-controller, binary, ours", ours.size, "MiB");
    figure::plain("hello-controller, binary, kube", kube.size, "MiB");
    Ok(())
}

struct Built {
    wall: f64,
    cpu: f64,
    size: f64,
}

/// Builds a binary in a folder that is removed afterwards.
fn build_hello(folder: &Path, name: &str) -> Result<Built> {
    let target = std::env::temp_dir().join(format!("skeg-bench-{name}-{}", std::process::id()));
    let before = children_cpu()?;
    let begun = Instant::now();
    let built = build(
        Command::new("cargo")
            .args(["build", "--quiet", "--release", "--locked", "--bin", name])
            .env("CARGO_TARGET_DIR", &target)
            .current_dir(folder),
    );
    let wall = begun.elapsed().as_secs_f64();
    let cpu = children_cpu()? - before;
    let binary = target.join(shell::TRIPLE).join("release").join(name);
    let size = std::fs::metadata(binary).map(|meta| meta.len());
    let _ = std::fs::remove_dir_all(&target);
    built?;
    Ok(Built {
        wall,
        cpu,
        size: size? as f64 / f64::from(1 << 20),
    })
}

/// Seconds that children that have ended took of the processors.
fn children_cpu() -> Result<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(") ").context("no stat")?.1;
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks =
        |at: usize| -> Result<f64> { Ok(fields.get(at).context("a short stat")?.parse::<f64>()?) };
    Ok((ticks(13)? + ticks(14)?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_lines() {
        let figures = parse("ready\ntime\t1.5\tms\nCPU\tx\tms\n");
        assert_eq!(figures.len(), 1);
        assert_eq!(figures["time"], (1.5, "ms".to_owned()));
        assert!(children_cpu().is_ok());
    }
}
