//! Regular expressions in RE2's syntax, compiled once for all who use them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::{Regex, RegexBuilder};

/// How many compiled expressions are kept.
const KEPT: usize = 512;
/// How large a compiled expression may be, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A compiled expression, kept for the next who asks; or what Go says is wrong with it.
///
/// # Errors
///
/// `error parsing regexp: …`, as Go words it.
pub fn compile(pattern: &str) -> Result<Arc<Regex>, String> {
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
            // Nobody asks for groups by name, and Go has names twice.
            '(' if !class && named(&chars.clone().collect::<String>()) => {
                out.push('(');
                chars.by_ref().find(|c| *c == '>');
            }
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

/// Whether `(` before this text begins a group with a name.
fn named(rest: &str) -> bool {
    rest.starts_with("?P<") || rest.starts_with("?<")
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

/// How often something can be repeated, all levels together.
const MAX_REPEAT: u64 = 1000;

/// The classes that `[[:name:]]` names.
const NAMED_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// What is wrong with `\\p…` or `\\x…` at the start of a text.
fn escape_complaint(rest: &[char]) -> Option<String> {
    let braced = rest.get(2) == Some(&'{');
    let end = rest.iter().position(|c| *c == '}');
    match rest.get(1)? {
        'p' | 'P' => {
            let length = match (braced, end) {
                (true, Some(end)) => end + 1,
                (true, None) => rest.len(),
                _ => rest.len().min(3),
            };
            let class: String = rest[..length].iter().collect();
            (Regex::new(&class).is_err())
                .then(|| format!("invalid character class range: `{class}`"))
        }
        'x' => {
            let (start, wanted) = if braced { (3, usize::MAX) } else { (2, 2) };
            let digits: String = rest[start.min(rest.len())..]
                .iter()
                .take(wanted)
                .take_while(|c| c.is_ascii_hexdigit())
                .collect();
            let known = u32::from_str_radix(&digits, 16).is_ok_and(|code| code <= 0x10_FFFF);
            let closed = !braced || end == Some(start + digits.len());
            if known && closed && (braced || digits.len() == 2) {
                return None;
            }
            // What was read, with what did not fit.
            let read = start + digits.len() + usize::from(known || digits.is_empty());
            let shown: String = rest.iter().take(read).collect();
            Some(format!("invalid escape sequence: `{shown}`"))
        }
        _ => None,
    }
}

/// The length of what begins a group with `(?`: a name, or flags.
fn group_head(rest: &[char]) -> Result<usize, String> {
    let shown = |length: usize| rest[..length].iter().collect::<String>();
    let name_at = match (rest.get(2), rest.get(3)) {
        (Some('P'), Some('<')) => Some(4),
        (Some('<'), _) => Some(3),
        _ => None,
    };
    if let Some(start) = name_at {
        let end = rest.iter().position(|c| *c == '>');
        let length = end.map_or(rest.len(), |end| end + 1);
        let fine = end.is_some_and(|end| {
            let mut name = rest[start..end].iter();
            end > start && name.all(|c| c.is_ascii_alphanumeric() || *c == '_')
        });
        return if fine {
            Ok(length)
        } else {
            Err(format!("invalid named capture: `{}`", shown(length)))
        };
    }
    let (mut negated, mut flags) = (false, 0);
    for (at, c) in rest.iter().enumerate().skip(2) {
        match c {
            'i' | 'm' | 's' | 'U' => flags += 1,
            '-' if !negated => (negated, flags) = (true, 0),
            // The parenthesis that ends flags ends the group too.
            ')' if !negated || flags > 0 => return Ok(at),
            ':' if !negated || flags > 0 => return Ok(at + 1),
            _ => {
                let words = "invalid or unsupported Perl syntax";
                return Err(format!("{words}: `{}`", shown(at + 1)));
            }
        }
    }
    let words = "invalid or unsupported Perl syntax";
    Err(format!("{words}: `{}`", shown(rest.len())))
}

/// What Go says of a pattern that it does not take, of the common mistakes.
fn complaint(pattern: &str) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let from = |at: usize| chars[at..].iter().collect::<String>();
    // The most repetitions in each open group, outermost first.
    let mut groups: Vec<u64> = vec![1];
    let mut last_count = 1;
    let mut at = 0;
    let mut repeatable = false;
    let mut last_repeat: Option<usize> = None;
    while at < chars.len() {
        match chars[at] {
            '\\' => {
                let Some(next) = chars.get(at + 1) else {
                    return Some("trailing backslash at end of expression: ``".to_owned());
                };
                if let Some(why) = escape_complaint(&chars[at..]) {
                    return Some(why);
                }
                if !next.is_ascii()
                    || next.is_ascii_alphanumeric()
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
                if matches!(next, 'p' | 'P' | 'x') && chars.get(at) == Some(&'{') {
                    at += chars[at..].iter().position(|c| *c == '}').unwrap_or(0) + 1;
                }
                repeatable = true;
                last_repeat = None;
                last_count = 1;
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
                        Some('\\') if at + 1 == chars.len() => {
                            return Some("trailing backslash at end of expression: ``".to_owned());
                        }
                        Some('\\') => at += 2,
                        Some('[') if chars.get(at + 1) == Some(&':') => {
                            let rest = from(at);
                            let Some(end) = rest.find(":]") else {
                                at += 1;
                                continue;
                            };
                            let name = &rest[..end + 2];
                            if !NAMED_CLASSES.contains(&name[2..end].trim_start_matches('^')) {
                                return Some(format!("invalid character class range: `{name}`"));
                            }
                            at += name.chars().count();
                        }
                        Some(_) => {
                            if let (Some('-'), Some(high)) = (chars.get(at + 1), chars.get(at + 2))
                                && !matches!(high, ']' | '\\' | '[')
                                && *high < chars[at]
                            {
                                let range: String = chars[at..at + 3].iter().collect();
                                return Some(format!("invalid character class range: `{range}`"));
                            }
                            if let (
                                Some('-'),
                                Some('\\'),
                                Some(class @ ('d' | 'D' | 's' | 'S' | 'w' | 'W')),
                            ) = (chars.get(at + 1), chars.get(at + 2), chars.get(at + 3))
                            {
                                return Some(format!("invalid escape sequence: `\\{class}`"));
                            }
                            at += 1;
                        }
                    }
                }
                repeatable = true;
                last_repeat = None;
                last_count = 1;
            }
            '(' => {
                groups.push(1);
                if chars.get(at + 1) == Some(&'?') {
                    match group_head(&chars[at..]) {
                        Ok(length) => at += length - 1,
                        Err(why) => return Some(why),
                    }
                }
                repeatable = false;
                last_repeat = None;
            }
            ')' => {
                let inside = groups.pop().unwrap_or(1);
                let Some(outside) = groups.last_mut() else {
                    return Some(format!("unexpected ): `{pattern}`"));
                };
                *outside = inside.max(*outside);
                last_count = inside;
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
                last_count = 1;
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
                if numbers.iter().any(|n| *n > MAX_REPEAT)
                    || numbers.is_sorted_by(|a, b| a > b) && numbers.len() > 1
                {
                    return Some(format!("invalid repeat count: `{inside}`"));
                }
                let end = at + inside.chars().count() - 1;
                if let Some(start) = last_repeat {
                    let shown: String = chars[start..=end].iter().collect();
                    return Some(format!("invalid nested repetition operator: `{shown}`"));
                }
                // Repetitions of repetitions count together.
                last_count *= numbers.iter().copied().max().unwrap_or(1).max(1);
                if last_count > MAX_REPEAT {
                    return Some(format!("invalid repeat count: `{inside}`"));
                }
                if let Some(most) = groups.last_mut() {
                    *most = last_count.max(*most);
                }
                last_repeat = Some(at);
                at = end;
                if chars.get(at + 1) == Some(&'?') {
                    at += 1;
                }
            }
            _ => {
                repeatable = true;
                last_repeat = None;
                last_count = 1;
            }
        }
        at += 1;
    }
    (groups.len() > 1).then(|| format!("missing closing ): `{pattern}`"))
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
            ("(a{10}){101}", "invalid repeat count: `{101}`"),
            ("((a{10}){10}){11}", "invalid repeat count: `{11}`"),
            ("a{1}{2}", "invalid nested repetition operator: `{1}{2}`"),
            ("a+?{2}", "invalid nested repetition operator: `+?{2}`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?i-)a", "invalid or unsupported Perl syntax: `(?i-)`"),
            ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
            ("(?", "invalid or unsupported Perl syntax: `(?`"),
            ("(?P<n-a>b)", "invalid named capture: `(?P<n-a>`"),
            ("(?<=a)", "invalid named capture: `(?<=a)`"),
            ("\\p{Foo}", "invalid character class range: `\\p{Foo}`"),
            ("\\pX", "invalid character class range: `\\pX`"),
            ("\\x1", "invalid escape sequence: `\\x1`"),
            ("\\x{110000}", "invalid escape sequence: `\\x{110000`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            ("[a-\\d]", "invalid escape sequence: `\\d`"),
            ("[\\", "trailing backslash at end of expression: ``"),
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
            ("(?P<n>a)(?<n>b)", "ab", true),
            ("(a{10}){100}", "a", false),
            ("(?i-s:A)\\x41\\x{42}", "aAB", true),
            ("[[:^alpha:]]", "1", true),
        ] {
            let regex = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(regex.is_match(text), expected, "{pattern}");
        }
    }
}
