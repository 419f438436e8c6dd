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

pub(super) static T688: MessageDesc = MessageDesc {
    name: "rbac/v1.AggregationRule",
    go: "AggregationRule",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.AggregationRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "clusterRoleSelectors",
        "ClusterRoleSelectors",
        "[]v1.LabelSelector",
        1,
        List(&Message(TypeId(618))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T689: MessageDesc = MessageDesc {
    name: "rbac/v1.ClusterRole",
    go: "ClusterRole",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.ClusterRole",
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
            "rules",
            "Rules",
            "[]v1.PolicyRule",
            2,
            List(&Message(TypeId(693))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "aggregationRule",
            "AggregationRule",
            "v1.AggregationRule",
            3,
            Message(TypeId(688)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.8",
    ],
    slots: Slots::new(),
};
pub(super) static T690: MessageDesc = MessageDesc {
    name: "rbac/v1.ClusterRoleBinding",
    go: "ClusterRoleBinding",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.ClusterRoleBinding",
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
            "subjects",
            "Subjects",
            "[]v1.Subject",
            2,
            List(&Message(TypeId(699))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("roleRef", "RoleRef", "v1.RoleRef", 3, Message(TypeId(698)))
            .req()
            .atomic()
            .marks(&["required", "k8s:alpha(since:\"1.37\")=+k8s:immutable"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.8",
    ],
    slots: Slots::new(),
};
pub(super) static T691: MessageDesc = MessageDesc {
    name: "rbac/v1.ClusterRoleBindingList",
    go: "ClusterRoleBindingList",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.ClusterRoleBindingList",
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
            "[]v1.ClusterRoleBinding",
            2,
            List(&Message(TypeId(690))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T692: MessageDesc = MessageDesc {
    name: "rbac/v1.ClusterRoleList",
    go: "ClusterRoleList",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.ClusterRoleList",
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
            "[]v1.ClusterRole",
            2,
            List(&Message(TypeId(689))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T693: MessageDesc = MessageDesc {
    name: "rbac/v1.PolicyRule",
    go: "PolicyRule",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.PolicyRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("verbs", "Verbs", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&[
                "listType=atomic",
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
            ]),
        f("apiGroups", "APIGroups", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "resourceNames",
            "ResourceNames",
            "[]string",
            4,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "nonResourceURLs",
            "NonResourceURLs",
            "[]string",
            5,
            List(&String),
        )
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
pub(super) static T694: MessageDesc = MessageDesc {
    name: "rbac/v1.Role",
    go: "Role",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.Role",
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
            "rules",
            "Rules",
            "[]v1.PolicyRule",
            2,
            List(&Message(TypeId(693))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T695: MessageDesc = MessageDesc {
    name: "rbac/v1.RoleBinding",
    go: "RoleBinding",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.RoleBinding",
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
            "subjects",
            "Subjects",
            "[]v1.Subject",
            2,
            List(&Message(TypeId(699))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("roleRef", "RoleRef", "v1.RoleRef", 3, Message(TypeId(698)))
            .req()
            .atomic()
            .marks(&["required", "k8s:alpha(since:\"1.37\")=+k8s:immutable"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T696: MessageDesc = MessageDesc {
    name: "rbac/v1.RoleBindingList",
    go: "RoleBindingList",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.RoleBindingList",
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
            "[]v1.RoleBinding",
            2,
            List(&Message(TypeId(695))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T697: MessageDesc = MessageDesc {
    name: "rbac/v1.RoleList",
    go: "RoleList",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.RoleList",
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
            "[]v1.Role",
            2,
            List(&Message(TypeId(694))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.8"],
    slots: Slots::new(),
};
pub(super) static T698: MessageDesc = MessageDesc {
    name: "rbac/v1.RoleRef",
    go: "RoleRef",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.RoleRef",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String).marks(&["optional"]),
        f("kind", "Kind", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("name", "Name", "string", 3, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T699: MessageDesc = MessageDesc {
    name: "rbac/v1.Subject",
    go: "Subject",
    api_group: "rbac.authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.rbac.v1.Subject",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("kind", "Kind", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("apiGroup", "APIGroup", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 3, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("namespace", "Namespace", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
