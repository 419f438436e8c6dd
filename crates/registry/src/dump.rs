//! Values as upstream's error messages show them: objects are printed by their
//! internal Go types, which have Go's field names, no `omitempty` and the
//! fields of the versioned type in the same order. Types of meta/v1 keep their
//! JSON form.

use crate::tree;
use skeg_schema::{FieldDesc, FieldType, MessageDesc, Object, Omit, TypeId, Value};
use std::collections::HashMap;
use std::ops::Range;

/// A value of a named type (`core/v1.PodSpec`) in Go's form.
pub fn go(v: &Value, type_name: &str) -> Value {
    match TypeId::by_name(type_name) {
        Some(ty) => message(v, ty.desc()),
        None => v.clone(),
    }
}

/// A list of such values.
pub fn go_list(v: &Value, type_name: &str) -> Value {
    match v {
        Value::Array(items) => Value::Array(items.iter().map(|i| go(i, type_name)).collect()),
        other => other.clone(),
    }
}

/// A value of a named type in its JSON form: fields in Go's order, zeros left out
/// as `omitempty` says, map keys sorted.
pub fn json(v: &Value, type_name: &str) -> Value {
    match TypeId::by_name(type_name) {
        Some(ty) => plain(v, ty.desc()),
        None => v.sorted(),
    }
}

fn is_meta(desc: &MessageDesc) -> bool {
    desc.name.starts_with("meta/")
}

/// Whether a field may be nil inside. Nearly all are as in the versioned types.
fn is_pointer(desc: &MessageDesc, field: &FieldDesc) -> bool {
    let plain =
        desc.name == "apps/v1.RollingUpdateStatefulSetStrategy" && field.json == "partition";
    field.pointer && !plain
}

fn message(v: &Value, desc: &'static MessageDesc) -> Value {
    if v.is_null() {
        return Value::Null;
    }
    if is_meta(desc) {
        return plain(v, desc);
    }
    let mut out = Object::new();
    for f in desc.fields {
        match f.json {
            "kind" | "apiVersion" if desc.type_meta => continue,
            "metadata" => {
                // Embedded: its fields stand beside the others.
                if let Value::Object(meta) = field(tree::at(v, f.json), f.ty) {
                    for (k, v) in meta {
                        out.insert(k, v);
                    }
                }
                continue;
            }
            _ => {}
        }
        let value = tree::at(v, f.json);
        let shown = if value.is_null() && !is_pointer(desc, f) {
            zero(f.ty)
        } else {
            field(value, f.ty)
        };
        out.insert(f.go, shown);
    }
    Value::Object(out)
}

fn plain(v: &Value, desc: &'static MessageDesc) -> Value {
    let mut out = Object::new();
    for f in desc.fields {
        let value = tree::at(v, f.json);
        if !tree::is_zero(value) {
            out.insert(f.json, field_plain(value, f.ty));
        } else if f.omit == Omit::Never && !f.pointer {
            let shown = match f.ty {
                FieldType::Message(m) => plain(&Value::Null, m.desc()),
                ty => zero(ty),
            };
            out.insert(f.json, shown);
        }
    }
    Value::Object(out)
}

fn field(v: &Value, ty: FieldType) -> Value {
    walk(v, ty, message)
}

fn field_plain(v: &Value, ty: FieldType) -> Value {
    walk(v, ty, plain)
}

fn walk(v: &Value, ty: FieldType, each: fn(&Value, &'static MessageDesc) -> Value) -> Value {
    match (ty.message(), v) {
        (_, Value::Null) => Value::Null,
        (Some(m), Value::Array(items)) => {
            Value::Array(items.iter().map(|i| each(i, m.desc())).collect())
        }
        (Some(m), Value::Object(o)) if matches!(ty, FieldType::Map(_)) => {
            let mut pairs: Vec<_> = o.iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(b.0));
            let shown: Object = pairs
                .into_iter()
                .map(|(k, v)| (k.clone(), each(v, m.desc())))
                .collect();
            Value::Object(shown)
        }
        (Some(m), v) => each(v, m.desc()),
        (None, v) => v.sorted(),
    }
}

fn zero(ty: FieldType) -> Value {
    match ty {
        FieldType::Message(m) => message(&Value::object(), m.desc()),
        FieldType::String => Value::from(""),
        FieldType::Bool => Value::Bool(false),
        FieldType::Int32 | FieldType::Int64 | FieldType::IntOrString => Value::Int(0),
        FieldType::Quantity => Value::from("0"),
        _ => Value::Null,
    }
}

/// A value as JSON text, indented by one space a level, as upstream's diffs
/// show it.
pub fn indented(v: &Value) -> Vec<String> {
    let mut out = vec![String::new()];
    print(v, 0, &mut out);
    out
}

fn print(v: &Value, depth: usize, out: &mut Vec<String>) {
    let push = |out: &mut Vec<String>, text: &str| {
        if let Some(last) = out.last_mut() {
            last.push_str(text);
        }
    };
    let line = |out: &mut Vec<String>, depth: usize| out.push(" ".repeat(depth));
    match v {
        Value::Object(o) if !o.is_empty() => {
            push(out, "{");
            for (n, (k, v)) in o.iter().enumerate() {
                line(out, depth + 1);
                push(out, &format!("{}: ", Value::String(k.to_string())));
                print(v, depth + 1, out);
                if n + 1 < o.len() {
                    push(out, ",");
                }
            }
            line(out, depth);
            push(out, "}");
        }
        Value::Array(items) if !items.is_empty() => {
            push(out, "[");
            for (n, v) in items.iter().enumerate() {
                line(out, depth + 1);
                print(v, depth + 1, out);
                if n + 1 < items.len() {
                    push(out, ",");
                }
            }
            line(out, depth);
            push(out, "]");
        }
        other => push(out, &other.to_string()),
    }
}

