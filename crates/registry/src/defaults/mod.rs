//! What the versioned API promises for absent fields.

pub mod apps;
mod image;
pub mod misc;
pub mod pod;
