//! The selectors of a request, as authorizers see them (KEP-4601). They only
//! narrow: what is not understood is left out, and the question is then about
//! more.

use skeg_meta::{fields, labels};
use skeg_schema::{Value, json};

/// What a list, watch or deletecollection is narrowed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selectors {
    /// Requirements of fields; all must hold.
    pub fields: Vec<fields::Requirement>,
    /// Requirements of labels; all must hold.
    pub labels: Vec<labels::Requirement>,
}

/// Of requests that have none.
pub(super) static NONE: Selectors = Selectors {
    fields: Vec::new(),
    labels: Vec::new(),
};

impl Selectors {
    /// Reads both as they stand in a request; empty text is none. What cannot be
    /// read does not count.
    pub fn parse(field_selector: &str, label_selector: &str) -> Self {
        let mut out = Self::default();
        if !field_selector.is_empty()
            && let Ok(read) = fields::Selector::parse(field_selector)
        {
            out.fields = read.requirements().cloned().collect();
        }
        if !label_selector.is_empty()
            && let Ok(read) = labels::Selector::parse(label_selector)
        {
            out.labels = read.requirements().unwrap_or_default().to_vec();
        }
        out
    }

    /// Whether only objects with this value in a field are selected.
    pub fn requires(&self, field: &str, value: &str) -> bool {
        self.fields
            .iter()
            .any(|one| one.is_equal() && one.field == field && one.value == value)
    }

    /// The field requirements as a review has them, if there are any.
    pub fn field_requirements(&self) -> Option<Value> {
        let all = self.fields.iter().map(|one| {
            let operator = if one.is_equal() { "In" } else { "NotIn" };
            let values = Value::Array(vec![one.value.as_str().into()]);
            json!({"key": one.field.as_str(), "operator": operator, "values": values})
        });
        some(all.collect())
    }

    /// The label requirements as a review has them, if there are any. Comparisons
    /// of numbers have no form there.
    pub fn label_requirements(&self) -> Option<Value> {
        let all = self.labels.iter().filter_map(|one| {
            let operator = match one.operator() {
                labels::Operator::In
                | labels::Operator::Equals
                | labels::Operator::DoubleEquals => "In",
                labels::Operator::NotIn | labels::Operator::NotEquals => "NotIn",
                labels::Operator::Exists => "Exists",
                labels::Operator::DoesNotExist => "DoesNotExist",
                _ => return None,
            };
            let mut out = json!({"key": one.key(), "operator": operator});
            if !one.values().is_empty() {
                let values = one.values().iter().map(|value| Value::from(value.as_str()));
                out.as_object_mut()?
                    .insert("values", Value::Array(values.collect()));
            }
            Some(out)
        });
        some(all.collect())
    }
}

fn some(all: Vec<Value>) -> Option<Value> {
    (!all.is_empty()).then(|| json!({"requirements": Value::Array(all)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &str, labels: &str, expect: (Option<Value>, Option<Value>)) {
        let read = Selectors::parse(fields, labels);
        let got = (read.field_requirements(), read.label_requirements());
        assert_eq!(got, expect, "{fields:?}, {labels:?}");
    }

    #[test]
    fn selectors_become_requirements() {
        check("", "", (None, None));
        check(
            "a==b",
            "",
            (
                Some(json!({"requirements": [{"key": "a", "operator": "In", "values": ["b"]}]})),
                None,
            ),
        );
        check(
            "spec.x!=a\\,b",
            "k notin (v,w), !gone, there",
            (
                Some(
                    json!({"requirements": [{"key": "spec.x", "operator": "NotIn", "values": ["a,b"]}]}),
                ),
                Some(json!({"requirements": [
                    {"key": "gone", "operator": "DoesNotExist"},
                    {"key": "k", "operator": "NotIn", "values": ["v", "w"]},
                    {"key": "there", "operator": "Exists"},
                ]})),
            ),
        );
        // What has no form in a review does not narrow it.
        check("", "k > 5", (None, None));
        // What cannot be read neither.
        check("nothing", "a in", (None, None));
    }

    #[test]
    fn required_values() {
        let read = Selectors::parse("spec.nodeName=n,metadata.name!=x", "");
        assert!(read.requires("spec.nodeName", "n"));
        assert!(!read.requires("spec.nodeName", "m"));
        assert!(!read.requires("metadata.name", "x"));
    }
}
