//! Columns of custom resources in tables.

use super::jsonpath::JsonPath;
use skeg_meta::Time;
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
            ("string", Value::Null) => Value::from(""),
            ("string", Value::String(text)) => Value::String(text),
            ("string", other) => Value::from(other.to_string()),
            ("integer", Value::Int(n)) => Value::Int(n),
            ("integer", Value::Float(n)) => Value::Int(n as i64),
            ("number", Value::Int(n)) => Value::Float(n as f64),
            ("number", Value::Float(n)) => Value::Float(n),
            ("boolean", Value::Bool(b)) => Value::Bool(b),
            ("date", Value::String(text)) => {
                Value::from(match crate::printers::since(&text, now) {
                    unknown if unknown == "<unknown>" => "<invalid>".to_owned(),
                    age => age,
                })
            }
            _ => Value::Null,
        }
    }
}
