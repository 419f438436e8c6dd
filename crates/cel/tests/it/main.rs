//! The behaviours of the language and of Kubernetes' libraries.

#![expect(clippy::unwrap_used, reason = "tests")]

mod check;
mod cost;
mod errors;
mod language;
mod libraries;
mod objects;
mod robust;
mod upstream;
mod values;
