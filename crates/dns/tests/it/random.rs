//! Packets that nobody meant.

use std::time::Duration;

use hickory_proto::{op::Message, rr::RecordType};
use skeg_dns::Upstreams;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::world::{PATIENCE, World, answers, query};

const WEB: &str = "web.default.svc.cluster.local.";

/// The server answers an ordinary question.
async fn well(world: &World) {
    assert_eq!(
        answers(&world.udp(&query(WEB, RecordType::A)).await),
        ["10.96.0.9"]
    );
    assert_eq!(
        answers(&world.tcp(&query(WEB, RecordType::A)).await),
        ["10.96.0.9"]
    );
}

#[tokio::test]
async fn random_packets_do_no_harm() {
    let world = World::new(Upstreams::List(vec![]));
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(world.address).await.unwrap();
    let mut random = fastrand::Rng::with_seed(20_261_121);
    let good = query(WEB, RecordType::A).to_vec().unwrap();
    let mut buf = vec![0; 65_535];
    for round in 0..5000 {
        let mut packet = if round % 2 == 0 {
            // Noise.
            (0..random.usize(0..600)).map(|_| random.u8(..)).collect()
        } else {
            // Nearly a query.
            let mut packet = good.clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(0..packet.len());
                packet[at] = random.u8(..);
            }
            packet.truncate(random.usize(0..=packet.len()));
            packet
        };
        if let Some(flags) = packet.get_mut(2) {
            *flags &= 0x7f;
        }
        let _ = socket.send(&packet).await;
        // What is answered is a message, with the number of the packet.
        while let Ok(len) = socket.try_recv(&mut buf) {
            assert!(len >= 12 && buf[2] & 0x80 != 0);
        }
        if round % 500 == 0 {
            well(&world).await;
        }
    }
    well(&world).await;
    world.end().await;
}

#[tokio::test]
async fn replies_are_not_answered() {
    let world = World::new(Upstreams::List(vec![]));
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(world.address).await.unwrap();
    let mut reply = query(WEB, RecordType::A).to_vec().unwrap();
    reply[2] |= 0x80;
    socket.send(&reply).await.unwrap();
    socket
        .send(&query(WEB, RecordType::A).to_vec().unwrap())
        .await
        .unwrap();
    let mut buf = [0; 1024];
    let len = timeout(PATIENCE, socket.recv(&mut buf))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        answers(&Message::from_vec(&buf[..len]).unwrap()),
        ["10.96.0.9"]
    );
    assert!(
        timeout(Duration::from_millis(100), socket.recv(&mut buf))
            .await
            .is_err()
    );
    world.end().await;
}

#[tokio::test]
async fn broken_connections_do_no_harm() {
    let world = World::new(Upstreams::List(vec![]));
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        let noise: Vec<u8> = (0..random.usize(0..100)).map(|_| random.u8(..)).collect();
        let _ = stream.write_all(&noise).await;
    }
    // A length without a message, and an empty message, which ends the connection.
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(&[0, 0]).await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    assert!(rest.is_empty());
    well(&world).await;
    world.end().await;
}
