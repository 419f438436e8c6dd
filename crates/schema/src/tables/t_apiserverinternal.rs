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

pub(super) static T141: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.ServerStorageVersion",
    go: "ServerStorageVersion",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.ServerStorageVersion",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiServerID", "APIServerID", "string", 1, String)
            .oe()
            .req()
            .marks(&["required"]),
        f("encodingVersion", "EncodingVersion", "string", 2, String)
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "decodableVersions",
            "DecodableVersions",
            "[]string",
            3,
            List(&String),
        )
        .oe()
        .req()
        .list(ListType::Set, &[])
        .marks(&["listType=set", "required"]),
        f(
            "servedVersions",
            "ServedVersions",
            "[]string",
            4,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .marks(&["listType=set", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T142: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.StorageVersion",
    go: "StorageVersion",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.StorageVersion",
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
        .req()
        .marks(&["required"]),
        f(
            "spec",
            "Spec",
            "v1alpha1.StorageVersionSpec",
            2,
            Message(TypeId(145)),
        )
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1alpha1.StorageVersionStatus",
            3,
            Message(TypeId(146)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T143: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.StorageVersionCondition",
    go: "StorageVersionCondition",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.StorageVersionCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1alpha1.StorageVersionConditionType",
            1,
            String,
        )
        .req()
        .marks(&["required"]),
        f("status", "Status", "v1alpha1.ConditionStatus", 2, String)
            .req()
            .marks(&["required"]),
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
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            4,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 5, String)
            .req()
            .marks(&["required"]),
        f("message", "Message", "string", 6, String)
            .oe()
            .req()
            .marks(&["required"]),
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
pub(super) static T144: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.StorageVersionList",
    go: "StorageVersionList",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.StorageVersionList",
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
            "[]v1alpha1.StorageVersion",
            2,
            List(&Message(TypeId(142))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T145: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.StorageVersionSpec",
    go: "StorageVersionSpec",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.StorageVersionSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T146: MessageDesc = MessageDesc {
    name: "apiserverinternal/v1alpha1.StorageVersionStatus",
    go: "StorageVersionStatus",
    api_group: "internal.apiserver.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.apiserverinternal.v1alpha1.StorageVersionStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "storageVersions",
            "StorageVersions",
            "[]v1alpha1.ServerStorageVersion",
            1,
            List(&Message(TypeId(141))),
        )
        .oe()
        .list(ListType::Map, &["apiServerID"])
        .marks(&["optional", "listType=map", "listMapKey=apiServerID"]),
        f(
            "commonEncodingVersion",
            "CommonEncodingVersion",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1alpha1.StorageVersionCondition",
            3,
            List(&Message(TypeId(143))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&["optional", "listType=map", "listMapKey=type"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
