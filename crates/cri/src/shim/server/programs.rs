//! Starting containers and further programs, and hearing how that went.

use std::{
    fs::{self, File},
    io,
    os::fd::{AsFd as _, OwnedFd},
};

use nix::sched::CloneFlags;
use skeg_oci::{
    runtime::{self, Channel, Report, Spec, Streams},
    sys::{self, Forked},
};

use super::{
    super::{
        SPEC_FILE,
        container::{Container, Exec, Sink, now_unix_nanos, pipe, set_nonblocking},
        container_folder,
        log::{Log, Stream},
        protocol::{ExecOptions, PidMode, Record, Reply, StartOptions},
    },
    Server,
};

impl Server {
    /// Forks a child that lies in a PID namespace.
    fn fork(&self, pid_namespace: Option<&File>, new: bool) -> io::Result<Forked> {
        if new {
            nix::sched::unshare(CloneFlags::CLONE_NEWPID)?;
        } else if let Some(namespace) = pid_namespace {
            nix::sched::setns(namespace, CloneFlags::CLONE_NEWPID)?;
        }
        let forked = sys::fork_single_threaded();
        if !matches!(forked, Ok(Forked::Child)) && (new || pid_namespace.is_some()) {
            nix::sched::setns(&self.held.host_pid, CloneFlags::CLONE_NEWPID)?;
        }
        forked
    }

    pub(super) fn start(&mut self, requester: u64, options: StartOptions) -> io::Result<()> {
        let id = options.container.clone();
        if self.containers.contains_key(&id) {
            return Err(io::Error::other("the container was started before"));
        }
        let log = Log::open(
            &options.log_path,
            self.config.log_bytes_max,
            self.config.log_files_max,
        )?;
        let (near, far) = Channel::pair()?;
        let mut ours = (None, None, None);
        let streams = if options.tty {
            Streams::Terminal { size: None }
        } else {
            let (out_read, out_write) = pipe(true)?;
            let (err_read, err_write) = pipe(true)?;
            let stdin = if options.stdin {
                Some(pipe(false)?)
            } else {
                None
            };
            let (in_read, in_write) = stdin.unzip();
            ours = (in_write, Some(out_read), Some(err_read));
            Streams::Files {
                stdin: in_read,
                stdout: Some(out_write),
                stderr: Some(err_write),
            }
        };
        let target;
        let (shared, new) = match &options.pid {
            PidMode::Own => (None, true),
            PidMode::Pod => (self.held.pod_pid.as_ref(), false),
            PidMode::Host => (None, false),
            PidMode::Of(other) => {
                target = self.pid_namespace(other)?;
                (Some(&target), false)
            }
        };
        let forked = self.fork(shared, new)?;
        let Forked::Parent(pid) = forked else {
            drop(near);
            self.become_container(&options, streams, &far);
        };
        drop((far, streams));
        let record = Record {
            container: id.clone(),
            pid: pid.as_raw(),
            started_unix_nanos: now_unix_nanos(),
            ..Record::default()
        };
        let (stdin, stdout, stderr) = ours;
        let container = Container {
            record,
            pid_mode: options.pid.clone(),
            cgroup: options.cgroup,
            tty: options.tty,
            starting: Some((near, requester)),
            stdout,
            stderr,
            terminal: None,
            stdin,
            log,
            sinks: Vec::new(),
        };
        self.containers.insert(id, container);
        Ok(())
    }

    /// The PID namespace of a container that runs.
    fn pid_namespace(&self, container: &str) -> io::Result<File> {
        let target = self.containers.get(container);
        let target = target.filter(|target| target.is_running());
        let target =
            target.ok_or_else(|| io::Error::other("the target container is not running"))?;
        File::open(format!("/proc/{}/ns/pid", target.record.pid))
    }

    /// The child's side of a start; ends in the container's program or in an exit.
    fn become_container(&self, options: &StartOptions, streams: Streams, channel: &Channel) -> ! {
        let path = container_folder(&self.folder, &options.container).join(SPEC_FILE);
        let failure = match read_spec(&path) {
            Ok(spec) => {
                let files = self.config.cgroups.procs_files(&options.cgroup);
                let shm = self.held.shared_memory.as_ref();
                runtime::start_container(&spec, &files, shm, streams, channel).full()
            }
            Err(error) => format!("read {}: {error}", path.display()),
        };
        let _ = channel.send(&Report::Failed(failure), None);
        std::process::exit(128);
    }

