//! Runs a program in a container, with this terminal's input and output.
//!
//! `exec [-c CONTAINER] [-i] [-t] POD COMMAND…` ends with the program's exit
//! code. With `-t` the program has a terminal as large as this one, which takes
//! every key to it meanwhile: `exec -i -t POD sh`.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Result, bail};
use skeg_api::core::v1::Pod;
use skeg_client::streams::{ExecOptions, Process, ProcessOutput, TerminalSize};
use skeg_client::{Api, Client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    let (mut container, mut input, mut terminal) = (String::new(), false, false);
    while let Some(flag) = args.next_if(|arg| arg.starts_with('-')) {
        match flag.as_str() {
            "-c" => container = args.next().unwrap_or_default(),
            "-i" => input = true,
            "-t" => terminal = true,
            other => bail!("unknown option {other}"),
        }
    }
    let (Some(pod), command) = (args.next(), args.collect::<Vec<_>>()) else {
        bail!("usage: exec [-c CONTAINER] [-i] [-t] POD COMMAND…");
    };

    let pods: Api<Pod> = Api::default_namespaced(Client::from_environment()?);
    let mut options = ExecOptions::new(command).container(container);
    if input {
        options = options.stdin();
    }
    if terminal {
        options = options.tty();
    }
    let process = pods.exec(&pod, &options).await?;
    let raw = terminal.then(RawTerminal::enter).flatten();
    let code = run(process).await;
    drop(raw);
    std::process::exit(code?)
}

/// Joins the streams until the program ends; gives its exit code.
async fn run(mut process: Process) -> Result<i32> {
    if let Some(sizes) = process.resizer() {
        tokio::spawn(async move {
            let mut changes = signal(SignalKind::window_change())?;
            while let Some(size) = terminal_size() {
                if sizes.send(size).await.is_err() || changes.recv().await.is_none() {
                    break;
                }
            }
            anyhow::Ok(())
        });
    }
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

/// What `stty` says of the terminal on the standard input.
fn stty(args: &[&str]) -> Option<String> {
    let said = Command::new("stty")
        .args(args)
        .stdin(Stdio::inherit())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    said.status.success().then_some(text)
}

fn terminal_size() -> Option<TerminalSize> {
    let said = stty(&["size"])?;
    let (rows, columns) = said.split_once(' ')?;
    Some(TerminalSize {
        width: columns.parse().ok()?,
        height: rows.parse().ok()?,
    })
}

/// A terminal that hands over keys as they are pressed; it is as it was before
/// when this is dropped.
struct RawTerminal(String);

impl RawTerminal {
    /// None where the standard input is no terminal.
    fn enter() -> Option<Self> {
        let before = stty(&["-g"])?;
        stty(&["raw", "-echo"])?;
        Some(Self(before))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        let _ = stty(&[&self.0]);
    }
}
