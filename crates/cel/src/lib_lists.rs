//! Functions on lists, lists as sets, and optional values.

use std::cmp::Ordering;

use crate::error::EvalError;
use crate::format_string;
use crate::functions::{Row, function as f, int, list, method as m};
use crate::lib_std::{add, items};
use crate::time::Duration;
use crate::value::Val;

macro_rules! of_comparable {
    ($name:literal, $start:literal, $end:literal, $result:ident, $run:path $(, $since:literal)?) => {
        [
            of_comparable!(@ $name, concat!($start, "int", $end), "int", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "uint", $end), "uint", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "double", $end), "double", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "bool", $end), "bool", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "duration", $end), "duration", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "timestamp", $end), "timestamp", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "string", $end), "string", $result, $run $(, $since)?),
            of_comparable!(@ $name, concat!($start, "bytes", $end), "bytes", $result, $run $(, $since)?),
        ]
    };
    (@ $name:literal, $id:expr, $ty:literal, bool, $run:path) => {
        m($name, $id, concat!("list(", $ty, ")"), "bool", $run)
    };
    (@ $name:literal, $id:expr, $ty:literal, item, $run:path) => {
        m($name, $id, concat!("list(", $ty, ")"), $ty, $run)
    };
    (@ $name:literal, $id:expr, $ty:literal, list, $run:path, $since:literal) => {
        m($name, $id, concat!("list(", $ty, ")"), concat!("list(", $ty, ")"), $run).since($since)
    };
    (@ $name:literal, $id:expr, $ty:literal, keys, $run:path, $since:literal) => {
        m($name, $id, concat!("list(T) list(", $ty, ")"), "list(T)", $run).since($since)
    };
}

const SORTED: [Row; 8] = of_comparable!("isSorted", "list_", "_is_sorted_bool", bool, is_sorted);
const MAX: [Row; 8] = of_comparable!("max", "list_max_", "", item, max);
const MIN: [Row; 8] = of_comparable!("min", "list_min_", "", item, min);
const SORT: [Row; 8] = of_comparable!("sort", "list_", "_sort", list, sort, 34);
const SORT_BY: [Row; 8] = of_comparable!(
    "@sortByAssociatedKeys",
    "list_",
    "_sortByAssociatedKeys",
    keys,
    sort_by,
    34
);

const OTHERS: &[Row] = &[
    m("sum", "list_int_sum_int", "list(int)", "int", sum_int),
    m("sum", "list_uint_sum_uint", "list(uint)", "uint", sum_uint),
    m(
        "sum",
        "list_double_sum_double",
        "list(double)",
        "double",
        sum_double,
    ),
    m(
        "sum",
        "list_duration_sum_duration",
        "list(duration)",
        "duration",
        sum_duration,
    ),
    m(
        "indexOf",
        "list_a_index_of_int",
        "list(A) A",
        "int",
        index_of,
    ),
    m(
        "lastIndexOf",
        "list_a_last_index_of_int",
        "list(A) A",
        "int",
        last_index_of,
    ),
    m(
        "includes",
        "list_includes_dyn_dyn",
        "dyn dyn",
        "bool",
        includes,
    )
    .since(37),
    f(
        "sets.contains",
        "list_sets_contains_list",
        "list(T) list(T)",
        "bool",
        set_contains,
    )
    .since(29),
    f(
        "sets.equivalent",
        "list_sets_equivalent_list",
        "list(T) list(T)",
        "bool",
        set_equivalent,
    )
    .since(29),
    f(
        "sets.intersects",
        "list_sets_intersects_list",
        "list(T) list(T)",
        "bool",
        set_intersects,
    )
    .since(29),
    m("slice", "list_slice", "list(T) int int", "list(T)", slice).since(34),
    m(
        "flatten",
        "list_flatten",
        "list(list(T))",
        "list(T)",
        flatten,
    )
    .since(34),
    m(
        "flatten",
        "list_flatten_int",
        "list(dyn) int",
        "list(dyn)",
        flatten,
    )
    .since(34),
    f("lists.range", "lists_range", "int", "list(int)", range).since(34),
    m("reverse", "list_reverse", "list(T)", "list(T)", reverse).since(34),
    m("distinct", "list_distinct", "list(T)", "list(T)", distinct).since(34),
    f(
        "optional.of",
        "optional_of",
        "V",
        "optional(V)",
        optional_of,
    )
    .since(28),
    f(
        "optional.ofNonZeroValue",
        "optional_ofNonZeroValue",
        "V",
        "optional(V)",
        of_non_zero,
    )
    .since(28),
    f(
        "optional.none",
        "optional_none",
        "",
        "optional(V)",
        optional_none,
    )
    .since(28),
    m("value", "optional_value", "optional(V)", "V", value).since(28),
    m(
        "hasValue",
        "optional_hasValue",
        "optional(V)",
        "bool",
        has_value,
    )
    .since(28),
    m(
        "or",
        "optional_or_optional",
        "optional(V) optional(V)",
        "optional(V)",
        or,
    )
    .since(28),
    m(
        "orValue",
        "optional_orValue_value",
        "optional(V) V",
        "V",
        or_value,
    )
    .since(28),
    m("first", "list_first", "list(V)", "optional(V)", first).since(28),
    m("last", "list_last", "list(V)", "optional(V)", last).since(28),
    f(
        "optional.unwrap",
        "optional_unwrap",
        "list(optional(V))",
        "list(V)",
        unwrap,
    )
    .since(28),
    m(
        "unwrapOpt",
        "optional_unwrapOpt",
        "list(optional(V))",
        "list(V)",
        unwrap,
    )
    .since(28),
];

