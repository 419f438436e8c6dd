//! Flags that say which metrics are told, and with which labels.

use std::path::Path;

use skeg_apiserver::MetricRules;

use super::flags::Given;

/// Reads them.
///
/// # Errors
/// One has another form, or a file cannot be read.
pub fn rules(given: &Given) -> Result<MetricRules, String> {
    const FLAG: &str = "allow-metric-labels";
    const FILE: &str = "allow-metric-labels-manifest";
    let mut rules = MetricRules::default();
    for text in given.list(FLAG) {
        for pair in pairs(text) {
            let (what, values) = pair
                .split_once('=')
                .ok_or_else(|| format!("--{FLAG} {pair:?}: expected METRIC,LABEL=VALUE,VALUE"))?;
            rules
                .allow(what, values)
                .map_err(|why| format!("--{FLAG}: {why}"))?;
        }
    }
    if let Some(path) = given.path(FILE) {
        manifest(&path, &mut rules)
            .map_err(|why| format!("--{FILE}: {}: {why}", path.display()))?;
    }
    for metric in given.list("disabled-metrics") {
        rules.disable(metric);
    }
    Ok(rules)
}

/// One pair as it stands; several are in quotes, with commas between them.
fn pairs(text: &str) -> Vec<String> {
    if text.matches('=').count() <= 1 {
        return vec![text.trim_matches('"').to_owned()];
    }
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out
}

fn manifest(path: &Path, rules: &mut MetricRules) -> Result<(), String> {
    let text = std::fs::read(path).map_err(|why| why.to_string())?;
    let tree = skeg_schema::decode_yaml_any(&text).map_err(|why| why.to_string())?;
    let Some(entries) = tree.as_object() else {
        return Err("it is no map".to_owned());
    };
    for (what, values) in entries.iter() {
        let values = values
            .as_str()
            .ok_or_else(|| format!("the values of {what:?} are no text"))?;
        rules.allow(what, values)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{flags, table};
    use super::*;

    #[test]
    fn pairs_alone_and_together() {
        assert_eq!(pairs("m,l=a,b"), ["m,l=a,b"]);
        assert_eq!(pairs("\"m,l=a,b\",\"n,l=c\""), ["m,l=a,b", "n,l=c"]);
    }

    #[test]
    fn flags_and_files_come_to_the_same() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "m,l: 'a,b'\n").unwrap();
        let read = |argument: String| {
            let given = flags::parse(table::FLAGS, &[argument]).unwrap();
            rules(&given)
        };
        let by_file = read(format!(
            "--allow-metric-labels-manifest={}",
            file.path().display()
        ));
        assert_eq!(
            by_file.unwrap(),
            read("--allow-metric-labels=m,l=a,b".to_owned()).unwrap()
        );
        assert!(read("--allow-metric-labels=m=a".to_owned()).is_err());
    }
}
