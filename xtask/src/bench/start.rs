//! From the start of the process until `/readyz` answers `ok`.

use std::time::Duration;

use anyhow::Result;

use super::{Options, figure};
use crate::server::{self, Server};

const FIRST: usize = 5;
const LATER: usize = 10;

pub fn run(options: &Options) -> Result<()> {
    if server::is_root() {
        measure(options, "everything with a node", server::NODE)?;
    } else {
        println!("skipped: a node needs root");
    }
    measure(options, "without a node", &["--no-node"])?;
    measure(options, "API server alone", &["--roles", "apiserver"])
}

/// Starts in new folders, then again and again in one.
fn measure(options: &Options, what: &str, args: &[&str]) -> Result<()> {
    let mut first = Vec::new();
    let mut later: Vec<Duration> = Vec::new();
    for round in 0..FIRST {
        let mut server = Server::new(options.profile(), args)?;
        first.push(server.up()?);
        if round + 1 == FIRST {
            for _ in 0..LATER {
                server.down()?;
                later.push(server.up()?);
            }
        }
    }
    for (name, samples, target) in [
        ("first start", &first, 1_000.0),
        ("later start", &later, 300.0),
    ] {
        let name = format!("{name}, {what}");
        figure::at_most(
            &format!("{name}, p50"),
            figure::quantile(samples, 0.5),
            target,
            "ms",
        );
        figure::plain(
            &format!("{name}, slowest"),
            figure::quantile(samples, 1.0),
            "ms",
        );
    }
    Ok(())
}
