//! Security contexts, host namespaces, and what an operating system forbids.

use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, i, list, s};
use crate::validation::names;
use crate::validation::sources::local_descending;
use skeg_schema::Value;
use std::collections::HashSet;

const ID_RANGE: &str = "must be between 0 and 2147483647, inclusive";

fn id(v: Option<i64>, path: &Path<'_>, errs: &mut Errs) {
    if let Some(v) = v
        && !(0..=i64::from(i32::MAX)).contains(&v)
    {
        errs.invalid(path, v, ID_RANGE);
    }
}

/// The pod's own context.
pub fn pod_context(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let context = at(spec, "securityContext");
    let at_path = path.child("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(i(context, field), &at_path.child(field), errs);
    }
    for (n, g) in list(context, "supplementalGroups").iter().enumerate() {
        id(
            g.as_i64(),
            &at_path.child("supplementalGroups").index(n),
            errs,
        );
    }
    if b(spec, "shareProcessNamespace") && b(spec, "hostPID") {
        errs.invalid(
            &path.child("shareProcessNamespace"),
            true,
            "ShareProcessNamespace and HostPID cannot both be enabled",
        );
    }
    sysctls(
        spec,
        list(context, "sysctls"),
        &at_path.child("sysctls"),
        errs,
    );
    for (field, allowed) in [(
        "fsGroupChangePolicy",
        ["Always", "OnRootMismatch"].as_slice(),
    )] {
        if let Some(v) = at(context, field).as_str() {
            errs.one_of(&at_path.child(field), v, allowed);
        }
    }
    seccomp(
        at(context, "seccompProfile"),
        &at_path.child("seccompProfile"),
        errs,
    );
    windows_options(
        at(context, "windowsOptions"),
        &at_path.child("windowsOptions"),
        errs,
    );
    app_armor(
        at(context, "appArmorProfile"),
        &at_path.child("appArmorProfile"),
        errs,
    );
    for (field, allowed) in [
        ("supplementalGroupsPolicy", ["Merge", "Strict"].as_slice()),
        (
            "seLinuxChangePolicy",
            ["MountOption", "Recursive"].as_slice(),
        ),
    ] {
        if let Some(v) = at(context, field).as_str() {
            errs.one_of(&at_path.child(field), v, allowed);
        }
    }
}

fn sysctls(spec: &Value, all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, sysctl) in all.iter().enumerate() {
        let name = s(sysctl, "name");
        let at_path = path.index(n);
        let at_path = at_path.child("name");
        if name.is_empty() {
            errs.required(&at_path, "");
        } else if !names::is_sysctl(name) {
            errs.invalid(
                &at_path,
                name,
                "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
            );
        } else if seen.contains(name) {
            errs.duplicate(&at_path, name);
        }
        let dotted = dotted(name);
        if b(spec, "hostNetwork") && dotted.starts_with("net.") {
            errs.invalid(
                &at_path,
                name,
                "may not be specified when 'hostNetwork' is true",
            );
        }
        let ipc = ["kernel.shm", "kernel.msg", "fs.mqueue."]
            .iter()
            .any(|p| dotted.starts_with(p))
            || dotted == "kernel.sem";
        if b(spec, "hostIPC") && ipc {
            errs.invalid(
                &at_path,
                name,
                "may not be specified when 'hostIPC' is true",
            );
        }
        seen.insert(name);
    }
}

// The separator that comes first decides which of the two spellings it is.
fn dotted(name: &str) -> String {
    match name.find(['.', '/']) {
        Some(n) if name.as_bytes()[n] == b'/' => name
            .chars()
            .map(|c| match c {
                '/' => '.',
                '.' => '/',
                c => c,
            })
            .collect(),
        _ => name.to_owned(),
    }
}

fn seccomp(profile: &Value, path: &Path<'_>, errs: &mut Errs) {
    if profile.is_null() {
        return;
    }
    let kind = s(profile, "type");
    match kind {
        "" => errs.required(
            &path.child("type"),
            "type is required when seccompProfile is set",
        ),
        other => errs.one_of(
            &path.child("type"),
            other,
            &["Localhost", "RuntimeDefault", "Unconfined"],
        ),
    }
    let local = at(profile, "localhostProfile").as_str();
    let at_path = path.child("localhostProfile");
    match (kind, local) {
        ("Localhost", None) => {
            errs.required(&at_path, "must be set when seccomp type is Localhost");
        }
        ("Localhost", Some(v)) => local_descending(v, &at_path, errs),
        (_, Some(_)) => errs.invalid(
            &at_path,
            dump::go(profile, "core/v1.SeccompProfile"),
            "can only be set when seccomp type is Localhost",
        ),
        (_, None) => {}
    }
}

