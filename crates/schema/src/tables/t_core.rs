// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.
#[allow(clippy::wildcard_imports)]
use crate::desc::{
    FieldDesc, FieldType::*, ListType, MessageDesc, Slots, TypeId, WireEntry::Embed,
    WireEntry::Field,
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

pub(super) static T301: MessageDesc = MessageDesc {
    name: "core/v1.AWSElasticBlockStoreVolumeSource",
    go: "AWSElasticBlockStoreVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AWSElasticBlockStoreVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeID", "VolumeID", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("partition", "Partition", "int32", 3, Int32)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T302: MessageDesc = MessageDesc {
    name: "core/v1.Affinity",
    go: "Affinity",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Affinity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "nodeAffinity",
            "NodeAffinity",
            "v1.NodeAffinity",
            1,
            Message(TypeId(405)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "podAffinity",
            "PodAffinity",
            "v1.PodAffinity",
            2,
            Message(TypeId(442)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "podAntiAffinity",
            "PodAntiAffinity",
            "v1.PodAntiAffinity",
            3,
            Message(TypeId(444)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T303: MessageDesc = MessageDesc {
    name: "core/v1.AppArmorProfile",
    go: "AppArmorProfile",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AppArmorProfile",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.AppArmorProfileType", 1, String)
            .req()
            .one_of(&["Localhost", "RuntimeDefault", "Unconfined"])
            .marks(&["unionDiscriminator"]),
        f("localhostProfile", "LocalhostProfile", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T304: MessageDesc = MessageDesc {
    name: "core/v1.AttachedVolume",
    go: "AttachedVolume",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AttachedVolume",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.UniqueVolumeName", 1, String).req(),
        f("devicePath", "DevicePath", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T305: MessageDesc = MessageDesc {
    name: "core/v1.AvoidPods",
    go: "AvoidPods",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AvoidPods",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "preferAvoidPods",
        "PreferAvoidPods",
        "[]v1.PreferAvoidPodsEntry",
        1,
        List(&Message(TypeId(474))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T306: MessageDesc = MessageDesc {
    name: "core/v1.AzureDiskVolumeSource",
    go: "AzureDiskVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AzureDiskVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("diskName", "DiskName", "string", 1, String).req(),
        f("diskURI", "DataDiskURI", "string", 2, String).req(),
        f(
            "cachingMode",
            "CachingMode",
            "v1.AzureDataDiskCachingMode",
            3,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["None", "ReadOnly", "ReadWrite"])
        .or("\"ReadWrite\"")
        .marks(&["optional", "default=\"ReadWrite\""]),
        f("fsType", "FSType", "string", 4, String)
            .ptr()
            .oe()
            .or("\"ext4\"")
            .marks(&["optional", "default=\"ext4\""]),
        f("readOnly", "ReadOnly", "bool", 5, Bool)
            .ptr()
            .oe()
            .or("false")
            .marks(&["optional", "default=false"]),
        f("kind", "Kind", "v1.AzureDataDiskKind", 6, String)
            .ptr()
            .oe()
            .one_of(&["Dedicated", "Managed", "Shared"])
            .or("\"Shared\"")
            .marks(&["default=\"Shared\""]),
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
pub(super) static T307: MessageDesc = MessageDesc {
    name: "core/v1.AzureFilePersistentVolumeSource",
    go: "AzureFilePersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AzureFilePersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("secretName", "SecretName", "string", 1, String).req(),
        f("shareName", "ShareName", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("secretNamespace", "SecretNamespace", "string", 4, String)
            .ptr()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T308: MessageDesc = MessageDesc {
    name: "core/v1.AzureFileVolumeSource",
    go: "AzureFileVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.AzureFileVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("secretName", "SecretName", "string", 1, String).req(),
        f("shareName", "ShareName", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T309: MessageDesc = MessageDesc {
    name: "core/v1.Binding",
    go: "Binding",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Binding",
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
            "target",
            "Target",
            "v1.ObjectReference",
            2,
            Message(TypeId(427)),
        )
        .req()
        .atomic(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T310: MessageDesc = MessageDesc {
    name: "core/v1.CSIPersistentVolumeSource",
    go: "CSIPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CSIPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req(),
        f("volumeHandle", "VolumeHandle", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("fsType", "FSType", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "volumeAttributes",
            "VolumeAttributes",
            "map[string]string",
            5,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "controllerPublishSecretRef",
            "ControllerPublishSecretRef",
            "v1.SecretReference",
            6,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "nodeStageSecretRef",
            "NodeStageSecretRef",
            "v1.SecretReference",
            7,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "nodePublishSecretRef",
            "NodePublishSecretRef",
            "v1.SecretReference",
            8,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "controllerExpandSecretRef",
            "ControllerExpandSecretRef",
            "v1.SecretReference",
            9,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "nodeExpandSecretRef",
            "NodeExpandSecretRef",
            "v1.SecretReference",
            10,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T311: MessageDesc = MessageDesc {
    name: "core/v1.CSIVolumeSource",
    go: "CSIVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CSIVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req(),
        f("readOnly", "ReadOnly", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("fsType", "FSType", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "volumeAttributes",
            "VolumeAttributes",
            "map[string]string",
            4,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "nodePublishSecretRef",
            "NodePublishSecretRef",
            "v1.LocalObjectReference",
            5,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
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
pub(super) static T312: MessageDesc = MessageDesc {
    name: "core/v1.Capabilities",
    go: "Capabilities",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Capabilities",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("add", "Add", "[]v1.Capability", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("drop", "Drop", "[]v1.Capability", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T313: MessageDesc = MessageDesc {
    name: "core/v1.CephFSPersistentVolumeSource",
    go: "CephFSPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CephFSPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("monitors", "Monitors", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("path", "Path", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("user", "User", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("secretFile", "SecretFile", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            5,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 6, Bool)
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
pub(super) static T314: MessageDesc = MessageDesc {
    name: "core/v1.CephFSVolumeSource",
    go: "CephFSVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CephFSVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("monitors", "Monitors", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("path", "Path", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("user", "User", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("secretFile", "SecretFile", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            5,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 6, Bool)
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
pub(super) static T315: MessageDesc = MessageDesc {
    name: "core/v1.CinderPersistentVolumeSource",
    go: "CinderPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CinderPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeID", "VolumeID", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            4,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T316: MessageDesc = MessageDesc {
    name: "core/v1.CinderVolumeSource",
    go: "CinderVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.CinderVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeID", "VolumeID", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            4,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T317: MessageDesc = MessageDesc {
    name: "core/v1.ClientIPConfig",
    go: "ClientIPConfig",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ClientIPConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("timeoutSeconds", "TimeoutSeconds", "int32", 1, Int32)
        .ptr()
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T318: MessageDesc = MessageDesc {
    name: "core/v1.ClusterTrustBundleProjection",
    go: "ClusterTrustBundleProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ClusterTrustBundleProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("signerName", "SignerName", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "labelSelector",
            "LabelSelector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("optional", "Optional", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("path", "Path", "string", 4, String).req(),
        f("user", "User", "int64", 6, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 3),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T319: MessageDesc = MessageDesc {
    name: "core/v1.ComponentCondition",
    go: "ComponentCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ComponentCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.ComponentConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("error", "Error", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T320: MessageDesc = MessageDesc {
    name: "core/v1.ComponentStatus",
    go: "ComponentStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ComponentStatus",
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
            "conditions",
            "Conditions",
            "[]v1.ComponentCondition",
            2,
            List(&Message(TypeId(319))),
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
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
    ],
    slots: Slots::new(),
};
pub(super) static T321: MessageDesc = MessageDesc {
    name: "core/v1.ComponentStatusList",
    go: "ComponentStatusList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ComponentStatusList",
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
            "[]v1.ComponentStatus",
            2,
            List(&Message(TypeId(320))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T322: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMap",
    go: "ConfigMap",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMap",
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
        f("immutable", "Immutable", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("data", "Data", "map[string]string", 2, Map(&String))
            .oe()
            .marks(&["optional"]),
        f(
            "binaryData",
            "BinaryData",
            "map[string][]uint8",
            3,
            Map(&Bytes),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 4), Field(3, 5), Field(4, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T323: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapEnvSource",
    go: "ConfigMapEnvSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapEnvSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f("optional", "Optional", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T324: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapKeySelector",
    go: "ConfigMapKeySelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapKeySelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f("key", "Key", "string", 2, String).req(),
        f("optional", "Optional", "bool", 3, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T325: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapList",
    go: "ConfigMapList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapList",
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
            "[]v1.ConfigMap",
            2,
            List(&Message(TypeId(322))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T326: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapNodeConfigSource",
    go: "ConfigMapNodeConfigSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapNodeConfigSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String).req(),
        f("name", "Name", "string", 2, String).req(),
        f("uid", "UID", "types.UID", 3, String)
            .oe()
            .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("kubeletConfigKey", "KubeletConfigKey", "string", 5, String).req(),
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
pub(super) static T327: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapProjection",
    go: "ConfigMapProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f(
            "items",
            "Items",
            "[]v1.KeyToPath",
            2,
            List(&Message(TypeId(383))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("optional", "Optional", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T328: MessageDesc = MessageDesc {
    name: "core/v1.ConfigMapVolumeSource",
    go: "ConfigMapVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ConfigMapVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f(
            "items",
            "Items",
            "[]v1.KeyToPath",
            2,
            List(&Message(TypeId(383))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("defaultMode", "DefaultMode", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("optional", "Optional", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("defaultUser", "DefaultUser", "int64", 5, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[
        Embed(1, &[Field(1, 0)]),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T329: MessageDesc = MessageDesc {
    name: "core/v1.Container",
    go: "Container",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Container",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("image", "Image", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("command", "Command", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("args", "Args", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("workingDir", "WorkingDir", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "ports",
            "Ports",
            "[]v1.ContainerPort",
            6,
            List(&Message(TypeId(332))),
        )
        .oe()
        .patch("merge", "containerPort")
        .list(ListType::Map, &["containerPort", "protocol"])
        .marks(&[
            "optional",
            "patchMergeKey=containerPort",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=containerPort",
            "listMapKey=protocol",
        ]),
        f(
            "envFrom",
            "EnvFrom",
            "[]v1.EnvFromSource",
            19,
            List(&Message(TypeId(352))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("env", "Env", "[]v1.EnvVar", 7, List(&Message(TypeId(353))))
            .oe()
            .patch("merge", "name")
            .list(ListType::Map, &["name"])
            .marks(&[
                "optional",
                "patchMergeKey=name",
                "patchStrategy=merge",
                "listType=map",
                "listMapKey=name",
            ]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            8,
            Message(TypeId(495)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "resizePolicy",
            "ResizePolicy",
            "[]v1.ContainerResizePolicy",
            23,
            List(&Message(TypeId(333))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=InPlacePodVerticalScaling",
            "optional",
            "listType=atomic",
        ]),
        f(
            "restartPolicy",
            "RestartPolicy",
            "v1.ContainerRestartPolicy",
            24,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "restartPolicyRules",
            "RestartPolicyRules",
            "[]v1.ContainerRestartRule",
            25,
            List(&Message(TypeId(334))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=ContainerRestartRules",
            "optional",
            "listType=atomic",
        ]),
        f(
            "volumeMounts",
            "VolumeMounts",
            "[]v1.VolumeMount",
            9,
            List(&Message(TypeId(538))),
        )
        .oe()
        .patch("merge", "mountPath")
        .list(ListType::Map, &["mountPath"])
        .marks(&[
            "optional",
            "patchMergeKey=mountPath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=mountPath",
        ]),
        f(
            "volumeDevices",
            "VolumeDevices",
            "[]v1.VolumeDevice",
            21,
            List(&Message(TypeId(535))),
        )
        .oe()
        .patch("merge", "devicePath")
        .list(ListType::Map, &["devicePath"])
        .marks(&[
            "patchMergeKey=devicePath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=devicePath",
            "optional",
        ]),
        f(
            "livenessProbe",
            "LivenessProbe",
            "v1.Probe",
            10,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "readinessProbe",
            "ReadinessProbe",
            "v1.Probe",
            11,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "startupProbe",
            "StartupProbe",
            "v1.Probe",
            22,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "lifecycle",
            "Lifecycle",
            "v1.Lifecycle",
            12,
            Message(TypeId(384)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePath",
            "TerminationMessagePath",
            "string",
            13,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePolicy",
            "TerminationMessagePolicy",
            "v1.TerminationMessagePolicy",
            20,
            String,
        )
        .oe()
        .one_of(&["FallbackToLogsOnError", "File"])
        .marks(&["optional"]),
        f(
            "imagePullPolicy",
            "ImagePullPolicy",
            "v1.PullPolicy",
            14,
            String,
        )
        .oe()
        .one_of(&["Always", "IfNotPresent", "Never"])
        .marks(&["optional"]),
        f(
            "securityContext",
            "SecurityContext",
            "v1.SecurityContext",
            15,
            Message(TypeId(510)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("stdin", "Stdin", "bool", 16, Bool)
            .oe()
            .marks(&["optional"]),
        f("stdinOnce", "StdinOnce", "bool", 17, Bool)
            .oe()
            .marks(&["optional"]),
        f("tty", "TTY", "bool", 18, Bool).oe().marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 7),
        Field(8, 8),
        Field(9, 12),
        Field(10, 14),
        Field(11, 15),
        Field(12, 17),
        Field(13, 18),
        Field(14, 20),
        Field(15, 21),
        Field(16, 22),
        Field(17, 23),
        Field(18, 24),
        Field(19, 6),
        Field(20, 19),
        Field(21, 13),
        Field(22, 16),
        Field(23, 9),
        Field(24, 10),
        Field(25, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T330: MessageDesc = MessageDesc {
    name: "core/v1.ContainerExtendedResourceRequest",
    go: "ContainerExtendedResourceRequest",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerExtendedResourceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("containerName", "ContainerName", "string", 1, String).req(),
        f("resourceName", "ResourceName", "string", 2, String).req(),
        f("requestName", "RequestName", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T331: MessageDesc = MessageDesc {
    name: "core/v1.ContainerImage",
    go: "ContainerImage",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerImage",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("names", "Names", "[]string", 1, List(&String))
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("sizeBytes", "SizeBytes", "int64", 2, Int64)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T332: MessageDesc = MessageDesc {
    name: "core/v1.ContainerPort",
    go: "ContainerPort",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerPort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("hostPort", "HostPort", "int32", 2, Int32)
            .oe()
            .marks(&["optional"]),
        f("containerPort", "ContainerPort", "int32", 3, Int32).req(),
        f("protocol", "Protocol", "v1.Protocol", 4, String)
            .oe()
            .one_of(&["SCTP", "TCP", "UDP"])
            .or("\"TCP\"")
            .marks(&["optional", "default=\"TCP\""]),
        f("hostIP", "HostIP", "string", 5, String)
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
pub(super) static T333: MessageDesc = MessageDesc {
    name: "core/v1.ContainerResizePolicy",
    go: "ContainerResizePolicy",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerResizePolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("resourceName", "ResourceName", "v1.ResourceName", 1, String).req(),
        f(
            "restartPolicy",
            "RestartPolicy",
            "v1.ResourceResizeRestartPolicy",
            2,
            String,
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T334: MessageDesc = MessageDesc {
    name: "core/v1.ContainerRestartRule",
    go: "ContainerRestartRule",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerRestartRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "action",
            "Action",
            "v1.ContainerRestartRuleAction",
            1,
            String,
        )
        .oe()
        .req()
        .marks(&["required"]),
        f(
            "exitCodes",
            "ExitCodes",
            "v1.ContainerRestartRuleOnExitCodes",
            2,
            Message(TypeId(335)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "oneOf=when"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T335: MessageDesc = MessageDesc {
    name: "core/v1.ContainerRestartRuleOnExitCodes",
    go: "ContainerRestartRuleOnExitCodes",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerRestartRuleOnExitCodes",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "operator",
            "Operator",
            "v1.ContainerRestartRuleOnExitCodesOperator",
            1,
            String,
        )
        .oe()
        .req()
        .marks(&["required"]),
        f("values", "Values", "[]int32", 2, List(&Int32))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["optional", "listType=set"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T336: MessageDesc = MessageDesc {
    name: "core/v1.ContainerState",
    go: "ContainerState",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerState",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "waiting",
            "Waiting",
            "v1.ContainerStateWaiting",
            1,
            Message(TypeId(339)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "running",
            "Running",
            "v1.ContainerStateRunning",
            2,
            Message(TypeId(337)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "terminated",
            "Terminated",
            "v1.ContainerStateTerminated",
            3,
            Message(TypeId(338)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T337: MessageDesc = MessageDesc {
    name: "core/v1.ContainerStateRunning",
    go: "ContainerStateRunning",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerStateRunning",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("startedAt", "StartedAt", "v1.Time", 1, Time)
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T338: MessageDesc = MessageDesc {
    name: "core/v1.ContainerStateTerminated",
    go: "ContainerStateTerminated",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerStateTerminated",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("exitCode", "ExitCode", "int32", 1, Int32).req(),
        f("signal", "Signal", "int32", 2, Int32)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("startedAt", "StartedAt", "v1.Time", 5, Time)
            .oe()
            .marks(&["optional"]),
        f("finishedAt", "FinishedAt", "v1.Time", 6, Time)
            .oe()
            .marks(&["optional"]),
        f("containerID", "ContainerID", "string", 7, String)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T339: MessageDesc = MessageDesc {
    name: "core/v1.ContainerStateWaiting",
    go: "ContainerStateWaiting",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerStateWaiting",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("reason", "Reason", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T340: MessageDesc = MessageDesc {
    name: "core/v1.ContainerStatus",
    go: "ContainerStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "state",
            "State",
            "v1.ContainerState",
            2,
            Message(TypeId(336)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "lastState",
            "LastTerminationState",
            "v1.ContainerState",
            3,
            Message(TypeId(336)),
        )
        .oe()
        .marks(&["optional"]),
        f("ready", "Ready", "bool", 4, Bool).req(),
        f("restartCount", "RestartCount", "int32", 5, Int32).req(),
        f("image", "Image", "string", 6, String).req(),
        f("imageID", "ImageID", "string", 7, String).req(),
        f("containerID", "ContainerID", "string", 8, String)
            .oe()
            .marks(&["optional"]),
        f("started", "Started", "bool", 9, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "allocatedResources",
            "AllocatedResources",
            "v1.ResourceList",
            10,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            11,
            Message(TypeId(495)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=InPlacePodVerticalScaling", "optional"]),
        f(
            "volumeMounts",
            "VolumeMounts",
            "[]v1.VolumeMountStatus",
            12,
            List(&Message(TypeId(539))),
        )
        .oe()
        .patch("merge", "mountPath")
        .list(ListType::Map, &["mountPath"])
        .marks(&[
            "optional",
            "patchMergeKey=mountPath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=mountPath",
        ]),
        f("user", "User", "v1.ContainerUser", 13, Message(TypeId(341)))
            .ptr()
            .oe()
            .marks(&["featureGate=SupplementalGroupsPolicy", "optional"]),
        f(
            "allocatedResourcesStatus",
            "AllocatedResourcesStatus",
            "[]v1.ResourceStatus",
            14,
            List(&Message(TypeId(496))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "featureGate=ResourceHealthStatus",
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
        ]),
        f("stopSignal", "StopSignal", "v1.Signal", 15, String)
            .ptr()
            .oe()
            .one_of(&[
                "SIGABRT",
                "SIGALRM",
                "SIGBUS",
                "SIGCHLD",
                "SIGCLD",
                "SIGCONT",
                "SIGFPE",
                "SIGHUP",
                "SIGILL",
                "SIGINT",
                "SIGIO",
                "SIGIOT",
                "SIGKILL",
                "SIGPIPE",
                "SIGPOLL",
                "SIGPROF",
                "SIGPWR",
                "SIGQUIT",
                "SIGRTMAX",
                "SIGRTMAX-1",
                "SIGRTMAX-10",
                "SIGRTMAX-11",
                "SIGRTMAX-12",
                "SIGRTMAX-13",
                "SIGRTMAX-14",
                "SIGRTMAX-2",
                "SIGRTMAX-3",
                "SIGRTMAX-4",
                "SIGRTMAX-5",
                "SIGRTMAX-6",
                "SIGRTMAX-7",
                "SIGRTMAX-8",
                "SIGRTMAX-9",
                "SIGRTMIN",
                "SIGRTMIN+1",
                "SIGRTMIN+10",
                "SIGRTMIN+11",
                "SIGRTMIN+12",
                "SIGRTMIN+13",
                "SIGRTMIN+14",
                "SIGRTMIN+15",
                "SIGRTMIN+2",
                "SIGRTMIN+3",
                "SIGRTMIN+4",
                "SIGRTMIN+5",
                "SIGRTMIN+6",
                "SIGRTMIN+7",
                "SIGRTMIN+8",
                "SIGRTMIN+9",
                "SIGSEGV",
                "SIGSTKFLT",
                "SIGSTOP",
                "SIGSYS",
                "SIGTERM",
                "SIGTRAP",
                "SIGTSTP",
                "SIGTTIN",
                "SIGTTOU",
                "SIGURG",
                "SIGUSR1",
                "SIGUSR2",
                "SIGVTALRM",
                "SIGWINCH",
                "SIGXCPU",
                "SIGXFSZ",
            ])
            .marks(&["featureGate=ContainerStopSignals", "optional"]),
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
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(15, 14),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T341: MessageDesc = MessageDesc {
    name: "core/v1.ContainerUser",
    go: "ContainerUser",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ContainerUser",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "linux",
        "Linux",
        "v1.LinuxContainerUser",
        1,
        Message(TypeId(390)),
    )
    .ptr()
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T342: MessageDesc = MessageDesc {
    name: "core/v1.DaemonEndpoint",
    go: "DaemonEndpoint",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.DaemonEndpoint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("Port", "Port", "int32", 1, Int32).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T343: MessageDesc = MessageDesc {
    name: "core/v1.DownwardAPIProjection",
    go: "DownwardAPIProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.DownwardAPIProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "items",
        "Items",
        "[]v1.DownwardAPIVolumeFile",
        1,
        List(&Message(TypeId(344))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T344: MessageDesc = MessageDesc {
    name: "core/v1.DownwardAPIVolumeFile",
    go: "DownwardAPIVolumeFile",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.DownwardAPIVolumeFile",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String).req(),
        f(
            "fieldRef",
            "FieldRef",
            "v1.ObjectFieldSelector",
            2,
            Message(TypeId(426)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "resourceFieldRef",
            "ResourceFieldRef",
            "v1.ResourceFieldSelector",
            3,
            Message(TypeId(489)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("mode", "Mode", "int32", 4, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("user", "User", "int64", 5, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
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
pub(super) static T345: MessageDesc = MessageDesc {
    name: "core/v1.DownwardAPIVolumeSource",
    go: "DownwardAPIVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.DownwardAPIVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "items",
            "Items",
            "[]v1.DownwardAPIVolumeFile",
            1,
            List(&Message(TypeId(344))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("defaultMode", "DefaultMode", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("defaultUser", "DefaultUser", "int64", 3, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T346: MessageDesc = MessageDesc {
    name: "core/v1.EmptyDirVolumeSource",
    go: "EmptyDirVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EmptyDirVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("medium", "Medium", "v1.StorageMedium", 1, String)
            .oe()
            .marks(&["optional"]),
        f("sizeLimit", "SizeLimit", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("mode", "Mode", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["featureGate=EmptyDirVolumeMode", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T347: MessageDesc = MessageDesc {
    name: "core/v1.EndpointAddress",
    go: "EndpointAddress",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EndpointAddress",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("ip", "IP", "string", 1, String).req(),
        f("hostname", "Hostname", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("nodeName", "NodeName", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "targetRef",
            "TargetRef",
            "v1.ObjectReference",
            2,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 3), Field(3, 1), Field(4, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T348: MessageDesc = MessageDesc {
    name: "core/v1.EndpointPort",
    go: "EndpointPort",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EndpointPort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "int32", 2, Int32).req(),
        f("protocol", "Protocol", "v1.Protocol", 3, String)
            .oe()
            .one_of(&["SCTP", "TCP", "UDP"])
            .marks(&["optional"]),
        f("appProtocol", "AppProtocol", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T349: MessageDesc = MessageDesc {
    name: "core/v1.EndpointSubset",
    go: "EndpointSubset",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EndpointSubset",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "addresses",
            "Addresses",
            "[]v1.EndpointAddress",
            1,
            List(&Message(TypeId(347))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "notReadyAddresses",
            "NotReadyAddresses",
            "[]v1.EndpointAddress",
            2,
            List(&Message(TypeId(347))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "ports",
            "Ports",
            "[]v1.EndpointPort",
            3,
            List(&Message(TypeId(348))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T350: MessageDesc = MessageDesc {
    name: "core/v1.Endpoints",
    go: "Endpoints",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Endpoints",
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
            "subsets",
            "Subsets",
            "[]v1.EndpointSubset",
            2,
            List(&Message(TypeId(349))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T351: MessageDesc = MessageDesc {
    name: "core/v1.EndpointsList",
    go: "EndpointsList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EndpointsList",
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
            "[]v1.Endpoints",
            2,
            List(&Message(TypeId(350))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T352: MessageDesc = MessageDesc {
    name: "core/v1.EnvFromSource",
    go: "EnvFromSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EnvFromSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("prefix", "Prefix", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f(
            "configMapRef",
            "ConfigMapRef",
            "v1.ConfigMapEnvSource",
            2,
            Message(TypeId(323)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretEnvSource",
            3,
            Message(TypeId(504)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T353: MessageDesc = MessageDesc {
    name: "core/v1.EnvVar",
    go: "EnvVar",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EnvVar",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "valueFrom",
            "ValueFrom",
            "v1.EnvVarSource",
            3,
            Message(TypeId(354)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T354: MessageDesc = MessageDesc {
    name: "core/v1.EnvVarSource",
    go: "EnvVarSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EnvVarSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "fieldRef",
            "FieldRef",
            "v1.ObjectFieldSelector",
            1,
            Message(TypeId(426)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "resourceFieldRef",
            "ResourceFieldRef",
            "v1.ResourceFieldSelector",
            2,
            Message(TypeId(489)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "configMapKeyRef",
            "ConfigMapKeyRef",
            "v1.ConfigMapKeySelector",
            3,
            Message(TypeId(324)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "secretKeyRef",
            "SecretKeyRef",
            "v1.SecretKeySelector",
            4,
            Message(TypeId(505)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "fileKeyRef",
            "FileKeyRef",
            "v1.FileKeySelector",
            5,
            Message(TypeId(365)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["featureGate=EnvFiles", "optional"]),
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
pub(super) static T355: MessageDesc = MessageDesc {
    name: "core/v1.EphemeralContainer",
    go: "EphemeralContainer",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EphemeralContainer",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("image", "Image", "string", 2, String).oe(),
        f("command", "Command", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("args", "Args", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("workingDir", "WorkingDir", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "ports",
            "Ports",
            "[]v1.ContainerPort",
            6,
            List(&Message(TypeId(332))),
        )
        .oe()
        .patch("merge", "containerPort")
        .list(ListType::Map, &["containerPort", "protocol"])
        .marks(&[
            "optional",
            "patchMergeKey=containerPort",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=containerPort",
            "listMapKey=protocol",
        ]),
        f(
            "envFrom",
            "EnvFrom",
            "[]v1.EnvFromSource",
            19,
            List(&Message(TypeId(352))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("env", "Env", "[]v1.EnvVar", 7, List(&Message(TypeId(353))))
            .oe()
            .patch("merge", "name")
            .list(ListType::Map, &["name"])
            .marks(&[
                "optional",
                "patchMergeKey=name",
                "patchStrategy=merge",
                "listType=map",
                "listMapKey=name",
            ]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            8,
            Message(TypeId(495)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "resizePolicy",
            "ResizePolicy",
            "[]v1.ContainerResizePolicy",
            23,
            List(&Message(TypeId(333))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=InPlacePodVerticalScaling",
            "optional",
            "listType=atomic",
        ]),
        f(
            "restartPolicy",
            "RestartPolicy",
            "v1.ContainerRestartPolicy",
            24,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "restartPolicyRules",
            "RestartPolicyRules",
            "[]v1.ContainerRestartRule",
            25,
            List(&Message(TypeId(334))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=ContainerRestartRules",
            "optional",
            "listType=atomic",
        ]),
        f(
            "volumeMounts",
            "VolumeMounts",
            "[]v1.VolumeMount",
            9,
            List(&Message(TypeId(538))),
        )
        .oe()
        .patch("merge", "mountPath")
        .list(ListType::Map, &["mountPath"])
        .marks(&[
            "optional",
            "patchMergeKey=mountPath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=mountPath",
        ]),
        f(
            "volumeDevices",
            "VolumeDevices",
            "[]v1.VolumeDevice",
            21,
            List(&Message(TypeId(535))),
        )
        .oe()
        .patch("merge", "devicePath")
        .list(ListType::Map, &["devicePath"])
        .marks(&[
            "patchMergeKey=devicePath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=devicePath",
            "optional",
        ]),
        f(
            "livenessProbe",
            "LivenessProbe",
            "v1.Probe",
            10,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "readinessProbe",
            "ReadinessProbe",
            "v1.Probe",
            11,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "startupProbe",
            "StartupProbe",
            "v1.Probe",
            22,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "lifecycle",
            "Lifecycle",
            "v1.Lifecycle",
            12,
            Message(TypeId(384)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePath",
            "TerminationMessagePath",
            "string",
            13,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePolicy",
            "TerminationMessagePolicy",
            "v1.TerminationMessagePolicy",
            20,
            String,
        )
        .oe()
        .one_of(&["FallbackToLogsOnError", "File"])
        .marks(&["optional"]),
        f(
            "imagePullPolicy",
            "ImagePullPolicy",
            "v1.PullPolicy",
            14,
            String,
        )
        .oe()
        .one_of(&["Always", "IfNotPresent", "Never"])
        .marks(&["optional"]),
        f(
            "securityContext",
            "SecurityContext",
            "v1.SecurityContext",
            15,
            Message(TypeId(510)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("stdin", "Stdin", "bool", 16, Bool)
            .oe()
            .marks(&["optional"]),
        f("stdinOnce", "StdinOnce", "bool", 17, Bool)
            .oe()
            .marks(&["optional"]),
        f("tty", "TTY", "bool", 18, Bool).oe().marks(&["optional"]),
        f(
            "targetContainerName",
            "TargetContainerName",
            "string",
            2,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Embed(
            1,
            &[
                Field(1, 0),
                Field(2, 1),
                Field(3, 2),
                Field(4, 3),
                Field(5, 4),
                Field(6, 5),
                Field(7, 7),
                Field(8, 8),
                Field(9, 12),
                Field(10, 14),
                Field(11, 15),
                Field(12, 17),
                Field(13, 18),
                Field(14, 20),
                Field(15, 21),
                Field(16, 22),
                Field(17, 23),
                Field(18, 24),
                Field(19, 6),
                Field(20, 19),
                Field(21, 13),
                Field(22, 16),
                Field(23, 9),
                Field(24, 10),
                Field(25, 11),
            ],
        ),
        Field(2, 25),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T356: MessageDesc = MessageDesc {
    name: "core/v1.EphemeralContainerCommon",
    go: "EphemeralContainerCommon",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EphemeralContainerCommon",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("image", "Image", "string", 2, String).oe(),
        f("command", "Command", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("args", "Args", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("workingDir", "WorkingDir", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "ports",
            "Ports",
            "[]v1.ContainerPort",
            6,
            List(&Message(TypeId(332))),
        )
        .oe()
        .patch("merge", "containerPort")
        .list(ListType::Map, &["containerPort", "protocol"])
        .marks(&[
            "optional",
            "patchMergeKey=containerPort",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=containerPort",
            "listMapKey=protocol",
        ]),
        f(
            "envFrom",
            "EnvFrom",
            "[]v1.EnvFromSource",
            19,
            List(&Message(TypeId(352))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("env", "Env", "[]v1.EnvVar", 7, List(&Message(TypeId(353))))
            .oe()
            .patch("merge", "name")
            .list(ListType::Map, &["name"])
            .marks(&[
                "optional",
                "patchMergeKey=name",
                "patchStrategy=merge",
                "listType=map",
                "listMapKey=name",
            ]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            8,
            Message(TypeId(495)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "resizePolicy",
            "ResizePolicy",
            "[]v1.ContainerResizePolicy",
            23,
            List(&Message(TypeId(333))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=InPlacePodVerticalScaling",
            "optional",
            "listType=atomic",
        ]),
        f(
            "restartPolicy",
            "RestartPolicy",
            "v1.ContainerRestartPolicy",
            24,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "restartPolicyRules",
            "RestartPolicyRules",
            "[]v1.ContainerRestartRule",
            25,
            List(&Message(TypeId(334))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=ContainerRestartRules",
            "optional",
            "listType=atomic",
        ]),
        f(
            "volumeMounts",
            "VolumeMounts",
            "[]v1.VolumeMount",
            9,
            List(&Message(TypeId(538))),
        )
        .oe()
        .patch("merge", "mountPath")
        .list(ListType::Map, &["mountPath"])
        .marks(&[
            "optional",
            "patchMergeKey=mountPath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=mountPath",
        ]),
        f(
            "volumeDevices",
            "VolumeDevices",
            "[]v1.VolumeDevice",
            21,
            List(&Message(TypeId(535))),
        )
        .oe()
        .patch("merge", "devicePath")
        .list(ListType::Map, &["devicePath"])
        .marks(&[
            "patchMergeKey=devicePath",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=devicePath",
            "optional",
        ]),
        f(
            "livenessProbe",
            "LivenessProbe",
            "v1.Probe",
            10,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "readinessProbe",
            "ReadinessProbe",
            "v1.Probe",
            11,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "startupProbe",
            "StartupProbe",
            "v1.Probe",
            22,
            Message(TypeId(476)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "lifecycle",
            "Lifecycle",
            "v1.Lifecycle",
            12,
            Message(TypeId(384)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePath",
            "TerminationMessagePath",
            "string",
            13,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "terminationMessagePolicy",
            "TerminationMessagePolicy",
            "v1.TerminationMessagePolicy",
            20,
            String,
        )
        .oe()
        .one_of(&["FallbackToLogsOnError", "File"])
        .marks(&["optional"]),
        f(
            "imagePullPolicy",
            "ImagePullPolicy",
            "v1.PullPolicy",
            14,
            String,
        )
        .oe()
        .one_of(&["Always", "IfNotPresent", "Never"])
        .marks(&["optional"]),
        f(
            "securityContext",
            "SecurityContext",
            "v1.SecurityContext",
            15,
            Message(TypeId(510)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("stdin", "Stdin", "bool", 16, Bool)
            .oe()
            .marks(&["optional"]),
        f("stdinOnce", "StdinOnce", "bool", 17, Bool)
            .oe()
            .marks(&["optional"]),
        f("tty", "TTY", "bool", 18, Bool).oe().marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 7),
        Field(8, 8),
        Field(9, 12),
        Field(10, 14),
        Field(11, 15),
        Field(12, 17),
        Field(13, 18),
        Field(14, 20),
        Field(15, 21),
        Field(16, 22),
        Field(17, 23),
        Field(18, 24),
        Field(19, 6),
        Field(20, 19),
        Field(21, 13),
        Field(22, 16),
        Field(23, 9),
        Field(24, 10),
        Field(25, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T357: MessageDesc = MessageDesc {
    name: "core/v1.EphemeralVolumeSource",
    go: "EphemeralVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EphemeralVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "volumeClaimTemplate",
        "VolumeClaimTemplate",
        "v1.PersistentVolumeClaimTemplate",
        1,
        Message(TypeId(434)),
    )
    .ptr()
    .oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T358: MessageDesc = MessageDesc {
    name: "core/v1.Event",
    go: "Event",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Event",
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
        .req(),
        f(
            "involvedObject",
            "InvolvedObject",
            "v1.ObjectReference",
            2,
            Message(TypeId(427)),
        )
        .req()
        .atomic(),
        f("reason", "Reason", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "source",
            "Source",
            "v1.EventSource",
            5,
            Message(TypeId(361)),
        )
        .oe()
        .marks(&["optional"]),
        f("firstTimestamp", "FirstTimestamp", "v1.Time", 6, Time)
            .oe()
            .marks(&["optional"]),
        f("lastTimestamp", "LastTimestamp", "v1.Time", 7, Time)
            .oe()
            .marks(&["optional"]),
        f("count", "Count", "int32", 8, Int32)
            .oe()
            .marks(&["optional"]),
        f("type", "Type", "string", 9, String)
            .oe()
            .marks(&["optional"]),
        f("eventTime", "EventTime", "v1.MicroTime", 10, MicroTime)
            .oe()
            .marks(&["optional"]),
        f(
            "series",
            "Series",
            "v1.EventSeries",
            11,
            Message(TypeId(360)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("action", "Action", "string", 12, String)
            .oe()
            .marks(&["optional"]),
        f(
            "related",
            "Related",
            "v1.ObjectReference",
            13,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "reportingComponent",
            "ReportingController",
            "string",
            14,
            String,
        )
        .marks(&["optional"]),
        f(
            "reportingInstance",
            "ReportingInstance",
            "string",
            15,
            String,
        )
        .marks(&["optional"]),
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
        Field(9, 10),
        Field(10, 11),
        Field(11, 12),
        Field(12, 13),
        Field(13, 14),
        Field(14, 15),
        Field(15, 16),
    ],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T359: MessageDesc = MessageDesc {
    name: "core/v1.EventList",
    go: "EventList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EventList",
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
            "[]v1.Event",
            2,
            List(&Message(TypeId(358))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T360: MessageDesc = MessageDesc {
    name: "core/v1.EventSeries",
    go: "EventSeries",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EventSeries",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("count", "Count", "int32", 1, Int32).oe(),
        f(
            "lastObservedTime",
            "LastObservedTime",
            "v1.MicroTime",
            2,
            MicroTime,
        )
        .oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T361: MessageDesc = MessageDesc {
    name: "core/v1.EventSource",
    go: "EventSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EventSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("component", "Component", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("host", "Host", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T362: MessageDesc = MessageDesc {
    name: "core/v1.EvictionResponder",
    go: "EvictionResponder",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.EvictionResponder",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-prefixed-label-key",
            "k8s:customValidation",
        ]),
        f("priority", "Priority", "int32", 2, Int32)
            .ptr()
            .req()
            .marks(&[
                "required",
                "k8s:required",
                "k8s:minimum=0",
                "k8s:maximum=100000",
                "k8s:customValidation",
            ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T363: MessageDesc = MessageDesc {
    name: "core/v1.ExecAction",
    go: "ExecAction",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ExecAction",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("command", "Command", "[]string", 1, List(&String))
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T364: MessageDesc = MessageDesc {
    name: "core/v1.FCVolumeSource",
    go: "FCVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.FCVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("targetWWNs", "TargetWWNs", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("lun", "Lun", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("fsType", "FSType", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("wwids", "WWIDs", "[]string", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
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
pub(super) static T365: MessageDesc = MessageDesc {
    name: "core/v1.FileKeySelector",
    go: "FileKeySelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.FileKeySelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("volumeName", "VolumeName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("path", "Path", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("key", "Key", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("optional", "Optional", "bool", 4, Bool)
            .ptr()
            .oe()
            .or("false")
            .marks(&["optional", "default=false"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T366: MessageDesc = MessageDesc {
    name: "core/v1.FlexPersistentVolumeSource",
    go: "FlexPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.FlexPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            3,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("options", "Options", "map[string]string", 5, Map(&String))
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
pub(super) static T367: MessageDesc = MessageDesc {
    name: "core/v1.FlexVolumeSource",
    go: "FlexVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.FlexVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            3,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("options", "Options", "map[string]string", 5, Map(&String))
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
pub(super) static T368: MessageDesc = MessageDesc {
    name: "core/v1.FlockerVolumeSource",
    go: "FlockerVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.FlockerVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("datasetName", "DatasetName", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("datasetUUID", "DatasetUUID", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T369: MessageDesc = MessageDesc {
    name: "core/v1.GCEPersistentDiskVolumeSource",
    go: "GCEPersistentDiskVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.GCEPersistentDiskVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("pdName", "PDName", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("partition", "Partition", "int32", 3, Int32)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T370: MessageDesc = MessageDesc {
    name: "core/v1.GRPCAction",
    go: "GRPCAction",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.GRPCAction",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("port", "Port", "int32", 1, Int32).req(),
        f("service", "Service", "string", 2, String)
            .ptr()
            .or("\"\"")
            .marks(&["optional", "default=\"\""]),
        f("mode", "Mode", "v1.GRPCProbeMode", 3, String)
            .ptr()
            .oe()
            .one_of(&["Plaintext", "TLS"])
            .marks(&["featureGate=GRPCContainerProbeTLS", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T371: MessageDesc = MessageDesc {
    name: "core/v1.GitRepoVolumeSource",
    go: "GitRepoVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.GitRepoVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("repository", "Repository", "string", 1, String).req(),
        f("revision", "Revision", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("directory", "Directory", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T372: MessageDesc = MessageDesc {
    name: "core/v1.GlusterfsPersistentVolumeSource",
    go: "GlusterfsPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.GlusterfsPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("endpoints", "EndpointsName", "string", 1, String).req(),
        f("path", "Path", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "endpointsNamespace",
            "EndpointsNamespace",
            "string",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T373: MessageDesc = MessageDesc {
    name: "core/v1.GlusterfsVolumeSource",
    go: "GlusterfsVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.GlusterfsVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("endpoints", "EndpointsName", "string", 1, String).req(),
        f("path", "Path", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T374: MessageDesc = MessageDesc {
    name: "core/v1.HTTPGetAction",
    go: "HTTPGetAction",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.HTTPGetAction",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "intstr.IntOrString", 2, IntOrString).req(),
        f("host", "Host", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("scheme", "Scheme", "v1.URIScheme", 4, String)
            .oe()
            .one_of(&["HTTP", "HTTPS"])
            .marks(&["optional"]),
        f(
            "httpHeaders",
            "HTTPHeaders",
            "[]v1.HTTPHeader",
            5,
            List(&Message(TypeId(375))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("protocol", "Protocol", "v1.HTTPProtocol", 6, String)
            .ptr()
            .oe()
            .one_of(&["HTTP1", "HTTP2"])
            .marks(&["optional", "featureGate=H2CContainerProbe"]),
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
pub(super) static T375: MessageDesc = MessageDesc {
    name: "core/v1.HTTPHeader",
    go: "HTTPHeader",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.HTTPHeader",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("value", "Value", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T376: MessageDesc = MessageDesc {
    name: "core/v1.HostAlias",
    go: "HostAlias",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.HostAlias",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("ip", "IP", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("hostnames", "Hostnames", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T377: MessageDesc = MessageDesc {
    name: "core/v1.HostIP",
    go: "HostIP",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.HostIP",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("ip", "IP", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T378: MessageDesc = MessageDesc {
    name: "core/v1.HostPathVolumeSource",
    go: "HostPathVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.HostPathVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String).req(),
        f("type", "Type", "v1.HostPathType", 2, String)
            .ptr()
            .oe()
            .one_of(&[
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket",
            ])
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T379: MessageDesc = MessageDesc {
    name: "core/v1.ISCSIPersistentVolumeSource",
    go: "ISCSIPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ISCSIPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("targetPortal", "TargetPortal", "string", 1, String).req(),
        f("iqn", "IQN", "string", 2, String).req(),
        f("lun", "Lun", "int32", 3, Int32).req(),
        f("iscsiInterface", "ISCSIInterface", "string", 4, String)
            .oe()
            .or("\"default\"")
            .marks(&["optional", "default=\"default\""]),
        f("fsType", "FSType", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 6, Bool)
            .oe()
            .marks(&["optional"]),
        f("portals", "Portals", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("chapAuthDiscovery", "DiscoveryCHAPAuth", "bool", 8, Bool)
            .oe()
            .marks(&["optional"]),
        f("chapAuthSession", "SessionCHAPAuth", "bool", 11, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            10,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("initiatorName", "InitiatorName", "string", 12, String)
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
        Field(10, 9),
        Field(11, 8),
        Field(12, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T380: MessageDesc = MessageDesc {
    name: "core/v1.ISCSIVolumeSource",
    go: "ISCSIVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ISCSIVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("targetPortal", "TargetPortal", "string", 1, String).req(),
        f("iqn", "IQN", "string", 2, String).req(),
        f("lun", "Lun", "int32", 3, Int32).req(),
        f("iscsiInterface", "ISCSIInterface", "string", 4, String)
            .oe()
            .or("\"default\"")
            .marks(&["optional", "default=\"default\""]),
        f("fsType", "FSType", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 6, Bool)
            .oe()
            .marks(&["optional"]),
        f("portals", "Portals", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("chapAuthDiscovery", "DiscoveryCHAPAuth", "bool", 8, Bool)
            .oe()
            .marks(&["optional"]),
        f("chapAuthSession", "SessionCHAPAuth", "bool", 11, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            10,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("initiatorName", "InitiatorName", "string", 12, String)
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
        Field(10, 9),
        Field(11, 8),
        Field(12, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T381: MessageDesc = MessageDesc {
    name: "core/v1.ImageVolumeSource",
    go: "ImageVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ImageVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("reference", "Reference", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("pullPolicy", "PullPolicy", "v1.PullPolicy", 2, String)
            .oe()
            .one_of(&["Always", "IfNotPresent", "Never"])
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T382: MessageDesc = MessageDesc {
    name: "core/v1.ImageVolumeStatus",
    go: "ImageVolumeStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ImageVolumeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("imageRef", "ImageRef", "string", 1, String)
        .oe()
        .req()
        .marks(&["kubebuilder:validation:MaxLength=256", "required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T383: MessageDesc = MessageDesc {
    name: "core/v1.KeyToPath",
    go: "KeyToPath",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.KeyToPath",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("path", "Path", "string", 2, String).req(),
        f("mode", "Mode", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("user", "User", "int64", 4, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T384: MessageDesc = MessageDesc {
    name: "core/v1.Lifecycle",
    go: "Lifecycle",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Lifecycle",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "postStart",
            "PostStart",
            "v1.LifecycleHandler",
            1,
            Message(TypeId(385)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "preStop",
            "PreStop",
            "v1.LifecycleHandler",
            2,
            Message(TypeId(385)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("stopSignal", "StopSignal", "v1.Signal", 3, String)
            .ptr()
            .oe()
            .one_of(&[
                "SIGABRT",
                "SIGALRM",
                "SIGBUS",
                "SIGCHLD",
                "SIGCLD",
                "SIGCONT",
                "SIGFPE",
                "SIGHUP",
                "SIGILL",
                "SIGINT",
                "SIGIO",
                "SIGIOT",
                "SIGKILL",
                "SIGPIPE",
                "SIGPOLL",
                "SIGPROF",
                "SIGPWR",
                "SIGQUIT",
                "SIGRTMAX",
                "SIGRTMAX-1",
                "SIGRTMAX-10",
                "SIGRTMAX-11",
                "SIGRTMAX-12",
                "SIGRTMAX-13",
                "SIGRTMAX-14",
                "SIGRTMAX-2",
                "SIGRTMAX-3",
                "SIGRTMAX-4",
                "SIGRTMAX-5",
                "SIGRTMAX-6",
                "SIGRTMAX-7",
                "SIGRTMAX-8",
                "SIGRTMAX-9",
                "SIGRTMIN",
                "SIGRTMIN+1",
                "SIGRTMIN+10",
                "SIGRTMIN+11",
                "SIGRTMIN+12",
                "SIGRTMIN+13",
                "SIGRTMIN+14",
                "SIGRTMIN+15",
                "SIGRTMIN+2",
                "SIGRTMIN+3",
                "SIGRTMIN+4",
                "SIGRTMIN+5",
                "SIGRTMIN+6",
                "SIGRTMIN+7",
                "SIGRTMIN+8",
                "SIGRTMIN+9",
                "SIGSEGV",
                "SIGSTKFLT",
                "SIGSTOP",
                "SIGSYS",
                "SIGTERM",
                "SIGTRAP",
                "SIGTSTP",
                "SIGTTIN",
                "SIGTTOU",
                "SIGURG",
                "SIGUSR1",
                "SIGUSR2",
                "SIGVTALRM",
                "SIGWINCH",
                "SIGXCPU",
                "SIGXFSZ",
            ])
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T385: MessageDesc = MessageDesc {
    name: "core/v1.LifecycleHandler",
    go: "LifecycleHandler",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LifecycleHandler",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("exec", "Exec", "v1.ExecAction", 1, Message(TypeId(363)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "httpGet",
            "HTTPGet",
            "v1.HTTPGetAction",
            2,
            Message(TypeId(374)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "tcpSocket",
            "TCPSocket",
            "v1.TCPSocketAction",
            3,
            Message(TypeId(526)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("sleep", "Sleep", "v1.SleepAction", 4, Message(TypeId(522)))
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T386: MessageDesc = MessageDesc {
    name: "core/v1.LimitRange",
    go: "LimitRange",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LimitRange",
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
        f("spec", "Spec", "v1.LimitRangeSpec", 2, Message(TypeId(389)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T387: MessageDesc = MessageDesc {
    name: "core/v1.LimitRangeItem",
    go: "LimitRangeItem",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LimitRangeItem",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.LimitType", 1, String).req(),
        f("max", "Max", "v1.ResourceList", 2, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f("min", "Min", "v1.ResourceList", 3, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f("default", "Default", "v1.ResourceList", 4, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "defaultRequest",
            "DefaultRequest",
            "v1.ResourceList",
            5,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "maxLimitRequestRatio",
            "MaxLimitRequestRatio",
            "v1.ResourceList",
            6,
            Map(&Quantity),
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
pub(super) static T388: MessageDesc = MessageDesc {
    name: "core/v1.LimitRangeList",
    go: "LimitRangeList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LimitRangeList",
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
            "[]v1.LimitRange",
            2,
            List(&Message(TypeId(386))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T389: MessageDesc = MessageDesc {
    name: "core/v1.LimitRangeSpec",
    go: "LimitRangeSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LimitRangeSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "limits",
        "Limits",
        "[]v1.LimitRangeItem",
        1,
        List(&Message(TypeId(387))),
    )
    .req()
    .list(ListType::Atomic, &[])
    .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T390: MessageDesc = MessageDesc {
    name: "core/v1.LinuxContainerUser",
    go: "LinuxContainerUser",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LinuxContainerUser",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "int64", 1, Int64).req(),
        f("gid", "GID", "int64", 2, Int64).req(),
        f(
            "supplementalGroups",
            "SupplementalGroups",
            "[]int64",
            3,
            List(&Int64),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T391: MessageDesc = MessageDesc {
    name: "core/v1.List",
    go: "List",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.List",
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
        .oe(),
        f(
            "items",
            "Items",
            "[]runtime.RawExtension",
            2,
            List(&RawExtension),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T392: MessageDesc = MessageDesc {
    name: "core/v1.LoadBalancerIngress",
    go: "LoadBalancerIngress",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LoadBalancerIngress",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("ip", "IP", "string", 1, String).oe().marks(&["optional"]),
        f("hostname", "Hostname", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("ipMode", "IPMode", "v1.LoadBalancerIPMode", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "ports",
            "Ports",
            "[]v1.PortStatus",
            4,
            List(&Message(TypeId(471))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T393: MessageDesc = MessageDesc {
    name: "core/v1.LoadBalancerStatus",
    go: "LoadBalancerStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LoadBalancerStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "ingress",
        "Ingress",
        "[]v1.LoadBalancerIngress",
        1,
        List(&Message(TypeId(392))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T394: MessageDesc = MessageDesc {
    name: "core/v1.LocalObjectReference",
    go: "LocalObjectReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LocalObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[f("name", "Name", "string", 1, String)
        .oe()
        .or("\"\"")
        .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""])],
    wire: &[Field(1, 0)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T395: MessageDesc = MessageDesc {
    name: "core/v1.LocalVolumeSource",
    go: "LocalVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.LocalVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T396: MessageDesc = MessageDesc {
    name: "core/v1.ModifyVolumeStatus",
    go: "ModifyVolumeStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ModifyVolumeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "targetVolumeAttributesClassName",
            "TargetVolumeAttributesClassName",
            "string",
            1,
            String,
        )
        .oe(),
        f(
            "status",
            "Status",
            "v1.PersistentVolumeClaimModifyVolumeStatus",
            2,
            String,
        )
        .req()
        .one_of(&["InProgress", "Infeasible", "Pending"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T397: MessageDesc = MessageDesc {
    name: "core/v1.NFSVolumeSource",
    go: "NFSVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NFSVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("server", "Server", "string", 1, String).req(),
        f("path", "Path", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T398: MessageDesc = MessageDesc {
    name: "core/v1.Namespace",
    go: "Namespace",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Namespace",
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
        f("spec", "Spec", "v1.NamespaceSpec", 2, Message(TypeId(401)))
            .oe()
            .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.NamespaceStatus",
            3,
            Message(TypeId(402)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:skipVerbs=deleteCollection",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/finalize\"",
    ],
    slots: Slots::new(),
};
pub(super) static T399: MessageDesc = MessageDesc {
    name: "core/v1.NamespaceCondition",
    go: "NamespaceCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NamespaceCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.NamespaceConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
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
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T400: MessageDesc = MessageDesc {
    name: "core/v1.NamespaceList",
    go: "NamespaceList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NamespaceList",
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
            "[]v1.Namespace",
            2,
            List(&Message(TypeId(398))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T401: MessageDesc = MessageDesc {
    name: "core/v1.NamespaceSpec",
    go: "NamespaceSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NamespaceSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "finalizers",
        "Finalizers",
        "[]v1.FinalizerName",
        1,
        List(&String),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T402: MessageDesc = MessageDesc {
    name: "core/v1.NamespaceStatus",
    go: "NamespaceStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NamespaceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("phase", "Phase", "v1.NamespacePhase", 1, String)
            .oe()
            .one_of(&["Active", "Terminating"])
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.NamespaceCondition",
            2,
            List(&Message(TypeId(399))),
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
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T403: MessageDesc = MessageDesc {
    name: "core/v1.Node",
    go: "Node",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Node",
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
        f("spec", "Spec", "v1.NodeSpec", 2, Message(TypeId(422)))
            .oe()
            .marks(&["optional"]),
        f("status", "Status", "v1.NodeStatus", 3, Message(TypeId(423)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/proxy\"",
    ],
    slots: Slots::new(),
};
pub(super) static T404: MessageDesc = MessageDesc {
    name: "core/v1.NodeAddress",
    go: "NodeAddress",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeAddress",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.NodeAddressType", 1, String).req(),
        f("address", "Address", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T405: MessageDesc = MessageDesc {
    name: "core/v1.NodeAffinity",
    go: "NodeAffinity",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeAffinity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requiredDuringSchedulingIgnoredDuringExecution",
            "RequiredDuringSchedulingIgnoredDuringExecution",
            "v1.NodeSelector",
            1,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "preferredDuringSchedulingIgnoredDuringExecution",
            "PreferredDuringSchedulingIgnoredDuringExecution",
            "[]v1.PreferredSchedulingTerm",
            2,
            List(&Message(TypeId(475))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T406: MessageDesc = MessageDesc {
    name: "core/v1.NodeAllocatableMappedResources",
    go: "NodeAllocatableMappedResources",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeAllocatableMappedResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String)
            .req()
            .marks(&["required", "k8s:required"]),
        f("quantity", "Quantity", "resource.Quantity", 2, Quantity)
            .ptr()
            .req()
            .marks(&["required", "k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T407: MessageDesc = MessageDesc {
    name: "core/v1.NodeAllocatableOverheadResources",
    go: "NodeAllocatableOverheadResources",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeAllocatableOverheadResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String)
            .req()
            .marks(&["required", "k8s:required"]),
        f("perPod", "PerPod", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional"]),
        f(
            "perContainer",
            "PerContainer",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T408: MessageDesc = MessageDesc {
    name: "core/v1.NodeAllocatableResourceClaimStatus",
    go: "NodeAllocatableResourceClaimStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeAllocatableResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            1,
            String,
        )
        .req()
        .marks(&["required", "k8s:required"]),
        f("containers", "Containers", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&[
                "optional",
                "listType=set",
                "k8s:optional",
                "k8s:listType=set",
            ]),
        f(
            "mapping",
            "Mapping",
            "[]v1.NodeAllocatableMappedResources",
            4,
            List(&Message(TypeId(406))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchStrategy=merge",
            "patchMergeKey=name",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
        ]),
        f(
            "overhead",
            "Overhead",
            "[]v1.NodeAllocatableOverheadResources",
            5,
            List(&Message(TypeId(407))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchStrategy=merge",
            "patchMergeKey=name",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T409: MessageDesc = MessageDesc {
    name: "core/v1.NodeCondition",
    go: "NodeCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.NodeConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
        f("lastHeartbeatTime", "LastHeartbeatTime", "v1.Time", 3, Time)
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
pub(super) static T410: MessageDesc = MessageDesc {
    name: "core/v1.NodeConfigSource",
    go: "NodeConfigSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeConfigSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "configMap",
        "ConfigMap",
        "v1.ConfigMapNodeConfigSource",
        2,
        Message(TypeId(326)),
    )
    .ptr()
    .oe()],
    wire: &[Field(2, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T411: MessageDesc = MessageDesc {
    name: "core/v1.NodeConfigStatus",
    go: "NodeConfigStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeConfigStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "assigned",
            "Assigned",
            "v1.NodeConfigSource",
            1,
            Message(TypeId(410)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "active",
            "Active",
            "v1.NodeConfigSource",
            2,
            Message(TypeId(410)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "lastKnownGood",
            "LastKnownGood",
            "v1.NodeConfigSource",
            3,
            Message(TypeId(410)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("error", "Error", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T412: MessageDesc = MessageDesc {
    name: "core/v1.NodeDaemonEndpoints",
    go: "NodeDaemonEndpoints",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeDaemonEndpoints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "kubeletEndpoint",
        "KubeletEndpoint",
        "v1.DaemonEndpoint",
        1,
        Message(TypeId(342)),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T413: MessageDesc = MessageDesc {
    name: "core/v1.NodeFeatures",
    go: "NodeFeatures",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeFeatures",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "supplementalGroupsPolicy",
        "SupplementalGroupsPolicy",
        "bool",
        1,
        Bool,
    )
    .ptr()
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T414: MessageDesc = MessageDesc {
    name: "core/v1.NodeList",
    go: "NodeList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeList",
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
            "[]v1.Node",
            2,
            List(&Message(TypeId(403))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T415: MessageDesc = MessageDesc {
    name: "core/v1.NodePodPreemptionPolicy",
    go: "NodePodPreemptionPolicy",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodePodPreemptionPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "disableResizePreemption",
        "DisableResizePreemption",
        "[]string",
        1,
        List(&String),
    )
    .oe()
    .list(ListType::Set, &[])
    .marks(&[
        "listType=set",
        "k8s:listType=set",
        "optional",
        "k8s:maxItems=20",
        "k8s:optional",
        "k8s:eachVal=+k8s:format=k8s-label-key",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T416: MessageDesc = MessageDesc {
    name: "core/v1.NodeProxyOptions",
    go: "NodeProxyOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeProxyOptions",
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
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T417: MessageDesc = MessageDesc {
    name: "core/v1.NodeRuntimeHandler",
    go: "NodeRuntimeHandler",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeRuntimeHandler",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).marks(&["optional"]),
        f(
            "features",
            "Features",
            "v1.NodeRuntimeHandlerFeatures",
            2,
            Message(TypeId(418)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T418: MessageDesc = MessageDesc {
    name: "core/v1.NodeRuntimeHandlerFeatures",
    go: "NodeRuntimeHandlerFeatures",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeRuntimeHandlerFeatures",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "recursiveReadOnlyMounts",
            "RecursiveReadOnlyMounts",
            "bool",
            1,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("userNamespaces", "UserNamespaces", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T419: MessageDesc = MessageDesc {
    name: "core/v1.NodeSelector",
    go: "NodeSelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[f(
        "nodeSelectorTerms",
        "NodeSelectorTerms",
        "[]v1.NodeSelectorTerm",
        1,
        List(&Message(TypeId(421))),
    )
    .req()
    .list(ListType::Atomic, &[])
    .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T420: MessageDesc = MessageDesc {
    name: "core/v1.NodeSelectorRequirement",
    go: "NodeSelectorRequirement",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSelectorRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("operator", "Operator", "v1.NodeSelectorOperator", 2, String)
            .req()
            .one_of(&["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"]),
        f("values", "Values", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T421: MessageDesc = MessageDesc {
    name: "core/v1.NodeSelectorTerm",
    go: "NodeSelectorTerm",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSelectorTerm",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "matchExpressions",
            "MatchExpressions",
            "[]v1.NodeSelectorRequirement",
            1,
            List(&Message(TypeId(420))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "matchFields",
            "MatchFields",
            "[]v1.NodeSelectorRequirement",
            2,
            List(&Message(TypeId(420))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T422: MessageDesc = MessageDesc {
    name: "core/v1.NodeSpec",
    go: "NodeSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("podCIDR", "PodCIDR", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("podCIDRs", "PodCIDRs", "[]string", 7, List(&String))
            .oe()
            .patch("merge", "")
            .list(ListType::Set, &[])
            .marks(&["optional", "patchStrategy=merge", "listType=set"]),
        f("providerID", "ProviderID", "string", 3, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:alpha(since: \"1.36\")=+k8s:optional",
                "k8s:alpha(since: \"1.36\")=+k8s:update=NoModify",
                "k8s:alpha(since: \"1.36\")=+k8s:update=NoUnset",
            ]),
        f("unschedulable", "Unschedulable", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "taints",
            "Taints",
            "[]v1.Taint",
            5,
            List(&Message(TypeId(527))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "configSource",
            "ConfigSource",
            "v1.NodeConfigSource",
            6,
            Message(TypeId(410)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("externalID", "DoNotUseExternalID", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "podPreemptionPolicy",
            "PodPreemptionPolicy",
            "v1.NodePodPreemptionPolicy",
            8,
            Message(TypeId(415)),
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=InPlacePodVerticalScalingSchedulerPreemption",
            "optional",
            "k8s:optional",
            "k8s:ifDisabled(InPlacePodVerticalScalingSchedulerPreemption)=+k8s:forbidden",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 6),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 1),
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T423: MessageDesc = MessageDesc {
    name: "core/v1.NodeStatus",
    go: "NodeStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("capacity", "Capacity", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "allocatable",
            "Allocatable",
            "v1.ResourceList",
            2,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional"]),
        f("phase", "Phase", "v1.NodePhase", 3, String)
            .oe()
            .one_of(&["Pending", "Running", "Terminated"])
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.NodeCondition",
            4,
            List(&Message(TypeId(409))),
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
        f(
            "addresses",
            "Addresses",
            "[]v1.NodeAddress",
            5,
            List(&Message(TypeId(404))),
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
        f(
            "daemonEndpoints",
            "DaemonEndpoints",
            "v1.NodeDaemonEndpoints",
            6,
            Message(TypeId(412)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "nodeInfo",
            "NodeInfo",
            "v1.NodeSystemInfo",
            7,
            Message(TypeId(425)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "images",
            "Images",
            "[]v1.ContainerImage",
            8,
            List(&Message(TypeId(331))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "volumesInUse",
            "VolumesInUse",
            "[]v1.UniqueVolumeName",
            9,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "volumesAttached",
            "VolumesAttached",
            "[]v1.AttachedVolume",
            10,
            List(&Message(TypeId(304))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "config",
            "Config",
            "v1.NodeConfigStatus",
            11,
            Message(TypeId(411)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "runtimeHandlers",
            "RuntimeHandlers",
            "[]v1.NodeRuntimeHandler",
            12,
            List(&Message(TypeId(417))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "features",
            "Features",
            "v1.NodeFeatures",
            13,
            Message(TypeId(413)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=SupplementalGroupsPolicy", "optional"]),
        f(
            "declaredFeatures",
            "DeclaredFeatures",
            "[]string",
            14,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=NodeDeclaredFeatures",
            "optional",
            "listType=atomic",
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
        Field(11, 10),
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T424: MessageDesc = MessageDesc {
    name: "core/v1.NodeSwapStatus",
    go: "NodeSwapStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSwapStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("capacity", "Capacity", "int64", 1, Int64)
        .ptr()
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T425: MessageDesc = MessageDesc {
    name: "core/v1.NodeSystemInfo",
    go: "NodeSystemInfo",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.NodeSystemInfo",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("machineID", "MachineID", "string", 1, String).req(),
        f("systemUUID", "SystemUUID", "string", 2, String).req(),
        f("bootID", "BootID", "string", 3, String).req(),
        f("kernelVersion", "KernelVersion", "string", 4, String).req(),
        f("osImage", "OSImage", "string", 5, String).req(),
        f(
            "containerRuntimeVersion",
            "ContainerRuntimeVersion",
            "string",
            6,
            String,
        )
        .req(),
        f("kubeletVersion", "KubeletVersion", "string", 7, String).req(),
        f("kubeProxyVersion", "KubeProxyVersion", "string", 8, String).req(),
        f("operatingSystem", "OperatingSystem", "string", 9, String).req(),
        f("architecture", "Architecture", "string", 10, String).req(),
        f(
            "swap",
            "Swap",
            "v1.NodeSwapStatus",
            11,
            Message(TypeId(424)),
        )
        .ptr()
        .oe(),
        f(
            "runningInUserNamespace",
            "RunningInUserNamespace",
            "bool",
            12,
            Bool,
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
        Field(12, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T426: MessageDesc = MessageDesc {
    name: "core/v1.ObjectFieldSelector",
    go: "ObjectFieldSelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ObjectFieldSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiVersion", "APIVersion", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("fieldPath", "FieldPath", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T427: MessageDesc = MessageDesc {
    name: "core/v1.ObjectReference",
    go: "ObjectReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("kind", "Kind", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "types.UID", 4, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("fieldPath", "FieldPath", "string", 7, String)
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
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T428: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolume",
    go: "PersistentVolume",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolume",
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
            "v1.PersistentVolumeSpec",
            2,
            Message(TypeId(438)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.PersistentVolumeStatus",
            3,
            Message(TypeId(439)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T429: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaim",
    go: "PersistentVolumeClaim",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaim",
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
            "v1.PersistentVolumeClaimSpec",
            2,
            Message(TypeId(432)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.PersistentVolumeClaimStatus",
            3,
            Message(TypeId(433)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T430: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimCondition",
    go: "PersistentVolumeClaimCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.PersistentVolumeClaimConditionType",
            1,
            String,
        )
        .req(),
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
pub(super) static T431: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimList",
    go: "PersistentVolumeClaimList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimList",
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
            "[]v1.PersistentVolumeClaim",
            2,
            List(&Message(TypeId(429))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T432: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimSpec",
    go: "PersistentVolumeClaimSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "accessModes",
            "AccessModes",
            "[]v1.PersistentVolumeAccessMode",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&[
            "ReadOnlyMany",
            "ReadWriteMany",
            "ReadWriteOnce",
            "ReadWriteOncePod",
        ])
        .marks(&["optional", "listType=atomic"]),
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
            "resources",
            "Resources",
            "v1.VolumeResourceRequirements",
            2,
            Message(TypeId(542)),
        )
        .oe()
        .marks(&["optional"]),
        f("volumeName", "VolumeName", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("storageClassName", "StorageClassName", "string", 5, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "volumeMode",
            "VolumeMode",
            "v1.PersistentVolumeMode",
            6,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Block", "Filesystem"])
        .marks(&["optional"]),
        f(
            "dataSource",
            "DataSource",
            "v1.TypedLocalObjectReference",
            7,
            Message(TypeId(532)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "dataSourceRef",
            "DataSourceRef",
            "v1.TypedObjectReference",
            8,
            Message(TypeId(533)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeAttributesClassName",
            "VolumeAttributesClassName",
            "string",
            9,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=VolumeAttributesClass", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 3),
        Field(4, 1),
        Field(5, 4),
        Field(6, 5),
        Field(7, 6),
        Field(8, 7),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T433: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimStatus",
    go: "PersistentVolumeClaimStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("phase", "Phase", "v1.PersistentVolumeClaimPhase", 1, String)
            .oe()
            .one_of(&["Bound", "Lost", "Pending"])
            .marks(&["optional"]),
        f(
            "accessModes",
            "AccessModes",
            "[]v1.PersistentVolumeAccessMode",
            2,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&[
            "ReadOnlyMany",
            "ReadWriteMany",
            "ReadWriteOnce",
            "ReadWriteOncePod",
        ])
        .marks(&["optional", "listType=atomic"]),
        f("capacity", "Capacity", "v1.ResourceList", 3, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.PersistentVolumeClaimCondition",
            4,
            List(&Message(TypeId(430))),
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
        f(
            "allocatedResources",
            "AllocatedResources",
            "v1.ResourceList",
            5,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "allocatedResourceStatuses",
            "AllocatedResourceStatuses",
            "map[v1.ResourceName]v1.ClaimResourceStatus",
            7,
            Map(&String),
        )
        .oe()
        .one_of(&[
            "ControllerResizeInProgress",
            "ControllerResizeInfeasible",
            "NodeResizeInProgress",
            "NodeResizeInfeasible",
            "NodeResizePending",
        ])
        .marks(&["mapType=granular", "optional"]),
        f(
            "currentVolumeAttributesClassName",
            "CurrentVolumeAttributesClassName",
            "string",
            8,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=VolumeAttributesClass", "optional"]),
        f(
            "modifyVolumeStatus",
            "ModifyVolumeStatus",
            "v1.ModifyVolumeStatus",
            9,
            Message(TypeId(396)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=VolumeAttributesClass", "optional"]),
        f(
            "healthStatus",
            "HealthStatus",
            "v1.VolumeHealthStatus",
            10,
            Message(TypeId(537)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=CSIVolumeHealth", "optional", "k8s:optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(7, 5),
        Field(8, 6),
        Field(9, 7),
        Field(10, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T434: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimTemplate",
    go: "PersistentVolumeClaimTemplate",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimTemplate",
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
        f(
            "spec",
            "Spec",
            "v1.PersistentVolumeClaimSpec",
            2,
            Message(TypeId(432)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T435: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeClaimVolumeSource",
    go: "PersistentVolumeClaimVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeClaimVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("claimName", "ClaimName", "string", 1, String).req(),
        f("readOnly", "ReadOnly", "bool", 2, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T436: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeList",
    go: "PersistentVolumeList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeList",
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
            "[]v1.PersistentVolume",
            2,
            List(&Message(TypeId(428))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T437: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeSource",
    go: "PersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "gcePersistentDisk",
            "GCEPersistentDisk",
            "v1.GCEPersistentDiskVolumeSource",
            1,
            Message(TypeId(369)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "awsElasticBlockStore",
            "AWSElasticBlockStore",
            "v1.AWSElasticBlockStoreVolumeSource",
            2,
            Message(TypeId(301)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "hostPath",
            "HostPath",
            "v1.HostPathVolumeSource",
            3,
            Message(TypeId(378)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "glusterfs",
            "Glusterfs",
            "v1.GlusterfsPersistentVolumeSource",
            4,
            Message(TypeId(372)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("nfs", "NFS", "v1.NFSVolumeSource", 5, Message(TypeId(397)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "rbd",
            "RBD",
            "v1.RBDPersistentVolumeSource",
            6,
            Message(TypeId(480)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "iscsi",
            "ISCSI",
            "v1.ISCSIPersistentVolumeSource",
            7,
            Message(TypeId(379)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cinder",
            "Cinder",
            "v1.CinderPersistentVolumeSource",
            8,
            Message(TypeId(315)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cephfs",
            "CephFS",
            "v1.CephFSPersistentVolumeSource",
            9,
            Message(TypeId(313)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("fc", "FC", "v1.FCVolumeSource", 10, Message(TypeId(364)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "flocker",
            "Flocker",
            "v1.FlockerVolumeSource",
            11,
            Message(TypeId(368)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "flexVolume",
            "FlexVolume",
            "v1.FlexPersistentVolumeSource",
            12,
            Message(TypeId(366)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureFile",
            "AzureFile",
            "v1.AzureFilePersistentVolumeSource",
            13,
            Message(TypeId(307)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "vsphereVolume",
            "VsphereVolume",
            "v1.VsphereVirtualDiskVolumeSource",
            14,
            Message(TypeId(545)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "quobyte",
            "Quobyte",
            "v1.QuobyteVolumeSource",
            15,
            Message(TypeId(479)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureDisk",
            "AzureDisk",
            "v1.AzureDiskVolumeSource",
            16,
            Message(TypeId(306)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "photonPersistentDisk",
            "PhotonPersistentDisk",
            "v1.PhotonPersistentDiskVolumeSource",
            17,
            Message(TypeId(440)),
        )
        .ptr()
        .oe(),
        f(
            "portworxVolume",
            "PortworxVolume",
            "v1.PortworxVolumeSource",
            18,
            Message(TypeId(472)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scaleIO",
            "ScaleIO",
            "v1.ScaleIOPersistentVolumeSource",
            19,
            Message(TypeId(498)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "local",
            "Local",
            "v1.LocalVolumeSource",
            20,
            Message(TypeId(395)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "storageos",
            "StorageOS",
            "v1.StorageOSPersistentVolumeSource",
            21,
            Message(TypeId(523)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "csi",
            "CSI",
            "v1.CSIPersistentVolumeSource",
            22,
            Message(TypeId(310)),
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
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(15, 14),
        Field(16, 15),
        Field(17, 16),
        Field(18, 17),
        Field(19, 18),
        Field(20, 19),
        Field(21, 20),
        Field(22, 21),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T438: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeSpec",
    go: "PersistentVolumeSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("capacity", "Capacity", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "gcePersistentDisk",
            "GCEPersistentDisk",
            "v1.GCEPersistentDiskVolumeSource",
            1,
            Message(TypeId(369)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "awsElasticBlockStore",
            "AWSElasticBlockStore",
            "v1.AWSElasticBlockStoreVolumeSource",
            2,
            Message(TypeId(301)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "hostPath",
            "HostPath",
            "v1.HostPathVolumeSource",
            3,
            Message(TypeId(378)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "glusterfs",
            "Glusterfs",
            "v1.GlusterfsPersistentVolumeSource",
            4,
            Message(TypeId(372)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("nfs", "NFS", "v1.NFSVolumeSource", 5, Message(TypeId(397)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "rbd",
            "RBD",
            "v1.RBDPersistentVolumeSource",
            6,
            Message(TypeId(480)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "iscsi",
            "ISCSI",
            "v1.ISCSIPersistentVolumeSource",
            7,
            Message(TypeId(379)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cinder",
            "Cinder",
            "v1.CinderPersistentVolumeSource",
            8,
            Message(TypeId(315)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cephfs",
            "CephFS",
            "v1.CephFSPersistentVolumeSource",
            9,
            Message(TypeId(313)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("fc", "FC", "v1.FCVolumeSource", 10, Message(TypeId(364)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "flocker",
            "Flocker",
            "v1.FlockerVolumeSource",
            11,
            Message(TypeId(368)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "flexVolume",
            "FlexVolume",
            "v1.FlexPersistentVolumeSource",
            12,
            Message(TypeId(366)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureFile",
            "AzureFile",
            "v1.AzureFilePersistentVolumeSource",
            13,
            Message(TypeId(307)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "vsphereVolume",
            "VsphereVolume",
            "v1.VsphereVirtualDiskVolumeSource",
            14,
            Message(TypeId(545)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "quobyte",
            "Quobyte",
            "v1.QuobyteVolumeSource",
            15,
            Message(TypeId(479)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureDisk",
            "AzureDisk",
            "v1.AzureDiskVolumeSource",
            16,
            Message(TypeId(306)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "photonPersistentDisk",
            "PhotonPersistentDisk",
            "v1.PhotonPersistentDiskVolumeSource",
            17,
            Message(TypeId(440)),
        )
        .ptr()
        .oe(),
        f(
            "portworxVolume",
            "PortworxVolume",
            "v1.PortworxVolumeSource",
            18,
            Message(TypeId(472)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scaleIO",
            "ScaleIO",
            "v1.ScaleIOPersistentVolumeSource",
            19,
            Message(TypeId(498)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "local",
            "Local",
            "v1.LocalVolumeSource",
            20,
            Message(TypeId(395)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "storageos",
            "StorageOS",
            "v1.StorageOSPersistentVolumeSource",
            21,
            Message(TypeId(523)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "csi",
            "CSI",
            "v1.CSIPersistentVolumeSource",
            22,
            Message(TypeId(310)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "accessModes",
            "AccessModes",
            "[]v1.PersistentVolumeAccessMode",
            3,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&[
            "ReadOnlyMany",
            "ReadWriteMany",
            "ReadWriteOnce",
            "ReadWriteOncePod",
        ])
        .marks(&["optional", "listType=atomic"]),
        f(
            "claimRef",
            "ClaimRef",
            "v1.ObjectReference",
            4,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "structType=granular"]),
        f(
            "persistentVolumeReclaimPolicy",
            "PersistentVolumeReclaimPolicy",
            "v1.PersistentVolumeReclaimPolicy",
            5,
            String,
        )
        .oe()
        .one_of(&["Delete", "Recycle", "Retain"])
        .marks(&["optional"]),
        f("storageClassName", "StorageClassName", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("mountOptions", "MountOptions", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "volumeMode",
            "VolumeMode",
            "v1.PersistentVolumeMode",
            8,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Block", "Filesystem"])
        .marks(&["optional"]),
        f(
            "nodeAffinity",
            "NodeAffinity",
            "v1.VolumeNodeAffinity",
            9,
            Message(TypeId(540)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeAttributesClassName",
            "VolumeAttributesClassName",
            "string",
            10,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=VolumeAttributesClass", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(
            2,
            &[
                Field(1, 1),
                Field(2, 2),
                Field(3, 3),
                Field(4, 4),
                Field(5, 5),
                Field(6, 6),
                Field(7, 7),
                Field(8, 8),
                Field(9, 9),
                Field(10, 10),
                Field(11, 11),
                Field(12, 12),
                Field(13, 13),
                Field(14, 14),
                Field(15, 15),
                Field(16, 16),
                Field(17, 17),
                Field(18, 18),
                Field(19, 19),
                Field(20, 20),
                Field(21, 21),
                Field(22, 22),
            ],
        ),
        Field(3, 23),
        Field(4, 24),
        Field(5, 25),
        Field(6, 26),
        Field(7, 27),
        Field(8, 28),
        Field(9, 29),
        Field(10, 30),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T439: MessageDesc = MessageDesc {
    name: "core/v1.PersistentVolumeStatus",
    go: "PersistentVolumeStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PersistentVolumeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("phase", "Phase", "v1.PersistentVolumePhase", 1, String)
            .oe()
            .one_of(&["Available", "Bound", "Failed", "Pending", "Released"])
            .marks(&["optional"]),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f(
            "lastPhaseTransitionTime",
            "LastPhaseTransitionTime",
            "v1.Time",
            4,
            Time,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T440: MessageDesc = MessageDesc {
    name: "core/v1.PhotonPersistentDiskVolumeSource",
    go: "PhotonPersistentDiskVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PhotonPersistentDiskVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("pdID", "PdID", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T441: MessageDesc = MessageDesc {
    name: "core/v1.Pod",
    go: "Pod",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Pod",
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
        f("spec", "Spec", "v1.PodSpec", 2, Message(TypeId(465)))
            .oe()
            .marks(&["optional"]),
        f("status", "Status", "v1.PodStatus", 3, Message(TypeId(466)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:method=UpdateEphemeralContainers,verb=update,subresource=ephemeralcontainers",
        "genclient:method=UpdateResize,verb=update,subresource=resize",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/ephemeralcontainers\"",
        "k8s:supportsSubresource=\"/resize\"",
        "k8s:supportsSubresource=\"/eviction\"",
    ],
    slots: Slots::new(),
};
pub(super) static T442: MessageDesc = MessageDesc {
    name: "core/v1.PodAffinity",
    go: "PodAffinity",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodAffinity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requiredDuringSchedulingIgnoredDuringExecution",
            "RequiredDuringSchedulingIgnoredDuringExecution",
            "[]v1.PodAffinityTerm",
            1,
            List(&Message(TypeId(443))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "preferredDuringSchedulingIgnoredDuringExecution",
            "PreferredDuringSchedulingIgnoredDuringExecution",
            "[]v1.WeightedPodAffinityTerm",
            2,
            List(&Message(TypeId(546))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T443: MessageDesc = MessageDesc {
    name: "core/v1.PodAffinityTerm",
    go: "PodAffinityTerm",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodAffinityTerm",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "labelSelector",
            "LabelSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("namespaces", "Namespaces", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("topologyKey", "TopologyKey", "string", 3, String).req(),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            4,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchLabelKeys",
            "MatchLabelKeys",
            "[]string",
            5,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "mismatchLabelKeys",
            "MismatchLabelKeys",
            "[]string",
            6,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
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
pub(super) static T444: MessageDesc = MessageDesc {
    name: "core/v1.PodAntiAffinity",
    go: "PodAntiAffinity",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodAntiAffinity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requiredDuringSchedulingIgnoredDuringExecution",
            "RequiredDuringSchedulingIgnoredDuringExecution",
            "[]v1.PodAffinityTerm",
            1,
            List(&Message(TypeId(443))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "preferredDuringSchedulingIgnoredDuringExecution",
            "PreferredDuringSchedulingIgnoredDuringExecution",
            "[]v1.WeightedPodAffinityTerm",
            2,
            List(&Message(TypeId(546))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T445: MessageDesc = MessageDesc {
    name: "core/v1.PodAttachOptions",
    go: "PodAttachOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodAttachOptions",
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
        f("stdin", "Stdin", "bool", 1, Bool)
            .oe()
            .marks(&["optional"]),
        f("stdout", "Stdout", "bool", 2, Bool)
            .oe()
            .marks(&["optional"]),
        f("stderr", "Stderr", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("tty", "TTY", "bool", 4, Bool).oe().marks(&["optional"]),
        f("container", "Container", "string", 5, String)
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
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.1"],
    slots: Slots::new(),
};
pub(super) static T446: MessageDesc = MessageDesc {
    name: "core/v1.PodCertificateProjection",
    go: "PodCertificateProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodCertificateProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("signerName", "SignerName", "string", 1, String)
            .oe()
            .req()
            .marks(&["required"]),
        f("keyType", "KeyType", "string", 2, String)
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "maxExpirationSeconds",
            "MaxExpirationSeconds",
            "int32",
            3,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "credentialBundlePath",
            "CredentialBundlePath",
            "string",
            4,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("keyPath", "KeyPath", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "certificateChainPath",
            "CertificateChainPath",
            "string",
            6,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "userAnnotations",
            "UserAnnotations",
            "map[string]string",
            7,
            Map(&String),
        )
        .oe(),
        f("user", "User", "int64", 8, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T447: MessageDesc = MessageDesc {
    name: "core/v1.PodCondition",
    go: "PodCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.PodConditionType", 1, String).req(),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            7,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
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
        Field(2, 2),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 1),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T448: MessageDesc = MessageDesc {
    name: "core/v1.PodDNSConfig",
    go: "PodDNSConfig",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodDNSConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("nameservers", "Nameservers", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("searches", "Searches", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "options",
            "Options",
            "[]v1.PodDNSConfigOption",
            3,
            List(&Message(TypeId(449))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T449: MessageDesc = MessageDesc {
    name: "core/v1.PodDNSConfigOption",
    go: "PodDNSConfigOption",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodDNSConfigOption",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).oe(),
        f("value", "Value", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T450: MessageDesc = MessageDesc {
    name: "core/v1.PodExecOptions",
    go: "PodExecOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodExecOptions",
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
        f("stdin", "Stdin", "bool", 1, Bool)
            .oe()
            .marks(&["optional"]),
        f("stdout", "Stdout", "bool", 2, Bool)
            .oe()
            .marks(&["optional"]),
        f("stderr", "Stderr", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("tty", "TTY", "bool", 4, Bool).oe().marks(&["optional"]),
        f("container", "Container", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("command", "Command", "[]string", 6, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
    ],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T451: MessageDesc = MessageDesc {
    name: "core/v1.PodExtendedResourceClaimStatus",
    go: "PodExtendedResourceClaimStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodExtendedResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requestMappings",
            "RequestMappings",
            "[]v1.ContainerExtendedResourceRequest",
            1,
            List(&Message(TypeId(330))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T452: MessageDesc = MessageDesc {
    name: "core/v1.PodIP",
    go: "PodIP",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodIP",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("ip", "IP", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T453: MessageDesc = MessageDesc {
    name: "core/v1.PodList",
    go: "PodList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodList",
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
        f("items", "Items", "[]v1.Pod", 2, List(&Message(TypeId(441)))).req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T454: MessageDesc = MessageDesc {
    name: "core/v1.PodLogOptions",
    go: "PodLogOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodLogOptions",
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
        f("container", "Container", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("follow", "Follow", "bool", 2, Bool)
            .oe()
            .marks(&["optional"]),
        f("previous", "Previous", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("sinceSeconds", "SinceSeconds", "int64", 4, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("sinceTime", "SinceTime", "v1.Time", 5, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("timestamps", "Timestamps", "bool", 6, Bool)
            .oe()
            .marks(&["optional"]),
        f("tailLines", "TailLines", "int64", 7, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("limitBytes", "LimitBytes", "int64", 8, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "insecureSkipTLSVerifyBackend",
            "InsecureSkipTLSVerifyBackend",
            "bool",
            9,
            Bool,
        )
        .oe()
        .marks(&["optional"]),
        f("stream", "Stream", "string", 10, String)
            .ptr()
            .oe()
            .marks(&["featureGate=PodLogsQuerySplitStreams", "optional"]),
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
        Field(9, 10),
        Field(10, 11),
    ],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T455: MessageDesc = MessageDesc {
    name: "core/v1.PodOS",
    go: "PodOS",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodOS",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "v1.OSName", 1, String).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T456: MessageDesc = MessageDesc {
    name: "core/v1.PodPortForwardOptions",
    go: "PodPortForwardOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodPortForwardOptions",
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
        f("ports", "Ports", "[]int32", 1, List(&Int32))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 2)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.6"],
    slots: Slots::new(),
};
pub(super) static T457: MessageDesc = MessageDesc {
    name: "core/v1.PodProxyOptions",
    go: "PodProxyOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodProxyOptions",
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
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T458: MessageDesc = MessageDesc {
    name: "core/v1.PodReadinessGate",
    go: "PodReadinessGate",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodReadinessGate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "conditionType",
        "ConditionType",
        "v1.PodConditionType",
        1,
        String,
    )
    .req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T459: MessageDesc = MessageDesc {
    name: "core/v1.PodResourceClaim",
    go: "PodResourceClaim",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodResourceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            3,
            String,
        )
        .ptr()
        .oe(),
        f(
            "resourceClaimTemplateName",
            "ResourceClaimTemplateName",
            "string",
            4,
            String,
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T460: MessageDesc = MessageDesc {
    name: "core/v1.PodResourceClaimStatus",
    go: "PodResourceClaimStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T461: MessageDesc = MessageDesc {
    name: "core/v1.PodSchedulingGate",
    go: "PodSchedulingGate",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodSchedulingGate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T462: MessageDesc = MessageDesc {
    name: "core/v1.PodSchedulingGroup",
    go: "PodSchedulingGroup",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodSchedulingGroup",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("podGroupName", "PodGroupName", "string", 1, String)
        .ptr()
        .oe()
        .marks(&["optional", "oneOf=GroupSelection"])],
    wire: &[Field(1, 0)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T463: MessageDesc = MessageDesc {
    name: "core/v1.PodSecurityContext",
    go: "PodSecurityContext",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodSecurityContext",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "seLinuxOptions",
            "SELinuxOptions",
            "v1.SELinuxOptions",
            1,
            Message(TypeId(497)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "windowsOptions",
            "WindowsOptions",
            "v1.WindowsSecurityContextOptions",
            8,
            Message(TypeId(547)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("runAsUser", "RunAsUser", "int64", 2, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("runAsGroup", "RunAsGroup", "int64", 6, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("runAsNonRoot", "RunAsNonRoot", "bool", 3, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "supplementalGroups",
            "SupplementalGroups",
            "[]int64",
            4,
            List(&Int64),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "supplementalGroupsPolicy",
            "SupplementalGroupsPolicy",
            "v1.SupplementalGroupsPolicy",
            12,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Merge", "Strict"])
        .marks(&["featureGate=SupplementalGroupsPolicy", "optional"]),
        f("fsGroup", "FSGroup", "int64", 5, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "sysctls",
            "Sysctls",
            "[]v1.Sysctl",
            7,
            List(&Message(TypeId(525))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "fsGroupChangePolicy",
            "FSGroupChangePolicy",
            "v1.PodFSGroupChangePolicy",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Always", "OnRootMismatch"])
        .marks(&["optional"]),
        f(
            "seccompProfile",
            "SeccompProfile",
            "v1.SeccompProfile",
            10,
            Message(TypeId(502)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "appArmorProfile",
            "AppArmorProfile",
            "v1.AppArmorProfile",
            11,
            Message(TypeId(303)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "seLinuxChangePolicy",
            "SELinuxChangePolicy",
            "v1.PodSELinuxChangePolicy",
            13,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=SELinuxChangePolicy", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 4),
        Field(4, 5),
        Field(5, 7),
        Field(6, 3),
        Field(7, 8),
        Field(8, 1),
        Field(9, 9),
        Field(10, 10),
        Field(11, 11),
        Field(12, 6),
        Field(13, 12),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T464: MessageDesc = MessageDesc {
    name: "core/v1.PodSignature",
    go: "PodSignature",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodSignature",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "podController",
        "PodController",
        "v1.OwnerReference",
        1,
        Message(TypeId(625)),
    )
    .ptr()
    .oe()
    .atomic()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T465: MessageDesc = MessageDesc {
    name: "core/v1.PodSpec",
    go: "PodSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "volumes",
            "Volumes",
            "[]v1.Volume",
            1,
            List(&Message(TypeId(534))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
        ]),
        f(
            "initContainers",
            "InitContainers",
            "[]v1.Container",
            20,
            List(&Message(TypeId(329))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
        ]),
        f(
            "containers",
            "Containers",
            "[]v1.Container",
            2,
            List(&Message(TypeId(329))),
        )
        .req()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
        ]),
        f(
            "ephemeralContainers",
            "EphemeralContainers",
            "[]v1.EphemeralContainer",
            34,
            List(&Message(TypeId(355))),
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
        ]),
        f(
            "restartPolicy",
            "RestartPolicy",
            "v1.RestartPolicy",
            3,
            String,
        )
        .oe()
        .one_of(&["Always", "Never", "OnFailure"])
        .marks(&["optional"]),
        f(
            "terminationGracePeriodSeconds",
            "TerminationGracePeriodSeconds",
            "int64",
            4,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "activeDeadlineSeconds",
            "ActiveDeadlineSeconds",
            "int64",
            5,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("dnsPolicy", "DNSPolicy", "v1.DNSPolicy", 6, String)
            .oe()
            .one_of(&["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
            .marks(&["optional"]),
        f(
            "nodeSelector",
            "NodeSelector",
            "map[string]string",
            7,
            Map(&String),
        )
        .oe()
        .atomic()
        .marks(&["optional", "mapType=atomic"]),
        f(
            "serviceAccountName",
            "ServiceAccountName",
            "string",
            8,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "serviceAccount",
            "DeprecatedServiceAccount",
            "string",
            9,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "automountServiceAccountToken",
            "AutomountServiceAccountToken",
            "bool",
            21,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("nodeName", "NodeName", "string", 10, String)
            .oe()
            .marks(&["optional"]),
        f("hostNetwork", "HostNetwork", "bool", 11, Bool)
            .oe()
            .marks(&["optional"]),
        f("hostPID", "HostPID", "bool", 12, Bool)
            .oe()
            .marks(&["optional"]),
        f("hostIPC", "HostIPC", "bool", 13, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "shareProcessNamespace",
            "ShareProcessNamespace",
            "bool",
            27,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "securityContext",
            "SecurityContext",
            "v1.PodSecurityContext",
            14,
            Message(TypeId(463)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "imagePullSecrets",
            "ImagePullSecrets",
            "[]v1.LocalObjectReference",
            15,
            List(&Message(TypeId(394))),
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
        ]),
        f("hostname", "Hostname", "string", 16, String)
            .oe()
            .marks(&["optional"]),
        f("subdomain", "Subdomain", "string", 17, String)
            .oe()
            .marks(&["optional"]),
        f(
            "affinity",
            "Affinity",
            "v1.Affinity",
            18,
            Message(TypeId(302)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("schedulerName", "SchedulerName", "string", 19, String)
            .oe()
            .marks(&["optional"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1.Toleration",
            22,
            List(&Message(TypeId(528))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "hostAliases",
            "HostAliases",
            "[]v1.HostAlias",
            23,
            List(&Message(TypeId(376))),
        )
        .oe()
        .patch("merge", "ip")
        .list(ListType::Map, &["ip"])
        .marks(&[
            "optional",
            "patchMergeKey=ip",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=ip",
        ]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            24,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("priority", "Priority", "int32", 25, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "dnsConfig",
            "DNSConfig",
            "v1.PodDNSConfig",
            26,
            Message(TypeId(448)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "readinessGates",
            "ReadinessGates",
            "[]v1.PodReadinessGate",
            28,
            List(&Message(TypeId(458))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("runtimeClassName", "RuntimeClassName", "string", 29, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("enableServiceLinks", "EnableServiceLinks", "bool", 30, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1.PreemptionPolicy",
            31,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&["optional"]),
        f(
            "overhead",
            "Overhead",
            "v1.ResourceList",
            32,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "topologySpreadConstraints",
            "TopologySpreadConstraints",
            "[]v1.TopologySpreadConstraint",
            33,
            List(&Message(TypeId(531))),
        )
        .oe()
        .patch("merge", "topologyKey")
        .list(ListType::Map, &["topologyKey", "whenUnsatisfiable"])
        .marks(&[
            "optional",
            "patchMergeKey=topologyKey",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=topologyKey",
            "listMapKey=whenUnsatisfiable",
        ]),
        f("setHostnameAsFQDN", "SetHostnameAsFQDN", "bool", 35, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("os", "OS", "v1.PodOS", 36, Message(TypeId(455)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("hostUsers", "HostUsers", "bool", 37, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "schedulingGates",
            "SchedulingGates",
            "[]v1.PodSchedulingGate",
            38,
            List(&Message(TypeId(461))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
            "optional",
        ]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1.PodResourceClaim",
            39,
            List(&Message(TypeId(459))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "featureGate=DynamicResourceAllocation",
            "optional",
        ]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            40,
            Message(TypeId(495)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=PodLevelResources", "optional"]),
        f("hostnameOverride", "HostnameOverride", "string", 41, String)
            .ptr()
            .oe()
            .marks(&["featureGate=HostnameOverride", "optional"]),
        f(
            "schedulingGroup",
            "SchedulingGroup",
            "v1.PodSchedulingGroup",
            43,
            Message(TypeId(462)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=GenericWorkload", "optional"]),
        f(
            "evictionResponders",
            "EvictionResponders",
            "[]v1.EvictionResponder",
            44,
            List(&Message(TypeId(362))),
        )
        .oe()
        .patch("merge", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "featureGate=EvictionRequestAPI",
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=10",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentForbidden(\"schedulingGroup\")",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
        Field(9, 10),
        Field(10, 12),
        Field(11, 13),
        Field(12, 14),
        Field(13, 15),
        Field(14, 17),
        Field(15, 18),
        Field(16, 19),
        Field(17, 20),
        Field(18, 21),
        Field(19, 22),
        Field(20, 1),
        Field(21, 11),
        Field(22, 23),
        Field(23, 24),
        Field(24, 25),
        Field(25, 26),
        Field(26, 27),
        Field(27, 16),
        Field(28, 28),
        Field(29, 29),
        Field(30, 30),
        Field(31, 31),
        Field(32, 32),
        Field(33, 33),
        Field(34, 3),
        Field(35, 34),
        Field(36, 35),
        Field(37, 36),
        Field(38, 37),
        Field(39, 38),
        Field(40, 39),
        Field(41, 40),
        Field(43, 41),
        Field(44, 42),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T466: MessageDesc = MessageDesc {
    name: "core/v1.PodStatus",
    go: "PodStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            17,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f("phase", "Phase", "v1.PodPhase", 1, String)
            .oe()
            .one_of(&["Failed", "Pending", "Running", "Succeeded", "Unknown"])
            .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.PodCondition",
            2,
            List(&Message(TypeId(447))),
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
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "nominatedNodeName",
            "NominatedNodeName",
            "string",
            11,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("hostIP", "HostIP", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "hostIPs",
            "HostIPs",
            "[]v1.HostIP",
            16,
            List(&Message(TypeId(377))),
        )
        .oe()
        .patch("merge", "ip")
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "patchStrategy=merge",
            "patchMergeKey=ip",
            "listType=atomic",
        ]),
        f("podIP", "PodIP", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f(
            "podIPs",
            "PodIPs",
            "[]v1.PodIP",
            12,
            List(&Message(TypeId(452))),
        )
        .oe()
        .patch("merge", "ip")
        .list(ListType::Map, &["ip"])
        .marks(&[
            "optional",
            "patchStrategy=merge",
            "patchMergeKey=ip",
            "listType=map",
            "listMapKey=ip",
        ]),
        f("startTime", "StartTime", "v1.Time", 7, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "initContainerStatuses",
            "InitContainerStatuses",
            "[]v1.ContainerStatus",
            10,
            List(&Message(TypeId(340))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "containerStatuses",
            "ContainerStatuses",
            "[]v1.ContainerStatus",
            8,
            List(&Message(TypeId(340))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("qosClass", "QOSClass", "v1.PodQOSClass", 9, String)
            .oe()
            .one_of(&["BestEffort", "Burstable", "Guaranteed"])
            .marks(&["optional"]),
        f(
            "ephemeralContainerStatuses",
            "EphemeralContainerStatuses",
            "[]v1.ContainerStatus",
            13,
            List(&Message(TypeId(340))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("resize", "Resize", "v1.PodResizeStatus", 14, String)
            .oe()
            .marks(&["featureGate=InPlacePodVerticalScaling", "optional"]),
        f(
            "resourceClaimStatuses",
            "ResourceClaimStatuses",
            "[]v1.PodResourceClaimStatus",
            15,
            List(&Message(TypeId(460))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "featureGate=DynamicResourceAllocation",
            "optional",
        ]),
        f(
            "extendedResourceClaimStatus",
            "ExtendedResourceClaimStatus",
            "v1.PodExtendedResourceClaimStatus",
            18,
            Message(TypeId(451)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=DRAExtendedResource", "optional"]),
        f(
            "allocatedResources",
            "AllocatedResources",
            "v1.ResourceList",
            19,
            Map(&Quantity),
        )
        .oe()
        .marks(&[
            "featureGate=InPlacePodLevelResourcesVerticalScaling",
            "optional",
        ]),
        f(
            "resources",
            "Resources",
            "v1.ResourceRequirements",
            20,
            Message(TypeId(495)),
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=InPlacePodLevelResourcesVerticalScaling",
            "optional",
        ]),
        f(
            "nodeAllocatableResourceClaimStatuses",
            "NodeAllocatableResourceClaimStatuses",
            "[]v1.NodeAllocatableResourceClaimStatus",
            21,
            List(&Message(TypeId(408))),
        )
        .oe()
        .patch("merge", "resourceClaimName")
        .list(ListType::Map, &["resourceClaimName"])
        .marks(&[
            "featureGate=DRANodeAllocatableResources",
            "optional",
            "patchStrategy=merge",
            "patchMergeKey=resourceClaimName",
            "listType=map",
            "listMapKey=resourceClaimName",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=resourceClaimName",
        ]),
        f(
            "volumeHealth",
            "VolumeHealth",
            "[]v1.PodVolumeHealth",
            22,
            List(&Message(TypeId(470))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "featureGate=CSIVolumeHealth",
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
        ]),
    ],
    wire: &[
        Field(1, 1),
        Field(2, 2),
        Field(3, 3),
        Field(4, 4),
        Field(5, 6),
        Field(6, 8),
        Field(7, 10),
        Field(8, 12),
        Field(9, 13),
        Field(10, 11),
        Field(11, 5),
        Field(12, 9),
        Field(13, 14),
        Field(14, 15),
        Field(15, 16),
        Field(16, 7),
        Field(17, 0),
        Field(18, 17),
        Field(19, 18),
        Field(20, 19),
        Field(21, 20),
        Field(22, 21),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T467: MessageDesc = MessageDesc {
    name: "core/v1.PodTemplate",
    go: "PodTemplate",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodTemplate",
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
            "template",
            "Template",
            "v1.PodTemplateSpec",
            2,
            Message(TypeId(469)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T468: MessageDesc = MessageDesc {
    name: "core/v1.PodTemplateList",
    go: "PodTemplateList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodTemplateList",
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
            "[]v1.PodTemplate",
            2,
            List(&Message(TypeId(467))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T469: MessageDesc = MessageDesc {
    name: "core/v1.PodTemplateSpec",
    go: "PodTemplateSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodTemplateSpec",
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
        f("spec", "Spec", "v1.PodSpec", 2, Message(TypeId(465)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T470: MessageDesc = MessageDesc {
    name: "core/v1.PodVolumeHealth",
    go: "PodVolumeHealth",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PodVolumeHealth",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required", "k8s:required"]),
        f(
            "healthConditions",
            "HealthConditions",
            "[]v1.VolumeHealthCondition",
            2,
            List(&Message(TypeId(536))),
        )
        .oe()
        .patch("merge", "status")
        .list(ListType::Map, &["status", "reason"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=status",
            "patchMergeKey=status",
            "patchStrategy=merge",
            "listMapKey=reason",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=status",
            "k8s:listMapKey=reason",
            "k8s:maxItems=16",
        ]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            3,
            Time,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T471: MessageDesc = MessageDesc {
name: "core/v1.PortStatus", go: "PortStatus", api_group: "", version: "v1",
proto_name: "k8s.io.api.core.v1.PortStatus", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("port", "Port", "int32", 1, Int32).req(),
f("protocol", "Protocol", "v1.Protocol", 2, String).req().one_of(&["SCTP", "TCP", "UDP"]),
f("error", "Error", "string", 3, String).ptr().oe().marks(&["optional", "kubebuilder:validation:Required", "kubebuilder:validation:Pattern=`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$`", "kubebuilder:validation:MaxLength=316"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T472: MessageDesc = MessageDesc {
    name: "core/v1.PortworxVolumeSource",
    go: "PortworxVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PortworxVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeID", "VolumeID", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String).oe(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T473: MessageDesc = MessageDesc {
    name: "core/v1.Preconditions",
    go: "Preconditions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Preconditions",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("uid", "UID", "types.UID", 1, String)
        .ptr()
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &["k8s:openapi-gen=false"],
    slots: Slots::new(),
};
pub(super) static T474: MessageDesc = MessageDesc {
    name: "core/v1.PreferAvoidPodsEntry",
    go: "PreferAvoidPodsEntry",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PreferAvoidPodsEntry",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "podSignature",
            "PodSignature",
            "v1.PodSignature",
            1,
            Message(TypeId(464)),
        )
        .req(),
        f("evictionTime", "EvictionTime", "v1.Time", 2, Time)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T475: MessageDesc = MessageDesc {
    name: "core/v1.PreferredSchedulingTerm",
    go: "PreferredSchedulingTerm",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.PreferredSchedulingTerm",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("weight", "Weight", "int32", 1, Int32).req(),
        f(
            "preference",
            "Preference",
            "v1.NodeSelectorTerm",
            2,
            Message(TypeId(421)),
        )
        .req()
        .atomic(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T476: MessageDesc = MessageDesc {
    name: "core/v1.Probe",
    go: "Probe",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Probe",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("exec", "Exec", "v1.ExecAction", 1, Message(TypeId(363)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "httpGet",
            "HTTPGet",
            "v1.HTTPGetAction",
            2,
            Message(TypeId(374)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "tcpSocket",
            "TCPSocket",
            "v1.TCPSocketAction",
            3,
            Message(TypeId(526)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("grpc", "GRPC", "v1.GRPCAction", 4, Message(TypeId(370)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "initialDelaySeconds",
            "InitialDelaySeconds",
            "int32",
            2,
            Int32,
        )
        .oe()
        .marks(&["optional"]),
        f("timeoutSeconds", "TimeoutSeconds", "int32", 3, Int32)
            .oe()
            .marks(&["optional"]),
        f("periodSeconds", "PeriodSeconds", "int32", 4, Int32)
            .oe()
            .marks(&["optional"]),
        f("successThreshold", "SuccessThreshold", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
        f("failureThreshold", "FailureThreshold", "int32", 6, Int32)
            .oe()
            .marks(&["optional"]),
        f(
            "terminationGracePeriodSeconds",
            "TerminationGracePeriodSeconds",
            "int64",
            7,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Embed(1, &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)]),
        Field(2, 4),
        Field(3, 5),
        Field(4, 6),
        Field(5, 7),
        Field(6, 8),
        Field(7, 9),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T477: MessageDesc = MessageDesc {
    name: "core/v1.ProbeHandler",
    go: "ProbeHandler",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ProbeHandler",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("exec", "Exec", "v1.ExecAction", 1, Message(TypeId(363)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "httpGet",
            "HTTPGet",
            "v1.HTTPGetAction",
            2,
            Message(TypeId(374)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "tcpSocket",
            "TCPSocket",
            "v1.TCPSocketAction",
            3,
            Message(TypeId(526)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("grpc", "GRPC", "v1.GRPCAction", 4, Message(TypeId(370)))
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T478: MessageDesc = MessageDesc {
    name: "core/v1.ProjectedVolumeSource",
    go: "ProjectedVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ProjectedVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "sources",
            "Sources",
            "[]v1.VolumeProjection",
            1,
            List(&Message(TypeId(541))),
        )
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("defaultMode", "DefaultMode", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("defaultUser", "DefaultUser", "int64", 3, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T479: MessageDesc = MessageDesc {
    name: "core/v1.QuobyteVolumeSource",
    go: "QuobyteVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.QuobyteVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("registry", "Registry", "string", 1, String).req(),
        f("volume", "Volume", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("user", "User", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("group", "Group", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("tenant", "Tenant", "string", 6, String)
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
pub(super) static T480: MessageDesc = MessageDesc {
    name: "core/v1.RBDPersistentVolumeSource",
    go: "RBDPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.RBDPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("monitors", "CephMonitors", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("image", "RBDImage", "string", 2, String).req(),
        f("fsType", "FSType", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("pool", "RBDPool", "string", 4, String)
            .oe()
            .or("\"rbd\"")
            .marks(&["optional", "default=\"rbd\""]),
        f("user", "RadosUser", "string", 5, String)
            .oe()
            .or("\"admin\"")
            .marks(&["optional", "default=\"admin\""]),
        f("keyring", "Keyring", "string", 6, String)
            .oe()
            .or("\"/etc/ceph/keyring\"")
            .marks(&["optional", "default=\"/etc/ceph/keyring\""]),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            7,
            Message(TypeId(508)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 8, Bool)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T481: MessageDesc = MessageDesc {
    name: "core/v1.RBDVolumeSource",
    go: "RBDVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.RBDVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("monitors", "CephMonitors", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("image", "RBDImage", "string", 2, String).req(),
        f("fsType", "FSType", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("pool", "RBDPool", "string", 4, String)
            .oe()
            .or("\"rbd\"")
            .marks(&["optional", "default=\"rbd\""]),
        f("user", "RadosUser", "string", 5, String)
            .oe()
            .or("\"admin\"")
            .marks(&["optional", "default=\"admin\""]),
        f("keyring", "Keyring", "string", 6, String)
            .oe()
            .or("\"/etc/ceph/keyring\"")
            .marks(&["optional", "default=\"/etc/ceph/keyring\""]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            7,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 8, Bool)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T482: MessageDesc = MessageDesc {
    name: "core/v1.RangeAllocation",
    go: "RangeAllocation",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.RangeAllocation",
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
        f("range", "Range", "string", 2, String).req(),
        f("data", "Data", "[]uint8", 3, Bytes).req(),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T483: MessageDesc = MessageDesc {
    name: "core/v1.ReplicationController",
    go: "ReplicationController",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ReplicationController",
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
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1.ReplicationControllerSpec",
            2,
            Message(TypeId(486)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.ReplicationControllerStatus",
            3,
            Message(TypeId(487)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
        "genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/scale\"",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T484: MessageDesc = MessageDesc {
    name: "core/v1.ReplicationControllerCondition",
    go: "ReplicationControllerCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ReplicationControllerCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.ReplicationControllerConditionType",
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
pub(super) static T485: MessageDesc = MessageDesc {
    name: "core/v1.ReplicationControllerList",
    go: "ReplicationControllerList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ReplicationControllerList",
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
            "[]v1.ReplicationController",
            2,
            List(&Message(TypeId(483))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T486: MessageDesc = MessageDesc {
    name: "core/v1.ReplicationControllerSpec",
    go: "ReplicationControllerSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ReplicationControllerSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("replicas", "Replicas", "int32", 1, Int32)
            .ptr()
            .oe()
            .or("1")
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "default=1",
                "k8s:beta(since: \"1.37\")=+k8s:minimum=0",
            ]),
        f("minReadySeconds", "MinReadySeconds", "int32", 4, Int32)
            .oe()
            .or("0")
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "default=0",
                "k8s:beta(since: \"1.37\")=+k8s:minimum=0",
            ]),
        f("selector", "Selector", "map[string]string", 2, Map(&String))
            .oe()
            .atomic()
            .marks(&["optional", "mapType=atomic"]),
        f(
            "template",
            "Template",
            "v1.PodTemplateSpec",
            3,
            Message(TypeId(469)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:alpha(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 2), Field(3, 3), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T487: MessageDesc = MessageDesc {
    name: "core/v1.ReplicationControllerStatus",
    go: "ReplicationControllerStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ReplicationControllerStatus",
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
            "[]v1.ReplicationControllerCondition",
            6,
            List(&Message(TypeId(484))),
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
        Field(3, 4),
        Field(4, 2),
        Field(5, 3),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T488: MessageDesc = MessageDesc {
    name: "core/v1.ResourceClaim",
    go: "ResourceClaim",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("request", "Request", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T489: MessageDesc = MessageDesc {
    name: "core/v1.ResourceFieldSelector",
    go: "ResourceFieldSelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceFieldSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("containerName", "ContainerName", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 2, String).req(),
        f("divisor", "Divisor", "resource.Quantity", 3, Quantity)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T490: MessageDesc = MessageDesc {
    name: "core/v1.ResourceHealth",
    go: "ResourceHealth",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceHealth",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("resourceID", "ResourceID", "v1.ResourceID", 1, String).req(),
        f("health", "Health", "v1.ResourceHealthStatus", 2, String).oe(),
        f("message", "Message", "string", 6, String)
            .ptr()
            .oe()
            .marks(&["featureGate=ResourceHealthStatusMessage", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(6, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T491: MessageDesc = MessageDesc {
    name: "core/v1.ResourceQuota",
    go: "ResourceQuota",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceQuota",
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
            "v1.ResourceQuotaSpec",
            2,
            Message(TypeId(493)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.ResourceQuotaStatus",
            3,
            Message(TypeId(494)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T492: MessageDesc = MessageDesc {
    name: "core/v1.ResourceQuotaList",
    go: "ResourceQuotaList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceQuotaList",
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
            "[]v1.ResourceQuota",
            2,
            List(&Message(TypeId(491))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T493: MessageDesc = MessageDesc {
    name: "core/v1.ResourceQuotaSpec",
    go: "ResourceQuotaSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceQuotaSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("hard", "Hard", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "scopes",
            "Scopes",
            "[]v1.ResourceQuotaScope",
            2,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&[
            "BestEffort",
            "CrossNamespacePodAffinity",
            "NotBestEffort",
            "NotTerminating",
            "PriorityClass",
            "Terminating",
            "VolumeAttributesClass",
        ])
        .marks(&["optional", "listType=atomic"]),
        f(
            "scopeSelector",
            "ScopeSelector",
            "v1.ScopeSelector",
            3,
            Message(TypeId(500)),
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
pub(super) static T494: MessageDesc = MessageDesc {
    name: "core/v1.ResourceQuotaStatus",
    go: "ResourceQuotaStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceQuotaStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("hard", "Hard", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f("used", "Used", "v1.ResourceList", 2, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T495: MessageDesc = MessageDesc {
    name: "core/v1.ResourceRequirements",
    go: "ResourceRequirements",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceRequirements",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("limits", "Limits", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f("requests", "Requests", "v1.ResourceList", 2, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f(
            "claims",
            "Claims",
            "[]v1.ResourceClaim",
            3,
            List(&Message(TypeId(488))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "listType=map",
            "listMapKey=name",
            "featureGate=DynamicResourceAllocation",
            "optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T496: MessageDesc = MessageDesc {
    name: "core/v1.ResourceStatus",
    go: "ResourceStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ResourceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.ResourceName", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "resources",
            "Resources",
            "[]v1.ResourceHealth",
            2,
            List(&Message(TypeId(490))),
        )
        .oe()
        .list(ListType::Map, &["resourceID"])
        .marks(&["listType=map", "listMapKey=resourceID"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T497: MessageDesc = MessageDesc {
    name: "core/v1.SELinuxOptions",
    go: "SELinuxOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SELinuxOptions",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("user", "User", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("role", "Role", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("type", "Type", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("level", "Level", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T498: MessageDesc = MessageDesc {
    name: "core/v1.ScaleIOPersistentVolumeSource",
    go: "ScaleIOPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ScaleIOPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("gateway", "Gateway", "string", 1, String).req(),
        f("system", "System", "string", 2, String).req(),
        f(
            "secretRef",
            "SecretRef",
            "v1.SecretReference",
            3,
            Message(TypeId(508)),
        )
        .ptr()
        .req()
        .atomic(),
        f("sslEnabled", "SSLEnabled", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("protectionDomain", "ProtectionDomain", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("storagePool", "StoragePool", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("storageMode", "StorageMode", "string", 7, String)
            .oe()
            .or("\"ThinProvisioned\"")
            .marks(&["optional", "default=\"ThinProvisioned\""]),
        f("volumeName", "VolumeName", "string", 8, String).oe(),
        f("fsType", "FSType", "string", 9, String)
            .oe()
            .or("\"xfs\"")
            .marks(&["optional", "default=\"xfs\""]),
        f("readOnly", "ReadOnly", "bool", 10, Bool)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T499: MessageDesc = MessageDesc {
    name: "core/v1.ScaleIOVolumeSource",
    go: "ScaleIOVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ScaleIOVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("gateway", "Gateway", "string", 1, String).req(),
        f("system", "System", "string", 2, String).req(),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            3,
            Message(TypeId(394)),
        )
        .ptr()
        .req()
        .atomic(),
        f("sslEnabled", "SSLEnabled", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("protectionDomain", "ProtectionDomain", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("storagePool", "StoragePool", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("storageMode", "StorageMode", "string", 7, String)
            .oe()
            .or("\"ThinProvisioned\"")
            .marks(&["optional", "default=\"ThinProvisioned\""]),
        f("volumeName", "VolumeName", "string", 8, String).oe(),
        f("fsType", "FSType", "string", 9, String)
            .oe()
            .or("\"xfs\"")
            .marks(&["optional", "default=\"xfs\""]),
        f("readOnly", "ReadOnly", "bool", 10, Bool)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T500: MessageDesc = MessageDesc {
    name: "core/v1.ScopeSelector",
    go: "ScopeSelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ScopeSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[f(
        "matchExpressions",
        "MatchExpressions",
        "[]v1.ScopedResourceSelectorRequirement",
        1,
        List(&Message(TypeId(501))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T501: MessageDesc = MessageDesc {
    name: "core/v1.ScopedResourceSelectorRequirement",
    go: "ScopedResourceSelectorRequirement",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ScopedResourceSelectorRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("scopeName", "ScopeName", "v1.ResourceQuotaScope", 1, String)
            .req()
            .one_of(&[
                "BestEffort",
                "CrossNamespacePodAffinity",
                "NotBestEffort",
                "NotTerminating",
                "PriorityClass",
                "Terminating",
                "VolumeAttributesClass",
            ]),
        f(
            "operator",
            "Operator",
            "v1.ScopeSelectorOperator",
            2,
            String,
        )
        .req()
        .one_of(&["DoesNotExist", "Exists", "In", "NotIn"]),
        f("values", "Values", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T502: MessageDesc = MessageDesc {
    name: "core/v1.SeccompProfile",
    go: "SeccompProfile",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SeccompProfile",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.SeccompProfileType", 1, String)
            .req()
            .one_of(&["Localhost", "RuntimeDefault", "Unconfined"])
            .marks(&["unionDiscriminator"]),
        f("localhostProfile", "LocalhostProfile", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T503: MessageDesc = MessageDesc {
    name: "core/v1.Secret",
    go: "Secret",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Secret",
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
        f("immutable", "Immutable", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("data", "Data", "map[string][]uint8", 2, Map(&Bytes))
            .oe()
            .marks(&["optional"]),
        f(
            "stringData",
            "StringData",
            "map[string]string",
            4,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f("type", "Type", "v1.SecretType", 3, String).oe().marks(&[
            "optional",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
        ]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 4),
        Field(3, 6),
        Field(4, 5),
        Field(5, 3),
    ],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T504: MessageDesc = MessageDesc {
    name: "core/v1.SecretEnvSource",
    go: "SecretEnvSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretEnvSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f("optional", "Optional", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T505: MessageDesc = MessageDesc {
    name: "core/v1.SecretKeySelector",
    go: "SecretKeySelector",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretKeySelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f("key", "Key", "string", 2, String).req(),
        f("optional", "Optional", "bool", 3, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T506: MessageDesc = MessageDesc {
    name: "core/v1.SecretList",
    go: "SecretList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretList",
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
            "[]v1.Secret",
            2,
            List(&Message(TypeId(503))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T507: MessageDesc = MessageDesc {
    name: "core/v1.SecretProjection",
    go: "SecretProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .or("\"\"")
            .marks(&["optional", "default=\"\"", "kubebuilder:default=\"\""]),
        f(
            "items",
            "Items",
            "[]v1.KeyToPath",
            2,
            List(&Message(TypeId(383))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("optional", "Optional", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Embed(1, &[Field(1, 0)]), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T508: MessageDesc = MessageDesc {
    name: "core/v1.SecretReference",
    go: "SecretReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T509: MessageDesc = MessageDesc {
    name: "core/v1.SecretVolumeSource",
    go: "SecretVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecretVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("secretName", "SecretName", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.KeyToPath",
            2,
            List(&Message(TypeId(383))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("defaultMode", "DefaultMode", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("optional", "Optional", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("defaultUser", "DefaultUser", "int64", 5, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
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
pub(super) static T510: MessageDesc = MessageDesc {
    name: "core/v1.SecurityContext",
    go: "SecurityContext",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SecurityContext",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "capabilities",
            "Capabilities",
            "v1.Capabilities",
            1,
            Message(TypeId(312)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("privileged", "Privileged", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "seLinuxOptions",
            "SELinuxOptions",
            "v1.SELinuxOptions",
            3,
            Message(TypeId(497)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "windowsOptions",
            "WindowsOptions",
            "v1.WindowsSecurityContextOptions",
            10,
            Message(TypeId(547)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("runAsUser", "RunAsUser", "int64", 4, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("runAsGroup", "RunAsGroup", "int64", 8, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("runAsNonRoot", "RunAsNonRoot", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "readOnlyRootFilesystem",
            "ReadOnlyRootFilesystem",
            "bool",
            6,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "allowPrivilegeEscalation",
            "AllowPrivilegeEscalation",
            "bool",
            7,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("procMount", "ProcMount", "v1.ProcMountType", 9, String)
            .ptr()
            .oe()
            .one_of(&["Default", "Unmasked"])
            .marks(&["optional"]),
        f(
            "seccompProfile",
            "SeccompProfile",
            "v1.SeccompProfile",
            11,
            Message(TypeId(502)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "appArmorProfile",
            "AppArmorProfile",
            "v1.AppArmorProfile",
            12,
            Message(TypeId(303)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 6),
        Field(6, 7),
        Field(7, 8),
        Field(8, 5),
        Field(9, 9),
        Field(10, 3),
        Field(11, 10),
        Field(12, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T511: MessageDesc = MessageDesc {
    name: "core/v1.SerializedReference",
    go: "SerializedReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SerializedReference",
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
            "reference",
            "Reference",
            "v1.ObjectReference",
            1,
            Message(TypeId(427)),
        )
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T512: MessageDesc = MessageDesc {
    name: "core/v1.Service",
    go: "Service",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Service",
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
        f("spec", "Spec", "v1.ServiceSpec", 2, Message(TypeId(519)))
            .oe()
            .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.ServiceStatus",
            3,
            Message(TypeId(520)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:skipVerbs=deleteCollection",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/proxy\"",
    ],
    slots: Slots::new(),
};
pub(super) static T513: MessageDesc = MessageDesc {
    name: "core/v1.ServiceAccount",
    go: "ServiceAccount",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceAccount",
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
            "secrets",
            "Secrets",
            "[]v1.ObjectReference",
            2,
            List(&Message(TypeId(427))),
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
        ]),
        f(
            "imagePullSecrets",
            "ImagePullSecrets",
            "[]v1.LocalObjectReference",
            3,
            List(&Message(TypeId(394))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "automountServiceAccountToken",
            "AutomountServiceAccountToken",
            "bool",
            4,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)],
    markers: &[
        "genclient",
        "genclient:method=CreateToken,verb=create,subresource=token,input=k8s.io/api/authentication/v1.TokenRequest,result=k8s.io/api/authentication/v1.TokenRequest",
        "k8s:prerelease-lifecycle-gen:introduced=1.0",
    ],
    slots: Slots::new(),
};
pub(super) static T514: MessageDesc = MessageDesc {
    name: "core/v1.ServiceAccountList",
    go: "ServiceAccountList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceAccountList",
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
            "[]v1.ServiceAccount",
            2,
            List(&Message(TypeId(513))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T515: MessageDesc = MessageDesc {
    name: "core/v1.ServiceAccountTokenProjection",
    go: "ServiceAccountTokenProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceAccountTokenProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("audience", "Audience", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("expirationSeconds", "ExpirationSeconds", "int64", 2, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("path", "Path", "string", 3, String).req(),
        f("user", "User", "int64", 4, Int64)
            .ptr()
            .oe()
            .marks(&["featureGate=AtomicWriteVolumeUserFields", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T516: MessageDesc = MessageDesc {
    name: "core/v1.ServiceList",
    go: "ServiceList",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceList",
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
            "[]v1.Service",
            2,
            List(&Message(TypeId(512))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.0"],
    slots: Slots::new(),
};
pub(super) static T517: MessageDesc = MessageDesc {
    name: "core/v1.ServicePort",
    go: "ServicePort",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServicePort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("protocol", "Protocol", "v1.Protocol", 2, String)
            .oe()
            .one_of(&["SCTP", "TCP", "UDP"])
            .or("\"TCP\"")
            .marks(&["default=\"TCP\"", "optional"]),
        f("appProtocol", "AppProtocol", "string", 6, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "int32", 3, Int32).req(),
        f(
            "targetPort",
            "TargetPort",
            "intstr.IntOrString",
            4,
            IntOrString,
        )
        .oe()
        .marks(&["optional"]),
        f("nodePort", "NodePort", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 2),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T518: MessageDesc = MessageDesc {
    name: "core/v1.ServiceProxyOptions",
    go: "ServiceProxyOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceProxyOptions",
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
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.2"],
    slots: Slots::new(),
};
pub(super) static T519: MessageDesc = MessageDesc {
    name: "core/v1.ServiceSpec",
    go: "ServiceSpec",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "ports",
            "Ports",
            "[]v1.ServicePort",
            1,
            List(&Message(TypeId(517))),
        )
        .oe()
        .patch("merge", "port")
        .list(ListType::Map, &["port", "protocol"])
        .marks(&[
            "patchMergeKey=port",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=port",
            "listMapKey=protocol",
        ]),
        f("selector", "Selector", "map[string]string", 2, Map(&String))
            .oe()
            .atomic()
            .marks(&["optional", "mapType=atomic"]),
        f("clusterIP", "ClusterIP", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("clusterIPs", "ClusterIPs", "[]string", 18, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic", "optional"]),
        f("type", "Type", "v1.ServiceType", 4, String)
            .oe()
            .one_of(&["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
            .marks(&["optional"]),
        f("externalIPs", "ExternalIPs", "[]string", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "sessionAffinity",
            "SessionAffinity",
            "v1.ServiceAffinity",
            7,
            String,
        )
        .oe()
        .one_of(&["ClientIP", "None"])
        .marks(&["optional"]),
        f("loadBalancerIP", "LoadBalancerIP", "string", 8, String)
            .oe()
            .marks(&["optional"]),
        f(
            "loadBalancerSourceRanges",
            "LoadBalancerSourceRanges",
            "[]string",
            9,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("externalName", "ExternalName", "string", 10, String)
            .oe()
            .marks(&["optional"]),
        f(
            "externalTrafficPolicy",
            "ExternalTrafficPolicy",
            "v1.ServiceExternalTrafficPolicy",
            11,
            String,
        )
        .oe()
        .one_of(&["Cluster", "Local"])
        .marks(&["optional"]),
        f(
            "healthCheckNodePort",
            "HealthCheckNodePort",
            "int32",
            12,
            Int32,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "publishNotReadyAddresses",
            "PublishNotReadyAddresses",
            "bool",
            13,
            Bool,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "sessionAffinityConfig",
            "SessionAffinityConfig",
            "v1.SessionAffinityConfig",
            14,
            Message(TypeId(521)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "ipFamilies",
            "IPFamilies",
            "[]v1.IPFamily",
            19,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["", "IPv4", "IPv6"])
        .marks(&["listType=atomic", "optional"]),
        f(
            "ipFamilyPolicy",
            "IPFamilyPolicy",
            "v1.IPFamilyPolicy",
            17,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["PreferDualStack", "RequireDualStack", "SingleStack"])
        .marks(&["optional"]),
        f(
            "allocateLoadBalancerNodePorts",
            "AllocateLoadBalancerNodePorts",
            "bool",
            20,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "loadBalancerClass",
            "LoadBalancerClass",
            "string",
            21,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "internalTrafficPolicy",
            "InternalTrafficPolicy",
            "v1.ServiceInternalTrafficPolicy",
            22,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Cluster", "Local"])
        .marks(&["optional"]),
        f(
            "trafficDistribution",
            "TrafficDistribution",
            "string",
            23,
            String,
        )
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
        Field(7, 6),
        Field(8, 7),
        Field(9, 8),
        Field(10, 9),
        Field(11, 10),
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(17, 15),
        Field(18, 3),
        Field(19, 14),
        Field(20, 16),
        Field(21, 17),
        Field(22, 18),
        Field(23, 19),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T520: MessageDesc = MessageDesc {
    name: "core/v1.ServiceStatus",
    go: "ServiceStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.ServiceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "loadBalancer",
            "LoadBalancer",
            "v1.LoadBalancerStatus",
            1,
            Message(TypeId(393)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            2,
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
            "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:opaqueType",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T521: MessageDesc = MessageDesc {
    name: "core/v1.SessionAffinityConfig",
    go: "SessionAffinityConfig",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SessionAffinityConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "clientIP",
        "ClientIP",
        "v1.ClientIPConfig",
        1,
        Message(TypeId(317)),
    )
    .ptr()
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T522: MessageDesc = MessageDesc {
    name: "core/v1.SleepAction",
    go: "SleepAction",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.SleepAction",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("seconds", "Seconds", "int64", 1, Int64).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T523: MessageDesc = MessageDesc {
    name: "core/v1.StorageOSPersistentVolumeSource",
    go: "StorageOSPersistentVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.StorageOSPersistentVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeName", "VolumeName", "string", 1, String).oe(),
        f("volumeNamespace", "VolumeNamespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("fsType", "FSType", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.ObjectReference",
            5,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .atomic()
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
pub(super) static T524: MessageDesc = MessageDesc {
    name: "core/v1.StorageOSVolumeSource",
    go: "StorageOSVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.StorageOSVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeName", "VolumeName", "string", 1, String).oe(),
        f("volumeNamespace", "VolumeNamespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("fsType", "FSType", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("readOnly", "ReadOnly", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "secretRef",
            "SecretRef",
            "v1.LocalObjectReference",
            5,
            Message(TypeId(394)),
        )
        .ptr()
        .oe()
        .atomic()
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
pub(super) static T525: MessageDesc = MessageDesc {
    name: "core/v1.Sysctl",
    go: "Sysctl",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Sysctl",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("value", "Value", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T526: MessageDesc = MessageDesc {
    name: "core/v1.TCPSocketAction",
    go: "TCPSocketAction",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TCPSocketAction",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("port", "Port", "intstr.IntOrString", 1, IntOrString).req(),
        f("host", "Host", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T527: MessageDesc = MessageDesc {
    name: "core/v1.Taint",
    go: "Taint",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Taint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1.TaintEffect", 3, String)
            .req()
            .one_of(&["NoExecute", "NoSchedule", "PreferNoSchedule"]),
        f("timeAdded", "TimeAdded", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T528: MessageDesc = MessageDesc {
    name: "core/v1.Toleration",
    go: "Toleration",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Toleration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:format=k8s-label-key",
        ]),
        f("operator", "Operator", "v1.TolerationOperator", 2, String)
            .oe()
            .one_of(&["Equal", "Exists", "Gt", "Lt"])
            .marks(&["optional"]),
        f("value", "Value", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1.TaintEffect", 4, String)
            .oe()
            .one_of(&["NoExecute", "NoSchedule", "PreferNoSchedule"])
            .marks(&["optional"]),
        f("tolerationSeconds", "TolerationSeconds", "int64", 5, Int64)
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
pub(super) static T529: MessageDesc = MessageDesc {
    name: "core/v1.TopologySelectorLabelRequirement",
    go: "TopologySelectorLabelRequirement",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TopologySelectorLabelRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("values", "Values", "[]string", 2, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T530: MessageDesc = MessageDesc {
    name: "core/v1.TopologySelectorTerm",
    go: "TopologySelectorTerm",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TopologySelectorTerm",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[f(
        "matchLabelExpressions",
        "MatchLabelExpressions",
        "[]v1.TopologySelectorLabelRequirement",
        1,
        List(&Message(TypeId(529))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T531: MessageDesc = MessageDesc {
    name: "core/v1.TopologySpreadConstraint",
    go: "TopologySpreadConstraint",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TopologySpreadConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("maxSkew", "MaxSkew", "int32", 1, Int32).req().marks(&[
            "-------+-------+-------+",
            "-------+-------+-------+",
            "-------+-------+-------+",
        ]),
        f("topologyKey", "TopologyKey", "string", 2, String).req(),
        f(
            "whenUnsatisfiable",
            "WhenUnsatisfiable",
            "v1.UnsatisfiableConstraintAction",
            3,
            String,
        )
        .req()
        .one_of(&["DoNotSchedule", "ScheduleAnyway"])
        .marks(&[
            "-------+-------+-------+",
            "-------+-------+-------+",
            "-------+-------+-------+",
        ]),
        f(
            "labelSelector",
            "LabelSelector",
            "v1.LabelSelector",
            4,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("minDomains", "MinDomains", "int32", 5, Int32)
            .ptr()
            .oe()
            .marks(&[
                "-------+-------+-------+",
                "-------+-------+-------+",
                "-------+-------+-------+",
                "optional",
            ]),
        f(
            "nodeAffinityPolicy",
            "NodeAffinityPolicy",
            "v1.NodeInclusionPolicy",
            6,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Honor", "Ignore"])
        .marks(&["optional"]),
        f(
            "nodeTaintsPolicy",
            "NodeTaintsPolicy",
            "v1.NodeInclusionPolicy",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Honor", "Ignore"])
        .marks(&["optional"]),
        f(
            "matchLabelKeys",
            "MatchLabelKeys",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T532: MessageDesc = MessageDesc {
    name: "core/v1.TypedLocalObjectReference",
    go: "TypedLocalObjectReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TypedLocalObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .ptr()
            .marks(&["optional"]),
        f("kind", "Kind", "string", 2, String).req(),
        f("name", "Name", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T533: MessageDesc = MessageDesc {
    name: "core/v1.TypedObjectReference",
    go: "TypedObjectReference",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.TypedObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .ptr()
            .marks(&["optional"]),
        f("kind", "Kind", "string", 2, String).req(),
        f("name", "Name", "string", 3, String).req(),
        f("namespace", "Namespace", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["featureGate=CrossNamespaceVolumeDataSource", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T534: MessageDesc = MessageDesc {
    name: "core/v1.Volume",
    go: "Volume",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.Volume",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "hostPath",
            "HostPath",
            "v1.HostPathVolumeSource",
            1,
            Message(TypeId(378)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "emptyDir",
            "EmptyDir",
            "v1.EmptyDirVolumeSource",
            2,
            Message(TypeId(346)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "gcePersistentDisk",
            "GCEPersistentDisk",
            "v1.GCEPersistentDiskVolumeSource",
            3,
            Message(TypeId(369)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "awsElasticBlockStore",
            "AWSElasticBlockStore",
            "v1.AWSElasticBlockStoreVolumeSource",
            4,
            Message(TypeId(301)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "gitRepo",
            "GitRepo",
            "v1.GitRepoVolumeSource",
            5,
            Message(TypeId(371)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "secret",
            "Secret",
            "v1.SecretVolumeSource",
            6,
            Message(TypeId(509)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("nfs", "NFS", "v1.NFSVolumeSource", 7, Message(TypeId(397)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "iscsi",
            "ISCSI",
            "v1.ISCSIVolumeSource",
            8,
            Message(TypeId(380)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "glusterfs",
            "Glusterfs",
            "v1.GlusterfsVolumeSource",
            9,
            Message(TypeId(373)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "persistentVolumeClaim",
            "PersistentVolumeClaim",
            "v1.PersistentVolumeClaimVolumeSource",
            10,
            Message(TypeId(435)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("rbd", "RBD", "v1.RBDVolumeSource", 11, Message(TypeId(481)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "flexVolume",
            "FlexVolume",
            "v1.FlexVolumeSource",
            12,
            Message(TypeId(367)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cinder",
            "Cinder",
            "v1.CinderVolumeSource",
            13,
            Message(TypeId(316)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cephfs",
            "CephFS",
            "v1.CephFSVolumeSource",
            14,
            Message(TypeId(314)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "flocker",
            "Flocker",
            "v1.FlockerVolumeSource",
            15,
            Message(TypeId(368)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "downwardAPI",
            "DownwardAPI",
            "v1.DownwardAPIVolumeSource",
            16,
            Message(TypeId(345)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("fc", "FC", "v1.FCVolumeSource", 17, Message(TypeId(364)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "azureFile",
            "AzureFile",
            "v1.AzureFileVolumeSource",
            18,
            Message(TypeId(308)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "configMap",
            "ConfigMap",
            "v1.ConfigMapVolumeSource",
            19,
            Message(TypeId(328)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "vsphereVolume",
            "VsphereVolume",
            "v1.VsphereVirtualDiskVolumeSource",
            20,
            Message(TypeId(545)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "quobyte",
            "Quobyte",
            "v1.QuobyteVolumeSource",
            21,
            Message(TypeId(479)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureDisk",
            "AzureDisk",
            "v1.AzureDiskVolumeSource",
            22,
            Message(TypeId(306)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "photonPersistentDisk",
            "PhotonPersistentDisk",
            "v1.PhotonPersistentDiskVolumeSource",
            23,
            Message(TypeId(440)),
        )
        .ptr()
        .oe(),
        f(
            "projected",
            "Projected",
            "v1.ProjectedVolumeSource",
            26,
            Message(TypeId(478)),
        )
        .ptr()
        .oe(),
        f(
            "portworxVolume",
            "PortworxVolume",
            "v1.PortworxVolumeSource",
            24,
            Message(TypeId(472)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scaleIO",
            "ScaleIO",
            "v1.ScaleIOVolumeSource",
            25,
            Message(TypeId(499)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "storageos",
            "StorageOS",
            "v1.StorageOSVolumeSource",
            27,
            Message(TypeId(524)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("csi", "CSI", "v1.CSIVolumeSource", 28, Message(TypeId(311)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "ephemeral",
            "Ephemeral",
            "v1.EphemeralVolumeSource",
            29,
            Message(TypeId(357)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "image",
            "Image",
            "v1.ImageVolumeSource",
            30,
            Message(TypeId(381)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(
            2,
            &[
                Field(1, 1),
                Field(2, 2),
                Field(3, 3),
                Field(4, 4),
                Field(5, 5),
                Field(6, 6),
                Field(7, 7),
                Field(8, 8),
                Field(9, 9),
                Field(10, 10),
                Field(11, 11),
                Field(12, 12),
                Field(13, 13),
                Field(14, 14),
                Field(15, 15),
                Field(16, 16),
                Field(17, 17),
                Field(18, 18),
                Field(19, 19),
                Field(20, 20),
                Field(21, 21),
                Field(22, 22),
                Field(23, 23),
                Field(24, 25),
                Field(25, 26),
                Field(26, 24),
                Field(27, 27),
                Field(28, 28),
                Field(29, 29),
                Field(30, 30),
            ],
        ),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T535: MessageDesc = MessageDesc {
    name: "core/v1.VolumeDevice",
    go: "VolumeDevice",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeDevice",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("devicePath", "DevicePath", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T536: MessageDesc = MessageDesc {
    name: "core/v1.VolumeHealthCondition",
    go: "VolumeHealthCondition",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeHealthCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("status", "Status", "v1.VolumeHealthStatusType", 1, String)
            .req()
            .one_of(&["DataLoss", "Degraded", "Inaccessible"])
            .marks(&["required", "k8s:required"]),
        f("reason", "Reason", "string", 2, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:maxBytes=256",
        ]),
        f("message", "Message", "string", 3, String).oe().marks(&[
            "optional",
            "k8s:optional",
            "k8s:maxBytes=1024",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T537: MessageDesc = MessageDesc {
    name: "core/v1.VolumeHealthStatus",
    go: "VolumeHealthStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeHealthStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "healthConditions",
            "HealthConditions",
            "[]v1.VolumeHealthCondition",
            1,
            List(&Message(TypeId(536))),
        )
        .oe()
        .patch("merge", "status")
        .list(ListType::Map, &["status", "reason"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=status",
            "patchMergeKey=status",
            "patchStrategy=merge",
            "listMapKey=reason",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=status",
            "k8s:listMapKey=reason",
            "k8s:maxItems=16",
        ]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            2,
            Time,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T538: MessageDesc = MessageDesc {
    name: "core/v1.VolumeMount",
    go: "VolumeMount",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeMount",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("readOnly", "ReadOnly", "bool", 2, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "recursiveReadOnly",
            "RecursiveReadOnly",
            "v1.RecursiveReadOnlyMode",
            7,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("mountPath", "MountPath", "string", 3, String).req(),
        f("subPath", "SubPath", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "mountPropagation",
            "MountPropagation",
            "v1.MountPropagationMode",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Bidirectional", "HostToContainer", "None"])
        .marks(&["optional"]),
        f("subPathExpr", "SubPathExpr", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f(
            "bindMountOptions",
            "BindMountOptions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .marks(&[
            "featureGate=VolumeBindMountOptions",
            "optional",
            "listType=set",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 2),
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T539: MessageDesc = MessageDesc {
    name: "core/v1.VolumeMountStatus",
    go: "VolumeMountStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeMountStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("mountPath", "MountPath", "string", 2, String).req(),
        f("readOnly", "ReadOnly", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "recursiveReadOnly",
            "RecursiveReadOnly",
            "v1.RecursiveReadOnlyMode",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeStatus",
            "VolumeStatus",
            "v1.VolumeStatus",
            5,
            Message(TypeId(544)),
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
pub(super) static T540: MessageDesc = MessageDesc {
    name: "core/v1.VolumeNodeAffinity",
    go: "VolumeNodeAffinity",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeNodeAffinity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "required",
        "Required",
        "v1.NodeSelector",
        1,
        Message(TypeId(419)),
    )
    .ptr()
    .oe()
    .atomic()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T541: MessageDesc = MessageDesc {
    name: "core/v1.VolumeProjection",
    go: "VolumeProjection",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeProjection",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "secret",
            "Secret",
            "v1.SecretProjection",
            1,
            Message(TypeId(507)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "downwardAPI",
            "DownwardAPI",
            "v1.DownwardAPIProjection",
            2,
            Message(TypeId(343)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "configMap",
            "ConfigMap",
            "v1.ConfigMapProjection",
            3,
            Message(TypeId(327)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "serviceAccountToken",
            "ServiceAccountToken",
            "v1.ServiceAccountTokenProjection",
            4,
            Message(TypeId(515)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "clusterTrustBundle",
            "ClusterTrustBundle",
            "v1.ClusterTrustBundleProjection",
            5,
            Message(TypeId(318)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=ClusterTrustBundleProjection", "optional"]),
        f(
            "podCertificate",
            "PodCertificate",
            "v1.PodCertificateProjection",
            6,
            Message(TypeId(446)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=PodCertificateProjection", "optional"]),
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
pub(super) static T542: MessageDesc = MessageDesc {
    name: "core/v1.VolumeResourceRequirements",
    go: "VolumeResourceRequirements",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeResourceRequirements",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("limits", "Limits", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
        f("requests", "Requests", "v1.ResourceList", 2, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T543: MessageDesc = MessageDesc {
    name: "core/v1.VolumeSource",
    go: "VolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "hostPath",
            "HostPath",
            "v1.HostPathVolumeSource",
            1,
            Message(TypeId(378)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "emptyDir",
            "EmptyDir",
            "v1.EmptyDirVolumeSource",
            2,
            Message(TypeId(346)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "gcePersistentDisk",
            "GCEPersistentDisk",
            "v1.GCEPersistentDiskVolumeSource",
            3,
            Message(TypeId(369)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "awsElasticBlockStore",
            "AWSElasticBlockStore",
            "v1.AWSElasticBlockStoreVolumeSource",
            4,
            Message(TypeId(301)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "gitRepo",
            "GitRepo",
            "v1.GitRepoVolumeSource",
            5,
            Message(TypeId(371)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "secret",
            "Secret",
            "v1.SecretVolumeSource",
            6,
            Message(TypeId(509)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("nfs", "NFS", "v1.NFSVolumeSource", 7, Message(TypeId(397)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "iscsi",
            "ISCSI",
            "v1.ISCSIVolumeSource",
            8,
            Message(TypeId(380)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "glusterfs",
            "Glusterfs",
            "v1.GlusterfsVolumeSource",
            9,
            Message(TypeId(373)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "persistentVolumeClaim",
            "PersistentVolumeClaim",
            "v1.PersistentVolumeClaimVolumeSource",
            10,
            Message(TypeId(435)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("rbd", "RBD", "v1.RBDVolumeSource", 11, Message(TypeId(481)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "flexVolume",
            "FlexVolume",
            "v1.FlexVolumeSource",
            12,
            Message(TypeId(367)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cinder",
            "Cinder",
            "v1.CinderVolumeSource",
            13,
            Message(TypeId(316)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "cephfs",
            "CephFS",
            "v1.CephFSVolumeSource",
            14,
            Message(TypeId(314)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "flocker",
            "Flocker",
            "v1.FlockerVolumeSource",
            15,
            Message(TypeId(368)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "downwardAPI",
            "DownwardAPI",
            "v1.DownwardAPIVolumeSource",
            16,
            Message(TypeId(345)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("fc", "FC", "v1.FCVolumeSource", 17, Message(TypeId(364)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "azureFile",
            "AzureFile",
            "v1.AzureFileVolumeSource",
            18,
            Message(TypeId(308)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "configMap",
            "ConfigMap",
            "v1.ConfigMapVolumeSource",
            19,
            Message(TypeId(328)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "vsphereVolume",
            "VsphereVolume",
            "v1.VsphereVirtualDiskVolumeSource",
            20,
            Message(TypeId(545)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "quobyte",
            "Quobyte",
            "v1.QuobyteVolumeSource",
            21,
            Message(TypeId(479)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "azureDisk",
            "AzureDisk",
            "v1.AzureDiskVolumeSource",
            22,
            Message(TypeId(306)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "photonPersistentDisk",
            "PhotonPersistentDisk",
            "v1.PhotonPersistentDiskVolumeSource",
            23,
            Message(TypeId(440)),
        )
        .ptr()
        .oe(),
        f(
            "projected",
            "Projected",
            "v1.ProjectedVolumeSource",
            26,
            Message(TypeId(478)),
        )
        .ptr()
        .oe(),
        f(
            "portworxVolume",
            "PortworxVolume",
            "v1.PortworxVolumeSource",
            24,
            Message(TypeId(472)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scaleIO",
            "ScaleIO",
            "v1.ScaleIOVolumeSource",
            25,
            Message(TypeId(499)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "storageos",
            "StorageOS",
            "v1.StorageOSVolumeSource",
            27,
            Message(TypeId(524)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("csi", "CSI", "v1.CSIVolumeSource", 28, Message(TypeId(311)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "ephemeral",
            "Ephemeral",
            "v1.EphemeralVolumeSource",
            29,
            Message(TypeId(357)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "image",
            "Image",
            "v1.ImageVolumeSource",
            30,
            Message(TypeId(381)),
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
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(15, 14),
        Field(16, 15),
        Field(17, 16),
        Field(18, 17),
        Field(19, 18),
        Field(20, 19),
        Field(21, 20),
        Field(22, 21),
        Field(23, 22),
        Field(24, 24),
        Field(25, 25),
        Field(26, 23),
        Field(27, 26),
        Field(28, 27),
        Field(29, 28),
        Field(30, 29),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T544: MessageDesc = MessageDesc {
    name: "core/v1.VolumeStatus",
    go: "VolumeStatus",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VolumeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "image",
        "Image",
        "v1.ImageVolumeStatus",
        1,
        Message(TypeId(382)),
    )
    .ptr()
    .oe()
    .marks(&["featureGate=ImageVolumeWithDigest", "optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T545: MessageDesc = MessageDesc {
    name: "core/v1.VsphereVirtualDiskVolumeSource",
    go: "VsphereVirtualDiskVolumeSource",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.VsphereVirtualDiskVolumeSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumePath", "VolumePath", "string", 1, String).req(),
        f("fsType", "FSType", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "storagePolicyName",
            "StoragePolicyName",
            "string",
            3,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("storagePolicyID", "StoragePolicyID", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T546: MessageDesc = MessageDesc {
    name: "core/v1.WeightedPodAffinityTerm",
    go: "WeightedPodAffinityTerm",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.WeightedPodAffinityTerm",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("weight", "Weight", "int32", 1, Int32).req(),
        f(
            "podAffinityTerm",
            "PodAffinityTerm",
            "v1.PodAffinityTerm",
            2,
            Message(TypeId(443)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T547: MessageDesc = MessageDesc {
    name: "core/v1.WindowsSecurityContextOptions",
    go: "WindowsSecurityContextOptions",
    api_group: "",
    version: "v1",
    proto_name: "k8s.io.api.core.v1.WindowsSecurityContextOptions",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "gmsaCredentialSpecName",
            "GMSACredentialSpecName",
            "string",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "gmsaCredentialSpec",
            "GMSACredentialSpec",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("runAsUserName", "RunAsUserName", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("hostProcess", "HostProcess", "bool", 4, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
