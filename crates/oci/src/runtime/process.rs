//! From a forked process to the container's program.

use std::{
    ffi::CString,
    fs,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use nix::sched::CloneFlags;
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::{
    Channel, Context as _, Credentials, Report, Result, Spec, StartError, mounts, rootfs, user,
};
use crate::{capability, seccomp, sys};

/// Where a program's standard streams go.
#[derive(Debug)]
pub enum Streams {
    /// Each to a descriptor; an absent one to `/dev/null`.
    Files {
        /// Standard input.
        stdin: Option<OwnedFd>,
        /// Standard output.
        stdout: Option<OwnedFd>,
        /// Standard error.
        stderr: Option<OwnedFd>,
    },
    /// All to a new terminal of the container, which is reported over the channel.
    Terminal {
        /// Its first size: columns, lines.
        size: Option<(u16, u16)>,
    },
}

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Turns this process, freshly forked and alone in its thread, into a container: enters its
/// cgroup, makes its mounts, drops privileges and executes its program. A new PID namespace, if
/// any, was prepared before the fork. `shared_memory` is the pod's mount namespace for
/// `/dev/shm`. Returns only an error, which was not reported yet.
pub fn start_container(
    spec: &Spec,
    cgroup_files: &[PathBuf],
    shared_memory: Option<&OwnedFd>,
    streams: Streams,
    channel: &Channel,
) -> StartError {
    let prepared = prepare_container(spec, cgroup_files, shared_memory);
    match prepared.and_then(|()| run(spec, streams, channel, true)) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

/// Turns this process into a further program of a running container whose first process is
/// `pid`. As with [`start_container`], the PID namespace was joined before the fork.
pub fn start_exec(
    spec: &Spec,
    pid: i32,
    cgroup_files: &[PathBuf],
    streams: Streams,
    channel: &Channel,
) -> StartError {
    let joined = join_container(pid, cgroup_files);
    match joined.and_then(|()| run(spec, streams, channel, false)) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn enter_cgroups(files: &[PathBuf]) -> Result<()> {
    for file in files {
        fs::write(file, "0").doing(|| format!("enter cgroup {}", file.display()))?;
    }
    Ok(())
}

/// Keeps the container's processes from looking into this one, which is a copy of the shim,
/// until it has become the container's program.
fn hide_memory() -> Result<()> {
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .doing(|| "hide the memory of the start".into())
}

fn prepare_container(
    spec: &Spec,
    cgroup_files: &[PathBuf],
    shared_memory: Option<&OwnedFd>,
) -> Result<()> {
    sys::reset_signals().doing(|| "reset signals".into())?;
    hide_memory()?;
    rustix::process::setsid().doing(|| "start a session".into())?;
    let shm = Path::new("/dev/shm");
    let shared_memory = shared_memory
        .map(|fd| mounts::detach_root_of(fd, shm))
        .transpose()?;
    enter_cgroups(cgroup_files)?;
    nix::sched::unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWCGROUP)
        .doing(|| "unshare mounts and cgroups".into())?;
    // Mounts that are to travel both ways have to be taken before the namespace goes deaf.
    let mut given = Vec::with_capacity(spec.mounts.len());
    for mount in &spec.mounts {
        let (source, target) = (&mount.source, &mount.target);
        given.push(mounts::detach(
            source,
            target,
            mounts::ReadOnly::of(mount),
            mount.propagation,
        )?);
    }
    let devices = mounts::detach_devices(spec)?;
    let host_ipc = if spec.host_ipc {
        mounts::detach_host_ipc()?
    } else {
        Vec::new()
    };
    let mut cgroups = Vec::with_capacity(spec.cgroup_views.len());
    for (name, folder) in &spec.cgroup_views {
        let target = Path::new("/sys/fs/cgroup").join(name.trim_start_matches("name="));
        let target = if name.is_empty() {
            PathBuf::from("/sys/fs/cgroup")
        } else {
            target
        };
        cgroups.push(mounts::detach(
            folder,
            &target,
            mounts::ReadOnly::Itself,
            super::Propagation::Private,
        )?);
    }
    mounts::isolate()?;
    rootfs::enter(&spec.root)?;
    mounts::mount_system(spec, cgroups)?;
    for mount in shared_memory
        .iter()
        .chain(&host_ipc)
        .chain(&devices)
        .chain(&given)
    {
        mounts::attach(mount)?;
    }
    if !spec.privileged {
        mounts::restrict_paths(spec)?;
    }
    make_working_dir(spec)?;
    if spec.read_only_root {
        mounts::make_root_read_only()?;
    }
    Ok(())
}

fn join_container(pid: i32, cgroup_files: &[PathBuf]) -> Result<()> {
    sys::reset_signals().doing(|| "reset signals".into())?;
    hide_memory()?;
    rustix::process::setsid().doing(|| "start a session".into())?;
    enter_cgroups(cgroup_files)?;
    let open = |name: &str| {
        let path = format!("/proc/{pid}/ns/{name}");
        fs::File::open(&path).doing(|| format!("open {path}"))
    };
    let (cgroup, mounts) = (open("cgroup")?, open("mnt")?);
    nix::sched::setns(cgroup, CloneFlags::CLONE_NEWCGROUP).doing(|| "join cgroups".into())?;
    nix::sched::setns(mounts, CloneFlags::CLONE_NEWNS).doing(|| "join mounts".into())
}

/// The part that containers and further programs share: streams, user, privileges, program.
fn run(
    spec: &Spec,
    streams: Streams,
    channel: &Channel,
    first: bool,
) -> Result<std::convert::Infallible> {
    let (passwd, group) = (user::read("/etc/passwd"), user::read("/etc/group"));
    let (credentials, home) = user::resolve(&spec.user, &passwd, &group)?;
    channel
        .send(&Report::Credentials(credentials.clone()), None)
        .doing(|| "report the user".into())?;
    let programs = seccomp::compile(&spec.seccomp, spec.capabilities)?;
    let terminal = matches!(streams, Streams::Terminal { .. });
    set_streams(streams, &credentials, channel, first)?;
    set_limits(spec)?;
    // As runc's, whatever that of whoever started the cluster is.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let mut env = environment(spec, &home);
    if terminal {
        name_terminal(&mut env, first);
    }
    let strings = |list: &[String]| -> Result<Vec<CString>> {
        let convert = |text: &String| CString::new(text.as_str());
        let all = list.iter().map(convert).collect::<Result<_, _>>();
        all.map_err(|_| StartError::Invalid("NUL byte in an argument or variable".into()))
    };
    let (args, env_strings) = (strings(&spec.args)?, strings(&env)?);
    sys::set_close_on_exec_from(3).doing(|| "close descriptors".into())?;
    let cwd = if spec.cwd.is_empty() { "/" } else { &spec.cwd };
    // A folder that only the user may enter is entered as the user, below.
    let entered = rustix::process::chdir(cwd).is_ok();
    drop_privileges(spec, &credentials, &programs)?;
    if !entered {
        rustix::process::chdir(cwd).doing(|| format!("enter working directory {cwd:?}"))?;
    }
    let program = find_program(&spec.args, &env)?;
    let error = sys::execve(&program, &args, &env_strings);
    let reason = match error.raw_os_error() {
        Some(libc::ENOEXEC) => "exec format error".to_owned(),
        Some(libc::ENOENT) => "no such file or directory".to_owned(),
        Some(libc::EACCES) => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Err(StartError::Exec {
        program: spec.args[0].clone(),
        reason,
    })
}

fn make_working_dir(spec: &Spec) -> Result<()> {
    if spec.cwd.is_empty() || fs::metadata(&spec.cwd).is_ok() {
        return Ok(());
    }
    if !spec.cwd.starts_with('/') {
        let message = format!("working directory {:?} is not absolute", spec.cwd);
        return Err(StartError::Invalid(message));
    }
    fs::create_dir_all(&spec.cwd).doing(|| format!("create working directory {:?}", spec.cwd))
}

fn set_streams(
    streams: Streams,
    credentials: &Credentials,
    channel: &Channel,
    first: bool,
) -> Result<()> {
    let set = |stdin: BorrowedFd<'_>, stdout: BorrowedFd<'_>, stderr: BorrowedFd<'_>| {
        nix::unistd::dup2_stdin(stdin)
            .and_then(|()| nix::unistd::dup2_stdout(stdout))
            .and_then(|()| nix::unistd::dup2_stderr(stderr))
            .doing(|| "set standard streams".into())
    };
    match streams {
        Streams::Files {
            stdin,
            stdout,
            stderr,
        } => {
            let null = fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/null");
            let null = null.doing(|| "open /dev/null".into())?;
            let or_null = |fd: &Option<OwnedFd>| fd.as_ref().map(OwnedFd::try_clone).transpose();
            for fd in [&stdin, &stdout, &stderr].into_iter().flatten() {
                // A program that changed its user may still open /dev/stdout.
                let (uid, gid) = (credentials.uid, rustix::fs::Gid::from_raw(credentials.gid));
                let _ = rustix::fs::fchown(fd, Some(rustix::fs::Uid::from_raw(uid)), Some(gid));
            }
            let files = [or_null(&stdin), or_null(&stdout), or_null(&stderr)];
            let [stdin, stdout, stderr] = files.map(|fd| fd.doing(|| "copy a descriptor".into()));
            let pick = |fd: Option<OwnedFd>| -> Result<OwnedFd> {
                match fd {
                    Some(fd) => Ok(fd),
                    None => null
                        .try_clone()
                        .map(OwnedFd::from)
                        .doing(|| "copy null".into()),
                }
            };
            let (stdin, stdout, stderr) = (pick(stdin?)?, pick(stdout?)?, pick(stderr?)?);
            set(stdin.as_fd(), stdout.as_fd(), stderr.as_fd())
        }
        Streams::Terminal { size } => {
            let pty = sys::open_pty(Path::new("/dev/ptmx")).doing(|| "open a terminal".into())?;
            if let Some((width, height)) = size {
                sys::set_size(&pty.controller, width, height)
                    .doing(|| "set the terminal's size".into())?;
            }
            let uid = rustix::fs::Uid::from_raw(credentials.uid);
            rustix::fs::fchown(&pty.user, Some(uid), None).doing(|| "own the terminal".into())?;
            sys::set_controlling_terminal(&pty.user).doing(|| "take the terminal".into())?;
            if first {
                let console = Path::new("/dev/console");
                fs::File::create(console).doing(|| "create /dev/console".into())?;
                rustix::mount::mount_bind(format!("/dev/pts/{}", pty.number), console)
                    .doing(|| "bind /dev/console".into())?;
            }
            let fd = pty.user.as_fd();
            set(fd, fd, fd)?;
            channel
                .send(&Report::Terminal, Some(pty.controller.as_fd()))
                .doing(|| "hand the terminal over".into())
        }
    }
}

fn set_limits(spec: &Spec) -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    if let Some(wanted) = spec.open_files {
        let now = getrlimit(Resource::Nofile);
        // Without the capability the hard limit cannot grow: the soft one goes as far as it is.
        let grown = Rlimit {
            current: Some(wanted),
            maximum: Some(wanted),
        };
        if now.maximum.is_none_or(|most| most >= wanted)
            || setrlimit(Resource::Nofile, grown).is_err()
        {
            let current = Some(now.maximum.map_or(wanted, |most| most.min(wanted)));
            let clamped = Rlimit {
                current,
                maximum: now.maximum,
            };
            setrlimit(Resource::Nofile, clamped).doing(|| "limit open files".into())?;
        }
    }
    if let Some(wanted) = spec.oom_score_adj {
        let file = "/proc/self/oom_score_adj";
        let wanted = wanted.clamp(-1000, 1000);
        if fs::write(file, wanted.to_string()).is_err() {
            // Without CAP_SYS_RESOURCE it cannot fall below what it is: that is the clamp.
            let now = fs::read_to_string(file)
                .ok()
                .and_then(|t| t.trim().parse::<i32>().ok());
            if now.is_none_or(|now| wanted >= now) {
                return Err(StartError::Invalid(format!(
                    "cannot set oom_score_adj {wanted}"
                )));
            }
        }
    }
    Ok(())
}

fn drop_privileges(
    spec: &Spec,
    credentials: &Credentials,
    programs: &seccomp::Programs,
) -> Result<()> {
    use rustix::thread;
    // Without no_new_privs a filter needs CAP_SYS_ADMIN, which is still there now.
    if !spec.no_new_privileges {
        seccomp::install(programs)?;
    }
    let wanted = capability::to_set(spec.capabilities);
    let now = thread::capabilities(None).doing(|| "read capabilities".into())?;
    let kept = wanted & now.permitted;
    for bit in capability::single_bits() {
        let single = capability::to_set(bit);
        let bounded = thread::capability_is_in_bounding_set(single).unwrap_or(false);
        if bounded && !wanted.contains(single) {
            thread::remove_capability_from_bounding_set(single)
                .doing(|| "limit capabilities".into())?;
        }
    }
    thread::set_keep_capabilities(true).doing(|| "keep capabilities".into())?;
    sys::setgroups(&credentials.groups).doing(|| "set groups".into())?;
    let gid = rustix::process::Gid::from_raw(credentials.gid);
    thread::set_thread_res_gid(gid, gid, gid).doing(|| "set the group".into())?;
    let uid = rustix::process::Uid::from_raw(credentials.uid);
    thread::set_thread_res_uid(uid, uid, uid).doing(|| "set the user".into())?;
    // The kernel forgets that this process may be examined; its own /proc entries need it.
    thread::clear_ambient_capability_set().doing(|| "clear ambient capabilities".into())?;
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: CapabilitySet::empty(),
    };
    thread::set_capabilities(None, sets).doing(|| "set capabilities".into())?;
    thread::set_keep_capabilities(false).doing(|| "stop keeping capabilities".into())?;
    if spec.no_new_privileges {
        thread::set_no_new_privs(true).doing(|| "set no_new_privs".into())?;
        seccomp::install(programs)?;
    }
    Ok(())
}

