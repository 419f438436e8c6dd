//! `/health`, `/livez` and `/readyz`, as etcd has them
//! (server/etcdserver/api/etcdhttp/health.go).

use http::StatusCode;
use skeg_store::Store;

use super::Server;

/// What must be well for the process to stay, and to be sent requests.
const LIVEZ: &[&str] = &[READ];
const READYZ: &[&str] = &[
    READ,
    "linearizable_read",
    "non_learner",
    // What is damaged is seen at the start, and the store not opened.
    "data_corruption",
];
const READ: &str = "serializable_read";

/// A query, as far as the pages look at it.
struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let parts = self.0.split('&').filter(|part| !part.is_empty());
        parts.map(|part| part.split_once('=').unwrap_or((part, "")))
    }

    fn excludes(&self, name: &str) -> bool {
        self.pairs().any(|pair| pair == ("exclude", name))
    }

    fn has(&self, name: &str) -> bool {
        self.pairs().any(|(key, _)| key == name)
    }
}

impl Server {
    /// Answers a probe; `None` if the path is none of theirs.
    pub(super) async fn probe(&self, path: &str, query: &str) -> Option<(StatusCode, String)> {
        let query = Query(query);
        if path == "/health" {
            return Some(self.health(&query).await);
        }
        let (page, one) = match path.trim_start_matches('/').split_once('/') {
            Some((page, one)) => (page, Some(one)),
            None => (path.trim_start_matches('/'), None),
        };
        let checks = match page {
            "livez" => LIVEZ,
            "readyz" => READYZ,
            _ => return None,
        };
        if one.is_some_and(|one| !checks.contains(&one)) {
            return None;
        }
        // All of them come to whether what is there can be read: there is one
        // member, which is no learner.
        let trouble = self.unreadable().await;
        let mut told = String::new();
        let mut failed = false;
        for check in checks {
            if one.is_some_and(|one| one != *check) || query.excludes(check) {
                continue;
            }
            failed |= trouble.is_some();
            told.push_str(&match &trouble {
                None => format!("[+]{check} ok\n"),
                Some(why) => format!("[-]{check} failed: {why}\n"),
            });
        }
        if failed {
            return Some((StatusCode::SERVICE_UNAVAILABLE, told));
        }
        if !query.has("verbose") {
            told.clear();
        }
        told.push_str("ok\n");
        Some((StatusCode::OK, told))
    }

    async fn health(&self, query: &Query<'_>) -> (StatusCode, String) {
        let serializable = query.pairs().any(|pair| pair == ("serializable", "true"));
        let reason = if self.is_full() && !query.excludes("NOSPACE") {
            Some("ALARM NOSPACE".to_owned())
        } else if !serializable && !self.takes_writes().await {
            Some("RAFT NO LEADER".to_owned())
        } else {
            let why = self.unreadable().await;
            why.map(|why| format!("RANGE ERROR:{}", why.replace(['"', '\\'], "'")))
        };
        match reason {
            None => {
                let well = "{\"health\":\"true\",\"reason\":\"\"}".to_owned();
                (StatusCode::OK, well)
            }
            Some(reason) => {
                let ill = format!("{{\"health\":\"false\",\"reason\":\"{reason}\"}}\n");
                (StatusCode::SERVICE_UNAVAILABLE, ill)
            }
        }
    }

    /// Whether the disk takes what is written.
    async fn takes_writes(&self) -> bool {
        let status = self.store.status().await;
        status.is_ok_and(|status| status.failing.is_none())
    }

    /// Why nothing can be read. A full disk, or too many bytes, are no reason:
    /// whoever restarted the process for them would gain nothing.
    pub(super) async fn unreadable(&self) -> Option<String> {
        let read = self.store.current_revision().await;
        read.err().map(|error| error.to_string())
    }
}
