//! The roles as processes of their own.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, eventually, refused, skeg};

/// Processes of roles; they end with their owner.
struct Roles {
    folder: PathBuf,
    running: Vec<(String, Child)>,
}

impl Roles {
    fn start(&mut self, role: &str, args: &[&str]) -> Result<()> {
        let log = std::fs::File::create(self.folder.join(format!("{role}.log")))?;
        let child = Command::new(skeg())
            .arg(role)
            .args(args)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("start the {role}"))?;
        self.running.push((role.to_owned(), child));
        Ok(())
    }

    fn all_run(&mut self) -> Result<()> {
        for (role, child) in &mut self.running {
            if let Some(status) = child.try_wait()? {
                let log = std::fs::read_to_string(self.folder.join(format!("{role}.log")))?;
                anyhow::bail!("the {role} ended with {status}:\n{log}");
            }
        }
        Ok(())
    }
}

impl Drop for Roles {
    fn drop(&mut self) {
        for (role, child) in &mut self.running {
            if std::thread::panicking() {
                let log = std::fs::read_to_string(self.folder.join(format!("{role}.log")));
                println!("--- the {role} printed:\n{}", log.unwrap_or_default());
            }
            // Best effort: what has ended already needs no ending.
            if let Ok(pid) = child.id().try_into() {
                let pid = nix::unistd::Pid::from_raw(pid);
                let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
            }
            drop(child.wait());
        }
        reset(&self.folder.join("node"));
    }
}

fn reset(folder: &Path) {
    drop(
        Command::new(skeg())
            .args(["reset", "--yes", "--data-dir"])
            .arg(folder)
            .output(),
    );
}

const WEB: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: skeg.local/toolbox:latest
        command: ["http-echo", "--port", "8080"]
        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"]}
"#;

#[test]
fn six_processes_are_a_cluster() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::start(&["--roles", "apiserver"])?;
    let kubeconfig = cluster.data().join("admin.kubeconfig");
    let kubeconfig = kubeconfig.to_string_lossy();
    let (service_cidr, pod_cidr, node) = cluster.ranges();
    let folder = cluster.dir.path().join("roles");
    std::fs::create_dir_all(&folder)?;
    let data = folder.join("node");
    let data = data.to_string_lossy();
    let mut roles = Roles {
        folder: folder.clone(),
        running: Vec::new(),
    };
    for role in ["scheduler", "controller-manager"] {
        roles.start(role, &["--kubeconfig", &kubeconfig])?;
    }
    for role in ["kubelet", "proxy", "dns"] {
        let args = [
            "--kubeconfig",
            &kubeconfig,
            "--data-dir",
            &data,
            "--service-cidr",
            &service_cidr,
            "--pod-cidr",
            &pod_cidr,
            "--node-name",
            &node,
        ];
        roles.start(role, &args)?;
    }
    eventually("the node is there", || {
        roles.all_run()?;
        cluster.kubectl(&[
            "wait",
            "--for=condition=Ready",
            "node",
            "--all",
            "--timeout=30s",
        ])
    })?;
    cluster.apply(WEB)?;
    cluster.kubectl(&["rollout", "status", "deployment/web", "--timeout=80s"])?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/client",
        "--timeout=60s",
    ])?;
    let answer = eventually("the service answers by its name", || {
        roles.all_run()?;
        cluster.kubectl(&[
            "exec",
            "client",
            "--",
            "curl",
            "http://web.default.svc.cluster.local/",
        ])
    })?;
    ensure!(answer.contains("web-"), "{answer}");
    let logs = cluster.kubectl(&["logs", "deployment/web"])?;
    drop(logs);
    cluster.kubectl(&["delete", "deployment,service,pod", "--all", "--timeout=60s"])?;
    Ok(())
}

/// A server that says to be of another version, for one request.
fn impostor(version: &'static str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || -> Result<()> {
        for stream in listener.incoming() {
            let mut stream = stream?;
            let mut request = [0; 4096];
            let _ = stream.read(&mut request)?;
            let body = format!("{{\"major\":\"1\",\"minor\":\"{version}\"}}");
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )?;
        }
        Ok(())
    });
    Ok(format!("http://{address}"))
}

#[test]
fn a_role_refuses_an_api_server_of_another_age() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let kubeconfig = dir.path().join("kubeconfig");
    for (role, version, remedy) in [
        ("scheduler", "30", "bring the API server to 1.37 first"),
        (
            "controller-manager",
            "42",
            "run a controller-manager of 1.42",
        ),
        ("dns", "36", "bring the API server to 1.37 first"),
    ] {
        let server = impostor(version)?;
        std::fs::write(
            &kubeconfig,
            format!(
                "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
                 clusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
                 users: [{{name: u, user: {{token: t}}}}]\n\
                 contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
            ),
        )?;
        let mut command = Command::new(skeg());
        command.arg(role).arg("--kubeconfig").arg(&kubeconfig);
        let said = refused(command)?;
        for part in [format!("of Kubernetes 1.{version}"), remedy.to_owned()] {
            ensure!(said.contains(&part), "{role}: no {part:?} in:\n{said}");
        }
    }
    Ok(())
}
