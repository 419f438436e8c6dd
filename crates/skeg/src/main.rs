//! `skeg`: a whole Kubernetes cluster in one binary.

fn main() {}
