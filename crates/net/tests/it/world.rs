//! Namespaces, servers and clients.

use std::{
    fs::File,
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::fd::AsRawFd,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use skeg_net::{
    Endpoint, Error, HostPort, L4Protocol, Names, NetnsRef, PodNetwork, PodNetworkConfig, Proxy,
    ProxyConfig, ServicePort, ServicePortName, netns,
    route::{Route, RouteSocket, Veth},
    sysctl,
};

/// Longest wait for a packet that is expected.
const PATIENCE: Duration = Duration::from_secs(10);
/// Wait for one UDP packet.
const ANSWER: Duration = Duration::from_secs(1);
/// Wait for a packet that is expected not to come.
const IMPATIENCE: Duration = Duration::from_millis(300);

/// Whether the tests can run; says so when not.
pub fn root(test: &str) -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        eprintln!("SKIPPED {test}: network namespaces need root");
    }
    root
}

/// A network namespace that lasts as long as this value.
pub struct Ns {
    file: File,
}

impl Ns {
    pub fn new() -> Self {
        let file = netns::within_fresh(|| {
            let mut route = RouteSocket::open()?;
            let lo = route.link("lo")?.unwrap();
            route.set_up("lo", lo.index)?;
            Ok(File::open("/proc/thread-self/ns/net").unwrap())
        })
        .unwrap();
        Self { file }
    }

    pub fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }

    pub fn reference(&self) -> NetnsRef {
        NetnsRef::Path(self.path())
    }

    /// Runs something inside.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        netns::within(&self.file, &self.path(), || Ok(work())).unwrap()
    }

    /// Answers every TCP connection on a port with `name`, the client's address and a line feed.
    pub fn serve_tcp(&self, address: impl Into<IpAddr>, port: u16, name: &str) {
        let at = SocketAddr::new(address.into(), port);
        let listener = self.run(move || TcpListener::bind(at).unwrap());
        let name = name.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let peer = stream
                    .peer_addr()
                    .map(|a| a.ip().to_string())
                    .unwrap_or_default();
                let _ = stream.write_all(format!("{name} {peer}").as_bytes());
            }
        });
    }

    /// The same for UDP packets.
    pub fn serve_udp(&self, address: impl Into<IpAddr>, port: u16, name: &str) {
        let at = SocketAddr::new(address.into(), port);
        let socket = self.run(move || UdpSocket::bind(at).unwrap());
        let name = name.to_owned();
        thread::spawn(move || {
            let mut buf = [0; 64];
            while let Ok((_, peer)) = socket.recv_from(&mut buf) {
                let _ = socket.send_to(format!("{name} {}", peer.ip()).as_bytes(), peer);
            }
        });
    }

    /// Connects and reads the answer.
    pub fn tcp(&self, to: (impl Into<IpAddr>, u16)) -> io::Result<String> {
        self.tcp_within(to, PATIENCE)
    }

    /// Whether a connection runs into the void.
    pub fn tcp_is_dropped(&self, to: (impl Into<IpAddr>, u16)) -> bool {
        let result = self.tcp_within(to, IMPATIENCE);
        matches!(result, Err(ref e) if e.kind() == io::ErrorKind::TimedOut)
    }

    fn tcp_within(&self, to: (impl Into<IpAddr>, u16), wait: Duration) -> io::Result<String> {
        let to = SocketAddr::new(to.0.into(), to.1);
        self.run(move || {
            let mut stream = TcpStream::connect_timeout(&to, wait)?;
            stream.set_read_timeout(Some(wait))?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        })
    }

    pub fn udp_socket(&self) -> UdpSocket {
        self.run(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap())
    }
}

/// Asks once over a UDP socket.
pub fn ask(socket: &UdpSocket, to: (impl Into<IpAddr>, u16)) -> io::Result<String> {
    let to = SocketAddr::new(to.0.into(), to.1);
    // An error of an earlier packet would be told now.
    let _ = socket.take_error();
    socket.connect(to)?;
    socket.set_read_timeout(Some(ANSWER))?;
    socket.send(b"?")?;
    let mut buf = [0; 64];
    let len = socket.recv(&mut buf)?;
    Ok(String::from_utf8_lossy(&buf[..len]).into_owned())
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < PATIENCE,
            "not within {PATIENCE:?}: {what}"
        );
        thread::yield_now();
    }
}

pub const OUTSIDE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
pub const UPLINK: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// A machine with a pod network, and a world outside of it.
pub struct Machine {
    pub ns: Ns,
    pub outside: Ns,
    pub state: tempfile::TempDir,
    pub id: String,
    pub third: u8,
}

/// A pod.
pub struct Pod {
    pub ns: Ns,
    pub ip: Ipv4Addr,
}

static NEXT: AtomicU32 = AtomicU32::new(1);

