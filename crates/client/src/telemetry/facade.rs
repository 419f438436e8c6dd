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
        }
    }
}
