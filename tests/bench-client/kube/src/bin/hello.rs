//! The smallest controller: it says hello to every config map.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::runtime::controller::{Action, Controller};
use kube::runtime::watcher;
use kube::{Api, Client, Error, ResourceExt};

async fn reconcile(map: Arc<ConfigMap>, _: Arc<()>) -> Result<Action, Error> {
    println!("hello {}", map.name_any());
    Ok(Action::await_change())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::try_default().await?;
    let maps: Api<ConfigMap> = Api::all(client);
    Controller::new(maps, watcher::Config::default())
        .run(
            reconcile,
            |_, _, _| Action::requeue(Duration::from_secs(5)),
            Arc::new(()),
        )
        .for_each(|_| async {})
        .await;
    Ok(())
}
