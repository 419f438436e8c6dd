//! Network namespaces.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    thread,
};

use nix::sched::{CloneFlags, setns, unshare};

use crate::Error;

/// Runs `work` on a thread of its own inside the network namespace `netns`.
///
/// Everything that depends on a thread's namespace — sockets made by `work`, files below
/// `/proc/sys/net` — belongs to that namespace. The thread ends with the call, so the caller's
/// namespace never changes.
pub fn within<T: Send>(
    netns: &File,
    path: &Path,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    on_thread(path, || setns(netns, CloneFlags::CLONE_NEWNET), work)
}

/// Runs `work` on a thread of its own inside a fresh network namespace, which goes when the
/// last socket or file that `work` opened in it is closed. Needs root.
pub fn within_fresh<T: Send>(work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    on_thread(
        Path::new("(new)"),
        || unshare(CloneFlags::CLONE_NEWNET),
        work,
    )
}

fn on_thread<T: Send>(
    path: &Path,
    enter: impl FnOnce() -> nix::Result<()> + Send,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    let failed = |source: io::Error| Error::Netns {
        path: path.to_owned(),
        source,
    };
    thread::scope(|scope| {
        let handle = thread::Builder::new()
            .name("skeg-netns".into())
            .spawn_scoped(scope, || {
                enter().map_err(|errno| failed(errno.into()))?;
                work()
            })
            .map_err(failed)?;
        handle.join().map_err(|_| Error::TaskLost)?
    })
}

/// Opens the namespace behind a path.
pub fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|source| Error::Netns {
        path: path.to_owned(),
        source,
    })
}

/// The path that opens the network namespace of a process.
pub fn path_of_process(pid: i32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/ns/net"))
}
