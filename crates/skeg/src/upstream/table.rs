//! kube-apiserver's flags, all of them: what each sets here, or why it sets nothing.

use super::flags::{Flag, Kind, Section, Use};
use super::table_access;
use Kind::{Array, Bool, Duration, Float, Int, Ip, List, Map, Ports, Text};

pub const fn sets(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
) -> Flag {
    Flag {
        name,
        kind,
        default,
        becomes: Use::Sets,
        help,
    }
}

const fn always(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Flag {
    Flag {
        name,
        kind,
        default,
        becomes: Use::Always,
        help,
    }
}

/// Taken; warned of unless it has the one value that is so here.
pub const fn fixed(name: &'static str, kind: Kind, only: &'static str, help: &'static str) -> Flag {
    Flag {
        name,
        kind,
        default: only,
        becomes: Use::Fixed(only),
        help,
    }
}

pub const fn refused(name: &'static str, kind: Kind, why: &'static str) -> Flag {
    Flag {
        name,
        kind,
        default: "",
        becomes: Use::Refused(why),
        help: "",
    }
}

/// The table.
pub const FLAGS: &[Section] = &[
    Section {
        name: "Generic",
        flags: &[
            sets(
                "advertise-address",
                Ip,
                "",
                "the address by which the cluster reaches this server; without it, --bind-address, or the machine's own if that is all addresses",
            ),
            sets(
                "cors-allowed-origins",
                List,
                "",
                "origins whose scripts may read answers, as regular expressions bound at both ends",
            ),
            fixed(
                "emulated-version",
                List,
                "",
                "pretend to be an older version",
            ),
            fixed(
                "emulation-forward-compatible",
                Bool,
                "",
                "with --emulated-version, newer versions too",
            ),
            sets(
                "external-hostname",
                Text,
                "",
                "the host name put into URLs that leave the cluster",
            ),
            sets(
                "feature-gates",
                Map,
                "",
                "features switched on or off; every name of 1.37 is known, and one set to other than its default is warned of",
            ),
            sets(
                "goaway-chance",
                Float,
                "0",
                "share of requests after which an HTTP/2 client is asked to connect anew",
            ),
            fixed(
                "livez-grace-period",
                Duration,
                "",
                "how long after the start /livez says yes whatever happens",
            ),
            sets(
                "max-mutating-requests-inflight",
                Int,
                "200",
                "writes served at once",
            ),
            sets("max-requests-inflight", Int, "400", "reads served at once"),
            fixed(
                "min-compatibility-version",
                List,
                "",
                "the oldest version to be compatible with",
            ),
            fixed(
                "min-request-timeout",
                Int,
                "1800",
                "seconds after which a watch may be ended",
            ),
            sets(
                "request-timeout",
                Duration,
                "1m0s",
                "how long a request may take that is no watch",
            ),
            fixed(
                "runtime-config-emulation-forward-compatible",
                Bool,
                "",
                "with --emulated-version, newer APIs too",
            ),
            fixed(
                "shutdown-delay-duration",
                Duration,
                "",
                "how long to go on serving once asked to end",
            ),
            fixed(
                "shutdown-send-retry-after",
                Bool,
                "",
                "answer 429 while ending",
            ),
            fixed(
                "shutdown-watch-termination-grace-period",
                Duration,
                "",
                "how long watches are given at the end",
            ),
            fixed(
                "storage-initialization-timeout",
                Duration,
                "1m0s",
                "how long to wait for storage at the start",
            ),
            sets(
                "strict-transport-security-directives",
                List,
                "",
                "what browsers are told of how to reach the server: max-age=SECONDS, includeSubDomains, preload",
            ),
        ],
    },
    Section {
        name: "Etcd",
        flags: &[
            fixed(
                "delete-collection-workers",
                Int,
                "1",
                "deletions at once when a collection is deleted",
            ),
            always(
                "enable-garbage-collector",
                Bool,
                "true",
                "owners and dependents are heeded; the collector itself is a controller",
            ),
            sets(
                "encryption-provider-config",
                Text,
                "",
                "a file of kind EncryptionConfiguration: which values are encrypted, and how",
            ),
            sets(
                "encryption-provider-config-automatic-reload",
                Bool,
                "false",
                "the encryption configuration is read again when it changes",
            ),
            sets("etcd-cafile", Text, "", "the CA of etcd's certificates"),
            sets("etcd-certfile", Text, "", "the certificate shown to etcd"),
            sets(
                "etcd-compaction-interval",
                Duration,
                "5m0s",
                "how long an etcd's history is kept at least; 0 leaves it to others",
            ),
            always(
                "etcd-count-metric-poll-period",
                Duration,
                "1m0s",
                "objects are counted as they change",
            ),
            always(
                "etcd-db-metric-poll-interval",
                Duration,
                "30s",
                "sizes are taken when they are asked for",
            ),
            sets(
                "etcd-healthcheck-timeout",
                Duration,
                "2s",
                "how long a check of etcd may take",
            ),
            sets("etcd-keyfile", Text, "", "the key of --etcd-certfile"),
            sets("etcd-prefix", Text, "/registry", "what all keys begin with"),
            sets(
                "etcd-readycheck-timeout",
                Duration,
                "2s",
                "how long a check of etcd may take for readiness",
            ),
            sets(
                "etcd-servers",
                List,
                "",
                "where etcd is: https://HOST:PORT, joined by commas; or file:///DIR for the store built in, in that folder",
            ),
            refused(
                "etcd-servers-overrides",
                List,
                "all kinds are kept in one store",
            ),
            always(
                "lease-reuse-duration-seconds",
                Int,
                "60",
                "leases are shared by events of about one age",
            ),
            fixed("storage-backend", Text, "etcd3", "the kind of store"),
            sets(
                "storage-media-type",
                Text,
                "application/vnd.kubernetes.protobuf",
                "the form in which objects of built-in kinds are kept: application/json, application/vnd.kubernetes.protobuf or application/yaml",
            ),
            fixed(
                "watch-cache",
                Bool,
                "true",
                "lists and watches come from memory",
            ),
            always("watch-cache-sizes", List, "", "caches size themselves"),
        ],
    },
    Section {
        name: "Secure serving",
        flags: &[
            sets("bind-address", Ip, "0.0.0.0", "the address to listen on"),
            sets(
                "cert-dir",
                Text,
                "/var/run/kubernetes",
                "the folder that gets apiserver.crt and apiserver.key, if no certificate is given and it has none",
            ),
            fixed("disable-http2-serving", Bool, "", "HTTP/1.1 only"),
            fixed(
                "http2-max-streams-per-connection",
                Int,
                "",
                "streams of one connection",
            ),
            fixed(
                "permit-address-sharing",
                Bool,
                "",
                "SO_REUSEADDR for an address that others have",
            ),
            fixed("permit-port-sharing", Bool, "", "SO_REUSEPORT"),
            sets("secure-port", Int, "6443", "the port to listen on"),
            sets(
                "tls-cert-file",
                Text,
                "",
                "the certificate to show, with those between it and its CA",
            ),
            sets(
                "tls-cipher-suites",
                List,
                "",
                "cipher suites of TLS 1.2, of those with forward secrecy; those of TLS 1.3 are always on",
            ),
            sets(
                "tls-curve-preferences",
                List,
                "",
                "numbers of key exchanges: 29 (X25519), 23 (P-256), 24 (P-384), 4588 and 4587 (with ML-KEM)",
            ),
            sets(
                "tls-min-version",
                Text,
                "VersionTLS12",
                "VersionTLS12 or VersionTLS13",
            ),
            sets(
                "tls-private-key-file",
                Text,
                "",
                "the key of --tls-cert-file",
            ),
            sets(
                "tls-sni-cert-key",
                Array,
                "",
                "CERTIFICATE,KEY or CERTIFICATE,KEY:NAME,NAME: a certificate for clients that ask for one of these names",
            ),
        ],
    },
    Section {
        name: "Auditing",
        flags: table_access::AUDITING,
    },
    Section {
        name: "Features",
        flags: &[
            fixed("contention-profiling", Bool, "", "profiles of locks"),
            fixed("debug-socket-path", Text, "", "a socket for profiles"),
            sets(
                "enable-priority-and-fairness",
                Bool,
                "true",
                "requests are queued by FlowSchemas",
            ),
            always("profiling", Bool, "true", "profiles under /debug/pprof"),
        ],
    },
    Section {
        name: "Authentication",
        flags: table_access::AUTHENTICATION,
    },
    Section {
        name: "Authorization",
        flags: table_access::AUTHORIZATION,
    },
    Section {
        name: "API enablement",
        flags: &[sets(
            "runtime-config",
            List,
            "",
            "versions and resources switched on or off: api/all=true, batch/v1=false, apps/v1/deployments=false",
        )],
    },
    Section {
        name: "Egress selector",
        flags: &[refused(
            "egress-selector-config-file",
            Text,
            "nodes are reached directly",
        )],
    },
    Section {
        name: "Admission",
        flags: &[
            refused(
                "admission-control",
                List,
                "it is deprecated; use --enable-admission-plugins and --disable-admission-plugins",
            ),
            sets(
                "admission-control-config-file",
                Text,
                "",
                "an AdmissionConfiguration: what plugins are told, and credentials towards webhooks",
            ),
            fixed(
                "default-not-ready-toleration-seconds",
                Int,
                "300",
                "how long pods stay on a node that is not ready",
            ),
            fixed(
                "default-unreachable-toleration-seconds",
                Int,
                "300",
                "how long pods stay on a node that is out of reach",
            ),
            sets(
                "disable-admission-plugins",
                List,
                "",
                "plugins switched off that are on by default",
            ),
            sets(
                "enable-admission-plugins",
                List,
                "",
                "plugins switched on besides those that are on by default",
            ),
        ],
    },
    Section {
        name: "Metrics",
        flags: &[
            sets(
                "allow-metric-labels",
                Array,
                "",
                "METRIC,LABEL=VALUE,VALUE: the values that a label of a metric may have; others are told as unexpected",
            ),
            sets(
                "allow-metric-labels-manifest",
                Text,
                "",
                "a file of lines METRIC,LABEL: VALUE,VALUE",
            ),
            sets("disabled-metrics", List, "", "metrics left out"),
            fixed(
                "show-hidden-metrics-for-version",
                Text,
                "",
                "metrics hidden since a version",
            ),
        ],
    },
    Section {
        name: "Logs",
        flags: &[
            always(
                "log-flush-frequency",
                Duration,
                "5s",
                "every line is written at once",
            ),
            always(
                "log-json-info-buffer-size",
                Text,
                "",
                "lines are not held back",
            ),
            always(
                "log-json-split-stream",
                Bool,
                "",
                "all goes to standard error",
            ),
            always(
                "log-text-info-buffer-size",
                Text,
                "",
                "lines are not held back",
            ),
            always(
                "log-text-split-stream",
                Bool,
                "",
                "all goes to standard error",
            ),
            sets(
                "logging-format",
                Text,
                "text",
                "the form of lines: text or json",
            ),
            sets(
                "v",
                Int,
                "",
                "how much is logged: 4 and more tells of each request",
            ),
            fixed("vmodule", Text, "", "how much by file"),
        ],
    },
    Section {
        name: "Traces",
        flags: &[sets(
            "tracing-config-file",
            Text,
            "",
            "a file of kind TracingConfiguration: where OpenTelemetry traces are sent",
        )],
    },
    Section {
        name: "Misc",
        flags: &[
            always(
                "aggregator-reject-forwarding-redirect",
                Bool,
                "true",
                "redirects of aggregated servers are not followed",
            ),
            always(
                "allow-privileged",
                Bool,
                "",
                "privileged containers may be asked for; PodSecurity says where",
            ),
            fixed(
                "coordinated-leadership-lease-duration",
                Duration,
                "15s",
                "how long a coordinated leader's lease counts",
            ),
            fixed(
                "coordinated-leadership-renew-deadline",
                Duration,
                "10s",
                "how long it may try to renew it",
            ),
            fixed(
                "coordinated-leadership-retry-period",
                Duration,
                "2s",
                "how often it tries",
            ),
            fixed(
                "enable-aggregator-routing",
                Bool,
                "",
                "aggregated servers are reached by the address of a pod",
            ),
            fixed(
                "enable-logs-handler",
                Bool,
                "",
                "files of /var/log under /logs",
            ),
            sets(
                "endpoint-reconciler-type",
                Text,
                "lease",
                "none: the endpoints of the service kubernetes are left to others",
            ),
            sets("event-ttl", Duration, "1h0m0s", "how long events are kept"),
            sets(
                "kubelet-certificate-authority",
                Text,
                "",
                "the CA of kubelets' certificates; without it they are taken at their word",
            ),
            sets(
                "kubelet-client-certificate",
                Text,
                "",
                "the certificate shown to kubelets",
            ),
            sets(
                "kubelet-client-key",
                Text,
                "",
                "the key of --kubelet-client-certificate",
            ),
            always(
                "kubelet-preferred-address-types",
                List,
                "",
                "kubelets are reached by the first address that their node tells",
            ),
            fixed(
                "kubelet-timeout",
                Duration,
                "5s",
                "how long a kubelet may take to answer",
            ),
            fixed(
                "kubernetes-service-node-port",
                Int,
                "",
                "a node port for the service kubernetes",
            ),
            refused(
                "max-connection-bytes-per-sec",
                Int,
                "connections of users are not slowed down",
            ),
            fixed(
                "peer-advertise-ip",
                Text,
                "",
                "the address by which other API servers reach this one",
            ),
            fixed("peer-advertise-port", Text, "", "the port there"),
            fixed("peer-ca-file", Text, "", "the CA of other API servers"),
            sets(
                "proxy-client-cert-file",
                Text,
                "",
                "the certificate shown to aggregated servers and webhooks",
            ),
            sets(
                "proxy-client-key-file",
                Text,
                "",
                "the key of --proxy-client-cert-file",
            ),
            refused(
                "service-account-signing-endpoint",
                Text,
                "tokens are signed by --service-account-signing-key-file",
            ),
            sets(
                "service-account-signing-key-file",
                Text,
                "",
                "the key that signs tokens",
            ),
            sets(
                "service-cluster-ip-range",
                Text,
                "10.96.0.0/16",
                "addresses of services; of two families: CIDR,CIDR",
            ),
            sets(
                "service-node-port-range",
                Ports,
                "30000-32767",
                "ports of nodes for services",
            ),
        ],
    },
];
