//! What answers cost, with bounds wide enough for a busy machine and an unoptimised build.

use std::time::{Duration, Instant};

use hickory_proto::rr::RecordType;
use skeg_dns::{Service, ServiceKind, Upstreams};
use tokio::net::UdpSocket;

use crate::world::{World, query};

const SERVICES: u32 = 10_000;
const QUERIES: usize = 2000;

#[tokio::test]
async fn many_services_and_queries() {
    let world = World::new(Upstreams::List(vec![]));
    let begun = Instant::now();
    for number in 0..SERVICES {
        let [_, _, c, d] = number.to_be_bytes();
        let service = Service {
            kind: ServiceKind::ClusterIp(vec![[10, 97, c, d].into()]),
            ports: vec![],
            publish_not_ready: false,
        };
        world
            .zone
            .write()
            .set_service("default", &format!("s{number}"), service);
    }
    println!("{SERVICES} services: {:?}", begun.elapsed());

    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(world.address).await.unwrap();
    let mut buf = [0; 1500];
    let mut times = Vec::with_capacity(QUERIES);
    for number in 0..QUERIES {
        let name = format!("s{number}.default.svc.cluster.local.");
        let question = query(&name, RecordType::A).to_vec().unwrap();
        let begun = Instant::now();
        socket.send(&question).await.unwrap();
        let len = socket.recv(&mut buf).await.unwrap();
        times.push(begun.elapsed());
        assert!(len > question.len());
    }
    times.sort();
    println!(
        "one query: p50 {:?} p99 {:?}",
        times[QUERIES / 2],
        times[QUERIES * 99 / 100]
    );
    assert!(times[QUERIES / 2] < Duration::from_millis(20));
    world.end().await;
}