impl Machine {
    pub fn new() -> Self {
        let (ns, outside) = (Ns::new(), Ns::new());
        let (file, net) = (outside.file.try_clone().unwrap(), 24);
        ns.run(|| {
            // As strict as distributions are.
            for which in ["all", "default"] {
                sysctl::set(&format!("ipv4/conf/{which}/rp_filter"), "1").unwrap();
            }
            let mut route = RouteSocket::open().unwrap();
            route
                .add_veth(&Veth {
                    name: "uplink",
                    alias: "",
                    peer_name: "eth0",
                    peer_netns: &file,
                    peer_mac: [2, 0, 0, 0, 0, 2],
                    mtu: 1400,
                })
                .unwrap();
            let link = route.link("uplink").unwrap().unwrap();
            route
                .add_address(link.index, ipnet::Ipv4Net::new(UPLINK, net).unwrap())
                .unwrap();
            route.set_up("uplink", link.index).unwrap();
            let via = Some(OUTSIDE);
            route
                .set_route(Route {
                    to: None,
                    via,
                    link: link.index,
                    source: None,
                })
                .unwrap();
        });
        outside.run(|| {
            let mut route = RouteSocket::open().unwrap();
            let link = route.link("eth0").unwrap().unwrap();
            route
                .add_address(link.index, ipnet::Ipv4Net::new(OUTSIDE, net).unwrap())
                .unwrap();
            route.set_up("eth0", link.index).unwrap();
        });
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            ns,
            outside,
            state: tempfile::tempdir().unwrap(),
            id: format!("t{number}"),
            third: 0,
        }
    }

    pub fn pod_config(&self) -> PodNetworkConfig {
        PodNetworkConfig {
            names: Names::new(&self.id),
            node_cidr: format!("10.244.{}.0/24", self.third).parse().unwrap(),
            cluster_cidrs: vec!["10.244.0.0/16".parse().unwrap()],
            service_cidr: Some("10.96.0.0/16".parse().unwrap()),
            state_dir: self.state.path().join("network"),
            mtu: None,
        }
    }

    pub fn network(&self) -> PodNetwork {
        let config = self.pod_config();
        self.ns.run(|| PodNetwork::open(config).unwrap())
    }

    pub fn proxy(&self) -> Proxy {
        let config = ProxyConfig {
            names: Names::new(&self.id),
            pod_cidrs: vec!["10.244.0.0/16".parse().unwrap()],
            service_cidrs: vec!["10.96.0.0/16".parse().unwrap()],
        };
        self.ns.run(|| Proxy::open(config).unwrap())
    }

    /// Whether packets between pods pass the packet filter even when they are bridged.
    pub fn set_bridge_filter(&self, on: bool) {
        let value = if on { "1" } else { "0" };
        self.ns.run(|| {
            if sysctl::get("bridge/bridge-nf-call-iptables").is_some() {
                sysctl::set("bridge/bridge-nf-call-iptables", value).unwrap();
            }
        });
    }

    /// What is left of an instance in the kernel.
    pub fn traces(&self) -> Vec<String> {
        self.ns.run(|| {
            let mut all: Vec<String> = RouteSocket::open()
                .unwrap()
                .links()
                .unwrap()
                .into_iter()
                .map(|link| link.name)
                .filter(|name| name.starts_with("sk"))
                .collect();
            let mut nft = skeg_net::nft::NftSocket::open().unwrap();
            for family in [skeg_net::nft::Family::Ip, skeg_net::nft::Family::Ip6] {
                all.extend(skeg_net::nft::list_tables(&mut nft, family).unwrap());
            }
            all
        })
    }
}

/// Makes a pod that answers on port 8080, TCP and UDP, with its sandbox's name.
pub fn pod(network: &PodNetwork, sandbox: &str) -> Pod {
    pod_with(network, sandbox, &[]).unwrap()
}

pub fn pod_with(network: &PodNetwork, sandbox: &str, ports: &[HostPort]) -> Result<Pod, Error> {
    let ns = Ns::new();
    let ip = network.attach(sandbox, &ns.reference(), ports)?.address;
    ns.serve_tcp(ip, 8080, sandbox);
    ns.serve_udp(ip, 8080, sandbox);
    Ok(Pod { ns, ip })
}

pub const VIP: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 9);

/// A TCP service on [`VIP`], port 80.
pub fn service(name: &str, pods: &[&Pod]) -> ServicePort {
    ServicePort {
        name: ServicePortName::new("default", name, ""),
        cluster_ips: vec![VIP.into()],
        external_ips: vec![],
        load_balancer_ips: vec![],
        source_ranges: vec![],
        port: 80,
        protocol: L4Protocol::Tcp,
        node_port: None,
        affinity: None,
        internal_local: false,
        external_local: false,
        endpoints: pods
            .iter()
            .map(|pod| Endpoint::ready(pod.ip, 8080, true))
            .collect(),
    }
}
