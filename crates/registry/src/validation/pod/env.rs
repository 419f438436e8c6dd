//! Environment variables and downward API references.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, s};
use crate::validation::names;
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
    "spec.hostNetwork",
    "spec.host",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
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
    // An empty name is accepted for backward compatibility.
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
    if s(r, "volumeName").is_empty() {
        errs.required(&path.child("volumeName"), "");
    }
    let file = s(r, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    } else {
        super::volumes::local_descending(file, &path.child("path"), errs);
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
                if s(at(e, kind), "name").is_empty() {
                    errs.required(&at_path.child(kind).child("name"), "");
                }
            }
        }
        if count == 0 {
            errs.invalid(
                &at_path,
                "",
                "must specify one of: `configMapRef` or `secretRef`",
            );
        } else if count > 1 {
            errs.invalid(
                &at_path,
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
    let path = path.child("fieldPath");
    if version != "v1" {
        errs.invalid(
            &path,
            field,
            format!("error converting fieldPath: unsupported pod version: {version}"),
        );
        return;
    }
    if let Some((base, key)) = subscript(field) {
        match base {
            "metadata.annotations" => {
                errs.invalid_all(&path, key, names::qualified_name(&key.to_lowercase()));
            }
            "metadata.labels" => errs.invalid_all(&path, key, names::qualified_name(key)),
            other => errs.invalid(&path, other, "does not support subscript"),
        }
        return;
    }
    if !CONVERTIBLE.contains(&field) {
        errs.invalid(
            &path,
            field,
            format!("error converting fieldPath: field label not supported: {field}"),
        );
    } else if !allowed.contains(&field) {
        errs.not_supported(&path, field, allowed);
    }
}

fn subscript(field: &str) -> Option<(&str, &str)> {
    let (base, rest) = field.split_once("['")?;
    Some((base, rest.strip_suffix("']")?))
}

fn resource_ref(r: &Value, volume: bool, path: &Path<'_>, errs: &mut Errs) {
    if volume && s(r, "containerName").is_empty() {
        errs.required(&path.child("containerName"), "");
        return;
    }
    let resource = s(r, "resource");
    if resource.is_empty() {
        errs.required(&path.child("resource"), "");
        return;
    }
    let hugepages =
        resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if !hugepages && !RESOURCES.contains(&resource) {
        errs.not_supported(&path.child("resource"), resource, RESOURCES);
        return;
    }
    divisor(resource, s(r, "divisor"), &path.child("divisor"), errs);
}

fn divisor(resource: &str, divisor: &str, path: &Path<'_>, errs: &mut Errs) {
    if divisor.is_empty() || divisor == "0" {
        return;
    }
    let (allowed, words): (&[&str], &str) = if resource.ends_with(".cpu") {
        (
            &["1m", "1"],
            "only divisor's values 1m and 1 are supported with the cpu resource",
        )
    } else if resource.ends_with(".memory") {
        (
            &[
                "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
            ],
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource",
        )
    } else if resource.contains("hugepages-") {
        (
            &[
                "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
            ],
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the hugepages resource",
        )
    } else {
        (
            &[
                "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
            ],
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the local ephemeral storage resource",
        )
    };
    if !allowed.contains(&divisor) {
        errs.invalid(path, resource, words);
    }
}

/// One file of a downwardAPI volume.
pub fn volume_file(item: &Value, path: &Path<'_>, errs: &mut Errs) {
    let file = s(item, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    }
    super::volumes::local_non_reserved(file, &path.child("path"), errs);
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
