//! `cargo xtask test`: the suites, each with its time, and one closing count.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{clients, corpus, fuzz, semver, setup, shell, tidy};

#[derive(clap::Args)]
pub struct Options {
    /// Only what a change must pass before it is committed (under five minutes).
    #[arg(long)]
    quick: bool,
    /// Which suites to run; all when none is named.
    suites: Vec<String>,
}

/// What a suite counted.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

struct Suite {
    name: &'static str,
    /// Runs with `--quick` too.
    quick: bool,
    run: fn(&Options) -> Result<Count>,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "lint",
        quick: false,
        run: lint,
    },
    Suite {
        name: "build",
        quick: true,
        run: build,
    },
    Suite {
        name: "unit",
        quick: true,
        run: unit,
    },
    Suite {
        name: "docs",
        quick: false,
        run: docs,
    },
    Suite {
        name: "corpus",
        quick: true,
        run: |options| corpus::run(options.quick),
    },
    Suite {
        name: "clients",
        quick: false,
        run: |_| clients::run(),
    },
    Suite {
        name: "fuzz",
        quick: false,
        run: |_| fuzz::run(),
    },
    Suite {
        name: "e2e",
        quick: false,
        run: e2e,
    },
];

pub fn run(options: &Options) -> Result<()> {
    for name in &options.suites {
        if !SUITES.iter().any(|suite| suite.name == name) {
            let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
            bail!("no suite is called {name}; there are {}", known.join(", "));
        }
    }
    setup::run()?;
    let mut total = Count::default();
    let mut times: Vec<(&str, Duration, Count)> = Vec::new();
    for suite in SUITES {
        let wanted = if options.suites.is_empty() {
            !options.quick || suite.quick
        } else {
            options.suites.iter().any(|name| name == suite.name)
        };
        if !wanted {
            continue;
        }
        println!("\n== {}", suite.name);
        let start = Instant::now();
        let count = (suite.run)(options).unwrap_or_else(|error| {
            println!("{}: {error:#}", suite.name);
            Count {
                passed: 0,
                failed: 1,
            }
        });
        times.push((suite.name, start.elapsed(), count));
        total.passed += count.passed;
        total.failed += count.failed;
    }
    println!();
    for (name, time, count) in &times {
        println!(
            "{name:<10} {:>6.1} s  {} passed, {} failed",
            time.as_secs_f64(),
            count.passed,
            count.failed
        );
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        bail!("{} failed", total.failed);
    }
    Ok(())
}

/// One check that either passes or fails whole.
fn whole(result: Result<()>) -> Result<Count> {
    result.map(|()| Count {
        passed: 1,
        failed: 0,
    })
}

fn lint(_: &Options) -> Result<Count> {
    whole(
        tidy::run()
            .and_then(|()| shell::run("cargo", &["fmt", "--all", "--check"]))
            .and_then(|()| {
                shell::run(
                    "cargo",
                    &[
                        "clippy",
                        "--quiet",
                        "--workspace",
                        "--all-targets",
                        "--",
                        "-D",
                        "warnings",
                    ],
                )
            }),
    )
}

fn build(_: &Options) -> Result<Count> {
    whole(shell::run(
        "cargo",
        &["build", "--workspace", "--all-targets"],
    ))
}

fn unit(_: &Options) -> Result<Count> {
    cargo_test(&[
        "test",
        "--workspace",
        "--exclude",
        "skeg-e2e",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
    ])
}

/// The programs in the documentation run, it builds without a warning, and what the published
/// crates offer is what is written down.
fn docs(_: &Options) -> Result<Count> {
    semver::run(&semver::Options::default())?;
    let count = cargo_test(&["test", "--workspace", "--doc", "--no-fail-fast"])?;
    let flags = "RUSTDOCFLAGS=-D warnings";
    shell::run("env", &[flags, "cargo", "doc", "--workspace", "--no-deps"])?;
    Ok(count)
}

/// Real kubectl and real containers. Two clusters at a time are what two cores bear.
fn e2e(_: &Options) -> Result<Count> {
    cargo_test(&[
        "test",
        "-p",
        "skeg-e2e",
        "--no-fail-fast",
        "--",
        "--test-threads=2",
    ])
}

/// Runs cargo's test runner and counts what it says.
fn cargo_test(args: &[&str]) -> Result<Count> {
    let (ok, output) = shell::tee("cargo", args)?;
    let mut count = cargo_count(&output);
    if !ok && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Adds up the closing lines of cargo's test runner.
pub fn cargo_count(output: &str) -> Count {
    let mut count = Count::default();
    for line in output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: "))
    {
        let mut words = line.split_whitespace().peekable();
        while let Some(word) = words.next() {
            match (word.parse::<u64>(), words.peek()) {
                (Ok(n), Some(&"passed;")) => count.passed += n,
                (Ok(n), Some(&"failed;")) => count.failed += n,
                _ => {}
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up() {
        let count = cargo_count(
            "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored",
        );
        assert_eq!((count.passed, count.failed), (15, 2));
    }
}
