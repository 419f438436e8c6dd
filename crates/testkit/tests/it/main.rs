//! The test kit held against itself.

mod faults;
mod history;
mod pods;
mod start;
mod support;
mod time;
mod watches;
