//! CEL's own operators and conversions.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::error::EvalError;
use crate::functions::{Row, function as f, list, method as m, text};
use crate::regex;
use crate::time::{self, Duration, Timestamp};
use crate::types::Type;
use crate::value::Val;

macro_rules! compared {
    ($name:literal, $word:literal, $run:path) => {
        [
            f($name, concat!($word, "_bool"), "bool bool", "bool", $run),
            f($name, concat!($word, "_int64"), "int int", "bool", $run),
            f(
                $name,
                concat!($word, "_int64_double"),
                "int double",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_int64_uint64"),
                "int uint",
                "bool",
                $run,
            ),
            f($name, concat!($word, "_uint64"), "uint uint", "bool", $run),
            f(
                $name,
                concat!($word, "_uint64_double"),
                "uint double",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_uint64_int64"),
                "uint int",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_double"),
                "double double",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_double_int64"),
                "double int",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_double_uint64"),
                "double uint",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_string"),
                "string string",
                "bool",
                $run,
            ),
            f($name, concat!($word, "_bytes"), "bytes bytes", "bool", $run),
            f(
                $name,
                concat!($word, "_timestamp"),
                "timestamp timestamp",
                "bool",
                $run,
            ),
            f(
                $name,
                concat!($word, "_duration"),
                "duration duration",
                "bool",
                $run,
            ),
        ]
    };
}

const LESS: [Row; 14] = compared!("_<_", "less", less);
const LESS_EQUALS: [Row; 14] = compared!("_<=_", "less_equals", less_equals);
const GREATER: [Row; 14] = compared!("_>_", "greater", greater);
const GREATER_EQUALS: [Row; 14] = compared!("_>=_", "greater_equals", greater_equals);

