//! One step of a path to a field.

use skeg_schema::{Key, Object, Value, decode_json_any, escape_json};
use std::cmp::Ordering;
use std::fmt;

/// A step from a value to one inside of it.
#[derive(Clone, Debug)]
pub enum Element {
    /// A member of a struct or a map.
    Field(Key),
    /// The element of a keyed list that has these values, by ascending key.
    Key(Vec<(Key, Value)>),
    /// An element of a set.
    Value(Value),
    /// An element of a list by its place.
    Index(i64),
}

impl Element {
    /// Reads one from a key of `fieldsV1`: `f:name`, `k:{…}`, `v:…`, `i:0`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = match text.as_bytes() {
            [kind, b':', ..] => (kind, &text[2..]),
            _ => return None,
        };
        match kind {
            b'f' => Some(Self::Field(Key::Owned(rest.to_owned()))),
            b'v' => Some(Self::Value(decode_json_any(rest.as_bytes()).ok()?)),
            b'k' => match decode_json_any(rest.as_bytes()).ok()? {
                Value::Object(map) => {
                    let mut keys: Vec<(Key, Value)> =
                        map.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                    keys.sort_by(|a, b| a.0.cmp(&b.0));
                    Some(Self::Key(keys))
                }
                _ => None,
            },
            b'i' => rest.parse().ok().map(Self::Index),
            _ => None,
        }
    }

    /// Writes it as a key of `fieldsV1`.
    pub fn text(&self) -> String {
        match self {
            Self::Field(name) => {
                let mut out = String::with_capacity(name.len() + 2);
                out.push_str("f:");
                out.push_str(name);
                out
            }
            Self::Value(value) => format!("v:{value}"),
            Self::Key(keys) => {
                let mut out = String::with_capacity(32);
                out.push_str("k:{");
                for (at, (name, value)) in keys.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text("", name, &mut out);
                    out.push(':');
                    match value {
                        Value::String(text) => write_text("", text, &mut out),
                        other => out.push_str(&other.to_string()),
                    }
                }
                out.push('}');
                out
            }
            Self::Index(at) => format!("i:{at}"),
        }
    }

    /// Writes it as the name of a member, in JSON.
    pub fn write_name(&self, out: &mut String) {
        match self {
            Self::Field(name) => write_text("f:", name, out),
            Self::Key(keys) if keys.iter().all(|(name, value)| is_plain(name, value)) => {
                out.push_str("\"k:{");
                for (at, (name, value)) in keys.iter().enumerate() {
                    out.push_str(if at > 0 { ",\\\"" } else { "\\\"" });
                    out.push_str(name);
                    out.push_str("\\\":");
                    match value {
                        Value::String(text) => {
                            out.push_str("\\\"");
                            out.push_str(text);
                            out.push_str("\\\"");
                        }
                        other => out.push_str(&other.to_string()),
                    }
                }
                out.push_str("}\"");
            }
            other => write_text("", &other.text(), out),
        }
    }

    /// How it stands to a field.
    pub fn cmp_field(&self, name: &str) -> Ordering {
        match self {
            Self::Field(own) => (**own).cmp(name),
            _ => Ordering::Greater,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Key(_) => 1,
            Self::Value(_) => 2,
            Self::Index(_) => 3,
        }
    }
}

/// Whether JSON tells a key of a list as it stands, but for the quotes, even inside of a text.
fn is_plain(name: &str, value: &Value) -> bool {
    let plain = |text: &str| {
        let other = |byte: u8| matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&');
        text.bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !other(byte))
    };
    plain(name)
        && match value {
            Value::String(text) => plain(text),
            Value::Int(_) | Value::Bool(_) => true,
            _ => false,
        }
}

/// Writes a prefix that JSON tells as it stands, and a text, as one text in JSON.
pub fn write_text(prefix: &str, text: &str, out: &mut String) {
    out.push('"');
    out.push_str(prefix);
    escape_json(text, out);
    out.push('"');
}

/// As messages show a step: `.name`, `[name="a"]`, `[="x"]`, `[0]`.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(keys) => {
                f.write_str("[")?;
                for (at, (name, value)) in keys.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}{name}={}", shown(value))?;
                }
                f.write_str("]")
            }
            Self::Value(value) => write!(f, "[={}]", shown(value)),
            Self::Index(at) => write!(f, "[{at}]"),
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => crate::go::quote(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| format!("{k}={}", shown(v)))
            .collect(),
        other => other.to_string(),
    }
}

