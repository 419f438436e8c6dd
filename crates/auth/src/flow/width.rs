//! How many seats a request takes, from what it asks for (KEP-1040, "Width of
//! the request").

use std::time::Duration;

/// Seats of any one request.
const SEATS_MAX: u32 = 10;
/// A list takes a seat for so many objects.
const OBJECTS_PER_SEAT: usize = 100;
/// A write takes a seat for so many watchers that hear of it.
const WATCHERS_PER_SEAT: usize = 10;
/// So long it takes them to hear.
const EVENT_DURATION: Duration = Duration::from_millis(5);

/// What a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// Seats while it is answered.
    pub seats: u32,
    /// Seats afterwards, while watchers are told.
    pub seats_after: u32,
    /// For so long.
    pub after: Duration,
}

impl Width {
    /// One seat.
    pub const ONE: Self = Self {
        seats: 1,
        seats_after: 0,
        after: Duration::ZERO,
    };

    /// The most seats that it has at a time.
    pub(super) fn most(self) -> u32 {
        self.seats.max(self.seats_after)
    }

    /// A list, or a watch that begins with all objects. `count`: stored objects
    /// of the resource; `limit`: page size or 0; `selective`: by label or field;
    /// `cached`: answered from the watch cache; `max`: of the priority level.
    pub fn list(count: usize, limit: usize, selective: bool, cached: bool, max: u32) -> Self {
        let page = if limit > 0 { limit.min(count) } else { count };
        let objects = match (cached, selective) {
            (true, _) => count,
            (false, true) => count + page,
            (false, false) => 2 * page,
        };
        Self {
            seats: clip(objects.div_ceil(OBJECTS_PER_SEAT), max),
            ..Self::ONE
        }
    }

    /// A write that `watchers` hear of.
    pub fn write(watchers: usize, max: u32) -> Self {
        if watchers < WATCHERS_PER_SEAT {
            return Self::ONE;
        }
        let wanted = watchers.div_ceil(WATCHERS_PER_SEAT);
        let seats_after = clip(wanted, max);
        // The same work, narrower and longer.
        let after = EVENT_DURATION * u32::try_from(wanted).unwrap_or(u32::MAX) / seats_after;
        Self {
            seats: 1,
            seats_after,
            after: after.min(Duration::from_secs(1)),
        }
    }
}

fn clip(seats: usize, max: u32) -> u32 {
    let max = max.clamp(1, SEATS_MAX);
    u32::try_from(seats).unwrap_or(max).clamp(1, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let check = |count, limit, selective, cached, expect| {
            let width = Width::list(count, limit, selective, cached, 10);
            assert_eq!(width.seats, expect, "{count} {limit} {selective} {cached}");
        };
        check(0, 0, false, true, 1);
        check(101, 0, false, true, 2);
        check(100_000, 0, false, true, 10);
        check(1000, 100, false, false, 2);
        check(450, 50, true, false, 5);
        assert_eq!(Width::list(10_000, 0, false, true, 3).seats, 3);
    }

    #[test]
    fn writes() {
        assert_eq!(Width::write(9, 10), Width::ONE);
        let wide = Width::write(200, 10);
        assert_eq!(
            (wide.seats, wide.seats_after, wide.after),
            (1, 10, Duration::from_millis(10))
        );
    }
}