const OTHERS: &[Row] = &[
    f("_?_:_", "conditional", "bool A A", "A", never),
    f("_&&_", "logical_and", "bool bool", "bool", never),
    f("_||_", "logical_or", "bool bool", "bool", never),
    f("!_", "logical_not", "bool", "bool", not),
    f(
        "@not_strictly_false",
        "not_strictly_false",
        "bool",
        "bool",
        never,
    ),
    f("_==_", "equals", "A A", "bool", equals),
    f("_!=_", "not_equals", "A A", "bool", not_equals),
    f("_+_", "add_bytes", "bytes bytes", "bytes", add),
    f("_+_", "add_double", "double double", "double", add),
    f(
        "_+_",
        "add_duration_duration",
        "duration duration",
        "duration",
        add,
    ),
    f(
        "_+_",
        "add_duration_timestamp",
        "duration timestamp",
        "timestamp",
        add,
    ),
    f(
        "_+_",
        "add_timestamp_duration",
        "timestamp duration",
        "timestamp",
        add,
    ),
    f("_+_", "add_int64", "int int", "int", add),
    f("_+_", "add_list", "list(A) list(A)", "list(A)", add),
    f("_+_", "add_string", "string string", "string", add),
    f("_+_", "add_uint64", "uint uint", "uint", add),
    f("_/_", "divide_double", "double double", "double", divide),
    f("_/_", "divide_int64", "int int", "int", divide),
    f("_/_", "divide_uint64", "uint uint", "uint", divide),
    f("_%_", "modulo_int64", "int int", "int", modulo),
    f("_%_", "modulo_uint64", "uint uint", "uint", modulo),
    f(
        "_*_",
        "multiply_double",
        "double double",
        "double",
        multiply,
    ),
    f("_*_", "multiply_int64", "int int", "int", multiply),
    f("_*_", "multiply_uint64", "uint uint", "uint", multiply),
    f("-_", "negate_double", "double", "double", negate),
    f("-_", "negate_int64", "int", "int", negate),
    f(
        "_-_",
        "subtract_double",
        "double double",
        "double",
        subtract,
    ),
    f(
        "_-_",
        "subtract_duration_duration",
        "duration duration",
        "duration",
        subtract,
    ),
    f("_-_", "subtract_int64", "int int", "int", subtract),
    f(
        "_-_",
        "subtract_timestamp_duration",
        "timestamp duration",
        "timestamp",
        subtract,
    ),
    f(
        "_-_",
        "subtract_timestamp_timestamp",
        "timestamp timestamp",
        "duration",
        subtract,
    ),
    f("_-_", "subtract_uint64", "uint uint", "uint", subtract),
    f("_[_]", "index_list", "list(A) int", "A", never),
    f("_[_]", "index_map", "map(A,B) A", "B", never),
    f(
        "_[_]",
        "optional_list_index_value",
        "optional(list(A)) int",
        "optional(A)",
        never,
    )
    .since(28),
    f(
        "_[_]",
        "optional_map_index_value",
        "optional(map(A,B)) A",
        "optional(B)",
        never,
    )
    .since(28),
    f(
        "_[?_]",
        "list_optindex_optional_int",
        "list(A) int",
        "optional(A)",
        never,
    )
    .since(28),
    f(
        "_[?_]",
        "optional_list_optindex_optional_int",
        "optional(list(A)) int",
        "optional(A)",
        never,
    )
    .since(28),
    f(
        "_[?_]",
        "map_optindex_optional_value",
        "map(A,B) A",
        "optional(B)",
        never,
    )
    .since(28),
    f(
        "_[?_]",
        "optional_map_optindex_optional_value",
        "optional(map(A,B)) A",
        "optional(B)",
        never,
    )
    .since(28),
    f("@in", "in_list", "A list(A)", "bool", contained),
    f("@in", "in_map", "A map(A,B)", "bool", contained),
    f("size", "size_bytes", "bytes", "int", size),
    f("size", "size_list", "list(A)", "int", size),
    f("size", "size_map", "map(A,B)", "int", size),
    f("size", "size_string", "string", "int", size),
    m("size", "bytes_size", "bytes", "int", size),
    m("size", "list_size", "list(A)", "int", size),
    m("size", "map_size", "map(A,B)", "int", size),
    m("size", "string_size", "string", "int", size),
    f("type", "type", "A", "type(A)", type_of),
    f("dyn", "to_dyn", "A", "dyn", same),
    f("bool", "bool_to_bool", "bool", "bool", same),
    f("bool", "string_to_bool", "string", "bool", to_bool),
    f("bytes", "bytes_to_bytes", "bytes", "bytes", same),
    f("bytes", "string_to_bytes", "string", "bytes", to_bytes),
    f("double", "double_to_double", "double", "double", same),
    f("double", "int64_to_double", "int", "double", to_double),
    f("double", "string_to_double", "string", "double", to_double),
    f("double", "uint64_to_double", "uint", "double", to_double),
    f(
        "duration",
        "duration_to_duration",
        "duration",
        "duration",
        same,
    ),
    f(
        "duration",
        "string_to_duration",
        "string",
        "duration",
        to_duration,
    ),
    f("int", "int64_to_int64", "int", "int", same),
    f("int", "double_to_int64", "double", "int", to_int),
    f("int", "duration_to_int64", "duration", "int", to_int),
    f("int", "string_to_int64", "string", "int", to_int),
    f("int", "timestamp_to_int64", "timestamp", "int", to_int),
    f("int", "uint64_to_int64", "uint", "int", to_int),
    f("string", "string_to_string", "string", "string", same),
    f("string", "bool_to_string", "bool", "string", to_string),
    f("string", "bytes_to_string", "bytes", "string", to_string),
    f("string", "double_to_string", "double", "string", to_string),
    f(
        "string",
        "duration_to_string",
        "duration",
        "string",
        to_string,
    ),
    f("string", "int64_to_string", "int", "string", to_string),
    f(
        "string",
        "timestamp_to_string",
        "timestamp",
        "string",
        to_string,
    ),
    f("string", "uint64_to_string", "uint", "string", to_string),
    f(
        "timestamp",
        "timestamp_to_timestamp",
        "timestamp",
        "timestamp",
        same,
    ),
    f(
        "timestamp",
        "int64_to_timestamp",
        "int",
        "timestamp",
        to_timestamp,
    ),
    f(
        "timestamp",
        "string_to_timestamp",
        "string",
        "timestamp",
        to_timestamp,
    ),
    f("uint", "uint64_to_uint64", "uint", "uint", same),
    f("uint", "double_to_uint64", "double", "uint", to_uint),
    f("uint", "int64_to_uint64", "int", "uint", to_uint),
    f("uint", "string_to_uint64", "string", "uint", to_uint),
    m(
        "contains",
        "contains_string",
        "string string",
        "bool",
        contains,
    ),
    m(
        "endsWith",
        "ends_with_string",
        "string string",
        "bool",
        ends_with,
    ),
    m(
        "startsWith",
        "starts_with_string",
        "string string",
        "bool",
        starts_with,
    ),
    f("matches", "matches", "string string", "bool", matches),
    m(
        "matches",
        "matches_string",
        "string string",
        "bool",
        matches,
    ),
    f(
        "cel.@mapInsert",
        "@mapInsert_map_map",
        "map(K,V) map(K,V)",
        "map(K,V)",
        map_insert,
    )
    .since(32),
    f(
        "cel.@mapInsert",
        "@mapInsert_map_key_value",
        "map(K,V) K V",
        "map(K,V)",
        map_insert,
    )
    .since(32),
];

