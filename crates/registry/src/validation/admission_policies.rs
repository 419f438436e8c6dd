//! Rules of admission policies and their bindings.

use super::webhooks::{conditions, match_resources};
use super::{metadata, names};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, list, s};
use skeg_cel::EnvOptions;
use skeg_cel::admission::{Compiler, Wanted};
use skeg_schema::Value;
use std::collections::HashSet;

/// Audit annotations of a policy.
const ANNOTATIONS_MAX: usize = 20;
/// How long the expression of an audit annotation may be, in bytes.
const VALUE_EXPRESSION_MAX: usize = 5 * 1024;

/// A binding of an admission policy.
pub fn binding(obj: &Value, mutating: bool, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let policy = s(spec, "policyName");
    if policy.is_empty() {
        // Declared for bindings of validating policies.
        if mutating {
            errs.required(&path.child("policyName"), "");
        }
    } else {
        errs.invalid_all(
            &path.child("policyName"),
            policy,
            names::dns1123_subdomain(policy, false),
        );
    }
    if has(spec, "paramRef") {
        param_ref(at(spec, "paramRef"), &path.child("paramRef"), errs);
    }
    match_resources(
        at(spec, "matchResources"),
        &path.child("matchResources"),
        errs,
    );
    if mutating {
        mutating_operations(
            at(spec, "matchResources"),
            &path.child("matchResources"),
            errs,
        );
    } else {
        actions(spec, &path.child("validationActions"), errs);
    }
}

fn param_ref(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    const EITHER: &str = "name and selector are mutually exclusive";
    let (name, selector) = (s(v, "name"), has(v, "selector"));
    if !name.is_empty() {
        let path = path.child("name");
        errs.invalid_all(&path, name, names::path_segment(name, false));
        if selector {
            errs.forbidden(&path, EITHER);
        }
    }
    if selector {
        let path = path.child("selector");
        metadata::label_selector(at(v, "selector"), &path, errs);
        if !name.is_empty() {
            errs.forbidden(&path, EITHER);
        }
    }
    if name.is_empty() && !selector {
        errs.required(path, "one of name or selector must be specified");
    }
    let a_path = path.child("parameterNotFoundAction");
    match s(v, "parameterNotFoundAction") {
        "" => errs.required(&a_path, ""),
        action => errs.one_of(&a_path, action, &["Deny", "Allow"]),
    }
}

fn actions(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all: Vec<&str> = list(spec, "validationActions")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut seen = HashSet::new();
    for (n, action) in all.iter().enumerate() {
        errs.one_of(&path.index(n), action, &["Audit", "Deny", "Warn"]);
        if !seen.insert(action) {
            errs.duplicate(&path.index(n), *action);
        }
    }
    if seen.contains(&"Deny") && seen.contains(&"Warn") {
        errs.invalid(
            path,
            at(spec, "validationActions").clone(),
            "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)",
        );
    }
}

