//! A Kubernetes API server: filters, verbs, patch, discovery, watch cache.
