//! Label selectors: `app=web,tier in (a,b),!legacy`.

mod parse;

use std::collections::BTreeMap;
use std::fmt;

use crate::names;
use crate::{FieldError, FieldPath, LabelSelector, LabelSelectorRequirement, join_errors};

/// How a requirement compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// One of the values.
    In,
    /// None of the values, or the label is absent.
    NotIn,
    /// This value (`=`).
    Equals,
    /// This value (`==`).
    DoubleEquals,
    /// Not this value, or the label is absent.
    NotEquals,
    /// The label is there.
    Exists,
    /// The label is absent.
    DoesNotExist,
    /// A greater number.
    GreaterThan,
    /// A smaller number.
    LessThan,
}

/// One requirement on one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    key: String,
    operator: Operator,
    /// Sorted, each once.
    values: Vec<String>,
}

impl Requirement {
    /// A requirement, checked as upstream checks it.
    ///
    /// # Errors
    /// The key or a value can be no label's, or their number does not fit; in upstream's words.
    pub fn new(
        key: impl Into<String>,
        operator: Operator,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, String> {
        let key = key.into();
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        values.sort();
        values.dedup();
        let mut errors = Vec::new();
        let path = FieldPath::default();
        let values_path = FieldPath::new("values");
        errors.extend(key_errors(&key, &path));
        let shown = || skeg_schema::Value::from(values.clone());
        match operator {
            Operator::In | Operator::NotIn if values.is_empty() => {
                errors.push(FieldError::invalid(
                    &values_path,
                    shown(),
                    "for 'in', 'notin' operators, values set can't be empty",
                ));
            }
            Operator::Equals | Operator::DoubleEquals | Operator::NotEquals
                if values.len() != 1 =>
            {
                errors.push(FieldError::invalid(
                    &values_path,
                    shown(),
                    "exact-match compatibility requires one single value",
                ));
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                errors.push(FieldError::invalid(
                    &values_path,
                    shown(),
                    "values set must be empty for exists and does not exist",
                ));
            }
            Operator::GreaterThan | Operator::LessThan => {
                if values.len() != 1 {
                    errors.push(FieldError::invalid(
                        &values_path,
                        shown(),
                        "for 'Gt', 'Lt' operators, exactly one value is required",
                    ));
                }
                for (at, value) in values.iter().enumerate() {
                    if value.parse::<i64>().is_err() {
                        errors.push(FieldError::invalid(
                            values_path.index(at),
                            value,
                            "for 'Gt', 'Lt' operators, the value must be an integer",
                        ));
                    }
                }
            }
            _ => {}
        }
        for (at, value) in values.iter().enumerate() {
            let wrong = names::label_value(value);
            if !wrong.is_empty() {
                errors.push(FieldError::invalid(
                    values_path.index(at).key(&key),
                    value,
                    wrong.join("; "),
                ));
            }
        }
        if errors.is_empty() {
            Ok(Self {
                key,
                operator,
                values,
            })
        } else {
            Err(join_errors(&errors))
        }
    }

    /// The label.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How it compares.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The values, sorted.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    fn holds(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|known| known == value);
        match self.operator {
            Operator::In | Operator::Equals | Operator::DoubleEquals => value.is_some_and(listed),
            Operator::NotIn | Operator::NotEquals => !value.is_some_and(listed),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::GreaterThan | Operator::LessThan => {
                let (Some(Ok(left)), Some(Ok(right))) = (
                    value.map(str::parse::<i64>),
                    self.values.first().map(|value| value.parse::<i64>()),
                ) else {
                    return false;
                };
                if self.operator == Operator::GreaterThan {
                    left > right
                } else {
                    left < right
                }
            }
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        let values = self.values.join(",");
        match self.operator {
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::Exists => f.write_str(key),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
        }
    }
}

fn key_errors(key: &str, path: &FieldPath) -> Option<FieldError> {
    let wrong = names::qualified_name(key);
    if wrong.is_empty() {
        None
    } else {
        Some(FieldError::invalid(path, key, wrong.join("; ")))
    }
}

/// Selects objects by their labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// `None` selects nothing.
    requirements: Option<Vec<Requirement>>,
}

impl Default for Selector {
    fn default() -> Self {
        Self::everything()
    }
}

impl Selector {
    /// Selects every object.
    #[must_use]
    pub const fn everything() -> Self {
        Self {
            requirements: Some(Vec::new()),
        }
    }

