//! Suite `clients`: the libraries that programs of others are made of, against
//! `skeg up --no-node`. The programs are in `tests/clients`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::server::Server;
use crate::shell;
use crate::test::Count;

pub fn run() -> Result<Count> {
    let mut count = Count::default();
    let server = Server::started("debug", &["--no-node"])?;
    for (name, client) in [("go", go()), ("python", python())] {
        match client? {
            Some(command) => add(&mut count, name, command, &server)?,
            None => println!("skipped: {name} is not installed"),
        }
    }
    if count.failed > 0 {
        let path = shell::scratch("clients")?.join("server.log");
        std::fs::write(&path, server.log())?;
        println!("the server's log is in {}", path.display());
    }
    Ok(count)
}

/// Builds the program in Go; none without Go.
fn go() -> Result<Option<Command>> {
    if !shell::has("go") {
        return Ok(None);
    }
    let program = shell::scratch("clients")?.join("go");
    let built = Command::new("go")
        .args(["build", "-trimpath", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(shell::root().join("tests/clients/go"))
        .env("CGO_ENABLED", "0")
        .stdin(Stdio::null())
        .status()
        .context("start go")?;
    anyhow::ensure!(built.success(), "`go build` ended with {built}");
    Ok(Some(Command::new(program)))
}

/// Installs the Python package into an environment of its own; none without Python.
fn python() -> Result<Option<Command>> {
    if !shell::has("python3") {
        return Ok(None);
    }
    let folder = shell::root().join("tests/clients/python");
    let wanted = std::fs::read_to_string(folder.join("requirements.txt"))?;
    let venv = shell::scratch("venv")?;
    let witness = venv.join("installed.txt");
    if std::fs::read_to_string(&witness).ok().as_deref() != Some(wanted.as_str()) {
        let path = venv.to_string_lossy();
        shell::run("python3", &["-m", "venv", &path])?;
        let requirements = folder.join("requirements.txt");
        shell::run(
            &format!("{path}/bin/pip"),
            &["install", "--quiet", "-r", &requirements.to_string_lossy()],
        )?;
        std::fs::write(&witness, wanted)?;
    }
    let mut command = Command::new(venv.join("bin/python"));
    command.arg(folder.join("main.py"));
    Ok(Some(command))
}

/// Runs a program and counts its lines `ok NAME` and `FAIL NAME: why`.
fn add(count: &mut Count, name: &str, mut command: Command, server: &Server) -> Result<()> {
    let output = command
        .env("KUBECONFIG", server.kubeconfig())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start the client in {name}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let seen = tally(&text);
    for line in text.lines().filter(|line| line.starts_with("FAIL ")) {
        println!("{name}: {line}");
    }
    println!("{name}: {} ok, {} failed", seen.passed, seen.failed);
    count.passed += seen.passed;
    count.failed += seen.failed;
    if !output.status.success() && seen.failed == 0 {
        let why = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = why.lines().rev().take(20).collect();
        println!("{name}: ended with {}", output.status);
        last.iter().rev().for_each(|line| println!("  {line}"));
        count.failed += 1;
    }
    Ok(())
}

fn tally(text: &str) -> Count {
    let starting = |word: &str| text.lines().filter(|line| line.starts_with(word)).count() as u64;
    Count {
        passed: starting("ok "),
        failed: starting("FAIL "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_clients_are_counted() {
        let count = tally("ok crud\nnoise\nFAIL watch: no event\nok table\nnot ok\n");
        assert_eq!((count.passed, count.failed), (2, 1));
    }
}
