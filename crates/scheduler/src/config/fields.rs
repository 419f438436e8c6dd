//! Reads a tree key by key, and names what nobody asked for.

use skeg_schema::{Value, message_from_value};

use super::ConfigError;

/// An object of the configuration, with where it stands.
pub(super) struct Fields<'v> {
    path: String,
    entries: Vec<(&'v str, &'v Value)>,
}

fn wrong(path: &str, what: &str) -> ConfigError {
    ConfigError(format!("{path}: {what}"))
}

impl<'v> Fields<'v> {
    /// # Errors
    /// It is no object.
    pub(super) fn of(path: impl Into<String>, value: &'v Value) -> Result<Self, ConfigError> {
        let path = path.into();
        let entries = match value {
            Value::Null => Vec::new(),
            Value::Object(object) => object
                .iter()
                .map(|(key, value)| (&**key, value))
                .filter(|(_, value)| !value.is_null())
                .collect(),
            _ => return Err(wrong(&path, "must be an object")),
        };
        Ok(Self { path, entries })
    }

    /// Where a key of it stands.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<&'v Value> {
        let at = self.entries.iter().position(|(name, _)| *name == key)?;
        Some(self.entries.swap_remove(at).1)
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<&'v str>, ConfigError> {
        let at = self.at(key);
        self.take(key)
            .map(|value| value.as_str().ok_or_else(|| wrong(&at, "must be a string")))
            .transpose()
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<bool, ConfigError> {
        let at = self.at(key);
        match self.take(key) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| wrong(&at, "must be true or false")),
        }
    }

    /// `percentageOfNodesToScore`.
    pub(super) fn percent(&mut self) -> Result<Option<usize>, ConfigError> {
        let number = self.number("percentageOfNodesToScore", 0, 100)?;
        Ok(number.and_then(|number| usize::try_from(number).ok()))
    }

    /// A number within bounds.
    pub(super) fn number(
        &mut self,
        key: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, ConfigError> {
        let at = self.at(key);
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        match value.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(wrong(
                &at,
                &format!("must be a number between {least} and {most}"),
            )),
        }
    }

    /// A length of time as Go writes it (`5s`, `1m30s`), in seconds.
    pub(super) fn seconds(&mut self, key: &str) -> Result<Option<f64>, ConfigError> {
        let at = self.at(key);
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match go_seconds(text) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(wrong(&at, "must be a length of time, such as 5s")),
        }
    }

    pub(super) fn list(&mut self, key: &str) -> Result<Vec<(String, &'v Value)>, ConfigError> {
        let at = self.at(key);
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, item)| (format!("{at}[{index}]"), item))
                .collect()),
            Some(_) => Err(wrong(&at, "must be a list")),
        }
    }

    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, ConfigError> {
        self.list(key)?
            .into_iter()
            .map(|(at, item)| match item.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(wrong(&at, "must be a string")),
            })
            .collect()
    }

    pub(super) fn object(&mut self, key: &str) -> Result<Option<Fields<'v>>, ConfigError> {
        let at = self.at(key);
        self.take(key)
            .map(|value| Fields::of(at, value))
            .transpose()
    }

    /// A message of the API.
    pub(super) fn message<M: skeg_schema::Message + Default>(
        &mut self,
        key: &str,
    ) -> Result<Option<M>, ConfigError> {
        let at = self.at(key);
        self.take(key).map(|value| message(&at, value)).transpose()
    }

    /// # Errors
    /// Keys are left that mean nothing.
    pub(super) fn end(self) -> Result<(), ConfigError> {
        match self.entries.first() {
            None => Ok(()),
            Some((key, _)) => Err(ConfigError(format!("unknown field {:?}", self.at(key)))),
        }
    }
}

/// A message of the API that stands in the configuration.
pub(super) fn message<M: skeg_schema::Message + Default>(
    at: &str,
    value: &Value,
) -> Result<M, ConfigError> {
    let mut message = M::default();
    message_from_value(value.clone(), &mut message)
        .map_err(|error| wrong(at, &error.to_string()))?;
    Ok(message)
}

fn go_seconds(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        seconds += amount
            * match &rest[..letters] {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        assert_eq!(go_seconds("1m30s"), Some(90.0));
        assert_eq!(go_seconds("100ms"), Some(0.1));
        assert_eq!(go_seconds("5"), None);
        assert_eq!(go_seconds(""), None);
    }
}
