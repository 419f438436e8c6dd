//! What changes cost, with bounds wide enough for a busy machine and an unoptimised build.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use skeg_net::{Endpoint, L4Protocol, ServicePort, ServicePortName};

use crate::world::{Machine, pod, root};

const SERVICES: u32 = 10_000;

fn many(index: u32) -> ServicePort {
    let [.., high, low] = index.to_be_bytes();
    ServicePort {
        name: ServicePortName::new("default", &format!("service-{index}"), ""),
        cluster_ips: vec![IpAddr::from([10, 96, high, low])],
        external_ips: vec![],
        load_balancer_ips: vec![],
        source_ranges: vec![],
        port: 80,
        protocol: L4Protocol::Tcp,
        node_port: None,
        affinity: None,
        internal_local: false,
        external_local: false,
        endpoints: vec![Endpoint::ready([10, 244, high, low], 8080, true)],
    }
}

#[test]
fn ten_thousand_services() {
    if !root("ten_thousand_services") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let all: Vec<ServicePort> = (0..SERVICES).map(many).collect();
    let begun = Instant::now();
    let loaded = proxy.sync(&all).unwrap();
    println!(
        "{SERVICES} services: kernel {:?}, all {:?}",
        loaded.kernel,
        begun.elapsed()
    );
    assert!(
        loaded.kernel < Duration::from_secs(2),
        "{:?}",
        loaded.kernel
    );

    let server = pod(&network, "server");
    let client = pod(&network, "client");
    let mut kernel = Vec::new();
    let mut whole = Vec::new();
    for index in 0..200 {
        let mut added = many(SERVICES + index);
        added.endpoints = vec![Endpoint::ready(server.ip, 8080, true)];
        let begun = Instant::now();
        let report = proxy.apply(vec![added], &[]).unwrap();
        whole.push(begun.elapsed());
        kernel.push(report.kernel);
        assert!(!report.full);
    }
    kernel.sort();
    whole.sort();
    println!(
        "one more: kernel p50 {:?} p99 {:?}, all p50 {:?} p99 {:?}",
        kernel[100], kernel[198], whole[100], whole[198]
    );
    assert!(kernel[100] < Duration::from_millis(20), "{:?}", kernel[100]);
    let [.., high, low] = SERVICES.to_be_bytes();
    let text = client
        .ns
        .tcp((Ipv4Addr::new(10, 96, high, low), 80))
        .unwrap();
    assert_eq!(text, format!("server {}", client.ip));
}

#[test]
fn attaching_a_pod() {
    if !root("attaching_a_pod") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let namespaces: Vec<_> = (0..30).map(|_| crate::world::Ns::new()).collect();
    let mut times = Vec::new();
    for (index, ns) in namespaces.iter().enumerate() {
        let begun = Instant::now();
        network
            .attach(&format!("pod-{index}"), &ns.reference(), &[])
            .unwrap();
        times.push(begun.elapsed());
    }
    times.sort();
    println!("attach: p50 {:?} max {:?}", times[15], times[29]);
    assert!(times[15] < Duration::from_millis(500));
}
