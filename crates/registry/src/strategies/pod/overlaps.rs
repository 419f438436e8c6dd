//! Files of a volume that stand in each other's way: two have one path, or one is
//! where another's directory should be.

use crate::tree::{self, at, list, s};
use skeg_schema::Value;

/// What files come from: a kind, and a name unless there is only one of it.
type Source<'a> = (&'static str, Option<&'a str>);

fn shown((kind, name): Source<'_>) -> String {
    match name {
        Some(name) => format!("{kind} {name:?}"),
        None => kind.to_owned(),
    }
}

/// A file, and where it comes from unless its whole volume does.
struct File<'a> {
    path: &'a str,
    source: Option<Source<'a>>,
}

impl<'a> File<'a> {
    fn new(path: &'a str, source: Option<Source<'a>>) -> Self {
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
        match self.source {
            Some(source) => format!("{:?} ({})", self.path, shown(source)),
            None => format!("{:?}", self.path),
        }
    }
}

/// The warnings about all volumes of a pod.
pub(super) fn warnings(volumes: &[Value], out: &mut Vec<String>) {
    for volume in volumes {
        let name = s(volume, "name");
        for (kind, word, named) in [
            ("configMap", "ConfigMap", Some("name")),
            ("secret", "Secret", Some("secretName")),
            ("downwardAPI", "DownwardAPI", None),
        ] {
            let source = at(volume, kind);
            let items = list(source, "items").iter();
            let files = items.map(|item| File::new(s(item, "path"), None)).collect();
            each(
                name,
                (word, named.map(|field| s(source, field))),
                files,
                out,
            );
        }
        let mut files = Vec::new();
        for source in list(at(volume, "projected"), "sources") {
            if tree::is_zero(source) {
                out.push(format!(
                    "volume {name:?} (Projected) has no sources provided"
                ));
            }
            of_source(source, &mut files);
        }
        each(name, ("Projected", None), files, out);
    }
}

fn each(volume: &str, source: Source<'_>, files: Vec<File<'_>>, out: &mut Vec<String>) {
    for (n, file) in files.iter().enumerate() {
        if let Some(other) = files[..n].iter().find(|other| file.overlaps(other)) {
            out.push(format!(
                "volume {volume:?} ({}): overlapping paths: {} with {}",
                shown(source),
                file.shown(),
                other.shown()
            ));
        }
    }
}

fn of_source<'a>(source: &'a Value, files: &mut Vec<File<'a>>) {
    for (kind, word) in [
        ("configMap", "ConfigMap"),
        ("secret", "Secret"),
        ("downwardAPI", "DownwardAPI"),
    ] {
        let projection = at(source, kind);
        let name = (kind != "downwardAPI").then(|| s(projection, "name"));
        for item in list(projection, "items") {
            files.push(File::new(s(item, "path"), Some((word, name))));
        }
    }
    let token = at(source, "serviceAccountToken");
    if !token.is_null() {
        files.push(File::new(
            s(token, "path"),
            Some(("ServiceAccountToken", None)),
        ));
    }
    let bundle = at(source, "clusterTrustBundle");
    if !bundle.is_null() {
        let name = at(bundle, "name").as_str();
        let name = name.unwrap_or(s(bundle, "signerName"));
        files.push(File::new(
            s(bundle, "path"),
            Some(("ClusterTrustBundle", Some(name))),
        ));
    }
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
