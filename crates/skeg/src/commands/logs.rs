//! `skeg logs`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::cli::LogsArgs;
use crate::datadir::DataDir;
use crate::failure::OrFail;

/// How much of the file's end is looked at for the last lines.
const TAIL_LEN_MAX: u64 = 4 * 1024 * 1024;

/// Prints the end of the log, and goes on if asked to.
///
/// # Errors
/// There is no log, or it cannot be read.
pub fn run(args: &LogsArgs) -> Result<()> {
    let path = DataDir::new(args.data_dir.path()).log_file();
    let mut file = open(&path)?;
    let mut out = std::io::stdout().lock();
    out.write_all(tail(&mut file, args.lines)?.as_bytes())?;
    out.flush()?;
    if !args.follow {
        return Ok(());
    }
    loop {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        out.write_all(&bytes)?;
        out.flush()?;
        if bytes.is_empty() {
            // Renamed away: the rest of the old file has been read.
            if std::fs::metadata(&path).is_ok_and(|m| Some(m.ino()) != inode(&file)) {
                file = open(&path)?;
                continue;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn open(path: &Path) -> Result<File> {
    File::open(path).or_fail(
        format!("there is no log {}", path.display()),
        "only `skeg up --detach` writes one; in the foreground the log goes to standard error",
    )
}

fn inode(file: &File) -> Option<u64> {
    file.metadata().ok().map(|m| m.ino())
}

/// The last lines; the file stands at its end afterwards.
fn tail(file: &mut File, lines: usize) -> Result<String> {
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL_LEN_MAX)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    Ok(all[all.len().saturating_sub(lines)..].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("log");
        std::fs::write(&path, "a\nb\nc\n").unwrap();
        let check = |lines, expect: &str| {
            assert_eq!(
                tail(&mut File::open(&path).unwrap(), lines).unwrap(),
                expect
            );
        };
        check(2, "b\nc\n");
        check(0, "");
        check(9, "a\nb\nc\n");
    }
}
