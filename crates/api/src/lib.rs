//! Typed structs for every kind of the Kubernetes API, generated from the
//! tables of `skeg-schema`; a cargo feature per group.
//!
//! Fields are upstream's in snake case. A field is an `Option` where upstream
//! has a pointer; a time is always one. `apiVersion` and `kind` are not fields:
//! the type says them ([`skeg_meta::Object::GVK`]). Every struct has `Debug`,
//! serde and both encodings through the table-driven engine.
//!
//! ```
//! use skeg_api::core::v1::Pod;
//! let pod: Pod = serde_json::from_str(r#"{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}"#)?;
//! assert_eq!(pod.spec.containers[0].name, "c");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! This crate does no IO.

#![deny(missing_docs)]

pub mod ext;
mod groups;

#[allow(unused_imports, reason = "without any feature there is no group")]
pub use groups::*;
pub use skeg_meta as meta;

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
