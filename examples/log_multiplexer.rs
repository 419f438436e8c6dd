//! Follows the logs of everything that a selector matches, also of pods that
//! come later, each line with its pod and container.
//!
//! `log_multiplexer [SELECTOR] [--no-follow]`

use std::time::Duration;

use anyhow::Result;
use futures::StreamExt;
use skeg_api::core::v1::Pod;
use skeg_client::streams::Logs;
use skeg_client::{Api, Client};

#[tokio::main]
async fn main() -> Result<()> {
    let (flags, rest): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|arg| arg.starts_with("--"));
    let selector = rest.first().cloned().unwrap_or_default();
    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);

    let mut logs = Logs::of_selected(&pods, selector)
        .all_containers()
        .since(Duration::from_secs(3600))
        .tail(100);
    if !flags.iter().any(|flag| flag == "--no-follow") {
        logs = logs.follow_restarts();
    }
    let mut lines = logs.lines();
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) => println!("{line}"),
            // The other logs go on.
            Err(error) => eprintln!("{error}: {}", error.source.chain()),
        }
    }
    Ok(())
}
