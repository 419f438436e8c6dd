//! Virtual time: a clock that stands still, and moves in the steps in which
//! something becomes due, once everything that follows from the step before
//! has happened.
//!
//! A cluster is *quiet* when nothing will happen in it before the clock moves
//! or somebody asks something of it: every task on its thread waits, and so
//! does every task of the runtimes that the test has attached (so no queue of a
//! controller has an item that is ready, and no watch has an event that its
//! reader has not seen); its store has done all that was asked of it; no request
//! is on its way through the API server, except those that wait for the clock
//! themselves. What other processes do is not known: a test that has some waits
//! for what they write.

mod clock;
mod quiet;

pub(crate) use clock::Time;
pub use clock::VirtualClock;
pub(crate) use quiet::{Quiet, Restless};
