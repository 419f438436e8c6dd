//! Bounds and factors of numbers. An integer is held to what is left of the schema's number without its
//! fraction; where a schema of integers has another number, both are floats and are told so.

use super::{Outcome, known_format, shown};
use skeg_meta::FieldErrorKind;
use skeg_schema::dynamic::{Kind, Node, Rules};
use skeg_schema::{Value, go};

/// The integers up to which a float tells each from the next.
const EXACT_MAX: f64 = 9_007_199_254_740_991.0;

/// Whether a float stands for an integer, as near as upstream looks.
pub(super) fn is_whole(number: f64) -> bool {
    let whole = number.trunc();
    let apart = (number - whole).abs();
    number.abs() <= EXACT_MAX
        && (apart == 0.0 || whole != 0.0 && apart / (number.abs() + whole.abs()) < 1e-9)
}

/// An integer of a schema of type integer and some format.
fn as_integer(number: f64, format: &str) -> Option<i64> {
    let range = match format {
        "int32" => f64::from(i32::MIN)..f64::from(i32::MAX) + 1.0,
        // The last that a float can tell from what is no integer of 64 bits.
        _ => -(2f64.powi(63))..2f64.powi(63),
    };
    (number.fract() == 0.0 && range.contains(&number)).then_some(number as i64)
}

/// A number without its fraction, if it is within 64 bits. What becomes of others upstream depends on the
/// processor: they stay floats here.
fn truncated(number: f64) -> Option<i64> {
    as_integer(number.trunc(), "")
}

/// A bound beside a value: both integers, or both floats.
enum Pair {
    Integers(i64, i64),
    Floats(f64, f64),
}

impl Pair {
    fn of(value: &Value, bound: f64, exact: bool) -> Self {
        match (value, truncated(bound)) {
            (Value::Int(value), Some(bound)) if exact => Self::Integers(*value, bound),
            _ => Self::Floats(value.as_f64().unwrap_or(0.0), bound),
        }
    }

    fn order(&self) -> Option<std::cmp::Ordering> {
        match self {
            Self::Integers(value, bound) => Some(value.cmp(bound)),
            Self::Floats(value, bound) => value.partial_cmp(bound),
        }
    }

    fn is_multiple(&self) -> bool {
        match self {
            Self::Integers(value, of) => value.checked_rem(*of).is_none_or(|rest| rest == 0),
            // As upstream reckons it: 0.3 is a multiple of 0.1.
            Self::Floats(value, of) if *of < 1.0 => is_whole(1.0 / of * value),
            Self::Floats(value, of) => is_whole(value / of),
        }
    }

    fn bound(&self) -> Value {
        match self {
            Self::Integers(_, bound) => Value::Int(*bound),
            Self::Floats(_, bound) => Value::Float(*bound),
        }
    }

    /// The value and the bound, as messages show them.
    fn shown(&self, value: &Value) -> (Value, String) {
        match self {
            Self::Integers(_, bound) => (value.clone(), bound.to_string()),
            Self::Floats(number, bound) => (Value::Float(*number), go::print_float(*bound)),
        }
    }
}

/// Whether a number rounds to none of single precision. The largest one of them
/// as it is usually written, `3.4028235e+38`, is above it and rounds down.
fn is_beyond_float(n: f64) -> bool {
    (n as f32).is_infinite()
}

/// Bounds and factors of a number.
pub(super) fn number(value: &Value, schema: &Node, rules: &Rules, path: &str, out: &mut Outcome) {
    let n = value.as_f64().unwrap_or(0.0);
    let format = known_format(schema);
    let integer = schema.kind == Kind::Integer && !schema.int_or_string;
    // Says so where a number of a schema of integers is none; `true`: it is one.
    let is_integer = |what: &str, number: f64, out: &mut Outcome| {
        let fine = !integer || as_integer(number, format).is_some();
        if !fine {
            let form = match format {
                "" => "(default format)".to_owned(),
                format => format!("with format {format}"),
            };
            out.whole(format!(
                "{what} must be of type integer {form} in {}",
                shown(path)
            ));
        }
        fine
    };
    match value {
        Value::Int(i) if format != "int32" || i32::try_from(*i).is_ok() => {}
        _ => {
            is_integer("Checked value", n, out);
        }
    }
    if schema.kind == Kind::Number && format == "float" && is_beyond_float(n) {
        out.whole(format!(
            "Checked value must be of type number with format float in {}",
            shown(path)
        ));
    }
    if let Some(of) = rules.multiple_of {
        let exact = is_integer("MultipleOf value", of, out);
        let pair = Pair::of(value, of, exact);
        let (told, words) = pair.shown(value);
        let factor = pair.bound();
        if factor.as_f64().is_none_or(|factor| factor <= 0.0) {
            let detail = format!(
                "factor MultipleOf declared for {} must be positive: {words}",
                shown(path)
            );
            out.add(FieldErrorKind::Invalid, path, factor, detail);
        } else if !pair.is_multiple() {
            out.invalid(path, told, &format!("should be a multiple of {words}"));
        }
    }
    let minimum = rules.minimum.map(|bound| {
        let exact = is_integer("Minimum boundary value", bound, out);
        Pair::of(value, bound, exact)
    });
    if let Some(pair) = minimum {
        let (words, broken) = match (rules.exclusive_minimum, pair.order()) {
            (true, Some(order)) => ("greater than", order.is_le()),
            (_, order) => ("greater than or equal to", order.is_some_and(|o| o.is_lt())),
        };
        if broken {
            let (told, bound) = pair.shown(value);
            out.invalid(path, told, &format!("should be {words} {bound}"));
        }
    }
    let maximum = rules.maximum.map(|bound| {
        let exact = is_integer("Maximum boundary value", bound, out);
        Pair::of(value, bound, exact)
    });
    if let Some(pair) = maximum {
        let (words, broken) = match (rules.exclusive_maximum, pair.order()) {
            (true, Some(order)) => ("less than", order.is_ge()),
            (_, order) => ("less than or equal to", order.is_some_and(|o| o.is_gt())),
        };
        if broken {
            let (told, bound) = pair.shown(value);
            out.invalid(path, told, &format!("should be {words} {bound}"));
        }
    }
    out.matches += 1;
}

