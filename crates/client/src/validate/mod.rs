//! Objects held against a server's schema, without the server.

mod check;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use skeg_meta::GroupVersionKind;
use skeg_schema::Value;

/// Schemas of kinds, from OpenAPI documents.
///
/// ```
/// use skeg_client::validate::Schemas;
/// use skeg_schema::json;
///
/// let schemas = Schemas::built_in("apps", "v1");
/// let problems = schemas.validate(&json!({
///     "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"},
///     "spec": {"replica": 3, "selector": {}, "template": {}}
/// }));
/// assert_eq!(
///     problems[0].to_string(),
///     "ValidationError(Deployment.spec): unknown field \"replica\" in io.k8s.api.apps.v1.DeploymentSpec"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    definitions: HashMap<String, Value>,
    by_kind: HashMap<GroupVersionKind, String>,
}

/// What is wrong with an object, at one place. Prints as kubectl prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place, from the kind on: `Pod.spec.containers[0]`.
    pub path: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The schema has no such field.
    UnknownField {
        /// The field.
        field: String,
        /// The schema.
        schema: String,
    },
    /// A field that must be there is not.
    MissingField {
        /// The field.
        field: String,
        /// The schema.
        schema: String,
    },
    /// A value has another type.
    WrongType {
        /// The place in the schema.
        schema: String,
        /// What it is.
        found: &'static str,
        /// What it should be.
        expected: String,
    },
    /// A value is none of those that may stand there.
    NotAllowed {
        /// What it is.
        found: String,
        /// What it may be.
        allowed: Vec<String>,
    },
    /// There is no schema of the kind.
    UnknownKind {
        /// The kind.
        kind: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ProblemKind::UnknownKind { kind } = &self.kind {
            return write!(f, "unknown object type {kind}");
        }
        write!(f, "ValidationError({}): ", self.path)?;
        match &self.kind {
            ProblemKind::UnknownField { field, schema } => {
                write!(f, "unknown field \"{field}\" in {schema}")
            }
            ProblemKind::MissingField { field, schema } => {
                write!(f, "missing required field \"{field}\" in {schema}")
            }
            ProblemKind::WrongType {
                schema,
                found,
                expected,
            } => write!(
                f,
                "invalid type for {schema}: got \"{found}\", expected \"{expected}\""
            ),
            ProblemKind::NotAllowed { found, allowed } => {
                let allowed: Vec<String> = allowed.iter().map(|text| format!("{text:?}")).collect();
                write!(
                    f,
                    "unsupported value {found:?}: supported values: {}",
                    allowed.join(", ")
                )
            }
            ProblemKind::UnknownKind { kind } => f.write_str(kind),
        }
    }
}

/// All problems of an object in one sentence, as kubectl says them.
#[must_use]
pub fn summary(problems: &[Problem]) -> String {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    match &*texts {
        [one] => format!("error validating data: {one}"),
        many => format!("error validating data: [{}]", many.join(", ")),
    }
}

impl Schemas {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Of the kinds of a group and version as this library knows them.
    #[must_use]
    pub fn built_in(group: &str, version: &str) -> Self {
        let path = if group.is_empty() {
            format!("api/{version}")
        } else {
            format!("apis/{group}/{version}")
        };
        let mut schemas = Self::new();
        if let Some(document) = skeg_schema::openapi::v3_document(&path, &|_| true) {
            schemas.add(&document);
        }
        schemas
    }

    /// From a file with a document of OpenAPI v2 or v3, such as `kubectl get
    /// --raw /openapi/v2` writes.
    ///
    /// # Errors
    /// The file cannot be read, or is no JSON.
    pub fn from_file(path: impl AsRef<Path>) -> std::io::Result<Self> {
        let bytes = std::fs::read(path)?;
        let document = skeg_schema::decode_json_any(&bytes).map_err(std::io::Error::other)?;
        let mut schemas = Self::new();
        schemas.add(&document);
        Ok(schemas)
    }

    /// Adds those of a document of OpenAPI v2 or v3.
    pub fn add(&mut self, document: &Value) {
        let found = document
            .at(&["components", "schemas"])
            .or_else(|| document.get("definitions"));
        for (name, schema) in found.and_then(Value::as_object).into_iter().flatten() {
            let kinds = schema["x-kubernetes-group-version-kind"].as_array();
            for kind in kinds.into_iter().flatten() {
                let text = |key: &str| kind[key].as_str().unwrap_or_default().to_owned();
                self.by_kind.insert(
                    GroupVersionKind::new(text("group"), text("version"), text("kind")),
                    name.to_string(),
                );
            }
            self.definitions.insert(name.to_string(), schema.clone());
        }
    }

    /// Whether there is a schema of a kind.
    #[must_use]
    pub fn has(&self, gvk: &GroupVersionKind) -> bool {
        self.by_kind.contains_key(gvk)
    }

    /// The schema of a kind.
    #[must_use]
    pub fn of(&self, gvk: &GroupVersionKind) -> Option<&Value> {
        self.definitions.get(self.by_kind.get(gvk)?)
    }

    /// The schema with a name (`io.k8s.api.core.v1.PodSpec`).
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.definitions.get(name)
    }

    /// What is wrong with an object: everything at once, in its own order.
    #[must_use]
    pub fn validate(&self, object: &Value) -> Vec<Problem> {
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        let gvk = GroupVersionKind::from_api_version(text("apiVersion"), text("kind"));
        let Some(name) = self.by_kind.get(&gvk) else {
            return vec![Problem {
                path: String::new(),
                kind: ProblemKind::UnknownKind {
                    kind: gvk.to_string(),
                },
            }];
        };
        let mut check = check::Check::new(self);
        check.named(name, object, &gvk.kind);
        check.problems
    }
}
