//! Runs a program in a container, with this terminal's input and output.
//!
//! `exec [-c CONTAINER] [-i] POD COMMAND…` ends with the program's exit code.

use std::io::{Read, Write};
use std::thread;

use anyhow::{Result, bail};
use skeg_api::core::v1::Pod;
use skeg_client::streams::{ExecOptions, Process, ProcessOutput};
use skeg_client::{Api, Client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;

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
        let runtime = Handle::current();
        thread::spawn(move || -> Result<()> {
            let mut piece = [0; 8192];
            loop {
                match std::io::stdin().read(&mut piece)? {
                    0 => return Ok(()),
                    n => runtime.block_on(to.write_all(&piece[..n]))?,
                }
            }
        });
    }
    let (out, err) = (process.stdout.take(), process.stderr.take());
    tokio::try_join!(pass(out, std::io::stdout()), pass(err, std::io::stderr()))?;
    Ok(process.wait().await?.code())
}

async fn pass(from: Option<ProcessOutput>, mut to: impl Write) -> Result<()> {
    let Some(mut from) = from else { return Ok(()) };
    let mut piece = [0; 8192];
    loop {
        match from.read(&mut piece).await? {
            0 => return Ok(()),
            n => to.write_all(&piece[..n])?,
        }
        to.flush()?;
    }
}
