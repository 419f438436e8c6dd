//! Executing a program.

use std::{ffi::CString, io};

/// Replaces this process by a program. Returns only an error.
pub fn execve(path: &CString, args: &[CString], env: &[CString]) -> io::Error {
    match nix::unistd::execve(path, args, env) {
        Ok(never) => match never {},
        Err(errno) => errno.into(),
    }
}