/// A validating admission policy.
pub fn validating_policy(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if let Some(policy) = at(spec, "failurePolicy").as_str() {
        errs.one_of(&path.child("failurePolicy"), policy, &["Fail", "Ignore"]);
    }
    let mut compiler = compiler(spec, EnvOptions::new_expressions());
    policy_head(spec, &mut compiler, &path, errs);
    let (validations, annotations) = (list(spec, "validations"), list(spec, "auditAnnotations"));
    if validations.is_empty() && annotations.is_empty() {
        for f in ["validations", "auditAnnotations"] {
            errs.required(
                &path.child(f),
                "validations or auditAnnotations must contain at least one item",
            );
        }
    }
    for (n, v) in validations.iter().enumerate() {
        let at_path = path.child("validations");
        let at_path = at_path.index(n);
        let expression = s(v, "expression");
        if expression.trim().is_empty() {
            errs.required(&at_path.child("expression"), "expression is not specified");
        } else if let Err(why) = compiler.compile(expression, true, &Wanted::Bool) {
            errs.invalid(&at_path.child("expression"), expression, why);
        }
        let worded = s(v, "messageExpression");
        let w_path = at_path.child("messageExpression");
        if worded.trim().is_empty() && !worded.is_empty() {
            errs.invalid(&w_path, worded, "must be non-empty if specified");
        } else if !worded.is_empty()
            && let Err(why) = compiler.compile(worded, false, &Wanted::Text)
        {
            errs.invalid(&w_path, worded, why);
        }
        let message = s(v, "message");
        let m_path = at_path.child("message");
        let lines = |text: &str| text.trim().contains(['\n', '\r']);
        if !message.is_empty() && message.trim().is_empty() {
            errs.invalid(&m_path, message, "must be non-empty if specified");
        } else if lines(message) {
            errs.invalid(&m_path, message, "must not contain line breaks");
        }
        if let Some(reason) = at(v, "reason").as_str() {
            errs.one_of(
                &at_path.child("reason"),
                reason,
                &["Forbidden", "Invalid", "RequestEntityTooLarge"],
            );
        }
    }
    if annotations.len() > ANNOTATIONS_MAX {
        errs.invalid(
            &path.child("auditAnnotations"),
            crate::dump::go_list(
                at(spec, "auditAnnotations"),
                "admissionregistration/v1.AuditAnnotation",
            ),
            format!("must not have more than {ANNOTATIONS_MAX} auditAnnotations"),
        );
    }
    for (n, a) in annotations.iter().enumerate() {
        let at_path = path.child("auditAnnotations");
        let at_path = at_path.index(n);
        let key = format!("{}/{}", tree::name_of(obj), s(a, "key"));
        errs.invalid_all(&at_path.child("key"), &key, names::qualified_name(&key));
        let expression = s(a, "valueExpression");
        let v_path = at_path.child("valueExpression");
        if expression.trim().is_empty() {
            errs.required(&v_path, "valueExpression is not specified");
        } else if expression.trim().len() > VALUE_EXPRESSION_MAX {
            errs.required(
                &v_path,
                format!("must not exceed {VALUE_EXPRESSION_MAX} bytes in length"),
            );
        } else if let Err(why) = compiler.compile(expression.trim(), true, &Wanted::TextOrNull) {
            errs.invalid(&v_path, expression, why);
        }
        let same = |earlier: &Value| s(earlier, "key") == s(a, "key");
        if annotations[..n].iter().any(same) {
            errs.duplicate(&at_path.child("key"), s(a, "key"));
        }
    }
}

/// The status of a validating admission policy.
pub fn policy_status(new: &Value, errs: &mut Errs) {
    let status = at(new, "status");
    let path = Path::root("status");
    let warnings = path.child("typeChecking");
    let warnings = warnings.child("expressionWarnings");
    for (n, w) in list(at(status, "typeChecking"), "expressionWarnings")
        .iter()
        .enumerate()
    {
        for (f, text) in [
            ("warning", s(w, "warning")),
            ("fieldRef", s(w, "fieldRef").trim()),
        ] {
            if text.is_empty() {
                errs.required(&warnings.index(n).child(f), "");
            }
        }
    }
    super::policy::conditions(list(status, "conditions"), &path.child("conditions"), errs);
}

/// A mutating admission policy.
pub fn mutating_policy(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if let Some(policy) = at(spec, "failurePolicy").as_str() {
        errs.one_of(&path.child("failurePolicy"), policy, &["Fail", "Ignore"]);
    }
    let options = EnvOptions::new_expressions().with_mutation();
    // Its expressions know of variables though there may be none.
    let mut compiler = Compiler::new(options, has(spec, "paramKind")).composed();
    policy_head(spec, &mut compiler, &path, errs);
    let constraints = path.child("matchConstraints");
    mutating_operations(at(spec, "matchConstraints"), &constraints, errs);
    let mutations = list(spec, "mutations");
    let m_path = path.child("mutations");
    if mutations.is_empty() {
        errs.required(&m_path, "mutations must contain at least one item");
    }
    for (n, m) in mutations.iter().enumerate() {
        mutation(m, &compiler, &m_path.index(n), errs);
    }
    match s(spec, "reinvocationPolicy") {
        "" => errs.required(&path.child("reinvocationPolicy"), ""),
        policy => errs.one_of(
            &path.child("reinvocationPolicy"),
            policy,
            &["IfNeeded", "Never"],
        ),
    }
}

/// What is deleted cannot be changed. Upstream names the rules, not which of them.
fn mutating_operations(matched: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("resourceRules");
    for operation in list(matched, "resourceRules")
        .iter()
        .flat_map(|rule| list(rule, "operations"))
        .filter_map(Value::as_str)
    {
        errs.one_of(
            &path.child("operations"),
            operation,
            &["*", "CONNECT", "CREATE", "UPDATE"],
        );
    }
}

