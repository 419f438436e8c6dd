//! A bearer token in a file that somebody replaces.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use http::header::HeaderValue;
use parking_lot::Mutex;

use crate::payload::BoxError;

/// How old what was read may be. Tokens are replaced long before they end.
const AGE_MAX: Duration = Duration::from_secs(10);

pub(super) struct TokenFile {
    path: PathBuf,
    read: Mutex<Option<(Instant, HeaderValue)>>,
}

impl TokenFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: Mutex::new(None),
        }
    }

    /// The header with the token. Keeps what was read last when the file
    /// cannot be read just now.
    pub(super) fn header(&self) -> Result<HeaderValue, BoxError> {
        let mut read = self.read.lock();
        if let Some((at, header)) = &*read
            && at.elapsed() < AGE_MAX
        {
            return Ok(header.clone());
        }
        let fresh = std::fs::read_to_string(&self.path)
            .map_err(|error| BoxError::from(format!("{}: {error}", self.path.display())))
            .and_then(|text| {
                let text = text.trim();
                if text.is_empty() {
                    return Err(format!("{}: empty", self.path.display()).into());
                }
                let mut header = HeaderValue::from_str(&format!("Bearer {text}"))?;
                header.set_sensitive(true);
                Ok(header)
            });
        match (fresh, &*read) {
            (Ok(header), _) => {
                *read = Some((Instant::now(), header.clone()));
                Ok(header)
            }
            (Err(error), Some((_, header))) => {
                tracing::warn!(%error, "token kept");
                Ok(header.clone())
            }
            (Err(error), None) => Err(error),
        }
    }
}
