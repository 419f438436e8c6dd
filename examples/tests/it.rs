//! Every example is run against a cluster of the test kit.

#[path = "it/runtime.rs"]
mod runtime;
