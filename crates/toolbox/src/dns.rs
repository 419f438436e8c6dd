//! Looking names up: by `/etc/hosts` and `/etc/resolv.conf`, without a C library's help.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::output;

const TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPTS: usize = 2;
const POINTERS_MAX: usize = 64;

/// Kinds of records by name and number.
const KINDS: &[(&str, u16)] = &[
    ("A", 1),
    ("CNAME", 5),
    ("PTR", 12),
    ("TXT", 16),
    ("AAAA", 28),
    ("SRV", 33),
    ("NS", 2),
];

/// What `/etc/resolv.conf` says.
#[derive(Debug, PartialEq)]
struct Config {
    servers: Vec<IpAddr>,
    search: Vec<String>,
    ndots: usize,
}

impl Config {
    fn read() -> Self {
        Self::parse(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut config = Self {
            servers: Vec::new(),
            search: Vec::new(),
            ndots: 1,
        };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    config
                        .servers
                        .extend(words.next().and_then(|word| word.parse::<IpAddr>().ok()));
                }
                Some("search") => config.search = words.map(str::to_owned).collect(),
                Some("options") => {
                    let ndots = words.find_map(|word| word.strip_prefix("ndots:")?.parse().ok());
                    config.ndots = ndots.unwrap_or(config.ndots);
                }
                _ => {}
            }
        }
        config
    }

    /// The full names to ask for, in order.
    fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(full) = name.strip_suffix('.') {
            return vec![full.to_owned()];
        }
        let searched = self
            .search
            .iter()
            .map(|domain| format!("{name}.{}", domain.trim_end_matches('.')));
        let mut names: Vec<_> = searched.collect();
        let as_is = name.to_owned();
        if name.matches('.').count() >= self.ndots {
            names.insert(0, as_is);
        } else {
            names.push(as_is);
        }
        names
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Record {
    name: String,
    kind: u16,
    seconds: u32,
    data: Data,
}

#[derive(Debug, Clone, PartialEq)]
enum Data {
    Address(IpAddr),
    Name(String),
    Service {
        priority: u16,
        weight: u16,
        port: u16,
        target: String,
    },
    Text(String),
    Other,
}

impl std::fmt::Display for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Name(name) => f.write_str(name),
            Self::Service {
                priority,
                weight,
                port,
                target,
            } => {
                write!(f, "{priority} {weight} {port} {target}")
            }
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Other => f.write_str("…"),
        }
    }
}

fn query(id: u16, name: &str, kind: u16) -> io::Result<Vec<u8>> {
    let bad = || io::Error::new(io::ErrorKind::InvalidInput, format!("bad name {name:?}"));
    let mut packet = Vec::with_capacity(name.len() + 18);
    packet.extend_from_slice(&id.to_be_bytes());
    // Recursion desired; one question.
    packet.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| *length < 64)
            .ok_or_else(bad)?;
        packet.push(length);
        packet.extend_from_slice(label.as_bytes());
    }
    packet.push(0);
    packet.extend_from_slice(&kind.to_be_bytes());
    packet.extend_from_slice(&[0, 1]);
    if packet.len() > 512 {
        Err(bad())
    } else {
        Ok(packet)
    }
}

struct Reader<'a> {
    packet: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let bytes = self.packet.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)
            .map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)
            .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn name(&mut self) -> Option<String> {
        let (mut name, mut at, mut jumped) = (String::new(), self.at, false);
        for _ in 0..POINTERS_MAX {
            let length = usize::from(*self.packet.get(at)?);
            match length {
                0 => {
                    if !jumped {
                        self.at = at + 1;
                    }
                    return Some(if name.is_empty() { ".".into() } else { name });
                }
                1..64 => {
                    let label = self.packet.get(at + 1..at + 1 + length)?;
                    name.push_str(&String::from_utf8_lossy(label));
                    name.push('.');
                    at += 1 + length;
                }
                192.. => {
                    let low = usize::from(*self.packet.get(at + 1)?);
                    if !jumped {
                        self.at = at + 2;
                        jumped = true;
                    }
                    at = (length & 63) << 8 | low;
                }
                _ => return None,
            }
        }
        None
    }

    fn record(&mut self) -> Option<Record> {
        let name = self.name()?;
        let (kind, _class, seconds) = (self.u16()?, self.u16()?, self.u32()?);
        let length = usize::from(self.u16()?);
        let end = self
            .at
            .checked_add(length)
            .filter(|end| *end <= self.packet.len())?;
        let data = match (kind, length) {
            (1, 4) => {
                let bytes: [u8; 4] = self.take(4)?.try_into().ok()?;
                Data::Address(Ipv4Addr::from(bytes).into())
            }
            (28, 16) => {
                let bytes: [u8; 16] = self.take(16)?.try_into().ok()?;
                Data::Address(Ipv6Addr::from(bytes).into())
            }
            (2 | 5 | 12, _) => Data::Name(self.name()?),
            (33, _) => Data::Service {
                priority: self.u16()?,
                weight: self.u16()?,
                port: self.u16()?,
                target: self.name()?,
            },
            (16, _) => {
                let bytes = self.take(length)?;
                Data::Text(String::from_utf8_lossy(bytes.get(1..)?).into_owned())
            }
            _ => Data::Other,
        };
        self.at = end;
        Some(Record {
            name,
            kind,
            seconds,
            data,
        })
    }
}

