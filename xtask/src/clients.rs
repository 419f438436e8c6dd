//! Suite `clients`: kubectl, and the libraries that programs of others are made
//! of, against `skeg up --no-node`. The programs are in `tests/clients`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::pack;
use crate::server::Server;
use crate::shell;
use crate::test::Count;

pub fn run() -> Result<Count> {
    let mut count = Count::default();
    let server = Server::started("debug", &["--no-node"])?;
    for (name, client) in [
        ("go", go()),
        ("envtest", envtest("assets", &[])),
        (
            "envtest",
            envtest(
                "assets-controllers",
                &["--with-controllers", "gc,namespace"],
            ),
        ),
        ("python", python()),
        ("kubectl", kubectl()),
        ("upstream", upstream()),
    ] {
        match client? {
            Some(command) => add(&mut count, name, command, &server)?,
            None => println!("skipped: {name} is not installed"),
        }
    }
    kube_program(&mut count)?;
    if count.failed > 0 {
        let path = shell::scratch("clients")?.join("server.log");
        std::fs::write(&path, server.log())?;
        println!("the server's log is in {}", path.display());
    }
    Ok(count)
}

/// Builds the program in Go; none without Go.
fn go() -> Result<Option<Command>> {
    go_program("go", ".")
}

/// controller-runtime's envtest, with the folder that `skeg envtest` writes.
fn envtest(folder: &str, flags: &[&str]) -> Result<Option<Command>> {
    let Some(mut command) = go_program("envtest", "./envtest")? else {
        return Ok(None);
    };
    let assets = shell::scratch("clients")?.join(folder);
    let skeg = shell::binary("debug");
    let assets_text = assets.to_string_lossy().into_owned();
    let mut args = vec!["envtest", &assets_text];
    args.extend(flags);
    shell::run(&skeg.to_string_lossy(), &args)?;
    command.env("KUBEBUILDER_ASSETS", assets);
    if !flags.is_empty() {
        command.env("ENVTEST_CONTROLLERS", "1");
    }
    Ok(Some(command))
}

