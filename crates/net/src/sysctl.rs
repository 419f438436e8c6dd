//! Kernel settings below `/proc/sys/net`, of the calling thread's network namespace.

use std::{fs, path::PathBuf};

use crate::Error;

fn path(key: &str) -> PathBuf {
    PathBuf::from("/proc/sys/net").join(key)
}

/// Writes a setting unless it has this value already (so that a read-only `/proc` with good
/// values is no error).
pub fn set(key: &str, value: &str) -> Result<(), Error> {
    let path = path(key);
    if fs::read_to_string(&path).is_ok_and(|now| now.trim() == value) {
        return Ok(());
    }
    fs::write(&path, value).map_err(|source| Error::Sysctl {
        path,
        value: value.to_owned(),
        source,
    })
}

/// Reads a setting; none when the kernel does not have it.
pub fn get(key: &str) -> Option<String> {
    fs::read_to_string(path(key))
        .ok()
        .map(|value| value.trim().to_owned())
}
