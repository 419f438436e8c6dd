//! Workloads in real containers, driven by kubectl.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, eventually, root};

#[test]
fn the_guestbook_is_deployed_scaled_restarted_undone_and_deleted() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    let guestbook = root().join("examples/guestbook.yaml");
    let guestbook = guestbook.to_string_lossy();
    cluster.kubectl(&["apply", "-f", &guestbook])?;
    cluster.kubectl(&["rollout", "status", "deployment/frontend", "--timeout=60s"])?;
    cluster.kubectl(&["rollout", "status", "deployment/backend", "--timeout=60s"])?;
    let pods = cluster.kubectl(&["get", "pods", "-o", "wide", "-l", "tier=frontend"])?;
    ensure!(
        pods.lines().filter(|line| line.contains("Running")).count() == 3,
        "{pods}"
    );

    cluster.kubectl(&["scale", "deployment/frontend", "--replicas=5"])?;
    cluster.kubectl(&["rollout", "status", "deployment/frontend", "--timeout=60s"])?;
    cluster.kubectl(&["scale", "deployment/frontend", "--replicas=2"])?;
    eventually("two replicas are left", || {
        let pods = cluster.kubectl(&["get", "pods", "-l", "tier=frontend", "-o", "name"])?;
        ensure!(pods.lines().count() == 2, "{pods}");
        Ok(())
    })?;

    cluster.kubectl(&["rollout", "restart", "deployment/backend"])?;
    cluster.kubectl(&["rollout", "status", "deployment/backend", "--timeout=60s"])?;
    cluster.kubectl(&["set", "env", "deployment/backend", "EXTRA=1"])?;
    cluster.kubectl(&["rollout", "status", "deployment/backend", "--timeout=60s"])?;
    cluster.kubectl(&["rollout", "undo", "deployment/backend"])?;
    cluster.kubectl(&["rollout", "status", "deployment/backend", "--timeout=60s"])?;
    let env = cluster.kubectl(&[
        "get",
        "deployment",
        "backend",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].env[*].name}",
    ])?;
    ensure!(env == "PASSWORD", "undone, yet the environment has {env}");

    let described = cluster.kubectl(&["describe", "deployment", "frontend"])?;
    ensure!(described.contains("ScalingReplicaSet"), "{described}");
    cluster.kubectl(&["delete", "-f", &guestbook, "--timeout=60s"])?;
    eventually("no pod is left", || {
        let pods = cluster.kubectl(&["get", "pods", "-o", "name"])?;
        ensure!(pods.is_empty(), "{pods}");
        Ok(())
    })
}

const TALKER: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: talker}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    command: ["sh", "-c", "echo first line; http-echo --port 8080"]
"#;

