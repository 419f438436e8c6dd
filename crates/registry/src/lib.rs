//! The resource table of Kubernetes: strategies, validation, printers, allocators.
