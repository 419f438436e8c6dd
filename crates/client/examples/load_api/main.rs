//! Puts load on an API server and measures what its process takes for it.
//!
//! `load_api KUBECONFIG PID [WORK…]` prints a line `name<TAB>value<TAB>unit` for
//! each figure. `cargo xtask bench api` starts the server and knows the goals.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt};
use http::Request;
use skeg_client::{HttpsTransport, Kubeconfig, Payload, Transport};

mod neighbour;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

/// Connections that work at the same time.
const CLIENTS: usize = 64;
/// How long each work is kept up.
const SPAN: Duration = Duration::from_secs(4);
/// Objects that the lists are of.
const MANY: usize = 10_000;

struct Load {
    pid: u32,
    clients: Vec<Arc<HttpsTransport>>,
}

/// One answer, read to its end.
struct Answer {
    code: u16,
    bytes: usize,
    text: Option<String>,
}

async fn ask(
    client: &HttpsTransport,
    method: &str,
    path: &str,
    kind: &str,
    accept: &str,
    body: String,
) -> Result<Answer> {
    let request = Request::builder().method(method).uri(path);
    send(client, request, kind, accept, body).await
}

async fn send(
    client: &HttpsTransport,
    mut request: http::request::Builder,
    kind: &str,
    accept: &str,
    body: String,
) -> Result<Answer> {
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    if !accept.is_empty() {
        request = request.header("accept", accept);
    }
    let payload = if body.is_empty() {
        Payload::Empty
    } else {
        Payload::Bytes(body.into())
    };
    let response = client.call(request.body(payload)?).await?;
    let code = response.status().as_u16();
    let mut bytes = 0;
    let mut text = Vec::new();
    if let Payload::Stream(mut stream) = response.into_body() {
        while let Some(piece) = stream.try_next().await? {
            bytes += piece.len();
            if code >= 400 && text.len() < 1000 {
                text.extend_from_slice(&piece);
            }
        }
    }
    Ok(Answer {
        code,
        bytes,
        text: (code >= 400).then(|| String::from_utf8_lossy(&text).into_owned()),
    })
}

fn well(answer: Answer) -> Result<Answer> {
    match answer.text {
        Some(text) => Err(format!("{}: {text}", answer.code).into()),
        None => Ok(answer),
    }
}

/// CPU time of a process so far.
fn cpu(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after = stat.rsplit_once(") ").ok_or("no such process")?.1;
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}

fn resident_mib(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024.0)
}

fn tell(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value}\t{unit}");
}

fn quantile(samples: &mut [Duration], share: f64) -> f64 {
    samples.sort_unstable();
    let at = (share * samples.len() as f64).ceil() as usize;
    samples
        .get(at.saturating_sub(1))
        .map_or(f64::NAN, |sample| sample.as_secs_f64() * 1e3)
}

fn config_map(namespace: &str, name: &str) -> String {
    let filler = "x".repeat(760);
    format!(
        r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}","namespace":"{namespace}","labels":{{"app":"load"}}}},"data":{{"key":"{filler}"}}}}"#
    )
}

fn pod(namespace: &str, name: &str, group: usize) -> String {
    format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}","labels":{{"app":"load","group":"g{group}"}}}},"spec":{{"automountServiceAccountToken":false,"containers":[{{"name":"main","image":"registry.example.com/load:1","args":["serve","--port=8080"],"env":[{{"name":"MODE","value":"bench"}}],"ports":[{{"containerPort":8080,"name":"http"}}],"resources":{{"requests":{{"cpu":"10m","memory":"32Mi"}},"limits":{{"memory":"64Mi"}}}}}}]}}}}"#
    )
}

/// What a request of a work is made of: method, path, content type, body.
type Made = (&'static str, String, &'static str, String);

impl Load {
    async fn one(&self, method: &str, path: &str, body: String) -> Result<Answer> {
        ask(&self.clients[0], method, path, "application/json", "", body).await
    }

    /// Keeps all clients busy, and tells rate, latency and CPU time.
    async fn work(
        &self,
        name: &str,
        make: impl Fn(usize, usize) -> Made + Send + Sync,
    ) -> Result<()> {
        let begun = Instant::now();
        let before = cpu(self.pid)?;
        let make = &make;
        let runs = self
            .clients
            .iter()
            .enumerate()
            .map(|(at, client)| async move {
                let mut took = Vec::new();
                let mut round = 0;
                while begun.elapsed() < SPAN {
                    let (method, path, kind, body) = make(at, round);
                    let asked = Instant::now();
                    well(ask(client, method, &path, kind, "", body).await?)?;
                    took.push(asked.elapsed());
                    round += 1;
                }
                Ok::<_, Error>(took)
            });
        let mut took: Vec<Duration> = try_join_all(runs).await?.into_iter().flatten().collect();
        let spent = cpu(self.pid)?.saturating_sub(before);
        let count = took.len() as f64;
        tell(
            &format!("{name}, CPU"),
            spent.as_secs_f64() * 1e6 / count,
            "µs",
        );
        tell(
            &format!("{name}, rate"),
            count / begun.elapsed().as_secs_f64(),
            "/s",
        );
        tell(&format!("{name}, p99"), quantile(&mut took, 0.99), "ms");
        Ok(())
    }

