//! Typed structs for every kind of the Kubernetes API.
