//! Tests of the runtime interface.

mod bad_days;
mod engine;
mod fake;
mod images;
mod support;
