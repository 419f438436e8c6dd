//! etcd's flags: those that mean something here, those that may be given and
//! change nothing, and those that ask for what is not there.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::QUOTA_BYTES;
use crate::failure::Failure;

/// What a flag is here.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// It is honoured.
    Honoured,
    /// It tunes machinery that is not here: accepted, of no effect.
    Accepted,
    /// It asks for a cluster of several, or for what is not there.
    Refused(&'static str),
}

use Use::{Accepted, Honoured, Refused};

struct Flag {
    name: &'static str,
    /// It needs no value.
    is_switch: bool,
    default: &'static str,
    used: Use,
    help: &'static str,
}

const fn value(name: &'static str, default: &'static str, used: Use, help: &'static str) -> Flag {
    Flag {
        name,
        is_switch: false,
        default,
        used,
        help,
    }
}

const fn switch(name: &'static str, used: Use, help: &'static str) -> Flag {
    Flag {
        name,
        is_switch: true,
        default: "false",
        used,
        help,
    }
}

const TUNING: &str = "Accepted; tunes what is not needed here.";
const PEERS: &str = "Accepted; there are no peers.";
const ONE: &str = "a single member is all there is";
const LOGS: &str = "Accepted; SKEG_LOG and standard error are used.";

/// Every flag of etcd.
const FLAGS: &[Flag] = &[
    value("name", "default", Honoured, "The member's name."),
    value("data-dir", "${name}.etcd", Honoured, "Folder of the data."),
    value(
        "listen-client-urls",
        "http://localhost:2379",
        Honoured,
        "Where to listen, separated by commas.",
    ),
    value(
        "advertise-client-urls",
        "http://localhost:2379",
        Honoured,
        "Where clients are told that the member is.",
    ),
    value(
        "initial-advertise-peer-urls",
        "http://localhost:2380",
        Honoured,
        "Shown in the member list.",
    ),
    value(
        "initial-cluster",
        "",
        Honoured,
        "Must name this member alone.",
    ),
    value("initial-cluster-state", "new", Honoured, "Must be \"new\"."),
    value(
        "initial-cluster-token",
        "etcd-cluster",
        Honoured,
        "Goes into the cluster's id.",
    ),
    value(
        "quota-backend-bytes",
        "0",
        Honoured,
        "Bytes that keys and history may take; 0 is 2 GiB.",
    ),
    value(
        "max-txn-ops",
        "128",
        Honoured,
        "Operations of a transaction.",
    ),
    value(
        "max-request-bytes",
        "1572864",
        Honoured,
        "Bytes of a request.",
    ),
    value(
        "max-concurrent-streams",
        "4294967295",
        Honoured,
        "Calls that a connection has open at once.",
    ),
    value(
        "auto-compaction-retention",
        "0",
        Honoured,
        "History to keep; 0 keeps all of it.",
    ),
    value(
        "auto-compaction-mode",
        "periodic",
        Honoured,
        "periodic: a time is kept. revision: a number of revisions.",
    ),
    value(
        "watch-progress-notify-interval",
        "10m",
        Honoured,
        "How often quiet watches report their progress.",
    ),
    value("cert-file", "", Honoured, "Certificate for clients."),
    value("key-file", "", Honoured, "Its key."),
    value(
        "trusted-ca-file",
        "",
        Honoured,
        "CA whose certificates clients must have.",
    ),
    switch(
        "client-cert-auth",
        Honoured,
        "Clients must have a certificate.",
    ),
    switch(
        "unsafe-no-fsync",
        Honoured,
        "Do not wait for the disk: a power cut loses data.",
    ),
    value(
        "log-level",
        "info",
        Honoured,
        "debug, info, warn, error, panic or fatal.",
    ),
    value("listen-peer-urls", "http://localhost:2380", Accepted, PEERS),
    value("wal-dir", "", Refused("the log stays with the data"), ""),
    value("snapshot-count", "10000", Accepted, TUNING),
    value("heartbeat-interval", "100", Accepted, PEERS),
    value("election-timeout", "1000", Accepted, PEERS),
    switch("initial-election-tick-advance", Accepted, PEERS),
    value(
        "listen-client-http-urls",
        "",
        Refused("HTTP is served on the same ports"),
        "",
    ),
    value("max-snapshots", "5", Accepted, TUNING),
    value("max-wals", "5", Accepted, TUNING),
    switch("memory-mlock", Accepted, TUNING),
    value("backend-bbolt-freelist-type", "map", Accepted, TUNING),
    value("backend-batch-interval", "", Accepted, TUNING),
    value("backend-batch-limit", "0", Accepted, TUNING),
    value("grpc-keepalive-min-time", "5s", Accepted, TUNING),
    value("grpc-keepalive-interval", "2h", Accepted, TUNING),
    value("grpc-keepalive-timeout", "20s", Accepted, TUNING),
    switch("socket-reuse-port", Refused("a port is taken once"), ""),
    switch("socket-reuse-address", Accepted, TUNING),
    switch(
        "enable-grpc-gateway",
        Accepted,
        "Accepted; there is no JSON gateway.",
    ),
    value("raft-read-timeout", "5s", Accepted, PEERS),
    value("raft-write-timeout", "5s", Accepted, PEERS),
    value(
        "feature-gates",
        "",
        Honoured,
        "etcd's gates may be named; they tune what is not needed here.",
    ),
    value("discovery", "", Refused(ONE), ""),
    value("discovery-token", "", Refused(ONE), ""),
    value("discovery-endpoints", "", Refused(ONE), ""),
    value("discovery-srv", "", Refused(ONE), ""),
    value("discovery-srv-name", "", Refused(ONE), ""),
    value("discovery-fallback", "exit", Refused(ONE), ""),
    value("discovery-proxy", "", Refused(ONE), ""),
    switch("strict-reconfig-check", Accepted, PEERS),
    switch("pre-vote", Accepted, PEERS),
    value("v2-deprecation", "write-only", Accepted, TUNING),
    value("client-cert-file", "", Accepted, PEERS),
    value("client-key-file", "", Accepted, PEERS),
    value(
        "client-crl-file",
        "",
        Refused("revocation lists are not read"),
        "",
    ),
    value(
        "client-cert-allowed-hostname",
        "",
        Refused("any certificate of the CA is taken"),
        "",
    ),
    switch("auto-tls", Refused("give --cert-file and --key-file"), ""),
    value("peer-cert-file", "", Accepted, PEERS),
    value("peer-key-file", "", Accepted, PEERS),
    switch("peer-client-cert-auth", Accepted, PEERS),
    value("peer-client-cert-file", "", Accepted, PEERS),
    value("peer-client-key-file", "", Accepted, PEERS),
    value("peer-trusted-ca-file", "", Accepted, PEERS),
    value("peer-cert-allowed-cn", "", Accepted, PEERS),
    value("peer-cert-allowed-hostname", "", Accepted, PEERS),
    switch("peer-auto-tls", Accepted, PEERS),
    switch("peer-skip-client-san-verification", Accepted, PEERS),
    value("peer-crl-file", "", Accepted, PEERS),
    value("self-signed-cert-validity", "1", Accepted, TUNING),
    value(
        "cipher-suites",
        "",
        Refused("rustls' suites are used, all of them strong"),
        "",
    ),
    value("cors", "*", Accepted, TUNING),
    value(
        "host-whitelist",
        "*",
        Refused("every Host header is taken"),
        "",
    ),
    value(
        "tls-min-version",
        "TLS1.2",
        Accepted,
        "Accepted; TLS 1.2 and 1.3 are spoken.",
    ),
    value(
        "tls-max-version",
        "",
        Accepted,
        "Accepted; TLS 1.2 and 1.3 are spoken.",
    ),
    value("auth-token", "simple", Refused("there are no users"), ""),
    value("bcrypt-cost", "10", Refused("there are no users"), ""),
    value("auth-token-ttl", "300", Refused("there are no users"), ""),
    switch("enable-pprof", Refused("there is no profiler"), ""),
    value("metrics", "basic", Accepted, TUNING),
    value(
        "listen-metrics-urls",
        "",
        Honoured,
        "Where /metrics and the health pages are served alone; they are on the client ports too.",
    ),
    value("logger", "zap", Accepted, LOGS),
    value("log-outputs", "default", Accepted, LOGS),
    value("log-format", "json", Accepted, LOGS),
    switch("enable-log-rotation", Accepted, LOGS),
    value("log-rotation-config-json", "", Accepted, LOGS),
    value("warning-unary-request-duration", "300ms", Accepted, TUNING),
    switch(
        "enable-distributed-tracing",
        Refused("no traces are sent"),
        "",
    ),
    value("corrupt-check-time", "0s", Accepted, TUNING),
    value("compact-hash-check-time", "1m", Accepted, TUNING),
    switch("compact-hash-check-enabled", Accepted, TUNING),
    switch(
        "initial-corrupt-check",
        Accepted,
        "Accepted; every start checks what it reads.",
    ),
    value("compaction-batch-limit", "1000", Accepted, TUNING),
    value("compaction-sleep-interval", "", Accepted, TUNING),
    value("warning-apply-duration", "100ms", Accepted, TUNING),
    value(
        "bootstrap-defrag-threshold-megabytes",
        "0",
        Accepted,
        TUNING,
    ),
    value("max-learners", "1", Accepted, PEERS),
    value("downgrade-check-time", "5s", Accepted, PEERS),
    value("snapshot-catchup-entries", "5000", Accepted, PEERS),
    switch("force-new-cluster", Accepted, PEERS),
    value(
        "config-file",
        "",
        Refused("give the flags themselves, or ETCD_… variables"),
        "",
    ),
];