/// The rows of this library.
pub(crate) const PARTS: [&[Row]; 6] = [&SORTED, &MAX, &MIN, &SORT, &SORT_BY, OTHERS];

/// How many numbers `lists.range` makes at most.
const MAX_RANGE: i64 = 10_000_000;

type Out<'a> = Result<Val<'a>, EvalError>;

fn is_sorted<'a>(args: &[Val<'a>]) -> Out<'a> {
    let items = items(args, 0)?;
    for pair in items.windows(2) {
        // What has no order is no disorder.
        if pair[0].compare(&pair[1]).is_ok_and(Ordering::is_gt) {
            return Ok(Val::Bool(false));
        }
    }
    Ok(Val::Bool(true))
}

fn sum<'a>(args: &[Val<'a>], zero: Val<'a>) -> Out<'a> {
    let mut items = items(args, 0)?.into_iter();
    let Some(mut total) = items.next() else {
        return Ok(zero);
    };
    for item in items {
        total = add(&[total, item])?;
    }
    Ok(total)
}

fn sum_int<'a>(args: &[Val<'a>]) -> Out<'a> {
    sum(args, Val::Int(0))
}

fn sum_uint<'a>(args: &[Val<'a>]) -> Out<'a> {
    sum(args, Val::Uint(0))
}

fn sum_double<'a>(args: &[Val<'a>]) -> Out<'a> {
    sum(args, Val::Double(0.0))
}

fn sum_duration<'a>(args: &[Val<'a>]) -> Out<'a> {
    sum(args, Val::Duration(Duration(0)))
}

fn extreme<'a>(args: &[Val<'a>], name: &str, better: Ordering) -> Out<'a> {
    let mut items = items(args, 0)?.into_iter();
    let mut best = items
        .next()
        .ok_or_else(|| EvalError::new(format!("{name} called on empty list")))?;
    for item in items {
        if item.compare(&best).ok() == Some(better) {
            best = item;
        }
    }
    Ok(best)
}

fn max<'a>(args: &[Val<'a>]) -> Out<'a> {
    extreme(args, "max", Ordering::Greater)
}

fn min<'a>(args: &[Val<'a>]) -> Out<'a> {
    extreme(args, "min", Ordering::Less)
}

fn place(found: Option<usize>) -> Val<'static> {
    Val::Int(found.map_or(-1, |at| i64::try_from(at).unwrap_or(i64::MAX)))
}

fn index_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    let items = items(args, 0)?;
    Ok(place(items.iter().position(|item| item.equals(&args[1]))))
}

fn last_index_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    let items = items(args, 0)?;
    Ok(place(items.iter().rposition(|item| item.equals(&args[1]))))
}

fn includes<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(match args {
        [Val::List(list), item] => list.to_vec()?.iter().any(|held| held.equals(item)),
        [one, item] => one.equals(item),
        _ => return Err(EvalError::no_such_overload()),
    }))
}

fn holds_all(held: &[Val<'_>], wanted: &[Val<'_>]) -> bool {
    wanted
        .iter()
        .all(|item| held.iter().any(|other| other.equals(item)))
}

fn set_contains<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(holds_all(&items(args, 0)?, &items(args, 1)?)))
}

fn set_equivalent<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (a, b) = (items(args, 0)?, items(args, 1)?);
    Ok(Val::Bool(holds_all(&a, &b) && holds_all(&b, &a)))
}

fn set_intersects<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (a, b) = (items(args, 0)?, items(args, 1)?);
    Ok(Val::Bool(
        a.iter()
            .any(|item| b.iter().any(|other| other.equals(item))),
    ))
}

fn slice<'a>(args: &[Val<'a>]) -> Out<'a> {
    let items = items(args, 0)?;
    let (start, end) = (int(args, 1)?, int(args, 2)?);
    let refuse = |why: &str| {
        Err(EvalError::new(format!(
            "cannot slice({start}, {end}), {why}"
        )))
    };
    let (Ok(from), Ok(to)) = (usize::try_from(start), usize::try_from(end)) else {
        return refuse("negative indexes not supported");
    };
    if from > to {
        return refuse("start index must be less than or equal to end index");
    }
    if items.len() < to {
        return refuse(&format!("list is length {}", items.len()));
    }
    Ok(Val::from(items[from..to].to_vec()))
}

