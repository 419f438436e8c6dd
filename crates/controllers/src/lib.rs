//! The Kubernetes controllers, one module each, in one table.