/// The gates of etcd 3.7; what they switch is not here, or always so.
const GATES: &[&str] = &[
    "AllAlpha",
    "AllBeta",
    "CompactHashCheck",
    "FastLeaseKeepAlive",
    "InitialCorruptCheck",
    "LeaseCheckpoint",
    "LeaseCheckpointPersist",
    "PriorityRequest",
    "SetMemberLocalAddr",
    "StopGRPCServiceOnDefrag",
    "TxnModeWriteWithSharedBuffer",
];

/// What the command line asks for.
pub enum Asked {
    Help,
    Version,
    Run(Box<Flags>),
}

/// A URL to listen on.
#[derive(Debug, Clone, PartialEq)]
pub struct ListenUrl {
    pub is_tls: bool,
    pub authority: String,
}

impl fmt::Display for ListenUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// What the flags say.
#[derive(Debug)]
pub struct Flags {
    pub data_dir: PathBuf,
    pub listen_client_urls: Vec<ListenUrl>,
    /// Where there are only pages about the server.
    pub listen_metrics_urls: Vec<ListenUrl>,
    pub unsafe_no_fsync: bool,
    /// History older than this goes.
    pub compact_after: Option<Duration>,
    /// So many revisions stay.
    pub compact_to_last: Option<u64>,
    log_level: String,
    cert_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    trusted_ca_file: Option<PathBuf>,
    presented: skeg_etcd::Options,
}

