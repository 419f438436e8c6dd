//! Copies files and folders to and from a container.
//!
//! `copy POD:PATH LOCAL` or `copy LOCAL POD:PATH`

use anyhow::{Result, bail};
use skeg_api::core::v1::Pod;
use skeg_client::streams::PodCopy;
use skeg_client::{Api, Client};

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = args.as_slice() else {
        bail!("usage: copy POD:PATH LOCAL, or copy LOCAL POD:PATH");
    };
    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);
    let copy = |pod: &str| {
        PodCopy::new(&pods, pod).on_progress(|done| {
            eprint!("\r{} files, {} bytes", done.entries, done.bytes);
        })
    };
    let summary = match (from.split_once(':'), to.split_once(':')) {
        (Some((pod, path)), None) => copy(pod).download(path, to).await?,
        (None, Some((pod, path))) => copy(pod).upload(from, path).await?,
        _ => bail!("one of the two must be POD:PATH"),
    };
    eprintln!();
    for skipped in &summary.skipped {
        eprintln!(
            "left out, as it is neither file nor folder nor link: {}",
            skipped.display()
        );
    }
    println!("{} files, {} bytes", summary.entries, summary.bytes);
    Ok(())
}
