//! Every kind's conditions.

use skeg_meta::Time;
use skeg_meta::conditions::{ConditionFields, Conditions, SetCondition};

/// A kind whose status has conditions.
///
/// ```
/// use skeg_api::core::v1::{Node, NodeCondition};
/// use skeg_api::ext::HasConditions;
/// use skeg_meta::Time;
///
/// let mut node = Node::default();
/// let ready = NodeCondition { type_: "Ready".into(), status: "True".into(), ..Default::default() };
/// assert!(node.set_condition(ready, Time::now()));
/// assert!(node.condition_is_true("Ready"));
/// ```
pub trait HasConditions {
    /// The struct of one condition.
    type Condition: ConditionFields + PartialEq;

    /// The conditions.
    fn conditions(&self) -> &[Self::Condition];

    /// The conditions, to be changed.
    fn conditions_mut(&mut self) -> &mut Vec<Self::Condition>;

    /// The condition of a type.
    fn condition(&self, type_name: &str) -> Option<&Self::Condition> {
        self.conditions().find(type_name)
    }

    /// Whether there is such a condition, and it holds.
    fn condition_is_true(&self, type_name: &str) -> bool {
        self.conditions().is_true(type_name)
    }

    /// Puts a condition in; its transition time only moves when its status
    /// does. Tells whether anything is different now.
    fn set_condition(&mut self, condition: Self::Condition, now: Time) -> bool {
        self.conditions_mut().set(condition, now)
    }

    /// Takes the condition of a type out. Tells whether there was one.
    fn remove_condition(&mut self, type_name: &str) -> bool {
        self.conditions_mut().remove_type(type_name)
    }
}

macro_rules! conditions {
    ($($feature:literal $group:ident $version:ident {
        own: [$($condition:ident),* $(,)?],
        kinds: [$($kind:ident: $of:ty),* $(,)?] $(,)?
    })*) => {
        $(
            #[cfg(feature = $feature)]
            mod $group {
                use super::HasConditions;
                use crate::$group::$version::*;

                skeg_meta::condition!($($condition),*);

                $(impl HasConditions for $kind {
                    type Condition = $of;

                    fn conditions(&self) -> &[Self::Condition] {
                        &self.status.conditions
                    }

                    fn conditions_mut(&mut self) -> &mut Vec<Self::Condition> {
                        &mut self.status.conditions
                    }
                })*
            }
        )*
    };
}

conditions! {
    "apiextensions" apiextensions v1 {
        own: [CustomResourceDefinitionCondition],
        kinds: [CustomResourceDefinition: CustomResourceDefinitionCondition],
    }
    "apiregistration" apiregistration v1 {
        own: [APIServiceCondition],
        kinds: [APIService: APIServiceCondition],
    }
    "apps" apps v1 {
        own: [DaemonSetCondition, DeploymentCondition, ReplicaSetCondition, StatefulSetCondition],
        kinds: [
            DaemonSet: DaemonSetCondition,
            Deployment: DeploymentCondition,
            ReplicaSet: ReplicaSetCondition,
            StatefulSet: StatefulSetCondition,
        ],
    }
    "autoscaling" autoscaling v2 {
        own: [HorizontalPodAutoscalerCondition],
        kinds: [HorizontalPodAutoscaler: HorizontalPodAutoscalerCondition],
    }
    "batch" batch v1 {
        own: [JobCondition],
        kinds: [Job: JobCondition],
    }
    "certificates" certificates v1 {
        own: [CertificateSigningRequestCondition],
        kinds: [CertificateSigningRequest: CertificateSigningRequestCondition],
    }
    "core" core v1 {
        own: [
            NamespaceCondition,
            NodeCondition,
            PersistentVolumeClaimCondition,
            PodCondition,
            ReplicationControllerCondition,
        ],
        kinds: [
            Namespace: NamespaceCondition,
            Node: NodeCondition,
            PersistentVolumeClaim: PersistentVolumeClaimCondition,
            Pod: PodCondition,
            ReplicationController: ReplicationControllerCondition,
            Service: skeg_meta::Condition,
        ],
    }
    "flowcontrol" flowcontrol v1 {
        own: [FlowSchemaCondition, PriorityLevelConfigurationCondition],
        kinds: [
            FlowSchema: FlowSchemaCondition,
            PriorityLevelConfiguration: PriorityLevelConfigurationCondition,
        ],
    }
    "policy" policy v1 {
        own: [],
        kinds: [PodDisruptionBudget: skeg_meta::Condition],
    }
}
