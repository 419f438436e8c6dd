//! Metrics of a client, as Prometheus reads them, and requests that belong to a
//! trace.
//!
//! `cargo run -p skeg-examples --example telemetry` lists pods twice and prints
//! what a program would serve at `/metrics`. With `RUST_LOG=skeg_client=debug`
//! it also shows a span for each request.

use std::sync::Arc;

use anyhow::Result;
use skeg_api::core::v1::Pod;
use skeg_client::telemetry::{Prometheus, TraceContext};
use skeg_client::{Api, Client, Config, ListOptions};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();

    let metrics = Arc::new(Prometheus::new());
    let mut config = Config::from_environment()?;
    config.recorder = Some(metrics.clone());
    let client = Client::from_config(&config)?;

    // The server is told to which trace these requests belong.
    let trace = TraceContext::root(true);
    eprintln!("trace {:032x}", trace.trace_id());
    trace
        .scope(async {
            let pods = Api::<Pod>::all(client);
            for _ in 0..2 {
                let list = pods.list(&ListOptions::default()).await?;
                eprintln!("{} pods", list.items.len());
            }
            anyhow::Ok(())
        })
        .await?;

    print!("{}", metrics.render());
    Ok(())
}
