//! Environment variables and downward API references.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, list, s};
use crate::validation::{names, numbers, sources};
use skeg_schema::Value;

const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const VOLUME_FIELDS: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];
const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];
/// Field labels that any pod field reference may use, before the caller's own
/// list is asked.
const CONVERTIBLE: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// `env` of a container.
pub fn vars(env: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, e) in env.iter().enumerate() {
        let at_path = path.index(n);
        let name = s(e, "name");
        if name.is_empty() {
            errs.required(&at_path.child("name"), "");
        } else {
            errs.invalid_all(&at_path.child("name"), name, names::env_var_name(name));
        }
        if has(e, "valueFrom") {
            value_from(e, &at_path.child("valueFrom"), errs);
        }
    }
}

fn value_from(e: &Value, path: &Path<'_>, errs: &mut Errs) {
    let from = at(e, "valueFrom");
    let mut sources = 0;
    if has(from, "fieldRef") {
        sources += 1;
        field_ref(at(from, "fieldRef"), FIELDS, &path.child("fieldRef"), errs);
    }
    if has(from, "resourceFieldRef") {
        sources += 1;
        resource_ref(
            at(from, "resourceFieldRef"),
            false,
            &path.child("resourceFieldRef"),
            errs,
        );
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
        if has(from, kind) {
            sources += 1;
            key_ref(at(from, kind), &path.child(kind), errs);
        }
    }
    if has(from, "fileKeyRef") {
        sources += 1;
        file_key_ref(at(from, "fileKeyRef"), &path.child("fileKeyRef"), errs);
    }
    if sources == 0 {
        errs.invalid(
            path,
            "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        );
    } else if !s(e, "value").is_empty() {
        errs.invalid(path, "", "may not be specified when `value` is not empty");
    } else if sources > 1 {
        errs.invalid(
            path,
            "",
            "may not have more than one field specified at a time",
        );
    }
}

fn key_ref(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    let name = s(r, "name");
    errs.invalid_all(
        &path.child("name"),
        name,
        names::dns1123_subdomain(name, false),
    );
    let key = s(r, "key");
    if key.is_empty() {
        errs.required(&path.child("key"), "");
    } else {
        errs.invalid_all(&path.child("key"), key, names::config_key(key));
    }
}

fn file_key_ref(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    let key = s(r, "key");
    if key.is_empty() {
        errs.required(&path.child("key"), "");
    } else {
        errs.invalid_all(&path.child("key"), key, names::env_var_name(key));
    }
    let volume = s(r, "volumeName");
    if volume.is_empty() {
        errs.required(&path.child("volumeName"), "");
    } else {
        errs.invalid_all(
            &path.child("volumeName"),
            volume,
            names::dns1123_label(volume, false),
        );
    }
    let file = s(r, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    } else {
        sources::no_backsteps(file, &path.child("path"), errs);
    }
}

/// `envFrom` of a container.
pub fn from(sources: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, e) in sources.iter().enumerate() {
        let at_path = path.index(n);
        let prefix = s(e, "prefix");
        if !prefix.is_empty() {
            errs.invalid_all(
                &at_path.child("prefix"),
                prefix,
                names::env_var_name(prefix),
            );
        }
        let mut count = 0;
        for kind in ["configMapRef", "secretRef"] {
            if has(e, kind) {
                count += 1;
                let name = s(at(e, kind), "name");
                let n_path = at_path.child(kind);
                let n_path = n_path.child("name");
                if name.is_empty() {
                    errs.required(&n_path, "");
                } else {
                    errs.invalid_all(&n_path, name, names::dns1123_subdomain(name, true));
                }
            }
        }
        if count == 0 {
            errs.invalid(
                path,
                "",
                "must specify one of: `configMapRef` or `secretRef`",
            );
        } else if count > 1 {
            errs.invalid(
                path,
                "",
                "may not have more than one field specified at a time",
            );
        }
    }
}

