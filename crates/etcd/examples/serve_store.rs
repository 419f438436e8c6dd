//! Serves a store in a folder to etcd's clients:
//! `cargo run -p skeg-etcd --example serve_store -- DIR 127.0.0.1:2379`

use std::sync::Arc;

use anyhow::{Context, Result};
use skeg_etcd::{Options, Server};
use skeg_store::Embedded;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().context("which folder?")?;
    let address = args.next().context("which address?")?;
    let store = Arc::new(Embedded::open(dir, skeg_store::Options::default())?);
    let listener = tokio::net::TcpListener::bind(address).await?;
    let server = Server::new(store, Options::default(), CancellationToken::new());
    server.serve(listener, None).await;
    Ok(())
}
