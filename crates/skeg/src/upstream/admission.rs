//! `--admission-control-config-file`: an AdmissionConfiguration
//! (`apiserver.config.k8s.io/v1`) with the configuration of plugins in it or in
//! files beside it.

use std::path::Path;

use skeg_registry::admission::PluginConfiguration;
use skeg_schema::Value;

use super::flags::Given;

const FLAG: &str = "admission-control-config-file";
/// Bytes of a file.
const LEN_MAX: u64 = 1 << 20;

fn read(path: &Path) -> Result<Value, String> {
    let shown = path.display();
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    if size > LEN_MAX {
        return Err(format!("{shown} is larger than {LEN_MAX} bytes"));
    }
    let bytes = std::fs::read(path).map_err(|why| format!("cannot read {shown}: {why}"))?;
    skeg_schema::decode_yaml_any(&bytes).map_err(|why| format!("cannot read {shown}: {why}"))
}

/// Reads the file that the flag names.
pub(super) fn configuration(given: &Given) -> Result<PluginConfiguration, String> {
    let Some(path) = given.path(FLAG) else {
        return Ok(PluginConfiguration::default());
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    of_configuration(&read(&path)?, folder).map_err(|why| format!("--{FLAG}: {why}"))
}

/// What an AdmissionConfiguration is called; the second name is the older one.
const VERSIONS: [&str; 2] = ["apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1"];

/// Before there was an AdmissionConfiguration, the file was that of a plugin.
const OLD: [(&str, &str); 2] = [
    ("imagePolicy", "ImagePolicyWebhook"),
    ("podNodeSelectorPluginConfig", "PodNodeSelector"),
];

/// What upstream's decoder says of a file that is no AdmissionConfiguration.
fn named(value: &Value) -> Result<(), String> {
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    let (kind, version) = (text("kind"), text("apiVersion"));
    for (key, told) in [("Kind", kind), ("apiVersion", version)] {
        if told.is_empty() {
            return Err(format!("Object '{key}' is missing in '{value}'"));
        }
    }
    if kind == "AdmissionConfiguration" && VERSIONS.contains(&version) {
        return Ok(());
    }
    Err(format!(
        "no kind {kind:?} is registered for version {version:?}"
    ))
}

fn of_configuration(value: &Value, folder: &Path) -> Result<PluginConfiguration, String> {
    let mut all = PluginConfiguration::default();
    if let Err(why) = named(value) {
        let mut old = OLD
            .iter()
            .filter(|(key, _)| value.get(key).is_some())
            .peekable();
        if old.peek().is_none() {
            return Err(why);
        }
        for (_, name) in old {
            all.set(name, value, folder)?;
        }
        return Ok(all);
    }
    let mut told: Vec<&str> = Vec::new();
    for plugin in value["plugins"].as_array().into_iter().flatten() {
        let name = plugin["name"].as_str().unwrap_or_default();
        // Of two for one plugin the first counts, and the second is not looked at.
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        match (plugin.get("configuration"), plugin["path"].as_str()) {
            (Some(own), _) if !own.is_null() => all.set(name, own, folder)?,
            (_, Some(path)) if !path.is_empty() => {
                let path = folder.join(path);
                let beside = path.parent().unwrap_or(folder);
                all.set(name, &read(&path)?, beside)?;
            }
            _ => {}
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn check(plugins: Value, expect: Result<bool, &str>) {
        let given = json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AdmissionConfiguration", "plugins": plugins});
        let found = of_configuration(&given, Path::new("/nowhere"));
        let is_default = found.map(|found| found == PluginConfiguration::default());
        assert_eq!(is_default, expect.map_err(str::to_owned));
    }

    #[test]
    fn configurations() {
        check(json!([]), Ok(true));
        let own = json!({"apiVersion": "pod-security.admission.config.k8s.io/v1", "kind": "PodSecurityConfiguration", "defaults": {"enforce": "baseline"}});
        check(
            json!([{"name": "PodSecurity", "configuration": own}]),
            Ok(false),
        );
        check(
            json!([{"name": "PodNodeSelector", "configuration": {"podNodeSelectorPluginConfig": {"ns": 1}}}]),
            Err(
                "the configuration of PodNodeSelector: podNodeSelectorPluginConfig.ns: must be a string",
            ),
        );
    }

    #[test]
    fn the_file_is_known_by_its_kind_or_its_old_members() {
        let read = |given: Value| of_configuration(&given, Path::new("/nowhere"));
        let older =
            json!({"apiVersion": "apiserver.k8s.io/v1alpha1", "kind": "AdmissionConfiguration"});
        assert_eq!(read(older), Ok(PluginConfiguration::default()));
        let check = |given: Value, expect: &str| {
            assert_eq!(read(given), Err(expect.to_owned()));
        };
        check(
            json!({"kind": "AdmissionConfiguration"}),
            r#"Object 'apiVersion' is missing in '{"kind":"AdmissionConfiguration"}'"#,
        );
        check(
            json!({"apiVersion": "apiserver.config.k8s.io/v9", "kind": "AdmissionConfiguration"}),
            r#"no kind "AdmissionConfiguration" is registered for version "apiserver.config.k8s.io/v9""#,
        );
        check(json!({}), "Object 'Kind' is missing in '{}'");
        let selectors = json!({"podNodeSelectorPluginConfig": {"a": "x=y"}});
        assert_eq!(read(selectors).unwrap().node_selectors["a"], "x=y");
        let images = json!({"imagePolicy": {"kubeConfigFile": "k"}});
        assert!(read(images).unwrap().image_policy.is_some());
    }

    #[test]
    fn of_two_for_one_plugin_the_first_counts() {
        let of = |selector: &str| json!({"name": "PodNodeSelector", "configuration": {"podNodeSelectorPluginConfig": {"a": selector}}});
        let given = json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AdmissionConfiguration", "plugins": [of("x=1"), of("x=2")]});
        let found = of_configuration(&given, Path::new("/nowhere")).unwrap();
        assert_eq!(found.node_selectors["a"], "x=1");
    }
}
