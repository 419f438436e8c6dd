//! Facts of the Kubernetes API as static tables, and the codec that runs on them.

mod value;

pub use value::{Key, Object, Value};
