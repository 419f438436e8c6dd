//! How much expressions may cost, and how upstream says that one costs too much.

/// What one rule of a custom resource's schema may be estimated to cost.
pub const RULE_ESTIMATE_MAX: u64 = 10_000_000;
/// What all rules of a custom resource's schema may be estimated to cost.
pub const TOTAL_ESTIMATE_MAX: u64 = 100_000_000;
/// What one evaluation may cost.
pub const PER_CALL: u64 = 1_000_000;
/// What all evaluations of one object's rules, or of one policy, may cost.
pub const PER_VALIDATION: u64 = 10_000_000;
/// What the conditions of one webhook or policy may cost together.
pub const MATCH_CONDITIONS: u64 = 2_500_000;
/// The largest request, in bytes: what an unbounded value is thought to hold.
pub const MAX_REQUEST_BYTES: u64 = 3 * 1024 * 1024;

/// What upstream says of a cost that exceeds a limit: `what` is "estimated rule
/// cost" and the like. `None` when it does not exceed it.
#[must_use]
pub fn exceeds(what: &str, cost: u64, limit: u64) -> Option<String> {
    if cost <= limit {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a factor with few decimals")]
    let factor = cost as f64 / limit as f64;
    let factor = if factor > 100.0 {
        "more than 100x".to_owned()
    } else if factor < 1.5 {
        // One decimal could show as 1.0, which would not tell that it is more.
        format!("{factor:.6}x")
    } else {
        format!("{factor:.1}x")
    };
    Some(format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
    ))
}

/// A cost that is paid `times` times.
#[must_use]
pub fn times(cost: u64, times: u64) -> u64 {
    cost.saturating_mul(times)
}
