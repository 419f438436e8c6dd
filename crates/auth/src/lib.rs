//! Authentication and authorization of a Kubernetes API server.
