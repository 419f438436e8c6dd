//! The client library's streams against real containers.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::StreamExt;
use skeg_api::core::v1::Pod;
use skeg_client::streams::{
    AttachOptions, ExecOptions, Logs, PodCopy, PortForwarder, Process, StreamProtocol,
};
use skeg_client::{Api, Client, Kubeconfig, wait};
use skeg_e2e::{Cluster, PATIENCE, can_run_containers};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

const BOTH: [StreamProtocol; 2] = [StreamProtocol::WebSocket, StreamProtocol::Spdy];

const PODS: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: box, labels: {app: streams}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: skeg.local/toolbox:latest
    command: ["sh", "-c", "echo web is here; http-echo --port 8080"]
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
  - name: talk
    image: skeg.local/toolbox:latest
    stdin: true
    command: ["sh", "-c", "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.05; done"]
---
apiVersion: v1
kind: Pod
metadata: {name: parrot, labels: {app: streams}}
spec:
  terminationGracePeriodSeconds: 1
  restartPolicy: Never
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    stdin: true
    command: ["sh", "-c", "echo parrot is here; cat"]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: streams}
  ports: [{port: 80, targetPort: http}]
"#;

fn client(cluster: &Cluster) -> Result<Client> {
    let path = cluster.data().join("admin.kubeconfig");
    let config = Kubeconfig::from_file(&path)?.config(None)?;
    Ok(Client::from_config(&config)?)
}

/// One cluster serves all of it: starting one takes longer than the rest.
#[test]
fn the_clients_streams_reach_real_containers() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(PODS)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = client(&cluster)?;
        let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
        for pod in ["box", "parrot"] {
            wait::within(
                PATIENCE,
                wait::await_condition(&pods, pod, wait::pod_ready()),
            )
            .await?;
        }
        for protocol in BOTH {
            exec(&pods, protocol)
                .await
                .with_context(|| format!("exec by {protocol:?}"))?;
            forward(&client, &pods, protocol)
                .await
                .with_context(|| format!("port-forward by {protocol:?}"))?;
            copy(&pods, protocol)
                .await
                .with_context(|| format!("cp by {protocol:?}"))?;
        }
        attach(&pods).await.context("attach")?;
        logs(&pods).await.context("logs")
    })
}

fn sh(script: &str, protocol: StreamProtocol) -> ExecOptions {
    ExecOptions::new(["sh", "-c", script])
        .container("web")
        .protocol(protocol)
}

async fn exec(pods: &Api<Pod>, protocol: StreamProtocol) -> Result<()> {
    let process = pods
        .exec("box", &sh("echo out; echo err >&2; exit 7", protocol))
        .await?;
    println!("{process:?}");
    let result = process.output().await?;
    ensure!(
        result.status.code() == 7 && result.stdout == b"out\n" && result.stderr == b"err\n",
        "{result:?}"
    );

    let killed = pods.exec("box", &sh("kill -9 $$", protocol)).await?;
    let status = killed.wait().await?;
    ensure!(status.signal() == Some(9), "{status:?}");

    // The end of the input reaches the program, and nothing of much is lost.
    let much = vec![b'x'; 3 << 20];
    let process = pods.exec("box", &sh("cat", protocol).stdin()).await?;
    let result = process.output_of(&much).await?;
    ensure!(
        result.status.success() && result.stdout == much,
        "{} of {} bytes came back, {:?}",
        result.stdout.len(),
        much.len(),
        result.status
    );

    // A terminal: its size, a signal by its key, and the code of the end.
    let mut shell = pods
        .exec(
            "box",
            &ExecOptions::new(["signal", "--exit-code", "3"])
                .container("web")
                .stdin()
                .terminal(100, 40)
                .protocol(protocol),
        )
        .await?;
    let mut input = shell.stdin.take().context("stdin")?;
    ensure!(shell.stderr.is_none(), "a terminal has one output");
    until(&mut shell, "waiting for signals").await?;
    shell.resize(120, 50).await?;
    until(&mut shell, "got SIGWINCH").await?;
    input.write_all(&[3]).await?;
    until(&mut shell, "got SIGINT").await?;
    let status = shell.wait().await?;
    ensure!(status.code() == 3, "{status:?}");
    let tty = ExecOptions::new(["tty"])
        .container("web")
        .tty()
        .protocol(protocol);
    let name = pods.exec("box", &tty).await?.output().await?;
    ensure!(name.stdout_text().starts_with("/dev/"), "{name:?}");

    let missing = ExecOptions::new(["no-such-program"])
        .container("web")
        .protocol(protocol);
    let error = pods.exec("box", &missing).await?.wait().await;
    let error = error.err().context("it has run")?;
    println!("{}", error.chain());
    ensure!(error.code() == 500, "{}", error.chain());
    let nowhere = pods
        .exec("nobody", &sh("true", protocol))
        .await
        .err()
        .context("it has run")?;
    ensure!(nowhere.is_not_found(), "{}", nowhere.chain());
    let container = ExecOptions::new(["true"])
        .container("nobody")
        .protocol(protocol);
    let nowhere = pods.exec("box", &container).await.err();
    let nowhere = nowhere.context("it has run")?;
    ensure!(nowhere.is_bad_request(), "{}", nowhere.chain());
    Ok(())
}