#[test]
fn logs_exec_and_port_forward_reach_a_container() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(TALKER)?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/talker",
        "--timeout=60s",
    ])?;
    cluster.log_with("talker", "first line")?;

    let mut follow = cluster
        .kubectl_command()
        .args(["logs", "-f", "talker"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(follow.stdout.take().context("piped")?).read_line(&mut line)?;
    follow.kill()?;
    follow.wait()?;
    ensure!(line == "first line\n", "{line:?}");

    ensure!(cluster.kubectl(&["exec", "talker", "--", "echo", "hello"])? == "hello\n");
    let failed = cluster.kubectl_raw(&["exec", "talker", "--", "sh", "-c", "exit 7"])?;
    ensure!(failed.status.code() == Some(7), "{failed:?}");
    let mut cat = cluster
        .kubectl_command()
        .args(["exec", "-i", "talker", "--", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    cat.stdin
        .take()
        .context("piped")?
        .write_all(b"over and back\n")?;
    let mut echoed = String::new();
    cat.stdout
        .take()
        .context("piped")?
        .read_to_string(&mut echoed)?;
    ensure!(
        cat.wait()?.success() && echoed == "over and back\n",
        "{echoed:?}"
    );

    let mut forward = cluster
        .kubectl_command()
        .args(["port-forward", "pod/talker", ":8080"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut told = String::new();
    let mut output = BufReader::new(forward.stdout.take().context("piped")?);
    output.read_line(&mut told)?;
    let port: u16 = told
        .strip_prefix("Forwarding from 127.0.0.1:")
        .and_then(|rest| rest.split(' ').next())
        .and_then(|port| port.parse().ok())
        .with_context(|| told.clone())?;
    let answer = http_get(("127.0.0.1", port), "/")?;
    forward.kill()?;
    forward.wait()?;
    ensure!(answer.contains("talker"), "{answer}");
    Ok(())
}

/// A GET over a fresh connection; an answer other than 200 is an error.
fn http_get(address: impl std::net::ToSocketAddrs, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "answer: {answer:?}");
    Ok(answer)
}

#[test]
fn a_rolling_update_loses_no_request() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    let guestbook = root().join("examples/guestbook.yaml");
    cluster.kubectl(&["apply", "-f", &guestbook.to_string_lossy()])?;
    cluster.kubectl(&["rollout", "status", "deployment/frontend", "--timeout=60s"])?;
    let ip = cluster.kubectl(&[
        "get",
        "service",
        "frontend",
        "-o",
        "jsonpath={.spec.clusterIP}",
    ])?;
    let address = format!("{ip}:80");
    eventually("the service answers", || http_get(address.as_str(), "/"))?;

    let stop = Arc::new(AtomicBool::new(false));
    let served = Arc::new(AtomicU64::new(0));
    let traffic = std::thread::spawn({
        let (stop, served) = (stop.clone(), served.clone());
        move || {
            let mut failures = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                match http_get(address.as_str(), "/") {
                    Ok(_) => drop(served.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => failures.push(format!("{error:#}")),
                }
            }
            failures
        }
    });
    cluster.kubectl(&["set", "env", "deployment/frontend", "GENERATION=2"])?;
    let status = cluster.kubectl(&["rollout", "status", "deployment/frontend", "--timeout=80s"]);
    stop.store(true, Ordering::Relaxed);
    let failures = traffic
        .join()
        .map_err(|_| anyhow::anyhow!("the traffic panicked"))?;
    status?;
    ensure!(
        failures.is_empty(),
        "{} requests failed: {:?}",
        failures.len(),
        &failures[..failures.len().min(3)]
    );
    ensure!(
        served.load(Ordering::Relaxed) > 20,
        "too little traffic to show anything"
    );
    Ok(())
}

#[test]
fn a_job_is_retried_until_it_succeeds_or_gives_up() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(
        r#"
apiVersion: batch/v1
kind: Job
metadata: {name: works}
spec:
  completions: 2
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: c, image: "skeg.local/toolbox:latest", command: ["true"]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: fails}
spec:
  backoffLimit: 1
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: c, image: "skeg.local/toolbox:latest", command: ["sh", "-c", "exit 3"]}
"#,
    )?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Complete",
        "job/works",
        "--timeout=60s",
    ])?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Failed",
        "job/fails",
        "--timeout=80s",
    ])?;
    let failed = cluster.get(&["job", "fails"])?;
    ensure!(failed["status"]["failed"] == 2, "{}", failed["status"]);
    let pods = cluster.get(&["pods", "-l", "job-name=fails"])?;
    let code =
        &pods["items"][0]["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"];
    ensure!(code == 3, "{pods}");
    Ok(())
}

#[test]
fn a_stateful_set_gives_its_pods_names_that_stay() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(
        r#"
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{port: 80, name: http}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: c, image: "skeg.local/toolbox:latest", args: ["http-echo", "--port", "80"]}
"#,
    )?;
    cluster.kubectl(&["rollout", "status", "statefulset/db", "--timeout=80s"])?;
    let name = cluster.kubectl(&["exec", "db-1", "--", "hostname"])?;
    ensure!(name == "db-1\n", "{name:?}");
    let before = cluster.kubectl(&["get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}"])?;
    cluster.kubectl(&["delete", "pod", "db-1"])?;
    eventually("db-1 is made anew", || {
        let uid = cluster.kubectl(&["get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}"])?;
        ensure!(uid != before, "still the old one");
        Ok(())
    })?;
    cluster.kubectl(&["wait", "--for=condition=Ready", "pod/db-1", "--timeout=60s"])?;
    Ok(())
}

#[test]
fn a_container_that_eats_its_memory_is_killed_and_one_that_forks_is_held() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(
        r#"
apiVersion: v1
kind: Pod
metadata: {name: eater}
spec:
  restartPolicy: Never
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    command: ["eat-memory", "200Mi"]
    resources: {limits: {memory: 32Mi}}
---
apiVersion: v1
kind: Pod
metadata: {name: forker}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    command: ["fork-bomb"]
    resources: {limits: {memory: 64Mi, cpu: 200m}}
---
apiVersion: v1
kind: Pod
metadata: {name: deaf}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    command: ["signal", "ignore"]
"#,
    )?;
    eventually("the eater was killed for its memory", || {
        let pod = cluster.get(&["pod", "eater"])?;
        let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
        ensure!(
            ended["reason"] == "OOMKilled" && ended["exitCode"] == 137,
            "{}",
            pod["status"]
        );
        Ok(())
    })?;
    eventually("the deaf one runs", || {
        let phase = cluster.kubectl(&["get", "pod", "deaf", "-o", "jsonpath={.status.phase}"])?;
        ensure!(phase == "Running", "{phase}");
        Ok(())
    })?;
    // The machine still answers, and both go when they are told to.
    cluster.kubectl(&["delete", "pod", "deaf", "forker", "--timeout=60s"])?;
    Ok(())
}
