//! Files of a volume that stand in each other's way: two have one path, or one is
//! where another's directory should be.

use crate::tree::{self, at, has, list, s};
use skeg_schema::Value;

/// A file, and where it comes from unless its whole volume does.
struct File<'a> {
    path: &'a str,
    source: Option<String>,
}

impl<'a> File<'a> {
    fn new(path: &'a str, source: Option<String>) -> Self {
        Self {
            path: path.trim_end_matches('/'),
            source,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        let below = |a: &str, b: &str| {
            a.strip_prefix(b)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let named = !self.path.is_empty() && !other.path.is_empty();
        named && (below(self.path, other.path) || below(other.path, self.path))
    }

    fn shown(&self) -> String {
        match &self.source {
            Some(source) => format!("{:?} ({source})", self.path),
            None => format!("{:?}", self.path),
        }
    }
}

/// The warnings about all volumes of a pod.
pub(super) fn warnings(volumes: &[Value], out: &mut Vec<String>) {
    for volume in volumes {
        let name = s(volume, "name");
        let items = |kind: &str| -> Vec<File<'_>> {
            list(at(volume, kind), "items")
                .iter()
                .map(|item| File::new(s(item, "path"), None))
                .collect()
        };
        let config_map = s(at(volume, "configMap"), "name");
        let secret = s(at(volume, "secret"), "secretName");
        for (kind, shown) in [
            ("configMap", format!("ConfigMap {config_map:?}")),
            ("secret", format!("Secret {secret:?}")),
            ("downwardAPI", "DownwardAPI".to_owned()),
        ] {
            each(name, &shown, items(kind), out);
        }
        let mut files = Vec::new();
        for source in list(at(volume, "projected"), "sources") {
            if tree::is_zero(source) {
                out.push(format!(
                    "volume {name:?} (Projected) has no sources provided"
                ));
            }
            files.extend(of_source(source));
        }
        each(name, "Projected", files, out);
    }
}

fn each(volume: &str, kind: &str, files: Vec<File<'_>>, out: &mut Vec<String>) {
    for (n, file) in files.iter().enumerate() {
        if let Some(other) = files[..n].iter().find(|other| file.overlaps(other)) {
            out.push(format!(
                "volume {volume:?} ({kind}): overlapping paths: {} with {}",
                file.shown(),
                other.shown()
            ));
        }
    }
}

fn of_source(source: &Value) -> Vec<File<'_>> {
    for (kind, word) in [
        ("configMap", "ConfigMap"),
        ("secret", "Secret"),
        ("downwardAPI", "DownwardAPI"),
    ] {
        let projection = at(source, kind);
        let items = list(projection, "items");
        if items.is_empty() {
            continue;
        }
        let from = match kind {
            "downwardAPI" => word.to_owned(),
            _ => format!("{word} {:?}", s(projection, "name")),
        };
        return items
            .iter()
            .map(|item| File::new(s(item, "path"), Some(from.clone())))
            .collect();
    }
    if has(source, "serviceAccountToken") {
        let token = at(source, "serviceAccountToken");
        return vec![File::new(
            s(token, "path"),
            Some("ServiceAccountToken".to_owned()),
        )];
    }
    let bundle = at(source, "clusterTrustBundle");
    if bundle.is_null() {
        return Vec::new();
    }
    let name = at(bundle, "name")
        .as_str()
        .unwrap_or(s(bundle, "signerName"));
    let from = format!("ClusterTrustBundle {name:?}");
    vec![File::new(s(bundle, "path"), Some(from))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn files_in_each_others_way() {
        let check = |volume: Value, expect: &[&str]| {
            let mut out = Vec::new();
            warnings(&[volume], &mut out);
            assert_eq!(out, expect);
        };
        let items = json!([{"key": "a", "path": "d"}, {"key": "b", "path": "d/f"}, {"key": "c", "path": "df"}]);
        check(
            json!({"name": "v", "configMap": {"name": "m", "items": items.clone()}}),
            &["volume \"v\" (ConfigMap \"m\"): overlapping paths: \"d/f\" with \"d\""],
        );
        check(
            json!({"name": "v", "secret": {"secretName": "s", "items": [{"path": "d/f/"}, {"path": "d"}, {"path": "d"}]}}),
            &[
                "volume \"v\" (Secret \"s\"): overlapping paths: \"d\" with \"d/f\"",
                "volume \"v\" (Secret \"s\"): overlapping paths: \"d\" with \"d/f\"",
            ],
        );
        check(
            json!({"name": "v", "downwardAPI": {"items": [{"path": "l"}, {"path": "l"}]}}),
            &["volume \"v\" (DownwardAPI): overlapping paths: \"l\" with \"l\""],
        );
        check(
            json!({"name": "v", "projected": {"sources": [
                {"configMap": {"name": "m", "items": [{"path": "d"}]}},
                {},
                {"serviceAccountToken": {"path": "d/token"}},
                {"clusterTrustBundle": {"signerName": "a.b/c", "path": "d/token"}},
            ]}}),
            &[
                "volume \"v\" (Projected) has no sources provided",
                "volume \"v\" (Projected): overlapping paths: \"d/token\" (ServiceAccountToken) with \"d\" (ConfigMap \"m\")",
                "volume \"v\" (Projected): overlapping paths: \"d/token\" (ClusterTrustBundle \"a.b/c\") with \"d\" (ConfigMap \"m\")",
            ],
        );
    }
}
