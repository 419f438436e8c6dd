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

pub(super) static T983: MessageDesc = MessageDesc {
    name: "storagemigration/v1.StorageVersionMigration",
    go: "StorageVersionMigration",
    api_group: "storagemigration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storagemigration.v1.StorageVersionMigration",
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
            "v1.StorageVersionMigrationSpec",
            2,
            Message(TypeId(985)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.StorageVersionMigrationStatus",
            3,
            Message(TypeId(986)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T984: MessageDesc = MessageDesc {
    name: "storagemigration/v1.StorageVersionMigrationList",
    go: "StorageVersionMigrationList",
    api_group: "storagemigration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storagemigration.v1.StorageVersionMigrationList",
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
            "[]v1.StorageVersionMigration",
            2,
            List(&Message(TypeId(983))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T985: MessageDesc = MessageDesc {
    name: "storagemigration/v1.StorageVersionMigrationSpec",
    go: "StorageVersionMigrationSpec",
    api_group: "storagemigration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storagemigration.v1.StorageVersionMigrationSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "resource",
        "Resource",
        "v1.GroupResource",
        1,
        Message(TypeId(613)),
    )
    .req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T986: MessageDesc = MessageDesc {
    name: "storagemigration/v1.StorageVersionMigrationStatus",
    go: "StorageVersionMigrationStatus",
    api_group: "storagemigration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.storagemigration.v1.StorageVersionMigrationStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            1,
            List(&Message(TypeId(607))),
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
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("resourceVersion", "ResourceVersion", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T987: MessageDesc = MessageDesc {
    name: "storagemigration/v1beta1.StorageVersionMigration",
    go: "StorageVersionMigration",
    api_group: "storagemigration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.storagemigration.v1beta1.StorageVersionMigration",
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
            "v1beta1.StorageVersionMigrationSpec",
            2,
            Message(TypeId(989)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1beta1.StorageVersionMigrationStatus",
            3,
            Message(TypeId(990)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.35",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=storagemigration.k8s.io,v1,StorageVersionMigration",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T988: MessageDesc = MessageDesc {
    name: "storagemigration/v1beta1.StorageVersionMigrationList",
    go: "StorageVersionMigrationList",
    api_group: "storagemigration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.storagemigration.v1beta1.StorageVersionMigrationList",
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
            "[]v1beta1.StorageVersionMigration",
            2,
            List(&Message(TypeId(987))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.35",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=storagemigration.k8s.io,v1,StorageVersionMigrationList",
    ],
    slots: Slots::new(),
};
pub(super) static T989: MessageDesc = MessageDesc {
    name: "storagemigration/v1beta1.StorageVersionMigrationSpec",
    go: "StorageVersionMigrationSpec",
    api_group: "storagemigration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.storagemigration.v1beta1.StorageVersionMigrationSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "resource",
        "Resource",
        "v1.GroupResource",
        1,
        Message(TypeId(613)),
    )
    .req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T990: MessageDesc = MessageDesc {
    name: "storagemigration/v1beta1.StorageVersionMigrationStatus",
    go: "StorageVersionMigrationStatus",
    api_group: "storagemigration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.storagemigration.v1beta1.StorageVersionMigrationStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            1,
            List(&Message(TypeId(607))),
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
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("resourceVersion", "ResourceVersion", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
