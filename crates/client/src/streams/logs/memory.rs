//! What was told of a log already, so that a log that is taken up again tells
//! nothing twice.
//!
//! Servers take `sinceTime` in whole seconds, and two outputs of a container may
//! come slightly out of order. So the last lines are kept by time and hash; a
//! log is asked for from a second before the newest, and each line that was
//! told is passed over once.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};

use skeg_meta::Time;

/// How many lines are remembered.
const LINES_MAX: usize = 16_384;
/// How far apart two lines may come in the wrong order.
const DISORDER: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Memory {
    /// The first line that was told: the log began there, as it was asked for.
    first: Option<Time>,
    newest: Option<Time>,
    told: VecDeque<(Time, u64)>,
    /// Lines before this were told, though they are no longer remembered.
    forgotten: Option<Time>,
    taken_up: bool,
    /// How often each line is to be passed over, while a log is being taken up again.
    again: HashMap<(Time, u64), u32>,
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

impl Memory {
    /// The time from which to ask for the log again; none if nothing was told.
    pub(super) fn take_up(&mut self) -> Option<Time> {
        let since = earlier(self.newest?);
        self.taken_up = true;
        self.again.clear();
        for line in &self.told {
            *self.again.entry(*line).or_default() += 1;
        }
        Some(since)
    }

    /// Whether this line was not told yet; it is then.
    pub(super) fn is_new(&mut self, time: Time, line: &[u8]) -> bool {
        let key = (time, hash(line));
        if let Some(times) = self.again.get_mut(&key) {
            *times -= 1;
            if *times == 0 {
                self.again.remove(&key);
            }
            return false;
        }
        let before = self.taken_up && self.first.is_some_and(|first| time < first);
        if before || self.forgotten.is_some_and(|forgotten| time <= forgotten) {
            return false;
        }
        self.first.get_or_insert(time);
        let newest = self.newest.map_or(time, |newest| newest.max(time));
        self.newest = Some(newest);
        self.told.push_back(key);
        let keep = earlier(newest);
        while let Some((oldest, _)) = self.told.front()
            && (*oldest < keep || self.told.len() > LINES_MAX)
        {
            let forgotten = self.forgotten.map_or(*oldest, |known| known.max(*oldest));
            // A line that comes late is not forgotten for it.
            if self.told.len() > LINES_MAX {
                self.forgotten = Some(forgotten);
            }
            self.told.pop_front();
        }
        true
    }
}

/// The whole second that lies at least [`DISORDER`] before.
fn earlier(time: Time) -> Time {
    time.0.checked_sub(DISORDER).map_or(time, Time).truncated()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn lines_that_were_told_are_passed_over_once() {
        let mut memory = Memory::default();
        let a = time("2026-01-02T03:04:05.5Z");
        let b = time("2026-01-02T03:04:06.1Z");
        assert_eq!(memory.take_up(), None);
        assert!(memory.is_new(a, b"tick"));
        assert!(
            memory.is_new(a, b"tick"),
            "the same again in the same moment"
        );
        assert!(memory.is_new(b, b"tock"));
        assert_eq!(memory.take_up(), Some(time("2026-01-02T03:04:05Z")));
        assert!(!memory.is_new(a, b"tick"));
        assert!(!memory.is_new(a, b"tick"));
        assert!(!memory.is_new(b, b"tock"));
        assert!(memory.is_new(b, b"tock"), "written once more");
        // Late, but within the disorder that is borne.
        assert!(memory.is_new(time("2026-01-02T03:04:05.9Z"), b"late"));
    }

    #[test]
    fn memory_is_bounded_and_still_tells_nothing_twice() {
        let mut memory = Memory::default();
        let at = |n: usize| {
            let nanos = std::time::Duration::from_nanos(n as u64);
            Time(time("2026-01-02T03:04:05Z").0 + nanos)
        };
        let all = LINES_MAX * 2;
        for n in 0..all {
            assert!(memory.is_new(at(n), b"x"));
        }
        assert!(memory.told.len() <= LINES_MAX);
        memory.take_up();
        for n in 0..all {
            assert!(!memory.is_new(at(n), b"x"), "line {n}");
        }
        assert!(memory.is_new(at(all), b"x"));
    }
}
