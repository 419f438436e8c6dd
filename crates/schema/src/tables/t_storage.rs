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

pub(super) static T959: MessageDesc = MessageDesc {
    name: "storage/v1.CSIDriver",
    go: "CSIDriver",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSIDriver",
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
        .oe(),
        f("spec", "Spec", "v1.CSIDriverSpec", 2, Message(TypeId(961))).req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.18",
    ],
    slots: Slots::new(),
};
pub(super) static T960: MessageDesc = MessageDesc {
    name: "storage/v1.CSIDriverList",
    go: "CSIDriverList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSIDriverList",
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
            "[]v1.CSIDriver",
            2,
            List(&Message(TypeId(959))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.18"],
    slots: Slots::new(),
};
pub(super) static T961: MessageDesc = MessageDesc {
    name: "storage/v1.CSIDriverSpec",
    go: "CSIDriverSpec",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSIDriverSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("attachRequired", "AttachRequired", "bool", 1, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("podInfoOnMount", "PodInfoOnMount", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "volumeLifecycleModes",
            "VolumeLifecycleModes",
            "[]v1.VolumeLifecycleMode",
            3,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .marks(&[
            "optional",
            "listType=set",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
        ]),
        f("storageCapacity", "StorageCapacity", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=CSIStorageCapacity"]),
        f(
            "fsGroupPolicy",
            "FSGroupPolicy",
            "v1.FSGroupPolicy",
            5,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "tokenRequests",
            "TokenRequests",
            "[]v1.TokenRequest",
            6,
            List(&Message(TypeId(973))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("requiresRepublish", "RequiresRepublish", "bool", 7, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("seLinuxMount", "SELinuxMount", "bool", 8, Bool)
            .ptr()
            .oe()
            .marks(&["featureGate=SELinuxMountReadWriteOncePod", "optional"]),
        f(
            "nodeAllocatableUpdatePeriodSeconds",
            "NodeAllocatableUpdatePeriodSeconds",
            "int64",
            9,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=MutableCSINodeAllocatableCount", "optional"]),
        f(
            "serviceAccountTokenInSecrets",
            "ServiceAccountTokenInSecrets",
            "bool",
            10,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=CSIServiceAccountTokenSecrets", "optional"]),
        f(
            "preventPodSchedulingIfMissing",
            "PreventPodSchedulingIfMissing",
            "bool",
            11,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=VolumeLimitScaling", "optional"]),
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
pub(super) static T962: MessageDesc = MessageDesc {
    name: "storage/v1.CSINode",
    go: "CSINode",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSINode",
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
        .oe(),
        f("spec", "Spec", "v1.CSINodeSpec", 2, Message(TypeId(965))).req(),
        f(
            "status",
            "Status",
            "v1.CSINodeStatus",
            3,
            Message(TypeId(966)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.17",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T963: MessageDesc = MessageDesc {
    name: "storage/v1.CSINodeDriver",
    go: "CSINodeDriver",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSINodeDriver",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("nodeID", "NodeID", "string", 2, String).req(),
        f("topologyKeys", "TopologyKeys", "[]string", 3, List(&String))
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "allocatable",
            "Allocatable",
            "v1.VolumeNodeResources",
            4,
            Message(TypeId(982)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T964: MessageDesc = MessageDesc {
    name: "storage/v1.CSINodeList",
    go: "CSINodeList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSINodeList",
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
            "[]v1.CSINode",
            2,
            List(&Message(TypeId(962))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.17"],
    slots: Slots::new(),
};
pub(super) static T965: MessageDesc = MessageDesc {
    name: "storage/v1.CSINodeSpec",
    go: "CSINodeSpec",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSINodeSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "drivers",
        "Drivers",
        "[]v1.CSINodeDriver",
        1,
        List(&Message(TypeId(963))),
    )
    .req()
    .patch("merge", "name")
    .list(ListType::Map, &["name"])
    .marks(&[
        "patchMergeKey=name",
        "patchStrategy=merge",
        "listType=map",
        "listMapKey=name",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T966: MessageDesc = MessageDesc {
    name: "storage/v1.CSINodeStatus",
    go: "CSINodeStatus",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSINodeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "storageHealth",
        "StorageHealth",
        "[]v1.StorageHealth",
        1,
        List(&Message(TypeId(971))),
    )
    .oe()
    .patch("merge", "name")
    .list(ListType::Map, &["name"])
    .marks(&[
        "optional",
        "listType=map",
        "listMapKey=name",
        "patchMergeKey=name",
        "patchStrategy=merge",
        "featureGate=CSIVolumeHealth",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T967: MessageDesc = MessageDesc {
    name: "storage/v1.CSIStorageCapacity",
    go: "CSIStorageCapacity",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSIStorageCapacity",
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
            "nodeTopology",
            "NodeTopology",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("storageClassName", "StorageClassName", "string", 3, String).req(),
        f("capacity", "Capacity", "resource.Quantity", 4, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "maximumVolumeSize",
            "MaximumVolumeSize",
            "resource.Quantity",
            5,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
    ],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.24"],
    slots: Slots::new(),
};
pub(super) static T968: MessageDesc = MessageDesc {
    name: "storage/v1.CSIStorageCapacityList",
    go: "CSIStorageCapacityList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.CSIStorageCapacityList",
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
            "[]v1.CSIStorageCapacity",
            2,
            List(&Message(TypeId(967))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.24"],
    slots: Slots::new(),
};
pub(super) static T969: MessageDesc = MessageDesc {
    name: "storage/v1.StorageClass",
    go: "StorageClass",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.StorageClass",
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
        f("provisioner", "Provisioner", "string", 2, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:immutable",
            ]),
        f(
            "parameters",
            "Parameters",
            "map[string]string",
            3,
            Map(&String),
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:immutable",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "reclaimPolicy",
            "ReclaimPolicy",
            "v1.PersistentVolumeReclaimPolicy",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Delete", "Recycle", "Retain"])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:immutable",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("mountOptions", "MountOptions", "[]string", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "allowVolumeExpansion",
            "AllowVolumeExpansion",
            "bool",
            6,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeBindingMode",
            "VolumeBindingMode",
            "v1.VolumeBindingMode",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Immediate", "WaitForFirstConsumer"])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:immutable",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "allowedTopologies",
            "AllowedTopologies",
            "[]v1.TopologySelectorTerm",
            8,
            List(&Message(TypeId(530))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
    ],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.6",
    ],
    slots: Slots::new(),
};
pub(super) static T970: MessageDesc = MessageDesc {
    name: "storage/v1.StorageClassList",
    go: "StorageClassList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.StorageClassList",
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
            "[]v1.StorageClass",
            2,
            List(&Message(TypeId(969))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.6"],
    slots: Slots::new(),
};
pub(super) static T971: MessageDesc = MessageDesc {
    name: "storage/v1.StorageHealth",
    go: "StorageHealth",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.StorageHealth",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "healthConditions",
            "HealthConditions",
            "[]v1.StorageHealthCondition",
            2,
            List(&Message(TypeId(972))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T972: MessageDesc = MessageDesc {
    name: "storage/v1.StorageHealthCondition",
    go: "StorageHealthCondition",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.StorageHealthCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("status", "Status", "v1.StorageHealthStatusType", 1, String)
            .req()
            .one_of(&["StorageDegraded", "StorageUnreachable"])
            .marks(&["required"]),
        f("reason", "Reason", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f(
            "accessMode",
            "AccessMode",
            "v1.PersistentVolumeAccessMode",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&[
            "ReadOnlyMany",
            "ReadWriteMany",
            "ReadWriteOnce",
            "ReadWriteOncePod",
        ])
        .marks(&["optional"]),
        f(
            "volumeMode",
            "VolumeMode",
            "v1.PersistentVolumeMode",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Block", "Filesystem"])
        .marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            6,
            Time,
        )
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
pub(super) static T973: MessageDesc = MessageDesc {
    name: "storage/v1.TokenRequest",
    go: "TokenRequest",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.TokenRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("audience", "Audience", "string", 1, String).req(),
        f("expirationSeconds", "ExpirationSeconds", "int64", 2, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T974: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttachment",
    go: "VolumeAttachment",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttachment",
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
            "v1.VolumeAttachmentSpec",
            2,
            Message(TypeId(977)),
        )
        .req()
        .marks(&["k8s:beta(since: \"1.37\")=+k8s:immutable", "required"]),
        f(
            "status",
            "Status",
            "v1.VolumeAttachmentStatus",
            3,
            Message(TypeId(978)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.13",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T975: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttachmentList",
    go: "VolumeAttachmentList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttachmentList",
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
            "[]v1.VolumeAttachment",
            2,
            List(&Message(TypeId(974))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.13"],
    slots: Slots::new(),
};
pub(super) static T976: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttachmentSource",
    go: "VolumeAttachmentSource",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttachmentSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "persistentVolumeName",
            "PersistentVolumeName",
            "string",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "inlineVolumeSpec",
            "InlineVolumeSpec",
            "v1.PersistentVolumeSpec",
            2,
            Message(TypeId(438)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T977: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttachmentSpec",
    go: "VolumeAttachmentSpec",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttachmentSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("attacher", "Attacher", "string", 1, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=\"k8s-long-name-caseless\"",
                "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
            ]),
        f(
            "source",
            "Source",
            "v1.VolumeAttachmentSource",
            2,
            Message(TypeId(976)),
        )
        .req(),
        f("nodeName", "NodeName", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T978: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttachmentStatus",
    go: "VolumeAttachmentStatus",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttachmentStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("attached", "Attached", "bool", 1, Bool).req(),
        f(
            "attachmentMetadata",
            "AttachmentMetadata",
            "map[string]string",
            2,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "attachError",
            "AttachError",
            "v1.VolumeError",
            3,
            Message(TypeId(981)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "detachError",
            "DetachError",
            "v1.VolumeError",
            4,
            Message(TypeId(981)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T979: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttributesClass",
    go: "VolumeAttributesClass",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttributesClass",
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
        f("driverName", "DriverName", "string", 2, String).req(),
        f(
            "parameters",
            "Parameters",
            "map[string]string",
            3,
            Map(&String),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
    ],
    slots: Slots::new(),
};
pub(super) static T980: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeAttributesClassList",
    go: "VolumeAttributesClassList",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeAttributesClassList",
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
            "[]v1.VolumeAttributesClass",
            2,
            List(&Message(TypeId(979))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T981: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeError",
    go: "VolumeError",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeError",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("time", "Time", "v1.Time", 1, Time)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("errorCode", "ErrorCode", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["featureGate=MutableCSINodeAllocatableCount", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T982: MessageDesc = MessageDesc {
    name: "storage/v1.VolumeNodeResources",
    go: "VolumeNodeResources",
    api_group: "storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storage.v1.VolumeNodeResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("count", "Count", "int32", 1, Int32)
        .ptr()
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
