//! Every example is run against a cluster of the test kit: as a program of its
//! own, with nothing but a kubeconfig.

#[path = "it/own_kinds.rs"]
mod own_kinds;
#[path = "it/runtime.rs"]
mod runtime;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use skeg_api::apps::v1::Deployment;
use skeg_testkit::{Cluster, PodScript};

/// How long an example may take to do what it is to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an example may take to end when it is told to.
const END_PATIENCE: Duration = Duration::from_secs(20);
const SIGTERM: i32 = 15;

/// How an example is run.
struct Row {
    name: &'static str,
    args: &'static [&'static str],
    /// What it must say.
    says: &'static str,
    /// Whether it runs until it is told to end.
    stays: bool,
}

const fn ends(name: &'static str, args: &'static [&'static str], says: &'static str) -> Row {
    Row {
        name,
        args,
        says,
        stays: false,
    }
}

const fn stays(name: &'static str, args: &'static [&'static str], says: &'static str) -> Row {
    Row {
        stays: true,
        ..ends(name, args, says)
    }
}

/// Every example, at least once.
const ROWS: &[Row] = &[
    ends("list_pods", &[], "web-"),
    ends(
        "server_side_apply",
        &[],
        "applied: 3 replicas of example.com/web:2",
    ),
    ends("dynamic_apply", &[], "colour.example.com/green created"),
    ends("snapshot", &[], "before-upgrade is ready to use"),
    ends("dra_claim", &[], "gpu is given gpu-0 of node-1"),
    stays("controller_with_crd", &[], ""),
    ends("copy", &["POD:greeting", "LOCAL"], "1 files, 6 bytes"),
    ends("exec", &["POD", "echo", "hello", "there"], "hello there"),
    stays("informer", &[], "node-1"),
    ends("k8s_openapi_types", &[], "written to configmap/images-"),
    ends("kubeconfig", &[], "* testkit https://127.0.0.1:"),
    stays("leader_elected_operator", &[], ""),
    stays("log_multiplexer", &["app=web"], "web is up"),
    stays("multi_cluster", &[], "testkit"),
    ends("port_forward", &["--ask", "POD", "80"], "default/web-"),
    stays("port_forward", &["web", "80"], "listening on 127.0.0.1:"),
    ends("scale_and_rollout", &["web", "3"], "web has 3 replicas"),
    ends("telemetry", &[], "rest_client"),
    stays("webhook", &["127.0.0.1:0"], "ready on 127.0.0.1:"),
    stays("watch", &["app=web"], "that is all; now what changes"),
];

const OBJECTS: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: web, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
";

/// The folder of the examples that were built beside this test.
fn built() -> PathBuf {
    let own = std::env::current_exe().expect("this test has a file");
    let deps = own.parent().expect("it stands in a folder");
    deps.parent().expect("that of the profile").join("examples")
}

/// The names of all examples, by the manifest.
fn names() -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let text = std::fs::read_to_string(manifest).expect("the manifest");
    let mut in_example = false;
    let mut names = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            in_example = line.trim() == "[[example]]";
        } else if in_example && let Some(name) = line.strip_prefix("name = ") {
            names.push(name.trim().trim_matches('"').to_owned());
        }
    }
    names
}

struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    said: String,
}

impl Running {
    fn start(name: &str, args: &[String], kubeconfig: &Path, dir: &Path) -> Self {
        let mut child = Command::new(built().join(name))
            .args(args)
            .current_dir(dir)
            .env("KUBECONFIG", kubeconfig)
            .env("HEALTH", "127.0.0.1:0")
            .env("METRICS", "127.0.0.1:0")
            .env("HOME", dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let (sender, lines) = mpsc::channel();
        for pipe in [
            child
                .stdout
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            child
                .stderr
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        ] {
            let (sender, pipe) = (sender.clone(), pipe.expect("a pipe"));
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let said = String::new();
        Self { child, lines, said }
    }

    /// Reads until the text comes, or the output ends, or the time is over.
    fn hears(&mut self, text: &str, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while !self.said.contains(text) || text.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.said.push_str(&line);
                    self.said.push('\n');
                }
                Err(_) => return false,
            }
        }
        true
    }

    fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return Some(status);
            }
            if Instant::now() > deadline {
                return None;
            }
            // Its output ends with it.
            let _ = self
                .lines
                .recv_timeout(Duration::from_millis(20))
                .map(|line| {
                    self.said.push_str(&line);
                    self.said.push('\n');
                });
        }
    }

    fn tell_to_end(&self) {
        let told = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.is_ok_and(|status| status.success()), "kill");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One example; what is wrong, if anything is.
fn run(row: &Row, pod: &str, kubeconfig: &Path) -> Result<(), String> {
    let dir = tempfile::tempdir().expect("a folder");
    let local = dir.path().join("copied").display().to_string();
    let args: Vec<String> = row
        .args
        .iter()
        .map(|arg| arg.replace("POD", pod).replace("LOCAL", &local))
        .collect();
    let mut running = Running::start(row.name, &args, kubeconfig, dir.path());
    if !row.says.is_empty() && !running.hears(row.says, PATIENCE) {
        return Err(format!(
            "it does not say {:?} but:\n{}",
            row.says, running.said
        ));
    }
    if !row.stays {
        let status = running.ended(PATIENCE);
        running.hears("", Duration::from_millis(100));
        return match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("{status}:\n{}", running.said)),
            None => Err(format!("it does not end:\n{}", running.said)),
        };
    }
    if let Some(status) = running.ended(Duration::from_secs(1)) {
        return Err(format!("it ended too early, {status}:\n{}", running.said));
    }
    running.tell_to_end();
    match running.ended(END_PATIENCE) {
        Some(status) if status.success() || status.signal() == Some(SIGTERM) => Ok(()),
        Some(status) => Err(format!("told to end, {status}:\n{}", running.said)),
        None => Err(format!("it does not end when told to:\n{}", running.said)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_runs() {
    let inside = tempfile::tempdir().expect("a folder");
    std::fs::write(inside.path().join("greeting"), "hello\n").expect("written");
    let script = PodScript::all()
        .logs(["web is up"])
        .runs_commands_in(inside.path());
    let mut failures = Vec::new();
    for name in names() {
        if !built().join(&name).is_file() {
            failures.push(format!("{name}: it is not built"));
            continue;
        }
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.name == name).collect();
        if rows.is_empty() {
            failures.push(format!("{name}: nobody says how it is run"));
        }
        // A cluster each: what one does must not help another.
        for row in rows {
            let cluster = Cluster::builder()
                .pods(script.clone())
                .manifest(OBJECTS)
                .start()
                .await
                .expect("a cluster");
            cluster
                .expect::<Deployment>("web")
                .to(|web| web.status.ready_replicas == 2)
                .await;
            let pod = cluster
                .expect_any::<skeg_api::core::v1::Pod>("default")
                .await
                .expect("a pod");
            let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
            let pod = pod.metadata.name.clone();
            let ran = tokio::task::spawn_blocking(move || run(row, &pod, &kubeconfig));
            if let Err(why) = ran.await.expect("it is run") {
                let args = row.args.join(" ");
                failures.push(format!("{name} {args}: {why}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
