//! What is counted of encryption, under upstream's names.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use skeg_auth::metrics::{Histogram, Text};
use skeg_store::encryption::Kms;

use super::kms::Calls;
use super::operations::Operations;

/// Bounds of the times that it takes to make a seed.
const SEED_BOUNDS: &[f64] = &[
    5e-06, 1e-05, 2e-05, 4e-05, 8e-05, 0.00016, 0.00032, 0.00064, 0.00128, 0.00256, 0.00512,
    0.01024, 0.02048, 0.04096,
];

/// The identity of this server in metrics: there is one a process.
const SERVER: &str = "kube-apiserver";

#[derive(Default)]
struct Reloads {
    count: u64,
    last: f64,
}

/// Counters of the file.
pub(super) struct Figures {
    reloaded: Mutex<Reloads>,
    failed: Mutex<Reloads>,
    config: Mutex<String>,
    seeds: Histogram,
    operations: Arc<Operations>,
    server: String,
}

fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

impl Figures {
    pub(super) fn new(config: &str, operations: Arc<Operations>) -> Figures {
        Figures {
            reloaded: Mutex::default(),
            failed: Mutex::default(),
            config: Mutex::new(config.to_owned()),
            seeds: Histogram::new(SEED_BOUNDS),
            operations,
            server: super::hash(SERVER.as_bytes()),
        }
    }

    pub(super) fn failed(&self) {
        let mut failed = self.failed.lock();
        failed.count += 1;
        failed.last = now();
    }

    pub(super) fn reloaded(&self, config: &str) {
        let mut reloaded = self.reloaded.lock();
        reloaded.count += 1;
        reloaded.last = now();
        drop(reloaded);
        *self.config.lock() = config.to_owned();
    }

    pub(super) fn render(&self, services: &[Arc<Kms>], calls: &Calls) -> String {
        let mut out = Text::default();
        self.render_reloads(&mut out);
        self.render_keys(services, &mut out);
        let name = "apiserver_envelope_encryption_kms_operations_latency_seconds";
        let help = "Time of calls of key management services, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for ((provider, method, code), times) in calls.0.all() {
            let labels = [
                ("grpc_status_code", code.as_str()),
                ("method_name", method),
                ("provider_name", provider.as_str()),
            ];
            out.histogram(name, &labels, &times.0);
        }
        self.operations.render(&mut out);
        out.finish()
    }

    fn render_reloads(&self, out: &mut Text) {
        let (reloaded, failed) = (self.reloaded.lock(), self.failed.lock());
        let both = [("failure", &failed), ("success", &reloaded)];
        for (name, kind, help) in [
            (
                "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds",
                "gauge",
                "When the encryption configuration was last read again.",
            ),
            (
                "apiserver_encryption_config_controller_automatic_reloads_total",
                "counter",
                "How often the encryption configuration was read again.",
            ),
        ] {
            out.head(name, kind, "ALPHA", help);
            for (status, reloads) in both {
                if reloads.count > 0 {
                    let labels = [
                        ("apiserver_id_hash", self.server.as_str()),
                        ("status", status),
                    ];
                    let value = match kind {
                        "gauge" => reloads.last,
                        _ => reloads.count as f64,
                    };
                    out.sample(name, &labels, value);
                }
            }
        }
        let name = "apiserver_encryption_config_controller_last_config_info";
        let help = "The digest of the encryption configuration in use.";
        out.head(name, "gauge", "ALPHA", help);
        let config = self.config.lock();
        let labels = [
            ("apiserver_id_hash", self.server.as_str()),
            ("hash", config.as_str()),
        ];
        out.sample(name, &labels, 1.0);
    }

    fn render_keys(&self, services: &[Arc<Kms>], out: &mut Text) {
        let figures: Vec<_> = services
            .iter()
            .map(|kms| (kms.name().to_owned(), kms.figures()))
            .collect();
        let name = "apiserver_envelope_encryption_invalid_key_id_from_status_total";
        let help = "Names of keys that a service told and that are none.";
        out.head(name, "counter", "ALPHA", help);
        for (provider, figures) in &figures {
            for (error, count) in &figures.invalid {
                let labels = [("error", *error), ("provider_name", provider.as_str())];
                out.sample(name, &labels, *count as f64);
            }
        }
        for (name, kind, help, is_status) in [
            (
                "apiserver_envelope_encryption_key_id_hash_last_timestamp_seconds",
                "gauge",
                "When a key was last used.",
                false,
            ),
            (
                "apiserver_envelope_encryption_key_id_hash_status_last_timestamp_seconds",
                "gauge",
                "When a service last told a key.",
                true,
            ),
            (
                "apiserver_envelope_encryption_key_id_hash_total",
                "counter",
                "How often a key was used.",
                false,
            ),
        ] {
            out.head(name, kind, "ALPHA", help);
            for (provider, figures) in &figures {
                for used in figures
                    .uses
                    .iter()
                    .filter(|u| u.what.is_empty() == is_status)
                {
                    let mut labels = vec![
                        ("apiserver_id_hash", self.server.as_str()),
                        ("key_id_hash", used.key_id_hash.as_str()),
                        ("provider_name", provider.as_str()),
                    ];
                    if !is_status {
                        labels.push(("transformation_type", used.what));
                    }
                    let value = match kind {
                        "gauge" => used.last,
                        _ => used.count as f64,
                    };
                    out.sample(name, &labels, value);
                }
            }
        }
        let name = "apiserver_envelope_encryption_dek_source_cache_size";
        out.head(name, "gauge", "ALPHA", "Opened seeds that are kept.");
        for (provider, figures) in &figures {
            let labels = [("provider_name", provider.as_str())];
            out.sample(name, &labels, figures.known as f64);
        }
        let (mut misses, mut failures) = (0, 0);
        for (_, figures) in &figures {
            misses += figures.misses;
            failures += figures.generation_failures;
            for took in &figures.generated {
                self.seeds.observe(*took);
            }
        }
        let name = "apiserver_storage_data_key_generation_duration_seconds";
        let help = "Time that it took to make a seed, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        out.histogram(name, &[], &self.seeds);
        let name = "apiserver_storage_data_key_generation_failures_total";
        out.head(name, "counter", "ALPHA", "Seeds that could not be made.");
        out.sample(name, &[], failures as f64);
        let name = "apiserver_storage_envelope_transformation_cache_misses_total";
        let help = "Seeds that a service had to open.";
        out.head(name, "counter", "ALPHA", help);
        out.sample(name, &[], misses as f64);
    }
}
