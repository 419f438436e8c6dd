//! `skeg reset`: everything that a cluster made on this machine goes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use nix::mount::{MntFlags, umount2};

use crate::cli::ResetArgs;
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};

/// Tells what would go, or removes it.
///
/// # Errors
/// Something cannot be removed; running it again goes on from there.
pub fn run(args: &ResetArgs) -> Result<()> {
    let dir = DataDir::new(args.data_dir.path());
    let root = dir.root();
    if !root.exists() {
        println!("nothing to do: {} is not there", root.display());
        return Ok(());
    }
    let id_file = root.join("instance-id");
    if !id_file.exists() && std::fs::read_dir(root).is_ok_and(|mut d| d.next().is_some()) {
        bail!(Failure::new(
            format!(
                "{} does not look like the folder of a cluster",
                root.display()
            ),
            format!(
                "check --data-dir; if it is one, remove it by hand: rm -r {}",
                root.display()
            ),
        ));
    }
    let instance = dir.instance_id()?;
    if !args.yes {
        println!("skeg reset --yes would");
        if let Some(running) = dir.instance()? {
            println!(
                "  stop     the cluster that runs as process {}",
                running.pid
            );
        }
        println!(
            "  remove   containers, cgroups, mounts, network links and rules named after {instance}"
        );
        println!(
            "  remove   {} with all of the cluster's data",
            root.display()
        );
        return Ok(());
    }
    if dir.stop_instance(super::down::PATIENCE)? {
        println!("stopped  the cluster");
    }
    // Nobody may start it again while it goes.
    let lock = dir.lock()?;
    super::node::remove_all(&dir, &instance)?;
    // Mounts are listed by where the folder really is.
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    unmount_below(&real)?;
    drop(lock);
    remove_folder(&real).or_fail(
        format!("cannot remove {}", root.display()),
        "run as root; if something is in use, `fuser -vm` on the folder tells what",
    )?;
    if root.is_symlink() {
        // Only a name by now.
        let _ = std::fs::remove_file(root);
    }
    println!("removed  {}", root.display());
    Ok(())
}

/// Removes all that is in a folder, and the folder, unless a disk is mounted there.
fn remove_folder(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(&path)?;
        } else {
            std::fs::remove_file(&path)?;
        }
    }
    match std::fs::remove_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::ResourceBusy => Ok(()),
        removed => removed,
    }
}

/// Unmounts everything below a folder, the innermost first.
pub fn unmount_below(root: &Path) -> Result<()> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    for point in mounts_below(&table, root).into_iter().rev() {
        umount2(&point, MntFlags::MNT_DETACH)
            .or_fail(format!("cannot unmount {}", point.display()), "run as root")?;
    }
    Ok(())
}

/// The mount points below a folder in the text of mountinfo, outer ones first.
fn mounts_below(table: &str, root: &Path) -> Vec<PathBuf> {
    let points: BTreeSet<PathBuf> = table
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(|point| PathBuf::from(unescape(point)))
        .filter(|point| point.starts_with(root) && point != root)
        .collect();
    points.into_iter().collect()
}

/// The kernel writes white space and backslashes as `\\ooo`.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let octal = after.get(..3).and_then(|d| std::str::from_utf8(d).ok());
        let byte = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match byte.filter(|_| *first == b'\\') {
            Some(byte) => {
                out.push(byte);
                rest = &after[3..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_in_a_folder_goes() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("d");
        std::fs::create_dir_all(folder.join("a/b")).unwrap();
        std::fs::write(folder.join("a/b/c"), "").unwrap();
        std::fs::write(folder.join("f"), "").unwrap();
        std::os::unix::fs::symlink("/etc", folder.join("l")).unwrap();
        remove_folder(&folder).unwrap();
        assert!(!folder.exists());
        assert!(Path::new("/etc").exists());
    }

    #[test]
    fn inner_mounts_are_found() {
        let table = "1 0 0:1 / / rw - ext4 x rw\n\
                     2 1 0:2 / /d/pods/a rw - tmpfs x rw\n\
                     3 2 0:3 / /d/pods/a/b\\040c rw - tmpfs x rw\n\
                     4 1 0:4 / /dx rw - tmpfs x rw\n";
        let found = mounts_below(table, Path::new("/d"));
        assert_eq!(
            found,
            [PathBuf::from("/d/pods/a"), PathBuf::from("/d/pods/a/b c")]
        );
    }
}
