//! A bearer token in a file that somebody replaces.

use std::path::PathBuf;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::Grant;
use crate::payload::BoxError;

pub(in crate::https) struct TokenFile {
    path: PathBuf,
    /// How old what was read may be. Tokens are replaced long before they end.
    age_max: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    read: Option<(Instant, Grant)>,
    /// What was read is to be read again.
    is_stale: bool,
}

impl TokenFile {
    pub(super) fn new(path: PathBuf, age_max: Duration) -> Self {
        Self {
            path,
            age_max,
            state: Mutex::default(),
        }
    }

    pub(super) fn forget(&self) {
        self.state.lock().is_stale = true;
    }

    /// The token. Keeps what was read last when the file cannot be read just now.
    pub(super) fn grant(&self) -> Result<Grant, BoxError> {
        let mut state = self.state.lock();
        if let Some((at, grant)) = &state.read
            && at.elapsed() < self.age_max
            && !state.is_stale
        {
            return Ok(grant.clone());
        }
        let fresh = std::fs::read_to_string(&self.path)
            .map_err(|error| BoxError::from(format!("{}: {error}", self.path.display())))
            .and_then(|text| {
                if text.trim().is_empty() {
                    return Err(format!("{}: it is empty", self.path.display()).into());
                }
                Grant::bearer(&text)
                    .map_err(|error| format!("{}: {error}", self.path.display()).into())
            });
        match (fresh, &state.read) {
            (Ok(grant), _) => {
                *state = State {
                    read: Some((Instant::now(), grant.clone())),
                    is_stale: false,
                };
                Ok(grant)
            }
            (Err(error), Some((_, grant))) => {
                tracing::warn!(%error, "the token cannot be read again; the old one is kept");
                Ok(grant.clone())
            }
            (Err(error), None) => Err(error),
        }
    }
}
