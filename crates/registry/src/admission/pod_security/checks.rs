//! The checks of the baseline and restricted levels.

use crate::tree::{self, at, b, has, i0, list, s};
use skeg_schema::Value;
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

/// What of a level a pod (or template) breaks, in upstream's order.
pub fn evaluate(pod: &Value, level: Level) -> Vec<Violation> {
    let mut found = Found(Vec::new());
    if level == Level::Privileged {
        return found.0;
    }
    let meta = at(pod, "metadata");
    let spec = at(pod, "spec");
    baseline(meta, spec, level, &mut found);
    if level == Level::Restricted {
        restricted(spec, &mut found);
    }
    found.0
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|k| list(spec, k))
}

fn windows(spec: &Value) -> bool {
    tree::sp(spec, &["os", "name"]) == "windows"
}

fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

fn quoted(names: &[&str]) -> String {
    names
        .iter()
        .map(|n| format!("{n:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn named(spec: &Value, bad: impl Fn(&Value) -> bool) -> Vec<&str> {
    containers(spec)
        .filter(|c| bad(c))
        .map(|c| s(c, "name"))
        .collect()
}

fn say(names: &[&str], rest: &str) -> String {
    format!(
        "{} {} {rest}",
        plural(names.len(), "container", "containers"),
        quoted(names)
    )
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
const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

fn baseline(meta: &Value, spec: &Value, level: Level, found: &mut Found) {
    app_armor(meta, spec, found);
    if level == Level::Baseline {
        let bad = named(spec, |c| {
            list(tree::path(c, &["securityContext", "capabilities"]), "add")
                .iter()
                .filter_map(Value::as_str)
                .any(|cap| !CAPABILITIES.contains(&cap))
        });
        if !bad.is_empty() {
            let mut caps: Vec<&str> = containers(spec)
                .flat_map(|c| list(tree::path(c, &["securityContext", "capabilities"]), "add"))
                .filter_map(Value::as_str)
                .filter(|cap| !CAPABILITIES.contains(cap))
                .collect();
            caps.sort_unstable();
            caps.dedup();
            found.add(
                "non-default capabilities",
                format!(
                    "{} must not include {} in securityContext.capabilities.add",
                    say(&bad, "").trim_end(),
                    quoted(&caps)
                ),
            );
        }
    }
    let host: Vec<&str> = [
        ("hostNetwork", "hostNetwork=true"),
        ("hostPID", "hostPID=true"),
        ("hostIPC", "hostIPC=true"),
    ]
    .into_iter()
    .filter(|(f, _)| b(spec, f))
    .map(|(_, text)| text)
    .collect();
    if !host.is_empty() {
        found.add("host namespaces", host.join(", "));
    }
    host_paths(spec, level, found);
    host_ports(spec, found);
    host_probes(spec, found);
    let bad = named(spec, |c| b(at(c, "securityContext"), "privileged"));
    if !bad.is_empty() {
        found.add(
            "privileged",
            say(&bad, "must not set securityContext.privileged=true"),
        );
    }
    // A pod in a user namespace of its own is no danger to the node by that.
    let own_users = at(spec, "hostUsers").as_bool() == Some(false);
    let bad = named(spec, |c| {
        !own_users && !matches!(s(at(c, "securityContext"), "procMount"), "" | "Default")
    });
    if !bad.is_empty() {
        found.add(
            "procMount",
            say(
                &bad,
                &format!("must not set securityContext.procMount to {:?}", "Unmasked"),
            ),
        );
    }
    if level == Level::Baseline {
        seccomp_baseline(spec, found);
    }
    se_linux(spec, found);
    let bad: Vec<&str> = list(at(spec, "securityContext"), "sysctls")
        .iter()
        .map(|c| s(c, "name"))
        .filter(|n| !SYSCTLS.contains(n))
        .collect();
    if !bad.is_empty() {
        found.add("forbidden sysctls", bad.join(", "));
    }
    host_process(spec, found);
}

fn app_armor(meta: &Value, spec: &Value, found: &mut Found) {
    let mut bad: Vec<String> = Vec::new();
    let unconfined =
        |v: &Value| tree::sp(v, &["securityContext", "appArmorProfile", "type"]) == "Unconfined";
    let pod = unconfined(spec);
    let own = named(spec, unconfined);
    if pod {
        bad.push("pod must not set AppArmor profile type to \"Unconfined\"".into());
    }
    if !own.is_empty() {
        bad.push(say(
            &own,
            "must not set AppArmor profile type to \"Unconfined\"",
        ));
    }
    for (k, v) in tree::entries(meta, "annotations") {
        let v = v.as_str().unwrap_or("");
        if k.starts_with("container.apparmor.security.beta.kubernetes.io/")
            && !(v.is_empty() || v == "runtime/default" || v.starts_with("localhost/"))
        {
            bad.push(format!("{k}={v:?}"));
        }
    }
    if !bad.is_empty() {
        found.add(
            plural(
                bad.len(),
                "forbidden AppArmor profile",
                "forbidden AppArmor profiles",
            ),
            bad.join(", "),
        );
    }
}

fn host_paths(spec: &Value, level: Level, found: &mut Found) {
    if level == Level::Restricted {
        return;
    }
    let bad: Vec<&str> = list(spec, "volumes")
        .iter()
        .filter(|v| has(v, "hostPath"))
        .map(|v| s(v, "name"))
        .collect();
    if !bad.is_empty() {
        found.add(
            "hostPath volumes",
            format!(
                "{} {}",
                plural(bad.len(), "volume", "volumes"),
                quoted(&bad)
            ),
        );
    }
}

fn host_ports(spec: &Value, found: &mut Found) {
    let bad = named(spec, |c| {
        list(c, "ports").iter().any(|p| i0(p, "hostPort") != 0)
    });
    if bad.is_empty() {
        return;
    }
    let mut ports: Vec<String> = containers(spec)
        .flat_map(|c| list(c, "ports"))
        .map(|p| i0(p, "hostPort"))
        .filter(|p| *p != 0)
        .map(|p| p.to_string())
        .collect();
    ports.sort();
    ports.dedup();
    found.add(
        "hostPort",
        format!(
            "{} {} {} {} {}",
            plural(bad.len(), "container", "containers"),
            quoted(&bad),
            plural(bad.len(), "uses", "use"),
            plural(ports.len(), "hostPort", "hostPorts"),
            ports.join(", ")
        ),
    );
}

fn host_probes(spec: &Value, found: &mut Found) {
    let bad = named(spec, |c| {
        let handlers = ["livenessProbe", "readinessProbe", "startupProbe"]
            .iter()
            .map(|p| at(c, p))
            .chain(
                ["postStart", "preStop"]
                    .iter()
                    .map(|h| at(at(c, "lifecycle"), h)),
            );
        handlers
            .flat_map(|h| ["httpGet", "tcpSocket"].map(|k| s(at(h, k), "host")))
            .any(|host| !host.is_empty())
    });
    if !bad.is_empty() {
        found.add(
            "probe or lifecycle host",
            say(
                &bad,
                "must not set the host of a probe or lifecycle handler",
            ),
        );
    }
}

fn seccomp_type(v: &Value) -> &str {
    tree::sp(v, &["securityContext", "seccompProfile", "type"])
}

fn seccomp_baseline(spec: &Value, found: &mut Found) {
    let allowed = |t: &str| matches!(t, "" | "RuntimeDefault" | "Localhost");
    let mut detail = Vec::new();
    let pod = seccomp_type(spec);
    if !allowed(pod) {
        detail.push(format!(
            "pod must not set securityContext.seccompProfile.type to {pod:?}"
        ));
    }
    let bad = named(spec, |c| !allowed(seccomp_type(c)));
    if !bad.is_empty() {
        detail.push(say(
            &bad,
            "must not set securityContext.seccompProfile.type to \"Unconfined\"",
        ));
    }
    if !detail.is_empty() {
        found.add("seccompProfile", detail.join(" and "));
    }
}

fn se_linux(spec: &Value, found: &mut Found) {
    const TYPES: &[&str] = &[
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
    ];
    let options = |v: &Value| at(at(v, "securityContext"), "seLinuxOptions").clone();
    let wrong = |v: &Value| {
        let o = options(v);
        !TYPES.contains(&s(&o, "type")) || !s(&o, "user").is_empty() || !s(&o, "role").is_empty()
    };
    let mut who = Vec::new();
    if wrong(spec) {
        who.push("pod".to_owned());
    }
    let bad = named(spec, wrong);
    if !bad.is_empty() {
        who.push(format!(
            "{} {}",
            plural(bad.len(), "container", "containers"),
            quoted(&bad)
        ));
    }
    if who.is_empty() {
        return;
    }
    let mut what = Vec::new();
    let all = || std::iter::once(spec).chain(containers(spec)).map(options);
    let mut types: Vec<String> = all()
        .map(|o| s(&o, "type").to_owned())
        .filter(|t| !TYPES.contains(&t.as_str()))
        .collect();
    types.sort();
    types.dedup();
    if !types.is_empty() {
        let list: Vec<&str> = types.iter().map(String::as_str).collect();
        what.push(format!(
            "{} {}",
            plural(types.len(), "type", "types"),
            quoted(&list)
        ));
    }
    if all().any(|o| !s(&o, "user").is_empty()) {
        what.push("user may not be set".into());
    }
    if all().any(|o| !s(&o, "role").is_empty()) {
        what.push("role may not be set".into());
    }
    found.add(
        "seLinuxOptions",
        format!(
            "{} set forbidden securityContext.seLinuxOptions: {}",
            who.join(" and "),
            what.join("; ")
        ),
    );
}

fn host_process(spec: &Value, found: &mut Found) {
    let set = |v: &Value| {
        tree::path(v, &["securityContext", "windowsOptions", "hostProcess"]).as_bool() == Some(true)
    };
    let mut who = Vec::new();
    if set(spec) {
        who.push("pod".to_owned());
    }
    let bad = named(spec, set);
    if !bad.is_empty() {
        who.push(format!(
            "{} {}",
            plural(bad.len(), "container", "containers"),
            quoted(&bad)
        ));
    }
    if !who.is_empty() {
        found.add(
            "hostProcess",
            format!(
                "{} must not set securityContext.windowsOptions.hostProcess=true",
                who.join(" and ")
            ),
        );
    }
}

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

fn restricted(spec: &Value, found: &mut Found) {
    if !windows(spec) {
        let bad = named(spec, |c| {
            at(at(c, "securityContext"), "allowPrivilegeEscalation").as_bool() != Some(false)
        });
        if !bad.is_empty() {
            found.add(
                "allowPrivilegeEscalation != false",
                say(
                    &bad,
                    "must set securityContext.allowPrivilegeEscalation=false",
                ),
            );
        }
        capabilities_restricted(spec, found);
    }
    let bad: Vec<(&str, &str)> = list(spec, "volumes")
        .iter()
        .filter_map(|v| {
            let kind = tree::pairs(v)
                .map(|(k, _)| k)
                .find(|k| *k != "name" && !VOLUMES.contains(k))?;
            Some((s(v, "name"), kind))
        })
        .collect();
    if !bad.is_empty() {
        let names: Vec<&str> = bad.iter().map(|b| b.0).collect();
        let mut kinds: Vec<&str> = bad.iter().map(|b| b.1).collect();
        kinds.sort_unstable();
        kinds.dedup();
        found.add(
            "restricted volume types",
            format!(
                "{} {} {} restricted volume {} {}",
                plural(names.len(), "volume", "volumes"),
                quoted(&names),
                plural(names.len(), "uses", "use"),
                plural(kinds.len(), "type", "types"),
                quoted(&kinds)
            ),
        );
    }
    run_as(spec, found);
    if !windows(spec) {
        seccomp_restricted(spec, found);
    }
}

fn capabilities_restricted(spec: &Value, found: &mut Found) {
    let caps = |c: &Value| at(at(c, "securityContext"), "capabilities").clone();
    let keep = named(spec, |c| {
        !list(&caps(c), "drop")
            .iter()
            .any(|v| v.as_str() == Some("ALL"))
    });
    let extra = named(spec, |c| {
        list(&caps(c), "add")
            .iter()
            .any(|v| v.as_str() != Some("NET_BIND_SERVICE"))
    });
    let mut detail = Vec::new();
    if !keep.is_empty() {
        detail.push(say(
            &keep,
            "must set securityContext.capabilities.drop=[\"ALL\"]",
        ));
    }
    if !extra.is_empty() {
        let mut added: Vec<String> = containers(spec)
            .flat_map(|c| list(at(at(c, "securityContext"), "capabilities"), "add"))
            .filter_map(Value::as_str)
            .filter(|v| *v != "NET_BIND_SERVICE")
            .map(str::to_owned)
            .collect();
        added.sort();
        added.dedup();
        let added: Vec<&str> = added.iter().map(String::as_str).collect();
        detail.push(say(
            &extra,
            &format!(
                "must not include {} in securityContext.capabilities.add",
                quoted(&added)
            ),
        ));
    }
    if !detail.is_empty() {
        found.add("unrestricted capabilities", detail.join("; "));
    }
}

fn run_as(spec: &Value, found: &mut Found) {
    let flag = |v: &Value| at(at(v, "securityContext"), "runAsNonRoot").as_bool();
    let pod = flag(spec);
    let explicit = named(spec, |c| flag(c) == Some(false));
    let unset = named(spec, |c| flag(c).is_none());
    let mut detail = Vec::new();
    if pod == Some(false) {
        detail.push("pod must not set securityContext.runAsNonRoot=false".to_owned());
    }
    if !explicit.is_empty() {
        detail.push(say(
            &explicit,
            "must not set securityContext.runAsNonRoot=false",
        ));
    }
    if detail.is_empty() && pod != Some(true) && !unset.is_empty() {
        detail.push(format!(
            "pod or {}",
            say(&unset, "must set securityContext.runAsNonRoot=true")
        ));
    }
    if !detail.is_empty() {
        found.add("runAsNonRoot != true", detail.join(" and "));
    }
    let root = |v: &Value| at(at(v, "securityContext"), "runAsUser").as_i64() == Some(0);
    let mut detail = Vec::new();
    if root(spec) {
        detail.push("pod must not set runAsUser=0".to_owned());
    }
    let bad = named(spec, root);
    if !bad.is_empty() {
        detail.push(say(&bad, "must not set runAsUser=0"));
    }
    if !detail.is_empty() {
        found.add("runAsUser=0", detail.join(" and "));
    }
}

fn seccomp_restricted(spec: &Value, found: &mut Found) {
    let fine = |t: &str| matches!(t, "RuntimeDefault" | "Localhost");
    let pod = seccomp_type(spec);
    let wrong = named(spec, |c| {
        !seccomp_type(c).is_empty() && !fine(seccomp_type(c))
    });
    let unset = named(spec, |c| seccomp_type(c).is_empty());
    let mut detail = Vec::new();
    if !pod.is_empty() && !fine(pod) {
        detail.push(format!(
            "pod must not set securityContext.seccompProfile.type to {pod:?}"
        ));
    }
    if !wrong.is_empty() {
        detail.push(say(
            &wrong,
            "must not set securityContext.seccompProfile.type to \"Unconfined\"",
        ));
    }
    if detail.is_empty() && !fine(pod) && !unset.is_empty() {
        detail.push(format!(
            "pod or {}",
            say(&unset, "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"")
        ));
    }
    if !detail.is_empty() {
        found.add("seccompProfile", detail.join(" and "));
    }
}