fn go_program(name: &str, package: &str) -> Result<Option<Command>> {
    if !shell::has("go") {
        return Ok(None);
    }
    let program = shell::scratch("clients")?.join(name);
    let built = Command::new("go")
        .args(["build", "-trimpath", "-o"])
        .arg(&program)
        .arg(package)
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

/// The program that drives kubectl; none without Python.
fn kubectl() -> Result<Option<Command>> {
    if !shell::has("python3") {
        return Ok(None);
    }
    let mut command = Command::new("python3");
    command
        .arg(shell::root().join("tests/clients/kubectl/main.py"))
        .arg(shell::root().join("tests/tools/bin/kubectl"));
    Ok(Some(command))
}

/// Upstream's server of custom resources on our store, its judge of pods, and its libraries of
/// patches, beside ours; none without Python.
fn upstream() -> Result<Option<Command>> {
    if !shell::has("python3") {
        return Ok(None);
    }
    let mut command = Command::new("/usr/bin/python3");
    command
        .arg(shell::root().join("tests/clients/upstream/main.py"))
        .arg(shell::binary("debug"))
        .arg(shell::root().join("tests/tools/bin/apiextensions-apiserver"))
        .arg(shell::root().join("tests/tools/bin/pod-security-webhook"))
        .arg(shell::root().join("tests/tools/bin/field-manager"))
        .arg(pack::unpack("corpus")?);
    Ok(Some(command))
}

/// Runs a program and counts its lines `ok NAME` and `FAIL NAME: why`.
fn add(count: &mut Count, name: &str, command: Command, server: &Server) -> Result<()> {
    add_with(count, name, command, &server.kubeconfig())
}

/// A program written with the crate `kube`, against a cluster of the test kit.
fn kube_program(count: &mut Count) -> Result<()> {
    let folder = shell::root().join("tests/kube-program");
    let target = shell::scratch("kube-program")?;
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--target-dir"])
        .arg(&target)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .status()
        .context("start cargo")?;
    anyhow::ensure!(
        built.success(),
        "the kube program: cargo ended with {built}"
    );
    shell::run(
        "cargo",
        &[
            "build",
            "--quiet",
            "-p",
            "skeg-testkit",
            "--example",
            "serve",
        ],
    )?;
    let profile = shell::binary("debug");
    let profile = profile.parent().context("the binary is in a folder")?;
    let mut kit = Command::new(profile.join("examples/serve"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start the test kit")?;
    let mut kubeconfig = String::new();
    let told = kit.stdout.take().context("the kit's output is piped")?;
    let read = BufReader::new(told).read_line(&mut kubeconfig);
    let outcome = read.context("read the kubeconfig's path").and_then(|_| {
        let triple = profile.parent().and_then(Path::file_name);
        let triple = triple.context("the binary is in a folder of its target")?;
        let program = target.join(triple).join("debug/kube-program");
        add_with(
            count,
            "kube",
            Command::new(program),
            Path::new(kubeconfig.trim()),
        )
    });
    // Its input ends, and so it ends.
    drop(kit.stdin.take());
    kit.wait().context("end the test kit")?;
    outcome
}

fn add_with(count: &mut Count, name: &str, mut command: Command, kubeconfig: &Path) -> Result<()> {
    let output = command
        .env("KUBECONFIG", kubeconfig)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start the client in {name}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lacking = std::fs::read_to_string(shell::root().join("tests/clients/lacking.txt"))?;
    let seen = tally(name, &text, &lacking);
    seen.notes
        .iter()
        .for_each(|note| println!("{name}: {note}"));
    text.lines()
        .filter_map(|line| line.strip_prefix("note "))
        .for_each(|note| println!("{name}: {note}"));
    println!(
        "{name}: {} ok, {} failed, {} lacking as known",
        seen.count.passed, seen.count.failed, seen.lacking
    );
    count.passed += seen.count.passed;
    count.failed += seen.count.failed;
    if !output.status.success() && seen.count.failed + seen.lacking == 0 {
        let why = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = why.lines().rev().take(20).collect();
        println!("{name}: ended with {}", output.status);
        last.iter().rev().for_each(|line| println!("  {line}"));
        count.failed += 1;
    }
    Ok(())
}

#[derive(Default)]
struct Seen {
    count: Count,
    lacking: u64,
    notes: Vec<String>,
}

/// Reads the lines of a client. What `lacking.txt` names may fail, and may not pass.
fn tally(client: &str, text: &str, lacking: &str) -> Seen {
    let is_lacking = |check: &str| {
        lacking.lines().any(|line| {
            let mut words = line.split(' ');
            words.next() == Some(client) && words.next() == Some(check)
        })
    };
    let mut seen = Seen::default();
    for line in text.lines() {
        if let Some(check) = line.strip_prefix("ok ") {
            if is_lacking(check) {
                seen.count.failed += 1;
                seen.notes.push(format!(
                    "{check} passes: remove it from tests/clients/lacking.txt"
                ));
            } else {
                seen.count.passed += 1;
            }
        } else if let Some(failed) = line.strip_prefix("FAIL ") {
            if is_lacking(failed.split(':').next().unwrap_or_default()) {
                seen.lacking += 1;
            } else {
                seen.count.failed += 1;
                seen.notes.push(line.to_owned());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_clients_are_counted() {
        let lacking = "# what is lacking\ngo apply why\npython watch why\n";
        let seen = tally(
            "go",
            "ok crud\nnoise\nFAIL watch: no event\nok table\nFAIL apply: 415\n",
            lacking,
        );
        assert_eq!(
            (seen.count.passed, seen.count.failed, seen.lacking),
            (2, 1, 1)
        );
        assert_eq!(seen.notes, ["FAIL watch: no event"]);
    }

    #[test]
    fn what_is_lacking_no_more_must_be_struck_off() {
        let seen = tally("go", "ok apply\n", "go apply why\n");
        assert_eq!((seen.count.passed, seen.count.failed), (0, 1));
    }
}
