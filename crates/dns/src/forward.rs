//! Asking the machine's own name servers.

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

/// A reply is never longer.
const REPLY_MAX: usize = 65_535;
/// How often a changed file may be looked for.
const RELOAD_AFTER: Duration = Duration::from_secs(5);
/// Name servers that are used of a file, as the C library has it.
const UPSTREAMS_MAX: usize = 3;
/// How long one that does not answer is asked last, and how often it is tried when all are so.
const REST: Duration = Duration::from_secs(5);
const DNS_PORT: u16 = 53;
const HEADER_LEN: usize = 12;

/// Where to ask.
#[derive(Clone, Debug)]
pub enum Upstreams {
    /// The name servers of a file such as `/etc/resolv.conf`, read again when it changes.
    File(PathBuf),
    /// These.
    List(Vec<SocketAddr>),
}

/// How to ask.
#[derive(Clone, Debug)]
pub struct ForwardOptions {
    /// Where to ask. The server's own addresses are left out.
    pub upstreams: Upstreams,
    /// How long one name server may take.
    pub attempt_timeout: Duration,
    /// How long a query may take altogether.
    pub deadline: Duration,
}

impl Default for ForwardOptions {
    fn default() -> Self {
        Self {
            upstreams: Upstreams::File("/etc/resolv.conf".into()),
            attempt_timeout: Duration::from_millis(1500),
            deadline: Duration::from_secs(4),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Forwarder {
    options: ForwardOptions,
    own: Vec<SocketAddr>,
    state: Mutex<State>,
    /// Ports that queries are out from: one that comes in from there has gone in a circle.
    out: Arc<Mutex<HashSet<u16>>>,
}

#[derive(Debug, Default)]
struct State {
    list: Vec<SocketAddr>,
    resting: Vec<(SocketAddr, Instant)>,
    file_time: Option<SystemTime>,
    looked: Option<Instant>,
}

/// Which way a query goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Udp,
    Tcp,
}

impl Forwarder {
    pub(crate) fn new(options: ForwardOptions, own: Vec<SocketAddr>) -> Self {
        Self {
            options,
            own,
            state: Mutex::default(),
            out: Arc::default(),
        }
    }

    /// Whether a query from `peer` is one of our own that came back.
    pub(crate) fn is_own_query(&self, peer: SocketAddr) -> bool {
        self.out.lock().contains(&peer.port())
    }

    /// Sends a query on as it stands, but for its number; answers the reply with the query's
    /// number.
    pub(crate) async fn ask(&self, query: &[u8], way: Way) -> io::Result<Vec<u8>> {
        let work = async {
            let mut last = io::Error::new(io::ErrorKind::NotFound, "no upstream name server");
            for upstream in self.candidates().await {
                let attempt = async {
                    match way {
                        Way::Udp => self.ask_udp(query, upstream).await,
                        Way::Tcp => ask_tcp(query, upstream).await,
                    }
                };
                let result = timeout(self.options.attempt_timeout, attempt)
                    .await
                    .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                match result {
                    Ok(reply) => {
                        self.state
                            .lock()
                            .resting
                            .retain(|(resting, _)| *resting != upstream);
                        return Ok(reply);
                    }
                    Err(error) => {
                        tracing::debug!(%upstream, %error, "name server does not answer");
                        self.rest(upstream);
                        last = error;
                    }
                }
            }
            Err(last)
        };
        timeout(self.options.deadline, work)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Name servers in the order in which to ask: those that answer first. When none does,
    /// one at a time is tried, so that clients get their failure soon.
    async fn candidates(&self) -> Vec<SocketAddr> {
        self.reload().await;
        let mut state = self.state.lock();
        let now = Instant::now();
        let State { list, resting, .. } = &mut *state;
        resting.retain(|(upstream, until)| list.contains(upstream) && *until > now);
        let awake: Vec<_> = list
            .iter()
            .filter(|u| !resting.iter().any(|(r, _)| r == *u))
            .copied()
            .collect();
        if awake.is_empty() {
            resting.sort_by_key(|(_, until)| *until);
            return resting
                .iter()
                .map(|(upstream, _)| *upstream)
                .take(1)
                .collect();
        }
        awake
    }

    fn rest(&self, upstream: SocketAddr) {
        let mut state = self.state.lock();
        state.resting.retain(|(resting, _)| *resting != upstream);
        state.resting.push((upstream, Instant::now() + REST));
    }

    async fn reload(&self) {
        let path = match &self.options.upstreams {
            Upstreams::List(list) => {
                let mut state = self.state.lock();
                if state.looked.is_none() {
                    state.looked = Some(Instant::now());
                    state.list = self.without_own(list.clone());
                }
                return;
            }
            Upstreams::File(path) => path,
        };
        {
            let mut state = self.state.lock();
            let now = Instant::now();
            if state
                .looked
                .is_some_and(|looked| now.duration_since(looked) < RELOAD_AFTER)
            {
                return;
            }
            state.looked = Some(now);
        }
        let changed = tokio::fs::metadata(path)
            .await
            .and_then(|m| m.modified())
            .ok();
        if changed.is_some() && self.state.lock().file_time == changed {
            return;
        }
        match tokio::fs::read_to_string(path).await {
            Ok(text) => {
                let list = self.without_own(name_servers(&text));
                if list.is_empty() {
                    tracing::warn!(
                        file = %path.display(),
                        "no usable name server; names outside the cluster cannot be resolved"
                    );
                }
                let mut state = self.state.lock();
                state.list = list;
                state.file_time = changed;
            }
            Err(error) => {
                tracing::warn!(
                    file = %path.display(), %error,
                    "name servers not read; those known before stay"
                );
            }
        }
    }

    /// Leaves out addresses that lead back to this server.
    fn without_own(&self, list: Vec<SocketAddr>) -> Vec<SocketAddr> {
        let is_own = |upstream: &SocketAddr| {
            self.own.iter().any(|own| {
                own.port() == upstream.port()
                    && (own.ip() == upstream.ip()
                        || own.ip().is_unspecified() && upstream.ip().is_loopback())
            })
        };
        list.into_iter()
            .filter(|upstream| !is_own(upstream))
            .collect()
    }

    async fn ask_udp(&self, query: &[u8], upstream: SocketAddr) -> io::Result<Vec<u8>> {
        let any: IpAddr = match upstream {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // A socket, and so a port, for each query: guessing the number alone is not enough to
        // forge a reply.
        let socket = UdpSocket::bind((any, 0)).await?;
        socket.connect(upstream).await?;
        let _out = OutPort::new(&self.out, socket.local_addr()?.port());
        let number: u16 = fastrand::u16(..);
        let mut sent = query.to_vec();
        set_number(&mut sent, number);
        socket.send(&sent).await?;
        let mut buf = vec![0; REPLY_MAX];
        loop {
            let len = socket.recv(&mut buf).await?;
            if answers(&sent, &buf[..len]) {
                buf.truncate(len);
                buf[..2].copy_from_slice(&query[..2]);
                return Ok(buf);
            }
        }
    }
}

async fn ask_tcp(query: &[u8], upstream: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(upstream).await?;
    let mut sent = query.to_vec();
    set_number(&mut sent, fastrand::u16(..));
    let len = u16::try_from(sent.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut framed = len.to_be_bytes().to_vec();
    framed.extend_from_slice(&sent);
    stream.write_all(&framed).await?;
    let len = usize::from(stream.read_u16().await?);
    let mut reply = vec![0; len];
    stream.read_exact(&mut reply).await?;
    if !answers(&sent, &reply) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    reply[..2].copy_from_slice(&query[..2]);
    Ok(reply)
}

/// Holds a port in the set of those that queries are out from.
struct OutPort {
    set: Arc<Mutex<HashSet<u16>>>,
    port: u16,
}

impl OutPort {
    fn new(set: &Arc<Mutex<HashSet<u16>>>, port: u16) -> Self {
        set.lock().insert(port);
        Self {
            set: set.clone(),
            port,
        }
    }
}

impl Drop for OutPort {
    fn drop(&mut self) {
        self.set.lock().remove(&self.port);
    }
}

fn set_number(message: &mut [u8], number: u16) {
    if let Some(bytes) = message.get_mut(..2) {
        bytes.copy_from_slice(&number.to_be_bytes());
    }
}

/// Whether a message is a reply to a query: same number, and the same question when it has one.
fn answers(query: &[u8], reply: &[u8]) -> bool {
    let (Some(q), Some(r)) = (query.get(..HEADER_LEN), reply.get(..HEADER_LEN)) else {
        return false;
    };
    if q[..2] != r[..2] || r[2] & 0x80 == 0 {
        return false;
    }
    if r[4..6] == [0, 0] {
        // Some servers leave the question out of errors.
        return r[3] & 0x0f != 0;
    }
    let Some(end) = question_end(query) else {
        return false;
    };
    let question = &query[HEADER_LEN..end];
    reply
        .get(HEADER_LEN..end)
        .is_some_and(|theirs| theirs.eq_ignore_ascii_case(question))
}

/// Where the first question ends.
fn question_end(message: &[u8]) -> Option<usize> {
    let mut at = HEADER_LEN;
    loop {
        match *message.get(at)? {
            0 => break,
            len if len < 64 => at += 1 + usize::from(len),
            _ => return None,
        }
    }
    let end = at + 5;
    (end <= message.len()).then_some(end)
}

/// The name servers of a resolver's configuration file.
fn name_servers(text: &str) -> Vec<SocketAddr> {
    let mut list = Vec::new();
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        if words.next() != Some("nameserver") {
            continue;
        }
        // A zone (`fe80::1%eth0`) names a link that a plain address cannot.
        let address = words.next().and_then(|word| word.parse::<IpAddr>().ok());
        if let Some(ip) = address
            && !list.contains(&SocketAddr::new(ip, DNS_PORT))
        {
            list.push(SocketAddr::new(ip, DNS_PORT));
        }
    }
    list.truncate(UPSTREAMS_MAX);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read() {
        let text = "# comment\nsearch a b\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 # x\n\
                    nameserver\nnameserver nonsense\nnameserver 192.0.2.1\nnameserver fe80::1%e\n\
                    nameserver 192.0.2.2\nnameserver 192.0.2.3\n";
        let list: Vec<String> = name_servers(text).iter().map(ToString::to_string).collect();
        assert_eq!(list, ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53"]);
    }

    #[test]
    fn own_addresses_are_left_out() {
        let own = [
            "10.0.0.1:53".parse().unwrap(),
            "0.0.0.0:54".parse().unwrap(),
        ];
        let forwarder = Forwarder::new(ForwardOptions::default(), own.to_vec());
        let list = [
            "10.0.0.1:53",
            "10.0.0.2:53",
            "127.0.0.1:54",
            "127.0.0.53:53",
        ];
        let kept = forwarder.without_own(list.iter().map(|a| a.parse().unwrap()).collect());
        let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
        assert_eq!(kept, ["10.0.0.2:53", "127.0.0.53:53"]);
    }

    #[test]
    fn only_replies_to_the_question_count() {
        let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01".to_vec();
        let mut reply = query.clone();
        assert!(!answers(&query, &reply), "a query is no reply");
        reply[2] |= 0x80;
        assert!(answers(&query, &reply));
        reply[13] = b'A';
        assert!(answers(&query, &reply), "case does not matter");
        reply[13] = b'b';
        assert!(!answers(&query, &reply));
        reply[13] = b'a';
        reply[0] = 0;
        assert!(!answers(&query, &reply));
        for len in 0..query.len() {
            assert!(!answers(&query, &query[..len]));
            assert!(!answers(&query[..len], &query));
        }
    }
}
