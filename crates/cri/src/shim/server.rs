//! The shim's loop: requests, reports, output, ended children.

mod programs;

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
};

use nix::sys::{
    signal::{SigSet, SigmaskHow, Signal, sigprocmask},
    signalfd::{SfdFlags, SignalFd},
    wait::{WaitPidFlag, WaitStatus, waitpid},
};
use rustix::event::{PollFd, PollFlags, Timespec};
use skeg_oci::sys;

use super::{
    ShimConfig,
    container::{Container, Exec, is_ready, now_unix_nanos},
    container_folder,
    log::Stream,
    protocol::{self, Inbox, PidMode, Record, Reply, Request},
    sandbox::Held,
};

/// The most connections at a time; each exec and attach has one.
const CONNECTIONS_MAX: usize = 512;

struct Connection {
    stream: UnixStream,
    inbox: Inbox,
    subscribed: bool,
    /// The container whose end it waits for.
    attached: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Listener,
    Signals,
    Connection(u64),
    Starting(String),
    Output(String, Stream),
    Sinks(String),
    ExecStarting(u64),
}

pub(super) struct Server {
    config: ShimConfig,
    folder: PathBuf,
    listener: UnixListener,
    signals: SignalFd,
    held: Held,
    next_connection: u64,
    connections: BTreeMap<u64, Connection>,
    containers: BTreeMap<String, Container>,
    execs: BTreeMap<u64, Exec>,
    done: bool,
}

impl Server {
    pub fn new(
        config: ShimConfig,
        folder: PathBuf,
        listener: UnixListener,
        held: Held,
    ) -> io::Result<Self> {
        // Only a request ends a shim; what a terminal or a careless killer sends does not.
        let mut mask = SigSet::empty();
        for signal in [
            Signal::SIGCHLD,
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGHUP,
            Signal::SIGPIPE,
        ] {
            mask.add(signal);
        }
        sigprocmask(SigmaskHow::SIG_BLOCK, Some(&mask), None)?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let signals = SignalFd::with_flags(&mask, flags)?;
        Ok(Self {
            config,
            folder,
            listener,
            signals,
            held,
            next_connection: 1,
            connections: BTreeMap::new(),
            containers: BTreeMap::new(),
            execs: BTreeMap::new(),
            done: false,
        })
    }

    pub fn run(mut self) -> io::Result<()> {
        while !self.done {
            for source in self.wait()? {
                self.handle(source);
            }
        }
        for id in self.containers.keys().cloned().collect::<Vec<_>>() {
            self.kill_everyone(&id);
        }
        self.reap();
        Ok(())
    }

