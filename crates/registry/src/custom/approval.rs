//! Groups of the Kubernetes community: what is defined in them has been
//! approved by the reviewers of its API, or says that it has not (KEP-2337).

use crate::tree;
use skeg_schema::Value;

/// The annotation that tells of it.
pub const ANNOTATION: &str = "api-approved.kubernetes.io";

/// Whether a group is the community's.
pub fn is_protected(group: &str) -> bool {
    ["k8s.io", "kubernetes.io"].iter().any(|own| {
        group == *own
            || group
                .strip_suffix(own)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

/// What the annotation says.
pub enum Approval {
    /// There is none.
    Missing,
    /// It is neither an address nor says `unapproved`.
    Invalid,
    /// It says that there is no approval.
    Bypassed,
    /// It names the approval.
    Approved,
}

/// Reads the annotation.
pub fn read(definition: &Value) -> (Approval, &str) {
    let text = tree::annotation(definition, ANNOTATION).unwrap_or_default();
    let kind = if text.is_empty() {
        Approval::Missing
    } else if text.starts_with("unapproved") {
        Approval::Bypassed
    } else if is_address(text) {
        Approval::Approved
    } else {
        Approval::Invalid
    };
    (kind, text)
}

fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && rest
                .split(['/', '?', '#'])
                .next()
                .is_some_and(|host| !host.is_empty())
    })
}

/// Status, reason and message of the condition.
pub fn approval(definition: &Value) -> (bool, &'static str, String) {
    let (kind, text) = read(definition);
    match kind {
        Approval::Missing => (
            false,
            "MissingAnnotation",
            format!(
                "protected groups must have approval annotation {ANNOTATION:?}, see https://github.com/kubernetes/enhancements/pull/1111"
            ),
        ),
        Approval::Invalid => (
            false,
            "InvalidAnnotation",
            format!(
                "protected groups must have approval annotation {ANNOTATION:?} with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111"
            ),
        ),
        Approval::Bypassed => (
            false,
            "UnapprovedAnnotation",
            format!("not approved: {text:?}"),
        ),
        Approval::Approved => (true, "ApprovedAnnotation", format!("approved in {text}")),
    }
}
