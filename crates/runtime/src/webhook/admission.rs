//! What a hook is asked, and what it says.

use std::collections::BTreeMap;

use skeg_api::admission::v1::AdmissionRequest;
use skeg_api::authentication::v1::UserInfo;
use skeg_meta::{
    FieldError, GroupVersionKind, GroupVersionResource, Object, Status, StatusCause, StatusDetails,
    join_errors,
};
use skeg_schema::Value;

/// What is done to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// It is created.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
    /// It is connected to (`exec`, `proxy`).
    Connect,
}

impl Operation {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "CREATE" => Self::Create,
            "UPDATE" => Self::Update,
            "DELETE" => Self::Delete,
            "CONNECT" => Self::Connect,
            _ => return None,
        })
    }
}

/// A question to a hook. `K` is a kind, or [`Tree`] for objects of any kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Admission<K> {
    /// What tells the question from others.
    pub uid: String,
    /// What is done.
    pub operation: Operation,
    /// The object as it is to be; none when it is deleted.
    pub object: Option<K>,
    /// The object as it is; none when it is created.
    pub old_object: Option<K>,
    /// The object's name; empty when the server is to make one.
    pub name: String,
    /// The object's namespace; empty where it has none.
    pub namespace: String,
    /// The kind of the objects above.
    pub kind: GroupVersionKind,
    /// The resource, as the hook's rules name it.
    pub resource: GroupVersionResource,
    /// The subresource; empty for the object itself.
    pub subresource: String,
    /// The kind that the request was for, where the objects above were converted
    /// to what the hook's rules name (`matchPolicy: Equivalent`); else the same.
    pub request_kind: GroupVersionKind,
    /// The resource that the request was for.
    pub request_resource: GroupVersionResource,
    /// The subresource that the request was for.
    pub request_subresource: String,
    /// Who asks.
    pub user: UserInfo,
    /// Nothing will be stored: do nothing beyond the answer.
    pub dry_run: bool,
    /// The options of the operation (`CreateOptions`, …).
    pub options: Value,
}

/// An object in a question: a kind, or a tree.
pub trait Subject: Clone + Send + Sized + 'static {
    /// What the objects are, for messages.
    fn what() -> String;
    /// The object of a tree.
    ///
    /// # Errors
    /// The tree is no such object.
    fn of_tree(tree: Value) -> Result<Self, String>;
    /// The object as a tree.
    fn into_tree(self) -> Value;
}

/// An object of any kind, for hooks that take whatever their rules name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree(pub Value);

impl std::ops::Deref for Tree {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl std::ops::DerefMut for Tree {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
    }
}

impl Subject for Tree {
    fn what() -> String {
        "object".to_owned()
    }

    fn of_tree(tree: Value) -> Result<Self, String> {
        Ok(Self(tree))
    }

    fn into_tree(self) -> Value {
        self.0
    }
}

impl<K: Object> Subject for K {
    fn what() -> String {
        K::GVK.kind.into_owned()
    }

    fn of_tree(tree: Value) -> Result<Self, String> {
        let text = |key: &str| tree[key].as_str().unwrap_or_default();
        let (version, kind) = (text("apiVersion"), text("kind"));
        // Most fields of most kinds may be absent, so that many would pass for others.
        if !kind.is_empty() && (kind != K::GVK.kind || version != K::GVK.api_version()) {
            return Err(format!(
                "it is a {version} {kind} and no {} {}; hooks for several kinds take Admission<Tree>",
                K::GVK.api_version(),
                K::GVK.kind,
            ));
        }
        K::from_tree(tree).map_err(|error| match std::error::Error::source(&error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        })
    }

    fn into_tree(self) -> Value {
        self.to_tree()
    }
}

impl<K: Subject> Admission<K> {
    /// The question as it came, with its objects in the form that the hook takes.
    pub(super) fn read(request: AdmissionRequest) -> Result<Self, Denial> {
        let object = |tree: Value, which: &str| {
            if tree.is_null() {
                return Ok(None);
            }
            K::of_tree(tree).map(Some).map_err(|error| {
                Denial::new(format!(
                    "cannot read the {which} as a {}: {error}",
                    K::what()
                ))
                .code(400)
                .reason("BadRequest")
            })
        };
        let Some(operation) = Operation::parse(&request.operation) else {
            return Err(
                Denial::new(format!("unknown operation {:?}", request.operation))
                    .code(400)
                    .reason("BadRequest"),
            );
        };
        Ok(Self {
            operation,
            object: object(request.object, "object")?,
            old_object: object(request.old_object, "old object")?,
            uid: request.uid,
            request_kind: request.request_kind.unwrap_or_else(|| request.kind.clone()),
            request_resource: request
                .request_resource
                .unwrap_or_else(|| request.resource.clone()),
            request_subresource: request.request_sub_resource,
            name: request.name,
            namespace: request.namespace,
            kind: request.kind,
            resource: request.resource,
            subresource: request.sub_resource,
            user: request.user_info,
            dry_run: request.dry_run == Some(true),
            options: request.options,
        })
    }

