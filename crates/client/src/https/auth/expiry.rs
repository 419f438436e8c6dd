//! When credentials are to be replaced.

use std::time::Duration;

/// Credentials are replaced so long before they end, or a tenth of their life
/// where that is shorter.
const MARGIN_MAX: Duration = Duration::from_secs(60);

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}

/// When credentials that were had at one time and end at another are to be
/// replaced. Those that have already ended are to be replaced at once.
pub(super) fn replace_at(had: i64, ends: i64) -> i64 {
    let life = ends.saturating_sub(had).max(0);
    let margin = (life / 10).min(i64::try_from(MARGIN_MAX.as_secs()).unwrap_or(i64::MAX));
    ends.saturating_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_they_end() {
        assert_eq!(replace_at(1000, 1000 + 3600), 1000 + 3540);
        assert_eq!(replace_at(1000, 1100), 1090);
        assert_eq!(replace_at(1000, 900), 900);
    }
}
