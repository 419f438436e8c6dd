//! The examples of the runtime, as programs, against clusters of the test kit.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use skeg_api::core::v1::{ConfigMap, Event, Namespace, Pod};
use skeg_client::{Api, DeleteOptions, ListOptions, Patch, PatchOptions};
use skeg_meta::ObjectMeta;
use skeg_schema::json;
use skeg_testkit::{Cluster, User};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// An example that runs. It ends with this.
pub struct Example {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

fn program(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("this program");
    path.pop();
    path.pop();
    path.join("examples").join(name)
}

impl Example {
    pub fn start(name: &str, kubeconfig: &Path, set: &[(&str, &str)], args: &[&str]) -> Self {
        let mut child = Command::new(program(name))
            .args(args)
            .env("KUBECONFIG", kubeconfig)
            .envs(set.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the example was built");
        let stdout = child.stdout.take().expect("piped");
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// Reads on until a line holds a text.
    pub async fn says(&mut self, text: &str) -> String {
        let read = async {
            while let Some(line) = self.lines.next_line().await.expect("text") {
                if line.contains(text) {
                    return Some(line);
                }
            }
            None
        };
        let line = tokio::time::timeout(PATIENCE, read).await;
        line.ok()
            .flatten()
            .unwrap_or_else(|| panic!("it never said {text:?}"))
    }

    /// Ends it as an operator would, and waits for it.
    async fn end(mut self) {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.expect("kill").success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it ends").expect("a status");
        assert!(status.success(), "{status}");
    }
}

fn map(namespace: &str, name: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named(namespace, name),
        ..ConfigMap::default()
    }
}

pub async fn until<R: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> R) {
    let wait = async {
        let mut rhythm = tokio::time::interval(Duration::from_millis(20));
        while !holds().await {
            rhythm.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(waited.is_ok(), "waited in vain until {what}");
}

#[tokio::test]
async fn watch() {
    let cluster = Cluster::start().await.expect("a cluster");
    let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
    let mut example = Example::start("watch", &kubeconfig, &[], &["app=web"]);
    example.says("that is all").await;
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    for (name, app) in [("other", "db"), ("mine", "web")] {
        let mut pod = Pod {
            metadata: ObjectMeta::named("default", name),
            ..Pod::default()
        };
        pod.metadata.labels.insert("app".to_owned(), app.to_owned());
        let container = skeg_api::core::v1::Container {
            name: "c".to_owned(),
            image: "i".to_owned(),
            ..Default::default()
        };
        pod.spec.containers.push(container);
        pods.create(pod).await.expect("create");
    }
    assert!(example.says("changed").await.contains("changed mine"));
    let options = DeleteOptions::default();
    pods.delete("mine", &options).await.expect("delete");
    example.says("gone mine").await;
}

#[tokio::test]
async fn informer() {
    let cluster = Cluster::start().await.expect("a cluster");
    let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
    let mut example = Example::start("informer", &kubeconfig, &[], &[]);
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    for name in ["one", "two"] {
        let mut pod = Pod {
            metadata: ObjectMeta::named("default", name),
            ..Pod::default()
        };
        pod.spec.node_name = "elsewhere".to_owned();
        let container = skeg_api::core::v1::Container {
            name: "c".to_owned(),
            image: "i".to_owned(),
            ..Default::default()
        };
        pod.spec.containers.push(container);
        pods.create(pod).await.expect("create");
    }
    example.says("\"elsewhere\": 2").await;
}

async fn free_port() -> String {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let address = socket.expect("a port").local_addr().expect("an address");
    address.to_string()
}

async fn get(address: &str, path: &str) -> String {
    let Ok(mut socket) = tokio::net::TcpStream::connect(address).await else {
        return String::new();
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    if socket.write_all(request.as_bytes()).await.is_ok() {
        // What was not read is not there.
        let _ = socket.read_to_string(&mut answer).await;
    }
    answer
}

async fn operator(kubeconfig: &Path) -> (Example, String, String) {
    let (health, metrics) = (free_port().await, free_port().await);
    let set = [("HEALTH", &*health), ("METRICS", &*metrics)];
    let example = Example::start("leader_elected_operator", kubeconfig, &set, &[]);
    (example, health, metrics)
}

#[tokio::test]
async fn leader_elected_operator() {
    let cluster = Cluster::start().await.expect("a cluster");
    let kubeconfig = cluster.kubeconfig().await.expect("a kubeconfig");
    let target = Namespace {
        metadata: ObjectMeta::named("", "target"),
        ..Namespace::default()
    };
    Api::all(cluster.client())
        .create(target)
        .await
        .expect("create");
    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    let copies = Api::<ConfigMap>::namespaced(cluster.client(), "target");
    let (first, health, metrics) = operator(&kubeconfig).await;
    until("it is ready", || async {
        get(&health, "/readyz").await.contains("200 OK")
    })
    .await;

    let mut original = map("default", "m");
    let label = ("example.com/replicate-to".to_owned(), "target".to_owned());
    original.metadata.labels.extend([label]);
    original.data.insert("k".to_owned(), "1".to_owned());
    maps.create(original).await.expect("create");
    let value = || async {
        let copy = copies.get_opt("m").await.expect("get")?;
        copy.data.get("k").cloned()
    };
    until("there is a copy", || async {
        value().await.as_deref() == Some("1")
    })
    .await;
    let patch = |value: &str| Patch::Merge(json!({"data": {"k": value}}));
    let options = PatchOptions::default();
    maps.patch("m", &patch("2"), &options).await.expect("patch");
    until("the copy follows", || async {
        value().await.as_deref() == Some("2")
    })
    .await;
    copies
        .patch("m", &patch("wrong"), &options)
        .await
        .expect("patch");
    until("the copy is put right", || async {
        value().await.as_deref() == Some("2")
    })
    .await;
    let events = Api::<Event>::namespaced(cluster.client(), "default");
    until("an event tells of it", || async {
        let events = events.list(&ListOptions::default()).await.expect("list");
        events
            .items
            .iter()
            .any(|event| event.reason == "Replicated")
    })
    .await;
    let text = get(&metrics, "/metrics").await;
    for part in [
        "controller_runtime_reconcile_total{controller=\"replicator\",result=\"success\"}",
        "leader_election_master_status{name=\"replicator\"} 1",
        "rest_client_requests_total",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }

    let (second, health, metrics) = operator(&kubeconfig).await;
    until("the second stands by", || async {
        get(&health, "/readyz").await.contains("200 OK")
            && get(&metrics, "/metrics")
                .await
                .contains("master_status{name=\"replicator\"} 0")
    })
    .await;
    first.end().await;
    // It takes over at once, as the first has given its Lease up.
    maps.delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    until("original and copy are gone", || async {
        copies.get_opt("m").await.expect("get").is_none()
            && maps.get_opt("m").await.expect("get").is_none()
    })
    .await;
    second.end().await;
}

#[tokio::test]
async fn multi_cluster() {
    let (east, west) = (Cluster::start().await, Cluster::start().await);
    let (east, west) = (east.expect("a cluster"), west.expect("a cluster"));
    let folder = std::env::temp_dir().join(format!("skeg-multi-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut merged = Vec::new();
    for (cluster, name) in [(&east, "east"), (&west, "west")] {
        let text = cluster.kubeconfig_text(&User::admin()).await;
        // Of each its own names, so that the files can be merged.
        let mut text = text.expect("a kubeconfig");
        for field in ["name", "cluster", "current-context"] {
            text = text.replace(&format!("{field}: testkit"), &format!("{field}: {name}"));
        }
        for field in ["name", "user"] {
            let there = format!("{field}: user\n");
            text = text.replace(&there, &format!("{field}: user-{name}\n"));
        }
        let file = folder.join(name);
        std::fs::write(&file, text).expect("write");
        merged.push(file);
    }
    let kubeconfig = std::env::join_paths(&merged).expect("paths");
    let mut example = Example::start("multi_cluster", Path::new(&kubeconfig), &[], &[]);
    let labelled = |cluster: &Cluster, expect: &'static str| {
        let namespaces = Api::<Namespace>::all(cluster.client());
        move || {
            let namespaces = namespaces.clone();
            async move {
                let namespace = namespaces.get("default").await.expect("get");
                namespace
                    .metadata
                    .labels
                    .get("example.com/cluster")
                    .map(String::as_str)
                    == Some(expect)
            }
        }
    };
    until("the first is labelled", labelled(&east, "east")).await;
    until("the second is labelled", labelled(&west, "west")).await;
    example.says("west: ").await;
    std::fs::remove_dir_all(&folder).expect("it was there");
}
