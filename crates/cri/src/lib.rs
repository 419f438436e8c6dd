//! The container runtime interface: trait, our own engine, a fake for tests.
