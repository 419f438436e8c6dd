//! The adapter: from objects to answers.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use hickory_proto::{
    op::{Message, ResponseCode},
    rr::RecordType,
};
use skeg_api::{
    core::v1::{Namespace, Service},
    discovery::v1::EndpointSlice,
};
use skeg_dns::{
    ForwardOptions, ServerOptions, Upstreams,
    kube::{Dns, Options, ensure_service},
};
use skeg_meta::{ObjectMeta, Status};
use skeg_runtime::testing::FakeApi;
use tokio::{net::UdpSocket, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::world::{PATIENCE, answers, query};

fn options() -> Options {
    Options {
        server: ServerOptions {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            forward: ForwardOptions {
                upstreams: Upstreams::List(vec![]),
                ..ForwardOptions::default()
            },
            ..ServerOptions::default()
        },
        name_servers: vec![[10, 96, 0, 10].into()],
        ..Options::default()
    }
}

async fn ask(address: SocketAddr, name: &str, ty: RecordType) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket
        .send_to(&query(name, ty).to_vec().unwrap(), address)
        .await
        .unwrap();
    let mut buf = vec![0; 4096];
    let len = timeout(PATIENCE, socket.recv(&mut buf))
        .await
        .unwrap()
        .unwrap();
    Message::from_vec(&buf[..len]).unwrap()
}

/// Asks until the answers are these.
async fn until(address: SocketAddr, name: &str, ty: RecordType, expect: &[&str]) {
    let asked = async {
        while answers(&ask(address, name, ty).await) != expect {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, asked)
        .await
        .unwrap_or_else(|_| panic!("{name} {ty} is never {expect:?}"));
}

#[tokio::test]
async fn objects_become_answers() {
    let api = FakeApi::new();
    let vip: IpAddr = [10, 96, 0, 10].into();
    let dns = Dns::bind(options()).unwrap();
    let address = dns.addresses()[0];
    let cancel = CancellationToken::new();
    let running = tokio::spawn(dns.run(api.client(), cancel.clone()));

    // A query that comes early is answered when the names are known.
    let name = "kube-dns.kube-system.svc.cluster.local.";
    let early = ask(address, name, RecordType::A).await;
    assert_eq!(early.metadata.response_code, ResponseCode::NXDomain);

    let target: SocketAddr = "10.244.0.1:53".parse().unwrap();
    assert!(
        ensure_service(&api.client(), vip, target, "here")
            .await
            .unwrap()
    );
    until(address, name, RecordType::A, &["10.96.0.10"]).await;
    until(
        address,
        "_dns._udp.kube-dns.kube-system.svc.cluster.local.",
        RecordType::SRV,
        &["0 100 53 kube-dns.kube-system.svc.cluster.local."],
    )
    .await;
    let reverse = "1.0.244.10.in-addr.arpa.";
    let expect = ["10-244-0-1.kube-dns.kube-system.svc.cluster.local."];
    until(address, reverse, RecordType::PTR, &expect).await;

    // Again, elsewhere: the slice is put right, and nothing else is touched.
    let before = api.get::<Service>("kube-system", "kube-dns").unwrap();
    let target: SocketAddr = "10.244.0.1:5353".parse().unwrap();
    for _ in 0..2 {
        assert!(
            ensure_service(&api.client(), vip, target, "here")
                .await
                .unwrap()
        );
    }
    let slice = api
        .get::<EndpointSlice>("kube-system", "kube-dns-here")
        .unwrap();
    assert_eq!(slice.ports[0].port, Some(5353));
    let after = api.get::<Service>("kube-system", "kube-dns").unwrap();
    assert_eq!(
        before.metadata.resource_version,
        after.metadata.resource_version
    );

    // Pods' names begin with their namespace.
    let namespace = Namespace {
        metadata: ObjectMeta {
            name: "apps".into(),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    };
    api.put(&namespace);
    until(
        address,
        "10-244-0-7.apps.pod.cluster.local.",
        RecordType::A,
        &["10.244.0.7"],
    )
    .await;
    api.remove::<Namespace>("", "apps");
    until(
        address,
        "10-244-0-7.apps.pod.cluster.local.",
        RecordType::A,
        &[],
    )
    .await;

    api.remove::<Service>("kube-system", "kube-dns");
    until(address, name, RecordType::A, &[]).await;
    cancel.cancel();
    timeout(PATIENCE, running).await.unwrap().unwrap();
}

#[tokio::test]
async fn names_that_are_not_known_yet_are_not_denied() {
    let api = FakeApi::new();
    api.refuse(
        "list",
        "services",
        1_000_000,
        Status::internal_error("not today"),
    );
    api.refuse(
        "watch",
        "services",
        1_000_000,
        Status::internal_error("not today"),
    );
    let dns = Dns::bind(Options {
        patience: Duration::ZERO,
        ..options()
    })
    .unwrap();
    let address = dns.addresses()[0];
    let cancel = CancellationToken::new();
    let running = tokio::spawn(dns.run(api.client(), cancel.clone()));
    let reply = ask(address, "web.default.svc.cluster.local.", RecordType::A).await;
    assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
    cancel.cancel();
    timeout(PATIENCE, running).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_name_server_of_the_users_is_left_alone() {
    let api = FakeApi::new();
    let mut service = Service::default();
    service.metadata.namespace = "kube-system".into();
    service.metadata.name = "kube-dns".into();
    service
        .spec
        .selector
        .insert("k8s-app".into(), "kube-dns".into());
    api.put(&service);
    let target: SocketAddr = "10.244.0.1:53".parse().unwrap();
    let made = ensure_service(&api.client(), [10, 96, 0, 10].into(), target, "here").await;
    assert!(!made.unwrap());
    assert!(api.all::<EndpointSlice>().is_empty());
}
