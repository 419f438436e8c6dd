//! The service proxy.

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use skeg_net::{
    Endpoint, L4Protocol, Names, Proxy, ServicePort, ServicePortName,
    conntrack::ConntrackSocket,
    nft::{Batch, Family, NftSocket},
};

use crate::world::{Machine, OUTSIDE, Pod, UPLINK, VIP, ask, pod, root, service, until};

/// Names of those that answered, over many connections.
fn answers(mut once: impl FnMut() -> io::Result<String>) -> HashSet<String> {
    (0..40)
        .map(|_| once().unwrap().split(' ').next().unwrap().to_owned())
        .collect()
}

fn names<const N: usize>(names: [&str; N]) -> HashSet<String> {
    names.map(str::to_owned).into()
}

fn refused(result: io::Result<String>) -> bool {
    matches!(result, Err(ref e) if e.kind() == io::ErrorKind::ConnectionRefused)
}

#[test]
fn cluster_addresses_lead_to_all_endpoints() {
    if !root("cluster_addresses_lead_to_all_endpoints") {
        return;
    }
    for bridge_filter in [true, false] {
        let machine = Machine::new();
        machine.set_bridge_filter(bridge_filter);
        let network = machine.network();
        let mut proxy = machine.proxy();
        let (a, b, c) = (pod(&network, "a"), pod(&network, "b"), pod(&network, "c"));
        proxy.sync(&[service("web", &[&a, &b])]).unwrap();

        assert_eq!(answers(|| c.ns.tcp((VIP, 80))), names(["a", "b"]));
        assert_eq!(answers(|| machine.ns.tcp((VIP, 80))), names(["a", "b"]));
        // The client's address stays its own, except when it is the server too.
        assert!(
            c.ns.tcp((VIP, 80))
                .unwrap()
                .ends_with(&format!(" {}", c.ip))
        );
        proxy.sync(&[service("web", &[&a])]).unwrap();
        assert_eq!(
            a.ns.tcp((VIP, 80)).unwrap(),
            format!("a {}", network.gateway())
        );

        // What no service has is refused, on this address and on others.
        assert!(refused(c.ns.tcp((VIP, 81))));
        assert!(refused(c.ns.tcp((Ipv4Addr::new(10, 96, 3, 3), 80))));
        assert!(refused(machine.ns.tcp((Ipv4Addr::new(10, 96, 3, 3), 80))));
        let udp = c.ns.udp_socket();
        let error = ask(&udp, (VIP, 80)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}

#[test]
fn changes_reach_the_kernel_in_small_steps() {
    if !root("changes_reach_the_kernel_in_small_steps") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let pods = ["a", "b", "c", "d"].map(|name| pod(&network, name));
    let client = pod(&network, "client");
    let [a, b, c, d] = &pods;
    let first = proxy.sync(&[service("web", &[a])]).unwrap();
    assert!(first.full);
    let same = proxy.sync(&[service("web", &[a])]).unwrap();
    assert_eq!((same.services, same.added, same.removed), (0, 0, 0));
    for set in [
        vec![a, b, c, d],
        vec![a, c, d],
        vec![d],
        vec![],
        vec![b, c],
        vec![c],
        vec![a, b, c, d],
    ] {
        let report = proxy.apply(vec![service("web", &set)], &[]).unwrap();
        assert!(!report.full);
        let expect: HashSet<String> = pods
            .iter()
            .zip(["a", "b", "c", "d"])
            .filter(|(pod, _)| set.iter().any(|s| s.ip == pod.ip))
            .map(|(_, name)| name.to_owned())
            .collect();
        if expect.is_empty() {
            assert!(refused(client.ns.tcp((VIP, 80))));
        } else {
            assert_eq!(answers(|| client.ns.tcp((VIP, 80))), expect);
        }
    }
    let gone = proxy.apply(vec![], &[service("web", &[]).name]).unwrap();
    assert!(gone.removed > 0 && proxy.is_empty());
    assert!(refused(client.ns.tcp((VIP, 80))));
}

#[test]
fn a_new_process_takes_over_and_a_lost_table_heals() {
    if !root("a_new_process_takes_over_and_a_lost_table_heals") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let (a, b) = (pod(&network, "a"), pod(&network, "b"));
    let mut proxy = machine.proxy();
    proxy.sync(&[service("web", &[&a])]).unwrap();
    drop(proxy);
    // Without a process the rules go on.
    assert_eq!(b.ns.tcp((VIP, 80)).unwrap(), format!("a {}", b.ip));
    let mut proxy = machine.proxy();
    let mut other = service("other", &[&b]);
    other.port = 81;
    proxy.sync(&[other.clone()]).unwrap();
    assert!(refused(b.ns.tcp((VIP, 80))));
    assert_eq!(a.ns.tcp((VIP, 81)).unwrap(), format!("b {}", a.ip));

    machine.ns.run(|| {
        let table = Names::new(&machine.id).proxy_table();
        assert!(
            NftSocket::open()
                .unwrap()
                .delete_table(Family::Ip, &table)
                .unwrap()
        );
    });
    assert!(!proxy.verify().unwrap());
    assert!(proxy.verify().unwrap());
    assert_eq!(a.ns.tcp((VIP, 81)).unwrap(), format!("b {}", a.ip));
    machine.ns.run(|| {
        let table = Names::new(&machine.id).proxy_table();
        NftSocket::open()
            .unwrap()
            .delete_table(Family::Ip, &table)
            .unwrap();
    });
    let report = proxy.apply(vec![service("web", &[&a])], &[]).unwrap();
    assert!(report.full);
    assert_eq!(b.ns.tcp((VIP, 80)).unwrap(), format!("a {}", b.ip));
    assert_eq!(a.ns.tcp((VIP, 81)).unwrap(), format!("b {}", a.ip));

    machine
        .ns
        .run(|| assert!(Proxy::reset(&Names::new(&machine.id)).unwrap()));
    machine
        .ns
        .run(|| assert!(!Proxy::reset(&Names::new(&machine.id)).unwrap()));
}

#[test]
fn node_ports_answer_on_every_address() {
    if !root("node_ports_answer_on_every_address") {
        return;
    }
    for bridge_filter in [true, false] {
        let machine = Machine::new();
        machine.set_bridge_filter(bridge_filter);
        let network = machine.network();
        let mut proxy = machine.proxy();
        let (a, b) = (pod(&network, "a"), pod(&network, "b"));
        let mut web = service("web", &[&a, &b]);
        web.node_port = Some(30_080);
        proxy.sync(&[web]).unwrap();
        let both = names(["a", "b"]);
        assert_eq!(answers(|| machine.outside.tcp((UPLINK, 30_080))), both);
        assert_eq!(answers(|| machine.ns.tcp((UPLINK, 30_080))), both);
        assert_eq!(
            answers(|| machine.ns.tcp((Ipv4Addr::LOCALHOST, 30_080))),
            both
        );
        assert_eq!(answers(|| a.ns.tcp((UPLINK, 30_080))), both);
        assert_eq!(answers(|| a.ns.tcp((network.gateway(), 30_080))), both);
        // An endpoint here sees who asks.
        let text = machine.outside.tcp((UPLINK, 30_080)).unwrap();
        assert!(text.ends_with(&OUTSIDE.to_string()), "{text}");
    }
}

#[test]
fn endpoints_elsewhere_get_the_machines_address() {
    if !root("endpoints_elsewhere_get_the_machines_address") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let a = pod(&network, "a");
    machine.outside.serve_tcp(OUTSIDE, 8080, "remote");
    let mut web = service("web", &[]);
    web.node_port = Some(30_080);
    web.endpoints = vec![Endpoint::ready(OUTSIDE, 8080, false)];
    proxy.sync(&[web.clone()]).unwrap();
    assert_eq!(a.ns.tcp((VIP, 80)).unwrap(), format!("remote {UPLINK}"));
    // The outside reaches itself through the machine.
    assert_eq!(
        machine.outside.tcp((UPLINK, 30_080)).unwrap(),
        format!("remote {UPLINK}")
    );

    // Only local endpoints for outside clients, of which there are none; others still go.
    web.external_local = true;
    proxy.sync(&[web.clone()]).unwrap();
    assert!(machine.outside.tcp_is_dropped((UPLINK, 30_080)));
    assert_eq!(
        machine.ns.tcp((UPLINK, 30_080)).unwrap(),
        format!("remote {UPLINK}")
    );
    assert_eq!(
        a.ns.tcp((UPLINK, 30_080)).unwrap(),
        format!("remote {UPLINK}")
    );
    web.endpoints.push(Endpoint::ready(a.ip, 8080, true));
    proxy.sync(&[web.clone()]).unwrap();
    let outside = || machine.outside.tcp((UPLINK, 30_080));
    assert_eq!(answers(outside), names(["a"]));
    assert_eq!(outside().unwrap(), format!("a {OUTSIDE}"));

    // The same for cluster addresses.
    web.internal_local = true;
    proxy.sync(&[web]).unwrap();
    assert_eq!(answers(|| machine.ns.tcp((VIP, 80))), names(["a"]));
}

#[test]
fn external_addresses_work_like_cluster_addresses() {
    if !root("external_addresses_work_like_cluster_addresses") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let a = pod(&network, "a");
    let external = Ipv4Addr::new(203, 0, 113, 5);
    let balancer = Ipv4Addr::new(203, 0, 113, 6);
    let mut web = service("web", &[&a]);
    web.external_ips = vec![external.into()];
    web.load_balancer_ips = vec![balancer.into()];
    web.external_local = true;
    proxy.sync(&[web]).unwrap();
    machine.outside.run(|| {
        let mut route = skeg_net::route::RouteSocket::open().unwrap();
        let link = route.link("eth0").unwrap().unwrap().index;
        let to = Some("203.0.113.0/24".parse().unwrap());
        let via = Some(UPLINK);
        route
            .set_route(skeg_net::route::Route {
                to,
                via,
                link,
                source: None,
            })
            .unwrap();
    });
    for ip in [external, balancer] {
        assert_eq!(
            machine.outside.tcp((ip, 80)).unwrap(),
            format!("a {OUTSIDE}")
        );
        assert_eq!(
            machine.ns.tcp((ip, 80)).unwrap().split(' ').next(),
            Some("a")
        );
    }
}

#[test]
fn load_balancers_let_in_whom_they_are_told_to() {
    if !root("load_balancers_let_in_whom_they_are_told_to") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let a = pod(&network, "a");
    let balancer = Ipv4Addr::new(203, 0, 113, 6);
    machine.outside.run(|| {
        let mut route = skeg_net::route::RouteSocket::open().unwrap();
        let link = route.link("eth0").unwrap().unwrap().index;
        let (to, via) = (Some("203.0.113.6/32".parse().unwrap()), Some(UPLINK));
        route
            .set_route(skeg_net::route::Route {
                to,
                via,
                link,
                source: None,
            })
            .unwrap();
    });
    let mut web = service("web", &[&a]);
    web.load_balancer_ips = vec![balancer.into()];
    web.node_port = Some(30_080);
    for (ranges, allowed) in [
        (
            &["198.51.100.0/24", "198.51.100.2/32", "192.0.2.0/24"][..],
            true,
        ),
        (&["192.0.2.0/24", "10.0.0.0/8"][..], false),
        (&["0.0.0.0/0"][..], true),
        (&["198.51.100.3/32"][..], false),
        (&[][..], true),
        // Of another family only.
        (&["fd00::/8"][..], true),
    ] {
        web.source_ranges = ranges.iter().map(|text| text.parse().unwrap()).collect();
        let report = proxy.apply(vec![web.clone()], &[]).unwrap();
        assert_eq!(report.full, ranges.len() == 3, "{ranges:?}");
        if allowed {
            assert_eq!(
                machine.outside.tcp((balancer, 80)).unwrap(),
                format!("a {OUTSIDE}")
            );
        } else {
            assert!(machine.outside.tcp_is_dropped((balancer, 80)), "{ranges:?}");
        }
        // The node port is not the balancer's.
        assert_eq!(
            machine.outside.tcp((UPLINK, 30_080)).unwrap(),
            format!("a {OUTSIDE}")
        );
    }
}

#[test]
fn clients_with_affinity_stay_and_move_when_they_must() {
    if !root("clients_with_affinity_stay_and_move_when_they_must") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let pods = ["a", "b", "c", "d", "e"].map(|name| pod(&network, name));
    let client = pod(&network, "client");
    let all: Vec<&Pod> = pods.iter().collect();
    let mut web = service("web", &all);
    web.affinity = Some(Duration::from_secs(600));
    web.node_port = Some(30_080);
    proxy.sync(&[web.clone()]).unwrap();

    // An administrator's listing must not fail on our rules. (Skipped without the program.)
    machine.ns.run(|| {
        if let Ok(listed) = std::process::Command::new("nft")
            .args(["list", "ruleset"])
            .output()
        {
            assert!(
                listed.status.success(),
                "{}",
                String::from_utf8_lossy(&listed.stderr)
            );
            let text = String::from_utf8_lossy(&listed.stdout);
            assert!(text.contains("vip-5-sticky-600"), "{text}");
        }
    });

    let stays = |once: &dyn Fn() -> io::Result<String>| {
        let who = answers(once);
        assert_eq!(who.len(), 1, "{who:?}");
        who.into_iter().next().unwrap()
    };
    let by_vip = || client.ns.tcp((VIP, 80));
    let by_node_port = || machine.outside.tcp((UPLINK, 30_080));
    let (first, first_outside) = (stays(&by_vip), stays(&by_node_port));

    // Other endpoints come and go: nobody moves.
    let keep = |web: &mut ServicePort, ban: &[&str]| {
        web.endpoints = pods
            .iter()
            .zip(["a", "b", "c", "d", "e"])
            .filter(|(_, name)| !ban.contains(name))
            .map(|(pod, _)| Endpoint::ready(pod.ip, 8080, true))
            .collect();
    };
    let other = ["a", "b", "c"]
        .into_iter()
        .find(|n| ![&*first, &*first_outside].contains(n));
    keep(&mut web, &[other.unwrap()]);
    proxy.sync(&[web.clone()]).unwrap();
    assert_eq!(
        (stays(&by_vip), stays(&by_node_port)),
        (first.clone(), first_outside.clone())
    );

    // Theirs goes: they move once, and stay there even when it comes back.
    keep(&mut web, &[&first, &first_outside]);
    proxy.sync(&[web.clone()]).unwrap();
    let (second, second_outside) = (stays(&by_vip), stays(&by_node_port));
    assert!(second != first && second_outside != first_outside);
    keep(&mut web, &[]);
    proxy.sync(&[web.clone()]).unwrap();
    assert_eq!(
        (stays(&by_vip), stays(&by_node_port)),
        (second, second_outside)
    );

    web.affinity = None;
    proxy.sync(&[web]).unwrap();
    assert!(answers(by_vip).len() > 1);
}

#[test]
fn affinity_ends_with_its_timeout() {
    if !root("affinity_ends_with_its_timeout") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let pods = ["a", "b", "c", "d"].map(|name| pod(&network, name));
    let client = pod(&network, "client");
    let mut web = service("web", &pods.iter().collect::<Vec<_>>());
    web.affinity = Some(Duration::from_secs(1));
    proxy.sync(&[web]).unwrap();
    // Every connection renews it, so ask seldom enough.
    let first = client.ns.tcp((VIP, 80)).unwrap();
    let mut last = std::time::Instant::now();
    let begun = last;
    loop {
        assert!(begun.elapsed() < Duration::from_secs(30), "never moved");
        if last.elapsed() < Duration::from_millis(1100) {
            std::thread::yield_now();
            continue;
        }
        last = std::time::Instant::now();
        if client.ns.tcp((VIP, 80)).unwrap() != first {
            break;
        }
    }
}

#[test]
fn udp_clients_move_when_their_endpoint_goes() {
    if !root("udp_clients_move_when_their_endpoint_goes") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let (a, b, client) = (
        pod(&network, "a"),
        pod(&network, "b"),
        pod(&network, "client"),
    );
    let mut dns = service("dns", &[&a]);
    dns.protocol = L4Protocol::Udp;
    dns.node_port = Some(30_053);
    proxy.sync(&[dns.clone()]).unwrap();
    // One socket, so one flow.
    let (inside, outside) = (client.ns.udp_socket(), machine.outside.udp_socket());
    assert_eq!(ask(&inside, (VIP, 80)).unwrap(), format!("a {}", client.ip));
    assert_eq!(
        ask(&outside, (UPLINK, 30_053)).unwrap(),
        format!("a {OUTSIDE}")
    );
    dns.endpoints = vec![Endpoint::ready(b.ip, 8080, true)];
    proxy.sync(&[dns.clone()]).unwrap();
    // A reply on its way when the flow is forgotten is lost; clients of UDP ask again.
    let moved = |socket, to| ask(socket, to).is_ok_and(|text: String| text.starts_with("b "));
    until("both clients reach the new endpoint", || {
        moved(&inside, (VIP, 80)) && moved(&outside, (UPLINK, 30_053))
    });
    // The service goes: its flows are forgotten.
    proxy.sync(&[]).unwrap();
    until("flows are forgotten", || {
        let flows = machine
            .ns
            .run(|| ConntrackSocket::open().unwrap().flows().unwrap());
        !flows
            .iter()
            .any(|flow| flow.destination == (IpAddr::from(VIP), 80))
    });
    // It comes back, first without endpoints: flows of that time must not stay.
    dns.endpoints.clear();
    proxy.sync(&[dns.clone()]).unwrap();
    assert!(ask(&inside, (VIP, 80)).is_err());
    dns.endpoints = vec![Endpoint::ready(a.ip, 8080, true)];
    proxy.sync(&[dns]).unwrap();
    until("the client reaches the new endpoint", || {
        ask(&inside, (VIP, 80)).is_ok_and(|text| text.starts_with("a "))
    });
}

#[test]
fn a_contested_address_goes_to_the_first_and_then_to_the_other() {
    if !root("a_contested_address_goes_to_the_first_and_then_to_the_other") {
        return;
    }
    let machine = Machine::new();
    let network = machine.network();
    let mut proxy = machine.proxy();
    let (a, b, client) = (
        pod(&network, "a"),
        pod(&network, "b"),
        pod(&network, "client"),
    );
    proxy.sync(&[service("one", &[&a])]).unwrap();
    let two = service("two", &[&b]);
    proxy.apply(vec![two.clone()], &[]).unwrap();
    assert_eq!(answers(|| client.ns.tcp((VIP, 80))), names(["a"]));
    proxy
        .apply(vec![], &[ServicePortName::new("default", "one", "")])
        .unwrap();
    assert_eq!(answers(|| client.ns.tcp((VIP, 80))), names(["b"]));
    // A move within one step.
    proxy
        .apply(vec![service("three", &[&a])], &[two.name])
        .unwrap();
    assert_eq!(answers(|| client.ns.tcp((VIP, 80))), names(["a"]));
}

#[test]
fn ipv6_services_have_a_table_of_their_own() {
    if !root("ipv6_services_have_a_table_of_their_own") {
        return;
    }
    let machine = Machine::new();
    let mut proxy = machine.proxy();
    let (vip, real) = ("fd00:96::9", "fd00:1::2");
    // Addresses by the system's own program: the crate only sets IPv4 ones.
    let ip = |args: &[&str]| std::process::Command::new("ip").args(args).status();
    let set = machine.ns.run(|| {
        ip(&["addr", "add", "fd00:1::2/128", "dev", "lo", "nodad"])
            .and_then(|_| ip(&["-6", "route", "add", "fd00:96::/64", "dev", "lo"]))
    });
    if !set.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no program `ip`, or no IPv6");
        return;
    }
    let real: std::net::Ipv6Addr = real.parse().unwrap();
    machine.ns.serve_tcp(real, 8080, "six");
    let mut web = service("web", &[]);
    let vip: std::net::Ipv6Addr = vip.parse().unwrap();
    web.cluster_ips.push(vip.into());
    for affinity in [None, Some(Duration::from_secs(60))] {
        web.affinity = affinity;
        web.endpoints = vec![Endpoint::ready(real, 8080, true)];
        proxy.sync(&[web.clone()]).unwrap();
        assert_eq!(machine.ns.tcp((vip, 80)).unwrap(), "six fd00:1::2");
        assert_eq!(machine.ns.tcp((vip, 80)).unwrap(), "six fd00:1::2");
        web.endpoints.clear();
        proxy.sync(&[web.clone()]).unwrap();
        assert!(refused(machine.ns.tcp((vip, 80))));
    }
}

#[test]
fn a_refused_batch_changes_nothing() {
    if !root("a_refused_batch_changes_nothing") {
        return;
    }
    let machine = Machine::new();
    machine.ns.run(|| {
        let mut nft = NftSocket::open().unwrap();
        let mut batch = Batch::new(Family::Ip, "skeg-half");
        batch.add_table();
        batch.add_chain("one");
        batch.delete_chain("missing");
        let error = nft.apply(batch).unwrap_err();
        assert!(error.to_string().contains("skeg-half"), "{error}");
        let tables = skeg_net::nft::list_tables(&mut nft, Family::Ip).unwrap();
        assert!(!tables.contains(&"skeg-half".to_owned()));
    });
}
