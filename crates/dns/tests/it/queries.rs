//! Questions and answers.

use std::time::{Duration, Instant};

use hickory_proto::{
    op::{Message, OpCode, ResponseCode},
    rr::{DNSClass, RData, RecordType},
};
use skeg_dns::{ForwardOptions, ServerOptions, Service, ServiceKind, Upstreams};
use tokio::net::TcpStream;

use crate::world::{Behaviour, Upstream, World, answers, exchange, query, with_edns};

const WEB: &str = "web.default.svc.cluster.local.";
const MANY: &str = "many.default.svc.cluster.local.";

fn nobody() -> Upstreams {
    Upstreams::List(vec![])
}

#[tokio::test]
async fn cluster_names_are_answered_over_udp_and_tcp() {
    let world = World::new(nobody());
    let question = query(WEB, RecordType::A);
    for reply in [world.udp(&question).await, world.tcp(&question).await] {
        assert_eq!(reply.metadata.id, question.metadata.id);
        assert!(reply.metadata.authoritative && reply.metadata.recursion_available);
        assert_eq!(answers(&reply), ["10.96.0.9"]);
        assert_eq!(reply.answers[0].ttl, 30);
        assert!(reply.edns.is_none());
    }
    // Several queries on one connection.
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            answers(&exchange(&mut stream, &question).await),
            ["10.96.0.9"]
        );
    }
    assert_eq!(world.metric("skeg_dns_requests_total"), 5);
    assert!(
        world
            .metrics
            .render()
            .contains("skeg_dns_requests_total{proto=\"udp\"} 1\n")
    );
    world.end().await;
}

#[tokio::test]
async fn no_name_and_no_data_differ_and_carry_the_zone() {
    let world = World::new(nobody());
    let check = |reply: &Message, code: ResponseCode| {
        assert_eq!(reply.metadata.response_code, code);
        assert!(reply.answers.is_empty());
        let RData::SOA(soa) = &reply.authorities[0].data else {
            panic!("no SOA")
        };
        assert_eq!((soa.minimum, reply.authorities[0].ttl), (5, 5));
        assert_eq!(reply.authorities[0].name.to_string(), "cluster.local.");
    };
    let missing = world
        .udp(&query("no.default.svc.cluster.local.", RecordType::A))
        .await;
    check(&missing, ResponseCode::NXDomain);
    check(
        &world.udp(&query(WEB, RecordType::AAAA)).await,
        ResponseCode::NoError,
    );
    // As a resolver with a search list asks: outside names below the cluster's domain.
    let searched = world
        .udp(&query("a.example.com.cluster.local.", RecordType::A))
        .await;
    check(&searched, ResponseCode::NXDomain);
    world.end().await;
}

#[tokio::test]
async fn changes_are_seen_at_once() {
    let world = World::new(nobody());
    let kind = ServiceKind::ClusterIp(vec![[10, 96, 7, 7].into()]);
    let service = Service {
        kind,
        ports: vec![],
        publish_not_ready: false,
    };
    world.zone.write().set_service("default", "new", service);
    let question = query("new.default.svc.cluster.local.", RecordType::A);
    assert_eq!(answers(&world.udp(&question).await), ["10.96.7.7"]);
    world.zone.write().remove_service("default", "new");
    let reply = world.udp(&question).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::NXDomain);
    world.end().await;
}

#[tokio::test]
async fn long_answers_are_cut_for_udp_only() {
    let world = World::new(nobody());
    for (question, limit) in [
        (query(MANY, RecordType::A), 512),
        (with_edns(query(MANY, RecordType::A), 300), 512),
        (with_edns(query(MANY, RecordType::A), 900), 900),
        (with_edns(query(MANY, RecordType::A), 65_000), 1232),
    ] {
        let bytes = world.udp_bytes(&question.to_vec().unwrap()).await.unwrap();
        assert!(bytes.len() <= limit, "{} of {limit}", bytes.len());
        let reply = Message::from_vec(&bytes).unwrap();
        assert!(reply.metadata.truncation && !reply.answers.is_empty());
        assert_eq!(reply.edns.is_some(), question.edns.is_some());
        let whole = world.tcp(&question).await;
        assert!(!whole.metadata.truncation);
        assert_eq!(whole.answers.len(), 200);
    }
    // What is only helpful is left out without a word.
    let srv = query(
        "_http._tcp.many.default.svc.cluster.local.",
        RecordType::SRV,
    );
    let whole = world.tcp(&srv).await;
    assert_eq!((whole.answers.len(), whole.additionals.len()), (200, 200));
    assert!(world.metric("skeg_dns_truncated_total") >= 4);
    world.end().await;
}

