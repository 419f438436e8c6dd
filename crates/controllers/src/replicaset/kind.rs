//! What ReplicaSets and ReplicationControllers have in common.

use skeg_api::apps::v1::{ReplicaSet, ReplicaSetCondition, ReplicaSetStatus};
use skeg_api::core::v1::{
    PodTemplateSpec, ReplicationController, ReplicationControllerCondition,
    ReplicationControllerStatus,
};
use skeg_meta::Time;
use skeg_meta::labels::Selector;

/// A condition of either kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Condition {
    pub(crate) type_: String,
    pub(crate) status: String,
    pub(crate) last_transition_time: Option<Time>,
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// The status of either kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Status {
    pub(crate) replicas: i32,
    pub(crate) fully_labeled_replicas: i32,
    pub(crate) ready_replicas: i32,
    pub(crate) available_replicas: i32,
    /// ReplicationControllers do not have it.
    pub(crate) terminating_replicas: Option<i32>,
    pub(crate) observed_generation: i64,
    pub(crate) conditions: Vec<Condition>,
}

/// A kind that keeps up a number of pods.
pub(crate) trait Replicas: skeg_meta::HasStatus {
    /// Whether its status counts the pods that are being deleted.
    const COUNTS_TERMINATING: bool;

    fn wanted(&self) -> i32;
    fn min_ready_seconds(&self) -> i32;
    /// None when the selector cannot be understood, or would match everything.
    fn selector(&self) -> Option<Selector>;
    fn template(&self) -> &PodTemplateSpec;
    fn read_status(&self) -> Status;
    fn with_status(&self, status: &Status) -> Self;
}

macro_rules! conditions {
    ($from:expr, $to:ident) => {
        $from
            .iter()
            .map(|condition| $to {
                type_: condition.type_.clone(),
                status: condition.status.clone(),
                last_transition_time: condition.last_transition_time,
                reason: condition.reason.clone(),
                message: condition.message.clone(),
            })
            .collect()
    };
}

impl Replicas for ReplicaSet {
    const COUNTS_TERMINATING: bool = true;

    fn wanted(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    fn min_ready_seconds(&self) -> i32 {
        self.spec.min_ready_seconds
    }

    fn selector(&self) -> Option<Selector> {
        let selector = Selector::from_label_selector(self.spec.selector.as_ref()).ok()?;
        (!selector.is_everything()).then_some(selector)
    }

    fn template(&self) -> &PodTemplateSpec {
        &self.spec.template
    }

    fn read_status(&self) -> Status {
        Status {
            replicas: self.status.replicas,
            fully_labeled_replicas: self.status.fully_labeled_replicas,
            ready_replicas: self.status.ready_replicas,
            available_replicas: self.status.available_replicas,
            terminating_replicas: self.status.terminating_replicas,
            observed_generation: self.status.observed_generation,
            conditions: conditions!(self.status.conditions, Condition),
        }
    }

    fn with_status(&self, status: &Status) -> Self {
        let status = ReplicaSetStatus {
            replicas: status.replicas,
            fully_labeled_replicas: status.fully_labeled_replicas,
            ready_replicas: status.ready_replicas,
            available_replicas: status.available_replicas,
            terminating_replicas: status.terminating_replicas,
            observed_generation: status.observed_generation,
            conditions: conditions!(status.conditions, ReplicaSetCondition),
        };
        Self {
            status,
            ..self.clone()
        }
    }
}

static NO_TEMPLATE: std::sync::LazyLock<PodTemplateSpec> =
    std::sync::LazyLock::new(PodTemplateSpec::default);

impl Replicas for ReplicationController {
    const COUNTS_TERMINATING: bool = false;

    fn wanted(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    fn min_ready_seconds(&self) -> i32 {
        self.spec.min_ready_seconds
    }

    fn selector(&self) -> Option<Selector> {
        (!self.spec.selector.is_empty()).then(|| Selector::from_labels(&self.spec.selector))
    }

    fn template(&self) -> &PodTemplateSpec {
        self.spec.template.as_ref().unwrap_or(&NO_TEMPLATE)
    }

    fn read_status(&self) -> Status {
        Status {
            replicas: self.status.replicas,
            fully_labeled_replicas: self.status.fully_labeled_replicas,
            ready_replicas: self.status.ready_replicas,
            available_replicas: self.status.available_replicas,
            terminating_replicas: None,
            observed_generation: self.status.observed_generation,
            conditions: conditions!(self.status.conditions, Condition),
        }
    }

    fn with_status(&self, status: &Status) -> Self {
        let status = ReplicationControllerStatus {
            replicas: status.replicas,
            fully_labeled_replicas: status.fully_labeled_replicas,
            ready_replicas: status.ready_replicas,
            available_replicas: status.available_replicas,
            observed_generation: status.observed_generation,
            conditions: conditions!(status.conditions, ReplicationControllerCondition),
        };
        Self {
            status,
            ..self.clone()
        }
    }
}
