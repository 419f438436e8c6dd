//! Images: names, content, layers on disk.

mod builtin;
mod digest;
mod import;
mod manifest;
mod reference;
mod registry;
mod store;
mod unpack;

use std::{io, path::PathBuf};

pub use builtin::BuiltinImage;
pub use digest::{Digest, Hasher};
pub use import::import;
pub use manifest::{Descriptor, ImageConfig, RunConfig};
pub use reference::{LOCAL_DOMAIN, Reference};
pub use registry::{Credentials, Progress, Registry, RegistryOptions};
pub use store::{Hold, ImageRecord, ImageStore, Usage};
pub use unpack::{Limits, unpack};

/// What can go wrong with an image.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The name does not parse.
    #[error("couldn't parse image name {name:?}: {reason}")]
    InvalidName {
        /// As it was given.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Content is not what its digest says.
    #[error("{what} has digest {found}, but should have {expected}")]
    DigestMismatch {
        /// Which content.
        what: String,
        /// What was asked for.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// A layer cannot be unpacked.
    #[error("broken layer {layer}: {reason}")]
    BadLayer {
        /// Its digest.
        layer: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A manifest, index, configuration or archive is not understood.
    #[error("broken image: {0}")]
    BadImage(String),
    /// The image has no variant for this machine.
    #[error("no variant of the image for {0}")]
    NoPlatform(String),
    /// The name must never be asked of a registry.
    #[error(
        "image {0} is local to this machine and not present; import it with `skeg image import`"
    )]
    LocalOnly(String),
    /// The registry does not know the image.
    #[error("{image}: not found")]
    NotFound {
        /// The image.
        image: String,
    },
    /// The registry refused.
    #[error("{image}: {message}")]
    Unauthorized {
        /// The image.
        image: String,
        /// What it said.
        message: String,
    },
    /// The registry cannot be used now.
    #[error("{image}: {message}")]
    Unavailable {
        /// The image.
        image: String,
        /// What happened.
        message: String,
    },
    /// A file could not be used.
    #[error("{operation} {path}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

/// The result of an operation on images.
pub type Result<T, E = ImageError> = std::result::Result<T, E>;

impl ImageError {
    /// The message with all causes.
    pub fn full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// Whether the disk is full.
    pub fn is_no_space(&self) -> bool {
        let Self::File { source, .. } = self else {
            return false;
        };
        matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    }
}

/// Names the file when an operation on it fails.
trait OnFile<T> {
    fn on(self, operation: &'static str, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T, E: Into<io::Error>> OnFile<T> for std::result::Result<T, E> {
    fn on(self, operation: &'static str, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| ImageError::File {
            operation,
            path: path.into(),
            source: source.into(),
        })
    }
}
