//! The Kubernetes scheduler: schedule(snapshot, pod) and its plugins.
