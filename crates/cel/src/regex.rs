//! Regular expressions: RE2's syntax, compiled once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::{Regex, RegexBuilder};

/// How many compiled expressions are kept.
const KEPT: usize = 512;
/// How large a compiled expression may be, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A compiled expression, or what Go says of it.
pub(crate) fn compile(pattern: &str) -> Result<Arc<Regex>, String> {
    static CACHE: OnceLock<Mutex<HashMap<String, Arc<Regex>>>> = OnceLock::new();
    let cache = CACHE.get_or_init(Mutex::default);
    let lock = || cache.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(held) = lock().get(pattern) {
        return Ok(held.clone());
    }
    if let Some(complaint) = complaint(pattern) {
        return Err(format!("error parsing regexp: {complaint}"));
    }
    let compiled = RegexBuilder::new(&translated(pattern))
        .size_limit(SIZE_LIMIT)
        .build()
        .map(Arc::new)
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "error parsing regexp: expression too large".to_owned()
            }
            _ => format!("error parsing regexp: invalid expression: `{pattern}`"),
        })?;
    let mut cache = lock();
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(pattern.to_owned(), compiled.clone());
    Ok(compiled)
}

/// The pattern as the regex crate writes it: `\z` and the classes of Perl
/// mean ASCII in RE2, and `\C`, `\Q…\E` are not known there.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push_str(if class { "0-9" } else { "[0-9]" }),
                Some('w') => out.push_str(if class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('s') => {
                    out.push_str(if class {
                        "\\t\\n\\f\\r "
                    } else {
                        "[\\t\\n\\f\\r ]"
                    });
                }
                Some('D') => out.push_str("[^0-9]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some('S') => out.push_str("[^\\t\\n\\f\\r ]"),
                Some('b') if !class => out.push_str("(?-u:\\b)"),
                Some('B') if !class => out.push_str("(?-u:\\B)"),
                Some('Q') => {
                    let mut quoted = String::new();
                    while let Some(c) = chars.next() {
                        if c == '\\' && chars.peek() == Some(&'E') {
                            chars.next();
                            break;
                        }
                        quoted.push(c);
                    }
                    out.push_str(&regex::escape(&quoted));
                }
                Some(c) => {
                    out.push('\\');
                    out.push(c);
                    // A name or a number in braces: \p{Greek}, \x{41}.
                    if matches!(c, 'p' | 'P' | 'x') && chars.peek() == Some(&'{') {
                        for c in chars.by_ref() {
                            out.push(c);
                            if c == '}' {
                                break;
                            }
                        }
                    }
                }
                None => out.push('\\'),
            },
            '[' if class => {
                if chars.peek() == Some(&':') {
                    out.push('[');
                    for c in chars.by_ref() {
                        out.push(c);
                        if c == ']' {
                            break;
                        }
                    }
                } else {
                    out.push_str("\\[");
                }
            }
            '[' => {
                class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    out.push('^');
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    out.push_str("\\]");
                    chars.next();
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            '&' | '~' if class && chars.peek() == Some(&c) => {
                // The regex crate would read a set operation.
                out.push('\\');
                out.push(c);
            }
            '-' if class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            // A brace that counts nothing stands for itself.
            '{' if !class && !counts(&chars.clone().collect::<String>()) => out.push_str("\\{"),
            '}' if !class && !out_ends_count(&out) => out.push_str("\\}"),
            c => out.push(c),
        }
    }
    out
}

/// Whether `{` before this text begins a repetition.
fn counts(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    !low.is_empty()
        && [low, high]
            .iter()
            .all(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether `}` behind this text ends a repetition, or the name of a class.
fn out_ends_count(out: &str) -> bool {
    out.rfind('{').is_some_and(|open| {
        let inside = &out[open + 1..];
        !out[..open].ends_with('\\')
            && !inside.is_empty()
            && inside
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b',' | b'_' | b'^'))
    })
}

