//! What secrets a pod refers to.

use crate::tree::{at, has, list, s};
use skeg_schema::Value;

const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Volume plugins that are given a secret by the reference `secretRef`.
const PLUGINS: &[&str] = &[
    "cephfs",
    "cinder",
    "flexVolume",
    "iscsi",
    "rbd",
    "scaleIO",
    "storageos",
];

/// Whether a PodSpec refers to some secret, in whatever way.
pub(super) fn any_secret(spec: &Value) -> bool {
    let in_volume = |v: &Value| {
        has(v, "secret")
            || has(v, "azureFile")
            || has(at(v, "csi"), "nodePublishSecretRef")
            || PLUGINS.iter().any(|plugin| has(at(v, plugin), "secretRef"))
            || list(at(v, "projected"), "sources")
                .iter()
                .any(|source| has(source, "secret"))
    };
    let in_container = |c: &Value| {
        list(c, "envFrom").iter().any(|e| has(e, "secretRef"))
            || list(c, "env")
                .iter()
                .any(|e| has(at(e, "valueFrom"), "secretKeyRef"))
    };
    !list(spec, "imagePullSecrets").is_empty()
        || CONTAINERS
            .iter()
            .flat_map(|kind| list(spec, kind))
            .any(in_container)
        || list(spec, "volumes").iter().any(in_volume)
}

/// Whether a PodSpec refers to some config map.
pub(super) fn any_config_map(spec: &Value) -> bool {
    let in_volume = |v: &Value| {
        let sources = list(at(v, "projected"), "sources");
        has(v, "configMap") || sources.iter().any(|source| has(source, "configMap"))
    };
    let in_container = |c: &Value| {
        let of_value = |e: &Value| has(at(e, "valueFrom"), "configMapKeyRef");
        list(c, "envFrom").iter().any(|e| has(e, "configMapRef"))
            || list(c, "env").iter().any(of_value)
    };
    CONTAINERS
        .iter()
        .flat_map(|kind| list(spec, kind))
        .any(in_container)
        || list(spec, "volumes").iter().any(in_volume)
}

/// The first secret that a pod refers to though its account does not list it, told as
/// upstream tells it.
pub(super) fn not_mountable(account: &Value, spec: &Value) -> Result<(), String> {
    let name = s(at(account, "metadata"), "name");
    let listed = |field: &str, secret: &str| {
        list(account, field)
            .iter()
            .any(|reference| s(reference, "name") == secret)
    };
    let not_listed = format!("is not allowed because service account {name} does not reference");
    for volume in list(spec, "volumes") {
        let secret = s(at(volume, "secret"), "secretName");
        if has(volume, "secret") && !listed("secrets", secret) {
            return Err(format!(
                "volume with secret.secretName=\"{secret}\" {not_listed} that secret"
            ));
        }
    }
    for (kind, word) in [
        ("initContainers", "init container"),
        ("containers", "container"),
    ] {
        in_containers(account, list(spec, kind), word)?;
    }
    for (n, reference) in list(spec, "imagePullSecrets").iter().enumerate() {
        let secret = s(reference, "name");
        if !listed("imagePullSecrets", secret) {
            return Err(format!(
                "imagePullSecrets[{n}].name=\"{secret}\" {not_listed} that imagePullSecret"
            ));
        }
    }
    Ok(())
}

/// The same of containers alone, which are called so.
pub(super) fn in_containers(
    account: &Value,
    containers: &[Value],
    word: &str,
) -> Result<(), String> {
    let name = s(at(account, "metadata"), "name");
    let check = |secret: &str, by: &str, container: &Value| {
        let listed = list(account, "secrets")
            .iter()
            .any(|reference| s(reference, "name") == secret);
        if listed {
            return Ok(());
        }
        Err(format!(
            "{word} {} with {by} referencing secret.secretName=\"{secret}\" is not allowed because service account {name} does not reference that secret",
            s(container, "name")
        ))
    };
    for container in containers {
        for variable in list(container, "env") {
            let from = at(at(variable, "valueFrom"), "secretKeyRef");
            if !from.is_null() {
                let by = format!("envVar {}", s(variable, "name"));
                check(s(from, "name"), &by, container)?;
            }
        }
        for variables in list(container, "envFrom") {
            let from = at(variables, "secretRef");
            if !from.is_null() {
                check(s(from, "name"), "envFrom", container)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn secrets_of_every_kind_are_found() {
        for spec in [
            json!({"imagePullSecrets": [{"name": "a"}]}),
            json!({"volumes": [{"secret": {}}]}),
            json!({"volumes": [{"rbd": {"secretRef": {"name": "a"}}}]}),
            json!({"volumes": [{"csi": {"nodePublishSecretRef": {"name": "a"}}}]}),
            json!({"volumes": [{"projected": {"sources": [{"secret": {"name": "a"}}]}}]}),
            json!({"initContainers": [{"envFrom": [{"secretRef": {"name": "a"}}]}]}),
            json!({"containers": [{"env": [{"valueFrom": {"secretKeyRef": {"name": "a"}}}]}]}),
        ] {
            assert!(any_secret(&spec), "{spec}");
        }
        assert!(!any_secret(&json!({"volumes": [{"rbd": {}}]})));
    }

    #[test]
    fn accounts_may_limit_their_pods_to_their_own_secrets() {
        let account = json!({
            "metadata": {"name": "sa"},
            "secrets": [{"name": "mine"}],
            "imagePullSecrets": [{"name": "pull"}],
        });
        let check = |spec: Value, expect: Result<(), &str>| {
            let got = not_mountable(&account, &spec);
            assert_eq!(got, expect.map_err(str::to_owned), "{spec}");
        };
        check(
            json!({
                "volumes": [{"secret": {"secretName": "mine"}}, {"emptyDir": {}}],
                "imagePullSecrets": [{"name": "pull"}],
                "containers": [{"env": [{"valueFrom": {"secretKeyRef": {"name": "mine"}}}]}],
            }),
            Ok(()),
        );
        check(
            json!({"volumes": [{"secret": {"secretName": "x"}}]}),
            Err(
                "volume with secret.secretName=\"x\" is not allowed because service account sa does not reference that secret",
            ),
        );
        check(
            json!({"initContainers": [{"name": "i", "env": [{"name": "V", "valueFrom": {"secretKeyRef": {"name": "x"}}}]}]}),
            Err(
                "init container i with envVar V referencing secret.secretName=\"x\" is not allowed because service account sa does not reference that secret",
            ),
        );
        check(
            json!({"containers": [{"name": "c", "envFrom": [{"secretRef": {"name": "x"}}]}]}),
            Err(
                "container c with envFrom referencing secret.secretName=\"x\" is not allowed because service account sa does not reference that secret",
            ),
        );
        check(
            json!({"imagePullSecrets": [{"name": "pull"}, {"name": "mine"}]}),
            Err(
                "imagePullSecrets[1].name=\"mine\" is not allowed because service account sa does not reference that imagePullSecret",
            ),
        );
    }
}
