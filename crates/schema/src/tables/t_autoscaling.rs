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

pub(super) static T202: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ContainerResourceMetricSource",
    go: "ContainerResourceMetricSource",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ContainerResourceMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "targetAverageUtilization",
            "TargetAverageUtilization",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "targetAverageValue",
            "TargetAverageValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("container", "Container", "string", 5, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T203: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ContainerResourceMetricStatus",
    go: "ContainerResourceMetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ContainerResourceMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "currentAverageUtilization",
            "CurrentAverageUtilization",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "currentAverageValue",
            "CurrentAverageValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .req(),
        f("container", "Container", "string", 4, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T204: MessageDesc = MessageDesc {
    name: "autoscaling/v1.CrossVersionObjectReference",
    go: "CrossVersionObjectReference",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.CrossVersionObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("kind", "Kind", "string", 1, String)
            .req()
            .marks(&["k8s:alpha(since: \"1.37\")=+k8s:required"]),
        f("name", "Name", "string", 2, String)
            .req()
            .marks(&["k8s:alpha(since: \"1.37\")=+k8s:required"]),
        f("apiVersion", "APIVersion", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T205: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ExternalMetricSource",
    go: "ExternalMetricSource",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ExternalMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("metricName", "MetricName", "string", 1, String).req(),
        f(
            "metricSelector",
            "MetricSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "targetValue",
            "TargetValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "targetAverageValue",
            "TargetAverageValue",
            "resource.Quantity",
            4,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T206: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ExternalMetricStatus",
    go: "ExternalMetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ExternalMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("metricName", "MetricName", "string", 1, String).req(),
        f(
            "metricSelector",
            "MetricSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "currentValue",
            "CurrentValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .req(),
        f(
            "currentAverageValue",
            "CurrentAverageValue",
            "resource.Quantity",
            4,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T207: MessageDesc = MessageDesc {
    name: "autoscaling/v1.HorizontalPodAutoscaler",
    go: "HorizontalPodAutoscaler",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.HorizontalPodAutoscaler",
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
            "v1.HorizontalPodAutoscalerSpec",
            2,
            Message(TypeId(210)),
        )
        .oe()
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.HorizontalPodAutoscalerStatus",
            3,
            Message(TypeId(211)),
        )
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
pub(super) static T208: MessageDesc = MessageDesc {
    name: "autoscaling/v1.HorizontalPodAutoscalerCondition",
    go: "HorizontalPodAutoscalerCondition",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.HorizontalPodAutoscalerCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.HorizontalPodAutoscalerConditionType",
            1,
            String,
        )
        .req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
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
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            6,
            Int64,
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T209: MessageDesc = MessageDesc {
    name: "autoscaling/v1.HorizontalPodAutoscalerList",
    go: "HorizontalPodAutoscalerList",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.HorizontalPodAutoscalerList",
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
            "[]v1.HorizontalPodAutoscaler",
            2,
            List(&Message(TypeId(207))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T210: MessageDesc = MessageDesc {
    name: "autoscaling/v1.HorizontalPodAutoscalerSpec",
    go: "HorizontalPodAutoscalerSpec",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.HorizontalPodAutoscalerSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "scaleTargetRef",
            "ScaleTargetRef",
            "v1.CrossVersionObjectReference",
            1,
            Message(TypeId(204)),
        )
        .req()
        .atomic(),
        f("minReplicas", "MinReplicas", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:ifEnabled(HPAScaleToZero)=+k8s:minimum=0",
                "k8s:beta(since: \"1.37\")=+k8s:ifDisabled(HPAScaleToZero)=+k8s:minimum=1",
            ]),
        f("maxReplicas", "MaxReplicas", "int32", 3, Int32)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:minimum=1",
            ]),
        f(
            "targetCPUUtilizationPercentage",
            "TargetCPUUtilizationPercentage",
            "int32",
            4,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T211: MessageDesc = MessageDesc {
    name: "autoscaling/v1.HorizontalPodAutoscalerStatus",
    go: "HorizontalPodAutoscalerStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.HorizontalPodAutoscalerStatus",
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
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("lastScaleTime", "LastScaleTime", "v1.Time", 2, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("currentReplicas", "CurrentReplicas", "int32", 3, Int32).req(),
        f("desiredReplicas", "DesiredReplicas", "int32", 4, Int32).req(),
        f(
            "currentCPUUtilizationPercentage",
            "CurrentCPUUtilizationPercentage",
            "int32",
            5,
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T212: MessageDesc = MessageDesc {
    name: "autoscaling/v1.MetricSpec",
    go: "MetricSpec",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.MetricSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.MetricSourceType", 1, String)
            .req()
            .one_of(&[
                "ContainerResource",
                "External",
                "Object",
                "Pods",
                "Resource",
            ]),
        f(
            "object",
            "Object",
            "v1.ObjectMetricSource",
            2,
            Message(TypeId(214)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "pods",
            "Pods",
            "v1.PodsMetricSource",
            3,
            Message(TypeId(216)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v1.ResourceMetricSource",
            4,
            Message(TypeId(218)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "containerResource",
            "ContainerResource",
            "v1.ContainerResourceMetricSource",
            7,
            Message(TypeId(202)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "external",
            "External",
            "v1.ExternalMetricSource",
            5,
            Message(TypeId(205)),
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
        Field(5, 5),
        Field(7, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T213: MessageDesc = MessageDesc {
    name: "autoscaling/v1.MetricStatus",
    go: "MetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.MetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.MetricSourceType", 1, String)
            .req()
            .one_of(&[
                "ContainerResource",
                "External",
                "Object",
                "Pods",
                "Resource",
            ]),
        f(
            "object",
            "Object",
            "v1.ObjectMetricStatus",
            2,
            Message(TypeId(215)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "pods",
            "Pods",
            "v1.PodsMetricStatus",
            3,
            Message(TypeId(217)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v1.ResourceMetricStatus",
            4,
            Message(TypeId(219)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "containerResource",
            "ContainerResource",
            "v1.ContainerResourceMetricStatus",
            7,
            Message(TypeId(203)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "external",
            "External",
            "v1.ExternalMetricStatus",
            5,
            Message(TypeId(206)),
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
        Field(5, 5),
        Field(7, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T214: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ObjectMetricSource",
    go: "ObjectMetricSource",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ObjectMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "target",
            "Target",
            "v1.CrossVersionObjectReference",
            1,
            Message(TypeId(204)),
        )
        .req()
        .atomic(),
        f("metricName", "MetricName", "string", 2, String).req(),
        f(
            "targetValue",
            "TargetValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .req(),
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
        f(
            "averageValue",
            "AverageValue",
            "resource.Quantity",
            5,
            Quantity,
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T215: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ObjectMetricStatus",
    go: "ObjectMetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ObjectMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "target",
            "Target",
            "v1.CrossVersionObjectReference",
            1,
            Message(TypeId(204)),
        )
        .req()
        .atomic(),
        f("metricName", "MetricName", "string", 2, String).req(),
        f(
            "currentValue",
            "CurrentValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .req(),
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
        f(
            "averageValue",
            "AverageValue",
            "resource.Quantity",
            5,
            Quantity,
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T216: MessageDesc = MessageDesc {
    name: "autoscaling/v1.PodsMetricSource",
    go: "PodsMetricSource",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.PodsMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("metricName", "MetricName", "string", 1, String).req(),
        f(
            "targetAverageValue",
            "TargetAverageValue",
            "resource.Quantity",
            2,
            Quantity,
        )
        .req(),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T217: MessageDesc = MessageDesc {
    name: "autoscaling/v1.PodsMetricStatus",
    go: "PodsMetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.PodsMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("metricName", "MetricName", "string", 1, String).req(),
        f(
            "currentAverageValue",
            "CurrentAverageValue",
            "resource.Quantity",
            2,
            Quantity,
        )
        .req(),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T218: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ResourceMetricSource",
    go: "ResourceMetricSource",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ResourceMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "targetAverageUtilization",
            "TargetAverageUtilization",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "targetAverageValue",
            "TargetAverageValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T219: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ResourceMetricStatus",
    go: "ResourceMetricStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ResourceMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "currentAverageUtilization",
            "CurrentAverageUtilization",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "currentAverageValue",
            "CurrentAverageValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T220: MessageDesc = MessageDesc {
    name: "autoscaling/v1.Scale",
    go: "Scale",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.Scale",
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
        .marks(&["optional", "k8s:opaqueType"]),
        f("spec", "Spec", "v1.ScaleSpec", 2, Message(TypeId(221)))
            .oe()
            .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.ScaleStatus",
            3,
            Message(TypeId(222)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.2",
        "k8s:isSubresource=\"/scale\"",
    ],
    slots: Slots::new(),
};
pub(super) static T221: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ScaleSpec",
    go: "ScaleSpec",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ScaleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("replicas", "Replicas", "int32", 1, Int32)
        .oe()
        .or("0")
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "default=0",
            "k8s:beta(since: \"1.37\")=+k8s:minimum=0",
        ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T222: MessageDesc = MessageDesc {
    name: "autoscaling/v1.ScaleStatus",
    go: "ScaleStatus",
    api_group: "autoscaling",
    version: "v1",
    proto_name: "k8s.io.api.autoscaling.v1.ScaleStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32).req(),
        f("selector", "Selector", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T223: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ContainerResourceMetricSource",
    go: "ContainerResourceMetricSource",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ContainerResourceMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "target",
            "Target",
            "v2.MetricTarget",
            2,
            Message(TypeId(239)),
        )
        .req(),
        f("container", "Container", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T224: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ContainerResourceMetricStatus",
    go: "ContainerResourceMetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ContainerResourceMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "current",
            "Current",
            "v2.MetricValueStatus",
            2,
            Message(TypeId(240)),
        )
        .req(),
        f("container", "Container", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T225: MessageDesc = MessageDesc {
    name: "autoscaling/v2.CrossVersionObjectReference",
    go: "CrossVersionObjectReference",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.CrossVersionObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 1, String)
            .req()
            .marks(&["k8s:alpha(since: \"1.37\")=+k8s:required"]),
        f("name", "Name", "string", 2, String)
            .req()
            .marks(&["k8s:alpha(since: \"1.37\")=+k8s:required"]),
        f("apiVersion", "APIVersion", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T226: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ExternalMetricSource",
    go: "ExternalMetricSource",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ExternalMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            1,
            Message(TypeId(236)),
        )
        .req(),
        f(
            "target",
            "Target",
            "v2.MetricTarget",
            2,
            Message(TypeId(239)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T227: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ExternalMetricStatus",
    go: "ExternalMetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ExternalMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            1,
            Message(TypeId(236)),
        )
        .req(),
        f(
            "current",
            "Current",
            "v2.MetricValueStatus",
            2,
            Message(TypeId(240)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T228: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HPAScalingPolicy",
    go: "HPAScalingPolicy",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HPAScalingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v2.HPAScalingPolicyType", 1, String).req(),
        f("value", "Value", "int32", 2, Int32).req(),
        f("periodSeconds", "PeriodSeconds", "int32", 3, Int32).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T229: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HPAScalingRules",
    go: "HPAScalingRules",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HPAScalingRules",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "stabilizationWindowSeconds",
            "StabilizationWindowSeconds",
            "int32",
            3,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "selectPolicy",
            "SelectPolicy",
            "v2.ScalingPolicySelect",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "policies",
            "Policies",
            "[]v2.HPAScalingPolicy",
            2,
            List(&Message(TypeId(228))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f("tolerance", "Tolerance", "resource.Quantity", 4, Quantity)
            .ptr()
            .oe()
            .marks(&["featureGate=HPAConfigurableTolerance", "optional"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 0), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T230: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscaler",
    go: "HorizontalPodAutoscaler",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscaler",
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
            "v2.HorizontalPodAutoscalerSpec",
            2,
            Message(TypeId(234)),
        )
        .oe()
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v2.HorizontalPodAutoscalerStatus",
            3,
            Message(TypeId(235)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.23",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T231: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscalerBehavior",
    go: "HorizontalPodAutoscalerBehavior",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "scaleUp",
            "ScaleUp",
            "v2.HPAScalingRules",
            1,
            Message(TypeId(229)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scaleDown",
            "ScaleDown",
            "v2.HPAScalingRules",
            2,
            Message(TypeId(229)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T232: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscalerCondition",
    go: "HorizontalPodAutoscalerCondition",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v2.HorizontalPodAutoscalerConditionType",
            1,
            String,
        )
        .req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
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
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            6,
            Int64,
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T233: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscalerList",
    go: "HorizontalPodAutoscalerList",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerList",
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
            "[]v2.HorizontalPodAutoscaler",
            2,
            List(&Message(TypeId(230))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.23"],
    slots: Slots::new(),
};
pub(super) static T234: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscalerSpec",
    go: "HorizontalPodAutoscalerSpec",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "scaleTargetRef",
            "ScaleTargetRef",
            "v2.CrossVersionObjectReference",
            1,
            Message(TypeId(225)),
        )
        .req(),
        f("minReplicas", "MinReplicas", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:ifEnabled(HPAScaleToZero)=+k8s:minimum=0",
                "k8s:beta(since: \"1.37\")=+k8s:ifDisabled(HPAScaleToZero)=+k8s:minimum=1",
            ]),
        f("maxReplicas", "MaxReplicas", "int32", 3, Int32)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:minimum=1",
            ]),
        f(
            "metrics",
            "Metrics",
            "[]v2.MetricSpec",
            4,
            List(&Message(TypeId(237))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "listType=atomic",
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "behavior",
            "Behavior",
            "v2.HorizontalPodAutoscalerBehavior",
            5,
            Message(TypeId(231)),
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T235: MessageDesc = MessageDesc {
    name: "autoscaling/v2.HorizontalPodAutoscalerStatus",
    go: "HorizontalPodAutoscalerStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.HorizontalPodAutoscalerStatus",
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
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("lastScaleTime", "LastScaleTime", "v1.Time", 2, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("currentReplicas", "CurrentReplicas", "int32", 3, Int32)
            .oe()
            .marks(&["optional"]),
        f("desiredReplicas", "DesiredReplicas", "int32", 4, Int32).req(),
        f(
            "currentMetrics",
            "CurrentMetrics",
            "[]v2.MetricStatus",
            5,
            List(&Message(TypeId(238))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "listType=atomic",
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "conditions",
            "Conditions",
            "[]v2.HorizontalPodAutoscalerCondition",
            6,
            List(&Message(TypeId(232))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
            "optional",
        ]),
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
pub(super) static T236: MessageDesc = MessageDesc {
    name: "autoscaling/v2.MetricIdentifier",
    go: "MetricIdentifier",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.MetricIdentifier",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T237: MessageDesc = MessageDesc {
    name: "autoscaling/v2.MetricSpec",
    go: "MetricSpec",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.MetricSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v2.MetricSourceType", 1, String).req(),
        f(
            "object",
            "Object",
            "v2.ObjectMetricSource",
            2,
            Message(TypeId(241)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:opaqueType",
        ]),
        f(
            "pods",
            "Pods",
            "v2.PodsMetricSource",
            3,
            Message(TypeId(243)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v2.ResourceMetricSource",
            4,
            Message(TypeId(245)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "containerResource",
            "ContainerResource",
            "v2.ContainerResourceMetricSource",
            7,
            Message(TypeId(223)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "external",
            "External",
            "v2.ExternalMetricSource",
            5,
            Message(TypeId(226)),
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
        Field(5, 5),
        Field(7, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T238: MessageDesc = MessageDesc {
    name: "autoscaling/v2.MetricStatus",
    go: "MetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.MetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v2.MetricSourceType", 1, String).req(),
        f(
            "object",
            "Object",
            "v2.ObjectMetricStatus",
            2,
            Message(TypeId(242)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:opaqueType",
        ]),
        f(
            "pods",
            "Pods",
            "v2.PodsMetricStatus",
            3,
            Message(TypeId(244)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v2.ResourceMetricStatus",
            4,
            Message(TypeId(246)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "containerResource",
            "ContainerResource",
            "v2.ContainerResourceMetricStatus",
            7,
            Message(TypeId(224)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "external",
            "External",
            "v2.ExternalMetricStatus",
            5,
            Message(TypeId(227)),
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
        Field(5, 5),
        Field(7, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T239: MessageDesc = MessageDesc {
    name: "autoscaling/v2.MetricTarget",
    go: "MetricTarget",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.MetricTarget",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v2.MetricTargetType", 1, String).req(),
        f("value", "Value", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "averageValue",
            "AverageValue",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "averageUtilization",
            "AverageUtilization",
            "int32",
            4,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T240: MessageDesc = MessageDesc {
    name: "autoscaling/v2.MetricValueStatus",
    go: "MetricValueStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.MetricValueStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("value", "Value", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "averageValue",
            "AverageValue",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "averageUtilization",
            "AverageUtilization",
            "int32",
            3,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T241: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ObjectMetricSource",
    go: "ObjectMetricSource",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ObjectMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "describedObject",
            "DescribedObject",
            "v2.CrossVersionObjectReference",
            1,
            Message(TypeId(225)),
        )
        .req(),
        f(
            "target",
            "Target",
            "v2.MetricTarget",
            2,
            Message(TypeId(239)),
        )
        .req(),
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            3,
            Message(TypeId(236)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T242: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ObjectMetricStatus",
    go: "ObjectMetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ObjectMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            1,
            Message(TypeId(236)),
        )
        .req(),
        f(
            "current",
            "Current",
            "v2.MetricValueStatus",
            2,
            Message(TypeId(240)),
        )
        .req(),
        f(
            "describedObject",
            "DescribedObject",
            "v2.CrossVersionObjectReference",
            3,
            Message(TypeId(225)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T243: MessageDesc = MessageDesc {
    name: "autoscaling/v2.PodsMetricSource",
    go: "PodsMetricSource",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.PodsMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            1,
            Message(TypeId(236)),
        )
        .req(),
        f(
            "target",
            "Target",
            "v2.MetricTarget",
            2,
            Message(TypeId(239)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T244: MessageDesc = MessageDesc {
    name: "autoscaling/v2.PodsMetricStatus",
    go: "PodsMetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.PodsMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "metric",
            "Metric",
            "v2.MetricIdentifier",
            1,
            Message(TypeId(236)),
        )
        .req(),
        f(
            "current",
            "Current",
            "v2.MetricValueStatus",
            2,
            Message(TypeId(240)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T245: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ResourceMetricSource",
    go: "ResourceMetricSource",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ResourceMetricSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "target",
            "Target",
            "v2.MetricTarget",
            2,
            Message(TypeId(239)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T246: MessageDesc = MessageDesc {
    name: "autoscaling/v2.ResourceMetricStatus",
    go: "ResourceMetricStatus",
    api_group: "autoscaling",
    version: "v2",
    proto_name: "k8s.io.api.autoscaling.v2.ResourceMetricStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String).req(),
        f(
            "current",
            "Current",
            "v2.MetricValueStatus",
            2,
            Message(TypeId(240)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