#[tokio::test]
async fn answers_come_in_changing_order() {
    let world = World::new(nobody());
    let mut first = std::collections::HashSet::new();
    for _ in 0..20 {
        first.insert(
            world.tcp(&query(MANY, RecordType::A)).await.answers[0]
                .data
                .to_string(),
        );
    }
    assert!(first.len() > 5, "{first:?}");
    world.end().await;
}

#[tokio::test]
async fn aliases_are_followed() {
    let upstream = Upstream::new(Behaviour::Answer(1)).await;
    let world = World::new(Upstreams::List(vec![upstream.address]));
    let ask = async |name: &str| {
        let name = format!("{name}.default.svc.cluster.local.");
        let reply = world.udp(&query(&name, RecordType::A)).await;
        (reply.metadata.response_code, answers(&reply))
    };
    let ok = |list: &[&str]| {
        (
            ResponseCode::NoError,
            list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(),
        )
    };
    assert_eq!(ask("outside").await, ok(&["192.0.2.1", "a.example.com."]));
    assert_eq!(
        ask("inside").await,
        ok(&["10.96.0.9", "web.default.svc.cluster.local."])
    );
    assert_eq!(ask("one").await, (ResponseCode::ServFail, vec![]));
    // The alias itself needs nobody.
    let before = upstream.asked();
    let reply = world
        .udp(&query(
            "outside.default.svc.cluster.local.",
            RecordType::CNAME,
        ))
        .await;
    assert_eq!(answers(&reply), ["a.example.com."]);
    assert_eq!(upstream.asked(), before);
    world.end().await;
}

#[tokio::test]
async fn other_names_are_asked_of_others() {
    let upstream = Upstream::new(Behaviour::Answer(7)).await;
    let world = World::new(Upstreams::List(vec![upstream.address]));
    let question = with_edns(query("Example.COM.", RecordType::A), 1400);
    for reply in [world.udp(&question).await, world.tcp(&question).await] {
        assert_eq!(reply.metadata.id, question.metadata.id);
        assert_eq!(answers(&reply), ["192.0.2.7"]);
        assert_eq!(reply.answers[0].ttl, 77);
        assert_eq!(reply.queries[0].name().to_string(), "Example.COM.");
    }
    // Reverse names of others' addresses, too.
    let reverse = world
        .udp(&query("1.2.0.192.in-addr.arpa.", RecordType::PTR))
        .await;
    assert_eq!(answers(&reverse), ["192.0.2.7"]);
    // Cluster names are never.
    let before = upstream.asked();
    world
        .udp(&query("nope.default.svc.cluster.local.", RecordType::A))
        .await;
    assert_eq!(upstream.asked(), before);
    world.end().await;

    let upstream = Upstream::new(Behaviour::NoName).await;
    let world = World::new(Upstreams::List(vec![upstream.address]));
    let reply = world.udp(&query("example.com.", RecordType::A)).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::NXDomain);
    world.end().await;

    let upstream = Upstream::new(Behaviour::TooLong(8)).await;
    let world = World::new(Upstreams::List(vec![upstream.address]));
    assert!(
        world
            .udp(&query("example.com.", RecordType::A))
            .await
            .metadata
            .truncation
    );
    let whole = world.tcp(&query("example.com.", RecordType::A)).await;
    assert_eq!(answers(&whole), ["192.0.2.8"]);
    world.end().await;
}

#[tokio::test]
async fn forged_replies_are_passed_over() {
    let upstream = Upstream::new(Behaviour::ForgedFirst(9)).await;
    let world = World::new(Upstreams::List(vec![upstream.address]));
    let reply = world.udp(&query("example.com.", RecordType::A)).await;
    assert_eq!(answers(&reply), ["192.0.2.9"]);
    world.end().await;
}

#[tokio::test]
async fn a_silent_server_is_asked_last() {
    let silent = Upstream::new(Behaviour::Silent).await;
    let good = Upstream::new(Behaviour::Answer(3)).await;
    let world = World::new(Upstreams::List(vec![silent.address, good.address]));
    for _ in 0..5 {
        let reply = world.udp(&query("example.com.", RecordType::A)).await;
        assert_eq!(answers(&reply), ["192.0.2.3"]);
    }
    assert_eq!((silent.asked(), good.asked()), (1, 5));
    world.end().await;
}

