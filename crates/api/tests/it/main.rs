//! The typed structs against the tables.

#[path = "../../../schema/tests/it/made_up.rs"]
mod made_up;
mod roundtrip;
mod structs;
