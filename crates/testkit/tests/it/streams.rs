//! Logs, exec and port-forward of pods that nobody runs.

use std::time::Duration;

use futures::StreamExt;
use skeg_api::core::v1::Pod;
use skeg_client::streams::{ExecOptions, Logs, StreamProtocol};
use skeg_client::{Api, Client};
use skeg_testkit::{Answer, Cluster, PodScript, User};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::pod;

async fn cluster() -> (Cluster, [Client; 2]) {
    let answer = Answer {
        stdout: "42\n".into(),
        stderr: "slow\n".into(),
        exit_code: 3,
    };
    let script = PodScript::all()
        .logs(["one", "two"])
        .command(["psql", "-c"], answer);
    let cluster = Cluster::builder().pods(script).start().await.unwrap();
    cluster.apply(&pod("p", "")).await.unwrap();
    let running = |pod: &Pod| pod.status.phase == "Running";
    cluster.expect::<Pod>("p").to(running).await;
    let https = cluster.https_client(&User::admin()).await.unwrap();
    let clients = [cluster.client(), https];
    (cluster, clients)
}

/// Each client with each protocol.
fn every_way(clients: &[Client]) -> impl Iterator<Item = (Client, StreamProtocol)> {
    let protocols = [StreamProtocol::WebSocket, StreamProtocol::Spdy];
    let ways = move |client: &Client| protocols.map(|protocol| (client.clone(), protocol));
    clients.iter().flat_map(ways)
}

#[tokio::test]
async fn commands_are_answered_by_script() {
    let (_cluster, clients) = cluster().await;
    for (client, protocol) in every_way(&clients) {
        let pods = Api::<Pod>::namespaced(client, "default");
        let options = ExecOptions::new(["psql", "-c", "select 42"]).protocol(protocol);
        let mut process = pods.exec("p", &options).await.unwrap();
        let (mut out, mut err) = (String::new(), String::new());
        process
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .await
            .unwrap();
        process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .await
            .unwrap();
        assert_eq!((out.as_str(), err.as_str()), ("42\n", "slow\n"));
        assert_eq!(process.wait().await.unwrap().code(), 3);
        let mut process = pods
            .exec("p", &ExecOptions::new(["cat"]).stdin().protocol(protocol))
            .await
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        stdin.write_all(b"typed").await.unwrap();
        stdin.shutdown().await.unwrap();
        drop(stdin);
        let mut out = String::new();
        process
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .await
            .unwrap();
        assert_eq!(out, "typed");
        let unknown = pods
            .exec("p", &ExecOptions::new(["sorcery"]).protocol(protocol))
            .await
            .unwrap();
        assert_eq!(unknown.wait().await.unwrap().code(), 127);
    }
}

#[tokio::test]
async fn logs_are_followed() {
    let (cluster, clients) = cluster().await;
    for (number, client) in clients.into_iter().enumerate() {
        let pods = Api::<Pod>::namespaced(client, "default");
        let logs = Logs::of_selected(&pods, "app=p").follow_restarts().tail(2);
        let mut lines = logs.lines();
        let mut next = async || lines.next().await.unwrap().unwrap().text().into_owned();
        let (first, second) = (next().await, next().await);
        if number == 0 {
            assert_eq!((first.as_str(), second.as_str()), ("one", "two"));
        }
        let told = format!("three of {number}");
        cluster.kubelet().log("default", "p", "main", &told);
        assert_eq!(next().await, told);
    }
}

#[tokio::test]
async fn ports_are_forwarded() {
    let (_cluster, clients) = cluster().await;
    for (client, protocol) in every_way(&clients) {
        let pods = Api::<Pod>::namespaced(client, "default");
        let forward = pods.port_forward_by("p", protocol).await.unwrap();
        let mut stream = forward.connect(80).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: p\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(10), read)
            .await
            .unwrap()
            .unwrap();
        assert!(answer.ends_with("default/p\n"), "{answer}");
    }
}