fn flatten_into<'a>(
    list: &crate::value::List<'a>,
    depth: i64,
    out: &mut Vec<Val<'a>>,
) -> Result<(), EvalError> {
    for item in list.iter() {
        match item? {
            Val::List(inner) if depth > 0 => flatten_into(&inner, depth - 1, out)?,
            item => out.push(item),
        }
    }
    Ok(())
}

fn flatten<'a>(args: &[Val<'a>]) -> Out<'a> {
    let depth = if args.len() > 1 { int(args, 1)? } else { 1 };
    if depth < 0 {
        return Err(EvalError::new("level must be non-negative"));
    }
    let mut out = Vec::new();
    flatten_into(list(args, 0)?, depth, &mut out)?;
    Ok(Val::from(out))
}

fn sort<'a>(args: &[Val<'a>]) -> Out<'a> {
    sort_by(&[args[0].clone(), args[0].clone()])
}

fn sort_by<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (items, keys) = (items(args, 0)?, items(args, 1)?);
    if items.len() != keys.len() {
        return Err(EvalError::new(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {} and {} elements respectively",
            items.len(),
            keys.len()
        )));
    }
    let Some(first) = keys.first() else {
        return Ok(Val::from(items));
    };
    if first.compare(first).is_err() {
        return Err(EvalError::new("list elements must be comparable"));
    }
    if keys.iter().any(|key| key.type_of() != first.type_of()) {
        return Err(EvalError::new("list elements must have the same type"));
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].compare(&keys[*b]).unwrap_or(Ordering::Equal));
    Ok(Val::from(
        order
            .into_iter()
            .map(|at| items[at].clone())
            .collect::<Vec<_>>(),
    ))
}

fn range<'a>(args: &[Val<'a>]) -> Out<'a> {
    let size = int(args, 0)?;
    if size < 0 {
        return Err(EvalError::new(format!(
            "lists.range: size must be non-negative, got {size}"
        )));
    }
    if size > MAX_RANGE {
        return Err(EvalError::new(format!(
            "lists.range: size {size} exceeds maximum allowed ({MAX_RANGE})"
        )));
    }
    Ok(Val::from((0..size).map(Val::Int).collect::<Vec<_>>()))
}

fn reverse<'a>(args: &[Val<'a>]) -> Out<'a> {
    let mut items = items(args, 0)?;
    items.reverse();
    Ok(Val::from(items))
}

fn distinct<'a>(args: &[Val<'a>]) -> Out<'a> {
    let mut unique: Vec<Val<'a>> = Vec::new();
    for item in items(args, 0)? {
        if !unique.iter().any(|held| item.equals(held)) {
            unique.push(item);
        }
    }
    Ok(Val::from(unique))
}

fn optional_of<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::some(args[0].clone()))
}

fn of_non_zero<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(if args[0].is_zero() {
        Val::none()
    } else {
        Val::some(args[0].clone())
    })
}

fn optional_none<'a>(_: &[Val<'a>]) -> Out<'a> {
    Ok(Val::none())
}

fn value<'a>(args: &[Val<'a>]) -> Out<'a> {
    match args {
        [Val::Optional(Some(value))] => Ok((**value).clone()),
        [Val::Optional(None)] => Err(EvalError::new("optional.none() dereference")),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn has_value<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(matches!(args, [Val::Optional(Some(_))])))
}

fn or<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [held @ Val::Optional(Some(_)), _] => held.clone(),
        [_, other] => other.clone(),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn or_value<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args {
        [Val::Optional(Some(value)), _] => (**value).clone(),
        [_, other] => other.clone(),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn at_place<'a>(list: &crate::value::List<'a>, at: Option<usize>) -> Out<'a> {
    match at.and_then(|at| list.get(at)) {
        Some(item) => Ok(Val::some(item?)),
        None => Ok(Val::none()),
    }
}

fn first<'a>(args: &[Val<'a>]) -> Out<'a> {
    at_place(list(args, 0)?, Some(0))
}

fn last<'a>(args: &[Val<'a>]) -> Out<'a> {
    let list = list(args, 0)?;
    at_place(list, list.len().checked_sub(1))
}

fn unwrap<'a>(args: &[Val<'a>]) -> Out<'a> {
    let mut out = Vec::new();
    for item in items(args, 0)? {
        match item {
            Val::Optional(Some(value)) => out.push((*value).clone()),
            Val::Optional(None) => {}
            other => {
                return Err(EvalError::new(format!(
                    "value {} is not optional",
                    format_string::plain(&other)
                )));
            }
        }
    }
    Ok(Val::from(out))
}