    /// The object as it is, or was: what there is to look at.
    #[must_use]
    pub fn any_object(&self) -> Option<&K> {
        self.object.as_ref().or(self.old_object.as_ref())
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Denial(Box<Status>);

impl Denial {
    /// Refuses, with a message for who asks: 403 `Forbidden`, unless said otherwise.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Status::failure(403, "Forbidden", message)))
    }

    /// Refuses as not valid, and says which fields: 422 `Invalid`.
    #[must_use]
    pub fn invalid(errors: &[FieldError]) -> Self {
        let mut status = Status::failure(422, "Invalid", join_errors(errors));
        status.details = Some(StatusDetails {
            causes: errors
                .iter()
                .map(|error| StatusCause {
                    reason: error.kind.reason().to_owned(),
                    message: error.body(),
                    field: error.field.clone(),
                })
                .collect(),
            ..StatusDetails::default()
        });
        Self(Box::new(status))
    }

    /// With another HTTP code.
    #[must_use]
    pub fn code(mut self, code: i32) -> Self {
        self.0.code = code;
        self
    }

    /// With another reason, for programs.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.0.reason = reason.into();
        self
    }

    pub(super) fn into_status(self) -> Status {
        *self.0
    }
}

impl From<&str> for Denial {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Denial {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<Vec<FieldError>> for Denial {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::invalid(&errors)
    }
}

impl From<Status> for Denial {
    fn from(status: Status) -> Self {
        Self(Box::new(status))
    }
}

/// What a validating hook says. `Ok(())` and `Err(Denial)` are verdicts too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    pub(super) denial: Option<Denial>,
    pub(super) warnings: Vec<String>,
    pub(super) audit: BTreeMap<String, String>,
}

impl Verdict {
    /// Lets it pass.
    #[must_use]
    pub fn allow() -> Self {
        Self::default()
    }

    /// Refuses.
    #[must_use]
    pub fn deny(denial: impl Into<Denial>) -> Self {
        Self {
            denial: Some(denial.into()),
            ..Self::default()
        }
    }

    /// Warns who asks, in a line of at most 120 characters.
    #[must_use]
    pub fn warn(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    /// Adds an annotation to the audit log; the hook's name is put before the key.
    #[must_use]
    pub fn audit(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.audit.insert(key.into(), value.into());
        self
    }
}

impl<E: Into<Denial>> From<Result<(), E>> for Verdict {
    fn from(result: Result<(), E>) -> Self {
        result.map_or_else(Self::deny, |()| Self::allow())
    }
}

impl<E: Into<Denial>> From<Result<Verdict, E>> for Verdict {
    fn from(result: Result<Verdict, E>) -> Self {
        result.unwrap_or_else(Self::deny)
    }
}

/// What a mutating hook says: a verdict, and the object as it is to be. The
/// server makes the patch.
#[derive(Clone, Debug)]
pub struct Change<K> {
    pub(super) verdict: Verdict,
    pub(super) object: Option<K>,
}

impl<K> Change<K> {
    /// Lets the object pass as it is.
    #[must_use]
    pub fn none() -> Self {
        Verdict::allow().into()
    }

    /// Lets this object pass instead.
    #[must_use]
    pub fn to(object: K) -> Self {
        Self {
            verdict: Verdict::allow(),
            object: Some(object),
        }
    }

    /// Refuses.
    #[must_use]
    pub fn deny(denial: impl Into<Denial>) -> Self {
        Verdict::deny(denial).into()
    }

    /// Warns who asks, in a line of at most 120 characters.
    #[must_use]
    pub fn warn(mut self, warning: impl Into<String>) -> Self {
        self.verdict = self.verdict.warn(warning);
        self
    }

    /// Adds an annotation to the audit log; the hook's name is put before the key.
    #[must_use]
    pub fn audit(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.verdict = self.verdict.audit(key, value);
        self
    }
}

impl<K> From<Verdict> for Change<K> {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            object: None,
        }
    }
}

impl<K, E: Into<Denial>> From<Result<K, E>> for Change<K> {
    fn from(result: Result<K, E>) -> Self {
        result.map_or_else(Self::deny, Self::to)
    }
}

impl<K, E: Into<Denial>> From<Result<Option<K>, E>> for Change<K> {
    fn from(result: Result<Option<K>, E>) -> Self {
        match result {
            Ok(Some(object)) => Self::to(object),
            Ok(None) => Self::none(),
            Err(denial) => Self::deny(denial),
        }
    }
}
