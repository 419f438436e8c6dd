//! The test kit held against itself.

mod faults;
mod history;
mod kinds;
mod objects;
mod pods;
mod recordings;
mod start;
mod streams;
mod support;
mod time;
mod watches;
