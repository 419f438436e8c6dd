//! etcd's v3 API, from both ends.
//!
//! [`Server`] serves the embedded store to etcd's clients: `etcdctl`, client
//! libraries, a kube-apiserver. [`Etcd`] is the other way round: any etcd as a
//! [`Store`](skeg_store::Store), with the same keys and encodings.
//!
//! gRPC is spoken directly over HTTP/2: etcd's calls need nothing of a
//! framework's but frames and trailers.
//!
//! **Must not know:** kinds, objects, Kubernetes.

mod engine;
mod proto;
mod server;
mod snapshot;
mod tls;

pub use engine::{ConnectError, Etcd, EtcdOptions, compact_history};
pub use server::{CLUSTER_VERSION, Options, Server, VERSION};
pub use snapshot::snapshot_file;
pub use tls::{ClientFiles, TlsError, client_config, server_config};