/// The answer's code and records.
fn parse(packet: &[u8], id: u16) -> Option<(u8, Vec<Record>)> {
    let mut reader = Reader { packet, at: 0 };
    if reader.u16()? != id {
        return None;
    }
    let flags = reader.u16()?;
    let (questions, answers) = (reader.u16()?, reader.u16()?);
    reader.take(4)?;
    for _ in 0..questions {
        reader.name()?;
        reader.take(4)?;
    }
    let mut records = Vec::new();
    for _ in 0..answers {
        records.push(reader.record()?);
    }
    Some(((flags & 15) as u8, records))
}

fn is_truncated(packet: &[u8]) -> bool {
    packet.get(2).is_some_and(|flags| flags & 2 != 0)
}

fn ask(server: SocketAddr, name: &str, kind: u16) -> io::Result<(u8, Vec<Record>)> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let id = (since.subsec_nanos() ^ std::process::id()) as u16;
    let packet = query(id, name, kind)?;
    let any = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.send(&packet)?;
    let mut answer = vec![0; 65_535];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    if is_truncated(&answer) {
        let mut stream = TcpStream::connect_timeout(&server, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let mut framed = (packet.len() as u16).to_be_bytes().to_vec();
        framed.extend_from_slice(&packet);
        stream.write_all(&framed)?;
        let mut head = [0; 2];
        stream.read_exact(&mut head)?;
        answer = vec![0; usize::from(u16::from_be_bytes(head))];
        stream.read_exact(&mut answer)?;
    }
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "unreadable answer");
    parse(&answer, id).ok_or_else(bad)
}

/// Asks the servers in turn.
fn lookup(servers: &[SocketAddr], name: &str, kind: u16) -> io::Result<(u8, Vec<Record>)> {
    let mut last = io::Error::other("no name server in /etc/resolv.conf");
    for _ in 0..ATTEMPTS {
        for server in servers {
            match ask(*server, name, kind) {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
    }
    Err(last)
}

fn in_hosts(name: &str) -> Vec<IpAddr> {
    let text = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let entries = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let address: IpAddr = words.next()?.parse().ok()?;
        words
            .any(|word| word.eq_ignore_ascii_case(name))
            .then_some(address)
    });
    entries.collect()
}

/// The addresses of a host: an address itself, `/etc/hosts`, DNS.
pub(crate) fn resolve(host: &str) -> io::Result<Vec<IpAddr>> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let found = in_hosts(host);
    if !found.is_empty() {
        return Ok(found);
    }
    let config = Config::read();
    let servers: Vec<_> = config
        .servers
        .iter()
        .map(|ip| SocketAddr::new(*ip, 53))
        .collect();
    for name in config.candidates(host) {
        let mut addresses = Vec::new();
        for kind in [1, 28] {
            let (_, records) = lookup(&servers, &name, kind)?;
            addresses.extend(records.into_iter().filter_map(|record| match record.data {
                Data::Address(address) => Some(address),
                _ => None,
            }));
        }
        if !addresses.is_empty() {
            return Ok(addresses);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("{host}: no such host"),
    ))
}

/// The name under which an address's name is kept.
fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(address) => {
            let mut name = String::new();
            for byte in address.octets().iter().rev() {
                // Writing to a string cannot fail.
                let _ = write!(name, "{:x}.{:x}.", byte & 15, byte >> 4);
            }
            name + "ip6.arpa."
        }
    }
}

