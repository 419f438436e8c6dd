//! Suite `fuzz`: bad bytes for every decoder in process (`tests/fuzz`), then bad
//! requests, and bytes that are none, against a running server.
//!
//! The latter passes when the server then still answers, has not panicked, and has not
//! grown without bound. Answers of 500 are shown, for somebody to judge: upstream
//! too gives some, to a bad strategic patch for one. `SKEG_FUZZ_SEED` repeats a
//! run, `SKEG_FUZZ_SECONDS` makes it longer or shorter.

#[path = "../../../tests/fuzz/src/mutate.rs"]
mod mutate;
mod requests;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use crate::http::{Address, Connection};
use crate::server::Server;
use crate::shell;
use crate::test::Count;
use mutate::{Random, mutate};

/// Threads that send requests over TLS; one more sends garbage to the port.
const SENDERS: u64 = 3;
/// How much more memory the server may hold at the end than after the first requests.
const GROWTH_MAX_KIB: u64 = 256 << 10;
/// How long one answer may take; watches are asked to end before.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many answers of the server's own fault are shown.
const SHOWN: usize = 10;

/// What came of it.
#[derive(Default)]
struct Outcome {
    answers: Mutex<BTreeMap<u16, u64>>,
    /// Requests whose connection ended without an answer, which bad HTTP rightly does.
    closed: AtomicU64,
    garbage: AtomicU64,
    /// Requests that were answered with 500.
    faults: Mutex<Vec<String>>,
}

