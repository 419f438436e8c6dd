//! The file of `--tracing-config-file`: `TracingConfiguration` of
//! `apiserver.config.k8s.io` (KEP-647).

use skeg_meta::FieldError;
use skeg_schema::{Value, decode_yaml_any};

/// Where spans go unless the file says otherwise: the collector's usual port.
const DEFAULT_ENDPOINT: &str = "localhost:4317";
/// Sampling rates are given in millionths.
const MILLION: i64 = 1_000_000;
const VERSIONS: &[&str] = &[
    "apiserver.config.k8s.io/v1",
    "apiserver.config.k8s.io/v1beta1",
    "apiserver.config.k8s.io/v1alpha1",
];
const KIND: &str = "TracingConfiguration";

/// Where spans are sent, and of how many requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracingConfiguration {
    /// `HOST:PORT` of a collector that takes OTLP over gRPC without TLS, or
    /// `unix:///PATH`.
    pub endpoint: String,
    /// Of a million requests that no caller has decided about, so many are
    /// recorded; 0 to 1,000,000.
    pub sampling_rate_per_million: u32,
}

impl TracingConfiguration {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Says which field is wrong and what it may be.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let tree = decode_yaml_any(text).map_err(|error| error.to_string())?;
        let fields = tree
            .as_object()
            .ok_or_else(|| format!("want an object of kind {KIND}"))?;
        let text_of = |key: &str| tree[key].as_str().unwrap_or_default();
        if text_of("kind") != KIND {
            return Err(format!("kind: want {KIND}, not {:?}", text_of("kind")));
        }
        if !VERSIONS.contains(&text_of("apiVersion")) {
            return Err(format!(
                "apiVersion: want one of {}, not {:?}",
                VERSIONS.join(", "),
                text_of("apiVersion")
            ));
        }
        for (key, _) in fields.iter() {
            if !["kind", "apiVersion", "endpoint", "samplingRatePerMillion"].contains(&&**key) {
                return Err(format!(
                    "unknown field {key:?}; known are endpoint and samplingRatePerMillion"
                ));
            }
        }
        let rate = rate(&tree["samplingRatePerMillion"]);
        let endpoint = endpoint(&tree["endpoint"]);
        match (rate, endpoint) {
            (Ok(sampling_rate_per_million), Ok(endpoint)) => Ok(Self {
                endpoint,
                sampling_rate_per_million,
            }),
            (Err(rate), Err(endpoint)) => Err(format!("[{rate}, {endpoint}]")),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

fn endpoint(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::Null => DEFAULT_ENDPOINT,
        Value::String(text) => text,
        _ => return Err("endpoint: want a text, HOST:PORT or unix:///PATH".to_owned()),
    };
    let scheme = match text.contains("//") {
        true => text.split_once(':').map_or("", |(scheme, _)| scheme),
        false => "dns",
    };
    if !["dns", "unix", "unix-abstract"].contains(&scheme) {
        let words = format!(
            "unsupported scheme: {scheme}.  Options are none, dns, unix, or unix-abstract.  See https://github.com/grpc/grpc/blob/master/doc/naming.md"
        );
        return Err(FieldError::invalid("endpoint", text, words).to_string());
    }
    // What upstream takes too, and we cannot reach.
    if text.is_empty() || scheme == "unix-abstract" {
        return Err("endpoint: want HOST:PORT or unix:///PATH".to_owned());
    }
    let host = text.strip_prefix("dns:").unwrap_or(text);
    let host = host.trim_start_matches('/');
    Ok(if scheme == "dns" { host } else { text }.to_owned())
}

fn rate(value: &Value) -> Result<u32, String> {
    match value {
        Value::Null => Ok(0),
        Value::Int(rate) if (0..=MILLION).contains(rate) => {
            Ok(u32::try_from(*rate).expect("a million fits"))
        }
        Value::Int(rate) => {
            let words = match *rate < 0 {
                true => "sampling rate must be positive",
                false => "sampling rate per million must be less than or equal to one million",
            };
            let error = FieldError::invalid("samplingRatePerMillion", *rate, words);
            Err(error.to_string())
        }
        other => Err(format!(
            "samplingRatePerMillion: want a number from 0 to {MILLION}, not {other}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(more: &str) -> Result<TracingConfiguration, String> {
        TracingConfiguration::parse(
            format!("apiVersion: apiserver.config.k8s.io/v1\nkind: {KIND}\n{more}").as_bytes(),
        )
    }

    #[test]
    fn files_are_read() {
        let plain = parse("").expect("the defaults");
        assert_eq!(plain.endpoint, "localhost:4317");
        assert_eq!(plain.sampling_rate_per_million, 0);
        let full = parse("endpoint: 127.0.0.1:5\nsamplingRatePerMillion: 1000000\n");
        let full = full.expect("both");
        assert_eq!(full.endpoint, "127.0.0.1:5");
        let named = parse("endpoint: dns://a:5").expect("a scheme that says nothing");
        assert_eq!(named.endpoint, "a:5");
        assert_eq!(full.sampling_rate_per_million, 1_000_000);
    }

    #[test]
    fn mistakes_are_named() {
        for (more, want) in [
            ("endpoint: \"\"", "endpoint: want HOST:PORT"),
            (
                "endpoint: http://a:1",
                "endpoint: Invalid value: \"http://a:1\": unsupported scheme: http.  Options are",
            ),
            (
                "samplingRatePerMillion: 1000001",
                "samplingRatePerMillion: Invalid value: 1000001: sampling rate per million must be less than or equal to one million",
            ),
            (
                "samplingRatePerMillion: -1",
                "samplingRatePerMillion: Invalid value: -1: sampling rate must be positive",
            ),
            ("samplingRate: 1", "unknown field \"samplingRate\""),
        ] {
            let error = parse(more).expect_err(more);
            assert!(error.contains(want), "{error}");
        }
        let error = TracingConfiguration::parse(b"kind: Pod").expect_err("another kind");
        assert!(error.contains("want TracingConfiguration"), "{error}");
    }
}
