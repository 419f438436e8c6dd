//! What the versioned API promises for absent fields.

pub mod apps;
pub mod misc;
pub mod pod;
