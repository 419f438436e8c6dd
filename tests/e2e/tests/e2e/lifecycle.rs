//! Stopping, starting, killing and removing skeg.

use std::process::Command;

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;
use skeg_e2e::{Cluster, can_run_containers, eventually};

const RESIZED: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: resized}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: c
    image: "skeg.local/toolbox:latest"
    command: ["sleep", "3600"]
    resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}}
    resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]
---
apiVersion: v1
kind: Pod
metadata: {name: beside}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"], resources: {requests: {cpu: 100m}}}
"#;

#[test]
fn running_pods_are_resized() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(RESIZED)?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/resized",
        "pod/beside",
        "--timeout=60s",
    ])?;
    let resize = |resources: &str| {
        let patch =
            format!(r#"{{"spec": {{"containers": [{{"name": "c", "resources": {resources}}}]}}}}"#);
        cluster.kubectl(&[
            "patch",
            "pod",
            "resized",
            "--subresource=resize",
            "-p",
            &patch,
        ])
    };
    let becomes = |template: &str, expect: &str| {
        eventually("the resize", || {
            let template = format!("jsonpath={template}");
            let told = cluster.kubectl(&["get", "pod", "resized", "-o", &template])?;
            ensure!(told == expect, "{told}");
            Ok(())
        })
    };
    let limits = "{.status.containerStatuses[0].resources.limits} {.status.containerStatuses[0].restartCount} {.status.conditions[0].type}";
    resize(r#"{"limits": {"cpu": "300m"}}"#)?;
    becomes(
        limits,
        r#"{"cpu":"300m","memory":"64Mi"} 0 PodReadyToStartContainers"#,
    )?;
    resize(r#"{"limits": {"memory": "96Mi"}}"#)?;
    becomes(
        limits,
        r#"{"cpu":"300m","memory":"96Mi"} 1 PodReadyToStartContainers"#,
    )?;
    // What the node does not have for others is waited for.
    let node = cluster.kubectl(&[
        "get",
        "nodes",
        "-o",
        "jsonpath={.items[0].status.allocatable.cpu}",
    ])?;
    resize(&format!(
        r#"{{"requests": {{"cpu": "{node}"}}, "limits": {{"cpu": "{node}"}}}}"#
    ))?;
    let pending = "{.status.conditions[?(@.type==\"PodResizePending\")].reason} {.status.containerStatuses[0].allocatedResources.cpu}";
    becomes(pending, "Deferred 100m")?;
    resize(r#"{"requests": {"cpu": "150m"}, "limits": {"cpu": "300m"}}"#)?;
    becomes(pending, " 150m")
}

const SLEEPER: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: sleeper}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"]}
"#;

/// Container id, start time and restart count: what must not change while a container lives on.
fn identity(cluster: &Cluster) -> Result<String> {
    cluster.kubectl(&[
        "get",
        "pod",
        "sleeper",
        "-o",
        "jsonpath={.status.containerStatuses[0].containerID} {.status.containerStatuses[0].state.running.startedAt} {.status.containerStatuses[0].restartCount}",
    ])
}

#[test]
fn containers_survive_a_stop_and_a_kill_and_reset_removes_everything() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let links_before = links()?;
    let mut cluster = Cluster::with_node()?;
    cluster.apply(SLEEPER)?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/sleeper",
        "--timeout=60s",
    ])?;
    let before = identity(&cluster)?;

    let took = cluster.end(Signal::SIGTERM)?;
    ensure!(took.as_secs() < 5, "SIGTERM took {took:?}");
    cluster.up()?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/sleeper",
        "--timeout=60s",
    ])?;
    ensure!(
        identity(&cluster)? == before,
        "the container was replaced by a stop and start"
    );

    cluster.end(Signal::SIGKILL)?;
    cluster.up()?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/sleeper",
        "--timeout=60s",
    ])?;
    ensure!(cluster.kubectl(&["exec", "sleeper", "--", "echo", "alive"])? == "alive\n");
    ensure!(
        identity(&cluster)? == before,
        "the container was replaced by a kill"
    );

    cluster.skeg(&["reset", "--yes"])?;
    ensure!(!cluster.data().exists(), "the data folder is left");
    let mounts = std::fs::read_to_string("/proc/self/mounts")?;
    let data = cluster.data().to_string_lossy().into_owned();
    ensure!(!mounts.contains(&data), "mounts are left:\n{mounts}");
    eventually("no link is left", || {
        let left: Vec<String> = links()?
            .into_iter()
            .filter(|link| !links_before.contains(link))
            .collect();
        ensure!(left.iter().all(|link| !link.contains("skeg")), "{left:?}");
        Ok(())
    })
}

fn links() -> Result<Vec<String>> {
    let out = Command::new("ip").args(["-o", "link"]).output()?;
    Ok(String::from_utf8_lossy(&out.stdout)
        .lines()
        .filter_map(|line| Some(line.split(": ").nth(1)?.to_owned()))
        .collect())
}

#[test]
fn every_acknowledged_write_survives_kill_9() -> Result<()> {
    let mut cluster = Cluster::without_node()?;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        for n in 0..5 {
            let name = format!("kept-{round}-{n}");
            cluster.kubectl(&["create", "configmap", &name])?;
            acknowledged.push(format!("configmap/{name}"));
        }
        cluster.end(Signal::SIGKILL)?;
        cluster.up()?;
        let there = cluster.kubectl(&["get", "configmaps", "-o", "name"])?;
        for name in &acknowledged {
            ensure!(
                there.lines().any(|line| line == name),
                "{name} is lost:\n{there}"
            );
        }
    }
    Ok(())
}