/// `dns [-t KIND] [-s SERVER[:PORT]] [--short] NAME [SERVER]`, also known as nslookup.
pub(crate) fn applet(args: &[String]) -> i32 {
    let (mut kind, mut server, mut short, mut names) = (None, None, false, Vec::new());
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-t" | "--type" => kind = rest.next().cloned(),
            "-s" | "--server" => server = rest.next().cloned(),
            "--short" => short = true,
            other if other.starts_with("-type=") => kind = Some(other[6..].to_owned()),
            other => names.push(other.to_owned()),
        }
    }
    let [name, more @ ..] = names.as_slice() else {
        eprintln!("usage: dns [-t A|AAAA|SRV|PTR|CNAME|TXT] [-s SERVER[:PORT]] [--short] NAME");
        return 2;
    };
    let config = Config::read();
    let mut servers: Vec<_> = config
        .servers
        .iter()
        .map(|ip| SocketAddr::new(*ip, 53))
        .collect();
    if let Some(server) = server.or_else(|| more.first().cloned()) {
        let parsed = server
            .parse()
            .or_else(|_| server.parse().map(|ip| SocketAddr::new(ip, 53)));
        match parsed {
            Ok(address) => servers = vec![address],
            Err(_) => {
                eprintln!("dns: {server}: not an address");
                return 2;
            }
        }
    }
    let wanted = kind.map(|kind| kind.to_ascii_uppercase());
    let (name, kinds) = match (&wanted, name.parse::<IpAddr>()) {
        (None, Ok(address)) => (reverse(address), vec![12]),
        (None, Err(_)) => (name.clone(), vec![1, 28]),
        (Some(kind), address) => {
            let number = KINDS
                .iter()
                .find(|(known, _)| known == kind)
                .map(|(_, number)| *number);
            let Some(number) = number else {
                eprintln!("dns: unknown kind {kind}");
                return 2;
            };
            (address.map_or(name.clone(), reverse), vec![number])
        }
    };
    show(&config, &servers, &name, &kinds, short)
}

fn show(config: &Config, servers: &[SocketAddr], name: &str, kinds: &[u16], short: bool) -> i32 {
    for candidate in config.candidates(name) {
        let (mut found, mut code) = (Vec::new(), 0);
        for kind in kinds {
            match lookup(servers, &candidate, *kind) {
                Ok((answer, records)) => {
                    code = answer;
                    found.extend(records);
                }
                Err(error) => return output::fail("dns", &candidate, &error),
            }
        }
        if found.is_empty() && code != 0 && code != 3 {
            eprintln!("dns: {candidate}: the server answered with code {code}");
            return 1;
        }
        if found.is_empty() {
            continue;
        }
        for record in found {
            let kind = KINDS.iter().find(|(_, number)| *number == record.kind);
            let kind = kind.map_or_else(|| record.kind.to_string(), |(name, _)| (*name).to_owned());
            output::print(&if short {
                format!("{}\n", record.data)
            } else {
                format!(
                    "{} {} {kind} {}\n",
                    record.name, record.seconds, record.data
                )
            });
        }
        return 0;
    }
    eprintln!("dns: {name}: no such name");
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_searched_as_resolv_conf_says() {
        let text =
            "nameserver 10.96.0.10\nsearch a.svc.cluster.local cluster.local\noptions ndots:5\n";
        let config = Config::parse(text);
        assert_eq!(
            config.candidates("web"),
            ["web.a.svc.cluster.local", "web.cluster.local", "web"]
        );
        assert_eq!(config.candidates("a.b."), ["a.b"]);
        assert_eq!(Config::parse("").candidates("a.b"), ["a.b"]);
    }

    #[test]
    fn answers_are_parsed() {
        let mut packet = query(7, "a.b", 33).unwrap();
        packet[2..8].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1]);
        packet.extend_from_slice(&[0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 5, 0, 10]);
        packet.extend_from_slice(&[0, 1, 0, 2, 0, 80, 1, b'x', 0xc0, 12]);
        let (code, records) = parse(&packet, 7).unwrap();
        assert_eq!((code, records.len()), (0, 1));
        assert_eq!(records[0].name, "a.b.");
        assert_eq!(records[0].data.to_string(), "1 2 80 x.a.b.");
        for length in 0..packet.len() {
            assert_eq!(parse(&packet[..length], 7), None, "{length}");
        }
        // A name that points to itself.
        packet.truncate(24);
        packet[12..14].copy_from_slice(&[0xc0, 12]);
        assert_eq!(parse(&packet, 7), None);
    }

    #[test]
    fn addresses_are_reversed() {
        assert_eq!(reverse([10, 0, 0, 7].into()), "7.0.0.10.in-addr.arpa.");
        assert!(reverse("::1".parse().unwrap()).starts_with("1.0.0.0."));
    }
}
