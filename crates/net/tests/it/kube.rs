//! The adapter: from objects to packets.

use std::{
    thread,
    time::{Duration, Instant},
};

use skeg_api::{
    core::v1::{Service, ServicePort},
    discovery::v1::{Endpoint, EndpointPort, EndpointSlice},
};
use skeg_net::{Names, ProxyConfig, kube};
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

use crate::world::{Machine, Pod, VIP, pod, root, until};

fn service() -> Service {
    let mut service = Service::default();
    service.metadata.namespace = "default".into();
    service.metadata.name = "web".into();
    service.spec.type_ = "ClusterIP".into();
    service.spec.cluster_ip = VIP.to_string();
    service.spec.cluster_ips = vec![VIP.to_string()];
    service.spec.ports = vec![ServicePort {
        protocol: "TCP".into(),
        port: 80,
        ..ServicePort::default()
    }];
    service
}

fn slice(pods: &[&Pod]) -> EndpointSlice {
    let mut slice = EndpointSlice::default();
    slice.metadata.namespace = "default".into();
    slice.metadata.name = "web-1".into();
    slice
        .metadata
        .labels
        .insert(kube::SERVICE_NAME_LABEL.into(), "web".into());
    slice.address_type = "IPv4".into();
    slice.ports = vec![EndpointPort {
        name: Some(String::new()),
        protocol: Some("TCP".into()),
        port: Some(8080),
        ..EndpointPort::default()
    }];
    slice.endpoints = pods
        .iter()
        .map(|pod| Endpoint {
            addresses: vec![pod.ip.to_string()],
            node_name: Some("here".into()),
            ..Endpoint::default()
        })
        .collect();
    slice
}

#[test]
fn objects_become_packets() {
    if !root("objects_become_packets") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let (a, b, client) = (
        pod(&network, "a"),
        pod(&network, "b"),
        pod(&network, "client"),
    );
    let api = FakeApi::new();
    // Rules of an earlier process, for a service that is gone since.
    let mut earlier = machine.proxy();
    let mut old = crate::world::service("old", &[&a]);
    old.port = 81;
    earlier.sync(&[old]).unwrap();
    drop(earlier);

    let options = kube::Options {
        proxy: ProxyConfig {
            names: Names::new(&machine.id),
            pod_cidrs: vec!["10.244.0.0/16".parse().unwrap()],
            service_cidrs: vec!["10.96.0.0/16".parse().unwrap()],
        },
        node_name: "here".into(),
    };
    let cancel = CancellationToken::new();
    thread::scope(|scope| {
        let (ns, of_run, watched) = (&machine.ns, cancel.clone(), api.client());
        let running = scope.spawn(move || {
            ns.run(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(kube::run(watched, options, of_run))
            })
        });
        // Ends the adapter however this ends, or the scope would wait for it.
        let _guard = cancel.clone().drop_guard();
        let answered = |who: &str| {
            client
                .ns
                .tcp((VIP, 80))
                .is_ok_and(|text| text.starts_with(who))
        };

        until("the earlier process' rules go", || {
            client.ns.tcp((VIP, 81)).is_err()
        });
        api.put(&service());
        api.put(&slice(&[&a]));
        until("the first endpoint answers", || answered("a "));

        // How long a change takes, from the server's word to the first packet.
        let mut times: Vec<Duration> = (0..100)
            .map(|round| {
                let (pod, who) = if round % 2 == 0 {
                    (&b, "b ")
                } else {
                    (&a, "a ")
                };
                let begun = Instant::now();
                api.put(&slice(&[pod]));
                until("the new endpoint answers", || answered(who));
                begun.elapsed()
            })
            .collect();
        times.sort();
        println!("update to packet: p50 {:?} p99 {:?}", times[50], times[98]);
        assert!(times[50] < Duration::from_millis(500));

        // A port more, then one less.
        let mut two = service();
        two.spec.ports[0].name = "http".into();
        two.spec.ports.push(ServicePort {
            name: "other".into(),
            protocol: "TCP".into(),
            port: 82,
            ..ServicePort::default()
        });
        let mut named = slice(&[&a]);
        named.ports[0].name = Some("http".into());
        named.ports.push(EndpointPort {
            name: Some("other".into()),
            ..named.ports[0].clone()
        });
        api.put(&two);
        api.put(&named);
        until("the second port answers", || {
            client.ns.tcp((VIP, 82)).is_ok()
        });
        two.spec.ports.pop();
        api.put(&two);
        until("the second port is gone", || {
            client.ns.tcp((VIP, 82)).is_err()
        });
        until("the first is not", || answered("a "));

        api.remove::<EndpointSlice>("default", "web-1");
        until("no endpoint, no answer", || {
            client.ns.tcp((VIP, 80)).is_err()
        });
        api.put(&named);
        until("it is back", || answered("a "));
        // The watch breaks, and meanwhile the service goes.
        api.break_watches();
        api.remove::<Service>("default", "web");
        until("no service, no answer", || {
            client.ns.tcp((VIP, 80)).is_err()
        });

        cancel.cancel();
        running.join().unwrap().unwrap();
    });
}
