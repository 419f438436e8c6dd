//! Columns of custom resources in tables.

use super::jsonpath::JsonPath;
use skeg_meta::Time;
use skeg_schema::go::print_float;
use skeg_schema::{Value, json};

/// One column beside the name.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    ty: String,
    format: String,
    description: String,
    priority: i64,
    text: String,
    path: Option<JsonPath>,
}

impl Column {
    /// From an entry of `additionalPrinterColumns`.
    pub fn read(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            ty: text("type"),
            format: text("format"),
            description: text("description"),
            priority: value["priority"].as_i64().unwrap_or(0),
            path: JsonPath::parse(&text("jsonPath")),
            text: text("jsonPath"),
        }
    }

    /// What is shown where a definition names no columns.
    pub fn age() -> Self {
        Self {
            name: "Age".to_owned(),
            ty: "date".to_owned(),
            format: String::new(),
            description: "When the object was made.".to_owned(),
            priority: 0,
            path: JsonPath::parse(".metadata.creationTimestamp"),
            text: ".metadata.creationTimestamp".to_owned(),
        }
    }

    /// Its definition in a table.
    pub fn definition(&self) -> Value {
        let description = if self.description.is_empty() {
            format!(
                "Custom resource definition column (in JSONPath format): {}",
                self.text
            )
        } else {
            self.description.clone()
        };
        json!({
            "name": self.name.as_str(),
            "type": self.ty.as_str(),
            "format": self.format.as_str(),
            "description": description,
            "priority": self.priority,
        })
    }

    /// Its cell for an object.
    pub fn cell(&self, object: &Value, now: Time) -> Value {
        let Some(found) = self
            .path
            .as_ref()
            .and_then(|path| path.find(object).first().copied().cloned())
        else {
            return Value::Null;
        };
        match (self.ty.as_str(), found) {
            ("string", Value::Null) => Value::from("<no value>"),
            ("string", Value::String(text)) => Value::String(text),
            ("string", Value::Float(number)) => Value::from(print_float(number)),
            ("string", other) => Value::from(other.to_string()),
            ("integer", Value::Int(n)) => Value::Int(n),
            ("integer", Value::Float(n)) => Value::Int(n as i64),
            ("number", Value::Int(n)) => Value::Float(n as f64),
            ("number", Value::Float(n)) => Value::Float(n),
            ("boolean", Value::Bool(b)) => Value::Bool(b),
            ("date", Value::String(text)) => Value::from(age(&text, now)),
            _ => Value::Null,
        }
    }
}

/// The time since a time of RFC 3339, short.
fn age(time: &str, now: Time) -> String {
    if matches!(time, "" | "null") {
        return "<unknown>".to_owned();
    }
    match crate::printers::since(time, now) {
        unknown if unknown == "<unknown>" => "<invalid>".to_owned(),
        // A blank between day and time can be read, and is not in the format.
        age if time.as_bytes().get(10) == Some(&b'T') => age,
        _ => "<invalid>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_go_prints_them() {
        let now: Time = "2026-11-23T07:00:00Z".parse().expect("a time");
        let cell = |ty: &str, found: Value| {
            let column = Column::read(&json!({"name": "X", "type": ty, "jsonPath": ".x"}));
            column.cell(&json!({"x": found}), now)
        };
        for (ty, found, shown) in [
            ("string", json!(12345678.5), json!("1.23456785e+07")),
            ("string", json!(0.00001), json!("1e-05")),
            ("string", json!(12), json!("12")),
            ("string", json!(null), json!("<no value>")),
            ("string", json!([1, 2]), json!("[1,2]")),
            ("date", json!(""), json!("<unknown>")),
            ("date", json!("null"), json!("<unknown>")),
            ("date", json!("soon"), json!("<invalid>")),
            ("date", json!("2026-11-23 06:00:00Z"), json!("<invalid>")),
            ("date", json!("2026-11-23T06:59:00Z"), json!("60s")),
            ("date", json!("2026-11-23T06:59:59.5Z"), json!("0s")),
            ("date", json!("2026-11-23T07:00:01.9Z"), json!("0s")),
            ("date", json!("2026-11-23T07:00:02Z"), json!("<invalid>")),
        ] {
            assert_eq!(cell(ty, found.clone()), shown, "{ty} {found}");
        }
    }
}