#[tokio::test]
async fn failures_are_told_soon() {
    let question = query("example.com.", RecordType::A);
    // Nobody to ask, nobody there, nobody who answers.
    let closed = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let silent = Upstream::new(Behaviour::Silent).await;
    for list in [vec![], vec![closed], vec![silent.address]] {
        let world = World::new(Upstreams::List(list));
        let begun = Instant::now();
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        for reply in [
            world.udp(&question).await,
            exchange(&mut stream, &question).await,
        ] {
            assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
            assert_eq!(reply.metadata.id, question.metadata.id);
        }
        assert!(begun.elapsed() < Duration::from_secs(2));
        let alias = query("outside.default.svc.cluster.local.", RecordType::A);
        let reply = world.udp(&alias).await;
        assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
        // Meanwhile the cluster's own names are there.
        assert_eq!(
            answers(&world.udp(&query(WEB, RecordType::A)).await),
            ["10.96.0.9"]
        );
        world.end().await;
    }
}

#[tokio::test]
async fn a_server_that_asks_itself_is_noticed() {
    // It listens on all addresses, and the list names one of them by a way that the list's
    // check cannot see: another server that asks it back.
    let relay = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let upstream = relay.local_addr().unwrap();
    let world = World::new(Upstreams::List(vec![upstream]));
    let target = world.address;
    tokio::spawn(async move {
        let mut buf = [0; 1024];
        while let Ok((len, _)) = relay.recv_from(&mut buf).await {
            let _ = relay.send_to(&buf[..len], target).await;
        }
    });
    let begun = Instant::now();
    let reply = world.udp(&query("example.com.", RecordType::A)).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
    assert!(begun.elapsed() < Duration::from_secs(3));
    world.end().await;

    // Its own address in the list is not asked at all.
    let listen = vec!["127.0.0.1:0".parse().unwrap()];
    let probe = World::with(ServerOptions {
        listen,
        ..ServerOptions::default()
    });
    let address = probe.address;
    probe.end().await;
    let world = World::with(ServerOptions {
        listen: vec![address],
        forward: ForwardOptions {
            upstreams: Upstreams::List(vec![address]),
            ..ForwardOptions::default()
        },
        ..ServerOptions::default()
    });
    let reply = world.udp(&query("example.com.", RecordType::A)).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
    assert_eq!(world.metric("skeg_dns_requests_total"), 1);
    world.end().await;
}

#[tokio::test]
async fn odd_queries_are_refused_politely() {
    let world = World::new(nobody());
    let check = async |question: &Message, code: ResponseCode| {
        let reply = world.udp(question).await;
        assert_eq!(reply.metadata.id, question.metadata.id);
        // By number: 16 has two names.
        assert_eq!(u16::from(reply.metadata.response_code), u16::from(code));
    };
    let mut update = query(WEB, RecordType::A);
    update.metadata.op_code = OpCode::Notify;
    check(&update, ResponseCode::NotImp).await;
    let mut two = query(WEB, RecordType::A);
    two.add_queries(query(MANY, RecordType::A).queries);
    check(&two, ResponseCode::FormErr).await;
    let mut chaos = query("version.bind.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    check(&chaos, ResponseCode::Refused).await;
    check(
        &query("cluster.local.", RecordType::AXFR),
        ResponseCode::Refused,
    )
    .await;
    let mut version = with_edns(query(WEB, RecordType::A), 1232);
    version.edns.as_mut().unwrap().set_version(1);
    check(&version, ResponseCode::BADVERS).await;
    // A whole header, and rubbish behind it.
    let reply = world
        .udp_bytes(b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\xff\xff\xff")
        .await
        .unwrap();
    assert_eq!((&reply[..2], reply[3] & 0x0f), (&b"\x12\x34"[..], 1));
    world.end().await;
}

#[tokio::test]
async fn a_taken_address_is_told_with_a_remedy() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = ServerOptions {
        listen: vec![taken.local_addr().unwrap()],
        ..ServerOptions::default()
    };
    let zone = std::sync::Arc::new(parking_lot::RwLock::new(skeg_dns::Zone::new(
        "cluster.local",
    )));
    let error = skeg_dns::Server::bind(options, zone).unwrap_err();
    assert!(error.to_string().contains("another name server"), "{error}");
}

#[tokio::test]
async fn a_missing_list_of_name_servers_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("resolv.conf");
    // A missing file is no reason not to serve the cluster.
    let world = World::new(Upstreams::File(file));
    assert_eq!(
        answers(&world.udp(&query(WEB, RecordType::A)).await),
        ["10.96.0.9"]
    );
    let reply = world.udp(&query("example.com.", RecordType::A)).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
    world.end().await;
}
