//! Tests of the runtime interface.
#![allow(clippy::unwrap_used)]

mod bad_days;
mod engine;
mod fake;
mod images;
mod support;
