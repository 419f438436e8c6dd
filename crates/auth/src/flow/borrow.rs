//! How the server's seats are divided among the priority levels: what each is
//! given by its shares, and what they lend each other (KEP-1040, "Dispatching").

use std::time::Instant;

/// How strongly the demand of the past counts.
const SMOOTHING: f64 = 0.977;

/// Limits of a priority level in seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// By its shares.
    pub nominal: u32,
    /// What it keeps when others want all.
    pub lower: u32,
    /// What it may have at most.
    pub upper: u32,
}

impl Limits {
    /// `shares` of all levels' `shares_sum` of the server's `total` seats.
    pub(super) fn new(
        total: u32,
        shares: u32,
        shares_sum: u64,
        lendable_percent: u32,
        borrowing_percent: Option<u32>,
    ) -> Self {
        let nominal = if shares_sum == 0 {
            0
        } else {
            let seats = (u64::from(total) * u64::from(shares)).div_ceil(shares_sum);
            u32::try_from(seats).unwrap_or(u32::MAX)
        };
        let part = |percent: u32| {
            let seats = (f64::from(nominal) * f64::from(percent) / 100.0).round();
            seats.min(f64::from(u32::MAX / 4)) as u32
        };
        let borrowing = borrowing_percent.map_or(total, part);
        Self {
            nominal,
            lower: nominal - part(lendable_percent.min(100)),
            upper: nominal.saturating_add(borrowing),
        }
    }
}

/// The demand of a level over a period: average, spread and peak of a value
/// that changes in steps.
#[derive(Debug)]
pub(super) struct Demand {
    value: f64,
    since: Instant,
    begin: Instant,
    area: f64,
    squares: f64,
    peak: f64,
}

/// What a period was like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Period {
    pub average: f64,
    pub deviation: f64,
    pub peak: f64,
}

impl Demand {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            value: 0.0,
            since: now,
            begin: now,
            area: 0.0,
            squares: 0.0,
            peak: 0.0,
        }
    }

    pub(super) fn set(&mut self, value: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.since).as_secs_f64();
        self.area += self.value * passed;
        self.squares += self.value * self.value * passed;
        self.since = now;
        self.value = value;
        self.peak = self.peak.max(value);
    }

    /// Ends a period and begins the next.
    pub(super) fn take(&mut self, now: Instant) -> Period {
        self.set(self.value, now);
        let length = now.saturating_duration_since(self.begin).as_secs_f64();
        let average = if length > 0.0 {
            self.area / length
        } else {
            self.value
        };
        let variance = if length > 0.0 {
            (self.squares / length - average * average).max(0.0)
        } else {
            0.0
        };
        let period = Period {
            average,
            deviation: variance.sqrt(),
            peak: self.peak,
        };
        *self = Self {
            value: self.value,
            peak: self.value,
            ..Self::new(now)
        };
        period
    }
}

/// The demand that a level is taken to have.
pub(super) fn smoothed(before: f64, period: Period) -> f64 {
    let envelope = period.average + period.deviation;
    if before < envelope {
        envelope
    } else {
        SMOOTHING * before + (1.0 - SMOOTHING) * envelope
    }
}

/// A level that wants a part of what there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub limits: Limits,
    /// The peak of the last period.
    pub peak: f64,
    /// The smoothed demand.
    pub wanted: f64,
}

impl Claim {
    /// What it gets before any other gets more than this.
    fn floor(&self) -> f64 {
        f64::from(self.limits.lower).max(f64::from(self.limits.nominal).min(self.peak))
    }

    fn target(&self) -> f64 {
        self.floor().max(self.wanted)
    }

    fn at(&self, fraction: f64) -> f64 {
        let upper = f64::from(self.limits.upper).max(self.floor());
        (fraction * self.target()).clamp(self.floor(), upper)
    }
}

/// Divides `total` seats among the claims.
pub(super) fn divide(total: u32, claims: &[Claim]) -> Vec<u32> {
    let total = f64::from(total);
    let lower: f64 = claims.iter().map(|c| f64::from(c.limits.lower)).sum();
    let floors: f64 = claims.iter().map(Claim::floor).sum();
    let seats = |value: f64| value.round().max(0.0) as u32;
    if total <= lower {
        return claims.iter().map(|c| c.limits.lower).collect();
    }
    if total <= floors {
        let fraction = (total - lower) / (floors - lower);
        return claims
            .iter()
            .map(|c| {
                let least = f64::from(c.limits.lower);
                seats(least + fraction * (c.floor() - least))
            })
            .collect();
    }
    // The sum grows with the fraction; the one that gives the total is between
    // none and what brings every level to its upper bound.
    let sum = |fraction: f64| claims.iter().map(|c| c.at(fraction)).sum::<f64>();
    let (mut low, mut high) = (0.0, 1.0);
    while sum(high) < total && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if sum(middle) < total {
            low = middle;
        } else {
            high = middle;
        }
    }
    claims.iter().map(|c| seats(c.at(high))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn shares() {
        let limits = Limits::new(600, 100, 245, 90, None);
        assert_eq!(
            limits,
            Limits {
                nominal: 245,
                lower: 24,
                upper: 845
            }
        );
        assert_eq!(Limits::new(600, 5, 245, 0, Some(0)).upper, 13);
    }

    #[test]
    fn demand_of_a_period() {
        let start = Instant::now();
        let at = |s: u64| start + Duration::from_secs(s);
        let mut demand = Demand::new(start);
        demand.set(4.0, at(0));
        demand.set(0.0, at(5));
        let period = demand.take(at(10));
        assert_eq!(
            (period.average, period.deviation, period.peak),
            (2.0, 2.0, 4.0)
        );
        assert_eq!(demand.take(at(20)).peak, 0.0);
        assert_eq!(smoothed(1.0, period), 4.0);
        assert!(smoothed(10.0, period) < 10.0);
    }

    fn claim(nominal: u32, lower: u32, upper: u32, peak: f64, wanted: f64) -> Claim {
        Claim {
            limits: Limits {
                nominal,
                lower,
                upper,
            },
            peak,
            wanted,
        }
    }

    #[test]
    fn a_busy_level_borrows_from_idle_ones() {
        let busy = claim(100, 50, 600, 300.0, 280.0);
        let idle = claim(500, 100, 600, 0.0, 0.0);
        let got = divide(600, &[busy, idle]);
        assert!(got[0] > 250, "{got:?}");
        assert!(got[1] >= 100, "{got:?}");
        assert!(got[0] + got[1] <= 601, "{got:?}");
    }

    #[test]
    fn nobody_is_pushed_below_nominal_while_using_it() {
        let all_busy = [
            claim(100, 10, 600, 500.0, 500.0),
            claim(500, 50, 600, 500.0, 500.0),
        ];
        assert_eq!(divide(600, &all_busy), [100, 500]);
        assert_eq!(divide(60, &all_busy), [10, 50]);
        let part = divide(330, &all_busy);
        assert_eq!(part, [55, 275]);
    }

    #[test]
    fn an_upper_bound_holds() {
        let got = divide(
            600,
            &[
                claim(100, 100, 120, 300.0, 300.0),
                claim(500, 0, 1100, 10.0, 10.0),
            ],
        );
        assert_eq!(got[0], 120);
    }
}
