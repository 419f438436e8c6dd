//! Questions to the authorizer.

use std::fmt;
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct User {
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// Further facts.
    pub extra: Vec<(String, Vec<String>)>,
}

/// A question: may this user do this?
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Check {
    /// Who.
    pub user: User,
    /// The verb.
    pub verb: String,
    /// The path, of a question that is about none of the resources.
    pub path: Option<String>,
    /// The group.
    pub group: String,
    /// The resource.
    pub resource: String,
    /// The subresource.
    pub subresource: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The field selector, as it was written.
    pub field_selector: String,
    /// The label selector, as it was written.
    pub label_selector: String,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, and why.
    Allowed(String),
    /// No, and why.
    Denied(String),
    /// Nobody has an opinion.
    NoOpinion(String),
    /// The question could not be answered.
    Error(String),
    /// Not known yet; see [`crate::EvalError::Pending`].
    Pending,
}

/// Answers questions.
pub trait Authorize: Send + Sync {
    /// The answer to a question.
    fn authorize(&self, check: &Check) -> Answer;
}

/// The authorizer, a question in the making, or an answer.
#[derive(Clone)]
pub struct Authz {
    pub(crate) form: Form,
    pub(crate) authorizer: Arc<dyn Authorize>,
    pub(crate) check: Check,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Authorizer,
    Path,
    Group,
    Resource,
    Decision(Answer),
}

impl Authz {
    pub(crate) fn type_name(&self) -> &'static str {
        match self.form {
            Form::Authorizer => "kubernetes.authorization.Authorizer",
            Form::Path => "kubernetes.authorization.PathCheck",
            Form::Group => "kubernetes.authorization.GroupCheck",
            Form::Resource => "kubernetes.authorization.ResourceCheck",
            Form::Decision(_) => "kubernetes.authorization.Decision",
        }
    }
}

impl fmt::Debug for Authz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authz")
            .field("form", &self.form)
            .field("check", &self.check)
            .finish_non_exhaustive()
    }
}

impl crate::Val<'_> {
    /// The variable `authorizer` for a user.
    #[must_use]
    pub fn authorizer(authorizer: Arc<dyn Authorize>, user: User) -> Self {
        Self::Authz(Arc::new(Authz {
            form: Form::Authorizer,
            authorizer,
            check: Check {
                user,
                ..Check::default()
            },
        }))
    }

    /// The variable `authorizer.requestResource`: a question about the
    /// resource that `check` names.
    #[must_use]
    pub fn resource_check(authorizer: Arc<dyn Authorize>, check: Check) -> Self {
        Self::Authz(Arc::new(Authz {
            form: Form::Resource,
            authorizer,
            check,
        }))
    }
}
