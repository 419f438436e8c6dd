//! A clock that stands still until it is moved.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::{Clock, OnMove};

/// A clock that stands still until it is moved. Clones are the same clock.
#[derive(Clone, Default)]
pub struct ManualClock(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    monotonic: Duration,
    unix_millis: u64,
    on_move: Vec<OnMove>,
}

impl ManualClock {
    /// A clock at the beginning of 2026.
    pub fn new() -> ManualClock {
        let clock = ManualClock::default();
        clock.0.lock().unix_millis = 1_767_225_600_000;
        clock
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.change(|inner| {
            inner.monotonic += by;
            inner.unix_millis += u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        });
    }

    /// Somebody sets the machine's date; no time passes.
    pub fn set_date(&self, unix_millis: u64) {
        self.change(|inner| inner.unix_millis = unix_millis);
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.0.lock();
        change(&mut inner);
        let callbacks = inner.on_move.clone();
        drop(inner);
        for callback in callbacks {
            callback();
        }
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        self.0.lock().monotonic
    }

    fn unix_millis(&self) -> u64 {
        self.0.lock().unix_millis
    }

    fn on_move(&self, callback: OnMove) {
        self.0.lock().on_move.push(callback);
    }
}
