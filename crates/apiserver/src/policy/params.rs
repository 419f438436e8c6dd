//! The parameters of a policy.

use skeg_meta::labels::Selector;
use skeg_registry::tree;
use skeg_schema::{Value, fill};
use std::sync::Arc;

use crate::ApiServer;
use crate::served::Served;
use crate::webhook::Subject;
use crate::webhook::matching::{passes, selector};

/// The kind of a policy's parameters.
pub struct ParamKind {
    api_version: String,
    kind: String,
}

impl ParamKind {
    /// Reads a `paramKind`.
    pub fn parse(tree: &Value) -> Option<Self> {
        (!tree.is_null()).then(|| Self {
            api_version: tree::s(tree, "apiVersion").to_owned(),
            kind: tree::s(tree, "kind").to_owned(),
        })
    }

    fn shown(&self) -> String {
        let (group, version) = self.parts();
        if group.is_empty() {
            format!("{version}, Kind={}", self.kind)
        } else {
            format!("{group}/{version}, Kind={}", self.kind)
        }
    }

    fn parts(&self) -> (&str, &str) {
        self.api_version
            .rsplit_once('/')
            .unwrap_or(("", &self.api_version))
    }

    /// The resource of the kind.
    ///
    /// # Errors
    /// There is none.
    pub fn served(&self, server: &ApiServer) -> Result<Arc<Served>, String> {
        let (group, version) = self.parts();
        server
            .inner
            .table()
            .iter()
            .find(|served| {
                let desc = served.resource.desc;
                desc.group == group
                    && desc.version == version
                    && desc.kind == self.kind
                    && served.cacher.is_some()
            })
            .cloned()
            .ok_or_else(|| {
                let shown = self.shown();
                // Upstream names the group of the core as nothing.
                let slash = if shown.contains('/') { "" } else { "/" };
                format!("failed to find resource referenced by paramKind: '{slash}{shown}'")
            })
    }
}

/// Which parameters a binding means.
pub struct ParamRef {
    name: String,
    namespace: String,
    selector: Option<Result<Selector, String>>,
    denies_missing: bool,
}

impl ParamRef {
    /// Reads a `paramRef`.
    pub fn parse(tree: &Value) -> Option<Self> {
        if tree.is_null() {
            return None;
        }
        let chosen = &tree["selector"];
        Some(Self {
            name: tree::s(tree, "name").to_owned(),
            namespace: tree::s(tree, "namespace").to_owned(),
            selector: (!chosen.is_null()).then(|| selector(chosen)),
            denies_missing: tree::s(tree, "parameterNotFoundAction") == "Deny",
        })
    }
}

/// A parameter as expressions see it.
fn shown(served: &Served, tree: &Value) -> Value {
    let desc = served.resource.desc;
    let mut tree = tree.clone();
    tree.set_at(&["kind"], desc.kind);
    tree.set_at(&["apiVersion"], desc.api_version());
    if served.resource.custom.is_none() {
        fill(&mut tree, desc.ty);
    }
    tree
}

/// The parameters with which a policy is evaluated; one `null` where it has none.
///
/// # Errors
/// What is wrong with the binding, in upstream's words.
pub async fn collect(
    subject: &Subject<'_>,
    served: Option<&Arc<Served>>,
    reference: Option<&ParamRef>,
) -> Result<Vec<Value>, String> {
    let (Some(served), Some(reference)) = (served, reference) else {
        return Ok(vec![Value::Null]);
    };
    let namespaced = served.resource.desc.namespaced;
    let mut namespace = "";
    if namespaced {
        namespace = if reference.namespace.is_empty() {
            subject.request.namespace
        } else {
            &reference.namespace
        };
        if namespace.is_empty() {
            return Err("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources".to_owned());
        }
    } else if !reference.namespace.is_empty() {
        return Err(
            "paramRef.namespace must not be provided for a cluster-scoped `paramKind`".to_owned(),
        );
    }
    let Some(cacher) = &served.cacher else {
        return Ok(Vec::new());
    };
    let mut wanted = None;
    let objects = if reference.name.is_empty() {
        wanted = match &reference.selector {
            Some(selector) => Some(selector.as_ref().map_err(Clone::clone)?),
            None => return Err("one of name or selector must be provided".to_owned()),
        };
        cacher.list(&served.prefix_of(namespace)).0
    } else {
        let object = cacher.get(&served.key_of(namespace, &reference.name));
        object.into_iter().collect()
    };
    // A webhook may have to bring them into the version of the policy.
    let objects = served
        .viewed_all(subject.server, objects)
        .await
        .map_err(|error| error.to_string())?;
    let found: Vec<Value> = objects
        .iter()
        .map(skeg_meta::SharedObject::value)
        .filter(|tree| wanted.is_none_or(|selector| passes(selector, tree)))
        .map(|tree| shown(served, &tree))
        .collect();
    if found.is_empty() && reference.denies_missing {
        return Err(
            "no params found for policy binding with `Deny` parameterNotFoundAction".to_owned(),
        );
    }
    Ok(found)
}