impl Flags {
    /// What the log tells.
    pub fn log_filter(&self) -> &'static str {
        match self.log_level.as_str() {
            "debug" => "debug",
            "warn" => "warn",
            "error" => "error",
            "panic" | "dpanic" | "fatal" => "off",
            _ => "info",
        }
    }

    /// How the server presents itself.
    pub fn presented(&self) -> skeg_etcd::Options {
        self.presented.clone()
    }

    /// What clients are served with over https.
    ///
    /// # Errors
    /// A file does not do.
    pub fn tls(&self) -> Result<Option<Arc<rustls::ServerConfig>>> {
        let (Some(cert), Some(key)) = (&self.cert_file, &self.key_file) else {
            return Ok(None);
        };
        let config = skeg_etcd::server_config(cert, key, self.trusted_ca_file.as_deref())?;
        Ok(Some(config))
    }
}

/// The text of `--help`.
pub fn help() -> String {
    let mut out = String::from(
        "Usage: etcd [flags]\n\n  The embedded store of Skeg behind etcd's v3 API: one member.\n\
         Every flag can be given as a variable: ETCD_DATA_DIR for --data-dir.\n\nFlags:\n",
    );
    for flag in FLAGS {
        let (value, help) = match flag.used {
            Refused(reason) => (String::new(), format!("Not supported: {reason}.")),
            _ if flag.is_switch => (String::new(), flag.help.to_owned()),
            _ => (format!(" '{}'", flag.default), flag.help.to_owned()),
        };
        out.push_str(&format!("  --{}{value}\n    \t{help}\n", flag.name));
    }
    out
}

