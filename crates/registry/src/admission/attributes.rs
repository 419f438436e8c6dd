//! What is asked of admission.

use crate::context::Ctx;
use crate::tree;
use skeg_meta::{GroupResource, Status};
use skeg_schema::Value;
use skeg_schema::resources::ResourceDesc;

/// What happens to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It is made.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

impl Operation {
    /// As reviews and refusals call it.
    pub fn word(self) -> &'static str {
        match self {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        }
    }
}

/// A write, as plugins see it. `ctx.subresource` says through which
/// subresource; the object is then of that subresource's kind (Binding,
/// Eviction, Scale, …).
#[derive(Clone, Copy)]
pub struct Attributes<'a> {
    /// The request.
    pub ctx: Ctx<'a>,
    /// The resource.
    pub desc: &'static ResourceDesc,
    /// What happens.
    pub operation: Operation,
}

impl Attributes<'_> {
    /// Is it this resource itself, not a subresource of it?
    pub fn is(&self, group: &str, resource: &str) -> bool {
        self.desc.group == group
            && self.desc.resource == resource
            && self.ctx.subresource.is_empty()
    }

    /// Is it a core resource itself?
    pub fn is_core(&self, resource: &str) -> bool {
        self.is("", resource)
    }

    /// Is a pod being made?
    pub fn creates_pod(&self) -> bool {
        self.is_core("pods") && self.operation == Operation::Create
    }

    /// The namespace of the request.
    pub fn namespace(&self) -> &str {
        self.ctx.namespace
    }

    /// The 403 that upstream's plugins answer with.
    pub fn forbidden(&self, obj: &Value, words: impl std::fmt::Display) -> Status {
        let mut name = tree::name_of(obj);
        if name.is_empty() {
            name = self.ctx.name;
        }
        if name.is_empty() {
            name = tree::sp(obj, &["metadata", "generateName"]);
        }
        Status::forbidden(
            &GroupResource::new(self.desc.group, self.desc.resource),
            name,
            words,
        )
    }
}
