//! The codec against what upstream's serializers wrote, and against itself.

#![allow(clippy::unwrap_used)]

mod broken;
mod generate;
mod golden;
mod made_up;
mod openapi;
mod raw;
mod tables;
mod wording;
