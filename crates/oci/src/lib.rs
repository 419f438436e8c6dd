//! Images and the low-level container runtime.
//!
//! It turns image archives and registries' answers into layers on disk, and layers with a
//! [`runtime::Spec`] into running processes. It must not know Kubernetes: no pods, no kubelet.

pub mod capability;
pub mod cgroup;
pub mod image;
pub mod runtime;
pub mod seccomp;
pub mod sys;
