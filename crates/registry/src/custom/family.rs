//! All versions of one custom resource.

use super::repair;
use skeg_schema::Value;
use skeg_schema::dynamic::{self, Node};
use std::sync::Arc;

/// All versions of one custom resource, and how they become each other.
pub struct Family {
    /// The definition's name.
    pub name: String,
    /// `group/version` of the version in which objects are stored.
    pub storage_api_version: &'static str,
    /// The schema of each version, by its `group/version`.
    pub schemas: Vec<(&'static str, Arc<Node>)>,
    /// `spec.conversion.webhook` where versions are converted by one.
    pub webhook: Option<Arc<Value>>,
    /// The definition is being deleted: nothing new is made.
    pub terminating: bool,
}

impl Family {
    /// The schema of a version.
    pub fn schema(&self, api_version: &str) -> Option<&Arc<Node>> {
        self.schemas
            .iter()
            .find(|(known, _)| *known == api_version)
            .map(|(_, schema)| schema)
    }

    /// The tree of stored bytes, with the defaults of the version in which it
    /// was stored, and without metadata that is none.
    pub fn read(&self, bytes: &[u8]) -> Option<Value> {
        let mut tree = skeg_schema::decode_json_any(bytes).ok()?;
        let api_version = tree["apiVersion"].as_str().unwrap_or_default();
        let schema = self
            .schema(api_version)
            .or_else(|| self.schema(self.storage_api_version))?
            .clone();
        repair::stored(&mut tree)?;
        if !schema.preserve_unknown {
            dynamic::prune(&mut tree, &schema, true);
        }
        dynamic::drop_nulls(&mut tree, &schema);
        repair::embedded(&mut tree, &schema);
        dynamic::apply_defaults(&mut tree, &schema);
        if tree["metadata"]["generation"].as_i64().unwrap_or(0) == 0 {
            tree.set_at(&["metadata", "generation"], 1);
        }
        Some(tree)
    }
}

/// The order of versions in discovery: v2, v1, v1beta1, v1alpha1, then others
/// by name. Smaller comes first.
pub fn version_order(version: &str) -> (u8, std::cmp::Reverse<(u64, u64)>, String) {
    let other = || (3, std::cmp::Reverse((0, 0)), version.to_owned());
    let Some(rest) = version.strip_prefix('v') else {
        return other();
    };
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let Ok(major) = rest[..digits].parse::<u64>() else {
        return other();
    };
    let (stage, minor) = match &rest[digits..] {
        "" => return (0, std::cmp::Reverse((major, 0)), String::new()),
        tail => match (tail.strip_prefix("beta"), tail.strip_prefix("alpha")) {
            (Some(minor), _) => (1, minor),
            (_, Some(minor)) => (2, minor),
            _ => return other(),
        },
    };
    match minor.parse::<u64>() {
        Ok(minor) => (stage, std::cmp::Reverse((major, minor)), String::new()),
        Err(_) => other(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_is_no_metadata_is_not_read() {
        let schema = json!({"type": "object", "properties": {
            "in": {"type": "object", "x-kubernetes-embedded-resource": true}}});
        let family = Family {
            name: "widgets.example.com".into(),
            storage_api_version: "example.com/v1",
            schemas: vec![("example.com/v1", Arc::new(Node::compile(&schema)))],
            webhook: None,
            terminating: false,
        };
        let meta =
            json!({"name": "a", "unspecified": 1, "labels": {"l": 1}, "annotations": {"a": "b"}});
        let stored = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": meta.clone(),
            "in": {"apiVersion": "v1", "kind": 1, "metadata": meta}});
        let mut read = family
            .read(stored.to_string().as_bytes())
            .expect("it is read");
        for path in [&["metadata"][..], &["in", "metadata"]] {
            read.remove_at(&[path, &["creationTimestamp"]].concat());
        }
        assert_eq!(
            read["metadata"],
            json!({"name": "a", "annotations": {"a": "b"}, "generation": 1})
        );
        assert_eq!(
            read["in"],
            json!({"apiVersion": "v1", "metadata": {"name": "a", "annotations": {"a": "b"}}})
        );
    }

    #[test]
    fn versions_in_order() {
        let mut all = [
            "foo10", "v1alpha1", "v1", "v10", "v1beta2", "v2beta1", "foo1", "v2",
        ];
        all.sort_by_key(|v| super::version_order(v));
        assert_eq!(
            all,
            [
                "v10", "v2", "v1", "v2beta1", "v1beta2", "v1alpha1", "foo1", "foo10"
            ]
        );
    }
}
