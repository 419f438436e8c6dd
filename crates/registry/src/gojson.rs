//! Why Go's JSON decoder refuses a text. Only as much as messages need.

use skeg_schema::Value;

/// Checks that bytes are one JSON object, in Go's words otherwise.
pub fn check_object(bytes: &[u8]) -> Result<(), String> {
    check(bytes, b'{', "map[string]interface {}")
}

/// Checks that bytes are one JSON list, for a Go slice of this type.
pub fn check_list(bytes: &[u8], go: &str) -> Result<(), String> {
    check(bytes, b'[', go)
}

/// The members of a list of objects that an annotation holds; an empty one holds none.
pub fn annotated_list(text: &str, go: &str) -> Result<Vec<Value>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    check_list(text.as_bytes(), go)?;
    Ok(match skeg_schema::decode_json_any(text.as_bytes()) {
        Ok(Value::Array(all)) => all,
        _ => Vec::new(),
    })
}

fn check(bytes: &[u8], first: u8, go: &str) -> Result<(), String> {
    let mut p = Parser { bytes, at: 0 };
    p.space();
    let start = p.need()?;
    p.value()?;
    p.space();
    if let Some(c) = p.peek() {
        return Err(format!(
            "invalid character {} after top-level value",
            quote(c)
        ));
    }
    let found = match start {
        c if c == first => return Ok(()),
        b'n' => return Ok(()),
        b'{' => "object",
        b'[' => "array",
        b'"' => "string",
        b't' | b'f' => "bool",
        _ => "number",
    };
    Err(format!(
        "json: cannot unmarshal {found} into Go value of type {go}"
    ))
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

const DEPTH_MAX: usize = 1000;

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn need(&self) -> Result<u8, String> {
        self.peek()
            .ok_or_else(|| "unexpected end of JSON input".to_owned())
    }

    fn value(&mut self) -> Result<(), String> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("exceeded max depth".into());
        }
        self.space();
        match self.need()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' | b'0'..=b'9' => self.number(),
            c => Err(format!(
                "invalid character {} looking for beginning of value",
                quote(c)
            )),
        }
    }

    fn literal(&mut self, word: &str) -> Result<(), String> {
        for (n, want) in word.bytes().enumerate() {
            let c = self.need()?;
            if c != want {
                return Err(format!(
                    "invalid character {} in literal {word} (expecting {})",
                    quote(c),
                    quote(word.as_bytes()[n])
                ));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    /// At least one digit.
    fn some_digits(&mut self, place: &str) -> Result<(), String> {
        let c = self.need()?;
        if !c.is_ascii_digit() {
            return Err(format!("invalid character {} {place}", quote(c)));
        }
        self.digits();
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.some_digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        self.at += 1;
        let c = self.need()?;
        self.at += 1;
        match c {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => Ok(()),
            b'u' => {
                for _ in 0..4 {
                    let c = self.need()?;
                    if !c.is_ascii_hexdigit() {
                        let c = quote(c);
                        return Err(format!(
                            "invalid character {c} in \\u hexadecimal character escape"
                        ));
                    }
                    self.at += 1;
                }
                Ok(())
            }
            c => Err(format!(
                "invalid character {} in string escape code",
                quote(c)
            )),
        }
    }

    fn string(&mut self) -> Result<(), String> {
        self.at += 1;
        loop {
            match self.need()? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.escape()?,
                c if c < 0x20 => {
                    return Err(format!("invalid character {} in string literal", quote(c)));
                }
                _ => self.at += 1,
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), String> {
        self.at += 1;
        self.space();
        if self.need()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let c = self.need()?;
            if c != b'"' {
                return Err(format!(
                    "invalid character {} looking for beginning of object key string",
                    quote(c)
                ));
            }
            self.string()?;
            self.space();
            let c = self.need()?;
            if c != b':' {
                return Err(format!("invalid character {} after object key", quote(c)));
            }
            self.at += 1;
            self.nested(depth + 1)?;
            self.space();
            match self.need()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                c => {
                    return Err(format!(
                        "invalid character {} after object key:value pair",
                        quote(c)
                    ));
                }
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), String> {
        self.at += 1;
        self.space();
        if self.need()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.nested(depth + 1)?;
            self.space();
            match self.need()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                c => {
                    return Err(format!(
                        "invalid character {} after array element",
                        quote(c)
                    ));
                }
            }
        }
    }
}

fn quote(c: u8) -> String {
    match c {
        b'\'' => "'\\''".into(),
        b'\n' => "'\\n'".into(),
        b'\t' => "'\\t'".into(),
        b'\r' => "'\\r'".into(),
        // Go takes a byte for the character of that number.
        // A soft hyphen cannot be seen.
        0x80..=0xa0 | b'\xad' => format!("'\\u{c:04x}'"),
        b' '..=b'~' | 0xa1.. => format!("'{}'", c as char),
        other => format!("'\\x{other:02x}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::{check_list, check_object};

    #[test]
    fn messages() {
        let number = r#"{"a": [0, -0.5, 12e+3, 1E9, "\u00e4\n"]}"#;
        for fine in ["{}", "{\"a\": [1, null, \"x\"]}", "null", number] {
            assert_eq!(check_object(fine.as_bytes()), Ok(()), "{fine}");
        }
        for (bad, words) in [
            (
                "not json",
                "invalid character 'o' in literal null (expecting 'u')",
            ),
            ("", "unexpected end of JSON input"),
            ("}", "invalid character '}' looking for beginning of value"),
            ("{} x", "invalid character 'x' after top-level value"),
            (
                r#"{"a":"\x"}"#,
                "invalid character 'x' in string escape code",
            ),
            (
                r#"{"a":"\u12"}"#,
                r#"invalid character '"' in \u hexadecimal character escape"#,
            ),
            (
                r#"{"a":01}"#,
                "invalid character '1' after object key:value pair",
            ),
            (r#"{"a":-}"#, "invalid character '}' in numeric literal"),
            (
                r#"{"a":1.}"#,
                "invalid character '}' after decimal point in numeric literal",
            ),
            (
                r#"{"a":1e}"#,
                "invalid character '}' in exponent of numeric literal",
            ),
            (
                "\u{feff}{}",
                "invalid character 'ï' looking for beginning of value",
            ),
        ] {
            assert_eq!(check_object(bad.as_bytes()), Err(words.to_owned()));
        }
        assert_eq!(check_list(b"[1]", "[]core.Taint"), Ok(()));
        let words = "json: cannot unmarshal object into Go value of type []core.Taint";
        assert_eq!(check_list(b"{}", "[]core.Taint"), Err(words.to_owned()));
    }
}
