//! The checks of the baseline and restricted levels.

use crate::tree::{self, at, b, has, i0, list, s};
use skeg_schema::Value;
use std::collections::BTreeSet;
use std::fmt;

/// A level of the pod security standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything goes.
    Privileged,
    /// No known escalation.
    Baseline,
    /// Hardened.
    Restricted,
}

impl Level {
    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "privileged" => Some(Self::Privileged),
            "baseline" => Some(Self::Baseline),
            "restricted" => Some(Self::Restricted),
            _ => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        })
    }
}

/// What a pod breaks.
pub struct Violation {
    /// In short.
    pub reason: String,
    /// Which parts of the pod.
    pub detail: String,
}

struct Found(Vec<Violation>);

impl Found {
    fn add(&mut self, reason: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Violation {
            reason: reason.into(),
            detail: detail.into(),
        });
    }
}

/// The newest minor version in which some check changed: what `latest` means, and
/// all later versions.
const NEWEST: u32 = 37;

/// The minor version of a policy's version (`v1.31`, `latest`).
fn minor(version: &str) -> u32 {
    // A number too large is of the far future.
    version
        .strip_prefix("v1.")
        .and_then(|n| n.parse().ok())
        .unwrap_or(NEWEST)
        .min(NEWEST)
}

/// What of a level's version a pod (or template) breaks: the baseline's checks in
/// the order of their names, then the restricted level's.
pub fn evaluate(pod: &Value, level: Level, version: &str) -> Vec<Violation> {
    let mut found = Found(Vec::new());
    if level == Level::Privileged {
        return found.0;
    }
    let pod = Pod {
        meta: at(pod, "metadata"),
        spec: at(pod, "spec"),
        minor: minor(version),
    };
    pod.baseline(level == Level::Restricted, &mut found);
    if level == Level::Restricted {
        pod.restricted(&mut found);
    }
    found.0
}

fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

fn quoted<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = names
        .into_iter()
        .map(|n| format!("\"{}\"", n.as_ref()))
        .collect();
    all.join(", ")
}

/// `container "a"`, `containers "a", "b"`.
fn named(names: &[&str]) -> String {
    let what = plural(names.len(), "container", "containers");
    format!("{what} {}", quoted(names))
}

/// Who sets something that may not be set.
#[derive(Default)]
struct Setters<'a> {
    pod: bool,
    containers: Vec<&'a str>,
}

impl Setters<'_> {
    fn is_empty(&self) -> bool {
        !self.pod && self.containers.is_empty()
    }

    /// `pod and container "a"`.
    fn list(&self) -> Vec<String> {
        let pod = self.pod.then(|| "pod".to_owned());
        let containers = (!self.containers.is_empty()).then(|| named(&self.containers));
        pod.into_iter().chain(containers).collect()
    }
}

impl fmt::Display for Setters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.list().join(" and "))
    }
}

const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Safe sysctls, and the minor version since which they are.
const SYSCTLS: &[(&str, u32)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

/// Types of SELinux, likewise.
const SE_LINUX: &[(&str, u32)] = &[
    ("", 0),
    ("container_t", 0),
    ("container_init_t", 0),
    ("container_kvm_t", 0),
    ("container_engine_t", 31),
];

const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn context<'v>(v: &'v Value, field: &str) -> &'v Value {
    at(at(v, "securityContext"), field)
}

fn seccomp_type(v: &Value) -> Option<&str> {
    let profile = context(v, "seccompProfile");
    (!profile.is_null()).then(|| s(profile, "type"))
}

fn confines(seccomp: &str) -> bool {
    matches!(seccomp, "RuntimeDefault" | "Localhost")
}

/// A pod, and the minor version of the policy that judges it.
struct Pod<'a> {
    meta: &'a Value,
    spec: &'a Value,
    minor: u32,
}

