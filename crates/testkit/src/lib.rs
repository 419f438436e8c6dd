//! A whole control plane inside a test process.
//!
//! It may know every crate of the control plane, and nothing of a node's
//! runtime, network or images: what a node does is played by script.
