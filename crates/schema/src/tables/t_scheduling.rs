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

pub(super) static T867: MessageDesc = MessageDesc {
    name: "scheduling/v1.PriorityClass",
    go: "PriorityClass",
    api_group: "scheduling.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.scheduling.v1.PriorityClass",
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
        f("value", "Value", "int32", 2, Int32).marks(&["optional"]),
        f("globalDefault", "GlobalDefault", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("description", "Description", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1.PreemptionPolicy",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
    ],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.14",
    ],
    slots: Slots::new(),
};
pub(super) static T868: MessageDesc = MessageDesc {
    name: "scheduling/v1.PriorityClassList",
    go: "PriorityClassList",
    api_group: "scheduling.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.scheduling.v1.PriorityClassList",
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
            "[]v1.PriorityClass",
            2,
            List(&Message(TypeId(867))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.14"],
    slots: Slots::new(),
};
pub(super) static T869: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.AllCompositeDisruptionMode",
    go: "AllCompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.AllCompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T870: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.AllDisruptionMode",
    go: "AllDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.AllDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T871: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.BasicSchedulingPolicy",
    go: "BasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.BasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T872: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositeBasicSchedulingPolicy",
    go: "CompositeBasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositeBasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T873: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositeDisruptionMode",
    go: "CompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1alpha3.SingleCompositeDisruptionMode",
            1,
            Message(TypeId(893)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1alpha3.AllCompositeDisruptionMode",
            2,
            Message(TypeId(869)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T874: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositeGangSchedulingPolicy",
    go: "CompositeGangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositeGangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minGroupCount", "MinGroupCount", "int32", 1, Int32)
        .req()
        .marks(&["required", "k8s:required", "k8s:minimum=1"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T875: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroup",
    go: "CompositePodGroup",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroup",
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
            "v1alpha3.CompositePodGroupSpec",
            2,
            Message(TypeId(879)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1alpha3.CompositePodGroupStatus",
            3,
            Message(TypeId(880)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["genclient", "k8s:supportsSubresource=\"/status\""],
    slots: Slots::new(),
};
pub(super) static T876: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupList",
    go: "CompositePodGroupList",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupList",
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
            "[]v1alpha3.CompositePodGroup",
            2,
            List(&Message(TypeId(875))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T877: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupSchedulingConstraints",
    go: "CompositePodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1alpha3.TopologyConstraint",
        1,
        List(&Message(TypeId(895))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T878: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupSchedulingPolicy",
    go: "CompositePodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1alpha3.CompositeBasicSchedulingPolicy",
            1,
            Message(TypeId(872)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:immutable",
            "k8s:unionMember",
        ]),
        f(
            "gang",
            "Gang",
            "v1alpha3.CompositeGangSchedulingPolicy",
            2,
            Message(TypeId(874)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T879: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupSpec",
    go: "CompositePodGroupSpec",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "parentCompositePodGroupName",
            "ParentCompositePodGroupName",
            "string",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:immutable",
            "k8s:format=k8s-long-name",
        ]),
        f(
            "workloadRef",
            "WorkloadRef",
            "v1alpha3.WorkloadReference",
            2,
            Message(TypeId(914)),
        )
        .ptr()
        .req()
        .marks(&["required", "k8s:required", "k8s:immutable"]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1alpha3.CompositePodGroupSchedulingPolicy",
            3,
            Message(TypeId(878)),
        )
        .req()
        .marks(&["required", "k8s:immutable"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1alpha3.CompositePodGroupSchedulingConstraints",
            4,
            Message(TypeId(877)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1alpha3.CompositeDisruptionMode",
            5,
            Message(TypeId(873)),
        )
        .ptr()
        .oe()
        .or("{\"single\": {}}")
        .marks(&[
            "default={\"single\": {}}",
            "optional",
            "k8s:optional",
            "k8s:immutable",
        ]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            6,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
            "k8s:immutable",
        ]),
        f("priority", "Priority", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:immutable",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1alpha3.PreemptionPolicy",
            8,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T880: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupStatus",
    go: "CompositePodGroupStatus",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
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
        "k8s:alpha(since: \"1.37\")=+k8s:optional",
        "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
        "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T881: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.CompositePodGroupTemplate",
    go: "CompositePodGroupTemplate",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.CompositePodGroupTemplate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1alpha3.CompositePodGroupSchedulingPolicy",
            2,
            Message(TypeId(878)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1alpha3.CompositePodGroupSchedulingConstraints",
            3,
            Message(TypeId(877)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1alpha3.CompositeDisruptionMode",
            4,
            Message(TypeId(873)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            5,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
            "k8s:immutable",
        ]),
        f("priority", "Priority", "int32", 6, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
                "k8s:immutable",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1alpha3.PreemptionPolicy",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
        ]),
        f(
            "podGroupTemplates",
            "PodGroupTemplates",
            "[]v1alpha3.PodGroupTemplate",
            8,
            List(&Message(TypeId(892))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
        f(
            "compositePodGroupTemplates",
            "CompositePodGroupTemplates",
            "[]v1alpha3.CompositePodGroupTemplate",
            9,
            List(&Message(TypeId(881))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
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
        Field(8, 7),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T882: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.DisruptionMode",
    go: "DisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.DisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1alpha3.SingleDisruptionMode",
            1,
            Message(TypeId(894)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1alpha3.AllDisruptionMode",
            2,
            Message(TypeId(870)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T883: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.GangSchedulingPolicy",
    go: "GangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.GangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minCount", "MinCount", "int32", 1, Int32).req().marks(&[
        "required",
        "k8s:required",
        "k8s:minimum=1",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T884: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroup",
    go: "PodGroup",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroup",
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
            "v1alpha3.PodGroupSpec",
            2,
            Message(TypeId(890)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1alpha3.PodGroupStatus",
            3,
            Message(TypeId(891)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &["genclient", "k8s:supportsSubresource=\"/status\""],
    slots: Slots::new(),
};
pub(super) static T885: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupList",
    go: "PodGroupList",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupList",
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
            "[]v1alpha3.PodGroup",
            2,
            List(&Message(TypeId(884))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T886: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupResourceClaim",
    go: "PodGroupResourceClaim",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupResourceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
        f(
            "resourceClaimTemplateName",
            "ResourceClaimTemplateName",
            "string",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T887: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupResourceClaimStatus",
    go: "PodGroupResourceClaimStatus",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:format=k8s-long-name"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T888: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupSchedulingConstraints",
    go: "PodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1alpha3.TopologyConstraint",
        1,
        List(&Message(TypeId(895))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T889: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupSchedulingPolicy",
    go: "PodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1alpha3.BasicSchedulingPolicy",
            1,
            Message(TypeId(871)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:immutable",
        ]),
        f(
            "gang",
            "Gang",
            "v1alpha3.GangSchedulingPolicy",
            2,
            Message(TypeId(883)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T890: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupSpec",
    go: "PodGroupSpec",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "parentCompositePodGroupName",
            "ParentCompositePodGroupName",
            "string",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=CompositePodGroup",
            "optional",
            "k8s:ifDisabled(CompositePodGroup)=+k8s:forbidden",
            "k8s:ifEnabled(CompositePodGroup)=+k8s:optional",
            "k8s:immutable",
            "k8s:format=k8s-long-name",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"workloadRef\")",
        ]),
        f(
            "workloadRef",
            "WorkloadRef",
            "v1alpha3.WorkloadReference",
            2,
            Message(TypeId(914)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1alpha3.PodGroupSchedulingPolicy",
            3,
            Message(TypeId(889)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1alpha3.PodGroupSchedulingConstraints",
            4,
            Message(TypeId(888)),
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=TopologyAwareWorkloadScheduling",
            "optional",
            "k8s:ifDisabled(TopologyAwareWorkloadScheduling)=+k8s:forbidden",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:optional",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:immutable",
        ]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1alpha3.PodGroupResourceClaim",
            5,
            List(&Message(TypeId(886))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "k8s:immutable",
            "featureGate=DRAWorkloadResourceClaims",
        ]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1alpha3.DisruptionMode",
            6,
            Message(TypeId(882)),
        )
        .ptr()
        .oe()
        .or("{\"single\": {}}")
        .marks(&[
            "default={\"single\": {}}",
            "optional",
            "k8s:optional",
            "k8s:immutable",
        ]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            7,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:immutable",
            "k8s:format=k8s-long-name",
        ]),
        f("priority", "Priority", "int32", 8, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:immutable",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1alpha3.PreemptionPolicy",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
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
        Field(8, 7),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T891: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupStatus",
    go: "PodGroupStatus",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupStatus",
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
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f(
            "resourceClaimStatuses",
            "ResourceClaimStatuses",
            "[]v1alpha3.PodGroupResourceClaimStatus",
            2,
            List(&Message(TypeId(887))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "featureGate=DRAWorkloadResourceClaims",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T892: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.PodGroupTemplate",
    go: "PodGroupTemplate",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.PodGroupTemplate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1alpha3.PodGroupSchedulingPolicy",
            2,
            Message(TypeId(889)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1alpha3.PodGroupSchedulingConstraints",
            3,
            Message(TypeId(888)),
        )
        .ptr()
        .marks(&[
            "featureGate=TopologyAwareWorkloadScheduling",
            "optional",
            "k8s:ifDisabled(TopologyAwareWorkloadScheduling)=+k8s:forbidden",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:optional",
            "k8s:immutable",
        ]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1alpha3.PodGroupResourceClaim",
            4,
            List(&Message(TypeId(886))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "featureGate=DRAWorkloadResourceClaims",
            "k8s:immutable",
        ]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1alpha3.DisruptionMode",
            5,
            Message(TypeId(882)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            6,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
            "k8s:immutable",
        ]),
        f("priority", "Priority", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
                "k8s:immutable",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1alpha3.PreemptionPolicy",
            8,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T893: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.SingleCompositeDisruptionMode",
    go: "SingleCompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.SingleCompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T894: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.SingleDisruptionMode",
    go: "SingleDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.SingleDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T895: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.TopologyConstraint",
    go: "TopologyConstraint",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.TopologyConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("key", "Key", "string", 1, String).req().marks(&[
        "required",
        "k8s:required",
        "k8s:format=k8s-label-key",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T896: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.TypedLocalObjectReference",
    go: "TypedLocalObjectReference",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.TypedLocalObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
        ]),
        f("kind", "Kind", "string", 2, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-path-segment-name",
        ]),
        f("name", "Name", "string", 3, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-path-segment-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T897: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.Workload",
    go: "Workload",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.Workload",
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
            "v1alpha3.WorkloadSpec",
            2,
            Message(TypeId(915)),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient"],
    slots: Slots::new(),
};
pub(super) static T898: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupAllDisruptionMode",
    go: "WorkloadCompositePodGroupAllDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupAllDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T899: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupBasicSchedulingPolicy",
    go: "WorkloadCompositePodGroupBasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupBasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T900: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupDisruptionMode",
    go: "WorkloadCompositePodGroupDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1alpha3.WorkloadCompositePodGroupSingleDisruptionMode",
            1,
            Message(TypeId(904)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1alpha3.WorkloadCompositePodGroupAllDisruptionMode",
            2,
            Message(TypeId(898)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T901: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupGangSchedulingPolicy",
    go: "WorkloadCompositePodGroupGangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupGangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minGroupCount", "MinGroupCount", "int32", 1, Int32)
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:minimum=1"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T902: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupSchedulingConstraints",
    go: "WorkloadCompositePodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1alpha3.TopologyConstraint",
        1,
        List(&Message(TypeId(895))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T903: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupSchedulingPolicy",
    go: "WorkloadCompositePodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1alpha3.WorkloadCompositePodGroupBasicSchedulingPolicy",
            1,
            Message(TypeId(899)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "gang",
            "Gang",
            "v1alpha3.WorkloadCompositePodGroupGangSchedulingPolicy",
            2,
            Message(TypeId(901)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T904: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadCompositePodGroupSingleDisruptionMode",
    go: "WorkloadCompositePodGroupSingleDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadCompositePodGroupSingleDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T905: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadList",
    go: "WorkloadList",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadList",
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
            "[]v1alpha3.Workload",
            2,
            List(&Message(TypeId(897))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T906: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupAllDisruptionMode",
    go: "WorkloadPodGroupAllDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupAllDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T907: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupBasicSchedulingPolicy",
    go: "WorkloadPodGroupBasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupBasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T908: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupDisruptionMode",
    go: "WorkloadPodGroupDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1alpha3.WorkloadPodGroupSingleDisruptionMode",
            1,
            Message(TypeId(913)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1alpha3.WorkloadPodGroupAllDisruptionMode",
            2,
            Message(TypeId(906)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T909: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupGangSchedulingPolicy",
    go: "WorkloadPodGroupGangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupGangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minCount", "MinCount", "int32", 1, Int32)
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:minimum=1"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T910: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupResourceClaim",
    go: "WorkloadPodGroupResourceClaim",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupResourceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
        f(
            "resourceClaimTemplateName",
            "ResourceClaimTemplateName",
            "string",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T911: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupSchedulingConstraints",
    go: "WorkloadPodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1alpha3.TopologyConstraint",
        1,
        List(&Message(TypeId(895))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T912: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupSchedulingPolicy",
    go: "WorkloadPodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1alpha3.WorkloadPodGroupBasicSchedulingPolicy",
            1,
            Message(TypeId(907)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "gang",
            "Gang",
            "v1alpha3.WorkloadPodGroupGangSchedulingPolicy",
            2,
            Message(TypeId(909)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T913: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadPodGroupSingleDisruptionMode",
    go: "WorkloadPodGroupSingleDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadPodGroupSingleDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T914: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadReference",
    go: "WorkloadReference",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("workloadName", "WorkloadName", "string", 1, String)
            .req()
            .marks(&["required", "k8s:required", "k8s:format=k8s-long-name"]),
        f("templateName", "TemplateName", "string", 2, String)
            .req()
            .marks(&["required", "k8s:required", "k8s:format=k8s-short-name"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T915: MessageDesc = MessageDesc {
    name: "scheduling/v1alpha3.WorkloadSpec",
    go: "WorkloadSpec",
    api_group: "scheduling.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.scheduling.v1alpha3.WorkloadSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "controllerRef",
            "ControllerRef",
            "v1alpha3.TypedLocalObjectReference",
            1,
            Message(TypeId(896)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "podGroupTemplates",
            "PodGroupTemplates",
            "[]v1alpha3.PodGroupTemplate",
            2,
            List(&Message(TypeId(892))),
        )
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
        f(
            "compositePodGroupTemplates",
            "CompositePodGroupTemplates",
            "[]v1alpha3.CompositePodGroupTemplate",
            3,
            List(&Message(TypeId(881))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "featureGate=CompositePodGroup",
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:ifDisabled(\"CompositePodGroup\")=+k8s:forbidden",
            "k8s:ifEnabled(\"CompositePodGroup\")=+k8s:optional",
            "k8s:unionMember",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T916: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.AllCompositeDisruptionMode",
    go: "AllCompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.AllCompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T917: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.AllDisruptionMode",
    go: "AllDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.AllDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T918: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.BasicSchedulingPolicy",
    go: "BasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.BasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T919: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositeBasicSchedulingPolicy",
    go: "CompositeBasicSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositeBasicSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T920: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositeDisruptionMode",
    go: "CompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1beta1.SingleCompositeDisruptionMode",
            1,
            Message(TypeId(938)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1beta1.AllCompositeDisruptionMode",
            2,
            Message(TypeId(916)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T921: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositeGangSchedulingPolicy",
    go: "CompositeGangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositeGangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minGroupCount", "MinGroupCount", "int32", 1, Int32)
        .req()
        .marks(&["required", "k8s:required", "k8s:minimum=1"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T922: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositePodGroupSchedulingConstraints",
    go: "CompositePodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositePodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1beta1.TopologyConstraint",
        1,
        List(&Message(TypeId(940))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T923: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositePodGroupSchedulingPolicy",
    go: "CompositePodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositePodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1beta1.CompositeBasicSchedulingPolicy",
            1,
            Message(TypeId(919)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:immutable",
            "k8s:unionMember",
        ]),
        f(
            "gang",
            "Gang",
            "v1beta1.CompositeGangSchedulingPolicy",
            2,
            Message(TypeId(921)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T924: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.CompositePodGroupTemplate",
    go: "CompositePodGroupTemplate",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.CompositePodGroupTemplate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1beta1.CompositePodGroupSchedulingPolicy",
            2,
            Message(TypeId(923)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1beta1.CompositePodGroupSchedulingConstraints",
            3,
            Message(TypeId(922)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1beta1.CompositeDisruptionMode",
            4,
            Message(TypeId(920)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            5,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
            "k8s:immutable",
        ]),
        f("priority", "Priority", "int32", 6, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
                "k8s:immutable",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1beta1.PreemptionPolicy",
            7,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
        ]),
        f(
            "podGroupTemplates",
            "PodGroupTemplates",
            "[]v1beta1.PodGroupTemplate",
            8,
            List(&Message(TypeId(935))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
        f(
            "compositePodGroupTemplates",
            "CompositePodGroupTemplates",
            "[]v1beta1.CompositePodGroupTemplate",
            9,
            List(&Message(TypeId(924))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
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
        Field(8, 7),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T925: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.DisruptionMode",
    go: "DisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.DisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "single",
            "Single",
            "v1beta1.SingleDisruptionMode",
            1,
            Message(TypeId(939)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
        f(
            "all",
            "All",
            "v1beta1.AllDisruptionMode",
            2,
            Message(TypeId(917)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T926: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.GangSchedulingPolicy",
    go: "GangSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.GangSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("minCount", "MinCount", "int32", 1, Int32).req().marks(&[
        "required",
        "k8s:required",
        "k8s:minimum=1",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T927: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroup",
    go: "PodGroup",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroup",
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
            "v1beta1.PodGroupSpec",
            2,
            Message(TypeId(933)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1beta1.PodGroupStatus",
            3,
            Message(TypeId(934)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T928: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupList",
    go: "PodGroupList",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupList",
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
            "[]v1beta1.PodGroup",
            2,
            List(&Message(TypeId(927))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T929: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupResourceClaim",
    go: "PodGroupResourceClaim",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupResourceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
        f(
            "resourceClaimTemplateName",
            "ResourceClaimTemplateName",
            "string",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:format=k8s-long-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T930: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupResourceClaimStatus",
    go: "PodGroupResourceClaimStatus",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "resourceClaimName",
            "ResourceClaimName",
            "string",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:format=k8s-long-name"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T931: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupSchedulingConstraints",
    go: "PodGroupSchedulingConstraints",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupSchedulingConstraints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "topology",
        "Topology",
        "[]v1beta1.TopologyConstraint",
        1,
        List(&Message(TypeId(940))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&[
        "optional",
        "k8s:optional",
        "k8s:maxItems=1",
        "listType=atomic",
        "k8s:listType=atomic",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T932: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupSchedulingPolicy",
    go: "PodGroupSchedulingPolicy",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupSchedulingPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "basic",
            "Basic",
            "v1beta1.BasicSchedulingPolicy",
            1,
            Message(TypeId(918)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:immutable",
        ]),
        f(
            "gang",
            "Gang",
            "v1beta1.GangSchedulingPolicy",
            2,
            Message(TypeId(926)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:update=NoSet",
            "k8s:update=NoUnset",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["union"],
    slots: Slots::new(),
};
pub(super) static T933: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupSpec",
    go: "PodGroupSpec",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "parentCompositePodGroupName",
            "ParentCompositePodGroupName",
            "string",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=CompositePodGroup",
            "optional",
            "k8s:ifDisabled(CompositePodGroup)=+k8s:forbidden",
            "k8s:ifEnabled(CompositePodGroup)=+k8s:optional",
            "k8s:immutable",
            "k8s:format=k8s-long-name",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"workloadRef\")",
        ]),
        f(
            "workloadRef",
            "WorkloadRef",
            "v1beta1.WorkloadReference",
            2,
            Message(TypeId(944)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1beta1.PodGroupSchedulingPolicy",
            3,
            Message(TypeId(932)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1beta1.PodGroupSchedulingConstraints",
            4,
            Message(TypeId(931)),
        )
        .ptr()
        .oe()
        .marks(&[
            "featureGate=TopologyAwareWorkloadScheduling",
            "optional",
            "k8s:ifDisabled(TopologyAwareWorkloadScheduling)=+k8s:forbidden",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:optional",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:immutable",
        ]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1beta1.PodGroupResourceClaim",
            5,
            List(&Message(TypeId(929))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "k8s:immutable",
            "featureGate=DRAWorkloadResourceClaims",
        ]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1beta1.DisruptionMode",
            6,
            Message(TypeId(925)),
        )
        .ptr()
        .oe()
        .or("{\"single\": {}}")
        .marks(&[
            "default={\"single\": {}}",
            "optional",
            "k8s:optional",
            "k8s:immutable",
        ]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            7,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:immutable",
            "k8s:format=k8s-long-name",
        ]),
        f("priority", "Priority", "int32", 8, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:immutable",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1beta1.PreemptionPolicy",
            9,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
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
        Field(8, 7),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T934: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupStatus",
    go: "PodGroupStatus",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupStatus",
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
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f(
            "resourceClaimStatuses",
            "ResourceClaimStatuses",
            "[]v1beta1.PodGroupResourceClaimStatus",
            2,
            List(&Message(TypeId(930))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "featureGate=DRAWorkloadResourceClaims",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T935: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PodGroupTemplate",
    go: "PodGroupTemplate",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PodGroupTemplate",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-short-name",
        ]),
        f(
            "schedulingPolicy",
            "SchedulingPolicy",
            "v1beta1.PodGroupSchedulingPolicy",
            2,
            Message(TypeId(932)),
        )
        .req()
        .marks(&["required"]),
        f(
            "schedulingConstraints",
            "SchedulingConstraints",
            "v1beta1.PodGroupSchedulingConstraints",
            3,
            Message(TypeId(931)),
        )
        .ptr()
        .marks(&[
            "featureGate=TopologyAwareWorkloadScheduling",
            "optional",
            "k8s:ifDisabled(TopologyAwareWorkloadScheduling)=+k8s:forbidden",
            "k8s:ifEnabled(TopologyAwareWorkloadScheduling)=+k8s:optional",
            "k8s:immutable",
        ]),
        f(
            "resourceClaims",
            "ResourceClaims",
            "[]v1beta1.PodGroupResourceClaim",
            4,
            List(&Message(TypeId(929))),
        )
        .oe()
        .patch("merge,retainKeys", "name")
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "patchMergeKey=name",
            "patchStrategy=merge,retainKeys",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=4",
            "featureGate=DRAWorkloadResourceClaims",
            "k8s:immutable",
        ]),
        f(
            "disruptionMode",
            "DisruptionMode",
            "v1beta1.DisruptionMode",
            5,
            Message(TypeId(925)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "priorityClassName",
            "PriorityClassName",
            "string",
            6,
            String,
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
            "k8s:immutable",
        ]),
        f("priority", "Priority", "int32", 7, Int32)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:maximum=1000000000 # HighestUserDefinablePriority",
                "k8s:immutable",
            ]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1beta1.PreemptionPolicy",
            8,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&[
            "featureGate=PodGroupPreemptionPolicy",
            "optional",
            "k8s:immutable",
            "k8s:ifDisabled(\"PodGroupPreemptionPolicy\")=+k8s:forbidden",
            "k8s:ifEnabled(\"PodGroupPreemptionPolicy\")=+k8s:optional",
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T936: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PriorityClass",
    go: "PriorityClass",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PriorityClass",
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
        f("value", "Value", "int32", 2, Int32).marks(&["optional"]),
        f("globalDefault", "GlobalDefault", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f("description", "Description", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "preemptionPolicy",
            "PreemptionPolicy",
            "v1.PreemptionPolicy",
            5,
            String,
        )
        .ptr()
        .oe()
        .one_of(&["Never", "PreemptLowerPriority"])
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
    ],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.11",
        "k8s:prerelease-lifecycle-gen:deprecated=1.14",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=scheduling.k8s.io,v1,PriorityClass",
    ],
    slots: Slots::new(),
};
pub(super) static T937: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.PriorityClassList",
    go: "PriorityClassList",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.PriorityClassList",
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
            "[]v1beta1.PriorityClass",
            2,
            List(&Message(TypeId(936))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.11",
        "k8s:prerelease-lifecycle-gen:deprecated=1.14",
        "k8s:prerelease-lifecycle-gen:removed=1.22",
        "k8s:prerelease-lifecycle-gen:replacement=scheduling.k8s.io,v1,PriorityClassList",
    ],
    slots: Slots::new(),
};
pub(super) static T938: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.SingleCompositeDisruptionMode",
    go: "SingleCompositeDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.SingleCompositeDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T939: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.SingleDisruptionMode",
    go: "SingleDisruptionMode",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.SingleDisruptionMode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T940: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.TopologyConstraint",
    go: "TopologyConstraint",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.TopologyConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("key", "Key", "string", 1, String).req().marks(&[
        "required",
        "k8s:required",
        "k8s:format=k8s-label-key",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T941: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.TypedLocalObjectReference",
    go: "TypedLocalObjectReference",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.TypedLocalObjectReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:optional",
            "k8s:format=k8s-long-name",
        ]),
        f("kind", "Kind", "string", 2, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-path-segment-name",
        ]),
        f("name", "Name", "string", 3, String).req().marks(&[
            "required",
            "k8s:required",
            "k8s:format=k8s-path-segment-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T942: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.Workload",
    go: "Workload",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.Workload",
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
            "v1beta1.WorkloadSpec",
            2,
            Message(TypeId(945)),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T943: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.WorkloadList",
    go: "WorkloadList",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.WorkloadList",
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
            "[]v1beta1.Workload",
            2,
            List(&Message(TypeId(942))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T944: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.WorkloadReference",
    go: "WorkloadReference",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.WorkloadReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("workloadName", "WorkloadName", "string", 1, String)
            .req()
            .marks(&["required", "k8s:required", "k8s:format=k8s-long-name"]),
        f("templateName", "TemplateName", "string", 2, String)
            .req()
            .marks(&["required", "k8s:required", "k8s:format=k8s-short-name"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T945: MessageDesc = MessageDesc {
    name: "scheduling/v1beta1.WorkloadSpec",
    go: "WorkloadSpec",
    api_group: "scheduling.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.scheduling.v1beta1.WorkloadSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "controllerRef",
            "ControllerRef",
            "v1beta1.TypedLocalObjectReference",
            1,
            Message(TypeId(941)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:immutable"]),
        f(
            "podGroupTemplates",
            "PodGroupTemplates",
            "[]v1beta1.PodGroupTemplate",
            2,
            List(&Message(TypeId(935))),
        )
        .list(ListType::Map, &["name"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
        f(
            "compositePodGroupTemplates",
            "CompositePodGroupTemplates",
            "[]v1beta1.CompositePodGroupTemplate",
            3,
            List(&Message(TypeId(924))),
        )
        .oe()
        .list(ListType::Map, &["name"])
        .marks(&[
            "featureGate=CompositePodGroup",
            "optional",
            "listType=map",
            "listMapKey=name",
            "k8s:ifDisabled(\"CompositePodGroup\")=+k8s:forbidden",
            "k8s:ifEnabled(\"CompositePodGroup\")=+k8s:optional",
            "k8s:unionMember",
            "k8s:listType=map",
            "k8s:listMapKey=name",
            "k8s:maxItems=8",
            "k8s:update=NoAddItem",
            "k8s:update=NoRemoveItem",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
