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

pub(super) static T187: MessageDesc = MessageDesc {
    name: "authorization/v1.FieldSelectorAttributes",
    go: "FieldSelectorAttributes",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.FieldSelectorAttributes",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("rawSelector", "RawSelector", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f(
            "requirements",
            "Requirements",
            "[]v1.FieldSelectorRequirement",
            2,
            List(&Message(TypeId(610))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T188: MessageDesc = MessageDesc {
    name: "authorization/v1.LabelSelectorAttributes",
    go: "LabelSelectorAttributes",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.LabelSelectorAttributes",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("rawSelector", "RawSelector", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f(
            "requirements",
            "Requirements",
            "[]v1.LabelSelectorRequirement",
            2,
            List(&Message(TypeId(619))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T189: MessageDesc = MessageDesc {
    name: "authorization/v1.LocalSubjectAccessReview",
    go: "LocalSubjectAccessReview",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.LocalSubjectAccessReview",
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
            "v1.SubjectAccessReviewSpec",
            2,
            Message(TypeId(199)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.SubjectAccessReviewStatus",
            3,
            Message(TypeId(200)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:onlyVerbs=create",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T190: MessageDesc = MessageDesc {
    name: "authorization/v1.NonResourceAttributes",
    go: "NonResourceAttributes",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.NonResourceAttributes",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("verb", "Verb", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T191: MessageDesc = MessageDesc {
    name: "authorization/v1.NonResourceRule",
    go: "NonResourceRule",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.NonResourceRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("verbs", "Verbs", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f(
            "nonResourceURLs",
            "NonResourceURLs",
            "[]string",
            2,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T192: MessageDesc = MessageDesc {
    name: "authorization/v1.ResourceAttributes",
    go: "ResourceAttributes",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.ResourceAttributes",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("verb", "Verb", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("group", "Group", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("version", "Version", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("subresource", "Subresource", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 7, String)
            .oe()
            .marks(&["optional"]),
        f(
            "fieldSelector",
            "FieldSelector",
            "v1.FieldSelectorAttributes",
            8,
            Message(TypeId(187)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "labelSelector",
            "LabelSelector",
            "v1.LabelSelectorAttributes",
            9,
            Message(TypeId(188)),
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T193: MessageDesc = MessageDesc {
    name: "authorization/v1.ResourceRule",
    go: "ResourceRule",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.ResourceRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("verbs", "Verbs", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
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
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T194: MessageDesc = MessageDesc {
    name: "authorization/v1.SelfSubjectAccessReview",
    go: "SelfSubjectAccessReview",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SelfSubjectAccessReview",
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
            "v1.SelfSubjectAccessReviewSpec",
            2,
            Message(TypeId(195)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.SubjectAccessReviewStatus",
            3,
            Message(TypeId(200)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:onlyVerbs=create",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T195: MessageDesc = MessageDesc {
    name: "authorization/v1.SelfSubjectAccessReviewSpec",
    go: "SelfSubjectAccessReviewSpec",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SelfSubjectAccessReviewSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "resourceAttributes",
            "ResourceAttributes",
            "v1.ResourceAttributes",
            1,
            Message(TypeId(192)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:unionMember",
        ]),
        f(
            "nonResourceAttributes",
            "NonResourceAttributes",
            "v1.NonResourceAttributes",
            2,
            Message(TypeId(190)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:unionMember",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T196: MessageDesc = MessageDesc {
    name: "authorization/v1.SelfSubjectRulesReview",
    go: "SelfSubjectRulesReview",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SelfSubjectRulesReview",
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
            "v1.SelfSubjectRulesReviewSpec",
            2,
            Message(TypeId(197)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.SubjectRulesReviewStatus",
            3,
            Message(TypeId(201)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:onlyVerbs=create",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T197: MessageDesc = MessageDesc {
    name: "authorization/v1.SelfSubjectRulesReviewSpec",
    go: "SelfSubjectRulesReviewSpec",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SelfSubjectRulesReviewSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("namespace", "Namespace", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T198: MessageDesc = MessageDesc {
    name: "authorization/v1.SubjectAccessReview",
    go: "SubjectAccessReview",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SubjectAccessReview",
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
            "v1.SubjectAccessReviewSpec",
            2,
            Message(TypeId(199)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.SubjectAccessReviewStatus",
            3,
            Message(TypeId(200)),
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
pub(super) static T199: MessageDesc = MessageDesc {
    name: "authorization/v1.SubjectAccessReviewSpec",
    go: "SubjectAccessReviewSpec",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SubjectAccessReviewSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "resourceAttributes",
            "ResourceAttributes",
            "v1.ResourceAttributes",
            1,
            Message(TypeId(192)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:unionMember",
        ]),
        f(
            "nonResourceAttributes",
            "NonResourceAttributes",
            "v1.NonResourceAttributes",
            2,
            Message(TypeId(190)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("user", "User", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("groups", "Groups", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "extra",
            "Extra",
            "map[string]v1.ExtraValue",
            5,
            Map(&Strings),
        )
        .oe()
        .marks(&["optional"]),
        f("uid", "UID", "string", 6, String)
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
pub(super) static T200: MessageDesc = MessageDesc {
    name: "authorization/v1.SubjectAccessReviewStatus",
    go: "SubjectAccessReviewStatus",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SubjectAccessReviewStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("allowed", "Allowed", "bool", 1, Bool).req(),
        f("denied", "Denied", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("evaluationError", "EvaluationError", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 2), Field(3, 3), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T201: MessageDesc = MessageDesc {
    name: "authorization/v1.SubjectRulesReviewStatus",
    go: "SubjectRulesReviewStatus",
    api_group: "authorization.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.authorization.v1.SubjectRulesReviewStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "resourceRules",
            "ResourceRules",
            "[]v1.ResourceRule",
            1,
            List(&Message(TypeId(193))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "nonResourceRules",
            "NonResourceRules",
            "[]v1.NonResourceRule",
            2,
            List(&Message(TypeId(191))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f("incomplete", "Incomplete", "bool", 3, Bool).req(),
        f("evaluationError", "EvaluationError", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
