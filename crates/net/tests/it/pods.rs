//! The pod network.

use std::{collections::HashSet, io, net::Ipv4Addr};

use skeg_net::{
    Error, HostPort, L4Protocol, Names, PodNetwork,
    nft::{Family, NftSocket},
    route::RouteSocket,
};

use crate::world::{Machine, Ns, OUTSIDE, UPLINK, ask, pod, pod_with, root, until};

fn host_port(host_port: u16, protocol: L4Protocol) -> HostPort {
    HostPort {
        protocol,
        host_ip: None,
        host_port,
        pod_port: 8080,
    }
}

#[test]
fn pods_the_machine_and_the_outside_reach_each_other() {
    if !root("pods_the_machine_and_the_outside_reach_each_other") {
        return;
    }
    for bridge_filter in [true, false] {
        let machine = Machine::new();
        machine.set_bridge_filter(bridge_filter);
        let network = machine.network();
        let (a, b) = (pod(&network, "a"), pod(&network, "b"));
        machine.outside.serve_tcp(OUTSIDE, 80, "outside");
        machine.ns.serve_tcp(UPLINK, 80, "machine");

        assert_eq!(a.ns.tcp((b.ip, 8080)).unwrap(), format!("b {}", a.ip));
        assert_eq!(b.ns.tcp((a.ip, 8080)).unwrap(), format!("a {}", b.ip));
        assert_eq!(a.ns.tcp((a.ip, 8080)).unwrap(), format!("a {}", a.ip));
        let gateway = network.gateway();
        assert_eq!(
            machine.ns.tcp((a.ip, 8080)).unwrap(),
            format!("a {gateway}")
        );
        // What leaves the cluster carries the machine's address, what comes from a pod to the
        // machine its own.
        assert_eq!(
            a.ns.tcp((OUTSIDE, 80)).unwrap(),
            format!("outside {UPLINK}")
        );
        assert_eq!(a.ns.tcp((UPLINK, 80)).unwrap(), format!("machine {}", a.ip));
    }
}

#[test]
fn the_link_takes_the_uplinks_mtu() {
    if !root("the_link_takes_the_uplinks_mtu") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let a = pod(&network, "a");
    let link =
        a.ns.run(|| RouteSocket::open().unwrap().link("eth0").unwrap().unwrap());
    assert_eq!(link.mtu, 1400);
}

#[test]
fn addresses_outlive_the_process() {
    if !root("addresses_outlive_the_process") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let ports = [host_port(8081, L4Protocol::Tcp)];
    let a = pod_with(&network, "a", &ports).unwrap();
    let b = pod(&network, "b");
    drop(network);

    let network = machine.network();
    assert_eq!(a.ns.tcp((b.ip, 8080)).unwrap(), format!("b {}", a.ip));
    assert_eq!(network.address("a"), Some(a.ip));
    let again = network.attach("a", &a.ns.reference(), &ports).unwrap();
    assert_eq!((again.address, again.host_ports.len()), (a.ip, 1));
    assert_eq!(a.ns.tcp((b.ip, 8080)).unwrap(), format!("b {}", a.ip));
    assert_eq!(
        machine.outside.tcp((UPLINK, 8081)).unwrap(),
        format!("a {OUTSIDE}")
    );
    let c = pod(&network, "c");
    assert!(![a.ip, b.ip].contains(&c.ip));
    drop(network);

    // The file is lost: the links still say it.
    std::fs::remove_dir_all(machine.state.path().join("network")).unwrap();
    let network = machine.network();
    let addresses: HashSet<Ipv4Addr> = network.list().iter().map(|a| a.address).collect();
    assert_eq!(addresses, HashSet::from([a.ip, b.ip, c.ip]));
    let d = pod(&network, "d");
    assert!(!addresses.contains(&d.ip));
    assert_eq!(d.ns.tcp((b.ip, 8080)).unwrap(), format!("b {}", d.ip));
    drop(network);

    // The bridge is lost too.
    machine.ns.run(|| {
        let bridge = Names::new(&machine.id).bridge();
        RouteSocket::open().unwrap().delete_link(&bridge).unwrap();
    });
    let _network = machine.network();
    assert_eq!(a.ns.tcp((b.ip, 8080)).unwrap(), format!("b {}", a.ip));
}

