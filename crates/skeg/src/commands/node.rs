//! What a node leaves on the machine, and how it goes.

use anyhow::Result;

use crate::datadir::DataDir;

/// Removes what the instance made outside its folder.
///
/// # Errors
/// Something cannot be removed.
pub fn remove_all(_dir: &DataDir, _instance: &str) -> Result<()> {
    Ok(())
}