impl<'a> Pod<'a> {
    fn containers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let spec = self.spec;
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(move |k| list(spec, k))
    }

    fn those(&self, bad: impl Fn(&Value) -> bool) -> Vec<&'a str> {
        let found = self.containers().filter(|c| bad(c));
        found.map(|c| s(c, "name")).collect()
    }

    /// The pod itself and its containers.
    fn setters(&self, bad: impl Fn(&Value) -> bool) -> Setters<'a> {
        Setters {
            pod: bad(self.spec),
            containers: self.those(bad),
        }
    }

    /// What is told of the pod and its containers, sorted.
    fn values<'v>(&self, of: impl Fn(&'a Value) -> Option<&'v str>) -> BTreeSet<&'v str> {
        let all = std::iter::once(self.spec).chain(self.containers());
        all.filter_map(of).collect()
    }

    fn allows(&self, known: &[(&str, u32)], name: &str) -> bool {
        known.iter().any(|k| k.0 == name && k.1 <= self.minor)
    }

    /// A pod in a user namespace of its own is no danger to the node as root.
    fn has_own_users(&self) -> bool {
        self.minor >= 35 && at(self.spec, "hostUsers").as_bool() == Some(false)
    }

    /// Since 1.25 what Windows does not know is not asked of its pods.
    fn is_windows(&self) -> bool {
        self.minor >= 25 && tree::sp(self.spec, &["os", "name"]) == "windows"
    }

    fn baseline(&self, restricted: bool, found: &mut Found) {
        self.app_armor(found);
        if !restricted || self.minor < 22 {
            self.capabilities(found);
        }
        let host: Vec<String> = ["hostNetwork", "hostPID", "hostIPC"]
            .into_iter()
            .filter(|f| b(self.spec, f))
            .map(|f| format!("{f}=true"))
            .collect();
        if !host.is_empty() {
            found.add("host namespaces", host.join(", "));
        }
        if !restricted {
            self.host_paths(found);
        }
        self.host_ports(found);
        if self.minor >= 34 {
            self.host_probes(found);
        }
        let bad = self.those(|c| context(c, "privileged").as_bool() == Some(true));
        if !bad.is_empty() {
            let who = named(&bad);
            found.add(
                "privileged",
                format!("{who} must not set securityContext.privileged=true"),
            );
        }
        if !(self.has_own_users() || restricted && self.minor >= 35) {
            self.proc_mount(found);
        }
        self.se_linux(found);
        if self.minor < 19 {
            self.seccomp_annotations(found);
        } else if !restricted {
            self.seccomp(found);
        }
        let sysctls = list(at(self.spec, "securityContext"), "sysctls");
        let bad: Vec<&str> = sysctls
            .iter()
            .map(|c| s(c, "name"))
            .filter(|n| !self.allows(SYSCTLS, n))
            .collect();
        if !bad.is_empty() {
            found.add("forbidden sysctls", bad.join(", "));
        }
        let who = self
            .setters(|v| at(context(v, "windowsOptions"), "hostProcess").as_bool() == Some(true));
        if !who.is_empty() {
            found.add(
                "hostProcess",
                format!("{who} must not set securityContext.windowsOptions.hostProcess=true"),
            );
        }
    }

    fn app_armor(&self, found: &mut Found) {
        const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";
        fn wrong(v: &Value) -> Option<&str> {
            let profile = context(v, "appArmorProfile");
            let kind = s(profile, "type");
            (!profile.is_null() && !matches!(kind, "RuntimeDefault" | "Localhost")).then_some(kind)
        }
        let mut who = self.setters(|v| wrong(v).is_some()).list();
        let mut values: Vec<String> = self.values(wrong).into_iter().map(str::to_owned).collect();
        let fine = |v: &str| matches!(v, "" | "runtime/default") || v.starts_with("localhost/");
        let annotations: Vec<String> = tree::sorted_pairs(at(self.meta, "annotations"))
            .into_iter()
            .filter_map(|(k, v)| Some((k, v.as_str()?)))
            .filter(|(k, v)| k.starts_with(PREFIX) && !fine(v))
            .map(|(k, v)| format!("{k}={v:?}"))
            .collect();
        if !annotations.is_empty() {
            who.push(plural(annotations.len(), "annotation", "annotations").to_owned());
            values.extend(annotations);
        }
        if who.is_empty() {
            return;
        }
        found.add(
            plural(
                values.len(),
                "forbidden AppArmor profile",
                "forbidden AppArmor profiles",
            ),
            format!(
                "{} must not set AppArmor profile type to {}",
                who.join(" and "),
                quoted(&values)
            ),
        );
    }

    /// The containers that add capabilities beyond the allowed ones, and which.
    fn added(&self, allowed: &[&str]) -> (Vec<&'a str>, BTreeSet<&'a str>) {
        let extra = |c: &'a Value| {
            let all = list(context(c, "capabilities"), "add").iter();
            all.filter_map(Value::as_str)
                .filter(|cap| !allowed.contains(cap))
        };
        let bad = self
            .containers()
            .filter(|c| extra(c).next().is_some())
            .map(|c| s(c, "name"))
            .collect();
        (bad, self.containers().flat_map(extra).collect())
    }

    fn capabilities(&self, found: &mut Found) {
        let (bad, caps) = self.added(CAPABILITIES);
        if !bad.is_empty() {
            found.add("non-default capabilities", may_not_add(&bad, &caps));
        }
    }

    fn host_paths(&self, found: &mut Found) {
        let bad: Vec<&str> = list(self.spec, "volumes")
            .iter()
            .filter(|v| has(v, "hostPath"))
            .map(|v| s(v, "name"))
            .collect();
        if !bad.is_empty() {
            let what = plural(bad.len(), "volume", "volumes");
            found.add("hostPath volumes", format!("{what} {}", quoted(&bad)));
        }
    }

    fn host_ports(&self, found: &mut Found) {
        let of = |c: &'a Value| {
            let all = list(c, "ports").iter().map(|p| i0(p, "hostPort"));
            all.filter(|p| *p != 0)
        };
        let bad = self.those(|c| list(c, "ports").iter().any(|p| i0(p, "hostPort") != 0));
        if bad.is_empty() {
            return;
        }
        let ports: BTreeSet<String> = self
            .containers()
            .flat_map(of)
            .map(|p| p.to_string())
            .collect();
        found.add(
            "hostPort",
            format!(
                "{} {} {} {}",
                named(&bad),
                plural(bad.len(), "uses", "use"),
                plural(ports.len(), "hostPort", "hostPorts"),
                ports.into_iter().collect::<Vec<_>>().join(", ")
            ),
        );
    }

    fn host_probes(&self, found: &mut Found) {
        let mut names = BTreeSet::new();
        let mut hosts = BTreeSet::new();
        for c in self.containers() {
            let lifecycle = at(c, "lifecycle");
            let handlers = ["livenessProbe", "readinessProbe", "startupProbe"]
                .map(|p| at(c, p))
                .into_iter()
                .chain(["postStart", "preStop"].map(|h| at(lifecycle, h)));
            for handler in handlers {
                for action in ["httpGet", "tcpSocket"] {
                    let host = s(at(handler, action), "host");
                    if !host.is_empty() {
                        names.insert(s(c, "name"));
                        hosts.insert(host);
                    }
                }
            }
        }
        if names.is_empty() {
            return;
        }
        found.add(
            "probe or lifecycle host",
            format!(
                "{} {} {} {} {}",
                plural(names.len(), "container", "containers"),
                quoted(&names),
                plural(names.len(), "uses", "use"),
                plural(
                    hosts.len(),
                    "probe or lifecycle host",
                    "probe or lifecycle hosts"
                ),
                quoted(&hosts)
            ),
        );
    }

    fn proc_mount(&self, found: &mut Found) {
        fn odd(c: &Value) -> Option<&str> {
            let mount = context(c, "procMount").as_str();
            mount.filter(|m| *m != "Default")
        }
        let bad = self.those(|c| odd(c).is_some());
        if !bad.is_empty() {
            let kinds: BTreeSet<&str> = self.containers().filter_map(odd).collect();
            found.add(
                "procMount",
                format!(
                    "{} must not set securityContext.procMount to {}",
                    named(&bad),
                    quoted(&kinds)
                ),
            );
        }
    }

    fn se_linux(&self, found: &mut Found) {
        let options = |v: &'a Value| context(v, "seLinuxOptions");
        let odd_type = |v: &'a Value| {
            let kind = s(options(v), "type");
            (!self.allows(SE_LINUX, kind)).then_some(kind)
        };
        let sets = |v: &Value, field: &str| !s(context(v, "seLinuxOptions"), field).is_empty();
        let who = self.setters(|v| {
            let kind = s(context(v, "seLinuxOptions"), "type");
            !self.allows(SE_LINUX, kind) || sets(v, "user") || sets(v, "role")
        });
        if who.is_empty() {
            return;
        }
        let mut what = Vec::new();
        let types = self.values(odd_type);
        if !types.is_empty() {
            let kind = plural(types.len(), "type", "types");
            what.push(format!("{kind} {}", quoted(&types)));
        }
        for field in ["user", "role"] {
            if sets(self.spec, field) || self.containers().any(|c| sets(c, field)) {
                what.push(format!("{field} may not be set"));
            }
        }
        found.add(
            "seLinuxOptions",
            format!(
                "{who} set forbidden securityContext.seLinuxOptions: {}",
                what.join("; ")
            ),
        );
    }

    fn seccomp_annotations(&self, found: &mut Found) {
        const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
        const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
        let fine = |v: &str| {
            matches!(v, "runtime/default" | "docker/default") || v.starts_with("localhost/")
        };
        let keys = self
            .containers()
            .map(|c| format!("{CONTAINER}{}", s(c, "name")))
            .chain(std::iter::once(POD.to_owned()));
        let bad: BTreeSet<String> = keys
            .filter_map(|k| {
                let v = at(at(self.meta, "annotations"), &k).as_str()?;
                (!fine(v)).then(|| format!("{k}={v:?}"))
            })
            .collect();
        if !bad.is_empty() {
            found.add(
                "seccompProfile",
                format!(
                    "forbidden {} {}",
                    plural(bad.len(), "annotation", "annotations"),
                    bad.into_iter().collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }

    /// Tells of profiles that do not confine; whether there were any.
    fn seccomp(&self, found: &mut Found) -> bool {
        fn wrong(v: &Value) -> Option<&str> {
            seccomp_type(v).filter(|t| !confines(t))
        }
        let who = self.setters(|v| wrong(v).is_some());
        if who.is_empty() {
            return false;
        }
        let values = self.values(wrong);
        found.add(
            "seccompProfile",
            format!(
                "{who} must not set securityContext.seccompProfile.type to {}",
                quoted(&values)
            ),
        );
        true
    }

    fn restricted(&self, found: &mut Found) {
        if self.minor >= 8 && !self.is_windows() {
            let bad =
                self.those(|c| context(c, "allowPrivilegeEscalation").as_bool() != Some(false));
            if !bad.is_empty() {
                let who = named(&bad);
                found.add(
                    "allowPrivilegeEscalation != false",
                    format!("{who} must set securityContext.allowPrivilegeEscalation=false"),
                );
            }
        }
        if self.minor >= 22 && !self.is_windows() {
            self.dropped_capabilities(found);
        }
        if self.minor >= 35 {
            self.proc_mount(found);
        }
        self.volumes(found);
        if !self.has_own_users() {
            self.not_root(found);
        }
        if self.minor >= 19 && !self.is_windows() {
            self.confined(found);
        }
    }

    fn dropped_capabilities(&self, found: &mut Found) {
        let keep = self.those(|c| {
            let dropped = list(context(c, "capabilities"), "drop");
            !dropped.iter().any(|v| v.as_str() == Some("ALL"))
        });
        let mut detail = Vec::new();
        if !keep.is_empty() {
            let who = named(&keep);
            detail.push(format!(
                "{who} must set securityContext.capabilities.drop=[\"ALL\"]"
            ));
        }
        let (bad, caps) = self.added(&["NET_BIND_SERVICE"]);
        if !bad.is_empty() {
            detail.push(may_not_add(&bad, &caps));
        }
        if !detail.is_empty() {
            found.add("unrestricted capabilities", detail.join("; "));
        }
    }

    fn volumes(&self, found: &mut Found) {
        let bad: Vec<(&str, &str)> = list(self.spec, "volumes")
            .iter()
            .filter_map(|v| {
                let kind = tree::pairs(v)
                    .map(|(k, _)| k)
                    .find(|k| *k != "name" && !VOLUMES.contains(k))?;
                Some((s(v, "name"), kind))
            })
            .collect();
        if bad.is_empty() {
            return;
        }
        let kinds: BTreeSet<&str> = bad.iter().map(|b| b.1).collect();
        found.add(
            "restricted volume types",
            format!(
                "{} {} {} {} {}",
                plural(bad.len(), "volume", "volumes"),
                quoted(bad.iter().map(|b| b.0)),
                plural(bad.len(), "uses", "use"),
                plural(
                    kinds.len(),
                    "restricted volume type",
                    "restricted volume types"
                ),
                quoted(&kinds)
            ),
        );
    }

    fn not_root(&self, found: &mut Found) {
        const REASON: &str = "runAsNonRoot != true";
        let flag = |v: &Value| context(v, "runAsNonRoot").as_bool();
        let who = self.setters(|v| flag(v) == Some(false));
        let unset = self.those(|c| flag(c).is_none());
        if !who.is_empty() {
            found.add(
                REASON,
                format!("{who} must not set securityContext.runAsNonRoot=false"),
            );
        } else if flag(self.spec) != Some(true) && !unset.is_empty() {
            let who = named(&unset);
            found.add(
                REASON,
                format!("pod or {who} must set securityContext.runAsNonRoot=true"),
            );
        }
        if self.minor < 23 {
            return;
        }
        let who = self.setters(|v| context(v, "runAsUser").as_i64() == Some(0));
        if !who.is_empty() {
            found.add("runAsUser=0", format!("{who} must not set runAsUser=0"));
        }
    }

    fn confined(&self, found: &mut Found) {
        if self.seccomp(found) || seccomp_type(self.spec).is_some_and(confines) {
            return;
        }
        let unset = self.those(|c| seccomp_type(c).is_none());
        if !unset.is_empty() {
            let who = named(&unset);
            found.add(
                "seccompProfile",
                format!("pod or {who} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""),
            );
        }
    }
}

fn may_not_add(containers: &[&str], capabilities: &BTreeSet<&str>) -> String {
    format!(
        "{} must not include {} in securityContext.capabilities.add",
        named(containers),
        quoted(capabilities)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn check(pod: &Value, level: Level, version: &str, expect: &[&str]) {
        let told: Vec<String> = evaluate(pod, level, version)
            .into_iter()
            .map(|v| format!("{} ({})", v.reason, v.detail))
            .collect();
        assert_eq!(told, expect, "{level}:{version} {pod}");
    }

    fn a_pod() -> Value {
        json!({
            "metadata": {"annotations": {
                "container.apparmor.security.beta.kubernetes.io/b": "unconfined",
                "seccomp.security.alpha.kubernetes.io/pod": "unconfined",
            }},
            "spec": {
                "hostUsers": false,
                "securityContext": {
                    "runAsNonRoot": false, "runAsUser": 0,
                    "seccompProfile": {"type": "Unconfined"},
                    "seLinuxOptions": {"type": "container_engine_t"},
                    "sysctls": [
                        {"name": "net.ipv4.tcp_notsent_lowat", "value": "1"},
                        {"name": "net.ipv4.tcp_rmem", "value": "1"},
                    ],
                },
                "initContainers": [{
                    "name": "a",
                    "securityContext": {"runAsUser": 0, "procMount": "Unmasked"},
                    "startupProbe": {"tcpSocket": {"host": "h", "port": 1}},
                }],
                "containers": [{
                    "name": "b",
                    "securityContext": {
                        "runAsNonRoot": false,
                        "seccompProfile": {"type": "Unconfined"},
                        "appArmorProfile": {"type": "Unconfined"},
                        "capabilities": {"add": ["NET_RAW"]},
                        "windowsOptions": {"hostProcess": true},
                    },
                    "lifecycle": {"preStop": {"httpGet": {"host": "g", "port": 1}}},
                    "ports": [{"containerPort": 1, "hostPort": 80}, {"containerPort": 1, "hostPort": 9}],
                }],
                "volumes": [{"name": "v", "hostPath": {"path": "/"}}, {"name": "i", "image": {}}],
            },
        })
    }

    const APPARMOR: &str = "forbidden AppArmor profiles (container \"b\" and annotation must not set AppArmor profile type to \"Unconfined\", \"container.apparmor.security.beta.kubernetes.io/b=\"unconfined\"\")";
    const PORTS: &str = "hostPort (container \"b\" uses hostPorts 80, 9)";
    const PROCESS: &str = "hostProcess (container \"b\" must not set securityContext.windowsOptions.hostProcess=true)";
    const PROC: &str =
        "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")";
    const PROBES: &str = "probe or lifecycle host (containers \"a\", \"b\" use probe or lifecycle hosts \"g\", \"h\")";
    const SECCOMP: &str = "seccompProfile (pod and container \"b\" must not set securityContext.seccompProfile.type to \"Unconfined\")";
    const CAPABILITIES: &str = "non-default capabilities (container \"b\" must not include \"NET_RAW\" in securityContext.capabilities.add)";

    #[test]
    fn the_baseline_by_version() {
        let (pod, level) = (a_pod(), Level::Baseline);
        let paths = "hostPath volumes (volume \"v\")";
        check(
            &pod,
            level,
            "latest",
            &[
                APPARMOR,
                CAPABILITIES,
                paths,
                PORTS,
                PROBES,
                SECCOMP,
                PROCESS,
            ],
        );
        check(
            &pod,
            level,
            "v1.30",
            &[
                APPARMOR,
                CAPABILITIES,
                paths,
                PORTS,
                PROC,
                "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"container_engine_t\")",
                SECCOMP,
                "forbidden sysctls (net.ipv4.tcp_notsent_lowat, net.ipv4.tcp_rmem)",
                PROCESS,
            ],
        );
        check(
            &pod,
            level,
            "v1.18",
            &[
                APPARMOR,
                CAPABILITIES,
                paths,
                PORTS,
                PROC,
                "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"container_engine_t\")",
                "seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")",
                "forbidden sysctls (net.ipv4.tcp_notsent_lowat, net.ipv4.tcp_rmem)",
                PROCESS,
            ],
        );
    }

    #[test]
    fn the_restricted_level_by_version() {
        let (pod, level) = (a_pod(), Level::Restricted);
        let escalation = "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false)";
        let drops = "unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"]; container \"b\" must not include \"NET_RAW\" in securityContext.capabilities.add)";
        let volumes =
            "restricted volume types (volume \"v\" uses restricted volume type \"hostPath\")";
        check(
            &pod,
            level,
            "v1.99",
            &[
                APPARMOR, PORTS, PROBES, PROCESS, escalation, drops, PROC, volumes, SECCOMP,
            ],
        );
        check(
            &pod,
            level,
            "v1.34",
            &[
                APPARMOR,
                PORTS,
                PROBES,
                PROC,
                "forbidden sysctls (net.ipv4.tcp_notsent_lowat)",
                PROCESS,
                escalation,
                drops,
                volumes,
                "runAsNonRoot != true (pod and container \"b\" must not set securityContext.runAsNonRoot=false)",
                "runAsUser=0 (pod and container \"a\" must not set runAsUser=0)",
                SECCOMP,
            ],
        );
    }
}
