//! Images and the low-level container runtime.
