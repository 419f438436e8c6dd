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

pub(super) static T0: MessageDesc = MessageDesc {
    name: "admission/v1.AdmissionRequest",
    go: "AdmissionRequest",
    api_group: "admission.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admission.v1.AdmissionRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).marks(&["optional"]),
        f(
            "kind",
            "Kind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v1.GroupVersionResource",
            3,
            Message(TypeId(617)),
        )
        .marks(&["optional"]),
        f("subResource", "SubResource", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "requestKind",
            "RequestKind",
            "v1.GroupVersionKind",
            13,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "requestResource",
            "RequestResource",
            "v1.GroupVersionResource",
            14,
            Message(TypeId(617)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "requestSubResource",
            "RequestSubResource",
            "string",
            15,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("name", "Name", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("operation", "Operation", "v1.Operation", 7, String).marks(&["optional"]),
        f(
            "userInfo",
            "UserInfo",
            "v1.UserInfo",
            8,
            Message(TypeId(186)),
        )
        .marks(&["optional"]),
        f("object", "Object", "runtime.RawExtension", 9, RawExtension)
            .oe()
            .marks(&["optional"]),
        f(
            "oldObject",
            "OldObject",
            "runtime.RawExtension",
            10,
            RawExtension,
        )
        .oe()
        .marks(&["optional"]),
        f("dryRun", "DryRun", "bool", 11, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "options",
            "Options",
            "runtime.RawExtension",
            12,
            RawExtension,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 7),
        Field(6, 8),
        Field(7, 9),
        Field(8, 10),
        Field(9, 11),
        Field(10, 12),
        Field(11, 13),
        Field(12, 14),
        Field(13, 4),
        Field(14, 5),
        Field(15, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T1: MessageDesc = MessageDesc {
    name: "admission/v1.AdmissionResponse",
    go: "AdmissionResponse",
    api_group: "admission.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admission.v1.AdmissionResponse",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).marks(&["optional"]),
        f("allowed", "Allowed", "bool", 2, Bool).marks(&["optional"]),
        f("status", "Result", "v1.Status", 3, Message(TypeId(633)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("patch", "Patch", "[]uint8", 4, Bytes)
            .oe()
            .marks(&["optional"]),
        f("patchType", "PatchType", "v1.PatchType", 5, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "map[string]string",
            6,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f("warnings", "Warnings", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
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
pub(super) static T2: MessageDesc = MessageDesc {
    name: "admission/v1.AdmissionReview",
    go: "AdmissionReview",
    api_group: "admission.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.admission.v1.AdmissionReview",
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
            "request",
            "Request",
            "v1.AdmissionRequest",
            1,
            Message(TypeId(0)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "response",
            "Response",
            "v1.AdmissionResponse",
            2,
            Message(TypeId(1)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T3: MessageDesc = MessageDesc {
    name: "admission/v1beta1.AdmissionRequest",
    go: "AdmissionRequest",
    api_group: "admission.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admission.v1beta1.AdmissionRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).marks(&["optional"]),
        f(
            "kind",
            "Kind",
            "v1.GroupVersionKind",
            2,
            Message(TypeId(616)),
        )
        .marks(&["optional"]),
        f(
            "resource",
            "Resource",
            "v1.GroupVersionResource",
            3,
            Message(TypeId(617)),
        )
        .marks(&["optional"]),
        f("subResource", "SubResource", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f(
            "requestKind",
            "RequestKind",
            "v1.GroupVersionKind",
            13,
            Message(TypeId(616)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "requestResource",
            "RequestResource",
            "v1.GroupVersionResource",
            14,
            Message(TypeId(617)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "requestSubResource",
            "RequestSubResource",
            "string",
            15,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("name", "Name", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("namespace", "Namespace", "string", 6, String)
            .oe()
            .marks(&["optional"]),
        f("operation", "Operation", "v1beta1.Operation", 7, String).marks(&["optional"]),
        f(
            "userInfo",
            "UserInfo",
            "v1.UserInfo",
            8,
            Message(TypeId(186)),
        )
        .marks(&["optional"]),
        f("object", "Object", "runtime.RawExtension", 9, RawExtension)
            .oe()
            .marks(&["optional"]),
        f(
            "oldObject",
            "OldObject",
            "runtime.RawExtension",
            10,
            RawExtension,
        )
        .oe()
        .marks(&["optional"]),
        f("dryRun", "DryRun", "bool", 11, Bool)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "options",
            "Options",
            "runtime.RawExtension",
            12,
            RawExtension,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 7),
        Field(6, 8),
        Field(7, 9),
        Field(8, 10),
        Field(9, 11),
        Field(10, 12),
        Field(11, 13),
        Field(12, 14),
        Field(13, 4),
        Field(14, 5),
        Field(15, 6),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T4: MessageDesc = MessageDesc {
    name: "admission/v1beta1.AdmissionResponse",
    go: "AdmissionResponse",
    api_group: "admission.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admission.v1beta1.AdmissionResponse",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).marks(&["optional"]),
        f("allowed", "Allowed", "bool", 2, Bool).marks(&["optional"]),
        f("status", "Result", "v1.Status", 3, Message(TypeId(633)))
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("patch", "Patch", "[]uint8", 4, Bytes)
            .oe()
            .marks(&["optional"]),
        f("patchType", "PatchType", "v1beta1.PatchType", 5, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "auditAnnotations",
            "AuditAnnotations",
            "map[string]string",
            6,
            Map(&String),
        )
        .oe()
        .marks(&["optional"]),
        f("warnings", "Warnings", "[]string", 7, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
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
pub(super) static T5: MessageDesc = MessageDesc {
    name: "admission/v1beta1.AdmissionReview",
    go: "AdmissionReview",
    api_group: "admission.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.admission.v1beta1.AdmissionReview",
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
            "request",
            "Request",
            "v1beta1.AdmissionRequest",
            1,
            Message(TypeId(3)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "response",
            "Response",
            "v1beta1.AdmissionResponse",
            2,
            Message(TypeId(4)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.9",
        "k8s:prerelease-lifecycle-gen:deprecated=1.19",
        "k8s:prerelease-lifecycle-gen:replacement=admission.k8s.io,v1,AdmissionReview",
    ],
    slots: Slots::new(),
};
