//! Replays the recorded conversations with kube-apiserver 1.37.1 against `skeg`,
//! and holds the number of steps alike with a ratchet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::server::Server;
use crate::test::Count;
use crate::{pack, shell};

/// A folder of recordings, and what must run to replay it.
struct Folder {
    name: &'static str,
    /// The arguments of `skeg up`.
    up: &'static [&'static str],
    quick: bool,
    jobs: &'static str,
    /// Groups that wait in vain for what is not built yet (docs/gaps.md): each
    /// of their steps takes its whole patience, and none shows anything.
    left_out: &'static [&'static str],
}

const STATIC: &[&str] = &["--roles", "apiserver"];
const CONTROLLERS: &[&str] = &["--no-node"];

const FOLDERS: &[Folder] = &[
    Folder {
        name: "machinery",
        up: STATIC,
        quick: true,
        jobs: "8",
        left_out: &[],
    },
    Folder {
        name: "kinds-core",
        up: STATIC,
        quick: true,
        jobs: "8",
        left_out: &[],
    },
    Folder {
        name: "kinds-rest",
        up: STATIC,
        quick: false,
        jobs: "12",
        left_out: &[],
    },
    Folder {
        name: "policy",
        up: STATIC,
        quick: false,
        jobs: "12",
        left_out: &[],
    },
    Folder {
        name: "controllers",
        up: CONTROLLERS,
        quick: false,
        jobs: "12",
        left_out: &[],
    },
];

/// Steps alike and steps in all.
type Tally = (u64, u64);

/// Replays the folders; a folder or group with fewer steps alike than
/// `tests/data/corpus-ratchet.tsv` says is a failure.
pub fn run(quick: bool) -> Result<Count> {
    let corpus = pack::unpack("corpus")?;
    let ratchet = read_ratchet()?;
    let mut tallies = BTreeMap::new();
    for folders in [STATIC, CONTROLLERS].map(|up| {
        FOLDERS
            .iter()
            .filter(|folder| folder.up == up && (!quick || folder.quick))
            .collect::<Vec<_>>()
    }) {
        let Some(first) = folders.first() else {
            continue;
        };
        let server = Server::started("debug", first.up)?;
        for folder in folders {
            let mut tally = replay(&corpus, folder, &server.url())?;
            if below(&ratchet, &tally) {
                // kube-apiserver itself differs from its recordings now and then, where its own
                // background work races with a request. What fell twice has fallen.
                println!("{}: replayed again", folder.name);
                for (name, (alike, steps)) in replay(&corpus, folder, &server.url())? {
                    let best = tally.get(&name).map_or(0, |(alike, _)| *alike).max(alike);
                    tally.insert(name, (best, steps));
                }
            }
            tallies.extend(tally);
        }
    }
    let mut count = Count::default();
    for (name, (alike, steps)) in &tallies {
        let floor = ratchet.get(name).copied().unwrap_or(0);
        let verdict = if *alike >= floor { "" } else { "  FELL" };
        println!("{name:<40} {alike:>5} of {steps:>5} alike, at least {floor}{verdict}");
        if *alike >= floor {
            count.passed += 1;
        } else {
            count.failed += 1;
        }
    }
    if std::env::var_os("SKEG_CORPUS_RAISE").is_some() {
        raise(&ratchet, &tallies)?;
    }
    Ok(count)
}

/// Whether any of the tallies is below its floor.
fn below(ratchet: &BTreeMap<String, u64>, tallies: &BTreeMap<String, Tally>) -> bool {
    tallies
        .iter()
        .any(|(name, (alike, _))| ratchet.get(name).is_some_and(|floor| alike < floor))
}

