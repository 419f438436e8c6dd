//! What the paths of a template lead to.

use std::borrow::Cow;
use std::cmp::Ordering;

use skeg_schema::Value;

use super::{Bound, JsonPathError, Node, Piece};

type Found<'a> = Vec<Cow<'a, Value>>;

fn wrong<T>(message: impl Into<String>) -> Result<T, JsonPathError> {
    Err(JsonPathError(message.into()))
}

pub(super) fn find(
    pieces: &[Piece],
    object: &Value,
    allow_missing: bool,
) -> Result<Vec<Vec<Value>>, JsonPathError> {
    let eval = Eval { allow_missing };
    let mut all = Vec::new();
    eval.pieces(pieces, object, &mut all)?;
    Ok(all)
}

struct Eval {
    allow_missing: bool,
}

impl Eval {
    fn pieces(
        &self,
        pieces: &[Piece],
        object: &Value,
        all: &mut Vec<Vec<Value>>,
    ) -> Result<(), JsonPathError> {
        for piece in pieces {
            match piece {
                Piece::Path(path) => {
                    let found = self.path(path, vec![Cow::Borrowed(object)])?;
                    all.push(found.into_iter().map(Cow::into_owned).collect());
                }
                Piece::Range(path, inside) => {
                    for element in self.path(path, vec![Cow::Borrowed(object)])? {
                        self.pieces(inside, &element, all)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn path<'a>(&self, path: &[Node], from: Found<'a>) -> Result<Found<'a>, JsonPathError> {
        path.iter()
            .try_fold(from, |from, node| self.step(node, from))
    }

    fn step<'a>(&self, node: &Node, from: Found<'a>) -> Result<Found<'a>, JsonPathError> {
        let literal = |value: Value, from: Found<'a>| {
            Ok(from.iter().map(|_| Cow::Owned(value.clone())).collect())
        };
        match node {
            Node::Text(text) => Ok(vec![Cow::Owned(Value::from(text.as_str()))]),
            Node::Int(number) => literal(Value::Int(*number), from),
            Node::Float(number) => literal(Value::Float(*number), from),
            Node::Bool(is) => literal(Value::Bool(*is), from),
            Node::Field(name) => self.field(name, from),
            Node::Wildcard => Ok(from.into_iter().flat_map(children).collect()),
            Node::Recursive => {
                let mut found = Vec::new();
                from.into_iter()
                    .for_each(|value| descend(value, &mut found));
                Ok(found)
            }
            Node::Slice(bounds) => {
                let mut found = Vec::new();
                for value in from {
                    elements(value, *bounds, &mut found)?;
                }
                Ok(found)
            }
            Node::Union(several) => {
                let mut found = Vec::new();
                for path in several {
                    found.extend(self.path(path, from.clone())?);
                }
                Ok(found)
            }
            Node::Filter {
                left,
                right,
                operator,
            } => {
                let mut found = Vec::new();
                for value in from {
                    if !matches!(&*value, Value::Array(_)) {
                        let text = skeg_schema::go::print(&value);
                        return wrong(format!(
                            "{text} is not array or slice and cannot be filtered"
                        ));
                    }
                    for element in children(value) {
                        if self.passes(&element, left, operator, right)? {
                            found.push(element);
                        }
                    }
                }
                Ok(found)
            }
        }
    }

