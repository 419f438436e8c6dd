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

pub(super) static T147: MessageDesc = MessageDesc {
    name: "apps/v1.ControllerRevision",
    go: "ControllerRevision",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ControllerRevision",
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
        f("data", "Data", "runtime.RawExtension", 2, RawExtension)
            .req()
            .marks(&["required"]),
        f("revision", "Revision", "int64", 3, Int64).marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T148: MessageDesc = MessageDesc {
    name: "apps/v1.ControllerRevisionList",
    go: "ControllerRevisionList",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ControllerRevisionList",
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
            "[]v1.ControllerRevision",
            2,
            List(&Message(TypeId(147))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T149: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSet",
    go: "DaemonSet",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSet",
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
        f("spec", "Spec", "v1.DaemonSetSpec", 2, Message(TypeId(152)))
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.DaemonSetStatus",
            3,
            Message(TypeId(153)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T150: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSetCondition",
    go: "DaemonSetCondition",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSetCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.DaemonSetConditionType", 1, String).marks(&["optional"]),
        f("status", "Status", "v1.ConditionStatus", 2, String).marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            3,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 5, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T151: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSetList",
    go: "DaemonSetList",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSetList",
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
            "[]v1.DaemonSet",
            2,
            List(&Message(TypeId(149))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T152: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSetSpec",
    go: "DaemonSetSpec",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSetSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .req()
        .atomic()
        .marks(&["required"]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            2,
            Message(TypeId(469)),
        )
        .req()
        .marks(&["required"]),
        f(
            "updateStrategy",
            "UpdateStrategy",
            "v1.DaemonSetUpdateStrategy",
            3,
            Message(TypeId(154)),
        )
        .oe()
        .marks(&["optional"]),
        f("minReadySeconds", "MinReadySeconds", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "revisionHistoryLimit",
            "RevisionHistoryLimit",
            "int32",
            6,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(6, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T153: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSetStatus",
    go: "DaemonSetStatus",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSetStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "currentNumberScheduled",
            "CurrentNumberScheduled",
            "int32",
            1,
            Int32,
        )
        .req(),
        f(
            "numberMisscheduled",
            "NumberMisscheduled",
            "int32",
            2,
            Int32,
        )
        .req(),
        f(
            "desiredNumberScheduled",
            "DesiredNumberScheduled",
            "int32",
            3,
            Int32,
        )
        .req(),
        f("numberReady", "NumberReady", "int32", 4, Int32).req(),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            5,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "updatedNumberScheduled",
            "UpdatedNumberScheduled",
            "int32",
            6,
            Int32,
        )
        .oe()
        .marks(&["optional"]),
        f("numberAvailable", "NumberAvailable", "int32", 7, Int32)
            .oe()
            .marks(&["optional"]),
        f("numberUnavailable", "NumberUnavailable", "int32", 8, Int32)
            .oe()
            .marks(&["optional"]),
        f("collisionCount", "CollisionCount", "int32", 9, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.DaemonSetCondition",
            10,
            List(&Message(TypeId(150))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 6),
        Field(8, 7),
        Field(9, 8),
        Field(10, 9),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T154: MessageDesc = MessageDesc {
    name: "apps/v1.DaemonSetUpdateStrategy",
    go: "DaemonSetUpdateStrategy",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DaemonSetUpdateStrategy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.DaemonSetUpdateStrategyType", 1, String)
            .oe()
            .one_of(&["OnDelete", "RollingUpdate"])
            .marks(&["optional"]),
        f(
            "rollingUpdate",
            "RollingUpdate",
            "v1.RollingUpdateDaemonSet",
            2,
            Message(TypeId(166)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T155: MessageDesc = MessageDesc {
    name: "apps/v1.Deployment",
    go: "Deployment",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.Deployment",
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
        f("spec", "Spec", "v1.DeploymentSpec", 2, Message(TypeId(158)))
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.DeploymentStatus",
            3,
            Message(TypeId(159)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=ApplyScale,verb=apply,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:supportsSubresource=\"/scale\"",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T156: MessageDesc = MessageDesc {
    name: "apps/v1.DeploymentCondition",
    go: "DeploymentCondition",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DeploymentCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.DeploymentConditionType", 1, String).marks(&["optional"]),
        f("status", "Status", "v1.ConditionStatus", 2, String).marks(&["optional"]),
        f("lastUpdateTime", "LastUpdateTime", "v1.Time", 6, Time)
            .oe()
            .marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            7,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 5, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(4, 4),
        Field(5, 5),
        Field(6, 2),
        Field(7, 3),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T157: MessageDesc = MessageDesc {
    name: "apps/v1.DeploymentList",
    go: "DeploymentList",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DeploymentList",
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
            "[]v1.Deployment",
            2,
            List(&Message(TypeId(155))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T158: MessageDesc = MessageDesc {
    name: "apps/v1.DeploymentSpec",
    go: "DeploymentSpec",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DeploymentSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .req()
        .atomic()
        .marks(&["required"]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            3,
            Message(TypeId(469)),
        )
        .req()
        .marks(&["required"]),
        f(
            "strategy",
            "Strategy",
            "v1.DeploymentStrategy",
            4,
            Message(TypeId(160)),
        )
        .oe()
        .patch("retainKeys", "")
        .marks(&["optional", "patchStrategy=retainKeys"]),
        f("minReadySeconds", "MinReadySeconds", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "revisionHistoryLimit",
            "RevisionHistoryLimit",
            "int32",
            6,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("paused", "Paused", "bool", 7, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "progressDeadlineSeconds",
            "ProgressDeadlineSeconds",
            "int32",
            9,
            Int32,
        )
        .ptr()
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
        Field(7, 6),
        Field(9, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T159: MessageDesc = MessageDesc {
    name: "apps/v1.DeploymentStatus",
    go: "DeploymentStatus",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DeploymentStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            1,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f("replicas", "Replicas", "int32", 2, Int32)
            .oe()
            .marks(&["optional"]),
        f("updatedReplicas", "UpdatedReplicas", "int32", 3, Int32)
            .oe()
            .marks(&["optional"]),
        f("readyReplicas", "ReadyReplicas", "int32", 7, Int32)
            .oe()
            .marks(&["optional"]),
        f("availableReplicas", "AvailableReplicas", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "unavailableReplicas",
            "UnavailableReplicas",
            "int32",
            5,
            Int32,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "terminatingReplicas",
            "TerminatingReplicas",
            "int32",
            9,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.DeploymentCondition",
            6,
            List(&Message(TypeId(156))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
        ]),
        f("collisionCount", "CollisionCount", "int32", 8, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 5),
        Field(6, 7),
        Field(7, 3),
        Field(8, 8),
        Field(9, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T160: MessageDesc = MessageDesc {
    name: "apps/v1.DeploymentStrategy",
    go: "DeploymentStrategy",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.DeploymentStrategy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.DeploymentStrategyType", 1, String)
            .oe()
            .one_of(&["Recreate", "RollingUpdate"])
            .marks(&["optional"]),
        f(
            "rollingUpdate",
            "RollingUpdate",
            "v1.RollingUpdateDeployment",
            2,
            Message(TypeId(167)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T161: MessageDesc = MessageDesc {
    name: "apps/v1.ReplicaSet",
    go: "ReplicaSet",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ReplicaSet",
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
        f("spec", "Spec", "v1.ReplicaSetSpec", 2, Message(TypeId(164)))
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.ReplicaSetStatus",
            3,
            Message(TypeId(165)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=ApplyScale,verb=apply,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:supportsSubresource=\"/scale\"",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T162: MessageDesc = MessageDesc {
    name: "apps/v1.ReplicaSetCondition",
    go: "ReplicaSetCondition",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ReplicaSetCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.ReplicaSetConditionType", 1, String).marks(&["optional"]),
        f("status", "Status", "v1.ConditionStatus", 2, String).marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            3,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 5, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T163: MessageDesc = MessageDesc {
    name: "apps/v1.ReplicaSetList",
    go: "ReplicaSetList",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ReplicaSetList",
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
            "[]v1.ReplicaSet",
            2,
            List(&Message(TypeId(161))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T164: MessageDesc = MessageDesc {
    name: "apps/v1.ReplicaSetSpec",
    go: "ReplicaSetSpec",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ReplicaSetSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("minReadySeconds", "MinReadySeconds", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .req()
        .atomic()
        .marks(&["required"]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            3,
            Message(TypeId(469)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 2), Field(3, 3), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T165: MessageDesc = MessageDesc {
    name: "apps/v1.ReplicaSetStatus",
    go: "ReplicaSetStatus",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.ReplicaSetStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32).req(),
        f(
            "fullyLabeledReplicas",
            "FullyLabeledReplicas",
            "int32",
            2,
            Int32,
        )
        .oe()
        .marks(&["optional"]),
        f("readyReplicas", "ReadyReplicas", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f("availableReplicas", "AvailableReplicas", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "terminatingReplicas",
            "TerminatingReplicas",
            "int32",
            7,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            3,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.ReplicaSetCondition",
            6,
            List(&Message(TypeId(162))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 5),
        Field(4, 2),
        Field(5, 3),
        Field(6, 6),
        Field(7, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T166: MessageDesc = MessageDesc {
    name: "apps/v1.RollingUpdateDaemonSet",
    go: "RollingUpdateDaemonSet",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.RollingUpdateDaemonSet",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "maxUnavailable",
            "MaxUnavailable",
            "intstr.IntOrString",
            1,
            IntOrString,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("maxSurge", "MaxSurge", "intstr.IntOrString", 2, IntOrString)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T167: MessageDesc = MessageDesc {
    name: "apps/v1.RollingUpdateDeployment",
    go: "RollingUpdateDeployment",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.RollingUpdateDeployment",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "maxUnavailable",
            "MaxUnavailable",
            "intstr.IntOrString",
            1,
            IntOrString,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("maxSurge", "MaxSurge", "intstr.IntOrString", 2, IntOrString)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T168: MessageDesc = MessageDesc {
    name: "apps/v1.RollingUpdateStatefulSetStrategy",
    go: "RollingUpdateStatefulSetStrategy",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.RollingUpdateStatefulSetStrategy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("partition", "Partition", "int32", 1, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "maxUnavailable",
            "MaxUnavailable",
            "intstr.IntOrString",
            2,
            IntOrString,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=MaxUnavailableStatefulSet", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T169: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSet",
    go: "StatefulSet",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSet",
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
        f(
            "spec",
            "Spec",
            "v1.StatefulSetSpec",
            2,
            Message(TypeId(174)),
        )
        .oe()
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.StatefulSetStatus",
            3,
            Message(TypeId(175)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=ApplyScale,verb=apply,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:supportsSubresource=\"/scale\"",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T170: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetCondition",
    go: "StatefulSetCondition",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.StatefulSetConditionType", 1, String).marks(&["optional"]),
        f("status", "Status", "v1.ConditionStatus", 2, String).marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            3,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 5, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T171: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetList",
    go: "StatefulSetList",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetList",
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
            "[]v1.StatefulSet",
            2,
            List(&Message(TypeId(169))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.9"],
    slots: Slots::new(),
};
pub(super) static T172: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetOrdinals",
    go: "StatefulSetOrdinals",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetOrdinals",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("start", "Start", "int32", 1, Int32).marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T173: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
    go: "StatefulSetPersistentVolumeClaimRetentionPolicy",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "whenDeleted",
            "WhenDeleted",
            "v1.PersistentVolumeClaimRetentionPolicyType",
            1,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "whenScaled",
            "WhenScaled",
            "v1.PersistentVolumeClaimRetentionPolicyType",
            2,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T174: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetSpec",
    go: "StatefulSetSpec",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .req()
        .atomic()
        .marks(&[
            "required",
            "k8s:alpha(since: \"1.37\")=+k8s:required",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
        ]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            3,
            Message(TypeId(469)),
        )
        .req()
        .marks(&["required"]),
        f(
            "volumeClaimTemplates",
            "VolumeClaimTemplates",
            "[]v1.PersistentVolumeClaim",
            4,
            List(&Message(TypeId(429))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .kinded()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:opaqueType",
            "listType=atomic",
        ]),
        f("serviceName", "ServiceName", "string", 5, String).marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "podManagementPolicy",
            "PodManagementPolicy",
            "v1.PodManagementPolicyType",
            6,
            String,
        )
        .oe()
        .one_of(&["OrderedReady", "Parallel"])
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "updateStrategy",
            "UpdateStrategy",
            "v1.StatefulSetUpdateStrategy",
            7,
            Message(TypeId(176)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "revisionHistoryLimit",
            "RevisionHistoryLimit",
            "int32",
            8,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("minReadySeconds", "MinReadySeconds", "int32", 9, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "persistentVolumeClaimRetentionPolicy",
            "PersistentVolumeClaimRetentionPolicy",
            "v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
            10,
            Message(TypeId(173)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "ordinals",
            "Ordinals",
            "v1.StatefulSetOrdinals",
            11,
            Message(TypeId(172)),
        )
        .ptr()
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
        Field(7, 6),
        Field(8, 7),
        Field(9, 8),
        Field(10, 9),
        Field(11, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T175: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetStatus",
    go: "StatefulSetStatus",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            1,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f("replicas", "Replicas", "int32", 2, Int32).req(),
        f("readyReplicas", "ReadyReplicas", "int32", 3, Int32).oe(),
        f("currentReplicas", "CurrentReplicas", "int32", 4, Int32).oe(),
        f("updatedReplicas", "UpdatedReplicas", "int32", 5, Int32).oe(),
        f("currentRevision", "CurrentRevision", "string", 6, String).oe(),
        f("updateRevision", "UpdateRevision", "string", 7, String).oe(),
        f("collisionCount", "CollisionCount", "int32", 9, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.StatefulSetCondition",
            10,
            List(&Message(TypeId(170))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
        ]),
        f("availableReplicas", "AvailableReplicas", "int32", 11, Int32).marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 6),
        Field(9, 7),
        Field(10, 8),
        Field(11, 9),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T176: MessageDesc = MessageDesc {
    name: "apps/v1.StatefulSetUpdateStrategy",
    go: "StatefulSetUpdateStrategy",
    api_group: "apps",
    version: "v1",
    proto_name: "k8s.io.api.apps.v1.StatefulSetUpdateStrategy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.StatefulSetUpdateStrategyType",
            1,
            String,
        )
        .oe()
        .one_of(&["OnDelete", "Recreate", "RollingUpdate"])
        .marks(&["optional"]),
        f(
            "rollingUpdate",
            "RollingUpdate",
            "v1.RollingUpdateStatefulSetStrategy",
            2,
            Message(TypeId(168)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
