//! End-to-end tests, by what a user does.

mod api;
mod errors;
mod lifecycle;
mod network;
mod workloads;
