// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.
#[allow(clippy::wildcard_imports)]
use crate::desc::{FieldDesc, FieldType::*, MessageDesc, Slots, TypeId};

const fn f(
    json: &'static str,
    go: &'static str,
    go_type: &'static str,
    number: u32,
    ty: crate::FieldType,
) -> FieldDesc {
    FieldDesc::new(json, go, go_type, number, ty)
}

pub(super) static T946: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshot",
    go: "VolumeSnapshot",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshot",
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
            0,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "spec",
            "Spec",
            "v1.VolumeSnapshotSpec",
            0,
            Message(TypeId(957)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.VolumeSnapshotStatus",
            0,
            Message(TypeId(958)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T947: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotClass",
    go: "VolumeSnapshotClass",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotClass",
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
            0,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f("driver", "Driver", "string", 0, String)
            .req()
            .marks(&["required"]),
        f(
            "parameters",
            "Parameters",
            "map[string]string",
            0,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "deletionPolicy",
            "DeletionPolicy",
            "v1.DeletionPolicy",
            0,
            String,
        )
        .req()
        .one_of(&["Delete", "Retain"])
        .marks(&["required"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T948: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotClassList",
    go: "VolumeSnapshotClassList",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotClassList",
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
            0,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.VolumeSnapshotClass",
            0,
            List(&Message(TypeId(947))),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T949: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotContent",
    go: "VolumeSnapshotContent",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotContent",
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
            0,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "spec",
            "Spec",
            "v1.VolumeSnapshotContentSpec",
            0,
            Message(TypeId(952)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.VolumeSnapshotContentStatus",
            0,
            Message(TypeId(953)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T950: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotContentList",
    go: "VolumeSnapshotContentList",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotContentList",
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
            0,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.VolumeSnapshotContent",
            0,
            List(&Message(TypeId(949))),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T951: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotContentSource",
    go: "VolumeSnapshotContentSource",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotContentSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("volumeHandle", "VolumeHandle", "string", 0, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("snapshotHandle", "SnapshotHandle", "string", 0, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T952: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotContentSpec",
    go: "VolumeSnapshotContentSpec",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotContentSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "volumeSnapshotRef",
            "VolumeSnapshotRef",
            "v1.ObjectReference",
            0,
            Message(TypeId(427)),
        )
        .req()
        .atomic()
        .marks(&["required", "structType=atomic"]),
        f(
            "deletionPolicy",
            "DeletionPolicy",
            "v1.DeletionPolicy",
            0,
            String,
        )
        .req()
        .one_of(&["Delete", "Retain"])
        .marks(&["required"]),
        f("driver", "Driver", "string", 0, String)
            .req()
            .marks(&["required"]),
        f(
            "volumeSnapshotClassName",
            "VolumeSnapshotClassName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "source",
            "Source",
            "v1.VolumeSnapshotContentSource",
            0,
            Message(TypeId(951)),
        )
        .req()
        .marks(&["required"]),
        f("sourceVolumeMode", "SourceVolumeMode", "string", 0, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T953: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotContentStatus",
    go: "VolumeSnapshotContentStatus",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotContentStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("snapshotHandle", "SnapshotHandle", "string", 0, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("creationTime", "CreationTime", "int64", 0, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("restoreSize", "RestoreSize", "int64", 0, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("readyToUse", "ReadyToUse", "bool", 0, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "error",
            "Error",
            "v1.VolumeSnapshotError",
            0,
            Message(TypeId(954)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeGroupSnapshotHandle",
            "VolumeGroupSnapshotHandle",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T954: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotError",
    go: "VolumeSnapshotError",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotError",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("time", "Time", "v1.Time", 0, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 0, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T955: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotList",
    go: "VolumeSnapshotList",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotList",
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
            0,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.VolumeSnapshot",
            0,
            List(&Message(TypeId(946))),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T956: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotSource",
    go: "VolumeSnapshotSource",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotSource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "persistentVolumeClaimName",
            "PersistentVolumeClaimName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeSnapshotContentName",
            "VolumeSnapshotContentName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T957: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotSpec",
    go: "VolumeSnapshotSpec",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "source",
            "Source",
            "v1.VolumeSnapshotSource",
            0,
            Message(TypeId(956)),
        )
        .req()
        .marks(&["required"]),
        f(
            "volumeSnapshotClassName",
            "VolumeSnapshotClassName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T958: MessageDesc = MessageDesc {
    name: "snapshot/v1.VolumeSnapshotStatus",
    go: "VolumeSnapshotStatus",
    api_group: "snapshot.storage.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.snapshot.v1.VolumeSnapshotStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "boundVolumeSnapshotContentName",
            "BoundVolumeSnapshotContentName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("creationTime", "CreationTime", "v1.Time", 0, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("readyToUse", "ReadyToUse", "bool", 0, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "restoreSize",
            "RestoreSize",
            "resource.Quantity",
            0,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "error",
            "Error",
            "v1.VolumeSnapshotError",
            0,
            Message(TypeId(954)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "volumeGroupSnapshotName",
            "VolumeGroupSnapshotName",
            "string",
            0,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
