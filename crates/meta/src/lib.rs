//! What all objects of the API have in common: metadata, names, selectors,
//! quantities, times, field errors and the `Status` that answers a refused
//! request. No IO.
//!
//! The structs are generated ([`ObjectMeta`], [`LabelSelector`], [`Status`], …);
//! what they can do is written here. [`SharedObject`] is one version of one
//! object in all its forms.
//!
//! This crate must not know any one kind.

#![deny(missing_docs)]

extern crate self as skeg_meta;

pub mod conditions;
mod continue_token;
mod field_error;
pub mod fields;
mod forms;
mod generated;
mod gvk;
mod int_or_string;
pub mod labels;
mod list;
pub mod names;
mod object;
pub mod plain;
mod schemas;
mod shared;
mod sorted;
mod status;
mod subresource;
mod time;
mod wire;

pub use continue_token::ContinueToken;
pub use field_error::{FieldError, FieldErrorKind, FieldPath};
pub use generated::*;
pub use int_or_string::IntOrString;
/// What times are made of, in the version that is within them.
pub use jiff;
pub use list::List;
pub use object::{BuiltIn, FieldsV1, Object, ResourceVersion};
pub use shared::{ObjectError, SharedObject};
#[doc(hidden)]
pub use skeg_schema as schema;
pub use skeg_schema::ByteString;
pub use skeg_schema::quantity::{Format, ParseQuantityError, Quantity};
pub use status::join_errors;
pub use subresource::{HasProxy, HasScale, HasStatus};
pub use time::{Duration, MicroTime, Time};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