#[test]
fn a_sandbox_made_again_keeps_its_address() {
    if !root("a_sandbox_made_again_keeps_its_address") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let first = pod(&network, "a");
    let b = pod(&network, "b");
    // A new namespace for the same sandbox, while the old one is there and after it is gone.
    let second = pod(&network, "a");
    assert_eq!(first.ip, second.ip);
    assert_eq!(b.ns.tcp((second.ip, 8080)).unwrap(), format!("a {}", b.ip));
    drop(second);
    let third = pod(&network, "a");
    assert_eq!(b.ns.tcp((third.ip, 8080)).unwrap(), format!("a {}", b.ip));
}

#[test]
fn what_is_detached_leaves_nothing() {
    if !root("what_is_detached_leaves_nothing") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let before = machine.traces();
    let a = pod_with(&network, "a", &[host_port(8081, L4Protocol::Tcp)]).unwrap();
    assert!(network.detach("a").unwrap());
    assert!(!network.detach("a").unwrap());
    assert_eq!(machine.traces(), before);
    assert!(network.list().is_empty());
    let refused = machine.ns.tcp((UPLINK, 8081)).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    drop(a);

    let _b = pod(&network, "b");
    let gone = pod(&network, "gone");
    drop(gone.ns);
    let live = HashSet::from(["b".to_owned()]);
    assert_eq!(network.collect_garbage(&live).unwrap(), 1);
    assert_eq!(network.list().len(), 1);

    machine.ns.run(|| {
        PodNetwork::reset(&Names::new(&machine.id), &machine.pod_config().state_dir).unwrap();
    });
    assert!(machine.traces().is_empty(), "{:?}", machine.traces());
}

#[test]
fn a_failed_attach_gives_its_address_back() {
    if !root("a_failed_attach_gives_its_address_back") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let missing = skeg_net::NetnsRef::Path("/nonexistent/netns".into());
    assert!(matches!(
        network.attach("x", &missing, &[]),
        Err(Error::Netns { .. })
    ));
    // A file that is no namespace.
    let wrong = skeg_net::NetnsRef::Path("/proc/self/status".into());
    assert!(network.attach("x", &wrong, &[]).is_err());
    assert!(network.list().is_empty());
}

#[test]
fn host_ports_lead_to_the_pod() {
    if !root("host_ports_lead_to_the_pod") {
        return;
    }
    for bridge_filter in [true, false] {
        let machine = Machine::new();
        machine.set_bridge_filter(bridge_filter);
        let network = machine.network();
        let at_loopback = HostPort {
            host_ip: Some(Ipv4Addr::LOCALHOST),
            ..host_port(8083, L4Protocol::Tcp)
        };
        let ports = [
            host_port(8081, L4Protocol::Tcp),
            host_port(8082, L4Protocol::Udp),
            at_loopback,
        ];
        let a = pod_with(&network, "a", &ports).unwrap();
        let b = pod(&network, "b");
        let gateway = network.gateway();

        assert_eq!(
            machine.outside.tcp((UPLINK, 8081)).unwrap(),
            format!("a {OUTSIDE}")
        );
        let udp = machine.outside.udp_socket();
        assert_eq!(ask(&udp, (UPLINK, 8082)).unwrap(), format!("a {OUTSIDE}"));
        assert_eq!(b.ns.tcp((UPLINK, 8081)).unwrap(), format!("a {}", b.ip));
        // Its own host port: it must not see itself as the client.
        assert_eq!(a.ns.tcp((UPLINK, 8081)).unwrap(), format!("a {gateway}"));
        machine.ns.tcp((UPLINK, 8081)).unwrap();
        assert_eq!(
            machine.ns.tcp((Ipv4Addr::LOCALHOST, 8081)).unwrap(),
            format!("a {gateway}")
        );
        assert_eq!(
            machine.ns.tcp((Ipv4Addr::LOCALHOST, 8083)).unwrap(),
            format!("a {gateway}")
        );
        assert!(machine.outside.tcp((UPLINK, 8083)).is_err());

        let taken = pod_with(&network, "c", &[host_port(8081, L4Protocol::Tcp)]);
        assert!(matches!(
            taken,
            Err(Error::HostPortTaken { port: 8081, .. })
        ));
        network.detach("a").unwrap();
        pod_with(&network, "c", &[host_port(8081, L4Protocol::Tcp)]).unwrap();
    }
}

