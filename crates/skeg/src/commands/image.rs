//! `skeg image …`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::credentials;
use crate::cli::{DataDirArgs, Format, ImageCommand};
use crate::control;
use crate::datadir::DataDir;
use crate::failure::Failure;
use crate::images::{Images, Operation};

/// Runs the command.
///
/// # Errors
/// It cannot be done; the message tells what to do.
pub fn run(command: ImageCommand) -> Result<()> {
    match command {
        ImageCommand::Import { data_dir, file } => import(&data_dir, &file),
        ImageCommand::List { data_dir, output } => {
            let list = perform(&data_dir, Operation::List)?;
            match output.output {
                Format::Json => super::print_json(&list["images"]),
                Format::Text => print!("{}", table(&list)),
            }
            Ok(())
        }
        ImageCommand::Remove { data_dir, image } => {
            perform(&data_dir, Operation::Remove(image.clone()))?;
            println!("removed {image}");
            Ok(())
        }
        ImageCommand::Pull(args) => {
            let auth = credentials::find(&args)?;
            let image = args.image.clone();
            let pulled = perform(&args.data_dir, Operation::Pull { image, auth })?;
            let id = pulled["id"].as_str().unwrap_or_default();
            println!("pulled {} {id}", args.image);
            Ok(())
        }
    }
}

fn import(data_dir: &DataDirArgs, file: &Path) -> Result<()> {
    let spooled = (file == Path::new("-"))
        .then(|| spool(data_dir))
        .transpose()?;
    let path = spooled.as_ref().map_or(file, |spool| &spool.0);
    if !path.exists() {
        bail!(Failure::new(
            format!("{} is not there", path.display()),
            "check the path"
        ));
    }
    let path = std::path::absolute(path)?;
    let imported = perform(data_dir, Operation::Import(path))?;
    for name in imported["imported"].as_array().into_iter().flatten() {
        println!("imported {}", name.as_str().unwrap_or_default());
    }
    Ok(())
}

/// A file that goes with the command.
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Standard input as a file: an archive is read more than once.
fn spool(data_dir: &DataDirArgs) -> Result<Spooled> {
    if std::io::stdin().is_terminal() {
        bail!(Failure::new(
            "standard input is a terminal",
            "docker save IMAGE | skeg image import -"
        ));
    }
    let dir = DataDir::new(data_dir.path());
    dir.create()?;
    let path = dir
        .root()
        .join(format!("import-{}.tar", std::process::id()));
    let spooled = Spooled(path.clone());
    let mut file =
        std::fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    std::io::copy(&mut std::io::stdin().lock(), &mut file).context("cannot read standard input")?;
    file.flush()?;
    Ok(spooled)
}

/// By the running cluster, or on the files if none runs.
fn perform(data_dir: &DataDirArgs, operation: Operation) -> Result<Value> {
    let dir = DataDir::new(data_dir.path());
    let bar = Bar::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        if dir.instance()?.is_some() {
            control::ask(&dir, &operation, |done, total, phase| {
                bar.show(done, total, phase)
            })
            .await
        } else {
            // Nobody may start the cluster meanwhile.
            dir.create()?;
            let _lock = dir.lock()?;
            let images = Images::files(&dir)?;
            images
                .perform(operation, |done, total, phase| bar.show(done, total, phase))
                .await
        }
    });
    bar.end();
    outcome
}

/// A progress bar, on a terminal only.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new(0);
        let template = "{msg:12} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(Some(bar))
    }

    fn show(&self, done: u64, total: u64, phase: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(phase.to_owned());
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn table(list: &Value) -> String {
    let mut rows = vec![["IMAGE".to_owned(), "ID".to_owned(), "SIZE".to_owned()]];
    for image in list["images"].as_array().into_iter().flatten() {
        let id: String = image["id"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .skip(7)
            .take(12)
            .collect();
        let size = image["sizeBytes"].as_u64().unwrap_or_default();
        let names: Vec<&str> = image["names"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for name in if names.is_empty() {
            vec!["<none>"]
        } else {
            names
        } {
            let mebibytes = format!("{}.{} MiB", size >> 20, (size >> 10) % 1024 * 10 / 1024);
            rows.push([name.to_owned(), id.clone(), mebibytes]);
        }
    }
    let width = rows
        .iter()
        .map(|row| row[0].chars().count())
        .max()
        .unwrap_or_default();
    rows.iter()
        .map(|row| format!("{:width$}  {:12}  {}\n", row[0], row[1], row[2]))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn images_as_a_table() {
        let list = json!({"images": [
            {"id": "sha256:0123456789abcdef", "names": ["a:1", "long.name/b:2"], "sizeBytes": 1_600_000}
        ]});
        assert_eq!(
            table(&list),
            "IMAGE          ID            SIZE\n\
             a:1            0123456789ab  1.5 MiB\n\
             long.name/b:2  0123456789ab  1.5 MiB\n"
        );
    }
}
