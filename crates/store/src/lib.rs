//! The revisioned store of a Kubernetes API server: trait, contract suite, embedded engine.
