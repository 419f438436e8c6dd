//! `skeg version`.

use anyhow::Result;
use serde_json::json;

use crate::cli::{Format, OutputArgs};

/// This program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The version of Kubernetes whose API is served.
pub const KUBERNETES: &str = "1.37";

/// Prints the versions.
///
/// # Errors
/// None.
pub fn run(args: OutputArgs) -> Result<()> {
    match args.output {
        Format::Json => super::print_json(&json!({"skeg": VERSION, "kubernetes": KUBERNETES})),
        Format::Text => println!("skeg {VERSION}, Kubernetes {KUBERNETES}"),
    }
    Ok(())
}
