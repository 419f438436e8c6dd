//! The store's integration tests.

#![allow(clippy::unwrap_used)]

mod contract;
