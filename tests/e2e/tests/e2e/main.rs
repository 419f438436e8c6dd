//! End-to-end tests, by what a user does.

mod api;
mod bad_days;
mod debug;
mod errors;
mod helm;
mod images;
mod lifecycle;
mod network;
mod roles;
mod streams;
mod verbs;
mod workloads;