    fn wait(&self) -> io::Result<Vec<Source>> {
        let mut sources = vec![Source::Listener, Source::Signals];
        let mut fds = vec![
            PollFd::new(&self.listener, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
        ];
        for (id, connection) in &self.connections {
            sources.push(Source::Connection(*id));
            fds.push(PollFd::new(&connection.stream, PollFlags::IN));
        }
        for (id, container) in &self.containers {
            if let Some((channel, _)) = &container.starting {
                sources.push(Source::Starting(id.clone()));
                fds.push(PollFd::from_borrowed_fd(channel.as_fd(), PollFlags::IN));
            }
            for stream in [Stream::Stdout, Stream::Stderr] {
                if container.wants(stream)
                    && let Some(source) = container.source(stream)
                {
                    sources.push(Source::Output(id.clone(), stream));
                    fds.push(PollFd::new(source, PollFlags::IN));
                }
            }
            for sink in container
                .sinks
                .iter()
                .filter(|sink| !sink.pending.is_empty())
            {
                sources.push(Source::Sinks(id.clone()));
                fds.push(PollFd::new(&sink.fd, PollFlags::OUT));
            }
        }
        for (id, exec) in &self.execs {
            if let Some(channel) = &exec.starting {
                sources.push(Source::ExecStarting(*id));
                fds.push(PollFd::from_borrowed_fd(channel.as_fd(), PollFlags::IN));
            }
        }
        match rustix::event::poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = sources
            .into_iter()
            .zip(fds)
            .filter(|(_, fd)| is_ready(fd.revents()));
        Ok(ready.map(|(source, _)| source).collect())
    }

    fn handle(&mut self, source: Source) {
        match source {
            Source::Listener => self.accept(),
            Source::Signals => {
                while let Ok(Some(_)) = self.signals.read_signal() {}
                self.reap();
            }
            Source::Connection(id) => self.read(id),
            Source::Starting(id) => self.hear_container(&id, false),
            Source::Output(id, stream) => {
                if let Some(container) = self.containers.get_mut(&id) {
                    container.pump(stream);
                }
            }
            Source::Sinks(id) => {
                if let Some(container) = self.containers.get_mut(&id) {
                    let running = container.is_running();
                    container
                        .sinks
                        .retain_mut(|sink| sink.flush() && (running || !sink.pending.is_empty()));
                }
            }
            Source::ExecStarting(id) => self.hear_exec(id, false),
        }
    }

    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            if self.connections.len() >= CONNECTIONS_MAX || stream.set_nonblocking(true).is_err() {
                continue;
            }
            let id = self.next_connection;
            self.next_connection += 1;
            let inbox = Inbox::default();
            let connection = Connection {
                stream,
                inbox,
                subscribed: false,
                attached: None,
            };
            self.connections.insert(id, connection);
        }
    }

    fn read(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        match connection.inbox.fill(&connection.stream) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Ok(false) | Err(_) => return self.close(id),
        }
        loop {
            let Some(connection) = self.connections.get_mut(&id) else {
                return;
            };
            match connection.inbox.next::<Request>() {
                Ok(None) => return,
                Ok(Some((request, fds))) => {
                    self.serve(id, request, fds);
                    sys::return_free_memory();
                }
                Err(error) => {
                    self.answer(id, &Reply::Failed(error.to_string()), &[]);
                    return self.close(id);
                }
            }
        }
    }

    fn close(&mut self, id: u64) {
        self.connections.remove(&id);
        for container in self.containers.values_mut() {
            container.sinks.retain(|sink| sink.connection != id);
        }
        if let Some(exec) = self.execs.get_mut(&id) {
            // Nobody listens any longer: the program, and what it started in its session, ends.
            kill_group(exec.pid);
            exec.terminal = None;
        }
    }

    fn answer(&mut self, id: u64, reply: &Reply, fds: &[BorrowedFd<'_>]) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if protocol::send(&connection.stream, reply, fds).is_err() {
            // Who does not read is cut off, and asks anew.
            self.close(id);
        }
    }

    fn serve(&mut self, id: u64, request: Request, fds: Vec<OwnedFd>) {
        let outcome = match request {
            Request::Subscribe => {
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.subscribed = true;
                }
                let records = self.containers.values().map(|c| c.record.clone()).collect();
                return self.answer(id, &Reply::Containers(records), &[]);
            }
            Request::Start(options) => match self.start(id, options) {
                // Its report follows.
                Ok(()) => return,
                Err(error) => Err(error),
            },
            Request::Exec(options) => match self.exec(id, options, fds) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
            Request::Attach {
                container,
                stdin,
                streams,
            } => match self.attach(id, container, stdin, streams, fds) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
            Request::PortForward { port } => match connect(port) {
                Ok(socket) => return self.answer(id, &Reply::Done, &[socket.as_fd()]),
                Err(error) => Err(io::Error::new(
                    error.kind(),
                    format!("connect to port {port} inside the pod: {error}"),
                )),
            },
            Request::Signal {
                container,
                signal,
                everyone,
            } => {
                if everyone {
                    self.kill_everyone(&container);
                } else if let Some(pid) = self.running_pid(&container)
                    && let Ok(signal) = Signal::try_from(signal)
                {
                    // It may have ended already.
                    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal);
                }
                Ok(())
            }
            Request::CloseStdin { container } => {
                if let Some(container) = self.containers.get_mut(&container) {
                    container.stdin = None;
                }
                Ok(())
            }
            Request::ReopenLog { container } => match self.containers.get_mut(&container) {
                Some(container) if container.is_running() => container.log.reopen(),
                _ => Err(io::Error::other("the container is not running")),
            },
            Request::Forget { container } => {
                let running = self
                    .containers
                    .get(&container)
                    .is_some_and(Container::is_running);
                if running {
                    Err(io::Error::other("the container is running"))
                } else {
                    self.containers.remove(&container);
                    Ok(())
                }
            }
            Request::Shutdown => {
                self.done = true;
                Ok(())
            }
        };
        let reply = match outcome {
            Ok(()) => Reply::Done,
            Err(error) => Reply::Failed(error.to_string()),
        };
        self.answer(id, &reply, &[]);
    }

    fn running_pid(&self, container: &str) -> Option<i32> {
        let container = self.containers.get(container)?;
        (container.is_running() && container.record.pid > 0).then_some(container.record.pid)
    }

    fn reap(&mut self) {
        loop {
            let (pid, code, signal) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid.as_raw(), code, None),
                Ok(WaitStatus::Signaled(pid, signal, _)) => {
                    (pid.as_raw(), 128 + signal as i32, Some(signal as i32))
                }
                Ok(WaitStatus::StillAlive) | Err(_) => return,
                Ok(_) => continue,
            };
            let container = self
                .containers
                .iter()
                .find(|(_, c)| c.record.pid == pid && c.is_running());
            if let Some(id) = container.map(|(id, _)| id.clone()) {
                self.container_ended(&id, code, signal);
            } else {
                let exec = self.execs.iter().find(|(_, exec)| exec.pid == pid);
                if let Some(id) = exec.map(|(id, _)| *id) {
                    self.exec_ended(id, code);
                }
            }
        }
    }

    fn container_ended(&mut self, id: &str, code: i32, signal: Option<i32>) {
        self.hear_container(id, true);
        self.kill_everyone(id);
        let folder = container_folder(&self.folder, id);
        let Some(container) = self.containers.get_mut(id) else {
            return;
        };
        container.drain();
        let oom_kills = self.config.cgroups.oom_kills(&container.cgroup);
        let record = &mut container.record;
        record.finished_unix_nanos = Some(now_unix_nanos());
        record.exit_code = Some(code);
        record.signal = signal;
        record.oom_killed = oom_kills > 0 && code != 0 && record.failure.is_none();
        let _ = container.save(&folder);
        let record = container.record.clone();
        self.announce(&record);
        let attached = self.connections.iter();
        let attached = attached.filter(|(_, c)| c.attached.as_deref() == Some(id));
        for connection in attached.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.answer(connection, &Reply::Exited(code), &[]);
        }
        sys::return_free_memory();
    }

    fn exec_ended(&mut self, id: u64, code: i32) {
        self.hear_exec(id, true);
        let Some(mut exec) = self.execs.remove(&id) else {
            return;
        };
        exec.exit = Some(code);
        if exec.failure.is_none() {
            self.answer(id, &Reply::Exited(code), &[]);
        }
    }

    fn announce(&mut self, record: &Record) {
        let reply = Reply::Changed(Box::new(record.clone()));
        let subscribed = self.connections.iter().filter(|(_, c)| c.subscribed);
        for id in subscribed.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.answer(id, &reply, &[]);
        }
    }

    /// Kills all processes of a container. Those in a PID namespace of their own go with its
    /// first process; elsewhere the cgroup names them, and who forks meanwhile is met again.
    fn kill_everyone(&self, id: &str) {
        const ROUNDS_MAX: usize = 1000;
        let Some(container) = self.containers.get(id) else {
            return;
        };
        if container.is_running() && container.record.pid > 0 {
            let pid = nix::unistd::Pid::from_raw(container.record.pid);
            let _ = nix::sys::signal::kill(pid, Signal::SIGKILL);
        }
        if container.pid_mode == PidMode::Own {
            return;
        }
        for _ in 0..ROUNDS_MAX {
            let cgroups = &self.config.cgroups;
            let others = cgroups.processes(&container.cgroup);
            if others.iter().all(|pid| *pid == container.record.pid) {
                return;
            }
            cgroups.kill(&container.cgroup);
        }
    }
}

fn kill_group(pid: i32) {
    if pid > 1 {
        let pid = nix::unistd::Pid::from_raw(pid);
        let _ = nix::sys::signal::killpg(pid, Signal::SIGKILL);
        let _ = nix::sys::signal::kill(pid, Signal::SIGKILL);
    }
}

/// Begins a connection to a port of this network namespace. A refusal is told at once; what
/// takes longer goes on in the receiver's hands.
fn connect(port: u16) -> io::Result<OwnedFd> {
    let mut refused = None;
    for address in [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ] {
        match connect_to(SocketAddr::new(address, port)) {
            Ok(socket) => return Ok(socket),
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    Err(refused.unwrap_or_else(|| io::Error::other("no address")))
}

fn connect_to(address: SocketAddr) -> io::Result<OwnedFd> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType};
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    match rustix::net::connect(&socket, &address) {
        Ok(()) => return Ok(socket),
        Err(rustix::io::Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    let mut fds = [PollFd::new(&socket, PollFlags::OUT)];
    let soon = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    rustix::event::poll(&mut fds, Some(&soon))?;
    rustix::net::sockopt::socket_error(&socket)??;
    Ok(socket)
}
