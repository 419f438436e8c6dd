//! Prometheus' text form.

use std::fmt::Write;
use std::sync::atomic::Ordering;

use skeg_schema::go::print_float;

use super::{Family, Labels, Series};

/// Writes a family, and forgets the series that are no more.
pub(super) fn write_family(out: &mut String, name: &str, family: &mut Family) {
    let mut body = String::new();
    family.series.retain(|labels, series| {
        match series {
            Series::Counter(counter) => {
                line(&mut body, name, "", labels, &[], &counter.get().to_string());
            }
            Series::Gauge(gauge) => {
                line(&mut body, name, "", labels, &[], &print_float(gauge.get()));
            }
            Series::Computed(values) => {
                let Some(values) = values() else {
                    return false;
                };
                for (more, value) in values {
                    line(&mut body, name, "", labels, &more, &print_float(value));
                }
            }
            Series::Histogram(histogram) => {
                let mut below = 0;
                let bounds = histogram.0.bounds.iter().map(|&bound| print_float(bound));
                let bounds = bounds.chain(["+Inf".to_owned()]);
                for (count, bound) in histogram.0.counts.iter().zip(bounds) {
                    below += count.load(Ordering::Relaxed);
                    let le = [("le", bound)];
                    line(&mut body, name, "_bucket", labels, &le, &below.to_string());
                }
                let sum = print_float(histogram.0.sum.get());
                line(&mut body, name, "_sum", labels, &[], &sum);
                line(&mut body, name, "_count", labels, &[], &below.to_string());
            }
        }
        true
    });
    if body.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# HELP {name} {}", escaped(family.help, false));
    let _ = writeln!(out, "# TYPE {name} {}", family.kind);
    out.push_str(&body);
}

fn line(
    out: &mut String,
    name: &str,
    suffix: &str,
    labels: &Labels,
    more: &[(&'static str, String)],
    value: &str,
) {
    out.push_str(name);
    out.push_str(suffix);
    let mut sign = '{';
    for (label, value) in labels.iter().chain(more) {
        let _ = write!(out, "{sign}{label}=\"{}\"", escaped(value, true));
        sign = ',';
    }
    if sign == ',' {
        out.push('}');
    }
    out.push(' ');
    out.push_str(value);
    out.push('\n');
}

fn escaped(text: &str, quotes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            other => out.push(other),
        }
    }
    out
}
