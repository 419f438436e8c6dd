//! The smallest controller: it says hello to every config map.

use std::sync::Arc;

use skeg_api::core::v1::ConfigMap;
use skeg_client::Client;
use skeg_runtime::{ControllerBuilder, Manager, Next, ObjectName};

async fn reconcile(_: Arc<()>, name: ObjectName) -> Result<Next, skeg_client::Error> {
    println!("hello {name}");
    Ok(Next::Done)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut manager = Manager::new("hello", Client::from_environment()?);
    manager.add(ControllerBuilder::<ConfigMap>::new("hello").reconcile((), reconcile));
    manager.run().await?;
    Ok(())
}
