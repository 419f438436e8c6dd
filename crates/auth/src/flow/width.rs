//! How many seats a request takes, from what it asks for (KEP-1040, "Width of
//! the request").

use std::time::Duration;

/// Seats of any one write.
const WRITE_SEATS_MAX: u32 = 10;
/// Seats of any one list.
const LIST_SEATS_MAX: u32 = 100;
/// A list takes a seat for so many bytes of objects that it holds at once.
const BYTES_PER_SEAT: usize = 100_000;
/// A list from the watch cache is written piece by piece and holds no more.
const CACHED_BYTES_MAX: usize = 1_000_000;
/// A write takes a seat for so many watchers that hear of it.
const WATCHERS_PER_SEAT: usize = 10;
/// So long it takes them to hear.
const EVENT_DURATION: Duration = Duration::from_millis(5);

/// What is known of a list before it is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListWork {
    /// How many objects of the resource are stored.
    pub stored: usize,
    /// How many bytes each of them takes in the mean.
    pub average_bytes: usize,
    /// The size of a page, or 0.
    pub limit: usize,
    /// Whether one object is asked for by its name.
    pub single: bool,
    /// Whether labels or fields are selected.
    pub selective: bool,
    /// Whether the watch cache answers.
    pub cached: bool,
}

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

    /// A list, or a watch that begins with all objects; `max`: seats of the
    /// priority level (`SizeBasedListCostEstimate`).
    pub fn list(list: &ListWork, max: u32) -> Self {
        let page = match list.limit {
            0 => list.stored,
            limit => limit.min(list.stored),
        };
        let objects = match list {
            ListWork { single: true, .. } => 1,
            ListWork {
                cached: false,
                selective: true,
                ..
            } => page.max(list.stored / 2),
            _ => page,
        };
        let mut bytes = objects.saturating_mul(list.average_bytes);
        if list.cached {
            bytes = bytes.min(CACHED_BYTES_MAX);
        }
        Self {
            seats: clip(bytes.div_ceil(BYTES_PER_SEAT), max.min(LIST_SEATS_MAX)),
            ..Self::ONE
        }
    }

    /// A write that `watchers` hear of.
    pub fn write(watchers: usize, max: u32) -> Self {
        if watchers < WATCHERS_PER_SEAT {
            return Self::ONE;
        }
        let wanted = watchers.div_ceil(WATCHERS_PER_SEAT);
        let seats_after = clip(wanted, max.min(WRITE_SEATS_MAX));
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
    let max = max.max(1);
    u32::try_from(seats).unwrap_or(max).clamp(1, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_take_seats_by_their_size() {
        let seats = |list: ListWork, max| Width::list(&list, max).seats;
        let of = |stored, average_bytes| ListWork {
            stored,
            average_bytes,
            ..ListWork::default()
        };
        let cached = |list| ListWork {
            cached: true,
            ..list
        };
        assert_eq!(seats(of(0, 0), 50), 1);
        assert_eq!(seats(cached(of(101, 1000)), 50), 2);
        assert_eq!(seats(cached(of(100_000, 1000)), 50), 10);
        assert_eq!(seats(of(100_000, 1000), 500), 100);
        assert_eq!(seats(of(100_000, 1000), 30), 30);
        let paged = ListWork {
            limit: 500,
            ..of(1000, 2000)
        };
        assert_eq!(seats(paged, 50), 10);
        let selective = ListWork {
            limit: 10,
            selective: true,
            ..of(1000, 2000)
        };
        assert_eq!(seats(selective, 50), 10);
        assert_eq!(seats(cached(selective), 50), 1);
        let single = ListWork {
            single: true,
            ..of(1000, 150_000)
        };
        assert_eq!(seats(single, 50), 2);
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
