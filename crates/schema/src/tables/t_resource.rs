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

pub(super) static T700: MessageDesc = MessageDesc {
    name: "resource/v1.AllocatedDeviceStatus",
    go: "AllocatedDeviceStatus",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.AllocatedDeviceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("pool", "Pool", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("device", "Device", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("shareID", "ShareID", "string", 7, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            4,
            List(&Message(TypeId(607))),
        )
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("data", "Data", "runtime.RawExtension", 5, RawExtension)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "networkData",
            "NetworkData",
            "v1.NetworkDeviceData",
            6,
            Message(TypeId(735)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 3),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T701: MessageDesc = MessageDesc {
    name: "resource/v1.AllocationResult",
    go: "AllocationResult",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.AllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "devices",
            "Devices",
            "v1.DeviceAllocationResult",
            1,
            Message(TypeId(710)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            3,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "allocationTimestamp",
            "AllocationTimestamp",
            "v1.Time",
            5,
            Time,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
        ]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(5, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T702: MessageDesc = MessageDesc {
    name: "resource/v1.CELDeviceSelector",
    go: "CELDeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.CELDeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T703: MessageDesc = MessageDesc {
    name: "resource/v1.CapacityRequestPolicy",
    go: "CapacityRequestPolicy",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.CapacityRequestPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("default", "Default", "resource.Quantity", 1, Quantity)
            .ptr()
            .marks(&["optional"]),
        f(
            "validValues",
            "ValidValues",
            "[]resource.Quantity",
            3,
            List(&Quantity),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic", "oneOf=ValidRequestValues"]),
        f(
            "validRange",
            "ValidRange",
            "v1.CapacityRequestPolicyRange",
            4,
            Message(TypeId(704)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "oneOf=ValidRequestValues"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T704: MessageDesc = MessageDesc {
    name: "resource/v1.CapacityRequestPolicyRange",
    go: "CapacityRequestPolicyRange",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.CapacityRequestPolicyRange",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("min", "Min", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required"]),
        f("max", "Max", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("step", "Step", "resource.Quantity", 3, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T705: MessageDesc = MessageDesc {
    name: "resource/v1.CapacityRequirements",
    go: "CapacityRequirements",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.CapacityRequirements",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "requests",
        "Requests",
        "map[v1.QualifiedName]resource.Quantity",
        1,
        Map(&Quantity),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T706: MessageDesc = MessageDesc {
    name: "resource/v1.Counter",
    go: "Counter",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.Counter",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("value", "Value", "resource.Quantity", 1, Quantity)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T707: MessageDesc = MessageDesc {
    name: "resource/v1.CounterSet",
    go: "CounterSet",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.CounterSet",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
        ]),
        f(
            "counters",
            "Counters",
            "map[string]v1.Counter",
            2,
            Map(&Message(TypeId(706))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T708: MessageDesc = MessageDesc {
    name: "resource/v1.Device",
    go: "Device",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.Device",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "attributes",
            "Attributes",
            "map[v1.QualifiedName]v1.DeviceAttribute",
            2,
            Map(&Message(TypeId(711))),
        )
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f(
            "capacity",
            "Capacity",
            "map[v1.QualifiedName]v1.DeviceCapacity",
            3,
            Map(&Message(TypeId(712))),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "consumesCounters",
            "ConsumesCounters",
            "[]v1.DeviceCounterConsumption",
            4,
            List(&Message(TypeId(721))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=atomic",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=counterSet",
            "featureGate=DRAPartitionableDevices",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=2",
        ]),
        f("nodeName", "NodeName", "string", 5, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            6,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&[
            "optional",
            "oneOf=DeviceNodeSelection",
            "featureGate=DRAPartitionableDevices",
        ]),
        f("allNodes", "AllNodes", "bool", 7, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "taints",
            "Taints",
            "[]v1.DeviceTaint",
            8,
            List(&Message(TypeId(727))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("bindsToNode", "BindsToNode", "bool", 9, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            10,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            11,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "allowMultipleAllocations",
            "AllowMultipleAllocations",
            "bool",
            12,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "nodeAllocatableResources",
            "NodeAllocatableResources",
            "map[v1.ResourceName]v1.NodeAllocatableResource",
            14,
            Map(&Message(TypeId(738))),
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "featureGate=DRANodeAllocatableResources",
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
        Field(14, 12),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T709: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceAllocationConfiguration",
    go: "DeviceAllocationConfiguration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceAllocationConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("source", "Source", "v1.AllocationConfigSource", 1, String)
            .req()
            .one_of(&["FromClaim", "FromClass"])
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("requests", "Requests", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(739)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Embed(3, &[Field(1, 2)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T710: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceAllocationResult",
    go: "DeviceAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "results",
            "Results",
            "[]v1.DeviceRequestAllocationResult",
            1,
            List(&Message(TypeId(724))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1.DeviceAllocationConfiguration",
            2,
            List(&Message(TypeId(709))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=64",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T711: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceAttribute",
    go: "DeviceAttribute",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("int", "IntValue", "int64", 2, Int64).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("bool", "BoolValue", "bool", 3, Bool).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("string", "StringValue", "string", 4, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("version", "VersionValue", "string", 5, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("ints", "IntValues", "[]int64", 6, List(&Int64))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("bools", "BoolValues", "[]bool", 7, List(&Bool))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("strings", "StringValues", "[]string", 8, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:maxBytes=64",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("versions", "VersionValues", "[]string", 9, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
    ],
    wire: &[
        Field(2, 0),
        Field(3, 1),
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
        Field(7, 5),
        Field(8, 6),
        Field(9, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T712: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceCapacity",
    go: "DeviceCapacity",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceCapacity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("value", "Value", "resource.Quantity", 1, Quantity)
            .req()
            .marks(&["required"]),
        f(
            "requestPolicy",
            "RequestPolicy",
            "v1.CapacityRequestPolicy",
            2,
            Message(TypeId(703)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T713: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClaim",
    go: "DeviceClaim",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requests",
            "Requests",
            "[]v1.DeviceRequest",
            1,
            List(&Message(TypeId(723))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "constraints",
            "Constraints",
            "[]v1.DeviceConstraint",
            2,
            List(&Message(TypeId(720))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1.DeviceClaimConfiguration",
            3,
            List(&Message(TypeId(714))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T714: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClaimConfiguration",
    go: "DeviceClaimConfiguration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClaimConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(739)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Embed(2, &[Field(1, 1)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T715: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClass",
    go: "DeviceClass",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClass",
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
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1.DeviceClassSpec",
            2,
            Message(TypeId(718)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
    ],
    slots: Slots::new(),
};
pub(super) static T716: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClassConfiguration",
    go: "DeviceClassConfiguration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClassConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(739)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Embed(1, &[Field(1, 0)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T717: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClassList",
    go: "DeviceClassList",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClassList",
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
            "[]v1.DeviceClass",
            2,
            List(&Message(TypeId(715))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T718: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceClassSpec",
    go: "DeviceClassSpec",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceClassSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "selectors",
            "Selectors",
            "[]v1.DeviceSelector",
            1,
            List(&Message(TypeId(725))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1.DeviceClassConfiguration",
            2,
            List(&Message(TypeId(716))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "extendedResourceName",
            "ExtendedResourceName",
            "string",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRAExtendedResource",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-extended-resource-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T719: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceConfiguration",
    go: "DeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(739)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T720: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceConstraint",
    go: "DeviceConstraint",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "matchAttribute",
            "MatchAttribute",
            "v1.FullyQualifiedName",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-fully-qualified-name",
        ]),
        f(
            "distinctAttribute",
            "DistinctAttribute",
            "v1.FullyQualifiedName",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "featureGate=DRAConsumableCapacity",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T721: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceCounterConsumption",
    go: "DeviceCounterConsumption",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceCounterConsumption",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("counterSet", "CounterSet", "string", 1, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
            ]),
        f(
            "counters",
            "Counters",
            "map[string]v1.Counter",
            2,
            Map(&Message(TypeId(706))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
        f(
            "compatibilityGroups",
            "CompatibilityGroups",
            "[]string",
            3,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T722: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceDerivedAttribute",
    go: "DeviceDerivedAttribute",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceDerivedAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1.FullyQualifiedName", 1, String)
            .req()
            .marks(&["required"]),
        f("expression", "Expression", "string", 2, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T723: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceRequest",
    go: "DeviceRequest",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "exactly",
            "Exactly",
            "v1.ExactDeviceRequest",
            2,
            Message(TypeId(734)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=deviceRequestType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "firstAvailable",
            "FirstAvailable",
            "[]v1.DeviceSubRequest",
            3,
            List(&Message(TypeId(726))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "oneOf=deviceRequestType",
            "listType=atomic",
            "featureGate=DRAPrioritizedList",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=8",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T724: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceRequestAllocationResult",
    go: "DeviceRequestAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceRequestAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("request", "Request", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("driver", "Driver", "string", 2, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
        ]),
        f("pool", "Pool", "string", 3, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-pool-name",
        ]),
        f("device", "Device", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("adminAccess", "AdminAccess", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1.DeviceToleration",
            6,
            List(&Message(TypeId(733))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            7,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f("shareID", "ShareID", "types.UID", 9, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "consumedCapacity",
            "ConsumedCapacity",
            "map[v1.QualifiedName]resource.Quantity",
            10,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "skipNodeOperations",
            "SkipNodeOperations",
            "[]v1.SkipNodeOperation",
            11,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"])
        .marks(&[
            "optional",
            "listType=set",
            "k8s:listType=set",
            "featureGate=DRAOptionalNodeOperations",
            "k8s:optional",
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T725: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceSelector",
    go: "DeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "cel",
        "CEL",
        "v1.CELDeviceSelector",
        1,
        Message(TypeId(702)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "oneOf=SelectorType"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T726: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceSubRequest",
    go: "DeviceSubRequest",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceSubRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("deviceClassName", "DeviceClassName", "string", 2, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name",
            ]),
        f(
            "selectors",
            "Selectors",
            "[]v1.DeviceSelector",
            3,
            List(&Message(TypeId(725))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1.DeviceAllocationMode",
            4,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 5, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1.DeviceToleration",
            6,
            List(&Message(TypeId(733))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1.CapacityRequirements",
            7,
            Message(TypeId(705)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1.DeviceDerivedAttribute",
            8,
            List(&Message(TypeId(722))),
        )
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T727: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaint",
    go: "DeviceTaint",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1.DeviceTaintEffect", 3, String)
            .req()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("timeAdded", "TimeAdded", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T728: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaintRule",
    go: "DeviceTaintRule",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaintRule",
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
            "v1.DeviceTaintRuleSpec",
            2,
            Message(TypeId(730)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1.DeviceTaintRuleStatus",
            3,
            Message(TypeId(731)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.37",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T729: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaintRuleList",
    go: "DeviceTaintRuleList",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaintRuleList",
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
            "[]v1.DeviceTaintRule",
            2,
            List(&Message(TypeId(728))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.37"],
    slots: Slots::new(),
};
pub(super) static T730: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaintRuleSpec",
    go: "DeviceTaintRuleSpec",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaintRuleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "deviceSelector",
            "DeviceSelector",
            "v1.DeviceTaintSelector",
            1,
            Message(TypeId(732)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("taint", "Taint", "v1.DeviceTaint", 2, Message(TypeId(727)))
            .oe()
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T731: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaintRuleStatus",
    go: "DeviceTaintRuleStatus",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaintRuleStatus",
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
        "listType=map",
        "listMapKey=type",
        "patchStrategy=merge",
        "patchMergeKey=type",
        "k8s:alpha(since: \"1.37\")=+k8s:optional",
        "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
        "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T732: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceTaintSelector",
    go: "DeviceTaintSelector",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceTaintSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("pool", "Pool", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("device", "Device", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T733: MessageDesc = MessageDesc {
    name: "resource/v1.DeviceToleration",
    go: "DeviceToleration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.DeviceToleration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-label-key",
        ]),
        f(
            "operator",
            "Operator",
            "v1.DeviceTolerationOperator",
            2,
            String,
        )
        .oe()
        .one_of(&["Equal", "Exists"])
        .or("\"Equal\"")
        .marks(&[
            "optional",
            "default=\"Equal\"",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("value", "Value", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1.DeviceTaintEffect", 4, String)
            .oe()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("tolerationSeconds", "TolerationSeconds", "int64", 5, Int64)
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
pub(super) static T734: MessageDesc = MessageDesc {
    name: "resource/v1.ExactDeviceRequest",
    go: "ExactDeviceRequest",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ExactDeviceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("deviceClassName", "DeviceClassName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "selectors",
            "Selectors",
            "[]v1.DeviceSelector",
            2,
            List(&Message(TypeId(725))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1.DeviceAllocationMode",
            3,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 4, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f("adminAccess", "AdminAccess", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1.DeviceToleration",
            6,
            List(&Message(TypeId(733))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1.CapacityRequirements",
            7,
            Message(TypeId(705)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1.DeviceDerivedAttribute",
            8,
            List(&Message(TypeId(722))),
        )
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T735: MessageDesc = MessageDesc {
    name: "resource/v1.NetworkDeviceData",
    go: "NetworkDeviceData",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.NetworkDeviceData",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("interfaceName", "InterfaceName", "string", 1, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=256",
            ]),
        f("ips", "IPs", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=16",
            ]),
        f("hardwareAddress", "HardwareAddress", "string", 3, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=128",
            ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T736: MessageDesc = MessageDesc {
    name: "resource/v1.NodeAllocatableMapping",
    go: "NodeAllocatableMapping",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.NodeAllocatableMapping",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("capacityKey", "CapacityKey", "v1.QualifiedName", 1, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:optional",
                "k8s:unionMember",
                "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityMultiplier\")",
            ]),
        f(
            "capacityMultiplier",
            "CapacityMultiplier",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityKey\")",
        ]),
        f(
            "deviceMultiplier",
            "DeviceMultiplier",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T737: MessageDesc = MessageDesc {
    name: "resource/v1.NodeAllocatableOverhead",
    go: "NodeAllocatableOverhead",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.NodeAllocatableOverhead",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("perPod", "PerPod", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional"]),
        f(
            "perContainer",
            "PerContainer",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T738: MessageDesc = MessageDesc {
    name: "resource/v1.NodeAllocatableResource",
    go: "NodeAllocatableResource",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.NodeAllocatableResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "mapping",
            "Mapping",
            "v1.NodeAllocatableMapping",
            3,
            Message(TypeId(736)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
        f(
            "overhead",
            "Overhead",
            "v1.NodeAllocatableOverhead",
            4,
            Message(TypeId(737)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(3, 0), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T739: MessageDesc = MessageDesc {
    name: "resource/v1.OpaqueDeviceConfiguration",
    go: "OpaqueDeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.OpaqueDeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
        ]),
        f(
            "parameters",
            "Parameters",
            "runtime.RawExtension",
            2,
            RawExtension,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T740: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaim",
    go: "ResourceClaim",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaim",
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
            "v1.ResourceClaimSpec",
            2,
            Message(TypeId(743)),
        )
        .marks(&["k8s:beta(since: \"1.37\")=+k8s:immutable", "optional"]),
        f(
            "status",
            "Status",
            "v1.ResourceClaimStatus",
            3,
            Message(TypeId(744)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T741: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimConsumerReference",
    go: "ResourceClaimConsumerReference",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimConsumerReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("name", "Name", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("uid", "UID", "types.UID", 5, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T742: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimList",
    go: "ResourceClaimList",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimList",
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
            "[]v1.ResourceClaim",
            2,
            List(&Message(TypeId(740))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T743: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimSpec",
    go: "ResourceClaimSpec",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "devices",
        "Devices",
        "v1.DeviceClaim",
        1,
        Message(TypeId(713)),
    )
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T744: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimStatus",
    go: "ResourceClaimStatus",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "allocation",
            "Allocation",
            "v1.AllocationResult",
            1,
            Message(TypeId(701)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:update=NoModify",
        ]),
        f(
            "reservedFor",
            "ReservedFor",
            "[]v1.ResourceClaimConsumerReference",
            2,
            List(&Message(TypeId(741))),
        )
        .oe()
        .patch("merge", "uid")
        .list(ListType::Map, &["uid"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=uid",
            "patchStrategy=merge",
            "patchMergeKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=256",
        ]),
        f(
            "devices",
            "Devices",
            "[]v1.AllocatedDeviceStatus",
            4,
            List(&Message(TypeId(700))),
        )
        .oe()
        .list(ListType::Map, &["driver", "device", "pool", "shareID"])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=map",
            "listMapKey=driver",
            "listMapKey=device",
            "listMapKey=pool",
            "listMapKey=shareID",
            "featureGate=DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=driver",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=device",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=pool",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=shareID",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T745: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimTemplate",
    go: "ResourceClaimTemplate",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimTemplate",
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
            "v1.ResourceClaimTemplateSpec",
            2,
            Message(TypeId(747)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T746: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimTemplateList",
    go: "ResourceClaimTemplateList",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimTemplateList",
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
            "[]v1.ResourceClaimTemplate",
            2,
            List(&Message(TypeId(745))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T747: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceClaimTemplateSpec",
    go: "ResourceClaimTemplateSpec",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceClaimTemplateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
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
            "spec",
            "Spec",
            "v1.ResourceClaimSpec",
            2,
            Message(TypeId(743)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T748: MessageDesc = MessageDesc {
    name: "resource/v1.ResourcePool",
    go: "ResourcePool",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourcePool",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("generation", "Generation", "int64", 2, Int64)
            .req()
            .marks(&["required"]),
        f(
            "resourceSliceCount",
            "ResourceSliceCount",
            "int64",
            3,
            Int64,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T749: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceSlice",
    go: "ResourceSlice",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceSlice",
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
            "v1.ResourceSliceSpec",
            2,
            Message(TypeId(751)),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.34",
    ],
    slots: Slots::new(),
};
pub(super) static T750: MessageDesc = MessageDesc {
    name: "resource/v1.ResourceSliceList",
    go: "ResourceSliceList",
    api_group: "resource.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.resource.v1.ResourceSliceList",
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
            "[]v1.ResourceSlice",
            2,
            List(&Message(TypeId(749))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.34"],
    slots: Slots::new(),
};
pub(super) static T751: MessageDesc = MessageDesc {
name: "resource/v1.ResourceSliceSpec", go: "ResourceSliceSpec", api_group: "resource.k8s.io", version: "v1",
proto_name: "k8s.io.api.resource.v1.ResourceSliceSpec", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("driver", "Driver", "string", 1, String).req().marks(&["required"]),
f("pool", "Pool", "v1.ResourcePool", 2, Message(TypeId(748))).req().marks(&["required"]),
f("nodeName", "NodeName", "string", 3, String).ptr().oe().marks(&["optional", "oneOf=NodeSelection"]),
f("nodeSelector", "NodeSelector", "v1.NodeSelector", 4, Message(TypeId(419))).ptr().oe().atomic().marks(&["optional", "oneOf=NodeSelection"]),
f("allNodes", "AllNodes", "bool", 5, Bool).ptr().oe().marks(&["optional", "oneOf=NodeSelection"]),
f("devices", "Devices", "[]v1.Device", 6, List(&Message(TypeId(708)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:optional", "zeroOrOneOf=ResourceSliceType"]),
f("perDeviceNodeSelection", "PerDeviceNodeSelection", "bool", 7, Bool).ptr().oe().marks(&["optional", "oneOf=NodeSelection", "featureGate=DRAPartitionableDevices"]),
f("sharedCounters", "SharedCounters", "[]v1.CounterSet", 8, List(&Message(TypeId(707)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional", "listType=atomic", "k8s:listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:unique=map", "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name", "featureGate=DRAPartitionableDevices", "zeroOrOneOf=ResourceSliceType", "k8s:beta(since: \"1.37\")=+k8s:maxItems=8"]),
f("partitionTypeAttribute", "PartitionTypeAttribute", "v1.FullyQualifiedName", 9, String).ptr().oe().marks(&["optional", "featureGate=DRAPartitionableDevicesType", "k8s:ifDisabled(DRAPartitionableDevicesType)=+k8s:forbidden", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:optional", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:format=k8s-resource-fully-qualified-name"]),
f("skipNodeOperations", "SkipNodeOperations", "[]v1.SkipNodeOperation", 10, List(&String)).oe().list(ListType::Set, &[]).one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"]).marks(&["optional", "listType=set", "k8s:listType=set", "featureGate=DRAOptionalNodeOperations", "k8s:optional"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3), Field(5, 4), Field(6, 5), Field(7, 6), Field(8, 7), Field(9, 8), Field(10, 9)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T752: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.CELDeviceSelector",
    go: "CELDeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.CELDeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T753: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceSelector",
    go: "DeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "cel",
        "CEL",
        "v1alpha3.CELDeviceSelector",
        1,
        Message(TypeId(752)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "oneOf=SelectorType"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T754: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaint",
    go: "DeviceTaint",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1alpha3.DeviceTaintEffect", 3, String)
            .req()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("timeAdded", "TimeAdded", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T755: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaintRule",
    go: "DeviceTaintRule",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaintRule",
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
            "v1alpha3.DeviceTaintRuleSpec",
            2,
            Message(TypeId(757)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1alpha3.DeviceTaintRuleStatus",
            3,
            Message(TypeId(758)),
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
pub(super) static T756: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaintRuleList",
    go: "DeviceTaintRuleList",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaintRuleList",
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
            "[]v1alpha3.DeviceTaintRule",
            2,
            List(&Message(TypeId(755))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T757: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaintRuleSpec",
    go: "DeviceTaintRuleSpec",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaintRuleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "deviceSelector",
            "DeviceSelector",
            "v1alpha3.DeviceTaintSelector",
            1,
            Message(TypeId(759)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "taint",
            "Taint",
            "v1alpha3.DeviceTaint",
            2,
            Message(TypeId(754)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T758: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaintRuleStatus",
    go: "DeviceTaintRuleStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaintRuleStatus",
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
        "listType=map",
        "listMapKey=type",
        "patchStrategy=merge",
        "patchMergeKey=type",
        "k8s:alpha(since: \"1.37\")=+k8s:optional",
        "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
        "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T759: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.DeviceTaintSelector",
    go: "DeviceTaintSelector",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.DeviceTaintSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("pool", "Pool", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("device", "Device", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T760: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.PartitionTypeStatus",
    go: "PartitionTypeStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.PartitionTypeStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("attribute", "Attribute", "string", 4, String)
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
        f("type", "Type", "string", 1, String)
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
        f("total", "Total", "int32", 2, Int32)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required", "k8s:minimum=0"]),
        f("allocatable", "Allocatable", "int32", 3, Int32)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required", "k8s:minimum=0"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 3), Field(4, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T761: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.PoolStatus",
    go: "PoolStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.PoolStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String)
            .oe()
            .req()
            .marks(&[
                "required",
                "k8s:required",
                "k8s:format=k8s-long-name-caseless",
            ]),
        f("poolName", "PoolName", "string", 2, String)
            .oe()
            .req()
            .marks(&[
                "required",
                "k8s:required",
                "k8s:format=k8s-resource-pool-name",
            ]),
        f("generation", "Generation", "int64", 9, Int64)
            .req()
            .marks(&["required", "k8s:required", "k8s:minimum=0"]),
        f(
            "resourceSliceCount",
            "ResourceSliceCount",
            "int32",
            8,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:minimum=1"]),
        f("totalDevices", "TotalDevices", "int32", 4, Int32)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:minimum=0"]),
        f("allocatedDevices", "AllocatedDevices", "int32", 5, Int32)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:minimum=0"]),
        f("availableDevices", "AvailableDevices", "int32", 6, Int32)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:minimum=0"]),
        f(
            "unavailableDevices",
            "UnavailableDevices",
            "int32",
            7,
            Int32,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:minimum=0"]),
        f("nodeName", "NodeName", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:format=k8s-long-name"]),
        f("validationError", "ValidationError", "string", 10, String)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional", "k8s:maxBytes=256"]),
        f(
            "partitionSummary",
            "PartitionSummary",
            "[]v1alpha3.PartitionTypeStatus",
            11,
            List(&Message(TypeId(760))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:optional",
            "listType=atomic",
            "k8s:listType=atomic",
            "k8s:unique=map",
            "k8s:listMapKey=attribute",
            "k8s:listMapKey=type",
            "k8s:maxItems=32",
        ]),
        f(
            "shareableSummary",
            "ShareableSummary",
            "v1alpha3.ShareableSummaryStatus",
            13,
            Message(TypeId(767)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 8),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 7),
        Field(8, 3),
        Field(9, 2),
        Field(10, 9),
        Field(11, 10),
        Field(13, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T762: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.ResourcePoolStatusRequest",
    go: "ResourcePoolStatusRequest",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.ResourcePoolStatusRequest",
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
        .req()
        .marks(&["required"]),
        f(
            "spec",
            "Spec",
            "v1alpha3.ResourcePoolStatusRequestSpec",
            2,
            Message(TypeId(764)),
        )
        .req()
        .marks(&["required", "k8s:immutable"]),
        f(
            "status",
            "Status",
            "v1alpha3.ResourcePoolStatusRequestStatus",
            3,
            Message(TypeId(765)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.36",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T763: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.ResourcePoolStatusRequestList",
    go: "ResourcePoolStatusRequestList",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.ResourcePoolStatusRequestList",
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
            "[]v1alpha3.ResourcePoolStatusRequest",
            2,
            List(&Message(TypeId(762))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.36"],
    slots: Slots::new(),
};
pub(super) static T764: MessageDesc = MessageDesc {
name: "resource/v1alpha3.ResourcePoolStatusRequestSpec", go: "ResourcePoolStatusRequestSpec", api_group: "resource.k8s.io", version: "v1alpha3",
proto_name: "k8s.io.api.resource.v1alpha3.ResourcePoolStatusRequestSpec", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("driver", "Driver", "string", 1, String).req().marks(&["required", "k8s:required", "k8s:format=k8s-long-name-caseless"]),
f("poolName", "PoolName", "string", 2, String).ptr().oe().marks(&["optional", "k8s:optional", "k8s:format=k8s-resource-pool-name"]),
f("limit", "Limit", "int32", 3, Int32).ptr().oe().or("100").marks(&["optional", "k8s:optional", "default=100", "k8s:minimum=1", "k8s:maximum=1000"]),
f("defaultPartitionTypeAttribute", "DefaultPartitionTypeAttribute", "string", 4, String).ptr().oe().marks(&["optional", "featureGate=DRAPartitionableDevicesType", "k8s:ifDisabled(DRAPartitionableDevicesType)=+k8s:forbidden", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:optional", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:format=k8s-resource-fully-qualified-name"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T765: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.ResourcePoolStatusRequestStatus",
    go: "ResourcePoolStatusRequestStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.ResourcePoolStatusRequestStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("poolCount", "PoolCount", "int32", 6, Int32)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required", "k8s:minimum=0"]),
        f(
            "pools",
            "Pools",
            "[]v1alpha3.PoolStatus",
            2,
            List(&Message(TypeId(761))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:optional",
            "listType=atomic",
            "k8s:listType=atomic",
            "k8s:maxItems=1000",
        ]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            3,
            List(&Message(TypeId(607))),
        )
        .oe()
        .patch("merge", "type")
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "k8s:optional",
            "listType=map",
            "listMapKey=type",
            "patchStrategy=merge",
            "patchMergeKey=type",
            "k8s:maxItems=10",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
    ],
    wire: &[Field(2, 1), Field(3, 2), Field(6, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T766: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.ShareableCapacityStatus",
    go: "ShareableCapacityStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.ShareableCapacityStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
        f("total", "Total", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
        f("consumed", "Consumed", "resource.Quantity", 3, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
        f("available", "Available", "resource.Quantity", 4, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required", "k8s:required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T767: MessageDesc = MessageDesc {
    name: "resource/v1alpha3.ShareableSummaryStatus",
    go: "ShareableSummaryStatus",
    api_group: "resource.k8s.io",
    version: "v1alpha3",
    proto_name: "k8s.io.api.resource.v1alpha3.ShareableSummaryStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "fullyAvailableDevices",
            "FullyAvailableDevices",
            "int32",
            1,
            Int32,
        )
        .ptr()
        .oe()
        .req()
        .marks(&["required", "k8s:required", "k8s:minimum=0"]),
        f(
            "partiallyAvailableDevices",
            "PartiallyAvailableDevices",
            "int32",
            2,
            Int32,
        )
        .ptr()
        .oe()
        .req()
        .marks(&["required", "k8s:required", "k8s:minimum=0"]),
        f(
            "capacity",
            "Capacity",
            "[]v1alpha3.ShareableCapacityStatus",
            3,
            List(&Message(TypeId(766))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:optional",
            "listType=atomic",
            "k8s:maxItems=32",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T768: MessageDesc = MessageDesc {
    name: "resource/v1beta1.AllocatedDeviceStatus",
    go: "AllocatedDeviceStatus",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.AllocatedDeviceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("pool", "Pool", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("device", "Device", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("shareID", "ShareID", "string", 7, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            4,
            List(&Message(TypeId(607))),
        )
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("data", "Data", "runtime.RawExtension", 5, RawExtension)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "networkData",
            "NetworkData",
            "v1beta1.NetworkDeviceData",
            6,
            Message(TypeId(798)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 3),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T769: MessageDesc = MessageDesc {
    name: "resource/v1beta1.AllocationResult",
    go: "AllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.AllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "devices",
            "Devices",
            "v1beta1.DeviceAllocationResult",
            1,
            Message(TypeId(779)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            3,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "allocationTimestamp",
            "AllocationTimestamp",
            "v1.Time",
            5,
            Time,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
        ]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(5, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T770: MessageDesc = MessageDesc {
    name: "resource/v1beta1.BasicDevice",
    go: "BasicDevice",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.BasicDevice",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "attributes",
            "Attributes",
            "map[v1beta1.QualifiedName]v1beta1.DeviceAttribute",
            1,
            Map(&Message(TypeId(780))),
        )
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f(
            "capacity",
            "Capacity",
            "map[v1beta1.QualifiedName]v1beta1.DeviceCapacity",
            2,
            Map(&Message(TypeId(781))),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "consumesCounters",
            "ConsumesCounters",
            "[]v1beta1.DeviceCounterConsumption",
            3,
            List(&Message(TypeId(790))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=atomic",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=counterSet",
            "featureGate=DRAPartitionableDevices",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=2",
        ]),
        f("nodeName", "NodeName", "string", 4, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            5,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional", "oneOf=DeviceNodeSelection"]),
        f("allNodes", "AllNodes", "bool", 6, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "taints",
            "Taints",
            "[]v1beta1.DeviceTaint",
            7,
            List(&Message(TypeId(796))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("bindsToNode", "BindsToNode", "bool", 8, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            9,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            10,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "allowMultipleAllocations",
            "AllowMultipleAllocations",
            "bool",
            11,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "nodeAllocatableResources",
            "NodeAllocatableResources",
            "map[v1.ResourceName]v1beta1.NodeAllocatableResource",
            14,
            Map(&Message(TypeId(801))),
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "featureGate=DRANodeAllocatableResources",
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
        Field(14, 11),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T771: MessageDesc = MessageDesc {
    name: "resource/v1beta1.CELDeviceSelector",
    go: "CELDeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.CELDeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T772: MessageDesc = MessageDesc {
    name: "resource/v1beta1.CapacityRequestPolicy",
    go: "CapacityRequestPolicy",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.CapacityRequestPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("default", "Default", "resource.Quantity", 1, Quantity)
            .ptr()
            .marks(&["optional"]),
        f(
            "validValues",
            "ValidValues",
            "[]resource.Quantity",
            3,
            List(&Quantity),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic", "oneOf=ValidRequestValues"]),
        f(
            "validRange",
            "ValidRange",
            "v1beta1.CapacityRequestPolicyRange",
            4,
            Message(TypeId(773)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "oneOf=ValidRequestValues"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T773: MessageDesc = MessageDesc {
    name: "resource/v1beta1.CapacityRequestPolicyRange",
    go: "CapacityRequestPolicyRange",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.CapacityRequestPolicyRange",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("min", "Min", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required"]),
        f("max", "Max", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("step", "Step", "resource.Quantity", 3, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T774: MessageDesc = MessageDesc {
    name: "resource/v1beta1.CapacityRequirements",
    go: "CapacityRequirements",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.CapacityRequirements",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "requests",
        "Requests",
        "map[v1beta1.QualifiedName]resource.Quantity",
        1,
        Map(&Quantity),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T775: MessageDesc = MessageDesc {
    name: "resource/v1beta1.Counter",
    go: "Counter",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.Counter",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("value", "Value", "resource.Quantity", 1, Quantity)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T776: MessageDesc = MessageDesc {
    name: "resource/v1beta1.CounterSet",
    go: "CounterSet",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.CounterSet",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
        ]),
        f(
            "counters",
            "Counters",
            "map[string]v1beta1.Counter",
            2,
            Map(&Message(TypeId(775))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T777: MessageDesc = MessageDesc {
    name: "resource/v1beta1.Device",
    go: "Device",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.Device",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "basic",
            "Basic",
            "v1beta1.BasicDevice",
            2,
            Message(TypeId(770)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=deviceType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T778: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceAllocationConfiguration",
    go: "DeviceAllocationConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceAllocationConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "source",
            "Source",
            "v1beta1.AllocationConfigSource",
            1,
            String,
        )
        .req()
        .one_of(&["FromClaim", "FromClass"])
        .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("requests", "Requests", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1beta1.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(802)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Embed(3, &[Field(1, 2)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T779: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceAllocationResult",
    go: "DeviceAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "results",
            "Results",
            "[]v1beta1.DeviceRequestAllocationResult",
            1,
            List(&Message(TypeId(793))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta1.DeviceAllocationConfiguration",
            2,
            List(&Message(TypeId(778))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=64",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T780: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceAttribute",
    go: "DeviceAttribute",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("int", "IntValue", "int64", 2, Int64).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("bool", "BoolValue", "bool", 3, Bool).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("string", "StringValue", "string", 4, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("version", "VersionValue", "string", 5, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("ints", "IntValues", "[]int64", 6, List(&Int64))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("bools", "BoolValues", "[]bool", 7, List(&Bool))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("strings", "StringValues", "[]string", 8, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:maxBytes=64",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("versions", "VersionValues", "[]string", 9, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
    ],
    wire: &[
        Field(2, 0),
        Field(3, 1),
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
        Field(7, 5),
        Field(8, 6),
        Field(9, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T781: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceCapacity",
    go: "DeviceCapacity",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceCapacity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("value", "Value", "resource.Quantity", 1, Quantity)
            .req()
            .marks(&["required"]),
        f(
            "requestPolicy",
            "RequestPolicy",
            "v1beta1.CapacityRequestPolicy",
            2,
            Message(TypeId(772)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T782: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClaim",
    go: "DeviceClaim",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requests",
            "Requests",
            "[]v1beta1.DeviceRequest",
            1,
            List(&Message(TypeId(792))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "constraints",
            "Constraints",
            "[]v1beta1.DeviceConstraint",
            2,
            List(&Message(TypeId(789))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta1.DeviceClaimConfiguration",
            3,
            List(&Message(TypeId(783))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T783: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClaimConfiguration",
    go: "DeviceClaimConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClaimConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1beta1.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(802)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Embed(2, &[Field(1, 1)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T784: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClass",
    go: "DeviceClass",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClass",
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
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1beta1.DeviceClassSpec",
            2,
            Message(TypeId(787)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.32",
    ],
    slots: Slots::new(),
};
pub(super) static T785: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClassConfiguration",
    go: "DeviceClassConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClassConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1beta1.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(802)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Embed(1, &[Field(1, 0)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T786: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClassList",
    go: "DeviceClassList",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClassList",
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
            "[]v1beta1.DeviceClass",
            2,
            List(&Message(TypeId(784))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T787: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceClassSpec",
    go: "DeviceClassSpec",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceClassSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "selectors",
            "Selectors",
            "[]v1beta1.DeviceSelector",
            1,
            List(&Message(TypeId(794))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta1.DeviceClassConfiguration",
            2,
            List(&Message(TypeId(785))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "extendedResourceName",
            "ExtendedResourceName",
            "string",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRAExtendedResource",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-extended-resource-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T788: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceConfiguration",
    go: "DeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1beta1.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(802)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T789: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceConstraint",
    go: "DeviceConstraint",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "matchAttribute",
            "MatchAttribute",
            "v1beta1.FullyQualifiedName",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-fully-qualified-name",
        ]),
        f(
            "distinctAttribute",
            "DistinctAttribute",
            "v1beta1.FullyQualifiedName",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "featureGate=DRAConsumableCapacity",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T790: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceCounterConsumption",
    go: "DeviceCounterConsumption",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceCounterConsumption",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("counterSet", "CounterSet", "string", 1, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
            ]),
        f(
            "counters",
            "Counters",
            "map[string]v1beta1.Counter",
            2,
            Map(&Message(TypeId(775))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
        f(
            "compatibilityGroups",
            "CompatibilityGroups",
            "[]string",
            3,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T791: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceDerivedAttribute",
    go: "DeviceDerivedAttribute",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceDerivedAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1beta1.FullyQualifiedName", 1, String)
            .req()
            .marks(&["required"]),
        f("expression", "Expression", "string", 2, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T792: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceRequest",
    go: "DeviceRequest",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("deviceClassName", "DeviceClassName", "string", 2, String)
            .marks(&["optional", "oneOf=deviceRequestType"]),
        f(
            "selectors",
            "Selectors",
            "[]v1beta1.DeviceSelector",
            3,
            List(&Message(TypeId(794))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1beta1.DeviceAllocationMode",
            4,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 5, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f("adminAccess", "AdminAccess", "bool", 6, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "firstAvailable",
            "FirstAvailable",
            "[]v1beta1.DeviceSubRequest",
            7,
            List(&Message(TypeId(795))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "oneOf=deviceRequestType",
            "listType=atomic",
            "featureGate=DRAPrioritizedList",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=8",
        ]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta1.DeviceToleration",
            8,
            List(&Message(TypeId(797))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1beta1.CapacityRequirements",
            9,
            Message(TypeId(774)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1beta1.DeviceDerivedAttribute",
            10,
            List(&Message(TypeId(791))),
        )
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
        Field(8, 7),
        Field(9, 8),
        Field(10, 9),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T793: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceRequestAllocationResult",
    go: "DeviceRequestAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceRequestAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("request", "Request", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("driver", "Driver", "string", 2, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
        ]),
        f("pool", "Pool", "string", 3, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-pool-name",
        ]),
        f("device", "Device", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("adminAccess", "AdminAccess", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta1.DeviceToleration",
            6,
            List(&Message(TypeId(797))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            7,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f("shareID", "ShareID", "types.UID", 9, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "consumedCapacity",
            "ConsumedCapacity",
            "map[v1beta1.QualifiedName]resource.Quantity",
            10,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "skipNodeOperations",
            "SkipNodeOperations",
            "[]v1beta1.SkipNodeOperation",
            11,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"])
        .marks(&[
            "optional",
            "listType=set",
            "k8s:listType=set",
            "featureGate=DRAOptionalNodeOperations",
            "k8s:optional",
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T794: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceSelector",
    go: "DeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "cel",
        "CEL",
        "v1beta1.CELDeviceSelector",
        1,
        Message(TypeId(771)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "oneOf=SelectorType"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T795: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceSubRequest",
    go: "DeviceSubRequest",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceSubRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("deviceClassName", "DeviceClassName", "string", 2, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name",
            ]),
        f(
            "selectors",
            "Selectors",
            "[]v1beta1.DeviceSelector",
            3,
            List(&Message(TypeId(794))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1beta1.DeviceAllocationMode",
            4,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 5, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta1.DeviceToleration",
            7,
            List(&Message(TypeId(797))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1beta1.CapacityRequirements",
            8,
            Message(TypeId(774)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1beta1.DeviceDerivedAttribute",
            9,
            List(&Message(TypeId(791))),
        )
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
        Field(7, 5),
        Field(8, 6),
        Field(9, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T796: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceTaint",
    go: "DeviceTaint",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceTaint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1beta1.DeviceTaintEffect", 3, String)
            .req()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("timeAdded", "TimeAdded", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T797: MessageDesc = MessageDesc {
    name: "resource/v1beta1.DeviceToleration",
    go: "DeviceToleration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.DeviceToleration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-label-key",
        ]),
        f(
            "operator",
            "Operator",
            "v1beta1.DeviceTolerationOperator",
            2,
            String,
        )
        .oe()
        .one_of(&["Equal", "Exists"])
        .or("\"Equal\"")
        .marks(&[
            "optional",
            "default=\"Equal\"",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("value", "Value", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1beta1.DeviceTaintEffect", 4, String)
            .oe()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("tolerationSeconds", "TolerationSeconds", "int64", 5, Int64)
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
pub(super) static T798: MessageDesc = MessageDesc {
    name: "resource/v1beta1.NetworkDeviceData",
    go: "NetworkDeviceData",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.NetworkDeviceData",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("interfaceName", "InterfaceName", "string", 1, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=256",
            ]),
        f("ips", "IPs", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=16",
            ]),
        f("hardwareAddress", "HardwareAddress", "string", 3, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=128",
            ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T799: MessageDesc = MessageDesc {
    name: "resource/v1beta1.NodeAllocatableMapping",
    go: "NodeAllocatableMapping",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.NodeAllocatableMapping",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "capacityKey",
            "CapacityKey",
            "v1beta1.QualifiedName",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityMultiplier\")",
        ]),
        f(
            "capacityMultiplier",
            "CapacityMultiplier",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityKey\")",
        ]),
        f(
            "deviceMultiplier",
            "DeviceMultiplier",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T800: MessageDesc = MessageDesc {
    name: "resource/v1beta1.NodeAllocatableOverhead",
    go: "NodeAllocatableOverhead",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.NodeAllocatableOverhead",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("perPod", "PerPod", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional"]),
        f(
            "perContainer",
            "PerContainer",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T801: MessageDesc = MessageDesc {
    name: "resource/v1beta1.NodeAllocatableResource",
    go: "NodeAllocatableResource",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.NodeAllocatableResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "mapping",
            "Mapping",
            "v1beta1.NodeAllocatableMapping",
            3,
            Message(TypeId(799)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
        f(
            "overhead",
            "Overhead",
            "v1beta1.NodeAllocatableOverhead",
            4,
            Message(TypeId(800)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(3, 0), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T802: MessageDesc = MessageDesc {
    name: "resource/v1beta1.OpaqueDeviceConfiguration",
    go: "OpaqueDeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.OpaqueDeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
        ]),
        f(
            "parameters",
            "Parameters",
            "runtime.RawExtension",
            2,
            RawExtension,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T803: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaim",
    go: "ResourceClaim",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaim",
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
            "v1beta1.ResourceClaimSpec",
            2,
            Message(TypeId(806)),
        )
        .marks(&["k8s:beta(since: \"1.37\")=+k8s:immutable", "optional"]),
        f(
            "status",
            "Status",
            "v1beta1.ResourceClaimStatus",
            3,
            Message(TypeId(807)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.32",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T804: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimConsumerReference",
    go: "ResourceClaimConsumerReference",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimConsumerReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("name", "Name", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("uid", "UID", "types.UID", 5, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T805: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimList",
    go: "ResourceClaimList",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimList",
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
            "[]v1beta1.ResourceClaim",
            2,
            List(&Message(TypeId(803))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T806: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimSpec",
    go: "ResourceClaimSpec",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "devices",
        "Devices",
        "v1beta1.DeviceClaim",
        1,
        Message(TypeId(782)),
    )
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T807: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimStatus",
    go: "ResourceClaimStatus",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "allocation",
            "Allocation",
            "v1beta1.AllocationResult",
            1,
            Message(TypeId(769)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:update=NoModify",
        ]),
        f(
            "reservedFor",
            "ReservedFor",
            "[]v1beta1.ResourceClaimConsumerReference",
            2,
            List(&Message(TypeId(804))),
        )
        .oe()
        .patch("merge", "uid")
        .list(ListType::Map, &["uid"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=uid",
            "patchStrategy=merge",
            "patchMergeKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=256",
        ]),
        f(
            "devices",
            "Devices",
            "[]v1beta1.AllocatedDeviceStatus",
            4,
            List(&Message(TypeId(768))),
        )
        .oe()
        .list(ListType::Map, &["driver", "device", "pool", "shareID"])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=map",
            "listMapKey=driver",
            "listMapKey=device",
            "listMapKey=pool",
            "listMapKey=shareID",
            "featureGate=DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=driver",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=device",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=pool",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=shareID",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T808: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimTemplate",
    go: "ResourceClaimTemplate",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimTemplate",
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
            "v1beta1.ResourceClaimTemplateSpec",
            2,
            Message(TypeId(810)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T809: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimTemplateList",
    go: "ResourceClaimTemplateList",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimTemplateList",
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
            "[]v1beta1.ResourceClaimTemplate",
            2,
            List(&Message(TypeId(808))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T810: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceClaimTemplateSpec",
    go: "ResourceClaimTemplateSpec",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceClaimTemplateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
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
            "spec",
            "Spec",
            "v1beta1.ResourceClaimSpec",
            2,
            Message(TypeId(806)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T811: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourcePool",
    go: "ResourcePool",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourcePool",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("generation", "Generation", "int64", 2, Int64)
            .req()
            .marks(&["required"]),
        f(
            "resourceSliceCount",
            "ResourceSliceCount",
            "int64",
            3,
            Int64,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T812: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceSlice",
    go: "ResourceSlice",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceSlice",
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
            "v1beta1.ResourceSliceSpec",
            2,
            Message(TypeId(814)),
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.32",
    ],
    slots: Slots::new(),
};
pub(super) static T813: MessageDesc = MessageDesc {
    name: "resource/v1beta1.ResourceSliceList",
    go: "ResourceSliceList",
    api_group: "resource.k8s.io",
    version: "v1beta1",
    proto_name: "k8s.io.api.resource.v1beta1.ResourceSliceList",
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
            "[]v1beta1.ResourceSlice",
            2,
            List(&Message(TypeId(812))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.32"],
    slots: Slots::new(),
};
pub(super) static T814: MessageDesc = MessageDesc {
name: "resource/v1beta1.ResourceSliceSpec", go: "ResourceSliceSpec", api_group: "resource.k8s.io", version: "v1beta1",
proto_name: "k8s.io.api.resource.v1beta1.ResourceSliceSpec", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("driver", "Driver", "string", 1, String).req().marks(&["required"]),
f("pool", "Pool", "v1beta1.ResourcePool", 2, Message(TypeId(811))).req().marks(&["required"]),
f("nodeName", "NodeName", "string", 3, String).oe().marks(&["optional", "oneOf=NodeSelection"]),
f("nodeSelector", "NodeSelector", "v1.NodeSelector", 4, Message(TypeId(419))).ptr().oe().atomic().marks(&["optional", "oneOf=NodeSelection"]),
f("allNodes", "AllNodes", "bool", 5, Bool).oe().marks(&["optional", "oneOf=NodeSelection"]),
f("devices", "Devices", "[]v1beta1.Device", 6, List(&Message(TypeId(777)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:optional", "zeroOrOneOf=ResourceSliceType"]),
f("perDeviceNodeSelection", "PerDeviceNodeSelection", "bool", 7, Bool).ptr().oe().marks(&["optional", "oneOf=NodeSelection", "featureGate=DRAPartitionableDevices"]),
f("sharedCounters", "SharedCounters", "[]v1beta1.CounterSet", 8, List(&Message(TypeId(776)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional", "listType=atomic", "k8s:listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:unique=map", "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name", "featureGate=DRAPartitionableDevices", "zeroOrOneOf=ResourceSliceType", "k8s:beta(since: \"1.37\")=+k8s:maxItems=8"]),
f("partitionTypeAttribute", "PartitionTypeAttribute", "v1beta1.FullyQualifiedName", 9, String).ptr().oe().marks(&["optional", "featureGate=DRAPartitionableDevicesType", "k8s:ifDisabled(DRAPartitionableDevicesType)=+k8s:forbidden", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:optional", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:format=k8s-resource-fully-qualified-name"]),
f("skipNodeOperations", "SkipNodeOperations", "[]v1beta1.SkipNodeOperation", 10, List(&String)).oe().list(ListType::Set, &[]).one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"]).marks(&["optional", "listType=set", "k8s:listType=set", "featureGate=DRAOptionalNodeOperations", "k8s:optional"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3), Field(5, 4), Field(6, 5), Field(7, 6), Field(8, 7), Field(9, 8), Field(10, 9)],
markers: &[],
slots: Slots::new(),
};
pub(super) static T815: MessageDesc = MessageDesc {
    name: "resource/v1beta2.AllocatedDeviceStatus",
    go: "AllocatedDeviceStatus",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.AllocatedDeviceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("pool", "Pool", "string", 2, String)
            .req()
            .marks(&["required"]),
        f("device", "Device", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("shareID", "ShareID", "string", 7, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "conditions",
            "Conditions",
            "[]v1.Condition",
            4,
            List(&Message(TypeId(607))),
        )
        .list(ListType::Map, &["type"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=type",
            "k8s:alpha(since: \"1.37\")=+k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
            "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
        ]),
        f("data", "Data", "runtime.RawExtension", 5, RawExtension)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "networkData",
            "NetworkData",
            "v1beta2.NetworkDeviceData",
            6,
            Message(TypeId(850)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 4),
        Field(5, 5),
        Field(6, 6),
        Field(7, 3),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T816: MessageDesc = MessageDesc {
    name: "resource/v1beta2.AllocationResult",
    go: "AllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.AllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "devices",
            "Devices",
            "v1beta2.DeviceAllocationResult",
            1,
            Message(TypeId(825)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            3,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "allocationTimestamp",
            "AllocationTimestamp",
            "v1.Time",
            5,
            Time,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
        ]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(5, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T817: MessageDesc = MessageDesc {
    name: "resource/v1beta2.CELDeviceSelector",
    go: "CELDeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.CELDeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("expression", "Expression", "string", 1, String)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T818: MessageDesc = MessageDesc {
    name: "resource/v1beta2.CapacityRequestPolicy",
    go: "CapacityRequestPolicy",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.CapacityRequestPolicy",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("default", "Default", "resource.Quantity", 1, Quantity)
            .ptr()
            .marks(&["optional"]),
        f(
            "validValues",
            "ValidValues",
            "[]resource.Quantity",
            3,
            List(&Quantity),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic", "oneOf=ValidRequestValues"]),
        f(
            "validRange",
            "ValidRange",
            "v1beta2.CapacityRequestPolicyRange",
            4,
            Message(TypeId(819)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "oneOf=ValidRequestValues"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T819: MessageDesc = MessageDesc {
    name: "resource/v1beta2.CapacityRequestPolicyRange",
    go: "CapacityRequestPolicyRange",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.CapacityRequestPolicyRange",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("min", "Min", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .req()
            .marks(&["required"]),
        f("max", "Max", "resource.Quantity", 2, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("step", "Step", "resource.Quantity", 3, Quantity)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T820: MessageDesc = MessageDesc {
    name: "resource/v1beta2.CapacityRequirements",
    go: "CapacityRequirements",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.CapacityRequirements",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "requests",
        "Requests",
        "map[v1beta2.QualifiedName]resource.Quantity",
        1,
        Map(&Quantity),
    )
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T821: MessageDesc = MessageDesc {
    name: "resource/v1beta2.Counter",
    go: "Counter",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.Counter",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("value", "Value", "resource.Quantity", 1, Quantity)
        .req()
        .marks(&["required"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T822: MessageDesc = MessageDesc {
    name: "resource/v1beta2.CounterSet",
    go: "CounterSet",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.CounterSet",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
        ]),
        f(
            "counters",
            "Counters",
            "map[string]v1beta2.Counter",
            2,
            Map(&Message(TypeId(821))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T823: MessageDesc = MessageDesc {
    name: "resource/v1beta2.Device",
    go: "Device",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.Device",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "attributes",
            "Attributes",
            "map[v1beta2.QualifiedName]v1beta2.DeviceAttribute",
            2,
            Map(&Message(TypeId(826))),
        )
        .oe()
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f(
            "capacity",
            "Capacity",
            "map[v1beta2.QualifiedName]v1beta2.DeviceCapacity",
            3,
            Map(&Message(TypeId(827))),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "consumesCounters",
            "ConsumesCounters",
            "[]v1beta2.DeviceCounterConsumption",
            4,
            List(&Message(TypeId(836))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=atomic",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=counterSet",
            "featureGate=DRAPartitionableDevices",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=2",
        ]),
        f("nodeName", "NodeName", "string", 5, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "nodeSelector",
            "NodeSelector",
            "v1.NodeSelector",
            6,
            Message(TypeId(419)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&[
            "optional",
            "oneOf=DeviceNodeSelection",
            "featureGate=DRAPartitionableDevices",
        ]),
        f("allNodes", "AllNodes", "bool", 7, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "oneOf=DeviceNodeSelection",
                "featureGate=DRAPartitionableDevices",
            ]),
        f(
            "taints",
            "Taints",
            "[]v1beta2.DeviceTaint",
            8,
            List(&Message(TypeId(842))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("bindsToNode", "BindsToNode", "bool", 9, Bool)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            10,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            11,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "allowMultipleAllocations",
            "AllowMultipleAllocations",
            "bool",
            12,
            Bool,
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "nodeAllocatableResources",
            "NodeAllocatableResources",
            "map[v1.ResourceName]v1beta2.NodeAllocatableResource",
            14,
            Map(&Message(TypeId(853))),
        )
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "featureGate=DRANodeAllocatableResources",
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
        Field(14, 12),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T824: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceAllocationConfiguration",
    go: "DeviceAllocationConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceAllocationConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "source",
            "Source",
            "v1beta2.AllocationConfigSource",
            1,
            String,
        )
        .req()
        .one_of(&["FromClaim", "FromClass"])
        .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("requests", "Requests", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1beta2.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(854)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Embed(3, &[Field(1, 2)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T825: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceAllocationResult",
    go: "DeviceAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "results",
            "Results",
            "[]v1beta2.DeviceRequestAllocationResult",
            1,
            List(&Message(TypeId(839))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta2.DeviceAllocationConfiguration",
            2,
            List(&Message(TypeId(824))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=64",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T826: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceAttribute",
    go: "DeviceAttribute",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("int", "IntValue", "int64", 2, Int64).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("bool", "BoolValue", "bool", 3, Bool).ptr().oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:unionMember",
        ]),
        f("string", "StringValue", "string", 4, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("version", "VersionValue", "string", 5, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
            ]),
        f("ints", "IntValues", "[]int64", 6, List(&Int64))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("bools", "BoolValues", "[]bool", 7, List(&Bool))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("strings", "StringValues", "[]string", 8, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "k8s:alpha(since: \"1.37\")=+k8s:eachVal=+k8s:maxBytes=64",
                "featureGate=DRAListTypeAttributes",
            ]),
        f("versions", "VersionValues", "[]string", 9, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:unionMember",
                "featureGate=DRAListTypeAttributes",
            ]),
    ],
    wire: &[
        Field(2, 0),
        Field(3, 1),
        Field(4, 2),
        Field(5, 3),
        Field(6, 4),
        Field(7, 5),
        Field(8, 6),
        Field(9, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T827: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceCapacity",
    go: "DeviceCapacity",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceCapacity",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("value", "Value", "resource.Quantity", 1, Quantity)
            .req()
            .marks(&["required"]),
        f(
            "requestPolicy",
            "RequestPolicy",
            "v1beta2.CapacityRequestPolicy",
            2,
            Message(TypeId(818)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T828: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClaim",
    go: "DeviceClaim",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClaim",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "requests",
            "Requests",
            "[]v1beta2.DeviceRequest",
            1,
            List(&Message(TypeId(838))),
        )
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "constraints",
            "Constraints",
            "[]v1beta2.DeviceConstraint",
            2,
            List(&Message(TypeId(835))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta2.DeviceClaimConfiguration",
            3,
            List(&Message(TypeId(829))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T829: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClaimConfiguration",
    go: "DeviceClaimConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClaimConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "opaque",
            "Opaque",
            "v1beta2.OpaqueDeviceConfiguration",
            1,
            Message(TypeId(854)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConfigurationType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
    ],
    wire: &[Field(1, 0), Embed(2, &[Field(1, 1)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T830: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClass",
    go: "DeviceClass",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClass",
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
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:subfield(name)=+k8s:format=k8s-long-name",
        ]),
        f(
            "spec",
            "Spec",
            "v1beta2.DeviceClassSpec",
            2,
            Message(TypeId(833)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
    ],
    slots: Slots::new(),
};
pub(super) static T831: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClassConfiguration",
    go: "DeviceClassConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClassConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1beta2.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(854)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Embed(1, &[Field(1, 0)])],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T832: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClassList",
    go: "DeviceClassList",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClassList",
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
            "[]v1beta2.DeviceClass",
            2,
            List(&Message(TypeId(830))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T833: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceClassSpec",
    go: "DeviceClassSpec",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceClassSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "selectors",
            "Selectors",
            "[]v1beta2.DeviceSelector",
            1,
            List(&Message(TypeId(840))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "config",
            "Config",
            "[]v1beta2.DeviceClassConfiguration",
            2,
            List(&Message(TypeId(831))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "extendedResourceName",
            "ExtendedResourceName",
            "string",
            4,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "featureGate=DRAExtendedResource",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-extended-resource-name",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T834: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceConfiguration",
    go: "DeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "opaque",
        "Opaque",
        "v1beta2.OpaqueDeviceConfiguration",
        1,
        Message(TypeId(854)),
    )
    .ptr()
    .oe()
    .marks(&[
        "optional",
        "oneOf=ConfigurationType",
        "k8s:beta(since: \"1.37\")=+k8s:optional",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T835: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceConstraint",
    go: "DeviceConstraint",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceConstraint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("requests", "Requests", "[]string", 1, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
            ]),
        f(
            "matchAttribute",
            "MatchAttribute",
            "v1beta2.FullyQualifiedName",
            2,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-fully-qualified-name",
        ]),
        f(
            "distinctAttribute",
            "DistinctAttribute",
            "v1beta2.FullyQualifiedName",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=ConstraintType",
            "featureGate=DRAConsumableCapacity",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T836: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceCounterConsumption",
    go: "DeviceCounterConsumption",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceCounterConsumption",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("counterSet", "CounterSet", "string", 1, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-short-name",
            ]),
        f(
            "counters",
            "Counters",
            "map[string]v1beta2.Counter",
            2,
            Map(&Message(TypeId(821))),
        )
        .oe()
        .req()
        .marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:eachKey=+k8s:format=k8s-short-name",
        ]),
        f(
            "compatibilityGroups",
            "CompatibilityGroups",
            "[]string",
            3,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T837: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceDerivedAttribute",
    go: "DeviceDerivedAttribute",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceDerivedAttribute",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "v1beta2.FullyQualifiedName", 1, String)
            .req()
            .marks(&["required"]),
        f("expression", "Expression", "string", 2, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T838: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceRequest",
    go: "DeviceRequest",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "exactly",
            "Exactly",
            "v1beta2.ExactDeviceRequest",
            2,
            Message(TypeId(849)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "oneOf=deviceRequestType",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "firstAvailable",
            "FirstAvailable",
            "[]v1beta2.DeviceSubRequest",
            3,
            List(&Message(TypeId(841))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "oneOf=deviceRequestType",
            "listType=atomic",
            "featureGate=DRAPrioritizedList",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:unique=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=8",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T839: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceRequestAllocationResult",
    go: "DeviceRequestAllocationResult",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceRequestAllocationResult",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("request", "Request", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("driver", "Driver", "string", 2, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
            "k8s:beta(since: \"1.37\")=+k8s:required",
        ]),
        f("pool", "Pool", "string", 3, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-resource-pool-name",
        ]),
        f("device", "Device", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("adminAccess", "AdminAccess", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta2.DeviceToleration",
            6,
            List(&Message(TypeId(848))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "bindingConditions",
            "BindingConditions",
            "[]string",
            7,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f(
            "bindingFailureConditions",
            "BindingFailureConditions",
            "[]string",
            8,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=4",
        ]),
        f("shareID", "ShareID", "types.UID", 9, String)
            .ptr()
            .oe()
            .marks(&[
                "optional",
                "featureGate=DRAConsumableCapacity",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-uuid",
            ]),
        f(
            "consumedCapacity",
            "ConsumedCapacity",
            "map[v1beta2.QualifiedName]resource.Quantity",
            10,
            Map(&Quantity),
        )
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "skipNodeOperations",
            "SkipNodeOperations",
            "[]v1beta2.SkipNodeOperation",
            11,
            List(&String),
        )
        .oe()
        .list(ListType::Set, &[])
        .one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"])
        .marks(&[
            "optional",
            "listType=set",
            "k8s:listType=set",
            "featureGate=DRAOptionalNodeOperations",
            "k8s:optional",
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
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T840: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceSelector",
    go: "DeviceSelector",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "cel",
        "CEL",
        "v1beta2.CELDeviceSelector",
        1,
        Message(TypeId(817)),
    )
    .ptr()
    .oe()
    .marks(&["optional", "oneOf=SelectorType"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T841: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceSubRequest",
    go: "DeviceSubRequest",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceSubRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("deviceClassName", "DeviceClassName", "string", 2, String)
            .req()
            .marks(&[
                "required",
                "k8s:beta(since: \"1.37\")=+k8s:required",
                "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name",
            ]),
        f(
            "selectors",
            "Selectors",
            "[]v1beta2.DeviceSelector",
            3,
            List(&Message(TypeId(840))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1beta2.DeviceAllocationMode",
            4,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 5, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta2.DeviceToleration",
            6,
            List(&Message(TypeId(848))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1beta2.CapacityRequirements",
            7,
            Message(TypeId(820)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1beta2.DeviceDerivedAttribute",
            8,
            List(&Message(TypeId(837))),
        )
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T842: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaint",
    go: "DeviceTaint",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaint",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("value", "Value", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1beta2.DeviceTaintEffect", 3, String)
            .req()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["required", "k8s:beta(since: \"1.37\")=+k8s:required"]),
        f("timeAdded", "TimeAdded", "v1.Time", 4, Time)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T843: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaintRule",
    go: "DeviceTaintRule",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaintRule",
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
            "v1beta2.DeviceTaintRuleSpec",
            2,
            Message(TypeId(845)),
        )
        .req()
        .marks(&["required"]),
        f(
            "status",
            "Status",
            "v1beta2.DeviceTaintRuleStatus",
            3,
            Message(TypeId(846)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.36",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T844: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaintRuleList",
    go: "DeviceTaintRuleList",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaintRuleList",
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
            "[]v1beta2.DeviceTaintRule",
            2,
            List(&Message(TypeId(843))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.36"],
    slots: Slots::new(),
};
pub(super) static T845: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaintRuleSpec",
    go: "DeviceTaintRuleSpec",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaintRuleSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "deviceSelector",
            "DeviceSelector",
            "v1beta2.DeviceTaintSelector",
            1,
            Message(TypeId(847)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "taint",
            "Taint",
            "v1beta2.DeviceTaint",
            2,
            Message(TypeId(842)),
        )
        .oe()
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T846: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaintRuleStatus",
    go: "DeviceTaintRuleStatus",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaintRuleStatus",
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
        "listType=map",
        "listMapKey=type",
        "patchStrategy=merge",
        "patchMergeKey=type",
        "k8s:alpha(since: \"1.37\")=+k8s:optional",
        "k8s:alpha(since: \"1.37\")=+k8s:listType=map",
        "k8s:alpha(since: \"1.37\")=+k8s:listMapKey=type",
    ])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T847: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceTaintSelector",
    go: "DeviceTaintSelector",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceTaintSelector",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 2, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("pool", "Pool", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("device", "Device", "string", 4, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(2, 0), Field(3, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T848: MessageDesc = MessageDesc {
    name: "resource/v1beta2.DeviceToleration",
    go: "DeviceToleration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.DeviceToleration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("key", "Key", "string", 1, String).oe().marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-label-key",
        ]),
        f(
            "operator",
            "Operator",
            "v1beta2.DeviceTolerationOperator",
            2,
            String,
        )
        .oe()
        .one_of(&["Equal", "Exists"])
        .or("\"Equal\"")
        .marks(&[
            "optional",
            "default=\"Equal\"",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f("value", "Value", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("effect", "Effect", "v1beta2.DeviceTaintEffect", 4, String)
            .oe()
            .one_of(&["NoExecute", "NoSchedule", "None"])
            .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("tolerationSeconds", "TolerationSeconds", "int64", 5, Int64)
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
pub(super) static T849: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ExactDeviceRequest",
    go: "ExactDeviceRequest",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ExactDeviceRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("deviceClassName", "DeviceClassName", "string", 1, String)
            .req()
            .marks(&["required"]),
        f(
            "selectors",
            "Selectors",
            "[]v1beta2.DeviceSelector",
            2,
            List(&Message(TypeId(840))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=32",
        ]),
        f(
            "allocationMode",
            "AllocationMode",
            "v1beta2.DeviceAllocationMode",
            3,
            String,
        )
        .oe()
        .one_of(&["All", "ExactCount"])
        .marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional"]),
        f("count", "Count", "int64", 4, Int64)
            .oe()
            .marks(&["optional", "oneOf=AllocationMode"]),
        f("adminAccess", "AdminAccess", "bool", 5, Bool)
            .ptr()
            .oe()
            .marks(&["optional", "featureGate=DRAAdminAccess"]),
        f(
            "tolerations",
            "Tolerations",
            "[]v1beta2.DeviceToleration",
            6,
            List(&Message(TypeId(848))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "optional",
            "listType=atomic",
            "featureGate=DRADeviceTaints",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
        ]),
        f(
            "capacity",
            "Capacity",
            "v1beta2.CapacityRequirements",
            7,
            Message(TypeId(820)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "featureGate=DRAConsumableCapacity"]),
        f(
            "derivedAttributes",
            "DerivedAttributes",
            "[]v1beta2.DeviceDerivedAttribute",
            8,
            List(&Message(TypeId(837))),
        )
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
        Field(8, 7),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T850: MessageDesc = MessageDesc {
    name: "resource/v1beta2.NetworkDeviceData",
    go: "NetworkDeviceData",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.NetworkDeviceData",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("interfaceName", "InterfaceName", "string", 1, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=256",
            ]),
        f("ips", "IPs", "[]string", 2, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&[
                "optional",
                "listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:listType=atomic",
                "k8s:beta(since: \"1.37\")=+k8s:unique=set",
                "k8s:beta(since: \"1.37\")=+k8s:maxItems=16",
            ]),
        f("hardwareAddress", "HardwareAddress", "string", 3, String)
            .oe()
            .marks(&[
                "optional",
                "k8s:beta(since: \"1.37\")=+k8s:optional",
                "k8s:beta(since: \"1.37\")=+k8s:maxBytes=128",
            ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T851: MessageDesc = MessageDesc {
    name: "resource/v1beta2.NodeAllocatableMapping",
    go: "NodeAllocatableMapping",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.NodeAllocatableMapping",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "capacityKey",
            "CapacityKey",
            "v1beta2.QualifiedName",
            1,
            String,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:unionMember",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityMultiplier\")",
        ]),
        f(
            "capacityMultiplier",
            "CapacityMultiplier",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:optional",
            "k8s:alpha(since: \"1.37\")=+k8s:dependentRequired(\"capacityKey\")",
        ]),
        f(
            "deviceMultiplier",
            "DeviceMultiplier",
            "resource.Quantity",
            3,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional", "k8s:unionMember"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T852: MessageDesc = MessageDesc {
    name: "resource/v1beta2.NodeAllocatableOverhead",
    go: "NodeAllocatableOverhead",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.NodeAllocatableOverhead",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("perPod", "PerPod", "resource.Quantity", 1, Quantity)
            .ptr()
            .oe()
            .marks(&["optional", "k8s:optional"]),
        f(
            "perContainer",
            "PerContainer",
            "resource.Quantity",
            2,
            Quantity,
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T853: MessageDesc = MessageDesc {
    name: "resource/v1beta2.NodeAllocatableResource",
    go: "NodeAllocatableResource",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.NodeAllocatableResource",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "mapping",
            "Mapping",
            "v1beta2.NodeAllocatableMapping",
            3,
            Message(TypeId(851)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
        f(
            "overhead",
            "Overhead",
            "v1beta2.NodeAllocatableOverhead",
            4,
            Message(TypeId(852)),
        )
        .ptr()
        .oe()
        .marks(&["optional", "k8s:optional"]),
    ],
    wire: &[Field(3, 0), Field(4, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T854: MessageDesc = MessageDesc {
    name: "resource/v1beta2.OpaqueDeviceConfiguration",
    go: "OpaqueDeviceConfiguration",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.OpaqueDeviceConfiguration",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("driver", "Driver", "string", 1, String).req().marks(&[
            "required",
            "k8s:beta(since: \"1.37\")=+k8s:required",
            "k8s:beta(since: \"1.37\")=+k8s:maxLength=63",
            "k8s:beta(since: \"1.37\")=+k8s:format=k8s-long-name-caseless",
        ]),
        f(
            "parameters",
            "Parameters",
            "runtime.RawExtension",
            2,
            RawExtension,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T855: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaim",
    go: "ResourceClaim",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaim",
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
            "v1beta2.ResourceClaimSpec",
            2,
            Message(TypeId(858)),
        )
        .marks(&["k8s:beta(since: \"1.37\")=+k8s:immutable", "optional"]),
        f(
            "status",
            "Status",
            "v1beta2.ResourceClaimStatus",
            3,
            Message(TypeId(859)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "k8s:prerelease-lifecycle-gen:introduced=1.33",
        "k8s:supportsSubresource=\"/status\"",
    ],
    slots: Slots::new(),
};
pub(super) static T856: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimConsumerReference",
    go: "ResourceClaimConsumerReference",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimConsumerReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("apiGroup", "APIGroup", "string", 1, String)
            .oe()
            .marks(&["optional"]),
        f("resource", "Resource", "string", 3, String)
            .req()
            .marks(&["required"]),
        f("name", "Name", "string", 4, String)
            .req()
            .marks(&["required"]),
        f("uid", "UID", "types.UID", 5, String)
            .req()
            .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(3, 1), Field(4, 2), Field(5, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T857: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimList",
    go: "ResourceClaimList",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimList",
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
            "[]v1beta2.ResourceClaim",
            2,
            List(&Message(TypeId(855))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T858: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimSpec",
    go: "ResourceClaimSpec",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "devices",
        "Devices",
        "v1beta2.DeviceClaim",
        1,
        Message(TypeId(828)),
    )
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T859: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimStatus",
    go: "ResourceClaimStatus",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "allocation",
            "Allocation",
            "v1beta2.AllocationResult",
            1,
            Message(TypeId(816)),
        )
        .ptr()
        .oe()
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:update=NoModify",
        ]),
        f(
            "reservedFor",
            "ReservedFor",
            "[]v1beta2.ResourceClaimConsumerReference",
            2,
            List(&Message(TypeId(856))),
        )
        .oe()
        .patch("merge", "uid")
        .list(ListType::Map, &["uid"])
        .marks(&[
            "optional",
            "listType=map",
            "listMapKey=uid",
            "patchStrategy=merge",
            "patchMergeKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=uid",
            "k8s:beta(since: \"1.37\")=+k8s:maxItems=256",
        ]),
        f(
            "devices",
            "Devices",
            "[]v1beta2.AllocatedDeviceStatus",
            4,
            List(&Message(TypeId(815))),
        )
        .oe()
        .list(ListType::Map, &["driver", "device", "pool", "shareID"])
        .marks(&[
            "optional",
            "k8s:beta(since: \"1.37\")=+k8s:optional",
            "listType=map",
            "listMapKey=driver",
            "listMapKey=device",
            "listMapKey=pool",
            "listMapKey=shareID",
            "featureGate=DRAResourceClaimDeviceStatus",
            "k8s:beta(since: \"1.37\")=+k8s:listType=map",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=driver",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=device",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=pool",
            "k8s:beta(since: \"1.37\")=+k8s:listMapKey=shareID",
        ]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(4, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T860: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimTemplate",
    go: "ResourceClaimTemplate",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimTemplate",
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
            "v1beta2.ResourceClaimTemplateSpec",
            2,
            Message(TypeId(862)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T861: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimTemplateList",
    go: "ResourceClaimTemplateList",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimTemplateList",
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
            "[]v1beta2.ResourceClaimTemplate",
            2,
            List(&Message(TypeId(860))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T862: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceClaimTemplateSpec",
    go: "ResourceClaimTemplateSpec",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceClaimTemplateSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
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
            "spec",
            "Spec",
            "v1beta2.ResourceClaimSpec",
            2,
            Message(TypeId(858)),
        )
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T863: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourcePool",
    go: "ResourcePool",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourcePool",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String)
            .req()
            .marks(&["required"]),
        f("generation", "Generation", "int64", 2, Int64)
            .req()
            .marks(&["required"]),
        f(
            "resourceSliceCount",
            "ResourceSliceCount",
            "int64",
            3,
            Int64,
        )
        .req()
        .marks(&["required"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T864: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceSlice",
    go: "ResourceSlice",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceSlice",
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
            "v1beta2.ResourceSliceSpec",
            2,
            Message(TypeId(866)),
        )
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
pub(super) static T865: MessageDesc = MessageDesc {
    name: "resource/v1beta2.ResourceSliceList",
    go: "ResourceSliceList",
    api_group: "resource.k8s.io",
    version: "v1beta2",
    proto_name: "k8s.io.api.resource.v1beta2.ResourceSliceList",
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
            "[]v1beta2.ResourceSlice",
            2,
            List(&Message(TypeId(864))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.33"],
    slots: Slots::new(),
};
pub(super) static T866: MessageDesc = MessageDesc {
name: "resource/v1beta2.ResourceSliceSpec", go: "ResourceSliceSpec", api_group: "resource.k8s.io", version: "v1beta2",
proto_name: "k8s.io.api.resource.v1beta2.ResourceSliceSpec", root: false, in_every_group: false,
type_meta: false, atomic: false,
fields: &[
f("driver", "Driver", "string", 1, String).req().marks(&["required"]),
f("pool", "Pool", "v1beta2.ResourcePool", 2, Message(TypeId(863))).req().marks(&["required"]),
f("nodeName", "NodeName", "string", 3, String).ptr().oe().marks(&["optional", "oneOf=NodeSelection"]),
f("nodeSelector", "NodeSelector", "v1.NodeSelector", 4, Message(TypeId(419))).ptr().oe().atomic().marks(&["optional", "oneOf=NodeSelection"]),
f("allNodes", "AllNodes", "bool", 5, Bool).ptr().oe().marks(&["optional", "oneOf=NodeSelection"]),
f("devices", "Devices", "[]v1beta2.Device", 6, List(&Message(TypeId(823)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:optional", "zeroOrOneOf=ResourceSliceType"]),
f("perDeviceNodeSelection", "PerDeviceNodeSelection", "bool", 7, Bool).ptr().oe().marks(&["optional", "oneOf=NodeSelection", "featureGate=DRAPartitionableDevices"]),
f("sharedCounters", "SharedCounters", "[]v1beta2.CounterSet", 8, List(&Message(TypeId(822)))).oe().list(ListType::Atomic, &[]).marks(&["optional", "k8s:beta(since: \"1.37\")=+k8s:optional", "listType=atomic", "k8s:listType=atomic", "k8s:beta(since: \"1.37\")=+k8s:unique=map", "k8s:beta(since: \"1.37\")=+k8s:listMapKey=name", "featureGate=DRAPartitionableDevices", "zeroOrOneOf=ResourceSliceType", "k8s:beta(since: \"1.37\")=+k8s:maxItems=8"]),
f("partitionTypeAttribute", "PartitionTypeAttribute", "v1beta2.FullyQualifiedName", 9, String).ptr().oe().marks(&["optional", "featureGate=DRAPartitionableDevicesType", "k8s:ifDisabled(DRAPartitionableDevicesType)=+k8s:forbidden", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:optional", "k8s:ifEnabled(DRAPartitionableDevicesType)=+k8s:format=k8s-resource-fully-qualified-name"]),
f("skipNodeOperations", "SkipNodeOperations", "[]v1beta2.SkipNodeOperation", 10, List(&String)).oe().list(ListType::Set, &[]).one_of(&["*", "NodePrepareResources", "NodeUnprepareResources"]).marks(&["optional", "listType=set", "k8s:listType=set", "featureGate=DRAOptionalNodeOperations", "k8s:optional"]),
],
wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3), Field(5, 4), Field(6, 5), Field(7, 6), Field(8, 7), Field(9, 8), Field(10, 9)],
markers: &[],
slots: Slots::new(),
};
