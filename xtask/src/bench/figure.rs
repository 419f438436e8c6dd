//! Printing a figure beside its target.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static TARGETS: AtomicU32 = AtomicU32::new(0);
static MISSED: AtomicU32 = AtomicU32::new(0);

/// Prints a figure that should be at most `target`.
pub fn at_most(what: &str, figure: f64, target: f64, unit: &str) {
    TARGETS.fetch_add(1, Ordering::Relaxed);
    let verdict = if figure <= target {
        ""
    } else {
        MISSED.fetch_add(1, Ordering::Relaxed);
        "  MISSED"
    };
    println!("{what:<46} {figure:>9.2} {unit:<4} target ≤ {target} {unit}{verdict}");
}

/// Prints a figure that has no target.
pub fn plain(what: &str, figure: f64, unit: &str) {
    println!("{what:<46} {figure:>9.2} {unit}");
}

/// Says how many targets were held.
pub fn closing() {
    let targets = TARGETS.load(Ordering::Relaxed);
    if targets > 0 {
        println!(
            "\n{} of {targets} targets reached",
            targets - MISSED.load(Ordering::Relaxed)
        );
    }
}

/// The value below which this share of the samples lies; the largest for 1.
pub fn quantile(samples: &[Duration], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let at = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(at.saturating_sub(1))
        .map_or(f64::NAN, |sample| millis(*sample))
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples() {
        let samples: Vec<Duration> = (1..=20).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&samples, 0.5), 10.0);
        assert_eq!(quantile(&samples, 0.99), 20.0);
        assert_eq!(quantile(&samples, 1.0), 20.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
