//! A JSON scanner whose complaints are worded as Go's.

use std::borrow::Cow;

use super::{DecodeError, MAX_DEPTH};
use crate::{Key, Object, Value};

/// Reads JSON from bytes.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

/// A number as it stands.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    pub text: &'a str,
    pub whole: bool,
}

impl Number<'_> {
    pub(super) fn value(self) -> Option<Value> {
        if self.whole
            && let Ok(number) = self.text.parse::<i64>()
        {
            return Some(Value::Int(number));
        }
        self.text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::Float)
    }
}

type Result<T> = std::result::Result<T, DecodeError>;

/// How many of eight bytes stand before the one that ends a string's plain part: a quote, a
/// backslash or a control character. The first byte is the lowest.
#[inline]
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let special = zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64)) | control;
    // What is carried on makes ends of bytes behind the first alone.
    special.trailing_zeros() as usize / 8
}

/// A byte in Go's quotes; Go takes it for a character of its own.
fn quote_char(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => {
            let quoted = crate::go::quote(&char::from(byte).to_string());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
        }
    }

    #[cold]
    fn fail<T>(&self, context: &str) -> Result<T> {
        match self.bytes.get(self.at) {
            None => Err(DecodeError::Syntax(
                "unexpected end of JSON input".to_owned(),
            )),
            Some(byte) => Err(DecodeError::Syntax(format!(
                "invalid character {} {context}",
                quote_char(*byte)
            ))),
        }
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space; 0 at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        self.space();
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Result<()> {
        self.space();
        if self.at < self.bytes.len() {
            self.fail("after top-level value")
        } else {
            Ok(())
        }
    }

    /// Steps over `{` or `[`.
    #[inline]
    pub(super) fn open(&mut self) -> Result<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(DecodeError::TooDeep)
        } else {
            Ok(())
        }
    }

    /// The next key of an object, up to its colon; `None` at its end.
    #[inline]
    pub(super) fn key(&mut self, first: bool) -> Result<Option<Cow<'a, str>>> {
        match self.peek() {
            b'}' => {
                self.at += 1;
                self.depth -= 1;
                return Ok(None);
            }
            b',' if !first => {
                self.at += 1;
                if self.peek() != b'"' {
                    return self.fail("looking for beginning of object key string");
                }
            }
            b'"' if first => {}
            _ if first => return self.fail("looking for beginning of object key string"),
            _ => return self.fail("after object key:value pair"),
        }
        let key = self.string()?;
        if self.peek() != b':' {
            return self.fail("after object key");
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Whether a list has another element.
    #[inline]
    pub(super) fn element(&mut self, first: bool) -> Result<bool> {
        match self.peek() {
            b']' => {
                // Go wants a value after a comma and after nothing else.
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            b',' if !first => {
                self.at += 1;
                Ok(true)
            }
            _ if first => Ok(true),
            _ => self.fail("after array element"),
        }
    }

    /// A string, from its quote on.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            // Eight plain bytes at once.
            while let Some(word) = self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
                let plain = plain_bytes(u64::from_le_bytes(*word));
                at += plain;
                if plain < 8 {
                    break;
                }
            }
            match self.bytes.get(at) {
                Some(b'"') => {
                    let bytes = &self.bytes[start..at];
                    self.at = at + 1;
                    // Looking for what is wrong takes longer than finding that nothing is.
                    return Ok(match std::str::from_utf8(bytes) {
                        Ok(text) => Cow::Borrowed(text),
                        Err(_) => String::from_utf8_lossy(bytes),
                    });
                }
                Some(b'\\') => return self.escaped(start, at),
                Some(byte) if *byte < 0x20 => {
                    self.at = at;
                    return self.fail("in string literal");
                }
                Some(_) => at += 1,
                None => {
                    self.at = at;
                    return self.fail("");
                }
            }
        }
    }

    fn escaped(&mut self, start: usize, from: usize) -> Result<Cow<'a, str>> {
        let mut out = self.bytes[start..from].to_vec();
        self.at = from;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                return self.fail("");
            };
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(Cow::Owned(match String::from_utf8(out) {
                        Ok(text) => text,
                        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
                    }));
                }
                b'\\' => {
                    self.at += 1;
                    let Some(&byte) = self.bytes.get(self.at) else {
                        return self.fail("");
                    };
                    let plain = match byte {
                        b'"' | b'\\' | b'/' => byte,
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'u' => {
                            self.at += 1;
                            let c = self.unicode()?;
                            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                            continue;
                        }
                        _ => return self.fail("in string escape code"),
                    };
                    out.push(plain);
                    self.at += 1;
                }
                _ if byte < 0x20 => return self.fail("in string literal"),
                _ => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn hex(&mut self) -> Result<u32> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self
                .bytes
                .get(self.at)
                .and_then(|byte| char::from(*byte).to_digit(16));
            let Some(digit) = digit else {
                return self.fail("in \\u hexadecimal character escape");
            };
            number = number * 16 + digit;
            self.at += 1;
        }
        Ok(number)
    }

    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{FFFD}'));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or('\u{FFFD}'))
    }

    /// A number, from its first character on.
    pub(super) fn number(&mut self) -> Result<Number<'a>> {
        let start = self.at;
        let mut whole = true;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.fail("in numeric literal"),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            whole = false;
            self.at += 1;
            if !self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return self.fail("after decimal point in numeric literal");
            }
            self.digits();
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            if !self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return self.fail("in exponent of numeric literal");
            }
            self.digits();
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).expect("a number is ASCII");
        Ok(Number { text, whole })
    }

    fn digits(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    /// `true`, `false` or `null`, from its first character on.
    pub(super) fn literal(&mut self) -> Result<Value> {
        let (word, value) = match self.bytes.get(self.at) {
            Some(b't') => ("true", Value::Bool(true)),
            Some(b'f') => ("false", Value::Bool(false)),
            Some(b'n') => ("null", Value::Null),
            _ => return self.fail("looking for beginning of value"),
        };
        for byte in word.bytes() {
            if self.bytes.get(self.at) != Some(&byte) {
                return self.fail(&format!(
                    "in literal {word} (expecting '{}')",
                    char::from(byte)
                ));
            }
            self.at += 1;
        }
        Ok(value)
    }

    /// Any value; of a key that stands twice the last value counts.
    pub(super) fn any(&mut self) -> Result<Value> {
        match self.peek() {
            b'{' => {
                self.open()?;
                let mut members = Object::new();
                let mut first = true;
                while let Some(key) = self.key(first)? {
                    first = false;
                    let value = self.any()?;
                    members.insert(Key::Owned(key.into_owned()), value);
                }
                Ok(Value::Object(members))
            }
            b'[' => {
                self.open()?;
                let mut items = Vec::new();
                while self.element(items.is_empty())? {
                    items.push(self.any()?);
                }
                Ok(Value::Array(items))
            }
            b'"' => Ok(Value::String(self.string()?.into_owned())),
            b'-' | b'0'..=b'9' => {
                let number = self.number()?;
                number.value().ok_or_else(|| {
                    DecodeError::Type(format!(
                        "json: cannot unmarshal number {} into Go value of type float64",
                        number.text
                    ))
                })
            }
            _ => self.literal(),
        }
    }

    /// Steps over any value.
    pub(super) fn skip(&mut self) -> Result<()> {
        match self.peek() {
            b'{' => {
                self.open()?;
                let mut first = true;
                while self.key(first)?.is_some() {
                    first = false;
                    self.skip()?;
                }
            }
            b'[' => {
                self.open()?;
                let mut first = true;
                while self.element(first)? {
                    first = false;
                    self.skip()?;
                }
            }
            b'"' => {
                self.string()?;
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
            }
            _ => {
                self.literal()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_where_they_end() {
        for len in 0..20 {
            let text = "\u{7f}".repeat(len);
            let quoted = format!("\"{text}\"1234567890");
            let mut scan = Scanner::new(quoted.as_bytes());
            assert_eq!(scan.string().expect("a string"), text);
            assert_eq!(scan.position(), len + 2);
            let escaped = format!("\"{text}\\n{text}\"");
            let expect = format!("{text}\n{text}");
            assert_eq!(
                Scanner::new(escaped.as_bytes()).string().expect("a string"),
                expect
            );
            let broken = format!("\"{text}\u{1}{text}\"");
            assert!(Scanner::new(broken.as_bytes()).string().is_err());
            let open = format!("\"{text}");
            assert!(Scanner::new(open.as_bytes()).string().is_err());
        }
    }
}
