//! A server, its clients, and the servers behind it.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{Name, RData, Record, RecordType},
};
use parking_lot::RwLock;
use skeg_dns::{
    Endpoint, ForwardOptions, Metrics, Port, Protocol, Server, ServerOptions, Service, ServiceKind,
    Upstreams, Zone,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct World {
    pub address: SocketAddr,
    pub zone: Arc<RwLock<Zone>>,
    pub metrics: Arc<Metrics>,
    cancel: CancellationToken,
    running: JoinHandle<()>,
}

impl World {
    /// A server for `cluster.local` that asks `upstreams` for the rest.
    pub fn new(upstreams: Upstreams) -> Self {
        let forward = ForwardOptions {
            upstreams,
            attempt_timeout: Duration::from_millis(200),
            deadline: Duration::from_secs(2),
        };
        Self::with(ServerOptions {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            forward,
            ..ServerOptions::default()
        })
    }

    pub fn with(options: ServerOptions) -> Self {
        let zone = Arc::new(RwLock::new(zone()));
        let server = Server::bind(options, zone.clone()).unwrap();
        let address = server.addresses()[0];
        let metrics = server.metrics();
        let cancel = CancellationToken::new();
        let running = tokio::spawn(server.run(cancel.clone()));
        Self {
            address,
            zone,
            metrics,
            cancel,
            running,
        }
    }

    /// Ends the server, which must not take long.
    pub async fn end(self) {
        self.cancel.cancel();
        timeout(PATIENCE, self.running).await.unwrap().unwrap();
    }

    pub fn metric(&self, name: &str) -> u64 {
        let all = self.metrics.samples();
        all.iter()
            .filter(|(n, ..)| *n == name)
            .map(|(_, _, value)| value)
            .sum()
    }

    pub async fn udp(&self, query: &Message) -> Message {
        let bytes = self.udp_bytes(&query.to_vec().unwrap()).await.unwrap();
        Message::from_vec(&bytes).unwrap()
    }

    pub async fn udp_bytes(&self, query: &[u8]) -> io::Result<Vec<u8>> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        socket.connect(self.address).await?;
        socket.send(query).await?;
        let mut buf = vec![0; 65_535];
        let len = timeout(PATIENCE, socket.recv(&mut buf)).await??;
        buf.truncate(len);
        Ok(buf)
    }

    pub async fn tcp(&self, query: &Message) -> Message {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        exchange(&mut stream, query).await
    }
}

pub async fn exchange(stream: &mut TcpStream, query: &Message) -> Message {
    let bytes = query.to_vec().unwrap();
    stream
        .write_u16(bytes.len().try_into().unwrap())
        .await
        .unwrap();
    stream.write_all(&bytes).await.unwrap();
    let len = timeout(PATIENCE, stream.read_u16()).await.unwrap().unwrap();
    let mut reply = vec![0; len.into()];
    stream.read_exact(&mut reply).await.unwrap();
    Message::from_vec(&reply).unwrap()
}

pub fn query(name: &str, ty: RecordType) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), ty));
    message
}

pub fn with_edns(mut message: Message, payload: u16) -> Message {
    let mut edns = Edns::new();
    edns.set_max_payload(payload);
    message.set_edns(edns);
    message
}

/// Data of the answers, sorted.
pub fn answers(message: &Message) -> Vec<String> {
    let mut all: Vec<String> = message.answers.iter().map(|r| r.data.to_string()).collect();
    all.sort();
    all
}

