//! A cluster for programs outside: prints the path of a kubeconfig, and ends
//! with its input, or when it is told to.
//!
//! `serve [PORT]`

use std::io::Write;

use skeg_testkit::Cluster;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = match std::env::args().nth(1) {
        Some(port) => port.parse()?,
        None => 0,
    };
    let mut told = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let cluster = Cluster::builder().port(port).start().await?;
    println!("{}", cluster.kubeconfig().await?.display());
    std::io::stdout().flush()?;
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = ended.send(());
    });
    tokio::select! {
        _ = end => {}
        _ = told.recv() => {}
        _ = interrupted.recv() => {}
    }
    cluster.stop().await;
    Ok(())
}
