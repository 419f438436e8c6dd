//! Custom resources: definitions become rows of the table of served resources
//! while the server runs, and cease to be.

mod body;
pub(crate) mod convert;
mod definitions;
mod live;
mod names;
pub mod openapi;
mod packed;

pub use body::{of_applied, of_patch, read};
pub(crate) use live::Live;
