//! From a fresh process to the holder of a pod's namespaces.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    os::fd::{AsFd as _, OwnedFd},
    os::unix::net::UnixListener,
    path::Path,
};

use nix::sched::CloneFlags;
use skeg_oci::sys::{self, Forked};

use super::{CONFIG_FILE, SOCKET_FILE, ShimConfig, server::Server};

/// What the server holds for the pod.
pub(super) struct Held {
    /// The machine's PID namespace, to come back to.
    pub host_pid: File,
    /// The pod's PID namespace, when its containers share one.
    pub pod_pid: Option<File>,
    /// The mount namespace with the pod's `/dev/shm`.
    pub shared_memory: Option<OwnedFd>,
}

/// Runs a pod's shim. Returns in the first process at once, and in the shim at its end.
pub(super) fn run(folder: &Path) -> io::Result<()> {
    let text = fs::read(folder.join(CONFIG_FILE))?;
    let config: ShimConfig = serde_json::from_slice(&text)?;
    drop(text);
    // The first process ends, so that the shim is nobody's child.
    if let Forked::Parent(_) = sys::fork_single_threaded()? {
        return Ok(());
    }
    rustix::process::setsid()?;
    // Names are for people who look at process lists.
    let _ = rustix::thread::set_name(c"skeg-shim");
    // Better a container than its holder, where that may be said.
    let _ = fs::write("/proc/self/oom_score_adj", "-999");
    for file in config.cgroups.procs_files(&config.holder_cgroup) {
        fs::write(&file, "0").map_err(|error| describe(error, "enter", &file))?;
    }
    let listener = listen(folder)?;
    let held = set_up(&config, folder)?;
    let server = Server::new(config, folder.to_owned(), listener, held)?;
    let mut stdout = io::stdout();
    writeln!(
        stdout,
        "ready {}",
        rustix::process::getpid().as_raw_nonzero()
    )?;
    stdout.flush()?;
    let null = File::options().read(true).write(true).open("/dev/null")?;
    nix::unistd::dup2_stdout(&null)?;
    nix::unistd::dup2_stderr(&null)?;
    drop(null);
    rustix::process::chdir("/")?;
    // The server does without huge pages, which its children inherit; that is not for
    // it to say for the pod.
    let _ = rustix::thread::disable_transparent_huge_pages(false);
    sys::return_free_memory();
    server.run()
}

fn describe(error: io::Error, what: &str, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()))
}

/// Binds the socket relative to its folder: the address has room for 107 bytes only.
fn listen(folder: &Path) -> io::Result<UnixListener> {
    rustix::process::chdir(folder)?;
    let _ = fs::remove_file(SOCKET_FILE);
    let old = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(SOCKET_FILE);
    rustix::process::umask(old);
    let listener = listener?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn set_up(config: &ShimConfig, folder: &Path) -> io::Result<Held> {
    let mut flags = CloneFlags::empty();
    if config.own_network {
        flags |= CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWUTS;
    }
    if config.own_ipc {
        flags |= CloneFlags::CLONE_NEWIPC;
    }
    nix::sched::unshare(flags)?;
    if config.own_network {
        sys::set_link_up("lo")?;
        rustix::system::sethostname(config.hostname.as_bytes())?;
    }
    for (name, value) in &config.sysctls {
        let path = Path::new("/proc/sys").join(name.replace('.', "/"));
        fs::write(&path, value).map_err(|error| describe(error, "write", &path))?;
    }
    let host_pid = File::open("/proc/self/ns/pid")?;
    let pod_pid = if config.share_pid {
        Some(start_pause(&host_pid)?)
    } else {
        None
    };
    let shared_memory = if config.own_ipc {
        Some(make_shared_memory(folder, config.shm_bytes)?)
    } else {
        None
    };
    Ok(Held {
        host_pid,
        pod_pid,
        shared_memory,
    })
}

/// Starts the first process of the pod's PID namespace: it reaps orphans.
fn start_pause(host_pid: &File) -> io::Result<File> {
    nix::sched::unshare(CloneFlags::CLONE_NEWPID)?;
    let forked = sys::fork_single_threaded()?;
    match forked {
        Forked::Child => {
            let _ = rustix::thread::set_name(c"pause");
            let _ = rustix::process::set_parent_process_death_signal(Some(
                rustix::process::Signal::KILL,
            ));
            let _ = rustix::process::setsid();
            sys::pause_forever()
        }
        Forked::Parent(pid) => {
            nix::sched::setns(host_pid.as_fd(), CloneFlags::CLONE_NEWPID)?;
            File::open(format!("/proc/{pid}/ns/pid"))
        }
    }
}

/// Makes the pod's `/dev/shm` in a mount namespace of its own, which a descriptor keeps alive:
/// the machine's mounts show nothing of it, and it goes with the shim.
fn make_shared_memory(folder: &Path, bytes: u64) -> io::Result<OwnedFd> {
    let (near, far) = skeg_oci::runtime::Channel::pair()?;
    match sys::fork_single_threaded()? {
        Forked::Child => {
            drop(near);
            let entered = skeg_oci::runtime::enter_shared_memory(folder, bytes);
            if let Err(error) = entered {
                let report = skeg_oci::runtime::Report::Failed(error.to_string());
                let _ = far.send(&report, None);
                std::process::exit(1);
            }
            // The old root is gone, but a descriptor in its /proc would still do; the
            // namespace's file was not opened before, so the parent opens it.
            let _ = far.send(&skeg_oci::runtime::Report::Terminal, None);
            // Wait until the parent has it.
            let _ = far.receive(true);
            std::process::exit(0);
        }
        Forked::Parent(pid) => {
            drop(far);
            let report = near.receive(true)?;
            let opened = match report {
                Some((skeg_oci::runtime::Report::Terminal, _)) => {
                    File::open(format!("/proc/{pid}/ns/mnt")).map(OwnedFd::from)
                }
                Some((skeg_oci::runtime::Report::Failed(message), _)) => {
                    Err(io::Error::other(format!("make /dev/shm: {message}")))
                }
                _ => Err(io::Error::other("make /dev/shm: the helper died")),
            };
            drop(near);
            let _ = nix::sys::wait::waitpid(pid, None);
            opened
        }
    }
}
