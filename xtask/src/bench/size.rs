//! How large the binary is.

use anyhow::Result;

use super::{Options, figure};
use crate::shell;

pub fn run(options: &Options) -> Result<()> {
    let bytes = std::fs::metadata(shell::binary(options.profile()))?.len();
    figure::at_most(
        "stripped binary",
        bytes as f64 / f64::from(1 << 20),
        40.0,
        "MiB",
    );
    Ok(())
}
