//! One role alone, over HTTPS, against any Kubernetes API.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use skeg_client::Client;
use tokio_util::sync::CancellationToken;

use super::parts;
use crate::cli::RoleArgs;
use crate::commands::remote;
use crate::supervisor::{Stage, Supervisor};

/// `skeg scheduler`.
///
/// # Errors
/// The kubeconfig is not usable, or the role failed.
pub fn scheduler(args: &RoleArgs) -> Result<()> {
    alone(&args.kubeconfig, "the scheduler", parts::scheduler)
}

/// `skeg controller-manager`.
///
/// # Errors
/// As [`scheduler`].
pub fn controller_manager(args: &RoleArgs) -> Result<()> {
    alone(&args.kubeconfig, "the controllers", |client, cancel| {
        parts::controllers(client, None, cancel)
    })
}

fn alone<F>(
    kubeconfig: &Path,
    name: &'static str,
    role: impl FnOnce(Client, CancellationToken) -> F,
) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    crate::logging::to_stderr("info");
    let runtime = super::runtime()?;
    let outcome = runtime.block_on(async {
        let client = remote::client(kubeconfig)?;
        let mut supervisor = Supervisor::new();
        let part = role(client, supervisor.token(Stage::Controllers));
        supervisor.spawn(Stage::Controllers, name, part);
        let stop = super::cluster::asked_to_end()?;
        let outcome = supervisor.wait(stop).await;
        outcome.and(supervisor.shut_down().await)
    });
    runtime.shutdown_timeout(Duration::from_millis(300));
    outcome
}
