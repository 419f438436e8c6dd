//! The selectors that a review of permissions may carry: rules, and what could
//! not be understood and therefore does not count.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, list, s};
use skeg_schema::Value;

/// Checks both selectors of the resource that is asked about.
pub(super) fn check(spec: &Value, errs: &mut Errs) {
    let resource = at(spec, "resourceAttributes");
    let path = Path::root("spec");
    let path = path.child("resourceAttributes");
    for field in ["fieldSelector", "labelSelector"] {
        if has(resource, field) {
            selector(at(resource, field), &path.child(field), errs);
        }
    }
}

fn selector(v: &Value, path: &Path<'_>, errs: &mut Errs) {
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
        let values = list(requirement, "values");
        match s(requirement, "operator") {
            "In" | "NotIn" if values.is_empty() => errs.required(
                &path.child("values"),
                "must be specified when `operator` is 'In' or 'NotIn'",
            ),
            "Exists" | "DoesNotExist" if !values.is_empty() => errs.forbidden(
                &path.child("values"),
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
            _ => {}
        }
        if s(requirement, "key").is_empty() {
            errs.required(&path.child("key"), "must be specified");
        }
    }
}

/// What the answer says about selectors that were not understood, or only in
/// part.
pub(super) fn remarks(resource: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for field in ["fieldSelector", "labelSelector"] {
        let v = at(resource, field);
        let raw = s(v, "rawSelector");
        let unreadable = !raw.is_empty()
            && match field {
                "fieldSelector" => skeg_meta::fields::Selector::parse(raw).is_err(),
                _ => skeg_meta::labels::Selector::parse(raw).is_err(),
            };
        let requirements = list(v, "requirements");
        let known = requirements
            .iter()
            .filter(|r| is_known(s(r, "operator"), field))
            .count();
        if unreadable || (known == 0 && !requirements.is_empty()) {
            out.push(format!(
                "spec.resourceAttributes.{field} ignored due to parse error"
            ));
        } else if known < requirements.len() {
            out.push(format!(
                "spec.resourceAttributes.{field} partially ignored due to parse error"
            ));
        }
    }
    out
}

// Fields can only be compared with one value.
fn is_known(operator: &str, field: &str) -> bool {
    match operator {
        "In" | "NotIn" => true,
        "Exists" | "DoesNotExist" => field == "labelSelector",
        _ => false,
    }
}
