//! Every example is run against a cluster of the test kit.
