//! Random changes, and after them what the kernel has against what the services say.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use skeg_net::{
    Endpoint, L4Protocol, Names, Proxy, ServicePort, ServicePortName,
    nft::{ElementData, Family, NftSocket, list_elements},
};

use crate::world::{Machine, root};

const SLOTS: u16 = 30;
const STEPS: usize = 300;

/// A small generator whose runs can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn chance(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

fn any_port(random: &mut Random, slot: u16) -> ServicePort {
    let low = u8::try_from(slot).unwrap();
    // Now and then two slots ask for the same address.
    let vip = if random.chance(10) { 200 } else { low };
    let endpoints = (0..random.below(7))
        .map(|_| {
            let last = u8::try_from(random.below(10)).unwrap();
            Endpoint {
                ready: !random.chance(4),
                terminating: random.chance(4),
                ..Endpoint::ready([10, 244, 0, last], 8080, last < 5)
            }
        })
        .collect();
    ServicePort {
        name: ServicePortName::new("default", &format!("s{slot:03}"), ""),
        cluster_ips: vec![IpAddr::from([10, 96, 0, vip])],
        external_ips: if random.chance(3) {
            vec![[203, 0, 113, low].into()]
        } else {
            vec![]
        },
        load_balancer_ips: if random.chance(4) {
            vec![[203, 0, 114, low].into()]
        } else {
            vec![]
        },
        source_ranges: (0..random.below(3))
            .map(|_| {
                let second = u8::try_from(random.below(3)).unwrap();
                let prefix = u8::try_from(8 + random.below(17)).unwrap();
                ipnet::IpNet::new([172, second, 0, 0].into(), prefix).unwrap()
            })
            .collect(),
        port: 80,
        protocol: if random.chance(2) {
            L4Protocol::Tcp
        } else {
            L4Protocol::Udp
        },
        node_port: random.chance(2).then_some(30_000 + slot),
        affinity: random
            .chance(3)
            .then(|| Duration::from_secs(60 * (1 + random.below(2)))),
        internal_local: random.chance(4),
        external_local: random.chance(3),
        endpoints,
    }
}

type Targets = BTreeSet<(Vec<u8>, bool)>;
/// Where packets to a front may go, and which chain (or number of a fixed class) sends them.
type Fronts = BTreeMap<Vec<u8>, (String, BTreeSet<Vec<u8>>)>;

/// What the kernel has: the fronts of each kind, and the shared sets.
fn in_kernel(table: &str) -> (Vec<Fronts>, Vec<Targets>) {
    let mut socket = NftSocket::open().unwrap();
    let mut read = |set: &str| list_elements(&mut socket, Family::Ip, table, set).unwrap();
    let mut fronts = Vec::new();
    for (kind, suffix) in [
        ("vip", ""),
        ("vip", "-outside"),
        ("node-port", ""),
        ("node-port", "-outside"),
    ] {
        let classes: BTreeMap<Vec<u8>, ElementData> = read(&format!("{kind}-classes{suffix}"))
            .into_iter()
            .collect();
        let endpoints = read(&format!("{kind}-endpoints{suffix}"));
        let tokens = read(&format!("{kind}-tokens{suffix}"));
        let sticky: BTreeMap<Vec<u8>, ElementData> =
            read(&format!("{kind}-sticky")).into_iter().collect();
        let mut all = Fronts::new();
        let mut used = 0;
        for (key, class) in read(&format!("{kind}s{suffix}")) {
            let ElementData::Value(number) = class else {
                panic!("a class is a number")
            };
            let how = match &classes[&number] {
                ElementData::Chain(chain) => chain.clone(),
                _ => "drop".to_owned(),
            };
            let mut targets = BTreeSet::new();
            for index in 0_u32.. {
                let place = [&key[..], &index.to_ne_bytes()].concat();
                if let Some((_, ElementData::Value(target))) =
                    endpoints.iter().find(|(k, _)| *k == place)
                {
                    targets.insert(target.clone());
                } else if let Some((_, ElementData::Value(token))) =
                    tokens.iter().find(|(k, _)| *k == place)
                {
                    let place = [&key[..], token].concat();
                    let ElementData::Value(target) = &sticky[&place] else {
                        panic!("no target")
                    };
                    targets.insert(target.clone());
                } else {
                    // As many as the chain chooses from.
                    let prefix = format!("{kind}{suffix}-{index}");
                    let chosen = how == prefix || how.starts_with(&format!("{prefix}-sticky-"));
                    assert!(chosen || index == 0, "{how} for {index} endpoints");
                    used += index as usize;
                    break;
                }
            }
            all.insert(key, (how, targets));
        }
        assert_eq!(
            used,
            endpoints.len() + tokens.len(),
            "endpoints of nobody in {kind}{suffix}"
        );
        fronts.push(all);
    }
    let sets = [
        "hairpins",
        "remote",
        "vip-sticky",
        "node-port-sticky",
        "guarded",
        "allowed",
    ]
    .map(|set| {
        read(set)
            .into_iter()
            .map(|(key, d)| (key, d == ElementData::None))
            .collect()
    });
    (fronts, sets.into())
}

#[test]
fn small_steps_lead_where_one_step_leads() {
    if !root("small_steps_lead_where_one_step_leads") {
        return;
    }
    let (small, one) = (Machine::new(), Machine::new());
    let table = |machine: &Machine| Names::new(&machine.id).proxy_table();
    let mut random = Random(0x5eed_2026_1121_0001);
    let mut proxy = small.proxy();
    proxy.sync(&[]).unwrap();
    let mut services: BTreeMap<u16, ServicePort> = BTreeMap::new();
    for step in 0..STEPS {
        let mut changed = Vec::new();
        let mut removed = Vec::new();
        for _ in 0..=random.below(3) {
            let slot = u16::try_from(random.below(SLOTS.into())).unwrap();
            if random.chance(4) {
                if let Some(port) = services.remove(&slot) {
                    changed.retain(|p: &ServicePort| p.name != port.name);
                    removed.push(port.name);
                }
            } else {
                let port = any_port(&mut random, slot);
                removed.retain(|name| *name != port.name);
                changed.retain(|p: &ServicePort| p.name != port.name);
                services.insert(slot, port.clone());
                changed.push(port);
            }
        }
        let report = proxy.apply(changed, &removed).unwrap();
        assert!(!report.full, "step {step}: the kernel refused a small step");
        if step % 20 != 0 && step != STEPS - 1 {
            continue;
        }
        // Whoever came first has a contested address; so leave those out of the comparison.
        let all: Vec<ServicePort> = services.values().cloned().collect();
        let contested = |key: &[u8]| key.starts_with(&[10, 96, 0, 200]);
        let mut fresh: Proxy = one.proxy();
        fresh.sync(&all).unwrap();
        let (mut left, _) = small.ns.run(|| in_kernel(&table(&small)));
        let (mut right, _) = one.ns.run(|| in_kernel(&table(&one)));
        for fronts in left.iter_mut().chain(&mut right) {
            fronts.retain(|key, _| !contested(key));
        }
        assert_eq!(left, right, "step {step}");
    }
    // Nothing is left when nothing is wanted.
    proxy.sync(&[]).unwrap();
    let (fronts, sets) = small.ns.run(|| in_kernel(&table(&small)));
    assert!(fronts.iter().all(BTreeMap::is_empty) && sets.iter().all(BTreeSet::is_empty));
}
