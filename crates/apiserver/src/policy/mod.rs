//! Admission policies: expressions of the cluster's administrators that refuse
//! or change writes, and to what they are bound.

pub(crate) mod access;
mod criteria;
mod definition;
mod evaluate;
mod metrics;
mod mutate;
mod params;
mod validate;

pub use definition::Definitions;

use std::sync::Arc;

use definition::Phase;

/// The policies of a server.
pub struct Policies {
    definitions: Arc<Definitions>,
}

impl Policies {
    /// Policies that are held by `definitions`.
    pub fn new(definitions: Arc<Definitions>) -> Self {
        Self { definitions }
    }

    /// Whether any policy could refuse something.
    pub fn any_validating(&self) -> bool {
        !self.definitions.active(Phase::Validating).is_empty()
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut skeg_auth::metrics::Text) {
        self.definitions.metrics.render(text);
    }

    /// Counts an evaluation.
    fn evaluated(&self, took: std::time::Duration) {
        self.definitions.metrics.evaluated(took);
    }

    /// Whether any policy could change something.
    pub fn any_mutating(&self) -> bool {
        !self.definitions.active(Phase::Mutating).is_empty()
    }
}
