//! Metrics passed on to the crate `metrics`.

use super::prometheus::code_text;
use super::{Event, Recorder};

/// Passes all on to the recorder that the crate `metrics` has installed, under
/// the names that [`Prometheus`](super::Prometheus) uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetricsFacade;

impl Recorder for MetricsFacade {
    fn record(&self, event: &Event<'_>) {
        match *event {
            Event::Request {
                method,
                server,
                code,
                took,
            } => {
                let (method, host) = (method.to_owned(), server.to_owned());
                metrics::counter!("rest_client_requests_total", "code" => code_text(code), "method" => method.clone(), "host" => host.clone())
                    .increment(1);
                metrics::histogram!("rest_client_request_duration_seconds", "verb" => method, "host" => host)
                    .record(took);
            }
            Event::Retry {
                method,
                server,
                code,
            } => {
                metrics::counter!("rest_client_request_retries_total", "code" => code_text(code), "verb" => method.to_owned(), "host" => server.to_owned())
                    .increment(1);
            }
            Event::RateLimit {
                method,
                server,
                waited,
            } => {
                metrics::histogram!("rest_client_rate_limiter_duration_seconds", "verb" => method.to_owned(), "host" => server.to_owned())
                    .record(waited);
            }
            Event::ConnectionOpened { server, protocol } => {
                let (host, protocol) = (server.to_owned(), protocol.to_owned());
                metrics::gauge!("rest_client_connections", "host" => host.clone(), "protocol" => protocol.clone())
                    .increment(1);
                metrics::counter!("rest_client_connections_opened_total", "host" => host, "protocol" => protocol)
                    .increment(1);
            }
            Event::ConnectionClosed { server, protocol } => {
                metrics::gauge!("rest_client_connections", "host" => server.to_owned(), "protocol" => protocol.to_owned())
                    .decrement(1);
            }
            Event::Circuit { server, is_open } => {
                metrics::gauge!("rest_client_circuit_open", "host" => server.to_owned())
                    .set(f64::from(u8::from(is_open)));
            }
            Event::Credentials {
                source,
                took,
                is_ok,
            } => {
                let result = if is_ok { "ok" } else { "error" };
                metrics::counter!("rest_client_credentials_fetched_total", "source" => source.to_owned(), "result" => result)
                    .increment(1);
                metrics::histogram!("rest_client_credentials_duration_seconds", "source" => source.to_owned())
                    .record(took);
            }
            Event::WatchStarted { resource } => {
                metrics::counter!("rest_client_watches_total", "resource" => resource.to_owned())
                    .increment(1);
            }
            Event::WatchRestarted { resource, reason } => {
                metrics::counter!("rest_client_watch_restarts_total", "resource" => resource.to_owned(), "reason" => reason.to_owned())
                    .increment(1);
            }
            Event::Unreadable { resource } => {
                metrics::counter!("rest_client_unreadable_objects_total", "resource" => resource.to_owned())
                    .increment(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};

    use super::*;

    /// Keeps which metrics are asked for.
    #[derive(Default)]
    struct Asked(Mutex<Vec<String>>);

    impl Asked {
        fn note(&self, kind: &str, key: &Key) {
            let labels: Vec<String> = key
                .labels()
                .map(|label| format!("{}={}", label.key(), label.value()))
                .collect();
            let text = format!("{kind} {} {}", key.name(), labels.join(","));
            self.0.lock().expect("no panic before").push(text);
        }
    }

    impl metrics::Recorder for Asked {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            self.note("counter", key);
            Counter::noop()
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            self.note("gauge", key);
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            self.note("histogram", key);
            Histogram::noop()
        }
    }

    #[test]
    fn all_goes_to_the_recorder_that_is_installed() {
        let asked = Asked::default();
        metrics::with_local_recorder(&asked, || {
            MetricsFacade.record(&Event::Request {
                method: "GET",
                server: "h",
                code: None,
                took: Duration::from_millis(1),
            });
            MetricsFacade.record(&Event::ConnectionClosed {
                server: "h",
                protocol: "h2",
            });
        });
        assert_eq!(
            *asked.0.lock().expect("no panic before"),
            [
                "counter rest_client_requests_total code=<error>,method=GET,host=h",
                "histogram rest_client_request_duration_seconds verb=GET,host=h",
                "gauge rest_client_connections host=h,protocol=h2",
            ]
        );
    }
}
