//! Security contexts, host namespaces, and what an operating system forbids.

use super::volumes::local_descending;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, i, list, s};
use crate::validation::names;
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
    if !context.is_null() {
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
    }
    if b(spec, "shareProcessNamespace") && b(spec, "hostPID") {
        errs.invalid(
            &path.child("shareProcessNamespace"),
            true,
            "ShareProcessNamespace and HostPID cannot both be enabled",
        );
    }
    if context.is_null() {
        return;
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
    let local = at(profile, "localhostProfile").as_str();
    let at_path = path.child("localhostProfile");
    match s(profile, "type") {
        "Localhost" => match local {
            None => errs.required(&at_path, "must be set when seccomp type is Localhost"),
            Some(v) => local_descending(v, &at_path, errs),
        },
        kind => {
            if local.is_some() {
                errs.invalid(
                    &at_path,
                    dump::go(profile, "core/v1.SeccompProfile"),
                    "can only be set when seccomp type is Localhost",
                );
            }
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
        }
    }
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
        } else if v.chars().any(char::is_control) {
            errs.invalid(
                &at_path,
                v,
                "runAsUserName cannot contain control characters",
            );
        } else if v.matches('\\').count() > 1 {
            errs.invalid(
                &at_path,
                v,
                "runAsUserName cannot contain more than one backslash",
            );
        }
    }
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
    for kind in ["initContainers", "containers"] {
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
            errs.forbidden(&path.child(shown), "when `hostUsers` is false");
        }
    }
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
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
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
    let set = |v: &Value, f: &str| {
        !tree::is_zero(at(v, f)) || matches!(at(v, f), Value::Object(_) | Value::Int(_))
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
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
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
