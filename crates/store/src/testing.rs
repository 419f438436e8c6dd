//! Clock and disk for tests: time that is moved by hand, and a disk in memory
//! that fills up, fails and loses what was not synced.

mod clock;
mod disk;

pub use clock::ManualClock;
pub use disk::MemoryDisk;
