//! Durable compare-and-swap writes per second: the embedded store in this
//! process against etcd over gRPC, in turns, on the same disk.
//!
//! Each of the writers owns a key and overwrites it in a closed loop, expecting
//! the mod revision of its last write; a write counts when it is acknowledged,
//! which both stores do after they have synced it. etcd's writers run in a Go
//! program with etcd's own client, since gRPC is the only way to it.
//!
//! ```text
//! tests/tools/build.sh etcd etcd-load
//! cargo run --release -p skeg-store --example bench_store -- [--json] [--rounds N] [--dir DIR]
//! ```
//! Without etcd's binaries, or with `--alone`, it measures the embedded store
//! alone. `cargo xtask bench store` builds and runs both.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use skeg_store::{Embedded, Expect, Key, Options, Store};

/// What the embedded store has to be faster by.
const TARGET: f64 = 15.0;

struct Args {
    dir: PathBuf,
    etcd: Option<PathBuf>,
    etcd_load: Option<PathBuf>,
    writers: usize,
    value_bytes: usize,
    rounds: usize,
    seconds: f64,
    json: bool,
}

/// What one load did.
#[derive(Debug, Clone, Copy)]
struct Measured {
    writes_per_second: f64,
    p50_us: f64,
    p99_us: f64,
    /// Opening what the load left behind; embedded only.
    reopen_ms: Option<f64>,
}

fn main() -> ExitCode {
    match parse().and_then(|args| run(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_store: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn parse() -> Result<Args> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().unwrap_or(root);
    let tool = |name| Some(root.join("tests/tools/bin").join(name)).filter(|path| path.exists());
    let mut args = Args {
        // Not in the folder for temporary files, which may be memory.
        dir: root.join(format!("target/bench-store-{}", std::process::id())),
        etcd: tool("etcd"),
        etcd_load: tool("etcd-load"),
        writers: 64,
        value_bytes: 1024,
        rounds: 3,
        seconds: 4.0,
        json: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            "--dir" => args.dir = value()?.into(),
            "--etcd" => args.etcd = Some(value()?.into()),
            "--etcd-load" => args.etcd_load = Some(value()?.into()),
            "--alone" => args.etcd = None,
            "--writers" => args.writers = value()?.parse()?,
            "--value-bytes" => args.value_bytes = value()?.parse()?,
            "--rounds" => args.rounds = value()?.parse()?,
            "--seconds" => args.seconds = value()?.parse()?,
            "--json" => args.json = true,
            _ => bail!("unknown argument {word}"),
        }
    }
    ensure!(
        args.rounds > 0 && args.writers > 0,
        "there must be a round and a writer"
    );
    Ok(args)
}

fn run(args: &Args) -> Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..args.rounds {
        let dir = args.dir.join(round.to_string());
        ours.push(embedded(&dir.join("skeg"), args)?);
        if let (Some(etcd), Some(load)) = (&args.etcd, &args.etcd_load) {
            theirs.push(etcd_over_grpc(etcd, load, &dir.join("etcd"), args)?);
        }
        std::fs::remove_dir_all(&dir).ok();
    }
    std::fs::remove_dir(&args.dir).ok();

    let ours = median(ours);
    let theirs = (!theirs.is_empty()).then(|| median(theirs));
    if args.json {
        let side = |m: Measured| {
            serde_json::json!({
                "writes_per_second": m.writes_per_second.round(),
                "p50_us": m.p50_us.round(), "p99_us": m.p99_us.round(),
                "reopen_ms": m.reopen_ms.map(f64::round),
            })
        };
        let report = serde_json::json!({
            "writers": args.writers, "value_bytes": args.value_bytes, "rounds": args.rounds,
            "embedded": side(ours), "etcd": theirs.map(side),
            "ratio": theirs.map(|t| ours.writes_per_second / t.writes_per_second), "target": TARGET,
        });
        println!("{report}");
        return Ok(());
    }
    println!(
        "durable compare-and-swap writes, {} writers, values of {} bytes, median of {} rounds",
        args.writers, args.value_bytes, args.rounds
    );
    print_side("skeg embedded", "in process", ours);
    if let Some(reopen_ms) = ours.reopen_ms {
        println!("                opened again, with the history of that, in {reopen_ms:.0} ms");
    }
    if let Some(theirs) = theirs {
        print_side("etcd", "gRPC over loopback, etcd's Go client", theirs);
        let ratio = ours.writes_per_second / theirs.writes_per_second;
        let verdict = if ratio >= TARGET { "reached" } else { "MISSED" };
        println!("  ratio         {ratio:.1}x (target {TARGET}x: {verdict})");
    } else {
        println!("  etcd          not measured (tests/tools/build.sh etcd etcd-load builds it)");
    }
    Ok(())
}

