//! Tests of the runtime interface.

mod fake;
