//! Reflectors, informers, workqueues and controllers for Kubernetes.
