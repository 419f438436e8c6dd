//! Leases and those who would like to hold them.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, s};
use crate::validation::{names, numbers};
use skeg_cel::Version;
use skeg_schema::Value;
use std::cmp::Ordering;

/// The only strategy that Kubernetes itself elects by.
pub const OLDEST: &str = "OldestEmulationVersion";

/// A Lease.
pub fn lease(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if let Some(d) = tree::i(spec, "leaseDurationSeconds")
        && d <= 0
    {
        errs.invalid(
            &path.child("leaseDurationSeconds"),
            d,
            "must be greater than 0",
        );
    }
    numbers::non_negative(spec, "leaseTransitions", &path, errs);
    let chosen = at(spec, "strategy").as_str();
    if let Some(chosen) = chosen {
        strategy(chosen, &path.child("strategy"), errs);
    }
    if chosen.is_none_or(str::is_empty) && !s(spec, "preferredHolder").is_empty() {
        errs.forbidden(
            &path.child("preferredHolder"),
            "may only be specified if `strategy` is defined",
        );
    }
}

/// A LeaseCandidate.
pub fn candidate(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if s(spec, "leaseName").is_empty() {
        errs.required(&path.child("leaseName"), "");
    }
    let emulated = version(spec, "emulationVersion", &path, errs);
    let binary_path = path.child("binaryVersion");
    let text = s(spec, "binaryVersion");
    let mut older = false;
    if text.is_empty() {
        errs.required(&binary_path, "");
    } else {
        let binary = version(spec, "binaryVersion", &path, errs);
        older = !s(spec, "emulationVersion").is_empty()
            && compare(binary.as_ref(), emulated.as_ref()) == Ordering::Less;
    }
    if older {
        errs.invalid(
            &binary_path,
            text,
            "must be greater than or equal to `emulationVersion`",
        );
    }
    match s(spec, "strategy") {
        "" => errs.required(&path.child("strategy"), ""),
        chosen => {
            if chosen == OLDEST && compare(emulated.as_ref(), None) == Ordering::Equal {
                errs.required(
                    &path.child("emulationVersion"),
                    "must be specified when `strategy` is 'OldestEmulationVersion'",
                );
            }
            strategy(chosen, &path.child("strategy"), errs);
        }
    }
}

/// A changed LeaseCandidate.
pub fn candidate_update(new: &Value, old: &Value, errs: &mut Errs) {
    candidate(new, errs);
    let path = Path::root("spec");
    let name = |obj: &Value| Value::from(tree::sp(obj, &["spec", "leaseName"]));
    errs.immutable(&path.child("leaseName"), &name(new), &name(old));
}

/// A version, if the field has one that can be read.
fn version(spec: &Value, field: &str, path: &Path<'_>, errs: &mut Errs) -> Option<Version> {
    let text = s(spec, field);
    if text.is_empty() {
        return None;
    }
    let parsed = Version::parse(text);
    if parsed.is_err() {
        errs.invalid(&path.child(field), text, "must be a valid semantic version");
    }
    parsed.ok()
}

/// What cannot be read is as low as can be.
fn compare(a: Option<&Version>, b: Option<&Version>) -> Ordering {
    let lowest = Version::parse("0.0.0").ok();
    match (a.or(lowest.as_ref()), b.or(lowest.as_ref())) {
        (Some(a), Some(b)) => a.compare(b),
        _ => Ordering::Equal,
    }
}

/// A strategy's name: one of Kubernetes' own, or one with a prefix. Upstream
/// names the field twice.
fn strategy(name: &str, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("strategy");
    if name.contains('/') {
        errs.invalid_all(&path, name, names::qualified_name(name));
    } else {
        errs.one_of(&path, name, &[OLDEST]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn words(check: impl FnOnce(&mut Errs)) -> Vec<String> {
        let mut errs = Errs::new();
        check(&mut errs);
        errs.into_list().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn leases() {
        let check = |spec: Value, expect: &[&str]| {
            let found = words(|errs| lease(&json!({ "spec": spec }), errs));
            assert_eq!(found, expect);
        };
        check(json!({"strategy": OLDEST, "preferredHolder": "a"}), &[]);
        check(json!({"strategy": "example.com/own"}), &[]);
        check(json!({"preferredHolder": ""}), &[]);
        check(
            json!({"preferredHolder": "a"}),
            &["spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined"],
        );
        check(
            json!({"strategy": "Newest"}),
            &[
                "spec.strategy.strategy: Unsupported value: \"Newest\": supported values: \"OldestEmulationVersion\"",
            ],
        );
        check(
            json!({"strategy": "", "preferredHolder": "a"}),
            &[
                "spec.strategy.strategy: Unsupported value: \"\": supported values: \"OldestEmulationVersion\"",
                "spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined",
            ],
        );
    }

    #[test]
    fn candidates() {
        let check = |change: &[(&'static str, &'static str)], expect: &[&str]| {
            let mut spec = json!({
                "leaseName": "l", "strategy": OLDEST,
                "emulationVersion": "1.36.0", "binaryVersion": "1.37.0",
            });
            for (field, value) in change {
                tree::set(&mut spec, *field, *value);
            }
            let found = words(|errs| candidate(&json!({ "spec": spec }), errs));
            assert_eq!(found, expect, "{change:?}");
        };
        check(&[], &[]);
        check(
            &[("strategy", "example.com/own"), ("emulationVersion", "")],
            &[],
        );
        check(
            &[("leaseName", ""), ("binaryVersion", ""), ("strategy", "")],
            &[
                "spec.leaseName: Required value",
                "spec.binaryVersion: Required value",
                "spec.strategy: Required value",
            ],
        );
        check(
            &[("emulationVersion", "")],
            &[
                "spec.emulationVersion: Required value: must be specified when `strategy` is 'OldestEmulationVersion'",
            ],
        );
        check(
            &[("emulationVersion", "1.36"), ("binaryVersion", "v1.37.0")],
            &[
                "spec.emulationVersion: Invalid value: \"1.36\": must be a valid semantic version",
                "spec.binaryVersion: Invalid value: \"v1.37.0\": must be a valid semantic version",
                "spec.emulationVersion: Required value: must be specified when `strategy` is 'OldestEmulationVersion'",
            ],
        );
        check(
            &[("binaryVersion", "1.36.0-beta.1")],
            &[
                "spec.binaryVersion: Invalid value: \"1.36.0-beta.1\": must be greater than or equal to `emulationVersion`",
            ],
        );
        let spec = |lease: &str| {
            json!({"spec": {
                "leaseName": lease, "strategy": "a.b/c", "binaryVersion": "1.37.0",
            }})
        };
        assert_eq!(
            words(|errs| candidate_update(&spec("b"), &spec("a"), errs)),
            ["spec.leaseName: Invalid value: \"b\": field is immutable"],
        );
    }
}
