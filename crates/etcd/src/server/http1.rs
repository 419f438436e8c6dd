//! What the same port answers to plain HTTP: health, version, metrics.

use http::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Method, StatusCode};
use hyper::body::Incoming;
use skeg_store::Store;

use super::{CLUSTER_VERSION, Server, VERSION};
use skeg_grpc::server::Answer;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

impl Server {
    pub(super) async fn plain(&self, request: &http::Request<Incoming>) -> http::Response<Answer> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "Method Not Allowed\n");
        }
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default();
        if let Some((status, text)) = self.probe(path, query).await {
            let mut response = answer(status, TEXT, text);
            let headers = response.headers_mut();
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            return response;
        }
        match path {
            "/version" => answer(
                StatusCode::OK,
                JSON,
                format!(
                    "{{\"etcdserver\":\"{VERSION}\",\"etcdcluster\":\"{CLUSTER_VERSION}\",\
                     \"storage\":\"{CLUSTER_VERSION}\"}}"
                ),
            ),
            "/metrics" => answer(
                StatusCode::OK,
                "text/plain; version=0.0.4; charset=utf-8",
                self.metrics().await,
            ),
            _ => answer(StatusCode::NOT_FOUND, TEXT, "404 page not found\n"),
        }
    }

    async fn metrics(&self) -> String {
        let Ok(status) = self.store.status().await else {
            return String::new();
        };
        let in_use = status.live_bytes + status.history_bytes;
        let mut out = String::new();
        let mut gauge = |name: &str, help: &str, value: u64| {
            out.push_str(&format!(
                "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
            ));
        };
        gauge(
            "etcd_server_has_leader",
            "Whether writes can be taken.",
            u64::from(status.failing.is_none()),
        );
        gauge(
            "etcd_server_is_leader",
            "Whether this member decides; a single one does.",
            1,
        );
        gauge(
            "etcd_debugging_mvcc_keys_total",
            "Number of keys.",
            status.keys as u64,
        );
        gauge(
            "etcd_debugging_mvcc_current_revision",
            "The current revision.",
            status.revision,
        );
        gauge(
            "etcd_debugging_mvcc_compact_revision",
            "The revision that history was compacted to.",
            status.compacted,
        );
        gauge(
            "etcd_debugging_mvcc_watcher_total",
            "Number of watches.",
            status.watches as u64,
        );
        gauge(
            "etcd_mvcc_db_total_size_in_bytes",
            "Bytes of files on disk, reserved ones included.",
            status.disk_bytes,
        );
        gauge(
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "Bytes of keys, values and their history.",
            in_use,
        );
        gauge(
            "etcd_server_quota_backend_bytes",
            "Bytes that keys, values and their history may take.",
            self.options.quota_bytes,
        );
        out.push_str(&format!(
            "# HELP etcd_server_version The release whose API is served.\n\
             # TYPE etcd_server_version gauge\n\
             etcd_server_version{{server_version=\"{VERSION}\"}} 1\n"
        ));
        out
    }
}

fn answer(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<bytes::Bytes>,
) -> http::Response<Answer> {
    let mut response = http::Response::new(Answer::plain(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
