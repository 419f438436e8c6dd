//! Names of fields as identifiers, as Kubernetes writes them.

const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Whether a word is no name of a field unless it is escaped.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// A field's name as an identifier: `.`, `-`, `/` and `__` are spelled out,
/// and reserved words stand between underscores. `None` where a name has a
/// character that cannot be written.
#[must_use]
pub fn escape(name: &str) -> Option<String> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if is_reserved(name) {
        return Some(format!("__{name}__"));
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("__") {
            out.push_str("__underscores__");
            rest = behind;
            continue;
        }
        match c {
            '.' => out.push_str("__dot__"),
            '-' => out.push_str("__dash__"),
            '/' => out.push_str("__slash__"),
            c if c.is_ascii_alphanumeric() || c == '_' => out.push(c),
            _ => return None,
        }
        rest = &rest[c.len_utf8()..];
    }
    Some(out)
}

/// The name that an identifier of [`escape`] stands for; `None` where a
/// spelled-out part is none that [`escape`] makes.
#[must_use]
pub fn unescape(ident: &str) -> Option<String> {
    if !ident.contains("__") {
        return Some(ident.to_owned());
    }
    let mut out = String::with_capacity(ident.len());
    let mut rest = ident;
    while let Some(start) = rest.find("__") {
        let inside = &rest[start + 2..];
        let length = inside.find('_').unwrap_or(inside.len());
        if length == 0 || !inside[length..].starts_with("__") {
            // No spelled-out part begins at this underscore.
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        let word = &inside[..length];
        out.push_str(&rest[..start]);
        out.push_str(match word {
            "underscores" => "__",
            "dot" => ".",
            "dash" => "-",
            "slash" => "/",
            word if is_reserved(word) && word.len() + 4 == ident.len() => word,
            _ => return None,
        });
        rest = &inside[length + 2..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_back() {
        for (name, ident) in [
            ("plain", "plain"),
            ("a.b", "a__dot__b"),
            ("a-b/c", "a__dash__b__slash__c"),
            ("a__b", "a__underscores__b"),
            ("namespace", "__namespace__"),
            ("_x", "_x"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(escape(name).as_deref(), Some(ident));
            assert_eq!(unescape(ident).as_deref(), Some(name));
        }
        assert_eq!(escape("1a"), None);
        assert_eq!(escape("a b"), None);
        assert_eq!(unescape("a__nothing__b"), None);
    }
}
