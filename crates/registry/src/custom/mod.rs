//! Custom resources: what a CustomResourceDefinition says, compiled into rows of
//! the resource table that take the same path as all others.

pub mod approval;
pub mod columns;
pub mod embedded;
mod family;
pub(crate) mod formats;
pub mod jsonpath;
mod lists;
pub mod patterns;
mod repair;
mod rows;
pub mod rules;
mod strategy;
pub mod validate;

pub use approval::{approval, is_protected};
pub use family::{Family, version_order};
pub use rows::rows;

use columns::Column;
use jsonpath::JsonPath;
use skeg_schema::dynamic::{self, Node};
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Object, Value};
use std::sync::Arc;

use crate::strategy::ScalePaths;

/// One version of a custom resource.
pub struct Kind {
    /// Its names.
    pub desc: &'static ResourceDesc,
    /// The kind of its lists.
    pub list_kind: &'static str,
    /// All versions, and in which one objects are stored.
    pub family: Arc<Family>,
    schema: Arc<Node>,
    columns: Vec<Column>,
    scale: Option<ScalePaths>,
    status: bool,
    selectable: Vec<(&'static str, JsonPath)>,
    labels: &'static [&'static str],
    deprecation: Option<&'static str>,
    rules: std::sync::OnceLock<Option<rules::Rules>>,
}

impl Kind {
    /// The schema of this version.
    pub fn schema(&self) -> &Node {
        &self.schema
    }

    /// The columns of its tables after the name.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Brings a decoded body into form: metadata as ObjectMeta has it, what the
    /// schema does not know taken out, defaults filled in. Answers the paths of
    /// unknown fields, in the order in which upstream tells them.
    ///
    /// # Errors
    /// Metadata that does not fit, in the decoder's words.
    pub fn admit_body(&self, tree: &mut Value) -> Result<Vec<String>, String> {
        let unknown = form(tree, &self.schema, false)?;
        dynamic::apply_defaults(tree, &self.schema);
        Ok(unknown)
    }

    /// The same for what server-side apply came to: a null that was applied stays,
    /// and is refused where the schema wants none and has no default.
    ///
    /// # Errors
    /// Metadata that does not fit, in the decoder's words.
    pub fn admit_applied(&self, tree: &mut Value) -> Result<(), String> {
        // Upstream reads no times here: what is none is as good as nothing.
        for field in ["creationTimestamp", "deletionTimestamp"] {
            let path = ["metadata", field];
            if tree.at(&path).is_some_and(|time| !repair::is_time(time)) {
                tree.remove_at(&path);
            }
        }
        form(tree, &self.schema, true)?;
        dynamic::apply_defaults(tree, &self.schema);
        Ok(())
    }

    /// Turns a tree of this version into the stored one, as far as that goes
    /// without a webhook.
    pub fn stored(&self, tree: &mut Value) {
        let wanted = self.family.storage_api_version;
        if tree["apiVersion"].as_str() == Some(wanted) {
            return;
        }
        tree.set_at(&["apiVersion"], wanted);
        if let Some(schema) = self.family.schema(wanted) {
            dynamic::prune(tree, schema, true);
            dynamic::drop_nulls(tree, schema);
        }
    }

    /// A stored tree in this version, as far as that goes without a webhook.
    pub fn shown(&self, tree: &mut Value) {
        let given = tree["apiVersion"].as_str().unwrap_or_default();
        let wanted = self.desc.api_version();
        if given == wanted {
            return;
        }
        tree.set_at(&["apiVersion"], wanted);
        self.fit(tree);
    }

    /// Takes out of a tree of this version what it does not declare, and nulls
    /// that it does not allow.
    pub fn fit(&self, tree: &mut Value) {
        if !self.schema.preserve_unknown {
            self.prune(tree);
            dynamic::drop_nulls(tree, &self.schema);
        }
    }

    /// Takes out of a tree of this version what it does not declare.
    pub fn prune(&self, tree: &mut Value) {
        if !self.schema.preserve_unknown {
            dynamic::prune(tree, &self.schema, true);
        }
    }
}

/// Metadata as ObjectMeta has it, unknown fields and nulls taken out, embedded
/// objects in form.
fn form(tree: &mut Value, schema: &Node, nulls: bool) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    let meta = tree.get("metadata").filter(|meta| !meta.is_null()).cloned();
    let meta = match meta {
        Some(meta) => {
            let (formed, more) = embedded::coerce_metadata(&meta)
                .map_err(|why| why.replacen("ObjectMeta.metadata.", "ObjectMeta.", 1))?;
            unknown.extend(more.iter().map(|name| format!("metadata.{name}")));
            Some(formed)
        }
        None => None,
    };
    let mut gone = dynamic::prune(tree, schema, true);
    gone.sort();
    unknown.extend(gone);
    if !nulls {
        dynamic::drop_nulls(tree, schema);
    }
    let more = embedded::coerce(tree, schema, false, "").map_err(|fault| fault.to_string())?;
    unknown.extend(more);
    if let Value::Object(members) = tree {
        match meta {
            Some(meta) => {
                members.insert("metadata", meta);
            }
            None => {
                members.entry_or_insert_with("metadata", || Value::Object(Object::new()));
            }
        }
    }
    Ok(unknown)
}