/// The container's variables, with `PATH`, `HOME` where it has none of its own.
fn environment(spec: &Spec, home: &str) -> Vec<String> {
    let mut env = spec.env.clone();
    let has =
        |env: &[String], name: &str| env.iter().any(|pair| pair.split('=').next() == Some(name));
    if !has(&env, "PATH") {
        env.push(format!("PATH={DEFAULT_PATH}"));
    }
    if !has(&env, "HOME") {
        env.push(format!("HOME={home}"));
    }
    env
}

/// Says what a terminal is, as containerd does: in a container where it does not say it
/// itself, in a further program always.
fn name_terminal(env: &mut Vec<String>, first: bool) {
    let says = |pair: &String| pair.starts_with("TERM=");
    if !first {
        env.retain(|pair| !says(pair));
    }
    if !env.iter().any(says) {
        env.push("TERM=xterm".to_owned());
    }
}

fn find_program(args: &[String], env: &[String]) -> Result<CString> {
    let program = args
        .first()
        .ok_or_else(|| StartError::Invalid("no command specified".into()))?;
    let fail = |reason: &str| {
        Err(StartError::Exec {
            program: program.clone(),
            reason: reason.to_owned(),
        })
    };
    let convert = |path: &str| {
        CString::new(path).map_err(|_| StartError::Invalid("NUL byte in a path".into()))
    };
    if program.is_empty() {
        return fail("executable file not found in $PATH");
    }
    if program.contains('/') {
        return match fs::metadata(program) {
            Ok(metadata) if metadata.is_dir() => fail("is a directory"),
            Ok(metadata) if metadata.mode() & 0o111 == 0 => fail("permission denied"),
            Ok(_) => convert(program),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                fail("no such file or directory")
            }
            Err(error) => fail(&error.to_string()),
        };
    }
    // The last of two variables with one name counts.
    let path = env
        .iter()
        .rev()
        .find_map(|pair| pair.strip_prefix("PATH="))
        .unwrap_or("");
    for folder in path.split(':') {
        let folder = if folder.is_empty() { "." } else { folder };
        let candidate = format!("{folder}/{program}");
        let runnable = |m: fs::Metadata| m.is_file() && m.permissions().mode() & 0o111 != 0;
        if fs::metadata(&candidate).is_ok_and(runnable) {
            return convert(&candidate);
        }
    }
    fail("executable file not found in $PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_have_a_name() {
        let check = |given: &[&str], first: bool, expect: &[&str]| {
            let mut env: Vec<String> = given.iter().map(|pair| (*pair).to_owned()).collect();
            name_terminal(&mut env, first);
            assert_eq!(env, expect);
        };
        check(&["A=1"], true, &["A=1", "TERM=xterm"]);
        check(&["TERM=vt100"], true, &["TERM=vt100"]);
        check(&["TERM=vt100", "A=1"], false, &["A=1", "TERM=xterm"]);
    }
}
