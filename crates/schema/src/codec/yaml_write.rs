//! Trees to YAML as `sigs.k8s.io/yaml` prints them: keys sorted, two spaces a
//! level, lists at their key's own level.

use super::yaml_read::plain;
use crate::{Key, Value};

/// Where longer texts go on in a next line.
const WIDTH: usize = 80;

/// Writes a tree as one document, with a line feed at its end.
#[must_use]
pub fn encode_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => object(value, 0, &mut out),
        Value::Array(items) if !items.is_empty() => list(value, 0, &mut out),
        _ => {
            scalar(value, 0, &mut out);
            out.push('\n');
        }
    }
    out
}

fn pad(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Members, the first on the line that is already begun.
fn object(value: &Value, depth: usize, out: &mut String) {
    let Value::Object(members) = value else {
        return;
    };
    let mut sorted: Vec<(&Key, &Value)> = members.iter().collect();
    sorted.sort_by(|a, b| natural(a.0, b.0));
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            pad(depth, out);
        }
        text(key, 0, out);
        out.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                out.push('\n');
                pad(depth + 1, out);
                object(value, depth + 1, out);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                pad(depth, out);
                list(value, depth, out);
            }
            _ => {
                out.push(' ');
                scalar(value, depth + 1, out);
                out.push('\n');
            }
        }
    }
}

/// Items, the first on the line that is already begun.
fn list(value: &Value, depth: usize, out: &mut String) {
    let Value::Array(items) = value else { return };
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            pad(depth, out);
        }
        out.push_str("- ");
        match item {
            Value::Object(members) if !members.is_empty() => object(item, depth + 1, out),
            Value::Array(items) if !items.is_empty() => list(item, depth + 1, out),
            _ => {
                scalar(item, depth + 1, out);
                out.push('\n');
            }
        }
    }
}

/// Keys as go-yaml sorts them: letters behind others, digits by their number.
fn natural(a: &str, b: &str) -> std::cmp::Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut digits = false;
    for at in 0..left.len().min(right.len()) {
        let (x, y) = (left[at], right[at]);
        if x == y {
            digits = x.is_ascii_digit();
            continue;
        }
        let (x_letter, y_letter) = (x.is_alphabetic(), y.is_alphabetic());
        if x_letter && y_letter {
            return x.cmp(&y);
        }
        if x_letter || y_letter {
            // Behind a number a letter comes before, elsewhere after, what is none.
            return if digits {
                y_letter.cmp(&x_letter)
            } else {
                x_letter.cmp(&y_letter)
            };
        }
        let number = |chars: &[char]| {
            chars[at..]
                .iter()
                .take_while(|c| c.is_ascii_digit())
                .fold(0u128, |sum, c| {
                    sum.saturating_mul(10)
                        .saturating_add(u128::from(*c as u32 - '0' as u32))
                })
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x_number, y_number) = (number(&left), number(&right));
            let length = |chars: &[char]| {
                chars[at..]
                    .iter()
                    .take_while(|c| c.is_ascii_digit())
                    .count()
            };
            return x_number
                .cmp(&y_number)
                .then(length(&left).cmp(&length(&right)))
                .then(x.cmp(&y));
        }
        return x.cmp(&y);
    }
    left.len().cmp(&right.len())
}

fn scalar(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::String(content) => text(content, depth, out),
        Value::Object(_) => out.push_str("{}"),
        Value::Array(_) => out.push_str("[]"),
        other => out.push_str(&other.to_string()),
    }
}

fn text(content: &str, depth: usize, out: &mut String) {
    let odd = content.chars().any(|c| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
    });
    let mut line = Line::new(content, depth, out);
    if odd {
        return double(content, &mut line, out);
    }
    if content.contains('\n') && depth > 0 {
        return literal(content, depth, out);
    }
    // What would read back as something else is quoted twice, as Go does.
    let reads_as_another = !plain(content).is_string() || names_no_number(content);
    if reads_as_another || looks_like_time(content) || base60(content) {
        return double(content, &mut line, out);
    }
    if is_plain(content) {
        spaced(content, Quote::None, &mut line, out);
    } else if content.contains('\n') {
        double(content, &mut line, out);
    } else {
        line.put('\'', out);
        spaced(content, Quote::Single, &mut line, out);
        line.put('\'', out);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    None,
    Single,
    Double,
}

/// The line that is written; knows where it may end.
struct Line {
    /// Characters of it so far; `None`: this text fits, or must not be broken.
    column: Option<usize>,
    depth: usize,
    /// The last character was a space.
    space: bool,
}

