//! Processes: fork, signals, descriptors, seccomp.

use std::io;

use nix::{
    sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask},
    unistd::{ForkResult, Pid},
};

/// Which side of a fork this is.
#[derive(Debug)]
pub enum Forked {
    /// The old process; the child's id as it sees it.
    Parent(Pid),
    /// The new process.
    Child,
}

/// Forks. Refuses in a process with more than one thread, because the child could then hold a
/// lock that no thread of it will ever release.
pub fn fork_single_threaded() -> io::Result<Forked> {
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    if threads != 1 {
        return Err(io::Error::other(format!(
            "fork in a process of {threads} threads"
        )));
    }
    // SAFETY: the process has one thread (checked above, and only this thread could start
    // another), so the child's copy of memory is consistent and it may do anything.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Forked::Parent(child)),
        ForkResult::Child => Ok(Forked::Child),
    }
}

/// Gives every signal its default action and unblocks all, as a new program expects it.
pub fn reset_signals() -> io::Result<()> {
    for signal in Signal::iterator() {
        if matches!(signal, Signal::SIGKILL | Signal::SIGSTOP) {
            continue;
        }
        // SAFETY: the default action runs no code of ours.
        unsafe { nix::sys::signal::signal(signal, nix::sys::signal::SigHandler::SigDfl) }?;
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
    Ok(())
}

/// Lets the kernel reap this process's children as they end.
fn ignore_children() -> io::Result<()> {
    let handler = nix::sys::signal::SigHandler::SigIgn;
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe { nix::sys::signal::signal(Signal::SIGCHLD, handler) }?;
    Ok(())
}

/// Marks all descriptors from `first` on to be closed when a program is executed.
pub fn set_close_on_exec_from(first: u32) -> io::Result<()> {
    const CLOSE_RANGE_CLOEXEC: libc::c_uint = 4;
    // SAFETY: takes numbers only; descriptors stay open in this process.
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            first,
            libc::c_uint::MAX,
            CLOSE_RANGE_CLOEXEC,
        )
    };
    if result == 0 {
        return Ok(());
    }
    // Kernels before 5.11 do not know the flag.
    for entry in std::fs::read_dir("/proc/self/fd")? {
        let Ok(number) = entry?.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        if number >= first as i32 {
            // SAFETY: sets a flag on a descriptor by number; a closed one gives EBADF.
            unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
    Ok(())
}

/// Replaces the arguments that process lists show, as far as there is room. The program must
/// not ask for its arguments any more.
fn set_shown_arguments(text: &str) -> io::Result<()> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold anything; after it, fields are numbers from the third on.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let field = |number: usize| {
        fields
            .get(number - 3)
            .and_then(|field| field.parse::<u64>().ok())
    };
    let Some((start, end)) = field(48).zip(field(49)) else {
        return Ok(());
    };
    let room = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
    let mut shown = vec![0; room];
    let length = text.len().min(room.saturating_sub(1));
    shown[..length].copy_from_slice(&text.as_bytes()[..length]);
    let memory = std::fs::File::options()
        .write(true)
        .open("/proc/self/mem")?;
    // This writes to memory behind the compiler's back. It is the kernel's copy of the
    // arguments, which nothing refers to but the standard library's `args`, and that is not
    // called any more.
    std::os::unix::fs::FileExt::write_all_at(&memory, &shown, start)
}

/// Becomes a process that does nothing until it is killed: children are reaped by the kernel,
/// and no descriptor is held. A pod whose containers share their processes sees it as `pause`.
pub fn pause_forever() -> ! {
    // It is only what people see.
    let _ = set_shown_arguments("pause");
    // A failure leaves zombies or descriptors, which end with this process.
    let _ = ignore_children();
    // SAFETY: nothing after this uses a descriptor; the loop below makes no call but pause.
    unsafe { libc::syscall(libc::SYS_close_range, 0, libc::c_uint::MAX, 0) };
    loop {
        nix::unistd::pause();
    }
}

/// Sets the supplementary groups of this process, which must have one thread.
pub fn setgroups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: pointer and length describe a live slice; gid_t is u32 on Linux.
    let result = unsafe { libc::setgroups(groups.len(), groups.as_ptr()) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Installs a seccomp filter on this thread, without touching no_new_privs.
pub fn install_seccomp(program: &[seccompiler::sock_filter]) -> io::Result<()> {
    let length = u16::try_from(program.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "seccomp filter too long"))?;
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_ptr().cast_mut().cast::<libc::sock_filter>(),
    };
    // SAFETY: seccompiler's sock_filter has the kernel's layout (repr(C): u16, u8, u8, u32);
    // the kernel copies the program and does not keep the pointer.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0,
            &raw const program,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Gives memory that the allocator holds without use back to the system.
pub fn return_free_memory() {
    #[cfg(target_env = "gnu")]
    // SAFETY: glibc's malloc_trim has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
