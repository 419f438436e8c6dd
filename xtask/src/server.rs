//! A `skeg up` of one's own in a temporary folder, for suites and benchmarks.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http::{Address, Connection};
use crate::shell;

/// How long a server may take to become ready, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a starting server is asked whether it is ready.
const PROBE: Duration = Duration::from_millis(2);

/// The tokens that the recordings use: token, user, uid, groups.
const TOKENS: &str = "admin-token,admin,admin-uid,system:masters\n\
                      alice-token,alice,alice-uid,dev\n\
                      bob-token,bob,bob-uid\n";

/// The arguments of a server that is a node too; the ranges are rarely used ones.
pub const NODE: &[&str] = &[
    "--service-cidr",
    "10.237.0.0/16",
    "--pod-cidr",
    "10.238.0.0/16",
    "--node-name",
    "xtask-node",
];

/// A folder of a cluster, and the server that runs in it, if one does.
pub struct Server {
    program: PathBuf,
    dir: PathBuf,
    port: u16,
    args: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Makes the folder. Nothing runs yet.
    pub fn new(profile: &str, args: &[&str]) -> Result<Self> {
        let program = shell::binary(profile);
        if !program.is_file() {
            bail!("{} is not built", program.display());
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let dir = std::env::temp_dir().join(format!("skeg-xtask-{port}"));
        std::fs::create_dir_all(&dir)?;
        std::fs::write(dir.join("tokens.csv"), TOKENS)?;
        Ok(Self {
            program,
            dir,
            port,
            args: args.iter().map(ToString::to_string).collect(),
            child: None,
        })
    }

    /// Where the server answers.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Makes the folder, starts a server in it, and waits until it is ready.
    pub fn started(profile: &str, args: &[&str]) -> Result<Self> {
        let mut server = Self::new(profile, args)?;
        server.up()?;
        Ok(server)
    }

    /// Starts the server and says how long it took until `/readyz` answered `ok`.
    pub fn up(&mut self) -> Result<Duration> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())?;
        let begun = Instant::now();
        self.child = Some(
            Command::new(&self.program)
                .args(["up", "--listen", &format!("127.0.0.1:{}", self.port)])
                .arg("--data-dir")
                .arg(self.data())
                .arg("--token-auth-file")
                .arg(self.dir.join("tokens.csv"))
                .args(&self.args)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()
                .context("start skeg")?,
        );
        let mut connection = None;
        loop {
            if self.is_ready(&mut connection) {
                return Ok(begun.elapsed());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                self.child = None;
                bail!(
                    "skeg ended with {status} before it was ready:\n{}",
                    self.log()
                );
            }
            if begun.elapsed() > PATIENCE {
                bail!("skeg was not ready after {PATIENCE:?}:\n{}", self.log());
            }
            // Nothing can be waited for before the server listens.
            std::thread::sleep(PROBE);
        }
    }

    /// Asks on a connection that is kept between calls, and is lost when it fails.
    fn is_ready(&self, connection: &mut Option<Connection>) -> bool {
        let asked = connection
            .take()
            .map_or_else(|| self.connect(), Ok)
            .and_then(|mut open| {
                let answer = open.send("GET", "/readyz", b"")?;
                *connection = Some(open);
                Ok(answer)
            });
        asked.is_ok_and(|answer| answer.status == 200 && answer.body == b"ok")
    }

    /// Ends the server and waits until it has ended.
    pub fn down(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        shell::output("kill", &[&child.id().to_string()])?;
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                bail!("skeg did not end within {PATIENCE:?}");
            }
            std::thread::sleep(PROBE);
        }
        Ok(())
    }

    /// How the server ended, if it has.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?),
            None => Ok(None),
        }
    }

    /// Where the server listens, with the token of an administrator.
    pub fn address(&self) -> Result<Address> {
        let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        Address::new(socket, &self.data().join("pki/ca.crt"), "admin-token")
    }

    pub fn connect(&self) -> Result<Connection> {
        self.address()?.connect(Duration::from_secs(20))
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    pub fn kubeconfig(&self) -> PathBuf {
        self.data().join("admin.kubeconfig")
    }

    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("output.log")
    }

    /// All that the server has said.
    pub fn log(&self) -> String {
        let read = |path: &Path| {
            std::fs::read(path)
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .unwrap_or_default()
        };
        read(&self.log_path()) + &read(&self.data().join("logs/skeg.log"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Best effort: what is gone already needs no ending.
        if self.down().is_err() {
            println!("the server in {} would not end", self.dir.display());
        }
        if self.data().exists() {
            drop(
                Command::new(&self.program)
                    .args(["reset", "--yes", "--data-dir"])
                    .arg(self.data())
                    .stdin(Stdio::null())
                    .output(),
            );
        }
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

/// Whether this process is root, which a node must be.
pub fn is_root() -> bool {
    shell::output("id", &["-u"]).is_ok_and(|uid| uid.trim() == "0")
}
