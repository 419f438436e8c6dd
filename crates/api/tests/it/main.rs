//! The typed structs against the tables.

#![allow(clippy::unwrap_used)]

#[path = "../../../schema/tests/it/made_up.rs"]
mod made_up;
mod names;
mod roundtrip;
mod structs;
