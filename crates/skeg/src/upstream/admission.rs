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

fn of_configuration(value: &Value, folder: &Path) -> Result<PluginConfiguration, String> {
    let kind = value["kind"].as_str().unwrap_or_default();
    if kind != "AdmissionConfiguration" {
        return Err(format!("{kind:?} is no AdmissionConfiguration"));
    }
    let mut all = PluginConfiguration::default();
    for plugin in value["plugins"].as_array().into_iter().flatten() {
        let name = plugin["name"].as_str().unwrap_or_default();
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
        let given = json!({"kind": "AdmissionConfiguration", "plugins": plugins});
        let found = of_configuration(&given, Path::new("/nowhere"));
        let is_default = found.map(|found| found == PluginConfiguration::default());
        assert_eq!(is_default, expect.map_err(str::to_owned));
    }

    #[test]
    fn configurations() {
        check(json!([]), Ok(true));
        let own = json!({"kind": "PodSecurityConfiguration", "defaults": {"enforce": "baseline"}});
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
}