impl Line {
    fn new(content: &str, depth: usize, out: &str) -> Self {
        let begun = &out[out.rfind('\n').map_or(0, |at| at + 1)..];
        // Keys (at no depth) stay whole.
        let long = depth > 0 && begun.len() + content.len() > WIDTH && content.contains(' ');
        Self {
            column: long.then(|| begun.chars().count()),
            depth,
            space: false,
        }
    }

    fn put(&mut self, c: char, out: &mut String) {
        out.push(c);
        self.column = self.column.map(|column| column + 1);
        self.space = c == ' ';
    }

    /// A space; go-yaml ends a line that is too long in its place.
    fn space(&mut self, place: usize, rest: &str, quote: Quote, out: &mut String) {
        let inside = quote == Quote::None || place > 0 && rest.len() > 1;
        let followed = rest[1..].starts_with(' ');
        let ends = self.column.is_some_and(|column| column > WIDTH)
            && !self.space
            && inside
            && (quote == Quote::Double || !followed);
        if !ends {
            return self.put(' ', out);
        }
        out.push('\n');
        pad(self.depth, out);
        self.column = Some(self.depth * 2);
        if followed {
            self.put('\\', out);
        }
        self.space = true;
    }
}

fn spaced(content: &str, quote: Quote, line: &mut Line, out: &mut String) {
    for (place, c) in content.char_indices() {
        match c {
            ' ' => line.space(place, &content[place..], quote, out),
            '\'' if quote == Quote::Single => {
                line.put('\'', out);
                line.put('\'', out);
            }
            c => line.put(c, out),
        }
    }
}

/// Whether YAML takes it for a timestamp.
/// What stands for infinity or for no number, which JSON does not have.
fn names_no_number(content: &str) -> bool {
    let unsigned = content.strip_prefix(['+', '-']).unwrap_or(content);
    let infinite = matches!(unsigned, ".inf" | ".Inf" | ".INF");
    infinite || matches!(content, ".nan" | ".NaN" | ".NAN")
}

fn looks_like_time(content: &str) -> bool {
    let bytes = content.as_bytes();
    let date = bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-';
    if !date {
        return false;
    }
    let mut parts = content.splitn(3, '-');
    let (_, month, rest) = (
        parts.next(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let number = |text: &str| {
        (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !number(month) {
        return false;
    }
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&day) {
        return false;
    }
    let after = &rest[day..];
    after.is_empty() || crate::time::parse(content, false).is_ok()
}

/// Numbers to the base of 60 (`1:30`), which old YAML knows.
fn base60(content: &str) -> bool {
    let digits = content.strip_prefix(['+', '-']).unwrap_or(content);
    content.contains(':')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.split(':').skip(1).all(|part| {
            let part = part.split('.').next().unwrap_or_default();
            (1..=2).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part.len() == 1 || part.as_bytes()[0] <= b'5')
        })
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'_'))
}

fn is_plain(content: &str) -> bool {
    let Some(first) = content.chars().next() else {
        return false;
    };
    if content.starts_with(' ') || content.ends_with(' ') || content.contains(['\n', '\t']) {
        return false;
    }
    if content.starts_with("---") || content.starts_with("...") {
        return false;
    }
    if matches!(
        first,
        '#' | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '\''
            | '"'
            | '%'
            | '@'
            | '`'
    ) {
        return false;
    }
    if matches!(first, '?' | ':' | '-')
        && content[1..].chars().next().is_none_or(|next| next == ' ')
    {
        return false;
    }
    if content == "<<" || content == "=" {
        return false;
    }
    !content.contains(": ") && !content.ends_with(':') && !content.contains(" #")
}

fn literal(content: &str, depth: usize, out: &mut String) {
    let leading_space = content.starts_with([' ', '\n', '\t']);
    let trailing_space = content
        .lines()
        .any(|line| line.ends_with(' ') && line.trim().is_empty());
    if trailing_space && content.trim().is_empty() {
        return double(content, &mut Line::new(content, depth, out), out);
    }
    out.push('|');
    if leading_space {
        out.push('2');
    }
    if !content.ends_with('\n') {
        out.push('-');
    } else if content.ends_with("\n\n") || content == "\n" {
        out.push('+');
    }
    let body = content.strip_suffix('\n').unwrap_or(content);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            pad(depth, out);
            out.push_str(line);
        }
    }
}

