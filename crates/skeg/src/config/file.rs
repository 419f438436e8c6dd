//! Reading the configuration file.

use skeg_schema::Value;

use super::{API_VERSION, KEYS, KIND, Settings, nearest};

/// Every fault of the file in one message, a line each.
pub fn parse(text: &[u8]) -> Result<Settings, String> {
    let decoded = skeg_schema::decode_yaml(text, None, &skeg_schema::DecodeOptions::strict())
        .map_err(|error| error.to_string())?;
    let Some(fields) = decoded.value.as_object() else {
        return Err("the file does not hold a mapping of keys to values".to_owned());
    };
    let mut settings = Settings::default();
    let mut faults: Vec<String> = decoded
        .duplicates
        .iter()
        .map(|key| format!("{key}: given twice"))
        .collect();
    for (name, expect) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        if fields.get(name).and_then(Value::as_str) != Some(expect) {
            faults.push(format!("{name}: must be {expect}"));
        }
    }
    for (name, value) in fields.iter() {
        let name: &str = name;
        if matches!(name, "apiVersion" | "kind") {
            continue;
        }
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            faults.push(unknown(name));
            continue;
        };
        if let Err(fault) = scalar(value).and_then(|text| (key.set)(&mut settings, &text)) {
            faults.push(format!("{name}: {fault}"));
        }
    }
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults.join("; "))
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    match nearest(name, &names) {
        Some(near) => format!("{name}: no such key; did you mean {near}?"),
        None => format!("{name}: no such key; keys are {}", names.join(", ")),
    }
}

/// A value as the text that a flag would have: lists are joined by commas.
fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Array(items) => {
            let items: Result<Vec<String>, String> = items.iter().map(scalar).collect();
            Ok(items?.join(","))
        }
        Value::Bool(_) => {
            Err("expected text; YAML reads this word as true or false, put it in quotes".to_owned())
        }
        _ => Err("expected text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: skeg.dev/v1alpha1\nkind: ClusterConfiguration\n";

    fn check(body: &str, expect: &str) {
        let error = parse(format!("{HEAD}{body}").as_bytes()).unwrap_err();
        assert!(error.contains(expect), "{error}");
    }

    #[test]
    fn reads_every_key() {
        let body = "dataDir: /d\nlisten: 127.0.0.1:1\nroles: [apiserver, scheduler]\n\
                    serviceCIDR: 10.1.0.0/16\npodCIDR: 10.2.0.0/16\ntokenAuthFile: t\nnodeName: \"n\"\n";
        let settings = parse(format!("{HEAD}{body}").as_bytes()).unwrap();
        assert_eq!(settings.roles.unwrap().to_string(), "apiserver,scheduler");
        assert_eq!(settings.pod_cidr.unwrap().to_string(), "10.2.0.0/16");
        assert_eq!(settings.node_name.unwrap().0, "n");
    }

    #[test]
    fn faults_are_named() {
        check(
            "datadir: /d\n",
            "datadir: no such key; did you mean dataDir?",
        );
        check(
            "kubelet: /d\n",
            "kubelet: no such key; keys are dataDir, listen",
        );
        check("listen: here\n", "listen: expected ADDR:PORT");
        check("roles: {a: b}\n", "roles: expected text");
        let error = parse(b"kind: Cluster\n").unwrap_err();
        assert!(
            error.contains("apiVersion: must be skeg.dev/v1alpha1; kind: must be"),
            "{error}"
        );
        assert!(parse(b"- a\n").is_err());
    }
}