/// The rows of CEL's own functions.
pub(crate) const PARTS: [&[Row]; 5] = [&LESS, &LESS_EQUALS, &GREATER, &GREATER_EQUALS, OTHERS];

type Out<'a> = Result<Val<'a>, EvalError>;

/// What the evaluator does itself.
fn never<'a>(_: &[Val<'a>]) -> Out<'a> {
    Err(EvalError::no_such_overload())
}

fn order(args: &[Val<'_>]) -> Result<Ordering, EvalError> {
    match args {
        [a, b] => a.compare(b),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn less<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_lt()))
}

fn less_equals<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_le()))
}

fn greater<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_gt()))
}

fn greater_equals<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_ge()))
}

fn not<'a>(args: &[Val<'a>]) -> Out<'a> {
    match args {
        [Val::Bool(value)] => Ok(Val::Bool(!value)),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn equals<'a>(args: &[Val<'a>]) -> Out<'a> {
    args[0].same(&args[1]).map(Val::Bool)
}

fn not_equals<'a>(args: &[Val<'a>]) -> Out<'a> {
    // What cannot be compared is not known to be equal.
    Ok(Val::Bool(!args[0].same(&args[1]).unwrap_or(false)))
}

fn int_overflow() -> EvalError {
    EvalError::new("integer overflow")
}

fn uint_overflow() -> EvalError {
    EvalError::new("unsigned integer overflow")
}

pub(crate) fn add<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [Val::Int(a), Val::Int(b)] => Val::Int(a.checked_add(*b).ok_or_else(int_overflow)?),
        [Val::Uint(a), Val::Uint(b)] => Val::Uint(a.checked_add(*b).ok_or_else(uint_overflow)?),
        [Val::Double(a), Val::Double(b)] => Val::Double(a + b),
        [Val::String(a), Val::String(b)] => {
            let mut sum = String::with_capacity(a.len() + b.len());
            sum.push_str(a);
            sum.push_str(b);
            Val::from(sum)
        }
        [Val::Bytes(a), Val::Bytes(b)] => Val::Bytes([&**a, &**b].concat().into()),
        [Val::Duration(a), Val::Duration(b)] => Val::Duration(a.plus(*b)?),
        [Val::Timestamp(at), Val::Duration(by)] | [Val::Duration(by), Val::Timestamp(at)] => {
            Val::Timestamp(at.plus(*by)?)
        }
        [Val::List(a), Val::List(b)] => Val::List(a.clone().plus(b.clone())?),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn subtract<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [Val::Int(a), Val::Int(b)] => Val::Int(a.checked_sub(*b).ok_or_else(int_overflow)?),
        [Val::Uint(a), Val::Uint(b)] => Val::Uint(a.checked_sub(*b).ok_or_else(uint_overflow)?),
        [Val::Double(a), Val::Double(b)] => Val::Double(a - b),
        [Val::Duration(a), Val::Duration(b)] => Val::Duration(a.minus(*b)?),
        [Val::Timestamp(a), Val::Timestamp(b)] => Val::Duration(a.minus(*b)?),
        [Val::Timestamp(at), Val::Duration(by)] => Val::Timestamp(at.plus(by.negated()?)?),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn multiply<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [Val::Int(a), Val::Int(b)] => Val::Int(a.checked_mul(*b).ok_or_else(int_overflow)?),
        [Val::Uint(a), Val::Uint(b)] => Val::Uint(a.checked_mul(*b).ok_or_else(uint_overflow)?),
        [Val::Double(a), Val::Double(b)] => Val::Double(a * b),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn divide<'a>(args: &[Val<'a>]) -> Out<'a> {
    let by_zero = || EvalError::new("division by zero");
    Ok(match args {
        [Val::Int(_), Val::Int(0)] | [Val::Uint(_), Val::Uint(0)] => return Err(by_zero()),
        [Val::Int(a), Val::Int(b)] => Val::Int(a.checked_div(*b).ok_or_else(int_overflow)?),
        [Val::Uint(a), Val::Uint(b)] => Val::Uint(a / b),
        [Val::Double(a), Val::Double(b)] => Val::Double(a / b),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn modulo<'a>(args: &[Val<'a>]) -> Out<'a> {
    let by_zero = || EvalError::new("modulus by zero");
    Ok(match args {
        [Val::Int(_), Val::Int(0)] | [Val::Uint(_), Val::Uint(0)] => return Err(by_zero()),
        [Val::Int(a), Val::Int(b)] => Val::Int(a.checked_rem(*b).ok_or_else(int_overflow)?),
        [Val::Uint(a), Val::Uint(b)] => Val::Uint(a % b),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn negate<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [Val::Int(a)] => Val::Int(a.checked_neg().ok_or_else(int_overflow)?),
        [Val::Double(a)] => Val::Double(-a),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn contained<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(match args {
        [item, Val::List(list)] => list.iter().any(|held| held.is_ok_and(|h| item.equals(&h))),
        [key, Val::Map(map)] => map.get(key)?.is_some(),
        _ => return Err(EvalError::no_such_overload()),
    }))
}

