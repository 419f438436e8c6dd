//! etcd's errors as the store's. etcd tells them apart by code and text; what it
//! leaves out is asked for.

use std::sync::Arc;

use skeg_store::{Error, LeaseId, Revision, Txn};

use super::Shared;
use super::watch;
use skeg_grpc::{Code, Status};

/// What an error is about.
#[derive(Clone, Copy)]
pub(crate) enum Context<'a> {
    None,
    Revision(Revision),
    Lease(LeaseId),
    Txn { txn: &'a Txn, bytes: usize },
}

impl Shared {
    pub(crate) fn unavailable(&self, reason: impl Into<String>) -> Error {
        Error::Unavailable {
            endpoint: self.channel.name(),
            reason: reason.into(),
        }
    }

    pub(crate) async fn error(&self, status: Status, context: Context<'_>) -> Error {
        let text = &*status.message;
        match status.code {
            Code::OutOfRange if text.contains("compacted") => {
                let Context::Revision(requested) = context else {
                    return self.unavailable(text);
                };
                match Box::pin(self.compacted()).await {
                    Ok(compacted) => Error::Compacted {
                        requested,
                        compacted,
                    },
                    Err(error) => error,
                }
            }
            Code::OutOfRange if text.contains("future revision") => {
                let Context::Revision(requested) = context else {
                    return self.unavailable(text);
                };
                match Box::pin(self.revision_now()).await {
                    Ok(current) => Error::FutureRevision { requested, current },
                    Err(error) => error,
                }
            }
            Code::NotFound if text.contains("lease") => Error::LeaseNotFound {
                id: lease_of(context),
            },
            Code::FailedPrecondition if text.contains("lease already exists") => {
                Error::LeaseExists {
                    id: lease_of(context),
                }
            }
            Code::ResourceExhausted if text.contains("space exceeded") => Error::NoSpace {
                path: self.channel.name().into(),
            },
            Code::InvalidArgument | Code::ResourceExhausted if text.contains("too large") => {
                too_large(context)
            }
            Code::ResourceExhausted if text.contains("larger than max") => too_large(context),
            Code::InvalidArgument => Error::Refused {
                reason: text.to_owned(),
            },
            // Whether a write happened is as unknown as with any other that is
            // not answered.
            Code::Unavailable => self.unavailable(text),
            _ if matches!(context, Context::Txn { .. }) => Error::Write {
                path: self.channel.name().into(),
                source: Arc::new(std::io::Error::other(text.to_owned())),
            },
            _ => self.unavailable(text),
        }
    }

    /// The revision to which history was compacted. etcd says it to a watch that
    /// begins before it.
    pub(crate) async fn compacted(&self) -> Result<Revision, Error> {
        watch::compacted(self).await
    }
}

fn lease_of(context: Context<'_>) -> LeaseId {
    match context {
        Context::Lease(id) => id,
        Context::Txn { txn, .. } => txn
            .ops
            .iter()
            .find_map(|op| match op {
                skeg_store::Op::Put { lease, .. } => *lease,
                _ => None,
            })
            .unwrap_or(0),
        _ => 0,
    }
}

fn too_large(context: Context<'_>) -> Error {
    let bytes = match context {
        Context::Txn { bytes, .. } => bytes,
        _ => 0,
    };
    // etcd does not say its bound; it is below this.
    let max = bytes.saturating_sub(1);
    Error::TooLarge { bytes, max }
}
