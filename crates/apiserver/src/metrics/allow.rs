//! Labels whose values are restricted by the operator: what is not on the list
//! is told as `unexpected`, and series that become the same are added up.

use std::collections::{BTreeMap, BTreeSet};

/// Which values the labels of metrics may have, and which metrics are not told
/// at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricRules {
    allowed: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    disabled: BTreeSet<String>,
}

const UNEXPECTED: &str = "unexpected";

impl MetricRules {
    /// Allows these values only; `what` is `METRIC,LABEL`, `values` are joined
    /// by commas.
    ///
    /// # Errors
    /// `what` has another form.
    pub fn allow(&mut self, what: &str, values: &str) -> Result<(), String> {
        let wrong = || format!("{what:?} is not METRIC,LABEL");
        let (metric, label) = what.split_once(',').ok_or_else(wrong)?;
        let (metric, label) = (metric.trim(), label.trim());
        if metric.is_empty() || label.is_empty() || label.contains(',') {
            return Err(wrong());
        }
        let labels = self.allowed.entry(metric.to_owned()).or_default();
        let known = labels.entry(label.to_owned()).or_default();
        known.extend(values.split(',').map(|value| value.trim().to_owned()));
        Ok(())
    }

    /// Does not tell a metric.
    pub fn disable(&mut self, metric: &str) {
        self.disabled.insert(metric.to_owned());
    }

    fn is_empty(&self) -> bool {
        self.allowed.is_empty() && self.disabled.is_empty()
    }

    /// The text as it may be told.
    pub(crate) fn apply(&self, text: String) -> String {
        if self.is_empty() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        // The lines of the metric under way whose labels are restricted, in
        // their order.
        let mut sums: Vec<(String, f64)> = Vec::new();
        let mut rules = None;
        let mut hidden = false;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                flush(&mut sums, &mut out);
                let metric = rest.split(' ').next().unwrap_or_default();
                rules = self.allowed.get(metric);
                hidden = self.disabled.contains(metric);
            }
            if hidden {
                continue;
            }
            match rules {
                Some(rules) if !line.starts_with('#') => {
                    let (series, value) = line.rsplit_once(' ').unwrap_or((line, "0"));
                    let series = restricted(series, rules);
                    let value: f64 = value.parse().unwrap_or(0.0);
                    match sums.iter_mut().find(|(known, _)| *known == series) {
                        Some((_, sum)) => *sum += value,
                        None => sums.push((series, value)),
                    }
                }
                _ => {
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
        flush(&mut sums, &mut out);
        out
    }
}

fn flush(sums: &mut Vec<(String, f64)>, out: &mut String) {
    for (series, value) in sums.drain(..) {
        out.push_str(&format!("{series} {value}\n"));
    }
}

/// `name{label="value",…}` with the values that may be told.
fn restricted(series: &str, rules: &BTreeMap<String, BTreeSet<String>>) -> String {
    let Some((name, rest)) = series.split_once('{') else {
        return series.to_owned();
    };
    let mut out = format!("{name}{{");
    let mut rest = rest;
    while let Some((label, after)) = rest.split_once("=\"") {
        // To the quote that is not escaped.
        let mut end = after.len();
        let mut escaped = false;
        for (at, c) in after.char_indices() {
            match c {
                '"' if !escaped => {
                    end = at;
                    break;
                }
                '\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        let value = &after[..end];
        let label = label.trim_start_matches(',');
        let known = rules.get(label).is_none_or(|values| values.contains(value));
        let value = if known { value } else { UNEXPECTED };
        if !out.ends_with('{') {
            out.push(',');
        }
        out.push_str(&format!("{label}=\"{value}\""));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_not_allowed_become_one() {
        let mut rules = MetricRules::default();
        rules.allow("m_total,code", "200, 404").expect("a rule");
        rules.disable("secret");
        let text = "# HELP m_total [ALPHA] M.\n# TYPE m_total counter\nm_total{a=\"x,\\\"y\",code=\"200\"} 1\nm_total{a=\"x,\\\"y\",code=\"500\"} 2\nm_total{a=\"x,\\\"y\",code=\"501\"} 3\n# HELP secret S.\nsecret 1\n# HELP n N.\nn{code=\"7\"} 1\n";
        assert_eq!(
            rules.apply(text.to_owned()),
            "# HELP m_total [ALPHA] M.\n# TYPE m_total counter\nm_total{a=\"x,\\\"y\",code=\"200\"} 1\nm_total{a=\"x,\\\"y\",code=\"unexpected\"} 5\n# HELP n N.\nn{code=\"7\"} 1\n"
        );
    }

    #[test]
    fn rules_have_a_metric_and_a_label() {
        let mut rules = MetricRules::default();
        assert!(rules.allow("m_total", "a").is_err());
        assert!(rules.allow("m,a,b", "a").is_err());
        assert_eq!(rules.apply("x 1".to_owned()), "x 1");
    }
}
