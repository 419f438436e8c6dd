//! Quantities and semantic versions.

use std::cmp::Ordering;
use std::sync::Arc;

use skeg_meta::{Format, Quantity};

use crate::amount::Amount;
use crate::error::EvalError;
use crate::functions::{Row, function as f, method as m, text};
use crate::semver::Version;
use crate::value::Val;

const QUANTITY: &str = "kubernetes.Quantity";
const SEMVER: &str = "kubernetes.Semver";
const TWO: &str = "kubernetes.Quantity kubernetes.Quantity";
const WITH_INT: &str = "kubernetes.Quantity int";
const VERSIONS: &str = "kubernetes.Semver kubernetes.Semver";

pub(crate) const ROWS: &[Row] = &[
    f(
        "quantity",
        "string_to_quantity",
        "string",
        QUANTITY,
        quantity,
    )
    .since(28),
    f(
        "isQuantity",
        "is_quantity_string",
        "string",
        "bool",
        is_quantity,
    )
    .since(28),
    f("sign", "quantity_sign", QUANTITY, "int", sign).since(28),
    m(
        "isGreaterThan",
        "quantity_is_greater_than",
        TWO,
        "bool",
        greater,
    )
    .since(28),
    m("isLessThan", "quantity_is_less_than", TWO, "bool", less).since(28),
    m("compareTo", "quantity_compare_to", TWO, "int", compare_to).since(28),
    m(
        "asApproximateFloat",
        "quantity_get_float",
        QUANTITY,
        "double",
        as_float,
    )
    .since(28),
    m("asInteger", "quantity_get_int", QUANTITY, "int", as_integer).since(28),
    m(
        "isInteger",
        "quantity_is_integer",
        QUANTITY,
        "bool",
        is_integer,
    )
    .since(28),
    m("add", "quantity_add", TWO, QUANTITY, add).since(28),
    m("add", "quantity_add_int", WITH_INT, QUANTITY, add).since(28),
    m("sub", "quantity_sub", TWO, QUANTITY, sub).since(28),
    m("sub", "quantity_sub_int", WITH_INT, QUANTITY, sub).since(28),
    f("semver", "string_to_semver", "string", SEMVER, semver).since(33),
    f(
        "semver",
        "string_bool_to_semver",
        "string bool",
        SEMVER,
        semver,
    )
    .since(33),
    f("isSemver", "is_semver_string", "string", "bool", is_semver).since(33),
    f(
        "isSemver",
        "is_semver_string_bool",
        "string bool",
        "bool",
        is_semver,
    )
    .since(33),
    m(
        "isGreaterThan",
        "semver_is_greater_than",
        VERSIONS,
        "bool",
        greater,
    )
    .since(33),
    m("isLessThan", "semver_is_less_than", VERSIONS, "bool", less).since(33),
    m(
        "compareTo",
        "semver_compare_to",
        VERSIONS,
        "int",
        compare_to,
    )
    .since(33),
    m("major", "semver_major", SEMVER, "int", major).since(33),
    m("minor", "semver_minor", SEMVER, "int", minor).since(33),
    m("patch", "semver_patch", SEMVER, "int", patch).since(33),
];

type Out<'a> = Result<Val<'a>, EvalError>;

fn quantity<'a>(args: &[Val<'a>]) -> Out<'a> {
    Amount::parse(text(args, 0)?)
        .map(|amount| Val::Quantity(Arc::new(amount)))
        .map_err(EvalError::new)
}

fn is_quantity<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(text(args, 0)?.parse::<Quantity>().is_ok()))
}

fn of(args: &[Val<'_>]) -> Result<Arc<Amount>, EvalError> {
    match args.first() {
        Some(Val::Quantity(quantity)) => Ok(quantity.clone()),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn sign<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Int(i64::from(of(args)?.sign())))
}

fn order(args: &[Val<'_>]) -> Result<Ordering, EvalError> {
    match args {
        [Val::Quantity(a), Val::Quantity(b)] => Ok((***a).cmp(&***b)),
        [Val::Semver(a), Val::Semver(b)] => Ok(a.compare(b)),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn greater<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_gt()))
}

fn less<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Bool(order.is_lt()))
}

fn compare_to<'a>(args: &[Val<'a>]) -> Out<'a> {
    order(args).map(|order| Val::Int(order as i64))
}

fn as_float<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Double(of(args)?.as_f64()))
}

fn as_integer<'a>(args: &[Val<'a>]) -> Out<'a> {
    of(args)?
        .whole()
        .map(Val::Int)
        .ok_or_else(|| EvalError::new("cannot convert value to integer"))
}

fn is_integer<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(of(args)?.whole().is_some()))
}

fn second(args: &[Val<'_>]) -> Result<Amount, EvalError> {
    match args.get(1) {
        Some(Val::Quantity(quantity)) => Ok(**quantity),
        Some(Val::Int(value)) => Ok(Quantity::new(*value, Format::DecimalExponent).into()),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn add<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (one, other) = (of(args)?, second(args)?);
    let sum = one.combined(&other, one.plus(&other));
    Ok(Val::Quantity(Arc::new(sum)))
}

fn sub<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (one, other) = (of(args)?, second(args)?);
    let difference = one.combined(&other, one.minus(&other));
    Ok(Val::Quantity(Arc::new(difference)))
}

fn parse(args: &[Val<'_>]) -> Result<Result<Version, String>, EvalError> {
    let source = text(args, 0)?;
    Ok(match args.get(1) {
        None | Some(Val::Bool(false)) => Version::parse(source),
        Some(Val::Bool(true)) => Version::parse_tolerant(source),
        Some(_) => return Err(EvalError::no_such_overload()),
    })
}

fn semver<'a>(args: &[Val<'a>]) -> Out<'a> {
    parse(args)?
        .map(|version| Val::Semver(Arc::new(version)))
        .map_err(EvalError::new)
}

fn is_semver<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(parse(args)?.is_ok()))
}

fn part<'a>(args: &[Val<'_>], at: usize) -> Out<'a> {
    match args.first() {
        // Numbers beyond 63 bits turn around.
        Some(Val::Semver(version)) => Ok(Val::Int(version.numbers[at].cast_signed())),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn major<'a>(args: &[Val<'a>]) -> Out<'a> {
    part(args, 0)
}

fn minor<'a>(args: &[Val<'a>]) -> Out<'a> {
    part(args, 1)
}

fn patch<'a>(args: &[Val<'a>]) -> Out<'a> {
    part(args, 2)
}