/// A unified diff with three lines around each change, as Python's difflib
/// makes it, of which upstream uses a translation: the longest equal run
/// decides first, then those on both sides of it.
pub fn diff(old: &[String], new: &[String]) -> String {
    const CONTEXT: usize = 3;
    let changes = Matcher::new(old, new).changes();
    let mut out = String::new();
    let mut rest = &changes[..];
    while let Some(first) = rest.first() {
        // Changes with at most twice the context between them share a hunk.
        let count = 1 + rest
            .windows(2)
            .take_while(|two| two[1].old.start - two[0].old.end <= 2 * CONTEXT)
            .count();
        let (hunk, others) = rest.split_at(count);
        rest = others;
        let last = &hunk[count - 1];
        let before = CONTEXT.min(first.old.start);
        let after = CONTEXT.min(old.len() - last.old.end);
        let shown_old = first.old.start - before..last.old.end + after;
        let shown_new = first.new.start - before..last.new.end + after;
        out.push_str(&format!(
            "@@ -{} +{} @@\n",
            range(&shown_old),
            range(&shown_new)
        ));
        let mut at = shown_old.start;
        let mut tell = |sign: char, lines: &[String]| {
            for text in lines {
                out.push(sign);
                out.push_str(text);
                out.push('\n');
            }
        };
        for change in hunk {
            tell(' ', &old[at..change.old.start]);
            tell('-', &old[change.old.clone()]);
            tell('+', &new[change.new.clone()]);
            at = change.old.end;
        }
        tell(' ', &old[at..shown_old.end]);
    }
    out
}

fn range(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        len => format!("{},{len}", lines.start + 1),
    }
}

/// Lines of the old text that became lines of the new one.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Finds what two texts have in common.
struct Matcher<'a> {
    old: &'a [String],
    new: &'a [String],
    /// Where each line of the new text stands; lines that stand everywhere in
    /// a long text are left out.
    places: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Matcher<'a> {
    fn new(old: &'a [String], new: &'a [String]) -> Self {
        const LONG: usize = 200;
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, line) in new.iter().enumerate() {
            places.entry(line).or_default().push(at);
        }
        if new.len() >= LONG {
            let often = new.len() / 100 + 1;
            places.retain(|_, at| at.len() <= often);
        }
        Self { old, new, places }
    }

    /// The longest run that both ranges have, the first of several.
    fn longest(&self, old: &Range<usize>, new: &Range<usize>) -> (usize, usize, usize) {
        let (mut best_old, mut best_new, mut best_len) = (old.start, new.start, 0);
        // How long a run ends at each place of the new text, for the line before.
        let mut ending: HashMap<usize, usize> = HashMap::new();
        for at in old.clone() {
            let mut next = HashMap::new();
            let places = self.places.get(self.old[at].as_str());
            for &place in places.into_iter().flatten() {
                if place < new.start {
                    continue;
                }
                if place >= new.end {
                    break;
                }
                let before = place.checked_sub(1).and_then(|p| ending.get(&p));
                let len = before.copied().unwrap_or(0) + 1;
                next.insert(place, len);
                if len > best_len {
                    (best_old, best_new, best_len) = (at + 1 - len, place + 1 - len, len);
                }
            }
            ending = next;
        }
        // Lines that were left out may stand around it.
        while best_old > old.start
            && best_new > new.start
            && self.old[best_old - 1] == self.new[best_new - 1]
        {
            (best_old, best_new, best_len) = (best_old - 1, best_new - 1, best_len + 1);
        }
        while best_old + best_len < old.end
            && best_new + best_len < new.end
            && self.old[best_old + best_len] == self.new[best_new + best_len]
        {
            best_len += 1;
        }
        (best_old, best_new, best_len)
    }

    fn changes(&self) -> Vec<Change> {
        let mut runs = Vec::new();
        let mut open = vec![(0..self.old.len(), 0..self.new.len())];
        while let Some((old, new)) = open.pop() {
            let (at_old, at_new, len) = self.longest(&old, &new);
            if len == 0 {
                continue;
            }
            runs.push((at_old, at_new, len));
            if old.start < at_old && new.start < at_new {
                open.push((old.start..at_old, new.start..at_new));
            }
            if at_old + len < old.end && at_new + len < new.end {
                open.push((at_old + len..old.end, at_new + len..new.end));
            }
        }
        runs.sort_unstable();
        runs.push((self.old.len(), self.new.len(), 0));
        let (mut old, mut new) = (0, 0);
        let mut changes = Vec::new();
        for (at_old, at_new, len) in runs {
            if old < at_old || new < at_new {
                changes.push(Change {
                    old: old..at_old,
                    new: new..at_new,
                });
            }
            (old, new) = (at_old + len, at_new + len);
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn diffs_have_three_lines_around() {
        let old = lines("a b c d e f g h");
        let new = lines("a b c d X f g h");
        assert_eq!(
            diff(&old, &new),
            "@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+X\n f\n g\n h\n"
        );
    }

    #[test]
    fn near_changes_share_a_hunk() {
        let old = lines("a b c d e");
        let new = lines("a X c Y e");
        assert_eq!(
            diff(&old, &new),
            "@@ -1,5 +1,5 @@\n a\n-b\n+X\n c\n-d\n+Y\n e\n"
        );
    }
    #[test]
    fn an_element_put_before_its_like() {
        let old = lines("[ { a } ]");
        let new = lines("[ { b } { a } ]");
        assert_eq!(
            diff(&old, &new),
            "@@ -1,4 +1,7 @@\n [\n+{\n+b\n+}\n {\n a\n }\n"
        );
    }
}
