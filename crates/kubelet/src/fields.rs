//! Values that a pod's containers may ask for: fields of the pod, and amounts
//! of a container's resources (the downward API).

use skeg_api::core::v1::{Container, Pod};
use skeg_meta::Quantity;

/// A value that cannot be given, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoSuchField(String);

/// The value of a field of a pod, by its path.
///
/// # Errors
/// When no such field can be asked for.
pub(crate) fn pod_field(pod: &Pod, path: &str, host_ips: &[String]) -> Result<String, NoSuchField> {
    let meta = &pod.metadata;
    if let Some((map, key)) = subscript(path) {
        return match map {
            "metadata.labels" => Ok(meta.labels.get(key).cloned().unwrap_or_default()),
            "metadata.annotations" => Ok(meta.annotations.get(key).cloned().unwrap_or_default()),
            _ => Err(NoSuchField(format!("unsupported fieldPath: {path}"))),
        };
    }
    let ips = || {
        pod.status
            .pod_ips
            .iter()
            .map(|ip| ip.ip.clone())
            .collect::<Vec<_>>()
    };
    Ok(match path {
        "metadata.name" => meta.name.clone(),
        "metadata.namespace" => meta.namespace.clone(),
        "metadata.uid" => meta.uid.to_string(),
        "metadata.labels" => format_map(&meta.labels),
        "metadata.annotations" => format_map(&meta.annotations),
        "spec.nodeName" => pod.spec.node_name.clone(),
        "spec.serviceAccountName" => pod.spec.service_account_name.clone(),
        "status.hostIP" => host_ips.first().cloned().unwrap_or_default(),
        "status.hostIPs" => host_ips.join(","),
        "status.podIP" => ips().first().cloned().unwrap_or_default(),
        "status.podIPs" => ips().join(","),
        _ => return Err(NoSuchField(format!("unsupported fieldPath: {path}"))),
    })
}

/// `metadata.labels['key']` taken apart.
fn subscript(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?.split_once("['")
}

/// `key="value"` lines in the order of the keys, as the downward API writes maps.
fn format_map(map: &std::collections::BTreeMap<String, String>) -> String {
    map.iter()
        .map(|(key, value)| format!("{key}={}", skeg_schema::go::quote(value)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// An amount of a container's resources in units of a divisor, rounded up.
/// A limit that is not set is what the node has to give.
///
/// # Errors
/// When no such resource can be asked for.
pub(crate) fn resource_field(
    container: &Container,
    resource: &str,
    divisor: &Quantity,
    allocatable: &std::collections::BTreeMap<String, Quantity>,
) -> Result<String, NoSuchField> {
    let (kind, name) = resource
        .split_once('.')
        .ok_or_else(|| NoSuchField(format!("unsupported container resource: {resource}")))?;
    let amount = match kind {
        "limits" => container
            .resources
            .limits
            .get(name)
            .or_else(|| allocatable.get(name)),
        "requests" => container.resources.requests.get(name),
        _ => {
            return Err(NoSuchField(format!(
                "unsupported container resource: {resource}"
            )));
        }
    };
    let milli = |quantity: &Quantity| quantity.milli_value();
    let amount = amount.map_or(0, |quantity| {
        if name == "cpu" {
            milli(quantity)
        } else {
            quantity.value()
        }
    });
    let divisor = if name == "cpu" {
        milli(divisor)
    } else {
        divisor.value()
    };
    // An unset divisor is one whole.
    let one = if name == "cpu" { 1000 } else { 1 };
    let divisor = if divisor <= 0 { one } else { divisor };
    Ok((amount.saturating_add(divisor - 1) / divisor).to_string())
}

/// Replaces `$(NAME)` by the value of a variable that is known; `$$` is a
/// dollar sign; everything else stays as it is (API documentation of EnvVar).
pub(crate) fn expand(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let reference = rest
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'));
        match reference.and_then(|(name, after)| Some((lookup(name)?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            // What stands for nothing stays as it is, whole.
            None => match reference {
                Some((name, after)) => {
                    out.extend(["$(", name, ")"]);
                    rest = after;
                }
                None => out.push('$'),
            },
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_expanded() {
        let lookup = |name: &str| (name == "A").then(|| "1".to_owned());
        for (text, expect) in [
            ("$(A)$(A)", "11"),
            ("$$(A)", "$(A)"),
            ("$(B)", "$(B)"),
            ("$(B$(A))$(A)", "$(B$(A))1"),
            ("$A $", "$A $"),
            ("x$(A", "x$(A"),
            ("ä$(A)", "ä1"),
        ] {
            assert_eq!(expand(text, &lookup), expect, "{text}");
        }
    }

    #[test]
    fn fields_are_read() {
        let mut pod = Pod::default();
        pod.metadata.name = "p".into();
        pod.metadata.labels.insert("a/b".into(), "x\"y".into());
        assert_eq!(
            pod_field(&pod, "metadata.labels['a/b']", &[]).unwrap(),
            "x\"y"
        );
        assert_eq!(
            pod_field(&pod, "metadata.labels", &[]).unwrap(),
            "a/b=\"x\\\"y\""
        );
        assert_eq!(
            pod_field(&pod, "metadata.annotations['none']", &[]).unwrap(),
            ""
        );
        assert!(pod_field(&pod, "spec.containers", &[]).is_err());
    }

    #[test]
    fn amounts_are_rounded_up() {
        let mut container = Container::default();
        container
            .resources
            .limits
            .insert("cpu".into(), "1500m".parse().unwrap());
        container
            .resources
            .requests
            .insert("memory".into(), "3Mi".parse().unwrap());
        let none = std::collections::BTreeMap::new();
        let get = |resource: &str, divisor: &str| {
            resource_field(&container, resource, &divisor.parse().unwrap(), &none).unwrap()
        };
        assert_eq!(get("limits.cpu", "1"), "2");
        assert_eq!(get("limits.cpu", "1m"), "1500");
        assert_eq!(get("requests.memory", "2Mi"), "2");
        assert_eq!(get("limits.memory", "0"), "0");
    }
}