/// Whether this is a profile of AppArmor without a fault.
pub fn is_app_armor(profile: &Value) -> bool {
    let mut errs = Errs::new();
    app_armor(profile, &Path::NIL, &mut errs);
    errs.is_empty()
}

fn app_armor(profile: &Value, path: &Path<'_>, errs: &mut Errs) {
    if profile.is_null() {
        return;
    }
    let local = at(profile, "localhostProfile").as_str();
    let at_path = path.child("localhostProfile");
    match s(profile, "type") {
        "Localhost" => match local {
            None => errs.required(&at_path, "must be set when AppArmor type is Localhost"),
            Some(v) => {
                if v.trim() != v {
                    errs.invalid(&at_path, v, "must not be padded with whitespace");
                }
                if v.is_empty() {
                    errs.required(&at_path, "must be set when AppArmor type is Localhost");
                }
                if v.len() > 4095 {
                    errs.too_long(&at_path, 4095);
                }
            }
        },
        "RuntimeDefault" | "Unconfined" => {
            if let Some(v) = local {
                errs.invalid(
                    &at_path,
                    v,
                    "can only be set when AppArmor type is Localhost",
                );
            }
        }
        "" => errs.required(
            &path.child("type"),
            "type is required when appArmorProfile is set",
        ),
        other => errs.not_supported(
            &path.child("type"),
            other,
            &["Localhost", "RuntimeDefault", "Unconfined"],
        ),
    }
}

/// The deprecated seccomp annotations.
pub fn seccomp_annotation(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if matches!(v, "runtime/default" | "docker/default" | "unconfined") {
        return;
    }
    match v.strip_prefix("localhost/") {
        Some(local) => local_descending(local, path, errs),
        None => errs.invalid(path, v, "must be a valid seccomp profile"),
    }
}

fn windows_options(o: &Value, path: &Path<'_>, errs: &mut Errs) {
    if let Some(v) = at(o, "gmsaCredentialSpecName").as_str() {
        errs.invalid_all(
            &path.child("gmsaCredentialSpecName"),
            v,
            names::dns1123_subdomain(v, false),
        );
    }
    if let Some(v) = at(o, "gmsaCredentialSpec").as_str() {
        let at_path = path.child("gmsaCredentialSpec");
        if v.is_empty() {
            errs.invalid(&at_path, v, "gmsaCredentialSpec cannot be an empty string");
        } else if v.len() > 64 * 1024 {
            errs.invalid(&at_path, v, "gmsaCredentialSpec size must be under 64 KiB");
        }
    }
    if let Some(v) = at(o, "runAsUserName").as_str() {
        let at_path = path.child("runAsUserName");
        if v.is_empty() {
            errs.invalid(&at_path, v, "runAsUserName cannot be an empty string");
        } else if v.bytes().any(|c| c.is_ascii_control()) {
            errs.invalid(
                &at_path,
                v,
                "runAsUserName cannot contain control characters",
            );
        } else {
            windows_user(v, &at_path, errs);
        }
    }
}

const DOMAIN_MAX: usize = 256;
const USER_MAX: usize = 104;

/// `user` or `domain\user`.
fn windows_user(v: &str, path: &Path<'_>, errs: &mut Errs) {
    let (domain, user) = match v.split_once('\\') {
        Some((_, rest)) if rest.contains('\\') => {
            errs.invalid(
                path,
                v,
                "runAsUserName cannot contain more than one backslash",
            );
            return;
        }
        Some((domain, user)) => (Some(domain), user),
        None => (None, v),
    };
    let mut fault = |words: String| errs.invalid(path, v, words);
    if let Some(domain) = domain {
        if domain.len() >= DOMAIN_MAX {
            fault(format!(
                "runAsUserName's Domain length must be under {DOMAIN_MAX} characters"
            ));
        }
        if !is_net_bios(domain) && !is_windows_dns(domain) {
            fault("runAsUserName's Domain doesn't match the NetBios nor the DNS format".into());
        }
    }
    if user.is_empty() {
        fault("runAsUserName's User cannot be empty".into());
    } else if user.len() > USER_MAX {
        fault(format!(
            "runAsUserName's User length must not be longer than {USER_MAX} characters"
        ));
    }
    if !user.is_empty() && user.chars().all(|c| matches!(c, '.' | ' ')) {
        fault("runAsUserName's User cannot contain only periods or spaces".into());
    }
    if user.contains([
        '"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']',
    ]) {
        fault(
            r#"runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"#
                .into(),
        );
    }
}

fn is_net_bios(v: &str) -> bool {
    let count = v.chars().count();
    (1..=15).contains(&count)
        && !v.starts_with('.')
        && !v.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|'])
}

