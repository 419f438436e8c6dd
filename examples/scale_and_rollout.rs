//! Scales a deployment, restarts it, waits for the rollout, and takes it back
//! if that fails.
//!
//! `scale_and_rollout DEPLOYMENT REPLICAS`

use std::time::Duration;

use anyhow::{Context, Result};
use skeg_api::apps::v1::Deployment;
use skeg_client::{Api, Client, rollout, wait};

const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let name = args
        .next()
        .context("usage: scale_and_rollout DEPLOYMENT REPLICAS")?;
    let replicas: i32 = args.next().context("how many replicas?")?.parse()?;
    let deployments: Api<Deployment> = Api::default_namespaced(Client::from_environment()?);

    wait::within(
        PATIENCE,
        rollout::scale_and_wait(&deployments, &name, replicas),
    )
    .await?;
    println!("{name} has {replicas} replicas");

    rollout::restart(&deployments, &name).await?;
    let rolled_out = rollout::finished(&deployments, &name, |progress| println!("{progress}"));
    if let Err(error) = wait::within(PATIENCE, rolled_out).await {
        let revision = rollout::undo(&deployments, &name, None).await?;
        println!("{error}; back to revision {revision}");
    }
    for revision in rollout::history(&deployments, &name).await? {
        println!("revision {}: {}", revision.number, revision.name);
    }
    Ok(())
}
