//! What the tests need besides Rust: Debian packages, and programs in Go.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// A Debian package and a file that shows that it is there.
type Package = (&'static str, &'static str);

/// What the tests need besides Rust.
const PACKAGES: &[Package] = &[
    (
        "python3-yaml",
        "/usr/lib/python3/dist-packages/yaml/__init__.py",
    ),
    ("iproute2", "/usr/sbin/ip"),
    ("nftables", "/usr/sbin/nft"),
    ("busybox-static", "/usr/bin/busybox"),
    ("docker-registry", "/usr/bin/docker-registry"),
];

/// The programs that `tests/tools` builds.
pub const TOOLS: &[&str] = &[
    "kubectl",
    "etcd",
    "etcdctl",
    "etcd-load",
    "etcd-kube",
    "helm",
    "apiextensions-apiserver",
    "pod-security-webhook",
    "field-manager",
];

/// Installs missing packages (needs root) and builds missing tools (needs Go).
pub fn run() -> Result<()> {
    packages()?;
    tools()
}

fn packages() -> Result<()> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, witness)| {
            !std::path::Path::new(witness).exists()
                && !std::path::Path::new(&witness.replacen("/usr/bin", "/bin", 1)).exists()
        })
        .map(|(name, _)| *name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !shell::has("apt-get") {
        bail!(
            "these packages are missing, and there is no apt-get to install them: {}",
            missing.join(" ")
        );
    }
    println!("installing {}", missing.join(" "));
    apt(&["update", "-qq"])?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(&missing);
    apt(&args)
}

fn apt(args: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // A package's service must not start on the developer's machine.
        .env("RUNLEVEL", "1")
        .stdout(std::process::Stdio::null())
        .status()
        .context("start apt-get")?;
    if !status.success() {
        bail!(
            "`apt-get {}` ended with {status}; run `cargo xtask setup` as root",
            args.join(" ")
        );
    }
    Ok(())
}

fn tools() -> Result<()> {
    let dir = shell::root().join("tests/tools");
    let missing: Vec<&str> = TOOLS
        .iter()
        .copied()
        .filter(|tool| !dir.join("bin").join(tool).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !shell::has("go") {
        println!(
            "skipped: {} are not built, because Go is not installed",
            missing.join(", ")
        );
        return Ok(());
    }
    println!("building {} with Go (once)", missing.join(", "));
    let mut args = vec!["tests/tools/build.sh"];
    args.extend(&missing);
    shell::run("bash", &args)
}