#[test]
fn udp_clients_of_a_host_port_follow_the_pod() {
    if !root("udp_clients_of_a_host_port_follow_the_pod") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let ports = [host_port(8082, L4Protocol::Udp)];
    let client = machine.outside.udp_socket();
    assert!(ask(&client, (UPLINK, 8082)).is_err());
    for name in ["a", "b"] {
        let _pod = pod_with(&network, name, &ports).unwrap();
        // One socket, so one flow.
        until("the client reaches the pod", || {
            ask(&client, (UPLINK, 8082)).is_ok_and(|text| text.starts_with(name))
        });
        network.detach(name).unwrap();
    }
}

#[test]
fn a_flushed_table_is_made_anew() {
    if !root("a_flushed_table_is_made_anew") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let _a = pod_with(&network, "a", &[host_port(8081, L4Protocol::Tcp)]).unwrap();
    assert!(network.verify().unwrap());
    machine.ns.run(|| {
        let table = Names::new(&machine.id).pod_table();
        NftSocket::open()
            .unwrap()
            .delete_table(Family::Ip, &table)
            .unwrap()
    });
    assert!(machine.outside.tcp((UPLINK, 8081)).is_err());
    assert!(!network.verify().unwrap());
    assert_eq!(
        machine.outside.tcp((UPLINK, 8081)).unwrap(),
        format!("a {OUTSIDE}")
    );
}

#[test]
fn pods_do_not_reach_the_machines_loopback() {
    if !root("pods_do_not_reach_the_machines_loopback") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    machine.ns.serve_tcp(Ipv4Addr::LOCALHOST, 9000, "secret");
    let a = pod(&network, "a");
    // The pod sends such packets to its gateway on purpose.
    a.ns.run(|| {
        skeg_net::sysctl::set("ipv4/conf/eth0/route_localnet", "1").unwrap();
        let mut route = RouteSocket::open().unwrap();
        let link = route.link("eth0").unwrap().unwrap().index;
        let to = Some("127.0.0.1/32".parse().unwrap());
        let via = Some(Ipv4Addr::new(10, 244, 0, 1));
        route
            .set_route(skeg_net::route::Route {
                to,
                via,
                link,
                source: None,
            })
            .unwrap();
    });
    assert!(a.ns.tcp((Ipv4Addr::LOCALHOST, 9000)).is_err());
}

#[test]
fn instances_live_side_by_side() {
    if !root("instances_live_side_by_side") {
        return;
    }
    let one = Machine::new();
    // A second instance on the same machine.
    let mut two = Machine::new();
    two.third = 7;
    let mut two_config = two.pod_config();
    two_config.service_cidr = Some("10.97.0.0/16".parse().unwrap());
    let network = one.network();
    let other = one.ns.run(|| PodNetwork::open(two_config).unwrap());
    let (a, b) = (pod(&network, "a"), pod(&other, "a"));
    assert_eq!(one.ns.tcp((a.ip, 8080)).unwrap(), "a 10.244.0.1");
    assert_eq!(one.ns.tcp((b.ip, 8080)).unwrap(), "a 10.244.7.1");
    let path = two.pod_config().state_dir;
    one.ns
        .run(|| PodNetwork::reset(&Names::new(&two.id), &path).unwrap());
    assert_eq!(one.ns.tcp((a.ip, 8080)).unwrap(), "a 10.244.0.1");
    assert!(
        !one.traces().iter().any(|name| name.contains(&two.id)),
        "{:?}",
        one.traces()
    );
    drop(b);
}

#[test]
fn ranges_of_others_are_refused() {
    if !root("ranges_of_others_are_refused") {
        return;
    }
    let one = Machine::new();
    let _network = one.network();
    let mut two = Machine::new();
    let refused = |config| {
        one.ns
            .run(|| PodNetwork::open(config).unwrap_err().to_string())
    };
    let error = refused(two.pod_config());
    assert!(
        error.contains("10.244.0.0/24") && error.contains("link skegt"),
        "{error}"
    );
    two.third = 7;
    let error = refused(two.pod_config());
    assert!(error.contains("range 10.96.0.0/16 overlaps"), "{error}");
    let mut config = two.pod_config();
    config.service_cidr = Some("198.51.0.0/16".parse().unwrap());
    assert!(refused(config).contains("link uplink"));
    // Nothing was made on the way.
    assert!(!one.traces().contains(&Names::new(&two.id).bridge()));
}

#[test]
fn others_forward_policies_are_found() {
    if !root("others_forward_policies_are_found") {
        return;
    }
    let ns = Ns::new();
    ns.run(|| assert!(PodNetwork::forward_obstacles().unwrap().is_empty()));
}
