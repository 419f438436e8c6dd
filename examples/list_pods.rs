//! Lists the pods of the current namespace, page by page: whether they are
//! ready, how often they were started again and what they request.
//!
//! `cargo run --example list_pods -- [LABELS]`

use skeg_api::core::v1::Pod;
use skeg_client::{Api, Client, ListOptions};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let labels = std::env::args().nth(1).unwrap_or_default();
    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);
    let mut options = ListOptions::default().labels(labels).limit(100);
    loop {
        let page = pods.list(&options).await?;
        for pod in &page.items {
            let cpu = pod.requests().get("cpu").copied().unwrap_or_default();
            println!(
                "{} {} {} restarts, requests {cpu} CPU, {}",
                pod.metadata.name,
                if pod.is_ready() { "ready" } else { "not ready" },
                pod.restarts(),
                pod.qos_class().as_str(),
            );
        }
        match page.continue_token {
            Some(token) => options = options.continue_from(token),
            None => return Ok(()),
        }
    }
}
