//! The selectors that a review of permissions may carry: rules, and what could
//! not be understood and therefore does not count.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, list, s};
use crate::validation::metadata;
use skeg_auth::authz::Selectors;
use skeg_meta::{fields, labels};
use skeg_schema::Value;

/// Checks both selectors of the resource that is asked about.
pub(super) fn check(spec: &Value, errs: &mut Errs) {
    let resource = at(spec, "resourceAttributes");
    let path = Path::root("spec");
    let path = path.child("resourceAttributes");
    for field in ["fieldSelector", "labelSelector"] {
        if has(resource, field) {
            let of_labels = field == "labelSelector";
            selector(at(resource, field), of_labels, &path.child(field), errs);
        }
    }
}

fn selector(v: &Value, of_labels: bool, path: &Path<'_>, errs: &mut Errs) {
    let raw = s(v, "rawSelector");
    let requirements = list(v, "requirements");
    if !raw.is_empty() && !requirements.is_empty() {
        errs.invalid(
            &path.child("rawSelector"),
            raw,
            "may not specified at the same time as requirements",
        );
    }
    if raw.is_empty() && requirements.is_empty() {
        errs.required(
            &path.child("requirements"),
            format!("when {path} is specified, requirements or rawSelector is required"),
        );
    }
    for (n, requirement) in requirements.iter().enumerate() {
        let path = path.child("requirements");
        let path = path.index(n);
        if !of_labels && s(requirement, "key").is_empty() {
            errs.required(&path.child("key"), "must be specified");
        }
        metadata::selector_values(requirement, &path, errs);
        if of_labels {
            metadata::selector_labels(requirement, &path, errs);
        }
    }
}

/// The selectors as the authorizer is asked with them, and what the answer says
/// of those that were not understood, or only in part.
pub(super) fn read(resource: &Value) -> (Selectors, Vec<String>) {
    let mut remarks = Vec::new();
    let mut note = |field: &str, is_empty: bool| {
        let part = if is_empty { "" } else { "partially " };
        remarks.push(format!(
            "spec.resourceAttributes.{field} {part}ignored due to parse error"
        ));
    };
    let (fields, failed) = of_fields(at(resource, "fieldSelector"));
    if failed {
        note("fieldSelector", fields.is_empty());
    }
    let (labels, failed) = of_labels(at(resource, "labelSelector"));
    if failed {
        note("labelSelector", labels.is_empty());
    }
    (Selectors { fields, labels }, remarks)
}

fn values(requirement: &Value) -> Vec<String> {
    let values = list(requirement, "values").iter();
    values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// What was understood, and whether anything was not.
fn of_fields(v: &Value) -> (Vec<fields::Requirement>, bool) {
    let raw = s(v, "rawSelector");
    let mut out = Vec::new();
    let mut failed = false;
    if !raw.is_empty() {
        match fields::Selector::parse(raw) {
            Ok(read) => out.extend(read.requirements().cloned()),
            Err(_) => failed = true,
        }
    }
    for requirement in list(v, "requirements") {
        // Fields can only be compared with one value.
        let operator = match s(requirement, "operator") {
            "In" => "=",
            "NotIn" => "!=",
            _ => "",
        };
        match values(requirement).as_slice() {
            [value] if !operator.is_empty() => out.push(fields::Requirement {
                field: s(requirement, "key").to_owned(),
                operator,
                value: value.clone(),
            }),
            _ => failed = true,
        }
    }
    (out, failed)
}

fn of_labels(v: &Value) -> (Vec<labels::Requirement>, bool) {
    let raw = s(v, "rawSelector");
    let mut out = Vec::new();
    let mut failed = false;
    if !raw.is_empty() {
        match labels::Selector::parse(raw) {
            Ok(read) => out.extend(read.requirements().unwrap_or_default().iter().cloned()),
            Err(_) => failed = true,
        }
    }
    for requirement in list(v, "requirements") {
        let operator = match s(requirement, "operator") {
            "In" => Some(labels::Operator::In),
            "NotIn" => Some(labels::Operator::NotIn),
            "Exists" => Some(labels::Operator::Exists),
            "DoesNotExist" => Some(labels::Operator::DoesNotExist),
            _ => None,
        };
        let made = operator.and_then(|operator| {
            labels::Requirement::new(s(requirement, "key"), operator, values(requirement)).ok()
        });
        match made {
            Some(requirement) => out.push(requirement),
            None => failed = true,
        }
    }
    (out, failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_is_not_understood_is_remarked() {
        let check = |resource: Value, fields: &str, labels: &str, expect: &[&str]| {
            let (read, remarks) = read(&resource);
            assert_eq!(read, Selectors::parse(fields, labels), "{resource}");
            assert_eq!(remarks, expect, "{resource}");
        };
        check(json!({}), "", "", &[]);
        check(
            json!({"fieldSelector": {"rawSelector": "a=b,c!=d"}, "labelSelector": {"rawSelector": "k in (v)"}}),
            "a=b,c!=d",
            "k in (v)",
            &[],
        );
        check(
            json!({"labelSelector": {"rawSelector": "k in"}}),
            "",
            "",
            &["spec.resourceAttributes.labelSelector ignored due to parse error"],
        );
        let several = json!([
            {"key": "a", "operator": "In", "values": ["b"]},
            {"key": "c", "operator": "In", "values": ["d", "e"]},
        ]);
        check(
            json!({"fieldSelector": {"requirements": several}}),
            "a=b",
            "",
            &["spec.resourceAttributes.fieldSelector partially ignored due to parse error"],
        );
        check(
            json!({"labelSelector": {"requirements": [{"key": "a", "operator": "Near", "values": ["b"]}]}}),
            "",
            "",
            &["spec.resourceAttributes.labelSelector ignored due to parse error"],
        );
    }
}
