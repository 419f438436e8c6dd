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

pub(super) static T582: MessageDesc = MessageDesc {
    name: "imagepolicy/v1alpha1.ImageReview",
    go: "ImageReview",
    api_group: "imagepolicy.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.imagepolicy.v1alpha1.ImageReview",
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
            "spec",
            "Spec",
            "v1alpha1.ImageReviewSpec",
            2,
            Message(TypeId(584)),
        )
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1alpha1.ImageReviewStatus",
            3,
            Message(TypeId(585)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:noVerbs",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T583: MessageDesc = MessageDesc {
    name: "imagepolicy/v1alpha1.ImageReviewContainerSpec",
    go: "ImageReviewContainerSpec",
    api_group: "imagepolicy.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.imagepolicy.v1alpha1.ImageReviewContainerSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("image", "Image", "string", 1, String)
        .oe()
        .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T584: MessageDesc = MessageDesc {
    name: "imagepolicy/v1alpha1.ImageReviewSpec",
    go: "ImageReviewSpec",
    api_group: "imagepolicy.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.imagepolicy.v1alpha1.ImageReviewSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "containers",
            "Containers",
            "[]v1alpha1.ImageReviewContainerSpec",
            1,
            List(&Message(TypeId(583))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "annotations",
            "Annotations",
            "map[string]string",
            2,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f("namespace", "Namespace", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T585: MessageDesc = MessageDesc {
    name: "imagepolicy/v1alpha1.ImageReviewStatus",
    go: "ImageReviewStatus",
    api_group: "imagepolicy.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.imagepolicy.v1alpha1.ImageReviewStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("allowed", "Allowed", "bool", 1, Bool).marks(&["optional"]),
        f("reason", "Reason", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "map[string]string",
            3,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
