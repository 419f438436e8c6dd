//! `skeg completion`.

use anyhow::Result;
use clap::CommandFactory;

use crate::cli::{Cli, CompletionArgs};

/// Prints the shell's script.
///
/// # Errors
/// None.
pub fn run(args: CompletionArgs) -> Result<()> {
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "skeg",
        &mut std::io::stdout(),
    );
    Ok(())
}