fn flag(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

/// Reads the command line, and the environment where it says nothing.
///
/// # Errors
/// A flag is unknown, not supported, without its value, or its value cannot be
/// read.
pub fn parse(args: Vec<OsString>, environment: impl Fn(&str) -> Option<String>) -> Result<Asked> {
    let mut given: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let Some(arg) = arg.to_str().map(str::to_owned) else {
            bail!("{} is not text", arg.to_string_lossy());
        };
        let word = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-'));
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            bail!(Failure::new(
                format!("{arg:?} is not an etcd flag"),
                "etcd takes flags only: etcd --help lists them"
            ));
        };
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        match name {
            "help" | "h" => return Ok(Asked::Help),
            "version" => return Ok(Asked::Version),
            _ => {}
        }
        let name = name.strip_prefix("experimental-").unwrap_or(name);
        let Some(known) = flag(name) else {
            bail!(Failure::new(
                format!("unknown flag --{name}"),
                "etcd --help lists what there is"
            ));
        };
        if value.is_none() && known.is_switch {
            value = Some("true".to_owned());
        }
        let value = match value {
            Some(value) => value,
            None => args
                .next()
                .and_then(|value| value.into_string().ok())
                .with_context(|| format!("--{name} needs a value"))?,
        };
        given.insert(known.name, value);
    }
    for flag in FLAGS {
        let variable = format!("ETCD_{}", flag.name.to_uppercase().replace('-', "_"));
        if !given.contains_key(flag.name)
            && let Some(value) = environment(&variable)
        {
            given.insert(flag.name, value);
        }
    }
    for (name, value) in &given {
        let used = flag(name).map(|flag| (flag.used, flag.default));
        if let Some((Refused(reason), default)) = used
            && value != default
        {
            bail!(Failure::new(
                format!("--{name} is not supported: {reason}"),
                "leave it out"
            ));
        }
    }
    Ok(Asked::Run(Box::new(flags(&Given(given))?)))
}

struct Given(BTreeMap<&'static str, String>);

impl Given {
    fn text(&self, name: &str) -> &str {
        let default = || flag(name).map_or("", |flag| flag.default);
        self.0.get(name).map_or_else(default, String::as_str)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.text(name))
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    }

    fn is_on(&self, name: &str) -> Result<bool> {
        match self.text(name) {
            "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(true),
            "false" | "0" | "f" | "F" | "FALSE" | "False" => Ok(false),
            other => bail!("--{name}: {other:?} is neither true nor false"),
        }
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let text = self.text(name);
        text.parse()
            .with_context(|| format!("--{name}: {text:?} is not a number it takes"))
    }

    fn duration(&self, name: &str) -> Result<Duration> {
        let text = self.text(name);
        let parsed: skeg_meta::Duration = text
            .parse()
            .map_err(|_| anyhow::anyhow!("--{name}: {text:?} is not a duration such as 10m"))?;
        Ok(parsed.0)
    }

    fn urls(&self, name: &str) -> Result<Vec<ListenUrl>> {
        self.text(name)
            .split(',')
            .map(|url| {
                let (is_tls, rest) = match url.split_once("://") {
                    Some(("http", rest)) => (false, rest),
                    Some(("https", rest)) => (true, rest),
                    _ => bail!("--{name}: {url:?} is neither an http nor an https URL"),
                };
                let rest = rest.trim_end_matches('/');
                // A wildcard is written so as well.
                let authority = match rest.strip_prefix("*:") {
                    Some(port) => format!("0.0.0.0:{port}"),
                    None => rest.to_owned(),
                };
                let has_port = authority
                    .rsplit_once(':')
                    .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
                if !has_port {
                    bail!("--{name}: {url:?} has no port");
                }
                Ok(ListenUrl { is_tls, authority })
            })
            .collect()
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.text(name).split(',').map(str::to_owned).collect()
    }
}

