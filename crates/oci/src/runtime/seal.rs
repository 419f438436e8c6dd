//! A program that those whom it starts cannot change.

use std::{io, os::fd::OwnedFd, path::Path};

use rustix::{
    fs::CWD,
    mount::{OpenTreeFlags, open_tree},
};

use crate::sys;

/// Opens a program by a read-only mount of its own. What is executed by this descriptor's path
/// shows itself as `/proc/PID/exe` by that mount: a container into which such a process steps
/// can read the program there, but not write it, whatever it may do (CVE-2019-5736).
pub fn seal_program(program: &Path) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    let tree = open_tree(CWD, program, flags)?;
    sys::mount_setattr_read_only(&tree, false)?;
    Ok(tree)
}
