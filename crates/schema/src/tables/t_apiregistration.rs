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

pub(super) static T135: MessageDesc = MessageDesc {
    name: "apiregistration/v1.APIService",
    go: "APIService",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.APIService",
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
        f("spec", "Spec", "v1.APIServiceSpec", 2, Message(TypeId(138))).oe(),
        f(
            "status",
            "Status",
            "v1.APIServiceStatus",
            3,
            Message(TypeId(139)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.10",
    ],
    slots: Slots::new(),
};
pub(super) static T136: MessageDesc = MessageDesc {
    name: "apiregistration/v1.APIServiceCondition",
    go: "APIServiceCondition",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.APIServiceCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.APIServiceConditionType", 1, String).req(),
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
pub(super) static T137: MessageDesc = MessageDesc {
    name: "apiregistration/v1.APIServiceList",
    go: "APIServiceList",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.APIServiceList",
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
            "[]v1.APIService",
            2,
            List(&Message(TypeId(135))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.10"],
    slots: Slots::new(),
};
pub(super) static T138: MessageDesc = MessageDesc {
    name: "apiregistration/v1.APIServiceSpec",
    go: "APIServiceSpec",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.APIServiceSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "service",
            "Service",
            "v1.ServiceReference",
            1,
            Message(TypeId(140)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("group", "Group", "string", 2, String).oe(),
        f("version", "Version", "string", 3, String).oe(),
        f(
            "insecureSkipTLSVerify",
            "InsecureSkipTLSVerify",
            "bool",
            4,
            Bool,
        )
        .oe(),
        f("caBundle", "CABundle", "[]uint8", 5, Bytes)
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic", "optional"]),
        f(
            "groupPriorityMinimum",
            "GroupPriorityMinimum",
            "int32",
            7,
            Int32,
        )
        .req(),
        f("versionPriority", "VersionPriority", "int32", 8, Int32).req(),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(7, 5),
        Field(8, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T139: MessageDesc = MessageDesc {
    name: "apiregistration/v1.APIServiceStatus",
    go: "APIServiceStatus",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.APIServiceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "conditions",
        "Conditions",
        "[]v1.APIServiceCondition",
        1,
        List(&Message(TypeId(136))),
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
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T140: MessageDesc = MessageDesc {
    name: "apiregistration/v1.ServiceReference",
    go: "ServiceReference",
    api_group: "apiregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.ServiceReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String).oe(),
        f("name", "Name", "string", 2, String).oe(),
        f("port", "Port", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
