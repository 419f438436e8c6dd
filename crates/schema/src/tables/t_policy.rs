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

pub(super) static T683: MessageDesc = MessageDesc {
    name: "policy/v1.Eviction",
    go: "Eviction",
    api_group: "policy",
    version: "v1",
    proto_name: "k8s.io.api.policy.v1.Eviction",
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
        f(
            "deleteOptions",
            "DeleteOptions",
            "v1.DeleteOptions",
            2,
            Message(TypeId(609)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:noVerbs",
        "k8s:prerelease-lifecycle-gen:introduced=1.22",
    ],
    slots: Slots::new(),
};
pub(super) static T684: MessageDesc = MessageDesc {
    name: "policy/v1.PodDisruptionBudget",
    go: "PodDisruptionBudget",
    api_group: "policy",
    version: "v1",
    proto_name: "k8s.io.api.policy.v1.PodDisruptionBudget",
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
            "v1.PodDisruptionBudgetSpec",
            2,
            Message(TypeId(686)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.PodDisruptionBudgetStatus",
            3,
            Message(TypeId(687)),
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
pub(super) static T685: MessageDesc = MessageDesc {
    name: "policy/v1.PodDisruptionBudgetList",
    go: "PodDisruptionBudgetList",
    api_group: "policy",
    version: "v1",
    proto_name: "k8s.io.api.policy.v1.PodDisruptionBudgetList",
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
            "[]v1.PodDisruptionBudget",
            2,
            List(&Message(TypeId(684))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.21"],
    slots: Slots::new(),
};
pub(super) static T686: MessageDesc = MessageDesc {
    name: "policy/v1.PodDisruptionBudgetSpec",
    go: "PodDisruptionBudgetSpec",
    api_group: "policy",
    version: "v1",
    proto_name: "k8s.io.api.policy.v1.PodDisruptionBudgetSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "minAvailable",
            "MinAvailable",
            "intstr.IntOrString",
            1,
            IntOrString,
        )
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
        .oe()
        .patch("replace", "")
        .atomic()
        .marks(&["patchStrategy=replace", "optional"]),
        f(
            "maxUnavailable",
            "MaxUnavailable",
            "intstr.IntOrString",
            3,
            IntOrString,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "unhealthyPodEvictionPolicy",
            "UnhealthyPodEvictionPolicy",
            "v1.UnhealthyPodEvictionPolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["AlwaysAllow", "IfHealthyBudget"])
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T687: MessageDesc = MessageDesc {
    name: "policy/v1.PodDisruptionBudgetStatus",
    go: "PodDisruptionBudgetStatus",
    api_group: "policy",
    version: "v1",
    proto_name: "k8s.io.api.policy.v1.PodDisruptionBudgetStatus",
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
        f(
            "disruptedPods",
            "DisruptedPods",
            "map[string]v1.Time",
            2,
            Map(&Time),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "disruptionsAllowed",
            "DisruptionsAllowed",
            "int32",
            3,
            Int32,
        )
        .marks(&["optional"]),
        f("currentHealthy", "CurrentHealthy", "int32", 4, Int32).marks(&["optional"]),
        f("desiredHealthy", "DesiredHealthy", "int32", 5, Int32).marks(&["optional"]),
        f("expectedPods", "ExpectedPods", "int32", 6, Int32).marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            7,
            List(&Message(TypeId(607))),
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
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
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
    ],
    markers: &[],
    slots: Slots::new(),
};