/// Reads a terminal until this has come.
async fn until(shell: &mut Process, expect: &str) -> Result<()> {
    let output = shell.stdout.as_mut().context("stdout")?;
    let mut seen = String::new();
    let mut buffer = [0; 1024];
    while !seen.contains(expect) {
        let read = tokio::time::timeout(Duration::from_secs(20), output.read(&mut buffer));
        let n = read.await.with_context(|| format!("{seen:?}"))??;
        ensure!(n > 0, "the terminal has ended after {seen:?}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
    Ok(())
}

async fn forward(client: &Client, pods: &Api<Pod>, protocol: StreamProtocol) -> Result<()> {
    let forward = pods.port_forward_by("box", protocol).await?;
    println!("{forward:?}");
    for _ in 0..3 {
        let mut stream = forward.connect(8080).await?;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut refused = forward.connect(9).await?;
    let mut nothing = Vec::new();
    let error = refused.read_to_end(&mut nothing).await.err();
    let error = error.context("port 9 has answered")?;
    println!("{error}");
    ensure!(error.to_string().contains('9'), "{error}");

    let listener = PortForwarder::to_service(client.clone(), "default", "web")
        .protocol(protocol)
        .listen("127.0.0.1:0", 80)
        .await?;
    let gets = (0..8).map(|_| async {
        let mut socket = tokio::net::TcpStream::connect(listener.local_addr()).await?;
        socket
            .write_all(b"GET / HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        anyhow::Ok(())
    });
    futures::future::try_join_all(gets).await?;
    listener.close().await;
    Ok(())
}

fn mode(path: &Path) -> Result<u32> {
    let meta = std::fs::metadata(path).with_context(|| path.display().to_string())?;
    Ok(meta.permissions().mode() & 0o777)
}

async fn copy(pods: &Api<Pod>, protocol: StreamProtocol) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let source = dir.path().join("source");
    std::fs::create_dir_all(source.join("deep/er"))?;
    std::fs::write(source.join("run.sh"), "#!/bin/sh\necho ran\n")?;
    std::fs::set_permissions(source.join("run.sh"), PermissionsExt::from_mode(0o751))?;
    let large: Vec<u8> = (0..2_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(source.join("deep/er/large"), &large)?;
    std::os::unix::fs::symlink("../run.sh", source.join("deep/link"))?;
    let told = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&told);
    let copy = PodCopy::new(pods, "box")
        .container("web")
        .protocol(protocol)
        .on_progress(move |progress| counter.store(progress.bytes, Ordering::Relaxed));
    let target = format!("/tmp/copy-{protocol:?}");
    let up = copy.upload(&source, &target).await?;
    println!("{up:?}");
    ensure!(
        told.load(Ordering::Relaxed) == up.bytes && up.entries == 6,
        "{up:?}"
    );
    let script = format!("{target}/deep/link && ls -l {target}/run.sh");
    let ran = pods
        .exec("box", &sh(&script, protocol))
        .await?
        .output()
        .await?;
    let text = ran.stdout_text();
    ensure!(
        text.starts_with("ran\n-rwxr-x--x"),
        "{text}{}",
        ran.stderr_text()
    );

    let back = dir.path().join("back");
    let down = copy.download(&target, &back).await?;
    ensure!(
        (down.entries, down.bytes) == (up.entries, up.bytes),
        "{down:?}"
    );
    ensure!(
        std::fs::read(back.join("deep/er/large"))? == large,
        "changed on its way"
    );
    ensure!(mode(&back.join("run.sh"))? == 0o751, "another mode");
    let link = std::fs::read_link(back.join("deep/link"))?;
    ensure!(link == Path::new("../run.sh"), "{link:?}");

    // A single file: to a path, and into a folder that is there.
    copy.download("/etc/hostname", dir.path().join("name"))
        .await?;
    ensure!(
        std::fs::read_to_string(dir.path().join("name"))?.trim() == "box",
        "another name"
    );
    copy.upload(dir.path().join("name"), "/tmp").await?;
    let there = pods
        .exec("box", &sh("cat /tmp/name", protocol))
        .await?
        .output()
        .await?;
    ensure!(there.stdout_text().trim() == "box", "{there:?}");

    // A link that leaves the folder.
    let trap = format!("mkdir -p {target}/trap && ln -s /etc/shadow {target}/trap/x");
    let made = pods.exec("box", &sh(&trap, protocol)).await?.wait().await?;
    ensure!(made.success(), "{made:?}");
    let trapped = dir.path().join("trap");
    let left_out = copy.download(&format!("{target}/trap"), &trapped).await?;
    ensure!(left_out.skipped.len() == 1, "{left_out:?}");
    ensure!(
        trapped.join("x").symlink_metadata().is_err(),
        "the link was made"
    );
    let missing = copy.download("/no/such", dir.path().join("no")).await;
    println!("{}", missing.err().context("nothing was copied")?);
    Ok(())
}

async fn attach(pods: &Api<Pod>) -> Result<()> {
    let mut parrot = pods.attach("parrot", &AttachOptions::new().stdin()).await?;
    let mut input = parrot.stdin.take().context("stdin")?;
    let mut output = BufReader::new(parrot.stdout.take().context("stdout")?).lines();
    input.write_all(b"hello\n").await?;
    let line = tokio::time::timeout(PATIENCE, output.next_line()).await??;
    ensure!(line.as_deref() == Some("hello"), "{line:?}");
    Ok(())
}

async fn logs(pods: &Api<Pod>) -> Result<()> {
    // Several containers of several pods, each line with its label.
    let mut lines = Logs::of_selected(pods, "app=streams").follow().lines();
    let (mut web, mut parrot, mut counted) = (false, false, 0);
    while !(web && parrot && counted >= 20) {
        let next = tokio::time::timeout(PATIENCE, lines.next()).await?;
        let line = next.context("the logs have ended")??;
        ensure!(line.time.is_some(), "{line:?}");
        match (&*line.pod, &*line.container, &*line.text()) {
            ("box", "web", "web is here") => web = true,
            ("parrot", "c", "parrot is here") => parrot = true,
            ("box", "talk", text) => {
                counted += 1;
                ensure!(
                    text == format!("line {counted}"),
                    "{text} instead of {counted}"
                );
            }
            _ => {}
        }
    }
    drop(lines);
    let last = Logs::of_pod(pods, "box").container("talk").tail(3).lines();
    let last: Vec<_> = last.collect().await;
    // The container writes on while its log is read; from its beginning there are over twenty.
    ensure!(
        (3..20).contains(&last.len()) && last.iter().all(Result::is_ok),
        "{last:?}"
    );
    let missing = Logs::of_pod(pods, "nobody").lines().next().await;
    let error = missing.context("no word")?.err().context("a line")?;
    ensure!(error.source.is_not_found(), "{error}");
    Ok(())
}
