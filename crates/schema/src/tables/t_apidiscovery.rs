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

pub(super) static T102: MessageDesc = MessageDesc {
    name: "apidiscovery/v2.APIGroupDiscovery",
    go: "APIGroupDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2",
    proto_name: "k8s.io.api.apidiscovery.v2.APIGroupDiscovery",
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
            "versions",
            "Versions",
            "[]v2.APIVersionDiscovery",
            2,
            List(&Message(TypeId(106))),
        )
        .oe()
        .list(ListType::Map, &["version"])
        .marks(&["listType=map", "listMapKey=version", "optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.30"],
    slots: Slots::new(),
};
pub(super) static T103: MessageDesc = MessageDesc {
    name: "apidiscovery/v2.APIGroupDiscoveryList",
    go: "APIGroupDiscoveryList",
    api_group: "apidiscovery.k8s.io",
    version: "v2",
    proto_name: "k8s.io.api.apidiscovery.v2.APIGroupDiscoveryList",
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
            "[]v2.APIGroupDiscovery",
            2,
            List(&Message(TypeId(102))),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.30"],
    slots: Slots::new(),
};
pub(super) static T104: MessageDesc = MessageDesc {
    name: "apidiscovery/v2.APIResourceDiscovery",
    go: "APIResourceDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2",
    proto_name: "k8s.io.api.apidiscovery.v2.APIResourceDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("resource", "Resource", "string", 1, String).marks(&["optional"]),
        f(
            "responseKind",
            "ResponseKind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("scope", "Scope", "v2.ResourceScope", 3, String).marks(&["optional"]),
        f("singularResource", "SingularResource", "string", 4, String).marks(&["optional"]),
        f("verbs", "Verbs", "[]string", 5, List(&String))
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f("shortNames", "ShortNames", "[]string", 6, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f("categories", "Categories", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f(
            "subresources",
            "Subresources",
            "[]v2.APISubresourceDiscovery",
            8,
            List(&Message(TypeId(105))),
        )
        .oe()
        .list(ListType::Map, &["subresource"])
        .marks(&["listType=map", "listMapKey=subresource", "optional"]),
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
pub(super) static T105: MessageDesc = MessageDesc {
    name: "apidiscovery/v2.APISubresourceDiscovery",
    go: "APISubresourceDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2",
    proto_name: "k8s.io.api.apidiscovery.v2.APISubresourceDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("subresource", "Subresource", "string", 1, String).marks(&["optional"]),
        f(
            "responseKind",
            "ResponseKind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "acceptedTypes",
            "AcceptedTypes",
            "[]v1.GroupVersionKind",
            3,
            List(&Message(TypeId(616))),
        )
        .oe()
        .list(ListType::Map, &["group", "version", "kind"])
        .marks(&[
            "listType=map",
            "listMapKey=group",
            "listMapKey=version",
            "listMapKey=kind",
            "optional",
        ]),
        f("verbs", "Verbs", "[]string", 4, List(&String))
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T106: MessageDesc = MessageDesc {
    name: "apidiscovery/v2.APIVersionDiscovery",
    go: "APIVersionDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2",
    proto_name: "k8s.io.api.apidiscovery.v2.APIVersionDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("version", "Version", "string", 1, String).marks(&["optional"]),
        f(
            "resources",
            "Resources",
            "[]v2.APIResourceDiscovery",
            2,
            List(&Message(TypeId(104))),
        )
        .oe()
        .list(ListType::Map, &["resource"])
        .marks(&["listType=map", "listMapKey=resource", "optional"]),
        f("freshness", "Freshness", "v2.DiscoveryFreshness", 3, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T107: MessageDesc = MessageDesc {
    name: "apidiscovery/v2beta1.APIGroupDiscovery",
    go: "APIGroupDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2beta1",
    proto_name: "k8s.io.api.apidiscovery.v2beta1.APIGroupDiscovery",
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
            "versions",
            "Versions",
            "[]v2beta1.APIVersionDiscovery",
            2,
            List(&Message(TypeId(111))),
        )
        .oe()
        .list(ListType::Map, &["version"])
        .marks(&["listType=map", "listMapKey=version", "optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.26",
        "k8s:prerelease-lifecycle-gen:deprecated=1.32",
        "k8s:prerelease-lifecycle-gen:removed=1.35",
    ],
    slots: Slots::new(),
};
pub(super) static T108: MessageDesc = MessageDesc {
    name: "apidiscovery/v2beta1.APIGroupDiscoveryList",
    go: "APIGroupDiscoveryList",
    api_group: "apidiscovery.k8s.io",
    version: "v2beta1",
    proto_name: "k8s.io.api.apidiscovery.v2beta1.APIGroupDiscoveryList",
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
            "[]v2beta1.APIGroupDiscovery",
            2,
            List(&Message(TypeId(107))),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.26",
        "k8s:prerelease-lifecycle-gen:deprecated=1.32",
        "k8s:prerelease-lifecycle-gen:removed=1.35",
    ],
    slots: Slots::new(),
};
pub(super) static T109: MessageDesc = MessageDesc {
    name: "apidiscovery/v2beta1.APIResourceDiscovery",
    go: "APIResourceDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2beta1",
    proto_name: "k8s.io.api.apidiscovery.v2beta1.APIResourceDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("resource", "Resource", "string", 1, String).marks(&["optional"]),
        f(
            "responseKind",
            "ResponseKind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("scope", "Scope", "v2beta1.ResourceScope", 3, String).marks(&["optional"]),
        f("singularResource", "SingularResource", "string", 4, String).marks(&["optional"]),
        f("verbs", "Verbs", "[]string", 5, List(&String))
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f("shortNames", "ShortNames", "[]string", 6, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f("categories", "Categories", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
        f(
            "subresources",
            "Subresources",
            "[]v2beta1.APISubresourceDiscovery",
            8,
            List(&Message(TypeId(110))),
        )
        .oe()
        .list(ListType::Map, &["subresource"])
        .marks(&["listType=map", "listMapKey=subresource", "optional"]),
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
pub(super) static T110: MessageDesc = MessageDesc {
    name: "apidiscovery/v2beta1.APISubresourceDiscovery",
    go: "APISubresourceDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2beta1",
    proto_name: "k8s.io.api.apidiscovery.v2beta1.APISubresourceDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("subresource", "Subresource", "string", 1, String).marks(&["optional"]),
        f(
            "responseKind",
            "ResponseKind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "acceptedTypes",
            "AcceptedTypes",
            "[]v1.GroupVersionKind",
            3,
            List(&Message(TypeId(616))),
        )
        .oe()
        .list(ListType::Map, &["group", "version", "kind"])
        .marks(&[
            "listType=map",
            "listMapKey=group",
            "listMapKey=version",
            "listMapKey=kind",
            "optional",
        ]),
        f("verbs", "Verbs", "[]string", 4, List(&String))
            .list(ListType::Set, &[])
            .marks(&["listType=set", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T111: MessageDesc = MessageDesc {
    name: "apidiscovery/v2beta1.APIVersionDiscovery",
    go: "APIVersionDiscovery",
    api_group: "apidiscovery.k8s.io",
    version: "v2beta1",
    proto_name: "k8s.io.api.apidiscovery.v2beta1.APIVersionDiscovery",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("version", "Version", "string", 1, String).marks(&["optional"]),
        f(
            "resources",
            "Resources",
            "[]v2beta1.APIResourceDiscovery",
            2,
            List(&Message(TypeId(109))),
        )
        .oe()
        .list(ListType::Map, &["resource"])
        .marks(&["listType=map", "listMapKey=resource", "optional"]),
        f(
            "freshness",
            "Freshness",
            "v2beta1.DiscoveryFreshness",
            3,
            String,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
