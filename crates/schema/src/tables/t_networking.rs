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

pub(super) static T644: MessageDesc = MessageDesc {
    name: "networking/v1.HTTPIngressPath",
    go: "HTTPIngressPath",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.HTTPIngressPath",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("path", "Path", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("pathType", "PathType", "v1.PathType", 3, String)
            .ptr()
            .req()
            .one_of(&["Exact", "ImplementationSpecific", "Prefix"]),
        f(
            "backend",
            "Backend",
            "v1.IngressBackend",
            2,
            Message(TypeId(651)),
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 2), Field(3, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T645: MessageDesc = MessageDesc {
    name: "networking/v1.HTTPIngressRuleValue",
    go: "HTTPIngressRuleValue",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.HTTPIngressRuleValue",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "paths",
        "Paths",
        "[]v1.HTTPIngressPath",
        1,
        List(&Message(TypeId(644))),
    )
    .req()
    .list(ListType::Atomic, &[])
    .marks(&["listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T646: MessageDesc = MessageDesc {
    name: "networking/v1.IPAddress",
    go: "IPAddress",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IPAddress",
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
        f("spec", "Spec", "v1.IPAddressSpec", 2, Message(TypeId(648)))
            .oe()
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
    ],
    slots: Slots::new(),
};
pub(super) static T647: MessageDesc = MessageDesc {
    name: "networking/v1.IPAddressList",
    go: "IPAddressList",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IPAddressList",
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
            "[]v1.IPAddress",
            2,
            List(&Message(TypeId(646))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T648: MessageDesc = MessageDesc {
    name: "networking/v1.IPAddressSpec",
    go: "IPAddressSpec",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IPAddressSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "parentRef",
        "ParentRef",
        "v1.ParentReference",
        1,
        Message(TypeId(673)),
    )
    .ptr()
    .oe()
    .req()
    .marks(&[
        "required",
        "k8s:beta(since: \"1.37\")=+k8s:required",
        "k8s:beta(since: \"1.37\")=+k8s:immutable",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T649: MessageDesc = MessageDesc {
    name: "networking/v1.IPBlock",
    go: "IPBlock",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IPBlock",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("cidr", "CIDR", "string", 1, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("except", "Except", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T650: MessageDesc = MessageDesc {
    name: "networking/v1.Ingress",
    go: "Ingress",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.Ingress",
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
        f("spec", "Spec", "v1.IngressSpec", 2, Message(TypeId(663)))
            .oe()
            .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.IngressStatus",
            3,
            Message(TypeId(664)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T651: MessageDesc = MessageDesc {
    name: "networking/v1.IngressBackend",
    go: "IngressBackend",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressBackend",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "service",
            "Service",
            "v1.IngressServiceBackend",
            4,
            Message(TypeId(662)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v1.TypedLocalObjectReference",
            3,
            Message(TypeId(532)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
    ],
    wire: &[Field(3, 1), Field(4, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T652: MessageDesc = MessageDesc {
    name: "networking/v1.IngressClass",
    go: "IngressClass",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressClass",
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
            "v1.IngressClassSpec",
            2,
            Message(TypeId(655)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
    ],
    slots: Slots::new(),
};
pub(super) static T653: MessageDesc = MessageDesc {
    name: "networking/v1.IngressClassList",
    go: "IngressClassList",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressClassList",
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
            "[]v1.IngressClass",
            2,
            List(&Message(TypeId(652))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T654: MessageDesc = MessageDesc {
    name: "networking/v1.IngressClassParametersReference",
    go: "IngressClassParametersReference",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressClassParametersReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("kind", "Kind", "string", 2, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("name", "Name", "string", 3, String)
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("scope", "Scope", "string", 4, String)
            .ptr()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 5, String)
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T655: MessageDesc = MessageDesc {
    name: "networking/v1.IngressClassSpec",
    go: "IngressClassSpec",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressClassSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("controller", "Controller", "string", 1, String).oe(),
        f(
            "parameters",
            "Parameters",
            "v1.IngressClassParametersReference",
            2,
            Message(TypeId(654)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T656: MessageDesc = MessageDesc {
    name: "networking/v1.IngressList",
    go: "IngressList",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressList",
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
            "[]v1.Ingress",
            2,
            List(&Message(TypeId(650))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T657: MessageDesc = MessageDesc {
    name: "networking/v1.IngressLoadBalancerIngress",
    go: "IngressLoadBalancerIngress",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressLoadBalancerIngress",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("ip", "IP", "string", 1, String).oe().marks(&["optional"]),
        f("hostname", "Hostname", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f(
            "ports",
            "Ports",
            "[]v1.IngressPortStatus",
            4,
            List(&Message(TypeId(659))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T658: MessageDesc = MessageDesc {
    name: "networking/v1.IngressLoadBalancerStatus",
    go: "IngressLoadBalancerStatus",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressLoadBalancerStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "ingress",
        "Ingress",
        "[]v1.IngressLoadBalancerIngress",
        1,
        List(&Message(TypeId(657))),
    )
    .oe()
    .list(ListType::Atomic, &[])
    .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T659: MessageDesc = MessageDesc {
name: "networking/v1.IngressPortStatus", go: "IngressPortStatus", api_group: "networking.k8s.io", version: "v1",
proto_name: "k8s.io.api.networking.v1.IngressPortStatus", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("port", "Port", "int32", 1, Int32).req(),
f("protocol", "Protocol", "v1.Protocol", 2, String).req().one_of(&["SCTP", "TCP", "UDP"]),
f("error", "Error", "string", 3, String).ptr().oe().marks(&["optional", "kubebuilder:validation:Required", "kubebuilder:validation:Pattern=`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$`", "kubebuilder:validation:MaxLength=316"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T660: MessageDesc = MessageDesc {
    name: "networking/v1.IngressRule",
    go: "IngressRule",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("host", "Host", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f(
            "http",
            "HTTP",
            "v1.HTTPIngressRuleValue",
            1,
            Message(TypeId(645)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Embed(2, &[Field(1, 1)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T661: MessageDesc = MessageDesc {
    name: "networking/v1.IngressRuleValue",
    go: "IngressRuleValue",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressRuleValue",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "http",
        "HTTP",
        "v1.HTTPIngressRuleValue",
        1,
        Message(TypeId(645)),
    )
    .ptr()
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T662: MessageDesc = MessageDesc {
    name: "networking/v1.IngressServiceBackend",
    go: "IngressServiceBackend",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressServiceBackend",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f(
            "port",
            "Port",
            "v1.ServiceBackendPort",
            2,
            Message(TypeId(674)),
        )
        .oe()
        .atomic(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T663: MessageDesc = MessageDesc {
    name: "networking/v1.IngressSpec",
    go: "IngressSpec",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("ingressClassName", "IngressClassName", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "defaultBackend",
            "DefaultBackend",
            "v1.IngressBackend",
            1,
            Message(TypeId(651)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "tls",
            "TLS",
            "[]v1.IngressTLS",
            2,
            List(&Message(TypeId(665))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
        f(
            "rules",
            "Rules",
            "[]v1.IngressRule",
            3,
            List(&Message(TypeId(660))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic", "optional"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 3), Field(4, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T664: MessageDesc = MessageDesc {
    name: "networking/v1.IngressStatus",
    go: "IngressStatus",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "loadBalancer",
        "LoadBalancer",
        "v1.IngressLoadBalancerStatus",
        1,
        Message(TypeId(658)),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T665: MessageDesc = MessageDesc {
    name: "networking/v1.IngressTLS",
    go: "IngressTLS",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.IngressTLS",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("hosts", "Hosts", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic", "optional"]),
        f("secretName", "SecretName", "string", 2, String)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T666: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicy",
    go: "NetworkPolicy",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicy",
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
            "v1.NetworkPolicySpec",
            2,
            Message(TypeId(672)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.7"],
    slots: Slots::new(),
};
pub(super) static T667: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicyEgressRule",
    go: "NetworkPolicyEgressRule",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicyEgressRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "ports",
            "Ports",
            "[]v1.NetworkPolicyPort",
            1,
            List(&Message(TypeId(671))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "to",
            "To",
            "[]v1.NetworkPolicyPeer",
            2,
            List(&Message(TypeId(670))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T668: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicyIngressRule",
    go: "NetworkPolicyIngressRule",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicyIngressRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "ports",
            "Ports",
            "[]v1.NetworkPolicyPort",
            1,
            List(&Message(TypeId(671))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "from",
            "From",
            "[]v1.NetworkPolicyPeer",
            2,
            List(&Message(TypeId(670))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T669: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicyList",
    go: "NetworkPolicyList",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicyList",
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
            "[]v1.NetworkPolicy",
            2,
            List(&Message(TypeId(666))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T670: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicyPeer",
    go: "NetworkPolicyPeer",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicyPeer",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "podSelector",
            "PodSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "namespaceSelector",
            "NamespaceSelector",
            "v1.LabelSelector",
            2,
            Message(TypeId(618)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("ipBlock", "IPBlock", "v1.IPBlock", 3, Message(TypeId(649)))
            .ptr()
            .oe()
            .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T671: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicyPort",
    go: "NetworkPolicyPort",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicyPort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("protocol", "Protocol", "v1.Protocol", 1, String)
            .ptr()
            .oe()
            .one_of(&["SCTP", "TCP", "UDP"])
            .marks(&["optional"]),
        f("port", "Port", "intstr.IntOrString", 2, IntOrString)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("endPort", "EndPort", "int32", 3, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T672: MessageDesc = MessageDesc {
    name: "networking/v1.NetworkPolicySpec",
    go: "NetworkPolicySpec",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.NetworkPolicySpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "podSelector",
            "PodSelector",
            "v1.LabelSelector",
            1,
            Message(TypeId(618)),
        )
        .atomic()
        .marks(&["optional"]),
        f(
            "ingress",
            "Ingress",
            "[]v1.NetworkPolicyIngressRule",
            2,
            List(&Message(TypeId(668))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "egress",
            "Egress",
            "[]v1.NetworkPolicyEgressRule",
            3,
            List(&Message(TypeId(667))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "policyTypes",
            "PolicyTypes",
            "[]v1.PolicyType",
            4,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .one_of(&["Egress", "Ingress"])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T673: MessageDesc = MessageDesc {
    name: "networking/v1.ParentReference",
    go: "ParentReference",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ParentReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 2, String)
            .oe()
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("namespace", "Namespace", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("name", "Name", "string", 4, String)
            .oe()
            .req()
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T674: MessageDesc = MessageDesc {
    name: "networking/v1.ServiceBackendPort",
    go: "ServiceBackendPort",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ServiceBackendPort",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: true,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("number", "Number", "int32", 2, Int32)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &["structType=atomic"],
    slots: Slots::new(),
};
pub(super) static T675: MessageDesc = MessageDesc {
    name: "networking/v1.ServiceCIDR",
    go: "ServiceCIDR",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ServiceCIDR",
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
            "v1.ServiceCIDRSpec",
            2,
            Message(TypeId(677)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "status",
            "Status",
            "v1.ServiceCIDRStatus",
            3,
            Message(TypeId(678)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T676: MessageDesc = MessageDesc {
    name: "networking/v1.ServiceCIDRList",
    go: "ServiceCIDRList",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ServiceCIDRList",
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
            "[]v1.ServiceCIDR",
            2,
            List(&Message(TypeId(675))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T677: MessageDesc = MessageDesc {
    name: "networking/v1.ServiceCIDRSpec",
    go: "ServiceCIDRSpec",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ServiceCIDRSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("cidrs", "CIDRs", "[]string", 1, List(&String))
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T678: MessageDesc = MessageDesc {
    name: "networking/v1.ServiceCIDRStatus",
    go: "ServiceCIDRStatus",
    api_group: "networking.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.networking.v1.ServiceCIDRStatus",
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
        "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:opaqueType",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
