//! JSON paths as kubectl writes them, of which printer columns, scale and
//! selectable fields use the simple ones: `.spec.tags[*]`,
//! `.status.conditions[?(@.type=="Ready")].status`, `..name`.

use skeg_schema::Value;

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    Wildcard,
    Recursive,
    Index(i64),
    Union(Vec<Step>),
    Slice(Option<i64>, Option<i64>, i64),
    Filter(Vec<Step>, Option<(Operator, Operand)>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Value(Value),
    Path(Vec<Step>),
}

struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn steps(&mut self, until: fn(char) -> bool) -> Option<Vec<Step>> {
        let mut out = Vec::new();
        while let Some(c) = self.rest.chars().next() {
            if until(c) {
                break;
            }
            if self.eat("..") {
                out.push(Step::Recursive);
                if self.rest.starts_with('[') {
                    continue;
                }
                out.push(self.name(until)?);
            } else if self.eat(".") {
                if self.rest.starts_with('[') {
                    continue;
                }
                out.push(self.name(until)?);
            } else if self.eat("[") {
                let (inner, rest) = closing(self.rest)?;
                self.rest = rest;
                out.push(bracket(inner.trim())?);
            } else {
                return None;
            }
        }
        Some(out)
    }

    fn name(&mut self, until: fn(char) -> bool) -> Option<Step> {
        let mut name = String::new();
        let mut chars = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => name.push(chars.next()?.1),
                '.' | '[' => {
                    end = at;
                    break;
                }
                c if until(c) => {
                    end = at;
                    break;
                }
                c => name.push(c),
            }
        }
        self.rest = &self.rest[end..];
        match name.as_str() {
            "" => None,
            "*" => Some(Step::Wildcard),
            _ => Some(Step::Field(name)),
        }
    }
}

// What stands before the bracket that closes, and what after.
fn closing(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, c) {
            (Some(_), '\\') => escaped = true,
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(out)
}

fn bracket(text: &str) -> Option<Step> {
    if text == "*" {
        return Some(Step::Wildcard);
    }
    if let Some(inner) = text.strip_prefix("?(").and_then(|t| t.strip_suffix(')')) {
        return filter(inner.trim());
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > 1 {
        let inner: Option<Vec<Step>> = parts.into_iter().map(bracket).collect();
        return inner.map(Step::Union);
    }
    if let Some(name) = unquoted(text) {
        return Some(Step::Field(name));
    }
    if text.contains(':') {
        let mut parts = text.split(':');
        let number = |part: Option<&str>| match part.map(str::trim) {
            None | Some("") => Some(None),
            Some(text) => text.parse().ok().map(Some),
        };
        let (start, end, step) = (
            number(parts.next())?,
            number(parts.next())?,
            number(parts.next())?,
        );
        if parts.next().is_some() {
            return None;
        }
        return Some(Step::Slice(start, end, step.unwrap_or(1).max(1)));
    }
    text.parse().ok().map(Step::Index)
}

fn filter(text: &str) -> Option<Step> {
    const OPERATORS: &[(&str, Operator)] = &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessEqual),
        (">=", Operator::GreaterEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let mut parser = Parser {
        rest: text.strip_prefix('@')?,
    };
    let left = parser.steps(|c| matches!(c, '=' | '!' | '<' | '>' | ' '))?;
    let rest = parser.rest.trim();
    if rest.is_empty() {
        return Some(Step::Filter(left, None));
    }
    let (sign, operator) = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign))?;
    let right = rest[sign.len()..].trim();
    let operand = if let Some(text) = unquoted(right) {
        Operand::Value(Value::from(text))
    } else if let Some(path) = right.strip_prefix('@') {
        let mut parser = Parser { rest: path };
        Operand::Path(parser.steps(|_| false)?)
    } else if let Ok(number) = right.parse::<i64>() {
        Operand::Value(Value::Int(number))
    } else if let Ok(number) = right.parse::<f64>() {
        Operand::Value(Value::Float(number))
    } else {
        Operand::Value(Value::Bool(match right {
            "true" => true,
            "false" => false,
            _ => return None,
        }))
    };
    Some(Step::Filter(left, Some((*operator, operand))))
}

