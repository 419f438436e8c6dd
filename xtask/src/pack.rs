//! Packs bulky test data, and unpacks it where a suite needs it.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell;

#[derive(clap::Args)]
pub struct Options {
    /// The folder to pack.
    folder: PathBuf,
    /// The name of the archive: `tests/data/NAME.tar.zst`.
    name: String,
}

pub fn run(options: &Options) -> Result<()> {
    let target = archive(&options.name);
    let file = File::create(&target).with_context(|| format!("create {}", target.display()))?;
    let mut builder = tar::Builder::new(zstd::Encoder::new(file, 19)?);
    builder.mode(tar::HeaderMode::Deterministic);
    append(&mut builder, &options.folder, Path::new(""))?;
    builder.into_inner()?.finish()?;
    println!(
        "{}: {} KiB",
        target.display(),
        target.metadata()?.len() / 1024
    );
    Ok(())
}

/// Adds a folder's entries in the order of their names, so that the archive is the same every time.
fn append<W: std::io::Write>(
    builder: &mut tar::Builder<W>,
    dir: &Path,
    below: &Path,
) -> Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .with_context(|| format!("read {}", dir.display()))?
        .collect::<std::io::Result<_>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            append(builder, &entry.path(), &name)?;
        } else {
            let mut header = tar::Header::new_gnu();
            let content = std::fs::read(entry.path())?;
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, &name, content.as_slice())?;
        }
    }
    Ok(())
}

fn archive(name: &str) -> PathBuf {
    shell::root()
        .join("tests/data")
        .join(format!("{name}.tar.zst"))
}

/// Unpacks `tests/data/NAME.tar.zst` afresh and returns the folder.
pub fn unpack(name: &str) -> Result<PathBuf> {
    let dir = shell::scratch(name)?;
    std::fs::remove_dir_all(&dir).with_context(|| format!("empty {}", dir.display()))?;
    std::fs::create_dir_all(&dir)?;
    let source = archive(name);
    let file = File::open(&source).with_context(|| format!("open {}", source.display()))?;
    tar::Archive::new(zstd::Decoder::new(file)?)
        .unpack(&dir)
        .with_context(|| format!("unpack {}", source.display()))?;
    Ok(dir)
}
