// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `events`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{MicroTime, ObjectMeta, Time};

/// `Event`.
#[derive(Clone, Default, PartialEq)]
pub struct Event {
    pub metadata: ObjectMeta,
    pub event_time: Option<MicroTime>,
    pub series: Option<EventSeries>,
    pub reporting_controller: String,
    pub reporting_instance: String,
    pub action: String,
    pub reason: String,
    pub regarding: crate::core::v1::ObjectReference,
    pub related: Option<crate::core::v1::ObjectReference>,
    pub note: String,
    pub type_: String,
    pub deprecated_source: crate::core::v1::EventSource,
    pub deprecated_first_timestamp: Option<Time>,
    pub deprecated_last_timestamp: Option<Time>,
    pub deprecated_count: i32,
}

skeg_schema::message! { Event = 556 { 0 metadata, 1 event_time, 2 series, 3 reporting_controller, 4 reporting_instance, 5 action, 6 reason, 7 regarding, 8 related, 9 note, 10 type_, 11 deprecated_source, 12 deprecated_first_timestamp, 13 deprecated_last_timestamp, 14 deprecated_count, } }

skeg_meta::object! { Event, "events.k8s.io", "v1", "events", true, 557 }

/// A list of [`Event`].
pub type EventList = skeg_meta::List<Event>;

/// `EventSeries`.
#[derive(Clone, Default, PartialEq)]
pub struct EventSeries {
    pub count: i32,
    pub last_observed_time: Option<MicroTime>,
}

skeg_schema::message! { EventSeries = 558 { 0 count, 1 last_observed_time, } }
