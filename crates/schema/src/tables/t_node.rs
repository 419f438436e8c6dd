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

pub(super) static T679: MessageDesc = MessageDesc {
    name: "node/v1.Overhead",
    go: "Overhead",
    api_group: "node.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.node.v1.Overhead",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("podFixed", "PodFixed", "v1.ResourceList", 1, Map(&Quantity))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T680: MessageDesc = MessageDesc {
    name: "node/v1.RuntimeClass",
    go: "RuntimeClass",
    api_group: "node.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.node.v1.RuntimeClass",
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
        f("handler", "Handler", "string", 2, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:format=\"k8s-short-name\"",
            "k8s:beta(since: \"1.37\")=+k8s:immutable",
            "k8s:beta(since: \"1.37\")=+k8s:required",
        ]),
        f(
            "overhead",
            "Overhead",
            "v1.Overhead",
            3,
            Message(TypeId(679)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scheduling",
            "Scheduling",
            "v1.Scheduling",
            4,
            Message(TypeId(682)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:alpha(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.20",
    ],
    slots: Slots::new(),
};
pub(super) static T681: MessageDesc = MessageDesc {
    name: "node/v1.RuntimeClassList",
    go: "RuntimeClassList",
    api_group: "node.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.node.v1.RuntimeClassList",
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
            "[]v1.RuntimeClass",
            2,
            List(&Message(TypeId(680))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.20"],
    slots: Slots::new(),
};
pub(super) static T682: MessageDesc = MessageDesc {
    name: "node/v1.Scheduling",
    go: "Scheduling",
    api_group: "node.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.node.v1.Scheduling",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "nodeSelector",
            "NodeSelector",
            "map[string]string",
            1,
            Map(&String),
        )
        .oe()
        .atomic()
        .marks(&["optional", "mapType=atomic"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1.Toleration",
            2,
            List(&Message(TypeId(528))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