    pub(super) fn exec(
        &mut self,
        connection: u64,
        options: ExecOptions,
        fds: Vec<OwnedFd>,
    ) -> io::Result<()> {
        let target = self.containers.get(&options.container);
        let target = target.filter(|c| c.is_running() && c.starting.is_none());
        let target = target.ok_or_else(|| io::Error::other("the container is not running"))?;
        let pid = target.record.pid;
        let files = self.config.cgroups.procs_files(&target.cgroup);
        let namespace = match target.pid_mode {
            PidMode::Host => None,
            _ => Some(File::open(format!("/proc/{pid}/ns/pid"))?),
        };
        let streams = if options.tty {
            Streams::Terminal { size: options.size }
        } else {
            let mut fds = fds.into_iter();
            let mut take = |wanted: bool| if wanted { fds.next() } else { None };
            let [stdin, stdout, stderr] = options.streams.map(&mut take);
            Streams::Files {
                stdin,
                stdout,
                stderr,
            }
        };
        let (near, far) = Channel::pair()?;
        let forked = self.fork(namespace.as_ref(), false)?;
        let Forked::Parent(child) = forked else {
            drop(near);
            let path = container_folder(&self.folder, &options.container).join(SPEC_FILE);
            let failure = match read_spec(&path) {
                Ok(mut spec) => {
                    spec.args = options.args;
                    runtime::start_exec(&spec, pid, &files, streams, &far).full()
                }
                Err(error) => format!("read {}: {error}", path.display()),
            };
            let _ = far.send(&Report::Failed(failure), None);
            std::process::exit(127);
        };
        drop((far, streams));
        let exec = Exec {
            pid: child.as_raw(),
            starting: Some(near),
            terminal: None,
            failure: None,
            exit: None,
        };
        self.execs.insert(connection, exec);
        Ok(())
    }

    pub(super) fn attach(
        &mut self,
        connection: u64,
        container: String,
        stdin: bool,
        streams: [bool; 2],
        fds: Vec<OwnedFd>,
    ) -> io::Result<()> {
        let target = self
            .containers
            .get_mut(&container)
            .filter(|c| c.is_running());
        let target = target.ok_or_else(|| io::Error::other("the container is not running"))?;
        let mut fds = fds.into_iter();
        for (wanted, stream) in streams.into_iter().zip([Stream::Stdout, Stream::Stderr]) {
            if wanted && let Some(fd) = fds.next() {
                set_nonblocking(&fd)?;
                target.sinks.push(Sink {
                    connection,
                    stream,
                    fd,
                    pending: Vec::new(),
                });
            }
        }
        let input = if target.tty {
            target.terminal.as_ref()
        } else {
            target.stdin.as_ref()
        };
        let input = input
            .filter(|_| stdin || target.tty)
            .map(OwnedFd::try_clone)
            .transpose()?;
        if let Some(connection) = self.connections.get_mut(&connection) {
            connection.attached = Some(container);
        }
        let fds = input.iter().map(|fd| fd.as_fd()).collect::<Vec<_>>();
        self.answer(connection, &Reply::Done, &fds);
        Ok(())
    }

    /// Takes a starting container's reports. At the end of them its program runs.
    pub(super) fn hear_container(&mut self, id: &str, wait: bool) {
        loop {
            let Some(container) = self.containers.get_mut(id) else {
                return;
            };
            let Some((channel, requester)) = &container.starting else {
                return;
            };
            let requester = *requester;
            match channel.receive(wait) {
                Ok(Some((Report::Credentials(credentials), _))) => {
                    container.record.credentials = Some(credentials);
                }
                Ok(Some((Report::Terminal, fd))) => {
                    if let Some(fd) = fd
                        && set_nonblocking(&fd).is_ok()
                    {
                        container.terminal = Some(fd);
                    }
                }
                Ok(Some((Report::Failed(message), _))) => {
                    container.record.failure = Some(message);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(None) | Err(_) => {
                    container.starting = None;
                    let folder = container_folder(&self.folder, id);
                    // The engine learns it all the same; only a restart would not.
                    let _ = container.save(&folder);
                    let record = container.record.clone();
                    let reply = match &record.failure {
                        Some(message) => Reply::Failed(message.clone()),
                        None => Reply::Started(Box::new(record.clone())),
                    };
                    if record.failure.is_none() {
                        self.announce(&record);
                    }
                    return self.answer(requester, &reply, &[]);
                }
            }
        }
    }

    pub(super) fn hear_exec(&mut self, id: u64, wait: bool) {
        loop {
            let Some(exec) = self.execs.get_mut(&id) else {
                return;
            };
            let Some(channel) = &exec.starting else {
                return;
            };
            match channel.receive(wait) {
                Ok(Some((Report::Credentials(_), _))) => {}
                Ok(Some((Report::Terminal, fd))) => exec.terminal = fd,
                Ok(Some((Report::Failed(message), _))) => exec.failure = Some(message),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(None) | Err(_) => {
                    exec.starting = None;
                    let reply = match exec.failure.clone() {
                        Some(message) => Reply::Failed(message),
                        None => {
                            let record = Record {
                                pid: exec.pid,
                                ..Record::default()
                            };
                            Reply::Started(Box::new(record))
                        }
                    };
                    let terminal = exec.terminal.take();
                    let fds = terminal.iter().map(|fd| fd.as_fd()).collect::<Vec<_>>();
                    return self.answer(id, &reply, &fds);
                }
            }
        }
    }
}

fn read_spec(path: &std::path::Path) -> io::Result<Spec> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}