fn is_windows_dns(v: &str) -> bool {
    v.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

/// A container's context.
pub fn container_context(c: &Value, spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let context = at(c, "securityContext");
    if context.is_null() {
        return;
    }
    for field in ["runAsUser", "runAsGroup"] {
        id(i(context, field), &path.child(field), errs);
    }
    if let Some(v) = at(context, "procMount").as_str() {
        let at_path = path.child("procMount");
        errs.one_of(&at_path, v, &["Default", "Unmasked"]);
        let own_users = at(spec, "hostUsers").as_bool() == Some(false);
        if v == "Unmasked" && !own_users {
            errs.invalid(&at_path, v, "`hostUsers` must be false to use `Unmasked`");
        }
    }
    seccomp(
        at(context, "seccompProfile"),
        &path.child("seccompProfile"),
        errs,
    );
    if at(context, "allowPrivilegeEscalation").as_bool() == Some(false) {
        let whole = || dump::go(context, "core/v1.SecurityContext");
        if b(context, "privileged") {
            errs.invalid(
                path,
                whole(),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
            );
        }
        for cap in list(at(context, "capabilities"), "add") {
            if cap.as_str() == Some("CAP_SYS_ADMIN") {
                errs.invalid(
                    path,
                    whole(),
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
                );
            }
        }
    }
    windows_options(
        at(context, "windowsOptions"),
        &path.child("windowsOptions"),
        errs,
    );
    app_armor(
        at(context, "appArmorProfile"),
        &path.child("appArmorProfile"),
        errs,
    );
}

/// Windows' host process pods: all containers or none, on the host's network.
pub fn host_process(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let options =
        |v: &Value| tree::path(v, &["securityContext", "windowsOptions", "hostProcess"]).as_bool();
    let pod = options(spec);
    let (mut with, mut without) = (0, 0);
    for kind in ALL_KINDS {
        let kind_path = path.child(kind);
        for (n, c) in list(spec, kind).iter().enumerate() {
            let own = options(c);
            if let (Some(p), Some(o)) = (pod, own)
                && p != o
            {
                errs.invalid(
                    &kind_path
                        .index(n)
                        .child("securityContext")
                        .child("windowsOptions")
                        .child("hostProcess"),
                    o,
                    format!(
                        "pod hostProcess value must be identical if both are specified, was {p}"
                    ),
                );
            }
            if own.or(pod) == Some(true) {
                with += 1;
            } else {
                without += 1;
            }
        }
    }
    if with == 0 {
        return;
    }
    if without > 0 {
        errs.invalid(
            path,
            "",
            "If pod contains any hostProcess containers then all containers must be HostProcess containers",
        );
    }
    if !b(spec, "hostNetwork") {
        errs.invalid(
            &path.child("hostNetwork"),
            false,
            "hostNetwork must be true if pod contains any hostProcess containers",
        );
    }
}

/// A pod with users of its own shares no namespace of the host.
pub fn host_users(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    if at(spec, "hostUsers").as_bool() != Some(false) {
        return;
    }
    for (field, shown) in [
        ("hostNetwork", "hostNetwork"),
        ("hostPID", "HostPID"),
        ("hostIPC", "HostIPC"),
    ] {
        if b(spec, field) {
            errs.forbidden(&path.child(shown), OWN_USERS);
        }
    }
    for kind in ALL_KINDS {
        for (n, c) in list(spec, kind).iter().enumerate() {
            if !list(c, "volumeDevices").is_empty() {
                errs.forbidden(&path.child(kind).index(n).child("volumeDevices"), OWN_USERS);
            }
        }
    }
}

const OWN_USERS: &str = "when `hostUsers` is false";

/// Where containers stand in a spec, in upstream's order.
const ALL_KINDS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// The old annotations for profiles must say what the fields say.
pub fn profile_annotations(meta: &Value, spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let annotations = at(meta, "annotations");
    if tree::is_zero(annotations) {
        return;
    }
    let annotation = |key: &str| at(annotations, key).as_str();
    let pod_context = at(spec, "securityContext");
    let p_path = path.child("securityContext");
    if let Some(text) = annotation("seccomp.security.alpha.kubernetes.io/pod") {
        let profile = at(pod_context, "seccompProfile");
        seccomp_matches(text, profile, &p_path.child("seccompProfile"), errs);
    }
    for kind in ALL_KINDS {
        let kind_path = path.child(kind);
        for (n, c) in list(spec, kind).iter().enumerate() {
            let key = format!(
                "container.seccomp.security.alpha.kubernetes.io/{}",
                s(c, "name")
            );
            if let Some(text) = annotation(&key) {
                let c_path = kind_path.index(n);
                let c_path = c_path.child("securityContext");
                let profile = at(at(c, "securityContext"), "seccompProfile");
                seccomp_matches(text, profile, &c_path.child("seccompProfile"), errs);
            }
        }
    }
    if tree::sp(spec, &["os", "name"]) == "windows" {
        return;
    }
    for kind in ALL_KINDS {
        let kind_path = path.child(kind);
        for (n, c) in list(spec, kind).iter().enumerate() {
            let key = format!(
                "container.apparmor.security.beta.kubernetes.io/{}",
                s(c, "name")
            );
            let Some(text) = annotation(&key) else {
                continue;
            };
            let own = at(at(c, "securityContext"), "appArmorProfile");
            let profile = if own.is_null() {
                at(pod_context, "appArmorProfile")
            } else {
                own
            };
            let c_path = kind_path.index(n);
            let c_path = c_path.child("securityContext");
            app_armor_matches(text, profile, &c_path.child("appArmorProfile"), errs);
        }
    }
}

/// Whether an annotation names the kind of profile, and of a local one its name.
fn profile_matches(
    text: &str,
    profile: &Value,
    default: &[&str],
    what: &str,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let kind_fits = match s(profile, "type") {
        "Unconfined" => text == "unconfined",
        "RuntimeDefault" => default.contains(&text),
        "Localhost" => match text.strip_prefix("localhost/") {
            None => false,
            Some(name) => {
                if at(profile, "localhostProfile").as_str() != Some(name) {
                    errs.forbidden(
                        &path.child("localhostProfile"),
                        format!("{what} profile in annotation and field must match"),
                    );
                }
                true
            }
        },
        _ => true,
    };
    if !kind_fits {
        errs.forbidden(
            &path.child("type"),
            format!("{what} type in annotation and field must match"),
        );
    }
}

fn seccomp_matches(text: &str, profile: &Value, path: &Path<'_>, errs: &mut Errs) {
    let default = ["runtime/default", "docker/default"];
    profile_matches(text, profile, &default, "seccomp", path, errs);
}

fn app_armor_matches(text: &str, profile: &Value, path: &Path<'_>, errs: &mut Errs) {
    profile_matches(text, profile, &["runtime/default"], "apparmor", path, errs);
}

/// Fields that only Windows knows.
pub fn linux_only(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WORDS: &str = "windows options cannot be set for a linux pod";
    if has(at(spec, "securityContext"), "windowsOptions") {
        errs.forbidden(
            &path.child("securityContext").child("windowsOptions"),
            WORDS,
        );
    }
    for kind in ALL_KINDS {
        for (n, c) in list(spec, kind).iter().enumerate() {
            if has(at(c, "securityContext"), "windowsOptions") {
                errs.forbidden(
                    &path
                        .child(kind)
                        .index(n)
                        .child("securityContext")
                        .child("windowsOptions"),
                    WORDS,
                );
            }
        }
    }
}

/// Fields that Windows does not know.
pub fn windows_only(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WORDS: &str = "cannot be set for a windows pod";
    let context = at(spec, "securityContext");
    let context_path = path.child("securityContext");
    // All others are pointers: what they say counts even if it is no.
    let set = |v: &Value, f: &str| match f {
        "hostPID" | "hostIPC" | "sysctls" => !tree::is_zero(at(v, f)),
        _ => has(v, f),
    };
    for (on_context, field) in [
        (true, "appArmorProfile"),
        (true, "seLinuxOptions"),
        (true, "seccompProfile"),
        (true, "fsGroup"),
        (true, "fsGroupChangePolicy"),
        (true, "sysctls"),
        (true, "runAsUser"),
        (true, "runAsGroup"),
        (true, "supplementalGroups"),
        (true, "supplementalGroupsPolicy"),
        (true, "seLinuxChangePolicy"),
        (false, "hostUsers"),
        (false, "hostPID"),
        (false, "hostIPC"),
        (false, "shareProcessNamespace"),
    ] {
        let (place, place_path) = if on_context {
            (context, &context_path)
        } else {
            (spec, path)
        };
        if set(place, field) {
            errs.forbidden(&place_path.child(field), WORDS);
        }
    }
    for kind in ALL_KINDS {
        for (n, c) in list(spec, kind).iter().enumerate() {
            let own = at(c, "securityContext");
            let kind_path = path.child(kind);
            let index = kind_path.index(n);
            let own_path = index.child("securityContext");
            for field in [
                "appArmorProfile",
                "seLinuxOptions",
                "seccompProfile",
                "capabilities",
                "readOnlyRootFilesystem",
                "privileged",
                "allowPrivilegeEscalation",
                "procMount",
                "runAsUser",
                "runAsGroup",
            ] {
                if has(own, field) {
                    errs.forbidden(&own_path.child(field), WORDS);
                }
            }
        }
    }
}
