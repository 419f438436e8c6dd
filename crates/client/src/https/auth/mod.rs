//! Who we are, request by request.

mod exec;
mod expiry;
mod oidc;
mod renewal;
mod token;

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;

use crate::config::{Config, ConfigError, Credentials};
use crate::payload::BoxError;
use crate::telemetry::Recorder;
use crate::tls::Identity;

use exec::Exec;
use oidc::Oidc;
use token::TokenFile;

/// What a request shows to the server.
#[derive(Clone, Default)]
pub(super) struct Grant {
    /// The value of `Authorization`.
    pub(super) header: Option<HeaderValue>,
    /// A client certificate, and a number that is another with each one.
    pub(super) identity: Option<(u64, Arc<Identity>)>,
}

impl Grant {
    fn bearer(token: &str) -> Result<Self, BoxError> {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
            .map_err(|_| "the token has characters that cannot stand in a header")?;
        header.set_sensitive(true);
        Ok(Self {
            header: Some(header),
            identity: None,
        })
    }
}

/// Where grants come from.
pub(super) enum Auth {
    Fixed(Grant),
    TokenFile(TokenFile),
    Exec(Arc<Exec>),
    Oidc(Arc<Oidc>),
}

impl Auth {
    pub(super) fn new(config: &Config) -> Result<Self, ConfigError> {
        Ok(match &config.credentials {
            Credentials::None | Credentials::FrontProxy(_) => Auth::Fixed(Grant::default()),
            Credentials::Token(token) => Auth::Fixed(
                Grant::bearer(token).map_err(|error| ConfigError::invalid("token", error))?,
            ),
            Credentials::TokenFile(path) => {
                Auth::TokenFile(TokenFile::new(path.clone(), config.reload_interval))
            }
            Credentials::Basic { username, password } => Auth::Fixed(basic(username, password)?),
            Credentials::Exec(plugin) => Auth::Exec(Arc::new(Exec::new(plugin, config))),
            Credentials::Oidc(login) => Auth::Oidc(Arc::new(Oidc::new(login, config)?)),
        })
    }

    /// What to show now. May take as long as a plugin asks a person. Dropping
    /// the future ends the wait; what was begun for it goes on.
    pub(super) async fn grant(&self) -> Result<Grant, BoxError> {
        match self {
            Auth::Fixed(grant) => Ok(grant.clone()),
            Auth::TokenFile(file) => file.grant(),
            Auth::Exec(exec) => exec.grant().await,
            Auth::Oidc(oidc) => oidc.grant().await,
        }
    }

    /// Whether another grant may come after the server has refused one.
    pub(super) fn may_change(&self) -> bool {
        !matches!(self, Auth::Fixed(_))
    }

    /// The server does not know who showed this (401): it is not shown again,
    /// if there is another to be had.
    pub(super) fn reject(&self, grant: &Grant) {
        match self {
            Auth::Fixed(_) => {}
            Auth::TokenFile(file) => file.forget(),
            Auth::Exec(exec) => exec.reject(grant),
            Auth::Oidc(oidc) => oidc.reject(grant),
        }
    }
}

fn basic(username: &str, password: &str) -> Result<Grant, ConfigError> {
    use base64::Engine;
    if username.contains(':') {
        return Err(ConfigError::invalid("username", "must not have a colon"));
    }
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"));
    let mut header = HeaderValue::from_str(&format!("Basic {pair}"))
        .map_err(|_| ConfigError::invalid("password", "cannot stand in a header"))?;
    header.set_sensitive(true);
    Ok(Grant {
        header: Some(header),
        identity: None,
    })
}

/// Tells of a fetch of credentials.
fn told(recorder: Option<&Arc<dyn Recorder>>, source: &str, took: Duration, is_ok: bool) {
    if let Some(recorder) = recorder {
        recorder.record(&crate::telemetry::Event::Credentials {
            source,
            took,
            is_ok,
        });
    }
}