fn zone() -> Zone {
    let mut zone = Zone::new("cluster.local");
    zone.add_namespace("default");
    let port = Port {
        name: "http".into(),
        protocol: Protocol::Tcp,
        number: 80,
    };
    let service = |kind| Service {
        kind,
        ports: vec![port.clone()],
        publish_not_ready: false,
    };
    let vip = ServiceKind::ClusterIp(vec![[10, 96, 0, 9].into()]);
    zone.set_service("default", "web", service(vip));
    zone.set_service("default", "many", service(ServiceKind::Headless));
    let endpoints = (0..200)
        .map(|n| Endpoint {
            ip: [10, 244, 1, n].into(),
            hostname: Some(format!("many-{n}")),
            ready: true,
            ports: Arc::new([port.clone()]),
        })
        .collect();
    zone.set_slice("default", "many-1", "many", endpoints);
    let external = |name: &str| service(ServiceKind::ExternalName(name.into()));
    zone.set_service("default", "outside", external("a.example.com"));
    zone.set_service(
        "default",
        "inside",
        external("web.default.svc.cluster.local"),
    );
    zone.set_service("default", "one", external("two.default.svc.cluster.local"));
    zone.set_service("default", "two", external("one.default.svc.cluster.local"));
    zone
}

/// How a name server behind ours behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers 192.0.2.N to every query.
    Answer(u8),
    /// Says that there is no such name.
    NoName,
    /// Answers with a forged reply first, of another number and of another question.
    ForgedFirst(u8),
    /// Says over UDP that the answer is too long.
    TooLong(u8),
    /// Is silent.
    Silent,
}

pub struct Upstream {
    pub address: SocketAddr,
    pub asked: Arc<AtomicUsize>,
}

/// One port of both protocols: what is free for one may be taken for the other.
async fn both_ways() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = udp.local_addr().unwrap();
        match TcpListener::bind(address).await {
            Ok(tcp) => return (udp, tcp),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse),
        }
    }
}

impl Upstream {
    pub async fn new(behaviour: Behaviour) -> Self {
        let (udp, tcp) = both_ways().await;
        let address = udp.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        tokio::spawn(async move {
            let mut buf = [0; 4096];
            while let Ok((len, peer)) = udp.recv_from(&mut buf).await {
                count.fetch_add(1, Ordering::Relaxed);
                let query = Message::from_vec(&buf[..len]).unwrap();
                for reply in replies(&query, behaviour, true) {
                    udp.send_to(&reply.to_vec().unwrap(), peer).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let Ok(len) = stream.read_u16().await else {
                    continue;
                };
                let mut bytes = vec![0; len.into()];
                stream.read_exact(&mut bytes).await.unwrap();
                let query = Message::from_vec(&bytes).unwrap();
                for reply in replies(&query, behaviour, false) {
                    let bytes = reply.to_vec().unwrap();
                    stream
                        .write_u16(bytes.len().try_into().unwrap())
                        .await
                        .unwrap();
                    stream.write_all(&bytes).await.unwrap();
                }
            }
        });
        Self { address, asked }
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn replies(query: &Message, behaviour: Behaviour, udp: bool) -> Vec<Message> {
    let mut reply = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    reply.metadata.recursion_available = true;
    reply.add_queries(query.queries.iter().cloned());
    let with = |reply: &Message, last: u8| {
        let mut reply = reply.clone();
        let name = query.queries[0].name().clone();
        reply.add_answer(Record::from_rdata(
            name,
            77,
            RData::from(std::net::IpAddr::from([192, 0, 2, last])),
        ));
        reply
    };
    match behaviour {
        Behaviour::Answer(last) => vec![with(&reply, last)],
        Behaviour::NoName => {
            reply.metadata.response_code = ResponseCode::NXDomain;
            vec![reply]
        }
        Behaviour::ForgedFirst(last) => {
            let mut number = with(&reply, 66);
            number.metadata.id = number.metadata.id.wrapping_add(1);
            let mut question = with(&reply, 66);
            question.queries[0].set_query_type(RecordType::TXT);
            vec![number, question, with(&reply, last)]
        }
        Behaviour::TooLong(last) if udp => {
            reply.metadata.truncation = true;
            let _ = last;
            vec![reply]
        }
        Behaviour::TooLong(last) => vec![with(&reply, last)],
        Behaviour::Silent => vec![],
    }
}