#[cfg(test)]
mod tests {
    use crate::custom::validate::validate;
    use skeg_schema::dynamic::Node;
    use skeg_schema::{Value, json};

    fn check(schema: Value, value: Value, expect: &[&str]) {
        let schema = json!({"type": "object", "properties": {"n": schema}});
        let value = json!({ "n": value });
        let got: Vec<String> = validate(&value, &Node::compile(&schema), None, "")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(got, expect, "{schema} {value}");
    }

    /// What `ValidateCustomResource` of k8s.io/apiextensions-apiserver says of each.
    #[test]
    fn integers_are_held_to_bounds_without_their_fractions() {
        check(json!({"type": "number", "minimum": 1.5}), json!(1), &[]);
        check(
            json!({"type": "number", "maximum": 1.5, "exclusiveMaximum": true}),
            json!(1),
            &["n: Invalid value: 1: n in body should be less than 1"],
        );
        check(
            json!({"type": "number", "multipleOf": 2.5}),
            json!(5),
            &["n: Invalid value: 5: n in body should be a multiple of 2"],
        );
        check(
            json!({"type": "number", "multipleOf": 2.5}),
            json!(5.0),
            &[],
        );
        check(
            json!({"type": "number", "multipleOf": 0.5}),
            json!(5),
            &["n: Invalid value: 0: factor MultipleOf declared for n must be positive: 0"],
        );
        check(
            json!({"type": "number", "multipleOf": -1.5}),
            json!(5),
            &["n: Invalid value: -1: factor MultipleOf declared for n must be positive: -1"],
        );
        check(
            json!({"type": "integer", "multipleOf": 2.5}),
            json!(5),
            &[
                r#"<nil>: Invalid value: "": MultipleOf value must be of type integer (default format) in n"#,
            ],
        );
        let either = json!({"x-kubernetes-int-or-string": true, "maximum": -1.5});
        check(either, json!(-1), &[]);
    }

    #[test]
    fn a_list_passes_for_a_text_of_a_known_format() {
        let date = json!({"type": "string", "format": "date"});
        check(date, json!([1]), &[]);
        check(
            json!({"type": "string", "format": "date", "maxItems": 1, "enum": ["x"]}),
            json!([1, 2]),
            &[
                "n: Too many: 2: must have at most 1 item",
                r#"n: Unsupported value: [1,2]: supported values: "x""#,
            ],
        );
        for format in ["nope", "int32"] {
            check(
                json!({"type": "string", "format": format}),
                json!([1]),
                &[r#"n: Invalid value: "array": n in body must be of type string: "array""#],
            );
        }
    }

    #[test]
    fn numbers_are_told_as_go_prints_them() {
        let million = json!({"type": "integer", "maximum": 1_000_000, "multipleOf": 1_000_000});
        check(
            million.clone(),
            json!(2_000_000),
            &["n: Invalid value: 2000000: n in body should be less than or equal to 1000000"],
        );
        check(
            million,
            json!(2e6),
            &["n: Invalid value: 2e+06: n in body should be less than or equal to 1e+06"],
        );
        check(
            json!({"type": "integer", "minimum": 1.5}),
            json!(1),
            &[
                r#"<nil>: Invalid value: "": Minimum boundary value must be of type integer (default format) in n"#,
                "n: Invalid value: 1: n in body should be greater than or equal to 1.5",
            ],
        );
        check(
            json!({"type": "number", "multipleOf": 0}),
            json!(1),
            &["n: Invalid value: 0: factor MultipleOf declared for n must be positive: 0"],
        );
        let tenths = json!({"type": "number", "multipleOf": 0.1});
        check(tenths.clone(), json!(0.3), &[]);
        check(
            tenths,
            json!(0.25),
            &["n: Invalid value: 0.25: n in body should be a multiple of 0.1"],
        );
        check(
            json!({"type": "integer", "multipleOf": 2}),
            json!(9_007_199_254_740_993i64),
            &["n: Invalid value: 9007199254740993: n in body should be a multiple of 2"],
        );
        check(
            json!({"type": "integer", "format": "int32"}),
            json!(9.3e18),
            &[
                r#"n: Invalid value: "float64": n in body must be of type int32: "float64""#,
                r#"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in n"#,
            ],
        );
        check(
            json!({"type": "integer", "format": "date"}),
            json!("x"),
            &[r#"n: Invalid value: "string": n in body must be of type integer: "string""#],
        );
        check(
            json!({"type": "string", "format": "date"}),
            json!(true),
            &[r#"n: Invalid value: "": n in body must be of type date: """#],
        );
        // Written to eight digits it is more than the largest, and rounds to it.
        let single = json!({"type": "number", "format": "float"});
        check(single.clone(), json!(3.402_823_5e38), &[]);
        check(
            single,
            json!(-3.402_823_6e38),
            &[
                r#"<nil>: Invalid value: "": Checked value must be of type number with format float in n"#,
            ],
        );
        check(
            json!({"type": "object", "minProperties": 1, "required": ["a", "a"]}),
            json!({}),
            &[
                "n: Invalid value: 0: n in body should have at least 1 properties",
                "n.a: Required value",
            ],
        );
    }
}
