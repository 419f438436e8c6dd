//! How long a build from nothing takes, and which crates take the most of it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::figure;
use crate::shell;

const SHOWN: usize = 10;

pub fn run() -> Result<()> {
    let folder = shell::root().join("target/xtask/clean-build");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let path = folder.to_string_lossy().into_owned();
    let begun = Instant::now();
    shell::run(
        "cargo",
        &[
            "build",
            "--quiet",
            "--timings",
            "-p",
            "skeg",
            "--target-dir",
            &path,
        ],
    )?;
    let whole = begun.elapsed();
    figure::at_most("build from nothing", whole.as_secs_f64() / 60.0, 6.0, "min");
    let report = std::fs::read_to_string(folder.join("cargo-timings/cargo-timing.html"))
        .context("read cargo's report of times")?;
    let units = units(&report).context("cargo's report of times has no units")?;
    for (name, time) in units.iter().take(SHOWN) {
        figure::plain(&format!("  {name}"), time.as_secs_f64(), "s");
    }
    std::fs::remove_dir_all(&folder).context("remove the build")
}

/// The units of a report, the most expensive first.
fn units(report: &str) -> Option<Vec<(String, Duration)>> {
    let start = report.find("const UNIT_DATA = ")? + "const UNIT_DATA = ".len();
    let end = start + report[start..].find("\n];").map(|at| at + 2)?;
    let data: Value = serde_json::from_str(&report[start..end]).ok()?;
    let mut units: Vec<(String, Duration)> = data
        .as_array()?
        .iter()
        .filter_map(|unit| {
            let name = format!(
                "{} {}{}",
                unit["name"].as_str()?,
                unit["version"].as_str()?,
                unit["target"].as_str().unwrap_or_default()
            );
            Some((
                name,
                Duration::try_from_secs_f64(unit["duration"].as_f64()?).ok()?,
            ))
        })
        .collect();
    units.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read() {
        let report = "x\nconst UNIT_DATA = [\n  {\"name\":\"a\",\"version\":\"1\",\"target\":\"\",\"duration\":1.5},\n  \
                      {\"name\":\"b\",\"version\":\"2\",\"target\":\" lib\",\"duration\":2}\n];\nconst Y = [];";
        let names: Vec<String> = units(report)
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["b 2 lib", "a 1"]);
        assert!(units("nothing").is_none());
    }
}
