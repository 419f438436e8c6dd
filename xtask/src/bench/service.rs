//! From the request that changes a service's endpoints until a new connection
//! to the service goes where the change says.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::kube::{Cluster, PATIENCE};
use super::{Options, figure};
use crate::server;

const ROUNDS: usize = 100;
const SERVICES: &str = "/api/v1/namespaces/default/services";
const SLICES: &str = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

pub fn run(options: &Options) -> Result<()> {
    if !server::is_root() {
        println!("skipped: a node needs root");
        return Ok(());
    }
    let cluster = Cluster::start(options.profile())?;
    let host = own_address()?;
    let backends = [backend(host, b'a')?, backend(host, b'b')?];
    let mut connection = cluster.connect()?;
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "bench"},
        "spec": {"ports": [{"port": 80}]},
    });
    let made = connection
        .send("POST", SERVICES, service.to_string().as_bytes())?
        .ok()?
        .json()?;
    let address: IpAddr = made["spec"]["clusterIP"]
        .as_str()
        .context("the service has no address")?
        .parse()?;
    let slice = |port: u16| {
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": "bench", "labels": {"kubernetes.io/service-name": "bench"}},
            "ports": [{"name": "", "port": port, "protocol": "TCP"}],
            "endpoints": [{"addresses": [host.to_string()], "conditions": {"ready": true}}],
        })
        .to_string()
        .into_bytes()
    };
    connection.send("POST", SLICES, &slice(backends[0]))?.ok()?;
    until(SocketAddr::new(address, 80), b'a')?;

    let mut samples = Vec::new();
    for round in 1..=ROUNDS {
        let which = round % 2;
        let begun = Instant::now();
        connection
            .send("PUT", &format!("{SLICES}/bench"), &slice(backends[which]))?
            .ok()?;
        until(SocketAddr::new(address, 80), b"ab"[which])?;
        samples.push(begun.elapsed());
    }
    let what = format!("change of endpoints reaches connections ×{ROUNDS}");
    figure::plain(
        &format!("{what}, p50"),
        figure::quantile(&samples, 0.5),
        "ms",
    );
    figure::at_most(
        &format!("{what}, p99"),
        figure::quantile(&samples, 0.99),
        50.0,
        "ms",
    );
    Ok(())
}

/// The address from which this machine reaches others; nothing is sent.
fn own_address() -> Result<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket
        .connect("192.0.2.1:9")
        .context("this machine has no route to others")?;
    Ok(socket.local_addr()?.ip())
}

/// Answers every connection with one letter, for as long as the program runs.
fn backend(host: IpAddr, letter: u8) -> Result<u16> {
    let listener = TcpListener::bind((host, 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            drop(stream.write_all(&[letter]));
        }
    });
    Ok(port)
}

/// Connects until the backend of this letter answers.
fn until(service: SocketAddr, letter: u8) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let answer =
            TcpStream::connect_timeout(&service, Duration::from_secs(1)).and_then(|mut stream| {
                stream.set_read_timeout(Some(Duration::from_secs(1)))?;
                let mut byte = [0];
                stream.read_exact(&mut byte).map(|()| byte[0])
            });
        if answer.is_ok_and(|byte| byte == letter) {
            return Ok(());
        }
    }
    bail!("{service} did not lead to backend {}", char::from(letter))
}
