//! Forwards a local port to a service until it is interrupted; or sends one
//! request to a pod, without a local port.
//!
//! `port_forward SERVICE PORT [LOCAL]`, `port_forward --ask POD PORT`

use anyhow::{Result, bail};
use skeg_api::core::v1::Pod;
use skeg_client::streams::PortForwarder;
use skeg_client::{Api, Client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const USAGE: &str = "usage: port_forward SERVICE PORT [LOCAL], port_forward --ask POD PORT";

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let client = Client::from_environment()?;
    match args.as_slice() {
        ["--ask", pod, port] => println!("{}", ask(client, pod, port.parse()?).await?),
        [service, port] => listen(client, service, port, 0).await?,
        [service, port, local] => listen(client, service, port, local.parse()?).await?,
        _ => bail!(USAGE),
    }
    Ok(())
}

async fn listen(client: Client, service: &str, port: &str, local: u16) -> Result<()> {
    let namespace = client.default_namespace().to_owned();
    // When the pod goes away, the next connection goes to another one.
    let listener = PortForwarder::to_service(client, namespace, service)
        .on_error(|error| eprintln!("{error}"))
        .listen(("127.0.0.1", local), port)
        .await?;
    println!("listening on {}", listener.local_addr());
    tokio::signal::ctrl_c().await?;
    listener.close().await;
    Ok(())
}

/// One HTTP request to a pod, over one stream.
async fn ask(client: Client, pod: &str, port: u16) -> Result<String> {
    let pods: Api<Pod> = Api::default_namespaced(client);
    let forward = pods.port_forward(pod).await?;
    let mut stream = forward.connect(port).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
