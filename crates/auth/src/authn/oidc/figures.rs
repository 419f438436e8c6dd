//! What tokens of issuers cost, and when keys were fetched.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use std::collections::BTreeMap;

use crate::metrics::{Family, Histogram, Text};

/// Bounds in seconds.
const BOUNDS: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The last fetches of one issuer's keys.
#[derive(Debug, Default)]
struct Fetches {
    /// In seconds since 1970.
    succeeded: Option<f64>,
    failed: Option<f64>,
    /// Of the keys.
    hash: String,
}

/// Of all issuers, by the hashes of their URLs.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    latencies: Family<(&'static str, String), Histogram>,
    fetches: Mutex<BTreeMap<String, Fetches>>,
}

/// As upstream names what labels do not show.
pub(super) fn hash(text: &[u8]) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = "sha256:".to_owned();
    for byte in digest(&SHA256, text).as_ref() {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

impl Figures {
    /// A token of the issuer with this hash was looked at.
    pub(super) fn judged(&self, issuer: &str, believed: bool, took: Duration) {
        let result = if believed { "success" } else { "failure" };
        self.latencies
            .get(&(result, issuer.to_owned()), || Histogram::new(BOUNDS))
            .observe(took.as_secs_f64());
    }

    /// Keys of the issuer were asked for; `None`: in vain.
    pub(super) fn fetched(&self, issuer: &str, keys: Option<&[u8]>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0.0, |since| since.as_secs_f64());
        let mut fetches = self.fetches.lock();
        let fetches = fetches.entry(issuer.to_owned()).or_default();
        match keys {
            Some(keys) => {
                fetches.succeeded = Some(now);
                fetches.hash = hash(keys);
            }
            None => fetches.failed = Some(now),
        }
    }

    /// Only these issuers are left.
    pub(crate) fn retain(&self, urls: &[String]) {
        let left: Vec<String> = urls.iter().map(|url| hash(url.as_bytes())).collect();
        self.fetches
            .lock()
            .retain(|issuer, _| left.contains(issuer));
    }

    pub(crate) fn render(&self, out: &mut Text) {
        let name = "apiserver_authentication_jwt_authenticator_latency_seconds";
        let help = "What looking at a token of an issuer took, if it was not known yet.";
        out.head(name, "histogram", "ALPHA", help);
        for ((result, issuer), times) in self.latencies.all() {
            let labels = [("jwt_issuer_hash", issuer.as_str()), ("result", result)];
            out.histogram(name, &labels, &times);
        }
        let fetches = self.fetches.lock();
        let name = "apiserver_authentication_jwt_authenticator_jwks_fetch_last_timestamp_seconds";
        let help = "When keys of an issuer were last fetched.";
        out.head(name, "gauge", "ALPHA", help);
        for (issuer, fetches) in &*fetches {
            let both = [("failure", fetches.failed), ("success", fetches.succeeded)];
            for (result, at) in both {
                if let Some(at) = at {
                    let labels = [("jwt_issuer_hash", issuer.as_str()), ("result", result)];
                    out.sample(name, &labels, at);
                }
            }
        }
        let name = "apiserver_authentication_jwt_authenticator_jwks_fetch_last_key_set_info";
        let help = "The digest of an issuer's keys.";
        out.head(name, "gauge", "ALPHA", help);
        for (issuer, fetches) in fetches.iter().filter(|(_, f)| !f.hash.is_empty()) {
            let labels = [
                ("hash", fetches.hash.as_str()),
                ("jwt_issuer_hash", issuer.as_str()),
            ];
            out.sample(name, &labels, 1.0);
        }
    }
}
