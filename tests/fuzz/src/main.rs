//! Bad bytes for every decoder and parser, in process.
//!
//! Each target takes bytes and must give an answer: not panic, not take long,
//! not hold much. It is fed from its corpus (`corpus/TARGET/*`, every file a
//! seed, what once broke it among them), changed at random, and once with
//! endless repetitions of what its grammar nests and lists, on which anything
//! quadratic shows. An input that breaks a target is written to the folder
//! given by `--out`, to be put into the corpus with its mend.
//!
//! `skeg-fuzz [--seconds N] [--seed N] [--out DIR] [--only TARGET]`

mod mutate;
mod server;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use mutate::{Random, mutate};
use targets::Target;

/// What a mutated input may grow to.
const INPUT_MAX: usize = 64 << 10;
/// How long one such input may take, on a busy machine and without optimisation.
const INPUT_TIME: Duration = Duration::from_secs(10);
/// Length of an input that repeats itself.
const LONG_LEN: usize = 1 << 20;
/// How long one of those may take: quadratic work on a million of anything takes hours.
const LONG_TIME: Duration = Duration::from_secs(30);
/// What the process may hold at its peak.
const PEAK_MAX_KIB: u64 = 1 << 20;

struct Options {
    seconds: u64,
    seed: u64,
    out: PathBuf,
    only: Option<String>,
}

fn options() -> Result<Options> {
    let mut options = Options {
        seconds: 20,
        seed: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| since.as_nanos() as u64),
        out: std::env::temp_dir(),
        only: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{flag} wants a value"))?;
        match flag.as_str() {
            "--seconds" => options.seconds = value.parse().context("--seconds")?,
            "--seed" => options.seed = value.parse().context("--seed")?,
            "--out" => options.out = value.into(),
            "--only" => options.only = Some(value),
            _ => bail!("unknown flag {flag}; known are --seconds, --seed, --out and --only"),
        }
    }
    Ok(options)
}

fn main() -> Result<ExitCode> {
    let options = options()?;
    let all = targets::all()?;
    let chosen: Vec<&Target> = all
        .iter()
        .filter(|target| {
            options
                .only
                .as_deref()
                .is_none_or(|only| only == target.name)
        })
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = all.iter().map(|target| target.name).collect();
        bail!("no such target; there are {}", names.join(", "));
    }
    println!(
        "seed {}, {} s for {} targets",
        options.seed,
        options.seconds,
        chosen.len()
    );
    watch_over(options.out.clone());
    let share = Duration::from_secs(options.seconds) / chosen.len() as u32;
    let mut failed = 0;
    for target in &chosen {
        let outcome = attack(target, options.seed, share);
        match &outcome {
            Ok(report) => println!("ok {}: {report}", target.name),
            Err(broken) => {
                failed += 1;
                let path = keep(&options.out, target.name, &broken.input)?;
                println!("FAIL {}: {}; {}", target.name, broken.why, path.display());
            }
        }
    }
    let peak = peak_kib()?;
    let bounded = peak <= PEAK_MAX_KIB;
    println!(
        "{} memory: {} MiB at the peak",
        if bounded { "ok" } else { "FAIL" },
        peak >> 10
    );
    failed += usize::from(!bounded);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

struct Broken {
    why: String,
    input: Vec<u8>,
}

fn attack(target: &Target, seed: u64, time: Duration) -> Result<String, Broken> {
    let seeds = target.seeds();
    let mut count = 0u64;
    let mut slowest = Duration::ZERO;
    for input in seeds {
        one(target, input, INPUT_TIME)?;
    }
    for pattern in target.patterns {
        let mut long = pattern.opening.as_bytes().to_vec();
        while long.len() < LONG_LEN {
            long.extend_from_slice(pattern.repeated.as_bytes());
        }
        long.extend_from_slice(pattern.closing.as_bytes());
        let took = one(target, &long, LONG_TIME)?;
        slowest = slowest.max(took);
    }
    let long = slowest;
    slowest = Duration::ZERO;
    let end = Instant::now() + time;
    let mut random = Random(seed);
    while Instant::now() < end {
        let mut input = seeds[random.below(seeds.len())].clone();
        mutate(&mut random, &mut input);
        input.truncate(INPUT_MAX);
        slowest = slowest.max(one(target, &input, INPUT_TIME)?);
        count += 1;
    }
    Ok(format!(
        "{count} inputs of {} seeds, the slowest {} ms; of 1 MiB {} ms",
        seeds.len(),
        slowest.as_millis(),
        long.as_millis()
    ))
}

/// What is being tried, since when.
static TRIED: Mutex<Option<(&'static str, Vec<u8>, Instant)>> = Mutex::new(None);

/// Ends the process when an input never comes to an end.
fn watch_over(out: PathBuf) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(LONG_TIME / 10);
            let Ok(tried) = TRIED.lock() else { return };
            let Some((name, input, started)) = &*tried else {
                continue;
            };
            if started.elapsed() > LONG_TIME * 2 {
                let place = match keep(&out, name, input) {
                    Ok(path) => path.display().to_string(),
                    Err(error) => format!("{error:#}"),
                };
                println!("FAIL {name}: it has not ended; {place}");
                std::process::exit(1);
            }
        }
    });
}

/// Runs one input.
fn one(target: &Target, input: &[u8], patience: Duration) -> Result<Duration, Broken> {
    let started = Instant::now();
    if let Ok(mut tried) = TRIED.lock() {
        *tried = Some((target.name, input.to_vec(), started));
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let took = started.elapsed();
    let why = match outcome {
        Err(_) => "it panics".to_owned(),
        Ok(Err(why)) => why,
        Ok(Ok(())) if took > patience => format!("it takes {} ms", took.as_millis()),
        Ok(Ok(())) => return Ok(took),
    };
    Err(Broken {
        why,
        input: input.to_vec(),
    })
}

/// Writes down what broke a target.
fn keep(out: &Path, target: &str, input: &[u8]) -> Result<PathBuf> {
    std::fs::create_dir_all(out).with_context(|| format!("create {}", out.display()))?;
    let path = out.join(format!("{target}-{}", input.len()));
    std::fs::write(&path, input).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}

/// The most memory that the process has held.
fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .context("the system does not tell the peak of memory")
}
