//! How a device's capacity may be shared out among requests.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, items, list};
use crate::validation::numbers::quantity;
use skeg_meta::Quantity;
use skeg_schema::Value;

const OPTIONS_MAX: usize = 10;

/// A capacity, new or changed; only that of devices given out more than once
/// has a policy.
pub fn check(c: &Value, shared: bool, path: &Path<'_>, errs: &mut Errs) {
    let policy = at(c, "requestPolicy");
    let path = path.child("requestPolicy");
    if policy.is_null() {
        return;
    }
    if !shared {
        errs.forbidden(&path, "allowMultipleAllocations must be true");
        return;
    }
    let whole = quantity(at(c, "value"));
    let (values, range) = (
        !list(policy, "validValues").is_empty(),
        has(policy, "validRange"),
    );
    if values && range {
        errs.forbidden(
            &path,
            "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same time",
        );
        return;
    }
    if !values && !range {
        return;
    }
    let kind = if values { "validValues" } else { "validRange" };
    if !has(policy, "default") {
        errs.required(
            &path.child("default"),
            format!("required when {kind} is defined"),
        );
        return;
    }
    let default = quantity(at(policy, "default"));
    let path = path.child(kind);
    if values {
        options(items(at(policy, kind)), &default, &whole, &path, errs);
    } else {
        self::range(at(policy, kind), &default, &whole, &path, errs);
    }
}

fn options(
    values: &[Value],
    default: &Quantity,
    whole: &Quantity,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let values: Vec<Quantity> = values.iter().map(quantity).collect();
    for (n, pair) in values.windows(2).enumerate() {
        if pair[0] > pair[1] {
            errs.invalid(
                &path.index(n + 1),
                pair[1].to_string(),
                "values must be sorted in ascending order",
            );
        }
    }
    if values.len() > OPTIONS_MAX {
        errs.too_many(path, values.len(), OPTIONS_MAX);
    } else {
        for (n, value) in values.iter().enumerate() {
            if value > whole {
                errs.invalid(
                    &path.index(n),
                    value.to_string(),
                    format!("option is larger than capacity value: {whole}"),
                );
            }
        }
        for (n, value) in values.iter().enumerate() {
            let alike = |earlier: &Quantity| earlier.value() == value.value();
            if values[..n].iter().any(alike) {
                errs.duplicate(&path.index(n), value.value().to_string());
            }
        }
    }
    // Of too many options none is looked at.
    if values.len() > OPTIONS_MAX || !values.contains(default) {
        errs.invalid(
            path,
            default.to_string(),
            "default value is not valid according to the requestPolicy",
        );
    }
}

fn range(v: &Value, default: &Quantity, whole: &Quantity, path: &Path<'_>, errs: &mut Errs) {
    if !has(v, "min") {
        errs.required(&path.child("min"), "required when validRange is defined");
        return;
    }
    let min = quantity(at(v, "min"));
    let max = has(v, "max").then(|| quantity(at(v, "max")));
    let mut fault = |field: &str, shown: &Quantity, words: String| {
        errs.invalid(&path.child(field), shown.to_string(), words);
    };
    if min > *whole {
        fault(
            "min",
            &min,
            format!("min is larger than capacity value: {whole}"),
        );
    }
    if *default < min {
        fault("min", default, format!("default is less than min: {min}"));
    }
    if let Some(max) = &max {
        if min > *max {
            fault("max", &min, format!("min is larger than max: {max}"));
        }
        if max > whole {
            fault(
                "max",
                max,
                format!("max is larger than capacity value: {whole}"),
            );
        }
        if default > max {
            fault("max", default, format!("default is more than max: {max}"));
        }
    }
    if has(v, "step") {
        let step = quantity(at(v, "step"));
        steps(&step, &min, max.as_ref(), default, whole, path, errs);
    }
}

fn steps(
    step: &Quantity,
    min: &Quantity,
    max: Option<&Quantity>,
    default: &Quantity,
    whole: &Quantity,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    const NEGATIVE: &str = "must be greater than or equal to 0";
    const TOO_LARGE: &str = "must not be larger than 9223372036854775807";
    let s_path = path.child("step");
    if step.sign() <= 0 {
        errs.invalid(&s_path, step.to_string(), "must be greater than zero");
        return;
    }
    let first = min.plus(step);
    if first > *whole {
        errs.invalid(
            &s_path,
            step.to_string(),
            format!("one step {first} is larger than capacity value: {whole}"),
        );
    }
    let largest = Quantity::new(i64::MAX, Default::default());
    let before = errs.len();
    let named = [
        ("default", Some(default)),
        ("min", Some(min)),
        ("max", max),
        ("step", Some(step)),
    ];
    for (field, q) in named {
        let Some(q) = q else { continue };
        let path = path.child(field);
        if q.sign() < 0 {
            errs.invalid(&path, q.to_string(), NEGATIVE);
        } else if *q > largest {
            errs.invalid(&path, q.to_string(), TOO_LARGE);
        }
    }
    if errs.len() > before {
        return;
    }
    for value in [Some(default), max].into_iter().flatten() {
        // Neither is negative, so that the difference fits.
        if (value.value() - min.value())
            .checked_rem(step.value())
            .unwrap_or(0)
            != 0
        {
            errs.invalid(
                &s_path,
                value.to_string(),
                format!("value is not a multiple of a given step ({step}) from ({min})"),
            );
        }
    }
}