    /// Selects no object.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { requirements: None }
    }

    /// Selects what has all these labels. Nothing is checked.
    #[must_use]
    pub fn from_labels(labels: &BTreeMap<String, String>) -> Self {
        let requirements = labels
            .iter()
            .map(|(key, value)| Requirement {
                key: key.clone(),
                operator: Operator::Equals,
                values: vec![value.clone()],
            })
            .collect();
        Self {
            requirements: Some(requirements),
        }
    }

    /// Selects what meets all requirements.
    #[must_use]
    pub fn from_requirements(mut requirements: Vec<Requirement>) -> Self {
        requirements.sort_by(|a, b| a.key.cmp(&b.key));
        Self {
            requirements: Some(requirements),
        }
    }

    /// Reads a selector as it stands in `labelSelector=…`.
    ///
    /// # Errors
    /// It cannot be understood; in upstream's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::requirements(text).map(Self::from_requirements)
    }

    /// The requirements; `None` where nothing is selected.
    #[must_use]
    pub fn requirements(&self) -> Option<&[Requirement]> {
        self.requirements.as_deref()
    }

    /// The selector as servers take it (`ListOptions::labels`). Its plain text
    /// would not do where nothing is selected: an empty text selects everything.
    ///
    /// ```
    /// use skeg_meta::labels::Selector;
    /// assert_eq!(Selector::parse("tier!=db,app")?.to_query(), "app,tier!=db");
    /// assert_eq!(Selector::nothing().to_query(), "nothing,!nothing");
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn to_query(&self) -> String {
        match self.requirements {
            None => "nothing,!nothing".to_owned(),
            Some(_) => self.to_string(),
        }
    }

    /// Whether every object is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.requirements.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether these labels are selected.
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches_with(|key| labels.get(key).map(String::as_str))
    }

    /// Whether labels that are looked up are selected.
    #[must_use]
    pub fn matches_with<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        match &self.requirements {
            None => false,
            Some(requirements) => requirements
                .iter()
                .all(|requirement| requirement.holds(label(&requirement.key))),
        }
    }

    /// From the struct in objects: no selector selects nothing, an empty one everything.
    ///
    /// # Errors
    /// A requirement makes no sense; in upstream's words.
    pub fn from_label_selector(selector: Option<&LabelSelector>) -> Result<Self, String> {
        let Some(selector) = selector else {
            return Ok(Self::nothing());
        };
        let mut requirements = Vec::new();
        for (key, value) in &selector.match_labels {
            requirements.push(Requirement::new(key, Operator::Equals, [value])?);
        }
        for LabelSelectorRequirement {
            key,
            operator,
            values,
        } in &selector.match_expressions
        {
            let operator = match operator.as_str() {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => {
                    return Err(format!(
                        "{} is not a valid label selector operator",
                        skeg_schema::go::quote(other)
                    ));
                }
            };
            requirements.push(Requirement::new(key, operator, values)?);
        }
        Ok(Self::from_requirements(requirements))
    }
}

impl std::str::FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, requirement) in self.requirements.iter().flatten().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            write!(f, "{requirement}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> BTreeMap<String, String> {
        text.split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    }

    #[test]
    fn selects() {
        for (selector, given, expect) in [
            ("", "", true),
            ("a=b", "a=b", true),
            ("a = b , c", "a=b,c=d", true),
            ("a==b", "a=c", false),
            ("a!=b", "", true),
            ("a!=b", "a=b", false),
            ("a in (b, c)", "a=c", true),
            ("a notin (b,c)", "a=c", false),
            ("a notin (b,c)", "", true),
            ("!a", "a=b", false),
            ("!a", "", true),
            ("a", "a=", true),
            ("a>1", "a=2", true),
            ("a>1", "a=x", false),
            ("a<1", "a=0", true),
            ("a=", "a=", true),
            ("a in ()", "a=", true),
            ("in in (in)", "in=in", true),
            ("x/a=b", "x/a=b", true),
        ] {
            assert_eq!(
                Selector::parse(selector).map(|s| s.matches(&labels(given))),
                Ok(expect),
                "{selector} on {given}"
            );
        }
        assert!(!Selector::nothing().matches(&labels("a=b")));
    }

    #[test]
    fn refusals_as_recorded() {
        for (selector, message) in [
            ("a=b=c", "found '=', expected: ',' or 'end of string'"),
            (
                "(",
                "found '(', expected: !, identifier, or 'end of string'",
            ),
            (
                "=a",
                "found '=', expected: !, identifier, or 'end of string'",
            ),
            ("a,", "found '', expected: identifier after ','"),
            ("a,,b", "found ',', expected: identifier after ','"),
            (
                "a b",
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
            (
                "a in b",
                "unable to parse requirement: found 'b' expected: '('",
            ),
            (
                "a in",
                "unable to parse requirement: found '' expected: '('",
            ),
            (
                "a in (b",
                "unable to parse requirement: found '', expected: ',' or ')'",
            ),
            (
                "a in (",
                "unable to parse requirement: found '', expected: ',', ')' or identifier",
            ),
            (
                "a in (b b)",
                "unable to parse requirement: found 'b', expected: ',' or ')'",
            ),
            (
                "a!",
                "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt",
            ),
            (
                "!=a",
                "found '!=', expected: !, identifier, or 'end of string'",
            ),
            (
                "a>b",
                "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
            (
                "-a",
                "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            ),
        ] {
            assert_eq!(
                Selector::parse(selector),
                Err(message.to_owned()),
                "{selector}"
            );
        }
    }

    #[test]
    fn prints_what_it_means() {
        for text in ["a in (b,c)", "!a", "a!=b", "a=b,c=d", "a>5"] {
            assert_eq!(Selector::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn from_the_struct() {
        let selector = LabelSelector {
            match_labels: labels("a=b"),
            match_expressions: vec![LabelSelectorRequirement {
                key: "c".into(),
                operator: "In".into(),
                values: vec!["d".into(), "e".into()],
            }],
        };
        let selector = Selector::from_label_selector(Some(&selector)).unwrap();
        assert_eq!(selector.to_string(), "a=b,c in (d,e)");
        assert_eq!(Selector::from_label_selector(None), Ok(Selector::nothing()));
        assert!(
            Selector::from_label_selector(Some(&LabelSelector::default()))
                .unwrap()
                .is_everything()
        );
    }
}
