//! Where a rule says its fault is: `.spec['a.b'].c`, names of properties and
//! keys of maps below the place of the rule.

use skeg_schema::dynamic::Node;

/// The path as messages show it; `None` if it is none or leads to no field.
pub fn shown(path: &str, node: &Node) -> Option<String> {
    let mut tokens = Tokens(path);
    let mut node = Some(node);
    let mut out = String::new();
    while let Some(token) = tokens.next() {
        let name = match token {
            "[" => {
                let quoted = tokens.next()?;
                let inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
                let name = unescaped(inner)?;
                (tokens.next()? == "]").then_some(name)?
            }
            "." => tokens.next()?.to_owned(),
            _ => return None,
        };
        let here = node?;
        if here.properties.is_empty() {
            here.additional.as_ref()?;
            node = here.additional_node();
            out = format!("{out}[{name}]");
        } else {
            node = Some(here.property(&name)?);
            let dot = if out.is_empty() { "" } else { "." };
            out = format!("{out}{dot}{name}");
        }
    }
    Some(out)
}

/// Dots and brackets, and what stands between them; nothing within quotes parts.
struct Tokens<'t>(&'t str);

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let end = match self.0.as_bytes().first()? {
            b'.' | b'[' | b']' => 1,
            b'\'' => {
                let bytes = self.0.as_bytes();
                let close = (1..bytes.len()).find(|&n| bytes[n] == b'\'' && bytes[n - 1] != b'\\');
                close.map_or(bytes.len(), |n| n + 1)
            }
            _ => self.0.find(['.', '[', ']']).unwrap_or(self.0.len()),
        };
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(token)
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next() {
            // A last one stands for itself.
            None => '\\',
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some(c @ ('\'' | '\\')) => c,
            Some(_) => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn paths_of_faults() {
        let node = Node::compile(&json!({"type": "object", "properties": {
            "foo": {"type": "object", "properties": {
                "b.c": {"type": "object", "properties": {"c\u{7}": {"type": "string"}, "it's": {"type": "string"}}},
            }},
            "m": {"type": "object", "additionalProperties": {"type": "object", "properties": {"x": {"type": "string"}}}},
        }}));
        let check = |path: &str, expect: Option<&str>| {
            assert_eq!(shown(path, &node).as_deref(), expect, "{path}");
        };
        check(".foo", Some("foo"));
        check("['foo']", Some("foo"));
        check(".foo['b.c']", Some("foo.b.c"));
        check(r".foo['b.c']['c\a']", Some("foo.b.c.c\u{7}"));
        check(r".foo['b.c']['it\'s']", Some("foo.b.c.it's"));
        check(".m.a.x", Some("m[a].x"));
        check(".m['a.b'].x", Some("m[a.b].x"));
        for bad in [
            "foo",
            "   ",
            ".",
            ".foo.",
            ".bar",
            "[\"foo\"]",
            "[ 'foo' ]",
            "[ 'foo']",
            "['foo' ]",
            "['foo'",
            "['foo",
            "[']",
            ".['foo']",
            r".foo['b\.c']",
            ".foo['b.c']['c\\q']",
        ] {
            check(bad, None);
        }
    }
}
