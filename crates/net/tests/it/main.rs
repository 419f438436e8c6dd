//! Real packets through real network namespaces, none of them the machine's own.
//!
//! Each test makes namespaces for a "machine", its pods and an "outside" world. That needs
//! root; without it these tests say that they are skipped.
#![allow(clippy::unwrap_used)] // helpers of tests, too

mod kube;
mod model;
mod pods;
mod services;
mod speed;
mod world;