/// Replays one folder and returns the tally of the folder and, below it, of each group.
fn replay(corpus: &Path, folder: &Folder, url: &str) -> Result<BTreeMap<String, Tally>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(corpus.join(folder.name))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.is_dir() && !folder.left_out.iter().any(|name| path.ends_with(name)));
    paths.sort();
    let (alone, together) = by_turns(&paths)?;
    let mut running = Vec::new();
    for (paths, jobs) in [(&alone, "1"), (&together, folder.jobs)] {
        if !paths.is_empty() {
            let replayer = Command::new("/usr/bin/python3")
                .arg(corpus.join("corpus.py"))
                .arg("replay")
                .args(paths)
                .args(["--server", url, "--token", "admin-token"])
                .args(["--jobs", jobs, "-v"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .context("start the replayer")?;
            running.push(std::thread::spawn(move || replayer.wait_with_output()));
        }
    }
    let (mut output, mut whole) = (String::new(), (0, 0));
    for replayer in running {
        let ended = replayer
            .join()
            .ok()
            .context("the replayer's thread ended")??;
        let text = String::from_utf8_lossy(&ended.stdout).into_owned();
        let (alike, steps): Tally = text
            .lines()
            .find_map(|line| parse_steps(line.strip_prefix("steps: ")?))
            .with_context(|| format!("the replayer did not finish {}:\n{text}", folder.name))?;
        whole = (whole.0 + alike, whole.1 + steps);
        output.push_str(&text);
    }
    std::fs::write(
        shell::scratch("corpus-output")?.join(format!("{}.txt", folder.name)),
        &output,
    )?;
    let mut tallies = BTreeMap::from([(folder.name.to_owned(), whole)]);
    if folder.name == "controllers" {
        groups(&paths, folder.name, &output, &mut tallies)?;
    }
    Ok(tallies)
}

/// Parts the scenarios of these folders into those that make nodes, which only
/// one scenario may do at a time, and the others; folders without any of the
/// former stay whole. Those that would only wait for each other, asking for
/// their turn many times a second, are replayed one after another.
fn by_turns(folders: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    const TURN: &str = "one-scenario-with-nodes-at-a-time";
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
        files.sort();
        let mut takes_turns = Vec::with_capacity(files.len());
        for file in &files {
            takes_turns.push(std::fs::read_to_string(file)?.contains(TURN));
        }
        if !takes_turns.contains(&true) {
            together.push(folder.clone());
            continue;
        }
        for (file, takes_turns) in files.into_iter().zip(takes_turns) {
            if takes_turns {
                alone.push(file);
            } else {
                together.push(file);
            }
        }
    }
    Ok((alone, together))
}

/// `X of Y alike`.
fn parse_steps(text: &str) -> Option<Tally> {
    let mut words = text.split_whitespace();
    let alike = words.next()?.parse().ok()?;
    let of = words.nth(1)?.parse().ok()?;
    Some((alike, of))
}

/// Tallies each group of a folder: the steps of its scenarios, less those that differ.
fn groups(
    paths: &[PathBuf],
    folder: &str,
    output: &str,
    tallies: &mut BTreeMap<String, Tally>,
) -> Result<()> {
    for group in paths {
        let mut steps = 0;
        for file in std::fs::read_dir(group)? {
            let path = file?.path();
            if path.to_string_lossy().ends_with(".rec.json") {
                let recorded: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
                steps += recorded.as_array().map_or(0, Vec::len) as u64;
            }
        }
        let name = group.file_name().unwrap_or_default().to_string_lossy();
        let marker = format!("/{folder}/{name}/");
        let differ: u64 = output
            .lines()
            .filter(|line| line.starts_with("FAIL ") && line.contains(&marker))
            .filter_map(|line| {
                line.rsplit_once('(')?
                    .1
                    .split(' ')
                    .next()?
                    .parse::<u64>()
                    .ok()
            })
            .sum();
        tallies.insert(
            format!("{folder}/{name}"),
            (steps - differ.min(steps), steps),
        );
    }
    Ok(())
}

fn ratchet_file() -> PathBuf {
    shell::root().join("tests/data/corpus-ratchet.tsv")
}

fn read_ratchet() -> Result<BTreeMap<String, u64>> {
    let text = std::fs::read_to_string(ratchet_file()).unwrap_or_default();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, floor) = line
                .split_once('\t')
                .context("a line of the ratchet is NAME, tab, STEPS")?;
            Ok((name.to_owned(), floor.trim().parse()?))
        })
        .collect()
}

/// Raises the ratchet to what was reached. It never lowers it.
fn raise(ratchet: &BTreeMap<String, u64>, tallies: &BTreeMap<String, Tally>) -> Result<()> {
    let mut raised = ratchet.clone();
    for (name, (alike, _)) in tallies {
        // The recordings themselves differ in up to one step in a thousand; those of controllers
        // wait for things to happen, and a busy machine makes some of them too late.
        let per = if name.starts_with("controllers") {
            50
        } else {
            500
        };
        let floor = alike - alike.div_ceil(per).min(*alike);
        let entry = raised.entry(name.clone()).or_default();
        *entry = floor.max(*entry);
    }
    let mut text = String::from(
        "# steps alike at least, by folder; written by SKEG_CORPUS_RAISE=1 cargo xtask test corpus\n",
    );
    for (name, floor) in raised {
        text.push_str(&format!("{name}\t{floor}\n"));
    }
    std::fs::write(ratchet_file(), text).context("write the ratchet")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_replayers_closing_line_is_read() {
        assert_eq!(parse_steps("12 of 30 alike"), Some((12, 30)));
        assert_eq!(parse_steps("nothing"), None);
    }
}