fn flags(given: &Given) -> Result<Flags> {
    let name = given.text("name").to_owned();
    let members: Vec<&str> = given
        .text("initial-cluster")
        .split(',')
        .filter_map(|member| member.split_once('='))
        .map(|(member, _)| member)
        .collect();
    if members.iter().any(|member| *member != name) {
        bail!(Failure::new(
            format!("--initial-cluster names other members than {name:?}"),
            "there is a single member here; run real etcd for a cluster, and point \
             `skeg up --etcd-servers` at it"
        ));
    }
    if given.text("initial-cluster-state") != "new" {
        bail!("--initial-cluster-state: there is no cluster to join");
    }
    let listen_client_urls = given.urls("listen-client-urls")?;
    let listen_metrics_urls = match given.text("listen-metrics-urls") {
        "" => Vec::new(),
        _ => given.urls("listen-metrics-urls")?,
    };
    check_gates(given.text("feature-gates"))?;
    let (cert_file, key_file) = (given.path("cert-file"), given.path("key-file"));
    if cert_file.is_some() != key_file.is_some() {
        bail!("--cert-file and --key-file belong together");
    }
    let trusted_ca_file = given.path("trusted-ca-file");
    if given.is_on("client-cert-auth")? && trusted_ca_file.is_none() {
        bail!("--client-cert-auth needs --trusted-ca-file");
    }
    let (compact_after, compact_to_last) = compaction(given)?;
    let data_dir = match given.text("data-dir") {
        "" | "${name}.etcd" => PathBuf::from(format!("{name}.etcd")),
        dir => PathBuf::from(dir),
    };
    let quota_bytes = match given.number::<i64>("quota-backend-bytes")? {
        // Below nothing is no bound, as in etcd.
        bytes if bytes < 0 => u64::MAX,
        0 => QUOTA_BYTES,
        bytes => bytes.unsigned_abs(),
    };
    let peer_urls = given.list("initial-advertise-peer-urls");
    let token = given.text("initial-cluster-token");
    let presented = skeg_etcd::Options {
        cluster_id: id_of(&[token, &peer_urls.join(",")]),
        member_id: id_of(&[&name, &peer_urls.join(","), token]),
        name,
        client_urls: given.list("advertise-client-urls"),
        peer_urls,
        txn_ops_max: given.number("max-txn-ops")?,
        request_bytes_max: given.number("max-request-bytes")?,
        quota_bytes,
        progress_interval: given
            .duration("watch-progress-notify-interval")?
            .max(Duration::from_millis(10)),
        streams_max: given.number("max-concurrent-streams")?,
    };
    Ok(Flags {
        data_dir,
        listen_client_urls,
        listen_metrics_urls,
        unsafe_no_fsync: given.is_on("unsafe-no-fsync")?,
        compact_after,
        compact_to_last,
        log_level: given.text("log-level").to_owned(),
        cert_file,
        key_file,
        trusted_ca_file,
        presented,
    })
}

/// Refuses gates that etcd does not have, and values that are none.
fn check_gates(text: &str) -> Result<()> {
    for gate in text.split(',').filter(|gate| !gate.is_empty()) {
        let Some((name, value)) = gate.split_once('=') else {
            bail!("--feature-gates: missing bool value for {gate}");
        };
        if !GATES.contains(&name.trim()) {
            bail!("--feature-gates: unrecognized feature gate: {name}");
        }
        if !matches!(value.trim(), "true" | "false") {
            bail!("--feature-gates: invalid value of {name}={value}");
        }
    }
    Ok(())
}