fn compare(left: &Value, operator: Operator, right: &Value) -> bool {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => left
            .as_f64()
            .zip(right.as_f64())
            .and_then(|(a, b)| a.partial_cmp(&b)),
        _ => None,
    };
    let Some(order) = order else { return false };
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::LessEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterEqual => order != Ordering::Less,
    }
}

fn descend<'v>(value: &'v Value, out: &mut Vec<&'v Value>) {
    out.push(value);
    match value {
        Value::Object(members) => members.values().for_each(|v| descend(v, out)),
        Value::Array(items) => items.iter().for_each(|v| descend(v, out)),
        _ => {}
    }
}

fn one<'v>(value: &'v Value, step: &Step, out: &mut Vec<&'v Value>) {
    match step {
        Step::Field(name) => out.extend(value.get(name)),
        Step::Wildcard => match value {
            Value::Array(items) => out.extend(items),
            Value::Object(members) => out.extend(members.values()),
            _ => {}
        },
        Step::Recursive => descend(value, out),
        Step::Index(at) => {
            if let Value::Array(items) = value {
                let len = items.len() as i64;
                let at = if *at < 0 { len + at } else { *at };
                out.extend(usize::try_from(at).ok().and_then(|at| items.get(at)));
            }
        }
        Step::Union(steps) => steps.iter().for_each(|step| one(value, step, out)),
        Step::Slice(start, end, by) => {
            if let Value::Array(items) = value {
                let len = items.len() as i64;
                let bound = |n: i64| if n < 0 { len + n } else { n }.clamp(0, len);
                let start = bound(start.unwrap_or(0));
                let end = bound(end.unwrap_or(len));
                let by = usize::try_from(*by).unwrap_or(1);
                if start < end {
                    out.extend(items[start as usize..end as usize].iter().step_by(by));
                }
            }
        }
        Step::Filter(left, test) => {
            let Value::Array(items) = value else { return };
            for item in items {
                let found = walk(item, left);
                let passes = match test {
                    None => !found.is_empty(),
                    Some((operator, right)) => found.first().is_some_and(|left| match right {
                        Operand::Value(right) => compare(left, *operator, right),
                        Operand::Path(path) => walk(item, path)
                            .first()
                            .is_some_and(|right| compare(left, *operator, right)),
                    }),
                };
                if passes {
                    out.push(item);
                }
            }
        }
    }
}

fn walk<'v>(value: &'v Value, steps: &[Step]) -> Vec<&'v Value> {
    let mut found = vec![value];
    for step in steps {
        let mut next = Vec::new();
        for value in found {
            one(value, step, &mut next);
        }
        found = next;
    }
    found
}

impl JsonPath {
    /// Parses a path such as `.spec.replicas`; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.trim() };
        let steps = parser.steps(|_| false)?;
        Some(Self { steps })
    }

    /// What stands there.
    pub fn find<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        walk(value, &self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn paths() {
        let tree = json!({
            "spec": {"tags": ["a", "b", "c"], "a.b": 1, "n": {"name": "in"}},
            "status": {"conditions": [{"type": "Ready", "status": "True", "n": 3}, {"type": "Other", "status": "False", "n": 5}]},
        });
        let check = |path: &str, expect: Value| {
            let found: Vec<Value> = JsonPath::parse(path)
                .map(|p| p.find(&tree).into_iter().cloned().collect())
                .unwrap_or_default();
            assert_eq!(Value::Array(found), expect, "{path}");
        };
        check(".spec.tags[*]", json!(["a", "b", "c"]));
        check(".spec.tags[0]", json!(["a"]));
        check(".spec.tags[-1]", json!(["c"]));
        check(".spec.tags[0:2]", json!(["a", "b"]));
        check(".spec.tags[0,2]", json!(["a", "c"]));
        check(".spec.a\\.b", json!([1]));
        check(".spec['a.b']", json!([1]));
        check(
            ".status.conditions[?(@.type==\"Ready\")].status",
            json!(["True"]),
        );
        check(".status.conditions[?(@.n > 4)].type", json!(["Other"]));
        check("..name", json!(["in"]));
        check(".none.here", json!([]));
        assert_eq!(JsonPath::parse("spec"), None);
        assert_eq!(JsonPath::parse(".spec["), None);
    }
}
