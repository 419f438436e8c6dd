//! Options of delete.

use skeg_schema::{Object, Value};

use super::Refused;

/// What becomes of an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They stay.
    Orphan,
    /// They are deleted afterwards.
    Background,
    /// They are deleted first.
    Foreground,
}

impl Propagation {
    /// As the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Orphan => "Orphan",
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
        }
    }
}

/// Options of delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// How long the object has to end by itself; the kind decides otherwise.
    pub grace_period_seconds: Option<i64>,
    /// What becomes of its dependents; the kind decides otherwise.
    pub propagation: Option<Propagation>,
    /// Delete only the object with this uid.
    pub uid: String,
    /// Delete only the object at this version.
    pub resource_version: String,
    /// Go through everything but the write.
    pub dry_run: bool,
}

impl DeleteOptions {
    /// At once.
    #[must_use]
    pub fn now() -> Self {
        Self::default().grace(0)
    }

    /// With this grace period.
    #[must_use]
    pub fn grace(mut self, seconds: i64) -> Self {
        self.grace_period_seconds = Some(seconds);
        self
    }

    /// With this policy for dependents.
    #[must_use]
    pub fn propagation(mut self, propagation: Propagation) -> Self {
        self.propagation = Some(propagation);
        self
    }

    /// Only the object with this uid.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = uid.into();
        self
    }

    /// Only the object at this version.
    #[must_use]
    pub fn version(mut self, resource_version: impl Into<String>) -> Self {
        self.resource_version = resource_version.into();
        self
    }

    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Whether the options go together. What the API calls `orphanDependents`
    /// is [`Propagation::Orphan`], so that the two cannot contradict each other.
    pub(crate) fn check(&self) -> Refused {
        match self.grace_period_seconds {
            Some(seconds) if seconds < 0 => {
                Err("a grace period cannot be negative: use now() to delete at once")
            }
            _ => Ok(()),
        }
    }

    /// The request's body; none when every option is left to the server.
    #[must_use]
    pub fn body(&self) -> Option<Value> {
        if *self == Self::default() {
            return None;
        }
        let mut body = Object::with_capacity(6);
        body.insert("kind", "DeleteOptions");
        body.insert("apiVersion", "v1");
        if let Some(seconds) = self.grace_period_seconds {
            body.insert("gracePeriodSeconds", seconds);
        }
        if !self.uid.is_empty() || !self.resource_version.is_empty() {
            let mut preconditions = Object::with_capacity(2);
            if !self.uid.is_empty() {
                preconditions.insert("uid", self.uid.as_str());
            }
            if !self.resource_version.is_empty() {
                preconditions.insert("resourceVersion", self.resource_version.as_str());
            }
            body.insert("preconditions", preconditions);
        }
        if let Some(propagation) = self.propagation {
            body.insert("propagationPolicy", propagation.as_str());
        }
        if self.dry_run {
            body.insert("dryRun", vec!["All"]);
        }
        Some(Value::Object(body))
    }
}