fn field_ref(r: &Value, allowed: &[&str], path: &Path<'_>, errs: &mut Errs) {
    let (version, field) = (s(r, "apiVersion"), s(r, "fieldPath"));
    if version.is_empty() {
        errs.required(&path.child("apiVersion"), "");
        return;
    }
    if field.is_empty() {
        errs.required(&path.child("fieldPath"), "");
        return;
    }
    let f_path = path.child("fieldPath");
    if version != "v1" {
        errs.invalid(
            &f_path,
            field,
            format!("error converting fieldPath: unsupported pod version: {version}"),
        );
        return;
    }
    if let Some((base, key)) = subscript(field) {
        match base {
            "metadata.annotations" => {
                errs.invalid_all(
                    path,
                    &key.to_lowercase(),
                    names::qualified_name(&key.to_lowercase()),
                );
            }
            "metadata.labels" => errs.invalid_all(path, key, names::qualified_name(key)),
            _ => errs.invalid(
                &f_path,
                field,
                format!(
                    "error converting fieldPath: field label does not support subscript: {field}"
                ),
            ),
        }
        return;
    }
    // The old name of a field.
    let known = if field == "spec.host" {
        "spec.nodeName"
    } else {
        field
    };
    if !CONVERTIBLE.contains(&known) {
        errs.invalid(
            &f_path,
            field,
            format!("error converting fieldPath: field label not supported: {field}"),
        );
    } else if !allowed.contains(&known) {
        errs.not_supported(&f_path, known, allowed);
    }
}

fn subscript(field: &str) -> Option<(&str, &str)> {
    let (base, key) = field.strip_suffix("']")?.split_once("['")?;
    (!base.is_empty()).then_some((base, key))
}

fn resource_ref(r: &Value, volume: bool, path: &Path<'_>, errs: &mut Errs) {
    let resource = s(r, "resource");
    let hugepages =
        resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if volume && s(r, "containerName").is_empty() {
        errs.required(&path.child("containerName"), "");
    } else if resource.is_empty() {
        errs.required(&path.child("resource"), "");
    } else if !hugepages && !RESOURCES.contains(&resource) {
        errs.not_supported(&path.child("resource"), resource, RESOURCES);
    }
    divisor(resource, at(r, "divisor"), &path.child("divisor"), errs);
}

fn divisor(resource: &str, divisor: &Value, path: &Path<'_>, errs: &mut Errs) {
    const BYTES: &[&str] = &[
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ];
    let q = numbers::quantity(divisor);
    if q == skeg_meta::Quantity::default() {
        return;
    }
    let (part, name) = resource.split_once('.').unwrap_or_default();
    if !matches!(part, "limits" | "requests") {
        return;
    }
    let (allowed, called) = match name {
        "cpu" => (["1m", "1"].as_slice(), "cpu"),
        "memory" => (BYTES, "memory"),
        "ephemeral-storage" => (BYTES, "local ephemeral storage"),
        name if name.starts_with("hugepages-") => (BYTES, "hugepages"),
        _ => return,
    };
    if !allowed.contains(&q.to_string().as_str()) {
        let listed = if called == "cpu" {
            "1m and 1".to_owned()
        } else {
            BYTES.join(", ")
        };
        errs.invalid(
            path,
            resource,
            format!("only divisor's values {listed} are supported with the {called} resource"),
        );
    }
}

/// One file of a downwardAPI volume.
pub fn volume_file(item: &Value, path: &Path<'_>, errs: &mut Errs) {
    let file = s(item, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    }
    sources::local_non_reserved(file, &path.child("path"), errs);
    match (has(item, "fieldRef"), has(item, "resourceFieldRef")) {
        (true, both) => {
            field_ref(
                at(item, "fieldRef"),
                VOLUME_FIELDS,
                &path.child("fieldRef"),
                errs,
            );
            if both {
                errs.invalid(
                    path,
                    "resource",
                    "fieldRef and resourceFieldRef can not be specified simultaneously",
                );
            }
        }
        (false, true) => resource_ref(
            at(item, "resourceFieldRef"),
            true,
            &path.child("resourceFieldRef"),
            errs,
        ),
        (false, false) => {
            errs.required(path, "one of fieldRef and resourceFieldRef is required");
        }
    }
    super::volumes::mode(item, "mode", path, errs);
}

/// Files of variables are read from emptyDir volumes.
pub fn file_volumes(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
        let kind_path = path.child(kind);
        for (n, c) in list(spec, kind).iter().enumerate() {
            let c_path = kind_path.index(n);
            let env_path = c_path.child("env");
            for (m, e) in list(c, "env").iter().enumerate() {
                let from = at(e, "valueFrom");
                if !has(from, "fileKeyRef") {
                    continue;
                }
                let name = s(at(from, "fileKeyRef"), "volumeName");
                let v_path = env_path.index(m);
                let v_path = v_path.child("valueFrom");
                let v_path = v_path.child("fileKeyRef");
                let v_path = v_path.child("volumeName");
                // The last of the volumes with one name counts.
                let volume = list(spec, "volumes").iter().rfind(|v| s(v, "name") == name);
                match volume {
                    None => errs.not_found(&v_path, name),
                    Some(v) if !has(v, "emptyDir") => {
                        errs.invalid(&v_path, name, "referenced volume must be of type emptyDir")
                    }
                    Some(_) => {}
                }
            }
        }
    }
}