fn double(content: &str, line: &mut Line, out: &mut String) {
    line.put('"', out);
    for (place, c) in content.char_indices() {
        let escape = match c {
            ' ' => {
                line.space(place, &content[place..], Quote::Double, out);
                continue;
            }
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\0' => "\\0",
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\u{b}' => "\\v",
            '\u{c}' => "\\f",
            '\u{1b}' => "\\e",
            '\u{85}' => "\\N",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            '\u{FEFF}' => "\\uFEFF",
            c if c.is_control() && (c as u32) < 0x100 => {
                let code = format!("\\x{:02X}", c as u32);
                code.chars().for_each(|c| line.put(c, out));
                continue;
            }
            c => {
                line.put(c, out);
                continue;
            }
        };
        escape.chars().for_each(|c| line.put(c, out));
    }
    line.put('"', out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode_yaml_any;
    use crate::json;

    #[test]
    fn prints_like_kubectl() {
        let value = json!({
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {"name": "a", "labels": {}, "annotations": {"k": "1", "t": "true", "u": "a: b", "e": "", "d": "2026-01-02T03:04:05Z"}},
            "spec": {"containers": [{"name": "c", "command": ["sh", "-c", "echo hi\nexit"], "ports": [{"containerPort": 80}]}]},
            "empty": [], "nothing": null,
        });
        let expect = "apiVersion: v1\nempty: []\nkind: Pod\nmetadata:\n  annotations:\n    d: \"2026-01-02T03:04:05Z\"\n    e: \"\"\n    k: \"1\"\n    t: \"true\"\n    u: 'a: b'\n  labels: {}\n  name: a\nnothing: null\nspec:\n  containers:\n  - command:\n    - sh\n    - -c\n    - |-\n      echo hi\n      exit\n    name: c\n    ports:\n    - containerPort: 80\n";
        assert_eq!(encode_yaml(&value), expect);
    }

    #[test]
    fn keys_stand_as_go_yaml_sorts_them() {
        let value = json!({"f:a": 1, ".": 1, "a1-": 1, "a1b": 1, "a10": 1, "a9": 1, "_": 1});
        let expect = ".: 1\n_: 1\na1b: 1\na1-: 1\na9: 1\na10: 1\nf:a: 1\n";
        assert_eq!(encode_yaml(&value), expect);
    }

    #[test]
    fn long_texts_go_on_in_a_next_line() {
        let words = |count: usize| vec!["words"; count].join(" ");
        let check = |value: Value, expect: &str| {
            let written = encode_yaml(&value);
            assert_eq!(written, expect);
            assert_eq!(decode_yaml_any(written.as_bytes()), Ok(value));
        };
        check(
            json!({"k": words(16)}),
            &format!("k: {}\n  words words\n", words(14)),
        );
        check(
            json!({"a": {"k": [format!("'{}", words(16))]}}),
            &format!("a:\n  k:\n  - '''{}\n    words words words'\n", words(13)),
        );
        check(
            json!({"k": format!("\u{1} {}  x", words(13))}),
            &format!("k: \"\\x01 {}\n  \\ x\"\n", words(13)),
        );
        let whole = "w".repeat(100);
        check(json!({"k": whole.as_str()}), &format!("k: {whole}\n"));
        let key = format!("{{{:?}: 1}}", words(16));
        let keyed = decode_yaml_any(key.as_bytes()).unwrap();
        check(keyed, &format!("{}: 1\n", words(16)));
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "plain",
            "",
            " lead",
            "trail ",
            "a: b",
            "a #b",
            "#c",
            "- x",
            "-",
            "-x",
            "?",
            "yes",
            "no",
            "~",
            "null",
            "1",
            "1.5",
            "0x1",
            "1e3",
            "line\nline",
            "line\n",
            "\nline",
            "  in\n dent",
            "tab\there",
            "quote'\"",
            "{a}",
            "[b]",
            "*c",
            "&d",
            "!e",
            "|f",
            "%g",
            "@h",
            "`i`",
            "a\u{1}b",
            "é",
            "a:",
            ":a",
            "1:30",
            "2026-01-02",
            "---",
            "<<",
            "a\n\n",
            "\n",
            " \n ",
        ] {
            let value = json!({"k": text, "l": [text]});
            let written = encode_yaml(&value);
            assert_eq!(
                decode_yaml_any(written.as_bytes()),
                Ok(value),
                "{text:?} as\n{written}"
            );
        }
    }

    #[test]
    fn texts_that_name_no_number_are_quoted() {
        for (text, expect) in [
            (".inf", "\".inf\"\n"),
            ("-.INF", "\"-.INF\"\n"),
            (".NaN", "\".NaN\"\n"),
            (".infinite", ".infinite\n"),
        ] {
            assert_eq!(encode_yaml(&Value::from(text)), expect);
        }
    }
}
