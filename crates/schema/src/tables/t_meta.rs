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

pub(super) static T601: MessageDesc = MessageDesc {
    name: "meta/v1.APIGroup",
    go: "APIGroup",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.APIGroup",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 1, String).req(),
        f(
            "versions",
            "Versions",
            "[]v1.GroupVersionForDiscovery",
            2,
            List(&Message(TypeId(615))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "preferredVersion",
            "PreferredVersion",
            "v1.GroupVersionForDiscovery",
            3,
            Message(TypeId(615)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "serverAddressByClientCIDRs",
            "ServerAddressByClientCIDRs",
            "[]v1.ServerAddressByClientCIDR",
            4,
            List(&Message(TypeId(631))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T602: MessageDesc = MessageDesc {
    name: "meta/v1.APIGroupList",
    go: "APIGroupList",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.APIGroupList",
    root: true,
    in_every_group: true,
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
            "groups",
            "Groups",
            "[]v1.APIGroup",
            1,
            List(&Message(TypeId(601))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T603: MessageDesc = MessageDesc {
    name: "meta/v1.APIResource",
    go: "APIResource",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.APIResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("singularName", "SingularName", "string", 6, String).req(),
        f("namespaced", "Namespaced", "bool", 2, Bool).req(),
        f("group", "Group", "string", 8, String).oe(),
        f("version", "Version", "string", 9, String).oe(),
        f("kind", "Kind", "string", 3, String).req(),
        f("verbs", "Verbs", "v1.Verbs", 4, Strings).req(),
        f("shortNames", "ShortNames", "[]string", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("categories", "Categories", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f(
            "storageVersionHash",
            "StorageVersionHash",
            "string",
            10,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 5),
        Field(4, 6),
        Field(5, 7),
        Field(6, 1),
        Field(7, 8),
        Field(8, 3),
        Field(9, 4),
        Field(10, 9),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T604: MessageDesc = MessageDesc {
    name: "meta/v1.APIResourceList",
    go: "APIResourceList",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.APIResourceList",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("groupVersion", "GroupVersion", "string", 1, String).req(),
        f(
            "resources",
            "APIResources",
            "[]v1.APIResource",
            2,
            List(&Message(TypeId(603))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T605: MessageDesc = MessageDesc {
    name: "meta/v1.APIVersions",
    go: "APIVersions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.APIVersions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("versions", "Versions", "[]string", 1, List(&String))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f(
            "serverAddressByClientCIDRs",
            "ServerAddressByClientCIDRs",
            "[]v1.ServerAddressByClientCIDR",
            2,
            List(&Message(TypeId(631))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T606: MessageDesc = MessageDesc {
    name: "meta/v1.ApplyOptions",
    go: "ApplyOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ApplyOptions",
    root: false,
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
        f("dryRun", "DryRun", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("force", "Force", "bool", 2, Bool).req(),
        f("fieldManager", "FieldManager", "string", 3, String).req(),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T607: MessageDesc = MessageDesc {
name: "meta/v1.Condition", go: "Condition", api_group: "meta.k8s.io", version: "v1",
proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.Condition", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("type", "Type", "string", 1, String).req().marks(&["required", "kubebuilder:validation:Required", "kubebuilder:validation:Pattern=`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$`", "kubebuilder:validation:MaxLength=316", "k8s:alpha(since: \"1.37\")=+k8s:required"]),
f("status", "Status", "v1.ConditionStatus", 2, String).req().marks(&["required", "kubebuilder:validation:Required", "kubebuilder:validation:Enum=True;False;Unknown", "k8s:alpha(since: \"1.37\")=+k8s:required"]),
f("observedGeneration", "ObservedGeneration", "int64", 3, Int64).oe().marks(&["optional", "kubebuilder:validation:Minimum=0", "k8s:alpha(since: \"1.37\")=+k8s:optional", "k8s:alpha(since: \"1.37\")=+k8s:minimum=0"]),
f("lastTransitionTime", "LastTransitionTime", "v1.Time", 4, Time).req().marks(&["required", "kubebuilder:validation:Required", "kubebuilder:validation:Type=string", "kubebuilder:validation:Format=date-time", "k8s:alpha(since: \"1.37\")=+k8s:customValidation"]),
f("reason", "Reason", "string", 5, String).req().marks(&["required", "kubebuilder:validation:Required", "kubebuilder:validation:MaxLength=1024", "kubebuilder:validation:MinLength=1", "kubebuilder:validation:Pattern=`^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$`", "k8s:alpha(since: \"1.37\")=+k8s:required", "k8s:alpha(since: \"1.37\")=+k8s:maxBytes=1024"]),
f("message", "Message", "string", 6, String).req().marks(&["required", "kubebuilder:validation:Required", "kubebuilder:validation:MaxLength=32768"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3), Field(5, 4), Field(6, 5)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T608: MessageDesc = MessageDesc {
    name: "meta/v1.CreateOptions",
    go: "CreateOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.CreateOptions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("dryRun", "DryRun", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("fieldManager", "FieldManager", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("fieldValidation", "FieldValidation", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(3, 3), Field(4, 4)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T609: MessageDesc = MessageDesc {
    name: "meta/v1.DeleteOptions",
    go: "DeleteOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions",
    root: true,
    in_every_group: true,
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
            "gracePeriodSeconds",
            "GracePeriodSeconds",
            "int64",
            1,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "preconditions",
            "Preconditions",
            "v1.Preconditions",
            2,
            Message(TypeId(629)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("orphanDependents", "OrphanDependents", "bool", 3, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "propagationPolicy",
            "PropagationPolicy",
            "v1.DeletionPropagation",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("dryRun", "DryRun", "[]string", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f(
            "ignoreStoreReadErrorWithClusterBreakingPotential",
            "IgnoreStoreReadErrorWithClusterBreakingPotential",
            "bool",
            6,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T610: MessageDesc = MessageDesc {
    name: "meta/v1.FieldSelectorRequirement",
    go: "FieldSelectorRequirement",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f(
            "operator",
            "Operator",
            "v1.FieldSelectorOperator",
            2,
            String,
        )
        .req(),
        f("values", "Values", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T611: MessageDesc = MessageDesc {
    name: "meta/v1.GetOptions",
    go: "GetOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GetOptions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 1, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T612: MessageDesc = MessageDesc {
    name: "meta/v1.GroupKind",
    go: "GroupKind",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupKind",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f("kind", "Kind", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T613: MessageDesc = MessageDesc {
    name: "meta/v1.GroupResource",
    go: "GroupResource",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f("resource", "Resource", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T614: MessageDesc = MessageDesc {
    name: "meta/v1.GroupVersion",
    go: "GroupVersion",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersion",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f("version", "Version", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T615: MessageDesc = MessageDesc {
    name: "meta/v1.GroupVersionForDiscovery",
    go: "GroupVersionForDiscovery",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("groupVersion", "GroupVersion", "string", 1, String).req(),
        f("version", "Version", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T616: MessageDesc = MessageDesc {
    name: "meta/v1.GroupVersionKind",
    go: "GroupVersionKind",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersionKind",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f("version", "Version", "string", 2, String).req(),
        f("kind", "Kind", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T617: MessageDesc = MessageDesc {
    name: "meta/v1.GroupVersionResource",
    go: "GroupVersionResource",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersionResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f("version", "Version", "string", 2, String).req(),
        f("resource", "Resource", "string", 3, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T618: MessageDesc = MessageDesc {
    name: "meta/v1.LabelSelector",
    go: "LabelSelector",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f(
            "matchLabels",
            "MatchLabels",
            "map[string]string",
            1,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "matchExpressions",
            "MatchExpressions",
            "[]v1.LabelSelectorRequirement",
            2,
            List(&Message(TypeId(619))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T619: MessageDesc = MessageDesc {
    name: "meta/v1.LabelSelectorRequirement",
    go: "LabelSelectorRequirement",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).req(),
        f(
            "operator",
            "Operator",
            "v1.LabelSelectorOperator",
            2,
            String,
        )
        .req(),
        f("values", "Values", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T620: MessageDesc = MessageDesc {
    name: "meta/v1.List",
    go: "List",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.List",
    root: false,
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
            "[]runtime.RawExtension",
            2,
            List(&RawExtension),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T621: MessageDesc = MessageDesc {
    name: "meta/v1.ListMeta",
    go: "ListMeta",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ListMeta",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("selfLink", "SelfLink", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("continue", "Continue", "string", 3, String).oe(),
        f(
            "remainingItemCount",
            "RemainingItemCount",
            "int64",
            4,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "shardInfo",
            "ShardInfo",
            "v1.ShardInfo",
            5,
            Message(TypeId(632)),
        )
        .ptr()
        .oe()
        .marks(&["featureGate=ShardedListAndWatch", "optional"]),
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
pub(super) static T622: MessageDesc = MessageDesc {
    name: "meta/v1.ListOptions",
    go: "ListOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ListOptions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("labelSelector", "LabelSelector", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("fieldSelector", "FieldSelector", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("watch", "Watch", "bool", 3, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "allowWatchBookmarks",
            "AllowWatchBookmarks",
            "bool",
            9,
            Bool,
        )
        .oe()
        .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "resourceVersionMatch",
            "ResourceVersionMatch",
            "v1.ResourceVersionMatch",
            10,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("timeoutSeconds", "TimeoutSeconds", "int64", 5, Int64)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("limit", "Limit", "int64", 7, Int64).oe(),
        f("continue", "Continue", "string", 8, String).oe(),
        f("sendInitialEvents", "SendInitialEvents", "bool", 11, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("shardSelector", "ShardSelector", "string", 15, String)
            .oe()
            .marks(&["featureGate=ShardedListAndWatch", "optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 6),
        Field(5, 8),
        Field(7, 9),
        Field(8, 10),
        Field(9, 5),
        Field(10, 7),
        Field(11, 11),
        Field(15, 12),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T623: MessageDesc = MessageDesc {
    name: "meta/v1.ManagedFieldsEntry",
    go: "ManagedFieldsEntry",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("manager", "Manager", "string", 1, String).oe(),
        f(
            "operation",
            "Operation",
            "v1.ManagedFieldsOperationType",
            2,
            String,
        )
        .oe()
        .marks(&["k8s:alpha(since: \"1.37\")=+k8s:required"]),
        f("apiVersion", "APIVersion", "string", 3, String).oe(),
        f("time", "Time", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("fieldsType", "FieldsType", "string", 6, String).oe(),
        f("fieldsV1", "FieldsV1", "v1.FieldsV1", 7, FieldsV1)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("subresource", "Subresource", "string", 8, String).oe(),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(6, 4),
        Field(7, 5),
        Field(8, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T624: MessageDesc = MessageDesc {
    name: "meta/v1.ObjectMeta",
    go: "ObjectMeta",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("generateName", "GenerateName", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("selfLink", "SelfLink", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "types.UID", 5, String).oe().marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
        ]),
        f("resourceVersion", "ResourceVersion", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("generation", "Generation", "int64", 7, Int64)
            .oe()
            .marks(&[
                "optional",
                "k8s:alpha(since: \"1.37\")=+k8s:optional",
                "k8s:alpha(since: \"1.37\")=+k8s:minimum=0",
            ]),
        f("creationTimestamp", "CreationTimestamp", "v1.Time", 8, Time)
            .oz()
            .marks(&["optional", "k8s:alpha(since: \"1.37\")=+k8s:immutable"]),
        f("deletionTimestamp", "DeletionTimestamp", "v1.Time", 9, Time)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:alpha(since: \"1.37\")=+k8s:optional",
                "k8s:alpha(since: \"1.37\")=+k8s:immutable",
            ]),
        f(
            "deletionGracePeriodSeconds",
            "DeletionGracePeriodSeconds",
            "int64",
            10,
            Int64,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:immutable",
        ]),
        f("labels", "Labels", "map[string]string", 11, Map(&String))
            .oe()
            .marks(&["optional"]),
        f(
            "annotations",
            "Annotations",
            "map[string]string",
            12,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "ownerReferences",
            "OwnerReferences",
            "[]v1.OwnerReference",
            13,
            List(&Message(TypeId(625))),
        )
        .oe()
        .patch("merge", "uid")
        .list(ListType::Map, &["uid"])
        .marks(&[
            "optional",
            "patchMergeKey=uid",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=uid",
            "k8s:alpha(since:\"1.37\")=+k8s:optional",
        ]),
        f("finalizers", "Finalizers", "[]string", 14, List(&String))
            .oe()
            .patch("merge", "")
            .list(ListType::Set, &[])
            .marks(&["optional", "patchStrategy=merge", "listType=set"]),
        f(
            "managedFields",
            "ManagedFields",
            "[]v1.ManagedFieldsEntry",
            17,
            List(&Message(TypeId(623))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
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
        Field(10, 9),
        Field(11, 10),
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(17, 14),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T625: MessageDesc = MessageDesc {
    name: "meta/v1.OwnerReference",
    go: "OwnerReference",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.OwnerReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("apiVersion", "APIVersion", "string", 5, String)
            .req()
            .marks(&["k8s:alpha(since:\"1.37\")=+k8s:required"]),
        f("kind", "Kind", "string", 1, String)
            .req()
            .marks(&["k8s:alpha(since:\"1.37\")=+k8s:required"]),
        f("name", "Name", "string", 3, String)
            .req()
            .marks(&["k8s:alpha(since:\"1.37\")=+k8s:required"]),
        f("uid", "UID", "types.UID", 4, String)
            .req()
            .marks(&["k8s:alpha(since:\"1.37\")=+k8s:required"]),
        f("controller", "Controller", "bool", 6, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("blockOwnerDeletion", "BlockOwnerDeletion", "bool", 7, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 0),
        Field(6, 4),
        Field(7, 5),
    ],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T626: MessageDesc = MessageDesc {
    name: "meta/v1.PartialObjectMetadata",
    go: "PartialObjectMetadata",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata",
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
    ],
    wire: &[Field(1, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T627: MessageDesc = MessageDesc {
    name: "meta/v1.PartialObjectMetadataList",
    go: "PartialObjectMetadataList",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.PartialObjectMetadataList",
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
            "[]v1.PartialObjectMetadata",
            2,
            List(&Message(TypeId(626))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T628: MessageDesc = MessageDesc {
    name: "meta/v1.PatchOptions",
    go: "PatchOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.PatchOptions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("dryRun", "DryRun", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("force", "Force", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("fieldManager", "FieldManager", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("fieldValidation", "FieldValidation", "string", 4, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4), Field(4, 5)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T629: MessageDesc = MessageDesc {
    name: "meta/v1.Preconditions",
    go: "Preconditions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.Preconditions",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("resourceVersion", "ResourceVersion", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T630: MessageDesc = MessageDesc {
    name: "meta/v1.RootPaths",
    go: "RootPaths",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.RootPaths",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("paths", "Paths", "[]string", 1, List(&String))
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T631: MessageDesc = MessageDesc {
    name: "meta/v1.ServerAddressByClientCIDR",
    go: "ServerAddressByClientCIDR",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("clientCIDR", "ClientCIDR", "string", 1, String).req(),
        f("serverAddress", "ServerAddress", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T632: MessageDesc = MessageDesc {
    name: "meta/v1.ShardInfo",
    go: "ShardInfo",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.ShardInfo",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("selector", "Selector", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T633: MessageDesc = MessageDesc {
    name: "meta/v1.Status",
    go: "Status",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.Status",
    root: true,
    in_every_group: true,
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
        f("status", "Status", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("reason", "Reason", "v1.StatusReason", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "details",
            "Details",
            "v1.StatusDetails",
            5,
            Message(TypeId(635)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("code", "Code", "int32", 6, Int32)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 2),
        Field(2, 3),
        Field(3, 4),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T634: MessageDesc = MessageDesc {
    name: "meta/v1.StatusCause",
    go: "StatusCause",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.StatusCause",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("reason", "Type", "v1.CauseType", 1, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("field", "Field", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T635: MessageDesc = MessageDesc {
    name: "meta/v1.StatusDetails",
    go: "StatusDetails",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.StatusDetails",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("group", "Group", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("kind", "Kind", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "types.UID", 6, String)
            .oe()
            .marks(&["optional"]),
        f(
            "causes",
            "Causes",
            "[]v1.StatusCause",
            4,
            List(&Message(TypeId(634))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("retryAfterSeconds", "RetryAfterSeconds", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 5),
        Field(6, 3),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T636: MessageDesc = MessageDesc {
    name: "meta/v1.Table",
    go: "Table",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.Table",
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
            0,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "columnDefinitions",
            "ColumnDefinitions",
            "[]v1.TableColumnDefinition",
            0,
            List(&Message(TypeId(637))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "rows",
            "Rows",
            "[]v1.TableRow",
            0,
            List(&Message(TypeId(639))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T637: MessageDesc = MessageDesc {
    name: "meta/v1.TableColumnDefinition",
    go: "TableColumnDefinition",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.TableColumnDefinition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 0, String).req(),
        f("type", "Type", "string", 0, String).req(),
        f("format", "Format", "string", 0, String).req(),
        f("description", "Description", "string", 0, String).req(),
        f("priority", "Priority", "int32", 0, Int32).req(),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T638: MessageDesc = MessageDesc {
    name: "meta/v1.TableOptions",
    go: "TableOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.TableOptions",
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
            "includeObject",
            "IncludeObject",
            "v1.IncludeObjectPolicy",
            1,
            String,
        )
        .oe(),
    ],
    wire: &[Field(1, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T639: MessageDesc = MessageDesc {
    name: "meta/v1.TableRow",
    go: "TableRow",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.TableRow",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("cells", "Cells", "[]interface {}", 0, List(&Any))
            .req()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f(
            "conditions",
            "Conditions",
            "[]v1.TableRowCondition",
            0,
            List(&Message(TypeId(640))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("object", "Object", "runtime.RawExtension", 0, RawExtension)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T640: MessageDesc = MessageDesc {
    name: "meta/v1.TableRowCondition",
    go: "TableRowCondition",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.TableRowCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.RowConditionType", 0, String).req(),
        f("status", "Status", "v1.ConditionStatus", 0, String).req(),
        f("reason", "Reason", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 0, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T641: MessageDesc = MessageDesc {
    name: "meta/v1.UpdateOptions",
    go: "UpdateOptions",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.UpdateOptions",
    root: true,
    in_every_group: true,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("dryRun", "DryRun", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("fieldManager", "FieldManager", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("fieldValidation", "FieldValidation", "string", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T642: MessageDesc = MessageDesc {
    name: "meta/v1.WatchEvent",
    go: "WatchEvent",
    api_group: "meta.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1.WatchEvent",
    root: true,
    in_every_group: true,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "string", 1, String).req(),
        f("object", "Object", "runtime.RawExtension", 2, RawExtension).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T643: MessageDesc = MessageDesc {
    name: "meta/v1beta1.PartialObjectMetadataList",
    go: "PartialObjectMetadataList",
    api_group: "meta.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.apimachinery.pkg.apis.meta.v1beta1.PartialObjectMetadataList",
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
            2,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.PartialObjectMetadata",
            1,
            List(&Message(TypeId(626))),
        )
        .req(),
    ],
    wire: &[Field(1, 3), Field(2, 2)],
    markers: &[],
    slots: Slots::new(),
};
