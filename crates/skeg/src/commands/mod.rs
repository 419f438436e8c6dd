//! The commands that look at a cluster or change it from outside.

pub mod completion;
pub mod config;
mod credentials;
pub mod down;
pub mod envtest;
pub mod image;
pub mod kubeconfig;
pub mod logs;
mod node;
pub(crate) mod remote;
pub mod reset;
pub mod status;
pub mod store;
pub mod version;

use serde_json::Value;

/// Prints JSON as `-o json` does.
pub fn print_json(value: &Value) {
    println!(
        "{}",
        serde_json::to_string_pretty(value).unwrap_or_default()
    );
}
