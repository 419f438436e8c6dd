//! The client against a server that answers by script, over real sockets.

mod exec;
mod goaway;
mod in_cluster;
mod keys;
mod logs;
mod many;
mod oidc;
mod pools;
mod proxies;
mod requests;
mod rotation;
mod server;
mod streams;
mod telemetry;
mod tls;
mod waiting;
mod watches;
