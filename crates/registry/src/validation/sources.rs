//! Where a volume's data comes from: the sources of pods' volumes and of
//! persistent volumes, which differ in small things.

use super::names;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, i, i0, list, s};
use skeg_schema::Value;

/// Who has the source.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// The name of the persistent volume, `None` for a volume of a pod.
    pub persistent: Option<&'a str>,
}

/// A source's field, the path that its own errors have and the one it has when
/// it is one too many: upstream's words are not always the field's.
const SPELLINGS: &[(&str, &str, &str)] = &[
    ("gcePersistentDisk", "persistentDisk", "gcePersistentDisk"),
    ("cephfs", "cephfs", "cephFS"),
    ("downwardAPI", "downwardAPI", "downwarAPI"),
];

/// How a source is called in its own errors.
pub fn own_name(field: &'static str) -> &'static str {
    SPELLINGS
        .iter()
        .find(|(f, _, _)| *f == field)
        .map_or(field, |(_, own, _)| own)
}

/// How a source is called that stands beside another.
pub fn second_name(field: &'static str) -> &'static str {
    SPELLINGS
        .iter()
        .find(|(f, _, _)| *f == field)
        .map_or(field, |(_, _, second)| second)
}

/// Fields that must be there.
pub fn required(v: &Value, fields: &[&str], path: &Path<'_>, errs: &mut Errs) {
    for f in fields {
        if tree::is_zero(at(v, f)) {
            errs.required(&path.child(f), "");
        }
    }
}

/// The rules of a source that pods and persistent volumes share; `false` when
/// it is none of these.
pub fn shared(field: &str, v: &Value, owner: Owner<'_>, path: &Path<'_>, errs: &mut Errs) -> bool {
    match field {
        "hostPath" => host_path(v, path, errs),
        "gcePersistentDisk" => {
            required(v, &["pdName"], path, errs);
            partition(v, path, errs);
        }
        "awsElasticBlockStore" => {
            required(v, &["volumeID"], path, errs);
            partition(v, path, errs);
        }
        "nfs" => nfs(v, path, errs),
        "iscsi" => iscsi(v, owner, path, errs),
        "glusterfs" => glusterfs(v, owner, path, errs),
        "flocker" => flocker(v, path, errs),
        "rbd" => required(v, &["monitors", "image"], path, errs),
        "cinder" => {
            required(v, &["volumeID"], path, errs);
            secret(v, owner, path, errs);
        }
        "cephfs" => required(v, &["monitors"], path, errs),
        "quobyte" => quobyte(v, path, errs),
        "fc" => fc(v, path, errs),
        "flexVolume" => flex(v, path, errs),
        "azureFile" => {
            required(v, &["secretName", "shareName"], path, errs);
            if owner.persistent.is_some() && at(v, "secretNamespace").as_str() == Some("") {
                errs.required(&path.child("secretNamespace"), "");
            }
        }
        "vsphereVolume" => required(v, &["volumePath"], path, errs),
        "photonPersistentDisk" => required(v, &["pdID"], path, errs),
        "portworxVolume" => required(v, &["volumeID"], path, errs),
        "azureDisk" => azure_disk(v, path, errs),
        "scaleIO" => required(v, &["gateway", "system", "volumeName"], path, errs),
        "storageos" => storage_os(v, owner, path, errs),
        _ => return false,
    }
    true
}

fn host_path(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let p = s(v, "path");
    if p.is_empty() {
        errs.required(&path.child("path"), "");
        return;
    }
    no_backsteps(p, &path.child("path"), errs);
    if let Some(kind) = at(v, "type").as_str() {
        errs.one_of(
            &path.child("type"),
            kind,
            &[
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket",
            ],
        );
    }
}

fn partition(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let n = i0(v, "partition");
    if !(0..=255).contains(&n) {
        errs.invalid(
            &path.child("partition"),
            n,
            "must be between 1 and 255, inclusive",
        );
    }
}

fn nfs(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["server", "path"], path, errs);
    let p = s(v, "path");
    if !p.starts_with('/') {
        errs.invalid(&path.child("path"), p, "must be an absolute path");
    }
}

const FORMAT: &str = "must be valid format";
const FORMAT_START: &str = "must be valid format starting with iqn, eui, or naa";

fn word_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// `iqn.2001-04.com.example:storage`; upstream's pattern is not anchored at the
/// front.
fn is_iqn(v: &str) -> bool {
    v.match_indices("iqn.").any(|(start, _)| {
        let rest = &v[start + 4..];
        let date = rest.len() > 8
            && rest.is_char_boundary(8)
            && rest[..8].bytes().enumerate().all(|(n, c)| match n {
                4 => c == b'-',
                7 => c == b'.',
                _ => c.is_ascii_digit(),
            });
        if !date {
            return false;
        }
        let Some((domain, name)) = rest[8..].split_once(':') else {
            return false;
        };
        !domain.is_empty()
            && domain
                .chars()
                .all(|c| word_char(c) || matches!(c, '-' | '.'))
            && !name.is_empty()
            && !name
                .chars()
                .any(|c| matches!(c, ',' | ';' | '*' | '&' | '$' | '|') || c.is_ascii_whitespace())
    })
}

/// `eui.` or `naa.` (any character for the dot) and so many letters or digits.
fn is_code(v: &str, count: usize) -> bool {
    let mut chars = v.chars().skip(3);
    chars.next().is_some_and(|c| c != '\n')
        && chars.clone().count() == count
        && chars.all(word_char)
}

fn initiator_fault(v: &str) -> Option<&'static str> {
    let good = match v.get(..3) {
        Some("iqn") => is_iqn(v),
        Some("eui") => is_code(v, 16),
        Some("naa") => is_code(v, 32),
        _ => return Some(FORMAT_START),
    };
    (!good).then_some(FORMAT)
}

