// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.
#[allow(clippy::wildcard_imports)]
use crate::desc::{
    FieldDesc, FieldType::*, ListType, MessageDesc, Slots, TypeId, WireEntry::Field,
};

const fn f(
    json: &'static str,
    go: &'static str,
    go_type: &'static str,
    number: u32,
    ty: crate::FieldType,
) -> FieldDesc {
    FieldDesc::new(json, go, go_type, number, ty)
}

pub(super) static T247: MessageDesc = MessageDesc {
    name: "batch/v1.CronJob",
    go: "CronJob",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.CronJob",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ObjectMeta",
            "v1.ObjectMeta",
            1,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f("spec", "Spec", "v1.CronJobSpec", 2, Message(TypeId(249)))
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.CronJobStatus",
            3,
            Message(TypeId(250)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.21",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T248: MessageDesc = MessageDesc {
    name: "batch/v1.CronJobList",
    go: "CronJobList",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.CronJobList",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ListMeta",
            "v1.ListMeta",
            1,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.CronJob",
            2,
            List(&Message(TypeId(247))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.21"],
    slots: Slots::new(),
};
pub(super) static T249: MessageDesc = MessageDesc {
    name: "batch/v1.CronJobSpec",
    go: "CronJobSpec",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.CronJobSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("schedule", "Schedule", "string", 1, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("timeZone", "TimeZone", "string", 8, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "startingDeadlineSeconds",
            "StartingDeadlineSeconds",
            "int64",
            2,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "concurrencyPolicy",
            "ConcurrencyPolicy",
            "v1.ConcurrencyPolicy",
            3,
            String,
        )
        .oe()
        .one_of(&["Allow", "Forbid", "Replace"])
        .marks(&["optional"]),
        f("suspend", "Suspend", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "jobTemplate",
            "JobTemplate",
            "v1.JobTemplateSpec",
            5,
            Message(TypeId(257)),
        )
        .req(),
        f(
            "successfulJobsHistoryLimit",
            "SuccessfulJobsHistoryLimit",
            "int32",
            6,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "failedJobsHistoryLimit",
            "FailedJobsHistoryLimit",
            "int32",
            7,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 7),
        Field(8, 1),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T250: MessageDesc = MessageDesc {
    name: "batch/v1.CronJobStatus",
    go: "CronJobStatus",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.CronJobStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "active",
            "Active",
            "[]v1.ObjectReference",
            1,
            List(&Message(TypeId(427))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("lastScheduleTime", "LastScheduleTime", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "lastSuccessfulTime",
            "LastSuccessfulTime",
            "v1.Time",
            5,
            Time,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(4, 1), Field(5, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T251: MessageDesc = MessageDesc {
    name: "batch/v1.Job",
    go: "Job",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.Job",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ObjectMeta",
            "v1.ObjectMeta",
            1,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f("spec", "Spec", "v1.JobSpec", 2, Message(TypeId(255)))
            .oe()
            .marks(&["optional"]),
        f("status", "Status", "v1.JobStatus", 3, Message(TypeId(256)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.2",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T252: MessageDesc = MessageDesc {
    name: "batch/v1.JobCondition",
    go: "JobCondition",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.JobConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
        f("lastProbeTime", "LastProbeTime", "v1.Time", 3, Time)
            .oe()
            .marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            4,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 6, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T253: MessageDesc = MessageDesc {
    name: "batch/v1.JobList",
    go: "JobList",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobList",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ListMeta",
            "v1.ListMeta",
            1,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f("items", "Items", "[]v1.Job", 2, List(&Message(TypeId(251)))).req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T254: MessageDesc = MessageDesc {
    name: "batch/v1.JobSchedulingConfiguration",
    go: "JobSchedulingConfiguration",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobSchedulingConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1alpha3.WorkloadPodGroupSchedulingPolicy",
            1,
            Message(TypeId(912)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1alpha3.WorkloadPodGroupSchedulingConstraints",
            2,
            Message(TypeId(911)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1alpha3.WorkloadPodGroupDisruptionMode",
            3,
            Message(TypeId(908)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1alpha3.WorkloadPodGroupResourceClaim",
            4,
            List(&Message(TypeId(910))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "k8s:immutable",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T255: MessageDesc = MessageDesc {
    name: "batch/v1.JobSpec",
    go: "JobSpec",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("parallelism", "Parallelism", "int32", 1, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("completions", "Completions", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "activeDeadlineSeconds",
            "ActiveDeadlineSeconds",
            "int64",
            3,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "podFailurePolicy",
            "PodFailurePolicy",
            "v1.PodFailurePolicy",
            11,
            Message(TypeId(258)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "successPolicy",
            "SuccessPolicy",
            "v1.SuccessPolicy",
            16,
            Message(TypeId(262)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("backoffLimit", "BackoffLimit", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "backoffLimitPerIndex",
            "BackoffLimitPerIndex",
            "int32",
            12,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("maxFailedIndexes", "MaxFailedIndexes", "int32", 13, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"backoffLimitPerIndex\")",
            ]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            4,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("manualSelector", "ManualSelector", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            6,
            Message(TypeId(469)),
        )
        .req(),
        f(
            "ttlSecondsAfterFinished",
            "TTLSecondsAfterFinished",
            "int32",
            8,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "completionMode",
            "CompletionMode",
            "v1.CompletionMode",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Indexed", "NonIndexed"])
        .marks(&["optional"]),
        f("suspend", "Suspend", "bool", 10, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "podReplacementPolicy",
            "PodReplacementPolicy",
            "v1.PodReplacementPolicy",
            14,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Failed", "TerminatingOrFailed"])
        .marks(&["optional"]),
        f("managedBy", "ManagedBy", "string", 15, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "scheduling",
            "Scheduling",
            "v1.JobSchedulingConfiguration",
            17,
            Message(TypeId(254)),
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=WorkloadWithJob",
            "optional",
            "k8s:ifDisabled(WorkloadWithJob)=+k8s:forbidden",
            "k8s:optional",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 8),
        Field(5, 9),
        Field(6, 10),
        Field(7, 5),
        Field(8, 11),
        Field(9, 12),
        Field(10, 13),
        Field(11, 3),
        Field(12, 6),
        Field(13, 7),
        Field(14, 14),
        Field(15, 15),
        Field(16, 4),
        Field(17, 16),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T256: MessageDesc = MessageDesc {
    name: "batch/v1.JobStatus",
    go: "JobStatus",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1.JobCondition",
            1,
            List(&Message(TypeId(252))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=atomic",
        ]),
        f("startTime", "StartTime", "v1.Time", 2, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("completionTime", "CompletionTime", "v1.Time", 3, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("active", "Active", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f("succeeded", "Succeeded", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
        f("failed", "Failed", "int32", 6, Int32)
            .oe()
            .marks(&["optional"]),
        f("terminating", "Terminating", "int32", 11, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("completedIndexes", "CompletedIndexes", "string", 7, String)
            .oe()
            .marks(&["optional"]),
        f("failedIndexes", "FailedIndexes", "string", 10, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "uncountedTerminatedPods",
            "UncountedTerminatedPods",
            "v1.UncountedTerminatedPods",
            8,
            Message(TypeId(264)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("ready", "Ready", "int32", 9, Int32).ptr().oe(),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 7),
        Field(8, 9),
        Field(9, 10),
        Field(10, 8),
        Field(11, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T257: MessageDesc = MessageDesc {
    name: "batch/v1.JobTemplateSpec",
    go: "JobTemplateSpec",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.JobTemplateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metadata",
            "ObjectMeta",
            "v1.ObjectMeta",
            1,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional", "k8s:opaqueType"]),
        f("spec", "Spec", "v1.JobSpec", 2, Message(TypeId(255)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T258: MessageDesc = MessageDesc {
    name: "batch/v1.PodFailurePolicy",
    go: "PodFailurePolicy",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.PodFailurePolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "rules",
        "Rules",
        "[]v1.PodFailurePolicyRule",
        1,
        List(&Message(TypeId(261))),
    )
    .req()
    .list(ListType::Atomic, &[])
    .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T259: MessageDesc = MessageDesc {
    name: "batch/v1.PodFailurePolicyOnExitCodesRequirement",
    go: "PodFailurePolicyOnExitCodesRequirement",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.PodFailurePolicyOnExitCodesRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("containerName", "ContainerName", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "operator",
            "Operator",
            "v1.PodFailurePolicyOnExitCodesOperator",
            2,
            String,
        )
        .req()
        .one_of(&["In", "NotIn"]),
        f("values", "Values", "[]int32", 3, List(&Int32))
            .req()
            .list(ListType::Set, &[])
            .marks(&["listType=set"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T260: MessageDesc = MessageDesc {
    name: "batch/v1.PodFailurePolicyOnPodConditionsPattern",
    go: "PodFailurePolicyOnPodConditionsPattern",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.PodFailurePolicyOnPodConditionsPattern",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.PodConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T261: MessageDesc = MessageDesc {
    name: "batch/v1.PodFailurePolicyRule",
    go: "PodFailurePolicyRule",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.PodFailurePolicyRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("action", "Action", "v1.PodFailurePolicyAction", 1, String)
            .req()
            .one_of(&["Count", "FailIndex", "FailJob", "Ignore"]),
        f(
            "onExitCodes",
            "OnExitCodes",
            "v1.PodFailurePolicyOnExitCodesRequirement",
            2,
            Message(TypeId(259)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "onPodConditions",
            "OnPodConditions",
            "[]v1.PodFailurePolicyOnPodConditionsPattern",
            3,
            List(&Message(TypeId(260))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T262: MessageDesc = MessageDesc {
    name: "batch/v1.SuccessPolicy",
    go: "SuccessPolicy",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.SuccessPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "rules",
        "Rules",
        "[]v1.SuccessPolicyRule",
        1,
        List(&Message(TypeId(263))),
    )
    .req()
    .list(ListType::Atomic, &[])
    .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T263: MessageDesc = MessageDesc {
    name: "batch/v1.SuccessPolicyRule",
    go: "SuccessPolicyRule",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.SuccessPolicyRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("succeededIndexes", "SucceededIndexes", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("succeededCount", "SucceededCount", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T264: MessageDesc = MessageDesc {
    name: "batch/v1.UncountedTerminatedPods",
    go: "UncountedTerminatedPods",
    api_group: "batch",
    version: "v1",
    proto_name: "k8s.io.api.batch.v1.UncountedTerminatedPods",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("succeeded", "Succeeded", "[]types.UID", 1, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f("failed", "Failed", "[]types.UID", 2, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
