//! Parts of times and durations.

use jiff::civil::DateTime;

use crate::error::EvalError;
use crate::functions::{Row, method as m, text};
use crate::value::Val;

macro_rules! part {
    ($name:literal, $id:literal, $run:path) => {
        m($name, $id, "timestamp", "int", $run)
    };
    ($name:literal, $id:literal, $run:path, zone) => {
        m($name, $id, "timestamp string", "int", $run)
    };
}

pub(crate) const ROWS: &[Row] = &[
    part!("getFullYear", "timestamp_to_year", year),
    part!("getFullYear", "timestamp_to_year_with_tz", year, zone),
    part!("getMonth", "timestamp_to_month", month),
    part!("getMonth", "timestamp_to_month_with_tz", month, zone),
    part!("getDayOfYear", "timestamp_to_day_of_year", day_of_year),
    part!(
        "getDayOfYear",
        "timestamp_to_day_of_year_with_tz",
        day_of_year,
        zone
    ),
    part!("getDayOfMonth", "timestamp_to_day_of_month", day_of_month),
    part!(
        "getDayOfMonth",
        "timestamp_to_day_of_month_with_tz",
        day_of_month,
        zone
    ),
    part!("getDate", "timestamp_to_day_of_month_1_based", date),
    part!(
        "getDate",
        "timestamp_to_day_of_month_1_based_with_tz",
        date,
        zone
    ),
    part!("getDayOfWeek", "timestamp_to_day_of_week", day_of_week),
    part!(
        "getDayOfWeek",
        "timestamp_to_day_of_week_with_tz",
        day_of_week,
        zone
    ),
    part!("getHours", "timestamp_to_hours", hours),
    part!("getHours", "timestamp_to_hours_with_tz", hours, zone),
    m("getHours", "duration_to_hours", "duration", "int", hours),
    part!("getMinutes", "timestamp_to_minutes", minutes),
    part!("getMinutes", "timestamp_to_minutes_with_tz", minutes, zone),
    m(
        "getMinutes",
        "duration_to_minutes",
        "duration",
        "int",
        minutes,
    ),
    part!("getSeconds", "timestamp_to_seconds", seconds),
    part!("getSeconds", "timestamp_to_seconds_tz", seconds, zone),
    m(
        "getSeconds",
        "duration_to_seconds",
        "duration",
        "int",
        seconds,
    ),
    part!("getMilliseconds", "timestamp_to_milliseconds", milliseconds),
    part!(
        "getMilliseconds",
        "timestamp_to_milliseconds_with_tz",
        milliseconds,
        zone
    ),
    m(
        "getMilliseconds",
        "duration_to_milliseconds",
        "duration",
        "int",
        milliseconds,
    ),
];

type Out<'a> = Result<Val<'a>, EvalError>;

fn zoned(args: &[Val<'_>]) -> Result<DateTime, EvalError> {
    let Some(Val::Timestamp(at)) = args.first() else {
        return Err(EvalError::no_such_overload());
    };
    at.in_zone(if args.len() > 1 {
        Some(text(args, 1)?)
    } else {
        None
    })
}

fn of_time<'a>(args: &[Val<'_>], part: impl FnOnce(&DateTime) -> i64) -> Out<'a> {
    zoned(args).map(|at| Val::Int(part(&at)))
}

fn year<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.year()))
}

fn month<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.month()) - 1)
}

fn day_of_year<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.day_of_year()) - 1)
}

fn day_of_month<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.day()) - 1)
}

fn date<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.day()))
}

fn day_of_week<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_time(args, |at| i64::from(at.weekday().to_sunday_zero_offset()))
}

/// A part of a time, or a duration in a unit of so many nanoseconds.
fn of_either<'a>(args: &[Val<'_>], unit: i64, part: impl FnOnce(&DateTime) -> i64) -> Out<'a> {
    match args.first() {
        Some(Val::Duration(duration)) => Ok(Val::Int(duration.0 / unit)),
        _ => of_time(args, part),
    }
}

fn hours<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_either(args, 3_600_000_000_000, |at| i64::from(at.hour()))
}

fn minutes<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_either(args, 60_000_000_000, |at| i64::from(at.minute()))
}

fn seconds<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_either(args, 1_000_000_000, |at| i64::from(at.second()))
}

fn milliseconds<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_either(args, 1_000_000, |at| i64::from(at.millisecond()))
}
