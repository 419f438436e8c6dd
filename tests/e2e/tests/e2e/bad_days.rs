//! A full disk, power cuts, damage, and the process killed at its busiest.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;
use skeg_e2e::{Cluster, can_run_containers, eventually, skeg};

/// Takes all the room that there is on the disk of a folder; gives the file that does.
fn fill(folder: &Path) -> Result<PathBuf> {
    let ballast = folder.join("ballast");
    let mut file = std::fs::File::create(&ballast)?;
    while file.write_all(&[0; 64 << 10]).is_ok() {}
    Ok(ballast)
}

fn config_maps(cluster: &Cluster) -> Result<BTreeSet<String>> {
    let names = cluster.kubectl(&["get", "configmaps", "-o", "name"])?;
    Ok(names
        .lines()
        .filter_map(|line| Some(line.strip_prefix("configmap/")?.to_owned()))
        .collect())
}

fn disk_pressure(cluster: &Cluster, expect: &str) -> Result<()> {
    eventually(&format!("the node's DiskPressure is {expect}"), || {
        let path = "jsonpath={.items[0].status.conditions[?(@.type==\"DiskPressure\")].status}";
        let status = cluster.kubectl(&["get", "nodes", "-o", path])?;
        ensure!(status == expect, "{status}");
        Ok(())
    })
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_heals_by_itself() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let mut cluster = Cluster::new(&[])?;
    cluster.on_small_disk(72)?;
    cluster.up()?;
    cluster.wait_for_node()?;
    let ballast = fill(&cluster.data())?;
    disk_pressure(&cluster, "True")?;
    // Some room is set aside for the log; it is used up first, by less and less.
    let mut kept = BTreeSet::new();
    let mut refused = String::new();
    let value = cluster.dir.path().join("value");
    for bytes in [900 << 10, 100 << 10, 10 << 10, 1 << 10] {
        std::fs::write(&value, "x".repeat(bytes))?;
        let from = format!("--from-file={}", value.display());
        loop {
            let name = format!("value-{}", kept.len());
            let out = cluster.kubectl_raw(&["create", "configmap", &name, &from])?;
            if !out.status.success() {
                refused = String::from_utf8_lossy(&out.stderr).into_owned();
                break;
            }
            kept.insert(name);
            ensure!(kept.len() < 200, "a full disk takes everything");
        }
    }
    for part in ["the store cannot write", "no space left", "free some"] {
        ensure!(refused.contains(part), "no {part:?} in {refused}");
    }
    // Reads go on, and the user is told what to do.
    ensure!(config_maps(&cluster)?.is_superset(&kept), "reads fail");
    eventually("the status names the trouble", || {
        let status = Command::new(skeg())
            .args(["status", "-o", "json", "--data-dir"])
            .arg(cluster.data())
            .output()?;
        let report: serde_json::Value = serde_json::from_slice(&status.stdout)?;
        let problems = report["problems"].to_string();
        ensure!(
            problems.contains("no space left") && problems.contains("DiskPressure"),
            "{problems}"
        );
        Ok(())
    })?;

    let pid = cluster.pid();
    std::fs::remove_file(ballast)?;
    eventually("writes are taken again", || {
        cluster.kubectl(&["create", "configmap", "after"])
    })?;
    kept.insert("after".into());
    disk_pressure(&cluster, "False")?;
    ensure!(cluster.pid() == pid, "it was restarted");
    cluster.end(Signal::SIGKILL)?;
    cluster.up()?;
    let there = config_maps(&cluster)?;
    ensure!(
        there.is_superset(&kept),
        "lost: {:?}",
        kept.difference(&there)
    );
    Ok(())
}

const BUSY: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: busy}
spec:
  replicas: 3
  selector: {matchLabels: {app: busy}}
  template:
    metadata: {labels: {app: busy}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"]}
---
apiVersion: v1
kind: Pod
metadata: {name: witness}
spec:
  containers:
  - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"]}
"#;

/// Creates ConfigMaps without end from outside; what was acknowledged is sent on.
fn writer(
    cluster: &Cluster,
    prefix: &str,
    acknowledged: mpsc::Sender<String>,
) -> Result<std::process::Child> {
    let manifest = cluster.dir.path().join(format!("{prefix}.yaml"));
    let documents: String = (0..3000)
        .map(|n| {
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {prefix}-{n}}}\n---\n")
        })
        .collect();
    std::fs::write(&manifest, documents)?;
    let mut child = cluster
        .kubectl_command()
        .args(["create", "--validate=false", "-f"])
        .arg(&manifest)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = BufReader::new(child.stdout.take().context("piped")?);
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let name = line
                .strip_prefix("configmap/")
                .and_then(|rest| rest.strip_suffix(" created"));
            if name.is_some_and(|name| acknowledged.send(name.to_owned()).is_err()) {
                return;
            }
        }
    });
    Ok(child)
}

