//! Rules of a Job's failure and success policies, and of lists of indexes.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, i, i0, list, path as walk, s};
use crate::validation::names;
use skeg_schema::Value;
use std::collections::HashSet;

pub(super) fn failure_policy(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const RULES_MAX: usize = 20;
    let rules = list(at(spec, "podFailurePolicy"), "rules");
    let rules_path = path.child("rules");
    if rules.len() > RULES_MAX {
        errs.too_many(&rules_path, rules.len(), RULES_MAX);
    }
    let containers: HashSet<&str> = ["containers", "initContainers"]
        .iter()
        .flat_map(|k| list(walk(spec, &["template", "spec"]), k))
        .map(|c| s(c, "name"))
        .collect();
    for (n, rule) in rules.iter().enumerate() {
        let r_path = rules_path.index(n);
        let action = s(rule, "action");
        const ACTIONS: &[&str] = &["Count", "FailIndex", "FailJob", "Ignore"];
        match action {
            "" => errs.required(
                &r_path.child("action"),
                "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]",
            ),
            "FailIndex" if !has(spec, "backoffLimitPerIndex") => errs.invalid(
                &r_path.child("action"),
                action,
                "requires the backoffLimitPerIndex to be set",
            ),
            other => errs.one_of(&r_path.child("action"), other, ACTIONS),
        }
        if has(rule, "onExitCodes") {
            exit_codes(
                at(rule, "onExitCodes"),
                &containers,
                &r_path.child("onExitCodes"),
                errs,
            );
        }
        let conditions = list(rule, "onPodConditions");
        if conditions.len() > RULES_MAX {
            errs.too_many(
                &r_path.child("onPodConditions"),
                conditions.len(),
                RULES_MAX,
            );
        }
        for (m, c) in conditions.iter().enumerate() {
            let c_path = r_path.child("onPodConditions");
            let c_path = c_path.index(m);
            let kind = s(c, "type");
            errs.invalid_all(&c_path.child("type"), kind, names::qualified_name(kind));
            match s(c, "status") {
                "" => errs.required(
                    &c_path.child("status"),
                    "valid values: [\"False\" \"True\" \"Unknown\"]",
                ),
                other => errs.one_of(
                    &c_path.child("status"),
                    other,
                    &["False", "True", "Unknown"],
                ),
            }
        }
        match (has(rule, "onExitCodes"), !conditions.is_empty()) {
            (true, true) => errs.invalid(
                &r_path,
                crate::errors::omitted(),
                "specifying both OnExitCodes and OnPodConditions is not supported",
            ),
            (false, false) => errs.invalid(
                &r_path,
                crate::errors::omitted(),
                "specifying one of OnExitCodes and OnPodConditions is required",
            ),
            _ => {}
        }
    }
}

fn exit_codes(v: &Value, containers: &HashSet<&str>, path: &Path<'_>, errs: &mut Errs) {
    let operator = s(v, "operator");
    match operator {
        "" => errs.required(&path.child("operator"), "valid values: [\"In\" \"NotIn\"]"),
        other => errs.one_of(&path.child("operator"), other, &["In", "NotIn"]),
    }
    if let Some(name) = at(v, "containerName").as_str()
        && !containers.contains(name)
    {
        errs.invalid(
            &path.child("containerName"),
            name,
            "must be one of the container or initContainer names in the pod template",
        );
    }
    let values = list(v, "values");
    let v_path = path.child("values");
    if values.is_empty() {
        errs.invalid(
            &v_path,
            at(v, "values").clone(),
            "at least one value is required",
        );
    } else if values.len() > 255 {
        errs.too_many(&v_path, values.len(), 255);
    }
    let mut ordered = true;
    let mut seen = HashSet::new();
    let mut last = i64::MIN;
    for (n, code) in values.iter().filter_map(Value::as_i64).enumerate() {
        if operator == "In" && code == 0 {
            errs.invalid(&v_path.index(n), code, "must not be 0 for the In operator");
        }
        if !seen.insert(code) {
            errs.duplicate(&v_path.index(n), code);
        }
        ordered &= code >= last;
        last = code;
    }
    if !ordered {
        errs.invalid(&v_path, Value::Array(values.to_vec()), "must be ordered");
    }
}

