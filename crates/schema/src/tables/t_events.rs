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

pub(super) static T556: MessageDesc = MessageDesc {
    name: "events/v1.Event",
    go: "Event",
    api_group: "events.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.events.v1.Event",
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
        .marks(&["optional"]),
        f("eventTime", "EventTime", "v1.MicroTime", 2, MicroTime).req(),
        f(
            "series",
            "Series",
            "v1.EventSeries",
            3,
            Message(TypeId(558)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "reportingController",
            "ReportingController",
            "string",
            4,
            String,
        )
        .oe(),
        f(
            "reportingInstance",
            "ReportingInstance",
            "string",
            5,
            String,
        )
        .oe(),
        f("action", "Action", "string", 6, String).oe(),
        f("reason", "Reason", "string", 7, String).oe(),
        f(
            "regarding",
            "Regarding",
            "v1.ObjectReference",
            8,
            Message(TypeId(427)),
        )
        .oe()
        .atomic()
        .marks(&["optional"]),
        f(
            "related",
            "Related",
            "v1.ObjectReference",
            9,
            Message(TypeId(427)),
        )
        .ptr()
        .oe()
        .atomic()
        .marks(&["optional"]),
        f("note", "Note", "string", 10, String)
            .oe()
            .marks(&["optional"]),
        f("type", "Type", "string", 11, String).oe(),
        f(
            "deprecatedSource",
            "DeprecatedSource",
            "v1.EventSource",
            12,
            Message(TypeId(361)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "deprecatedFirstTimestamp",
            "DeprecatedFirstTimestamp",
            "v1.Time",
            13,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f(
            "deprecatedLastTimestamp",
            "DeprecatedLastTimestamp",
            "v1.Time",
            14,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("deprecatedCount", "DeprecatedCount", "int32", 15, Int32)
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
        Field(7, 8),
        Field(8, 9),
        Field(9, 10),
        Field(10, 11),
        Field(11, 12),
        Field(12, 13),
        Field(13, 14),
        Field(14, 15),
        Field(15, 16),
    ],
    markers: &["genclient", "k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T557: MessageDesc = MessageDesc {
    name: "events/v1.EventList",
    go: "EventList",
    api_group: "events.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.events.v1.EventList",
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
            "[]v1.Event",
            2,
            List(&Message(TypeId(556))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.19"],
    slots: Slots::new(),
};
pub(super) static T558: MessageDesc = MessageDesc {
    name: "events/v1.EventSeries",
    go: "EventSeries",
    api_group: "events.k8s.io",
    version: "v1",
    proto_name: "k8s.io.api.events.v1.EventSeries",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("count", "Count", "int32", 1, Int32).req(),
        f(
            "lastObservedTime",
            "LastObservedTime",
            "v1.MicroTime",
            2,
            MicroTime,
        )
        .req(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
