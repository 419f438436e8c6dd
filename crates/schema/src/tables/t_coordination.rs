// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.
#[allow(clippy::wildcard_imports)]
use crate::desc::{FieldDesc, FieldType::*, MessageDesc, Slots, TypeId, WireEntry::Field};

const fn f(
    json: &'static str,
    go: &'static str,
    go_type: &'static str,
    number: u32,
    ty: crate::FieldType,
) -> FieldDesc {
    FieldDesc::new(json, go, go_type, number, ty)
}

pub(super) static T289: MessageDesc = MessageDesc {
    name: "coordination/v1.Lease",
    go: "Lease",
    api_group: "coordination.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.coordination.v1.Lease",
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
        f("spec", "Spec", "v1.LeaseSpec", 2, Message(TypeId(291)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.14"],
    slots: Slots::new(),
};
pub(super) static T290: MessageDesc = MessageDesc {
    name: "coordination/v1.LeaseList",
    go: "LeaseList",
    api_group: "coordination.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.coordination.v1.LeaseList",
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
            "[]v1.Lease",
            2,
            List(&Message(TypeId(289))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T291: MessageDesc = MessageDesc {
    name: "coordination/v1.LeaseSpec",
    go: "LeaseSpec",
    api_group: "coordination.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.coordination.v1.LeaseSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("holderIdentity", "HolderIdentity", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "leaseDurationSeconds",
            "LeaseDurationSeconds",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("acquireTime", "AcquireTime", "v1.MicroTime", 3, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("renewTime", "RenewTime", "v1.MicroTime", 4, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("leaseTransitions", "LeaseTransitions", "int32", 5, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "strategy",
            "Strategy",
            "v1.CoordinatedLeaseStrategy",
            6,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=CoordinatedLeaderElection", "optional"]),
        f("preferredHolder", "PreferredHolder", "string", 7, String)
            .ptr()
            .oe()
            .marks(&["featureGate=CoordinatedLeaderElection", "optional"]),
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
pub(super) static T292: MessageDesc = MessageDesc {
    name: "coordination/v1alpha2.LeaseCandidate",
    go: "LeaseCandidate",
    api_group: "coordination.k8s.io",
    version: "v1alpha2",
    proto_name: "k8s.io.api.coordination.v1alpha2.LeaseCandidate",
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
            "v1alpha2.LeaseCandidateSpec",
            2,
            Message(TypeId(294)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T293: MessageDesc = MessageDesc {
    name: "coordination/v1alpha2.LeaseCandidateList",
    go: "LeaseCandidateList",
    api_group: "coordination.k8s.io",
    version: "v1alpha2",
    proto_name: "k8s.io.api.coordination.v1alpha2.LeaseCandidateList",
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
            "[]v1alpha2.LeaseCandidate",
            2,
            List(&Message(TypeId(292))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T294: MessageDesc = MessageDesc {
    name: "coordination/v1alpha2.LeaseCandidateSpec",
    go: "LeaseCandidateSpec",
    api_group: "coordination.k8s.io",
    version: "v1alpha2",
    proto_name: "k8s.io.api.coordination.v1alpha2.LeaseCandidateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("leaseName", "LeaseName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("pingTime", "PingTime", "v1.MicroTime", 2, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("renewTime", "RenewTime", "v1.MicroTime", 3, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("binaryVersion", "BinaryVersion", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("emulationVersion", "EmulationVersion", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "strategy",
            "Strategy",
            "v1.CoordinatedLeaseStrategy",
            6,
            String,
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T295: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.Lease",
    go: "Lease",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.Lease",
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
        f("spec", "Spec", "v1beta1.LeaseSpec", 2, Message(TypeId(300)))
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.12",
        "k8s:prerelease-lifecycle-gen:deprecated=1.19",
        "k8s:prerelease-lifecycle-gen:replacement=coordination.k8s.io,v1,Lease",
    ],
    slots: Slots::new(),
};
pub(super) static T296: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.LeaseCandidate",
    go: "LeaseCandidate",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.LeaseCandidate",
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
            "v1beta1.LeaseCandidateSpec",
            2,
            Message(TypeId(298)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T297: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.LeaseCandidateList",
    go: "LeaseCandidateList",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.LeaseCandidateList",
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
            "[]v1beta1.LeaseCandidate",
            2,
            List(&Message(TypeId(296))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T298: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.LeaseCandidateSpec",
    go: "LeaseCandidateSpec",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.LeaseCandidateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("leaseName", "LeaseName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("pingTime", "PingTime", "v1.MicroTime", 2, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("renewTime", "RenewTime", "v1.MicroTime", 3, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("binaryVersion", "BinaryVersion", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("emulationVersion", "EmulationVersion", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "strategy",
            "Strategy",
            "v1.CoordinatedLeaseStrategy",
            6,
            String,
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T299: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.LeaseList",
    go: "LeaseList",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.LeaseList",
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
            "[]v1beta1.Lease",
            2,
            List(&Message(TypeId(295))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "k8s:prerelease-lifecycle-gen:introduced=1.12",
        "k8s:prerelease-lifecycle-gen:deprecated=1.19",
        "k8s:prerelease-lifecycle-gen:replacement=coordination.k8s.io,v1,LeaseList",
    ],
    slots: Slots::new(),
};
pub(super) static T300: MessageDesc = MessageDesc {
    name: "coordination/v1beta1.LeaseSpec",
    go: "LeaseSpec",
    api_group: "coordination.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.coordination.v1beta1.LeaseSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("holderIdentity", "HolderIdentity", "string", 1, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "leaseDurationSeconds",
            "LeaseDurationSeconds",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("acquireTime", "AcquireTime", "v1.MicroTime", 3, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("renewTime", "RenewTime", "v1.MicroTime", 4, MicroTime)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("leaseTransitions", "LeaseTransitions", "int32", 5, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "strategy",
            "Strategy",
            "v1.CoordinatedLeaseStrategy",
            6,
            String,
        )
        .ptr()
        .oe()
        .marks(&["featureGate=CoordinatedLeaderElection", "optional"]),
        f("preferredHolder", "PreferredHolder", "string", 7, String)
            .ptr()
            .oe()
            .marks(&["featureGate=CoordinatedLeaderElection", "optional"]),
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
