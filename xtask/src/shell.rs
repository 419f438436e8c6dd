//! Running other programs, and knowing where the repository is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The triple that `.cargo/config.toml` builds for; it names the folder below `target`.
pub const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one level below the root")
        .to_path_buf()
}

/// The folder of scratch files that survives until `cargo clean`.
pub fn scratch(name: &str) -> Result<PathBuf> {
    let dir = root().join("target/xtask").join(name);
    std::fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    Ok(dir)
}

/// Where `cargo build` leaves the `skeg` binary of a profile (`debug` or `release`).
pub fn binary(profile: &str) -> PathBuf {
    root()
        .join("target")
        .join(TRIPLE)
        .join(profile)
        .join("skeg")
}

/// Runs a program with its output shown; an exit status other than 0 is an error.
pub fn run(program: &str, args: &[&str]) -> Result<()> {
    let status = Command::new(program)
        .args(args)
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("start {program}"))?;
    if !status.success() {
        bail!("`{program} {}` ended with {status}", args.join(" "));
    }
    Ok(())
}

/// Runs a program, shows its output line by line as it comes, and returns it
/// with whether the program succeeded.
pub fn tee(program: &str, args: &[&str]) -> Result<(bool, String)> {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(program)
        .args(args)
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {program}"))?;
    let stdout = child
        .stdout
        .take()
        .context("the output of a started program")?;
    let mut seen = String::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.with_context(|| format!("read the output of {program}"))?;
        println!("{line}");
        seen.push_str(&line);
        seen.push('\n');
    }
    Ok((child.wait()?.success(), seen))
}

/// The output of a program that must succeed.
pub fn output(program: &str, args: &[&str]) -> Result<String> {
    let out = Command::new(program)
        .args(args)
        .current_dir(root())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("start {program}"))?;
    if !out.status.success() {
        bail!("`{program} {}` ended with {}", args.join(" "), out.status);
    }
    String::from_utf8(out.stdout).with_context(|| format!("the output of {program} is not UTF-8"))
}

/// Whether a program can be found in `PATH`.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
