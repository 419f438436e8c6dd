//! Putting a definition together.

use skeg_meta::Object as _;
use skeg_schema::structural::build;
use skeg_schema::{Object, Value, json};

use super::CustomResourceDefinition;

/// A kind in one version: what its definition is made from. Derived code fills
/// it; one may do so by hand for kinds that are known only at run time.
#[derive(Debug)]
pub struct Definition<'a> {
    /// The group.
    pub group: &'a str,
    /// The version.
    pub version: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// The resource, as it stands in paths.
    pub plural: &'a str,
    /// The resource, as a user may call one.
    pub singular: &'a str,
    /// The kind of lists.
    pub list_kind: &'a str,
    /// Whether the objects stand in namespaces.
    pub namespaced: bool,
    /// Short names for users.
    pub short_names: &'a [&'a str],
    /// Groups of resources that it belongs to (`all`).
    pub categories: &'a [&'a str],
    /// Whether the version is served.
    pub served: bool,
    /// Whether objects are stored in this version.
    pub storage: bool,
    /// Whether the version is deprecated, and the warning; empty for the server's own.
    pub deprecated: Option<&'a str>,
    /// What the kind is, for users.
    pub description: &'a str,
    /// Labels of the definition.
    pub labels: &'a [(&'a str, &'a str)],
    /// Annotations of the definition.
    pub annotations: &'a [(&'a str, &'a str)],
    /// The schema of the spec.
    pub spec: Value,
    /// The schema of the status; there is a status subresource where there is one.
    pub status: Option<Value>,
    /// The scale subresource.
    pub scale: Option<Value>,
    /// Columns of `kubectl get`.
    pub columns: Vec<Value>,
    /// Paths of fields for field selectors.
    pub selectable: &'a [&'a str],
    /// CEL rules about the whole object.
    pub rules: Vec<Value>,
}

fn texts(texts: &[&str]) -> Value {
    texts.iter().map(|text| Value::from(*text)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Value {
    Value::Object(
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned().into(), Value::from(*value)))
            .collect(),
    )
}

impl Definition<'_> {
    fn schema(&mut self) -> Value {
        let mut properties = Object::new();
        properties.insert("spec", self.spec.take());
        if let Some(status) = &mut self.status {
            // Nothing of it is there when the object is made.
            build::set(status, "nullable", Value::Bool(true));
            properties.insert("status", status.take());
        }
        let mut schema = json!({"type": "object", "required": ["spec"]});
        if !self.description.is_empty() {
            build::set(&mut schema, "description", self.description.into());
        }
        build::set(&mut schema, "properties", Value::Object(properties));
        if !self.rules.is_empty() {
            build::rules(&mut schema, std::mem::take(&mut self.rules));
        }
        schema
    }

    fn version(&mut self) -> Value {
        let mut version = json!({
            "name": self.version, "served": self.served, "storage": self.storage,
            "schema": {"openAPIV3Schema": self.schema()},
        });
        if let Some(warning) = self.deprecated {
            build::set(&mut version, "deprecated", Value::Bool(true));
            if !warning.is_empty() {
                build::set(&mut version, "deprecationWarning", warning.into());
            }
        }
        // The status has been taken, but whether there is one can be told still.
        let mut subresources = Object::new();
        if self.status.is_some() {
            subresources.insert("status", Value::object());
        }
        if let Some(scale) = self.scale.take() {
            subresources.insert("scale", scale);
        }
        if !subresources.is_empty() {
            build::set(&mut version, "subresources", Value::Object(subresources));
        }
        if !self.columns.is_empty() {
            let columns = std::mem::take(&mut self.columns);
            build::set(&mut version, "additionalPrinterColumns", columns.into());
        }
        if !self.selectable.is_empty() {
            let fields: Vec<Value> = self
                .selectable
                .iter()
                .map(|path| json!({"jsonPath": *path}))
                .collect();
            build::set(&mut version, "selectableFields", fields.into());
        }
        version
    }

    /// The definition as a tree.
    #[must_use]
    pub fn tree(mut self) -> Value {
        let version = self.version();
        let mut names = json!({
            "plural": self.plural, "singular": self.singular, "kind": self.kind,
            "listKind": self.list_kind,
        });
        for (key, listed) in [
            ("shortNames", self.short_names),
            ("categories", self.categories),
        ] {
            if !listed.is_empty() {
                build::set(&mut names, key, texts(listed));
            }
        }
        let mut metadata = json!({"name": format!("{}.{}", self.plural, self.group)});
        for (key, said) in [("labels", self.labels), ("annotations", self.annotations)] {
            if !said.is_empty() {
                build::set(&mut metadata, key, pairs(said));
            }
        }
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": {
                "group": self.group,
                "names": names,
                "scope": if self.namespaced { "Namespaced" } else { "Cluster" },
                "versions": vec![version],
            },
        })
    }

    /// The definition.
    ///
    /// # Panics
    /// A piece that is given as a tree (a schema, a column, a rule, the scale
    /// subresource) does not have its form. What is derived has it, unless a
    /// schema is one's own.
    #[must_use]
    pub fn build(self) -> CustomResourceDefinition {
        let name = format!("{}.{}", self.plural, self.group);
        match CustomResourceDefinition::from_tree(self.tree()) {
            Ok(definition) => definition,
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                panic!(
                    "the definition {name} is malformed: {error}: {}",
                    cause.unwrap_or_default()
                )
            }
        }
    }
}
