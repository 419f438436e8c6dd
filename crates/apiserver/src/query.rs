//! Query parameters and the options that verbs read from them.

use percent_encoding::percent_decode_str;

/// Decoded query parameters, in their order. Pairs that are not decodable are
/// left out, as Go leaves them out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

fn decode(text: &str) -> Option<String> {
    let plus = text.replace('+', " ");
    // A stray percent sign makes Go drop the pair.
    let bytes = plus.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let hex = bytes.get(at + 1..at + 3)?;
            if !hex.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            at += 3;
        } else {
            at += 1;
        }
    }
    Some(percent_decode_str(&plus).decode_utf8_lossy().into_owned())
}

impl Query {
    /// Reads what stands behind the question mark.
    pub fn parse(raw: &str) -> Self {
        let pairs = raw
            .split('&')
            .filter(|part| !part.is_empty() && !part.contains(';'))
            .filter_map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                Some((decode(key)?, decode(value)?))
            })
            .collect();
        Query { pairs }
    }

    /// The first value of `key`, if it is there and not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.first(key).filter(|v| !v.is_empty())
    }

    /// The first value of `key`, also an empty one.
    pub fn first(&self, key: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// All values of `key`.
    pub fn all<'q>(&'q self, key: &'q str) -> impl Iterator<Item = &'q str> + 'q {
        self.pairs
            .iter()
            .filter(move |(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// A flag: present and neither `false` nor `0` (whatever else it says).
    pub fn flag(&self, key: &str) -> bool {
        match self.first(key) {
            None => false,
            Some(v) => !matches!(v.to_ascii_lowercase().as_str(), "false" | "0"),
        }
    }

    /// The request is a watch.
    pub fn is_watch(&self) -> bool {
        self.flag("watch")
    }

    /// An integer, with Go's words for what is none; an empty text is none.
    pub fn int(&self, key: &str) -> Result<Option<i64>, String> {
        match self.first(key) {
            None => Ok(None),
            Some(text) => parse_int(text).map(Some),
        }
    }
}

/// `strconv.ParseInt(text, 10, 64)`, with its words.
pub fn parse_int(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!(
            "strconv.ParseInt: parsing {}: invalid syntax",
            crate::go::quote(text)
        ));
    }
    text.parse().map_err(|_| {
        format!(
            "strconv.ParseInt: parsing {}: value out of range",
            crate::go::quote(text)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let q = Query::parse("a=b%20c&x=%zz&a=2&e=&flag&plus=1+2");
        assert_eq!(q.get("a"), Some("b c"));
        assert_eq!(q.get("x"), None);
        assert_eq!(q.all("a").collect::<Vec<_>>(), ["b c", "2"]);
        assert_eq!(q.first("e"), Some(""));
        assert_eq!(q.get("e"), None);
        assert!(q.flag("flag"));
        assert_eq!(q.get("plus"), Some("1 2"));
    }

    #[test]
    fn an_empty_text_is_no_integer() {
        let query = Query::parse("limit=&seconds=7");
        assert!(query.int("limit").is_err());
        assert_eq!(query.int("seconds"), Ok(Some(7)));
        assert_eq!(query.int("other"), Ok(None));
    }

    #[test]
    fn integers_as_go_reads_them() {
        let check = |text: &str, expect: Result<i64, &str>| {
            assert_eq!(parse_int(text), expect.map_err(str::to_owned), "{text}");
        };
        check("12", Ok(12));
        check("-1", Ok(-1));
        check("x", Err("strconv.ParseInt: parsing \"x\": invalid syntax"));
        check(
            "99999999999999999999",
            Err("strconv.ParseInt: parsing \"99999999999999999999\": value out of range"),
        );
    }
}