#[test]
fn killed_at_its_busiest_it_loses_nothing_that_it_acknowledged() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let mut cluster = Cluster::with_node()?;
    cluster.apply(BUSY)?;
    cluster.kubectl(&["rollout", "status", "deployment/busy", "--timeout=80s"])?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/witness",
        "--timeout=60s",
    ])?;
    let path = "jsonpath={.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";
    let witness = cluster.kubectl(&["get", "pod", "witness", "-o", path])?;
    let mut kept = BTreeSet::new();
    for round in 0..2 {
        let (sender, acknowledged) = mpsc::channel();
        let mut writers = (0..3)
            .map(|n| writer(&cluster, &format!("w{round}-{n}"), sender.clone()))
            .collect::<Result<Vec<_>>>()?;
        drop(sender);
        // All of it is in motion: writers, a rollout, its containers.
        cluster.kubectl(&["set", "env", "deployment/busy", &format!("ROUND={round}")])?;
        let mut first = 0;
        while first < 100 {
            kept.insert(acknowledged.recv().context("the writers ended early")?);
            first += 1;
        }
        cluster.end(Signal::SIGKILL)?;
        for child in &mut writers {
            // What it still tells is what it was told before the kill.
            drop(child.kill());
            child.wait()?;
        }
        kept.extend(acknowledged);
        cluster.up()?;
        let there = config_maps(&cluster)?;
        ensure!(
            there.is_superset(&kept),
            "of {} lost: {:?}",
            kept.len(),
            kept.difference(&there)
        );
        let rolled = cluster.kubectl(&["rollout", "status", "deployment/busy", "--timeout=80s"]);
        if rolled.is_err() {
            let path = "jsonpath={range .items[*]}{.metadata.name}{\"\\t\"}{.status}{\"\\n\"}{end}";
            println!("{}", cluster.kubectl(&["get", "pods", "-o", path])?);
            println!("{}", cluster.kubectl(&["get", "events"])?);
            println!("{}", cluster.log());
        }
        rolled?;
        let value = "jsonpath={.spec.template.spec.containers[0].env[0].value}";
        let env = cluster.kubectl(&["get", "deployment", "busy", "-o", value])?;
        ensure!(
            env == round.to_string(),
            "the rollout of round {round} is lost: {env}"
        );
    }
    eventually("the node says that the witness runs", || {
        let now = cluster.kubectl(&["get", "pod", "witness", "-o", path])?;
        ensure!(now == witness, "it was {witness}, it is {now}");
        Ok(())
    })?;
    ensure!(cluster.kubectl(&["exec", "witness", "--", "echo", "on"])? == "on\n");
    Ok(())
}

/// The segments of the log, oldest first.
fn segments(store: &Path) -> Result<Vec<PathBuf>> {
    let mut segments: Vec<PathBuf> = std::fs::read_dir(store)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    segments.retain(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("wal-"))
    });
    segments.sort();
    Ok(segments)
}

/// The newest segment of the log, and where what was written to it ends.
fn tail_of_log(store: &Path) -> Result<(PathBuf, u64)> {
    let last = segments(store)?.pop().context("there is no log")?;
    let bytes = std::fs::read(&last)?;
    let end = bytes.iter().rposition(|byte| *byte != 0);
    Ok((last, end.context("the log is empty")? as u64 + 1))
}

/// The segment that holds a text, and where.
fn place_in_log(store: &Path, text: &[u8]) -> Result<(PathBuf, u64)> {
    for segment in segments(store)? {
        let bytes = std::fs::read(&segment)?;
        if let Some(place) = bytes.windows(text.len()).position(|found| found == text) {
            return Ok((segment, place as u64));
        }
    }
    anyhow::bail!("the log holds no {}", String::from_utf8_lossy(text))
}

#[test]
fn a_power_cut_costs_the_torn_record_and_damage_is_refused_with_its_place() -> Result<()> {
    let mut cluster = Cluster::start(&["--roles", "apiserver"])?;
    let create = |cluster: &Cluster, name: &str| cluster.kubectl(&["create", "configmap", name]);
    for n in 0..10 {
        create(&cluster, &format!("kept-{n}"))?;
    }
    create(&cluster, "torn")?;
    cluster.end(Signal::SIGKILL)?;
    let store = cluster.data().join("store");

    // The last record reached the disk in part.
    let (segment, end) = tail_of_log(&store)?;
    let file = std::fs::File::options().write(true).open(&segment)?;
    file.set_len(end - 5)?;
    cluster.up()?;
    let there = config_maps(&cluster)?;
    ensure!(
        (0..10).all(|n| there.contains(&format!("kept-{n}"))),
        "{there:?}"
    );
    ensure!(
        !there.contains("torn"),
        "half a record was taken: {there:?}"
    );
    for name in ["after-1", "after-2", "after-3"] {
        create(&cluster, name)?;
    }
    cluster.end(Signal::SIGTERM)?;
    cluster.up()?;
    ensure!(
        config_maps(&cluster)?.contains("after-3"),
        "the log does not go on"
    );
    cluster.end(Signal::SIGKILL)?;

    // One byte of a record is another, with good records after it.
    let (segment, place) = place_in_log(&store, b"after-2")?;
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&segment)?;
    let mut byte = [0];
    file.read_exact_at(&mut byte, place)?;
    file.write_all_at(&[byte[0] ^ 0xff], place)?;
    let said = cluster.up_refused()?;
    let name = segment.file_name().unwrap_or_default().to_string_lossy();
    for part in [&*name, "damaged at byte", "  remedy  "] {
        ensure!(said.contains(part), "no {part:?} in:\n{said}");
    }
    // Refusing changes nothing: with the byte put right, all is there.
    file.write_all_at(&byte, place)?;
    cluster.up()?;
    ensure!(
        config_maps(&cluster)?.contains("after-3"),
        "lost by refusing"
    );
    Ok(())
}
