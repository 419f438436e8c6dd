//! What a pod takes from other objects: config maps, secrets and its service
//! account. A container starts when they are there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use skeg_api::core::v1::{
    ConfigMap, Container, EnvVarSource, KeyToPath, Pod, Secret, ServiceAccount, Volume,
};

/// The volume that the API server adds to pods; what it takes beside the
/// token is not looked for, for the controller that makes it may not run.
const TOKEN_VOLUME: &str = "kube-api-access-";

/// An object that a pod refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    ConfigMap(String),
    Secret(String),
    ServiceAccount(String),
}

/// What has been found, by kind and name; `None` where there is none.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) config_maps: BTreeMap<String, Option<Arc<ConfigMap>>>,
    pub(crate) secrets: BTreeMap<String, Option<Arc<Secret>>>,
    pub(crate) accounts: BTreeMap<String, Option<Arc<ServiceAccount>>>,
}

/// Why containers of a pod cannot start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacks {
    /// A volume that cannot be mounted: no container starts.
    pub(crate) mount: Option<String>,
    /// By container: what its environment lacks.
    pub(crate) environment: BTreeMap<String, String>,
}

impl Lacks {
    pub(crate) fn is_empty(&self) -> bool {
        self.mount.is_none() && self.environment.is_empty()
    }
}

/// Everything that a pod refers to.
pub(crate) fn of(pod: &Pod) -> BTreeSet<Need> {
    let mut needs = BTreeSet::new();
    // Every look-up is noted, and none fails.
    let mut note = |need: Need| {
        needs.insert(need);
        Look::Any
    };
    let _ = look(pod, &mut note);
    needs
}

/// What of it is not there.
pub(crate) fn lacks(pod: &Pod, found: &Found) -> Lacks {
    look(pod, &mut |need| match need {
        Need::ConfigMap(name) => match found.config_maps.get(&name) {
            Some(Some(map)) => {
                let keys = map.data.keys().chain(map.binary_data.keys());
                Look::Keys(keys.cloned().collect())
            }
            _ => Look::Nothing,
        },
        Need::Secret(name) => match found.secrets.get(&name) {
            Some(Some(secret)) => Look::Keys(secret.data.keys().cloned().collect()),
            _ => Look::Nothing,
        },
        Need::ServiceAccount(name) => match found.accounts.get(&name) {
            Some(Some(_)) => Look::Any,
            _ => Look::Nothing,
        },
    })
}

/// What a look-up gives.
enum Look {
    /// It is there, with every key.
    Any,
    /// It is there, with these keys.
    Keys(BTreeSet<String>),
    /// It is not there.
    Nothing,
}

/// The two kinds that have keys, as messages name them.
#[derive(Clone, Copy)]
enum Keyed {
    ConfigMap,
    Secret,
}

impl Keyed {
    fn need(self, name: &str) -> Need {
        match self {
            Keyed::ConfigMap => Need::ConfigMap(name.to_owned()),
            Keyed::Secret => Need::Secret(name.to_owned()),
        }
    }

    fn not_found(self, name: &str) -> String {
        match self {
            Keyed::ConfigMap => format!("configmap {name:?} not found"),
            Keyed::Secret => format!("secret {name:?} not found"),
        }
    }

    fn no_key_for_a_file(self, key: &str) -> String {
        match self {
            Keyed::ConfigMap => format!("configmap references non-existent config key: {key}"),
            Keyed::Secret => format!("references non-existent secret key: {key}"),
        }
    }

    fn no_key_for_a_variable(self, key: &str, namespace: &str, name: &str) -> String {
        let kind = match self {
            Keyed::ConfigMap => "ConfigMap",
            Keyed::Secret => "Secret",
        };
        format!("couldn't find key {key} in {kind} {namespace}/{name}")
    }
}

fn look(pod: &Pod, at: &mut dyn FnMut(Need) -> Look) -> Lacks {
    let mut lacks = Lacks::default();
    for volume in &pod.spec.volumes {
        if let Err(why) = mount(pod, volume, at)
            && lacks.mount.is_none()
        {
            lacks.mount = Some(format!(
                "MountVolume.SetUp failed for volume {:?} : {why}",
                volume.name
            ));
        }
    }
    for container in &pod.spec.containers {
        if let Err(why) = environment(pod, container, at) {
            lacks.environment.insert(container.name.clone(), why);
        }
    }
    lacks
}

fn mount(pod: &Pod, volume: &Volume, at: &mut dyn FnMut(Need) -> Look) -> Result<(), String> {
    if let Some(from) = &volume.config_map {
        files(Keyed::ConfigMap, &from.name, from.optional, &from.items, at)?;
    }
    if let Some(from) = &volume.secret {
        let (name, optional) = (&from.secret_name, from.optional);
        files(Keyed::Secret, name, optional, &from.items, at)?;
    }
    let sources = volume.projected.iter().flat_map(|from| &from.sources);
    for source in sources {
        if source.service_account_token.is_some() {
            let name = match pod.spec.service_account_name.as_str() {
                "" => "default",
                name => name,
            };
            if let Look::Nothing = at(Need::ServiceAccount(name.to_owned())) {
                return Err(format!(
                    "failed to fetch token: serviceaccounts {name:?} not found"
                ));
            }
        }
        if volume.name.starts_with(TOKEN_VOLUME) {
            continue;
        }
        if let Some(from) = &source.config_map {
            let (name, optional) = (&from.name, from.optional);
            files(Keyed::ConfigMap, name, optional, &from.items, at)?;
        }
        if let Some(from) = &source.secret {
            let (name, optional) = (&from.name, from.optional);
            files(Keyed::Secret, name, optional, &from.items, at)?;
        }
    }
    Ok(())
}

