//! What a small commit costs the disk, by the kernel's account of the process.
//! The account is of the whole process, so this test starts itself again.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use skeg_store::{Embedded, Options};

use crate::{put, runtime};

const DIR_VARIABLE: &str = "SKEG_STORE_SMALL_WRITES_DIR";
const COMMITS: u64 = 20;

/// Two blocks at most: the one that the commit begins in and the next.
const BYTES_MAX: u64 = 2 * 4096;

fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    line.unwrap().parse().unwrap()
}

/// The child; does nothing unless it was started for this.
#[test]
fn child_commits_a_little() {
    let Some(dir) = std::env::var_os(DIR_VARIABLE) else {
        return;
    };
    let store = Embedded::open(Path::new(&dir), Options::default()).unwrap();
    runtime().block_on(async {
        put(&store, "/first", "1").await.unwrap();
        let before = written();
        for _ in 0..COMMITS {
            put(&store, "/lease", vec![b'x'; 300]).await.unwrap();
        }
        let bytes = written() - before;
        assert!(bytes <= COMMITS * BYTES_MAX, "{COMMITS} commits: {bytes}");
    });
}

#[test]
fn a_small_commit_writes_a_block_or_two() {
    let temporary = tempfile::tempdir().unwrap();
    let direct = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .custom_flags(rustix::fs::OFlags::DIRECT.bits() as i32)
        .open(temporary.path().join("probe"));
    if direct.is_err() {
        eprintln!("skipped: this file system writes through the page cache only");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "small_writes::child_commits_a_little"])
        .env(DIR_VARIABLE, temporary.path().join("store"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
