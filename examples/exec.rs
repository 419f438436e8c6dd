//! Runs a program in a container, with this terminal's input and output.
//!
//! `exec [-c CONTAINER] [-i] POD COMMAND…` ends with the program's exit code.

use anyhow::{Result, bail};
use skeg_api::core::v1::Pod;
use skeg_client::streams::{ExecOptions, Process};
use skeg_client::{Api, Client};
use tokio::fs::File;
use tokio::io::copy;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    let (mut container, mut input) = (String::new(), false);
    while let Some(flag) = args.next_if(|arg| arg.starts_with('-')) {
        match flag.as_str() {
            "-c" => container = args.next().unwrap_or_default(),
            "-i" => input = true,
            other => bail!("unknown option {other}"),
        }
    }
    let (Some(pod), command) = (args.next(), args.collect::<Vec<_>>()) else {
        bail!("usage: exec [-c CONTAINER] [-i] POD COMMAND…");
    };

    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);
    let mut options = ExecOptions::new(command).container(container);
    if input {
        options = options.stdin();
    }
    let process = pods.exec(&pod, &options).await?;
    std::process::exit(run(process).await?)
}

/// Joins the streams until the program ends; gives its exit code.
async fn run(mut process: Process) -> Result<i32> {
    if let Some(mut to) = process.stdin.take() {
        // Ends with this program at the latest. Dropping `to` ends the input.
        tokio::spawn(async move { copy(&mut File::open("/dev/stdin").await?, &mut to).await });
    }
    let (out, err) = (process.stdout.take(), process.stderr.take());
    let (out, err) = tokio::join!(
        async {
            match out {
                Some(mut out) => copy(&mut out, &mut ours("/dev/stdout").await?).await,
                None => Ok(0),
            }
        },
        async {
            match err {
                Some(mut err) => copy(&mut err, &mut ours("/dev/stderr").await?).await,
                None => Ok(0),
            }
        }
    );
    (out?, err?);
    Ok(process.wait().await?.code())
}

/// An output of this program.
async fn ours(path: &str) -> std::io::Result<File> {
    File::options().append(true).open(path).await
}