/// The files of a volume.
fn files(
    kind: Keyed,
    name: &str,
    optional: Option<bool>,
    items: &[KeyToPath],
    at: &mut dyn FnMut(Need) -> Look,
) -> Result<(), String> {
    let found = at(kind.need(name));
    if optional == Some(true) {
        return Ok(());
    }
    match found {
        Look::Any => Ok(()),
        Look::Nothing => Err(kind.not_found(name)),
        Look::Keys(keys) => match items.iter().find(|item| !keys.contains(&item.key)) {
            Some(item) => Err(kind.no_key_for_a_file(&item.key)),
            None => Ok(()),
        },
    }
}

fn environment(
    pod: &Pod,
    container: &Container,
    at: &mut dyn FnMut(Need) -> Look,
) -> Result<(), String> {
    for from in &container.env_from {
        let map = from.config_map_ref.as_ref();
        let map = map.map(|of| (Keyed::ConfigMap, &of.name, of.optional));
        let secret = from.secret_ref.as_ref();
        let secret = secret.map(|of| (Keyed::Secret, &of.name, of.optional));
        if let Some((kind, name, optional)) = map.or(secret) {
            files(kind, name, optional, &[], at)?;
        }
    }
    for from in container
        .env
        .iter()
        .filter_map(|var| var.value_from.as_ref())
    {
        if let Some((kind, name, key, optional)) = keyed(from) {
            let found = at(kind.need(name));
            if optional == Some(true) {
                continue;
            }
            match found {
                Look::Any => {}
                Look::Nothing => return Err(kind.not_found(name)),
                Look::Keys(keys) if keys.contains(key) => {}
                Look::Keys(_) => {
                    let namespace = &pod.metadata.namespace;
                    return Err(kind.no_key_for_a_variable(key, namespace, name));
                }
            }
        }
    }
    Ok(())
}

fn keyed(from: &EnvVarSource) -> Option<(Keyed, &str, &str, Option<bool>)> {
    if let Some(of) = &from.config_map_key_ref {
        return Some((Keyed::ConfigMap, &of.name, &of.key, of.optional));
    }
    let of = from.secret_key_ref.as_ref()?;
    Some((Keyed::Secret, &of.name, &of.key, of.optional))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn pod(spec: skeg_schema::Value) -> Pod {
        let tree = json!({"metadata": {"name": "p", "namespace": "ns"}, "spec": spec});
        skeg_schema::from_value(tree).unwrap()
    }

    #[test]
    fn what_is_missing_is_told_in_upstreams_words() {
        let check = |spec: skeg_schema::Value, mount: Option<&str>, main: Option<&str>| {
            let mut found = Found::default();
            let map = ConfigMap {
                data: [("there".to_owned(), String::new())].into(),
                ..ConfigMap::default()
            };
            found
                .config_maps
                .insert("m".to_owned(), Some(Arc::new(map)));
            let lacks = lacks(&pod(spec), &found);
            assert_eq!(lacks.mount.as_deref(), mount);
            assert_eq!(lacks.environment.get("main").map(String::as_str), main);
        };
        let volume = |volume: skeg_schema::Value| json!({"volumes": [volume]});
        let var = |from: skeg_schema::Value| json!({"containers": [{"name": "main", "env": [{"name": "A", "valueFrom": from}]}]});
        check(
            volume(json!({"name": "v", "configMap": {"name": "m"}})),
            None,
            None,
        );
        check(
            volume(json!({"name": "v", "configMap": {"name": "none"}})),
            Some("MountVolume.SetUp failed for volume \"v\" : configmap \"none\" not found"),
            None,
        );
        check(
            volume(
                json!({"name": "v", "configMap": {"name": "m", "items": [{"key": "k", "path": "k"}]}}),
            ),
            Some(
                "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key: k",
            ),
            None,
        );
        check(
            volume(json!({"name": "v", "secret": {"secretName": "s", "optional": true}})),
            None,
            None,
        );
        check(
            volume(
                json!({"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}),
            ),
            Some(
                "MountVolume.SetUp failed for volume \"v\" : failed to fetch token: serviceaccounts \"default\" not found",
            ),
            None,
        );
        check(
            var(json!({"configMapKeyRef": {"name": "m", "key": "there"}})),
            None,
            None,
        );
        check(
            var(json!({"configMapKeyRef": {"name": "m", "key": "k"}})),
            None,
            Some("couldn't find key k in ConfigMap ns/m"),
        );
        check(
            var(json!({"secretKeyRef": {"name": "s", "key": "k"}})),
            None,
            Some("secret \"s\" not found"),
        );
        check(
            json!({"containers": [{"name": "main", "envFrom": [{"secretRef": {"name": "s"}}]}]}),
            None,
            Some("secret \"s\" not found"),
        );
    }
}
