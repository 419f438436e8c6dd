//! Configuration files: read as a tree and held against the members that their
//! kind has, as upstream's decoder does with its types.

use skeg_meta::{FieldError, FieldPath, names};
use skeg_schema::{DecodeOptions, Value, decode_yaml};

use crate::text::quote;

/// What a member of an object may be.
pub(crate) enum Shape {
    /// A text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A list of texts.
    Texts,
    /// Anything: it is not looked at.
    Any,
    /// An object with these members.
    Object(&'static [Member]),
    /// A list of objects with these members.
    Objects(&'static [Member]),
}

/// A member's name and what it may be.
pub(crate) type Member = (&'static str, Shape);

/// A kind of configuration file.
pub(crate) struct FileKind {
    pub(crate) kind: &'static str,
    pub(crate) group: &'static str,
    pub(crate) versions: &'static [&'static str],
    /// A file that names a version and no kind is of this one: it is read into that.
    pub(crate) is_implied: bool,
    /// All but `apiVersion` and `kind`.
    pub(crate) members: &'static [Member],
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) value: Value,
    /// What a strict decoder does not take, in upstream's words: unknown
    /// fields, and fields that stand twice.
    pub(crate) complaints: Vec<String>,
}

impl Read {
    /// The tree, if a strict decoder takes it.
    pub(crate) fn strict(self) -> Result<Value, String> {
        if self.complaints.is_empty() {
            return Ok(self.value);
        }
        Err(format!(
            "strict decoding error: {}",
            self.complaints.join(", ")
        ))
    }
}

impl FileKind {
    /// Reads YAML or JSON.
    ///
    /// # Errors
    /// It is neither, is of another kind, or a member has the wrong type.
    pub(crate) fn read(&self, content: &[u8]) -> Result<Read, String> {
        let decoded =
            decode_yaml(content, None, &DecodeOptions::strict()).map_err(|e| e.to_string())?;
        let mut complaints = decoded.complaints;
        let mut value = decoded.value;
        if !content.trim_ascii_start().starts_with(b"{") {
            // YAML is read by way of JSON, whose members are sorted.
            value.sort();
        }
        let root = FieldPath::default();
        if !matches!(value, Value::Null | Value::Object(_)) {
            return Err(mistyped(&value, &root, "object"));
        }
        let unsaid = matches!(&value["kind"], Value::Null) && value["apiVersion"].is_string();
        if self.is_implied && unsaid {
            value.set_at(&["kind"], self.kind);
        }
        let (version, kind) = (&value["apiVersion"], &value["kind"]);
        for (key, member) in [("Kind", kind), ("apiVersion", version)] {
            match member {
                Value::String(text) if !text.is_empty() => {}
                Value::Null | Value::String(_) => {
                    return Err(format!("Object '{key}' is missing in '{value}'"));
                }
                other => return Err(mistyped(other, &root.child(key), "string")),
            }
        }
        let said = version.as_str().unwrap_or_default();
        let (group, short) = said.split_once('/').unwrap_or(("", said));
        let kind = kind.as_str().unwrap_or_default();
        if kind != self.kind || group != self.group || !self.versions.contains(&short) {
            return Err(format!(
                "no kind {} is registered for version {}",
                quote(kind),
                quote(said)
            ));
        }
        members(&value, &root, self.members, &mut complaints)?;
        Ok(Read { value, complaints })
    }
}

fn mistyped(value: &Value, path: &FieldPath, wanted: &str) -> String {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("json: cannot unmarshal {is} into field {path} of type {wanted}")
}

fn members(
    value: &Value,
    path: &FieldPath,
    known: &[Member],
    complaints: &mut Vec<String>,
) -> Result<(), String> {
    let object = match value {
        Value::Null => return Ok(()),
        Value::Object(object) => object,
        other => return Err(mistyped(other, path, "object")),
    };
    let is_root = *path == FieldPath::default();
    for (key, value) in object.iter() {
        if is_root && matches!(key.as_ref(), "apiVersion" | "kind") {
            continue;
        }
        let path = path.child(key.as_ref());
        match known.iter().find(|(name, _)| *name == key.as_ref()) {
            Some((_, shape)) => member(value, &path, shape, complaints)?,
            None => complaints.push(format!("unknown field {}", quote(&path.to_string()))),
        }
    }
    Ok(())
}

fn member(
    value: &Value,
    path: &FieldPath,
    shape: &Shape,
    complaints: &mut Vec<String>,
) -> Result<(), String> {
    match (shape, value) {
        (_, Value::Null)
        | (Shape::Any, _)
        | (Shape::Text, Value::String(_))
        | (Shape::Bool, Value::Bool(_)) => Ok(()),
        (Shape::Text, other) => Err(mistyped(other, path, "string")),
        (Shape::Bool, other) => Err(mistyped(other, path, "bool")),
        (Shape::Object(known), value) => members(value, path, known, complaints),
        (Shape::Texts, Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, item)| member(item, &path.index(at), &Shape::Text, complaints)),
        (Shape::Objects(known), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, item)| members(item, &path.index(at), known, complaints)),
        (Shape::Texts | Shape::Objects(_), other) => Err(mistyped(other, path, "array")),
    }
}

