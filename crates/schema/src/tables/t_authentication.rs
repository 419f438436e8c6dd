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

pub(super) static T177: MessageDesc = MessageDesc {
    name: "authentication/v1.BoundObjectReference",
    go: "BoundObjectReference",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.BoundObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "types.UID", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T178: MessageDesc = MessageDesc {
    name: "authentication/v1.SelfSubjectReview",
    go: "SelfSubjectReview",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.SelfSubjectReview",
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
            "status",
            "Status",
            "v1.SelfSubjectReviewStatus",
            2,
            Message(TypeId(179)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:onlyVerbs=create",
        "k8s:prerelease-lifecycle-gen:introduced=1.28",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T179: MessageDesc = MessageDesc {
    name: "authentication/v1.SelfSubjectReviewStatus",
    go: "SelfSubjectReviewStatus",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.SelfSubjectReviewStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "userInfo",
        "UserInfo",
        "v1.UserInfo",
        1,
        Message(TypeId(186)),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T180: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenRequest",
    go: "TokenRequest",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenRequest",
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
            "v1.TokenRequestSpec",
            2,
            Message(TypeId(181)),
        )
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.TokenRequestStatus",
            3,
            Message(TypeId(182)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.10"],
    slots: Slots::new(),
};
pub(super) static T181: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenRequestSpec",
    go: "TokenRequestSpec",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("audiences", "Audiences", "[]string", 1, List(&String))
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("expirationSeconds", "ExpirationSeconds", "int64", 4, Int64)
            .ptr()
            .marks(&["optional"]),
        f(
            "boundObjectRef",
            "BoundObjectRef",
            "v1.BoundObjectReference",
            3,
            Message(TypeId(177)),
        )
        .ptr()
        .marks(&["optional"]),
        f(
            "attestations",
            "Attestations",
            "map[string]v1.AttestationValue",
            5,
            Map(&Strings),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(3, 2), Field(4, 1), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T182: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenRequestStatus",
    go: "TokenRequestStatus",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenRequestStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("token", "Token", "string", 1, String).marks(&["optional"]),
        f(
            "expirationTimestamp",
            "ExpirationTimestamp",
            "v1.Time",
            2,
            Time,
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T183: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenReview",
    go: "TokenReview",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenReview",
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
            "v1.TokenReviewSpec",
            2,
            Message(TypeId(184)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.TokenReviewStatus",
            3,
            Message(TypeId(185)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:onlyVerbs=create",
        "k8s:prerelease-lifecycle-gen:introduced=1.6",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T184: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenReviewSpec",
    go: "TokenReviewSpec",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenReviewSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("token", "Token", "string", 1, String)
            .oe()
            .req()
            .marks(&["required"]),
        f("audiences", "Audiences", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T185: MessageDesc = MessageDesc {
    name: "authentication/v1.TokenReviewStatus",
    go: "TokenReviewStatus",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.TokenReviewStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("authenticated", "Authenticated", "bool", 1, Bool)
            .oe()
            .marks(&["optional"]),
        f("user", "User", "v1.UserInfo", 2, Message(TypeId(186)))
            .oe()
            .marks(&["optional"]),
        f("audiences", "Audiences", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("error", "Error", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 3), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T186: MessageDesc = MessageDesc {
    name: "authentication/v1.UserInfo",
    go: "UserInfo",
    api_group: "authentication.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authentication.v1.UserInfo",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("username", "Username", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("groups", "Groups", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "extra",
            "Extra",
            "map[string]v1.ExtraValue",
            4,
            Map(&Strings),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