impl Ord for Element {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Field(a), Self::Field(b)) => a.cmp(b),
            (Self::Key(a), Self::Key(b)) => {
                for ((ka, va), (kb, vb)) in a.iter().zip(b) {
                    let order = ka.cmp(kb).then_with(|| compare_values(va, vb));
                    if order.is_ne() {
                        return order;
                    }
                }
                a.len().cmp(&b.len())
            }
            (Self::Value(a), Self::Value(b)) => compare_values(a, b),
            (Self::Index(a), Self::Index(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Element {}

fn value_rank(value: &Value) -> u8 {
    match value {
        Value::Int(_) | Value::Float(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

/// The order of values in sets: numbers, texts, truth values, lists, maps, null.
fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            let (a, b) = (a.as_f64().unwrap_or(0.0), b.as_f64().unwrap_or(0.0));
            a.total_cmp(&b)
        }
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            for (x, y) in a.iter().zip(b) {
                let order = compare_values(x, y);
                if order.is_ne() {
                    return order;
                }
            }
            a.len().cmp(&b.len())
        }
        (Value::Object(a), Value::Object(b)) => {
            let sorted = |map: &'_ Object| -> Vec<(Key, Value)> {
                let mut all: Vec<(Key, Value)> =
                    map.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                all.sort_by(|x, y| x.0.cmp(&y.0));
                all
            };
            let (a, b) = (sorted(a), sorted(b));
            for ((ka, va), (kb, vb)) in a.iter().zip(&b) {
                let order = ka.cmp(kb).then_with(|| compare_values(va, vb));
                if order.is_ne() {
                    return order;
                }
            }
            a.len().cmp(&b.len())
        }
        _ => value_rank(a).cmp(&value_rank(b)),
    }
}

/// Whether two values are the same; the order of members does not count.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y))
        }
        (Value::Int(i), Value::Float(f)) | (Value::Float(f), Value::Int(i)) => *i as f64 == *f,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn texts() {
        for text in [
            "f:a",
            "k:{\"name\":\"c\",\"port\":80}",
            "v:\"x\"",
            "v:3",
            "i:7",
        ] {
            assert_eq!(Element::parse(text).expect("an element").text(), text);
        }
        for text in ["", "x:1", "f", "k:[]", "v:{", "i:x"] {
            assert!(Element::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_are_texts_in_json() {
        let keys = [
            json!("a"),
            json!("a\"<\\é"),
            json!(-7),
            json!(true),
            json!(1.5),
        ];
        let fields = ["c", "a\"b"].map(|name| Element::Field(name.into()));
        let elements = keys
            .into_iter()
            .flat_map(|value| {
                let one = vec![(Key::Borrowed("n"), value.clone())];
                let two = vec![
                    (Key::Borrowed("m&"), value.clone()),
                    (Key::Borrowed("n"), Value::from("x")),
                ];
                [Element::Key(one), Element::Key(two), Element::Value(value)]
            })
            .chain(fields);
        for element in elements {
            let mut name = String::new();
            element.write_name(&mut name);
            assert_eq!(name, Value::from(element.text()).to_string());
        }
    }

    #[test]
    fn shown_in_messages() {
        let shown = |text: &str| Element::parse(text).expect("an element").to_string();
        assert_eq!(shown("f:data"), ".data");
        assert_eq!(
            shown("k:{\"protocol\":\"TCP\",\"port\":80}"),
            "[port=80,protocol=\"TCP\"]"
        );
        assert_eq!(shown("v:\"x\""), "[=\"x\"]");
        assert_eq!(shown("i:2"), "[2]");
    }

    #[test]
    fn numbers_sort_as_numbers() {
        let element = |port: i64| Element::Key(vec![(Key::Borrowed("port"), Value::Int(port))]);
        assert!(element(80) < element(443));
        assert!(Element::Field("z".into()) < element(1));
        assert!(same(
            &json!({"a": 1, "b": [1.0]}),
            &json!({"b": [1], "a": 1})
        ));
    }
}