/// A member that is a text; empty where it is not there.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// What is in a list; nothing where there is none.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |items| items)
}

/// A list of texts.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    items(value)
        .iter()
        .map(|item| item.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// What may stand in the path of a domain-prefixed name, besides letters and digits.
const PATH_SIGNS: &str = "/-._~%!$&'()*+,;=:";

/// Says what keeps a key from being a domain and a path, `acme.io/foo`. The
/// empty one is for the caller to judge.
pub(crate) fn check_domain_prefixed(key: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let mut invalid = |value: &str, words: &str| {
        errors.push(FieldError::invalid(path, value, words));
    };
    let (domain, rest) = key.split_once('/').unwrap_or_default();
    if domain.is_empty() || rest.is_empty() {
        let words = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return invalid(key, words);
    }
    for words in names::dns1123_subdomain(domain) {
        invalid(domain, &words);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || PATH_SIGNS.contains(c);
    if !rest.chars().all(fits) {
        let words =
            "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
        invalid(rest, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKind = FileKind {
        kind: "Shelf",
        group: "example.com",
        versions: &["v1"],
        is_implied: false,
        members: &[
            ("name", Shape::Text),
            ("open", Shape::Bool),
            ("notes", Shape::Any),
            (
                "books",
                Shape::Objects(&[("titles", Shape::Texts), ("by", Shape::Object(&[]))]),
            ),
        ],
    };

    #[test]
    fn files_are_held_against_their_kind() {
        let read = |text: &str| {
            FILE.read(format!("apiVersion: example.com/v1\nkind: Shelf\n{text}").as_bytes())
        };
        let fine =
            read("name: a\nopen: true\nnotes: [1]\nbooks: [{titles: [x, null]}, null]").unwrap();
        assert_eq!(texts(&fine.value["books"][0]["titles"]), ["x", ""]);
        assert!(fine.strict().is_ok());
        let loose = read("size: 3\nname: a\nname: b\nbooks: [{by: {whom: me}}]").unwrap();
        assert_eq!(text(&loose.value, "name"), "b");
        assert_eq!(
            loose.strict().unwrap_err(),
            "strict decoding error: yaml: unmarshal errors:\n  line 5: key \"name\" already set in map, unknown field \"books[0].by.whom\", unknown field \"size\""
        );
        let check = |text: &str, expect: &str| assert_eq!(read(text).unwrap_err(), expect);
        check(
            "name: 5",
            "json: cannot unmarshal number into field name of type string",
        );
        check(
            "books: [{titles: [true]}]",
            "json: cannot unmarshal bool into field books[0].titles[0] of type string",
        );
        check(
            "books: {}",
            "json: cannot unmarshal object into field books of type array",
        );
        let head = |text: &str, expect: &str| {
            assert_eq!(FILE.read(text.as_bytes()).unwrap_err(), expect);
        };
        head("", "Object 'Kind' is missing in 'null'");
        head(
            "kind: Shelf",
            "Object 'apiVersion' is missing in '{\"kind\":\"Shelf\"}'",
        );
        head(
            "{kind: Shelf, apiVersion: example.com/v9}",
            "no kind \"Shelf\" is registered for version \"example.com/v9\"",
        );
    }
}
