//! Client library for Kubernetes.
