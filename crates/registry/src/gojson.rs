//! Why Go's JSON decoder refuses a text. Only as much as messages need.

/// Checks that bytes are one JSON object, in Go's words otherwise.
pub fn check_object(bytes: &[u8]) -> Result<(), String> {
    let mut p = Parser { bytes, at: 0 };
    p.space();
    match p.peek() {
        None => Err("unexpected end of JSON input".into()),
        Some(_) => {
            let start = p.peek();
            p.value()?;
            p.space();
            if let Some(c) = p.peek() {
                return Err(format!(
                    "invalid character {} after top-level value",
                    quote(c)
                ));
            }
            match start {
                Some(b'{') | Some(b'n') => Ok(()),
                Some(b'[') => Err(
                    "json: cannot unmarshal array into Go value of type map[string]interface {}"
                        .into(),
                ),
                Some(b'"') => Err(
                    "json: cannot unmarshal string into Go value of type map[string]interface {}"
                        .into(),
                ),
                Some(b't' | b'f') => Err(
                    "json: cannot unmarshal bool into Go value of type map[string]interface {}"
                        .into(),
                ),
                _ => Err(
                    "json: cannot unmarshal number into Go value of type map[string]interface {}"
                        .into(),
                ),
            }
        }
    }
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
            b'-' | b'0'..=b'9' => {
                self.at += 1;
                while matches!(
                    self.peek(),
                    Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
                ) {
                    self.at += 1;
                }
                Ok(())
            }
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

    fn string(&mut self) -> Result<(), String> {
        self.at += 1;
        loop {
            match self.need()? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
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
        0x20..0x7f => format!("'{}'", c as char),
        other => format!("'\\x{other:02x}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::check_object;

    #[test]
    fn messages() {
        for fine in ["{}", "{\"a\": [1, null, \"x\"]}", "null"] {
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
        ] {
            assert_eq!(check_object(bad.as_bytes()), Err(words.to_owned()));
        }
    }
}
