//! Derive macros of the client library: use them through `skeg_client`.