    async fn writes(&self) -> Result<()> {
        let path = |at: usize| format!("/api/v1/namespaces/load/configmaps/own-{at}");
        for at in 0..CLIENTS {
            well(
                self.one(
                    "POST",
                    "/api/v1/namespaces/load/configmaps",
                    config_map("load", &format!("own-{at}")),
                )
                .await?,
            )?;
        }
        self.work("create a ConfigMap of 1 KiB", |at, round| {
            (
                "POST",
                "/api/v1/namespaces/load/configmaps".to_owned(),
                "application/json",
                config_map("load", &format!("c-{at}-{round}")),
            )
        })
        .await?;
        self.work("get", |at, _| ("GET", path(at), "", String::new()))
            .await?;
        self.work("merge patch", |at, round| {
            (
                "PATCH",
                path(at),
                "application/merge-patch+json",
                format!(r#"{{"data":{{"round":"{round}"}}}}"#),
            )
        })
        .await?;
        self.work("server-side apply", |at, round| {
            (
                "PATCH",
                format!("{}?fieldManager=load&force=true", path(at)),
                "application/apply-patch+yaml",
                format!(
                    r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"own-{at}"}},"data":{{"applied":"{round}"}}}}"#
                ),
            )
        })
        .await?;
        self.work("create a small pod", |at, round| {
            (
                "POST",
                "/api/v1/namespaces/load/pods".to_owned(),
                "application/json",
                pod("load", &format!("p-{at}-{round}"), 0),
            )
        })
        .await
    }

    /// Makes many objects in a namespace.
    async fn fill(&self) -> Result<()> {
        let next = AtomicUsize::new(0);
        let next = &next;
        let runs = self.clients.iter().map(|client| async move {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= MANY {
                    return Ok::<_, Error>(());
                }
                let name = format!("many-{at}");
                for (path, body) in [
                    (
                        "/api/v1/namespaces/many/configmaps",
                        config_map("many", &name),
                    ),
                    (
                        "/api/v1/namespaces/many/pods",
                        pod("many", &name, at % (MANY / 100)),
                    ),
                ] {
                    well(ask(client, "POST", path, "application/json", "", body).await?)?;
                }
            }
        });
        try_join_all(runs).await?;
        tell(
            "memory with 10,000 ConfigMaps and 10,000 pods",
            resident_mib(self.pid)?,
            "MiB",
        );
        Ok(())
    }

    async fn lists(&self) -> Result<()> {
        const ROUNDS: u32 = 20;
        for (name, accept) in [
            ("list 10,000 pods, JSON", "application/json"),
            (
                "list 10,000 pods, protobuf",
                "application/vnd.kubernetes.protobuf",
            ),
        ] {
            let path = "/api/v1/namespaces/many/pods";
            let client = &self.clients[0];
            // The first one of a form makes it.
            let begun = Instant::now();
            let answer = well(ask(client, "GET", path, "", accept, String::new()).await?)?;
            tell(
                &format!("{name}, the first"),
                begun.elapsed().as_secs_f64() * 1e3,
                "ms",
            );
            let before = cpu(self.pid)?;
            let begun = Instant::now();
            for _ in 0..ROUNDS {
                well(ask(client, "GET", path, "", accept, String::new()).await?)?;
            }
            let spent = cpu(self.pid)?.saturating_sub(before) / ROUNDS;
            tell(&format!("{name}, CPU"), spent.as_secs_f64() * 1e3, "ms");
            tell(
                &format!("{name}, time"),
                (begun.elapsed() / ROUNDS).as_secs_f64() * 1e3,
                "ms",
            );
            tell(
                &format!("{name}, size"),
                answer.bytes as f64 / f64::from(1 << 20),
                "MiB",
            );
        }
        let rounds = 400u32;
        let before = cpu(self.pid)?;
        let mut took = Vec::new();
        for round in 0..rounds {
            let group = round as usize % (MANY / 100);
            let path = format!("/api/v1/namespaces/many/pods?labelSelector=group%3Dg{group}");
            let begun = Instant::now();
            well(ask(&self.clients[0], "GET", &path, "", "", String::new()).await?)?;
            took.push(begun.elapsed());
        }
        let spent = cpu(self.pid)?.saturating_sub(before) / rounds;
        tell(
            "list 100 of 10,000 by a label, p50",
            quantile(&mut took, 0.5),
            "ms",
        );
        tell(
            "list 100 of 10,000 by a label, CPU",
            spent.as_secs_f64() * 1e3,
            "ms",
        );
        tell("memory after the lists", resident_mib(self.pid)?, "MiB");
        Ok(())
    }

    async fn watches(&self) -> Result<()> {
        const WATCHERS: usize = 100;
        let path = "/api/v1/namespaces/watched/configmaps?watch=1&resourceVersion=0";
        let delivered = AtomicUsize::new(0);
        let over = AtomicBool::new(false);
        let now = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
        };
        let mut streams = Vec::new();
        for at in 0..WATCHERS {
            let client = &self.clients[at % CLIENTS];
            let request = Request::builder().uri(path).body(Payload::Empty)?;
            match client.call(request).await?.into_body() {
                Payload::Stream(stream) => streams.push(stream),
                _ => return Err("a watch has no stream".into()),
            }
        }
        let before = cpu(self.pid)?;
        let begun = Instant::now();
        let reads = streams.into_iter().enumerate().map(|(at, mut stream)| {
            let (delivered, over) = (&delivered, &over);
            async move {
                let mut late = Vec::new();
                loop {
                    let piece = tokio::time::timeout(Duration::from_millis(500), stream.next());
                    let Ok(piece) = piece.await else {
                        if over.load(Ordering::Acquire) {
                            return Ok::<_, Error>(late);
                        }
                        continue;
                    };
                    let Some(piece) = piece.transpose()? else {
                        return Ok(late);
                    };
                    let lines = piece.iter().filter(|byte| **byte == b'\n').count();
                    delivered.fetch_add(lines, Ordering::Relaxed);
                    // The times of a few stand for those of all.
                    if at % 10 == 0
                        && let Some(sent) = sent_at(&piece)
                    {
                        late.push(now().saturating_sub(sent));
                    }
                }
            }
        });
        let writers = self.clients.iter().take(4).enumerate().map(|(at, client)| {
            let over = &over;
            async move {
                let mut round = 0;
                while begun.elapsed() < SPAN {
                    let body = format!(
                        r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"w-{at}-{round}"}},"data":{{"sent":"{}"}}}}"#,
                        now().as_nanos()
                    );
                    let path = "/api/v1/namespaces/watched/configmaps";
                    well(ask(client, "POST", path, "application/json", "", body).await?)?;
                    round += 1;
                }
                over.store(true, Ordering::Release);
                Ok::<_, Error>(round)
            }
        });
        let (late, _) =
            futures::future::try_join(try_join_all(reads), try_join_all(writers)).await?;
        let spent = cpu(self.pid)?.saturating_sub(before);
        let count = delivered.load(Ordering::Relaxed) as f64;
        let mut late: Vec<Duration> = late.into_iter().flatten().collect();
        tell(
            "100 watchers, CPU a delivery",
            spent.as_secs_f64() * 1e6 / count,
            "µs",
        );
        tell("100 watchers, deliveries", count / SPAN.as_secs_f64(), "/s");
        tell("100 watchers, p99", quantile(&mut late, 0.99), "ms");
        Ok(())
    }

    /// Many kinds that are defined while the server runs.
    async fn crds(&self) -> Result<()> {
        const KINDS: usize = 100;
        const EACH: usize = 60;
        let before = resident_mib(self.pid)?;
        let begun = Instant::now();
        let runs = (0..KINDS).map(|at| async move {
            let client = &self.clients[at % CLIENTS];
            let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
            let body = definition(at);
            well(ask(client, "POST", path, "application/json", "", body).await?)?;
            let path = format!("/apis/g{at}.load.example.com/v1/namespaces/load/widgets");
            loop {
                let answer = ask(client, "GET", &path, "", "", String::new()).await?;
                if answer.code == 200 {
                    return Ok::<_, Error>(());
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        try_join_all(runs).await?;
        let served = begun.elapsed();
        tell("100 CRDs, served after", served.as_secs_f64() * 1e3, "ms");
        let runs = (0..KINDS).map(|group| async move {
            let client = &self.clients[group % CLIENTS];
            let path = format!("/apis/g{group}.load.example.com/v1/namespaces/load/widgets");
            for at in 0..EACH {
                let body = widget(group, at);
                well(ask(client, "POST", &path, "application/json", "", body).await?)?;
            }
            Ok::<_, Error>(())
        });
        try_join_all(runs).await?;
        let after = resident_mib(self.pid)?;
        tell("100 CRDs of 60 objects each, memory", after - before, "MiB");
        let begun = Instant::now();
        well(self.one("GET", "/openapi/v2", String::new()).await?)?;
        tell(
            "  /openapi/v2, the first",
            begun.elapsed().as_secs_f64() * 1e3,
            "ms",
        );
        let after = resident_mib(self.pid)?;
        tell("  after /openapi/v2", after - before, "MiB");
        Ok(())
    }

    async fn idle_watches(&self) -> Result<()> {
        let before = resident_mib(self.pid)?;
        let path = "/api/v1/namespaces/none/configmaps?watch=1&resourceVersion=0";
        let opened = self.clients.iter().map(|client| async move {
            let mut streams = Vec::new();
            for _ in 0..MANY / CLIENTS {
                let request = Request::builder().uri(path).body(Payload::Empty)?;
                streams.push(client.call(request).await?.into_body());
            }
            Ok::<_, Error>(streams)
        });
        let open: Vec<_> = try_join_all(opened).await?.into_iter().flatten().collect();
        let after = resident_mib(self.pid)?;
        tell(
            "an idle watch of 10,000",
            (after - before) * 1024.0 / open.len() as f64,
            "KiB",
        );
        Ok(())
    }
}

/// A definition with a schema of some size.
fn definition(at: usize) -> String {
    let text = r#"{"type":"string","maxLength":64}"#;
    let fields: Vec<String> = (0..10).map(|n| format!(r#""f{n}":{text}"#)).collect();
    let fields = fields.join(",");
    format!(
        r#"{{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{{"name":"widgets.g{at}.load.example.com"}},"spec":{{"group":"g{at}.load.example.com","scope":"Namespaced","names":{{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"}},"versions":[{{"name":"v1","served":true,"storage":true,"subresources":{{"status":{{}}}},"schema":{{"openAPIV3Schema":{{"type":"object","properties":{{"spec":{{"type":"object","properties":{{{fields},"parts":{{"type":"array","items":{{"type":"object","properties":{{{fields}}}}}}}}}}},"status":{{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}}}}}}]}}}}"#
    )
}

fn widget(group: usize, at: usize) -> String {
    format!(
        r#"{{"apiVersion":"g{group}.load.example.com/v1","kind":"Widget","metadata":{{"name":"w-{at}","labels":{{"app":"load"}}}},"spec":{{"f0":"one","f1":"two","f2":"three","parts":[{{"f3":"four","f4":"five"}}]}}}}"#
    )
}

/// The time that a watched object says it was sent at.
fn sent_at(piece: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(piece).ok()?;
    let (_, rest) = text.split_once("\"sent\":\"")?;
    let (nanos, _) = rest.split_once('"')?;
    Some(Duration::from_nanos(nanos.parse().ok()?))
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let usage = "load_api KUBECONFIG PID [writes] [fill] [lists] [watches] [idle-watches] [crds] [neighbour]";
    let kubeconfig = args.next().ok_or(usage)?;
    let pid: u32 = args.next().ok_or(usage)?.parse()?;
    let works: Vec<String> = args.collect();
    let config = Kubeconfig::from_file(Path::new(&kubeconfig))?.config(None)?;
    let clients = (0..CLIENTS)
        .map(|_| HttpsTransport::new(&config).map(Arc::new))
        .collect::<Result<Vec<_>, _>>()?;
    let load = Load { pid, clients };
    for namespace in ["load", "many", "watched", "none"] {
        let body = format!(
            r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{namespace}"}}}}"#
        );
        load.one("POST", "/api/v1/namespaces", body).await?;
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
        let body = r#"{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}}"#;
        load.one("POST", &path, body.to_owned()).await?;
    }
    for client in &load.clients {
        well(
            ask(
                client,
                "GET",
                "/api/v1/namespaces/load",
                "",
                "",
                String::new(),
            )
            .await?,
        )?;
    }
    for work in [
        "writes",
        "fill",
        "lists",
        "watches",
        "idle-watches",
        "crds",
        "neighbour",
    ] {
        if !works.is_empty() && !works.iter().any(|wanted| wanted == work) {
            continue;
        }
        match work {
            "writes" => load.writes().await?,
            "fill" => load.fill().await?,
            "lists" => load.lists().await?,
            "watches" => load.watches().await?,
            "crds" => load.crds().await?,
            "neighbour" => neighbour::run(&load).await?,
            _ => load.idle_watches().await?,
        }
    }
    Ok(())
}
