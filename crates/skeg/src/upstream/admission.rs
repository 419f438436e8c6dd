//! `--admission-control-config-file`: an AdmissionConfiguration
//! (`apiserver.config.k8s.io/v1`) with the configuration of plugins in it or in
//! files beside it.

use std::path::Path;

use skeg_registry::admission::PodSecurityDefaults;
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
pub(super) fn pod_security(given: &Given) -> Result<PodSecurityDefaults, String> {
    let Some(path) = given.path(FLAG) else {
        return Ok(PodSecurityDefaults::default());
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    of_configuration(&read(&path)?, folder).map_err(|why| format!("--{FLAG}: {why}"))
}

fn of_configuration(value: &Value, folder: &Path) -> Result<PodSecurityDefaults, String> {
    let kind = value["kind"].as_str().unwrap_or_default();
    if kind != "AdmissionConfiguration" {
        return Err(format!("{kind:?} is no AdmissionConfiguration"));
    }
    let mut defaults = PodSecurityDefaults::default();
    for plugin in value["plugins"].as_array().into_iter().flatten() {
        let name = plugin["name"].as_str().unwrap_or_default();
        let configuration = match (plugin.get("configuration"), plugin["path"].as_str()) {
            (Some(own), _) if !own.is_null() => own.clone(),
            (_, Some(path)) if !path.is_empty() => read(&folder.join(path))?,
            _ => continue,
        };
        match name {
            "PodSecurity" => defaults = PodSecurityDefaults::from_value(&configuration)?,
            other => {
                return Err(format!(
                    "this release reads no configuration of the plugin {other:?}"
                ));
            }
        }
    }
    Ok(defaults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn check(plugins: Value, expect: Result<bool, &str>) {
        let given = json!({"kind": "AdmissionConfiguration", "plugins": plugins});
        let found = of_configuration(&given, Path::new("/nowhere"));
        let is_default = found.map(|found| found == PodSecurityDefaults::default());
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
            json!([{"name": "EventRateLimit", "configuration": {"kind": "Configuration"}}]),
            Err("this release reads no configuration of the plugin \"EventRateLimit\""),
        );
    }
}
