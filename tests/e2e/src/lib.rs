//! What the end-to-end tests share: a cluster of their own, and kubectl on it.
//!
//! Each test starts its own `skeg up` in a temporary folder, on a free port and
//! in address ranges of its own, and removes everything it made with
//! `skeg reset`, also when it fails.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use serde_json::Value;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The binary under test: `SKEG_BIN`, or the debug build.
#[must_use]
pub fn skeg() -> PathBuf {
    std::env::var_os("SKEG_BIN").map_or_else(
        || root().join("target/x86_64-unknown-linux-gnu/debug/skeg"),
        PathBuf::from,
    )
}

/// kubectl as `tests/tools` builds it.
#[must_use]
pub fn kubectl_program() -> PathBuf {
    root().join("tests/tools/bin/kubectl")
}

/// Whether containers can be run here. Prints why not.
#[must_use]
pub fn can_run_containers() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        println!("skipped: containers need root");
    }
    root
}

/// Calls `probe` until it gives a value, or fails with what it said last.
///
/// # Errors
/// After [`PATIENCE`], the last error of the probe.
pub fn eventually<T>(what: &str, mut probe: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match probe() {
            Ok(value) => return Ok(value),
            Err(error) if start.elapsed() > PATIENCE => {
                return Err(error.context(format!("{what}: not after {} s", PATIENCE.as_secs())));
            }
            // The probe runs programs; this pause only keeps them from taking the CPU of what they wait for.
            Err(_) => std::thread::park_timeout(Duration::from_millis(100)),
        }
    }
}

/// Counts the clusters of this process.
static NEXT_RANGE: AtomicU8 = AtomicU8::new(0);

/// The service range and the pod range of a cluster: apart from those of the
/// other clusters of this process, and likely from those of other processes.
fn ranges(number: u8) -> (String, String) {
    let slot = (std::process::id() + u32::from(number / 16)) % 50;
    let third = u32::from(number % 16) * 16;
    (
        format!("10.{}.{third}.0/20", 96 + slot),
        format!("10.{}.{third}.0/20", 150 + slot),
    )
}

/// A running `skeg up` and its folder.
pub struct Cluster {
    /// The data folder.
    pub dir: tempfile::TempDir,
    /// The port of the API server on 127.0.0.1.
    pub port: u16,
    args: Vec<String>,
    child: Option<Child>,
    own_disk: bool,
}

impl Cluster {
    /// Starts a whole cluster and waits until its node is ready.
    ///
    /// # Errors
    /// When skeg ends or is not ready in time; the error holds its log.
    pub fn with_node() -> Result<Self> {
        let cluster = Self::start(&[])?;
        cluster.wait_for_node()?;
        Ok(cluster)
    }

    /// Waits until the node is ready; the API server is before it has registered.
    ///
    /// # Errors
    /// When it never is.
    pub fn wait_for_node(&self) -> Result<()> {
        eventually("the node is ready", || {
            self.kubectl(&[
                "wait",
                "--for=condition=Ready",
                "node",
                "--all",
                "--timeout=60s",
            ])
        })
        .map(drop)
    }

    /// Starts the control plane alone.
    ///
    /// # Errors
    /// When skeg ends or is not ready in time.
    pub fn without_node() -> Result<Self> {
        Self::start(&["--no-node"])
    }

    /// Starts `skeg up` with further arguments.
    ///
    /// # Errors
    /// When skeg ends or is not ready in time.
    pub fn start(more: &[&str]) -> Result<Self> {
        let mut cluster = Self::new(more)?;
        cluster.up()?;
        Ok(cluster)
    }

