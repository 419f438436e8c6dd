//! Manifests: objects as files, applied as `kubectl apply` applies them.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use skeg_client::manifests::{self, Applier};
//!
//! let found = manifests::read("deploy/")?;
//! let report = Applier::new(client, "my-tool").apply(&found).await?;
//! for change in &report.changes {
//!     println!("{change}");
//! }
//! # Ok(()) }
//! ```

mod applier;
mod difference;
mod prune;
mod read;
#[cfg(test)]
mod tests;

pub use applier::{Applier, Change, Mode, Outcome, Report};
pub use difference::Difference;
pub use prune::{ApplySet, Prune};
pub use read::{Manifest, parse, read};

use crate::crd::CrdError;
use crate::diff::DiffError;
use crate::error::Error;

/// Why manifests cannot be read or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A document makes no sense.
    #[error("{origin}: {why}")]
    Document {
        /// Where it stands.
        origin: String,
        /// What is wrong.
        why: String,
    },
    /// The server refuses something, or does not know the kind.
    #[error("{origin}: cannot {action} {object}")]
    Request {
        /// Where the object stands.
        origin: String,
        /// What was to be done.
        action: &'static str,
        /// The object.
        object: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// There is no patch from what is there to what is wanted.
    #[error("{origin}: cannot compare {object} with what is there")]
    Diff {
        /// Where the object stands.
        origin: String,
        /// The object.
        object: String,
        /// Why not.
        #[source]
        source: DiffError,
    },
    /// A definition was applied, but its kind is not served.
    #[error("{origin}: the kind is not served")]
    Definition {
        /// Where the definition stands.
        origin: String,
        /// Why not.
        #[source]
        source: CrdError,
    },
}

/// Some of the objects could not be applied or deleted. The others were: the
/// report tells which.
#[derive(Debug)]
#[non_exhaustive]
pub struct ManifestErrors {
    /// What was done nonetheless.
    pub report: Report,
    /// What was not, and why: one or more.
    pub errors: Vec<ManifestError>,
}

impl std::fmt::Display for ManifestErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let between = if number == 0 { "" } else { "; " };
            write!(f, "{between}{error}")?;
            let mut source = std::error::Error::source(error);
            while let Some(why) = source {
                write!(f, ": {why}")?;
                source = why.source();
            }
        }
        Ok(())
    }
}

impl std::error::Error for ManifestErrors {}
