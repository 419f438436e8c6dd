//! Regular expressions of schemas, with Go's words for what is wrong.

use skeg_cel::regex;

/// Whether a text matches somewhere; an expression that cannot be compiled
/// matches nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    regex::compile(pattern).is_ok_and(|compiled| compiled.is_match(text))
}

/// What Go's parser would say of an expression, if it is none.
pub fn fault(pattern: &str) -> Option<String> {
    regex::compile(pattern).err()
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
        check("a(?=x)", "invalid or unsupported Perl syntax: `(?=`");
        assert!(matches("x.z", "axyz"));
        assert!(!matches("(", "("));
    }
}
