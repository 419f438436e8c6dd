//! Regular expressions of schemas: compiled once for all who use them, with
//! Go's words for what is wrong.

use parking_lot::Mutex;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A compiled expression may take this many bytes.
const SIZE_MAX: usize = 2 << 20;
/// Compiled expressions that are kept.
const KEPT_MAX: usize = 256;

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(SIZE_MAX)
        .dfa_size_limit(SIZE_MAX)
        .build()
}

/// Whether a text matches somewhere; an expression that cannot be compiled
/// matches nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    static KEPT: OnceLock<Mutex<HashMap<String, Arc<Regex>>>> = OnceLock::new();
    let kept = KEPT.get_or_init(Mutex::default);
    let known = kept.lock().get(pattern).cloned();
    let regex = match known {
        Some(regex) => regex,
        None => {
            let Ok(regex) = build(pattern) else {
                return false;
            };
            let regex = Arc::new(regex);
            let mut kept = kept.lock();
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(pattern.to_owned(), regex.clone());
            regex
        }
    };
    regex.is_match(text)
}

/// What Go's parser would say of an expression, if it is none.
pub fn fault(pattern: &str) -> Option<String> {
    build(pattern).err()?;
    let open_class = {
        let mut depth = 0i32;
        let mut class = None;
        let mut groups = 0i32;
        let mut escaped = false;
        let mut unexpected = false;
        for (at, c) in pattern.char_indices() {
            if escaped {
                escaped = false;
                continue;
            }
            match c {
                '\\' => escaped = true,
                '[' if class.is_none() => class = Some(at),
                ']' => class = None,
                '(' if class.is_none() => groups += 1,
                ')' if class.is_none() => {
                    groups -= 1;
                    unexpected |= groups < 0;
                }
                _ => {}
            }
            depth = depth.max(groups);
        }
        if escaped {
            return Some(
                "error parsing regexp: trailing backslash at end of expression: ``".into(),
            );
        }
        if unexpected {
            return Some(format!("error parsing regexp: unexpected ): `{pattern}`"));
        }
        if class.is_none() && groups > 0 {
            return Some(format!(
                "error parsing regexp: missing closing ): `{pattern}`"
            ));
        }
        class
    };
    if let Some(at) = open_class {
        return Some(format!(
            "error parsing regexp: missing closing ]: `{}`",
            &pattern[at..]
        ));
    }
    if let Some(c @ ('*' | '+' | '?')) = pattern.chars().next() {
        return Some(format!(
            "error parsing regexp: missing argument to repetition operator: `{c}`"
        ));
    }
    Some(format!(
        "error parsing regexp: invalid or unsupported Perl syntax: `{pattern}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_says() {
        assert_eq!(fault("^[a-z]+$"), None);
        let check = |pattern: &str, expect: &str| {
            assert_eq!(
                fault(pattern).as_deref(),
                Some(format!("error parsing regexp: {expect}").as_str())
            );
        };
        check("(", "missing closing ): `(`");
        check("[", "missing closing ]: `[`");
        check("a)", "unexpected ): `a)`");
        check("*", "missing argument to repetition operator: `*`");
        assert!(matches("x.z", "axyz"));
        assert!(!matches("(", "("));
    }
}
