//! Going to the background: the same program again as a child of its own
//! session, which says on its standard output when it is ready or why not.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::config::Config;
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};

/// What the child's first line begins with when it is ready.
const READY: &str = "ready";

/// Starts the child with this process' own arguments and returns when it is
/// ready. What it prints is printed here.
///
/// # Errors
/// The child could not be started, or ended before it was ready.
pub fn start(config: &Config) -> Result<()> {
    let dir = DataDir::new(&config.data_dir);
    dir.create()?;
    // Found out here, where the message can be read.
    drop(dir.lock()?);
    let log = dir.log_file();
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).or_fail(
            format!("cannot make {}", folder.display()),
            "check the folder's owner",
        )?;
    }
    let crash_log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log)
        .or_fail(
            format!("cannot open the log file {}", log.display()),
            "check the folder's owner and that the disk is not full",
        )?;
    let program = std::env::current_exe().or_fail("cannot find this program's own file", "")?;
    let arguments = std::env::args_os().skip(1).filter(|a| a != "--detach");
    let mut child = Command::new(program)
        .args(arguments)
        .arg("--detached")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(crash_log)
        .spawn()
        .or_fail(
            "cannot start the background process",
            "check the limit of processes (ulimit -u)",
        )?;
    let Some(output) = child.stdout.take() else {
        bail!("the child has no output")
    };
    let mut lines = BufReader::new(output).lines();
    let mut message = String::new();
    let first = lines.next().transpose()?.unwrap_or_default();
    let ready = first == READY;
    if !ready && !first.is_empty() {
        message = format!("{first}\n");
    }
    for line in lines {
        message.push_str(&line?);
        message.push('\n');
    }
    if ready {
        print!("{message}");
        return Ok(());
    }
    let status = child.wait()?;
    if message.is_empty() {
        bail!(Failure::new(
            format!("the cluster ended while it started ({status})"),
            format!("the log says why: {}", log.display()),
        ));
    }
    // The child has worded its failure already.
    eprint!("{message}");
    std::process::exit(1);
}

/// In the child: its own session, so that a closed terminal does not end it.
pub fn become_background() {
    // Fails only for a leader of a session, which is what is wanted.
    let _ = nix::unistd::setsid();
}

/// In the child: tells the waiting parent that all is ready, with the text to
/// show, and lets it go.
pub fn tell_ready(message: &str) {
    tell(&format!("{READY}\n{message}"));
}

/// In the child: tells the waiting parent what went wrong.
pub fn tell_failure(message: &str) {
    tell(message);
}

fn tell(text: &str) {
    let mut out = std::io::stdout().lock();
    // A parent that has gone needs no message.
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
    drop(out);
    // The parent reads to the end of the stream: it must end.
    if let Ok(null) = OpenOptions::new().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdout(null);
    }
}