/// What Go says of a pattern that it does not take, of the common mistakes.
fn complaint(pattern: &str) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let from = |at: usize| chars[at..].iter().collect::<String>();
    let mut open = 0_usize;
    let mut at = 0;
    let mut repeatable = false;
    let mut last_repeat: Option<usize> = None;
    while at < chars.len() {
        match chars[at] {
            '\\' => {
                let Some(next) = chars.get(at + 1) else {
                    return Some("trailing backslash at end of expression: ``".to_owned());
                };
                if next.is_ascii_alphanumeric()
                    && !"abBdDfnrstvwWsSAzpPQExCk01234567".contains(*next)
                    || matches!(next, '1'..='9' | 'k' | 'Z' | 'C')
                {
                    return Some(format!("invalid escape sequence: `\\{next}`"));
                }
                if *next == 'Q' {
                    let rest: String = from(at + 2);
                    let length = rest
                        .find("\\E")
                        .map_or(rest.chars().count(), |end| rest[..end].chars().count() + 2);
                    at += length;
                }
                at += 2;
                repeatable = true;
                last_repeat = None;
                continue;
            }
            '[' => {
                let start = at;
                at += 1;
                if chars.get(at) == Some(&'^') {
                    at += 1;
                }
                if chars.get(at) == Some(&']') {
                    at += 1;
                }
                loop {
                    match chars.get(at) {
                        None => return Some(format!("missing closing ]: `{}`", from(start))),
                        Some(']') => break,
                        Some('\\') => at += 2,
                        Some('[') if chars.get(at + 1) == Some(&':') => {
                            let rest = from(at);
                            at += rest
                                .find(":]")
                                .map_or(1, |end| rest[..end].chars().count() + 2);
                        }
                        Some(_) => {
                            if let (Some('-'), Some(high)) = (chars.get(at + 1), chars.get(at + 2))
                                && !matches!(high, ']' | '\\' | '[')
                                && *high < chars[at]
                            {
                                let range: String = chars[at..at + 3].iter().collect();
                                return Some(format!("invalid character class range: `{range}`"));
                            }
                            at += 1;
                        }
                    }
                }
                repeatable = true;
                last_repeat = None;
            }
            '(' => {
                open += 1;
                if chars.get(at + 1) == Some(&'?') && matches!(chars.get(at + 2), Some('=' | '!')) {
                    let shown: String = chars[at..at + 3].iter().collect();
                    return Some(format!("invalid or unsupported Perl syntax: `{shown}`"));
                }
                if chars.get(at + 1) == Some(&'?') {
                    at += 1;
                }
                repeatable = false;
                last_repeat = None;
            }
            ')' => {
                if open == 0 {
                    return Some(format!("unexpected ): `{pattern}`"));
                }
                open -= 1;
                repeatable = true;
                last_repeat = None;
            }
            '|' => {
                repeatable = false;
                last_repeat = None;
            }
            c @ ('*' | '+' | '?') => {
                if !repeatable {
                    return Some(format!("missing argument to repetition operator: `{c}`"));
                }
                if let Some(start) = last_repeat {
                    let shown: String = chars[start..=at].iter().collect();
                    return Some(format!("invalid nested repetition operator: `{shown}`"));
                }
                last_repeat = Some(at);
                if chars.get(at + 1) == Some(&'?') {
                    at += 1;
                }
            }
            '{' if counts(&from(at + 1)) => {
                let inside: String = from(at)
                    .split_inclusive('}')
                    .next()
                    .unwrap_or("")
                    .to_owned();
                if !repeatable {
                    return Some(format!(
                        "missing argument to repetition operator: `{inside}`"
                    ));
                }
                let numbers: Vec<u64> = inside
                    .trim_matches(|c| c == '{' || c == '}')
                    .split(',')
                    .filter(|n| !n.is_empty())
                    .map(|n| n.parse().unwrap_or(u64::MAX))
                    .collect();
                if numbers.iter().any(|n| *n > 1000)
                    || numbers.is_sorted_by(|a, b| a > b) && numbers.len() > 1
                {
                    return Some(format!("invalid repeat count: `{inside}`"));
                }
                at += inside.chars().count() - 1;
                last_repeat = Some(at);
                if chars.get(at + 1) == Some(&'?') {
                    at += 1;
                }
            }
            _ => {
                repeatable = true;
                last_repeat = None;
            }
        }
        at += 1;
    }
    (open > 0).then(|| format!("missing closing ): `{pattern}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_as_go_tells_them() {
        for (pattern, words) in [
            ("[", "missing closing ]: `[`"),
            ("(a", "missing closing ): `(a`"),
            ("a)", "unexpected ): `a)`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("a\\", "trailing backslash at end of expression: ``"),
            ("\\8", "invalid escape sequence: `\\8`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
        ] {
            let expected = format!("error parsing regexp: {words}");
            assert_eq!(compile(pattern).err(), Some(expected));
        }
    }

    #[test]
    fn what_re2_takes_is_taken() {
        for (pattern, text, expected) in [
            ("^[a-c]+$", "abc", true),
            ("\\d+", "٣", false),
            ("\\bfoo\\b", "a foo b", true),
            ("[[:alpha:]]", "x", true),
            ("a{,2}", "a{,2}", true),
            ("\\Qa.b\\E", "a.b", true),
            ("[]a]", "]", true),
            ("[a[]", "[", true),
            ("\\p{Greek}", "α", true),
            ("x{2,3}?", "xx", true),
            ("(?i)ABC", "abc", true),
            ("(?P<n>a)", "a", true),
        ] {
            let regex = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(regex.is_match(text), expected, "{pattern}");
        }
    }
}