fn print_side(name: &str, hop: &str, m: Measured) {
    println!(
        "  {name:<13} {:>9.0} writes/s   p50 {:>6.0} us   p99 {:>6.0} us   ({hop})",
        m.writes_per_second, m.p50_us, m.p99_us
    );
}

fn median(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|a, b| a.writes_per_second.total_cmp(&b.writes_per_second));
    rounds[rounds.len() / 2]
}

fn embedded(dir: &Path, args: &Args) -> Result<Measured> {
    let store: Arc<dyn Store> = Arc::new(Embedded::open(dir, Options::default())?);
    let runtime = tokio::runtime::Runtime::new()?;
    let start = Instant::now();
    let from = start + Duration::from_secs(1);
    let until = from + Duration::from_secs_f64(args.seconds);
    let writers: Vec<_> = (0..args.writers)
        .map(|id| runtime.spawn(write(store.clone(), id, args.value_bytes, from, until)))
        .collect();
    let mut latencies = Vec::new();
    for writer in writers {
        latencies.extend(runtime.block_on(writer)??);
    }
    runtime.block_on(store.close())?;
    drop(store);
    let began = Instant::now();
    drop(Embedded::open(dir, Options::default())?);
    let reopen_ms = Some(began.elapsed().as_secs_f64() * 1e3);
    latencies.sort_unstable();
    ensure!(!latencies.is_empty(), "no write was acknowledged");
    let at = |q: f64| latencies[(q * (latencies.len() - 1) as f64) as usize].as_secs_f64() * 1e6;
    Ok(Measured {
        writes_per_second: latencies.len() as f64 / args.seconds,
        p50_us: at(0.50),
        p99_us: at(0.99),
        reopen_ms,
    })
}

/// Overwrites one key until the end; how long each write took that ended
/// within the measurement.
async fn write(
    store: Arc<dyn Store>,
    id: usize,
    value_bytes: usize,
    from: Instant,
    until: Instant,
) -> Result<Vec<Duration>> {
    let key = Key::from(format!("/registry/configmaps/bench/writer-{id:03}"));
    let pattern: Vec<u8> = (0..value_bytes)
        .map(|i| b'a' + ((i + id) % 26) as u8)
        .collect();
    let mut latencies = Vec::new();
    let mut revision = 0;
    for n in 0u64.. {
        let mut value = pattern.clone();
        let counter = format!("{n:016}");
        let len = counter.len().min(value.len());
        value[..len].copy_from_slice(&counter.as_bytes()[..len]);
        let began = Instant::now();
        if began > until {
            break;
        }
        let expect = Expect::mod_revision(revision);
        revision = store
            .put_if(key.clone(), Bytes::from(value), expect, None)
            .await?;
        let ended = Instant::now();
        if ended > from && ended < until {
            latencies.push(ended - began);
        }
    }
    Ok(latencies)
}

fn etcd_over_grpc(etcd: &Path, load: &Path, dir: &Path, args: &Args) -> Result<Measured> {
    std::fs::create_dir_all(dir)?;
    let (client, peer) = (free_port()?, free_port()?);
    let server = Command::new(etcd)
        .arg("--data-dir")
        .arg(dir)
        .args([
            "--log-level",
            "fatal",
            "--listen-client-urls",
            &format!("http://127.0.0.1:{client}"),
        ])
        .args([
            "--advertise-client-urls",
            &format!("http://127.0.0.1:{client}"),
        ])
        .args(["--listen-peer-urls", &format!("http://127.0.0.1:{peer}")])
        .args([
            "--initial-advertise-peer-urls",
            &format!("http://127.0.0.1:{peer}"),
        ])
        .args([
            "--initial-cluster",
            &format!("default=http://127.0.0.1:{peer}"),
        ])
        // Neither compaction nor a quota shall disturb it.
        .args(["--quota-backend-bytes", "8589934592"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| {
            format!(
                "cannot start {} (tests/tools/build.sh builds it)",
                etcd.display()
            )
        })?;
    let _server = KillOnDrop(server);
    wait_for(client)?;
    let output = Command::new(load)
        .args(["--endpoint", &format!("127.0.0.1:{client}")])
        .args(["--writers", &args.writers.to_string()])
        .args(["--value-bytes", &args.value_bytes.to_string()])
        .args([
            "--warm-up",
            "1s",
            "--duration",
            &format!("{}s", args.seconds),
        ])
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", load.display()))?;
    ensure!(output.status.success(), "{} failed", load.display());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let field = |name: &str| report[name].as_f64().with_context(|| format!("no {name}"));
    Ok(Measured {
        writes_per_second: field("writes_per_second")?,
        p50_us: field("p50_us")?,
        p99_us: field("p99_us")?,
        reopen_ms: None,
    })
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn wait_for(port: u16) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(Instant::now() < deadline, "etcd did not start in 20 s");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

struct KillOnDrop(Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
