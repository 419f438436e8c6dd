//! What can go wrong in a store.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::is_no_space;
use crate::{Key, KeyValue, LeaseId, Revision};

/// A result whose error is the store's.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what the caller can do about it. Cheap to clone, since
/// one failed disk write fails a whole batch of operations.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key is not in the state that the transaction expects; nothing was
    /// written.
    #[error("key {key} is not as expected: {}", describe(.current))]
    Conflict {
        /// The first key whose expectation failed.
        key: Key,
        /// What the key holds; `None` if it does not exist.
        current: Option<Arc<KeyValue>>,
        /// The store's revision at which this was so.
        revision: Revision,
    },

    /// The revision is older than the history that is kept ("too old").
    #[error("revision {requested} has been compacted, the oldest one is {compacted}")]
    Compacted {
        /// The revision asked for.
        requested: Revision,
        /// The oldest revision that can be read or watched from.
        compacted: Revision,
    },

    /// The revision has not happened yet.
    #[error("revision {requested} is in the future, the current one is {current}")]
    FutureRevision {
        /// The revision asked for.
        requested: Revision,
        /// The store's revision.
        current: Revision,
    },

    /// The transaction is larger than the engine takes.
    #[error("the write of {bytes} bytes is larger than the {max} bytes that the store takes")]
    TooLarge {
        /// Size of the transaction.
        bytes: usize,
        /// The engine's bound.
        max: usize,
    },

    /// A transaction writes the same key twice.
    #[error("key {key} is written twice in one transaction")]
    DuplicateKey {
        /// The key.
        key: Key,
    },

    /// The lease does not exist: never granted, revoked or expired.
    #[error("lease {id} does not exist")]
    LeaseNotFound {
        /// The lease.
        id: LeaseId,
    },

    /// A lease with this name is there already.
    #[error("lease {id} exists already")]
    LeaseExists {
        /// The lease.
        id: LeaseId,
    },

    /// A transaction was given up before it wrote anything, by the code that
    /// decided what it writes.
    #[error("{reason}")]
    Refused {
        /// Why, in the decider's words.
        reason: String,
    },

    /// The remote store cannot be reached, or did not answer as it should.
    /// Whether a write happened is not known.
    #[error("the store at {endpoint} does not answer: {reason}")]
    Unavailable {
        /// Where it is.
        endpoint: String,
        /// What happened.
        reason: String,
    },

    /// A value cannot be encrypted or decrypted.
    #[error("key {key}: {reason}")]
    Encryption {
        /// The value's key.
        key: Key,
        /// Why.
        reason: String,
    },

    /// The disk is full. Nothing was written, reads go on, and writes are
    /// taken again once there is space.
    #[error("no space left to write {}: free some, writes go on by themselves then", path.display())]
    NoSpace {
        /// The file that could not be written.
        path: PathBuf,
    },

    /// The disk refused a write for another reason. Whether the write will be
    /// there after a restart is not known; it is not visible now.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file that could not be written.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: Arc<io::Error>,
    },

    /// A file or folder could not be opened or read.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: Arc<io::Error>,
    },

    /// Another process has the data folder open.
    #[error(
        "{} is in use by another process{}: stop it first, or use another data folder",
        dir.display(),
        holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
    )]
    Locked {
        /// The data folder.
        dir: PathBuf,
        /// The other process, if it left its id.
        holder: Option<u32>,
    },

    /// A file is damaged in a way that no crash explains. The store does not
    /// open, so that nothing is lost silently.
    #[error("{} is damaged at byte {offset} ({what}): {remedy}", file.display())]
    Corrupt {
        /// The damaged file.
        file: PathBuf,
        /// Where the damage begins.
        offset: u64,
        /// What is wrong there.
        what: String,
        /// What to do about it.
        remedy: String,
    },

    /// A file was written by a newer release.
    #[error("{} has format {found}, this release reads {supported}: use the release that wrote it", file.display())]
    UnknownFormat {
        /// The file.
        file: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest format version that this code reads.
        supported: u32,
    },

    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

impl Error {
    /// Whether this is a lost compare-and-swap.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Conflict { .. })
    }

    /// Whether history before the wanted revision is gone.
    pub fn is_compacted(&self) -> bool {
        matches!(self, Error::Compacted { .. })
    }

    /// Whether the disk is full.
    pub fn is_no_space(&self) -> bool {
        matches!(self, Error::NoSpace { .. })
    }
}

fn describe(current: &Option<Arc<KeyValue>>) -> String {
    match current {
        Some(kv) => format!("its mod revision is {}", kv.mod_revision),
        None => "it does not exist".to_owned(),
    }
}

pub(crate) fn write_error(path: &Path, error: io::Error) -> Error {
    if is_no_space(&error) {
        Error::NoSpace {
            path: path.to_path_buf(),
        }
    } else {
        Error::Write {
            path: path.to_path_buf(),
            source: Arc::new(error),
        }
    }
}

pub(crate) fn open_error(path: &Path, error: io::Error) -> Error {
    Error::Open {
        path: path.to_path_buf(),
        source: Arc::new(error),
    }
}

pub(crate) fn corrupt(file: &Path, offset: u64, what: &str, remedy: &str) -> Error {
    let (what, remedy) = (what.to_owned(), remedy.to_owned());
    Error::Corrupt {
        file: file.to_path_buf(),
        offset,
        what,
        remedy,
    }
}

/// An error with all its causes.
pub(crate) fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