/// How long a list of indexes may be.
const INDEXES_MAX_BYTES: usize = 64 * 1024;

pub(super) fn success_policy(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let rules = list(at(spec, "successPolicy"), "rules");
    let rules_path = path.child("rules");
    if rules.is_empty() {
        errs.required(
            &rules_path,
            "at least one rules must be specified when the successPolicy is specified",
        );
    }
    if rules.len() > 20 {
        errs.too_many(&rules_path, rules.len(), 20);
    }
    let completions = i0(spec, "completions");
    for (n, rule) in rules.iter().enumerate() {
        let path = rules_path.index(n);
        let count = i(rule, "succeededCount");
        let indexes = at(rule, "succeededIndexes").as_str();
        if count.is_none() && indexes.is_none() {
            errs.required(
                &path,
                "at least one of succeededCount or succeededIndexes must be specified",
            );
        }
        let mut total = None;
        if let Some(text) = indexes {
            total = Some(0);
            if text.len() > INDEXES_MAX_BYTES {
                errs.too_long(&path.child("succeededIndexes"), INDEXES_MAX_BYTES);
            }
            match parse_indexes(text, completions) {
                Ok(n) => total = Some(n),
                Err(words) => errs.invalid(
                    &path.child("succeededIndexes"),
                    text,
                    format!("error parsing succeededIndexes: {words}"),
                ),
            }
        }
        if let Some(c) = count {
            let c_path = path.child("succeededCount");
            errs.non_negative(&c_path, c);
            if c > completions {
                errs.invalid(
                    &c_path,
                    c,
                    format!("must be less than or equal to {completions} (the number of specified completions)"),
                );
            }
            if let Some(total) = total
                && c > total
            {
                errs.invalid(
                    &c_path,
                    c,
                    format!("must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"),
                );
            }
        }
    }
}

/// `1,3-5`: how many indexes, all below `completions` and increasing.
fn parse_indexes(text: &str, completions: i64) -> Result<i64, String> {
    Ok(intervals(text, completions)?
        .iter()
        .map(|(first, last)| last - first + 1)
        .sum())
}

/// The intervals of such a list, first and last index of each.
pub(super) fn intervals(text: &str, completions: i64) -> Result<Vec<(i64, i64)>, String> {
    let mut all = Vec::new();
    let mut last: Option<i64> = None;
    if text.is_empty() {
        return Ok(all);
    }
    for part in text.split(',') {
        let ends: Vec<&str> = part.split('-').collect();
        if ends.len() > 2 {
            return Err(format!(
                "the fragment {part:?} violates the requirement that an index interval can have at most two parts separated by '-'"
            ));
        }
        let parse = |t: &str| {
            t.parse::<i64>()
                .map_err(|_| format!("cannot convert string to integer for index: {t:?}"))
        };
        let bounded = |t: &str| match parse(t)? {
            n if n >= completions => Err(format!("too large index: {t:?}")),
            n => Ok(n),
        };
        let unordered =
            |before: i64, n: i64| format!("non-increasing order, previous: {before}, current: {n}");
        let first = bounded(ends[0])?;
        let mut end = first;
        if let Some(text) = ends.get(1) {
            end = bounded(text)?;
            if first >= end {
                return Err(unordered(first, end));
            }
        }
        if let Some(before) = last.filter(|before| *before >= first) {
            return Err(unordered(before, first));
        }
        all.push((first, end));
        last = Some(end);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::parse_indexes;

    #[test]
    fn index_lists() {
        for (text, expect) in [
            ("0", Ok(1)),
            ("0,2-4", Ok(4)),
            ("", Ok(0)),
            ("9", Err("too large index: \"9\"")),
            ("2,1", Err("non-increasing order, previous: 2, current: 1")),
            (
                "a",
                Err("cannot convert string to integer for index: \"a\""),
            ),
        ] {
            assert_eq!(
                parse_indexes(text, 5),
                expect.map_err(str::to_owned),
                "{text}"
            );
        }
    }
}