fn iscsi(v: &Value, owner: Owner<'_>, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["targetPortal"], path, errs);
    let portal = s(v, "targetPortal");
    if let Some(name) = owner.persistent
        && has(v, "initiatorName")
        && name.len() + 1 + portal.len() > 64
    {
        errs.invalid(&path.child("targetportal"), portal, ISCSI_TOO_LONG);
    }
    // A persistent volume's words do not tell how the name should begin.
    let words = |fault| match owner.persistent {
        Some(_) => FORMAT,
        None => fault,
    };
    let iqn = s(v, "iqn");
    if iqn.is_empty() {
        errs.required(&path.child("iqn"), "");
    } else if let Some(fault) = initiator_fault(iqn) {
        errs.invalid(&path.child("iqn"), iqn, words(fault));
    }
    let lun = i0(v, "lun");
    if !(0..=255).contains(&lun) {
        errs.invalid(
            &path.child("lun"),
            lun,
            "must be between 0 and 255, inclusive",
        );
    }
    if (b(v, "chapAuthDiscovery") || b(v, "chapAuthSession")) && !has(v, "secretRef") {
        errs.required(&path.child("secretRef"), "");
    }
    if owner.persistent.is_some() && has(v, "secretRef") && s(at(v, "secretRef"), "name").is_empty()
    {
        errs.required(&path.child("secretRef").child("name"), "");
    }
    if let Some(name) = at(v, "initiatorName").as_str()
        && let Some(fault) = initiator_fault(name)
    {
        errs.invalid(&path.child("initiatorname"), name, words(fault));
    }
}

/// What is said of a volume whose name makes the initiator's too long.
pub const ISCSI_TOO_LONG: &str = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

fn glusterfs(v: &Value, owner: Owner<'_>, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["endpoints", "path"], path, errs);
    if owner.persistent.is_none() {
        return;
    }
    let path = path.child("endpointsNamespace");
    match at(v, "endpointsNamespace").as_str() {
        None => {}
        Some("") => errs.invalid(
            &path,
            "",
            "if the endpointnamespace is set, it must be a valid namespace name",
        ),
        Some(ns) => errs.invalid_all(&path, ns, names::dns1123_label(ns, false)),
    }
}

fn flocker(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (name, uuid) = (s(v, "datasetName"), s(v, "datasetUUID"));
    if name.is_empty() && uuid.is_empty() {
        errs.required(path, "one of datasetName and datasetUUID is required");
    }
    if !name.is_empty() && !uuid.is_empty() {
        errs.invalid(
            path,
            "resource",
            "datasetName and datasetUUID can not be specified simultaneously",
        );
    }
    if name.contains('/') {
        errs.invalid(&path.child("datasetName"), name, "must not contain '/'");
    }
}

/// The reference to a secret, in any namespace for persistent volumes.
fn secret(v: &Value, owner: Owner<'_>, path: &Path<'_>, errs: &mut Errs) {
    let r = at(v, "secretRef");
    if r.is_null() {
        return;
    }
    let path = path.child("secretRef");
    required(r, &["name"], &path, errs);
    if owner.persistent.is_some() {
        required(r, &["namespace"], &path, errs);
    }
}

fn quobyte(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WORDS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let registry = s(v, "registry");
    if registry.is_empty() {
        errs.required(&path.child("registry"), WORDS);
    } else if s(v, "tenant").len() >= 65 {
        errs.required(
            &path.child("tenant"),
            "must be a UUID and may not exceed a length of 64 characters",
        );
    } else {
        for pair in registry.split(',') {
            if !is_host_port(pair) {
                errs.invalid(&path.child("registry"), registry, WORDS);
            }
        }
    }
    required(v, &["volume"], path, errs);
}

/// What Go's net.SplitHostPort takes.
fn is_host_port(v: &str) -> bool {
    if let Some(rest) = v.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(host, port)| {
            !host.contains('[') && port.starts_with(':') && !port[1..].contains([':', '[', ']'])
        });
    }
    v.matches(':').count() == 1 && !v.contains(['[', ']'])
}

