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

pub(super) static T548: MessageDesc = MessageDesc {
    name: "discovery/v1.Endpoint",
    go: "Endpoint",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.Endpoint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("addresses", "Addresses", "[]string", 1, List(&String))
            .req()
            .list(ListType::Set, &[])
            .marks(&[
                "listType=set",
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=100",
            ]),
        f(
            "conditions",
            "Conditions",
            "v1.EndpointConditions",
            2,
            Message(TypeId(549)),
        )
        .oe(),
        f("hostname", "Hostname", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "targetRef",
            "TargetRef",
            "v1.ObjectReference",
            4,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "deprecatedTopology",
            "DeprecatedTopology",
            "map[string]string",
            5,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f("nodeName", "NodeName", "string", 6, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("zone", "Zone", "string", 7, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "hints",
            "Hints",
            "v1.EndpointHints",
            8,
            Message(TypeId(550)),
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T549: MessageDesc = MessageDesc {
    name: "discovery/v1.EndpointConditions",
    go: "EndpointConditions",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.EndpointConditions",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("ready", "Ready", "bool", 1, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("serving", "Serving", "bool", 2, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("terminating", "Terminating", "bool", 3, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T550: MessageDesc = MessageDesc {
    name: "discovery/v1.EndpointHints",
    go: "EndpointHints",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.EndpointHints",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "forZones",
            "ForZones",
            "[]v1.ForZone",
            1,
            List(&Message(TypeId(555))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "forNodes",
            "ForNodes",
            "[]v1.ForNode",
            2,
            List(&Message(TypeId(554))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T551: MessageDesc = MessageDesc {
    name: "discovery/v1.EndpointPort",
    go: "EndpointPort",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.EndpointPort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String).ptr().oe(),
        f("protocol", "Protocol", "v1.Protocol", 2, String)
            .ptr()
            .oe()
            .one_of(&["SCTP", "TCP", "UDP"]),
        f("port", "Port", "int32", 3, Int32).ptr().oe(),
        f("appProtocol", "AppProtocol", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T552: MessageDesc = MessageDesc {
    name: "discovery/v1.EndpointSlice",
    go: "EndpointSlice",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.EndpointSlice",
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
        f("addressType", "AddressType", "v1.AddressType", 4, String)
            .req()
            .one_of(&["FQDN", "IPv4", "IPv6"])
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:immutable",
            ]),
        f(
            "endpoints",
            "Endpoints",
            "[]v1.Endpoint",
            2,
            List(&Message(TypeId(548))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "ports",
            "Ports",
            "[]v1.EndpointPort",
            3,
            List(&Message(TypeId(551))),
        )
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 2), Field(2, 4), Field(3, 5), Field(4, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.21"],
    slots: Slots::new(),
};
pub(super) static T553: MessageDesc = MessageDesc {
    name: "discovery/v1.EndpointSliceList",
    go: "EndpointSliceList",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.EndpointSliceList",
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
            "[]v1.EndpointSlice",
            2,
            List(&Message(TypeId(552))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.21"],
    slots: Slots::new(),
};
pub(super) static T554: MessageDesc = MessageDesc {
    name: "discovery/v1.ForNode",
    go: "ForNode",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.ForNode",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T555: MessageDesc = MessageDesc {
    name: "discovery/v1.ForZone",
    go: "ForZone",
    api_group: "discovery.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.discovery.v1.ForZone",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("name", "Name", "string", 1, String).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
