//! Tests of etcd's API from both ends.

#![allow(clippy::unwrap_used)]

mod contract;
mod differences;
mod engine;
mod etcdctl;
mod support;
