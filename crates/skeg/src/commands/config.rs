//! `skeg config check|show`.

use anyhow::Result;

use crate::cli::{ConfigCommand, Format};

/// Checks or shows the configuration.
///
/// # Errors
/// It is faulty.
pub fn run(command: ConfigCommand) -> Result<()> {
    match command {
        ConfigCommand::Check(args) => {
            args.resolve()?;
            println!("the configuration is valid");
        }
        ConfigCommand::Show { cluster, output } => {
            let config = cluster.resolve()?;
            match output.output {
                Format::Json => super::print_json(&config.to_value()),
                Format::Text => print!("{}", config.to_yaml()),
            }
        }
    }
    Ok(())
}
