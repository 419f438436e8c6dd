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

pub(super) static T265: MessageDesc = MessageDesc {
    name: "certificates/v1.CertificateSigningRequest",
    go: "CertificateSigningRequest",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.CertificateSigningRequest",
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
            "v1.CertificateSigningRequestSpec",
            2,
            Message(TypeId(268)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.CertificateSigningRequestStatus",
            3,
            Message(TypeId(269)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "genclient:method=UpdateApproval,verb=update,subresource=approval,input=k8s.io/api/certificates/v1.CertificateSigningRequest,result=k8s.io/api/certificates/v1.CertificateSigningRequest",
        "k8s:prerelease-lifecycle-gen:introduced=1.19",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/approval\"",
    ],
    slots: Slots::new(),
};
pub(super) static T266: MessageDesc = MessageDesc {
    name: "certificates/v1.CertificateSigningRequestCondition",
    go: "CertificateSigningRequestCondition",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.CertificateSigningRequestCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1.RequestConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 6, String).req(),
        f("reason", "Reason", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("lastUpdateTime", "LastUpdateTime", "v1.Time", 4, Time)
            .oe()
            .marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            5,
            Time,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 1),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T267: MessageDesc = MessageDesc {
    name: "certificates/v1.CertificateSigningRequestList",
    go: "CertificateSigningRequestList",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.CertificateSigningRequestList",
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
            "[]v1.CertificateSigningRequest",
            2,
            List(&Message(TypeId(265))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T268: MessageDesc = MessageDesc {
    name: "certificates/v1.CertificateSigningRequestSpec",
    go: "CertificateSigningRequestSpec",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.CertificateSigningRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("request", "Request", "[]uint8", 1, Bytes).req(),
        f("signerName", "SignerName", "string", 7, String).req(),
        f("expirationSeconds", "ExpirationSeconds", "int32", 8, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("usages", "Usages", "[]v1.KeyUsage", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .one_of(&[
                "any",
                "cert sign",
                "client auth",
                "code signing",
                "content commitment",
                "crl sign",
                "data encipherment",
                "decipher only",
                "digital signature",
                "email protection",
                "encipher only",
                "ipsec end system",
                "ipsec tunnel",
                "ipsec user",
                "key agreement",
                "key encipherment",
                "microsoft sgc",
                "netscape sgc",
                "ocsp signing",
                "s/mime",
                "server auth",
                "signing",
                "timestamping",
            ])
            .marks(&["listType=atomic"]),
        f("username", "Username", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("groups", "Groups", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic", "optional"]),
        f(
            "extra",
            "Extra",
            "map[string]v1.ExtraValue",
            6,
            Map(&Strings),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 4),
        Field(3, 5),
        Field(4, 6),
        Field(5, 3),
        Field(6, 7),
        Field(7, 1),
        Field(8, 2),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T269: MessageDesc = MessageDesc {
    name: "certificates/v1.CertificateSigningRequestStatus",
    go: "CertificateSigningRequestStatus",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.CertificateSigningRequestStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1.CertificateSigningRequestCondition",
            1,
            List(&Message(TypeId(266))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&[
            "listType=map",
            "listMapKey=type",
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=type",
            "k8s:beta(since: \"1.37\")=+k8s:customUnique",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:item(type: \"Approved\")=+k8s:zeroOrOneOfMember",
            "k8s:beta(since: \"1.37\")=+k8s:item(type: \"Denied\")=+k8s:zeroOrOneOfMember",
        ]),
        f("certificate", "Certificate", "[]uint8", 2, Bytes)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T270: MessageDesc = MessageDesc {
    name: "certificates/v1.ClusterTrustBundle",
    go: "ClusterTrustBundle",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.ClusterTrustBundle",
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
            "v1.ClusterTrustBundleSpec",
            2,
            Message(TypeId(272)),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
    ],
    slots: Slots::new(),
};
pub(super) static T271: MessageDesc = MessageDesc {
    name: "certificates/v1.ClusterTrustBundleList",
    go: "ClusterTrustBundleList",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.ClusterTrustBundleList",
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
            "[]v1.ClusterTrustBundle",
            2,
            List(&Message(TypeId(270))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T272: MessageDesc = MessageDesc {
    name: "certificates/v1.ClusterTrustBundleSpec",
    go: "ClusterTrustBundleSpec",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.ClusterTrustBundleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("signerName", "SignerName", "string", 1, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:alpha(since:\"1.37\")=+k8s:optional",
                "k8s:alpha(since:\"1.37\")=+k8s:immutable",
            ]),
        f("trustBundle", "TrustBundle", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T273: MessageDesc = MessageDesc {
    name: "certificates/v1.PodCertificateRequest",
    go: "PodCertificateRequest",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.PodCertificateRequest",
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
            "v1.PodCertificateRequestSpec",
            2,
            Message(TypeId(275)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.PodCertificateRequestStatus",
            3,
            Message(TypeId(276)),
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
pub(super) static T274: MessageDesc = MessageDesc {
    name: "certificates/v1.PodCertificateRequestList",
    go: "PodCertificateRequestList",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.PodCertificateRequestList",
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
            "[]v1.PodCertificateRequest",
            2,
            List(&Message(TypeId(273))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T275: MessageDesc = MessageDesc {
    name: "certificates/v1.PodCertificateRequestSpec",
    go: "PodCertificateRequestSpec",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.PodCertificateRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("signerName", "SignerName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("podName", "PodName", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("podUID", "PodUID", "types.UID", 3, String)
            .req()
            .marks(&["required"]),
        f(
            "serviceAccountName",
            "ServiceAccountName",
            "string",
            4,
            String,
        )
        .req()
        .marks(&["required"]),
        f(
            "serviceAccountUID",
            "ServiceAccountUID",
            "types.UID",
            5,
            String,
        )
        .req()
        .marks(&["required"]),
        f("nodeName", "NodeName", "types.NodeName", 6, String)
            .req()
            .marks(&["required"]),
        f("nodeUID", "NodeUID", "types.UID", 7, String)
            .req()
            .marks(&["required"]),
        f(
            "maxExpirationSeconds",
            "MaxExpirationSeconds",
            "int32",
            8,
            Int32,
        )
        .ptr()
        .oe()
        .or("86400")
        .marks(&["optional", "default=86400"]),
        f(
            "stubPKCS10Request",
            "StubPKCS10Request",
            "[]uint8",
            12,
            Bytes,
        )
        .req()
        .marks(&["required"]),
        f(
            "unverifiedUserAnnotations",
            "UnverifiedUserAnnotations",
            "map[string]string",
            11,
            Map(&String),
        )
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
        Field(11, 9),
        Field(12, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T276: MessageDesc = MessageDesc {
    name: "certificates/v1.PodCertificateRequestStatus",
    go: "PodCertificateRequestStatus",
    api_group: "certificates.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.certificates.v1.PodCertificateRequestStatus",
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
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
        ]),
        f("certificateChain", "CertificateChain", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("notBefore", "NotBefore", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("beginRefreshAt", "BeginRefreshAt", "v1.Time", 5, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("notAfter", "NotAfter", "v1.Time", 6, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T277: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.CertificateSigningRequest",
    go: "CertificateSigningRequest",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.CertificateSigningRequest",
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
            "v1beta1.CertificateSigningRequestSpec",
            2,
            Message(TypeId(280)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1beta1.CertificateSigningRequestStatus",
            3,
            Message(TypeId(281)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.12",
        "k8s:prerelease-lifecycle-gen:deprecated=1.19",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,CertificateSigningRequest",
        "k8s:supportsSubresource=\"/status\"",
        "k8s:supportsSubresource=\"/approval\"",
    ],
    slots: Slots::new(),
};
pub(super) static T278: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.CertificateSigningRequestCondition",
    go: "CertificateSigningRequestCondition",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.CertificateSigningRequestCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("type", "Type", "v1beta1.RequestConditionType", 1, String).req(),
        f("status", "Status", "v1.ConditionStatus", 6, String).marks(&["optional"]),
        f("reason", "Reason", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("lastUpdateTime", "LastUpdateTime", "v1.Time", 4, Time)
            .oe()
            .marks(&["optional"]),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            5,
            Time,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 2),
        Field(3, 3),
        Field(4, 4),
        Field(5, 5),
        Field(6, 1),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T279: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.CertificateSigningRequestList",
    go: "CertificateSigningRequestList",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.CertificateSigningRequestList",
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
            "[]v1beta1.CertificateSigningRequest",
            2,
            List(&Message(TypeId(277))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.12",
        "k8s:prerelease-lifecycle-gen:deprecated=1.19",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,CertificateSigningRequestList",
    ],
    slots: Slots::new(),
};
pub(super) static T280: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.CertificateSigningRequestSpec",
    go: "CertificateSigningRequestSpec",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.CertificateSigningRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("request", "Request", "[]uint8", 1, Bytes).req(),
        f("signerName", "SignerName", "string", 7, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("expirationSeconds", "ExpirationSeconds", "int32", 8, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("usages", "Usages", "[]v1beta1.KeyUsage", 5, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("username", "Username", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("uid", "UID", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("groups", "Groups", "[]string", 4, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic", "optional"]),
        f(
            "extra",
            "Extra",
            "map[string]v1beta1.ExtraValue",
            6,
            Map(&Strings),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 4),
        Field(3, 5),
        Field(4, 6),
        Field(5, 3),
        Field(6, 7),
        Field(7, 1),
        Field(8, 2),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T281: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.CertificateSigningRequestStatus",
    go: "CertificateSigningRequestStatus",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.CertificateSigningRequestStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1beta1.CertificateSigningRequestCondition",
            1,
            List(&Message(TypeId(278))),
        )
        .oe()
        .list(ListType::Map, &["type"])
        .marks(&[
            "listType=map",
            "listMapKey=type",
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=type",
            "k8s:beta(since: \"1.37\")=+k8s:customUnique",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:item(type: \"Approved\")=+k8s:zeroOrOneOfMember",
            "k8s:beta(since: \"1.37\")=+k8s:item(type: \"Denied\")=+k8s:zeroOrOneOfMember",
        ]),
        f("certificate", "Certificate", "[]uint8", 2, Bytes)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T282: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.ClusterTrustBundle",
    go: "ClusterTrustBundle",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.ClusterTrustBundle",
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
            "v1beta1.ClusterTrustBundleSpec",
            2,
            Message(TypeId(284)),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,ClusterTrustBundle",
    ],
    slots: Slots::new(),
};
pub(super) static T283: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.ClusterTrustBundleList",
    go: "ClusterTrustBundleList",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.ClusterTrustBundleList",
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
            "[]v1beta1.ClusterTrustBundle",
            2,
            List(&Message(TypeId(282))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,ClusterTrustBundleList",
    ],
    slots: Slots::new(),
};
pub(super) static T284: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.ClusterTrustBundleSpec",
    go: "ClusterTrustBundleSpec",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.ClusterTrustBundleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("signerName", "SignerName", "string", 1, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:alpha(since:\"1.37\")=+k8s:optional",
                "k8s:alpha(since:\"1.37\")=+k8s:immutable",
            ]),
        f("trustBundle", "TrustBundle", "string", 2, String).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T285: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.PodCertificateRequest",
    go: "PodCertificateRequest",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.PodCertificateRequest",
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
            "v1beta1.PodCertificateRequestSpec",
            2,
            Message(TypeId(287)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1beta1.PodCertificateRequestStatus",
            3,
            Message(TypeId(288)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.35",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,PodCertificateRequest",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T286: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.PodCertificateRequestList",
    go: "PodCertificateRequestList",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.PodCertificateRequestList",
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
            "[]v1beta1.PodCertificateRequest",
            2,
            List(&Message(TypeId(285))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.35",
        "k8s:prerelease-lifecycle-gen:deprecated=1.37",
        "k8s:prerelease-lifecycle-gen:replacement=certificates.k8s.io,v1,PodCertificateRequestList",
    ],
    slots: Slots::new(),
};
pub(super) static T287: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.PodCertificateRequestSpec",
    go: "PodCertificateRequestSpec",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.PodCertificateRequestSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("signerName", "SignerName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("podName", "PodName", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("podUID", "PodUID", "types.UID", 3, String)
            .req()
            .marks(&["required"]),
        f(
            "serviceAccountName",
            "ServiceAccountName",
            "string",
            4,
            String,
        )
        .req()
        .marks(&["required"]),
        f(
            "serviceAccountUID",
            "ServiceAccountUID",
            "types.UID",
            5,
            String,
        )
        .req()
        .marks(&["required"]),
        f("nodeName", "NodeName", "types.NodeName", 6, String)
            .req()
            .marks(&["required"]),
        f("nodeUID", "NodeUID", "types.UID", 7, String)
            .req()
            .marks(&["required"]),
        f(
            "maxExpirationSeconds",
            "MaxExpirationSeconds",
            "int32",
            8,
            Int32,
        )
        .ptr()
        .oe()
        .or("86400")
        .marks(&["optional", "default=86400"]),
        f("pkixPublicKey", "PKIXPublicKey", "[]uint8", 9, Bytes).marks(&["optional"]),
        f(
            "proofOfPossession",
            "ProofOfPossession",
            "[]uint8",
            10,
            Bytes,
        )
        .marks(&["optional"]),
        f(
            "stubPKCS10Request",
            "StubPKCS10Request",
            "[]uint8",
            12,
            Bytes,
        )
        .req(),
        f(
            "unverifiedUserAnnotations",
            "UnverifiedUserAnnotations",
            "map[string]string",
            11,
            Map(&String),
        )
        .oe(),
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
        Field(11, 11),
        Field(12, 10),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T288: MessageDesc = MessageDesc {
    name: "certificates/v1beta1.PodCertificateRequestStatus",
    go: "PodCertificateRequestStatus",
    api_group: "certificates.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.certificates.v1beta1.PodCertificateRequestStatus",
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
            "patchMergeKey=type",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=type",
            "optional",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("certificateChain", "CertificateChain", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("notBefore", "NotBefore", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("beginRefreshAt", "BeginRefreshAt", "v1.Time", 5, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("notAfter", "NotAfter", "v1.Time", 6, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
    ],
    markers: &[],
    slots: Slots::new(),
};
