//! Which kinds have which subresource, for the compiler.
//!
//! The built-in kinds implement these traits as the table of resources says; a
//! custom kind does when its definition has the subresource.

use crate::Object;

/// A kind whose status is written apart from the rest (`/status`).
pub trait HasStatus: Object {}

/// A kind that can be scaled (`/scale`).
pub trait HasScale: Object {}

/// A kind whose objects the API server passes HTTP requests on to (`/proxy`).
pub trait HasProxy: Object {}
