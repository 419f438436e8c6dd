//! The roles beside the API server, each as one future over a client.

use std::net::SocketAddr;

use anyhow::{Result, bail};
use skeg_apiserver::ApiServer;
use skeg_auth::pki::Pki;

use crate::config::{Config, Role};
use crate::datadir::DataDir;
use crate::failure::Failure;
use crate::supervisor::Supervisor;

/// Starts every role of `config` except the API server.
///
/// # Errors
/// A role cannot be started.
pub async fn start_roles(
    config: &Config,
    _dir: &DataDir,
    _instance: &str,
    _server: &ApiServer,
    _pki: &Pki,
    _advertised: &SocketAddr,
    _supervisor: &Supervisor,
) -> Result<()> {
    for role in Role::ALL {
        if role != Role::ApiServer && config.roles.has(role) {
            bail!(Failure::new(format!("role {} is not built yet", role.name()), "--roles apiserver"));
        }
    }
    Ok(())
}
