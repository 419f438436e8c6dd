//! `docs/terminal.svg`, the picture in the README: what its commands print
//! when they are run, drawn as a terminal shows it.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::shell;

/// Where `skeg up` keeps its data when nobody says otherwise.
const DATA_DIR: &str = "/var/lib/skeg";

/// What is shown. `skeg` and `kubectl` are found on PATH.
const SHOWN: &[&str] = &[
    "skeg up --detach",
    "export KUBECONFIG=/var/lib/skeg/admin.kubeconfig",
    "kubectl apply -f examples/guestbook.yaml",
    "kubectl rollout status deployment/frontend",
    "kubectl get pods,services",
    "skeg status",
];
/// What is done after, unseen.
const HIDDEN: &str = "skeg reset --yes";

/// The size of a letter and of a line, and the space around the text, in pixels.
const LETTER: f64 = 8.4;
const LINE: usize = 19;
const MARGIN: usize = 20;

/// Runs the commands and draws the picture. As root, on a machine on which no
/// cluster has its data where the commands put theirs.
///
/// # Errors
/// A command fails, or there is a cluster.
pub fn run() -> Result<()> {
    ensure!(
        !Path::new(DATA_DIR).exists(),
        "{DATA_DIR} exists: the picture is made with a new cluster"
    );
    let mut lines = Vec::new();
    let shown = SHOWN.iter().try_for_each(|command| {
        let said = bash(command)?;
        lines.push(format!("$ {command}"));
        lines.extend(said.lines().map(str::to_owned));
        anyhow::Ok(())
    });
    let removed = bash(HIDDEN);
    shown?;
    removed?;
    let path = shell::root().join("docs/terminal.svg");
    std::fs::write(&path, draw(&lines)).with_context(|| format!("write {}", path.display()))?;
    println!("{}", lines.join("\n"));
    Ok(())
}

/// What a command prints, both outputs as they come.
fn bash(command: &str) -> Result<String> {
    let binaries = shell::binary("release");
    let folder = binaries.parent().context("the binary lies in a folder")?;
    let path = format!(
        "{}:{}:{}",
        folder.display(),
        shell::root().join("tests/tools/bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    // A detached server must not hold the pipe: a file takes the output.
    let path_of_said = shell::scratch("picture")?.join("said");
    let said = File::create(&path_of_said)?;
    let status = Command::new("bash")
        .args(["-c", command])
        .current_dir(shell::root())
        .env("PATH", path)
        .env("KUBECONFIG", format!("{DATA_DIR}/admin.kubeconfig"))
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said)
        .status()?;
    let text = std::fs::read_to_string(&path_of_said)?;
    ensure!(status.success(), "`{command}` ended with {status}:\n{text}");
    Ok(text)
}

fn draw(lines: &[String]) -> String {
    let columns = lines.iter().map(|line| line.chars().count()).max();
    let width = (columns.unwrap_or_default() as f64 * LETTER) as usize + 2 * MARGIN;
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16181d\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\" \
         fill=\"#d7dae0\" xml:space=\"preserve\">\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let colour = if line.starts_with("$ ") {
            " fill=\"#8fd18f\""
        } else {
            ""
        };
        let y = MARGIN + row * LINE + LINE * 3 / 4;
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{y}\"{colour}>{}</text>",
            escape(line)
        );
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_drawn_below_each_other_and_escaped() {
        let svg = draw(&["$ a <b>".to_owned(), "c & d".to_owned()]);
        assert!(svg.contains(">$ a &lt;b&gt;</text>"), "{svg}");
        assert!(svg.contains(">c &amp; d</text>"), "{svg}");
        assert_eq!(svg.matches("<text").count(), 2);
        assert!(svg.contains("height=\"78\""), "{svg}");
    }
}
