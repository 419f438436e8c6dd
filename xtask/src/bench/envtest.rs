//! The assets of `skeg envtest`: from the start of `etcd` until the
//! `kube-apiserver` upon it answers `/readyz` with `ok`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Options, figure};
use crate::http::Address;
use crate::server::Server;
use crate::shell;

const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);
const PROBE: Duration = Duration::from_millis(2);
/// A tenth of what kube-apiserver 1.37.1 with etcd takes on such a machine (3 to 4 s).
const START_MS_MAX: f64 = 300.0;
/// What those two take.
const MEMORY_MIB_MAX: f64 = 320.0;

/// Measures, with the keys and certificates of a server that is there.
pub fn measure(options: &Options, server: &Server) -> Result<()> {
    let assets = shell::scratch("bench-envtest")?;
    let program = shell::binary(options.profile());
    let program = program.to_str().context("a path that is text")?;
    let folder = assets.to_str().context("a path that is text")?;
    shell::output(program, &["envtest", folder])?;
    let mut took = Vec::new();
    let mut memory: f64 = 0.0;
    for round in 0..ROUNDS {
        let data = assets.join(format!("data-{round}"));
        std::fs::create_dir_all(&data)?;
        let started = start(&assets, &data, server);
        drop(std::fs::remove_dir_all(&data));
        let (time, mib) = started?;
        took.push(time);
        memory = memory.max(mib);
    }
    figure::at_most(
        "envtest, etcd and kube-apiserver ready, p50",
        figure::quantile(&took, 0.5),
        START_MS_MAX,
        "ms",
    );
    figure::at_most("envtest, memory of both", memory, MEMORY_MIB_MAX, "MiB");
    Ok(())
}

/// A program that ends with its guard.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Best effort: what is gone already needs no ending.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Self)
            .with_context(|| format!("start {command:?}"))
    }

    fn check(&mut self, begun: Instant) -> Result<()> {
        if let Some(status) = self.0.try_wait()? {
            bail!("it ended with {status} before it was ready");
        }
        if begun.elapsed() > PATIENCE {
            bail!("it was not ready after {PATIENCE:?}");
        }
        std::thread::sleep(PROBE);
        Ok(())
    }

    fn memory_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.context("no VmRSS")?.trim().trim_end_matches(" kB");
        Ok(kib.parse::<f64>()? / 1024.0)
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts both as envtest does; says how long it took, and what they hold.
fn start(assets: &Path, data: &Path, server: &Server) -> Result<(Duration, f64)> {
    let (store_port, port) = (free_port()?, free_port()?);
    let pki = server.data().join("pki");
    let tokens = data.join("tokens.csv");
    std::fs::write(&tokens, "admin-token,admin,admin-uid,system:masters\n")?;
    let store_url = format!("http://127.0.0.1:{store_port}");
    let begun = Instant::now();
    let mut etcd = Running::start(
        Command::new(assets.join("etcd"))
            .arg("--data-dir")
            .arg(data.join("etcd"))
            .args([
                "--listen-peer-urls=http://localhost:0",
                "--unsafe-no-fsync=true",
            ])
            .arg(format!("--listen-client-urls={store_url}"))
            .arg(format!("--advertise-client-urls={store_url}")),
    )?;
    let store = SocketAddr::from((Ipv4Addr::LOCALHOST, store_port));
    while TcpStream::connect(store).is_err() {
        etcd.check(begun).context("etcd")?;
    }
    let file = |flag: &str, name: &str| format!("--{flag}={}", pki.join(name).display());
    let mut apiserver = Running::start(
        Command::new(assets.join("kube-apiserver"))
            .args([
                "--allow-privileged=true",
                "--authorization-mode=RBAC",
                "--bind-address=127.0.0.1",
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.0.0.0/24",
            ])
            .arg(format!("--etcd-servers={store_url}"))
            .arg(format!("--secure-port={port}"))
            .arg(format!(
                "--service-account-issuer=https://127.0.0.1:{port}/"
            ))
            .arg(format!("--token-auth-file={}", tokens.display()))
            .arg(format!("--cert-dir={}", data.display()))
            .arg(file("client-ca-file", "ca.crt"))
            .arg(file("tls-cert-file", "apiserver.crt"))
            .arg(file("tls-private-key-file", "apiserver.key"))
            .arg(file("service-account-key-file", "sa.pub"))
            .arg(file("service-account-signing-key-file", "sa.key")),
    )?;
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let address = Address::new(socket, &pki.join("ca.crt"), "admin-token")?;
    let is_ready = || {
        let answer = address.get("/readyz");
        answer.is_ok_and(|answer| answer.status == 200 && answer.body == b"ok")
    };
    while !is_ready() {
        apiserver.check(begun).context("kube-apiserver")?;
    }
    let took = begun.elapsed();
    Ok((took, etcd.memory_mib()? + apiserver.memory_mib()?))
}