    fn field<'a>(&self, name: &str, from: Found<'a>) -> Result<Found<'a>, JsonPathError> {
        if from.is_empty() {
            return Ok(from);
        }
        let member = |value: Cow<'a, Value>| match value {
            Cow::Borrowed(value) => value.get(name).map(Cow::Borrowed),
            Cow::Owned(value) => value.get(name).cloned().map(Cow::Owned),
        };
        let found: Found<'a> = from.into_iter().filter_map(member).collect();
        if found.is_empty() && !self.allow_missing {
            return wrong(format!("{name} is not found"));
        }
        Ok(found)
    }

    fn passes(
        &self,
        element: &Value,
        left: &[Node],
        operator: &str,
        right: &[Node],
    ) -> Result<bool, JsonPathError> {
        let side = |path| self.path(path, vec![Cow::Borrowed(element)]);
        if operator == "exists" {
            return Ok(side(left).is_ok_and(|found| !found.is_empty()));
        }
        let (left, right) = (side(left)?, side(right)?);
        match (&left[..], &right[..]) {
            ([], _) | (_, []) => Ok(false),
            ([left], [right]) => compare(left, operator, right),
            _ => wrong("can only compare one element at a time"),
        }
    }
}

/// The elements of a list, or the values of an object's members.
fn children(value: Cow<'_, Value>) -> Found<'_> {
    match value {
        Cow::Borrowed(Value::Array(items)) => items.iter().map(Cow::Borrowed).collect(),
        Cow::Borrowed(Value::Object(members)) => members
            .iter()
            .map(|(_, member)| Cow::Borrowed(member))
            .collect(),
        Cow::Owned(Value::Array(items)) => items.into_iter().map(Cow::Owned).collect(),
        Cow::Owned(Value::Object(members)) => members
            .into_iter()
            .map(|(_, member)| Cow::Owned(member))
            .collect(),
        _ => Vec::new(),
    }
}

/// Everything that holds something, at any depth.
fn descend<'a>(value: Cow<'a, Value>, found: &mut Found<'a>) {
    let inside = children(value.clone());
    if !inside.is_empty() {
        found.push(value);
        inside.into_iter().for_each(|value| descend(value, found));
    }
}

/// How Go names the type of a decoded value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn elements<'a>(
    value: Cow<'a, Value>,
    [from, to, step]: [Bound; 3],
    found: &mut Found<'a>,
) -> Result<(), JsonPathError> {
    let len = match &*value {
        Value::Null => return Ok(()),
        Value::Array(items) => i64::try_from(items.len()).unwrap_or(i64::MAX),
        other => return wrong(format!("{} is not array or slice", type_of(other))),
    };
    let counted = |index: i64| {
        if index < 0 {
            index.saturating_add(len)
        } else {
            index
        }
    };
    let first = counted(from.value.unwrap_or(0));
    let end = match to.value {
        None => len,
        // The element after the last is the end.
        Some(0) if to.derived => len,
        Some(end) => counted(end),
    };
    if first == end {
        return Ok(());
    }
    let outside = |index: i64| {
        wrong(format!(
            "array index out of bounds: index {index}, length {len}"
        ))
    };
    if first >= len || first < 0 {
        return outside(first);
    }
    if end > len || end < 0 {
        return outside(end.saturating_sub(1));
    }
    if first > end {
        return wrong(format!(
            "starting index {first} is greater than ending index {end}"
        ));
    }
    let step = match step.value {
        None => 1,
        Some(step) if step > 0 => usize::try_from(step).unwrap_or(usize::MAX),
        Some(_) => return wrong("step must be > 0"),
    };
    let index = |index: i64| usize::try_from(index).unwrap_or(usize::MAX);
    let items = children(value).into_iter();
    let items = items.take(index(end)).skip(index(first)).step_by(step);
    found.extend(items);
    Ok(())
}

fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, JsonPathError> {
    #[expect(clippy::cast_precision_loss, reason = "as close as a float comes")]
    let order = match (left, right) {
        (Value::Bool(left), Value::Bool(right)) if matches!(operator, "==" | "!=") => {
            Some(left.cmp(right))
        }
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Null | Value::Array(_) | Value::Object(_), _)
        | (_, Value::Null | Value::Array(_) | Value::Object(_))
        | (Value::Bool(_), Value::Bool(_)) => return wrong("invalid type for comparison"),
        _ => return wrong("incompatible types for comparison"),
    };
    Ok(match operator {
        "==" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ">" => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}
