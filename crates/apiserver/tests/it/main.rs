//! The server as its clients see it, over a store in memory.

#![allow(clippy::unwrap_used)]

mod abuse;
mod audit;
mod deletes;
mod discovery;
mod flow;
mod lists;
mod managed;
mod objects;
mod patches;
mod paths;
mod support;
mod watches;
mod wire;
