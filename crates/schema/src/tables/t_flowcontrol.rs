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

pub(super) static T559: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.ExemptPriorityLevelConfiguration",
    go: "ExemptPriorityLevelConfiguration",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.ExemptPriorityLevelConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "nominalConcurrencyShares",
            "NominalConcurrencyShares",
            "int32",
            1,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("lendablePercent", "LendablePercent", "int32", 2, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T560: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowDistinguisherMethod",
    go: "FlowDistinguisherMethod",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowDistinguisherMethod",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.FlowDistinguisherMethodType", 1, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T561: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowSchema",
    go: "FlowSchema",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowSchema",
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
        f("spec", "Spec", "v1.FlowSchemaSpec", 2, Message(TypeId(564)))
            .oe()
            .req()
            .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.FlowSchemaStatus",
            3,
            Message(TypeId(565)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.29",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T562: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowSchemaCondition",
    go: "FlowSchemaCondition",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowSchemaCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.FlowSchemaConditionType", 1, String)
            .oe()
            .req()
            .marks(&["required"]),
        f("status", "Status", "v1.ConditionStatus", 2, String)
            .oe()
            .marks(&["optional"]),
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
pub(super) static T563: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowSchemaList",
    go: "FlowSchemaList",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowSchemaList",
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
            "[]v1.FlowSchema",
            2,
            List(&Message(TypeId(561))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.29"],
    slots: Slots::new(),
};
pub(super) static T564: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowSchemaSpec",
    go: "FlowSchemaSpec",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowSchemaSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "priorityLevelConfiguration",
            "PriorityLevelConfiguration",
            "v1.PriorityLevelConfigurationReference",
            1,
            Message(TypeId(574)),
        )
        .req()
        .marks(&["required"]),
        f(
            "matchingPrecedence",
            "MatchingPrecedence",
            "int32",
            2,
            Int32,
        )
        .marks(&["optional"]),
        f(
            "distinguisherMethod",
            "DistinguisherMethod",
            "v1.FlowDistinguisherMethod",
            3,
            Message(TypeId(560)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "rules",
            "Rules",
            "[]v1.PolicyRulesWithSubjects",
            4,
            List(&Message(TypeId(570))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T565: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.FlowSchemaStatus",
    go: "FlowSchemaStatus",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.FlowSchemaStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "conditions",
        "Conditions",
        "[]v1.FlowSchemaCondition",
        1,
        List(&Message(TypeId(562))),
    )
    .oe()
    .patch("merge", "type")
    .list(ListType::Map, &["type"])
    .marks(&[
        "listType=map",
        "listMapKey=type",
        "patchMergeKey=type",
        "patchStrategy=merge",
        "optional",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T566: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.GroupSubject",
    go: "GroupSubject",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.GroupSubject",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T567: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.LimitResponse",
    go: "LimitResponse",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.LimitResponse",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.LimitResponseType", 1, String)
            .req()
            .marks(&[
                "required",
                "unionDiscriminator",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:modeDiscriminator",
            ]),
        f(
            "queuing",
            "Queuing",
            "v1.QueuingConfiguration",
            2,
            Message(TypeId(577)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:ifMode(\"Queue\")=+k8s:required",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T568: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.LimitedPriorityLevelConfiguration",
    go: "LimitedPriorityLevelConfiguration",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.LimitedPriorityLevelConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "nominalConcurrencyShares",
            "NominalConcurrencyShares",
            "int32",
            1,
            Int32,
        )
        .ptr()
        .marks(&["optional"]),
        f(
            "limitResponse",
            "LimitResponse",
            "v1.LimitResponse",
            2,
            Message(TypeId(567)),
        )
        .oe()
        .req()
        .marks(&["required"]),
        f("lendablePercent", "LendablePercent", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "borrowingLimitPercent",
            "BorrowingLimitPercent",
            "int32",
            4,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T569: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.NonResourcePolicyRule",
    go: "NonResourcePolicyRule",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.NonResourcePolicyRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("verbs", "Verbs", "[]string", 1, List(&String))
            .req()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "required"]),
        f(
            "nonResourceURLs",
            "NonResourceURLs",
            "[]string",
            6,
            List(&String),
        )
        .req()
        .list(ListType::Set, &[])
        .marks(&["listType=set", "required"]),
    ],
    wire: &[Field(1, 0), Field(6, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T570: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PolicyRulesWithSubjects",
    go: "PolicyRulesWithSubjects",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PolicyRulesWithSubjects",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "subjects",
            "Subjects",
            "[]v1.Subject",
            1,
            List(&Message(TypeId(580))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "required"]),
        f(
            "resourceRules",
            "ResourceRules",
            "[]v1.ResourcePolicyRule",
            2,
            List(&Message(TypeId(578))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "nonResourceRules",
            "NonResourceRules",
            "[]v1.NonResourcePolicyRule",
            3,
            List(&Message(TypeId(569))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T571: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfiguration",
    go: "PriorityLevelConfiguration",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfiguration",
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
            "v1.PriorityLevelConfigurationSpec",
            2,
            Message(TypeId(575)),
        )
        .oe()
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.PriorityLevelConfigurationStatus",
            3,
            Message(TypeId(576)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.29",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T572: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfigurationCondition",
    go: "PriorityLevelConfigurationCondition",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfigurationCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.PriorityLevelConfigurationConditionType",
            1,
            String,
        )
        .oe()
        .req()
        .marks(&["required"]),
        f("status", "Status", "v1.ConditionStatus", 2, String)
            .oe()
            .marks(&["optional"]),
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
pub(super) static T573: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfigurationList",
    go: "PriorityLevelConfigurationList",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfigurationList",
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
            "[]v1.PriorityLevelConfiguration",
            2,
            List(&Message(TypeId(571))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.29"],
    slots: Slots::new(),
};
pub(super) static T574: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfigurationReference",
    go: "PriorityLevelConfigurationReference",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfigurationReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T575: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfigurationSpec",
    go: "PriorityLevelConfigurationSpec",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfigurationSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.PriorityLevelEnablement", 1, String)
            .req()
            .marks(&[
                "required",
                "unionDiscriminator",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:modeDiscriminator",
            ]),
        f(
            "limited",
            "Limited",
            "v1.LimitedPriorityLevelConfiguration",
            2,
            Message(TypeId(568)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:ifMode(\"Limited\")=+k8s:required",
        ]),
        f(
            "exempt",
            "Exempt",
            "v1.ExemptPriorityLevelConfiguration",
            3,
            Message(TypeId(559)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:ifMode(\"Exempt\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T576: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.PriorityLevelConfigurationStatus",
    go: "PriorityLevelConfigurationStatus",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.PriorityLevelConfigurationStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "conditions",
        "Conditions",
        "[]v1.PriorityLevelConfigurationCondition",
        1,
        List(&Message(TypeId(572))),
    )
    .oe()
    .patch("merge", "type")
    .list(ListType::Map, &["type"])
    .marks(&[
        "listType=map",
        "listMapKey=type",
        "patchMergeKey=type",
        "patchStrategy=merge",
        "optional",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T577: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.QueuingConfiguration",
    go: "QueuingConfiguration",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.QueuingConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("queues", "Queues", "int32", 1, Int32).marks(&["optional"]),
        f("handSize", "HandSize", "int32", 2, Int32).marks(&["optional"]),
        f("queueLengthLimit", "QueueLengthLimit", "int32", 3, Int32).marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T578: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.ResourcePolicyRule",
    go: "ResourcePolicyRule",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.ResourcePolicyRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("verbs", "Verbs", "[]string", 1, List(&String))
            .req()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "required"]),
        f("apiGroups", "APIGroups", "[]string", 2, List(&String))
            .req()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "required"]),
        f("resources", "Resources", "[]string", 3, List(&String))
            .req()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "required"]),
        f("clusterScope", "ClusterScope", "bool", 4, Bool)
            .oe()
            .marks(&["optional"]),
        f("namespaces", "Namespaces", "[]string", 5, List(&String))
            .list(ListType::Set, &[])
            .marks(&["optional", "listType=set"]),
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
pub(super) static T579: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.ServiceAccountSubject",
    go: "ServiceAccountSubject",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.ServiceAccountSubject",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("name", "Name", "string", 2, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T580: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.Subject",
    go: "Subject",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.Subject",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("kind", "Kind", "v1.SubjectKind", 1, String)
            .req()
            .marks(&["required", "unionDiscriminator"]),
        f("user", "User", "v1.UserSubject", 2, Message(TypeId(581)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("group", "Group", "v1.GroupSubject", 3, Message(TypeId(566)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "serviceAccount",
            "ServiceAccount",
            "v1.ServiceAccountSubject",
            4,
            Message(TypeId(579)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T581: MessageDesc = MessageDesc {
    name: "flowcontrol/v1.UserSubject",
    go: "UserSubject",
    api_group: "flowcontrol.apiserver.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.flowcontrol.v1.UserSubject",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
