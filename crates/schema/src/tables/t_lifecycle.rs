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

pub(super) static T586: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.Eviction",
    go: "Eviction",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.Eviction",
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
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1alpha1.EvictionSpec",
            2,
            Message(TypeId(595)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1alpha1.EvictionStatus",
            3,
            Message(TypeId(596)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:validation-gen-nolint // Note: remove this when the API got GA",
    ],
    slots: Slots::new(),
};
pub(super) static T587: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionList",
    go: "EvictionList",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionList",
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
            "[]v1alpha1.Eviction",
            2,
            List(&Message(TypeId(586))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T588: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionPodReference",
    go: "EvictionPodReference",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionPodReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-long-name",
        ]),
        f("uid", "UID", "types.UID", 2, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-uuid",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T589: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequest",
    go: "EvictionRequest",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequest",
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
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1alpha1.EvictionRequestSpec",
            2,
            Message(TypeId(592)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1alpha1.EvictionRequestStatus",
            3,
            Message(TypeId(593)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:validation-gen-nolint // Note: remove this when the API got GA",
    ],
    slots: Slots::new(),
};
pub(super) static T590: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequestList",
    go: "EvictionRequestList",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequestList",
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
            "[]v1alpha1.EvictionRequest",
            2,
            List(&Message(TypeId(589))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T591: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequestPodReference",
    go: "EvictionRequestPodReference",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequestPodReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-long-name",
        ]),
        f("uid", "UID", "types.UID", 2, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-uuid",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T592: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequestSpec",
    go: "EvictionRequestSpec",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "target",
            "Target",
            "v1alpha1.EvictionRequestTarget",
            1,
            Message(TypeId(594)),
        )
        .req()
        .marks(&["required", "k8s:immutable"]),
        f("requester", "Requester", "string", 2, String)
            .req()
            .marks(&[
                "required",
                "k8s:required",
                "k8s:immutable",
                "k8s:format=k8s-prefixed-label-key",
                "k8s:customValidation",
            ]),
        f(
            "intent",
            "Intent",
            "v1alpha1.EvictionRequestIntent",
            3,
            String,
        )
        .req()
        .one_of(&["Eviction", "Withdrawn"])
        .marks(&["required", "k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T593: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequestStatus",
    go: "EvictionRequestStatus",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequestStatus",
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
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
            "k8s:maxItems=100",
        ]),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            2,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:minimum=1",
            "k8s:update=NoUnset",
            "k8s:monotonic",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T594: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionRequestTarget",
    go: "EvictionRequestTarget",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionRequestTarget",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "pod",
        "Pod",
        "v1alpha1.EvictionRequestPodReference",
        1,
        Message(TypeId(591)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "k8s:optional", "k8s:unionMember"])],
    wire: &[Field(1, 0)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T595: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionSpec",
    go: "EvictionSpec",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "target",
        "Target",
        "v1alpha1.EvictionTarget",
        1,
        Message(TypeId(597)),
    )
    .req()
    .marks(&["required", "k8s:immutable"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T596: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionStatus",
    go: "EvictionStatus",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionStatus",
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
            "optional",
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
            "k8s:maxItems=100",
        ]),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            2,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:minimum=1",
            "k8s:monotonic",
            "k8s:update=NoUnset",
        ]),
        f(
            "requesters",
            "Requesters",
            "[]v1alpha1.Requester",
            3,
            List(&Message(TypeId(598))),
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
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=100",
        ]),
        f(
            "targetResponders",
            "TargetResponders",
            "[]v1alpha1.TargetResponder",
            4,
            List(&Message(TypeId(600))),
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
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=11",
        ]),
        f(
            "responders",
            "Responders",
            "[]v1alpha1.ResponderStatus",
            5,
            List(&Message(TypeId(599))),
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
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=11",
        ]),
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
pub(super) static T597: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.EvictionTarget",
    go: "EvictionTarget",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.EvictionTarget",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "pod",
        "Pod",
        "v1alpha1.EvictionPodReference",
        1,
        Message(TypeId(588)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "k8s:optional", "k8s:unionMember"])],
    wire: &[Field(1, 0)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T598: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.Requester",
    go: "Requester",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.Requester",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-prefixed-label-key",
        ]),
        f("intent", "Intent", "v1alpha1.RequesterIntent", 2, String)
            .req()
            .one_of(&["Eviction", "Withdrawn"])
            .marks(&["required", "k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T599: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.ResponderStatus",
    go: "ResponderStatus",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.ResponderStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-prefixed-label-key",
        ]),
        f("startTime", "StartTime", "v1.Time", 2, Time)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:update=NoModify",
                "k8s:update=NoUnset",
            ]),
        f("heartbeatTime", "HeartbeatTime", "v1.Time", 3, Time)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional"]),
        f(
            "expectedCompletionTime",
            "ExpectedCompletionTime",
            "v1.Time",
            4,
            Time,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
        f("completionTime", "CompletionTime", "v1.Time", 5, Time)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:update=NoModify",
                "k8s:update=NoUnset",
            ]),
        f("message", "Message", "string", 6, String)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:maxLength=4000"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &["structType=granular"],
    slots: Slots::new(),
};
pub(super) static T600: MessageDesc = MessageDesc {
    name: "lifecycle/v1alpha1.TargetResponder",
    go: "TargetResponder",
    api_group: "lifecycle.k8s.io",
    version: "v1alpha1",
    proto_name: "k8s.io.api.lifecycle.v1alpha1.TargetResponder",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-prefixed-label-key",
        ]),
        f("priority", "Priority", "int32", 2, Int32)
            .ptr()
            .req()
            .marks(&[
                "required",
                "k8s:required",
                "k8s:minimum=0",
                "k8s:maximum=100000",
                "k8s:update=NoModify",
                "k8s:update=NoUnset",
            ]),
        f("state", "State", "v1alpha1.ResponderStateType", 3, String)
            .req()
            .one_of(&["Active", "Canceled", "Completed", "Inactive", "Interrupted"])
            .marks(&["required", "k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
