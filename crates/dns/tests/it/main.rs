//! A name server on loopback addresses, with name servers behind it that these tests make.
#![allow(clippy::unwrap_used)] // helpers of tests, too

mod kube;
mod queries;
mod random;
mod speed;
mod world;
