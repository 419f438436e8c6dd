//! The test kit held against itself.

#![allow(clippy::unwrap_used)]

mod certificates;
mod credentials;
mod definitions;
mod faults;
mod gates;
mod history;
mod kinds;
mod objects;
mod pods;
mod recordings;
mod start;
mod streams;
mod support;
mod time;
mod verbs;
mod watches;