fn size<'a>(args: &[Val<'a>]) -> Out<'a> {
    args[0]
        .size()
        .map(|size| Val::Int(i64::try_from(size).unwrap_or(i64::MAX)))
        .ok_or_else(EvalError::no_such_overload)
}

fn type_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Type(args[0].type_of()))
}

fn same<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(args[0].clone())
}

/// A value cannot become another type.
pub(crate) fn not_converted(from: &Val<'_>, to: &Type) -> EvalError {
    EvalError::new(format!(
        "type conversion error from '{}' to '{}'",
        from.type_of().runtime_name(),
        to.runtime_name()
    ))
}

fn to_bool<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(match text(args, 0)? {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => true,
        "0" | "f" | "F" | "FALSE" | "false" | "False" => false,
        _ => return Err(not_converted(&args[0], &Type::Bool)),
    }))
}

fn to_bytes<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bytes(text(args, 0)?.as_bytes().into()))
}

/// A float as Go reads it.
fn parse_double(text: &str) -> Option<f64> {
    let plain = text.trim_start_matches(['+', '-']);
    let fine = plain.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || ["inf", "infinity", "nan"]
            .iter()
            .any(|word| plain.eq_ignore_ascii_case(word));
    let signs = text.len() - plain.len();
    if !fine || signs > 1 || signs == 1 && plain.eq_ignore_ascii_case("nan") {
        return None;
    }
    // A number beyond the largest float is none.
    let numeric = plain.starts_with(|c: char| !c.is_ascii_alphabetic());
    text.parse()
        .ok()
        .filter(|value: &f64| !(numeric && value.is_infinite()))
}

fn to_double<'a>(args: &[Val<'a>]) -> Out<'a> {
    #[expect(clippy::cast_precision_loss, reason = "as the conversion is defined")]
    Ok(Val::Double(match &args[0] {
        Val::Int(value) => *value as f64,
        Val::Uint(value) => *value as f64,
        Val::String(value) => {
            parse_double(value).ok_or_else(|| not_converted(&args[0], &Type::Double))?
        }
        _ => return Err(EvalError::no_such_overload()),
    }))
}

fn to_duration<'a>(args: &[Val<'a>]) -> Out<'a> {
    Duration::parse(text(args, 0)?)
        .map(Val::Duration)
        .ok_or_else(|| not_converted(&args[0], &Type::Duration))
}