fn fc(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (targets, ids) = (list(v, "targetWWNs"), list(v, "wwids"));
    if targets.is_empty() && ids.is_empty() {
        errs.required(
            &path.child("targetWWNs"),
            "must specify either targetWWNs or wwids, but not both",
        );
    }
    if !targets.is_empty() && !ids.is_empty() {
        errs.invalid(
            &path.child("targetWWNs"),
            Value::Array(targets.to_vec()),
            "targetWWNs and wwids can not be specified simultaneously",
        );
    }
    if targets.is_empty() {
        return;
    }
    match i(v, "lun") {
        None => errs.required(
            &path.child("lun"),
            "lun is required if targetWWNs is specified",
        ),
        Some(lun) if !(0..=255).contains(&lun) => {
            errs.invalid(
                &path.child("lun"),
                lun,
                "must be between 0 and 255, inclusive",
            );
        }
        Some(_) => {}
    }
}

fn flex(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["driver"], path, errs);
    let options = path.child("options");
    for (key, _) in tree::sorted_pairs(at(v, "options")) {
        let domain = key.split_once('/').map_or(key, |(domain, _)| domain);
        let dotted = format!(".{}", domain.to_lowercase());
        if dotted.ends_with(".kubernetes.io") || dotted.ends_with(".k8s.io") {
            errs.invalid(
                &options.key(key),
                key,
                "kubernetes.io and k8s.io namespaces are reserved",
            );
        }
    }
}

fn azure_disk(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    const MANAGED: &str = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
    const BLOB: &str =
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    required(v, &["diskName", "diskURI"], path, errs);
    if let Some(mode) = at(v, "cachingMode").as_str() {
        errs.one_of(
            &path.child("cachingMode"),
            mode,
            &["None", "ReadOnly", "ReadWrite"],
        );
    }
    let Some(kind) = at(v, "kind").as_str() else {
        return;
    };
    errs.one_of(
        &path.child("kind"),
        kind,
        &["Dedicated", "Managed", "Shared"],
    );
    let uri = s(v, "diskURI");
    let (start, form) = if kind == "Managed" {
        ("/subscriptions/", MANAGED)
    } else {
        ("https://", BLOB)
    };
    if !uri.starts_with(start) {
        errs.not_supported(&path.child("diskURI"), uri, &[form]);
    }
}

fn storage_os(v: &Value, owner: Owner<'_>, path: &Path<'_>, errs: &mut Errs) {
    let name = s(v, "volumeName");
    if name.is_empty() {
        errs.required(&path.child("volumeName"), "");
    } else {
        errs.invalid_all(
            &path.child("volumeName"),
            name,
            names::dns1123_label(name, false),
        );
    }
    let ns = s(v, "volumeNamespace");
    if !ns.is_empty() {
        errs.invalid_all(
            &path.child("volumeNamespace"),
            ns,
            names::dns1123_label(ns, false),
        );
    }
    secret(v, owner, path, errs);
}

/// The name of a CSI driver.
pub fn csi_driver_name(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.is_empty() {
        errs.required(path, "");
    }
    if v.len() > 63 {
        errs.too_long(path, 63);
    }
    if !v.is_empty() {
        errs.invalid_all(path, v, names::dns1123_subdomain(&v.to_lowercase(), false));
    }
}

/// A secret that is named with its namespace.
pub fn secret_reference(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    for (field, rule) in [
        (
            "name",
            names::dns1123_subdomain as fn(&str, bool) -> Vec<String>,
        ),
        ("namespace", names::dns1123_label),
    ] {
        let v = s(r, field);
        if v.is_empty() {
            errs.required(&path.child(field), "");
        } else {
            errs.invalid_all(&path.child(field), v, rule(v, false));
        }
    }
}

/// A relative path that does not climb.
pub fn local_descending(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.starts_with('/') {
        errs.invalid(path, v, "must be a relative path");
    }
    no_backsteps(v, path, errs);
}

/// The same, and no name that begins with `..`.
pub fn local_non_reserved(v: &str, path: &Path<'_>, errs: &mut Errs) {
    local_descending(v, path, errs);
    if v.starts_with("..") && !v.starts_with("../") {
        errs.invalid(path, v, "must not start with '..'");
    }
}

/// No `..` among the segments.
pub fn no_backsteps(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.split('/').any(|seg| seg == "..") {
        errs.invalid(path, v, "must not contain '..'");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_initiators() {
        for good in [
            "iqn.2001-04.com.example:storage.disk1",
            "eui.0123456789abcdef",
            "naa.0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(initiator_fault(good), None, "{good}");
        }
        for (bad, fault) in [
            ("iqn", FORMAT),
            ("iqn.2001-4.com:x", FORMAT),
            ("iqn.2001-04.com.example", FORMAT),
            ("iqn.2001-04.com.example:a b", FORMAT),
            ("eui.0123", FORMAT),
            ("naa.x", FORMAT),
            ("foo", FORMAT_START),
            ("", FORMAT_START),
            ("ïqn", FORMAT_START),
        ] {
            assert_eq!(initiator_fault(bad), Some(fault), "{bad}");
        }
    }

    #[test]
    fn hosts_and_ports() {
        for (v, good) in [
            ("a:1", true),
            ("[::1]:2", true),
            ("a", false),
            ("a:1:2", false),
            ("[::1]", false),
            ("[]]:1", false),
        ] {
            assert_eq!(is_host_port(v), good, "{v}");
        }
    }
}
