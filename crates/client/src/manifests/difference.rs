//! What applying would change.

use std::fmt;

use similar::TextDiff;
use skeg_meta::SharedObject;
use skeg_schema::{Value, encode_yaml};

use super::read::Manifest;
use crate::resource::ApiResource;

/// What applying a manifest would change of an object, or leave as it is. Prints
/// as `kubectl diff` does: the lines of both as YAML that differ, and three around
/// them; nothing if it would change nothing.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Its resource.
    pub resource: ApiResource,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The object as it is, without `managedFields`; none where there is none.
    pub live: Option<Value>,
    /// The object as it would be, without `managedFields`.
    pub merged: Value,
}

impl Difference {
    pub(super) fn new(
        resource: ApiResource,
        namespace: &str,
        live: Option<&SharedObject>,
        merged: Value,
    ) -> Self {
        let plain = |mut tree: Value| {
            tree.remove_at(&["metadata", "managedFields"]);
            tree
        };
        let name = merged.at(&["metadata", "name"]).and_then(Value::as_str);
        Self {
            resource,
            namespace: namespace.to_owned(),
            name: name.unwrap_or_default().to_owned(),
            live: live.map(|live| plain((*live.value()).clone())),
            merged: plain(merged),
        }
    }

    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.as_ref() == Some(&self.merged)
    }
}

/// What stands for a secret value, so that it shows whether it differs and not what it is.
fn masked(own: &Value, other: Option<&Value>, suffix: &str) -> Value {
    let text = match other {
        Some(other) if own != other => format!("*** ({suffix})"),
        _ => "***".to_owned(),
    };
    text.into()
}

/// Puts stars for the values of a Secret.
fn mask(own: &mut Value, other: Option<&Value>, suffix: &str) {
    for member in ["data", "stringData"] {
        let there = other.and_then(|other| other.get(member)).cloned();
        let values = own.get_mut(member).and_then(Value::as_object_mut);
        let Some(values) = values else {
            continue;
        };
        let names: Vec<String> = values.iter().map(|(name, _)| name.to_string()).collect();
        for name in names {
            if let Some(value) = values.get_mut(&name) {
                *value = masked(
                    value,
                    there.as_ref().and_then(|there| there.get(&name)),
                    suffix,
                );
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        let (mut live, mut merged) = (self.live.clone(), self.merged.clone());
        if self.resource.group.is_empty() && self.resource.kind == "Secret" {
            if let Some(live) = &mut live {
                mask(live, Some(&self.merged), "before");
            }
            mask(&mut merged, self.live.as_ref(), "after");
        }
        let text = |tree: Option<&Value>| tree.map(encode_yaml).unwrap_or_default();
        let (live, merged) = (text(live.as_ref()), text(Some(&merged)));
        let group = match &*self.resource.group {
            "" => String::new(),
            group => format!("{group}."),
        };
        let (version, kind) = (&self.resource.version, &self.resource.kind);
        let file = format!("{group}{version}.{kind}.{}.{}", self.namespace, self.name);
        let diff = TextDiff::from_lines(&live, &merged);
        let mut unified = diff.unified_diff();
        unified.context_radius(3);
        unified.header(&format!("live/{file}"), &format!("merged/{file}"));
        unified.fmt(f)
    }
}

/// Whether a manifest is of something that others among these make possible: of a
/// kind whose definition is among them, or in a namespace that is.
pub(super) fn comes_with(manifest: &Manifest, all: &[Manifest]) -> bool {
    let gvk = manifest.gvk();
    all.iter().any(|other| match &*other.gvk().kind {
        "Namespace" => other.name() == manifest.namespace(),
        "CustomResourceDefinition" => {
            let at = |path: &[&str]| other.tree.at(path).and_then(Value::as_str);
            at(&["spec", "group"]) == Some(&*gvk.group)
                && at(&["spec", "names", "kind"]) == Some(&*gvk.kind)
        }
        _ => false,
    })
}
