//! Prints what happens to the pods of a namespace, for ever: watches that
//! break off are resumed, and nothing is lost or told twice.
//!
//! `watch [LABEL-SELECTOR]`

use anyhow::Result;
use futures::StreamExt;
use skeg_api::core::v1::Pod;
use skeg_client::{Api, Client};
use skeg_runtime::{ApiSource, WatcherEvent, watcher};

#[tokio::main]
async fn main() -> Result<()> {
    let selector = std::env::args().nth(1).unwrap_or_default();
    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);
    let mut events = watcher::<Pod>(ApiSource::new(pods).labels(&selector));
    while let Some(event) = events.next().await {
        let (what, pod) = match event {
            Ok(WatcherEvent::Init) => continue,
            Ok(WatcherEvent::InitApply(pod)) => ("there is", pod),
            Ok(WatcherEvent::InitDone) => {
                println!("that is all; now what changes");
                continue;
            }
            Ok(WatcherEvent::Apply(pod)) => ("changed", pod),
            Ok(WatcherEvent::Delete(pod)) => ("gone", pod),
            // For information: it is tried again.
            Err(error) => {
                eprintln!("{}", error.chain());
                continue;
            }
        };
        println!("{what} {} {}", pod.metadata.name, pod.status.phase);
    }
    Ok(())
}
