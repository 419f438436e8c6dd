//! Metadata, names, selectors, quantities, times and Status of the Kubernetes API.