fn to_int<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Int(match &args[0] {
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Val::Double(value) => {
            if !(*value > -9.223_372_036_854_775e18 && *value < 9.223_372_036_854_775e18) {
                return Err(int_overflow());
            }
            *value as i64
        }
        Val::Duration(value) => value.0,
        Val::Timestamp(value) => value.seconds(),
        Val::Uint(value) => i64::try_from(*value).map_err(|_| int_overflow())?,
        Val::String(value) => value
            .parse()
            .map_err(|_| not_converted(&args[0], &Type::Int))?,
        _ => return Err(EvalError::no_such_overload()),
    }))
}

fn to_uint<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Uint(match &args[0] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        Val::Double(value) => {
            if !(*value >= 0.0 && *value < 1.844_674_407_370_955_2e19) {
                return Err(uint_overflow());
            }
            *value as u64
        }
        Val::Int(value) => u64::try_from(*value).map_err(|_| uint_overflow())?,
        Val::String(value) if !value.starts_with('+') => value
            .parse()
            .map_err(|_| not_converted(&args[0], &Type::Uint))?,
        Val::String(_) => return Err(not_converted(&args[0], &Type::Uint)),
        _ => return Err(EvalError::no_such_overload()),
    }))
}

/// A float as Go's `%g` with the least digits writes it.
pub(crate) fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e6).contains(&magnitude) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(rest) => ('-', rest),
            None => ('+', exponent),
        };
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    format!("{value}")
}

fn to_string<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match &args[0] {
        Val::Bool(value) => Val::from(value.to_string()),
        Val::Int(value) => Val::from(value.to_string()),
        Val::Uint(value) => Val::from(value.to_string()),
        Val::Double(value) => Val::from(double_text(*value)),
        Val::Timestamp(value) => Val::from(value.to_string()),
        Val::Duration(value) => Val::from(value.to_string()),
        Val::Bytes(value) => Val::from(
            std::str::from_utf8(value)
                .map_err(|_| EvalError::new("invalid UTF-8 in bytes, cannot convert to string"))?
                .to_owned(),
        ),
        other => return Err(not_converted(other, &Type::String)),
    })
}

fn to_timestamp<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Timestamp(match &args[0] {
        Val::Int(value) => Timestamp::from_seconds(*value)?,
        Val::String(value) => time::parse_timestamp(value)?,
        _ => return Err(EvalError::no_such_overload()),
    }))
}

fn contains<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(text(args, 0)?.contains(text(args, 1)?)))
}

fn ends_with<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(text(args, 0)?.ends_with(text(args, 1)?)))
}

fn starts_with<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(text(args, 0)?.starts_with(text(args, 1)?)))
}

fn matches<'a>(args: &[Val<'a>]) -> Out<'a> {
    let regex = regex::compile(text(args, 1)?).map_err(EvalError::new)?;
    Ok(Val::Bool(regex.is_match(text(args, 0)?)))
}

fn map_insert<'a>(args: &[Val<'a>]) -> Out<'a> {
    let Some(Val::Map(held)) = args.first() else {
        return Err(EvalError::no_such_overload());
    };
    let mut entries = match held {
        crate::value::Map::Entries(entries) => entries.clone(),
        tree => {
            let mut entries = crate::value::Entries::default();
            for (key, value) in tree.iter() {
                entries.insert(key, value?);
            }
            Arc::new(entries)
        }
    };
    let into = Arc::make_mut(&mut entries);
    let mut insert = |key: &Val<'a>, value: Val<'a>| {
        if into.insert(key.clone(), value) {
            Ok(())
        } else {
            Err(EvalError::new(format!(
                "insert failed: key {} already exists",
                crate::format_string::plain(key)
            )))
        }
    };
    match &args[1..] {
        [Val::Map(more)] => {
            for (key, value) in more.iter() {
                insert(&key, value?)?;
            }
        }
        [key, value] => insert(key, value.clone())?,
        _ => return Err(EvalError::no_such_overload()),
    }
    Ok(Val::Map(crate::value::Map::Entries(entries)))
}

/// The items of a list argument.
pub(crate) fn items<'a>(args: &[Val<'a>], at: usize) -> Result<Vec<Val<'a>>, EvalError> {
    list(args, at)?.to_vec()
}
