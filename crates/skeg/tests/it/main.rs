//! The program as a user runs it.

mod cluster;
mod commands;

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// `skeg` with these words, its environment clean of settings.
pub fn skeg(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skeg"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SKEG_") || name == "KUBECONFIG" {
            command.env_remove(name);
        }
    }
    command.args(words);
    command
}

/// Runs to the end.
pub fn output(words: &[&str]) -> Output {
    skeg(words).output().expect("the program starts")
}

/// Standard output of a run that must succeed.
pub fn success(words: &[&str]) -> String {
    let output = output(words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{words:?}: {}\n{text}{errors}",
        output.status
    );
    text
}

/// Standard error of a run that must fail.
pub fn failure(words: &[&str]) -> String {
    let output = output(words);
    assert!(!output.status.success(), "{words:?} succeeded");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A process in the foreground that is killed when the test ends.
pub struct Running {
    /// The process.
    pub child: Child,
}

impl Running {
    /// Starts `skeg` with these words.
    pub fn start(words: &[&str]) -> Self {
        let child = skeg(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { child }
    }

    /// Sends SIGTERM and returns how long the process took to end.
    pub fn terminate(mut self) -> Duration {
        let start = Instant::now();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it runs");
        let status = self.child.wait().expect("it is our child");
        assert!(status.success(), "{status}");
        start.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Stops a detached cluster when the test ends.
pub struct StopAtEnd<'a>(pub &'a Path);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        let _ = output(&["down", "--data-dir", &self.0.display().to_string()]);
    }
}

/// `skeg status -o json`, whatever it exits with.
pub fn status(dir: &str) -> Value {
    let output = output(&["status", "-o", "json", "--data-dir", dir]);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}
