//! Ages, selectors and other short texts of cells.

use crate::tree::{self, at, list, s};
use skeg_meta::Time;
use skeg_schema::Value;

/// The time since creation, short.
pub fn age(obj: &Value, now: Time) -> String {
    since(tree::sp(obj, &["metadata", "creationTimestamp"]), now)
}

/// When an object was made; of what never was, Go's first time.
pub fn created(obj: &Value) -> Value {
    or(
        tree::sp(obj, &["metadata", "creationTimestamp"]),
        "0001-01-01T00:00:00Z",
    )
}

/// The time since a timestamp, short; `<unknown>` without one.
pub fn since(time: &str, now: Time) -> String {
    match time.parse::<jiff::Timestamp>() {
        // Fractions of seconds are cut off, toward zero.
        Ok(then) => duration(now.0.duration_since(then).as_secs()),
        Err(_) => "<unknown>".into(),
    }
}

/// Seconds as kubectl writes durations: `5m30s`, `3h`, `2d`.
pub fn duration(seconds: i64) -> String {
    if seconds < -1 {
        return "<invalid>".into();
    }
    let s = seconds.max(0);
    let (m, h, d) = (s / 60, s / 3600, s / 86_400);
    if s < 120 {
        format!("{s}s")
    } else if m < 10 {
        two(m, "m", s % 60, "s")
    } else if m < 180 {
        format!("{m}m")
    } else if h < 8 {
        two(h, "h", m % 60, "m")
    } else if h < 48 {
        format!("{h}h")
    } else if h < 24 * 8 {
        two(d, "d", h % 24, "h")
    } else if d < 365 * 2 {
        format!("{d}d")
    } else if d < 365 * 8 {
        two(d / 365, "y", d % 365, "d")
    } else {
        format!("{}y", d / 365)
    }
}

fn two(a: i64, unit: &str, b: i64, small: &str) -> String {
    if b == 0 {
        format!("{a}{unit}")
    } else {
        format!("{a}{unit}{b}{small}")
    }
}

/// A map of labels, `<none>` when empty.
pub fn labels(v: &Value) -> String {
    let all: Vec<String> = tree::sorted_pairs(v)
        .into_iter()
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or("")))
        .collect();
    if all.is_empty() {
        "<none>".into()
    } else {
        all.join(",")
    }
}

/// A LabelSelector; empty ones as upstream shows them.
pub fn selector(v: &Value) -> String {
    if v.is_null() {
        return "<none>".into();
    }
    let text = crate::scale::selector_text(v);
    if text.is_empty() {
        "<none>".into()
    } else {
        text
    }
}

/// Names and images of a template's containers, joined by commas.
pub fn containers(spec: &Value) -> (String, String) {
    let all = list(spec, "containers");
    let join = |f: &str| all.iter().map(|c| s(c, f)).collect::<Vec<_>>().join(",");
    (join("name"), join("image"))
}

/// `<unset>` or the number.
pub fn or_unset(v: &Value) -> Value {
    match v {
        Value::Null => Value::from("<unset>"),
        other => other.clone(),
    }
}

/// A string, or another one when it is empty.
pub fn or(text: &str, otherwise: &str) -> Value {
    Value::from(if text.is_empty() { otherwise } else { text })
}

/// Status of a condition, or nothing.
pub fn condition<'a>(obj: &'a Value, kind: &str) -> Option<&'a Value> {
    list(at(obj, "status"), "conditions")
        .iter()
        .find(|c| s(c, "type") == kind)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations() {
        for (seconds, text) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (135, "2m15s"),
            (3600, "60m"),
            (3 * 3600, "3h"),
            (3 * 3600 + 120, "3h2m"),
            (47 * 3600, "47h"),
            (49 * 3600, "2d1h"),
            (9 * 86_400, "9d"),
            (800 * 86_400, "2y70d"),
            (-5, "<invalid>"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }
}