/// What of history is kept: a time or a number of revisions.
fn compaction(given: &Given) -> Result<(Option<Duration>, Option<u64>)> {
    let retention = given.text("auto-compaction-retention");
    match given.text("auto-compaction-mode") {
        "periodic" => {
            // A plain number is hours.
            let time = match retention.parse::<u64>() {
                Ok(hours) => Duration::from_secs(hours.saturating_mul(3600)),
                Err(_) => given.duration("auto-compaction-retention")?,
            };
            Ok((Some(time).filter(|time| !time.is_zero()), None))
        }
        "revision" => {
            let number: u64 = given.number("auto-compaction-retention")?;
            Ok((None, Some(number).filter(|number| *number > 0)))
        }
        other => bail!("--auto-compaction-mode: {other:?} is neither periodic nor revision"),
    }
}

/// A number that stays the same for the same words; never 0.
fn id_of(words: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Result<Flags> {
        let args = args.iter().map(OsString::from).collect();
        match parse(args, |name| (name == "ETCD_NAME").then(|| "env".to_owned()))? {
            Asked::Run(flags) => Ok(*flags),
            _ => bail!("not to be run"),
        }
    }

    #[test]
    fn flags_are_read_as_scripts_write_them() {
        // As envtest starts it.
        let flags = run(&[
            "--advertise-client-urls=http://127.0.0.1:1234",
            "--data-dir=/tmp/x",
            "--listen-client-urls=http://127.0.0.1:1234",
            "--listen-peer-urls=http://localhost:0",
            "--unsafe-no-fsync=true",
        ])
        .unwrap();
        assert_eq!(flags.data_dir, PathBuf::from("/tmp/x"));
        assert!(flags.unsafe_no_fsync);
        assert_eq!(flags.listen_client_urls[0].authority, "127.0.0.1:1234");
        assert_eq!(flags.presented.name, "env");
        assert_eq!(flags.presented.quota_bytes, QUOTA_BYTES);
        assert_eq!((flags.compact_after, flags.compact_to_last), (None, None));

        let flags = run(&[
            "--name",
            "a",
            "--unsafe-no-fsync",
            "-auto-compaction-retention",
            "1",
        ]);
        let flags = flags.unwrap();
        assert_eq!(flags.data_dir, PathBuf::from("a.etcd"));
        assert_eq!(flags.compact_after, Some(Duration::from_secs(3600)));
        let by_number = run(&[
            "--auto-compaction-mode=revision",
            "--auto-compaction-retention=9",
        ]);
        assert_eq!(by_number.unwrap().compact_to_last, Some(9));
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        let check = |args: &[&str], part: &str| {
            let error = format!("{:#}", run(args).unwrap_err());
            assert!(error.contains(part), "{error}");
        };
        check(&["--no-such-flag=1"], "--no-such-flag");
        check(&["serve"], "serve");
        check(&["--auto-tls"], "--auto-tls");
        check(
            &["--name=a", "--initial-cluster=a=http://x:1,b=http://y:1"],
            "--initial-cluster",
        );
        check(&["--client-cert-auth"], "--trusted-ca-file");
        check(
            &["--listen-client-urls=localhost:1"],
            "--listen-client-urls",
        );
        check(&["--max-txn-ops=many"], "--max-txn-ops");
        check(&["--data-dir"], "--data-dir");
        // What says what is so anyway is harmless.
        assert!(run(&["--auto-tls=false"]).is_ok());
    }

    #[test]
    fn help_lists_flags_at_line_starts() {
        let help = help();
        let has = |name: &str| help.lines().any(|line| line.trim_start().starts_with(name));
        assert!(has("--unsafe-no-fsync"));
        assert!(!has("--insecure-port"));
    }
}