pub fn run() -> Result<Count> {
    let seed = number("SKEG_FUZZ_SEED")?.unwrap_or_else(|| {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| since.as_nanos() as u64)
    });
    let time = Duration::from_secs(number("SKEG_FUZZ_SECONDS")?.unwrap_or(30));
    println!(
        "seed {seed}, {} s (SKEG_FUZZ_SEED, SKEG_FUZZ_SECONDS)",
        time.as_secs()
    );
    let mut checks = Checks {
        count: decoders(seed, time)?,
    };
    let mut server = Server::started("debug", &["--roles", "apiserver"])?;
    let address = server.address()?;
    let outcome = Outcome::default();
    // Caches and pools fill in the first second, which is no growth.
    attack(&address, seed, Duration::from_secs(1).min(time), &outcome)?;
    let before = resident(&server)?;
    attack(&address, seed.wrapping_add(1), time, &outcome)?;
    let after = resident(&server);
    report(&outcome);
    checks.hold(
        "the server runs",
        server
            .ended()?
            .map(|status| format!("it ended with {status}")),
    );
    checks.hold(
        "/readyz is ok",
        match address.get("/readyz") {
            Ok(answer) if answer.body == b"ok" => None,
            Ok(answer) => Some(format!(
                "it answers {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            )),
            Err(error) => Some(format!("{error:#}")),
        },
    );
    let log = server.log();
    checks.hold(
        "nothing has panicked",
        log.lines()
            .find(|line| line.contains("panicked"))
            .map(|line| line.chars().take(600).collect()),
    );
    let after = after?;
    println!(
        "memory: {} MiB before, {} MiB after",
        before >> 10,
        after >> 10
    );
    checks.hold(
        "memory is bounded",
        (after > before + GROWTH_MAX_KIB)
            .then(|| format!("it grew by {} MiB", (after - before) >> 10)),
    );
    if checks.count.failed > 0 {
        let path = shell::scratch("fuzz")?.join("server.log");
        std::fs::write(&path, log)?;
        println!("the server's log is in {}", path.display());
    }
    Ok(checks.count)
}

/// Feeds the decoders; each prints a line of its own.
fn decoders(seed: u64, time: Duration) -> Result<Count> {
    let (_, text) = shell::tee(
        "cargo",
        &[
            "run",
            "--quiet",
            "--package",
            "skeg-fuzz",
            "--",
            "--seed",
            &seed.to_string(),
            "--seconds",
            &time.as_secs().to_string(),
            "--out",
            &shell::scratch("fuzz")?.to_string_lossy(),
        ],
    )?;
    let lines = |word: &str| text.lines().filter(|line| line.starts_with(word)).count() as u64;
    let count = Count {
        passed: lines("ok "),
        failed: lines("FAIL "),
    };
    ensure!(count.passed + count.failed > 0, "no decoder was tried");
    Ok(count)
}

struct Checks {
    count: Count,
}

impl Checks {
    fn hold(&mut self, what: &str, fault: Option<String>) {
        match fault {
            None => self.count.passed += 1,
            Some(why) => {
                println!("FAIL {what}: {why}");
                self.count.failed += 1;
            }
        }
    }
}

fn number(variable: &str) -> Result<Option<u64>> {
    std::env::var(variable)
        .ok()
        .map(|text| {
            text.parse()
                .with_context(|| format!("{variable} is not a number"))
        })
        .transpose()
}

fn resident(server: &Server) -> Result<u64> {
    let pid = server.pid().context("the server does not run")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .context("the server has no resident memory")
}

fn report(outcome: &Outcome) {
    let answers = outcome
        .answers
        .lock()
        .map(|answers| answers.clone())
        .unwrap_or_default();
    let counted: Vec<String> = answers
        .iter()
        .map(|(status, n)| format!("{status}×{n}"))
        .collect();
    println!(
        "{} requests answered ({}), {} closed, {} pieces of garbage",
        answers.values().sum::<u64>(),
        counted.join(" "),
        outcome.closed.load(Ordering::Relaxed),
        outcome.garbage.load(Ordering::Relaxed)
    );
    if let Ok(faults) = outcome.faults.lock() {
        faults
            .iter()
            .take(SHOWN)
            .for_each(|fault| println!("500: {fault}"));
    }
}

fn attack(address: &Address, seed: u64, time: Duration, outcome: &Outcome) -> Result<()> {
    let end = Instant::now() + time;
    let protobuf = requests::protobuf_bodies(address)?;
    std::thread::scope(|scope| {
        for index in 0..SENDERS {
            let mut random = Random(seed.wrapping_mul(SENDERS + 1).wrapping_add(index));
            let protobuf = &protobuf;
            scope.spawn(move || {
                let mut connection = None;
                while Instant::now() < end {
                    let request = requests::make(&mut random, protobuf);
                    one(address, &mut connection, &request, outcome);
                }
            });
        }
        let mut random = Random(seed.wrapping_mul(SENDERS + 1).wrapping_add(SENDERS));
        scope.spawn(move || {
            while Instant::now() < end {
                garbage(address, &mut random);
                outcome.garbage.fetch_add(1, Ordering::Relaxed);
            }
        });
    });
    ensure!(
        outcome
            .answers
            .lock()
            .is_ok_and(|answers| !answers.is_empty()),
        "the server answered nothing"
    );
    Ok(())
}

/// Sends one request, on the open connection if there is one.
fn one(address: &Address, kept: &mut Option<Connection>, request: &[u8], outcome: &Outcome) {
    let answer = kept
        .take()
        .map_or_else(|| address.connect(PATIENCE), Ok)
        .and_then(|mut connection| {
            connection.raw(request)?;
            let answer = connection.answer()?;
            Ok((connection, answer))
        });
    let Ok((connection, answer)) = answer else {
        outcome.closed.fetch_add(1, Ordering::Relaxed);
        return;
    };
    if let Ok(mut answers) = outcome.answers.lock() {
        *answers.entry(answer.status).or_default() += 1;
    }
    if answer.status == 500
        && let Ok(mut faults) = outcome.faults.lock()
        && faults.len() < SHOWN
    {
        let clip = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .chars()
                .take(700)
                .collect::<String>()
                .escape_debug()
                .to_string()
        };
        faults.push(format!("{}\n     -> {}", clip(request), clip(&answer.body)));
    }
    // After a broken request nobody knows where the next begins: only some connections are kept.
    if (200..400).contains(&answer.status) {
        *kept = Some(connection);
    }
}

/// Sends to the bare port what is not TLS, or no longer is.
fn garbage(address: &Address, random: &mut Random) {
    let Ok(mut stream) = TcpStream::connect_timeout(&address.socket, PATIENCE) else {
        return;
    };
    let mut bytes = match random.below(4) {
        0 => b"GET /readyz HTTP/1.1\r\nHost: skeg\r\n\r\n".to_vec(),
        1 => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec(),
        // The beginning of a ClientHello.
        2 => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        _ => Vec::new(),
    };
    for _ in 0..random.below(2_000) {
        bytes.push(random.next() as u8);
    }
    mutate(random, &mut bytes);
    let sent = stream.write_all(&bytes);
    if sent.is_ok() && random.one_in(2) {
        drop(stream.shutdown(Shutdown::Write));
        drop(stream.set_read_timeout(Some(Duration::from_millis(200))));
        drop(stream.read(&mut [0; 512]));
    }
}
