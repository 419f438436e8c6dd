//! What is counted of the values that are encrypted and decrypted, under upstream's names
//! (apiserver/pkg/storage/value/metrics.go).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use parking_lot::Mutex;
use skeg_auth::metrics::{Histogram, Text};
use skeg_store::encryption::{Direction, Transformation};

/// From five microseconds on, doubled each time.
static BOUNDS: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..25).map(|power| 5e-6 * f64::from(1 << power)).collect());

/// Which way, and what the values of the key begin with.
type Way = (Direction, String);

/// Counters of values.
#[derive(Default)]
pub(super) struct Operations(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// By resource, way and whether it could be done.
    totals: BTreeMap<(String, Way, &'static str), u64>,
    times: BTreeMap<Way, Histogram>,
}

impl Operations {
    /// Counts one.
    pub(super) fn observe(&self, seen: &Transformation<'_>) {
        let (group, plural) = seen.resource;
        let resource = match group.as_str() {
            "" => plural.clone(),
            group => format!("{plural}.{group}"),
        };
        let way = (seen.direction, seen.prefix.to_owned());
        let mut counted = self.0.lock();
        if seen.is_ok {
            let times = counted.times.entry(way.clone());
            let times = times.or_insert_with(|| Histogram::new(&BOUNDS));
            times.observe(seen.took.as_secs_f64());
        }
        let status = if seen.is_ok { "OK" } else { "unknown-non-grpc" };
        *counted.totals.entry((resource, way, status)).or_default() += 1;
    }

    pub(super) fn render(&self, out: &mut Text) {
        let counted = self.0.lock();
        let name = "apiserver_storage_transformation_duration_seconds";
        let help = "Time that it took to encrypt or decrypt a value, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for ((direction, prefix), times) in &counted.times {
            let labels = [
                ("transformation_type", direction.as_str()),
                ("transformer_prefix", prefix.as_str()),
            ];
            out.histogram(name, &labels, times);
        }
        let name = "apiserver_storage_transformation_operations_total";
        let help = "Values that were encrypted or decrypted, and those that could not be.";
        out.head(name, "counter", "ALPHA", help);
        for ((resource, (direction, prefix), status), count) in &counted.totals {
            let labels = [
                ("resource", resource.as_str()),
                ("status", status),
                ("transformation_type", direction.as_str()),
                ("transformer_prefix", prefix.as_str()),
            ];
            out.sample(name, &labels, *count as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn values_are_counted_by_resource_and_way() {
        let operations = Operations::default();
        let (secrets, things) = (
            (String::new(), "secrets".to_owned()),
            ("g.example.com".to_owned(), "things".to_owned()),
        );
        for (resource, direction, prefix, is_ok) in [
            (&secrets, Direction::ToStorage, "k8s:enc:aescbc:v1:a:", true),
            (&secrets, Direction::ToStorage, "k8s:enc:aescbc:v1:a:", true),
            (&things, Direction::FromStorage, "unknown", false),
        ] {
            operations.observe(&Transformation {
                resource,
                direction,
                prefix,
                took: Duration::from_micros(8),
                is_ok,
            });
        }
        let mut out = Text::default();
        operations.render(&mut out);
        let text = out.finish();
        for line in [
            r#"apiserver_storage_transformation_operations_total{resource="secrets",status="OK",transformation_type="to_storage",transformer_prefix="k8s:enc:aescbc:v1:a:"} 2"#,
            r#"apiserver_storage_transformation_operations_total{resource="things.g.example.com",status="unknown-non-grpc",transformation_type="from_storage",transformer_prefix="unknown"} 1"#,
            r#"apiserver_storage_transformation_duration_seconds_bucket{transformation_type="to_storage",transformer_prefix="k8s:enc:aescbc:v1:a:",le="1e-05"} 2"#,
            r#"apiserver_storage_transformation_duration_seconds_bucket{transformation_type="to_storage",transformer_prefix="k8s:enc:aescbc:v1:a:",le="83.88608"} 2"#,
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
        assert!(!text.contains(r#"duration_seconds_bucket{transformation_type="from_storage""#));
    }
}
