//! Writes the tables of `schema` and the structs of `meta` and `api` from the
//! facts in `crates/schema/facts`. What it writes is committed.

mod facts;
mod structs;
mod tables;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What `cargo xtask codegen` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Take the facts anew from this folder before generating.
    #[arg(long, value_name = "DIR")]
    import: Option<PathBuf>,
    /// Write nothing; fail when something would change.
    #[arg(long)]
    check: bool,
}

/// One file to be written.
struct Output {
    path: PathBuf,
    text: String,
}

/// Generates everything.
///
/// # Errors
/// A file cannot be read or written, the facts contradict themselves, or
/// `--check` finds a difference.
pub fn run(options: &Options) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")?;
    let folder = root.join("crates/schema/facts");
    if let Some(from) = &options.import {
        for name in ["types.jsonl", "resources.tsv", "printers.jsonl"] {
            let bytes = std::fs::read(from.join(name))
                .with_context(|| format!("read {}", from.join(name).display()))?;
            std::fs::write(
                folder.join(format!("{name}.zst")),
                zstd::encode_all(&bytes[..], 19)?,
            )?;
        }
    }
    let facts = facts::Facts::load(&folder)?;
    let mut outputs = Vec::new();
    tables::write(&facts, &root.join("crates/schema/src/tables"), &mut outputs)?;
    structs::write(
        &facts,
        &root.join("crates/meta/src"),
        &root.join("crates/api/src"),
        &mut outputs,
    )?;
    let mut differing = Vec::new();
    for output in &mut outputs {
        output.text = formatted(std::mem::take(&mut output.text))?;
        let held = std::fs::read_to_string(&output.path).unwrap_or_default();
        if held == output.text {
            continue;
        }
        differing.push(output.path.clone());
        if !options.check {
            if let Some(folder) = output.path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&output.path, &output.text)
                .with_context(|| format!("write {}", output.path.display()))?;
        }
    }
    if options.check {
        anyhow::ensure!(
            differing.is_empty(),
            "out of date, run `cargo xtask codegen`: {differing:?}"
        );
    }
    println!("{} files, {} changed", outputs.len(), differing.len());
    Ok(())
}

/// The text as rustfmt writes it.
fn formatted(text: String) -> Result<String> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start rustfmt")?;
    let mut stdin = child.stdin.take().context("rustfmt's input")?;
    let feeder = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    feeder
        .join()
        .map_err(|_| anyhow::anyhow!("rustfmt's input"))??;
    anyhow::ensure!(output.status.success(), "rustfmt failed");
    Ok(String::from_utf8(output.stdout)?)
}