fn mutation(m: &Value, compiler: &Compiler, path: &Path<'_>, errs: &mut Errs) {
    let kind = s(m, "patchType");
    let (own, other) = match kind {
        "ApplyConfiguration" => ("applyConfiguration", "jsonPatch"),
        "JSONPatch" => ("jsonPatch", "applyConfiguration"),
        "" => {
            errs.required(&path.child("patchType"), "");
            return;
        }
        _ => {
            errs.not_supported(
                &path.child("patchType"),
                kind,
                &["ApplyConfiguration", "JSONPatch"],
            );
            return;
        }
    };
    if !has(m, own) {
        errs.required(
            &path.child(own),
            format!("must be specified when patchType is {kind}"),
        );
    } else {
        let expression = s(at(m, own), "expression").trim();
        let e_path = path.child(own);
        let e_path = e_path.child("expression");
        let wanted = if own == "jsonPatch" {
            Wanted::Patch
        } else {
            Wanted::Object
        };
        if expression.is_empty() {
            errs.required(&e_path, "");
        } else if let Err(why) = compiler.compile(expression, true, &wanted) {
            errs.invalid(&e_path, expression, why);
        }
    }
    if has(m, other) {
        errs.invalid(
            &path.child(other),
            format!("{{{other}}}"),
            format!("must not be specified when patchType is {kind}"),
        );
    }
}

// What both sorts of policy have.
fn policy_head(spec: &Value, compiler: &mut Compiler, path: &Path<'_>, errs: &mut Errs) {
    if has(spec, "paramKind") {
        param_kind(at(spec, "paramKind"), &path.child("paramKind"), errs);
    }
    let constraints = at(spec, "matchConstraints");
    let c_path = path.child("matchConstraints");
    if constraints.is_null() {
        errs.required(&c_path, "");
    } else {
        match_resources(constraints, &c_path, errs);
        if list(constraints, "resourceRules").is_empty() {
            errs.required(&c_path.child("resourceRules"), "");
        }
    }
    conditions(spec, has(spec, "paramKind"), path, errs);
    for (n, v) in list(spec, "variables").iter().enumerate() {
        let at_path = path.child("variables");
        let at_path = at_path.index(n);
        let name = s(v, "name");
        if name.trim().is_empty() {
            errs.required(&at_path.child("name"), "name is not specified");
        } else if !skeg_cel::is_identifier(name) {
            errs.invalid(
                &at_path.child("name"),
                name,
                "must be a valid CEL identifier",
            );
        }
        let expression = s(v, "expression");
        if expression.trim().is_empty() {
            errs.required(&at_path.child("expression"), "expression is not specified");
        } else if let Err(why) = compiler.add_variable(name, expression) {
            errs.invalid(&at_path.child("expression"), expression, why);
        }
    }
}

/// The compiler of a policy's expressions.
fn compiler(spec: &Value, options: EnvOptions) -> Compiler {
    let compiler = Compiler::new(options, has(spec, "paramKind"));
    if list(spec, "variables").is_empty() {
        compiler
    } else {
        compiler.composed()
    }
}

fn param_kind(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let version = s(v, "apiVersion");
    let v_path = path.child("apiVersion");
    if version.is_empty() {
        errs.required(&v_path, "");
    } else if version.matches('/').count() > 1 {
        errs.invalid(
            &v_path,
            version,
            format!("unexpected GroupVersion string: {version}"),
        );
    } else {
        let (group, short) = version.split_once('/').unwrap_or(("", version));
        let joined = |errs: &mut Errs, bad: &str, found: Vec<String>| {
            if !found.is_empty() {
                errs.invalid(&v_path, bad, found.join(","));
            }
        };
        if !group.is_empty() {
            joined(errs, group, names::dns1123_subdomain(group, false));
        }
        if short.is_empty() {
            errs.invalid(&v_path, version, "version must be specified");
        } else {
            joined(errs, short, names::dns1035_label(short, false));
        }
    }
    let kind = s(v, "kind");
    if kind.is_empty() {
        errs.required(&path.child("kind"), "");
    } else {
        let found = names::dns1035_label(&kind.to_lowercase(), false);
        if !found.is_empty() {
            errs.invalid(
                &path.child("kind"),
                kind,
                format!(
                    "may have mixed case, but should otherwise match: {}",
                    found.join(",")
                ),
            );
        }
    }
}
