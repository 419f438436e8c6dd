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

pub(super) static T6: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ApplyConfiguration",
    go: "ApplyConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ApplyConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T7: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.AuditAnnotation",
    go: "AuditAnnotation",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.AuditAnnotation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("valueExpression", "ValueExpression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T8: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ExpressionWarning",
    go: "ExpressionWarning",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ExpressionWarning",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("fieldRef", "FieldRef", "string", 2, String).req(),
        f("warning", "Warning", "string", 3, String).req(),
    ],
    wire: &[Field(2, 0), Field(3, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T9: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.JSONPatch",
    go: "JSONPatch",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.JSONPatch",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T10: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MatchCondition",
    go: "MatchCondition",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MatchCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T11: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MatchResources",
    go: "MatchResources",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MatchResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "resourceRules",
            "ResourceRules",
            "[]v1.NamedRuleWithOperations",
            3,
            List(&Message(TypeId(22))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "excludeResourceRules",
            "ExcludeResourceRules",
            "[]v1.NamedRuleWithOperations",
            4,
            List(&Message(TypeId(22))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1.MatchPolicyType",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Equivalent", "Exact"])
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(7, 4),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T12: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicy",
    go: "MutatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicy",
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
            "v1.MutatingAdmissionPolicySpec",
            2,
            Message(TypeId(17)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.36",
    ],
    slots: Slots::new(),
};
pub(super) static T13: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicyBinding",
    go: "MutatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicyBinding",
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
            "v1.MutatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(15)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.36",
    ],
    slots: Slots::new(),
};
pub(super) static T14: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicyBindingList",
    go: "MutatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicyBindingList",
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
            "[]v1.MutatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(13))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.36"],
    slots: Slots::new(),
};
pub(super) static T15: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicyBindingSpec",
    go: "MutatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String).oe(),
        f(
            "paramRef",
            "ParamRef",
            "v1.ParamRef",
            2,
            Message(TypeId(24)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1.MatchResources",
            3,
            Message(TypeId(11)),
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
pub(super) static T16: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicyList",
    go: "MutatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicyList",
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
            "[]v1.MutatingAdmissionPolicy",
            2,
            List(&Message(TypeId(12))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.36"],
    slots: Slots::new(),
};
pub(super) static T17: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingAdmissionPolicySpec",
    go: "MutatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1.ParamKind",
            1,
            Message(TypeId(23)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1.MatchResources",
            2,
            Message(TypeId(11)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "variables",
            "Variables",
            "[]v1.Variable",
            3,
            List(&Message(TypeId(40))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "mutations",
            "Mutations",
            "[]v1.Mutation",
            4,
            List(&Message(TypeId(21))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1.FailurePolicyType",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1.MatchCondition",
            6,
            List(&Message(TypeId(10))),
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
            "reinvocationPolicy",
            "ReinvocationPolicy",
            "v1.ReinvocationPolicyType",
            7,
            String,
        )
        .oe()
        .one_of(&["IfNeeded", "Never"]),
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
pub(super) static T18: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingWebhook",
    go: "MutatingWebhook",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingWebhook",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "clientConfig",
            "ClientConfig",
            "v1.WebhookClientConfig",
            2,
            Message(TypeId(41)),
        )
        .req(),
        f(
            "rules",
            "Rules",
            "[]v1.RuleWithOperations",
            3,
            List(&Message(TypeId(26))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1.MatchPolicyType",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Equivalent", "Exact"])
        .marks(&["optional"]),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            5,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            11,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "sideEffects",
            "SideEffects",
            "v1.SideEffectClass",
            6,
            String,
        )
        .ptr()
        .req()
        .one_of(&["None", "NoneOnDryRun", "Some", "Unknown"]),
        f("timeoutSeconds", "TimeoutSeconds", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "admissionReviewVersions",
            "AdmissionReviewVersions",
            "[]string",
            8,
            List(&String),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "reinvocationPolicy",
            "ReinvocationPolicy",
            "v1.ReinvocationPolicyType",
            10,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["IfNeeded", "Never"])
        .marks(&["optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1.MatchCondition",
            12,
            List(&Message(TypeId(10))),
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
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 5),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
        Field(9, 4),
        Field(10, 10),
        Field(11, 6),
        Field(12, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T19: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingWebhookConfiguration",
    go: "MutatingWebhookConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingWebhookConfiguration",
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
            "webhooks",
            "Webhooks",
            "[]v1.MutatingWebhook",
            2,
            List(&Message(TypeId(18))),
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
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.16",
    ],
    slots: Slots::new(),
};
pub(super) static T20: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.MutatingWebhookConfigurationList",
    go: "MutatingWebhookConfigurationList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.MutatingWebhookConfigurationList",
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
            "[]v1.MutatingWebhookConfiguration",
            2,
            List(&Message(TypeId(19))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.16"],
    slots: Slots::new(),
};
pub(super) static T21: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.Mutation",
    go: "Mutation",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.Mutation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("patchType", "PatchType", "v1.PatchType", 2, String)
            .req()
            .one_of(&["ApplyConfiguration", "JSONPatch"])
            .marks(&["unionDiscriminator"]),
        f(
            "applyConfiguration",
            "ApplyConfiguration",
            "v1.ApplyConfiguration",
            3,
            Message(TypeId(6)),
        )
        .ptr()
        .oe(),
        f(
            "jsonPatch",
            "JSONPatch",
            "v1.JSONPatch",
            4,
            Message(TypeId(9)),
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T22: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.NamedRuleWithOperations",
    go: "NamedRuleWithOperations",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.NamedRuleWithOperations",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "resourceNames",
            "ResourceNames",
            "[]string",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "operations",
            "Operations",
            "[]v1.OperationType",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
        .marks(&["listType=atomic"]),
        f("apiGroups", "APIGroups", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("apiVersions", "APIVersions", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("scope", "Scope", "v1.ScopeType", 4, String)
            .ptr()
            .oe()
            .one_of(&["*", "Cluster", "Namespaced"])
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(
            2,
            &[
                Field(1, 1),
                Embed(2, &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)]),
            ],
        ),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T23: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ParamKind",
    go: "ParamKind",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ParamKind",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiVersion", "APIVersion", "string", 1, String).oe(),
        f("kind", "Kind", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T24: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ParamRef",
    go: "ParamRef",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ParamRef",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).oe(),
        f("namespace", "Namespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "parameterNotFoundAction",
            "ParameterNotFoundAction",
            "v1.ParameterNotFoundActionType",
            4,
            String,
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T25: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.Rule",
    go: "Rule",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.Rule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroups", "APIGroups", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("apiVersions", "APIVersions", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("scope", "Scope", "v1.ScopeType", 4, String)
            .ptr()
            .oe()
            .one_of(&["*", "Cluster", "Namespaced"])
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T26: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.RuleWithOperations",
    go: "RuleWithOperations",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.RuleWithOperations",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "operations",
            "Operations",
            "[]v1.OperationType",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
        .marks(&["listType=atomic"]),
        f("apiGroups", "APIGroups", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("apiVersions", "APIVersions", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("scope", "Scope", "v1.ScopeType", 4, String)
            .ptr()
            .oe()
            .one_of(&["*", "Cluster", "Namespaced"])
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(2, &[Field(1, 1), Field(2, 2), Field(3, 3), Field(4, 4)]),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T27: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ServiceReference",
    go: "ServiceReference",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ServiceReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String).req(),
        f("name", "Name", "string", 2, String).req(),
        f("path", "Path", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "int32", 4, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T28: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.TypeChecking",
    go: "TypeChecking",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.TypeChecking",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "expressionWarnings",
        "ExpressionWarnings",
        "[]v1.ExpressionWarning",
        1,
        List(&Message(TypeId(8))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T29: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicy",
    go: "ValidatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicy",
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
            "v1.ValidatingAdmissionPolicySpec",
            2,
            Message(TypeId(34)),
        )
        .oe(),
        f(
            "status",
            "Status",
            "v1.ValidatingAdmissionPolicyStatus",
            3,
            Message(TypeId(35)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.30",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T30: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicyBinding",
    go: "ValidatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
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
            "v1.ValidatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(32)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.30",
    ],
    slots: Slots::new(),
};
pub(super) static T31: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicyBindingList",
    go: "ValidatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingList",
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
            "[]v1.ValidatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(30))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.30"],
    slots: Slots::new(),
};
pub(super) static T32: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec",
    go: "ValidatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String)
            .oe()
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f(
            "paramRef",
            "ParamRef",
            "v1.ParamRef",
            2,
            Message(TypeId(24)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1.MatchResources",
            3,
            Message(TypeId(11)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "validationActions",
            "ValidationActions",
            "[]v1.ValidationAction",
            4,
            List(&String),
        )
        .oe()
        .req()
        .list(ListType::Set, &[])
        .one_of(&["Audit", "Deny", "Warn"])
        .marks(&[
            "listType=set",
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T33: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicyList",
    go: "ValidatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicyList",
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
            "[]v1.ValidatingAdmissionPolicy",
            2,
            List(&Message(TypeId(29))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.30"],
    slots: Slots::new(),
};
pub(super) static T34: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicySpec",
    go: "ValidatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1.ParamKind",
            1,
            Message(TypeId(23)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1.MatchResources",
            2,
            Message(TypeId(11)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "validations",
            "Validations",
            "[]v1.Validation",
            3,
            List(&Message(TypeId(39))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "[]v1.AuditAnnotation",
            5,
            List(&Message(TypeId(7))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1.MatchCondition",
            6,
            List(&Message(TypeId(10))),
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
            "variables",
            "Variables",
            "[]v1.Variable",
            7,
            List(&Message(TypeId(40))),
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
pub(super) static T35: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingAdmissionPolicyStatus",
    go: "ValidatingAdmissionPolicyStatus",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            1,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "typeChecking",
            "TypeChecking",
            "v1.TypeChecking",
            2,
            Message(TypeId(28)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            3,
            List(&Message(TypeId(607))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T36: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingWebhook",
    go: "ValidatingWebhook",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingWebhook",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "clientConfig",
            "ClientConfig",
            "v1.WebhookClientConfig",
            2,
            Message(TypeId(41)),
        )
        .req(),
        f(
            "rules",
            "Rules",
            "[]v1.RuleWithOperations",
            3,
            List(&Message(TypeId(26))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1.MatchPolicyType",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Equivalent", "Exact"])
        .marks(&["optional"]),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            5,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            10,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "sideEffects",
            "SideEffects",
            "v1.SideEffectClass",
            6,
            String,
        )
        .ptr()
        .req()
        .one_of(&["None", "NoneOnDryRun", "Some", "Unknown"]),
        f("timeoutSeconds", "TimeoutSeconds", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "admissionReviewVersions",
            "AdmissionReviewVersions",
            "[]string",
            8,
            List(&String),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1.MatchCondition",
            11,
            List(&Message(TypeId(10))),
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
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 5),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
        Field(9, 4),
        Field(10, 6),
        Field(11, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T37: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingWebhookConfiguration",
    go: "ValidatingWebhookConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingWebhookConfiguration",
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
            "webhooks",
            "Webhooks",
            "[]v1.ValidatingWebhook",
            2,
            List(&Message(TypeId(36))),
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
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.16",
    ],
    slots: Slots::new(),
};
pub(super) static T38: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.ValidatingWebhookConfigurationList",
    go: "ValidatingWebhookConfigurationList",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.ValidatingWebhookConfigurationList",
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
            "[]v1.ValidatingWebhookConfiguration",
            2,
            List(&Message(TypeId(37))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.16"],
    slots: Slots::new(),
};
pub(super) static T39: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.Validation",
    go: "Validation",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.Validation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("expression", "Expression", "string", 1, String).req(),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "v1.StatusReason", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "messageExpression",
            "MessageExpression",
            "string",
            4,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T40: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.Variable",
    go: "Variable",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.Variable",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T41: MessageDesc = MessageDesc {
    name: "admissionregistration/v1.WebhookClientConfig",
    go: "WebhookClientConfig",
    api_group: "admissionregistration.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admissionregistration.v1.WebhookClientConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("url", "URL", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "service",
            "Service",
            "v1.ServiceReference",
            1,
            Message(TypeId(27)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("caBundle", "CABundle", "[]uint8", 2, Bytes)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T42: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ApplyConfiguration",
    go: "ApplyConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ApplyConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T43: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.AuditAnnotation",
    go: "AuditAnnotation",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.AuditAnnotation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("valueExpression", "ValueExpression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T44: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ExpressionWarning",
    go: "ExpressionWarning",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ExpressionWarning",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("fieldRef", "FieldRef", "string", 2, String).req(),
        f("warning", "Warning", "string", 3, String).req(),
    ],
    wire: &[Field(2, 0), Field(3, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T45: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.JSONPatch",
    go: "JSONPatch",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.JSONPatch",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T46: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MatchCondition",
    go: "MatchCondition",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MatchCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T47: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MatchResources",
    go: "MatchResources",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MatchResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "resourceRules",
            "ResourceRules",
            "[]v1alpha1.NamedRuleWithOperations",
            3,
            List(&Message(TypeId(55))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "excludeResourceRules",
            "ExcludeResourceRules",
            "[]v1alpha1.NamedRuleWithOperations",
            4,
            List(&Message(TypeId(55))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1alpha1.MatchPolicyType",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Equivalent", "Exact"])
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(7, 4),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T48: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicy",
    go: "MutatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicy",
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
            "v1alpha1.MutatingAdmissionPolicySpec",
            2,
            Message(TypeId(53)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.32",
    ],
    slots: Slots::new(),
};
pub(super) static T49: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicyBinding",
    go: "MutatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding",
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
            "v1alpha1.MutatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(51)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.32",
    ],
    slots: Slots::new(),
};
pub(super) static T50: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicyBindingList",
    go: "MutatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingList",
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
            "[]v1alpha1.MutatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(49))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T51: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicyBindingSpec",
    go: "MutatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String).oe(),
        f(
            "paramRef",
            "ParamRef",
            "v1alpha1.ParamRef",
            2,
            Message(TypeId(57)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1alpha1.MatchResources",
            3,
            Message(TypeId(47)),
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
pub(super) static T52: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicyList",
    go: "MutatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicyList",
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
            "[]v1alpha1.MutatingAdmissionPolicy",
            2,
            List(&Message(TypeId(48))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T53: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.MutatingAdmissionPolicySpec",
    go: "MutatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.MutatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1alpha1.ParamKind",
            1,
            Message(TypeId(56)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1alpha1.MatchResources",
            2,
            Message(TypeId(47)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "variables",
            "Variables",
            "[]v1alpha1.Variable",
            3,
            List(&Message(TypeId(67))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "mutations",
            "Mutations",
            "[]v1alpha1.Mutation",
            4,
            List(&Message(TypeId(54))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1alpha1.FailurePolicyType",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1alpha1.MatchCondition",
            6,
            List(&Message(TypeId(46))),
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
            "reinvocationPolicy",
            "ReinvocationPolicy",
            "v1.ReinvocationPolicyType",
            7,
            String,
        )
        .oe()
        .one_of(&["IfNeeded", "Never"]),
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
pub(super) static T54: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.Mutation",
    go: "Mutation",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.Mutation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("patchType", "PatchType", "v1alpha1.PatchType", 2, String)
            .req()
            .one_of(&["ApplyConfiguration", "JSONPatch"])
            .marks(&["unionDiscriminator"]),
        f(
            "applyConfiguration",
            "ApplyConfiguration",
            "v1alpha1.ApplyConfiguration",
            3,
            Message(TypeId(42)),
        )
        .ptr()
        .oe(),
        f(
            "jsonPatch",
            "JSONPatch",
            "v1alpha1.JSONPatch",
            4,
            Message(TypeId(45)),
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T55: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.NamedRuleWithOperations",
    go: "NamedRuleWithOperations",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.NamedRuleWithOperations",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "resourceNames",
            "ResourceNames",
            "[]string",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "operations",
            "Operations",
            "[]v1.OperationType",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
        .marks(&["listType=atomic"]),
        f("apiGroups", "APIGroups", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("apiVersions", "APIVersions", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("scope", "Scope", "v1.ScopeType", 4, String)
            .ptr()
            .oe()
            .one_of(&["*", "Cluster", "Namespaced"])
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(
            2,
            &[
                Field(1, 1),
                Embed(2, &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)]),
            ],
        ),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T56: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ParamKind",
    go: "ParamKind",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ParamKind",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiVersion", "APIVersion", "string", 1, String).oe(),
        f("kind", "Kind", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T57: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ParamRef",
    go: "ParamRef",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ParamRef",
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
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "parameterNotFoundAction",
            "ParameterNotFoundAction",
            "v1alpha1.ParameterNotFoundActionType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Allow", "Deny"])
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T58: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.TypeChecking",
    go: "TypeChecking",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.TypeChecking",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "expressionWarnings",
        "ExpressionWarnings",
        "[]v1alpha1.ExpressionWarning",
        1,
        List(&Message(TypeId(44))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T59: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicy",
    go: "ValidatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicy",
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
            "v1alpha1.ValidatingAdmissionPolicySpec",
            2,
            Message(TypeId(64)),
        )
        .oe(),
        f(
            "status",
            "Status",
            "v1alpha1.ValidatingAdmissionPolicyStatus",
            3,
            Message(TypeId(65)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.26",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T60: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicyBinding",
    go: "ValidatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicyBinding",
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
            "v1alpha1.ValidatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(62)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.26",
    ],
    slots: Slots::new(),
};
pub(super) static T61: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicyBindingList",
    go: "ValidatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingList",
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
            "[]v1alpha1.ValidatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(60))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.26"],
    slots: Slots::new(),
};
pub(super) static T62: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicyBindingSpec",
    go: "ValidatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String)
            .oe()
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f(
            "paramRef",
            "ParamRef",
            "v1alpha1.ParamRef",
            2,
            Message(TypeId(57)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1alpha1.MatchResources",
            3,
            Message(TypeId(47)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "validationActions",
            "ValidationActions",
            "[]v1alpha1.ValidationAction",
            4,
            List(&String),
        )
        .oe()
        .req()
        .list(ListType::Set, &[])
        .one_of(&["Audit", "Deny", "Warn"])
        .marks(&[
            "listType=set",
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T63: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicyList",
    go: "ValidatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicyList",
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
            "[]v1alpha1.ValidatingAdmissionPolicy",
            2,
            List(&Message(TypeId(59))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.26"],
    slots: Slots::new(),
};
pub(super) static T64: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicySpec",
    go: "ValidatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1alpha1.ParamKind",
            1,
            Message(TypeId(56)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1alpha1.MatchResources",
            2,
            Message(TypeId(47)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "validations",
            "Validations",
            "[]v1alpha1.Validation",
            3,
            List(&Message(TypeId(66))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1alpha1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Fail", "Ignore"])
        .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "[]v1alpha1.AuditAnnotation",
            5,
            List(&Message(TypeId(43))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1alpha1.MatchCondition",
            6,
            List(&Message(TypeId(46))),
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
            "variables",
            "Variables",
            "[]v1alpha1.Variable",
            7,
            List(&Message(TypeId(67))),
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
pub(super) static T65: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.ValidatingAdmissionPolicyStatus",
    go: "ValidatingAdmissionPolicyStatus",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicyStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            1,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "typeChecking",
            "TypeChecking",
            "v1alpha1.TypeChecking",
            2,
            Message(TypeId(58)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            3,
            List(&Message(TypeId(607))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T66: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.Validation",
    go: "Validation",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.Validation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("expression", "Expression", "string", 1, String).req(),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "v1.StatusReason", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "messageExpression",
            "MessageExpression",
            "string",
            4,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T67: MessageDesc = MessageDesc {
    name: "admissionregistration/v1alpha1.Variable",
    go: "Variable",
    api_group: "admissionregistration.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.admissionregistration.v1alpha1.Variable",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T68: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ApplyConfiguration",
    go: "ApplyConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ApplyConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T69: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.AuditAnnotation",
    go: "AuditAnnotation",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.AuditAnnotation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f("valueExpression", "ValueExpression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T70: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ExpressionWarning",
    go: "ExpressionWarning",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ExpressionWarning",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("fieldRef", "FieldRef", "string", 2, String).req(),
        f("warning", "Warning", "string", 3, String).req(),
    ],
    wire: &[Field(2, 0), Field(3, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T71: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.JSONPatch",
    go: "JSONPatch",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.JSONPatch",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String).oe()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T72: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MatchCondition",
    go: "MatchCondition",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MatchCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T73: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MatchResources",
    go: "MatchResources",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MatchResources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "resourceRules",
            "ResourceRules",
            "[]v1beta1.NamedRuleWithOperations",
            3,
            List(&Message(TypeId(84))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "excludeResourceRules",
            "ExcludeResourceRules",
            "[]v1beta1.NamedRuleWithOperations",
            4,
            List(&Message(TypeId(84))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1beta1.MatchPolicyType",
            7,
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
        Field(4, 3),
        Field(7, 4),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T74: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicy",
    go: "MutatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicy",
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
            "v1beta1.MutatingAdmissionPolicySpec",
            2,
            Message(TypeId(79)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingAdmissionPolicy",
    ],
    slots: Slots::new(),
};
pub(super) static T75: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicyBinding",
    go: "MutatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicyBinding",
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
            "v1beta1.MutatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(77)),
        )
        .oe(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingAdmissionPolicyBinding",
    ],
    slots: Slots::new(),
};
pub(super) static T76: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicyBindingList",
    go: "MutatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicyBindingList",
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
            "[]v1beta1.MutatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(75))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingAdmissionPolicyBindingList",
    ],
    slots: Slots::new(),
};
pub(super) static T77: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicyBindingSpec",
    go: "MutatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String).oe(),
        f(
            "paramRef",
            "ParamRef",
            "v1beta1.ParamRef",
            2,
            Message(TypeId(86)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1beta1.MatchResources",
            3,
            Message(TypeId(73)),
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
pub(super) static T78: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicyList",
    go: "MutatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicyList",
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
            "[]v1beta1.MutatingAdmissionPolicy",
            2,
            List(&Message(TypeId(74))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingAdmissionPolicyList",
    ],
    slots: Slots::new(),
};
pub(super) static T79: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingAdmissionPolicySpec",
    go: "MutatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1beta1.ParamKind",
            1,
            Message(TypeId(85)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1beta1.MatchResources",
            2,
            Message(TypeId(73)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "variables",
            "Variables",
            "[]v1beta1.Variable",
            3,
            List(&Message(TypeId(100))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "mutations",
            "Mutations",
            "[]v1beta1.Mutation",
            4,
            List(&Message(TypeId(83))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1beta1.FailurePolicyType",
            5,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1beta1.MatchCondition",
            6,
            List(&Message(TypeId(72))),
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
            "reinvocationPolicy",
            "ReinvocationPolicy",
            "v1.ReinvocationPolicyType",
            7,
            String,
        )
        .oe()
        .one_of(&["IfNeeded", "Never"]),
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
pub(super) static T80: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingWebhook",
    go: "MutatingWebhook",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingWebhook",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "clientConfig",
            "ClientConfig",
            "v1beta1.WebhookClientConfig",
            2,
            Message(TypeId(101)),
        )
        .req(),
        f(
            "rules",
            "Rules",
            "[]v1.RuleWithOperations",
            3,
            List(&Message(TypeId(26))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1beta1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1beta1.MatchPolicyType",
            9,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            5,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            11,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "sideEffects",
            "SideEffects",
            "v1beta1.SideEffectClass",
            6,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("timeoutSeconds", "TimeoutSeconds", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "admissionReviewVersions",
            "AdmissionReviewVersions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "reinvocationPolicy",
            "ReinvocationPolicy",
            "v1.ReinvocationPolicyType",
            10,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["IfNeeded", "Never"])
        .marks(&["optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1beta1.MatchCondition",
            12,
            List(&Message(TypeId(72))),
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
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 5),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
        Field(9, 4),
        Field(10, 10),
        Field(11, 6),
        Field(12, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T81: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingWebhookConfiguration",
    go: "MutatingWebhookConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingWebhookConfiguration",
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
            "webhooks",
            "Webhooks",
            "[]v1beta1.MutatingWebhook",
            2,
            List(&Message(TypeId(80))),
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
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:prerelease-lifecycle-gen:deprecated=1.16",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingWebhookConfiguration",
    ],
    slots: Slots::new(),
};
pub(super) static T82: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.MutatingWebhookConfigurationList",
    go: "MutatingWebhookConfigurationList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.MutatingWebhookConfigurationList",
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
            "[]v1beta1.MutatingWebhookConfiguration",
            2,
            List(&Message(TypeId(81))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:prerelease-lifecycle-gen:deprecated=1.16",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,MutatingWebhookConfigurationList",
    ],
    slots: Slots::new(),
};
pub(super) static T83: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.Mutation",
    go: "Mutation",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.Mutation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("patchType", "PatchType", "v1beta1.PatchType", 2, String)
            .req()
            .one_of(&["ApplyConfiguration", "JSONPatch"])
            .marks(&["unionDiscriminator"]),
        f(
            "applyConfiguration",
            "ApplyConfiguration",
            "v1beta1.ApplyConfiguration",
            3,
            Message(TypeId(68)),
        )
        .ptr()
        .oe(),
        f(
            "jsonPatch",
            "JSONPatch",
            "v1beta1.JSONPatch",
            4,
            Message(TypeId(71)),
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T84: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.NamedRuleWithOperations",
    go: "NamedRuleWithOperations",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.NamedRuleWithOperations",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "resourceNames",
            "ResourceNames",
            "[]string",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "operations",
            "Operations",
            "[]v1.OperationType",
            1,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
        .marks(&["listType=atomic"]),
        f("apiGroups", "APIGroups", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("apiVersions", "APIVersions", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("scope", "Scope", "v1.ScopeType", 4, String)
            .ptr()
            .oe()
            .one_of(&["*", "Cluster", "Namespaced"])
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Embed(
            2,
            &[
                Field(1, 1),
                Embed(2, &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)]),
            ],
        ),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T85: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ParamKind",
    go: "ParamKind",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ParamKind",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiVersion", "APIVersion", "string", 1, String).oe(),
        f("kind", "Kind", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T86: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ParamRef",
    go: "ParamRef",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ParamRef",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).oe(),
        f("namespace", "Namespace", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "selector",
            "Selector",
            "v1.LabelSelector",
            3,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "parameterNotFoundAction",
            "ParameterNotFoundAction",
            "v1beta1.ParameterNotFoundActionType",
            4,
            String,
        )
        .ptr()
        .oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T87: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ServiceReference",
    go: "ServiceReference",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ServiceReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String).req(),
        f("name", "Name", "string", 2, String).req(),
        f("path", "Path", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "int32", 4, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T88: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.TypeChecking",
    go: "TypeChecking",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.TypeChecking",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "expressionWarnings",
        "ExpressionWarnings",
        "[]v1beta1.ExpressionWarning",
        1,
        List(&Message(TypeId(70))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T89: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicy",
    go: "ValidatingAdmissionPolicy",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicy",
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
            "v1beta1.ValidatingAdmissionPolicySpec",
            2,
            Message(TypeId(94)),
        )
        .oe(),
        f(
            "status",
            "Status",
            "v1beta1.ValidatingAdmissionPolicyStatus",
            3,
            Message(TypeId(95)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.28",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T90: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicyBinding",
    go: "ValidatingAdmissionPolicyBinding",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicyBinding",
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
            "v1beta1.ValidatingAdmissionPolicyBindingSpec",
            2,
            Message(TypeId(92)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.28",
    ],
    slots: Slots::new(),
};
pub(super) static T91: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicyBindingList",
    go: "ValidatingAdmissionPolicyBindingList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingList",
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
            "[]v1beta1.ValidatingAdmissionPolicyBinding",
            2,
            List(&Message(TypeId(90))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.28"],
    slots: Slots::new(),
};
pub(super) static T92: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicyBindingSpec",
    go: "ValidatingAdmissionPolicyBindingSpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("policyName", "PolicyName", "string", 1, String)
            .oe()
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f(
            "paramRef",
            "ParamRef",
            "v1beta1.ParamRef",
            2,
            Message(TypeId(86)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchResources",
            "MatchResources",
            "v1beta1.MatchResources",
            3,
            Message(TypeId(73)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "validationActions",
            "ValidationActions",
            "[]v1beta1.ValidationAction",
            4,
            List(&String),
        )
        .oe()
        .req()
        .list(ListType::Set, &[])
        .one_of(&["Audit", "Deny", "Warn"])
        .marks(&[
            "listType=set",
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T93: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicyList",
    go: "ValidatingAdmissionPolicyList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicyList",
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
            "[]v1beta1.ValidatingAdmissionPolicy",
            2,
            List(&Message(TypeId(89))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.28"],
    slots: Slots::new(),
};
pub(super) static T94: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicySpec",
    go: "ValidatingAdmissionPolicySpec",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "paramKind",
            "ParamKind",
            "v1beta1.ParamKind",
            1,
            Message(TypeId(85)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "matchConstraints",
            "MatchConstraints",
            "v1beta1.MatchResources",
            2,
            Message(TypeId(73)),
        )
        .ptr()
        .oe()
        .atomic(),
        f(
            "validations",
            "Validations",
            "[]v1beta1.Validation",
            3,
            List(&Message(TypeId(99))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1beta1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "[]v1beta1.AuditAnnotation",
            5,
            List(&Message(TypeId(69))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1beta1.MatchCondition",
            6,
            List(&Message(TypeId(72))),
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
            "variables",
            "Variables",
            "[]v1beta1.Variable",
            7,
            List(&Message(TypeId(100))),
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
pub(super) static T95: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingAdmissionPolicyStatus",
    go: "ValidatingAdmissionPolicyStatus",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingAdmissionPolicyStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            1,
            Int64,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "typeChecking",
            "TypeChecking",
            "v1beta1.TypeChecking",
            2,
            Message(TypeId(88)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            3,
            List(&Message(TypeId(607))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T96: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingWebhook",
    go: "ValidatingWebhook",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingWebhook",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "clientConfig",
            "ClientConfig",
            "v1beta1.WebhookClientConfig",
            2,
            Message(TypeId(101)),
        )
        .req(),
        f(
            "rules",
            "Rules",
            "[]v1.RuleWithOperations",
            3,
            List(&Message(TypeId(26))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "failurePolicy",
            "FailurePolicy",
            "v1beta1.FailurePolicyType",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "matchPolicy",
            "MatchPolicy",
            "v1beta1.MatchPolicyType",
            9,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            5,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "objectSelector",
            "ObjectSelector",
            "v1.LabelSelector",
            10,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "sideEffects",
            "SideEffects",
            "v1beta1.SideEffectClass",
            6,
            String,
        )
        .ptr()
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("timeoutSeconds", "TimeoutSeconds", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "admissionReviewVersions",
            "AdmissionReviewVersions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "matchConditions",
            "MatchConditions",
            "[]v1beta1.MatchCondition",
            11,
            List(&Message(TypeId(72))),
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
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 5),
        Field(6, 7),
        Field(7, 8),
        Field(8, 9),
        Field(9, 4),
        Field(10, 6),
        Field(11, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T97: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingWebhookConfiguration",
    go: "ValidatingWebhookConfiguration",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingWebhookConfiguration",
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
            "webhooks",
            "Webhooks",
            "[]v1beta1.ValidatingWebhook",
            2,
            List(&Message(TypeId(96))),
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
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:prerelease-lifecycle-gen:deprecated=1.16",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,ValidatingWebhookConfiguration",
    ],
    slots: Slots::new(),
};
pub(super) static T98: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.ValidatingWebhookConfigurationList",
    go: "ValidatingWebhookConfigurationList",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.ValidatingWebhookConfigurationList",
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
            "[]v1beta1.ValidatingWebhookConfiguration",
            2,
            List(&Message(TypeId(97))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:prerelease-lifecycle-gen:deprecated=1.16",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=admissionregistration.k8s.io,v1,ValidatingWebhookConfigurationList",
    ],
    slots: Slots::new(),
};
pub(super) static T99: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.Validation",
    go: "Validation",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.Validation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("expression", "Expression", "string", 1, String).req(),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "v1.StatusReason", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "messageExpression",
            "MessageExpression",
            "string",
            4,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T100: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.Variable",
    go: "Variable",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.Variable",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("expression", "Expression", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T101: MessageDesc = MessageDesc {
    name: "admissionregistration/v1beta1.WebhookClientConfig",
    go: "WebhookClientConfig",
    api_group: "admissionregistration.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admissionregistration.v1beta1.WebhookClientConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("url", "URL", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "service",
            "Service",
            "v1beta1.ServiceReference",
            1,
            Message(TypeId(87)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("caBundle", "CABundle", "[]uint8", 2, Bytes)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 0)],
    markers: &[],
    slots: Slots::new(),
};
