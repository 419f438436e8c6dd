//! Field selectors: `spec.nodeName=a,status.phase!=Running`.

use std::fmt;

/// One requirement on one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The field.
    pub field: String,
    /// `=`, `==` or `!=`.
    pub operator: &'static str,
    /// The value.
    pub value: String,
}

impl Requirement {
    /// Whether the field is to have the value, rather than not to have it.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.operator != "!="
    }
}

/// Selects objects by their fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

impl Selector {
    /// Selects every object.
    #[must_use]
    pub const fn everything() -> Self {
        Self {
            requirements: Vec::new(),
        }
    }

    /// One field has one value.
    pub fn equal(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            requirements: vec![Requirement {
                field: field.into(),
                operator: "=",
                value: value.into(),
            }],
        }
    }

    /// Reads a selector as it stands in `fieldSelector=…`. Its terms come in
    /// their alphabetical order, as upstream looks at them; one without field
    /// and value asks for nothing.
    ///
    /// # Errors
    /// It cannot be understood; in upstream's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = Vec::new();
        let mut terms = terms(text);
        terms.sort_unstable();
        for term in terms {
            if term.is_empty() {
                continue;
            }
            let Some((field, operator, value)) = split(term) else {
                return Err(format!(
                    "invalid selector: '{text}'; can't understand '{term}'"
                ));
            };
            let value = unescape(value)?;
            if field.is_empty() && value.is_empty() {
                continue;
            }
            requirements.push(Requirement {
                field: field.to_owned(),
                operator,
                value,
            });
        }
        Ok(Self { requirements })
    }

    /// The requirements in alphabetical order.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter()
    }

    /// Whether every object is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object is selected; a field it does not have is empty.
    pub fn matches(&self, field: impl Fn(&str) -> String) -> bool {
        self.requirements.iter().all(|requirement| {
            (field(&requirement.field) == requirement.value) == requirement.is_equal()
        })
    }

    /// The value that a field must have.
    #[must_use]
    pub fn required_value(&self, field: &str) -> Option<&str> {
        self.requirements
            .iter()
            .find(|requirement| requirement.field == field && requirement.is_equal())
            .map(|requirement| requirement.value.as_str())
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
        for (at, requirement) in self.requirements.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            let operator = if requirement.is_equal() { "=" } else { "!=" };
            write!(
                f,
                "{}{operator}{}",
                requirement.field,
                escape(&requirement.value)
            )?;
        }
        Ok(())
    }
}

/// A value with `\`, `,` and `=` escaped.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | ',' | '=') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn unescape(value: &str) -> Result<String, String> {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ',' | '=')) => out.push(escaped),
                Some(other) => {
                    return Err(format!(
                        "invalid field selector: invalid escape sequence: \\{other}"
                    ));
                }
                None => {
                    return Err("invalid field selector: invalid escape sequence: \\".to_owned());
                }
            },
            ',' | '=' => {
                return Err(format!(
                    "invalid field selector: unescaped character in value: {}",
                    c as u32
                ));
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

/// The parts between commas that are not escaped.
fn terms(text: &str) -> Vec<&str> {
    let mut terms = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text.is_empty() {
        terms.push(&text[start..]);
    }
    terms
}

fn split(term: &str) -> Option<(&str, &'static str, &str)> {
    for (at, _) in term.char_indices() {
        for operator in ["!=", "==", "="] {
            if let Some(value) = term[at..].strip_prefix(operator) {
                return Some((&term[..at], operator, value));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects() {
        let field = |name: &str| {
            if name == "a" {
                "1".to_owned()
            } else {
                String::new()
            }
        };
        for (selector, expect) in [
            ("", true),
            ("a=1", true),
            ("a==1", true),
            ("a!=1", false),
            ("a=1,b=", true),
            ("a=1,b=2", false),
            (",", true),
        ] {
            assert_eq!(
                Selector::parse(selector).unwrap().matches(field),
                expect,
                "{selector}"
            );
        }
        let escaped = Selector::parse(r"a=x\,y\=z").unwrap();
        assert_eq!(escaped.required_value("a"), Some("x,y=z"));
        assert_eq!(escaped.to_string(), r"a=x\,y\=z");
    }

    #[test]
    fn terms_come_in_order_and_some_ask_for_nothing() {
        let selector = Selector::parse("b=1,=,a!=2").unwrap();
        assert_eq!(selector.to_string(), "a!=2,b=1");
        assert!(Selector::parse("=").unwrap().is_everything());
    }

    #[test]
    fn refusals_as_recorded() {
        assert_eq!(
            Selector::parse("metadata.name in (a)"),
            Err(
                "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"
                    .to_owned()
            )
        );
        assert!(Selector::parse("a=b=c").is_err());
        assert!(Selector::parse(r"a=\x").is_err());
    }
}
