//! Follows the ConfigMaps of the cluster that the kubeconfig names and prints
//! what happens to them, until it is interrupted.

use skeg_api::core::v1::ConfigMap;
use skeg_client::Client;
use skeg_runtime::{Delta, SharedInformerFactory, SystemClock};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), skeg_client::Error> {
    let client = Client::from_environment()?;
    println!("server {}", client.server_version().await?);
    let cancel = CancellationToken::new();
    let informers = SharedInformerFactory::new(client, SystemClock::new(), cancel.clone());
    informers.informer::<ConfigMap>().on_change(|delta| {
        let (sign, object) = match delta {
            Delta::Added { object, .. } => ('+', object),
            Delta::Updated { new, .. } => ('~', new),
            Delta::Deleted { object } => ('-', object),
        };
        println!(
            "{sign} {}/{} {:?}",
            object.metadata.namespace, object.metadata.name, object.data
        );
    });
    informers.synced().await;
    println!("synced");
    // Ends with the process; a program of more would cancel the token.
    let _ = tokio::signal::ctrl_c().await;
    cancel.cancel();
    informers.ended().await;
    Ok(())
}
