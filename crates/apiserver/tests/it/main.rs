//! The server as its clients see it, over a store in memory.

#![allow(clippy::unwrap_used)]

mod abuse;
mod aggregation;
mod apply;
mod audit;
mod custom;
mod deletes;
mod discovery;
mod doubt;
mod dual;
mod extension;
mod flow;
mod hooks;
mod lists;
mod managed;
mod objects;
mod patches;
mod paths;
mod plugins;
mod policies;
mod services;
mod stored;
mod support;
mod traces;
mod unread;
mod watches;
mod webhooks;
mod wire;
mod writers;