    /// Chooses a folder, a port and address ranges. Nothing runs yet.
    ///
    /// # Errors
    /// When there is no folder or port to be had.
    pub fn new(more: &[&str]) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("skeg-e2e-").tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let number = NEXT_RANGE.fetch_add(1, Ordering::Relaxed);
        let (service_cidr, pod_cidr) = ranges(number);
        let mut args: Vec<String> = vec![
            "--listen".into(),
            format!("127.0.0.1:{port}"),
            "--service-cidr".into(),
            service_cidr,
            "--pod-cidr".into(),
            pod_cidr,
            "--node-name".into(),
            format!("node-{number}"),
        ];
        args.extend(more.iter().map(ToString::to_string));
        Ok(Self {
            dir,
            port,
            args,
            child: None,
            own_disk: false,
        })
    }

    /// Puts the data folder on a small disk of its own, which goes with the cluster.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn on_small_disk(&mut self, mebibytes: u32) -> Result<()> {
        std::fs::create_dir_all(self.data())?;
        let size = format!("size={mebibytes}m");
        mount(
            Some("small"),
            &self.data(),
            Some("tmpfs"),
            MsFlags::empty(),
            Some(size.as_str()),
        )
        .context("mount a tmpfs")?;
        self.own_disk = true;
        Ok(())
    }

    /// The service range, the pod range and the node's name.
    #[must_use]
    pub fn ranges(&self) -> (String, String, String) {
        let of = |flag: &str| {
            let at = self.args.iter().position(|arg| arg == flag);
            at.and_then(|at| self.args.get(at + 1))
                .cloned()
                .unwrap_or_default()
        };
        (of("--service-cidr"), of("--pod-cidr"), of("--node-name"))
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Starts skeg (again) in the foreground of a child process, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time.
    pub fn up(&mut self) -> Result<()> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_path())?;
        let child = Command::new(skeg())
            .arg("up")
            .arg("--data-dir")
            .arg(self.data())
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {}", skeg().display()))?;
        let pid = child.id();
        self.child = Some(child);
        let start = Instant::now();
        let mut ended = None;
        eventually("skeg is ready", || {
            if let Some(child) = &mut self.child
                && ended.is_none()
            {
                ended = child.try_wait()?;
            }
            if ended.is_some() {
                // Nothing is left to wait for.
                return Ok(());
            }
            let out = self.kubectl_raw(&["get", "--raw", "/readyz"])?;
            ensure!(
                out.status.success(),
                "readyz: {}{}",
                text(&out.stdout),
                text(&out.stderr)
            );
            Ok(())
        })
        .and_then(|()| match ended {
            Some(status) => bail!("it ended with {status} after {:?}", start.elapsed()),
            None => Ok(()),
        })
        .with_context(|| format!("skeg (process {pid}) said:\n{}", self.log()))
    }

    /// Starts skeg, which must refuse; gives what it said.
    ///
    /// # Errors
    /// When it goes on running.
    pub fn up_refused(&self) -> Result<String> {
        let mut command = Command::new(skeg());
        command
            .arg("up")
            .arg("--data-dir")
            .arg(self.data())
            .args(&self.args);
        refused(command)
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("skeg.log")
    }

    /// What skeg has printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Sends skeg a signal and waits for its end; says how long that took.
    ///
    /// # Errors
    /// When it is not running or does not end.
    pub fn end(&mut self, signal: nix::sys::signal::Signal) -> Result<Duration> {
        let mut child = self.child.take().context("skeg is not running")?;
        let start = Instant::now();
        let pid = nix::unistd::Pid::from_raw(child.id().try_into()?);
        nix::sys::signal::kill(pid, signal)?;
        child.wait()?;
        Ok(start.elapsed())
    }

    /// The process id of skeg.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Runs `skeg ARGS --data-dir …`.
    ///
    /// # Errors
    /// When it fails; the error holds what it printed.
    pub fn skeg(&self, args: &[&str]) -> Result<String> {
        let out = Command::new(skeg())
            .args(args)
            .arg("--data-dir")
            .arg(self.data())
            .stdin(Stdio::null())
            .output()?;
        printed(args, &out)
    }

    /// A kubectl command for this cluster, not started yet.
    #[must_use]
    pub fn kubectl_command(&self) -> Command {
        let mut command = Command::new(kubectl_program());
        command
            .env("KUBECONFIG", self.data().join("admin.kubeconfig"))
            .env("HOME", self.dir.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs kubectl and gives its whole result.
    ///
    /// # Errors
    /// When kubectl cannot be started.
    pub fn kubectl_raw(&self, args: &[&str]) -> Result<Output> {
        self.kubectl_command()
            .args(args)
            .output()
            .context("start kubectl")
    }

    /// Runs kubectl, which must succeed, and gives what it printed.
    ///
    /// # Errors
    /// When it fails; the error holds what it printed, and what the cluster tells of its
    /// pods if they were waited for.
    pub fn kubectl(&self, args: &[&str]) -> Result<String> {
        let done = printed(args, &self.kubectl_raw(args)?);
        match args.first() {
            Some(&("wait" | "rollout")) => {
                done.map_err(|error| anyhow::anyhow!("{error}\n{}", self.account()))
            }
            _ => done,
        }
    }

    /// What the cluster tells of its nodes and pods, for whoever has waited in vain.
    fn account(&self) -> String {
        let tell = |args: &[&str]| match self.kubectl_raw(args) {
            Ok(out) => [text(&out.stdout), text(&out.stderr)].concat(),
            Err(error) => error.to_string(),
        };
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        [
            tell(&["describe", "nodes"]),
            tell(&["get", "pods", "-A", "-o", "wide"]),
            tell(&["events", "-A"]),
            lines[lines.len().saturating_sub(30)..].join("\n"),
        ]
        .join("\n")
    }

    /// Applies a manifest.
    ///
    /// # Errors
    /// When kubectl fails.
    pub fn apply(&self, manifest: &str) -> Result<String> {
        let file = self.dir.path().join("manifest.yaml");
        std::fs::write(&file, manifest)?;
        let file = file.to_string_lossy();
        self.kubectl(&["apply", "-f", &file])
    }

    /// Gets an object as JSON.
    ///
    /// # Errors
    /// When kubectl fails.
    pub fn get(&self, args: &[&str]) -> Result<Value> {
        let mut all = vec!["get", "-o", "json"];
        all.extend(args);
        Ok(serde_json::from_str(&self.kubectl(&all)?)?)
    }

    /// The log of a pod's only container once it holds `expect`.
    ///
    /// # Errors
    /// When it never does.
    pub fn log_with(&self, pod: &str, expect: &str) -> Result<String> {
        eventually(&format!("the log of {pod} holds {expect:?}"), || {
            let log = self.kubectl(&["logs", pod])?;
            ensure!(log.contains(expect), "{log}");
            Ok(log)
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("--- skeg printed:\n{}", self.log());
        }
        // Best effort in a drop: the next test does not depend on it.
        drop(self.skeg(&["reset", "--yes"]));
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
        if self.own_disk {
            let _ = umount2(&self.data(), MntFlags::MNT_DETACH);
        }
    }
}

/// Runs a program that must end with a failure soon; gives what it printed as errors.
///
/// # Errors
/// When it succeeds, or goes on for [`PATIENCE`].
pub fn refused(mut command: Command) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {command:?}"))?;
    let ended = eventually("it has refused", || {
        child.try_wait()?.context("it goes on running")
    });
    if ended.is_err() {
        drop(child.kill());
    }
    let out = child.wait_with_output()?;
    let said = text(&out.stderr);
    ensure!(!ended?.success(), "it succeeded:\n{said}");
    Ok(said)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn printed(args: &[&str], out: &Output) -> Result<String> {
    if !out.status.success() {
        bail!(
            "`{}` ended with {}:\n{}{}",
            args.join(" "),
            out.status,
            text(&out.stdout),
            text(&out.stderr)
        );
    }
    Ok(text(&out.stdout))
}
