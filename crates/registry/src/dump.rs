//! Values as upstream's error messages show them: objects are printed by their
//! internal Go types, which have Go's field names, no `omitempty` and the
//! fields of the versioned type in the same order. Types of meta/v1 keep their
//! JSON form.

use crate::tree;
use skeg_schema::{FieldType, MessageDesc, Object, TypeId, Value};

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

/// A value of a named type in its JSON form: fields in Go's order, zeros left
/// out, map keys sorted.
pub fn json(v: &Value, type_name: &str) -> Value {
    match TypeId::by_name(type_name) {
        Some(ty) => plain(v, ty.desc()),
        None => sorted(v),
    }
}

fn is_meta(desc: &MessageDesc) -> bool {
    desc.name.starts_with("meta/")
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
        let shown = if value.is_null() && !f.pointer {
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
        (None, v) => sorted(v),
    }
}

fn sorted(v: &Value) -> Value {
    match v {
        Value::Object(o) => {
            let mut pairs: Vec<_> = o.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
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

/// The first lines that differ with three lines around them, as a unified
/// diff. The longest common subsequence decides, so equal parts stay equal.
pub fn diff(old: &[String], new: &[String]) -> String {
    const CONTEXT: usize = 3;
    let mut start = 0;
    while start < old.len() && start < new.len() && old[start] == new[start] {
        start += 1;
    }
    let (mut old_end, mut new_end) = (old.len(), new.len());
    while old_end > start && new_end > start && old[old_end - 1] == new[new_end - 1] {
        old_end -= 1;
        new_end -= 1;
    }
    // Changes as (old index, new index, removed, added), in order.
    let ops = lcs(&old[start..old_end], &new[start..new_end]);
    let mut out = String::new();
    let mut hunks: Vec<(usize, usize, Vec<Op>)> = Vec::new();
    for (o, n, op) in ops {
        let (o, n) = (o + start, n + start);
        match hunks.last_mut() {
            Some((first_old, _, list)) if near(*first_old, list, o, CONTEXT) => {
                let have = *first_old + list.iter().filter(|op| !matches!(op, Op::Add(_))).count();
                for text in &old[have..o] {
                    list.push(Op::Keep(text.clone()));
                }
                list.push(op);
            }
            _ => hunks.push((o, n, vec![op])),
        }
    }
    for (o, n, list) in hunks {
        let before = CONTEXT.min(o);
        let removed = list.iter().filter(|op| !matches!(op, Op::Add(_))).count();
        let added = list
            .iter()
            .filter(|op| !matches!(op, Op::Remove(_)))
            .count();
        let after = CONTEXT.min(old.len() - (o + removed));
        out.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            o - before + 1,
            before + removed + after,
            n - before + 1,
            before + added + after
        ));
        for text in &old[o - before..o] {
            out.push_str(&format!(" {text}\n"));
        }
        for op in &list {
            match op {
                Op::Keep(t) => out.push_str(&format!(" {t}\n")),
                Op::Remove(t) => out.push_str(&format!("-{t}\n")),
                Op::Add(t) => out.push_str(&format!("+{t}\n")),
            }
        }
        for text in &old[o + removed..o + removed + after] {
            out.push_str(&format!(" {text}\n"));
        }
    }
    out
}

enum Op {
    Keep(String),
    Remove(String),
    Add(String),
}

fn near(first_old: usize, list: &[Op], next: usize, context: usize) -> bool {
    let end = first_old + list.iter().filter(|op| !matches!(op, Op::Add(_))).count();
    next <= end + 2 * context
}

// Edits between two short lists. Bounded: beyond a million cells everything
// counts as changed.
fn lcs(a: &[String], b: &[String]) -> Vec<(usize, usize, Op)> {
    let mut out = Vec::new();
    if a.len() * b.len() > 1_000_000 {
        out.extend(
            a.iter()
                .enumerate()
                .map(|(i, t)| (i, 0, Op::Remove(t.clone()))),
        );
        out.extend(
            b.iter()
                .enumerate()
                .map(|(j, t)| (a.len(), j, Op::Add(t.clone()))),
        );
        return out;
    }
    let width = b.len() + 1;
    let mut table = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i * width + j] = if a[i] == b[j] {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            i += 1;
            j += 1;
        } else if j >= b.len()
            || (i < a.len() && table[(i + 1) * width + j] >= table[i * width + j + 1])
        {
            out.push((i, j, Op::Remove(a[i].clone())));
            i += 1;
        } else {
            out.push((i, j, Op::Add(b[j].clone())));
            j += 1;
        }
    }
    out
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
}
