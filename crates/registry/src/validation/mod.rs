//! Rules in upstream's words, by what they check.

pub mod addresses;
pub mod admission_policies;
pub mod apps;
pub mod batch;
pub mod certificates;
pub mod coordination;
pub mod core;
pub mod declared;
pub mod definition;
pub mod devices;
pub mod extension;
pub mod flow;
mod issued;
pub mod limits;
pub mod metadata;
pub mod names;
pub mod network;
pub mod numbers;
pub mod pod;
pub mod policy;
pub mod service;
pub mod sources;
pub mod storage;
pub mod webhooks;
